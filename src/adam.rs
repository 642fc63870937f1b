//! Adam: momentum divided by the usual size of the gradient, both corrected for their start.

use ndarray::Array1;

use crate::error::{Error, above_0};
use crate::numerics::kernels::vectorized;
use crate::optimizer::{Memory, Optimizer, Transform, check_beta, is_same};
use crate::parameters::Parameters;

// ANCHOR: plain
/// The averages after a gradient, v ← β₁ v + (1 − β₁) g and s ← β₂ s + (1 − β₂) g².
pub fn averages(
    [v, s]: [&Array1<f64>; 2],
    g: &Array1<f64>,
    [beta1, beta2]: [f64; 2],
) -> [Array1<f64>; 2] {
    [
        beta1 * v + (1.0 - beta1) * g,
        beta2 * s + (1.0 - beta2) * (g * g),
    ]
}

/// The direction of a step from the averages, v̂/(√ŝ + ε), with `powers` β₁ᵗ and β₂ᵗ in step t.
///
/// ```
/// use ndarray::array;
/// use trainable::adam::{averages, direction};
///
/// let zero = array![0.0];
/// let [v, s] = averages([&zero, &zero], &array![-4.0], [0.5, 0.75]);
/// assert_eq!((&v, &s), (&array![-2.0], &array![4.0]));
/// // Corrected, they are the gradient and its square: the first step has a length of 1.
/// assert_eq!(direction([&v, &s], [0.5, 0.75], 1e-8), array![-4.0 / (4.0 + 1e-8)]);
/// ```
pub fn direction([v, s]: [&Array1<f64>; 2], powers: [f64; 2], epsilon: f64) -> Array1<f64> {
    let (v_hat, s_hat) = (v * (1.0 / (1.0 - powers[0])), s * (1.0 / (1.0 - powers[1])));
    v_hat / (s_hat.mapv(f64::sqrt) + epsilon)
}
// ANCHOR_END: plain

/// Adam: v ← β₁ v + (1 − β₁) g and s ← β₂ s + (1 − β₂) g², both 0 at first, and
/// θ ← θ − α v̂/(√ŝ + ε) with v̂ = v/(1 − β₁ᵗ) and ŝ = s/(1 − β₂ᵗ) in step t, counted from 1.
///
/// β₁ and β₂ are numbers of at least 0 and below 1, 0.9 and 0.999 if nothing else is said; ε is a finite number above 0,
/// 1e-8, added to the root and not under it. D. P. Kingma, J. Ba (2015), *Adam: a method for stochastic optimization*,
/// arXiv:1412.6980.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = circles(100, 0.05, &mut RandomState::new(1))?;
/// let mut network = Network::new(&[2, 10, 1], Initialization::He, &mut RandomState::new(2))?;
/// let history = Training::new(Adam::new(0.01)).iterations(501).train(&mut network, &data)?;
/// assert!(history.cost(500)? < history.cost(0)?);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adam {
    learning_rate: f64,
    moments: Moments,
}

/// The direction v̂/(√ŝ + ε).
#[derive(Debug, Clone, Copy, PartialEq)]
struct Moments {
    beta1: f64,
    beta2: f64,
    epsilon: f64,
}

impl Adam {
    /// Adam with the learning rate α.
    pub fn new(learning_rate: f64) -> Self {
        Self {
            learning_rate,
            moments: Moments {
                beta1: 0.9,
                beta2: 0.999,
                epsilon: 1e-8,
            },
        }
    }

    /// The share of the average of gradients that stays at each step, β₁.
    pub fn beta1(self, beta1: f64) -> Self {
        let moments = Moments {
            beta1,
            ..self.moments
        };
        Self { moments, ..self }
    }

    /// The share of the average of squares that stays at each step, β₂.
    pub fn beta2(self, beta2: f64) -> Self {
        let moments = Moments {
            beta2,
            ..self.moments
        };
        Self { moments, ..self }
    }

    /// What is added to the root, ε.
    pub fn epsilon(self, epsilon: f64) -> Self {
        let moments = Moments {
            epsilon,
            ..self.moments
        };
        Self { moments, ..self }
    }
}

impl From<Adam> for Optimizer {
    fn from(adam: Adam) -> Self {
        Self::new(adam.learning_rate).then(adam.moments)
    }
}

impl Transform for Moments {
    fn check(&self) -> Result<(), Error> {
        check_beta("β₁ of Adam", self.beta1)?;
        check_beta("β₂ of Adam", self.beta2)?;
        above_0("ε of Adam", self.epsilon)
    }

    fn slots(&self) -> usize {
        2
    }

    /// β₁ᵗ and β₂ᵗ.
    fn numbers(&self) -> Vec<f64> {
        vec![1.0, 1.0]
    }

    fn goes_with(&self, other: &dyn Transform) -> bool {
        is_same(self, other)
    }

