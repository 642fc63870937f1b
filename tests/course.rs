//! The course's numbers, to the digits that are reproducible.
//!
//! `golden.json` holds inputs and outputs of the course's exercises and training runs (NumPy).

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeMap;

use ndarray::{Array1, Array2};
use serde::Deserialize;
use trainable::dropout::{Masks, masks};
use trainable::prelude::*;

/// The masks of the exercises are those of the first step.
const STEP: Mode = Mode::Training { step: 0 };

#[derive(Deserialize)]
struct Golden {
    random_state: BTreeMap<u32, Streams>,
    initialize: BTreeMap<String, BTreeMap<String, Vec<GoldenLayer>>>,
    circles: Circles,
    moons: Moons,
    sigmoid_cross_entropy: CrossEntropy,
    training: serde_json::Value,
}

#[derive(Deserialize)]
struct Streams {
    rand5: Vec<f64>,
    randn7: Vec<f64>,
    permutation10: Vec<usize>,
    randn_rand_randn_randn: Vec<f64>,
}

#[derive(Deserialize)]
struct GoldenLayer {
    #[serde(rename = "W")]
    w: Vec<Vec<f64>>,
    b: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct Circles {
    train_seed1_300: GoldenData,
    test_seed2_100: GoldenData,
}

#[derive(Deserialize)]
struct Moons {
    seed3_300: GoldenData,
}

#[derive(Deserialize)]
struct GoldenData {
    shape: (usize, usize),
    first3_x: Vec<Vec<f64>>,
    first10_y: Vec<f64>,
    sum_x: Vec<f64>,
    sum_x2: Vec<f64>,
    ones: f64,
}

#[derive(Deserialize)]
struct CrossEntropy {
    labels: Vec<f64>,
    loss: Vec<f64>,
    printed_f32: Vec<f32>,
}

#[derive(Deserialize)]
struct Run {
    /// Costs by iteration; the infinite one is a string.
    cost: BTreeMap<usize, serde_json::Value>,
    train: f64,
    test: f64,
}

/// The file as strict JSON: NumPy wrote the infinite cost as the bare word `Infinity`.
fn golden_text() -> String {
    include_str!("golden.json").replace(": Infinity", ": \"Infinity\"")
}

fn golden() -> Golden {
    serde_json::from_str(&golden_text()).unwrap()
}

fn run(name: &str) -> Run {
    serde_json::from_value(golden().training[name].clone()).unwrap()
}

/// The number of representable numbers between two of one sign.
fn ulps(a: f64, b: f64) -> u64 {
    if a == b {
        return 0;
    }
    assert!(
        a.is_sign_positive() == b.is_sign_positive(),
        "{a} against {b}"
    );
    a.to_bits().abs_diff(b.to_bits())
}

fn circles_of_the_course() -> (Dataset, Dataset) {
    (
        circles(300, 0.05, &mut RandomState::new(1)).unwrap(),
        circles(100, 0.05, &mut RandomState::new(2)).unwrap(),
    )
}

fn network(initialization: Initialization) -> Network {
    Network::new(&[2, 10, 5, 1], initialization, &mut RandomState::new(3)).unwrap()
}

/// The assignment's run: 15,000 iterations at learning rate 0.01.
fn train(network: &mut Network, data: &Dataset) -> History {
    GradientDescent::new(0.01)
        .iterations(15_000)
        .record_every(1_000)
        .train(network, data)
        .unwrap()
}

#[test]
fn uniform_streams_bit_for_bit() {
    for (seed, golden) in golden().random_state {
        let mut rng = RandomState::new(seed);
        for expected in golden.rand5 {
            assert_eq!(rng.rand().to_bits(), expected.to_bits(), "seed {seed}");
        }
    }
}

#[test]
fn permutations_exactly() {
    for (seed, golden) in golden().random_state {
        assert_eq!(
            RandomState::new(seed).permutation(10),
            golden.permutation10,
            "seed {seed}"
        );
    }
}

#[test]
fn normal_streams_to_one_ulp() {
    for (seed, golden) in golden().random_state {
        let mut rng = RandomState::new(seed);
        for expected in golden.randn7 {
            assert!(
                ulps(rng.randn(), expected) <= 1,
                "seed {seed}, expected {expected}"
            );
        }
    }
}

#[test]
fn a_uniform_draw_between_normal_ones_leaves_the_kept_deviate() {
    for (seed, golden) in golden().random_state {
        let mut rng = RandomState::new(seed);
        let drawn = [rng.randn(), rng.rand(), rng.randn(), rng.randn()];
        for (drawn, expected) in drawn.into_iter().zip(golden.randn_rand_randn_randn) {
            assert!(
                ulps(drawn, expected) <= 1,
                "seed {seed}: {drawn}, expected {expected}"
            );
        }
    }
}

#[test]
fn initial_weights_to_one_ulp() {
    for (scheme, shapes) in golden().initialize {
        let scheme = match scheme.as_str() {
            "zeros" => Initialization::Zeros,
            "random" => Initialization::Gaussian(10.0),
            "he" => Initialization::He,
            "xavier" => Initialization::Xavier,
            other => panic!("no scheme is called {other}"),
        };
        for (sizes, layers) in shapes {
            let sizes: Vec<usize> = sizes.split('-').map(|size| size.parse().unwrap()).collect();
            let network = Network::new(&sizes, scheme, &mut RandomState::new(3)).unwrap();
            assert_eq!(network.parameters().layers().len(), layers.len());
            for (layer, golden) in network.parameters().layers().iter().zip(layers) {
                let ours = layer.w.iter().chain(&layer.b);
                let theirs = golden.w.iter().flatten().chain(golden.b.iter().flatten());
                assert_eq!(ours.clone().count(), theirs.clone().count());
                for (ours, theirs) in ours.zip(theirs) {
                    assert!(
                        ulps(*ours, *theirs) <= 1,
                        "{scheme:?} {sizes:?}: {ours}, expected {theirs}"
                    );
                }
            }
        }
    }
}

#[test]
fn data_sets_of_scikit_learn() {
    let (train, test) = circles_of_the_course();
    let half_circles = moons(300, 0.2, &mut RandomState::new(3)).unwrap();
    let Golden { circles, moons, .. } = golden();
    compare(&train, &circles.train_seed1_300);
    compare(&test, &circles.test_seed2_100);
    compare(&half_circles, &moons.seed3_300);
}

fn compare(data: &Dataset, golden: &GoldenData) {
    let (x, y) = (data.x(), data.y());
    assert_eq!(x.dim(), golden.shape);
    assert_eq!(
        y.iter().take(10).copied().collect::<Vec<_>>(),
        golden.first10_y
    );
    assert_eq!(y.sum(), golden.ones);
    for (feature, row) in x.rows().into_iter().enumerate() {
        for (ours, theirs) in row.iter().zip(&golden.first3_x[feature]) {
            assert!((ours - theirs).abs() < 1e-12);
        }
        // Sums of up to 300 numbers of size 1, rounded in another order.
        assert!((row.sum() - golden.sum_x[feature]).abs() < 1e-12);
        assert!((row.dot(&row) - golden.sum_x2[feature]).abs() < 1e-12);
    }
}

#[test]
fn losses_of_the_tensorflow_exercise() {
    let golden = golden().sigmoid_cross_entropy;
    assert_eq!(golden.printed_f32.len(), 4);
    let printed = golden.loss.into_iter().zip(golden.printed_f32);
    let logits = [0.2, 0.4, 0.7, 0.9].into_iter().zip(golden.labels);
    for ((logit, label), (expected, printed)) in logits.zip(printed) {
        let logit = trainable::output::sigmoid(logit);
        let ours = trainable::output::cross_entropy(logit, label);
        assert!(ulps(ours, expected) <= 2, "{ours}, expected {expected}");
        assert_eq!(ours as f32, printed);
    }
}

#[test]
fn the_he_run_agrees_in_every_printed_cost() {
    let (data, test) = circles_of_the_course();
    let mut network = network(Initialization::He);
    let history = train(&mut network, &data);
    let golden = run("init_he");
    assert_eq!(golden.cost.len(), history.costs().len());
    for (iteration, expected) in golden.cost {
        let expected = expected.as_f64().unwrap();
        let ours = history.cost(iteration).unwrap();
        assert!(
            (ours / expected - 1.0).abs() < 1e-10,
            "{iteration}: {ours}, expected {expected}"
        );
    }
    assert_eq!(network.accuracy(&data), Ok(golden.train));
    assert_eq!(network.accuracy(&test), Ok(golden.test));
}

#[test]
fn the_zeros_run_stands_still_and_stays_symmetric() {
    let (data, test) = circles_of_the_course();
    let mut network = network(Initialization::Zeros);
    let history = train(&mut network, &data);
    let golden = run("init_zeros");
    for (iteration, expected) in golden.cost {
        let ours = history.cost(iteration).unwrap();
        assert!(
            (ours - expected.as_f64().unwrap()).abs() < 1e-15,
            "{iteration}: {ours}"
        );
    }
    for layer in network.parameters().layers() {
        let first = layer.w.row(0).to_owned();
        assert!(layer.w.rows().into_iter().all(|row| row == first));
        assert!(layer.b.iter().all(|b| *b == layer.b[0]));
    }
    assert_eq!(network.accuracy(&data), Ok(golden.train));
    assert_eq!(network.accuracy(&test), Ok(golden.test));
}

#[test]
fn the_random_run_agrees_as_far_as_chaos_lets_it() {
    let (data, test) = circles_of_the_course();
    let mut network = network(Initialization::Gaussian(10.0));
    let history = train(&mut network, &data);
    let golden = run("init_random");
    for (iteration, expected) in golden.cost {
        let ours = history.cost(iteration).unwrap();
        // log(0): from the logits the first cost is finite, and it is above a thousand.
        let Some(expected) = expected.as_f64() else {
            assert!(iteration == 0 && ours > 1_000.0 && ours.is_finite());
            continue;
        };
        // Another rounding moves the cost at 1000 by half a percent, where four published copies of
        // the notebook differ by a fifth, near 7000 by 2 %, elsewhere by less than 0.3 %.
        let tolerance = match iteration {
            1_000 => 0.006,
            7_000 => 0.03,
            _ => 0.003,
        };
        assert!(
            (ours / expected - 1.0).abs() < tolerance,
            "{iteration}: {ours}, expected {expected}"
        );
    }
    assert_eq!(network.accuracy(&data), Ok(golden.train));
    assert_eq!(network.accuracy(&test), Ok(golden.test));
}

/// The inputs of the regularization exercises, drawn in the notebook's order: X, then each layer.
fn regularization_exercise(with_x: bool) -> (Array2<f64>, Parameters) {
    let mut rng = RandomState::new(1);
    let mut draw = |rows, columns| Array2::from_shape_simple_fn((rows, columns), || rng.randn());
    let x = draw(if with_x { 3 } else { 0 }, 5);
    let layers = [(2, 3), (3, 2), (1, 3)].map(|(units, inputs)| Layer {
        w: draw(units, inputs),
        b: Array1::from_iter(draw(units, 1)),
    });
    (x, Parameters::new(layers.to_vec()).unwrap())
}

fn exercise<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let all: serde_json::Value = serde_json::from_str(&golden_text()).unwrap();
    serde_json::from_value(all[name].clone()).unwrap()
}

