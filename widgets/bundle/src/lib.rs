//! The widgets as one script: compiled to WebAssembly, with the glue between module and page, and the worker's text.
//!
//! The script sets `globalThis.trainable` to an object with the texts `glue`, `worker` and `module`, the last one compressed by gzip and
//! in base64: that way a page that is opened from a disk, where nothing can be fetched, can use it too.

mod compiler;
mod script;

use std::io;
use std::path::{Path, PathBuf};
use std::{env, fs};

use compiler::Compiler;
use wasm_bindgen_cli_support::Bindgen;

/// The script, from the repository's root; mdBook copies it into the book.
pub const SCRIPT: &str = "book/widgets/live.js";
/// The worker's text, from the repository's root.
const WORKER: &str = "theme/widgets-worker.js";
/// The folder of the module's own build, from the repository's root.
const TARGET: &str = "target/live";
/// The environment variable with the path of another compiler, such as `.ci/wasm` makes.
pub const VARIABLE: &str = "TRAINABLE_WASM_RUSTC";

/// What has come of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bundle {
    /// The script is there, and is that of the present code.
    Built,
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
    /// A module for which no glue can be made.
    #[error("no glue can be made for the widgets: {0}")]
    Glue(String),
}

/// Makes the script for the repository at `root`, where it is not that of the present code already. Without a compiler, removes it.
///
/// # Errors
/// What does not compile, and what cannot be read or written.
pub fn build(root: &Path) -> Result<Bundle, Error> {
    let script = root.join(SCRIPT);
    let Some(compiler) = Compiler::find(env::var_os(VARIABLE))? else {
        remove(&script)?;
        return Ok(Bundle::NoTarget);
    };
    let module = compiler.compile(root, &root.join(TARGET))?;
    let worker = root.join(WORKER);
    if is_newer(&script, &[&module, &worker]) {
        return Ok(Bundle::Built);
    }
    let worker = fs::read_to_string(&worker).map_err(failed(&worker))?;
    let (glue, module) = glue(&module)?;
    write(&script, &script::text(&glue, &worker, &module))?;
    Ok(Bundle::Built)
}

/// The glue, and the module that it is for.
fn glue(module: &Path) -> Result<(String, Vec<u8>), Error> {
    let refused = |error: &dyn std::fmt::Display| Error::Glue(format!("{error:#}"));
    let mut bindgen = Bindgen::new();
    let mut output = bindgen
        .input_path(module)
        .no_modules(true)
        .map_err(|error| refused(&error))?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()
        .map_err(|error| refused(&error))?;
    let glue = output.js().to_owned();
    Ok((glue, output.wasm_mut().emit_wasm()))
}

/// Whether a file is younger than all others.
fn is_newer(file: &Path, others: &[&Path]) -> bool {
    let changed = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
    let Some(written) = changed(file) else {
        return false;
    };
    let mut others = others.iter();
    others.all(|other| changed(other).is_some_and(|changed| changed < written))
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

fn remove(file: &Path) -> Result<(), Error> {
    match fs::remove_file(file) {
        Err(reason) if reason.kind() != io::ErrorKind::NotFound => Err(failed(file)(reason)),
        _ => Ok(()),
    }
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
    fn a_script_is_made_anew_when_something_is_younger_or_missing() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str, seconds| {
            let path = folder.path().join(name);
            let file = fs::File::create(&path).unwrap();
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            file.set_modified(time).unwrap();
            path
        };
        let (old, script, young) = (at("old", 10), at("script", 20), at("young", 30));
        assert!(is_newer(&script, &[&old]));
        assert!(!is_newer(&script, &[&old, &young]));
        assert!(!is_newer(&script, &[&folder.path().join("none")]));
        assert!(!is_newer(&folder.path().join("none"), &[&old]));
    }

    #[test]
    fn a_script_that_nobody_can_make_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("live.js");
        fs::write(&file, "old").unwrap();
        remove(&file).unwrap();
        assert!(!file.exists());
        remove(&file).unwrap();
    }
}
