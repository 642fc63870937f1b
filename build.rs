//! Turns every Rust block of the book and of the README into a test of the package `snippets`.

#[path = "snippets/src/document.rs"]
mod document;

use std::collections::BTreeSet;
use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use document::{Block, Document};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rustc-env=SNIPPETS_TARGET={}", env::var("TARGET")?);
    let package = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    generate(
        package.parent().ok_or("snippets/ has no parent")?,
        "book.rs",
    )?;
    generate(&package.join("tests/house"), "house.rs")
}

/// Writes the tests of the documents under a root to a file that `tests/` includes.
fn generate(root: &Path, file: &str) -> Result<(), Box<dyn Error>> {
    for read in ["book", "README.md"] {
        println!("cargo::rerun-if-changed={}", root.join(read).display());
    }
    let documents = Document::read_all(root)?;
    for trap in documents.iter().flat_map(|document| &document.traps) {
        println!("cargo::error={trap}");
    }
    let mut names = BTreeSet::new();
    let tests: String = documents
        .iter()
        .map(|document| module(document, &mut names))
        .collect();
    Ok(fs::write(
        Path::new(&env::var("OUT_DIR")?).join(file),
        tests,
    )?)
}

/// The tests of a document.
fn module(document: &Document, names: &mut BTreeSet<String>) -> String {
    let name = module_name(&document.path, names);
    let tests: String = document
        .blocks
        .iter()
        .map(|block| test(&document.path, block))
        .collect();
    format!("#[allow(non_snake_case)]\nmod {name} {{\n{tests}}}\n")
}

/// An identifier made of a path, different from those already given.
fn module_name(path: &str, given: &mut BTreeSet<String>) -> String {
    let stem = path.strip_suffix(".md").unwrap_or(path).to_lowercase();
    let mut name = stem.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    while !given.insert(name.clone()) {
        name.push('_');
    }
    name
}

fn test(path: &str, Block { name, line, code }: &Block) -> String {
    let call = format!("snippets::run({path:?}, {line}, {code:?});");
    format!("    #[test]\n    fn {name}() {{\n        {call}\n    }}\n")
}