#[test]
fn forward_propagation_of_the_regularization_exercise() {
    #[derive(Deserialize)]
    struct Case {
        a3: Vec<Vec<f64>>,
    }
    let case: Case = exercise("l2_gradients");
    let (x, parameters) = regularization_exercise(true);
    let network = Network::from_parameters(parameters);
    let ours = network.probabilities(x.view()).unwrap();
    for (ours, theirs) in ours.iter().zip(&case.a3[0]) {
        // Three layers of sums of three numbers near 1.
        assert!((ours - theirs).abs() < 1e-15, "{ours}, expected {theirs}");
    }
}

#[test]
fn the_regularized_cost_of_the_exercise() {
    #[derive(Deserialize)]
    struct Case {
        a3: Vec<Vec<f64>>,
        y: Vec<Vec<f64>>,
        lambda_: f64,
        cost: f64,
    }
    let case: Case = exercise("l2_cost");
    let (_, parameters) = regularization_exercise(false);
    let losses = case.a3[0].iter().zip(&case.y[0]).map(|(a, y)| {
        let logit = libm::log(a / (1.0 - a));
        trainable::output::cross_entropy(logit, *y)
    });
    let cross_entropy = losses.sum::<f64>() / 5.0;
    let penalty = Penalty::L2 {
        lambda: case.lambda_,
    };
    let ours = cross_entropy + penalty.cost(&parameters, 5).unwrap();
    assert!(
        (ours - case.cost).abs() < 1e-14,
        "{ours}, expected {}",
        case.cost
    );
}

