//! Train, dev and test sets: every run, number, figure and claim of its chapter.

use std::cell::RefCell;
use std::cmp::Ordering;

use figures::format::{grouped, integer, percent, plain, words};
use figures::{Boundary, DotPlot, LineChart, Role};
use minijinja::context;
use serde::Serialize;
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
    CANDIDATES, CHOSEN_ON, COUNTED, FEW, GUESSERS, PLENTY, SET, TRIED_POINTS, TRIED_STEPS,
    TRIED_UNITS,
};
use claims::{
    COLLECTED, FLIPS, LEAD, LESS_TURN, MORE_TURN, NOISE, PICKED, Peeking, Right, SENT, TURN,
    behind, border, bound, drift, learned, noise, trained, turned,
};

judged!(
    include_str!("split/claims.toml"),
    [
        TRIED_POINTS, TRIED_STEPS, TRIED_UNITS, CANDIDATES, CHOSEN_ON, COUNTED, FEW, FLIPS,
        GUESSERS, LEAD, PICKED, PLENTY, SET, TURN
    ]
);

experiments![coin_flips, redraws, portions, better_of_two, drifted, best_of_many, copies, peeking];

texts!(
    include_str!("split.toml"),
    [
        FLIPS, COIN_REDRAWS, FEW_COINS, MORE_COINS, COINS, REDRAWS, DUELS, ACCURACY, SMALLEST,
        SMALL, MIDDLE, LARGE, POOL, SEEDS, TURN, LESS_TURN, MORE_TURN, COLLECTED, SENT, DRIFTS,
        PAIR, SEVERAL, NETWORKS, TRAINING_SETS, TIMES, PICKED, SPLITS
    ]
);

/// Seeds of data and weights.
const SEEDS: u32 = 7;
/// Fresh sets that accuracies are counted on, for each size.
const REDRAWS: u32 = 200;
/// Sizes of data sets that texts compare.
const SMALLEST: usize = 10;
const SMALL: usize = 100;
const MIDDLE: usize = 1_000;
const LARGE: usize = 10_000;
/// Points that stand for all there are.
const POOL: usize = 20_000;

/// Which examples a network gets right: 1 or 0 for each.
fn right(network: &Network, data: &Dataset) -> Result<Vec<u8>, Error> {
    let predicted = network.predict(data.x())?;
    let pairs = predicted.iter().zip(data.y());
    Ok(pairs.map(|(p, y)| u8::from(p == y)).collect())
}

/// A random index below `n`.
fn index(n: usize, rng: &mut RandomState) -> usize {
    ((rng.rand() * n as f64) as usize).min(n - 1)
}

/// The mean of the largest of k independent standard normal numbers: ∫ z d(Φ(z)ᵏ), by steps.
fn expected_maximum(k: usize) -> f64 {
    let cumulative = |z: f64| 0.5 * libm::erfc(-z / std::f64::consts::SQRT_2);
    let power = |z: f64| libm::pow(cumulative(z), k as f64);
    let (low, high, steps) = (-6.0, 7.0, 2_000_u32);
    let step = (high - low) / f64::from(steps);
    let at = |n: u32| low + step * f64::from(n);
    (0..steps).map(|n| (at(n) + step / 2.0) * (power(at(n + 1)) - power(at(n)))).sum()
}

/// The best of k networks on a dev set: its accuracy there, and elsewhere.
struct Best {
    k: usize,
    dev: f64,
    truth: f64,
}

/// The best of k networks, over many redraws.
#[derive(Serialize)]
struct Chosen {
    dev: Spread,
    truth: Spread,
    /// By how much the dev set says too much, on average.
    optimism: f64,
    /// By how many standard errors the best of k exceeds the truth at most, and on average, if they
    /// are independent.
    most: f64,
    expected: f64,
}

impl Chosen {
    fn by_k(ks: &[usize], redraws: &[Vec<Best>]) -> Result<BySetting<Self>, Error> {
        BySetting::find(ks, |k| {
            let each = || redraws.iter().flatten().filter(|best| best.k == k);
            let dev: Spread = each().map(|best| best.dev).collect();
            let truth: Spread = each().map(|best| best.truth).collect();
            let optimism = dev.mean() - truth.mean();
            Ok(Self { dev, truth, optimism, most: bound(k), expected: expected_maximum(k) })
        })
    }

