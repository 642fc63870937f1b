//! One widget on its way: what has been set, and what has come of it.

use serde::Serialize;

use crate::chapters::ENTRIES;
use crate::control::Control;
use crate::picture::Picture;
use crate::settings::{Refusal, Settings};

/// What a widget does, between two settings that start it anew.
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

    /// Takes settings of which only those have changed that do not start it anew.
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

/// A widget with its settings.
pub struct Live {
    entry: Entry,
    controls: Vec<Control>,
    settings: Settings,
    widget: Box<dyn Widget>,
}

impl Live {
    /// Opens the widget `name` with settings as they stand in an address.
    ///
    /// # Errors
    /// A [`Refusal`] for a name that no widget has, and for settings that are not taken.
    pub fn open(name: &str, settings: &str) -> Result<Self, Refusal> {
        let entry = entry(name)?;
        let controls = (entry.controls)();
        let settings = Settings::parse(&controls, settings)?;
        let widget = (entry.open)(&settings)?;
        Ok(Self {
            entry,
            controls,
            settings,
            widget,
        })
    }

    /// What is set.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What can be set.
    pub fn controls(&self) -> &[Control] {
        &self.controls
    }

    /// The widget.
    pub fn widget(&self) -> &dyn Widget {
        &*self.widget
    }

    /// Takes steps; says whether more can follow.
    ///
    /// # Errors
    /// What cannot be computed.
    pub fn advance(&mut self, steps: usize) -> Result<bool, Refusal> {
        self.widget.advance(steps)
    }

    /// Sets one control; a run that this starts anew has taken no step.
    ///
    /// # Errors
    /// A [`Refusal`] for what is not taken; nothing is changed then.
    pub fn set(&mut self, id: &str, value: &str) -> Result<(), Refusal> {
        let mut settings = self.settings.clone();
        settings.set(&self.controls, id, value)?;
        let live = self
            .controls
            .iter()
            .any(|control| control.id == id && !control.restarts);
        match live {
            true => self.widget.change(&settings)?,
            false => self.widget = (self.entry.open)(&settings)?,
        }
        self.settings = settings;
        Ok(())
    }
}

/// The kind of widget of this name.
///
/// # Errors
/// A [`Refusal`] that names those there are.
pub fn entry(name: &str) -> Result<Entry, Refusal> {
    let found = ENTRIES.iter().find(|entry| entry.name == name);
    found.copied().ok_or_else(|| {
        let names: Vec<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
        Refusal {
            control: None,
            message: format!(
                "expected a widget, one of {}, got “{name}”",
                names.join(", ")
            ),
        }
    })
}
