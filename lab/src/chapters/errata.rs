//! What notes of the course get wrong, run as it is written and as it is meant.
//!
//! The runs are named in `course/errata/`, where the page *Errata* comes from. Each takes
//! milliseconds.

use minijinja::context;
use ndarray::{Array1, Array2, Axis};
use trainable::gradient_check::relative_difference;
use trainable::gradient_descent;
use trainable::l2::l2_gradient;
use trainable::moving_average::{corrected, moving_average};
use trainable::numerics::elementary::exp;
use trainable::parameters::Layer;
use trainable::prelude::*;

use crate::error::Error;
use crate::experiment::experiments;
use crate::outcome::Outcome;
use crate::report::texts;

experiments![
    other_minus, decay_step, masks, divisors, equal_weights, uniform_weights, signals,
    slips_of_slopes, exact_sigmoid, shifted_logarithm, tolerance, averages, epsilons, circling,
    decays, last_batch, windows, drawn_betas, batch_bias, parabolas, double_sigmoid,
    counted_batches
];

texts!(include_str!("errata.toml"), []);

/// Numbers that are drawn where a share of them is counted.
const DRAWS: usize = 100_000;

/// Logistic regression on a cost with one minus too many, and with none.
fn other_minus() -> Result<Outcome, Error> {
    const STEPS: usize = 500;
    let data = moons(300, 0.2, &mut RandomState::new(3))?;
    let descent = |sign: f64| -> Result<Network, Error> {
        let mut network = Network::from_parameters(Parameters::zeros(&[2, 1])?);
        for _ in 0..STEPS {
            let gradient = sign * network.gradients(&data)?.to_theta();
            let theta = gradient_descent::step(&network.parameters().to_theta(), &gradient, 0.1);
            let moved = network.parameters().with_theta(&theta)?;
            network.set_parameters(moved)?;
        }
        Ok(network)
    };
    let before = Network::from_parameters(Parameters::zeros(&[2, 1])?).cost(&data)?;
    let (after, right) = (descent(-1.0)?.cost(&data)?, descent(1.0)?.cost(&data)?);
    report("other_minus", context! { steps => STEPS, before, after, right }).outcome()
}

/// What a step does to a weight that only the penalty moves.
fn decay_step() -> Result<Outcome, Error> {
    let (alpha, lambda, m) = (0.3, 0.7, 211);
    let w = Array2::from_elem((1, 1), 2.0);
    let moved = &w - &(alpha * l2_gradient(w.view(), lambda, m));
    let measured = moved[[0, 0]] / w[[0, 0]];
    let notes = 1.0 - lambda / m as f64;
    report("decay_step", context! { alpha, lambda, m, measured, notes }).outcome()
}

/// The share of units that masks keep.
fn masks() -> Result<Outcome, Error> {
    const KEEP: f64 = 0.8;
    let mut rng = RandomState::new(1);
    let normal_kept = share(|| rng.randn() > KEEP);
    let hint_kept = share(|| rng.rand() >= KEEP);
    let normal_dropped = 1.0 - normal_kept;
    let found = context! { numbers => DRAWS, keep => KEEP, normal_kept, normal_dropped, hint_kept };
    report("masks", found).outcome()
}

/// How often something is so.
fn share(mut is_so: impl FnMut() -> bool) -> f64 {
    (0..DRAWS).filter(|_| is_so()).count() as f64 / DRAWS as f64
}

/// The standard deviation of a feature divided by its variance, and by its standard deviation.
fn divisors() -> Result<Outcome, Error> {
    let mut rng = RandomState::new(1);
    let feature = Array1::from_shape_simple_fn(1_000, || 50.0 * rng.randn());
    let sigma = deviation(&feature);
    let by_variance = deviation(&(&feature / (sigma * sigma)));
    let by_deviation = deviation(&(&feature / sigma));
    report("divisors", context! { before => sigma, by_variance, by_deviation }).outcome()
}