    /// Where nine in ten of the redraws are on the dev set.
    fn nine_in_ten(&self) -> (f64, f64) {
        let dev = self.dev.values();
        let outside = dev.len() / 20;
        (dev[outside], dev[dev.len() - 1 - outside])
    }
}

/// The axis of figures that have the best of k.
const CHOICES: &str = "k, the number of networks to choose from";

/// Redraws of the dev set of coin flips.
const COIN_REDRAWS: u32 = 100;
/// How many networks to choose from there, the most last.
const FEW_COINS: usize = 10;
const MORE_COINS: usize = 100;
const COINS: usize = 1_000;

/// The best of k networks that have learned nothing, on labels that cannot be learned.
fn coin_flips() -> Result<Outcome, Error> {
    let counts = [1, 2, 5, FEW_COINS, 20, 50, MORE_COINS, 200, 500, COINS];
    let redraws = over_seeds(COIN_REDRAWS, |seed| best_of_noise(&counts, seed))?;
    let best = Chosen::by_k(&counts, &redraws)?;
    let error = standard_error(0.5, FLIPS)?;
    let bound = |chosen: &Chosen| 0.5 + error * chosen.most;
    let band = best.iter().map(|(k, chosen)| {
        let (low, high) = chosen.nine_in_ten();
        (k as f64, low, high)
    });
    let drawing = LineChart::new(CHOICES, "accuracy")
        .log_x()
        .percent_y()
        .band(Role::Dev, &band.collect::<Vec<_>>())
        .line("chosen, dev", Role::Dev, &best.line(|chosen| chosen.dev.mean()))
        .line("chosen, new", Role::Test, &best.line(|chosen| chosen.truth.mean()))
        .dashed("½ + σ√(2 ln k)", Role::Ink, &best.line(bound))
        .draw();
    report("coin_flips", context! { best, error }).figure("best", drawing).outcome()
}

/// For each number of candidates: the best on the dev set, and how it does elsewhere.
fn best_of_noise(counts: &[usize], seed: u32) -> Result<Vec<Best>, Error> {
    let rng = &mut RandomState::new(seed);
    let (dev, test) = (noise(20, FLIPS, rng)?, noise(20, 1_000, rng)?);
    let last = counts.last().copied().unwrap_or_default();
    let mut best: Option<(f64, Network)> = None;
    let mut found = Vec::new();
    for k in 1..=last {
        let model = Network::new(&[20, 1], Initialization::Gaussian(1.0), rng)?;
        let accuracy = model.accuracy(&dev)?;
        if best.as_ref().is_none_or(|(most, _)| accuracy > *most) {
            best = Some((accuracy, model));
        }
        if let (true, Some((accuracy, model))) = (counts.contains(&k), &best) {
            found.push(Best { k, dev: *accuracy, truth: model.accuracy(&test)? });
        }
    }
    Ok(found)
}

/// Sizes of the sets that are counted on.
const SIZES: [usize; 7] = [SMALLEST, 30, SMALL, 300, MIDDLE, 3_000, LARGE];

