//! # A split that leaks
//!
//! Chapter: book/split.md
//!
//! This function deals a data set into three parts, in a random order that it is given. Two of
//! its lines are wrong: one lets the dev set see what the training set has, the other lets
//! labels go astray. Both would go unnoticed, since the sizes are right.

use std::ops::Range;

use ndarray::{Array1, Array2, Axis};

/// Inputs, `(features, examples)`, and their labels, `(examples,)`.
pub type Part = (Array2<f64>, Array1<f64>);

/// The first `train` examples of the order, the next `dev`, and the rest; `order` has each
/// example's number once.
pub fn deal(
    x: &Array2<f64>,
    y: &Array1<f64>,
    order: &[usize],
    train: usize,
    dev: usize,
) -> [Part; 3] {
    // TODO: two lines of this function are wrong. Find and mend them.
    let ranges = [0..train, dev..dev + dev, train + dev..order.len()];
    ranges.map(|range: Range<usize>| {
        let inputs = x.select(Axis(1), &order[range.clone()]);
        let labels = y.select(Axis(0), &range.collect::<Vec<_>>());
        (inputs, labels)
    })
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 3] = ["train", "dev", "test"];

    /// Ten examples whose input is their number; the label of an odd one is 1.
    fn ten() -> (Array2<f64>, Array1<f64>) {
        let x = Array2::from_shape_fn((1, 10), |(_, example)| example as f64);
        let y = Array1::from_shape_fn(10, |example| (example % 2) as f64);
        (x, y)
    }

    const ORDER: [usize; 10] = [7, 2, 9, 4, 1, 0, 8, 3, 6, 5];

    fn parts() -> [Part; 3] {
        let (x, y) = ten();
        deal(&x, &y, &ORDER, 5, 3)
    }

    fn numbers(part: &Part) -> Vec<usize> {
        part.0.iter().map(|x| *x as usize).collect()
    }

    #[test]
    fn each_part_has_its_size() {
        for (name, (part, size)) in NAMES.iter().zip(parts().iter().zip([5, 3, 2])) {
            let got = part.0.ncols();
            assert!(
                got == size,
                "{name} of 10 examples, 5 for train, 3 for dev: expected {size}, got {got}. A part ends where the next one begins."
            );
        }
    }

    #[test]
    fn no_example_is_on_two_sides() {
        let parts = parts();
        for (first, second) in [(0, 1), (0, 2), (1, 2)] {
            let (left, right) = (numbers(&parts[first]), numbers(&parts[second]));
            let both: Vec<&usize> = left
                .iter()
                .filter(|number| right.contains(number))
                .collect();
            assert!(
                both.is_empty(),
                "{} and {}: expected no example in both, got {both:?}. Where does the second of them begin?",
                NAMES[first],
                NAMES[second]
            );
        }
    }

    #[test]
    fn the_order_decides() {
        let got = numbers(&parts()[0]);
        let expected = &ORDER[..5];
        assert!(
            got == expected,
            "train: expected the examples {expected:?}, the first of the order, got {got:?}. Data often come sorted: without the order, a part has one kind only."
        );
    }

    #[test]
    fn labels_go_with_their_inputs() {
        for (name, part) in NAMES.iter().zip(parts()) {
            for (input, label) in part.0.iter().zip(&part.1) {
                let expected = input % 2.0;
                assert!(
                    *label == expected,
                    "{name}: expected the label {expected} for example {input}, got {label}. The order that picks an input has to pick its label too."
                );
            }
        }
    }
}
