//! # The best step of a gradient check
//!
//! Chapter: book/gradient_check.md
//!
//! A slope that is measured with the step ε has two errors: what the formula leaves out, of
//! which the chapter gives the first term, and what rounding adds, since each cost that is
//! computed may be off. Derive the steps at which the sum of both, in the worst case, is least:
//! for the one-sided difference and for the two-sided one.

/// What is known of a cost J at the place where its slope is measured.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// The most by which a computed J differs from the true one, ρ, above 0.
    pub rounding: f64,
    /// The size of the second derivative, |J″|, above 0.
    pub second: f64,
    /// The size of the third derivative, |J‴|, above 0.
    pub third: f64,
}

/// The best ε for (J(θ + ε) − J(θ)) / ε.
pub fn one_sided(cost: Cost) -> f64 {
    // TODO: two errors; where is their sum least?
    todo!()
}

/// The best ε for (J(θ + ε) − J(θ − ε)) / 2ε.
pub fn two_sided(cost: Cost) -> f64 {
    // TODO: the same with two other errors.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    const COST: Cost = Cost {
        rounding: 1e-16,
        second: 1.0,
        third: 1.0,
    };

    fn check(got: f64, expected: f64, what: &str, idea: &str) {
        assert!(
            (got / expected - 1.0).abs() < 1e-9,
            "{what}: expected the step to become {expected:.3} times as long, got {got:.3}. {idea}"
        );
    }

    /// The step is compared with its neighbors, by the worst error that each of them may have.
    fn check_least(step: f64, error: impl Fn(f64) -> f64, what: &str, idea: &str) {
        let (here, shorter, longer) = (error(step), error(0.9 * step), error(1.1 * step));
        let side = if shorter < longer {
            "shorter"
        } else {
            "longer"
        };
        assert!(
            here < shorter && here < longer,
            "{what}: expected the least worst error at your step {step:.2e}, got {here:.2e} there and {:.2e} at a {side} one. {idea}",
            shorter.min(longer)
        );
    }

    #[test]
    fn one_sided_rounding() {
        let got = one_sided(Cost {
            rounding: 1e-14,
            ..COST
        }) / one_sided(COST);
        check(
            got,
            10.0,
            "one-sided, rounding 100 times as large",
            "One error grows with ε, the other is divided by it: their balance is a square root.",
        );
    }

    #[test]
    fn one_sided_curvature() {
        let got = one_sided(Cost {
            second: 4.0,
            third: 50.0,
            ..COST
        }) / one_sided(COST);
        check(
            got,
            0.5,
            "one-sided, J″ 4 times as large",
            "What the formula leaves out is ε/2 · J″: a curved cost wants a short step.",
        );
    }

    #[test]
    fn one_sided_balance() {
        let cost = Cost {
            second: 3.0,
            ..COST
        };
        check_least(
            one_sided(cost),
            |step| step / 2.0 * cost.second + 2.0 * cost.rounding / step,
            "one-sided, J″ = 3, ρ = 1e-16",
            "Two costs are subtracted, and both may be off by ρ: 2ρ/ε. Add the formula's ε/2 · J″, and set the derivative by ε to 0.",
        );
    }

    #[test]
    fn two_sided_rounding() {
        let got = two_sided(Cost {
            rounding: 1e-13,
            ..COST
        }) / two_sided(COST);
        check(
            got,
            10.0,
            "two-sided, rounding 1000 times as large",
            "One error grows with ε², the other is divided by ε: their balance is a cube root.",
        );
    }

    #[test]
    fn two_sided_third_derivative() {
        let got = two_sided(Cost {
            second: 50.0,
            third: 8.0,
            ..COST
        }) / two_sided(COST);
        check(
            got,
            0.5,
            "two-sided, J‴ 8 times as large",
            "The term with J″ cancels, so the first that the formula leaves out is ε²/6 · J‴.",
        );
    }

    #[test]
    fn two_sided_balance() {
        let cost = Cost { third: 5.0, ..COST };
        check_least(
            two_sided(cost),
            |step| step * step / 6.0 * cost.third + cost.rounding / step,
            "two-sided, J‴ = 5, ρ = 1e-16",
            "Two costs are off by ρ each, and their difference is divided by 2ε: ρ/ε. Add the formula's ε²/6 · J‴, and set the derivative by ε to 0.",
        );
    }

    #[test]
    fn it_is_the_best_for_a_real_function() {
        // e^θ, whose derivatives are all e^θ. Errors of single places vary with luck, so many places are taken.
        let mean_error = |step: f64| -> f64 {
            let errors = (0..200).map(|place| {
                let theta = f64::from(place) / 200.0;
                let slope = ((theta + step).exp() - (theta - step).exp()) / (2.0 * step);
                (slope / theta.exp() - 1.0).abs()
            });
            errors.sum::<f64>() / 200.0
        };
        let step = two_sided(COST);
        let got = mean_error(step);
        for other in [step / 30.0, step * 30.0] {
            let expected = mean_error(other);
            assert!(
                got < expected,
                "the slope of e^θ: expected your step {step:.1e} to be better than {other:.1e}, whose mean relative error is {expected:.1e}, got {got:.1e}. To the left rounding is too large, to the right the formula's error."
            );
        }
    }
}
