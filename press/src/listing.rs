//! The library's own lines between two anchor comments.

use std::sync::LazyLock;

use regex::Regex;

use crate::html::escape;
use crate::nearest;
use crate::pattern::pattern;

static ANCHOR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\s*//\s*ANCHOR(_END)?:\s*([A-Za-z0-9_-]+)\s*$"));

/// Lines of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lines {
    /// The first line's number, from 1.
    pub(crate) first: usize,
    /// The last line's number.
    pub(crate) last: usize,
    /// The lines without anchors and common indentation.
    pub(crate) text: String,
}

enum Mark<'a> {
    Begin(&'a str),
    End(&'a str),
}

fn mark(line: &str) -> Option<Mark<'_>> {
    let found = ANCHOR.captures(line)?;
    let name = found.get(2)?.as_str();
    match found.get(1) {
        Some(_) => Some(Mark::End(name)),
        None => Some(Mark::Begin(name)),
    }
}

/// The lines between `// ANCHOR: name` and `// ANCHOR_END: name`.
///
/// # Errors
///
/// Says that there is no such anchor and which is nearest, that it occurs twice, does not end, or
/// is empty.
pub(crate) fn between(file: &str, text: &str, anchor: &str) -> Result<Lines, String> {
    let marks: Vec<(usize, Mark<'_>)> = text
        .lines()
        .enumerate()
        .filter_map(|(index, line)| Some((index, mark(line)?)))
        .collect();
    let begins: Vec<usize> = marks
        .iter()
        .filter(|(_, mark)| matches!(mark, Mark::Begin(name) if *name == anchor))
        .map(|(index, _)| *index)
        .collect();
    let [begin] = begins[..] else {
        return Err(not_one(file, anchor, begins.len(), &marks));
    };
    let end = marks
        .iter()
        .find(|(index, mark)| *index > begin && matches!(mark, Mark::End(name) if *name == anchor));
    let Some((end, _)) = end else {
        return Err(format!(
            "expected `// ANCHOR_END: {anchor}` after line {} of {file}, found none",
            begin + 1
        ));
    };
    cut(text, begin + 1, *end)
        .ok_or_else(|| format!("expected lines at anchor `{anchor}` of {file}, found none"))
}

fn not_one(file: &str, anchor: &str, count: usize, marks: &[(usize, Mark<'_>)]) -> String {
    if count > 1 {
        return format!("expected one anchor `{anchor}` in {file}, found {count}");
    }
    let names = marks.iter().filter_map(|(_, mark)| match mark {
        Mark::Begin(name) => Some(*name),
        Mark::End(_) => None,
    });
    format!(
        "there is no anchor `{anchor}` in {file}{}",
        nearest::hint(anchor, names)
    )
}

fn cut(text: &str, begin: usize, end: usize) -> Option<Lines> {
    let lines: Vec<(usize, &str)> = text
        .lines()
        .enumerate()
        .take(end)
        .skip(begin)
        .filter(|(_, line)| mark(line).is_none())
        .collect();
    let is_blank = |line: &&(usize, &str)| line.1.trim().is_empty();
    let before = lines.iter().take_while(is_blank).count();
    let after = lines.iter().rev().take_while(is_blank).count();
    let lines = lines.get(before..lines.len().saturating_sub(after))?;
    let (first, last) = (lines.first()?.0 + 1, lines.last()?.0 + 1);
    let indentation = lines
        .iter()
        .filter(|line| !is_blank(line))
        .map(|(_, line)| line.len() - line.trim_start().len())
        .min()?;
    let text: Vec<&str> = lines
        .iter()
        .map(|(_, line)| line.get(indentation..).unwrap_or_default())
        .collect();
    Some(Lines {
        first,
        last,
        text: text.join("\n"),
    })
}

/// The listing as one line of HTML; `address` is that of its first line.
pub(crate) fn render(file: &str, lines: &Lines, address: &str) -> String {
    let span = match lines.first == lines.last {
        true => format!("line {}", lines.first),
        false => format!("lines {}–{}", lines.first, lines.last),
    };
    format!(
        "<div class=\"listing\"><div class=\"listing-header\"><a href=\"{address}\">{}</a> \
         <span>{span}</span></div>{}</div>",
        escape(file),
        code(&lines.text)
    )
}

/// Rust as a block of code, on one line of HTML.
pub(crate) fn code(text: &str) -> String {
    // A line that begins with `#` and a space is hidden by mdBook, unless it is doubled.
    let shown: Vec<String> = text.lines().map(unhidden).collect();
    format!(
        "<pre><code class=\"language-rust\">{}&#10;</code></pre>",
        escape(&shown.join("\n"))
    )
}

fn unhidden(line: &str) -> String {
    let bare = line.trim_start();
    let indentation = &line[..line.len() - bare.len()];
    match bare == "#" || bare.starts_with("# ") || bare.starts_with("##") {
        true => format!("{indentation}#{bare}"),
        false => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{between, code, render};

    const FILE: &str = "\
use a;

impl A {
    // ANCHOR: mask

    fn b() {
        // ANCHOR: inner
        c();
        // ANCHOR_END: inner
    }

    // ANCHOR_END: mask
}
// ANCHOR: open
fn d() {}
// ANCHOR: empty
// ANCHOR_END: empty
// ANCHOR: twice
// ANCHOR: twice
";

    #[test]
    fn lines_lose_anchors_and_indentation() {
        let lines = between("src/a.rs", FILE, "mask").unwrap();
        assert_eq!(lines.text, "fn b() {\n    c();\n}");
        assert_eq!((lines.first, lines.last), (6, 10));
        let inner = between("src/a.rs", FILE, "inner").unwrap();
        assert_eq!(
            (inner.text.as_str(), inner.first, inner.last),
            ("c();", 8, 8)
        );
    }

    #[test]
    fn what_is_wrong_with_an_anchor_is_named() {
        for (anchor, expected) in [
            ("mas", "no anchor `mas` in src/a.rs; the nearest is `mask`"),
            (
                "open",
                "expected `// ANCHOR_END: open` after line 14 of src/a.rs",
            ),
            ("empty", "expected lines at anchor `empty`"),
            ("twice", "expected one anchor `twice` in src/a.rs, found 2"),
        ] {
            let error = between("src/a.rs", FILE, anchor).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
        assert!(
            between("src/a.rs", "", "mask")
                .unwrap_err()
                .contains("none yet")
        );
    }

    #[test]
    fn a_listing_names_its_file_and_lines() {
        let lines = between("src/a.rs", FILE, "inner").unwrap();
        assert_eq!(
            render("src/a.rs", &lines, "code/src/a.html#src-a-8"),
            "<div class=\"listing\"><div class=\"listing-header\">\
             <a href=\"code/src/a.html#src-a-8\">src/a.rs</a> \
             <span>line 8</span></div><pre><code class=\"language-rust\">c();&#10;</code></pre></div>"
        );
    }

    #[test]
    fn no_line_of_code_is_hidden() {
        assert!(code("# a\n#[b]\n## c").contains(">## a&#10;#[b]&#10;### c&#10;"));
    }
}
