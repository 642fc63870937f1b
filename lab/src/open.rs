//! Open labs: a question a chapter, with no single answer, and the reader's attempts at it.
//!
//! Each file of `lab/src/open/` asks one question and is meant to be edited. What attempts come to
//! is drawn and tabled here, whatever they are: one that fails is a row that says why.

mod augmentation;
mod bias_variance;
mod dropout;
mod early_stopping;
mod gradient_check;
mod gradient_flow;
mod initialization;
mod l2;
mod normalization;
mod split;

use figures::format::readable;
use figures::{DotPlot, Drawing, Role};
use rayon::prelude::*;

use crate::error::{Error, caught};
use crate::experiment::Experiment;
use crate::outcome::{Outcome, Table};
use crate::spread::Spread;

// The build script lists the experiments of the modules above.
include!(concat!(env!("OUT_DIR"), "/open.rs"));

/// More attempts than these are in the table only, and more runs of one are thinned out in the
/// figure: it has to stay small.
const MOST_ROWS: usize = 20;
const MOST_DOTS: usize = 20;
/// A figure's row has room for so many characters of an attempt's name.
const LONGEST_NAME: usize = 32;

/// What one attempt came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// What the goal asks about, once for each run: each seed, each data set.
    pub runs: Vec<f64>,
    /// What the attempts are ranked by.
    pub rank: f64,
}

/// What an attempt has to reach.
#[derive(Debug, Clone)]
pub struct Goal {
    what: String,
    run: String,
    bound: f64,
    at_least: bool,
    in_median: bool,
    percent: bool,
    log: bool,
}

/// Which attempt is the best of those that reach the goal.
#[derive(Debug, Clone)]
pub struct Rank {
    unit: String,
    word: &'static str,
    increasing: bool,
}

/// The attempts at a question.
pub struct Attempts<'a> {
    goal: Goal,
    rank: Rank,
    attempts: Vec<(String, Box<Measure<'a>>)>,
}

type Measure<'a> = dyn Fn() -> Result<Measured, Error> + Send + Sync + 'a;

impl Goal {
    /// Every run has to come to `bound` or more. `what` is what is measured, with its unit, and `run`
    /// what a run is: a seed, a start, a data set.
    pub fn at_least(bound: f64, what: &str, run: &str) -> Self {
        Self {
            what: what.to_owned(),
            run: run.to_owned(),
            bound,
            at_least: true,
            in_median: false,
            percent: false,
            log: false,
        }
    }

    /// Every run has to come to `bound` or less.
    pub fn at_most(bound: f64, what: &str, run: &str) -> Self {
        Self { at_least: false, ..Self::at_least(bound, what, run) }
    }

    /// Not every run has to: the median of the runs has to.
    #[must_use]
    pub fn in_median(self) -> Self {
        Self { in_median: true, ..self }
    }

    /// What is measured is a fraction, shown in percent.
    #[must_use]
    pub fn percent(self) -> Self {
        Self { percent: true, ..self }
    }

    /// What is measured is drawn on a logarithmic axis.
    #[must_use]
    pub fn log(self) -> Self {
        Self { log: true, ..self }
    }

    /// A goal at 0 has no place on a logarithmic axis.
    fn is_log(&self) -> bool {
        self.log && self.bound > 0.0
    }

    fn is_reached(&self, deciding: f64) -> bool {
        match self.at_least {
            true => deciding >= self.bound,
            false => deciding <= self.bound,
        }
    }

    /// The run that decides.
    fn deciding(&self, runs: &Spread) -> f64 {
        match (self.in_median, self.at_least) {
            (true, _) => runs.median(),
            (false, true) => runs.min(),
            (false, false) => runs.max(),
        }
    }

    fn number(&self, number: f64) -> String {
        match self.percent {
            true => format!("{}\u{a0}%", readable(100.0 * number)),
            false => readable(number),
        }
    }

    /// `at least 99 %`.
    fn bound(&self) -> String {
        let side = if self.at_least { "at least" } else { "at most" };
        format!("{side} {}", self.number(self.bound))
    }

    /// The bound beside its line, pointing to the side that counts.
    fn flag(&self) -> String {
        match self.at_least {
            true => format!("{} →", self.bound()),
            false => format!("← {}", self.bound()),
        }
    }

    /// The whole of it as a sentence.
    fn sentence(&self) -> String {
        let who = if self.in_median { "the median" } else { "every" };
        format!("The goal: {}, {} for {who} {}.", self.what, self.bound(), self.run)
    }
}

impl Rank {
    /// The least number is the best; `unit` is what is counted, in the plural.
    pub fn fewest(unit: &str) -> Self {
        Self { unit: unit.to_owned(), word: "fewest", increasing: true }
    }

