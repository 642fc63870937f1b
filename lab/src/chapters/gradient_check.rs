//! Gradient checking: every number, figure and claim of its chapter.

use course::Work;
use course::gradient_checking::{ONE_PARAMETER, WITH_BUGS, WITHOUT_BUGS};
use course::lectures::{ONE_SIDED, TWO_SIDED};
use course::numbers::number;
use figures::format::{code, integer, scientific};
use figures::{DotPlot, Drawing, FigureError, LineChart, Role};
use minijinja::context;
use ndarray::{Array1, Array2, array};
use serde::Serialize;
use trainable::gradient_check::{GradientReport, Part, PartReport, relative_difference};
use trainable::optimizer::{Memory, Transform};
use trainable::prelude::*;

use crate::curve::costs;
use crate::error::Error;
use crate::experiment::experiments;
use crate::outcome::{Columns, Outcome, Table, Verdict};
use crate::printed::Printed;
use crate::report::{Report, texts};
use crate::spread::{Spread, Sweep, medians};

experiments![gradient_check, slopes, step_width, kinks, hidden_bug, check_regularized, check_price];

texts!(include_str!("gradient_check.toml"), [STEP, WIDE_STEP, CUBE_STEP, GREAT, LOOK_AGAIN, WORRY]);

/// The step ε of the assignment and the lectures, and a wider one.
const STEP: f64 = 1e-7;
const WIDE_STEP: f64 = 1e-4;
/// The lectures' thresholds: below the first is great, from the last on there is probably a bug.
const GREAT: f64 = 1e-7;
const LOOK_AGAIN: f64 = 1e-5;
const WORRY: f64 = 1e-3;
/// The lectures' step for θ³.
const CUBE_STEP: f64 = 0.01;

/// What may be wrong with a gradient.
#[derive(Debug, Clone, Copy)]
enum Bug {
    /// Nothing.
    None,
    /// The assignment's two bugs: dW of layer 2 doubled, db of layer 1 four times.
    Planted,
    /// The biases' derivatives are forgotten.
    Forgotten,
}

impl Bug {
    fn spoil(self, gradient: &mut Parameters) {
        for (mut layer, number) in gradient.layers_mut().zip(1..) {
            match (self, number) {
                (Self::Planted, 1) => layer.b *= 4.0,
                (Self::Planted, 2) => layer.w *= 2.0,
                (Self::Forgotten, _) => layer.b.fill(0.0),
                _ => {}
            }
        }
    }
}

/// In training, a bug changes each step's gradient.
impl Transform for Bug {
    fn apply(&self, _: &Parameters, _: &mut Memory, gradient: &mut Parameters) -> f64 {
        self.spoil(gradient);
        1.0
    }
}

type Cost = Result<f64, trainable::error::Error>;

/// The textbook's cost, from the activations as the notebook computes it.
fn textbook(network: &Network, data: &Dataset) -> Cost {
    let a = network.probabilities(data.x())?;
    let pairs = a.iter().zip(data.y());
    let losses = pairs.map(|(a, y)| -(y * libm::log(*a) + (1.0 - y) * libm::log(1.0 - a)));
    Ok(losses.sum::<f64>() / data.examples() as f64)
}

/// The cost from the logits, by the parameters.
fn cost_of<'a>(network: &'a Network, data: &'a Dataset) -> impl Fn(&Parameters) -> Cost + 'a {
    move |parameters| with_parameters(network, parameters).cost(data)
}

fn with_parameters(network: &Network, parameters: &Parameters) -> Network {
    Network::from_parameters(parameters.clone()).with_activation(network.activation())
}

/// The assignment's network and its three examples, with their gradient, right and with the bugs.
struct Assignment {
    network: Network,
    data: Dataset,
    right: Parameters,
    buggy: Parameters,
}

