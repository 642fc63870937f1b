//! Data augmentation: every run, number, figure and claim of its chapter.

use std::collections::BTreeMap;

use figures::format::{percent, plain, words};
use figures::{Boundary, DotPlot, LineChart, Pictures, Role};
use minijinja::context;
use ndarray::Array2;
use serde::Serialize;
use trainable::data::digits::{SIDE, TILT};
use trainable::prelude::*;

use crate::error::Error;
use crate::experiment::experiments;
use crate::judge::claim::judged;
use crate::outcome::{Outcome, Table};
use crate::report::texts;
use crate::spread::{Spread, Sweep, medians, paired, ranges};

mod claims;

use claims::{
    ALL, Added, DEGREES, ELASTIC, FEW, FEW_COPIES, FLIP, FURTHER, HELD_OUT, JITTERED_POINTS,
    JITTERED_STEPS, Jittered, OF_NEW, OF_SPLIT, PIXELS, SHIFT, SMALL, SPLIT, STEPS, TURN,
    augmented, chosen, descended, pictures,
};

judged!(
    include_str!("augmentation/claims.toml"),
    [FEW, FEW_COPIES, FURTHER, STEPS, SMALL, JITTERED_POINTS, JITTERED_STEPS, SPLIT, HELD_OUT]
);

experiments![
    few_glyphs, drawn_changes, each_change, glyph_counts, copies_or_new, plane_changes,
    jitter_penalty, turned_too_far, augmented_leak, augmented_test
];

texts!(
    include_str!("augmentation.toml"),
    [
        SIDE, FEW, COPIES, NEW, SEEDS, FEWER_SEEDS, SHOWN, PIXELS, DEGREES, DEVIATION, FEW_COPIES,
        POINTS, POINT_COPIES, POINT_SEEDS, SPLIT, TILT
    ]
);

const LEARNING_RATE: f64 = 0.1;
const ITERATIONS: usize = 300;
const COPIES: usize = 5;
const NEW: usize = 1_000;
const SEEDS: u32 = 12;
const FEWER_SEEDS: u32 = 6;
/// Pictures in a row of a figure.
const SHOWN: usize = 8;

/// The deviation of jitter on pictures.
const DEVIATION: f64 = 0.2;
const JITTER: Augmentation = Augmentation::Jitter { deviation: DEVIATION };

fn new_pictures(seed: u32) -> Result<Dataset, Error> {
    pictures(NEW, OF_NEW + seed)
}

/// The few pictures of a seed, and its new ones.
fn few_and_new(seed: u32) -> Result<(Dataset, Dataset), Error> {
    Ok((pictures(FEW, seed)?, new_pictures(seed)?))
}

/// The network of the chapter, trained on pictures at its usual learning rate.
fn trained(data: &Dataset, seed: u32) -> Result<Network, Error> {
    descended(data, seed, ITERATIONS, LEARNING_RATE)
}

/// What a network gets right: of a set of the experiment's own, and of new pictures.
struct Right {
    own: f64,
    new: f64,
}

impl Right {
    fn of(network: &Network, own: &Dataset, new: &Dataset) -> Result<Self, Error> {
        Ok(Self { own: network.accuracy(own)?, new: network.accuracy(new)? })
    }
}

/// The runs of one setting.
#[derive(Serialize)]
struct Arm {
    own: Spread,
    new: Spread,
}

impl Arm {
    fn of(runs: &[Right]) -> Self {
        Self { own: Spread::of(runs, |run| run.own), new: Spread::of(runs, |run| run.new) }
    }
}

/// What is recognized of new pictures, by the number of examples.
fn recognized(sweep: &Sweep<usize, f64>) -> Vec<(f64, Spread)> {
    let spreads = sweep.spreads(|right| *right).into_iter();
    spreads.map(|(examples, spread)| (examples as f64, spread)).collect()
}

