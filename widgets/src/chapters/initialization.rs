//! Initialization: a network from whatever start you set, as it trains.

use ndarray::ArrayView1;
use trainable::prelude::*;

use crate::control::{Choice, Control, Kind};
use crate::picture::{Axes, Histogram, Picture, Shape, percent, short};
use crate::settings::{Refusal, Settings};
use crate::training::LiveTraining;
use crate::widget::{Entry, Example, Widget};

/// The initialization widget.
pub const ENTRY: Entry = Entry {
    name: "initialization",
    title: "Initialization",
    idea: "Begin with all equal and press Play: the units of the first layer move as one. From \
           zeros, with ReLU or tanh, they do not move at all. Then find the largest scale from \
           which He still learns.",
    examples: &[
        Example::new("All equal", "scheme=equal"),
        Example::new("Ten times too large", "scheme=gaussian&scale=10"),
        Example::new(
            "Twelve layers of tanh, half of Xavier",
            "scheme=xavier&scale=0.5&depth=12&activation=tanh",
        ),
    ],
    controls,
    speed: Some(1_000),
    open,
};

const SCHEMES: &[Choice] = &[
    Choice::new("he", "He"),
    Choice::new("xavier", "Xavier"),
    Choice::new("gaussian", "Gaussian, one scale for all"),
    Choice::new("zeros", "Zeros"),
    Choice::new("equal", "All one half"),
];
/// What all weights and biases are that begin as equal ones, as in the chapter.
const EQUAL: f64 = 0.5;
/// Units of a hidden layer, and of the last of them, as in the course.
const UNITS: (usize, usize) = (10, 5);
const BINS: usize = 24;

fn controls() -> Vec<Control> {
    let scheme = Kind::Choice {
        options: SCHEMES,
        default: "he",
    };
    let scale = Kind::Range {
        min: 0.001,
        max: 100.0,
        step: 0.05,
        log: true,
        default: 1.0,
    };
    let depth = Kind::Integer {
        min: 1,
        max: 12,
        default: 2,
    };
    vec![
        Control::new(
            "scheme",
            "Scheme",
            "What the weights are drawn from.",
            scheme,
        ),
        Control::new(
            "scale",
            "Scale",
            "A factor for every weight; 1 is the scheme as published.",
            scale,
        ),
        Control::new(
            "depth",
            "Hidden layers",
            "Ten units each, five in the last.",
            depth,
        ),
        Control::activation("relu"),
        Control::learning_rate(0.01, 10.0),
        Control::seed(3),
    ]
}

struct Start {
    training: LiveTraining,
}

fn open(settings: &Settings) -> Result<Box<dyn Widget>, Refusal> {
    let network = Network::from_parameters(start(settings)?).with_activation(settings.activation());
    let data = circles(300, 0.05, &mut RandomState::new(1))?;
    let descent = GradientDescent::new(settings.number("rate"));
    let training = LiveTraining::new(network, descent, Penalty::None, data, None)?;
    Ok(Box::new(Start { training }))
}

/// What the network begins with; the biases of every published scheme are zero, so that the scale
/// is that of its weights.
fn start(settings: &Settings) -> Result<Parameters, Error> {
    let scheme = match settings.text("scheme") {
        "zeros" | "equal" => Initialization::Zeros,
        "xavier" => Initialization::Xavier,
        "gaussian" => Initialization::Gaussian(1.0),
        _ => Initialization::He,
    };
    let mut rng = RandomState::new(settings.integer("seed"));
    let sizes = sizes(settings.integer("depth") as usize);
    let mut start = scheme.parameters(&sizes, &mut rng)?;
    let equal = settings.text("scheme") == "equal";
    for number in start.iter_mut() {
        let drawn = if equal { EQUAL } else { *number };
        *number = drawn * settings.number("scale");
    }
    Ok(start)
}

/// Two features, the hidden layers, one output.
fn sizes(depth: usize) -> Vec<usize> {
    let mut sizes = vec![UNITS.0; depth.saturating_sub(1)];
    sizes.insert(0, 2);
    sizes.extend([UNITS.1, 1]);
    sizes
}

impl Widget for Start {
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
        self.draw_activations(&mut picture)?;
        self.draw_units(&mut picture);
        Ok(picture)
    }

    fn says(&self) -> String {
        let training = &self.training;
        if let Some(failure) = training.failure() {
            return failure.to_string();
        }
        let accuracy = training
            .network()
            .accuracy(training.data())
            .unwrap_or(f64::NAN);
        format!(
            "Iteration {}: cost {}, {} of the points right; {}.",
            training.iteration(),
            short(self.number()),
            percent(accuracy),
            alike(&self.first_units())
        )
    }

    fn number(&self) -> f64 {
        self.training.cost().unwrap_or(f64::NAN)
    }
}

impl Start {
    /// The weights of each unit of the first layer.
    fn first_units(&self) -> Vec<(f64, f64)> {
        let layers = self.training.network().parameters().layers();
        let first = layers.iter().take(1);
        let pair = |row: ArrayView1<'_, f64>| (row[0], row[1]);
        first
            .flat_map(|layer| layer.w.rows().into_iter().map(pair))
            .collect()
    }

