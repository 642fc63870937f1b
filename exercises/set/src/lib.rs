//! The exercises: what rustlings knows about them, and what the book, the tests and a reader's
//! summary need in addition.
//!
//! An exercise is written once, as its solution. The starter is the solution with something taken
//! out, and a wrong answer is the solution with a mistake put in: both are [edits](Edit), in
//! `answers/`.

mod edit;
mod error;
pub mod progress;
mod words;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use edit::Edit;
pub use error::Error;
pub use words::Words;

/// The range of [`Exercise::minutes`].
const MINUTES: std::ops::RangeInclusive<u32> = 5..=20;
/// The fewest steps of a hint: a nudge, the formula, almost the code.
const STEPS: usize = 3;

/// The exercises in order.
#[derive(Debug, Clone)]
pub struct Set {
    /// The folder to start rustlings in.
    pub folder: PathBuf,
    /// The exercises in order.
    pub exercises: Vec<Exercise>,
}

/// One exercise.
#[derive(Debug, Clone)]
pub struct Exercise {
    /// Its name in rustlings and for `cargo test --bin`.
    pub name: String,
    /// Its folder: the number and the name of its chapter.
    pub dir: String,
    /// What the reader does.
    pub kind: Kind,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// The steps of its hint.
    pub hint: Vec<String>,
    /// The text at the top of its file.
    pub words: Words,
    /// The solution's file.
    pub solution: String,
    /// The starter's file, before anybody edits it.
    pub starter: String,
    /// Plausible mistakes.
    pub wrong: Vec<Wrong>,
}

/// What the reader does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Write a function from its description.
    Write,
    /// Derive a formula, and write it as code.
    Derive,
    /// Find the mistake in a function.
    Find,
    /// Predict the result of a run.
    Predict,
}

/// A plausible mistake.
#[derive(Debug, Clone, Deserialize)]
pub struct Wrong {
    /// The misunderstanding behind it.
    pub idea: String,
    /// The edit of the solution that makes it.
    #[serde(flatten)]
    pub edit: Edit,
    /// A part of the message that the learner must get.
    pub says: String,
}

#[derive(Deserialize)]
struct Info {
    exercises: Vec<Entry>,
}

/// An entry of info.toml; rustlings reads the name, the folder and the hint.
#[derive(Deserialize)]
struct Entry {
    name: String,
    dir: String,
    hint: String,
    kind: Kind,
    minutes: u32,
}

/// An exercise's file in `answers/`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answers {
    starter: Vec<Edit>,
    wrong: Vec<Wrong>,
}

impl Kind {
    /// What the reader does, in one word.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Write => "Write",
            Self::Derive => "Derive",
            Self::Find => "Find",
            Self::Predict => "Predict",
        }
    }
}

impl Set {
    /// Reads the set in `folder`: `info.toml`, `solutions/` and `answers/`, but not the reader's
    /// files in `exercises/`.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, or its contents are not as expected.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let info: Info = parse(&folder.join("info.toml"))?;
        let exercises: Result<Vec<Exercise>, Error> = info
            .exercises
            .into_iter()
            .map(|entry| Exercise::read(folder, entry))
            .collect();
        let set = Self {
            folder: folder.to_owned(),
            exercises: exercises?,
        };
        set.expect_nothing_else()?;
        Ok(set)
    }

    /// The exercises of a chapter.
    pub fn of<'a>(&'a self, chapter: &'a str) -> impl Iterator<Item = &'a Exercise> {
        self.exercises
            .iter()
            .filter(move |exercise| exercise.chapter() == chapter)
    }

    /// The chapters that have exercises, in order.
    pub fn chapters(&self) -> Vec<&str> {
        let mut chapters: Vec<&str> = self.exercises.iter().map(Exercise::chapter).collect();
        chapters.dedup();
        chapters
    }

    /// The starters, by the paths of the files that readers work in.
    pub fn starters(&self) -> impl Iterator<Item = (PathBuf, &str)> {
        self.exercises.iter().map(|exercise| {
            let path = self.folder.join("exercises").join(exercise.file());
            (path, exercise.starter.as_str())
        })
    }

    /// Refuses solutions and answers that info.toml does not name: nothing would check them.
    fn expect_nothing_else(&self) -> Result<(), Error> {
        let dirs = self.exercises.iter().map(|exercise| &exercise.dir);
        let dirs: BTreeSet<&String> = dirs.collect();
        for (folder, extension) in [("solutions", "rs"), ("answers", "toml")] {
            let known: BTreeSet<PathBuf> = self
                .exercises
                .iter()
                .map(|exercise| exercise.file().with_extension(extension))
                .collect();
            let root = self.folder.join(folder);
            for dir in &dirs {
                for file in entries(&root.join(dir))? {
                    let inside = Path::new(dir).join(file.file_name().unwrap_or_default());
                    if !known.contains(&inside) {
                        return Err(Error::invalid(
                            &file,
                            "expected info.toml to name every exercise, found none of this name",
                        ));
                    }
                }
            }
        }
        Ok(())
    }
}

