//! Tells the lab which code each of its experiments can reach, so that an outcome is computed again
//! when that code changes, and only then.

mod dependencies;
mod fingerprint;
mod graph;
mod import;
mod item;
mod mentions;

use std::ffi::OsString;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

use dependencies::Dependencies;
use fingerprint::{Entry, Source, Surroundings, entries};

/// The source folders from the repository's root, a crate after those it uses.
const CRATES: [&str; 3] = ["src", "course/src", "lab/src"];

const LOCK: &str = "Cargo.lock";
const MANIFESTS: [&str; 2] = ["Cargo.toml", "lab/Cargo.toml"];

fn main() -> ExitCode {
    match write_table() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn write_table() -> Result<(), String> {
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("..");
    let watch = |path: &Path| println!("cargo::rerun-if-changed={}", root.join(path).display());
    let fixed = ["lab/build", LOCK].iter().chain(&CRATES).chain(&MANIFESTS);
    fixed.for_each(|path| watch(path.as_ref()));

    let mut sources = Vec::new();
    for (crate_number, folder) in CRATES.iter().enumerate() {
        collect(&root, Path::new(folder), crate_number, &[], &mut sources)?;
    }
    let read = |path: &Path| read(&root.join(path));
    let [workspace, lab] = MANIFESTS.map(|path| text(&root.join(path)));
    let dependencies = Dependencies::read(&[&workspace?, &lab?], &text(&root.join(LOCK))?)?;
    let surroundings = Surroundings {
        dependencies: &dependencies,
        compiler: &compiler()?,
        read: &read,
    };
    let entries = entries(&sources, &surroundings)?;
    entries
        .iter()
        .flat_map(|entry| &entry.included)
        .for_each(|path| watch(path));
    let table = PathBuf::from(variable("OUT_DIR")?).join("code.rs");
    fs::write(&table, rust(&entries)).map_err(|error| format!("{}: {error}", table.display()))
}

/// The sources below a folder, apart from the programs', which no experiment can use.
fn collect(
    root: &Path,
    folder: &Path,
    crate_number: usize,
    modules: &[String],
    sources: &mut Vec<Source>,
) -> Result<(), String> {
    let cannot = |error| format!("{}: {error}", folder.display());
    let mut paths = fs::read_dir(root.join(folder))
        .map_err(cannot)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(cannot)?;
    paths.sort();
    for path in paths {
        let stem = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let inner = folder.join(path.file_name().unwrap_or_default());
        let at_root = modules.is_empty();
        let module = [modules, std::slice::from_ref(&stem)].concat();
        if path.is_dir() && !(at_root && stem == "bin") {
            collect(root, &inner, crate_number, &module, sources)?;
        }
        if path.extension().is_some_and(|extension| extension == "rs")
            && !(at_root && stem == "main")
        {
            sources.push(Source {
                crate_number,
                path: module,
                file: inner.to_string_lossy().replace('\\', "/"),
                text: text(&path)?,
            });
        }
    }
    Ok(())
}

/// The table as a Rust expression.
fn rust(entries: &[Entry]) -> String {
    let mut table = "&[\n".to_owned();
    for Entry {
        path,
        fingerprint,
        file,
        line,
        ..
    } in entries
    {
        // Writing to a string does not fail.
        let _ = writeln!(
            table,
            "({path:?}, Code {{ fingerprint: {fingerprint:?}, file: {file:?}, line: {line} }}),"
        );
    }
    table + "]\n"
}

fn compiler() -> Result<String, String> {
    let output = Command::new(variable("RUSTC")?).arg("-vV").output();
    let output = output.map_err(|error| format!("rustc -vV: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn variable(name: &str) -> Result<OsString, String> {
    env::var_os(name).ok_or_else(|| format!("expected the variable {name}, which cargo sets"))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
