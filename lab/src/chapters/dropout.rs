//! Dropout: every run, number, figure and claim of its chapter.

use std::cell::Cell;
use std::collections::BTreeMap;

use course::Work;
use course::regularization::{DROPOUT, DROPOUT_A3, DROPOUT_DA};
use figures::format::{fixed, percent, plain};
use figures::{Boundary, DotPlot, Drawing, FigureError, LineChart, Role};
use minijinja::context;
use ndarray::{Array1, Array2, Axis, array};
use serde::Serialize;
use trainable::data::digits::SIDE;
use trainable::data::football::bayes_error;
use trainable::dropout::masks;
use trainable::prelude::*;

use crate::assignment::{exercise_inputs, print_run};
use crate::error::Error;
use crate::experiment::experiments;
use crate::football::{self, Accuracies, Recorded};
use crate::game::{
    self, Game, ITERATIONS, LEARNING_RATE, NEW_POINTS, NOISE, Run, SIZES, descent, game, start,
    sum_of_squares,
};
use crate::judge::claim::judged;
use crate::outcome::{Columns, Outcome, Table};
use crate::printed::Printed;
use crate::report::texts;
use crate::spread::{Spread, Sweep, medians, over_seeds, paired, ranges};

mod claims;

use claims::{
    AVERAGED, FIRST_LAYER, KEEP, KEEP_IN_ONE, MASKS, STEPS, WATCHED, WATCHED_EVERY, WATCHED_RATE,
    accuracy, fresh, inputs_relied_on, probabilities, with_dropout,
};

judged!(
    include_str!("dropout/claims.toml"),
    [
        ITERATIONS, KEEP, KEEP_IN_ONE, NEW_POINTS, STEPS, MASKS, AVERAGED, WATCHED, WATCHED_EVERY,
        WATCHED_RATE
    ]
);

experiments![
    dropping, keeps, pixels, expectation, left_on, noisy_cost, wrong_masks, unscaled,
    dropout_exercise, recorded_dropout
];

texts!(include_str!("dropout.toml"), [KEEP, KEEP_IN_ONE, LAMBDA, SEEDS, WIDE, NARROW, NEW_POINTS]);

/// The lowest keep that is compared.
const HALF: f64 = 0.5;
const LAMBDA: f64 = 0.7;
/// Seeds of data, weights and masks.
const SEEDS: u32 = 10;
/// The game and the start of the single runs that figures show.
const SHOWN_GAME: u32 = 2;
const SHOWN_START: u32 = 3;
/// The units of the hidden layers.
const WIDE: usize = SIZES[1];
const NARROW: usize = SIZES[2];

/// Dropout with one set of masks for the whole training.
fn frozen_masks(seed: u32) -> Result<Dropout, Error> {
    let keep = [KEEP; 2];
    let masks = masks(&keep, &SIZES, 211, &mut RandomState::new(2_000 + seed))?;
    Ok(Dropout::fixed(&keep, masks)?)
}

/// A network that has memorized its data, and the same with units dropped out.
fn dropping() -> Result<Outcome, Error> {
    let game = game(SHOWN_GAME)?;
    let free = game::run(start(SHOWN_START)?, &game, &descent())?;
    let held = with_dropout(&game, SHOWN_START, [KEEP; 2])?;
    let drawing = Boundary::grid(2)
        .network("every unit, always", &free.network, &game.train)
        .network(&format!("dropout, {}", Setting::Keep(KEEP).name()), &held.network, &game.train)
        .draw();
    let (free, held) = (Accuracies::from(&free), Accuracies::from(&held));
    report("dropping", context! { free, held }).figure("boundary", drawing).outcome()
}

/// What a network is trained with.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Setting {
    /// Without any regularization.
    Plain,
    L2,
    /// With dropout in both hidden layers.
    Keep(f64),
    /// With dropout whose masks never change.
    Frozen,
    /// With dropout in the wide hidden layer alone.
    Wide,
    /// With dropout in the narrow one alone.
    Narrow,
}

