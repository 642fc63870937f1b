//! Every training run in the book: its numbers, its figures, its claims.
//!
//! A chapter's module declares its [experiments](experiment); [`results()`](store::results()) has them
//! all run, or reads what they returned before, and hands out what they found by id.

mod assignment;
mod by_setting;
pub mod chapters;
pub mod course_data;
mod curve;
pub mod error;
pub mod experiment;
pub mod football;
mod game;
pub mod judge;
mod measured;
pub mod open;
pub mod outcome;
pub mod printed;
pub mod report;
mod rings;
pub mod spread;
mod stack;
pub mod store;

pub use error::Error;

use experiment::Experiment;

/// Every experiment of the book, chapter by chapter.
pub fn catalog() -> Vec<Experiment> {
    [chapters::experiments(), open::experiments()].concat()
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
