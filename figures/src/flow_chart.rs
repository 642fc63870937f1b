//! Questions one below the other, each with what to do if the answer is yes.

use plotters::style::text_anchor::{HPos, VPos};

use super::FigureError;
use super::canvas::{Canvas, LINE, TEXT, WIDTH, draw};
use super::drawing::{Drawing, Shown};
use super::role::{Pen, Role};
use super::svg::text_width;

/// Questions are on the left, this wide, and what to do on the right.
const QUESTION: f64 = 250.0;
const ACTION: f64 = 210.0;
/// Where the arrows back go up.
const MARGIN: f64 = 26.0;
/// Between a question and the next.
const BETWEEN: f64 = 52.0;
/// From a frame to its text.
const PADDING: f64 = 12.0;
/// From a line of text to the next.
const ROW: f64 = 1.35 * TEXT;
/// The length of an arrow's head, and half its width.
const HEAD: (f64, f64) = (10.0, 5.0);

/// Questions one below the other. A yes leads right, to things to try and from there back to the
/// first question; a no leads down, in the end to the last box.
///
/// ```
/// use figures::{FlowChart, Role};
///
/// let drawing = FlowChart::new("done").question(Role::Train, &["high bias?"], &["bigger network"]).draw()?;
/// assert!(drawing.svg().starts_with("<svg"));
/// # Ok::<(), figures::FigureError>(())
/// ```
#[derive(Debug, Clone)]
pub struct FlowChart {
    questions: Vec<Question>,
    end: String,
}

#[derive(Debug, Clone)]
struct Question {
    role: Role,
    asked: Vec<String>,
    actions: Vec<String>,
}

/// A place for a frame.
#[derive(Debug, Clone, Copy)]
struct Place {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl FlowChart {
    /// A chart without questions yet, and what stands at its end.
    pub fn new(end: &str) -> Self {
        Self { questions: Vec::new(), end: end.to_owned() }
    }

    /// Adds a question, in lines, and what to do if the answer is yes, a line each.
    #[must_use]
    pub fn question(mut self, role: Role, asked: &[&str], actions: &[&str]) -> Self {
        let lines = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        self.questions.push(Question { role, asked: lines(asked), actions: lines(actions) });
        self
    }

    /// The chart as a drawing.
    ///
    /// # Errors
    /// [`FigureError::Nothing`] without a question; [`FigureError::Drawing`] for a text that is wider
    /// than its frame.
    pub fn draw(&self) -> Result<Drawing, FigureError> {
        if self.questions.is_empty() {
            return Err(FigureError::Nothing);
        }
        let mut top = 2.0 + TEXT;
        let mut places = Vec::new();
        for question in &self.questions {
            let height = question.height();
            places.push(Place::question(top, height));
            top += height + BETWEEN;
        }
        let end = Place::question(top, ROW + 2.0 * PADDING);
        draw(end.bottom + 4.0, self.shown(), |canvas| {
            for (question, place) in self.questions.iter().zip(&places) {
                question.paint(canvas, *place, (*place).action(), places[0])?;
            }
            for (from, to) in places.iter().zip(places.iter().skip(1).chain([&end])) {
                let middle = (from.left + from.right) / 2.0;
                arrow(canvas, &[(middle, from.bottom), (middle, to.top)])?;
                let at = (middle + 8.0, (from.bottom + to.top) / 2.0 - 2.0);
                canvas.text("no", at, (HPos::Left, VPos::Center))?;
            }
            end.frame(canvas, Role::Ink)?;
            end.write(canvas, std::slice::from_ref(&self.end))
        })
    }
}

impl FlowChart {
    fn shown(&self) -> Shown {
        let mut shown = Shown::default();
        for question in &self.questions {
            let name = format!("{} {}", question.asked.join(" "), question.actions.join("; "));
            shown.text(&name, question.role);
        }
        shown.text(&self.end, Role::Ink);
        shown
    }
}

impl Question {
    fn height(&self) -> f64 {
        let rows = self.asked.len().max(self.actions.len());
        rows as f64 * ROW + 2.0 * PADDING
    }

    fn paint(
        &self,
        canvas: &Canvas<'_>,
        asked: Place,
        action: Place,
        first: Place,
    ) -> Result<(), FigureError> {
        asked.frame(canvas, self.role)?;
        asked.write(canvas, &self.asked)?;
        action.frame(canvas, self.role)?;
        action.write(canvas, &self.actions)?;
        let middle = (asked.top + asked.bottom) / 2.0;
        arrow(canvas, &[(asked.right, middle), (action.left, middle)])?;
        let at = ((asked.right + action.left) / 2.0 - 4.0, middle - 5.0);
        canvas.text("yes", at, (HPos::Center, VPos::Bottom))?;
        // Back to the first question: up at the right side, and in from above.
        let (x, y) = (WIDTH - 4.0, first.top - TEXT + 2.0);
        let enter = (first.left + first.right) / 2.0;
        let back = [(action.right, middle), (x, middle), (x, y), (enter, y), (enter, first.top)];
        arrow(canvas, &back)
    }
}

impl Place {
    fn question(top: f64, height: f64) -> Self {
        Self { left: 2.0, top, right: 2.0 + QUESTION, bottom: top + height }
    }

    /// The place for what to do, right of this one.
    fn action(self) -> Self {
        let right = WIDTH - MARGIN;
        Self { left: right - ACTION, right, ..self }
    }

    fn frame(self, canvas: &Canvas<'_>, role: Role) -> Result<(), FigureError> {
        let corners = [
            (self.left, self.top),
            (self.right, self.top),
            (self.right, self.bottom),
            (self.left, self.bottom),
            (self.left, self.top),
        ];
        canvas.line(&corners, LINE, &Pen::from(role))
    }

    fn write(self, canvas: &Canvas<'_>, lines: &[String]) -> Result<(), FigureError> {
        let middle = ((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0);
        let first = middle.1 - ROW * (lines.len() as f64 - 1.0) / 2.0;
        for (number, line) in lines.iter().enumerate() {
            if text_width(line) * TEXT > self.right - self.left - PADDING {
                return Err(FigureError::Drawing(format!("`{line}` is too wide")));
            }
            let at = (middle.0, first + ROW * number as f64);
            canvas.text(line, at, (HPos::Center, VPos::Center))?;
        }
        Ok(())
    }
}

/// A line with a head at its end.
fn arrow(canvas: &Canvas<'_>, points: &[(f64, f64)]) -> Result<(), FigureError> {
    let pen = Pen::from(Role::Ink);
    canvas.line(points, 1.4, &pen)?;
    let [.., from, to] = points else {
        return Ok(());
    };
    let length = libm::hypot(to.0 - from.0, to.1 - from.1).max(1e-9);
    let (x, y) = ((to.0 - from.0) / length, (to.1 - from.1) / length);
    let base = (to.0 - HEAD.0 * x, to.1 - HEAD.0 * y);
    let side = (-HEAD.1 * y, HEAD.1 * x);
    let head = [*to, (base.0 + side.0, base.1 + side.1), (base.0 - side.0, base.1 - side.1)];
    canvas.fill(&head, &pen)
}
