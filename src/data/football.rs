//! A football pitch on which two teams win the ball, each mostly on its own side of a diagonal.

use rand::Rng;

use crate::data::dataset::{Dataset, check_noise, room_for_points};
use crate::error::Error;
use crate::numerics::random_state::{Normal, uniform};

/// The pitch reaches this far in each direction.
const REACH: f64 = 0.6;

/// `n` points spread evenly over the square of side 1.2 around the origin. Class 1 is the team above
/// the diagonal x₂ = x₁: a point belongs to it when its distance from the diagonal, upwards, plus a
/// normal number of standard deviation `noise` is above 0.
///
/// The shape of the data of the course's regularization assignment, made up. Since the noise decides
/// labels and not places, no classifier can be right everywhere: see [`bayes_error`].
///
/// # Errors
/// [`Error::OutOfRange`] for fewer than two points or for a noise that is negative or not finite;
/// [`Error::TooLarge`] for more points than fit into memory.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = football(211, 0.1, &mut RandomState::new(1))?;
/// assert_eq!((data.features(), data.examples()), (2, 211));
/// # Ok::<(), Error>(())
/// ```
pub fn football(n: usize, noise: f64, rng: &mut impl Rng) -> Result<Dataset, Error> {
    let mut points = room_for_points(n)?;
    check_noise(noise)?;
    let mut normal = Normal::new();
    points.extend((0..n).map(|_| {
        let [x1, x2] = [0, 1].map(|_| REACH * (2.0 * uniform(rng) - 1.0));
        let above = distance(x1, x2) + noise * normal.sample(rng) > 0.0;
        ([x1, x2], f64::from(u8::from(above)))
    }));
    Dataset::from_points(points, 2)
}

/// The share of points that the best possible classifier gets wrong, to three digits: one that knows
/// the diagonal.
///
/// # Errors
/// [`Error::OutOfRange`] for a noise that is negative or not finite.
pub fn bayes_error(noise: f64) -> Result<f64, Error> {
    check_noise(noise)?;
    if noise == 0.0 {
        return Ok(0.0);
    }
    // The middle of each of many small squares stands for all of it.
    let steps = 600;
    let at = |index: u32| REACH * (2.0 * (f64::from(index) + 0.5) / f64::from(steps) - 1.0);
    let wrong =
        |x1, x2| 0.5 * libm::erfc(distance(x1, x2).abs() / noise / std::f64::consts::SQRT_2);
    let all = (0..steps).flat_map(|i| (0..steps).map(move |j| wrong(at(i), at(j))));
    Ok(all.sum::<f64>() / f64::from(steps * steps))
}

/// The distance from the diagonal, positive above it.
fn distance(x1: f64, x2: f64) -> f64 {
    (x2 - x1) * std::f64::consts::FRAC_1_SQRT_2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::random_state::RandomState;

    #[test]
    fn without_noise_the_diagonal_separates_the_teams() {
        let data = football(1_000, 0.0, &mut RandomState::new(1)).unwrap();
        for (point, label) in data.x().columns().into_iter().zip(data.y()) {
            assert_eq!(*label == 1.0, point[1] > point[0]);
            assert!(point.iter().all(|x| x.abs() <= REACH));
        }
        assert_eq!(bayes_error(0.0), Ok(0.0));
    }

    #[test]
    fn the_diagonal_is_wrong_as_often_as_bayes_says() {
        for noise in [0.05, 0.1, 0.3] {
            let n = 200_000;
            let data = football(n, noise, &mut RandomState::new(2)).unwrap();
            let (x, y) = (data.x(), data.y());
            let points = x.columns().into_iter().zip(y);
            let wrong = points.filter(|(point, label)| (point[1] > point[0]) != (**label == 1.0));
            let share = wrong.count() as f64 / n as f64;
            let expected = bayes_error(noise).unwrap();
            // Four standard errors of a share.
            let error = (expected * (1.0 - expected) / n as f64).sqrt();
            assert!(
                (share - expected).abs() < 4.0 * error,
                "{noise}: {share}, {expected}"
            );
        }
    }

    #[test]
    fn refuses_nonsense() {
        let mut rng = RandomState::new(1);
        assert!(matches!(
            football(1, 0.1, &mut rng),
            Err(Error::OutOfRange { .. })
        ));
        assert!(matches!(
            football(usize::MAX, 0.1, &mut rng),
            Err(Error::TooLarge { .. })
        ));
        for noise in [-0.1, f64::NAN, f64::INFINITY] {
            assert!(matches!(
                football(10, noise, &mut rng),
                Err(Error::OutOfRange { .. })
            ));
            assert!(matches!(bayes_error(noise), Err(Error::OutOfRange { .. })));
        }
        assert_eq!(rng, RandomState::new(1), "a failed call draws nothing");
    }
}
