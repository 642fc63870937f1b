//! Gradient checking: a gradient against the slopes that the cost itself shows.

use std::fmt;

use ndarray::Array1;

use crate::data::dataset::Dataset;
use crate::error::{Error, above_0, finite};
use crate::network::{Mode, Network};
use crate::numerics::norm::norm;
use crate::objective::Objective;
use crate::parameters::{Layer, Parameters};

// ANCHOR: plain
/// The numerical gradient of f at θ: (f(θ + ε) − f(θ − ε)) / 2ε, where ε is added to one number of θ at a time.
///
/// ```
/// use ndarray::{Array1, array};
/// use trainable::gradient_check::numerical_gradient;
///
/// let half_square = |theta: &Array1<f64>| 0.5 * theta.dot(theta);
/// // Nothing is rounded here.
/// assert_eq!(numerical_gradient(half_square, &array![3.0, -1.0], 0.25), array![3.0, -1.0]);
/// ```
pub fn numerical_gradient(
    f: impl Fn(&Array1<f64>) -> f64,
    theta: &Array1<f64>,
    epsilon: f64,
) -> Array1<f64> {
    Array1::from_shape_fn(theta.len(), |i| {
        let (mut after, mut before) = (theta.clone(), theta.clone());
        after[i] += epsilon;
        before[i] -= epsilon;
        (f(&after) - f(&before)) / (2.0 * epsilon)
    })
}
// ANCHOR_END: plain

/// How a slope is estimated from values of the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// (f(θ + ε) − f(θ)) / ε. Its error is (ε/2) f″ and higher orders.
    OneSided,
    /// (f(θ + ε) − f(θ − ε)) / 2ε. Its error is (ε²/6) f‴ and higher orders.
    TwoSided,
}

impl Difference {
    /// The slope of `f` at `theta`, with the given `step` ε.
    ///
    /// ```
    /// use trainable::prelude::*;
    ///
    /// let cube = |theta: f64| Ok(theta * theta * theta);
    /// let slope = Difference::TwoSided.slope(cube, 1.0, 0.01)?;
    /// assert!((slope - 3.0001).abs() < 1e-12); // the derivative is 3
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a step that is not a finite number above 0, or a value of `f` that
    /// is not finite; whatever `f` returns.
    // ANCHOR: slope
    pub fn slope(
        self,
        mut f: impl FnMut(f64) -> Result<f64, Error>,
        theta: f64,
        step: f64,
    ) -> Result<f64, Error> {
        above_0("step of the difference", step)?;
        let mut f = |theta| finite("value of the function", f(theta)?);
        Ok(match self {
            Self::OneSided => (f(theta + step)? - f(theta)?) / step,
            Self::TwoSided => (f(theta + step)? - f(theta - step)?) / (2.0 * step),
        })
    }
    // ANCHOR_END: slope
}

/// Compares a gradient with numerical slopes of the cost, one parameter after the other.
///
/// Works with any cost that is a function of the [`Parameters`]; it has to be the same function at
/// every call, so randomness in it must be fixed.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = moons(20, 0.1, &mut RandomState::new(1))?;
/// let network = Network::new(&[2, 4, 1], Initialization::Xavier, &mut RandomState::new(2))?
///     .with_activation(Activation::Tanh);
/// let report = GradientCheck::new(1e-5).check_network(&network, &data)?;
/// assert!(report.relative_difference() < 1e-7, "{report}");
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GradientCheck {
    step: f64,
    difference: Difference,
}

impl GradientCheck {
    /// A check with two-sided differences of the given `step` ε, a finite number above 0. For f64
    /// and parameters of a size near 1, `1e-5` is a good step.
    pub fn new(step: f64) -> Self {
        Self {
            step,
            difference: Difference::TwoSided,
        }
    }

    /// The same check with another kind of difference.
    pub fn difference(self, difference: Difference) -> Self {
        Self { difference, ..self }
    }

    /// The numerical gradient of `cost` at `parameters`, in their shape.
    ///
    /// Calls `cost` 2N times for N parameters.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a step that is not a finite number above 0, or a cost that is not
    /// finite; whatever `cost` returns.
    // ANCHOR: numerical
    pub fn numerical_gradient(
        &self,
        parameters: &Parameters,
        mut cost: impl FnMut(&Parameters) -> Result<f64, Error>,
    ) -> Result<Parameters, Error> {
        let theta = parameters.to_theta();
        let mut slopes = Array1::zeros(theta.len());
        for (index, slope) in slopes.iter_mut().enumerate() {
            let along = |value| {
                let mut shifted = theta.clone();
                shifted[index] = value;
                cost(&parameters.with_theta(&shifted)?)
            };
            *slope = self.difference.slope(along, theta[index], self.step)?;
        }
        parameters.with_theta(&slopes)
    }
    // ANCHOR_END: numerical

