//! The library live in the page: what a reader can set, what is trained, and what is drawn.
//!
//! A technique's widget is one module. It says what [controls](control) it has, and makes of their [settings] a
//! [widget] that takes steps and says what to draw. The page knows nothing of networks: it shows controls, passes on what is
//! typed, and draws [pictures](picture). The same code runs in the tests and, compiled to WebAssembly, in the page.

pub mod bias_variance;
pub mod contours;
pub mod control;
pub mod dropout;
pub mod early_stopping;
pub mod gradient_check;
pub mod gradient_flow;
pub mod initialization;
pub mod l2;
pub mod normalization;
mod number;
pub mod picture;
pub mod settings;
pub mod training;
#[cfg(target_arch = "wasm32")]
mod wasm;
pub mod widget;

pub use settings::Refusal;
pub use widget::Live;

use widget::Entry;

/// Every widget of the book.
const ENTRIES: &[Entry] = &[
    initialization::ENTRY,
    normalization::ENTRY,
    gradient_flow::ENTRY,
    gradient_check::ENTRY,
    bias_variance::ENTRY,
    l2::ENTRY,
    dropout::ENTRY,
    early_stopping::ENTRY,
];

/// The names of all widgets.
pub fn names() -> impl Iterator<Item = &'static str> {
    ENTRIES.iter().map(|entry| entry.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::Kind;

    #[test]
    fn every_slider_comes_to_its_end() {
        for entry in ENTRIES {
            for control in (entry.controls)() {
                let Kind::Range {
                    min,
                    max,
                    step,
                    log,
                    ..
                } = control.kind
                else {
                    continue;
                };
                let length = if log {
                    libm::log10(max / min)
                } else {
                    max - min
                };
                let steps = length / step;
                // Decades and their parts are not exact in binary.
                assert!(
                    (steps - steps.round()).abs() < 1e-9,
                    "{}: {steps} steps of {}",
                    entry.name,
                    control.id
                );
            }
        }
    }

    #[test]
    fn every_example_is_another_state_of_its_widget() {
        for entry in ENTRIES {
            let begins = Live::open(entry.name, "").unwrap().settings().to_string();
            for example in entry.examples {
                let mut live = Live::open(entry.name, example.settings).unwrap();
                assert_ne!(live.settings().to_string(), begins, "{}", example.label);
                live.advance(20).unwrap();
                live.widget().picture().unwrap();
            }
        }
    }
}
