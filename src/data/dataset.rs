//! Examples and their labels.

use ndarray::{ArcArray2, Array2, ArrayView2, Axis};
use rand::Rng;

use crate::data::batch::Batch;
use crate::error::{Error, at_least_0};
use crate::numerics::memory::{contiguous, try_with_capacity};
use crate::numerics::random_state::{Normal, shuffle};

/// Examples `x`, one a column, and their labels `y`, the numbers of their classes. A clone shares them.
///
/// ```
/// use ndarray::array;
/// use trainable::prelude::*;
///
/// let and = Dataset::new(
///     array![[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]],
///     array![[0.0, 0.0, 0.0, 1.0]],
/// )?;
/// assert_eq!((and.features(), and.examples(), and.classes()), (2, 4, 2));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    x: ArcArray2<f64>,
    y: ArcArray2<f64>,
    classes: usize,
}

impl Dataset {
    /// A data set of two classes: `x`, `(features, examples)`, and labels `y`, `(1, examples)`, each 0 or 1.
    ///
    /// # Errors
    /// [`Error::NoExamples`], [`Error::Shape`], [`Error::NotFinite`] or [`Error::Label`].
    pub fn new(x: Array2<f64>, y: Array2<f64>) -> Result<Self, Error> {
        Self::with_classes(x, y, 2)
    }

    /// A data set of `classes` classes, at least 2: `x`, `(features, examples)`, and labels `y`,
    /// `(1, examples)`, each a whole number from 0 to `classes` − 1. A class may have no example.
    ///
    /// ```
    /// use ndarray::array;
    /// use trainable::prelude::*;
    ///
    /// let data = Dataset::with_classes(array![[-1.0, 0.0, 1.0]], array![[0.0, 2.0, 1.0]], 3)?;
    /// assert_eq!(data.classes(), 3);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new), and [`Error::OutOfRange`] for fewer than two classes.
    pub fn with_classes(x: Array2<f64>, y: Array2<f64>, classes: usize) -> Result<Self, Error> {
        check_input(x.view())?;
        check_classes(classes)?;
        if y.dim() != (1, x.ncols()) {
            return Err(Error::Shape {
                what: "labels",
                expected: format!("(1, {}), one label for each example", x.ncols()),
                got: format!("{:?}", y.dim()),
            });
        }
        let named = |label: f64| label >= 0.0 && label < classes as f64 && label.fract() == 0.0;
        if let Some((example, &label)) = y.iter().enumerate().find(|(_, y)| !named(**y)) {
            return Err(Error::Label {
                example,
                label,
                classes,
            });
        }
        Ok(Self {
            x: example_after_example(x).into_shared(),
            y: y.as_standard_layout().into_owned().into_shared(),
            classes,
        })
    }

    /// The number of classes, at least 2.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The inputs, `(features, examples)`.
    pub fn x(&self) -> ArrayView2<'_, f64> {
        self.x.view()
    }

    /// The labels, `(1, examples)`.
    pub fn y(&self) -> ArrayView2<'_, f64> {
        self.y.view()
    }

    /// The number of examples, m.
    pub fn examples(&self) -> usize {
        self.x.ncols()
    }

    /// The number of features of an example.
    pub fn features(&self) -> usize {
        self.x.nrows()
    }

    // ANCHOR: select
    /// The examples with these numbers, counted from 0, in this order; a number may be there twice.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a number that no example has; [`Error::NoExamples`] for no number.
    pub fn select(&self, examples: &[usize]) -> Result<Self, Error> {
        let m = self.examples();
        if let Some(&got) = examples.iter().find(|example| **example >= m) {
            return Err(Error::OutOfRange {
                what: "number of an example",
                expected: "below the number of examples",
                got: got as f64,
            });
        }
        Self::with_classes(
            self.x.select(Axis(1), examples),
            self.y.select(Axis(1), examples),
            self.classes,
        )
    }
    // ANCHOR_END: select

    /// The same, as training reads them: the features of one example after the other.
    pub(crate) fn all(&self) -> Batch<'_> {
        let x = contiguous(self.x.t().to_slice());
        Batch::all(x, contiguous(self.y.as_slice()), self.features())
    }

    /// Examples whose features lie one after the other in `x`, and a label for each.
    pub(crate) fn from_examples(x: Vec<f64>, y: Vec<f64>, classes: usize) -> Result<Self, Error> {
        let (examples, numbers) = (y.len(), x.len());
        let shape = |_| Error::Shape {
            what: "input",
            expected: format!("as many numbers for each of {examples} examples"),
            got: format!("{numbers}"),
        };
        let by_example = (examples, numbers / examples.max(1));
        Self::with_classes(
            Array2::from_shape_vec(by_example, x)
                .map_err(shape)?
                .reversed_axes(),
            Array2::from_shape_vec((1, examples), y).map_err(shape)?,
            classes,
        )
    }

    /// Points of the plane with their labels, in this order.
    pub(crate) fn from_points(points: Vec<([f64; 2], f64)>, classes: usize) -> Result<Self, Error> {
        let y = points.iter().map(|(_, label)| *label).collect();
        let x = points.into_iter().map(|(point, _)| point).collect();
        let (x, y): (Vec<[f64; 2]>, Vec<f64>) = (x, y);
        Self::with_classes(
            Array2::from(x).reversed_axes(),
            Array2::from_shape_fn((1, y.len()), |(_, example)| y[example]),
            classes,
        )
    }

    /// Classes on the plane, drawn as scikit-learn's generators do: the `points` are put into
    /// random order first, then noise is added to the coordinates, example by example.
    pub(crate) fn shuffled_with_noise(
        mut points: Vec<([f64; 2], f64)>,
        classes: usize,
        noise: f64,
        rng: &mut impl Rng,
    ) -> Result<Self, Error> {
        check_noise(noise)?;
        shuffle(&mut points, rng);
        let mut normal = Normal::new();
        for (point, _) in &mut points {
            for coordinate in point {
                *coordinate += noise * normal.sample(rng);
            }
        }
        Self::from_points(points, classes)
    }
}

