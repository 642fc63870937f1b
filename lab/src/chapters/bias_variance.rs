//! Bias and variance, and the basic recipe: every run, number, figure and claim of the chapter.

use figures::format::{percent, plain, points};
use figures::{Boundary, Drawing, FigureError, FlowChart, LineChart, Role};
use minijinja::context;
use ndarray::Array2;
use serde::Serialize;
use trainable::data::wave::above;
use trainable::prelude::*;

use crate::by_setting::BySetting;
use crate::error::Error;
use crate::experiment::experiments;
use crate::judge::claim::judged;
use crate::outcome::{Outcome, Table};
use crate::report::texts;
use crate::spread::{Spread, Sweep, medians, over_seeds, ranges};

mod claims;

use claims::{
    CHOOSING, DEV, ENOUGH, FEATURES, FEW, FEW_STEPS, FEWEST_STEPS, FLIP, MANY_STEPS, MISLABELED,
    NARROW, NOISY, PATTERNS, Pair, Pattern, Plan, RATE, Rates, SHOWN, SOME, STEPS, STRONG, TIMES,
    TOLERANCE, WEAK, WIDEST, drowned, sample,
};

judged!(
    include_str!("bias_variance/claims.toml"),
    [
        RATE, FEWEST_STEPS, FEW_STEPS, STEPS, MANY_STEPS, WEAK, STRONG, CHOOSING, ENOUGH, FEATURES,
        FEW, FLIP, MISLABELED, NOISY, SHOWN, SOME, TIMES, TOLERANCE, WIDEST
    ]
);

experiments![
    fits, lecture_patterns, made_patterns, both_at_once, small_sets, widths, more_examples, recipe,
    flow_chart, elsewhere
];

texts!(
    include_str!("bias_variance.toml"),
    [
        TOLERANCE, FLIP, SEEDS, FEW, SHOWN, SMOOTH, WIDE, MISLABELED, BUILT_SEEDS, FEATURES, STRIP,
        REDRAWS, CHOOSING, MOST, TRAINING_SETS, ENOUGH, WIDEST, FEWEST, MANY, LONG, TIMES
    ]
);

/// Seeds of data and weights.
const SEEDS: u32 = 5;

/// The dev set of most experiments.
fn dev_set() -> Result<Dataset, Error> {
    sample(DEV, 999)
}

/// Units of a hidden layer that are about right for the wave, and too many.
const SMOOTH: usize = 16;
const WIDE: usize = 24;

/// The training set that figures show, and its dev set.
fn shown() -> Result<(Dataset, Dataset), Error> {
    Ok((sample(SHOWN, 2)?, sample(DEV, 1_002)?))
}

/// Too simple, just right, too flexible, on the same points.
fn fits() -> Result<Outcome, Error> {
    let (train, dev) = shown()?;
    let fit = |plan: Plan| -> Result<(Network, Rates), Error> {
        let network = plan.train(&train, 3)?;
        let rates = Rates::of(&network, &train, &dev, FLIP)?;
        Ok((network, rates))
    };
    let (straight, under) = fit(Plan::new(&[2, 1], 2_000))?;
    let (smooth, right) = fit(Plan::new(&[2, SMOOTH, 1], 5_000).penalized(0.1))?;
    let (jagged, over) = fit(Plan::new(&[2, WIDE, WIDE, 1], 8_000))?;
    let drawing = Boundary::grid(3)
        .network("underfitting", &straight, &train)
        .network("about right", &smooth, &train)
        .network("overfitting", &jagged, &train)
        .draw();
    report("fits", context! { under, right, over }).figure("boundary", drawing).outcome()
}

/// The lecture's table, run through the library.
fn lecture_patterns() -> Result<Outcome, Error> {
    let mut rows = Vec::new();
    for pattern in &PATTERNS {
        rows.push((pattern, Rates::new(pattern.bayes, pattern.train, pattern.dev)?));
    }
    let table = Table::of(&rows)
        .column("Bayes", |(_, rates)| percent(rates.bayes, 0))
        .column("training", |(_, rates)| percent(rates.train, 1))
        .column("dev", |(_, rates)| percent(rates.dev, 1))
        .column("avoidable bias", |(_, rates)| points(rates.bias, 1))
        .column("variance", |(_, rates)| points(rates.variance, 1))
        .column("the lecture", |(pattern, _)| pattern.lecture.words().to_owned())
        .column("diagnose", |(_, rates)| rates.diagnosis.words().to_owned());
    report("lecture_patterns", ()).table("readings", table).outcome()
}

