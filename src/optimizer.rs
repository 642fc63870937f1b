//! Optimizers: a learning rate, and a chain of transforms that make a direction of the gradient.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::error::{Error, above_0};
use crate::numerics::kernels::{LANES, Lanes, vectorized};
use crate::parameters::Parameters;

/// θ ← θ − α d, where the direction d is what a chain of [transforms](Transform) makes of the gradient.
///
/// An empty chain is gradient descent. [`Momentum`](crate::momentum::Momentum), [`Adam`](crate::adam::Adam) and the others are
/// optimizers of one link; any can be made longer.
///
/// ```
/// use trainable::prelude::*;
///
/// let clipped_adam = Adam::new(0.001).after(Clipping::Norm(1.0));
/// let decaying_momentum = Momentum::new(0.1).then(WeightDecay::new(0.01));
/// let data = circles(100, 0.05, &mut RandomState::new(1))?;
/// for optimizer in [clipped_adam, decaying_momentum] {
///     let mut network = Network::new(&[2, 10, 1], Initialization::He, &mut RandomState::new(2))?;
///     let history = Training::new(optimizer).iterations(301).train(&mut network, &data)?;
///     assert!(history.cost(300)? < history.cost(0)?);
/// }
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Optimizer {
    learning_rate: f64,
    chain: Vec<Arc<dyn Transform>>,
}

/// A link in an [`Optimizer`]'s chain: turns a direction, at first the gradient, into another one.
pub trait Transform: Any + fmt::Debug + Send + Sync {
    /// Refuses settings outside their range.
    ///
    /// # Errors
    /// [`Error::OutOfRange`], usually.
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    /// How many numbers it remembers for each parameter; all are 0 at first.
    fn slots(&self) -> usize {
        0
    }

    /// The numbers that it remembers for all parameters together, as they are at first.
    fn numbers(&self) -> Vec<f64> {
        Vec::new()
    }

    /// Changes the direction; returns a factor, usually 1, that it has still to be multiplied by.
    fn apply(
        &self,
        parameters: &Parameters,
        memory: &mut Memory,
        direction: &mut Parameters,
    ) -> f64;

    /// Whether it does what `other` does, and to each number by what belongs to that number alone: then several networks can
    /// go through it as one. False where nothing else is said.
    fn goes_with(&self, other: &dyn Transform) -> bool {
        let _ = other;
        false
    }

    /// [Applies](Self::apply) it, and turns the direction d into the parameters after the step, θ − α d; returns whether all
    /// of them are finite. A transform that can do both in one pass says so here, with the same bits.
    fn step(
        &self,
        learning_rate: f64,
        parameters: &Parameters,
        memory: &mut Memory,
        direction: &mut Parameters,
    ) -> bool {
        let factor = self.apply(parameters, memory, direction);
        stepped(parameters, -learning_rate * factor, direction)
    }
}

/// What a [`Transform`] remembers from one step to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Memory {
    /// Numbers for each parameter, as many as [`Transform::slots`] says.
    pub slots: Vec<Parameters>,
    /// Those of [`Transform::numbers`].
    pub numbers: Vec<f64>,
}

impl Memory {
    /// Calls `change` with the first slot's numbers and the direction's, slice after slice.
    pub(crate) fn beside(
        &mut self,
        direction: &mut Parameters,
        mut change: impl FnMut(&mut [f64], &mut [f64]),
    ) {
        let slot = &mut self.slots[0];
        for layer in 0..slot.depth() {
            let parts = slot.parts_mut(layer).into_iter();
            for (slot, direction) in parts.zip(direction.parts_mut(layer)) {
                change(slot, direction);
            }
        }
    }
}

/// What an [`Optimizer`] remembers: with a copy of it a run can go on where another was.
#[derive(Debug, Clone, PartialEq)]
pub struct OptimizerState {
    memories: Vec<Memory>,
}

