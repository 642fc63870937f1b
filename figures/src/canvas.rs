//! A page to draw on, in the units of the `viewBox`.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, ShapeStyle, TextStyle};

use super::FigureError;
use super::drawing::{Drawing, Shown};
pub(super) use super::drawing::{TEXT, WIDTH};
use super::role::{Pen, Role};
use super::svg::{SCALE, Svg};

/// The width of axes and ticks.
pub(super) const HAIRLINE: f64 = 1.0;
/// The width of reference lines and of lines in a bundle.
pub(super) const THIN: f64 = 1.2;
/// The width of a series' line.
pub(super) const LINE: f64 = 2.2;

impl<E: std::error::Error + Send + Sync> From<DrawingAreaErrorKind<E>> for FigureError {
    fn from(error: DrawingAreaErrorKind<E>) -> Self {
        Self::Drawing(error.to_string())
    }
}

/// A page under a plotters backend.
pub(super) struct Canvas<'a> {
    pub(super) area: DrawingArea<Svg<'a>, Shift>,
}

/// What `paint` draws on a page of the given height, with what it says that it shows.
pub(super) fn draw(
    height: f64,
    shown: Shown,
    paint: impl FnOnce(&Canvas<'_>) -> Result<(), FigureError>,
) -> Result<Drawing, FigureError> {
    let mut body = String::new();
    let size = (units(WIDTH) as u32, units(height) as u32);
    let canvas = Canvas { area: Svg::new(&mut body, size).into_drawing_area() };
    paint(&canvas)?;
    canvas.area.present()?;
    drop(canvas);
    Ok(Drawing { height, body, axes: shown.axes, series: shown.series })
}

impl Canvas<'_> {
    /// A line through `points`.
    pub(super) fn line(
        &self,
        points: &[(f64, f64)],
        width: f64,
        color: &impl Color,
    ) -> Result<(), FigureError> {
        let style = ShapeStyle::from(color.to_rgba()).stroke_width(units(width) as u32);
        let points: Vec<_> = points.iter().copied().map(point).collect();
        Ok(self.area.draw(&PathElement::new(points, style))?)
    }

    /// A filled polygon.
    pub(super) fn fill(
        &self,
        points: &[(f64, f64)],
        color: &impl Color,
    ) -> Result<(), FigureError> {
        let points: Vec<_> = points.iter().copied().map(point).collect();
        Ok(self.area.draw(&Polygon::new(points, color.to_rgba()))?)
    }

    /// A filled disc.
    pub(super) fn disc(
        &self,
        center: (f64, f64),
        radius: f64,
        color: &impl Color,
    ) -> Result<(), FigureError> {
        let style = ShapeStyle::from(color.to_rgba()).filled();
        Ok(self.area.draw(&Circle::new(point(center), units(radius), style))?)
    }

    /// A line of text.
    pub(super) fn text(
        &self,
        text: &str,
        at: (f64, f64),
        anchor: (HPos, VPos),
    ) -> Result<(), FigureError> {
        let style = text_style().pos(Pos::new(anchor.0, anchor.1));
        Ok(self.area.draw(&Text::new(text, point(at), style))?)
    }

    /// A line of text over other marks, with a rim of paper.
    pub(super) fn text_above(
        &self,
        text: &str,
        at: (f64, f64),
        anchor: (HPos, VPos),
    ) -> Result<(), FigureError> {
        let pen = Pen { halo: true, ..Pen::from(Role::Ink) };
        let style = font().color(&pen).pos(Pos::new(anchor.0, anchor.1));
        Ok(self.area.draw(&Text::new(text, point(at), style))?)
    }
}

fn font() -> FontDesc<'static> {
    FontDesc::new(FontFamily::SansSerif, TEXT * SCALE, FontStyle::Normal)
}

/// The style of all text.
pub(super) fn text_style() -> TextStyle<'static> {
    font().color(&Pen::from(Role::Ink))
}

/// Backend units of a length.
pub(super) fn units(length: f64) -> i32 {
    (length * SCALE).round() as i32
}

fn point((x, y): (f64, f64)) -> (i32, i32) {
    (units(x), units(y))
}
