//! What a figure comes to: its elements, and the numbers that they show.

use serde::{Deserialize, Serialize};

use super::axis::Axis;
use super::role::Role;

/// The width of every figure.
pub(super) const WIDTH: f64 = 600.0;
/// The size of all text.
pub(super) const TEXT: f64 = 16.0;
/// How many points of a series its record shows in full.
const SAMPLE: usize = 6;

/// A finished drawing: the inside of an SVG, its size, and what is drawn by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Drawing {
    /// The `viewBox` is from 0 to this height, and as wide as [`Drawing::WIDTH`].
    pub height: f64,
    /// The elements; colors are `var(--role, fallback)`, and no element has an id.
    pub body: String,
    /// The axes: label, scale and ends.
    pub axes: Vec<String>,
    /// What is drawn, in the order of drawing.
    pub series: Vec<Series>,
}

/// Something drawn, with a digest of its numbers at full precision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// The name that the figure shows.
    pub name: String,
    /// `line`, `band`, `dots` and so on.
    pub mark: String,
    /// The role, by the name of its color in the theme.
    pub role: String,
    /// How many points there are.
    pub points: usize,
    /// Some of the points, the first and the last among them, to the last digit.
    pub sample: Vec<Vec<f64>>,
    /// A hash of the bits of all points.
    pub digest: String,
}

impl Drawing {
    /// The width of every drawing.
    pub const WIDTH: f64 = WIDTH;

    /// The attributes of an `<svg>` element around the body.
    pub fn attributes(&self) -> String {
        format!(
            "xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {}\" \
             font-family=\"system-ui, sans-serif\" font-size=\"{TEXT}\" stroke-linejoin=\"round\"",
            self.height
        )
    }

    /// The drawing as a file: a complete `<svg>` element.
    pub fn svg(&self) -> String {
        format!("<svg {}>\n{}</svg>", self.attributes(), self.body)
    }
}

/// What a figure shows, while it is being drawn.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) axes: Vec<String>,
    pub(super) series: Vec<Series>,
}

impl Shown {
    /// Nothing yet, on these axes.
    pub(super) fn on<'a>(axes: impl IntoIterator<Item = &'a Axis>) -> Self {
        Self { axes: axes.into_iter().map(Axis::described).collect(), series: Vec::new() }
    }

    /// Adds something drawn at `points`, each as its coordinates.
    pub(super) fn add<const N: usize>(
        &mut self,
        name: &str,
        mark: &str,
        role: Role,
        points: impl IntoIterator<Item = [f64; N]>,
    ) {
        let points: Vec<[f64; N]> = points.into_iter().collect();
        let mut hash = blake3::Hasher::new();
        for number in points.iter().flatten() {
            hash.update(&number.to_bits().to_le_bytes());
        }
        self.series.push(Series {
            name: name.to_owned(),
            mark: mark.to_owned(),
            role: role.look().name.to_owned(),
            points: points.len(),
            sample: sample(&points).map(|point| point.to_vec()).collect(),
            digest: hash.finalize().to_hex()[..16].to_owned(),
        });
    }

    /// Adds a text that has no points.
    pub(super) fn text(&mut self, text: &str, role: Role) {
        self.add(text, "text", role, std::iter::empty::<[f64; 0]>());
    }
}

/// Evenly many of the points, ends included.
fn sample<T>(points: &[T]) -> impl Iterator<Item = &T> {
    let shown = points.len().min(SAMPLE);
    let last = points.len().saturating_sub(1);
    (0..shown).map(move |place| &points[place * last / (shown - 1).max(1)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(points: &[[f64; 2]]) -> Series {
        let mut shown = Shown::default();
        shown.add("cost", "line", Role::Train, points.iter().copied());
        shown.series.remove(0)
    }

    #[test]
    fn a_sample_has_both_ends() {
        let points: Vec<[f64; 2]> = (0..100).map(|i| [f64::from(i), 0.0]).collect();
        let sampled = series(&points).sample;
        assert_eq!(sampled.len(), SAMPLE);
        assert_eq!((sampled[0][0], sampled[SAMPLE - 1][0]), (0.0, 99.0));
        assert_eq!(series(&points[..1]).sample, [[0.0, 0.0]]);
        assert!(series(&[]).sample.is_empty());
    }

    #[test]
    fn the_last_bit_of_a_point_between_the_sampled_ones_changes_the_digest() {
        let mut points: Vec<[f64; 2]> = (0..100).map(|i| [f64::from(i), 1.0]).collect();
        let before = series(&points);
        points[50][1] = 1.0_f64.next_up();
        let after = series(&points);
        assert_eq!(before.sample, after.sample);
        assert_ne!(before.digest, after.digest);
    }
}
