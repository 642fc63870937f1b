//! Gradient checking: every number, figure and claim of its chapter.

use course::Work;
use course::gradient_checking::{ONE_PARAMETER, WITH_BUGS, WITHOUT_BUGS};
use course::lectures::{ONE_SIDED, TWO_SIDED};
use ndarray::{Array1, Array2, array};
use trainable::gradient_check::{GradientReport, relative_difference};
use trainable::optimizer::{Memory, Transform};
use trainable::prelude::*;

use crate::error::Error;
use crate::experiment::{Experiment, experiments};
use crate::figure::{DotPlot, LineChart, Role};
use crate::format::scientific;
use crate::outcome::{Claim, Outcome, Table, Value, Verdict, header};
use crate::printed::Printed;
use crate::spread::{Spread, over_seeds};

/// The chapter's experiments.
pub fn experiments() -> Vec<Experiment> {
    experiments![
        gradient_check,
        slopes,
        step_width,
        kinks,
        hidden_bug,
        check_regularized,
        check_price
    ]
}

const ASSIGNMENT: &str = "course, gradient checking assignment";
const LECTURE: &str = "course, lectures on gradient checking";
const SEEDS: u32 = 40;

/// The assignment's network and its three examples.
fn assignment() -> Result<(Network, Dataset), Error> {
    let mut rng = RandomState::new(1);
    let mut draw = |rows, columns| Array2::from_shape_simple_fn((rows, columns), || rng.randn());
    let x = draw(4, 3);
    let layers = [(5, 4), (3, 5), (1, 3)].map(|(units, inputs)| Layer {
        w: draw(units, inputs),
        b: Array1::from_iter(draw(units, 1)),
    });
    let network = Network::from_parameters(Parameters::new(layers.to_vec())?);
    Ok((network, Dataset::new(x, array![[1.0, 1.0, 0.0]])?))
}

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

/// The textbook's cost, from the activations as the notebook computes it.
fn textbook(
    network: &Network,
    parameters: &Parameters,
    data: &Dataset,
) -> Result<f64, trainable::error::Error> {
    let a = Network::from_parameters(parameters.clone())
        .with_activation(network.activation())
        .probabilities(data.x())?;
    let losses =
        a.iter().zip(data.y()).map(|(a, y)| -(y * libm::log(*a) + (1.0 - y) * libm::log(1.0 - a)));
    Ok(losses.sum::<f64>() / data.examples() as f64)
}

fn of_textbook(
    network: &Network,
    data: &Dataset,
    gradient: &Parameters,
    step: f64,
) -> Result<GradientReport, Error> {
    let cost = |parameters: &Parameters| textbook(network, parameters, data);
    Ok(GradientCheck::new(step).check(network.parameters(), gradient, cost)?)
}

fn cost_of<'a>(
    network: &'a Network,
    data: &'a Dataset,
) -> impl Fn(&Parameters) -> Result<f64, trainable::error::Error> + 'a {
    move |parameters| {
        Network::from_parameters(parameters.clone())
            .with_activation(network.activation())
            .cost(data)
    }
}

