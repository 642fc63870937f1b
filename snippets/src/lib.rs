//! Runs every Rust block of the book and of the README as a test.
//!
//! The build script turns the blocks into tests, one module for each document, and refuses whatever
//! would keep a block from being compiled and run. `tests/book.rs` runs them with skeptic.

mod document;
mod ledger;

pub use document::{Block, Document, Trap};
pub use ledger::{ran, run};
