//! A number measured under several seeds: one seed could mislead.

use std::fmt::Debug;

use rayon::prelude::*;
use serde::ser::{Serialize, SerializeMap, Serializer};
use trainable::prelude::*;
use trainable::together::{Trained, train_together};
use trainable::training::Run;

use crate::error::Error;

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
        let squares = self.sorted.iter().map(|value| (value - mean) * (value - mean));
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
    points.map(|(x, spread)| (*x, spread.min(), spread.max())).collect()
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

/// Takes the runs that begin under the seeds 1 to `seeds` to their ends, as one list: where that is faster, those of one
/// shape are trained at once.
///
/// # Errors
/// The first seed's error, in the seeds' order.
pub fn train_over_seeds(
    seeds: u32,
    start: impl Fn(u32) -> Result<Run, Error> + Sync + Send,
) -> Result<Vec<(Network, History)>, Error> {
    let trained = train_together(over_seeds(seeds, start)?);
    trained.into_iter().map(|trained| Ok(trained?)).collect()
}

/// One measurement for each of several settings under each of several seeds.
#[derive(Debug, Clone)]
pub struct Sweep<S, T> {
    arms: Vec<(S, Vec<T>)>,
}

impl<S: Clone + PartialEq + Debug + Sync, T: Send> Sweep<S, T> {
    /// Measures every setting under the seeds 1 to `seeds`, the seeds in parallel. `prepare` makes
    /// what all settings share under a seed: its data.
    ///
    /// # Errors
    /// The first seed's error, in the seeds' order.
    pub fn run<P>(
        settings: &[S],
        seeds: u32,
        prepare: impl Fn(u32) -> Result<P, Error> + Sync + Send,
        measure: impl Fn(&P, &S, u32) -> Result<T, Error> + Sync + Send,
    ) -> Result<Self, Error> {
        let by_seed = over_seeds(seeds, |seed| {
            let prepared = prepare(seed)?;
            let measured = settings.iter().map(|setting| measure(&prepared, setting, seed));
            measured.collect::<Result<Vec<T>, Error>>()
        })?;
        Ok(Self::of(settings, by_seed))
    }

    /// The same for what a training run comes to: all runs are one list, as in [`train_over_seeds`].
    ///
    /// # Errors
    /// The first seed's error, in the seeds' order.
    pub fn train<P: Send + Sync>(
        settings: &[S],
        seeds: u32,
        prepare: impl Fn(u32) -> Result<P, Error> + Sync + Send,
        start: impl Fn(&P, &S) -> Result<Run, Error> + Sync + Send,
        measure: impl Fn(&P, &S, Trained) -> Result<T, Error> + Sync + Send,
    ) -> Result<Self, Error> {
        let begun = over_seeds(seeds, |seed| {
            let prepared = prepare(seed)?;
            let runs = settings.iter().map(|setting| start(&prepared, setting));
            let runs = runs.collect::<Result<Vec<_>, Error>>()?;
            Ok::<_, Error>((prepared, runs))
        })?;
        let (prepared, runs): (Vec<P>, Vec<Vec<Run>>) = begun.into_iter().unzip();
        let mut trained = train_together(runs.into_iter().flatten().collect()).into_iter();
        let by_seed: Vec<(P, Vec<Trained>)> = prepared
            .into_iter()
            .map(|prepared| (prepared, trained.by_ref().take(settings.len()).collect()))
            .collect();
        let measured = by_seed.into_par_iter().map(|(prepared, trained)| {
            let arms = settings.iter().zip(trained);
            arms.map(|(setting, trained)| measure(&prepared, setting, trained)).collect()
        });
        let measured: Vec<Result<Vec<T>, Error>> = measured.collect();
        Ok(Self::of(settings, measured.into_iter().collect::<Result<_, Error>>()?))
    }

    /// Of what was measured under each seed, setting by setting.
    fn of(settings: &[S], by_seed: Vec<Vec<T>>) -> Self {
        let mut arms: Vec<(S, Vec<T>)> =
            settings.iter().map(|setting| (setting.clone(), Vec::new())).collect();
        for runs in by_seed {
            for ((_, arm), run) in arms.iter_mut().zip(runs) {
                arm.push(run);
            }
        }
        Self { arms }
    }

