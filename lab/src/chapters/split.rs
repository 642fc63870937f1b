//! Train, dev and test sets: every run, number, figure and claim of its chapter.

use ndarray::{Array2, Axis, array};
use trainable::prelude::*;

use crate::error::Error;
use crate::experiment::{Experiment, experiments};
use crate::figure::{Boundary, DotPlot, LineChart, Role};
use crate::format::{fixed, percent};
use crate::outcome::{Claim, Outcome, Table, Value, Verdict, header};
use crate::spread::{Spread, medians, over_seeds, ranges};

/// The chapter's experiments.
pub fn experiments() -> Vec<Experiment> {
    experiments![
        coin_flips,
        redraws,
        portions,
        better_of_two,
        drifted,
        best_of_many,
        copies,
        peeking
    ]
}

const LECTURE: &str = "course, lecture on train, dev and test sets";
const TEXTBOOK: &str = "any textbook of statistics, on the binomial distribution";
const MAXIMAL: &str =
    "S. Boucheron, G. Lugosi, P. Massart (2013), *Concentration Inequalities*, theorem 2.5";

/// Which examples a network gets right: 1 or 0 for each.
fn right(network: &Network, data: &Dataset) -> Result<Vec<u8>, Error> {
    let predicted = network.predict(data.x())?;
    let pairs = predicted.iter().zip(data.y());
    Ok(pairs.map(|(p, y)| u8::from(p == y)).collect())
}

/// A random index below `n`.
fn index(n: usize, rng: &mut RandomState) -> usize {
    ((rng.rand() * n as f64) as usize).min(n - 1)
}

/// √(2 ln k): what the best of k may exceed the others by, in standard errors.
fn bound(k: usize) -> f64 {
    (2.0 * libm::log(k as f64)).sqrt()
}

/// The mean of the largest of k independent standard normal numbers: ∫ z d(Φ(z)ᵏ), by steps.
fn expected_maximum(k: usize) -> f64 {
    let cumulative = |z: f64| 0.5 * libm::erfc(-z / std::f64::consts::SQRT_2);
    let power = |z: f64| libm::pow(cumulative(z), k as f64);
    let (low, high, steps) = (-6.0, 7.0, 2_000_u32);
    let step = (high - low) / f64::from(steps);
    let at = |n: u32| low + step * f64::from(n);
    (0..steps).map(|n| (at(n) + step / 2.0) * (power(at(n + 1)) - power(at(n)))).sum()
}

/// Gaussian features with labels that are coin flips: nothing can be learned from them.
fn noise(features: usize, examples: usize, rng: &mut RandomState) -> Result<Dataset, Error> {
    let x = Array2::from_shape_simple_fn((features, examples), || rng.randn());
    let y = Array2::from_shape_simple_fn((1, examples), || f64::from(rng.rand() < 0.5));
    Ok(Dataset::new(x, y)?)
}

/// For each number of candidates: the best accuracy on the dev set, and the same model's elsewhere.
fn best_of_noise(counts: &[usize], seed: u32) -> Result<Vec<(f64, f64)>, Error> {
    let rng = &mut RandomState::new(seed);
    let (dev, test) = (noise(20, 100, rng)?, noise(20, 1_000, rng)?);
    let last = counts.last().copied().unwrap_or_default();
    let mut best: Option<(f64, Network)> = None;
    let mut found = Vec::new();
    for k in 1..=last {
        let model = Network::new(&[20, 1], Initialization::Gaussian(1.0), rng)?;
        let accuracy = model.accuracy(&dev)?;
        if best.as_ref().is_none_or(|(most, _)| accuracy > *most) {
            best = Some((accuracy, model));
        }
        if let (true, Some((accuracy, model))) = (counts.contains(&k), &best) {
            found.push((*accuracy, model.accuracy(&test)?));
        }
    }
    Ok(found)
}

/// The best of k networks that have learned nothing, on labels that cannot be learned.
fn coin_flips() -> Result<Outcome, Error> {
    const REDRAWS: u32 = 100;
    let mut outcome = Outcome::new();
    let counts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
    let runs = over_seeds(REDRAWS, |seed| best_of_noise(&counts, seed))?;
    let error = standard_error(0.5, 100)?;
    let (mut dev, mut test, mut band, mut theory, mut exact) =
        (vec![], vec![], vec![], vec![], vec![]);
    for (place, k) in counts.into_iter().enumerate() {
        let x = k as f64;
        let mut sorted: Vec<f64> = runs.iter().map(|run| run[place].0).collect();
        sorted.sort_by(f64::total_cmp);
        dev.push((x, Spread::from_iter(sorted.iter().copied()).mean()));
        band.push((x, sorted[5], sorted[94]));
        test.push((x, Spread::from_iter(runs.iter().map(|run| run[place].1)).mean()));
        theory.push((x, 0.5 + error * bound(k)));
        exact.push((x, 0.5 + error * expected_maximum(k)));
    }
    let svg = LineChart::new("k, the number of networks to choose from", "accuracy")
        .log_x()
        .percent_y()
        .band(Role::Dev, &band)
        .line("chosen, dev", Role::Dev, &dev)
        .line("chosen, new", Role::Test, &test)
        .dashed("½ + σ√(2 ln k)", Role::Ink, &theory)
        .draw()?;
    let last = counts.len() - 1;
    outcome.figure(
        "best",
        svg,
        format!(
            "Accuracy of the best of k networks against k, logarithmic. On the dev set of 100 examples it was chosen on it rises from {} for one network over {} for ten to {} for a thousand. On new examples it stays at {}.",
            percent(dev[0].1, 1), percent(dev[3].1, 1), percent(dev[last].1, 1), percent(test[last].1, 1)
        ),
        format!("No network has been trained, and the labels are coin flips. Mean of {REDRAWS} redraws of networks and examples; shaded where nine in ten of them are."),
    );
    outcome.value("dev", Value::percent(dev[last].1, 1));
    outcome.value("ten", Value::percent(dev[3].1, 1));
    outcome.value("test", Value::percent(test[last].1, 1));
    outcome.value("bound", Value::percent(theory[last].1, 1));
    outcome.value("expected", Value::percent(exact[last].1, 1));
    let below = dev.iter().zip(&theory).skip(1).all(|(a, b)| a.1 <= b.1);
    let share = |place: usize| (dev[place].1 - 0.5) / (theory[place].1 - 0.5);
    outcome.claim("bound", Claim {
        said_by: MAXIMAL.to_owned(),
        statement: "The best of k accuracies on n examples exceeds the truth by at most $`\\tfrac{1}{2\\sqrt n}\\sqrt{2 \\ln k}`$ on average, whether the k are independent or not.".to_owned(),
        measured: format!(
            "With n = 100 the excess is {} at k = 10, {} at k = 100 and {} at k = 1000, which is {}, {} and {} of the bound.",
            percent(dev[3].1 - 0.5, 1), percent(dev[6].1 - 0.5, 1), percent(dev[last].1 - 0.5, 1),
            percent(share(3), 0), percent(share(6), 0), percent(share(last), 0)
        ),
        verdict: if below { Verdict::Holds } else { Verdict::DoesNotHold },
        reason: format!(
            "It is a bound, and not far from the truth: the largest of a thousand independent normal numbers is {} standard deviations above their mean, and $`\\sqrt{{2 \\ln 1000}}`$ is {}.",
            fixed(expected_maximum(1_000), 2), fixed(bound(1_000), 2)
        ),
    });
    Ok(outcome)
}

