//! A claim as a call-out, and the list of all of them.

use std::collections::BTreeMap;

use lab::outcome::{Claim, Verdict};
use lab::store::Results;

use crate::html;
use crate::inline;
use crate::judged;
use crate::place::Place;

/// The call-out as one line of HTML.
///
/// # Errors
///
/// Says which text's math does not parse.
pub(crate) fn render(claim: &Claim, place: &Place) -> Result<String, String> {
    let anchor = &place.anchor;
    let said_by = inline::render(&claim.said_by)?;
    let statement = inline::render(&claim.statement)?;
    let measured = inline::render(&claim.measured)?;
    let reason = inline::render(&claim.reason)?;
    Ok(format!(
        "<div class=\"claim {}\" id=\"{anchor}\" role=\"note\">\
         <p><strong>Claim</strong> <span class=\"said-by\">({said_by})</span>: {statement}</p>\
         <p><strong>Measured:</strong> {measured}</p>\
         <p class=\"reason\">{} {reason}</p></div>",
        class(claim.verdict),
        verdict(claim.verdict, "."),
    ))
}

/// A claim in the list of all of them.
struct Listed {
    /// The statement with who says it, as HTML.
    statement: String,
    /// The verdict's class, sign and words, which are the same for all with the same verdict.
    class: &'static str,
    verdict: String,
    /// What is said beside the verdict, such as the condition.
    beside: String,
}

/// All claims by the chapter that shows them, as HTML with a heading a chapter.
///
/// # Errors
///
/// Says which claims no chapter shows, or whose math does not parse.
pub(crate) fn all(
    results: &Results,
    shown: &[(String, Place)],
    to_root: &str,
) -> Result<String, String> {
    let judged = results.all_judged().iter().map(|claim| claim.id.clone());
    let missing: Vec<String> = results
        .claims()
        .map(|(id, _)| id)
        .chain(judged)
        .filter(|id| shown.iter().all(|(known, _)| known != id))
        .map(|id| format!("`{{{{#claim {id}}}}}`"))
        .collect();
    if !missing.is_empty() {
        return Err(format!(
            "expected every claim to stand in a chapter, found none with {}",
            missing.join(", ")
        ));
    }
    let mut listed: Vec<(Listed, &Place)> = Vec::new();
    for (id, place) in shown {
        if let Some(found) = listing(results, id)? {
            listed.push((found, place));
        }
    }
    let mut page = summary(&listed);
    for chapter in listed.chunk_by(|(_, left), (_, right)| left.page == right.page) {
        page.push_str(&section(chapter, to_root)?);
    }
    Ok(format!("<div class=\"claims\">{page}</div>"))
}

fn listing(results: &Results, id: &str) -> Result<Option<Listed>, String> {
    if let Some(claim) = results.judged(id) {
        let judgement = claim.judged.verdict.judgement();
        return Ok(Some(Listed {
            statement: statement(
                &inline::render(&claim.statement)?,
                &judged::said_by(&claim.source)?,
            ),
            class: judgement.id(),
            verdict: judged::verdict(judgement, ""),
            beside: judged::condition(claim),
        }));
    }
    let Some(claim) = results.claim(id) else {
        return Ok(None);
    };
    Ok(Some(Listed {
        statement: statement(
            &inline::render(&claim.statement)?,
            &inline::render(&claim.said_by)?,
        ),
        class: class(claim.verdict),
        verdict: verdict(claim.verdict, ""),
        beside: String::new(),
    }))
}

fn statement(statement: &str, said_by: &str) -> String {
    format!("{statement} <span class=\"said-by\">({said_by})</span>")
}

fn summary(listed: &[(Listed, &Place)]) -> String {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (claim, _) in listed {
        *counts.entry((claim.class, &claim.verdict)).or_default() += 1;
    }
    let items: String = counts
        .into_iter()
        .map(|((class, verdict), count)| {
            format!("<li class=\"{class}\"><span class=\"count\">{count}</span> {verdict}</li>")
        })
        .collect();
    format!("<ul class=\"verdicts\">{items}</ul>")
}

fn section(claims: &[(Listed, &Place)], to_root: &str) -> Result<String, String> {
    let Some((_, first)) = claims.first() else {
        return Ok(String::new());
    };
    let page = &first.page;
    let id = section_id(page);
    let title = inline::render(&first.chapter)?;
    let rows: String = claims
        .iter()
        .map(|(claim, place)| row(claim, place, to_root))
        .collect();
    let heading = html::heading(&id, &title);
    Ok(format!(
        "{heading}\
         <div class=\"table-wrapper\" tabindex=\"0\" role=\"region\" aria-label=\"Claims in \
         {title}\"><table>\
         <thead><tr><th scope=\"col\">Claim</th><th scope=\"col\">Verdict</th></tr></thead>\
         <tbody>{rows}</tbody></table></div>"
    ))
}

/// The id of a chapter's section in the list of all claims.
pub(crate) fn section_id(page: &str) -> String {
    format!(
        "claims-{}",
        page.trim_end_matches(".html").replace('/', "-")
    )
}

fn row(claim: &Listed, place: &Place, to_root: &str) -> String {
    format!(
        "<tr><td>{}</td><td class=\"{}\"><a href=\"{to_root}{}#{}\">{}</a>{}</td></tr>",
        claim.statement, claim.class, place.page, place.anchor, claim.verdict, claim.beside,
    )
}

/// The verdict as a symbol and in words, so that nothing hangs on color.
fn verdict(verdict: Verdict, stop: &str) -> String {
    let symbol = match verdict {
        Verdict::Holds => "✓",
        Verdict::HoldsWithCondition => "◐",
        Verdict::DoesNotHold => "✗",
    };
    format!(
        "<strong class=\"verdict\"><span aria-hidden=\"true\">{symbol}</span> {}{stop}</strong>",
        verdict.words()
    )
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "holds",
        Verdict::HoldsWithCondition => "holds-with-condition",
        Verdict::DoesNotHold => "does-not-hold",
    }
}
