//! The numbers that the course prints, beside ours: one experiment's, and all of them.

use course::Work;
use lab::printed::{Pair, Printed};
use lab::store::Results;

use crate::html;
use crate::inline;
use crate::nearest;
use crate::place::Place;

/// The table of one experiment's numbers as one line of HTML.
///
/// # Errors
///
/// Says that the experiment has none, and which one that has some is nearest.
pub(crate) fn render(results: &Results, experiment: &str, place: &Place) -> Result<String, String> {
    let printed = results
        .printed(experiment)
        .ok_or_else(|| unknown(results, experiment))?;
    let rows = printed.iter().map(|(name, printed)| {
        let what = inline::render(&printed.what)?;
        let id = row_id(place, name);
        Ok(row(&format!(" id=\"{id}\""), &what, printed))
    });
    let rows: Result<Vec<String>, String> = rows.collect();
    let caption = "What the course prints, and what this library computes from the same inputs and \
                   seeds. Digits beyond the course's are set smaller; of a matrix, a line is a \
                   number, row by row.";
    let (anchor, label) = (&place.anchor, &place.label);
    Ok(table(
        &format!("{label}. {caption}"),
        &format!(" id=\"{anchor}\""),
        &format!("<caption><span class=\"label\">{label}.</span> {caption}</caption>"),
        &rows?.concat(),
    ))
}

/// All numbers by the part of the course that prints them, each linked to the chapter that shows
/// it.
///
/// # Errors
///
/// Says which numbers no chapter shows.
pub(crate) fn all(
    results: &Results,
    shown: &[(String, Place)],
    to_root: &str,
) -> Result<String, String> {
    let missing: Vec<String> = with_numbers(results)
        .filter(|experiment| shown.iter().all(|(known, _)| known != experiment))
        .map(|experiment| format!("`{{{{#printed {experiment}}}}}`"))
        .collect();
    if !missing.is_empty() {
        return Err(format!(
            "expected every number of the course to stand in a chapter, found none with {}",
            missing.join(", ")
        ));
    }
    let numbers: Vec<(&Place, &str, &Printed)> = shown
        .iter()
        .filter_map(|(experiment, place)| Some((place, results.printed(experiment)?)))
        .flat_map(|(place, printed)| {
            printed
                .iter()
                .map(move |(name, printed)| (place, name.as_str(), printed))
        })
        .collect();
    let mut page = summary(&numbers);
    for work in Work::ALL {
        page.push_str(&section(work, &numbers, to_root)?);
    }
    Ok(page)
}

fn with_numbers(results: &Results) -> impl Iterator<Item = &str> {
    let experiments = results.outcomes().map(|(experiment, _)| experiment);
    experiments.filter(|experiment| results.printed(experiment).is_some())
}

fn unknown(results: &Results, experiment: &str) -> String {
    format!(
        "no experiment `{experiment}` has numbers of the course{}",
        nearest::hint(experiment, with_numbers(results))
    )
}

/// How many numbers there are, and how many are the course's to its last digit.
fn summary(numbers: &[(&Place, &str, &Printed)]) -> String {
    let count = |of: &dyn Fn(&Pair) -> bool| {
        let pairs = numbers.iter().flat_map(|(_, _, printed)| printed.pairs());
        pairs.filter(|pair| of(pair)).count()
    };
    format!(
        "<p>{} numbers; {} of them agree in every digit that the course prints.</p>",
        count(&|_| true),
        count(&Pair::agrees)
    )
}

fn section(
    work: Work,
    numbers: &[(&Place, &str, &Printed)],
    to_root: &str,
) -> Result<String, String> {
    let rows = numbers
        .iter()
        .filter(|(_, _, printed)| printed.work == work);
    let rows = rows.map(|(place, name, printed)| {
        let what = inline::render(&printed.what)?;
        let (page, id) = (&place.page, row_id(place, name));
        let link = format!("<a href=\"{to_root}{page}#{id}\">{what}</a>");
        Ok(row("", &link, printed))
    });
    let rows = rows.collect::<Result<Vec<String>, String>>()?.concat();
    if rows.is_empty() {
        return Ok(String::new());
    }
    let name = work.name();
    let id = format!("printed-{}", name.to_ascii_lowercase().replace(' ', "-"));
    let label = format!("{name}: the course's numbers and ours");
    let heading = html::heading(&id, name);
    Ok(heading + &table(&label, "", "", &rows))
}

fn table(label: &str, attributes: &str, caption: &str, rows: &str) -> String {
    let header: String = ["Course", "Ours", "Difference"]
        .map(|name| format!("<th scope=\"col\" class=\"number\">{name}</th>"))
        .concat();
    format!(
        "<div class=\"table-wrapper printed\"{attributes} tabindex=\"0\" role=\"region\" \
         aria-label=\"{label}\"><table>{caption}\
         <thead><tr><th scope=\"col\">Number</th>{header}</tr></thead>\
         <tbody>{rows}</tbody></table></div>"
    )
}

/// A number's row; a matrix has a line for each of its numbers.
fn row(attributes: &str, what: &str, printed: &Printed) -> String {
    let pairs = printed.distinct();
    let lines = |text: &dyn Fn(&Pair) -> String| {
        let texts: Vec<String> = pairs
            .iter()
            .map(|pair| text(pair).replace('-', "−"))
            .collect();
        format!("<td class=\"number\">{}</td>", texts.join("<br>"))
    };
    let course =
        lines(&|pair| inline::render(&pair.course).unwrap_or_else(|_| pair.course.clone()));
    let (ours, difference) = (lines(&ours), lines(&Pair::difference));
    let each = match (pairs.len(), printed.pairs().count()) {
        (1, all) if all > 1 => format!(", each of {all}"),
        _ => String::new(),
    };
    format!("<tr{attributes}><th scope=\"row\">{what}{each}</th>{course}{ours}{difference}</tr>")
}

/// All digits; those beyond the course's are set smaller.
fn ours(pair: &Pair) -> String {
    match pair.parts() {
        [known, beyond, exponent] if beyond.is_empty() => known + &exponent,
        [known, beyond, exponent] => format!("{known}<small>{beyond}</small>{exponent}"),
    }
}

fn row_id(place: &Place, name: &str) -> String {
    format!("{}-{}", place.anchor, name.replace('_', "-"))
}
