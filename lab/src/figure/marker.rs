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
    /// The shape that goes with a role.
    pub(super) fn of(role: Role) -> Self {
        match role {
            Role::Xavier | Role::Dev => Self::Square,
            Role::Glorot | Role::Test => Self::Diamond,
            Role::Large | Role::Raw => Self::Up,
            Role::Small => Self::Down,
            Role::Zeros | Role::Class1 => Self::Cross,
            _ => Self::Disc,
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
            Self::Square => {
                let corners = [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)];
                canvas.fill(&corners.map(corner), &color)
            }
            Self::Diamond => {
                let corners = [(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)];
                canvas.fill(&corners.map(corner), &color)
            }
            Self::Up => {
                let corners = [(0.0, -1.3), (1.2, 0.85), (-1.2, 0.85)];
                canvas.fill(&corners.map(corner), &color)
            }
            Self::Down => {
                let corners = [(0.0, 1.3), (1.2, -0.85), (-1.2, -0.85)];
                canvas.fill(&corners.map(corner), &color)
            }
        }
    }
}
