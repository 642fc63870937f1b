//! L2 regularization and its sibling L1: a penalty on large weights.

use ndarray::{Array2, ArrayView2};

use crate::error::{Error, at_least_0};
use crate::numerics::kernels::{add_multiple, vectorized};
use crate::parameters::Parameters;

// ANCHOR: plain
/// What L2 adds to the cost for the weights `w` of a layer, over m examples: λ/(2m) Σ
/// w².
///
/// ```
/// use ndarray::array;
/// use trainable::l2::{l2_cost, l2_gradient};
///
/// let w = array![[3.0, -4.0]];
/// assert_eq!(l2_cost(w.view(), 0.5, 5), 0.05 * 25.0);
/// assert_eq!(l2_gradient(w.view(), 0.5, 5), 0.1 * w);
/// ```
pub fn l2_cost(w: ArrayView2<'_, f64>, lambda: f64, m: usize) -> f64 {
    lambda / (2.0 * m as f64) * (&w * &w).sum()
}

/// What it adds to dW: λ/m W.
pub fn l2_gradient(w: ArrayView2<'_, f64>, lambda: f64, m: usize) -> Array2<f64> {
    lambda / m as f64 * &w
}

/// What L1 adds to the cost: λ/m Σ |w|.
pub fn l1_cost(w: ArrayView2<'_, f64>, lambda: f64, m: usize) -> f64 {
    lambda / m as f64 * w.mapv(f64::abs).sum()
}

/// What it adds to dW: λ/m sign W.
pub fn l1_gradient(w: ArrayView2<'_, f64>, lambda: f64, m: usize) -> Array2<f64> {
    lambda / m as f64 * w.mapv(sign)
}

/// 1 or −1, and 0 for 0, where f64::signum has ±1.
#[inline(always)]
fn sign(w: f64) -> f64 {
    if w == 0.0 { 0.0 } else { w.signum() }
}
// ANCHOR_END: plain

/// What is added to the cost for the size of the weights. Biases are free.
///
/// Over m examples, L2 adds λ/(2m) Σ w² and L1 adds λ/m Σ |w|, summed over the weights of all
/// layers. λ is a finite number of at least 0.
///
/// Sources: A. Krogh, J. A. Hertz (1991), *A simple weight decay can improve generalization*, NIPS 4,
/// for L2; R. Tibshirani (1996), *Regression shrinkage and selection via the lasso*,
/// doi:10.1111/j.2517-6161.1996.tb02080.x, for L1.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = circles(100, 0.05, &mut RandomState::new(1))?;
/// let mut network = Network::new(&[2, 20, 1], Initialization::He, &mut RandomState::new(2))?;
/// let penalty = Penalty::L2 { lambda: 0.7 };
/// let history = GradientDescent::new(0.3).penalty(penalty).train(&mut network, &data)?;
/// let start = Network::new(&[2, 20, 1], Initialization::He, &mut RandomState::new(2))?;
/// let cost = start.cost(&data)? + penalty.cost(start.parameters(), data.examples())?;
/// assert_eq!(history.cost(0)?, cost);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Penalty {
    /// Nothing is added.
    #[default]
    None,
    /// λ/(2m) Σ w²: pulls each weight towards 0 in proportion to its size.
    L2 {
        /// How much the penalty weighs, λ.
        lambda: f64,
    },
    /// λ/m Σ |w|: pulls each weight towards 0 with the same force, and so makes many of them small.
    L1 {
        /// How much the penalty weighs, λ.
        lambda: f64,
    },
}

impl Penalty {
    /// The penalty for these parameters, over m = `examples`.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a λ that is negative or not finite; [`Error::NoExamples`] for none.
    pub fn cost(self, parameters: &Parameters, examples: usize) -> Result<f64, Error> {
        self.check(examples)?;
        Ok(self.of(parameters, examples))
    }

    /// Adds the penalty's gradient: λ/m W for L2, and for L1 λ/m sign W, a subgradient, with 0 at 0.
    ///
    /// # Errors
    /// As [`cost`](Self::cost), and [`Error::Shape`] for gradients of another shape.
    pub fn add_gradient(
        self,
        parameters: &Parameters,
        examples: usize,
        gradients: &mut Parameters,
    ) -> Result<(), Error> {
        self.check(examples)?;
        parameters.check_same_shape("gradients", gradients)?;
        self.add_to(parameters, examples, gradients);
        Ok(())
    }

