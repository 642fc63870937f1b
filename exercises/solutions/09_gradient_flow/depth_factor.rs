//! # What depth does to the signal
//!
//! Chapter: book/gradient_flow.md
//!
//! A signal goes through layers of equal width n, without biases. All weights are drawn with
//! the mean 0 and the variance c/n, and the activation function is a *leaky* ReLU: it returns z
//! above 0, and s · z below, with a slope s between 0 and 1. The ReLU is the case s = 0, the
//! linear layer s = 1. On average over the draws of the weights, each layer multiplies the mean
//! square of the activations by a factor. Derive it, and from it the factor for the *root* mean
//! square on the way through all layers.
//!
//! # Why
//!
//! A weighted sum of n inputs has n · c/n = c times their mean square. It is as often negative
//! as positive, so the activation function keeps one half of it whole, and of the other half
//! s². A layer's factor is c (1 + s²) / 2 for the mean square, and its root for the root mean
//! square, L times over. That it be 1 gives He's c = 2 for the ReLU, and c = 2 / (1 + s²) for
//! the leaky one (K. He et al. 2015, equation 15).

/// The factor by which `layers` layers multiply the root mean square of what comes in: weights
/// of variance `c`/n with `c` above 0, and a leaky ReLU with the `slope` below 0, from 0 to 1.
pub fn depth_factor(c: f64, slope: f64, layers: u32) -> f64 {
    let layer = c * (1.0 + slope * slope) / 2.0;
    layer.sqrt().powf(f64::from(layers))
}

fn main() {}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use trainable::prelude::*;

    use super::*;

    fn check(got: f64, expected: f64, what: &str, idea: &str) {
        assert!(
            (got / expected - 1.0).abs() < 1e-9,
            "{what}: expected {expected:e}, got {got:e}. {idea}"
        );
    }

    #[test]
    fn no_layer_changes_nothing() {
        check(
            depth_factor(3.0, 0.1, 0),
            1.0,
            "no layers",
            "Each layer multiplies once.",
        );
    }

    #[test]
    fn a_linear_layer() {
        check(
            depth_factor(4.0, 1.0, 1),
            2.0,
            "c = 4, slope 1, one layer",
            "The weighted sum's mean square is c times that of the inputs. The root mean square is its root.",
        );
    }

    #[test]
    fn a_relu_layer() {
        check(
            depth_factor(2.0, 0.0, 1),
            1.0,
            "c = 2, slope 0, one layer",
            "A ReLU makes 0 of one half of the weighted sums: half of the mean square stays. It is the mean of a², not the variance of a, that the next layer's sums are made of.",
        );
    }

    #[test]
    fn a_leaky_layer() {
        check(
            depth_factor(2.0, 0.5, 1),
            1.25_f64.sqrt(),
            "c = 2, slope 1/2, one layer",
            "A negative weighted sum is multiplied by s, so its square by what?",
        );
    }

    #[test]
    fn layers_multiply() {
        check(
            depth_factor(1.0, 0.0, 150),
            0.5_f64.powi(75),
            "c = 1, slope 0, 150 layers",
            "Every layer halves the mean square: 150 factors, all alike, are a power.",
        );
        check(
            depth_factor(4.0, 0.0, 20),
            1024.0,
            "c = 4, slope 0, 20 layers",
            "Every layer doubles the mean square: 20 factors, all alike, are a power.",
        );
    }

    #[test]
    fn networks_do_as_the_formula_says() {
        let (width, layers) = (200, 5);
        for (c, slope) in [(1.0, 0.0), (2.0, 0.0), (1.5, 0.3), (3.0, 0.9)] {
            let mut rng = RandomState::new(1);
            let mut draw =
                |columns: usize| Array2::from_shape_simple_fn((width, columns), || rng.randn());
            let mut a = draw(20);
            let mean_square =
                |a: &Array2<f64>| a.iter().map(|a| a * a).sum::<f64>() / a.len() as f64;
            let first = mean_square(&a);
            for _ in 0..layers {
                let w = draw(width) * (c / width as f64).sqrt();
                a = w.dot(&a).mapv(|z| if z > 0.0 { z } else { slope * z });
            }
            let expected = (mean_square(&a) / first).sqrt();
            let got = depth_factor(c, slope, layers);
            assert!(
                (got / expected - 1.0).abs() < 0.15,
                "c = {c}, slope {slope}, {layers} layers of {width} units: expected about {expected:.3}, which one draw gave, got {got:.3}. Follow the mean square through one layer: the weighted sum first, then the activation function."
            );
        }
    }
}
