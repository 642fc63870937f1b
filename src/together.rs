//! Many small networks trained at once, each to the bits that it comes to alone.
//!
//! A vector instruction works on eight numbers. A network alone has them from eight examples, and few
//! of its units or examples leave some of them idle. Here they come from eight networks of one shape:
//! each has a lane to itself, with weights, data, batches, learning rate and length of its own.

#[cfg(not(target_arch = "wasm32"))]
use rayon::prelude::*;

use crate::activation::Activation;
use crate::data::batch::Place;
use crate::error::Error;
use crate::network::Network;
use crate::numerics::kernels::{Blocks, LANES, Lanes, apply_all, mask, times, times_derivative};
use crate::numerics::stacked::{affine, bring, bring_blocks, find_infinite, outer, transposed};
use crate::objective::Objective;
use crate::optimizer::{Optimizer, OptimizerState};
use crate::output::{Output, output_error};
use crate::parameters::Parameters;
use crate::softmax::softmax_error;
use crate::training::{History, Run};

/// A run's network and history in the end, or the error that has ended it.
pub type Trained = Result<(Network, History), Error>;

/// The fewest networks of this shape for which lanes pay, if they ever do.
///
/// A batch of many examples fills the lanes of one network as well, whose activations are an eighth of those of eight
/// networks and stay in a nearer cache. The bounds are where eight networks took as long at once as one by one.
fn fewest(examples: usize, weights: usize) -> Option<usize> {
    match (examples, examples.saturating_mul(weights)) {
        (..=LANES, _) | (..=16, ..=5_000) => Some(4),
        (..=96, ..=5_000) => Some(7),
        _ => None,
    }
}

/// Numbers of a strip of examples.
const STRIP: usize = 3_072;

/// Takes each run to its end, as [`Training::train`](crate::training::Training::train) does; returns
/// what has become of them, in their order.
///
/// Runs from their beginning that have one shape (layer sizes, activation, number of examples, of which in a batch), one
/// penalty, and optimizers that differ in their learning rates at most, go together, eight at a time, on as many threads
/// as there are, where that is faster: with batches of up to 8 examples, or up to 96 and a small network. Other runs, and
/// those with batch normalization, dropout of inputs or clipping by the norm, are trained one by one. A run that ends, early or with an error, leaves the others alone: what comes of a
/// run never depends on them.
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
    let mut groups: Vec<Vec<Member>> = Vec::new();
    for (place, run) in runs.into_iter().enumerate() {
        let fits = run.fits_a_lane() && fewest_of(&run).is_some();
        let group = groups.iter_mut().find(|group| {
            let first = group.first();
            fits && group.len() < LANES && first.is_some_and(|first| first.run.goes_with(&run))
        });
        let lane = group.as_ref().map_or(0, |group| group.len());
        let member = Member {
            place,
            lane,
            run,
            error: None,
        };
        match group {
            Some(group) => group.push(member),
            None => groups.push(vec![member]),
        }
    }
    let mut trained = each(groups, train_group);
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

/// A run of a group.
struct Member {
    /// Its place among all runs.
    place: usize,
    lane: usize,
    run: Run,
    /// What has ended it.
    error: Option<Error>,
}

fn fewest_of(run: &Run) -> Option<usize> {
    let layers = run.network().parameters().layers();
    fewest(
        run.most_examples(),
        layers.iter().map(|layer| layer.w.len()).sum(),
    )
}

/// Takes runs that go together to their ends.
fn train_group(mut members: Vec<Member>) -> Vec<(usize, Trained)> {
    let mut trained = Vec::with_capacity(members.len());
    if let Some(fewest) = members.first().and_then(|member| fewest_of(&member.run))
        && members.len() >= fewest
        // Without memory for a stack there is still that of each run.
        && let Ok(mut stack) = Stack::new(&members)
    {
        train_in_lanes(&mut stack, &mut members, &mut trained, fewest);
    }
    let left = members.into_iter();
    trained.extend(left.map(|member| (member.place, train_alone(member.run))));
    trained
}

fn train_alone(mut run: Run) -> Trained {
    while run.next_cost()?.is_some() {}
    Ok(run.end())
}

