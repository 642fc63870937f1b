//! Which experiments are meant.

use lab::experiment::Experiment;
use lab::outcome::Outcome;
use lab::store::Results;
use lab::store::cache::Cache;
use lab::store::results::run;

use crate::Failure;

/// What the experiments that `filter` means found; all of them without one.
pub fn results(filter: Option<&str>, fresh: bool, cache: &Cache) -> Result<Results, Failure> {
    let mut experiments = lab::catalog();
    if let Some(filter) = filter {
        experiments = meant(experiments, filter, cache)?;
    }
    let cache = match fresh {
        true => &cache.clone().fresh(),
        false => cache,
    };
    Ok(run(&experiments, cache)?)
}

/// Of an exact name, that experiment alone; else all whose name or ids contain the filter.
fn meant(
    mut experiments: Vec<Experiment>,
    filter: &str,
    cache: &Cache,
) -> Result<Vec<Experiment>, Failure> {
    if let Some(exact) = experiments.iter().find(|experiment| experiment.name == filter) {
        return Ok(vec![*exact]);
    }
    let known = run(&experiments, cache)?;
    let meant: Vec<&str> = known
        .outcomes()
        .filter(|(name, outcome)| ids(name, outcome).any(|id| id.contains(filter)))
        .map(|(name, _)| name)
        .collect();
    experiments.retain(|experiment| meant.contains(&experiment.name));
    match experiments.is_empty() {
        true => Err(Failure::NothingFound(filter.to_owned())),
        false => Ok(experiments),
    }
}

/// The experiment's name, and the ids of all that it found.
fn ids(experiment: &str, outcome: &Outcome) -> impl Iterator<Item = String> {
    let values = outcome.values.keys().map(|name| ('.', name));
    let tables = outcome.tables.keys().map(|name| ('/', name));
    let figures = outcome.figures.keys().map(|name| ('/', name));
    let printed = outcome.printed.iter().map(|(name, _)| ('/', name));
    let found = values.chain(tables).chain(figures).chain(printed);
    std::iter::once(experiment.to_owned())
        .chain(found.map(move |(separator, name)| format!("{experiment}{separator}{name}")))
}
