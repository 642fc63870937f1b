//! Forward and backward propagation through a network of any depth.

use std::iter;

use ndarray::{Array2, ArrayViewMut2, Axis, Slice};
#[cfg(not(target_arch = "wasm32"))]
use rayon::prelude::*;

use crate::batch_norm::{self, Over};
use crate::data::batch::{Batch, Place};
use crate::dropout::{Dropout, Masking};
use crate::error::Error;
use crate::network::{Mode, Network};
use crate::numerics::kernels::{
    Blocks, FEW_WEIGHTS, LANES, Lanes, PANEL, add_outer, add_outer_rows, add_to_sums, add_totals,
    affine, affine_rows, apply_all, load, mask, room, sum_lanes, times, times_derivative,
    transposed,
};
use crate::numerics::memory::zeros;
use crate::output::{Output, losses, output_error};
use crate::parameters::Parameters;
use crate::softmax::{add_softmax_losses, softmax_error};

// ANCHOR: chunking
/// The most examples that walk through the network together, and the least.
const CHUNK: (usize, usize) = (512, 32);
/// The most numbers that their activations may take in all layers together: 4 MiB, so that they
/// stay in the CPU's caches.
const NUMBERS: usize = 1 << 19;
/// The most segments that chunks are gathered into, and the fewest chunks of a segment.
const SEGMENTS: usize = 16;
const CHUNKS_OF_A_SEGMENT: usize = 8;

/// How examples are divided: by their number and the network's shape alone, never by the number
/// of threads, so that sums over examples are always added in the same order.
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

    /// All examples together: each layer needs the mean and variance of all before the next.
    fn whole(examples: usize) -> Self {
        Self {
            chunk: examples,
            segment: examples,
        }
    }
}
// ANCHOR_END: chunking

/// What a pass goes through, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pass<'p> {
    pub network: &'p Network,
    /// What drops units out in training.
    pub dropout: Option<&'p Dropout>,
    pub mode: Mode,
}

impl<'p> Pass<'p> {
    /// The masks of the pass, if it has any.
    pub fn masking(self) -> Option<Masking<'p>> {
        match self.mode {
            Mode::Training { step } => {
                let dropout = self.dropout?;
                Some(Masking { dropout, step })
            }
            Mode::Inference => None,
        }
    }

    /// Whether what becomes of an example depends on the others.
    fn couples_examples(self) -> bool {
        self.network.batch_norm().is_some() && self.mode != Mode::Inference
    }

    /// What the layer of this index is normalized over, in a batch of `examples`.
    fn over(self, layer: usize, examples: usize) -> Option<Over<'p>> {
        let statistics = self.network.statistics(layer)?;
        Some(match self.mode {
            Mode::Training { .. } => Over::Batch { examples },
            Mode::Inference => Over::Running(statistics),
        })
    }
}

/// The working memory of passes through a network of one shape; made once, used for every step.
///
/// All of its passes go through examples of one data set.
#[derive(Debug)]
pub(crate) struct Workspace {
    division: Division,
    segments: Vec<Segment>,
}

impl Workspace {
    /// Working memory for passes like this one, with at most `examples` examples.
    ///
    /// # Errors
    /// [`Error::TooLarge`] when there is not enough memory.
    pub fn new(pass: Pass<'_>, examples: usize) -> Result<Self, Error> {
        let division = match pass.couples_examples() {
            true => Division::whole(examples),
            false => Division::new(&pass.network.parameters().sizes(), examples),
        };
        let segments = (0..examples.div_ceil(division.segment))
            .map(|_| Segment::new(pass, examples.min(division.chunk)))
            .collect::<Result<_, Error>>()?;
        Ok(Self { division, segments })
    }