/// One network on many test sets.
fn redraws() -> Result<Outcome, Error> {
    let network = learned(&football(1_000, NOISE, &mut RandomState::new(1))?, 1)?;
    let draws = |seed| Ok(RefCell::new(RandomState::new(1_000 + seed)));
    let sweep = Sweep::run(&SIZES, REDRAWS, draws, |rng, n, _| {
        Ok(network.accuracy(&football(*n, NOISE, &mut *rng.borrow_mut())?)?)
    })?;
    let counted = |n: usize| Ok(Spread::of(sweep.at(&n)?, |accuracy| *accuracy));
    let counted = BySetting::find(&SIZES, counted)?;
    let p = counted.at(LARGE)?.mean();
    let formula = BySetting::find(&SIZES, |n| Ok(standard_error(p, n)?))?;
    let drawing =
        LineChart::new("n, the examples in the set", "standard deviation of the accuracy")
            .log_x()
            .log_y()
            .markers(true)
            .dashed("√(p(1 − p)/n)", Role::Ink, &formula.line(|error| *error))
            .line("measured", Role::Test, &counted.line(Spread::standard_deviation))
            .draw();
    let pairs = counted.iter().zip(formula.iter());
    let rows: Vec<_> = pairs.map(|((n, accuracy), (_, formula))| (n, accuracy, formula)).collect();
    let table = Table::of(&rows)
        .column("examples", |(n, ..)| integer(*n))
        .column("lowest", |(_, accuracy, _)| percent(accuracy.min(), 1))
        .column("highest", |(_, accuracy, _)| percent(accuracy.max(), 1))
        .column("standard deviation", |(_, accuracy, _)| percent(accuracy.standard_deviation(), 2))
        .column("formula", |(.., formula)| percent(**formula, 2));
    report("redraws", context! { counted, p })
        .figure("size", drawing)
        .table("sizes", table)
        .outcome()
}

/// An accuracy that a good network has, where plans are compared by formula.
const ACCURACY: f64 = 0.9;

/// 60/20/20 against 98/1/1, by the size of the whole.
fn portions() -> Result<Outcome, Error> {
    let pool = football(POOL, NOISE, &mut RandomState::new(77))?;
    let sizes = [SMALL, MIDDLE, LARGE];
    let old = |m| Portion::measure("60/20/20", [0.6, 0.2, 0.2], m, &pool);
    let new = |m| Portion::measure("98/1/1", [0.98, 0.01, 0.01], m, &pool);
    let (old, new) = (BySetting::find(&sizes, old)?, BySetting::find(&sizes, new)?);
    let rows = old.iter().zip(new.iter()).flat_map(|(old, new)| [old, new]);
    let rows: Vec<(usize, &Portion)> = rows.collect();
    let table = Table::of(&rows)
        .column("examples", |(m, _)| integer(*m))
        .column("plan", |(_, plan)| plan.name.to_owned())
        .column("in the dev set", |(_, plan)| integer(plan.dev))
        .column("true accuracy", |(_, plan)| percent(plan.truth, 1))
        .column("the dev set is off by", |(_, plan)| percent(plan.off, 1))
        .column("formula", |(_, plan)| percent(plan.formula, 1));
    report("portions", context! { old, new })
        .table("plans", table)
        .table("course", plans_of_the_lecture()?)
        .outcome()
}

/// What a plan leaves to the training set and to the dev set.
#[derive(Serialize)]
struct Portion {
    name: &'static str,
    /// The dev set's examples.
    dev: usize,
    /// The standard error there of a good network's accuracy.
    error: f64,
    /// The true accuracy of a network trained on the training set.
    truth: f64,
    /// How far the dev set's accuracy is from the true one, measured and by the formula.
    off: f64,
    formula: f64,
}

impl Portion {
    fn measure(
        name: &'static str,
        fractions: [f64; 3],
        m: usize,
        pool: &Dataset,
    ) -> Result<Self, Error> {
        let runs = over_seeds(SEEDS, |seed| -> Result<_, Error> {
            let rng = &mut RandomState::new(seed);
            let split = Split::fractions(&football(m, NOISE, rng)?, fractions, rng)?;
            let network = learned(&split.train, seed)?;
            let truth = network.accuracy(pool)?;
            let off = network.accuracy(&split.dev)? - truth;
            Ok((truth, off * off, split.dev.examples()))
        })?;
        let truth = Spread::of(&runs, |(truth, ..)| *truth).mean();
        let off = Spread::of(&runs, |(_, square, _)| *square).mean().sqrt();
        let dev = runs.first().map_or(0, |(.., dev)| *dev);
        let (error, formula) = (standard_error(ACCURACY, dev)?, standard_error(truth, dev)?);
        Ok(Self { name, dev, error, truth, off, formula })
    }
}

/// A plan that the lecture names, in examples.
struct Planned {
    name: &'static str,
    all: usize,
    dev: usize,
    test: usize,
}

