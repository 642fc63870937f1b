//! Two classes on either side of a wave, with some labels flipped: the Bayes error is known.

use rand::Rng;

use crate::data::dataset::{Dataset, room_for_points};
use crate::error::{Error, finite, fraction};
use crate::numerics::random_state::uniform;

/// `n` points spread evenly over the square of side 2 around the origin. Class 1 is above the wave
/// x₂ = ½ sin(5 x₁ + `phase`). Then each label is flipped with the probability `flip`, which up to
/// one half is therefore the Bayes error, exactly.
///
/// # Errors
/// [`Error::OutOfRange`] for fewer than two points, a `flip` outside 0 to 1, or a phase (in radians)
/// that is not finite; [`Error::TooLarge`] for more points than fit into memory.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = wave(150, 0.1, 0.0, &mut RandomState::new(2))?;
/// assert_eq!((data.features(), data.examples()), (2, 150));
/// # Ok::<(), Error>(())
/// ```
pub fn wave(n: usize, flip: f64, phase: f64, rng: &mut impl Rng) -> Result<Dataset, Error> {
    let mut points = room_for_points(n)?;
    fraction("share of flipped labels", flip)?;
    finite("phase of the wave", phase)?;
    points.extend((0..n).map(|_| ([2.0 * uniform(rng) - 1.0, 0.0], 0.0)));
    for (point, _) in &mut points {
        point[1] = 2.0 * uniform(rng) - 1.0;
    }
    for ([x1, x2], label) in &mut points {
        let flipped = uniform(rng) < flip;
        *label = f64::from(above(*x1, *x2, phase) != flipped);
    }
    Dataset::from_points(points, 2)
}

/// Whether a point is above the wave: the class that it has where its label is not flipped.
pub fn above(x1: f64, x2: f64, phase: f64) -> bool {
    x2 > 0.5 * libm::sin(5.0 * x1 + phase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::random_state::RandomState;

    #[test]
    fn as_many_labels_are_wrong_as_are_flipped() {
        let n = 100_000;
        for flip in [0.0, 0.1, 1.0] {
            let data = wave(n, flip, 0.3, &mut RandomState::new(1)).unwrap();
            let (x, y) = (data.x(), data.y());
            let points = x.columns().into_iter().zip(y);
            let wrong = points.filter(|(x, y)| above(x[0], x[1], 0.3) != (**y == 1.0));
            let share = wrong.count() as f64 / n as f64;
            // Four standard errors of a share.
            let error = 4.0 * (flip * (1.0 - flip) / n as f64).sqrt();
            assert!((share - flip).abs() <= error, "{flip}: {share}");
            assert!(x.iter().all(|x| x.abs() <= 1.0));
        }
    }

    #[test]
    fn the_phase_moves_the_wave_to_the_left() {
        assert!(!above(0.1, 0.2, 0.0));
        assert!(above(0.1 - 0.5, 0.2, 0.0));
        assert!(!above(0.1 - 0.5, 0.2, 2.5));
    }

    #[test]
    fn refuses_nonsense() {
        let mut rng = RandomState::new(1);
        for (n, flip, phase) in [
            (1, 0.1, 0.0),
            (10, -0.1, 0.0),
            (10, 1.1, 0.0),
            (10, f64::NAN, 0.0),
            (10, 0.1, f64::INFINITY),
        ] {
            let refused = wave(n, flip, phase, &mut rng);
            assert!(matches!(refused, Err(Error::OutOfRange { .. })));
        }
        assert!(matches!(
            wave(usize::MAX, 0.1, 0.0, &mut rng),
            Err(Error::TooLarge { .. })
        ));
        assert_eq!(rng, RandomState::new(1), "a failed call draws nothing");
    }
}
