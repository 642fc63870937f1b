//! Schedules: how the learning rate changes during training.

use std::f64::consts::PI;

use crate::error::{Error, above_0, at_least_0, at_least_1, fraction};

/// What the learning rate α of an optimizer is multiplied by, from epoch to epoch.
///
/// Time t is the number of the epoch, from 0; [`by_step`](Self::by_step) makes it that of the step. Without mini-batches
/// both are the same.
///
/// ```
/// use trainable::prelude::*;
/// use trainable::schedule::Time;
///
/// let schedule = Schedule::InverseTime { decay: 0.01 };
/// assert_eq!(schedule.rate(0.2, Time { epoch: 100, step: 500 }), 0.1);
///
/// let warm_up = Schedule::WarmUp { over: 5 }.then(5, Schedule::Cosine { over: 95, least: 0.01 });
/// let at = |epoch| warm_up.rate(1.0, Time { epoch, step: 0 });
/// assert_eq!((at(0), at(4), at(5)), (0.2, 1.0, 1.0));
/// assert!((at(100) - 0.01).abs() < 1e-15);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum Schedule {
    /// α.
    #[default]
    Constant,
    /// α / (1 + decay · t); the decay is at least 0.
    InverseTime {
        /// How fast it falls.
        decay: f64,
    },
    /// α · factorᵗ; the factor is above 0 and at most 1.
    Exponential {
        /// What remains of the rate from one time to the next.
        factor: f64,
    },
    /// α · k/√(t + 1): the course's k/√t, where it counts from 1; k is above 0.
    InverseRoot {
        /// The rate at first, as a multiple of α.
        k: f64,
    },
    /// α · factor to the power of ⌊t / every⌋: the rate falls in steps. The factor is above 0 and at most 1.
    Staircase {
        /// What remains of the rate from one step of the staircase to the next.
        factor: f64,
        /// How long a step of the staircase is, at least 1.
        every: usize,
    },
    /// α · (t + 1)/over before t = over, then α: the rate rises.
    WarmUp {
        /// How long it rises, at least 1.
        over: usize,
    },
    /// α · (least + (1 − least) · (1 + cos(π t/over))/2) up to t = over, then α · least. I. Loshchilov, F. Hutter (2017),
    /// arXiv:1608.03983.
    Cosine {
        /// How long it falls, at least 1.
        over: usize,
        /// What is left of the rate at the end, a fraction; 0 is no rate to train with.
        least: f64,
    },
    /// α · (1 − (1 − least) · t/over) up to t = over, then α · least.
    Linear {
        /// How long it falls, at least 1.
        over: usize,
        /// What is left of the rate at the end, a fraction; 0 is no rate to train with.
        least: f64,
    },
    /// One schedule for a while, then another whose time begins at 0: see [`then`](Self::then).
    Then {
        /// The first schedule.
        first: Box<Schedule>,
        /// How long it lasts, at least 1.
        length: usize,
        /// The schedule after it.
        rest: Box<Schedule>,
    },
    /// A schedule whose time is the number of the step: see [`by_step`](Self::by_step).
    ByStep(Box<Schedule>),
}

/// Where training is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    /// The epoch, from 0.
    pub epoch: usize,
    /// The step, from 0, counted through all epochs.
    pub step: usize,
}

impl Schedule {
    /// This schedule for `length` epochs (or steps), then another one, whose time begins at 0.
    pub fn then(self, length: usize, rest: Self) -> Self {
        Self::Then {
            first: Box::new(self),
            length,
            rest: Box::new(rest),
        }
    }

    /// The same schedule from step to step instead of from epoch to epoch.
    pub fn by_step(self) -> Self {
        Self::ByStep(Box::new(self))
    }

    /// The learning rate at a time.
    pub fn rate(&self, alpha: f64, time: Time) -> f64 {
        match self {
            Self::ByStep(schedule) => schedule.at(alpha, time.step),
            _ => self.at(alpha, time.epoch),
        }
    }

