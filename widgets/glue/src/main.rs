//! The script of a compiled module and of a worker's text, to standard output.
//!
//! A program of its own: without a compiler for WebAssembly there is no module, and nobody waits for
//! the crates that take one apart to be compiled.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use wasm_bindgen_cli_support::Bindgen;
use zopfli::{Format, Options};

/// Why there is no script.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("expected two paths, a module's and a worker's, got {0}")]
    Arguments(usize),
    #[error("{}: {reason}", path.display())]
    File { path: PathBuf, reason: io::Error },
    #[error("no glue can be made for the widgets: {0}")]
    Glue(String),
    #[error("the widgets cannot be compressed: {0}")]
    Compress(io::Error),
}

fn main() -> ExitCode {
    let paths: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    match script(&paths) {
        Ok(script) => {
            print!("{script}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The script of a compiled module and of a worker's text, given their paths.
fn script(paths: &[PathBuf]) -> Result<String, Error> {
    let [module, worker] = paths else {
        return Err(Error::Arguments(paths.len()));
    };
    let failed = |reason| Error::File {
        path: worker.clone(),
        reason,
    };
    let worker = fs::read_to_string(worker).map_err(failed)?;
    let (glue, module) = glue(module)?;
    Ok(handed_over(&glue, &worker, &compressed(&module)?))
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

/// The script that hands the three over, the module as it is given.
fn handed_over(glue: &str, worker: &str, module: &[u8]) -> String {
    let module = STANDARD.encode(module);
    let [glue, worker, module] = [glue, worker, &module].map(string);
    format!("globalThis.trainable = {{ glue: {glue}, worker: {worker}, module: {module} }};\n")
}

/// A JavaScript string.
fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The bytes by gzip, without a time or a name in them, so that the same bytes give the same.
fn compressed(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut compressed = Vec::new();
    zopfli::compress(Options::default(), Format::Gzip, bytes, &mut compressed)
        .map_err(Error::Compress)?;
    Ok(compressed)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        let said = |paths: &[&str]| {
            let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
            script(&paths).unwrap_err().to_string()
        };
        assert_eq!(
            said(&["a"]),
            "expected two paths, a module's and a worker's, got 1"
        );
        let here = env!("CARGO_MANIFEST_DIR");
        let missing = format!("{here}/no.js");
        assert!(said(&["a.wasm", &missing]).starts_with(&missing));
        assert!(said(&["a.wasm", &format!("{here}/Cargo.toml")]).contains("no glue"));
    }

    #[test]
    fn the_script_holds_what_it_was_given() {
        let glue = "let a = \"b\\n\";\n// </script> \u{2028}";
        let text = handed_over(glue, "postMessage(1)", &[0, 97, 115, 109]);
        let object = text
            .strip_prefix("globalThis.trainable = ")
            .and_then(|rest| rest.strip_suffix(";\n"))
            .unwrap();
        let object = ["glue", "worker", "module"]
            .iter()
            .fold(object.to_owned(), |text, key| {
                text.replacen(&format!("{key}: "), &format!("\"{key}\": "), 1)
            });
        let object: serde_json::Value = serde_json::from_str(&object).unwrap();
        assert_eq!(object["glue"], glue);
        assert_eq!(object["worker"], "postMessage(1)");
        let module = STANDARD.decode(object["module"].as_str().unwrap()).unwrap();
        assert_eq!(module, [0, 97, 115, 109]);
    }

    #[test]
    fn what_is_compressed_is_small_and_comes_out_as_it_was() {
        let written = [7; 1_000];
        let small = compressed(&written).unwrap();
        assert!(small.len() < 100);
        assert_eq!(small, compressed(&written).unwrap());
        let mut bytes = Vec::new();
        GzDecoder::new(&small[..]).read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, written);
    }
}
