//! Labels that a logistic regression draws: it is then the right model for them.

use ndarray::{Array1, Array2, Axis};
use rand::Rng;

use crate::data::dataset::Dataset;
use crate::error::{Error, finite};
use crate::numerics::random_state::uniform;
use crate::output::sigmoid;

/// The examples `x`, `(features, examples)`, each with a label that is drawn: 1 with the probability
/// σ(slope · Σⱼ xⱼ).
///
/// # Errors
/// [`Error::OutOfRange`] for a slope that is not finite; as [`Dataset::new`].
///
/// ```
/// use ndarray::array;
/// use trainable::prelude::*;
///
/// let data = logistic_labels(array![[-50.0, 50.0]], 1.0, &mut RandomState::new(1))?;
/// assert_eq!(data.y(), array![[0.0, 1.0]]);
/// # Ok::<(), Error>(())
/// ```
pub fn logistic_labels(x: Array2<f64>, slope: f64, rng: &mut impl Rng) -> Result<Dataset, Error> {
    finite("slope of the logistic regression", slope)?;
    let columns = x.columns().into_iter();
    let labels = columns.map(|x| f64::from(uniform(rng) < sigmoid(slope * x.sum())));
    let y = Array1::from_iter(labels).insert_axis(Axis(0));
    Dataset::new(x, y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::random_state::RandomState;

    #[test]
    fn labels_are_as_frequent_as_their_probability() {
        let n = 100_000;
        for z in [-1.0, 0.0, 2.0] {
            let x = Array2::from_elem((2, n), z);
            let data = logistic_labels(x, 0.5, &mut RandomState::new(1)).unwrap();
            let (share, expected) = (data.y().sum() / n as f64, sigmoid(z));
            // Four standard errors of a share.
            let error = 4.0 * (expected * (1.0 - expected) / n as f64).sqrt();
            assert!((share - expected).abs() < error, "{z}: {share}");
        }
    }

    #[test]
    fn refuses_nonsense() {
        let rng = &mut RandomState::new(1);
        for slope in [f64::NAN, f64::INFINITY] {
            let refused = logistic_labels(Array2::ones((1, 2)), slope, rng);
            assert!(matches!(refused, Err(Error::OutOfRange { .. })));
        }
        let none = logistic_labels(Array2::ones((1, 0)), 1.0, rng);
        assert_eq!(none, Err(Error::NoExamples));
    }
}
