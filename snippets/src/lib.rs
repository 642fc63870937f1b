//! Runs every Rust block of the book and of the README as a test.
