//! A line of Markdown with math, as HTML: captions, cells and claims.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

use crate::layout::Layout;
use crate::math;

/// Inline Markdown as HTML on one line.
///
/// # Errors
///
/// Says which formula does not parse.
pub(crate) fn render(markdown: &str) -> Result<String, String> {
    // A heading's text is read as inline Markdown only: no list, no table can begin in it.
    let line = format!(
        "# {}",
        markdown
            .split_ascii_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    );
    let typeset = typeset(&line)?;
    let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_SMART_PUNCTUATION;
    let inside = Parser::new_ext(&typeset, options).filter(|event| {
        !matches!(
            event,
            Event::Start(Tag::Heading { .. }) | Event::End(TagEnd::Heading(_))
        )
    });
    let mut rendered = String::new();
    html::push_html(&mut rendered, inside);
    Ok(rendered
        .trim()
        .replace('\n', " ")
        .replace("{{", "&#123;&#123;"))
}

/// Markdown with its inline formulas as MathML.
fn typeset(markdown: &str) -> Result<String, String> {
    let layout = Layout::of(markdown);
    if let Some(half) = layout.half_formulas.first() {
        return Err(half_formula(markdown, half));
    }
    let mut typeset = String::new();
    let mut done = 0;
    for formula in layout.formulas {
        typeset.push_str(&markdown[done..formula.range.start]);
        typeset.push_str(&math::formula(&formula)?);
        done = formula.range.end;
    }
    typeset.push_str(&markdown[done..]);
    Ok(typeset)
}

/// What is wrong with a code span that has a `$` on one side only.
pub(crate) fn half_formula(markdown: &str, range: &Range<usize>) -> String {
    let code = &markdown[range.clone()];
    format!("a formula is written ${code}$: expected a `$` on both sides of {code}, found one")
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn emphasis_code_and_math_are_rendered() {
        let rendered = render("*He* with `std` $`\\sqrt{2/n}`$").unwrap();
        assert!(
            rendered.starts_with("<em>He</em> with <code>std</code> <math><msqrt>"),
            "{rendered}"
        );
    }

    #[test]
    fn nothing_becomes_a_block() {
        assert_eq!(render("- 1").unwrap(), "- 1");
        assert_eq!(render("1. a").unwrap(), "1. a");
        assert_eq!(render("").unwrap(), "");
        assert_eq!(render("C#").unwrap(), "C#");
        assert_eq!(render("a\n\nb").unwrap(), "a b");
    }

    #[test]
    fn a_directive_in_a_caption_is_only_text() {
        assert!(!render("{{#value a.b}}").unwrap().contains("{{"));
    }

    #[test]
    fn broken_math_is_reported() {
        assert!(render("$`\\frac{1}`$").is_err());
        assert!(render("$`x`").is_err());
        assert!(render("$`x`$`y`$").is_err());
    }
}
