//! What the course prints and teaches: data, no training.
//!
//! The course is A. Ng's *Improving Deep Neural Networks*, deeplearning.ai. A module has the
//! [numbers] of one assignment, in the course's own digits, and [`weeks`] has what it teaches. What
//! notes of it get wrong is in a crate of its own, `errata`, so that no wording there trains anything
//! again.

pub mod gradient_checking;
pub mod initialization;
pub mod lectures;
pub mod numbers;
pub mod regularization;
pub mod syllabus;
mod week_1;
pub mod weeks;
mod works;

pub use works::Work;