    /// Compares `gradient`, which claims to be that of `cost` at `parameters`, with the numerical one.
    ///
    /// # Errors
    /// [`Error::Shape`] for a gradient of another shape than the parameters and
    /// [`Error::NotFinite`] for one with a number that is not finite, before any work; as
    /// [`numerical_gradient`](Self::numerical_gradient).
    // ANCHOR: check
    pub fn check(
        &self,
        parameters: &Parameters,
        gradient: &Parameters,
        cost: impl FnMut(&Parameters) -> Result<f64, Error>,
    ) -> Result<GradientReport, Error> {
        check_gradient(parameters, gradient)?;
        let numerical = self.numerical_gradient(parameters, cost)?;
        Ok(GradientReport::new(gradient, &numerical))
    }

    /// Compares the gradient that backpropagation finds for an objective with that of its cost.
    ///
    /// # Errors
    /// As [`Objective::cost`] and [`check`](Self::check).
    pub fn check_objective(
        &self,
        objective: &Objective,
        network: &Network,
        data: &Dataset,
        mode: Mode,
    ) -> Result<GradientReport, Error> {
        let gradient = objective.gradients(network, data, mode)?;
        let mut shifted = network.clone();
        self.check(network.parameters(), &gradient, |parameters| {
            shifted.set_parameters(parameters.clone())?;
            objective.cost(&shifted, data, mode)
        })
    }
    // ANCHOR_END: check

    /// The same for the cost of the network as it is used.
    ///
    /// # Errors
    /// As [`check_objective`](Self::check_objective).
    pub fn check_network(
        &self,
        network: &Network,
        data: &Dataset,
    ) -> Result<GradientReport, Error> {
        self.check_objective(&Objective::new(), network, data, Mode::Inference)
    }
}

/// A layer's weights, its biases or its gains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// W, `(units, inputs)`.
    Weights,
    /// b, `(units,)`.
    Biases,
    /// γ of a layer under batch normalization, `(units,)`.
    Gains,
}

impl Part {
    const ALL: [Self; 3] = [Self::Weights, Self::Biases, Self::Gains];

    fn letter(self) -> char {
        match self {
            Self::Weights => 'W',
            Self::Biases => 'b',
            Self::Gains => 'γ',
        }
    }

    /// The numbers of this part of the layer of this index, row by row; none where it has no such part.
    fn of(self, parameters: &Parameters, layer: usize) -> Option<&[f64]> {
        let (w, b, gain) = parameters.layer_slices(layer);
        match self {
            Self::Weights => Some(w),
            Self::Biases => Some(b),
            Self::Gains => gain,
        }
    }

    /// How many numbers a row has.
    fn columns(self, layer: &Layer) -> usize {
        match self {
            Self::Weights => layer.w.ncols(),
            Self::Biases | Self::Gains => 1,
        }
    }
}

/// One parameter and its two derivatives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// The layer, from 1.
    pub layer: usize,
    /// Weight, bias or gain.
    pub part: Part,
    /// The unit, from 0.
    pub row: usize,
    /// The input, from 0; 0 for a bias or a gain.
    pub column: usize,
    /// The derivative that was checked.
    pub analytic: f64,
    /// The derivative that the cost shows.
    pub numeric: f64,
}

impl Entry {
    fn difference(&self) -> f64 {
        (self.analytic - self.numeric).abs()
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}[{}", self.part.letter(), self.layer, self.row)?;
        if self.part == Part::Weights {
            write!(f, ", {}", self.column)?;
        }
        write!(
            f,
            "]: analytic {:.6}, numeric {:.6}",
            self.analytic, self.numeric
        )
    }
}

/// What the check found for one layer's weights, biases or gains.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PartReport {
    /// The layer, from 1.
    pub layer: usize,
    /// Weights, biases or gains.
    pub part: Part,
    /// ‖g − ĝ‖ / (‖g‖ + ‖ĝ‖) over this part alone, from 0 to 1.
    pub relative_difference: f64,
    /// The parameter with the largest |g − ĝ|.
    pub worst: Entry,
}

/// What a relative difference suggests, by the course's thresholds for ε = `1e-7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// Below `1e-7`.
    Great,
    /// Between: look at each part.
    LookAgain,
    /// At `1e-3` or above: most likely a bug.
    Worry,
}

