//! Training: an optimizer lowers an objective, one batch after the other.

use crate::backpropagation::Workspace;
use crate::data::batch::Batch;
use crate::data::dataset::Dataset;
use crate::dropout::{Dropout, Masking};
use crate::early_stopping::{EarlyStopping, Stopped, Watch, Watched};
use crate::error::{Error, at_least_1};
use crate::gradient_flow::Clipping;
use crate::l2::Penalty;
use crate::mini_batch::MiniBatches;
use crate::network::{Mode, Network};
use crate::numerics::memory::try_with_capacity;
use crate::objective::Objective;
use crate::optimizer::{Optimizer, OptimizerState};
use crate::parameters::Parameters;
use crate::schedule::{Schedule, Time};

/// How a network is trained: by which [`Optimizer`], on which batches, for how long, against which [`Objective`].
///
/// | setting | if it is not set | range |
/// |---|---|---|
/// | [`iterations`](Self::iterations) or [`epochs`](Self::epochs) | 1,000 iterations | at least 1 |
/// | [`record_every`](Self::record_every) | 100 | at least 1 |
/// | [`mini_batches`](Self::mini_batches) | all examples in every step | from 1 to the number of examples |
/// | [`schedule`](Self::schedule) | the optimizer's learning rate throughout | a rate above 0 throughout |
/// | [`penalty`](Self::penalty), [`dropout`](Self::dropout) | none | |
/// | [`clipping`](Self::clipping) | none | a limit above 0 |
/// | [`early_stopping`](Self::early_stopping) | none | a patience of at least 1 |
///
/// All are checked when training starts, before any step.
///
/// ```
/// use trainable::prelude::*;
///
/// let train = moons(300, 0.2, &mut RandomState::new(3))?;
/// let mut network = Network::new(&[2, 5, 2, 1], Initialization::He, &mut RandomState::new(3))?;
/// let history = Training::new(Adam::new(0.01))
///     .mini_batches(MiniBatches::of(64).shuffled(&mut RandomState::new(10)))
///     .schedule(Schedule::InverseTime { decay: 0.01 })
///     .penalty(Penalty::L2 { lambda: 0.1 })
///     .epochs(300)
///     .train(&mut network, &train)?;
/// assert!(history.cost(300)? < history.cost(0)?);
/// assert!(network.accuracy(&train)? > 0.9);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Training {
    optimizer: Optimizer,
    schedule: Schedule,
    batches: Option<MiniBatches>,
    objective: Objective,
    length: Length,
    record_every: usize,
    early_stopping: Option<EarlyStopping>,
}

/// How long a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    Iterations(usize),
    Epochs(usize),
}

/// What a [`History`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Steps, from 0.
    Iteration,
    /// Passes through all examples, from 0.
    Epoch,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Iteration => "iteration",
            Self::Epoch => "epoch",
        }
    }
}

impl Training {
    /// Training by an optimizer, such as [`Adam`](crate::adam::Adam); a learning rate alone is gradient descent.
    pub fn new(optimizer: impl Into<Optimizer>) -> Self {
        Self {
            optimizer: optimizer.into(),
            schedule: Schedule::Constant,
            batches: None,
            objective: Objective::new(),
            length: Length::Iterations(1_000),
            record_every: 100,
            early_stopping: None,
        }
    }

    /// Takes each step on a mini-batch.
    pub fn mini_batches(self, batches: MiniBatches) -> Self {
        Self {
            batches: Some(batches),
            ..self
        }
    }

    /// Changes the optimizer's learning rate from epoch to epoch, or from step to step.
    pub fn schedule(self, schedule: Schedule) -> Self {
        Self { schedule, ..self }
    }

    /// Lowers this objective: in place of the penalty and dropout that were set before.
    pub fn objective(self, objective: impl Into<Objective>) -> Self {
        Self {
            objective: objective.into(),
            ..self
        }
    }

    /// Adds a penalty on large weights to the cost; the recorded costs include it.
    pub fn penalty(self, penalty: Penalty) -> Self {
        Self {
            objective: self.objective.penalty(penalty),
            ..self
        }
    }

    /// Drops out units in every step; the recorded costs are those of the masked networks, of which every step may have
    /// another.
    pub fn dropout(self, dropout: Dropout) -> Self {
        Self {
            objective: self.objective.dropout(dropout),
            ..self
        }
    }

    /// Limits the gradient of every step, before the optimizer sees it.
    pub fn clipping(self, clipping: Clipping) -> Self {
        Self {
            optimizer: self.optimizer.after(clipping),
            ..self
        }
    }

    /// The number of steps.
    pub fn iterations(self, iterations: usize) -> Self {
        Self {
            length: Length::Iterations(iterations),
            ..self
        }
    }

    /// The number of passes through all examples. Costs are then recorded from epoch to epoch, and after the last one.
    pub fn epochs(self, epochs: usize) -> Self {
        Self {
            length: Length::Epochs(epochs),
            ..self
        }
    }

