//! Dropout: a network whose units sit out now and then, as it trains.

use ndarray::{Array2, ArrayView2};
use trainable::dropout::masks;
use trainable::output::sigmoid;
use trainable::prelude::*;

use crate::control::{Choice, Control, Kind};
use crate::measured::{MeasuredTraining, Scores};
use crate::picture::{Axes, Picture, Shape, percent, short};
use crate::settings::{Refusal, Settings};
use crate::training::{LiveTraining, top};
use crate::widget::{Entry, Example, Widget};

/// The dropout widget.
pub const ENTRY: Entry = Entry {
    name: "dropout",
    title: "Dropout",
    idea: "Press Play, pause, and leave dropout on: the border is another one at every step. Then \
           freeze the masks: the same units sit out from the first step to the last.",
    examples: &[
        Example::new("Left on", "left_on=on"),
        Example::new("Half of the units", "keep1=0.5&keep2=0.5"),
        Example::new("Frozen masks", "masks=frozen"),
    ],
    controls,
    speed: Some(1_000),
    open,
};

const MASKS: &[Choice] = &[
    Choice::new("fresh", "fresh at every step"),
    Choice::new("frozen", "frozen, as in the course’s notebook"),
];
/// The layer sizes of the regularization assignment.
const SIZES: [usize; 4] = [2, 20, 3, 1];
/// Its number of examples.
const EXAMPLES: usize = 211;
/// How far the teams mix across the diagonal.
const NOISE: f64 = 0.08;
/// Examples of the dev set, enough to tell about a point.
const DEV: usize = 1_000;
/// The dev set is measured so rarely that the steps in between take longer.
const EVERY: usize = 40;
/// The seed of the masks that are drawn where dropout is left on.
const LEFT_ON: u32 = 2_077;

fn controls() -> Vec<Control> {
    let masks = Kind::Choice {
        options: MASKS,
        default: "fresh",
    };
    let left_on = Kind::Switch { default: "off" };
    let example = Kind::Integer {
        min: 1,
        max: EXAMPLES as u32,
        default: 1,
    };
    vec![
        keep(
            "keep1",
            "Keep, layer of 20",
            "The probability that a unit of the first hidden layer takes part; 1 drops none.",
        ),
        keep(
            "keep2",
            "Keep, layer of 3",
            "The probability that a unit of the second hidden layer takes part; 1 drops none.",
        ),
        Control::new(
            "masks",
            "Masks",
            "Drawn anew at every step, or once for the whole training.",
            masks,
        ),
        Control::learning_rate(0.3, 10.0),
        Control::seed(2),
        Control::new(
            "left_on",
            "Dropout left on",
            "Measure and draw with units dropped out by fresh masks. The training is the same.",
            left_on,
        )
        .live(),
        Control::new(
            "example",
            "Example shown",
            "The training example whose thinned network is drawn.",
            example,
        )
        .live(),
    ]
}

/// The probability that a unit of a layer takes part.
fn keep(id: &'static str, label: &'static str, help: &'static str) -> Control {
    let kind = Kind::Range {
        min: 0.1,
        max: 1.0,
        step: 0.01,
        log: false,
        default: 0.86,
    };
    Control::new(id, label, help, kind)
}

struct Masked {
    run: MeasuredTraining<Measured>,
    dropout: Dropout,
    /// Dropout for whoever asks with it left on, since frozen masks are for the training set alone.
    asked: Objective,
    left_on: bool,
    /// The number of the example shown, from 0.
    example: usize,
}

/// What is measured on the way.
#[derive(Clone)]
struct Measured {
    /// With all units.
    off: Scores,
    /// With dropout left on.
    on: Scores,
    /// The share of the dev set that dropout, left on, answers otherwise.
    changed: f64,
}

fn open(settings: &Settings) -> Result<Box<dyn Widget>, Refusal> {
    Ok(Box::new(Masked::open(settings)?))
}

