//! Lines over a continuous axis: costs, norms, spreads.

use plotters::style::text_anchor::{HPos, VPos};

use super::FigureError;
use super::axis::AxisPlan;
use super::canvas::{Canvas, LINE, TEXT, WIDTH, draw};
use super::frame::{Frame, Rect, y_ticks_width};
use super::role::{Dash, Pen, Role};
use super::svg::text_width;

const HEIGHT: f64 = 380.0;

/// Lines over a continuous axis, each with its name at its end.
///
/// ```
/// use lab::figure::{LineChart, Role};
///
/// let costs: Vec<(f64, f64)> = (0..100).map(|i| (f64::from(i), 1.0 / f64::from(i + 1))).collect();
/// let svg = LineChart::new("iteration", "cost J").log_y().line("He", Role::He, &costs).draw()?;
/// assert!(svg.starts_with("<svg"));
/// # Ok::<(), lab::figure::FigureError>(())
/// ```
#[derive(Debug, Clone)]
pub struct LineChart {
    x: AxisPlan,
    y: AxisPlan,
    series: Vec<Series>,
    bands: Vec<Band>,
    horizontals: Vec<(String, f64)>,
    verticals: Vec<(String, f64)>,
    markers: bool,
}

#[derive(Debug, Clone)]
struct Series {
    name: String,
    pen: Pen,
    points: Vec<(f64, f64)>,
}

#[derive(Debug, Clone)]
struct Band {
    role: Role,
    points: Vec<(f64, f64, f64)>,
}

impl LineChart {
    /// A chart without lines yet. Labels carry their unit: `time (s)`.
    pub fn new(x_label: &str, y_label: &str) -> Self {
        Self {
            x: AxisPlan::new(x_label),
            y: AxisPlan {
                padding: 0.05,
                ..AxisPlan::new(y_label)
            },
            series: Vec::new(),
            bands: Vec::new(),
            horizontals: Vec::new(),
            verticals: Vec::new(),
            markers: false,
        }
    }

    /// Makes the x axis logarithmic; points at or below 0 are left out.
    #[must_use]
    pub fn log_x(mut self) -> Self {
        self.x.log = true;
        self
    }

    /// Makes the y axis logarithmic; points at or below 0 are left out.
    #[must_use]
    pub fn log_y(mut self) -> Self {
        self.y.log = true;
        self
    }

    /// Writes the y axis in percent: the values are fractions.
    #[must_use]
    pub fn percent_y(mut self) -> Self {
        self.y.percent = true;
        self
    }

    /// Shows x from `low` to `high` instead of what the data cover.
    #[must_use]
    pub fn x_range(mut self, low: f64, high: f64) -> Self {
        self.x.range = Some((low, high));
        self
    }

    /// Shows y from `low` to `high` instead of what the data cover.
    #[must_use]
    pub fn y_range(mut self, low: f64, high: f64) -> Self {
        self.y.range = Some((low, high));
        self
    }

    /// Adds a line through `points`, `(x, y)`, in the role's color and dashes. Points that are not
    /// finite are left out.
    #[must_use]
    pub fn line(mut self, name: &str, role: Role, points: &[(f64, f64)]) -> Self {
        let dash = self.free_dash(role, role.dash());
        self.add(name, Pen { role, dash }, points);
        self
    }

    /// Adds a dashed line: a prediction beside the measurement of the same role.
    #[must_use]
    pub fn dashed(mut self, name: &str, role: Role, points: &[(f64, f64)]) -> Self {
        let dash = self.free_dash(role, Dash::Short);
        self.add(name, Pen { role, dash }, points);
        self
    }

    /// Shades from `low` to `high` at each x, `(x, low, high)`: the spread over seeds.
    #[must_use]
    pub fn band(mut self, role: Role, points: &[(f64, f64, f64)]) -> Self {
        self.bands.push(Band {
            role,
            points: points.to_vec(),
        });
        self
    }

    /// Marks each point, for series of few points.
    #[must_use]
    pub fn markers(mut self, markers: bool) -> Self {
        self.markers = markers;
        self
    }

    /// Adds a line across at `y`, labeled.
    #[must_use]
    pub fn horizontal(mut self, label: &str, y: f64) -> Self {
        self.horizontals.push((label.to_owned(), y));
        self
    }

    /// Adds an upright line at `x`, labeled.
    #[must_use]
    pub fn vertical(mut self, label: &str, x: f64) -> Self {
        self.verticals.push((label.to_owned(), x));
        self
    }

    /// The chart as a complete `<svg>` element.
    ///
    /// # Errors
    /// [`FigureError::Nothing`], [`FigureError::NoPoints`] or [`FigureError::Range`].
    pub fn draw(&self) -> Result<String, FigureError> {
        if self.series.is_empty() {
            return Err(FigureError::Nothing);
        }
        let series = self
            .series
            .iter()
            .map(|series| self.placed(series))
            .collect::<Result<Vec<_>, _>>()?;
        let x = self.x.fit(series.iter().flatten().map(|p| p.0), 5)?;
        let y = self.y.fit(series.iter().flatten().map(|p| p.1), 5)?;
        draw(HEIGHT, |canvas| {
            let names = self
                .series
                .iter()
                .map(|series| text_width(&series.name))
                .fold(0.0, f64::max);
            let plot = Rect {
                left: y_ticks_width(&y) + 2.0,
                top: 32.0,
                right: WIDTH - names * TEXT - 14.0,
                bottom: HEIGHT - 54.0,
            };
            let frame = Frame::new(canvas, plot, x, y)?;
            frame.label(canvas)?;
            for (series, positions) in self.series.iter().zip(&series) {
                let points: Vec<_> = positions.iter().map(|p| frame.at(*p)).collect();
                canvas.line(&points, LINE, &series.pen)?;
                self.name(canvas, series, &points)?;
            }
            Ok(())
        })
    }

    fn add(&mut self, name: &str, pen: Pen, points: &[(f64, f64)]) {
        self.series.push(Series {
            name: name.to_owned(),
            pen,
            points: points.to_vec(),
        });
    }

    /// The wanted dashes, or the first ones that no line of this role has yet.
    fn free_dash(&self, role: Role, wanted: Dash) -> Dash {
        let free = |dash: &Dash| {
            !self
                .series
                .iter()
                .any(|series| series.pen == Pen { role, dash: *dash })
        };
        std::iter::once(wanted)
            .chain(Dash::ALL)
            .find(free)
            .unwrap_or(wanted)
    }

    fn placed(&self, series: &Series) -> Result<Vec<(f64, f64)>, FigureError> {
        let points: Vec<_> = series
            .points
            .iter()
            .filter_map(|&(x, y)| Some((self.x.position(x)?, self.y.position(y)?)))
            .collect();
        if points.is_empty() {
            return Err(FigureError::NoPoints(series.name.clone()));
        }
        Ok(points)
    }

    fn name(
        &self,
        canvas: &Canvas<'_>,
        series: &Series,
        points: &[(f64, f64)],
    ) -> Result<(), FigureError> {
        let Some((x, y)) = points.last() else {
            return Ok(());
        };
        canvas.text(
            &series.name,
            (x + 8.0, *y),
            series.pen.role,
            (HPos::Left, VPos::Center),
        )
    }
}
