//! The experiments of each chapter.

use crate::experiment::Experiment;

pub mod augmentation;
pub mod bias_variance;
pub mod dropout;
pub mod early_stopping;
pub mod engine;
pub mod gradient_check;
pub mod gradient_flow;
pub mod initialization;
pub mod l2;
pub mod normalization;
pub mod split;

/// The experiments of all chapters.
pub fn experiments() -> Vec<Experiment> {
    [
        initialization::experiments(),
        split::experiments(),
        bias_variance::experiments(),
        l2::experiments(),
        dropout::experiments(),
        early_stopping::experiments(),
        augmentation::experiments(),
        normalization::experiments(),
        gradient_flow::experiments(),
        gradient_check::experiments(),
        engine::experiments(),
    ]
    .concat()
}
