//! What the three have in common: who trains on which batches, and what of it is on the clock.

use std::time::Instant;

use benches::serve::{Failure, Trainer};
use benches::task::{Run, Task};
use benches::workload::Workload;
use trainable::prelude::RandomState;

/// A library that trains networks.
pub trait Peer: Sized + 'static {
    /// Inputs and labels of some examples.
    type Batch;
    /// A network and its optimizer.
    type Model;

    /// Makes the library's own arrays of the data.
    fn new(task: Task) -> Result<Self, Failure>;

    fn task(&self) -> &Task;

    /// The examples with these numbers.
    fn batch(&self, picked: &[usize]) -> Result<Self::Batch, Failure>;

    /// The network of this number, before its first step.
    fn start(&self, network: usize) -> Result<Self::Model, Failure>;

    fn step(&self, model: Self::Model, batch: &Self::Batch) -> Result<Self::Model, Failure>;

    /// The cost of all examples, without dropout.
    fn cost(&self, model: &Self::Model) -> Result<f64, Failure>;
}

/// Trains the task's networks one after the other.
pub fn trainer<P: Peer>(task: Task) -> Result<Trainer, Failure> {
    let peer = P::new(task)?;
    let ready = ready_batches(&peer)?;
    Ok(Box::new(move |steps| run(&peer, &ready, steps)))
}

fn run<P: Peer>(peer: &P, ready: &[P::Batch], steps: usize) -> Result<Run, Failure> {
    let networks = peer.task().starts.len();
    let starts: Result<Vec<_>, _> = (0..networks).map(|network| peer.start(network)).collect();
    let mut models = Vec::with_capacity(networks);
    let clock = Instant::now();
    for start in starts? {
        models.push(train(peer, ready, start, steps)?);
    }
    let seconds = clock.elapsed().as_secs_f64();
    let costs: Result<Vec<f64>, _> = models.iter().map(|model| peer.cost(model)).collect();
    let cost = costs?.iter().sum::<f64>() / networks as f64;
    Ok(Run { seconds, cost })
}

fn train<P: Peer>(
    peer: &P,
    ready: &[P::Batch],
    mut model: P::Model,
    steps: usize,
) -> Result<P::Model, Failure> {
    let workload = &peer.task().workload;
    if !workload.shuffled {
        for batch in ready.iter().cycle().take(steps) {
            model = peer.step(model, batch)?;
        }
        return Ok(model);
    }
    let mut left = steps;
    for epoch in 0.. {
        let order = RandomState::new(epoch).permutation(workload.examples);
        for picked in order.chunks(workload.batch) {
            if left == 0 {
                return Ok(model);
            }
            model = peer.step(model, &peer.batch(picked)?)?;
            left -= 1;
        }
    }
    Ok(model)
}

/// Batches that never change, made once, before the clock starts.
fn ready_batches<P: Peer>(peer: &P) -> Result<Vec<P::Batch>, Failure> {
    let Workload {
        shuffled,
        examples,
        batch,
        ..
    } = peer.task().workload;
    if shuffled {
        return Ok(Vec::new());
    }
    let order: Vec<usize> = (0..examples).collect();
    order
        .chunks(batch)
        .map(|picked| peer.batch(picked))
        .collect()
}
