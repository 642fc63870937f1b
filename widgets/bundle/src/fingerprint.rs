//! A hash of everything that the script is made of.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Error, WORKER, failed};

/// Files and folders, from the repository's root.
const SOURCES: [&str; 11] = [
    "Cargo.toml",
    "Cargo.lock",
    "src",
    "widgets/Cargo.toml",
    "widgets/build.rs",
    "widgets/src",
    "widgets/bundle/Cargo.toml",
    "widgets/bundle/src",
    "widgets/glue/Cargo.toml",
    "widgets/glue/src",
    WORKER,
];

/// The hash, over the repository at `root` and the compiler.
///
/// # Errors
/// What cannot be read.
pub(crate) fn of(root: &Path, compiler: &str) -> Result<String, Error> {
    let mut hash = blake3::Hasher::new();
    add(&mut hash, compiler.as_bytes());
    for source in SOURCES {
        for file in files(&root.join(source))? {
            let name = file.strip_prefix(root).unwrap_or(&file);
            add(&mut hash, name.to_string_lossy().as_bytes());
            add(&mut hash, &fs::read(&file).map_err(failed(&file))?);
        }
    }
    Ok(hash.finalize().to_hex()[..32].to_owned())
}

/// Adds a part, and its length, so that parts cannot run into each other.
fn add(hash: &mut blake3::Hasher, part: &[u8]) {
    hash.update(&(part.len() as u64).to_le_bytes());
    hash.update(part);
}

/// The file, or every file below the folder, in a fixed order.
fn files(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).and_then(|entries| {
        entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<Vec<PathBuf>, _>>()
    });
    let mut entries = entries.map_err(failed(path))?;
    entries.sort();
    let files: Result<Vec<Vec<PathBuf>>, Error> =
        entries.iter().map(|entry| files(entry)).collect();
    Ok(files?.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for source in SOURCES {
            let source = folder.path().join(source);
            let file = match source.extension() {
                Some(_) => source,
                None => source.join("deep/lib.rs"),
            };
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "one").unwrap();
        }
        folder
    }

    #[test]
    fn the_same_code_in_another_folder_has_the_same_fingerprint() {
        let (one, other) = (repository(), repository());
        let first = of(one.path(), "rustc 1").unwrap();
        assert_eq!(first, of(other.path(), "rustc 1").unwrap());
        assert_ne!(first, of(other.path(), "rustc 2").unwrap());
    }

    #[test]
    fn a_change_of_any_source_changes_it() {
        let folder = repository();
        for file in [
            "Cargo.lock",
            "src/deep/lib.rs",
            "widgets/src/deep/lib.rs",
            WORKER,
        ] {
            let before = of(folder.path(), "").unwrap();
            fs::write(folder.path().join(file), format!("two, in {file}")).unwrap();
            assert_ne!(of(folder.path(), "").unwrap(), before, "{file}");
        }
        let before = of(folder.path(), "").unwrap();
        fs::write(folder.path().join("src/more.rs"), "").unwrap();
        assert_ne!(of(folder.path(), "").unwrap(), before);
    }

    #[test]
    fn a_change_of_a_chapter_does_not() {
        let folder = repository();
        let before = of(folder.path(), "").unwrap();
        fs::create_dir(folder.path().join("book")).unwrap();
        fs::write(folder.path().join("book/l2.md"), "prose").unwrap();
        assert_eq!(of(folder.path(), "").unwrap(), before);
    }

    #[test]
    fn a_missing_source_is_named() {
        let folder = repository();
        fs::remove_file(folder.path().join("Cargo.lock")).unwrap();
        let said = of(folder.path(), "").unwrap_err().to_string();
        assert!(said.contains("Cargo.lock"), "{said}");
    }
}