const BUILT_SEEDS: u32 = 9;

fn labels_wrong(share: f64) -> String {
    format!("{} % of labels wrong", plain(100.0 * share))
}

/// The lecture's patterns, made with networks whose Bayes error is known.
fn made_patterns() -> Result<Outcome, Error> {
    let eight = Plan::new(&[2, 8, 8, 1], 2_000);
    let straight = Built::measure(Plan::new(&[2, 1], 1_000), 1_000, 0.0, Diagnosis::HighBias)?;
    let large = Plan::new(&[2, 16, 16, 1], 2_000);
    let large = Built::measure(large, 50, 0.0, Diagnosis::HighVariance)?;
    let clean = Built::measure(eight.clone(), NOISY, 0.0, Diagnosis::Neither)?;
    let noisy = Built::measure(eight, NOISY, MISLABELED, Diagnosis::Neither)?;
    let all = [&straight, &large, &clean, &noisy];
    let table = Table::of(&all)
        .column("network", |built| built.name.clone())
        .column("Bayes", |built| percent(built.medians.bayes, 0))
        .column("training", |built| percent(built.medians.train, 1))
        .column("dev", |built| percent(built.medians.dev, 1))
        .column("diagnosis", |built| built.medians.diagnosis.words().to_owned())
        .column("as intended", |built| format!("{} of {BUILT_SEEDS}", built.intended));
    let drawing = Boundary::grid(2)
        .network("no label wrong", &straight.network, &straight.train)
        .network(&labels_wrong(MISLABELED), &noisy.network, &noisy.train)
        .draw();
    let counting = standard_error(1.0 - MISLABELED, noisy.examples)?;
    report("made_patterns", context! { straight, noisy, counting })
        .table("networks", table)
        .figure("bayes", drawing)
        .outcome()
}

/// Networks that were built to have a problem, or none.
#[derive(Serialize)]
struct Built {
    name: String,
    examples: usize,
    medians: Rates,
    /// How many seeds are diagnosed as intended.
    intended: usize,
    /// The first seed's data, network and errors.
    #[serde(skip)]
    train: Dataset,
    #[serde(skip)]
    network: Network,
    first: Rates,
}

impl Built {
    fn measure(
        plan: Plan,
        examples: usize,
        bayes: f64,
        intended: Diagnosis,
    ) -> Result<Self, Error> {
        let mut runs = over_seeds(BUILT_SEEDS, |seed| -> Result<_, Error> {
            let rng = &mut RandomState::new(seed);
            let dev = wave(DEV, bayes, 0.0, rng)?;
            let train = wave(examples, bayes, 0.0, rng)?;
            let network = plan.train(&train, seed)?;
            let rates = Rates::of(&network, &train, &dev, bayes)?;
            Ok((train, network, rates))
        })?;
        let rates: Vec<Rates> = runs.iter().map(|(.., rates)| *rates).collect();
        let (train, network, first) = runs.swap_remove(0);
        let mut name = match plan.layers[..] {
            [_, units, _, _] => format!("two layers of {units}, {examples} examples"),
            _ => format!("one unit, {examples} examples"),
        };
        if bayes > 0.0 {
            name += &format!(", {}", labels_wrong(bayes));
        }
        Ok(Self {
            name,
            examples,
            medians: Rates::medians(bayes, &rates)?,
            intended: rates.iter().filter(|rates| rates.diagnosis == intended).count(),
            train,
            network,
            first,
        })
    }
}

/// A linear unit, except in a strip in the middle, where each point is as its nearest neighbor in
/// the training set.
struct Stubborn<'a> {
    unit: Network,
    data: &'a Dataset,
}

