//! Outcomes on disk, each under the fingerprint of the code that found it.

use std::env;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::error::Error;
use crate::experiment::Experiment;
use crate::outcome::Outcome;

/// How much is written to see whether there is room: more than any outcome takes.
const PROBE: usize = 1 << 20;

/// A folder of outcomes: one file each, a checksum followed by the outcome in postcard's format.
///
/// Processes may share it: a file appears whole or not at all.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
    fresh: bool,
    unsettled: bool,
}

/// What a file holds: an outcome, and of what.
#[derive(Serialize, Deserialize)]
struct Kept {
    experiment: String,
    fingerprint: String,
    outcome: Outcome,
}

impl Cache {
    /// The cache of the workspace at `root`, in its `target` folder or where `CARGO_TARGET_DIR` says.
    pub fn of(root: &Path) -> Self {
        let target = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        Self::at(root.join(target).join("lab"))
    }

    /// The cache in `folder`, which need not exist.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), fresh: false, unsettled: false }
    }

    /// The same cache, only written to: everything runs again.
    pub fn fresh(self) -> Self {
        Self { fresh: true, ..self }
    }

    /// The same cache, only read from: nothing is kept.
    pub fn unsettled(self) -> Self {
        Self { unsettled: true, ..self }
    }

    /// Makes sure that outcomes can be kept, before any time goes into finding them.
    ///
    /// # Errors
    /// [`Error::File`] when the folder cannot be written to.
    pub fn prepare(&self) -> Result<(), Error> {
        let written = fs::create_dir_all(&self.folder)
            .and_then(|()| NamedTempFile::new_in(&self.folder))
            .and_then(|mut file| file.write_all(&[0; PROBE]));
        written.map_err(Error::at(&self.folder))
    }

    /// What the experiment found before, if its code has not changed since.
    ///
    /// A file that cannot be read, or is not what was written, counts as none.
    pub fn load(&self, experiment: &Experiment) -> Option<Outcome> {
        if self.fresh {
            return None;
        }
        let file = self.file(experiment)?;
        // A pipe would never end.
        if !fs::metadata(&file).ok()?.is_file() {
            return None;
        }
        let bytes = fs::read(file).ok()?;
        let (checksum, kept) = bytes.split_at_checked(blake3::OUT_LEN)?;
        if blake3::hash(kept).as_bytes() != checksum {
            return None;
        }
        let kept: Kept = postcard::from_bytes(kept).ok()?;
        let is_of =
            kept.experiment == experiment.name && kept.fingerprint == experiment.code?.fingerprint;
        is_of.then_some(kept.outcome)
    }

    /// Waits until no other process trains for this cache, so that work is not done twice; until the
    /// file is dropped, others wait for this one.
    ///
    /// On a file system without locks there is nothing to wait for.
    pub fn turn(&self) -> Option<File> {
        fs::create_dir_all(&self.folder).ok()?;
        let lock = File::create(self.folder.join("lock")).ok()?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                eprintln!("lab: waiting for another process that trains the same networks");
                lock.lock().ok()?;
            }
            Err(TryLockError::Error(_)) => return None,
        }
        Some(lock)
    }

    /// Keeps what the experiment found, in place of what it found with other code.
    ///
    /// # Errors
    /// [`Error::File`] when the folder cannot be written to.
    pub fn store(&self, experiment: &Experiment, outcome: &Outcome) -> Result<(), Error> {
        let Some(code) = experiment.code.filter(|_| !self.unsettled) else {
            return Ok(());
        };
        let file = self.named(experiment.name, code.fingerprint);
        let kept = Kept {
            experiment: experiment.name.to_owned(),
            fingerprint: code.fingerprint.to_owned(),
            outcome: outcome.clone(),
        };
        self.write(&file, &kept)
            .and_then(|()| self.remove_others(experiment, &file))
            .map_err(Error::at(&file))
    }

    fn write(&self, file: &Path, kept: &Kept) -> io::Result<()> {
        let kept = postcard::to_allocvec(kept).map_err(io::Error::other)?;
        fs::create_dir_all(&self.folder)?;
        let mut whole = NamedTempFile::new_in(&self.folder)?;
        whole.write_all(blake3::hash(&kept).as_bytes())?;
        whole.write_all(&kept)?;
        whole.persist(file)?;
        Ok(())
    }

    fn remove_others(&self, experiment: &Experiment, kept: &Path) -> io::Result<()> {
        let prefix = format!("{}.", experiment.name);
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(&prefix) && path != kept {
                gone(fs::remove_file(&path))?;
            }
        }
        Ok(())
    }

    fn file(&self, experiment: &Experiment) -> Option<PathBuf> {
        Some(self.named(experiment.name, experiment.code?.fingerprint))
    }

    fn named(&self, experiment: &str, fingerprint: &str) -> PathBuf {
        self.folder.join(format!("{experiment}.{fingerprint}"))
    }
}

