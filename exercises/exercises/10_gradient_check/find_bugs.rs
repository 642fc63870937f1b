//! # Two planted bugs
//!
//! Chapter: book/gradient_check.md · in the course: `backward_propagation_n`
//!
//! The course has planted two mistakes in this backward propagation. Find them, with a gradient
//! check rather than by reading: the tests say which layer to look at.

use ndarray::{Array1, Array2, Axis};

/// A layer's weights, `(units, inputs)`, and biases, `(units,)`, or their gradients.
pub type Layer = (Array2<f64>, Array1<f64>);

/// The activations of a network with two ReLU layers and a sigmoid, `(units, examples)`; `x` is
/// `(features, examples)`.
pub fn forward([one, two, three]: &[Layer; 3], x: &Array2<f64>) -> [Array2<f64>; 3] {
    let sums = |(w, b): &Layer, a: &Array2<f64>| w.dot(a) + b.view().insert_axis(Axis(1));
    let a1 = sums(one, x).mapv(|z| z.max(0.0));
    let a2 = sums(two, &a1).mapv(|z| z.max(0.0));
    let a3 = sums(three, &a2).mapv(|z| 1.0 / (1.0 + (-z).exp()));
    [a1, a2, a3]
}

// TODO: two lines of this function are wrong. Find and mend them.
/// The gradients of the cross-entropy, the mean over the examples; `y` is `(1, examples)`.
pub fn backward(layers: &[Layer; 3], x: &Array2<f64>, y: &Array2<f64>) -> [Layer; 3] {
    let m = x.ncols() as f64;
    let [a1, a2, a3] = forward(layers, x);
    let slope = |a: &Array2<f64>| a.mapv(|a| if a > 0.0 { 1.0 } else { 0.0 });

    let dz3 = a3 - y;
    let dw3 = dz3.dot(&a2.t()) / m;
    let db3 = dz3.sum_axis(Axis(1)) / m;

    let dz2 = layers[2].0.t().dot(&dz3) * slope(&a2);
    let dw2 = dz2.dot(&a1.t()) / m * 2.0;
    let db2 = dz2.sum_axis(Axis(1)) / m;

    let dz1 = layers[1].0.t().dot(&dz2) * slope(&a1);
    let dw1 = dz1.dot(&x.t()) / m;
    let db1 = 4.0 * dz1.sum_axis(Axis(1)) / m;

    [(dw1, db1), (dw2, db2), (dw3, db3)]
}

fn main() {}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use trainable::prelude::RandomState;

    use super::*;

    /// The assignment's network, inputs and labels.
    fn assignment() -> ([Layer; 3], Array2<f64>, Array2<f64>) {
        let mut rng = RandomState::new(1);
        let mut draw =
            |rows, columns| Array2::from_shape_simple_fn((rows, columns), || rng.randn());
        let x = draw(4, 3);
        let layers = [(5, 4), (3, 5), (1, 3)]
            .map(|(units, inputs)| (draw(units, inputs), draw(units, 1).remove_axis(Axis(1))));
        (layers, x, array![[1.0, 1.0, 0.0]])
    }

    fn cost(layers: &[Layer; 3], x: &Array2<f64>, y: &Array2<f64>) -> f64 {
        let [_, _, a3] = forward(layers, x);
        let losses = a3
            .iter()
            .zip(y)
            .map(|(a, y)| -(y * a.ln() + (1.0 - y) * (1.0 - a).ln()));
        losses.sum::<f64>() / x.ncols() as f64
    }

    /// Moves a weight of a layer, or past the last of them a bias.
    fn shifted(layers: &[Layer; 3], layer: usize, index: usize, step: f64) -> [Layer; 3] {
        let mut layers = layers.clone();
        let (w, b) = &mut layers[layer];
        let numbers = w.iter_mut().chain(b.iter_mut());
        if let Some(number) = numbers.skip(index).take(1).next() {
            *number += step;
        }
        layers
    }

    /// The gradient of a layer that is furthest from the slope of the cost, of its weights or of its biases: (slope, gradient).
    fn worst(layer: usize, biases: bool) -> (f64, f64) {
        let (layers, x, y) = assignment();
        let (dw, db) = &backward(&layers, &x, &y)[layer];
        let pairs = dw.iter().chain(db).enumerate().map(|(index, got)| {
            let at = |step| cost(&shifted(&layers, layer, index, step), &x, &y);
            ((at(1e-5) - at(-1e-5)) / 2e-5, *got)
        });
        let (skipped, taken) = match biases {
            true => (dw.len(), db.len()),
            false => (0, dw.len()),
        };
        let part = pairs.skip(skipped).take(taken);
        part.max_by(|one, two| apart(*one).total_cmp(&apart(*two)))
            .unwrap()
    }

    fn apart((expected, got): (f64, f64)) -> f64 {
        (got - expected).abs() / (got.abs() + expected.abs()).max(1e-8)
    }

    fn check(layer: usize) {
        let (dw, db) = (worst(layer, false), worst(layer, true));
        let number = layer + 1;
        let (part, (expected, got), idea) = match (apart(dw) < 1e-5, apart(db) < 1e-5) {
            (true, true) => return,
            (false, true) => ("dW", dw, factor(dw)),
            (true, false) => ("db", db, factor(db)),
            (false, false) => (
                "dW",
                dw,
                "db is wrong too, so look at dZ, from which both are made, and at the layers behind.".to_owned(),
            ),
        };
        panic!(
            "{part}{number}: expected {expected:.6} by the slope of the cost, got {got:.6}. {idea}"
        );
    }

    fn factor((expected, got): (f64, f64)) -> String {
        format!(
            "That is {:.2} times as much. Compare its line with those of the other layers.",
            got / expected
        )
    }

    #[test]
    fn the_last_layer() {
        check(2);
    }

    #[test]
    fn the_second_layer() {
        check(1);
    }

    #[test]
    fn the_first_layer() {
        check(0);
    }
}
