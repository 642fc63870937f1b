//! Which bytes of a chapter are prose, which are code, HTML or a formula.

use std::ops::Range;
use std::sync::LazyLock;

use math_core::MathDisplay;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use regex::Regex;

use crate::pattern::pattern;

/// The parts of a chapter, as byte ranges of its Markdown.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// Text that Markdown reads as such, with what it says (an entity is read already).
    pub(crate) prose: Vec<(Range<usize>, String)>,
    /// Text inside an image's description, where no element can stand.
    pub(crate) descriptions: Vec<Range<usize>>,
    /// Blocks and tags of raw HTML.
    pub(crate) html: Vec<Range<usize>>,
    /// Code, comments and scripts.
    pub(crate) opaque: Vec<Range<usize>>,
    /// Whole paragraphs.
    pub(crate) paragraphs: Vec<Range<usize>>,
    /// Where headings begin, and their texts.
    pub(crate) headings: Vec<(usize, String)>,
    /// Sections of references.
    pub(crate) references: Vec<Range<usize>>,
    /// Formulas with their marks.
    pub(crate) formulas: Vec<Formula>,
    /// Code spans with a `$` on one side only.
    pub(crate) half_formulas: Vec<Range<usize>>,
}

/// A formula of a chapter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Formula {
    pub(crate) range: Range<usize>,
    pub(crate) tex: String,
    pub(crate) display: MathDisplay,
    /// Punctuation that no line break may part from it; the range holds it too.
    pub(crate) after: String,
}

/// mdBook's Markdown, without the rewriting of quotes and of heading attributes, which would move
/// text.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_DEFINITION_LIST)
    .union(Options::ENABLE_GFM);

/// Raw HTML in which nothing is prose.
static OPAQUE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?s)<!--.*?(?:-->|\z)|<script\b.*?(?:</script>|\z)|<style\b.*?(?:</style>|\z)",
        r"|<svg\b.*?(?:</svg>|\z)|<pre\b.*?(?:</pre>|\z)|<code\b.*?(?:</code>|\z)",
    ))
});

impl Layout {
    pub(crate) fn of(markdown: &str) -> Self {
        let mut reader = Reader::new(markdown);
        for (event, range) in Parser::new_ext(markdown, OPTIONS).into_offset_iter() {
            reader.read(event, range);
        }
        reader.finish()
    }

    /// Whether a byte is in code, a comment or a formula.
    pub(crate) fn is_opaque(&self, at: usize) -> bool {
        holds(&self.opaque, at) || self.formulas.iter().any(|f| f.range.contains(&at))
    }

    pub(crate) fn is_prose(&self, at: usize) -> bool {
        self.prose.iter().any(|(range, _)| range.contains(&at))
    }

    pub(crate) fn is_description(&self, at: usize) -> bool {
        holds(&self.descriptions, at)
    }

    /// The raw HTML around a byte.
    pub(crate) fn html_at(&self, at: usize) -> Option<&Range<usize>> {
        self.html.iter().find(|range| range.contains(&at))
    }
}

fn holds(ranges: &[Range<usize>], at: usize) -> bool {
    ranges.iter().any(|range| range.contains(&at))
}

struct Reader<'a> {
    markdown: &'a str,
    layout: Layout,
    in_code: bool,
    in_image: usize,
    heading: Option<(HeadingLevel, usize, String)>,
    references: Option<(HeadingLevel, usize)>,
}

impl<'a> Reader<'a> {
    fn new(markdown: &'a str) -> Self {
        Self {
            markdown,
            layout: Layout::default(),
            in_code: false,
            in_image: 0,
            heading: None,
            references: None,
        }
    }