/// Takes steps of all members, until there are few of them.
fn train_in_lanes(
    stack: &mut Stack,
    members: &mut Vec<Member>,
    trained: &mut Vec<(usize, Trained)>,
    fewest: usize,
) {
    while members.len() >= fewest {
        keep(stack, members, trained, |stack, member| {
            if member.run.records() {
                stack.give_parameters(member);
            }
            member.run.goes_on()
        });
        keep(stack, members, trained, |stack, member| {
            stack.rates[member.lane] = member.run.begin_step()?;
            Ok(true)
        });
        let quiet = members.iter().map(|member| member.run.quiet_steps()).min();
        for _ in 0..quiet.unwrap_or_default() {
            if !stack.step(members) {
                break;
            }
        }
        keep(stack, members, trained, |_, member| {
            member.error.take().map_or(Ok(true), Err)
        });
    }
    for member in members {
        stack.give_parameters(member);
        stack.give_state(member);
    }
}

/// Ends the runs of those members that, as `go_on` says, do not go on.
fn keep(
    stack: &mut Stack,
    members: &mut Vec<Member>,
    trained: &mut Vec<(usize, Trained)>,
    mut go_on: impl FnMut(&mut Stack, &mut Member) -> Result<bool, Error>,
) {
    let mut next = 0;
    while let Some(member) = members.get_mut(next) {
        let end = match go_on(stack, member) {
            Ok(true) => {
                next += 1;
                continue;
            }
            Ok(false) => None,
            Err(error) => Some(error),
        };
        let mut member = members.remove(next);
        stack.give_parameters(&mut member);
        let Member { place, run, .. } = member;
        trained.push((place, end.map_or_else(|| Ok(run.end()), Err)));
    }
}

/// Up to eight networks, one in each lane.
struct Stack {
    activation: Activation,
    optimizer: Optimizer,
    objective: Objective,
    /// Of each network, the learning rate.
    rates: Lanes,
    /// Those of all networks side by side, as are their gradients and what the optimizer remembers.
    parameters: Parameters,
    gradients: Parameters,
    state: OptimizerState,
    layers: Vec<StackedLayer>,
    inputs: Blocks,
    labels: Blocks,
    /// Whose inputs and labels are there, where they stay from step to step.
    loaded: [Option<Place>; LANES],
    room: Room,
    /// Examples that go forward and back together: what they need stays in the nearest cache.
    strip: usize,
}

/// Where numbers are on their way.
struct Room {
    /// Features and labels of each network's batch.
    batches: [[Vec<f64>; 2]; LANES],
    /// The masks of a layer, network after network.
    masks: Blocks,
}