fn dropout(frozen: bool, keep: [f64; 2], rng: &mut RandomState) -> Result<Dropout, Error> {
    match frozen {
        true => Dropout::fixed(&keep, masks(&keep, &SIZES, EXAMPLES, rng)?),
        false => Dropout::fresh(&keep, rng),
    }
}

/// The masks of a step.
fn at(step: usize) -> Mode {
    Mode::Training { step }
}

/// The share of examples whose logits have the sign of their labels.
fn right(logits: &Array2<f64>, data: &Dataset) -> f64 {
    let answers = logits.iter().zip(data.y());
    let right = answers.filter(|(z, label)| (**z > 0.0) == (**label == 1.0));
    right.count() as f64 / data.examples() as f64
}

/// Accuracies and costs with all units and with dropout left on, by the masks of the step to come.
fn measure(training: &LiveTraining, asked: &Objective, dev: &Dataset) -> Result<Measured, Error> {
    let (network, train) = (training.network(), training.data());
    let step = at(training.iteration());
    let off = network.logits(dev.x())?;
    let on = asked.logits(network, dev.x(), step)?;
    let changed = off
        .iter()
        .zip(&on)
        .filter(|(off, on)| (**off > 0.0) != (**on > 0.0));
    let changed = changed.count() as f64 / DEV as f64;
    Ok(Measured {
        off: Scores {
            train_accuracy: network.accuracy(train)?,
            dev_accuracy: right(&off, dev),
            train_cost: network.cost(train)?,
            dev_cost: network.cost(dev)?,
        },
        on: Scores {
            train_accuracy: right(&asked.logits(network, train.x(), step)?, train),
            dev_accuracy: right(&on, dev),
            train_cost: asked.cost(network, train, step)?,
            dev_cost: asked.cost(network, dev, step)?,
        },
        changed,
    })
}

impl Masked {
    fn open(settings: &Settings) -> Result<Self, Refusal> {
        let seed = settings.integer("seed");
        let generator = |after| RandomState::new(seed.wrapping_add(after));
        let data = football(EXAMPLES, NOISE, &mut generator(0))?;
        let dev = football(DEV, NOISE, &mut generator(1_000))?;
        let network = Network::new(&SIZES, Initialization::Xavier, &mut generator(1))?;
        let keep = ["keep1", "keep2"].map(|id| settings.number(id));
        let frozen = settings.text("masks") == "frozen";
        let dropout = dropout(frozen, keep, &mut generator(2_001))?;
        let asked = Objective::from(Dropout::fresh(&keep, &mut RandomState::new(LEFT_ON))?);
        let descent = GradientDescent::new(settings.number("rate")).dropout(dropout.clone());
        let training = LiveTraining::new(network, descent, Penalty::None, data, None)?;
        let asking = asked.clone();
        let run = MeasuredTraining::new(training.keeping_every(EVERY), move |training| {
            measure(training, &asking, &dev)
        })?;
        let mut masked = Self {
            run,
            dropout,
            asked,
            left_on: false,
            example: 0,
        };
        masked.change(settings)?;
        Ok(masked)
    }

    fn training(&self) -> &LiveTraining {
        self.run.training()
    }

