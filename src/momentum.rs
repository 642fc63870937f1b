//! Momentum: a step follows a moving average of the gradients.

use ndarray::Array1;

use crate::error::Error;
use crate::numerics::kernels::vectorized;
use crate::optimizer::{Memory, Optimizer, Transform, check_beta, is_same};
use crate::parameters::Parameters;

// ANCHOR: plain
/// The next velocity, β v + (1 − β) g, which is also the direction of the step.
///
/// ```
/// use ndarray::array;
/// use trainable::momentum::velocity;
///
/// assert_eq!(velocity(&array![4.0], &array![8.0], 0.75), array![5.0]);
/// ```
pub fn velocity(v: &Array1<f64>, g: &Array1<f64>, beta: f64) -> Array1<f64> {
    beta * v + (1.0 - beta) * g
}
// ANCHOR_END: plain

/// Gradient descent with momentum: v ← β v + (1 − β) g and θ ← θ − α v, with v = 0 at first.
///
/// [`accumulating`](Self::accumulating) is the form without 1 − β, whose steps are 1/(1 − β) times as long. β is a number of
/// at least 0 and below 1, 0.9 if nothing else is said.
///
/// B. T. Polyak (1964), *Some methods of speeding up the convergence of iteration methods*,
/// doi:10.1016/0041-5553(64)90137-5.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = circles(100, 0.05, &mut RandomState::new(1))?;
/// let mut network = Network::new(&[2, 10, 1], Initialization::He, &mut RandomState::new(2))?;
/// let training = Training::new(Momentum::new(0.5).beta(0.95)).iterations(501);
/// let history = training.train(&mut network, &data)?;
/// assert!(history.cost(500)? < history.cost(0)?);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Momentum {
    learning_rate: f64,
    velocity: Velocity,
}

/// v ← β v + `weight` · g.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Velocity {
    beta: f64,
    form: Form,
}

/// How much of a gradient goes into the velocity.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    /// 1 − β of it: the velocity is an average.
    Averaging,
    /// All of it.
    Accumulating,
}

impl Momentum {
    /// Momentum with the learning rate α.
    pub fn new(learning_rate: f64) -> Self {
        Self {
            learning_rate,
            velocity: Velocity {
                beta: 0.9,
                form: Form::Averaging,
            },
        }
    }

    /// The share of the velocity that stays at each step, β.
    pub fn beta(self, beta: f64) -> Self {
        let velocity = Velocity {
            beta,
            ..self.velocity
        };
        Self { velocity, ..self }
    }

    /// The form v ← β v + g.
    pub fn accumulating(self) -> Self {
        let velocity = Velocity {
            form: Form::Accumulating,
            ..self.velocity
        };
        Self { velocity, ..self }
    }
}

impl From<Momentum> for Optimizer {
    fn from(momentum: Momentum) -> Self {
        Self::new(momentum.learning_rate).then(momentum.velocity)
    }
}

impl Transform for Velocity {
    fn check(&self) -> Result<(), Error> {
        check_beta("β of momentum", self.beta)
    }

    fn slots(&self) -> usize {
        1
    }

    fn goes_with(&self, other: &dyn Transform) -> bool {
        is_same(self, other)
    }

    fn apply(&self, _: &Parameters, memory: &mut Memory, direction: &mut Parameters) -> f64 {
        let weight = match self.form {
            Form::Averaging => 1.0 - self.beta,
            Form::Accumulating => 1.0,
        };
        memory.beside(direction, |v, g| gather(v, self.beta, weight, g));
        1.0
    }
}

vectorized! {
    /// v ← β v + `weight` · g, and g ← v.
    pub fn gather(v: &mut [f64], beta: f64, weight: f64, g: &mut [f64]) {
        for (v, g) in v.iter_mut().zip(g) {
            *v = beta * *v + weight * *g;
            *g = *v;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::gradient_descent::step;
    use crate::optimizer::testing::{
        NO_SHARES, NOT_ABOVE_0, NUMBERS, assert_refused, assert_steps,
    };

    proptest! {
        #[test]
        fn steps_are_those_of_the_plain_form(
            seed in 0..1_000u32, alpha in 1e-4..10.0f64, beta in 0.0..1.0f64,
        ) {
            let momentum = Momentum::new(alpha).beta(beta);
            let mut v = Array1::zeros(NUMBERS);
            assert_steps(momentum, seed, |theta, g| {
                v = velocity(&v, g, beta);
                step(theta, &v, alpha)
            });
            let mut v = Array1::zeros(NUMBERS);
            assert_steps(momentum.accumulating(), seed, |theta, g| {
                v = beta * &v + g;
                step(theta, &v, alpha)
            });
        }
    }

    #[test]
    fn settings_outside_their_range_are_refused() {
        let momentum = Momentum::new(0.1);
        assert_eq!(Optimizer::from(momentum.beta(0.0)).check(), Ok(()));
        for bad in NO_SHARES {
            assert_refused(momentum.beta(bad));
            assert_refused(momentum.accumulating().beta(bad));
        }
        for bad in NOT_ABOVE_0 {
            assert_refused(Momentum::new(bad));
        }
    }
}