/// A layer of each network.
struct StackedLayer {
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
    fn new(examples: usize, units: usize, is_masked: bool) -> Result<Self, Error> {
        let room = || Blocks::new(examples, units);
        let masked = is_masked.then(|| {
            Ok::<_, Error>(Masked {
                factors: room()?,
                a: room()?,
            })
        });
        Ok(Self {
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

/// Numbers of all lanes that an example has, in inputs and layers.
fn numbers_of_example(sizes: &[usize], is_masked: bool) -> usize {
    let hidden: usize = sizes[1..sizes.len() - 1].iter().sum();
    let masks = if is_masked { 2 * hidden } else { 0 };
    LANES * (2 * sizes.iter().sum::<usize>() + masks)
}

impl Room {
    fn new(sizes: &[usize], examples: usize, is_masked: bool) -> Result<Self, Error> {
        let most_masks = match is_masked {
            true => sizes[1..sizes.len() - 1].iter().copied().max(),
            false => None,
        };
        let masks = most_masks.unwrap_or_default() * examples.div_ceil(LANES);
        Ok(Self {
            batches: Default::default(),
            masks: Blocks::new(LANES, masks)?,
        })
    }
}

impl Stack {
    /// The members' networks, which all go with the first.
    fn new(members: &[Member]) -> Result<Self, Error> {
        let run = &members[0].run;
        let (own, (optimizer, objective)) =
            (run.network().parameters(), run.optimizer_and_objective());
        let (sizes, examples) = (own.sizes(), run.most_examples());
        let is_masked = run.masking().is_some();
        let hidden = sizes.len() - 2;
        let layers = sizes[1..].iter().enumerate();
        let layers = layers
            .map(|(index, units)| StackedLayer::new(examples, *units, is_masked && index < hidden));
        let mut parameters = own.zeros_of(LANES);
        for member in members {
            let own = member.run.network().parameters();
            own.put_into(&mut parameters, member.lane, LANES);
        }
        Ok(Self {
            activation: run.network().activation(),
            optimizer: optimizer.clone(),
            objective: objective.clone(),
            rates: [0.0; LANES],
            gradients: parameters.zeros_like(),
            state: optimizer.start(&parameters),
            parameters,
            layers: layers.collect::<Result<_, Error>>()?,
            inputs: Blocks::new(examples, sizes[0])?,
            labels: Blocks::new(examples, 1)?,
            loaded: [None; LANES],
            room: Room::new(&sizes, examples, is_masked)?,
            strip: (STRIP / numbers_of_example(&sizes, is_masked))
                .max(1)
                .next_multiple_of(LANES),
        })
    }

    /// Gives a member its parameters as they are.
    fn give_parameters(&self, member: &mut Member) {
        let (parameters, _) = member.run.parameters_and_state();
        parameters.take_from(&self.parameters, member.lane, LANES);
    }

    /// Gives a member what the optimizer remembers for it.
    fn give_state(&self, member: &mut Member) {
        let (_, state) = member.run.parameters_and_state();
        state.take_from(&self.state, member.lane, LANES);
    }

    /// Takes a step of all members; says whether none of them has diverged.
    fn step(&mut self, members: &mut [Member]) -> bool {
        let Some(first) = members.first() else {
            return false;
        };
        let examples = first.run.batch().len();
        self.load(members, examples);
        self.draw_masks(members, examples);
        let finite_logits = self.find_gradients(examples);
        let Self {
            objective,
            parameters,
            gradients,
            ..
        } = self;
        objective.add_penalty(parameters, examples, gradients);
        let mut finite = [true; LANES];
        self.optimizer.step_lanes(
            &self.rates,
            parameters,
            gradients,
            &mut self.state,
            &mut finite,
        );
        let mut none = true;
        for Member {
            lane, run, error, ..
        } in members
        {
            match (finite_logits[*lane], finite[*lane]) {
                (true, true) => run.advance(),
                (false, _) => *error = Some(run.diverged(run.iteration())),
                (true, false) => *error = Some(run.diverged(run.iteration() + 1)),
            }
            none &= error.is_none();
        }
        none
    }

    /// Brings the inputs and labels of all batches into their lanes.
    fn load(&mut self, members: &[Member], examples: usize) {
        let mut places = [None; LANES];
        let mut stay = true;
        for Member { lane, run, .. } in members {
            places[*lane] = run.batch().place();
            stay &= places[*lane].is_some();
        }
        if stay && places == self.loaded {
            return;
        }
        let (mut x, mut y) = ([&[][..]; LANES], [&[][..]; LANES]);
        let mut rooms = self.room.batches.each_mut().map(Some);
        for Member { lane, run, .. } in members {
            if let Some(room) = rooms[*lane].take() {
                [x[*lane], y[*lane]] = run.batch().side_by_side(room);
            }
        }
        let features = self.inputs.units();
        let lane = members[0].lane;
        bring(or_of(x, lane), features, self.inputs.first_mut(examples));
        bring(or_of(y, lane), 1, self.labels.first_mut(examples));
        self.loaded = places;
    }

    /// Draws all networks' masks of all hidden layers.
    fn draw_masks(&mut self, members: &[Member], examples: usize) {
        let blocks = examples.div_ceil(LANES);
        for (index, layer) in self.layers.iter_mut().enumerate() {
            let Some(masked) = &mut layer.masked else {
                continue;
            };
            let count = blocks * layer.units;
            let all = &mut self.room.masks.first_mut(LANES)[..LANES * count];
            for Member { lane, run, .. } in members {
                if let Some(masking) = run.masking() {
                    let own = &mut all[lane * count..][..count];
                    masking.factors(index + 1, run.batch().first(), layer.units, own);
                }
            }
            bring_blocks(all, layer.units, masked.factors.first_mut(examples));
        }
    }

    /// The gradients of a batch; returns of which networks all logits are finite.
    fn find_gradients(&mut self, examples: usize) -> [bool; LANES] {
        let mut finite = [true; LANES];
        for from in (0..examples).step_by(self.strip) {
            let strip = Strip {
                from,
                count: self.strip.min(examples - from),
            };
            self.forward(strip);
            self.output_error(strip, examples, &mut finite);
            self.backward(strip);
        }
        self.add_up(examples);
        finite
    }

    /// a = g(W a + b), layer after layer; the last layer keeps its logits.
    fn forward(&mut self, strip: Strip) {
        let last = self.layers.len() - 1;
        for index in 0..=last {
            let (before, after) = self.layers.split_at_mut(index);
            let StackedLayer { a, masked, .. } = &mut after[0];
            let input = before.last().map_or(&self.inputs, StackedLayer::output);
            let (w, b, _) = self.parameters.layer_slices(index);
            let (w, b) = (w.as_chunks().0, b.as_chunks().0);
            let z = strip.of_mut(a);
            affine(w, b, strip.of(input), z);
            if index < last {
                apply_all(self.activation, z.as_flattened_mut());
            }
            if let Some(Masked { factors, a }) = masked {
                let (factors, a) = (strip.of(factors), strip.of_mut(a));
                mask(
                    z.as_flattened(),
                    factors.as_flattened(),
                    a.as_flattened_mut(),
                );
            }
        }
    }

    /// dZ of the last layer; sets to false of which networks a logit is not finite.
    fn output_error(&mut self, strip: Strip, examples: usize, finite: &mut [bool; LANES]) {
        let share = 1.0 / examples as f64;
        let Some(StackedLayer { a, dz, units, .. }) = self.layers.last_mut() else {
            return;
        };
        let (z, dz, labels) = (strip.of(a), strip.of_mut(dz), strip.of(&self.labels));
        find_infinite(z, finite);
        let mut all = true;
        match Output::of_units(*units) {
            Output::Sigmoid => {
                let (z, y) = (z.as_flattened(), labels.as_flattened());
                output_error(z, y, share, dz.as_flattened_mut(), &mut all);
            }
            Output::Softmax => softmax_error(z, labels, share, dz, &mut all),
        }
    }

    /// dZ of the layer before = Wᵀ dZ ∘ g′, from the last layer back.
    fn backward(&mut self, strip: Strip) {
        for index in (1..self.layers.len()).rev() {
            let (before, after) = self.layers.split_at_mut(index);
            let StackedLayer { dz, units, .. } = &after[0];
            let Some(StackedLayer {
                a, dz: da, masked, ..
            }) = before.last_mut()
            else {
                break;
            };
            let (w, ..) = self.parameters.layer_slices(index);
            let da = strip.of_mut(da);
            transposed(w.as_chunks().0, strip.of(dz), da, *units);
            if let Some(masked) = masked {
                let factors = strip.of(&masked.factors);
                times(da.as_flattened_mut(), factors.as_flattened());
            }
            let a = strip.of(a).as_flattened();
            times_derivative(self.activation, da.as_flattened_mut(), a);
        }
    }

    /// dW = dZ Aᵀ and db = Σ dZ, of all layers.
    fn add_up(&mut self, examples: usize) {
        let mut input = &self.inputs;
        for (index, layer) in self.layers.iter().enumerate() {
            let (dw, db, _) = self.gradients.layer_slices_mut(index);
            let (dw, db) = (dw.as_chunks_mut().0, db.as_chunks_mut().0);
            let (dz, a) = (layer.dz.first(examples), input.first(examples));
            outer(dz, a, dw, db);
            input = layer.output();
        }
    }
}

/// Lanes without a network work, too, on numbers of this one.
fn or_of(numbers: [&[f64]; LANES], lane: usize) -> [&[f64]; LANES] {
    numbers.map(|own| match own {
        [] => numbers[lane],
        own => own,
    })
}

/// Examples side by side.
#[derive(Clone, Copy)]
struct Strip {
    from: usize,
    count: usize,
}

impl Strip {
    fn of(self, numbers: &Blocks) -> &[Lanes] {
        numbers.some(self.from, self.count)
    }

    fn of_mut(self, numbers: &mut Blocks) -> &mut [Lanes] {
        numbers.some_mut(self.from, self.count)
    }
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
