//! What all experiments found, by id.

use std::path::Path;

use rayon::prelude::*;

use super::cache::Cache;
use super::compiled::{self, Disk};
use super::progress::Progress;
use super::replicated::Replicated;
use super::{judged, replicated};
use crate::error::Error;
use crate::experiment::Experiment;
use crate::judge::Shown;
use crate::outcome::{Figure, Outcome, Table, Value};
use crate::printed::Printed;

/// The outcomes of experiments, in the order in which they are declared.
///
/// A value's id is `experiment.name`; a table's and a figure's is `experiment/name`, a
/// claim's `chapter/name`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Results {
    entries: Vec<Entry>,
    judged: Vec<Shown>,
    replicated: replicated::All,
}

#[derive(Debug, Clone, PartialEq)]
struct Entry {
    experiment: String,
    chapter: String,
    outcome: Outcome,
}

/// What the whole catalog found: outcomes known from before under `root`'s target folder, and the
/// rest by running it; and the claims as they are judged.
///
/// # Errors
/// [`Error::Experiment`] of the first experiment that fails, [`Error::File`] when an outcome cannot
/// be kept; as [`judged::judged`], before anything runs.
pub fn results(root: &Path) -> Result<Results, Error> {
    let chapters = crate::chapters::judged();
    let judged = judged::judged(root, &chapters)?;
    let replicated = replicated::recorded(root, &chapters)?;
    let results = run(&crate::catalog(), &cache(root)?)?;
    Ok(Results { judged, replicated, ..results })
}

/// The cache of the workspace at `root`, for outcomes of the code that is there.
///
/// What was found with sources that were touched while they were compiled is not kept: nobody knows
/// which of the two versions that was.
///
/// # Errors
/// [`Error::Sources`] where the sources are not those of the code that runs.
pub fn cache(root: &Path) -> Result<Cache, Error> {
    let cache = Cache::of(root);
    Ok(match compiled::check(root)? {
        Disk::Touched => cache.unsettled(),
        Disk::Same | Disk::Absent => cache,
    })
}

/// What `experiments` found: outcomes known from before, and the rest by running it in parallel.
///
/// # Errors
/// As [`results()`].
pub fn run(experiments: &[Experiment], cache: &Cache) -> Result<Results, Error> {
    let known = experiments.iter().map(|experiment| cache.load(experiment));
    let outcomes = match known.collect::<Option<Vec<Outcome>>>() {
        Some(outcomes) => outcomes,
        None => complete(experiments, cache)?,
    };
    let entries = experiments.iter().zip(outcomes);
    Ok(Results {
        entries: entries.map(|(experiment, outcome)| entry(experiment, outcome)).collect(),
        ..Results::default()
    })
}

/// Runs the experiments that nobody, until it is this process's turn, has run.
fn complete(experiments: &[Experiment], cache: &Cache) -> Result<Vec<Outcome>, Error> {
    cache.prepare()?;
    let _turn = cache.turn();
    let known: Vec<Option<Outcome>> =
        experiments.iter().map(|experiment| cache.load(experiment)).collect();
    let progress = Progress::new(known.iter().filter(|outcome| outcome.is_none()).count());
    let outcomes: Vec<Result<Outcome, Error>> = experiments
        .par_iter()
        .zip(known)
        .map(|(experiment, known)| match known {
            Some(outcome) => Ok(outcome),
            None => progress.during(experiment.name, || measure(experiment, cache)),
        })
        .collect();
    // Not collected in parallel: the first error in order is the same on every run.
    outcomes.into_iter().collect()
}

fn measure(experiment: &Experiment, cache: &Cache) -> Result<Outcome, Error> {
    let outcome = experiment.outcome()?;
    cache.store(experiment, &outcome)?;
    Ok(outcome)
}

/// The figures get their source here: a line may move without any outcome changing.
fn entry(experiment: &Experiment, mut outcome: Outcome) -> Entry {
    for figure in outcome.figures.values_mut() {
        figure.source = experiment.source();
    }
    Entry {
        experiment: experiment.name.to_owned(),
        chapter: experiment.chapter.to_owned(),
        outcome,
    }
}

