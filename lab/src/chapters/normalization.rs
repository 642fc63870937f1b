//! Normalizing inputs: every run, number, figure and claim of its chapter.

use figures::format::{integer, percent, plain, short};
use figures::{Contours, DotPlot, Drawing, FigureError, LineChart, Role};
use minijinja::{Value as Named, context};
use ndarray::{Array2, ArrayView2, Axis, array, concatenate, s};
use serde::Serialize;
use trainable::normalization::mean_and_deviation;
use trainable::prelude::*;
use trainable::together::Trained;

use crate::error::Error;
use crate::experiment::experiments;
use crate::judge::claim::judged;
use crate::outcome::{Columns, Outcome, Table};
use crate::report::texts;
use crate::spread::{Spread, Sweep, medians, over_seeds, ranges};

mod claims;

use claims::{
    Curvature, DEEP_LAYERS, FAINT, FEW, LEFT, MEAN, NOISES, PATIENTS, WATCHED, centered, drawn,
    informative, largest_stable_rate, least, lecture_example, normalized, patients, regression,
    steps_from_zeros, trained, ways, zeros,
};

judged!(
    include_str!("normalization/claims.toml"),
    [FEW, NOISES, FAINT, DEEP_LAYERS, MEAN, PATIENTS, WATCHED]
);

experiments![
    bowl, lecture_scales, scale_ratio, centering, network_rates, own_statistics, harm, dummies
];

texts!(
    include_str!("normalization.toml"),
    [
        SEEDS, PAIRS, RATIO, WALKED, UNIT, LAYERS, NETWORK_STEPS, DRAWS, SHIFTED, FEW, MANY_SEEDS,
        NOISES, FAINT, PEOPLE, TYPO_STEPS, RECORDS, SMALL
    ]
);

/// Seeds where steps and costs are compared, and where accuracies are.
const SEEDS: u32 = 5;
const MANY_SEEDS: u32 = 20;

/// Two weights over two features of different scale: contours of the cost, and the way down.
fn bowl() -> Result<Outcome, Error> {
    let data = mirrored(PAIRS, RATIO)?;
    let minimum = least(&data)?.cost(&data)?;
    let fit = Normalization::fit(&data)?;
    let std = fit.standard_deviation();
    // Both begin at the same predictions.
    let same = Bowl::descend(fit.apply(&data)?, (0.5 * std[0], -1.6 * std[1]), minimum)?;
    let raw = Bowl::descend(data, (0.5, -1.6), minimum)?;
    let drawing = Contours::grid(2, "w₁", "w₂")
        .panel("raw inputs", (-1.5, 2.5), (-2.0, 2.0), |a, b| raw.cost(a, b))
        .path(Role::Raw, &raw.path)
        .panel("normalized inputs", (-1.0, 4.0), (-2.0, 3.0), |a, b| same.cost(a, b))
        .path(Role::Normalized, &same.path)
        .draw();
    report("bowl", context! { raw, same }).figure("contours", drawing).outcome()
}

/// Pairs of examples, the ratio of the features' scales, and the steps of the paths drawn.
const PAIRS: usize = 100;
const RATIO: f64 = 6.0;
const WALKED: usize = 12;

/// A cost of two weights, and the way down at the rate that is best for it.
#[derive(Serialize)]
struct Bowl {
    curvature: Curvature,
    /// The share of the excess cost that is left at the path's end.
    left: f64,
    #[serde(skip)]
    data: Dataset,
    #[serde(skip)]
    path: Vec<(f64, f64)>,
}

