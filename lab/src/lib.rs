//! Every training run in the book: its numbers, its figures, its claims.
//!
//! A chapter's module declares its [experiments](experiment); [`results()`] has them all run, or
//! reads what they returned before, and hands out what they found by id.

pub mod augmentation;
pub mod bias_variance;
pub mod cache;
pub mod dropout;
pub mod early_stopping;
pub mod engine;
pub mod error;
pub mod experiment;
pub mod figure;
pub mod football;
pub mod gradient_check;
pub mod gradient_flow;
pub mod initialization;
pub mod l2;
pub mod normalization;
pub mod open;
pub mod outcome;
mod pitch;
pub mod printed;
mod progress;
pub mod results;
pub mod split;
pub mod spread;

pub use error::Error;
pub use results::{Results, results};

use experiment::Experiment;

/// Every experiment of the book, chapter by chapter.
pub fn catalog() -> Vec<Experiment> {
    let chapters = [
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
        open::experiments(),
        engine::experiments(),
    ];
    chapters.concat()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_experiment_has_a_name_of_its_own() {
        let names: Vec<&str> = catalog().iter().map(|experiment| experiment.name).collect();
        let distinct: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(distinct.len(), names.len(), "{names:?}");
    }

    #[test]
    fn the_build_script_has_found_each_experiment() {
        for experiment in catalog() {
            assert!(experiment.code.is_some(), "{}", experiment.name);
        }
    }
}