/// All that are compared, in their table's order.
const SETTINGS: [Setting; 8] = [
    Setting::Keep(HALF),
    Setting::Keep(0.7),
    Setting::Keep(KEEP),
    Setting::Plain,
    Setting::L2,
    Setting::Frozen,
    Setting::Wide,
    Setting::Narrow,
];

impl Setting {
    fn name(self) -> String {
        let in_one = plain(KEEP_IN_ONE);
        match self {
            Self::Plain => "no dropout".to_owned(),
            Self::L2 => format!("L2, λ = {}", plain(LAMBDA)),
            Self::Keep(keep) => format!("keep = {}", plain(keep)),
            Self::Frozen => format!("keep = {}, frozen masks", plain(KEEP)),
            Self::Wide => format!("keep = {in_one} in the layer of {WIDE}"),
            Self::Narrow => format!("keep = {in_one} in the layer of {NARROW}"),
        }
    }

    /// The probability that belongs on an axis: of fresh masks, the same in both layers.
    fn keep(self) -> Option<f64> {
        match self {
            Self::Plain => Some(1.0),
            Self::Keep(keep) => Some(keep),
            _ => None,
        }
    }

    /// Gradient descent with it.
    fn descent(self, seed: u32) -> Result<GradientDescent, Error> {
        let dropout = match self {
            Self::Plain => return Ok(descent()),
            Self::L2 => return Ok(descent().penalty(l2())),
            Self::Keep(keep) => fresh(&[keep; 2], seed)?,
            Self::Frozen => frozen_masks(seed)?,
            Self::Wide => fresh(&FIRST_LAYER, seed)?,
            Self::Narrow => fresh(&[1.0, KEEP_IN_ONE], seed)?,
        };
        Ok(descent().dropout(dropout))
    }
}

fn l2() -> Penalty {
    Penalty::L2 { lambda: LAMBDA }
}

/// What dropout does, over seeds of data, weights and masks, with L2 beside it.
fn keeps() -> Result<Outcome, Error> {
    let found = Keeps::measure()?;
    report("keeps", &found)
        .figure("accuracy", found.accuracy())
        .table("settings", found.table())
        .figure("frozen", found.frozen_masks())
        .figure("inputs", found.inputs())
        .outcome()
}

/// All settings, and by name those that texts speak of.
#[derive(Serialize)]
struct Keeps {
    all: Vec<Arm>,
    half: Arm,
    held: Arm,
    free: Arm,
    l2: Arm,
    frozen: Arm,
    wide: Arm,
    narrow: Arm,
    /// On how many of its inputs a unit of the second layer relies.
    free_inputs: Spread,
    wide_inputs: Spread,
    l2_inputs: Spread,
    best: f64,
}

/// The runs of a setting.
#[derive(Serialize)]
struct Arm {
    name: String,
    keep: Option<f64>,
    train: Spread,
    test: Spread,
    squares: Spread,
    /// By how much training accuracy exceeds that on new points, in the median.
    gap: f64,
    /// In how many seeds more new points are right than without dropout.
    better: usize,
    /// In how many seeds the weights are smaller than without dropout.
    smaller: usize,
}

impl Arm {
    fn of(sweep: &Sweep<Setting, Run>, setting: Setting) -> Result<Self, Error> {
        let (runs, free) = (sweep.at(&setting)?, sweep.at(&Setting::Plain)?);
        let squares = |run: &Run| sum_of_squares(&run.network);
        Ok(Self {
            name: setting.name(),
            keep: setting.keep(),
            train: Spread::of(runs, |run| run.train),
            test: Spread::of(runs, |run| run.test),
            squares: Spread::of(runs, squares),
            gap: Spread::of(runs, |run| run.train - run.test).median(),
            better: paired(runs, free, |run| run.test).count(|gain| gain > 0.0),
            smaller: paired(runs, free, squares).count(|growth| growth < 0.0),
        })
    }
}

