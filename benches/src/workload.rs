//! The networks, data and settings that are measured.

use std::fmt;

use ndarray::Array2;
use serde::{Deserialize, Serialize};
use trainable::prelude::*;

/// One training run for every side: what to train, and for how many steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Workload {
    /// Its name in requests, files and on the command line.
    pub name: String,
    /// A description for readers.
    pub title: String,
    /// What it is measured for.
    pub group: Group,
    /// The network's layer sizes, inputs first.
    pub sizes: Vec<usize>,
    /// The number of examples.
    pub examples: usize,
    /// What the examples are.
    pub data: Data,
    /// The number of examples in a step, apart from the last one of an epoch.
    pub batch: usize,
    /// Whether the examples are in another order in each epoch: in epoch e, from 0, that of NumPy's
    /// `RandomState(e).permutation(examples)`.
    pub shuffled: bool,
    /// What a step does with the gradient.
    pub optimizer: Rule,
    /// The learning rate.
    pub learning_rate: f64,
    /// The factor λ of an L2 penalty on the weights; 0 for none.
    pub lambda: f64,
    /// The probability that a unit of a hidden layer takes part in a step; 1 for no dropout.
    pub keep: f64,
    /// The number of networks that are trained on the same data, each from a start of its own.
    pub networks: usize,
    /// The most steps of one timed sample, of each network; slow sides take fewer.
    pub steps: usize,
    /// The steps after which the sides must have the same cost. With dropout, where each side draws
    /// its own masks, their costs must be similar.
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
    /// How it grows with the examples of a mini-batch.
    Batch,
    /// How the time for each of several networks grows with their number.
    Networks,
    /// Many whole runs, on our side alone: what a second thread is worth.
    Seeds,
}

/// What examples are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Data {
    /// Points on two rings.
    Rings,
    /// Points on two half circles.
    Moons,
    /// Images of normal noise with labels drawn at random.
    Noise,
}

/// What a step does with the gradient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// A plain step against it.
    Descent,
    /// A step of Adam.
    Adam,
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Workload {
    /// The number of classes that the network tells apart.
    pub fn classes(&self) -> usize {
        self.sizes.last().map_or(2, |units| *units.max(&2))
    }

    /// The data, the same on every machine.
    ///
    /// # Errors
    /// As [`circles`], [`moons`] and [`Dataset::with_classes`].
    pub fn data(&self) -> Result<Dataset, Error> {
        let mut rng = RandomState::new(1);
        match self.data {
            Data::Rings => circles(self.examples, 0.05, &mut rng),
            Data::Moons => moons(self.examples, 0.2, &mut rng),
            Data::Noise => self.noise(&mut rng),
        }
    }

    /// Images, one after the other.
    fn noise(&self, rng: &mut RandomState) -> Result<Dataset, Error> {
        let (pixels, classes) = (self.sizes[0], self.classes());
        let x = Array2::from_shape_simple_fn((self.examples, pixels), || rng.randn());
        let label = || match classes {
            2 => f64::from(rng.rand() < 0.5),
            _ => (rng.rand() * classes as f64).floor(),
        };
        let y = Array2::from_shape_simple_fn((1, self.examples), label);
        Dataset::with_classes(x.reversed_axes(), y, classes)
    }

    /// Each network before its first step.
    ///
    /// # Errors
    /// As [`Network::new`].
    pub fn starts(&self) -> Result<Vec<Network>, Error> {
        let seeds = (3..).take(self.networks);
        let start =
            |seed| Network::new(&self.sizes, Initialization::He, &mut RandomState::new(seed));
        seeds.map(start).collect()
    }

    /// Multiplications with an addition in one step of one network, on average over an epoch:
    /// forward, for dW, and for dA of every layer but the first.
    pub fn multiply_adds(&self) -> f64 {
        let weights: Vec<usize> = self
            .sizes
            .windows(2)
            .map(|pair| pair[0] * pair[1])
            .collect();
        let for_each = 3 * weights.iter().sum::<usize>() - weights[0];
        let steps = self.examples.div_ceil(self.batch);
        (for_each * self.examples) as f64 / steps as f64
    }
}

/// Every workload, group by group.
pub fn all() -> Vec<Workload> {
    [
        table(),
        examples(),
        width(),
        depth(),
        batch(),
        networks(),
        vec![seeds()],
    ]
    .concat()
}

/// The lines of the table of speeds.
pub fn table() -> Vec<Workload> {
    [small(), mini_batches(), images(), large()].concat()
}

fn small() -> Vec<Workload> {
    let (course, football, moons) = ([2, 10, 5, 1], [2, 20, 3, 1], [2, 5, 2, 1]);
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
        line("C", "one batch of 64 points", &moons, 64, 20_000, 1_000),
    ]
}

fn mini_batches() -> Vec<Workload> {
    vec![
        moons_with_adam("CA", "300 points in batches of 64, Adam", 64),
        Workload {
            shuffled: true,
            ..moons_with_adam("CAS", "the same, shuffled in each epoch", 64)
        },
        together(moons_with_adam("CA-8", "batches of 64, eight at once", 64)),
        moons_with_adam("CB8", "300 points in batches of 8, Adam", 8),
        moons_with_adam("CB1", "300 points one by one, Adam", 1),
        together(moons_with_adam("CB1-8", "one by one, eight at once", 1)),
    ]
}