impl Assignment {
    fn new() -> Result<Self, Error> {
        let mut rng = RandomState::new(1);
        let mut draw =
            |rows, columns| Array2::from_shape_simple_fn((rows, columns), || rng.randn());
        let x = draw(4, 3);
        let layers = [(5, 4), (3, 5), (1, 3)].map(|(units, inputs)| Layer {
            w: draw(units, inputs),
            b: Array1::from_iter(draw(units, 1)),
        });
        let network = Network::from_parameters(Parameters::new(layers.to_vec())?);
        let data = Dataset::new(x, array![[1.0, 1.0, 0.0]])?;
        let right = network.gradients(&data)?;
        let mut buggy = right.clone();
        Bug::Planted.spoil(&mut buggy);
        Ok(Self { network, data, right, buggy })
    }

    fn check(&self, check: GradientCheck, gradient: &Parameters) -> Result<GradientReport, Error> {
        let cost = cost_of(&self.network, &self.data);
        Ok(check.check(self.network.parameters(), gradient, cost)?)
    }

    /// The relative difference of the notebook's cost.
    fn textbook(&self, step: f64, gradient: &Parameters) -> Result<f64, Error> {
        let cost = |parameters: &Parameters| {
            textbook(&with_parameters(&self.network, parameters), &self.data)
        };
        let check = GradientCheck::new(step).check(self.network.parameters(), gradient, cost)?;
        Ok(check.relative_difference())
    }
}

/// A line of a figure, and what texts say of it.
#[derive(Serialize)]
struct Curve {
    #[serde(skip)]
    points: Vec<(f64, f64)>,
    first: f64,
    last: f64,
    least: f64,
    /// Where it is least.
    least_at: f64,
    largest: f64,
    /// Whether no point is above the one before.
    falls: bool,
}

impl FromIterator<(f64, f64)> for Curve {
    fn from_iter<I: IntoIterator<Item = (f64, f64)>>(points: I) -> Self {
        let points: Vec<(f64, f64)> = points.into_iter().collect();
        let nowhere = (f64::NAN, f64::NAN);
        let (least_at, least) =
            points.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or(nowhere);
        Self {
            first: points.first().unwrap_or(&nowhere).1,
            last: points.last().unwrap_or(&nowhere).1,
            least,
            least_at,
            largest: Spread::of(&points, |point| point.1).max(),
            falls: points.windows(2).all(|pair| pair[1].1 <= pair[0].1),
            points,
        }
    }
}

/// The bugs of the assignment: what they do to training, and how the check finds them.
fn gradient_check() -> Result<Outcome, Error> {
    let (trained, checked) = (Trained::measure()?, Checked::measure()?);
    let report = report("gradient_check", context! { trained, checked })
        .figure("training", trained.drawing())
        .claim("falls", trained.falls())
        .table("parts", checked.table())
        .claim("planted", checked.planted())
        .claim("passes", checked.passes());
    printed(report, &checked)?.outcome()
}

/// The costs along training with three gradients.
#[derive(Serialize)]
struct Trained {
    right: Curve,
    planted: Curve,
    forgotten: Curve,
}

impl Trained {
    fn measure() -> Result<Self, Error> {
        let data = circles(300, 0.05, &mut RandomState::new(1))?;
        let descend = |bug| -> Result<Curve, Error> {
            let mut rng = RandomState::new(3);
            let mut network = Network::new(&[2, 10, 5, 1], Initialization::He, &mut rng)?;
            let training = Training::new(Optimizer::new(0.05).then(bug)).iterations(3_001);
            let history = training.train(&mut network, &data)?;
            Ok(costs(history.costs()).into_iter().collect())
        };
        Ok(Self {
            right: descend(Bug::None)?,
            planted: descend(Bug::Planted)?,
            forgotten: descend(Bug::Forgotten)?,
        })
    }

    fn drawing(&self) -> Result<Drawing, FigureError> {
        LineChart::new("iteration", "cost J")
            .line("right", Role::Series1, &self.right.points)
            .line("dW2 × 2, db1 × 4", Role::Series2, &self.planted.points)
            .line("db = 0", Role::Series3, &self.forgotten.points)
            .draw()
    }

