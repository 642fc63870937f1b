//! # A sum that remembers what rounding took
//!
//! Chapter: book/engine.md
//!
//! A sum of two numbers is rounded, and what the rounding took can be computed: by more
//! additions and subtractions, without an error. Derive how, in `taken`. `sum` uses it: it adds
//! up what was taken on the side, and gives it back at the end.

/// a + b − s, where s is a + b as a computer rounds it: what the rounding took, exactly. For
/// numbers of any size whose sum is finite, in any order.
pub fn taken(a: f64, b: f64) -> f64 {
    // TODO: how much of the smaller number has arrived in the sum?
    todo!()
}

/// The sum of the numbers, in their order, with what rounding took given back at the end.
pub fn sum(numbers: &[f64]) -> f64 {
    let mut sum = 0.0;
    let mut lost = 0.0;
    for number in numbers {
        lost += taken(sum, *number);
        sum += number;
    }
    sum + lost
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_taken(a: f64, b: f64, expected: f64, idea: &str) {
        let got = taken(a, b);
        assert!(
            got == expected,
            "taken from {a:e} + {b:e}: expected {expected:e}, got {got:e}. {idea}"
        );
    }

    fn check_sum(numbers: &[f64], expected: f64, what: &str, idea: &str) {
        let got = sum(numbers);
        assert!(
            got == expected,
            "the sum of {what}: expected {expected:?}, got {got:?}. {idea}"
        );
    }

    #[test]
    fn nothing_is_taken_from_small_whole_numbers() {
        check_taken(
            3.0,
            4.0,
            0.0,
            "7 is a number that a computer has, so nothing was rounded.",
        );
    }

    #[test]
    fn all_of_a_tiny_number() {
        check_taken(
            1.0,
            1e-20,
            1e-20,
            "1 + 1e-20 is rounded to 1, so all of 1e-20 was taken. Which part of the small number has arrived in the sum?",
        );
    }

    #[test]
    fn a_part_of_a_number() {
        // Near 2⁵³ a computer has the even numbers only.
        let large = 9_007_199_254_740_992.0;
        check_taken(
            large,
            3.0,
            -1.0,
            "2⁵³ + 3 is rounded up by 1, to 2⁵³ + 4: a negative number was taken. It is a + b − s, in this direction.",
        );
    }

    #[test]
    fn the_larger_one_may_come_second() {
        check_taken(
            1e-20,
            1.0,
            1e-20,
            "Subtract the larger number from the sum: the difference to the smaller one is rounded itself.",
        );
        check_taken(
            2.0,
            -1e30,
            2.0,
            "Larger in size: the sign says nothing about it.",
        );
    }

    #[test]
    fn a_thousand_tenths() {
        check_sum(
            &[0.1; 1_000],
            100.0,
            "a thousand tenths",
            "Added one by one without a memory they come to a little less than 100. What was taken is to be added, and once, at the end.",
        );
    }

    #[test]
    fn a_small_number_between_large_ones() {
        check_sum(
            &[1.0, 1e100, 1.0, -1e100],
            2.0,
            "1, 1e100, 1 and -1e100",
            "Each 1 is taken as a whole when 1e100 is in the sum, or comes to it. Both must be remembered until the large numbers have left.",
        );
    }
}
