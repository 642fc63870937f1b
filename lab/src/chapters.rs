//! The experiments of each chapter: one module, and one line here.

use crate::experiment::Experiment;

pub mod augmentation;
pub mod bias_variance;
pub mod dropout;
pub mod early_stopping;
pub mod engine;
pub mod errata;
pub mod gradient_check;
pub mod gradient_flow;
pub mod initialization;
pub mod l2;
pub mod normalization;
pub mod split;

// The build script lists the experiments of the modules above.
include!(concat!(env!("OUT_DIR"), "/chapters.rs"));
