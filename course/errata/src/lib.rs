//! What notes of the course get wrong, and what the course itself does.
//!
//! A slip in somebody's notes is no claim of the course, so none of these is ever judged. Each says
//! what is right, and has something that shows it. A week is a file:
//!
//! ```toml
//! week = 1
//!
//! [[places]]                    # a lecture, by its number, or a function of an assignment
//! id = "1.6"
//! title = "Dropout regularization"
//! # work = "…"                  # the assignment, where it is none of the lectures
//!
//! [[places.notes]]              # or [[places.course]], what the course itself gets wrong
//! id = "normal-mask"            # the name in the page's address
//! quote.code = '…'              # word for word: code, formula or words
//! english = '…'                 # what words in Chinese say
//! right = '…'                   # what is right, in inline Markdown
//! shown.run = '…'               # what shows it: derivation, source, or a run with its values
//! ```
//!
//! A run names what the lab measured, as in `{{#value masks.normal_kept}}`; its experiments are in
//! `lab/src/chapters/errata.rs`.

use serde::Deserialize;

const FILES: [&str; 3] = [
    include_str!("../week_1.toml"),
    include_str!("../week_2.toml"),
    include_str!("../week_3.toml"),
];

/// The errata of a week, by lecture and function.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Week {
    /// Its number, from 1.
    pub week: u8,
    /// Its lectures and functions that something is wrong about, in the course's order.
    pub places: Vec<Place>,
}

/// A lecture or a function of an assignment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The lecture's number or the function's name.
    pub id: String,
    /// The lecture's title, or what the function does.
    pub title: String,
    /// The assignment; none for a lecture.
    pub work: Option<String>,
    /// What only notes say, and wrongly.
    #[serde(default)]
    pub notes: Vec<Erratum>,
    /// What the course itself says, and wrongly.
    #[serde(default)]
    pub course: Vec<Erratum>,
}

/// A wrong statement.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erratum {
    /// Its name, in kebab case.
    pub id: String,
    /// What is written.
    pub quote: Quote,
    /// What a line in Chinese says.
    pub english: Option<String>,
    /// What is right, in inline Markdown.
    pub right: String,
    /// What shows it.
    pub shown: Shown,
}

/// What is written, word for word.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quote {
    /// A line of text, with its formulas between dollars.
    Words(String),
    /// A formula in LaTeX.
    Formula(String),
    /// A line of Python.
    Code(String),
}

/// What shows that something else is right, in inline Markdown.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// An argument.
    Derivation(String),
    /// The course itself, or the paper that is meant.
    Source(String),
    /// A measurement, with its values.
    Run(String),
}

impl Quote {
    /// The words as they are.
    pub fn text(&self) -> &str {
        match self {
            Self::Words(text) | Self::Formula(text) | Self::Code(text) => text,
        }
    }
}

impl Shown {
    /// The text.
    pub fn text(&self) -> &str {
        match self {
            Self::Derivation(text) | Self::Source(text) | Self::Run(text) => text,
        }
    }
}

impl Erratum {
    /// The ids of the values that its run names, as in `masks.normal_kept`.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        let parts = self.shown.text().split("{{#value ").skip(1);
        parts.filter_map(|part| Some(part.split_once("}}")?.0.trim()))
    }
}

/// All weeks, in order.
///
/// # Errors
/// Where a file is not as it has to be.
pub fn weeks() -> Result<Vec<Week>, toml::de::Error> {
    FILES.iter().map(|file| toml::from_str(file)).collect()
}

#[cfg(test)]
mod tests;
