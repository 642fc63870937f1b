//! Early stopping: every run, number, figure and claim of its chapter.

use std::fmt::Debug;

use figures::format::{fixed, integer, percent, plain, words};
use figures::{Boundary, DotPlot, Drawing, FigureError, LineChart, Role};
use minijinja::context;
use serde::Serialize;
use trainable::prelude::*;

use crate::curve::{costs, last};
use crate::error::Error;
use crate::experiment::experiments;
use crate::game::sum_of_squares;
use crate::judge::claim::judged;
use crate::outcome::{Outcome, Table};
use crate::report::texts;
use crate::spread::{Spread, Sweep, over_seeds, paired};

mod claims;

use claims::{
    APART, BY_HAND, DEV, DIRECTIONS, ENDLESS, EVERY, HASTY, HIGH_RATE, ITERATIONS, LAMBDA, LAMBDAS,
    LOW_RATE, Measured, NEW, PATIENCE, Reported, Run, SMALL_STEPS, Split, TEST, TRAINING, WIDE,
    descent, descent_at, dev, l2, split, start,
};

judged!(
    include_str!("early_stopping/claims.toml"),
    [
        APART, BY_HAND, DEV, DIRECTIONS, EVERY, HASTY, HIGH_RATE, ITERATIONS, LAMBDA, LAMBDAS,
        LOW_RATE, NEW, PATIENCE, SMALL_STEPS, TEST, TRAINING
    ]
);

experiments![
    stopping_point, dev_curves, patience, growing_weights, time_and_lambda, one_knob, search_price,
    stopped_on_test, not_restored, small_dev
];

texts!(
    include_str!("early_stopping.toml"),
    [
        ITERATIONS, EVERY, TRAINING, DEV, NEW, SEEDS, FEW_SEEDS, CURVES, PATIENCE, VALLEY_PATIENCE,
        LAMBDA, NARROW, WIDE, PATIENCES, HURRIED, TEST, LEAST_DEV, MOST_DEV
    ]
);

/// Seeds of data and weights.
const SEEDS: u32 = 20;
const FEW_SEEDS: u32 = 10;
/// The seed of the figures that show one run.
const SHOWN: u32 = 7;

/// The runs of one setting.
#[derive(Serialize)]
struct Arm {
    steps: Spread,
    train_cost: Spread,
    squares: Spread,
    dev_cost: Spread,
    cost: Spread,
    accuracy: Spread,
}

impl Arm {
    fn all<S: Clone + PartialEq + Debug + Sync>(sweep: &Sweep<S, Measured>) -> Vec<(S, Self)> {
        sweep.arms().map(|(setting, runs)| (setting.clone(), Self::of(runs))).collect()
    }

    fn of(runs: &[Measured]) -> Self {
        Self {
            steps: Spread::of(runs, |run| run.steps as f64),
            train_cost: Spread::of(runs, |run| run.train_cost),
            squares: Spread::of(runs, |run| run.squares),
            dev_cost: Spread::of(runs, |run| run.dev_cost),
            cost: Spread::of(runs, |run| run.cost),
            accuracy: Spread::of(runs, |run| run.accuracy),
        }
    }

    /// The median of the steps, as tables have it.
    fn steps(&self) -> String {
        integer(self.steps.median().round() as usize)
    }
}

/// One run: where it ends, and where its dev cost was least.
fn stopping_point() -> Result<Outcome, Error> {
    let data = split(SHOWN)?;
    let best = data.stop(&descent(), ENDLESS)?;
    let mut network = start(SHOWN)?;
    let history = descent().train(&mut network, &data.train)?;
    let train = costs(history.costs());
    let boundary = Boundary::grid(2)
        .network("after the last step", &network, &data.train)
        .network("where the dev cost was least", &best.network, &data.train)
        .draw();
    let curves = LineChart::new("iteration", "cost")
        .y_range(0.0, 0.8)
        .vertical("best", best.best_iteration as f64)
        .line("training", Role::Train, &train)
        .line("dev", Role::Dev, &best.curve)
        .draw();
    let end = data.measure(&network, ITERATIONS)?;
    let found = context! { end, best, last_train => last(&train), last_dev => last(&best.curve) };
    report("stopping_point", found).figure("boundary", boundary).figure("curves", curves).outcome()
}

