//! Why the set cannot be read.

use std::io;
use std::path::{Path, PathBuf};

/// Why the set cannot be read or its files not written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder that cannot be read or written.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// A file that holds something unexpected.
    #[error("{}: {what}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What was expected and what came.
        what: String,
    },
    /// Cargo cannot be started.
    #[error("cargo cannot be started: {0}")]
    Cargo(io::Error),
    /// Files that differ from what the solutions make of them.
    #[error(
        "expected the starters that `cargo run -p exercise-set -- starters` writes, got others in \
         {}",
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
