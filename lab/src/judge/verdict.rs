//! What comes of judging a claim.

use std::fmt::{Display, Formatter, Result};

/// A judgement that only a [`Rule`](super::Rule) can pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    judgement: Judgement,
}

/// What a verdict can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Judgement {
    /// It is as the claim says, and large enough to matter.
    Holds,
    /// It holds on one side of a condition and not on the other; both were run.
    HoldsOnlyIf,
    /// There is no difference, or one too small to matter.
    NoDifference,
    /// The opposite was found.
    DoesNotHold,
    /// It was not found here, and the source speaks of something else.
    NotCarriedOver,
    /// The seeds do not decide it.
    Undecided,
}

impl Verdict {
    pub(super) fn new(judgement: Judgement) -> Self {
        Self { judgement }
    }

    /// What it is.
    pub fn judgement(self) -> Judgement {
        self.judgement
    }
}

impl Judgement {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 6] = [
        Self::Holds,
        Self::HoldsOnlyIf,
        Self::NoDifference,
        Self::DoesNotHold,
        Self::NotCarriedOver,
        Self::Undecided,
    ];

    /// The judgement of a source that speaks of what was run, or of one that speaks of something else, which
    /// no run here refutes.
    #[must_use]
    pub fn in_domain(self, is_domain: bool) -> Self {
        match self {
            Self::DoesNotHold | Self::NoDifference if !is_domain => Self::NotCarriedOver,
            _ => self,
        }
    }

    /// A sign, so that nothing depends on color.
    pub fn sign(self) -> char {
        match self {
            Self::Holds => '✓',
            Self::HoldsOnlyIf => '◐',
            Self::NoDifference => '=',
            Self::DoesNotHold => '✗',
            Self::NotCarriedOver => '◇',
            Self::Undecided => '?',
        }
    }

    /// Its name in the claims' texts and on pages: `does-not-hold`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::HoldsOnlyIf => "holds-only-if",
            Self::NoDifference => "no-difference",
            Self::DoesNotHold => "does-not-hold",
            Self::NotCarriedOver => "not-carried-over",
            Self::Undecided => "undecided",
        }
    }
}

impl Display for Judgement {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Self::Holds => "Holds",
            Self::HoldsOnlyIf => "Holds only if",
            Self::NoDifference => "Makes no difference",
            Self::DoesNotHold => "Does not hold",
            Self::NotCarriedOver => "Not carried over",
            Self::Undecided => "Undecided",
        })
    }
}
