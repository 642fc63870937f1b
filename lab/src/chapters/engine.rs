//! Under the bonnet: what the order of additions does to the digits, and what a step of training
//! takes.
//!
//! Times depend on the machine, and the rest of the book must not. So they are not taken when the
//! book is built: they come from `benches/measured.json`, which `benches/compare.py` writes.

use ndarray::{Axis, Slice};
use serde::Deserialize;
use trainable::numerics::elementary::exp;
use trainable::prelude::*;

use crate::error::Error;
use crate::experiment::{Experiment, experiments};
use crate::figure::{LineChart, Role};
use crate::format::{percent, scientific};
use crate::outcome::{Claim, Outcome, Table, Value, Verdict, header};

/// The chapter's experiments.
pub fn experiments() -> Vec<Experiment> {
    experiments![order, parts, fused, exponential, speed]
}

const SIZES: [usize; 4] = [2, 10, 5, 1];
const ITERATIONS: usize = 15_000;

/// One training set, its examples in one order and in the opposite one.
fn order() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let (large, he) =
        (differences(Initialization::Gaussian(10.0))?, differences(Initialization::He)?);
    let chart = LineChart::new("iteration", "relative difference of the costs")
        .log_y()
        .line("large", Role::Large, &visible(&large))
        .line("He", Role::He, &visible(&he))
        .draw()?;
    outcome.figure(
        "difference",
        chart,
        format!(
            "Relative difference of the costs of two runs that see the same examples in opposite orders, against iteration. \
             From large weights it reaches {}; from He it never exceeds {}.",
            percent(worst(&large), 0),
            scientific(worst(&he), 0)
        ),
        "The same network, the same examples, the same seed. Only the order of the examples differs, and with it the order in \
         which their gradients are added (logarithmic; equal costs are drawn at the bottom)."
            .to_owned(),
    );
    outcome.value("large", Value::percent(worst(&large), 0));
    outcome.value("he", Value::scientific(worst(&he), 0));
    let last = |points: &[(f64, f64)]| points.last().map_or(f64::NAN, |(_, d)| *d);
    outcome.claim("seed", Claim {
        said_by: "course, all assignments".to_owned(),
        statement: "`np.random.seed` is fixed so that your results match the expected output.".to_owned(),
        measured: format!(
            "With one seed and the examples in opposite orders, which is the same cost function, two runs from He differ by at most \
             {} of the cost over 15\u{a0}000 steps. Two runs from large weights differ by up to {}, and by {} at the end.",
            scientific(worst(&he), 0), percent(worst(&large), 0), scientific(last(&large), 0)
        ),
        verdict: if worst(&he) < 1e-9 && worst(&large) > 1e-3 { Verdict::HoldsWithCondition } else { Verdict::DoesNotHold },
        reason: "A seed fixes the random numbers, not the arithmetic. Where training is smooth, rounding stays rounding and the \
                 printed digits agree; where it is rugged, only the same operations in the same order give the same numbers.".to_owned(),
    });
    Ok(outcome)
}

/// The costs of two runs compared: examples in order, and in reverse.
fn differences(scheme: Initialization) -> Result<Vec<(f64, f64)>, Error> {
    let data = circles(300, 0.05, &mut RandomState::new(1))?;
    let reverse = Slice::new(0, None, -1);
    let reversed = Dataset::new(
        data.x().slice_axis(Axis(1), reverse).to_owned(),
        data.y().slice_axis(Axis(1), reverse).to_owned(),
    )?;
    let costs = |data: &Dataset| -> Result<History, Error> {
        let mut network = Network::new(&SIZES, scheme, &mut RandomState::new(3))?;
        let descent = GradientDescent::new(0.01).iterations(ITERATIONS);
        Ok(descent.train(&mut network, data)?)
    };
    let (forward, backward) = (costs(&data)?, costs(&reversed)?);
    let pairs = forward.costs().iter().zip(backward.costs());
    Ok(pairs.map(|((i, a), (_, b))| (*i as f64, (a / b - 1.0).abs())).collect())
}