    fn falls(&self) -> Verdict {
        let wrong = [&self.planted, &self.forgotten];
        let higher = wrong.iter().filter(|run| run.last > self.right.last).count();
        match higher {
            1.. if wrong.iter().any(|run| run.falls) => {
                Verdict::holds_if(higher == wrong.len(), Verdict::HoldsWithCondition)
            }
            _ => Verdict::DoesNotHold,
        }
    }
}

/// What the check finds in the assignment's network, with the planted bugs and without.
#[derive(Serialize)]
struct Checked {
    /// The weights and the biases of each layer, with the bugs and without.
    #[serde(skip)]
    parts: Vec<(PartReport, PartReport)>,
    count: usize,
    flagged: usize,
    w2: f64,
    b1: f64,
    buggy: f64,
    ours: f64,
    /// With the notebook's cost, with the wider step too.
    textbook_buggy: f64,
    textbook: f64,
    textbook_wide: f64,
}

impl Checked {
    fn measure() -> Result<Self, Error> {
        let assignment = Assignment::new()?;
        let (right, buggy) = (&assignment.right, &assignment.buggy);
        let check = |gradient| assignment.check(GradientCheck::new(STEP), gradient);
        let (bad, good) = (check(buggy)?, check(right)?);
        let part = |layer, part| {
            let found = bad.parts().iter().find(|bad| bad.layer == layer && bad.part == part);
            found.map_or(f64::NAN, |bad| bad.relative_difference)
        };
        let flagged = bad.parts().iter().filter(|part| part.relative_difference > WORRY);
        Ok(Self {
            parts: bad.parts().iter().copied().zip(good.parts().iter().copied()).collect(),
            count: bad.parts().len(),
            flagged: flagged.count(),
            w2: part(2, Part::Weights),
            b1: part(1, Part::Biases),
            buggy: bad.relative_difference(),
            ours: good.relative_difference(),
            textbook_buggy: assignment.textbook(STEP, buggy)?,
            textbook: assignment.textbook(STEP, right)?,
            textbook_wide: assignment.textbook(WIDE_STEP, right)?,
        })
    }

    fn table(&self) -> Columns<'_, (PartReport, PartReport)> {
        // A parameter's name begins with its part's: `W1[0, 2]`.
        let worst = |bad: &PartReport| {
            bad.worst.to_string().chars().take_while(|c| *c != ':').collect::<String>()
        };
        Table::of(&self.parts)
            .column("part", |(bad, _)| format!("`{:.2}`", worst(bad)))
            .column("with the bugs", |(bad, _)| scientific(bad.relative_difference, 2))
            .column("worst parameter", |(bad, _)| format!("`{}`", worst(bad)))
            .column("without", |(_, good)| scientific(good.relative_difference, 2))
    }

    fn planted(&self) -> Verdict {
        Verdict::holds_if(self.flagged == 2 && self.ours < WORRY, Verdict::DoesNotHold)
    }

    fn passes(&self) -> Verdict {
        match self.ours < GREAT {
            _ if self.textbook < GREAT => Verdict::Holds,
            true => Verdict::HoldsWithCondition,
            false => Verdict::DoesNotHold,
        }
    }
}

/// Puts the course's numbers beside ours.
fn printed(report: Report, checked: &Checked) -> Result<Report, Error> {
    let (x, theta) = (2.0, 4.0);
    let slope = Difference::TwoSided.slope(|theta| Ok(theta * x), theta, STEP)?;
    let one = relative_difference(&[x], &[slope]);
    let (two_sided, one_sided) = (of_cube(Difference::TwoSided)?, of_cube(Difference::OneSided)?);
    let cube = format!("1.12, θ³ at 1, two-sided difference with `ε = {CUBE_STEP}`");
    let call = format!("`gradient_check({x}, {theta})`, the difference");
    let bugs = "`gradient_check_n`, the difference with the planted bugs";
    let mended = "`gradient_check_n`, the difference without them (rounding: only its magnitude \
                  can be reproduced)";
    let lectures = |what, printed, ours| Printed::number(Work::Lectures, what, printed, ours);
    let exercise =
        |what, printed, ours| Printed::number(Work::GradientChecking, what, printed, ours);
    Ok(report
        .printed("two_sided", lectures(&cube, TWO_SIDED, two_sided))
        .printed("one_sided", lectures("1.12, the same, one-sided", ONE_SIDED, one_sided))
        .printed("one", exercise(&call, ONE_PARAMETER, one))
        .printed("bugs", exercise(bugs, WITH_BUGS, checked.textbook_buggy))
        .printed("mended", exercise(mended, WITHOUT_BUGS, checked.textbook)))
}

