//! # One scale, from the training set
//!
//! Chapter: book/normalization.md
//!
//! Bring all features to mean 0 and variance 1 on the training set, and any other set to the
//! same scale.
//!
//! # Why
//!
//! The network learns on one scale, so every input has to be brought to that one: the mean and
//! deviation of the training set, for the test set too. Dividing by the standard deviation
//! gives variance 1; dividing by the variance does not.

use ndarray::{Array2, Axis};

/// `train` and `other`, both `(features, examples)`, normalized: from each feature the mean of
/// the training set is subtracted, and the rest is divided by its standard deviation there.
pub fn normalize(train: &Array2<f64>, other: &Array2<f64>) -> (Array2<f64>, Array2<f64>) {
    let m = train.ncols() as f64;
    let mean = train.sum_axis(Axis(1)).insert_axis(Axis(1)) / m;
    let squares = (train - &mean).mapv(|x| x * x);
    let deviation = (squares.sum_axis(Axis(1)).insert_axis(Axis(1)) / m).mapv(f64::sqrt);
    ((train - &mean) / &deviation, (other - &mean) / &deviation)
}

fn main() {}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::*;

    fn sets() -> (Array2<f64>, Array2<f64>) {
        (
            array![[1.0, 3.0, 5.0, 7.0], [100.0, 300.0, 100.0, 300.0]],
            array![[9.0, 4.0], [200.0, 400.0]],
        )
    }

    #[test]
    fn every_feature_has_the_mean_zero() {
        let (train, other) = sets();
        let got = normalize(&train, &other).0.mean_axis(Axis(1)).unwrap();
        let near = got.iter().all(|mean| mean.abs() < 1e-12);
        assert!(
            near,
            "means of the training set's features: expected zeros, got {got}. Subtract each feature's mean."
        );
    }

    /// The mean square of each feature of the normalized training set.
    fn variances() -> Array1<f64> {
        let (train, other) = sets();
        let squares = normalize(&train, &other).0.mapv(|x| x * x);
        squares.mean_axis(Axis(1)).unwrap()
    }

    #[test]
    fn all_features_have_the_same_variance() {
        let got = variances();
        assert!(
            (got[0] / got[1] - 1.0).abs() < 1e-12,
            "mean squares of the training set's features: expected the same for both, got {got}. Divide by the standard deviation, the root of the variance."
        );
    }

    #[test]
    fn every_feature_has_the_variance_one() {
        let got = variances();
        let near = got.iter().all(|square| (square - 1.0).abs() < 1e-12);
        assert!(
            near,
            "mean squares of the training set's features: expected ones, got {got}. The variance is the mean of the squared distances, over all m examples."
        );
    }

    #[test]
    fn other_sets_are_normalized_too() {
        let (train, other) = sets();
        let got = normalize(&train, &other).1;
        assert!(
            got != other,
            "another set: expected other numbers than before, got the same, {got}. The network has learned on one scale, and has to see every input on that."
        );
    }

    #[test]
    fn other_sets_get_the_training_sets_statistics() {
        let (train, other) = sets();
        let got = normalize(&train, &other).1;
        let expected = array![[5.0 / 5.0_f64.sqrt(), 0.0], [0.0, 2.0]];
        let near = (&got - &expected).iter().all(|apart| apart.abs() < 1e-12);
        assert!(
            near,
            "another set: expected {expected}, got {got}. The network has learned with the training set's mean and deviation."
        );
    }
}
