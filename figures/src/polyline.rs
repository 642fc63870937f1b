//! Lines through many points: what of them is inside a plot, and what of that can be seen.

/// A point, or a position along two axes.
type Point = (f64, f64);

/// The parts of the line through `points` inside the rectangle from `low` to `high`.
pub(super) fn clipped(points: &[Point], low: Point, high: Point) -> Vec<Vec<Point>> {
    if let [point] = points {
        let inside = (low.0..=high.0).contains(&point.0) && (low.1..=high.1).contains(&point.1);
        return if inside { vec![vec![*point]] } else { Vec::new() };
    }
    let mut parts: Vec<Vec<Point>> = Vec::new();
    for pair in points.windows(2) {
        let Some((from, to)) = clipped_segment(pair[0], pair[1], low, high) else {
            continue;
        };
        match parts.last_mut() {
            Some(part) if part.last() == Some(&from) => part.push(to),
            _ => parts.push(vec![from, to]),
        }
    }
    parts
}

/// The part of a segment inside the rectangle, by Liang and Barsky.
fn clipped_segment(from: Point, to: Point, low: Point, high: Point) -> Option<(Point, Point)> {
    let step = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (speed, room) in [
        (-step.0, from.0 - low.0),
        (step.0, high.0 - from.0),
        (-step.1, from.1 - low.1),
        (step.1, high.1 - from.1),
    ] {
        if speed == 0.0 && room < 0.0 {
            return None;
        }
        if speed < 0.0 {
            enter = enter.max(room / speed);
        }
        if speed > 0.0 {
            leave = leave.min(room / speed);
        }
    }
    if enter > leave {
        return None;
    }
    let along = |t: f64| (from.0 + t * step.0, from.1 + t * step.1);
    let start = if enter == 0.0 { from } else { along(enter) };
    let end = if leave == 1.0 { to } else { along(leave) };
    Some((start, end))
}

/// The line with at most four points in each column of this width: the first, the lowest, the
/// highest and the last, which draw the same picture.
pub(super) fn thinned(points: &[Point], width: f64) -> Vec<Point> {
    let mut kept = Vec::new();
    for column in points.chunk_by(|a, b| (a.0 / width).floor() == (b.0 / width).floor()) {
        let by_height = |a: &&Point, b: &&Point| a.1.total_cmp(&b.1);
        let lowest = column.iter().min_by(by_height);
        let highest = column.iter().max_by(by_height);
        let corners = [column.first(), lowest, highest, column.last()];
        let is_corner = |point: &&Point| corners.contains(&Some(*point));
        let mut column: Vec<Point> = column.iter().filter(is_corner).copied().collect();
        column.dedup();
        kept.extend(column);
    }
    kept
}

/// The line without the points that are closer than `tolerance` to it anyway, by Ramer, Douglas
/// and Peucker.
pub(super) fn simplified(points: &[Point], tolerance: f64) -> Vec<Point> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let mut kept = vec![points[0]];
    let mut parts = vec![points];
    while let Some(part) = parts.pop() {
        match farthest(part).filter(|(_, distance)| *distance > tolerance) {
            Some((index, _)) => parts.extend([&part[index..], &part[..=index]]),
            None => kept.extend(part.last()),
        }
    }
    kept
}

/// The inner point farthest from the line between the ends, and how far that is.
fn farthest(points: &[Point]) -> Option<(usize, f64)> {
    let (from, to) = (points.first()?, points.last()?);
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = libm::hypot(dx, dy);
    let distance = |(x, y): Point| {
        if length == 0.0 {
            return libm::hypot(x - from.0, y - from.1);
        }
        (dx * (y - from.1) - dy * (x - from.0)).abs() / length
    };
    let inner = 1..points.len() - 1;
    let distances = inner.map(|index| (index, distance(points[index])));
    distances.max_by(|a, b| a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::{clipped, simplified, thinned};

    #[test]
    fn simplifying_keeps_corners_and_ends() {
        let points = [(0.0, 0.0), (1.0, 0.01), (2.0, 0.0), (2.0, 1.0), (2.0, 2.0)];
        assert_eq!(simplified(&points, 0.1), [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0)]);
        assert_eq!(simplified(&points[..1], 0.1), points[..1]);
        assert!(simplified(&[], 0.1).is_empty());
    }

    #[test]
    fn simplifying_keeps_a_closed_line_closed() {
        let square = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)];
        assert_eq!(simplified(&square, 0.1), square);
    }

    #[test]
    fn a_line_leaves_and_comes_back() {
        let points = [(0.0, 0.0), (2.0, 2.0), (4.0, 0.0)];
        let parts = clipped(&points, (0.0, 0.0), (4.0, 1.0));
        assert_eq!(parts, [vec![(0.0, 0.0), (1.0, 1.0)], vec![(3.0, 1.0), (4.0, 0.0)]]);
    }

    #[test]
    fn a_line_outside_has_no_parts() {
        assert!(clipped(&[(0.0, 5.0), (4.0, 5.0)], (0.0, 0.0), (4.0, 1.0)).is_empty());
        assert!(clipped(&[(0.0, 5.0)], (0.0, 0.0), (4.0, 1.0)).is_empty());
    }

    #[test]
    fn thinning_keeps_spikes_and_ends() {
        let mut points: Vec<(f64, f64)> = (0..1_000).map(|i| (f64::from(i) / 500.0, 0.0)).collect();
        points[700].1 = 9.0;
        let kept = thinned(&points, 1.0);
        assert!(kept.len() <= 8, "{}", kept.len());
        assert!(kept.contains(&points[700]));
        assert_eq!((kept.first(), kept.last()), (points.first(), points.last()));
    }
}
