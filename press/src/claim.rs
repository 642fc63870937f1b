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
    Ok(match claim.judged.verdict.judgement() {
        Judgement::NotCarriedOver => format!(" to {scope}."),
        _ if condition(claim).is_empty() => format!(" on {scope}."),
        _ => format!(", on {scope}."),
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
    let mut unit = 1.0;
    while number / unit >= 100.0 {
        unit *= 10.0;
    }
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

/// The source's condition, what the seeds come out of, the learning rates, and the changes of the rule, for
/// those who ask; nothing where there is none of these.
fn how(claim: &Shown) -> Result<String, String> {
    let mut items = match &claim.source.condition {
        Some(condition) => format!(
            "<li>The source’s own condition: {}</li>",
            inline::render(condition)?
        ),
        None => String::new(),
    };
    if let Some(key) = &claim.key {
        items += &seeds(claim, key)?;
    }
    Ok(match items.is_empty() {
        true => items,
        false => {
            format!("<details><summary>How was this judged?</summary><ul>{items}</ul></details>")
        }
    })
}

fn seeds(claim: &Shown, key: &str) -> Result<String, String> {
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
    Ok(items)
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
    let (low, high, _) = rule.band()?;
    let strip = strip::alone(side.interval?, low, high);
    Some(format!("{} {strip}", effect(rule, side)?))
}

/// The estimate with its interval, in the rule's unit.
pub(crate) fn effect(rule: &Rule, side: &Finding) -> Option<String> {
    let interval = side.interval?;
    let (.., unit) = rule.band()?;
    Some(format!(
        "<span class=\"estimate\">{} [{}, {}]</span>",
        unit.text(interval.estimate),
        unit.bare(interval.low),
        unit.bare(interval.high)
    ))
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use lab::judge::{Center, Unit};

    use super::*;

    pub(crate) fn place() -> Place {
        Place {
            chapter: "Dropout".to_owned(),
            page: "dropout.html".to_owned(),
            label: "Claim 5.1".to_owned(),
            anchor: "claim-dropout-helps".to_owned(),
        }
    }

    pub(crate) fn shown(numbers: Vec<f64>, amended: &[&str]) -> Shown {
        let unit = Unit::Points;
        let rule = Rule::Paired {
            seeds: numbers.len(),
            matters: 0.005,
            center: Center::Mean,
            unit,
        };
        let side = Side {
            numbers: numbers.clone(),
            rates: Some([0.1, 0.3]),
            elsewhere: [("2".to_owned(), 0.01)].into(),
            beside: BTreeMap::new(),
        };
        Shown {
            id: "dropout/helps".to_owned(),
            source: Source {
                who: "course".to_owned(),
                at: "lecture 1.6".to_owned(),
                quote: Some("it helps".to_owned()),
                condition: Some("where it is *needed*".to_owned()),
                domain: None,
            },
            statement: "Dropout *helps*.".to_owned(),
            compares: "accuracy".to_owned(),
            judged: rule.judge(&[numbers], true).unwrap(),
            rule,
            key: Some("0123456789".to_owned()),
            amended: amended.iter().map(|why| (*why).to_owned()).collect(),
            scope: "a pitch".to_owned(),
            measured: "Much.".to_owned(),
            sides: vec![side],
            reason: "Why.".to_owned(),
        }
    }

    #[test]
    fn a_call_out_has_claim_rule_measurement_and_verdict() {
        let numbers = (0..30)
            .map(|seed| 0.01 + 0.0001 * f64::from(seed))
            .collect();
        let html = render(&shown(numbers, &[]), &place()).unwrap();
        assert_eq!(html.matches("<p").count(), 4);
        assert!(
            html.contains("Dropout <em>helps</em>. <q>it helps</q>"),
            "{html}"
        );
        assert!(html.contains("mean above 0.00, and at least 0.50 points (99 % confidence)"));
        assert!(
            html.contains("1.15 points [1.10, 1.19]</span> <svg"),
            "{html}"
        );
        assert!(
            html.contains("</span> Holds</strong> on a pitch. Why.</p>"),
            "{html}"
        );
        assert!(
            html.contains("best on data that nothing is judged on: 0.1 and 0.3"),
            "{html}"
        );
        assert!(html.contains("1.00 points at 2 times these"), "{html}");
        assert!(html.contains("The rule was never changed."), "{html}");
        assert!(
            html.contains("own condition: where it is <em>needed</em></li>"),
            "{html}"
        );
    }

    #[test]
    fn what_is_not_carried_over_says_to_what() {
        let mut claim = shown(vec![-0.01; 30], &[]);
        claim.judged = claim.rule.judge(&[vec![-0.01; 30]], false).unwrap();
        let html = render(&claim, &place()).unwrap();
        assert!(
            html.contains("Not carried over</strong> to a pitch."),
            "{html}"
        );
    }

    #[test]
    fn an_undecided_claim_says_how_many_seeds_would_decide() {
        let numbers = (0..30)
            .map(|seed| if seed % 2 == 0 { 0.05 } else { -0.045 })
            .collect();
        let claim = shown(numbers, &["half a point was too little"]);
        let html = render(&claim, &place()).unwrap();
        assert!(html.contains("Undecided (about "), "{html}");
        assert!(
            html.contains("other seeds were drawn: half a point was too little"),
            "{html}"
        );
        assert_eq!(round(701.3), "710");
        assert_eq!(round(9.2), "10");
    }
}
