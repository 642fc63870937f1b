//! The library alone: a short training run of each line of the table, its items the steps.
//!
//! Each run includes the one cost that the library computes before its first step.

use benches::task::Task;
use benches::workload::{Workload, table};
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

#[divan::bench(args = table(), sample_count = 10, sample_size = 1)]
fn steps(bencher: Bencher, workload: &Workload) {
    let task = Task::new(workload.clone()).unwrap_or_else(|error| panic!("{workload}: {error}"));
    let steps = workload.steps.div_ceil(10);
    bencher
        .counter(ItemsCount::new(steps))
        .bench_local(|| task.run(steps));
}