impl Keeps {
    fn measure() -> Result<Self, Error> {
        let sweep = Sweep::run(&SETTINGS, SEEDS, game, |game, setting, seed| {
            game::run(start(seed)?, game, &setting.descent(seed)?)
        })?;
        let arm = |setting| Arm::of(&sweep, setting);
        let inputs = |setting| {
            let runs = sweep.at(&setting)?.iter().zip(1..);
            let relied = runs.map(|(run, seed)| inputs_relied_on(&run.network, &game(seed)?.train));
            relied.collect::<Result<Spread, Error>>()
        };
        Ok(Self {
            all: SETTINGS.into_iter().map(arm).collect::<Result<_, _>>()?,
            half: arm(Setting::Keep(HALF))?,
            held: arm(Setting::Keep(KEEP))?,
            free: arm(Setting::Plain)?,
            l2: arm(Setting::L2)?,
            frozen: arm(Setting::Frozen)?,
            wide: arm(Setting::Wide)?,
            narrow: arm(Setting::Narrow)?,
            free_inputs: inputs(Setting::Plain)?,
            wide_inputs: inputs(Setting::Wide)?,
            l2_inputs: inputs(Setting::L2)?,
            best: 1.0 - bayes_error(NOISE)?,
        })
    }

    /// One number of the arms that have a place on the axis.
    fn placed(&self, number: impl Fn(&Arm) -> &Spread) -> Vec<(f64, Spread)> {
        let arms = self.all.iter();
        arms.filter_map(|arm| Some((arm.keep?, number(arm).clone()))).collect()
    }

    fn accuracy(&self) -> Result<Drawing, FigureError> {
        let (train, test) = (self.placed(|arm| &arm.train), self.placed(|arm| &arm.test));
        LineChart::new("keep", "accuracy")
            .percent_y()
            .markers(true)
            .band(Role::Train, &ranges(&train))
            .band(Role::Test, &ranges(&test))
            .horizontal("best possible", self.best)
            .line("training", Role::Train, &medians(&train))
            .line("new points", Role::Test, &medians(&test))
            .draw()
    }

    fn table(&self) -> Columns<'_, Arm> {
        Table::of(&self.all)
            .column("trained with", |arm| arm.name.clone())
            .column("training", |arm| percent(arm.train.median(), 1))
            .column("new points", |arm| percent(arm.test.median(), 1))
            .column("worst", |arm| percent(arm.test.min(), 1))
            .column("sum of squared weights", |arm| fixed(arm.squares.median(), 0))
    }

    /// Masks that never change, beside fresh ones.
    fn frozen_masks(&self) -> Result<Drawing, FigureError> {
        DotPlot::new("accuracy on new points")
            .percent()
            .category("no dropout", Role::Test, self.free.test.values())
            .category("frozen masks", Role::Test, self.frozen.test.values())
            .category("fresh masks", Role::Test, self.held.test.values())
            .draw()
    }

    fn inputs(&self) -> Result<Drawing, FigureError> {
        let name = |setting: Setting| setting.name().replace(" = ", "\u{a0}=\u{a0}");
        let (keep, l2) = (name(Setting::Keep(KEEP_IN_ONE)), name(Setting::L2));
        DotPlot::new(&format!("inputs that a unit relies on, of {WIDE}"))
            .category("neither", Role::Train, self.free_inputs.values())
            .category(&keep, Role::Train, self.wide_inputs.values())
            .category(&l2, Role::Train, self.l2_inputs.values())
            .draw()
    }
}

/// Twenty pictures of digits, and a network with a unit for each of them and more.
const PICTURES: usize = 20;
const PICTURE_SIZES: [usize; 3] = [SIDE * SIDE, 64, 1];

