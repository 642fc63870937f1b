//! What `benches/compare.py` has measured: times of this library and of others.
//!
//! Times depend on the machine, and the rest of the book must not. So they are not taken when the
//! book is built: they come from `benches/measured.json`.

use std::collections::BTreeMap;

use figures::format::{fixed, integer, percent, short};
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The sides of the comparison, and what readers know them by.
pub const SIDES: [(&str, &str); 9] = [
    ("ours", "this library"),
    ("numpy", "NumPy"),
    ("jax", "JAX"),
    ("vmap", "JAX with `vmap`"),
    ("torch", "PyTorch"),
    ("compiled", "`torch.compile`"),
    ("ndarray", "ndarray by hand"),
    ("candle", "candle"),
    ("burn", "Burn"),
];

/// In place of what was not measured.
const NONE: &str = "—";

/// All of it.
#[derive(Deserialize, Serialize)]
pub struct Measured {
    pub machine: Machine,
    pub date: String,
    pub versions: Versions,
    pub rounds: usize,
    /// Of one core, not fused, with all numbers in registers.
    pub multiply_adds_per_second: f64,
    /// Why a side took no part.
    missing: BTreeMap<String, String>,
    #[serde(skip_serializing)]
    pub workloads: Vec<Workload>,
    pub threads: Vec<OnThreads>,
    pub seeds: WholeRuns,
    pub memory: Memory,
    #[serde(skip_serializing)]
    pub instructions: Vec<WithInstructions>,
}

/// What it was measured on.
#[derive(Deserialize, Serialize)]
pub struct Machine {
    pub cpu: String,
}

/// What it was measured with; other sides' versions are there where they took part.
#[derive(Deserialize, Serialize)]
pub struct Versions {
    pub rustc: String,
    pub numpy: String,
    pub blas: String,
    jax: Option<String>,
    torch: Option<String>,
    ndarray: Option<String>,
    #[serde(rename = "candle-core")]
    candle: Option<String>,
    burn: Option<String>,
}

/// One training, on all sides.
#[derive(Deserialize)]
pub struct Workload {
    pub name: String,
    group: String,
    sizes: Vec<usize>,
    examples: usize,
    batch: usize,
    optimizer: String,
    shuffled: bool,
    lambda: f64,
    keep: f64,
    networks: usize,
    /// In a step of one network, on average over an epoch: forward, for dW and for dA.
    pub multiply_adds: f64,
    /// A step of one network, by side.
    microseconds: BTreeMap<String, Samples>,
    /// How many times as long as ours a side's step takes.
    ratios: BTreeMap<String, Samples>,
    /// Why a side has no time.
    notes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Samples {
    median: f64,
}

/// A million examples on our side, on some threads.
#[derive(Deserialize, Serialize)]
pub struct OnThreads {
    pub threads: usize,
    pub microseconds: f64,
    pub speedup: f64,
}

/// Whole trainings of many seeds on our side.
#[derive(Deserialize, Serialize)]
pub struct WholeRuns {
    pub networks: usize,
    pub steps: usize,
    pub lines: Vec<RunsOnThreads>,
}

/// Seconds for all of them: each trained apart, and all together.
#[derive(Deserialize, Serialize)]
pub struct RunsOnThreads {
    pub threads: usize,
    pub apart: f64,
    pub together: f64,
}

/// The most memory that training takes beside the data, by side.
#[derive(Deserialize, Serialize)]
pub struct Memory {
    pub bytes: BTreeMap<String, f64>,
    notes: BTreeMap<String, String>,
}

/// One training on our side, in microseconds a step; what a CPU lacks is not there.
#[derive(Deserialize)]
pub struct WithInstructions {
    pub workload: String,
    pub microseconds: Vectors,
}

/// By the vectors' width.
#[derive(Deserialize)]
pub struct Vectors {
    pub baseline: f64,
    pub avx2: Option<f64>,
    pub avx512: Option<f64>,
}

impl Measured {
    /// What the file says.
    pub fn read() -> Result<Self, Error> {
        let text = include_str!("../../benches/measured.json");
        serde_json::from_str(text).map_err(|error| Error::Measurement(error.to_string()))
    }

