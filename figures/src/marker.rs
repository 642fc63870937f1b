//! Marks at points.

use plotters::style::Color;

use super::FigureError;
use super::canvas::Canvas;
use super::role::{Pen, Role};
pub(super) use super::shape::Marker;

impl Marker {
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