/// The shape of the dev curve, over seeds.
fn dev_curves() -> Result<Outcome, Error> {
    let runs = over_seeds(SEEDS, |seed| split(seed)?.stop(&descent(), ENDLESS))?;
    let rise = Spread::of(&runs, |run| last(&run.curve) / run.restored.dev_cost);
    let best = Spread::of(&runs, |run| run.best_iteration as f64);
    let lines = runs.iter().take(CURVES).map(|run| run.curve.iter().skip(1).copied().collect());
    let drawing = LineChart::new("iteration", "dev cost")
        .log_x()
        .y_range(0.1, 1.1)
        .bundle("a seed each", Role::Dev, &lines.collect::<Vec<_>>())
        .draw();
    report("dev_curves", context! { rise, best }).figure("shapes", drawing).outcome()
}

/// How many dev curves a figure shows.
const CURVES: usize = 8;

/// How long to wait.
fn patience() -> Result<Outcome, Error> {
    let patiences = [HASTY, 2, 5, PATIENCE, 100, ENDLESS];
    let sweep = Sweep::run(&patiences, SEEDS, split, |data, patience, _| {
        Ok(data.stop(&descent(), *patience)?.restored)
    })?;
    let whole = sweep.at(&ENDLESS)?;
    let found =
        |runs: &[Measured]| paired(runs, whole, |run| run.dev_cost).count(|apart| apart == 0.0);
    let rows = sweep.arms().map(|(patience, runs)| (*patience, found(runs), Arm::of(runs)));
    let rows: Vec<_> = rows.collect();
    let table = Table::of(&rows)
        .column("patience", |(patience, _, _)| match *patience {
            ENDLESS => "to the end".to_owned(),
            patience => patience.to_string(),
        })
        .column("steps", |(_, _, arm)| arm.steps())
        .column("found", |(_, found, _)| found.to_string())
        .column("mean cost", |(_, _, arm)| fixed(arm.cost.mean(), 3))
        .column("mean accuracy", |(_, _, arm)| percent(arm.accuracy.mean(), 1))
        .column("worst accuracy", |(_, _, arm)| percent(arm.accuracy.min(), 1));
    let valleys = Valleys::measure()?;
    let (hasty_found, patient_found) = (found(sweep.at(&HASTY)?), found(sweep.at(&PATIENCE)?));
    report("patience", context! { hasty_found, patient_found, valleys })
        .table("patiences", table)
        .figure("valleys", valleys.curve())
        .figure("bend", valleys.boundaries())
        .outcome()
}

/// A dev curve that turns, and turns again.
#[derive(Serialize)]
struct Valleys {
    #[serde(skip)]
    data: Split,
    first: Run,
    second: Run,
    /// The highest cost between the two.
    top: f64,
}

/// A patience that ends in the first valley.
const VALLEY_PATIENCE: usize = 5;

impl Valleys {
    fn measure() -> Result<Self, Error> {
        let data = split(6)?;
        let first = data.stop(&descent(), VALLEY_PATIENCE)?;
        let second = data.stop(&descent(), ENDLESS)?;
        let between = first.best_iteration as f64..second.best_iteration as f64;
        let between = second.curve.iter().filter(|(iteration, _)| between.contains(iteration));
        let top = between.map(|(_, cost)| *cost).fold(0.0, f64::max);
        Ok(Self { data, first, second, top })
    }

    fn curve(&self) -> Result<Drawing, FigureError> {
        let end = 2_000;
        LineChart::new("iteration", "cost")
            .x_range(0.0, end as f64)
            .y_range(0.38, 0.5)
            .vertical(&format!("patience {VALLEY_PATIENCE} ends"), self.first.restored.steps as f64)
            .vertical("least", self.second.best_iteration as f64)
            .line("dev", Role::Dev, &self.second.curve[..=end / EVERY])
            .draw()
    }

