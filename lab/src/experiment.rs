//! A deterministic function that trains and measures, and where its code is.
//!
//! A chapter's module declares its experiments by the names of their functions:
//!
//! ```text
//! experiments![zeros, large, he];
//!
//! fn he() -> Result<Outcome, Error> { … }
//! ```

use crate::error::{Error, caught};
use crate::outcome::{Outcome, Source};

/// What the name of an open lab's experiment begins with.
pub const OPEN: &str = "open_";

/// What the build script knows about the code that was compiled.
pub(crate) static COMPILED: Compiled = include!(concat!(env!("OUT_DIR"), "/code.rs"));

/// The sources that were compiled.
pub(crate) struct Compiled {
    /// The compiler, and what it was told.
    pub compiler: &'static str,
    /// The profile.
    pub profile: &'static str,
    /// When the sources were read, in nanoseconds since 1970.
    pub started: u128,
    /// Each chapter's module, the fingerprint of its code, and its functions: name, file and line.
    pub chapters: &'static [(&'static str, &'static str, &'static [Place])],
}

/// A function's name, its file from the repository's root, and its line from 1.
type Place = (&'static str, &'static str, u32);

/// A training run of the book: a function that returns the same bytes whenever it is called.
#[derive(Debug, Clone, Copy)]
pub struct Experiment {
    /// Its name, which no other experiment has: the function's.
    pub name: &'static str,
    /// The chapter it belongs to: the last name of its module's path.
    pub chapter: &'static str,
    /// Trains and measures.
    pub run: fn() -> Result<Outcome, Error>,
    /// Where its code is; without it, the outcome is never cached.
    pub code: Option<Code>,
}

/// The code that an experiment can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// A hash of all of it.
    pub fingerprint: &'static str,
    /// The file of the experiment's function, from the repository's root.
    pub file: &'static str,
    /// The line of the function, from 1.
    pub line: u32,
}

impl Code {
    /// The code of a function in a module of this crate.
    pub(crate) fn of(module: &str, function: &str) -> Option<Self> {
        let inside = module.split_once("::").map_or(module, |(_, inside)| inside);
        let is_in = |chapter: &str| {
            let rest = inside.strip_prefix(chapter);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        };
        // A chapter's claims come after the chapter.
        let (_, fingerprint, places) =
            COMPILED.chapters.iter().rfind(|(chapter, ..)| is_in(chapter))?;
        let file = format!("lab/src/{}.rs", inside.replace("::", "/"));
        let (_, file, line) =
            places.iter().find(|(name, known, _)| *name == function && *known == file)?;
        Some(Self { fingerprint, file, line: *line })
    }
}

impl Experiment {
    /// The experiment `run`, whose function is `name` in the module `module`.
    pub fn new(
        module: &'static str,
        name: &'static str,
        run: fn() -> Result<Outcome, Error>,
    ) -> Self {
        Self {
            name,
            chapter: module.rsplit("::").next().unwrap_or(module),
            run,
            code: Code::of(module, name),
        }
    }

    /// Runs it.
    ///
    /// # Errors
    /// [`Error::Experiment`], which names it, when it fails or panics.
    pub fn outcome(&self) -> Result<Outcome, Error> {
        caught(self.run)
            .map_err(|reason| Error::Experiment { name: self.name, reason: Box::new(reason) })
    }

    /// The place of its function, which is what the figures' sources link to.
    pub fn source(&self) -> Source {
        self.code.map_or_else(Source::default, |code| Source {
            file: code.file.to_owned(),
            line: code.line,
        })
    }
}

/// Defines `experiments()`, the experiments of this module by their functions' names.
macro_rules! experiments {
    ($($run:ident),* $(,)?) => {
        /// The module's experiments.
        pub fn experiments() -> Vec<$crate::experiment::Experiment> {
            vec![$($crate::experiment::Experiment::new(module_path!(), stringify!($run), $run)),*]
        }
    };
}
pub(crate) use experiments;

#[cfg(test)]
mod tests {
    use super::*;

    fn fine() -> Result<Outcome, Error> {
        Ok(Outcome::new())
    }

    fn refused() -> Result<Outcome, Error> {
        Err(trainable::prelude::Error::NoExamples.into())
    }

    fn breaks() -> Result<Outcome, Error> {
        panic!("no number")
    }

    #[test]
    fn is_named_after_its_function_and_its_module() {
        experiments![fine];
        let [experiment] = experiments()[..] else {
            panic!("one experiment");
        };
        assert_eq!((experiment.name, experiment.chapter), ("fine", "tests"));
        assert_eq!(experiment.outcome().unwrap(), Outcome::new());
    }

    #[test]
    fn a_failure_names_the_experiment() {
        experiments![refused, breaks];
        let said = experiments()
            .iter()
            .map(|experiment| experiment.outcome().unwrap_err().to_string())
            .collect::<Vec<_>>();
        assert_eq!(
            said,
            [
                "experiment `refused`: expected at least one example, got none",
                "experiment `breaks`: panicked: no number"
            ]
        );
    }
}