impl Bowl {
    fn descend(data: Dataset, (a, b): (f64, f64), minimum: f64) -> Result<Self, Error> {
        let curvature = Curvature::of(&data, &least(&data)?)?;
        let descent = GradientDescent::new(curvature.best_rate).iterations(WALKED + 1);
        let mut run = descent.record_every(1).start(&regression(&[a, b, 0.0])?, &data)?;
        let mut path = Vec::new();
        while run.next_cost()?.is_some() {
            let mut theta = run.network().parameters().iter();
            path.extend(theta.next().zip(theta.next()).map(|(a, b)| (*a, *b)));
        }
        let mut bowl = Self { curvature, left: f64::NAN, data, path };
        let cost = |at: Option<&(f64, f64)>| at.map_or(f64::NAN, |(a, b)| bowl.cost(*a, *b));
        bowl.left = (cost(bowl.path.last()) - minimum) / (cost(bowl.path.first()) - minimum);
        Ok(bowl)
    }

    fn cost(&self, a: f64, b: f64) -> f64 {
        let cost = regression(&[a, b, 0.0]).and_then(|network| Ok(network.cost(&self.data)?));
        cost.unwrap_or(f64::NAN)
    }
}

/// Pairs of examples at x and −x with opposite labels: a logistic regression that starts with the
/// bias 0 keeps it.
fn mirrored(pairs: usize, ratio: f64) -> Result<Dataset, Error> {
    let half = drawn(&[(0.0, ratio), (0.0, 1.0)], 1.2, pairs, &mut RandomState::new(4))?;
    let pair = |view: ArrayView2<'_, f64>, other: fn(f64) -> f64| {
        let mirrored = view.mapv(other);
        concatenate![Axis(1), view, mirrored.view()]
    };
    Ok(Dataset::new(pair(half.x(), |x| -x), pair(half.y(), |y| 1.0 - y))?)
}

/// The lecture's example: one feature from 1 to 1000, one from 0 to 1; and five ways to feed them.
fn lecture_scales() -> Result<Outcome, Error> {
    let ways = ways(&lecture_example(5)?)?;
    let ways = ways.each_ref().map(|(formula, data)| Way::measure(formula, data));
    let ways = ways.into_iter().collect::<Result<Vec<_>, Error>>()?;
    let table = Table::of(&ways)
        .column("inputs", |way| way.formula.to_owned())
        .column("condition", |way| short(way.curvature.condition))
        .column("limit", |way| short(way.curvature.limit))
        .column("found", |way| short(way.rate))
        .column("steps", |way| match way.steps {
            None => format!("more than {}", integer(Way::MOST)),
            Some(steps) => integer(steps),
        });
    let worst = ways.iter().map(|way| (way.rate / way.curvature.limit - 1.0).abs());
    let worst = worst.fold(0.0, f64::max);
    let rate = |way: Option<&Way>| way.map_or(f64::NAN, |way| way.rate);
    let gain = rate(ways.last()) / rate(ways.first());
    report("lecture_scales", context! { gain, worst }).table("ways", table).outcome()
}

/// A way to feed the lecture's example.
#[derive(Serialize)]
struct Way {
    formula: &'static str,
    /// At the least cost.
    curvature: Curvature,
    /// The largest stable learning rate, as found by bisection.
    rate: f64,
    /// Steps from zeros; none where [`Way::MOST`] are too few.
    steps: Option<usize>,
}

impl Way {
    const MOST: usize = 50_000;

    fn measure(formula: &'static str, data: &Dataset) -> Result<Self, Error> {
        Ok(Self {
            formula,
            curvature: Curvature::of(data, &least(data)?)?,
            rate: largest_stable_rate(data)?,
            steps: steps_from_zeros(data, Self::MOST)?,
        })
    }
}

