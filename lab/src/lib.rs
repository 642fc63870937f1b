//! Every training run in the book: its numbers, its figures, its claims.

pub mod outcome;
