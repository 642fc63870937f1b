//! What `train` can be asked for, with the words of its `--help`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use trainable::prelude::{Activation, Initialization, Schedule};

use crate::parse::{
    Layers, batch_size, beta, classes, decay, epsilon, examples, initialization, keep, lambda,
    layers, learning_rate, limit, noise, schedule, seed, share, steps,
};

/// The arguments of `train`.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten, next_help_heading = "Data")]
    pub data: DataArguments,
    #[command(flatten, next_help_heading = "Network")]
    pub network: NetworkArguments,
    #[command(flatten, next_help_heading = "Optimizer")]
    pub optimizer: OptimizerArguments,
    #[command(flatten, next_help_heading = "Batches and length")]
    pub length: LengthArguments,
    #[command(flatten, next_help_heading = "Regularization")]
    pub regularization: RegularizationArguments,
    #[command(flatten, next_help_heading = "Output")]
    pub output: OutputArguments,
}

#[derive(Args)]
pub struct DataArguments {
    /// The data that the network learns to tell apart.
    #[arg(long, value_enum, default_value = "circles", conflicts_with = "data_file")]
    pub data: Data,
    /// The number of classes, from 2 to 1000: the arms of the spiral, or the classes in a file.
    /// Other data have 2 [default: 3 for spiral; the largest label + 1 for a file; else 2].
    #[arg(long, value_name = "C", value_parser = classes, allow_hyphen_values = true)]
    pub classes: Option<usize>,
    /// The number of training examples, from 2 to 10000000.
    #[arg(long, value_name = "M", default_value = "300", value_parser = examples,
          allow_hyphen_values = true, conflicts_with = "data_file")]
    pub train_size: usize,
    /// The seed that the training examples are drawn with, from 0 to 4294967295.
    #[arg(long, value_name = "SEED", default_value = "1", value_parser = seed,
          allow_hyphen_values = true, conflicts_with = "data_file")]
    pub train_seed: u32,
    /// The number of test examples, from 2 to 10000000.
    #[arg(long, value_name = "M", default_value = "100", value_parser = examples,
          allow_hyphen_values = true, conflicts_with = "data_file")]
    pub test_size: usize,
    /// The seed that the test examples are drawn with, from 0 to 4294967295.
    #[arg(long, value_name = "SEED", default_value = "2", value_parser = seed,
          allow_hyphen_values = true, conflicts_with = "data_file")]
    pub test_seed: u32,
    /// The standard deviation of the noise, at least 0: on the coordinates, or for football on the
    /// border between the teams.
    #[arg(long, value_name = "STD", default_value = "0.05", value_parser = noise,
          allow_hyphen_values = true, conflicts_with = "data_file")]
    pub noise: f64,
    /// A CSV file to learn from, in place of --data: one example a row, its features in columns
    /// separated by commas, and in the last column its class, a whole number from 0 to C − 1 (not a
    /// name). A first row without any number is a header; empty lines are skipped. At most 10000000
    /// numbers.
    #[arg(long, value_name = "FILE.csv")]
    pub data_file: Option<PathBuf>,
    /// A CSV file to test on, with the same columns and no further classes [default: none; a part
    /// of --data-file is tested on].
    #[arg(long, value_name = "FILE.csv", requires = "data_file",
          conflicts_with_all = ["test_share", "split_seed"])]
    pub test_file: Option<PathBuf>,
    /// The share of --data-file that is tested on, above 0 and below 1, rounded to whole examples.
    #[arg(long, value_name = "SHARE", default_value = "0.2", value_parser = share,
          allow_hyphen_values = true, requires = "data_file")]
    pub test_share: f64,
    /// The seed of that split, from 0 to 4294967295: the examples are put into the order of NumPy's
    /// RandomState(SEED).permutation(m); the first ones are trained on, the last ones tested on.
    #[arg(long, value_name = "SEED", default_value = "1", value_parser = seed,
          allow_hyphen_values = true, requires = "data_file")]
    pub split_seed: u32,
}

