//! Bias and variance: the errors of a network as it trains, and what they say of it.

use trainable::prelude::*;

use crate::control::{Control, Kind};
use crate::measured::MeasuredTraining;
use crate::picture::{Axes, Picture, Rule, Shape, percent, points};
use crate::settings::{Refusal, Settings};
use crate::training::{LiveTraining, top};
use crate::widget::{Entry, Example, Widget};

/// The bias and variance widget.
pub const ENTRY: Entry = Entry {
    name: "bias_variance",
    title: "Bias and variance",
    idea: "Press Play, and cure the diagnosis: with fewer units, more examples or λ. Then add \
           noise: which part of the dev error does no cure take away?",
    examples: &[
        Example::new("High bias", "width=0"),
        Example::new("High variance", "examples=40"),
        Example::new("Much noise", "flip=0.3"),
    ],
    controls,
    speed: Some(1_000),
    open,
};

/// Examples of the dev set, enough to tell about a point.
const DEV: usize = 2_000;
/// A difference above two percentage points counts as high.
const TOLERANCE: f64 = 0.02;
const RATE: f64 = 0.5;
/// The errors are measured so rarely that the steps in between take longer.
const EVERY: usize = 20;
/// Where the axis of the errors ends unless they are higher, in percent.
const MOST: f64 = 31.5;

fn controls() -> Vec<Control> {
    let width = Kind::Integer {
        min: 0,
        max: 24,
        default: 24,
    };
    let flip = Kind::Range {
        min: 0.0,
        max: 0.3,
        step: 0.01,
        log: false,
        default: 0.1,
    };
    let lambda = Kind::Range {
        min: 0.0,
        max: 1.0,
        step: 0.01,
        log: false,
        default: 0.0,
    };
    vec![
        Control::new(
            "width",
            "Units",
            "In each of two hidden layers; 0 is a single unit in all.",
            width,
        ),
        Control::new(
            "flip",
            "Noise",
            "The probability that a label is flipped, which is the Bayes error.",
            flip,
        ),
        Control::examples(150),
        Control::new(
            "lambda",
            "L2, λ",
            "The penalty on large weights; 0 is none.",
            lambda,
        ),
        Control::seed(2),
    ]
}

struct Errors {
    run: MeasuredTraining<ErrorRates>,
    bayes: f64,
}

fn open(settings: &Settings) -> Result<Box<dyn Widget>, Refusal> {
    Ok(Box::new(Errors::open(settings)?))
}

/// Two features, two hidden layers or none, one output.
fn sizes(width: usize) -> Vec<usize> {
    match width {
        0 => vec![2, 1],
        _ => vec![2, width, width, 1],
    }
}

impl Errors {
    fn open(settings: &Settings) -> Result<Self, Refusal> {
        let bayes = settings.number("flip");
        let seed = settings.integer("seed");
        let generator = |after| RandomState::new(seed.wrapping_add(after));
        let examples = settings.integer("examples") as usize;
        let data = wave(examples, bayes, 0.0, &mut generator(0))?;
        let dev = wave(DEV, bayes, 0.0, &mut generator(1_000))?;
        let sizes = sizes(settings.integer("width") as usize);
        let network = Network::new(&sizes, Initialization::Xavier, &mut generator(1))?
            .with_activation(Activation::Tanh);
        let penalty = Penalty::L2 {
            lambda: settings.number("lambda"),
        };
        let training = LiveTraining::new(network, GradientDescent::new(RATE), penalty, data, None)?;
        let run = MeasuredTraining::new(training.keeping_every(EVERY), move |training| {
            ErrorRates::measure(training.network(), training.data(), &dev, bayes)
        })?;
        Ok(Self { run, bayes })
    }

    fn training(&self) -> &LiveTraining {
        self.run.training()
    }

    /// The errors as they are now.
    fn rates(&self) -> ErrorRates {
        *self.run.now()
    }

    fn diagnosis(&self) -> Diagnosis {
        // The tolerance is a fraction, so there is no error.
        self.rates()
            .diagnose(TOLERANCE)
            .unwrap_or(Diagnosis::Neither)
    }

    fn draw_errors(&self, picture: &mut Picture) {
        let train = self.run.line(|rates| 100.0 * rates.train());
        let dev = self.run.line(|rates| 100.0 * rates.dev());
        let top = top(train.iter().chain(&dev)).max(MOST);
        let series = vec![
            picture.series("training", "train", train),
            picture.series("dev", "dev", dev).dash("long"),
        ];
        let bayes = Rule::new("y", 100.0 * self.bayes, "Bayes error");
        let y = Axes::new("error, %", 0.0, top);
        let shape = self.training().over_iterations(y, series, vec![bayes]);
        let says = format!("Errors against the iteration. Now: {}.", self.told());
        picture.add("Errors", says, shape);
    }

    fn draw_diagnosis(&self, picture: &mut Picture) {
        let rates = self.rates();
        let rows = [
            ("Bayes error", percent(self.bayes)),
            ("training error", percent(rates.train())),
            ("dev error", percent(rates.dev())),
            (
                "avoidable bias, training − Bayes",
                points(rates.avoidable_bias()),
            ),
            ("variance, dev − training", points(rates.variance())),
            ("diagnosis", self.words().to_owned()),
            ("what may help", self.remedies()),
        ];
        let shape = Shape::Table {
            header: ["of this network", ""].map(str::to_owned).to_vec(),
            rows: rows
                .map(|(name, text)| vec![name.to_owned(), text])
                .to_vec(),
        };
        picture.add("Diagnosis", self.advice(), shape);
    }

