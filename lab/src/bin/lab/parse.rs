//! The arguments of `train`, each refused with what is allowed.

mod schedule;

use std::str::FromStr;

use trainable::prelude::Initialization;

pub use schedule::schedule;

/// The most of anything that is kept in memory: examples, weights, recorded costs.
pub const MOST: usize = 10_000_000;

/// The most classes that data may have.
pub const MOST_CLASSES: usize = 1_000;

/// The sizes of a network's layers, inputs first.
#[derive(Debug, Clone, PartialEq)]
pub struct Layers(pub Vec<usize>);

/// A number of examples.
pub fn examples(text: &str) -> Result<usize, String> {
    within(text, |n: &usize| (2..=MOST).contains(n))
        .ok_or_else(|| format!("expected a whole number from 2 to {MOST}"))
}

/// A number of classes.
pub fn classes(text: &str) -> Result<usize, String> {
    within(text, |n: &usize| (2..=MOST_CLASSES).contains(n))
        .ok_or_else(|| format!("expected a whole number from 2 to {MOST_CLASSES}"))
}

/// A number of examples in a mini-batch.
pub fn batch_size(text: &str) -> Result<usize, String> {
    within(text, |n: &usize| *n > 0).ok_or_else(|| {
        "expected a whole number from 1 to the number of training examples, such as 64".to_owned()
    })
}

/// The share of a file that is tested on.
pub fn share(text: &str) -> Result<f64, String> {
    within(text, |share: &f64| *share > 0.0 && *share < 1.0)
        .ok_or_else(|| "expected a number above 0 and below 1, such as 0.2".to_owned())
}

/// A number of steps, or of epochs.
pub fn steps(text: &str) -> Result<usize, String> {
    within(text, |n: &usize| *n > 0)
        .ok_or_else(|| format!("expected a whole number from 1 to {}", usize::MAX))
}

/// A seed of NumPy's legacy generator.
pub fn seed(text: &str) -> Result<u32, String> {
    within(text, |_| true).ok_or_else(|| format!("expected a whole number from 0 to {}", u32::MAX))
}

/// A learning rate.
pub fn learning_rate(text: &str) -> Result<f64, String> {
    above_0(text).ok_or_else(|| "expected a finite number above 0, such as 0.01".to_owned())
}

/// The share of an average that stays at each step.
pub fn beta(text: &str) -> Result<f64, String> {
    within(text, |beta: &f64| (0.0..1.0).contains(beta))
        .ok_or_else(|| "expected a number of at least 0 and below 1, such as 0.9".to_owned())
}

/// What is added to a root.
pub fn epsilon(text: &str) -> Result<f64, String> {
    above_0(text).ok_or_else(|| "expected a finite number above 0, such as 1e-8".to_owned())
}

/// The λ of weight decay.
pub fn decay(text: &str) -> Result<f64, String> {
    at_least_0(text)
        .ok_or_else(|| "expected a finite number of at least 0, such as 0.01".to_owned())
}

/// A limit on the gradient.
pub fn limit(text: &str) -> Result<f64, String> {
    above_0(text).ok_or_else(|| "expected a finite number above 0, such as 1".to_owned())
}

/// A standard deviation of noise.
pub fn noise(text: &str) -> Result<f64, String> {
    at_least_0(text)
        .ok_or_else(|| "expected a finite number of at least 0, such as 0.05".to_owned())
}

/// The λ of a penalty.
pub fn lambda(text: &str) -> Result<f64, String> {
    at_least_0(text).ok_or_else(|| "expected a finite number of at least 0, such as 0.7".to_owned())
}

/// The probability that a unit takes part in a step.
pub fn keep(text: &str) -> Result<f64, String> {
    within(text, |keep: &f64| *keep > 0.0 && *keep <= 1.0)
        .ok_or_else(|| "expected a number above 0 and at most 1, such as 0.8".to_owned())
}

/// An initialization scheme.
pub fn initialization(text: &str) -> Result<Initialization, String> {
    if let Some(std) = text.strip_prefix("gaussian:") {
        return at_least_0(std).map(Initialization::Gaussian).ok_or_else(|| {
            "expected a standard deviation that is a finite number of at least 0, such as \
             gaussian:0.01"
                .to_owned()
        });
    }
    match text {
        "zeros" => Ok(Initialization::Zeros),
        "xavier" => Ok(Initialization::Xavier),
        "glorot" => Ok(Initialization::Glorot),
        "he" => Ok(Initialization::He),
        "xavier-uniform" => Ok(Initialization::XavierUniform),
        "glorot-uniform" => Ok(Initialization::GlorotUniform),
        "he-uniform" => Ok(Initialization::HeUniform),
        _ => Err("expected zeros, gaussian:STD (such as gaussian:10), xavier, glorot, he, \
                  xavier-uniform, glorot-uniform or he-uniform"
            .to_owned()),
    }
}

/// Layer sizes of at most [`MOST`] weights. Whether they fit the data is not known yet.
pub fn layers(text: &str) -> Result<Layers, String> {
    let sizes: Option<Vec<usize>> =
        text.split(',').map(|size| within(size, |n: &usize| *n > 0)).collect();
    let sizes = sizes.filter(|sizes| sizes.len() > 1).ok_or_else(|| {
        "expected whole numbers from 1, of which the first is 2 (the data's features; a file may \
         have more or fewer) and the last is 1 (or, for three classes or more, their number), such \
         as 2,10,5,1"
            .to_owned()
    })?;
    affordable(sizes)
}

