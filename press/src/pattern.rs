//! Patterns that are written in the code.

use regex::Regex;

/// The pattern. A broken one ends the program: it must not switch off what looks for it.
#[expect(
    clippy::expect_used,
    reason = "a constant of the code, which a test compiles"
)]
pub(crate) fn pattern(written: &str) -> Regex {
    Regex::new(written).expect("expected a pattern that compiles")
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    #[should_panic(expected = "expected a pattern that compiles")]
    fn a_broken_pattern_does_not_pass_for_one_that_finds_nothing() {
        pattern("(");
    }
}
