//! Two interleaved half circles.

use std::f64::consts::PI;

use rand::Rng;

use crate::data::dataset::{Dataset, room_for_points};
use crate::error::Error;

/// `n` points on two interleaved half circles of radius 1, upper (class 0) and lower (class 1), in
/// random order.
///
/// `noise` is the standard deviation of the normal noise added to both coordinates. Equals
/// scikit-learn's `make_moons(n, noise=noise)` under the same [`RandomState`] to rounding of the
/// sine and cosine.
///
/// # Errors
/// [`Error::OutOfRange`] for fewer than two points or for a noise that is negative or not finite;
/// [`Error::TooLarge`] for more points than fit into memory.
///
/// ```
/// use trainable::prelude::*;
///
/// let half_circles = moons(300, 0.2, &mut RandomState::new(3))?;
/// assert_eq!(half_circles.y().sum(), 150.0);
/// # Ok::<(), Error>(())
/// ```
///
/// [`RandomState`]: crate::numerics::random_state::RandomState
pub fn moons(n: usize, noise: f64, rng: &mut impl Rng) -> Result<Dataset, Error> {
    let mut points = room_for_points(n)?;
    let upper = n / 2;
    points.extend(half_circle(upper).map(|point| (point, 0.0)));
    points.extend(half_circle(n - upper).map(|[x, y]| ([1.0 - x, 1.0 - y - 0.5], 1.0)));
    Dataset::shuffled_with_noise(points, 2, noise, rng)
}

/// `n` points at equal distances on the upper half of the unit circle, both ends included.
fn half_circle(n: usize) -> impl Iterator<Item = [f64; 2]> {
    let step = PI / n.saturating_sub(1).max(1) as f64;
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
    fn without_noise_each_point_lies_on_its_half_circle() {
        let data = moons(41, 0.0, &mut RandomState::new(1)).unwrap();
        for (point, label) in data.x().columns().into_iter().zip(data.y()) {
            let (x, y) = match *label {
                0.0 => (point[0], point[1]),
                _ => (1.0 - point[0], 0.5 - point[1]),
            };
            assert!((libm::hypot(x, y) - 1.0).abs() < 1e-15 && y > -1e-15);
        }
    }

    #[test]
    fn refuses_nonsense() {
        let mut rng = RandomState::new(1);
        assert!(matches!(
            moons(0, 0.1, &mut rng),
            Err(Error::OutOfRange { .. })
        ));
        assert!(matches!(
            moons(usize::MAX, 0.1, &mut rng),
            Err(Error::TooLarge { .. })
        ));
        assert!(matches!(
            moons(10, -1.0, &mut rng),
            Err(Error::OutOfRange { .. })
        ));
    }
}
