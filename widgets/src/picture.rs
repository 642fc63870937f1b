//! What is to be drawn: panels whose numbers stand in one list.

use ndarray::{Array2, ArrayView2, Axis};
use serde::Serialize;
use trainable::prelude::*;

/// The number of columns and of rows of a boundary's grid.
const GRID: usize = 48;

/// Panels, and the numbers that they refer to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Picture {
    /// What is drawn, in order.
    pub panels: Vec<Panel>,
    /// The numbers of all panels.
    #[serde(skip)]
    pub numbers: Vec<f64>,
}

/// A part of a picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Panel {
    /// What stands above it.
    pub title: String,
    /// What is to be seen, in words.
    pub says: String,
    /// What it is made of.
    #[serde(flatten)]
    pub shape: Shape,
}

/// Where in the picture's numbers something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The first one's index.
    pub at: usize,
    /// How many there are.
    pub count: usize,
}

/// What a panel is made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Shape {
    /// Where a network of two features predicts which class.
    Boundary {
        /// The plane's least and greatest x, then y.
        extent: [f64; 4],
        /// The probability of class 1 on a grid, row by row from the bottom.
        grid: Grid,
        /// Training examples: x, y, label.
        points: Place,
        /// Examples of the dev set, in the same way.
        #[serde(skip_serializing_if = "Option::is_none")]
        dev: Option<Place>,
    },
    /// Lines and points over two axes.
    Chart {
        /// The axis across.
        x: Axes,
        /// The axis upwards.
        y: Axes,
        /// What is drawn.
        series: Vec<Series>,
        /// Lines right across.
        rules: Vec<Rule>,
        /// Whether both axes have one scale.
        equal: bool,
    },
    /// How often numbers fall into equal bins, for each layer.
    Histograms {
        /// The layers.
        layers: Vec<Histogram>,
    },
    /// A network's units and connections.
    Network {
        /// Units in each layer.
        layers: Vec<usize>,
        /// A number in [0, 1] for each unit.
        units: Place,
        /// 1 for each unit that is out.
        #[serde(skip_serializing_if = "Option::is_none")]
        dropped: Option<Place>,
        /// Each weight, layer by layer, row by row.
        edges: Place,
    },
    /// Words and numbers in rows.
    Table {
        /// One cell a column.
        header: Vec<String>,
        /// Rows, each as long as the header.
        rows: Vec<Vec<String>>,
    },
}

/// A grid of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Grid {
    /// Numbers in a row.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
    /// The first one's index.
    pub at: usize,
}

/// An axis.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Axes {
    /// What it measures.
    pub label: String,
    /// Where it begins.
    pub min: f64,
    /// Where it ends.
    pub max: f64,
    /// Whether it is logarithmic.
    pub log: bool,
}

/// A line or points.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Series {
    /// Its name.
    pub label: String,
    /// The color, as a CSS custom property without its dashes.
    pub role: &'static str,
    /// `solid`, `long`, `short`, `dots` or `one-dot`.
    pub dash: &'static str,
    /// `line`, `points`, `bars` or `steps`.
    pub mark: &'static str,
    /// Pairs of x and y.
    #[serde(flatten)]
    pub place: Place,
}

/// A line right across.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rule {
    /// The axis that it is a value of: `x` or `y`.
    pub axis: &'static str,
    /// The value.
    pub value: f64,
    /// What it is.
    pub label: String,
}

/// Counts in equal bins.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Histogram {
    /// Its name.
    pub label: String,
    /// Where the first bin begins.
    pub min: f64,
    /// Where the last bin ends.
    pub max: f64,
    /// The counts.
    #[serde(flatten)]
    pub place: Place,
}

impl Picture {
    /// Keeps numbers, and says where they are.
    pub fn keep(&mut self, numbers: impl IntoIterator<Item = f64>) -> Place {
        let at = self.numbers.len();
        self.numbers.extend(numbers);
        Place {
            at,
            count: self.numbers.len() - at,
        }
    }

    /// Keeps pairs as a series.
    pub fn series(
        &mut self,
        label: &str,
        role: &'static str,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Series {
        Series {
            label: label.to_owned(),
            role,
            dash: "solid",
            mark: "line",
            place: self.keep(points.into_iter().flat_map(|(x, y)| [x, y])),
        }
    }

    /// The numbers as bits, to be compared: what is not a number ends a line, and equals itself
    /// only so.
    #[cfg(test)]
    pub(crate) fn bits(&self) -> Vec<u64> {
        self.numbers.iter().map(|number| number.to_bits()).collect()
    }

    /// Adds a panel.
    pub fn add(&mut self, title: &str, says: String, shape: Shape) {
        self.panels.push(Panel {
            title: title.to_owned(),
            says,
            shape,
        });
    }

    /// Adds where `network` predicts which class, with the examples of `data` and, smaller, those
    /// of the dev set.
    ///
    /// # Errors
    /// When the network does not have two features.
    pub fn boundary(
        &mut self,
        says: String,
        network: &Network,
        data: &Dataset,
        dev: Option<&Dataset>,
    ) -> Result<(), Error> {
        let answer = |x: ArrayView2<'_, f64>| network.probabilities(x);
        self.boundary_of("What it predicts", says, answer, data, dev)
    }

