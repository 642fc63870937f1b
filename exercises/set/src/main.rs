//! Writes the starters of the exercises, and reports a reader's progress.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use exercise_set::{Error, Set, progress};

/// The exercises on the command line.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Prints your progress as a Markdown table.
    Progress,
    /// Writes the starters into `exercises/`, replacing the files there.
    Starters {
        /// Writes nothing, and fails if a file differs from its starter.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    match run(&Arguments::parse().command) {
        Ok(said) => {
            print!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> Result<String, Error> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let set = Set::read(here.parent().unwrap_or(here))?;
    match command {
        Command::Progress => Ok(progress::table(&set, &progress::measure(&set)?)),
        Command::Starters { check: false } => write(&set),
        Command::Starters { check: true } => check(&set),
    }
}

fn write(set: &Set) -> Result<String, Error> {
    for (path, text) in set.starters() {
        let failed = |reason| Error::File {
            path: path.clone(),
            reason,
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        fs::write(&path, text).map_err(failed)?;
    }
    Ok(format!("{} starters written\n", set.exercises.len()))
}

fn check(set: &Set) -> Result<String, Error> {
    let others: Vec<String> = set
        .starters()
        .filter(|(path, text)| fs::read_to_string(path).ok().as_deref() != Some(text))
        .map(|(path, _)| path.display().to_string())
        .collect();
    match others.is_empty() {
        true => Ok(format!("{} starters are as written\n", set.exercises.len())),
        false => Err(Error::Starters(others)),
    }
}