/// Pictures instead of points: many inputs that say different things.
fn pixels() -> Result<Outcome, Error> {
    let (dropout, l2) = (Setting::Keep(HALF), Setting::L2);
    let sweep = Sweep::run(&[Setting::Plain, dropout, l2], SEEDS, pictures, on_pictures)?;
    let arm = |setting| Arm::of(&sweep, setting);
    let dropout = arm(dropout)?;
    let rows = [
        ("neither".to_owned(), &arm(Setting::Plain)?),
        (format!("dropout, {}", dropout.name), &dropout),
        (l2.name(), &arm(l2)?),
    ];
    let table = Table::of(&rows)
        .column("trained with", |(name, _)| name.clone())
        .column("training", |(_, arm)| percent(arm.train.median(), 1))
        .column("new pictures", |(_, arm)| percent(arm.test.median(), 1))
        .column("sum of squared weights", |(_, arm)| fixed(arm.squares.median(), 1));
    let found = context! { wins => dropout.better, PICTURES, PICTURE_SIZES, SIDE };
    report("pixels", found).table("settings", table).outcome()
}

/// A few pictures to train on, and new ones.
fn pictures(seed: u32) -> Result<Game, Error> {
    Ok(Game {
        train: digits(PICTURES, 0.1, &mut RandomState::new(seed))?,
        test: digits(2_000, 0.1, &mut RandomState::new(1_000 + seed))?,
    })
}

fn on_pictures(pictures: &Game, setting: &Setting, seed: u32) -> Result<Run, Error> {
    let descent = GradientDescent::new(0.1).iterations(1_000);
    let descent = match setting {
        Setting::L2 => descent.penalty(l2()),
        Setting::Keep(keep) => descent.dropout(fresh(&[*keep], seed)?),
        _ => descent,
    };
    let network = Network::new(&PICTURE_SIZES, Initialization::He, &mut RandomState::new(seed))?;
    game::run(network, pictures, &descent)
}

/// What dividing by keep preserves: the layer that is thinned, and not what comes after it.
fn expectation() -> Result<Outcome, Error> {
    let stages = stages()?;
    let table = Table::of(&stages)
        .column("what", |stage| stage.name.to_owned())
        .column("without dropout", |stage| fixed(stage.plain, 4))
        .column("mean with dropout", |stage| {
            format!("{} ± {}", fixed(stage.mean, 4), fixed(stage.error, 4))
        })
        .column("standard errors apart", |stage| fixed(stage.apart, 1));
    report("expectation", context! { MASKS }).table("means", table).outcome()
}

/// A number that a pass computes without dropout, and its mean over many masks.
struct Stage {
    name: &'static str,
    plain: f64,
    mean: f64,
    /// The mean's standard error, and how many of them it is away.
    error: f64,
    apart: f64,
}

fn stages() -> Result<[Stage; 4], Error> {
    let game = game(SHOWN_GAME)?;
    let network = with_dropout(&game, SHOWN_START, FIRST_LAYER)?.network;
    let objective = Objective::from(fresh(&FIRST_LAYER, 1)?);
    let pass = |mode| Pass::through(&network, &game.train, &objective, mode);
    let thinned = (0..MASKS).map(|step| pass(Mode::Training { step }));
    let (whole, thinned) = (pass(Mode::Inference)?, thinned.collect::<Result<Vec<_>, Error>>()?);
    let stage = |name, number: fn(&Pass) -> f64| {
        let spread = Spread::of(&thinned, number);
        let (plain, mean, error) = (number(&whole), spread.mean(), spread.standard_error());
        Stage { name, plain, mean, error, apart: (mean - plain) / error }
    };
    Ok([
        stage("first layer's activations", |pass| pass.first),
        stage("second layer's weighted sums", |pass| pass.sums),
        stage("second layer's activations", |pass| pass.second),
        stage("cost", |pass| pass.cost),
    ])
}

/// What a pass computes on the way, averaged over units and examples, and its cost.
struct Pass {
    first: f64,
    sums: f64,
    second: f64,
    cost: f64,
}

