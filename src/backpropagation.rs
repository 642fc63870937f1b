//! Forward and backward propagation through a network of any depth.

use std::ptr;

use ndarray::{Array2, ArrayViewMut2, Axis, Slice};
#[cfg(not(target_arch = "wasm32"))]
use rayon::prelude::*;

use crate::activation::Activation;
use crate::data::dataset::Examples;
use crate::dropout::{Dropout, Thinning};
use crate::error::Error;
use crate::numerics::kernels::{
    Blocks, LANES, Lanes, add_outer, affine, apply_all, load, losses, output_error, sum_lanes,
    thin, times, times_derivative, transposed,
};
use crate::parameters::{Layer, Parameters, zeros};

// ANCHOR: chunking
/// The most examples that walk through the network together, and the least.
const CHUNK: (usize, usize) = (512, 32);
/// The most numbers that a layer's activations may take for them, all layers together: 4 MiB, so
/// that they stay in the CPU's caches.
const NUMBERS: usize = 1 << 19;
/// Chunks are gathered into at most so many segments, each of at least so many chunks.
const SEGMENTS: usize = 16;
const CHUNKS_OF_A_SEGMENT: usize = 8;

/// How examples are divided: by their number and the network's shape alone, never by the number of
/// threads, so that sums over examples are always added in the same order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Division {
    /// Examples that walk through the network together.
    chunk: usize,
    /// Examples whose gradients are summed one chunk after the other, by one thread.
    segment: usize,
}

impl Division {
    fn new(sizes: &[usize], examples: usize) -> Self {
        let units = sizes
            .iter()
            .fold(0, |sum: usize, units| sum.saturating_add(*units));
        let fitting = NUMBERS / units / CHUNK.1 * CHUNK.1;
        let chunk = fitting.clamp(CHUNK.1, CHUNK.0);
        let segments = (examples / (CHUNKS_OF_A_SEGMENT * chunk)).clamp(1, SEGMENTS);
        Self {
            chunk,
            segment: examples.div_ceil(segments).next_multiple_of(chunk),
        }
    }
}
// ANCHOR_END: chunking

/// The working memory of passes through a network; made once, used for every iteration.
pub(crate) struct Propagation<'e> {
    hidden: Activation,
    dropout: Option<&'e Dropout>,
    division: Division,
    segments: Vec<Segment<'e>>,
}

impl<'e> Propagation<'e> {
    /// Working memory for `parameters`' shape and at most `examples` examples. Units are dropped out
    /// in every pass, if in any.
    ///
    /// # Errors
    /// [`Error::TooLarge`] when there is not enough memory.
    pub fn new(
        parameters: &Parameters,
        hidden: Activation,
        examples: usize,
        dropout: Option<&'e Dropout>,
    ) -> Result<Self, Error> {
        let division = Division::new(&parameters.sizes(), examples);
        let segments = (0..examples.div_ceil(division.segment))
            .map(|_| Segment::new(parameters, examples.min(division.chunk), dropout.is_some()))
            .collect::<Result<_, Error>>()?;
        Ok(Self {
            hidden,
            dropout,
            division,
            segments,
        })
    }

    // ANCHOR: gradients
    /// The gradients of the cost by every parameter, and whether the cost is a finite number. What
    /// is dropped out depends on the step.
    pub fn gradients(
        &mut self,
        parameters: &Parameters,
        examples: Examples<'e>,
        step: usize,
    ) -> (&mut Parameters, bool) {
        let (hidden, chunk) = (self.hidden, self.division.chunk);
        let thinning = self.thinning(step);
        let share = 1.0 / examples.len() as f64;
        let segments = self.each_segment(examples, |segment, examples| {
            segment.gradients.fill(0.0);
            segment.finite = true;
            for examples in examples.chunks(chunk) {
                segment.forward(parameters, hidden, examples, thinning);
                segment.output_error(examples.y, share);
                segment.backward(parameters, hidden, examples.len());
            }
        });
        let finite = segments.iter().all(|segment| segment.finite);
        let (first, rest) = segments.split_at_mut(1);
        for segment in rest {
            first[0].gradients.add_scaled(1.0, &segment.gradients);
        }
        (&mut first[0].gradients, finite)
    }
    // ANCHOR_END: gradients

