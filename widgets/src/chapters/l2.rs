//! L2 regularization: a network that is charged for its weights, or not, and what becomes of them.

use trainable::prelude::*;

use crate::control::{Choice, Control, Kind};
use crate::measured::{MeasuredTraining, Scores};
use crate::picture::{Axes, Picture, Rule, percent, short};
use crate::settings::{Refusal, Settings};
use crate::training::{LiveTraining, top};
use crate::widget::{Entry, Example, Widget};

/// The L2 widget.
pub const ENTRY: Entry = Entry {
    name: "l2",
    title: "L2 regularization",
    idea: "Press Play without a penalty, and then with L2: which border is closer to the diagonal? \
           Then find the λ from which on nothing is left of the weights.",
    examples: &[
        Example::new("No penalty", "penalty=none"),
        Example::new("Too much", "lambda=30"),
        Example::new("L1", "penalty=l1&lambda=0.3"),
    ],
    controls,
    speed: Some(1_000),
    open,
};

const PENALTIES: &[Choice] = &[
    Choice::new("none", "none"),
    Choice::new("l2", "L2, the squares"),
    Choice::new("l1", "L1, the sizes"),
];
/// The layer sizes of the regularization assignment.
const SIZES: [usize; 4] = [2, 20, 3, 1];
/// Examples of the dev set, enough to tell about a point.
const EXAMPLES: usize = 2_000;
/// The dev set is measured so rarely that the steps in between take longer.
const EVERY: usize = 20;
/// How the lines of the layers are told apart.
const LINES: [(&str, &str); 3] = [("he", "solid"), ("xavier", "long"), ("large", "short")];

fn controls() -> Vec<Control> {
    let penalty = Kind::Choice {
        options: PENALTIES,
        default: "l2",
    };
    let lambda = Kind::Range {
        min: 0.01,
        max: 100.0,
        step: 0.05,
        log: true,
        default: 0.7,
    };
    let noise = Kind::Range {
        min: 0.0,
        max: 0.3,
        step: 0.01,
        log: false,
        default: 0.08,
    };
    vec![
        Control::new(
            "penalty",
            "Penalty",
            "What of the weights is added to the cost; “none” is λ = 0.",
            penalty,
        ),
        Control::new("lambda", "λ", "How much the penalty counts.", lambda),
        Control::learning_rate(0.3, 10.0),
        Control::examples(211),
        Control::new(
            "noise",
            "Noise",
            "How far the teams mix across the diagonal.",
            noise,
        ),
        Control::seed(2),
    ]
}

struct Penalized {
    run: MeasuredTraining<Measured>,
    penalty: Penalty,
    /// The share of the dev set that the true border gets right.
    border: f64,
}

/// What is measured on the way.
#[derive(Clone)]
struct Measured {
    scores: Scores,
    /// The Frobenius norm of each layer's weights.
    norms: Vec<f64>,
}

fn open(settings: &Settings) -> Result<Box<dyn Widget>, Refusal> {
    Ok(Box::new(Penalized::open(settings)?))
}

fn penalty(settings: &Settings) -> Penalty {
    let lambda = settings.number("lambda");
    match settings.text("penalty") {
        "l2" => Penalty::L2 { lambda },
        "l1" => Penalty::L1 { lambda },
        _ => Penalty::None,
    }
}

/// The share of the examples that the diagonal, from which the labels were drawn, gets right.
fn border(data: &Dataset) -> f64 {
    let (x, labels) = (data.x(), data.y());
    let examples = x.columns().into_iter().zip(labels);
    let right = examples.filter(|(x, label)| (x[1] > x[0]) == (**label == 1.0));
    right.count() as f64 / data.examples() as f64
}

/// The Frobenius norm of each layer's weights.
fn norms(network: &Network) -> impl Iterator<Item = f64> {
    let layers = network.parameters().layers().iter();
    layers.map(|layer| layer.w.iter().map(|w| w * w).sum::<f64>().sqrt())
}

impl Penalized {
    fn open(settings: &Settings) -> Result<Self, Refusal> {
        let (noise, seed) = (settings.number("noise"), settings.integer("seed"));
        let generator = |after| RandomState::new(seed.wrapping_add(after));
        let examples = settings.integer("examples") as usize;
        let data = football(examples, noise, &mut generator(0))?;
        let dev = football(EXAMPLES, noise, &mut generator(1_000))?;
        let network = Network::new(&SIZES, Initialization::Xavier, &mut generator(1))?;
        let (descent, penalty) = (
            GradientDescent::new(settings.number("rate")),
            penalty(settings),
        );
        let border = border(&dev);
        let training = LiveTraining::new(network, descent, penalty, data, None)?;
        let training = training.keeping_every(EVERY);
        let run = MeasuredTraining::new(training, move |training| {
            Ok(Measured {
                scores: Scores::of(training.network(), training.data(), &dev)?,
                norms: norms(training.network()).collect(),
            })
        })?;
        Ok(Self {
            run,
            penalty,
            border,
        })
    }

