//! # Two ways to do it wrong
//!
//! Chapter: book/dropout.md
//!
//! A network with one hidden layer is trained with dropout and then used. Two lines are wrong:
//! one in training, one in use. The training cost falls in spite of both. Find them with the
//! tests, and mend them.
//!
//! # Why
//!
//! A generator that starts from its seed in every step draws the same masks in every step: each
//! example is seen through one thinned network, and never through another. So the generator is
//! made once and goes on from step to step.
//!
//! In use no unit drops out. In training the division by keep has made up for the missing
//! units, so the whole network is right as it is, and gives the same answer to the same
//! question.

use ndarray::Array2;
use trainable::prelude::RandomState;

/// A network without biases: a hidden layer of ReLU with the weights `w1`, `(units, features)`,
/// and a sigmoid with `w2`, `(1, units)`. `keep` is the probability that a hidden unit takes
/// part in training.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub w1: Array2<f64>,
    pub w2: Array2<f64>,
    pub keep: f64,
}

impl Model {
    /// Takes `steps` steps of gradient descent with dropout, on `x`, `(features, examples)`,
    /// and `y`, `(1, examples)`. Returns the mask of each step: 0 where a unit is out, 1 / keep
    /// elsewhere, `(units, examples)`. All masks follow from the seed.
    pub fn train(
        &mut self,
        x: &Array2<f64>,
        y: &Array2<f64>,
        steps: usize,
        seed: u32,
    ) -> Vec<Array2<f64>> {
        let mut masks = Vec::new();
        let mut rng = RandomState::new(seed);
        for _ in 0..steps {
            let mask = self.mask(x.ncols(), &mut rng);
            self.step(x, y, &mask);
            masks.push(mask);
        }
        masks
    }

    /// The probability of class 1 for each example, `(1, examples)`.
    pub fn probabilities(&self, x: &Array2<f64>) -> Array2<f64> {
        let a = self.hidden(x);
        self.output(&a)
    }

    /// The activations of the hidden layer, `(units, examples)`.
    fn hidden(&self, x: &Array2<f64>) -> Array2<f64> {
        self.w1.dot(x).mapv(|z| z.max(0.0))
    }

    /// The output for activations of the hidden layer, `(1, examples)`.
    fn output(&self, a: &Array2<f64>) -> Array2<f64> {
        self.w2.dot(a).mapv(|z| 1.0 / (1.0 + (-z).exp()))
    }

    /// A mask for this many examples.
    fn mask(&self, examples: usize, rng: &mut RandomState) -> Array2<f64> {
        let units = self.w1.nrows();
        Array2::from_shape_simple_fn((units, examples), || {
            if rng.rand() < self.keep {
                1.0 / self.keep
            } else {
                0.0
            }
        })
    }

    /// A step with the learning rate 1/2.
    fn step(&mut self, x: &Array2<f64>, y: &Array2<f64>, mask: &Array2<f64>) {
        let m = x.ncols() as f64;
        let a = self.hidden(x);
        let thinned = &a * mask;
        let dz2 = self.output(&thinned) - y;
        let slope = a.mapv(|a| if a > 0.0 { 1.0 } else { 0.0 });
        let dz1 = self.w2.t().dot(&dz2) * mask * slope;
        self.w2 -= &(0.5 * dz2.dot(&thinned.t()) / m);
        self.w1 -= &(0.5 * dz1.dot(&x.t()) / m);
    }
}

fn main() {}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Axis, array};
    use trainable::prelude::*;

    use super::*;

    fn model(keep: f64) -> Model {
        let mut rng = RandomState::new(3);
        Model {
            w1: Array2::from_shape_simple_fn((6, 2), || rng.randn()),
            w2: Array2::from_shape_simple_fn((1, 6), || rng.randn()),
            keep,
        }
    }

    /// The same weights in the library, with biases of zero.
    fn network(model: &Model) -> Network {
        let layers = [&model.w1, &model.w2].map(|w| Layer {
            w: w.clone(),
            b: Array1::zeros(w.nrows()),
        });
        Network::from_parameters(Parameters::new(layers.to_vec()).unwrap())
    }

    fn data() -> Dataset {
        moons(20, 0.2, &mut RandomState::new(1)).unwrap()
    }

    fn train(model: &mut Model, steps: usize, seed: u32) -> Vec<Array2<f64>> {
        let data = data();
        model.train(&data.x().to_owned(), &data.y().to_owned(), steps, seed)
    }

    #[test]
    fn in_use_the_same_question_has_the_same_answer() {
        let column = array![[0.8], [-0.4]];
        let x = column.broadcast((2, 4)).unwrap().to_owned();
        let got = model(0.5).probabilities(&x);
        let first = got[(0, 0)];
        assert!(
            got.iter().all(|probability| *probability == first),
            "one example four times: expected one probability four times, got {got:.3}. What is random, and where does it belong?"
        );
    }

    #[test]
    fn in_use_the_network_is_whole() {
        let (model, data) = (model(0.5), data());
        let got = model.probabilities(&data.x().to_owned());
        let expected = network(&model).probabilities(data.x()).unwrap();
        let apart = (&got - &expected).mapv(f64::abs);
        assert!(
            apart.iter().all(|apart| *apart < 1e-12),
            "probabilities in use: expected those of the whole network, the first {:.4}, got {:.4}. The masks of training are divided by keep, so in use nothing is left to do.",
            expected[(0, 0)],
            got[(0, 0)]
        );
    }

    #[test]
    fn every_step_has_another_mask() {
        let masks = train(&mut model(0.5), 5, 1);
        let got = (0..5)
            .filter(|step| !masks[..*step].contains(&masks[*step]))
            .count();
        assert!(
            got == 5,
            "masks in five steps: expected 5 different ones, got {got}. When does the generator start from its seed?"
        );
    }

    #[test]
    fn the_masks_follow_from_the_seed() {
        let [first, again, other] = [7, 7, 8].map(|seed| train(&mut model(0.5), 2, seed));
        assert!(
            first == again,
            "two runs with seed 7: expected the same masks, got others. All masks follow from the seed, so that a run can be repeated."
        );
        assert!(
            first != other,
            "runs with seeds 7 and 8: expected other masks, got the same ones. The generator starts from the seed that was given."
        );
    }

    #[test]
    fn a_step_trains_the_thinned_network() {
        let start = model(0.5);
        let mut trained = start.clone();
        let masks = train(&mut trained, 1, 1);
        let taken = vec![masks[0].mapv(|factor| factor > 0.0)];
        let dropout = Dropout::fixed(&[0.5], taken).unwrap();
        let objective = Objective::from(dropout);
        let step = Mode::Training { step: 0 };
        let gradients = objective.gradients(&network(&start), &data(), step);
        let gradients = gradients.unwrap();
        for (name, got, before, gradient) in [
            ("w1", &trained.w1, &start.w1, &gradients.layers()[0].w),
            ("w2", &trained.w2, &start.w2, &gradients.layers()[1].w),
        ] {
            let expected = before - &(0.5 * gradient);
            let apart = (got - &expected).mapv(f64::abs);
            assert!(
                apart.iter().all(|apart| *apart < 1e-12),
                "{name} after one step with its mask: expected {:.4}, got {:.4}. Training was right in this: a unit that is out is out on both ways, and the others are divided by keep.",
                expected.index_axis(Axis(0), 0),
                got.index_axis(Axis(0), 0)
            );
        }
    }
}
