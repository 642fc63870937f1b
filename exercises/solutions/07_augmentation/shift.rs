//! # Move a picture
//!
//! Chapter: book/augmentation.md
//!
//! Move a picture by whole pixels, to the right and down. What leaves it on one side must not
//! come in on the other: what comes in is paper.
//!
//! # Why
//!
//! Each pixel of the new picture is fetched from where it was: `down` rows above and `right`
//! columns to the left. Fetching gives every pixel one value; pushing the old pixels to new
//! places would leave holes in any change that is not a shift. Where there is nothing to fetch,
//! there is paper: a stroke that came in on the other side would be a picture that no one has
//! drawn.

use ndarray::Array2;

/// The picture, `(rows, columns)` from the top left, moved by `right` columns and `down` rows;
/// negative numbers move it left and up. Paper is 0.
pub fn shifted(picture: &Array2<f64>, right: isize, down: isize) -> Array2<f64> {
    Array2::from_shape_fn(picture.dim(), |(row, column)| {
        let row = row.checked_add_signed(-down);
        let column = column.checked_add_signed(-right);
        let from = row.zip(column);
        from.and_then(|place| picture.get(place).copied())
            .unwrap_or(0.0)
    })
}

fn main() {}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use trainable::prelude::*;

    use super::*;

    /// Six numbers in two rows of three, so that rows and columns cannot be taken for each other.
    fn six() -> Array2<f64> {
        array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    }

    fn check(right: isize, down: isize, expected: Array2<f64>, idea: &str) {
        let got = shifted(&six(), right, down);
        assert!(
            got == expected,
            "{} moved {right} to the right and {down} down: expected {expected}, got {got}. {idea}",
            six()
        );
    }

    #[test]
    fn a_picture_that_is_not_moved() {
        check(0, 0, six(), "No way, no change.");
    }

    #[test]
    fn to_the_right() {
        let expected = array![[0.0, 1.0, 2.0], [0.0, 4.0, 5.0]];
        check(
            1,
            0,
            expected,
            "Columns lie side by side, so the second index moves; and a pixel comes from its left.",
        );
    }

    #[test]
    fn down() {
        let expected = array![[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]];
        check(
            0,
            1,
            expected,
            "Rows lie below each other, so the first index moves; and a pixel comes from above.",
        );
    }

    #[test]
    fn to_the_left_and_up() {
        let expected = array![[5.0, 6.0, 0.0], [0.0, 0.0, 0.0]];
        check(-1, -1, expected, "Negative numbers move it the other way.");
    }

    #[test]
    fn nothing_comes_in_but_paper() {
        for (right, down) in [(1, 0), (-1, 0), (0, 1), (0, -1), (2, 1)] {
            let ink = Array2::from_elem((4, 5), 1.0);
            let got = shifted(&ink, right, down).sum();
            let expected = (5.0 - right.abs() as f64) * (4.0 - down.abs() as f64);
            assert!(
                got == expected,
                "ink in a black picture of 4 rows and 5 columns, moved {right} to the right and {down} down: expected {expected}, got {got}. What leaves on one side does not come in on the other, and no edge is repeated."
            );
        }
    }

    #[test]
    fn out_of_the_picture() {
        for (right, down) in [(3, 0), (0, -2), (9, 9), (-30, 0)] {
            let got = shifted(&six(), right, down).sum();
            assert!(
                got == 0.0,
                "ink after {right} to the right and {down} down: expected none, got {got}. A picture that has left is gone."
            );
        }
    }

    #[test]
    fn the_library_makes_such_copies() {
        let one = Dataset::new(
            Array2::from_shape_fn((6, 1), |(pixel, _)| pixel as f64 + 1.0),
            array![[1.0]],
        );
        let change = Augmentation::PixelShift {
            width: 3,
            pixels: 1,
        };
        let copies = augment(&one.unwrap(), 20, &[change], &mut RandomState::new(1)).unwrap();
        let mine: Vec<Array2<f64>> = (-1..=1)
            .flat_map(|right| (-1..=1).map(move |down| shifted(&six(), right, down)))
            .collect();
        for copy in copies.x().columns() {
            let copy = Array2::from_shape_vec((2, 3), copy.to_vec()).unwrap();
            assert!(
                mine.contains(&copy),
                "copies by at most one pixel: expected {copy} among the nine shifts, got {} others. The simpler tests say which shift is off.",
                mine.len()
            );
        }
    }
}
