//! The book's figures: six kinds, one style, drawn with plotters as SVG that follows the theme.
//!
//! A [`Drawing`] keeps what it shows beside its SVG: series, axes, and a hash of every point. [`mod@format`]
//! writes numbers, on axes and in the book's texts.
//!
//! Colors are [`Role`]s: the theme's CSS custom properties, each with a fallback. A role looks the
//! same in every figure: the same color, the same dashes, the same marker.

mod axis;
mod boundary;
mod canvas;
mod contours;
mod dot_plot;
mod drawing;
mod flow_chart;
pub mod format;
mod frame;
mod grid;
mod histograms;
mod line_chart;
mod marker;
mod pictures;
mod polyline;
mod region;
mod role;
mod shape;
mod spread;
mod svg;
mod tags;
#[cfg(test)]
mod tests;
pub mod theme;
mod view;

pub use boundary::Boundary;
pub use contours::Contours;
pub use dot_plot::DotPlot;
pub use drawing::{Drawing, Series};
pub use flow_chart::FlowChart;
pub use histograms::Histograms;
pub use line_chart::LineChart;
pub use pictures::Pictures;
pub use role::Role;

use thiserror::Error;

/// Why a figure could not be drawn.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum FigureError {
    /// A figure without any series, category or panel.
    #[error("a figure needs at least one series, category or panel, got none")]
    Nothing,
    /// A series without a point that can be drawn.
    #[error("`{0}` needs at least one point that is finite (and above 0 on a logarithmic axis)")]
    NoPoints(String),
    /// A range that is empty, not finite, or not above 0 on a logarithmic axis.
    #[error(
        "the range of `{axis}` must be finite and increasing, and above 0 if logarithmic: got {low} to {high}"
    )]
    Range {
        /// The axis' label.
        axis: String,
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// A grid of panels without columns.
    #[error("a grid needs 1 to 4 columns, got {0}")]
    Columns(usize),
    /// A histogram whose count of bins makes no picture.
    #[error("`{panel}` needs 1 to 200 bins, got {bins}")]
    Bins {
        /// The panel's label.
        panel: String,
        /// The bins asked for.
        bins: usize,
    },
    /// A data set that is not on the plane.
    #[error("`{panel}` needs a data set of 2 features, got {features}")]
    Features {
        /// The panel's label.
        panel: String,
        /// The features of the data set.
        features: usize,
    },
    /// A picture that is not of whole rows, or not as large as the others.
    #[error("`{row}`: a picture of {pixels} pixels does not fit rows of {width} and the others")]
    Pixels {
        /// The row's name.
        row: String,
        /// The picture's pixels.
        pixels: usize,
        /// The pixels in a row.
        width: usize,
    },
    /// The network could not be evaluated on the plane.
    #[error("`{panel}`: {source}")]
    Network {
        /// The panel's label.
        panel: String,
        /// What the library says.
        source: trainable::prelude::Error,
    },
    /// plotters or contour refused to draw.
    #[error("drawing failed: {0}")]
    Drawing(String),
}
