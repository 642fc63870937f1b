//! A reader's progress: the result of each file in `exercises/`, as a table for a summary.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::{Error, Exercise, Set};

/// The state of an exercise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nobody has edited it.
    Untouched,
    /// All tests pass.
    Done,
    /// A test fails with this message.
    Told(String),
    /// It does not compile, with this message.
    Refused(String),
}

/// Runs the tests of each exercise in turn.
///
/// # Errors
///
/// If cargo cannot be started or a reader's file cannot be read.
pub fn measure(set: &Set) -> Result<Vec<State>, Error> {
    set.exercises
        .iter()
        .map(|exercise| state(&set.folder, exercise))
        .collect()
}

/// The states as a Markdown table, below a line that counts the finished ones.
pub fn table(set: &Set, states: &[State]) -> String {
    let done = states.iter().filter(|state| **state == State::Done).count();
    let mut table = format!(
        "## Exercises\n\n{done} of {} done.\n\n\
         | chapter | exercise | state | what it says |\n|---|---|---|---|\n",
        states.len()
    );
    for (exercise, state) in set.exercises.iter().zip(states) {
        let (state, said) = match state {
            State::Untouched => ("not begun", String::new()),
            State::Done => ("✓ done", String::new()),
            State::Told(said) => ("✗ a test fails", code(said)),
            State::Refused(said) => ("✗ does not compile", code(said)),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| {} | {} (`{}`) | {state} | {said} |",
            exercise.chapter().replace('_', " "),
            exercise.words.title.replace('|', "\\|"),
            exercise.name
        );
    }
    table
}

fn state(folder: &Path, exercise: &Exercise) -> Result<State, Error> {
    let path = folder.join("exercises").join(exercise.file());
    let text = fs::read_to_string(&path).map_err(|reason| Error::file(&path, reason))?;
    if text == exercise.starter {
        return Ok(State::Untouched);
    }
    let output = Command::new("cargo")
        .args(["test", "--quiet", "--bin", &exercise.name])
        // Color codes do not belong in the table.
        .env("CARGO_TERM_COLOR", "never")
        .current_dir(folder)
        .output()
        .map_err(Error::Cargo)?;
    Ok(judged(&output))
}

fn judged(output: &Output) -> State {
    if output.status.success() {
        return State::Done;
    }
    match panic_message(&String::from_utf8_lossy(&output.stdout)) {
        Some(said) => State::Told(said),
        None => State::Refused(compiler_message(&String::from_utf8_lossy(&output.stderr))),
    }
}

/// The first failed test's message, from the output of the test harness.
fn panic_message(output: &str) -> Option<String> {
    let (_, after) = output.split_once(" panicked at ")?;
    let lines: Vec<&str> = after
        .lines()
        .skip(1)
        .take_while(|line| !line.is_empty() && !line.starts_with("note: "))
        .map(str::trim)
        .collect();
    Some(lines.join(" "))
}

/// The compiler's first error, or the last line if there is none.
fn compiler_message(output: &str) -> String {
    let error = output.lines().find(|line| line.starts_with("error"));
    error
        .or_else(|| output.lines().last())
        .unwrap_or_default()
        .to_owned()
}

/// A code span for a table cell.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    match text.contains('`') {
        true => format!("`` {text} ``"),
        false => format!("`{text}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_test_is_quoted_over_its_lines() {
        let output = "\nrunning 1 test\nF\n\n---- tests::a stdout ----\n\n\
            thread 'tests::a' (7) panicked at exercises/04_l2/a.rs:1:2:\n\
            dW: expected [[1,\n 2]], got 3\nnote: run with\n";
        assert_eq!(
            panic_message(output).unwrap(),
            "dW: expected [[1, 2]], got 3"
        );
        assert_eq!(panic_message("running 1 test"), None);
    }

    #[test]
    fn a_compiler_error_is_quoted_without_its_place() {
        let output =
            "warning: unused\nerror[E0425]: cannot find `a`\n --> b.rs\nerror: could not compile";
        assert_eq!(compiler_message(output), "error[E0425]: cannot find `a`");
        assert_eq!(compiler_message(""), "");
    }

    #[test]
    fn what_is_said_stays_in_its_cell() {
        assert_eq!(code("a | b"), "`a \\| b`");
        assert_eq!(code("cannot find `a`"), "`` cannot find `a` ``");
    }
}
