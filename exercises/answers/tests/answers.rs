//! Starters fail, solutions pass, and each wrong answer gets a message that names its mistake.

use std::fs;
use std::panic::{catch_unwind, set_hook, take_hook};

use answers::{Exercise, Tests, exercises};

/// The fewest wrong answers of an exercise.
const WRONG: usize = 3;
/// The fewest exercises of a chapter that the course does not have.
const OWN: usize = 2;

/// The messages of the tests that fail.
fn complaints(tests: Tests) -> Vec<String> {
    let failed = tests
        .iter()
        .filter_map(|(_, test)| catch_unwind(test).err());
    failed
        .map(|said| match said.downcast::<String>() {
            Ok(said) => *said,
            Err(said) => said
                .downcast::<&str>()
                .map_or_else(|_| String::new(), |said| (*said).to_owned()),
        })
        .collect()
}

fn each(check: impl Fn(&Exercise) -> Result<(), String>) {
    let hook = take_hook();
    // The messages are read here and need not be printed.
    set_hook(Box::new(|_| {}));
    let problems: Vec<String> = exercises()
        .iter()
        .filter_map(|exercise| {
            check(exercise)
                .err()
                .map(|error| format!("{}: {error}", exercise.name))
        })
        .collect();
    set_hook(hook);
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn every_chapter_of_the_first_part_has_exercises_that_the_course_does_not_have() {
    let summary = concat!(env!("CARGO_MANIFEST_DIR"), "/../../book/SUMMARY.md");
    let summary = fs::read_to_string(summary).unwrap();
    let first = summary.split("\n# ").nth(1).unwrap();
    let chapters = first
        .split(".md)")
        .filter_map(|line| line.rsplit('(').next());
    let chapters: Vec<&str> = chapters.filter(|chapter| !chapter.contains('\n')).collect();
    assert!(chapters.contains(&"initialization"), "{chapters:?}");
    for chapter in chapters {
        let own = exercises()
            .iter()
            .filter(|exercise| exercise.chapter == chapter && !exercise.graded);
        assert!(own.count() >= OWN, "{chapter}");
    }
}

// One test, since the whole process shares one panic hook.
#[test]
fn starters_fail_solutions_pass_and_wrong_answers_are_told_apart() {
    each(starter_and_solution);
    each(wrong_answers);
}

fn starter_and_solution(exercise: &Exercise) -> Result<(), String> {
    if complaints(exercise.starter).is_empty() {
        return Err("expected the untouched starter to fail".to_owned());
    }
    match complaints(exercise.solution).first() {
        Some(said) => Err(format!("expected the solution to pass, got: {said}")),
        None => Ok(()),
    }
}

fn wrong_answers(exercise: &Exercise) -> Result<(), String> {
    if exercise.wrong.len() < WRONG {
        return Err(format!(
            "expected at least {WRONG} plausible wrong answers, got {}",
            exercise.wrong.len()
        ));
    }
    for wrong in exercise.wrong {
        let said = complaints(wrong.tests);
        // Shown with `--nocapture`: which answer gets which message.
        println!("{}: {} → {}", exercise.name, wrong.idea, said.join(" | "));
        if said.is_empty() {
            return Err(format!("\"{}\" passes", wrong.idea));
        }
        if !said.iter().any(|said| said.contains(wrong.says)) {
            return Err(format!(
                "\"{}\": expected to be told \"{}\", got\n  {}",
                wrong.idea,
                wrong.says,
                said.join("\n  ")
            ));
        }
        let helps = |said: &String| said.contains("expected") && said.contains("got");
        if let Some(said) = said.iter().find(|said| !helps(said)) {
            return Err(format!(
                "\"{}\": expected to be told what was expected and what it got, got\n  {said}",
                wrong.idea
            ));
        }
    }
    Ok(())
}