/// The bugs of the assignment: what they do to training, and how the check finds them.
fn gradient_check() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let data = circles(300, 0.05, &mut RandomState::new(1))?;
    let (right, wrong, forgotten) = (
        descend(&data, Bug::None)?,
        descend(&data, Bug::Planted)?,
        descend(&data, Bug::Forgotten)?,
    );
    let last = |run: &[(f64, f64)]| run.last().map_or(f64::NAN, |point| point.1);
    outcome.figure(
        "training",
        LineChart::new("iteration", "cost J")
            .line("right", Role::He, &right)
            .line("dW2 × 2, db1 × 4", Role::Xavier, &wrong)
            .line("db = 0", Role::Large, &forgotten)
            .draw()?,
        format!("Cost against iteration for one network trained with three gradients. All three end below their start: at {:.3} with the right gradient, {:.3} with two parts too large, {:.3} with the biases' gradients left at 0.", last(&right), last(&wrong), last(&forgotten)),
        "One network, one start, three gradients. Only one of them is right, and all three costs end below their start.".to_owned(),
    );
    outcome.value("right", Value::fixed(last(&right), 3));
    outcome.value("planted", Value::fixed(last(&wrong), 3));
    outcome.value("forgotten", Value::fixed(last(&forgotten), 3));
    let falls = |run: &[(f64, f64)]| run.windows(2).all(|pair| pair[1].1 <= pair[0].1);
    outcome.claim("falls", Claim {
        said_by: "A. Ng, *Machine Learning* (2011), lecture on gradient checking".to_owned(),
        statement: "With a bug in backpropagation the cost may fall all the same, and end higher than without the bug.".to_owned(),
        measured: format!("Is each recorded cost at most the one before? Right gradient: {}; planted bugs: {}; biases forgotten: {}. The costs end at {:.3}, {:.3} and {:.3}.", words(falls(&right)), words(falls(&wrong)), words(falls(&forgotten)), last(&right), last(&wrong), last(&forgotten)),
        verdict: match (falls(&wrong) || falls(&forgotten), last(&wrong) > last(&right), last(&forgotten) > last(&right)) {
            (true, true, true) => Verdict::Holds,
            (true, false, false) => Verdict::DoesNotHold,
            (false, ..) => Verdict::DoesNotHold,
            _ => Verdict::HoldsWithCondition,
        },
        reason: "A step need not follow the gradient to go down; it only has to point less than 90° away from downhill. A factor above zero on some derivatives is in effect another learning rate for them, and can even help. A derivative that is missing leaves parameters untrained.".to_owned(),
    });
    let (network, data) = assignment()?;
    let gradient = network.gradients(&data)?;
    let mut buggy = gradient.clone();
    Bug::Planted.spoil(&mut buggy);
    let reports = (
        of_textbook(&network, &data, &buggy, 1e-7)?,
        of_textbook(&network, &data, &gradient, 1e-7)?,
    );
    let ours = (
        GradientCheck::new(1e-7).check(network.parameters(), &buggy, cost_of(&network, &data))?,
        GradientCheck::new(1e-7).check_network(&network, &data)?,
    );
    outcome.table(
        "parts",
        Table {
            caption: "The assignment's network, with the two planted bugs and without, `ε = 1e-7`."
                .to_owned(),
            header: ["part", "with the bugs", "worst parameter", "without"]
                .map(str::to_owned)
                .to_vec(),
            rows: ours
                .0
                .parts()
                .iter()
                .zip(ours.1.parts())
                .map(|(bad, good)| {
                    let entry = bad.worst.to_string();
                    let name = entry.split(':').next().unwrap_or_default().to_owned();
                    let part: String = name.chars().take(2).collect();
                    vec![
                        format!("`{part}`"),
                        scientific(bad.relative_difference, 2),
                        format!("`{name}`"),
                        scientific(good.relative_difference, 2),
                    ]
                })
                .collect(),
        },
    );
    let flagged = ours.0.parts().iter().filter(|part| part.relative_difference > 1e-3).count();
    outcome.value("with_bugs", Value::fixed(ours.0.relative_difference(), 4));
    outcome.value("ours", Value::scientific(ours.1.relative_difference(), 2));
    outcome.value("textbook", Value::scientific(reports.1.relative_difference(), 2));
    outcome.claim("planted", Claim {
        said_by: ASSIGNMENT.to_owned(),
        statement: "Gradient checking shows that there is a mistake in the backward propagation.".to_owned(),
        measured: format!("The relative difference is {:.4} with the bugs and {} without. {flagged} of six parts are above `1e-3`: `W2` differs by {:.3}, `b1` by {:.3}.", ours.0.relative_difference(), scientific(ours.1.relative_difference(), 2), ours.0.parts()[2].relative_difference, ours.0.parts()[1].relative_difference),
        verdict: if flagged == 2 && ours.1.relative_difference() < 1e-3 { Verdict::Holds } else { Verdict::DoesNotHold },
        reason: "Part by part the check shows the factors too: k times a gradient differs from it by (k − 1)/(k + 1).".to_owned(),
    });
    let finer = of_textbook(&network, &data, &gradient, 1e-4)?.relative_difference();
    outcome.value("textbook_finer", Value::scientific(finer, 2));
    outcome.claim("passes", Claim {
        said_by: ASSIGNMENT.to_owned(),
        statement: "Correct code passes: with `ε = 1e-7` its relative difference is below `1e-7`.".to_owned(),
        measured: format!("With the notebook's cost {} at `ε = 1e-7` and {} at `1e-4`; with the cost from the logits {} at `1e-7`.", scientific(reports.1.relative_difference(), 2), scientific(finer, 2), scientific(ours.1.relative_difference(), 2)),
        verdict: if reports.1.relative_difference() >= 1e-7 { if ours.1.relative_difference() < 1e-7 { Verdict::HoldsWithCondition } else { Verdict::DoesNotHold } } else { Verdict::Holds },
        reason: "It takes a cost that is computed accurately, or a wider step. The notebook takes the logarithm of 1 − a with a near 1; what is lost there is divided by ε. Rounding, not a bug.".to_owned(),
    });
    let x = 2.0;
    let slope = Difference::TwoSided.slope(|theta| Ok(theta * x), 4.0, 1e-7)?;
    let cube = |theta: f64| Ok(theta * theta * theta);
    let difference = relative_difference(&[x], &[slope]);
    for (name, work, what, printed, ours) in [
        (
            "two_sided",
            Work::Lectures,
            "1.12, θ³ at 1, two-sided difference with `ε = 0.01`",
            TWO_SIDED,
            Difference::TwoSided.slope(cube, 1.0, 0.01)?,
        ),
        (
            "one_sided",
            Work::Lectures,
            "1.12, the same, one-sided",
            ONE_SIDED,
            Difference::OneSided.slope(cube, 1.0, 0.01)?,
        ),
        (
            "one",
            Work::GradientChecking,
            "`gradient_check(2, 4)`, the difference",
            ONE_PARAMETER,
            difference,
        ),
        (
            "bugs",
            Work::GradientChecking,
            "`gradient_check_n`, the difference with the planted bugs",
            WITH_BUGS,
            reports.0.relative_difference(),
        ),
        (
            "mended",
            Work::GradientChecking,
            "`gradient_check_n`, the difference without them (rounding: only its magnitude can be reproduced)",
            WITHOUT_BUGS,
            reports.1.relative_difference(),
        ),
    ] {
        outcome.printed(name, Printed::number(work, what, printed, ours)?);
    }
    Ok(outcome)
}

