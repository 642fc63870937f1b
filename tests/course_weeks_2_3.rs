//! The course's numbers of weeks 2 and 3, to the digits that are reproducible.
//!
//! `golden.json` holds inputs and outputs of the course's exercises and training runs, and
//! `golden-weeks-2-3.json` those of further cases (NumPy).

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeMap;

use ndarray::{Array1, Array2, Axis, array, concatenate, s};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use trainable::batch_norm::{Statistics, backward, forward};
use trainable::mini_batch::mini_batches;
use trainable::moving_average::{corrected, moving_average};
use trainable::optimizer::OptimizerState;
use trainable::output::sigmoid;
use trainable::prelude::*;
use trainable::softmax::{cross_entropy, cross_entropy_derivative, one_hot, softmax};

type Rows = Vec<Vec<f64>>;

/// Costs by epoch.
type Costs = BTreeMap<usize, f64>;

/// A part of the golden files, by its path there.
fn case<T: DeserializeOwned>(path: &str) -> T {
    // NumPy wrote an infinite cost as a bare word.
    let course = include_str!("golden.json").replace(": Infinity", ": null");
    let found = [&course, include_str!("golden-weeks-2-3.json")]
        .into_iter()
        .find_map(|text| {
            let all: serde_json::Value = serde_json::from_str(text).unwrap();
            all.pointer(path).cloned()
        });
    serde_json::from_value(found.unwrap()).unwrap()
}

/// The largest difference between our numbers and the golden ones.
fn apart<'a>(
    ours: impl IntoIterator<Item = &'a f64>,
    theirs: impl IntoIterator<Item = &'a f64>,
) -> f64 {
    largest(ours, theirs, |ours, theirs| (ours - theirs).abs())
}

/// The same, as a share of the golden ones.
fn relatively_apart<'a>(
    ours: impl IntoIterator<Item = &'a f64>,
    theirs: impl IntoIterator<Item = &'a f64>,
) -> f64 {
    largest(ours, theirs, |ours, theirs| match ours == theirs {
        true => 0.0,
        false => (ours / theirs - 1.0).abs(),
    })
}

fn largest<'a>(
    ours: impl IntoIterator<Item = &'a f64>,
    theirs: impl IntoIterator<Item = &'a f64>,
    difference: impl Fn(f64, f64) -> f64,
) -> f64 {
    let (ours, theirs) = (Vec::from_iter(ours), Vec::from_iter(theirs));
    assert_eq!(ours.len(), theirs.len());
    let pairs = ours.into_iter().zip(theirs);
    pairs.fold(0.0, |largest: f64, (ours, theirs)| {
        let difference = difference(*ours, *theirs);
        assert!(difference.is_finite(), "{ours} against {theirs}");
        largest.max(difference)
    })
}

/// A number in the eight digits that NumPy prints.
fn printed(number: f64) -> f64 {
    format!("{number:.8}").parse().unwrap()
}

/// Random matrices, in the order in which NumPy draws them.
fn draws(seed: u32) -> impl FnMut(usize, usize) -> Array2<f64> {
    let mut rng = RandomState::new(seed);
    move |rows, columns| Array2::from_shape_simple_fn((rows, columns), || rng.randn())
}

fn column(matrix: Array2<f64>) -> Array1<f64> {
    matrix.remove_axis(Axis(1))
}

/// The parameters and the gradients of the optimizers' exercise. Its layers do not fit onto each
/// other: one layer of five units has the same numbers, W1 and W2, then b1 and b2.
fn optimizer_exercise() -> [Parameters; 2] {
    let mut draw = draws(1);
    [(); 2].map(|()| {
        let [w1, b1] = [draw(2, 3), draw(2, 1)];
        let [w2, b2] = [draw(3, 3), draw(3, 1)];
        let w = concatenate![Axis(0), w1, w2];
        let b = column(concatenate![Axis(0), b1, b2]);
        Parameters::new(vec![Layer { w, b }]).unwrap()
    })
}

