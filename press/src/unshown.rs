//! What the lab found and no chapter shows.

use std::collections::BTreeSet;

use errata::Erratum;
use lab::experiment::OPEN;
use lab::store::Results;

use crate::directive::Directive;
use crate::page::{Page, What};
use crate::problem::Problem;

/// How many ids a complaint names.
const NAMED: usize = 12;

/// A complaint where the book lists all its claims: such a book is whole, and whatever an experiment
/// returns has its place in it.
pub(crate) fn check(pages: &[Page], results: &Results) -> Option<Problem> {
    let (page, at) = pages.iter().find_map(|page| {
        let found = page
            .found
            .iter()
            .find(|found| directive(&found.what) == Some(&Directive::Claims));
        Some((page, found?.range.start))
    })?;
    let shown: BTreeSet<String> = pages
        .iter()
        .flat_map(|page| &page.found)
        .filter_map(|found| directive(&found.what))
        .flat_map(shown)
        .collect();
    let values = results.values().map(|(id, _)| value(&id));
    let tables = results
        .tables()
        .map(|(id, _)| format!("{{{{#table {id}}}}}"));
    let figures = results
        .figures()
        .map(|(id, _)| format!("{{{{#figure {id}}}}}"));
    let of_a_reader = |id: &str| id.contains(&format!(" {OPEN}"));
    let missing = values
        .chain(tables)
        .chain(figures)
        .filter(|id| !of_a_reader(id));
    let missing: Vec<String> = missing.filter(|id| !shown.contains(id)).collect();
    let named = missing.iter().take(NAMED).map(|id| format!("`{id}`"));
    let named = named.collect::<Vec<_>>().join(", ");
    let more = match missing.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!missing.is_empty()).then(|| {
        page.problem(
            at,
            format!(
                "no chapter shows {named}{more}: show it, or take it out of what its experiment \
                 returns (a value is a line of the chapter's file below lab/src/chapters)"
            ),
        )
    })
}

fn directive(what: &What) -> Option<&Directive> {
    match what {
        What::Inline(directive) | What::Plain(directive) | What::Block(directive) => {
            Some(directive)
        }
        What::Formula(_) => None,
    }
}

/// The directives that show the same things by themselves.
fn shown(directive: &Directive) -> Vec<String> {
    match directive {
        Directive::Value(id) => vec![value(id)],
        Directive::Table(id) => vec![format!("{{{{#table {id}}}}}")],
        Directive::Figure(id) | Directive::Widget { figure: id, .. } => {
            vec![format!("{{{{#figure {id}}}}}")]
        }
        Directive::Errata => of_errata(),
        _ => Vec::new(),
    }
}

fn value(id: &str) -> String {
    format!("{{{{#value {id}}}}}")
}

/// The values that the page of errata shows; none where its files cannot be read, which it says itself.
fn of_errata() -> Vec<String> {
    let weeks = errata::weeks().unwrap_or_default();
    let places = weeks.iter().flat_map(|week| &week.places);
    let all = places.flat_map(|place| place.notes.iter().chain(&place.course));
    all.flat_map(Erratum::values).map(value).collect()
}
