//! A judged claim in words: what its chapter shows of it.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::context;
use serde::Deserialize;

use super::claim::{Claim, Measure};
use super::evidence::Side;
use super::rule::{Finding, Judged, Rule};
use super::seeds::Held;
use super::verdict::Judgement;
use crate::error::Error;
use crate::report::rendered;
use crate::spread::Spread;

/// The texts of a chapter's claims, as TOML: a table for each.
#[derive(Debug, Clone, Copy)]
pub struct Texts {
    /// The chapter's module.
    pub chapter: &'static str,
    /// The file's contents.
    pub toml: &'static str,
    /// The constants that the texts may name.
    pub settings: fn() -> minijinja::Value,
}

/// The texts of one claim. All but the quotation are templates of inline Markdown.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Said {
    /// Who says it, and where.
    pub source: Source,
    /// The statement.
    pub statement: String,
    /// What is measured under a seed: the difference of what, in what.
    pub compares: String,
    /// The data and the network that it is measured on.
    pub scope: String,
    /// What was measured, in a sentence or two.
    pub measured: String,
    /// Why, for each judgement that the rule can come to.
    pub reasons: BTreeMap<String, String>,
}

/// Who says something.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Source {
    /// The course, or the paper.
    pub who: String,
    /// The lecture, function, section or page.
    pub at: String,
    /// Its words.
    pub quote: Option<String>,
    /// The condition that it states itself.
    pub condition: Option<String>,
    /// What it speaks of, where that is something else than what was run here.
    pub domain: Option<String>,
}

/// A judged claim as its chapter shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// `chapter/name`.
    pub id: String,
    /// Who says it, and where.
    pub source: Source,
    /// The statement.
    pub statement: String,
    /// What is measured.
    pub compares: String,
    /// The rule.
    pub rule: Rule,
    /// What the seeds are recognized by; none where there are none.
    pub key: Option<String>,
    /// Why the rule was changed after its seeds had been looked at, each time.
    pub amended: Vec<String>,
    /// The data and the network.
    pub scope: String,
    /// What was measured.
    pub measured: String,
    /// The verdict, and what was found on each side.
    pub judged: Judged,
    /// What each side was judged on.
    pub sides: Vec<Side>,
    /// Why.
    pub reason: String,
}

impl Claim {
    /// All that the seeds come out of: the claim's id, its statement, what is measured, and the rule.
    pub fn fixed(&self, said: &Said) -> String {
        let rates: String = self.judging.measures.iter().map(Measure::text).collect();
        let rule = self.judging.rule.canonical();
        format!("{}: {}\n{}\n{rule}{rates}", self.id(), said.statement.trim(), said.compares.trim())
    }

    /// What its rule makes of what was measured on each side.
    ///
    /// # Errors
    /// As [`Rule::judge`].
    pub fn judge(&self, said: &Said, sides: &[Side]) -> Result<Judged, Error> {
        let numbers: Vec<Vec<f64>> = sides.iter().map(|side| side.numbers.clone()).collect();
        self.judging.rule.judge(&numbers, said.source.domain.is_none())
    }

    /// Its seeds.
    pub fn held(&self, said: &Said) -> Held {
        Held::of(&self.fixed(said))
    }
}

impl Texts {
    /// The texts of each claim, by name.
    ///
    /// # Errors
    /// [`Error::Text`] for a file that is no such texts.
    pub fn said(self) -> Result<BTreeMap<String, Said>, Error> {
        let wrong = |error| Error::Text(format!("{}: {error}", self.file()));
        toml::from_str(self.toml).map_err(wrong)
    }

    /// What is wrong with the texts of a claim.
    pub(super) fn wrong(self, claim: &str, problem: &str) -> Error {
        Error::Text(format!("{}: [{claim}] {problem}", self.file()))
    }

    /// The file, from the repository's root.
    fn file(self) -> String {
        format!("lab/src/chapters/{}/claims.toml", self.name())
    }

