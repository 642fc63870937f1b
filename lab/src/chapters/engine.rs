//! Under the bonnet: what the order of additions does to the digits, and what a step of training
//! takes.
//!
//! Times depend on the machine, and the rest of the book must not. So they are not taken when the
//! book is built: they come from `benches/measured.json`, which `benches/compare.py` writes.

use std::collections::{BTreeMap, BTreeSet};

use figures::format::{fixed, integer, percent, scientific, short};
use figures::{Drawing, FigureError, LineChart, Role};
use minijinja::context;
use ndarray::{Axis, Slice};
use serde::{Deserialize, Serialize};
use trainable::numerics::elementary::exp;
use trainable::prelude::*;

use crate::error::Error;
use crate::experiment::experiments;
use crate::outcome::{Columns, Outcome, Table, Verdict};
use crate::report::texts;

experiments![order, parts, fused, exponential, speed];

texts!(include_str!("engine.toml"), [ITERATIONS, NUMBERS]);

const SIZES: [usize; 4] = [2, 10, 5, 1];
const ITERATIONS: usize = 15_000;

/// One training set, its examples in one order and in the opposite one.
fn order() -> Result<Outcome, Error> {
    let large = Orders::compare(Initialization::Gaussian(10.0))?;
    let he = Orders::compare(Initialization::He)?;
    let drawing = LineChart::new("iteration", "relative difference of the costs")
        .log_y()
        .line("large", Role::Large, &large.visible())
        .line("He", Role::He, &he.visible())
        .draw();
    let verdict = match he.worst < 1e-9 && large.worst > 1e-3 {
        true => Verdict::HoldsWithCondition,
        false => Verdict::DoesNotHold,
    };
    report("order", context! { large, he })
        .figure("difference", drawing)
        .claim("seed", verdict)
        .outcome()
}

/// How far apart the costs of two runs are: with the examples in order, and in reverse.
#[derive(Serialize)]
struct Orders {
    /// The relative difference by iteration.
    #[serde(skip)]
    points: Vec<(f64, f64)>,
    worst: f64,
    last: f64,
}

impl Orders {
    fn compare(scheme: Initialization) -> Result<Self, Error> {
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
        let points: Vec<(f64, f64)> =
            pairs.map(|((i, a), (_, b))| (*i as f64, (a / b - 1.0).abs())).collect();
        Ok(Self {
            worst: points.iter().map(|(_, apart)| *apart).fold(0.0, f64::max),
            last: points.last().map_or(f64::NAN, |(_, apart)| *apart),
            points,
        })
    }

    /// Differences of 0 have no logarithm: they are drawn at the bottom.
    fn visible(&self) -> Vec<(f64, f64)> {
        self.points.iter().map(|(i, apart)| (*i, apart.max(1e-17))).collect()
    }
}

const NUMBERS: usize = 1_000_000;

/// One sum, divided among several threads as their number suggests.
fn parts() -> Result<Outcome, Error> {
    let mut rng = RandomState::new(1);
    let numbers: Vec<f64> = (0..NUMBERS).map(|_| rng.rand()).collect();
    let whole = sum_in_parts(&numbers, 1);
    let sums = [1, 2, 3, 4, 6, 8].map(|parts| (parts, sum_in_parts(&numbers, parts)));
    let table = Table::of(&sums)
        .column("threads", |(parts, _)| parts.to_string())
        .column("sum", |(_, sum)| format!("`{sum:?}`"))
        .column("relative difference from one thread", |(_, sum)| {
            match (sum / whole - 1.0).abs() {
                0.0 => "0".to_owned(),
                apart => scientific(apart, 2),
            }
        });
    let distinct: BTreeSet<u64> = sums.iter().map(|(_, sum)| sum.to_bits()).collect();
    report("parts", context! { distinct => distinct.len(), counts => sums.len() })
        .table("sums", table)
        .outcome()
}

fn sum_in_parts(numbers: &[f64], parts: usize) -> f64 {
    let parts = numbers.chunks(numbers.len().div_ceil(parts));
    parts.map(|part| part.iter().sum::<f64>()).sum()
}

/// How many dot products change when each multiplication is fused with its addition.
fn fused() -> Result<Outcome, Error> {
    let mut rng = RandomState::new(1);
    let shares = [2, 10, 100, 1_000].map(|length| (length, changed_by_fusing(length, &mut rng)));
    let table = Table::of(&shares)
        .column("terms", |(length, _)| integer(*length))
        .column("results that change", |(_, share)| percent(*share, 0));
    report("fused", context! { changed => BTreeMap::from(shares) })
        .table("changed", table)
        .outcome()
}