    /// The scores that are shown: with dropout left on, or with all units.
    fn shown<'m>(&self, measured: &'m Measured) -> &'m Scores {
        match self.left_on {
            true => &measured.on,
            false => &measured.off,
        }
    }

    /// Those of the run as it is now.
    fn scores(&self) -> &Scores {
        self.shown(self.run.now())
    }

    /// One of them against the iteration.
    fn line(&self, score: fn(&Scores) -> f64) -> Vec<(f64, f64)> {
        self.run.line(|measured| score(self.shown(measured)))
    }

    /// The last step, counted from 0; before there is one, the first.
    fn step(&self) -> usize {
        self.iteration().saturating_sub(1)
    }

    /// For each hidden layer, which units were out for the example shown in the last step.
    fn out(&self) -> Result<Vec<Vec<bool>>, Error> {
        let masks = self.dropout.masks(&SIZES, EXAMPLES, self.step())?;
        let column = |mask: &Array2<bool>| mask.column(self.example).map(|taken| !taken).to_vec();
        Ok(masks.iter().map(column).collect())
    }

    /// What the network answers, with dropout left on or with all units.
    fn answer(&self, x: ArrayView2<'_, f64>) -> Result<Array2<f64>, Error> {
        let network = self.training().network();
        match self.left_on {
            true => {
                let logits = self.asked.logits(network, x, at(self.iteration()))?;
                Ok(logits.mapv(sigmoid))
            }
            false => network.probabilities(x),
        }
    }

    fn draw_costs(&self, picture: &mut Picture) {
        let train = self.line(|scores| scores.train_cost);
        let dev = self.line(|scores| scores.dev_cost);
        let top = top(train.iter().chain(&dev));
        let series = vec![
            picture.series("train", "train", train),
            picture.series("dev", "dev", dev).dash("long"),
        ];
        let says = format!(
            "The costs with {}: {} on the training set, {} on the dev set at iteration {}.",
            self.asked_how(),
            short(self.scores().train_cost),
            short(self.scores().dev_cost),
            self.iteration()
        );
        let y = Axes::new("cost", 0.0, top);
        let shape = self.training().over_iterations(y, series, Vec::new());
        picture.add("Cost", says, shape);
    }

    /// The network as it is now for the example shown, without the units that sat out in the last
    /// step.
    fn draw_network(&self, picture: &mut Picture) -> Result<(), Error> {
        let (network, x) = (self.training().network(), self.training().data().x());
        let layers =
            Objective::from(self.dropout.clone()).activations(network, x, at(self.step()))?;
        let column = |layer: &Array2<f64>| layer.column(self.example).to_vec();
        let inputs = x.column(self.example).mapv(|x| (x + REACH) / (2.0 * REACH));
        let hidden = layers.iter().take(SIZES.len() - 2);
        let hidden = hidden.flat_map(|layer| shares(column(layer)));
        let output = layers.last().map(column).unwrap_or_default();
        let units = picture.keep(inputs.into_iter().chain(hidden).chain(output));
        let out = self.out()?.into_iter().flatten();
        let out = [false; 2].into_iter().chain(out).chain([false]);
        let dropped = Some(picture.keep(out.map(|out| f64::from(u8::from(out)))));
        let weights = network.parameters().layers().iter();
        let edges = picture.keep(weights.flat_map(|layer| layer.w.iter().copied()));
        let shape = Shape::Network {
            layers: SIZES.to_vec(),
            units,
            dropped,
            edges,
        };
        picture.add("One example’s network", self.sat_out()?, shape);
        Ok(())
    }

    fn sat_out(&self) -> Result<String, Error> {
        let out = self.out()?;
        let counts = out
            .iter()
            .map(|layer| layer.iter().filter(|out| **out).count());
        let parts: Vec<String> = counts
            .zip(&SIZES[1..])
            .map(|(count, units)| format!("{count} of {units}"))
            .collect();
        let when = match self.iteration() {
            0 => "In the first step, example".to_owned(),
            step => format!("In step {step}, example"),
        };
        Ok(format!(
            "{when} {} passes without {} units.",
            self.example + 1,
            parts.join(" and ")
        ))
    }

    fn asked_how(&self) -> &'static str {
        match self.left_on {
            true => "dropout left on",
            false => "all units",
        }
    }
}

/// The pitch reaches this far in each direction.
const REACH: f64 = 0.6;

/// Activations, none below 0, as shares of the greatest.
fn shares(activations: Vec<f64>) -> impl Iterator<Item = f64> {
    let most = activations
        .iter()
        .copied()
        .fold(f64::MIN_POSITIVE, f64::max);
    activations
        .into_iter()
        .map(move |activation| activation / most)
}

impl Widget for Masked {
    fn advance(&mut self, steps: usize) -> Result<bool, Refusal> {
        self.run.advance(steps)
    }

    fn iteration(&self) -> usize {
        self.training().iteration()
    }

