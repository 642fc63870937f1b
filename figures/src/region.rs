//! Where a score is above 0.

use contour::ContourBuilder;

use super::FigureError;
use super::view::{GRID, View};

type Ring = Vec<(f64, f64)>;

/// The part of a view where a score is above 0.
#[derive(Debug)]
pub(super) struct Region {
    /// Closed lines, larger ones first, and whether the score is above 0 inside of them.
    pub(super) rings: Vec<(Ring, bool)>,
    /// The lines where the score changes its sign, without the view's own edges.
    pub(super) lines: Vec<Ring>,
}

impl Region {
    /// The region of `scores`, row by row from the least y.
    pub(super) fn new(scores: &[f64], view: View) -> Result<Self, FigureError> {
        let scores: Vec<f64> = scores.iter().map(|score| bounded(*score)).collect();
        let drawing = |error: contour::Error| FigureError::Drawing(error.to_string());
        // The least number above 0: a score of 0 is not above 0.
        let contours = ContourBuilder::new(GRID, GRID, true)
            .contours(&scores, &[f64::MIN_POSITIVE])
            .map_err(drawing)?;
        let polygons = contours.iter().flat_map(|contour| contour.geometry());
        let mut nested: Vec<(Ring, Vec<Ring>)> = polygons
            .map(|polygon| {
                let outside = polygon.exterior().coords().map(|c| view.place((c.x, c.y)));
                let holes = polygon.interiors().iter();
                let holes =
                    holes.map(|hole| hole.coords().map(|c| view.place((c.x, c.y))).collect());
                (outside.collect(), holes.collect())
            })
            .collect();
        nested.sort_by(|(a, _), (b, _)| area(b).total_cmp(&area(a)));
        let rings: Vec<(Ring, bool)> = nested
            .into_iter()
            .flat_map(|(outside, holes)| {
                let holes = holes.into_iter().map(|hole| (hole, false));
                std::iter::once((outside, true)).chain(holes)
            })
            .collect();
        let lines = rings.iter().flat_map(|(ring, _)| view.inner_lines(ring)).collect();
        Ok(Self { rings, lines })
    }
}

impl View {
    /// The point of the plane at a place between the grid's points, which are at 0.5, 1.5, …
    fn place(self, (column, row): (f64, f64)) -> (f64, f64) {
        let along = |(low, high): (f64, f64), place: f64| {
            (low + (high - low) * (place - 0.5) / (GRID - 1) as f64).clamp(low, high)
        };
        (along(self.x, column), along(self.y, row))
    }

    /// The parts of a ring that are not on the view's edge.
    fn inner_lines(self, ring: &Ring) -> Vec<Ring> {
        let on_one_edge = |a: &(f64, f64), b: &(f64, f64)| {
            let at_x = |edge: f64| a.0 == edge && b.0 == edge;
            let at_y = |edge: f64| a.1 == edge && b.1 == edge;
            at_x(self.x.0) || at_x(self.x.1) || at_y(self.y.0) || at_y(self.y.1)
        };
        let parts = ring.chunk_by(|a, b| !on_one_edge(a, b));
        parts.filter(|part| part.len() > 1).map(<[_]>::to_vec).collect()
    }
}

/// The score, or the nearest number that interpolation can work with; no score is not above 0.
fn bounded(score: f64) -> f64 {
    if score.is_nan() {
        return -1.0;
    }
    score.clamp(-1e9, 1e9)
}

/// Twice the area inside a ring.
fn area(ring: &Ring) -> f64 {
    let pairs = ring.windows(2);
    pairs.map(|pair| pair[0].0 * pair[1].1 - pair[1].0 * pair[0].1).sum::<f64>().abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: View = View { x: (-2.0, 2.0), y: (-2.0, 2.0) };

    fn region(score: impl Fn(f64, f64) -> f64) -> Region {
        let scores: Vec<f64> =
            VIEW.grid().columns().into_iter().map(|p| score(p[0], p[1])).collect();
        Region::new(&scores, VIEW).unwrap()
    }

    #[test]
    fn a_circle_is_one_ring_at_its_radius() {
        let region = region(|x, y| 1.0 - x * x - y * y);
        assert_eq!((region.rings.len(), region.lines.len()), (1, 1));
        assert!(region.rings[0].1);
        for (x, y) in &region.rings[0].0 {
            assert!((libm::hypot(*x, *y) - 1.0).abs() < 1e-3, "{x}, {y}");
        }
    }

    #[test]
    fn an_annulus_has_a_hole_drawn_over_it() {
        let region = region(|x, y| (1.5 - libm::hypot(x, y)) * (libm::hypot(x, y) - 0.5));
        let inside: Vec<bool> = region.rings.iter().map(|(_, inside)| *inside).collect();
        assert_eq!(inside, [true, false]);
    }

    #[test]
    fn a_half_plane_ends_at_the_edges_with_one_line() {
        let region = region(|x, _| x - 0.5);
        assert_eq!(region.lines.len(), 1);
        assert!(region.lines[0].iter().all(|(x, _)| (x - 0.5).abs() < 1e-9));
    }

    #[test]
    fn scores_of_zero_or_none_are_outside() {
        assert!(region(|_, _| 0.0).rings.is_empty());
        assert!(region(|_, _| f64::NAN).rings.is_empty());
    }

    #[test]
    fn everything_inside_has_no_line() {
        let region = region(|_, _| f64::INFINITY);
        assert_eq!((region.rings.len(), region.lines.len()), (1, 0));
    }
}