/// The lectures' slope of θ³ at 1.
fn of_cube(difference: Difference) -> Result<f64, Error> {
    Ok(difference.slope(|theta| Ok(theta * theta * theta), 1.0, CUBE_STEP)?)
}

/// Steps from 1e-12 up to 1, four for each power of ten.
fn steps() -> impl Iterator<Item = f64> {
    (0..=48).rev().map(|i| libm::pow(10.0, -f64::from(i) / 4.0))
}

/// Where the order of a difference is taken, and a step at which rounding is all there is.
const ORDER_FROM: f64 = 1e-1;
const ORDER_TO: f64 = 1e-3;
const TINY_STEP: f64 = 1e-11;

/// One parameter: the error of both differences against the step.
fn slopes() -> Result<Outcome, Error> {
    let (one, two) = (Slope::of(Difference::OneSided)?, Slope::of(Difference::TwoSided)?);
    let (cube_one, cube_two) = (of_cube(Difference::OneSided)?, of_cube(Difference::TwoSided)?);
    let tiny = slope_error(Difference::TwoSided, TINY_STEP)?;
    let drawing = LineChart::new("step ε", "relative error of the slope")
        .log_x()
        .log_y()
        .line("one-sided", Role::Series3, &one.error.points)
        .line("two-sided", Role::Series2, &two.error.points)
        .draw();
    let order = match (two.order - 2.0).abs() < 0.05 && (one.order - 1.0).abs() < 0.05 {
        true => Verdict::holds_if(tiny <= two.error.least, Verdict::HoldsWithCondition),
        false => Verdict::DoesNotHold,
    };
    let course = context! { one => number(ONE_SIDED), two => number(TWO_SIDED) };
    let agrees = |ours: f64, printed| (ours - number(printed)).abs() < 1e-12;
    let cube = agrees(cube_two, TWO_SIDED) && agrees(cube_one, ONE_SIDED);
    let steps = context! { ORDER_FROM, ORDER_TO, TINY_STEP };
    report("slopes", context! { one, two, tiny, cube_one, cube_two, course, ..steps })
        .figure("orders", drawing)
        .claim("order", order)
        .claim("cube", Verdict::holds_if(cube, Verdict::DoesNotHold))
        .outcome()
}

/// The error of a difference by its step, and the power of the step with which it falls.
#[derive(Serialize)]
struct Slope {
    error: Curve,
    order: f64,
}

impl Slope {
    fn of(difference: Difference) -> Result<Self, Error> {
        let error = |step| slope_error(difference, step);
        let curve = steps().map(|step| Ok((step, error(step)?)));
        let order = libm::log10(error(ORDER_FROM)? / error(ORDER_TO)?) / 2.0;
        Ok(Self { error: curve.collect::<Result<_, Error>>()?, order })
    }
}

/// The relative error of the slope of the exponential function at 1.
fn slope_error(difference: Difference, step: f64) -> Result<f64, Error> {
    let slope = difference.slope(|theta| Ok(libm::exp(theta)), 1.0, step)?;
    Ok((slope / libm::exp(1.0) - 1.0).abs())
}

