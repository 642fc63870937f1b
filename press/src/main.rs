//! The press: an mdBook preprocessor.
fn main() {}