const NOISE: f64 = 0.1;

/// A network that has learned the pitch from `data`.
fn learned(data: &Dataset, seed: u32) -> Result<Network, Error> {
    let rng = &mut RandomState::new(seed);
    let mut network =
        Network::new(&[2, 8, 1], Initialization::Xavier, rng)?.with_activation(Activation::Tanh);
    GradientDescent::new(1.0).iterations(200).record_every(200).train(&mut network, data)?;
    Ok(network)
}

/// One network on many test sets.
fn redraws() -> Result<Outcome, Error> {
    const REDRAWS: u32 = 200;
    let mut outcome = Outcome::new();
    let sizes = [10_usize, 30, 100, 300, 1_000, 3_000, 10_000];
    let network = learned(&football(1_000, NOISE, &mut RandomState::new(1))?, 1)?;
    let seeds = over_seeds(REDRAWS, |seed| {
        let rng = &mut RandomState::new(1_000 + seed);
        let one = |n: &usize| Ok::<_, Error>(network.accuracy(&football(*n, NOISE, rng)?)?);
        sizes.iter().map(one).collect::<Result<Vec<_>, _>>()
    })?;
    let column = |place: usize| -> Vec<f64> { seeds.iter().map(|run| run[place]).collect() };
    let p = Spread::from_iter(column(sizes.len() - 1)).mean();
    let (mut measured, mut formula, mut rows) = (vec![], vec![], vec![]);
    let mut worst: f64 = 0.0;
    for (place, n) in sizes.into_iter().enumerate() {
        let spread = Spread::new(column(place));
        let (ours, theory) = (spread.standard_deviation(), standard_error(p, n)?);
        measured.push((n as f64, ours));
        formula.push((n as f64, theory));
        worst = worst.max((ours / theory - 1.0).abs());
        rows.push(vec![
            Value::integer(n).text,
            percent(spread.min(), 1),
            percent(spread.max(), 1),
            percent(ours, 2),
            percent(theory, 2),
        ]);
    }
    let svg = LineChart::new("n, the examples in the set", "standard deviation of the accuracy")
        .log_x()
        .log_y()
        .markers(true)
        .dashed("√(p(1 − p)/n)", Role::Ink, &formula)
        .line("measured", Role::Test, &measured)
        .draw()?;
    let last = sizes.len() - 1;
    outcome.figure(
        "size",
        svg,
        format!(
            "Standard deviation of the accuracy against the size of the set, both logarithmic: {} at 10 examples, {} at 100, {} at 1000, {} at 10000. The measured points lie on the line of the binomial formula, which falls by a factor of ten over two powers of ten.",
            fixed(measured[0].1, 4), fixed(measured[2].1, 4), fixed(measured[4].1, 4), fixed(measured[last].1, 4)
        ),
        format!("One network, {REDRAWS} fresh sets of each size. Dashed: the formula, with the network's own accuracy $`p`$ = {}.", percent(p, 1)),
    );
    outcome.table("sizes", Table {
        caption: format!("The accuracy of one and the same network, counted on {REDRAWS} fresh sets of each size."),
        header: header(&["examples", "lowest", "highest", "standard deviation", "formula"]),
        rows,
    });
    outcome.value("p", Value::percent(p, 1));
    outcome.value("hundred", Value::percent(measured[2].1, 1));
    outcome.value("ten_thousand", Value::percent(measured[last].1, 1));
    outcome.value("redraws", Value::integer(REDRAWS as usize));
    // Three standard errors of a standard deviation from so many draws.
    let allowed = 3.0 / (2.0 * f64::from(REDRAWS)).sqrt();
    outcome.claim("binomial", Claim {
        said_by: TEXTBOOK.to_owned(),
        statement: "The accuracy counted on n examples has the standard deviation $`\\sqrt{p(1-p)/n}`$.".to_owned(),
        measured: format!(
            "For n from 10 to 10 000 the measured standard deviation differs from the formula by at most {} of it. From {REDRAWS} redraws each it is itself uncertain by {} (one standard error).",
            percent(worst, 0), percent(allowed / 3.0, 0)
        ),
        verdict: if worst < allowed { Verdict::Holds } else { Verdict::DoesNotHold },
        reason: "The examples are independent, and each is right or wrong. Nothing else enters: not the network, not the number of features.".to_owned(),
    });
    Ok(outcome)
}

