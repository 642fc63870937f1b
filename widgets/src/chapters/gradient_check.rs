//! Gradient checking: how far to step, and a bug of your own to be found.

use ndarray::{Array1, Array2, array};
use trainable::gradient_check::{Agreement, PartReport, relative_difference};
use trainable::prelude::*;

use crate::control::{Choice, Control, Kind};
use crate::picture::{Axes, Picture, Rule, Shape, short};
use crate::settings::{Refusal, Settings};
use crate::widget::{Entry, Example, Widget};

/// The gradient check widget.
pub const ENTRY: Entry = Entry {
    name: "gradient_check",
    title: "Gradient checking",
    idea: "Set the factor to 1.01 and look for the steps that find this bug. Then take one side \
           only.",
    examples: &[
        Example::new("A bug of one percent", "factor=1.01"),
        Example::new("Too small a step", "step=1e-11"),
        Example::new("One-sided", "difference=one"),
    ],
    controls,
    speed: None,
    open,
};

const DIFFERENCES: &[Choice] = &[
    Choice::new("two", "two-sided"),
    Choice::new("one", "one-sided"),
];
/// In the order of a report's parts.
const PARTS: &[Choice] = &[
    Choice::new("dW1", "dW1"),
    Choice::new("db1", "db1"),
    Choice::new("dW2", "dW2"),
    Choice::new("db2", "db2"),
    Choice::new("dW3", "dW3"),
    Choice::new("db3", "db3"),
];
/// The curve's steps go down from 1 in quarters of a decade, to 1e-14.
const STEPS: usize = 4 * 14 + 1;
/// Where the curve's axis begins: no network gets below.
const LOWEST: f64 = 1e-12;
/// A part whose difference is so many times the others' stands out.
const STANDS_OUT: f64 = 10.0;

fn controls() -> Vec<Control> {
    let step = Kind::Range {
        min: 1e-14,
        max: 1.0,
        step: 0.25,
        log: true,
        default: 1e-7,
    };
    let difference = Kind::Choice {
        options: DIFFERENCES,
        default: "two",
    };
    let [part, factor] = bug_controls();
    vec![
        Control::new(
            "step",
            "Step ε",
            "How far each parameter is moved to see the cost’s slope.",
            step,
        )
        .live(),
        Control::new(
            "difference",
            "Difference",
            "Whether each parameter is moved to both sides or to one.",
            difference,
        )
        .live(),
        part,
        factor,
        Control::activation("relu"),
        Control::seed(1),
    ]
}

/// Where the bug is, and how large.
fn bug_controls() -> [Control; 2] {
    let part = Kind::Choice {
        options: PARTS,
        default: "dW2",
    };
    let factor = Kind::Range {
        min: 0.5,
        max: 2.0,
        step: 0.01,
        log: false,
        default: 1.0,
    };
    [
        Control::new(
            "part",
            "Plant a bug in",
            "The part of the gradient that the factor spoils.",
            part,
        )
        .live(),
        Control::new(
            "factor",
            "Factor",
            "What backpropagation’s result is multiplied by there; 1 is no bug.",
            factor,
        )
        .live(),
    ]
}

struct Check {
    network: Network,
    data: Dataset,
    /// Backpropagation's.
    right: Parameters,
    difference: Difference,
    /// The numerical gradient at each step of the curve.
    slopes: Vec<(f64, Parameters)>,
    bug: Bug,
    step: f64,
    /// The right gradient with the bug.
    checked: Parameters,
    report: GradientReport,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Bug {
    /// Of [`PARTS`].
    part: usize,
    factor: f64,
}

impl Bug {
    fn new(settings: &Settings) -> Self {
        let part = settings.text("part");
        let place = PARTS.iter().position(|known| known.value == part);
        Self {
            part: place.unwrap_or(0),
            factor: settings.number("factor"),
        }
    }

    fn name(self) -> &'static str {
        PARTS[self.part].label
    }

    fn plant(self, gradient: &Parameters) -> Result<Parameters, Error> {
        let mut layers = gradient.layers().to_vec();
        let layer = &mut layers[self.part / 2];
        match self.part % 2 {
            0 => layer.w *= self.factor,
            _ => layer.b *= self.factor,
        }
        Parameters::new(layers)
    }
}

fn open(settings: &Settings) -> Result<Box<dyn Widget>, Refusal> {
    Ok(Box::new(Check::open(settings)?))
}

