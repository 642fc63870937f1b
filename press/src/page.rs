//! A chapter as written: what is to be put in, and where.

use std::ops::Range;
use std::path::PathBuf;

use mdbook_preprocessor::book::Chapter;

use crate::directive::Directive;
use crate::inline;
use crate::layout::{Formula, Layout};
use crate::problem::Problem;

/// A chapter, read.
pub(crate) struct Page {
    pub(crate) title: String,
    /// The chapter's file, from the book's root.
    pub(crate) file: String,
    /// Its Markdown file, from the book's `src`.
    pub(crate) path: PathBuf,
    /// `1` or `2.3`, where the chapter is numbered.
    pub(crate) number: Option<String>,
    pub(crate) markdown: String,
    pub(crate) layout: Layout,
    pub(crate) found: Vec<Found>,
}

/// Something to replace.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) range: Range<usize>,
    pub(crate) what: What,
}

/// What to put there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    /// A directive in running text.
    Inline(Directive),
    /// A directive where only text can stand: in an attribute, in an image's description.
    Plain(Directive),
    /// A directive in a paragraph of its own.
    Block(Directive),
    Formula(Formula),
}

impl Page {
    /// Reads a chapter of a book whose Markdown is in the folder `src`; draft chapters have no
    /// page.
    pub(crate) fn read(chapter: &Chapter, src: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let path = chapter.path.clone()?;
        let source = chapter.source_path.as_ref().unwrap_or(&path);
        let markdown = chapter.content.clone();
        let layout = Layout::of(&markdown);
        let mut page = Self {
            title: chapter.name.clone(),
            file: format!("{src}/{}", source.to_string_lossy().replace('\\', "/")),
            path,
            number: chapter.number.as_ref().map(|number| {
                let parts: Vec<String> = number.iter().map(u32::to_string).collect();
                parts.join(".")
            }),
            markdown,
            layout,
            found: Vec::new(),
        };
        page.find(problems);
        Some(page)
    }

    /// The problem at a byte of the chapter.
    pub(crate) fn problem(&self, at: usize, what: String) -> Problem {
        Problem {
            file: self.file.clone(),
            line: self.line(at),
            what,
        }
    }

    /// The line of a byte, from 1.
    pub(crate) fn line(&self, at: usize) -> usize {
        1 + self.markdown[..at].matches('\n').count()
    }

    fn find(&mut self, problems: &mut Vec<Problem>) {
        for half in &self.layout.half_formulas {
            problems.push(self.problem(half.start, inline::half_formula(&self.markdown, half)));
        }
        let mut found: Vec<Found> = self
            .layout
            .formulas
            .iter()
            .map(|formula| Found {
                range: formula.range.clone(),
                what: What::Formula(formula.clone()),
            })
            .collect();
        for (at, _) in self.markdown.match_indices("{{#") {
            let escaped = self.markdown[..at].ends_with('\\');
            if escaped || self.layout.is_opaque(at) {
                continue;
            }
            match self.directive(at) {
                Ok(directive) => found.extend(directive),
                Err(what) => problems.push(self.problem(at, what)),
            }
        }
        found.sort_by_key(|found| found.range.start);
        self.found = self.apart(found, problems);
    }

    /// What begins after the end of what is before it; a problem for anything else.
    fn apart(&self, all: Vec<Found>, problems: &mut Vec<Problem>) -> Vec<Found> {
        let mut apart: Vec<Found> = Vec::new();
        for found in all {
            match apart.last() {
                Some(last) if found.range.start < last.range.end => {
                    let [outer, inner] = [last, &found].map(|f| &self.markdown[f.range.clone()]);
                    let what =
                        format!("`{inner}` begins inside `{outer}`: expected one after the other");
                    problems.push(self.problem(found.range.start, what));
                }
                _ => apart.push(found),
            }
        }
        apart
    }

    fn directive(&self, at: usize) -> Result<Option<Found>, String> {
        let rest = &self.markdown[at..];
        let line = rest.lines().next().unwrap_or_default();
        let Some(end) = line.find("}}") else {
            let found = excerpt(line);
            return Err(format!("expected `}}}}` on the same line, found `{found}`"));
        };
        let directive = Directive::parse(&line[3..end])?;
        let range = at..at + end + 2;
        if let Directive::Foreign { name, argument } = &directive {
            return foreign(name, argument).map(|()| None);
        }
        let text = &self.markdown[range.clone()];
        let what = if directive.is_block() {
            self.expect_alone(&range, text)?;
            What::Block(directive)
        } else {
            self.expect_text(at, text, directive)?
        };
        Ok(Some(Found { range, what }))
    }

