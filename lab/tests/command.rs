//! The program `lab`, run as a reader runs it.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use trainable::prelude::*;

#[path = "command/data_file.rs"]
mod data_file;

/// What the course prints of its run with He's weights, at iteration 1000.
const COURSE: f64 = 0.687_982_591_972_806_3;

fn lab(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lab")).args(arguments).output().unwrap()
}

/// Trains for a few steps, with further arguments.
fn train(arguments: &[&str]) -> Output {
    let short = ["train", "--iterations", "20", "--record-every", "5"];
    lab(&[&short, arguments].concat())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Standard output as the one JSON object that it has to be.
fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(value.is_object());
    value
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn the_course_is_repeated_by_the_command_of_the_book() {
    let command = "train --data circles --train-size 300 --train-seed 1 --test-size 100 \
                   --test-seed 2 --noise 0.05 --layers 2,10,5,1 --init he --init-seed 3 \
                   --learning-rate 0.01 --iterations 15000 --record-every 1000 --json";
    let written: Vec<&str> = command.split_whitespace().collect();
    let output = lab(&written);
    let found = json(&output);
    let names: Vec<&String> = found.as_object().unwrap().keys().collect();
    assert_eq!(names, ["cost", "parameters", "seconds", "test_accuracy", "train_accuracy"]);
    let costs = found["cost"].as_object().unwrap();
    assert_eq!(costs.len(), 15);
    assert!((number(&costs["1000"]) - COURSE).abs() < 1e-12);
    assert_eq!(number(&found["train_accuracy"]), 298.0 / 300.0);
    assert_eq!(number(&found["test_accuracy"]), 0.96);
    assert!(number(&found["seconds"]) > 0.0);

    // Costs stand in the order of the iterations, not of their digits.
    let printed = text(&output.stdout);
    assert!(printed.find("\"2000\"").unwrap() < printed.find("\"10000\"").unwrap());

    let by_default = json(&lab(&["train", "--json"]));
    for name in ["cost", "train_accuracy", "test_accuracy", "parameters"] {
        assert_eq!(by_default[name], found[name], "{name}");
    }
}

#[test]
fn json_holds_every_bit() {
    let found = json(&train(&[
        "--json", "--data", "moons", "--activation", "tanh", "--init", "glorot-uniform",
    ]));
    let data = moons(300, 0.05, &mut RandomState::new(1)).unwrap();
    let mut network =
        Network::new(&[2, 10, 5, 1], Initialization::GlorotUniform, &mut RandomState::new(3))
            .unwrap()
            .with_activation(Activation::Tanh);
    let history = GradientDescent::new(0.01)
        .iterations(20)
        .record_every(5)
        .train(&mut network, &data)
        .unwrap();
    for (iteration, cost) in history.costs() {
        assert_eq!(number(&found["cost"][iteration.to_string()]).to_bits(), cost.to_bits());
    }
    let layers = found["parameters"].as_array().unwrap();
    assert_eq!(layers.len(), 3);
    for (layer, found) in network.parameters().layers().iter().zip(layers) {
        let rows = found["w"].as_array().unwrap();
        let w: Vec<f64> = rows.iter().flat_map(|row| row.as_array().unwrap()).map(number).collect();
        assert!(layer.w.iter().eq(&w));
        assert_eq!(rows.len(), layer.w.nrows());
        let b: Vec<f64> = found["b"].as_array().unwrap().iter().map(number).collect();
        assert!(layer.b.iter().eq(&b));
    }
}

#[test]
fn every_scheme_and_activation_trains() {
    for init in [
        "zeros", "gaussian:0.1", "xavier", "glorot", "he", "xavier-uniform", "glorot-uniform",
        "he-uniform",
    ] {
        json(&train(&["--json", "--init", init]));
    }
    for activation in ["sigmoid", "tanh", "relu", "identity"] {
        json(&train(&["--json", "--activation", activation]));
    }
}

#[test]
fn without_json_there_is_a_table() {
    let output = train(&[]);
    assert!(output.status.success());
    let table = text(&output.stdout);
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("iteration  cost"), "{table}");
    assert!(lines[4].starts_with("       15  0."), "{table}");
    assert!(table.contains("accuracy   train "), "{table}");
    assert_eq!(text(&output.stderr), "", "no bar where there is no terminal");
}