impl OptimizerState {
    /// What each transform of the chain remembers, first one first.
    ///
    /// ```
    /// use trainable::prelude::*;
    ///
    /// let (mut theta, mut g) = (Parameters::zeros(&[1, 1])?, Parameters::zeros(&[1, 1])?);
    /// g.iter_mut().for_each(|g| *g = 4.0);
    /// let momentum = Optimizer::from(Momentum::new(0.1).beta(0.75));
    /// let mut state = momentum.start(&theta);
    /// momentum.step(&mut theta, &mut g, &mut state)?;
    /// let velocity = &state.memories()[0].slots[0];
    /// assert!(velocity.iter().all(|v| *v == 1.0));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn memories(&self) -> &[Memory] {
        &self.memories
    }
}

impl OptimizerState {
    /// Takes over what is remembered for one of `count` networks, whose numbers lie side by side.
    pub(crate) fn take_from(&mut self, many: &Self, which: usize, count: usize) {
        for (memory, many) in self.memories.iter_mut().zip(&many.memories) {
            for (slot, many) in memory.slots.iter_mut().zip(&many.slots) {
                slot.take_from(many, which, count);
            }
            memory.numbers.copy_from_slice(&many.numbers);
        }
    }
}

impl Optimizer {
    /// Gradient descent with the learning rate α, a finite number above 0.
    pub fn new(learning_rate: f64) -> Self {
        Self {
            learning_rate,
            chain: Vec::new(),
        }
    }

    /// The same with one more transform at the end: it changes what the others have made of the gradient.
    pub fn then(mut self, transform: impl Transform + 'static) -> Self {
        self.chain.push(Arc::new(transform));
        self
    }

    /// The same with one more transform at the beginning: the others change what it has made of the gradient.
    pub fn after(mut self, transform: impl Transform + 'static) -> Self {
        self.chain.insert(0, Arc::new(transform));
        self
    }

    /// The learning rate α.
    pub fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    /// What is remembered before the first step.
    pub fn start(&self, parameters: &Parameters) -> OptimizerState {
        let memory = |transform: &Arc<dyn Transform>| Memory {
            slots: vec![parameters.zeros_like(); transform.slots()],
            numbers: transform.numbers(),
        };
        OptimizerState {
            memories: self.chain.iter().map(memory).collect(),
        }
    }

    /// One step with the learning rate as it is.
    ///
    /// `gradients` are used up: they hold the parameters from before the step afterwards.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a setting outside its range, [`Error::Shape`] for gradients or a state of another shape,
    /// [`Error::NotFinite`] where a parameter would no longer be a finite number. The parameters are then what they were.
    pub fn step(
        &self,
        parameters: &mut Parameters,
        gradients: &mut Parameters,
        state: &mut OptimizerState,
    ) -> Result<(), Error> {
        self.check()?;
        parameters.check_same_shape("gradients", gradients)?;
        self.check_state(parameters, state)?;
        if self.step_with(self.learning_rate, parameters, gradients, state) {
            return Ok(());
        }
        let after = gradients
            .iter()
            .zip(0..)
            .find(|(after, _)| !after.is_finite());
        let (&got, row) = after.unwrap_or((&f64::NAN, 0));
        Err(Error::NotFinite {
            what: "parameters after a step, as one vector",
            row,
            column: 0,
            got,
        })
    }

    // ANCHOR: step
    /// One step with this learning rate, of what has been checked. Says whether all parameters are finite; if not,
    /// they are what they were, and `direction` has what they would have been.
    pub(crate) fn step_with(
        &self,
        learning_rate: f64,
        parameters: &mut Parameters,
        direction: &mut Parameters,
        state: &mut OptimizerState,
    ) -> bool {
        let mut links = self.chain.iter().zip(&mut state.memories);
        let last = links.next_back();
        for (transform, memory) in links {
            let factor = transform.apply(parameters, memory, direction);
            if factor != 1.0 {
                direction.scale(factor);
            }
        }
        let finite = match last {
            Some((transform, memory)) => {
                transform.step(learning_rate, parameters, memory, direction)
            }
            None => stepped(parameters, -learning_rate, direction),
        };
        if finite {
            std::mem::swap(parameters, direction);
        }
        finite
    }
    // ANCHOR_END: step