#[test]
fn the_regularized_gradients_of_the_exercise() {
    let case: BTreeMap<String, serde_json::Value> = exercise("l2_gradients");
    let matrix =
        |name: &str| -> Vec<Vec<f64>> { serde_json::from_value(case[name].clone()).unwrap() };
    let (x, parameters) = regularization_exercise(true);
    let y = Array2::from_shape_vec((1, 5), matrix("y")[0].clone()).unwrap();
    let data = Dataset::new(x, y).unwrap();
    let network = Network::from_parameters(parameters);
    let mut ours = network.gradients(&data).unwrap();
    let lambda = case["lambda_"].as_f64().unwrap();
    Penalty::L2 { lambda }
        .add_gradient(network.parameters(), 5, &mut ours)
        .unwrap();
    for (index, layer) in ours.layers().iter().enumerate() {
        let (dw, db) = (
            matrix(&format!("dW{}", index + 1)),
            matrix(&format!("db{}", index + 1)),
        );
        let theirs = dw.iter().flatten().chain(db.iter().flatten());
        for (ours, theirs) in layer.w.iter().chain(&layer.b).zip(theirs) {
            assert!(
                (ours - theirs).abs() < 1e-15,
                "layer {index}: {ours}, expected {theirs}"
            );
        }
    }
}

