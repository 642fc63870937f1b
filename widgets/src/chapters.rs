//! The widgets, one for each chapter that has one, and one line here.

use crate::widget::Entry;

pub mod bias_variance;
pub mod dropout;
pub mod early_stopping;
pub mod gradient_check;
pub mod gradient_flow;
pub mod initialization;
pub mod l2;
pub mod normalization;

// The build script lists the entries of the modules above.
include!(concat!(env!("OUT_DIR"), "/entries.rs"));

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::ENTRIES;
    use crate::control::Kind;
    use crate::live::Live;

    /// The book's press knows the widgets by their files.
    #[test]
    fn each_file_of_the_folder_is_the_widget_of_its_name() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/chapters");
        let files: BTreeSet<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let names: BTreeSet<String> = ENTRIES.iter().map(|entry| entry.name.to_owned()).collect();
        assert_eq!(names, files);
        assert_eq!(names.len(), ENTRIES.len());
    }

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
