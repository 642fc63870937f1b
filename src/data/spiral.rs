//! Arms of a spiral, one a class.

use std::f64::consts::TAU;

use rand::Rng;

use crate::data::dataset::{Dataset, check_classes, check_noise};
use crate::error::{Error, at_least_1};
use crate::numerics::memory::try_with_capacity;

/// How far an arm turns from its inner to its outer end, in full turns.
const TURNS: f64 = 0.75;
/// Where an arm begins and where it ends, from the origin.
const RADII: (f64, f64) = (0.1, 1.0);

/// `n` points on the `arms` of a spiral, each arm a class, shuffled.
///
/// The points of an arm lie evenly along its radius from 0.1 to 1, while it turns by three quarters of a circle; the
/// arms are turned against each other by equal angles. Noise of standard deviation `noise` is added to each
/// coordinate. Arms have `n / arms` points each, the first ones one more where that leaves a remainder.
///
/// # Errors
/// [`Error::OutOfRange`] for fewer than two arms, for fewer points than arms, or for a noise that is negative or not
/// finite; [`Error::TooLarge`] for more points than fit into memory.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = spiral(300, 3, 0.02, &mut RandomState::new(1))?;
/// assert_eq!((data.features(), data.examples(), data.classes()), (2, 300, 3));
/// # Ok::<(), Error>(())
/// ```
pub fn spiral(n: usize, arms: usize, noise: f64, rng: &mut impl Rng) -> Result<Dataset, Error> {
    check_classes(arms)?;
    check_noise(noise)?;
    at_least_1("points of a spiral's arm", n / arms)?;
    let mut points = try_with_capacity("examples", n)?;
    for arm in 0..arms {
        let count = n / arms + usize::from(arm < n % arms);
        points.extend((0..count).map(|index| (point(arm, arms, index, count), arm as f64)));
    }
    Dataset::shuffled_with_noise(points, arms, noise, rng)
}

/// The point of this number among those of an arm.
fn point(arm: usize, arms: usize, index: usize, count: usize) -> [f64; 2] {
    let along = (index as f64 + 0.5) / count as f64;
    let radius = RADII.0 + (RADII.1 - RADII.0) * along;
    let angle = TAU * (TURNS * along + arm as f64 / arms as f64);
    [radius * libm::cos(angle), radius * libm::sin(angle)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::random_state::RandomState;

    #[test]
    fn without_noise_a_points_radius_and_angle_name_its_arm() {
        let data = spiral(301, 3, 0.0, &mut RandomState::new(1)).unwrap();
        let mut counts = [0; 3];
        for (point, label) in data.x().columns().into_iter().zip(data.y()) {
            let radius = (point[0] * point[0] + point[1] * point[1]).sqrt();
            assert!((RADII.0..=RADII.1).contains(&radius));
            let along = (radius - RADII.0) / (RADII.1 - RADII.0);
            let turned = libm::atan2(point[1], point[0]) / TAU - TURNS * along;
            let arm = (3.0 * turned).round().rem_euclid(3.0);
            assert!((3.0 * turned - (3.0 * turned).round()).abs() < 1e-12);
            assert_eq!(arm, *label);
            counts[*label as usize] += 1;
        }
        assert_eq!(counts, [101, 100, 100]);
    }

    #[test]
    fn refuses_nonsense_and_draws_nothing() {
        let mut rng = RandomState::new(1);
        for (n, arms, noise) in [
            (100, 0, 0.1),
            (100, 1, 0.1),
            (2, 3, 0.1),
            (100, 3, -0.1),
            (100, 3, f64::NAN),
        ] {
            let refused = spiral(n, arms, noise, &mut rng);
            assert!(matches!(refused, Err(Error::OutOfRange { .. })));
        }
        let refused = spiral(usize::MAX, 3, 0.1, &mut rng);
        assert!(matches!(refused, Err(Error::TooLarge { .. })));
        assert_eq!(rng, RandomState::new(1));
    }
}