/// The exercise's network with the masks of its seed, and its data.
fn dropout_exercise(keep: f64) -> (Network, Dataset, Dropout, Masks) {
    let (x, parameters) = regularization_exercise(true);
    let y = Array2::from_shape_vec((1, 5), vec![1.0, 1.0, 0.0, 1.0, 0.0]).unwrap();
    let keep = [keep; 2];
    let masks = masks(&keep, &parameters.sizes(), 5, &mut RandomState::new(1)).unwrap();
    let dropout = Dropout::fixed(&keep, masks.clone()).unwrap();
    let network = Network::from_parameters(parameters);
    (network, Dataset::new(x, y).unwrap(), dropout, masks)
}

#[test]
fn forward_propagation_with_dropout_of_the_exercise() {
    #[derive(Deserialize)]
    struct Case {
        keep: f64,
        a3: Vec<Vec<f64>>,
        masks: Vec<Vec<Vec<u8>>>,
    }
    let case: Case = exercise("dropout_forward");
    let (network, data, dropout, masks) = dropout_exercise(case.keep);
    let ours: Vec<u8> = masks.iter().flatten().map(|kept| u8::from(*kept)).collect();
    let theirs: Vec<u8> = case.masks.into_iter().flatten().flatten().collect();
    assert_eq!(ours, theirs);
    let objective = Objective::from(dropout);
    let activations = objective.activations(&network, data.x(), STEP).unwrap();
    for (ours, theirs) in activations[2].iter().zip(&case.a3[0]) {
        // As without dropout, and each activation was divided once.
        assert!((ours - theirs).abs() < 1e-15, "{ours}, expected {theirs}");
    }
}

