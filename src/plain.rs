//! A network that trains, as its formulas say it: forward propagation, backward propagation and gradient descent.
//!
//! This is the library without its speed. [`Network`](crate::network::Network) and
//! [`Training`](crate::training::Training) compute the same numbers, apart from rounding, and each technique's module has
//! the few lines that it adds to these. The shapes have to fit: `x` is `(features, examples)`, the labels `y` are
//! `(1, examples)`, and a layer's inputs are the units of the layer before. Where they do not, these functions panic. The
//! last bits are those of `ndarray`'s matrix product, which may differ from machine to machine.
//!
//! ```
//! use trainable::plain;
//! use trainable::prelude::*;
//!
//! let data = circles(300, 0.05, &mut RandomState::new(1))?;
//! let he = Initialization::He.parameters(&[2, 10, 5, 1], &mut RandomState::new(3))?;
//! let mut layers = he.layers().to_vec();
//! let costs = plain::train(&mut layers, data.x(), data.y(), Activation::Relu, 0.01, 1_001);
//! // The course prints 0.6879825919728063.
//! assert!((costs[1_000] - 0.687_982_591_972_806_3).abs() < 1e-12);
//! # Ok::<(), Error>(())
//! ```

use ndarray::{Array2, ArrayView2, Axis};

use crate::activation::Activation;
use crate::output::{cost, cost_derivative};
use crate::parameters::Layer;

// ANCHOR: plain
/// The inputs `x`, then every layer's activations, a = g(W a + b); the last layer keeps
/// its logits, W a + b.
pub fn forward(layers: &[Layer], x: ArrayView2<'_, f64>, g: Activation) -> Vec<Array2<f64>> {
    let mut a = vec![x.to_owned()];
    for (l, Layer { w, b }) in layers.iter().enumerate() {
        let z = w.dot(&a[l]) + b.view().insert_axis(Axis(1));
        let is_last = l + 1 == layers.len();
        a.push(if is_last { z } else { z.mapv(|z| g.apply(z)) });
    }
    a
}

/// The gradients dW = dZ Aᵀ and db = Σ dZ of the cost, from what [`forward`] gave. From
/// the last layer back, dZ is Wᵀ dZ of the layer after, times g′.
pub fn backward(
    layers: &[Layer],
    a: &[Array2<f64>],
    y: ArrayView2<'_, f64>,
    g: Activation,
) -> Vec<Layer> {
    let mut dz = cost_derivative(a[layers.len()].view(), y);
    let mut gradients = Vec::new();
    for l in (0..layers.len()).rev() {
        let (w, b) = (dz.dot(&a[l].t()), dz.sum_axis(Axis(1)));
        gradients.insert(0, Layer { w, b });
        if l > 0 {
            dz = layers[l].w.t().dot(&dz) * a[l].mapv(|a| g.derivative(a));
        }
    }
    gradients
}

/// Gradient descent: `iterations` times every parameter takes a step of α against its
/// gradient. Returns the cost before each step.
pub fn train(
    layers: &mut [Layer],
    x: ArrayView2<'_, f64>,
    y: ArrayView2<'_, f64>,
    g: Activation,
    alpha: f64,
    iterations: usize,
) -> Vec<f64> {
    let mut costs = Vec::new();
    for _ in 0..iterations {
        let a = forward(layers, x, g);
        costs.push(cost(a[layers.len()].view(), y));
        let gradients = backward(layers, &a, y, g);
        for (layer, gradient) in layers.iter_mut().zip(gradients) {
            layer.w -= &(alpha * gradient.w);
            layer.b -= &(alpha * gradient.b);
        }
    }
    costs
}
// ANCHOR_END: plain
