//! A figure with its drawing inline.

use std::sync::LazyLock;

use lab::outcome::Figure;
use regex::{Captures, Regex};

use crate::html::escape;
use crate::inline;
use crate::pattern::pattern;
use crate::place::Place;

/// A drawing's fixed width or height.
static SIZE: LazyLock<Regex> = LazyLock::new(|| pattern(r#"\s(width|height)="([0-9.]+)(?:px)?""#));
/// The attributes that the page gives a drawing itself.
static REPLACED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"\s(?:width|height|role|id|aria-[a-z]+)="[^"]*""#));
/// An id, and a use of one.
static ID: LazyLock<Regex> = LazyLock::new(|| pattern(r##"(\sid="|href="#|url\(#)([^")]+)"##));

/// The figure as one line of HTML; `code` is the address of the lines that drew it.
///
/// # Errors
///
/// Says what is wrong with the drawing or its caption.
pub(crate) fn render(figure: &Figure, place: &Place, code: &str) -> Result<String, String> {
    let drawing = drawing(&figure.svg, &place.anchor, &figure.alt)?;
    let caption = inline::render(&figure.caption)?;
    let (anchor, label) = (&place.anchor, &place.label);
    Ok(format!(
        "<figure id=\"{anchor}\"><div class=\"drawing\">{drawing}</div>\
         <figcaption><span class=\"label\">{label}.</span> {caption} \
         <a class=\"code-link\" href=\"{code}\" aria-label=\"code that drew \
         {label}\">code</a></figcaption></figure>"
    ))
}

/// The `<svg>` element, on one line, described, and with ids that are its own.
fn drawing(svg: &str, anchor: &str, alt: &str) -> Result<String, String> {
    let Some(start) = svg.find("<svg") else {
        return Err("the drawing has no `<svg>` element".to_owned());
    };
    let Some(length) = svg[start..].find('>') else {
        return Err("the drawing's `<svg>` tag is not closed".to_owned());
    };
    let tag = described(&svg[start..start + length], alt);
    let inside = &svg[start + length..];
    let drawing = own_ids(&format!("{tag}{inside}"), anchor);
    let lines: Vec<&str> = drawing.lines().map(str::trim).collect();
    Ok(lines.join(" ").replace("{{", "&#123;&#123;"))
}

/// The opening tag with a role and a description, and without a fixed size.
fn described(tag: &str, alt: &str) -> String {
    let sizes: Vec<&str> = SIZE
        .captures_iter(tag)
        .filter_map(|found| found.get(2).map(|number| number.as_str()))
        .collect();
    let view_box = match sizes[..] {
        [width, height] if !tag.contains("viewBox") => format!(" viewBox=\"0 0 {width} {height}\""),
        _ => String::new(),
    };
    let tag = REPLACED.replace_all(tag, "");
    format!(
        "{tag}{view_box} role=\"img\" aria-label=\"{}\"",
        escape(alt)
    )
}

/// The drawing with `anchor-` before each id and each use of one.
fn own_ids(svg: &str, anchor: &str) -> String {
    let own = ID.replace_all(svg, |found: &Captures<'_>| {
        format!("{}{anchor}-{}", &found[1], &found[2])
    });
    own.into_owned()
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::place::Place;
    use lab::outcome::{Figure, Source};

    fn figure(svg: &str) -> Figure {
        Figure {
            svg: svg.to_owned(),
            alt: "The cost \"falls\"".to_owned(),
            caption: "The *cost* $`J`$.".to_owned(),
            source: Source {
                file: "lab/src/a.rs".to_owned(),
                line: 3,
            },
        }
    }

    fn place() -> Place {
        Place {
            chapter: "A".to_owned(),
            page: "a.html".to_owned(),
            label: "Figure 1.2".to_owned(),
            anchor: "figure-a-b".to_owned(),
        }
    }

    #[test]
    fn a_figure_is_described_numbered_and_linked_to_its_code() {
        let svg = "<?xml version=\"1.0\"?>\n<svg width=\"720\" height=\"300\" xmlns=\"x\">\n\
                   <clipPath id=\"c\"/><g clip-path=\"url(#c)\"/><use href=\"#c\"/>\n\n</svg>";
        let rendered = render(&figure(svg), &place(), "code/a.html#a-3").unwrap();
        assert_eq!(
            rendered,
            "<figure id=\"figure-a-b\"><div class=\"drawing\">\
             <svg xmlns=\"x\" viewBox=\"0 0 720 300\" role=\"img\" aria-label=\"The cost \
             &quot;falls&quot;\"> \
             <clipPath id=\"figure-a-b-c\"/><g clip-path=\"url(#figure-a-b-c)\"/><use \
             href=\"#figure-a-b-c\"/>  </svg></div>\
             <figcaption><span class=\"label\">Figure 1.2.</span> The <em>cost</em> <span \
             class=\"glued\"><math><mi>J</mi></math>.</span> \
             <a class=\"code-link\" href=\"code/a.html#a-3\" aria-label=\"code that drew Figure \
             1.2\">code</a></figcaption></figure>"
        );
    }

    #[test]
    fn a_view_box_is_kept_and_a_role_replaced() {
        let svg =
            "<svg viewBox=\"0 0 9 9\" width=\"3\" height=\"3\" role=\"x\" aria-label=\"y\"></svg>";
        let rendered = render(&figure(svg), &place(), "").unwrap();
        assert!(
            rendered.contains("<svg viewBox=\"0 0 9 9\" role=\"img\""),
            "{rendered}"
        );
        assert!(!rendered.contains("\"y\""), "{rendered}");
    }

    #[test]
    fn what_is_no_drawing_is_reported() {
        assert!(render(&figure("nothing"), &place(), "").is_err());
        assert!(render(&figure("<svg"), &place(), "").is_err());
    }
}
