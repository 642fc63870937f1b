//! Softmax: probabilities for any number of classes.

use ndarray::{Array2, ArrayView2, Axis};

use crate::error::Error;
use crate::numerics::elementary::{exp, ln_1p_of_any};
use crate::numerics::kernels::{LANES, Lanes, map, vectorized};

// ANCHOR: plain
/// The probabilities of the classes from the logits `z`, `(classes, examples)`: e^z over the sum of e^z, for each
/// example by itself.
///
/// The largest logit is taken from all of them first, which changes no quotient and lets no power overflow.
/// J. S. Bridle (1990), *Probabilistic interpretation of feedforward classification network outputs*,
/// doi:10.1007/978-3-642-76153-9_28.
///
/// ```
/// use ndarray::array;
/// use trainable::softmax::softmax;
///
/// assert_eq!(softmax(array![[800.0], [800.0]].view()), array![[0.5], [0.5]]);
/// ```
pub fn softmax(z: ArrayView2<'_, f64>) -> Array2<f64> {
    let mut p = z.to_owned();
    for mut example in p.columns_mut() {
        let largest = example.fold(f64::NEG_INFINITY, |a, b| a.max(*b));
        example.mapv_inplace(|z| exp(z - largest));
        let sum = example.sum();
        example /= sum;
    }
    p
}

/// The logarithms of the probabilities: z minus the logarithm of the sum of e^z, which is finite where a
/// probability itself rounds to 0.
pub fn log_softmax(z: ArrayView2<'_, f64>) -> Array2<f64> {
    let mut logarithms = z.to_owned();
    for mut example in logarithms.columns_mut() {
        let largest = example.fold(f64::NEG_INFINITY, |a, b| a.max(*b));
        let sum: f64 = example.iter().map(|z| exp(z - largest)).sum();
        example.mapv_inplace(|z| z - largest - ln_1p_of_any(sum - 1.0));
    }
    logarithms
}

/// The mean cross-entropy of the logits `z`, `(classes, examples)`, over the labels `y`, `(1, examples)`: the mean
/// of −ln p of each example's own class.
pub fn cross_entropy(z: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>) -> f64 {
    let logarithms = log_softmax(z);
    let labels = y.iter().enumerate();
    let losses = labels.map(|(example, class)| -logarithms[(*class as usize, example)]);
    losses.sum::<f64>() / y.len() as f64
}

/// The derivative of the cross-entropy by the logits: (p − one-hot y) / m.
pub fn cross_entropy_derivative(z: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>) -> Array2<f64> {
    let mut dz = softmax(z);
    for (example, class) in y.iter().enumerate() {
        dz[(*class as usize, example)] -= 1.0;
    }
    dz / y.len() as f64
}
// ANCHOR_END: plain

// ANCHOR: one_hot
/// A column for each label, with 1 in the row of its class and 0 elsewhere: `(classes, examples)`.
///
/// ```
/// use ndarray::array;
/// use trainable::softmax::one_hot;
///
/// let columns = one_hot(&[1, 0], 3)?;
/// assert_eq!(columns, array![[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]]);
/// # Ok::<(), trainable::error::Error>(())
/// ```
///
/// # Errors
/// [`Error::Label`] for a label that is no class.
pub fn one_hot(labels: &[usize], classes: usize) -> Result<Array2<f64>, Error> {
    let mut columns = Array2::zeros((classes, labels.len()));
    for ((example, label), mut column) in labels.iter().enumerate().zip(columns.columns_mut()) {
        let one = column.get_mut(*label).ok_or(Error::Label {
            example,
            label: *label as f64,
            classes,
        })?;
        *one = 1.0;
    }
    Ok(columns)
}
// ANCHOR_END: one_hot

/// The class with the largest number of each column, `(1, examples)`; of equal ones, the first.
pub fn arg_max(z: ArrayView2<'_, f64>) -> Array2<f64> {
    let largest = z.columns().into_iter().map(|column| {
        let numbers = column.iter().enumerate();
        let first = numbers.fold((0, f64::NEG_INFINITY), |most, (class, z)| {
            if *z > most.1 { (class, *z) } else { most }
        });
        first.0 as f64
    });
    ndarray::Array1::from_iter(largest).insert_axis(Axis(0))
}

vectorized! {
    /// dZ of an output layer with a unit for each class: (p − one-hot y) · `share`, block by block, where the share of one
    /// example is 1/m and lanes without an example get 0. Sets `finite` to false where a logit is not.
    pub fn softmax_error(
        z: &[Lanes],
        labels: &[Lanes],
        share: f64,
        dz: &mut [Lanes],
        finite: &mut bool,
    ) {
        let classes = z.len() / labels.len();
        let mut all_finite = true;
        let blocks = z.chunks_exact(classes).zip(dz.chunks_exact_mut(classes));
        for ((z, dz), labels) in blocks.zip(labels) {
            all_finite &= are_finite(z, labels);
            let largest = largest(z);
            for (z, dz) in z.iter().zip(dz.iter_mut()) {
                for lane in 0..LANES {
                    dz[lane] = z[lane] - largest[lane];
                }
            }
            let sums = powers(dz);
            for (class, dz) in dz.iter_mut().enumerate() {
                for lane in 0..LANES {
                    let target = if labels[lane] == class as f64 { 1.0 } else { 0.0 };
                    let error = share * (dz[lane] / sums[lane] - target);
                    dz[lane] = if labels[lane] < 0.0 { 0.0 } else { error };
                }
            }
        }
        *finite &= all_finite;
    }
}