#[test]
fn backward_propagation_with_dropout_of_the_exercise() {
    let case: BTreeMap<String, serde_json::Value> = exercise("dropout_backward");
    let (network, data, dropout, _) = dropout_exercise(case["keep"].as_f64().unwrap());
    let objective = Objective::from(dropout);
    let ours = objective.gradients(&network, &data, STEP).unwrap();
    for (index, layer) in ours.layers().iter().enumerate() {
        let matrix = |name: &str| -> Vec<Vec<f64>> {
            serde_json::from_value(case[&format!("{name}{}", index + 1)].clone()).unwrap()
        };
        let (dw, db) = (matrix("dW"), matrix("db"));
        let theirs = dw.iter().flatten().chain(db.iter().flatten());
        for (ours, theirs) in layer.w.iter().chain(&layer.b).zip(theirs) {
            assert!(
                (ours - theirs).abs() < 1e-14,
                "layer {index}: {ours}, expected {theirs}"
            );
        }
    }
}

/// What the graded function's own test hands it, and what it expects.
#[derive(Deserialize)]
struct BackwardCase {
    cache: BackwardCache,
    y: Vec<Vec<f64>>,
    keep: f64,
    #[serde(rename = "dA1")]
    da1: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct BackwardCache {
    #[serde(rename = "D1")]
    d1: Vec<Vec<u8>>,
    #[serde(rename = "D2")]
    d2: Vec<Vec<u8>>,
    #[serde(rename = "A2")]
    a2: Vec<Vec<f64>>,
    #[serde(rename = "A3")]
    a3: Vec<Vec<f64>>,
    #[serde(rename = "W2")]
    w2: Vec<Vec<f64>>,
    #[serde(rename = "W3")]
    w3: Vec<Vec<f64>>,
}

impl BackwardCache {
    /// A network of identities whose answer is the cached one of an example, whatever it is asked.
    fn network(&self, example: usize) -> Network {
        let matrix = |rows: &[Vec<f64>]| {
            let flat = rows.iter().flatten().copied().collect();
            Array2::from_shape_vec((rows.len(), rows[0].len()), flat).unwrap()
        };
        let probability = self.a3[0][example];
        let layer = |w, b| Layer { w, b };
        let layers = vec![
            layer(Array2::zeros((2, 1)), Array1::zeros(2)),
            layer(matrix(&self.w2), Array1::zeros(3)),
            layer(
                matrix(&self.w3),
                Array1::from_elem(1, libm::log(probability / (1.0 - probability))),
            ),
        ];
        Network::from_parameters(Parameters::new(layers).unwrap())
            .with_activation(Activation::Identity)
    }