    /// A step of the workload of this name.
    pub fn named(&self, name: &str) -> Result<Step, Error> {
        let found = self.workloads.iter().find(|workload| workload.name == name);
        let missing = || Error::Measurement(format!("expected a workload `{name}`, found none"));
        self.step(found.ok_or_else(missing)?)
    }

    /// The steps of the workloads of a group.
    pub fn group(&self, group: &str) -> Result<Vec<Step>, Error> {
        let workloads = self.workloads.iter().filter(|workload| workload.group == group);
        workloads.map(|workload| self.step(workload)).collect()
    }

    fn step(&self, workload: &Workload) -> Result<Step, Error> {
        let times = medians(&workload.microseconds);
        let missing = || Error::Measurement(format!("expected our time of `{}`", workload.name));
        let ours = *times.get("ours").ok_or_else(missing)?;
        let ratios = medians(&workload.ratios);
        let floor = self.floor(workload);
        Ok(Step {
            network: workload.network(),
            at_once: workload.at_once(),
            sizes: workload.sizes.clone(),
            hidden: workload.sizes.len() - 2,
            examples: workload.examples,
            batch: workload.batch,
            networks: workload.networks,
            multiply_adds: workload.multiply_adds as usize,
            floor,
            of_floor: floor / ours,
            ours,
            said: said(&times, short),
            share: said(&ratios, |ratio| percent(1.0 / ratio, 0)),
            times,
            ratios,
        })
    }

    /// The microseconds in which the core could do no more than a step's multiplications and
    /// additions.
    pub fn floor(&self, workload: &Workload) -> f64 {
        workload.multiply_adds / self.multiply_adds_per_second * 1e6
    }

    /// In sentences, who has no times, and why.
    pub fn absent(&self) -> String {
        let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (side, reason) in &self.missing {
            by_reason.entry(reason).or_default().push(title(side));
        }
        let line = |(reason, sides): (&&str, &Vec<&str>)| {
            format!("No part was taken by {}: {reason}.", sides.join(", "))
        };
        let mut lines: Vec<String> = by_reason.iter().map(line).collect();
        for workload in &self.workloads {
            for (side, reason) in &workload.notes {
                let (side, network) = (title(side), workload.network());
                lines.push(format!("{side} has no time for {network}: {reason}."));
            }
        }
        for (side, reason) in &self.memory.notes {
            lines.push(format!("The memory of {} is not known: {reason}.", title(side)));
        }
        match lines.is_empty() {
            true => "Every side ran everything it was asked to.".to_owned(),
            false => lines.join(" "),
        }
    }
}

impl Versions {
    /// The other libraries, each with its version.
    pub fn others(&self) -> String {
        let all = [
            ("JAX", &self.jax),
            ("PyTorch", &self.torch),
            ("ndarray", &self.ndarray),
            ("candle", &self.candle),
            ("Burn", &self.burn),
        ];
        let present = all.iter().filter_map(|(name, version)| {
            version.as_ref().map(|version| format!("{name} {version}"))
        });
        present.collect::<Vec<_>>().join(", ")
    }
}

impl Workload {
    /// The layer sizes as the book writes them, and what else a step has to do.
    fn network(&self) -> String {
        let sizes: Vec<String> = self.sizes.iter().map(usize::to_string).collect();
        let parts = [
            ("Adam", self.optimizer == "adam"),
            ("L2", self.lambda > 0.0),
            ("dropout", self.keep < 1.0),
            ("shuffled", self.shuffled),
        ];
        let parts = parts.iter().filter(|(_, has)| *has).map(|(part, _)| format!(", {part}"));
        let several = match self.networks {
            1 => String::new(),
            networks => format!(", {networks} at once"),
        };
        // Without spaces to break at: the sizes stay on one line.
        format!("`[{}]`{}{several}", sizes.join(",\u{a0}"), parts.collect::<String>())
    }

