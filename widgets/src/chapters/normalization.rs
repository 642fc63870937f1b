//! Normalizing inputs: two features' scales, the valley that they make of the cost, and the way
//! down it.

use ndarray::Array2;
use trainable::prelude::*;

use crate::contours::contours;
use crate::control::{Control, Kind};
use crate::measured::MeasuredTraining;
use crate::picture::{Axes, Picture, Shape, percent, short};
use crate::settings::{Refusal, Settings};
use crate::training::LiveTraining;
use crate::widget::{Entry, Example, Widget};

/// The normalization widget.
pub const ENTRY: Entry = Entry {
    name: "normalization",
    title: "Normalizing inputs",
    idea: "Raise the learning rate until the path no longer comes to rest. Then switch Normalize \
           on, and raise it further.",
    examples: &[
        Example::new("Normalized", "normalized=on&rate=7.39"),
        Example::new("A little too fast", "rate=0.6"),
        Example::new("A ratio of a hundred", "scale1=100&scale2=1&rate=0.002"),
    ],
    controls,
    speed: Some(10),
    open,
};

/// Examples, each of which has a mirror image.
const PAIRS: usize = 100;
/// How steeply the probability of a label changes with features of scale 1.
const SLOPE: f64 = 1.2;
/// The weights at the start, for features of scale 1.
const START: [f64; 2] = [3.0, -1.6];
/// So many first steps are drawn one by one, and some of those that follow.
const PATH: usize = 400;

fn controls() -> Vec<Control> {
    // Of smaller features the bias would be the steepest, which is not in the picture.
    let scale = |default| Kind::Range {
        min: 1.0,
        max: 100.0,
        step: 0.02,
        log: true,
        default,
    };
    let normalized = Kind::Switch { default: "off" };
    vec![
        Control::new(
            "scale1",
            "Scale of x₁",
            "The standard deviation that the first feature is drawn with.",
            scale(6.0),
        ),
        Control::new(
            "scale2",
            "Scale of x₂",
            "The standard deviation that the second feature is drawn with.",
            scale(1.0),
        ),
        Control::new(
            "normalized",
            "Normalize",
            "Train on (x − μ)/σ instead of x, from the same predictions.",
            normalized,
        ),
        Control::learning_rate(0.56, 100.0),
        Control::seed(4),
    ]
}

struct Descent {
    /// The two weights are measured, as a point of the plane.
    run: MeasuredTraining<(f64, f64)>,
    /// The weights before the first step and after each of the first [`PATH`].
    path: Vec<(f64, f64)>,
    normalized: bool,
    rate: f64,
    /// The weights of least cost.
    minimum: [f64; 2],
    least_cost: f64,
    curvature: Curvature,
    extent: [f64; 4],
    level_lines: Vec<(f64, f64)>,
}

fn open(settings: &Settings) -> Result<Box<dyn Widget>, Refusal> {
    Ok(Box::new(Descent::open(settings)?))
}

/// What gradient descent is given.
struct Problem {
    data: Dataset,
    start: [f64; 2],
    /// The network of least cost.
    minimum: Network,
}

impl Problem {
    fn new(scales: [f64; 2], normalized: bool, rng: &mut RandomState) -> Result<Self, Error> {
        let raw = mirrored(scales, rng)?;
        let fit = Normalization::fit(&raw)?;
        let same = fit.apply(&raw)?;
        let mut minimum = unit([0.0; 3])?;
        GradientDescent::new(2.0)
            .iterations(500)
            .record_every(500)
            .train(&mut minimum, &same)?;
        let start = [START[0] / scales[0], START[1] / scales[1]];
        let std = fit.standard_deviation();
        Ok(match normalized {
            true => Self {
                data: same,
                start: [start[0] * std[0], start[1] * std[1]],
                minimum,
            },
            false => Self {
                data: raw,
                start,
                minimum: fit.fold_into(&minimum)?,
            },
        })
    }
}

/// Two features of these scales, and labels that a logistic regression draws. Pairs of examples at
/// x and −x with opposite labels: the bias has nothing to learn, and the two weights are all there
/// is to see.
fn mirrored(scales: [f64; 2], rng: &mut RandomState) -> Result<Dataset, Error> {
    let u = Array2::from_shape_simple_fn((2, PAIRS), || rng.randn());
    let half = logistic_labels(u, SLOPE, rng)?;
    let (u, labels) = (half.x(), half.y());
    let x = Array2::from_shape_fn((2, 2 * PAIRS), |(feature, example)| {
        let x = scales[feature] * u[(feature, example % PAIRS)];
        if example < PAIRS { x } else { -x }
    });
    let y = Array2::from_shape_fn((1, 2 * PAIRS), |(_, example)| {
        let label = labels[(0, example % PAIRS)];
        if example < PAIRS { label } else { 1.0 - label }
    });
    Dataset::new(x, y)
}