fn words(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// The recorded costs of gradient descent with a bug in its gradient.
fn descend(data: &Dataset, bug: Bug) -> Result<Vec<(f64, f64)>, Error> {
    let mut network = Network::new(&[2, 10, 5, 1], Initialization::He, &mut RandomState::new(3))?;
    let training = Training::new(Optimizer::new(0.05).then(bug)).iterations(3_001);
    let history = training.train(&mut network, data)?;
    let costs = history.costs().iter();
    Ok(costs.map(|(iteration, cost)| (*iteration as f64, *cost)).collect())
}

/// Steps from 1e-12 up to 1, four for each power of ten.
fn steps() -> Vec<f64> {
    (0..=48).rev().map(|i| libm::pow(10.0, -f64::from(i) / 4.0)).collect()
}

/// One parameter: the error of both differences against the step.
fn slopes() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let exp = |theta: f64| Ok(libm::exp(theta));
    let error = |difference: Difference, step| {
        Ok::<_, Error>((difference.slope(exp, 1.0, step)? / libm::exp(1.0) - 1.0).abs())
    };
    let curve = |difference| {
        steps()
            .into_iter()
            .map(|step| Ok((step, error(difference, step)?)))
            .collect::<Result<Vec<_>, Error>>()
    };
    let (one, two) = (curve(Difference::OneSided)?, curve(Difference::TwoSided)?);
    let best = |curve: &[(f64, f64)]| {
        curve.iter().copied().fold((f64::NAN, f64::INFINITY), |a, b| if b.1 < a.1 { b } else { a })
    };
    let order = |difference| {
        Ok::<_, Error>(libm::log10(error(difference, 1e-1)? / error(difference, 1e-3)?) / 2.0)
    };
    let (order_one, order_two) = (order(Difference::OneSided)?, order(Difference::TwoSided)?);
    outcome.figure(
        "orders",
        LineChart::new("step ε", "relative error of the slope").log_x().log_y()
            .line("one-sided", Role::Large, &one).line("two-sided", Role::Xavier, &two).draw()?,
        format!("Relative error of the slope of the exponential function at 1 against the step, both logarithmic. Both curves are a V: the two-sided one falls with order {order_two:.2} to {} and rises again, the one-sided one with order {order_one:.2} to {}.", scientific(best(&two).1, 2), scientific(best(&one).1, 2)),
        "The error of the slope of $`e^\\theta`$ at 1. On the right the formula's error, a straight line whose slope is its order; on the left rounding.".to_owned(),
    );
    outcome.value("order_one", Value::fixed(order_one, 2));
    outcome.value("order_two", Value::fixed(order_two, 2));
    outcome.value("best_one", Value::scientific(best(&one).1, 0));
    outcome.value("best_two", Value::scientific(best(&two).1, 0));
    let tiny = error(Difference::TwoSided, 1e-11)?;
    outcome.value("tiny", Value::scientific(tiny, 0));
    outcome.claim("order", Claim {
        said_by: LECTURE.to_owned(),
        statement: "The error of the two-sided difference is O(ε²), that of the one-sided O(ε).".to_owned(),
        measured: format!("From `ε = 0.1` to `0.001` the errors fall with the powers {order_two:.2} and {order_one:.2} of ε. At `ε = 1e-11` the two-sided error is {} again.", scientific(tiny, 2)),
        verdict: if (order_two - 2.0).abs() < 0.05 && (order_one - 1.0).abs() < 0.05 { if tiny > best(&two).1 { Verdict::HoldsWithCondition } else { Verdict::Holds } } else { Verdict::DoesNotHold },
        reason: "As long as rounding is smaller than the formula's error. Two nearly equal numbers are subtracted, and what rounding left of their difference is divided by ε.".to_owned(),
    });
    let cube = |theta: f64| Ok(theta * theta * theta);
    let (two, one) = (
        Difference::TwoSided.slope(cube, 1.0, 0.01)?,
        Difference::OneSided.slope(cube, 1.0, 0.01)?,
    );
    outcome.claim("cube", Claim {
        said_by: LECTURE.to_owned(),
        statement: "For θ³ at 1 with `ε = 0.01` the two-sided difference is 3.0001, the one-sided 3.0301.".to_owned(),
        measured: format!("{two:.6} and {one:.6}."),
        verdict: if (two - 3.0001).abs() < 1e-12 && (one - 3.0301).abs() < 1e-12 { Verdict::Holds } else { Verdict::DoesNotHold },
        reason: "Exactly: the errors are ε² and 3ε + ε².".to_owned(),
    });
    Ok(outcome)
}

