//! A claim as a call-out, and the list of all of them.

use std::collections::BTreeMap;

use lab::outcome::{Claim, Verdict};
use lab::store::Results;

use crate::html;
use crate::inline;
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
    let missing: Vec<String> = results
        .claims()
        .map(|(id, _)| id)
        .filter(|id| shown.iter().all(|(known, _)| known != id))
        .map(|id| format!("`{{{{#claim {id}}}}}`"))
        .collect();
    if !missing.is_empty() {
        return Err(format!(
            "expected every claim to stand in a chapter, found none with {}",
            missing.join(", ")
        ));
    }
    let shown: Vec<(&Claim, &Place)> = shown
        .iter()
        .filter_map(|(id, place)| Some((results.claim(id)?, place)))
        .collect();
    let mut page = summary(&shown);
    for chapter in shown.chunk_by(|(_, left), (_, right)| left.page == right.page) {
        page.push_str(&section(chapter, to_root)?);
    }
    Ok(format!("<div class=\"claims\">{page}</div>"))
}

fn summary(shown: &[(&Claim, &Place)]) -> String {
    let mut counts: BTreeMap<Verdict, usize> = [
        (Verdict::Holds, 0),
        (Verdict::HoldsWithCondition, 0),
        (Verdict::DoesNotHold, 0),
    ]
    .into();
    for (claim, _) in shown {
        *counts.entry(claim.verdict).or_default() += 1;
    }
    let items: String = counts
        .into_iter()
        .map(|(judged, count)| {
            format!(
                "<li class=\"{}\"><span class=\"count\">{count}</span> {}</li>",
                class(judged),
                verdict(judged, "")
            )
        })
        .collect();
    format!("<ul class=\"verdicts\">{items}</ul>")
}

fn section(claims: &[(&Claim, &Place)], to_root: &str) -> Result<String, String> {
    let Some((_, first)) = claims.first() else {
        return Ok(String::new());
    };
    let page = &first.page;
    let id = section_id(page);
    let title = inline::render(&first.chapter)?;
    let rows: Result<Vec<String>, String> = claims
        .iter()
        .map(|(claim, place)| row(claim, place, to_root))
        .collect();
    let heading = html::heading(&id, &title);
    Ok(format!(
        "{heading}\
         <div class=\"table-wrapper\" tabindex=\"0\" role=\"region\" aria-label=\"Claims in \
         {title}\"><table>\
         <thead><tr><th scope=\"col\">Claim</th><th scope=\"col\">Verdict</th></tr></thead>\
         <tbody>{}</tbody></table></div>",
        rows?.concat()
    ))
}

/// The id of a chapter's section in the list of all claims.
pub(crate) fn section_id(page: &str) -> String {
    format!(
        "claims-{}",
        page.trim_end_matches(".html").replace('/', "-")
    )
}

fn row(claim: &Claim, place: &Place, to_root: &str) -> Result<String, String> {
    Ok(format!(
        "<tr><td>{} <span class=\"said-by\">({})</span></td>\
         <td class=\"{}\"><a href=\"{to_root}{}#{}\">{}</a></td></tr>",
        inline::render(&claim.statement)?,
        inline::render(&claim.said_by)?,
        class(claim.verdict),
        place.page,
        place.anchor,
        verdict(claim.verdict, ""),
    ))
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
