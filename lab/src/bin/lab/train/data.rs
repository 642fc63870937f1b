//! What a network is trained on, and what it is tested on.

use std::path::Path;

use ndarray::Array2;
use trainable::prelude::*;

use super::arguments::{Data, DataArguments};
use super::table::{Table, Wanted};
use crate::Failure;

/// The training and the test examples, of the same classes.
pub struct Parts {
    pub train: Dataset,
    pub test: Dataset,
}

impl DataArguments {
    /// The examples, made or read.
    pub fn parts(&self) -> Result<Parts, Failure> {
        match &self.data_file {
            Some(path) => self.read(path),
            None => self.made(),
        }
    }

    fn made(&self) -> Result<Parts, Failure> {
        let classes = self.made_classes()?;
        let made = |size, seed| self.draw(size, classes, &mut RandomState::new(seed));
        for (option, size) in [("--train-size", self.train_size), ("--test-size", self.test_size)] {
            if size < classes {
                return Err(Failure::Settings(format!(
                    "{option} {size}: expected at least one example for each of {classes} classes"
                )));
            }
        }
        Ok(Parts {
            train: made(self.train_size, self.train_seed)?,
            test: made(self.test_size, self.test_seed)?,
        })
    }

    fn draw(&self, size: usize, classes: usize, rng: &mut RandomState) -> Result<Dataset, Error> {
        match self.data {
            Data::Circles => circles(size, self.noise, rng),
            Data::Moons => moons(size, self.noise, rng),
            Data::Football => football(size, self.noise, rng),
            Data::Spiral => spiral(size, classes, self.noise, rng),
        }
    }

    /// The number of classes of the data that are made.
    fn made_classes(&self) -> Result<usize, Failure> {
        match (self.data, self.classes) {
            (Data::Spiral, classes) => Ok(classes.unwrap_or(3)),
            (_, None | Some(2)) => Ok(2),
            (_, Some(classes)) => Err(Failure::Settings(format!(
                "--classes {classes}: expected 2 with this --data, got {classes}; --data spiral \
                 and a --data-file may have more"
            ))),
        }
    }

    fn read(&self, path: &Path) -> Result<Parts, Failure> {
        let wanted = match self.classes {
            Some(classes) => {
                Wanted { classes, of: format!("--classes {classes}"), ..Wanted::anything() }
            }
            None => Wanted::anything(),
        };
        let table = Table::read(path, &wanted)?;
        let classes = self.classes.unwrap_or_else(|| table.classes());
        check_classes(&path.display().to_string(), table.labels.iter().copied())?;
        match &self.test_file {
            Some(test) => self.with_test_file(path, &table, test, classes),
            None => self.split(path, &table, classes),
        }
    }

    /// The whole of one file to train on, another one to test on.
    fn with_test_file(
        &self,
        path: &Path,
        table: &Table,
        test: &Path,
        classes: usize,
    ) -> Result<Parts, Failure> {
        let wanted = Wanted {
            columns: Some(table.features + 1),
            like: path.display().to_string(),
            classes,
            of: match self.classes {
                Some(classes) => format!("--classes {classes}"),
                None => format!("the classes of {}", path.display()),
            },
            ..Wanted::anything()
        };
        let test = Table::read(test, &wanted)?;
        Ok(Parts { train: dataset(table, classes)?, test: dataset(&test, classes)? })
    }

    /// One file in two parts.
    fn split(&self, path: &Path, table: &Table, classes: usize) -> Result<Parts, Failure> {
        let (m, share) = (table.examples(), self.test_share);
        let test = (share * m as f64).round() as usize;
        let order = RandomState::new(self.split_seed).permutation(m);
        let (first, last) = order.split_at(m.saturating_sub(test));
        let part = |what: &str, numbers: &[usize]| match numbers.len() {
            0 => Err(Failure::Settings(format!(
                "--test-share {share}: expected at least one example to {what}, got none of the \
                 {m} of {}",
                path.display()
            ))),
            _ => Ok(()),
        };
        part("train on", first)?;
        part("test on", last)?;
        let whose = format!("the training part of {}", path.display());
        check_classes(&whose, first.iter().map(|example| table.labels[*example]))?;
        let all = dataset(table, classes)?;
        Ok(Parts { train: all.select(first)?, test: all.select(last)? })
    }
}

/// Refuses examples that are all of one class.
fn check_classes(whose: &str, mut labels: impl Iterator<Item = usize>) -> Result<(), Failure> {
    match labels.next() {
        Some(one) if labels.all(|label| label == one) => Err(Failure::Settings(format!(
            "{whose}: expected examples of at least two classes, got the label {one} only"
        ))),
        _ => Ok(()),
    }
}

fn dataset(table: &Table, classes: usize) -> Result<Dataset, Error> {
    let Table { features, x, labels } = table;
    let x = Array2::from_shape_fn((*features, labels.len()), |(feature, example)| {
        x[example * features + feature]
    });
    let y = Array2::from_shape_fn((1, labels.len()), |(_, example)| labels[example] as f64);
    Dataset::with_classes(x, y, classes)
}