    // ANCHOR: gradients
    /// Finds the gradients of the mean cross-entropy by every parameter; returns whether
    /// every logit is a finite number.
    pub fn find_gradients(&mut self, pass: Pass<'_>, batch: Batch<'_>) -> bool {
        let chunk = self.division.chunk;
        let share = 1.0 / batch.len() as f64;
        let segments = self.each_segment(batch, |segment, batch| {
            segment.clear();
            for examples in batch.chunks(chunk) {
                segment.load(examples);
                for strip in segment.strips(examples) {
                    segment.forward(pass, strip);
                    segment.output_error(strip, share);
                    segment.backward(pass, strip);
                }
                segment.add_totals();
            }
        });
        let finite = segments.iter().all(|segment| segment.finite);
        let (first, rest) = segments.split_at_mut(1);
        for segment in rest {
            first[0].gradients.add_scaled(1.0, &segment.gradients);
        }
        finite
    }
    // ANCHOR_END: gradients

    /// The gradients that were found last.
    pub fn gradients_mut(&mut self) -> &mut Parameters {
        &mut self.segments[0].gradients
    }

    /// Whether so many examples walk through the network all together.
    pub fn is_one_chunk(&self, examples: usize) -> bool {
        examples <= self.division.chunk
    }

    /// The mean cross-entropy over all examples.
    pub fn cost(&mut self, pass: Pass<'_>, batch: Batch<'_>) -> f64 {
        let chunk = self.division.chunk;
        let segments = self.each_segment(batch, |segment, batch| {
            segment.losses = [0.0; LANES];
            for examples in batch.chunks(chunk) {
                segment.load(examples);
                for strip in segment.strips(examples) {
                    segment.forward(pass, strip);
                    segment.add_losses(strip);
                }
            }
        });
        let mut sums = [0.0; LANES];
        for segment in segments {
            for (sum, loss) in sums.iter_mut().zip(segment.losses) {
                *sum += loss;
            }
        }
        sum_lanes(&sums) / batch.len() as f64
    }

    /// Every layer's activations, `(units, examples)`, masked where units are dropped out; of the
    /// last layer, the logits. The examples' features lie one after the other in `x`.
    ///
    /// # Errors
    /// [`Error::TooLarge`] when there is not enough memory for them.
    pub fn activations(&mut self, pass: Pass<'_>, x: &[f64]) -> Result<Vec<Array2<f64>>, Error> {
        let parameters = pass.network.parameters();
        let batch = Batch::all(x, &[], parameters.layers()[0].w.ncols());
        let mut all: Vec<Array2<f64>> = parameters
            .layers()
            .iter()
            .map(|layer| zeros("activations", layer.w.nrows(), batch.len()))
            .collect::<Result<_, Error>>()?;
        let segment = &mut self.segments[0];
        for examples in batch.chunks(self.division.chunk) {
            segment.load(examples);
            for strip in segment.strips(examples) {
                segment.forward(pass, strip);
                let first = strip.examples.first();
                let columns = Slice::from(first..first + strip.examples.len());
                for (layer, all) in all.iter_mut().enumerate() {
                    let a = segment.inputs(layer + 1);
                    store(a, all.slice_axis_mut(Axis(1), columns));
                }
            }
        }
        Ok(all)
    }

    /// Takes the batch of the last pass into the running averages of its network.
    pub fn update_statistics(&self, network: &mut Network) {
        let Some(norm) = network.batch_norm() else {
            return;
        };
        for (layer, statistics) in network.statistics_mut() {
            if let Some(normalized) = &self.segments[0].normalized[layer] {
                normalized.norm.update(norm, statistics);
            }
        }
    }

