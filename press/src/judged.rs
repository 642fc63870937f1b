//! A judged claim as a call-out.

use lab::judge::evidence::Side;
use lab::judge::rule::Finding;
use lab::judge::{Judgement, Rule, Shown, Source};

use crate::inline;
use crate::place::Place;
use crate::strip;

/// The call-out as one line of HTML.
///
/// # Errors
///
/// Says which text's math does not parse.
pub(crate) fn render(claim: &Shown, place: &Place) -> Result<String, String> {
    let judgement = claim.judged.verdict.judgement();
    let said = said_by(&claim.source)?;
    let statement = inline::render(&claim.statement)?;
    let quote = match &claim.source.quote {
        Some(quote) => format!(" <q>{}</q>", inline::render(quote)?),
        None => String::new(),
    };
    Ok(format!(
        "<div class=\"claim {}\" id=\"{}\" role=\"note\">\
         <p><strong>Claim</strong> <span class=\"said-by\">({said})</span>: {statement}{quote}</p>\
         <p><strong>Rule:</strong> {}</p>\
         <p><strong>Measured:</strong> {}{}</p>\
         <p class=\"reason\">{}{} {}</p>{}</div>",
        judgement.id(),
        place.anchor,
        rule(claim)?,
        estimates(claim),
        inline::render(&claim.measured)?,
        verdict(judgement, &condition(claim)),
        scope(claim)?,
        inline::render(&claim.reason)?,
        how(claim)?,
    ))
}

/// What it was run on.
fn scope(claim: &Shown) -> Result<String, String> {
    let scope = inline::render(&claim.scope)?;
    Ok(match condition(claim).is_empty() {
        true => format!(" on {scope}."),
        false => format!(", on {scope}."),
    })
}

/// Who says it, and where.
pub(crate) fn said_by(source: &Source) -> Result<String, String> {
    inline::render(&format!("{}, {}", source.who, source.at))
}

/// The verdict as a sign and in words, so that nothing hangs on color.
pub(crate) fn verdict(judgement: Judgement, condition: &str) -> String {
    format!(
        "<strong class=\"verdict\"><span aria-hidden=\"true\">{}</span> {judgement}{condition}</strong>",
        judgement.sign()
    )
}

/// The condition that decides, or how many seeds it would take.
pub(crate) fn condition(claim: &Shown) -> String {
    match (claim.judged.verdict.judgement(), &claim.rule) {
        (Judgement::HoldsOnlyIf, Rule::Only { when, .. }) => format!(": {when}"),
        (Judgement::Undecided, _) => {
            let needed = claim.judged.sides.iter().filter_map(|side| side.needed);
            let most = needed.fold(0.0, f64::max);
            match most {
                0.0 => String::new(),
                _ if most > 100_000.0 => " (no number of seeds in reach would decide)".to_owned(),
                _ => format!(" (about {} seeds would decide)", round(most)),
            }
        }
        _ => String::new(),
    }
}

/// A number of seeds, with two digits that count.
fn round(number: f64) -> String {
    let unit = 10_f64.powi((number.log10().floor() as i32 - 1).max(0));
    figures::format::integer(((number / unit).ceil() * unit) as usize)
}

fn rule(claim: &Shown) -> Result<String, String> {
    let confidence = match claim.key {
        Some(_) => " (99 % confidence)",
        None => "",
    };
    let compares = inline::render(&claim.compares)?;
    Ok(format!(
        "{compares}: {}{confidence}",
        inline::render(&claim.rule.in_words())?
    ))
}

/// What the seeds come out of, the learning rates, and the changes of the rule, for those who ask.
fn how(claim: &Shown) -> Result<String, String> {
    let Some(key) = &claim.key else {
        return Ok(String::new());
    };
    let seeds: Vec<String> = claim
        .sides
        .iter()
        .map(|side| side.numbers.len().to_string())
        .collect();
    let mut items = format!(
        "<li>{} seeds, which nobody looked at before the rule was fixed: they come out of the \
         claim’s own text (<code>{key}</code>).</li>",
        seeds.join(" and ")
    );
    for (rule, side) in claim.rule.sides().iter().zip(&claim.sides) {
        items += &rates(rule, side);
    }
    items += &match &claim.amended[..] {
        [] => "<li>The rule was never changed.</li>".to_owned(),
        why => format!(
            "<li>The rule was changed after it had been judged, and other seeds were drawn: {}</li>",
            inline::render(&why.join("; "))?
        ),
    };
    Ok(format!(
        "<details><summary>How was this judged?</summary><ul>{items}</ul></details>"
    ))
}

/// The learning rates that were chosen, and what the difference is at others.
fn rates(rule: &Rule, side: &Side) -> String {
    let (Some([with, without]), Some((.., unit))) = (side.rates, rule.band()) else {
        return String::new();
    };
    let elsewhere: Vec<String> = side
        .elsewhere
        .iter()
        .map(|(times, mean)| format!("{} at {times} times these", unit.text(*mean)))
        .collect();
    format!(
        "<li>Learning rates, each the best on data that nothing is judged on: {} and {}. On a few \
         of the seeds: {}.</li>",
        figures::format::plain(with),
        figures::format::plain(without),
        elsewhere.join(", ")
    )
}

/// The estimate of each side with its interval, and a strip.
fn estimates(claim: &Shown) -> String {
    let rules = claim.rule.sides();
    let sides = rules.iter().zip(&claim.judged.sides);
    let estimates = sides.filter_map(|(rule, side)| estimate(rule, side));
    let estimates: Vec<String> = estimates.collect();
    match estimates.is_empty() {
        true => String::new(),
        false => format!("{}. ", estimates.join(" · ")),
    }
}

fn estimate(rule: &Rule, side: &Finding) -> Option<String> {
    let interval = side.interval?;
    let (low, high, unit) = rule.band()?;
    let strip = strip::alone(interval, low, high);
    Some(format!(
        "<span class=\"estimate\">{} [{}, {}] {strip}</span>",
        unit.text(interval.estimate),
        unit.bare(interval.low),
        unit.bare(interval.high)
    ))
}