impl Pass {
    fn through(
        network: &Network,
        data: &Dataset,
        objective: &Objective,
        mode: Mode,
    ) -> Result<Self, Error> {
        let activations = objective.activations(network, data.x(), mode)?;
        let layer = &network.parameters().layers()[1];
        let sums = layer.w.dot(&activations[0]) + layer.b.view().insert_axis(Axis(1));
        let mean = |numbers: &Array2<f64>| numbers.mean().unwrap_or_default();
        let (first, second) = (mean(&activations[0]), mean(&activations[1]));
        let cost = objective.cost(network, data, mode)?;
        Ok(Self { first, sums: mean(&sums), second, cost })
    }
}

/// A trained network asked with dropout still on.
fn left_on() -> Result<Outcome, Error> {
    let game = game(SHOWN_GAME)?;
    let network = with_dropout(&game, SHOWN_START, [KEEP; 2])?.network;
    let dropout = fresh(&[KEEP; 2], 77)?;
    let shown = context! {
        off => network.accuracy(&game.test)?,
        on => accuracy(&probabilities(&dropout, &network, game.test.x(), 0)?, &game.test),
    };
    let asked = LeftOn::measure()?;
    let constants = context! { FEW_SEEDS, ASKED_POINTS, FEW_ANSWERS, ANSWERS };
    report("left_on", context! { shown, asked, ..constants })
        .figure("boundary", plane(&network, &game.train, &dropout))
        .figure("average", asked.average())
        .outcome()
}

fn plane(network: &Network, data: &Dataset, dropout: &Dropout) -> Result<Drawing, FigureError> {
    // Each place of the plane is asked at a step of its own, so of another thinned network.
    let asked = Cell::new(0);
    let on = |x1, x2| {
        asked.set(asked.get() + 1);
        let answer = probabilities(dropout, network, array![[x1], [x2]].view(), asked.get());
        answer.map_or(f64::NAN, |answer| answer[(0, 0)])
    };
    Boundary::grid(2).network("dropout off", network, data).panel("dropout on", data, on).draw()
}

const FEW_SEEDS: u32 = 5;
const ASKED_POINTS: usize = 2_000;
/// How many answers are averaged, a few and at most.
const FEW_ANSWERS: usize = 10;
const ANSWERS: usize = 1_000;
const COUNTS: [usize; 13] = [1, 2, 3, 5, FEW_ANSWERS, 20, 30, 50, 100, 200, 300, 500, ANSWERS];

/// What came of asking the networks of several seeds in several ways.
#[derive(Serialize)]
struct LeftOn {
    off: Spread,
    on: Spread,
    few_averaged: Spread,
    averaged: Spread,
    /// How far the mean of all answers is from the answer without dropout.
    apart: Spread,
    differ: Spread,
    #[serde(skip)]
    curve: Vec<(f64, Spread)>,
}

/// What came of asking one network.
struct Asked {
    off: f64,
    /// The share of points that two answers differ on.
    differ: f64,
    /// The accuracy of the mean of several answers with dropout on.
    means: BTreeMap<usize, f64>,
}

impl Asked {
    fn measure(seed: u32) -> Result<Self, Error> {
        let network = with_dropout(&game(seed)?, seed, [KEEP; 2])?.network;
        let mut rng = RandomState::new(3_000 + seed);
        let test = trainable::prelude::football(ASKED_POINTS, NOISE, &mut rng)?;
        let dropout = fresh(&[KEEP; 2], 100 + seed)?;
        let answer = |step| probabilities(&dropout, &network, test.x(), step);
        let (first, second) = (answer(0)?, answer(1)?);
        let class = |p: f64| p > 0.5;
        let differ = first.iter().zip(&second).filter(|(a, b)| class(**a) != class(**b)).count();
        let mut sum = Array2::zeros(first.dim());
        let mut means = BTreeMap::new();
        for (step, count) in (0..ANSWERS).zip(1..) {
            sum += &answer(step)?;
            if COUNTS.contains(&count) {
                means.insert(count, accuracy(&(&sum / count as f64), &test));
            }
        }
        let differ = differ as f64 / test.examples() as f64;
        Ok(Self { off: network.accuracy(&test)?, differ, means })
    }