/// Twenty pictures that a network has memorized.
fn few_glyphs() -> Result<Outcome, Error> {
    let (few, new) = few_and_new(1)?;
    let network = trained(&few, 1)?;
    let said = network.predict(new.x())?;
    let drawing = Pictures::new(SIDE)
        .row("2, trained on", &some(&few, 0.0, None))
        .row("5, trained on", &some(&few, 1.0, None))
        .row("2, taken for 5", &some(&new, 0.0, Some(&said)))
        .row("5, taken for 2", &some(&new, 1.0, Some(&said)))
        .draw();
    let (train, new) = (network.accuracy(&few)?, network.accuracy(&new)?);
    report("few_glyphs", context! { train, new }).figure("mistakes", drawing).outcome()
}

/// As many pictures of a class as are shown: all, or those that the network does not say it of.
fn some(data: &Dataset, class: f64, said: Option<&Array2<f64>>) -> Vec<Vec<f64>> {
    let of_class = data.y().into_iter().enumerate();
    of_class
        .filter(|(i, y)| **y == class && said.is_none_or(|said| said[(0, *i)] != class))
        .take(SHOWN)
        .map(|(i, _)| data.x().column(i).to_vec())
        .collect()
}

/// What each change does to one picture.
fn drawn_changes() -> Result<Outcome, Error> {
    let data = digits(2, 0.0, &mut RandomState::new(9))?;
    let two = data.y().iter().position(|y| *y == 0.0).unwrap_or(0);
    let one = chosen(&data, &[two])?;
    let mut figure = Pictures::new(SIDE);
    for change in [SHIFTED, TURNED, BENT, JITTERED, FLIPPED] {
        let more = augment(&one, SHOWN - 1, change.kinds, &mut RandomState::new(3))?;
        let all: Vec<Vec<f64>> = more.x().columns().into_iter().map(|p| p.to_vec()).collect();
        figure = figure.row(change.name, &all);
    }
    report("drawn_changes", ()).figure("copies", figure.draw()).outcome()
}

/// Each change by itself, under many seeds.
fn each_change() -> Result<Outcome, Error> {
    let sweep = Sweep::run(&CHANGES, SEEDS, few_and_new, |(few, new), change, seed| {
        let train = augmented(few, change.copies, change.kinds, seed)?;
        Right::of(&trained(&train, seed)?, &train, new)
    })?;
    let arm = |change: Change| -> Result<_, Error> {
        let gain = paired(sweep.at(&change)?, sweep.at(&NO_COPIES)?, |run| run.new);
        let better = gain.count(|gain| gain > 0.0);
        Ok((change.name, Arm::of(sweep.at(&change)?), better))
    };
    let rows = CHANGES.into_iter().map(arm).collect::<Result<Vec<_>, _>>()?;
    let table = Table::of(&rows)
        .column("change", |(name, ..)| (*name).to_owned())
        .column("training", |(_, arm, _)| percent(arm.own.mean(), 1))
        .column("new pictures", |(_, arm, _)| percent(arm.new.mean(), 1))
        .column("better in", |(.., better)| better.to_string());
    let arms: BTreeMap<_, _> = rows.iter().map(|(name, arm, _)| (name, arm)).collect();
    report("each_change", context! { arms })
        .table("kinds", table)
        .figure("accuracy", changes_plot(&sweep)?.draw())
        .outcome()
}

fn changes_plot(sweep: &Sweep<Change, Right>) -> Result<DotPlot, Error> {
    let mut plot = DotPlot::new("accuracy on new pictures").percent();
    for (change, role) in [
        (NO_COPIES, Role::Series3),
        (TURNED, Role::Series2),
        (BENT, Role::Series2),
        (TURNED_AND_BENT, Role::Series2),
        (SHIFTED, Role::Series2),
        (TOGETHER, Role::Series2),
        (FLIPPED, Role::Series5),
    ] {
        let new = Spread::of(sweep.at(&change)?, |run| run.new);
        plot = plot.category(change.name, role, new.values());
    }
    Ok(plot)
}

/// A way to make copies: how many of each example, and with which changes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Change {
    name: &'static str,
    copies: usize,
    kinds: &'static [Augmentation],
}