#[test]
fn regularization_is_that_of_the_library() {
    let pitched = ["--data", "pitch", "--train-size", "50", "--noise", "0.1"];
    let regularized = ["--l2", "0.7", "--keep", "0.8", "--keep-seed", "4", "--json"];
    let found = json(&train(&[&pitched[..], &regularized].concat()));

    let data = football(50, 0.1, &mut RandomState::new(1)).unwrap();
    let he = Initialization::He;
    let mut network = Network::new(&[2, 10, 5, 1], he, &mut RandomState::new(3)).unwrap();
    let history = GradientDescent::new(0.01)
        .penalty(Penalty::L2 { lambda: 0.7 })
        .dropout(Dropout::fresh(&[0.8; 2], &mut RandomState::new(4)).unwrap())
        .iterations(20)
        .record_every(5)
        .train(&mut network, &data)
        .unwrap();
    for (iteration, cost) in history.costs() {
        assert_eq!(number(&found["cost"][iteration.to_string()]), *cost);
    }
    assert_eq!(number(&found["train_accuracy"]), network.accuracy(&data).unwrap());
}

#[test]
fn probabilities_that_do_not_fit_the_layers_are_refused() {
    let output = train(&["--keep", "0.8,0.8,0.8"]);
    assert!(!output.status.success());
    let said = text(&output.stderr);
    assert!(said.contains("expected 2, one for each hidden layer, got 3"), "{said}");
}

const POSITIVE: &str = "expected a finite number above 0";
const WHOLE: &str = "expected a whole number from 1 to ";
const LAYERS: &str = "the first is 2";
const EXAMPLES: &str = "expected a whole number from 2 to 10000000";
const SEED: &str = "expected a whole number from 0 to 4294967295";
const AT_LEAST_0: &str = "expected a finite number of at least 0";
const PROBABILITY: &str = "expected a number above 0 and at most 1";
const SCHEMES: &str = "expected zeros, gaussian:STD";

/// What a reader gets wrong: an option, its value, and words of the answer.
const NO_SENSE: &[(&str, &str, &str)] = &[
    ("--learning-rate", "NaN", POSITIVE),
    ("--learning-rate", "inf", POSITIVE),
    ("--learning-rate", "-inf", POSITIVE),
    ("--learning-rate", "0", POSITIVE),
    ("--learning-rate", "-0.01", POSITIVE),
    ("--learning-rate", "1e999", POSITIVE),
    ("--learning-rate", "fast", POSITIVE),
    ("--learning-rate", "", POSITIVE),
    ("--iterations", "0", WHOLE),
    ("--iterations", "-1", WHOLE),
    ("--iterations", "1e3", WHOLE),
    ("--iterations", "99999999999999999999", WHOLE),
    ("--iterations", "18446744073709551615", "at most 10000000 recorded costs"),
    ("--record-every", "0", WHOLE),
    ("--layers", "", LAYERS),
    ("--layers", "2", LAYERS),
    ("--layers", "3,1", LAYERS),
    ("--layers", "2,10,2", LAYERS),
    ("--layers", "2,0,1", LAYERS),
    ("--layers", "2,-3,1", LAYERS),
    ("--layers", "2,ten,1", LAYERS),
    ("--layers", "2,99999999999999999999,1", LAYERS),
    ("--layers", "2,9999999999,9999999999,1", "at most 10000000 weights"),
    ("--layers", "2,18446744073709551615,1", "at most 10000000 weights"),
    ("--data", "squares", "[possible values: circles, moons, football, spiral]"),
    ("--activation", "step", "[possible values: sigmoid, tanh, relu, identity]"),
    ("--init", "random", SCHEMES),
    ("--init", "gaussian", SCHEMES),
    ("--init", "gaussian:abc", "gaussian:0.01"),
    ("--init", "gaussian:-1", "gaussian:0.01"),
    ("--init", "gaussian:nan", "gaussian:0.01"),
    ("--init", "gaussian:inf", "gaussian:0.01"),
    ("--init", "gaussian:", "gaussian:0.01"),
    ("--train-size", "0", EXAMPLES),
    ("--train-size", "1", EXAMPLES),
    ("--test-size", "1", EXAMPLES),
    ("--test-size", "-5", EXAMPLES),
    ("--train-size", "18446744073709551615", EXAMPLES),
    ("--noise", "-0.1", AT_LEAST_0),
    ("--noise", "nan", AT_LEAST_0),
    ("--noise", "inf", AT_LEAST_0),
    ("--l2", "-0.1", AT_LEAST_0),
    ("--l2", "nan", AT_LEAST_0),
    ("--keep", "0", PROBABILITY),
    ("--keep", "0.8,1.1", PROBABILITY),
    ("--keep", "nan", PROBABILITY),
    ("--keep", "", PROBABILITY),
    ("--keep-seed", "-1", SEED),
    ("--train-seed", "4294967296", SEED),
    ("--test-seed", "-1", SEED),
    ("--init-seed", "3.5", SEED),
];