/// A single unit: two weights and a bias.
fn unit(theta: [f64; 3]) -> Result<Network, Error> {
    let zeros = Parameters::zeros(&[2, 1])?;
    let parameters = zeros.with_theta(&theta.to_vec().into())?;
    Ok(Network::from_parameters(parameters))
}

/// The two weights of a unit.
fn weights(network: &Network) -> [f64; 2] {
    let theta = network.parameters().to_theta();
    [theta[0], theta[1]]
}

/// The same as a point of the plane.
fn position(network: &Network) -> (f64, f64) {
    let [w1, w2] = weights(network);
    (w1, w2)
}

/// A square around the start and the minimum.
fn extent(start: [f64; 2], minimum: [f64; 2]) -> [f64; 4] {
    let apart = [0, 1].map(|i| (start[i] - minimum[i]).abs());
    let half = 0.7 * apart[0].max(apart[1]).max(f64::MIN_POSITIVE);
    let middle = [0, 1].map(|i| (start[i] + minimum[i]) / 2.0);
    [
        middle[0] - half,
        middle[0] + half,
        middle[1] - half,
        middle[1] + half,
    ]
}

/// The least and the greatest eigenvalue of the cost's Hessian, of all three parameters as in the
/// chapter.
#[derive(Debug, Clone, Copy)]
struct Curvature {
    least: f64,
    most: f64,
}

impl Curvature {
    /// At a unit's parameters, from slopes of its gradient. In mirrored data the bias has nothing
    /// to do with the weights.
    fn at(unit: &Network, data: &Dataset) -> Result<Self, Error> {
        let theta = unit.parameters().to_theta();
        let second = |of: usize, by: usize| {
            let gradient = |value: f64| {
                let mut theta = theta.clone();
                theta[by] = value;
                let moved = Network::from_parameters(unit.parameters().with_theta(&theta)?);
                Ok(moved.gradients(data)?.to_theta()[of])
            };
            Difference::TwoSided.slope(gradient, theta[by], 1e-5)
        };
        let (a, b, d) = (second(0, 0)?, second(0, 1)?, second(1, 1)?);
        let (mean, apart) = ((a + d) / 2.0, ((a - d) * (a - d) / 4.0 + b * b).sqrt());
        let bias = second(2, 2)?;
        Ok(Self {
            least: bias.min(mean - apart),
            most: bias.max(mean + apart),
        })
    }

    fn condition(self) -> f64 {
        self.most / self.least
    }

    /// The largest learning rate that is stable near the minimum.
    fn limit(self) -> f64 {
        2.0 / self.most
    }

    /// The learning rate that is quickest near the minimum.
    fn quickest(self) -> f64 {
        2.0 / (self.least + self.most)
    }
}

impl Widget for Descent {
    fn advance(&mut self, steps: usize) -> Result<bool, Refusal> {
        let single = steps.min(PATH.saturating_sub(self.iteration()));
        for _ in 0..single {
            let more = self.run.advance(1)?;
            self.path.push(*self.run.now());
            if !more {
                return Ok(false);
            }
        }
        self.run.advance(steps - single)
    }

    fn iteration(&self) -> usize {
        self.training().iteration()
    }

    fn picture(&self) -> Result<Picture, Refusal> {
        let mut picture = Picture::default();
        self.draw_way(&mut picture);
        self.training().draw_costs(&mut picture, Vec::new());
        self.draw_rates(&mut picture);
        Ok(picture)
    }

    fn says(&self) -> String {
        if let Some(failure) = self.training().failure() {
            return failure.to_string();
        }
        let limit = self.curvature.limit();
        let stable = match self.rate < limit {
            true => "below",
            false => "not below",
        };
        let left = match self.left() {
            left if left <= 1.0 => format!("{} of what there was to gain is left", percent(left)),
            _ => "which is above where it began".to_owned(),
        };
        format!(
            "Step {}: cost {}, {left}. The learning rate {} is {stable} {}, the largest that is \
             stable near the minimum.",
            self.iteration(),
            short(self.number()),
            short(self.rate),
            short(limit)
        )
    }

