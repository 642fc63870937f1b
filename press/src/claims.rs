//! The list of all claims: what surprises, how it held up on other seeds, and a forest plot by chapter.

use lab::judge::{Interval, Judgement, Rule, Shown};
use lab::store::Results;

use crate::place::Place;
use crate::{claim, html, inline, replication, strip};

/// How many claims the page opens with.
const SURPRISES: usize = 5;
/// The scale of the forest plot, in units of what matters, and its width in pixels.
const SCALE: (f64, f64) = (-4.0, 4.0);
const WIDTH: f64 = 160.0;

/// A claim in the list.
struct Listed<'a> {
    place: &'a Place,
    /// The statement with who says it, as HTML.
    statement: String,
    /// The verdict's class, sign and words, which are the same for all with the same verdict.
    class: &'static str,
    verdict: String,
    /// What is said beside the verdict, such as the condition.
    beside: String,
    /// Each side's interval on a common scale and in its unit, and the seeds.
    evidence: String,
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
    check(results, shown)?;
    let mut listed = Vec::new();
    for (id, place) in shown {
        if let Some(claim) = results.claim(id) {
            listed.push(listing(results, claim, place)?);
        }
    }
    let mut page = summary(&listed);
    page += &replication::report(results, shown, to_root)?;
    page += &surprises(results, shown, to_root)?;
    for chapter in listed.chunk_by(|left, right| left.place.page == right.place.page) {
        page += &section(chapter, to_root)?;
    }
    Ok(format!("<div class=\"claims\">{page}</div>"))
}

/// Refuses claims that stand in no chapter.
fn check(results: &Results, shown: &[(String, Place)]) -> Result<(), String> {
    let missing: Vec<String> = results
        .claims()
        .iter()
        .map(|claim| &claim.id)
        .filter(|id| shown.iter().all(|(known, _)| known != *id))
        .map(|id| format!("`{{{{#claim {id}}}}}`"))
        .collect();
    match missing.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "expected every claim to stand in a chapter, found none with {}",
            missing.join(", ")
        )),
    }
}

fn listing<'a>(results: &Results, claim: &Shown, place: &'a Place) -> Result<Listed<'a>, String> {
    let judgement = claim.judged.verdict.judgement();
    let (statement, said_by) = (
        inline::render(&claim.statement)?,
        claim::said_by(&claim.source)?,
    );
    Ok(Listed {
        place,
        statement: format!("{statement} <span class=\"said-by\">({said_by})</span>"),
        class: judgement.id(),
        verdict: claim::verdict(judgement, ""),
        beside: claim::condition(claim),
        evidence: evidence(results, claim),
    })
}

/// Each side's interval on the scale that all claims share and in its own unit, and the seeds.
fn evidence(results: &Results, claim: &Shown) -> String {
    let rules = claim.rule.sides();
    let sides = rules.iter().zip(&claim.judged.sides);
    let mut lines: Vec<String> = sides
        .filter_map(|(rule, side)| {
            let strip = forest(rule, side.interval?)?;
            Some(format!("{strip}<br>{}", claim::effect(rule, side)?))
        })
        .collect();
    lines.extend(seeds(results, claim));
    lines.join("<br>")
}

/// The interval on the scale that all claims share.
fn forest(rule: &Rule, interval: Interval) -> Option<String> {
    let scaled = Interval {
        low: rule.scaled(interval.low)?,
        estimate: rule.scaled(interval.estimate)?,
        high: rule.scaled(interval.high)?,
    };
    let (low, high, _) = rule.band()?;
    let band = (rule.scaled(low)?, rule.scaled(high)?);
    Some(strip::on(scaled, band, SCALE, WIDTH))
}

/// How many seeds, and how many blocks of others came to the same verdict; none where there are none.
fn seeds(results: &Results, claim: &Shown) -> Option<String> {
    claim.key.as_ref()?;
    let seeds = figures::format::integer(claim.rule.seeds());
    Some(match replication::again(results, claim) {
        Some((same, blocks)) => {
            format!("{seeds} seeds; the same verdict on {same} of {blocks} other sets")
        }
        None => format!("{seeds} seeds"),
    })
}

