//! The widgets as one script: compiled to WebAssembly, with the glue between module and page, and
//! the worker's text.
//!
//! The script sets `globalThis.trainable` to an object with the texts `glue`, `worker` and
//! `module`, the last one compressed by gzip and in base64: that way a page that is opened from a
//! disk, where nothing can be fetched, can use it too.

mod compiler;
mod fingerprint;
mod script;

use std::io;
use std::path::{Path, PathBuf};
use std::{env, fs};

use compiler::Compiler;

/// The script, from the repository's root; mdBook copies it into the book.
pub const SCRIPT: &str = "book/widgets/live.js";
/// The script, from the book's root.
pub const ADDRESS: &str = "widgets/live.js";
/// The worker's text, from the repository's root.
const WORKER: &str = "theme/widgets-worker.js";
/// The folder of the module's own build, from the repository's root.
const TARGET: &str = "target/live";
/// What the script was made of, and its version, from the repository's root.
const MADE: &str = "target/live/made";
/// The environment variable with the path of another compiler, such as `.ci/wasm` makes.
pub const VARIABLE: &str = "TRAINABLE_WASM_RUSTC";

/// What has come of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bundle {
    /// The script is there, and is that of the present code.
    Built {
        /// What tells it from the script of other code: 16 hex digits.
        version: String,
    },
    /// No compiler here can make it, and no script is there.
    NoTarget,
}

/// Why the script cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file that cannot be read or written.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// A program that cannot be started.
    #[error("{program} cannot be started: {reason}")]
    Start {
        /// The program.
        program: String,
        /// What the system says.
        reason: io::Error,
    },
    /// Code that does not compile.
    #[error("the widgets do not compile to WebAssembly:\n{0}")]
    Compile(String),
    /// A module of which no script can be made, or a program for it that does not compile.
    #[error("no script can be made of the widgets:\n{0}")]
    Script(String),
}

/// Makes the script for the repository at `root`, where it is not that of the present code already.
/// Without a compiler, removes it.
///
/// # Errors
/// What does not compile, and what cannot be read or written.
pub fn build(root: &Path) -> Result<Bundle, Error> {
    let Some(compiler) = Compiler::find(env::var_os(VARIABLE))? else {
        remove(root)?;
        return Ok(Bundle::NoTarget);
    };
    let fingerprint = fingerprint::of(root, &compiler.identity()?)?;
    if let Some(version) = version(root)?
        && is_made(root, &fingerprint, &version)
    {
        return Ok(Bundle::Built { version });
    }
    let module = compiler.compile(root, &root.join(TARGET))?;
    let text = script::text(root, &module)?;
    write(&root.join(SCRIPT), &text)?;
    let version = version_of(text.as_bytes());
    write(&root.join(MADE), &made(&fingerprint, &version))?;
    Ok(Bundle::Built { version })
}

/// The version of the script that is there.
///
/// # Errors
/// A script that cannot be read.
pub fn version(root: &Path) -> Result<Option<String>, Error> {
    let script = root.join(SCRIPT);
    match fs::read(&script) {
        Ok(text) => Ok(Some(version_of(&text))),
        Err(reason) if reason.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(reason) => Err(failed(&script)(reason)),
    }
}

/// Removes the script, and its folder, which mdBook would copy into the book even if there is
/// nothing in it.
///
/// # Errors
/// A script that cannot be removed.
pub fn remove(root: &Path) -> Result<(), Error> {
    let script = root.join(SCRIPT);
    match fs::remove_file(&script) {
        Err(reason) if reason.kind() != io::ErrorKind::NotFound => {
            return Err(failed(&script)(reason));
        }
        _ => {}
    }
    if let Some(folder) = script.parent() {
        // It is not there, or has something else in it: then it stays as it is.
        let _ = fs::remove_dir(folder);
    }
    Ok(())
}

fn version_of(script: &[u8]) -> String {
    blake3::hash(script).to_hex()[..16].to_owned()
}

/// Whether a script of this version was made of the code with this fingerprint.
fn is_made(root: &Path, fingerprint: &str, version: &str) -> bool {
    fs::read_to_string(root.join(MADE)).is_ok_and(|known| known == made(fingerprint, version))
}

fn made(fingerprint: &str, version: &str) -> String {
    format!("{fingerprint} {version}\n")
}

/// Writes a file, unless that is what it holds: what watches it would see a change.
fn write(file: &Path, text: &str) -> Result<(), Error> {
    if fs::read_to_string(file).is_ok_and(|known| known == text) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(failed(folder))?;
    }
    fs::write(file, text).map_err(failed(file))
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |reason| Error::File { path, reason }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn the_same_text_is_not_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a/live.js");
        write(&file, "one").unwrap();
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
        let set = |file: &Path| {
            let file = fs::File::options().write(true).open(file).unwrap();
            file.set_modified(long_ago).unwrap();
        };
        set(&file);
        write(&file, "one").unwrap();
        assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), long_ago);
        write(&file, "two").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "two");
    }

    #[test]
    fn a_script_has_a_version_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        assert_eq!(version(root).unwrap(), None);
        write(&root.join(SCRIPT), "one").unwrap();
        let first = version(root).unwrap().unwrap();
        assert_eq!(first.len(), 16);
        write(&root.join(SCRIPT), "two").unwrap();
        assert_ne!(version(root).unwrap().unwrap(), first);
        remove(root).unwrap();
        assert_eq!(version(root).unwrap(), None);
        assert!(!root.join(SCRIPT).parent().unwrap().exists());
        remove(root).unwrap();
    }

    #[test]
    fn a_script_is_that_of_the_code_until_either_changes() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        assert!(!is_made(root, "a", "1"));
        write(&root.join(MADE), &made("a", "1")).unwrap();
        assert!(is_made(root, "a", "1"));
        assert!(!is_made(root, "b", "1"));
        assert!(!is_made(root, "a", "2"));
    }
}