/// The golden numbers of W1, W2, b1 and b2, which is also the order of their names.
fn layers(path: &str) -> Vec<f64> {
    let matrices: BTreeMap<String, Rows> = case(path);
    matrices.into_values().flatten().flatten().collect()
}

/// The exercise's parameters after a step with each of these gradients.
fn stepped<'a>(
    optimizer: impl Into<Optimizer>,
    gradients: impl IntoIterator<Item = &'a Parameters>,
) -> (Parameters, OptimizerState) {
    let (optimizer, [mut theta, _]) = (optimizer.into(), optimizer_exercise());
    let mut state = optimizer.start(&theta);
    for g in gradients {
        optimizer
            .step(&mut theta, &mut g.clone(), &mut state)
            .unwrap();
    }
    (theta, state)
}

/// A deviate may be off by a unit in the last place, and a step rounds numbers of up to 2.4.
const STEP_ROUNDING: f64 = 2.0 * f64::EPSILON;

#[test]
fn a_step_of_gradient_descent() {
    let [_, g] = optimizer_exercise();
    let (theta, _) = stepped(0.01, [&g]);
    let difference = apart(theta.iter(), &layers("/optimizer_step/gd"));
    assert!(difference <= STEP_ROUNDING, "{difference}");
}

#[test]
fn a_step_of_momentum() {
    let [_, g] = optimizer_exercise();
    let (theta, state) = stepped(Momentum::new(0.01), [&g]);
    let difference = apart(theta.iter(), &layers("/optimizer_step/momentum/after"));
    assert!(difference <= STEP_ROUNDING, "{difference}");
    let v = state.memories()[0].slots[0].iter();
    let difference = relatively_apart(v, &layers("/optimizer_step/momentum/v"));
    assert!(difference <= STEP_ROUNDING, "{difference}");
}

#[test]
fn the_second_step_of_adam() {
    let [_, g] = optimizer_exercise();
    // The averages are 0 before the second step: a first one without a gradient leaves them there.
    let (theta, state) = stepped(Adam::new(0.01), [&g.zeros_like(), &g]);
    let difference = apart(theta.iter(), &layers("/optimizer_step/adam/after"));
    assert!(difference <= STEP_ROUNDING, "{difference}");
    let golden: Rows = case("/optimizer_step/adam/printed_W1");
    let w1 = theta.layers()[0].w.slice(s![..2, ..]).mapv(printed);
    assert!(w1.iter().eq(golden.iter().flatten()));
    for (slot, name) in state.memories()[0].slots.iter().zip(["v", "s"]) {
        let golden = layers(&format!("/optimizer_step/adam/{name}"));
        let difference = relatively_apart(slot.iter(), &golden);
        // A square has twice the relative error of its root.
        assert!(difference <= 2.0 * STEP_ROUNDING, "{name}: {difference}");
    }
}

#[test]
fn two_steps_of_the_other_optimizers() {
    let [_, g] = optimizer_exercise();
    let decay = WeightDecay::new(0.1).with_biases();
    let optimizers: [(Optimizer, &str); 3] = [
        (RmsProp::new(0.01).into(), "rmsprop"),
        (Nesterov::new(0.01).into(), "nesterov"),
        (Adam::new(0.01).then(decay), "adamw"),
    ];
    for (optimizer, name) in optimizers {
        let (theta, _) = stepped(optimizer, [&g, &g]);
        let golden = layers(&format!("/two_steps/{name}/after"));
        let difference = apart(theta.iter(), &golden);
        assert!(difference <= STEP_ROUNDING, "{name}: {difference}");
    }
}

