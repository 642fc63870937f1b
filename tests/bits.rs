//! The same bits everywhere: whatever the vector instructions, the number of threads, the compiler
//! and its settings.
//!
//! `bits.json` holds the bits of recorded costs and of trained parameters. Where they are meant to
//! change, `TRAINABLE_WRITE_BITS=1 cargo test --test bits` writes them anew.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::io::{Write, stderr};
use std::path::Path;
use std::{env, fs};

use rayon::ThreadPoolBuilder;
use trainable::numerics::kernels::{Instructions, instructions, limit};
use trainable::prelude::*;

const STORED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bits.json");

/// What a training run leaves: its recorded costs, then its parameters, each as the bits of an f64.
type Bits = Vec<String>;

/// The runs: their names, what they train, and the examples, which fill one chunk, several chunks,
/// or several segments.
fn runs() -> BTreeMap<&'static str, Bits> {
    let relu = (Initialization::He, Activation::Relu);
    let tanh = (Initialization::Xavier, Activation::Tanh);
    let sigmoid = (Initialization::Glorot, Activation::Sigmoid);
    BTreeMap::from([
        ("relu, one chunk", run(&[2, 10, 5, 1], relu, 300, 200)),
        (
            "tanh, several chunks",
            run(&[2, 7, 6, 3, 1], tanh, 1_301, 20),
        ),
        (
            "sigmoid, several segments",
            run(&[2, 4, 1], sigmoid, 20_003, 4),
        ),
        ("relu, wide", run(&[2, 67, 9, 1], relu, 45, 20)),
        (
            "tanh, dropout, several segments",
            train(&[2, 5, 6, 1], tanh, 20_003, |descent| {
                descent.iterations(4).dropout(dropout())
            }),
        ),
        (
            "tanh, L2",
            short(tanh, |descent| descent.penalty(Penalty::L2 { lambda: 0.7 })),
        ),
        (
            "relu, L1",
            short(relu, |descent| descent.penalty(Penalty::L1 { lambda: 0.3 })),
        ),
        (
            "relu, clipped by norm",
            short(relu, |descent| descent.clipping(Clipping::Norm(0.05))),
        ),
        (
            "relu, clipped by value",
            short(relu, |descent| descent.clipping(Clipping::Value(0.01))),
        ),
        (
            "tanh, early stopping",
            short(tanh, |descent| descent.early_stopping(stopping())),
        ),
        (
            "tanh, dropout, L2, early stopping",
            short(tanh, |descent| {
                let descent = descent.penalty(Penalty::L2 { lambda: 0.7 });
                descent.dropout(dropout()).early_stopping(stopping())
            }),
        ),
    ])
}

fn dropout() -> Dropout {
    Dropout::fresh(&[0.9, 0.6], &mut RandomState::new(4)).unwrap()
}

/// Ends the runs below before their iterations are used up.
fn stopping() -> EarlyStopping {
    let dev = circles(50, 0.3, &mut RandomState::new(2)).unwrap();
    EarlyStopping::new(dev, 3)
}

/// A run that takes large steps on a few examples, of which the last block is not full.
fn short(
    start: (Initialization, Activation),
    set: impl Fn(GradientDescent) -> GradientDescent,
) -> Bits {
    train(&[2, 5, 6, 1], start, 45, |descent| {
        set(descent.iterations(200).record_every(10))
    })
}

fn run(
    sizes: &[usize],
    start: (Initialization, Activation),
    examples: usize,
    iterations: usize,
) -> Bits {
    train(sizes, start, examples, |descent| {
        descent.iterations(iterations).record_every(iterations / 4)
    })
}

fn train(
    sizes: &[usize],
    (initialization, activation): (Initialization, Activation),
    examples: usize,
    set: impl Fn(GradientDescent) -> GradientDescent,
) -> Bits {
    let data = circles(examples, 0.05, &mut RandomState::new(1)).unwrap();
    let mut network = Network::new(sizes, initialization, &mut RandomState::new(3))
        .unwrap()
        .with_activation(activation);
    let history = set(GradientDescent::new(0.1).record_every(1))
        .train(&mut network, &data)
        .unwrap();
    let costs = history.costs().iter().map(|(_, cost)| cost);
    costs
        .chain(network.parameters().iter())
        .map(|number| format!("{:016x}", number.to_bits()))
        .collect()
}

// One test, since the limit is the process's: tests side by side would lift each other's.
#[test]
fn instructions_and_threads_change_no_bit() {
    let expected = stored();
    for widest in [
        Instructions::Baseline,
        Instructions::Avx2,
        Instructions::Avx512,
    ] {
        limit(widest);
        if instructions() != widest {
            // Not eprintln!, which the test harness keeps to itself.
            let skipped = format!("skipped: {widest:?}, which this CPU does not have\n");
            stderr().write_all(skipped.as_bytes()).unwrap();
            continue;
        }
        for threads in [1, 2, 5] {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build();
            let found = pool.unwrap().install(runs);
            for (name, bits) in found {
                let difference = bits.iter().zip(&expected[name]).position(|(a, b)| a != b);
                assert_eq!(difference, None, "{name}: {widest:?}, {threads} threads");
                assert_eq!(bits.len(), expected[name].len(), "{name}");
            }
        }
    }
}

/// The stored bits, or with `TRAINABLE_WRITE_BITS` those of now, which are then stored.
fn stored() -> BTreeMap<String, Bits> {
    if env::var_os("TRAINABLE_WRITE_BITS").is_some() {
        let text = serde_json::to_string_pretty(&runs()).unwrap();
        fs::write(Path::new(STORED), text + "\n").unwrap();
    }
    serde_json::from_str(&fs::read_to_string(STORED).unwrap()).unwrap()
}
