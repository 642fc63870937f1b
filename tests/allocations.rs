//! The training loop works in memory that it made before the first step.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use allocation_counter::measure;
use trainable::prelude::*;

fn allocations(iterations: usize, examples: usize) -> u64 {
    let data = circles(examples, 0.05, &mut RandomState::new(1)).unwrap();
    let mut network =
        Network::new(&[2, 10, 5, 1], Initialization::He, &mut RandomState::new(3)).unwrap();
    let run = GradientDescent::new(0.01)
        .iterations(iterations)
        .record_every(7);
    measure(|| {
        run.train(&mut network, &data).unwrap();
    })
    .count_total
}

#[test]
fn a_thousand_iterations_allocate_no_more_than_one() {
    for examples in [300, 1_500] {
        let one = allocations(1, examples);
        assert!(one > 0, "the counter counts");
        assert_eq!(allocations(1_000, examples), one, "{examples} examples");
    }
}
