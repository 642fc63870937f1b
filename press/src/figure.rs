//! A figure with its drawing inline.

use figures::Drawing;
use lab::outcome::Figure;

use crate::html::escape;
use crate::inline;
use crate::place::Place;

/// The figure as one line of HTML; `code` is the address of the lines that drew it.
///
/// # Errors
///
/// Says what is wrong with the caption.
pub(crate) fn render(figure: &Figure, place: &Place, code: &str) -> Result<String, String> {
    let drawing = svg(&figure.drawing, &figure.alt);
    let caption = inline::render(&figure.caption)?;
    let (anchor, label) = (&place.anchor, &place.label);
    Ok(format!(
        "<figure id=\"{anchor}\"><div class=\"drawing\">{drawing}</div>\
         <figcaption><span class=\"label\">{label}.</span> {caption} \
         <a class=\"code-link\" href=\"{code}\" aria-label=\"code that drew {label}\">code</a></figcaption></figure>"
    ))
}

/// The `<svg>` element, described, on one line.
fn svg(drawing: &Drawing, alt: &str) -> String {
    let attributes = drawing.attributes();
    let alt = escape(alt);
    let body = drawing.body.lines().map(str::trim);
    let body: Vec<&str> = body.filter(|line| !line.is_empty()).collect();
    let body = body.join(" ").replace("{{", "&#123;&#123;");
    format!("<svg {attributes} role=\"img\" aria-label=\"{alt}\"> {body} </svg>")
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::place::Place;
    use figures::Drawing;
    use lab::outcome::{Figure, Source};

    fn figure() -> Figure {
        Figure {
            drawing: Drawing {
                height: 300.0,
                body: "<path d=\"M0,0\"/>\n<text>{{</text>\n".to_owned(),
                ..Drawing::default()
            },
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
        let rendered = render(&figure(), &place(), "code/a.html#a-3").unwrap();
        assert_eq!(
            rendered,
            "<figure id=\"figure-a-b\"><div class=\"drawing\">\
             <svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 600 300\" \
             font-family=\"system-ui, sans-serif\" font-size=\"16\" stroke-linejoin=\"round\" \
             role=\"img\" aria-label=\"The cost &quot;falls&quot;\"> \
             <path d=\"M0,0\"/> <text>&#123;&#123;</text> </svg></div>\
             <figcaption><span class=\"label\">Figure 1.2.</span> The <em>cost</em> \
             <span class=\"glued\"><math><mi>J</mi></math>.</span> \
             <a class=\"code-link\" href=\"code/a.html#a-3\" aria-label=\"code that drew Figure 1.2\">\
             code</a></figcaption></figure>"
        );
    }

    #[test]
    fn a_caption_that_does_not_parse_is_reported() {
        let mut broken = figure();
        broken.caption = "$`\\frac`$".to_owned();
        assert!(render(&broken, &place(), "").is_err());
    }
}