/// The share of dot products of this many terms that change.
fn changed_by_fusing(length: usize, rng: &mut RandomState) -> f64 {
    let trials = 2_000;
    let mut changed = 0;
    for _ in 0..trials {
        let pairs: Vec<(f64, f64)> = (0..length).map(|_| (rng.randn(), rng.randn())).collect();
        let plain = pairs.iter().fold(0.0, |sum, (a, b)| sum + a * b);
        let fused = pairs.iter().fold(0.0, |sum, (a, b)| libm::fma(*a, *b, sum));
        changed += i32::from(plain != fused);
    }
    f64::from(changed) / f64::from(trials)
}

/// How long the Taylor polynomial of eʳ must be, and how often two good exponentials differ.
fn exponential() -> Result<Outcome, Error> {
    let errors: Vec<(u32, f64)> = (1..=16).map(|degree| (degree, taylor_error(degree))).collect();
    let points: Vec<(f64, f64)> =
        errors.iter().map(|(degree, error)| (f64::from(*degree), *error)).collect();
    let unit = f64::EPSILON;
    let drawing = LineChart::new("degree of the polynomial", "largest relative error of eʳ")
        .log_y()
        .markers(true)
        .horizontal("one unit in the last place", unit)
        .line("Taylor", Role::Ours, &points)
        .draw();
    let reached = errors.iter().find(|(_, error)| *error <= unit);
    let degree = reached.map_or(0, |(degree, _)| *degree);
    let mut rng = RandomState::new(1);
    let trials = 100_000;
    let differ =
        (0..trials).map(|_| 20.0 * (rng.rand() - 0.5)).filter(|x| exp(*x) != libm::exp(*x)).count();
    let differ = differ as f64 / f64::from(trials);
    report("exponential", context! { degree, differ, line => taylor_error(1) })
        .figure("degree", drawing)
        .outcome()
}

/// The largest relative error of the polynomial for r up to half of ln 2.
fn taylor_error(degree: u32) -> f64 {
    let half = std::f64::consts::LN_2 / 2.0;
    let steps = 2_000;
    let arguments = (-steps..=steps).map(|i| half * f64::from(i) / f64::from(steps));
    let errors = arguments.map(|r| (taylor(r, degree) / libm::exp(r) - 1.0).abs());
    errors.fold(0.0, f64::max)
}

fn taylor(r: f64, degree: u32) -> f64 {
    (1..=degree).rev().fold(1.0, |sum, n| 1.0 + r / f64::from(n) * sum)
}

/// What `benches/compare.py` has measured.
#[derive(Deserialize, Serialize)]
struct Measured {
    machine: Machine,
    date: String,
    versions: Versions,
    rounds: usize,
    multiply_adds_per_second: f64,
    #[serde(skip_serializing)]
    workloads: Vec<Workload>,
    threads: Threads,
    #[serde(skip_serializing)]
    instructions: Vec<WithInstructions>,
}

#[derive(Deserialize, Serialize)]
struct Machine {
    cpu: String,
}

#[derive(Deserialize, Serialize)]
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

#[derive(Deserialize, Serialize)]
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

    fn group(&self, group: &str) -> Vec<Step> {
        let workloads = self.workloads.iter().filter(|workload| workload.group == group);
        workloads.map(|workload| self.step(workload)).collect()
    }

    fn step(&self, workload: &Workload) -> Step {
        Step {
            network: workload.network(),
            sizes: workload.sizes.clone(),
            hidden: workload.sizes.len() - 2,
            examples: workload.examples,
            multiply_adds: workload.multiply_adds() as usize,
            floor: self.floor(workload),
            ours: workload.microseconds.ours.median,
            numpy: workload.microseconds.numpy.median,
            torch: workload.microseconds.torch.median,
            numpy_ratio: workload.ratios.numpy.median,
            torch_ratio: workload.ratios.torch.median,
        }
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

    /// The layer sizes as the book writes them, and what regularizes them.
    fn network(&self) -> String {
        let sizes: Vec<String> = self.sizes.iter().map(usize::to_string).collect();
        // Without spaces to break at: a network stays on one line.
        let penalty = if self.lambda > 0.0 { ", L2" } else { "" };
        let dropout = if self.keep < 1.0 { ", dropout" } else { "" };
        format!("`[{}]`{penalty}{dropout}", sizes.join(",\u{a0}"))
    }
}

