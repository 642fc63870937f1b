//! The whole book: reads every chapter, then puts everything in.

use std::io;
use std::path::{Path, PathBuf};

use course::syllabus::Syllabus;
use exercise_set::Set;
use lab::judge::Shown;
use lab::outcome::{Figure, Table, Value};
use lab::store::Results;
use mdbook_preprocessor::book::{Book, BookItem, Chapter};

use crate::coverage::Coverage;
use crate::directive::Directive;
use crate::erratum::Errata;
use crate::exercise::{self, Exercises};
use crate::html::{armor, escape};
use crate::page::{Found, Page, What};
use crate::place::{self, Place, Places};
use crate::problem::{Problem, Problems};
use crate::script::Script;
use crate::source::Sources;
use crate::{claim, claims, figure, lint, listing, math, nearest, printed, table, unshown, widget};

/// Why a book cannot be printed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Problems(#[from] Problems),
    #[error("the code's files cannot be read: {0}")]
    Sources(#[from] io::Error),
    #[error(transparent)]
    Exercises(#[from] exercise_set::Error),
    #[error(transparent)]
    Widgets(#[from] bundle::Error),
}

/// What a book is printed from.
pub(crate) struct Material<'a> {
    /// The repository's root.
    pub(crate) root: &'a Path,
    /// The folder of the chapters' Markdown, from the root.
    pub(crate) src: &'a str,
    pub(crate) results: &'a Results,
    pub(crate) syllabus: Syllabus,
    /// Where the script with the widgets comes from.
    pub(crate) script: Script,
}

/// Everything that a chapter can refer to.
struct Edition<'a> {
    results: &'a Results,
    syllabus: Syllabus,
    sources: Sources,
    places: Places,
    exercises: Option<Set>,
    /// The names of the widgets there are.
    widgets: Vec<String>,
    /// The version of the script with the widgets, where there is one.
    script: Option<String>,
}

/// The finished book.
///
/// # Errors
///
/// Every problem of every chapter.
pub(crate) fn print(mut book: Book, material: &Material<'_>) -> Result<Book, Error> {
    let Material { root, results, .. } = *material;
    let mut problems = Vec::new();
    let pages: Vec<Page> = book
        .chapters()
        .filter_map(|chapter| Page::read(chapter, material.src, &mut problems))
        .collect();
    let places = Places::of(&pages);
    let edition = Edition {
        results,
        syllabus: material.syllabus,
        sources: Sources::read(root)?,
        exercises: exercise::read(root)?,
        widgets: widget::names(root)?,
        script: material.script.version(root, places.has_widgets())?,
        places,
    };
    let mut printed: Vec<(PathBuf, String)> = Vec::new();
    for page in &pages {
        problems.extend(lint::check(page, results));
        printed.push((page.path.clone(), edition.page(page, &mut problems)));
    }
    problems.extend(unshown::check(&pages, results));
    if !problems.is_empty() {
        return Err(Problems(in_reading_order(problems, &pages)).into());
    }
    book.for_each_chapter_mut(|chapter| put(chapter, &mut printed));
    if let Some(code) = edition.sources.chapters() {
        book.items.push(BookItem::Separator);
        book.items.push(code);
    }
    Ok(book)
}

fn put(chapter: &mut Chapter, printed: &mut [(PathBuf, String)]) {
    let content = printed
        .iter_mut()
        .find(|(path, _)| Some(path.as_path()) == chapter.path.as_deref());
    if let Some((_, content)) = content {
        chapter.content = content.clone();
    }
}

fn in_reading_order(mut problems: Vec<Problem>, pages: &[Page]) -> Vec<Problem> {
    problems.sort_by_key(|problem| {
        let page = pages.iter().position(|page| page.file == problem.file);
        (page, problem.line)
    });
    problems
}

