//! What can go wrong in the lab.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
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

    /// Numbers that a rule cannot judge.
    #[error("{0}")]
    Judge(String),

    /// A claim that cannot be measured.
    #[error("claim `{id}`: {reason}")]
    Claim {
        /// The claim.
        id: String,
        /// Why.
        reason: Box<Error>,
    },

    /// Claims that were judged by other rules or with other code, or not yet.
    #[error(
        "judged by another rule or with other code, or not at all: {0}; have them judged with \
         `cargo run --release --bin lab -- judge`"
    )]
    Stale(String),

    /// A measurement on the course's own data, which are not there.
    #[error(
        "expected the path of the regularization assignment's data.mat in TRAINABLE_COURSE_DATA, which is not \
         set"
    )]
    NoCourseData,

    /// A changed rule without a reason.
    #[error(
        "claim `{0}`: its rule was changed after its seeds were looked at, which counts as an amendment: \
         say why with `--amend REASON`"
    )]
    Amendment(String),

    /// A file that is not what `judge` writes.
    #[error("{}: expected what `lab judge` writes, {reason}", path.display())]
    Evidence {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: Box<toml::de::Error>,
    },

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

/// What `run` returns; [`Error::Panicked`] if it panics.
pub(crate) fn caught<T>(run: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|payload| {
        let text = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| payload.downcast_ref::<&str>().copied())
            .unwrap_or("without a message");
        Err(Error::Panicked(text.to_owned()))
    })
}
