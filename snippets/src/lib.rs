//! Runs every Rust block of the book and of the README as a test.
//!
//! The build script lets skeptic turn the blocks into tests, one module a document, and refuses
//! whatever would keep a block from being compiled and run. `tests/book.rs` runs them.

mod document;
mod ledger;

pub use document::{Document, Trap};
pub use ledger::{ran, run};