impl Agreement {
    // ANCHOR: agreement
    /// What a relative difference suggests.
    pub fn of(relative_difference: f64) -> Self {
        match relative_difference {
            difference if difference < 1e-7 => Self::Great,
            difference if difference < 1e-3 => Self::LookAgain,
            _ => Self::Worry,
        }
    }
    // ANCHOR_END: agreement
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Great => "great",
            Self::LookAgain => "look again",
            Self::Worry => "worry",
        })
    }
}

/// What a [`GradientCheck`] found; prints as a few lines that name the parameters to look at.
#[derive(Debug, Clone, PartialEq)]
pub struct GradientReport {
    relative_difference: f64,
    parts: Vec<PartReport>,
}

impl GradientReport {
    // ANCHOR: report
    fn new(gradient: &Parameters, numerical: &Parameters) -> Self {
        let layers = 0..gradient.depth();
        let parts = layers.flat_map(|layer| {
            let reports = Part::ALL.map(|part| PartReport::new(layer, part, gradient, numerical));
            reports.into_iter().flatten()
        });
        Self {
            relative_difference: relative_difference(
                &gradient.to_theta().to_vec(),
                &numerical.to_theta().to_vec(),
            ),
            parts: parts.collect(),
        }
    }
    // ANCHOR_END: report

    /// ‖g − ĝ‖ / (‖g‖ + ‖ĝ‖) over all parameters, from 0 (equal) to 1 (opposite).
    pub fn relative_difference(&self) -> f64 {
        self.relative_difference
    }

    /// What that suggests.
    pub fn agreement(&self) -> Agreement {
        Agreement::of(self.relative_difference)
    }

    /// Each layer's weights, then its biases, then its gains if it has any, first layer first.
    pub fn parts(&self) -> &[PartReport] {
        &self.parts
    }

    /// The parameter with the largest |g − ĝ|: it adds most to the difference.
    pub fn worst(&self) -> Entry {
        let first = self.parts[0].worst;
        self.parts.iter().map(|part| part.worst).fold(first, worse)
    }
}

impl fmt::Display for GradientReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "relative difference {:.1e}: {}",
            self.relative_difference,
            self.agreement()
        )?;
        for part in &self.parts {
            let agreement = Agreement::of(part.relative_difference);
            write!(
                f,
                "  {}{}  {:.1e}",
                part.part.letter(),
                part.layer,
                part.relative_difference
            )?;
            match agreement {
                Agreement::Great => writeln!(f)?,
                _ => writeln!(f, "  {agreement}, worst {}", part.worst)?,
            }
        }
        write!(f, "worst {}", self.worst())
    }
}

impl PartReport {
    /// The report for a part of the layer of this index; none where it has no such part.
    fn new(
        layer: usize,
        part: Part,
        gradient: &Parameters,
        numerical: &Parameters,
    ) -> Option<Self> {
        let (analytic, numeric) = (part.of(gradient, layer)?, part.of(numerical, layer)?);
        let columns = part.columns(&gradient.layers()[layer]);
        let entry = |index: usize| Entry {
            layer: layer + 1,
            part,
            row: index / columns,
            column: index % columns,
            analytic: analytic[index],
            numeric: numeric[index],
        };
        Some(Self {
            layer: layer + 1,
            part,
            relative_difference: relative_difference(analytic, numeric),
            worst: (1..analytic.len()).map(entry).fold(entry(0), worse),
        })
    }
}

/// The one of two entries with the larger difference; the first of equal ones.
fn worse(a: Entry, b: Entry) -> Entry {
    if b.difference() > a.difference() {
        b
    } else {
        a
    }
}

/// ‖g − ĝ‖ / (‖g‖ + ‖ĝ‖), from 0 to 1; 0 where both are zero, not a number where one of the numbers is
/// none or infinite.
///
/// ```
/// use trainable::gradient_check::relative_difference;
///
/// assert_eq!(relative_difference(&[3.0, 4.0], &[3.0, 4.0]), 0.0);
/// assert_eq!(relative_difference(&[6.0, 8.0], &[3.0, 4.0]), 1.0 / 3.0); // twice as large
/// ```
// ANCHOR: relative
pub fn relative_difference(g: &[f64], g_hat: &[f64]) -> f64 {
    let apart = norm(g.iter().zip(g_hat).map(|(g, g_hat)| g - g_hat));
    let together = norm(g.iter().copied()) + norm(g_hat.iter().copied());
    match apart == 0.0 && together == 0.0 {
        true => 0.0,
        false => apart / together,
    }
}
// ANCHOR_END: relative