/// N parameters: the relative difference of the assignment's network against the step.
fn step_width() -> Result<Outcome, Error> {
    let assignment = Assignment::new()?;
    let (right, buggy) = (&assignment.right, &assignment.buggy);
    let curve = |difference: &dyn Fn(f64) -> Result<f64, Error>| {
        let steps = steps().filter(|step| *step < 0.2);
        steps.map(|step| Ok((step, difference(step)?))).collect::<Result<Curve, Error>>()
    };
    let sided = |sides, gradient| {
        curve(&|step| {
            let check = GradientCheck::new(step).difference(sides);
            Ok(assignment.check(check, gradient)?.relative_difference())
        })
    };
    let (one, two) = (sided(Difference::OneSided, right)?, sided(Difference::TwoSided, right)?);
    let bug = sided(Difference::TwoSided, buggy)?;
    let book = curve(&|step| assignment.textbook(step, right))?;
    let drawing = LineChart::new("step ε", "relative difference")
        .log_x()
        .log_y()
        .line("with the bugs", Role::Series3, &bug.points)
        .line("one-sided", Role::Series5, &one.points)
        .line("notebook's cost", Role::Series2, &book.points)
        .line("two-sided", Role::Series1, &two.points)
        .draw();
    report("step_width", context! { one, two, bug, book }).figure("curve", drawing).outcome()
}

/// Seeds of data and weights.
const SEEDS: u32 = 40;
const EXAMPLES: usize = 100;
const FEW_EXAMPLES: usize = 5;

/// Correct code that is checked.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Case {
    activation: Activation,
    step: f64,
    examples: usize,
}

const TANH: Case = Case { activation: Activation::Tanh, step: WIDE_STEP, examples: EXAMPLES };
const TANH_NARROW: Case = Case { step: STEP, ..TANH };
const RELU: Case = Case { activation: Activation::Relu, ..TANH };
const RELU_NARROW: Case = Case { step: STEP, ..RELU };
const RELU_FEW: Case = Case { examples: FEW_EXAMPLES, ..RELU };

impl Case {
    fn name(self) -> String {
        let name = if self.activation == Activation::Tanh { "tanh" } else { "ReLU" };
        let few = match self.examples {
            EXAMPLES => String::new(),
            few => format!(", {few} examples"),
        };
        format!("{name}, ε = {}{few}", code(self.step))
    }

    fn role(self) -> Role {
        match self {
            RELU_FEW => Role::Series4,
            Self { activation: Activation::Tanh, .. } => Role::Series2,
            _ => Role::Series1,
        }
    }

    /// The relative difference of a seed's network.
    fn checked(self, seed: u32) -> Result<f64, Error> {
        let data = moons(self.examples, 0.2, &mut RandomState::new(seed))?;
        let mut rng = RandomState::new(1_000 + seed);
        let network = Network::new(&[2, 10, 5, 1], Initialization::He, &mut rng)?
            .with_activation(self.activation);
        Ok(GradientCheck::new(self.step).check_network(&network, &data)?.relative_difference())
    }
}

/// Correct code over seeds: how often it is above the thresholds, and why.
fn kinks() -> Result<Outcome, Error> {
    let found = Kinks::measure()?;
    let fewer = found.few.great * 2 < found.relu.great;
    report("kinks", context! { found, SEEDS, EXAMPLES, FEW_EXAMPLES })
        .figure("relu", slope_of_relu()?.draw())
        .figure("seeds", found.drawing())
        .table("counts", found.table())
        .claim("thresholds", found.thresholds())
        .claim("few", Verdict::holds_if(fewer, Verdict::DoesNotHold))
        .outcome()
}

fn slope_of_relu() -> Result<LineChart, Error> {
    let slope = |z: f64| Difference::TwoSided.slope(|z| Ok(z.max(0.0)), z * 1e-3, 1e-3);
    let relu = (-80..=80).map(|i| f64::from(i) / 40.0).map(|z| Ok((z, slope(z)?)));
    let relu = relu.collect::<Result<Vec<_>, Error>>()?;
    let derivative = [(-2.0, 0.0), (0.0, 0.0), (0.0, 1.0), (2.0, 1.0)];
    Ok(LineChart::new("z / ε", "two-sided slope of ReLU")
        .line("numeric", Role::Series1, &relu)
        .dashed("derivative", Role::Series3, &derivative))
}

/// All cases, and by name those that texts speak of.
#[derive(Serialize)]
struct Kinks {
    #[serde(skip)]
    all: Vec<Arm>,
    tanh: Arm,
    tanh_narrow: Arm,
    relu: Arm,
    relu_narrow: Arm,
    few: Arm,
}

