//! How the network is trained: the optimizer, the batches, the length.

use clap::ValueEnum;
use trainable::prelude::*;

use super::arguments::{
    Arguments, LengthArguments, Method, OptimizerArguments, OutputArguments,
    RegularizationArguments,
};
use crate::Failure;
use crate::parse::MOST;

impl Arguments {
    /// The training of this network on this number of examples.
    pub fn training(&self, network: &Network, examples: usize) -> Result<Training, Failure> {
        self.length.check_batches(self.network.batch_norm, examples)?;
        self.length.check_recorded(&self.output)?;
        let decay = self.regularization.decay(self.optimizer.optimizer);
        let mut training = Training::new(self.optimizer.optimizer(decay))
            .schedule(self.optimizer.schedule.clone())
            .record_every(self.output.record_every);
        training = match self.length.epochs {
            Some(epochs) => training.epochs(epochs),
            None => training.iterations(self.length.iterations),
        };
        if let Some(batches) = self.length.batches() {
            training = training.mini_batches(batches);
        }
        self.regularization.add_to(training, network)
    }
}

impl LengthArguments {
    /// The steps in an epoch of this number of examples.
    pub fn steps_per_epoch(&self, examples: usize) -> usize {
        self.batch_size.map_or(1, |size| examples.div_ceil(size))
    }

    fn batches(&self) -> Option<MiniBatches> {
        // The course counts up before each epoch, also before the first.
        let seed = self.batch_seed.wrapping_add(1);
        Some(MiniBatches::of(self.batch_size?).shuffled_as_numpy(seed))
    }

    /// Refuses batches that are larger than the data, or that cannot be normalized.
    fn check_batches(&self, batch_norm: bool, examples: usize) -> Result<(), Failure> {
        let Some(size) = self.batch_size else {
            return Ok(());
        };
        if size > examples {
            return Err(Failure::Settings(format!(
                "--batch-size {size}: expected a whole number from 1 to {examples}, the number of \
                 training examples"
            )));
        }
        if batch_norm && (size == 1 || examples % size == 1) {
            return Err(Failure::Settings(format!(
                "--batch-norm with --batch-size {size}: expected at least 2 examples in every \
                 batch, the last one included, got 1 in the last batch of {examples} examples"
            )));
        }
        Ok(())
    }

    fn check_recorded(&self, output: &OutputArguments) -> Result<(), Failure> {
        let (length, number) = match self.epochs {
            Some(epochs) => ("--epochs", epochs),
            None => ("--iterations", self.iterations),
        };
        match number.div_ceil(output.record_every) {
            ..=MOST => Ok(()),
            costs => Err(Failure::TooManyCosts { length, costs }),
        }
    }
}

impl OptimizerArguments {
    /// Refuses options that the chosen optimizer does not have.
    pub fn check(&self) -> Result<(), Failure> {
        for (option, given) in [
            ("--beta", self.beta.is_some()),
            ("--beta1", self.beta1.is_some()),
            ("--beta2", self.beta2.is_some()),
            ("--epsilon", self.epsilon.is_some()),
        ] {
            if given && !self.optimizer.options().contains(&option) {
                return Err(self.foreign(option));
            }
        }
        Ok(())
    }

    /// Why an option is refused that belongs to other optimizers.
    fn foreign(&self, option: &str) -> Failure {
        let methods = Method::value_variants().iter();
        let owners = methods.filter(|method| method.options().contains(&option));
        let owners: Vec<String> = owners.map(|owner| owner.name()).collect();
        let own = match self.optimizer.options() {
            [] => "no such option".to_owned(),
            own => listed(own),
        };
        Failure::Settings(format!(
            "{option} belongs to --optimizer {}, not to {}, which has {own}",
            listed(&owners),
            self.optimizer.name()
        ))
    }

    fn optimizer(&self, decay: f64) -> Optimizer {
        let alpha = self.learning_rate;
        let (beta, beta1) = (self.beta.unwrap_or(0.9), self.beta1.unwrap_or(0.9));
        let epsilon = self.epsilon.unwrap_or(1e-8);
        let optimizer: Optimizer = match self.optimizer {
            Method::Gd => alpha.into(),
            Method::Momentum => Momentum::new(alpha).beta(beta).into(),
            Method::Nesterov => Nesterov::new(alpha).beta(beta).into(),
            Method::Rmsprop => {
                RmsProp::new(alpha).beta(self.beta2.unwrap_or(0.9)).epsilon(epsilon).into()
            }
            Method::Adam | Method::Adamw => Adam::new(alpha)
                .beta1(beta1)
                .beta2(self.beta2.unwrap_or(0.999))
                .epsilon(epsilon)
                .into(),
        };
        match decay {
            0.0 => optimizer,
            decay => optimizer.then(WeightDecay::new(decay)),
        }
    }
}

impl Method {
    /// The options that it has beside the learning rate and weight decay.
    fn options(self) -> &'static [&'static str] {
        match self {
            Self::Gd => &[],
            Self::Momentum | Self::Nesterov => &["--beta"],
            Self::Rmsprop => &["--beta2", "--epsilon"],
            Self::Adam | Self::Adamw => &["--beta1", "--beta2", "--epsilon"],
        }
    }

    fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// Words with commas between them, and an "and".
fn listed<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match &words[..] {
        [first @ .., before, last] => {
            let first: String = first.iter().map(|word| format!("{word}, ")).collect();
            format!("{first}{before} and {last}")
        }
        words => words.concat(),
    }
}

impl RegularizationArguments {
    fn decay(&self, method: Method) -> f64 {
        self.weight_decay.unwrap_or(match method {
            Method::Adamw => 0.01,
            _ => 0.0,
        })
    }

    fn add_to(&self, training: Training, network: &Network) -> Result<Training, Failure> {
        let mut training = training.penalty(Penalty::L2 { lambda: self.l2 });
        if let Some(dropout) = self.dropout(network)? {
            training = training.dropout(dropout);
        }
        let norm = self.clip_norm.map(Clipping::Norm);
        Ok(match norm.or(self.clip_value.map(Clipping::Value)) {
            Some(clipping) => training.clipping(clipping),
            None => training,
        })
    }

    fn dropout(&self, network: &Network) -> Result<Option<Dropout>, Error> {
        let hidden = network.parameters().layers().len() - 1;
        let keep = match (&self.keep[..], self.keep_input) {
            ([], None) => return Ok(None),
            ([], Some(_)) => vec![1.0; hidden],
            ([keep], _) => vec![*keep; hidden],
            _ => self.keep.clone(),
        };
        let dropout = Dropout::fresh(&keep, &mut RandomState::new(self.keep_seed))?;
        Ok(Some(match self.keep_input {
            Some(keep) => dropout.input(keep)?,
            None => dropout,
        }))
    }
}