#[derive(Args)]
pub struct NetworkArguments {
    /// The layers' sizes, each at least 1: the inputs (2, or a file's features), then the units of
    /// each layer. The last has 1 for two classes (a sigmoid; 2 are a softmax, for a file's classes
    /// or with --classes 2), and C for C classes. At most 10000000 weights [default: 2,10,5,1, with
    /// the data's features and classes in place of 2 and 1].
    #[arg(long, value_name = "SIZES", value_parser = layers, allow_hyphen_values = true)]
    pub layers: Option<Layers>,
    /// How the weights start: zeros, gaussian:STD (the standard deviation, at least 0), xavier,
    /// glorot, he, xavier-uniform, glorot-uniform or he-uniform.
    #[arg(long, value_name = "SCHEME", default_value = "he", value_parser = initialization,
          allow_hyphen_values = true)]
    pub init: Initialization,
    /// The seed that the weights are drawn with, from 0 to 4294967295.
    #[arg(long, value_name = "SEED", default_value = "3", value_parser = seed,
          allow_hyphen_values = true)]
    pub init_seed: u32,
    /// The activation function of the hidden layers.
    #[arg(long, value_enum, default_value = "relu")]
    pub activation: Hidden,
    /// Batch normalization in all hidden layers (ε 1e-5, running averages with a momentum of 0.9).
    /// Every batch, the last one included, then needs 2 examples or more [default: none].
    #[arg(long)]
    pub batch_norm: bool,
}

#[derive(Args)]
pub struct OptimizerArguments {
    /// What makes a step of the gradient g, with the learning rate α.
    #[arg(long, value_enum, default_value = "gd")]
    pub optimizer: Method,
    /// The learning rate α, above 0.
    #[arg(long, value_name = "ALPHA", default_value = "0.01", value_parser = learning_rate,
          allow_hyphen_values = true)]
    pub learning_rate: f64,
    /// β of momentum and nesterov, at least 0 and below 1 [default: 0.9].
    #[arg(long, value_name = "BETA", value_parser = beta, allow_hyphen_values = true)]
    pub beta: Option<f64>,
    /// β₁ of adam and adamw, at least 0 and below 1 [default: 0.9].
    #[arg(long, value_name = "BETA", value_parser = beta, allow_hyphen_values = true)]
    pub beta1: Option<f64>,
    /// β₂ of adam and adamw, β of rmsprop, at least 0 and below 1 [default: 0.999; rmsprop: 0.9].
    #[arg(long, value_name = "BETA", value_parser = beta, allow_hyphen_values = true)]
    pub beta2: Option<f64>,
    /// ε of rmsprop, adam and adamw, above 0, added to the root and not under it [default: 1e-8].
    #[arg(long, value_name = "EPSILON", value_parser = epsilon, allow_hyphen_values = true)]
    pub epsilon: Option<f64>,
    /// How the learning rate changes, such as cosine:100 or warm-up:5+cosine:95.
    ///
    /// With t, the number of the epoch from 0, it is
    ///
    ///   constant               α
    ///   inverse-time:DECAY     α/(1 + DECAY·t), DECAY at least 0
    ///   exponential:FACTOR     α·FACTOR^t, FACTOR above 0 and at most 1
    ///   inverse-root:K         α·K/√(t + 1), K above 0
    ///   staircase:FACTOR,EVERY
    ///                          α·FACTOR^⌊t/EVERY⌋, EVERY a whole number from 1
    ///   warm-up:OVER           α·(t + 1)/OVER until that is α, OVER from 1
    ///   cosine:OVER[,LEAST]    from α at t = 0 to α·LEAST at t = OVER along
    ///                          a cosine, LEAST from 0 (the default) to 1
    ///   linear:OVER[,LEAST]    the same along a straight line
    ///
    /// Without mini-batches every step is an epoch. With @step at the end, such
    /// as cosine:500@step, t is the number of the step; @epoch is the default.
    ///
    /// A + puts one after the other: warm-up:5+cosine:95. A part that another
    /// follows lasts as long as its OVER, or as is written after a *, such as
    /// constant*20+cosine:80; the time of each part begins at 0.
    ///
    /// The rate has to be above 0 in the whole run.
    #[arg(long, value_name = "SCHEDULE", default_value = "constant", value_parser = schedule,
          allow_hyphen_values = true, verbatim_doc_comment)]
    pub schedule: Schedule,
}