    fn training(&self) -> &LiveTraining {
        self.run.training()
    }

    fn scores(&self) -> Scores {
        self.run.now().scores
    }

    fn squares(&self) -> f64 {
        self.run.now().norms.iter().map(|norm| norm * norm).sum()
    }

    /// What the penalty charges for, and how much there is of it.
    fn sum(&self) -> (&'static str, f64) {
        match self.penalty {
            Penalty::L1 { .. } => {
                let layers = self.training().network().parameters().layers();
                (
                    "sizes",
                    layers
                        .iter()
                        .map(|layer| layer.w.mapv(f64::abs).sum())
                        .sum(),
                )
            }
            _ => ("squares", self.squares()),
        }
    }

    /// One of the scores against the iteration.
    fn line(&self, score: fn(&Scores) -> f64) -> Vec<(f64, f64)> {
        self.run.line(|measured| score(&measured.scores))
    }

    /// The cost that training lowers, and its part that the data have.
    fn draw_costs(&self, picture: &mut Picture) {
        let train = self.line(|scores| scores.train_cost);
        let dev = self.line(|scores| scores.dev_cost);
        let mut whole: Vec<(f64, f64)> = self.training().curve().iter().map(costs).collect();
        whole.push((self.iteration() as f64, self.number()));
        let top = top(whole.iter().chain(&dev));
        let mut series = Vec::new();
        if self.penalty != Penalty::None {
            series.push(
                picture
                    .series("train + penalty", "he", whole)
                    .dash("one-dot"),
            );
        }
        series.push(picture.series("train", "train", train));
        series.push(picture.series("dev", "dev", dev).dash("long"));
        let y = Axes::new("cost", 0.0, top);
        let shape = self.training().over_iterations(y, series, Vec::new());
        picture.add("Cost", self.charged(), shape);
    }

    fn draw_norms(&self, picture: &mut Picture) {
        let norms = &self.run.now().norms;
        let line = |layer: usize| self.run.line(|measured| measured.norms[layer]);
        let lines: Vec<Vec<(f64, f64)>> = (0..norms.len()).map(line).collect();
        let top = top(lines.iter().flatten());
        let named = lines.into_iter().zip(LINES).enumerate();
        let series = named.map(|(index, (line, (role, dash)))| {
            let name = format!("layer {}", index + 1);
            picture.series(&name, role, line).dash(dash)
        });
        let series = series.collect();
        let sizes: Vec<String> = norms.iter().map(|norm| short(*norm)).collect();
        let says = format!(
            "The norm of each layer’s weights against the iteration. Now: {}.",
            sizes.join(", ")
        );
        let y = Axes::new("norm of the weights", 0.0, top);
        let shape = self.training().over_iterations(y, series, Vec::new());
        picture.add("Size of the weights", says, shape);
    }

    fn charged(&self) -> String {
        let (what, sum) = self.sum();
        let cost = short(self.number());
        let charge = match self.penalty {
            Penalty::None => format!("and cost nothing; the cost is {cost}"),
            penalty => {
                let parameters = self.training().network().parameters();
                let share = penalty.cost(parameters, self.training().data().examples());
                let share = short(share.unwrap_or(f64::NAN));
                format!("which costs {share} of {cost}")
            }
        };
        format!(
            "The {what} of the weights add up to {}, {charge}.",
            short(sum)
        )
    }
}

fn costs(costs: &crate::training::Costs) -> (f64, f64) {
    (costs.iteration as f64, costs.train)
}

