//! Dropout: at every step some units are left out, others each time.

use ndarray::{Array2, ArrayView2, Axis, Slice};
use rand::Rng;

use crate::error::Error;
use crate::numerics::kernels::{LANES, Lanes, draw};
use crate::numerics::philox::key;
use crate::numerics::random_state::uniform;

/// Which units of a layer take part in a step, for each example: `(units, examples)`.
pub type Mask = Array2<bool>;

/// The mask of every hidden layer.
pub type Masks = Vec<Mask>;

// ANCHOR: plain
/// The activations `a`, `(units, examples)`, of the units that take part, a ∘ D /
/// keep_prob; on the way back the same of da.
///
/// ```
/// use ndarray::array;
/// use trainable::dropout::masked;
///
/// let mask = array![[true, false, true]];
/// assert_eq!(masked(array![[1.0, 2.0, 3.0]].view(), &mask, 0.5), array![[2.0, 0.0, 6.0]]);
/// ```
pub fn masked(a: ArrayView2<'_, f64>, mask: &Mask, keep_prob: f64) -> Array2<f64> {
    let d = mask.mapv(f64::from);
    &a * &d / keep_prob
}
// ANCHOR_END: plain

/// Inverted dropout: a unit takes part with the probability `keep_prob` of its layer, and its activation is then
/// divided by `keep_prob`.
///
/// With a mask D of zeros and ones, a ← a ∘ D / keep_prob after the activation function, and da ← da ∘ D / keep_prob
/// on the way back. The division leaves each activation's expectation what it was, so a trained network
/// is used without dropout and without correction: the own methods of a [`Network`](crate::network::Network) never drop a unit. What a network does with
/// units dropped out is said by an [`Objective`](crate::objective::Objective).
///
/// Source: N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov (2014), *Dropout: a simple
/// way to prevent neural networks from overfitting*, JMLR 15:1929–1958.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = circles(100, 0.05, &mut RandomState::new(1))?;
/// let mut network = Network::new(&[2, 20, 3, 1], Initialization::He, &mut RandomState::new(2))?;
/// let dropout = Dropout::fresh(&[0.8, 1.0], &mut RandomState::new(3))?;
/// let descent = GradientDescent::new(0.3).dropout(dropout).iterations(2_000);
/// descent.train(&mut network, &data)?;
/// assert!(network.accuracy(&data)? > 0.9);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Dropout {
    keep_prob: Vec<f64>,
    input: Option<Input>,
    source: Source,
}

/// Dropout of the inputs.
#[derive(Debug, Clone, PartialEq)]
struct Input {
    keep_prob: f64,
    /// The same at every step; without it they are fresh.
    mask: Option<Mask>,
}

/// Where masks come from.
#[derive(Debug, Clone, PartialEq)]
enum Source {
    /// Other masks at every step, each a function of the seed and the step.
    Fresh { seed: u64 },
    /// The same ones at every step.
    Fixed(Masks),
}

impl Dropout {
    /// Dropout with fresh masks at every step. `keep_prob` has a probability in (0, 1] for each hidden layer;
    /// `rng` is asked for one seed, from which all masks follow.
    ///
    /// Masks are drawn by Philox4x32-10, a generator that computes the number for any step, unit and example directly
    /// (J. K. Salmon et al. 2011, doi:10.1145/2063384.2063405), so they do not depend on the number of threads. A unit is
    /// kept with a probability that is `keep_prob` to within 2⁻³².
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a probability outside (0, 1].
    pub fn fresh(keep_prob: &[f64], rng: &mut impl Rng) -> Result<Self, Error> {
        let keep_prob = checked(keep_prob)?;
        let seed = rng.next_u64();
        Ok(Self {
            keep_prob,
            input: None,
            source: Source::Fresh { seed },
        })
    }