/// The relative differences of a case, and how many seeds reach each threshold.
#[derive(Serialize)]
struct Arm {
    #[serde(skip)]
    case: Case,
    differences: Spread,
    great: usize,
    look_again: usize,
    worry: usize,
}

impl Kinks {
    fn measure() -> Result<Self, Error> {
        let cases = [TANH, TANH_NARROW, RELU, RELU_NARROW, RELU_FEW];
        let sweep = Sweep::run(&cases, SEEDS, |_| Ok(()), |(), case, seed| case.checked(seed))?;
        let arm = |case: Case| -> Result<Arm, Error> {
            let differences = Spread::new(sweep.at(&case)?.to_vec());
            let reach = |threshold| differences.count(|difference| difference >= threshold);
            let (great, look_again, worry) = (reach(GREAT), reach(LOOK_AGAIN), reach(WORRY));
            Ok(Arm { case, differences, great, look_again, worry })
        };
        Ok(Self {
            all: cases.into_iter().map(arm).collect::<Result<_, _>>()?,
            tanh: arm(TANH)?,
            tanh_narrow: arm(TANH_NARROW)?,
            relu: arm(RELU)?,
            relu_narrow: arm(RELU_NARROW)?,
            few: arm(RELU_FEW)?,
        })
    }

    fn drawing(&self) -> Result<Drawing, FigureError> {
        let mut plot = DotPlot::new("relative difference").log();
        for arm in &self.all {
            plot = plot.category(&arm.case.name(), arm.case.role(), arm.differences.values());
        }
        plot.draw()
    }

    fn table(&self) -> Columns<'_, Arm> {
        let reaching = |threshold| format!("≥ {}", code(threshold));
        Table::of(&self.all)
            .column("network and step", |arm| arm.case.name())
            .column("median", |arm| scientific(arm.differences.median(), 2))
            .column("largest", |arm| scientific(arm.differences.max(), 2))
            .column(&reaching(GREAT), |arm| integer(arm.great))
            .column(&reaching(LOOK_AGAIN), |arm| integer(arm.look_again))
            .column(&reaching(WORRY), |arm| integer(arm.worry))
    }

    fn thresholds(&self) -> Verdict {
        let alarms = self.relu_narrow.look_again + self.tanh_narrow.look_again;
        match alarms {
            0 if self.relu.look_again == 0 => Verdict::Holds,
            few if few * 10 <= SEEDS as usize => Verdict::HoldsWithCondition,
            _ => Verdict::DoesNotHold,
        }
    }
}

/// The step of a check where nothing else is said of it.
const CHECK_STEP: f64 = 1e-5;
const FEW_SEEDS: u32 = 5;
/// Weights at which the bug hides, and for how long they are trained then.
const SMALL_DEVIATION: f64 = 1e-3;
const ITERATIONS: usize = 1_000;

/// A bug that hides near zero weights.
fn hidden_bug() -> Result<Outcome, Error> {
    let data = moons(50, 0.2, &mut RandomState::new(1))?;
    let network = |deviation, seed| -> Result<Network, Error> {
        let (start, mut rng) = (Initialization::Gaussian(deviation), RandomState::new(seed));
        Ok(Network::new(&[2, 6, 1], start, &mut rng)?.with_activation(Activation::Tanh))
    };
    let deviations = (0..=16).map(|i| libm::pow(10.0, -4.0 + f64::from(i) / 4.0));
    let deviations: Vec<f64> = deviations.collect();
    let sweep = Sweep::run(
        &deviations,
        FEW_SEEDS,
        |_| Ok(()),
        |(), deviation, seed| Differences::measure(&network(*deviation, seed)?, &data),
    )?;
    let curve = |number: fn(&Differences) -> f64| medians(&sweep.spreads(number)).into_iter();
    let right: Curve = curve(|differences| differences.right).collect();
    let wrong: Curve = curve(|differences| differences.wrong).collect();
    let drawing = LineChart::new("standard deviation of the weights", "relative difference")
        .log_x()
        .log_y()
        .line("bug", Role::Series3, &wrong.points)
        .line("right", Role::Series1, &right.points)
        .horizontal(&code(GREAT), GREAT)
        .draw();
    let mut network = network(SMALL_DEVIATION, 1)?;
    let before = Differences::measure(&network, &data)?;
    GradientDescent::new(1.0).iterations(ITERATIONS).train(&mut network, &data)?;
    let after = Differences::measure(&network, &data)?;
    let hides = before.wrong < LOOK_AGAIN && after.right < LOOK_AGAIN;
    let verdict = Verdict::holds_if(hides && after.wrong > WORRY, Verdict::HoldsWithCondition);
    let settings = context! { FEW_SEEDS, SMALL_DEVIATION, ITERATIONS };
    report("hidden_bug", context! { wrong, before, after, ..settings })
        .figure("weights", drawing)
        .claim("training", verdict)
        .outcome()
}