/// Differences of 0 have no logarithm: they are drawn at the bottom.
fn visible(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    points.iter().map(|(i, d)| (*i, d.max(1e-17))).collect()
}

fn worst(points: &[(f64, f64)]) -> f64 {
    points.iter().map(|(_, d)| *d).fold(0.0, f64::max)
}

/// One sum, divided among several threads as their number suggests.
fn parts() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let mut rng = RandomState::new(1);
    let numbers: Vec<f64> = (0..1_000_000).map(|_| rng.rand()).collect();
    let counts = [1, 2, 3, 4, 6, 8];
    let sums = counts.map(|parts| sum_in_parts(&numbers, parts));
    let rows = counts.iter().zip(sums).map(|(count, sum)| {
        let apart = (sum / sums[0] - 1.0).abs();
        let apart = match apart {
            0.0 => "0".to_owned(),
            _ => Value::scientific(apart, 2).text,
        };
        vec![count.to_string(), format!("`{sum:?}`"), apart]
    });
    outcome.table("sums", Table {
        caption: "A million uniform numbers, added by so many threads: each adds a part of its own, then the parts are added.".to_owned(),
        header: header(&["threads", "sum", "relative difference from one thread"]),
        rows: rows.collect(),
    });
    let mut distinct = sums.map(f64::to_bits).to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    outcome.value("distinct", Value::integer(distinct.len()));
    outcome.value("counts", Value::integer(counts.len()));
    Ok(outcome)
}

fn sum_in_parts(numbers: &[f64], parts: usize) -> f64 {
    let parts = numbers.chunks(numbers.len().div_ceil(parts));
    parts.map(|part| part.iter().sum::<f64>()).sum()
}

/// How many dot products change when each multiplication is fused with its addition.
fn fused() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let mut rng = RandomState::new(1);
    let mut rows = Vec::new();
    for length in [2, 10, 100, 1_000] {
        let mut changed = 0;
        let trials = 2_000;
        for _ in 0..trials {
            let pairs: Vec<(f64, f64)> = (0..length).map(|_| (rng.randn(), rng.randn())).collect();
            let plain = pairs.iter().fold(0.0, |sum, (a, b)| sum + a * b);
            let fused = pairs.iter().fold(0.0, |sum, (a, b)| libm::fma(*a, *b, sum));
            changed += usize::from(plain != fused);
        }
        let share = percent(changed as f64 / f64::from(trials), 0);
        outcome.value(
            &format!("changed_{length}"),
            Value::percent(changed as f64 / f64::from(trials), 0),
        );
        rows.push(vec![Value::integer(length).text, share]);
    }
    outcome.table("changed", Table {
        caption: "Dot products of standard normal numbers whose result differs when multiplications and additions are fused.".to_owned(),
        header: header(&["terms", "results that change"]),
        rows,
    });
    Ok(outcome)
}

/// How long the Taylor polynomial of eʳ must be, and how often two good exponentials differ.
fn exponential() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let half = std::f64::consts::LN_2 / 2.0;
    let steps = 2_000;
    let arguments: Vec<f64> =
        (-steps..=steps).map(|i| half * f64::from(i) / f64::from(steps)).collect();
    let error = |degree: u32| {
        let errors = arguments.iter().map(|r| (taylor(*r, degree) / libm::exp(*r) - 1.0).abs());
        errors.fold(0.0, f64::max)
    };
    let errors: Vec<(f64, f64)> =
        (1..=16).map(|degree| (f64::from(degree), error(degree))).collect();
    let unit = f64::EPSILON;
    let chart = LineChart::new("degree of the polynomial", "largest relative error of eʳ")
        .log_y()
        .markers(true)
        .horizontal("one unit in the last place", unit)
        .line("Taylor", Role::Ours, &errors)
        .draw()?;
    let reached = errors.iter().find(|(_, error)| *error <= unit);
    let reached = reached.map_or(0.0, |(degree, _)| *degree);
    outcome.figure(
        "degree",
        chart,
        format!(
            "Largest relative error of the Taylor polynomial of e to the r, for r up to half of ln 2, against its degree. It falls from {} \
             at degree 1 in a steepening line to one unit in the last place at degree {reached}, and stays there.",
            percent(errors[0].1, 0)
        ),
        "Each degree buys more than one decimal, until rounding takes over (logarithmic). The library stops at 13."
            .to_owned(),
    );
    outcome.value("degree", Value::integer(reached as usize));
    let mut rng = RandomState::new(1);
    let trials = 100_000;
    let differ =
        (0..trials).map(|_| 20.0 * (rng.rand() - 0.5)).filter(|x| exp(*x) != libm::exp(*x)).count();
    outcome.value("differ", Value::percent(differ as f64 / f64::from(trials), 0));
    Ok(outcome)
}

