//! Bias and variance, and the basic recipe: every run, number, figure and claim of the chapter.

use ndarray::{Array2, Axis, concatenate};
use trainable::data::wave::above;
use trainable::prelude::*;

use crate::error::Error;
use crate::experiment::{Experiment, experiments};
use crate::figure::{Boundary, Drawing, FlowChart, LineChart, Role};
use crate::format::{fixed, percent};
use crate::outcome::{Claim, Outcome, Table, Value, Verdict, header};
use crate::spread::{Spread, medians, over_seeds, ranges};

/// The chapter's experiments.
pub fn experiments() -> Vec<Experiment> {
    experiments![
        fits,
        lecture_patterns,
        made_patterns,
        both_at_once,
        small_sets,
        widths,
        more_examples,
        recipe,
        flow_chart,
        elsewhere
    ]
}

const LECTURE: &str = "course, lecture on bias and variance";
const RECIPE: &str = "course, lecture on the basic recipe";

/// A difference above two percentage points counts as high.
const TOLERANCE: f64 = 0.02;
/// Examples of the dev sets, enough to tell half a point.
const DEV: usize = 4_000;

/// The same with further features that have nothing to do with the label.
fn drowned_wave(n: usize, others: usize, rng: &mut RandomState) -> Result<Dataset, Error> {
    let data = wave(n, 0.0, 0.0, rng)?;
    let noise = Array2::from_shape_simple_fn((others, n), || 2.0 * rng.rand() - 1.0);
    let x = concatenate(Axis(0), &[data.x(), noise.view()]).map_err(|_| {
        trainable::prelude::Error::Shape {
            what: "features",
            expected: format!("({others}, {n})"),
            got: format!("{:?}", noise.dim()),
        }
    })?;
    Ok(Dataset::new(x, data.y().to_owned())?)
}

/// How a network is made and trained.
#[derive(Debug, Clone)]
struct Plan {
    layers: Vec<usize>,
    iterations: usize,
    lambda: f64,
}

impl Plan {
    fn new(layers: &[usize], iterations: usize) -> Self {
        Self { layers: layers.to_vec(), iterations, lambda: 0.0 }
    }

    fn penalized(self, lambda: f64) -> Self {
        Self { lambda, ..self }
    }

    fn train(&self, data: &Dataset, seed: u32) -> Result<Network, Error> {
        let rng = &mut RandomState::new(seed);
        let mut network = Network::new(&self.layers, Initialization::Xavier, rng)?
            .with_activation(Activation::Tanh);
        GradientDescent::new(0.5)
            .penalty(Penalty::L2 { lambda: self.lambda })
            .iterations(self.iterations)
            .record_every(self.iterations)
            .train(&mut network, data)?;
        Ok(network)
    }
}

/// What a penalty is chosen from, besides none, on 500 examples that serve for nothing else.
const LAMBDAS: [f64; 2] = [0.1, 0.3];

impl Plan {
    /// Trains with no penalty, then with each λ; returns the first network, and the one of all that
    /// does best on a dev set.
    fn train_regularized(&self, data: &Dataset, seed: u32) -> Result<[Network; 2], Error> {
        let dev = wave(500, 0.1, 0.0, &mut RandomState::new(5_000 + seed))?;
        let free = self.train(data, seed)?;
        let mut best = (free.accuracy(&dev)?, free.clone());
        for lambda in LAMBDAS {
            let network = self.clone().penalized(lambda).train(data, seed)?;
            let accuracy = network.accuracy(&dev)?;
            if accuracy > best.0 {
                best = (accuracy, network);
            }
        }
        Ok([free, best.1])
    }
}

/// The medians of several runs' errors as one run's.
fn median_rates(bayes: f64, runs: &[ErrorRates]) -> Result<ErrorRates, Error> {
    let train = Spread::from_iter(runs.iter().map(|run| run.train())).median();
    let dev = Spread::from_iter(runs.iter().map(|run| run.dev())).median();
    Ok(ErrorRates::new(bayes, train, dev)?)
}

fn points(fraction: f64) -> String {
    fixed(100.0 * fraction, 1)
}

/// Too simple, just right, too flexible, on the same points.
fn fits() -> Result<Outcome, Error> {
    const FLIP: f64 = 0.1;
    let mut outcome = Outcome::new();
    let train = wave(150, FLIP, 0.0, &mut RandomState::new(2))?;
    let dev = wave(DEV, FLIP, 0.0, &mut RandomState::new(1_002))?;
    let plans = [
        ("under", Plan::new(&[2, 1], 2_000)),
        ("right", Plan::new(&[2, 16, 1], 5_000).penalized(0.1)),
        ("over", Plan::new(&[2, 24, 24, 1], 8_000)),
    ];
    let mut networks = Vec::new();
    let mut rates = Vec::new();
    for (name, plan) in plans {
        let network = plan.train(&train, 3)?;
        let measured = ErrorRates::measure(&network, &train, &dev, FLIP)?;
        outcome.value(&format!("{name}_train"), Value::percent(measured.train(), 1));
        outcome.value(&format!("{name}_dev"), Value::percent(measured.dev(), 1));
        networks.push(network);
        rates.push(measured);
    }
    let labels = ["underfitting", "about right", "overfitting"];
    let panels = labels.iter().zip(&networks);
    let svg = panels
        .fold(Boundary::grid(3), |grid, (label, network)| grid.network(label, network, &train))
        .draw()?;
    let text = |n: usize| {
        let rates: ErrorRates = rates[n];
        format!("{} and {}", percent(rates.train(), 1), percent(rates.dev(), 1))
    };
    outcome.figure(
        "boundary",
        svg,
        format!(
            "Three panels with the same points, class 1 above a wave, class 0 below, one label in ten wrong. A straight boundary cuts through the wave: training and dev error {}. A smooth curve follows it: {}. A boundary with islands around single points: {}.",
            text(0), text(1), text(2)
        ),
        "Left one unit, in the middle a hidden layer of 16 with a penalty, right two layers of 24 without one.".to_owned(),
    );
    outcome.value("bayes", Value::percent(FLIP, 0));
    Ok(outcome)
}

