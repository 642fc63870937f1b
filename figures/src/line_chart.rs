//! Lines over a continuous axis: costs, norms, spreads.

use plotters::style::Color;
use plotters::style::text_anchor::{HPos, VPos};

use super::FigureError;
use super::axis::{Axis, AxisPlan};
use super::canvas::{Canvas, LINE, TEXT, THIN, WIDTH, draw};
use super::drawing::{Drawing, Shown};
use super::frame::{ABOVE, BELOW, Frame, Rect, label_x, label_y, ticks_width};
use super::marker::Marker;
use super::polyline::{clipped, simplified, thinned};
use super::role::{Dash, Pen, Role};
use super::spread::flags;
use super::svg::text_width;
use super::tags::{self, MARK, Tag};

/// The height of the plot itself.
const PLOT: f64 = 290.0;
/// Lines that can be named at their ends; more of them are named in a legend.
const MOST_LABELS: usize = 6;
/// The widest label at a line's end, in ems.
const WIDEST_LABEL: f64 = 10.5;
/// From an upright line to its label.
const FLAG: f64 = 5.0;
/// How much a band covers.
const BAND_OPACITY: f64 = 0.2;
/// The most marks on a line.
const MOST_MARKS: usize = 40;
/// Lines are thinned in columns of this width, of twice the width from as many lines on, and so forth.
const COLUMN: f64 = 1.5;
const MANY_LINES: usize = 4;
/// Lines are straightened where they are this straight.
const STRAIGHT: f64 = 0.08;

/// Lines over a continuous axis, each with its name at its end; many lines or long names make a
/// legend.
///
/// ```
/// use figures::{LineChart, Role};
///
/// let costs: Vec<(f64, f64)> = (0..100).map(|i| (f64::from(i), 1.0 / f64::from(i + 1))).collect();
/// let drawing = LineChart::new("iteration", "cost J").log_y().line("He", Role::He, &costs).draw()?;
/// assert!(drawing.svg().starts_with("<svg"));
/// # Ok::<(), figures::FigureError>(())
/// ```
#[derive(Debug, Clone)]
pub struct LineChart {
    x: AxisPlan,
    y: AxisPlan,
    series: Vec<Series>,
    bands: Vec<Band>,
    horizontals: Vec<(Tag, f64)>,
    verticals: Vec<(String, f64)>,
    markers: bool,
}

/// One line, or a bundle of them under one name.
#[derive(Debug, Clone)]
struct Series {
    tag: Tag,
    lines: Vec<Vec<(f64, f64)>>,
}

#[derive(Debug, Clone)]
struct Band {
    role: Role,
    points: Vec<(f64, f64, f64)>,
}

impl LineChart {
    /// A chart without lines yet. Labels carry their unit: `time (s)`.
    pub fn new(x_label: &str, y_label: &str) -> Self {
        Self {
            x: AxisPlan::new(x_label),
            y: AxisPlan { padding: 0.05, from_zero: true, ..AxisPlan::new(y_label) },
            series: Vec::new(),
            bands: Vec::new(),
            horizontals: Vec::new(),
            verticals: Vec::new(),
            markers: false,
        }
    }

    /// Makes the x axis logarithmic; points at or below 0 are left out.
    #[must_use]
    pub fn log_x(mut self) -> Self {
        self.x.log = true;
        self
    }

    /// Makes the y axis logarithmic; points at or below 0 are left out.
    #[must_use]
    pub fn log_y(mut self) -> Self {
        self.y.log = true;
        self
    }

    /// Writes the y axis in percent: the values are fractions.
    #[must_use]
    pub fn percent_y(mut self) -> Self {
        self.y.percent = true;
        self
    }

    /// Shows x from `low` to `high` instead of what the data cover.
    #[must_use]
    pub fn x_range(mut self, low: f64, high: f64) -> Self {
        self.x.range = Some((low, high));
        self
    }

    /// Shows y from `low` to `high` instead of what the data cover.
    #[must_use]
    pub fn y_range(mut self, low: f64, high: f64) -> Self {
        self.y.range = Some((low, high));
        self
    }

    /// Adds a line through `points`, `(x, y)`, in the role's color and dashes. Points that are not
    /// finite are left out.
    #[must_use]
    pub fn line(self, name: &str, role: Role, points: &[(f64, f64)]) -> Self {
        self.with(name, role, role.look().dash, LINE, vec![points.to_vec()])
    }

