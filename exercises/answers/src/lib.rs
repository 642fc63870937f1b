//! Each exercise's starter, solution and wrong answers, with their tests.

/// An exercise with the tests of its variants.
#[derive(Debug, Clone, Copy)]
pub struct Exercise {
    /// Its name in rustlings.
    pub name: &'static str,
    /// Its chapter: the name of the file in `book/`.
    pub chapter: &'static str,
    /// Whether the course grades this function.
    pub graded: bool,
    /// The tests of the untouched starter.
    pub starter: Tests,
    /// The tests of the solution.
    pub solution: Tests,
    /// Plausible mistakes.
    pub wrong: &'static [Wrong],
}

/// A plausible mistake.
#[derive(Debug, Clone, Copy)]
pub struct Wrong {
    /// The misunderstanding behind it.
    pub idea: &'static str,
    /// A part of the message that the learner must get.
    pub says: &'static str,
    /// The tests of the solution with this mistake.
    pub tests: Tests,
}

/// Tests by name; a failing one panics.
pub type Tests = &'static [(&'static str, fn())];

include!(concat!(env!("OUT_DIR"), "/exercises.rs"));

/// The exercises in order.
pub fn exercises() -> &'static [Exercise] {
    EXERCISES
}
