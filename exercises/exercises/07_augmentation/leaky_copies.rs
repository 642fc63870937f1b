//! # Too good on dev, too bad elsewhere
//!
//! Chapter: book/augmentation.md
//!
//! Pictures of a 2 and a 5 are made ready for training. Two mistakes are in it: by one of them
//! the dev accuracy is too high, and by the other the network learns what is not so. Find them
//! with the tests, and mend them.

use trainable::data::digits::SIDE;
use trainable::prelude::*;

// TODO: there are two mistakes in this function. Find and mend them.
/// Deals the pictures out by `[train, dev, test]`, fractions that sum to 1, and adds `copies`
/// changed copies of each training picture.
///
/// The pictures are [`SIDE`] pixels wide and high, and show a 2 (class 0) or a 5 (class 1).
pub fn prepare(
    pictures: &Dataset,
    fractions: [f64; 3],
    copies: usize,
    rng: &mut RandomState,
) -> Result<Split, Error> {
    let shift = Augmentation::PixelShift {
        width: SIDE,
        pixels: 1,
    };
    let flip = Augmentation::Flip { width: SIDE };
    let more = augment(pictures, copies, &[shift, flip], rng)?;
    Split::fractions(&more, fractions, rng)
}

fn main() {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ndarray::{Array2, ArrayView1};

    use super::*;

    /// Where the ink of a picture is.
    const ROW: usize = 5;
    const COLUMN: usize = 3;

    /// Twenty pictures with one inked pixel each, the ink of the first 1, of the next 2 and so on, so that copies show where they are from.
    fn pictures() -> Dataset {
        let x = Array2::from_shape_fn((SIDE * SIDE, 20), |(pixel, picture)| {
            match pixel == ROW * SIDE + COLUMN {
                true => picture as f64 + 1.0,
                false => 0.0,
            }
        });
        let y = Array2::from_shape_fn((1, 20), |(_, picture)| (picture % 2) as f64);
        Dataset::new(x, y).unwrap()
    }

    fn split() -> Split {
        prepare(&pictures(), [0.6, 0.2, 0.2], 4, &mut RandomState::new(1)).unwrap()
    }

    /// The number of the picture that this one was made of, and the row and column of its ink.
    fn origin(picture: ArrayView1<f64>) -> (usize, usize, usize) {
        let pixel = picture.iter().position(|ink| *ink > 0.0);
        let pixel = pixel.expect("ink in every picture: expected one inked pixel, got none. It has been moved out, and a copy without a digit has no label.");
        (picture[pixel] as usize, pixel / SIDE, pixel % SIDE)
    }

    fn origins(data: &Dataset) -> Vec<(usize, usize, usize)> {
        data.x().columns().into_iter().map(origin).collect()
    }

    fn numbers(data: &Dataset) -> BTreeSet<usize> {
        origins(data)
            .into_iter()
            .map(|(number, ..)| number)
            .collect()
    }

    #[test]
    fn no_picture_is_on_two_sides() {
        let split = split();
        let [train, dev, test] = [&split.train, &split.dev, &split.test].map(numbers);
        for (names, one, other) in [
            ("train and dev", &train, &dev),
            ("train and test", &train, &test),
            ("dev and test", &dev, &test),
        ] {
            let got = one.intersection(other).count();
            assert!(
                got == 0,
                "pictures that are in {names}, themselves or as a copy: expected 0, got {got}. What comes first, the copies or the split?"
            );
        }
    }

    #[test]
    fn dev_and_test_are_as_they_came() {
        let split = split();
        for (name, data) in [("dev", &split.dev), ("test", &split.test)] {
            let moved = origins(data);
            let moved = moved
                .iter()
                .filter(|(_, row, column)| (*row, *column) != (ROW, COLUMN));
            let got = moved.count();
            assert!(
                got == 0,
                "changed pictures in the {name} set: expected 0, got {got}. It stands for the pictures that will come, and they will come as they are."
            );
        }
    }

    #[test]
    fn the_training_set_has_copies() {
        let split = split();
        let got = [&split.train, &split.dev, &split.test].map(Dataset::examples);
        let expected = [12 * 5, 4, 4];
        assert!(
            got == expected,
            "examples in train, dev and test, from 20 pictures with 4 copies: expected {expected:?}, got {got:?}. Only training pictures have copies, and each of them has all of its own."
        );
    }

    #[test]
    fn copies_are_moved() {
        let all = origins(&split().train);
        let moved = all
            .iter()
            .filter(|(_, row, column)| (*row, *column) != (ROW, COLUMN));
        let got = moved.count();
        // Of 48 copies, each stays with the probability 1/9.
        assert!(
            got >= 24,
            "copies in the training set that are moved: expected most of 48, got {got}. An equal copy says nothing new."
        );
    }

    #[test]
    fn no_change_changes_the_label() {
        for (number, _, column) in origins(&split().train) {
            assert!(
                column <= COLUMN + 1,
                "a copy of picture {number}: expected its ink in columns {} to {}, got it in column {column}, on the other side. What is the mirror image of a 2?",
                COLUMN - 1,
                COLUMN + 1
            );
        }
    }

    #[test]
    fn labels_go_along() {
        let split = split();
        for data in [&split.train, &split.dev, &split.test] {
            for ((number, ..), got) in origins(data).into_iter().zip(data.y()) {
                let expected = ((number - 1) % 2) as f64;
                assert!(
                    *got == expected,
                    "label of picture {number} or of its copy: expected {expected}, got {got}. A picture and its label move together."
                );
            }
        }
    }
}