#[test]
fn the_mini_batches_of_the_exercise() {
    #[derive(Deserialize)]
    struct Case {
        shapes: Vec<(usize, usize)>,
        first3_of_batch1_row1: Vec<f64>,
        printed: Vec<f64>,
    }
    let case: Case = case("/mini_batches");
    let mut draw = draws(1);
    let x = draw(12_288, 148);
    let y = draw(1, 148).mapv(|deviate| if deviate < 0.5 { 1.0 } else { 0.0 });
    let data = Dataset::new(x, y).unwrap();
    let batches = mini_batches(&data, 64, &mut RandomState::new(0)).unwrap();
    let shapes: Vec<_> = batches.iter().map(|batch| batch.x().dim()).collect();
    assert_eq!(shapes, case.shapes);
    let first = batches[0].x();
    let first3 = first.slice(s![0, ..3]);
    let difference = relatively_apart(first3, &case.first3_of_batch1_row1);
    // A deviate may be off by a unit in the last place.
    assert!(difference <= f64::EPSILON, "{difference}");
    assert_eq!(first3.mapv(printed).to_vec(), case.printed);
    // Training picks the same examples, and the labels come with their inputs.
    let numbers = MiniBatches::of(64).shuffled_as_numpy(0);
    let numbers = numbers.batches(148, 0).unwrap();
    for (batch, numbers) in batches.iter().zip(numbers) {
        assert_eq!(*batch, data.select(&numbers).unwrap());
    }
}

#[test]
fn the_linear_function_of_the_tensorflow_exercise() {
    let golden: Rows = case("/linear/WXb");
    let digits: Vec<f64> = case("/linear/printed");
    let mut draw = draws(1);
    let (x, w, b) = (draw(3, 1), draw(4, 3), column(draw(4, 1)));
    let network = Network::from_parameters(Parameters::new(vec![Layer { w, b }]).unwrap());
    let logits = network.logits(x.view()).unwrap();
    let difference = apart(&logits, golden.iter().flatten());
    // A unit in the last place of a sum between 2 and 4.
    assert!(difference <= 2.0 * f64::EPSILON, "{difference}");
    assert_eq!(column(logits.mapv(printed)).to_vec(), digits);
}

#[test]
fn the_sigmoid_of_the_tensorflow_exercise() {
    let golden: [f64; 2] = ["/sigmoid/0", "/sigmoid/12"].map(case);
    let ours = [0.0, 12.0].map(sigmoid);
    // Near 1 a unit in the last place is half of ε.
    let difference = apart(&ours, &golden);
    assert!(difference <= 0.5 * f64::EPSILON, "{difference}");
    let digits: Vec<f32> = case("/sigmoid/printed_f32");
    for (ours, printed) in ours.into_iter().zip(digits) {
        // TensorFlow computes in 32 bits, the last of which may differ.
        assert!((ours as f32 - printed).abs() <= 0.5 * f32::EPSILON);
    }
}

#[test]
fn the_columns_of_the_one_hot_exercise() {
    let (labels, classes): (Vec<usize>, usize) =
        (case("/one_hot/labels"), case("/one_hot/classes"));
    let golden: Rows = case("/one_hot/matrix");
    let ours = one_hot(&labels, classes).unwrap();
    assert_eq!(ours.dim(), (golden.len(), golden[0].len()));
    assert!(ours.iter().eq(golden.iter().flatten()));
}

#[test]
fn the_minimum_of_the_tensorflow_lecture() {
    for (path, minimum) in [("/quadratic/w", 5.0), ("/quadratic/w_notes", 10.0)] {
        // (w − 5)² and (w − 10)², each beside a bias of no slope.
        let mut theta = Parameters::zeros(&[1, 1]).unwrap();
        let optimizer = Optimizer::new(0.01);
        let mut state = optimizer.start(&theta);
        for _ in 0..1_000 {
            let w = theta.layers()[0].w[(0, 0)];
            let slope = array![2.0 * w - 2.0 * minimum, 0.0];
            let mut g = theta.with_theta(&slope).unwrap();
            optimizer.step(&mut theta, &mut g, &mut state).unwrap();
        }
        let golden: f64 = case(path);
        // The same operations in the same order.
        assert_eq!(theta.layers()[0].w[(0, 0)], golden, "{path}");
    }
}