    fn boundaries(&self) -> Result<Drawing, FigureError> {
        Boundary::grid(2)
            .network("first valley", &self.first.network, &self.data.train)
            .network("second valley", &self.second.network, &self.data.train)
            .draw()
    }
}

/// The size of the weights along training, at the stop, and under L2.
fn growing_weights() -> Result<Outcome, Error> {
    let seeds = over_seeds(SEEDS, Norms::measure)?;
    let of = |size: fn(&Norms) -> f64| Spread::of(&seeds, size);
    let (start, stopped) = (of(|norms| norms.start), of(|norms| norms.stopped));
    let (held, end) = (of(|norms| norms.held), of(|norms| norms.end));
    let drawing = DotPlot::new("sum of squared weights")
        .log()
        .category("at the start", Role::Series6, start.values())
        .category("stopped early", Role::Dev, stopped.values())
        .category(&format!("L2, λ = {}", plain(LAMBDA)), Role::Train, held.values())
        .category("at the end", Role::Test, end.values())
        .draw();
    let shown = Norms::measure(SHOWN)?;
    report("growing_weights", context! { start, stopped, held, end, shown })
        .figure("growth", shown.growth())
        .figure("sizes", drawing)
        .outcome()
}

/// The sum of the squared weights along one seed's training.
#[derive(Serialize)]
struct Norms {
    start: f64,
    best_iteration: usize,
    /// Where training was stopped.
    stopped: f64,
    end: f64,
    /// At the end under L2.
    held: f64,
    #[serde(skip)]
    path: Vec<(f64, f64)>,
    #[serde(skip)]
    held_path: Vec<(f64, f64)>,
}

impl Norms {
    fn measure(seed: u32) -> Result<Self, Error> {
        let data = split(seed)?;
        let stop = data.stop(&descent(), PATIENCE)?;
        let path = |penalty| {
            let size = |iteration, network: &_| (iteration as f64, sum_of_squares(network));
            data.watch(&descent().penalty(penalty), size)
        };
        let (held_path, path) = (path(l2(LAMBDA))?, path(Penalty::None)?);
        Ok(Self {
            start: sum_of_squares(&start(seed)?),
            best_iteration: stop.best_iteration,
            stopped: stop.restored.squares,
            end: last(&path),
            held: last(&held_path),
            path,
            held_path,
        })
    }

    fn growth(&self) -> Result<Drawing, FigureError> {
        LineChart::new("iteration", "sum of squared weights")
            .vertical("best on dev", self.best_iteration as f64)
            .line("λ = 0", Role::Test, &self.path)
            .line(&format!("λ = {}", plain(LAMBDA)), Role::Train, &self.held_path)
            .draw()
    }
}

/// Steps of gradient descent against 1/λ, for one unit.
fn time_and_lambda() -> Result<Outcome, Error> {
    let data = split(SHOWN)?;
    let all = (0..14).map(|power| Unit::measure(&data, 1 << power));
    let all = all.collect::<Result<Vec<Unit>, Error>>()?;
    let line = |size: fn(&Unit) -> f64| -> Vec<(f64, f64)> {
        all.iter().map(|unit| (unit.time, size(unit))).collect()
    };
    let drawing = LineChart::new("αt, or m/λ", "size of the weights ‖w‖")
        .log_x()
        .log_y()
        .markers(true)
        .line("t steps", Role::Dev, &line(|unit| unit.stopped))
        .line("L2", Role::Train, &line(|unit| unit.held))
        .draw();
    let apart = Spread::of(&all, |unit| libm::log(unit.stopped / unit.held).abs());
    let factor = libm::exp(apart.max());
    let (first, last) = (all.first(), all.last());
    let found = context! { first, last, factor };
    report("time_and_lambda", found).figure("paths", drawing).outcome()
}

/// One sigmoid unit, stopped after t steps, and held by the penalty that corresponds.
#[derive(Serialize)]
struct Unit {
    /// αt.
    time: f64,
    /// The sizes of the weights.
    stopped: f64,
    held: f64,
}