fn deviation(numbers: &Array1<f64>) -> f64 {
    let n = numbers.len() as f64;
    let mean = numbers.sum() / n;
    (numbers.iter().map(|number| (number - mean) * (number - mean)).sum::<f64>() / n).sqrt()
}

/// How far apart the units of a layer are after training from equal weights.
fn equal_weights() -> Result<Outcome, Error> {
    const STEPS: usize = 1_000;
    const UNITS: usize = 4;
    let data = moons(300, 0.2, &mut RandomState::new(3))?;
    let layer = |units: usize, inputs: usize| Layer {
        w: Array2::from_elem((units, inputs), 1.0 / inputs as f64),
        b: Array1::zeros(units),
    };
    let parameters = Parameters::new(vec![layer(UNITS, 2), layer(1, UNITS)])?;
    let mut network = Network::from_parameters(parameters);
    GradientDescent::new(0.1).iterations(STEPS).train(&mut network, &data)?;
    let w = &network.parameters().layers()[0].w;
    let apart = w.rows().into_iter().map(|row| largest(&(&row - &w.row(0)))).fold(0.0, f64::max);
    report("equal_weights", context! { steps => STEPS, units => UNITS, apart }).outcome()
}

/// The largest size of any component.
fn largest(numbers: &Array1<f64>) -> f64 {
    numbers.iter().fold(0.0, |most, number| number.abs().max(most))
}

/// How many weights of `rand` and of `randn` are positive.
fn uniform_weights() -> Result<Outcome, Error> {
    let mut rng = RandomState::new(1);
    let (mut sum, mut uniform) = (0.0, 0);
    for _ in 0..DRAWS {
        let drawn = rng.rand();
        sum += drawn;
        uniform += usize::from(drawn > 0.0);
    }
    let (mean, uniform) = (sum / DRAWS as f64, uniform as f64 / DRAWS as f64);
    let normal = share(|| rng.randn() > 0.0);
    report("uniform_weights", context! { numbers => DRAWS, uniform, mean, normal }).outcome()
}

/// What layers with weights of several variances do to the mean square of a signal.
fn signals() -> Result<Outcome, Error> {
    const LAYERS: usize = 10;
    const UNITS: usize = 100;
    let n = UNITS as f64;
    let relu = |z: f64| z.max(0.0);
    let found = context! {
        layers => LAYERS,
        units => UNITS,
        he => gain(LAYERS, UNITS, 2.0 / n, relu),
        glorot_relu => gain(LAYERS, UNITS, 1.0 / n, relu),
        root => gain(LAYERS, UNITS, (2.0 / n).sqrt(), relu),
        glorot => gain(LAYERS, UNITS, 1.0 / n, |z| z),
        half_glorot => gain(LAYERS, UNITS, 0.5 / n, |z| z),
    };
    report("signals", found).outcome()
}

/// The ratio of a signal's mean squares after and before layers, on average over networks.
fn gain(layers: usize, units: usize, variance: f64, activation: impl Fn(f64) -> f64) -> f64 {
    const NETWORKS: usize = 20;
    let mut rng = RandomState::new(1);
    let mut normal = |rows, columns| Array2::from_shape_simple_fn((rows, columns), || rng.randn());
    let mean_square = |a: &Array2<f64>| a.iter().map(|a| a * a).sum::<f64>() / a.len() as f64;
    let mut sum = 0.0;
    for _ in 0..NETWORKS {
        let before = normal(units, 10);
        let mut a = before.clone();
        for _ in 0..layers {
            a = (variance.sqrt() * normal(units, units)).dot(&a).mapv(&activation);
        }
        sum += mean_square(&a) / mean_square(&before);
    }
    sum / NETWORKS as f64
}

