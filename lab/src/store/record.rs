//! The book's numbers as files: what each chapter's experiments found, to the last digit.
//!
//! `lab/recorded/numbers/` has one file a chapter, which `lab record` writes and the tests compare
//! with what is found now, so that a number or a text changes only as a line of a diff.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use figures::Series;
use serde::Serialize;
use similar::TextDiff;

use super::Results;
use crate::error::Error;
use crate::experiment::OPEN;
use crate::judge::Shown;
use crate::outcome::{Figure, Outcome, Table, Value};
use crate::printed::Printed;

/// The folder of the files, from the repository's root.
const FOLDER: &str = "lab/recorded/numbers";
/// What to do about a difference.
const REMEDY: &str = "if the change is meant, write the record again with \
                      `cargo run --release --bin lab -- record` and commit it";
/// How many lines of a difference are shown.
const MOST_LINES: usize = 60;

/// A chapter's file: experiments by name, and the judged claims as one of them.
type Chapter = BTreeMap<String, Experiment>;
/// What the judged claims are called there.
const CLAIMS: &str = "claims";

#[derive(Default, Serialize)]
struct Experiment {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    values: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tables: BTreeMap<String, Rows>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    claims: BTreeMap<String, Texts>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    figures: BTreeMap<String, Drawn>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    printed: BTreeMap<String, Vec<String>>,
}

#[derive(Serialize)]
struct Rows {
    caption: String,
    rows: Vec<String>,
}

#[derive(Serialize)]
struct Texts {
    said_by: String,
    statement: String,
    measured: String,
    verdict: String,
    reason: String,
}

#[derive(Serialize)]
struct Drawn {
    alt: String,
    caption: String,
    axes: Vec<String>,
    series: Vec<String>,
    drawing: String,
}

/// Writes the files of all chapters, and removes those that no chapter has.
///
/// # Errors
/// [`Error::File`] when a file cannot be written.
pub fn write(results: &Results, root: &Path) -> Result<Vec<PathBuf>, Error> {
    let folder = root.join(FOLDER);
    fs::create_dir_all(&folder).map_err(Error::at(&folder))?;
    let files = files(results)?;
    for name in superfluous(&folder, &files)? {
        let path = folder.join(name);
        fs::remove_file(&path).map_err(Error::at(&path))?;
    }
    let mut written = Vec::new();
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).map_err(Error::at(&path))?;
        written.push(path);
    }
    Ok(written)
}

/// Compares the files with what was found.
///
/// # Errors
/// [`Error::Record`], which shows the lines that differ and says what to do, or [`Error::File`].
pub fn check(results: &Results, root: &Path) -> Result<(), Error> {
    let folder = root.join(FOLDER);
    let files = files(results)?;
    let mut problems = Vec::new();
    for (name, found) in &files {
        let path = folder.join(name);
        let recorded = match fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(Error::at(&path)(error)),
        };
        if recorded.replace("\r\n", "\n") != *found {
            problems.push(difference(name, &recorded, found));
        }
    }
    for name in superfluous(&folder, &files)? {
        problems.push(format!("{FOLDER}/{name} is of no chapter"));
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::Record(format!("{}\n{REMEDY}", problems.join("\n"))))
}

/// Names of files in the folder that are not among those expected.
fn superfluous(folder: &Path, files: &BTreeMap<String, String>) -> Result<Vec<String>, Error> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::at(folder)(error)),
    };
    let mut names = BTreeSet::new();
    for entry in entries {
        let entry = entry.map_err(Error::at(folder))?;
        names.insert(entry.file_name().to_string_lossy().into_owned());
    }
    Ok(names.into_iter().filter(|name| !files.contains_key(name)).collect())
}