    /// The cost J: the mean cross-entropy over all examples.
    pub fn cost(&mut self, parameters: &Parameters, examples: Examples<'e>, step: usize) -> f64 {
        let (hidden, chunk) = (self.hidden, self.division.chunk);
        let thinning = self.thinning(step);
        let segments = self.each_segment(examples, |segment, examples| {
            segment.losses = [0.0; LANES];
            for examples in examples.chunks(chunk) {
                segment.forward(parameters, hidden, examples, thinning);
                segment.add_losses(examples.y);
            }
        });
        let mut sums = [0.0; LANES];
        for segment in segments {
            for (sum, loss) in sums.iter_mut().zip(segment.losses) {
                *sum += loss;
            }
        }
        sum_lanes(&sums) / examples.len() as f64
    }

    /// Every layer's activations, `(units, examples)`, thinned where units are dropped out; of the
    /// last layer, the logits. The examples' features lie one after the other in `x`.
    ///
    /// # Errors
    /// [`Error::TooLarge`] when there is not enough memory for them.
    pub fn activations(
        &mut self,
        parameters: &Parameters,
        x: &'e [f64],
        step: usize,
    ) -> Result<Vec<Array2<f64>>, Error> {
        let thinning = self.thinning(step);
        let features = parameters.layers()[0].w.ncols();
        let examples = x.len() / features;
        let mut all: Vec<Array2<f64>> = parameters
            .layers()
            .iter()
            .map(|layer| zeros("activations", layer.w.nrows(), examples))
            .collect::<Result<_, Error>>()?;
        let chunk = self.division.chunk;
        for (index, x) in x.chunks(chunk * features).enumerate() {
            let first = index * chunk;
            let segment = &mut self.segments[0];
            segment.forward(
                parameters,
                self.hidden,
                Examples { first, x, y: &[] },
                thinning,
            );
            let columns = Slice::from(first..examples.min(first + chunk));
            for (layer, all) in all.iter_mut().enumerate() {
                let a = segment.inputs(layer + 1);
                store(a, all.slice_axis_mut(Axis(1), columns));
            }
        }
        Ok(all)
    }

    fn thinning(&self, step: usize) -> Option<Thinning<'e>> {
        self.dropout.map(|dropout| Thinning { dropout, step })
    }

    /// Has each segment do its part of the work, side by side where there is more than one; returns
    /// those that had one.
    fn each_segment(
        &mut self,
        examples: Examples<'e>,
        work: impl Fn(&mut Segment<'e>, Examples<'e>) + Sync,
    ) -> &mut [Segment<'e>] {
        let size = self.division.segment;
        let segments = &mut self.segments[..examples.len().div_ceil(size)];
        match segments {
            [segment] => work(segment, examples),
            _ => side_by_side(segments, examples, size, work),
        }
        segments
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn side_by_side<'e>(
    segments: &mut [Segment<'e>],
    examples: Examples<'e>,
    size: usize,
    work: impl Fn(&mut Segment<'e>, Examples<'e>) + Sync,
) {
    segments
        .par_iter_mut()
        .zip(examples.par_chunks(size))
        .for_each(|(segment, examples)| work(segment, examples));
}

/// One segment after the other: a page's module has one thread.
#[cfg(target_arch = "wasm32")]
fn side_by_side<'e>(
    segments: &mut [Segment<'e>],
    examples: Examples<'e>,
    size: usize,
    work: impl Fn(&mut Segment<'e>, Examples<'e>) + Sync,
) {
    for (segment, examples) in segments.iter_mut().zip(examples.chunks(size)) {
        work(segment, examples);
    }
}

/// What one thread works with, and what comes of it.
struct Segment<'e> {
    /// The inputs that are in `a`: few examples need be brought there only once.
    loaded: &'e [f64],
    /// The chunk's inputs, then every layer's activations; of the last layer, the logits.
    a: Vec<Blocks>,
    /// The derivatives of the cost by every layer's weighted sums z.
    dz: Vec<Blocks>,
    /// Of every hidden layer, where units are dropped out.
    thinned: Vec<Thinned>,
    gradients: Parameters,
    losses: Lanes,
    finite: bool,
}

