//! Dropout: at every step some units are left out, others each time.

use ndarray::{Array2, ArrayView2, Axis, Slice};
use rand::Rng;

use crate::backpropagation::Propagation;
use crate::data::dataset::Dataset;
use crate::error::Error;
use crate::network::Network;
use crate::numerics::kernels::{LANES, Lanes, draw};
use crate::numerics::philox::key;
use crate::numerics::random_state::uniform;
use crate::parameters::Parameters;

/// Which units take part in a step, for each example: of every hidden layer `(units, examples)`.
pub type Masks = Vec<Array2<bool>>;

/// Inverted dropout: a unit of a hidden layer takes part with probability `keep`, and its activation
/// is then divided by `keep`.
///
/// With a mask D of zeros and ones, a ← a ∘ D / keep after the activation function, and da ← da ∘ D / keep
/// on the way back. The division leaves each activation's expectation what it was, so a trained network
/// is used without dropout and without correction: [`Network`]'s own methods never drop a unit.
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
    keep: Vec<f64>,
    source: Source,
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
    /// Dropout with fresh masks at every step. `keep` has a probability in (0, 1] for each hidden layer;
    /// `rng` is asked for one seed, from which all masks follow.
    ///
    /// Masks are drawn by Philox4x32-10, a generator that computes the number for any step, unit and example directly
    /// (J. K. Salmon et al. 2011, doi:10.1145/2063384.2063405), so they do not depend on the number of threads. A unit is
    /// kept with a probability that is `keep` to within 2⁻³².
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a probability outside (0, 1].
    pub fn fresh(keep: &[f64], rng: &mut impl Rng) -> Result<Self, Error> {
        let keep = checked(keep)?;
        let seed = rng.next_u64();
        Ok(Self {
            keep,
            source: Source::Fresh { seed },
        })
    }

    /// Dropout with the same masks at every step: for each hidden layer `(units, examples)`, true where a
    /// unit takes part. To check gradients, or to see what comes of a frozen mask.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a probability outside (0, 1]; [`Error::Shape`] for masks that are not one
    /// for each probability, or not all for the same examples.
    pub fn fixed(keep: &[f64], masks: Masks) -> Result<Self, Error> {
        let keep = checked(keep)?;
        if masks.len() != keep.len() {
            return Err(Error::Shape {
                what: "masks",
                expected: format!("{}, one for each keep probability", keep.len()),
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
            keep,
            source: Source::Fixed(masks),
        })
    }

    /// The probability that a unit takes part, for each hidden layer.
    pub fn keep(&self) -> &[f64] {
        &self.keep
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
        let thinning = Thinning {
            dropout: self,
            step,
        };
        let hidden = hidden(sizes).iter().enumerate();
        Ok(hidden
            .map(|(layer, units)| {
                let mut factors = vec![[0.0; LANES]; units * examples.div_ceil(LANES)];
                thinning.factors(layer, 0, *units, &mut factors);
                Array2::from_shape_fn((*units, examples), |(unit, example)| {
                    factors[example / LANES * units + unit][example % LANES] != 0.0
                })
            })
            .collect())
    }

    /// The mean cross-entropy of the network thinned by the masks of a `step`.
    ///
    /// # Errors
    /// [`Error::Shape`] when the data do not fit the network or the masks.
    pub fn cost(&self, network: &Network, data: &Dataset, step: usize) -> Result<f64, Error> {
        let mut propagation = self.propagation(network, data)?;
        Ok(propagation.cost(network.parameters(), data.all(), step))
    }

    /// The gradients of [`cost`](Self::cost) by every parameter.
    ///
    /// # Errors
    /// As [`cost`](Self::cost).
    pub fn gradients(
        &self,
        network: &Network,
        data: &Dataset,
        step: usize,
    ) -> Result<Parameters, Error> {
        let mut propagation = self.propagation(network, data)?;
        let (gradients, _) = propagation.gradients(network.parameters(), data.all(), step);
        Ok(gradients.clone())
    }

    /// Every layer's activations with units dropped out, `(units, examples)`; the last are the
    /// probabilities. `x` is `(features, examples)`.
    ///
    /// # Errors
    /// [`Error::NoExamples`], [`Error::Shape`] or [`Error::NotFinite`] for an `x` that does not fit the network or
    /// the masks.
    pub fn activations(
        &self,
        network: &Network,
        x: ArrayView2<'_, f64>,
        step: usize,
    ) -> Result<Vec<Array2<f64>>, Error> {
        self.check_fit(network, x.ncols())?;
        network.activations_with(x, Some((self, step)))
    }

    /// The weighted sums of the last layer with units dropped out, before the sigmoid, `(1, examples)`. `x` is
    /// `(features, examples)`.
    ///
    /// # Errors
    /// As [`activations`](Self::activations).
    pub fn logits(
        &self,
        network: &Network,
        x: ArrayView2<'_, f64>,
        step: usize,
    ) -> Result<Array2<f64>, Error> {
        self.check_fit(network, x.ncols())?;
        let layers = network.propagate(x, Some((self, step)))?;
        Ok(layers.into_iter().next_back().unwrap_or_default())
    }

    /// Working memory for the network, which data and masks must fit.
    fn propagation(&self, network: &Network, data: &Dataset) -> Result<Propagation<'_>, Error> {
        network.check_fit(data)?;
        self.check_fit(network, data.examples())?;
        network.propagation(data.examples(), Some(self))
    }

    /// Refuses a network that this dropout is not for.
    pub(crate) fn check_fit(&self, network: &Network, examples: usize) -> Result<(), Error> {
        self.check(&network.parameters().sizes(), examples)
    }

    fn check(&self, sizes: &[usize], examples: usize) -> Result<(), Error> {
        if examples == 0 {
            return Err(Error::NoExamples);
        }
        let hidden = hidden(sizes);
        check_count(&self.keep, hidden)?;
        let Source::Fixed(masks) = &self.source else {
            return Ok(());
        };
        let shapes = hidden.iter().map(|units| (*units, examples));
        match shapes.zip(masks).find(|(shape, mask)| *shape != mask.dim()) {
            Some((shape, mask)) => Err(Error::Shape {
                what: "mask",
                expected: format!("{shape:?}, (units, examples)"),
                got: format!("{:?}", mask.dim()),
            }),
            None => Ok(()),
        }
    }
}

