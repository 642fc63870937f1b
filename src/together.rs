//! Many small networks trained at once, each to the bits that it comes to alone.
//!
//! A vector instruction works on eight numbers. A network alone has them from eight examples, and few
//! of its units or examples leave some of them idle. Here they come from eight networks of one shape:
//! each has a lane to itself, with weights, data, batches, learning rate and length of its own.

#[cfg(not(target_arch = "wasm32"))]
use rayon::prelude::*;

use crate::activation::Activation;
use crate::data::batch::Place;
use crate::dropout::Masking;
use crate::error::Error;
use crate::network::Network;
use crate::numerics::kernels::{Blocks, LANES, apply_all, mask, times, times_derivative};
use crate::numerics::stacked::{affine, find_infinite, outer, transposed};
use crate::output::{Output, output_error};
use crate::parameters::Parameters;
use crate::softmax::softmax_error;
use crate::training::{History, Run};

/// A run's network and history in the end, or the error that has ended it.
pub type Trained = Result<(Network, History), Error>;

/// The fewest networks for which lanes pay.
const FEWEST: usize = 6;
/// The most examples of a batch: more of them fill the lanes of one network, and the activations of
/// eight networks leave the CPU's nearest cache.
const MOST_EXAMPLES: usize = 32;

/// Takes each run to its end, as [`Training::train`](crate::training::Training::train) does; returns
/// what has become of them, in their order.
///
/// Runs of one shape (layer sizes, activation, examples in a batch) go together, eight at a time, on
/// as many threads as there are. Runs with more than 32 examples in a batch, with batch normalization
/// or with dropout of inputs are trained one by one. A run that ends, early or with an error, leaves
/// the others alone: what comes of a run never depends on them.
///
/// ```
/// use trainable::prelude::*;
/// use trainable::together::train_together;
///
/// let training = Training::new(Adam::new(0.01)).mini_batches(MiniBatches::of(20)).iterations(200);
/// let run = |seed| {
///     let data = circles(100, 0.05, &mut RandomState::new(seed))?;
///     let network = Network::new(&[2, 5, 1], Initialization::He, &mut RandomState::new(seed))?;
///     training.start(&network, &data)
/// };
/// let runs = (1..=8).map(run).collect::<Result<Vec<_>, Error>>()?;
/// for trained in train_together(runs) {
///     let (_, history) = trained?;
///     assert!(history.cost(100)? < history.cost(0)?);
/// }
/// # Ok::<(), Error>(())
/// ```
pub fn train_together(runs: Vec<Run>) -> Vec<Trained> {
    let mut groups: Vec<(Option<Shape>, Vec<Member>)> = Vec::new();
    for (place, run) in runs.into_iter().enumerate() {
        let shape = Shape::of(&run);
        let room = groups
            .iter_mut()
            .find(|(other, members)| shape.is_some() && *other == shape && members.len() < LANES);
        let member = Member {
            place,
            run,
            rate: f64::NAN,
            finite: true,
        };
        match room {
            Some((_, members)) => members.push(member),
            None => groups.push((shape, vec![member])),
        }
    }
    let mut trained = each(groups, |(shape, members)| train_group(shape, members));
    trained.sort_by_key(|(place, _)| *place);
    trained.into_iter().map(|(_, trained)| trained).collect()
}

#[cfg(not(target_arch = "wasm32"))]
fn each<T: Send, U: Send>(groups: Vec<T>, work: impl Fn(T) -> Vec<U> + Sync + Send) -> Vec<U> {
    groups.into_par_iter().flat_map_iter(work).collect()
}

/// One group after the other: a page's module has one thread.
#[cfg(target_arch = "wasm32")]
fn each<T, U>(groups: Vec<T>, work: impl Fn(T) -> Vec<U>) -> Vec<U> {
    groups.into_iter().flat_map(work).collect()
}

/// What runs that go together have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shape {
    sizes: Vec<usize>,
    activation: Activation,
    /// The most examples of a batch.
    examples: usize,
    dropout: bool,
}

impl Shape {
    /// A run's shape; none of one that is trained alone.
    fn of(run: &Run) -> Option<Self> {
        let network = run.network();
        let fits = run.fits_a_lane() && run.most_examples() <= MOST_EXAMPLES;
        fits.then(|| Self {
            sizes: network.parameters().sizes(),
            activation: network.activation(),
            examples: run.most_examples(),
            dropout: run.masking().is_some(),
        })
    }
}

