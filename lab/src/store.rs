//! What reads and writes files: outcomes that are kept, the record of the book's numbers, the course's
//! data. No experiment uses it, so that what an experiment finds depends on nothing but code.

pub mod cache;
mod compiled;
pub mod football;
pub mod judged;
pub mod new;
mod progress;
pub mod record;
pub mod replicated;
pub mod results;
pub mod sources;

pub use results::{Results, results};