    /// Dropout with the same masks at every step: for each hidden layer `(units, examples)`, true where a
    /// unit takes part. To check gradients, or to see what comes of a frozen mask.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a probability outside (0, 1]; [`Error::Shape`] for masks that are not one
    /// for each probability, or not all for the same examples.
    pub fn fixed(keep_prob: &[f64], masks: Masks) -> Result<Self, Error> {
        let keep_prob = checked(keep_prob)?;
        if masks.len() != keep_prob.len() {
            return Err(Error::Shape {
                what: "masks",
                expected: format!("{}, one for each keep probability", keep_prob.len()),
                got: format!("{}", masks.len()),
            });
        }
        if let Some(pair) = masks.windows(2).find(|m| m[0].ncols() != m[1].ncols()) {
            return Err(Error::Shape {
                what: "mask",
                expected: format!("{} examples, as in the layer before", pair[0].ncols()),
                got: format!("{}", pair[1].ncols()),
            });
        }
        Ok(Self {
            keep_prob,
            input: None,
            source: Source::Fixed(masks),
        })
    }

    /// Drops out inputs too, with fresh masks: each takes part with this probability in (0, 1].
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a probability outside (0, 1]; [`Error::Shape`] where the masks of the hidden layers
    /// are [`fixed`](Self::fixed), which takes an [`input_mask`](Self::input_mask).
    pub fn input(self, keep_prob: f64) -> Result<Self, Error> {
        checked(&[keep_prob])?;
        if let Source::Fixed(_) = self.source {
            return Err(Error::Shape {
                what: "mask of the inputs",
                expected: "a fixed one, as the hidden layers have".to_owned(),
                got: "none".to_owned(),
            });
        }
        let input = Input {
            keep_prob,
            mask: None,
        };
        Ok(Self {
            input: Some(input),
            ..self
        })
    }

    /// Drops out inputs too, with the same mask at every step: `(features, examples)`.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a probability outside (0, 1].
    pub fn input_mask(self, keep_prob: f64, mask: Mask) -> Result<Self, Error> {
        checked(&[keep_prob])?;
        let input = Input {
            keep_prob,
            mask: Some(mask),
        };
        Ok(Self {
            input: Some(input),
            ..self
        })
    }

    /// The probability that a unit takes part, for each hidden layer.
    pub fn keep_prob(&self) -> &[f64] {
        &self.keep_prob
    }

    /// The probability that an input takes part: 1 if none is dropped.
    pub fn input_keep_prob(&self) -> f64 {
        self.input.as_ref().map_or(1.0, |input| input.keep_prob)
    }

    /// Whether inputs may be dropped.
    pub(crate) fn masks_inputs(&self) -> bool {
        self.input.is_some()
    }

    /// The masks of a `step`, for a network of these layer `sizes` and this number of `examples`.
    ///
    /// # Errors
    /// [`Error::Shape`] for sizes or examples that do not fit; [`Error::NoExamples`] for none.
    pub fn masks(&self, sizes: &[usize], examples: usize, step: usize) -> Result<Masks, Error> {
        self.check(sizes, examples)?;
        if let Source::Fixed(masks) = &self.source {
            return Ok(masks.clone());
        }
        let hidden = hidden(sizes).iter().enumerate();
        Ok(hidden
            .map(|(layer, units)| self.mask(layer + 1, *units, examples, step))
            .collect())
    }

    /// The mask of the inputs of a `step`, `(features, examples)`; none if none are dropped.
    ///
    /// # Errors
    /// As [`masks`](Self::masks).
    pub fn mask_of_inputs(
        &self,
        sizes: &[usize],
        examples: usize,
        step: usize,
    ) -> Result<Option<Mask>, Error> {
        self.check(sizes, examples)?;
        let features = sizes[0];
        let mask = |_: &Input| self.mask(0, features, examples, step);
        Ok(self.input.as_ref().map(mask))
    }

    fn mask(&self, layer: usize, units: usize, examples: usize, step: usize) -> Mask {
        let masking = Masking {
            dropout: self,
            step,
        };
        let mut factors = vec![[0.0; LANES]; units * examples.div_ceil(LANES)];
        masking.factors(layer, 0, units, &mut factors);
        Array2::from_shape_fn((units, examples), |(unit, example)| {
            factors[example / LANES * units + unit][example % LANES] != 0.0
        })
    }

    /// Refuses layer sizes and a number of examples that this dropout is not for.
    pub(crate) fn check(&self, sizes: &[usize], examples: usize) -> Result<(), Error> {
        if examples == 0 {
            return Err(Error::NoExamples);
        }
        let hidden = hidden(sizes);
        check_count(&self.keep_prob, hidden)?;
        let input = self.input.as_ref().and_then(|input| input.mask.as_ref());
        if let Some(mask) = input {
            check_mask("mask of the inputs", mask, (sizes[0], examples))?;
        }
        if let Source::Fixed(masks) = &self.source {
            for (units, mask) in hidden.iter().zip(masks) {
                check_mask("mask", mask, (*units, examples))?;
            }
        }
        Ok(())
    }
}