/// The lecture's table, run through the library.
fn lecture_patterns() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let patterns = [
        (0.0, 0.01, 0.11, Diagnosis::HighVariance),
        (0.0, 0.15, 0.16, Diagnosis::HighBias),
        (0.0, 0.15, 0.30, Diagnosis::Both),
        (0.0, 0.005, 0.01, Diagnosis::Neither),
        (0.15, 0.15, 0.16, Diagnosis::Neither),
    ];
    let agree = |tolerance: f64| -> Result<bool, Error> {
        let each = patterns.iter().map(|(bayes, train, dev, lecture)| {
            Ok(ErrorRates::new(*bayes, *train, *dev)?.diagnose(tolerance)? == *lecture)
        });
        each.collect::<Result<Vec<bool>, Error>>().map(|all| all.into_iter().all(|agrees| agrees))
    };
    let mut rows = Vec::new();
    for (bayes, train, dev, lecture) in patterns {
        let rates = ErrorRates::new(bayes, train, dev)?;
        rows.push(vec![
            percent(bayes, 0),
            percent(train, 1),
            percent(dev, 1),
            points(rates.avoidable_bias()),
            points(rates.variance()),
            lecture.words().to_owned(),
            rates.diagnose(TOLERANCE)?.words().to_owned(),
        ]);
    }
    outcome.table("readings", Table {
        caption: format!("The lecture's error patterns and what `diagnose({TOLERANCE})` says. Bias and variance in percentage points."),
        header: header(&["Bayes", "training", "dev", "avoidable bias", "variance", "the lecture", "diagnose"]),
        rows,
    });
    let mut fitting = Vec::new();
    for tenth in 0..=200 {
        let tolerance = f64::from(tenth) / 1_000.0;
        if agree(tolerance)? {
            fitting.push(tolerance);
        }
    }
    let range = Spread::new(fitting);
    outcome.value("least", Value::fixed(100.0 * range.min(), 1));
    outcome.value("most", Value::fixed(100.0 * range.max(), 1));
    outcome.claim("readings", Claim {
        said_by: LECTURE.to_owned(),
        statement: "From training and dev error you can tell: 1/11 % is high variance, 15/16 % high bias, 15/30 % both, 0.5/1 % neither; and 15/16 % is neither if the Bayes error is 15 %.".to_owned(),
        measured: format!(
            "With one tolerance for both differences the five readings come out as in the lecture, for any tolerance from {} to {} points, in steps of a tenth.",
            fixed(100.0 * range.min(), 1), fixed(100.0 * range.max(), 1)
        ),
        verdict: if range.values().is_empty() { Verdict::DoesNotHold } else { Verdict::Holds },
        reason: "Two subtractions. Where a difference begins to be high is for you to say: the lecture's examples leave a factor of ten.".to_owned(),
    });
    Ok(outcome)
}

/// A network, its data, and what is wrong with it.
struct Made {
    name: &'static str,
    bayes: f64,
    examples: usize,
    plan: Plan,
    expected: Diagnosis,
}

fn made() -> [Made; 4] {
    let made =
        |name, bayes, examples, plan, expected| Made { name, bayes, examples, plan, expected };
    [
        made("one unit, 1000 examples", 0.0, 1_000, Plan::new(&[2, 1], 1_000), Diagnosis::HighBias),
        made(
            "two layers of 16, 50 examples",
            0.0,
            50,
            Plan::new(&[2, 16, 16, 1], 2_000),
            Diagnosis::HighVariance,
        ),
        made(
            "two layers of 8, 1500 examples",
            0.0,
            1_500,
            Plan::new(&[2, 8, 8, 1], 2_000),
            Diagnosis::Neither,
        ),
        made(
            "two layers of 8, 1500 examples, 15 % of labels wrong",
            0.15,
            1_500,
            Plan::new(&[2, 8, 8, 1], 2_000),
            Diagnosis::Neither,
        ),
    ]
}

/// One seed's data, network and errors.
struct Run {
    train: Dataset,
    network: Network,
    rates: ErrorRates,
}

fn run(made: &Made, seed: u32) -> Result<Run, Error> {
    let rng = &mut RandomState::new(seed);
    let train = wave(made.examples, made.bayes, 0.0, rng)?;
    let dev = wave(DEV, made.bayes, 0.0, rng)?;
    let network = made.plan.train(&train, seed)?;
    let rates = ErrorRates::measure(&network, &train, &dev, made.bayes)?;
    Ok(Run { train, network, rates })
}

/// The lecture's patterns, made with networks whose Bayes error is known.
fn made_patterns() -> Result<Outcome, Error> {
    const SEEDS: u32 = 3;
    let mut outcome = Outcome::new();
    let mut rows = Vec::new();
    let mut all = Vec::new();
    for made in made() {
        let runs = over_seeds(SEEDS, |seed| run(&made, seed))?;
        let rates: Vec<ErrorRates> = runs.iter().map(|run| run.rates).collect();
        let middle = median_rates(made.bayes, &rates)?;
        let mut same = 0;
        for rates in &rates {
            same += usize::from(rates.diagnose(TOLERANCE)? == made.expected);
        }
        rows.push(vec![
            made.name.to_owned(),
            percent(made.bayes, 0),
            percent(middle.train(), 1),
            percent(middle.dev(), 1),
            middle.diagnose(TOLERANCE)?.words().to_owned(),
            format!("{same} of {SEEDS}"),
        ]);
        all.push((middle, runs));
    }
    outcome.table("networks", Table {
        caption: format!("Networks that were built to have the problem. Medians of {SEEDS} seeds; the last column counts the seeds that are diagnosed as intended."),
        header: header(&["network", "Bayes", "training", "dev", "diagnosis", "as intended"]),
        rows,
    });
    let (straight, noisy) = (&all[0], &all[3]);
    bayes_drawn(&mut outcome, &straight.1[0], &noisy.1[0])?;
    bayes_decides(&mut outcome, straight.0, noisy.0)?;
    Ok(outcome)
}