    /// Whether networks under both can go through this one together, each with a learning rate of its own.
    pub(crate) fn goes_with(&self, other: &Self) -> bool {
        let mut links = self.chain.iter().zip(&other.chain);
        self.chain.len() == other.chain.len()
            && links.all(|(one, other)| one.goes_with(other.as_ref()))
    }

    /// As [`step_with`](Self::step_with), of eight networks of which each number is side by side; sets to false for
    /// which of them a parameter is not finite. The parameters are those after the step in any case.
    pub(crate) fn step_lanes(
        &self,
        learning_rates: &Lanes,
        parameters: &mut Parameters,
        direction: &mut Parameters,
        state: &mut OptimizerState,
        finite: &mut [bool; LANES],
    ) {
        let mut rest = self.chain.len();
        let mut factors = learning_rates.map(|rate| -rate);
        for (transform, memory) in self.chain.iter().zip(&mut state.memories) {
            let factor = transform.apply(parameters, memory, direction);
            rest -= 1;
            if rest == 0 {
                factors = factors.map(|rate| rate * factor);
            } else if factor != 1.0 {
                direction.scale(factor);
            }
        }
        add_lanes(parameters, &factors, direction, finite);
        std::mem::swap(parameters, direction);
    }

    /// Refuses settings outside their range.
    pub(crate) fn check(&self) -> Result<(), Error> {
        above_0("learning rate", self.learning_rate)?;
        self.chain
            .iter()
            .try_for_each(|transform| transform.check())
    }

    /// Refuses a state that is not of this optimizer and these parameters.
    pub(crate) fn check_state(
        &self,
        parameters: &Parameters,
        state: &OptimizerState,
    ) -> Result<(), Error> {
        let counts = |slots: usize, numbers: usize| format!("{slots} + {numbers}");
        let links = self
            .chain
            .iter()
            .map(|t| counts(t.slots(), t.numbers().len()));
        let memories = state.memories.iter();
        let found = memories.map(|m| counts(m.slots.len(), m.numbers.len()));
        let (links, found): (Vec<String>, Vec<String>) = (links.collect(), found.collect());
        if links != found {
            return Err(Error::Shape {
                what: "state of the optimizer",
                expected: format!("for each transform, slots + numbers: {links:?}"),
                got: format!("{found:?}"),
            });
        }
        let mut slots = state.memories.iter().flat_map(|memory| &memory.slots);
        slots.try_for_each(|slot| parameters.check_same_shape("state of the optimizer", slot))
    }
}

/// direction ← θ + factor · direction; returns whether all of it is finite.
fn stepped(parameters: &Parameters, factor: f64, direction: &mut Parameters) -> bool {
    let mut finite = true;
    add_parameters(parameters, factor, direction, &mut finite);
    finite
}

vectorized! {
    /// The same, for all layers in one call; sets `finite` to false where a number is not.
    pub fn add_parameters(
        parameters: &Parameters,
        factor: f64,
        direction: &mut Parameters,
        finite: &mut bool,
    ) {
        for layer in 0..parameters.depth() {
            let (theta, direction) = (parameters.parts(layer), direction.parts_mut(layer));
            for (theta, direction) in theta.into_iter().zip(direction) {
                let mut all_finite = true;
                for (direction, theta) in direction.iter_mut().zip(theta) {
                    let after = theta + factor * *direction;
                    all_finite &= after.is_finite();
                    *direction = after;
                }
                *finite &= all_finite;
            }
        }
    }
}