    fn mean_of(&self, answers: usize) -> f64 {
        self.means.get(&answers).copied().unwrap_or(f64::NAN)
    }
}

impl LeftOn {
    fn measure() -> Result<Self, Error> {
        let asked = over_seeds(FEW_SEEDS, Asked::measure)?;
        let mean_of = |answers| Spread::of(&asked, |asked| asked.mean_of(answers));
        Ok(Self {
            off: Spread::of(&asked, |asked| asked.off),
            on: mean_of(1),
            few_averaged: mean_of(FEW_ANSWERS),
            averaged: mean_of(ANSWERS),
            apart: Spread::of(&asked, |asked| (asked.mean_of(ANSWERS) - asked.off).abs()),
            differ: Spread::of(&asked, |asked| asked.differ),
            curve: COUNTS.map(|count| (count as f64, mean_of(count))).to_vec(),
        })
    }

    fn average(&self) -> Result<Drawing, FigureError> {
        LineChart::new("answers averaged", "accuracy")
            .log_x()
            .percent_y()
            .markers(true)
            .horizontal("dropout off", self.off.median())
            .line("dropout on", Role::Test, &medians(&self.curve))
            .draw()
    }
}

/// The cost with dropout on, and the cost of the same parameters with dropout off.
fn noisy_cost() -> Result<Outcome, Error> {
    let descent = GradientDescent::new(WATCHED_RATE);
    let (slow, _) = watched(descent.clone())?;
    let (fast, _) = watched(GradientDescent::new(LEARNING_RATE))?;
    let (on, off) = watched(descent.dropout(fresh(&[KEEP; 2], SHOWN_START)?))?;
    let drawing = LineChart::new("iteration", "cost J")
        .line("dropout on", Role::Series3, &on)
        .line("off", Role::Train, &off)
        .draw();
    let recorded = on.len();
    let (on, off, slow, fast) = (rises(&on), rises(&off), rises(&slow), rises(&fast));
    let rates = context! { WATCHED_RATE, LEARNING_RATE };
    report("noisy_cost", context! { recorded, on, off, slow, fast, ..rates })
        .figure("costs", drawing)
        .outcome()
}

/// How many of the recorded costs are above the one before.
fn rises(points: &[(f64, f64)]) -> usize {
    points.windows(2).filter(|pair| pair[1].1 > pair[0].1).count()
}

type Costs = Vec<(f64, f64)>;

/// The costs along a run: those that its steps see, and those of the whole network.
fn watched(descent: GradientDescent) -> Result<(Costs, Costs), Error> {
    let game = game(SHOWN_GAME)?;
    let (mut on, mut off) = (Vec::new(), Vec::new());
    let descent = descent.iterations(WATCHED).record_every(WATCHED_EVERY);
    let mut run = descent.start(&start(SHOWN_START)?, &game.train)?;
    while let Some((iteration, cost)) = run.next_cost()? {
        on.push((iteration as f64, cost));
        off.push((iteration as f64, run.network().cost(&game.train)?));
    }
    Ok((on, off))
}

/// The probability of the circulating notes, and how many draws tell what they keep.
const MASK_KEEP: f64 = 0.8;
const DRAWS: usize = 1_000_000;

