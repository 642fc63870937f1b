//! # The best constant learning rate
//!
//! Chapter: book/normalization.md
//!
//! Gradient descent goes down a quadratic cost. The chapter says by what a step multiplies the
//! distance to the minimum along each eigenvector of the Hessian, and which learning rates
//! diverge. Derive the learning rate at which the slowest direction is as fast as it can be,
//! and what a step at this rate leaves of the distance along that direction.
//!
//! # Why
//!
//! With a small learning rate the flattest direction is the slowest; with one near the limit it
//! is the steepest, which jumps to and fro. What helps one harms the other, so the best rate
//! makes them equal: 1 − αh_min = αh_max − 1, and α = 2 / (h_min + h_max). With the condition
//! number κ = h_max / h_min, what is left is (κ − 1) / (κ + 1): nothing when all curvatures
//! are equal, which is what normalizing aims at.

/// The best constant learning rate for a quadratic cost with these `curvatures`, the
/// eigenvalues of its Hessian, all above 0 and in any order; and the part of its distance to
/// the minimum that the slowest direction keeps in a step at this rate, from 0 to 1.
pub fn best_rate(curvatures: &[f64]) -> (f64, f64) {
    let least = curvatures.iter().copied().fold(f64::INFINITY, f64::min);
    let most = curvatures.iter().copied().fold(0.0, f64::max);
    let rate = 2.0 / (least + most);
    let kept = (most - least) / (most + least);
    (rate, kept)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a step of gradient descent on J = Σ hθ²/2 leaves of a distance of 1 along each direction.
    fn step(curvatures: &[f64], rate: f64) -> Vec<f64> {
        let theta = 1.0;
        let moved = curvatures.iter().map(|h| theta - rate * h * theta);
        moved.map(f64::abs).collect()
    }

    fn slowest(curvatures: &[f64], rate: f64) -> f64 {
        step(curvatures, rate).into_iter().fold(0.0, f64::max)
    }

    #[test]
    fn one_direction_is_done_in_one_step() {
        let (rate, _) = best_rate(&[4.0]);
        assert!(
            (rate - 0.25).abs() < 1e-12,
            "one direction of curvature 4: expected the rate 1/4, got {rate}. A step multiplies the distance by 1 − αh, which can be made 0."
        );
    }

    #[test]
    fn no_direction_grows() {
        for curvatures in [[1.0, 10.0], [3.0, 0.03]] {
            let (rate, _) = best_rate(&curvatures);
            let got = slowest(&curvatures, rate);
            assert!(
                got < 1.0 - 1e-9,
                "curvatures {curvatures:?}: expected every direction to shrink, got a step that leaves {got} of the distance. The limit 2/h of the steepest direction is where it stops shrinking."
            );
        }
    }

    #[test]
    fn the_flattest_and_the_steepest_are_equally_slow() {
        for curvatures in [[1.0, 10.0], [3.0, 0.03]] {
            let (rate, _) = best_rate(&curvatures);
            let left = step(&curvatures, rate);
            assert!(
                (left[0] - left[1]).abs() < 1e-9,
                "curvatures {curvatures:?}: expected a step at the best rate to leave the same of both directions, got {left:?} at the rate {rate}. While one direction is slower, another rate makes it faster."
            );
        }
    }

    #[test]
    fn what_lies_between_does_not_count() {
        let curvatures = [5.0, 1.0, 9.0, 2.0];
        let (rate, _) = best_rate(&curvatures);
        assert!(
            (rate - 0.2).abs() < 1e-12,
            "curvatures {curvatures:?}: expected the rate 1/5, got {rate}. Of all directions two decide: look for the least and the largest curvature."
        );
    }

    #[test]
    fn no_other_rate_does_better() {
        let curvatures = [0.5, 4.0, 20.0];
        let (rate, _) = best_rate(&curvatures);
        let got = slowest(&curvatures, rate);
        for other in [0.9, 0.99, 1.01, 1.1].map(|factor| factor * rate) {
            let expected = slowest(&curvatures, other);
            assert!(
                got <= expected,
                "curvatures {curvatures:?}, rate {rate}: expected no rate to be better, got {got} left of the slowest direction, and {expected} at the rate {other}. Set what is left of the flattest and of the steepest equal."
            );
        }
    }

    #[test]
    fn a_bowl_keeps_nothing() {
        let (_, kept) = best_rate(&[3.0, 3.0]);
        assert!(
            kept.abs() < 1e-12,
            "curvatures 3 and 3: expected 0 to be kept, got {kept}. Put the best rate into 1 − αh."
        );
    }

    #[test]
    fn what_is_kept_is_what_a_step_leaves() {
        for curvatures in [[1.0, 3.0], [100.0, 1.0]] {
            let (_, kept) = best_rate(&curvatures);
            let least = curvatures[0].min(curvatures[1]);
            let most = curvatures[0].max(curvatures[1]);
            // The best rate as it is found without a formula: by halving the interval in which the two sides meet.
            let (mut low, mut high) = (0.0, 2.0 / most);
            for _ in 0..60 {
                let middle = 0.5 * (low + high);
                match 1.0 - middle * least > middle * most - 1.0 {
                    true => low = middle,
                    false => high = middle,
                }
            }
            let expected = slowest(&curvatures, low);
            assert!(
                (kept - expected).abs() < 1e-9,
                "curvatures {curvatures:?}: expected {expected} of the distance to be kept, which is what a step leaves, got {kept}. It is the size of 1 − αh in the slowest direction: a distance, not a cost, and without a sign."
            );
        }
    }
}