fn taylor(r: f64, degree: u32) -> f64 {
    (1..=degree).rev().fold(1.0, |sum, n| 1.0 + r / f64::from(n) * sum)
}

/// What `benches/compare.py` has measured.
#[derive(Deserialize)]
struct Measured {
    machine: Machine,
    date: String,
    versions: Versions,
    rounds: usize,
    multiply_adds_per_second: f64,
    workloads: Vec<Workload>,
    threads: Threads,
    instructions: Vec<WithInstructions>,
}

#[derive(Deserialize)]
struct Machine {
    cpu: String,
}

#[derive(Deserialize)]
struct Versions {
    rustc: String,
    numpy: String,
    blas: String,
    torch: String,
}

/// One training, on all sides.
#[derive(Deserialize)]
struct Workload {
    name: String,
    group: String,
    sizes: Vec<usize>,
    examples: usize,
    #[serde(default)]
    lambda: f64,
    #[serde(default = "one")]
    keep: f64,
    microseconds: Sides<Samples>,
    ratios: Ratios,
}

#[derive(Deserialize)]
struct Sides<T> {
    ours: T,
    numpy: T,
    torch: T,
}

#[derive(Deserialize)]
struct Ratios {
    numpy: Samples,
    torch: Samples,
}

#[derive(Deserialize)]
struct Samples {
    median: f64,
}

#[derive(Deserialize)]
struct Threads {
    ratio: f64,
}

/// One training on our side, in microseconds a step; what a CPU lacks is not there.
#[derive(Deserialize)]
struct WithInstructions {
    workload: String,
    microseconds: Vectors,
}

#[derive(Deserialize)]
struct Vectors {
    baseline: f64,
    avx2: Option<f64>,
    avx512: Option<f64>,
}

fn one() -> f64 {
    1.0
}

impl Measured {
    fn read() -> Result<Self, Error> {
        let text = include_str!("../../../benches/measured.json");
        serde_json::from_str(text).map_err(|error| Error::Measurement(error.to_string()))
    }

    fn workload(&self, name: &str) -> Result<&Workload, Error> {
        let found = self.workloads.iter().find(|workload| workload.name == name);
        found.ok_or_else(|| Error::Measurement(format!("expected a workload `{name}`, found none")))
    }

    fn group(&self, group: &str) -> impl Iterator<Item = &Workload> {
        let group = group.to_owned();
        self.workloads.iter().filter(move |workload| workload.group == group)
    }

    /// The microseconds in which the core could do no more than a step's multiplications and
    /// additions.
    fn floor(&self, workload: &Workload) -> f64 {
        workload.multiply_adds() / self.multiply_adds_per_second * 1e6
    }
}

impl Workload {
    /// Multiplications with an addition in one step: forward, for dW, and for dA of every layer but
    /// the first.
    fn multiply_adds(&self) -> f64 {
        let weights: Vec<usize> = self.sizes.windows(2).map(|pair| pair[0] * pair[1]).collect();
        let all: usize = weights.iter().sum();
        (self.examples * (3 * all - weights[0])) as f64
    }

