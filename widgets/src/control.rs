//! What a reader can set.

use serde::Serialize;

use crate::number;

/// Something that a reader can set.
#[derive(Debug, Clone, Serialize)]
pub struct Control {
    /// Its name in an address.
    pub id: &'static str,
    /// Its name on the page.
    pub label: &'static str,
    /// What it does, in a sentence.
    pub help: &'static str,
    /// What it takes.
    #[serde(flatten)]
    pub kind: Kind,
    /// Whether a change starts the run anew.
    pub restarts: bool,
}

/// What a control takes, and what it begins with.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Kind {
    /// One of several.
    Choice {
        /// What there is to choose from.
        options: &'static [Choice],
        /// The value that it begins with.
        default: &'static str,
    },
    /// A number in a range, ends included.
    Range {
        /// The least.
        min: f64,
        /// The greatest.
        max: f64,
        /// The distance of a slider's steps; on a logarithmic one in decades.
        step: f64,
        /// Whether the slider is logarithmic.
        log: bool,
        /// The number that it begins with.
        default: f64,
    },
    /// A whole number in a range, ends included.
    Integer {
        /// The least.
        min: u32,
        /// The greatest.
        max: u32,
        /// The number that it begins with.
        default: u32,
    },
    /// On or off.
    Switch {
        /// `on` or `off`.
        default: &'static str,
    },
}

/// One of several values.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Choice {
    /// Its name in an address.
    pub value: &'static str,
    /// Its name on the page.
    pub label: &'static str,
}

const ACTIVATIONS: &[Choice] = &[
    Choice::new("relu", "ReLU"),
    Choice::new("tanh", "tanh"),
    Choice::new("sigmoid", "sigmoid"),
    Choice::new("identity", "none: g(z) = z"),
];
/// How many of them bend.
const BENT: usize = 3;

impl Choice {
    /// A value by its two names.
    pub const fn new(value: &'static str, label: &'static str) -> Self {
        Self { value, label }
    }
}

impl Control {
    /// A control whose changes start the run anew.
    pub fn new(id: &'static str, label: &'static str, help: &'static str, kind: Kind) -> Self {
        Self {
            id,
            label,
            help,
            kind,
            restarts: true,
        }
    }

    /// The same, but a change goes into the run as it is.
    pub fn live(self) -> Self {
        Self {
            restarts: false,
            ..self
        }
    }

    /// The seed of a generator.
    pub fn seed(default: u32) -> Self {
        let help = "The seed of the random numbers: the same seed is the same run.";
        let kind = Kind::Integer {
            min: 0,
            max: u32::MAX,
            default,
        };
        Self::new("seed", "Seed", help, kind)
    }

    /// The number of training examples.
    pub fn examples(default: u32) -> Self {
        let help = "The size of the training set.";
        let kind = Kind::Integer {
            min: 20,
            max: 1_000,
            default,
        };
        Self::new("examples", "Examples", help, kind)
    }

    /// The activation function of the hidden layers.
    pub fn activation(default: &'static str) -> Self {
        Self::activation_of(&ACTIVATIONS[..BENT], default)
    }

    /// The activation function of the hidden layers, or none.
    pub fn activation_or_none(default: &'static str) -> Self {
        Self::activation_of(ACTIVATIONS, default)
    }

    fn activation_of(options: &'static [Choice], default: &'static str) -> Self {
        let help = "What hidden units do with their sum.";
        let kind = Kind::Choice { options, default };
        Self::new("activation", "Activation", help, kind)
    }

    /// The learning rate of gradient descent, on a logarithmic slider.
    pub fn learning_rate(default: f64, max: f64) -> Self {
        let help = "How far each step goes against the gradient.";
        let kind = Kind::Range {
            min: 0.001,
            max,
            step: 0.05,
            log: true,
            default,
        };
        Self::new("rate", "Learning rate", help, kind)
    }
}

impl Kind {
    /// What the control begins with, as in an address.
    pub(crate) fn default(&self) -> String {
        match self {
            Self::Choice { default, .. } | Self::Switch { default } => (*default).to_owned(),
            Self::Range { default, .. } => written(*default),
            Self::Integer { default, .. } => default.to_string(),
        }
    }

    /// A value as it stands in an address, or what was expected instead.
    pub(crate) fn canonical(&self, value: &str) -> Result<String, String> {
        let value = value.trim();
        let canonical = match self {
            Self::Choice { options, .. } => {
                let known = options.iter().find(|option| option.value == value);
                known.map(|option| option.value.to_owned())
            }
            Self::Range { min, max, .. } => {
                let number = number::parse(value);
                let inside = number.filter(|number| (min..=max).contains(&number));
                inside.map(written)
            }
            Self::Integer { min, max, .. } => {
                let number = value.parse::<u32>().ok();
                let inside = number.filter(|number| (min..=max).contains(&number));
                inside.map(|number| number.to_string())
            }
            Self::Switch { .. } => matches!(value, "on" | "off").then(|| value.to_owned()),
        };
        canonical.ok_or_else(|| self.expected())
    }

    fn expected(&self) -> String {
        match self {
            Self::Choice { options, .. } => {
                let values: Vec<&str> = options.iter().map(|option| option.value).collect();
                format!("one of {}", values.join(", "))
            }
            Self::Range { min, max, .. } => {
                format!("a number from {} to {}", written(*min), written(*max))
            }
            Self::Integer { min, max, .. } => format!("a whole number from {min} to {max}"),
            Self::Switch { .. } => "on or off".to_owned(),
        }
    }
}

/// A number in as few digits as tell it from all others, without a long row of zeros.
fn written(number: f64) -> String {
    match number != 0.0 && number.abs() < 1e-4 {
        true => format!("{number:e}"),
        false => number.to_string(),
    }
}
