//! Vanishing and exploding gradients: how large activations and gradients are in each layer of a
//! deep network.

use ndarray::{Array1, Array2};
use trainable::gradient_flow::LayerFlow;
use trainable::prelude::*;

use crate::control::{Choice, Control, Kind};
use crate::picture::{Axes, Picture, Place, Series, Shape, short};
use crate::settings::{Refusal, Settings};
use crate::widget::{Entry, Example, Widget};

/// The gradient flow widget.
pub const ENTRY: Entry = Entry {
    name: "gradient_flow",
    title: "Gradient flow",
    idea: "Move the scale away from 1, first with many layers and then with few. Which activation \
           leaves you the most room?",
    examples: &[
        Example::new("A tenth too large", "scale=1.1"),
        Example::new("Sigmoid", "weights=xavier&activation=sigmoid"),
        Example::new(
            "The lecture’s 1.5",
            "weights=identity&scale=1.5&activation=identity",
        ),
    ],
    controls,
    speed: None,
    open,
};

const WEIGHTS: &[Choice] = &[
    Choice::new("he", "He"),
    Choice::new("xavier", "Xavier"),
    Choice::new("identity", "identity matrices, as in the lecture"),
];
/// What a logarithmic axis shows at least, so that a level line looks level, and at most.
const SHOWN: (f64, f64) = (1e-3, 1e3);
const REACH: (f64, f64) = (1e-300, 1e300);

fn controls() -> Vec<Control> {
    let weights = Kind::Choice {
        options: WEIGHTS,
        default: "he",
    };
    let scale = Kind::Range {
        min: 0.5,
        max: 2.0,
        step: 0.01,
        log: false,
        default: 1.0,
    };
    let integer = |max, default| Kind::Integer {
        min: 1,
        max,
        default,
    };
    vec![
        Control::new(
            "weights",
            "Weights",
            "What the weights are drawn from; the identity's input is all ones.",
            weights,
        ),
        Control::new(
            "scale",
            "Scale",
            "A factor for every weight; 1 is the scheme as published.",
            scale,
        )
        .live(),
        Control::activation_or_none("relu").live(),
        Control::new(
            "depth",
            "Hidden layers",
            "Before the output layer.",
            integer(150, 150),
        ),
        Control::new(
            "width",
            "Units",
            "In each hidden layer, and features of the input.",
            integer(100, 100),
        ),
        Control::seed(1),
    ]
}

struct Flow {
    /// Weights of scale 1.
    start: Parameters,
    input: Array2<f64>,
    scale: f64,
    /// By layer, the output layer last.
    layers: Vec<LayerFlow>,
}

fn open(settings: &Settings) -> Result<Box<dyn Widget>, Refusal> {
    let width = settings.integer("width") as usize;
    let mut sizes = vec![width; settings.integer("depth") as usize + 1];
    sizes.push(1);
    let seed = settings.integer("seed");
    let rng = &mut RandomState::new(seed);
    let (start, input) = match settings.text("weights") {
        "identity" => (identities(&sizes)?, Array2::ones((width, 1))),
        "xavier" => (
            Initialization::Xavier.parameters(&sizes, rng)?,
            normal_input(width, seed),
        ),
        _ => (
            Initialization::He.parameters(&sizes, rng)?,
            normal_input(width, seed),
        ),
    };
    let mut flow = Flow {
        start,
        input,
        scale: 1.0,
        layers: Vec::new(),
    };
    flow.change(settings)?;
    Ok(Box::new(flow))
}

/// Weight matrices with ones on the diagonal.
fn identities(sizes: &[usize]) -> Result<Parameters, Error> {
    let layers = sizes.windows(2).map(|pair| Layer {
        w: Array2::from_shape_fn((pair[1], pair[0]), |(unit, input)| {
            f64::from(u8::from(unit == input))
        }),
        b: Array1::zeros(pair[1]),
    });
    Parameters::new(layers.collect())
}

/// A standard normal example, from a generator of its own.
fn normal_input(features: usize, seed: u32) -> Array2<f64> {
    let mut rng = RandomState::new(seed.wrapping_add(1_000));
    Array2::from_shape_simple_fn((features, 1), || rng.randn())
}