/// Difference quotients of the cube as notes write them.
fn slips_of_slopes() -> Result<Outcome, Error> {
    const EPSILON: f64 = 0.01;
    const THETA: f64 = 2.0;
    let f = |theta: f64| theta * theta * theta;
    let (left, right) = (1.0 - EPSILON, 1.0 + EPSILON);
    let found = context! {
        epsilon => EPSILON,
        right => (f(right) - f(left)) / (2.0 * EPSILON),
        without_f => (f(right) - left) / (2.0 * EPSILON),
        swapped => (f(left) - f(right)) / (2.0 * EPSILON),
        exact => 3.0,
        theta => THETA,
        by_division => f(THETA) / THETA,
        derivative => 3.0 * THETA * THETA,
    };
    report("slips_of_slopes", found).outcome()
}

/// The first whole number whose sigmoid is exactly 1.
fn exact_sigmoid() -> Result<Outcome, Error> {
    let first = (0..1_000).find(|z| 1.0 / (1.0 + exp(-f64::from(*z))) == 1.0);
    let first = first.unwrap_or_default();
    report("exact_sigmoid", context! { first, exponential => exp(-f64::from(first)) }).outcome()
}

/// The loss at one half, without and with a number added inside the logarithm.
fn shifted_logarithm() -> Result<Outcome, Error> {
    let (plain, shifted) = (-libm::log(0.5), -libm::log(0.5 + 1e-5));
    report("shifted_logarithm", context! { plain, shifted }).outcome()
}

/// The relative difference of a gradient that is too large throughout.
fn tolerance() -> Result<Outcome, Error> {
    const EXCESS: f64 = 0.02;
    let mut rng = RandomState::new(1);
    let right: Vec<f64> = (0..100).map(|_| rng.randn()).collect();
    let wrong: Vec<f64> = right.iter().map(|g| (1.0 + EXCESS) * g).collect();
    let difference = relative_difference(&wrong, &right);
    report("tolerance", context! { excess => EXCESS, difference }).outcome()
}

/// Averages of a rising series and of a constant one.
fn averages() -> Result<Outcome, Error> {
    const DAYS: usize = 100;
    const MIDDLE: usize = 50;
    const CONSTANT: f64 = 20.0;
    let (slow, quick) = (0.98, 0.9);
    let rising = Array1::from_iter((1..=2_000).map(f64::from));
    let lag = |beta| -> Result<f64, Error> {
        Ok(rising[rising.len() - 1] - moving_average(rising.view(), beta)?[rising.len() - 1])
    };
    let constant = Array1::from_elem(DAYS, CONSTANT);
    let uncorrected = moving_average(constant.view(), slow)?;
    let right = corrected(constant.view(), slow)?;
    let as_written = |day: usize| 1.0 / (1.0 - libm::pow(slow, day as f64));
    let found = context! {
        slow,
        quick,
        slow_lag => lag(slow)?,
        quick_lag => lag(quick)?,
        days => DAYS,
        constant => CONSTANT,
        middle_day => MIDDLE,
        middle => uncorrected[MIDDLE - 1] / CONSTANT,
        end => uncorrected[DAYS - 1] / CONSTANT,
        as_written_first => as_written(1),
        as_written_last => as_written(DAYS),
        corrected_first => right[0],
        corrected_last => right[DAYS - 1],
    };
    report("averages", found).outcome()
}

const EPSILON: f64 = 1e-8;

/// Where ε stands in RMSprop's and Adam's step.
#[derive(Clone, Copy)]
enum Root {
    Outside,
    Inside,
}

impl Root {
    /// A mean gradient divided by the root of the mean square.
    fn quotient(self, mean: f64, square: f64) -> f64 {
        match self {
            Self::Outside => mean / (square.sqrt() + EPSILON),
            Self::Inside => mean / (square + EPSILON).sqrt(),
        }
    }
}

