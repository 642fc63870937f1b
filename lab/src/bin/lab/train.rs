//! The free-form bench: one network, trained as the arguments say.

use std::time::Instant;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use lab::outcome::Value;
use serde::{Serialize, Serializer};
use trainable::prelude::*;

use crate::Failure;
use crate::parse::{
    Layers, MOST, examples, initialization, keep, lambda, layers, learning_rate, noise, seed, steps,
};

/// The arguments of `train`.
#[derive(Args)]
pub struct Arguments {
    /// The data that the network learns to tell apart.
    #[arg(long, value_enum, default_value = "circles")]
    data: Data,
    /// The number of training examples.
    #[arg(long, default_value = "300", value_parser = examples, allow_hyphen_values = true)]
    train_size: usize,
    /// The seed that the training examples are drawn with.
    #[arg(long, default_value = "1", value_parser = seed, allow_hyphen_values = true)]
    train_seed: u32,
    /// The number of test examples.
    #[arg(long, default_value = "100", value_parser = examples, allow_hyphen_values = true)]
    test_size: usize,
    /// The seed that the test examples are drawn with.
    #[arg(long, default_value = "2", value_parser = seed, allow_hyphen_values = true)]
    test_seed: u32,
    /// The standard deviation of the noise: on the coordinates, or on the pitch's border.
    #[arg(long, default_value = "0.05", value_parser = noise, allow_hyphen_values = true)]
    noise: f64,
    /// The layers' sizes: 2 inputs, then the units of each layer, 1 in the last.
    #[arg(long, default_value = "2,10,5,1", value_parser = layers, allow_hyphen_values = true)]
    layers: Layers,
    /// How the weights start: zeros, gaussian:STD (the standard deviation), xavier, glorot, he,
    /// xavier-uniform, glorot-uniform or he-uniform.
    #[arg(long, default_value = "he", value_parser = initialization, allow_hyphen_values = true)]
    init: Initialization,
    /// The seed that the weights are drawn with.
    #[arg(long, default_value = "3", value_parser = seed, allow_hyphen_values = true)]
    init_seed: u32,
    /// The activation function of the hidden layers.
    #[arg(long, value_enum, default_value = "relu")]
    activation: Hidden,
    /// The learning rate.
    #[arg(long, default_value = "0.01", value_parser = learning_rate, allow_hyphen_values = true)]
    learning_rate: f64,
    /// How much an L2 penalty on the weights counts, λ; 0 for none.
    #[arg(long, default_value = "0", value_parser = lambda, allow_hyphen_values = true)]
    l2: f64,
    /// The probability that a unit takes part in a step, for all hidden layers or one for each: 0.8 or
    /// 0.8,1. Without it there is no dropout.
    #[arg(long, value_delimiter = ',', value_parser = keep, allow_hyphen_values = true)]
    keep: Vec<f64>,
    /// The seed that dropout's masks follow from.
    #[arg(long, default_value = "1", value_parser = seed, allow_hyphen_values = true)]
    keep_seed: u32,
    /// The number of steps of gradient descent.
    #[arg(long, default_value = "15000", value_parser = steps, allow_hyphen_values = true)]
    iterations: usize,
    /// The cost is recorded at every so many steps.
    #[arg(long, default_value = "1000", value_parser = steps, allow_hyphen_values = true)]
    record_every: usize,
    /// Prints one JSON object with everything at full precision, and nothing else.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Data {
    /// Two rings, one inside the other.
    Circles,
    /// Two interleaved half circles.
    Moons,
    /// A square whose diagonal parts the classes, not sharply.
    Pitch,
}

#[derive(Clone, Copy, ValueEnum)]
enum Hidden {
    Sigmoid,
    Tanh,
    Relu,
    Identity,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(serialize_with = "by_iteration")]
    cost: &'a History,
    train_accuracy: f64,
    test_accuracy: f64,
    seconds: f64,
    parameters: Vec<ReportedLayer>,
}

#[derive(Serialize)]
struct ReportedLayer {
    w: Vec<Vec<f64>>,
    b: Vec<f64>,
}

