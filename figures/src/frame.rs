//! Two axes and their grid: plotters' chart, in our style.

use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::cartesian::Cartesian2d;
use plotters::style::text_anchor::{HPos, VPos};
use plotters::style::{Color, ShapeStyle, TRANSPARENT};

use super::FigureError;
use super::axis::Axis;
use super::canvas::{Canvas, HAIRLINE, TEXT, text_style, units};
use super::role::{Pen, Role};
use super::svg::{SCALE, Svg};

/// From a plot down to the end of its tick labels.
pub(super) const BELOW: f64 = 27.0;
/// From a plot up to the baseline of the label above.
pub(super) const ABOVE: f64 = 10.0;
/// From an axis halfway to its tick labels.
const TICK: f64 = 4.0;

/// A place on the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

/// A plot with its axes drawn.
pub(super) struct Frame<'a> {
    chart: ChartContext<'a, Svg<'a>, Cartesian2d<Axis, Axis>>,
    /// The place between the axes.
    pub(super) plot: Rect,
}

impl<'a> Frame<'a> {
    /// Draws the axes and their grid around the place `plot`; what is written at the ticks goes
    /// outside of it.
    pub(super) fn new(
        canvas: &Canvas<'a>,
        plot: Rect,
        x: &Axis,
        y: &Axis,
    ) -> Result<Self, FigureError> {
        let left = ticks_width(y);
        let area = canvas.area.clone().shrink(
            (units(plot.left - left), units(plot.top)),
            (units(plot.right - plot.left + left), units(plot.bottom - plot.top + BELOW)),
        );
        let mut chart = ChartBuilder::on(&area)
            .x_label_area_size(units(BELOW))
            .y_label_area_size(units(left))
            .build_cartesian_2d(x.clone(), y.clone())?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(hairline(Role::Faint))
            .axis_style(hairline(Role::Ink))
            .set_all_tick_mark_size(units(TICK))
            .label_style(text_style())
            .draw()?;
        Ok(Self { chart, plot })
    }

    /// Where the positions along the two axes meet on the page.
    pub(super) fn at(&self, position: (f64, f64)) -> (f64, f64) {
        let (x, y) = self.chart.backend_coord(&position);
        (f64::from(x) / SCALE, f64::from(y) / SCALE)
    }
}

/// Writes an x axis' label below its ticks, in the middle of the page's part from `left` to `right`.
pub(super) fn label_x(
    canvas: &Canvas<'_>,
    label: &str,
    (left, right): (f64, f64),
    bottom: f64,
) -> Result<(), FigureError> {
    let at = ((left + right) / 2.0, bottom + BELOW + 2.0);
    canvas.text(label, at, (HPos::Center, VPos::Top))
}

/// Writes a y axis' label above the page's part that begins at `top`, where it takes no width, and
/// from `left`, where the tick labels begin.
pub(super) fn label_y(
    canvas: &Canvas<'_>,
    label: &str,
    left: f64,
    top: f64,
) -> Result<(), FigureError> {
    canvas.text(label, (left, top - ABOVE), (HPos::Left, VPos::Bottom))
}

/// The room that the ticks of a y axis take, with what is written there.
pub(super) fn ticks_width(y: &Axis) -> f64 {
    y.widest_tick() * TEXT + 2.0 * TICK + 1.0
}

fn hairline(role: Role) -> ShapeStyle {
    ShapeStyle::from(Pen::from(role).to_rgba()).stroke_width(units(HAIRLINE) as u32)
}
