//! The networks, data and settings that are measured.

use std::fmt;

use ndarray::Array2;
use serde::{Deserialize, Serialize};
use trainable::prelude::*;

/// One training run that every side does: what, and how many steps of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Workload {
    /// Its name in requests, files and on the command line.
    pub name: String,
    /// What it is, for people.
    pub title: String,
    /// What it is measured for.
    pub group: Group,
    /// The network's layer sizes, inputs first.
    pub sizes: Vec<usize>,
    /// The number of examples, all of them in every step.
    pub examples: usize,
    /// The learning rate.
    pub learning_rate: f64,
    /// How much an L2 penalty on the weights counts, λ; 0 for none.
    pub lambda: f64,
    /// The probability that a unit of a hidden layer takes part in a step; 1 for no dropout.
    pub keep: f64,
    /// The steps of one timed sample: one or two tenths of a second of NumPy.
    pub steps: usize,
    /// The steps after which the sides must have the same cost, or with dropout, where each draws masks of
    /// its own, one that is near the others'.
    pub check_steps: usize,
}

/// What a workload is measured for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// A line of the table of speeds.
    Table,
    /// How a step's time grows with the examples.
    Examples,
    /// How it grows with the units of a layer.
    Width,
    /// How it grows with the layers.
    Depth,
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Workload {
    /// The data: two rings for two features, otherwise images of noise; the same on every machine.
    ///
    /// # Errors
    /// As [`circles`].
    pub fn data(&self) -> Result<Dataset, Error> {
        let mut rng = RandomState::new(1);
        match self.sizes[..] {
            [2, ..] => circles(self.examples, 0.05, &mut rng),
            [pixels, ..] => images(pixels, self.examples, &mut rng),
            [] => Err(Error::LayerSizes { got: Vec::new() }),
        }
    }

    /// The network before its first step.
    ///
    /// # Errors
    /// As [`Network::new`].
    pub fn start(&self) -> Result<Network, Error> {
        Network::new(&self.sizes, Initialization::He, &mut RandomState::new(3))
    }
}

/// Images of normal noise with labels drawn at random, image after image.
fn images(pixels: usize, examples: usize, rng: &mut RandomState) -> Result<Dataset, Error> {
    let x = Array2::from_shape_simple_fn((examples, pixels), || rng.randn());
    let y = Array2::from_shape_simple_fn((1, examples), || f64::from(rng.rand() < 0.5));
    Dataset::new(x.reversed_axes(), y)
}

/// Every workload, group by group.
pub fn all() -> Vec<Workload> {
    [table(), examples(), width(), depth()].concat()
}

/// The lines of the table of speeds.
pub fn table() -> Vec<Workload> {
    let line = |name: &str, title: &str, sizes: &[usize], examples, steps, check_steps| Workload {
        name: name.to_owned(),
        title: title.to_owned(),
        group: Group::Table,
        sizes: sizes.to_vec(),
        examples,
        learning_rate: 0.01,
        lambda: 0.0,
        keep: 1.0,
        steps,
        check_steps,
    };
    let course = [2, 10, 5, 1];
    let football = [2, 20, 3, 1];
    let images = [12_288, 25, 12, 1];
    let wide = [2, 1_000, 500, 1];
    vec![
        line("A", "300 points on two rings", &course, 300, 4_000, 1_000),
        line("B", "211 points, 20 units", &football, 211, 4_000, 1_000),
        Workload {
            lambda: 0.7,
            ..line("BL2", "the same with L2", &football, 211, 4_000, 1_000)
        },
        Workload {
            keep: 0.86,
            ..line("BD", "the same with dropout", &football, 211, 2_000, 1_000)
        },
        line(
            "C",
            "one batch of 64 points",
            &[2, 5, 2, 1],
            64,
            5_000,
            1_000,
        ),
        Workload {
            // Thousands of pixels make large gradients.
            learning_rate: 1e-4,
            ..line("D", "one batch of 32 images", &images, 32, 150, 100)
        },
        line("A30k", "30,000 points", &course, 30_000, 60, 60),
        line("A1M", "1,000,000 points", &course, 1_000_000, 2, 2),
        line("W", "300 points, 1,000 and 500 units", &wide, 300, 10, 10),
    ]
}

fn examples() -> Vec<Workload> {
    let steps = [
        (100, 4_000),
        (300, 4_000),
        (1_000, 2_000),
        (3_000, 1_000),
        (10_000, 400),
        (30_000, 60),
        (100_000, 10),
        (300_000, 2),
        (1_000_000, 2),
    ];
    let line = |(examples, steps)| Workload {
        examples,
        ..point(
            Group::Examples,
            examples,
            "examples",
            vec![2, 10, 5, 1],
            steps,
        )
    };
    steps.map(line).to_vec()
}

fn width() -> Vec<Workload> {
    let steps = [
        (4, 4_000),
        (8, 4_000),
        (16, 3_000),
        (32, 2_000),
        (64, 800),
        (128, 250),
        (256, 100),
        (512, 20),
    ];
    let line = |(units, steps)| {
        point(
            Group::Width,
            units,
            "units",
            vec![2, units, units, 1],
            steps,
        )
    };
    steps.map(line).to_vec()
}

fn depth() -> Vec<Workload> {
    let steps = [
        (1, 5_000),
        (2, 4_000),
        (4, 2_000),
        (8, 1_000),
        (16, 500),
        (32, 300),
        (64, 150),
    ];
    let line = |(layers, steps)| {
        let hidden = vec![10; layers];
        let sizes = [vec![2], hidden, vec![1]].concat();
        point(Group::Depth, layers, "hidden layers", sizes, steps)
    };
    steps.map(line).to_vec()
}

/// One point of a curve: 300 examples, and `size` of what the curve grows with.
fn point(group: Group, size: usize, what: &str, sizes: Vec<usize>, steps: usize) -> Workload {
    let prefix = match group {
        Group::Table => "table",
        Group::Examples => "examples",
        Group::Width => "width",
        Group::Depth => "depth",
    };
    Workload {
        name: format!("{prefix}-{size}"),
        title: format!("{size} {what}"),
        group,
        sizes,
        examples: 300,
        learning_rate: 0.01,
        lambda: 0.0,
        keep: 1.0,
        steps,
        check_steps: steps.min(100),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_workload_has_a_name_of_its_own() {
        let all = all();
        let names: BTreeSet<&str> = all.iter().map(|workload| workload.name.as_str()).collect();
        assert_eq!(names.len(), all.len());
    }

    #[test]
    fn data_fit_the_network_and_have_both_classes() {
        for workload in all() {
            let data = workload.data().unwrap();
            assert_eq!(data.examples(), workload.examples, "{workload}");
            assert_eq!(data.features(), workload.sizes[0], "{workload}");
            assert!(workload.start().unwrap().cost(&data).unwrap().is_finite());
            let ones = data.y().sum() / workload.examples as f64;
            assert!((0.3..=0.7).contains(&ones), "{workload}: {ones}");
        }
    }
}