fn difference(name: &str, recorded: &str, found: &str) -> String {
    let diff = TextDiff::from_lines(recorded, found);
    let unified = diff.unified_diff().context_radius(1).to_string();
    let lines: Vec<&str> = unified.lines().collect();
    let shown = lines[..lines.len().min(MOST_LINES)].join("\n");
    let more = match lines.len().saturating_sub(MOST_LINES) {
        0 => String::new(),
        more => format!("\n… and {more} more lines"),
    };
    format!("{FOLDER}/{name}: the lab no longer finds what is recorded\n{shown}{more}")
}

/// The text of each chapter's file, by the file's name.
fn files(results: &Results) -> Result<BTreeMap<String, String>, Error> {
    let mut chapters: BTreeMap<&str, Chapter> = BTreeMap::new();
    // An open lab is the reader's: whatever is attempted there is no change of the book.
    let experiments = results.outcomes().filter(|(name, _)| !name.starts_with(OPEN));
    for (name, outcome) in experiments {
        let chapter = results.chapter_of(name).unwrap_or_default();
        let recorded = recorded(outcome);
        chapters.entry(chapter).or_default().insert(name.to_owned(), recorded);
    }
    for claim in results.claims() {
        let (chapter, name) = claim.id.split_once('/').unwrap_or_default();
        let claims = chapters.entry(chapter).or_default().entry(CLAIMS.to_owned()).or_default();
        claims.claims.insert(name.to_owned(), judged(claim));
    }
    let text = |chapter: &Chapter| {
        toml::to_string_pretty(chapter).map_err(|error| Error::Record(error.to_string()))
    };
    let files = chapters.iter();
    files.map(|(name, chapter)| Ok((format!("{name}.toml"), text(chapter)?))).collect()
}

fn recorded(outcome: &Outcome) -> Experiment {
    Experiment {
        values: each(&outcome.values, value),
        tables: each(&outcome.tables, table),
        figures: each(&outcome.figures, figure),
        printed: outcome
            .printed
            .iter()
            .map(|(name, number)| (name.clone(), printed(number)))
            .collect(),
        ..Experiment::default()
    }
}

fn each<T, U>(named: &BTreeMap<String, T>, record: fn(&T) -> U) -> BTreeMap<String, U> {
    named.iter().map(|(name, found)| (name.clone(), record(found))).collect()
}

fn value(value: &Value) -> String {
    format!("{} ({:?})", value.text, value.number)
}

fn table(table: &Table) -> Rows {
    let rows = std::iter::once(&table.header).chain(&table.rows);
    Rows { caption: table.caption.clone(), rows: rows.map(|row| row.join(" | ")).collect() }
}

fn judged(claim: &Shown) -> Texts {
    Texts {
        said_by: format!("{}, {}", claim.source.who, claim.source.at),
        statement: claim.statement.clone(),
        measured: claim.measured.clone(),
        verdict: claim.judged.verdict.judgement().to_string(),
        reason: claim.reason.clone(),
    }
}

fn figure(figure: &Figure) -> Drawn {
    let drawing = &figure.drawing;
    let hash = blake3::hash(drawing.svg().as_bytes()).to_hex();
    Drawn {
        alt: figure.alt.clone(),
        caption: figure.caption.clone(),
        axes: drawing.axes.clone(),
        series: drawing.series.iter().map(series).collect(),
        drawing: format!("{} bytes, {}", drawing.svg().len(), &hash[..16]),
    }
}

fn series(series: &Series) -> String {
    let Series { name, mark, role, points, sample, digest } = series;
    let shown: Vec<String> = sample.iter().map(|point| format!("{point:?}")).collect();
    format!("{name}: {mark}, {role}, {points} points, {digest} {}", shown.join(" "))
}

