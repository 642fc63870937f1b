//! The library's side of the comparison: writes the data, trains when asked, measures the core.
#![forbid(unsafe_code)]

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use benches::error::Error;
use benches::serve::Server;
use benches::{files, floor, workload};
use clap::{Parser, Subcommand};

/// The library's side of the comparison that `compare.py` makes.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes every workload's data and start into a folder.
    Data {
        /// The folder, made if it is not there.
        folder: PathBuf,
    },
    /// Answers requests such as `{"workload":"A","steps":2000}`, one a line.
    Serve {
        /// The folder that `data` has filled.
        folder: PathBuf,
    },
    /// Measures how many multiplications with an addition one core does in a second.
    Floor,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Data { folder } => files::write(&folder, &workload::all()),
        Command::Serve { folder } => serve(&folder),
        Command::Floor => floor(),
    };
    let Err(error) = done else {
        return ExitCode::SUCCESS;
    };
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

fn serve(folder: &Path) -> Result<(), Error> {
    let mut server = Server::new(folder)?;
    server
        .serve(io::stdin().lock(), io::stdout().lock())
        .map_err(Error::Conversation)
}

fn floor() -> Result<(), Error> {
    let rate = floor::multiply_adds_per_second();
    println!(
        "{}",
        serde_json::json!({ "multiply_adds_per_second": rate })
    );
    Ok(())
}
