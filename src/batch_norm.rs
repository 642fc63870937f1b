//! Batch normalization: a layer's weighted sums with the mean and variance of the batch taken out of them.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, aview1};

use crate::error::{Error, above_0};
use crate::numerics::kernels::{LANES, Lanes, sum_lanes, vectorized};
use crate::optimizer::check_beta;

// ANCHOR: plain
/// What batch normalization makes of a batch, and what its derivative needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Normalized {
    /// γ ẑ + β, `(units, examples)`.
    pub out: Array2<f64>,
    /// ẑ, `(units, examples)`.
    pub z_hat: Array2<f64>,
    /// μ, `(units,)`.
    pub mean: Array1<f64>,
    /// σ², `(units,)`.
    pub variance: Array1<f64>,
}

/// γ (z − μ)/√(σ² + ε) + β for the weighted sums `z`, `(units, examples)`, of a batch.
pub fn forward(
    z: ArrayView2<'_, f64>,
    gamma: &Array1<f64>,
    beta: &Array1<f64>,
    epsilon: f64,
) -> Normalized {
    let column = |v: &Array1<f64>| v.clone().insert_axis(Axis(1));
    let m = z.ncols() as f64;
    let mean = z.sum_axis(Axis(1)) / m;
    let centered = &z - &column(&mean);
    let variance = (&centered * &centered).sum_axis(Axis(1)) / m;
    let z_hat = centered / column(&variance.mapv(|v| (v + epsilon).sqrt()));
    Normalized {
        out: &z_hat * &column(gamma) + column(beta),
        z_hat,
        mean,
        variance,
    }
}

/// dz, dγ and dβ from the derivatives `d_out` of the mean cost by what `forward` gave.
pub fn backward(
    d_out: ArrayView2<'_, f64>,
    normalized: &Normalized,
    gamma: &Array1<f64>,
    epsilon: f64,
) -> (Array2<f64>, Array1<f64>, Array1<f64>) {
    let column = |v: Array1<f64>| v.insert_axis(Axis(1));
    let (m, z_hat) = (d_out.ncols() as f64, &normalized.z_hat);
    let (d_gamma, d_beta) = ((&d_out * z_hat).sum_axis(Axis(1)), d_out.sum_axis(Axis(1)));
    let centered = &d_out - &column(&d_beta / m) - z_hat * &column(&d_gamma / m);
    let scale = gamma / &normalized.variance.mapv(|v| (v + epsilon).sqrt());
    (centered * column(scale), d_gamma, d_beta)
}
// ANCHOR_END: plain

/// Batch normalization of hidden layers: ẑ = (z − μ)/√(σ² + ε), then γ ẑ + β, before the activation function.
///
/// μ and σ² are each unit's mean and variance over the examples of the batch, divided by m. A layer's biases are the
/// shift β; another bias would be taken out with the mean. The gains γ begin at 1. In
/// [`Mode::Inference`](crate::network::Mode) the running averages of the batches' means and variances stand in for
/// those of a batch. A batch of one example is refused in training: nothing would be left of it. A unit that is constant
/// over a batch has ẑ = 0, and passes β on.
///
/// S. Ioffe, C. Szegedy (2015), *Batch normalization*, arXiv:1502.03167.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = circles(200, 0.05, &mut RandomState::new(1))?;
/// let mut network = Network::new(&[2, 10, 5, 1], Initialization::He, &mut RandomState::new(3))?
///     .with_batch_norm(BatchNorm::new());
/// Training::new(0.1)
///     .mini_batches(MiniBatches::of(50).shuffled(&mut RandomState::new(2)))
///     .epochs(400)
///     .train(&mut network, &data)?;
/// assert!(network.accuracy(&data)? > 0.9);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BatchNorm {
    epsilon: f64,
    momentum: f64,
    correction: Correction,
}

/// Whether running averages are corrected for having begun at 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Correction {
    Corrected,
    Raw,
}

impl BatchNorm {
    /// Batch normalization with ε = 1e-5, running averages with a momentum of 0.9 and their correction.
    pub fn new() -> Self {
        Self {
            epsilon: 1e-5,
            momentum: 0.9,
            correction: Correction::Corrected,
        }
    }