    fn told(&self) -> String {
        format!(
            "training error {}, dev error {}, Bayes error {}",
            percent(self.rates().train()),
            percent(self.rates().dev()),
            percent(self.bayes)
        )
    }

    fn advice(&self) -> String {
        let (words, remedies) = (self.words(), self.remedies());
        match self.diagnosis() {
            Diagnosis::Neither => format!("Diagnosis: {words}."),
            _ => format!("Diagnosis: {words}; what may help: {remedies}."),
        }
    }

    fn words(&self) -> &'static str {
        match self.diagnosis() {
            Diagnosis::Both => "high bias and high variance",
            Diagnosis::Neither => "neither bias nor variance is high",
            one => one.words(),
        }
    }

    fn remedies(&self) -> String {
        let remedies = self.diagnosis().remedies().iter();
        let words: Vec<&str> = remedies.map(|remedy| remedy.words()).collect();
        match words.is_empty() {
            true => "nothing to mend".to_owned(),
            false => words.join(", "),
        }
    }
}

impl Widget for Errors {
    fn advance(&mut self, steps: usize) -> Result<bool, Refusal> {
        self.run.advance(steps)
    }

    fn iteration(&self) -> usize {
        self.training().iteration()
    }

    fn picture(&self) -> Result<Picture, Refusal> {
        let mut picture = Picture::default();
        let (network, data) = (self.training().network(), self.training().data());
        picture.boundary(self.says(), network, data, None)?;
        self.draw_errors(&mut picture);
        self.draw_diagnosis(&mut picture);
        Ok(picture)
    }

    fn says(&self) -> String {
        if let Some(failure) = self.training().failure() {
            return failure.to_string();
        }
        format!(
            "Iteration {}: {}. {}",
            self.iteration(),
            self.told(),
            self.advice()
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

    fn after(settings: &str, steps: usize) -> Errors {
        let settings = Settings::parse(&controls(), settings).unwrap();
        let mut errors = Errors::open(&settings).unwrap();
        errors.advance(steps).unwrap();
        errors
    }

    /// The right panel of `fits` in lab/src/chapters/bias_variance.rs.
    #[test]
    fn as_it_opens_it_is_the_chapters_overfitting_network() {
        const STEPS: usize = 8_000;
        let data = wave(150, 0.1, 0.0, &mut RandomState::new(2)).unwrap();
        let scheme = Initialization::Xavier;
        let mut network = Network::new(&[2, 24, 24, 1], scheme, &mut RandomState::new(3))
            .unwrap()
            .with_activation(Activation::Tanh);
        let run = GradientDescent::new(0.5).iterations(STEPS);
        run.train(&mut network, &data).unwrap();
        let expected = network.cost(&data).unwrap();
        let errors = after("", STEPS);
        assert_eq!(errors.number().to_bits(), expected.to_bits());
        let told = errors.says();
        let told = told.replace('\u{a0}', " ");
        assert!(
            told.contains("training error 1.3 %, dev error 20.7 %, Bayes error 10.0 %"),
            "{told}"
        );
        assert_eq!(errors.diagnosis(), Diagnosis::HighVariance);
    }

    #[test]
    fn each_of_the_four_diagnoses_can_be_had() {
        for (settings, expected) in [
            ("width=0&flip=0&examples=1000", Diagnosis::HighBias),
            ("width=24&flip=0&examples=50", Diagnosis::HighVariance),
            ("width=0&flip=0&examples=20", Diagnosis::Both),
            ("width=8&flip=0&examples=1000", Diagnosis::Neither),
        ] {
            let errors = after(settings, 2_000);
            assert_eq!(errors.diagnosis(), expected, "{}", errors.says());
        }
    }

    #[test]
    fn a_penalty_takes_back_what_was_learned_by_heart() {
        let [free, held] = ["lambda=0", "lambda=0.2"].map(|lambda| after(lambda, 3_000).rates());
        assert!(
            held.variance() < free.variance() / 2.0,
            "{free:?}, {held:?}"
        );
        assert!(held.dev() < free.dev() && held.train() > free.train());
    }

    #[test]
    fn the_way_to_a_step_does_not_matter() {
        let run = |by: usize| {
            let mut live = Live::open("bias_variance", "width=3&examples=40").unwrap();
            for _ in 0..700 / by {
                live.advance(by).unwrap();
            }
            live.widget().picture().unwrap()
        };
        let whole = run(700);
        assert_eq!(run(1), whole);
        assert_eq!(run(7), whole);
    }

    #[test]
    fn every_corner_of_the_controls_can_be_drawn() {
        for width in ["0", "1", "24"] {
            for more in [
                "flip=0&examples=20&lambda=1",
                "flip=0.3&examples=1000&seed=4294967295",
            ] {
                let mut errors = after(&format!("width={width}&{more}"), 0);
                assert_eq!(errors.picture().unwrap().panels.len(), 3);
                errors.advance(20).unwrap();
                assert_eq!(errors.picture().unwrap().panels.len(), 3);
            }
        }
    }
}
