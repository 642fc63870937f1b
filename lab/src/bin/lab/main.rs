//! The lab from a terminal: what it found, its experiments again, and runs of one's own.

mod find;
mod judge;
mod parse;
mod show;
mod train;

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use clap::{Parser, Subcommand};
use lab::course_data::CourseData;
use lab::store::Results;
use lab::store::cache::Cache;
use lab::store::football::{FILE, measure};

/// Every training run of the book: its numbers, its figures, its claims.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Lists all values, tables, figures and claims by their ids.
    List,
    /// Shows what experiments found, and runs those whose code has changed.
    Run {
        /// Only the experiment of this name; or those whose name, or the id of something they
        /// found, contains it.
        filter: Option<String>,
        /// Runs them even if their code has not changed.
        #[arg(long)]
        fresh: bool,
        /// Writes their figures into this folder.
        #[arg(long, value_name = "FOLDER")]
        figures: Option<PathBuf>,
    },
    /// Records every number and text of the book in lab/recorded/numbers/.
    Record,
    /// Judges the claims whose rule or code has changed, and records what they are judged on.
    Judge {
        /// Only claims whose id contains this.
        claim: Option<String>,
        /// Why a rule was changed whose seeds had been looked at: an amendment, which is counted.
        #[arg(long, value_name = "REASON")]
        amend: Option<String>,
        /// Judges nothing, but measures the first seeds of each claim again, and compares bit by bit.
        #[arg(long, value_name = "SEEDS", conflicts_with_all = ["claim", "amend"])]
        check: Option<usize>,
    },
    /// Says how many seeds a claim needs, from what the explored seeds 1 to 20 give.
    Power {
        /// Only claims whose id contains this.
        claim: String,
    },
    /// Judges the seeded claims again on other seeds, and shows which verdicts flip.
    Replicate {
        /// Only claims whose id contains this.
        claim: Option<String>,
        /// The number of the block of seeds: 0 is the verdict's.
        #[arg(long, value_name = "K", value_parser = clap::value_parser!(u16).range(1..))]
        block: u16,
    },
    /// Writes the figures' colors, dashes and marks into the page's theme.
    Theme,
    /// Writes the files of a new chapter, with a sample in each part: experiments, page, exercise,
    /// widget.
    New {
        /// The technique's name, as a module has it: `weight_average`.
        name: String,
        /// The chapter's title, if it is not the name.
        #[arg(long)]
        title: Option<String>,
    },
    /// Runs the assignment's models on the course's football data, whose path is in
    /// TRAINABLE_COURSE_DATA, and records what comes of it in lab/recorded/football.json.
    Football,
    /// Trains one network on the spot.
    Train(Box<train::Arguments>),
}

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Lab(#[from] lab::Error),
    #[error(transparent)]
    Library(#[from] trainable::error::Error),
    #[error("no claim's id contains `{0}`: `lab list` shows what there is")]
    NoClaim(String),
    #[error("no experiment is called `{0}`, and no id contains it: `lab list` shows what there is")]
    NothingFound(String),
    #[error(
        "{length} over --record-every: expected at most {MOST} recorded costs, got {costs}",
        MOST = parse::MOST
    )]
    TooManyCosts { length: &'static str, costs: usize },
    /// Settings that do not fit each other, or the data.
    #[error("{0}")]
    Settings(String),
    #[error(transparent)]
    Table(#[from] train::Problem),
    #[error("{}: {reason}", path.display())]
    File { path: PathBuf, reason: io::Error },
    #[error("the result cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::List => list(),
        Command::Run { filter, fresh, figures } => {
            run(filter.as_deref(), fresh, figures.as_deref())
        }
        Command::Record => record(),
        Command::Judge { check: Some(seeds), .. } => judge::check(&root(), seeds),
        Command::Judge { claim, amend, .. } => {
            judge::judge(&root(), claim.as_deref(), amend.as_deref())
        }
        Command::Power { claim } => judge::power(&claim),
        Command::Replicate { claim, block } => {
            judge::replicate(&root(), claim.as_deref(), block.into())
        }
        Command::Theme => theme(),
        Command::New { name, title } => new(&name, title.as_deref()),
        Command::Football => football(),
        Command::Train(arguments) => train::train(&arguments),
    };
    done.and_then(|text| print(&text)).unwrap_or_else(|failure| {
        eprintln!("error: {failure}");
        ExitCode::from(failure.code())
    })
}