/// A mask made of normal deviates.
fn wrong_masks() -> Result<Outcome, Error> {
    let mut rng = RandomState::new(1);
    let mut kept = |mask: fn(&mut RandomState) -> bool| {
        (0..DRAWS).filter(|_| mask(&mut rng)).count() as f64 / DRAWS as f64
    };
    let above = kept(|rng| rng.randn() > MASK_KEEP);
    let below = kept(|rng| rng.randn() < MASK_KEEP);
    let uniform = kept(|rng| rng.rand() < MASK_KEEP);
    let rows = [
        ("np.random.rand(…) < keep_prob", uniform),
        ("np.random.randn(…) < keep_prob", below),
        ("np.random.randn(…) > keep_prob", above),
    ];
    let table = Table::of(&rows)
        .column("mask", |(mask, _)| format!("`{mask}`"))
        .column("kept", |(_, share)| percent(*share, 1));
    report("wrong_masks", context! { MASK_KEEP, DRAWS }).table("kept", table).outcome()
}

const UNSCALED_SEEDS: u32 = 3;
/// What becomes of activations in training.
const SCALED: &str = "masked and divided by keep";
const MASKED: &str = "masked only";

/// Activations that are masked and not divided by keep.
fn unscaled() -> Result<Outcome, Error> {
    let sweep = Sweep::run(&[SCALED, MASKED], UNSCALED_SEEDS, game, |game, way, seed| {
        let network = match *way {
            SCALED => with_dropout(game, seed, FIRST_LAYER)?.network,
            _ => train_unscaled(start(seed)?, game, seed)?,
        };
        Ok(Tested { accuracy: network.accuracy(&game.test)?, cost: network.cost(&game.test)? })
    })?;
    let cost = |runs: &[Tested]| Spread::of(runs, |tested| tested.cost).median();
    let accuracy = |runs: &[Tested]| Spread::of(runs, |tested| tested.accuracy).median();
    let ratio = cost(sweep.at(&MASKED)?) / cost(sweep.at(&SCALED)?);
    let rows: Vec<_> = sweep.arms().collect();
    let table = Table::of(&rows)
        .column("in training", |(way, _)| (**way).to_owned())
        .column("accuracy", |(_, runs)| percent(accuracy(runs), 1))
        .column("cost", |(_, runs)| fixed(cost(runs), 3));
    report("unscaled", context! { ratio, UNSCALED_SEEDS }).table("test", table).outcome()
}

/// How a network does on new points.
struct Tested {
    accuracy: f64,
    cost: f64,
}

/// Trains with masks at every step whose activations are not scaled: their keep is said to be 1.
fn train_unscaled(mut network: Network, game: &Game, seed: u32) -> Result<Network, Error> {
    let source = fresh(&FIRST_LAYER, seed)?;
    for step in 0..ITERATIONS {
        let masks = source.masks(&SIZES, game.train.examples(), step)?;
        let dropout = Dropout::fixed(&[1.0; 2], masks)?;
        descent().iterations(1).dropout(dropout).train(&mut network, &game.train)?;
    }
    Ok(network)
}

/// The assignment's dropout run on its own data, as recorded, with its masks and with others.
fn recorded_dropout() -> Result<Outcome, Error> {
    let recorded = football::recorded()?;
    let found = Starts::of(&recorded)?;
    let model = format!("Model with dropout, {} (recorded)", Setting::Keep(KEEP).name());
    let report = report("recorded_dropout", &found);
    print_run(report, Work::Regularization, ("dropped", &model), &DROPOUT, recorded.run("dropout")?)
        .figure("seeds", found.drawing())
        .outcome()
}

/// Test accuracies on the assignment's data.
#[derive(Serialize)]
struct Starts {
    /// With the assignment's masks and start.
    test: f64,
    free: Spread,
    l2: Spread,
    frozen: Spread,
    fresh: Spread,
    source: String,
}

impl Starts {
    fn of(recorded: &Recorded) -> Result<Self, Error> {
        let tests = |name| Ok::<_, Error>(Spread::of(recorded.seeds(name)?, |run| run.test));
        let test = recorded.run("dropout")?.test;
        let (frozen, fresh) = (tests("dropout")?, Spread::of(&recorded.fresh, |run| run.test));
        Ok(Self {
            test,
            free: tests("none")?,
            l2: tests("l2")?,
            frozen,
            fresh,
            source: recorded.source(),
        })
    }

