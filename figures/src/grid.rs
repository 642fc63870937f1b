//! Panels in rows and columns.

use plotters::style::text_anchor::{HPos, VPos};

use super::FigureError;
use super::canvas::{Canvas, TEXT, WIDTH};
use super::frame::{BELOW, Rect};

/// The height of a panel's heading.
const HEADING: f64 = 1.5 * TEXT;
/// From a panel without text below it down to the next one's heading, which is nearer to its own.
const APART: f64 = 18.0;

/// Where the panels of a figure are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    columns: usize,
    count: usize,
    left: f64,
    top: f64,
    between: f64,
    width: f64,
    height: f64,
    /// Whether panels above others have something written at their x ticks.
    ticks_between: bool,
}

/// What a grid is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct GridPlan {
    pub(super) columns: usize,
    pub(super) count: usize,
    /// Room for the ticks of the first column.
    pub(super) left: f64,
    /// Room for half of the last tick's text.
    pub(super) right: f64,
    /// Between panels side by side.
    pub(super) between: f64,
    /// Room above the first row.
    pub(super) top: f64,
    /// A panel's height over its width.
    pub(super) aspect: f64,
    /// The widest that a panel may be.
    pub(super) widest: f64,
    /// Whether panels above others have something written at their x ticks.
    pub(super) ticks_between: bool,
}

/// Refuses a grid without panels or with a count of columns that makes no picture.
pub(super) fn check(columns: usize, count: usize) -> Result<(), FigureError> {
    if count == 0 {
        return Err(FigureError::Nothing);
    }
    if !(1..=4).contains(&columns) {
        return Err(FigureError::Columns(columns));
    }
    Ok(())
}

impl GridPlan {
    pub(super) fn grid(self) -> Grid {
        let columns = self.columns.min(self.count) as f64;
        let between = self.between * (columns - 1.0);
        let width = ((WIDTH - self.left - self.right - between) / columns).min(self.widest);
        let unused = WIDTH - self.left - self.right - between - columns * width;
        Grid {
            columns: self.columns,
            count: self.count,
            left: self.left + unused / 2.0,
            top: self.top,
            between: self.between,
            width,
            height: width * self.aspect,
            ticks_between: self.ticks_between,
        }
    }
}

impl Grid {
    /// The place of a panel's plot.
    pub(super) fn plot(&self, index: usize) -> Rect {
        let (row, column) = (index / self.columns, index % self.columns);
        let left = self.left + column as f64 * (self.width + self.between);
        let ticks = if self.ticks_between { BELOW } else { APART };
        let top = self.top + HEADING + row as f64 * (self.height + HEADING + ticks);
        Rect { left, top, right: left + self.width, bottom: top + self.height }
    }

    /// The bottom of the last row's plots.
    pub(super) fn bottom(&self) -> f64 {
        self.plot(self.count - 1).bottom
    }

    /// The left and right end of the rows.
    pub(super) fn ends(&self) -> (f64, f64) {
        let last = self.columns.min(self.count) - 1;
        (self.plot(0).left, self.plot(last).right)
    }

    pub(super) fn is_first_in_row(&self, index: usize) -> bool {
        index.is_multiple_of(self.columns)
    }

    pub(super) fn is_last_in_column(&self, index: usize) -> bool {
        index + self.columns >= self.count
    }

    /// Writes a panel's heading above it.
    pub(super) fn heading(
        &self,
        canvas: &Canvas<'_>,
        index: usize,
        text: &str,
    ) -> Result<(), FigureError> {
        let plot = self.plot(index);
        let at = ((plot.left + plot.right) / 2.0, plot.top - 5.0);
        canvas.text(text, at, (HPos::Center, VPos::Bottom))
    }
}