fn check_mask(what: &'static str, mask: &Mask, shape: (usize, usize)) -> Result<(), Error> {
    if mask.dim() == shape {
        return Ok(());
    }
    Err(Error::Shape {
        what,
        expected: format!("{shape:?}, (units, examples)"),
        got: format!("{:?}", mask.dim()),
    })
}

// ANCHOR: masks
/// Masks for a network of these layer `sizes`, from any generator: a unit takes part
/// where a uniform deviate is below its layer's `keep_prob`.
///
/// Drawn layer by layer, row by row, as NumPy's `rand(units, examples) < keep_prob`.
///
/// # Errors
/// [`Error::OutOfRange`] for a probability outside (0, 1]; [`Error::Shape`] for
/// probabilities that are not one for each hidden layer.
pub fn masks(
    keep_prob: &[f64],
    sizes: &[usize],
    examples: usize,
    rng: &mut impl Rng,
) -> Result<Masks, Error> {
    let keep_prob = checked(keep_prob)?;
    let hidden = hidden(sizes);
    check_count(&keep_prob, hidden)?;
    let layers = hidden.iter().zip(keep_prob);
    Ok(layers
        .map(|(units, keep_prob)| {
            Array2::from_shape_simple_fn((*units, examples), || uniform(rng) < keep_prob)
        })
        .collect())
}
// ANCHOR_END: masks

/// The masks of one step, as the factors that a pass multiplies activations by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Masking<'d> {
    /// What drops units out.
    pub dropout: &'d Dropout,
    /// The step, from 0.
    pub step: usize,
}

/// What the inputs' masks follow from in the place of a hidden layer's number.
const INPUTS: usize = u32::MAX as usize;

impl Masking<'_> {
    // ANCHOR: factors
    /// 1/keep_prob for each unit that takes part, 0 for the others, for examples from
    /// place `first` of the batch on. Layer 0 is the inputs.
    pub fn factors(self, layer: usize, first: usize, units: usize, factors: &mut [Lanes]) {
        let (keep_prob, mask, number) = match layer.checked_sub(1) {
            Some(hidden) => (self.dropout.keep_prob[hidden], self.fixed(hidden), hidden),
            None => (self.dropout.input_keep_prob(), self.fixed_input(), INPUTS),
        };
        let scale = 1.0 / keep_prob;
        match (&self.dropout.source, mask) {
            (_, Some(mask)) => store(mask, first, scale, factors),
            (Source::Fresh { seed }, None) if keep_prob < 1.0 => {
                let key = key(*seed, self.step, number);
                draw(key, first, threshold(keep_prob), scale, units, factors);
            }
            // Nothing is left out.
            (_, None) => factors.fill([1.0; LANES]),
        }
    }
    // ANCHOR_END: factors

    fn fixed(&self, hidden: usize) -> Option<&Mask> {
        match &self.dropout.source {
            Source::Fixed(masks) => masks.get(hidden),
            Source::Fresh { .. } => None,
        }
    }

    fn fixed_input(&self) -> Option<&Mask> {
        self.dropout.input.as_ref()?.mask.as_ref()
    }
}

/// A number of 32 random bits is below it with the probability `keep_prob`.
fn threshold(keep_prob: f64) -> u64 {
    (keep_prob * 4_294_967_296.0).ceil() as u64
}

/// The mask's columns from `first` on, as factors; a lane without an example gets 0.
fn store(mask: &Array2<bool>, first: usize, scale: f64, factors: &mut [Lanes]) {
    let (units, examples) = mask.dim();
    let here = first..examples.min(first + factors.len() / units * LANES);
    factors.fill([0.0; LANES]);
    for (unit, row) in mask
        .slice_axis(Axis(1), Slice::from(here))
        .rows()
        .into_iter()
        .enumerate()
    {
        for (example, taken) in row.iter().enumerate() {
            let factor = &mut factors[example / LANES * units + unit][example % LANES];
            *factor = if *taken { scale } else { 0.0 };
        }
    }
}

