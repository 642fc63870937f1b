//! What tells lines and points apart without color: dashes and marks.

/// A pattern of dashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dash {
    Solid,
    Long,
    Short,
    OneDot,
    Dots,
    TwoDots,
}

impl Dash {
    pub(super) const ALL: [Self; 6] =
        [Self::Solid, Self::Long, Self::Short, Self::OneDot, Self::Dots, Self::TwoDots];

    /// What it is called in records and scripts.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Solid => "solid",
            Self::Long => "long",
            Self::Short => "short",
            Self::OneDot => "one-dot",
            Self::Dots => "dots",
            Self::TwoDots => "two-dots",
        }
    }

    /// SVG's `stroke-dasharray`, or nothing for a solid line.
    pub(super) fn array(self) -> &'static str {
        match self {
            Self::Solid => "",
            Self::Long => "10 4",
            Self::Short => "5 3",
            Self::OneDot => "9 3 2 3",
            Self::Dots => "2 3",
            Self::TwoDots => "9 3 2 3 2 3",
        }
    }
}

/// The shape of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    Disc,
    Square,
    Diamond,
    Up,
    Down,
    Cross,
}

impl Marker {
    pub(super) const ALL: [Self; 6] =
        [Self::Disc, Self::Square, Self::Diamond, Self::Up, Self::Down, Self::Cross];

    /// What it is called in scripts.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Disc => "disc",
            Self::Square => "square",
            Self::Diamond => "diamond",
            Self::Up => "up",
            Self::Down => "down",
            Self::Cross => "cross",
        }
    }

    /// The corners of a filled mark as heavy to the eye as a disc of radius 1; none for others.
    pub(super) fn corners(self) -> &'static [(f64, f64)] {
        match self {
            Self::Disc | Self::Cross => &[],
            Self::Square => &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
            Self::Diamond => &[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)],
            Self::Up => &[(0.0, -1.3), (1.2, 0.85), (-1.2, 0.85)],
            Self::Down => &[(0.0, 1.3), (1.2, -0.85), (-1.2, -0.85)],
        }
    }
}