/// Steps to a given cost against the ratio of the two features' scales.
fn scale_ratio() -> Result<Outcome, Error> {
    let ratios = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];
    let sweep = Steps::sweep(&ratios, |ratio| [(0.0, ratio), (0.0, 1.0)], normalized)?;
    let arm = |ratio: f64| Ok::<_, Error>(Arm::of(ratio, sweep.at(&ratio)?));
    let (even, largest) = (arm(1.0)?, arm(64.0)?);
    let drawing = Steps::chart(&sweep, "ratio of the features' standard deviations")
        .log_x()
        .dashed("worst case", Role::Ink, &worst_case(&sweep))
        .line("normalized", Role::Normalized, &medians(&sweep.spreads(|run| run.changed)))
        .draw();
    let arms: Vec<_> = sweep.arms().map(|(ratio, runs)| Arm::of(*ratio, runs)).collect();
    let table = Table::of(&arms)
        .column("ratio", |arm| plain(arm.setting))
        .column("condition, raw", |arm| short(arm.condition))
        .column("steps, raw", |arm| integer(arm.raw.median() as usize))
        .column("steps, normalized", |arm| integer(arm.changed.median() as usize));
    let normalized = Spread::of(&arms, |arm| arm.changed.median());
    report("scale_ratio", context! { even, largest, normalized })
        .figure("steps", drawing)
        .table("ratios", table)
        .outcome()
}

/// The steps that the curvature predicts when all of the excess cost lies along the valley.
fn worst_case(sweep: &Sweep<f64, Steps>) -> Vec<(f64, f64)> {
    let slowness = medians(&sweep.spreads(|run| run.slowness)).into_iter();
    // Along the valley's floor a step leaves 1 − αλ of the distance; of the cost, its square.
    let steps = |slowness: f64| libm::log(LEFT) / (2.0 * libm::log(1.0 - 1.0 / slowness));
    slowness.map(|(ratio, slowness)| (ratio, steps(slowness))).collect()
}

/// Steps to one cost, from the inputs as they come and from changed ones.
struct Steps {
    raw: f64,
    changed: f64,
    /// Of the raw inputs' cost at its least.
    condition: f64,
    /// The curvature that sets the learning rate, as a multiple of the least at the end.
    slowness: f64,
}

impl Steps {
    fn sweep(
        settings: &[f64],
        features: fn(f64) -> [(f64, f64); 2],
        change: fn(&Dataset) -> Result<Dataset, Error>,
    ) -> Result<Sweep<f64, Self>, Error> {
        let steps = |data: &Dataset| -> Result<f64, Error> {
            Ok(steps_from_zeros(data, 200_000)?.map_or(f64::NAN, |steps| steps as f64))
        };
        let measure = |(): &(), setting: &f64, seed| {
            let data = drawn(&features(*setting), 1.0, 200, &mut RandomState::new(seed))?;
            let minimum = Curvature::of(&data, &least(&data)?)?;
            Ok(Self {
                raw: steps(&data)?,
                changed: steps(&change(&data)?)?,
                condition: minimum.condition,
                slowness: Curvature::of(&data, &zeros(&data)?)?.most / minimum.least,
            })
        };
        Sweep::run(settings, SEEDS, |_| Ok(()), measure)
    }

    /// A chart of steps that has the raw inputs' already.
    fn chart(sweep: &Sweep<f64, Self>, setting: &str) -> LineChart {
        let raw = sweep.spreads(|run| run.raw);
        let chart = LineChart::new(setting, "steps").log_y().markers(true);
        chart.band(Role::Raw, &ranges(&raw)).line("raw", Role::Raw, &medians(&raw))
    }
}

/// The steps at one setting of the data.
#[derive(Serialize)]
struct Arm {
    setting: f64,
    raw: Spread,
    changed: Spread,
    condition: f64,
}

impl Arm {
    fn of(setting: f64, runs: &[Steps]) -> Self {
        let raw = Spread::of(runs, |run| run.raw);
        let changed = Spread::of(runs, |run| run.changed);
        let condition = Spread::of(runs, |run| run.condition).median();
        Self { setting, raw, changed, condition }
    }
}

