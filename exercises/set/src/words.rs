//! The text at the top of an exercise's file.

/// The title, the chapter, the course's name, the task and the reasons, from the `//!` lines of a
/// solution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// `//! # …`
    pub title: String,
    /// `//! Chapter: book/….md`
    pub chapter: String,
    /// The course's name for the function, if the course grades it:
    /// `//! Chapter: book/….md · in the course: …`
    pub course: Option<String>,
    /// The task, in paragraphs of inline Markdown.
    pub task: Vec<String>,
    /// Why the solution is right, in paragraphs of inline Markdown; starters leave it out.
    pub why: Vec<String>,
}

const WHY: &str = "# Why";
const COURSE: &str = " · in the course: ";

impl Words {
    /// Reads the text of a solution's file.
    ///
    /// # Errors
    ///
    /// If a part is missing, with what was found in its place.
    pub(crate) fn of(solution: &str) -> Result<Self, String> {
        let mut paragraphs = paragraphs(solution).into_iter();
        let mut next = |before: &str| {
            let found = paragraphs.next().unwrap_or_default();
            let rest = found.strip_prefix(before).map(str::to_owned);
            rest.ok_or_else(|| format!("expected a paragraph `//! {before}…`, got `//! {found}`"))
        };
        let title = next("# ")?;
        let (chapter, course) = chapter_and_course(&next("Chapter: ")?);
        let rest: Vec<String> = paragraphs.collect();
        let (task, why) = match rest.iter().position(|paragraph| paragraph == WHY) {
            Some(at) => (rest[..at].to_vec(), rest[at + 1..].to_vec()),
            None => (rest, Vec::new()),
        };
        if task.is_empty() {
            return Err("expected a task in the `//!` lines, got none".to_owned());
        }
        if why.is_empty() {
            return Err(format!(
                "expected `//! {WHY}` and a few lines on why the solution is right, got none"
            ));
        }
        Ok(Self {
            title,
            chapter,
            course,
            task,
            why,
        })
    }
}

fn chapter_and_course(line: &str) -> (String, Option<String>) {
    match line.split_once(COURSE) {
        Some((chapter, course)) => (
            chapter.to_owned(),
            Some(course.trim_matches('`').to_owned()),
        ),
        None => (line.to_owned(), None),
    }
}

/// The `//!` lines of a file, as paragraphs.
fn paragraphs(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(str::trim)
        .collect();
    let paragraphs = lines.split(|line| line.is_empty());
    paragraphs
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| paragraph.join(" "))
        .collect()
}

/// A solution without the reasons.
pub(crate) fn without_why(solution: &str) -> String {
    let mark = format!("//!\n//! {WHY}\n");
    let Some((before, after)) = solution.split_once(&mark) else {
        return solution.to_owned();
    };
    let code = after
        .split_inclusive('\n')
        .skip_while(|line| line.starts_with("//!"));
    before.to_owned() + &code.collect::<String>()
}

/// The steps of a hint, from lines such as `1. …`; a line without a number continues its step.
pub(crate) fn steps(hint: &str) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    for line in hint.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let number = format!("{}. ", steps.len() + 1);
        match (line.strip_prefix(&number), steps.last_mut()) {
            (Some(step), _) => steps.push(step.to_owned()),
            (None, Some(last)) => {
                last.push(' ');
                last.push_str(line);
            }
            (None, None) => {}
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOLUTION: &str = "\
//! # Zeros
//!
//! Chapter: book/initialization.md
//!
//! Write
//! zeros.
//!
//! # Why
//!
//! Since.

fn zeros() {}
";

    #[test]
    fn a_file_says_what_and_why() {
        let words = Words::of(SOLUTION).unwrap();
        assert_eq!(words.title, "Zeros");
        assert_eq!(words.chapter, "book/initialization.md");
        assert_eq!(words.course, None);
        assert_eq!(words.task, ["Write zeros."]);
        assert_eq!(words.why, ["Since."]);
    }

    #[test]
    fn the_course_may_have_a_name_for_it() {
        let text = SOLUTION.replace("ion.md", "ion.md · in the course: `zeros`");
        let words = Words::of(&text).unwrap();
        assert_eq!(words.chapter, "book/initialization.md");
        assert_eq!(words.course.as_deref(), Some("zeros"));
    }

    #[test]
    fn what_is_missing_is_named() {
        for (taken, expected) in [
            ("# Zeros", "`//! # …`"),
            ("Chapter: ", "`//! Chapter: …`"),
            ("//! Write\n//! zeros.\n", "expected a task"),
            ("//! Since.\n", "`//! # Why`"),
        ] {
            let said = Words::of(&SOLUTION.replace(taken, "")).unwrap_err();
            assert!(said.contains(expected), "{taken}: {said}");
        }
    }

    #[test]
    fn the_starter_keeps_the_reasons_back() {
        assert_eq!(
            without_why(SOLUTION),
            "//! # Zeros\n//!\n//! Chapter: book/initialization.md\n//!\n\
             //! Write\n//! zeros.\n\nfn zeros() {}\n"
        );
    }

    #[test]
    fn steps_may_go_on_over_lines() {
        assert_eq!(steps("\n1. a\nb\n2. c\n3. d"), ["a b", "c", "d"]);
        assert_eq!(steps("no number"), [""; 0]);
    }
}
