//! Numbers that the lectures show.

/// The two-sided difference of θ³ at 1 with ε = 0.01, in lecture 1.12.
pub const TWO_SIDED: &str = "3.0001";

/// The one-sided difference of θ³ at 1 with ε = 0.01, in lecture 1.12.
pub const ONE_SIDED: &str = "3.0301";
