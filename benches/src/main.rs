//! The library's side of the comparison: writes the data, trains when asked, measures the core.
#![forbid(unsafe_code)]

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use benches::error::Error;
use benches::serve::{Failure, Server, Trainer};
use benches::task::Task;
use benches::{files, floor, workload};
use clap::{Parser, Subcommand, ValueEnum};
use trainable::numerics::kernels::{Instructions, instructions, limit};

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
        /// The folder, created if it is missing.
        folder: PathBuf,
    },
    /// Answers requests such as `{"workload":"A","steps":2000}`, one on each line.
    Serve {
        /// The folder that `data` has filled.
        folder: PathBuf,
        /// Uses no wider vector instructions than these.
        #[arg(long, default_value = "avx512")]
        at_most: AtMost,
        /// Trains several networks each by itself, on as many threads as there are.
        #[arg(long)]
        apart: bool,
    },
    /// Lists the vector instructions that this CPU has for `--at-most`.
    Instructions,
    /// Measures how many pairs of a multiplication and an addition one core does in a second.
    Floor,
}

#[derive(Clone, Copy, ValueEnum)]
enum AtMost {
    Baseline,
    Avx2,
    Avx512,
}

impl AtMost {
    fn instructions(self) -> Instructions {
        match self {
            Self::Baseline => Instructions::Baseline,
            Self::Avx2 => Instructions::Avx2,
            Self::Avx512 => Instructions::Avx512,
        }
    }
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Data { folder } => files::write(&folder, &workload::all()),
        Command::Serve {
            folder,
            at_most,
            apart,
        } => {
            limit(at_most.instructions());
            serve(&folder, apart)
        }
        Command::Instructions => {
            list_instructions();
            Ok(())
        }
        Command::Floor => floor(),
    };
    let Err(error) = done else {
        return ExitCode::SUCCESS;
    };
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

fn serve(folder: &Path, apart: bool) -> Result<(), Error> {
    let trainer = |task: Task| -> Result<Trainer, Failure> {
        Ok(match apart {
            true => Box::new(move |steps| Ok(task.run_apart(steps)?)),
            false => Box::new(move |steps| Ok(task.run(steps)?)),
        })
    };
    let mut server = Server::new(folder, trainer)?;
    server
        .serve(io::stdin().lock(), io::stdout().lock())
        .map_err(Error::Conversation)
}

fn list_instructions() {
    for at_most in AtMost::value_variants() {
        let name = at_most.to_possible_value();
        if at_most.instructions() <= instructions() {
            println!("{}", name.as_ref().map_or("", |name| name.get_name()));
        }
    }
}

fn floor() -> Result<(), Error> {
    let rate = floor::multiply_adds_per_second();
    println!(
        "{}",
        serde_json::json!({ "multiply_adds_per_second": rate })
    );
    Ok(())
}
