//! Normalizing inputs: every run, number, figure and claim of its chapter.

use ndarray::{Array1, Array2, ArrayView2, array};
use trainable::prelude::*;

use crate::error::Error;
use crate::experiment::{Experiment, experiments};
use crate::figure::{Contours, DotPlot, LineChart, Role};
use crate::format::percent;
use crate::outcome::{Claim, Outcome, Table, Value, Verdict, header};
use crate::spread::{Spread, medians, over_seeds, ranges};

/// The chapter's experiments.
pub fn experiments() -> Vec<Experiment> {
    experiments![
        bowl,
        lecture_scales,
        scale_ratio,
        centering,
        network_rates,
        own_statistics,
        harm,
        folding,
        dummies
    ]
}

const LECTURE: &str = "course, lecture on normalizing inputs";
const NOTES: &str = "course notes on normalizing inputs";
const LECUN: &str = "Y. LeCun et al. (1998), *Efficient BackProp*";

/// A cost is reached when this share of the way from the start to the least cost is left.
const LEFT: f64 = 0.01;

/// Examples whose features are `mean + std · u` with standard normal u, and whose labels are drawn
/// with the probability σ(slope · Σ u) of class 1: logistic regression is the right model for them.
fn drawn(
    features: &[(f64, f64)],
    slope: f64,
    examples: usize,
    rng: &mut RandomState,
) -> Result<Dataset, Error> {
    let u = Array2::from_shape_simple_fn((features.len(), examples), || rng.randn());
    labeled(&u, slope, rng, |feature, u| features[feature].0 + features[feature].1 * u)
}

