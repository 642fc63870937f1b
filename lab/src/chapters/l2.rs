//! L2 regularization: every run, number, figure and claim of its chapter.

use course::Work;
use course::regularization::{L2, REGULARIZED_COST, REGULARIZED_GRADIENTS, UNREGULARIZED};
use figures::format::{fixed, integer, percent, plain, scientific};
use figures::{Boundary, DotPlot, Drawing, FigureError, LineChart, Role};
use minijinja::{Value as Named, context};
use ndarray::{Array1, Array2};
use serde::Serialize;
use trainable::data::football::bayes_error;
use trainable::prelude::*;

use crate::assignment::{exercise_inputs, print_run};
use crate::error::Error;
use crate::experiment::experiments;
use crate::football::{self, Accuracies, Recorded, Strength};
use crate::game::{
    self, ITERATIONS, LEARNING_RATE, NEW_POINTS, NOISE, game, start, sum_of_squares, weights,
};
use crate::judge::claim::judged;
use crate::outcome::{Columns, Outcome, Table};
use crate::printed::Printed;
use crate::report::texts;
use crate::spread::{Spread, Sweep, medians, over_seeds, paired, ranges};

mod claims;

use claims::{
    FALLING_RATE, LAMBDA, MOVED, MOVED_RATE, STEPS, STRONG, STRONG_L1, TOO_LARGE, WATCHED,
    WATCHED_EVERY, WEAK, l1, l2, rises, run, watched,
};

judged!(
    include_str!("l2/claims.toml"),
    [
        LAMBDA, TOO_LARGE, WEAK, STRONG, STRONG_L1, STEPS, NEW_POINTS, FALLING_RATE, WATCHED,
        WATCHED_EVERY, MOVED, MOVED_RATE
    ]
);

experiments![
    overfitting, lambdas, boundaries, decay, falling, linearity, sparsity, penalized_biases,
    regularization_exercise, recorded_football
];

texts!(include_str!("l2.toml"), [LAMBDA, SEEDS, FEW_SEEDS, FALLING_RATE, SMALL]);

/// Seeds of data and weights where accuracies are compared, and where they illustrate.
const SEEDS: u32 = 10;
const FEW_SEEDS: u32 = 5;
/// The game and the start of the single runs that figures show.
const SHOWN_GAME: u32 = 2;
const SHOWN_START: u32 = 3;

/// A trained network without the network: what it gets right, and the size of its weights.
#[derive(Debug, Clone, Serialize)]
struct Measured {
    train: f64,
    test: f64,
    squares: f64,
}

impl From<&game::Run> for Measured {
    fn from(run: &game::Run) -> Self {
        Self { train: run.train, test: run.test, squares: sum_of_squares(&run.network) }
    }
}

/// One training set fitted too closely, and the same with a penalty.
fn overfitting() -> Result<Outcome, Error> {
    let game = game(SHOWN_GAME)?;
    let free = run(start(SHOWN_START)?, &game, Penalty::None)?;
    let held = run(start(SHOWN_START)?, &game, l2(LAMBDA))?;
    let drawing = Boundary::grid(2)
        .network("λ = 0", &free.network, &game.train)
        .network(&format!("λ = {}", plain(LAMBDA)), &held.network, &game.train)
        .draw();
    let (free, held) = (Measured::from(&free), Measured::from(&held));
    let best = 1.0 - bayes_error(NOISE)?;
    report("overfitting", context! { free, held, best }).figure("boundary", drawing).outcome()
}

/// The boundary under a stronger and stronger penalty.
fn boundaries() -> Result<Outcome, Error> {
    let game = game(SHOWN_GAME)?;
    let mut runs = Vec::new();
    for lambda in [0.03, LAMBDA, 7.0, 20.0] {
        runs.push((lambda, run(start(SHOWN_START)?, &game, l2(lambda))?));
    }
    let mut figure = Boundary::grid(2);
    for (lambda, run) in &runs {
        let label = format!("λ = {}", plain(*lambda));
        figure = figure.network(&label, &run.network, &game.train);
    }
    let panels = runs.iter();
    let panels = panels.map(|(lambda, run)| {
        let run = Measured::from(run);
        context! { lambda, train => run.train, test => run.test }
    });
    let panels: Vec<Named> = panels.collect();
    report("boundaries", context! { panels }).figure("lambdas", figure.draw()).outcome()
}

