//! The book's numbers are those that are recorded.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::path::Path;

#[test]
fn the_lab_finds_what_is_recorded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let results = lab::store::results(root).unwrap();
    if let Err(error) = lab::store::record::check(&results, root) {
        panic!("{error}");
    }
}