    // ANCHOR: plain
    /// The learning rate at time t.
    fn at(&self, alpha: f64, time: usize) -> f64 {
        let t = time as f64;
        match self {
            Self::Constant => alpha,
            Self::InverseTime { decay } => alpha / (1.0 + decay * t),
            Self::Exponential { factor } => alpha * libm::pow(*factor, t),
            Self::InverseRoot { k } => alpha * k / (t + 1.0).sqrt(),
            Self::Staircase { factor, every } => alpha * libm::pow(*factor, (time / every) as f64),
            Self::WarmUp { over } => alpha * ((t + 1.0) / *over as f64).min(1.0),
            Self::Cosine { over, least } => {
                let share = (t / *over as f64).min(1.0);
                alpha * (least + (1.0 - least) * 0.5 * (1.0 + libm::cos(PI * share)))
            }
            Self::Linear { over, least } => {
                let share = (t / *over as f64).min(1.0);
                alpha * (1.0 - (1.0 - least) * share)
            }
            Self::Then {
                first,
                length,
                rest,
            } => match time.checked_sub(*length) {
                None => first.at(alpha, time),
                Some(later) => rest.at(alpha, later),
            },
            Self::ByStep(schedule) => schedule.at(alpha, time),
        }
    }
    // ANCHOR_END: plain

    /// Refuses settings outside their range, and a rate that is not a finite number above 0 at some time of a run that
    /// ends with `last`.
    pub(crate) fn check(&self, alpha: f64, last: Time) -> Result<(), Error> {
        let (schedule, last) = match self {
            Self::ByStep(schedule) => (schedule.as_ref(), last.step),
            _ => (self, last.epoch),
        };
        schedule.check_settings()?;
        // Between its ends each part only rises or only falls.
        schedule.ends(last, &mut |time| {
            let got = schedule.at(alpha, time);
            if got.is_finite() && got > 0.0 {
                return Ok(());
            }
            Err(Error::Rate { time, got })
        })
    }

    /// The first and last times of each part, in a run that ends with `last`.
    fn ends(
        &self,
        last: usize,
        check: &mut impl FnMut(usize) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut part = self;
        let mut begin = 0;
        while let Self::Then { length, rest, .. } = part {
            check(begin.min(last))?;
            let next = begin.saturating_add(*length);
            if next > last {
                return check(last);
            }
            check(next - 1)?;
            (part, begin) = (rest.as_ref(), next);
        }
        check(begin)?;
        check(last)
    }

    fn check_settings(&self) -> Result<(), Error> {
        match self {
            Self::Constant => Ok(()),
            Self::InverseTime { decay } => at_least_0("decay of the schedule", *decay),
            Self::Exponential { factor } => check_factor(*factor),
            Self::InverseRoot { k } => above_0("k of the schedule", *k),
            Self::Staircase { factor, every } => {
                at_least_1("length of a step of the schedule", *every)?;
                check_factor(*factor)
            }
            Self::WarmUp { over } => at_least_1("length of the schedule", *over),
            Self::Cosine { over, least } | Self::Linear { over, least } => {
                at_least_1("length of the schedule", *over)?;
                fraction("least rate of the schedule", *least)
            }
            Self::Then {
                first,
                length,
                rest,
            } => {
                at_least_1("length of the schedule's first part", *length)?;
                first.check_part()?;
                rest.check_part()
            }
            Self::ByStep(schedule) => schedule.check_settings(),
        }
    }

    /// As [`check_settings`](Self::check_settings), for what has no time of its own and is no first part of several.
    fn check_part(&self) -> Result<(), Error> {
        match self {
            Self::ByStep(_) => Err(Error::Schedule {
                expected: "`by_step` around the whole schedule, not around a part of it",
            }),
            _ => self.check_settings(),
        }
    }
}