    fn expect_alone(&self, range: &Range<usize>, text: &str) -> Result<(), String> {
        let stands_alone = self.layout.paragraphs.iter().any(|paragraph| {
            self.markdown[paragraph.clone()].trim() == text && paragraph.contains(&range.start)
        });
        if !stands_alone || !is_blank(self.markdown[range.end..].lines().nth(1)) {
            return Err(format!(
                "`{text}` needs a paragraph of its own: expected a blank line before and after it"
            ));
        }
        Ok(())
    }

    fn expect_text(&self, at: usize, text: &str, directive: Directive) -> Result<What, String> {
        if self.layout.is_description(at) {
            return Ok(What::Plain(directive));
        }
        if self.layout.is_prose(at) {
            return Ok(What::Inline(directive));
        }
        let Some(html) = self.layout.html_at(at) else {
            return Err(format!(
                "`{text}` stands where no text can be: expected it in the text"
            ));
        };
        let before = &self.markdown[html.start..at];
        match before.rfind('<') > before.rfind('>') {
            true => Ok(What::Plain(directive)),
            false => Ok(What::Inline(directive)),
        }
    }
}

/// The beginning of a line, since a problem for each part of a long one must not repeat all of it.
fn excerpt(line: &str) -> &str {
    const LENGTH: usize = 60;
    let end = line.char_indices().nth(LENGTH).map(|(end, _)| end);
    &line[..end.unwrap_or(line.len())]
}

/// Markdown put in by mdBook comes after the press has read the chapter, so nothing in it would be
/// checked.
fn foreign(name: &str, argument: &str) -> Result<(), String> {
    let file = argument.split(':').next().unwrap_or_default();
    if name == "include" && file.ends_with(".md") {
        return Err(format!(
            "`{{{{#include {argument}}}}}` would put in Markdown that is not checked: expected a \
             file of another kind, or the text itself"
        ));
    }
    Ok(())
}

/// Whether a line holds nothing but the marks of the quotation around it.
fn is_blank(line: Option<&str>) -> bool {
    line.is_none_or(|line| line.chars().all(|c| c.is_whitespace() || c == '>'))
}

#[cfg(test)]
mod tests {
    use super::{Page, What};
    use mdbook_preprocessor::book::Chapter;