    /// Adds a dashed line: a prediction beside the measurement of the same role.
    #[must_use]
    pub fn dashed(self, name: &str, role: Role, points: &[(f64, f64)]) -> Self {
        self.with(name, role, Dash::Short, LINE, vec![points.to_vec()])
    }

    /// Adds a bundle of thin lines of one kind, named once: the units of a layer, the seeds of a run.
    #[must_use]
    pub fn bundle(self, name: &str, role: Role, lines: &[Vec<(f64, f64)>]) -> Self {
        self.with(name, role, role.look().dash, THIN, lines.to_vec())
    }

    /// Shades from `low` to `high` at each x, `(x, low, high)`: the spread over seeds.
    #[must_use]
    pub fn band(mut self, role: Role, points: &[(f64, f64, f64)]) -> Self {
        self.bands.push(Band { role, points: points.to_vec() });
        self
    }

    /// Marks each point, for series of few points; of many points, some.
    #[must_use]
    pub fn markers(mut self, markers: bool) -> Self {
        self.markers = markers;
        self
    }

    /// Adds a line across at `y`, labeled.
    #[must_use]
    pub fn horizontal(mut self, label: &str, y: f64) -> Self {
        let tag = Tag { text: label.to_owned(), pen: reference(), width: THIN, marker: None };
        self.horizontals.push((tag, y));
        self
    }

    /// Adds an upright line at `x`, labeled.
    #[must_use]
    pub fn vertical(mut self, label: &str, x: f64) -> Self {
        self.verticals.push((label.to_owned(), x));
        self
    }

    /// The chart as a drawing.
    ///
    /// # Errors
    /// [`FigureError::Nothing`], [`FigureError::NoPoints`] or [`FigureError::Range`].
    pub fn draw(&self) -> Result<Drawing, FigureError> {
        if self.series.is_empty() {
            return Err(FigureError::Nothing);
        }
        let mut chart = self.clone();
        for series in &mut chart.series {
            series.tag.marker = self.markers.then(|| series.tag.pen.role.look().marker);
        }
        chart.painted()
    }

    fn with(
        mut self,
        name: &str,
        role: Role,
        dash: Dash,
        width: f64,
        lines: Vec<Vec<(f64, f64)>>,
    ) -> Self {
        let tag = Tag {
            text: name.to_owned(),
            pen: Pen { dash: self.free_dash(role, dash), ..Pen::from(role) },
            width,
            marker: None,
        };
        self.series.push(Series { tag, lines });
        self
    }

    /// The wanted dashes, or the first ones that no line of this role has yet.
    fn free_dash(&self, role: Role, wanted: Dash) -> Dash {
        let taken = |dash: Dash| {
            let pens = self.series.iter().map(|series| series.tag.pen);
            pens.into_iter().any(|pen| (pen.role, pen.dash) == (role, dash))
        };
        let dashes = std::iter::once(wanted).chain(Dash::ALL);
        dashes.into_iter().find(|dash| !taken(*dash)).unwrap_or(wanted)
    }

    fn painted(&self) -> Result<Drawing, FigureError> {
        let (x, y) = self.axes()?;
        let legend = self.legend();
        let legend_height = tags::legend_height(legend.iter().copied());
        let top = legend_height + TEXT + ABOVE;
        let plot = Rect {
            left: ticks_width(&y) + 2.0,
            top,
            right: WIDTH - self.room_at_ends(&x, !legend.is_empty()),
            bottom: top + PLOT,
        };
        draw(plot.bottom + BELOW + 1.4 * TEXT, self.shown(&x, &y), |canvas| {
            tags::draw_legend(canvas, legend.into_iter(), 0.0)?;
            label_x(canvas, x.label(), (plot.left, plot.right), plot.bottom)?;
            label_y(canvas, y.label(), 2.0, plot.top)?;
            let frame = Frame::new(canvas, plot, &x, &y)?;
            Painter { chart: self, canvas, frame, x, y }.paint(legend_height > 0.0)
        })
    }