/// A hidden layer of which some units are dropped out.
struct Thinned {
    /// 0 for a unit that is dropped, else what makes up for those that are.
    factors: Blocks,
    /// The activations times the factors; `a` keeps them as they were, to derive from.
    a: Blocks,
}

impl<'e> Segment<'e> {
    fn new(parameters: &Parameters, examples: usize, thinned: bool) -> Result<Self, Error> {
        let blocks = examples.div_ceil(LANES);
        let room = |units: &usize| Blocks::new(blocks, *units);
        let sizes = parameters.sizes();
        let hidden: &[usize] = match thinned {
            true => &sizes[1..sizes.len() - 1],
            false => &[],
        };
        let thinned = |units: &usize| -> Result<Thinned, Error> {
            let (factors, a) = (room(units)?, room(units)?);
            Ok(Thinned { factors, a })
        };
        Ok(Self {
            loaded: &[],
            a: sizes.iter().map(room).collect::<Result<_, Error>>()?,
            dz: sizes[1..].iter().map(room).collect::<Result<_, Error>>()?,
            thinned: hidden.iter().map(thinned).collect::<Result<_, Error>>()?,
            gradients: Parameters::zeros(&sizes)?,
            losses: [0.0; LANES],
            finite: true,
        })
    }

    // ANCHOR: forward
    /// a = g(W a + b), layer after layer; the last layer keeps its logits z = W a + b.
    fn forward(
        &mut self,
        parameters: &Parameters,
        hidden: Activation,
        examples: Examples<'e>,
        thinning: Option<Thinning<'_>>,
    ) {
        let layers = parameters.layers();
        let features = layers[0].w.ncols();
        let blocks = (examples.x.len() / features).div_ceil(LANES);
        if !ptr::eq(examples.x, self.loaded) {
            load(examples.x, features, self.a[0].first_mut(blocks));
            self.loaded = examples.x;
        }
        for (index, layer) in layers.iter().enumerate() {
            let (before, after) = self.a.split_at_mut(index + 1);
            let a = thinned(&self.thinned, index).map_or(&before[index], |layer| &layer.a);
            let (a, z) = (a.first(blocks), after[0].first_mut(blocks));
            let (w, b) = slices(layer);
            affine(w, b, a, z);
            if index + 1 == layers.len() {
                return;
            }
            apply_all(hidden, z.as_flattened_mut());
            if let Some(thinning) = thinning {
                self.thinned[index].thin(thinning, index, examples.first, z);
            }
        }
    }
    // ANCHOR_END: forward

    /// dZ of the last layer; lanes without an example get 0.
    fn output_error(&mut self, y: &[f64], share: f64) {
        let blocks = y.len().div_ceil(LANES);
        let (Some(z), Some(dz)) = (self.a.last(), self.dz.last_mut()) else {
            return;
        };
        let (z, dz) = (z.first(blocks), dz.first_mut(blocks));
        let (dz, rest) = dz.as_flattened_mut().split_at_mut(y.len());
        output_error(z.as_flattened(), y, share, dz, &mut self.finite);
        rest.fill(0.0);
    }

    /// Adds the examples' losses to the lanes that they are in.
    fn add_losses(&mut self, y: &[f64]) {
        let blocks = y.len().div_ceil(LANES);
        let (Some(z), Some(dz)) = (self.a.last(), self.dz.last_mut()) else {
            return;
        };
        // The derivatives are not needed while there is only a cost to be found.
        let room = &mut dz.first_mut(blocks).as_flattened_mut()[..y.len()];
        losses(z.first(blocks).as_flattened(), y, room);
        for block in room.chunks(LANES) {
            for (sum, loss) in self.losses.iter_mut().zip(block) {
                *sum += loss;
            }
        }
    }

