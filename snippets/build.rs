//! Turns every Rust block of the book and of the README into a test.

#[path = "src/document.rs"]
mod document;

use std::collections::BTreeSet;
use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use document::Document;

fn main() -> Result<(), Box<dyn Error>> {
    let package = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    generate(
        package.parent().ok_or("snippets/ has no parent")?,
        "book.rs",
    )?;
    generate(&package.join("tests/house"), "house.rs")
}

/// Writes the tests of the documents under a root to a file that `tests/` includes.
fn generate(root: &Path, file: &str) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", root.join("book").display());
    println!(
        "cargo::rerun-if-changed={}",
        root.join("README.md").display()
    );
    let documents = Document::read_all(root)?;
    for trap in documents.iter().flat_map(|document| &document.traps) {
        println!("cargo::error={trap}");
    }
    if documents.iter().any(|document| !document.traps.is_empty()) {
        return Ok(());
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut names = BTreeSet::new();
    let mut tests = String::new();
    for document in &documents {
        skeptic::generate_doc_tests(&[root.join(&document.path)]);
        let generated = fs::read_to_string(out.join("skeptic-tests.rs"))?;
        let name = module_name(&document.path, &mut names);
        let body = noted(&generated, &document.path)?;
        tests.push_str(&format!(
            "#[allow(non_snake_case)]\nmod {name} {{\n{body}}}\n"
        ));
    }
    Ok(fs::write(out.join(file), tests)?)
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

/// Lets each test that skeptic wrote run through `snippets::run`.
fn noted(generated: &str, path: &str) -> Result<String, Box<dyn Error>> {
    let mut tests = String::new();
    let mut line = None;
    let mut in_snippet = false;
    for text in generated.lines() {
        if in_snippet {
            in_snippet = !text.ends_with("\"####);");
        } else if let Some(name) = text.strip_prefix("#[test] fn ") {
            line = name.trim_end_matches("() {").rsplit('_').next();
        } else if let Some(call) = text.trim_start().strip_prefix("skeptic::rt::run_test(") {
            let call = call.trim_end_matches(", s);");
            let line: usize = line.ok_or("a call outside of a test")?.parse()?;
            tests.push_str(&format!(
                "    snippets::run({path:?}, {line}, s, |s| skeptic::rt::run_test({call}, s));\n"
            ));
            continue;
        } else {
            in_snippet = text.starts_with("    let s = &format!(");
        }
        tests.push_str(text);
        tests.push('\n');
    }
    Ok(tests)
}
