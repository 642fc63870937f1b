//! What names a line: a label at its end, or an entry of the legend.

use plotters::style::text_anchor::{HPos, VPos};

use super::FigureError;
use super::canvas::{Canvas, TEXT, WIDTH};
use super::frame::Rect;
use super::marker::Marker;
use super::role::Pen;
use super::spread::spread;
use super::svg::text_width;

/// From one label's middle to the next one's.
const GAP: f64 = 1.2 * TEXT;
/// From a plot to the labels beside it: a line leads there.
const LEADER: f64 = 16.0;
/// The line that an entry of the legend shows.
const SAMPLE: f64 = 30.0;
/// Between entries of the legend.
const BETWEEN: f64 = 20.0;

/// A name and how the named line looks.
#[derive(Debug, Clone)]
pub(super) struct Tag {
    pub(super) text: String,
    pub(super) pen: Pen,
    pub(super) width: f64,
    pub(super) marker: Option<Marker>,
}

/// The room right of a plot for labels of these tags.
pub(super) fn room<'a>(tags: impl Iterator<Item = &'a Tag>) -> f64 {
    let widest = tags.map(|tag| text_width(&tag.text)).fold(0.0, f64::max);
    LEADER + 6.0 + widest * TEXT
}

/// Writes each tag at the end of its line: beside the plot, or, for a line that ends before, inside.
pub(super) fn draw(
    canvas: &Canvas<'_>,
    plot: Rect,
    tags: &[(&Tag, (f64, f64))],
) -> Result<(), FigureError> {
    let (beside, inside): (Vec<_>, Vec<_>) =
        tags.iter().partition(|(_, end)| end.0 > plot.right - LEADER);
    for (tag, (x, y)) in inside {
        let y = (y - 0.7 * TEXT).max(plot.top + 0.6 * TEXT);
        canvas.text_above(&tag.text, (x + 7.0, y), (HPos::Left, VPos::Center))?;
    }
    let wanted: Vec<f64> = beside.iter().map(|(_, end)| end.1).collect();
    let places = spread(&wanted, GAP, plot.top, plot.bottom - 0.35 * TEXT);
    for ((tag, end), place) in beside.into_iter().zip(places) {
        let x = plot.right + LEADER;
        canvas.line(&[(end.0, end.1), (x, place)], tag.width.min(1.4), &tag.pen)?;
        canvas.text(&tag.text, (x + 5.0, place), (HPos::Left, VPos::Center))?;
    }
    Ok(())
}

/// The rows of a legend of these tags, each with where it begins.
fn rows<'a>(tags: impl Iterator<Item = &'a Tag>) -> Vec<Vec<(f64, &'a Tag)>> {
    let mut rows: Vec<Vec<(f64, &Tag)>> = Vec::new();
    let mut x = f64::INFINITY;
    for tag in tags {
        let width = SAMPLE + 6.0 + text_width(&tag.text) * TEXT;
        if x + width > WIDTH {
            rows.push(Vec::new());
            x = 2.0;
        }
        if let Some(row) = rows.last_mut() {
            row.push((x, tag));
        }
        x += width + BETWEEN;
    }
    rows
}

/// The height of the legend of these tags.
pub(super) fn legend_height<'a>(tags: impl Iterator<Item = &'a Tag>) -> f64 {
    let rows = rows(tags).len() as f64;
    if rows == 0.0 { 0.0 } else { rows * 1.4 * TEXT + 6.0 }
}

/// Draws the legend from `top` down.
pub(super) fn draw_legend<'a>(
    canvas: &Canvas<'_>,
    tags: impl Iterator<Item = &'a Tag>,
    top: f64,
) -> Result<(), FigureError> {
    for (number, row) in rows(tags).into_iter().enumerate() {
        let y = top + (number as f64 + 0.5) * 1.4 * TEXT;
        for (x, tag) in row {
            canvas.line(&[(x, y), (x + SAMPLE, y)], tag.width, &tag.pen)?;
            if let Some(marker) = tag.marker {
                marker.draw(canvas, (x + SAMPLE / 2.0, y), MARK, tag.pen.role)?;
            }
            canvas.text(&tag.text, (x + SAMPLE + 6.0, y), (HPos::Left, VPos::Center))?;
        }
    }
    Ok(())
}

/// The radius of a mark on a line.
pub(super) const MARK: f64 = 3.6;
