//! How a claim is judged: by a rule that is fixed before its seeds are drawn, and that alone can set a
//! verdict.
//!
//! A claim is a function in its chapter's module below `claims`, which returns a [`Rule`] and what
//! measures it, and a table of texts beside it. Its seeds come out of its statement and its rule.

pub mod claim;
pub mod evidence;
pub mod interval;
pub mod power;
pub mod rule;
pub mod seeds;
pub mod shown;
pub mod unit;
pub mod verdict;

pub use claim::{Arm, Arms, Case, Chapter, Claim, Judging, Measure, Score};
pub use interval::Interval;
pub use rule::{Center, Rule};
pub use shown::{Said, Shown, Source, Texts};
pub use unit::Unit;
pub use verdict::{Judgement, Verdict};

#[cfg(test)]
mod tests;
