//! The first week: what it teaches, and which of it the book does not cover yet.

use crate::syllabus::{Item, Week};
use crate::works::Work;

/// The first week.
pub const WEEK: Week = Week {
    number: 1,
    items: &ITEMS,
    not_yet: &NOT_YET,
};

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
    Item::lecture(
        "1.1",
        "Train/dev/test sets",
        &[("src/split.rs", "pub struct Split")],
    ),
    Item::lecture(
        "1.2",
        "Bias/variance",
        &[("src/bias_variance.rs", "pub fn diagnose")],
    ),
    Item::lecture(
        "1.3",
        "Basic recipe for machine learning",
        &[("src/bias_variance.rs", "pub fn remedies")],
    ),
    Item::lecture("1.4", "Regularization", &[(L2, "pub enum Penalty")]),
    Item::lecture(
        "1.5",
        "Why regularization reduces overfitting",
        &[(L2, "pub fn add_gradient")],
    ),
    Item::lecture(
        "1.6",
        "Dropout regularization",
        &[(DROPOUT, "pub struct Dropout")],
    ),
    Item::lecture("1.7", "Understanding dropout", &[(DROPOUT, "pub fn fresh")]),
    Item::lecture(
        "1.8",
        "Other regularization methods",
        &[
            ("src/early_stopping.rs", "pub struct EarlyStopping"),
            ("src/augmentation.rs", "pub enum Augmentation"),
        ],
    ),
    Item::lecture(
        "1.9",
        "Normalizing inputs",
        &[("src/normalization.rs", "pub struct Normalization")],
    ),
    Item::lecture(
        "1.10",
        "Vanishing/exploding gradients",
        &[("src/gradient_flow.rs", "pub fn gradient_flow")],
    ),
    Item::lecture(
        "1.11",
        "Weight initialization for deep networks",
        &[(INITIALIZATION, "pub enum Initialization")],
    ),
    Item {
        test: SLOPES,
        ..Item::lecture(
            "1.12",
            "Numerical approximation of gradients",
            &[(CHECK, "pub fn slope")],
        )
    },
    Item {
        test: BUGS,
        ..Item::lecture("1.13", "Gradient checking", &[(CHECK, "pub fn check(")])
    },
    Item::lecture(
        "1.14",
        "Gradient checking implementation notes",
        &[(CHECK, "pub fn parts"), (CHECK, "pub fn worst")],
    ),
    Item::function(
        Work::Initialization,
        "initialize_parameters_zeros",
        "All parameters 0",
        &[(INITIALIZATION, "Zeros,")],
        WEIGHTS,
    ),
    Item::function(
        Work::Initialization,
        "initialize_parameters_random",
        "Normal weights with a standard deviation of 10",
        &[(INITIALIZATION, "Gaussian(f64),")],
        WEIGHTS,
    ),
    Item::function(
        Work::Initialization,
        "initialize_parameters_he",
        "Normal weights with the variance 2/n",
        &[(INITIALIZATION, "He,")],
        WEIGHTS,
    ),
    Item::function(
        Work::Regularization,
        "compute_cost_with_regularization",
        "The cost with its penalty",
        &[(L2, "pub fn cost")],
        Some("the_regularized_cost_of_the_exercise"),
    ),
    Item::function(
        Work::Regularization,
        "backward_propagation_with_regularization",
        "The gradient with the penalty's",
        &[(L2, "pub fn add_gradient")],
        Some("the_regularized_gradients_of_the_exercise"),
    ),
    Item::function(
        Work::Regularization,
        "forward_propagation_with_dropout",
        "Activations under a dropout mask",
        &[(OBJECTIVE, "pub fn activations")],
        Some("forward_propagation_with_dropout_of_the_exercise"),
    ),
    Item::function(
        Work::Regularization,
        "backward_propagation_with_dropout",
        "The gradient under the same mask",
        &[(OBJECTIVE, "pub fn gradients")],
        Some("backward_propagation_with_dropout_of_the_graded_test"),
    ),
    Item::function(
        Work::GradientChecking,
        "forward_propagation",
        "J = θx, for one parameter",
        &[(CHECK, "pub fn slope")],
        SLOPES,
    ),
    Item::function(
        Work::GradientChecking,
        "backward_propagation",
        "Its derivative",
        &[(CHECK, "pub fn slope")],
        SLOPES,
    ),
    Item::function(
        Work::GradientChecking,
        "gradient_check",
        "One derivative against a numerical one",
        &[
            (CHECK, "pub fn slope"),
            (CHECK, "pub fn relative_difference"),
        ],
        SLOPES,
    ),
    Item::function(
        Work::GradientChecking,
        "gradient_check_n",
        "All derivatives against numerical ones",
        &[(CHECK, "pub fn check(")],
        BUGS,
    ),
    Item::function(
        Work::GradientChecking,
        "backward_propagation_n",
        "Its two planted bugs, to be found and fixed",
        &[(CHECK, "pub fn parts")],
        BUGS,
    ),
];
