//! The arguments of `train`, each refused with what is allowed.

use std::str::FromStr;

use trainable::prelude::Initialization;

/// The most of anything that is kept in memory: examples, weights, recorded costs.
pub const MOST: usize = 10_000_000;

/// The sizes of a network's layers, inputs first.
#[derive(Debug, Clone, PartialEq)]
pub struct Layers(pub Vec<usize>);

/// A number of examples.
pub fn examples(text: &str) -> Result<usize, String> {
    within(text, |n: &usize| (2..=MOST).contains(n))
        .ok_or_else(|| format!("expected a whole number from 2 to {MOST}"))
}

/// A number of steps.
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
    within(text, |rate: &f64| rate.is_finite() && *rate > 0.0)
        .ok_or_else(|| "expected a finite number above 0, such as 0.01".to_owned())
}

/// A standard deviation of noise.
pub fn noise(text: &str) -> Result<f64, String> {
    standard_deviation(text)
        .ok_or_else(|| "expected a finite number of at least 0, such as 0.05".to_owned())
}

/// The λ of a penalty.
pub fn lambda(text: &str) -> Result<f64, String> {
    within(text, |lambda: &f64| lambda.is_finite() && *lambda >= 0.0)
        .ok_or_else(|| "expected a finite number of at least 0, such as 0.7".to_owned())
}

/// The probability that a unit takes part in a step.
pub fn keep(text: &str) -> Result<f64, String> {
    within(text, |keep: &f64| *keep > 0.0 && *keep <= 1.0)
        .ok_or_else(|| "expected a number above 0 and at most 1, such as 0.8".to_owned())
}

/// An initialization scheme.
pub fn initialization(text: &str) -> Result<Initialization, String> {
    if let Some(std) = text.strip_prefix("gaussian:") {
        return standard_deviation(std).map(Initialization::Gaussian).ok_or_else(|| {
            "expected a standard deviation that is a finite number of at least 0, such as gaussian:0.01"
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
        _ => Err(
            "expected zeros, gaussian:STD (such as gaussian:10), xavier, glorot, he, \
                  xavier-uniform, glorot-uniform or he-uniform"
                .to_owned(),
        ),
    }
}

/// Layer sizes for data with two features and one label.
pub fn layers(text: &str) -> Result<Layers, String> {
    let sizes: Option<Vec<usize>> = text
        .split(',')
        .map(|size| within(size, |n: &usize| *n > 0))
        .collect();
    let fits = |sizes: &Vec<usize>| {
        sizes.len() > 1 && sizes.first() == Some(&2) && sizes.last() == Some(&1)
    };
    let sizes = sizes.filter(fits).ok_or_else(|| {
        "expected whole numbers from 1, of which the first is 2 (the data's features) and the last \
         is 1, such as 2,10,5,1"
            .to_owned()
    })?;
    match weights(&sizes) {
        Some(0..=MOST) => Ok(Layers(sizes)),
        _ => Err(format!(
            "expected layers with at most {MOST} weights in all"
        )),
    }
}

/// The number of weights of a network; none where it overflows.
fn weights(sizes: &[usize]) -> Option<usize> {
    sizes
        .windows(2)
        .map(|pair| pair[0].checked_mul(pair[1]))
        .try_fold(0_usize, |sum, product| sum.checked_add(product?))
}

fn standard_deviation(text: &str) -> Option<f64> {
    within(text, |std: &f64| std.is_finite() && *std >= 0.0)
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
            "",
            "He",
            "gaussian",
            "gaussian:",
            "gaussian:abc",
            "gaussian:-1",
            "gaussian:nan",
            "gaussian:inf",
        ] {
            assert!(initialization(text).is_err(), "{text}");
        }
    }

    #[test]
    fn layers_begin_with_the_features_and_end_with_the_label() {
        assert_eq!(layers("2,1"), Ok(Layers(vec![2, 1])));
        assert_eq!(layers("2,10,5,1"), Ok(Layers(vec![2, 10, 5, 1])));
        for text in [
            "",
            "2",
            "1",
            "2,",
            ",2,1",
            "3,1",
            "2,2",
            "2,0,1",
            "2,-1,1",
            "2;1",
            "2, 1",
            "a,b",
            "2,1.5,1",
            "2,99999999999999999999,1",
        ] {
            assert!(
                layers(text).unwrap_err().contains("such as 2,10,5,1"),
                "{text}"
            );
        }
        for text in [
            "2,5000000,1",
            "2,18446744073709551615,2,1",
            "2,9223372036854775807,1",
        ] {
            assert!(
                layers(text)
                    .unwrap_err()
                    .contains("at most 10000000 weights"),
                "{text}"
            );
        }
    }

    #[test]
    fn numbers_stay_within_their_ranges() {
        assert_eq!(
            (examples("2"), seed("4294967295"), steps("1")),
            (Ok(2), Ok(u32::MAX), Ok(1))
        );
        assert_eq!((learning_rate("1e-3"), noise("0")), (Ok(0.001), Ok(0.0)));
        for text in [
            "",
            "0",
            "1",
            "-5",
            "10000001",
            "1e3",
            "99999999999999999999",
        ] {
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
        }
    }
}
