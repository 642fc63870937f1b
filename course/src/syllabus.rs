//! What the course teaches, week by week, so that the book can show that it has all of it.
//!
//! A chapter says what it covers with `{{#covers 1.12}}` in the section that does; the page
//! *Coverage* lists everything, and the book does not build with anything missing.

use crate::works::Work;

/// A lecture or a graded function of the course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// The lecture's number or the function's name: what `{{#covers …}}` names.
    pub id: &'static str,
    /// The lecture's title, or what the function does.
    pub title: &'static str,
    /// The part of the course it belongs to.
    pub work: Work,
    /// Where the library has it: a file from the repository's root, and the beginning of the line,
    /// as in `pub struct Dropout`.
    pub code: &'static [(&'static str, &'static str)],
    /// The test in `tests/course.rs` that holds it against the course's numbers, where it has any.
    pub test: Option<&'static str>,
}

/// A week of the course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    /// Its number, from 1.
    pub number: u8,
    /// Its lectures and functions, in the course's order.
    pub items: &'static [Item],
    /// The ids of those that no chapter has yet.
    pub not_yet: &'static [&'static str],
}

/// What a book has to cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Syllabus {
    /// The weeks, in the course's order.
    pub weeks: &'static [Week],
}

impl Item {
    /// A lecture, which no test of the course's numbers belongs to.
    pub(crate) const fn lecture(
        id: &'static str,
        title: &'static str,
        code: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self {
            id,
            title,
            work: Work::Lectures,
            code,
            test: None,
        }
    }

    /// A graded function.
    pub(crate) const fn function(
        work: Work,
        id: &'static str,
        title: &'static str,
        code: &'static [(&'static str, &'static str)],
        test: Option<&'static str>,
    ) -> Self {
        Self {
            id,
            title,
            work,
            code,
            test,
        }
    }
}

impl Syllabus {
    /// The lectures and functions of all weeks, in the course's order.
    pub fn items(self) -> impl Iterator<Item = &'static Item> {
        self.weeks.iter().flat_map(|week| week.items)
    }

    /// The lecture or function of this id.
    pub fn item(self, id: &str) -> Option<&'static Item> {
        self.items().find(|item| item.id == id)
    }

    /// The week that says that no chapter has this lecture or function yet.
    pub fn missing_in(self, id: &str) -> Option<&'static Week> {
        self.weeks.iter().find(|week| week.not_yet.contains(&id))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::week_1;
    use crate::weeks::WEEKS;

    const SYLLABUS: Syllabus = Syllabus { weeks: WEEKS };

    #[test]
    fn the_book_covers_all_weeks_there_are() {
        assert_eq!(Syllabus::default(), SYLLABUS);
        let numbers: Vec<u8> = WEEKS.iter().map(|week| week.number).collect();
        let expected: Vec<u8> = (1..).take(numbers.len()).collect();
        assert_eq!(numbers, expected);
    }

    #[test]
    fn all_lectures_and_functions_are_listed_once() {
        let ids: BTreeSet<&str> = SYLLABUS.items().map(|item| item.id).collect();
        assert_eq!(ids.len(), SYLLABUS.items().count());
        let is_lecture = |item: &&Item| item.work == Work::Lectures;
        assert_eq!(WEEKS[0].items.iter().filter(is_lecture).count(), 14);
    }

    #[test]
    fn a_lecture_is_numbered_by_its_week() {
        for week in WEEKS {
            let lectures = week.items.iter().filter(|item| item.work == Work::Lectures);
            for (index, lecture) in lectures.enumerate() {
                assert_eq!(lecture.id, format!("{}.{}", week.number, index + 1));
            }
        }
    }

    #[test]
    fn an_item_is_found_by_its_id_in_any_week() {
        const SECOND: Week = Week {
            number: 2,
            items: &[Item::lecture("2.1", "Mini-batches", &[])],
            not_yet: &["2.1"],
        };
        const TWO: Syllabus = Syllabus {
            weeks: &[week_1::WEEK, SECOND],
        };
        assert_eq!(TWO.item("1.6").unwrap().title, "Dropout regularization");
        assert_eq!(TWO.item("2.1").unwrap().title, "Mini-batches");
        assert_eq!(TWO.item("3.1"), None);
        assert_eq!(TWO.missing_in("2.1"), Some(&SECOND));
        assert_eq!(TWO.missing_in("1.6"), None);
    }

    #[test]
    fn only_what_a_week_lists_can_be_missing_from_it() {
        for week in WEEKS {
            for id in week.not_yet {
                assert!(week.items.iter().any(|item| item.id == *id), "{id}");
            }
        }
    }
}