/// The plans that the lecture names, in examples and standard errors.
fn plans_of_the_lecture() -> Result<Table, Error> {
    let plan = |name, all, dev, test| Planned { name, all, dev, test };
    let plans = [
        plan("60/20/20", 1_000, 200, 200),
        plan("60/20/20", 10_000, 2_000, 2_000),
        plan("98/1/1", 1_000_000, 10_000, 10_000),
        plan("99.5/0.25/0.25", 2_000_000, 5_000, 5_000),
        plan("99.5/0.4/0.1", 2_000_000, 8_000, 2_000),
    ];
    let mut rows = Vec::new();
    for plan in &plans {
        let errors = |accuracy: f64| -> Result<String, Error> {
            let error = |examples| standard_error(accuracy, examples);
            Ok(format!("{} / {}", percent(error(plan.dev)?, 2), percent(error(plan.test)?, 2)))
        };
        rows.push((plan, errors(0.9)?, errors(0.99)?));
    }
    Ok(Table::of(&rows)
        .column("plan", |(plan, ..)| plan.name.to_owned())
        .column("examples", |(plan, ..)| integer(plan.all))
        .column("dev / test", |(plan, ..)| {
            format!("{} / {}", integer(plan.dev), integer(plan.test))
        })
        .column("error at 90 %", |(_, errors, _)| errors.clone())
        .column("error at 99 %", |(.., errors)| errors.clone())
        .into())
}

/// Two borders, one worse than the other: which examples of a pool each gets right.
struct Rivals {
    good: Vec<u8>,
    bad: Vec<u8>,
}

impl Rivals {
    /// Two that are about `gap` apart on the pool.
    fn apart(gap: f64, pool: &Dataset) -> Result<Self, Error> {
        Ok(Self { good: right(&border(0.0)?, pool)?, bad: right(&behind(gap, pool)?, pool)? })
    }

    /// How often the better one wins on n examples, both on the same ones or each on its own.
    fn wins(&self, n: usize, shared: bool) -> f64 {
        let rng = &mut RandomState::new(n as u32);
        let won = |_| {
            let mut lead = 0_i64;
            for _ in 0..n {
                let first = index(self.good.len(), rng);
                let second = if shared { first } else { index(self.bad.len(), rng) };
                lead += i64::from(self.good[first]) - i64::from(self.bad[second]);
            }
            match lead.cmp(&0) {
                Ordering::Less => 0.0,
                Ordering::Equal => 0.5,
                Ordering::Greater => 1.0,
            }
        };
        Spread::from_iter((0..DUELS).map(won)).mean()
    }
}

/// How often two rivals meet on sets of one size.
const DUELS: u32 = 500;
/// By how much the better one leads where it hardly does.
const SMALL_LEAD: f64 = 0.001;

/// Which of two is better: how often a dev set says so.
fn better_of_two() -> Result<Outcome, Error> {
    let pool = football(POOL, NOISE, &mut RandomState::new(5))?;
    let (one, tenth) = (Rivals::apart(LEAD, &pool)?, Rivals::apart(SMALL_LEAD, &pool)?);
    let wins = |rivals: &Rivals, shared| BySetting::find(&SIZES, |n| Ok(rivals.wins(n, shared)));
    let (large, own, small) = (wins(&one, true)?, wins(&one, false)?, wins(&tenth, true)?);
    let (lead, small_lead) = (plain(100.0 * LEAD), plain(100.0 * SMALL_LEAD));
    let line = |wins: &BySetting<f64>| wins.line(|share| *share);
    let drawing = LineChart::new("n, the examples in the dev set", "how often the better one wins")
        .log_x()
        .percent_y()
        .markers(true)
        .y_range(0.45, 1.0)
        .line(&format!("{lead} %, same set"), Role::Dev, &line(&large))
        .line(&format!("{lead} %, a set each"), Role::Train, &line(&own))
        .line(&format!("{small_lead} %, same set"), Role::Test, &line(&small))
        .draw();
    report("better_of_two", context! { large, own, small }).figure("choice", drawing).outcome()
}

