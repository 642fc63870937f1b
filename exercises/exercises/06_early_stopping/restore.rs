//! # The best, given back
//!
//! Chapter: book/early_stopping.md
//!
//! This training run stops early and gives back the network with the least dev cost, or so it
//! says. It makes two mistakes, each of which costs a little on new points and nothing in
//! training. Find them with the tests, and mend them.

use trainable::prelude::*;

// TODO: the network that is given back is not the best. Find and mend the two mistakes.
/// Takes at most `steps` steps with the learning rate 1, and looks at the dev cost before each
/// of them. Ends after `patience` looks in a row without a new least cost. Returns the network
/// with the least dev cost of those that were looked at.
pub fn train(
    start: &Network,
    train: &Dataset,
    dev: &Dataset,
    steps: usize,
    patience: usize,
) -> Result<Network, Error> {
    let one_step = GradientDescent::new(1.0).iterations(1);
    let mut network = start.clone();
    let (mut best, mut least, mut waited) = (start.clone(), f64::INFINITY, 0);
    for _ in 0..steps {
        let cost = network.cost(dev)?;
        one_step.train(&mut network, train)?;
        if cost < least {
            (best, least, waited) = (network.clone(), cost, 0);
        } else {
            waited += 1;
        }
        if waited == patience {
            return Ok(best);
        }
    }
    Ok(network)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Network {
        let rng = &mut RandomState::new(4);
        Network::new(&[2, 8, 1], Initialization::Xavier, rng).unwrap()
    }

    /// Training points, and dev points of the same kind.
    fn data() -> (Dataset, Dataset) {
        let points = |seed| moons(40, 0.3, &mut RandomState::new(seed)).unwrap();
        (points(4), points(504))
    }

    /// What the library's early stopping makes of the start, and how many steps it took.
    fn library(steps: usize, patience: usize) -> (Network, Stopped) {
        let (train, dev) = data();
        let mut network = start();
        let history = GradientDescent::new(1.0)
            .iterations(steps)
            .record_every(1)
            .early_stopping(EarlyStopping::new(dev, patience))
            .train(&mut network, &train)
            .unwrap();
        (network, history.early_stopping().unwrap().clone())
    }

    fn check(steps: usize, patience: usize, idea: &str) {
        let (train_set, dev) = data();
        let got = train(&start(), &train_set, &dev, steps, patience).unwrap();
        let (expected, stopped) = library(steps, patience);
        assert!(
            got == expected,
            "at most {steps} steps, patience {patience}: expected the network before step {}, with the dev cost {:.9}, got one with {:.9}. {idea}",
            stopped.best_iteration,
            stopped.best_cost,
            got.cost(&dev).unwrap()
        );
    }

    #[test]
    fn a_start_that_is_the_best_stays() {
        // With the classes of the dev points exchanged, the first step already makes it worse.
        let (train_set, dev) = data();
        let dev = Dataset::new(dev.x().to_owned(), 1.0 - &dev.y()).unwrap();
        let got = train(&start(), &train_set, &dev, 20, 3).unwrap();
        assert!(
            got == start(),
            "a dev cost that rises from the first step on: expected the start, with the dev cost {:.6}, got a network with {:.6}. Which parameters was the least cost measured on?",
            start().cost(&dev).unwrap(),
            got.cost(&dev).unwrap()
        );
    }

    #[test]
    fn patience_runs_out() {
        check(
            2_000,
            75,
            "Keep the parameters that the cost was measured on. Each new lowest cost restarts the wait.",
        );
        // The 72nd look would have found a lower cost.
        check(
            2_000,
            71,
            "After 71 looks in a row without a lower cost, the run ends.",
        );
    }

    #[test]
    fn steps_run_out() {
        check(
            400,
            390,
            "This run is out of steps before it is out of patience.",
        );
    }
}
