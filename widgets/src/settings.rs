//! What a reader has set, as text that can stand in an address: `scheme=he&scale=1&seed=3`.

use serde::Serialize;
use trainable::activation::Activation;

use crate::control::Control;
use crate::number;

/// Why something that was typed, or an address, is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The control it was meant for, if there is one.
    pub control: Option<String>,
    /// What was expected, and what came.
    pub message: String,
}

impl From<trainable::error::Error> for Refusal {
    fn from(error: trainable::error::Error) -> Self {
        Self {
            control: None,
            message: error.to_string(),
        }
    }
}

/// A value for each control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    values: Vec<(&'static str, String)>,
}

impl Settings {
    /// Reads `id=value` pairs with `&` between them; what is missing is what the control begins
    /// with.
    ///
    /// # Errors
    /// A [`Refusal`] for a name that no control has, or a value outside its range.
    pub fn parse(controls: &[Control], text: &str) -> Result<Self, Refusal> {
        let defaults = controls
            .iter()
            .map(|control| (control.id, control.kind.default()));
        let mut settings = Self {
            values: defaults.collect(),
        };
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (id, value) = pair.split_once('=').unwrap_or((pair, ""));
            settings.set(controls, id, value)?;
        }
        Ok(settings)
    }

    /// Sets one control.
    ///
    /// # Errors
    /// As [`parse`](Self::parse); nothing is changed then.
    pub fn set(&mut self, controls: &[Control], id: &str, value: &str) -> Result<(), Refusal> {
        let control = controls.iter().find(|control| control.id == id);
        let control = control.ok_or_else(|| {
            let known: Vec<&str> = controls.iter().map(|control| control.id).collect();
            Refusal {
                control: None,
                message: format!("expected one of {}, got “{}”", known.join(", "), short(id)),
            }
        })?;
        let canonical = control.kind.canonical(value).map_err(|expected| Refusal {
            control: Some(control.id.to_owned()),
            message: format!(
                "{}: expected {expected}, got “{}”",
                control.label,
                short(value)
            ),
        })?;
        for (known, value) in &mut self.values {
            if *known == control.id {
                value.clone_from(&canonical);
            }
        }
        Ok(())
    }

    /// The value of a control, as it stands in an address; nothing for a name that no control has.
    pub fn text(&self, id: &str) -> &str {
        let found = self.values.iter().find(|(known, _)| *known == id);
        found.map_or("", |(_, value)| value)
    }

    /// The number of a range; not a number for a name that no range has.
    pub fn number(&self, id: &str) -> f64 {
        number::parse(self.text(id)).unwrap_or(f64::NAN)
    }

    /// The whole number of a control; 0 for a name that none has.
    pub fn integer(&self, id: &str) -> u32 {
        self.text(id).parse().unwrap_or(0)
    }

    /// What [`Control::activation`] or [`Control::activation_or_none`] is set to.
    pub fn activation(&self) -> Activation {
        match self.text("activation") {
            "tanh" => Activation::Tanh,
            "sigmoid" => Activation::Sigmoid,
            "identity" => Activation::Identity,
            _ => Activation::Relu,
        }
    }

    /// Whether a switch is on.
    pub fn on(&self, id: &str) -> bool {
        self.text(id) == "on"
    }
}

impl std::fmt::Display for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, (id, value)) in self.values.iter().enumerate() {
            let separator = if index == 0 { "" } else { "&" };
            write!(f, "{separator}{id}={value}")?;
        }
        Ok(())
    }
}

/// The beginning of what may be long.
fn short(text: &str) -> String {
    const MOST: usize = 40;
    match text.chars().count() > MOST {
        true => text.chars().take(MOST).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::{Choice, Kind};

    fn controls() -> [Control; 4] {
        const SCHEMES: &[Choice] = &[
            Choice {
                value: "he",
                label: "He",
            },
            Choice {
                value: "zeros",
                label: "Zeros",
            },
        ];
        let choice = Kind::Choice {
            options: SCHEMES,
            default: "he",
        };
        let off = Kind::Switch { default: "off" };
        [
            Control::new("scheme", "Scheme", "", choice),
            Control::learning_rate(0.01, 10.0),
            Control::seed(3),
            Control::new("left_on", "Left on", "", off),
        ]
    }

    #[test]
    fn what_is_missing_has_its_default() {
        let settings = Settings::parse(&controls(), "scheme=zeros&seed=7").unwrap();
        assert_eq!(
            settings.to_string(),
            "scheme=zeros&rate=0.01&seed=7&left_on=off"
        );
        assert_eq!(settings.number("rate"), 0.01);
        assert_eq!(settings.integer("seed"), 7);
        assert!(!settings.on("left_on"));
    }

    #[test]
    fn its_own_text_is_the_same_settings() {
        let settings = Settings::parse(&controls(), "rate=0.30000000000000004").unwrap();
        assert_eq!(
            Settings::parse(&controls(), &settings.to_string()),
            Ok(settings)
        );
    }

    #[test]
    fn small_numbers_stand_as_powers_of_ten() {
        let step = Kind::Range {
            min: 1e-14,
            max: 1.0,
            step: 0.25,
            log: true,
            default: 1e-7,
        };
        let controls = [Control::new("step", "Step", "", step)];
        let settings = |text: &str| Settings::parse(&controls, text);
        assert_eq!(settings("").unwrap().to_string(), "step=1e-7");
        assert_eq!(
            settings("step=0.00000025").unwrap().to_string(),
            "step=2.5e-7"
        );
        assert_eq!(settings("step=2.5e-7").unwrap().number("step"), 2.5e-7);
        assert_eq!(settings("step=0.001").unwrap().to_string(), "step=0.001");
        let refusal = settings("step=0").unwrap_err().message;
        assert!(
            refusal.contains("a number from 1e-14 to 1, got"),
            "{refusal}"
        );
    }

    #[test]
    fn nonsense_is_refused_with_what_was_expected() {
        for (text, control, message) in [
            (
                "rate=NaN",
                Some("rate"),
                "Learning rate: expected a number from 0.001 to 10, got “NaN”",
            ),
            ("rate=1e99", Some("rate"), "got “1e99”"),
            ("rate=", Some("rate"), "got “”"),
            (
                "seed=-1",
                Some("seed"),
                "Seed: expected a whole number from 0 to 4294967295, got “-1”",
            ),
            ("seed=1.5", Some("seed"), "got “1.5”"),
            (
                "scheme=hee",
                Some("scheme"),
                "Scheme: expected one of he, zeros, got “hee”",
            ),
            ("left_on=yes", Some("left_on"), "expected on or off"),
            (
                "lambda=3",
                None,
                "expected one of scheme, rate, seed, left_on, got “lambda”",
            ),
            ("garbage", None, "got “garbage”"),
        ] {
            let refusal = Settings::parse(&controls(), text).unwrap_err();
            assert_eq!(refusal.control.as_deref(), control, "{text}");
            assert!(refusal.message.contains(message), "{text}: {refusal:?}");
        }
        let long = Settings::parse(&controls(), &format!("seed={}", "9".repeat(1_000)));
        assert!(long.unwrap_err().message.len() < 150);
    }
}