/// The flow of one example, whose label is the class that the network does not predict: an error to
/// send back.
fn flow_of(network: &Network, input: &Array2<f64>) -> Result<Vec<LayerFlow>, Error> {
    let label = network.predict(input.view())?.mapv(|class| 1.0 - class);
    gradient_flow(network, &Dataset::new(input.clone(), label)?)
}

impl Widget for Flow {
    fn change(&mut self, settings: &Settings) -> Result<(), Refusal> {
        let scale = settings.number("scale");
        let mut scaled = self.start.clone();
        scaled.iter_mut().for_each(|weight| *weight *= scale);
        let network = Network::from_parameters(scaled).with_activation(settings.activation());
        self.layers = flow_of(&network, &self.input)?;
        self.scale = scale;
        Ok(())
    }

    fn picture(&self) -> Result<Picture, Refusal> {
        let mut picture = Picture::default();
        let forward = vec![self.series(&mut picture, "A", "he", |layer| layer.activations)];
        let says = format!(
            "Root mean square of the activations against the layer, logarithmic. {}",
            self.forward()
        );
        self.draw(&mut picture, "Activations, forward", says, forward);
        let backward = vec![
            self.series(&mut picture, "dZ", "large", |layer| layer.biases),
            self.series(&mut picture, "dW", "xavier", |layer| layer.weights)
                .dash("long"),
        ];
        let says = format!(
            "Root mean square of the errors dZ and of the weights’ gradients dW against the layer, \
             logarithmic. {}",
            self.backward()
        );
        self.draw(&mut picture, "Gradients, backward", says, backward);
        Ok(picture)
    }

    fn says(&self) -> String {
        format!("{} {}", self.forward(), self.backward())
    }

    /// The error of the first layer.
    fn number(&self) -> f64 {
        self.layers.first().map_or(f64::NAN, |layer| layer.biases)
    }
}

impl Flow {
    fn hidden(&self) -> &[LayerFlow] {
        self.layers.split_last().map_or(&[], |(_, hidden)| hidden)
    }

    /// A size in the first and in the last hidden layer.
    fn ends(&self, size: fn(&LayerFlow) -> f64) -> [f64; 2] {
        let hidden = self.hidden();
        [hidden.first(), hidden.last()].map(|layer| layer.map_or(f64::NAN, size))
    }

    fn forward(&self) -> String {
        let [first, last] = self.ends(|layer| layer.activations);
        format!(
            "With the weights times {}, activations are {} in the first layer and {} in layer {}.",
            short(self.scale),
            short(first),
            short(last),
            self.hidden().len()
        )
    }

    fn backward(&self) -> String {
        let [first, last] = self.ends(|layer| layer.biases);
        let [first_weights, last_weights] = self.ends(|layer| layer.weights);
        format!(
            "On the way back the error goes from {} in layer {} to {} in the first, and the \
             gradient of the weights from {} to {}.",
            short(last),
            self.hidden().len(),
            short(first),
            short(last_weights),
            short(first_weights)
        )
    }

    /// A size by hidden layer; a logarithmic axis has no place for 0.
    fn series(
        &self,
        picture: &mut Picture,
        label: &str,
        role: &'static str,
        size: fn(&LayerFlow) -> f64,
    ) -> Series {
        let layers = self.hidden().iter().map(size).enumerate();
        let points = layers.map(|(index, size)| {
            let shown = if size > 0.0 { size } else { f64::NAN };
            (index as f64 + 1.0, shown)
        });
        picture.series(label, role, points)
    }

