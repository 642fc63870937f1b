//! The exercises of a chapter, and all of them.

use std::path::Path;

use course::syllabus::Syllabus;
use exercise_set::{Exercise, Kind, Set, code};

use crate::html;
use crate::inline;
use crate::listing;
use crate::nearest;
use crate::place::{Chapter, Places};

/// The folder of the set, from the repository's root.
const FOLDER: &str = "exercises";

/// What the exercises' sections are made of.
pub(crate) struct Exercises<'a> {
    pub(crate) set: &'a Set,
    pub(crate) places: &'a Places,
    pub(crate) syllabus: Syllabus,
}

/// The set below `root`, if there is one.
///
/// # Errors
///
/// Says which file of it cannot be read, or what in it was expected and what came.
pub(crate) fn read(root: &Path) -> Result<Option<Set>, exercise_set::Error> {
    let folder = root.join(FOLDER);
    match folder.is_dir() {
        true => Set::read(&folder).map(Some),
        false => Ok(None),
    }
}

/// The id of an exercise's section.
pub(crate) fn anchor(exercise: &Exercise) -> String {
    format!("exercise-{}", exercise.name.replace('_', "-"))
}

impl Exercises<'_> {
    /// The exercises of a chapter, each with its task, hints and solution; `file` is the page's.
    ///
    /// # Errors
    ///
    /// Says that the chapter has none, or that they stand elsewhere, and what in them is no inline
    /// Markdown.
    pub(crate) fn chapter(
        &self,
        chapter: &str,
        file: &str,
        to_root: &str,
    ) -> Result<String, String> {
        let exercises: Vec<&Exercise> = self.set.of(chapter).collect();
        let Some(first) = exercises.first() else {
            let hint = nearest::hint(chapter, self.set.chapters());
            return Err(format!("there are no exercises for `{chapter}`{hint}"));
        };
        if first.words.chapter != file {
            return Err(format!(
                "expected the exercises of `{chapter}` in {}, found them here",
                first.words.chapter
            ));
        }
        if self.shown(chapter).count() > 1 {
            return Err(format!("the exercises of `{chapter}` are shown twice"));
        }
        let sections: Result<Vec<String>, String> =
            exercises.iter().map(|exercise| section(exercise)).collect();
        Ok(self.opening(exercises.len(), to_root) + &sections?.concat())
    }

    /// The table of all exercises, each linked to its place.
    ///
    /// # Errors
    ///
    /// Says which chapters do not show theirs, and which graded function the course does not have.
    pub(crate) fn table(&self, to_root: &str) -> Result<String, String> {
        let chapters = self.set.chapters();
        let missing: Vec<String> = chapters
            .iter()
            .filter(|chapter| self.shown(chapter).next().is_none())
            .map(|chapter| format!("`{{{{#exercises {chapter}}}}}`"))
            .collect();
        if !missing.is_empty() {
            return Err(format!(
                "expected every exercise to stand in its chapter, found none with {}",
                missing.join(", ")
            ));
        }
        let groups: Result<Vec<String>, String> = chapters
            .iter()
            .filter_map(|chapter| self.shown(chapter).next())
            .map(|place| self.group(place, to_root))
            .collect();
        let header = ["Exercise", "What you do", "Minutes", "In the course"]
            .map(|name| format!("<th scope=\"col\">{name}</th>"))
            .concat();
        Ok(format!(
            "{}<div class=\"table-wrapper exercises\" tabindex=\"0\" role=\"region\" \
             aria-label=\"All exercises\"><table><thead><tr>{header}</tr></thead>{}</table></div>",
            self.summary(),
            groups?.concat()
        ))
    }

    fn shown<'a>(&'a self, chapter: &'a str) -> impl Iterator<Item = &'a Chapter> {
        let shown = self.places.exercises.iter();
        shown.filter(move |place| place.name == chapter)
    }

    fn opening(&self, count: usize, to_root: &str) -> String {
        let counted = match count {
            1 => "One exercise".to_owned(),
            _ => format!("{count} exercises"),
        };
        let begin = match &self.places.exercises_page {
            Some(page) => format!(" <a href=\"{to_root}{page}\">How to begin</a>."),
            None => String::new(),
        };
        format!("<p>{counted} with tests that say what is wrong.{begin}</p>")
    }

    fn summary(&self) -> String {
        let exercises = &self.set.exercises;
        let minutes: u32 = exercises.iter().map(|exercise| exercise.minutes).sum();
        let graded = exercises
            .iter()
            .filter(|exercise| exercise.words.course.is_some());
        format!(
            "<p>{} exercises, about {} in all; among them {} of the functions that the course \
             grades.</p>",
            exercises.len(),
            hours(minutes),
            graded.count()
        )
    }

    fn group(&self, place: &Chapter, to_root: &str) -> Result<String, String> {
        let (page, title) = (&place.page, inline::render(&place.title)?);
        let rows: Result<Vec<String>, String> = self
            .set
            .of(&place.name)
            .map(|exercise| self.row(exercise, &format!("{to_root}{page}")))
            .collect();
        Ok(format!(
            "<tbody><tr><th colspan=\"4\" scope=\"rowgroup\">{title}</th></tr>{}</tbody>",
            rows?.concat()
        ))
    }

    fn row(&self, exercise: &Exercise, page: &str) -> Result<String, String> {
        let course = match &exercise.words.course {
            Some(function) => self.graded(function)?,
            None => String::new(),
        };
        Ok(format!(
            "<tr><td><a href=\"{page}#{}\">{}</a></td><td>{}</td>\
             <td class=\"number\">{}</td><td>{course}</td></tr>",
            anchor(exercise),
            inline::render(&exercise.words.title)?,
            exercise.kind.verb(),
            exercise.minutes
        ))
    }

    fn graded(&self, function: &str) -> Result<String, String> {
        if self.syllabus.item(function).is_none() {
            let known = self.syllabus.items().map(|item| item.id);
            let hint = nearest::hint(function, known);
            return Err(format!("the course has no function `{function}`{hint}"));
        }
        Ok(format!("<code>{}</code>", html::escape(function)))
    }
}

