//! What can go wrong in the lab.

use std::io;
use std::path::{Path, PathBuf};

/// The lab's error type.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The library refused an input, or a run diverged.
    #[error(transparent)]
    Library(#[from] trainable::error::Error),

    /// A figure that could not be drawn.
    #[error(transparent)]
    Figure(#[from] figures::FigureError),

    /// A file that cannot be read or written.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },

    /// A measurement that is not what the speed harness writes.
    #[error("benches/measured.json: {0}; write it anew with `python3 benches/compare.py`")]
    Measurement(String),

    /// A file that is not the course's football data.
    #[error("{}: expected the regularization assignment's data.mat, {reason}", path.display())]
    Football {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// Recorded results that are not what `record` writes.
    #[error(
        "lab/recorded/{0}: {1}; write it again with `cargo run --release --bin lab -- football`"
    )]
    Recorded(&'static str, serde_json::Error),

    /// Sources that are not those of the code that runs.
    #[error("{0}")]
    Sources(String),

    /// A chapter that cannot be made.
    #[error("{0}")]
    New(String),

    /// A chapter's texts that do not fit what its experiments return.
    #[error("{0}")]
    Text(String),

    /// A setting that a sweep does not have.
    #[error("expected one of the settings {expected}, got {got}")]
    Setting {
        /// The settings there are.
        expected: String,
        /// The one asked for.
        got: String,
    },

    /// What was found is not what is recorded.
    #[error("{0}")]
    Record(String),

    /// A run that is not among those recorded.
    #[error("lab/recorded/football.json: expected a run `{0}`, found none")]
    Run(String),

    /// A text of the course that is not what it is taken for.
    #[error("the course's `{0}`: expected {1}")]
    Printed(String, &'static str),

    /// An experiment that panicked.
    #[error("panicked: {0}")]
    Panicked(String),

    /// An experiment that failed.
    #[error("experiment `{name}`: {reason}")]
    Experiment {
        /// The experiment.
        name: &'static str,
        /// Why it failed.
        reason: Box<Error>,
    },
}

impl Error {
    /// What the system says of a file, as an error that names the file.
    pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |reason| Self::File { path, reason }
    }
}