    /// The cached masks of an example; the second also drops the units where the exercise's ReLU is flat.
    fn masks(&self, example: usize) -> Vec<Array2<bool>> {
        let first = Array2::from_shape_fn((2, 1), |(unit, _)| self.d1[unit][example] == 1);
        let second = Array2::from_shape_fn((3, 1), |(unit, _)| {
            self.d2[unit][example] == 1 && self.a2[unit][example] > 0.0
        });
        vec![first, second]
    }
}

/// The graded function's own test hands it activations that no forward propagation made. A network of
/// identities with one example gives its derivatives as those of the biases.
#[test]
fn backward_propagation_with_dropout_of_the_graded_test() {
    let case: BackwardCase = exercise("dropout_backward_course_cache");
    for example in 0..5 {
        let network = case.cache.network(example);
        let dropout = Dropout::fixed(&[case.keep; 2], case.cache.masks(example)).unwrap();
        let y = Array2::from_elem((1, 1), case.y[0][example]);
        let data = Dataset::new(Array2::zeros((1, 1)), y).unwrap();
        let objective = Objective::from(dropout);
        let ours = objective.gradients(&network, &data, STEP).unwrap();
        for (unit, ours) in ours.layers()[0].b.iter().enumerate() {
            let theirs = case.da1[unit][example];
            assert!((ours - theirs).abs() < 1e-15, "{ours}, expected {theirs}");
        }
    }
}

#[test]
fn slopes_of_the_gradient_checking_exercises() {
    let all: serde_json::Value = serde_json::from_str(&golden_text()).unwrap();
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    let golden = &all["numerical_derivative"];
    let cube = |theta: f64| Ok(theta * theta * theta);
    for (difference, name) in [
        (Difference::TwoSided, "two_sided"),
        (Difference::OneSided, "one_sided"),
    ] {
        let ours = difference.slope(cube, 1.0, 0.01).unwrap();
        // Rounding of numbers near 1, over the step.
        assert!((ours - number(&golden[name])).abs() < 1e-13, "{ours}");
    }
    let golden = &all["gradient_check_1d"];
    let (x, theta) = (number(&golden["x"]), number(&golden["theta"]));
    let slope = Difference::TwoSided
        .slope(|theta| Ok(theta * x), theta, number(&golden["epsilon"]))
        .unwrap();
    let ours = trainable::gradient_check::relative_difference(&[x], &[slope]);
    let printed: f64 = golden["printed"].as_str().unwrap().parse().unwrap();
    // The slope is near 2 and its error near 1e-9: one rounding is 4e-7 of it.
    assert!((ours / printed - 1.0).abs() < 4e-7, "{ours}");
}

#[test]
fn the_two_bugs_of_the_gradient_checking_exercise() {
    let all: serde_json::Value = serde_json::from_str(&golden_text()).unwrap();
    let golden = &all["gradient_check_n"];
    let mut rng = RandomState::new(1);
    let mut draw = |rows, columns| Array2::from_shape_simple_fn((rows, columns), || rng.randn());
    let x = draw(4, 3);
    let layers = [(5, 4), (3, 5), (1, 3)].map(|(units, inputs)| Layer {
        w: draw(units, inputs),
        b: Array1::from_iter(draw(units, 1)),
    });
    let network = Network::from_parameters(Parameters::new(layers.to_vec()).unwrap());
    let y = Array2::from_shape_vec((1, 3), vec![1.0, 1.0, 0.0]).unwrap();
    let data = Dataset::new(x, y).unwrap();
    let check = GradientCheck::new(1e-7);
    let right = network.gradients(&data).unwrap();
    let mut layers = right.layers().to_vec();
    layers[1].w *= 2.0;
    layers[0].b *= 4.0;
    let wrong = Parameters::new(layers).unwrap();
    // The notebook's cost: logarithms of activations, whose rounding dominates the difference.
    let cost = |parameters: &Parameters| {
        let a = Network::from_parameters(parameters.clone()).probabilities(data.x())?;
        let losses = a
            .iter()
            .zip(data.y())
            .map(|(a, y)| -(y * libm::log(*a) + (1.0 - y) * libm::log(1.0 - a)));
        Ok(losses.sum::<f64>() / 3.0)
    };
    let difference = |gradient| {
        let report = check.check(network.parameters(), gradient, cost);
        report.unwrap().relative_difference()
    };
    // The slopes are rounded near 1e-7 of their size.
    let expected = golden["with_bug"].as_f64().unwrap();
    assert!((difference(&wrong) - expected).abs() < 1e-6);
    // Rounding noise: only its magnitude is reproducible.
    let expected = golden["without_bug"].as_f64().unwrap();
    let ratio = difference(&right) / expected;
    assert!((0.01..10.0).contains(&ratio), "{ratio}");
}