/// What λ does, over seeds of data and weights.
fn lambdas() -> Result<Outcome, Error> {
    let found = Lambdas::measure()?;
    report("lambdas", &found)
        .figure("accuracy", found.accuracy())
        .figure("squares", found.squares())
        .table("sweep", found.table())
        .outcome()
}

/// The sweep over λ, with the arms that texts speak of by name.
#[derive(Serialize)]
struct Lambdas {
    all: Vec<Arm>,
    free: Arm,
    weak: Arm,
    weak_still: Arm,
    held: Arm,
    strong: Arm,
    last: Arm,
    best: f64,
}

/// The runs of one λ.
#[derive(Clone, Serialize)]
struct Arm {
    lambda: f64,
    train: Spread,
    test: Spread,
    squares: Spread,
    /// How much better the training set is classified than new points, in the median.
    gap: f64,
}

impl Arm {
    fn of(lambda: f64, runs: &[Measured]) -> Self {
        let train = Spread::of(runs, |run| run.train);
        let test = Spread::of(runs, |run| run.test);
        let squares = Spread::of(runs, |run| run.squares);
        let gap = train.median() - test.median();
        Self { lambda, train, test, squares, gap }
    }
}

impl Lambdas {
    fn measure() -> Result<Self, Error> {
        let values = [0.0, 0.03, 0.1, 0.3, LAMBDA, 2.0, 7.0, 20.0, TOO_LARGE];
        let sweep = Sweep::run(&values, SEEDS, game, |game, lambda, seed| {
            Ok(Measured::from(&run(start(seed)?, game, l2(*lambda))?))
        })?;
        let arm = |lambda: f64| Ok::<_, Error>(Arm::of(lambda, sweep.at(&lambda)?));
        Ok(Self {
            all: sweep.arms().map(|(lambda, runs)| Arm::of(*lambda, runs)).collect(),
            free: arm(0.0)?,
            weak: arm(0.03)?,
            weak_still: arm(0.1)?,
            held: arm(LAMBDA)?,
            strong: arm(7.0)?,
            last: arm(TOO_LARGE)?,
            best: 1.0 - bayes_error(NOISE)?,
        })
    }

    /// One number of the arms that have a place on a logarithmic axis.
    fn placed(&self, number: impl Fn(&Arm) -> &Spread) -> Vec<(f64, Spread)> {
        let arms = self.all.iter().filter(|arm| arm.lambda > 0.0);
        arms.map(|arm| (arm.lambda, number(arm).clone())).collect()
    }

    fn accuracy(&self) -> Result<Drawing, FigureError> {
        let (train, test) = (self.placed(|arm| &arm.train), self.placed(|arm| &arm.test));
        LineChart::new("λ", "accuracy")
            .log_x()
            .percent_y()
            .x_range(0.03, 7.0)
            .y_range(0.89, 0.98)
            .band(Role::Train, &ranges(&train))
            .band(Role::Test, &ranges(&test))
            .horizontal("best possible", self.best)
            .line("training", Role::Train, &medians(&train))
            .line("new points", Role::Test, &medians(&test))
            .draw()
    }

    fn squares(&self) -> Result<Drawing, FigureError> {
        let squares = self.placed(|arm| &arm.squares);
        LineChart::new("λ", "sum of squared weights")
            .log_x()
            .log_y()
            .band(Role::Train, &ranges(&squares))
            .horizontal("λ = 0", self.free.squares.median())
            .y_range(0.01, 1_000.0)
            .line("medians", Role::Train, &medians(&squares))
            .draw()
    }

    fn table(&self) -> Columns<'_, Arm> {
        Table::of(&self.all)
            .column("λ", |arm| plain(arm.lambda))
            .column("training", |arm| percent(arm.train.median(), 1))
            .column("new points", |arm| percent(arm.test.median(), 1))
            .column("difference", |arm| percent(arm.gap, 1))
            .column("Σ w²", |arm| match arm.squares.median() {
                small if small < 0.01 => scientific(small, 0),
                other => fixed(other, 1),
            })
    }
}

/// The factor by which one step shrinks the weights.
fn decay() -> Result<Outcome, Error> {
    let mut steps = Vec::new();
    for (alpha, lambda) in [(LEARNING_RATE, LAMBDA), (0.01, LAMBDA), (LEARNING_RATE, 10.0)] {
        steps.push(Decay::measure(alpha, lambda)?);
    }
    let table = Table::of(&steps)
        .column("α", |step| plain(step.alpha))
        .column("λ", |step| plain(step.lambda))
        .column("measured", |step| fixed(step.factor, 6))
        .column("1 − αλ/m", |step| fixed(step.right, 6))
        .column("1 − λ/m", |step| fixed(step.notes, 6));
    report("decay", ()).table("factors", table).outcome()
}