fn both_rates(rates: ErrorRates) -> String {
    format!(
        "{} in training and {} on the dev set",
        percent(rates.train(), 1),
        percent(rates.dev(), 1)
    )
}

fn bayes_drawn(outcome: &mut Outcome, straight: &Run, noisy: &Run) -> Result<(), Error> {
    let svg = Boundary::grid(2)
        .network("no label wrong", &straight.network, &straight.train)
        .network("15 % of labels wrong", &noisy.network, &noisy.train)
        .draw()?;
    outcome.figure(
        "bayes",
        svg,
        format!(
            "Two panels. Left, labels without errors and a straight boundary across the wave: {}. Right, 15 percent of the labels wrong and a boundary that follows the wave: {}.",
            both_rates(straight.rates), both_rates(noisy.rates)
        ),
        "Two networks with nearly the same training and dev error. The left one could do better. The right one could not: its errors are the wrong labels.".to_owned(),
    );
    Ok(())
}

/// The same two error rates with two Bayes errors.
fn bayes_decides(
    outcome: &mut Outcome,
    straight: ErrorRates,
    noisy: ErrorRates,
) -> Result<(), Error> {
    for (name, rates) in [("straight", straight), ("noisy", noisy)] {
        outcome.value(&format!("{name}_train"), Value::percent(rates.train(), 1));
        outcome.value(&format!("{name}_dev"), Value::percent(rates.dev(), 1));
    }
    let (first, second) = (straight.diagnose(TOLERANCE)?, noisy.diagnose(TOLERANCE)?);
    let alike = (straight.train() - noisy.train()).abs() < TOLERANCE
        && (straight.dev() - noisy.dev()).abs() < TOLERANCE;
    outcome.value("counting", Value::fixed(100.0 * standard_error(0.85, 1_500)?, 1));
    outcome.claim("bayes", Claim {
        said_by: LECTURE.to_owned(),
        statement: "Whether 15 % training error is high bias depends on the Bayes error: if that is 15 % too, the same network has low bias.".to_owned(),
        measured: format!(
            "Medians. A straight line on clean labels: {}: {}. A good network on labels of which 15 % are wrong: {}: {}.",
            both_rates(straight), first.words(), both_rates(noisy), second.words()
        ),
        verdict: if alike && first == Diagnosis::HighBias && second == Diagnosis::Neither { Verdict::Holds } else { Verdict::HoldsWithCondition },
        reason: "Here the Bayes error is known because we flipped the labels ourselves. Of real data it is not, and the error of careful people stands in for it: they cannot be better than Bayes.".to_owned(),
    });
    Ok(())
}

/// A linear unit, except in a strip in the middle, where each point is as its nearest neighbor in
/// the training set.
struct Stubborn<'a> {
    unit: Network,
    data: &'a Dataset,
}

impl Stubborn<'_> {
    /// How far the strip goes to either side.
    const STRIP: f64 = 0.2;

    /// The probability of class 1, as it sees it.
    fn probability(&self, x1: f64, x2: f64) -> f64 {
        if x1.abs() < Self::STRIP {
            return self.nearest_label(x1, x2);
        }
        let point = Array2::from_shape_fn((2, 1), |(row, _)| [x1, x2][row]);
        let predicted = self.unit.probabilities(point.view());
        predicted.map_or(f64::NAN, |p| p[(0, 0)])
    }

    fn nearest_label(&self, x1: f64, x2: f64) -> f64 {
        let columns = self.data.x();
        let known = columns.columns().into_iter().zip(self.data.y());
        let apart = known.map(|(x, y)| (libm::hypot(x[0] - x1, x[1] - x2), *y));
        apart.min_by(|a, b| a.0.total_cmp(&b.0)).map_or(f64::NAN, |nearest| nearest.1)
    }

    fn error(&self, data: &Dataset) -> f64 {
        let columns = data.x();
        let wrong = columns.columns().into_iter().zip(data.y()).filter(|(x, y)| {
            let above = self.probability(x[0], x[1]) > 0.5;
            above != (**y == 1.0)
        });
        wrong.count() as f64 / data.examples() as f64
    }
}

