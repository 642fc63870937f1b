//! Data augmentation: more examples from those there are, by changes that keep the label.

use rand::{Rng, RngExt};

use crate::data::dataset::Dataset;
use crate::error::{Error, above_0, at_least_0, at_least_1};
use crate::numerics::memory::try_zeros;
use crate::numerics::random_state::{Normal, uniform};

/// A random change of an example that should not change its label.
///
/// Points are changed by [`Rotation`](Self::Rotation), [`Shift`](Self::Shift) and
/// [`Jitter`](Self::Jitter); pictures by the others. A picture has one feature a pixel, row after row
/// from the top, in rows of `width`; what comes in from outside of it is 0.
///
/// ```
/// use trainable::prelude::*;
///
/// let rng = &mut RandomState::new(1);
/// let few = digits(20, 0.1, rng)?;
/// let kinds = [
///     Augmentation::PixelShift { width: 12, pixels: 1 },
///     Augmentation::Elastic { width: 12, strength: 6.0, smoothness: 2.0 },
/// ];
/// let more = augment(&few, 4, &kinds, rng)?;
/// assert_eq!(more.examples(), 20 + 4 * 20);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Augmentation {
    /// Turns a point of the plane around the origin.
    Rotation {
        /// The largest angle to either side, from 0 to 180 degrees; all are equally likely.
        degrees: f64,
    },
    /// Moves each feature.
    Shift {
        /// The largest distance to either side, at least 0; all are equally likely.
        distance: f64,
    },
    /// Adds normal noise to each feature.
    Jitter {
        /// Its standard deviation, at least 0.
        deviation: f64,
    },
    /// Moves a picture by whole pixels, across and down.
    PixelShift {
        /// The pixels in a row.
        width: usize,
        /// The largest distance to either side, less than the width and the height.
        pixels: usize,
    },
    /// Turns a picture around its middle.
    PixelRotation {
        /// The pixels in a row.
        width: usize,
        /// The largest angle to either side, from 0 to 180 degrees; all are equally likely.
        degrees: f64,
    },
    /// Bends a picture: each pixel is fetched from elsewhere, near pixels from near places.
    ///
    /// The displacements across and down are uniform in [−1, 1] for each pixel, smoothed by a Gaussian
    /// whose weights sum to 1, and multiplied by the strength.
    /// P. Y. Simard, D. Steinkraus, J. C. Platt (2003), *Best practices for convolutional neural
    /// networks applied to visual document analysis*, doi:10.1109/ICDAR.2003.1227801.
    Elastic {
        /// The pixels in a row.
        width: usize,
        /// The factor α, at least 0.
        strength: f64,
        /// The Gaussian's standard deviation σ, in pixels, above 0.
        smoothness: f64,
    },
    /// Mirrors a picture left to right, one time in two.
    Flip {
        /// The pixels in a row.
        width: usize,
    },
}

/// The examples of `data`, followed by `copies` changed copies of all of them. Each copy goes through
/// all the augmentations, in their order; labels stay.
///
/// # Errors
/// [`Error::OutOfRange`] for no copies or a setting outside its range, [`Error::Shape`] for features
/// that are no point or no picture of that width, [`Error::TooLarge`] for more numbers than fit into
/// memory, before anything is drawn; [`Error::NotFinite`] when a feature leaves the range of `f64`.
// ANCHOR: augment
pub fn augment(
    data: &Dataset,
    copies: usize,
    augmentations: &[Augmentation],
    rng: &mut impl Rng,
) -> Result<Dataset, Error> {
    at_least_1("number of augmented copies", copies)?;
    for augmentation in augmentations {
        augmentation.check(data.features())?;
    }
    let (mut x, mut y) = room_for_copies(data, copies)?;
    let mut normal = Normal::new();
    for copy in 0..=copies {
        for (example, label) in data.x().columns().into_iter().zip(data.y()) {
            let first = x.len();
            x.extend(example);
            y.push(*label);
            if copy > 0 {
                for augmentation in augmentations {
                    augmentation.change(&mut x[first..], &mut normal, rng);
                }
            }
        }
    }
    Dataset::from_examples(x, y, data.classes())
}
// ANCHOR_END: augment

