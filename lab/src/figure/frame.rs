//! Two axes and their grid: plotters' chart, in our style.

use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::DrawingArea;
use plotters::style::text_anchor::{HPos, VPos};
use plotters::style::{Color, ShapeStyle, TRANSPARENT};

use super::FigureError;
use super::axis::Axis;
use super::canvas::{Canvas, HAIRLINE, TEXT, text_style, units};
use super::role::{Pen, Role};
use super::svg::{SCALE, Svg, text_width};

/// From the axis to its tick labels' end, below a plot.
const BELOW: f64 = 28.0;
/// From the axis to its tick labels.
const TICK: f64 = 4.0;

/// A place on the page.
#[derive(Debug, Clone, Copy)]
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
    pub(super) x: Axis,
    pub(super) y: Axis,
}

impl<'a> Frame<'a> {
    /// Draws the axes with their grid around the place `plot`; tick labels go outside of it.
    pub(super) fn new(
        canvas: &Canvas<'a>,
        plot: Rect,
        x: Axis,
        y: Axis,
    ) -> Result<Self, FigureError> {
        let left = y_ticks_width(&y);
        let area: DrawingArea<Svg<'a>, Shift> = canvas.area.clone().shrink(
            (units(plot.left - left), units(plot.top)),
            (
                units(plot.right - plot.left + left),
                units(plot.bottom - plot.top + BELOW),
            ),
        );
        let mut chart = ChartBuilder::on(&area)
            .x_label_area_size(units(BELOW))
            .y_label_area_size(units(left))
            .build_cartesian_2d(x.clone(), y.clone())?;
        let hairline =
            |role| ShapeStyle::from(Pen::from(role).to_rgba()).stroke_width(units(HAIRLINE) as u32);
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(hairline(Role::Faint))
            .axis_style(hairline(Role::Ink))
            .set_all_tick_mark_size(units(TICK))
            .label_style(text_style(Role::Ink))
            .draw()?;
        Ok(Self { chart, plot, x, y })
    }

    /// Writes the axes' labels: x below its ticks, y above the plot, where it takes no width.
    pub(super) fn label(&self, canvas: &Canvas<'_>) -> Result<(), FigureError> {
        let middle = (self.plot.left + self.plot.right) / 2.0;
        let below = self.plot.bottom + BELOW;
        canvas.text(
            self.x.label(),
            (middle, below),
            Role::Ink,
            (HPos::Center, VPos::Top),
        )?;
        let corner = (
            self.plot.left - y_ticks_width(&self.y),
            self.plot.top - 0.6 * TEXT,
        );
        canvas.text(
            self.y.label(),
            corner,
            Role::Ink,
            (HPos::Left, VPos::Bottom),
        )
    }

    /// Where the positions along the two axes meet on the page.
    pub(super) fn at(&self, position: (f64, f64)) -> (f64, f64) {
        let (x, y) = self.chart.backend_coord(&position);
        (f64::from(x) / SCALE, f64::from(y) / SCALE)
    }
}

/// The room that the tick labels of a y axis take.
pub(super) fn y_ticks_width(y: &Axis) -> f64 {
    let widest = y
        .ticks
        .iter()
        .map(|tick| text_width(&y.tick(*tick)))
        .fold(0.0, f64::max);
    widest * TEXT + 2.0 * TICK + 2.0
}