    /// The greatest number is the best.
    pub fn most(unit: &str) -> Self {
        Self { unit: unit.to_owned(), word: "most", increasing: false }
    }

    fn key(&self, rank: f64) -> f64 {
        if self.increasing { rank } else { -rank }
    }

    fn number(&self, rank: f64) -> String {
        format!("{} {}", readable(rank), self.unit)
    }
}

/// An attempt that was made.
struct Row {
    name: String,
    /// What it came to, or why it came to nothing.
    result: Result<Kept, String>,
}

/// What an attempt came to, all of it finite.
struct Kept {
    runs: Spread,
    rank: f64,
    deciding: f64,
    standing: Standing,
}

/// How an attempt stands to the goal and to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Best,
    Reached,
    Missed,
}

impl Standing {
    fn words(self) -> &'static str {
        match self {
            Self::Best => "reached, the best so far",
            Self::Reached => "reached",
            Self::Missed => "not reached",
        }
    }
}

impl<'a> Attempts<'a> {
    /// No attempt yet.
    pub fn new(goal: Goal, rank: Rank) -> Self {
        Self { goal, rank, attempts: Vec::new() }
    }

    /// Adds an attempt under a name of your choice. One that fails, or panics, becomes a row that
    /// says so.
    #[must_use]
    pub fn attempt(
        mut self,
        name: &str,
        measure: impl Fn() -> Result<Measured, Error> + Send + Sync + 'a,
    ) -> Self {
        self.attempts.push((shown(name), Box::new(measure)));
        self
    }

    /// Makes all attempts, in parallel, and returns the figure and the table `attempts`: the best
    /// ranked first, failures last.
    ///
    /// # Errors
    /// [`Error::Figure`] when the goal itself cannot be drawn.
    pub fn outcome(self) -> Result<Outcome, Error> {
        let rows: Vec<Row> = self
            .attempts
            .par_iter()
            .map(|(name, measure)| Row {
                name: name.clone(),
                result: caught(measure)
                    .map_err(|error| error.to_string())
                    .and_then(|measured| self.kept(&measured))
                    .map_err(|reason| shown(&reason)),
            })
            .collect();
        let rows = self.ranked(rows);
        let mut outcome = Outcome::new();
        outcome.table("attempts", self.table(&rows));
        let (alt, caption) = (self.alt(&rows), self.caption(&rows));
        outcome.figure("attempts", self.drawing(&rows)?, alt, caption);
        Ok(outcome)
    }

    /// Refuses what can be neither drawn nor compared.
    fn kept(&self, Measured { runs, rank }: &Measured) -> Result<Kept, String> {
        if runs.is_empty() {
            return Err("expected at least one run, got none".to_owned());
        }
        let mut numbers = runs.iter().chain([rank]);
        if let Some(number) = numbers.find(|number| !number.is_finite()) {
            return Err(format!("expected finite numbers, got {number}"));
        }
        let runs: Spread = runs.iter().copied().collect();
        let deciding = self.goal.deciding(&runs);
        let reached = self.goal.is_reached(deciding);
        Ok(Kept {
            standing: if reached { Standing::Reached } else { Standing::Missed },
            rank: *rank,
            runs,
            deciding,
        })
    }

    /// The attempts by rank, those of one rank in the order in which they were written.
    fn ranked(&self, mut rows: Vec<Row>) -> Vec<Row> {
        // The greatest of all keys is a failure's: what was kept is finite.
        let key = |row: &Row| match &row.result {
            Ok(kept) => self.rank.key(kept.rank),
            Err(_) => f64::INFINITY,
        };
        rows.sort_by(|a, b| key(a).total_cmp(&key(b)));
        let mut kept = rows.iter_mut().filter_map(|row| row.result.as_mut().ok());
        if let Some(best) = kept.find(|kept| kept.standing == Standing::Reached) {
            best.standing = Standing::Best;
        }
        rows
    }

    fn drawing(&self, rows: &[Row]) -> Result<Drawing, Error> {
        let mut plot = DotPlot::new(&self.goal.what).goal(&self.goal.flag(), self.goal.bound);
        if self.goal.percent {
            plot = plot.percent();
        }
        if self.goal.is_log() {
            plot = plot.log();
        }
        if rows.is_empty() {
            return Ok(plot.words("no attempt yet", "yours will be here").draw()?);
        }
        for row in rows.iter().take(MOST_ROWS) {
            let name = shortened(&row.name);
            plot = match &row.result {
                Err(_) => plot.words(&name, "failed"),
                Ok(kept) => {
                    let name = format!("{name}:\n{}", self.rank.number(kept.rank));
                    match self.drawable(&kept.runs) {
                        dots if dots.is_empty() => plot.words(&name, "not above 0"),
                        dots => plot.category(&name, Role::Ours, &dots),
                    }
                }
            };
        }
        Ok(plot.draw()?)
    }

