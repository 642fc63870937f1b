//! # How many steps are worth how large a λ
//!
//! Chapter: book/early_stopping.md
//!
//! Take one weight w and the cost h/2 · (w − 1)², a parabola of curvature h that is least at w
//! = 1. Two ways to stay away from 1: gradient descent with the learning rate α starts at w = 0
//! and stops after t steps; or a penalty λ/(2m) · w² is added, and w goes to the least of the
//! sum.
//!
//! Derive how far each comes, and which λ comes just as far as t steps.

/// The weight after `steps` steps from 0.
pub fn after_steps(alpha: f64, curvature: f64, steps: i32) -> f64 {
    // TODO: derive it.
    todo!()
}

/// The weight at which the cost with the penalty λ/(2m) · w² is least, for m = `examples`.
pub fn with_penalty(lambda: f64, curvature: f64, examples: usize) -> f64 {
    // TODO: derive it.
    todo!()
}

/// The λ with which the penalty ends where `steps` steps end.
pub fn same_lambda(alpha: f64, curvature: f64, steps: i32, examples: usize) -> f64 {
    // TODO: set the two equal.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Really goes down the parabola with its penalty.
    fn descend(alpha: f64, curvature: f64, decay: f64, steps: i32) -> f64 {
        (0..steps).fold(0.0, |w, _| w - alpha * (curvature * (w - 1.0) + decay * w))
    }

    fn check_steps(alpha: f64, curvature: f64, steps: i32, idea: &str) {
        let expected = descend(alpha, curvature, 0.0, steps);
        let got = after_steps(alpha, curvature, steps);
        assert!(
            (got - expected).abs() < 1e-12,
            "w for α = {alpha}, h = {curvature}, after {steps} steps: expected {expected}, got {got}. {idea}"
        );
    }

    #[test]
    fn steps_come_so_far() {
        check_steps(0.5, 1.0, 0, "No step, no way: w is still 0.");
        check_steps(0.5, 1.0, 1, "The slope at w = 0 is −h.");
        check_steps(0.5, 0.2, 1, "The slope at w = 0 is −h, and h is not 1.");
        let share = "Each step takes the same share of what is still missing.";
        check_steps(0.5, 0.2, 2, share);
        check_steps(0.1, 3.0, 7, share);
    }

    fn check_penalty(lambda: f64, curvature: f64, examples: usize, idea: &str) {
        let decay = lambda / examples as f64;
        let expected = descend(0.1, curvature, decay, 2_000);
        let got = with_penalty(lambda, curvature, examples);
        assert!(
            (got - expected).abs() < 1e-9,
            "w for λ = {lambda}, h = {curvature}, m = {examples}: expected {expected:.9}, got {got}. {idea}"
        );
    }

    #[test]
    fn the_penalty_lets_it_come_so_far() {
        check_penalty(0.0, 2.0, 1, "Without a penalty w goes to 1.");
        check_penalty(
            1.0,
            1.0,
            1,
            "Where is the derivative of the whole sum zero?",
        );
        check_penalty(1.0, 3.0, 1, "The steeper the parabola, the nearer to 1.");
        check_penalty(4.0, 1.0, 2, "The penalty is divided by m.");
    }

    fn check_lambda(alpha: f64, curvature: f64, steps: i32, examples: usize, idea: &str) {
        let got = same_lambda(alpha, curvature, steps, examples);
        let expected = descend(alpha, curvature, 0.0, steps);
        // Small enough a learning rate for any λ that is not far off.
        let decay = got / examples as f64;
        let rate = 0.5 / (curvature + decay.abs());
        let arrived = descend(rate, curvature, decay, 2_000);
        assert!(
            (arrived - expected).abs() < 1e-9,
            "λ for α = {alpha}, h = {curvature}, t = {steps}, m = {examples}: expected one that ends at w = {expected:.6}, as the steps do, got λ = {got}, which ends at {arrived:.6}. {idea}"
        );
    }

    #[test]
    fn lambda_comes_as_far_as_the_steps() {
        let equal = "Set the two ways equal, and solve for λ.";
        check_lambda(0.5, 1.0, 1, 1, equal);
        check_lambda(0.5, 1.0, 3, 1, "More steps, less penalty.");
        check_lambda(
            0.5,
            0.2,
            10,
            1,
            "m/(αt) is near it only where αht is small.",
        );
        check_lambda(
            0.3,
            0.5,
            5,
            80,
            "The penalty is divided by m, so λ grows with it.",
        );
    }

    #[test]
    fn flat_directions_agree() {
        let (alpha, steps, examples) = (0.1, 50, 200);
        let expected = examples as f64 / (alpha * f64::from(steps));
        for curvature in [1e-4, 1e-5] {
            let got = same_lambda(alpha, curvature, steps, examples);
            assert!(
                (got / expected - 1.0).abs() < 1e-3,
                "λ for h = {curvature}, α = 0.1, t = 50, m = 200: expected about m/(αt) = {expected}, got {got:.3}. In flat directions λ does not depend on h."
            );
        }
    }
}