#[test]
fn the_exponentially_weighted_averages() {
    #[derive(Deserialize)]
    struct Case {
        plain_first3: Vec<f64>,
        plain_last: f64,
        corrected_first3: Vec<f64>,
        corrected_last: f64,
    }
    let mut rng = RandomState::new(1);
    let series = Array1::from_shape_simple_fn(100, || 100.0 * rng.rand());
    for beta in [0.5, 0.9, 0.98] {
        let case: Case = case(&format!("/exponentially_weighted_average/{beta}"));
        let plain = moving_average(series.view(), beta).unwrap();
        let corrected = corrected(series.view(), beta).unwrap();
        for (ours, mut golden, last) in [
            (plain, case.plain_first3, case.plain_last),
            (corrected, case.corrected_first3, case.corrected_last),
        ] {
            golden.push(last);
            // The same operations in the same order, and powers that are rounded alike.
            assert_eq!([ours[0], ours[1], ours[2], ours[99]], golden[..], "{beta}");
        }
    }
}

/// What batch normalization is given: z and the derivatives of what it makes of it, γ and β.
fn batch_norm_case() -> ([Array2<f64>; 2], [Array1<f64>; 2]) {
    let mut draw = draws(4);
    let z = draw(4, 8) * 3.0 + 1.0;
    let (gamma, beta) = (column(draw(4, 1)), column(draw(4, 1)));
    ([z, draw(4, 8)], [gamma, beta])
}

#[test]
fn batch_normalization_and_its_derivatives() {
    let golden = |name: &str| -> Vec<f64> {
        let rows: Rows = case(&format!("/batch_norm/{name}"));
        rows.into_iter().flatten().collect()
    };
    let ([z, d_out], [gamma, beta]) = batch_norm_case();
    let normalized = forward(z.view(), &gamma, &beta, 1e-5);
    let difference = apart(&normalized.out, &golden("out"));
    // A unit in the last place of the largest numbers, between 4 and 8.
    assert!(difference <= 4.0 * f64::EPSILON, "{difference}");
    let (dz, d_gamma, d_beta) = backward(d_out.view(), &normalized, &gamma, 1e-5);
    for (ours, name) in [
        (dz.flatten().to_vec(), "dz"),
        (d_gamma.to_vec(), "dgamma"),
        (d_beta.to_vec(), "dbeta"),
    ] {
        let difference = apart(&ours, &golden(name));
        // The same, of numbers of up to 4 that were larger before their mean was taken out.
        assert!(difference <= 4.0 * f64::EPSILON, "{name}: {difference}");
    }
}

/// The batches whose running averages are known.
fn running_batches() -> Vec<Array2<f64>> {
    let mut draw = draws(5);
    (0..20).map(|_| draw(4, 8) * 3.0 + 1.0).collect()
}

fn compare_running(statistics: &Statistics) {
    let (mean, variance): (Rows, Rows) = (
        case("/batch_norm/running/mean"),
        case("/batch_norm/running/variance"),
    );
    let correction: f64 = case("/batch_norm/running/correction");
    // Means of eight numbers and of their squares, added in another order.
    let difference = relatively_apart(statistics.mean(), mean.iter().flatten());
    assert!(difference <= 4.0 * f64::EPSILON, "{difference}");
    let difference = relatively_apart(statistics.variance(), variance.iter().flatten());
    assert!(difference <= 4.0 * f64::EPSILON, "{difference}");
    // The same operations in the same order.
    assert_eq!(statistics.correction(), correction);
}

#[test]
fn running_averages_of_batches() {
    let none = Array1::zeros(4);
    let mut statistics = Statistics::new(4);
    for z in running_batches() {
        let batch = forward(z.view(), &none, &none, 1e-5);
        statistics
            .update(0.9, batch.mean.view(), batch.variance.view())
            .unwrap();
    }
    compare_running(&statistics);
}

