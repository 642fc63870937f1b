//! # Drop units, and make up for it
//!
//! Chapter: book/dropout.md · in the course: `forward_propagation_with_dropout`
//!
//! Drop units of a layer's activations at random, and divide what stays by keep: inverted
//! dropout.
//!
//! # Why
//!
//! A unit stays with probability keep, so its mean would shrink to keep times what it was.
//! Dividing by keep restores the mean, and the network can be used without any change once it
//! is trained.

use ndarray::Array2;
use trainable::prelude::RandomState;

/// The thinned activations A ∘ D / keep and the mask D of zeros and ones, both `(units,
/// examples)`. An entry of D is 1 with the probability `keep`: where a uniform deviate, drawn
/// row by row, is below it.
pub fn thin(a: &Array2<f64>, keep: f64, rng: &mut RandomState) -> (Array2<f64>, Array2<f64>) {
    let draw = || if rng.rand() < keep { 1.0 } else { 0.0 };
    let d = Array2::from_shape_simple_fn(a.dim(), draw);
    (a * &d / keep, d)
}

fn main() {}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_mask_is_that_of_the_course() {
        let (_, got) = thin(&Array2::ones((2, 5)), 0.7, &mut RandomState::new(1));
        let expected = array![[1.0, 0.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0, 1.0]];
        assert!(
            got == expected,
            "mask for seed 1 and keep = 0.7: expected {expected}, got {got}. A unit stays, with a 1, where rand() < keep, row by row."
        );
    }

    #[test]
    fn a_mask_has_only_zeros_and_ones() {
        let (_, d) = thin(&Array2::ones((4, 50)), 0.5, &mut RandomState::new(5));
        let others = d.iter().find(|d| **d != 0.0 && **d != 1.0);
        assert!(
            others.is_none(),
            "mask: expected zeros and ones, got {others:?}. Divide the activations, not the mask."
        );
    }

    #[test]
    fn each_example_has_a_mask_of_its_own() {
        let (_, d) = thin(&Array2::ones((50, 2)), 0.5, &mut RandomState::new(6));
        let got = d.column(0) == d.column(1);
        assert!(
            !got,
            "masks of two examples for 50 units: expected different ones, got the same. Toss a coin for each unit and each example."
        );
    }

    #[test]
    fn keep_is_the_share_that_stays() {
        let (_, d) = thin(&Array2::ones((100, 1_000)), 0.8, &mut RandomState::new(2));
        let got = d.mean().unwrap();
        assert!(
            (got - 0.8).abs() < 0.01,
            "share of units that stay with keep = 0.8: expected about 0.8, got {got:.3}. Which deviate, and which comparison?"
        );
    }

    #[test]
    fn what_stays_makes_up_for_what_is_gone() {
        for keep in [0.5, 0.8] {
            let (a, _) = thin(&Array2::ones((100, 1_000)), keep, &mut RandomState::new(3));
            let got = a.mean().unwrap();
            assert!(
                (got - 1.0).abs() < 0.02,
                "mean of activations that were all 1, keep = {keep}: expected about 1, got {got:.3}. Divide by keep, the share that stays."
            );
        }
    }

    #[test]
    fn dropped_units_are_zero() {
        let (a, d) = thin(
            &Array2::from_elem((4, 50), 3.0),
            0.5,
            &mut RandomState::new(4),
        );
        let got = a
            .iter()
            .zip(&d)
            .filter(|(a, d)| **d == 0.0 && **a != 0.0)
            .count();
        assert!(
            got == 0,
            "activations of dropped units: expected only zeros, got {got} others. Multiply by the mask."
        );
    }
}