fn summary(listed: &[Listed<'_>]) -> String {
    let items: String = Judgement::ALL
        .iter()
        .filter_map(|judgement| {
            let class = judgement.id();
            let count = listed.iter().filter(|claim| claim.class == class).count();
            let verdict = claim::verdict(*judgement, "");
            let item = format!(
                "<li class=\"{class}\"><span class=\"count\">{count}</span> {verdict}</li>"
            );
            (count > 0).then_some(item)
        })
        .collect();
    format!("<ul class=\"verdicts\">{items}</ul>")
}

/// The claims that are furthest from what they say.
fn surprises(
    results: &Results,
    shown: &[(String, Place)],
    to_root: &str,
) -> Result<String, String> {
    let mut judged: Vec<(&Shown, &Place)> = shown
        .iter()
        .filter_map(|(id, place)| Some((results.claim(id)?, place)))
        .filter(|(claim, _)| rank(claim) > 0)
        .collect();
    judged.sort_by(|(left, _), (right, _)| {
        let ranks = rank(right).cmp(&rank(left));
        ranks.then(distance(right).total_cmp(&distance(left)))
    });
    let items: Result<Vec<String>, String> = judged
        .iter()
        .take(SURPRISES)
        .map(|(claim, place)| {
            let judgement = claim.judged.verdict.judgement();
            Ok(format!(
                "<li class=\"{}\"><a href=\"{to_root}{}#{}\">{}</a>{}: {}</li>",
                judgement.id(),
                place.page,
                place.anchor,
                claim::verdict(judgement, ""),
                claim::condition(claim),
                inline::render(&claim.statement)?,
            ))
        })
        .collect();
    let items = items?.concat();
    Ok(match items.is_empty() {
        true => String::new(),
        false => format!(
            "{}<ul class=\"surprises\">{items}</ul>",
            html::heading("surprises", "What surprises most")
        ),
    })
}

/// The more, the further a verdict is from what the claim says; 0 where it holds, or nobody knows.
fn rank(claim: &Shown) -> u8 {
    match claim.judged.verdict.judgement() {
        Judgement::DoesNotHold => 3,
        Judgement::NoDifference => 2,
        Judgement::HoldsOnlyIf => 1,
        Judgement::Holds | Judgement::NotCarriedOver | Judgement::Undecided => 0,
    }
}

/// How far the estimates are from no difference, in units of what matters: the furthest of all sides.
fn distance(claim: &Shown) -> f64 {
    let sides = claim.rule.sides().into_iter().zip(&claim.judged.sides);
    sides
        .filter_map(|(rule, side)| rule.scaled(side.interval?.estimate))
        .filter(|scaled| scaled.is_finite())
        .fold(0.0, |furthest: f64, scaled| furthest.max(scaled.abs()))
}

fn section(claims: &[Listed<'_>], to_root: &str) -> Result<String, String> {
    let Some(first) = claims.first() else {
        return Ok(String::new());
    };
    let id = section_id(&first.place.page);
    let title = inline::render(&first.place.chapter)?;
    let rows: String = claims.iter().map(|claim| row(claim, to_root)).collect();
    let heading = html::heading(&id, &title);
    Ok(format!(
        "{heading}\
         <div class=\"table-wrapper\" tabindex=\"0\" role=\"region\" aria-label=\"Claims in \
         {title}\"><table>\
         <thead><tr><th scope=\"col\">Claim</th><th scope=\"col\">Verdict</th>\
         <th scope=\"col\">Evidence</th></tr></thead>\
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

fn row(claim: &Listed<'_>, to_root: &str) -> String {
    let Place { page, anchor, .. } = claim.place;
    let class = claim.class;
    format!(
        "<tr><td>{}</td><td class=\"{class}\"><a href=\"{to_root}{page}#{anchor}\">{}</a>{}</td>\
         <td class=\"evidence {class}\">{}</td></tr>",
        claim.statement, claim.verdict, claim.beside, claim.evidence,
    )
}