#[test]
fn running_averages_of_training() {
    let batches = running_batches();
    let views: Vec<_> = batches.iter().map(|batch| batch.view()).collect();
    let x = ndarray::concatenate(Axis(1), &views).unwrap();
    let y = Array2::from_shape_fn((1, x.ncols()), |(_, example)| (example % 2) as f64);
    let data = Dataset::new(x, y).unwrap();
    // The weighted sums of the hidden layer are its inputs.
    let [hidden, last] = [Array2::eye(4), Array2::ones((1, 4))].map(|w| Layer {
        b: Array1::zeros(w.nrows()),
        w,
    });
    let parameters = Parameters::new(vec![hidden, last]).unwrap();
    let mut network = Network::from_parameters(parameters).with_batch_norm(BatchNorm::new());
    // At this rate no weight near 1 changes, and the others stay next to nothing.
    Training::new(1e-300)
        .mini_batches(MiniBatches::of(8))
        .epochs(1)
        .train(&mut network, &data)
        .unwrap();
    compare_running(network.statistics(0).unwrap());
}

#[derive(Deserialize)]
struct Softmax {
    probabilities: Rows,
    cost: f64,
    #[serde(rename = "dZ")]
    dz: Rows,
}

/// Logits and labels.
fn softmax_case() -> (Array2<f64>, Array2<f64>) {
    let labels = array![[0.0, 3.0, 1.0, 2.0, 2.0, 0.0]];
    (draws(6)(4, 6) * 2.0, labels)
}

#[test]
fn softmax_its_cost_and_its_derivatives() {
    let golden: Softmax = case("/softmax");
    let (z, y) = softmax_case();
    let difference = relatively_apart(&softmax(z.view()), golden.probabilities.iter().flatten());
    // A power, a sum and a quotient.
    assert!(difference <= 2.0 * f64::EPSILON, "{difference}");
    let difference = relatively_apart([&cross_entropy(z.view(), y.view())], [&golden.cost]);
    assert!(difference <= 2.0 * f64::EPSILON, "{difference}");
    let dz = cross_entropy_derivative(z.view(), y.view());
    let difference = apart(&dz, golden.dz.iter().flatten());
    // A sixth of a difference between numbers below 1.
    assert!(difference <= f64::EPSILON / 12.0, "{difference}");
}

/// A network whose logits are its inputs.
fn identity(classes: usize) -> Network {
    let (w, b) = (Array2::eye(classes), Array1::zeros(classes));
    Network::from_parameters(Parameters::new(vec![Layer { w, b }]).unwrap())
}

#[test]
fn softmax_in_a_network() {
    let golden: Softmax = case("/softmax");
    let (z, y) = softmax_case();
    let network = identity(4);
    let probabilities = network.probabilities(z.view()).unwrap();
    let difference = relatively_apart(&probabilities, golden.probabilities.iter().flatten());
    assert!(difference <= 2.0 * f64::EPSILON, "{difference}");
    let data = Dataset::with_classes(z, y, 4).unwrap();
    let difference = relatively_apart([&network.cost(&data).unwrap()], [&golden.cost]);
    assert!(difference <= 2.0 * f64::EPSILON, "{difference}");
    let db: Vec<f64> = golden.dz.iter().map(|row| row.iter().sum()).collect();
    let gradients = network.gradients(&data).unwrap();
    let difference = apart(&gradients.layers()[0].b, &db);
    // The sum of six such derivatives, in another order.
    assert!(difference <= 0.5 * f64::EPSILON, "{difference}");
}

#[test]
fn softmax_of_large_logits() {
    #[derive(Deserialize)]
    struct Case {
        #[serde(rename = "Z")]
        z: Rows,
        probabilities: Rows,
        cost_of_class_2: f64,
    }
    let case: Case = case("/softmax/large");
    let z = Array2::from_shape_vec((3, 1), case.z.concat()).unwrap();
    let difference = relatively_apart(&softmax(z.view()), case.probabilities.iter().flatten());
    // A power, a sum and a quotient.
    assert!(difference <= f64::EPSILON, "{difference}");
    let y = array![[2.0]];
    let plain = cross_entropy(z.view(), y.view());
    let data = Dataset::with_classes(z, y, 3).unwrap();
    for cost in [plain, identity(3).cost(&data).unwrap()] {
        // 1600 and a little: one rounding.
        assert_eq!(cost, case.cost_of_class_2);
    }
}

