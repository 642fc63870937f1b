//! Nesterov's momentum: a step follows the velocity that the next one would have.

use ndarray::Array1;

use crate::error::Error;
use crate::numerics::kernels::vectorized;
use crate::optimizer::{Memory, Optimizer, Transform, check_beta, is_same};
use crate::parameters::Parameters;

// ANCHOR: plain
/// The next velocity, v ← β v + g, and the direction of the step, g + β v.
///
/// ```
/// use ndarray::array;
/// use trainable::nesterov::look_ahead;
///
/// let (v, direction) = look_ahead(&array![4.0], &array![8.0], 0.5);
/// assert_eq!((v, direction), (array![10.0], array![13.0]));
/// ```
pub fn look_ahead(v: &Array1<f64>, g: &Array1<f64>, beta: f64) -> (Array1<f64>, Array1<f64>) {
    let v = beta * v + g;
    let direction = g + beta * &v;
    (v, direction)
}
// ANCHOR_END: plain

/// Nesterov's accelerated gradient: v ← β v + g and θ ← θ − α (g + β v), with v = 0 at first.
///
/// β is a number of at least 0 and below 1, 0.9 if nothing else is said. Y. Nesterov (1983), *A method for solving the
/// convex programming problem with convergence rate O(1/k²)*; the form is that of I. Sutskever, J. Martens, G. Dahl,
/// G. Hinton (2013), *On the importance of initialization and momentum in deep learning*, PMLR 28:1139–1147, seen from
/// the point where the gradient is taken.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = circles(100, 0.05, &mut RandomState::new(1))?;
/// let mut network = Network::new(&[2, 10, 1], Initialization::He, &mut RandomState::new(2))?;
/// let training = Training::new(Nesterov::new(0.1)).iterations(501);
/// let history = training.train(&mut network, &data)?;
/// assert!(history.cost(500)? < history.cost(0)?);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nesterov {
    learning_rate: f64,
    look_ahead: LookAhead,
}

/// v ← β v + g, and g + β v.
#[derive(Debug, Clone, Copy, PartialEq)]
struct LookAhead {
    beta: f64,
}

impl Nesterov {
    /// Nesterov's momentum with the learning rate α.
    pub fn new(learning_rate: f64) -> Self {
        Self {
            learning_rate,
            look_ahead: LookAhead { beta: 0.9 },
        }
    }

    /// The share of the velocity that stays at each step, β.
    pub fn beta(self, beta: f64) -> Self {
        Self {
            look_ahead: LookAhead { beta },
            ..self
        }
    }
}

impl From<Nesterov> for Optimizer {
    fn from(nesterov: Nesterov) -> Self {
        Self::new(nesterov.learning_rate).then(nesterov.look_ahead)
    }
}

impl Transform for LookAhead {
    fn check(&self) -> Result<(), Error> {
        check_beta("β of Nesterov's momentum", self.beta)
    }

    fn slots(&self) -> usize {
        1
    }

    fn goes_with(&self, other: &dyn Transform) -> bool {
        is_same(self, other)
    }

    fn apply(&self, _: &Parameters, memory: &mut Memory, direction: &mut Parameters) -> f64 {
        memory.beside(direction, |v, g| gather_ahead(v, self.beta, g));
        1.0
    }
}

vectorized! {
    /// v ← β v + g, and g ← g + β v.
    pub fn gather_ahead(v: &mut [f64], beta: f64, g: &mut [f64]) {
        for (v, g) in v.iter_mut().zip(g) {
            *v = beta * *v + *g;
            *g += beta * *v;
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
            let mut v = Array1::zeros(NUMBERS);
            assert_steps(Nesterov::new(alpha).beta(beta), seed, |theta, g| {
                let (next, direction) = look_ahead(&v, g, beta);
                v = next;
                step(theta, &direction, alpha)
            });
        }
    }

    #[test]
    fn settings_outside_their_range_are_refused() {
        let nesterov = Nesterov::new(0.1);
        assert_eq!(Optimizer::from(nesterov.beta(0.0)).check(), Ok(()));
        for bad in NO_SHARES {
            assert_refused(nesterov.beta(bad));
        }
        for bad in NOT_ABOVE_0 {
            assert_refused(Nesterov::new(bad));
        }
    }
}
