//! The part of the plane that a figure shows.

use ndarray::Array2;
use trainable::prelude::Dataset;

/// The points of a grid along each axis.
pub(super) const GRID: usize = 141;
/// Room around the points, as a share of what they cover.
const PADDING: f64 = 0.12;

/// The part of the plane that is shown: from where to where on each axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct View {
    pub(super) x: (f64, f64),
    pub(super) y: (f64, f64),
}

impl View {
    /// Around the points of all data sets, neither very wide nor very high.
    pub(super) fn of<'a>(data: impl Iterator<Item = &'a Dataset>) -> Self {
        let nothing = (f64::INFINITY, f64::NEG_INFINITY);
        let [x, y] = data.fold([nothing; 2], |covered, data| {
            let x = data.x();
            let mut features = x.rows().into_iter();
            covered.map(|covered| {
                features
                    .next()
                    .into_iter()
                    .flatten()
                    .fold(covered, |(low, high), value| (low.min(*value), high.max(*value)))
            })
        });
        let around = |(low, high): (f64, f64), width: f64| {
            let middle = (low + high) / 2.0;
            (middle - width / 2.0, middle + width / 2.0)
        };
        let wide = (1.0 + PADDING) * (x.1 - x.0).max(1e-6);
        let high = (1.0 + PADDING) * (y.1 - y.0).max(1e-6);
        Self { x: around(x, wide.max(high / 1.1)), y: around(y, high.max(wide / 1.6)) }
    }

    /// The points where scores are taken, row by row from the least y, one a column.
    pub(super) fn grid(self) -> Array2<f64> {
        let along =
            |(low, high): (f64, f64), n: usize| low + (high - low) * n as f64 / (GRID - 1) as f64;
        Array2::from_shape_fn((2, GRID * GRID), |(feature, n)| match feature {
            0 => along(self.x, n % GRID),
            _ => along(self.y, n / GRID),
        })
    }
}
