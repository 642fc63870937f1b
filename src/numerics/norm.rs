//! Euclidean norms that neither overflow nor vanish before the numbers themselves do.

/// ‖v‖, the root of the sum of squares; not a number if one of the numbers is none.
pub(crate) fn norm(numbers: impl Iterator<Item = f64> + Clone) -> f64 {
    let squares: f64 = numbers.clone().map(|number| number * number).sum();
    if squares.is_nan() || squares.is_normal() {
        return squares.sqrt();
    }
    scaled_norm(numbers)
}

/// The same for numbers of any size, each divided by the largest before it is squared.
pub(crate) fn scaled_norm(numbers: impl Iterator<Item = f64> + Clone) -> f64 {
    let (largest, squares) = scaled_squares(numbers);
    largest * squares.sqrt()
}

/// The root of the mean of squares of `count` numbers of any size.
pub(crate) fn root_mean_square(numbers: impl Iterator<Item = f64> + Clone, count: usize) -> f64 {
    let (largest, squares) = scaled_squares(numbers);
    largest * (squares / count as f64).sqrt()
}

/// The largest size of a number, and the sum of squares of the numbers divided by it.
fn scaled_squares(numbers: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let largest = numbers.clone().map(f64::abs).fold(0.0, larger);
    if largest == 0.0 || !largest.is_finite() {
        return (largest, 1.0);
    }
    let squares = numbers.map(|number| (number / largest) * (number / largest));
    (largest, squares.sum())
}

/// The larger one, and not a number if one of them is none, where f64::max would hide it.
fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || a >= b { a } else { b }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn norms_of_extreme_numbers_are_right(exponent in -300..300i32) {
            let unit = libm::exp2(f64::from(exponent));
            let numbers = [3.0 * unit, -4.0 * unit];
            prop_assert_eq!(scaled_norm(numbers.into_iter()), 5.0 * unit);
            prop_assert_eq!(norm(numbers.into_iter()), 5.0 * unit);
        }
    }

    #[test]
    fn what_is_not_a_number_shows_wherever_it_stands() {
        for numbers in [
            [f64::NAN, 1.0],
            [1.0, f64::NAN],
            [0.0, f64::NAN],
            [f64::NAN, f64::INFINITY],
        ] {
            assert!(norm(numbers.into_iter()).is_nan(), "{numbers:?}");
            assert!(scaled_norm(numbers.into_iter()).is_nan(), "{numbers:?}");
        }
    }

    #[test]
    fn nothing_is_0_and_an_infinite_number_is_infinite() {
        assert_eq!(norm([0.0, -0.0].into_iter()), 0.0);
        assert_eq!(norm([].into_iter()), 0.0);
        assert_eq!(norm([1.0, f64::NEG_INFINITY].into_iter()), f64::INFINITY);
        assert_eq!(root_mean_square([3e-200, -3e-200].into_iter(), 2), 3e-200);
    }
}
