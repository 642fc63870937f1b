//! The mdBook preprocessor: puts the lab's results, the library's own lines and math into the
//! chapters.
//!
//! Nothing in a chapter is taken on trust: an unknown name, math that does not parse or a measured
//! number typed by hand fails the build, with the chapter, the line and the nearest name that
//! exists.

mod claim;
mod claims;
mod coverage;
mod directive;
mod edition;
mod erratum;
mod exercise;
mod figure;
mod html;
mod inline;

mod layout;
mod lint;
mod listing;
mod math;
mod nearest;
mod notice;
mod page;
mod pattern;
mod place;
mod printed;
mod problem;
mod replication;
mod script;
mod source;
mod strip;
mod table;
mod unshown;
mod widget;

use course::syllabus::Syllabus;
use edition::Material;
use lab::store::Results;
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::errors::Result;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use script::Script;

pub use problem::{Problem, Problems};

/// The preprocessor.
#[derive(Default)]
pub struct Press {
    results: Option<Results>,
    syllabus: Syllabus,
}

impl Press {
    /// A press that asks the lab for its results, which trains what is not cached, and compiles the
    /// widgets.
    pub fn new() -> Self {
        Self::default()
    }

    /// A press that prints the given results, and the script with the widgets that it finds.
    pub fn with_results(results: Results) -> Self {
        Self {
            results: Some(results),
            ..Self::default()
        }
    }

    /// The same press for a book that covers something else.
    pub fn syllabus(self, syllabus: Syllabus) -> Self {
        Self { syllabus, ..self }
    }
}

impl Preprocessor for Press {
    fn name(&self) -> &str {
        "press"
    }

    fn run(&self, context: &PreprocessorContext, book: Book) -> Result<Book> {
        let src = context.config.book.src.to_string_lossy().replace('\\', "/");
        let print = |results: &Results, script| {
            let material = Material {
                root: &context.root,
                src: &src,
                results,
                syllabus: self.syllabus,
                script,
            };
            Ok(edition::print(book, &material)?)
        };
        if let Some(results) = &self.results {
            return print(results, Script::Found);
        }
        let results = notice::unless_soon("training the book's networks", || {
            lab::store::results(&context.root)
        })?;
        print(&results, Script::Compiled)
    }

    fn supports_renderer(&self, renderer: &str) -> Result<bool> {
        Ok(renderer == "html")
    }
}
