//! What the gradient checking assignment prints.

/// The difference for one parameter.
pub const ONE_PARAMETER: &str = "2.9193358103083e-10";

/// The difference for all parameters with the two planted bugs.
pub const WITH_BUGS: &str = "0.2850931567761624";

/// The difference for all parameters once the bugs are fixed, as one published copy of the notebook
/// has it.
pub const WITHOUT_BUGS: &str = "1.1890913022840002e-07";