impl Augmentation {
    /// Refuses a setting outside its range, and features that it does not fit.
    fn check(self, features: usize) -> Result<(), Error> {
        match self {
            Self::Rotation { degrees } => {
                check_degrees(degrees)?;
                check_features(features, features == 2, || {
                    "2, a point of the plane".to_owned()
                })
            }
            Self::Shift { distance } => at_least_0("distance of a shift", distance),
            Self::Jitter { deviation } => at_least_0("standard deviation of jitter", deviation),
            Self::PixelShift { width, pixels } => {
                check_width(features, width)?;
                if pixels < width.min(features / width) {
                    return Ok(());
                }
                Err(Error::OutOfRange {
                    what: "distance of a shift by pixels",
                    expected: "less than the picture's width and height",
                    got: pixels as f64,
                })
            }
            Self::PixelRotation { width, degrees } => {
                check_degrees(degrees)?;
                check_width(features, width)
            }
            Self::Elastic {
                width,
                strength,
                smoothness,
            } => {
                at_least_0("strength of an elastic distortion", strength)?;
                above_0("smoothness of an elastic distortion", smoothness)?;
                check_width(features, width)
            }
            Self::Flip { width } => check_width(features, width),
        }
    }

    // ANCHOR: change
    /// Changes one example, whose features it fits.
    fn change(self, example: &mut [f64], normal: &mut Normal, rng: &mut impl Rng) {
        match self {
            Self::Rotation { degrees } => {
                let angle = within(degrees, rng).to_radians();
                let (sin, cos) = (libm::sin(angle), libm::cos(angle));
                if let [x, y] = example {
                    (*x, *y) = (cos * *x - sin * *y, sin * *x + cos * *y);
                }
            }
            Self::Shift { distance } => {
                example.iter_mut().for_each(|x| *x += within(distance, rng));
            }
            Self::Jitter { deviation } => {
                example
                    .iter_mut()
                    .for_each(|x| *x += deviation * normal.sample(rng));
            }
            Self::PixelShift { width, pixels } => {
                let [right, down] = [0, 1].map(|_| whole_within(pixels, rng));
                warp(example, width, |column, row| (column - right, row - down));
            }
            Self::PixelRotation { width, degrees } => rotate(example, width, degrees, rng),
            Self::Elastic {
                width,
                strength,
                smoothness,
            } => {
                let pixels = example.len();
                let [across, down] = [0, 1].map(|_| field(pixels, width, smoothness, rng));
                warp(example, width, |column, row| {
                    let pixel = row as usize * width + column as usize;
                    (
                        column + strength * across[pixel],
                        row + strength * down[pixel],
                    )
                });
            }
            Self::Flip { width } => {
                if rng.random_bool(0.5) {
                    example.chunks_exact_mut(width).for_each(<[f64]>::reverse);
                }
            }
        }
    }
    // ANCHOR_END: change
}

/// Turns a picture around its middle by a random angle.
fn rotate(picture: &mut [f64], width: usize, degrees: f64, rng: &mut impl Rng) {
    let angle = within(degrees, rng).to_radians();
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    let middle = |pixels: usize| (pixels as f64 - 1.0) / 2.0;
    let (across, down) = (middle(width), middle(picture.len() / width));
    warp(picture, width, |column, row| {
        let (x, y) = (column - across, row - down);
        (across + cos * x + sin * y, down + cos * y - sin * x)
    });
}

// ANCHOR: warp
/// Fetches each pixel, at its column and row, from the place that `from` names.
fn warp(picture: &mut [f64], width: usize, from: impl Fn(f64, f64) -> (f64, f64)) {
    let before = picture.to_vec();
    for (pixel, value) in picture.iter_mut().enumerate() {
        let (column, row) = from((pixel % width) as f64, (pixel / width) as f64);
        *value = between_pixels(&before, width, column, row);
    }
}