/// Another process may have removed the file first.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::experiment::Code;
    use crate::outcome::Value;

    fn experiment(name: &'static str, fingerprint: &'static str) -> Experiment {
        Experiment {
            name,
            chapter: "tests",
            run: || Ok(Outcome::new()),
            code: Some(Code { fingerprint, file: "lab/src/cache.rs", line: 1 }),
        }
    }

    fn infinite() -> Outcome {
        let mut outcome = Outcome::new();
        outcome.value("cost", Value::fixed(f64::INFINITY, 3));
        outcome
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn gives_back_what_was_stored_until_the_code_changes() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path().join("new"));
        let before = experiment("he", "a");
        assert_eq!(cache.load(&before), None);
        cache.store(&before, &infinite()).unwrap();
        assert_eq!(cache.load(&before), Some(infinite()));
        assert_eq!(cache.load(&experiment("he", "b")), None);
        assert_eq!(cache.clone().fresh().load(&before), None);
    }

    #[test]
    fn what_was_found_with_unsettled_code_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path()).unsettled();
        cache.store(&experiment("he", "a"), &infinite()).unwrap();
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }

    #[test]
    fn another_experiments_file_under_the_name_counts_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        cache.store(&experiment("zeros", "a"), &infinite()).unwrap();
        fs::rename(folder.path().join("zeros.a"), folder.path().join("he.a")).unwrap();
        assert_eq!(cache.load(&experiment("he", "a")), None);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_refused_before_any_training() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let error = Cache::at(&file).prepare().unwrap_err().to_string();
        assert!(error.contains("file: "), "{error}");
        Cache::at(folder.path().join("new")).prepare().unwrap();
    }

    #[test]
    fn an_old_outcome_of_the_same_experiment_goes() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        for (name, fingerprint) in [("he", "a"), ("he_uniform", "a"), ("he", "b")] {
            cache.store(&experiment(name, fingerprint), &infinite()).unwrap();
        }
        assert_eq!(names(folder.path()), ["he.b", "he_uniform.a"]);
    }

    #[test]
    fn a_damaged_file_counts_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        let he = experiment("he", "a");
        cache.store(&he, &infinite()).unwrap();
        let file = folder.path().join("he.a");
        let whole = fs::read(&file).unwrap();
        for length in 0..whole.len() {
            fs::write(&file, &whole[..length]).unwrap();
            assert_eq!(cache.load(&he), None, "cut to {length} bytes");
        }
        for place in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[place] ^= 1;
            fs::write(&file, damaged).unwrap();
            assert_eq!(cache.load(&he), None, "byte {place} damaged");
        }
        cache.store(&he, &infinite()).unwrap();
        assert_eq!(cache.load(&he), Some(infinite()));
    }

    #[test]
    fn an_experiment_without_known_code_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        let unknown = Experiment { code: None, ..experiment("he", "a") };
        cache.store(&unknown, &infinite()).unwrap();
        assert_eq!(cache.load(&unknown), None);
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }

    #[test]
    fn many_may_write_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        thread::scope(|scope| {
            for fingerprint in ["a", "b", "a", "b"] {
                let (cache, he) = (&cache, experiment("he", fingerprint));
                scope.spawn(move || {
                    for _ in 0..50 {
                        cache.store(&he, &infinite()).unwrap();
                        let loaded = cache.load(&he);
                        assert!(loaded.is_none() || loaded == Some(infinite()));
                    }
                });
            }
        });
    }

    #[test]
    fn one_after_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path().join("new"));
        let first = cache.turn().unwrap();
        thread::scope(|scope| {
            let second = scope.spawn(|| cache.turn().map(|_| cache.load(&experiment("he", "a"))));
            cache.store(&experiment("he", "a"), &infinite()).unwrap();
            drop(first);
            assert_eq!(second.join().unwrap(), Some(Some(infinite())));
        });
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let error = Cache::at(&file).store(&experiment("he", "a"), &infinite()).unwrap_err();
        assert!(error.to_string().contains("he.a: "), "{error}");
    }
}