    fn read(&mut self, event: Event<'a>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.open(tag, range),
            Event::End(tag) => self.close(tag),
            Event::Text(text) => self.text(&text, range),
            Event::Code(code) => self.code(&code, range),
            Event::InlineHtml(_) => self.layout.html.push(range),
            _ => {}
        }
    }

    fn open(&mut self, tag: Tag<'a>, range: Range<usize>) {
        match tag {
            Tag::Paragraph => self.layout.paragraphs.push(range),
            Tag::HtmlBlock => self.layout.html.push(range),
            Tag::Image { .. } => self.in_image += 1,
            Tag::Heading { level, .. } => {
                self.heading = Some((level, range.start, String::new()));
            }
            Tag::CodeBlock(kind) => {
                self.in_code = true;
                self.fence(&kind, range);
            }
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::CodeBlock => self.in_code = false,
            TagEnd::Image => self.in_image -= 1,
            TagEnd::Heading(_) => self.end_heading(),
            _ => {}
        }
    }

    fn fence(&mut self, kind: &CodeBlockKind<'_>, range: Range<usize>) {
        let is_math = matches!(kind, CodeBlockKind::Fenced(info) if info.trim() == "math");
        if !is_math {
            self.layout.opaque.push(range);
            return;
        }
        // The formula is collected from the text inside.
        self.layout.formulas.push(Formula {
            range,
            tex: String::new(),
            display: MathDisplay::Block,
            after: String::new(),
        });
    }

    fn text(&mut self, text: &str, range: Range<usize>) {
        if self.in_code {
            if let Some(formula) = self.layout.formulas.last_mut()
                && formula.range.contains(&range.start)
            {
                formula.tex.push_str(text);
            }
            return;
        }
        if let Some((_, _, title)) = &mut self.heading {
            title.push_str(text);
        }
        if self.in_image > 0 {
            self.layout.descriptions.push(range.clone());
        }
        self.layout.prose.push((range, text.to_owned()));
    }

    fn code(&mut self, code: &str, range: Range<usize>) {
        // The `$` that ends a formula begins no other.
        let taken = self.layout.formulas.last();
        let is_free = taken.is_none_or(|formula| formula.range.end < range.start);
        let before = is_free && self.markdown[..range.start].ends_with('$');
        let after = self.markdown[range.end..].starts_with('$');
        match (before, after) {
            (true, true) => self.formula(code, range.start - 1..range.end + 1),
            (false, false) => {
                if let Some((_, _, title)) = &mut self.heading {
                    title.push_str(code);
                }
                self.layout.opaque.push(range);
            }
            _ => self.layout.half_formulas.push(range),
        }
    }

    fn formula(&mut self, tex: &str, range: Range<usize>) {
        let after: String = self.markdown[range.end..]
            .chars()
            .take_while(|next| ".,;:?)".contains(*next))
            .collect();
        self.layout.formulas.push(Formula {
            range: range.start..range.end + after.len(),
            tex: tex.to_owned(),
            display: MathDisplay::Inline,
            after,
        });
    }

    fn end_heading(&mut self) {
        let Some((level, start, title)) = self.heading.take() else {
            return;
        };
        if let Some((opened, from)) = self.references
            && level <= opened
        {
            self.layout.references.push(from..start);
            self.references = None;
        }
        self.layout.headings.push((start, title.trim().to_owned()));
        let is_references = matches!(
            title.trim().to_ascii_lowercase().as_str(),
            "references" | "further reading" | "sources"
        );
        if is_references && self.references.is_none() {
            self.references = Some((level, start));
        }
    }

    fn finish(mut self) -> Layout {
        if let Some((_, from)) = self.references {
            self.layout.references.push(from..self.markdown.len());
        }
        let elements = OPAQUE
            .find_iter(self.markdown)
            .map(|found| found.range())
            .filter(|element| holds(&self.layout.html, element.start));
        self.layout.opaque.extend(elements.collect::<Vec<_>>());
        self.layout
    }
}

#[cfg(test)]
mod tests {
    use super::Layout;
    use math_core::MathDisplay;

    fn formulas(markdown: &str) -> Vec<(&str, String, bool)> {
        Layout::of(markdown)
            .formulas
            .into_iter()
            .map(|formula| {
                let block = formula.display == MathDisplay::Block;
                (&markdown[formula.range], formula.tex, block)
            })
            .collect()
    }

    #[test]
    fn formulas_stand_between_dollars_and_backticks() {
        assert_eq!(
            formulas("a $`x_1`$ b"),
            [("$`x_1`$", "x_1".to_owned(), false)]
        );
        assert_eq!(
            formulas("(a $`x_1`$), b"),
            [("$`x_1`$),", "x_1".to_owned(), false)]
        );
        assert_eq!(formulas("a `x_1` b"), []);
    }

    #[test]
    fn formulas_stand_in_tables_too() {
        assert_eq!(
            formulas("| a |\n|---|\n| $`\\|x\\|`$ |\n"),
            [("$`\\|x\\|`$", "|x|".to_owned(), false)]
        );
    }

    #[test]
    fn a_fence_called_math_is_a_formula() {
        let found = formulas("```math\nx\ny\n```\n\n```rust\nz\n```\n");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1, "x\ny\n");
        assert!(found[0].2);
    }

    #[test]
    fn a_fence_in_a_quotation_loses_its_marks() {
        assert_eq!(formulas("> ```math\n> x\n> y\n> ```\n")[0].1, "x\ny\n");
    }

    #[test]
    fn two_formulas_share_no_dollar() {
        let layout = Layout::of("$`x`$`y`$");
        assert_eq!(layout.formulas.len(), 1);
        assert_eq!(layout.half_formulas.len(), 1);
        assert_eq!(layout.half_formulas[0], 5..8);
        assert_eq!(formulas("$`x`$$`y`$").len(), 2);
    }

    #[test]
    fn one_dollar_is_half_a_formula() {
        let layout = Layout::of("a $`x` b");
        assert_eq!(layout.half_formulas.first(), Some(&(3..6)));
    }

    #[test]
    fn comments_code_and_scripts_are_opaque() {
        let markdown =
            "a <!-- b --> `c`\n\n<script>d</script>\n\n    e\n\ng <code><b>f</b></code>\n";
        let layout = Layout::of(markdown);
        for part in ["-- b", "`c", ">d", "   e", "<b>f"] {
            let at = markdown.find(part).unwrap() + part.len() - 1;
            assert!(layout.is_opaque(at), "{part}");
        }
        assert!(!layout.is_opaque(0));
    }

    #[test]
    fn headings_are_known_by_their_places() {
        let layout = Layout::of("# A `b`\n\nc\n\n## D\n");
        assert_eq!(
            layout.headings,
            [(0, "A b".to_owned()), (12, "D".to_owned())]
        );
    }

    #[test]
    fn references_reach_to_the_next_heading_of_their_level() {
        let markdown = "# A\n\n## References\n\nb\n\n### c\n\nd\n\n## E\n\nf\n";
        let layout = Layout::of(markdown);
        let section = layout.references[0].clone();
        assert!(markdown[section.clone()].contains("### c"));
        assert!(!markdown[section].contains("## E"));
    }
}
