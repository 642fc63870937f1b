//! The weeks that the book covers: a file each, and one entry here.

use crate::syllabus::{Syllabus, Week};
use crate::week_1;

/// The weeks, in the course's order.
pub const WEEKS: &[Week] = &[week_1::WEEK];

impl Default for Syllabus {
    fn default() -> Self {
        Self { weeks: WEEKS }
    }
}