impl Change {
    const fn new(name: &'static str, copies: usize, kinds: &'static [Augmentation]) -> Self {
        Self { name, copies, kinds }
    }
}

const NO_COPIES: Change = Change::new("no copies", 0, &[]);
const UNCHANGED: Change = Change::new("unchanged copies", COPIES, &[]);
const JITTERED: Change = Change::new("jitter", COPIES, &[JITTER]);
const TURNED: Change = Change::new("rotation", COPIES, &[TURN]);
const BENT: Change = Change::new("elastic", COPIES, &[ELASTIC]);
const SHIFTED: Change = Change::new("shift", COPIES, &[SHIFT]);
const AFFINE: Change = Change::new("shift, rotation", COPIES, &[SHIFT, TURN]);
const TURNED_AND_BENT: Change = Change::new("rotation, elastic", COPIES, &[TURN, ELASTIC]);
const TOGETHER: Change = Change::new("shift, rotation, elastic", COPIES, ALL);
const FLIPPED: Change = Change::new("flip", COPIES, &[FLIP]);
const CHANGES: [Change; 10] = [
    NO_COPIES, UNCHANGED, JITTERED, TURNED, BENT, TURNED_AND_BENT, SHIFTED, AFFINE, TOGETHER,
    FLIPPED,
];

/// Accuracy against the number of pictures, with and without copies.
fn glyph_counts() -> Result<Outcome, Error> {
    let counts = [10, FEW, 40, 80, 160];
    let sweep = |copies| {
        Sweep::run(&counts, FEWER_SEEDS, new_pictures, move |new, count, seed| {
            let train = augmented(&pictures(*count, seed)?, copies, ALL, seed)?;
            Ok(trained(&train, seed)?.accuracy(new)?)
        })
    };
    let (plain, copied) = (sweep(0)?, sweep(FEW_COPIES)?);
    let arm = |pictures: usize| -> Result<_, Error> {
        let of =
            |sweep: &Sweep<usize, f64>| Ok::<_, Error>(Spread::of(sweep.at(&pictures)?, |r| *r));
        Ok(context! { pictures, plain => of(&plain)?, copied => of(&copied)? })
    };
    let found =
        context! { least => arm(10)?, few => arm(FEW)?, middle => arm(40)?, most => arm(160)? };
    let (plain, copied) = (recognized(&plain), recognized(&copied));
    let drawing = LineChart::new("pictures", "accuracy on new pictures")
        .log_x()
        .percent_y()
        .y_range(0.5, 1.0)
        .markers(true)
        .band(Role::Series3, &ranges(&plain))
        .band(Role::Train, &ranges(&copied))
        .line("augmented", Role::Train, &medians(&copied))
        .line("plain", Role::Series3, &medians(&plain))
        .draw();
    report("glyph_counts", found).figure("accuracy", drawing).outcome()
}

/// k augmented copies against k times as many new pictures.
fn copies_or_new() -> Result<Outcome, Error> {
    let counts = [FEW, 2 * FEW, 4 * FEW, 8 * FEW, MANY];
    let many = |seed| Ok((pictures(MANY, seed)?, new_pictures(seed)?));
    // The first ones of the many, so that both begin with the same twenty.
    let first = |all: &Dataset, count: usize| chosen(all, &(0..count).collect::<Vec<_>>());
    let copied = Sweep::run(&counts, FEWER_SEEDS, many, |(all, new), count, seed| {
        let train = augmented(&first(all, FEW)?, count / FEW - 1, ALL, seed)?;
        Ok(trained(&train, seed)?.accuracy(new)?)
    })?;
    let fresh = Sweep::run(&counts, FEWER_SEEDS, many, |(all, new), count, seed| {
        Ok(trained(&first(all, *count)?, seed)?.accuracy(new)?)
    })?;
    let mean = |sweep: &Sweep<usize, f64>, count| -> Result<f64, Error> {
        Ok(Spread::of(sweep.at(&count)?, |right| *right).mean())
    };
    let arm = |count: usize| -> Result<_, Error> {
        let (copied, fresh) = (mean(&copied, count)?, mean(&fresh, count)?);
        Ok(context! { examples => count, added => count - FEW, copied, fresh })
    };
    let start = mean(&copied, FEW)?;
    let found = context! {
        twice => arm(2 * FEW)?, four_times => arm(4 * FEW)?, most => arm(MANY)?,
        share => (mean(&copied, MANY)? - start) / (mean(&fresh, MANY)? - start),
    };
    report("copies_or_new", found).figure("worth", worth_chart(&copied, &fresh).draw()).outcome()
}