/// What a split leaves to the training set and to the dev set.
struct Portion {
    /// The true accuracy of a network trained on the training set.
    truth: f64,
    /// The dev set's examples.
    dev: usize,
    /// How far the dev set's accuracy is from the true one.
    off: f64,
}

fn portion(m: usize, fractions: [f64; 3], seed: u32, pool: &Dataset) -> Result<Portion, Error> {
    let rng = &mut RandomState::new(seed);
    let split = Split::fractions(&football(m, NOISE, rng)?, fractions, rng)?;
    let network = learned(&split.train, seed)?;
    let truth = network.accuracy(pool)?;
    Ok(Portion { truth, dev: split.dev.examples(), off: network.accuracy(&split.dev)? - truth })
}

/// 60/20/20 against 98/1/1, by the size of the whole.
fn portions() -> Result<Outcome, Error> {
    const SEEDS: u32 = 7;
    let mut outcome = Outcome::new();
    let pool = football(20_000, NOISE, &mut RandomState::new(77))?;
    let plans = [("60/20/20", [0.6, 0.2, 0.2]), ("98/1/1", [0.98, 0.01, 0.01])];
    let mut rows = Vec::new();
    let mut gains = Vec::new();
    for m in [100, 1_000, 10_000] {
        let mut truths = Vec::new();
        for (name, fractions) in plans {
            let all = over_seeds(SEEDS, |seed| portion(m, fractions, seed, &pool))?;
            let truth = Spread::from_iter(all.iter().map(|one| one.truth)).mean();
            let off = Spread::from_iter(all.iter().map(|one| one.off * one.off)).mean().sqrt();
            truths.push(truth);
            let dev = all.first().map_or(0, |one| one.dev);
            rows.push(vec![
                Value::integer(m).text,
                name.to_owned(),
                Value::integer(dev).text,
                percent(truth, 1),
                percent(off, 1),
                percent(standard_error(truth, dev)?, 1),
            ]);
        }
        gains.push(truths[1] - truths[0]);
    }
    outcome.table("plans", Table {
        caption: format!("What each plan leaves. True accuracy: on 20 000 further points, mean of {SEEDS} seeds. The dev set is off by: the root of the mean squared difference from it; beside it what the formula says."),
        header: header(&["examples", "plan", "in the dev set", "true accuracy", "the dev set is off by", "formula"]),
        rows,
    });
    portions_claim(&mut outcome, &gains, 0.9)?;
    portions_of_the_lecture(&mut outcome)?;
    Ok(outcome)
}

/// Whether the dev set of each plan is large enough where the lecture recommends it.
fn portions_claim(outcome: &mut Outcome, gains: &[f64], p: f64) -> Result<(), Error> {
    let error = |dev| standard_error(p, dev);
    let old = [error(20)?, error(200)?, error(2_000)?];
    let (large, finer) = (error(10_000)?, error(200_000)?);
    let enough = |error: &f64| *error <= 0.03;
    let most = old.iter().filter(|error| enough(error)).count();
    outcome.claim("plans", Claim {
        said_by: LECTURE.to_owned(),
        statement: "For 100, 1000 or 10 000 examples, 60/20/20 is a reasonable rule of thumb; for a million, 98/1/1 is enough.".to_owned(),
        measured: format!(
            "At an accuracy of {}, 60/20/20 leaves the dev set a standard error of {}, {} and {} percentage points; 98/1/1 of a million {}, where 60/20/20 would bring it to {}. What 98/1/1 instead of 60/20/20 gains in true accuracy: {}, {} and {} points.",
            percent(p, 0), fixed(100.0 * old[0], 1), fixed(100.0 * old[1], 1), fixed(100.0 * old[2], 1), fixed(100.0 * large, 1), fixed(100.0 * finer, 2),
            fixed(100.0 * gains[0], 1), fixed(100.0 * gains[1], 1), fixed(100.0 * gains[2], 1)
        ),
        verdict: match (most, enough(&large)) {
            (3, true) => Verdict::Holds,
            (1 | 2, true) => Verdict::HoldsWithCondition,
            _ => Verdict::DoesNotHold,
        },
        reason: "We ask for an error of at most three points. With a hundred examples in all no plan has that: deal them out anew several times and take the mean (cross-validation). What counts is how many examples the dev set has, not which share they are.".to_owned(),
    });
    outcome.value("old_hundred", Value::percent(old[0], 1));
    outcome.value("large", Value::percent(large, 1));
    Ok(())
}

/// The plans that the lecture names, in examples and standard errors.
fn portions_of_the_lecture(outcome: &mut Outcome) -> Result<(), Error> {
    let plans = [
        ("60/20/20", 1_000, [200, 200]),
        ("60/20/20", 10_000, [2_000, 2_000]),
        ("98/1/1", 1_000_000, [10_000, 10_000]),
        ("99.5/0.25/0.25", 2_000_000, [5_000, 5_000]),
        ("99.5/0.4/0.1", 2_000_000, [8_000, 2_000]),
    ];
    let row = |(name, all, [dev, test]): (&str, usize, [usize; 2])| {
        Ok(vec![
            name.to_owned(),
            Value::integer(all).text,
            format!("{} / {}", Value::integer(dev).text, Value::integer(test).text),
            format!(
                "{} / {}",
                percent(standard_error(0.9, dev)?, 2),
                percent(standard_error(0.9, test)?, 2)
            ),
            format!(
                "{} / {}",
                percent(standard_error(0.99, dev)?, 2),
                percent(standard_error(0.99, test)?, 2)
            ),
        ])
    };
    let rows: Result<Vec<_>, Error> = plans.into_iter().map(row).collect();
    outcome.table("course", Table {
        caption: "The lecture's plans. Two numbers in a cell: dev set / test set. The last plans are for *more than a million*; we take two.".to_owned(),
        header: header(&["plan", "examples", "dev / test", "error at 90 %", "error at 99 %"]),
        rows: rows?,
    });
    Ok(())
}

