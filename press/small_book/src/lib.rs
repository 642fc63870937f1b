//! Nothing but tests: a small book that mdBook builds with this project's configuration and theme.
//!
//! A package of its own, since mdBook takes longer to compile than all other tests of the press, and
//! who has not changed the press does not need it: `cargo test -p small-book`.