#[test]
fn what_makes_no_sense_is_refused_with_what_does() {
    for (argument, value, expected) in NO_SENSE {
        assert_refused(argument, value, expected);
    }
}

#[test]
fn batches_and_lengths_that_make_no_sense_are_refused() {
    let batch = "expected a whole number from 1 to the number of training examples";
    let classes = "expected a whole number from 2 to 1000";
    let share = "expected a number above 0 and below 1";
    for (argument, value, expected) in [
        ("--batch-size", "0", batch),
        ("--batch-size", "-1", batch),
        ("--batch-size", "many", batch),
        ("--batch-size", "301", "a whole number from 1 to 300"),
        ("--batch-seed", "-1", SEED),
        ("--epochs", "0", WHOLE),
        ("--epochs", "-1", WHOLE),
        ("--epochs", "1.5", WHOLE),
        ("--epochs", "18446744073709551615", "recorded costs"),
        ("--classes", "1", classes),
        ("--classes", "0", classes),
        ("--classes", "3", "expected 2 with this --data, got 3"),
        ("--test-share", "1", share),
        ("--test-share", "-0.5", share),
        ("--split-seed", "x", SEED),
    ] {
        assert_refused(argument, value, expected);
    }
}

#[test]
fn optimizers_and_limits_that_make_no_sense_are_refused() {
    let beta = "expected a number of at least 0 and below 1";
    for (argument, value, expected) in [
        ("--optimizer", "sgd", "[possible values: gd, momentum, nes"),
        ("--beta", "1", beta),
        ("--beta", "-0.1", beta),
        ("--beta", "nan", beta),
        ("--beta1", "1.5", beta),
        ("--beta2", "1", beta),
        ("--epsilon", "0", POSITIVE),
        ("--epsilon", "-1e-8", POSITIVE),
        ("--epsilon", "nan", POSITIVE),
        ("--weight-decay", "-0.1", AT_LEAST_0),
        ("--weight-decay", "inf", AT_LEAST_0),
        ("--clip-norm", "0", POSITIVE),
        ("--clip-value", "-1", POSITIVE),
        ("--keep-input", "0", PROBABILITY),
        ("--keep-input", "1.5", PROBABILITY),
        ("--schedule", "slower", "expected constant, inverse-time"),
        ("--schedule", "cosine", "expected cosine:OVER"),
        ("--schedule", "cosine:0", "such as cosine:100,0.01"),
        ("--schedule", "exponential:2", "such as exponential:0.99"),
        ("--schedule", "constant+cosine:9", "such as constant*20"),
        ("--schedule", "cosine:9@hour", "expected @epoch or @step"),
        ("--schedule", "linear:10", "in the whole run, got 0.0"),
    ] {
        assert_refused(argument, value, expected);
    }
}

/// Asserts that a value is refused with these words, and that nothing is printed.
fn assert_refused(argument: &str, value: &str, expected: &str) {
    let output = train_with(argument, value);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{argument} {value}: {said}");
    assert!(said.contains(expected), "{argument} {value}: {said}");
    assert!(said.contains(argument), "{argument} {value}: {said}");
    assert_eq!(text(&output.stdout), "", "{argument} {value}");
}

/// A run that would be long were the argument not refused.
fn train_with(argument: &str, value: &str) -> Output {
    let long = ["train", "--json", "--record-every", "100"];
    match argument {
        "--record-every" => lab(&["train", argument, value]),
        "--batch-seed" => lab(&["train", "--batch-size", "64", argument, value]),
        _ => lab(&[&long[..], &[argument, value]].concat()),
    }
}

/// Asserts that arguments are refused as such, with these words, and that nothing is printed.
fn refused(arguments: &[&str], words: &[&str]) {
    let output = lab(&[&["train", "--json"], arguments].concat());
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    for word in words {
        assert!(said.contains(word), "{arguments:?}: {word}: {said}");
    }
    assert_eq!(text(&output.stdout), "", "{arguments:?}");
}