    /// How the activations of each hidden layer are spread, over all examples.
    fn draw_activations(&self, picture: &mut Picture) -> Result<(), Refusal> {
        let training = &self.training;
        let layers = training.network().activations(training.data().x())?;
        let hidden = layers.len().saturating_sub(1);
        let mut histograms = Vec::new();
        for (index, layer) in layers.iter().take(hidden).enumerate() {
            let min = layer.iter().copied().fold(0.0, f64::min);
            let max = layer.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
            let place = picture.keep(counts(layer.iter().copied(), min, max));
            histograms.push(Histogram {
                label: format!("layer {}", index + 1),
                min,
                max,
                place,
            });
        }
        let says = format!(
            "How the activations of the {hidden} hidden layers are spread over all points."
        );
        picture.add(
            "Activations",
            says,
            Shape::Histograms { layers: histograms },
        );
        Ok(())
    }

    /// Each unit of the first layer as a point in the plane of its two weights.
    fn draw_units(&self, picture: &mut Picture) {
        let units = self.first_units();
        let numbers = units.iter().flat_map(|(w1, w2)| [w1.abs(), w2.abs()]);
        let most = 1.1 * numbers.fold(0.1, f64::max);
        let says = format!(
            "Each unit of the first layer by its two weights: {}.",
            alike(&units)
        );
        let points = picture.series("units", "he", units).mark("points");
        let shape = Shape::Chart {
            x: Axes::new("weight of x₁", -most, most),
            y: Axes::new("weight of x₂", -most, most),
            series: vec![points],
            rules: Vec::new(),
            equal: true,
        };
        picture.add("Units of the first layer", says, shape);
    }
}

/// How many numbers fall into each of the bins from `min` to `max`.
fn counts(numbers: impl Iterator<Item = f64>, min: f64, max: f64) -> Vec<f64> {
    let mut counts = vec![0.0; BINS];
    for number in numbers {
        let bin = (number - min) / (max - min) * BINS as f64;
        // A cast of what is below 0 or not a number gives 0.
        counts[(bin as usize).min(BINS - 1)] += 1.0;
    }
    counts
}

/// How many of the units are equal.
fn alike(units: &[(f64, f64)]) -> String {
    let all = units.len();
    match distinct(units) {
        1 => format!("all {all} units of the first layer are equal"),
        kinds if kinds == all => format!("no two of the {all} units of the first layer are equal"),
        kinds => format!("the {all} units of the first layer are of {kinds} kinds"),
    }
}

fn distinct(units: &[(f64, f64)]) -> usize {
    let mut bits: Vec<(u64, u64)> = units
        .iter()
        .map(|(w1, w2)| (w1.to_bits(), w2.to_bits()))
        .collect();
    bits.sort_unstable();
    bits.dedup();
    bits.len()
}

#[cfg(test)]
mod tests {
    use crate::live::Live;
    use crate::picture::Shape;

    /// The bits of a widget's number after so many steps, taken `by` at a time.
    fn bits(settings: &str, steps: usize, by: usize) -> u64 {
        let mut live = Live::open("initialization", settings).unwrap();
        while live.widget().iteration() < steps {
            let left = steps - live.widget().iteration();
            live.advance(by.min(left)).unwrap();
        }
        live.widget().number().to_bits()
    }

    #[test]
    fn as_it_opens_it_is_the_courses_run() {
        let cost = f64::from_bits(bits("", 1_000, 1_000));
        assert!((cost - 0.687_982_591_972_806_3).abs() < 1e-12, "{cost}");
    }

    #[test]
    fn the_way_to_a_step_does_not_matter() {
        assert_eq!(
            bits("scheme=xavier", 1_234, 1),
            bits("scheme=xavier", 1_234, 77)
        );
        let picture = |by: usize| {
            let mut live = Live::open("initialization", "rate=0.5").unwrap();
            for _ in 0..1_500 / by {
                live.advance(by).unwrap();
            }
            live.widget().picture().unwrap()
        };
        assert_eq!(picture(3), picture(500));
    }

    #[test]
    fn units_that_begin_as_equals_move_as_one_or_not_at_all() {
        let units = |live: &Live| {
            let picture = live.widget().picture().unwrap();
            let Shape::Chart { series, .. } = &picture.panels[3].shape else {
                panic!("no chart");
            };
            let place = series[0].place;
            picture.numbers[place.at..place.at + place.count].to_vec()
        };
        for (scheme, moves) in [("equal", true), ("zeros", false)] {
            let mut live = Live::open("initialization", &format!("scheme={scheme}")).unwrap();
            let before = units(&live);
            live.advance(500).unwrap();
            assert_eq!(units(&live) != before, moves, "{scheme}");
            let says = live.widget().says();
            assert!(
                says.contains("all 10 units of the first layer are equal"),
                "{says}"
            );
        }
        let he = Live::open("initialization", "").unwrap().widget().says();
        assert!(
            he.contains("no two of the 10 units of the first layer are equal"),
            "{he}"
        );
    }

    #[test]
    fn a_run_that_diverges_ends_and_says_so() {
        let settings = "scheme=gaussian&scale=100&depth=12&rate=10&activation=relu";
        let mut live = Live::open("initialization", settings).unwrap();
        assert!(!live.advance(20_000).unwrap());
        let says = live.widget().says();
        assert!(says.contains("finite"), "{says}");
        live.widget().picture().unwrap();
    }

    #[test]
    fn every_corner_of_the_controls_can_be_drawn() {
        for settings in [
            "depth=1",
            "depth=12&activation=sigmoid",
            "depth=12&scale=100",
            "scale=0.001&activation=tanh",
            "scheme=zeros&scale=100",
            "seed=4294967295&rate=10",
        ] {
            let mut live = Live::open("initialization", settings).unwrap();
            live.advance(50).unwrap();
            let picture = live.widget().picture().unwrap();
            assert_eq!(picture.panels.len(), 4, "{settings}");
        }
    }
}
