//! A function of two variables as lines of equal value, and paths over them.

use plotters::style::text_anchor::{HPos, VPos};

use super::FigureError;
use super::axis::{Axis, AxisPlan};
use super::canvas::{Canvas, LINE, TEXT, THIN, WIDTH, draw};
use super::drawing::{Drawing, Shown};
use super::frame::{BELOW, Frame, Rect, label_x, label_y, ticks_width};
use super::grid::{GridPlan, check};
use super::marker::Marker;
use super::polyline::{clipped, simplified};
use super::region::Region;
use super::role::{Pen, Role};
use super::svg::text_width;
use super::view::View;

/// The lines of equal value in a panel.
const LEVELS: usize = 12;
/// The height of a panel over its width.
const ASPECT: f64 = 1.0;
/// The widest that a panel may be.
const WIDEST: f64 = 420.0;
/// Between the tick labels of a panel and the panel before.
const BETWEEN: f64 = 22.0;
/// The radius of a mark at a path's start and end, and of a step's dot.
const END: f64 = 4.6;
const STEP: f64 = 1.9;
/// A path of more steps is drawn without their dots.
const MOST_STEPS: usize = 120;
/// Lines are straightened where they are this straight.
const STRAIGHT: f64 = 0.1;

/// Panels of a function over a rectangle: lines of equal value, closer together where it is steep,
/// and paths with their start and end marked. Each panel has a rectangle of its own.
///
/// The lines are at values that are spaced as squares, from the least to the greatest value of the
/// panel: those of a round bowl are equally far apart.
///
/// ```
/// use figures::{Contours, Role};
///
/// let drawing = Contours::grid(1, "x", "y")
///     .panel("a bowl", (-1.0, 1.0), (-1.0, 1.0), |x, y| x * x + y * y)
///     .path(Role::Ink, &[(0.8, 0.6), (0.4, 0.3), (0.0, 0.0)])
///     .draw()?;
/// assert!(drawing.svg().starts_with("<svg"));
/// # Ok::<(), figures::FigureError>(())
/// ```
pub struct Contours<'a> {
    columns: usize,
    x: String,
    y: String,
    panels: Vec<Panel<'a>>,
}

struct Panel<'a> {
    label: String,
    view: View,
    value: Box<dyn Fn(f64, f64) -> f64 + 'a>,
    paths: Vec<(Role, Vec<(f64, f64)>)>,
}

impl<'a> Contours<'a> {
    /// A figure of panels in rows of `columns`, with labels for both axes.
    pub fn grid(columns: usize, x_label: &str, y_label: &str) -> Self {
        Self { columns, x: x_label.to_owned(), y: y_label.to_owned(), panels: Vec::new() }
    }

    /// Adds a panel: the function `value` over a rectangle. Where it is not finite, it is taken as
    /// higher than everything else.
    #[must_use]
    pub fn panel(
        mut self,
        label: &str,
        x: (f64, f64),
        y: (f64, f64),
        value: impl Fn(f64, f64) -> f64 + 'a,
    ) -> Self {
        self.panels.push(Panel {
            label: label.to_owned(),
            view: View { x, y },
            value: Box::new(value),
            paths: Vec::new(),
        });
        self
    }

    /// Adds a path over the panel that was added last. Points that are not finite are left out.
    #[must_use]
    pub fn path(mut self, role: Role, points: &[(f64, f64)]) -> Self {
        let finite = |(x, y): &(f64, f64)| x.is_finite() && y.is_finite();
        if let Some(panel) = self.panels.last_mut() {
            let points = points.iter().copied().filter(finite).collect();
            panel.paths.push((role, points));
        }
        self
    }

