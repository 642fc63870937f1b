//! Whether the code that runs is the code on the disk.

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::sources::{self, Surroundings};
use crate::error::Error;
use crate::experiment::COMPILED;

/// What can be said of the sources below a root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disk {
    /// They are what was compiled.
    Same,
    /// They are what was compiled, but may have been something else in between.
    Touched,
    /// There are none.
    Absent,
}

/// Compares the sources below a repository's root with what was compiled.
///
/// # Errors
/// [`Error::Sources`] where they differ, though cargo did not notice.
pub(super) fn check(root: &Path) -> Result<Disk, Error> {
    if !root.join("lab/src/chapters.rs").is_file() {
        return Ok(Disk::Absent);
    }
    let surroundings = Surroundings {
        compiler: COMPILED.compiler.to_owned(),
        profile: COMPILED.profile.to_owned(),
    };
    let found = sources::read(root, &surroundings).map_err(Error::Sources)?;
    let on_disk = found
        .chapters
        .iter()
        .map(|(module, chapter)| (module.as_str(), chapter.fingerprint.as_str()));
    let compiled = COMPILED.chapters.iter().map(|(module, fingerprint, _)| (*module, *fingerprint));
    let same = on_disk.eq(compiled);
    if !same {
        return Err(Error::Sources(
            "the lab was compiled from other sources than those on the disk, and cargo has not \
             noticed: compile it again after `cargo clean -p lab -p trainable`"
                .to_owned(),
        ));
    }
    let touched = found.files.iter().any(|file| is_newer(&root.join(file)));
    Ok(if touched { Disk::Touched } else { Disk::Same })
}

/// Whether a file was written after the build script read it.
fn is_newer(file: &Path) -> bool {
    let written = fs::metadata(file).and_then(|metadata| metadata.modified());
    let written = written.ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    written.is_some_and(|time| time.as_nanos() > COMPILED.started)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was compiled, in another folder.
    fn copied() -> tempfile::TempDir {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let surroundings = Surroundings {
            compiler: COMPILED.compiler.to_owned(),
            profile: COMPILED.profile.to_owned(),
        };
        let copy = tempfile::tempdir().unwrap();
        for file in sources::read(&root, &surroundings).unwrap().files {
            let to = copy.path().join(&file);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(root.join(&file), to).unwrap();
        }
        copy
    }

    #[test]
    fn files_that_were_written_after_they_were_compiled_are_not_trusted() {
        assert_eq!(check(copied().path()).unwrap(), Disk::Touched);
    }

    #[test]
    fn files_of_the_time_before_are() {
        let copy = copied();
        let early = UNIX_EPOCH + std::time::Duration::from_secs(1);
        let files = sources::read(copy.path(), &Surroundings::default()).unwrap().files;
        for file in files {
            let file = fs::File::options().write(true).open(copy.path().join(file)).unwrap();
            file.set_modified(early).unwrap();
        }
        assert_eq!(check(copy.path()).unwrap(), Disk::Same);
    }

    #[test]
    fn other_code_is_refused_however_old_it_looks() {
        let copy = copied();
        let file = copy.path().join("src/l2.rs");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("{text}\nfn other() {{}}\n")).unwrap();
        let error = check(copy.path()).unwrap_err().to_string();
        assert!(error.contains("cargo clean -p lab -p trainable"), "{error}");
    }

    #[test]
    fn where_there_are_no_sources_there_is_nothing_to_compare() {
        assert_eq!(check(tempfile::tempdir().unwrap().path()).unwrap(), Disk::Absent);
    }
}
