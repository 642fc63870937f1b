//! The course's runs on its own football data, which are not part of this repository.
//!
//! Set `TRAINABLE_COURSE_DATA` to the path of the regularization assignment's `data.mat` to run them.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::env;
use std::fs::File;
use std::io::{Write, stderr};

use matfile::{MatFile, NumericData};
use ndarray::{Array2, ShapeBuilder};
use serde::Deserialize;
use trainable::dropout::masks;
use trainable::prelude::*;

const VARIABLE: &str = "TRAINABLE_COURSE_DATA";

#[derive(Deserialize)]
struct Run {
    cost: BTreeMap<usize, f64>,
    train: f64,
    test: f64,
}

/// What the course's formulas give in NumPy, to all digits.
fn golden(name: &str) -> Run {
    let text = include_str!("golden.json").replace(": Infinity", ": \"Infinity\"");
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    serde_json::from_value(all["training"][name].clone()).unwrap()
}

/// The training and the test set, or nothing, and a line that says so.
fn football() -> Option<(Dataset, Dataset)> {
    let Some(path) = env::var_os(VARIABLE) else {
        // Not eprintln!, which the test harness keeps to itself.
        let skipped = format!("skipped: {VARIABLE} is not set to the path of data.mat\n");
        stderr().write_all(skipped.as_bytes()).unwrap();
        return None;
    };
    let file = MatFile::parse(File::open(path).unwrap()).unwrap();
    // An example a row, and MATLAB keeps columns together.
    let matrix = |name: &str| -> Array2<f64> {
        let array = file.find_by_name(name).unwrap();
        let numbers = match array.data() {
            NumericData::Double { real, .. } => real.clone(),
            NumericData::UInt8 { real, .. } => real.iter().map(|n| f64::from(*n)).collect(),
            other => panic!("{name}: expected numbers, got {other:?}"),
        };
        let shape = (array.size()[0], array.size()[1]);
        let rows = Array2::from_shape_vec(shape.f(), numbers).unwrap();
        rows.reversed_axes()
    };
    Some((
        Dataset::new(matrix("X"), matrix("y")).unwrap(),
        Dataset::new(matrix("Xval"), matrix("yval")).unwrap(),
    ))
}

/// Trains as the assignment does and compares costs and accuracies.
fn compare(name: &str, regularized: impl Fn(GradientDescent) -> GradientDescent, tolerance: f64) {
    let Some((train, test)) = football() else {
        return;
    };
    let mut rng = RandomState::new(3);
    let mut network = Network::new(&[2, 20, 3, 1], Initialization::Xavier, &mut rng).unwrap();
    let descent = GradientDescent::new(0.3)
        .iterations(30_000)
        .record_every(10_000);
    let history = regularized(descent).train(&mut network, &train).unwrap();
    let golden = golden(name);
    for (iteration, expected) in golden.cost {
        let ours = history.cost(iteration).unwrap();
        let apart = (ours / expected - 1.0).abs();
        assert!(
            apart < tolerance,
            "{iteration}: {ours}, expected {expected}"
        );
    }
    assert_eq!(network.accuracy(&train), Ok(golden.train));
    assert_eq!(network.accuracy(&test), Ok(golden.test));
}

#[test]
fn the_run_without_regularization() {
    compare("reg_none", |descent| descent, 1e-9);
}

#[test]
fn the_run_with_l2() {
    let penalty = Penalty::L2 { lambda: 0.7 };
    compare("reg_l2", |descent| descent.penalty(penalty), 1e-9);
}

/// The notebook seeds its generator anew in every forward propagation: the masks are always the same.
#[test]
fn the_run_with_dropout() {
    let keep = [0.86, 0.86];
    let masks = masks(&keep, &[2, 20, 3, 1], 211, &mut RandomState::new(1)).unwrap();
    let dropout = Dropout::fixed(&keep, masks).unwrap();
    compare(
        "reg_dropout",
        |descent| descent.dropout(dropout.clone()),
        1e-8,
    );
}