/// What one step does to the weights on its penalty's account.
struct Decay {
    alpha: f64,
    lambda: f64,
    /// The measured factor, in the median of all weights.
    factor: f64,
    /// The factor of the formula, and the one without the learning rate.
    right: f64,
    notes: f64,
}

impl Decay {
    fn measure(alpha: f64, lambda: f64) -> Result<Self, Error> {
        let game = game(1)?;
        let before = start(SHOWN_START)?;
        let step = |penalty| -> Result<Network, Error> {
            let mut network = before.clone();
            let descent = GradientDescent::new(alpha).penalty(penalty).iterations(1);
            descent.train(&mut network, &game.train)?;
            Ok(network)
        };
        let (free, held) = (step(Penalty::None)?, step(l2(lambda))?);
        // What the penalty alone has done, as a share of the weight before the step.
        let shrunk = weights(&held).zip(weights(&free)).zip(weights(&before));
        let factors: Spread =
            shrunk.map(|((held, free), before)| 1.0 + (held - free) / before).collect();
        let m = game.train.examples() as f64;
        let right = 1.0 - alpha * lambda / m;
        Ok(Self { alpha, lambda, factor: factors.median(), right, notes: 1.0 - lambda / m })
    }
}

/// The cost with and without its penalty along one run.
fn falling() -> Result<Outcome, Error> {
    let found = Falling::measure()?;
    let drawing = LineChart::new("iteration", "cost")
        .line("J with penalty", Role::Train, &found.with.points)
        .line("cross-entropy", Role::Test, &found.without.points)
        .draw();
    report("falling", &found).figure("costs", drawing).outcome()
}

/// A cost by iteration, with its penalty and without.
#[derive(Serialize)]
struct Falling {
    with: Curve,
    without: Curve,
}

/// A cost by iteration, and how it goes in a few numbers.
#[derive(Serialize)]
struct Curve {
    #[serde(skip)]
    points: Vec<(f64, f64)>,
    first: f64,
    last: f64,
    rises: usize,
}

impl Falling {
    fn measure() -> Result<Self, Error> {
        let game = game(SHOWN_GAME)?;
        // A network that has overfitted already: its weights are larger than the penalty wants.
        let network = run(start(SHOWN_START)?, &game, Penalty::None)?.network;
        let [with, without] = watched(&network, &game)?;
        Ok(Self { with: Curve::through(with), without: Curve::through(without) })
    }
}

impl Curve {
    fn through(points: Vec<(f64, f64)>) -> Self {
        let cost = |point: Option<&(f64, f64)>| point.map_or(f64::NAN, |(_, cost)| *cost);
        Self {
            first: cost(points.first()),
            last: cost(points.last()),
            rises: rises(&points),
            points,
        }
    }
}

/// How straight tanh units are, against λ.
fn linearity() -> Result<Outcome, Error> {
    let values = [WEAK, 0.03, 0.1, 0.3, 1.0, 3.0, STRONG];
    let sweep = Sweep::run(&values, FEW_SEEDS, game, |game, lambda, seed| {
        let network = start(seed)?.with_activation(Activation::Tanh);
        let network = run(network, game, l2(*lambda))?.network;
        Ok(straightness(&weighted_sums(&network, &game.train)?))
    })?;
    let straight = medians(&sweep.spreads(|run| *run));
    let drawing = LineChart::new("λ", "variance explained by a line")
        .log_x()
        .percent_y()
        .markers(true)
        .line("tanh units", Role::Train, &straight)
        .draw();
    let explained = |lambda| Ok::<_, Error>(Spread::of(sweep.at(&lambda)?, |run| *run).median());
    let (first, last) = (explained(WEAK)?, explained(STRONG)?);
    let found = context! { weak => WEAK, strong => STRONG, first, last };
    report("linearity", found).figure("straight", drawing).outcome()
}

/// The first layer's weighted sums, `(units, examples)`.
fn weighted_sums(network: &Network, data: &Dataset) -> Result<Array2<f64>, Error> {
    let linear = network.clone().with_activation(Activation::Identity);
    let mut all = linear.activations(data.x())?;
    Ok(all.swap_remove(0))
}

