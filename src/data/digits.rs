//! Small pictures of two digits, drawn by strokes.

use rand::Rng;

use crate::data::dataset::{Dataset, check_noise};
use crate::error::Error;
use crate::numerics::memory::try_zeros;
use crate::numerics::random_state::{Normal, shuffle, uniform};

/// The pixels of a picture along each side.
pub const SIDE: usize = 12;

/// The strokes of a 2 from corner to corner, as pocket calculators write it; a 5 is its mirror image.
/// The origin is the middle, and the second coordinate points down.
const TWO: [[f64; 2]; 6] = [
    [-1.0, -1.0],
    [1.0, -1.0],
    [1.0, 0.0],
    [-1.0, 0.0],
    [-1.0, 1.0],
    [1.0, 1.0],
];
/// Half of a digit's width and height, in pixels.
const HALF: [f64; 2] = [2.4, 3.4];
/// The standard deviation by which a corner is off, as a share of these.
const UNSTEADY: f64 = 0.18;
/// How far a digit may be off the middle, in pixels.
const OFF: f64 = 1.6;
/// How far a digit may be off upright, in degrees.
pub const TILT: f64 = 18.0;

/// `n` pictures of [`SIDE`] by [`SIDE`] pixels, row after row from the top: 2 (class 0) and 5
/// (class 1), half of each, in random order.
///
/// Each is drawn anew: with unsteady corners, in a size, place, tilt and stroke width of its own.
/// Ink is 1 and paper 0; a normal number of standard deviation `noise` is added to each pixel. The
/// mirror image of a 2 is a 5, and as likely.
///
/// # Errors
/// [`Error::OutOfRange`] for fewer than two pictures or for a noise that is negative or not finite;
/// [`Error::TooLarge`] for more pictures than fit into memory.
///
/// ```
/// use trainable::prelude::*;
///
/// let pictures = digits(50, 0.1, &mut RandomState::new(1))?;
/// assert_eq!((pictures.features(), pictures.y().sum()), (12 * 12, 25.0));
/// # Ok::<(), Error>(())
/// ```
pub fn digits(n: usize, noise: f64, rng: &mut impl Rng) -> Result<Dataset, Error> {
    check_noise(noise)?;
    if n < 2 {
        return Err(Error::OutOfRange {
            what: "number of examples",
            expected: "at least 2, one of each class",
            got: n as f64,
        });
    }
    let mut pixels = try_zeros("pictures", n, SIDE * SIDE, n)?;
    let mut labels = pixels.split_off(n * SIDE * SIDE);
    labels[n / 2..].fill(1.0);
    shuffle(&mut labels, rng);
    let mut normal = Normal::new();
    for (picture, label) in pixels.chunks_exact_mut(SIDE * SIDE).zip(&labels) {
        draw(picture, *label == 1.0, &mut normal, rng);
        for pixel in picture {
            *pixel += noise * normal.sample(rng);
        }
    }
    Dataset::from_examples(pixels, labels, 2)
}

/// Draws one digit.
fn draw(picture: &mut [f64], mirrored: bool, normal: &mut Normal, rng: &mut impl Rng) {
    let mut within = |low: f64, high: f64| low + (high - low) * uniform(rng);
    let middle = (SIDE as f64 - 1.0) / 2.0;
    let place = [0, 1].map(|_| middle + within(-OFF, OFF));
    let size = within(0.85, 1.15);
    let angle = within(-TILT, TILT).to_radians();
    let thick = within(0.4, 0.9);
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    let corners = TWO.map(|[x, y]| {
        let [x, y] = [x * if mirrored { -1.0 } else { 1.0 }, y];
        let [x, y] = [x, y].map(|corner| corner + UNSTEADY * normal.sample(rng));
        let (x, y) = (size * HALF[0] * x, size * HALF[1] * y);
        [place[0] + cos * x - sin * y, place[1] + sin * x + cos * y]
    });
    for (index, pixel) in picture.iter_mut().enumerate() {
        let point = [(index % SIDE) as f64, (index / SIDE) as f64];
        let strokes = corners
            .windows(2)
            .map(|ends| distance(point, ends[0], ends[1]));
        let nearest = strokes.fold(f64::INFINITY, f64::min);
        // A pixel on the edge of the stroke is partly inked.
        *pixel = (thick + 0.5 - nearest).clamp(0.0, 1.0);
    }
}

/// The distance of a point from the stroke between two others.
fn distance(point: [f64; 2], from: [f64; 2], to: [f64; 2]) -> f64 {
    let along = [to[0] - from[0], to[1] - from[1]];
    let away = [point[0] - from[0], point[1] - from[1]];
    let square = along[0] * along[0] + along[1] * along[1];
    let share = if square > 0.0 {
        ((away[0] * along[0] + away[1] * along[1]) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let [x, y] = [away[0] - share * along[0], away[1] - share * along[1]];
    (x * x + y * y).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::random_state::RandomState;

    #[test]
    fn half_of_each_and_ink_between_paper_and_full() {
        let data = digits(101, 0.0, &mut RandomState::new(1)).unwrap();
        assert_eq!((data.features(), data.examples()), (SIDE * SIDE, 101));
        assert_eq!(data.y().sum(), 51.0);
        assert!(data.x().iter().all(|pixel| (0.0..=1.0).contains(pixel)));
        for picture in data.x().columns() {
            // Every digit is there, and leaves paper.
            assert!((10.0..80.0).contains(&picture.sum()), "{}", picture.sum());
        }
    }

    #[test]
    fn the_mean_five_is_the_mean_two_mirrored() {
        let data = digits(4_000, 0.0, &mut RandomState::new(2)).unwrap();
        let mean = |class: f64, index: usize| {
            let pixels = data.x().row(index).to_owned();
            let of_class = pixels.iter().zip(data.y()).filter(|(_, y)| **y == class);
            of_class.map(|(pixel, _)| pixel).sum::<f64>() / 2_000.0
        };
        let mut apart = 0.0_f64;
        for index in 0..SIDE * SIDE {
            let mirrored = index / SIDE * SIDE + (SIDE - 1 - index % SIDE);
            // Five standard errors of a difference of two means, each pixel's deviation below 0.5.
            assert!(
                (mean(0.0, index) - mean(1.0, mirrored)).abs()
                    < 5.0 * 0.5 * (2.0 / 2_000.0_f64).sqrt()
            );
            apart = apart.max((mean(0.0, index) - mean(1.0, index)).abs());
        }
        assert!(apart > 0.2, "{apart}");
    }

    #[test]
    fn noise_is_added_to_each_pixel() {
        let pictures = |noise| digits(60, noise, &mut RandomState::new(3)).unwrap();
        let noisy = pictures(0.5);
        let inked = noisy.x().iter().filter(|pixel| **pixel < 0.0).count();
        assert!(inked > 1_000, "{inked}");
    }

    #[test]
    fn refuses_nonsense() {
        let mut rng = RandomState::new(1);
        assert!(matches!(
            digits(1, 0.1, &mut rng),
            Err(Error::OutOfRange { .. })
        ));
        assert!(matches!(
            digits(usize::MAX, 0.1, &mut rng),
            Err(Error::TooLarge { .. })
        ));
        for noise in [-0.1, f64::NAN, f64::INFINITY] {
            assert!(matches!(
                digits(10, noise, &mut rng),
                Err(Error::OutOfRange { .. })
            ));
        }
        assert_eq!(rng, RandomState::new(1), "a failed call draws nothing");
    }
}