/// How far the strip goes to either side.
const STRIP: f64 = 0.2;

impl Stubborn<'_> {
    /// The probability of class 1, as it sees it.
    fn probability(&self, x1: f64, x2: f64) -> f64 {
        if x1.abs() < STRIP {
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
    let (train, dev) = shown()?;
    let unit = Plan::new(&[2, 1], 2_000).train(&train, 1)?;
    let straight = Rates::of(&unit, &train, &dev, FLIP)?;
    let stubborn = Stubborn { unit, data: &train };
    let drawn = Rates::new(FLIP, stubborn.error(&train), stubborn.error(&dev))?;
    let drawing = Boundary::grid(1)
        .panel("a line with a memory", &train, |x1, x2| stubborn.probability(x1, x2))
        .draw();
    let runs = over_seeds(SEEDS, drowned)?;
    let trained = Rates::medians(0.0, &runs)?;
    let rows = [
        ("straight line", straight),
        ("with a memory", drawn),
        ("one unit, many features", trained),
    ];
    let table = Table::of(&rows)
        .column("classifier", |(name, _)| (*name).to_owned())
        .column("Bayes", |(_, rates)| percent(rates.bayes, 0))
        .column("training", |(_, rates)| percent(rates.train, 1))
        .column("dev", |(_, rates)| percent(rates.dev, 1))
        .column("avoidable bias", |(_, rates)| points(rates.bias, 1))
        .column("variance", |(_, rates)| points(rates.variance, 1))
        .column("diagnosis", |(_, rates)| rates.diagnosis.words().to_owned());
    report("both_at_once", context! { drawn })
        .figure("drawn", drawing)
        .table("rates", table)
        .outcome()
}

const REDRAWS: u32 = 400;
/// The most examples that a diagnosis is made from.
const MOST: usize = 5_000;

/// Diagnoses from few examples.
fn small_sets() -> Result<Outcome, Error> {
    let clean = PATTERNS.iter().filter(|pattern| pattern.bayes == 0.0);
    let counted = clean.map(Counted::measure).collect::<Result<Vec<_>, Error>>()?;
    let chart = LineChart::new("n, the examples in each set", "diagnosis right")
        .log_x()
        .percent_y()
        .markers(true);
    let chart = counted.iter().fold(chart, |chart, Counted { name, lecture, right }| {
        let role = match lecture {
            Diagnosis::HighVariance => Role::Dev,
            Diagnosis::HighBias => Role::Train,
            Diagnosis::Both => Role::Test,
            Diagnosis::Neither => Role::Ink,
        };
        chart.line(name, role, &right.line(|right| *right))
    });
    let bias = counted.iter().find(|pattern| pattern.lecture == Diagnosis::HighBias);
    report("small_sets", context! { counted, bias }).figure("diagnosis", chart.draw()).outcome()
}

/// How often a pattern is read rightly, by the number of examples that it is counted on.
#[derive(Serialize)]
struct Counted {
    name: String,
    #[serde(skip)]
    lecture: Diagnosis,
    right: BySetting<f64>,
}

impl Counted {
    fn measure(pattern: &Pattern) -> Result<Self, Error> {
        let sizes = [20, 50, FEW, 200, 500, 1_000, 2_000, MOST];
        let right = BySetting::find(&sizes, |n| {
            let right = over_seeds(REDRAWS, |seed| -> Result<f64, Error> {
                let rng = &mut RandomState::new(seed);
                let mut counted =
                    |rate: f64| (0..n).filter(|_| rng.rand() < rate).count() as f64 / n as f64;
                let (train, dev) = (counted(pattern.train), counted(pattern.dev));
                let diagnosis = Rates::new(pattern.bayes, train, dev)?.diagnosis;
                Ok(f64::from(diagnosis == pattern.lecture))
            })?;
            Ok(Spread::new(right).mean())
        })?;
        Ok(Self { name: pattern.name(), lecture: pattern.lecture, right })
    }
}

/// The errors of several runs.
#[derive(Serialize)]
struct Errors {
    train: Spread,
    dev: Spread,
    medians: Rates,
}

impl Errors {
    fn of(runs: &[Rates]) -> Result<Self, Error> {
        let spread = |rate: fn(&Rates) -> f64| Spread::of(runs, rate);
        let (train, dev) = (spread(|run| run.train), spread(|run| run.dev));
        let medians = Rates::medians(FLIP, runs)?;
        Ok(Self { train, dev, medians })
    }
}

/// Training and dev error against a setting, up to an error of `most`.
fn error_chart(
    label: &str,
    most: f64,
    train: &[(f64, Spread)],
    dev: &[(f64, Spread)],
) -> Result<Drawing, FigureError> {
    LineChart::new(label, "error")
        .log_x()
        .percent_y()
        .y_range(0.0, most)
        .band(Role::Train, &ranges(train))
        .band(Role::Dev, &ranges(dev))
        .horizontal("Bayes", FLIP)
        .line("training", Role::Train, &medians(train))
        .line("dev", Role::Dev, &medians(dev))
        .draw()
}

/// Training sets of the sweep over widths.
const TRAINING_SETS: u32 = 11;
const UNITS: &str = "n, units in each hidden layer";
const WIDTHS: [usize; 5] = [1, NARROW, ENOUGH, 8, WIDEST];

/// Errors against width, with and without a penalty.
fn widths() -> Result<Outcome, Error> {
    let found = Widths::measure()?;
    let (free, held) = (&found.free, &found.held);
    let voting = LineChart::new(UNITS, "share of points")
        .log_x()
        .percent_y()
        .markers(true)
        .line("majority wrong", Role::Train, &free.at.line(|width| width.vote))
        .line("disagree", Role::Dev, &free.at.line(|width| width.disagreement))
        .line("disagree, L2", Role::Test, &held.at.line(|width| width.disagreement))
        .draw();
    report("widths", &found)
        .figure("free", free.chart())
        .figure("held", held.chart())
        .figure("voting", voting)
        .outcome()
}

/// A network's errors, and the class that it predicts for each example of the dev set.
struct Judged {
    rates: Rates,
    predicted: Vec<f64>,
}

/// Networks of several widths.
#[derive(Serialize)]
struct Widths {
    at: BySetting<Width>,
    /// Where the networks disagree most.
    peak: usize,
}

/// What one width comes to.
#[derive(Serialize)]
struct Width {
    errors: Errors,
    /// The error of the majority of all training sets' networks, against the true border.
    vote: f64,
    /// How often a network disagrees with that majority.
    disagreement: f64,
}

impl Width {
    fn of(runs: &[&Judged], dev: &Dataset) -> Result<Self, Error> {
        let (mut vote, mut disagreement) = (0.0, 0.0);
        for (i, x) in dev.x().columns().into_iter().enumerate() {
            let ones = runs.iter().map(|run| run.predicted[i]).sum::<f64>() / runs.len() as f64;
            vote += f64::from((ones > 0.5) != above(x[0], x[1], 0.0));
            disagreement += ones.min(1.0 - ones);
        }
        let rates: Vec<Rates> = runs.iter().map(|run| run.rates).collect();
        let points = dev.examples() as f64;
        let (vote, disagreement) = (vote / points, disagreement / points);
        Ok(Self { errors: Errors::of(&rates)?, vote, disagreement })
    }
}

impl Widths {
    fn measure() -> Result<Pair<Self>, Error> {
        let dev = dev_set()?;
        let draw = |seed| sample(FEW, seed);
        let sweep = Sweep::run(&WIDTHS, TRAINING_SETS, draw, |train, units, seed| {
            let networks = Plan::new(&[2, *units, *units, 1], 2_000).train_pair(train, seed)?;
            let judged = |network: &Network| -> Result<Judged, Error> {
                let predicted = network.predict(dev.x())?.into_iter().collect();
                Ok(Judged { rates: Rates::of(network, train, &dev, FLIP)?, predicted })
            };
            Ok(Pair { free: judged(&networks.free)?, held: judged(&networks.held)? })
        })?;
        let free = Self::of(&sweep, |pair| &pair.free, &dev)?;
        Ok(Pair { free, held: Self::of(&sweep, |pair| &pair.held, &dev)? })
    }

    fn of(
        sweep: &Sweep<usize, Pair<Judged>>,
        kind: fn(&Pair<Judged>) -> &Judged,
        dev: &Dataset,
    ) -> Result<Self, Error> {
        let at = BySetting::find(&WIDTHS, |units| {
            let runs: Vec<&Judged> = sweep.at(&units)?.iter().map(kind).collect();
            Width::of(&runs, dev)
        })?;
        let (peak, _) = at.iter().fold((0, 0.0), |most, (units, width)| {
            if width.disagreement > most.1 { (units, width.disagreement) } else { most }
        });
        Ok(Self { at, peak })
    }

    fn chart(&self) -> Result<Drawing, FigureError> {
        let train = self.at.spreads(|width| &width.errors.train);
        error_chart(UNITS, 0.35, &train, &self.at.spreads(|width| &width.errors.dev))
    }
}

/// Learning curves: errors against the number of examples.
fn more_examples() -> Result<Outcome, Error> {
    let layers = [2, 8, 8, 1];
    let (unit, deep) = (curve(&Plan::new(&[2, 1], 500))?, curve(&Plan::new(&layers, 1_500))?);
    let chart = |curve: &BySetting<Errors>| {
        let train = curve.spreads(|errors| &errors.train);
        let dev = curve.spreads(|errors| &errors.dev);
        error_chart("m, examples in the training set", 0.4, &train, &dev)
    };
    report("more_examples", context! { unit, deep, layers })
        .figure("unit", chart(&unit))
        .figure("deep", chart(&deep))
        .outcome()
}

/// The fewest and the most examples of learning curves.
const FEWEST: usize = 25;
const MANY: usize = 1_600;

/// A network's errors by the number of its training examples.
fn curve(plan: &Plan) -> Result<BySetting<Errors>, Error> {
    let dev = dev_set()?;
    BySetting::find(&[FEWEST, 50, FEW, 200, 400, 800, MANY], |m| {
        let runs = over_seeds(SEEDS, |seed| {
            let train = sample(m, seed)?;
            Rates::of(&plan.train(&train, seed)?, &train, &dev, FLIP)
        })?;
        Errors::of(&runs)
    })
}

/// The steps of a training that lasts longer.
const LONG: usize = 6_000;

/// Each remedy on each problem.
fn recipe() -> Result<Outcome, Error> {
    let unit = Problem::measure("one unit", &[2, 1], &[2, 8, 8, 1], 300, 2_000)?;
    let stopped = Problem::measure("stopped", &[2, 8, 8, 1], &[2, 16, 16, 1], 300, 50)?;
    let large = Problem::measure("large", &[2, 16, 16, 1], &[2, 24, 24, 1], FEW, 2_000)?;
    let rows: Vec<&Tried> = [&unit, &stopped, &large].iter().flat_map(|one| one.rows()).collect();
    let table = Table::of(&rows)
        .column("network", |row| row.problem.to_owned())
        .column("remedy", |row| row.remedy.to_owned())
        .column("training", |row| percent(row.rates.train, 1))
        .column("dev", |row| percent(row.rates.dev, 1))
        .column("gain in dev", |row| row.gain.map_or_else(String::new, |gain| points(gain, 1)))
        .column("diagnosis", |row| row.rates.diagnosis.words().to_owned());
    report("recipe", context! { unit, stopped, large }).table("remedies", table).outcome()
}

/// A network with a problem, and its errors as it is and with each remedy.
#[derive(Serialize)]
struct Problem {
    layers: &'static [usize],
    larger: &'static [usize],
    examples: usize,
    iterations: usize,
    before: Tried,
    bigger: Tried,
    longer: Tried,
    data: Tried,
    l2: Tried,
}

/// A row of the table: median errors, and what a remedy gains in dev error.
#[derive(Serialize)]
struct Tried {
    problem: &'static str,
    remedy: &'static str,
    rates: Rates,
    gain: Option<f64>,
}

impl Problem {
    fn measure(
        problem: &'static str,
        layers: &'static [usize],
        larger: &'static [usize],
        examples: usize,
        iterations: usize,
    ) -> Result<Self, Error> {
        let dev = dev_set()?;
        let rates = |remedy: Option<Remedy>| -> Result<Rates, Error> {
            let is = |one| remedy == Some(one);
            let layers = if is(Remedy::BiggerNetwork) { larger } else { layers };
            let iterations = if is(Remedy::LongerTraining) { LONG } else { iterations };
            let examples = if is(Remedy::MoreData) { TIMES * examples } else { examples };
            let plan = Plan::new(layers, iterations);
            let runs = over_seeds(SEEDS, |seed| -> Result<Rates, Error> {
                let train = sample(examples, seed)?;
                let network = match is(Remedy::Regularization) {
                    true => plan.train_pair(&train, seed)?.held,
                    false => plan.train(&train, seed)?,
                };
                Rates::of(&network, &train, &dev, FLIP)
            })?;
            Rates::medians(FLIP, &runs)
        };
        let before = rates(None)?;
        let tried = |remedy: Remedy| -> Result<Tried, Error> {
            let rates = rates(Some(remedy))?;
            let gain = Some(before.dev - rates.dev);
            Ok(Tried { problem: "", remedy: remedy.words(), rates, gain })
        };
        Ok(Self {
            layers,
            larger,
            examples,
            iterations,
            before: Tried { problem, remedy: "as it is", rates: before, gain: None },
            bigger: tried(Remedy::BiggerNetwork)?,
            longer: tried(Remedy::LongerTraining)?,
            data: tried(Remedy::MoreData)?,
            l2: tried(Remedy::Regularization)?,
        })
    }

    fn rows(&self) -> [&Tried; 5] {
        [&self.before, &self.bigger, &self.longer, &self.data, &self.l2]
    }
}

/// The lecture's flow chart, from the library's own remedies.
fn flow_chart() -> Result<Outcome, Error> {
    let words = |diagnosis: Diagnosis| -> Vec<&'static str> {
        let remedies = diagnosis.remedies().iter();
        remedies.map(|remedy| remedy.words()).collect()
    };
    let (bias, variance) = (words(Diagnosis::HighBias), words(Diagnosis::HighVariance));
    let far_above_bayes = ["high bias?", "training error", "far above Bayes error"];
    let far_above_training = ["high variance?", "dev error", "far above training error"];
    let drawing = FlowChart::new("done")
        .question(Role::Train, &far_above_bayes, &bias)
        .question(Role::Dev, &far_above_training, &variance)
        .draw();
    let found = context! { bias => bias.join(", "), variance => variance.join(", ") };
    report("flow_chart", found).figure("recipe", drawing).outcome()
}