/// Seeds of the moons.
const DRIFTS: u32 = 10;
/// A dev set that is not from where the users are.
fn drifted() -> Result<Outcome, Error> {
    let first = drift(1)?;
    let shown = first.right(&first.plain)?;
    let moons = Boundary::grid(2)
        .network("dev set", &first.plain, &first.collected)
        .network("test set", &first.plain, &first.sent)
        .draw();
    let angles = by_angle()?;
    let spreads = angles.spreads(|accuracy| accuracy);
    let angle = LineChart::new("angle between dev and test set (degrees)", "accuracy")
        .percent_y()
        .band(Role::Test, &ranges(&spreads))
        .line("test set", Role::Test, &medians(&spreads))
        .horizontal("dev set", angles.at(0)?.median())
        .draw();
    let runs = over_seeds(DRIFTS, |seed| -> Result<Tested, Error> {
        let drift = drift(seed)?;
        Ok(Tested { plain: drift.right(&drift.plain)?, mixed: drift.right(&drift.mixed)? })
    })?;
    let (wrong, same) = (Choice::by(&runs, |on| on.collected), Choice::by(&runs, |on| on.sent));
    let rows = [("collected", &wrong), ("from the users", &same)];
    let table = Table::of(&rows)
        .column("dev set to choose on", |(name, _)| (*name).to_owned())
        .column("takes the first", |(_, choice)| format!("{} of {DRIFTS}", choice.first()))
        .column("accuracy on collected", |(_, choice)| percent(choice.mean(|on| on.collected), 1))
        .column("accuracy on the users'", |(_, choice)| percent(choice.mean(|on| on.sent), 1));
    let (missed, hit) = (wrong.mean(|on| on.sent), same.mean(|on| on.sent));
    let mistakes = wrong.mixed.iter().zip(&same.mixed).filter(|(a, b)| a != b).count();
    report("drifted", context! { shown, angles, missed, hit, mistakes })
        .figure("moons", moons)
        .figure("angle", angle)
        .table("choice", table)
        .outcome()
}

/// What two networks get right, the second of them trained on users' examples too.
struct Tested {
    plain: Right,
    mixed: Right,
}

/// The networks that a dev set picks, by seed, and whether each is the second.
struct Choice {
    picked: Vec<Right>,
    mixed: Vec<bool>,
}

impl Choice {
    fn by(runs: &[Tested], dev: fn(&Right) -> f64) -> Self {
        let mixed: Vec<bool> = runs.iter().map(|run| dev(&run.mixed) > dev(&run.plain)).collect();
        let pairs = runs.iter().zip(&mixed);
        let picked = pairs.map(|(run, mixed)| if *mixed { run.mixed } else { run.plain });
        Self { picked: picked.collect(), mixed }
    }

    /// How often the first is picked.
    fn first(&self) -> usize {
        self.mixed.iter().filter(|mixed| !**mixed).count()
    }

    fn mean(&self, on: fn(&Right) -> f64) -> f64 {
        Spread::of(&self.picked, on).mean()
    }
}

/// Accuracies by the angle between the dev and the test set.
fn by_angle() -> Result<BySetting<Spread>, Error> {
    let angles: Vec<usize> = (0..=12).map(|n| 5 * n).collect();
    let sweep = Sweep::run(&angles, DRIFTS, drift, |drift, angle, _| {
        Ok(drift.plain.accuracy(&turned(&drift.collected, *angle as f64)?)?)
    })?;
    BySetting::find(&angles, |angle| Ok(Spread::of(sweep.at(&angle)?, |accuracy| *accuracy)))
}

/// A pool of examples as the whole truth, and which of them each of many networks gets right.
struct Candidates {
    /// For each example, a byte for each network.
    right: Vec<Vec<u8>>,
    truths: Vec<f64>,
}

/// How many networks there are to choose from, and fewer of them.
const NETWORKS: usize = 128;
const PAIR: usize = 2;
const SEVERAL: usize = 16;
/// Training sets, on each of which that many networks are trained.
const TRAINING_SETS: u32 = 3;