    fn change(&mut self, settings: &Settings) -> Result<(), Refusal> {
        self.left_on = settings.on("left_on");
        self.example = (settings.integer("example") as usize).saturating_sub(1);
        Ok(())
    }

    fn picture(&self) -> Result<Picture, Refusal> {
        let mut picture = Picture::default();
        let answer = |x: ArrayView2<'_, f64>| self.answer(x);
        picture.boundary_of(
            "What it predicts",
            self.says(),
            answer,
            self.training().data(),
            None,
        )?;
        self.draw_network(&mut picture)?;
        let accuracies = [
            self.line(|scores| scores.train_accuracy),
            self.line(|scores| scores.dev_accuracy),
        ];
        self.training()
            .draw_accuracies(&mut picture, accuracies, Vec::new());
        self.draw_costs(&mut picture);
        Ok(picture)
    }

    fn says(&self) -> String {
        if let Some(failure) = self.training().failure() {
            return failure.to_string();
        }
        let changed = match self.left_on {
            true => format!(
                " Dropout changes the answer about {} of those.",
                percent(self.run.now().changed)
            ),
            false => String::new(),
        };
        format!(
            "Iteration {}: with {}, {} of the training points right, and {} of {DEV} dev \
             points.{changed} {}",
            self.iteration(),
            self.asked_how(),
            percent(self.scores().train_accuracy),
            percent(self.scores().dev_accuracy),
            self.sat_out().unwrap_or_default()
        )
    }