/// N parameters: the relative difference of the assignment's network against the step.
fn step_width() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let (network, data) = assignment()?;
    let gradient = network.gradients(&data)?;
    let (mut one, mut two, mut book, mut bug) = (vec![], vec![], vec![], vec![]);
    let mut buggy = gradient.clone();
    Bug::Planted.spoil(&mut buggy);
    for step in steps().into_iter().filter(|step| *step < 0.2) {
        let check = GradientCheck::new(step);
        let cost = cost_of(&network, &data);
        let against = |check: GradientCheck, gradient| {
            Ok::<_, Error>(
                check.check(network.parameters(), gradient, &cost)?.relative_difference(),
            )
        };
        one.push((step, against(check.difference(Difference::OneSided), &gradient)?));
        two.push((step, against(check, &gradient)?));
        bug.push((step, against(check, &buggy)?));
        book.push((step, of_textbook(&network, &data, &gradient, step)?.relative_difference()));
    }
    let best = |curve: &[(f64, f64)]| {
        curve.iter().copied().fold((f64::NAN, f64::INFINITY), |a, b| if b.1 < a.1 { b } else { a })
    };
    let range = |curve: &[(f64, f64)]| Spread::new(curve.iter().map(|point| point.1).collect());
    outcome.figure(
        "curve",
        LineChart::new("step ε", "relative difference").log_x().log_y()
            .line("with the bugs", Role::Large, &bug).line("one-sided", Role::Small, &one)
            .line("notebook's cost", Role::Xavier, &book).line("two-sided", Role::He, &two)
            .draw()?,
        format!("Relative difference of the assignment's network against the step. With the bugs it stays between {:.2} and {:.2}. Without them it is a V: least {} with the cost from logits, {} with the notebook's cost, {} one-sided.", range(&bug).min(), range(&bug).max(), scientific(best(&two).1, 2), scientific(best(&book).1, 2), scientific(best(&one).1, 2)),
        "The assignment's network. A right gradient makes a V, a wrong one a level line: change the step, and you know which you have.".to_owned(),
    );
    outcome.value("best", Value::scientific(best(&two).0, 0));
    outcome.value("least", Value::scientific(best(&two).1, 0));
    outcome.value("least_one", Value::scientific(best(&one).1, 0));
    outcome.value("least_textbook", Value::scientific(best(&book).1, 0));
    Ok(outcome)
}