    /// The runs that the axis can show, or as many of them as there is room for, ends included.
    fn drawable(&self, runs: &Spread) -> Vec<f64> {
        let values = runs.values().iter().copied();
        let values: Vec<f64> = values.filter(|run| !self.goal.is_log() || *run > 0.0).collect();
        let Some(last) = values.len().checked_sub(MOST_DOTS + 1) else {
            return values;
        };
        let last = last + MOST_DOTS;
        (0..MOST_DOTS).map(|dot| values[dot * last / (MOST_DOTS - 1)]).collect()
    }

    fn table(&self, rows: &[Row]) -> Table {
        let nothing = || "—".to_owned();
        let deciding = if self.goal.in_median { "median" } else { "worst" };
        let deciding = format!("{}, {deciding}", self.goal.what);
        let cells = |row: &Row| match &row.result {
            Ok(kept) => vec![
                literal(&row.name),
                readable(kept.rank),
                self.goal.number(kept.deciding),
                kept.standing.words().to_owned(),
            ],
            Err(reason) => vec![
                literal(&row.name),
                nothing(),
                nothing(),
                format!("failed: {}", literal(reason)),
            ],
        };
        let none = || vec!["no attempt yet".to_owned(), nothing(), nothing(), nothing()];
        let mut lines: Vec<Vec<String>> = rows.iter().map(cells).collect();
        if lines.is_empty() {
            lines.push(none());
        }
        let header = ["attempt", &self.rank.unit, &deciding, "goal"];
        Table {
            caption: format!(
                "{} The attempt with the {} {} comes first.",
                literal(&self.goal.sentence()),
                self.rank.word,
                literal(&self.rank.unit)
            ),
            header: header.map(literal).to_vec(),
            rows: lines,
        }
    }

    fn alt(&self, rows: &[Row]) -> String {
        let described = rows.iter().take(MOST_ROWS).map(|row| match &row.result {
            Ok(kept) => format!(
                "{}: {}, {}, {}.",
                row.name,
                self.rank.number(kept.rank),
                self.goal.number(kept.deciding),
                kept.standing.words()
            ),
            Err(_) => format!("{}: failed.", row.name),
        });
        format!(
            "{} with a row of dots each, and a line at the goal. {} {}",
            counted(rows.len()),
            self.goal.sentence(),
            described.collect::<Vec<_>>().join(" ")
        )
        .trim_end()
        .to_owned()
    }

    fn caption(&self, rows: &[Row]) -> String {
        if rows.is_empty() {
            return "No attempt yet, only the goal.".to_owned();
        }
        let side = match self.goal.in_median {
            true => "the bar has to be on the side of the arrow",
            false => "every dot has to be on the side of the arrow",
        };
        let left_out = match rows.len().checked_sub(MOST_ROWS + 1) {
            Some(more) => format!(" {} further ones are in the table only.", more + 1),
            None => String::new(),
        };
        let best = rows.iter().find_map(|row| {
            let kept = row.result.as_ref().ok()?;
            (kept.standing == Standing::Best).then(|| {
                let rank = literal(&self.rank.number(kept.rank));
                format!("The best so far is {}, with {rank}.", literal(&row.name))
            })
        });
        let best = best.unwrap_or_else(|| "None has reached the goal yet.".to_owned());
        format!(
            "{}, the {} {} first.{left_out} A dot is a {}, a bar the median, the line the goal: {side}. {best}",
            counted(rows.len()),
            self.rank.word,
            literal(&self.rank.unit),
            literal(&self.goal.run)
        )
    }
}

fn counted(attempts: usize) -> String {
    match attempts {
        0 => "No attempt".to_owned(),
        1 => "1 attempt".to_owned(),
        _ => format!("{attempts} attempts"),
    }
}

/// A text of the reader's on one line, without characters that no page can show.
fn shown(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    match words.join(" ") {
        text if text.is_empty() => "(no name)".to_owned(),
        text => text,
    }
}

/// A text of the reader's as inline Markdown that shows each of its characters.
fn literal(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        if character.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// A name in lines that fit beside a figure: cut off, and parted where a word has no end.
fn shortened(name: &str) -> String {
    const LONGEST_WORD: usize = 14;
    let cut: String = match name.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    };
    let parted = cut.split(' ').flat_map(|word| {
        let letters: Vec<char> = word.chars().collect();
        let parts = letters.chunks(LONGEST_WORD);
        parts.map(String::from_iter).collect::<Vec<String>>()
    });
    parted.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