    fn drawing(&self) -> Result<Drawing, FigureError> {
        DotPlot::new("test accuracy")
            .percent()
            .category("no regularization", Role::Test, self.free.values())
            .category("L2", Role::Test, self.l2.values())
            .category("frozen masks", Role::Test, self.frozen.values())
            .category("fresh masks", Role::Test, self.fresh.values())
            .draw()
    }
}

/// The two graded functions of the assignment, with its inputs.
fn dropout_exercise() -> Result<Outcome, Error> {
    let (x, parameters) = exercise_inputs(3)?;
    let keep = [0.7; 2];
    let masks = masks(&keep, &parameters.sizes(), 5, &mut RandomState::new(1))?;
    let objective = Objective::from(Dropout::fixed(&keep, masks)?);
    let network = Network::from_parameters(parameters);
    let activations = objective.activations(&network, x.view(), Mode::Training { step: 0 })?;
    let what = "`forward_propagation_with_dropout`, A3";
    let a3 = Printed::matrix(Work::Regularization, what, DROPOUT_A3, activations[2].view());
    let mut report = report("dropout_exercise", ()).printed("a3", a3);
    for (layer, printed) in DROPOUT_DA.iter().enumerate() {
        let l = layer + 1;
        let what = format!("`backward_propagation_with_dropout`, dA{l}");
        let ours = graded_derivatives(layer)?;
        let printed = Printed::matrix(Work::Regularization, &what, printed, ours.view());
        report = report.printed(&format!("da{l}"), printed);
    }
    report.outcome()
}

/// The derivatives by the activations of a hidden layer, from the activations and masks that the
/// graded function's test hands it, which no forward propagation made.
///
/// In a network of identities with one example, a derivative by an activation is that by its bias;
/// where the exercise's ReLU is flat, the mask drops the unit as well.
fn graded_derivatives(layer: usize) -> Result<Array2<f64>, Error> {
    let w2 =
        array![[0.50249434, 0.90085595], [-0.68372786, -0.12289023], [-0.93576943, -0.26788808]];
    let w3 = array![[-0.6871727, -0.84520564, -0.67124613]];
    let d1 = array![[1, 0, 1, 1, 1], [1, 1, 1, 1, 0]];
    let d2 = array![[1, 0, 1, 0, 1], [0, 1, 0, 1, 1], [0, 0, 1, 0, 0]];
    let active = array![[1, 0, 1, 0, 1], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]];
    let a3 = [0.32266394, 0.49683389, 0.00348883, 0.49683389, 0.32266394];
    let y = [1.0, 1.0, 0.0, 1.0, 0.0];
    let mut all = Array2::zeros((layer + 2, 5));
    for example in 0..5 {
        // The second layer's ReLU counts for what reaches the first, not for its own activations.
        let taken = |unit| d2[(unit, example)] == 1 && (layer == 1 || active[(unit, example)] == 1);
        let logit = libm::log(a3[example] / (1.0 - a3[example]));
        let layers = vec![
            Layer { w: Array2::zeros((2, 1)), b: Array1::zeros(2) },
            Layer { w: w2.clone(), b: Array1::zeros(3) },
            Layer { w: w3.clone(), b: array![logit] },
        ];
        let network = Network::from_parameters(Parameters::new(layers)?)
            .with_activation(Activation::Identity);
        let masks = vec![
            Array2::from_shape_fn((2, 1), |(unit, _)| d1[(unit, example)] == 1),
            Array2::from_shape_fn((3, 1), |(unit, _)| taken(unit)),
        ];
        let data = Dataset::new(array![[0.0]], array![[y[example]]])?;
        let objective = Objective::from(Dropout::fixed(&[0.8; 2], masks)?);
        let gradients = objective.gradients(&network, &data, Mode::Training { step: 0 })?;
        all.column_mut(example).assign(&gradients.layers()[layer].b);
    }
    Ok(all)
}