fn printed(printed: &Printed) -> Vec<String> {
    let place = format!("{}: {}", printed.work.name(), printed.what);
    let pairs = printed.pairs().map(|pair| format!("{} | {:?}", pair.course, pair.ours));
    std::iter::once(place).chain(pairs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use figures::{LineChart, Role};

    fn outcome() -> Outcome {
        let mut outcome = Outcome::new();
        outcome.value("train", Value::percent(0.75, 1));
        outcome.value("test", Value::percent(0.5, 1));
        outcome.table(
            "rows",
            Table {
                caption: "Over ten seeds.".to_owned(),
                header: vec!["λ".to_owned(), "training".to_owned(), "new points".to_owned()],
                rows: vec![vec!["0.7".to_owned(), "75.0 %".to_owned(), "50.0 %".to_owned()]],
            },
        );
        outcome.figure(
            "curves",
            curves("training", "new points"),
            "The gap closes.".to_owned(),
            "Ten seeds.".to_owned(),
        );
        outcome
    }

    fn curves(first: &str, second: &str) -> figures::Drawing {
        LineChart::new("λ", "accuracy")
            .line(first, Role::Train, &[(0.0, 0.75), (1.0, 0.7)])
            .line(second, Role::Test, &[(0.0, 0.5), (1.0, 0.6)])
            .draw()
            .unwrap()
    }

    fn results(outcome: Outcome) -> Results {
        Results::from_outcomes([("lambdas".to_owned(), "l2".to_owned(), outcome)])
    }

    fn noticed(change: impl FnOnce(&mut Outcome)) -> String {
        let folder = tempfile::tempdir().unwrap();
        write(&results(outcome()), folder.path()).unwrap();
        check(&results(outcome()), folder.path()).unwrap();
        let mut changed = outcome();
        change(&mut changed);
        let error = check(&results(changed), folder.path()).unwrap_err().to_string();
        assert!(error.contains("lab -- record"), "{error}");
        error
    }

    #[test]
    fn swapped_names_of_curves_are_noticed() {
        let error = noticed(|outcome| {
            outcome.figures.get_mut("curves").unwrap().drawing = curves("new points", "training");
        });
        assert!(error.contains("+    \"new points: solid line, train"), "{error}");
    }

    #[test]
    fn swapped_columns_are_noticed() {
        let error = noticed(|outcome| outcome.tables.get_mut("rows").unwrap().header.swap(1, 2));
        assert!(error.contains("+    \"λ | new points | training\""), "{error}");
    }

    #[test]
    fn swapped_values_are_noticed() {
        let error = noticed(|outcome| {
            let train = outcome.values["train"].clone();
            let test = outcome.values.insert("test".to_owned(), train).unwrap();
            outcome.value("train", test);
        });
        assert!(error.contains("-train = \"75.0\u{a0}% (0.75)\""), "{error}");
    }

    #[test]
    fn the_last_digit_of_a_value_is_noticed() {
        noticed(|outcome| {
            outcome.value("train", Value::percent(0.75_f64.next_up(), 1));
        });
    }

    #[test]
    fn each_text_is_noticed() {
        let figures: [fn(&mut Figure); 2] = [
            |figure| figure.alt = "The gap grows.".to_owned(),
            |figure| figure.caption = "A hundred seeds.".to_owned(),
        ];
        for change in figures {
            noticed(|outcome| change(outcome.figures.get_mut("curves").unwrap()));
        }
    }

    #[test]
    fn a_damaged_a_missing_and_a_superfluous_file_are_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let written = write(&results(outcome()), folder.path()).unwrap();
        let damaged = |bytes: &[u8]| {
            fs::write(&written[0], bytes).unwrap();
            check(&results(outcome()), folder.path()).unwrap_err().to_string()
        };
        assert!(damaged(b"\xff\x00").contains("l2.toml"));
        assert!(damaged(b"").contains("l2.toml"));
        fs::remove_file(&written[0]).unwrap();
        assert!(check(&results(outcome()), folder.path()).is_err());

        write(&results(outcome()), folder.path()).unwrap();
        fs::write(folder.path().join(FOLDER).join("gone.toml"), "").unwrap();
        let error = check(&results(outcome()), folder.path()).unwrap_err().to_string();
        assert!(error.contains("gone.toml is of no chapter"), "{error}");
        write(&results(outcome()), folder.path()).unwrap();
        check(&results(outcome()), folder.path()).unwrap();
    }
}
