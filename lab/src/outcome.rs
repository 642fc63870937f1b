//! What an experiment returns: values, tables, figures, claims and numbers beside the course's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::figure::Drawing;
use crate::printed::Printed;

/// Everything that one experiment measured and drew, by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Named numbers with their format.
    pub values: BTreeMap<String, Value>,
    /// Named tables.
    pub tables: BTreeMap<String, Table>,
    /// Named figures.
    pub figures: BTreeMap<String, Figure>,
    /// Named claims.
    pub claims: BTreeMap<String, Claim>,
    /// Named numbers of the course, beside ours, in the course's order.
    pub printed: Vec<(String, Printed)>,
}

/// A measured number and the way it is printed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// The number at full precision (may be infinite).
    pub number: f64,
    /// The number as the page shows it: plain text, no Markdown.
    pub text: String,
}

/// A small table; every cell is inline Markdown (math and code spans allowed).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// What the table shows, in a sentence of inline Markdown.
    pub caption: String,
    /// One cell a column.
    pub header: Vec<String>,
    /// Rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
}

/// A drawing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What is drawn.
    pub drawing: Drawing,
    /// The finding, in plain text, for those who do not see the picture.
    pub alt: String,
    /// What to look at, in inline Markdown.
    pub caption: String,
    /// The function that drew it.
    pub source: Source,
}

/// A place in this repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Path from the repository's root, with `/`: `lab/src/initialization.rs`.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
}

/// A statement of the course or of the literature, run and judged. All texts are inline Markdown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Who says it: `course, initialization assignment`.
    pub said_by: String,
    /// The statement.
    pub statement: String,
    /// What was measured.
    pub measured: String,
    /// The judgement.
    pub verdict: Verdict,
    /// Why, in a sentence or two.
    pub reason: String,
}

/// The judgement of a [`Claim`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Verdict {
    /// The measurement agrees with the statement.
    Holds,
    /// It agrees only under a condition, which the reason states.
    HoldsWithCondition,
    /// The measurement contradicts the statement.
    DoesNotHold,
}

impl Verdict {
    /// The verdict in words: `Holds`, `Holds with a condition` or `Does not hold`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Holds => "Holds",
            Self::HoldsWithCondition => "Holds with a condition",
            Self::DoesNotHold => "Does not hold",
        }
    }
}

impl Outcome {
    /// An outcome without anything in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value.
    pub fn value(&mut self, name: &str, value: Value) -> &mut Self {
        self.values.insert(name.to_owned(), value);
        self
    }

    /// Adds a table.
    pub fn table(&mut self, name: &str, table: Table) -> &mut Self {
        self.tables.insert(name.to_owned(), table);
        self
    }

    /// Adds a figure. [`Results`](crate::results::Results) fill in its source: the experiment's
    /// function.
    pub fn figure(
        &mut self,
        name: &str,
        drawing: Drawing,
        alt: String,
        caption: String,
    ) -> &mut Self {
        self.figures.insert(
            name.to_owned(),
            Figure {
                drawing,
                alt,
                caption,
                source: Source::default(),
            },
        );
        self
    }

    /// Adds a claim.
    pub fn claim(&mut self, name: &str, claim: Claim) -> &mut Self {
        self.claims.insert(name.to_owned(), claim);
        self
    }

    /// Adds a number that the course prints, after those that are there; the name is part of its address.
    pub fn printed(&mut self, name: &str, printed: Printed) -> &mut Self {
        self.printed.retain(|(known, _)| known != name);
        self.printed.push((name.to_owned(), printed));
        self
    }
}

impl Value {
    /// A whole number: `15 000` (digits in groups of three by a no-break space).
    pub fn integer(number: usize) -> Self {
        let digits = number.to_string();
        let mut text = String::new();
        for (position, digit) in digits.chars().enumerate() {
            if position > 0 && (digits.len() - position).is_multiple_of(3) && digits.len() > 4 {
                text.push('\u{a0}');
            }
            text.push(digit);
        }
        Self {
            number: number as f64,
            text,
        }
    }

    /// A number with a fixed count of decimals: `0.0736`.
    pub fn fixed(number: f64, decimals: usize) -> Self {
        Self {
            number,
            text: minus(format!("{number:.decimals$}")),
        }
    }

    /// A fraction shown in percent: 0.9933 with two decimals is `99.33 %`.
    pub fn percent(fraction: f64, decimals: usize) -> Self {
        Self {
            number: fraction,
            text: minus(format!("{:.decimals$}\u{a0}%", 100.0 * fraction)),
        }
    }

    /// A number with a power of ten: `1.2 × 10⁻⁷`.
    pub fn scientific(number: f64, decimals: usize) -> Self {
        let plain = format!("{number:.decimals$e}");
        let Some((mantissa, exponent)) = plain.split_once('e') else {
            return Self {
                number,
                text: minus(plain),
            };
        };
        let exponent: String = exponent.chars().map(superscript).collect();
        Self {
            number,
            text: minus(format!("{mantissa}\u{a0}×\u{a0}10{exponent}")),
        }
    }
}

/// A number with a fixed count of decimals, as text: see [`Value::fixed`].
pub fn fixed(number: f64, decimals: usize) -> String {
    Value::fixed(number, decimals).text
}

/// A fraction in percent, as text: see [`Value::percent`].
pub fn percent(fraction: f64, decimals: usize) -> String {
    Value::percent(fraction, decimals).text
}

/// A number with a power of ten, as text: see [`Value::scientific`].
pub fn scientific(number: f64, decimals: usize) -> String {
    Value::scientific(number, decimals).text
}

/// The header of a [`Table`].
pub fn header(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

fn minus(text: String) -> String {
    text.replace('-', "−")
}

fn superscript(character: char) -> char {
    match character {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' | '4'..='9' => {
            char::from_u32('⁰' as u32 + character as u32 - '0' as u32).unwrap_or(character)
        }
        other => other,
    }
}
