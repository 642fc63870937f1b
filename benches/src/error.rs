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
        /// The system's reason.
        reason: io::Error,
    },

    /// A file of numbers with the wrong length.
    #[error("{}: expected {expected} bytes, got {got}", path.display())]
    Length {
        /// The file.
        path: PathBuf,
        /// The bytes that the workload needs.
        expected: usize,
        /// The bytes that the file has.
        got: usize,
    },

    /// Text that is not the expected JSON.
    #[error("{what}: {reason}")]
    Json {
        /// The file, or `request`.
        what: String,
        /// The parser's reason.
        reason: serde_json::Error,
    },

    /// Standard input or output is closed.
    #[error("standard input or output: {0}")]
    Conversation(io::Error),

    /// A request for an unknown workload.
    #[error("no workload is called `{0}`")]
    Unknown(String),
}

impl Error {
    /// Adds the file's path to the system's reason.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |reason| Self::File { path, reason }
    }

    /// Adds what was read or written to the parser's reason.
    pub(crate) fn json(what: impl ToString) -> impl FnOnce(serde_json::Error) -> Self {
        let what = what.to_string();
        |reason| Self::Json { what, reason }
    }
}
