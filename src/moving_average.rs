//! The exponentially weighted average: what a series is about now, the recent numbers above all.

use ndarray::{Array1, ArrayView1};

use crate::error::Error;
use crate::optimizer::check_beta;

// ANCHOR: plain
/// The exponentially weighted average of a series, number by number: v ← β v + (1 − β) x, with
/// v = 0 at first.
///
/// Each number weighs β times as much as the next one, so that about the last 1/(1 − β) of them
/// count. β is a number of at least 0 and below 1. The result has the length of the series, which
/// may be 0; after a number that is not finite, no average is.
///
/// C. C. Holt (1957), *Forecasting seasonals and trends by exponentially weighted moving averages*,
/// doi:10.1016/j.ijforecast.2003.09.015.
///
/// ```
/// use ndarray::array;
/// use trainable::moving_average::moving_average;
///
/// let series = array![4.0, 7.0];
/// assert_eq!(moving_average(series.view(), 0.5)?, array![2.0, 4.5]);
/// # Ok::<(), trainable::error::Error>(())
/// ```
///
/// # Errors
/// [`Error::OutOfRange`] for a β outside its range.
pub fn moving_average(series: ArrayView1<'_, f64>, beta: f64) -> Result<Array1<f64>, Error> {
    check_beta("β of a moving average", beta)?;
    let averages = series.iter().scan(0.0, |v, x| {
        *v = beta * *v + (1.0 - beta) * x;
        Some(*v)
    });
    Ok(averages.collect())
}

/// The [`moving_average`] corrected for its start at 0: v/(1 − βᵗ) for number t of the series,
/// counted from 1.
///
/// The weights of the first t numbers add up to 1 − βᵗ, so the average begins too near to 0.
/// Divided by that sum it begins at the first number; once βᵗ is small, both averages agree.
///
/// ```
/// use ndarray::array;
/// use trainable::moving_average::corrected;
///
/// let series = array![4.0, 7.0];
/// assert_eq!(corrected(series.view(), 0.5)?, array![4.0, 6.0]);
/// # Ok::<(), trainable::error::Error>(())
/// ```
///
/// # Errors
/// As [`moving_average`].
pub fn corrected(series: ArrayView1<'_, f64>, beta: f64) -> Result<Array1<f64>, Error> {
    let mut averages = moving_average(series, beta)?;
    let mut power = 1.0;
    for v in &mut averages {
        power *= beta;
        *v /= 1.0 - power;
    }
    Ok(averages)
}
// ANCHOR_END: plain

#[cfg(test)]
mod tests {
    use ndarray::{Axis, array};
    use proptest::prelude::*;

    use super::*;

    fn series() -> impl Strategy<Value = Array1<f64>> {
        prop::collection::vec(-1e3..1e3f64, 0..50).prop_map(Array1::from)
    }

    /// As a share of the numbers: some 1/(1 − β) roundings are remembered, and 1 − βᵗ has as many.
    fn rounding(beta: f64) -> f64 {
        (2.0 / (1.0 - beta) + 3.0) * f64::EPSILON
    }

    proptest! {
        #[test]
        fn a_constant_series_is_its_corrected_average(
            constant in -1e3..1e3f64, length in 0..200usize, beta in 0.0..0.999f64,
        ) {
            let series = Array1::from_elem(length, constant);
            for average in corrected(series.view(), beta).unwrap() {
                prop_assert!((average - constant).abs() <= rounding(beta) * constant.abs());
            }
        }

        #[test]
        fn without_memory_the_average_is_the_series(series in series()) {
            prop_assert_eq!(moving_average(series.view(), 0.0).unwrap(), series.clone());
            prop_assert_eq!(corrected(series.view(), 0.0).unwrap(), series);
        }

        #[test]
        fn a_corrected_average_stays_within_the_series(series in series(), beta in 0.0..0.999f64) {
            let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
            for (x, average) in series.iter().zip(corrected(series.view(), beta).unwrap()) {
                (least, most) = (x.min(least), x.max(most));
                let beyond = 1e3 * rounding(beta);
                prop_assert!(least - beyond <= average && average <= most + beyond);
            }
        }

        #[test]
        fn the_average_is_the_weighted_sum(series in series(), beta in 0.0..1.0f64) {
            let average = moving_average(series.view(), beta).unwrap();
            let weight = |age: usize| (1.0 - beta) * libm::pow(beta, age as f64);
            for (t, average) in average.iter().enumerate() {
                let sum: f64 = (0..=t).map(|age| weight(age) * series[t - age]).sum();
                // Three roundings for each of at most 50 numbers of up to 1e3.
                prop_assert!((average - sum).abs() <= 150.0 * 1e3 * f64::EPSILON);
            }
        }
    }

    #[test]
    fn a_series_is_read_in_its_own_order() {
        let mut series = array![8.0, 4.0];
        series.invert_axis(Axis(0));
        assert_eq!(moving_average(series.view(), 0.5), Ok(array![2.0, 5.0]));
    }

    #[test]
    fn no_average_is_finite_after_a_number_that_is_not() {
        for bad in [f64::NAN, f64::INFINITY] {
            for beta in [0.0, 0.5] {
                let averages = corrected(array![1.0, bad, 1.0].view(), beta).unwrap();
                let finite: Vec<bool> = averages.iter().map(|v| v.is_finite()).collect();
                assert_eq!(finite, [true, false, false]);
            }
        }
    }

    #[test]
    fn a_beta_outside_its_range_is_refused() {
        let series = array![1.0, 2.0];
        for bad in [-0.1, 1.0, f64::NAN, f64::INFINITY] {
            for average in [moving_average, corrected] {
                let refused = average(series.view(), bad);
                assert!(matches!(refused, Err(Error::OutOfRange { .. })), "{bad}");
            }
        }
    }
}