    /// Records the cost before iteration (or epoch) 0 and then before every `record_every`-th.
    pub fn record_every(self, record_every: usize) -> Self {
        Self {
            record_every,
            ..self
        }
    }

    /// Ends the run when the cost on a dev set no longer falls, and restores the best parameters.
    pub fn early_stopping(self, early_stopping: EarlyStopping) -> Self {
        Self {
            early_stopping: Some(early_stopping),
            ..self
        }
    }

    // ANCHOR: train
    /// Trains `network` on `data`; returns the recorded costs.
    ///
    /// # Errors
    /// As [`start`](Self::start) and [`Run::step`]. After an error the network is what
    /// it was.
    pub fn train(&self, network: &mut Network, data: &Dataset) -> Result<History, Error> {
        let mut run = self.start(network, data)?;
        while run.next_cost()?.is_some() {}
        run.finish(network)
    }
    // ANCHOR_END: train

    /// A run that has taken no step. It works on a copy of the network until it is [finished](Run::finish).
    ///
    /// ```
    /// use trainable::prelude::*;
    ///
    /// let data = circles(100, 0.05, &mut RandomState::new(1))?;
    /// let mut network = Network::new(&[2, 10, 1], Initialization::He, &mut RandomState::new(2))?;
    /// let training = Training::new(Momentum::new(0.5)).iterations(5_000).record_every(50);
    /// let mut run = training.start(&network, &data)?;
    /// while let Some((iteration, cost)) = run.next_cost()? {
    ///     println!("{iteration}: {cost}");
    ///     if cost < 0.3 {
    ///         break;
    ///     }
    /// }
    /// let history = run.finish(&mut network)?;
    /// assert!(history.costs().len() < 100);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OutOfRange`], [`Error::BatchSize`], [`Error::Rate`] or [`Error::Schedule`] for a setting outside its
    /// range, [`Error::Shape`] for data that do not fit the network, [`Error::TooLarge`] for more than fits into memory.
    pub fn start(&self, network: &Network, data: &Dataset) -> Result<Run, Error> {
        self.check(network, data)?;
        let (of_batches, records) = self.records();
        let watch = self.early_stopping.as_ref();
        let watch = watch.map(|stopping| stopping.watched(network, records));
        let state = State {
            step: 0,
            optimizer: self.optimizer.start(network.parameters()),
            history: History::new(self, records, of_batches)?,
            watched: watch.transpose()?,
        };
        Run::new(self, network, data, state)
    }

    /// The run that was [paused](Run::pause), with the network that it had come to: its steps have the bits that they
    /// would have had without the pause.
    ///
    /// # Errors
    /// As [`start`](Self::start), and [`Error::Shape`] for a state of another run.
    pub fn resume(&self, network: &Network, data: &Dataset, state: State) -> Result<Run, Error> {
        self.check(network, data)?;
        self.optimizer
            .check_state(network.parameters(), &state.optimizer)?;
        if state.watched.is_some() != self.early_stopping.is_some() {
            return Err(Error::Shape {
                what: "state of early stopping",
                expected: "one where training stops early, none elsewhere".to_owned(),
                got: "the opposite".to_owned(),
            });
        }
        Run::new(self, network, data, state)
    }

    /// Refuses settings outside their range, and data that do not fit.
    fn check(&self, network: &Network, data: &Dataset) -> Result<(), Error> {
        let m = data.examples();
        match self.length {
            Length::Iterations(iterations) => at_least_1("number of iterations", iterations)?,
            Length::Epochs(epochs) => at_least_1("number of epochs", epochs)?,
        }
        at_least_1("distance between recorded costs", self.record_every)?;
        self.optimizer.check()?;
        network.check_fit(data)?;
        let step = Mode::Training { step: 0 };
        self.objective.check(network, m, step)?;
        if let Some(batches) = self.batches {
            batches.check(m)?;
            self.objective.check(network, batches.size(), step)?;
            network.check_batch(last_of(m, batches.size()))?;
        }
        let last = self.time(self.steps(m) - 1, m);
        self.schedule.check(self.optimizer.learning_rate(), last)?;
        self.early_stopping
            .as_ref()
            .map_or(Ok(()), |stopping| stopping.check(network))
    }

    /// The number of steps in an epoch of m examples.
    fn steps_per_epoch(&self, m: usize) -> usize {
        self.batches.map_or(1, |batches| m.div_ceil(batches.size()))
    }

    /// The number of steps in all.
    fn steps(&self, m: usize) -> usize {
        match self.length {
            Length::Iterations(iterations) => iterations,
            Length::Epochs(epochs) => epochs.saturating_mul(self.steps_per_epoch(m)),
        }
    }

    fn time(&self, step: usize, m: usize) -> Time {
        let epoch = step / self.steps_per_epoch(m);
        Time { epoch, step }
    }

    /// How many costs of last batches and of the whole set are recorded.
    fn records(&self) -> (usize, usize) {
        let every = self.record_every;
        match (self.length, self.batches) {
            (Length::Iterations(iterations), _) => (0, iterations.div_ceil(every)),
            (Length::Epochs(epochs), None) => (0, epochs.div_ceil(every).saturating_add(1)),
            (Length::Epochs(epochs), Some(_)) => {
                let records = epochs.div_ceil(every);
                (records, records.saturating_add(1))
            }
        }
    }
}