/// Trains; returns what to print.
pub fn train(arguments: &Arguments) -> Result<String, Failure> {
    let train = arguments.data(arguments.train_size, arguments.train_seed)?;
    let test = arguments.data(arguments.test_size, arguments.test_seed)?;
    let mut network = arguments.network()?;
    arguments.check_recorded()?;
    let run = arguments.descent()?;
    let bar = arguments.bar();
    let start = Instant::now();
    let history = run.train_with(&mut network, &train, |progress| {
        bar.set_position(progress.iteration as u64);
    });
    let seconds = start.elapsed().as_secs_f64();
    bar.finish_and_clear();
    let report = Report {
        cost: &history?,
        train_accuracy: network.accuracy(&train)?,
        test_accuracy: network.accuracy(&test)?,
        seconds,
        parameters: network.parameters().layers().iter().map(reported).collect(),
    };
    match arguments.json {
        true => Ok(serde_json::to_string(&report)? + "\n"),
        false => Ok(report.table()),
    }
}

impl Arguments {
    fn data(&self, size: usize, seed: u32) -> Result<Dataset, Error> {
        let mut rng = RandomState::new(seed);
        match self.data {
            Data::Circles => circles(size, self.noise, &mut rng),
            Data::Moons => moons(size, self.noise, &mut rng),
            Data::Pitch => football(size, self.noise, &mut rng),
        }
    }

    fn network(&self) -> Result<Network, Error> {
        let mut rng = RandomState::new(self.init_seed);
        let network = Network::new(&self.layers.0, self.init, &mut rng)?;
        Ok(network.with_activation(self.activation.into()))
    }

    fn descent(&self) -> Result<GradientDescent, Error> {
        let descent = GradientDescent::new(self.learning_rate)
            .penalty(Penalty::L2 { lambda: self.l2 })
            .iterations(self.iterations)
            .record_every(self.record_every);
        let hidden = self.layers.0.len() - 2;
        let keep = match self.keep[..] {
            [] => return Ok(descent),
            [keep] => vec![keep; hidden],
            _ => self.keep.clone(),
        };
        let dropout = Dropout::fresh(&keep, &mut RandomState::new(self.keep_seed))?;
        Ok(descent.dropout(dropout))
    }

    fn check_recorded(&self) -> Result<(), Failure> {
        match self.iterations.div_ceil(self.record_every) {
            ..=MOST => Ok(()),
            costs => Err(Failure::TooManyCosts(costs)),
        }
    }

    /// A bar on standard error if that is a terminal, and none beside JSON.
    fn bar(&self) -> ProgressBar {
        if self.json {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("training {bar:30} {pos}/{len} {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(self.iterations as u64).with_style(style)
    }
}

impl From<Hidden> for Activation {
    fn from(hidden: Hidden) -> Self {
        match hidden {
            Hidden::Sigmoid => Self::Sigmoid,
            Hidden::Tanh => Self::Tanh,
            Hidden::Relu => Self::Relu,
            Hidden::Identity => Self::Identity,
        }
    }
}

impl Report<'_> {
    fn table(&self) -> String {
        let rows = self.cost.costs().iter();
        let rows: String = rows
            .map(|(iteration, cost)| format!("{iteration:>9}  {}\n", shown(*cost)))
            .collect();
        let percent = |fraction| Value::percent(fraction, 2).text;
        format!(
            "iteration  cost\n{rows}accuracy   train {}, test {}\nseconds    {:.3}\n",
            percent(self.train_accuracy),
            percent(self.test_accuracy),
            self.seconds
        )
    }
}

/// The costs as an object, in the order of the iterations.
fn by_iteration<S: Serializer>(history: &History, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(history.costs().iter().copied())
}

fn reported(layer: &Layer) -> ReportedLayer {
    ReportedLayer {
        w: layer.w.rows().into_iter().map(|row| row.to_vec()).collect(),
        b: layer.b.to_vec(),
    }
}

/// A cost with ten decimals, or with a power of ten where these would show too little or too much.
fn shown(cost: f64) -> String {
    match cost {
        0.0001..1e6 => format!("{cost:.10}"),
        _ => format!("{cost:.10e}"),
    }
}