    /// The layer sizes as the book writes them, and the number of examples.
    fn name_cells(&self) -> [String; 2] {
        let sizes: Vec<String> = self.sizes.iter().map(usize::to_string).collect();
        // Without spaces to break at: a network stays on one line.
        let penalty = if self.lambda > 0.0 { ", L2" } else { "" };
        let dropout = if self.keep < 1.0 { ", dropout" } else { "" };
        let sizes = format!("`[{}]`{penalty}{dropout}", sizes.join(",\u{a0}"));
        [sizes, Value::integer(self.examples).text]
    }
}

/// Three digits, as a person reads a time: `5.25`, `198`, `20\u{a0}100`.
fn three_digits(number: f64) -> String {
    match number {
        _ if number >= 100.0 => Value::integer(number.round() as usize).text,
        _ if number >= 10.0 => Value::fixed(number, 1).text,
        _ => Value::fixed(number, 2).text,
    }
}

/// Times of one step beside NumPy's, PyTorch's and the floor.
fn speed() -> Result<Outcome, Error> {
    let measured = Measured::read()?;
    let mut outcome = Outcome::new();
    machine(&mut outcome, &measured);
    comparison(&mut outcome, &measured)?;
    for one in &CHARTS {
        chart(&mut outcome, &measured, one)?;
    }
    instructions(&mut outcome, &measured)?;
    claims(&mut outcome, &measured)?;
    Ok(outcome)
}

/// A value that is a text: the name of a machine or a version.
fn text(outcome: &mut Outcome, name: &str, text: &str) {
    let number = f64::INFINITY;
    let text = text.to_owned();
    outcome.value(name, Value { number, text });
}

fn machine(outcome: &mut Outcome, measured: &Measured) {
    text(outcome, "cpu", &measured.machine.cpu);
    text(outcome, "date", &measured.date);
    text(outcome, "rustc", &measured.versions.rustc);
    text(outcome, "numpy", &measured.versions.numpy);
    text(outcome, "blas", &measured.versions.blas);
    text(outcome, "torch", &measured.versions.torch);
    outcome.value("rounds", Value::integer(measured.rounds));
    let rate = measured.multiply_adds_per_second / 1e9;
    outcome.value("rate", Value::fixed(rate, 1));
    outcome.value("threads", Value::fixed(measured.threads.ratio, 2));
}

fn comparison(outcome: &mut Outcome, measured: &Measured) -> Result<(), Error> {
    let beside = |time: &Samples, ratio: &Samples| {
        let times = match ratio.median {
            ratio if ratio >= 9.95 => Value::fixed(ratio, 0).text,
            ratio => Value::fixed(ratio, 1).text,
        };
        format!("{} ({times}\u{a0}×)", three_digits(time.median))
    };
    let rows = measured.group("table").map(|workload| {
        let (times, ratios) = (&workload.microseconds, &workload.ratios);
        let rest = [
            three_digits(measured.floor(workload)),
            three_digits(times.ours.median),
            beside(&times.numpy, &ratios.numpy),
            beside(&times.torch, &ratios.torch),
        ];
        workload.name_cells().into_iter().chain(rest).collect()
    });
    outcome.table("comparison", Table {
        caption: "One step of gradient descent, in microseconds: medians, one core, `f64`. In parentheses how many times as long it takes \
                  as in this library."
            .to_owned(),
        header: header(&["network", "examples", "floor", "this library", "NumPy", "PyTorch"]),
        rows: rows.collect(),
    });
    for (short, name) in [("a", "A"), ("c", "C"), ("w", "W")] {
        let workload = measured.workload(name)?;
        let times = &workload.microseconds;
        let mut time = |side: &str, number: f64| {
            let text = three_digits(number);
            outcome.value(&format!("{short}_{side}"), Value { number, text });
        };
        time("ours", times.ours.median);
        time("numpy", times.numpy.median);
        time("torch", times.torch.median);
        time("floor", measured.floor(workload));
        time("numpy_ratio", workload.ratios.numpy.median);
        time("torch_ratio", workload.ratios.torch.median);
        let number = workload.multiply_adds();
        outcome.value(&format!("{short}_multiply_adds"), Value::integer(number as usize));
    }
    let each = |name: &str| -> Result<f64, Error> {
        let workload = measured.workload(name)?;
        Ok(workload.microseconds.ours.median / workload.examples as f64 * 1e3)
    };
    let (few, many) = (each("examples-3000")?, each("examples-1000000")?);
    outcome.value("few", Value::fixed(few, 1));
    outcome.value("many", Value::fixed(many, 1));
    outcome.value("growth", Value::percent((many / few - 1.0).abs(), 0));
    Ok(())
}

