//! The mdBook preprocessor: puts the lab's results, the library's own lines and math into the chapters.
//!
//! Nothing in a chapter is taken on trust: an unknown name, math that does not parse or a measured
//! number typed by hand fails the build, with the chapter, the line and the nearest name that exists.

mod claim;
mod coverage;
mod directive;
mod edition;
mod exercise;
mod figure;
mod font;
mod html;
mod inline;
mod layout;
mod lint;
mod listing;
mod math;
mod nearest;
mod page;
mod place;
mod printed;
mod problem;
mod source;
mod table;

use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use lab::Results;
use lab::syllabus::{Syllabus, WEEK_1};
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::errors::Result;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

pub use problem::{Problem, Problems};

/// The preprocessor.
pub struct Press {
    results: Option<Results>,
    syllabus: Syllabus,
}

impl Default for Press {
    fn default() -> Self {
        Self {
            results: None,
            syllabus: WEEK_1,
        }
    }
}

impl Press {
    /// A press that asks the lab for its results, which trains what is not cached.
    pub fn new() -> Self {
        Self::default()
    }

    /// A press that prints the given results.
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
        font::provide(&context.config, &context.root)?;
        let src = context.config.book.src.to_string_lossy().replace('\\', "/");
        if let Some(results) = &self.results {
            return Ok(edition::print(
                book,
                &context.root,
                &src,
                results,
                self.syllabus,
            )?);
        }
        let results = train(&context.root)?;
        Ok(edition::print(
            book,
            &context.root,
            &src,
            &results,
            self.syllabus,
        )?)
    }

    fn supports_renderer(&self, renderer: &str) -> Result<bool> {
        Ok(renderer == "html")
    }
}

/// The lab's results, with a line on standard error when they are long in coming.
fn train(root: &Path) -> Result<Results> {
    const PATIENCE: Duration = Duration::from_millis(400);
    let (done, wait) = channel::<()>();
    let notice = thread::spawn(move || {
        if wait.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            eprintln!(
                "press: training the book's networks, since their code changed or this is the first build"
            );
        }
    });
    let results = lab::results(root);
    drop(done);
    // The notice thread only prints: whether it could is of no consequence.
    let _ = notice.join();
    Ok(results?)
}