impl Unit {
    fn measure(data: &Split, steps: usize) -> Result<Self, Error> {
        let alpha = 0.1;
        let trained = |steps: usize, penalty| -> Result<Network, Error> {
            let mut network = Network::from_parameters(Parameters::zeros(&[2, 1])?);
            let run = GradientDescent::new(alpha).penalty(penalty).record_every(steps);
            run.iterations(steps).train(&mut network, &data.train)?;
            Ok(network)
        };
        let time = alpha * steps as f64;
        let stopped = trained(steps, Penalty::None)?;
        // Long enough to settle: sixteen times as long as the penalty's own time.
        let penalty = l2(data.train.examples() as f64 / time);
        let held = trained((16 * steps).max(2_000), penalty)?;
        let size = |network: &Network| sum_of_squares(network).sqrt();
        Ok(Self { time, stopped: size(&stopped), held: size(&held) })
    }
}

/// One knob for two tasks: the learning rate, under three ways not to overfit.
fn one_knob() -> Result<Outcome, Error> {
    let rates = [0.1, 0.2, 0.5, 1.0];
    let ways = [Way::ByHand, Way::Stopped, Way::Held];
    let settings = ways.iter().flat_map(|way| rates.map(|rate| (*way, rate)));
    let settings: Vec<(Way, f64)> = settings.collect();
    let sweep =
        Sweep::run(&settings, FEW_SEEDS, split, |data, (way, rate), _| way.measure(data, *rate))?;
    let rows = Arm::all(&sweep);
    let table = Table::of(&rows)
        .column("way", |((way, _), _)| way.name())
        .column("learning rate", |((_, rate), _)| plain(*rate))
        .column("training cost", |(_, arm)| fixed(arm.train_cost.median(), 3))
        .column("Σ w²", |(_, arm)| fixed(arm.squares.median(), 0))
        .column("new points", |(_, arm)| percent(arm.accuracy.median(), 1));
    report("one_knob", ()).table("rates", table).outcome()
}

/// A way not to overfit.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    ByHand,
    Stopped,
    Held,
}

impl Way {
    fn name(self) -> String {
        match self {
            Self::ByHand => format!("after {BY_HAND} steps"),
            Self::Stopped => "early stopping".to_owned(),
            Self::Held => format!("L2, λ = {}", plain(LAMBDA)),
        }
    }

    fn measure(self, data: &Split, rate: f64) -> Result<Measured, Error> {
        let descent = descent_at(rate);
        match self {
            Self::ByHand => data.finish(&descent, BY_HAND),
            Self::Stopped => Ok(data.stop(&descent, PATIENCE)?.restored),
            Self::Held => data.finish(&descent.penalty(l2(LAMBDA)), ITERATIONS),
        }
    }
}

/// What a search over λ costs and gains, beside one run that is stopped.
fn search_price() -> Result<Outcome, Error> {
    let sweep = prices()?;
    let arm = |spent: Spent| Ok::<_, Error>(Arm::of(sweep.at(&spent)?));
    let (hurried, patient) = (arm(Spent::Waiting(HURRIED))?, arm(Spent::Waiting(PATIENCE))?);
    let (single, wide) = (arm(Spent::Search(&SINGLE))?, arm(Spent::Search(&WIDE))?);
    let neither = arm(Spent::Neither)?;
    let rows = Arm::all(&sweep);
    let table = Table::of(&rows)
        .column("way", |(spent, _)| spent.name())
        .column("steps", |(_, arm)| arm.steps())
        .column("mean accuracy", |(_, arm)| percent(arm.accuracy.mean(), 1))
        .column("worst accuracy", |(_, arm)| percent(arm.accuracy.min(), 1));
    let found = context! {
        hurried, patient, single, wide, neither,
        narrow_tried => NARROW.len(), wide_tried => WIDE.len(),
    };
    report("search_price", found)
        .table("prices", table)
        .figure("price", prices_drawing(&rows, &neither))
        .outcome()
}