impl Failure {
    fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |reason| Self::File { path, reason }
    }

    /// 2 for what was asked, 1 for what came of it.
    fn code(&self) -> u8 {
        match self {
            Self::Library(trainable::error::Error::Diverged { .. }) => 1,
            Self::Library(_)
            | Self::NothingFound(_)
            | Self::NoClaim(_)
            | Self::TooManyCosts { .. }
            | Self::Settings(_)
            | Self::Table(_)
            | Self::Lab(lab::Error::NoCourseData) => 2,
            Self::Lab(_) | Self::File { .. } | Self::Json(_) => 1,
        }
    }
}

fn list() -> Result<String, Failure> {
    let results = lab::store::results::run(&lab::catalog(), &cache()?)?;
    Ok(show::ids(&results) + &show::claims()?)
}

fn run(filter: Option<&str>, fresh: bool, figures: Option<&Path>) -> Result<String, Failure> {
    let results = find::results(filter, fresh, &cache()?)?;
    if let Some(folder) = figures {
        write_figures(&results, folder)?;
    }
    Ok(show::everything(&results) + FIGURES)
}

/// Where what a terminal cannot show is to be seen.
const FIGURES: &str =
    "\nFigures: in the chapter (mdbook serve), or as SVG files (--figures FOLDER).\n";

fn record() -> Result<String, Failure> {
    let results = lab::store::results(&root())?;
    Ok(written(&lab::store::record::write(&results, &root())?))
}

fn theme() -> Result<String, Failure> {
    let mut paths = Vec::new();
    for (file, text) in figures::theme::FILES {
        let path = root().join(file);
        fs::write(&path, text()).map_err(Failure::file(&path))?;
        paths.push(path);
    }
    Ok(written(&paths))
}

fn new(name: &str, title: Option<&str>) -> Result<String, Failure> {
    let paths = lab::store::new::write(&root(), name, title)?;
    Ok(written(&paths) + NEXT)
}

/// What to do with a new chapter.
const NEXT: &str = "\nNext: `cargo run --release --bin exercise-set -- starters`,\n`cargo run --release --bin \
                    lab -- judge` and `cargo run --release --bin lab -- record`,\nthen `mdbook serve --open`. \
                    CONTRIBUTING.md has the rest.\n";

fn written(paths: &[PathBuf]) -> String {
    let lines = paths.iter();
    lines.map(|path| format!("written: {}\n", path.display())).collect()
}

fn football() -> Result<String, Failure> {
    let data = CourseData::given()?.ok_or(lab::Error::NoCourseData)?;
    let text = measure(&data)?.text()?;
    let path = root().join("lab").join(FILE);
    fs::write(&path, text).map_err(Failure::file(&path))?;
    Ok(written(&[path]))
}

fn cache() -> Result<Cache, lab::Error> {
    lab::store::results::cache(&root())
}

/// Cargo says where the package is, the workspace is around it; a program run by itself looks here.
fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let root = package.and_then(|package| package.parent().map(Path::to_owned));
    root.unwrap_or_else(|| PathBuf::from("."))
}

fn write_figures(results: &Results, folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(Failure::file(folder))?;
    for (id, figure) in results.figures() {
        let path = folder.join(format!("{}.svg", id.replace('/', "-")));
        fs::write(&path, figure.drawing.svg()).map_err(Failure::file(&path))?;
    }
    Ok(())
}

/// Writes to standard output, where a reader may have heard enough.
fn print(text: &str) -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::File { path: PathBuf::from("standard output"), reason: error })
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}