/// The sizes of the hidden layers.
fn hidden(sizes: &[usize]) -> &[usize] {
    sizes
        .get(1..sizes.len().saturating_sub(1))
        .unwrap_or_default()
}

fn check_count(keep_prob: &[f64], hidden: &[usize]) -> Result<(), Error> {
    if keep_prob.len() == hidden.len() {
        return Ok(());
    }
    Err(Error::Shape {
        what: "keep probabilities",
        expected: format!("{}, one for each hidden layer", hidden.len()),
        got: format!("{}", keep_prob.len()),
    })
}

fn checked(keep_prob: &[f64]) -> Result<Vec<f64>, Error> {
    match keep_prob.iter().find(|p| !(**p > 0.0 && **p <= 1.0)) {
        Some(&got) => Err(Error::OutOfRange {
            what: "keep probability",
            expected: "a number above 0 and at most 1",
            got,
        }),
        None => Ok(keep_prob.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::activation::Activation;
    use crate::data::circles::circles;
    use crate::gradient_descent::GradientDescent;
    use crate::initialization::Initialization;
    use crate::network::{Mode, Network};
    use crate::numerics::random_state::RandomState;
    use crate::objective::Objective;
    use crate::output::sigmoid;
    use crate::parameters::{Layer, Parameters};

    const SIZES: [usize; 4] = [2, 7, 3, 1];

    const STEP: Mode = Mode::Training { step: 0 };

    fn at_0(dropout: &Dropout) -> Objective {
        Objective::from(dropout.clone())
    }

    fn rng(seed: u32) -> RandomState {
        RandomState::new(seed)
    }

    fn fresh(keep: &[f64], seed: u32) -> Dropout {
        Dropout::fresh(keep, &mut rng(seed)).unwrap()
    }

    fn network(activation: Activation) -> Network {
        let network = Network::new(&SIZES, Initialization::He, &mut rng(3)).unwrap();
        network.with_activation(activation)
    }

    fn descent() -> GradientDescent {
        GradientDescent::new(0.1).record_every(1)
    }

    /// The share of units that take part.
    fn share(mask: &Array2<bool>) -> f64 {
        mask.iter().filter(|taken| **taken).count() as f64 / mask.len() as f64
    }

    // From 20,003 examples on there are several segments, of which each has several chunks.
    #[test]
    fn a_run_with_fresh_masks_is_many_steps_with_fixed_ones() {
        for (examples, steps) in [(30, 20), (1_301, 5), (20_003, 3)] {
            let data = circles(examples, 0.05, &mut rng(1)).unwrap();
            let keep = [0.6, 0.9];
            let dropout = fresh(&keep, 5);
            let (mut whole, mut parts) = (network(Activation::Tanh), network(Activation::Tanh));
            let run = descent().iterations(steps).dropout(dropout.clone());
            let history = run.train(&mut whole, &data).unwrap();
            for step in 0..steps {
                let masks = dropout.masks(&SIZES, examples, step).unwrap();
                let fixed = Dropout::fixed(&keep, masks).unwrap();
                let cost = Objective::from(fixed.clone())
                    .cost(&parts, &data, Mode::Training { step: 99 })
                    .unwrap();
                assert_eq!(history.cost(step), Ok(cost));
                let run = descent().iterations(1).dropout(fixed);
                run.train(&mut parts, &data).unwrap();
            }
            assert_eq!(whole, parts, "{examples} examples");
        }
    }

    #[test]
    fn fresh_masks_are_others_at_every_step_and_keep_what_they_should() {
        let dropout = fresh(&[0.8, 0.3], 1);
        let n = 100_000;
        let first = dropout.masks(&[1, 5, 6, 1], n, 0).unwrap();
        for (mask, keep) in first.iter().zip([0.8, 0.3]) {
            for row in mask.axis_iter(Axis(0)) {
                // Four standard errors of a share.
                let error = (keep * (1.0 - keep) / n as f64).sqrt();
                let share = share(&row.insert_axis(Axis(0)).to_owned());
                assert!((share - keep).abs() < 4.0 * error, "{share}, {keep}");
            }
        }
        let (second, other) = (
            dropout.masks(&[1, 5, 6, 1], n, 1).unwrap(),
            fresh(&[0.8, 0.3], 2).masks(&[1, 5, 6, 1], n, 0).unwrap(),
        );
        for different in [&second[0], &other[0]] {
            // Two independent masks agree where both keep or both drop: 0.8² + 0.2².
            let agree = ndarray::Zip::from(&first[0])
                .and(different)
                .map_collect(|a, b| a == b);
            assert!((share(&agree) - 0.68).abs() < 0.01);
        }
    }

    #[test]
    fn a_mask_does_not_depend_on_the_number_of_examples() {
        let dropout = fresh(&[0.5, 0.5], 1);
        let (few, many) = (
            dropout.masks(&SIZES, 5, 3).unwrap(),
            dropout.masks(&SIZES, 1_000, 3).unwrap(),
        );
        for (few, many) in few.iter().zip(&many) {
            assert_eq!(few, many.slice_axis(Axis(1), Slice::from(..5)));
        }
    }

    #[test]
    fn to_keep_every_unit_is_not_to_drop_any() {
        let data = circles(300, 0.05, &mut rng(1)).unwrap();
        let (mut plain, mut kept) = (network(Activation::Relu), network(Activation::Relu));
        descent().train(&mut plain, &data).unwrap();
        let run = descent().dropout(fresh(&[1.0, 1.0], 1));
        run.train(&mut kept, &data).unwrap();
        assert_eq!(plain, kept);
    }

    #[test]
    fn activations_are_masked_and_scaled() {
        let layer = |w, b| Layer { w, b };
        let parameters = Parameters::new(vec![
            layer(array![[1.0], [2.0]], array![0.0, 0.0]),
            layer(array![[1.0, 1.0]], array![-7.0]),
        ]);
        let network = Network::from_parameters(parameters.unwrap());
        let mask = array![[true, false, true], [true, true, false]];
        let dropout = Dropout::fixed(&[0.5], vec![mask]).unwrap();
        let x = array![[1.0, 2.0, 3.0]];
        let activations = at_0(&dropout)
            .activations(&network, x.view(), STEP)
            .unwrap();
        assert_eq!(activations[0], array![[2.0, 0.0, 6.0], [4.0, 8.0, 0.0]]);
        let logits = at_0(&dropout).logits(&network, x.view(), STEP).unwrap();
        assert_eq!(logits, array![[-1.0, 1.0, -1.0]]);
        assert_eq!(activations[1], logits.mapv(sigmoid));
    }

    #[test]
    fn the_expectation_of_an_activation_stays() {
        let network = network(Activation::Tanh);
        let n = 40_000;
        let x = Array2::from_elem((2, n), 0.7);
        let plain = network.activations(x.view()).unwrap()[0]
            .column(0)
            .to_owned();
        let masked = at_0(&fresh(&[0.6, 1.0], 4))
            .activations(&network, x.view(), STEP)
            .unwrap();
        for (masked, plain) in masked[0].rows().into_iter().zip(plain) {
            let mean = masked.mean().unwrap();
            // Four standard errors of the mean: a/keep with probability keep has variance a²(1/keep − 1).
            let error = plain.abs() * ((1.0 / 0.6 - 1.0) / n as f64).sqrt();
            assert!((mean - plain).abs() < 4.0 * error, "{mean}, {plain}");
        }
    }

    #[test]
    fn inputs_are_dropped_too() {
        let dropout = fresh(&[1.0, 1.0], 1).input(0.5).unwrap();
        let data = circles(30, 0.05, &mut rng(1)).unwrap();
        let mask = dropout.mask_of_inputs(&SIZES, 30, 0).unwrap().unwrap();
        assert!(mask.iter().any(|taken| *taken) && mask.iter().any(|taken| !*taken));
        let x = &data.x() * &mask.mapv(|taken| if taken { 2.0 } else { 0.0 });
        let network = network(Activation::Tanh);
        let masked = at_0(&dropout).logits(&network, data.x(), STEP).unwrap();
        assert_eq!(masked, network.logits(x.view()).unwrap());
        let ones = masks(&[1.0, 1.0], &SIZES, 30, &mut rng(1)).unwrap();
        let fixed = Dropout::fixed(&[1.0, 1.0], ones).unwrap();
        assert!(matches!(fixed.clone().input(0.5), Err(Error::Shape { .. })));
        let fixed = fixed.input_mask(0.5, mask).unwrap();
        assert_eq!(at_0(&fixed).logits(&network, data.x(), STEP), Ok(masked));
        assert_eq!(fixed.input_keep_prob(), 0.5);
        for bad in [0.0, 1.5, f64::NAN] {
            let refused = fresh(&[1.0, 1.0], 1).input(bad);
            assert!(matches!(refused, Err(Error::OutOfRange { .. })));
        }
        let few = fixed
            .input_mask(0.5, Array2::from_elem((2, 29), true))
            .unwrap();
        let refused = at_0(&few).cost(&network, &data, STEP);
        assert!(matches!(
            refused,
            Err(Error::Shape {
                what: "mask of the inputs",
                ..
            })
        ));
    }

    #[test]
    fn probabilities_are_read_back() {
        assert_eq!(fresh(&[0.25, 0.75], 1).keep_prob(), [0.25, 0.75]);
        assert_eq!(fresh(&[0.25, 0.75], 1).input_keep_prob(), 1.0);
    }

    #[test]
    fn masks_come_in_numpys_order() {
        let mut draws = rng(1);
        let mut expected = |units| Array2::from_shape_simple_fn((units, 5), || draws.rand() < 0.7);
        let expected = vec![expected(7), expected(3)];
        assert_eq!(masks(&[0.7, 0.7], &SIZES, 5, &mut rng(1)), Ok(expected));
    }

    #[test]
    fn refuses_probabilities_and_masks_that_make_no_sense() {
        for bad in [0.0, -0.1, 1.5, f64::NAN] {
            let mut untouched = rng(1);
            let refused = Dropout::fresh(&[0.5, bad], &mut untouched);
            assert!(matches!(refused, Err(Error::OutOfRange { .. })), "{bad}");
            assert_eq!(untouched, rng(1), "a failed call draws nothing");
            assert!(matches!(
                masks(&[0.5, bad], &SIZES, 5, &mut untouched),
                Err(Error::OutOfRange { .. })
            ));
            assert!(matches!(
                Dropout::fixed(&[bad], vec![]),
                Err(Error::OutOfRange { .. })
            ));
        }
        let mask = |units, examples| Array2::from_elem((units, examples), true);
        for bad in [vec![mask(7, 5)], vec![mask(7, 5), mask(3, 4)]] {
            let refused = Dropout::fixed(&[0.5, 0.5], bad);
            assert!(matches!(refused, Err(Error::Shape { .. })), "{refused:?}");
        }
    }

    #[test]
    fn refuses_what_does_not_fit_the_network_and_leaves_it_alone() {
        let data = circles(30, 0.05, &mut rng(1)).unwrap();
        let mask = |units| Array2::from_elem((units, 30), true);
        let too_few = fresh(&[0.5], 1);
        let wrong = Dropout::fixed(&[0.5, 0.5], vec![mask(7), mask(4)]).unwrap();
        let other_examples = Dropout::fixed(
            &[0.5; 2],
            vec![
                Array2::from_elem((7, 4), true),
                Array2::from_elem((3, 4), true),
            ],
        );
        for bad in [too_few, wrong, other_examples.unwrap()] {
            let mut network = network(Activation::Relu);
            assert!(matches!(
                at_0(&bad).cost(&network, &data, STEP),
                Err(Error::Shape { .. })
            ));
            assert!(matches!(
                at_0(&bad).gradients(&network, &data, STEP),
                Err(Error::Shape { .. })
            ));
            assert!(matches!(
                at_0(&bad).activations(&network, data.x(), STEP),
                Err(Error::Shape { .. })
            ));
            assert!(matches!(
                at_0(&bad).logits(&network, data.x(), STEP),
                Err(Error::Shape { .. })
            ));
            assert!(matches!(bad.masks(&SIZES, 30, 0), Err(Error::Shape { .. })));
            assert!(matches!(
                descent().dropout(bad).train(&mut network, &data),
                Err(Error::Shape { .. })
            ));
            assert_eq!(network, super::tests::network(Activation::Relu));
        }
        assert_eq!(
            fresh(&[0.5; 2], 1).masks(&SIZES, 0, 0),
            Err(Error::NoExamples)
        );
    }
}