    /// The panels as a drawing.
    ///
    /// # Errors
    /// [`FigureError::Nothing`], [`FigureError::Columns`], [`FigureError::Range`],
    /// [`FigureError::NoPoints`] for a function without a finite value or a path without points, or
    /// [`FigureError::Drawing`].
    pub fn draw(&self) -> Result<Drawing, FigureError> {
        check(self.columns, self.panels.len())?;
        let axes: Vec<(Axis, Axis)> = self
            .panels
            .iter()
            .map(|panel| Ok((axis(&self.x, panel.view.x)?, axis(&self.y, panel.view.y)?)))
            .collect::<Result<_, FigureError>>()?;
        let left = axes.iter().map(|(_, y)| ticks_width(y)).fold(0.0, f64::max);
        let right =
            axes.iter().map(|(x, _)| x.widest_tick() * TEXT / 2.0 + 2.0).fold(4.0, f64::max);
        let grid = GridPlan {
            columns: self.columns,
            count: self.panels.len(),
            left: left + 2.0,
            right,
            between: left + BETWEEN,
            top: 2.6 * TEXT,
            aspect: ASPECT,
            widest: WIDEST,
            ticks_between: true,
        }
        .grid();
        let shown = self.shown(&axes);
        draw(grid.bottom() + BELOW + 1.4 * TEXT, shown, |canvas| {
            self.legend(canvas)?;
            for (index, (panel, (x, y))) in self.panels.iter().zip(&axes).enumerate() {
                let plot = grid.plot(index);
                grid.heading(canvas, index, &panel.label)?;
                if grid.is_last_in_column(index) {
                    label_x(canvas, x.label(), (plot.left, plot.right), plot.bottom)?;
                }
                if index == 0 {
                    label_y(canvas, y.label(), plot.left - left, plot.top)?;
                }
                panel.paint(canvas, &Frame::new(canvas, plot, x, y)?)?;
            }
            Ok(())
        })
    }

    fn shown(&self, axes: &[(Axis, Axis)]) -> Shown {
        let mut shown = Shown::on(axes.iter().flat_map(|(x, y)| [x, y]));
        for panel in &self.panels {
            let grid = panel.view.grid();
            let values = grid.columns().into_iter().map(|p| [(panel.value)(p[0], p[1])]);
            shown.add(&panel.label, "contours", Role::Level, values);
            for (role, path) in &panel.paths {
                shown.add(&panel.label, "path", *role, path.iter().map(|(x, y)| [*x, *y]));
            }
        }
        shown
    }

    /// Says what the marks of paths mean, if there are any.
    fn legend(&self, canvas: &Canvas<'_>) -> Result<(), FigureError> {
        let mut paths = self.panels.iter().flat_map(|panel| &panel.paths);
        let Some((role, _)) = paths.next() else {
            return Ok(());
        };
        let marks = [(Marker::Disc, "start"), (Marker::Diamond, "end")];
        let width = |name: &str| 14.0 + text_width(name) * TEXT;
        let total: f64 = marks.iter().map(|(_, name)| width(name)).sum::<f64>() + 20.0;
        let mut x = (WIDTH - total) / 2.0;
        for (marker, name) in marks {
            marker.draw(canvas, (x + 4.0, 0.6 * TEXT), END, *role)?;
            canvas.text(name, (x + 14.0, 0.6 * TEXT), (HPos::Left, VPos::Center))?;
            x += width(name) + 20.0;
        }
        Ok(())
    }
}

