//! Under the bonnet: what the order of additions does to the digits, and what a step of training
//! takes.
//!
//! The times are not taken when the book is built, since they depend on the machine: see
//! `lab/src/measured.rs`.

use std::collections::{BTreeMap, BTreeSet};

use figures::format::{fixed, integer, percent, scientific, short};
use figures::{Drawing, FigureError, LineChart, Role};
use minijinja::context;
use serde::Serialize;
use trainable::numerics::elementary::exp;
use trainable::prelude::*;

use crate::error::Error;
use crate::experiment::experiments;
use crate::judge::claim::judged;
use crate::measured::{Measured, OnThreads, RunsOnThreads, SIDES, Step, Vectors};
use crate::outcome::{Columns, Outcome, Table};
use crate::report::texts;

mod claims;

use claims::{ITERATIONS, LARGE, STEPS, both_orders};

judged!(include_str!("engine/claims.toml"), [LARGE, STEPS]);

experiments![order, parts, fused, exponential, speed];

texts!(include_str!("engine.toml"), [ITERATIONS, NUMBERS]);

/// One training set, its examples in one order and in the opposite one.
fn order() -> Result<Outcome, Error> {
    let large = Orders::compare(Initialization::Gaussian(LARGE))?;
    let he = Orders::compare(Initialization::He)?;
    let drawing = LineChart::new("iteration", "relative difference of the costs")
        .log_y()
        .line("large", Role::Large, &large.visible())
        .line("He", Role::He, &he.visible())
        .draw();
    report("order", context! { large, he }).figure("difference", drawing).outcome()
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
        let [forward, backward] = both_orders(scheme, &data, 3, ITERATIONS)?;
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

/// Times of one step beside others' and the floor.
fn speed() -> Result<Outcome, Error> {
    let measured = Measured::read()?;
    let steps = measured.group("table")?;
    let growths = Growths::of(&measured)?;
    let (a, w) = (measured.named("A")?, measured.named("W")?);
    // Nanoseconds for each example.
    let each = |name: &str| measured.named(name).map(|step| step.ours / step.examples as f64 * 1e3);
    let (few, many) = (each("examples-3000")?, each("examples-1000000")?);
    let apart = together(&measured)?;
    let found = context! {
        measured, a, w, few, many,
        behind => behind(&steps), others => measured.versions.others(), absent => measured.absent(),
        growth => (many / few - 1.0).abs(), rate => measured.multiply_adds_per_second / 1e9,
        threads => measured.threads.last(), seeds => measured.seeds.lines.last(),
        ours_bytes => measured.memory.bytes.get("ours").map(|bytes| bytes / 1e6),
        numpy_bytes => measured.memory.bytes.get("numpy").map(|bytes| bytes / 1e6),
        examples => growths.examples.ends(), width => growths.width.ends(),
        depth => growths.depth.ends(), batch => growths.batch.ends(),
        networks => growths.networks.ends(),
    };
    report("speed", found)
        .table("comparison", comparison(&steps))
        .table("rust", in_rust(&steps))
        .table("together", many_at_once(&apart))
        .figure("examples", growths.examples.drawing())
        .figure("width", growths.width.drawing())
        .figure("depth", growths.depth.drawing())
        .figure("batch", growths.batch.drawing())
        .figure("networks", growths.networks.drawing())
        .table("threads", threads(&measured))
        .table("seeds", seeds(&measured))
        .table("memory", memory(&measured))
        .table("instructions", instructions(&measured)?)
        .outcome()
}

/// In words, where in the table others are faster.
fn behind(steps: &[Step]) -> String {
    let mut lines = Vec::new();
    for step in steps {
        let faster: Vec<String> = SIDES
            .iter()
            .filter(|(name, _)| step.ratios.get(*name).is_some_and(|ratio| *ratio < 0.995))
            .map(|(name, title)| format!("{title} {}", step.ratio(name)))
            .collect();
        if !faster.is_empty() {
            lines.push(format!("{}: {}", step.network.replace('`', ""), faster.join(", ")));
        }
    }
    match lines.is_empty() {
        true => "nowhere".to_owned(),
        false => lines.join("; "),
    }
}

/// One network and eight, in batches of several sizes.
fn together(measured: &Measured) -> Result<Vec<Step>, Error> {
    ["CA", "CA-8", "CB8", "CB1", "CB1-8"].iter().map(|name| measured.named(name)).collect()
}

fn comparison(steps: &[Step]) -> Columns<'_, Step> {
    Table::of(steps)
        .column("network", |step| step.network.clone())
        .column("examples", |step| step.at_once.clone())
        .column("µs", |step| short(step.ours))
        .column("of the floor", |step| percent(step.of_floor, 0))
        .column("NumPy", |step| step.ratio("numpy"))
        .column("JAX", |step| step.ratio("jax"))
        .column("PyTorch", |step| step.ratio("torch"))
        .column("`torch.compile`", |step| step.ratio("compiled"))
}

