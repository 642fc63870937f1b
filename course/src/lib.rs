//! What the course and notes of it print, teach and get wrong: data, no training.
//!
//! The course is A. Ng's *Improving Deep Neural Networks*, deeplearning.ai. A module has the
//! [numbers] of one assignment, in the course's own digits; [`weeks`] has what it teaches, and
//! [`errata`] what only notes of it say, and wrongly.

pub mod errata;
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