/// High bias and high variance at once: drawn, and in many dimensions trained.
fn both_at_once() -> Result<Outcome, Error> {
    const SEEDS: u32 = 5;
    const OTHERS: usize = 28;
    let mut outcome = Outcome::new();
    let train = wave(150, 0.1, 0.0, &mut RandomState::new(2))?;
    let dev = wave(DEV, 0.1, 0.0, &mut RandomState::new(1_002))?;
    let unit = Plan::new(&[2, 1], 2_000).train(&train, 1)?;
    let straight = ErrorRates::measure(&unit, &train, &dev, 0.1)?;
    let stubborn = Stubborn { unit, data: &train };
    let rates = ErrorRates::new(0.1, stubborn.error(&train), stubborn.error(&dev))?;
    let svg = Boundary::grid(1)
        .panel("a line with a memory", &train, |x1, x2| stubborn.probability(x1, x2))
        .draw()?;
    outcome.figure(
        "drawn",
        svg,
        format!(
            "One panel: a straight boundary, and in a strip in the middle, a fifth of the width (0.4 of 2), a jagged one that takes every training point in. Training error {}, dev error {}, Bayes error 10 percent.",
            percent(rates.train(), 1), percent(rates.dev(), 1)
        ),
        "The lecture's picture: a classifier that is mostly linear, and has learned the points in the middle by heart. Outside it misses the wave, inside it believes every wrong label.".to_owned(),
    );
    let runs = over_seeds(SEEDS, |seed| {
        let rng = &mut RandomState::new(seed);
        let train = drowned_wave(150, OTHERS, rng)?;
        let dev = drowned_wave(DEV, OTHERS, rng)?;
        let network = Plan::new(&[2 + OTHERS, 1], 2_000).train(&train, seed)?;
        Ok::<_, Error>(ErrorRates::measure(&network, &train, &dev, 0.0)?)
    })?;
    let high = median_rates(0.0, &runs)?;
    let row = |name: &str, bayes: f64, rates: ErrorRates| {
        Ok::<_, Error>(vec![
            name.to_owned(),
            percent(bayes, 0),
            percent(rates.train(), 1),
            percent(rates.dev(), 1),
            points(rates.avoidable_bias()),
            points(rates.variance()),
            rates.diagnose(TOLERANCE)?.words().to_owned(),
        ])
    };
    outcome.table("rates", Table {
        caption: format!("A straight line, the same with the memory drawn above, and one unit with {} features of which two matter (median of {SEEDS} seeds), each with 150 examples. Bias and variance in points.", 2 + OTHERS),
        header: header(&["classifier", "Bayes", "training", "dev", "avoidable bias", "variance", "diagnosis"]),
        rows: vec![
            row("straight line", 0.1, straight)?,
            row("with a memory", 0.1, rates)?,
            row("one unit, many features", 0.0, high)?,
        ],
    });
    let mut seen = 0;
    for rates in &runs {
        seen += usize::from(rates.diagnose(TOLERANCE)? == Diagnosis::Both);
    }
    let both = high.diagnose(TOLERANCE)? == Diagnosis::Both;
    let drawn = rates.diagnose(TOLERANCE)? == Diagnosis::Both;
    outcome.claim("both", Claim {
        said_by: LECTURE.to_owned(),
        statement: "A classifier can have high bias and high variance at once, mostly linear and overfitted in places. In two dimensions that looks contrived; with very many features it does not.".to_owned(),
        measured: format!(
            "The drawn one has a bias of {} points and a variance of {}. One unit on {} features, of which two matter: training error {}, dev error {} (medians), though the Bayes error is zero; both are high in {seen} of {SEEDS} seeds.",
            points(rates.avoidable_bias()), points(rates.variance()), 2 + OTHERS, percent(high.train(), 1), percent(high.dev(), 1)
        ),
        verdict: match (drawn, both) {
            (true, true) => Verdict::Holds,
            (false, false) => Verdict::DoesNotHold,
            _ => Verdict::HoldsWithCondition,
        },
        reason: "A line cannot follow the wave, however many features it has: bias. But it can use features that mean nothing to get single training points right: variance.".to_owned(),
    });
    outcome.value("features", Value::integer(2 + OTHERS));
    Ok(outcome)
}

/// Diagnoses from few examples.
fn small_sets() -> Result<Outcome, Error> {
    const REDRAWS: u32 = 400;
    let mut outcome = Outcome::new();
    let patterns = [
        ("1/11", Role::Dev, 0.01, 0.11),
        ("15/16", Role::Train, 0.15, 0.16),
        ("15/30", Role::Test, 0.15, 0.30),
        ("0.5/1", Role::Ink, 0.005, 0.01),
    ];
    let sizes = [20_usize, 50, 100, 200, 500, 1_000, 2_000, 5_000];
    let share = |n: usize, train: f64, dev: f64| -> Result<f64, Error> {
        let truth = ErrorRates::new(0.0, train, dev)?.diagnose(TOLERANCE)?;
        let right = over_seeds(REDRAWS, |seed| {
            let rng = &mut RandomState::new(seed);
            let mut counted =
                |rate: f64| (0..n).filter(|_| rng.rand() < rate).count() as f64 / n as f64;
            let rates = ErrorRates::new(0.0, counted(train), counted(dev))?;
            Ok::<_, Error>(f64::from(rates.diagnose(TOLERANCE)? == truth))
        })?;
        Ok(right.iter().sum::<f64>() / f64::from(REDRAWS))
    };
    let mut chart = LineChart::new("n, the examples in each set", "diagnosis right")
        .log_x()
        .percent_y()
        .markers(true);
    let mut ends = Vec::new();
    for (name, role, train, dev) in patterns {
        let line = sizes
            .iter()
            .map(|n| Ok((*n as f64, share(*n, train, dev)?)))
            .collect::<Result<Vec<_>, Error>>()?;
        chart = chart.line(name, role, &line);
        ends.push((name, line[2].1, line[7].1));
    }
    let text: Vec<String> = ends
        .iter()
        .map(|(name, hundred, most)| {
            format!("{name}: {} and {}", percent(*hundred, 0), percent(*most, 0))
        })
        .collect();
    outcome.figure(
        "diagnosis",
        chart.draw()?,
        format!("How often the diagnosis comes out right against the number of examples in each set, logarithmic. With 100 and with 5000 examples, by true training and dev error in percent, {}.", text.join("; ")),
        format!("The lecture's four patterns as true error rates (training/dev, in percent), counted on $`n`$ examples each; a difference above two points is high. Share of {REDRAWS} redraws."),
    );
    outcome.value("bias_hundred", Value::percent(ends[1].1, 0));
    outcome.value("bias_most", Value::percent(ends[1].2, 0));
    Ok(outcome)
}

/// What one width comes to under one penalty.
struct Width {
    units: usize,
    train: Spread,
    dev: Spread,
    variance: Spread,
    /// The dev errors in the seeds' order.
    each: Vec<f64>,
    /// The error of the majority of all training sets' networks, against the true border.
    vote: f64,
    /// How often a network disagrees with that majority.
    disagreement: f64,
}

/// Networks of one width, one for each training set: without a penalty, and with a chosen one.
fn width(units: usize, seeds: u32, dev: &Dataset) -> Result<[Width; 2], Error> {
    let plan = Plan::new(&[2, units, units, 1], 2_000);
    let runs = over_seeds(seeds, |seed| {
        let train = wave(100, 0.1, 0.0, &mut RandomState::new(seed))?;
        let networks = plan.train_regularized(&train, seed)?;
        let [free, held] = networks.map(|network| judged(&network, &train, dev));
        Ok::<_, Error>([free?, held?])
    })?;
    let kind = |which: usize| {
        let runs: Vec<&Judged> = runs.iter().map(|run| &run[which]).collect();
        Width::new(units, &runs, dev)
    };
    Ok([kind(0), kind(1)])
}