/// The relative differences of the right gradient and of the one without the derivative.
#[derive(Serialize)]
struct Differences {
    right: f64,
    wrong: f64,
}

impl Differences {
    fn measure(network: &Network, data: &Dataset) -> Result<Self, Error> {
        let check = GradientCheck::new(CHECK_STEP);
        let (wrong, cost) = (without_derivative(network, data)?, cost_of(network, data));
        Ok(Self {
            right: check.check_network(network, data)?.relative_difference(),
            wrong: check.check(network.parameters(), &wrong, cost)?.relative_difference(),
        })
    }
}

/// dJ with the derivative of tanh forgotten, for one hidden layer.
fn without_derivative(network: &Network, data: &Dataset) -> Result<Parameters, Error> {
    let mut layers = network.gradients(data)?.layers().to_vec();
    let a = network.probabilities(data.x())?;
    layers[0].w.fill(0.0);
    layers[0].b.fill(0.0);
    let out = &network.parameters().layers()[1].w;
    for (example, x) in data.x().columns().into_iter().enumerate() {
        let dz = (a[(0, example)] - data.y()[(0, example)]) / data.examples() as f64;
        for unit in 0..out.ncols() {
            let da = out[(0, unit)] * dz;
            layers[0].b[unit] += da;
            layers[0].w.row_mut(unit).iter_mut().zip(x).for_each(|(dw, x)| *dw += da * x);
        }
    }
    Ok(Parameters::new(layers)?)
}

const REGULARIZED_SIZES: [usize; 4] = [2, 5, 3, 1];
const LAMBDA: f64 = 0.7;
const KEEP: f64 = 0.8;

/// The check of a cost with a penalty, and of one that draws its units at random.
fn check_regularized() -> Result<Outcome, Error> {
    let data = moons(30, 0.2, &mut RandomState::new(1))?;
    let mut rng = RandomState::new(2);
    let network = Network::new(&REGULARIZED_SIZES, Initialization::Xavier, &mut rng)?
        .with_activation(Activation::Tanh);
    let (forgotten, remembered) = with_penalty(&network, &data)?;
    let [off, fixed, fresh] = with_dropout(&network, &data)?;
    let rows = [
        ("L2 in the cost, and in the gradient", remembered),
        ("L2 in the cost alone", forgotten),
        ("dropout, turned off for the check", off),
        ("dropout, the same masks in every cost", fixed),
        ("dropout, fresh masks in every cost", fresh),
    ];
    let table = Table::of(&rows)
        .column("what is checked", |(name, _)| (*name).to_owned())
        .column("relative difference", |(_, difference)| scientific(*difference, 1));
    let penalty = remembered < GREAT && forgotten > WORRY;
    let dropout = match fresh > WORRY {
        true => Verdict::holds_if(fixed >= GREAT, Verdict::HoldsWithCondition),
        false => Verdict::DoesNotHold,
    };
    let settings = context! { REGULARIZED_SIZES, LAMBDA, KEEP, CHECK_STEP };
    report("check_regularized", context! { remembered, forgotten, off, fixed, fresh, ..settings })
        .table("checks", table)
        .claim("penalty", Verdict::holds_if(penalty, Verdict::DoesNotHold))
        .claim("dropout", dropout)
        .outcome()
}

