//! # Where the stop moves
//!
//! Chapter: book/early_stopping.md
//!
//! A run with early stopping is over: you know at which step its dev cost was least, and after
//! how many steps it ended, out of patience. Now its settings are changed: the learning rate,
//! how often the dev cost is looked at, the patience. Nothing else is.
//!
//! Say where the changed run has its least dev cost, and where it ends. The tests train it, and
//! allow you a twentieth more or less.
//!
//! # Why
//!
//! The learning rate sets how far a step goes: with half of it, twice as many steps lead to the
//! same place, so the best step goes with 1/α. Looking more often, or with less patience, does
//! not move the valley that the dev curve has.
//!
//! Patience is counted in looks, so the run ends patience · every steps after the best. To look
//! five times as often with the same patience is to wait for a fifth of the steps. All this is
//! so where the dev curve has one deep valley, as in the two runs of the tests; where it has
//! two, less waiting may end the run in the first.

/// How a run is trained and stopped.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The learning rate, α.
    pub learning_rate: f64,
    /// The steps from one look at the dev cost to the next.
    pub every: f64,
    /// The looks in a row without a new least dev cost after which the run ends.
    pub patience: f64,
}

/// Where a run had its least dev cost, and where it ended, in steps.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// The step with the least dev cost.
    pub best: f64,
    /// The number of steps that were taken in all.
    pub steps: f64,
}

/// What the run gives with the settings `after`, when `run` is what it gave with the settings
/// `before`.
pub fn prediction(run: Run, before: Settings, after: Settings) -> Run {
    let best = run.best * before.learning_rate / after.learning_rate;
    Run {
        best,
        steps: best + after.patience * after.every,
    }
}

fn main() {}

#[cfg(test)]
mod tests {
    use trainable::prelude::*;

    use super::*;

    const BEFORE: Settings = Settings {
        learning_rate: 0.5,
        every: 20.0,
        patience: 25.0,
    };

    /// A run of the chapter's experiment, really trained.
    fn train(seed: u32, settings: Settings) -> Run {
        let points = |seed, m| moons(m, 0.3, &mut RandomState::new(seed)).unwrap();
        let rng = &mut RandomState::new(seed);
        let mut network = Network::new(&[2, 20, 1], Initialization::Xavier, rng).unwrap();
        let stopping = EarlyStopping::new(points(500 + seed, 40), settings.patience as usize);
        let history = GradientDescent::new(settings.learning_rate)
            .iterations(5_000)
            .record_every(settings.every as usize)
            .early_stopping(stopping)
            .train(&mut network, &points(seed, 80))
            .unwrap();
        let stopped = history.early_stopping().unwrap();
        Run {
            best: stopped.best_iteration as f64,
            steps: stopped.steps as f64,
        }
    }

    fn check(after: Settings, of_best: &str, of_steps: &str) {
        for seed in [2, 7] {
            let before = train(seed, BEFORE);
            let (got, expected) = (prediction(before, BEFORE, after), train(seed, after));
            let run = format!(
                "α {}, then {}; a look every {} steps, then {}; patience {}, then {}; the best was at step {} of {}",
                BEFORE.learning_rate,
                after.learning_rate,
                BEFORE.every,
                after.every,
                BEFORE.patience,
                after.patience,
                before.best,
                before.steps
            );
            let near = |got: f64, expected: f64| (got / expected - 1.0).abs() < 0.05;
            assert!(
                near(got.best, expected.best),
                "{run}: expected the best at step {} by a real run, got {} by your prediction. {of_best}",
                expected.best,
                got.best
            );
            assert!(
                near(got.steps, expected.steps),
                "{run}: expected an end after {} steps by a real run, got {} by your prediction. {of_steps}",
                expected.steps,
                got.steps
            );
        }
    }

    #[test]
    fn less_patience() {
        let patience = 5.0;
        check(
            Settings { patience, ..BEFORE },
            "Patience says how long to wait behind a valley, not where the valley is.",
            "How many steps are five looks?",
        );
    }

    #[test]
    fn looking_more_often() {
        let every = 4.0;
        check(
            Settings { every, ..BEFORE },
            "To look does not change what is trained.",
            "Patience is counted in looks, and these are nearer to each other now.",
        );
    }

    #[test]
    fn a_smaller_learning_rate() {
        let learning_rate = 0.25;
        check(
            Settings {
                learning_rate,
                ..BEFORE
            },
            "Half as large steps: how many of them lead to the same place?",
            "The run waits for as many looks as before.",
        );
    }

    #[test]
    fn everything_at_once() {
        check(
            Settings {
                learning_rate: 0.4,
                every: 10.0,
                patience: 30.0,
            },
            "The learning rate alone moves the valley.",
            "The run ends `patience` looks after its best step.",
        );
    }
}
