//! What can go wrong with the set of exercises.

use std::io;
use std::path::{Path, PathBuf};

/// Why the set cannot be read, or its files written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder that cannot be read or written.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// A file with unexpected contents.
    #[error("{}: {what}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What was expected and what was found.
        what: String,
    },
    /// Cargo cannot be started.
    #[error("cargo cannot be started: {0}")]
    Cargo(io::Error),
    /// Starters that differ from what the solutions give.
    #[error(
        "expected the starters that `cargo run --release --bin exercise-set -- starters` writes, \
         got others in {}",
        .0.join(", ")
    )]
    Starters(Vec<String>),
}

impl Error {
    pub(crate) fn file(path: &Path, reason: io::Error) -> Self {
        let path = path.to_owned();
        Self::File { path, reason }
    }

    pub(crate) fn invalid(path: &Path, what: &str) -> Self {
        Self::Invalid {
            path: path.to_owned(),
            what: what.to_owned(),
        }
    }
}
