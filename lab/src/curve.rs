//! A number by iteration or by layer, as the points of a line.

use crate::spread::Spread;

/// The points of a line.
pub(crate) type Curve = Vec<(f64, f64)>;

/// Costs by iteration, as training records them.
pub(crate) fn costs(recorded: &[(usize, f64)]) -> Curve {
    let costs = recorded.iter();
    costs.map(|(iteration, cost)| (*iteration as f64, *cost)).collect()
}

/// What each layer has, beginning with layer 1.
pub(crate) fn by_layer<T>(layers: impl IntoIterator<Item = T>) -> Vec<(f64, T)> {
    let layers = layers.into_iter().enumerate();
    layers.map(|(before, layer)| (before as f64 + 1.0, layer)).collect()
}

/// A curve's last number; NaN when there is none.
pub(crate) fn last(curve: &[(f64, f64)]) -> f64 {
    curve.last().map_or(f64::NAN, |(_, number)| *number)
}

/// The last numbers of several curves.
pub(crate) fn ends(curves: &[Curve]) -> Spread {
    curves.iter().map(|curve| last(curve)).collect()
}