impl Results {
    /// Results of given outcomes, each with the names of its experiment and its chapter.
    pub fn from_outcomes(outcomes: impl IntoIterator<Item = (String, String, Outcome)>) -> Self {
        let entries = outcomes
            .into_iter()
            .map(|(experiment, chapter, outcome)| Entry { experiment, chapter, outcome })
            .collect();
        Self { entries, ..Self::default() }
    }

    /// These results with given claims, and what came of them on other seeds.
    #[must_use]
    pub fn with_claims(self, judged: Vec<Shown>, replicated: replicated::All) -> Self {
        Self { judged, replicated, ..self }
    }

    /// The claim `chapter/name`.
    pub fn claim(&self, id: &str) -> Option<&Shown> {
        self.judged.iter().find(|shown| shown.id == id)
    }

    /// What came of judging a claim again on other seeds; none if it was not.
    pub fn replicated(&self, id: &str) -> Option<&Replicated> {
        self.replicated.get(id)
    }

    /// All claims, chapter by chapter.
    pub fn claims(&self) -> &[Shown] {
        &self.judged
    }

    /// The value `experiment.name`.
    pub fn value(&self, id: &str) -> Option<&Value> {
        let (outcome, name) = self.find(id, '.')?;
        outcome.values.get(name)
    }

    /// The table `experiment/name`.
    pub fn table(&self, id: &str) -> Option<&Table> {
        let (outcome, name) = self.find(id, '/')?;
        outcome.tables.get(name)
    }

    /// The figure `experiment/name`.
    pub fn figure(&self, id: &str) -> Option<&Figure> {
        let (outcome, name) = self.find(id, '/')?;
        outcome.figures.get(name)
    }

    /// All values with their ids, experiment by experiment.
    pub fn values(&self) -> impl Iterator<Item = (String, &Value)> {
        self.all('.', |outcome| outcome.values.iter())
    }

    /// All tables with their ids, experiment by experiment.
    pub fn tables(&self) -> impl Iterator<Item = (String, &Table)> {
        self.all('/', |outcome| outcome.tables.iter())
    }

    /// All figures with their ids, experiment by experiment.
    pub fn figures(&self) -> impl Iterator<Item = (String, &Figure)> {
        self.all('/', |outcome| outcome.figures.iter())
    }

    /// The numbers of the course that an experiment holds ours against, by name; none where it has none.
    pub fn printed(&self, experiment: &str) -> Option<&[(String, Printed)]> {
        let printed = &self.entry(experiment)?.outcome.printed;
        (!printed.is_empty()).then_some(printed.as_slice())
    }

    /// The experiments' names and outcomes, in order.
    pub fn outcomes(&self) -> impl Iterator<Item = (&str, &Outcome)> {
        self.entries.iter().map(|entry| (entry.experiment.as_str(), &entry.outcome))
    }

    /// The chapter that an experiment belongs to.
    pub fn chapter_of(&self, experiment: &str) -> Option<&str> {
        self.entry(experiment).map(|entry| entry.chapter.as_str())
    }

