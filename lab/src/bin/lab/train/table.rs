//! A reader's own data: a CSV file of numbers, whose last column is the class.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use csv::{ByteRecord, Position, ReaderBuilder};

use crate::parse::{MOST, MOST_CLASSES};

/// Enough for this number of numbers in as many digits as they can have.
const MOST_BYTES: u64 = 32 * MOST as u64;

/// The examples of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The number of features.
    pub features: usize,
    /// The features, one example after the other.
    pub x: Vec<f64>,
    /// The class of each example.
    pub labels: Vec<usize>,
}

/// What a file has to have.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The number of its columns, if that is known.
    pub columns: Option<usize>,
    /// The number of classes, all of whose numbers are below it.
    pub classes: usize,
    /// What has this number of columns.
    pub like: String,
    /// What has this number of classes.
    pub of: String,
    /// The most numbers that it may have.
    pub most: usize,
}

/// What is wrong with a file, and where.
#[derive(Debug, thiserror::Error)]
#[error("{}{place}: {problem}", path.display())]
pub struct Problem {
    path: PathBuf,
    /// Of the line and the column, what is known.
    place: String,
    problem: String,
}

impl Wanted {
    /// Any number of columns, and any classes that a file may have.
    pub fn anything() -> Self {
        Self {
            columns: None,
            classes: MOST_CLASSES,
            like: String::new(),
            of: "the last column is the class".to_owned(),
            most: MOST,
        }
    }
}

impl Table {
    /// Reads a file from its beginning to its end.
    ///
    /// # Errors
    /// What is wrong with it first.
    pub fn read(path: &Path, wanted: &Wanted) -> Result<Self, Problem> {
        let at = |place: String, problem: String| Problem { path: path.to_owned(), place, problem };
        let nowhere = |problem: String| at(String::new(), problem);
        let bytes = contents(path).map_err(nowhere)?;
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
        let mut rows = Rows::new(wanted);
        let mut record = ByteRecord::new();
        let mut next = |record: &mut ByteRecord| reader.read_byte_record(record);
        while next(&mut record).map_err(|error| nowhere(error.to_string()))? {
            rows.take(&record).map_err(|Wrong { column, problem }| {
                let line = line(text, record.position().map_or(0, Position::byte));
                at(format!(", line {line}, column {column}"), problem)
            })?;
        }
        rows.table().map_err(nowhere)
    }

    /// The number of examples.
    pub fn examples(&self) -> usize {
        self.labels.len()
    }

    /// The largest label + 1.
    pub fn classes(&self) -> usize {
        self.labels.iter().max().map_or(0, |largest| largest + 1)
    }
}

/// The bytes of a file that is not too large.
fn contents(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = |bytes: &mut Vec<u8>| -> io::Result<usize> {
        File::open(path)?.take(MOST_BYTES + 1).read_to_end(bytes)
    };
    read(&mut bytes).map_err(|reason| format!("expected a CSV file that can be read: {reason}"))?;
    match bytes.len() as u64 {
        ..=MOST_BYTES => Ok(bytes),
        _ => Err(format!("expected a file of at most {MOST_BYTES} bytes, got a larger one")),
    }
}

/// The number, from 1, of the line on which the row begins that is to be found from this byte on.
fn line(text: &[u8], begin: u64) -> usize {
    let begin = begin as usize;
    let blank = text.iter().skip(begin);
    let blank = blank.take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let before = &text[..text.len().min(begin + blank.count())];
    let ends = before.iter().enumerate().filter(|(at, byte)| match byte {
        b'\r' => before.get(at + 1) != Some(&b'\n'),
        byte => **byte == b'\n',
    });
    1 + ends.count()
}

/// What is wrong with a row: in which column, from 1, and what was expected there.
struct Wrong {
    column: usize,
    problem: String,
}

impl Wrong {
    fn new(column: usize, expected: &str, got: &str) -> Self {
        let problem = format!("expected {expected}, got {got}");
        Self { column, problem }
    }
}

/// The rows read so far.
struct Rows<'w> {
    wanted: &'w Wanted,
    /// The number of columns, from the first row on, and what had it first.
    columns: Option<(usize, &'w str)>,
    header: bool,
    x: Vec<f64>,
    labels: Vec<usize>,
}