    fn apply(&self, _: &Parameters, memory: &mut Memory, direction: &mut Parameters) -> f64 {
        let corrected = self.next(memory);
        if let [v, s] = &mut memory.slots[..] {
            to_direction(v, s, corrected, direction);
        }
        1.0
    }

    fn step(
        &self,
        learning_rate: f64,
        parameters: &Parameters,
        memory: &mut Memory,
        direction: &mut Parameters,
    ) -> bool {
        let corrected = self.next(memory);
        let mut finite = true;
        if let [v, s] = &mut memory.slots[..] {
            to_parameters(
                v,
                s,
                corrected,
                parameters,
                -learning_rate,
                direction,
                &mut finite,
            );
        }
        finite
    }
}

impl Moments {
    /// What a step of each number needs, after one more power of β₁ and β₂.
    fn next(&self, memory: &mut Memory) -> Corrected {
        let betas = [self.beta1, self.beta2];
        for (power, beta) in memory.numbers.iter_mut().zip(betas) {
            *power *= beta;
        }
        Corrected {
            betas,
            factors: [0, 1].map(|moment| 1.0 / (1.0 - memory.numbers[moment])),
            epsilon: self.epsilon,
        }
    }
}

/// Adam's settings in one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Corrected {
    betas: [f64; 2],
    /// 1/(1 − β₁ᵗ) and 1/(1 − β₂ᵗ).
    factors: [f64; 2],
    epsilon: f64,
}

impl Corrected {
    /// v and s of one number after a gradient; returns its direction, v̂/(√ŝ + ε).
    #[inline(always)]
    fn direction(self, v: &mut f64, s: &mut f64, g: f64) -> f64 {
        let [beta1, beta2] = self.betas;
        *v = beta1 * *v + (1.0 - beta1) * g;
        *s = beta2 * *s + (1.0 - beta2) * (g * g);
        (*v * self.factors[0]) / ((*s * self.factors[1]).sqrt() + self.epsilon)
    }
}

vectorized! {
    /// g ← v̂/(√ŝ + ε), for every number.
    pub fn to_direction(
        v: &mut Parameters,
        s: &mut Parameters,
        corrected: Corrected,
        g: &mut Parameters,
    ) {
        for layer in 0..g.depth() {
            let moments = v.parts_mut(layer).into_iter().zip(s.parts_mut(layer));
            for ((v, s), g) in moments.zip(g.parts_mut(layer)) {
                for ((v, s), g) in v.iter_mut().zip(s).zip(g) {
                    *g = corrected.direction(v, s, *g);
                }
            }
        }
    }
}

vectorized! {
    /// g ← θ + `rate` · v̂/(√ŝ + ε), in one pass: the memory of a large network is read once. Sets `finite` to false
    /// where a number is not.
    pub fn to_parameters(
        v: &mut Parameters,
        s: &mut Parameters,
        corrected: Corrected,
        theta: &Parameters,
        rate: f64,
        g: &mut Parameters,
        finite: &mut bool,
    ) {
        for layer in 0..theta.depth() {
            let moments = v.parts_mut(layer).into_iter().zip(s.parts_mut(layer));
            let parts = theta.parts(layer).into_iter().zip(g.parts_mut(layer));
            for ((v, s), (theta, g)) in moments.zip(parts) {
                let mut all_finite = true;
                for ((v, s), (theta, g)) in v.iter_mut().zip(s).zip(theta.iter().zip(g)) {
                    let after = theta + rate * corrected.direction(v, s, *g);
                    all_finite &= after.is_finite();
                    *g = after;
                }
                *finite &= all_finite;
            }
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
            seed in 0..1_000u32, alpha in 1e-4..10.0f64,
            beta1 in 0.0..1.0f64, beta2 in 0.0..1.0f64, epsilon in 1e-12..1.0f64,
        ) {
            let adam = Adam::new(alpha).beta1(beta1).beta2(beta2).epsilon(epsilon);
            let mut moments = [Array1::zeros(NUMBERS), Array1::zeros(NUMBERS)];
            let mut powers = [1.0, 1.0];
            assert_steps(adam, seed, |theta, g| {
                moments = averages(moments.each_ref(), g, [beta1, beta2]);
                powers = [powers[0] * beta1, powers[1] * beta2];
                step(theta, &direction(moments.each_ref(), powers, epsilon), alpha)
            });
        }
    }

    #[test]
    fn settings_outside_their_range_are_refused() {
        let adam = Adam::new(0.1);
        assert_eq!(Optimizer::from(adam.beta1(0.0).beta2(0.0)).check(), Ok(()));
        for bad in NO_SHARES {
            assert_refused(adam.beta1(bad));
            assert_refused(adam.beta2(bad));
        }
        for bad in NOT_ABOVE_0 {
            assert_refused(adam.epsilon(bad));
            assert_refused(Adam::new(bad));
        }
    }
}