    /// What is added to the variance, ε: a finite number above 0.
    pub fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// The share of a running average that stays at each step, from 0 up to and not including 1.
    pub fn momentum(self, momentum: f64) -> Self {
        Self { momentum, ..self }
    }

    /// Takes the running averages as they are: early on they are nearer to 0 than what they average.
    pub fn uncorrected(self) -> Self {
        Self {
            correction: Correction::Raw,
            ..self
        }
    }

    /// Refuses settings outside their range.
    pub(crate) fn check(self) -> Result<(), Error> {
        above_0("ε of batch normalization", self.epsilon)?;
        check_momentum(self.momentum)
    }

    /// The mean that a unit's weighted sums are normalized with in inference, and 1/√(σ² + ε).
    fn running(self, statistics: &Statistics, unit: usize) -> (f64, f64) {
        let (mean, variance) = (statistics.mean[unit], statistics.variance[unit]);
        let (mean, variance) = match (self.correction, statistics.weight) {
            (Correction::Raw, _) => (mean, variance),
            // Before the first batch: as if the sums were normalized already.
            (Correction::Corrected, 0.0) => (0.0, 1.0),
            (Correction::Corrected, weight) => (mean / weight, variance / weight),
        };
        (mean, self.inverse_deviation(variance))
    }

    fn inverse_deviation(self, variance: f64) -> f64 {
        1.0 / (variance + self.epsilon).sqrt()
    }
}

fn check_momentum(momentum: f64) -> Result<(), Error> {
    check_beta("momentum of the running averages", momentum)
}

impl Default for BatchNorm {
    fn default() -> Self {
        Self::new()
    }
}

/// Running averages of the means and variances of a layer's batches, all from 0.
///
/// Training keeps those of a network, see
/// [`Network::statistics`](crate::network::Network::statistics).
///
/// ```
/// use ndarray::array;
/// use trainable::batch_norm::Statistics;
///
/// let mut statistics = Statistics::new(1);
/// for _ in 0..2 {
///     statistics.update(0.5, array![4.0].view(), array![8.0].view())?;
/// }
/// assert_eq!((statistics.mean()[0], statistics.variance()[0]), (3.0, 6.0));
/// assert_eq!(statistics.mean()[0] / statistics.correction(), 4.0);
/// # Ok::<(), trainable::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Statistics {
    mean: Array1<f64>,
    variance: Array1<f64>,
    weight: f64,
}

impl Statistics {
    /// The averages before the first batch, for a layer of `units`.
    pub fn new(units: usize) -> Self {
        Self {
            mean: Array1::zeros(units),
            variance: Array1::zeros(units),
            weight: 0.0,
        }
    }

    /// The running average of the means, `(units,)`, not corrected.
    pub fn mean(&self) -> ArrayView1<'_, f64> {
        self.mean.view()
    }

    /// The running average of the variances, `(units,)`, not corrected.
    pub fn variance(&self) -> ArrayView1<'_, f64> {
        self.variance.view()
    }

    /// What both are divided by to correct for their start at 0: 1 − momentumᵗ after t batches, 0 before the first.
    pub fn correction(&self) -> f64 {
        self.weight
    }

    /// Takes a batch's `mean` and `variance`, `(units,)` each, into the averages:
    /// average ← momentum · average + (1 − momentum) · new.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a momentum that is not at least 0 and below 1, [`Error::Shape`]
    /// for another number of units. The averages are then what they were.
    pub fn update(
        &mut self,
        momentum: f64,
        mean: ArrayView1<'_, f64>,
        variance: ArrayView1<'_, f64>,
    ) -> Result<(), Error> {
        check_momentum(momentum)?;
        for (what, new) in [("mean of a batch", mean), ("variance of a batch", variance)] {
            if new.dim() != self.mean.dim() {
                return Err(Error::Shape {
                    what,
                    expected: format!("({},)", self.mean.len()),
                    got: format!("({},)", new.len()),
                });
            }
        }
        self.take(momentum, mean, variance);
        Ok(())
    }

    // ANCHOR: running
    /// Takes a batch's mean and variance into the averages.
    fn take(&mut self, momentum: f64, mean: ArrayView1<'_, f64>, variance: ArrayView1<'_, f64>) {
        let into = |average: &mut Array1<f64>, new: ArrayView1<'_, f64>| {
            for (average, new) in average.iter_mut().zip(new) {
                *average = momentum * *average + (1.0 - momentum) * new;
            }
        };
        into(&mut self.mean, mean);
        into(&mut self.variance, variance);
        self.weight = momentum * self.weight + (1.0 - momentum);
    }
    // ANCHOR_END: running

    pub(crate) fn copy_from(&mut self, other: &Self) {
        self.mean.assign(&other.mean);
        self.variance.assign(&other.variance);
        self.weight = other.weight;
    }
}