/// A run of a group.
struct Member {
    /// Its place among all runs.
    place: usize,
    run: Run,
    /// Of the step that is being taken: its learning rate, and whether all logits are finite.
    rate: f64,
    finite: bool,
}

/// Takes runs of one shape to their ends.
fn train_group(shape: Option<Shape>, mut members: Vec<Member>) -> Vec<(usize, Trained)> {
    let mut trained = Vec::with_capacity(members.len());
    let few = members.len() < FEWEST;
    // Without memory for a stack there is still that of each run.
    let stack = shape.filter(|_| !few).map(|shape| Stack::new(&shape));
    if let Some(Ok(mut stack)) = stack {
        while members.len() >= FEWEST {
            step_together(&mut stack, &mut members, &mut trained);
        }
    }
    let left = members.into_iter();
    trained.extend(left.map(|member| (member.place, train_alone(member.run))));
    trained
}

fn train_alone(mut run: Run) -> Trained {
    while run.next_cost()?.is_some() {}
    Ok(run.end())
}

/// Takes a step of all members, but of those that end.
fn step_together(
    stack: &mut Stack,
    members: &mut Vec<Member>,
    trained: &mut Vec<(usize, Trained)>,
) {
    keep(members, trained, |member| member.run.goes_on());
    keep(members, trained, |member| {
        member.rate = member.run.begin_step()?;
        Ok(true)
    });
    if have_equal_batches(members) {
        stack.find_gradients(members);
    } else {
        for member in members.iter_mut() {
            member.finite = member.run.find_gradients();
        }
    }
    keep(members, trained, |member| {
        member.run.end_step(member.rate, member.finite)?;
        Ok(true)
    });
}

/// Ends the runs of those members that, as `go_on` says, do not go on.
fn keep(
    members: &mut Vec<Member>,
    trained: &mut Vec<(usize, Trained)>,
    mut go_on: impl FnMut(&mut Member) -> Result<bool, Error>,
) {
    let mut next = 0;
    while let Some(member) = members.get_mut(next) {
        let end = match go_on(member) {
            Ok(true) => {
                next += 1;
                continue;
            }
            Ok(false) => None,
            Err(error) => Some(error),
        };
        let Member { place, run, .. } = members.remove(next);
        trained.push((place, end.map_or_else(|| Ok(run.end()), Err)));
    }
}

/// Whether the next step has as many examples for each; the last batch of an epoch may have fewer.
fn have_equal_batches(members: &[Member]) -> bool {
    let mut lengths = members.iter().map(|member| member.run.batch().len());
    let first = lengths.next();
    lengths.all(|length| Some(length) == first)
}

/// Up to eight networks, one in each lane.
struct Stack {
    activation: Activation,
    layers: Vec<StackedLayer>,
    inputs: Blocks,
    /// Room for a network's masks of a layer.
    masks: Blocks,
    /// Those of examples that fill up the last eight are -1.
    labels: Blocks,
    /// Logits and their derivatives, example after example, where there are several of each.
    by_example: [Blocks; 2],
    /// Whose inputs and labels are there, where they stay from step to step.
    loaded: Option<Vec<Place>>,
}

/// A layer of each network.
struct StackedLayer {
    w: Blocks,
    b: Blocks,
    dw: Blocks,
    db: Blocks,
    /// The activations; of the last layer, the logits.
    a: Blocks,
    /// The derivatives of the cost by the weighted sums.
    dz: Blocks,
    /// Of a hidden layer under dropout.
    masked: Option<Masked>,
    units: usize,
}

/// What dropout makes of a layer's activations.
struct Masked {
    factors: Blocks,
    a: Blocks,
}

impl StackedLayer {
    fn new(shape: &Shape, index: usize) -> Result<Self, Error> {
        let (inputs, units) = (shape.sizes[index], shape.sizes[index + 1]);
        let examples = shape.examples.next_multiple_of(LANES);
        let room = || Blocks::new(examples, units);
        let is_masked = shape.dropout && index + 2 < shape.sizes.len();
        let masked = is_masked.then(|| {
            Ok::<_, Error>(Masked {
                factors: room()?,
                a: room()?,
            })
        });
        Ok(Self {
            w: Blocks::new(units, inputs)?,
            b: Blocks::new(units, 1)?,
            dw: Blocks::new(units, inputs)?,
            db: Blocks::new(units, 1)?,
            a: room()?,
            dz: room()?,
            masked: masked.transpose()?,
            units,
        })
    }