impl Edition<'_> {
    fn page(&self, page: &Page, problems: &mut Vec<Problem>) -> String {
        let mut printed = String::new();
        let mut done = 0;
        for found in &page.found {
            printed.push_str(&page.markdown[done..found.range.start]);
            match self.replacement(page, found) {
                Ok(html) => printed.push_str(&html),
                Err(what) => problems.push(page.problem(found.range.start, what)),
            }
            done = found.range.end;
        }
        printed.push_str(&page.markdown[done..]);
        printed
    }

    fn replacement(&self, page: &Page, found: &Found) -> Result<String, String> {
        match &found.what {
            What::Formula(formula) => math::formula(formula),
            What::Plain(directive) => self.plain(directive),
            What::Inline(Directive::Value(id)) => Ok(value(self.value(id)?)),
            What::Inline(directive) => self.reference(directive, page),
            What::Block(directive) => {
                let shown = self.shown(directive, page, found.range.start);
                shown.map_err(|error| format!("{}: {error}", &page.markdown[found.range.clone()]))
            }
        }
    }

    /// What a directive in a paragraph of its own becomes; it stands at byte `at` of the page.
    fn shown(&self, directive: &Directive, page: &Page, at: usize) -> Result<String, String> {
        let to_root = place::to_root(&page.path);
        match directive {
            Directive::Covers(ids) => {
                let here = self.places.covered_at(page, at);
                self.coverage().mark(ids, &here, &to_root)
            }
            Directive::Exercises(chapter) => self.exercises(chapter.as_deref(), page),
            Directive::Widget { name, figure } => self.widget(name, figure, page, at),
            directive => self.block(directive, self.places.at(page, at), &to_root),
        }
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage {
            syllabus: self.syllabus,
            places: &self.places,
            sources: &self.sources,
            exercises: self.exercises.as_ref(),
        }
    }

    fn exercises(&self, chapter: Option<&str>, page: &Page) -> Result<String, String> {
        let set = self.exercises.as_ref();
        let exercises = Exercises {
            set: set.ok_or("expected a folder `exercises`, found none")?,
            places: &self.places,
            syllabus: self.syllabus,
        };
        let to_root = place::to_root(&page.path);
        match chapter {
            Some(chapter) => exercises.chapter(chapter, &page.file, &to_root),
            None => exercises.table(&to_root),
        }
    }

    fn plain(&self, directive: &Directive) -> Result<String, String> {
        match directive {
            Directive::Value(id) => Ok(escape(&self.value(id)?.text)),
            _ => Err("only `{{#value …}}` can stand in an attribute or a description".to_owned()),
        }
    }

    fn reference(&self, directive: &Directive, page: &Page) -> Result<String, String> {
        let Directive::Reference(id) = directive else {
            return Err(format!("{directive:?} cannot stand in a line of text"));
        };
        let is_known =
            |id: &str| self.results.figure(id).is_some() || self.results.table(id).is_some();
        let place = self
            .places
            .find(id)
            .filter(|_| is_known(id))
            .ok_or_else(|| {
                let shown = self.places.ids().filter(|id| is_known(id));
                let hint = nearest::hint(id, shown);
                format!("no chapter shows a figure or table `{id}`{hint}")
            })?;
        let root = place::to_root(&page.path);
        Ok(format!(
            "<a href=\"{root}{}#{}\">{}</a>",
            place.page,
            place.anchor,
            place.label.replace(' ', "\u{a0}")
        ))
    }

    fn block(
        &self,
        directive: &Directive,
        place: Option<&Place>,
        to_root: &str,
    ) -> Result<String, String> {
        match (directive, place) {
            (Directive::Figure(id), Some(place)) => self.drawn(self.figure(id)?, place, to_root),
            (Directive::Table(id), Some(place)) => table::render(self.table(id)?, place),
            (Directive::Claim(id), Some(place)) => claim::render(self.claim(id)?, place),
            (Directive::Claims, _) => claims::all(self.results, &self.places.claims, to_root),
            (Directive::Printed(id), Some(place)) => printed::render(self.results, id, place),
            (Directive::Course, _) => printed::all(self.results, &self.places.printed, to_root),
            (Directive::Coverage, _) => self.coverage().table(to_root),
            (Directive::Errata, _) => self.errata(to_root),
            (Directive::Listing { file, anchor }, _) => self.listing(file, anchor, to_root),
            _ => Err("it cannot stand in a paragraph of its own".to_owned()),
        }
    }

    fn errata(&self, to_root: &str) -> Result<String, String> {
        let weeks = errata::weeks().map_err(|error| error.to_string())?;
        let errata = Errata {
            weeks: &weeks,
            results: self.results,
            sources: &self.sources,
            to_root,
        };
        errata.all()
    }

    fn widget(&self, name: &str, id: &str, page: &Page, at: usize) -> Result<String, String> {
        if self.widgets.iter().all(|known| known != name) {
            let hint = nearest::hint(name, &self.widgets);
            return Err(format!("there is no widget `{name}`{hint}"));
        }
        if let Some((file, line)) = self.places.widget_before(name, page, at) {
            return Err(format!(
                "the widget `{name}` is in the book already, in {file}:{line}"
            ));
        }
        let place = self.places.at(page, at);
        let place = place.ok_or("it cannot stand in a paragraph of its own")?;
        let to_root = place::to_root(&page.path);
        let figure = self.drawn(self.figure(id)?, place, &to_root)?;
        Ok(widget::render(
            name,
            &figure,
            self.script.as_deref().map(|version| (&*to_root, version)),
        ))
    }

    fn drawn(&self, figure: &Figure, place: &Place, to_root: &str) -> Result<String, String> {
        let line = usize::try_from(figure.source.line).unwrap_or_default();
        self.sources.text(&figure.source.file)?;
        let address = Sources::address(&figure.source.file, line);
        figure::render(figure, place, &format!("{to_root}{address}"))
    }

    fn listing(&self, file: &str, anchor: &str, to_root: &str) -> Result<String, String> {
        let lines = listing::between(file, self.sources.text(file)?, anchor)?;
        let address = Sources::address(file, lines.first);
        Ok(listing::render(
            file,
            &lines,
            &format!("{to_root}{address}"),
        ))
    }

    fn value(&self, id: &str) -> Result<&Value, String> {
        let ids = self.results.values().map(|(id, _)| id);
        self.results
            .value(id)
            .ok_or_else(|| unknown("value", id, ids))
    }

    fn table(&self, id: &str) -> Result<&Table, String> {
        let ids = self.results.tables().map(|(id, _)| id);
        self.results
            .table(id)
            .ok_or_else(|| unknown("table", id, ids))
    }

    fn figure(&self, id: &str) -> Result<&Figure, String> {
        let ids = self.results.figures().map(|(id, _)| id);
        self.results
            .figure(id)
            .ok_or_else(|| unknown("figure", id, ids))
    }

    fn claim(&self, id: &str) -> Result<&Shown, String> {
        let ids = self.results.claims().iter().map(|claim| claim.id.clone());
        self.results
            .claim(id)
            .ok_or_else(|| unknown("claim", id, ids))
    }
}

pub(crate) fn unknown(kind: &str, id: &str, ids: impl Iterator<Item = String>) -> String {
    format!("there is no {kind} `{id}`{}", nearest::hint(id, ids))
}

/// A value in running text: the number at full precision goes with it.
pub(crate) fn value(value: &Value) -> String {
    format!(
        "<data value=\"{}\">{}</data>",
        value.number,
        armor(&escape(&value.text))
    )
}
