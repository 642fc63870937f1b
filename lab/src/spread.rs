//! A number measured under several seeds: one seed could mislead.

use rayon::prelude::*;

/// What one number came to under each seed, in increasing order.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    sorted: Vec<f64>,
}

impl Spread {
    /// The spread of the given numbers.
    pub fn new(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self { sorted: values }
    }

    /// The spread of one number of several runs.
    pub fn of<T>(runs: &[T], number: impl Fn(&T) -> f64) -> Self {
        runs.iter().map(number).collect()
    }

    /// All values, in increasing order.
    pub fn values(&self) -> &[f64] {
        &self.sorted
    }

    /// The smallest value; NaN when there is none.
    pub fn min(&self) -> f64 {
        self.sorted.first().copied().unwrap_or(f64::NAN)
    }

    /// The largest value; NaN when there is none.
    pub fn max(&self) -> f64 {
        self.sorted.last().copied().unwrap_or(f64::NAN)
    }

    /// The middle value, or the mean of the two in the middle; NaN when there is none.
    pub fn median(&self) -> f64 {
        let n = self.sorted.len();
        match n {
            0 => f64::NAN,
            _ if n.is_multiple_of(2) => (self.sorted[n / 2 - 1] + self.sorted[n / 2]) / 2.0,
            _ => self.sorted[n / 2],
        }
    }

    /// The mean; NaN when there is no value.
    pub fn mean(&self) -> f64 {
        self.sorted.iter().sum::<f64>() / self.sorted.len() as f64
    }

    /// The standard deviation of one value, estimated from all of them; NaN when there are fewer than two.
    pub fn standard_deviation(&self) -> f64 {
        let mean = self.mean();
        let squares = self
            .sorted
            .iter()
            .map(|value| (value - mean) * (value - mean));
        let n = self.sorted.len() as f64;
        libm::sqrt(squares.sum::<f64>() / (n - 1.0))
    }

    /// The standard error of the mean; NaN when there are fewer than two values.
    pub fn standard_error(&self) -> f64 {
        self.standard_deviation() / libm::sqrt(self.sorted.len() as f64)
    }

    /// The number of values for which `test` is true.
    pub fn count(&self, test: impl Fn(f64) -> bool) -> usize {
        self.sorted.iter().filter(|value| test(**value)).count()
    }
}

impl FromIterator<f64> for Spread {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        Self::new(values.into_iter().collect())
    }
}

/// The medians of spreads at several places, as the points of a line.
pub fn medians(spreads: &[(f64, Spread)]) -> Vec<(f64, f64)> {
    let points = spreads.iter();
    points.map(|(x, spread)| (*x, spread.median())).collect()
}

/// The smallest and the largest values of spreads at several places, as a band.
pub fn ranges(spreads: &[(f64, Spread)]) -> Vec<(f64, f64, f64)> {
    let points = spreads.iter();
    points
        .map(|(x, spread)| (*x, spread.min(), spread.max()))
        .collect()
}

/// Measures under the seeds 1 to `seeds`, in parallel, and returns the results in the seeds' order.
///
/// # Errors
/// The first seed's error, in the seeds' order.
pub fn over_seeds<T: Send, E: Send>(
    seeds: u32,
    measure: impl Fn(u32) -> Result<T, E> + Sync + Send,
) -> Result<Vec<T>, E> {
    let all: Vec<_> = (1..=seeds).into_par_iter().map(measure).collect();
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(Spread::new(vec![3.0, 1.0, 2.0]).median(), 2.0);
        assert_eq!(Spread::new(vec![4.0, 1.0, 2.0, 3.0]).median(), 2.5);
        assert!(Spread::new(vec![]).median().is_nan());
    }

    #[test]
    fn mean_and_standard_deviation() {
        let spread = Spread::new(vec![1.0, 4.0, 1.0]);
        assert_eq!(
            (spread.mean(), spread.standard_deviation()),
            (2.0, libm::sqrt(3.0))
        );
        assert_eq!(spread.standard_error(), 1.0);
        assert!(Spread::new(vec![]).mean().is_nan());
        assert!(Spread::new(vec![1.0]).standard_deviation().is_nan());
    }

    #[test]
    fn spreads_at_places_make_a_line_and_a_band() {
        let runs = [(3.0, 1.0), (1.0, 1.0), (2.0, 1.0)];
        let spreads = [(0.5, Spread::of(&runs, |run| run.0))];
        assert_eq!(medians(&spreads), [(0.5, 2.0)]);
        assert_eq!(ranges(&spreads), [(0.5, 1.0, 3.0)]);
    }

    #[test]
    fn ends_and_counts() {
        let spread = Spread::new(vec![3.0, 1.0, 2.0]);
        assert_eq!((spread.min(), spread.max()), (1.0, 3.0));
        assert_eq!(spread.count(|value| value >= 2.0), 2);
    }

    #[test]
    fn results_come_in_the_order_of_the_seeds_and_the_first_error_wins() {
        assert_eq!(over_seeds(4, Ok::<u32, u32>), Ok(vec![1, 2, 3, 4]));
        let odd = |seed: u32| match seed.is_multiple_of(2) {
            true => Err(seed),
            false => Ok(seed),
        };
        assert_eq!(over_seeds(9, odd), Err(2));
    }
}