/// Trains the course's network on its moons in its mini-batches: the costs, and the accuracy then.
fn train(training: Training) -> (History, f64) {
    let data = moons(300, 0.2, &mut RandomState::new(3)).unwrap();
    let rng = &mut RandomState::new(3);
    let mut network = Network::new(&[2, 5, 2, 1], Initialization::He, rng).unwrap();
    let batches = MiniBatches::of(64).shuffled_as_numpy(11);
    let training = training.mini_batches(batches);
    let history = training.train(&mut network, &data).unwrap();
    (history, network.accuracy(&data).unwrap())
}

/// The costs, which are those of the golden epochs.
fn costs(recorded: &[(usize, f64)], golden: &Costs) -> Vec<f64> {
    let (epochs, costs): (Vec<usize>, Vec<f64>) = recorded.iter().copied().unzip();
    assert!(epochs.iter().eq(golden.keys()));
    costs
}

/// The assignment's run: 10,000 epochs, whose costs are those of the last batches.
fn course_run(optimizer: impl Into<Optimizer>, name: &str) {
    #[derive(Deserialize)]
    struct Run {
        cost: Costs,
        train: f64,
    }
    let golden: Run = case(&format!("/training/{name}"));
    let training = Training::new(optimizer).epochs(10_000).record_every(1_000);
    let (history, accuracy) = train(training);
    let ours = costs(history.last_batch_costs(), &golden.cost);
    let difference = apart(&ours, golden.cost.values());
    // No rounding grows in these runs: what is left is that of a mean of 44 losses.
    assert!(difference <= 4.0 * f64::EPSILON, "{name}: {difference}");
    assert_eq!(accuracy, golden.train);
}

#[test]
fn the_courses_run_of_gradient_descent() {
    course_run(0.0007, "opt_gd");
}

#[test]
fn the_courses_run_of_momentum() {
    course_run(Momentum::new(0.0007), "opt_momentum");
}

#[test]
fn the_courses_run_of_adam() {
    course_run(Adam::new(0.0007), "opt_adam");
}

#[derive(Deserialize)]
struct Run {
    learning_rate: f64,
    whole: Costs,
    last_batch: Costs,
    train: f64,
}

/// How a run of 500 epochs was trained, apart from its learning rate α.
fn settings(name: &str, alpha: f64) -> Training {
    match name {
        "gd" | "gd_tuned" => Training::new(alpha),
        "momentum" => Training::new(Momentum::new(alpha)),
        "nesterov" => Training::new(Nesterov::new(alpha)),
        "rmsprop" => Training::new(RmsProp::new(alpha)),
        "adam" => Training::new(Adam::new(alpha)),
        "adamw" => Training::new(Adam::new(alpha).then(WeightDecay::new(0.01))),
        "adam_l2" => Training::new(Adam::new(alpha)).penalty(Penalty::L2 { lambda: 0.7 }),
        "adam_decay" => {
            let schedule = Schedule::InverseTime { decay: 0.01 };
            Training::new(Adam::new(alpha)).schedule(schedule)
        }
        other => panic!("no run is called {other}"),
    }
}

#[test]
fn runs_of_500_epochs() {
    let runs: BTreeMap<String, Run> = case("/moons_500_epochs/runs");
    assert_eq!(runs.len(), 9);
    for (name, golden) in runs {
        let training = settings(&name, golden.learning_rate);
        let (history, accuracy) = train(training.epochs(500).record_every(100));
        for (ours, golden) in [
            (history.costs(), golden.whole),
            (history.last_batch_costs(), golden.last_batch),
        ] {
            let difference = relatively_apart(&costs(ours, &golden), golden.values());
            // No rounding grows in these runs: what is left is that of a mean of up to 300 losses.
            assert!(difference <= 8.0 * f64::EPSILON, "{name}: {difference}");
        }
        assert_eq!(accuracy, golden.train, "{name}");
    }
}
