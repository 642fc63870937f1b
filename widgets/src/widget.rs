//! What a widget is: its controls, its steps, and what is drawn and said of it.

use serde::Serialize;

use crate::control::Control;
use crate::picture::Picture;
use crate::settings::{Refusal, Settings};

/// What a widget does, between two settings that start it again.
pub trait Widget {
    /// Takes steps; says whether more can follow.
    ///
    /// # Errors
    /// What cannot be computed.
    fn advance(&mut self, _steps: usize) -> Result<bool, Refusal> {
        Ok(false)
    }

    /// The steps taken.
    fn iteration(&self) -> usize {
        0
    }

    /// Takes settings of which only those have changed that do not start it again.
    ///
    /// # Errors
    /// What cannot be computed.
    fn change(&mut self, _settings: &Settings) -> Result<(), Refusal> {
        Ok(())
    }

    /// What is to be drawn.
    ///
    /// # Errors
    /// What cannot be computed.
    fn picture(&self) -> Result<Picture, Refusal>;

    /// What is to be seen, in a sentence or two.
    fn says(&self) -> String;

    /// The number by which two runs are compared, the cost where there is one.
    fn number(&self) -> f64;
}

/// A kind of widget: its controls, and how one begins.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Its name, the technique's.
    pub name: &'static str,
    /// What stands above it.
    pub title: &'static str,
    /// What a reader could try, in a sentence or two.
    pub idea: &'static str,
    /// Settings that are worth a look.
    pub examples: &'static [Example],
    /// What can be set.
    pub controls: fn() -> Vec<Control>,
    /// The steps a second with which it begins to run, one of the page's: 10, 100, 1,000 or 10,000.
    /// None for one that takes no steps, and answers to its controls alone.
    pub speed: Option<u32>,
    /// One that has taken no step.
    pub open: fn(&Settings) -> Result<Box<dyn Widget>, Refusal>,
}

/// Settings that are worth a look.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Example {
    /// What they are, in a few words.
    pub label: &'static str,
    /// What differs from how the widget begins, as in an address.
    pub settings: &'static str,
}

impl Example {
    /// Settings by what they are.
    pub const fn new(label: &'static str, settings: &'static str) -> Self {
        Self { label, settings }
    }
}