vectorized! {
    /// Adds each example's cross-entropy to the lane that it is in; `room` is for as many numbers as there are logits.
    pub fn add_softmax_losses(
        z: &[Lanes],
        labels: &[Lanes],
        room: &mut [Lanes],
        losses: &mut Lanes,
    ) {
        let classes = z.len() / labels.len();
        let blocks = z.chunks_exact(classes).zip(room.chunks_exact_mut(classes));
        for ((z, room), labels) in blocks.zip(labels) {
            let largest = largest(z);
            // All powers but that of the first largest, which is 1: a small rest is not lost beside it.
            let (mut found, mut own) = ([0.0; LANES], [0.0; LANES]);
            for (class, (z, room)) in z.iter().zip(room.iter_mut()).enumerate() {
                for lane in 0..LANES {
                    let is_first = z[lane] == largest[lane] && found[lane] == 0.0;
                    found[lane] = if is_first { 1.0 } else { found[lane] };
                    let below = z[lane] - largest[lane];
                    room[lane] = if is_first { f64::NEG_INFINITY } else { below };
                    own[lane] = if labels[lane] == class as f64 { z[lane] } else { own[lane] };
                }
            }
            let mut logarithms = powers(room);
            map(&mut logarithms, ln_1p_of_any);
            for lane in 0..LANES {
                // Two finite numbers may be further apart than the largest one.
                let apart = largest[lane] - own[lane];
                let apart = if apart > f64::MAX { f64::MAX } else { apart };
                let loss = apart + logarithms[lane];
                losses[lane] += if labels[lane] < 0.0 { 0.0 } else { loss };
            }
        }
    }
}

/// Raises e to each number of a block; returns the sums over its classes.
#[inline(always)]
fn powers(block: &mut [Lanes]) -> Lanes {
    map(block.as_flattened_mut(), exp);
    let mut sums = [0.0; LANES];
    for powers in block {
        for lane in 0..LANES {
            sums[lane] += powers[lane];
        }
    }
    sums
}

/// The largest logit of each lane.
#[inline(always)]
fn largest(z: &[Lanes]) -> Lanes {
    let mut largest = [f64::NEG_INFINITY; LANES];
    for z in z {
        for lane in 0..LANES {
            largest[lane] = if z[lane] > largest[lane] {
                z[lane]
            } else {
                largest[lane]
            };
        }
    }
    largest
}

