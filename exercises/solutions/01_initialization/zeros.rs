//! # All zeros
//!
//! Chapter: book/initialization.md · in the course: `initialize_parameters_zeros`
//!
//! Make the parameters of a network of the given layer sizes, inputs first, all zero. Such a
//! network cannot learn to tell its inputs apart; that every later exercise needs the shapes is
//! reason enough to begin here.
//!
//! # Why
//!
//! A layer lies between two neighboring sizes. Its weight matrix has a row for each of its
//! units and a column for each unit before it, so that W·x is one number a unit; a bias belongs
//! to a unit.

use ndarray::{Array1, Array2};

/// W, `(units, inputs)`, and b, `(units,)`, of each layer, all zero.
///
/// Each layer needs a shape and nothing else; `sizes` has one entry more than there are layers.
pub fn initialize_zeros(sizes: &[usize]) -> Vec<(Array2<f64>, Array1<f64>)> {
    let pairs = sizes.windows(2);
    pairs
        .map(|pair| (Array2::zeros((pair[1], pair[0])), Array1::zeros(pair[1])))
        .collect()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_for_each_pair_of_sizes() {
        let layers = initialize_zeros(&[3, 2, 1]).len();
        assert!(
            layers == 2,
            "sizes [3, 2, 1]: expected 2 layers, got {layers}. The first size is that of the inputs, which is no layer."
        );
    }

    fn first_layer() -> (Array2<f64>, Array1<f64>) {
        let first = initialize_zeros(&[3, 2, 1]).into_iter().next();
        first.expect("sizes [3, 2, 1]: expected 2 layers, got none. A layer lies between two neighboring sizes.")
    }

    #[test]
    fn weights_have_a_row_for_each_unit() {
        let shape = first_layer().0.dim();
        assert!(
            shape == (2, 3),
            "W1 for 3 inputs and 2 units: expected the shape (2, 3), got {shape:?}. A row is a unit, a column an input."
        );
    }

    #[test]
    fn biases_are_one_for_each_unit() {
        let biases = first_layer().1.len();
        assert!(
            biases == 2,
            "b1 for 3 inputs and 2 units: expected 2 biases, got {biases}. A bias belongs to a unit."
        );
    }

    #[test]
    fn everything_is_zero() {
        for (w, b) in initialize_zeros(&[3, 2, 1]) {
            let largest = w
                .iter()
                .chain(&b)
                .fold(0.0_f64, |most, x| most.max(x.abs()));
            assert!(
                largest == 0.0,
                "expected zeros, got a number of size {largest}"
            );
        }
    }
}
