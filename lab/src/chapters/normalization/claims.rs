//! What is measured to judge the chapter's claims.

use ndarray::{Array1, Array2, Axis, array, concatenate};
use serde::Serialize;
use trainable::prelude::*;

use crate::error::Error;
use crate::judge::claim::claims;
use crate::judge::{Arm, Arms, Case, Center, Judging, Measure, Rule, Score, Unit};
use crate::spread::Spread;

claims![rate, speedup, mean, fold, same, never];

/// The seeds of a verdict, where runs differ little, and where they differ more.
const SEEDS: usize = 50;
const MORE_SEEDS: usize = 200;
/// Twice the steps, and a quarter more: their logarithms.
const TWICE: f64 = std::f64::consts::LN_2;
const A_QUARTER_MORE: f64 = 0.223_143_551_314_209_76;
/// One percentage point.
const A_POINT: f64 = 0.01;

/// A cost is reached when this share of the way from the start to the least cost is left.
pub(crate) const LEFT: f64 = 0.01;

/// Examples whose features are `mean + std · u` with standard normal u, and whose labels are drawn
/// with the probability σ(slope · Σ u) of class 1: logistic regression is the right model for them.
pub(crate) fn drawn(
    features: &[(f64, f64)],
    slope: f64,
    examples: usize,
    rng: &mut RandomState,
) -> Result<Dataset, Error> {
    let u = Array2::from_shape_simple_fn((features.len(), examples), || rng.randn());
    labeled(&u, slope, rng, |feature, u| {
        let (mean, std) = features[feature];
        mean + std * u
    })
}

/// Examples with labels drawn by the sum of what `u` holds of each, and features made of it.
pub(crate) fn labeled(
    u: &Array2<f64>,
    slope: f64,
    rng: &mut RandomState,
    feature: impl Fn(usize, f64) -> f64,
) -> Result<Dataset, Error> {
    let data = logistic_labels(u.clone(), slope, rng)?;
    let mut x = u.clone();
    x.indexed_iter_mut().for_each(|((row, _), x)| *x = feature(row, *x));
    Ok(Dataset::new(x, data.y().to_owned())?)
}

/// The data set with each input changed by its feature's statistics: `change(x, μ, σ)`.
pub(crate) fn changed(
    data: &Dataset,
    change: impl Fn(f64, f64, f64) -> f64,
) -> Result<Dataset, Error> {
    let fit = Normalization::fit(data)?;
    let (mean, std) = (fit.mean(), fit.standard_deviation());
    let mut x = data.x().to_owned();
    x.indexed_iter_mut().for_each(|((row, _), x)| *x = change(*x, mean[row], std[row]));
    Ok(Dataset::new(x, data.y().to_owned())?)
}

pub(crate) fn centered(data: &Dataset) -> Result<Dataset, Error> {
    changed(data, |x, mu, _| x - mu)
}

pub(crate) fn normalized(data: &Dataset) -> Result<Dataset, Error> {
    Ok(Normalization::fit(data)?.apply(data)?)
}

/// Logistic regression: weights, one a feature, then the bias.
pub(crate) fn regression(theta: &[f64]) -> Result<Network, Error> {
    let zeros = Parameters::zeros(&[theta.len() - 1, 1])?;
    let theta = Array1::from(theta.to_vec());
    Ok(Network::from_parameters(zeros.with_theta(&theta)?))
}

/// The logistic regression for the data that starts from zeros.
pub(crate) fn zeros(data: &Dataset) -> Result<Network, Error> {
    regression(&vec![0.0; data.features() + 1])
}

/// The logistic regression of least cost, found on normalized inputs and folded back.
pub(crate) fn least(data: &Dataset) -> Result<Network, Error> {
    let fit = Normalization::fit(data)?;
    let mut network = zeros(data)?;
    GradientDescent::new(2.0)
        .iterations(3_000)
        .record_every(3_000)
        .train(&mut network, &fit.apply(data)?)?;
    Ok(fit.fold_into(&network)?)
}

/// The second derivatives of a logistic regression's cost: 1/m Σ ŷ(1 − ŷ) x xᵀ, with a feature
/// that is always 1 for the bias.
pub(crate) fn hessian(network: &Network, data: &Dataset) -> Result<Array2<f64>, Error> {
    let n = data.features() + 1;
    let with_one = Array2::from_shape_fn((n, data.examples()), |(row, i)| {
        data.x().get((row, i)).copied().unwrap_or(1.0)
    });
    let slope = network.probabilities(data.x())?.mapv(|p| p * (1.0 - p));
    Ok((&with_one * &slope).dot(&with_one.t()) / data.examples() as f64)
}