    fn number(&self) -> f64 {
        self.training().cost().unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Live;

    fn opened(settings: &str) -> Masked {
        let settings = Settings::parse(&controls(), settings).unwrap();
        Masked::open(&settings).unwrap()
    }

    fn after(settings: &str, steps: usize) -> Masked {
        let mut masked = opened(settings);
        masked.advance(steps).unwrap();
        masked
    }

    /// The network of a seed as `start` in lab/src/game.rs makes it, trained with dropout.
    fn trained(dropout: Dropout, steps: usize) -> Network {
        let data = football(211, 0.08, &mut RandomState::new(2)).unwrap();
        let scheme = Initialization::Xavier;
        let mut network = Network::new(&[2, 20, 3, 1], scheme, &mut RandomState::new(3)).unwrap();
        let descent = GradientDescent::new(0.3).dropout(dropout).iterations(steps);
        descent.train(&mut network, &data).unwrap();
        network
    }

    /// The right panel of `dropping` in lab/src/chapters/dropout.rs, and the same with its `frozen_masks`.
    #[test]
    fn as_it_opens_it_is_the_chapters_run_and_with_frozen_masks_its_other_one() {
        const STEPS: usize = 3_000;
        let (keep, sizes) = ([0.86; 2], [2, 20, 3, 1]);
        let fresh = Dropout::fresh(&keep, &mut RandomState::new(2_003)).unwrap();
        let frozen = masks(&keep, &sizes, 211, &mut RandomState::new(2_003)).unwrap();
        let frozen = Dropout::fixed(&keep, frozen).unwrap();
        for (settings, dropout) in [("", fresh), ("masks=frozen", frozen)] {
            let expected = trained(dropout, STEPS);
            assert!(
                *after(settings, STEPS).training().network() == expected,
                "{settings}"
            );
        }
    }

    #[test]
    fn dropout_left_on_asks_as_the_chapter_does_and_leaves_the_run_alone() {
        let (on, off) = (after("left_on=on", 500), after("", 500));
        assert_eq!(on.training().network(), off.training().network());
        let dropout = Dropout::fresh(&[0.86; 2], &mut RandomState::new(2_077)).unwrap();
        let dropout = Objective::from(dropout);
        let dev = football(DEV, 0.08, &mut RandomState::new(1_002)).unwrap();
        let network = on.training().network();
        let answers = dropout.activations(network, dev.x(), at(500)).unwrap();
        let answers = answers[2].mapv(|a| f64::from(a > 0.5));
        let right = answers.iter().zip(dev.y()).filter(|(a, y)| a == y).count();
        let shown = on.scores().dev_accuracy;
        assert_eq!(shown, right as f64 / DEV as f64);
        assert_eq!(off.scores().dev_accuracy, network.accuracy(&dev).unwrap());
        let cost = dropout.cost(network, &dev, at(500)).unwrap();
        assert_eq!(on.scores().dev_cost, cost);
        assert!(on.run.now().changed > 0.0 && on.says().contains("changes the answer"));
    }

    #[test]
    fn a_switch_thrown_on_the_way_gives_the_picture_of_one_thrown_before() {
        let before = after("left_on=on&example=7", 450);
        let mut live = Live::open("dropout", "").unwrap();
        live.advance(450).unwrap();
        live.set("left_on", "on").unwrap();
        live.set("example", "7").unwrap();
        assert_eq!(live.widget().iteration(), 450);
        let picture = live.widget().picture().unwrap();
        assert_eq!(picture.bits(), before.picture().unwrap().bits());
    }

    #[test]
    fn frozen_masks_stay_and_fresh_ones_do_not() {
        for (settings, same) in [("masks=frozen&keep1=0.5", true), ("keep1=0.5", false)] {
            let mut masked = after(settings, 1);
            let first = masked.out().unwrap();
            masked.advance(10).unwrap();
            assert_eq!(masked.out().unwrap() == first, same, "{settings}");
        }
    }

    #[test]
    fn the_drawing_shows_the_units_that_sat_out() {
        let masked = after("keep1=0.5&keep2=0.5&example=3", 20);
        let picture = masked.picture().unwrap();
        let Shape::Network {
            units,
            dropped,
            edges,
            layers,
        } = &picture.panels[1].shape
        else {
            panic!("expected a network, got {picture:?}");
        };
        let numbers = |at: usize, count: usize| &picture.numbers[at..at + count];
        let dropped = dropped.unwrap();
        let (units, dropped) = (
            numbers(units.at, units.count),
            numbers(dropped.at, dropped.count),
        );
        assert_eq!(layers.iter().sum::<usize>(), units.len());
        assert_eq!(
            (units.len(), dropped.len(), edges.count),
            (26, 26, 40 + 60 + 3)
        );
        assert!(units.iter().all(|unit| (0.0..=1.0).contains(unit)));
        let out = dropped.iter().filter(|out| **out == 1.0).count();
        assert!(out > 5 && dropped[..2] == [0.0; 2] && dropped[25] == 0.0);
        let silent = units.iter().zip(dropped).filter(|(_, out)| **out == 1.0);
        assert!(silent.into_iter().all(|(unit, _)| *unit == 0.0));
        let told = masked.sat_out().unwrap();
        assert!(
            told.starts_with("In step 20, example 3 passes without "),
            "{told}"
        );
    }

    #[test]
    fn the_way_to_a_step_does_not_matter() {
        let run = |by: usize| {
            let mut live = Live::open("dropout", "left_on=on&keep1=0.7").unwrap();
            for _ in 0..70 / by {
                live.advance(by).unwrap();
            }
            live.widget().picture().unwrap().bits()
        };
        let whole = run(70);
        assert!(run(1) == whole && run(7) == whole);
    }

    #[test]
    fn every_corner_of_the_controls_can_be_drawn() {
        for keep in [
            "keep1=0.1&keep2=0.1",
            "keep1=1&keep2=1",
            "keep1=0.1&keep2=1",
        ] {
            for more in [
                "masks=frozen&left_on=on&rate=10&example=211",
                "seed=4294967295&rate=0.001&left_on=on",
            ] {
                let mut masked = opened(&format!("{keep}&{more}"));
                assert_eq!(masked.picture().unwrap().panels.len(), 4);
                masked.advance(100).unwrap();
                assert_eq!(masked.picture().unwrap().panels.len(), 4);
                assert!(!masked.says().contains("NaN"), "{}", masked.says());
            }
        }
    }
}
