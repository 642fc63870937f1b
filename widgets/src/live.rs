//! A widget on its way: what has been set, and what has come of it.

use crate::chapters::ENTRIES;
use crate::control::Control;
use crate::settings::{Refusal, Settings};
use crate::widget::{Entry, Widget};

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

    /// Sets one control; a run that this starts again has taken no step.
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
