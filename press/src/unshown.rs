//! What the lab found and no chapter shows.

use std::collections::BTreeSet;

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
        .filter_map(|found| shown(directive(&found.what)?))
        .collect();
    let values = results
        .values()
        .map(|(id, _)| format!("{{{{#value {id}}}}}"));
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

/// The directive that shows the same thing by itself.
fn shown(directive: &Directive) -> Option<String> {
    match directive {
        Directive::Value(id) => Some(format!("{{{{#value {id}}}}}")),
        Directive::Table(id) => Some(format!("{{{{#table {id}}}}}")),
        Directive::Figure(id) | Directive::Widget { figure: id, .. } => {
            Some(format!("{{{{#figure {id}}}}}"))
        }
        _ => None,
    }
}
