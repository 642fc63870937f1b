//! Tells the lab which code each chapter's experiments can reach, and which chapters there are.

#[path = "src/store/sources/mod.rs"]
mod sources;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs};

use sources::{Sources, Surroundings};

fn main() -> ExitCode {
    match generate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={error}");
            ExitCode::FAILURE
        }
    }
}

fn generate() -> Result<(), String> {
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("..");
    let surroundings = surroundings()?;
    let sources = sources::read(&root, &surroundings)?;
    watch(&root, &sources);
    let out = PathBuf::from(variable("OUT_DIR")?);
    write(&out.join("code.rs"), &code(&sources, &surroundings, started.as_nanos()))?;
    write(&out.join("chapters.rs"), &(catalog(&root, "chapters")? + &claims(&root)?))?;
    write(&out.join("open.rs"), &catalog(&root, "open")?)
}

/// Everything that was read, and the folders where something may be added.
fn watch(root: &Path, sources: &Sources) {
    let folders = ["src", "lab/src", "course/src", "figures/src", "Cargo.toml", "Cargo.lock"]
        .map(PathBuf::from);
    for path in sources.files.iter().chain(&folders) {
        println!("cargo::rerun-if-changed={}", root.join(path).display());
    }
}

fn surroundings() -> Result<Surroundings, String> {
    let version = Command::new(variable("RUSTC")?).arg("-vV").output();
    let version = version.map_err(|error| format!("rustc -vV: {error}"))?;
    let told = env::vars().filter(|(name, _)| {
        name.starts_with("CARGO_FEATURE_")
            || ["CARGO_ENCODED_RUSTFLAGS", "TARGET"].contains(&name.as_str())
    });
    let mut told: Vec<String> = told.map(|(name, value)| format!("{name}={value}")).collect();
    told.sort();
    Ok(Surroundings {
        compiler: format!("{}{}", String::from_utf8_lossy(&version.stdout), told.join("\n")),
        profile: variable("PROFILE")?,
    })
}

/// The table of chapters, as a Rust expression.
fn code(sources: &Sources, surroundings: &Surroundings, started: u128) -> String {
    let mut chapters = String::new();
    for (module, chapter) in &sources.chapters {
        let functions: String = chapter
            .functions
            .iter()
            .map(|f| format!("({:?}, {:?}, {}), ", f.name, f.file, f.line))
            .collect();
        let fingerprint = &chapter.fingerprint;
        // Writing to a string does not fail.
        let _ = writeln!(chapters, "({module:?}, {fingerprint:?}, &[{functions}]),");
    }
    let Surroundings { compiler, profile } = surroundings;
    format!(
        "Compiled {{ compiler: {compiler:?}, profile: {profile:?}, started: {started}, \
         chapters: &[{chapters}] }}"
    )
}

/// A function that calls `experiments` of each module that a file of the lab declares.
fn catalog(root: &Path, module: &str) -> Result<String, String> {
    let declared = declared(root, module)?;
    let calls: String = declared.iter().map(|name| format!("{name}::experiments(), ")).collect();
    Ok(format!(
        "/// The experiments of all modules.\n\
         pub fn experiments() -> Vec<Experiment> {{ [{calls}].concat() }}\n"
    ))
}

/// A function that calls `claims` of each chapter that judges any.
fn claims(root: &Path) -> Result<String, String> {
    let mut declared = declared(root, "chapters")?;
    declared.retain(|name| root.join(format!("lab/src/chapters/{name}/claims.rs")).is_file());
    let calls: String = declared.iter().map(|name| format!("{name}::judged(), ")).collect();
    Ok(format!(
        "/// The claims of all chapters.\n\
         pub fn judged() -> Vec<crate::judge::Chapter> {{ vec![{calls}] }}\n"
    ))
}

/// The modules that a file of the lab declares.
fn declared(root: &Path, module: &str) -> Result<Vec<String>, String> {
    let path = root.join(format!("lab/src/{module}.rs"));
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let declared = text.lines().filter_map(|line| {
        let name = line.strip_prefix("pub mod ").or_else(|| line.strip_prefix("mod "))?;
        name.strip_suffix(';').filter(|name| *name != "tests")
    });
    Ok(declared.map(str::to_owned).collect())
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("expected the variable {name}, which cargo sets"))
}