/// A straight border moved off the diagonal.
fn border(shift: f64) -> Result<Network, Error> {
    let layer = Layer { w: array![[-1.0, 1.0]], b: array![-shift] };
    Ok(Network::from_parameters(Parameters::new(vec![layer])?))
}

/// Two borders, the second worse by about `gap` on this pool: which examples each gets right.
fn rivals(gap: f64, pool: &Dataset) -> Result<[Vec<u8>; 2], Error> {
    let good = border(0.0)?;
    let (mut low, mut high) = (0.0, 0.5);
    for _ in 0..30 {
        let middle = (low + high) / 2.0;
        match good.accuracy(pool)? - border(middle)?.accuracy(pool)? < gap {
            true => low = middle,
            false => high = middle,
        }
    }
    Ok([right(&good, pool)?, right(&border(high)?, pool)?])
}

/// How often the better of two wins on n examples, both on the same ones or each on its own.
fn wins([good, bad]: &[Vec<u8>; 2], n: usize, redraws: u32, shared: bool) -> f64 {
    let rng = &mut RandomState::new(n as u32);
    let won = |_| {
        let mut lead = 0_i64;
        for _ in 0..n {
            let first = index(good.len(), rng);
            let second = if shared { first } else { index(bad.len(), rng) };
            lead += i64::from(good[first]) - i64::from(bad[second]);
        }
        match lead.cmp(&0) {
            std::cmp::Ordering::Less => 0.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Greater => 1.0,
        }
    };
    Spread::from_iter((0..redraws).map(won)).mean()
}

/// Which of two is better: how often a dev set says so.
fn better_of_two() -> Result<Outcome, Error> {
    const REDRAWS: u32 = 500;
    let mut outcome = Outcome::new();
    let sizes = [10_usize, 30, 100, 300, 1_000, 3_000, 10_000];
    let pool = football(20_000, NOISE, &mut RandomState::new(5))?;
    let curve = |gap: f64, shared: bool| -> Result<Vec<(f64, f64)>, Error> {
        let pair = rivals(gap, &pool)?;
        let at = |n: &usize| (*n as f64, wins(&pair, *n, REDRAWS, shared));
        Ok(sizes.iter().map(at).collect())
    };
    let (large, own) = (curve(0.01, true)?, curve(0.01, false)?);
    let small = curve(0.001, true)?;
    let svg = LineChart::new("n, the examples in the dev set", "how often the better one wins")
        .log_x()
        .percent_y()
        .markers(true)
        .y_range(0.45, 1.0)
        .line("1 %, same set", Role::Dev, &large)
        .line("1 %, a set each", Role::Train, &own)
        .line("0.1 %, same set", Role::Test, &small)
        .draw()?;
    let last = sizes.len() - 1;
    let text = |line: &[(f64, f64)], place: usize| percent(line[place].1, 0);
    outcome.figure(
        "choice",
        svg,
        format!(
            "How often the better of two wins against the size of the dev set, logarithmic. One percentage point better, on the same dev set: {} at 100 examples, {} at 1000, {} at 10000. On a dev set each: {}, {}, {}. A tenth of a point better, on the same dev set: {}, {}, {}.",
            text(&large, 2), text(&large, 4), text(&large, last), text(&own, 2), text(&own, 4), text(&own, last), text(&small, 2), text(&small, 4), text(&small, last)
        ),
        format!("Two borders on the pitch, one of them truly better by the points given. Share of {REDRAWS} redraws in which it also is on the dev set; a tie counts half."),
    );
    outcome.value("hundred", Value::percent(large[2].1, 0));
    outcome.value("ten_thousand", Value::percent(large[last].1, 0));
    outcome.value("own", Value::percent(own[last].1, 0));
    outcome.value("tenth", Value::percent(small[last].1, 0));
    let sure = |line: &[(f64, f64)]| line[last].1 >= 0.95;
    outcome.claim("enough", Claim {
        said_by: LECTURE.to_owned(),
        statement: "The dev set only has to be big enough to tell quickly which of several algorithms does better; 10 000 examples are plenty.".to_owned(),
        measured: format!(
            "With 10 000 examples a lead of one percentage point is seen in {} of redraws, and one of a tenth of a point in {}. With 100 examples: {} and {}.",
            text(&large, last), text(&small, last), text(&large, 2), text(&small, 2)
        ),
        verdict: match (sure(&large), sure(&small)) {
            (true, true) => Verdict::Holds,
            (true, false) => Verdict::HoldsWithCondition,
            (false, _) => Verdict::DoesNotHold,
        },
        reason: "The condition is the size of the lead that matters to you. To see one ten times smaller takes up to a hundred times the examples. The lecture says as much of online advertising, where a tenth of a point is worth money.".to_owned(),
    });
    outcome.claim("paired", Claim {
        said_by: "T. G. Dietterich (1998), *Approximate statistical tests for comparing supervised classification learning algorithms*".to_owned(),
        statement: "Compare two classifiers on the same test examples, by those on which they disagree (McNemar's test), rather than as two independent proportions.".to_owned(),
        measured: format!(
            "A lead of one point, 1000 examples: seen in {} of redraws on the same dev set, in {} with a dev set each. 10 000 examples: {} and {}.",
            text(&large, 4), text(&own, 4), text(&large, last), text(&own, last)
        ),
        verdict: if large.iter().zip(&own).skip(3).all(|(a, b)| a.1 > b.1) { Verdict::Holds } else { Verdict::HoldsWithCondition },
        reason: "Examples that are hard for both cancel in the difference. On two sets, the luck of both adds up.".to_owned(),
    });
    Ok(outcome)
}