/// The picture between its pixels: bilinear interpolation, with 0 outside.
fn between_pixels(picture: &[f64], width: usize, column: f64, row: f64) -> f64 {
    let (left, top) = (column.floor(), row.floor());
    let (across, down) = (column - left, row - top);
    let at = |right, below| pixel_at(picture, width, left + right, top + below);
    let upper = (1.0 - across) * at(0.0, 0.0) + across * at(1.0, 0.0);
    let lower = (1.0 - across) * at(0.0, 1.0) + across * at(1.0, 1.0);
    (1.0 - down) * upper + down * lower
}
// ANCHOR_END: warp

/// The pixel at a whole column and row, 0 outside of the picture.
fn pixel_at(picture: &[f64], width: usize, column: f64, row: f64) -> f64 {
    let height = (picture.len() / width) as f64;
    let inside = (0.0..width as f64).contains(&column) && (0.0..height).contains(&row);
    let pixel = inside.then(|| row as usize * width + column as usize);
    pixel.map_or(0.0, |pixel| picture[pixel])
}

/// Smooth random displacements, one a pixel: uniform in [−1, 1], then smoothed along rows and columns.
fn field(pixels: usize, width: usize, smoothness: f64, rng: &mut impl Rng) -> Vec<f64> {
    let random: Vec<f64> = (0..pixels).map(|_| within(1.0, rng)).collect();
    let height = pixels / width;
    let weights = gaussian(smoothness, width.max(height));
    let reach = weights.len() / 2;
    let mut rows = vec![0.0; pixels];
    for (pixel, sum) in rows.iter_mut().enumerate() {
        let (row, column) = (pixel / width, pixel % width);
        for (index, weight) in weights.iter().enumerate() {
            let other = (column + index)
                .checked_sub(reach)
                .filter(|other| *other < width);
            *sum += other.map_or(0.0, |other| weight * random[row * width + other]);
        }
    }
    let mut both = vec![0.0; pixels];
    for (pixel, sum) in both.iter_mut().enumerate() {
        let (row, column) = (pixel / width, pixel % width);
        for (index, weight) in weights.iter().enumerate() {
            let other = (row + index)
                .checked_sub(reach)
                .filter(|other| *other < height);
            *sum += other.map_or(0.0, |other| weight * rows[other * width + column]);
        }
    }
    both
}