/// The network of the course's assignment and its three examples.
fn assignment(activation: Activation, rng: &mut RandomState) -> Result<(Network, Dataset), Error> {
    let mut draw = |rows, columns| Array2::from_shape_simple_fn((rows, columns), || rng.randn());
    let x = draw(4, 3);
    let layers = [(5, 4), (3, 5), (1, 3)].map(|(units, inputs)| Layer {
        w: draw(units, inputs),
        b: Array1::from_iter(draw(units, 1)),
    });
    let network = Network::from_parameters(Parameters::new(layers.to_vec())?);
    let data = Dataset::new(x, array![[1.0, 1.0, 0.0]])?;
    Ok((network.with_activation(activation), data))
}

/// The network's cost as a function of its parameters.
fn cost_of<'a>(
    network: &Network,
    data: &'a Dataset,
) -> impl FnMut(&Parameters) -> Result<f64, Error> + 'a {
    let mut moved = network.clone();
    move |parameters| {
        moved.set_parameters(parameters.clone())?;
        moved.cost(data)
    }
}

/// The numerical gradient at each step of the curve.
fn slopes(
    network: &Network,
    data: &Dataset,
    difference: Difference,
) -> Result<Vec<(f64, Parameters)>, Error> {
    let quarter = 10.0_f64.sqrt().sqrt();
    let steps = std::iter::successors(Some(1.0), |step| Some(step / quarter));
    let gradient = |step: f64| {
        let check = GradientCheck::new(step).difference(difference);
        let slopes = check.numerical_gradient(network.parameters(), cost_of(network, data))?;
        Ok((step, slopes))
    };
    steps.take(STEPS).map(gradient).collect()
}

fn difference_of(settings: &Settings) -> Difference {
    match settings.text("difference") {
        "one" => Difference::OneSided,
        _ => Difference::TwoSided,
    }
}

impl Check {
    fn open(settings: &Settings) -> Result<Self, Refusal> {
        let mut rng = RandomState::new(settings.integer("seed"));
        let (network, data) = assignment(settings.activation(), &mut rng)?;
        let right = network.gradients(&data)?;
        let (difference, step) = (difference_of(settings), settings.number("step"));
        let bug = Bug::new(settings);
        let checked = bug.plant(&right)?;
        Ok(Self {
            slopes: slopes(&network, &data, difference)?,
            report: report(&network, &data, difference, step, &checked)?,
            network,
            data,
            right,
            difference,
            bug,
            step,
            checked,
        })
    }

    /// The relative difference of a gradient at each step; a logarithmic axis has no place for 0.
    fn curve(&self, gradient: &Parameters) -> Vec<(f64, f64)> {
        let gradient = gradient.to_theta().to_vec();
        let points = self.slopes.iter().map(|(step, slopes)| {
            let apart = relative_difference(&gradient, &slopes.to_theta().to_vec());
            (*step, if apart > 0.0 { apart } else { f64::NAN })
        });
        points.collect()
    }

    /// Whether there is anything to find: a factor changes nothing where all derivatives are 0.
    fn is_wrong(&self) -> bool {
        self.checked != self.right
    }

    /// The planted part's report, and the largest relative difference of the others.
    fn planted(&self) -> (&PartReport, f64) {
        let parts = self.report.parts();
        let others = parts.iter().enumerate();
        let others = others.filter(|(index, _)| *index != self.bug.part);
        let most = others.map(|(_, part)| part.relative_difference);
        (&parts[self.bug.part], most.fold(0.0, f64::max))
    }

    fn verdict(&self) -> String {
        let (part, others) = self.planted();
        let Bug { factor, .. } = self.bug;
        let name = self.bug.name();
        if !self.is_wrong() {
            return self.verdict_on_right();
        }
        let apart = part.relative_difference;
        let told = match apart > STANDS_OUT * others {
            true => "stands out",
            false => "does not stand out at this step",
        };
        format!(
            "{name} {told}: {factor} times what it should be, it differs by {}, the other parts by \
             up to {}.",
            short(apart),
            short(others)
        )
    }