fn check_factor(factor: f64) -> Result<(), Error> {
    if factor > 0.0 && factor <= 1.0 {
        return Ok(());
    }
    Err(Error::OutOfRange {
        what: "factor of the schedule",
        expected: "a number above 0 and at most 1",
        got: factor,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: Time = Time {
        epoch: 100,
        step: 1_000,
    };

    fn rates(schedule: &Schedule, times: &[usize]) -> Vec<f64> {
        times.iter().map(|time| schedule.at(0.5, *time)).collect()
    }

    #[test]
    fn rates_are_those_of_the_formulas() {
        let root = 2.0_f64.sqrt();
        let (over, least) = (10, 0.2);
        let (factor, every) = (0.5, 10);
        for (schedule, times, expected) in [
            (Schedule::Constant, [0, 1, 9], [0.5, 0.5, 0.5]),
            (
                Schedule::InverseTime { decay: 1.0 },
                [0, 1, 4],
                [0.5, 0.25, 0.1],
            ),
            (
                Schedule::Exponential { factor },
                [0, 1, 3],
                [0.5, 0.25, 0.0625],
            ),
            (
                Schedule::InverseRoot { k: 3.0 },
                [0, 1, 3],
                [1.5, 1.5 / root, 0.75],
            ),
            (
                Schedule::Staircase { factor, every },
                [9, 10, 20],
                [0.5, 0.25, 0.125],
            ),
            (Schedule::WarmUp { over: 4 }, [0, 3, 7], [0.125, 0.5, 0.5]),
            (
                Schedule::Linear { over, least },
                [0, 5, 20],
                [0.5, 0.3, 0.1],
            ),
            (
                Schedule::Cosine { over, least },
                [0, 5, 20],
                [0.5, 0.3, 0.1],
            ),
        ] {
            for (rate, expected) in rates(&schedule, &times).iter().zip(expected) {
                // A few roundings.
                assert!(
                    (rate - expected).abs() < 1e-15,
                    "{schedule:?}: {rate}, {expected}"
                );
            }
        }
    }

    #[test]
    fn parts_follow_each_other_and_count_from_0() {
        let linear = |over| Schedule::Linear { over, least: 0.0 };
        let parts = linear(10).then(3, linear(4).then(2, Schedule::Constant));
        assert_eq!(
            rates(&parts, &[0, 2, 3, 4, 5, 50]),
            [0.5, 0.4, 0.5, 0.375, 0.5, 0.5]
        );
        assert_eq!(parts.check(0.5, END), Ok(()));
    }

    #[test]
    fn time_is_the_epochs_or_the_steps() {
        let schedule = Schedule::Exponential { factor: 0.5 };
        let time = Time { epoch: 1, step: 3 };
        assert_eq!(schedule.rate(8.0, time), 4.0);
        assert_eq!(schedule.by_step().rate(8.0, time), 1.0);
    }

    #[test]
    fn a_rate_that_is_none_is_refused_with_its_time() {
        let linear = |over| Schedule::Linear { over, least: 0.0 };
        for (schedule, refused) in [
            (linear(101), None),
            (linear(100), Some(100)),
            (linear(50), Some(100)),
            (linear(50).then(51, Schedule::Constant), Some(50)),
            (linear(50).then(50, Schedule::Constant), None),
            (Schedule::WarmUp { over: 5 }.then(5, linear(90)), Some(100)),
            (Schedule::Exponential { factor: 1e-4 }, Some(100)),
            (linear(1_000).by_step(), Some(1_000)),
        ] {
            let expected = match refused {
                Some(time) => Err(Error::Rate { time, got: 0.0 }),
                None => Ok(()),
            };
            assert_eq!(schedule.check(0.5, END), expected, "{schedule:?}");
        }
        let huge = Schedule::InverseRoot { k: 1e300 };
        assert!(matches!(
            huge.check(1e300, END),
            Err(Error::Rate { time: 0, .. })
        ));
    }

    #[test]
    fn settings_outside_their_range_are_refused() {
        for bad in [
            Schedule::InverseTime { decay: -1.0 },
            Schedule::InverseTime { decay: f64::NAN },
            Schedule::Exponential { factor: 0.0 },
            Schedule::Exponential { factor: 1.5 },
            Schedule::Exponential { factor: f64::NAN },
            Schedule::InverseRoot { k: 0.0 },
            Schedule::Staircase {
                factor: 0.5,
                every: 0,
            },
            Schedule::WarmUp { over: 0 },
            Schedule::Cosine {
                over: 0,
                least: 0.0,
            },
            Schedule::Cosine {
                over: 5,
                least: 1.5,
            },
            Schedule::Linear {
                over: 5,
                least: f64::NAN,
            },
            Schedule::Constant.then(0, Schedule::Constant),
            Schedule::Constant.then(3, Schedule::WarmUp { over: 0 }),
            Schedule::WarmUp { over: 0 }.by_step(),
        ] {
            let refused = bad.check(0.5, END);
            assert!(matches!(refused, Err(Error::OutOfRange { .. })), "{bad:?}");
        }
        let mixed = Schedule::WarmUp { over: 5 }
            .by_step()
            .then(5, Schedule::Constant);
        assert!(matches!(mixed.check(0.5, END), Err(Error::Schedule { .. })));
    }
}
