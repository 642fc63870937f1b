//! What Cargo builds with: the manifests, and the crates that lie in this repository.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use toml::{Table, Value};

/// A manifest's text without its comments and its layout.
///
/// # Errors
/// What is wrong with a text that is no TOML.
pub fn canonical(text: &str) -> Result<String, String> {
    Ok(format!("{:?}", table(text)?))
}

/// The folders of the crates that a manifest takes from this repository, from its root; `folder` is
/// the manifest's own.
///
/// # Errors
/// As [`canonical`].
pub fn local_crates(text: &str, folder: &Path) -> Result<BTreeSet<PathBuf>, String> {
    let mut found = BTreeSet::new();
    collect(&Value::Table(table(text)?), folder, &mut found);
    Ok(found)
}

/// Every `path` of a table with other keys or none: dependencies, and their replacements.
fn collect(value: &Value, folder: &Path, found: &mut BTreeSet<PathBuf>) {
    let Value::Table(table) = value else {
        return;
    };
    for (key, value) in table {
        match value {
            Value::String(path) if key == "path" => {
                found.insert(normal(&folder.join(path)));
            }
            // A target's path is a file.
            _ if ["lib", "bin", "test", "bench", "example"].contains(&key.as_str()) => {}
            other => collect(other, folder, found),
        }
    }
}

/// The path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts
}

fn table(text: &str) -> Result<Table, String> {
    text.parse().map_err(|error: toml::de::Error| error.to_string())
}