/// The number of examples in the last batch of an epoch.
fn last_of(m: usize, size: usize) -> usize {
    match m % size {
        0 => size,
        rest => rest,
    }
}

/// A training run on its way: whoever holds it takes its steps.
#[derive(Debug)]
pub struct Run {
    training: Training,
    network: Network,
    data: Dataset,
    state: State,
    /// The examples' numbers in the order of the epoch, if they are shuffled.
    order: Vec<usize>,
    /// For the batch of a step.
    workspace: Workspace,
    /// For the whole data set, where a batch is smaller.
    whole: Option<Workspace>,
    watch: Option<Watch>,
}

/// Where a run is, apart from its network: with both, it can go on.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    step: usize,
    optimizer: OptimizerState,
    history: History,
    watched: Option<Watched>,
}

impl State {
    /// The number of steps taken.
    pub fn iteration(&self) -> usize {
        self.step
    }
}

impl Run {
    fn new(
        training: &Training,
        network: &Network,
        data: &Dataset,
        mut state: State,
    ) -> Result<Self, Error> {
        let m = data.examples();
        let batch = training.batches.map_or(m, MiniBatches::size);
        let pass = training.objective.pass(network, Mode::Training { step: 0 });
        let whole = (batch < m).then(|| Workspace::new(pass, m));
        let stopping = training.early_stopping.as_ref();
        let watch = stopping.zip(state.watched.take());
        let watch = watch.map(|(stopping, watched)| stopping.watch(network, watched));
        let mut order = Vec::new();
        if let Some(batches) = training.batches.filter(|batches| batches.is_shuffled()) {
            order = try_with_capacity("order of the examples", m)?;
            order.extend(0..m);
            batches.put_in_order(&mut order, training.time(state.step, m).epoch);
        }
        Ok(Self {
            training: training.clone(),
            network: network.clone(),
            data: data.clone(),
            state,
            order,
            workspace: Workspace::new(pass, batch)?,
            whole: whole.transpose()?,
            watch: watch.transpose()?,
        })
    }

    /// The number of steps taken, which is also that of the next step, from 0.
    pub fn iteration(&self) -> usize {
        self.state.step
    }

    /// The epoch of the next step, from 0.
    pub fn epoch(&self) -> usize {
        self.time().epoch
    }

    /// The network as it is now.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The costs recorded so far. What early stopping does is in there at the end.
    pub fn history(&self) -> &History {
        &self.state.history
    }

    /// The learning rate of the next step.
    pub fn learning_rate(&self) -> f64 {
        let alpha = self.training.optimizer.learning_rate();
        self.training.schedule.rate(alpha, self.time())
    }

    /// Whether all steps are taken, or early stopping has ended the run.
    pub fn is_over(&self) -> bool {
        let stopped = self.watch.as_ref().is_some_and(Watch::has_ended);
        stopped || self.state.step >= self.training.steps(self.data.examples())
    }