/// Which examples a layer's weighted sums are normalized over.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Over<'s> {
    /// Those of the batch, which has this number of examples.
    Batch { examples: usize },
    /// Those that training has seen.
    Running(&'s Statistics),
}

/// A layer's normalization at work: what a pass computes for each unit.
#[derive(Debug)]
pub(crate) struct Workspace {
    mean: Vec<f64>,
    variance: Vec<f64>,
    inverse_deviation: Vec<f64>,
    /// Zeros, where a layer without normalization has biases.
    pub no_bias: Vec<f64>,
}

impl Workspace {
    pub fn new(units: usize) -> Self {
        let zeros = || vec![0.0; units];
        Self {
            mean: zeros(),
            variance: zeros(),
            inverse_deviation: zeros(),
            no_bias: zeros(),
        }
    }

    /// z ← γ ẑ + β, block by block; ẑ is kept.
    pub fn forward(
        &mut self,
        norm: BatchNorm,
        over: Over<'_>,
        [gamma, beta]: [&[f64]; 2],
        z: &mut [Lanes],
        z_hat: &mut [Lanes],
    ) {
        match over {
            Over::Batch { examples } => {
                moments(z, examples, &mut self.mean, &mut self.variance);
                for (inverse, variance) in self.inverse_deviation.iter_mut().zip(&self.variance) {
                    *inverse = norm.inverse_deviation(*variance);
                }
            }
            Over::Running(statistics) => {
                for unit in 0..self.mean.len() {
                    let (mean, inverse) = norm.running(statistics, unit);
                    self.mean[unit] = mean;
                    self.inverse_deviation[unit] = inverse;
                }
            }
        }
        normalize(z, &self.mean, &self.inverse_deviation, gamma, beta, z_hat);
    }

    /// dz ← what it was by γ ẑ + β, by z; the sums that are dγ and dβ are added to these. Lanes without an example
    /// have a dz of 0 before and after.
    pub fn backward(
        &self,
        over: Over<'_>,
        gamma: &[f64],
        z_hat: &[Lanes],
        dz: &mut [Lanes],
        [d_gamma, d_beta]: [&mut [f64]; 2],
    ) {
        match over {
            Over::Batch { examples } => {
                let inverse = &self.inverse_deviation;
                through_moments(dz, z_hat, examples, gamma, inverse, d_gamma, d_beta);
            }
            Over::Running(_) => {
                through_constants(dz, z_hat, gamma, &self.inverse_deviation, d_gamma, d_beta);
            }
        }
    }

    /// Takes the mean and variance of the last batch into the running averages.
    pub fn update(&self, norm: BatchNorm, statistics: &mut Statistics) {
        statistics.take(norm.momentum, aview1(&self.mean), aview1(&self.variance));
    }
}

vectorized! {
    /// Each unit's mean and variance over the examples, in two passes.
    pub fn moments(z: &[Lanes], examples: usize, mean: &mut [f64], variance: &mut [f64]) {
        let units = mean.len();
        let m = examples as f64;
        for unit in 0..units {
            let mut sums = [0.0; LANES];
            for (block, z) in z.chunks_exact(units).enumerate() {
                let live = live(examples, block);
                for lane in 0..LANES {
                    sums[lane] += if lane < live { z[unit][lane] } else { 0.0 };
                }
            }
            let center = sum_lanes(&sums) / m;
            let mut squares = [0.0; LANES];
            for (block, z) in z.chunks_exact(units).enumerate() {
                let live = live(examples, block);
                for lane in 0..LANES {
                    let apart = z[unit][lane] - center;
                    squares[lane] += if lane < live { apart * apart } else { 0.0 };
                }
            }
            mean[unit] = center;
            variance[unit] = sum_lanes(&squares) / m;
        }
    }
}

