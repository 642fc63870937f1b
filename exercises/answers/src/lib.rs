//! What is known of the exercises: each one's starter, its solution, and wrong answers to it.

/// An exercise with the tests of its variants.
#[derive(Debug, Clone, Copy)]
pub struct Exercise {
    /// Its name for rustlings.
    pub name: &'static str,
    /// Its chapter: the name of the file in `book/`.
    pub chapter: &'static str,
    /// Whether it is a function that the course grades.
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
    /// What was got wrong.
    pub idea: &'static str,
    /// A part of what the learner must then be told.
    pub says: &'static str,
    /// The tests of the solution with this mistake.
    pub tests: Tests,
}

/// Tests by name; one that fails panics.
pub type Tests = &'static [(&'static str, fn())];

include!(concat!(env!("OUT_DIR"), "/exercises.rs"));

/// The exercises in their order.
pub fn exercises() -> &'static [Exercise] {
    EXERCISES
}