fn hours(minutes: u32) -> String {
    match minutes.div_ceil(60) {
        1 => "an hour".to_owned(),
        hours => format!("{hours} hours"),
    }
}

fn section(exercise: &Exercise) -> Result<String, String> {
    let words = &exercise.words;
    let id = anchor(exercise);
    let title = inline::render(&words.title)?;
    Ok(format!(
        "<section class=\"exercise\"><h3 id=\"{id}\"><a class=\"header\" \
         href=\"#{id}\">{title}</a></h3>{}{}{}{}{}</section>",
        about(exercise),
        paragraphs(&words.task)?,
        folded(
            given(exercise.kind),
            &listing::code(code(&exercise.starter))
        ),
        hints(&exercise.hint)?,
        folded(
            "A solution, and why",
            &(listing::code(code(&exercise.solution)) + &paragraphs(&words.why)?)
        )
    ))
}

/// What the file has to begin with.
fn given(kind: Kind) -> &'static str {
    match kind {
        Kind::Write | Kind::Derive => "The function to write",
        Kind::Find => "The code to mend",
        Kind::Predict => "What to predict",
    }
}

/// The line that says what is asked, for how long, and where.
fn about(exercise: &Exercise) -> String {
    let file = exercise.file();
    let file = file.to_string_lossy().replace('\\', "/");
    let mut parts = vec![
        exercise.kind.verb().to_owned(),
        format!("about {} minutes", exercise.minutes),
        format!("<code>{FOLDER}/exercises/{}</code>", html::escape(&file)),
    ];
    if let Some(function) = &exercise.words.course {
        let function = html::escape(function);
        parts.push(format!("in the course <code>{function}</code>"));
    }
    format!("<p class=\"about\">{}</p>", parts.join(" · "))
}

/// The steps of a hint, each folded into the one before.
fn hints(steps: &[String]) -> Result<String, String> {
    let mut inner = String::new();
    for (index, step) in steps.iter().enumerate().rev() {
        let label = match index {
            0 => "A hint",
            _ => "Another hint",
        };
        let step = inline::render(step)?;
        inner = folded(label, &format!("<p>{step}</p>{inner}"));
    }
    Ok(inner)
}

fn folded(label: &str, inside: &str) -> String {
    format!("<details><summary>{label}</summary>{inside}</details>")
}

fn paragraphs(paragraphs: &[String]) -> Result<String, String> {
    paragraphs
        .iter()
        .map(|paragraph| Ok(format!("<p>{}</p>", inline::render(paragraph)?)))
        .collect()
}
