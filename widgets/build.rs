//! Lists the widgets: the entry of each module that `src/chapters.rs` declares.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    const CHAPTERS: &str = "src/chapters.rs";
    println!("cargo::rerun-if-changed={CHAPTERS}");
    let text = fs::read_to_string(CHAPTERS)?;
    let declared = text
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let entries: String = declared.map(|name| format!("{name}::ENTRY, ")).collect();
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(
        out.join("entries.rs"),
        format!(
            "/// Every widget of the book.\n\
             pub(crate) const ENTRIES: &[Entry] = &[{entries}];\n"
        ),
    )
}
