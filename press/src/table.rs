//! A table that scrolls inside itself.

use lab::outcome::Table;

use crate::html::text_of;
use crate::inline;
use crate::place::Place;

/// The table as one line of HTML.
///
/// # Errors
///
/// Says which cell's math does not parse, or which row is too short or too long.
pub(crate) fn render(table: &Table, place: &Place) -> Result<String, String> {
    for row in &table.rows {
        if row.len() != table.header.len() {
            return Err(format!(
                "expected rows of {} cells as in the header, found one of {}",
                table.header.len(),
                row.len()
            ));
        }
    }
    let numeric: Vec<bool> = (0..table.header.len())
        .map(|column| is_numeric(table, column))
        .collect();
    let caption = inline::render(&table.caption)?;
    let header = header(table, &numeric)?;
    let rows: Result<Vec<String>, String> =
        table.rows.iter().map(|row| line(row, &numeric)).collect();
    let (anchor, label) = (&place.anchor, &place.label);
    Ok(format!(
        "<div class=\"table-wrapper\" id=\"{anchor}\" tabindex=\"0\" role=\"region\" \
         aria-label=\"{label}. {}\">\
         <table><caption><span class=\"label\">{label}.</span> {caption}</caption>\
         <thead><tr>{header}</tr></thead><tbody>{}</tbody></table></div>",
        text_of(&caption),
        rows?.concat()
    ))
}

fn header(table: &Table, numeric: &[bool]) -> Result<String, String> {
    let cells: Result<Vec<String>, String> = table
        .header
        .iter()
        .zip(numeric)
        .map(|(cell, numeric)| {
            let class = class(*numeric);
            let text = inline::render(cell)?;
            // A header cell without text is not a header.
            match text.is_empty() {
                true => Ok("<td></td>".to_owned()),
                false => Ok(format!("<th scope=\"col\"{class}>{text}</th>")),
            }
        })
        .collect();
    Ok(cells?.concat())
}

fn line(row: &[String], numeric: &[bool]) -> Result<String, String> {
    let mut cells = String::new();
    for (column, (cell, numeric)) in row.iter().zip(numeric).enumerate() {
        let class = class(*numeric);
        let text = inline::render(cell)?;
        cells.push_str(&match column {
            0 if !text.is_empty() => format!("<th scope=\"row\"{class}>{text}</th>"),
            _ => format!("<td{class}>{text}</td>"),
        });
    }
    Ok(format!("<tr>{cells}</tr>"))
}

fn class(numeric: bool) -> &'static str {
    if numeric { " class=\"number\"" } else { "" }
}

/// Whether every cell of a column that says something is a number.
fn is_numeric(table: &Table, column: usize) -> bool {
    let mut cells = table
        .rows
        .iter()
        .filter_map(|row| row.get(column))
        .filter(|cell| !cell.trim().is_empty() && cell.trim() != "—")
        .peekable();
    cells.peek().is_some() && cells.all(|cell| is_number(cell))
}

fn is_number(cell: &str) -> bool {
    let cell = cell.trim().trim_matches('*').trim_matches('`');
    if matches!(cell, "∞" | "−∞" | "NaN" | "inf") {
        return true;
    }
    cell.contains(|c: char| c.is_ascii_digit())
        && cell.chars().all(|c| {
            c.is_ascii_digit() || c.is_whitespace() || ".,+-−–±×/%e⁻⁰¹²³⁴⁵⁶⁷⁸⁹".contains(c)
        })
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::place::Place;
    use lab::outcome::Table;

    fn place() -> Place {
        Place {
            chapter: "A".to_owned(),
            page: "a.html".to_owned(),
            label: "Table 1.1".to_owned(),
            anchor: "table-a-b".to_owned(),
        }
    }

    fn table(rows: &[[&str; 3]]) -> Table {
        Table {
            caption: "The *three* \"runs\"".to_owned(),
            header: ["Model", "Test", "Remark"].map(String::from).to_vec(),
            rows: rows
                .iter()
                .map(|row| row.map(String::from).to_vec())
                .collect(),
        }
    }

    #[test]
    fn numbers_stand_right_and_headers_have_a_scope() {
        let table = table(&[["zeros", "50\u{a0}%", "one line"], ["he", "—", "$`W`$"]]);
        assert_eq!(
            render(&table, &place()).unwrap(),
            "<div class=\"table-wrapper\" id=\"table-a-b\" tabindex=\"0\" role=\"region\" \
             aria-label=\"Table 1.1. The three “runs”\">\
             <table><caption><span class=\"label\">Table 1.1.</span> The <em>three</em> \
             “runs”</caption><thead><tr><th scope=\"col\">Model</th><th scope=\"col\" \
             class=\"number\">Test</th><th scope=\"col\">Remark</th></tr></thead>\
             <tbody><tr><th scope=\"row\">zeros</th><td class=\"number\">50\u{a0}%</td><td>one \
             line</td></tr><tr><th scope=\"row\">he</th><td \
             class=\"number\">—</td><td><math><mi>W</mi></math></td></tr></tbody></table></div>"
        );
    }

    #[test]
    fn one_word_makes_a_column_text() {
        let rendered = render(&table(&[["a", "1", ""], ["b", "one", ""]]), &place()).unwrap();
        assert!(!rendered.contains("number"), "{rendered}");
    }

    #[test]
    fn a_row_of_another_length_is_reported() {
        let mut table = table(&[["a", "1", ""]]);
        table.rows[0].pop();
        assert_eq!(
            render(&table, &place()).unwrap_err(),
            "expected rows of 3 cells as in the header, found one of 2"
        );
    }
}
