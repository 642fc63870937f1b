//! The course's own football data, which belong to the course and are not part of this repository.

use trainable::prelude::*;

/// The two sets of points of the regularization assignment.
#[derive(Debug, Clone)]
pub struct CourseData {
    /// 211 points to train on.
    pub train: Dataset,
    /// 200 points that the assignment calls its test set.
    pub test: Dataset,
    /// The SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
}