/// Networks of random width, learning rate, penalty and start, all trained on the same few points.
fn candidates(seed: u32) -> Result<Candidates, Error> {
    let train = football(100, NOISE, &mut RandomState::new(seed))?;
    let pool = football(5_000, NOISE, &mut RandomState::new(500 + seed))?;
    let columns = over_seeds(NETWORKS as u32, |one| {
        let rng = &mut RandomState::new(1_000 * seed + one);
        let width = 1 + index(12, rng);
        let rate = libm::pow(10.0, -1.5 + 2.0 * rng.rand());
        let lambda = libm::pow(10.0, -2.0 + 3.0 * rng.rand());
        let descent = GradientDescent::new(rate).penalty(Penalty::L2 { lambda }).iterations(300);
        let network = trained(width, &descent, &train, rng)?;
        right(&network, &pool)
    })?;
    let share = |column: &Vec<u8>| Spread::of(column, |right| f64::from(*right)).mean();
    let rows = (0..pool.examples()).map(|i| columns.iter().map(|column| column[i]).collect());
    Ok(Candidates { right: rows.collect(), truths: columns.iter().map(share).collect() })
}

impl Candidates {
    /// Each network's accuracy on n examples drawn from the pool.
    fn dev(&self, n: usize, rng: &mut RandomState) -> Vec<f64> {
        let mut counts = vec![0_u32; self.truths.len()];
        for _ in 0..n {
            let row = &self.right[index(self.right.len(), rng)];
            let pairs = counts.iter_mut().zip(row);
            pairs.for_each(|(count, right)| *count += u32::from(*right));
        }
        counts.into_iter().map(|c| f64::from(c) / n as f64).collect()
    }

    /// For each k: the best of k of the networks on n examples.
    fn best(&self, n: usize, ks: &[usize], rng: &mut RandomState) -> Vec<Best> {
        let order = rng.permutation(self.truths.len());
        let dev = self.dev(n, rng);
        let best = |k: &usize| {
            let first = order.iter().take(*k).copied();
            let chosen = first.max_by(|a, b| dev[*a].total_cmp(&dev[*b]))?;
            Some(Best { k: *k, dev: dev[chosen], truth: self.truths[chosen] })
        };
        ks.iter().filter_map(best).collect()
    }
}

/// The best of k trained networks: what the dev set says of it, and what is true.
fn best_of_many() -> Result<Outcome, Error> {
    let all = (1..=TRAINING_SETS).map(candidates).collect::<Result<Vec<_>, _>>()?;
    let ks = [1, PAIR, 4, 8, SEVERAL, 32, 64, NETWORKS];
    let choices = |n: usize| -> Result<BySetting<Chosen>, Error> {
        let redraws = over_seeds(REDRAWS, |seed| -> Result<Vec<Best>, Error> {
            let rng = &mut RandomState::new(seed);
            Ok(all.iter().flat_map(|one| one.best(n, &ks, rng)).collect())
        })?;
        Chosen::by_k(&ks, &redraws)
    };
    let (small, middle, large) = (choices(SMALL)?, choices(MIDDLE)?, choices(LARGE)?);
    let p = small.iter().map(|(_, chosen)| chosen.truth.mean()).collect::<Spread>().mean();
    let error = standard_error(p, SMALL)?;
    let large_size = grouped(&LARGE.to_string(), ' ');
    let excess = |choices: &BySetting<Chosen>| choices.line(|chosen| 100.0 * chosen.optimism);
    let optimism = LineChart::new(CHOICES, "dev accuracy too high by (points)")
        .log_x()
        .markers(true)
        .dashed(
            &format!("σ√(2 ln k), n = {SMALL}"),
            Role::Ink,
            &small.line(|best| 100.0 * best.most * error),
        )
        .line(&format!("n = {SMALL}"), Role::Dev, &excess(&small))
        .line(&format!("n = {MIDDLE}"), Role::Train, &excess(&middle))
        .line(&format!("n = {large_size}"), Role::Test, &excess(&large))
        .draw();
    let chosen = LineChart::new(CHOICES, "accuracy of the chosen one")
        .log_x()
        .percent_y()
        .markers(true)
        .line(&format!("dev, n = {SMALL}"), Role::Dev, &small.line(|chosen| chosen.dev.mean()))
        .line(&format!("true, n = {SMALL}"), Role::Test, &small.line(|chosen| chosen.truth.mean()))
        .line(
            &format!("true, n = {large_size}"),
            Role::Train,
            &large.line(|chosen| chosen.truth.mean()),
        )
        .draw();
    let gain = small.at(NETWORKS)?.truth.mean() - small.at(1)?.truth.mean();
    report("best_of_many", context! { small, middle, large, gain, error })
        .figure("optimism", optimism)
        .figure("chosen", chosen)
        .outcome()
}

