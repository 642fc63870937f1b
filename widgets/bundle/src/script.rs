//! The script's text.

use std::path::Path;
use std::process::Command;

use crate::compiler::cannot_start;
use crate::{Error, WORKER};

/// The script of a compiled module and of the worker's text. The program that makes it is compiled
/// now, if it has not been: readers without a compiler for WebAssembly do without it.
pub(crate) fn text(root: &Path, module: &Path) -> Result<String, Error> {
    let output = Command::new("cargo")
        .current_dir(root)
        .args([
            "run",
            "--quiet",
            "--locked",
            "--release",
            "--bin",
            "glue",
            "--",
        ])
        .args([module, &root.join(WORKER)])
        .output()
        .map_err(cannot_start("cargo"))?;
    let said = |text| String::from_utf8_lossy(text).into_owned();
    match output.status.success() {
        true => Ok(said(&output.stdout)),
        false => Err(Error::Script(said(&output.stderr))),
    }
}