    fn shown(&self, x: &Axis, y: &Axis) -> Shown {
        let mut shown = Shown::on([x, y]);
        for band in &self.bands {
            let points = band.points.iter().map(|(x, low, high)| [*x, *low, *high]);
            shown.add("", "band", band.role, points);
        }
        for (tag, y) in &self.horizontals {
            shown.add(&tag.text, "horizontal", tag.pen.role, [[*y]]);
        }
        for (label, x) in &self.verticals {
            shown.add(label, "vertical", reference().role, [[*x]]);
        }
        for Series { tag, lines } in &self.series {
            let mark = format!("{} line", tag.pen.dash.name());
            for line in lines {
                shown.add(&tag.text, &mark, tag.pen.role, line.iter().map(|(x, y)| [*x, *y]));
            }
        }
        shown
    }

    /// The axes, fitted to all that is drawn.
    fn axes(&self) -> Result<(Axis, Axis), FigureError> {
        let points = self.series.iter().flat_map(|series| series.lines.iter().flatten());
        let band = self.bands.iter().flat_map(|band| &band.points);
        let ends = band.flat_map(|(x, low, high)| [(*x, *low), (*x, *high)]);
        let (mut xs, mut ys): (Vec<f64>, Vec<f64>) = points
            .copied()
            .chain(ends)
            .filter_map(|(x, y)| Some((self.x.position(x)?, self.y.position(y)?)))
            .unzip();
        xs.extend(self.verticals.iter().filter_map(|(_, x)| self.x.position(*x)));
        ys.extend(self.horizontals.iter().filter_map(|(_, y)| self.y.position(*y)));
        Ok((self.x.fit(&xs, 5)?, self.y.fit(&ys, 5)?))
    }

    /// The names that go into a legend: none if they have room at the lines' ends.
    fn legend(&self) -> Vec<&Tag> {
        let tags: Vec<_> = self.series.iter().map(|series| &series.tag).collect();
        let fit = |tag: &&Tag| text_width(&tag.text) <= WIDEST_LABEL;
        if tags.len() <= MOST_LABELS && tags.iter().all(fit) {
            return Vec::new();
        }
        tags
    }

    fn room_at_ends(&self, x: &Axis, legend: bool) -> f64 {
        let series = self.series.iter().map(|series| &series.tag);
        let horizontals = self.horizontals.iter().map(|(tag, _)| tag);
        let last_tick = x.widest_tick() * TEXT / 2.0 + 2.0;
        match (legend, self.horizontals.is_empty()) {
            (true, true) => last_tick,
            (true, false) => tags::room(horizontals).max(last_tick),
            (false, _) => tags::room(series.chain(horizontals)).max(last_tick),
        }
    }
}

/// The pen of reference lines.
fn reference() -> Pen {
    Pen { dash: Dash::Short, ..Pen::from(Role::Ink) }
}

/// A chart on its page.
struct Painter<'a, 'b> {
    chart: &'a LineChart,
    canvas: &'a Canvas<'b>,
    frame: Frame<'b>,
    x: Axis,
    y: Axis,
}

impl Painter<'_, '_> {
    fn paint(&self, has_legend: bool) -> Result<(), FigureError> {
        for band in &self.chart.bands {
            self.band(band)?;
        }
        let mut ends = Vec::new();
        for (tag, y) in &self.chart.horizontals {
            ends.extend(self.horizontal(tag, *y)?.map(|end| (tag, end)));
        }
        for (_, x) in &self.chart.verticals {
            self.vertical(*x)?;
        }
        for series in &self.chart.series {
            let end = self.series(series)?;
            if !has_legend {
                ends.push((&series.tag, end));
            }
        }
        self.vertical_labels()?;
        tags::draw(self.canvas, self.frame.plot, &ends)
    }

    /// Draws the lines of a series and says where its name belongs: at the middle one's end.
    fn series(&self, series: &Series) -> Result<(f64, f64), FigureError> {
        let mut ends = Vec::new();
        for line in &series.lines {
            ends.extend(self.line(&series.tag, line)?);
        }
        ends.sort_by(|a, b| a.1.total_cmp(&b.1));
        let middle = ends.get(ends.len() / 2).copied();
        middle.ok_or_else(|| FigureError::NoPoints(series.tag.text.clone()))
    }