/// Each example this many times.
fn repeated(data: &Dataset, times: usize) -> Result<Dataset, Error> {
    let all: Vec<usize> = (0..data.examples()).flat_map(|i| vec![i; times]).collect();
    Ok(data.select(&all)?)
}

/// How often each example is in the data set.
const TIMES: usize = 4;

/// Examples that are in the data set several times, split before and after they were copied.
fn copies() -> Result<Outcome, Error> {
    let runs = over_seeds(SEEDS, Copies::measure)?;
    let each = |accuracy: fn(&Copies) -> f64| runs.iter().map(accuracy).collect::<Vec<f64>>();
    let (leaky_dev, leaky_new) = (each(|run| run.leaky.dev), each(|run| run.leaky.new));
    let (clean_dev, clean_new) = (each(|run| run.clean.dev), each(|run| run.clean.new));
    let drawing = DotPlot::new("accuracy")
        .percent()
        .category("copies apart, dev set", Role::Dev, &leaky_dev)
        .category("copies apart, new points", Role::Test, &leaky_new)
        .category("copies together, dev set", Role::Dev, &clean_dev)
        .category("copies together, new points", Role::Test, &clean_new)
        .draw();
    let medians = [leaky_dev, leaky_new, clean_dev, clean_new].map(|all| Spread::new(all).median());
    let [leaky_dev, leaky_new, clean_dev, clean_new] = medians;
    report("copies", context! { leaky_dev, leaky_new, clean_dev, clean_new })
        .figure("accuracy", drawing)
        .outcome()
}

/// A seed's accuracies, with the copies of an example in several parts and in one.
struct Copies {
    leaky: Judged,
    clean: Judged,
}

/// What the dev set says of a network, and new points.
struct Judged {
    dev: f64,
    new: f64,
}

impl Copies {
    fn measure(seed: u32) -> Result<Self, Error> {
        let rng = &mut RandomState::new(seed);
        let single = football(100, 0.25, rng)?;
        let fresh = football(5_000, 0.25, rng)?;
        let leaky = Split::fractions(&repeated(&single, TIMES)?, [0.6, 0.2, 0.2], rng)?;
        let clean = Split::fractions(&single, [0.6, 0.2, 0.2], rng)?;
        let judged = |train: &Dataset, dev: &Dataset| -> Result<Judged, Error> {
            let rng = &mut RandomState::new(seed);
            let mut network = Network::new(&[2, 20, 20, 1], Initialization::He, rng)?;
            GradientDescent::new(0.3).iterations(3_000).train(&mut network, train)?;
            Ok(Judged { dev: network.accuracy(dev)?, new: network.accuracy(&fresh)? })
        };
        Ok(Self {
            leaky: judged(&leaky.train, &leaky.dev)?,
            clean: judged(&repeated(&clean.train, TIMES)?, &repeated(&clean.dev, TIMES)?)?,
        })
    }
}

/// Random splits.
const SPLITS: u32 = 60;

/// Features chosen with the help of the dev set's labels.
fn peeking() -> Result<Outcome, Error> {
    let runs = over_seeds(SPLITS, Peeking::measure)?;
    let peeked = Spread::of(&runs, |run| run.peeked);
    let honest = Spread::of(&runs, |run| run.honest);
    let rows = [("all examples", &peeked), ("the training set", &honest)];
    let table = Table::of(&rows)
        .column(&format!("{} features chosen by", words(PICKED)), |(name, _)| (*name).to_owned())
        .column("lowest", |(_, accuracy)| percent(accuracy.min(), 0))
        .column("median", |(_, accuracy)| percent(accuracy.median(), 0))
        .column("highest", |(_, accuracy)| percent(accuracy.max(), 0));
    report("peeking", context! { peeked, honest }).table("features", table).outcome()
}
