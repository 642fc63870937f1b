//! What a network predicts on the plane.

use ndarray::Array2;
use trainable::prelude::{Dataset, Network};

use super::FigureError;
use super::canvas::{WIDTH, draw};

/// Points in a grid's row.
const GRID: usize = 121;

/// Panels of the plane: the points of a data set, and where each class is predicted.
///
/// ```
/// use lab::figure::Boundary;
/// use trainable::prelude::*;
///
/// let data = moons(100, 0.1, &mut RandomState::new(1))?;
/// let network = Network::new(&[2, 4, 1], Initialization::He, &mut RandomState::new(2))?;
/// let svg = Boundary::grid(2).data("data", &data).network("before training", &network, &data).draw()?;
/// assert!(svg.starts_with("<svg"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Boundary {
    columns: usize,
    panels: Vec<Result<Panel, FigureError>>,
}

#[derive(Debug, Clone)]
struct Panel {
    label: String,
    points: Vec<(f64, f64, bool)>,
    /// The least and the greatest coordinate shown, on both axes.
    x: (f64, f64),
    y: (f64, f64),
    probabilities: Option<Vec<f64>>,
}

impl Boundary {
    /// A figure of panels in rows of `columns`.
    pub fn grid(columns: usize) -> Self {
        Self {
            columns,
            panels: Vec::new(),
        }
    }

    /// Adds a panel: the points of `data`, and where `network` predicts each class.
    #[must_use]
    pub fn network(mut self, label: &str, network: &Network, data: &Dataset) -> Self {
        let panel = Panel::new(label, data).and_then(|panel| {
            let grid = panel.grid();
            let probabilities =
                network
                    .probabilities(grid.view())
                    .map_err(|source| FigureError::Network {
                        panel: label.to_owned(),
                        source,
                    })?;
            Ok(Panel {
                probabilities: Some(probabilities.into_iter().collect()),
                ..panel
            })
        });
        self.panels.push(panel);
        self
    }

    /// Adds a panel: the points of `data`, and where a function's value is above one half.
    #[must_use]
    pub fn panel(
        mut self,
        label: &str,
        data: &Dataset,
        probability: impl Fn(f64, f64) -> f64,
    ) -> Self {
        let panel = Panel::new(label, data).map(|panel| {
            let grid = panel.grid();
            Panel {
                probabilities: Some(
                    grid.columns()
                        .into_iter()
                        .map(|p| probability(p[0], p[1]))
                        .collect(),
                ),
                ..panel
            }
        });
        self.panels.push(panel);
        self
    }

    /// Adds a panel with the points of `data` alone.
    #[must_use]
    pub fn data(mut self, label: &str, data: &Dataset) -> Self {
        self.panels.push(Panel::new(label, data));
        self
    }

    /// The panels as a complete `<svg>` element.
    ///
    /// # Errors
    /// [`FigureError::Nothing`], [`FigureError::Columns`], [`FigureError::Features`],
    /// [`FigureError::Network`] or [`FigureError::Drawing`].
    pub fn draw(&self) -> Result<String, FigureError> {
        if self.panels.is_empty() {
            return Err(FigureError::Nothing);
        }
        if !(1..=4).contains(&self.columns) {
            return Err(FigureError::Columns(self.columns));
        }
        let panels = self.panels.iter().cloned().collect::<Result<Vec<_>, _>>()?;
        let height = WIDTH / self.columns as f64 * panels.len().div_ceil(self.columns) as f64;
        draw(height, |_| Ok(()))
    }
}

impl Panel {
    fn new(label: &str, data: &Dataset) -> Result<Self, FigureError> {
        if data.features() != 2 {
            return Err(FigureError::Features {
                panel: label.to_owned(),
                features: data.features(),
            });
        }
        let points: Vec<_> = data
            .x()
            .columns()
            .into_iter()
            .zip(data.y())
            .map(|(point, class)| (point[0], point[1], *class > 0.5))
            .collect();
        Ok(Self {
            label: label.to_owned(),
            x: (-1.5, 1.5),
            y: (-1.5, 1.5),
            points,
            probabilities: None,
        })
    }

    /// The points of the plane where probabilities are taken, row by row, one a column.
    fn grid(&self) -> Array2<f64> {
        let along =
            |(low, high): (f64, f64), n: usize| low + (high - low) * n as f64 / (GRID - 1) as f64;
        Array2::from_shape_fn((2, GRID * GRID), |(feature, n)| match feature {
            0 => along(self.x, n % GRID),
            _ => along(self.y, n / GRID),
        })
    }
}
