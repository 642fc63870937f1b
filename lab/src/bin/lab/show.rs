//! Results as plain text.

use lab::outcome::{Outcome, Table};
use lab::printed::Printed;
use lab::store::Results;

/// All ids, experiment by experiment, each with what fits into a line.
pub fn ids(results: &Results) -> String {
    by_experiment(results, |name, outcome| {
        let values = lines("value", &format!("{name}."), &outcome.values, |v| v.text.clone());
        let path = format!("{name}/");
        let tables = lines("table", &path, &outcome.tables, |table| table.caption.clone());
        values + &tables + &figures(&path, outcome) + &printed(&path, outcome)
    })
}

/// Everything that was found, apart from the drawings.
pub fn everything(results: &Results) -> String {
    by_experiment(results, |name, outcome| {
        let values = lines("value", &format!("{name}."), &outcome.values, |value| {
            format!("{}  ({:e})", value.text, value.number)
        });
        let path = format!("{name}/");
        let tables = outcome.tables.iter();
        let tables: String =
            tables.map(|(id, table)| format!("\n  {path}{id}\n{}", grid(table))).collect();
        values + &figures(&path, outcome) + &printed(&path, outcome) + &tables
    })
}

/// The ids of the judged claims, each with its statement.
pub fn claims() -> Result<String, lab::Error> {
    let mut lines = String::from("\nclaims\n");
    for chapter in lab::chapters::judged() {
        for (claim, said) in chapter.said()? {
            lines += &format!("  {:<40}  {}\n", claim.id(), said.statement.trim());
        }
    }
    Ok(lines)
}

fn figures(path: &str, outcome: &Outcome) -> String {
    lines("figure", path, &outcome.figures, |figure| figure.alt.clone())
}

fn printed(path: &str, outcome: &Outcome) -> String {
    let printed = outcome.printed.iter().map(|(id, printed)| (id, printed));
    lines("printed", path, printed, beside)
}

fn by_experiment(results: &Results, show: impl Fn(&str, &Outcome) -> String) -> String {
    let sections = results.outcomes().map(|(name, outcome)| {
        let chapter = results.chapter_of(name).unwrap_or_default();
        format!("{name} (chapter {chapter})\n{}", show(name, outcome))
    });
    sections.collect::<Vec<_>>().join("\n")
}

/// A line for each thing that was found: its kind, its id and a text.
fn lines<'a, T: 'a>(
    kind: &str,
    path: &str,
    found: impl IntoIterator<Item = (&'a String, &'a T)>,
    text: impl Fn(&T) -> String,
) -> String {
    let line =
        |(id, thing)| format!("  {kind:<7}  {:<40}  {}\n", format!("{path}{id}"), text(thing));
    found.into_iter().map(line).collect()
}

/// A number of the course and ours, or a matrix of them.
fn beside(printed: &Printed) -> String {
    let pairs = printed.distinct().into_iter();
    let pairs = pairs.map(|pair| format!("{} ours {}", pair.course, pair.full()));
    format!("{}: {}", printed.what, pairs.collect::<Vec<_>>().join(", "))
}

/// The table with its columns under each other, and a line below the header.
fn grid(table: &Table) -> String {
    let plain = |row: &Vec<String>| row.iter().map(|cell| unescaped(cell)).collect();
    let mut rows: Vec<Vec<String>> =
        std::iter::once(&table.header).chain(&table.rows).map(plain).collect();
    let widths: Vec<usize> = (0..table.header.len())
        .map(|column| rows.iter().map(|row| width(row, column)).max().unwrap_or(0))
        .collect();
    rows.insert(1, widths.iter().map(|width| "─".repeat(*width)).collect());
    let mut text = format!("    {}\n", unescaped(&table.caption));
    for row in rows {
        let cells = row.iter().zip(&widths);
        let cells = cells.map(|(cell, width)| format!("{cell:<width$}"));
        let row = cells.collect::<Vec<_>>().join("  ");
        text.push_str(&format!("    {}\n", row.trim_end()));
    }
    text
}

/// Markdown without the backslashes that keep its characters from meaning more; code and math have
/// backslashes of their own.
fn unescaped(markdown: &str) -> String {
    let mut text = String::new();
    let (mut in_code, mut characters) = (false, markdown.chars().peekable());
    while let Some(character) = characters.next() {
        let escaped =
            characters.next_if(|next| character == '\\' && !in_code && next.is_ascii_punctuation());
        in_code ^= character == '`';
        text.push(escaped.unwrap_or(character));
    }
    text
}

fn width(row: &[String], column: usize) -> usize {
    row.get(column).map_or(0, |cell| cell.chars().count())
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn only_backslashes_of_markdown_go() {
        assert_eq!(unescaped(r"\[2\, 3\] \\ 1 \| 2 α"), r"[2, 3] \ 1 | 2 α");
        assert_eq!(unescaped(r"$`\tfrac{1}{2}\,x`$ \*"), r"$`\tfrac{1}{2}\,x`$ *");
        assert_eq!(unescaped(r"a \` b \` c\"), r"a ` b ` c\");
    }
}