/// A figure of times against one thing that grows.
struct Chart {
    group: &'static str,
    label: &'static str,
    x: fn(&Workload) -> f64,
    end: &'static str,
    caption: &'static str,
}

const CHARTS: [Chart; 3] = [
    Chart {
        group: "examples",
        label: "examples",
        x: |workload| workload.examples as f64,
        end: "a million examples",
        caption: "The network of the first chapter on more and more examples (both axes logarithmic). This library's line is straight; NumPy's arrays \
                  outgrow the caches, and from then on it waits for memory.",
    },
    Chart {
        group: "width",
        label: "units in each of two hidden layers",
        x: |workload| workload.sizes[1] as f64,
        end: "512 units",
        caption: "Three hundred examples, wider and wider networks (both axes logarithmic). In narrow networks NumPy and PyTorch spend their time on calls, \
                  in wide ones on arithmetic, and there all three come close to the floor.",
    },
    Chart {
        group: "depth",
        label: "hidden layers of ten units",
        x: |workload| (workload.sizes.len() - 2) as f64,
        end: "64 layers",
        caption: "Three hundred examples, deeper and deeper networks (both axes logarithmic). Each layer costs everyone the same again.",
    },
];

fn chart(outcome: &mut Outcome, measured: &Measured, chart: &Chart) -> Result<(), Error> {
    let line = |time: &dyn Fn(&Workload) -> f64| -> Vec<(f64, f64)> {
        let points = measured.group(chart.group).map(|w| ((chart.x)(w), time(w)));
        points.collect()
    };
    let ours = line(&|w| w.microseconds.ours.median);
    let numpy = line(&|w| w.microseconds.numpy.median);
    let torch = line(&|w| w.microseconds.torch.median);
    let floor = line(&|w| measured.floor(w));
    let svg = LineChart::new(chart.label, "one step (µs)")
        .log_x()
        .log_y()
        .markers(true)
        .line("PyTorch", Role::PyTorch, &torch)
        .line("NumPy", Role::NumPy, &numpy)
        .line("this library", Role::Ours, &ours)
        .dashed("floor", Role::Ink, &floor)
        .draw()?;
    let ends = |points: &[(f64, f64)]| {
        let time = |point: Option<&(f64, f64)>| point.map_or(f64::NAN, |(_, time)| *time);
        [points.first(), points.last()].map(|point| three_digits(time(point)))
    };
    let [[f0, f1], [o0, o1], [n0, n1], [t0, t1]] =
        [&floor, &ours, &numpy, &torch].map(|points| ends(points));
    let alt = format!(
        "Microseconds a step against {}, four rising lines. At the left end: the floor {f0}, this library {o0}, NumPy {n0}, \
         PyTorch {t0}. At {}: the floor {f1}, this library {o1}, NumPy {n1}, PyTorch {t1}.",
        chart.label, chart.end
    );
    outcome.figure(chart.group, svg, alt, chart.caption.to_owned());
    Ok(())
}