fn check_gradient(parameters: &Parameters, gradient: &Parameters) -> Result<(), Error> {
    parameters.check_same_shape("gradient", gradient)?;
    for (index, layer) in gradient.layers().iter().enumerate() {
        for (what, part) in [
            ("gradient of the weights", Part::Weights),
            ("gradient of the biases", Part::Biases),
            ("gradient of the gains", Part::Gains),
        ] {
            let numbers = part.of(gradient, index).unwrap_or_default();
            if let Some(at) = numbers.iter().position(|number| !number.is_finite()) {
                let columns = part.columns(layer);
                return Err(Error::NotFinite {
                    what,
                    row: at / columns,
                    column: at % columns,
                    got: numbers[at],
                });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;
    use crate::prelude::*;

    /// The cost ½ ‖θ‖²: its gradient is θ itself.
    fn half_square(parameters: &Parameters) -> Result<f64, Error> {
        Ok(0.5 * parameters.iter().map(|p| p * p).sum::<f64>())
    }

    fn parameters() -> Parameters {
        Initialization::Gaussian(1.0)
            .parameters(&[3, 2, 1], &mut RandomState::new(1))
            .unwrap()
    }

    #[test]
    fn two_sided_differences_of_a_square_are_exact_but_for_rounding() {
        let parameters = parameters();
        let report = GradientCheck::new(1e-3)
            .check(&parameters, &parameters, half_square)
            .unwrap();
        assert!(report.relative_difference() < 1e-12, "{report}");
        assert_eq!(report.agreement(), Agreement::Great);
    }

    #[test]
    fn one_sided_differences_of_a_square_are_off_by_half_a_step() {
        let parameters = parameters();
        let slopes = GradientCheck::new(1e-3)
            .difference(Difference::OneSided)
            .numerical_gradient(&parameters, half_square)
            .unwrap();
        for (slope, theta) in slopes.iter().zip(parameters.iter()) {
            // Rounding of a cost near 5, over the step.
            assert!((slope - theta - 0.5e-3).abs() < 1e-11);
        }
    }

    #[test]
    fn every_single_wrong_parameter_is_named() {
        let parameters = parameters();
        let mut named = Vec::new();
        for index in 0..parameters.len() {
            let mut wrong = parameters.clone();
            *wrong.iter_mut().nth(index).unwrap() += 10.0;
            let worst = GradientCheck::new(1e-3)
                .check(&parameters, &wrong, half_square)
                .unwrap()
                .worst();
            assert!((worst.analytic - worst.numeric - 10.0).abs() < 1e-9);
            named.push((worst.layer, worst.part, worst.row, worst.column));
        }
        use Part::{Biases, Weights};
        let expected = [
            (1, Weights, 0, 0),
            (1, Weights, 0, 1),
            (1, Weights, 0, 2),
            (1, Weights, 1, 0),
            (1, Weights, 1, 1),
            (1, Weights, 1, 2),
            (1, Biases, 0, 0),
            (1, Biases, 1, 0),
            (2, Weights, 0, 0),
            (2, Weights, 0, 1),
            (2, Biases, 0, 0),
        ];
        assert_eq!(named, expected);
    }

    #[test]
    fn it_prints_what_to_look_at() {
        let parameters = Parameters::new(vec![Layer {
            w: array![[1.0, 2.0]],
            b: array![0.5],
        }])
        .unwrap();
        let mut wrong = parameters.clone();
        let mut first = wrong.layers_mut().next().unwrap();
        first.w *= 2.0;
        first.b *= -1.0;
        let report = GradientCheck::new(0.5)
            .check(&parameters, &wrong, half_square)
            .unwrap();
        assert_eq!(
            report.to_string(),
            "relative difference 3.6e-1: worry\n  \
             W1  3.3e-1  worry, worst W1[0, 1]: analytic 4.000000, numeric 2.000000\n  \
             b1  1.0e0  worry, worst b1[0]: analytic -0.500000, numeric 0.500000\n\
             worst W1[0, 1]: analytic 4.000000, numeric 2.000000"
        );
        let right = GradientCheck::new(0.5)
            .check(&parameters, &parameters, half_square)
            .unwrap();
        assert!(
            right
                .to_string()
                .starts_with("relative difference 0.0e0: great\n  W1  0.0e0\n")
        );
    }

    #[test]
    fn it_calls_the_cost_twice_for_each_parameter() {
        let parameters = parameters();
        let mut calls = 0;
        GradientCheck::new(1e-3)
            .numerical_gradient(&parameters, |parameters| {
                calls += 1;
                half_square(parameters)
            })
            .unwrap();
        assert_eq!(calls, 2 * parameters.len());
    }

    #[test]
    fn thresholds() {
        for (difference, agreement) in [
            (0.0, Agreement::Great),
            (0.99e-7, Agreement::Great),
            (1e-7, Agreement::LookAgain),
            (0.99e-3, Agreement::LookAgain),
            (1e-3, Agreement::Worry),
            (f64::NAN, Agreement::Worry),
        ] {
            assert_eq!(Agreement::of(difference), agreement);
        }
        assert_eq!(Agreement::LookAgain.to_string(), "look again");
    }

    #[test]
    fn a_difference_of_what_is_no_number_is_none() {
        for (g, g_hat) in [
            ([f64::NAN, 1.0], [1.0, 1.0]),
            ([1.0, 1.0], [f64::NAN, 1.0]),
            ([0.0, 0.0], [f64::NAN, 0.0]),
            ([f64::INFINITY, 1.0], [1.0, 1.0]),
        ] {
            let difference = relative_difference(&g, &g_hat);
            assert!(difference.is_nan(), "{g:?}, {g_hat:?}: {difference}");
            assert_eq!(Agreement::of(difference), Agreement::Worry);
        }
    }

    #[test]
    fn differences_of_extreme_numbers_do_not_vanish() {
        for size in [1e-200, 1e-308, 1.0, 1e200, 1e307] {
            assert_eq!(relative_difference(&[size], &[-size]), 1.0, "{size:e}");
            let third = relative_difference(&[2.0 * size], &[size]);
            assert!((third - 1.0 / 3.0).abs() < 1e-15, "{size:e}: {third}");
        }
        assert_eq!(relative_difference(&[0.0], &[0.0]), 0.0);
    }

    #[test]
    fn what_makes_no_check_is_refused() {
        let parameters = parameters();
        for step in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let check = GradientCheck::new(step);
            assert!(matches!(
                check.check(&parameters, &parameters, half_square),
                Err(Error::OutOfRange { .. })
            ));
            assert!(Difference::OneSided.slope(Ok, 1.0, step).is_err());
        }
        let check = GradientCheck::new(1e-5);
        let other = Parameters::zeros(&[3, 1]).unwrap();
        assert!(matches!(
            check.check(&parameters, &other, half_square),
            Err(Error::Shape {
                what: "gradient",
                ..
            })
        ));
        let mut broken = parameters.clone();
        broken.layers_mut().nth(1).unwrap().w[(0, 1)] = f64::NAN;
        assert!(matches!(
            check.check(&parameters, &broken, half_square),
            Err(Error::NotFinite {
                row: 0,
                column: 1,
                ..
            })
        ));
        broken = parameters.clone();
        broken.layers_mut().next().unwrap().b[1] = f64::INFINITY;
        assert!(matches!(
            check.check(&parameters, &broken, half_square),
            Err(Error::NotFinite {
                row: 1,
                column: 0,
                ..
            })
        ));
        assert!(matches!(
            check.check(&parameters, &parameters, |_| Ok(f64::NAN)),
            Err(Error::OutOfRange { .. })
        ));
        assert_eq!(
            check.check(&parameters, &parameters, |_| Err(Error::NoExamples)),
            Err(Error::NoExamples)
        );
    }

    #[test]
    fn data_that_do_not_fit_are_refused() {
        let network = Network::from_parameters(parameters());
        let data = circles(10, 0.1, &mut RandomState::new(1)).unwrap();
        assert!(matches!(
            GradientCheck::new(1e-5).check_network(&network, &data),
            Err(Error::Shape { .. })
        ));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn smooth_networks_pass(
            hidden in prop::collection::vec(1..6usize, 0..4), tanh: bool, seed in 0..1_000_000u32,
        ) {
            let sizes: Vec<usize> = [vec![2], hidden, vec![1]].concat();
            let activation = if tanh { Activation::Tanh } else { Activation::Sigmoid };
            let data = moons(20, 0.2, &mut RandomState::new(seed)).unwrap();
            let mut rng = RandomState::new(seed);
            let network = Network::new(&sizes, Initialization::Gaussian(0.7), &mut rng)
                .unwrap()
                .with_activation(activation);
            let report = GradientCheck::new(1e-5).check_network(&network, &data).unwrap();
            prop_assert!(report.relative_difference() < 1e-7, "{report}");
        }

        #[test]
        fn a_factor_k_makes_a_difference_of_k_minus_1_over_k_plus_1(
            g in prop::collection::vec(-5.0..5.0f64, 1..9), k in 1.0..9.0f64,
        ) {
            prop_assume!(g.iter().any(|g| g.abs() > 1e-3));
            let scaled: Vec<f64> = g.iter().map(|g| k * g).collect();
            let expected = (k - 1.0) / (k + 1.0);
            prop_assert!((relative_difference(&scaled, &g) - expected).abs() < 1e-12);
        }
    }
}
