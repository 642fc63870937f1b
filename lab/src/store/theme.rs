//! The page's files that say how roles look.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::figure::theme::FILES;

/// Writes the files below the repository's root.
///
/// # Errors
/// [`Error::File`] for a file that cannot be written.
pub fn write(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut written = Vec::new();
    for (file, text) in FILES {
        let path = root.join(file);
        fs::write(&path, text()).map_err(Error::at(&path))?;
        written.push(path);
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_files_are_those_of_the_table() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for (file, text) in FILES {
            let found = fs::read_to_string(root.join(file)).unwrap_or_default();
            assert_eq!(
                found.replace("\r\n", "\n"),
                text(),
                "{file}: write it with `cargo run --release --bin lab -- theme`"
            );
        }
    }
}