    /// Takes steps up to the next cost that is to be recorded, and records it: the iteration, or epoch, and the cost before
    /// its step. Nothing when the run is over.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    pub fn next_cost(&mut self) -> Result<Option<(usize, f64)>, Error> {
        loop {
            if let Some(now) = self.due() {
                return self.record(now).map(Some);
            }
            if self.is_over() {
                return Ok(None);
            }
            self.step()?;
        }
    }

    // ANCHOR: step
    /// One step, on the next batch. Nothing is recorded, and nothing ends but by an
    /// error: how long a run is to be is for [`next_cost`](Self::next_cost).
    ///
    /// # Errors
    /// [`Error::Diverged`] when a logit or a parameter would no longer be finite,
    /// [`Error::Rate`] when the schedule has no rate for this step. The network is then
    /// what it was before the step, and the run is not to go on.
    pub fn step(&mut self) -> Result<(), Error> {
        let rate = self.begin_step()?;
        let step = self.state.step;
        if !self.find_gradients() {
            return Err(self.diverged(step));
        }
        let examples = self.batch().len();
        let gradients = self.workspace.gradients_mut();
        let objective = &self.training.objective;
        objective.add_penalty(self.network.parameters(), examples, gradients);
        let (parameters, state) = (self.network.parameters_mut(), &mut self.state.optimizer);
        let optimizer = &self.training.optimizer;
        if !optimizer.step_with(rate, parameters, gradients, state) {
            return Err(self.diverged(step + 1));
        }
        self.workspace.update_statistics(&mut self.network);
        self.advance();
        Ok(())
    }
    // ANCHOR_END: step

    /// Records what the step is not to change; returns its learning rate.
    pub(crate) fn begin_step(&mut self) -> Result<f64, Error> {
        self.record_last_batch()?;
        let (time, rate) = (self.time(), self.learning_rate());
        match rate.is_finite() && rate > 0.0 {
            true => Ok(rate),
            false => Err(Error::Rate {
                time: time.step,
                got: rate,
            }),
        }
    }

    /// Finds the gradients of the next batch, without the penalty's; returns whether
    /// every logit is a finite number.
    fn find_gradients(&mut self) -> bool {
        let step = Mode::Training {
            step: self.state.step,
        };
        let pass = self.training.objective.pass(&self.network, step);
        let batch = batch(&self.training, &self.data, &self.order, self.state.step);
        self.workspace.find_gradients(pass, batch)
    }

    /// The cost of the whole data set, as the next step sees it: with the penalty, and with its masks and the whole set's
    /// moments where it has any.
    pub fn cost(&mut self) -> f64 {
        let step = Mode::Training {
            step: self.state.step,
        };
        let pass = self.training.objective.pass(&self.network, step);
        let workspace = self.whole.as_mut().unwrap_or(&mut self.workspace);
        let cost = workspace.cost(pass, self.data.all());
        let objective = &self.training.objective;
        cost + objective.penalty_of(self.network.parameters(), self.data.examples())
    }

    /// The network as it is now, and what it takes to [resume](Training::resume) the run.
    pub fn pause(self) -> (Network, State) {
        let watched = self.watch.map(Watch::into_watched);
        let state = State {
            watched,
            ..self.state
        };
        (self.network, state)
    }

    /// Ends the run: `network` becomes what it has come to, or the best that early stopping has seen.
    ///
    /// # Errors
    /// [`Error::Shape`] for a network of another shape than that which the run started from.
    pub fn finish(self, network: &mut Network) -> Result<History, Error> {
        let (parameters, own) = (network.parameters(), self.network.parameters());
        own.check_same_shape("network", parameters)?;
        let (own, history) = self.end();
        *network = own;
        Ok(history)
    }

    /// The network in the end, or the best that early stopping has seen, and the history.
    pub(crate) fn end(self) -> (Network, History) {
        let mut history = self.state.history;
        let Some(watch) = self.watch else {
            return (self.network, history);
        };
        let (best, stopped) = watch.end(self.state.step);
        history.stopped = Some(stopped);
        (best, history)
    }

    /// Records the cost that is due, if one is; returns whether there is a step to take.
    pub(crate) fn goes_on(&mut self) -> Result<bool, Error> {
        if let Some(now) = self.due() {
            self.record(now)?;
        }
        Ok(!self.is_over())
    }

    /// Whether a step is the same for networks in the lanes of a vector: it masks no inputs,
    /// normalizes nothing, and has few enough examples and inputs to be one piece of work.
    pub(crate) fn fits_a_lane(&self) -> bool {
        let masks_inputs = |masking: Masking<'_>| masking.dropout.masks_inputs();
        !self.masking().is_some_and(masks_inputs)
            && self.network.batch_norm().is_none()
            && self.workspace.is_one_chunk(self.most_examples())
            && !self.batch().are_few_and_wide()
    }

    /// The examples of a batch, but for the last one of an epoch.
    pub(crate) fn most_examples(&self) -> usize {
        let m = self.data.examples();
        self.training.batches.map_or(m, MiniBatches::size)
    }

    /// The masks of the next step, if it has any.
    pub(crate) fn masking(&self) -> Option<Masking<'_>> {
        let mode = Mode::Training {
            step: self.state.step,
        };
        self.training.objective.pass(&self.network, mode).masking()
    }

    /// The batch of the next step.
    pub(crate) fn batch(&self) -> Batch<'_> {
        batch(&self.training, &self.data, &self.order, self.state.step)
    }

    /// Whether its steps and those of another run, which both begin, can be taken as one: same shape and same
    /// number of examples in each batch, same penalty, and optimizers that differ in the learning rate at most.
    pub(crate) fn goes_with(&self, other: &Self) -> bool {
        let (one, another) = (&self.training, &other.training);
        let sizes = |run: &Self| run.network.parameters().sizes();
        self.state.step == 0
            && other.state.step == 0
            && sizes(self) == sizes(other)
            && self.network.activation() == other.network.activation()
            && self.data.examples() == other.data.examples()
            && self.most_examples() == other.most_examples()
            && self.masking().is_some() == other.masking().is_some()
            && one.objective.has_penalty_of(&another.objective)
            && one.optimizer.goes_with(&another.optimizer)
    }

    /// Whether the next step is not to be taken before something has been recorded, from the parameters as
    /// they are.
    pub(crate) fn records(&self) -> bool {
        self.due().is_some() || self.records_last_batch()
    }

    /// For how many steps, the next one included, nothing is recorded or ends, and the learning rate stays.
    pub(crate) fn quiet_steps(&self) -> usize {
        let (step, m) = (self.state.step, self.data.examples());
        let per_epoch = self.training.steps_per_epoch(m);
        let in_epoch = per_epoch - step % per_epoch;
        let next = match (&self.training.schedule, self.training.length) {
            (Schedule::Constant, Length::Iterations(_)) => {
                self.training.record_every - step % self.training.record_every
            }
            // The cost of an epoch's last batch may be recorded before its step.
            (Schedule::Constant, Length::Epochs(_)) => in_epoch.saturating_sub(1).max(1),
            _ => 1,
        };
        next.min(self.training.steps(m) - step)
    }

    /// The optimizer and the penalty, of which the latter is added to the gradients of a batch.
    pub(crate) fn optimizer_and_objective(&self) -> (&Optimizer, &Objective) {
        (&self.training.optimizer, &self.training.objective)
    }

    /// The parameters, and what the optimizer remembers, for what takes steps in this run's place.
    pub(crate) fn parameters_and_state(&mut self) -> (&mut Parameters, &mut OptimizerState) {
        (self.network.parameters_mut(), &mut self.state.optimizer)
    }

    fn time(&self) -> Time {
        let m = self.data.examples();
        self.training.time(self.state.step, m)
    }

    /// The iteration or epoch whose cost is to be recorded now, if there is one and it is not yet.
    fn due(&self) -> Option<usize> {
        let (m, step, every) = (
            self.data.examples(),
            self.state.step,
            self.training.record_every,
        );
        let per_epoch = self.training.steps_per_epoch(m);
        let (now, due) = match self.training.length {
            Length::Iterations(iterations) => {
                (step, step.is_multiple_of(every) && step < iterations)
            }
            Length::Epochs(epochs) => {
                let epoch = step / per_epoch;
                let begins = step.is_multiple_of(per_epoch) && epoch <= epochs;
                (
                    epoch,
                    begins && (epoch.is_multiple_of(every) || epoch == epochs),
                )
            }
        };
        let recorded = self.state.history.costs.last();
        let stopped = self.watch.as_ref().is_some_and(Watch::has_ended);
        (due && !stopped && recorded.is_none_or(|(last, _)| *last < now)).then_some(now)
    }

    /// Records the cost now, and has early stopping look at it.
    fn record(&mut self, now: usize) -> Result<(usize, f64), Error> {
        let cost = self.cost();
        if !cost.is_finite() {
            return Err(self.diverged(self.state.step));
        }
        self.state.history.costs.push((now, cost));
        if let Some(watch) = &mut self.watch {
            let dev_cost = watch.check(self.state.step, &self.network);
            if !dev_cost.is_finite() {
                return Err(self.diverged(self.state.step));
            }
        }
        Ok((now, cost))
    }

    /// Records the cost of the batch of the next step, if it is the last one of an epoch whose costs are recorded.
    fn record_last_batch(&mut self) -> Result<(), Error> {
        if !self.records_last_batch() {
            return Ok(());
        }
        let Time { epoch, step } = self.time();
        let mode = Mode::Training { step };
        let pass = self.training.objective.pass(&self.network, mode);
        let batch = batch(&self.training, &self.data, &self.order, step);
        let cost = self.workspace.cost(pass, batch);
        let objective = &self.training.objective;
        let cost = cost + objective.penalty_of(self.network.parameters(), batch.len());
        if !cost.is_finite() {
            return Err(self.diverged(step));
        }
        self.state.history.last_batch_costs.push((epoch, cost));
        Ok(())
    }

    /// Whether the next batch is the last one of an epoch whose costs are recorded.
    fn records_last_batch(&self) -> bool {
        let Time { epoch, step } = self.time();
        let per_epoch = self.training.steps_per_epoch(self.data.examples());
        matches!(self.training.length, Length::Epochs(_))
            && self.training.batches.is_some()
            && epoch.is_multiple_of(self.training.record_every)
            && (step + 1) % per_epoch == 0
    }

    /// Goes on to the next step, and to the next order of the examples.
    pub(crate) fn advance(&mut self) {
        self.state.step += 1;
        let Some(batches) = self.training.batches else {
            return;
        };
        let per_epoch = self.training.steps_per_epoch(self.data.examples());
        if self.state.step.is_multiple_of(per_epoch) {
            let epoch = self.epoch();
            batches.put_in_order(&mut self.order, epoch);
        }
    }

    pub(crate) fn diverged(&self, iteration: usize) -> Error {
        Error::Diverged {
            iteration,
            learning_rate: self.learning_rate(),
        }
    }
}