/// The mean alone: features of one scale that lie away from zero.
fn centering() -> Result<Outcome, Error> {
    let offsets = [0.0, 0.5, 1.0, 2.0, 4.0];
    let sweep = Steps::sweep(&offsets, |offset| [(offset, 1.0); 2], centered)?;
    let drawing = Steps::chart(&sweep, "mean of both features, in standard deviations")
        .line("mean subtracted", Role::Normalized, &medians(&sweep.spreads(|run| run.changed)))
        .draw();
    let arm = |offset: f64| Ok::<_, Error>(Arm::of(offset, sweep.at(&offset)?));
    let (zero, largest) = (arm(0.0)?, arm(4.0)?);
    report("centering", context! { zero, largest }).figure("offset", drawing).outcome()
}

/// A network on data with one feature in another unit: the cost it reaches at each learning rate.
fn network_rates() -> Result<Outcome, Error> {
    let plain = moons(200, 0.1, &mut RandomState::new(1))?;
    let mut x = plain.x().to_owned();
    x.row_mut(0).mapv_inplace(|x| UNIT * x);
    let raw = Dataset::new(x, plain.y().to_owned())?;
    let (same, raw, plain) = (reached(&normalized(&raw)?)?, reached(&raw)?, reached(&plain)?);
    let drawing = LineChart::new("learning rate α", "cost J reached")
        .log_x()
        .log_y()
        .band(Role::Raw, &ranges(&raw))
        .band(Role::Normalized, &ranges(&same))
        .line("raw", Role::Raw, &medians(&raw))
        .line("normalized", Role::Normalized, &medians(&same))
        .horizontal("ln 2", std::f64::consts::LN_2)
        .draw();
    let found = context! { raw => best(&raw), same => best(&same), plain => best(&plain) };
    report("network_rates", found).figure("cost", drawing).outcome()
}

/// The one feature's unit in the other's.
const UNIT: f64 = 100.0;
const LAYERS: [usize; 3] = [2, 8, 1];
const NETWORK_STEPS: usize = 500;

/// The costs reached at each learning rate.
fn reached(data: &Dataset) -> Result<Vec<(f64, Spread)>, Error> {
    let rates: Vec<f64> = (-10..=3).map(|power| libm::pow(10.0, f64::from(power) / 2.0)).collect();
    let start = |seed| {
        let rng = &mut RandomState::new(seed);
        let network = Network::new(&LAYERS, Initialization::Xavier, rng)?;
        Ok(network.with_activation(Activation::Tanh))
    };
    let run = |start: &Network, rate: &f64| {
        Ok(GradientDescent::new(*rate).iterations(NETWORK_STEPS).start(start, data)?)
    };
    let cost = |_: &Network, _: &f64, trained: Trained| Ok(trained?.0.cost(data)?);
    let sweep = Sweep::train(&rates, SEEDS, start, run, cost)?;
    Ok(sweep.spreads(|cost| *cost))
}

/// The least of the median costs, and the learning rate that reaches it.
fn best(reached: &[(f64, Spread)]) -> Named {
    let medians = medians(reached).into_iter();
    let best = medians.min_by(|(_, cost), (_, other)| cost.total_cmp(other));
    let (rate, cost) = best.unwrap_or((f64::NAN, f64::NAN));
    context! { rate, cost }
}

/// A test set normalized with its own statistics.
fn own_statistics() -> Result<Outcome, Error> {
    let train = patients(500, 0.5, &mut RandomState::new(1))?;
    let fit = Normalization::fit(&train)?;
    let network = trained(&fit.apply(&train)?, 500)?;
    let measure = |(): &(), examples: &usize, seed: u32| {
        let with = |share: f64| -> Result<Statistics, Error> {
            let test = patients(*examples, share, &mut RandomState::new(1_000 + seed))?;
            let with = |fit: &Normalization| network.accuracy(&fit.apply(&test)?);
            Ok(Statistics { train: with(&fit)?, own: with(&Normalization::fit(&test)?)? })
        };
        Ok(TestSet { examples: *examples, even: with(0.5)?, shifted: with(SHIFTED)? })
    };
    let sizes = [2, 3, 5, 10, 20, 50, 100, 300, 1_000];
    let sweep = Sweep::run(&sizes, DRAWS, |_| Ok(()), measure)?;
    let all: Vec<_> = sweep.arms().map(|(size, draws)| TestSet::mean(*size, draws)).collect();
    let mean = |size: usize| Ok::<_, Error>(TestSet::mean(size, sweep.at(&size)?));
    let (two, thousand) = (mean(2)?, mean(1_000)?);
    report("own_statistics", context! { two, thousand })
        .figure("accuracy", TestSet::drawing(&all))
        .table("sizes", TestSet::table(&all))
        .outcome()
}