/// A step for a small gradient, and the number of the assignment that tells where ε stands.
fn epsilons() -> Result<Outcome, Error> {
    const GRADIENT: f64 = 1e-5;
    let (weight, gradient) = telling_weight();
    // The assignment's step: its averages begin at 0, and its t is 2.
    let mean = 0.1 * gradient / (1.0 - 0.9 * 0.9);
    let square = 0.001 * gradient * gradient / (1.0 - 0.999 * 0.999);
    let printed = |root: Root| weight - 0.01 * root.quotient(mean, square);
    let step = |root: Root| root.quotient(GRADIENT, GRADIENT * GRADIENT);
    let found = context! {
        gradient => GRADIENT,
        outside => step(Root::Outside),
        inside => step(Root::Inside),
        printed_outside => printed(Root::Outside),
        printed_inside => printed(Root::Inside),
    };
    report("epsilons", found).outcome()
}

/// The middle weight in the last row of W2 of the assignment's test, and its gradient.
fn telling_weight() -> (f64, f64) {
    const SHAPES: [usize; 4] = [2 * 3, 2, 3 * 3, 3];
    let mut rng = RandomState::new(1);
    let numbers: Vec<f64> = (0..2 * SHAPES.iter().sum::<usize>()).map(|_| rng.randn()).collect();
    let place = SHAPES[0] + SHAPES[1] + 7;
    (numbers[place], numbers[numbers.len() / 2 + place])
}

/// How far mini-batches of two sizes end from the minimum, and with a rate that decays.
fn circling() -> Result<Outcome, Error> {
    const SMALL: usize = 8;
    const LARGE: usize = 64;
    let found = context! {
        small => SMALL,
        large => LARGE,
        small_apart => apart(SMALL, |_| 0.1),
        large_apart => apart(LARGE, |_| 0.1),
        decayed_apart => apart(SMALL, |t| 1.0 / t as f64),
    };
    report("circling", found).outcome()
}

/// The distance from the minimum, in the root mean square of the second half of the steps, where the
/// mean of standard normal numbers is estimated.
fn apart(batch: usize, rate: impl Fn(usize) -> f64) -> f64 {
    const STEPS: usize = 5_000;
    let mut rng = RandomState::new(1);
    let (mut w, mut squares) = (1.0, 0.0);
    for t in 1..=STEPS {
        let mean = (0..batch).map(|_| rng.randn()).sum::<f64>() / batch as f64;
        w -= rate(t) * (w - mean);
        if t > STEPS / 2 {
            squares += w * w;
        }
    }
    (squares / (STEPS / 2) as f64).sqrt()
}

/// A decay whose exponent is the rate, and one whose exponent is the epoch.
fn decays() -> Result<Outcome, Error> {
    const EPOCHS: usize = 50;
    const DECAY_RATE: f64 = 1.0;
    let written = libm::pow(0.95, DECAY_RATE);
    let found = context! {
        epochs => EPOCHS,
        decay_rate => DECAY_RATE,
        written_first => written,
        written_last => written,
        right_last => libm::pow(0.95, EPOCHS as f64),
    };
    report("decays", found).outcome()
}

/// The cost of the last mini-batch of an epoch, over shuffles, and that of all examples.
fn last_batch() -> Result<Outcome, Error> {
    const BATCH: usize = 64;
    const SHUFFLES: usize = 20;
    let data = moons(300, 0.2, &mut RandomState::new(3))?;
    let mut network = Network::new(&[2, 5, 2, 1], Initialization::He, &mut RandomState::new(3))?;
    GradientDescent::new(0.1).iterations(500).train(&mut network, &data)?;
    let left = data.examples() % BATCH;
    let mut rng = RandomState::new(10);
    let costs = (0..SHUFFLES).map(|_| {
        let order = rng.permutation(data.examples());
        Ok(network.cost(&data.select(&order[data.examples() - left..])?)?)
    });
    let costs = costs.collect::<Result<Vec<f64>, Error>>()?;
    let found = context! {
        examples => data.examples(),
        batch => BATCH,
        left,
        shuffles => SHUFFLES,
        lowest => costs.iter().copied().fold(f64::INFINITY, f64::min),
        highest => costs.iter().copied().fold(0.0, f64::max),
        all => network.cost(&data)?,
    };
    report("last_batch", found).outcome()
}