/// One step of a training: its microseconds, and how many times as long as ours others take.
#[derive(Clone, Serialize)]
struct Step {
    network: String,
    sizes: Vec<usize>,
    /// How many of the layers are hidden.
    hidden: usize,
    examples: usize,
    multiply_adds: usize,
    floor: f64,
    ours: f64,
    numpy: f64,
    torch: f64,
    numpy_ratio: f64,
    torch_ratio: f64,
}

/// Times of one step beside NumPy's, PyTorch's and the floor.
fn speed() -> Result<Outcome, Error> {
    let measured = Measured::read()?;
    let steps = measured.group("table");
    let growth = |group, label, x| Growth { label, x, steps: measured.group(group) };
    let examples = growth("examples", "examples", |step| step.examples as f64);
    let width = growth("width", "units in each of two hidden layers", |step| step.sizes[1] as f64);
    let depth = growth("depth", "hidden layers of ten units", |step| step.hidden as f64);
    let step = |name: &str| Ok::<_, Error>(measured.step(measured.workload(name)?));
    let (a, c, w) = (step("A")?, step("C")?, step("W")?);
    let loops = Verdict::holds_if(a.numpy_ratio <= 1.0, Verdict::HoldsWithCondition);
    let reproducible = match w.numpy_ratio < 1.0 {
        true => Verdict::HoldsWithCondition,
        false => Verdict::DoesNotHold,
    };
    // Nanoseconds for each example.
    let each = |name: &str| step(name).map(|step| step.ours / step.examples as f64 * 1e3);
    let (few, many) = (each("examples-3000")?, each("examples-1000000")?);
    let found = context! {
        measured, a, c, w, few, many,
        growth => (many / few - 1.0).abs(), rate => measured.multiply_adds_per_second / 1e9,
        examples => examples.ends(), width => width.ends(), depth => depth.ends(),
    };
    report("speed", found)
        .table("comparison", comparison(&steps))
        .figure("examples", examples.drawing())
        .figure("width", width.drawing())
        .figure("depth", depth.drawing())
        .table("instructions", instructions(&measured)?)
        .claim("loops", loops)
        .claim("reproducible", reproducible)
        .outcome()
}

fn comparison(steps: &[Step]) -> Columns<'_, Step> {
    let beside = |time: f64, ratio: f64| {
        let decimals = if ratio >= 9.95 { 0 } else { 1 };
        format!("{} ({}\u{a0}×)", short(time), fixed(ratio, decimals))
    };
    Table::of(steps)
        .column("network", |step| step.network.clone())
        .column("examples", |step| integer(step.examples))
        .column("floor", |step| short(step.floor))
        .column("this library", |step| short(step.ours))
        .column("NumPy", |step| beside(step.numpy, step.numpy_ratio))
        .column("PyTorch", |step| beside(step.torch, step.torch_ratio))
}

/// Times against one thing that grows.
struct Growth {
    label: &'static str,
    x: fn(&Step) -> f64,
    steps: Vec<Step>,
}

impl Growth {
    /// The first step and the last, for texts.
    fn ends(&self) -> minijinja::Value {
        context! { label => self.label, first => self.steps.first(), last => self.steps.last() }
    }

    fn drawing(&self) -> Result<Drawing, FigureError> {
        let line = |time: fn(&Step) -> f64| -> Vec<(f64, f64)> {
            self.steps.iter().map(|step| ((self.x)(step), time(step))).collect()
        };
        LineChart::new(self.label, "one step (µs)")
            .log_x()
            .log_y()
            .markers(true)
            .line("PyTorch", Role::PyTorch, &line(|step| step.torch))
            .line("NumPy", Role::NumPy, &line(|step| step.numpy))
            .line("this library", Role::Ours, &line(|step| step.ours))
            .dashed("floor", Role::Ink, &line(|step| step.floor))
            .draw()
    }
}

/// This library's times with narrower vectors.
fn instructions(measured: &Measured) -> Result<Table, Error> {
    let mut rows = Vec::new();
    for line in &measured.instructions {
        rows.push((measured.step(measured.workload(&line.workload)?), &line.microseconds));
    }
    let time = |time: Option<f64>| time.map_or_else(|| "—".to_owned(), short);
    let fastest = |times: &Vectors| times.avx512.or(times.avx2).unwrap_or(times.baseline);
    let table = Table::of(&rows)
        .column("network", |(step, _)| step.network.clone())
        .column("examples", |(step, _)| integer(step.examples))
        .column("SSE2: two abreast", |(_, times)| short(times.baseline))
        .column("AVX2: four", |(_, times)| time(times.avx2))
        .column("AVX-512: eight", |(_, times)| time(times.avx512))
        .column("gain", |(_, times)| fixed(times.baseline / fastest(times), 1));
    Ok(table.into())
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