/// How many lanes of a block have an example.
#[inline(always)]
fn live(examples: usize, block: usize) -> usize {
    (examples - block * LANES).min(LANES)
}

vectorized! {
    /// ẑ = (z − μ) · 1/√(σ² + ε) and z ← γ ẑ + β.
    pub fn normalize(
        z: &mut [Lanes],
        mean: &[f64],
        inverse_deviation: &[f64],
        gamma: &[f64],
        beta: &[f64],
        z_hat: &mut [Lanes],
    ) {
        let units = mean.len();
        let blocks = z.chunks_exact_mut(units).zip(z_hat.chunks_exact_mut(units));
        for (z, z_hat) in blocks {
            for unit in 0..units {
                for lane in 0..LANES {
                    let normalized = (z[unit][lane] - mean[unit]) * inverse_deviation[unit];
                    z_hat[unit][lane] = normalized;
                    z[unit][lane] = gamma[unit] * normalized + beta[unit];
                }
            }
        }
    }
}

vectorized! {
    /// The derivative through mean and variance: dz ← γ/√(σ² + ε) · (dz − dβ/m − ẑ dγ/m).
    pub fn through_moments(
        dz: &mut [Lanes],
        z_hat: &[Lanes],
        examples: usize,
        gamma: &[f64],
        inverse_deviation: &[f64],
        d_gamma: &mut [f64],
        d_beta: &mut [f64],
    ) {
        let units = gamma.len();
        let m = examples as f64;
        for unit in 0..units {
            let [of_gamma, of_beta] = sums(dz, z_hat, units, unit);
            d_gamma[unit] += of_gamma;
            d_beta[unit] += of_beta;
            let scale = gamma[unit] * inverse_deviation[unit];
            let (of_gamma, of_beta) = (of_gamma / m, of_beta / m);
            let blocks = dz.chunks_exact_mut(units).zip(z_hat.chunks_exact(units));
            for (block, (dz, z_hat)) in blocks.enumerate() {
                let live = live(examples, block);
                for lane in 0..LANES {
                    let centered = dz[unit][lane] - of_beta - z_hat[unit][lane] * of_gamma;
                    dz[unit][lane] = if lane < live { scale * centered } else { 0.0 };
                }
            }
        }
    }
}

vectorized! {
    /// The derivative where mean and variance are constants: dz ← γ/√(σ² + ε) · dz.
    pub fn through_constants(
        dz: &mut [Lanes],
        z_hat: &[Lanes],
        gamma: &[f64],
        inverse_deviation: &[f64],
        d_gamma: &mut [f64],
        d_beta: &mut [f64],
    ) {
        let units = gamma.len();
        for unit in 0..units {
            let [of_gamma, of_beta] = sums(dz, z_hat, units, unit);
            d_gamma[unit] += of_gamma;
            d_beta[unit] += of_beta;
            let scale = gamma[unit] * inverse_deviation[unit];
            for dz in dz.chunks_exact_mut(units) {
                for dz in &mut dz[unit] {
                    *dz *= scale;
                }
            }
        }
    }
}