/// A dev set from elsewhere, which looks like variance.
fn elsewhere() -> Result<Outcome, Error> {
    let many = 4 * FEW;
    let plan = Plan::new(&[2, 8, 8, 1], 2_000);
    let medians = |phase: f64, examples: usize| {
        let runs = over_seeds(SEEDS, |seed| -> Result<Rates, Error> {
            let rng = &mut RandomState::new(seed);
            let train = wave(examples, 0.0, 0.0, rng)?;
            let dev = wave(DEV, 0.0, phase, rng)?;
            Rates::of(&plan.train(&train, seed)?, &train, &dev, 0.0)
        })?;
        Rates::medians(0.0, &runs)
    };
    let mut rows = Vec::new();
    for (name, phase) in [("the same place", 0.0), ("elsewhere", 0.8)] {
        rows.push((name, medians(phase, FEW)?, medians(phase, many)?));
    }
    let table = Table::of(&rows)
        .column("dev set from", |(name, ..)| (*name).to_owned())
        .column(&format!("training, {FEW} examples"), |(_, few, _)| percent(few.train, 1))
        .column("dev", |(_, few, _)| percent(few.dev, 1))
        .column(&format!("training, {many} examples"), |(.., many)| percent(many.train, 1))
        .column(&format!("dev, {many}"), |(.., many)| percent(many.dev, 1));
    report("elsewhere", ()).table("dev_set", table).outcome()
}