/// How many values an average is over, by β.
fn windows() -> Result<Outcome, Error> {
    let window = |beta: f64| 1.0 / (1.0 - beta);
    let found = context! {
        short => window(0.9),
        short_after => window(0.905),
        long => window(0.999),
        long_after => window(0.9995),
        squared_short => window(0.9 * 0.9),
    };
    report("windows", found).outcome()
}

/// Values of β drawn over three decades, and over two.
fn drawn_betas() -> Result<Outcome, Error> {
    let mut rng = RandomState::new(1);
    let mut draw = |from: f64, decades: f64| -> Vec<f64> {
        let power = |rng: &mut RandomState| libm::pow(10.0, from - decades * rng.rand());
        (0..DRAWS).map(|_| 1.0 - power(&mut rng)).collect()
    };
    let (three, two) = (draw(0.0, 3.0), draw(-1.0, 2.0));
    let lowest = |betas: &[f64]| betas.iter().copied().fold(f64::INFINITY, f64::min);
    let found = context! {
        draws => DRAWS,
        below => three.iter().filter(|beta| **beta < 0.9).count() as f64 / DRAWS as f64,
        lowest => lowest(&three),
        right_lowest => lowest(&two),
        right_highest => two.iter().copied().fold(0.0, f64::max),
    };
    report("drawn_betas", found).outcome()
}

/// What a number added to each unit changes in a normalized batch.
fn batch_bias() -> Result<Outcome, Error> {
    let mut rng = RandomState::new(1);
    let b = Array1::from(vec![-3.0, 0.5, 10.0, 100.0]);
    let z = Array2::from_shape_simple_fn((b.len(), 64), || rng.randn());
    let normalized = |z: &Array2<f64>| {
        let centered = z - &z.sum_axis(Axis(1)).insert_axis(Axis(1)) / z.ncols() as f64;
        let variance = (&centered * &centered).sum_axis(Axis(1)) / z.ncols() as f64;
        centered / variance.mapv(|v| (v + EPSILON).sqrt()).insert_axis(Axis(1))
    };
    let moved = normalized(&(&z + &b.view().insert_axis(Axis(1)))) - normalized(&z);
    let apart = moved.iter().fold(0.0, |most: f64, number| most.max(number.abs()));
    report("batch_bias", context! { units => b.len(), largest => largest(&b), apart }).outcome()
}

/// Gradient descent on the parabola of the notes' coefficients, and on that of their text.
fn parabolas() -> Result<Outcome, Error> {
    const STEPS: usize = 1_000;
    let end = |linear: f64| (0..STEPS).fold(0.0, |w, _| w - 0.01 * (2.0 * w + linear));
    report("parabolas", context! { steps => STEPS, notes => end(-20.0), right => end(-10.0) })
        .outcome()
}

/// The loss of the assignment's first logit, and with the sigmoid taken twice.
fn double_sigmoid() -> Result<Outcome, Error> {
    let sigmoid = |z: f64| 1.0 / (1.0 + exp(-z));
    // The first label is 0.
    let loss = |z: f64| -libm::log(1.0 - sigmoid(z));
    report("double_sigmoid", context! { once => loss(0.2), twice => loss(sigmoid(0.2)) }).outcome()
}

/// How many mini-batches are counted, and how many there are.
fn counted_batches() -> Result<Outcome, Error> {
    const EXAMPLES: usize = 1080;
    const BATCH: usize = 32;
    let (counted, run) = (EXAMPLES / BATCH, EXAMPLES.div_ceil(BATCH));
    let excess = run as f64 / counted as f64 - 1.0;
    report(
        "counted_batches",
        context! { examples => EXAMPLES, batch => BATCH, counted, run, excess },
    )
    .outcome()
}