/// The same points, turned about the middle of the moons.
fn turned(data: &Dataset, degrees: f64) -> Result<Dataset, Error> {
    let angle = degrees.to_radians();
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    let mut x = data.x().to_owned();
    for mut point in x.columns_mut() {
        let (a, b) = (point[0] - 0.5, point[1] - 0.25);
        point[0] = 0.5 + cos * a - sin * b;
        point[1] = 0.25 + sin * a + cos * b;
    }
    Ok(Dataset::new(x, data.y().to_owned())?)
}

/// The examples of both.
fn together(a: &Dataset, b: &Dataset) -> Result<Dataset, Error> {
    let joined = |a: ndarray::ArrayView2<'_, f64>, b: ndarray::ArrayView2<'_, f64>| {
        let columns = a.columns().into_iter().chain(b.columns());
        let mut all = Array2::zeros((a.nrows(), a.ncols() + b.ncols()));
        for (mut to, from) in all.columns_mut().into_iter().zip(columns) {
            to.assign(&from);
        }
        all
    };
    Ok(Dataset::new(joined(a.x(), b.x()), joined(a.y(), b.y()))?)
}

const TURN: f64 = 40.0;

/// Moons as they are collected, moons as the users will send them, and two networks.
struct Drift {
    plain: Network,
    mixed: Network,
    collected: Dataset,
    sent: Dataset,
}

fn drift(seed: u32) -> Result<Drift, Error> {
    let rng = &mut RandomState::new(seed);
    let mut moons = |n| moons(n, 0.15, rng);
    let train = moons(200)?;
    let few = turned(&moons(40)?, TURN)?;
    let (collected, sent) = (moons(1_000)?, turned(&moons(1_000)?, TURN)?);
    let trained = |data: &Dataset| -> Result<Network, Error> {
        let rng = &mut RandomState::new(seed);
        let mut network = Network::new(&[2, 8, 1], Initialization::Xavier, rng)?
            .with_activation(Activation::Tanh);
        GradientDescent::new(1.0).iterations(1_000).train(&mut network, data)?;
        Ok(network)
    };
    Ok(Drift {
        plain: trained(&train)?,
        mixed: trained(&together(&train, &few)?)?,
        collected,
        sent,
    })
}

/// A dev set that is not from where the users are.
fn drifted() -> Result<Outcome, Error> {
    const SEEDS: u32 = 10;
    let mut outcome = Outcome::new();
    let first = drift(1)?;
    let svg = Boundary::grid(2)
        .network("dev set", &first.plain, &first.collected)
        .network("test set", &first.plain, &first.sent)
        .draw()?;
    let pair = |network: &Network, drift: &Drift| -> Result<[f64; 2], Error> {
        Ok([network.accuracy(&drift.collected)?, network.accuracy(&drift.sent)?])
    };
    let [dev, test] = pair(&first.plain, &first)?;
    outcome.figure(
        "moons",
        svg,
        format!(
            "Two panels with the same boundary between two moons. In the dev set, whose moons lie as in training, {} of the points are on their side of it. In the test set the moons are turned by {TURN} degrees, and {} are.",
            percent(dev, 1), percent(test, 1)
        ),
        format!("One network. The dev set comes from where the training set came from; the test set is turned by {TURN}°."),
    );
    outcome.value("dev", Value::percent(dev, 1));
    outcome.value("test", Value::percent(test, 1));
    drifted_by_angle(&mut outcome, SEEDS)?;
    let runs = over_seeds(SEEDS, |seed| {
        let drift = drift(seed)?;
        Ok::<_, Error>([pair(&drift.plain, &drift)?, pair(&drift.mixed, &drift)?])
    })?;
    drifted_choice(&mut outcome, &runs);
    Ok(outcome)
}

fn drifted_by_angle(outcome: &mut Outcome, seeds: u32) -> Result<(), Error> {
    let angles: Vec<f64> = (0..=12).map(|n| 5.0 * f64::from(n)).collect();
    let runs = over_seeds(seeds, |seed| {
        let drift = drift(seed)?;
        let at = |angle: &f64| -> Result<f64, Error> {
            Ok(drift.plain.accuracy(&turned(&drift.collected, *angle)?)?)
        };
        angles.iter().map(at).collect::<Result<Vec<_>, _>>()
    })?;
    let spreads: Vec<(f64, Spread)> = angles
        .iter()
        .enumerate()
        .map(|(place, angle)| (*angle, Spread::of(&runs, |run| run[place])))
        .collect();
    let svg = LineChart::new("angle between dev and test set (degrees)", "accuracy")
        .percent_y()
        .band(Role::Test, &ranges(&spreads))
        .line("test set", Role::Test, &medians(&spreads))
        .horizontal("dev set", spreads[0].1.median())
        .draw()?;
    outcome.figure(
        "angle",
        svg,
        format!(
            "Test accuracy against the angle by which the test set is turned: {} at 0 degrees, {} at 20, {} at 40, {} at 60. The dev set says {} all along.",
            percent(spreads[0].1.median(), 1), percent(spreads[4].1.median(), 1), percent(spreads[8].1.median(), 1), percent(spreads[12].1.median(), 1), percent(spreads[0].1.median(), 1)
        ),
        format!("Median of {seeds} seeds, shaded from the lowest to the highest. The dev set does not see any of it."),
    );
    Ok(())
}