fn instructions(outcome: &mut Outcome, measured: &Measured) -> Result<(), Error> {
    let cell = |time: Option<f64>| time.map_or_else(|| "—".to_owned(), three_digits);
    let mut rows = Vec::new();
    for line in &measured.instructions {
        let times = &line.microseconds;
        let fastest = times.avx512.or(times.avx2).unwrap_or(times.baseline);
        let rest = [
            cell(Some(times.baseline)),
            cell(times.avx2),
            cell(times.avx512),
            Value::fixed(times.baseline / fastest, 1).text,
        ];
        let names = measured.workload(&line.workload)?.name_cells();
        rows.push(names.into_iter().chain(rest).collect());
    }
    outcome.table("instructions", Table {
        caption: "This library held to narrower vectors, in microseconds a step; the costs are the same to the last bit.".to_owned(),
        header: header(&["network", "examples", "SSE2: two abreast", "AVX2: four", "AVX-512: eight", "gain"]),
        rows,
    });
    Ok(())
}

fn claims(outcome: &mut Outcome, measured: &Measured) -> Result<(), Error> {
    let (a, w) = (measured.workload("A")?, measured.workload("W")?);
    let (a_numpy, w_numpy) = (a.ratios.numpy.median, w.ratios.numpy.median);
    outcome.claim("loops", Claim {
        said_by: "*Neural Networks and Deep Learning*, lecture on vectorization".to_owned(),
        statement: "Whenever possible, avoid explicit for-loops.".to_owned(),
        measured: format!(
            "This library is nothing but explicit loops. On the network of the first chapter it takes {} µs a step, vectorized NumPy {} µs. \
             With layers of 1000 and 500 units it takes {} µs, NumPy {} µs.",
            three_digits(a.microseconds.ours.median), three_digits(a.microseconds.numpy.median),
            three_digits(w.microseconds.ours.median), three_digits(w.microseconds.numpy.median)
        ),
        verdict: if a_numpy > 1.0 { Verdict::HoldsWithCondition } else { Verdict::Holds },
        reason: "It is advice about an interpreter, which spends more time on each turn of a loop than the arithmetic takes. A compiled loop is \
                 turned into vector instructions, and needs no call and no array for every operation.".to_owned(),
    });
    outcome.claim("reproducible", Claim {
        said_by: "PyTorch's notes on reproducibility".to_owned(),
        statement: "Deterministic operations are often slower than nondeterministic ones.".to_owned(),
        measured: format!(
            "With every sum in one fixed order and no fused multiply-add, this library takes {} of PyTorch's time on the network of the first chapter, and {} \
             of it with layers of 1000 and 500 units; of NumPy's, whose OpenBLAS fuses, it takes {} and {}. Two threads are {} times as fast as one.",
            percent(1.0 / a.ratios.torch.median, 0), percent(1.0 / w.ratios.torch.median, 0),
            percent(1.0 / a_numpy, 0), percent(1.0 / w_numpy, 0), Value::fixed(measured.threads.ratio, 2).text
        ),
        verdict: if w_numpy < 1.0 { Verdict::HoldsWithCondition } else { Verdict::DoesNotHold },
        reason: "It costs something where arithmetic is all there is to do, in wide layers, and little even there. In small networks other things \
                 decide. The notes speak of GPUs, where unordered additions are the fast way; we have measured a CPU.".to_owned(),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_multiplies_forward_for_dw_and_for_da() {
        let measured = Measured::read().unwrap();
        // Layers of 20, 50 and 5 weights: 75 forward, 75 for dW, 55 for dA, for 300 examples.
        assert_eq!(measured.workload("A").unwrap().multiply_adds(), 61_500.0);
    }

    #[test]
    fn nobody_is_faster_than_the_floor() {
        let measured = Measured::read().unwrap();
        for workload in &measured.workloads {
            let fastest = workload.microseconds.ours.median;
            assert!(measured.floor(workload) < fastest, "{}", workload.name);
        }
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let numbers: Vec<f64> = (1..=1_000).map(f64::from).collect();
        for parts in 1..20 {
            assert_eq!(sum_in_parts(&numbers, parts), 500_500.0);
        }
    }

    #[test]
    fn a_long_taylor_polynomial_is_the_exponential() {
        assert!((taylor(0.3, 16) - libm::exp(0.3)).abs() <= f64::EPSILON * 2.0);
        assert_eq!(taylor(0.5, 1), 1.5);
    }
}