/// Layers of no more weights than are kept in memory.
pub fn affordable(sizes: Vec<usize>) -> Result<Layers, String> {
    match weights(&sizes) {
        Some(0..=MOST) => Ok(Layers(sizes)),
        _ => Err(format!("expected layers with at most {MOST} weights in all")),
    }
}

/// The number of weights of a network; none where it overflows.
fn weights(sizes: &[usize]) -> Option<usize> {
    sizes
        .windows(2)
        .map(|pair| pair[0].checked_mul(pair[1]))
        .try_fold(0_usize, |sum, product| sum.checked_add(product?))
}

fn at_least_0(text: &str) -> Option<f64> {
    within(text, |number: &f64| number.is_finite() && *number >= 0.0)
}

fn above_0(text: &str) -> Option<f64> {
    within(text, |number: &f64| number.is_finite() && *number > 0.0)
}

fn within<T: FromStr>(text: &str, allowed: impl Fn(&T) -> bool) -> Option<T> {
    text.parse().ok().filter(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_are_read_by_name() {
        for (text, scheme) in [
            ("zeros", Initialization::Zeros),
            ("gaussian:10", Initialization::Gaussian(10.0)),
            ("gaussian:1e-2", Initialization::Gaussian(0.01)),
            ("gaussian:0", Initialization::Gaussian(0.0)),
            ("xavier", Initialization::Xavier),
            ("glorot", Initialization::Glorot),
            ("he", Initialization::He),
            ("xavier-uniform", Initialization::XavierUniform),
            ("glorot-uniform", Initialization::GlorotUniform),
            ("he-uniform", Initialization::HeUniform),
        ] {
            assert_eq!(initialization(text), Ok(scheme));
        }
        for text in [
            "", "He", "gaussian", "gaussian:", "gaussian:abc", "gaussian:-1", "gaussian:nan",
            "gaussian:inf",
        ] {
            assert!(initialization(text).is_err(), "{text}");
        }
    }

    #[test]
    fn layers_are_sizes_from_the_features_to_the_output() {
        for sizes in [&[2, 1][..], &[2, 10, 5, 1], &[3, 1], &[2, 2], &[784, 32, 10]] {
            let text: Vec<String> = sizes.iter().map(usize::to_string).collect();
            assert_eq!(layers(&text.join(",")), Ok(Layers(sizes.to_vec())));
        }
        for text in [
            "",
            "2",
            "1",
            "2,",
            ",2,1",
            "2,0,1",
            "2,-1,1",
            "2;1",
            "2, 1",
            "a,b",
            "2,1.5,1",
            "2,99999999999999999999,1",
        ] {
            let refused = layers(text).unwrap_err();
            assert!(refused.contains("such as 2,10,5,1"), "{text}");
        }
        for text in ["2,5000000,1", "2,18446744073709551615,2,1", "2,9223372036854775807,1"] {
            let refused = layers(text).unwrap_err();
            assert!(refused.contains("at most 10000000 weights"), "{text}");
        }
    }

    #[test]
    fn numbers_stay_within_their_ranges() {
        assert_eq!((examples("2"), seed("4294967295"), steps("1")), (Ok(2), Ok(u32::MAX), Ok(1)));
        assert_eq!((learning_rate("1e-3"), noise("0")), (Ok(0.001), Ok(0.0)));
        for text in ["", "0", "1", "-5", "10000001", "1e3", "99999999999999999999"] {
            assert!(examples(text).is_err(), "{text}");
        }
        for text in ["0", "-1", "1.5", "99999999999999999999"] {
            assert!(steps(text).is_err(), "{text}");
        }
        for text in ["-1", "4294967296", "1.0", "x"] {
            assert!(seed(text).is_err(), "{text}");
        }
        for text in ["0", "-0.1", "nan", "inf", "-inf", "1e999", "x", ""] {
            assert!(learning_rate(text).is_err(), "{text}");
        }
        for text in ["-0.1", "nan", "inf", "x"] {
            assert!(noise(text).is_err(), "{text}");
            assert!(decay(text).is_err(), "{text}");
        }
        assert_eq!((beta("0"), beta("0.999")), (Ok(0.0), Ok(0.999)));
        for text in ["1", "-0.1", "nan", "inf", "x"] {
            assert!(beta(text).is_err(), "{text}");
        }
        for text in ["0", "-1e-8", "nan", "inf", "x"] {
            assert!(epsilon(text).is_err() && limit(text).is_err(), "{text}");
        }
        assert_eq!((classes("2"), classes("1000")), (Ok(2), Ok(1_000)));
        for text in ["0", "1", "-2", "1001", "2.0", "x"] {
            assert!(classes(text).is_err(), "{text}");
        }
        for text in ["0", "-1", "1.5", "x", ""] {
            assert!(batch_size(text).is_err(), "{text}");
        }
        for text in ["0", "1", "-0.2", "nan", "20%"] {
            assert!(share(text).is_err(), "{text}");
        }
    }
}