    fn draw_curve(&self, picture: &mut Picture) {
        let right = self.curve(&self.right);
        let (step, lowest) = least(&right);
        let mut says = format!(
            "Relative difference against the step, both logarithmic. Without a bug it falls to {} \
             at a step of {} and rises again on both sides.",
            short(lowest),
            short(step)
        );
        let mut series = vec![picture.series("right", "he", right)];
        if self.is_wrong() {
            let wrong = self.curve(&self.checked);
            let (_, lowest) = least(&wrong);
            says += &format!(" With the bug it does not fall below {}.", short(lowest));
            let name = format!("{} × {}", self.bug.name(), self.bug.factor);
            series.push(picture.series(&name, "large", wrong).dash("short"));
        }
        let now = (self.step, self.number().max(LOWEST));
        series.push(picture.series("now", "ink", [now]).mark("points"));
        let shape = Shape::Chart {
            x: Axes::log("step ε", 1e-14, 1.0),
            y: Axes::log("relative difference", LOWEST, 1.0),
            series,
            rules: vec![
                Rule::new("y", 1e-7, "great below"),
                Rule::new("y", 1e-3, "worry above"),
            ],
            equal: false,
        };
        picture.add("How far to step", says, shape);
    }

    fn draw_parts(&self, picture: &mut Picture) {
        let parts = self.report.parts().iter().zip(PARTS);
        let rows = parts.map(|(part, name)| {
            vec![
                name.label.to_owned(),
                short(part.relative_difference),
                Agreement::of(part.relative_difference).to_string(),
                part.worst.to_string(),
            ]
        });
        let header = ["part", "relative difference", "", "furthest off"];
        let shape = Shape::Table {
            header: header.map(str::to_owned).to_vec(),
            rows: rows.collect(),
        };
        picture.add("Part by part", self.verdict(), shape);
    }

    fn verdict_on_right(&self) -> String {
        let (step, least) = least(&self.curve(&self.right));
        let told = match self.report.agreement() {
            Agreement::Great => "The gradient is right, and the check agrees.".to_owned(),
            _ => "The gradient is right all the same: the difference comes from the way it is \
                  checked."
                .to_owned(),
        };
        format!(
            "{told} The least difference is {}, at a step of {}.",
            short(least),
            short(step)
        )
    }
}

/// What the check finds of a gradient at one step.
fn report(
    network: &Network,
    data: &Dataset,
    difference: Difference,
    step: f64,
    gradient: &Parameters,
) -> Result<GradientReport, Error> {
    let check = GradientCheck::new(step).difference(difference);
    check.check(network.parameters(), gradient, cost_of(network, data))
}

/// The lowest point of a curve.
fn least(curve: &[(f64, f64)]) -> (f64, f64) {
    let lower = |a: (f64, f64), b: &(f64, f64)| if b.1 < a.1 { *b } else { a };
    curve.iter().fold((f64::NAN, f64::INFINITY), lower)
}

impl Widget for Check {
    fn change(&mut self, settings: &Settings) -> Result<(), Refusal> {
        let (difference, step) = (difference_of(settings), settings.number("step"));
        let bug = Bug::new(settings);
        let checked = bug.plant(&self.right)?;
        let report = report(&self.network, &self.data, difference, step, &checked)?;
        if difference != self.difference {
            self.slopes = slopes(&self.network, &self.data, difference)?;
        }
        self.difference = difference;
        self.bug = bug;
        self.step = step;
        self.checked = checked;
        self.report = report;
        Ok(())
    }

    fn picture(&self) -> Result<Picture, Refusal> {
        let mut picture = Picture::default();
        self.draw_curve(&mut picture);
        self.draw_parts(&mut picture);
        Ok(picture)
    }

    fn says(&self) -> String {
        format!(
            "Relative difference {} at a step of {}: {}. {}",
            short(self.number()),
            short(self.step),
            self.report.agreement(),
            self.verdict()
        )
    }