vectorized! {
    /// direction ← θ + factor · direction, with a factor for each lane.
    pub fn add_lanes(
        parameters: &Parameters,
        factors: &Lanes,
        direction: &mut Parameters,
        finite: &mut [bool; LANES],
    ) {
        let mut zeros = [0.0; LANES];
        for layer in 0..parameters.depth() {
            let (theta, direction) = (parameters.parts(layer), direction.parts_mut(layer));
            for (theta, direction) in theta.into_iter().zip(direction) {
                let (theta, direction) = (theta.as_chunks().0, direction.as_chunks_mut().0);
                add_with_factors(theta, factors, direction, &mut zeros);
            }
        }
        for lane in 0..LANES {
            finite[lane] &= zeros[lane] == 0.0;
        }
    }
}

/// The same for some numbers; makes NaN of a lane's zero where one of them is not finite.
#[inline(always)]
fn add_with_factors(theta: &[Lanes], factors: &Lanes, direction: &mut [Lanes], zeros: &mut Lanes) {
    for (theta, direction) in theta.iter().zip(direction) {
        for lane in 0..LANES {
            direction[lane] = theta[lane] + factors[lane] * direction[lane];
            zeros[lane] += 0.0 * direction[lane];
        }
    }
}

/// Whether a transform is of the same kind as another, with the same settings.
pub(crate) fn is_same<T: Transform + PartialEq>(one: &T, other: &dyn Transform) -> bool {
    let other: &dyn Any = other;
    other.downcast_ref() == Some(one)
}

/// Whatever is an optimizer can be made a longer chain.
pub trait Chain: Into<Optimizer> {
    /// As [`Optimizer::then`].
    fn then(self, transform: impl Transform + 'static) -> Optimizer {
        self.into().then(transform)
    }

    /// As [`Optimizer::after`].
    fn after(self, transform: impl Transform + 'static) -> Optimizer {
        self.into().after(transform)
    }
}

impl<T: Into<Optimizer>> Chain for T {}

/// Refuses what is no share that stays from one step to the next.
pub(crate) fn check_beta(what: &'static str, got: f64) -> Result<(), Error> {
    if (0.0..1.0).contains(&got) {
        return Ok(());
    }
    Err(Error::OutOfRange {
        what,
        expected: "a number of at least 0 and below 1",
        got,
    })
}

/// What the tests of all optimizers have in common.
#[cfg(test)]
pub(crate) mod testing {
    use ndarray::Array1;
    use rand_distr::{Distribution, Uniform};

    use super::*;
    use crate::numerics::random_state::RandomState;

    /// What is no share that stays from one step to the next.
    pub const NO_SHARES: [f64; 4] = [-0.1, 1.0, f64::NAN, f64::INFINITY];

    /// What is no learning rate, and nothing to add to a root.
    pub const NOT_ABOVE_0: [f64; 4] = [0.0, -1.0, f64::NAN, f64::INFINITY];

    /// How many parameters [`assert_steps`] has.
    pub const NUMBERS: usize = 22;

    /// Asserts that five steps have the bits of `plain`, which makes the next θ of the last one and
    /// the gradient.
    pub fn assert_steps(
        optimizer: impl Into<Optimizer>,
        seed: u32,
        mut plain: impl FnMut(&Array1<f64>, &Array1<f64>) -> Array1<f64>,
    ) {
        let optimizer = optimizer.into();
        let mut rng = RandomState::new(seed);
        // The 15 weights of the first layer are a vector of eight and a rest.
        let shape = Parameters::zeros(&[5, 3, 1]).unwrap();
        let power = Uniform::new(-10.0, 10.0).unwrap();
        let mut drawn = || {
            let size = libm::exp2(power.sample(&mut rng));
            let numbers = Array1::from_shape_simple_fn(NUMBERS, || size * rng.randn());
            shape.with_theta(&numbers).unwrap()
        };
        let mut theta = drawn();
        let mut state = optimizer.start(&theta);
        for _ in 0..5 {
            let mut g = drawn();
            let expected = plain(&theta.to_theta(), &g.to_theta());
            optimizer.step(&mut theta, &mut g, &mut state).unwrap();
            for (ours, plain) in theta.iter().zip(expected) {
                assert_eq!(ours.to_bits(), plain.to_bits(), "{ours} against {plain}");
            }
        }
    }

