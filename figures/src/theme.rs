//! The roles' looks as the page's files: one table, from which CSS and script are generated.

use serde_json::{Map, Value, json};

use super::role::Role;
use super::shape::{Dash, Marker};

/// The files, from the repository's root, and what makes them.
pub const FILES: [(&str, Text); 2] = [("theme/roles.css", css), ("theme/roles.js", script)];
/// What makes a file.
pub type Text = fn() -> String;

const ORIGIN: &str =
    "Generated from figures/src/role.rs by `cargo run --release --bin lab -- theme`: edit that.";

/// Each role's color on light and on dark pages, as CSS custom properties.
fn css() -> String {
    let looks = Role::ALL.iter().map(|role| role.look());
    let lines = looks.map(|look| {
        let (name, light, dark) = (look.name, look.light, look.dark);
        format!("    --{name}: light-dark({light}, {dark});\n")
    });
    let lines: String = lines.collect();
    format!("/* {ORIGIN} */\n\nhtml.light,\nhtml.navy,\nhtml:not(.js) {{\n{lines}}}\n")
}

/// The dashes, the corners of marks, and each role's mark where it is no disc.
fn script() -> String {
    let dashes = Dash::ALL.map(|dash| {
        let lengths = dash.array().split_whitespace();
        let lengths: Vec<u32> = lengths.filter_map(|length| length.parse().ok()).collect();
        (dash.name().to_owned(), json!(lengths))
    });
    let filled = Marker::ALL.into_iter().filter(|mark| !mark.corners().is_empty());
    let corners = filled.map(|mark| (mark.name().to_owned(), json!(mark.corners())));
    let looks = Role::ALL.iter().map(|role| role.look());
    let marked = looks.filter(|look| look.marker != Marker::Disc);
    let shapes = marked.map(|look| (look.name.to_owned(), json!(look.marker.name())));
    let object = |name: &str, entries: Map<String, Value>| {
        let lines = entries.iter().map(|(key, value)| format!("        '{key}': {value},\n"));
        let lines: String = lines.collect::<String>().replace('"', "'");
        format!("    {name}: {{\n{lines}    }},\n")
    };
    format!(
        "'use strict';\n\n// {ORIGIN}\nglobalThis.trainableRoles = {{\n{}{}{}}};\n",
        object("DASHES", dashes.into_iter().collect()),
        object("CORNERS", corners.collect()),
        object("SHAPES", shapes.collect()),
    )
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn the_pages_files_are_those_of_the_table() {
        for (file, text) in FILES {
            let found = fs::read_to_string(Path::new("..").join(file)).unwrap();
            let mend = "write it with `cargo run --release --bin lab -- theme`";
            assert_eq!(found.replace("\r\n", "\n"), text(), "{file}: {mend}");
        }
    }
}