/// Examples with labels drawn by the sum of what `u` holds of each, and features made of it.
fn labeled(
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
fn changed(data: &Dataset, change: impl Fn(f64, f64, f64) -> f64) -> Result<Dataset, Error> {
    let fit = Normalization::fit(data)?;
    let (mean, std) = (fit.mean(), fit.standard_deviation());
    let mut x = data.x().to_owned();
    x.indexed_iter_mut().for_each(|((row, _), x)| *x = change(*x, mean[row], std[row]));
    Ok(Dataset::new(x, data.y().to_owned())?)
}

fn normalized(data: &Dataset) -> Result<Dataset, Error> {
    Ok(Normalization::fit(data)?.apply(data)?)
}

/// Logistic regression: weights, one a feature, then the bias.
fn regression(theta: &[f64]) -> Result<Network, Error> {
    let zeros = Parameters::zeros(&[theta.len() - 1, 1])?;
    let theta = Array1::from(theta.to_vec());
    Ok(Network::from_parameters(zeros.with_theta(&theta)?))
}

/// The logistic regression of least cost, found on normalized inputs and folded back.
fn least(data: &Dataset) -> Result<Network, Error> {
    let fit = Normalization::fit(data)?;
    let mut network = regression(&vec![0.0; data.features() + 1])?;
    GradientDescent::new(2.0)
        .iterations(3_000)
        .record_every(3_000)
        .train(&mut network, &fit.apply(data)?)?;
    Ok(fit.fold_into(&network)?)
}

/// The second derivatives of a logistic regression's cost: 1/m Σ ŷ(1 − ŷ) x xᵀ, with a feature
/// that is always 1 for the bias.
fn hessian(network: &Network, data: &Dataset) -> Result<Array2<f64>, Error> {
    let n = data.features() + 1;
    let with_one = Array2::from_shape_fn((n, data.examples()), |(row, i)| {
        data.x().get((row, i)).copied().unwrap_or(1.0)
    });
    let slope = network.probabilities(data.x())?.mapv(|p| p * (1.0 - p));
    Ok((&with_one * &slope).dot(&with_one.t()) / data.examples() as f64)
}

/// The eigenvalues of a symmetric matrix, least first, and the last one's eigenvector, by Jacobi's
/// rotations.
fn eigenvalues(matrix: &Array2<f64>) -> (Vec<f64>, Array1<f64>) {
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

/// The curvature of the cost at its least point.
struct Curvature {
    least: f64,
    most: f64,
    /// The direction in which it is most.
    steep: Array1<f64>,
}

impl Curvature {
    fn of(data: &Dataset, minimum: &Network) -> Result<Self, Error> {
        let (values, steep) = eigenvalues(&hessian(minimum, data)?);
        let end = |value: Option<&f64>| value.copied().unwrap_or(f64::NAN);
        Ok(Self { least: end(values.first()), most: end(values.last()), steep })
    }

    fn condition(&self) -> f64 {
        self.most / self.least
    }

    /// The rate that shrinks the distance to the minimum of a quadratic cost fastest.
    fn best_rate(&self) -> f64 {
        2.0 / (self.least + self.most)
    }

    /// The largest rate that is stable on a quadratic cost.
    fn limit(&self) -> f64 {
        2.0 / self.most
    }
}

/// The first step at which the cost is at most `target`, if that is within `most` steps.
fn steps_to(
    mut network: Network,
    data: &Dataset,
    rate: f64,
    target: f64,
    most: usize,
) -> Result<Option<usize>, Error> {
    let (mut done, mut next) = (0, 64);
    while done < most {
        let run = GradientDescent::new(rate).iterations(next).record_every(1);
        let history = match run.train(&mut network, data) {
            Err(trainable::prelude::Error::Diverged { .. }) => return Ok(None),
            history => history?,
        };
        let reached = history.costs().iter().find(|(_, cost)| *cost <= target);
        if let Some((step, _)) = reached {
            return Ok(Some(done + step));
        }
        done += next;
        next = (2 * next).min(most.saturating_sub(done)).max(1);
    }
    Ok(None)
}

/// Steps of gradient descent from zeros until one hundredth of the excess cost is left, at the rate
/// 1/λ with the largest eigenvalue at the start: nowhere is a logistic regression's larger.
fn steps_from_zeros(data: &Dataset, most: usize) -> Result<Option<usize>, Error> {
    let minimum = least(data)?;
    let start = regression(&vec![0.0; data.features() + 1])?;
    let rate = 1.0 / Curvature::of(data, &start)?.most;
    let (from, to) = (start.cost(data)?, minimum.cost(data)?);
    let target = to + LEFT * (from - to);
    steps_to(start, data, rate, target, most)
}

/// The largest learning rate at which a small disturbance in the steepest direction dies away,
/// found by bisection of the rates' logarithms.
fn largest_stable_rate(data: &Dataset) -> Result<f64, Error> {
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

/// The parameters before each step, the first two of them.
fn walk(
    network: &Network,
    data: &Dataset,
    rate: f64,
    steps: usize,
) -> Result<Vec<(f64, f64)>, Error> {
    let mut path = Vec::new();
    let training = GradientDescent::new(rate).iterations(steps + 1).record_every(1);
    let mut run = training.start(network, data)?;
    while run.next_cost()?.is_some() {
        let mut theta = run.network().parameters().iter();
        path.extend(theta.next().zip(theta.next()).map(|(a, b)| (*a, *b)));
    }
    Ok(path)
}

/// A short number: decimals where they help, powers of ten where they would not.
fn short(number: f64) -> Value {
    match number.abs() {
        size if size != 0.0 && !(0.01..1e5).contains(&size) => Value::scientific(number, 1),
        size if size >= 1_000.0 => Value::integer(number.round() as usize),
        size if size >= 100.0 => Value::fixed(number, 0),
        size if size >= 10.0 => Value::fixed(number, 1),
        _ => Value::fixed(number, 2),
    }
}

fn text(number: f64) -> String {
    short(number).text
}

/// A share that may be too small for its decimals.
fn small_percent(fraction: f64) -> Value {
    match fraction < 5e-4 {
        true => Value { number: fraction, text: "less than 0.1\u{a0}%".to_owned() },
        false => Value::percent(fraction, 1),
    }
}

/// Two weights over two features of different scale: contours of the cost, and the way down.
fn bowl() -> Result<Outcome, Error> {
    const RATIO: f64 = 6.0;
    const STEPS: usize = 12;
    let mut outcome = Outcome::new();
    let raw = mirrored(100, RATIO)?;
    let fit = Normalization::fit(&raw)?;
    let same = fit.apply(&raw)?;
    let std = fit.standard_deviation();
    let raw_start = regression(&[0.5, -1.6, 0.0])?;
    let same_start = regression(&[0.5 * std[0], -1.6 * std[1], 0.0])?;
    let (raw_least, same_least) = (least(&raw)?, least(&same)?);
    let (before, after) = (Curvature::of(&raw, &raw_least)?, Curvature::of(&same, &same_least)?);
    let raw_path = walk(&raw_start, &raw, before.best_rate(), STEPS)?;
    let same_path = walk(&same_start, &same, after.best_rate(), STEPS)?;
    let cost = |data: &Dataset, a: f64, b: f64| {
        regression(&[a, b, 0.0]).and_then(|network| Ok(network.cost(data)?)).unwrap_or(f64::NAN)
    };
    let minimum = raw_least.cost(&raw)?;
    let excess = |data: &Dataset, path: &[(f64, f64)]| {
        let cost = |at: Option<&(f64, f64)>| at.map_or(f64::NAN, |(a, b)| cost(data, *a, *b));
        (cost(path.last()) - minimum) / (cost(path.first()) - minimum)
    };
    let (raw_left, same_left) = (excess(&raw, &raw_path), excess(&same, &same_path));
    let figure = Contours::grid(2, "w₁", "w₂")
        .panel("raw inputs", (-1.5, 2.5), (-2.0, 2.0), |a, b| cost(&raw, a, b))
        .path(Role::Raw, &raw_path)
        .panel("normalized inputs", (-1.0, 4.0), (-2.0, 3.0), |a, b| cost(&same, a, b))
        .path(Role::Normalized, &same_path)
        .draw()?;
    outcome.figure(
        "contours",
        figure,
        format!(
            "Two panels of contour lines with the path of gradient descent over {STEPS} steps. Raw inputs: a narrow valley along w₂, \
             along whose floor the path creeps; {} of the excess cost is left at its end. Normalized inputs: nearly round \
             contours, and a path that goes straight to the minimum; {} is left.",
            percent(raw_left, 1), small_percent(same_left).text
        ),
        format!(
            "The cost of the same model on the same {} examples, as a function of its two weights. Both paths begin at the same predictions, take {STEPS} \
             steps, and use the learning rate that is best for their own valley.",
            raw.examples()
        ),
    );
    outcome.value("ratio", Value::integer(RATIO as usize));
    outcome.value("steps", Value::integer(STEPS));
    outcome.value("raw_left", Value::percent(raw_left, 1));
    outcome.value("normalized_left", small_percent(same_left));
    outcome.value("raw_rate", short(before.best_rate()));
    outcome.value("normalized_rate", short(after.best_rate()));
    outcome.value("raw_condition", short(before.condition()));
    outcome.value("normalized_condition", short(after.condition()));
    Ok(outcome)
}

/// Pairs of examples at x and −x with opposite labels: a logistic regression that starts with the
/// bias 0 keeps it.
fn mirrored(pairs: usize, ratio: f64) -> Result<Dataset, Error> {
    let half = drawn(&[(0.0, ratio), (0.0, 1.0)], 1.2, pairs, &mut RandomState::new(4))?;
    let pair = |view: ArrayView2<'_, f64>, other: fn(f64) -> f64| {
        let mirrored = view.mapv(other);
        ndarray::concatenate![ndarray::Axis(1), view, mirrored.view()]
    };
    Ok(Dataset::new(pair(half.x(), |x| -x), pair(half.y(), |y| 1.0 - y))?)
}

/// The lecture's example: one feature from 1 to 1000, one from 0 to 1; and five ways to feed them.
fn lecture_scales() -> Result<Outcome, Error> {
    const MOST: usize = 50_000;
    let mut outcome = Outcome::new();
    let mut rng = RandomState::new(5);
    let u = Array2::from_shape_simple_fn((2, 200), || 2.0 * rng.rand() - 1.0);
    let raw = labeled(&u, 3.0, &mut rng, |feature, u| match feature {
        0 => 500.5 + 499.5 * u,
        _ => 0.5 + 0.5 * u,
    })?;
    let kinds = [
        ("raw", "as it comes", raw.clone()),
        ("centered", "x − μ", changed(&raw, |x, mu, _| x - mu)?),
        ("squared", "(x − μ)/σ²", changed(&raw, |x, mu, sigma| (x - mu) / (sigma * sigma))?),
        ("scaled", "x/σ", changed(&raw, |x, _, sigma| x / sigma)?),
        ("normalized", "(x − μ)/σ", normalized(&raw)?),
    ];
    let (mut rows, mut conditions, mut stable, mut worst) = (Vec::new(), vec![], vec![], 0.0_f64);
    for (id, label, data) in &kinds {
        let curvature = Curvature::of(data, &least(data)?)?;
        let rate = largest_stable_rate(data)?;
        let steps = steps_from_zeros(data, MOST)?;
        let steps = steps.map_or_else(
            || format!("more than {}", Value::integer(MOST).text),
            |steps| Value::integer(steps).text,
        );
        worst = worst.max((rate / curvature.limit() - 1.0).abs());
        rows.push(vec![
            (*label).to_owned(),
            text(curvature.condition()),
            text(curvature.limit()),
            text(rate),
            steps,
        ]);
        outcome.value(&format!("{id}_condition"), short(curvature.condition()));
        outcome.value(&format!("{id}_rate"), short(rate));
        conditions.push(curvature.condition());
        stable.push(rate);
    }
    outcome.table("ways", Table {
        caption: "Logistic regression with $`x_1`$ from 1 to 1000 and $`x_2`$ from 0 to 1: condition number of the Hessian at the minimum; the largest stable learning rate as predicted, $`2/\\lambda_\\text{max}`$, and as found by bisection; and the steps from zeros until one hundredth of the excess cost is left.".to_owned(),
        header: header(&["inputs", "condition", "limit", "found", "steps"]),
        rows,
    });
    outcome.value("agreement", Value::scientific(worst, 0));
    outcome.value("rate_gain", short(stable[4] / stable[0]));
    let stds = |data: &Dataset| -> Result<[f64; 2], Error> {
        let fit = Normalization::fit(data)?;
        let std = fit.standard_deviation();
        Ok([std[0], std[1]])
    };
    let (by_variance, by_deviation) = (stds(&kinds[2].2)?, stds(&kinds[4].2)?);
    let original = stds(&raw)?;
    outcome.claim("variance", Claim {
        said_by: format!("{NOTES}: `x /= σ²`"),
        statement: "Dividing each feature by its variance σ² gives every feature the variance 1.".to_owned(),
        measured: format!(
            "The two standard deviations are {} and {} before; divided by σ², {} and {}; divided by σ, {} and {}. The condition number is {} for centered inputs, {} after division by σ², {} after division by σ.",
            text(original[0]), text(original[1]), text(by_variance[0]), text(by_variance[1]), text(by_deviation[0]), text(by_deviation[1]), text(conditions[1]), text(conditions[2]), text(conditions[4])
        ),
        verdict: if (by_variance[0] - 1.0).abs() > 0.5 && (by_deviation[0] - 1.0).abs() < 1e-9 { Verdict::DoesNotHold } else { Verdict::Holds },
        reason: "The variance of x/σ² is σ²/σ⁴ = 1/σ². The ratio of the scales is turned over, and is as large as before. Divide by σ.".to_owned(),
    });
    outcome.claim("rate", Claim {
        said_by: format!("{LECUN}, section on the convergence of gradient descent"),
        statement: "The largest learning rate that does not diverge is 2/λ_max, with the largest eigenvalue of the Hessian; the time to converge is set by the ratio of the largest to the smallest.".to_owned(),
        measured: format!(
            "Found by bisection, the largest stable rate differs from 2/λ_max by at most {} of its value for all five. It is {} raw and {} normalized; the condition number falls from {} to {}.",
            Value::scientific(worst, 0).text, text(stable[0]), text(stable[4]), text(conditions[0]), text(conditions[4])
        ),
        verdict: if worst < 0.02 { Verdict::Holds } else { Verdict::HoldsWithCondition },
        reason: "Near the minimum the cost is a quadratic, and a step multiplies the distance along each eigenvector by 1 − αλ.".to_owned(),
    });
    Ok(outcome)
}

/// Steps to a given cost against the ratio of the two features' scales.
fn scale_ratio() -> Result<Outcome, Error> {
    const SEEDS: u32 = 5;
    let mut outcome = Outcome::new();
    let ratios = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];
    let (mut raw, mut same, mut theory, mut band) = (vec![], vec![], vec![], vec![]);
    let mut rows = Vec::new();
    for ratio in ratios {
        let all = over_seeds(SEEDS, |seed| {
            let features = [(0.0, ratio), (0.0, 1.0)];
            let data = drawn(&features, 1.0, 200, &mut RandomState::new(seed))?;
            let minimum = Curvature::of(&data, &least(&data)?)?;
            let start = Curvature::of(&data, &regression(&[0.0; 3])?)?;
            let condition = (minimum.condition(), start.most / minimum.least);
            let steps = |data: &Dataset| -> Result<f64, Error> {
                Ok(steps_from_zeros(data, 200_000)?.map_or(f64::NAN, |steps| steps as f64))
            };
            Ok::<_, Error>((steps(&data)?, steps(&normalized(&data)?)?, condition))
        })?;
        let before = Spread::new(all.iter().map(|run| run.0).collect());
        let after = Spread::new(all.iter().map(|run| run.1).collect());
        let condition = Spread::new(all.iter().map(|run| run.2.0).collect()).median();
        let slowness = Spread::new(all.iter().map(|run| run.2.1).collect()).median();
        // Along the floor of the valley a step leaves 1 − αλ of the distance; of the cost, its square.
        let kept = 1.0 - 1.0 / slowness;
        theory.push((ratio, libm::log(LEFT) / (2.0 * libm::log(kept))));
        raw.push((ratio, before.median()));
        same.push((ratio, after.median()));
        band.push((ratio, before.min(), before.max()));
        rows.push(vec![
            format!("{ratio}"),
            text(condition),
            Value::integer(before.median() as usize).text,
            Value::integer(after.median() as usize).text,
        ]);
    }
    let chart = LineChart::new("ratio of the features' standard deviations", "steps")
        .log_x()
        .log_y()
        .markers(true)
        .band(Role::Raw, &band)
        .line("raw", Role::Raw, &raw)
        .dashed("worst case", Role::Ink, &theory)
        .line("normalized", Role::Normalized, &same);
    let end = raw.len() - 1;
    outcome.figure(
        "steps",
        chart.draw()?,
        format!(
            "Steps to reach a given cost against the ratio of scales, both logarithmic. Normalized: {} to {} steps at every ratio. Raw: from {} steps at ratio 1 to {} at ratio {}, a line that grows with the square of the ratio.",
            same.iter().map(|p| p.1).fold(f64::INFINITY, f64::min), same.iter().map(|p| p.1).fold(0.0, f64::max), raw[0].1, Value::integer(raw[end].1 as usize).text, ratios[end]
        ),
        format!("Steps from zeros until one hundredth of the excess cost is left, each run at $`\\alpha = 1/\\lambda_\\text{{max}}`$ of its own data: median of {SEEDS} seeds, and their range for raw inputs. Dashed: what the curvature predicts when all of the excess lies along the valley."),
    );
    outcome.table(
        "ratios",
        Table {
            caption: format!("The same runs in numbers: medians of {SEEDS} seeds."),
            header: header(&["ratio", "condition, raw", "steps, raw", "steps, normalized"]),
            rows,
        },
    );
    let slope = libm::log(raw[end].1 / raw[end - 2].1) / libm::log(ratios[end] / ratios[end - 2]);
    outcome.value("slope", Value::fixed(slope, 1));
    outcome.value("largest_ratio", Value::integer(ratios[end] as usize));
    outcome.value("raw_steps", Value::integer(raw[end].1 as usize));
    outcome.value("normalized_steps", Value::integer(same[end].1 as usize));
    let (alike, apart) = (raw[0].1 / same[0].1, raw[end].1 / same[end].1);
    outcome.claim("speedup", Claim {
        said_by: LECTURE.to_owned(),
        statement: "Normalizing matters when features come on very different scales, such as 0 to 1 and 1 to 1000; when their ranges are similar it matters little.".to_owned(),
        measured: format!(
            "At a ratio of {} raw inputs need {} times the steps of normalized ones; at a ratio of 2, {} times; at a ratio of 1, {} times.",
            ratios[end], text(apart), text(raw[1].1 / same[1].1), text(alike)
        ),
        verdict: if apart > 100.0 && (0.5..2.0).contains(&alike) { Verdict::Holds } else { Verdict::DoesNotHold },
        reason: "The condition number grows with the square of the ratio, and the steps with the condition number.".to_owned(),
    });
    Ok(outcome)
}

/// The mean alone: features of one scale that lie away from zero.
fn centering() -> Result<Outcome, Error> {
    const SEEDS: u32 = 5;
    let mut outcome = Outcome::new();
    let offsets = [0.0, 0.5, 1.0, 2.0, 4.0];
    let (mut raw, mut centered, mut band) = (vec![], vec![], vec![]);
    for offset in offsets {
        let all = over_seeds(SEEDS, |seed| {
            let data = drawn(&[(offset, 1.0); 2], 1.0, 200, &mut RandomState::new(seed))?;
            let steps = |data: &Dataset| -> Result<f64, Error> {
                Ok(steps_from_zeros(data, 100_000)?.map_or(f64::NAN, |steps| steps as f64))
            };
            Ok::<_, Error>((steps(&data)?, steps(&changed(&data, |x, mu, _| x - mu)?)?))
        })?;
        let before = Spread::new(all.iter().map(|run| run.0).collect());
        raw.push((offset, before.median()));
        band.push((offset, before.min(), before.max()));
        let after = all.iter().map(|run| run.1).collect();
        centered.push((offset, Spread::new(after).median()));
    }
    let chart = LineChart::new("mean of both features, in standard deviations", "steps")
        .log_y()
        .markers(true)
        .band(Role::Raw, &band)
        .line("raw", Role::Raw, &raw)
        .line("mean subtracted", Role::Normalized, &centered);
    let end = offsets.len() - 1;
    outcome.figure(
        "offset",
        chart.draw()?,
        format!(
            "Steps against the mean of the features, logarithmic. With the mean subtracted, {} steps everywhere. Raw: {} steps at mean 0, {} at a mean of {} standard deviations.",
            centered[end].1, raw[0].1, Value::integer(raw[end].1 as usize).text, offsets[end]
        ),
        format!("Both features have the standard deviation 1; only their mean differs. Steps as in the figure before, median of {SEEDS} seeds and their range."),
    );
    outcome.value("offset", Value::integer(offsets[end] as usize));
    outcome.value("raw_steps", Value::integer(raw[end].1 as usize));
    outcome.value("centered_steps", Value::integer(centered[end].1 as usize));
    let faster = raw.iter().zip(&centered).skip(2).all(|(a, b)| a.1 > b.1);
    let same = (0.67..1.5).contains(&(raw[0].1 / centered[0].1));
    outcome.claim("mean", Claim {
        said_by: LECUN.to_owned(),
        statement: "Convergence is usually faster if the average of each input over the training set is close to zero.".to_owned(),
        measured: format!(
            "Features of standard deviation 1 and mean {}: {} steps raw, {} with the mean subtracted. At mean 1: {} and {}; at mean 0: {} and {}.",
            offsets[end], Value::integer(raw[end].1 as usize).text, centered[end].1, raw[2].1, centered[2].1, raw[0].1, centered[0].1
        ),
        verdict: match (faster, same) {
            (true, true) => Verdict::Holds,
            (true, false) => Verdict::HoldsWithCondition,
            (false, _) => Verdict::DoesNotHold,
        },
        reason: "A feature with a large mean is nearly a second bias: the two compete for the same job, and in the direction in which they cancel each other the cost is almost flat.".to_owned(),
    });
    Ok(outcome)
}

/// A network on data with one feature in another unit: the cost it reaches at each learning rate.
fn network_rates() -> Result<Outcome, Error> {
    const SEEDS: u32 = 5;
    const STEPS: usize = 500;
    const UNIT: f64 = 100.0;
    let mut outcome = Outcome::new();
    let plain = moons(200, 0.1, &mut RandomState::new(1))?;
    let mut x = plain.x().to_owned();
    x.row_mut(0).mapv_inplace(|x| UNIT * x);
    let raw = Dataset::new(x, plain.y().to_owned())?;
    let same = normalized(&raw)?;
    let rates: Vec<f64> = (-10..=3).map(|power| libm::pow(10.0, f64::from(power) / 2.0)).collect();
    let reached = |data: &Dataset| -> Result<Vec<(f64, Spread)>, Error> {
        let at = |rate: &f64| {
            let costs = over_seeds(SEEDS, |seed| {
                let rng = &mut RandomState::new(seed);
                let mut network = Network::new(&[2, 8, 1], Initialization::Xavier, rng)?
                    .with_activation(Activation::Tanh);
                GradientDescent::new(*rate).iterations(STEPS).train(&mut network, data)?;
                Ok::<_, Error>(network.cost(data)?)
            })?;
            Ok((*rate, Spread::new(costs)))
        };
        rates.iter().map(at).collect()
    };
    let (before, after, alike) = (reached(&raw)?, reached(&same)?, reached(&plain)?);
    let chart = LineChart::new("learning rate α", "cost J reached")
        .log_x()
        .log_y()
        .band(Role::Raw, &ranges(&before))
        .band(Role::Normalized, &ranges(&after))
        .line("raw", Role::Raw, &medians(&before))
        .line("normalized", Role::Normalized, &medians(&after))
        .horizontal("ln 2", std::f64::consts::LN_2);
    let best = |all: &[(f64, Spread)]| {
        let by_cost = |a: &(f64, f64), b: &(f64, f64)| a.1.total_cmp(&b.1);
        medians(all).into_iter().min_by(by_cost).unwrap_or((f64::NAN, f64::NAN))
    };
    let (raw_best, best_rate, plain_best) = (best(&before), best(&after), best(&alike));
    outcome.figure(
        "cost",
        chart.draw()?,
        format!(
            "Cost of a tanh network after {STEPS} steps against the learning rate. Raw inputs: no rate gets the median below {}. Normalized inputs: the median falls to {} at a rate of {}.",
            text(raw_best.1), text(best_rate.1), text(best_rate.0)
        ),
        format!("Two moons, one coordinate in a unit a hundred times smaller than the other's. Layers `[2, 8, 1]` of tanh units, {STEPS} steps; median and range of {SEEDS} seeds."),
    );
    outcome.value("unit", Value::integer(UNIT as usize));
    outcome.value("steps", Value::integer(STEPS));
    outcome.value("raw_best", short(raw_best.1));
    outcome.value("raw_rate", short(raw_best.0));
    outcome.value("normalized_best", short(best_rate.1));
    outcome.value("normalized_rate", short(best_rate.0));
    outcome.value("plain_best", short(plain_best.1));
    outcome.value("plain_rate", short(plain_best.0));
    Ok(outcome)
}

/// Two classes in two features of different scale; `share` of the examples are of class 1.
fn patients(examples: usize, share: f64, rng: &mut RandomState) -> Result<Dataset, Error> {
    let y = Array2::from_shape_simple_fn((1, examples), || f64::from(rng.rand() < share));
    let x = Array2::from_shape_fn((2, examples), |(feature, i)| {
        let (mean, apart, std) = [(130.0, 20.0, 14.0), (0.3, 0.1, 0.07)][feature];
        mean + apart * (2.0 * y[(0, i)] - 1.0) + std * rng.randn()
    });
    Ok(Dataset::new(x, y)?)
}

/// A test set normalized with its own statistics.
fn own_statistics() -> Result<Outcome, Error> {
    const DRAWS: u32 = 100;
    let mut outcome = Outcome::new();
    let train = patients(500, 0.5, &mut RandomState::new(1))?;
    let fit = Normalization::fit(&train)?;
    let mut network = regression(&[0.0; 3])?;
    GradientDescent::new(1.0).iterations(500).train(&mut network, &fit.apply(&train)?)?;
    let sizes = [2_usize, 3, 5, 10, 20, 50, 100, 300, 1_000];
    let accuracies = |examples: usize, share: f64| -> Result<[f64; 2], Error> {
        let all = over_seeds(DRAWS, |seed| {
            let test = patients(examples, share, &mut RandomState::new(1_000 + seed))?;
            let with = |fit: &Normalization| network.accuracy(&fit.apply(&test)?);
            let own = Normalization::fit(&test)?;
            Ok::<_, Error>([with(&fit)?, with(&own)?])
        })?;
        Ok([0, 1].map(|n| all.iter().map(|run| run[n]).sum::<f64>() / f64::from(DRAWS)))
    };
    let mut lines = [vec![], vec![], vec![], vec![]];
    let mut rows = Vec::new();
    for examples in sizes {
        let even = accuracies(examples, 0.5)?;
        let shifted = accuracies(examples, 0.95)?;
        let four = [even[0], even[1], shifted[0], shifted[1]];
        for (line, accuracy) in lines.iter_mut().zip(four) {
            line.push((examples as f64, accuracy));
        }
        let cells = four.map(|number| percent(number, 1));
        rows.push([vec![Value::integer(examples).text], cells.to_vec()].concat());
    }
    let last = |line: usize| lines[line].last().map_or(f64::NAN, |point| point.1);
    let first = |line: usize| lines[line].first().map_or(f64::NAN, |point| point.1);
    let chart = LineChart::new("examples in the test set", "mean test accuracy")
        .log_x()
        .percent_y()
        .markers(true)
        .line("training set's statistics", Role::Train, &lines[0])
        .line("its own", Role::Test, &lines[1])
        .line("training set's, 95 % of class 1", Role::Train, &lines[2])
        .line("its own, 95 % of class 1", Role::Test, &lines[3]);
    outcome.figure(
        "accuracy",
        chart.draw()?,
        format!(
            "Mean test accuracy against the size of the test set. With the training set's statistics about {} at every size. With its own: {} for two examples, {} for a thousand. When 95 % of the test set is of class 1, its own statistics give {} even for a thousand examples.",
            percent(last(0), 1), percent(first(1), 1), percent(last(1), 1), percent(last(3), 1)
        ),
        format!("One trained model, test sets drawn {DRAWS} times for each size and normalized in two ways. In two of the lines nearly all test examples are of one class."),
    );
    outcome.table(
        "sizes",
        Table {
            caption: format!("The same runs in numbers: mean test accuracy of {DRAWS} test sets."),
            header: header(&[
                "examples",
                "training set's",
                "its own",
                "training set's, 95 % of class 1",
                "its own, 95 % of class 1",
            ]),
            rows,
        },
    );
    outcome.value("train_accuracy", Value::percent(last(0), 1));
    outcome.value("two", Value::percent(first(1), 1));
    outcome.value("thousand", Value::percent(last(1), 1));
    outcome.value("shifted", Value::percent(last(2), 1));
    outcome.value("shifted_own", Value::percent(last(3), 1));
    let breaks = last(0) - first(1) > 0.05 && last(2) - last(3) > 0.05;
    outcome.claim("same", Claim {
        said_by: LECTURE.to_owned(),
        statement: "Use the same μ and σ² to normalize the test set, not statistics of its own.".to_owned(),
        measured: format!(
            "With statistics of its own a test set of two examples gets {} instead of {}; one of a thousand gets {} instead of {}; one of a thousand in which 95 % are of class 1 gets {} instead of {}. A single example has no standard deviation at all.",
            percent(first(1), 1), percent(first(0), 1), percent(last(1), 1), percent(last(0), 1), percent(last(3), 1), percent(last(2), 1)
        ),
        verdict: if breaks { Verdict::Holds } else { Verdict::DoesNotHold },
        reason: "The weights were learned for one map from raw to normalized inputs. Another map is another model. A large test set from the same distribution hides the mistake, because its statistics are nearly the training set's.".to_owned(),
    });
    Ok(outcome)
}

/// Where normalizing does harm: noise of small variance; and where an outlier spoils it.
fn harm() -> Result<Outcome, Error> {
    const SEEDS: u32 = 20;
    const NOISE: usize = 20;
    let mut outcome = Outcome::new();
    let alike = vec![(0.0, 1.0); 2];
    let with_noise = [alike.clone(), vec![(0.0, 1e-3); NOISE]].concat();
    let accuracy = |features: &[(f64, f64)], normalize: bool| -> Result<Spread, Error> {
        let all = over_seeds(SEEDS, |seed| {
            let mut rng = RandomState::new(seed);
            let train = informative(features, 40, &mut rng)?;
            let test = informative(features, 1_000, &mut rng)?;
            let mut network = regression(&vec![0.0; features.len() + 1])?;
            let run = GradientDescent::new(1.0).iterations(1_000);
            let (train, test) = match normalize {
                true => {
                    let fit = Normalization::fit(&train)?;
                    (fit.apply(&train)?, fit.apply(&test)?)
                }
                false => (train, test),
            };
            run.train(&mut network, &train)?;
            Ok::<_, Error>(network.accuracy(&test)?)
        })?;
        Ok(Spread::new(all))
    };
    let kinds = [
        ("two features", "raw", Role::Raw, &alike, false),
        ("two features", "normalized", Role::Normalized, &alike, true),
        ("and faint noise", "raw", Role::Raw, &with_noise, false),
        ("and faint noise", "normalized", Role::Normalized, &with_noise, true),
    ];
    let mut plot = DotPlot::new("test accuracy").percent();
    let mut medians = Vec::new();
    for (what, how, role, features, normalize) in kinds {
        let spread = accuracy(features, normalize)?;
        plot = plot.category(&format!("{what}, {how}"), role, spread.values());
        medians.push(spread.median());
    }
    outcome.figure(
        "noise",
        plot.draw()?,
        format!(
            "Test accuracy, one dot a seed, of logistic regression on 40 examples. Two features of scale 1: median {} raw, {} normalized. With {NOISE} features of faint noise in addition: {} raw, {} normalized.",
            percent(medians[0], 1), percent(medians[1], 1), percent(medians[2], 1), percent(medians[3], 1)
        ),
        format!("Two features that decide the label, alone and beside {NOISE} features of noise with a standard deviation of 0.001; {SEEDS} seeds, the bar is the median."),
    );
    for (id, median) in
        ["alike_raw", "alike_normalized", "noise_raw", "noise_normalized"].iter().zip(&medians)
    {
        outcome.value(id, Value::percent(*median, 1));
    }
    outcome.value("noise_features", Value::integer(NOISE));
    let harmless = (medians[0] - medians[1]).abs() < 0.01;
    let harmed = medians[2] - medians[3] > 0.02;
    outcome.claim("never", Claim {
        said_by: LECTURE.to_owned(),
        statement: "Normalizing pretty much never does any harm.".to_owned(),
        measured: format!(
            "Two informative features of one scale, 40 examples, {SEEDS} seeds: median test accuracy {} raw, {} normalized. With {NOISE} features of noise that vary by a thousandth: {} raw, {} normalized.",
            percent(medians[0], 1), percent(medians[1], 1), percent(medians[2], 1), percent(medians[3], 1)
        ),
        verdict: match (harmless, harmed) {
            (true, false) => Verdict::Holds,
            (true, true) => Verdict::HoldsWithCondition,
            (false, _) => Verdict::DoesNotHold,
        },
        reason: "As long as a feature's scale says nothing about its worth. Here it does: raw, the faint noise moves no weight; normalized, it is as loud as the signal, and 40 examples are too few to see through it.".to_owned(),
    });
    outlier(&mut outcome)?;
    Ok(outcome)
}

/// As [`drawn`], but only the first two features decide about the label.
fn informative(
    features: &[(f64, f64)],
    examples: usize,
    rng: &mut RandomState,
) -> Result<Dataset, Error> {
    let two = drawn(&features[..2], 1.5, examples, rng)?;
    let rest = Array2::from_shape_fn((features.len() - 2, examples), |(feature, _)| {
        features[feature + 2].0 + features[feature + 2].1 * rng.randn()
    });
    let x = ndarray::concatenate![ndarray::Axis(0), two.x(), rest.view()];
    Ok(Dataset::new(x, two.y().to_owned())?)
}

/// One wrong number in the training set, and what it does to σ and to training.
fn outlier(outcome: &mut Outcome) -> Result<(), Error> {
    let mut rng = RandomState::new(8);
    let features = [(170.0, 10.0), (70.0, 12.0)];
    let clean = drawn(&features, 1.5, 300, &mut rng)?;
    let test = drawn(&features, 1.5, 1_000, &mut rng)?;
    let mut rows = Vec::new();
    for (id, label, typo) in [
        ("clean", "none", None),
        ("typo_10", "`1700` for 170", Some(1_700.0)),
        ("typo_1000", "`170000` for 170", Some(170_000.0)),
    ] {
        let mut x = clean.x().to_owned();
        if let Some(typo) = typo {
            x[(0, 0)] = typo;
        }
        let train = Dataset::new(x, clean.y().to_owned())?;
        let fit = Normalization::fit(&train)?;
        let normalized = fit.apply(&train)?;
        let others = normalized.x().row(0).iter().skip(1).copied().collect::<Array1<f64>>();
        let mut network = regression(&[0.0; 3])?;
        GradientDescent::new(1.0).iterations(300).train(&mut network, &normalized)?;
        let accuracy = network.accuracy(&fit.apply(&test)?)?;
        outcome.value(&format!("{id}_std"), short(fit.standard_deviation()[0]));
        outcome.value(&format!("{id}_test"), Value::percent(accuracy, 1));
        rows.push(vec![
            label.to_owned(),
            text(fit.mean()[0]),
            text(fit.standard_deviation()[0]),
            text(standard_deviation(&others)),
            percent(accuracy, 1),
        ]);
    }
    outcome.table("outlier", Table {
        caption: "One wrong number among 300: mean and standard deviation of the feature, standard deviation of the other 299 after normalizing, and test accuracy after 300 steps.".to_owned(),
        header: header(&["typing error", "μ₁", "σ₁", "others", "test"]),
        rows,
    });
    Ok(())
}

fn standard_deviation(values: &Array1<f64>) -> f64 {
    let mean = values.mean().unwrap_or(f64::NAN);
    let squares = values.mapv(|x| (x - mean) * (x - mean));
    squares.mean().unwrap_or(f64::NAN).sqrt()
}

/// Statistics folded into the first layer.
fn folding() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let train = patients(500, 0.5, &mut RandomState::new(1))?;
    let test = patients(1_000, 0.5, &mut RandomState::new(2))?;
    let fit = Normalization::fit(&train)?;
    let rng = &mut RandomState::new(3);
    let mut network = Network::new(&[2, 10, 5, 1], Initialization::He, rng)?;
    GradientDescent::new(0.3).iterations(1_000).train(&mut network, &fit.apply(&train)?)?;
    let folded = fit.fold_into(&network)?;
    let expected = network.logits(fit.apply(&test)?.x())?;
    let logits = folded.logits(test.x())?;
    let relative = expected
        .iter()
        .zip(&logits)
        .map(|(a, b)| (a - b).abs() / a.abs().max(1.0))
        .fold(0.0, f64::max);
    let changed = network
        .predict(fit.apply(&test)?.x())?
        .iter()
        .zip(&folded.predict(test.x())?)
        .filter(|(a, b)| a != b)
        .count();
    outcome.value("difference", Value::scientific(relative, 0));
    outcome.value("changed", Value::integer(changed));
    outcome.value("examples", Value::integer(test.examples()));
    outcome.value("accuracy", Value::percent(folded.accuracy(&test)?, 1));
    let finite = |theta: Array1<f64>| theta.iter().fold(0.0_f64, |most, w| most.max(w.abs()));
    let size = |network: &Network| finite(network.parameters().to_theta());
    outcome.claim("fold", Claim {
        said_by: "common practice (as when batch normalization is folded into the weights for deployment)".to_owned(),
        statement: "A model trained on normalized inputs can be shipped without its statistics: W/σ and b − (W/σ)μ in the first layer compute the same from raw inputs.".to_owned(),
        measured: format!(
            "Over {} test examples the logits of a `[2, 10, 5, 1]` network differ by at most {} of their size (of one, for smaller ones); {changed} answers change. The largest parameter grows from {} to {}.",
            Value::integer(test.examples()).text, Value::scientific(relative, 0).text, text(size(&network)), text(size(&folded))
        ),
        verdict: if relative < 1e-12 && changed == 0 { Verdict::Holds } else { Verdict::DoesNotHold },
        reason: "Both are the same affine map, up to rounding. Only training sees the difference.".to_owned(),
    });
    Ok(outcome)
}

