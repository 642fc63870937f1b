//! The functions between the layers.

use crate::numerics::elementary::{exp, tanh};

/// An activation function g, applied to each unit's weighted sum z.
///
/// ```
/// use trainable::prelude::*;
///
/// assert_eq!(Activation::Relu.apply(-2.0), 0.0);
/// assert_eq!(Activation::Sigmoid.apply(0.0), 0.5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// g(z) = 1 / (1 + e⁻ᶻ), in (0, 1).
    Sigmoid,
    /// g(z) = tanh z, in (−1, 1).
    Tanh,
    /// g(z) = max(0, z); its derivative at 0 is taken to be 0.
    Relu,
    /// g(z) = z.
    Identity,
}

// ANCHOR: activation
impl Activation {
    /// g(z).
    #[inline(always)]
    pub fn apply(self, z: f64) -> f64 {
        match self {
            Self::Sigmoid => 1.0 / (1.0 + exp(-z)),
            Self::Tanh => tanh(z),
            Self::Relu => relu(z),
            Self::Identity => z,
        }
    }

    /// g′(z), from the activation a = g(z).
    #[inline(always)]
    pub fn derivative(self, a: f64) -> f64 {
        match self {
            Self::Sigmoid => a * (1.0 - a),
            Self::Tanh => 1.0 - a * a,
            Self::Relu => f64::from(a > 0.0),
            Self::Identity => 1.0,
        }
    }
}

/// max(0, z), but NaN for NaN, where f64::max would hide a diverged run behind a 0.
#[inline(always)]
fn relu(z: f64) -> f64 {
    // With z alone the compiler would store only where z < 0, and such stores are slow under AVX2.
    if z < 0.0 { 0.0 } else { z + 0.0 }
}
// ANCHOR_END: activation

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Activation; 4] = [
        Activation::Sigmoid,
        Activation::Tanh,
        Activation::Relu,
        Activation::Identity,
    ];

    #[test]
    fn stays_finite_where_exp_overflows() {
        for g in ALL {
            for z in [-1e300, -800.0, 800.0, 1e300] {
                assert!(
                    g.apply(z).is_finite() && g.derivative(g.apply(z)).is_finite(),
                    "{g:?} at {z}"
                );
            }
        }
        assert_eq!(Activation::Sigmoid.apply(-800.0), 0.0);
        assert_eq!(Activation::Sigmoid.apply(800.0), 1.0);
    }

    #[test]
    fn nan_stays_nan() {
        for g in ALL {
            assert!(g.apply(f64::NAN).is_nan(), "{g:?}");
        }
    }

    proptest! {
        #[test]
        fn the_derivative_is_the_slope(z in -20.0..20.0f64, which in 0..ALL.len()) {
            let (g, step) = (ALL[which], 1e-5);
            // ReLU's kink has no slope.
            prop_assume!(g != Activation::Relu || z.abs() > step);
            let slope = (g.apply(z + step) - g.apply(z - step)) / (2.0 * step);
            // Rounding of the values over the step: 2^-53 / 1e-5 per unit of magnitude.
            prop_assert!((g.derivative(g.apply(z)) - slope).abs() < 1e-10 * (1.0 + z.abs()));
        }
    }
}