/// Pictures, and copies with what they are copies of, at most.
const MANY: usize = 16 * FEW;

fn worth_chart(copied: &Sweep<usize, f64>, fresh: &Sweep<usize, f64>) -> LineChart {
    let means = |sweep: &Sweep<usize, f64>| -> Vec<(f64, f64)> {
        recognized(sweep).iter().map(|(count, new)| (*count, new.mean())).collect()
    };
    LineChart::new("examples trained on", "accuracy on new pictures")
        .log_x()
        .percent_y()
        .y_range(0.6, 1.0)
        .markers(true)
        .line("new ones", Role::Series3, &means(fresh))
        .line("copies", Role::Train, &means(copied))
}

/// Points of the plane: what is right for rings is wrong for half circles.
fn plane_changes() -> Result<Outcome, Error> {
    let changes = [POINTS_ALONE, POINTS_JITTERED, POINTS_TURNED];
    let sweep = |draw| {
        Sweep::run(&changes, POINT_SEEDS, Ok, move |_, change, seed| {
            Ok(OnPlane::train(draw, change, seed)?.right)
        })
    };
    let (on_rings, on_half_circles) = (sweep(rings)?, sweep(half_circles)?);
    let row = |change: &Change| -> Result<_, Error> {
        let rings = Spread::of(on_rings.at(change)?, |right| *right).mean();
        let half_circles = Spread::of(on_half_circles.at(change)?, |right| *right).mean();
        Ok((*change, rings, half_circles))
    };
    let rows = changes.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    let table = Table::of(&rows)
        .column("change", |(change, ..)| change.label())
        .column("rings", |(_, rings, _)| percent(*rings, 1))
        .column("half circles", |(.., half_circles)| percent(*half_circles, 1));
    let means = rows
        .iter()
        .map(|(change, rings, half_circles)| (change.name, context! { rings, half_circles }));
    let few = OnPlane::train(rings, &POINTS_ALONE, 1)?;
    let more = OnPlane::train(rings, &POINTS_TURNED, 1)?;
    let turned = format!("and {} turned copies", words(POINT_COPIES));
    let drawing = Boundary::grid(2)
        .network(&format!("{POINTS} points"), &few.network, &few.data)
        .network(&turned, &more.network, &more.data)
        .draw();
    let means: BTreeMap<_, _> = means.collect();
    report("plane_changes", context! { means, few => few.right, more => more.right })
        .table("changes", table)
        .figure("rings", drawing)
        .outcome()
}

const POINTS: usize = 24;
const POINT_COPIES: usize = 7;
const POINT_SEEDS: u32 = 10;
const POINTS_ALONE: Change = Change::new("none", 0, &[]);
const POINTS_JITTERED: Change =
    Change::new("jitter", POINT_COPIES, &[Augmentation::Jitter { deviation: 0.1 }]);
const POINTS_TURNED: Change =
    Change::new("rotation", POINT_COPIES, &[Augmentation::Rotation { degrees: 180.0 }]);

impl Change {
    /// Its name, and how strong it is.
    fn label(&self) -> String {
        match self.kinds {
            [Augmentation::Jitter { deviation }] => format!("{}, {}", self.name, plain(*deviation)),
            [Augmentation::Rotation { degrees }] => format!("{}, {}°", self.name, plain(*degrees)),
            _ => self.name.to_owned(),
        }
    }
}

/// Points of the plane, by their number and a seed.
type Draw = fn(usize, u32) -> Result<Dataset, Error>;