/// A network's errors, and the class that it predicts for each example of the dev set.
struct Judged {
    rates: ErrorRates,
    predicted: Vec<f64>,
}

fn judged(network: &Network, train: &Dataset, dev: &Dataset) -> Result<Judged, Error> {
    Ok(Judged {
        rates: ErrorRates::measure(network, train, dev, 0.1)?,
        predicted: network.predict(dev.x())?.into_iter().collect(),
    })
}

impl Width {
    fn new(units: usize, runs: &[&Judged], dev: &Dataset) -> Self {
        let (mut vote, mut disagreement) = (0.0, 0.0);
        for (i, x) in dev.x().columns().into_iter().enumerate() {
            let ones = runs.iter().map(|run| run.predicted[i]).sum::<f64>() / runs.len() as f64;
            vote += f64::from((ones > 0.5) != above(x[0], x[1], 0.0));
            disagreement += ones.min(1.0 - ones);
        }
        let rates =
            |of: fn(ErrorRates) -> f64| Spread::from_iter(runs.iter().map(|run| of(run.rates)));
        Self {
            units,
            train: rates(ErrorRates::train),
            dev: rates(ErrorRates::dev),
            variance: rates(ErrorRates::variance),
            each: runs.iter().map(|run| run.rates.dev()).collect(),
            vote: vote / dev.examples() as f64,
            disagreement: disagreement / dev.examples() as f64,
        }
    }
}

/// Errors against width, with and without a penalty.
fn widths() -> Result<Outcome, Error> {
    const SEEDS: u32 = 11;
    let mut outcome = Outcome::new();
    let dev = wave(DEV, 0.1, 0.0, &mut RandomState::new(999))?;
    let (mut free, mut held) = (Vec::new(), Vec::new());
    for units in [1, 2, 4, 8, 24] {
        let [without, with] = width(units, SEEDS, &dev)?;
        free.push(without);
        held.push(with);
    }
    let kinds = [
        ("free", &free, "Without a penalty"),
        (
            "held",
            &held,
            "With L2, its $`\\lambda`$ chosen for each network on 500 further examples",
        ),
    ];
    for (name, widths, what) in kinds {
        let (svg, alt) = width_chart(widths)?;
        let caption = format!(
            "{what}: networks `[2, n, n, 1]`, a hundred examples of which one in ten is mislabeled. Medians of {SEEDS} training sets and starts, shaded from the lowest to the highest."
        );
        outcome.figure(name, svg, alt, caption);
    }
    voting(&mut outcome, &free, &held, SEEDS)?;
    bigger(&mut outcome, &free, &held);
    Ok(outcome)
}

fn width_chart(widths: &[Width]) -> Result<(Drawing, String), Error> {
    let spreads = |of: fn(&Width) -> &Spread| -> Vec<(f64, Spread)> {
        let all = widths.iter();
        all.map(|w| (w.units as f64, of(w).clone())).collect()
    };
    let (train, dev) = (spreads(|w| &w.train), spreads(|w| &w.dev));
    let svg = LineChart::new("n, units in each hidden layer", "error")
        .log_x()
        .percent_y()
        .y_range(0.0, 0.35)
        .band(Role::Train, &ranges(&train))
        .band(Role::Dev, &ranges(&dev))
        .horizontal("Bayes", 0.1)
        .line("training", Role::Train, &medians(&train))
        .line("dev", Role::Dev, &medians(&dev))
        .draw()?;
    let text = |all: &[(f64, Spread)]| {
        let each = medians(all).into_iter();
        let each = each.map(|(n, error)| format!("{} at {n}", percent(error, 1)));
        each.collect::<Vec<_>>().join(", ")
    };
    let alt = format!(
        "Error against the number of units in each of two hidden layers, logarithmic. Training, medians: {}. Dev: {}. The Bayes error is 10 percent.",
        text(&train),
        text(&dev)
    );
    Ok((svg, alt))
}

/// The statisticians' bias and variance: the majority's error, and the disagreement with it.
fn voting(outcome: &mut Outcome, free: &[Width], held: &[Width], seeds: u32) -> Result<(), Error> {
    let line = |widths: &[Width], of: fn(&Width) -> f64| -> Vec<(f64, f64)> {
        widths.iter().map(|w| (w.units as f64, of(w))).collect()
    };
    let (bias, variance) = (line(free, |w| w.vote), line(free, |w| w.disagreement));
    let held = line(held, |w| w.disagreement);
    let svg = LineChart::new("n, units in each hidden layer", "share of points")
        .log_x()
        .percent_y()
        .markers(true)
        .line("majority wrong", Role::Train, &bias)
        .line("disagree", Role::Dev, &variance)
        .line("disagree, L2", Role::Test, &held)
        .draw()?;
    let last = bias.len() - 1;
    let (place, peak) =
        variance.iter().fold((0.0, 0.0), |most, one| if one.1 > most.1 { *one } else { most });
    outcome.figure(
        "voting",
        svg,
        format!(
            "Against width: the majority of {seeds} networks is wrong on {} of the points at width 1, {} at 4, {} at 24. A network disagrees with the majority on {} at width 1, {} at its peak at width {place}, {} at 24; with L2, {} at 24.",
            percent(bias[0].1, 1), percent(bias[2].1, 1), percent(bias[last].1, 1), percent(variance[0].1, 1), percent(peak, 1), percent(variance[last].1, 1), percent(held[last].1, 1)
        ),
        format!("The terms' older meaning, over {seeds} training sets: how often the networks' majority is on the wrong side of the true border (bias), and how often a network disagrees with it (variance)."),
    );
    let fallen = peak - variance[last].1;
    outcome.claim("tradeoff", Claim {
        said_by: "S. Geman et al. (1992), *Neural networks and the bias/variance dilemma*".to_owned(),
        statement: "As the number of hidden units grows, bias falls and variance rises.".to_owned(),
        measured: format!(
            "Without a penalty, from width 1 over 4 to 24, the majority's error goes from {} over {} to {}, and the disagreement with it from {} over {} to {}; it is largest ({}) at width {place}.",
            percent(bias[0].1, 1), percent(bias[2].1, 1), percent(bias[last].1, 1), percent(variance[0].1, 1), percent(variance[2].1, 1), percent(variance[last].1, 1), percent(peak, 1)
        ),
        verdict: match (bias[last].1 < bias[0].1, fallen < 0.01, fallen > 0.01 && variance[last].1 > variance[0].1) {
            (true, true, _) => Verdict::Holds,
            (true, _, true) => Verdict::HoldsWithCondition,
            _ => Verdict::DoesNotHold,
        },
        reason: format!("More units have more ways through the same hundred points. The rise is not even: at width two, where a network can bend here or there, the disagreement is {} already. A penalty chosen on a dev set takes most of it back: with it the disagreement at width 24 is {}. That it falls again in far wider networks is a finding of Neal et al. (2018), which we did not try.", percent(variance[1].1, 1), percent(held[last].1, 1)),
    });
    Ok(())
}

