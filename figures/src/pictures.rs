//! Small pictures side by side.

use plotters::style::Color;
use plotters::style::text_anchor::{HPos, VPos};

use super::FigureError;
use super::canvas::{Canvas, HAIRLINE, TEXT, WIDTH, draw};
use super::drawing::{Drawing, Shown};
use super::role::{Pen, Role};
use super::svg::text_width;

/// Between pictures.
const GAP: f64 = 8.0;
/// From a row's name to its pictures.
const APART: f64 = 12.0;
/// The widest that a picture may be.
const WIDEST: f64 = 72.0;
/// The shades of ink that are told apart.
const SHADES: usize = 4;

/// Rows of small pictures, each row with its name at the left: ink where a pixel is 1, none where it
/// is 0 or less.
///
/// ```
/// use figures::Pictures;
///
/// let cross = vec![1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0];
/// let drawing = Pictures::new(3).row("crosses", &[cross.clone(), cross]).draw()?;
/// assert!(drawing.svg().starts_with("<svg"));
/// # Ok::<(), figures::FigureError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pictures {
    width: usize,
    rows: Vec<(String, Vec<Vec<f64>>)>,
}

impl Pictures {
    /// A figure of pictures with so many pixels in a row.
    pub fn new(width: usize) -> Self {
        Self { width, rows: Vec::new() }
    }

    /// Adds a row of pictures, each with its pixels row after row from the top.
    #[must_use]
    pub fn row(mut self, name: &str, pictures: &[Vec<f64>]) -> Self {
        self.rows.push((name.to_owned(), pictures.to_vec()));
        self
    }

    /// The figure as a drawing.
    ///
    /// # Errors
    /// [`FigureError::Nothing`], [`FigureError::NoPoints`] for a row without a picture, or
    /// [`FigureError::Pixels`].
    pub fn draw(&self) -> Result<Drawing, FigureError> {
        let height = self.check()?;
        let names = self.rows.iter().map(|(name, _)| text_width(name));
        let left = names.fold(0.0, f64::max) * TEXT + APART + 2.0;
        let columns = self.rows.iter().map(|(_, row)| row.len()).max().unwrap_or(1) as f64;
        let room = (WIDTH - left - 2.0 - GAP * (columns - 1.0)) / columns;
        // Whole tenths, so that pixels meet without a seam.
        let pixel = (10.0 * room.min(WIDEST) / self.width as f64).floor() / 10.0;
        let size = (pixel * self.width as f64, pixel * height as f64);
        let place = |row: usize, column: usize| {
            (left + column as f64 * (size.0 + GAP), 2.0 + row as f64 * (size.1 + GAP))
        };
        draw(place(self.rows.len(), 0).1 - GAP + 2.0, self.shown(), |canvas| {
            for shade in 1..=SHADES {
                for (at, picture) in self.placed(place) {
                    self.ink(canvas, picture, at, pixel, shade)?;
                }
            }
            for (at, _) in self.placed(place) {
                outline(canvas, at, size)?;
            }
            for (row, (name, _)) in self.rows.iter().enumerate() {
                let middle = place(row, 0).1 + size.1 / 2.0;
                canvas.text(name, (left - APART, middle), (HPos::Right, VPos::Center))?;
            }
            Ok(())
        })
    }

    fn shown(&self) -> Shown {
        let mut shown = Shown::default();
        for (name, pictures) in &self.rows {
            for picture in pictures {
                shown.add(name, "picture", Role::Ink, picture.iter().map(|pixel| [*pixel]));
            }
        }
        shown
    }

    /// The height of all pictures, in pixels.
    fn check(&self) -> Result<usize, FigureError> {
        let mut height = None;
        for (name, row) in &self.rows {
            let Some(first) = row.first() else {
                return Err(FigureError::NoPoints(name.clone()));
            };
            let expected = *height.get_or_insert(first.len());
            for picture in row {
                let whole = self.width > 0 && picture.len().is_multiple_of(self.width);
                if !whole || picture.is_empty() || picture.len() != expected {
                    return Err(FigureError::Pixels {
                        row: name.clone(),
                        pixels: picture.len(),
                        width: self.width,
                    });
                }
            }
        }
        height.map(|pixels| pixels / self.width).ok_or(FigureError::Nothing)
    }

    /// Each picture and where it is.
    fn placed(
        &self,
        place: impl Fn(usize, usize) -> (f64, f64) + Copy,
    ) -> impl Iterator<Item = ((f64, f64), &[f64])> {
        let rows = self.rows.iter().enumerate();
        rows.flat_map(move |(row, (_, pictures))| {
            let pictures = pictures.iter().enumerate();
            pictures.map(move |(column, picture)| (place(row, column), picture.as_slice()))
        })
    }

    /// Draws the pixels of one shade, neighbors in a row together.
    fn ink(
        &self,
        canvas: &Canvas<'_>,
        picture: &[f64],
        (left, top): (f64, f64),
        pixel: f64,
        wanted: usize,
    ) -> Result<(), FigureError> {
        let color = Pen::from(Role::Ink).mix(wanted as f64 / SHADES as f64);
        for (row, pixels) in picture.chunks_exact(self.width).enumerate() {
            let mut column = 0;
            for run in pixels.chunk_by(|a, b| shade(*a) == shade(*b)) {
                if shade(run[0]) == wanted {
                    let x = left + pixel * column as f64;
                    let y = top + pixel * row as f64;
                    let right = x + pixel * run.len() as f64;
                    let corners = [(x, y), (right, y), (right, y + pixel), (x, y + pixel)];
                    canvas.fill(&corners, &color)?;
                }
                column += run.len();
            }
        }
        Ok(())
    }
}

/// How much ink a pixel gets, from 0 to all shades.
fn shade(pixel: f64) -> usize {
    (pixel.clamp(0.0, 1.0) * SHADES as f64).round() as usize
}

fn outline(
    canvas: &Canvas<'_>,
    (left, top): (f64, f64),
    (width, height): (f64, f64),
) -> Result<(), FigureError> {
    let (right, bottom) = (left + width, top + height);
    let around = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    canvas.line(&around, HAIRLINE, &Pen::from(Role::Ink))
}