/// The batch of a step.
fn batch<'a>(training: &Training, data: &'a Dataset, order: &'a [usize], step: usize) -> Batch<'a> {
    let all = data.all();
    let Some(batches) = training.batches else {
        return all;
    };
    let m = data.examples();
    let first = step % training.steps_per_epoch(m) * batches.size();
    match order.is_empty() {
        true => all.part(first, batches.size()),
        false => all.picked(&order[first..m.min(first + batches.size())]),
    }
}

/// The recorded costs of a training run, each with its penalty.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    unit: Unit,
    costs: Vec<(usize, f64)>,
    last_batch_costs: Vec<(usize, f64)>,
    record_every: usize,
    stopped: Option<Stopped>,
}

impl History {
    fn new(training: &Training, records: usize, of_batches: usize) -> Result<Self, Error> {
        Ok(Self {
            unit: match training.length {
                Length::Iterations(_) => Unit::Iteration,
                Length::Epochs(_) => Unit::Epoch,
            },
            costs: try_with_capacity("recorded costs", records)?,
            last_batch_costs: try_with_capacity("recorded costs", of_batches)?,
            record_every: training.record_every,
            stopped: None,
        })
    }

    /// What the costs are counted by.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// The recorded iterations, or epochs, and the cost of the whole data set before each one's first step, in order. Epochs
    /// end with the cost after the last one.
    pub fn costs(&self) -> &[(usize, f64)] {
        &self.costs
    }