    /// The examples of a step.
    fn at_once(&self) -> String {
        match self.batch == self.examples {
            true => integer(self.examples),
            false => format!("{} of {}", integer(self.batch), integer(self.examples)),
        }
    }
}

/// One step of one network, in microseconds.
#[derive(Clone, Serialize)]
pub struct Step {
    pub network: String,
    pub at_once: String,
    pub sizes: Vec<usize>,
    /// How many of the layers are hidden.
    pub hidden: usize,
    pub examples: usize,
    pub batch: usize,
    pub networks: usize,
    pub multiply_adds: usize,
    pub floor: f64,
    /// The floor as a share of our time.
    pub of_floor: f64,
    pub ours: f64,
    /// By side, where it was measured; how many times as long as ours.
    pub times: BTreeMap<String, f64>,
    pub ratios: BTreeMap<String, f64>,
    /// Each side's time, and ours as a share of it, as readers see them.
    said: BTreeMap<&'static str, String>,
    share: BTreeMap<&'static str, String>,
}

impl Step {
    /// How many times as long as ours a side's step takes, for a table.
    pub fn ratio(&self, side: &str) -> String {
        let Some(ratio) = self.ratios.get(side) else {
            return NONE.to_owned();
        };
        let decimals = match *ratio {
            ratio if ratio < 1.995 => 2,
            ratio if ratio < 9.95 => 1,
            _ => 0,
        };
        match decimals {
            0 => format!("{}\u{a0}×", integer(ratio.round() as usize)),
            _ => format!("{}\u{a0}×", fixed(*ratio, decimals)),
        }
    }
}

/// What readers know a side by.
pub fn title(side: &str) -> &str {
    SIDES.iter().find(|(name, _)| *name == side).map_or(side, |(_, title)| title)
}

fn medians(samples: &BTreeMap<String, Samples>) -> BTreeMap<String, f64> {
    samples.iter().map(|(name, samples)| (name.clone(), samples.median)).collect()
}

/// A number of each side in words, whether it was measured or not.
fn said(
    numbers: &BTreeMap<String, f64>,
    words: impl Fn(f64) -> String,
) -> BTreeMap<&'static str, String> {
    let said = |name| numbers.get(name).map_or_else(|| NONE.to_owned(), |number| words(*number));
    SIDES.map(|(name, _)| (name, said(name))).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workload(name: &str) -> Workload {
        let workloads = Measured::read().unwrap().workloads;
        workloads.into_iter().find(|workload| workload.name == name).unwrap()
    }

    #[test]
    fn a_step_multiplies_forward_for_dw_and_for_da() {
        // Layers of 20, 50 and 5 weights: 75 forward, 75 for dW, 55 for dA, for 300 examples.
        assert_eq!(workload("A").multiply_adds, 61_500.0);
        // Layers of 10, 10 and 2 weights, for 60 examples: 300 in five batches.
        assert_eq!(workload("CA").multiply_adds, 3_360.0);
    }

    #[test]
    fn we_are_never_faster_than_the_floor() {
        let measured = Measured::read().unwrap();
        for workload in &measured.workloads {
            let ours = workload.microseconds["ours"].median;
            assert!(measured.floor(workload) < ours, "{}", workload.name);
        }
    }

    #[test]
    fn what_was_not_measured_is_a_dash_and_is_explained() {
        let mut measured = Measured::read().unwrap();
        let a = measured.workloads.iter_mut().find(|workload| workload.name == "A").unwrap();
        a.ratios.remove("burn");
        a.notes.insert("burn".to_owned(), "no memory".to_owned());
        measured.missing.insert("jax".to_owned(), "no network".to_owned());
        assert_eq!(measured.named("A").unwrap().ratio("burn"), NONE);
        let absent = measured.absent();
        assert!(absent.contains("No part was taken by JAX: no network."), "{absent}");
        let burn = "Burn has no time for `[2,\u{a0}10,\u{a0}5,\u{a0}1]`: no memory.";
        assert!(absent.contains(burn), "{absent}");
    }
}