// ANCHOR: masks
/// Masks for a network of these layer `sizes`, from any generator: a unit takes part
/// where a uniform deviate is below its layer's `keep`.
///
/// Drawn layer by layer, row by row, as NumPy's `rand(units, examples) < keep`.
///
/// # Errors
/// [`Error::OutOfRange`] for a probability outside (0, 1]; [`Error::Shape`] for
/// probabilities that are not one for each hidden layer.
pub fn masks(
    keep: &[f64],
    sizes: &[usize],
    examples: usize,
    rng: &mut impl Rng,
) -> Result<Masks, Error> {
    let keep = checked(keep)?;
    let hidden = hidden(sizes);
    check_count(&keep, hidden)?;
    let layers = hidden.iter().zip(keep);
    Ok(layers
        .map(|(units, keep)| {
            Array2::from_shape_simple_fn((*units, examples), || uniform(rng) < keep)
        })
        .collect())
}
// ANCHOR_END: masks

/// The masks of one step, as the factors that a pass multiplies activations by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Thinning<'d> {
    /// What drops units out.
    pub dropout: &'d Dropout,
    /// The step, from 0.
    pub step: usize,
}

impl Thinning<'_> {
    // ANCHOR: factors
    /// 1/keep for each unit that takes part, 0 for the others, for examples from number
    /// `first` on. `layer` counts hidden layers from 0.
    pub fn factors(self, layer: usize, first: usize, units: usize, factors: &mut [Lanes]) {
        let keep = self.dropout.keep[layer];
        match &self.dropout.source {
            Source::Fresh { seed } => {
                let key = key(*seed, self.step, layer);
                draw(key, first, threshold(keep), 1.0 / keep, units, factors);
            }
            Source::Fixed(masks) => store(&masks[layer], first, 1.0 / keep, factors),
        }
    }
    // ANCHOR_END: factors
}

/// A number of 32 random bits is below it with the probability `keep`.
fn threshold(keep: f64) -> u64 {
    (keep * 4_294_967_296.0).ceil() as u64
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

fn check_count(keep: &[f64], hidden: &[usize]) -> Result<(), Error> {
    if keep.len() == hidden.len() {
        return Ok(());
    }
    Err(Error::Shape {
        what: "keep probabilities",
        expected: format!("{}, one for each hidden layer", hidden.len()),
        got: format!("{}", keep.len()),
    })
}

fn checked(keep: &[f64]) -> Result<Vec<f64>, Error> {
    match keep.iter().find(|keep| !(**keep > 0.0 && **keep <= 1.0)) {
        Some(&got) => Err(Error::OutOfRange {
            what: "keep probability",
            expected: "a number above 0 and at most 1",
            got,
        }),
        None => Ok(keep.to_vec()),
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
    use crate::numerics::random_state::RandomState;
    use crate::output::sigmoid;
    use crate::parameters::Layer;

    const SIZES: [usize; 4] = [2, 7, 3, 1];

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
                let cost = fixed.cost(&parts, &data, 99).unwrap();
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
        let activations = dropout.activations(&network, x.view(), 0).unwrap();
        assert_eq!(activations[0], array![[2.0, 0.0, 6.0], [4.0, 8.0, 0.0]]);
        let logits = dropout.logits(&network, x.view(), 0).unwrap();
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
        let thinned = fresh(&[0.6, 1.0], 4)
            .activations(&network, x.view(), 0)
            .unwrap();
        for (thinned, plain) in thinned[0].rows().into_iter().zip(plain) {
            let mean = thinned.mean().unwrap();
            // Four standard errors of the mean: a/keep with probability keep has variance a²(1/keep − 1).
            let error = plain.abs() * ((1.0 / 0.6 - 1.0) / n as f64).sqrt();
            assert!((mean - plain).abs() < 4.0 * error, "{mean}, {plain}");
        }
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
                bad.cost(&network, &data, 0),
                Err(Error::Shape { .. })
            ));
            assert!(matches!(
                bad.gradients(&network, &data, 0),
                Err(Error::Shape { .. })
            ));
            assert!(matches!(
                bad.activations(&network, data.x(), 0),
                Err(Error::Shape { .. })
            ));
            assert!(matches!(
                bad.logits(&network, data.x(), 0),
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
