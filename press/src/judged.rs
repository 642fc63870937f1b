//! A judged claim as a call-out.

use lab::judge::rule::Finding;
use lab::judge::{Judgement, Rule, Shown, Source, Unit};

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
         <p class=\"rule\"><strong>Rule</strong> <span class=\"said-by\">({})</span>: {}</p>\
         <p><strong>Measured:</strong> {}{}</p>\
         <p class=\"reason\">{} on {}. {}</p></div>",
        judgement.id(),
        place.anchor,
        drawn(claim),
        rule(claim)?,
        estimates(claim),
        inline::render(&claim.measured)?,
        verdict(judgement, &condition(claim)),
        inline::render(&claim.scope)?,
        inline::render(&claim.reason)?,
    ))
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

/// What the seeds come out of, and how often the rule was changed.
fn drawn(claim: &Shown) -> String {
    let Some(key) = &claim.key else {
        return "no seeds".to_owned();
    };
    let amended = match claim.amended {
        0 => String::new(),
        1 => ", amended once".to_owned(),
        times => format!(", amended {times} times"),
    };
    format!("{} held-back seeds, <code>{key}</code>{amended}", claim.rule.seeds())
}

fn rule(claim: &Shown) -> Result<String, String> {
    Ok(format!("{}; {}", inline::render(&claim.compares)?, inline::render(&claim.rule.text())?))
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
        bare(unit, interval.low),
        bare(unit, interval.high)
    ))
}

/// A limit, without the unit that the estimate has already.
fn bare(unit: Unit, number: f64) -> String {
    match unit {
        Unit::Points => figures::format::fixed(100.0 * number, 2),
        Unit::Number(decimals, _) => figures::format::fixed(number, decimals),
        Unit::Percent | Unit::Times => unit.text(number),
    }
}