/// The share of tanh z's variance that a line in z explains, averaged over the units.
fn straightness(z: &Array2<f64>) -> f64 {
    let of_units = z.rows().into_iter().map(|z| {
        let a = z.mapv(libm::tanh);
        let center = |v: Array1<f64>| {
            let mean = v.mean().unwrap_or(0.0);
            v - mean
        };
        let (z, a) = (center(z.to_owned()), center(a));
        let product = z.dot(&a);
        product * product / (z.dot(&z) * a.dot(&a))
    });
    let shares: Vec<f64> = of_units.collect();
    shares.iter().sum::<f64>() / shares.len() as f64
}

/// L1 beside L2: how many weights are nearly 0.
fn sparsity() -> Result<Outcome, Error> {
    let penalties = [Penalty::None, l2(LAMBDA), l2(STRONG_L2), l1(LAMBDA), l1(STRONG_L1)];
    let sweep = Sweep::run(&penalties, FEW_SEEDS, game, |game, penalty, seed| {
        Ok(Weights::of(&run(start(seed)?, game, *penalty)?))
    })?;
    let arms = sweep.arms();
    let rows: Vec<_> = arms.map(|(penalty, runs)| (*penalty, Weights::medians(runs))).collect();
    let table = Table::of(&rows)
        .column("penalty", |(penalty, _)| name(*penalty))
        .column("small weights", |(_, run)| percent(run.small, 1))
        .column("weights equal to 0", |(_, run)| integer(run.zero as usize))
        .column("training", |(_, run)| percent(run.train, 1))
        .column("new points", |(_, run)| percent(run.test, 1));
    report("sparsity", ()).table("weights", table).outcome()
}

fn name(penalty: Penalty) -> String {
    match penalty {
        Penalty::None => "none".to_owned(),
        Penalty::L1 { lambda } => format!("L1, λ = {}", plain(lambda)),
        Penalty::L2 { lambda } => format!("L2, λ = {}", plain(lambda)),
    }
}

/// The stronger of the L2 penalties compared.
const STRONG_L2: f64 = 7.0;
/// A weight of less than this size counts as small.
const SMALL: f64 = 0.01;

/// A run's weights and accuracies.
struct Weights {
    /// The share of small ones.
    small: f64,
    /// How many are exactly 0.
    zero: f64,
    train: f64,
    test: f64,
}

impl Weights {
    fn of(run: &game::Run) -> Self {
        let count =
            |test: fn(f64) -> bool| weights(&run.network).filter(|w| test(*w)).count() as f64;
        Self {
            small: count(|w| w.abs() < SMALL) / count(|_| true),
            zero: count(|w| w == 0.0),
            train: run.train,
            test: run.test,
        }
    }

    fn medians(runs: &[Self]) -> Self {
        Self {
            small: Spread::of(runs, |run| run.small).median(),
            zero: Spread::of(runs, |run| run.zero).median(),
            train: Spread::of(runs, |run| run.train).median(),
            test: Spread::of(runs, |run| run.test).median(),
        }
    }
}

/// A penalty on the biases as well.
fn penalized_biases() -> Result<Outcome, Error> {
    let seeds = over_seeds(FEW_SEEDS, |seed| -> Result<Biases, Error> {
        let game = game(seed)?;
        let mut included = start(seed)?;
        decaying(game.train.examples()).train(&mut included, &game.train)?;
        Ok(Biases {
            left_out: Accuracies::from(&run(start(seed)?, &game, l2(LAMBDA))?),
            included: Accuracies {
                train: included.accuracy(&game.train)?,
                test: included.accuracy(&game.test)?,
            },
        })
    })?;
    let medians = |accuracies: fn(&Biases) -> Accuracies| Accuracies {
        train: Spread::of(&seeds, |run| accuracies(run).train).median(),
        test: Spread::of(&seeds, |run| accuracies(run).test).median(),
    };
    let rows = [
        ("weights", medians(|run| run.left_out)),
        ("weights and biases", medians(|run| run.included)),
    ];
    let table = Table::of(&rows)
        .column("the penalty is on", |(name, _)| (*name).to_owned())
        .column("training", |(_, run)| percent(run.train, 1))
        .column("new points", |(_, run)| percent(run.test, 1));
    report("penalized_biases", ()).table("accuracies", table).outcome()
}

/// The accuracies of a seed, with the biases in the penalty and without.
struct Biases {
    left_out: Accuracies,
    included: Accuracies,
}