/// Draws of a random data set.
const DRAWS: u32 = 100;
/// The share of class 1 in a test set that is not like the training set.
const SHIFTED: f64 = 0.95;

/// Test sets of one size, half of class 1 or nearly all.
#[derive(Serialize)]
struct TestSet {
    examples: usize,
    even: Statistics,
    shifted: Statistics,
}

/// The test accuracy by whose statistics normalize the test set.
#[derive(Serialize)]
struct Statistics {
    train: f64,
    own: f64,
}

impl TestSet {
    fn mean(examples: usize, draws: &[Self]) -> Self {
        let mean = |of: fn(&Self) -> f64| draws.iter().map(of).sum::<f64>() / f64::from(DRAWS);
        Self {
            examples,
            even: Statistics { train: mean(|set| set.even.train), own: mean(|set| set.even.own) },
            shifted: Statistics {
                train: mean(|set| set.shifted.train),
                own: mean(|set| set.shifted.own),
            },
        }
    }

    /// What the series are called whose sets are nearly all of one class.
    fn shifted() -> [String; 2] {
        let name = |whose| format!("{whose}, {} % of class 1", plain(100.0 * SHIFTED));
        ["training set's", "its own"].map(name)
    }

    fn drawing(sizes: &[Self]) -> Result<Drawing, FigureError> {
        let line = |accuracy: fn(&Self) -> f64| -> Vec<(f64, f64)> {
            sizes.iter().map(|size| (size.examples as f64, accuracy(size))).collect()
        };
        let [fitted, own] = Self::shifted();
        LineChart::new("examples in the test set", "mean test accuracy")
            .log_x()
            .percent_y()
            .markers(true)
            .line("training set's statistics", Role::Train, &line(|size| size.even.train))
            .line("its own", Role::Test, &line(|size| size.even.own))
            .line(&fitted, Role::Train, &line(|size| size.shifted.train))
            .line(&own, Role::Test, &line(|size| size.shifted.own))
            .draw()
    }

    fn table(sizes: &[Self]) -> Columns<'_, Self> {
        let [fitted, own] = Self::shifted();
        Table::of(sizes)
            .column("examples", |size| integer(size.examples))
            .column("training set's", |size| percent(size.even.train, 1))
            .column("its own", |size| percent(size.even.own, 1))
            .column(&fitted, |size| percent(size.shifted.train, 1))
            .column(&own, |size| percent(size.shifted.own, 1))
    }
}

/// Where normalizing does harm: noise of small variance; and where an outlier spoils it.
fn harm() -> Result<Outcome, Error> {
    let informative = vec![(0.0, 1.0); 2];
    let faint = vec![(0.0, FAINT); NOISES];
    let noisy = Accuracies::measure(&[informative.clone(), faint].concat())?;
    let alike = Accuracies::measure(&informative)?;
    let drawing = DotPlot::new("test accuracy")
        .percent()
        .category("two features, raw", Role::Raw, alike.raw.values())
        .category("two features, normalized", Role::Normalized, alike.normalized.values())
        .category("and faint noise, raw", Role::Raw, noisy.raw.values())
        .category("and faint noise, normalized", Role::Normalized, noisy.normalized.values())
        .draw();
    let typos = typos()?;
    let [clean, tenfold, thousandfold] = &typos;
    report("harm", context! { alike, noisy, clean, tenfold, thousandfold })
        .figure("noise", drawing)
        .table("outlier", Typo::table(&typos))
        .outcome()
}