    // ANCHOR: backward
    /// dW = dZ Aᵀ, db = Σ dZ, and dZ of the layer before = Wᵀ dZ ∘ g′, from the last layer back.
    fn backward(&mut self, parameters: &Parameters, hidden: Activation, examples: usize) {
        let blocks = examples.div_ceil(LANES);
        for (index, layer) in parameters.layers().iter().enumerate().rev() {
            let (before, after) = self.dz.split_at_mut(index);
            let dz = after[0].first(blocks);
            let (dw, db) = slices_mut(&mut self.gradients.layers_mut()[index]);
            let thinned = thinned(&self.thinned, index);
            let input = thinned.map_or(&self.a[index], |layer| &layer.a);
            add_outer(dz, input.first(blocks), dw, db);
            if let Some(da) = before.last_mut() {
                let da = da.first_mut(blocks);
                transposed(slices(layer).0, dz, da, layer.w.nrows());
                if let Some(thinned) = thinned {
                    let factors = thinned.factors.first(blocks);
                    times(da.as_flattened_mut(), factors.as_flattened());
                }
                let a = self.a[index].first(blocks);
                times_derivative(hidden, da.as_flattened_mut(), a.as_flattened());
            }
        }
    }
    // ANCHOR_END: backward

    /// What the layer of this index has for its inputs; past the last layer, the logits.
    fn inputs(&self, layer: usize) -> &Blocks {
        thinned(&self.thinned, layer).map_or(&self.a[layer], |layer| &layer.a)
    }
}

/// The hidden layer that the layer of this index has for its inputs, if units of it are dropped out.
fn thinned(hidden: &[Thinned], layer: usize) -> Option<&Thinned> {
    hidden.get(layer.checked_sub(1)?)
}

impl Thinned {
    /// Drops units of a layer's activations `a`, for examples from number `first` on.
    fn thin(&mut self, thinning: Thinning<'_>, layer: usize, first: usize, a: &[Lanes]) {
        let units = self.a.units();
        let blocks = a.len() / units;
        let (factors, thinned) = (self.factors.first_mut(blocks), self.a.first_mut(blocks));
        thinning.factors(layer, first, units, factors);
        thin(
            a.as_flattened(),
            factors.as_flattened(),
            thinned.as_flattened_mut(),
        );
    }
}

/// A layer's weights, row by row, and its biases. [`Parameters`] keeps both contiguous.
fn slices(layer: &Layer) -> (&[f64], &[f64]) {
    (
        layer.w.as_slice().unwrap_or_default(),
        layer.b.as_slice().unwrap_or_default(),
    )
}

fn slices_mut(layer: &mut Layer) -> (&mut [f64], &mut [f64]) {
    (
        layer.w.as_slice_mut().unwrap_or_default(),
        layer.b.as_slice_mut().unwrap_or_default(),
    )
}