/// The relative differences for a cost with L2 whose gradient lacks the penalty's part, and has it.
fn with_penalty(network: &Network, data: &Dataset) -> Result<(f64, f64), Error> {
    let (penalty, m) = (Penalty::L2 { lambda: LAMBDA }, data.examples());
    let plain = cost_of(network, data);
    let cost = |parameters: &Parameters| Ok(plain(parameters)? + penalty.cost(parameters, m)?);
    let check = |gradient: &Parameters| {
        GradientCheck::new(CHECK_STEP).check(network.parameters(), gradient, cost)
    };
    let mut gradient = network.gradients(data)?;
    let forgotten = check(&gradient)?.relative_difference();
    penalty.add_gradient(network.parameters(), m, &mut gradient)?;
    Ok((forgotten, check(&gradient)?.relative_difference()))
}

/// The relative differences with dropout turned off, with fixed masks, and with fresh ones in every
/// cost.
fn with_dropout(network: &Network, data: &Dataset) -> Result<[f64; 3], Error> {
    let dropout = Dropout::fresh(&[KEEP; 2], &mut RandomState::new(3))?;
    let objective = Objective::from(dropout);
    let check = GradientCheck::new(CHECK_STEP);
    let first = Mode::Training { step: 0 };
    let fixed = check.check_objective(&objective, network, data, first)?;
    let gradient = objective.gradients(network, data, first)?;
    let mut step = 0;
    let fresh = check.check(network.parameters(), &gradient, |parameters| {
        step += 1;
        objective.cost(&with_parameters(network, parameters), data, Mode::Training { step })
    })?;
    let off = check.check_network(network, data)?;
    Ok([off, fixed, fresh].map(|report| report.relative_difference()))
}

/// Multiplications of a check and of one backpropagation.
fn check_price() -> Result<Outcome, Error> {
    let prices = [1, 3, 10, 30, 100, 300, 1_000].map(Price::of);
    let curve = |number: fn(&Price) -> usize| -> Curve {
        let points = prices.iter();
        points.map(|price| (price.parameters as f64, number(price) as f64)).collect()
    };
    let (check, pass) = (curve(|price| price.check), curve(|price| price.pass));
    let drawing = LineChart::new("parameters N", "multiplications for each example")
        .log_x()
        .log_y()
        .markers(true)
        .line("check", Role::Series3, &check.points)
        .line("backpropagation", Role::Series1, &pass.points)
        .draw();
    let table = Table::of(&prices)
        .column("n", |price| price.width.to_string())
        .column("parameters", |price| integer(price.parameters))
        .column("backpropagation", |price| scientific(price.pass as f64, 1))
        .column("check", |price| scientific(price.check as f64, 1))
        .column("ratio", |price| integer(price.ratio() as usize));
    let share = Spread::of(&prices, |price| price.ratio() / price.parameters as f64);
    let slow = Verdict::holds_if(share.min() > 0.5, Verdict::DoesNotHold);
    report("check_price", context! { check, pass, share })
        .figure("multiplications", drawing)
        .table("counts", table)
        .claim("slow", slow)
        .outcome()
}

/// Multiplications for each example in a network with two hidden layers of a width.
struct Price {
    width: usize,
    parameters: usize,
    /// Forward and backward once.
    pass: usize,
    /// Both costs of every parameter.
    check: usize,
}

impl Price {
    fn of(width: usize) -> Self {
        let sizes = [2, width, width, 1];
        let parameters: usize = sizes.windows(2).map(|pair| (pair[0] + 1) * pair[1]).sum();
        let weights: usize = sizes.windows(2).map(|pair| pair[0] * pair[1]).sum();
        // The inputs have no gradient.
        let backward = 2 * weights - sizes[0] * sizes[1];
        Self { width, parameters, pass: weights + backward, check: 2 * parameters * weights }
    }

    fn ratio(&self) -> f64 {
        self.check as f64 / self.pass as f64
    }
}
