//! Gradient descent: every parameter a step against its gradient, again and again.

use ndarray::Array1;

use crate::optimizer::Optimizer;
use crate::training::Training;

// ANCHOR: plain
/// θ − α g, number by number.
///
/// ```
/// use ndarray::array;
/// use trainable::gradient_descent::step;
///
/// assert_eq!(step(&array![1.0, 2.0], &array![4.0, -4.0], 0.25), array![0.0, 3.0]);
/// ```
pub fn step(theta: &Array1<f64>, g: &Array1<f64>, alpha: f64) -> Array1<f64> {
    theta - alpha * g
}
// ANCHOR_END: plain

/// Training by gradient descent: θ ← θ − α ∂J/∂θ, with all examples in every step unless there are
/// [mini-batches](Training::mini_batches).
///
/// `GradientDescent::new(α)` is `Training::new(α)`: a learning rate alone is an optimizer.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = circles(100, 0.05, &mut RandomState::new(1))?;
/// let mut network = Network::new(&[2, 10, 1], Initialization::He, &mut RandomState::new(2))?;
/// let history = GradientDescent::new(0.5)
///     .iterations(501)
///     .record_every(500)
///     .train(&mut network, &data)?;
/// assert!(history.cost(500)? < history.cost(0)?);
/// # Ok::<(), Error>(())
/// ```
pub type GradientDescent = Training;

impl From<f64> for Optimizer {
    fn from(learning_rate: f64) -> Self {
        Self::new(learning_rate)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::optimizer::testing::{NOT_ABOVE_0, assert_refused, assert_steps};

    proptest! {
        #[test]
        fn steps_are_those_of_the_plain_form(seed in 0..1_000u32, alpha in 1e-4..10.0f64) {
            assert_steps(alpha, seed, |theta, g| step(theta, g, alpha));
        }
    }

    #[test]
    fn a_learning_rate_outside_its_range_is_refused() {
        for bad in NOT_ABOVE_0 {
            assert_refused(bad);
        }
    }
}