    /// What the next layer has for its inputs.
    fn output(&self) -> &Blocks {
        self.masked.as_ref().map_or(&self.a, |masked| &masked.a)
    }
}

impl Stack {
    fn new(shape: &Shape) -> Result<Self, Error> {
        let examples = shape.examples.next_multiple_of(LANES);
        let layers = (0..shape.sizes.len() - 1).map(|index| StackedLayer::new(shape, index));
        let classes = Output::classes(shape.sizes[shape.sizes.len() - 1]);
        let by_example = || Blocks::new(examples, classes);
        let most = shape.sizes.iter().copied().max().unwrap_or_default();
        Ok(Self {
            activation: shape.activation,
            layers: layers.collect::<Result<_, Error>>()?,
            masks: Blocks::new(examples / LANES, most)?,
            inputs: Blocks::new(examples, shape.sizes[0])?,
            labels: Blocks::new(examples, 1)?,
            by_example: [by_example()?, by_example()?],
            loaded: None,
        })
    }

    /// Finds the gradients of the members' next batches, which have as many examples each.
    fn find_gradients(&mut self, members: &mut [Member]) {
        let Some(first) = members.first() else {
            return;
        };
        let examples = first.run.batch().len();
        self.load(members, examples);
        for (lane, member) in members.iter().enumerate() {
            self.take_parameters(lane, member.run.network().parameters());
            if let Some(masking) = member.run.masking() {
                self.draw_masks(lane, masking, member.run.batch().first(), examples);
            }
        }
        self.forward(examples);
        let finite = self.output_error(examples);
        self.backward(examples);
        for (lane, member) in members.iter_mut().enumerate() {
            self.give_gradients(lane, member.run.gradients_mut());
            member.finite = finite[lane];
        }
    }

    /// Brings the inputs and labels of all batches into their lanes.
    fn load(&mut self, members: &[Member], examples: usize) {
        let places = members.iter().map(|member| member.run.batch().place());
        let places: Option<Vec<Place>> = places.collect();
        if places.is_some() && places == self.loaded {
            return;
        }
        let whole = examples.next_multiple_of(LANES);
        self.inputs.first_mut(whole).fill([0.0; LANES]);
        self.labels.first_mut(whole).fill([-1.0; LANES]);
        for (lane, member) in members.iter().enumerate() {
            let inputs = self.inputs.first_mut(whole);
            member
                .run
                .batch()
                .load_lane(lane, inputs, self.labels.first_mut(whole));
        }
        self.loaded = places;
    }

    /// Draws a network's masks of all hidden layers, for `examples` examples from the `first` one on.
    fn draw_masks(&mut self, lane: usize, masking: Masking<'_>, first: usize, examples: usize) {
        for (index, layer) in self.layers.iter_mut().enumerate() {
            let Some(masked) = &mut layer.masked else {
                continue;
            };
            let units = layer.units;
            let blocks = examples.div_ceil(LANES);
            let factors = &mut self.masks.first_mut(blocks)[..blocks * units];
            masking.factors(index + 1, first, units, factors);
            let ours = masked.factors.first_mut(blocks * LANES);
            for (ours, factor) in ours.iter_mut().zip(factors.as_flattened()) {
                ours[lane] = *factor;
            }
        }
    }

    fn take_parameters(&mut self, lane: usize, parameters: &Parameters) {
        for (index, layer) in self.layers.iter_mut().enumerate() {
            let (w, b, _) = parameters.layer_slices(index);
            for (ours, theirs) in [(&mut layer.w, w), (&mut layer.b, b)] {
                for (lanes, number) in ours.first_mut(layer.units).iter_mut().zip(theirs) {
                    lanes[lane] = *number;
                }
            }
        }
    }

    fn give_gradients(&self, lane: usize, gradients: &mut Parameters) {
        for (index, layer) in self.layers.iter().enumerate() {
            let (dw, db, _) = gradients.layer_slices_mut(index);
            for (ours, theirs) in [(&layer.dw, dw), (&layer.db, db)] {
                for (lanes, number) in ours.first(layer.units).iter().zip(theirs) {
                    *number = lanes[lane];
                }
            }
        }
    }

