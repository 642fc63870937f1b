//! What became of the verdicts on other seeds.

use std::collections::BTreeMap;

use figures::format::{integer, words};
use lab::judge::Shown;
use lab::store::Results;

use crate::place::Place;
use crate::{html, inline};

/// How many verdicts came out the same on other seeds, and which did not; nothing where none was judged
/// again.
///
/// # Errors
///
/// Says which statement's math does not parse.
pub(crate) fn report(
    results: &Results,
    shown: &[(String, Place)],
    to_root: &str,
) -> Result<String, String> {
    let claims = results.claims().iter();
    let again: Vec<(usize, usize)> = claims.filter_map(|claim| again(results, claim)).collect();
    let Some(sets) = again.iter().map(|(_, sets)| *sets).max() else {
        return Ok(String::new());
    };
    let same: usize = again.iter().map(|(same, _)| same).sum();
    let all: usize = again.iter().map(|(_, sets)| sets).sum();
    let flips: Vec<String> = shown
        .iter()
        .filter_map(|(id, place)| flip(results, results.claim(id)?, place, to_root))
        .collect::<Result<_, _>>()?;
    let flips = match &flips[..] {
        [] => String::new(),
        flips => format!(
            "<p>Those that did not:</p><ul class=\"flips\">{}</ul>",
            flips.concat()
        ),
    };
    Ok(format!(
        "{}<p>Each claim that has seeds was judged again on {} other sets of as many: {} of {} \
         verdicts came out the same.</p>{flips}",
        html::heading("replication", "On other seeds"),
        words(sets),
        integer(same),
        integer(all)
    ))
}

/// On how many sets of other seeds the verdict came out the same, of how many.
pub(crate) fn again(results: &Results, claim: &Shown) -> Option<(usize, usize)> {
    let verdicts = &results.replicated(&claim.id)?.verdicts;
    let verdict = claim.judged.verdict.judgement().to_string();
    let same = verdicts.values().filter(|found| **found == verdict).count();
    Some((same, verdicts.len()))
}

/// The claim and what it came to on other seeds, if that was ever something else.
fn flip(
    results: &Results,
    claim: &Shown,
    place: &Place,
    to_root: &str,
) -> Option<Result<String, String>> {
    let verdict = claim.judged.verdict.judgement().to_string();
    let verdicts = results.replicated(&claim.id)?.verdicts.values();
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    for other in verdicts.filter(|other| **other != verdict) {
        *others.entry(other).or_default() += 1;
    }
    if others.is_empty() {
        return None;
    }
    let others: Vec<String> = others
        .iter()
        .map(|(other, sets)| format!("{} on {}", other.to_lowercase(), words(*sets)))
        .collect();
    Some(inline::render(&claim.statement).map(|statement| {
        format!(
            "<li><a href=\"{to_root}{}#{}\">{verdict}</a>, but {}: {statement}</li>",
            place.page,
            place.anchor,
            others.join(" and ")
        )
    }))
}

#[cfg(test)]
mod tests {
    use lab::store::replicated::Replicated;

    use super::*;
    use crate::claim::tests::{place, shown};

    /// A claim that holds, and what other sets of seeds came to.
    fn replicated(verdicts: &[&str]) -> Results {
        let claim = shown(
            (0..30)
                .map(|seed| 0.01 + 0.0001 * f64::from(seed))
                .collect(),
            &[],
        );
        let verdicts = (1..).zip(verdicts);
        let found = Replicated {
            verdicts: verdicts
                .map(|(set, verdict): (u8, _)| (set.to_string(), (*verdict).to_owned()))
                .collect(),
            ..Replicated::default()
        };
        let all = [("dropout/helps".to_owned(), found)].into();
        Results::default().with_claims(vec![claim], all)
    }

    fn reported(results: &Results) -> String {
        report(results, &[("dropout/helps".to_owned(), place())], "").unwrap()
    }

    #[test]
    fn what_comes_out_otherwise_on_other_seeds_is_counted_and_listed() {
        let html = reported(&replicated(&[
            "Holds",
            "Undecided",
            "Holds",
            "Undecided",
            "Does not hold",
        ]));
        assert!(
            html.contains("on five other sets of as many: 2 of 5 verdicts"),
            "{html}"
        );
        let flip = "#claim-dropout-helps\">Holds</a>, but does not hold on one and undecided on two: \
                    Dropout <em>helps</em>.</li>";
        assert!(html.contains(flip), "{html}");
    }

    #[test]
    fn what_comes_out_the_same_is_only_counted() {
        let html = reported(&replicated(&["Holds"; 5]));
        assert!(
            html.contains("5 of 5 verdicts came out the same.</p>"),
            "{html}"
        );
        assert!(!html.contains("<li>"), "{html}");
        assert_eq!(reported(&Results::default()), "");
    }
}
