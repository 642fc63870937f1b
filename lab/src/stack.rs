//! Stacks of equal layers, and what is compared in them: activation functions, scales of weights.

use figures::Role;
use figures::format::plain;
use serde::Serialize;
use trainable::prelude::*;

use crate::error::Error;

/// The sizes of a network with this many hidden layers of one width.
pub(crate) fn stack(inputs: usize, width: usize, hidden: usize) -> Vec<usize> {
    [vec![inputs], vec![width; hidden], vec![1]].concat()
}

/// The smallest and the largest scale of the weights, as standard deviations.
pub(crate) const SMALL_SCALE: f64 = 0.01;
pub(crate) const LARGE_SCALE: f64 = 1.0;

/// One measurement for each scale of the weights.
#[derive(Serialize)]
pub(crate) struct ByScale<T> {
    pub small: Scaled<T>,
    pub large: Scaled<T>,
    pub xavier: Scaled<T>,
    pub he: Scaled<T>,
}

/// What was found with weights of one scale.
#[derive(Serialize)]
pub(crate) struct Scaled<T> {
    /// The scale's name in figures and tables.
    pub label: String,
    #[serde(skip)]
    pub role: Role,
    #[serde(flatten)]
    pub found: T,
}

impl<T> ByScale<T> {
    /// Measures with weights of every scale.
    pub(crate) fn measure(
        measure: impl Fn(Initialization) -> Result<T, Error>,
    ) -> Result<Self, Error> {
        let at = |role, scheme| {
            let label = match scheme {
                Initialization::Gaussian(std) => format!("std {}", plain(std)),
                other => format!("{other:?}"),
            };
            Ok::<_, Error>(Scaled { label, role, found: measure(scheme)? })
        };
        Ok(Self {
            small: at(Role::Small, Initialization::Gaussian(SMALL_SCALE))?,
            large: at(Role::Large, Initialization::Gaussian(LARGE_SCALE))?,
            xavier: at(Role::Xavier, Initialization::Xavier)?,
            he: at(Role::He, Initialization::He)?,
        })
    }

    /// All measurements.
    pub(crate) fn all(&self) -> [&Scaled<T>; 4] {
        [&self.small, &self.large, &self.xavier, &self.he]
    }
}

/// One measurement for each activation function.
#[derive(Serialize)]
pub(crate) struct ByActivation<T> {
    pub relu: T,
    pub tanh: T,
    pub sigmoid: T,
}

impl<T> ByActivation<T> {
    /// Measures with every activation function.
    pub(crate) fn measure(measure: impl Fn(Activation) -> Result<T, Error>) -> Result<Self, Error> {
        Ok(Self {
            relu: measure(Activation::Relu)?,
            tanh: measure(Activation::Tanh)?,
            sigmoid: measure(Activation::Sigmoid)?,
        })
    }
}
