//! # Moving as one
//!
//! Chapter: book/initialization.md
//!
//! A network of two inputs, four tanh units and one output trains for 500 steps. Say for each
//! of four starts how many *different* units the hidden layer has in the end: how many
//! different rows its weight matrix has. The tests train, and count.
//!
//! # Why
//!
//! A unit's gradient is made of its inputs, its own activation, and the weight with which its
//! error comes back. Units for which all of these are equal get equal steps, and stay equal for
//! ever. One number that differs is enough: in the unit itself, then that unit goes its own
//! way, or in the output's weights, then each does.

/// Every weight and bias begins at 0.
pub fn zeros() -> usize {
    1
}

/// Every weight and bias begins at one half.
pub fn all_alike() -> usize {
    1
}

/// As `all_alike`, but one weight of one hidden unit begins at 0.51.
pub fn one_weight_changed() -> usize {
    2
}

/// As `all_alike`, but the output's four weights begin at 0.1, 0.2, 0.3 and 0.4.
pub fn other_output_weights() -> usize {
    4
}

fn main() {}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, array};
    use trainable::prelude::*;

    use super::*;

    /// How many different rows the first weight matrix has after training from these weights.
    fn trained(w1: Array2<f64>, w2: Array2<f64>, bias: f64) -> Result<usize, Error> {
        let data = moons(100, 0.1, &mut RandomState::new(1))?;
        let layers = [w1, w2].map(|w| {
            let b = Array1::from_elem(w.nrows(), bias);
            Layer { w, b }
        });
        let start = Parameters::new(layers.to_vec())?;
        let mut network = Network::from_parameters(start).with_activation(Activation::Tanh);
        GradientDescent::new(0.5)
            .iterations(500)
            .train(&mut network, &data)?;
        let first = &network.parameters().layers()[0].w;
        let mut rows: Vec<Vec<u64>> = first
            .rows()
            .into_iter()
            .map(|row| row.iter().map(|w| w.to_bits()).collect())
            .collect();
        rows.sort();
        rows.dedup();
        Ok(rows.len())
    }

    fn check(prediction: usize, trained: Result<usize, Error>, what: &str, idea: &str) {
        let came = trained.unwrap();
        assert!(
            prediction == came,
            "{what}: expected {came} different units, as they came out of the training, got {prediction} as your prediction. {idea}"
        );
    }

    fn half(rows: usize, columns: usize) -> Array2<f64> {
        Array2::from_elem((rows, columns), 0.5)
    }

    #[test]
    fn from_zeros() {
        let came = trained(Array2::zeros((4, 2)), Array2::zeros((1, 4)), 0.0);
        let idea = "Through an output weight of 0 no error comes back: nobody moves.";
        check(zeros(), came, "all zero", idea);
    }

    #[test]
    fn from_one_half() {
        let idea =
            "They do move, but each gets the same inputs, the same error and so the same step.";
        check(
            all_alike(),
            trained(half(4, 2), half(1, 4), 0.5),
            "all one half",
            idea,
        );
    }

    #[test]
    fn from_one_half_but_for_one_weight() {
        let mut w1 = half(4, 2);
        w1[(2, 0)] = 0.51;
        let idea = "Which units still get the same step as another one? What is different need not spread to them: their inputs and their errors stay alike.";
        check(
            one_weight_changed(),
            trained(w1, half(1, 4), 0.5),
            "one weight of one unit at 0.51",
            idea,
        );
    }

    #[test]
    fn from_one_half_with_other_output_weights() {
        let came = trained(half(4, 2), array![[0.1, 0.2, 0.3, 0.4]], 0.5);
        let idea = "The error comes back to each unit through its own output weight. In which respect does a unit's first step differ, then?";
        check(other_output_weights(), came, "other output weights", idea);
    }
}