/// Whether a bigger network lowers the bias and leaves the variance.
fn bigger(outcome: &mut Outcome, free: &[Width], held: &[Width]) {
    let ends = |widths: &[Width]| -> [f64; 6] {
        let (small, last) = (&widths[1], &widths[widths.len() - 1]);
        [
            small.train.median(),
            last.train.median(),
            small.dev.median(),
            last.dev.median(),
            small.variance.median(),
            last.variance.median(),
        ]
    };
    let (loose, tight) = (ends(free), ends(held));
    // The largest network against one that is just large enough, on the same training sets.
    let apart = |widths: &[Width]| -> (f64, f64) {
        let pairs = widths[widths.len() - 1].each.iter().zip(&widths[2].each);
        let all: Vec<f64> = pairs.map(|(large, enough)| large - enough).collect();
        let n = all.len() as f64;
        let mean = all.iter().sum::<f64>() / n;
        let squares: f64 = all.iter().map(|d| (d - mean) * (d - mean)).sum();
        (mean, (squares / (n - 1.0) / n).sqrt())
    };
    let (harm, free_harm) = (apart(held), apart(free));
    let pair = |(mean, error): (f64, f64)| format!("{} ± {}", points(mean), points(error));
    let bias = tight[0] - tight[1] > 0.01;
    let no_harm = harm.0 <= 0.01;
    let gap = tight[5] - tight[4] <= TOLERANCE;
    outcome.claim("bigger", Claim {
        said_by: RECIPE.to_owned(),
        statement: "A bigger network almost always reduces bias without hurting variance much, as long as you regularize properly.".to_owned(),
        measured: format!(
            "With L2, from width 2 to 24: training error {} to {}, dev error {} to {}, dev − train {} to {} points (medians). From width 4, which is just enough, to 24 the dev error of a training set changes by {} points on average (± standard error) with L2, and by {} without.",
            percent(tight[0], 1), percent(tight[1], 1), percent(tight[2], 1), percent(tight[3], 1), points(tight[4]), points(tight[5]), pair(harm), pair(free_harm)
        ),
        verdict: match (bias && no_harm, gap) {
            (true, true) => Verdict::Holds,
            (true, false) => Verdict::HoldsWithCondition,
            (false, _) => Verdict::DoesNotHold,
        },
        reason: "We ask that the last change be at most one point, and that dev − train rise by at most two. The first is so. The second is not: a bigger network gets mislabeled training points right, for which new points hardly pay. Without a penalty they do pay, so the lecture's own condition is needed.".to_owned(),
    });
    outcome.value("held_dev", Value::percent(tight[3], 1));
    outcome.value("free_dev", Value::percent(loose[3], 1));
    outcome.value("free_train", Value::percent(loose[1], 1));
}

/// Learning curves: errors against the number of examples.
fn more_examples() -> Result<Outcome, Error> {
    const SEEDS: u32 = 5;
    const FLIP: f64 = 0.1;
    let mut outcome = Outcome::new();
    let sizes = [25_usize, 50, 100, 200, 400, 800, 1_600];
    let curves = |layers: &[usize], iterations: usize| -> Result<Vec<Vec<ErrorRates>>, Error> {
        let plan = Plan::new(layers, iterations);
        let dev = wave(DEV, FLIP, 0.0, &mut RandomState::new(999))?;
        let at = |m: &usize| {
            over_seeds(SEEDS, |seed| {
                let train = wave(*m, FLIP, 0.0, &mut RandomState::new(seed))?;
                let network = plan.train(&train, seed)?;
                Ok::<_, Error>(ErrorRates::measure(&network, &train, &dev, FLIP)?)
            })
        };
        sizes.iter().map(at).collect()
    };
    let (unit, deep) = (curves(&[2, 1], 500)?, curves(&[2, 8, 8, 1], 1_500)?);
    let captions = [
        ("unit", &unit, "One unit. Its two errors meet early, far above the Bayes error."),
        (
            "deep",
            &deep,
            "Layers `[2, 8, 8, 1]`. The dev error comes down, the training error comes up, and between them is the Bayes error.",
        ),
    ];
    for (name, curve, caption) in captions {
        let (svg, alt) = learning_curve(&sizes, curve)?;
        let caption =
            format!("{caption} Medians of {SEEDS} seeds, shaded from the lowest to the highest.");
        outcome.figure(name, svg, alt, caption);
    }
    let ends = |curve: &[Vec<ErrorRates>], place: usize| median_rates(FLIP, &curve[place]);
    let last = sizes.len() - 1;
    let line = [ends(&unit, 2)?, ends(&unit, last)?];
    let gained = line[0].dev() - line[1].dev();
    outcome.claim("bias", Claim {
        said_by: RECIPE.to_owned(),
        statement: "If the problem is high bias, more training data will not help.".to_owned(),
        measured: format!(
            "One unit, medians: with 100 examples a dev error of {}, with {} of {}. The Bayes error is {}.",
            percent(line[0].dev(), 1), Value::integer(sizes[last]).text, percent(line[1].dev(), 1), percent(FLIP, 0)
        ),
        verdict: if gained < TOLERANCE { Verdict::Holds } else { Verdict::HoldsWithCondition },
        reason: "With few examples even one unit has variance, and that much more data do remove. What is left is a line where a wave is needed.".to_owned(),
    });
    more_data(&mut outcome, &deep, FLIP)?;
    Ok(outcome)
}

