//! TITLE: a network as it trains, at the learning rate that you set.

use trainable::prelude::*;

use crate::control::Control;
use crate::picture::{Picture, percent, short};
use crate::settings::{Refusal, Settings};
use crate::training::LiveTraining;
use crate::widget::{Entry, Example, Widget};

/// The widget.
pub const ENTRY: Entry = Entry {
    name: "NAME",
    title: "TITLE",
    idea: "Press Play, then try a learning rate that is too large.",
    examples: &[Example::new("A large rate", "rate=5")],
    controls,
    speed: Some(100),
    open,
};

fn controls() -> Vec<Control> {
    vec![Control::learning_rate(0.5, 10.0), Control::seed(1)]
}

struct Run {
    training: LiveTraining,
}

fn open(settings: &Settings) -> Result<Box<dyn Widget>, Refusal> {
    let seed = settings.integer("seed");
    let data = circles(100, 0.05, &mut RandomState::new(seed))?;
    let he = Initialization::He;
    let network = Network::new(&[2, 5, 1], he, &mut RandomState::new(seed))?;
    let descent = GradientDescent::new(settings.number("rate"));
    let training = LiveTraining::new(network, descent, Penalty::None, data, None)?;
    Ok(Box::new(Run { training }))
}

impl Widget for Run {
    fn advance(&mut self, steps: usize) -> Result<bool, Refusal> {
        self.training.advance(steps)
    }

    fn iteration(&self) -> usize {
        self.training.iteration()
    }

    fn picture(&self) -> Result<Picture, Refusal> {
        let (network, data) = (self.training.network(), self.training.data());
        let mut picture = Picture::default();
        picture.boundary(self.says(), network, data, None)?;
        self.training.draw_costs(&mut picture, Vec::new());
        Ok(picture)
    }

    fn says(&self) -> String {
        if let Some(failure) = self.training.failure() {
            return failure.to_string();
        }
        let accuracy = self.training.network().accuracy(self.training.data());
        format!(
            "Iteration {}: cost {}, {} of the points right.",
            self.iteration(),
            short(self.number()),
            percent(accuracy.unwrap_or(f64::NAN))
        )
    }

    fn number(&self) -> f64 {
        self.training.cost().unwrap_or(f64::NAN)
    }
}