/// Which of two networks a dev set picks, and what the users make of it.
fn drifted_choice(outcome: &mut Outcome, runs: &[[[f64; 2]; 2]]) {
    let chosen = |by: usize| -> Vec<usize> {
        let better = |run: &[[f64; 2]; 2]| usize::from(run[1][by] > run[0][by]);
        runs.iter().map(better).collect()
    };
    let accuracy = |chosen: &[usize], on: usize| {
        let each = runs.iter().zip(chosen);
        Spread::from_iter(each.map(|(run, network)| run[*network][on])).mean()
    };
    let row = |name: &str, chosen: &[usize]| {
        let plain = chosen.iter().filter(|network| **network == 0).count();
        vec![
            name.to_owned(),
            format!("{plain} of {}", runs.len()),
            percent(accuracy(chosen, 0), 1),
            percent(accuracy(chosen, 1), 1),
        ]
    };
    let (wrong, same) = (chosen(0), chosen(1));
    outcome.table("choice", Table {
        caption: format!("Two candidates: trained on 200 collected examples, or on these and 40 that users sent. {} seeds; accuracies are means, on a thousand examples each.", runs.len()),
        header: header(&["dev set to choose on", "takes the first", "accuracy on collected", "accuracy on the users'"]),
        rows: vec![row("collected", &wrong), row("from the users", &same)],
    });
    let (missed, hit) = (accuracy(&wrong, 1), accuracy(&same, 1));
    let mistakes = wrong.iter().zip(&same).filter(|(a, b)| a != b).count();
    outcome.claim("same", Claim {
        said_by: LECTURE.to_owned(),
        statement: "Make sure that the dev and test sets come from the same distribution; the training set may come from another.".to_owned(),
        measured: format!(
            "Chosen on collected examples, the network is right on {} of the users' examples; chosen on the users' own, on {}. The two dev sets disagree in {mistakes} of {} seeds.",
            percent(missed, 1), percent(hit, 1), runs.len()
        ),
        verdict: if hit - missed > 0.01 { Verdict::Holds } else { Verdict::HoldsWithCondition },
        reason: "The dev set is the target you aim at. What lies beyond it is hit only if it lies in the same place. The better network was there to be chosen: most of its training set came from elsewhere, and that did no harm.".to_owned(),
    });
}

/// A pool of examples as the whole truth, and which of them each of many networks gets right.
struct Candidates {
    /// For each example, a byte for each network.
    right: Vec<Vec<u8>>,
    truths: Vec<f64>,
}

/// Networks of random width, learning rate, penalty and start, all trained on the same few points.
fn candidates(count: u32, seed: u32) -> Result<Candidates, Error> {
    let train = football(100, NOISE, &mut RandomState::new(seed))?;
    let pool = football(5_000, NOISE, &mut RandomState::new(500 + seed))?;
    let columns = over_seeds(count, |one| {
        let rng = &mut RandomState::new(1_000 * seed + one);
        let width = 1 + index(12, rng);
        let rate = libm::pow(10.0, -1.5 + 2.0 * rng.rand());
        let lambda = libm::pow(10.0, -2.0 + 3.0 * rng.rand());
        let mut network = Network::new(&[2, width, 1], Initialization::Xavier, rng)?
            .with_activation(Activation::Tanh);
        GradientDescent::new(rate)
            .penalty(Penalty::L2 { lambda })
            .iterations(300)
            .train(&mut network, &train)?;
        right(&network, &pool)
    })?;
    let share =
        |column: &Vec<u8>| Spread::from_iter(column.iter().map(|right| f64::from(*right))).mean();
    let rows = (0..pool.examples()).map(|i| columns.iter().map(|column| column[i]).collect());
    Ok(Candidates { right: rows.collect(), truths: columns.iter().map(share).collect() })
}

impl Candidates {
    /// Each network's accuracy on n examples drawn from the pool.
    fn dev(&self, n: usize, rng: &mut RandomState) -> Vec<f64> {
        let mut counts = vec![0_u32; self.truths.len()];
        for _ in 0..n {
            let row = &self.right[index(self.right.len(), rng)];
            let pairs = counts.iter_mut().zip(row);
            pairs.for_each(|(count, right)| *count += u32::from(*right));
        }
        counts.into_iter().map(|c| f64::from(c) / n as f64).collect()
    }

    /// For each k: the dev accuracy of the best of k of the networks, and its true accuracy.
    fn best(&self, n: usize, ks: &[usize], rng: &mut RandomState) -> Vec<(f64, f64)> {
        let order = rng.permutation(self.truths.len());
        let dev = self.dev(n, rng);
        let best = |k: &usize| {
            let first = order.iter().take(*k).copied();
            let chosen = first.max_by(|a, b| dev[*a].total_cmp(&dev[*b]));
            chosen.map_or((f64::NAN, f64::NAN), |one| (dev[one], self.truths[one]))
        };
        ks.iter().map(best).collect()
    }
}

