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
        let quantile = |a, b, p| {
            let beta = Beta::new(a, b).map_err(unknown)?;
            Ok::<f64, Error>(beta.inverse_cdf(p))
        };
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Both libraries invert a distribution by iteration.
    const TOLERANCE: f64 = 1e-10;

    fn is_close(interval: Interval, [low, estimate, high]: [f64; 3]) -> bool {
        let pairs = [(interval.low, low), (interval.estimate, estimate), (interval.high, high)];
        pairs
            .iter()
            .all(|(ours, scipys)| (ours - scipys).abs() <= TOLERANCE * scipys.abs().max(1.0))
    }

    // scipy.stats.ttest_1samp(x, 0).confidence_interval(0.99), SciPy 1.17.
    #[test]
    fn means_are_scipys() {
        let many: Vec<f64> = (0..100).map(|i| f64::from(i * i % 17) / 7.0).collect();
        let cases: [(&[f64], [f64; 3]); 4] = [
            (&[1.0, 2.0, 4.0], [-6.419555636980014, 2.3333333333333335, 11.086222303646682]),
            (
                &[0.5, -0.25, 0.125, 1.5, -2.0, 0.75, 0.1],
                [-1.4181240373954689, 0.10357142857142856, 1.6252668945383262],
            ),
            (&many, [0.9453302349426447, 1.1585714285714288, 1.371812622200213]),
            (&[1e-3, 2e-3], [-0.03032837058143576, 0.0015, 0.033328370581435764]),
        ];
        for (values, expected) in cases {
            let found = Interval::of_mean(values).unwrap();
            assert!(is_close(found, expected), "{found:?} {expected:?}");
        }
    }

    // scipy.stats.binomtest(count, of).proportion_ci(0.99, "exact").
    #[test]
    fn shares_are_scipys() {
        let cases = [
            (0, 10, [0.0, 0.0, 0.4112959813475254]),
            (10, 10, [0.5887040186524746, 1.0, 1.0]),
            (3, 10, [0.03700722109620741, 0.3, 0.7351139852871308]),
            (96, 100, [0.8793673007031002, 0.96, 0.9931983062396856]),
            (1, 200, [2.506239487858793e-05, 0.005, 0.03655913053277846]),
            (37, 50, [0.5526362368971116, 0.74, 0.8803209983873804]),
            (500, 1000, [0.45885255330701225, 0.5, 0.5411474466929878]),
        ];
        for (count, of, expected) in cases {
            let found = Interval::of_share(count, of).unwrap();
            assert!(is_close(found, expected), "{count} of {of}: {found:?} {expected:?}");
        }
    }

    // scipy.stats.quantile_test(x, q=0, p=0.5).confidence_interval(0.99).
    #[test]
    fn medians_are_scipys() {
        let cases =
            [(8, 0.0, 7.0), (10, 0.0, 9.0), (50, 15.0, 34.0), (100, 36.0, 63.0), (101, 37.0, 63.0)];
        for (n, low, high) in cases {
            let values: Vec<f64> = (0..n).map(|i| f64::from(i * 37 % n)).collect();
            let found = Interval::of_median(&values).unwrap();
            assert_eq!((found.low, found.high), (low, high), "{n}");
        }
    }

    #[test]
    fn a_median_may_have_infinite_neighbors_and_a_mean_may_not() {
        let values: Vec<f64> = (0..20).map(|i| if i < 4 { f64::INFINITY } else { 1.0 }).collect();
        let found = Interval::of_median(&values).unwrap();
        assert_eq!((found.low, found.estimate, found.high), (1.0, 1.0, f64::INFINITY));
        assert!(Interval::of_mean(&values).is_err());
    }

    #[test]
    fn too_few_numbers_are_refused() {
        assert!(Interval::of_mean(&[1.0]).is_err());
        assert!(Interval::of_median(&[1.0; 7]).is_err());
        assert!(Interval::of_median(&[f64::NAN; 20]).is_err());
        assert!(Interval::of_share(0, 0).is_err());
        assert!(Interval::of_share(2, 1).is_err());
    }
}