    fn draw(&self, picture: &mut Picture, title: &str, says: String, series: Vec<Series>) {
        let numbers = series.iter().flat_map(|series| {
            let Place { at, count } = series.place;
            picture.numbers[at..at + count]
                .chunks(2)
                .map(|pair| pair[1])
        });
        let (min, max) = numbers.fold(SHOWN, |(min, max), number| {
            // Not a number is neither.
            (min.min(number / 3.0), max.max(3.0 * number))
        });
        let shape = Shape::Chart {
            x: Axes::new("layer", 1.0, self.hidden().len().max(2) as f64),
            y: Axes::log("root mean square", min.max(REACH.0), max.min(REACH.1)),
            series,
            rules: Vec::new(),
            equal: false,
        };
        picture.add(title, says, shape);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Live;

    fn flow(settings: &str) -> Live {
        Live::open("gradient_flow", settings).unwrap()
    }

    /// The sizes of one of the lines: its panel and its place there.
    fn line(live: &Live, panel: usize, series: usize) -> Vec<f64> {
        let picture = live.widget().picture().unwrap();
        let Shape::Chart { series: all, .. } = &picture.panels[panel].shape else {
            panic!("no chart");
        };
        let Place { at, count } = all[series].place;
        let pairs = picture.numbers[at..at + count].chunks(2);
        pairs.map(|pair| pair[1]).collect()
    }

    /// The first of the runs behind `layer_flow` in lab/src/chapters/gradient_flow.rs.
    #[test]
    fn as_it_opens_it_is_the_chapters_network() {
        let sizes = [vec![100; 151], vec![1]].concat();
        let mut rng = RandomState::new(1);
        let network = Network::new(&sizes, Initialization::He, &mut rng).unwrap();
        let mut rng = RandomState::new(1_001);
        let x = Array2::from_shape_simple_fn((100, 1), || rng.randn());
        let data = Dataset::new(x, Array2::zeros((1, 1))).unwrap();
        let expected = gradient_flow(&network, &data).unwrap();
        let live = flow("");
        assert_eq!(
            live.widget().number().to_bits(),
            expected[0].biases.to_bits()
        );
        let expected: Vec<f64> = expected[..150].iter().map(|l| l.activations).collect();
        assert_eq!(line(&live, 0, 0), expected);
    }

    #[test]
    fn the_lectures_layers_are_powers_of_their_weight() {
        for c in [1.5, 0.5] {
            let live = flow(&format!("weights=identity&activation=identity&scale={c}"));
            let mut power = 1.0;
            for activations in line(&live, 0, 0) {
                power *= c;
                assert_eq!(activations, power);
            }
        }
    }

    #[test]
    fn with_relu_a_factor_of_the_weights_is_a_factor_of_every_layer() {
        let (one, two) = (flow(""), flow("scale=2"));
        let mut power = 1.0;
        for (one, two) in line(&one, 0, 0).into_iter().zip(line(&two, 0, 0)) {
            // Twice as much has the same digits.
            power *= 2.0;
            assert_eq!(two, power * one);
        }
        assert!(line(&two, 1, 0)[0] > 1e40);
    }

    #[test]
    fn tanh_holds_the_activations_while_the_errors_explode_and_sigmoid_lets_them_vanish() {
        let tanh = flow("activation=tanh&scale=2");
        assert!(line(&tanh, 0, 0).iter().all(|a| (0.5..1.0).contains(a)));
        assert!(line(&tanh, 1, 0)[0] > 1e10);
        assert!(line(&flow("activation=sigmoid"), 1, 0)[0] < 1e-60);
    }

    #[test]
    fn a_change_in_place_is_a_new_beginning() {
        let mut live = flow("");
        live.set("scale", "1.3").unwrap();
        live.set("activation", "tanh").unwrap();
        let anew = flow("scale=1.3&activation=tanh");
        assert_eq!(
            live.widget().picture().unwrap(),
            anew.widget().picture().unwrap()
        );
        assert_eq!(live.widget().says(), anew.widget().says());
    }

    #[test]
    fn every_corner_of_the_controls_can_be_drawn() {
        for weights in ["he", "xavier", "identity"] {
            for size in [
                "depth=1&width=1",
                "depth=150&width=1",
                "depth=1",
                "depth=150",
            ] {
                let mut live = flow(&format!("weights={weights}&{size}&seed=4294967295"));
                for activation in ["relu", "tanh", "sigmoid", "identity"] {
                    live.set("activation", activation).unwrap();
                    for scale in ["0.5", "2"] {
                        live.set("scale", scale).unwrap();
                        check_axes(&live.widget().picture().unwrap());
                    }
                }
            }
        }
    }

    fn check_axes(picture: &Picture) {
        for panel in &picture.panels {
            let Shape::Chart { x, y, .. } = &panel.shape else {
                panic!("no chart");
            };
            assert!(x.min < x.max, "{x:?}");
            assert!(y.min > 0.0 && y.min < y.max && y.max.is_finite(), "{y:?}");
        }
    }
}
