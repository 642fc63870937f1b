//! A function of two variables as lines of equal value.

/// The number of points along each side of the grid that lines are drawn through.
const GRID: usize = 49;
/// The number of lines.
const LEVELS: usize = 12;

/// Lines of equal value of `value` over an extent: the least and greatest x, then y. Pieces of
/// lines, each two points and one that is not a number, as a chart's series takes them.
///
/// The levels are spaced as squares, from the least to the greatest value: those of a round bowl
/// are equally far apart.
pub fn contours([x0, x1, y0, y1]: [f64; 4], value: impl Fn(f64, f64) -> f64) -> Vec<(f64, f64)> {
    let place =
        |from: f64, to: f64, index: usize| from + (to - from) * index as f64 / (GRID - 1) as f64;
    let corner = |column: usize, row: usize| {
        let (x, y) = (place(x0, x1, column), place(y0, y1, row));
        (x, y, value(x, y))
    };
    let rows = (0..GRID).map(|row| (0..GRID).map(|column| corner(column, row)).collect());
    let corners: Vec<Vec<Corner>> = rows.collect();
    let levels = levels(corners.iter().flatten().map(|corner| corner.2));
    let mut lines = Vec::new();
    for (below, above) in corners.iter().zip(corners.iter().skip(1)) {
        for (low, high) in below.windows(2).zip(above.windows(2)) {
            // Around the cell, so that neighbors share an edge.
            let cell = [low[0], low[1], high[1], high[0]];
            for level in &levels {
                cross(cell, *level, &mut lines);
            }
        }
    }
    lines
}

/// A place, and the value there.
type Corner = (f64, f64, f64);

fn levels(values: impl Iterator<Item = f64> + Clone) -> Vec<f64> {
    let finite = values.filter(|value| value.is_finite());
    let low = finite.clone().fold(f64::INFINITY, f64::min);
    let high = finite.fold(f64::NEG_INFINITY, f64::max);
    let share = |level: usize| level as f64 / (LEVELS + 1) as f64;
    let level = |level: usize| low + (high - low) * share(level) * share(level);
    (1..=LEVELS).map(level).collect()
}

/// Adds the lines through a cell at which the value is `level`: marching squares.
fn cross(cell: [Corner; 4], level: f64, lines: &mut Vec<(f64, f64)>) {
    let edges = [(0, 1), (1, 2), (2, 3), (3, 0)];
    let crossings = edges.map(|(from, to)| crossing(cell[from], cell[to], level));
    let crossings: Vec<(f64, f64)> = crossings.into_iter().flatten().collect();
    for pair in crossings.chunks_exact(2) {
        lines.extend([pair[0], pair[1], (f64::NAN, f64::NAN)]);
    }
}

/// Where the value is `level` between two corners.
fn crossing(from: Corner, to: Corner, level: f64) -> Option<(f64, f64)> {
    if (from.2 < level) == (to.2 < level) {
        return None;
    }
    let share = (level - from.2) / (to.2 - from.2);
    let along = |from: f64, to: f64| from + share * (to - from);
    Some((along(from.0, to.0), along(from.1, to.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: [f64; 4] = [-2.0, 2.0, -2.0, 2.0];

    #[test]
    fn the_lines_of_a_round_bowl_are_circles_equally_far_apart() {
        let lines = contours(VIEW, |x, y| x * x + y * y);
        // The greatest value is 8, in the corners; a chord between two points of the grid is a
        // little inside.
        let apart = 8.0_f64.sqrt() / (LEVELS + 1) as f64;
        for (x, y) in lines.iter().filter(|(x, _)| x.is_finite()) {
            let rings = (x * x + y * y).sqrt() / apart;
            assert!((rings - rings.round()).abs() < 0.02, "{x}, {y}: {rings}");
        }
        assert!(lines.len() > 12 * 50);
    }

    #[test]
    fn pieces_are_shorter_than_a_cell_and_apart() {
        let lines = contours(VIEW, |x, y| x * x + 10.0 * y * y);
        let diagonal = 4.0 / (GRID - 1) as f64 * 2.0_f64.sqrt();
        for piece in lines.chunks(3) {
            let (across, up) = (piece[0].0 - piece[1].0, piece[0].1 - piece[1].1);
            let length = (across * across + up * up).sqrt();
            assert!(length <= diagonal && piece[2].0.is_nan());
        }
    }

    #[test]
    fn what_has_no_levels_has_no_lines() {
        assert!(contours(VIEW, |_, _| 1.0).is_empty());
        assert!(contours(VIEW, |_, _| f64::NAN).is_empty());
        assert!(!contours(VIEW, |x, _| 1.0 / x).is_empty());
    }
}