    /// The settings, each with its runs in the order of the seeds.
    pub fn arms(&self) -> impl Iterator<Item = (&S, &[T])> {
        self.arms.iter().map(|(setting, runs)| (setting, runs.as_slice()))
    }

    /// The runs of a setting, in the order of the seeds.
    ///
    /// # Errors
    /// [`Error::Setting`] for a setting that was not measured.
    pub fn at(&self, setting: &S) -> Result<&[T], Error> {
        let found = self.arms.iter().find(|(known, _)| known == setting);
        let found = found.map(|(_, runs)| runs.as_slice());
        found.ok_or_else(|| Error::Setting {
            expected: format!("{:?}", self.arms.iter().map(|(known, _)| known).collect::<Vec<_>>()),
            got: format!("{setting:?}"),
        })
    }

    /// One number's spread at each setting.
    pub fn spreads(&self, number: impl Fn(&T) -> f64) -> Vec<(S, Spread)> {
        let arms = self.arms.iter();
        arms.map(|(setting, runs)| (setting.clone(), Spread::of(runs, &number))).collect()
    }
}

/// A number's difference between two arms, seed by seed.
pub fn paired<T>(minuend: &[T], subtrahend: &[T], number: impl Fn(&T) -> f64) -> Spread {
    let pairs = minuend.iter().zip(subtrahend);
    pairs.map(|(one, other)| number(one) - number(other)).collect()
}

/// What a text may say of a spread.
impl Serialize for Spread {
    fn serialize<F: Serializer>(&self, serializer: F) -> Result<F::Ok, F::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("median", &self.median())?;
        map.serialize_entry("min", &self.min())?;
        map.serialize_entry("max", &self.max())?;
        map.serialize_entry("mean", &self.mean())?;
        map.serialize_entry("standard_deviation", &self.standard_deviation())?;
        map.serialize_entry("standard_error", &self.standard_error())?;
        map.serialize_entry("count", &self.values().len())?;
        map.end()
    }
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
        assert_eq!((spread.mean(), spread.standard_deviation()), (2.0, libm::sqrt(3.0)));
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
    fn a_sweep_has_its_runs_by_setting_in_the_order_of_the_seeds() {
        let double = |data: &u32, setting: &u32, seed| Ok(f64::from(data * setting + seed));
        let sweep = Sweep::run(&[1, 2], 3, |seed| Ok(10 * seed), double).unwrap();
        assert_eq!(sweep.at(&2).unwrap(), [21.0, 42.0, 63.0]);
        let gains = paired(sweep.at(&2).unwrap(), sweep.at(&1).unwrap(), |run| *run);
        assert_eq!(gains.values(), [10.0, 20.0, 30.0]);
        let medians = sweep.spreads(|run| *run);
        assert_eq!((medians[0].0, medians[0].1.median()), (1, 22.0));
        let said = sweep.at(&3).unwrap_err().to_string();
        assert_eq!(said, "expected one of the settings [1, 2], got 3");
    }

    #[test]
    fn a_sweep_of_training_runs_has_what_each_comes_to_alone() {
        let data = circles(60, 0.05, &mut RandomState::new(1)).unwrap();
        let start =
            |seed| Ok(Network::new(&[2, 4, 1], Initialization::He, &mut RandomState::new(seed))?);
        let descent = |rate| Training::new(rate).iterations(5);
        let alone = Sweep::run(&[0.1, 0.5], 5, start, |network: &Network, rate, _| {
            let mut network = network.clone();
            descent(*rate).train(&mut network, &data)?;
            Ok(network.cost(&data)?)
        });
        let trained = Sweep::train(
            &[0.1, 0.5],
            5,
            start,
            |network, rate| Ok(descent(*rate).start(network, &data)?),
            |_, _, trained| Ok(trained?.0.cost(&data)?),
        );
        let (alone, trained) = (alone.unwrap(), trained.unwrap());
        assert_eq!(alone.at(&0.5).unwrap(), trained.at(&0.5).unwrap());
        assert_eq!(alone.at(&0.1).unwrap(), trained.at(&0.1).unwrap());
        let too_fast = |seed| Ok(descent(1e300 * f64::from(seed)).start(&start(seed)?, &data)?);
        assert!(train_over_seeds(2, too_fast).is_err());
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
