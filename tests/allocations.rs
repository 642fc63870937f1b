//! The training loop works in memory that it made before the first step, and that does not grow with
//! the data.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use allocation_counter::{AllocationInfo, measure};
use ndarray::Array2;
use rayon::ThreadPoolBuilder;
use trainable::prelude::*;

/// The allocations of a training run, of all threads together: there is one.
fn allocations(iterations: usize, examples: usize) -> AllocationInfo {
    allocations_of(GradientDescent::new(0.01).iterations(iterations), examples)
}

fn allocations_of(run: GradientDescent, examples: usize) -> AllocationInfo {
    let data = circles(examples, 0.05, &mut RandomState::new(1)).unwrap();
    let mut network =
        Network::new(&[2, 10, 5, 1], Initialization::He, &mut RandomState::new(3)).unwrap();
    let run = run.record_every(7);
    let pool = ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    // Counted are the allocations of the thread that measures, so it must be the one that trains.
    pool.install(|| {
        measure(|| {
            run.train(&mut network, &data).unwrap();
        })
    })
}

#[test]
fn many_iterations_allocate_no_more_than_one() {
    for (examples, iterations) in [(300, 1_000), (1_500, 1_000), (20_000, 50)] {
        let one = allocations(1, examples);
        assert!(one.count_total > 0, "the counter counts");
        let many = allocations(iterations, examples);
        assert_eq!(many.count_total, one.count_total, "{examples} examples");
    }
}

/// The allocations of a run of so many steps on three classes, with a batch normalization where one is asked for.
fn allocations_with(training: &Training, classes: usize, norm: Option<BatchNorm>) -> u64 {
    let data = spiral(300, classes, 0.05, &mut RandomState::new(1)).unwrap();
    let units = if classes == 2 { 1 } else { classes };
    let network = Network::new(
        &[2, 10, 5, units],
        Initialization::He,
        &mut RandomState::new(3),
    );
    let network = network.unwrap();
    let network = match norm {
        Some(norm) => network.with_batch_norm(norm),
        None => network,
    };
    let pool = ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| {
        let run = || {
            let mut network = network.clone();
            training.train(&mut network, &data).unwrap();
        };
        measure(run).count_total
    })
}

#[test]
fn no_optimizer_batch_or_output_allocates_in_the_loop() {
    let optimizers = [
        Optimizer::new(0.01),
        Optimizer::new(0.01).then(Clipping::Norm(0.01)),
        Optimizer::new(0.01).then(Clipping::Value(0.01)),
        Momentum::new(0.01).into(),
        Nesterov::new(0.01).after(Clipping::Norm(0.01)),
        RmsProp::new(0.01).into(),
        Adam::new(0.01).then(WeightDecay::new(0.1)),
        Adam::new(0.01).then(WeightDecay::new(0.1).with_biases()),
    ];
    let rng = &mut RandomState::new(1);
    let batches = [
        MiniBatches::of(300),
        MiniBatches::of(64),
        MiniBatches::of(7).shuffled(rng),
        MiniBatches::of(299).shuffled(rng),
        MiniBatches::of(64).shuffled_as_numpy(3),
    ];
    for optimizer in optimizers {
        for batches in batches {
            for classes in [2, 5] {
                for norm in [None, Some(BatchNorm::new())] {
                    if norm.is_some() && batches.size() == 299 {
                        continue; // the last batch would have one example
                    }
                    let training = Training::new(optimizer.clone())
                        .mini_batches(batches)
                        .penalty(Penalty::L2 { lambda: 0.1 })
                        .schedule(Schedule::InverseTime { decay: 0.1 });
                    let count = |epochs: usize| {
                        // As many records each, so that only steps differ.
                        let training = training.clone().epochs(epochs).record_every(epochs);
                        allocations_with(&training, classes, norm)
                    };
                    let (one, many) = (count(1), count(9));
                    assert!(one > 0, "the counter counts");
                    assert_eq!(many, one, "{optimizer:?}, {batches:?}, {classes} classes");
                }
            }
        }
    }
}

#[test]
fn masks_are_drawn_into_memory_that_is_there() {
    let fresh = Dropout::fresh(&[0.8, 0.8], &mut RandomState::new(1)).unwrap();
    let all = [10, 5].map(|units| Array2::from_elem((units, 300), true));
    let fixed = Dropout::fixed(&[0.8, 0.8], all.to_vec()).unwrap();
    for dropout in [fresh, fixed] {
        let run = |iterations| {
            let run = GradientDescent::new(0.01).iterations(iterations);
            allocations_of(run.dropout(dropout.clone()), 300).count_total
        };
        assert_eq!(run(100), run(1));
    }
}

#[test]
fn early_stopping_allocates_nothing_at_its_checks() {
    let stopping = |patience| {
        let dev = circles(100, 0.05, &mut RandomState::new(2)).unwrap();
        EarlyStopping::new(dev, patience)
    };
    let run = |iterations| {
        let run = GradientDescent::new(0.01).iterations(iterations);
        let run = run.early_stopping(stopping(usize::MAX));
        allocations_of(run, 300).count_total
    };
    assert_eq!(run(1_000), run(1));
}

#[test]
fn the_working_memory_does_not_grow_with_the_data() {
    let most = |examples| allocations(2, examples).bytes_max;
    // From 65,536 examples on there are sixteen segments, each with a chunk of its own.
    let fixed = most(65_536);
    assert_eq!(most(200_000), fixed);
    // Sixteen times 512 examples, of whom 18 activations and 16 derivatives are kept.
    assert!(fixed < 16 * 512 * 36 * 8, "{fixed} bytes");
    assert!(most(300) < 320 * 36 * 8 + 4_096);
}