/// Refuses fewer classes than two.
pub(crate) fn check_classes(classes: usize) -> Result<(), Error> {
    if classes >= 2 {
        return Ok(());
    }
    Err(Error::OutOfRange {
        what: "number of classes",
        expected: "at least 2",
        got: classes as f64,
    })
}

/// The same numbers in column-major order: each example's features lie side by side.
fn example_after_example(x: Array2<f64>) -> Array2<f64> {
    let x = x.reversed_axes();
    if x.is_standard_layout() {
        return x.reversed_axes();
    }
    x.as_standard_layout().into_owned().reversed_axes()
}

/// Refuses a noise that is no standard deviation.
pub(crate) fn check_noise(noise: f64) -> Result<(), Error> {
    at_least_0("noise (a standard deviation)", noise)
}

/// Refuses an input without examples or features, or with a number that is not finite.
pub(crate) fn check_input(x: ArrayView2<'_, f64>) -> Result<(), Error> {
    if x.ncols() == 0 {
        return Err(Error::NoExamples);
    }
    if x.nrows() == 0 {
        return Err(Error::Shape {
            what: "input",
            expected: "at least one feature".to_owned(),
            got: format!("{:?}", x.dim()),
        });
    }
    match x.indexed_iter().find(|(_, x)| !x.is_finite()) {
        Some(((row, column), &got)) => Err(Error::NotFinite {
            what: "input",
            row,
            column,
            got,
        }),
        None => Ok(()),
    }
}

/// Room for the points of two classes, or an error when `n` is too small or too large.
pub(crate) fn room_for_points(n: usize) -> Result<Vec<([f64; 2], f64)>, Error> {
    if n < 2 {
        return Err(Error::OutOfRange {
            what: "number of examples",
            expected: "at least 2, one of each class",
            got: n as f64,
        });
    }
    try_with_capacity("examples", n)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn refuses_what_is_no_data_set() {
        let y = array![[0.0, 1.0]];
        assert_eq!(
            Dataset::new(Array2::zeros((2, 0)), Array2::zeros((1, 0))),
            Err(Error::NoExamples)
        );
        assert!(matches!(
            Dataset::new(Array2::zeros((0, 2)), y.clone()),
            Err(Error::Shape { what: "input", .. })
        ));
        assert!(matches!(
            Dataset::new(Array2::zeros((2, 3)), y.clone()),
            Err(Error::Shape { what: "labels", .. })
        ));
        assert_eq!(
            Dataset::new(array![[1.0, 2.0]], array![[1.0, 2.0]]),
            Err(Error::Label {
                example: 1,
                label: 2.0,
                classes: 2
            })
        );
        assert!(matches!(
            Dataset::new(array![[1.0, 2.0], [f64::INFINITY, 0.0]], y),
            Err(Error::NotFinite {
                row: 1,
                column: 0,
                ..
            })
        ));
    }

    #[test]
    fn not_a_number_is_no_label() {
        assert!(matches!(
            Dataset::new(array![[1.0]], array![[f64::NAN]]),
            Err(Error::Label { example: 0, .. })
        ));
    }

    #[test]
    fn labels_are_the_numbers_of_the_classes() {
        let data = |labels: [f64; 2], classes| {
            Dataset::with_classes(array![[1.0, 2.0]], array![labels], classes)
        };
        for classes in [0, 1] {
            let refused = data([0.0, 0.0], classes);
            assert!(matches!(refused, Err(Error::OutOfRange { .. })));
        }
        for bad in [-1.0, 0.5, 3.0, f64::INFINITY, f64::NAN] {
            let refused = data([0.0, bad], 3).unwrap_err();
            assert!(matches!(refused, Error::Label { example: 1, .. }), "{bad}");
            assert!(refused.to_string().contains("0 to 2"), "{refused}");
        }
        let data = data([2.0, 0.0], 3).unwrap();
        assert_eq!(data.select(&[1]).unwrap().classes(), 3);
    }

    #[test]
    fn selects_examples_with_their_labels() {
        let data = Dataset::new(
            array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]],
            array![[0.0, 1.0, 0.0]],
        )
        .unwrap();
        let some = data.select(&[2, 1, 2]).unwrap();
        assert_eq!(some.x(), array![[3.0, 2.0, 3.0], [6.0, 5.0, 6.0]]);
        assert_eq!(some.y(), array![[0.0, 1.0, 0.0]]);
        assert_eq!(data.select(&[]), Err(Error::NoExamples));
        assert!(matches!(
            data.select(&[0, 3]),
            Err(Error::OutOfRange { got: 3.0, .. })
        ));
    }

    #[test]
    fn a_transposed_array_is_read_by_its_shape() {
        let x = array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
        let data = Dataset::new(x.t().to_owned(), array![[0.0, 1.0, 0.0]]).unwrap();
        assert_eq!(data.x(), x.t());
    }
}