/// Features that are almost always 0: what normalizing makes of a 1, and of the zeros.
fn dummies() -> Result<Outcome, Error> {
    const EXAMPLES: usize = 10_000;
    const SMALL: usize = 200;
    const DRAWS: u32 = 100;
    let mut outcome = Outcome::new();
    let column = |share: f64, examples: usize, seed: u32| {
        let mut rng = RandomState::new(seed);
        let x = Array2::from_shape_simple_fn((1, examples), || f64::from(rng.rand() < share));
        Dataset::new(x, Array2::zeros((1, examples)))
    };
    let mut rows = Vec::new();
    for (id, share) in [("half", 0.5), ("tenth", 0.1), ("hundredth", 0.01), ("thousandth", 0.001)] {
        let data = column(share, EXAMPLES, 1)?;
        let fit = Normalization::fit(&data)?;
        let values = fit.inputs(array![[0.0, 1.0]].view())?;
        let zeros = |data: &Dataset| {
            let zeros = data.x().iter().filter(|x| **x == 0.0).count();
            zeros as f64 / data.examples() as f64
        };
        let constant = over_seeds(DRAWS, |seed| {
            Ok::<_, Error>(Normalization::fit(&column(share, SMALL, seed)?).is_err())
        })?;
        let constant = constant.iter().filter(|refused| **refused).count() as f64;
        outcome.value(&format!("{id}_one"), short(values[(0, 1)]));
        outcome.value(&format!("{id}_refused"), Value::percent(constant / f64::from(DRAWS), 0));
        rows.push(vec![
            Value::percent(share, 1).text,
            text(values[(0, 0)]),
            text(values[(0, 1)]),
            percent(zeros(&data), 1),
            percent(zeros(&fit.apply(&data)?), 1),
            Value::percent(constant / f64::from(DRAWS), 0).text,
        ]);
    }
    outcome.value("small", Value::integer(SMALL));
    outcome.table("rare", Table {
        caption: format!("A feature that is 1 in a share of {} examples and else 0: what the two values become, how many entries are zero before and after, and how many of {DRAWS} training sets of {SMALL} examples are refused because the feature is constant in them.", Value::integer(EXAMPLES).text),
        header: header(&["share of ones", "0 becomes", "1 becomes", "zeros before", "zeros after", "refused"]),
        rows,
    });
    Ok(outcome)
}

#[cfg(test)]
mod tests {
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