/// The eigenvalues of a symmetric matrix, least first, and the last one's eigenvector, by Jacobi's
/// rotations.
pub(crate) fn eigenvalues(matrix: &Array2<f64>) -> (Vec<f64>, Array1<f64>) {
    let n = matrix.nrows();
    let (mut a, mut vectors) = (matrix.clone(), Array2::<f64>::eye(n));
    for _ in 0..30 {
        for p in 0..n {
            for q in p + 1..n {
                if a[(p, q)] == 0.0 {
                    continue;
                }
                let theta = (a[(q, q)] - a[(p, p)]) / (2.0 * a[(p, q)]);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                let mut rotation = Array2::<f64>::eye(n);
                rotation[(p, p)] = c;
                rotation[(q, q)] = c;
                rotation[(p, q)] = t * c;
                rotation[(q, p)] = -t * c;
                a = rotation.t().dot(&a).dot(&rotation);
                vectors = vectors.dot(&rotation);
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|i, j| a[(*i, *i)].total_cmp(&a[(*j, *j)]));
    let values = order.iter().map(|i| a[(*i, *i)]).collect();
    let last = order.last().copied().unwrap_or_default();
    (values, vectors.column(last).to_owned())
}

/// The curvature of a logistic regression's cost, and what it predicts of gradient descent.
#[derive(Serialize)]
pub(crate) struct Curvature {
    pub(crate) most: f64,
    pub(crate) condition: f64,
    /// The rate that shrinks the distance to the minimum of a quadratic cost fastest.
    pub(crate) best_rate: f64,
    /// The largest rate that is stable on a quadratic cost.
    pub(crate) limit: f64,
    #[serde(skip)]
    pub(crate) least: f64,
    /// The direction in which it is most.
    #[serde(skip)]
    steep: Array1<f64>,
}

impl Curvature {
    pub(crate) fn of(data: &Dataset, at: &Network) -> Result<Self, Error> {
        let (values, steep) = eigenvalues(&hessian(at, data)?);
        let end = |value: Option<&f64>| value.copied().unwrap_or(f64::NAN);
        let (least, most) = (end(values.first()), end(values.last()));
        Ok(Self {
            most,
            condition: most / least,
            best_rate: 2.0 / (least + most),
            limit: 2.0 / most,
            least,
            steep,
        })
    }
}

/// Steps of gradient descent from zeros until one hundredth of the excess cost is left, at the rate
/// 1/λ with the largest eigenvalue at the start: nowhere is a logistic regression's larger. None
/// where `most` steps are too few.
pub(crate) fn steps_from_zeros(data: &Dataset, most: usize) -> Result<Option<usize>, Error> {
    let start = zeros(data)?;
    let rate = 1.0 / Curvature::of(data, &start)?.most;
    let (from, to) = (start.cost(data)?, least(data)?.cost(data)?);
    let descent = GradientDescent::new(rate).iterations(most).record_every(1);
    let mut run = descent.start(&start, data)?;
    while let Some((step, cost)) = run.next_cost()? {
        if cost <= to + LEFT * (from - to) {
            return Ok(Some(step));
        }
    }
    Ok(None)
}

/// The largest learning rate at which a small disturbance in the steepest direction dies away,
/// found by bisection of the rates' logarithms.
pub(crate) fn largest_stable_rate(data: &Dataset) -> Result<f64, Error> {
    let minimum = least(data)?;
    let curvature = Curvature::of(data, &minimum)?;
    let theta = minimum.parameters().to_theta();
    let size = 1e-4 / curvature.most.sqrt();
    let disturbed = &theta + &(size * &curvature.steep);
    let distance = |network: &Network| {
        let away = network.parameters().to_theta() - &theta;
        away.dot(&curvature.steep).abs()
    };
    let stable = |rate: f64| -> Result<bool, Error> {
        let mut network = regression(&disturbed.to_vec())?;
        let run = GradientDescent::new(rate).iterations(200).record_every(200);
        match run.train(&mut network, data) {
            Err(trainable::prelude::Error::Diverged { .. }) => Ok(false),
            done => done.map(|_| distance(&network) < size).map_err(Error::from),
        }
    };
    let (mut low, mut high) = (1e-12_f64, 1e6_f64);
    for _ in 0..45 {
        let middle = (low * high).sqrt();
        match stable(middle)? {
            true => low = middle,
            false => high = middle,
        }
    }
    Ok(low)
}

/// Logistic regression, trained from zeros at the learning rate 1.
pub(crate) fn trained(data: &Dataset, steps: usize) -> Result<Network, Error> {
    let mut network = zeros(data)?;
    GradientDescent::new(1.0).iterations(steps).train(&mut network, data)?;
    Ok(network)
}

/// The lecture's example: one feature from 1 to 1000, one from 0 to 1.
pub(crate) fn lecture_example(seed: u32) -> Result<Dataset, Error> {
    evenly(array![500.5, 0.5], array![499.5, 0.5], seed)
}

/// Features spread evenly around their middles.
fn evenly(middle: Array1<f64>, reach: Array1<f64>, seed: u32) -> Result<Dataset, Error> {
    let mut rng = RandomState::new(seed);
    let u = Array2::from_shape_simple_fn((middle.len(), 200), || 2.0 * rng.rand() - 1.0);
    labeled(&u, 3.0, &mut rng, |feature, u| middle[feature] + reach[feature] * u)
}

/// Five ways to feed a data set.
pub(crate) fn ways(data: &Dataset) -> Result<[(&'static str, Dataset); 5], Error> {
    Ok([
        ("as it comes", data.clone()),
        ("x − μ", centered(data)?),
        ("(x − μ)/σ²", changed(data, |x, mu, sigma| (x - mu) / (sigma * sigma))?),
        ("x/σ", changed(data, |x, _, sigma| x / sigma)?),
        ("(x − μ)/σ", normalized(data)?),
    ])
}

/// By which share the largest stable rate misses the prediction, at most.
fn rate() -> Judging {
    Rule::Exact { tolerance: 0.02 }.on(Measure::Once(|| {
        let ways = ways(&lecture_example(5)?)?;
        let misses = ways.iter().map(|(_, data)| {
            let limit = Curvature::of(data, &least(data)?)?.limit;
            Ok((largest_stable_rate(data)? / limit - 1.0).abs())
        });
        Ok(Case::new(misses.collect::<Result<Spread, Error>>()?.max()))
    }))
}

/// The most steps that are waited for.
pub(crate) const WATCHED: usize = 2_000;

/// Steps from zeros; as many as are waited for where that is too few.
fn steps(data: &Dataset) -> Result<f64, Error> {
    Ok(steps_from_zeros(data, WATCHED)?.unwrap_or(WATCHED) as f64)
}

/// By which factor more steps raw inputs take than changed ones, as a logarithm.
fn slower(raw: &Dataset, changed: &Dataset) -> Result<Case, Error> {
    let (raw, changed) = (steps(raw)?, steps(changed)?);
    let times = libm::log(raw / changed);
    Ok(Case::new(times).beside("raw", raw).beside("changed", changed))
}

fn speedup() -> Judging {
    let (center, unit) = (Center::Median, Unit::Times);
    Rule::Only {
        when: "x₁ from 1 to 1000, x₂ from 0 to 1",
        there: Box::new(Rule::Paired { seeds: SEEDS, matters: TWICE, center, unit }),
        otherwise: "x₁ from 0 to 1, x₂ from −1 to 1, x₃ from 1 to 2",
        elsewhere: Box::new(Rule::Same { seeds: SEEDS, matters: TWICE, center, unit }),
    }
    .on_both(
        Measure::Seed(|seed| {
            let data = lecture_example(seed)?;
            slower(&data, &normalized(&data)?)
        }),
        Measure::Seed(|seed| {
            let data = evenly(array![0.5, 0.0, 1.5], array![0.5, 1.0, 0.5], seed)?;
            let centered = steps(&centered(&data)?)?;
            Ok(slower(&data, &normalized(&data)?)?.beside("centered", centered))
        }),
    )
}

/// How far two features are from zero, in standard deviations.
pub(crate) const MEAN: f64 = 1.0;

fn mean() -> Judging {
    let (center, unit) = (Center::Median, Unit::Times);
    let rule = Rule::Paired { seeds: SEEDS, matters: A_QUARTER_MORE, center, unit };
    rule.on(Measure::Seed(|seed| {
        let data = drawn(&[(MEAN, 1.0); 2], 1.0, 200, &mut RandomState::new(seed))?;
        slower(&data, &centered(&data)?)
    }))
}

/// Two classes in two features of different scale; `share` of the examples are of class 1.
pub(crate) fn patients(
    examples: usize,
    share: f64,
    rng: &mut RandomState,
) -> Result<Dataset, Error> {
    let y = Array2::from_shape_simple_fn((1, examples), || f64::from(rng.rand() < share));
    let x = Array2::from_shape_fn((2, examples), |(feature, i)| {
        let (mean, apart, std) = [(130.0, 20.0, 14.0), (0.3, 0.1, 0.07)][feature];
        mean + apart * (2.0 * y[(0, i)] - 1.0) + std * rng.randn()
    });
    Ok(Dataset::new(x, y)?)
}

pub(crate) const DEEP_LAYERS: [usize; 4] = [2, 10, 5, 1];

/// The largest difference of a logit, as a share of its size, or of one for smaller ones.
fn fold() -> Judging {
    Rule::Exact { tolerance: 1e-12 }.on(Measure::Once(|| {
        let train = patients(500, 0.5, &mut RandomState::new(1))?;
        let test = patients(1_000, 0.5, &mut RandomState::new(2))?;
        let fit = Normalization::fit(&train)?;
        let rng = &mut RandomState::new(3);
        let mut network = Network::new(&DEEP_LAYERS, Initialization::He, rng)?;
        GradientDescent::new(0.3).iterations(1_000).train(&mut network, &fit.apply(&train)?)?;
        let folded = fit.fold_into(&network)?;
        let (same, raw) = (network.logits(fit.apply(&test)?.x())?, folded.logits(test.x())?);
        let apart = same.iter().zip(&raw).map(|(a, b)| (a - b).abs() / a.abs().max(1.0));
        let largest = |network: &Network| {
            let theta = network.parameters().to_theta();
            theta.iter().fold(0.0_f64, |most, w| most.max(w.abs()))
        };
        Ok(Case::new(apart.fold(0.0, f64::max))
            .beside("largest", largest(&network))
            .beside("folded", largest(&folded)))
    }))
}

/// The examples of a test set whose share of class 1 is drawn.
pub(crate) const PATIENTS: usize = 100;

fn same() -> Judging {
    let (center, unit) = (Center::Mean, Unit::Points);
    let rule = Rule::Paired { seeds: MORE_SEEDS, matters: A_POINT, center, unit };
    rule.on(Measure::Seed(|seed| {
        let train = patients(500, 0.5, &mut RandomState::new(seed))?;
        let fit = Normalization::fit(&train)?;
        let network = trained(&fit.apply(&train)?, 500)?;
        let mut rng = RandomState::new(1_000 + seed);
        let share = rng.rand();
        let test = patients(PATIENTS, share, &mut rng)?;
        let with = |fit: &Normalization| network.accuracy(&fit.apply(&test)?);
        let (train, own) = (with(&fit)?, with(&Normalization::fit(&test)?)?);
        Ok(Case::new(train - own).beside("train", train).beside("own", own))
    }))
}

/// Examples to train on where noise does harm; the features of noise, and their deviation.
pub(crate) const FEW: usize = 40;
pub(crate) const NOISES: usize = 20;
pub(crate) const FAINT: f64 = 1e-3;

/// As [`drawn`], but only the first two features decide about the label.
pub(crate) fn informative(
    features: &[(f64, f64)],
    examples: usize,
    rng: &mut RandomState,
) -> Result<Dataset, Error> {
    let (two, rest) = features.split_at(2);
    let two = drawn(two, 1.5, examples, rng)?;
    let rest = Array2::from_shape_fn((rest.len(), examples), |(feature, _)| {
        let (mean, std) = rest[feature];
        mean + std * rng.randn()
    });
    let x = concatenate![Axis(0), two.x(), rest.view()];
    Ok(Dataset::new(x, two.y().to_owned())?)
}

/// Trains on inputs that are normalized in the one arm, and as they come in the other.
fn fed(seed: u32, arm: Arm, features: &[(f64, f64)], rate: f64) -> Result<Score, Error> {
    let mut rng = RandomState::new(seed);
    let train = informative(features, FEW, &mut rng)?;
    let fit = Normalization::fit(&train)?;
    let feed = |data: &Dataset| -> Result<Dataset, Error> {
        match arm {
            Arm::With => Ok(fit.apply(data)?),
            Arm::Without => Ok(data.clone()),
        }
    };
    let mut network = zeros(&train)?;
    GradientDescent::new(rate).iterations(1_000).train(&mut network, &feed(&train)?)?;
    let mut accuracy = || -> Result<f64, Error> {
        Ok(network.accuracy(&feed(&informative(features, 1_000, &mut rng)?)?)?)
    };
    Ok(Score { number: accuracy()?, dev: accuracy()? })
}

/// Features that decide the label, all of one scale.
const ALIKE: [(f64, f64); 2] = [(0.0, 1.0); 2];
/// The learning rates that each arm may take.
const RATES: &[f64] = &[0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1_000.0];

fn never() -> Judging {
    let arms = |train| Measure::Arms(Arms { rates: RATES, train });
    let rule = || {
        let (center, unit) = (Center::Mean, Unit::Points);
        Box::new(Rule::Same { seeds: MORE_SEEDS, matters: A_POINT, center, unit })
    };
    Rule::Only {
        when: "two features that decide the label, of one scale",
        there: rule(),
        otherwise: "beside them 20 of faint noise",
        elsewhere: rule(),
    }
    .on_both(
        arms(|seed, arm, rate| fed(seed, arm, &ALIKE, rate)),
        arms(|seed, arm, rate| {
            let features = [ALIKE.to_vec(), vec![(0.0, FAINT); NOISES]].concat();
            fed(seed, arm, &features, rate)
        }),
    )
}
