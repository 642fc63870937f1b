//! What can go wrong in the worker.

use std::io;
use std::path::{Path, PathBuf};

/// The worker's error type.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The library refused an input, or a run diverged.
    #[error(transparent)]
    Library(#[from] trainable::error::Error),

    /// A file that cannot be read or written.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },

    /// A file of numbers that is too short, too long or cut inside a number.
    #[error("{}: expected {expected} bytes, got {got}", path.display())]
    Length {
        /// The file.
        path: PathBuf,
        /// The bytes that the workload's numbers take.
        expected: usize,
        /// The bytes that are there.
        got: usize,
    },

    /// Text that is not the JSON that was expected.
    #[error("{what}: {reason}")]
    Json {
        /// The file, or `request`.
        what: String,
        /// What the parser says.
        reason: serde_json::Error,
    },

    /// Standard input or output that is gone.
    #[error("standard input or output: {0}")]
    Conversation(io::Error),

    /// A request for a workload that there is not.
    #[error("no workload is called `{0}`")]
    Unknown(String),
}

impl Error {
    /// Adds the file to what the system says about it.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |reason| Self::File { path, reason }
    }

    /// Adds what was read or written to what the parser says.
    pub(crate) fn json(what: impl ToString) -> impl FnOnce(serde_json::Error) -> Self {
        let what = what.to_string();
        |reason| Self::Json { what, reason }
    }
}