fn learning_curve(sizes: &[usize], curve: &[Vec<ErrorRates>]) -> Result<(Drawing, String), Error> {
    let spreads = |of: fn(ErrorRates) -> f64| -> Vec<(f64, Spread)> {
        let pairs = sizes.iter().zip(curve);
        pairs
            .map(|(m, runs)| (*m as f64, Spread::from_iter(runs.iter().map(|run| of(*run)))))
            .collect()
    };
    let (train, dev) = (spreads(ErrorRates::train), spreads(ErrorRates::dev));
    let svg = LineChart::new("m, examples in the training set", "error")
        .log_x()
        .percent_y()
        .y_range(0.0, 0.4)
        .band(Role::Train, &ranges(&train))
        .band(Role::Dev, &ranges(&dev))
        .horizontal("Bayes", 0.1)
        .line("training", Role::Train, &medians(&train))
        .line("dev", Role::Dev, &medians(&dev))
        .draw()?;
    let text = |all: &[(f64, Spread)]| {
        let each = medians(all).into_iter().step_by(2);
        let each = each.map(|(m, error)| format!("{} at {m}", percent(error, 1)));
        each.collect::<Vec<_>>().join(", ")
    };
    let alt = format!(
        "Error against the number of training examples, logarithmic. Training, medians: {}. Dev: {}. The Bayes error is 10 percent.",
        text(&train),
        text(&dev)
    );
    Ok((svg, alt))
}

/// Whether more data lower the variance and leave the bias.
fn more_data(outcome: &mut Outcome, deep: &[Vec<ErrorRates>], bayes: f64) -> Result<(), Error> {
    let all = deep.iter().map(|runs| median_rates(bayes, runs)).collect::<Result<Vec<_>, _>>()?;
    let (first, last) = (all[0], all[all.len() - 1]);
    let falls = all.windows(2).all(|pair| pair[1].dev() <= pair[0].dev() + 0.005);
    let low = last.avoidable_bias() <= TOLERANCE;
    let still = last.train() - first.train() <= TOLERANCE;
    outcome.claim("data", Claim {
        said_by: RECIPE.to_owned(),
        statement: "More data almost always reduce variance and do not hurt bias much.".to_owned(),
        measured: format!(
            "From 25 to 1600 examples dev − train goes from {} to {} points, and the dev error from {} to {}. The training error rises from {} to {}, with a Bayes error of {}.",
            points(first.variance()), points(last.variance()), percent(first.dev(), 1), percent(last.dev(), 1), percent(first.train(), 1), percent(last.train(), 1), percent(bayes, 0)
        ),
        verdict: match (falls && low, still) {
            (true, true) => Verdict::Holds,
            (true, false) => Verdict::HoldsWithCondition,
            (false, _) => Verdict::DoesNotHold,
        },
        reason: "The dev error falls with every doubling. As the lecture counts, train − Bayes, the bias does rise; but it rises from below zero, where the network knew wrong labels by heart. Judge the bias when the variance is small.".to_owned(),
    });
    outcome.value("variance_first", Value::fixed(100.0 * first.variance(), 1));
    outcome.value("variance_last", Value::fixed(100.0 * last.variance(), 1));
    Ok(())
}

/// A situation and one way to change it.
struct Trial {
    remedy: &'static str,
    plan: Plan,
    examples: usize,
    regularized: bool,
}

fn trials(layers: &[usize], bigger: &[usize], examples: usize, steps: usize) -> Vec<Trial> {
    let plan = || Plan::new(layers, steps);
    let trial = |remedy: &'static str, plan, examples| Trial {
        remedy,
        plan,
        examples,
        regularized: remedy == Remedy::Regularization.words(),
    };
    vec![
        trial("as it is", plan(), examples),
        trial(Remedy::BiggerNetwork.words(), Plan::new(bigger, steps), examples),
        trial(Remedy::LongerTraining.words(), Plan::new(layers, 6_000), examples),
        trial(Remedy::MoreData.words(), plan(), 4 * examples),
        trial(Remedy::Regularization.words(), plan(), examples),
    ]
}

