//! A dot a run: how results scatter over seeds.

use plotters::style::text_anchor::{HPos, VPos};

use super::FigureError;
use super::axis::{Axis, AxisPlan};
use super::canvas::{Canvas, HAIRLINE, TEXT, THIN, WIDTH, draw};
use super::drawing::{Drawing, Shown};
use super::frame::{BELOW, Frame, Rect, label_x};
use super::marker::Marker;
use super::role::{Pen, Role};
use super::svg::text_width;

/// The least height of a category, and that of a line of its name.
const ROW: f64 = 54.0;
const NAME_LINE: f64 = 1.16 * TEXT;
/// Above and below a name.
const NAME_MARGIN: f64 = 5.0;
/// The radius of a dot.
const DOT: f64 = 3.8;
/// How far dots go from the middle of their row.
const REACH: f64 = 18.0;
/// How far the bar at the median goes.
const BAR: f64 = 23.0;
/// The widest line of a category's name, in ems.
const WIDEST_NAME: f64 = 9.5;

/// Categories down the side, a dot for each run, and a bar at the median.
///
/// ```
/// use figures::{DotPlot, Role};
///
/// let drawing = DotPlot::new("test accuracy")
///     .percent()
///     .category("He", Role::He, &[0.94, 0.95, 0.96])
///     .category("Xavier", Role::Xavier, &[0.91, 0.95, 0.93])
///     .draw()?;
/// assert!(drawing.svg().starts_with("<svg"));
/// # Ok::<(), figures::FigureError>(())
/// ```
#[derive(Debug, Clone)]
pub struct DotPlot {
    axis: AxisPlan,
    categories: Vec<Category>,
    goal: Option<(String, f64)>,
}

#[derive(Debug, Clone)]
struct Category {
    name: String,
    role: Role,
    values: Vec<f64>,
    /// What stands in the place of dots.
    words: Option<String>,
}

