//! What a network predicts on the plane.

use plotters::style::text_anchor::{HPos, VPos};
use trainable::prelude::{Dataset, Network};

use super::FigureError;
use super::axis::{Axis, AxisPlan};
use super::canvas::{Canvas, HAIRLINE, TEXT, draw};
use super::drawing::{Drawing, Shown};
use super::frame::{BELOW, Frame, Rect, label_x, label_y, ticks_width};
use super::grid::{Grid, GridPlan, check};
use super::polyline::simplified;
use super::region::Region;
use super::role::{Pen, Role};
use super::svg::text_width;
use super::view::View;

/// The most points of a panel, where more would hide each other, and of a figure.
const MOST_POINTS: usize = 400;
const MOST_POINTS_IN_ALL: usize = 2_000;
/// The radius of a point.
const POINT: f64 = 3.0;
/// The width of the line between the classes.
const DECISION: f64 = 1.6;
/// Between panels side by side.
const BETWEEN: f64 = 16.0;
/// Lines are straightened where they are this straight.
const STRAIGHT: f64 = 0.12;
/// The widest that a panel may be.
const WIDEST: f64 = 380.0;

/// Panels of the plane: the points of a data set, and where each class is predicted. All panels
/// show the same part of the plane. Of a large data set, evenly many points are left out.
///
/// ```
/// use figures::Boundary;
/// use trainable::prelude::*;
///
/// let data = moons(100, 0.1, &mut RandomState::new(1))?;
/// let network = Network::new(&[2, 4, 1], Initialization::He, &mut RandomState::new(2))?;
/// let drawing = Boundary::grid(2).data("data", &data).network("before training", &network, &data).draw()?;
/// assert!(drawing.svg().starts_with("<svg"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Boundary<'a> {
    columns: usize,
    panels: Vec<Panel<'a>>,
}

struct Panel<'a> {
    label: String,
    data: &'a Dataset,
    score: Option<Score<'a>>,
}

/// What is above 0 where class 1 is predicted.
enum Score<'a> {
    Logit(&'a Network),
    Probability(Box<dyn Fn(f64, f64) -> f64 + 'a>),
}

impl<'a> Boundary<'a> {
    /// A figure of panels in rows of `columns`.
    pub fn grid(columns: usize) -> Self {
        Self { columns, panels: Vec::new() }
    }

    /// Adds a panel: the points of `data`, and where `network` predicts each class.
    #[must_use]
    pub fn network(self, label: &str, network: &'a Network, data: &'a Dataset) -> Self {
        self.with(label, data, Some(Score::Logit(network)))
    }

    /// Adds a panel: the points of `data`, and where a function's value is above one half.
    #[must_use]
    pub fn panel(
        self,
        label: &str,
        data: &'a Dataset,
        probability: impl Fn(f64, f64) -> f64 + 'a,
    ) -> Self {
        self.with(label, data, Some(Score::Probability(Box::new(probability))))
    }

    /// Adds a panel with the points of `data` alone.
    #[must_use]
    pub fn data(self, label: &str, data: &'a Dataset) -> Self {
        self.with(label, data, None)
    }

    fn with(mut self, label: &str, data: &'a Dataset, score: Option<Score<'a>>) -> Self {
        self.panels.push(Panel { label: label.to_owned(), data, score });
        self
    }

    /// The panels as a drawing.
    ///
    /// # Errors
    /// [`FigureError::Nothing`], [`FigureError::Columns`], [`FigureError::Features`],
    /// [`FigureError::Network`] or [`FigureError::Drawing`].
    pub fn draw(&self) -> Result<Drawing, FigureError> {
        check(self.columns, self.panels.len())?;
        for panel in &self.panels {
            panel.check()?;
        }
        let view = View::of(self.panels.iter().map(|panel| panel.data));
        let (x, y) = (axis("x₁", view.x)?, axis("x₂", view.y)?);
        let left = ticks_width(&y).max(28.0);
        let grid = GridPlan {
            columns: self.columns,
            count: self.panels.len(),
            left: left + 2.0,
            right: 4.0,
            between: BETWEEN,
            top: 1.5 * TEXT,
            aspect: (view.y.1 - view.y.0) / (view.x.1 - view.x.0),
            widest: WIDEST,
            ticks_between: false,
        }
        .grid();
        let shown = self.shown(&x, &y, view)?;
        draw(grid.bottom() + BELOW + 1.4 * TEXT, shown, |canvas| {
            legend(canvas, grid.ends())?;
            label_x(canvas, x.label(), grid.ends(), grid.bottom())?;
            label_y(canvas, y.label(), grid.plot(0).left - left, grid.plot(0).top)?;
            let most_points = MOST_POINTS.min(MOST_POINTS_IN_ALL / self.panels.len());
            for (index, panel) in self.panels.iter().enumerate() {
                let frame = panel.frame(canvas, &grid, index, (&x, &y))?;
                panel.paint(canvas, &frame, view)?;
                panel.points(canvas, &frame, most_points.max(1))?;
            }
            Ok(())
        })
    }
}

impl Boundary<'_> {
    fn shown(&self, x: &Axis, y: &Axis, view: View) -> Result<Shown, FigureError> {
        let mut shown = Shown::on([x, y]);
        for panel in &self.panels {
            let (x, classes) = (panel.data.x(), panel.data.y());
            let points = x.columns().into_iter().zip(&classes);
            let points = points.map(|(x, class)| [x[0], x[1], *class]);
            shown.add(&panel.label, "points", Role::Class1, points);
            if let Some(scores) = panel.scores(view)? {
                let scores = scores.into_iter().map(|score| [score]);
                shown.add(&panel.label, "region", Role::Class1Region, scores);
            }
        }
        Ok(shown)
    }
}