    /// Draws a line's visible parts and says where the last one ends.
    fn line(&self, tag: &Tag, points: &[(f64, f64)]) -> Result<Option<(f64, f64)>, FigureError> {
        let positions: Vec<_> = points.iter().filter_map(|point| self.position(*point)).collect();
        let (low, high) = ((self.x.low, self.y.low), (self.x.high, self.y.high));
        let mut end = None;
        for part in clipped(&positions, low, high) {
            let part: Vec<_> = part.into_iter().map(|position| self.frame.at(position)).collect();
            let part = simplified(&thinned(&part, self.column()), STRAIGHT);
            match part[..] {
                [point] => Marker::Disc.draw(self.canvas, point, MARK, tag.pen.role)?,
                _ => self.canvas.line(&part, tag.width, &tag.pen)?,
            }
            end = part.last().copied();
        }
        if let Some(marker) = tag.marker {
            let every = positions.len().div_ceil(MOST_MARKS);
            let marked = positions.into_iter().step_by(every.max(1));
            for position in marked.filter(|position| self.shows(*position)) {
                marker.draw(self.canvas, self.frame.at(position), MARK, tag.pen.role)?;
            }
        }
        Ok(end)
    }

    /// The width of the columns in which lines are thinned: many lines together stay small.
    fn column(&self) -> f64 {
        let lines: usize = self.chart.series.iter().map(|series| series.lines.len()).sum();
        COLUMN * (1 + lines / MANY_LINES) as f64
    }

    fn band(&self, band: &Band) -> Result<(), FigureError> {
        let edge = |pick: fn(&(f64, f64, f64)) -> (f64, f64)| {
            let positions = band.points.iter().map(pick).filter_map(|point| self.position(point));
            let inside = positions.filter(|(x, _)| (self.x.low..=self.x.high).contains(x));
            let points = inside.map(|(x, y)| self.frame.at((x, y.clamp(self.y.low, self.y.high))));
            simplified(&thinned(&points.collect::<Vec<_>>(), self.column()), STRAIGHT)
        };
        let mut outline = edge(|(x, low, _)| (*x, *low));
        outline.extend(edge(|(x, _, high)| (*x, *high)).into_iter().rev());
        if outline.is_empty() {
            return Ok(());
        }
        self.canvas.fill(&outline, &Pen::from(band.role).mix(BAND_OPACITY))
    }

    fn horizontal(&self, tag: &Tag, y: f64) -> Result<Option<(f64, f64)>, FigureError> {
        let Some(y) = self.y.position(y).filter(|y| self.shows((self.x.low, *y))) else {
            return Ok(None);
        };
        let ends = [(self.x.low, y), (self.x.high, y)].map(|end| self.frame.at(end));
        self.canvas.line(&ends, tag.width, &tag.pen)?;
        Ok(Some(ends[1]))
    }

    fn vertical(&self, x: f64) -> Result<(), FigureError> {
        let Some(x) = self.x.position(x).filter(|x| self.shows((*x, self.y.low))) else {
            return Ok(());
        };
        let ends = [(x, self.y.low), (x, self.y.high)].map(|end| self.frame.at(end));
        self.canvas.line(&ends, THIN, &reference())
    }

    /// Writes the labels of upright lines at the top.
    fn vertical_labels(&self) -> Result<(), FigureError> {
        let plot = self.frame.plot;
        let shown = self.chart.verticals.iter().filter_map(|(label, x)| {
            let x = self.x.position(*x).filter(|x| self.shows((*x, self.y.low)))?;
            Some((label, self.frame.at((x, self.y.low)).0))
        });
        let (labels, poles): (Vec<_>, Vec<_>) =
            shown.map(|(label, x)| (label, (x, text_width(label) * TEXT))).unzip();
        let flags = flags(&poles, FLAG, plot.left, plot.right);
        for ((label, flag), (x, width)) in labels.into_iter().zip(flags).zip(poles) {
            let y = plot.top + (flag.row as f64 + 0.6) * 1.25 * TEXT;
            let (at, anchor) = match flag.left > x {
                true => (flag.left, HPos::Left),
                false => (flag.left + width, HPos::Right),
            };
            self.canvas.text_above(label, (at, y), (anchor, VPos::Center))?;
        }
        Ok(())
    }

    fn position(&self, (x, y): (f64, f64)) -> Option<(f64, f64)> {
        Some((self.x.position(x)?, self.y.position(y)?))
    }

    fn shows(&self, (x, y): (f64, f64)) -> bool {
        (self.x.low..=self.x.high).contains(&x) && (self.y.low..=self.y.high).contains(&y)
    }
}