    /// The recorded epochs and the cost of each one's last batch before its step, in order: what the course prints. None
    /// without mini-batches, or in a run that is counted in iterations.
    pub fn last_batch_costs(&self) -> &[(usize, f64)] {
        &self.last_batch_costs
    }

    /// What early stopping did, if the run had it.
    pub fn early_stopping(&self) -> Option<&Stopped> {
        self.stopped.as_ref()
    }

    /// The cost of the whole data set before the first step of the iteration, or epoch, of this number, from 0.
    ///
    /// # Errors
    /// [`Error::NotRecorded`] when that cost was not recorded.
    pub fn cost(&self, number: usize) -> Result<f64, Error> {
        let costs = &self.costs;
        match costs.binary_search_by_key(&number, |(recorded, _)| *recorded) {
            Ok(index) => Ok(costs[index].1),
            Err(_) => Err(Error::NotRecorded {
                number,
                unit: self.unit.name(),
                record_every: self.record_every,
                last: costs.last().map_or(0, |(recorded, _)| *recorded),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::prelude::*;
    use crate::training::Unit;

    fn ring_data() -> Dataset {
        circles(40, 0.05, &mut RandomState::new(1)).unwrap()
    }

    fn he() -> Network {
        Network::new(&[2, 5, 1], Initialization::He, &mut RandomState::new(2)).unwrap()
    }

    #[test]
    fn one_step_goes_against_the_gradient() {
        let (data, mut network) = (ring_data(), he());
        let theta = network.parameters().to_theta();
        let gradient = network.gradients(&data).unwrap().to_theta();
        GradientDescent::new(0.5)
            .iterations(1)
            .train(&mut network, &data)
            .unwrap();
        assert_eq!(network.parameters().to_theta(), &theta - &(0.5 * &gradient));
    }

    #[test]
    fn records_the_cost_before_each_step_that_was_asked_for() {
        let (data, mut network) = (ring_data(), he());
        let start = network.cost(&data).unwrap();
        let mut seen = Vec::new();
        let training = GradientDescent::new(0.1).iterations(8).record_every(3);
        let mut run = training.start(&network, &data).unwrap();
        while let Some(cost) = run.next_cost().unwrap() {
            assert_eq!(run.iteration(), cost.0);
            assert_eq!(run.network().cost(&data), Ok(cost.1));
            seen.push(cost);
        }
        assert!(run.is_over());
        assert_eq!(run.iteration(), 8);
        let history = run.finish(&mut network).unwrap();
        assert_eq!(history.costs(), seen);
        assert_eq!(seen.iter().map(|(i, _)| *i).collect::<Vec<_>>(), [0, 3, 6]);
        assert_eq!(history.cost(0), Ok(start));
        assert!(matches!(
            history.cost(4),
            Err(Error::NotRecorded {
                number: 4,
                unit: "iteration",
                record_every: 3,
                last: 6
            })
        ));
    }

    #[test]
    fn training_in_two_parts_is_training_in_one() {
        let (data, mut whole, mut parts) = (ring_data(), he(), he());
        let steps = |n| GradientDescent::new(0.1).iterations(n);
        steps(20).train(&mut whole, &data).unwrap();
        steps(13).train(&mut parts, &data).unwrap();
        steps(7).train(&mut parts, &data).unwrap();
        assert_eq!(whole, parts);
    }

    /// Training with everything that has a state.
    fn stateful() -> Training {
        let dropout = Dropout::fresh(&[0.8], &mut RandomState::new(3)).unwrap();
        let dev = circles(30, 0.3, &mut RandomState::new(4)).unwrap();
        Training::new(Adam::new(0.05).then(WeightDecay::new(0.01)))
            .mini_batches(MiniBatches::of(7).shuffled(&mut RandomState::new(5)))
            .schedule(Schedule::Exponential { factor: 0.999 }.by_step())
            .dropout(dropout)
            .early_stopping(EarlyStopping::new(dev, 4))
            .epochs(40)
            .record_every(2)
    }

    #[test]
    fn a_run_that_is_paused_goes_on_to_the_same_bits() {
        let (data, start) = (ring_data(), he().with_batch_norm(BatchNorm::new()));
        let training = stateful();
        let mut whole = start.clone();
        let one = training.train(&mut whole, &data).unwrap();
        assert!(one.early_stopping().unwrap().steps > 30);
        for pauses in [vec![1], vec![6, 5, 13], vec![29]] {
            let mut run = training.start(&start, &data).unwrap();
            for steps in pauses {
                let end = run.iteration() + steps;
                // As often as not in the middle of an epoch, after a cost or before.
                while run.iteration() < end && run.next_cost().unwrap().is_some() {}
                let (network, state) = run.pause();
                assert_eq!(
                    training
                        .resume(&network, &data, state.clone())
                        .unwrap()
                        .pause(),
                    (network.clone(), state.clone())
                );
                run = training.resume(&network, &data, state).unwrap();
            }
            while run.next_cost().unwrap().is_some() {}
            let mut parts = start.clone();
            assert_eq!(run.finish(&mut parts), Ok(one.clone()));
            assert_eq!(parts, whole);
        }
    }

    #[test]
    fn whoever_takes_the_steps_says_when_they_end() {
        let (data, mut whole, mut stopped) = (ring_data(), he(), he());
        let training = Training::new(Momentum::new(0.1)).iterations(9);
        training.train(&mut whole, &data).unwrap();
        let endless = Training::new(Momentum::new(0.1));
        let mut run = endless.start(&stopped, &data).unwrap();
        for _ in 0..9 {
            run.step().unwrap();
        }
        assert_eq!(run.finish(&mut stopped).unwrap().costs(), []);
        assert_eq!(whole, stopped);
    }

    #[test]
    fn a_state_of_another_run_is_refused() {
        let (data, network) = (ring_data(), he());
        let state = |training: &Training| training.start(&network, &data).unwrap().pause().1;
        let plain = Training::new(0.1);
        let adam = Training::new(Adam::new(0.1));
        for (training, state) in [
            (&adam, state(&plain)),
            (&plain, state(&adam)),
            (&stateful(), state(&plain)),
            (
                &plain,
                state(&Training::new(0.1).early_stopping(EarlyStopping::new(data.clone(), 1))),
            ),
        ] {
            let refused = training.resume(&network, &data, state);
            assert!(matches!(refused, Err(Error::Shape { .. })));
        }
    }

    /// Three epochs by hand: the network at the end, and the cost of each epoch's last batch before its step.
    fn by_hand(
        start: &Network,
        data: &Dataset,
        batches: MiniBatches,
        objective: &Objective,
    ) -> (Network, Vec<(usize, f64)>) {
        let (mut network, mut last_costs) = (start.clone(), Vec::new());
        for epoch in 0..3 {
            let mut cost = f64::NAN;
            for batch in batches.batches(data.examples(), epoch).unwrap() {
                let batch = data.select(&batch).unwrap();
                cost = objective.cost(&network, &batch, Mode::Inference).unwrap();
                let gradient = objective.gradients(&network, &batch, Mode::Inference);
                let theta = network.parameters().to_theta() - 0.3 * gradient.unwrap().to_theta();
                let next = network.parameters().with_theta(&theta).unwrap();
                network.set_parameters(next).unwrap();
            }
            last_costs.push((epoch, cost));
        }
        (network, last_costs)
    }

    #[test]
    fn an_epoch_is_a_step_for_each_batch() {
        let (data, start) = (ring_data(), he());
        let objective = Objective::from(Penalty::L2 { lambda: 2.0 });
        for batches in [
            MiniBatches::of(7),
            MiniBatches::of(1).shuffled(&mut RandomState::new(1)),
            MiniBatches::of(40).shuffled(&mut RandomState::new(1)),
            MiniBatches::of(13).shuffled_as_numpy(8),
        ] {
            let training = Training::new(0.3)
                .mini_batches(batches)
                .objective(objective.clone());
            let mut network = start.clone();
            let by_epochs = training.clone().epochs(3).record_every(2);
            let history = by_epochs.train(&mut network, &data).unwrap();
            let (expected, last_costs) = by_hand(&start, &data, batches, &objective);
            assert_eq!(network, expected, "{batches:?}");
            assert_eq!(history.unit(), Unit::Epoch);
            let epochs: Vec<usize> = history.costs().iter().map(|(epoch, _)| *epoch).collect();
            assert_eq!(epochs, [0, 2, 3]);
            let whole = |network: &Network| objective.cost(network, &data, Mode::Inference);
            assert_eq!(history.cost(0), whole(&start));
            assert_eq!(history.cost(3), whole(&expected));
            assert_eq!(history.last_batch_costs(), [last_costs[0], last_costs[2]]);
            let mut by_steps = start.clone();
            let steps = 3 * 40_usize.div_ceil(batches.size());
            let run = training.iterations(steps);
            run.train(&mut by_steps, &data).unwrap();
            assert_eq!(by_steps, expected);
        }
    }

    #[test]
    fn all_examples_in_their_order_are_no_mini_batch() {
        let (data, mut batch, mut whole) = (ring_data(), he(), he());
        let training = Training::new(0.3).iterations(20);
        training.train(&mut whole, &data).unwrap();
        training
            .mini_batches(MiniBatches::of(40))
            .train(&mut batch, &data)
            .unwrap();
        assert_eq!(batch, whole);
    }

    #[test]
    fn batches_and_schedules_that_make_no_run_are_refused() {
        let (data, mut network) = (ring_data(), he());
        let normalized = he().with_batch_norm(BatchNorm::new());
        for size in [0, 41] {
            let refused = Training::new(0.1).mini_batches(MiniBatches::of(size));
            let refused = refused.train(&mut network, &data);
            assert_eq!(refused, Err(Error::BatchSize { size, examples: 40 }));
        }
        let linear = Schedule::Linear {
            over: 9,
            least: 0.0,
        };
        let run = Training::new(0.1).schedule(linear.clone());
        assert_eq!(
            run.clone()
                .iterations(9)
                .train(&mut network.clone(), &data)
                .err(),
            None
        );
        let refused = run.iterations(10).train(&mut network, &data);
        assert_eq!(refused, Err(Error::Rate { time: 9, got: 0.0 }));
        let by_epoch = Training::new(0.1)
            .schedule(linear)
            .mini_batches(MiniBatches::of(10));
        assert_eq!(
            by_epoch
                .clone()
                .epochs(9)
                .train(&mut network.clone(), &data)
                .err(),
            None
        );
        assert!(by_epoch.epochs(10).train(&mut network, &data).is_err());
        assert!(matches!(
            Training::new(0.1).epochs(0).train(&mut network, &data),
            Err(Error::OutOfRange { .. })
        ));
        assert_eq!(network, he());
        for size in [1, 3, 13, 39] {
            // Of 40 examples the last batch has one.
            let refused = Training::new(0.1).mini_batches(MiniBatches::of(size));
            let refused = refused.train(&mut normalized.clone(), &data);
            assert!(
                matches!(refused, Err(Error::OutOfRange { got: 1.0, .. })),
                "{size}"
            );
        }
    }

    #[test]
    fn a_step_that_fails_leaves_the_network_as_it_was() {
        // Each step makes a weight 1e99 times as large.
        let penalty = Penalty::L2 { lambda: 40.0 };
        let training = Training::new(1e99).penalty(penalty);
        let mut run = training.start(&he(), &ring_data()).unwrap();
        let mut before = run.network().clone();
        let mut failure = None;
        for _ in 0..10 {
            match run.step() {
                Ok(()) => before = run.network().clone(),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        let error = failure.unwrap();
        assert!(matches!(error, Error::Diverged { .. }));
        assert_eq!(*run.network(), before);
        assert!(before.parameters().iter().all(|p| p.is_finite()));
    }

    #[test]
    fn refuses_settings_outside_their_range_and_leaves_the_network_alone() {
        let (data, mut network) = (ring_data(), he());
        for bad in [
            GradientDescent::new(0.0),
            GradientDescent::new(-1.0),
            GradientDescent::new(f64::NAN),
            GradientDescent::new(f64::INFINITY),
            GradientDescent::new(0.1).iterations(0),
            GradientDescent::new(0.1).record_every(0),
        ] {
            assert!(matches!(
                bad.train(&mut network, &data),
                Err(Error::OutOfRange { .. })
            ));
        }
        let endless = GradientDescent::new(0.1)
            .iterations(usize::MAX)
            .record_every(1);
        assert!(matches!(
            endless.train(&mut network, &data),
            Err(Error::TooLarge { .. })
        ));
        let three_features = Dataset::new(array![[1.0], [2.0], [3.0]], array![[1.0]]).unwrap();
        assert!(matches!(
            GradientDescent::new(0.1).train(&mut network, &three_features),
            Err(Error::Shape { .. })
        ));
        assert_eq!(network, he());
    }

    #[test]
    fn a_cost_that_overflows_is_not_recorded() {
        // Every logit is finite, and the sum of the losses is not.
        let data = Dataset::new(array![[1.0, -1.0]], array![[0.0, 1.0]]).unwrap();
        let weights = Parameters::zeros(&[1, 1]).unwrap();
        let weights = weights.with_theta(&array![1.5e308, 0.0]).unwrap();
        let mut network = Network::from_parameters(weights);
        assert!(matches!(
            GradientDescent::new(0.1).train(&mut network, &data),
            Err(Error::Diverged { iteration: 0, .. })
        ));
    }

    #[test]
    fn a_diverged_run_says_when_and_leaves_the_network_alone() {
        // One point of both classes keeps the gradient large; a huge step then overflows the product
        // of identity layers.
        let data = Dataset::new(array![[1.0, 1.0]], array![[1.0, 0.0]]).unwrap();
        let deep = || {
            let network = Network::new(
                &[1, 4, 4, 1],
                Initialization::Gaussian(3.0),
                &mut RandomState::new(3),
            );
            network.unwrap().with_activation(Activation::Identity)
        };
        let mut network = deep();
        let result = GradientDescent::new(1e200).train(&mut network, &data);
        assert!(
            matches!(
                result,
                Err(Error::Diverged {
                    iteration: 1..=5,
                    learning_rate: 1e200
                })
            ),
            "{result:?}"
        );
        assert_eq!(network, deep());
    }
}
