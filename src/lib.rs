//! The practical side of training neural networks: why a network trains, or does not.
//!
//! This is the library of the book *Trainable*; the book prints these very lines. One technique is
//! one module. Shapes follow the course's notation: an input `x` is `(features, examples)`, a
//! weight matrix `(units, inputs)`, a bias `(units,)`, the labels `(1, examples)`. Every number is
//! an `f64`, and every result has the same bits on every machine: plain IEEE operations in a fixed
//! order, with [elementary functions](numerics::elementary) of our own in training, and no fused
//! multiply-add there.
//!
//! ```
//! use trainable::prelude::*;
//!
//! # fn main() -> Result<(), Error> {
//! let train = circles(300, 0.05, &mut RandomState::new(1))?;
//! let test = circles(100, 0.05, &mut RandomState::new(2))?;
//!
//! let mut network = Network::new(&[2, 10, 5, 1], Initialization::He, &mut RandomState::new(3))?;
//! let history = GradientDescent::new(0.01).iterations(15_000).train(&mut network, &train)?;
//!
//! // The course prints 0.6879825919728063.
//! assert!((history.cost(1_000)? - 0.687_982_591_972_806_3).abs() < 1e-12);
//! assert_eq!(network.accuracy(&test)?, 0.96);
//! # Ok(())
//! # }
//! ```
//!
//! Techniques are values, and any can be combined with any other:
//!
//! ```
//! use trainable::prelude::*;
//!
//! # fn main() -> Result<(), Error> {
//! let data = spiral(300, 3, 0.02, &mut RandomState::new(1))?;
//! let mut network = Network::new(&[2, 20, 10, 3], Initialization::He, &mut RandomState::new(2))?
//!     .with_batch_norm(BatchNorm::new());
//! let history = Training::new(Adam::new(0.01).after(Clipping::Norm(1.0)))
//!     .mini_batches(MiniBatches::of(64).shuffled(&mut RandomState::new(3)))
//!     .schedule(Schedule::WarmUp { over: 5 }.then(5, Schedule::Cosine { over: 95, least: 0.01 }))
//!     .penalty(Penalty::L2 { lambda: 0.01 })
//!     .epochs(100)
//!     .train(&mut network, &data)?;
//! assert!(history.cost(100)? < history.cost(0)?);
//! assert!(network.accuracy(&data)? > 0.9);
//! # Ok(())
//! # }
//! ```
//!
//! A technique is made by `new`, `of` or a name of its own, and its settings are set by methods of their names, each of which
//! returns the value with that setting: `Momentum::new(0.1).beta(0.95)`. Where a type also tells what it has, as a
//! [`Network`](network::Network) does, the method that changes it begins with `with_`. Settings are checked where they
//! are used, before any work; what takes an array or a generator checks at once. What fails changes nothing.
#![forbid(unsafe_code)]

pub mod activation;
pub mod adam;
pub mod adamw;
pub mod augmentation;
mod backpropagation;
pub mod batch_norm;
pub mod bias_variance;
pub mod data;
pub mod dropout;
pub mod early_stopping;
pub mod error;
pub mod gradient_check;
pub mod gradient_descent;
pub mod gradient_flow;
pub mod initialization;
pub mod l2;
pub mod mini_batch;
pub mod momentum;
pub mod moving_average;
pub mod nesterov;
pub mod network;
pub mod normalization;
pub mod numerics;
pub mod objective;
pub mod optimizer;
pub mod output;
pub mod parameters;
pub mod plain;
pub mod rmsprop;
pub mod schedule;
pub mod softmax;
pub mod split;
pub mod together;
pub mod training;
pub mod weight_decay;

/// Everything that a training run needs, in one `use`.
pub mod prelude {
    pub use crate::activation::Activation;
    pub use crate::adam::Adam;
    pub use crate::adamw::AdamW;
    pub use crate::augmentation::{Augmentation, augment};
    pub use crate::batch_norm::BatchNorm;
    pub use crate::bias_variance::{Diagnosis, ErrorRates, Remedy};
    pub use crate::data::circles::circles;
    pub use crate::data::dataset::Dataset;
    pub use crate::data::digits::digits;
    pub use crate::data::football::football;
    pub use crate::data::logistic_labels::logistic_labels;
    pub use crate::data::moons::moons;
    pub use crate::data::spiral::spiral;
    pub use crate::data::wave::wave;
    pub use crate::dropout::Dropout;
    pub use crate::early_stopping::{EarlyStopping, Stopped};
    pub use crate::error::Error;
    pub use crate::gradient_check::{Difference, GradientCheck, GradientReport};
    pub use crate::gradient_descent::GradientDescent;
    pub use crate::gradient_flow::{Clipping, gradient_flow};
    pub use crate::initialization::Initialization;
    pub use crate::l2::Penalty;
    pub use crate::mini_batch::MiniBatches;
    pub use crate::momentum::Momentum;
    pub use crate::nesterov::Nesterov;
    pub use crate::network::{Mode, Network};
    pub use crate::normalization::Normalization;
    pub use crate::numerics::random_state::RandomState;
    pub use crate::objective::Objective;
    pub use crate::optimizer::{Chain, Optimizer};
    pub use crate::output::Output;
    pub use crate::parameters::{Layer, Parameters};
    pub use crate::rmsprop::RmsProp;
    pub use crate::schedule::Schedule;
    pub use crate::split::{Split, standard_error};
    pub use crate::training::{History, Training};
    pub use crate::weight_decay::WeightDecay;
}