#[test]
fn options_of_another_optimizer_are_refused() {
    for (optimizer, option, owners) in [
        ("gd", "--beta", "momentum and nesterov"),
        ("adam", "--beta", "momentum and nesterov"),
        ("gd", "--beta1", "adam and adamw"),
        ("rmsprop", "--beta1", "adam and adamw"),
        ("momentum", "--beta2", "rmsprop, adam and adamw"),
        ("nesterov", "--epsilon", "rmsprop, adam and adamw"),
    ] {
        let belongs = format!("{option} belongs to --optimizer {owners}, not to {optimizer}");
        refused(&["--optimizer", optimizer, option, "0.9"], &[&belongs]);
    }
    refused(&["--epsilon", "1e-8"], &["not to gd, which has no such"]);
    refused(&["--batch-seed", "10"], &["--batch-seed", "--batch-size"]);
}

#[test]
fn options_that_do_not_go_together_are_refused() {
    let batches = ["--batch-size", "64"];
    let normalized = ["--batch-norm", "--batch-size", "64"];
    for (given, further, words) in [
        (&["--epochs", "1"][..], &["--iterations", "15000"][..], "with"),
        (&["--clip-norm", "1"], &["--clip-value", "1"], "with"),
        (&["--schedule", "linear:10"], &["--epochs", "20"], "at time 19"),
        (&normalized, &["--train-size", "65"], "at least 2"),
        (&["--batch-norm"], &["--batch-size", "1"], "at least 2"),
        (&["--batch-norm"], &["--layers", "2,1"], "a hidden layer"),
        (&batches, &["--train-size", "63"], "from 1 to 63"),
    ] {
        refused(&[given, further].concat(), &[given[0], words]);
    }
    let spiral = ["--data", "spiral", "--classes"];
    for (classes, option, value, words) in [
        ("3", "--layers", "2,5,1", "the last is 3 (a unit for each class)"),
        ("5", "--layers", "2,5,3", "such as 2,10,5,5"),
        ("2", "--layers", "2,5,3", "the last is 1 or 2"),
        ("5", "--test-size", "4", "each of 5 classes"),
        ("5", "--train-size", "4", "each of 5 classes"),
    ] {
        refused(&[&spiral[..], &[classes, option, value]].concat(), &[option, words]);
    }
}

/// The run of the golden numbers, with further arguments.
fn golden_moons(arguments: &[&str]) -> Value {
    let command = "train --data moons --train-size 300 --train-seed 3 --noise 0.2 --layers 2,5,2,1 \
                   --init he --init-seed 3 --batch-size 64 --batch-seed 10 --epochs 500 \
                   --record-every 100 --json";
    let written: Vec<&str> = command.split_whitespace().collect();
    json(&lab(&[&written, arguments].concat()))
}

/// Asserts that costs are those of NumPy, at epochs 0, 100, 200 and so on.
fn assert_costs(found: &Value, expected: &[f64]) {
    let found = found.as_object().unwrap();
    assert_eq!(found.len(), expected.len());
    for (number_of_hundreds, expected) in expected.iter().enumerate() {
        let epoch = (100 * number_of_hundreds).to_string();
        let cost = number(&found[&epoch]);
        assert!((cost / expected - 1.0).abs() < 1e-9, "{epoch}: {cost}, {expected}");
    }
}

/// A run as NumPy has it: costs of the whole set and of last batches, and how many of 300 examples
/// are right.
struct Golden {
    optimizer: &'static str,
    whole: [f64; 6],
    last_batch: [f64; 5],
    right: f64,
}

const GOLDEN: [Golden; 3] = [
    Golden {
        optimizer: "adam",
        whole: [
            0.7024140504990622, 0.5876074710429512, 0.4999220828550074, 0.36642474571246836,
            0.3004904168265393, 0.2570076744104903,
        ],
        last_batch: [
            0.6905522282919487, 0.6110855957424914, 0.5501940711830008, 0.32877739198533357,
            0.2497727132389909,
        ],
        right: 277.0,
    },
    Golden {
        optimizer: "nesterov",
        whole: [
            0.7024140504990622, 0.668849358124689, 0.6362178906699568, 0.6015410515637762,
            0.5741171755159757, 0.5527088413123666,
        ],
        last_batch: [
            0.6907278484684591, 0.7047224823248233, 0.6484616670181469, 0.5444354726450641,
            0.579062507176811,
        ],
        right: 215.0,
    },
    Golden {
        optimizer: "adamw",
        whole: [
            0.7024140504990622, 0.5877818633208448, 0.49986465902632926, 0.3666665093374164,
            0.30148090335536765, 0.25803546525831356,
        ],
        last_batch: [
            0.6905523459028822, 0.6110690050365363, 0.5500408158646974, 0.3294989886993828,
            0.2508158007822946,
        ],
        right: 277.0,
    },
];

