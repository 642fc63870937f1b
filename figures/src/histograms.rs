//! How values are distributed, a panel a layer.

use plotters::style::Color;
use plotters::style::text_anchor::{HPos, VPos};

use super::FigureError;
use super::axis::{Axis, AxisPlan};
use super::canvas::{Canvas, TEXT, draw};
use super::drawing::{Drawing, Shown};
use super::frame::{ABOVE, BELOW, Frame, label_x, label_y, ticks_width};
use super::grid::{Grid, GridPlan, check};
use super::role::{Pen, Role};

/// The most bins that can be told apart.
const MOST_BINS: usize = 200;

/// Panels of histograms with a common y axis.
///
/// ```
/// use figures::{Histograms, Role};
///
/// let values: Vec<f64> = (0..1_000).map(|i| f64::from(i).sin()).collect();
/// let drawing = Histograms::grid(2, "activation a", "share of units")
///     .panel("layer 1", Role::He, &values, (-1.0, 1.0), 20)
///     .draw()?;
/// assert!(drawing.svg().starts_with("<svg"));
/// # Ok::<(), figures::FigureError>(())
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

    /// Ends the y axes at `share`, above 0; taller bars are cut, and their share is written at them.
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

    /// The panels as a drawing.
    ///
    /// # Errors
    /// [`FigureError::Nothing`], [`FigureError::Columns`], [`FigureError::Bins`],
    /// [`FigureError::NoPoints`] or [`FigureError::Range`].
    pub fn draw(&self) -> Result<Drawing, FigureError> {
        check(self.columns, self.panels.len())?;
        let panels = self.panels.iter();
        let xs: Vec<Axis> =
            panels.clone().map(|panel| panel.x_axis(self.columns)).collect::<Result<_, _>>()?;
        let shares: Vec<Vec<f64>> = panels.map(Panel::shares).collect::<Result<_, _>>()?;
        let y = self.y_axis(&shares)?;
        let last_tick = TEXT * xs.iter().map(Axis::widest_tick).fold(0.0, f64::max);
        let mut ranges = self.panels.iter().map(|panel| panel.range);
        let first_range = ranges.next();
        let one_range = ranges.all(|range| Some(range) == first_range);
        let grid = GridPlan {
            columns: self.columns,
            count: self.panels.len(),
            left: ticks_width(&y) + 2.0,
            right: last_tick / 2.0 + 2.0,
            between: last_tick.max(10.0) + 8.0,
            top: TEXT + ABOVE,
            aspect: if self.columns == 1 { 0.34 } else { 0.62 },
            widest: f64::INFINITY,
            ticks_between: !one_range,
        }
        .grid();
        let shown = self.shown(&xs, &y, &shares);
        draw(grid.bottom() + BELOW + 1.4 * TEXT, shown, |canvas| {
            label_x(canvas, &self.x_label, grid.ends(), grid.bottom())?;
            label_y(canvas, &self.y_label, 2.0, grid.plot(0).top - 1.2 * TEXT)?;
            for (index, (panel, x)) in self.panels.iter().zip(xs).enumerate() {
                let silent = one_range && !grid.is_last_in_column(index);
                let x = if silent { x.silent() } else { x };
                panel.paint(canvas, &grid, index, (&x, &y), &shares[index])?;
            }
            Ok(())
        })
    }

    fn shown(&self, xs: &[Axis], y: &Axis, shares: &[Vec<f64>]) -> Shown {
        let mut shown = Shown::on(xs.iter().chain([y]));
        for (panel, shares) in self.panels.iter().zip(shares) {
            shown.add(&panel.label, "bars", panel.role, shares.iter().map(|share| [*share]));
        }
        shown
    }

    fn y_axis(&self, shares: &[Vec<f64>]) -> Result<Axis, FigureError> {
        let tallest = shares.iter().flatten().copied().fold(0.0, f64::max);
        let plan = AxisPlan {
            percent: true,
            range: Some((0.0, self.y_max.unwrap_or(1.06 * tallest))),
            ..AxisPlan::new(&self.y_label)
        };
        plan.fit(&[], 4)
    }
}

impl Panel {
    /// The share of the values in each bin.
    fn shares(&self) -> Result<Vec<f64>, FigureError> {
        let (low, high) = self.range;
        if !(1..=MOST_BINS).contains(&self.bins) {
            return Err(FigureError::Bins { panel: self.label.clone(), bins: self.bins });
        }
        let values = || self.values.iter().filter(|value| value.is_finite());
        let mut counts = vec![0usize; self.bins];
        for value in values().filter(|value| (low..=high).contains(*value)) {
            let bin = (value - low) / (high - low) * self.bins as f64;
            counts[(bin as usize).min(self.bins - 1)] += 1;
        }
        if counts.iter().all(|count| *count == 0) {
            return Err(FigureError::NoPoints(self.label.clone()));
        }
        let total = values().count() as f64;
        Ok(counts.into_iter().map(|count| count as f64 / total).collect())
    }

    /// The axis of the values, with fewer ticks where panels are narrow.
    fn x_axis(&self, columns: usize) -> Result<Axis, FigureError> {
        let plan = AxisPlan { range: Some(self.range), ..AxisPlan::new(&self.label) };
        plan.fit(&[0.5], if columns == 1 { 5 } else { 2 })
    }

    fn paint(
        &self,
        canvas: &Canvas<'_>,
        grid: &Grid,
        index: usize,
        (x, y): (&Axis, &Axis),
        shares: &[f64],
    ) -> Result<(), FigureError> {
        grid.heading(canvas, index, &self.label)?;
        let y = if grid.is_first_in_row(index) { y.clone() } else { y.clone().silent() };
        let frame = Frame::new(canvas, grid.plot(index), x, &y)?;
        let (low, high) = self.range;
        let edge = |bin: usize| low + (high - low) * bin as f64 / self.bins as f64;
        for (bin, share) in shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
            let (left, bottom) = frame.at((edge(bin), 0.0));
            let (right, top) = frame.at((edge(bin + 1), share.min(y.high)));
            let gap = (0.06 * (right - left)).min(0.8);
            let (left, right) = (left + gap, right - gap);
            let corners = [(left, bottom), (left, top), (right, top), (right, bottom)];
            canvas.fill(&corners, &Pen::from(self.role).to_rgba())?;
        }
        for (bin, share) in shares.iter().enumerate().filter(|(_, share)| **share > y.high) {
            self.cut(canvas, &frame, (edge(bin), edge(bin + 1), y.high), *share)?;
        }
        Ok(())
    }

    /// Writes the share of a bar that was cut beside its top, on the side with more room.
    fn cut(
        &self,
        canvas: &Canvas<'_>,
        frame: &Frame<'_>,
        (left, right, top): (f64, f64, f64),
        share: f64,
    ) -> Result<(), FigureError> {
        let text = format!("{:.0}\u{202f}%", 100.0 * share);
        let ((left, top), (right, _)) = (frame.at((left, top)), frame.at((right, top)));
        let place =
            (left + right - 2.0 * frame.plot.left) / (2.0 * (frame.plot.right - frame.plot.left));
        let y = top + 0.8 * TEXT;
        // Toward the middle from the plot's ends, away from it elsewhere.
        if (0.25..0.5).contains(&place) || place > 0.75 {
            return canvas.text_above(&text, (left - 4.0, y), (HPos::Right, VPos::Center));
        }
        canvas.text_above(&text, (right + 4.0, y), (HPos::Left, VPos::Center))
    }
}