fn checked(activation: Activation, examples: usize, step: f64) -> Result<Spread, Error> {
    let all = over_seeds(SEEDS, |seed| {
        let data = moons(examples, 0.2, &mut RandomState::new(seed))?;
        let network =
            Network::new(&[2, 10, 5, 1], Initialization::He, &mut RandomState::new(1_000 + seed))?
                .with_activation(activation);
        Ok::<_, Error>(
            GradientCheck::new(step).check_network(&network, &data)?.relative_difference(),
        )
    })?;
    Ok(Spread::new(all))
}

/// Correct code over seeds: how often it is above the thresholds, and why.
fn kinks() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let relu: Vec<(f64, f64)> = (-80..=80)
        .map(|i| f64::from(i) / 40.0)
        .map(|z| Ok((z, Difference::TwoSided.slope(|z| Ok(z.max(0.0)), z * 1e-3, 1e-3)?)))
        .collect::<Result<_, Error>>()?;
    outcome.figure(
        "relu",
        LineChart::new("z / ε", "two-sided slope of ReLU").line("numeric", Role::He, &relu)
            .dashed("derivative", Role::Large, &[(-2.0, 0.0), (0.0, 0.0), (0.0, 1.0), (2.0, 1.0)]).draw()?,
        "Two-sided slope of ReLU against z over the step. It is 0 below −1 and 1 above 1; between, it rises in a straight line through one half, where the derivative jumps from 0 to 1.".to_owned(),
        "Within one step of its kink the slope of ReLU is neither 0 nor 1.".to_owned(),
    );
    let mut plot = DotPlot::new("relative difference").log();
    let mut rows = Vec::new();
    let mut spreads = Vec::new();
    for (name, role, activation, examples, step) in [
        ("tanh, ε = 1e-4", Role::Xavier, Activation::Tanh, 100, 1e-4),
        ("tanh, ε = 1e-7", Role::Xavier, Activation::Tanh, 100, 1e-7),
        ("ReLU, ε = 1e-4", Role::He, Activation::Relu, 100, 1e-4),
        ("ReLU, ε = 1e-7", Role::He, Activation::Relu, 100, 1e-7),
        ("ReLU, ε = 1e-4, 5 examples", Role::Glorot, Activation::Relu, 5, 1e-4),
    ] {
        let spread = checked(activation, examples, step)?;
        plot = plot.category(name, role, spread.values());
        let above = |threshold| format!("{}", spread.count(|difference| difference >= threshold));
        rows.push(vec![
            name.to_owned(),
            scientific(spread.median(), 2),
            scientific(spread.max(), 2),
            above(1e-7),
            above(1e-5),
            above(1e-3),
        ]);
        spreads.push(spread);
    }
    let [tanh, tanh_narrow, wide, narrow, few] = &spreads[..] else {
        return Ok(outcome);
    };
    outcome.figure(
        "seeds",
        plot.draw()?,
        format!("Relative difference of correct gradients, one dot a seed. Tanh with a step of 1e-4: all below {}. ReLU with the same step: up to {}; with 1e-7 up to {}; with 5 examples up to {}.", scientific(tanh.max(), 2), scientific(wide.max(), 2), scientific(narrow.max(), 2), scientific(few.max(), 2)),
        format!("Correct code, {SEEDS} seeds each. Every dot to the right is a false alarm."),
    );
    outcome.table("counts", Table {
        caption: format!("Correct code: how many of {SEEDS} seeds reach each threshold. 100 examples where nothing else is said."),
        header: ["network and step", "median", "largest", "≥ 1e-7", "≥ 1e-5", "≥ 1e-3"].map(str::to_owned).to_vec(),
        rows,
    });
    let above =
        |spread: &Spread, threshold: f64| spread.count(|difference| difference >= threshold);
    outcome.claim("thresholds", Claim {
        said_by: LECTURE.to_owned(),
        statement: "With `ε = 1e-7`, a relative difference of `1e-7` is great, `1e-5` deserves another look, `1e-3` means that there is probably a bug.".to_owned(),
        measured: format!("Correct gradients under {SEEDS} seeds: with tanh {} reach `1e-7` and {} `1e-5`; with ReLU {}, {}, and {} `1e-3`. With `ε = 1e-4`, {} of the ReLU networks reach `1e-5` and {} `1e-3`.", above(tanh_narrow, 1e-7), above(tanh_narrow, 1e-5), above(narrow, 1e-7), above(narrow, 1e-5), above(narrow, 1e-3), above(wide, 1e-5), above(wide, 1e-3)),
        verdict: match (above(narrow, 1e-5) + above(tanh_narrow, 1e-5), above(wide, 1e-5)) { (0, 0) => Verdict::Holds, (few, _) if few * 10 <= SEEDS as usize => Verdict::HoldsWithCondition, _ => Verdict::DoesNotHold },
        reason: "They are right for nearly every network, and for smooth functions for all of these. A ReLU unit that switches within the step makes correct code look wrong, with a wide step more often than with a narrow one.".to_owned(),
    });
    outcome.claim("few", Claim {
        said_by: "A. Karpathy et al., notes of Stanford's CS231n".to_owned(),
        statement: "Fewer examples have fewer kinks, so a check on a few of them is less likely to cross one.".to_owned(),
        measured: format!("With `ε = 1e-4`, {} of {SEEDS} ReLU networks reach `1e-7` on 100 examples, {} on 5.", above(wide, 1e-7), above(few, 1e-7)),
        verdict: if above(few, 1e-7) * 2 < above(wide, 1e-7) { Verdict::Holds } else { Verdict::DoesNotHold },
        reason: "Each example has a kink for each hidden unit, and each of them can lie within the step.".to_owned(),
    });
    outcome.value("seeds", Value::integer(SEEDS as usize));
    Ok(outcome)
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