fn in_rust(steps: &[Step]) -> Columns<'_, Step> {
    Table::of(steps)
        .column("network", |step| step.network.clone())
        .column("examples", |step| step.at_once.clone())
        .column("µs", |step| short(step.ours))
        .column("ndarray by hand", |step| step.ratio("ndarray"))
        .column("candle", |step| step.ratio("candle"))
        .column("Burn", |step| step.ratio("burn"))
}

fn many_at_once(steps: &[Step]) -> Columns<'_, Step> {
    Table::of(steps)
        .column("batch", |step| integer(step.batch))
        .column("networks", |step| integer(step.networks))
        .column("µs", |step| short(step.ours))
        .column("NumPy", |step| step.ratio("numpy"))
        .column("JAX", |step| step.ratio("jax"))
        .column("JAX with `vmap`", |step| step.ratio("vmap"))
        .column("PyTorch", |step| step.ratio("torch"))
}

fn threads(measured: &Measured) -> Columns<'_, OnThreads> {
    Table::of(&measured.threads)
        .column("threads", |line| integer(line.threads))
        .column("one step (ms)", |line| short(line.microseconds / 1e3))
        .column("times as fast as one", |line| fixed(line.speedup, 2))
}

fn seeds(measured: &Measured) -> Columns<'_, RunsOnThreads> {
    Table::of(&measured.seeds.lines)
        .column("threads", |line| integer(line.threads))
        .column("each alone (s)", |line| short(line.apart))
        .column("together (s)", |line| short(line.together))
}

fn memory(measured: &Measured) -> Table {
    let bytes = &measured.memory.bytes;
    let present: Vec<(&str, f64)> = SIDES
        .iter()
        .filter_map(|(name, title)| bytes.get(*name).map(|bytes| (*title, *bytes)))
        .collect();
    let table = Table::of(&present)
        .column("side", |(title, _)| (*title).to_owned())
        .column("memory beside the data (MB)", |(_, bytes)| short(bytes / 1e6));
    table.into()
}

/// The curves of the chapter.
struct Growths {
    examples: Growth,
    width: Growth,
    depth: Growth,
    batch: Growth,
    networks: Growth,
}

impl Growths {
    fn of(measured: &Measured) -> Result<Self, Error> {
        let growth = |group, label, x| -> Result<Growth, Error> {
            Ok(Growth { label, x, steps: measured.group(group)? })
        };
        Ok(Self {
            examples: growth("examples", "examples", |step| step.examples as f64)?,
            width: growth("width", "units in each of two hidden layers", |step| {
                step.sizes[1] as f64
            })?,
            depth: growth("depth", "hidden layers of ten units", |step| step.hidden as f64)?,
            batch: growth("batch", "examples in a batch", |step| step.batch as f64)?,
            networks: growth("networks", "networks at once", |step| step.networks as f64)?,
        })
    }
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
        let mut chart = LineChart::new(self.label, "one step (µs)").log_x().log_y().markers(true);
        for (side, name, role) in [
            ("torch", "PyTorch", Role::PyTorch),
            ("numpy", "NumPy", Role::NumPy),
            ("jax", "JAX", Role::Jax),
            ("vmap", "JAX, vmap", Role::Jax),
        ] {
            let points = self.line(|step| step.times.get(side).copied());
            chart = match (points.is_empty(), side) {
                (true, _) => chart,
                (false, "vmap") => chart.dashed(name, role, &points),
                (false, _) => chart.line(name, role, &points),
            };
        }
        chart
            .line("this library", Role::Ours, &self.line(|step| Some(step.ours)))
            .dashed("floor", Role::Ink, &self.line(|step| Some(step.floor)))
            .draw()
    }

    fn line(&self, time: impl Fn(&Step) -> Option<f64>) -> Vec<(f64, f64)> {
        let points = self.steps.iter().map(|step| Some(((self.x)(step), time(step)?)));
        points.flatten().collect()
    }
}

/// This library's times with narrower vectors.
fn instructions(measured: &Measured) -> Result<Table, Error> {
    let mut rows = Vec::new();
    for line in &measured.instructions {
        rows.push((measured.named(&line.workload)?, &line.microseconds));
    }
    let time = |time: Option<f64>| time.map_or_else(|| "—".to_owned(), short);
    let fastest = |times: &Vectors| times.avx512.or(times.avx2).unwrap_or(times.baseline);
    let table = Table::of(&rows)
        .column("network", |(step, _)| step.network.clone())
        .column("examples", |(step, _)| step.at_once.clone())
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