fn rings(points: usize, seed: u32) -> Result<Dataset, Error> {
    Ok(circles(points, 0.05, &mut RandomState::new(seed))?)
}

fn half_circles(points: usize, seed: u32) -> Result<Dataset, Error> {
    Ok(moons(points, 0.2, &mut RandomState::new(seed))?)
}

/// A network trained on few points and their copies, and the share of new ones that it gets right.
struct OnPlane {
    data: Dataset,
    network: Network,
    right: f64,
}

impl OnPlane {
    fn train(draw: Draw, change: &Change, seed: u32) -> Result<Self, Error> {
        let data = augmented(&draw(POINTS, seed)?, change.copies, change.kinds, seed)?;
        let rng = &mut RandomState::new(seed);
        let mut network = Network::new(&[2, 20, 1], Initialization::He, rng)?;
        let descent = GradientDescent::new(0.5).iterations(2_000).record_every(2_000);
        descent.train(&mut network, &data)?;
        let right = network.accuracy(&draw(2_000, 1_000 + seed)?)?;
        Ok(Self { data, network, right })
    }
}

/// What jitter adds to the cost, as a multiple of what slope and curvature predict.
fn jitter_penalty() -> Result<Outcome, Error> {
    let jittered = Jittered::prepare(1)?;
    let all = [0.02, SMALL, 0.1, 0.2, 0.4, 0.8].map(|deviation| jittered.added(deviation));
    let all = all.into_iter().collect::<Result<Vec<_>, _>>()?;
    let points = |ratio: fn(&Added) -> f64| -> Vec<(f64, f64)> {
        all.iter().map(|added| (added.deviation, ratio(added))).collect()
    };
    let drawing = LineChart::new("standard deviation of the jitter", "added cost / predicted")
        .log_x()
        .y_range(0.5, 1.5)
        .markers(true)
        .line("slope alone", Role::Series3, &points(Added::by_slope))
        .line("both terms", Role::Train, &points(Added::by_both))
        .draw();
    let at = |deviation| -> Result<_, Error> {
        let added = jittered.added(deviation)?;
        Ok(context! { deviation, slope => added.by_slope(), both => added.by_both() })
    };
    let found = context! { least => at(0.02)?, large => at(0.2)?, most => at(0.8)? };
    report("jitter_penalty", found).figure("ratio", drawing).outcome()
}

/// Rotations from none to all the way round.
fn turned_too_far() -> Result<Outcome, Error> {
    let values = [0.0, 10.0, 20.0, 40.0, 60.0, 90.0, 135.0, 180.0];
    let sweep = Sweep::run(&values, FEWER_SEEDS, few_and_new, |(few, new), degrees, seed| {
        let turn = Augmentation::PixelRotation { width: SIDE, degrees: *degrees };
        let train = augmented(few, COPIES, &[SHIFT, turn], seed)?;
        Right::of(&trained(&train, seed)?, &train, new)
    })?;
    let (own, new) = (sweep.spreads(|run| run.own), sweep.spreads(|run| run.new));
    let drawing = LineChart::new("largest rotation (degrees)", "accuracy")
        .percent_y()
        .y_range(0.5, 1.0)
        .markers(true)
        .band(Role::Test, &ranges(&new))
        .line("trained on", Role::Train, &medians(&own))
        .line("new", Role::Test, &medians(&new))
        .draw();
    let at = |degrees: f64| -> Result<_, Error> {
        let Arm { own, new } = Arm::of(sweep.at(&degrees)?);
        Ok(context! { degrees, own, new })
    };
    let found = context! {
        unturned => at(0.0)?, slight => at(20.0)?, far => at(60.0)?, farthest => at(180.0)?,
    };
    report("turned_too_far", found).figure("degrees", drawing).outcome()
}

