//! # What a mirror makes of digits
//!
//! Chapter: book/augmentation.md
//!
//! `DIGITS` has pictures of the ten digits. For each change say which digits the changed
//! pictures show, if any.
//!
//! Then a network is trained on four pictures: a 2 (class 0), a 5 (class 1), and changed copies
//! of both with the labels of their originals. Say which probability of class 1 it gives to the
//! 2, to within a twentieth. The tests change the pictures and train the network.
//!
//! # Why
//!
//! A change may be used where it keeps every label of the task. Either mirror makes a 5 of a 2,
//! so each picture comes with both labels, and the best that a network can say is ½ to both: it
//! has learned that they are the same. Half a turn makes a 2 of a 2 and a 5 of a 5; for 6 and 9
//! it would be the worst change there is. Whether a change is allowed is a question about the
//! task, and no question about the change.

/// The digits 0 to 9 on three by five pixels.
pub const DIGITS: [[&str; 5]; 10] = [
    ["###", "#.#", "#.#", "#.#", "###"],
    [".#.", ".#.", ".#.", ".#.", ".#."],
    ["###", "..#", "###", "#..", "###"],
    ["###", "..#", "###", "..#", "###"],
    ["#.#", "#.#", "###", "..#", "..#"],
    ["###", "#..", "###", "..#", "###"],
    ["###", "#..", "###", "#.#", "###"],
    ["###", "..#", "..#", "..#", "..#"],
    ["###", "#.#", "###", "#.#", "###"],
    ["###", "#.#", "###", "..#", "###"],
];

/// A change of a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// Mirrors it left to right.
    LeftToRight,
    /// Mirrors it top to bottom.
    TopToBottom,
    /// Turns it by 180 degrees.
    HalfTurn,
}

/// What the pictures of 0, 1, … 9 show after the change: ten characters, each a digit, or `.`
/// for a picture that is none of the ten.
pub fn shows(change: Change) -> &'static str {
    match change {
        Change::LeftToRight => "015..2..8.",
        Change::TopToBottom => "0153.2..8.",
        Change::HalfTurn => "012..59.86",
    }
}

/// The probability of class 1, the 5, that the network gives to the 2 when the change has made
/// its copies.
pub fn probability(change: Change) -> f64 {
    match change {
        Change::LeftToRight | Change::TopToBottom => 0.5,
        Change::HalfTurn => 0.0,
    }
}

fn main() {}

#[cfg(test)]
mod tests {
    use trainable::prelude::*;

    use super::*;

    fn changed(digit: usize, change: Change) -> Vec<String> {
        let mut rows: Vec<String> = DIGITS[digit].map(str::to_owned).to_vec();
        if change != Change::LeftToRight {
            rows.reverse();
        }
        if change != Change::TopToBottom {
            rows = rows.iter().map(|row| row.chars().rev().collect()).collect();
        }
        rows
    }

    fn check_shown(change: Change) {
        let shown: Vec<char> = shows(change).chars().collect();
        assert!(
            shown.len() == 10,
            "{change:?}: expected ten characters, one for each digit, got {}. A picture that is no digit is `.`.",
            shown.len()
        );
        for (digit, got) in ('0'..='9').zip(shown) {
            let picture = changed(digit as usize - '0' as usize, change);
            let expected = ('0'..='9')
                .zip(DIGITS)
                .find(|(_, other)| picture == *other)
                .map_or('.', |(after, _)| after);
            let idea = match expected {
                '.' => "Not every picture is one of the ten digits.",
                after if after == digit => "This digit looks as before.",
                _ if got == digit => {
                    "It is a digit, and another one: with its old label it would teach a mistake."
                }
                _ => "It is another one of the ten digits.",
            };
            assert!(
                got == expected,
                "{change:?} makes this of a {digit}:\n{}\nexpected {expected}, got {got}. {idea}",
                picture.join("\n")
            );
        }
    }

    #[test]
    fn mirrored_left_to_right() {
        check_shown(Change::LeftToRight);
    }

    #[test]
    fn mirrored_top_to_bottom() {
        check_shown(Change::TopToBottom);
    }

    #[test]
    fn half_a_turn() {
        check_shown(Change::HalfTurn);
    }

    /// The probability that a network with one unit gives to the 2.
    fn trained(change: Change) -> f64 {
        let original = |digit: usize| DIGITS[digit].map(str::to_owned).to_vec();
        let pictures = [
            original(2),
            original(5),
            changed(2, change),
            changed(5, change),
        ];
        let pixels = pictures.map(|rows| rows.concat());
        let pixels = pixels.iter().flat_map(|picture| picture.chars());
        let x: Vec<f64> = pixels.map(|pixel| f64::from(pixel == '#')).collect();
        let x = ndarray::Array2::from_shape_vec((4, 15), x).unwrap();
        let y = ndarray::array![[0.0, 1.0, 0.0, 1.0]];
        let data = Dataset::new(x.reversed_axes(), y).unwrap();
        let rng = &mut RandomState::new(1);
        let mut network = Network::new(&[15, 1], Initialization::Xavier, rng).unwrap();
        let descent = GradientDescent::new(0.5).iterations(1_000);
        descent.train(&mut network, &data).unwrap();
        network.probabilities(data.x()).unwrap()[(0, 0)]
    }

    #[test]
    fn what_a_network_learns_from_copies() {
        for change in [Change::LeftToRight, Change::TopToBottom, Change::HalfTurn] {
            let (expected, got) = (trained(change), probability(change));
            let labels = match change {
                Change::HalfTurn => "The copy of a 2 is a 2, and its label says so.",
                _ => "The same picture is there as a 2 and as a 5: which probability loses least?",
            };
            assert!(
                (got - expected).abs() < 0.05,
                "{change:?}, probability of class 1 for the 2: expected {expected:.3} by a real network, got {got:.3} by your prediction. {labels}"
            );
        }
    }
}