    /// The cost, of a λ that has been checked.
    pub(crate) fn of(self, parameters: &Parameters, examples: usize) -> f64 {
        let m = examples as f64;
        let weights = parameters.layers().iter().flat_map(|layer| &layer.w);
        match self {
            Self::None => 0.0,
            Self::L2 { lambda } => lambda / (2.0 * m) * weights.map(|w| w * w).sum::<f64>(),
            Self::L1 { lambda } => lambda / m * weights.map(|w| w.abs()).sum::<f64>(),
        }
    }

    /// Adds the gradient, of a λ and for shapes that have been checked.
    pub(crate) fn add_to(
        self,
        parameters: &Parameters,
        examples: usize,
        gradients: &mut Parameters,
    ) {
        let factor = self.lambda() / examples as f64;
        for layer in 0..parameters.depth() {
            let (w, ..) = parameters.layer_slices(layer);
            let (gradient, ..) = gradients.layer_slices_mut(layer);
            match self {
                Self::None => return,
                Self::L2 { .. } => add_multiple(gradient, factor, w),
                Self::L1 { .. } => add_signs(gradient, factor, w),
            }
        }
    }

    /// λ; 0 where there is none.
    pub fn lambda(self) -> f64 {
        match self {
            Self::None => 0.0,
            Self::L2 { lambda } | Self::L1 { lambda } => lambda,
        }
    }

    pub(crate) fn check(self, examples: usize) -> Result<(), Error> {
        if examples == 0 {
            return Err(Error::NoExamples);
        }
        at_least_0("λ of the penalty", self.lambda())
    }
}