impl DotPlot {
    /// A plot along an axis with this label, without categories yet.
    pub fn new(label: &str) -> Self {
        Self {
            axis: AxisPlan { padding: 0.04, ..AxisPlan::new(label) },
            categories: Vec::new(),
            goal: None,
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

    /// Adds a category with a value for each run. Values that are not finite, or outside of the
    /// range, are left out.
    #[must_use]
    pub fn category(mut self, name: &str, role: Role, values: &[f64]) -> Self {
        self.categories.push(Category {
            name: name.to_owned(),
            role,
            values: values.to_vec(),
            words: None,
        });
        self
    }

    /// Adds a category without a dot, and says why in a few words.
    #[must_use]
    pub fn words(mut self, name: &str, words: &str) -> Self {
        self.categories.push(Category {
            name: name.to_owned(),
            role: Role::Ink,
            values: Vec::new(),
            words: Some(words.to_owned()),
        });
        self
    }

    /// Draws an upright line at a value that the axis then covers, with its name above it.
    #[must_use]
    pub fn goal(mut self, name: &str, value: f64) -> Self {
        self.goal = Some((name.to_owned(), value));
        self
    }

    /// The plot as a drawing.
    ///
    /// # Errors
    /// [`FigureError::Nothing`], [`FigureError::NoPoints`] or [`FigureError::Range`].
    pub fn draw(&self) -> Result<Drawing, FigureError> {
        if self.categories.is_empty() {
            return Err(FigureError::Nothing);
        }
        let all = self.categories.iter().flat_map(|category| &category.values);
        let all = all.chain(self.goal.iter().map(|(_, value)| value));
        let positions: Vec<f64> = all.filter_map(|value| self.axis.position(*value)).collect();
        let x = self.axis.fit(&positions, 4)?;
        let names: Vec<Vec<String>> = self.categories.iter().map(|c| wrapped(&c.name)).collect();
        let widest = names.iter().flatten().map(|line| text_width(line)).fold(0.0, f64::max);
        let lines = names.iter().map(Vec::len).max().unwrap_or(0) as f64;
        let height = ROW.max(lines * NAME_LINE + 2.0 * NAME_MARGIN);
        let top = if self.goal.is_some() { 4.0 + 1.4 * TEXT } else { 4.0 };
        let plot = Rect {
            left: widest * TEXT + 14.0,
            top,
            right: WIDTH - x.widest_tick() * TEXT / 2.0 - 4.0,
            bottom: top + height * self.categories.len() as f64,
        };
        draw(plot.bottom + BELOW + 1.4 * TEXT, self.shown(&x), |canvas| {
            label_x(canvas, x.label(), (plot.left, plot.right), plot.bottom)?;
            let rows = Axis::bare(0.0, self.categories.len() as f64);
            let frame = Frame::new(canvas, plot, &x, &rows)?;
            if let Some(goal) = &self.goal {
                paint_goal(canvas, &frame, &x, goal)?;
            }
            for (row, (category, name)) in self.categories.iter().zip(&names).enumerate() {
                let middle = plot.top + (row as f64 + 0.5) * height;
                write_name(canvas, name, (plot.left - 10.0, middle))?;
                category.paint(canvas, &frame, &x, middle)?;
            }
            Ok(())
        })
    }
}

impl DotPlot {
    fn shown(&self, x: &Axis) -> Shown {
        let mut shown = Shown::on([x]);
        if let Some((name, value)) = &self.goal {
            shown.add(name, "goal", Role::Ink, [[*value]]);
        }
        for category in &self.categories {
            let mark = category.words.as_deref().unwrap_or("dots");
            let values = category.values.iter().map(|value| [*value]);
            shown.add(&category.name, mark, category.role, values);
        }
        shown
    }
}

impl Category {
    fn paint(
        &self,
        canvas: &Canvas<'_>,
        frame: &Frame<'_>,
        x: &Axis,
        middle: f64,
    ) -> Result<(), FigureError> {
        let line = [(frame.plot.left, middle), (frame.plot.right, middle)];
        if let Some(words) = &self.words {
            let left = (frame.plot.left + 8.0, middle);
            return canvas.text_above(words, left, (HPos::Left, VPos::Center));
        }
        let positions = self.values.iter().filter_map(|value| x.position(*value));
        let mut positions: Vec<f64> = positions.filter(|p| (x.low..=x.high).contains(p)).collect();
        positions.sort_by(f64::total_cmp);
        let places: Vec<f64> = positions.iter().map(|p| frame.at((*p, 0.0)).0).collect();
        let Some(median) = median(&places) else {
            return Err(FigureError::NoPoints(self.name.clone()));
        };
        canvas.line(&line, HAIRLINE, &Pen::from(Role::Faint))?;
        // Behind the dots, of which many may be at the median; its ends show in any case.
        let bar = [(median, middle - BAR), (median, middle + BAR)];
        canvas.line(&bar, 2.6, &Pen::from(Role::Ink))?;
        for (place, offset) in places.iter().zip(swarm(&places)) {
            Marker::Disc.draw(canvas, (*place, middle + offset), DOT, self.role)?;
        }
        Ok(())
    }
}

/// How far from the middle each dot goes so that it hides no other, or as little as there is room for.
fn swarm(places: &[f64]) -> Vec<f64> {
    let apart = 2.0 * DOT + 0.6;
    let mut offsets: Vec<f64> = Vec::new();
    for (index, place) in places.iter().enumerate() {
        let near = || (0..index).filter(|other| place - places[*other] < apart);
        let steps = near().map(|other| {
            let along = place - places[other];
            (offsets[other], (apart * apart - along * along).sqrt())
        });
        let steps: Vec<(f64, f64)> = steps.collect();
        let is_free =
            |offset: &f64| steps.iter().all(|(other, step)| (offset - other).abs() >= step - 1e-6);
        let beside = steps.iter().flat_map(|(other, step)| [other - step, other + step]);
        let nearest = std::iter::once(0.0)
            .chain(beside)
            .filter(is_free)
            .min_by(|a, b| a.abs().total_cmp(&b.abs()));
        offsets.push(nearest.unwrap_or(0.0));
    }
    let farthest = offsets.iter().fold(REACH - DOT, |far, offset| far.max(offset.abs()));
    offsets.into_iter().map(|offset| offset * (REACH - DOT) / farthest).collect()
}

/// The median of sorted numbers.
fn median(sorted: &[f64]) -> Option<f64> {
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get(sorted.len().saturating_sub(1) / 2)?;
    Some((lower + upper) / 2.0)
}

/// The goal's line, and its name above, where it leaves the page on neither side.
fn paint_goal(
    canvas: &Canvas<'_>,
    frame: &Frame<'_>,
    x: &Axis,
    (name, value): &(String, f64),
) -> Result<(), FigureError> {
    let Some(position) = x.position(*value) else {
        return Ok(());
    };
    let (place, _) = frame.at((position, 0.0));
    let Rect { top, bottom, .. } = frame.plot;
    canvas.line(&[(place, top - 4.0), (place, bottom)], THIN, &Pen::from(Role::Ink))?;
    let half = text_width(name) * TEXT / 2.0;
    let middle = place.min(WIDTH - half - 1.0).max(half);
    canvas.text(name, (middle, top - 7.0), (HPos::Center, VPos::Bottom))
}

/// A name in lines that fit beside the plot, parted at line breaks and between words.
fn wrapped(name: &str) -> Vec<String> {
    name.lines().flat_map(filled).collect()
}

/// A line as lines that are not too wide.
fn filled(line: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in line.split(' ') {
        match lines.last_mut() {
            Some(line) if text_width(line) + text_width(word) + 0.3 <= WIDEST_NAME => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn write_name(
    canvas: &Canvas<'_>,
    lines: &[String],
    (x, middle): (f64, f64),
) -> Result<(), FigureError> {
    let first = middle - 0.5 * NAME_LINE * (lines.len() as f64 - 1.0);
    for (number, line) in lines.iter().enumerate() {
        let y = first + NAME_LINE * number as f64;
        canvas.text(line, (x, y), (HPos::Right, VPos::Center))?;
    }
    Ok(())
}