/// The patiences compared, and the least of them.
const PATIENCES: [usize; 4] = [HURRIED, 5, PATIENCE, 100];
const HURRIED: usize = 2;
/// The λ that a search tries.
const SINGLE: [f64; 1] = [LAMBDA];
const NARROW: [f64; 3] = [0.03, LAMBDA, 3.0];

/// What steps are spent on.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Spent {
    Waiting(usize),
    Search(&'static [f64]),
    /// L2 with early stopping.
    Both,
    Neither,
}

impl Spent {
    fn name(self) -> String {
        match self {
            Self::Waiting(patience) => format!("early stopping, patience {patience}"),
            Self::Search([_]) => "L2, one λ".to_owned(),
            Self::Search(lambdas) => format!("L2, best of {} λ", words(lambdas.len())),
            Self::Both => format!("L2, λ = {}, and patience {PATIENCE}", plain(LAMBDA)),
            Self::Neither => "neither".to_owned(),
        }
    }

    /// The network that is best on dev, of those trained with each λ to the end or of one run.
    fn measure(self, data: &Split, searched: &[(f64, Measured)]) -> Result<Measured, Error> {
        match self {
            Self::Waiting(patience) => Ok(data.stop(&descent(), patience)?.restored),
            Self::Search(lambdas) => {
                let tried = searched.iter().filter(|(lambda, _)| lambdas.contains(lambda));
                let best = tried.min_by(|(_, a), (_, b)| a.dev_cost.total_cmp(&b.dev_cost));
                let steps = lambdas.len() * ITERATIONS;
                best.map(|(_, best)| Measured { steps, ..*best }).ok_or_else(|| Error::Setting {
                    expected: format!("some of the λ {WIDE:?}"),
                    got: format!("{lambdas:?}"),
                })
            }
            Self::Both => Ok(data.stop(&descent().penalty(l2(LAMBDA)), PATIENCE)?.restored),
            Self::Neither => data.finish(&descent(), ITERATIONS),
        }
    }
}

fn prices() -> Result<Sweep<Spent, Measured>, Error> {
    let (waiting, searches) = (PATIENCES.map(Spent::Waiting), [&SINGLE[..], &NARROW, &WIDE]);
    let searches = searches.map(Spent::Search);
    let all = [&waiting[..], &searches, &[Spent::Both, Spent::Neither]].concat();
    let prepare = |seed| {
        let data = split(seed)?;
        let searched = WIDE
            .map(|lambda| Ok((lambda, data.finish(&descent().penalty(l2(lambda)), ITERATIONS)?)));
        let searched = searched.into_iter().collect::<Result<Vec<_>, Error>>()?;
        Ok((data, searched))
    };
    Sweep::run(&all, SEEDS, prepare, |(data, searched), spent, _| spent.measure(data, searched))
}

fn prices_drawing(arms: &[(Spent, Arm)], neither: &Arm) -> Result<Drawing, FigureError> {
    let line = |is_on: fn(&Spent) -> bool| -> Vec<(f64, f64)> {
        let arms = arms.iter().filter(|(spent, _)| is_on(spent));
        arms.map(|(_, arm)| (arm.steps.median(), arm.accuracy.mean())).collect()
    };
    LineChart::new("steps of gradient descent", "accuracy on new points")
        .log_x()
        .percent_y()
        .markers(true)
        .x_range(400.0, 100_000.0)
        .y_range(0.87, 0.9)
        .horizontal("neither", neither.accuracy.mean())
        .line("stopped", Role::Dev, &line(|spent| matches!(spent, Spent::Waiting(_))))
        .line("search for λ", Role::Train, &line(|spent| matches!(spent, Spent::Search(_))))
        .draw()
}