    /// a = g(W a + b), layer after layer; the last layer keeps its logits.
    fn forward(&mut self, examples: usize) {
        let whole = examples.next_multiple_of(LANES);
        let last = self.layers.len() - 1;
        for index in 0..=last {
            let (before, after) = self.layers.split_at_mut(index);
            let StackedLayer {
                w,
                b,
                a,
                masked,
                units,
                ..
            } = &mut after[0];
            let input = before.last().map_or(&self.inputs, StackedLayer::output);
            let z = a.first_mut(whole);
            let (input, _) = input.first(whole).as_chunks();
            affine(w.first(*units), b.first(*units), input, z.as_chunks_mut().0);
            if index < last {
                apply_all(self.activation, z.as_flattened_mut());
            }
            if let Some(Masked { factors, a }) = masked {
                let (factors, a) = (factors.first(whole), a.first_mut(whole));
                mask(
                    z.as_flattened(),
                    factors.as_flattened(),
                    a.as_flattened_mut(),
                );
            }
        }
    }

    /// dZ of the last layer, and of which networks all logits are finite.
    fn output_error(&mut self, examples: usize) -> [bool; LANES] {
        let whole = examples.next_multiple_of(LANES);
        let share = 1.0 / examples as f64;
        let mut finite = [true; LANES];
        let Some(StackedLayer { a, dz, units, .. }) = self.layers.last_mut() else {
            return finite;
        };
        let (z, dz) = (a.first(whole), dz.first_mut(whole));
        find_infinite(z.as_chunks().0, *units, examples, &mut finite);
        let labels = self.labels.first(whole);
        let mut any = true;
        match Output::of_units(*units) {
            Output::Sigmoid => {
                let (z, y) = (z.as_flattened(), labels.as_flattened());
                output_error(z, y, share, dz.as_flattened_mut(), &mut any);
                dz[examples..].fill([0.0; LANES]);
            }
            Output::Softmax => {
                let [of_z, of_dz] = &mut self.by_example;
                let (of_z, of_dz) = (of_z.first_mut(whole), of_dz.first_mut(whole));
                let places = places_by_example(whole, *units);
                for (of_z, place) in of_z.iter_mut().zip(places.clone()) {
                    *of_z = z[place];
                }
                softmax_error(of_z, labels, share, of_dz, &mut any);
                for (of_dz, place) in of_dz.iter().zip(places) {
                    dz[place] = *of_dz;
                }
            }
        }
        finite
    }

    /// dW = dZ Aᵀ, db = Σ dZ, and dZ of the layer before = Wᵀ dZ ∘ g′, from the last layer back.
    fn backward(&mut self, examples: usize) {
        let whole = examples.next_multiple_of(LANES);
        for index in (0..self.layers.len()).rev() {
            let (before, after) = self.layers.split_at_mut(index);
            let StackedLayer {
                w,
                dw,
                db,
                dz,
                units,
                ..
            } = &mut after[0];
            let input = before
                .last()
                .map_or(&self.inputs, StackedLayer::output)
                .first(whole);
            let (dz, input) = (dz.first(whole).as_chunks().0, input.as_chunks().0);
            outer(dz, input, dw.first_mut(*units), db.first_mut(*units));
            let Some(StackedLayer {
                a, dz: da, masked, ..
            }) = before.last_mut()
            else {
                break;
            };
            let da = da.first_mut(whole);
            transposed(w.first(*units), dz, da.as_chunks_mut().0, *units);
            if let Some(masked) = masked {
                times(
                    da.as_flattened_mut(),
                    masked.factors.first(whole).as_flattened(),
                );
            }
            times_derivative(
                self.activation,
                da.as_flattened_mut(),
                a.first(whole).as_flattened(),
            );
        }
    }
}

