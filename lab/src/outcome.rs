//! What an experiment returns: values, tables, figures and numbers beside the course's.

use std::collections::BTreeMap;

use figures::Drawing;
use figures::format;
use serde::{Deserialize, Serialize};

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

    /// Adds a figure. [`Results`](crate::store::Results) fill in its source: the experiment's
    /// function.
    pub fn figure(
        &mut self,
        name: &str,
        drawing: Drawing,
        alt: String,
        caption: String,
    ) -> &mut Self {
        self.figures
            .insert(name.to_owned(), Figure { drawing, alt, caption, source: Source::default() });
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
    /// A whole number, as [`format::integer`] writes it.
    pub fn integer(number: usize) -> Self {
        Self { number: number as f64, text: format::integer(number) }
    }

    /// A number with a fixed count of decimals: `0.0736`.
    pub fn fixed(number: f64, decimals: usize) -> Self {
        Self { number, text: format::fixed(number, decimals) }
    }

    /// A fraction shown in percent: 0.9933 with two decimals is `99.33 %`.
    pub fn percent(fraction: f64, decimals: usize) -> Self {
        Self { number: fraction, text: format::percent(fraction, decimals) }
    }

    /// A number with a power of ten: `1.2 × 10⁻⁷`.
    pub fn scientific(number: f64, decimals: usize) -> Self {
        Self { number, text: format::scientific(number, decimals) }
    }
}

impl Table {
    /// A table with a row for each of `rows`, whose columns are still to be added.
    pub fn of<T>(rows: &[T]) -> Columns<'_, T> {
        Columns {
            rows,
            table: Self {
                caption: String::new(),
                header: Vec::new(),
                rows: rows.iter().map(|_| Vec::new()).collect(),
            },
        }
    }
}

/// A table in the making: each column is named where its cells are made.
pub struct Columns<'a, T> {
    rows: &'a [T],
    table: Table,
}

impl<T> Columns<'_, T> {
    /// Adds a column: its name, and what a row has in it, both inline Markdown.
    #[must_use]
    pub fn column(mut self, name: &str, cell: impl Fn(&T) -> String) -> Self {
        self.table.header.push(name.to_owned());
        for (cells, row) in self.table.rows.iter_mut().zip(self.rows) {
            cells.push(cell(row));
        }
        self
    }
}

impl<T> From<Columns<'_, T>> for Table {
    fn from(columns: Columns<'_, T>) -> Self {
        columns.table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_named_where_its_cells_are_made() {
        let rows = [(1, 2), (3, 4)];
        let table: Table = Table::of(&rows)
            .column("first", |row| row.0.to_string())
            .column("second", |row| row.1.to_string())
            .into();
        assert_eq!(table.header, ["first", "second"]);
        assert_eq!(table.rows, [["1", "2"], ["3", "4"]]);
    }
}
