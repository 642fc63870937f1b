//! Every Rust block of the book and of the README, each a test, and that none is missing.

use std::collections::BTreeSet;
use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use walkdir::WalkDir;

include!(concat!(env!("OUT_DIR"), "/book.rs"));

/// Far longer than all snippets take: a block that has not run by then never will.
const PATIENCE: Duration = Duration::from_secs(600);

/// The harness starts tests in the order of their names, so this one, last, waits only for tests
/// that have been started.
#[test]
fn zz_every_block_ran() -> Result<(), Box<dyn Error>> {
    let found = blocks(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))?;
    assert_eq!(listed(&[])?, found.len() + 1, "tests besides this one");
    assert_eq!(listed(&["--ignored"])?, 0, "ignored tests");
    if runs_everything() {
        assert_eq!(snippets::ran(found.len(), PATIENCE), found);
    }
    Ok(())
}

/// The lines that open a Rust block, found without a Markdown parser: the tests come from one.
fn blocks(root: &Path) -> Result<BTreeSet<(String, usize)>, Box<dyn Error>> {
    let mut blocks = BTreeSet::new();
    let book = WalkDir::new(root.join("book"));
    for entry in book.into_iter().chain(WalkDir::new(root.join("README.md"))) {
        let entry = entry?;
        let path = entry.path().strip_prefix(root)?.to_string_lossy();
        if !path.ends_with(".md") {
            continue;
        }
        let text = fs::read_to_string(entry.path())?;
        let lines = text.lines().zip(1..);
        let fences = lines.filter(|(line, _)| opens_rust(line));
        blocks.extend(fences.map(|(_, number)| (path.to_string(), number)));
    }
    Ok(blocks)
}

/// Whether a line, in a list or a quote maybe, is a fence with `rust` after it.
fn opens_rust(line: &str) -> bool {
    let fence = line.trim_start_matches([' ', '>']);
    let fenced = fence.starts_with("```") || fence.starts_with("~~~");
    fenced && fence.trim_start_matches(['`', '~']).trim() == "rust"
}

/// How many tests this program lists when it is called with these arguments.
fn listed(arguments: &[&str]) -> Result<usize, Box<dyn Error>> {
    let output = Command::new(env::current_exe()?)
        .args(["--list", "--format", "terse"])
        .args(arguments)
        .output()?;
    let list = String::from_utf8(output.stdout)?;
    Ok(list.lines().filter(|line| line.ends_with(": test")).count())
}

/// Whether no argument leaves tests out: a filter is a word without a hyphen.
fn runs_everything() -> bool {
    env::args()
        .skip(1)
        .all(|argument| argument.starts_with('-') && !argument.starts_with("--skip"))
}