/// Whether all logits of the lanes with an example are finite.
#[inline(always)]
fn are_finite(z: &[Lanes], labels: &Lanes) -> bool {
    let mut all = true;
    for z in z {
        for lane in 0..LANES {
            all &= z[lane].is_finite() || labels[lane] < 0.0;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};
    use proptest::prelude::*;
    use rand_distr::{Distribution, Uniform};

    use super::*;
    use crate::numerics::random_state::RandomState;
    use crate::output;

    /// Logits of random size, and labels.
    fn drawn(classes: usize, examples: usize, size: f64, seed: u32) -> (Array2<f64>, Array2<f64>) {
        let mut rng = RandomState::new(seed);
        let z = Array2::from_shape_simple_fn((classes, examples), || size * rng.randn());
        let class = Uniform::new(0, classes as u32).unwrap();
        let labels = || f64::from(class.sample(&mut rng));
        let y = Array2::from_shape_simple_fn((1, examples), labels);
        (z, y)
    }

    fn blocks(z: &Array2<f64>, without: f64) -> Vec<Lanes> {
        let (rows, examples) = z.dim();
        let mut blocks = vec![[without; LANES]; rows * examples.div_ceil(LANES)];
        for ((row, example), z) in z.indexed_iter() {
            blocks[example / LANES * rows + row][example % LANES] = *z;
        }
        blocks
    }

    proptest! {
        #[test]
        fn probabilities_are_positive_and_sum_to_1(
            classes in 2..10usize, examples in 1..20usize,
            size in 0.0..100.0f64, seed in 0..1_000u32,
        ) {
            let (z, _) = drawn(classes, examples, size, seed);
            for column in softmax(z.view()).columns() {
                prop_assert!(column.iter().all(|p| (0.0..=1.0).contains(p)));
                // As many roundings as classes.
                prop_assert!((column.sum() - 1.0).abs() < 1e-15 * classes as f64);
            }
        }

        #[test]
        fn the_derivative_is_the_slope(
            classes in 2..6usize, examples in 1..6usize, seed in 0..1_000u32,
        ) {
            let (z, y) = drawn(classes, examples, 2.0, seed);
            let derivative = cross_entropy_derivative(z.view(), y.view());
            let step = 1e-5;
            for index in ndarray::indices(z.dim()) {
                let at = |shift: f64| {
                    let mut z = z.clone();
                    z[index] += shift;
                    cross_entropy(z.view(), y.view())
                };
                let slope = (at(step) - at(-step)) / (2.0 * step);
                // Rounding of a loss of at most 10, over the step.
                prop_assert!((derivative[index] - slope).abs() < 1e-9);
            }
        }

        #[test]
        fn the_kernels_compute_what_the_formulas_say(
            classes in 2..10usize, examples in 1..30usize,
            size in 0.1..30.0f64, seed in 0..1_000u32,
        ) {
            let (z, y) = drawn(classes, examples, size, seed);
            let (logits, labels) = (blocks(&z, 0.5), blocks(&y, -1.0));
            let (mut dz, mut finite) = (vec![[f64::NAN; LANES]; logits.len()], true);
            softmax_error(&logits, &labels, 1.0 / examples as f64, &mut dz, &mut finite);
            prop_assert!(finite);
            let expected = blocks(&cross_entropy_derivative(z.view(), y.view()), 0.0);
            for (ours, plain) in dz.as_flattened().iter().zip(expected.as_flattened()) {
                // Division by m against multiplication by 1/m.
                prop_assert!((ours - plain).abs() <= 4.0 * f64::EPSILON / examples as f64);
            }
            let mut losses = [0.0; LANES];
            let mut room = logits.clone();
            add_softmax_losses(&logits, &labels, &mut room, &mut losses);
            let cost = losses.iter().sum::<f64>() / examples as f64;
            let plain = cross_entropy(z.view(), y.view());
            // Two orders of summing losses of at most a few times their size.
            prop_assert!((cost - plain).abs() <= 1e-14 * (1.0 + size), "{cost}, {plain}");
        }

        #[test]
        fn two_classes_are_logistic_regression(
            z in -30.0..30.0f64, other in -30.0..30.0f64, y in 0..2usize,
        ) {
            let logits = array![[other], [z]];
            let sigmoid = output::sigmoid(z - other);
            // One rounding of z − other, of up to 60, more.
            prop_assert!((softmax(logits.view())[(1, 0)] - sigmoid).abs() < 1e-14);
            let cost = cross_entropy(logits.view(), array![[y as f64]].view());
            prop_assert!((cost - output::cross_entropy(z - other, y as f64)).abs() < 1e-13);
        }

        #[test]
        fn finite_logits_cost_a_finite_number(
            z in prop::collection::vec(any::<f64>().prop_filter("finite", |z| z.is_finite()), 2..6),
            class in 0..2usize,
        ) {
            let logits: Vec<Lanes> = z.iter().map(|z| [*z; LANES]).collect();
            let mut losses = [0.0; LANES];
            let mut labels = [-1.0; LANES];
            labels[3] = class as f64;
            let mut room = logits.clone();
            add_softmax_losses(&logits, &[labels], &mut room, &mut losses);
            prop_assert!(losses[3].is_finite() && losses[3] >= 0.0, "{}", losses[3]);
            prop_assert_eq!(losses[0], 0.0);
        }
    }

    #[test]
    fn a_small_loss_is_not_rounded_to_nothing() {
        let logits = [[40.0; LANES], [0.0; LANES]];
        let mut losses = [0.0; LANES];
        add_softmax_losses(&logits, &[[0.0; LANES]], &mut logits.clone(), &mut losses);
        assert!((losses[0] / exp(-40.0) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn a_logit_that_is_not_finite_is_noticed_where_there_is_an_example() {
        for (lane, expected) in [(0, false), (7, true)] {
            let mut logits = [[0.0; LANES]; 2];
            logits[1][lane] = f64::NAN;
            let (mut dz, mut finite) = ([[0.0; LANES]; 2], true);
            let labels = [0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, -1.0];
            softmax_error(&logits, &[labels], 0.5, &mut dz, &mut finite);
            assert_eq!(finite, expected);
            assert_eq!(dz[0][7], 0.0);
        }
    }

    #[test]
    fn the_largest_class_is_the_first_of_equal_ones() {
        let z = array![[1.0, 2.0, 0.0], [1.0, 3.0, -1.0], [0.0, 3.0, 0.5]];
        assert_eq!(arg_max(z.view()), array![[0.0, 1.0, 2.0]]);
    }

    #[test]
    fn labels_beyond_the_classes_are_refused() {
        assert!(matches!(
            one_hot(&[0, 2], 2),
            Err(Error::Label { example: 1, .. })
        ));
        assert_eq!(one_hot(&[], 2), Ok(Array2::zeros((2, 0))));
        let column = Array1::from(vec![0.0, 1.0]);
        assert_eq!(one_hot(&[1], 2).unwrap().column(0), column);
    }
}