#[test]
fn epochs_of_mini_batches_are_those_of_numpy() {
    for golden in &GOLDEN {
        let optimizer = ["--optimizer", golden.optimizer];
        let rate = ["--learning-rate", "0.0007"];
        let found = golden_moons(&[optimizer, rate].concat());
        assert_costs(&found["whole_cost"], &golden.whole);
        assert_costs(&found["last_batch_cost"], &golden.last_batch);
        assert_eq!(found["cost"], found["whole_cost"]);
        assert_eq!(number(&found["train_accuracy"]), golden.right / 300.0);
    }
}

#[test]
fn costs_by_epoch_are_there_with_one_batch_too() {
    let found = json(&lab(&["train", "--epochs", "20", "--record-every", "5", "--json"]));
    let by_iteration = json(&train(&["--json"]));
    assert_eq!(found["last_batch_cost"], by_iteration["cost"]);
    let whole = found["whole_cost"].as_object().unwrap();
    let epochs: Vec<&String> = whole.keys().collect();
    assert_eq!(epochs, ["0", "10", "15", "20", "5"]);
    assert_eq!(found["cost"], found["whole_cost"]);
    assert_eq!(found["parameters"], by_iteration["parameters"]);
    let by_default = json(&train(&["--json", "--batch-size", "50"]));
    assert_eq!(by_default.get("whole_cost"), None);
    assert_eq!(by_default.get("last_batch_cost"), None);
}

#[test]
fn a_table_of_epochs_has_the_last_batch_too() {
    let output = lab(&["train", "--epochs", "10", "--batch-size", "64", "--record-every", "5"]);
    let table = text(&output.stdout);
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("    epoch  cost"), "{table}");
    assert!(lines[0].ends_with("last batch"), "{table}");
    let columns = |line: usize| lines[line].split_whitespace().count();
    assert_eq!([1, 2, 3].map(columns), [3, 3, 2], "{table}");
    assert!(lines[4].starts_with("accuracy   train "), "{table}");
}

#[test]
fn all_of_it_at_once_is_the_librarys_run() {
    let command = "train --data spiral --classes 4 --train-size 200 --train-seed 5 --noise 0.03 \
                   --layers 2,12,8,4 --activation tanh --init xavier --optimizer adam \
                   --learning-rate 0.02 --beta1 0.8 --beta2 0.99 --epsilon 1e-7 \
                   --weight-decay 0.001 --l2 0.1 --keep 0.9 --keep-input 0.95 --keep-seed 6 \
                   --clip-norm 0.5 --batch-norm --batch-size 32 --batch-seed 4 --epochs 12 \
                   --schedule warm-up:10+cosine:60,0.1@step --record-every 5 --json";
    let written: Vec<&str> = command.split_whitespace().collect();
    let found = json(&lab(&written));

    let data = spiral(200, 4, 0.03, &mut RandomState::new(5)).unwrap();
    let xavier = Initialization::Xavier;
    let mut network = Network::new(&[2, 12, 8, 4], xavier, &mut RandomState::new(3))
        .unwrap()
        .with_activation(Activation::Tanh)
        .with_batch_norm(BatchNorm::new());
    let adam = Adam::new(0.02).beta1(0.8).beta2(0.99).epsilon(1e-7);
    let dropout = Dropout::fresh(&[0.9; 2], &mut RandomState::new(6)).unwrap();
    let cosine = Schedule::Cosine { over: 60, least: 0.1 };
    let history = Training::new(adam.then(WeightDecay::new(0.001)))
        .penalty(Penalty::L2 { lambda: 0.1 })
        .dropout(dropout.input(0.95).unwrap())
        .clipping(Clipping::Norm(0.5))
        .mini_batches(MiniBatches::of(32).shuffled_as_numpy(5))
        .schedule(Schedule::WarmUp { over: 10 }.then(10, cosine).by_step())
        .epochs(12)
        .record_every(5)
        .train(&mut network, &data)
        .unwrap();
    for (name, costs) in
        [("whole_cost", history.costs()), ("last_batch_cost", history.last_batch_costs())]
    {
        assert_eq!(found[name].as_object().unwrap().len(), costs.len());
        for (epoch, cost) in costs {
            let found = number(&found[name][epoch.to_string()]);
            assert_eq!(found.to_bits(), cost.to_bits(), "{name} {epoch}");
        }
    }
    let accuracy = network.accuracy(&data).unwrap();
    assert_eq!(number(&found["train_accuracy"]), accuracy);
    for (layer, found) in found["parameters"].as_array().unwrap().iter().enumerate() {
        assert_layer(&network, layer, found);
    }
}

