//! What the course's first week consists of, so that the book can show that it has all of it.
//!
//! A chapter says what it covers with `{{#covers 1.12}}` in the section that does; the page *Coverage* lists
//! everything, and the book does not build with anything missing.

use crate::course::Work;

/// A lecture or a graded function of the course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// The lecture's number or the function's name: what `{{#covers …}}` names.
    pub id: &'static str,
    /// The lecture's title, or what the function does.
    pub title: &'static str,
    /// The part of the course it belongs to.
    pub work: Work,
    /// Where the library has it: a file from the repository's root, and the beginning of the line, as in
    /// `pub struct Dropout`.
    pub code: &'static [(&'static str, &'static str)],
    /// The test in `tests/course.rs` that holds it against the course's numbers, where it has any.
    pub test: Option<&'static str>,
}

/// What a book has to cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Syllabus {
    /// All lectures and functions, in the course's order.
    pub items: &'static [Item],
    /// The ids of those that no chapter has yet.
    pub not_yet: &'static [&'static str],
}

/// The first week.
pub const WEEK_1: Syllabus = Syllabus { items: &ITEMS, not_yet: &NOT_YET };

/// To be emptied: a chapter that covers one of these takes it out, or the book does not build.
const NOT_YET: [&str; 0] = [];

const L2: &str = "src/l2.rs";
const CHECK: &str = "src/gradient_check.rs";
const INITIALIZATION: &str = "src/initialization.rs";
const DROPOUT: &str = "src/dropout.rs";
const OBJECTIVE: &str = "src/objective.rs";

const SLOPES: Option<&str> = Some("slopes_of_the_gradient_checking_exercises");
const WEIGHTS: Option<&str> = Some("initial_weights_to_one_ulp");
const BUGS: Option<&str> = Some("the_two_bugs_of_the_gradient_checking_exercise");

const ITEMS: [Item; 26] = [
    lecture("1.1", "Train/dev/test sets", &[("src/split.rs", "pub struct Split")]),
    lecture("1.2", "Bias/variance", &[("src/bias_variance.rs", "pub fn diagnose")]),
    lecture(
        "1.3",
        "Basic recipe for machine learning",
        &[("src/bias_variance.rs", "pub fn remedies")],
    ),
    lecture("1.4", "Regularization", &[(L2, "pub enum Penalty")]),
    lecture("1.5", "Why regularization reduces overfitting", &[(L2, "pub fn add_gradient")]),
    lecture("1.6", "Dropout regularization", &[(DROPOUT, "pub struct Dropout")]),
    lecture("1.7", "Understanding dropout", &[(DROPOUT, "pub fn fresh")]),
    lecture(
        "1.8",
        "Other regularization methods",
        &[
            ("src/early_stopping.rs", "pub struct EarlyStopping"),
            ("src/augmentation.rs", "pub enum Augmentation"),
        ],
    ),
    lecture("1.9", "Normalizing inputs", &[("src/normalization.rs", "pub struct Normalization")]),
    lecture(
        "1.10",
        "Vanishing/exploding gradients",
        &[("src/gradient_flow.rs", "pub fn gradient_flow")],
    ),
    lecture(
        "1.11",
        "Weight initialization for deep networks",
        &[(INITIALIZATION, "pub enum Initialization")],
    ),
    Item {
        test: SLOPES,
        ..lecture("1.12", "Numerical approximation of gradients", &[(CHECK, "pub fn slope")])
    },
    Item { test: BUGS, ..lecture("1.13", "Gradient checking", &[(CHECK, "pub fn check(")]) },
    lecture(
        "1.14",
        "Gradient checking implementation notes",
        &[(CHECK, "pub fn parts"), (CHECK, "pub fn worst")],
    ),
    function(
        Work::Initialization,
        "initialize_parameters_zeros",
        "All parameters 0",
        &[(INITIALIZATION, "Zeros,")],
        WEIGHTS,
    ),
    function(
        Work::Initialization,
        "initialize_parameters_random",
        "Normal weights with a standard deviation of 10",
        &[(INITIALIZATION, "Gaussian(f64),")],
        WEIGHTS,
    ),
    function(
        Work::Initialization,
        "initialize_parameters_he",
        "Normal weights with the variance 2/n",
        &[(INITIALIZATION, "He,")],
        WEIGHTS,
    ),
    function(
        Work::Regularization,
        "compute_cost_with_regularization",
        "The cost with its penalty",
        &[(L2, "pub fn cost")],
        Some("the_regularized_cost_of_the_exercise"),
    ),
    function(
        Work::Regularization,
        "backward_propagation_with_regularization",
        "The gradient with the penalty's",
        &[(L2, "pub fn add_gradient")],
        Some("the_regularized_gradients_of_the_exercise"),
    ),
    function(
        Work::Regularization,
        "forward_propagation_with_dropout",
        "Activations of a thinned network",
        &[(OBJECTIVE, "pub fn activations")],
        Some("forward_propagation_with_dropout_of_the_exercise"),
    ),
    function(
        Work::Regularization,
        "backward_propagation_with_dropout",
        "Its gradient",
        &[(OBJECTIVE, "pub fn gradients")],
        Some("backward_propagation_with_dropout_of_the_graded_test"),
    ),
    function(
        Work::GradientChecking,
        "forward_propagation",
        "J = θx, for one parameter",
        &[(CHECK, "pub fn slope")],
        SLOPES,
    ),
    function(
        Work::GradientChecking,
        "backward_propagation",
        "Its derivative",
        &[(CHECK, "pub fn slope")],
        SLOPES,
    ),
    function(
        Work::GradientChecking,
        "gradient_check",
        "One derivative against a numerical one",
        &[(CHECK, "pub fn slope"), (CHECK, "pub fn relative_difference")],
        SLOPES,
    ),
    function(
        Work::GradientChecking,
        "gradient_check_n",
        "All derivatives against numerical ones",
        &[(CHECK, "pub fn check(")],
        BUGS,
    ),
    function(
        Work::GradientChecking,
        "backward_propagation_n",
        "Its two planted bugs, to be found and mended",
        &[(CHECK, "pub fn parts")],
        BUGS,
    ),
];

const fn lecture(
    id: &'static str,
    title: &'static str,
    code: &'static [(&'static str, &'static str)],
) -> Item {
    Item { id, title, work: Work::Lectures, code, test: None }
}

const fn function(
    work: Work,
    id: &'static str,
    title: &'static str,
    code: &'static [(&'static str, &'static str)],
    test: Option<&'static str>,
) -> Item {
    Item { id, title, work, code, test }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn all_lectures_and_functions_are_listed_once() {
        let ids: BTreeSet<&str> = ITEMS.iter().map(|item| item.id).collect();
        assert_eq!(ids.len(), ITEMS.len());
        let lectures = ITEMS.iter().filter(|item| item.work == Work::Lectures);
        assert_eq!(lectures.count(), 14);
    }

    #[test]
    fn only_what_is_listed_can_be_missing() {
        for id in NOT_YET {
            assert!(ITEMS.iter().any(|item| item.id == id), "{id}");
        }
    }
}