/// The iteration chosen on the test set, and the accuracy reported there.
fn stopped_on_test() -> Result<Outcome, Error> {
    let prepare = |seed| {
        let data = split(seed)?;
        let networks = data.watch(&descent(), |_, network| network.clone())?;
        Ok((data, networks))
    };
    let sizes = [20, TEST, 100, 400];
    let sweep = Sweep::run(&sizes, SEEDS, prepare, |(data, networks), size, _| {
        Reported::measure(data, networks, *size)
    })?;
    let rows: Vec<_> = sweep.arms().collect();
    let table = Table::of(&rows)
        .column("test points", |(size, _)| size.to_string())
        .column("accuracy reported", |(_, runs)| percent(mean(runs, |run| run.reported), 1))
        .column("on new points", |(_, runs)| percent(mean(runs, |run| run.new), 1))
        .column("optimism", |(_, runs)| percent(mean(runs, |run| run.optimism), 1));
    report("stopped_on_test", ()).table("optimism", table).outcome()
}

/// The mean of a number over runs.
fn mean(runs: &[Reported], number: fn(&Reported) -> f64) -> f64 {
    Spread::of(runs, number).mean()
}

/// The network after the last step, beside the one that is restored.
fn not_restored() -> Result<Outcome, Error> {
    let sweep = Sweep::run(&[5, PATIENCE, 100], SEEDS, split, |data, patience, _| {
        let restored = data.stop(&descent(), *patience)?.restored;
        Ok((restored, data.finish(&descent(), restored.steps)?))
    })?;
    let rows = sweep.arms().map(|(patience, runs)| {
        let (restored, last): (Vec<_>, Vec<_>) = runs.iter().copied().unzip();
        (*patience, Arm::of(&restored), Arm::of(&last))
    });
    let rows: Vec<(usize, Arm, Arm)> = rows.collect();
    let table = Table::of(&rows)
        .column("patience", |(patience, _, _)| patience.to_string())
        .column("cost, restored", |(_, restored, _)| fixed(restored.cost.mean(), 3))
        .column("cost, last", |(_, _, last)| fixed(last.cost.mean(), 3))
        .column("accuracy, restored", |(_, restored, _)| percent(restored.accuracy.mean(), 1))
        .column("accuracy, last", |(_, _, last)| percent(last.accuracy.mean(), 1));
    report("not_restored", ()).table("restored", table).outcome()
}

/// The points of the smallest dev set, and of the largest.
const LEAST_DEV: usize = 6;
const MOST_DEV: usize = 2_400;

/// Dev sets from far too small to larger than the training set.
fn small_dev() -> Result<Outcome, Error> {
    let sizes = [LEAST_DEV, 12, DEV, 150, 600, MOST_DEV];
    let sweep = Sweep::run(&sizes, SEEDS, split, |data, size, seed| {
        let data = Split { dev: dev(*size, seed)?, ..data.clone() };
        Ok(data.stop(&descent(), PATIENCE)?.restored)
    })?;
    let rows = Arm::all(&sweep);
    let table = Table::of(&rows)
        .column("dev points", |(size, _)| integer(*size))
        .column("least dev cost", |(_, arm)| fixed(arm.dev_cost.mean(), 3))
        .column("cost on new points", |(_, arm)| fixed(arm.cost.mean(), 3))
        .column("mean accuracy", |(_, arm)| percent(arm.accuracy.mean(), 1))
        .column("worst accuracy", |(_, arm)| percent(arm.accuracy.min(), 1));
    let line = |cost: fn(&Arm) -> &Spread| -> Vec<(f64, f64)> {
        rows.iter().map(|(size, arm)| (*size as f64, cost(arm).mean())).collect()
    };
    let drawing = LineChart::new("dev points", "cost")
        .log_x()
        .markers(true)
        .line("on dev", Role::Dev, &line(|arm| &arm.dev_cost))
        .line("on new points", Role::Test, &line(|arm| &arm.cost))
        .draw();
    let arm = |size: usize| Ok::<_, Error>(Arm::of(sweep.at(&size)?));
    let (least, usual, most) = (arm(LEAST_DEV)?, arm(DEV)?, arm(MOST_DEV)?);
    report("small_dev", context! { least, usual, most })
        .table("sizes", table)
        .figure("costs", drawing)
        .outcome()
}