impl Widget for Penalized {
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
        let accuracies = [
            self.line(|scores| scores.train_accuracy),
            self.line(|scores| scores.dev_accuracy),
        ];
        let border = Rule::new("y", 100.0 * self.border, "true border");
        self.training()
            .draw_accuracies(&mut picture, accuracies, vec![border]);
        self.draw_costs(&mut picture);
        self.draw_norms(&mut picture);
        Ok(picture)
    }

    fn says(&self) -> String {
        if let Some(failure) = self.training().failure() {
            return failure.to_string();
        }
        format!(
            "Iteration {}: {} of the training points right, and {} of {EXAMPLES} dev points; the \
             true border gets {} of those right. {}",
            self.iteration(),
            percent(self.scores().train_accuracy),
            percent(self.scores().dev_accuracy),
            percent(self.border),
            self.charged()
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
    use crate::picture::Shape;

    fn after(settings: &str, steps: usize) -> Penalized {
        let settings = Settings::parse(&controls(), settings).unwrap();
        let mut penalized = Penalized::open(&settings).unwrap();
        penalized.advance(steps).unwrap();
        penalized
    }

    /// Both panels of `overfitting` in lab/src/chapters/l2.rs.
    #[test]
    fn as_it_opens_and_without_a_penalty_it_is_the_chapters_two_networks() {
        const STEPS: usize = 20_000;
        let data = football(211, 0.08, &mut RandomState::new(2)).unwrap();
        let runs = [
            ("penalty=none", Penalty::None),
            ("", Penalty::L2 { lambda: 0.7 }),
        ];
        let [free, held] = runs.map(|(settings, penalty)| {
            let scheme = Initialization::Xavier;
            let mut network =
                Network::new(&[2, 20, 3, 1], scheme, &mut RandomState::new(3)).unwrap();
            let descent = GradientDescent::new(0.3).penalty(penalty).iterations(STEPS);
            descent.train(&mut network, &data).unwrap();
            let penalized = after(settings, STEPS);
            assert_eq!(*penalized.training().network(), network);
            let accuracy = network.accuracy(&data).unwrap();
            assert_eq!(penalized.scores().train_accuracy, accuracy);
            penalized
        });
        assert!(held.squares() < free.squares() / 4.0);
        let (held, free) = (held.scores(), free.scores());
        assert!(held.train_accuracy < free.train_accuracy);
        assert!(held.dev_accuracy > free.dev_accuracy);
    }

    #[test]
    fn a_strong_penalty_leaves_nothing_of_the_weights() {
        let lost = after("lambda=70", 5_000);
        assert!(lost.squares() < 1e-3, "{}", lost.says());
        assert!(lost.scores().dev_accuracy < 0.6);
    }

    #[test]
    fn the_penalty_is_the_difference_of_two_costs() {
        for settings in ["penalty=none", "lambda=3", "penalty=l1&lambda=3"] {
            let penalized = after(settings, 300);
            let parameters = penalized.training().network().parameters();
            let expected = penalized.penalty.cost(parameters, 211).unwrap();
            let apart = penalized.number() - penalized.scores().train_cost;
            assert!((apart - expected).abs() < 1e-12, "{settings}: {apart}");
        }
    }

    #[test]
    fn the_cost_of_training_has_a_line_only_where_there_is_a_penalty() {
        let lines = |settings: &str| {
            let picture = after(settings, 0).picture().unwrap();
            match &picture.panels[2].shape {
                Shape::Chart { series, .. } => series.len(),
                other => panic!("expected a chart, got {other:?}"),
            }
        };
        assert_eq!((lines(""), lines("penalty=none")), (3, 2));
    }

    #[test]
    fn the_way_to_a_step_does_not_matter() {
        let run = |by: usize| {
            let mut live = Live::open("l2", "examples=40").unwrap();
            for _ in 0..700 / by {
                live.advance(by).unwrap();
            }
            live.widget().picture().unwrap().bits()
        };
        let whole = run(700);
        assert!(run(1) == whole && run(7) == whole);
    }

    #[test]
    fn a_run_that_diverges_ends_and_says_so() {
        let mut live = Live::open("l2", "rate=10&lambda=100&examples=20").unwrap();
        assert!(!live.advance(20_000).unwrap());
        let says = live.widget().says();
        assert!(says.contains("no longer finite"), "{says}");
        live.widget().picture().unwrap();
    }

    #[test]
    fn every_corner_of_the_controls_can_be_drawn() {
        for penalty in ["none", "l1", "l2"] {
            for more in [
                "lambda=0.01&rate=0.001&examples=20&noise=0",
                "lambda=100&rate=10&examples=1000&noise=0.3&seed=4294967295",
                "lambda=100&examples=20&noise=0.3&seed=0",
            ] {
                let penalized = after(&format!("penalty={penalty}&{more}"), 100);
                assert_eq!(penalized.picture().unwrap().panels.len(), 4);
                assert!(!penalized.says().contains("NaN"), "{}", penalized.says());
            }
        }
    }
}