    fn number(&self) -> f64 {
        self.report.relative_difference()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Live;

    fn check(settings: &str) -> Check {
        Check::open(&Settings::parse(&controls(), settings).unwrap()).unwrap()
    }

    /// The relative differences that the curve has at steps from `low` to `high`.
    fn between(curve: &[(f64, f64)], low: f64, high: f64) -> Vec<f64> {
        let inside = curve.iter().filter(|(step, _)| (low..=high).contains(step));
        inside.map(|(_, apart)| *apart).collect()
    }

    #[test]
    fn as_it_opens_it_checks_the_assignments_network() {
        let (network, data) = assignment(Activation::Relu, &mut RandomState::new(1)).unwrap();
        let report = GradientCheck::new(1e-7)
            .check_network(&network, &data)
            .unwrap();
        let opened = check("");
        assert_eq!(
            opened.number().to_bits(),
            report.relative_difference().to_bits()
        );
        assert_eq!(opened.report, report);
        // The chapter's number, `ours`, and those of its curve, in lab/src/chapters/gradient_check.rs.
        assert_eq!(opened.number(), 1.141_078_001_675_162_5e-9);
        let (step, lowest) = least(&opened.curve(&opened.right));
        assert_eq!(
            (short(step), short(lowest)),
            (
                "1.8\u{a0}×\u{a0}10⁻⁵".to_owned(),
                "9.2\u{a0}×\u{a0}10⁻¹²".to_owned()
            )
        );
    }

    #[test]
    fn every_planted_bug_is_found_where_it_is() {
        for (place, part) in PARTS.iter().enumerate() {
            for (factor, expected) in [(2.0, 1.0 / 3.0), (0.5, 1.0 / 3.0), (1.5, 0.2)] {
                let check = check(&format!("part={}&factor={factor}", part.value));
                let apart = |place: usize| check.report.parts()[place].relative_difference;
                assert!((apart(place) - expected).abs() < 1e-6, "{}", part.value);
                assert!((0..6).all(|other| other == place || apart(other) < 1e-6));
                let told = check.says();
                assert!(
                    told.contains("worry") && told.contains("stands out:"),
                    "{told}"
                );
                assert!(told.contains(part.value), "{told}");
            }
        }
    }

    #[test]
    fn a_right_gradient_makes_a_v_and_a_wrong_one_a_level_line() {
        let check = check("part=db1&factor=2&activation=tanh");
        let (right, wrong) = (check.curve(&check.right), check.curve(&check.checked));
        assert_eq!((right.len(), right[0].0), (57, 1.0));
        assert!((right[56].0 / 1e-14 - 1.0).abs() < 1e-12);
        let (step, lowest) = least(&right);
        assert!(lowest < 1e-10 && (1e-6..1e-4).contains(&step), "{step}");
        assert!(right[0].1 > 1e-2 && right[56].1 > 1e-3);
        let level = between(&wrong, 1e-11, 1e-2);
        let ratio = level.iter().map(|apart| apart / level[0]);
        assert!(ratio.into_iter().all(|ratio| (ratio - 1.0).abs() < 0.01));
    }

    #[test]
    fn one_side_is_less_exact_than_two() {
        let [one, two] = ["one", "two"].map(|sides| {
            let check = check(&format!("difference={sides}&activation=tanh"));
            least(&check.curve(&check.right)).1
        });
        assert!(one > 20.0 * two, "{one}, {two}");
    }

    #[test]
    fn a_difference_without_a_bug_is_the_steps() {
        for step in ["1e-14", "1"] {
            let told = check(&format!("step={step}")).says();
            assert!(
                told.contains("worry") && told.contains("right all the same"),
                "{told}"
            );
        }
        let small = check("factor=1.01&step=1e-13").says();
        assert!(small.contains("does not stand out at this step"), "{small}");
    }

    #[test]
    fn a_factor_on_nothing_is_no_bug() {
        let mut check = check("factor=2");
        check.right = check.right.zeros_like();
        check.checked = check.bug.plant(&check.right).unwrap();
        assert!(!check.is_wrong());
    }

    #[test]
    fn a_change_in_place_is_a_new_beginning() {
        let mut live = Live::open("gradient_check", "").unwrap();
        for (id, value) in [
            ("factor", "1.5"),
            ("difference", "one"),
            ("part", "db3"),
            ("step", "0.001"),
        ] {
            live.set(id, value).unwrap();
        }
        let settings = live.settings().to_string();
        let anew = Live::open("gradient_check", &settings).unwrap();
        assert_eq!(
            live.widget().picture().unwrap(),
            anew.widget().picture().unwrap()
        );
        assert_eq!(live.widget().says(), anew.widget().says());
    }

    #[test]
    fn every_corner_of_the_controls_can_be_drawn() {
        for begin in [
            "activation=relu&seed=0",
            "activation=sigmoid&seed=4294967295",
        ] {
            let mut live = Live::open("gradient_check", begin).unwrap();
            for difference in ["two", "one"] {
                live.set("difference", difference).unwrap();
                for (step, factor) in [("1", "0.5"), ("1e-14", "2"), ("1e-14", "1")] {
                    live.set("step", step).unwrap();
                    live.set("factor", factor).unwrap();
                    let picture = live.widget().picture().unwrap();
                    assert_eq!(picture.panels.len(), 2);
                    assert!(live.widget().number() > 0.0);
                }
            }
        }
    }
}
