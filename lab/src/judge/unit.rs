//! What a judged number is written in.

use figures::format;

/// What a number that a rule estimates is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A difference of two fractions, in percentage points.
    Points,
    /// A fraction, in percent.
    Percent,
    /// The natural logarithm of a ratio, as the ratio.
    Times,
    /// A number with this count of decimals, and what it counts: nothing, or ` inputs`.
    Number(usize, &'static str),
}

impl Unit {
    /// A number as pages show it.
    pub fn text(self, number: f64) -> String {
        match self {
            Self::Points => format!("{} points", format::fixed(100.0 * number, 2)),
            Self::Percent => format::percent(number, 1),
            Self::Times => format!("×{}", format::fixed(libm::exp(number), 2)),
            Self::Number(decimals, what) => format!("{}{what}", format::fixed(number, decimals)),
        }
    }

    /// The same beside a number whose unit is said already.
    pub fn bare(self, number: f64) -> String {
        match self {
            Self::Points => format::fixed(100.0 * number, 2),
            Self::Number(decimals, _) => format::fixed(number, decimals),
            Self::Percent | Self::Times => self.text(number),
        }
    }
}