/// Where the logits of one example after the other are.
fn places_by_example(examples: usize, units: usize) -> impl Iterator<Item = usize> + Clone {
    let all = (0..examples).map(move |n| n / LANES * LANES * units + n % LANES);
    all.flat_map(move |first| (0..units).map(move |unit| first + unit * LANES))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::kernels::{Instructions, limit};
    use crate::prelude::*;

    /// A seed's data, with labels for two classes or three.
    fn data(seed: u32, classes: usize) -> Dataset {
        let rng = &mut RandomState::new(seed);
        match classes {
            2 => moons(29, 0.3, rng).unwrap(),
            _ => spiral(10, classes, 0.2, rng).unwrap(),
        }
    }

    /// Asserts that the runs of several seeds come to the bits that each comes to alone.
    fn assert_alone(
        seeds: u32,
        classes: usize,
        sizes: &[usize],
        training: impl Fn(u32) -> Training,
    ) {
        let start = |seed| {
            let network = Network::new(sizes, Initialization::He, &mut RandomState::new(seed));
            network.unwrap().with_activation(Activation::Tanh)
        };
        let run = |seed| {
            training(seed)
                .start(&start(seed), &data(seed, classes))
                .unwrap()
        };
        let together = train_together((1..=seeds).map(run).collect());
        assert_eq!(together.len(), seeds as usize);
        for (seed, together) in (1..).zip(together) {
            let mut network = start(seed);
            let alone = training(seed).train(&mut network, &data(seed, classes));
            assert_eq!(
                together,
                alone.map(|history| (network, history)),
                "seed {seed}"
            );
        }
    }

    #[test]
    fn each_network_has_the_bits_that_it_has_alone() {
        for widest in [
            Instructions::Baseline,
            Instructions::Avx2,
            Instructions::Avx512,
        ] {
            limit(widest);
            for (seeds, sizes) in [(8, vec![2, 7, 4, 1]), (19, vec![2, 1]), (6, vec![2, 3, 1])] {
                let training = Training::new(0.5).iterations(20).record_every(7);
                assert_alone(seeds, 2, &sizes, |_| training.clone());
            }
            let training = Training::new(0.5).iterations(20);
            assert_alone(9, 3, &[2, 6, 3], |_| training.clone());
        }
    }

    #[test]
    fn batches_rates_and_lengths_of_their_own_are_kept() {
        for size in [1, 7, 8, 29] {
            assert_alone(8, 2, &[2, 5, 2, 1], |seed| {
                Training::new(Adam::new(0.01 * f64::from(seed)))
                    .mini_batches(MiniBatches::of(size).shuffled(&mut RandomState::new(seed)))
                    .penalty(Penalty::L2 { lambda: 0.1 })
                    .epochs(2 + seed as usize)
                    .record_every(2)
            });
        }
    }

    #[test]
    fn masks_of_their_own_are_drawn() {
        for batch in [5, 16] {
            assert_alone(7, 2, &[2, 9, 4, 1], |seed| {
                let rng = &mut RandomState::new(seed);
                let dropout = Dropout::fresh(&[0.8, 1.0], rng).unwrap();
                Training::new(0.5)
                    .dropout(dropout)
                    .mini_batches(MiniBatches::of(batch))
                    .iterations(30)
            });
        }
    }

    #[test]
    fn one_that_stops_early_or_diverges_leaves_the_others_alone() {
        assert_alone(8, 2, &[2, 9, 1], |seed| {
            let dev = moons(30, 0.3, &mut RandomState::new(100 + seed)).unwrap();
            let rate = if seed == 3 { 1e300 } else { 2.0 };
            Training::new(rate)
                .early_stopping(EarlyStopping::new(dev, 2))
                .iterations(200)
                .record_every(5)
        });
    }

    #[test]
    fn what_fits_no_lane_is_trained_alone() {
        assert_alone(8, 2, &[2, 5, 1], |seed| {
            let dropout = Dropout::fresh(&[0.8], &mut RandomState::new(seed)).unwrap();
            Training::new(0.5)
                .dropout(dropout.input(0.9).unwrap())
                .iterations(9)
        });
        let alone = Training::new(0.5).iterations(3);
        let network = |units: usize| {
            let sizes = [2, units, 1];
            Network::new(&sizes, Initialization::He, &mut RandomState::new(1)).unwrap()
        };
        let normalized = network(3).with_batch_norm(BatchNorm::new());
        let starts = [network(3), normalized, network(4), network(3), network(3)];
        let runs = starts
            .iter()
            .map(|start| alone.start(start, &data(1, 2)).unwrap());
        for (together, mut start) in train_together(runs.collect())
            .into_iter()
            .zip(starts.clone())
        {
            let history = alone.train(&mut start, &data(1, 2)).unwrap();
            assert_eq!(together, Ok((start, history)));
        }
    }
}