/// The activations of a chunk's examples, taken out of their blocks.
fn store(a: &Blocks, mut out: ArrayViewMut2<'_, f64>) {
    let (units, examples) = out.dim();
    let a = a.first(examples.div_ceil(LANES));
    for (example, mut column) in out.columns_mut().into_iter().enumerate() {
        let block = &a[example / LANES * units..][..units];
        for (out, a) in column.iter_mut().zip(block) {
            *out = a[example % LANES];
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};
    use proptest::prelude::*;

    use super::Division;
    use crate::prelude::*;

    /// A network with random weights *and* biases, so that no unit sits on ReLU's kink.
    fn network(sizes: &[usize], activation: Activation, seed: u32) -> Network {
        let mut rng = RandomState::new(seed);
        let zeros = Parameters::zeros(sizes).unwrap();
        let theta = Array1::from_shape_simple_fn(zeros.len(), || 0.7 * rng.randn());
        Network::from_parameters(zeros.with_theta(&theta).unwrap()).with_activation(activation)
    }

    /// The two-sided difference of the cost for each parameter.
    fn numerical_gradients(network: &Network, data: &Dataset, step: f64) -> Array1<f64> {
        let theta = network.parameters().to_theta();
        let cost_at = |index: usize, shift: f64| {
            let mut shifted = theta.clone();
            shifted[index] += shift;
            let parameters = network.parameters().with_theta(&shifted).unwrap();
            let network =
                Network::from_parameters(parameters).with_activation(network.activation());
            network.cost(data).unwrap()
        };
        Array1::from_shape_fn(theta.len(), |index| {
            (cost_at(index, step) - cost_at(index, -step)) / (2.0 * step)
        })
    }

    fn norm(v: &Array1<f64>) -> f64 {
        v.iter().map(|v| v * v).sum::<f64>().sqrt()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn gradients_equal_numerical_ones(
            hidden in prop::collection::vec(1..7usize, 0..5),
            which in 0..4usize,
            examples in 2..40usize,
            seed in 0..1_000_000u32,
        ) {
            let activation = [Activation::Sigmoid, Activation::Tanh, Activation::Relu, Activation::Identity][which];
            let sizes: Vec<usize> = [vec![2], hidden, vec![1]].concat();
            let data = moons(examples, 0.2, &mut RandomState::new(seed)).unwrap();
            let network = network(&sizes, activation, seed);
            let exact = network.gradients(&data).unwrap().to_theta();
            let near = numerical_gradients(&network, &data, 1e-5);
            let difference = norm(&(&exact - &near)) / (norm(&exact) + norm(&near));
            // A step across ReLU's kink changes the slope within the difference; halving the step
            // moves such a crossing away, a wrong gradient stays wrong.
            let nearer = numerical_gradients(&network, &data, 1e-6);
            let again = norm(&(&exact - &nearer)) / (norm(&exact) + norm(&nearer));
            prop_assert!(difference.min(again) < 1e-7, "{difference:e}, {again:e} for {sizes:?} {activation:?}");
        }
    }

    #[test]
    fn examples_are_divided_by_their_number_and_the_shape() {
        let division = |sizes: &[usize], examples| {
            let Division { chunk, segment } = Division::new(sizes, examples);
            (chunk, segment)
        };
        assert_eq!(division(&[2, 10, 5, 1], 1), (512, 512));
        assert_eq!(division(&[2, 10, 5, 1], 8_191), (512, 8_192));
        assert_eq!(division(&[2, 10, 5, 1], 8_192), (512, 4_096));
        assert_eq!(division(&[2, 10, 5, 1], 1_000_000), (512, 62_976));
        assert_eq!(division(&[12_288, 25, 12, 1], 1_080), (32, 288));
        assert_eq!(division(&[usize::MAX, usize::MAX], 3), (32, 32));
    }

    #[test]
    fn examples_beyond_one_segment_count_like_the_others() {
        // Two orders of summing 9001 losses.
        check_cost_and_gradients(9_001, 1e-12);
    }

    #[test]
    fn examples_beyond_one_chunk_count_like_the_others() {
        // Two orders of summing 1301 losses.
        check_cost_and_gradients(1_301, 1e-13);
    }

    fn check_cost_and_gradients(examples: usize, tolerance: f64) {
        let data = circles(examples, 0.1, &mut RandomState::new(4)).unwrap();
        let network = network(&[2, 3, 1], Activation::Tanh, 1);
        let losses = network
            .logits(data.x())
            .unwrap()
            .iter()
            .zip(data.y())
            .map(|(z, y)| crate::output::cross_entropy(*z, *y))
            .sum::<f64>();
        assert!((network.cost(&data).unwrap() - losses / examples as f64).abs() < tolerance);
        let exact = network.gradients(&data).unwrap().to_theta();
        let near = numerical_gradients(&network, &data, 1e-5);
        assert!(norm(&(&exact - &near)) / norm(&exact) < 1e-7);
    }

    #[test]
    fn a_gradient_is_the_mean_of_the_examples_gradients() {
        let network = network(&[2, 4, 3, 1], Activation::Relu, 2);
        let data = moons(11, 0.2, &mut RandomState::new(4)).unwrap();
        let mut sum = Array1::zeros(network.parameters().len());
        for (x, y) in data.x().columns().into_iter().zip(data.y()) {
            let x = x.to_owned().into_shape_with_order((2, 1)).unwrap();
            let one = Dataset::new(x, array![[*y]]).unwrap();
            sum += &network.gradients(&one).unwrap().to_theta();
        }
        let all = network.gradients(&data).unwrap().to_theta();
        assert!(norm(&(&sum / 11.0 - &all)) < 1e-15);
    }
}
