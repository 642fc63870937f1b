//! Marks at points: shapes that differ without color.

use plotters::style::Color;

use super::FigureError;
use super::canvas::Canvas;
use super::role::{Pen, Role};

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

    /// Draws the mark, about as heavy to the eye as a disc of this radius.
    pub(super) fn draw(
        self,
        canvas: &Canvas<'_>,
        (x, y): (f64, f64),
        radius: f64,
        role: Role,
    ) -> Result<(), FigureError> {
        let color = Pen::from(role).to_rgba();
        let corner = |(dx, dy): (f64, f64)| (x + dx * radius, y + dy * radius);
        match self {
            Self::Disc => canvas.disc((x, y), radius, &color),
            Self::Cross => {
                let (arm, width) = (0.95, 0.55 * radius);
                canvas.line(&[(-arm, -arm), (arm, arm)].map(corner), width, &color)?;
                canvas.line(&[(-arm, arm), (arm, -arm)].map(corner), width, &color)
            }
            _ => {
                let corners: Vec<_> = self.corners().iter().copied().map(corner).collect();
                canvas.fill(&corners, &color)
            }
        }
    }
}
