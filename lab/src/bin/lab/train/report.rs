//! What came of a run: a table, or everything as JSON.

use lab::outcome::Value;
use serde::{Serialize, Serializer};
use trainable::prelude::*;
use trainable::training::Unit;

use super::data::Parts;
use crate::Failure;

/// What `--json` prints.
#[derive(Serialize)]
pub struct Report {
    #[serde(serialize_with = "by_number")]
    cost: Costs,
    #[serde(flatten)]
    by_epoch: Option<ByEpoch>,
    train_accuracy: f64,
    test_accuracy: f64,
    seconds: f64,
    parameters: Vec<ReportedLayer>,
}

/// Costs by the number of their iteration or epoch.
type Costs = Vec<(usize, f64)>;

/// The costs of a run that is counted in epochs.
#[derive(Serialize)]
struct ByEpoch {
    #[serde(serialize_with = "by_number")]
    whole_cost: Costs,
    #[serde(serialize_with = "by_number")]
    last_batch_cost: Costs,
}

#[derive(Serialize)]
struct ReportedLayer {
    w: Vec<Vec<f64>>,
    b: Vec<f64>,
    #[serde(flatten)]
    batch_norm: Option<ReportedNorm>,
}

/// What batch normalization has learned and seen in a layer.
#[derive(Serialize)]
struct ReportedNorm {
    gamma: Vec<f64>,
    /// Running averages, not corrected.
    mean: Vec<f64>,
    variance: Vec<f64>,
    /// What both are divided by.
    correction: f64,
}

impl Report {
    /// The report on a network that has been trained.
    pub fn new(
        history: &History,
        network: &Network,
        parts: &Parts,
        seconds: f64,
    ) -> Result<Self, Failure> {
        let layers = 0..network.parameters().layers().len();
        Ok(Self {
            cost: history.costs().to_vec(),
            by_epoch: (history.unit() == Unit::Epoch).then(|| ByEpoch::of(history)),
            train_accuracy: network.accuracy(&parts.train)?,
            test_accuracy: network.accuracy(&parts.test)?,
            seconds,
            parameters: layers.map(|layer| reported(network, layer)).collect(),
        })
    }

    /// One line of JSON.
    pub fn json(&self) -> Result<String, Failure> {
        Ok(serde_json::to_string(self)? + "\n")
    }

    /// Columns of costs, then the accuracies.
    pub fn table(&self) -> String {
        let costs = match &self.by_epoch {
            Some(by_epoch) => by_epoch.table(),
            None => "iteration  cost\n".to_owned() + &rows(&self.cost, &[]),
        };
        let percent = |fraction| Value::percent(fraction, 2).text;
        format!(
            "{costs}accuracy   train {}, test {}\nseconds    {:.3}\n",
            percent(self.train_accuracy),
            percent(self.test_accuracy),
            self.seconds
        )
    }
}

impl ByEpoch {
    fn of(history: &History) -> Self {
        let whole_cost = history.costs().to_vec();
        let last_batch_cost = match history.last_batch_costs() {
            // Without mini-batches the whole set is the last batch, of which the end has none.
            [] => whole_cost[..whole_cost.len().saturating_sub(1)].to_vec(),
            costs => costs.to_vec(),
        };
        Self { whole_cost, last_batch_cost }
    }

    fn table(&self) -> String {
        let rows = rows(&self.whole_cost, &self.last_batch_cost);
        format!("    epoch  {:<16}  last batch\n{rows}", "cost")
    }
}

/// A row for each cost, with that of the last batch where there is one.
fn rows(costs: &[(usize, f64)], last_batch: &[(usize, f64)]) -> String {
    let row = |(index, (number, cost)): (usize, &(usize, f64))| {
        let cost = shown(*cost);
        match last_batch.get(index) {
            Some((_, last)) => format!("{number:>9}  {cost:<16}  {}\n", shown(*last)),
            None => format!("{number:>9}  {cost}\n"),
        }
    };
    costs.iter().enumerate().map(row).collect()
}

/// Costs as an object, in the order of the iterations or epochs.
fn by_number<S: Serializer>(costs: &Costs, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(costs.iter().copied())
}

/// What is to be said of the layer of this index.
fn reported(network: &Network, layer: usize) -> ReportedLayer {
    let parameters = network.parameters();
    let Layer { w, b } = &parameters.layers()[layer];
    let normalized = parameters.gain(layer).zip(network.statistics(layer));
    ReportedLayer {
        w: w.rows().into_iter().map(|row| row.to_vec()).collect(),
        b: b.to_vec(),
        batch_norm: normalized.map(|(gamma, statistics)| ReportedNorm {
            gamma: gamma.to_vec(),
            mean: statistics.mean().to_vec(),
            variance: statistics.variance().to_vec(),
            correction: statistics.correction(),
        }),
    }
}

/// A cost with ten decimals, or with a power of ten where these would show too little or too much.
fn shown(cost: f64) -> String {
    match cost {
        0.0001..1e6 => format!("{cost:.10}"),
        _ => format!("{cost:.10e}"),
    }
}