    /// The chapter's name.
    pub(super) fn name(self) -> &'static str {
        self.chapter.rsplit("::").next().unwrap_or_default()
    }

    /// The claim in words.
    ///
    /// # Errors
    /// [`Error::Text`] for a text that names what there is not, or a judgement without a reason;
    /// [`Error::Judge`] for numbers that the rule cannot judge.
    pub fn show(
        self,
        claim: &Claim,
        said: Said,
        sides: Vec<Side>,
        amended: Vec<String>,
    ) -> Result<Shown, Error> {
        let place = format!("{}: {}", self.file(), claim.name);
        said.check(&claim.judging.rule, &place)?;
        let rule = claim.judging.rule.clone();
        let judged = claim.judge(&said, &sides)?;
        let key = rule.is_seeded().then(|| claim.held(&said).key());
        let named = context! { ..found(&judged, &sides), ..(self.settings)() };
        let text = |template: &str| rendered(template, &named, &place);
        let reason = said.reason(judged.verdict.judgement());
        Ok(Shown {
            id: claim.id(),
            statement: text(&said.statement)?,
            compares: text(&said.compares)?,
            scope: text(&said.scope)?,
            measured: text(&said.measured)?,
            reason: text(reason)?,
            source: said.source,
            rule,
            key,
            amended,
            judged,
            sides,
        })
    }
}

impl Said {
    /// Whether there is a reason for each judgement that the rule can come to, and for no other, and no
    /// condition of the source's is held against it.
    fn check(&self, rule: &Rule, place: &str) -> Result<(), Error> {
        if let (Rule::Only { .. }, Some(condition)) = (rule, &self.source.condition) {
            return Err(Error::Text(format!(
                "{place}.source.condition: the source itself says `{condition}`, so expected a rule that \
                 judges the statement under it, got one that could come to `Holds only if`"
            )));
        }
        let expected: Vec<&str> =
            self.outcomes(rule).iter().map(|judgement| judgement.id()).collect();
        let mut got: Vec<&str> = self.reasons.keys().map(String::as_str).collect();
        got.sort_by_key(|id| Judgement::ALL.iter().position(|judgement| judgement.id() == *id));
        if expected == got {
            return Ok(());
        }
        Err(Error::Text(format!(
            "{place}.reasons: expected a text for each of {}, which the rule can come to, got {}",
            expected.join(", "),
            got.join(", ")
        )))
    }

    /// What the rule can come to here.
    fn outcomes(&self, rule: &Rule) -> BTreeSet<Judgement> {
        let outcomes = rule.outcomes().into_iter();
        outcomes.map(|judgement| judgement.in_domain(self.source.domain.is_none())).collect()
    }

    fn reason(&self, judgement: Judgement) -> &str {
        self.reasons.get(judgement.id()).map_or("", String::as_str)
    }
}

/// What a text may say of the numbers: those of the only side by their names, those of two as `there` and
/// `elsewhere`.
fn found(judged: &Judged, sides: &[Side]) -> minijinja::Value {
    let named: Vec<minijinja::Value> =
        judged.sides.iter().zip(sides).map(|(finding, side)| one(finding, side)).collect();
    match &named[..] {
        [there, elsewhere] => context! { there, elsewhere },
        [only] => only.clone(),
        _ => minijinja::Value::UNDEFINED,
    }
}

fn one(finding: &Finding, side: &Side) -> minijinja::Value {
    let numbers = Spread::new(side.numbers.clone());
    let interval = finding.interval;
    context! {
        number => side.numbers.first(),
        estimate => interval.map(|interval| interval.estimate),
        low => interval.map(|interval| interval.low),
        high => interval.map(|interval| interval.high),
        seeds => side.numbers.len(),
        above => numbers.count(|number| number > 0.0),
        below => numbers.count(|number| number < 0.0),
        needed => finding.needed,
        rates => side.rates,
        ..minijinja::Value::from_serialize(&side.beside)
    }
}