    fn entry(&self, experiment: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.experiment == experiment)
    }

    fn find<'id>(&self, id: &'id str, separator: char) -> Option<(&Outcome, &'id str)> {
        let (experiment, name) = id.split_once(separator)?;
        Some((&self.entry(experiment)?.outcome, name))
    }

    fn all<'a, T: 'a, I>(
        &'a self,
        separator: char,
        named: impl Fn(&'a Outcome) -> I,
    ) -> impl Iterator<Item = (String, &'a T)>
    where
        I: Iterator<Item = (&'a String, &'a T)> + 'a,
    {
        self.entries.iter().flat_map(move |entry| {
            let experiment = &entry.experiment;
            named(&entry.outcome)
                .map(move |(name, found)| (format!("{experiment}{separator}{name}"), found))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use course::Work;

    use super::*;
    use crate::experiment::Code;
    use crate::outcome::Source;
    use figures::Drawing;

    fn everything(number: f64) -> Outcome {
        let mut outcome = Outcome::new();
        outcome.value("accuracy", Value::percent(number, 2));
        outcome.value("cost", Value::fixed(number, 4));
        outcome.table(
            "rows",
            Table {
                caption: "Rows.".to_owned(),
                header: vec!["a".to_owned()],
                rows: vec![vec!["1".to_owned()]],
            },
        );
        outcome.figure("curve", Drawing::default(), "It falls.".into(), "Cost.".into());
        outcome
    }

    #[test]
    fn printed_numbers_are_listed_by_experiment_in_their_order() {
        let three = |ours| Printed::number(Work::Lectures, "Three", "3", ours).unwrap();
        let mut outcome = Outcome::new();
        outcome.printed("b", three(3.0)).printed("a", three(3.5));
        outcome.printed("b", three(4.0));
        let results = Results::from_outcomes([
            ("cube".to_owned(), "slopes".to_owned(), outcome),
            ("he".to_owned(), "initialization".to_owned(), everything(0.9)),
        ]);
        let names: Vec<&str> =
            results.printed("cube").unwrap().iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(results.printed("cube").unwrap()[1].1, three(4.0));
        assert_eq!(results.printed("he"), None);
        assert_eq!(results.printed("nobody"), None);
    }

    fn experiment(
        name: &'static str,
        run: fn() -> Result<Outcome, Error>,
        line: u32,
    ) -> Experiment {
        Experiment {
            name,
            chapter: "tests",
            run,
            code: Some(Code { fingerprint: "same", file: "lab/src/tests.rs", line }),
        }
    }

    #[test]
    fn finds_by_id_and_lists_in_order() {
        let results = Results::from_outcomes([
            ("he".to_owned(), "initialization".to_owned(), everything(0.9)),
            ("adam".to_owned(), "optimizers".to_owned(), everything(0.8)),
        ]);
        let ids: Vec<String> = results.values().map(|(id, _)| id).collect();
        assert_eq!(ids, ["he.accuracy", "he.cost", "adam.accuracy", "adam.cost"]);
        for (id, value) in results.values() {
            assert_eq!(results.value(&id), Some(value));
        }
        for (id, table) in results.tables() {
            assert_eq!(results.table(&id), Some(table));
        }
        for (id, figure) in results.figures() {
            assert_eq!(results.figure(&id), Some(figure));
        }
        assert_eq!(results.value("adam.cost").unwrap().number, 0.8);
        assert_eq!(results.chapter_of("adam"), Some("optimizers"));
        for unknown in ["", "he", "he/cost", "he.", ".cost", "nobody.cost"] {
            assert_eq!(results.value(unknown), None, "{unknown}");
        }
        assert_eq!(results.chapter_of("nobody"), None);
    }

    #[test]
    fn runs_only_what_is_not_known_and_points_figures_at_the_line_of_today() {
        static RUNS: AtomicUsize = AtomicUsize::new(0);
        fn counted() -> Result<Outcome, Error> {
            RUNS.fetch_add(1, Ordering::Relaxed);
            Ok(everything(0.5))
        }
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        let line = |line| Source { file: "lab/src/tests.rs".to_owned(), line };
        let first = run(&[experiment("he", counted, 7)], &cache).unwrap();
        let second = run(&[experiment("he", counted, 7)], &cache).unwrap();
        assert_eq!(first, second);
        assert_eq!(first.figure("he/curve").unwrap().source, line(7));
        let moved = run(&[experiment("he", counted, 70)], &cache).unwrap();
        assert_eq!(moved.figure("he/curve").unwrap().source, line(70));
        assert_eq!(RUNS.load(Ordering::Relaxed), 1);
        run(&[experiment("he", counted, 7)], &cache.fresh()).unwrap();
        assert_eq!(RUNS.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn the_first_failure_in_order_is_reported_and_the_others_are_kept() {
        fn fails() -> Result<Outcome, Error> {
            Err(Error::Panicked("no".to_owned()))
        }
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        let fine = experiment("fine", || Ok(everything(0.5)), 1);
        let catalog = [fine, experiment("first", fails, 1), experiment("second", fails, 1)];
        for _ in 0..10 {
            let error = run(&catalog, &cache).unwrap_err();
            assert_eq!(error.to_string(), "experiment `first`: panicked: no");
        }
        assert_eq!(cache.load(&fine), Some(everything(0.5)));
    }
}