/// Σ dz ẑ and Σ dz of a unit. Where there is no example dz is 0, and ẑ may be anything but infinite.
#[inline(always)]
fn sums(dz: &[Lanes], z_hat: &[Lanes], units: usize, unit: usize) -> [f64; 2] {
    let (mut products, mut plain) = ([0.0; LANES], [0.0; LANES]);
    for (dz, z_hat) in dz.chunks_exact(units).zip(z_hat.chunks_exact(units)) {
        for lane in 0..LANES {
            let product = dz[unit][lane] * z_hat[unit][lane];
            products[lane] += if dz[unit][lane] == 0.0 { 0.0 } else { product };
            plain[lane] += dz[unit][lane];
        }
    }
    [sum_lanes(&products), sum_lanes(&plain)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::numerics::random_state::RandomState;

    #[derive(Clone)]
    struct Drawn {
        z: Array2<f64>,
        gamma: Array1<f64>,
        beta: Array1<f64>,
        d_out: Array2<f64>,
    }

    fn drawn(units: usize, examples: usize, seed: u32) -> Drawn {
        let mut rng = RandomState::new(seed);
        let mut matrix = |columns| Array2::from_shape_simple_fn((units, columns), || rng.randn());
        Drawn {
            z: matrix(examples) * 3.0 + 1.0,
            gamma: matrix(1).remove_axis(Axis(1)),
            beta: matrix(1).remove_axis(Axis(1)),
            d_out: matrix(examples),
        }
    }

    /// The matrix in blocks; lanes without an example hold `without`.
    fn blocks(matrix: &Array2<f64>, without: f64) -> Vec<Lanes> {
        let (units, examples) = matrix.dim();
        let mut blocks = vec![[without; LANES]; units * examples.div_ceil(LANES)];
        for ((unit, example), number) in matrix.indexed_iter() {
            blocks[example / LANES * units + unit][example % LANES] = *number;
        }
        blocks
    }

    fn matrix(blocks: &[Lanes], units: usize, examples: usize) -> Array2<f64> {
        Array2::from_shape_fn((units, examples), |(unit, example)| {
            blocks[example / LANES * units + unit][example % LANES]
        })
    }

    fn near(a: &Array2<f64>, b: &Array2<f64>, tolerance: f64) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance)
    }

    /// What the kernels make of a batch, and of the derivatives that come back to it.
    struct Computed {
        out: Array2<f64>,
        dz: Vec<Lanes>,
        d_gamma: Vec<f64>,
        d_beta: Vec<f64>,
    }

    /// Lanes without an example hold `outside` at first.
    fn computed(drawn: &Drawn, outside: f64) -> Computed {
        let (units, examples) = drawn.z.dim();
        let (gamma, beta) = (drawn.gamma.to_vec(), drawn.beta.to_vec());
        let mut out = blocks(&drawn.z, outside);
        let mut z_hat = vec![[0.0; LANES]; out.len()];
        let over = Over::Batch { examples };
        let mut workspace = Workspace::new(units);
        let norm = BatchNorm::new();
        workspace.forward(norm, over, [&gamma, &beta], &mut out, &mut z_hat);
        let mut dz = blocks(&drawn.d_out, 0.0);
        let (mut d_gamma, mut d_beta) = (vec![0.0; units], vec![0.0; units]);
        let sums = [&mut d_gamma[..], &mut d_beta[..]];
        workspace.backward(over, &gamma, &z_hat, &mut dz, sums);
        Computed {
            out: matrix(&out, units, examples),
            dz,
            d_gamma,
            d_beta,
        }
    }

    /// The slope of Σ out ∘ d_out along what `shift` moves.
    fn slope(drawn: &Drawn, shift: impl Fn(&mut Drawn, f64)) -> f64 {
        let step = 1e-5;
        let cost = |by: f64| {
            let mut moved = drawn.clone();
            shift(&mut moved, by);
            let Drawn { z, gamma, beta, .. } = &moved;
            (&forward(z.view(), gamma, beta, 1e-5).out * &drawn.d_out).sum()
        };
        (cost(step) - cost(-step)) / (2.0 * step)
    }

    proptest! {
        #[test]
        fn the_kernels_compute_what_the_formulas_say(
            units in 1..6usize,
            examples in 2..40usize,
            seed in 0..1_000u32,
            outside in -1e3..1e3f64,
        ) {
            let drawn = drawn(units, examples, seed);
            let Drawn { z, gamma, beta, d_out } = &drawn;
            let plain = forward(z.view(), gamma, beta, 1e-5);
            let ours = computed(&drawn, outside);
            // Deviations may be small beside z, of size 10.
            let spread = plain.variance.iter().fold(f64::INFINITY, |a, b| a.min(*b)).sqrt();
            let tolerance = 1e-13 / spread.min(1.0);
            prop_assert!(near(&ours.out, &plain.out, tolerance));

            let (dz, d_gamma, d_beta) = backward(d_out.view(), &plain, gamma, 1e-5);
            let tolerance = 100.0 * tolerance / spread.min(1.0);
            prop_assert!(near(&matrix(&ours.dz, units, examples), &dz, tolerance));
            for unit in 0..units {
                prop_assert!((ours.d_gamma[unit] - d_gamma[unit]).abs() < tolerance);
                prop_assert!((ours.d_beta[unit] - d_beta[unit]).abs() < 1e-13);
            }
            for (block, dz) in ours.dz.chunks(units).enumerate() {
                for lane in live(examples, block)..LANES {
                    prop_assert!(dz.iter().all(|dz| dz[lane] == 0.0));
                }
            }
        }

        #[test]
        fn the_derivatives_are_the_slopes(
            units in 1..3usize, examples in 2..6usize, seed in 0..1_000u32,
        ) {
            let drawn = drawn(units, examples, seed);
            let Drawn { z, gamma, beta, d_out } = &drawn;
            let normalized = forward(z.view(), gamma, beta, 1e-5);
            prop_assume!(normalized.variance.iter().all(|v| *v > 0.1));
            let (dz, d_gamma, d_beta) = backward(d_out.view(), &normalized, gamma, 1e-5);
            for index in ndarray::indices(z.dim()) {
                let slope = slope(&drawn, |moved, by| moved.z[index] += by);
                prop_assert!((dz[index] - slope).abs() < 1e-6, "{} {slope}", dz[index]);
            }
            for unit in 0..units {
                let of_gamma = slope(&drawn, |moved, by| moved.gamma[unit] += by);
                prop_assert!((d_gamma[unit] - of_gamma).abs() < 1e-8);
                let of_beta = slope(&drawn, |moved, by| moved.beta[unit] += by);
                prop_assert!((d_beta[unit] - of_beta).abs() < 1e-8);
            }
        }
    }

    #[test]
    fn a_constant_unit_passes_its_shift_on() {
        let z = Array2::from_elem((1, 4), 0.5);
        let normalized = forward(
            z.view(),
            &Array1::ones(1),
            &Array1::from_elem(1, 0.25),
            1e-5,
        );
        assert_eq!(normalized.out, Array2::from_elem((1, 4), 0.25));
    }

    #[test]
    fn settings_outside_their_range_are_refused() {
        assert_eq!(BatchNorm::new().check(), Ok(()));
        assert_eq!(BatchNorm::new().momentum(0.0).check(), Ok(()));
        for bad in [
            BatchNorm::new().epsilon(0.0),
            BatchNorm::new().epsilon(f64::NAN),
            BatchNorm::new().momentum(1.0),
            BatchNorm::new().momentum(-0.1),
            BatchNorm::new().momentum(f64::NAN),
        ] {
            assert!(
                matches!(bad.check(), Err(Error::OutOfRange { .. })),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn running_averages_are_corrected_for_their_start() {
        let mut statistics = Statistics::new(1);
        let corrected = BatchNorm::new().epsilon(1e-12);
        assert_eq!(corrected.running(&statistics, 0).0, 0.0);
        for _ in 0..2 {
            let batch = statistics.update(0.9, aview1(&[3.0]), aview1(&[4.0]));
            assert_eq!(batch, Ok(()));
        }
        assert!((statistics.correction() - 0.19).abs() < 1e-15);
        let (mean, inverse) = corrected.running(&statistics, 0);
        assert!((mean - 3.0).abs() < 1e-14 && (inverse - 0.5).abs() < 1e-12);
        assert!((corrected.uncorrected().running(&statistics, 0).0 - 0.57).abs() < 1e-15);
    }

    #[test]
    fn batches_that_do_not_fit_the_averages_are_refused() {
        let mut statistics = Statistics::new(2);
        let (two, three) = (aview1(&[1.0; 2]), aview1(&[1.0; 3]));
        for (mean, variance) in [(three, two), (two, three)] {
            let refused = statistics.update(0.9, mean, variance);
            assert!(matches!(refused, Err(Error::Shape { .. })), "{refused:?}");
        }
        for bad in [-0.1, 1.0, f64::NAN] {
            let refused = statistics.update(bad, two, two);
            assert!(matches!(refused, Err(Error::OutOfRange { .. })), "{bad}");
        }
        assert_eq!(statistics, Statistics::new(2));
    }
}