    fn number(&self) -> f64 {
        self.training().cost().unwrap_or(f64::NAN)
    }
}

impl Descent {
    fn open(settings: &Settings) -> Result<Self, Refusal> {
        let normalized = settings.on("normalized");
        let problem = Problem::new(
            [settings.number("scale1"), settings.number("scale2")],
            normalized,
            &mut RandomState::new(settings.integer("seed")),
        )?;
        let rate = settings.number("rate");
        let (descent, data) = (GradientDescent::new(rate), problem.data);
        let extent = extent(problem.start, weights(&problem.minimum));
        let level_lines = contours(extent, |w1, w2| {
            let network = unit([w1, w2, 0.0]).and_then(|network| network.cost(&data));
            network.unwrap_or(f64::NAN)
        });
        let least_cost = problem.minimum.cost(&data)?;
        let curvature = Curvature::at(&problem.minimum, &data)?;
        let network = unit([problem.start[0], problem.start[1], 0.0])?;
        let training = LiveTraining::new(network, descent, Penalty::None, data, None)?;
        let run = MeasuredTraining::new(training, |training| Ok(position(training.network())))?;
        Ok(Self {
            path: vec![*run.now()],
            run,
            normalized,
            rate,
            minimum: weights(&problem.minimum),
            least_cost,
            curvature,
            extent,
            level_lines,
        })
    }

    fn training(&self) -> &LiveTraining {
        self.run.training()
    }

    /// The share of the excess cost that is left; rounding does not take it below 0.
    fn left(&self) -> f64 {
        let first = self.training().curve().first();
        let excess = first.map_or(f64::NAN, |first| first.train - self.least_cost);
        ((self.number() - self.least_cost) / excess).max(0.0)
    }

    /// The plane of the two weights with lines of equal cost, and the path of gradient descent.
    fn draw_way(&self, picture: &mut Picture) {
        let [x0, x1, y0, y1] = self.extent;
        let mut path = self.path.clone();
        let kept = self.run.kept().iter();
        let later = kept.filter(|(iteration, _)| *iteration > PATH);
        path.extend(later.map(|(_, weights)| *weights));
        let (w1, w2) = *self.run.now();
        path.push((w1, w2));
        let [least1, least2] = self.minimum;
        let role = if self.normalized { "normalized" } else { "raw" };
        let says = format!(
            "Lines of equal cost over the two weights. Gradient descent went from {}, {} to {}, {} \
             in {} steps; the least cost is at {}, {}.",
            short(path[0].0),
            short(path[0].1),
            short(w1),
            short(w2),
            self.iteration(),
            short(least1),
            short(least2)
        );
        let lines = self.level_lines.iter().copied();
        let series = vec![
            picture.series("equal cost", "level", lines),
            picture.series("path", role, path),
            picture
                .series("steps", role, self.path.clone())
                .mark("points"),
            picture
                .series("least cost", "ink", [(least1, least2)])
                .mark("points"),
        ];
        let shape = Shape::Chart {
            x: Axes::new("w₁", x0, x1),
            y: Axes::new("w₂", y0, y1),
            series,
            rules: Vec::new(),
            equal: true,
        };
        picture.add("The way down", says, shape);
    }