impl Panel<'_> {
    fn paint(&self, canvas: &Canvas<'_>, frame: &Frame<'_>) -> Result<(), FigureError> {
        let points = self.view.grid();
        let columns = points.columns().into_iter();
        let values: Vec<f64> = columns.map(|p| (self.value)(p[0], p[1])).collect();
        for level in self.levels(&values)? {
            let scores: Vec<f64> = values.iter().map(|value| score(*value, level)).collect();
            for line in Region::new(&scores, self.view)?.lines {
                let line: Vec<_> = line.iter().map(|point| frame.at(*point)).collect();
                canvas.line(&simplified(&line, STRAIGHT), THIN, &Pen::from(Role::Level))?;
            }
        }
        for (role, path) in &self.paths {
            let path: Vec<_> = path.iter().map(|point| frame.at(*point)).collect();
            self.walk(canvas, frame.plot, *role, &path)?;
        }
        Ok(())
    }

    /// The values whose lines are drawn.
    fn levels(&self, values: &[f64]) -> Result<Vec<f64>, FigureError> {
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        let low = finite().fold(f64::INFINITY, f64::min);
        let high = finite().fold(f64::NEG_INFINITY, f64::max);
        if low > high {
            return Err(FigureError::NoPoints(self.label.clone()));
        }
        let share = |level: usize| level as f64 / (LEVELS + 1) as f64;
        let level = |level| low + (high - low) * share(level) * share(level);
        Ok((1..=LEVELS).map(level).collect())
    }

    /// Draws a path, already on the page, as far as it is inside of the plot.
    fn walk(
        &self,
        canvas: &Canvas<'_>,
        plot: Rect,
        role: Role,
        path: &[(f64, f64)],
    ) -> Result<(), FigureError> {
        let (Some(first), Some(last)) = (path.first(), path.last()) else {
            return Err(FigureError::NoPoints(self.label.clone()));
        };
        let (low, high) = ((plot.left, plot.top), (plot.right, plot.bottom));
        let inside =
            |(x, y): &&(f64, f64)| (low.0..=high.0).contains(x) && (low.1..=high.1).contains(y);
        for part in clipped(path, low, high) {
            canvas.line(&simplified(&part, STRAIGHT), 0.7 * LINE, &Pen::from(role))?;
        }
        if path.len() <= MOST_STEPS {
            for step in path.iter().filter(inside) {
                Marker::Disc.draw(canvas, *step, STEP, role)?;
            }
        }
        for (marker, end) in [(Marker::Disc, first), (Marker::Diamond, last)] {
            if inside(&end) {
                marker.draw(canvas, *end, END, role)?;
            }
        }
        Ok(())
    }
}

/// What is above 0 where a value is above a level.
fn score(value: f64, level: f64) -> f64 {
    match value.is_finite() {
        true => value - level,
        false => f64::INFINITY,
    }
}

fn axis(label: &str, range: (f64, f64)) -> Result<Axis, FigureError> {
    let plan = AxisPlan { range: Some(range), ..AxisPlan::new(label) };
    plan.fit(&[0.5], 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bowl<'a>() -> Contours<'a> {
        Contours::grid(1, "x", "y").panel("bowl", (-1.0, 1.0), (-1.0, 1.0), |x, y| x * x + y * y)
    }

    #[test]
    fn levels_of_a_round_bowl_are_equally_far_apart() {
        let figure = bowl();
        let panel = &figure.panels[0];
        let levels = panel.levels(&[0.0, 2.0, f64::NAN]).unwrap();
        let radii: Vec<f64> = levels.iter().map(|level| level.sqrt()).collect();
        for pair in radii.windows(2) {
            assert!((pair[1] - pair[0] - radii[0]).abs() < 1e-12, "{radii:?}");
        }
    }

    #[test]
    fn a_path_that_leaves_is_drawn_as_far_as_it_is_inside() {
        let inside = [(0.0, 0.0), (0.5, 0.5)];
        let leaving = [(0.0, 0.0), (0.5, 0.5), (9.0, 9.0), (f64::NAN, 0.0)];
        let [inside, leaving] =
            [&inside[..], &leaving].map(|path| bowl().path(Role::Ink, path).draw().unwrap().body);
        assert!(leaving.len() < inside.len() + 200);
        assert_ne!(inside, leaving);
    }

    #[test]
    fn what_has_no_contours_is_an_error() {
        assert_eq!(Contours::grid(1, "x", "y").draw(), Err(FigureError::Nothing));
        let nothing =
            Contours::grid(1, "x", "y").panel("a", (0.0, 1.0), (0.0, 1.0), |_, _| f64::NAN).draw();
        assert_eq!(nothing, Err(FigureError::NoPoints("a".to_owned())));
        let empty = bowl().path(Role::Ink, &[]).draw();
        assert_eq!(empty, Err(FigureError::NoPoints("bowl".to_owned())));
        let flat = Contours::grid(1, "x", "y").panel("a", (1.0, 1.0), (0.0, 1.0), |x, _| x);
        assert!(matches!(flat.draw(), Err(FigureError::Range { .. })));
        assert_eq!(
            Contours::grid(9, "x", "y").panel("a", (0.0, 1.0), (0.0, 1.0), |x, _| x).draw(),
            Err(FigureError::Columns(9))
        );
    }
}
