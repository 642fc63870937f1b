//! # The first move
//!
//! Chapter: book/summary.md
//!
//! Six runs of gradient descent fail: nine tenths of the dev set, or less, are right. For each,
//! say which one of the cures brings it above that. The tests apply the cure that you name,
//! train, and count. Where a run says nothing else, its network is 2-10-5-1, with ReLU hidden
//! layers and He's weights; it has 200 examples of two circles, a learning rate of 0.3 and 1000
//! steps. Cures change nothing but what they say.

/// One change of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cure {
    /// A learning rate a hundred times as large.
    LargerRate,
    /// He's weights to begin with.
    RandomWeights,
    /// ReLU hidden layers.
    Relu,
    /// Features with the mean 0 and the variance 1.
    NormalizedInputs,
    /// Hidden layers of 20 and 10 units instead of those that are there.
    BiggerNetwork,
    /// 300 examples more.
    MoreData,
    /// L2 with λ = 0.1.
    Penalty,
}

/// All weights begin at 0. The cost stays where it is.
pub fn zero_weights() -> Cure {
    // TODO: which cure?
    todo!()
}

/// The learning rate is 0.003. The cost falls, and still falls at the end.
pub fn slow() -> Cure {
    // TODO: which cure?
    todo!()
}

/// There is no hidden layer, only one unit. The cost falls to ln 2, and stays there; the train
/// error is as high as the dev error.
pub fn one_unit() -> Cure {
    // TODO: which cure?
    todo!()
}

/// The second feature comes in a unit that makes its numbers a thousand times as large. The
/// cost begins in the hundreds, and soon stands still at ln 2.
pub fn another_unit() -> Cure {
    // TODO: which cure?
    todo!()
}

/// There are 6 examples. All of them are right in the end, and the dev set is not.
pub fn by_heart() -> Cure {
    // TODO: which cure?
    todo!()
}

/// Five hidden layers of 10 sigmoid units, with Xavier's weights. The cost hardly moves; the
/// first layer's gradient is less than a thousandth of the last one's.
pub fn deep() -> Cure {
    // TODO: which cure?
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use trainable::prelude::*;

    use super::*;

    /// What a run is made of.
    struct Run {
        examples: usize,
        scale: f64,
        sizes: Vec<usize>,
        activation: Activation,
        initialization: Initialization,
        rate: f64,
        normalized: bool,
        lambda: f64,
    }

    /// A run that does not fail.
    fn run() -> Run {
        Run {
            examples: 200,
            scale: 1.0,
            sizes: vec![2, 10, 5, 1],
            activation: Activation::Relu,
            initialization: Initialization::He,
            rate: 0.3,
            normalized: false,
            lambda: 0.0,
        }
    }

    fn cured(mut run: Run, cure: Cure) -> Run {
        match cure {
            Cure::LargerRate => run.rate *= 100.0,
            Cure::RandomWeights => run.initialization = Initialization::He,
            Cure::Relu => run.activation = Activation::Relu,
            Cure::NormalizedInputs => run.normalized = true,
            Cure::BiggerNetwork => run.sizes = vec![2, 20, 10, 1],
            Cure::MoreData => run.examples += 300,
            Cure::Penalty => run.lambda = 0.1,
        }
        run
    }

    /// Two circles, whose second feature is in another unit.
    fn data(examples: usize, scale: f64, seed: u32) -> Result<Dataset, Error> {
        let circles = circles(examples, 0.05, &mut RandomState::new(seed))?;
        let mut x = circles.x().to_owned();
        x.row_mut(1).mapv_inplace(|x| scale * x);
        Dataset::new(x, circles.y().to_owned())
    }

    /// The accuracies on the training set and on the dev set.
    fn train(run: &Run) -> Result<(f64, f64), Error> {
        let train = data(run.examples, run.scale, 1)?;
        let dev = data(500, run.scale, 2)?;
        let (train, dev) = match run.normalized {
            true => {
                let statistics = Normalization::fit(&train)?;
                (statistics.apply(&train)?, statistics.apply(&dev)?)
            }
            false => (train, dev),
        };
        let mut network = Network::new(&run.sizes, run.initialization, &mut RandomState::new(3))?
            .with_activation(run.activation);
        GradientDescent::new(run.rate)
            .penalty(Penalty::L2 { lambda: run.lambda })
            .iterations(1_000)
            .train(&mut network, &train)?;
        Ok((network.accuracy(&train)?, network.accuracy(&dev)?))
    }

    fn check(run: Run, cure: Cure, what: &str, idea: &str) {
        let (train, dev) = train(&cured(run, cure)).unwrap();
        assert!(
            dev > 0.9,
            "{what}: expected a cure that brings more than nine tenths of the dev set right, got {dev:.3} of it with {cure:?}, and {train:.3} of the training set. {idea}"
        );
    }

    #[test]
    fn all_weights_zero() {
        let run = Run {
            initialization: Initialization::Zeros,
            ..run()
        };
        check(
            run,
            zero_weights(),
            "weights of 0",
            "Through weights of 0 no error comes back, so all gradients of weights are 0: no rate, no data and no size of the network makes another number of that.",
        );
    }

    #[test]
    fn a_small_rate() {
        let run = Run {
            rate: 0.003,
            ..run()
        };
        check(
            run,
            slow(),
            "a rate of 0.003",
            "The cost still falls, so training has not ended: nothing is wrong but the length of the steps.",
        );
    }

    #[test]
    fn a_line() {
        let run = Run {
            sizes: vec![2, 1],
            ..run()
        };
        check(
            run,
            one_unit(),
            "one unit",
            "The train error is high too: that is bias. A single unit divides the plane by a line, and no line divides circles.",
        );
    }

    #[test]
    fn thousands() {
        let run = Run {
            scale: 1_000.0,
            ..run()
        };
        check(
            run,
            another_unit(),
            "a feature in thousands",
            "What is the only thing that is not as in a run that works? One feature's scale makes the steps a million times too long along its weights.",
        );
    }

    #[test]
    fn six_examples() {
        let run = Run {
            examples: 6,
            ..run()
        };
        check(
            run,
            by_heart(),
            "six examples",
            "Train is good and dev is bad: that is variance. Six points leave too many boundaries to choose from, for a network of any size.",
        );
    }

    #[test]
    fn five_sigmoid_layers() {
        let run = Run {
            sizes: vec![2, 10, 10, 10, 10, 10, 1],
            activation: Activation::Sigmoid,
            initialization: Initialization::Xavier,
            ..run()
        };
        check(
            run,
            deep(),
            "five sigmoid layers",
            "The gradient vanishes on its way to the first layer, by a factor for each sigmoid's slope, at most a quarter. Which cure changes that factor?",
        );
    }
}
