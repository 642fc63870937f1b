//! Text made safe for a page.

/// Text for between tags and for attributes; a brace becomes an entity, so that mdBook sees no
/// directive in it.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '{' => safe.push_str("&#123;"),
            // A blank line would end the block of HTML.
            '\n' => safe.push_str("&#10;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A heading of a generated section, with a link to itself as mdBook's own have.
pub(crate) fn heading(id: &str, title: &str) -> String {
    format!("<h2 id=\"{id}\"><a class=\"header\" href=\"#{id}\">{title}</a></h2>")
}

/// HTML whose text survives a second reading as Markdown: punctuation between tags becomes
/// entities.
pub(crate) fn armor(html: &str) -> String {
    let mut armored = String::with_capacity(2 * html.len());
    let mut rest = html;
    while let Some(character) = rest.chars().next() {
        let length = match character {
            '<' => tag(rest, &mut armored),
            '&' => entity(rest, &mut armored),
            '\n' => {
                armored.push(' ');
                1
            }
            other if other.is_ascii_punctuation() => {
                armored.push_str(&format!("&#{};", u32::from(other)));
                1
            }
            other => {
                armored.push(other);
                other.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    armored
}

fn tag(rest: &str, armored: &mut String) -> usize {
    let length = rest.find('>').map_or(rest.len(), |end| end + 1);
    armored.push_str(&rest[..length].replace('\n', " ").replace('|', "&#124;"));
    length
}

fn entity(rest: &str, armored: &mut String) -> usize {
    let end = rest.find(';').filter(|end| {
        let name = &rest[1..*end];
        !name.is_empty() && name.chars().all(|c| c == '#' || c.is_ascii_alphanumeric())
    });
    match end {
        Some(end) => {
            armored.push_str(&rest[..=end]);
            end + 1
        }
        None => {
            armored.push_str("&amp;");
            1
        }
    }
}

/// The text of an HTML fragment, without its tags: for labels.
pub(crate) fn text_of(html: &str) -> String {
    let mut text = String::new();
    let mut inside_tag = false;
    for character in html.chars() {
        match character {
            '<' => inside_tag = true,
            '>' if inside_tag => inside_tag = false,
            other if !inside_tag => text.push(other),
            _ => {}
        }
    }
    text.replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{armor, escape, text_of};

    #[test]
    fn nothing_in_escaped_text_is_markup_or_a_directive() {
        assert_eq!(
            escape("a < \"b\" && {{#value c}}\n"),
            "a &lt; &quot;b&quot; &amp;&amp; &#123;&#123;#value c}}&#10;"
        );
    }

    #[test]
    fn armored_text_has_no_punctuation_and_one_line() {
        assert_eq!(
            armor("<mi>a_b*</mi>\n<mo>&lt;</mo>"),
            "<mi>a&#95;b&#42;</mi> <mo>&lt;</mo>"
        );
    }

    #[test]
    fn a_bare_ampersand_is_armored_too() {
        assert_eq!(armor("a & b; c"), "a &amp; b&#59; c");
    }

    #[test]
    fn tags_are_dropped_from_labels() {
        assert_eq!(text_of("<b>He</b> \"run\""), "He &quot;run&quot;");
    }
}