impl<'w> Rows<'w> {
    fn new(wanted: &'w Wanted) -> Self {
        Self {
            wanted,
            columns: wanted.columns.map(|columns| (columns, &*wanted.like)),
            header: false,
            x: Vec::new(),
            labels: Vec::new(),
        }
    }

    /// Takes one more row, unless it is blank.
    fn take(&mut self, record: &ByteRecord) -> Result<(), Wrong> {
        let fields = fields(record)?;
        let [features @ .., label] = &fields[..] else {
            return Ok(());
        };
        if features.is_empty() && !label.is_empty() && label.trim().is_empty() {
            return Ok(());
        }
        self.check_columns(fields.len())?;
        let first = self.labels.is_empty() && !self.header;
        if first && is_header(&fields) {
            self.header = true;
            return Ok(());
        }
        let most = self.wanted.most;
        if self.x.len() + self.labels.len() + fields.len() > most {
            let expected = format!("a file of at most {most} numbers");
            return Err(Wrong::new(1, &expected, "more"));
        }
        for (feature, column) in features.iter().zip(1..) {
            self.x.push(number(feature, column)?);
        }
        self.labels.push(self.label(label, fields.len())?);
        Ok(())
    }

    /// Refuses another number of columns than that of the rows before.
    fn check_columns(&mut self, got: usize) -> Result<(), Wrong> {
        if got < 2 {
            let expected = "at least 2 columns separated by commas, features and then the class";
            return Err(Wrong::new(2, expected, "1"));
        }
        let (columns, like) = *self.columns.get_or_insert((got, "the first row"));
        if got == columns {
            return Ok(());
        }
        let expected = format!("{columns} columns, as in {like}");
        Err(Wrong::new(got.min(columns) + 1, &expected, &got.to_string()))
    }

    fn label(&self, field: &str, column: usize) -> Result<usize, Wrong> {
        let label = number(field, column)?;
        let Wanted { classes, of, .. } = self.wanted;
        if label.fract() == 0.0 && (0.0..*classes as f64).contains(&label) {
            return Ok(label as usize);
        }
        let most = classes - 1;
        let expected = format!("a label that is a whole number from 0 to {most} ({of})");
        Err(Wrong::new(column, &expected, &shown(field)))
    }

    fn table(self) -> Result<Table, String> {
        match (self.columns, self.header, self.labels.len()) {
            (_, true, 0) => Err("expected rows of numbers below the header, got none".to_owned()),
            (_, false, 0) | (None, ..) => {
                Err("expected rows of numbers, got an empty file".to_owned())
            }
            (Some((columns, _)), ..) => {
                Ok(Table { features: columns - 1, x: self.x, labels: self.labels })
            }
        }
    }
}

/// The fields of a row as text.
fn fields(record: &ByteRecord) -> Result<Vec<&str>, Wrong> {
    let text = |(field, column)| {
        std::str::from_utf8(field).map_err(|error| {
            let byte = field[error.valid_up_to()];
            Wrong::new(column, "text in UTF-8", &format!("the byte {byte:#04x}"))
        })
    };
    record.iter().zip(1..).map(text).collect()
}

/// Whether a first row has names in it and no number; empty fields alone are no names.
fn is_header(fields: &[&str]) -> bool {
    let is_number = |field: &&str| bare(field).parse::<f64>().is_ok();
    !fields.iter().any(is_number) && !fields.iter().all(|field| bare(field).is_empty())
}

fn number(field: &str, column: usize) -> Result<f64, Wrong> {
    match bare(field).parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err(Wrong::new(column, "a finite number", &shown(field))),
    }
}

/// A field without the blanks around it, and without quotes that come after a blank.
fn bare(field: &str) -> &str {
    let field = field.trim();
    let quoted = field.strip_prefix('"').and_then(|f| f.strip_suffix('"'));
    quoted.map_or(field, str::trim)
}

/// A field in a message, the beginning of a long one.
fn shown(field: &str) -> String {
    if field.trim().is_empty() {
        return "an empty field".to_owned();
    }
    let beginning: String = field.chars().take(40).collect();
    match beginning.len() == field.len() {
        true => format!("{field:?}"),
        false => format!("{beginning:?}…"),
    }
}

#[cfg(test)]
mod tests;