/// Asserts that a layer was printed to the last bit, with what batch normalization has in it.
fn assert_layer(network: &Network, layer: usize, found: &Value) {
    let flat = |name: &str| -> Vec<f64> {
        let values = found[name].as_array().unwrap().iter();
        let rows = values.map(|value| {
            let row = value.as_array().map(|row| row.iter().map(number).collect());
            row.unwrap_or_else(|| vec![number(value)])
        });
        rows.flatten().collect()
    };
    let parameters = network.parameters();
    let Layer { w, b } = &parameters.layers()[layer];
    assert!(w.iter().eq(&flat("w")) && b.iter().eq(&flat("b")));
    let Some(statistics) = network.statistics(layer) else {
        assert_eq!(found.as_object().unwrap().len(), 2, "{found}");
        return;
    };
    assert!(parameters.gain(layer).unwrap().iter().eq(&flat("gamma")));
    assert!(statistics.mean().iter().eq(&flat("mean")));
    assert!(statistics.variance().iter().eq(&flat("variance")));
    assert_eq!(number(&found["correction"]), statistics.correction());
}

#[test]
fn two_units_tell_two_classes_apart_where_classes_are_asked_for() {
    let found = json(&train(&["--json", "--classes", "2", "--layers", "2,10,2"]));
    assert_eq!(found["parameters"][1]["b"].as_array().unwrap().len(), 2);
    json(&train(&["--json", "--data", "spiral", "--classes", "2"]));
    let three = json(&train(&["--json", "--data", "spiral"]));
    assert_eq!(three["parameters"][2]["b"].as_array().unwrap().len(), 3);
}

#[test]
fn what_was_called_pitch_is_football() {
    let [old, new] = ["pitch", "football"].map(|data| json(&train(&["--json", "--data", data])));
    assert_eq!(old["parameters"], new["parameters"]);
}

#[test]
fn help_groups_the_options() {
    let help = succeeds(&["train", "--help"]);
    for heading in
        ["Data:", "Network:", "Optimizer:", "Batches and length:", "Regularization:", "Output:"]
    {
        assert!(help.lines().any(|line| line == heading), "{heading}: {help}");
    }
}

#[test]
fn unknown_arguments_are_refused() {
    for arguments in [&["train", "--speed", "9"][..], &["train", "--layers"], &["fly"], &[]] {
        let output = lab(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn a_diverged_run_fails_with_the_librarys_words() {
    let output = train(&["--json", "--init", "gaussian:1e200"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout), "");
    assert!(text(&output.stderr).contains("the cost was no longer finite at iteration 0"));
}

#[test]
fn lists_and_shows_what_experiments_found() {
    let list = succeeds(&["list"]);
    let (experiment, name) = list
        .lines()
        .find_map(|line| {
            let id = line.trim().strip_prefix("figure")?.split_whitespace().next()?;
            id.split_once('/')
        })
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let figures = folder.path().join("figures");
    let shown = succeeds(&["run", experiment, "--figures", figures.to_str().unwrap()]);
    assert!(shown.starts_with(&format!("{experiment} (chapter ")), "{shown}");
    assert_eq!(shown.matches(" (chapter ").count(), 1, "one experiment only: {shown}");
    assert!(svgs(&figures) > 0);
    assert!(figures.join(format!("{experiment}-{name}.svg")).exists());

    let by_id = succeeds(&["run", &format!("{experiment}/{name}")]);
    assert_eq!(by_id, shown);
    let nothing = lab(&["run", "no such thing"]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(text(&nothing.stderr).contains("`no such thing`"));
}

fn succeeds(arguments: &[&str]) -> String {
    let output = lab(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// The number of drawings in a folder, each a whole one.
fn svgs(folder: &Path) -> usize {
    let files = std::fs::read_dir(folder).unwrap();
    files
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .inspect(|svg| assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>")))
        .count()
}

#[test]
fn the_football_runs_ask_for_the_courses_data() {
    let output = Command::new(env!("CARGO_BIN_EXE_lab"))
        .arg("football")
        .env_remove("TRAINABLE_COURSE_DATA")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains("data.mat in TRAINABLE_COURSE_DATA, which is not set"), "{said}");
}
