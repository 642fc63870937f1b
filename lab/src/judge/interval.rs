//! An estimate, and the interval around it that covers the truth in 99 of 100 repetitions.

use statrs::distribution::{Beta, Binomial, ContinuousCDF, DiscreteCDF, StudentsT};

use crate::error::Error;

/// The share of repetitions in which an interval covers what it estimates.
pub const CONFIDENCE: f64 = 0.99;

/// What is left on either side.
const TAIL: f64 = (1.0 - CONFIDENCE) / 2.0;

/// An estimate between two limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower limit.
    pub low: f64,
    /// The estimate.
    pub estimate: f64,
    /// The upper limit.
    pub high: f64,
}

impl Interval {
    /// Whether all of it lies between two numbers.
    pub fn is_between(self, low: f64, high: f64) -> bool {
        low < self.low && self.high < high
    }

    /// Whether it has nothing in common with the numbers from `low` to `high`.
    pub fn is_outside(self, low: f64, high: f64) -> bool {
        self.high < low || high < self.low
    }

    /// The mean of finite numbers, with Student's interval: x̄ ± t s / √n, t the quantile with n − 1 degrees
    /// of freedom (Student 1908, doi:10.2307/2331554).
    ///
    /// # Errors
    /// [`Error::Judge`] for fewer than two numbers, or one that is not finite.
    pub fn of_mean(values: &[f64]) -> Result<Self, Error> {
        if values.len() < 2 || !values.iter().all(|value| value.is_finite()) {
            return Err(refused("a mean needs two finite numbers or more", values));
        }
        let n = values.len() as f64;
        let estimate = values.iter().sum::<f64>() / n;
        let squares = values.iter().map(|value| (value - estimate) * (value - estimate));
        let error = libm::sqrt(squares.sum::<f64>() / (n - 1.0) / n);
        let student = StudentsT::new(0.0, 1.0, n - 1.0).map_err(unknown)?;
        let reach = student.inverse_cdf(1.0 - TAIL) * error;
        Ok(Self { low: estimate - reach, estimate, high: estimate + reach })
    }

    /// The median, between two of the numbers in their order: those that it lies between in 99 of 100
    /// repetitions whatever the distribution is (Thompson 1936, doi:10.1214/aoms/1177732502). Infinite
    /// numbers count as what they are.
    ///
    /// # Errors
    /// [`Error::Judge`] for too few numbers, or NaN.
    pub fn of_median(values: &[f64]) -> Result<Self, Error> {
        let n = values.len();
        let below = (0..n as u64).take_while(|&k| at_most(n, k) <= TAIL).count();
        if below == 0 || values.iter().any(|value| value.is_nan()) {
            return Err(refused("the median of so few numbers has no interval", values));
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let estimate = crate::spread::Spread::new(values.to_vec()).median();
        Ok(Self { low: sorted[below - 1], estimate, high: sorted[n - below] })
    }

    /// A share, with the exact interval (Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404).
    ///
    /// # Errors
    /// [`Error::Judge`] for a share of nothing, or of less than it counts.
    pub fn of_share(count: usize, of: usize) -> Result<Self, Error> {
        if of == 0 || count > of {
            let reason = format!("expected a share of one or more, got {count} of {of}");
            return Err(Error::Judge(reason));
        }
        let (k, n) = (count as f64, of as f64);
        let quantile = |a, b, p| Ok(Beta::new(a, b).map_err(unknown)?.inverse_cdf(p));
        let low = match count {
            0 => 0.0,
            _ => quantile(k, n - k + 1.0, TAIL)?,
        };
        let high = match of - count {
            0 => 1.0,
            _ => quantile(k + 1.0, n - k, 1.0 - TAIL)?,
        };
        Ok(Self { low, estimate: k / n, high })
    }
}

/// The probability that at most `k` of `n` numbers are below their median.
fn at_most(n: usize, k: u64) -> f64 {
    Binomial::new(0.5, n as u64).map_or(f64::NAN, |binomial| binomial.cdf(k))
}

fn unknown(error: impl std::fmt::Display) -> Error {
    Error::Judge(error.to_string())
}

fn refused(expected: &str, values: &[f64]) -> Error {
    Error::Judge(format!("{expected}, got {values:?}"))
}
