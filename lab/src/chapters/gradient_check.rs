//! Gradient checking: every number, figure and claim of its chapter.

use course::Work;
use course::gradient_checking::{ONE_PARAMETER, WITH_BUGS, WITHOUT_BUGS};
use course::lectures::{ONE_SIDED, TWO_SIDED};
use figures::format::{code, integer, scientific};
use figures::{DotPlot, Drawing, FigureError, LineChart, Role};
use minijinja::context;
use serde::Serialize;
use trainable::gradient_check::{PartReport, relative_difference};
use trainable::prelude::*;

use crate::error::Error;
use crate::experiment::experiments;
use crate::judge::claim::judged;
use crate::outcome::{Columns, Outcome, Table};
use crate::printed::Printed;
use crate::report::{Report, texts};
use crate::spread::{Spread, Sweep, medians};

mod claims;

use claims::{
    Assignment, BIASES, Bug, CHECK_STEP, COUNTED, CUBE_STEP, Differences, EXAMPLES, FEW_EXAMPLES,
    GREAT, ITERATIONS, KEEP, LAMBDA, LOOK_AGAIN, ORDER_FROM, ORDER_TO, Price, REGULARIZED_SIZES,
    SMALL_DEVIATION, STEP, WIDE_STEP, WORRY, near_zero, of_cube, power, regularized, slope_error,
    start, with_dropout, with_penalty,
};

judged!(
    include_str!("gradient_check/claims.toml"),
    [
        STEP, WIDE_STEP, CHECK_STEP, CUBE_STEP, GREAT, LOOK_AGAIN, WORRY, ORDER_FROM, ORDER_TO,
        SMALL_DEVIATION, ITERATIONS, REGULARIZED_SIZES, LAMBDA, KEEP, COUNTED, EXAMPLES,
        FEW_EXAMPLES, BIASES, TWO_SIDED, ONE_SIDED
    ]
);

experiments![gradient_check, slopes, step_width, kinks, hidden_bug, check_regularized, check_price];

texts!(include_str!("gradient_check.toml"), [STEP, WIDE_STEP]);

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
            points,
        }
    }
}

/// The bugs of the assignment: what they do to training, and how the check finds them.
fn gradient_check() -> Result<Outcome, Error> {
    let (trained, checked) = (Trained::measure()?, Checked::measure()?);
    let report = report("gradient_check", context! { trained, checked })
        .figure("training", trained.drawing())
        .table("parts", checked.table());
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
        let descend =
            |bug| -> Result<Curve, Error> { Ok(claims::descend(bug, 1, 3)?.into_iter().collect()) };
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
}

/// What the check finds in the assignment's network, with the planted bugs and without.
#[derive(Serialize)]
struct Checked {
    /// The weights and the biases of each layer, with the bugs and without.
    #[serde(skip)]
    parts: Vec<(PartReport, PartReport)>,
    ours: f64,
    /// With the notebook's cost, with the wider step too.
    textbook_buggy: f64,
    textbook: f64,
    textbook_wide: f64,
}

impl Checked {
    fn measure() -> Result<Self, Error> {
        let assignment = Assignment::new(1)?;
        let (right, buggy) = (&assignment.right, &assignment.buggy);
        let check = |gradient| assignment.check(GradientCheck::new(STEP), gradient);
        let (bad, good) = (check(buggy)?, check(right)?);
        Ok(Self {
            parts: bad.parts().iter().copied().zip(good.parts().iter().copied()).collect(),
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

/// Steps from 1e-12 up to 1, four for each power of ten.
fn steps() -> impl Iterator<Item = f64> {
    (0..=48).rev().map(|i| libm::pow(10.0, -f64::from(i) / 4.0))
}

/// A step at which rounding is all there is.
const TINY_STEP: f64 = 1e-11;

/// One parameter: the error of both differences against the step.
fn slopes() -> Result<Outcome, Error> {
    let (one, two) = (Slope::of(Difference::OneSided)?, Slope::of(Difference::TwoSided)?);
    let tiny = slope_error(Difference::TwoSided, TINY_STEP)?;
    let drawing = LineChart::new("step ε", "relative error of the slope")
        .log_x()
        .log_y()
        .line("one-sided", Role::Series3, &one.error.points)
        .line("two-sided", Role::Series2, &two.error.points)
        .draw();
    report("slopes", context! { one, two, tiny }).figure("orders", drawing).outcome()
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
        Ok(Self { error: curve.collect::<Result<_, Error>>()?, order: power(difference)? })
    }
}

/// N parameters: the relative difference of the assignment's network against the step.
fn step_width() -> Result<Outcome, Error> {
    let assignment = Assignment::new(1)?;
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
        let (network, data) = start(self.activation, self.examples, seed)?;
        Ok(GradientCheck::new(self.step).check_network(&network, &data)?.relative_difference())
    }
}

/// Correct code over seeds: how often it is above the thresholds, and why.
fn kinks() -> Result<Outcome, Error> {
    let found = Kinks::measure()?;
    report("kinks", context! { found, SEEDS, EXAMPLES, FEW_EXAMPLES })
        .figure("relu", slope_of_relu()?.draw())
        .figure("seeds", found.drawing())
        .table("counts", found.table())
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
}

const FEW_SEEDS: u32 = 5;

/// A bug that hides near zero weights.
fn hidden_bug() -> Result<Outcome, Error> {
    let deviations = (0..=16).map(|i| libm::pow(10.0, -4.0 + f64::from(i) / 4.0));
    let deviations: Vec<f64> = deviations.collect();
    let sweep = Sweep::run(
        &deviations,
        FEW_SEEDS,
        |_| Ok(()),
        |(), deviation, seed| {
            let (network, data) = near_zero(*deviation, 1, seed)?;
            Differences::measure(&network, &data)
        },
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
    report("hidden_bug", context! { wrong, FEW_SEEDS }).figure("weights", drawing).outcome()
}

/// The check of a cost with a penalty, and of one that draws its units at random.
fn check_regularized() -> Result<Outcome, Error> {
    let (network, data) = regularized(1, 2)?;
    let (forgotten, remembered) = with_penalty(&network, &data)?;
    let [off, fixed, fresh] = with_dropout(&network, &data, 3)?;
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
    let settings = context! { REGULARIZED_SIZES, LAMBDA, KEEP, CHECK_STEP };
    report("check_regularized", settings).table("checks", table).outcome()
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
    report("check_price", context! { check, pass })
        .figure("multiplications", drawing)
        .table("counts", table)
        .outcome()
}
