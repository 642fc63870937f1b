//! What is recorded of the course's football data, against the course's numbers and against the data.
//!
//! Set `TRAINABLE_COURSE_DATA` to the path of the regularization assignment's `data.mat` to run everything
//! again.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::io::{Write, stderr};

use lab::course_data::CourseData;
use lab::football::recorded;
use lab::store::football::{VARIABLE, measure};
use serde::Deserialize;

#[derive(Deserialize)]
struct Run {
    cost: BTreeMap<usize, f64>,
    train: f64,
    test: f64,
}

/// What the course's formulas give in NumPy, to all digits.
fn golden(name: &str) -> Run {
    let text = include_str!("../../tests/golden.json").replace(": Infinity", ": \"Infinity\"");
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    serde_json::from_value(all["training"][name].clone()).unwrap()
}

#[test]
fn the_recorded_runs_are_the_courses() {
    let recorded = recorded().unwrap();
    for (name, run) in recorded.runs {
        let tolerance = if name == "dropout" { 1e-8 } else { 1e-9 };
        let golden = golden(&format!("reg_{name}"));
        assert_eq!(run.cost.len(), golden.cost.len());
        for (iteration, expected) in golden.cost {
            let ours = run.cost[&iteration];
            let apart = (ours / expected - 1.0).abs();
            assert!(apart < tolerance, "{name}, {iteration}: {ours}, expected {expected}");
        }
        assert_eq!((run.train, run.test), (golden.train, golden.test), "{name}");
    }
}

#[test]
fn every_digit_comes_out_again() {
    let Some(data) = CourseData::given().unwrap() else {
        // Not eprintln!, which the test harness keeps to itself.
        let skipped = format!("skipped: {VARIABLE} is not set to the path of data.mat\n");
        stderr().write_all(skipped.as_bytes()).unwrap();
        return;
    };
    let again = measure(&data).unwrap().text().unwrap();
    let recorded = include_str!("../recorded/football.json");
    for (again, recorded) in again.lines().zip(recorded.lines()) {
        assert_eq!(again, recorded);
    }
    assert_eq!(again.len(), recorded.len());
}