/// A bug that hides near zero weights.
fn hidden_bug() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let data = moons(50, 0.2, &mut RandomState::new(1))?;
    let at = |std: f64, seed: u32| {
        let network =
            Network::new(&[2, 6, 1], Initialization::Gaussian(std), &mut RandomState::new(seed))?
                .with_activation(Activation::Tanh);
        differences(&network, &data)
    };
    let stds: Vec<f64> = (0..=16).map(|i| libm::pow(10.0, -4.0 + f64::from(i) / 4.0)).collect();
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for std in &stds {
        let both = over_seeds(5, |seed| at(*std, seed))?;
        good.push((*std, Spread::new(both.iter().map(|b| b.0).collect()).median()));
        bad.push((*std, Spread::new(both.iter().map(|b| b.1).collect()).median()));
    }
    let mut network =
        Network::new(&[2, 6, 1], Initialization::Gaussian(1e-3), &mut RandomState::new(1))?
            .with_activation(Activation::Tanh);
    let before = differences(&network, &data)?;
    GradientDescent::new(1.0).iterations(1_000).train(&mut network, &data)?;
    let after = differences(&network, &data)?;
    outcome.figure(
        "weights",
        LineChart::new("standard deviation of the weights", "relative difference").log_x().log_y()
            .line("bug", Role::Large, &bad).line("right", Role::He, &good).horizontal("1e-7", 1e-7).draw()?,
        format!("Relative difference against the standard deviation of the weights, for a right gradient and one without the derivative of tanh. The right one stays low; the wrong one rises from {} to {:.2}.", scientific(bad.first().map_or(f64::NAN, |p| p.1), 2), bad.last().map_or(f64::NAN, |p| p.1)),
        "A backward pass that forgets the derivative of tanh. Near zero weights tanh is a straight line of slope 1, and nothing is missing. Medians of 5 seeds.".to_owned(),
    );
    outcome.value("before", Value::scientific(before.1, 1));
    outcome.value("after", Value::scientific(after.1, 1));
    outcome.value("right_after", Value::scientific(after.0, 1));
    outcome.claim("training", Claim {
        said_by: LECTURE.to_owned(),
        statement: "Check at random initialization, and perhaps again after some training: some bugs show only when weights and biases have left zero.".to_owned(),
        measured: format!("Without tanh′ and with weights of standard deviation 0.001, the relative difference is {} before training and {} after 1000 steps; right, {} after them.", scientific(before.1, 2), scientific(after.1, 2), scientific(after.0, 2)),
        verdict: if before.1 < 1e-5 && after.1 > 1e-3 && after.0 < 1e-5 { Verdict::Holds } else { Verdict::HoldsWithCondition },
        reason: "The missing factor is 1 − a², and a is near 0 where the weights are. Start with larger weights, or train, and it matters.".to_owned(),
    });
    Ok(outcome)
}