    fn draw_rates(&self, picture: &mut Picture) {
        let Curvature { least, most } = self.curvature;
        let rows = [
            ("steepest curvature, h max", most),
            ("flattest curvature, h min", least),
            (
                "condition number, h max / h min",
                self.curvature.condition(),
            ),
            (
                "quickest rate, 2 / (h min + h max)",
                self.curvature.quickest(),
            ),
            ("largest stable rate, 2 / h max", self.curvature.limit()),
            ("this run’s rate", self.rate),
        ];
        let says = format!(
            "The condition number is {}; near the minimum, learning rates below {} are stable.",
            short(self.curvature.condition()),
            short(self.curvature.limit())
        );
        let shape = Shape::Table {
            header: ["at the least cost", "value"].map(str::to_owned).to_vec(),
            rows: rows
                .map(|(name, number)| vec![name.to_owned(), short(number)])
                .to_vec(),
        };
        picture.add("How fast it may go", says, shape);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Live;

    fn after(settings: &str, steps: usize, by: usize) -> Live {
        let mut live = Live::open("normalization", settings).unwrap();
        while live.widget().iteration() < steps {
            let left = steps - live.widget().iteration();
            live.advance(by.min(left)).unwrap();
        }
        live
    }

    fn cell(live: &Live, row: usize) -> String {
        let picture = live.widget().picture().unwrap();
        let Shape::Table { rows, .. } = &picture.panels[2].shape else {
            panic!("no table");
        };
        rows[row][1].clone()
    }

    #[test]
    fn as_it_opens_it_is_a_run_of_the_library() {
        let data = mirrored([6.0, 1.0], &mut RandomState::new(4)).unwrap();
        let mut network = unit([0.5, -1.6, 0.0]).unwrap();
        let run = GradientDescent::new(0.56).iterations(12);
        run.train(&mut network, &data).unwrap();
        let expected = network.cost(&data).unwrap();
        let live = after("", 12, 12);
        assert_eq!(live.widget().number().to_bits(), expected.to_bits());
    }

    /// The chapter's numbers, `bowl` in lab/src/chapters/normalization.rs.
    #[test]
    fn as_it_opens_it_is_the_chapters_valley() {
        let raw = after("", 12, 12);
        assert_eq!(cell(&raw, 2), "25.8");
        assert_eq!(cell(&raw, 3), "0.563");
        // The chapter's rate has more digits than 0.56.
        let says = raw.widget().says();
        assert!(
            says.contains("12.5\u{a0}% of what there was to gain"),
            "{says}"
        );
        let same = after("normalized=on&rate=7.39", 12, 12);
        assert_eq!(cell(&same, 2), "1.83");
        assert_eq!(cell(&same, 3), "7.39");
        let says = same.widget().says();
        assert!(
            says.contains("0.0\u{a0}% of what there was to gain"),
            "{says}"
        );
    }

    #[test]
    fn the_way_to_a_step_does_not_matter() {
        let picture = |by| after("rate=0.5", 1_400, by).widget().picture().unwrap();
        let whole = picture(1_400);
        for by in [1, 7] {
            assert_eq!(picture(by).bits(), whole.bits());
            assert_eq!(picture(by).panels, whole.panels);
        }
    }

    #[test]
    fn a_long_run_still_shows_its_first_steps() {
        let points = |steps| {
            let picture = after("", steps, steps).widget().picture().unwrap();
            let Shape::Chart { series, .. } = &picture.panels[0].shape else {
                panic!("no chart");
            };
            let path = series.iter().find(|series| series.label == "path").unwrap();
            picture.numbers[path.place.at..path.place.at + 2 * 12].to_vec()
        };
        assert_eq!(points(20_000), points(20));
    }

    #[test]
    fn just_below_the_limit_it_converges_and_just_above_it_does_not() {
        for scales in ["scale1=6&scale2=1", "scale1=2&scale2=30", "normalized=on"] {
            let open = |more: String| {
                let settings = Settings::parse(&controls(), &format!("{scales}&{more}"));
                Descent::open(&settings.unwrap()).unwrap()
            };
            let limit = open(String::new()).curvature.limit();
            let left = |factor: f64| {
                let mut descent = open(format!("rate={}", factor * limit));
                descent.advance(20_000).unwrap();
                descent.left()
            };
            assert!(left(0.95) < 1e-12, "{scales}: {}", left(0.95));
            assert!(left(1.05) > 1e-3, "{scales}: {}", left(1.05));
        }
    }

    #[test]
    fn normalized_the_scales_do_not_matter() {
        let condition = |scales: &str| cell(&after(scales, 0, 1), 2);
        let one = condition("scale1=6&normalized=on");
        assert_eq!(condition("scale1=1&scale2=100&normalized=on"), one);
        assert_ne!(condition("scale1=1&scale2=100"), one);
    }

    #[test]
    fn every_corner_of_the_controls_can_be_drawn() {
        for scale1 in [1.0, 100.0] {
            for scale2 in [1.0, 100.0] {
                for more in ["rate=0.001", "rate=100", "normalized=on&rate=100&seed=0"] {
                    let settings = format!("scale1={scale1}&scale2={scale2}&{more}");
                    let picture = after(&settings, 2_000, 2_000).widget().picture().unwrap();
                    let Shape::Chart { x, y, .. } = &picture.panels[0].shape else {
                        panic!("no chart");
                    };
                    for axis in [x, y] {
                        assert!(axis.min.is_finite() && axis.min < axis.max, "{settings}");
                    }
                }
            }
        }
    }
}