fn images() -> Vec<Workload> {
    let sizes = [12_288, 25, 12, 1];
    vec![
        Workload {
            data: Data::Noise,
            // Thousands of pixels make large gradients.
            learning_rate: 1e-4,
            ..line("D", "one batch of 32 images", &sizes, 32, 150, 100)
        },
        Workload {
            optimizer: Rule::Descent,
            steps: 136,
            check_steps: 68,
            ..signs_with_adam("DS", "1,080 images in batches of 32, six classes")
        },
        signs_with_adam("DSA", "the same with Adam"),
        Workload {
            shuffled: true,
            ..signs_with_adam("DSAS", "the same, shuffled in each epoch")
        },
    ]
}

fn large() -> Vec<Workload> {
    let (course, wide) = ([2, 10, 5, 1], [2, 1_000, 500, 1]);
    vec![
        line("A30k", "30,000 points", &course, 30_000, 60, 60),
        line("A1M", "1,000,000 points", &course, 1_000_000, 2, 2),
        line("W", "300 points, 1,000 and 500 units", &wide, 300, 10, 10),
    ]
}

/// A line of the table: gradient descent on all examples at once.
fn line(
    name: &str,
    title: &str,
    sizes: &[usize],
    examples: usize,
    steps: usize,
    check_steps: usize,
) -> Workload {
    Workload {
        name: name.to_owned(),
        title: title.to_owned(),
        group: Group::Table,
        sizes: sizes.to_vec(),
        examples,
        data: Data::Rings,
        batch: examples,
        shuffled: false,
        optimizer: Rule::Descent,
        learning_rate: 0.01,
        lambda: 0.0,
        keep: 1.0,
        networks: 1,
        steps,
        check_steps,
    }
}

/// The mini-batches of the course's assignment on optimizers, and smaller ones.
fn moons_with_adam(name: &str, title: &str, batch: usize) -> Workload {
    Workload {
        data: Data::Moons,
        batch,
        optimizer: Rule::Adam,
        ..line(name, title, &[2, 5, 2, 1], 300, 5_000, 500)
    }
}

/// Eight networks at once.
fn together(workload: Workload) -> Workload {
    Workload {
        networks: 8,
        ..workload
    }
}

/// The mini-batches of its assignment on hand signs, with noise for pictures.
fn signs_with_adam(name: &str, title: &str) -> Workload {
    Workload {
        data: Data::Noise,
        batch: 32,
        optimizer: Rule::Adam,
        // Thousands of pixels make large gradients.
        learning_rate: 1e-4,
        ..line(name, title, &[12_288, 25, 12, 6], 1_080, 34, 34)
    }
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
        batch: examples,
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

/// 512 examples, so that no batch is smaller than the others.
fn batch() -> Vec<Workload> {
    let line = |batch| Workload {
        data: Data::Moons,
        examples: 512,
        batch,
        optimizer: Rule::Adam,
        ..point(
            Group::Batch,
            batch,
            "examples in a batch",
            vec![2, 5, 2, 1],
            5_000,
        )
    };
    [1, 2, 4, 8, 16, 32, 64, 128, 256, 512].map(line).to_vec()
}

fn networks() -> Vec<Workload> {
    let line = |networks| Workload {
        data: Data::Moons,
        batch: 8,
        optimizer: Rule::Adam,
        networks,
        ..point(
            Group::Networks,
            networks,
            "networks at once",
            vec![2, 5, 2, 1],
            5_000,
        )
    };
    [1, 2, 4, 8, 16, 32, 64].map(line).to_vec()
}

/// What a chapter's figure takes: twenty seeds of its training.
fn seeds() -> Workload {
    Workload {
        group: Group::Seeds,
        networks: 20,
        ..line(
            "A-20",
            "20 seeds of 300 points on two rings",
            &[2, 10, 5, 1],
            300,
            15_000,
            1_000,
        )
    }
}

/// One point of a curve: 300 examples, and `size` for the quantity that grows.
fn point(group: Group, size: usize, what: &str, sizes: Vec<usize>, steps: usize) -> Workload {
    let prefix = match group {
        Group::Table => "table",
        Group::Examples => "examples",
        Group::Width => "width",
        Group::Depth => "depth",
        Group::Batch => "batch",
        Group::Networks => "networks",
        Group::Seeds => "seeds",
    };
    let (name, title) = (format!("{prefix}-{size}"), format!("{size} {what}"));
    Workload {
        group,
        ..line(&name, &title, &sizes, 300, steps, steps.min(100))
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
    fn data_fit_the_network_and_have_all_classes() {
        for workload in all() {
            let data = workload.data().unwrap();
            assert_eq!(data.examples(), workload.examples, "{workload}");
            assert_eq!(data.features(), workload.sizes[0], "{workload}");
            let starts = workload.starts().unwrap();
            assert_eq!(starts.len(), workload.networks, "{workload}");
            assert!(
                starts
                    .iter()
                    .all(|start| start.cost(&data).unwrap().is_finite())
            );
            let classes = workload.classes();
            for class in 0..classes {
                let of_class = data.y().iter().filter(|y| **y == class as f64).count();
                let share = (of_class * classes) as f64 / workload.examples as f64;
                assert!((0.6..=1.4).contains(&share), "{workload}: {share}");
            }
            assert!((1..=workload.examples).contains(&workload.batch));
        }
    }

    #[test]
    fn a_step_multiplies_forward_for_dw_and_for_da() {
        let named = |name| {
            all()
                .into_iter()
                .find(|workload| workload.name == name)
                .unwrap()
        };
        // Layers of 20, 50 and 5 weights: 75 forward, 75 for dW, 55 for dA, for 300 examples.
        assert_eq!(named("A").multiply_adds(), 61_500.0);
        // Layers of 10, 10 and 2 weights; five batches have 300 examples.
        assert_eq!(named("CA").multiply_adds(), 56.0 * 60.0);
        assert_eq!(named("CB1-8").multiply_adds(), 56.0);
    }
}