    /// Has each segment do its part of the work, side by side where there is more than one; returns
    /// those that had one.
    fn each_segment(
        &mut self,
        batch: Batch<'_>,
        work: impl Fn(&mut Segment, Batch<'_>) + Sync,
    ) -> &mut [Segment] {
        let size = self.division.segment;
        let segments = &mut self.segments[..batch.len().div_ceil(size)];
        match segments {
            [segment] => work(segment, batch),
            _ => side_by_side(segments, batch, size, work),
        }
        segments
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn side_by_side(
    segments: &mut [Segment],
    batch: Batch<'_>,
    size: usize,
    work: impl Fn(&mut Segment, Batch<'_>) + Sync,
) {
    segments
        .par_iter_mut()
        .enumerate()
        .for_each(|(index, segment)| work(segment, batch.part(index * size, size)));
}

/// One segment after the other: a page's module has one thread.
#[cfg(target_arch = "wasm32")]
fn side_by_side(
    segments: &mut [Segment],
    batch: Batch<'_>,
    size: usize,
    work: impl Fn(&mut Segment, Batch<'_>) + Sync,
) {
    for (index, segment) in segments.iter_mut().enumerate() {
        work(segment, batch.part(index * size, size));
    }
}

/// Examples that go forward and backward before the next ones.
#[derive(Debug, Clone, Copy)]
struct Strip<'a> {
    examples: Batch<'a>,
    /// The chunk's block that they begin with.
    block: usize,
}

impl Strip<'_> {
    fn blocks(self) -> usize {
        self.examples.len().div_ceil(LANES)
    }
}

/// For each weight and bias of a layer eight sums of every eighth example.
#[derive(Debug)]
struct Sums {
    w: Blocks,
    b: Blocks,
}

impl Sums {
    /// Zeros; none for a layer with so many weights that their sums would leave the nearest cache.
    fn new(units: usize, inputs: usize) -> Result<Option<Self>, Error> {
        if !is_small(units, inputs) {
            return Ok(None);
        }
        Ok(Some(Self {
            w: Blocks::new(units, inputs)?,
            b: Blocks::new(units, 1)?,
        }))
    }
}

/// What one thread works with, and what comes of it.
#[derive(Debug)]
struct Segment {
    /// The inputs that are in `a`: few examples need be brought there only once.
    loaded: Option<Place>,
    /// The chunk's labels; lanes without an example hold −1.
    labels: Blocks,
    /// The chunk's inputs, or room for a panel of them, then every layer's activations of a strip; of the
    /// last layer, the logits.
    a: Vec<Blocks>,
    /// The derivatives of the cost by every layer's weighted sums z.
    dz: Vec<Blocks>,
    /// Of the inputs and every hidden layer, where units are dropped out.
    masked: Vec<Option<Masked>>,
    /// Of every layer, where it is normalized.
    normalized: Vec<Option<Normalized>>,
    gradients: Parameters,
    /// The most examples of a strip.
    strip: usize,
    /// Of each layer that has few weights.
    sums: Vec<Option<Sums>>,
    /// What passes work in.
    room: Blocks,
    /// Whether each dW has still what it had before the pass, and counts as 0.
    fresh: bool,
    losses: Lanes,
    finite: bool,
}

/// A layer of which some units are dropped out.
#[derive(Debug)]
struct Masked {
    /// 0 for a unit that is dropped, else what makes up for those that are.
    factors: Blocks,
    /// The activations times the factors; `a` keeps them as they were, to derive from.
    a: Blocks,
}

/// A layer under batch normalization.
#[derive(Debug)]
struct Normalized {
    norm: batch_norm::Workspace,
    /// The weighted sums without their mean and variance.
    z_hat: Blocks,
    /// Where the derivatives by biases go that it does not have.
    unused: Vec<f64>,
}

impl Segment {
    fn new(pass: Pass<'_>, examples: usize) -> Result<Self, Error> {
        let parameters = pass.network.parameters();
        let sizes = parameters.sizes();
        let strip = match pass.couples_examples() {
            true => examples,
            false => strip(parameters, examples),
        };
        let blocks = strip.min(examples).div_ceil(LANES);
        let units = |units: &usize| Blocks::new(blocks, *units);
        let masked = |(place, units): (usize, &usize)| Masked::new(pass, place, blocks, *units);
        let normalized = |(layer, units): (usize, &usize)| -> Result<Option<Normalized>, Error> {
            let statistics = pass.network.statistics(layer);
            let new = statistics.map(|_| Normalized::new(blocks, *units));
            new.transpose()
        };
        let places = sizes[..sizes.len() - 1].iter().enumerate();
        let layers = sizes[1..].iter().enumerate();
        let chunk = examples.div_ceil(LANES);
        let inputs = iter::once(Blocks::new(chunk, sizes[0]));
        let sums = sizes.windows(2).map(|sizes| Sums::new(sizes[1], sizes[0]));
        let rooms = sizes
            .windows(2)
            .map(|sizes| match is_small(sizes[1], sizes[0]) {
                true => sizes[1].min(PANEL),
                false => room(blocks, sizes[1]).max(PANEL),
            });
        Ok(Self {
            strip,
            sums: sums.collect::<Result<_, Error>>()?,
            room: Blocks::new(1, rooms.max().unwrap_or_default())?,
            loaded: None,
            labels: Blocks::new(chunk, 1)?,
            a: inputs
                .chain(sizes[1..].iter().map(units))
                .collect::<Result<_, Error>>()?,
            dz: sizes[1..].iter().map(units).collect::<Result<_, Error>>()?,
            masked: places.map(masked).collect::<Result<_, Error>>()?,
            normalized: layers.map(normalized).collect::<Result<_, Error>>()?,
            gradients: parameters.zeros_like(),
            fresh: false,
            losses: [0.0; LANES],
            finite: true,
        })
    }

    /// Brings a chunk's inputs and labels where the passes find them.
    fn load(&mut self, examples: Batch<'_>) {
        let place = examples.place();
        if place.is_some() && place == self.loaded {
            return;
        }
        let blocks = examples.len().div_ceil(LANES);
        if !self.reads_in_place(examples) {
            load(examples.rows(), self.a[0].first_mut(blocks));
        }
        examples.load_labels(self.labels.first_mut(blocks));
        self.loaded = place;
    }

    /// The chunk, a strip at a time.
    fn strips<'a>(&self, chunk: Batch<'a>) -> impl Iterator<Item = Strip<'a>> + use<'a> {
        let size = self.strip;
        (0..chunk.len()).step_by(size).map(move |from| Strip {
            examples: chunk.part(from, size),
            block: from / LANES,
        })
    }

    /// Adds what the strips of a chunk have summed to the gradients.
    fn add_totals(&mut self) {
        for (layer, sums) in self.sums.iter_mut().enumerate() {
            if let Some(Sums { w, b }) = sums {
                let (dw, mut db, _) = self.gradients.layer_slices_mut(layer);
                if let Some(normalized) = &mut self.normalized[layer] {
                    db = &mut normalized.unused;
                }
                add_totals(w.first_mut(db.len()), dw, self.fresh);
                add_totals(b.first_mut(db.len()), db, false);
            }
        }
        self.fresh = false;
    }

    /// Sets to 0 what is added to, apart from each dW, which the first chunk's pass sets to 0 on its way.
    fn clear(&mut self) {
        self.finite = true;
        self.fresh = true;
        for layer in 0..self.gradients.depth() {
            let [_, b, gain] = self.gradients.parts_mut(layer);
            b.fill(0.0);
            gain.fill(0.0);
        }
    }

    /// Whether the first layer reads the inputs where they lie in the data set, and `a` does not have them.
    #[inline(always)]
    fn reads_in_place(&self, examples: Batch<'_>) -> bool {
        examples.are_few_and_wide() && self.masked[0].is_none()
    }

    /// a = g(W a + b), layer after layer; the last layer keeps its logits z = W a + b.
    fn forward(&mut self, pass: Pass<'_>, strip: Strip<'_>) {
        let (examples, blocks) = (strip.examples, strip.blocks());
        let in_place = self.reads_in_place(examples);
        let parameters = pass.network.parameters();
        let masking = pass.masking();
        for layer in 0..parameters.depth() {
            let (before, after) = self.a.split_at_mut(layer + 1);
            let z = after[0].first_mut(blocks);
            let (w, b, gain) = parameters.layer_slices(layer);
            let no_bias = self.normalized[layer].as_ref().map(|n| &n.norm.no_bias[..]);
            let bias = no_bias.unwrap_or(b);
            if layer == 0 && in_place {
                affine_rows(w, bias, examples.rows(), before[0].first_mut(blocks), z);
            } else {
                let from = if layer == 0 { strip.block } else { 0 };
                let mut input = before[layer].some(from, blocks);
                if let (Some(masked), Some(masking)) = (&mut self.masked[layer], masking) {
                    input = masked.mask(masking, layer, examples.first(), input);
                }
                affine(w, bias, input, z);
            }
            if let (Some(normalized), Some(gain)) = (&mut self.normalized[layer], gain) {
                normalized.forward(pass, layer, examples.len(), [gain, b], z);
            }
            if layer + 1 < parameters.depth() {
                apply_all(pass.network.activation(), z.as_flattened_mut());
            }
        }
    }

    /// dZ of the last layer; lanes without an example get 0.
    fn output_error(&mut self, strip: Strip<'_>, share: f64) {
        let (examples, blocks) = (strip.examples.len(), strip.blocks());
        let (z, dz) = (&self.a[self.dz.len()], &mut self.dz[self.a.len() - 2]);
        let units = z.units();
        let (z, dz) = (z.first(blocks), dz.first_mut(blocks));
        let labels = self.labels.some(strip.block, blocks);
        match Output::of_units(units) {
            Output::Sigmoid => {
                let (dz, rest) = dz.as_flattened_mut().split_at_mut(examples);
                let y = &labels.as_flattened()[..examples];
                output_error(z.as_flattened(), y, share, dz, &mut self.finite);
                rest.fill(0.0);
            }
            Output::Softmax => softmax_error(z, labels, share, dz, &mut self.finite),
        }
    }

    /// Adds the examples' losses to the lanes that they are in.
    fn add_losses(&mut self, strip: Strip<'_>) {
        let (examples, blocks) = (strip.examples.len(), strip.blocks());
        let (z, dz) = (&self.a[self.dz.len()], &mut self.dz[self.a.len() - 2]);
        let units = z.units();
        let (z, labels) = (z.first(blocks), self.labels.some(strip.block, blocks));
        // The derivatives are not needed while there is only a cost to be found.
        let room = dz.first_mut(blocks);
        if Output::of_units(units) == Output::Softmax {
            add_softmax_losses(z, labels, room, &mut self.losses);
            return;
        }
        let room = &mut room.as_flattened_mut()[..examples];
        losses(z.as_flattened(), &labels.as_flattened()[..examples], room);
        for block in room.chunks(LANES) {
            for (sum, loss) in self.losses.iter_mut().zip(block) {
                *sum += loss;
            }
        }
    }

    /// dW = dZ Aᵀ, db = Σ dZ, and dZ of the layer before = Wᵀ dZ ∘ g′, from the last layer back.
    fn backward(&mut self, pass: Pass<'_>, strip: Strip<'_>) {
        let (examples, blocks) = (strip.examples, strip.blocks());
        let in_place = self.reads_in_place(examples);
        let parameters = pass.network.parameters();
        for layer in (0..parameters.depth()).rev() {
            let (before, after) = self.dz.split_at_mut(layer);
            let dz = after[0].first_mut(blocks);
            let (w, _, gain) = parameters.layer_slices(layer);
            let (dw, mut db, d_gain) = self.gradients.layer_slices_mut(layer);
            if let (Some(norm), Some(gain), Some(d_gain)) =
                (&mut self.normalized[layer], gain, d_gain)
            {
                norm.backward(pass, layer, examples.len(), gain, dz, [d_gain, db]);
                db = &mut norm.unused;
            }
            let masked = self.masked[layer].as_ref();
            let input = masked.map_or(&self.a[layer], |masked| &masked.a);
            // The inputs are there for the whole chunk, but not if they are masked.
            let from = if layer == 0 && masked.is_none() {
                strip.block
            } else {
                0
            };
            if layer == 0 && in_place {
                add_outer_rows(dz, examples.rows(), dw, db, self.fresh);
            } else if let Some(Sums { w, b }) = &mut self.sums[layer] {
                let (of_w, of_b) = (w.first_mut(db.len()), b.first_mut(db.len()));
                add_to_sums(dz, input.some(from, blocks), of_w, of_b);
            } else if FEW_WEIGHTS < usize::MAX {
                let (input, room) = (input.some(from, blocks), self.room.first_mut(1));
                add_outer(dz, input, dw, db, self.fresh, room);
            }
            let Some(da) = before.last_mut() else {
                break;
            };
            let da = da.first_mut(blocks);
            let units = parameters.layers()[layer].w.nrows();
            transposed(w, dz, da, units, self.room.first_mut(1));
            if let Some(masked) = masked {
                let factors = masked.factors.first(blocks);
                times(da.as_flattened_mut(), factors.as_flattened());
            }
            let a = self.a[layer].first(blocks);
            let activation = pass.network.activation();
            times_derivative(activation, da.as_flattened_mut(), a.as_flattened());
        }
    }

    /// What the layer of this index has for its inputs; past the last layer, the logits.
    fn inputs(&self, layer: usize) -> &Blocks {
        let masked = self.masked.get(layer).and_then(Option::as_ref);
        masked.map_or(&self.a[layer], |masked| &masked.a)
    }
}

impl Masked {
    /// Memory for the masks of the inputs, which are place 0, or of a hidden layer; none if the pass has no masks
    /// there.
    fn new(
        pass: Pass<'_>,
        place: usize,
        blocks: usize,
        units: usize,
    ) -> Result<Option<Self>, Error> {
        let masks = |masking: Masking<'_>| place > 0 || masking.dropout.masks_inputs();
        if !pass.masking().is_some_and(masks) {
            return Ok(None);
        }
        Ok(Some(Self {
            factors: Blocks::new(blocks, units)?,
            a: Blocks::new(blocks, units)?,
        }))
    }

    /// Drops units of a layer's activations `a`, for examples from place `first` of the batch on.
    fn mask(&mut self, masking: Masking<'_>, place: usize, first: usize, a: &[Lanes]) -> &[Lanes] {
        let units = self.a.units();
        let blocks = a.len() / units;
        let (factors, masked) = (self.factors.first_mut(blocks), self.a.first_mut(blocks));
        masking.factors(place, first, units, factors);
        mask(
            a.as_flattened(),
            factors.as_flattened(),
            masked.as_flattened_mut(),
        );
        masked
    }
}

impl Normalized {
    fn new(blocks: usize, units: usize) -> Result<Self, Error> {
        Ok(Self {
            norm: batch_norm::Workspace::new(units),
            z_hat: Blocks::new(blocks, units)?,
            unused: vec![0.0; units],
        })
    }

    /// z ← γ ẑ + β.
    fn forward(
        &mut self,
        pass: Pass<'_>,
        layer: usize,
        examples: usize,
        gain_and_shift: [&[f64]; 2],
        z: &mut [Lanes],
    ) {
        let z_hat = self.z_hat.first_mut(examples.div_ceil(LANES));
        if let (Some(norm), Some(over)) = (pass.network.batch_norm(), pass.over(layer, examples)) {
            self.norm.forward(norm, over, gain_and_shift, z, z_hat);
        }
    }

    /// dz ← what it was by γ ẑ + β, by z.
    fn backward(
        &mut self,
        pass: Pass<'_>,
        layer: usize,
        examples: usize,
        gain: &[f64],
        dz: &mut [Lanes],
        gradients: [&mut [f64]; 2],
    ) {
        self.unused.fill(0.0);
        let z_hat = self.z_hat.first(examples.div_ceil(LANES));
        if let Some(over) = pass.over(layer, examples) {
            self.norm.backward(over, gain, z_hat, dz, gradients);
        }
    }
}

/// Whether a layer has so few weights that eight sums for each stay in the nearest cache.
fn is_small(units: usize, inputs: usize) -> bool {
    units.saturating_mul(inputs) <= FEW_WEIGHTS
}

/// The most numbers of a strip's activations and their derivatives: so many stay in the nearest cache.
const STRIP: usize = 6_144;

/// The examples of a strip: fewer than those of a chunk only where all layers have few weights.
fn strip(parameters: &Parameters, examples: usize) -> usize {
    let mut layers = parameters.layers().iter();
    if !layers.all(|layer| is_small(layer.w.nrows(), layer.w.ncols())) {
        return examples;
    }
    let units: usize = parameters.sizes().iter().sum();
    (STRIP / (2 * units * LANES)).max(2) * LANES
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
            let activation = [
                Activation::Sigmoid, Activation::Tanh, Activation::Relu, Activation::Identity,
            ][which];
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
            prop_assert!(
                difference.min(again) < 1e-7,
                "{difference:e}, {again:e} for {sizes:?} {activation:?}"
            );
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