/// Test accuracies with inputs as they come, and normalized.
#[derive(Serialize)]
struct Accuracies {
    raw: Spread,
    normalized: Spread,
}

impl Accuracies {
    fn measure(features: &[(f64, f64)]) -> Result<Self, Error> {
        let accuracy = |train: &Dataset, test: &Dataset| -> Result<f64, Error> {
            Ok(trained(train, 1_000)?.accuracy(test)?)
        };
        let seeds = over_seeds(MANY_SEEDS, |seed| -> Result<_, Error> {
            let mut rng = RandomState::new(seed);
            let train = informative(features, FEW, &mut rng)?;
            let test = informative(features, 1_000, &mut rng)?;
            let fit = Normalization::fit(&train)?;
            let normalized = accuracy(&fit.apply(&train)?, &fit.apply(&test)?)?;
            Ok((accuracy(&train, &test)?, normalized))
        })?;
        Ok(Self {
            raw: Spread::of(&seeds, |(raw, _)| *raw),
            normalized: Spread::of(&seeds, |(_, normalized)| *normalized),
        })
    }
}

/// Examples of which one has a typing error, in a feature of this mean; and the steps of training.
const PEOPLE: usize = 300;
const HEIGHT: f64 = 170.0;
const TYPO_STEPS: usize = 300;

/// One wrong number in the training set, and what it does to σ and to training.
#[derive(Serialize)]
struct Typo {
    /// The wrong number.
    typed: Option<f64>,
    mean: f64,
    std: f64,
    /// The standard deviation of the other examples after normalizing.
    others: f64,
    test: f64,
}

/// No typing error, one that makes a number ten times as large, and one a thousand times.
fn typos() -> Result<[Typo; 3], Error> {
    let mut rng = RandomState::new(8);
    let features = [(HEIGHT, 10.0), (70.0, 12.0)];
    let clean = drawn(&features, 1.5, PEOPLE, &mut rng)?;
    let test = drawn(&features, 1.5, 1_000, &mut rng)?;
    let measure = |typed| Typo::measure(&clean, &test, typed);
    Ok([measure(None)?, measure(Some(10.0 * HEIGHT))?, measure(Some(1_000.0 * HEIGHT))?])
}

impl Typo {
    fn measure(clean: &Dataset, test: &Dataset, typed: Option<f64>) -> Result<Self, Error> {
        let mut x = clean.x().to_owned();
        x[(0, 0)] = typed.unwrap_or(x[(0, 0)]);
        let train = Dataset::new(x, clean.y().to_owned())?;
        let fit = Normalization::fit(&train)?;
        let train = fit.apply(&train)?;
        let (_, others) = mean_and_deviation(train.x().slice(s![..1, 1..]));
        Ok(Self {
            typed,
            mean: fit.mean()[0],
            std: fit.standard_deviation()[0],
            others: others[0],
            test: trained(&train, TYPO_STEPS)?.accuracy(&fit.apply(test)?)?,
        })
    }

    fn table(typos: &[Self]) -> Columns<'_, Self> {
        Table::of(typos)
            .column("typing error", |typo| match typo.typed {
                None => "none".to_owned(),
                Some(typed) => format!("`{}` for {}", plain(typed), plain(HEIGHT)),
            })
            .column("μ₁", |typo| short(typo.mean))
            .column("σ₁", |typo| short(typo.std))
            .column("others", |typo| short(typo.others))
            .column("test", |typo| percent(typo.test, 1))
    }
}