/// Augmented before the split, and after it.
fn augmented_leak() -> Result<Outcome, Error> {
    let orders = [SLIGHT_LEAK, STRONG_LEAK, SLIGHT_HONEST, STRONG_HONEST];
    let data = |seed| Ok((pictures(SPLIT, seed)?, new_pictures(seed)?));
    let sweep = Sweep::run(&orders, SEEDS, data, |(data, new), order, seed| {
        let (train, dev) = order.split(data, seed)?;
        Right::of(&trained(&train, seed)?, &dev, new)
    })?;
    let rows: Vec<_> = sweep.arms().map(|(order, runs)| (order.name, Arm::of(runs))).collect();
    let table = Table::of(&rows)
        .column("order", |(name, _)| (*name).to_owned())
        .column("dev", |(_, arm)| percent(arm.own.mean(), 1))
        .column("new pictures", |(_, arm)| percent(arm.new.mean(), 1))
        .column("difference", |(_, arm)| percent(arm.own.mean() - arm.new.mean(), 1));
    report("augmented_leak", ()).table("splits", table).outcome()
}

const SLIGHT: &[Augmentation] = &[Augmentation::Jitter { deviation: 0.1 }];
const SLIGHT_LEAK: Order = Order { name: "jitter, then split", kinds: SLIGHT, split_first: false };
const STRONG_LEAK: Order =
    Order { name: "shift, rotation, elastic, then split", kinds: ALL, split_first: false };
const SLIGHT_HONEST: Order = Order { name: "split, then jitter", kinds: SLIGHT, split_first: true };
const STRONG_HONEST: Order =
    Order { name: "split, then shift, rotation, elastic", kinds: ALL, split_first: true };

/// Which comes first, the split or the copies.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Order {
    name: &'static str,
    kinds: &'static [Augmentation],
    split_first: bool,
}

impl Order {
    /// A training set and a dev set.
    fn split(&self, data: &Dataset, seed: u32) -> Result<(Dataset, Dataset), Error> {
        let copied = |data: &Dataset| augmented(data, COPIES, self.kinds, seed);
        if !self.split_first {
            return shuffled_split(&copied(data)?, seed);
        }
        let (train, dev) = shuffled_split(data, seed)?;
        Ok((copied(&train)?, dev))
    }
}

/// Four fifths and one fifth, at random.
fn shuffled_split(data: &Dataset, seed: u32) -> Result<(Dataset, Dataset), Error> {
    let order = RandomState::new(OF_SPLIT + seed).permutation(data.examples());
    let (train, dev) = order.split_at(data.examples() * 4 / 5);
    Ok((chosen(data, train)?, chosen(data, dev)?))
}

/// What an augmented test set says.
fn augmented_test() -> Result<Outcome, Error> {
    let strong = &[Augmentation::Elastic { width: SIDE, strength: 14.0, smoothness: 2.0 }];
    let changes = [
        Change::new("as they come", 1, &[]),
        Change::new("shift, rotation, elastic", 1, ALL),
        Change::new("elastic, strong", 1, strong),
        Change::new("flip", 1, &[FLIP]),
    ];
    let networks = |seed| {
        let (few, new) = few_and_new(seed)?;
        let more = augmented(&few, COPIES, ALL, seed)?;
        Ok((new, trained(&few, seed)?, trained(&more, seed)?))
    };
    let sweep = Sweep::run(&changes, FEWER_SEEDS, networks, |(new, few, more), change, seed| {
        let rng = &mut RandomState::new(4_000 + seed);
        let both = augment(new, change.copies, change.kinds, rng)?;
        let test = chosen(&both, &(NEW..both.examples()).collect::<Vec<_>>())?;
        Ok((few.accuracy(&test)?, more.accuracy(&test)?))
    })?;
    let rows: Vec<_> = sweep.arms().collect();
    let mean = |runs: &[_], of: fn(&(f64, f64)) -> f64| percent(Spread::of(runs, of).mean(), 1);
    let table = Table::of(&rows)
        .column("test pictures", |(change, _)| change.name.to_owned())
        .column("trained without copies", |(_, runs)| mean(runs, |(few, _)| *few))
        .column("trained with copies", |(_, runs)| mean(runs, |(_, more)| *more));
    report("augmented_test", ()).table("tests", table).outcome()
}