    /// Asserts that a setting is refused.
    pub fn assert_refused(optimizer: impl Into<Optimizer>) {
        let optimizer = optimizer.into();
        let refused = optimizer.check();
        assert!(
            matches!(refused, Err(Error::OutOfRange { .. })),
            "{optimizer:?}: {refused:?}"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    fn parameters(seed: u32) -> Parameters {
        Initialization::Gaussian(1.0)
            .parameters(&[3, 2, 1], &mut RandomState::new(seed))
            .unwrap()
    }

    /// Multiplies the direction by a number, at once or by the factor it returns.
    #[derive(Debug)]
    struct Times(f64);

    impl Transform for Times {
        fn apply(&self, _: &Parameters, _: &mut Memory, _: &mut Parameters) -> f64 {
            self.0
        }
    }

    #[test]
    fn an_empty_chain_is_gradient_descent() {
        let (mut theta, mut g) = (parameters(1), parameters(2));
        let expected = theta.to_theta() - 0.25 * g.to_theta();
        let optimizer = Optimizer::new(0.25);
        let mut state = optimizer.start(&theta);
        optimizer.step(&mut theta, &mut g, &mut state).unwrap();
        assert_eq!(theta.to_theta(), expected);
    }

    #[test]
    fn factors_count_wherever_they_stand() {
        for optimizer in [
            Optimizer::new(0.25).then(Times(2.0)).then(Times(4.0)),
            Optimizer::new(0.25).then(Times(4.0)).after(Times(2.0)),
            Optimizer::new(0.25).then(Times(8.0)),
        ] {
            let (mut theta, mut g) = (parameters(1), parameters(2));
            let expected = theta.to_theta() - 2.0 * g.to_theta();
            let mut state = optimizer.start(&theta);
            optimizer.step(&mut theta, &mut g, &mut state).unwrap();
            assert_eq!(theta.to_theta(), expected);
        }
    }

    #[test]
    fn a_step_out_of_range_changes_nothing() {
        let (mut theta, mut g) = (parameters(1), parameters(2));
        let optimizer = Optimizer::new(1e300).then(Times(1e300));
        let mut state = optimizer.start(&theta);
        let refused = optimizer.step(&mut theta, &mut g, &mut state);
        assert!(
            matches!(refused, Err(Error::NotFinite { .. })),
            "{refused:?}"
        );
        assert_eq!(theta, parameters(1));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let (mut theta, mut g) = (parameters(1), parameters(2));
        let adam = Optimizer::from(Adam::new(0.1));
        let mut of_momentum = Optimizer::from(Momentum::new(0.1)).start(&theta);
        let refused = adam.step(&mut theta, &mut g, &mut of_momentum);
        assert!(matches!(refused, Err(Error::Shape { .. })));
        let other = Parameters::zeros(&[2, 1]).unwrap();
        let mut of_other = adam.start(&other);
        let refused = adam.step(&mut theta, &mut g, &mut of_other);
        assert!(matches!(refused, Err(Error::Shape { .. })));
        let mut state = adam.start(&theta);
        let refused = adam.step(&mut theta, &mut other.clone(), &mut state);
        assert!(matches!(
            refused,
            Err(Error::Shape {
                what: "gradients",
                ..
            })
        ));
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let optimizer = Optimizer::new(rate);
            let mut state = optimizer.start(&theta);
            let refused = optimizer.step(&mut theta, &mut g, &mut state);
            assert!(matches!(refused, Err(Error::OutOfRange { .. })));
        }
        assert_eq!((theta, g), (parameters(1), parameters(2)));
    }
}