/// Gradient descent with λ = 0.7 on every parameter: without momentum, decay is the penalty.
fn decaying(examples: usize) -> Training {
    let decay = WeightDecay::new(LAMBDA / examples as f64).with_biases();
    Training::new(Optimizer::new(LEARNING_RATE).then(decay)).iterations(ITERATIONS)
}

/// The two graded functions of the assignment, with its inputs.
fn regularization_exercise() -> Result<Outcome, Error> {
    let (_, parameters) = exercise_inputs(0)?;
    let predicted = [0.40682402, 0.01629284, 0.16722898, 0.10118111, 0.40682402];
    let y = [1.0, 1.0, 0.0, 1.0, 0.0];
    let losses = predicted.iter().zip(y).map(|(a, y)| {
        let logit = libm::log(a / (1.0 - a));
        trainable::output::cross_entropy(logit, y)
    });
    let cost = losses.sum::<f64>() / 5.0 + l2(0.1).cost(&parameters, 5)?;
    let (x, parameters) = exercise_inputs(3)?;
    let data = Dataset::new(x, Array2::from_shape_fn((1, 5), |(_, i)| y[i]))?;
    let network = Network::from_parameters(parameters);
    let mut gradients = network.gradients(&data)?;
    l2(LAMBDA).add_gradient(network.parameters(), 5, &mut gradients)?;

    let what = "`compute_cost_with_regularization`";
    let printed = Printed::number(Work::Regularization, what, REGULARIZED_COST, cost);
    let mut report = report("regularization_exercise", ()).printed("cost", printed);
    let layers = gradients.layers().iter().zip(REGULARIZED_GRADIENTS).zip(1..);
    for ((layer, printed), l) in layers {
        let what = format!("`backward_propagation_with_regularization`, dW{l}");
        let printed = Printed::matrix(Work::Regularization, &what, printed, layer.w.view());
        report = report.printed(&format!("dw{l}"), printed);
    }
    report.outcome()
}

/// The assignment's runs on its own data, as they were recorded.
fn recorded_football() -> Result<Outcome, Error> {
    let recorded = football::recorded()?;
    let (free, held) = (recorded.run("none")?, recorded.run("l2")?);
    let starts = Starts::of(&recorded)?;
    let models = [
        ("free", "Model without regularization (recorded)".to_owned()),
        ("held", format!("Model with L2, λ = {} (recorded)", plain(LAMBDA))),
    ];
    let mut report = report("recorded_football", &starts);
    for ((id, model), (printed, run)) in models.iter().zip([(&UNREGULARIZED, free), (&L2, held)]) {
        report = print_run(report, Work::Regularization, (id, model), printed, run);
    }
    report.table("sweep", recorded_sweep(&recorded)).figure("seeds", starts.drawing()).outcome()
}

fn recorded_sweep(recorded: &Recorded) -> Columns<'_, Strength> {
    Table::of(&recorded.lambdas)
        .column("λ", |run| plain(run.lambda))
        .column("training", |run| percent(run.train, 1))
        .column("test", |run| percent(run.test, 1))
        .column("Σ w²", |run| fixed(run.squares, 1))
}

/// Test accuracies from several starts on the assignment's data.
#[derive(Serialize)]
struct Starts {
    free: Start,
    held: Start,
    source: String,
}

/// A model's runs.
#[derive(Serialize)]
struct Start {
    /// The test accuracies of all seeds.
    tests: Spread,
    /// How many of the starts the last bit of their weights moves, and by how much at most.
    moved: usize,
    moved_most: f64,
}

impl Start {
    fn of(recorded: &Recorded, name: &str) -> Result<Self, Error> {
        let runs = recorded.seeds(name)?;
        let moved = paired(recorded.last_bit(name)?, runs, |run| run.test);
        let moved: Spread = moved.values().iter().map(|by| by.abs()).collect();
        Ok(Self {
            tests: Spread::of(runs, |run| run.test),
            moved: moved.count(|by| by > 0.0),
            moved_most: moved.max(),
        })
    }
}

impl Starts {
    fn of(recorded: &Recorded) -> Result<Self, Error> {
        Ok(Self {
            free: Start::of(recorded, "none")?,
            held: Start::of(recorded, "l2")?,
            source: recorded.source(),
        })
    }

    fn drawing(&self) -> Result<Drawing, FigureError> {
        DotPlot::new("test accuracy")
            .percent()
            .category("λ = 0", Role::Test, self.free.tests.values())
            .category(&format!("λ = {}", plain(LAMBDA)), Role::Test, self.held.tests.values())
            .draw()
    }
}