/// Each remedy on each problem.
fn recipe() -> Result<Outcome, Error> {
    const SEEDS: u32 = 5;
    const FLIP: f64 = 0.1;
    let mut outcome = Outcome::new();
    let dev = wave(DEV, FLIP, 0.0, &mut RandomState::new(999))?;
    let problems = [
        ("one unit", trials(&[2, 1], &[2, 8, 8, 1], 300, 2_000)),
        ("stopped", trials(&[2, 8, 8, 1], &[2, 16, 16, 1], 300, 50)),
        ("large", trials(&[2, 16, 16, 1], &[2, 24, 24, 1], 100, 2_000)),
    ];
    let mut rows = Vec::new();
    let mut gains: Vec<Vec<f64>> = Vec::new();
    for (name, trials) in problems {
        let mut before: Option<ErrorRates> = None;
        let mut gained = Vec::new();
        for (number, trial) in trials.into_iter().enumerate() {
            let runs = over_seeds(SEEDS, |seed| {
                let train = wave(trial.examples, FLIP, 0.0, &mut RandomState::new(seed))?;
                let network = match trial.regularized {
                    true => trial.plan.train_regularized(&train, seed)?[1].clone(),
                    false => trial.plan.train(&train, seed)?,
                };
                Ok::<_, Error>(ErrorRates::measure(&network, &train, &dev, FLIP)?)
            })?;
            let rates = median_rates(FLIP, &runs)?;
            let start = *before.get_or_insert(rates);
            gained.push(start.dev() - rates.dev());
            rows.push(vec![
                if number == 0 { name } else { "" }.to_owned(),
                trial.remedy.to_owned(),
                percent(rates.train(), 1),
                percent(rates.dev(), 1),
                if number == 0 { String::new() } else { points(gained[number]) },
                rates.diagnose(TOLERANCE)?.words().to_owned(),
            ]);
        }
        gains.push(gained);
    }
    outcome.table("remedies", Table {
        caption: format!("Three networks and four remedies for each. *One unit* and *stopped* (layers `[2, 8, 8, 1]`, after 50 steps instead of 2000) have 300 examples, *large* (`[2, 16, 16, 1]`) has 100. Bigger: `[2, 8, 8, 1]`, `[2, 16, 16, 1]`, `[2, 24, 24, 1]`. Longer: 6000 steps. More data: four times as many. L2: a $`\\lambda`$ chosen on 500 further examples. Medians of {SEEDS} seeds; Bayes error {}.", percent(FLIP, 0)),
        header: header(&["network", "remedy", "training", "dev", "gain in dev", "diagnosis"]),
        rows,
    });
    aimed(&mut outcome, &gains[0], &gains[1], &gains[2]);
    Ok(outcome)
}

/// Whether each remedy helps against its own problem, and against no other.
fn aimed(outcome: &mut Outcome, unit: &[f64], stopped: &[f64], large: &[f64]) {
    let high = |gain: f64| gain > TOLERANCE;
    let all = [unit[1], unit[2], stopped[1], stopped[2], large[3], large[4]].map(high);
    let one_each = (all[0] || all[1]) && (all[2] || all[3]) && (all[4] || all[5]);
    let others = [unit[3], unit[4], stopped[3], stopped[4], large[1], large[2]];
    let none_else = !others.into_iter().any(high);
    let text = |gains: &[f64]| {
        format!(
            "bigger {}, longer {}, more data {}, L2 {}",
            points(gains[1]),
            points(gains[2]),
            points(gains[3]),
            points(gains[4])
        )
    };
    outcome.claim("aimed", Claim {
        said_by: RECIPE.to_owned(),
        statement: "The remedies for bias and for variance are different ones, so find out which you have first: bigger networks and longer training against bias, more data and regularization against variance.".to_owned(),
        measured: format!(
            "Gained in dev error, in points. High bias, one unit: {}. High bias, stopped early: {}. High variance: {}.",
            text(unit), text(stopped), text(large)
        ),
        verdict: match (one_each && none_else, all.into_iter().all(|helps| helps)) {
            (true, true) => Verdict::Holds,
            (true, false) => Verdict::HoldsWithCondition,
            (false, _) => Verdict::DoesNotHold,
        },
        reason: "We call a gain of more than two points help. No remedy helps against the other problem. The condition: of two remedies for bias the right one depends on its cause. One unit has found the one minimum of its cost, and more steps do not move it; the network that was stopped needs no more units.".to_owned(),
    });
}

/// The lecture's flow chart, from the library's own remedies.
fn flow_chart() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let words = |diagnosis: Diagnosis| -> Vec<&'static str> {
        let remedies = diagnosis.remedies().iter();
        remedies.map(|remedy| remedy.words()).collect()
    };
    let (bias, variance) = (words(Diagnosis::HighBias), words(Diagnosis::HighVariance));
    let svg = FlowChart::new("done")
        .question(Role::Train, &["high bias?", "training error", "far above Bayes error"], &bias)
        .question(
            Role::Dev,
            &["high variance?", "dev error", "far above training error"],
            &variance,
        )
        .draw()?;
    outcome.figure(
        "recipe",
        svg,
        format!(
            "A flow chart with 2 questions. First: high bias, is the training error far above the Bayes error? If yes: {}; then ask again. If no: high variance, is the dev error far above the training error? If yes: {}; then begin again. If no: done.",
            bias.join(", "), variance.join(", ")
        ),
        "The basic recipe. After every change both questions are asked again, bias first.".to_owned(),
    );
    Ok(outcome)
}

/// A dev set from elsewhere, which looks like variance.
fn elsewhere() -> Result<Outcome, Error> {
    const SEEDS: u32 = 5;
    let mut outcome = Outcome::new();
    let plan = Plan::new(&[2, 8, 8, 1], 2_000);
    let mut rows = Vec::new();
    for (name, phase) in [("the same place", 0.0), ("elsewhere", 0.8)] {
        let mut cells = vec![name.to_owned()];
        for examples in [100, 400] {
            let runs = over_seeds(SEEDS, |seed| {
                let rng = &mut RandomState::new(seed);
                let train = wave(examples, 0.0, 0.0, rng)?;
                let dev = wave(DEV, 0.0, phase, rng)?;
                let network = plan.train(&train, seed)?;
                Ok::<_, Error>(ErrorRates::measure(&network, &train, &dev, 0.0)?)
            })?;
            let rates = median_rates(0.0, &runs)?;
            cells.push(percent(rates.train(), 1));
            cells.push(percent(rates.dev(), 1));
        }
        rows.push(cells);
    }
    outcome.table("dev_set", Table {
        caption: format!("A dev set from where the training set is from, and one whose wave is moved. Medians of {SEEDS} seeds."),
        header: header(&["dev set from", "training, 100 examples", "dev", "training, 400 examples", "dev, 400"]),
        rows,
    });
    Ok(outcome)
}
