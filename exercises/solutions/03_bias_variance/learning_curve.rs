//! # A learning curve, drawn wrongly
//!
//! Chapter: book/bias_variance.md
//!
//! A learning curve shows the train and the dev error for more and more training examples, and
//! from it you read whether more would help. This one is wrong in two places. It does not look
//! wrong.
//!
//! # Why
//!
//! Each point of the curve answers one question: what comes of training on the first m examples
//! alone? So each needs a network that has seen no others, and its train error is that on those
//! m. On all of them, the train error would fall with m like a dev error, and hide the gap that
//! is the variance.

use trainable::prelude::*;

/// The network that every training begins with.
pub fn start() -> Result<Network, Error> {
    Network::new(&[2, 10, 1], Initialization::He, &mut RandomState::new(1))
}

/// The train error and the dev error after training on the first examples of `data`, as many
/// as each of the sizes says.
pub fn learning_curve(
    data: &Dataset,
    dev: &Dataset,
    sizes: &[usize],
) -> Result<Vec<(f64, f64)>, Error> {
    let descent = GradientDescent::new(1.0).iterations(1_000);
    let mut curve = Vec::new();
    for &size in sizes {
        let mut network = start()?;
        let first: Vec<usize> = (0..size).collect();
        let part = data.select(&first)?;
        descent.train(&mut network, &part)?;
        let train_error = 1.0 - network.accuracy(&part)?;
        let dev_error = 1.0 - network.accuracy(dev)?;
        curve.push((train_error, dev_error));
    }
    Ok(curve)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(sizes: &[usize]) -> Vec<(f64, f64)> {
        let data = moons(200, 0.2, &mut RandomState::new(2)).unwrap();
        let dev = moons(500, 0.2, &mut RandomState::new(3)).unwrap();
        learning_curve(&data, &dev, sizes).unwrap()
    }

    #[test]
    fn there_is_a_point_for_each_size() {
        let got = curve(&[5, 10, 20]).len();
        assert!(
            got == 3,
            "sizes 5, 10 and 20: expected 3 points, got {got}. Each size is a training of its own."
        );
    }

    #[test]
    fn five_points_are_memorized() {
        let (got, _) = curve(&[5])[0];
        assert!(
            got == 0.0,
            "train error for 5 examples: expected 0, got {got}. A network that trains on only five points memorizes them, and its train error is counted on those five."
        );
    }

    #[test]
    fn the_dev_error_is_counted_on_the_dev_set() {
        let (train, got) = curve(&[5])[0];
        assert!(
            got > 0.1,
            "dev error for 5 examples: expected more than 0.1, where the train error is {train}, got {got}. Five points say little about new ones."
        );
    }

    #[test]
    fn a_point_does_not_depend_on_those_before() {
        let (alone, after) = (curve(&[100])[0], curve(&[5, 20, 100])[2]);
        assert!(
            alone == after,
            "100 examples: expected the errors {alone:?}, as when 100 is the only size, got {after:?} after smaller ones. Every training begins with a network that has seen nothing."
        );
    }
}
