//! # A normalization for any unit
//!
//! Chapter: book/normalization.md
//!
//! This normalization works on most data and fails on some: one of its lines loses a feature
//! whose values are far from zero, such as a date in seconds, another one whose unit is large,
//! so that its numbers are tiny. Find both, and mend them. The formulas are those that you find
//! in many programs.
//!
//! # Why
//!
//! The mean of the squares minus the square of the mean is the variance on paper. On a computer
//! it subtracts two large numbers that agree in almost all of their digits, and what is left is
//! rounding; squares of the distances to the mean are small from the beginning. An ε beside the
//! variance is a length in the feature's own unit, squared: what is nothing for meters is
//! everything for a few micrometers, written in meters. The only thing it protects from is a
//! feature that never changes, and that one is better refused by name.

use ndarray::{Array1, ArrayView1};

/// The mean and the standard deviation of a feature's `values` over the training set, of which
/// at least two are different.
pub fn statistics(values: ArrayView1<f64>) -> (f64, f64) {
    let m = values.len() as f64;
    let mean = values.sum() / m;
    let variance = values.mapv(|x| (x - mean) * (x - mean)).sum() / m;
    (mean, variance.sqrt())
}

/// The feature's `values`, normalized: the mean 0, and the variance 1.
pub fn normalize(values: ArrayView1<f64>) -> Array1<f64> {
    let (mean, deviation) = statistics(values);
    values.mapv(|x| (x - mean) / deviation)
}

fn main() {}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn check(values: Array1<f64>, expected: Array1<f64>, what: &str, idea: &str) {
        let got = normalize(values.view());
        let near = (&got - &expected).iter().all(|apart| apart.abs() < 1e-6);
        assert!(near, "{what}: expected {expected}, got {got}. {idea}");
    }

    #[test]
    fn an_ordinary_feature() {
        check(
            array![5.0, 1.0, 5.0, 1.0],
            array![1.0, -1.0, 1.0, -1.0],
            "values 5, 1, 5, 1",
            "The mean is 3, and every value is 2 away from it: subtract the mean, and divide by the standard deviation.",
        );
    }

    #[test]
    fn another_ordinary_feature() {
        let values = array![0.0, 0.0, 0.0, 0.0, 10.0];
        check(
            values,
            array![-0.5, -0.5, -0.5, -0.5, 2.0],
            "values 0, 0, 0, 0, 10",
            "The variance is the mean of the squares of the distances to the mean, over all m values: 16.",
        );
    }

    #[test]
    fn far_from_zero() {
        let noon = 1_700_000_000.0;
        check(
            array![noon + 2.0, noon - 2.0, noon + 2.0, noon - 2.0],
            array![1.0, -1.0, 1.0, -1.0],
            "a date in seconds, every 2 seconds from the mean",
            "Look at where the variance comes from: do two large numbers lose their digits when they are subtracted?",
        );
    }

    #[test]
    fn tiny_numbers() {
        check(
            array![3e-6, -1e-6, 3e-6, -1e-6],
            array![1.0, -1.0, 1.0, -1.0],
            "micrometers in meters: 3e-6, -1e-6, 3e-6, -1e-6",
            "Look for a number that is small beside most variances and large beside this one, 4e-12.",
        );
    }

    #[test]
    fn huge_numbers() {
        check(
            array![3e9, -1e9, 3e9, -1e9],
            array![1.0, -1.0, 1.0, -1.0],
            "meters in nanometers: 3e9, -1e9, 3e9, -1e9",
            "A unit must not matter: all numbers are a factor larger, and so is the standard deviation.",
        );
    }
}
