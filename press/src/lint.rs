//! No measured number is typed by hand.

use std::ops::Range;
use std::sync::LazyLock;

use lab::store::Results;
use regex::Regex;

use crate::page::Page;
use crate::pattern::pattern;
use crate::problem::Problem;

/// What looks like a result.
static RESULT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"[0-9]+(?:\.[0-9]+)?\s*(?:%|‰|percent\b|per cent\b)",
        r"|[0-9]+(?:\.[0-9]+)?\s*[×·]\s*10(?:\^|[⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹])\S*",
        r"|\b10(?:\^|[⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹])\S*",
        r"|\b[0-9]+(?:\.[0-9]+)?[eE][-+−]?[0-9]+\b",
        r"|\b[0-9]*\.?[0-9]*\.[0-9]+",
    ))
});

/// Numbers with a point that are no results: addresses, identifiers, versions, sections.
static OTHER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"https?://\S+|(?i:doi)\S*\s*\S+|\b10\.[0-9]{4,}/\S+|(?i:arxiv):?\s*\S+",
        r"|\b[0-9]+(?:\.[0-9]+){2,}|\b[vV][0-9.]+",
        r"|(?i:\b(?:rust|mdbook|python|numpy|version|sections?|chapter|figure|table|equation)|§)",
        r"\s*[0-9]+(?:\.[0-9]+)+",
        r"|\bCC[ -]BY(?:-[A-Z]+)*[ -][0-9.]+|\bApache(?:-| )(?:License,? (?:Version )?)?[0-9.]+",
    ))
});

/// The numbers of a chapter that are typed by hand and look measured.
pub(crate) fn check(page: &Page, results: &Results) -> Vec<Problem> {
    if page
        .path
        .file_stem()
        .is_some_and(|stem| stem == "references")
    {
        return Vec::new();
    }
    let text = visible(page);
    typed(&text)
        .into_iter()
        .map(|range| {
            let number = text[range.clone()].trim();
            page.problem(range.start, complaint(number, results))
        })
        .collect()
}

fn complaint(number: &str, results: &Results) -> String {
    let plain = |text: &str| text.replace(|c: char| c.is_whitespace(), "");
    let same = results
        .values()
        .find(|(_, value)| plain(&value.text) == plain(number));
    let directive = match same {
        Some((id, _)) => format!("{{{{#value {id}}}}}, which is that number"),
        None => "{{#value experiment.name}}".to_owned(),
    };
    format!(
        "`{number}` is typed by hand: write {directive} (a setting that is no result stands in \
         `code` or in math)"
    )
}

fn typed(text: &str) -> Vec<Range<usize>> {
    let allowed: Vec<Range<usize>> = OTHER.find_iter(text).map(|found| found.range()).collect();
    RESULT
        .find_iter(text)
        .map(|found| found.range())
        .filter(|range| {
            allowed
                .iter()
                .all(|allowed| !allowed.contains(&range.start))
        })
        .collect()
}

/// The chapter with everything blanked that a reader does not read as prose; bytes keep their
/// places.
fn visible(page: &Page) -> String {
    let mut visible: Vec<u8> = page
        .markdown
        .bytes()
        .map(|byte| if byte == b'\n' { b'\n' } else { b' ' })
        .collect();
    for (range, text) in &page.layout.prose {
        let written = &page.markdown[range.clone()];
        if written == text {
            visible[range.clone()].copy_from_slice(written.as_bytes());
        }
    }
    for range in &page.layout.html {
        show_html(&page.markdown, range, &mut visible);
    }
    let hidden = page
        .layout
        .opaque
        .iter()
        .chain(&page.layout.references)
        .chain(page.found.iter().map(|found| &found.range));
    for range in hidden {
        blank(range, &mut visible);
    }
    String::from_utf8_lossy(&visible).into_owned()
}

/// Shows the text between the tags.
fn show_html(markdown: &str, range: &Range<usize>, visible: &mut [u8]) {
    let mut inside_tag = false;
    for (index, byte) in markdown
        .bytes()
        .enumerate()
        .take(range.end)
        .skip(range.start)
    {
        match byte {
            b'<' => inside_tag = true,
            b'>' => inside_tag = false,
            other if !inside_tag => visible[index] = other,
            _ => {}
        }
    }
}

fn blank(range: &Range<usize>, visible: &mut [u8]) {
    for byte in &mut visible[range.clone()] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::page::Page;
    use lab::outcome::{Outcome, Value};
    use lab::store::Results;
    use mdbook_preprocessor::book::Chapter;

    fn results() -> Results {
        let mut outcome = Outcome::new();
        outcome.value("accuracy", Value::percent(0.9933, 2));
        Results::from_outcomes([("he".to_owned(), "initialization".to_owned(), outcome)])
    }

    fn complaints(path: &str, markdown: &str) -> Vec<String> {
        let chapter = Chapter::new("A", markdown.to_owned(), path, vec![]);
        let page = Page::read(&chapter, "book", &mut Vec::new()).unwrap();
        check(&page, &results())
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_measured_number_typed_by_hand_is_found_with_its_line() {
        for number in [
            "0.83",
            "12.5",
            "99 %",
            "99%",
            "99.33 %",
            "99&nbsp;%",
            "**99** %",
            "50 percent",
            "1e-7",
            "1.2e5",
            "1.2 × 10⁻⁷",
            "10⁻⁷",
            "10^-7",
            "−0.5",
            "1.5×",
            "0.83.",
            "(0.83)",
            "0.83,",
        ] {
            let found = complaints("a.md", &format!("# A\n\na {number} b\n"));
            assert_eq!(found.len(), 1, "{number}: {found:?}");
            assert!(found[0].starts_with("book/a.md:3: `"), "{found:?}");
            assert!(found[0].contains("{{#value "), "{found:?}");
        }
    }

    #[test]
    fn the_value_that_is_that_number_is_suggested() {
        let found = complaints("a.md", "a 99.33 % b");
        assert!(found[0].contains("{{#value he.accuracy}}"), "{found:?}");
    }

    #[test]
    fn what_is_no_result_may_be_typed() {
        for text in [
            "15,000 iterations, 20 seeds and 3 layers in 2015",
            "mdBook 0.5.4 and v1.2 and Rust 1.95",
            "section 2.1, Figure 1.2 and § 3.4",
            "`0.83` and $`0.83`$",
            "```text\n0.83\n```",
            "```math\n0.83\n```",
            "[a](b-0.83.html)",
            "<https://a.b/0.83>",
            "<b title=\"0.83\">a</b>",
            "<!-- 0.83 -->",
            "<code>0.83</code>",
            "arXiv:1502.01852 and 10.1109/ICCV.2015.123 and doi 10.1/2.3",
            "CC BY 4.0, Apache-2.0, Apache 2.0 and Apache License, Version 2.0",
            "{{#value he.accuracy}}",
            "## References\n\npages 1.2 to 3.4",
            "a. 5 b",
            "1/2 and 2:3",
        ] {
            assert_eq!(complaints("a.md", text), [""; 0], "{text}");
        }
        assert_eq!(complaints("references.md", "0.83"), [""; 0]);
    }

    #[test]
    fn headings_lists_tables_details_and_html_are_prose() {
        for text in [
            "# a 0.83",
            "- 0.83",
            "| a |\n|---|\n| 0.83 |",
            "<details>\n<summary>0.83</summary>\n</details>",
            "<details>\n\n0.83\n\n</details>",
            "[0.83](a.md)",
            "![0.83](a.png)",
            "## References\n\na\n\n## B\n\n0.83",
        ] {
            assert_eq!(complaints("a.md", text).len(), 1, "{text}");
        }
    }
}
