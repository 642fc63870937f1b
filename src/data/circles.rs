//! Two rings, one inside the other: no straight line separates them.

use std::f64::consts::TAU;

use rand::Rng;

use crate::data::dataset::{Dataset, room_for_points};
use crate::error::Error;

/// The inner ring's radius; the outer one's is 1.
const FACTOR: f64 = 0.8;

/// `n` points on two rings, of radius 1 (class 0) and 0.8 (class 1), in random order.
///
/// `noise` is the standard deviation of the normal noise added to both coordinates. Equals
/// scikit-learn's `make_circles(n, noise=noise, factor=.8)` under the same [`RandomState`] to
/// rounding of the sine and cosine.
///
/// # Errors
/// [`Error::OutOfRange`] for fewer than two points or for a noise that is negative or not finite;
/// [`Error::TooLarge`] for more points than fit into memory.
///
/// ```
/// use trainable::prelude::*;
///
/// let rings = circles(300, 0.05, &mut RandomState::new(1))?;
/// assert_eq!(rings.y().sum(), 150.0);
/// # Ok::<(), Error>(())
/// ```
///
/// [`RandomState`]: crate::numerics::random_state::RandomState
pub fn circles(n: usize, noise: f64, rng: &mut impl Rng) -> Result<Dataset, Error> {
    let mut points = room_for_points(n)?;
    let outer = n / 2;
    points.extend(ring(outer).map(|point| (point, 0.0)));
    points.extend(ring(n - outer).map(|[x, y]| ([x * FACTOR, y * FACTOR], 1.0)));
    Dataset::shuffled_with_noise(points, 2, noise, rng)
}

/// `n` points at equal distances on the unit circle.
fn ring(n: usize) -> impl Iterator<Item = [f64; 2]> {
    let step = TAU / n as f64;
    (0..n).map(move |i| {
        let angle = i as f64 * step;
        [libm::cos(angle), libm::sin(angle)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::random_state::RandomState;

    #[test]
    fn without_noise_each_point_lies_on_its_ring() {
        let rings = circles(101, 0.0, &mut RandomState::new(1)).unwrap();
        assert_eq!(rings.y().sum(), 51.0);
        for (point, label) in rings.x().columns().into_iter().zip(rings.y()) {
            let radius = point.dot(&point).sqrt();
            let expected = if *label == 1.0 { FACTOR } else { 1.0 };
            assert!((radius - expected).abs() < 1e-15);
        }
    }

    #[test]
    fn refuses_nonsense() {
        let mut rng = RandomState::new(1);
        assert!(matches!(
            circles(1, 0.1, &mut rng),
            Err(Error::OutOfRange { .. })
        ));
        assert!(matches!(
            circles(usize::MAX, 0.1, &mut rng),
            Err(Error::TooLarge { .. })
        ));
        for noise in [-0.1, f64::NAN, f64::INFINITY] {
            assert!(matches!(
                circles(10, noise, &mut rng),
                Err(Error::OutOfRange { .. })
            ));
        }
        assert_eq!(rng, RandomState::new(1), "a failed call draws nothing");
    }
}