/// The relative differences of the right gradient and of the one without the derivative.
fn differences(network: &Network, data: &Dataset) -> Result<(f64, f64), Error> {
    let check = GradientCheck::new(1e-5);
    let wrong = without_derivative(network, data)?;
    Ok((
        check.check_network(network, data)?.relative_difference(),
        check.check(network.parameters(), &wrong, cost_of(network, data))?.relative_difference(),
    ))
}

/// The check of a cost with a penalty, and of one that draws its units at random.
fn check_regularized() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let data = moons(30, 0.2, &mut RandomState::new(1))?;
    let network = Network::new(&[2, 5, 3, 1], Initialization::Xavier, &mut RandomState::new(2))?
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
    outcome.table(
        "checks",
        Table {
            caption: "A tanh network `[2, 5, 3, 1]`, λ = 0.7, keep = 0.8, a step of `1e-5`."
                .to_owned(),
            header: header(&["what is checked", "relative difference"]),
            rows: rows
                .map(|(name, difference)| vec![name.to_owned(), scientific(difference, 1)])
                .to_vec(),
        },
    );
    outcome.claim("penalty", Claim {
        said_by: LECTURE.to_owned(),
        statement: "Remember regularization: if the cost has a penalty, the gradient to be checked must have it too.".to_owned(),
        measured: format!(
            "With λ/m W in the gradient the relative difference is {}, without it {}.",
            scientific(remembered, 1), scientific(forgotten, 1)
        ),
        verdict: if remembered < 1e-7 && forgotten > 1e-3 { Verdict::Holds } else { Verdict::DoesNotHold },
        reason: "The check compares a gradient with a cost. It finds what is in one and not in the other, whichever of the two is to blame.".to_owned(),
    });
    outcome.claim("dropout", Claim {
        said_by: LECTURE.to_owned(),
        statement: "Gradient checking does not work with dropout: turn dropout off for it.".to_owned(),
        measured: format!(
            "With fresh masks the relative difference is {}; with dropout turned off {}; with the masks held fixed {}.",
            scientific(fresh, 1), scientific(off, 1), scientific(fixed, 1)
        ),
        verdict: match (fresh > 1e-3, fixed < 1e-7) {
            (true, true) => Verdict::HoldsWithCondition,
            (true, false) => Verdict::Holds,
            (false, _) => Verdict::DoesNotHold,
        },
        reason: "Two costs with different masks are costs of different networks, and a small step divides their difference. Fixed masks make one function of the cost again, and then dropout's own \
                 gradient is checked, which turning it off does not do. The lecture mentions fixed masks too.".to_owned(),
    });
    Ok(outcome)
}