impl Exercise {
    /// The chapter's name, which its file in `book/` has too.
    pub fn chapter(&self) -> &str {
        chapter(&self.dir)
    }

    /// Its path below `exercises/` and below `solutions/`.
    pub fn file(&self) -> PathBuf {
        Path::new(&self.dir).join(&self.name).with_extension("rs")
    }

    fn read(folder: &Path, entry: Entry) -> Result<Self, Error> {
        let file = Path::new(&entry.dir).join(&entry.name).with_extension("rs");
        let path = folder.join("solutions").join(&file);
        let solution = text(&path)?;
        let words = Words::of(&solution).map_err(|what| Error::invalid(&path, &what))?;
        let expected = format!("book/{}.md", chapter(&entry.dir));
        if words.chapter != expected {
            let what = format!("expected `Chapter: {expected}`, got `{}`", words.chapter);
            return Err(Error::invalid(&path, &what));
        }
        let path = folder.join("answers").join(file.with_extension("toml"));
        let answers: Answers = parse(&path)?;
        let starter = edit::starter(&solution, &answers.starter)
            .map_err(|what| Error::invalid(&path, &what))?;
        let path = folder.join("info.toml");
        let refuse = |what: String| Err(Error::invalid(&path, &format!("{}: {what}", entry.name)));
        if !MINUTES.contains(&entry.minutes) {
            return refuse(format!(
                "expected {} to {} minutes, got {}",
                MINUTES.start(),
                MINUTES.end(),
                entry.minutes
            ));
        }
        let hint = words::steps(&entry.hint);
        if hint.len() < STEPS {
            return refuse(format!(
                "expected a hint of at least {STEPS} steps, `1. …`, got {}",
                hint.len()
            ));
        }
        Ok(Self {
            name: entry.name,
            dir: entry.dir,
            kind: entry.kind,
            minutes: entry.minutes,
            hint,
            words,
            solution,
            starter,
            wrong: answers.wrong,
        })
    }
}

/// The code of an exercise's file, between the text at the top and the tests.
pub fn code(text: &str) -> &str {
    let code = edit::parts(text).map_or(text, |(code, _)| code);
    let lines = code.split_inclusive('\n');
    let words: usize = lines
        .take_while(|line| line.starts_with("//!"))
        .map(str::len)
        .sum();
    code[words..].trim()
}

/// The name after the number: `l2` of `04_l2`.
fn chapter(dir: &str) -> &str {
    dir.split_once('_').map_or(dir, |(_, chapter)| chapter)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |reason| Error::file(folder, reason);
    let entries = fs::read_dir(folder).map_err(failed)?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|reason| Error::file(path, reason))
}

fn parse<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<T, Error> {
    toml::from_str(&text(path)?).map_err(|reason| Error::invalid(path, &reason.to_string()))
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn code_is_what_is_between_the_words_and_the_tests() {
        let text =
            "//! # Zeros\n//!\n//! Write.\n\nuse a;\n\nfn zeros() {}\n\nfn main() {}\n\nmod t {}\n";
        assert_eq!(code(text), "use a;\n\nfn zeros() {}");
    }
}
