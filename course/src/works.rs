//! The parts of the course.

use serde::{Deserialize, Serialize};

/// A part of the course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Work {
    /// The lectures of all weeks.
    Lectures,
    /// The first assignment of week 1.
    Initialization,
    /// The second assignment of week 1.
    Regularization,
    /// The third assignment of week 1.
    GradientChecking,
}

impl Work {
    /// All of them: the lectures, then the assignments in the course's order.
    pub const ALL: [Self; 4] = [
        Self::Lectures,
        Self::Initialization,
        Self::Regularization,
        Self::GradientChecking,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lectures => "Lectures",
            Self::Initialization => "Initialization assignment",
            Self::Regularization => "Regularization assignment",
            Self::GradientChecking => "Gradient checking assignment",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Work;

    #[test]
    fn each_has_a_name_of_its_own_and_they_are_in_order() {
        let names: BTreeSet<&str> = Work::ALL.iter().map(|work| work.name()).collect();
        assert_eq!(names.len(), Work::ALL.len());
        assert!(Work::ALL.is_sorted());
    }
}