/// The relative differences for a cost with L2 whose gradient lacks the penalty's part, and has it.
fn with_penalty(network: &Network, data: &Dataset) -> Result<(f64, f64), Error> {
    let (penalty, m) = (Penalty::L2 { lambda: 0.7 }, data.examples());
    let plain = cost_of(network, data);
    let cost = |parameters: &Parameters| Ok(plain(parameters)? + penalty.cost(parameters, m)?);
    let check = |gradient: &Parameters| {
        GradientCheck::new(1e-5).check(network.parameters(), gradient, cost)
    };
    let mut gradient = network.gradients(data)?;
    let forgotten = check(&gradient)?.relative_difference();
    penalty.add_gradient(network.parameters(), m, &mut gradient)?;
    Ok((forgotten, check(&gradient)?.relative_difference()))
}

/// The relative differences with dropout turned off, with fixed masks, and with fresh ones in every cost.
fn with_dropout(network: &Network, data: &Dataset) -> Result<[f64; 3], Error> {
    let dropout = Dropout::fresh(&[0.8, 0.8], &mut RandomState::new(3))?;
    let objective = Objective::from(dropout);
    let check = GradientCheck::new(1e-5);
    let first = Mode::Training { step: 0 };
    let fixed = check.check_objective(&objective, network, data, first)?;
    let gradient = objective.gradients(network, data, first)?;
    let mut step = 0;
    let fresh = check.check(network.parameters(), &gradient, |parameters| {
        step += 1;
        let network =
            Network::from_parameters(parameters.clone()).with_activation(network.activation());
        objective.cost(&network, data, Mode::Training { step })
    })?;
    let off = check.check_network(network, data)?;
    Ok([off, fixed, fresh].map(|report| report.relative_difference()))
}

/// Multiplications of a check and of one backpropagation.
fn check_price() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let mut rows = Vec::new();
    let (mut check, mut pass) = (Vec::new(), Vec::new());
    let mut ratios = Vec::new();
    for width in [1, 3, 10, 30, 100, 300, 1_000] {
        let sizes = [2, width, width, 1];
        let parameters: usize = sizes.windows(2).map(|pair| (pair[0] + 1) * pair[1]).sum();
        let weights: usize = sizes.windows(2).map(|pair| pair[0] * pair[1]).sum();
        let backward = 2 * weights - sizes[0] * sizes[1];
        let (one, all) = (weights + backward, 2 * parameters * weights);
        check.push((parameters as f64, all as f64));
        pass.push((parameters as f64, one as f64));
        let ratio = all as f64 / one as f64;
        ratios.push(ratio / parameters as f64);
        rows.push(vec![
            format!("{width}"),
            Value::integer(parameters).text,
            Value::scientific(one as f64, 1).text,
            Value::scientific(all as f64, 1).text,
            Value::integer(ratio as usize).text,
        ]);
    }
    let last = |line: &[(f64, f64)]| line.last().map_or(f64::NAN, |point| point.1);
    outcome.figure(
        "multiplications",
        LineChart::new("parameters N", "multiplications for each example").log_x().log_y().markers(true)
            .line("check", Role::Large, &check).line("backpropagation", Role::He, &pass).draw()?,
        format!("Multiplications for each example against the number of parameters. Backpropagation grows in proportion, to {}; the check with the square, to {}.", scientific(last(&pass), 2), scientific(last(&check), 2)),
        "Counted, not timed: products of weights with activations or errors, layers `[2, n, n, 1]`.".to_owned(),
    );
    outcome.table("counts", Table {
        caption: "Multiplications for each example: forward and backward once, and a check of all parameters.".to_owned(),
        header: ["n", "parameters", "backpropagation", "check", "ratio"].map(str::to_owned).to_vec(),
        rows,
    });
    let share = Spread::new(ratios);
    outcome.claim("slow", Claim {
        said_by: LECTURE.to_owned(),
        statement: "Do not use gradient checking in training, only to debug: it is too slow.".to_owned(),
        measured: format!("A check of N parameters takes 2N forward passes: between {:.2} N and {:.2} N times the multiplications of one backpropagation.", share.min(), share.max()),
        verdict: if share.min() > 0.5 { Verdict::Holds } else { Verdict::DoesNotHold },
        reason: "Backpropagation finds all derivatives for about the price of three forward passes, however many there are.".to_owned(),
    });
    Ok(outcome)
}
