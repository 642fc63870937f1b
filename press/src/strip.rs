//! An estimate with its interval as a small strip, beside the numbers that it is compared with.

use std::fmt::Write;

use lab::judge::Interval;

/// The strip's size in pixels, and what is left free on either side.
const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 12.0;
const MARGIN: f64 = 4.0;

/// A strip on a scale of its own: the band from `low` to `high`, and zero where it is in sight.
pub(crate) fn alone(interval: Interval, low: f64, high: f64) -> String {
    let ends = [interval.low, interval.high, low, high];
    let ends = ends.into_iter().filter(|end| end.is_finite());
    let (from, to) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), end| {
        (from.min(end), to.max(end))
    });
    on(interval, (low, high), (from, to), WIDTH)
}

/// A strip on the scale `from` … `to`, of this width; what lies beyond is cut off.
pub(crate) fn on(
    interval: Interval,
    (low, high): (f64, f64),
    (from, to): (f64, f64),
    width: f64,
) -> String {
    let place = |number: f64| {
        let share = (number.clamp(from, to) - from) / (to - from).max(f64::MIN_POSITIVE);
        MARGIN + share * (width - 2.0 * MARGIN)
    };
    let middle = HEIGHT / 2.0;
    let mut svg = format!(
        "<svg class=\"strip\" viewBox=\"0 0 {width} {HEIGHT}\" width=\"{width}\" height=\"{HEIGHT}\" \
         aria-hidden=\"true\" focusable=\"false\">"
    );
    let (left, right) = (place(low), place(high));
    // Writing to a string does not fail.
    let _ = write!(
        svg,
        "<rect class=\"band\" x=\"{left:.1}\" y=\"0\" width=\"{:.1}\" height=\"{HEIGHT}\"/>",
        right - left
    );
    if from <= 0.0 && 0.0 <= to {
        let zero = place(0.0);
        let _ = write!(
            svg,
            "<line class=\"zero\" x1=\"{zero:.1}\" y1=\"0\" x2=\"{zero:.1}\" y2=\"{HEIGHT}\"/>"
        );
    }
    let _ = write!(
        svg,
        "<line class=\"interval\" x1=\"{:.1}\" y1=\"{middle}\" x2=\"{:.1}\" y2=\"{middle}\"/>\
         <circle class=\"estimate\" cx=\"{:.1}\" cy=\"{middle}\" r=\"3.5\"/></svg>",
        place(interval.low),
        place(interval.high),
        place(interval.estimate)
    );
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Interval = Interval {
        low: 1.0,
        estimate: 2.0,
        high: 3.0,
    };

    #[test]
    fn everything_is_in_sight_on_a_scale_of_its_own() {
        let svg = alone(INTERVAL, -1.0, 1.0);
        assert!(
            svg.contains("<rect class=\"band\" x=\"4.0\" y=\"0\" width=\"56.0\""),
            "{svg}"
        );
        assert!(svg.contains("<line class=\"zero\" x1=\"32.0\""), "{svg}");
        assert!(
            svg.contains("<line class=\"interval\" x1=\"60.0\" y1=\"6\" x2=\"116.0\""),
            "{svg}"
        );
        assert!(svg.contains("cx=\"88.0\""), "{svg}");
    }

    #[test]
    fn what_is_beyond_a_common_scale_stands_at_its_end() {
        let svg = on(INTERVAL, (-1.0, 1.0), (-1.0, 1.5), 108.0);
        assert!(svg.contains("cx=\"104.0\""), "{svg}");
        let infinite = Interval {
            high: f64::INFINITY,
            ..INTERVAL
        };
        assert!(!alone(infinite, 0.0, 1.0).contains("NaN"));
    }
}