#[derive(Args)]
pub struct LengthArguments {
    /// The number of examples in a mini-batch, from 1 to that of training examples; the last batch
    /// of an epoch may be smaller [default: all examples in every step].
    #[arg(long, value_name = "SIZE", value_parser = batch_size, allow_hyphen_values = true)]
    pub batch_size: Option<usize>,
    /// The seed S of the mini-batches, from 0 to 4294967295: in epoch e, from 0, the examples are
    /// in the order of NumPy's RandomState(S + 1 + e).permutation(m), as in the course.
    #[arg(long, value_name = "S", default_value = "10", value_parser = seed,
          allow_hyphen_values = true, requires = "batch_size")]
    pub batch_seed: u32,
    /// The number of steps, from 1.
    #[arg(long, value_name = "N", default_value = "15000", value_parser = steps,
          allow_hyphen_values = true)]
    pub iterations: usize,
    /// The number of passes through all examples, from 1, in place of --iterations [default: none].
    /// Costs are then recorded by epoch: of the whole training set, and of each epoch's last batch.
    #[arg(long, value_name = "N", value_parser = steps, allow_hyphen_values = true,
          conflicts_with = "iterations")]
    pub epochs: Option<usize>,
}

#[derive(Args)]
pub struct RegularizationArguments {
    /// How much an L2 penalty on the weights counts, λ, at least 0; 0 for none.
    #[arg(long, value_name = "LAMBDA", default_value = "0", value_parser = lambda,
          allow_hyphen_values = true)]
    pub l2: f64,
    /// Decoupled decay of the weights W (not the biases), at least 0: each step also takes
    /// α·DECAY·W away [default: 0; adamw: 0.01].
    #[arg(long, value_name = "DECAY", value_parser = decay, allow_hyphen_values = true)]
    pub weight_decay: Option<f64>,
    /// The probability that a unit takes part in a step, above 0 and at most 1, for all hidden
    /// layers or one for each: 0.8 or 0.8,1 [default: no dropout].
    #[arg(long, value_delimiter = ',', value_parser = keep, allow_hyphen_values = true)]
    pub keep: Vec<f64>,
    /// The probability that an input takes part in a step, above 0 and at most 1 [default: all do].
    #[arg(long, value_name = "KEEP", value_parser = keep, allow_hyphen_values = true)]
    pub keep_input: Option<f64>,
    /// The seed that dropout's masks follow from, from 0 to 4294967295.
    #[arg(long, value_name = "SEED", default_value = "1", value_parser = seed,
          allow_hyphen_values = true)]
    pub keep_seed: u32,
    /// The longest that the gradient of a step (with the penalty's) may be, above 0: a longer one
    /// is shortened to it before the optimizer sees it [default: no limit].
    #[arg(long, value_name = "NORM", value_parser = limit, allow_hyphen_values = true,
          conflicts_with = "clip_value")]
    pub clip_norm: Option<f64>,
    /// The largest size of each number of that gradient, above 0: larger ones are cut to it
    /// [default: no limit].
    #[arg(long, value_name = "VALUE", value_parser = limit, allow_hyphen_values = true)]
    pub clip_value: Option<f64>,
}

#[derive(Args)]
pub struct OutputArguments {
    /// The steps from one recorded cost to the next, or epochs with --epochs, from 1.
    #[arg(long, value_name = "N", default_value = "1000", value_parser = steps,
          allow_hyphen_values = true)]
    pub record_every: usize,
    /// Prints one JSON object with everything at full precision, and nothing else.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Data {
    /// Two rings, one inside the other.
    Circles,
    /// Two interleaved half circles.
    Moons,
    /// A square whose diagonal parts the classes, not sharply.
    #[value(alias = "pitch")]
    Football,
    /// The arms of a spiral, one a class.
    Spiral,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Hidden {
    Sigmoid,
    Tanh,
    Relu,
    Identity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Method {
    /// Gradient descent: θ ← θ − α g.
    Gd,
    /// v ← β v + (1 − β) g, and θ ← θ − α v.
    Momentum,
    /// v ← β v + g, and θ ← θ − α (g + β v).
    Nesterov,
    /// s ← β₂ s + (1 − β₂) g², and θ ← θ − α g/(√s + ε).
    Rmsprop,
    /// v ← β₁ v + (1 − β₁) g, s ← β₂ s + (1 − β₂) g², and θ ← θ − α v̂/(√ŝ + ε), where the hats
    /// are divisions by 1 − β₁^t and 1 − β₂^t in step t, from 1.
    Adam,
    /// Adam with a weight decay of 0.01.
    Adamw,
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