/// The best of k trained networks: what the dev set says of it, and what is true.
fn best_of_many() -> Result<Outcome, Error> {
    const REDRAWS: u32 = 200;
    const SEEDS: u32 = 3;
    let mut outcome = Outcome::new();
    let ks = [1, 2, 4, 8, 16, 32, 64, 128];
    let all = (1..=SEEDS).map(|seed| candidates(128, seed)).collect::<Result<Vec<_>, _>>()?;
    let line = |n: usize| -> Result<Vec<(f64, f64, f64)>, Error> {
        let runs = over_seeds(REDRAWS, |seed| {
            let rng = &mut RandomState::new(seed);
            let best = all.iter().map(|one| one.best(n, &ks, rng));
            Ok::<_, Error>(best.collect::<Vec<_>>().concat())
        })?;
        let at = |(place, k): (usize, &usize)| {
            let each = || runs.iter().flat_map(move |run| run.iter().skip(place).step_by(ks.len()));
            let (dev, truth) = (
                Spread::from_iter(each().map(|one| one.0)).mean(),
                Spread::from_iter(each().map(|one| one.1)).mean(),
            );
            (*k as f64, dev, truth)
        };
        Ok(ks.iter().enumerate().map(at).collect())
    };
    let sizes = [100, 1_000, 10_000];
    let lines = sizes.map(line);
    let [small, middle, large] = lines;
    let (small, middle, large) = (small?, middle?, large?);
    best_of_many_figures(&mut outcome, [&small, &middle, &large])?;
    let last = ks.len() - 1;
    let optimism = |line: &[(f64, f64, f64)]| line[last].1 - line[last].2;
    let three = [&small, &middle, &large].map(|line| optimism(line));
    for (name, number) in ["small", "middle", "large"].into_iter().zip(three) {
        outcome.value(name, Value::fixed(100.0 * number, 2));
    }
    outcome.value("count", Value::integer(ks[last]));
    outcome.value("gain", Value::fixed(100.0 * (small[last].2 - small[0].2), 1));
    outcome.claim("no_test", Claim {
        said_by: LECTURE.to_owned(),
        statement: "It may be all right to have no test set: its purpose is an unbiased estimate, and if you do not need one, a dev set alone will do.".to_owned(),
        measured: format!(
            "For the best of 128 networks the dev set says {} points too much with 100 examples, {} with 1000 and {} with 10 000. Even with 100, the chosen network is truly {} points better than one taken at random.",
            fixed(100.0 * three[0], 1), fixed(100.0 * three[1], 2), fixed(100.0 * three[2], 2), fixed(100.0 * (small[last].2 - small[0].2), 1)
        ),
        verdict: match (three[0] > 0.005, three[2] < 0.005) {
            (false, true) => Verdict::Holds,
            (true, true) => Verdict::HoldsWithCondition,
            (_, false) => Verdict::DoesNotHold,
        },
        reason: "Choosing works without a test set; only the number that comes with the choice is too good. With a large dev set and few choices, it is too good by nothing that matters.".to_owned(),
    });
    Ok(outcome)
}

fn best_of_many_figures(
    outcome: &mut Outcome,
    [small, middle, large]: [&[(f64, f64, f64)]; 3],
) -> Result<(), Error> {
    let excess = |line: &[(f64, f64, f64)]| -> Vec<(f64, f64)> {
        line.iter().map(|(k, dev, truth)| (*k, 100.0 * (dev - truth))).collect()
    };
    let (first, second, third) = (excess(small), excess(middle), excess(large));
    let p = Spread::from_iter(small.iter().map(|point| point.2)).mean();
    let theory: Vec<(f64, f64)> = small
        .iter()
        .map(|(k, ..)| Ok((*k, 100.0 * bound(*k as usize) * standard_error(p, 100)?)))
        .collect::<Result<_, Error>>()?;
    let svg = LineChart::new(
        "k, the number of networks to choose from",
        "dev accuracy too high by (points)",
    )
    .log_x()
    .markers(true)
    .dashed("σ√(2 ln k), n = 100", Role::Ink, &theory)
    .line("n = 100", Role::Dev, &first)
    .line("n = 1000", Role::Train, &second)
    .line("n = 10 000", Role::Test, &third)
    .draw()?;
    let last = first.len() - 1;
    outcome.figure(
        "optimism",
        svg,
        format!(
            "By how many percentage points the dev set overrates the best of k networks. With 100 examples: {} for k = 2, {} for 16, {} for 128; the formula for independent networks gives {} there. With 1000: {} for 128. With 10000: {}.",
            fixed(first[1].1, 1), fixed(first[4].1, 1), fixed(first[last].1, 1), fixed(theory[last].1, 1), fixed(second[last].1, 2), fixed(third[last].1, 2)
        ),
        "Networks of random width, learning rate and penalty, trained on the same hundred points. Mean over 200 dev sets of each size, and three training sets.".to_owned(),
    );
    let strip = |line: &[(f64, f64, f64)], which: fn(&(f64, f64, f64)) -> f64| -> Vec<(f64, f64)> {
        line.iter().map(|point| (point.0, which(point))).collect()
    };
    let (dev, truth) = (strip(small, |p| p.1), strip(small, |p| p.2));
    let best = strip(large, |p| p.2);
    let svg =
        LineChart::new("k, the number of networks to choose from", "accuracy of the chosen one")
            .log_x()
            .percent_y()
            .markers(true)
            .line("dev, n = 100", Role::Dev, &dev)
            .line("true, n = 100", Role::Test, &truth)
            .line("true, n = 10 000", Role::Train, &best)
            .draw()?;
    outcome.figure(
        "chosen",
        svg,
        format!(
            "Accuracy of the best of k networks. Chosen on 100 examples: the dev set says {} for k = 1 and {} for 128; the truth is {} and {}. Chosen on 10000: the truth for 128 is {}.",
            percent(dev[0].1, 1), percent(dev[last].1, 1), percent(truth[0].1, 1), percent(truth[last].1, 1), percent(best[last].1, 1)
        ),
        "The same runs. The chosen network does become better with more to choose from, soon no longer, while its dev accuracy goes on rising.".to_owned(),
    );
    Ok(())
}

/// Each example so many times.
fn repeated(data: &Dataset, times: usize) -> Result<Dataset, Error> {
    let all: Vec<usize> = (0..data.examples()).flat_map(|i| vec![i; times]).collect();
    Ok(data.select(&all)?)
}

