//! The sides of candle, Burn and ndarray: each trains what it is asked to, as `benches serve` does.
//!
//! ```text
//! peers candle target/benches/data
//! ```
#![forbid(unsafe_code)]

mod burn_side;
mod by_hand;
mod candle_side;
mod peer;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use benches::serve::{Failure, Server, Trainer};
use benches::task::Task;
use clap::{Parser, ValueEnum};

/// A side of the comparison that `compare.py` makes.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Who trains.
    side: Side,
    /// The folder that `benches data` has filled.
    folder: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Side {
    Candle,
    Burn,
    Ndarray,
}

impl Side {
    fn prepare(self, task: Task) -> Result<Trainer, Failure> {
        match self {
            Self::Candle => peer::trainer::<candle_side::Candle>(task),
            Self::Burn => peer::trainer::<burn_side::Burn>(task),
            Self::Ndarray => peer::trainer::<by_hand::ByHand>(task),
        }
    }
}

fn main() -> ExitCode {
    let Arguments { side, folder } = Arguments::parse();
    let Err(error) = serve(side, folder) else {
        return ExitCode::SUCCESS;
    };
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

fn serve(side: Side, folder: PathBuf) -> Result<(), Failure> {
    if let Side::Burn = side {
        burn_side::use_f64()?;
    }
    let mut server = Server::new(&folder, |task| side.prepare(task))?;
    Ok(server.serve(io::stdin().lock(), io::stdout().lock())?)
}