/// Features that are almost always 0: what normalizing makes of a 1, and of the zeros.
fn dummies() -> Result<Outcome, Error> {
    let rows =
        [Dummy::measure(0.5)?, Dummy::measure(0.1)?, Dummy::measure(0.01)?, Dummy::measure(0.001)?];
    let [half, tenth, hundredth, thousandth] = &rows;
    let table = Table::of(&rows)
        .column("share of ones", |dummy| percent(dummy.share, 1))
        .column("0 becomes", |dummy| short(dummy.zero))
        .column("1 becomes", |dummy| short(dummy.one))
        .column("zeros before", |dummy| percent(dummy.zeros_before, 1))
        .column("zeros after", |dummy| percent(dummy.zeros_after, 1))
        .column("refused", |dummy| percent(dummy.refused, 0));
    report("dummies", context! { half, tenth, hundredth, thousandth })
        .table("rare", table)
        .outcome()
}

/// Examples in a training set, and in one that may miss a rare 1.
const RECORDS: usize = 10_000;
const SMALL: usize = 200;

/// A feature that is 1 in a share of the examples and else 0.
#[derive(Serialize)]
struct Dummy {
    share: f64,
    /// What 0 and 1 become.
    zero: f64,
    one: f64,
    /// The share of zeros before normalizing and after.
    zeros_before: f64,
    zeros_after: f64,
    /// The share of small training sets in which the feature is constant.
    refused: f64,
}

impl Dummy {
    fn measure(share: f64) -> Result<Self, Error> {
        let column = |examples: usize, seed: u32| {
            let mut rng = RandomState::new(seed);
            let x = Array2::from_shape_simple_fn((1, examples), || f64::from(rng.rand() < share));
            Dataset::new(x, Array2::zeros((1, examples)))
        };
        let data = column(RECORDS, 1)?;
        let fit = Normalization::fit(&data)?;
        let values = fit.inputs(array![[0.0, 1.0]].view())?;
        let zeros = |data: &Dataset| {
            let zeros = data.x().iter().filter(|x| **x == 0.0).count();
            zeros as f64 / data.examples() as f64
        };
        let refused = over_seeds(DRAWS, |seed| -> Result<bool, Error> {
            Ok(Normalization::fit(&column(SMALL, seed)?).is_err())
        })?;
        let refused = refused.iter().filter(|refused| **refused).count() as f64;
        Ok(Self {
            share,
            zero: values[(0, 0)],
            one: values[(0, 1)],
            zeros_before: zeros(&data),
            zeros_after: zeros(&fit.apply(&data)?),
            refused: refused / f64::from(DRAWS),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::claims::{eigenvalues, hessian};
    use super::*;

    #[test]
    fn eigenvalues_of_a_known_matrix() {
        let (values, vector) = eigenvalues(&array![[2.0, 1.0], [1.0, 2.0]]);
        assert!((values[0] - 1.0).abs() < 1e-12 && (values[1] - 3.0).abs() < 1e-12);
        assert!((vector[0] - vector[1]).abs() < 1e-12);
    }

    #[test]
    fn the_hessian_is_the_slope_of_the_gradient() {
        let features = [(1.0, 2.0), (0.0, 1.0)];
        let data = drawn(&features, 1.0, 50, &mut RandomState::new(1)).unwrap();
        let theta = [0.3, -0.2, 0.1];
        let hessian = hessian(&regression(&theta).unwrap(), &data).unwrap();
        for column in 0..3 {
            let gradient = |step: f64| {
                let mut theta = theta;
                theta[column] += step;
                let network = regression(&theta).unwrap();
                network.gradients(&data).unwrap().to_theta()
            };
            let slope = (gradient(1e-5) - gradient(-1e-5)) / 2e-5;
            for row in 0..3 {
                assert!((slope[row] - hessian[(row, column)]).abs() < 1e-8);
            }
        }
    }

    #[test]
    fn the_folded_minimum_is_the_minimum() {
        let features = [(100.0, 20.0), (0.0, 1.0)];
        let data = drawn(&features, 1.0, 100, &mut RandomState::new(1)).unwrap();
        let gradient = least(&data).unwrap().gradients(&data).unwrap().to_theta();
        assert!(gradient.iter().all(|slope| slope.abs() < 1e-9), "{gradient}");
    }
}