/// The weights of a Gaussian at whole distances, their sum 1; at most `most` to either side.
fn gaussian(deviation: f64, most: usize) -> Vec<f64> {
    let reach = (3.0 * deviation).ceil().min(most as f64) as usize;
    let weight = |index: usize| {
        let distance = (index as f64 - reach as f64) / deviation;
        libm::exp(-0.5 * distance * distance)
    };
    let weights: Vec<f64> = (0..=2 * reach).map(weight).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

/// A uniform number from −`most` to `most`.
fn within(most: f64, rng: &mut impl Rng) -> f64 {
    most * (2.0 * uniform(rng) - 1.0)
}

/// A whole number from −`most` to `most`, each equally likely.
fn whole_within(most: usize, rng: &mut impl Rng) -> f64 {
    let most = most as f64;
    ((2.0 * most + 1.0) * uniform(rng)).floor() - most
}

/// Room for all examples and their copies.
fn room_for_copies(data: &Dataset, copies: usize) -> Result<(Vec<f64>, Vec<f64>), Error> {
    let examples = copies
        .checked_add(1)
        .and_then(|times| times.checked_mul(data.examples()))
        .unwrap_or(usize::MAX);
    let mut x = try_zeros("augmented inputs", examples, data.features(), 0)?;
    let mut y = try_zeros("augmented labels", examples, 1, 0)?;
    x.clear();
    y.clear();
    Ok((x, y))
}

fn check_degrees(degrees: f64) -> Result<(), Error> {
    if (0.0..=180.0).contains(&degrees) {
        return Ok(());
    }
    Err(Error::OutOfRange {
        what: "degrees of a rotation",
        expected: "0 to 180",
        got: degrees,
    })
}

fn check_width(features: usize, width: usize) -> Result<(), Error> {
    let fits = width > 0 && features.is_multiple_of(width);
    check_features(features, fits, || format!("whole rows of {width} pixels"))
}

fn check_features(
    features: usize,
    fits: bool,
    expected: impl FnOnce() -> String,
) -> Result<(), Error> {
    if fits {
        return Ok(());
    }
    Err(Error::Shape {
        what: "features to augment",
        expected: expected(),
        got: format!("{features}"),
    })
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    use super::*;
    use crate::data::circles::circles;
    use crate::data::digits::{SIDE, digits};
    use crate::initialization::Initialization;
    use crate::network::Network;
    use crate::numerics::random_state::RandomState;

    /// One picture as the only example.
    fn picture(pixels: &[f64]) -> Dataset {
        let x = Array2::from_shape_vec((pixels.len(), 1), pixels.to_vec()).unwrap();
        Dataset::new(x, array![[1.0]]).unwrap()
    }

    /// The copies of one example, under different seeds.
    fn copies(data: &Dataset, kind: Augmentation, seeds: u32) -> Vec<Vec<f64>> {
        let copy = |seed| {
            let data = augment(data, 1, &[kind], &mut RandomState::new(seed)).unwrap();
            data.x().column(1).to_vec()
        };
        (0..seeds).map(copy).collect()
    }

    fn all_kinds() -> [Augmentation; 5] {
        let width = SIDE;
        [
            Augmentation::Jitter { deviation: 0.1 },
            Augmentation::PixelShift { width, pixels: 2 },
            Augmentation::PixelRotation {
                width,
                degrees: 20.0,
            },
            Augmentation::Elastic {
                width,
                strength: 8.0,
                smoothness: 2.0,
            },
            Augmentation::Flip { width },
        ]
    }

    #[test]
    fn the_originals_come_first_and_labels_stay() {
        let few = digits(6, 0.1, &mut RandomState::new(1)).unwrap();
        let more = augment(&few, 3, &all_kinds(), &mut RandomState::new(2)).unwrap();
        assert_eq!(more.examples(), 24);
        let examples = |data: &Dataset, first: usize| -> Vec<(Vec<f64>, f64)> {
            let of = |i| (data.x().column(i).to_vec(), data.y()[(0, i)]);
            (first..first + 6).map(of).collect()
        };
        let originals = examples(&few, 0);
        assert_eq!(examples(&more, 0), originals);
        for copy in 1..4 {
            let pairs = examples(&more, 6 * copy);
            for ((pixels, label), (original, its_label)) in pairs.iter().zip(&originals) {
                assert_eq!(label, its_label);
                assert_ne!(pixels, original);
            }
        }
    }

    #[test]
    fn copies_without_a_change_change_no_cost() {
        let few = circles(16, 0.1, &mut RandomState::new(1)).unwrap();
        let more = augment(&few, 3, &[], &mut RandomState::new(2)).unwrap();
        let network =
            Network::new(&[2, 5, 1], Initialization::He, &mut RandomState::new(3)).unwrap();
        let (one, other) = (network.cost(&few).unwrap(), network.cost(&more).unwrap());
        assert!((one - other).abs() < 1e-15, "{one}, {other}");
    }

    #[test]
    fn a_rotation_keeps_the_distance_and_reaches_its_limit() {
        let point = picture(&[3.0, 0.0]);
        let degrees = 30.0;
        let turned = copies(&point, Augmentation::Rotation { degrees }, 300);
        let angles = turned.iter().map(|p| libm::atan2(p[1], p[0]).to_degrees());
        let angles: Vec<f64> = angles.collect();
        let most = angles
            .iter()
            .fold(0.0_f64, |most, angle| most.max(angle.abs()));
        assert!((29.0..30.0).contains(&most), "{most}");
        assert!(angles.iter().any(|angle| *angle < -20.0));
        assert!(
            turned
                .iter()
                .all(|p| (libm::hypot(p[0], p[1]) - 3.0).abs() < 1e-14)
        );
    }

    #[test]
    fn shift_and_jitter_move_by_what_they_say() {
        let point = picture(&[1.0, -1.0]);
        let moved = copies(&point, Augmentation::Shift { distance: 0.5 }, 300);
        let most = moved.iter().flatten().map(|x| (x.abs() - 1.0).abs());
        let most = most.fold(0.0, f64::max);
        assert!((0.48..=0.5).contains(&most), "{most}");
        let noisy = copies(&point, Augmentation::Jitter { deviation: 0.5 }, 300);
        let squares = noisy.iter().map(|p| (p[0] - 1.0) * (p[0] - 1.0));
        let variance = squares.sum::<f64>() / 300.0;
        // Four standard errors of a variance from 300 numbers.
        assert!(
            (variance - 0.25).abs() < 4.0 * 0.25 * (2.0 / 300.0_f64).sqrt(),
            "{variance}"
        );
    }

    #[test]
    fn a_shift_by_pixels_moves_whole_pixels_and_brings_in_paper() {
        // Three rows of four pixels, ink in one of them.
        let mut pixels = [0.0; 12];
        pixels[5] = 0.7;
        let shift = Augmentation::PixelShift {
            width: 4,
            pixels: 2,
        };
        let mut places = [0; 13];
        for copy in copies(&picture(&pixels), shift, 600) {
            let inked: Vec<usize> = (0..12).filter(|pixel| copy[*pixel] != 0.0).collect();
            match inked[..] {
                [] => places[12] += 1,
                [pixel] => {
                    assert_eq!(copy[pixel], 0.7);
                    places[pixel] += 1;
                }
                _ => panic!("{copy:?}"),
            }
        }
        // All twelve can be reached, and from 13 of 25 shifts the ink leaves the picture.
        assert!(places[..12].iter().all(|count| *count > 0), "{places:?}");
        assert!((250..375).contains(&places[12]), "{places:?}");
    }

    #[test]
    fn a_picture_turned_by_nothing_is_the_same_and_a_quarter_turn_is_exact() {
        let pixels: Vec<f64> = (0..9).map(f64::from).collect();
        let still = Augmentation::PixelRotation {
            width: 3,
            degrees: 0.0,
        };
        assert_eq!(copies(&picture(&pixels), still, 1)[0], pixels);
        let mut turned = pixels.clone();
        warp(&mut turned, 3, |column, row| (row, 2.0 - column));
        assert_eq!(turned, [6.0, 3.0, 0.0, 7.0, 4.0, 1.0, 8.0, 5.0, 2.0]);
    }

    #[test]
    fn between_pixels_lies_between_them() {
        let pixels = [0.0, 1.0, 2.0, 3.0];
        assert_eq!(between_pixels(&pixels, 2, 0.5, 0.5), 1.5);
        assert_eq!(between_pixels(&pixels, 2, 1.0, 0.25), 1.5);
        assert_eq!(between_pixels(&pixels, 2, 1.5, 1.0), 1.5);
        assert_eq!(between_pixels(&pixels, 2, -1.0, 0.0), 0.0);
        assert_eq!(between_pixels(&pixels, 2, 1e300, -1e300), 0.0);
    }

    #[test]
    fn a_flip_mirrors_each_row_half_of_the_time() {
        let flip = Augmentation::Flip { width: 3 };
        let flipped = copies(&picture(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), flip, 200);
        let mirrored = flipped
            .iter()
            .filter(|copy| copy[..] == [3.0, 2.0, 1.0, 6.0, 5.0, 4.0]);
        assert!((70..130).contains(&mirrored.count()));
        assert!(flipped.iter().all(|copy| copy[0] == 1.0 || copy[0] == 3.0));
    }

    #[test]
    fn a_field_is_smoother_the_wider_its_gaussian() {
        let roughness = |smoothness: f64| {
            let field = field(30 * 30, 30, smoothness, &mut RandomState::new(1));
            let steps = field
                .chunks_exact(30)
                .flat_map(|row| row.windows(2).map(|two| two[1] - two[0]));
            let size = field.iter().map(|d| d * d).sum::<f64>();
            steps.map(|step| step * step).sum::<f64>() / size
        };
        assert!(roughness(4.0) < 0.3 * roughness(2.0));
        assert!(roughness(2.0) < 0.3 * roughness(0.8));
        assert!((gaussian(1.5, 100).iter().sum::<f64>() - 1.0).abs() < 1e-15);
        assert_eq!(gaussian(1e300, 4).len(), 9);
    }

    #[test]
    fn refuses_what_does_not_fit_and_draws_nothing() {
        let few = digits(4, 0.1, &mut RandomState::new(1)).unwrap();
        let mut rng = RandomState::new(2);
        let mut result = |copies, kind| augment(&few, copies, &[kind], &mut rng);
        let width = SIDE;
        for kind in [
            Augmentation::Jitter { deviation: -1.0 },
            Augmentation::Shift { distance: f64::NAN },
            Augmentation::PixelShift { width, pixels: 12 },
            Augmentation::PixelRotation {
                width,
                degrees: 181.0,
            },
            Augmentation::PixelRotation {
                width,
                degrees: f64::NAN,
            },
            Augmentation::Elastic {
                width,
                strength: f64::INFINITY,
                smoothness: 1.0,
            },
            Augmentation::Elastic {
                width,
                strength: 1.0,
                smoothness: 0.0,
            },
        ] {
            let refused = result(1, kind);
            assert!(matches!(refused, Err(Error::OutOfRange { .. })), "{kind:?}");
        }
        for kind in [
            Augmentation::Rotation { degrees: 10.0 },
            Augmentation::Flip { width: 0 },
            Augmentation::Flip { width: 7 },
            Augmentation::PixelShift {
                width: 100,
                pixels: 1,
            },
        ] {
            assert!(
                matches!(result(1, kind), Err(Error::Shape { .. })),
                "{kind:?}"
            );
        }
        let flip = Augmentation::Flip { width };
        assert!(matches!(result(0, flip), Err(Error::OutOfRange { .. })));
        for copies in [usize::MAX, usize::MAX / 8] {
            assert!(matches!(result(copies, flip), Err(Error::TooLarge { .. })));
        }
        assert_eq!(rng, RandomState::new(2));
    }

    #[test]
    fn a_feature_that_leaves_the_range_is_refused() {
        let far = picture(&[f64::MAX, 0.0]);
        let kind = Augmentation::Shift { distance: f64::MAX };
        let results = (0..20).map(|seed| augment(&far, 1, &[kind], &mut RandomState::new(seed)));
        let refused = results.filter(|result| matches!(result, Err(Error::NotFinite { .. })));
        assert!(refused.count() > 2);
    }

    proptest! {
        #[test]
        fn pictures_keep_their_range(
            seed in 0..1_000u32, strength in 0.0..30.0f64, degrees in 0.0..180.0f64,
        ) {
            let few = digits(3, 0.0, &mut RandomState::new(seed)).unwrap();
            let kinds = [
                Augmentation::PixelRotation { width: SIDE, degrees },
                Augmentation::Elastic { width: SIDE, strength, smoothness: 1.5 },
            ];
            let more = augment(&few, 2, &kinds, &mut RandomState::new(seed)).unwrap();
            // Weighted means of numbers from 0 to 1, to rounding.
            prop_assert!(more.x().iter().all(|pixel| (0.0..=1.0 + 1e-15).contains(pixel)));
        }
    }
}
