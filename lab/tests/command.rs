//! The program `lab`, run as a reader runs it.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use trainable::prelude::*;

/// What the course prints of its run with He's weights, at iteration 1000.
const COURSE: f64 = 0.687_982_591_972_806_3;

fn lab(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lab"))
        .args(arguments)
        .output()
        .unwrap()
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
    assert_eq!(
        names,
        [
            "cost",
            "parameters",
            "seconds",
            "test_accuracy",
            "train_accuracy"
        ]
    );
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
        "--json",
        "--data",
        "moons",
        "--activation",
        "tanh",
        "--init",
        "glorot-uniform",
    ]));
    let data = moons(300, 0.05, &mut RandomState::new(1)).unwrap();
    let mut network = Network::new(
        &[2, 10, 5, 1],
        Initialization::GlorotUniform,
        &mut RandomState::new(3),
    )
    .unwrap()
    .with_activation(Activation::Tanh);
    let history = GradientDescent::new(0.01)
        .iterations(20)
        .record_every(5)
        .train(&mut network, &data)
        .unwrap();
    for (iteration, cost) in history.costs() {
        assert_eq!(
            number(&found["cost"][iteration.to_string()]).to_bits(),
            cost.to_bits()
        );
    }
    let layers = found["parameters"].as_array().unwrap();
    assert_eq!(layers.len(), 3);
    for (layer, found) in network.parameters().layers().iter().zip(layers) {
        let rows = found["w"].as_array().unwrap();
        let w: Vec<f64> = rows
            .iter()
            .flat_map(|row| row.as_array().unwrap())
            .map(number)
            .collect();
        assert!(layer.w.iter().eq(&w));
        assert_eq!(rows.len(), layer.w.nrows());
        let b: Vec<f64> = found["b"].as_array().unwrap().iter().map(number).collect();
        assert!(layer.b.iter().eq(&b));
    }
}

#[test]
fn every_scheme_and_activation_trains() {
    for init in [
        "zeros",
        "gaussian:0.1",
        "xavier",
        "glorot",
        "he",
        "xavier-uniform",
        "glorot-uniform",
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
    assert_eq!(
        text(&output.stderr),
        "",
        "no bar where there is no terminal"
    );
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
    assert_eq!(
        number(&found["train_accuracy"]),
        network.accuracy(&data).unwrap()
    );
}

#[test]
fn probabilities_that_do_not_fit_the_layers_are_refused() {
    let output = train(&["--keep", "0.8,0.8,0.8"]);
    assert!(!output.status.success());
    let said = text(&output.stderr);
    assert!(
        said.contains("expected 2, one for each hidden layer, got 3"),
        "{said}"
    );
}

#[test]
fn what_makes_no_sense_is_refused_with_what_does() {
    let positive = "expected a finite number above 0";
    let whole = "expected a whole number from 1 to ";
    let layers = "the first is 2";
    let examples = "expected a whole number from 2 to 10000000";
    let seed = "expected a whole number from 0 to 4294967295";
    let noise = "expected a finite number of at least 0";
    let probability = "expected a number above 0 and at most 1";
    let schemes = "expected zeros, gaussian:STD";
    for (argument, value, expected) in [
        ("--learning-rate", "NaN", positive),
        ("--learning-rate", "inf", positive),
        ("--learning-rate", "-inf", positive),
        ("--learning-rate", "0", positive),
        ("--learning-rate", "-0.01", positive),
        ("--learning-rate", "1e999", positive),
        ("--learning-rate", "fast", positive),
        ("--learning-rate", "", positive),
        ("--iterations", "0", whole),
        ("--iterations", "-1", whole),
        ("--iterations", "1e3", whole),
        ("--iterations", "99999999999999999999", whole),
        (
            "--iterations",
            "18446744073709551615",
            "at most 10000000 recorded costs",
        ),
        ("--record-every", "0", whole),
        ("--layers", "", layers),
        ("--layers", "2", layers),
        ("--layers", "3,1", layers),
        ("--layers", "2,10,2", layers),
        ("--layers", "2,0,1", layers),
        ("--layers", "2,-3,1", layers),
        ("--layers", "2,ten,1", layers),
        ("--layers", "2,99999999999999999999,1", layers),
        (
            "--layers",
            "2,9999999999,9999999999,1",
            "at most 10000000 weights",
        ),
        (
            "--layers",
            "2,18446744073709551615,1",
            "at most 10000000 weights",
        ),
        (
            "--data",
            "squares",
            "[possible values: circles, moons, pitch]",
        ),
        (
            "--activation",
            "step",
            "[possible values: sigmoid, tanh, relu, identity]",
        ),
        ("--init", "random", schemes),
        ("--init", "gaussian", schemes),
        ("--init", "gaussian:abc", "gaussian:0.01"),
        ("--init", "gaussian:-1", "gaussian:0.01"),
        ("--init", "gaussian:nan", "gaussian:0.01"),
        ("--init", "gaussian:inf", "gaussian:0.01"),
        ("--init", "gaussian:", "gaussian:0.01"),
        ("--train-size", "0", examples),
        ("--train-size", "1", examples),
        ("--test-size", "1", examples),
        ("--test-size", "-5", examples),
        ("--train-size", "18446744073709551615", examples),
        ("--noise", "-0.1", noise),
        ("--noise", "nan", noise),
        ("--noise", "inf", noise),
        ("--l2", "-0.1", noise),
        ("--l2", "nan", noise),
        ("--keep", "0", probability),
        ("--keep", "0.8,1.1", probability),
        ("--keep", "nan", probability),
        ("--keep", "", probability),
        ("--keep-seed", "-1", seed),
        ("--train-seed", "4294967296", seed),
        ("--test-seed", "-1", seed),
        ("--init-seed", "3.5", seed),
    ] {
        let output = train_with(argument, value);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{argument} {value}: {said}");
        assert!(said.contains(expected), "{argument} {value}: {said}");
        assert!(said.contains(argument), "{argument} {value}: {said}");
        assert_eq!(text(&output.stdout), "", "{argument} {value}");
    }
}

/// A run that would be long were the argument not refused.
fn train_with(argument: &str, value: &str) -> Output {
    let long = ["train", "--json", "--record-every", "100"];
    match argument {
        "--record-every" => lab(&["train", argument, value]),
        _ => lab(&[&long[..], &[argument, value]].concat()),
    }
}

#[test]
fn unknown_arguments_are_refused() {
    for arguments in [
        &["train", "--speed", "9"][..],
        &["train", "--layers"],
        &["fly"],
        &[],
    ] {
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
            let id = line
                .trim()
                .strip_prefix("figure")?
                .split_whitespace()
                .next()?;
            id.split_once('/')
        })
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let figures = folder.path().join("figures");
    let shown = succeeds(&["run", experiment, "--figures", figures.to_str().unwrap()]);
    assert!(
        shown.starts_with(&format!("{experiment} (chapter ")),
        "{shown}"
    );
    assert_eq!(
        shown.matches(" (chapter ").count(),
        1,
        "one experiment only: {shown}"
    );
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
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        text(&output.stderr)
    );
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
fn recording_asks_for_the_courses_data() {
    let output = Command::new(env!("CARGO_BIN_EXE_lab"))
        .arg("record")
        .env_remove("TRAINABLE_COURSE_DATA")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(
        said.contains("data.mat in TRAINABLE_COURSE_DATA, which is not set"),
        "{said}"
    );
}