vectorized! {
    /// gradient ← gradient + factor · sign w.
    pub fn add_signs(gradient: &mut [f64], factor: f64, w: &[f64]) {
        for (gradient, w) in gradient.iter_mut().zip(w) {
            *gradient += factor * sign(*w);
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;
    use crate::data::circles::circles;
    use crate::gradient_descent::GradientDescent;
    use crate::initialization::Initialization;
    use crate::network::Network;
    use crate::numerics::random_state::RandomState;
    use crate::parameters::Layer;

    fn one_layer() -> Parameters {
        let layer = Layer {
            w: array![[3.0, -4.0, 0.0]],
            b: array![100.0],
        };
        Parameters::new(vec![layer]).unwrap()
    }

    fn gradient(penalty: Penalty) -> Parameters {
        let mut gradients = one_layer().zeros_like();
        penalty
            .add_gradient(&one_layer(), 5, &mut gradients)
            .unwrap();
        gradients
    }

    #[test]
    fn costs_what_the_formula_says_and_leaves_biases_out() {
        let cost = |penalty: Penalty| penalty.cost(&one_layer(), 5).unwrap();
        assert_eq!(cost(Penalty::None), 0.0);
        assert_eq!(cost(Penalty::L2 { lambda: 2.0 }), 2.0 / 10.0 * 25.0);
        assert_eq!(cost(Penalty::L1 { lambda: 2.0 }), 2.0 / 5.0 * 7.0);
    }

    #[test]
    fn pulls_weights_towards_zero_and_no_biases() {
        let l2 = gradient(Penalty::L2 { lambda: 2.0 });
        assert_eq!(l2.layers()[0].w, array![[0.4 * 3.0, -0.4 * 4.0, 0.0]]);
        let l1 = gradient(Penalty::L1 { lambda: 2.0 });
        assert_eq!(l1.layers()[0].w, array![[0.4, -0.4, 0.0]]);
        for gradients in [l2, l1, gradient(Penalty::None)] {
            assert_eq!(gradients.layers()[0].b, array![0.0]);
        }
    }

    #[test]
    fn a_step_multiplies_each_weight_by_its_decay() {
        // One minus learning rate times λ over m; then the step against the cost's own gradient.
        let (alpha, lambda) = (0.5, 3.0);
        let data = circles(40, 0.05, &mut RandomState::new(1)).unwrap();
        let start = Network::new(&[2, 5, 1], Initialization::He, &mut RandomState::new(2)).unwrap();
        let gradients = start.gradients(&data).unwrap();
        let mut network = start.clone();
        GradientDescent::new(alpha)
            .penalty(Penalty::L2 { lambda })
            .iterations(1)
            .train(&mut network, &data)
            .unwrap();
        let decay = 1.0 - alpha * lambda / 40.0;
        let layers = network.parameters().layers().iter();
        for ((after, before), gradient) in layers
            .zip(start.parameters().layers())
            .zip(gradients.layers())
        {
            let expected = decay * &before.w - alpha * &gradient.w;
            // Two ways to round weights of size 1.
            assert!((&after.w - &expected).iter().all(|d| d.abs() < 1e-15));
            assert_eq!(after.b, &before.b - alpha * &gradient.b);
        }
    }

    #[test]
    fn a_penalty_of_zero_changes_no_bit() {
        let data = circles(40, 0.05, &mut RandomState::new(1)).unwrap();
        let trained = |penalty| {
            let mut network =
                Network::new(&[2, 5, 1], Initialization::He, &mut RandomState::new(2)).unwrap();
            let run = GradientDescent::new(0.5).penalty(penalty);
            run.train(&mut network, &data).unwrap();
            network
        };
        assert_eq!(trained(Penalty::None), trained(Penalty::L2 { lambda: 0.0 }));
    }

    #[test]
    fn refuses_a_lambda_outside_its_range() {
        let data = circles(40, 0.05, &mut RandomState::new(1)).unwrap();
        let mut network =
            Network::new(&[2, 5, 1], Initialization::He, &mut RandomState::new(2)).unwrap();
        let before = network.clone();
        for lambda in [-0.1, f64::NAN, f64::INFINITY] {
            for penalty in [Penalty::L2 { lambda }, Penalty::L1 { lambda }] {
                let refused = |result: Result<(), Error>| {
                    assert!(
                        matches!(result, Err(Error::OutOfRange { .. })),
                        "{result:?}"
                    );
                };
                refused(penalty.cost(&one_layer(), 5).map(drop));
                refused(penalty.add_gradient(&one_layer(), 5, &mut one_layer()));
                let run = GradientDescent::new(0.1).penalty(penalty);
                refused(run.train(&mut network, &data).map(drop));
            }
        }
        assert_eq!(network, before);
        assert_eq!(Penalty::None.cost(&one_layer(), 0), Err(Error::NoExamples));
    }

    #[test]
    fn refuses_gradients_of_another_shape() {
        let mut other = Parameters::zeros(&[2, 1]).unwrap();
        let result = Penalty::L2 { lambda: 1.0 }.add_gradient(&one_layer(), 5, &mut other);
        assert!(matches!(
            result,
            Err(Error::Shape {
                what: "gradients",
                ..
            })
        ));
    }

    proptest! {
        #[test]
        fn the_gradient_is_the_slope(
            sizes in prop::collection::vec(1..6usize, 2..6), l1: bool,
            lambda in 0.0..5.0f64, seed in 0..1_000u32,
        ) {
            let penalty = if l1 { Penalty::L1 { lambda } } else { Penalty::L2 { lambda } };
            let scheme = Initialization::Gaussian(1.0);
            let parameters = scheme.parameters(&sizes, &mut RandomState::new(seed)).unwrap();
            let mut gradients = parameters.zeros_like();
            penalty.add_gradient(&parameters, 7, &mut gradients).unwrap();
            let (theta, gradients, step) = (parameters.to_theta(), gradients.to_theta(), 1e-5);
            for index in 0..theta.len() {
                let cost = |shift: f64| {
                    let mut theta = theta.clone();
                    theta[index] += shift;
                    penalty.cost(&parameters.with_theta(&theta).unwrap(), 7).unwrap()
                };
                // |w| has a kink at 0, where there is no slope. Biases are 0, and cost nothing.
                let kink = l1 && theta[index].abs() <= step && gradients[index] != 0.0;
                let slope = (cost(step) - cost(-step)) / (2.0 * step);
                // Rounding of a cost of up to 100, over the step.
                prop_assert!(kink || (gradients[index] - slope).abs() < 1e-8);
            }
        }
    }
}