    /// The same of anything that answers with the probability of class 1, under a title of its own.
    ///
    /// # Errors
    /// Those of `answer`.
    pub fn boundary_of(
        &mut self,
        title: &str,
        says: String,
        answer: impl Fn(ArrayView2<'_, f64>) -> Result<Array2<f64>, Error>,
        data: &Dataset,
        dev: Option<&Dataset>,
    ) -> Result<(), Error> {
        let extent = extent(data.x());
        let at = self.numbers.len();
        self.numbers.extend(answer(grid(extent).view())?);
        let points = self.keep(triples(data));
        let dev = dev.map(|dev| self.keep(triples(dev)));
        let grid = Grid {
            columns: GRID,
            rows: GRID,
            at,
        };
        let shape = Shape::Boundary {
            extent,
            grid,
            points,
            dev,
        };
        self.add(title, says, shape);
        Ok(())
    }
}

impl Rule {
    /// A line at a `value` of the axis `x` or `y`.
    pub fn new(axis: &'static str, value: f64, label: &str) -> Self {
        Self {
            axis,
            value,
            label: label.to_owned(),
        }
    }
}

impl Series {
    /// The same with dashes.
    pub fn dash(self, dash: &'static str) -> Self {
        Self { dash, ..self }
    }

    /// The same as `points`, `bars` or `steps`.
    pub fn mark(self, mark: &'static str) -> Self {
        Self { mark, ..self }
    }
}

impl Axes {
    /// An axis from `min` to `max`.
    pub fn new(label: &str, min: f64, max: f64) -> Self {
        Self {
            label: label.to_owned(),
            min,
            max,
            log: false,
        }
    }

    /// A logarithmic axis from `min` to `max`, both above 0.
    pub fn log(label: &str, min: f64, max: f64) -> Self {
        Self {
            log: true,
            ..Self::new(label, min, max)
        }
    }
}

/// A number in three digits, or in two and a power of ten where decimals would not do: `0.307`,
/// `9.2 × 10⁻¹²`.
pub fn short(number: f64) -> String {
    if number == 0.0 || !number.is_finite() {
        return minus(number.to_string());
    }
    // Of the rounded number, since rounding may add a digit.
    let rounded = format!("{number:.2e}");
    let exponent = rounded.split_once('e');
    let exponent = exponent.map(|(_, exponent)| exponent.parse::<i32>());
    match exponent {
        Some(Ok(exponent @ -3..=4)) => {
            let decimals = usize::try_from(2 - exponent).unwrap_or(0);
            minus(format!("{number:.decimals$}"))
        }
        _ => scientific(number),
    }
}

/// A fraction in percent: 0.93 is `93.0 %`.
pub fn percent(fraction: f64) -> String {
    minus(format!("{:.1}\u{a0}%", 100.0 * fraction))
}

/// A difference of fractions in percentage points: −0.087 is `−8.7 points`.
pub fn points(difference: f64) -> String {
    minus(format!("{:.1}\u{a0}points", 100.0 * difference))
}

/// A number with a power of ten.
fn scientific(number: f64) -> String {
    let plain = format!("{number:.1e}");
    let Some((mantissa, exponent)) = plain.split_once('e') else {
        return minus(plain);
    };
    let exponent: String = exponent.chars().map(superscript).collect();
    minus(format!("{mantissa}\u{a0}×\u{a0}10{exponent}"))
}

/// The same with a minus sign instead of a hyphen; what has been rounded to zero has none.
fn minus(text: String) -> String {
    let is_zero = text.contains('0') && !text.contains(|digit: char| ('1'..='9').contains(&digit));
    text.replace('-', if is_zero { "" } else { "−" })
}

fn superscript(character: char) -> char {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = character.to_digit(10);
    digit.map_or('⁻', |digit| DIGITS[digit as usize])
}

/// Around the points, with a margin.
fn extent(x: ArrayView2<'_, f64>) -> [f64; 4] {
    let ends = |row: usize| {
        let row = x.row(row);
        let min = row.iter().copied().fold(f64::INFINITY, f64::min);
        let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let margin = 0.08 * (max - min);
        [min - margin, max + margin]
    };
    let ([x0, x1], [y0, y1]) = (ends(0), ends(1));
    [x0, x1, y0, y1]
}

/// The middles of a grid's cells, `(2, GRID²)`, row by row from the bottom.
fn grid([x0, x1, y0, y1]: [f64; 4]) -> Array2<f64> {
    let middle =
        |from: f64, to: f64, index: usize| from + (to - from) * (index as f64 + 0.5) / GRID as f64;
    Array2::from_shape_fn((2, GRID * GRID), |(feature, cell)| match feature {
        0 => middle(x0, x1, cell % GRID),
        _ => middle(y0, y1, cell / GRID),
    })
}

fn triples(data: &Dataset) -> Vec<f64> {
    let (x, labels) = (data.x(), data.y());
    let examples = x.axis_iter(Axis(1)).zip(labels.iter());
    examples
        .flat_map(|(x, label)| [x[0], x[1], *label])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_in_words_as_in_the_book() {
        for (number, expected) in [
            (0.0, "0"),
            (0.30712, "0.307"),
            (-0.0123, "−0.0123"),
            (0.0067, "0.00670"),
            (9.996, "10.0"),
            (-0.9996, "−1.00"),
            (99_900.0, "99900"),
            (-0.0, "0"),
            (-1.25e7, "−1.2\u{a0}×\u{a0}10⁷"),
            (9.2e-12, "9.2\u{a0}×\u{a0}10⁻¹²"),
            (f64::INFINITY, "inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(short(number), expected);
        }
        assert_eq!(percent(0.934_5), "93.5\u{a0}%");
        assert_eq!(percent(-0.01), "−1.0\u{a0}%");
        assert_eq!(points(-0.087), "−8.7\u{a0}points");
        assert_eq!(points(-2.8e-17), "0.0\u{a0}points");
    }
}