impl Panel<'_> {
    fn check(&self) -> Result<(), FigureError> {
        if self.data.features() == 2 {
            return Ok(());
        }
        Err(FigureError::Features { panel: self.label.clone(), features: self.data.features() })
    }

    /// Draws the heading and the axes, with ticks written at the left and lower sides of the grid.
    fn frame<'c>(
        &self,
        canvas: &Canvas<'c>,
        grid: &Grid,
        index: usize,
        (x, y): (&Axis, &Axis),
    ) -> Result<Frame<'c>, FigureError> {
        grid.heading(canvas, index, &self.label)?;
        let written = |axis: &Axis, at_side| match at_side {
            true => axis.clone(),
            false => axis.clone().silent(),
        };
        let x = written(x, grid.is_last_in_column(index));
        let y = written(y, grid.is_first_in_row(index));
        Frame::new(canvas, grid.plot(index), &x, &y)
    }

    /// Draws the regions of both classes.
    fn paint(&self, canvas: &Canvas<'_>, frame: &Frame<'_>, view: View) -> Result<(), FigureError> {
        if let Some(scores) = self.scores(view)? {
            paint_region(canvas, frame, &Region::new(&scores, view)?)?;
        }
        outline(canvas, frame.plot)
    }

    /// The score at each point of the view's grid.
    fn scores(&self, view: View) -> Result<Option<Vec<f64>>, FigureError> {
        let Some(score) = &self.score else {
            return Ok(None);
        };
        let points = view.grid();
        match score {
            Score::Probability(probability) => {
                let columns = points.columns().into_iter();
                Ok(Some(columns.map(|point| probability(point[0], point[1]) - 0.5).collect()))
            }
            Score::Logit(network) => {
                let logits = network
                    .logits(points.view())
                    .map_err(|source| FigureError::Network { panel: self.label.clone(), source })?;
                Ok(Some(logits.into_iter().collect()))
            }
        }
    }

    /// Draws the points, class by class.
    fn points(
        &self,
        canvas: &Canvas<'_>,
        frame: &Frame<'_>,
        most: usize,
    ) -> Result<(), FigureError> {
        let every = self.data.examples().div_ceil(most);
        let (x, y) = (self.data.x(), self.data.y());
        for (class, role) in [(0.0, Role::Class0), (1.0, Role::Class1)] {
            let examples = x.columns().into_iter().zip(y).step_by(every);
            for (point, _) in examples.filter(|(_, label)| **label == class) {
                let at = frame.at((point[0], point[1]));
                role.look().marker.draw(canvas, at, POINT, role)?;
            }
        }
        Ok(())
    }
}

/// The axis of a feature.
fn axis(label: &str, range: (f64, f64)) -> Result<Axis, FigureError> {
    let plan = AxisPlan { range: Some(range), ..AxisPlan::new(label) };
    plan.fit(&[0.5], 4)
}

fn paint_region(
    canvas: &Canvas<'_>,
    frame: &Frame<'_>,
    region: &Region,
) -> Result<(), FigureError> {
    let place = |ring: &[(f64, f64)]| {
        let ring: Vec<_> = ring.iter().map(|point| frame.at(*point)).collect();
        simplified(&ring, STRAIGHT)
    };
    canvas.fill(&corners(frame.plot), &Pen::from(Role::Class0Region))?;
    for (ring, inside) in &region.rings {
        let role = if *inside { Role::Class1Region } else { Role::Class0Region };
        canvas.fill(&place(ring), &Pen::from(role))?;
    }
    for line in &region.lines {
        canvas.line(&place(line), DECISION, &Pen::from(Role::Ink))?;
    }
    Ok(())
}

fn corners(plot: Rect) -> [(f64, f64); 4] {
    [
        (plot.left, plot.top),
        (plot.right, plot.top),
        (plot.right, plot.bottom),
        (plot.left, plot.bottom),
    ]
}

fn outline(canvas: &Canvas<'_>, plot: Rect) -> Result<(), FigureError> {
    let [first, ..] = corners(plot);
    let around: Vec<_> = corners(plot).into_iter().chain([first]).collect();
    canvas.line(&around, HAIRLINE, &Pen::from(Role::Ink))
}

/// Shows the marks of both classes above the panels.
fn legend(canvas: &Canvas<'_>, (left, right): (f64, f64)) -> Result<(), FigureError> {
    let classes = [(Role::Class0, "class 0"), (Role::Class1, "class 1")];
    let width = |name: &str| 14.0 + text_width(name) * TEXT;
    let total: f64 = classes.iter().map(|(_, name)| width(name)).sum::<f64>() + 20.0;
    let mut x = (left + right - total) / 2.0;
    for (role, name) in classes {
        role.look().marker.draw(canvas, (x + 4.0, 0.6 * TEXT), 1.4 * POINT, role)?;
        canvas.text(name, (x + 14.0, 0.6 * TEXT), (HPos::Left, VPos::Center))?;
        x += width(name) + 20.0;
    }
    Ok(())
}