    fn read(markdown: &str) -> (Vec<What>, Vec<String>) {
        let chapter = Chapter::new("A", markdown.to_owned(), "a.md", vec![]);
        let mut problems = Vec::new();
        let page = Page::read(&chapter, "book", &mut problems).unwrap();
        let what = page.found.into_iter().map(|found| found.what).collect();
        (what, problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn values_stand_in_text_tables_headings_links_and_html() {
        for markdown in [
            "a {{#value a.b_c_d}} b",
            "# a {{#value a.b}}",
            "| a |\n|---|\n| {{#value a.b}} |",
            "[a {{#value a.b}}](b.md)",
            "**{{#value a.b}}**",
            "> - {{#value a.b}}",
            "<p>{{#value a.b}}</p>",
            "a <b>{{#value a.b}}</b>",
        ] {
            let (what, problems) = read(markdown);
            assert!(
                matches!(what[..], [What::Inline(_)]),
                "{markdown} {problems:?}"
            );
        }
    }

    #[test]
    fn values_in_attributes_and_descriptions_are_plain() {
        for markdown in [
            "![{{#value a.b}}](b.png)",
            "<p title=\"{{#value a.b}}\">c</p>",
            "a <b title=\"{{#value a.b}}\">c</b>",
        ] {
            assert!(
                matches!(read(markdown).0[..], [What::Plain(_)]),
                "{markdown}"
            );
        }
    }

    #[test]
    fn nothing_happens_in_code_comments_or_after_a_backslash() {
        for markdown in [
            "`{{#value a.b}}`",
            "```text\n{{#figure a/b}}\n{{#nonsense}}\n```",
            "<!-- {{#value a.b}} -->",
            "<!--\n{{#nonsense}}\n-->",
            "\\{{#value a.b}}",
            "<pre>{{#value a.b}}</pre>",
        ] {
            assert_eq!(read(markdown), (vec![], vec![]), "{markdown}");
        }
    }

    #[test]
    fn blocks_stand_alone() {
        for markdown in [
            "a\n\n{{#figure a/b}}\n\nc",
            "{{#figure a/b}}",
            "- a\n\n  {{#figure a/b}}\n\n  c",
            "> {{#figure a/b}}\n>\n> c",
        ] {
            let (what, problems) = read(markdown);
            assert!(
                matches!(what[..], [What::Block(_)]),
                "{markdown} {problems:?}"
            );
        }
    }

    #[test]
    fn a_block_inside_text_is_a_problem_with_its_line() {
        for (markdown, line) in [
            ("a\n\nb {{#figure a/b}}", 3),
            ("a\n{{#figure a/b}}", 2),
            ("{{#figure a/b}}\n# c", 1),
            ("# {{#table a/b}}", 1),
            ("- {{#claim a/b}}", 1),
            ("\n<div>\n{{#figure a/b}}\n</div>", 3),
        ] {
            let (_, problems) = read(markdown);
            assert_eq!(problems.len(), 1, "{markdown}");
            let expected = format!("book/a.md:{line}: ");
            assert!(problems[0].starts_with(&expected), "{problems:?}");
            assert!(problems[0].contains("paragraph of its own"), "{problems:?}");
        }
    }

    #[test]
    fn everything_wrong_is_reported_at_once() {
        let (_, problems) = read("{{#figur a/b}}\n\n{{#value a\n\n[a](<{{#value a.b}}>)\n\n$`a`\n");
        assert_eq!(problems.len(), 4, "{problems:?}");
    }

    /// Every text of a few parts that can open, close or hold something.
    #[test]
    fn what_is_put_in_never_overlaps_whatever_is_written() {
        const PARTS: [&str; 12] = [
            "$`x`",
            "$",
            "`",
            "``",
            "{{#covers ",
            "{{#value a.b}}",
            "}}",
            "\n\n",
            "<!--",
            "\\",
            "> ```math\n",
            "|",
        ];
        let count = PARTS.len();
        for number in 0..count.pow(4) {
            let parts = (0..4).map(|place| PARTS[number / count.pow(place) % count]);
            let markdown: String = parts.collect();
            let chapter = Chapter::new("A", markdown.clone(), "a.md", vec![]);
            let page = Page::read(&chapter, "book", &mut Vec::new()).unwrap();
            let apart = page
                .found
                .windows(2)
                .all(|pair| pair[0].range.end <= pair[1].range.start);
            assert!(apart, "{markdown:?}: {:?}", page.found);
        }
    }

    #[test]
    fn problems_of_a_long_line_are_short() {
        let (_, problems) = read(&"{{#ö".repeat(1_000));
        assert_eq!(problems.len(), 1_000);
        assert!(problems.iter().all(|problem| problem.len() < 200));
    }

    #[test]
    fn a_formula_inside_a_directive_is_a_problem_with_its_line() {
        let (what, problems) = read("a\n\n{{#covers $`x`$}}\n");
        assert_eq!(what.len(), 1);
        let expected =
            "book/a.md:3: `$`x`$` begins inside `{{#covers $`x`$}}`: expected one after the other";
        assert_eq!(problems, [expected]);
    }

    #[test]
    fn one_may_begin_where_another_ends() {
        let (what, problems) = read("{{#value a.b}}$`x`${{#value a.b}}");
        assert_eq!((what.len(), problems.len()), (3, 0));
    }

    #[test]
    fn a_shared_dollar_is_a_problem_with_its_line() {
        let (what, problems) = read("a\n\nA formula $`x`$`y`$ here.\n");
        assert_eq!(what.len(), 1);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with("book/a.md:3: a formula is written $`y`$"));
    }

    #[test]
    fn mdbook_includes_code_but_no_markdown() {
        assert_eq!(
            read("```rust\n{{#include a.rs}}\n```\n\n{{#title B}}").1,
            [""; 0]
        );
        assert!(read("{{#include a.md:b}}").1[0].contains("not checked"));
    }
}
