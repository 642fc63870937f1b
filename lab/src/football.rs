//! What was recorded from the course's own football data.
//!
//! The data are the course's and not part of this repository. What the lab measured on them is, in
//! `lab/recorded/football.json`: numbers, never a point.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::game;

/// The command that records.
pub const COMMAND: &str = "cargo run --release --bin lab -- football";

/// What was measured on the course's file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// The command that wrote it.
    pub command: String,
    /// The SHA-256 of the course's file.
    pub sha256: String,
    /// The assignment's runs by name, with its own seed.
    pub runs: BTreeMap<String, Run>,
    /// The same runs with the weights drawn under the seeds 1, 2 and so on.
    pub seeds: BTreeMap<String, Vec<Accuracies>>,
    /// The same again, each first weight multiplied by 1 + 2⁻⁵²: what rounding alone can change.
    pub last_bit: BTreeMap<String, Vec<Accuracies>>,
    /// The assignment's L2 run under other λ.
    pub lambdas: Vec<Strength>,
    /// The assignment's dropout run, but with fresh masks at every step, under the seeds 1, 2 and so on of the masks.
    pub fresh: Vec<Accuracies>,
}

/// One of the assignment's runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The cost by iteration.
    pub cost: BTreeMap<usize, f64>,
    /// The share of the training set that is right at the end.
    pub train: f64,
    /// The share of the test set.
    pub test: f64,
}

/// How much is right at the end of a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Accuracies {
    /// The share of the training set.
    pub train: f64,
    /// The share of the test set.
    pub test: f64,
}

impl From<&game::Run> for Accuracies {
    fn from(run: &game::Run) -> Self {
        Self { train: run.train, test: run.test }
    }
}

impl From<&Run> for Accuracies {
    fn from(run: &Run) -> Self {
        Self { train: run.train, test: run.test }
    }
}

/// A run under one λ.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Strength {
    /// How much the penalty counts.
    pub lambda: f64,
    /// The share of the training set that is right at the end.
    pub train: f64,
    /// The share of the test set.
    pub test: f64,
    /// The sum of all squared weights at the end.
    pub squares: f64,
}

/// What is recorded.
///
/// # Errors
/// [`Error::Recorded`] when the file is not what [`Recorded::text`] writes.
pub fn recorded() -> Result<Recorded, Error> {
    let text = include_str!("../recorded/football.json");
    serde_json::from_str(text).map_err(|error| Error::Recorded("football.json", error))
}

impl Recorded {
    /// The contents of the file.
    ///
    /// # Errors
    /// [`Error::Recorded`] when it cannot be written as JSON.
    pub fn text(&self) -> Result<String, Error> {
        let text = serde_json::to_string_pretty(self);
        let text = text.map_err(|error| Error::Recorded("football.json", error))?;
        Ok(text + "\n")
    }

    /// The assignment's run of this name.
    ///
    /// # Errors
    /// [`Error::Run`] where there is none.
    pub fn run(&self, name: &str) -> Result<&Run, Error> {
        self.runs.get(name).ok_or_else(|| Error::Run(name.to_owned()))
    }

    /// The accuracies of this run under each seed.
    ///
    /// # Errors
    /// [`Error::Run`] where there is none.
    pub fn seeds(&self, name: &str) -> Result<&[Accuracies], Error> {
        let seeds = self.seeds.get(name).map(Vec::as_slice);
        seeds.ok_or_else(|| Error::Run(name.to_owned()))
    }

    /// The same, each first weight multiplied by 1 + 2⁻⁵².
    ///
    /// # Errors
    /// [`Error::Run`] where there is none.
    pub fn last_bit(&self, name: &str) -> Result<&[Accuracies], Error> {
        let seeds = self.last_bit.get(name).map(Vec::as_slice);
        seeds.ok_or_else(|| Error::Run(name.to_owned()))
    }

    /// Where the numbers come from, in inline Markdown, for a caption.
    pub fn source(&self) -> String {
        let first: String = self.sha256.chars().take(8).collect();
        format!("Recorded from the course's `data.mat` (SHA-256 `{first}…`) by `{}`.", self.command)
    }
}