/// Examples that are in the data set several times, split before and after they were copied.
fn copies() -> Result<Outcome, Error> {
    const SEEDS: u32 = 7;
    const TIMES: usize = 4;
    let mut outcome = Outcome::new();
    let runs = over_seeds(SEEDS, |seed| {
        let rng = &mut RandomState::new(seed);
        let single = football(100, 0.25, rng)?;
        let fresh = football(5_000, 0.25, rng)?;
        let mixed = Split::fractions(&repeated(&single, TIMES)?, [0.6, 0.2, 0.2], rng)?;
        let apart = Split::fractions(&single, [0.6, 0.2, 0.2], rng)?;
        let apart = [repeated(&apart.train, TIMES)?, repeated(&apart.dev, TIMES)?];
        let measured = |train: &Dataset, dev: &Dataset| -> Result<[f64; 2], Error> {
            let rng = &mut RandomState::new(seed);
            let mut network = Network::new(&[2, 20, 20, 1], Initialization::He, rng)?;
            GradientDescent::new(0.3).iterations(3_000).train(&mut network, train)?;
            Ok([network.accuracy(dev)?, network.accuracy(&fresh)?])
        };
        let leaky = measured(&mixed.train, &mixed.dev)?;
        let clean = measured(&apart[0], &apart[1])?;
        Ok::<_, Error>([leaky, clean])
    })?;
    let column =
        |which: usize, on: usize| -> Vec<f64> { runs.iter().map(|run| run[which][on]).collect() };
    let svg = DotPlot::new("accuracy")
        .percent()
        .category("copies apart, dev set", Role::Dev, &column(0, 0))
        .category("copies apart, new points", Role::Test, &column(0, 1))
        .category("copies together, dev set", Role::Dev, &column(1, 0))
        .category("copies together, new points", Role::Test, &column(1, 1))
        .draw()?;
    let median = |which, on| percent(Spread::new(column(which, on)).median(), 1);
    outcome.figure(
        "accuracy",
        svg,
        format!(
            "Accuracies of {SEEDS} seeds. Copies dealt out one by one: the dev set says {} (median), new points {}. All copies of an example in the same part: {} and {}.",
            median(0, 0), median(0, 1), median(1, 0), median(1, 1)
        ),
        format!("A hundred examples, each {TIMES} times in the data set. Dealt out copy by copy, most examples of the dev set are also in the training set."),
    );
    outcome.value("leaky_dev", Value::percent(Spread::new(column(0, 0)).median(), 1));
    outcome.value("leaky_new", Value::percent(Spread::new(column(0, 1)).median(), 1));
    outcome.value("clean_dev", Value::percent(Spread::new(column(1, 0)).median(), 1));
    outcome.value("clean_new", Value::percent(Spread::new(column(1, 1)).median(), 1));
    Ok(outcome)
}

/// The features that go most with the labels: by the difference of the classes' means.
fn telling(data: &Dataset, count: usize) -> Vec<usize> {
    let ones = data.y().sum();
    let zeros = data.examples() as f64 - ones;
    let score = |row: ndarray::ArrayView1<'_, f64>| {
        let pairs = row.iter().zip(data.y());
        let difference: f64 =
            pairs.map(|(x, y)| if *y == 1.0 { x / ones } else { -x / zeros }).sum();
        difference.abs()
    };
    let scores: Vec<f64> = data.x().rows().into_iter().map(score).collect();
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    order.truncate(count);
    order
}

fn with_features(data: &Dataset, features: &[usize]) -> Result<Dataset, Error> {
    let x = data.x().select(Axis(0), features);
    Ok(Dataset::new(x, data.y().to_owned())?)
}

/// Features chosen with the help of the dev set's labels.
fn peeking() -> Result<Outcome, Error> {
    const SEEDS: u32 = 60;
    let mut outcome = Outcome::new();
    let runs = over_seeds(SEEDS, |seed| {
        let rng = &mut RandomState::new(seed);
        let data = noise(1_000, 100, rng)?;
        let split = Split::fractions(&data, [0.6, 0.2, 0.2], rng)?;
        let accuracy = |features: &[usize]| -> Result<f64, Error> {
            let train = with_features(&split.train, features)?;
            let mut unit = Network::new(&[10, 1], Initialization::Zeros, &mut RandomState::new(1))?;
            GradientDescent::new(0.5).iterations(300).train(&mut unit, &train)?;
            let dev = together(&split.dev, &split.test)?;
            Ok(unit.accuracy(&with_features(&dev, features)?)?)
        };
        Ok::<_, Error>([accuracy(&telling(&data, 10))?, accuracy(&telling(&split.train, 10))?])
    })?;
    let column = |which: usize| Spread::new(runs.iter().map(|run| run[which]).collect());
    let (peeked, honest) = (column(0), column(1));
    let row = |name: &str, spread: &Spread| {
        vec![
            name.to_owned(),
            percent(spread.min(), 0),
            percent(spread.median(), 0),
            percent(spread.max(), 0),
        ]
    };
    outcome.table("features", Table {
        caption: format!("Accuracy on forty examples that were not trained on, over {SEEDS} seeds. Features and labels are random: the truth is one half."),
        header: header(&["ten features chosen by", "lowest", "median", "highest"]),
        rows: vec![row("all examples", &peeked), row("the training set", &honest)],
    });
    outcome.claim("selection", Claim {
        said_by: "C. Ambroise, G. J. McLachlan (2002), *Selection bias in gene extraction on the basis of microarray gene-expression data*".to_owned(),
        statement: "If the examples that judge a classifier took part in selecting its features, its error is badly underestimated: random labels can look learnable.".to_owned(),
        measured: format!(
            "A thousand random features, random labels: with ten features selected on all examples the accuracy on the held-out ones is {} (median), with ten selected on the training set {}.",
            percent(peeked.median(), 0), percent(honest.median(), 0)
        ),
        verdict: if peeked.median() > 0.65 && (honest.median() - 0.5).abs() < 0.05 { Verdict::Holds } else { Verdict::HoldsWithCondition },
        reason: "The ten are those that agree with the labels by luck, and they were picked for agreeing with the held-out labels too. Split first; then look.".to_owned(),
    });
    Ok(outcome)
}
