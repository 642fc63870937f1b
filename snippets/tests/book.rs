//! Every Rust block of the book and of the README, each a test, and that none is missing.

use std::collections::BTreeSet;
use std::env;
use std::error::Error;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use snippets::Document;

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

/// The Rust blocks as mdBook's parser sees them; the tests come from skeptic's.
fn blocks(root: &Path) -> io::Result<BTreeSet<(String, usize)>> {
    let mut blocks = BTreeSet::new();
    for document in Document::read_all(root)? {
        let path = &document.path;
        blocks.extend(document.blocks.iter().map(|line| (path.clone(), *line)));
    }
    Ok(blocks)
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
