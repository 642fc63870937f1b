//! # A step that decays too much
//!
//! Chapter: book/l2.md
//!
//! This is one step of gradient descent with an L2 penalty, for one layer. It makes two
//! mistakes. With them the cost still falls and weights still shrink, so nobody has noticed.
//! Find them with the tests, and mend them.

use ndarray::{Array2, Axis};
use trainable::prelude::Layer;

// TODO: two lines of this function are wrong. Find and mend them.
/// The layer after one step with the learning rate `alpha` and the penalty λ/(2m) Σ w².
///
/// `dz` is the derivative of each example's loss by the layer's weighted sums, `(units,
/// examples)`, and `a` is what came into the layer, `(inputs, examples)`. W is `(units,
/// inputs)` and b `(units,)`.
pub fn step(layer: &Layer, dz: &Array2<f64>, a: &Array2<f64>, alpha: f64, lambda: f64) -> Layer {
    let m = dz.ncols() as f64;
    let decay = lambda / a.nrows() as f64;
    let dw = dz.dot(&a.t()) / m + decay * &layer.w;
    let db = dz.sum_axis(Axis(1)) / m + decay * &layer.b;
    Layer {
        w: &layer.w - alpha * dw,
        b: &layer.b - alpha * db,
    }
}

fn main() {}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use trainable::prelude::*;

    use super::*;

    fn near(got: &Array2<f64>, expected: &Array2<f64>) -> bool {
        (got - expected).iter().all(|apart| apart.abs() < 1e-12)
    }

    fn layer(w: Array2<f64>) -> Layer {
        let b = w.map_axis(Axis(1), |_| 0.0);
        Layer { w, b }
    }

    #[test]
    fn a_step_without_a_penalty() {
        let (dz, a) = (
            array![[1.0, 3.0, 0.0]],
            array![[3.0, 4.0, 1.0], [0.0, 2.0, 1.0]],
        );
        let got = step(&layer(array![[1.0, 1.0]]), &dz, &a, 0.3, 0.0);
        let (w, b) = (array![[-0.5, 0.4]], array![[-0.4]]);
        assert!(
            near(&got.w, &w),
            "W with λ = 0: expected {w}, got {}. This part was right: a mean over the examples, times α, subtracted.",
            got.w
        );
        let got = got.b.insert_axis(Axis(0));
        assert!(
            near(&got, &b),
            "b with λ = 0: expected {b}, got {got}. This part was right: a mean over the examples, times α, subtracted."
        );
    }

    #[test]
    fn biases_are_free() {
        let start = Layer {
            w: array![[0.0]],
            b: array![5.0],
        };
        let got = step(&start, &array![[0.0, 0.0]], &array![[1.0, 1.0]], 0.1, 2.0).b[0];
        assert!(
            got == 5.0,
            "a bias of 5 that the data do not pull at: expected 5, got {got}. Which parameters are in the penalty's sum?"
        );
    }

    #[test]
    fn each_weight_decays_by_its_share() {
        // Six examples, two inputs, and one input.
        let wide = layer(array![[10.0, -10.0]]);
        let got = step(
            &wide,
            &Array2::zeros((1, 6)),
            &Array2::ones((2, 6)),
            0.5,
            1.2,
        );
        let expected = array![[9.0, -9.0]];
        assert!(
            near(&got.w, &expected),
            "weights 10 and -10 that the data do not pull at, α = 0.5, λ = 1.2, 6 examples: expected {expected}, got {}. What is λ divided by, and which axis is that?",
            got.w
        );
        let narrow = layer(array![[10.0], [10.0], [10.0]]);
        let got = step(
            &narrow,
            &Array2::zeros((3, 6)),
            &Array2::ones((1, 6)),
            0.5,
            1.2,
        );
        let expected = array![[9.0], [9.0], [9.0]];
        assert!(
            near(&got.w, &expected),
            "weights of 10 in a layer with one input and three units: expected {expected} as with two inputs and one unit, got {}. λ means the same in every layer.",
            got.w
        );
    }

    #[test]
    fn both_parts_belong_to_the_weights_before_the_step() {
        let got = step(
            &layer(array![[1.0]]),
            &array![[1.0]],
            &array![[1.0]],
            0.5,
            1.0,
        );
        assert!(
            near(&got.w, &array![[0.0]]),
            "a weight of 1, both derivatives 1, α = 0.5: expected [[0]], got {}. Take both derivatives before the weight moves.",
            got.w
        );
    }

    #[test]
    fn it_is_the_step_of_the_library() {
        let data = moons(20, 0.2, &mut RandomState::new(1)).unwrap();
        let start = Layer {
            w: array![[0.8, -1.5]],
            b: array![0.6],
        };
        let parameters = Parameters::new(vec![start.clone()]).unwrap();
        let mut network = Network::from_parameters(parameters);
        let dz = network.probabilities(data.x()).unwrap() - data.y();
        let got = step(&start, &dz, &data.x().to_owned(), 0.3, 0.7);

        let descent = GradientDescent::new(0.3).penalty(Penalty::L2 { lambda: 0.7 });
        descent.iterations(1).train(&mut network, &data).unwrap();
        let expected = &network.parameters().layers()[0];
        assert!(
            near(&got.w, &expected.w) && (got.b[0] - expected.b[0]).abs() < 1e-12,
            "a step of logistic regression on 20 points: expected W {} and b {}, got W {} and b {}. The simpler tests say which part is off.",
            expected.w,
            expected.b,
            got.w,
            got.b
        );
    }
}
