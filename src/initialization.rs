//! Where the weights start.

use ndarray::Array2;
use rand::Rng;

use crate::error::{Error, at_least_0};
use crate::numerics::random_state::{Normal, RandomState, uniform};
use crate::parameters::Parameters;

// ANCHOR: plain
/// The weights that a layer starts with under He initialization, `(n_out, n_in)`: NumPy's
/// `randn(n_out, n_in) * sqrt(2 / n_in)`.
pub fn he(n_out: usize, n_in: usize, rng: &mut RandomState) -> Array2<f64> {
    let randn = Array2::from_shape_simple_fn((n_out, n_in), || rng.randn());
    randn * (2.0 / n_in as f64).sqrt()
}
// ANCHOR_END: plain

/// The distribution that the weights of a layer are drawn from; biases start at 0.
///
/// `n_in` is the number of inputs of a layer, `n_out` the number of its units.
///
/// ```
/// use trainable::prelude::*;
///
/// assert_eq!(Initialization::He.variance(50, 10), 2.0 / 50.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Initialization {
    /// All weights 0: the units of a layer can never become different.
    Zeros,
    /// Normal with the given standard deviation (finite, at least 0), whatever the layer's size.
    Gaussian(f64),
    /// Normal with variance 1/`n_in`; the course's "Xavier". Y. LeCun et al. (1998), *Efficient
    /// BackProp*, doi:10.1007/3-540-49430-8_2.
    Xavier,
    /// Normal with variance 2/(`n_in` + `n_out`). X. Glorot, Y. Bengio (2010), *Understanding the
    /// difficulty of training deep feedforward neural networks*, PMLR 9:249–256.
    Glorot,
    /// Normal with variance 2/`n_in`. K. He et al. (2015), *Delving deep into rectifiers*,
    /// arXiv:1502.01852.
    He,
    /// Uniform with the mean 0 and the variance of [`Xavier`](Self::Xavier).
    XavierUniform,
    /// Uniform with the mean 0 and the variance of [`Glorot`](Self::Glorot).
    GlorotUniform,
    /// Uniform with the mean 0 and the variance of [`He`](Self::He).
    HeUniform,
}

impl Initialization {
    // ANCHOR: variance
    /// The variance of a weight in a layer of `n_out` units with `n_in` inputs each.
    pub fn variance(self, n_in: usize, n_out: usize) -> f64 {
        let (n_in, n_out) = (n_in as f64, n_out as f64);
        match self {
            Self::Zeros => 0.0,
            Self::Gaussian(std) => std * std,
            Self::Xavier | Self::XavierUniform => 1.0 / n_in,
            Self::Glorot | Self::GlorotUniform => 2.0 / (n_in + n_out),
            Self::He | Self::HeUniform => 2.0 / n_in,
        }
    }
    // ANCHOR_END: variance

    // ANCHOR: parameters
    /// Parameters for a network of the given layer `sizes`, inputs first.
    ///
    /// Weights are drawn layer by layer, row by row; biases are 0 and draw nothing.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a standard deviation that is negative or not finite;
    /// [`Error::LayerSizes`] or [`Error::TooLarge`] for sizes that make no network.
    pub fn parameters(self, sizes: &[usize], rng: &mut impl Rng) -> Result<Parameters, Error> {
        self.check()?;
        let mut parameters = Parameters::zeros(sizes)?;
        let mut normal = Normal::new();
        for mut layer in parameters.layers_mut() {
            let (n_out, n_in) = layer.w.dim();
            let std = self.standard_deviation(n_in, n_out);
            layer
                .w
                .mapv_inplace(|_| std * self.deviate(&mut normal, rng));
        }
        Ok(parameters)
    }

    /// A random number with mean 0 and variance 1.
    fn deviate(self, normal: &mut Normal, rng: &mut impl Rng) -> f64 {
        match self {
            Self::Zeros => 0.0,
            Self::Gaussian(_) | Self::Xavier | Self::Glorot | Self::He => normal.sample(rng),
            Self::XavierUniform | Self::GlorotUniform | Self::HeUniform => {
                3.0_f64.sqrt() * (2.0 * uniform(rng) - 1.0)
            }
        }
    }
    // ANCHOR_END: parameters

    /// Not the root of the variance for a Gaussian: squaring and rooting could move its last bit.
    fn standard_deviation(self, n_in: usize, n_out: usize) -> f64 {
        match self {
            Self::Gaussian(std) => std,
            _ => self.variance(n_in, n_out).sqrt(),
        }
    }

    fn check(self) -> Result<(), Error> {
        match self {
            Self::Gaussian(std) => at_least_0("standard deviation of the weights", std),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Initialization; 8] = [
        Initialization::Zeros,
        Initialization::Gaussian(0.3),
        Initialization::Xavier,
        Initialization::Glorot,
        Initialization::He,
        Initialization::XavierUniform,
        Initialization::GlorotUniform,
        Initialization::HeUniform,
    ];

    #[test]
    fn weights_have_mean_0_and_the_variance_that_is_promised() {
        for scheme in ALL {
            let parameters = scheme
                .parameters(&[300, 200], &mut RandomState::new(1))
                .unwrap();
            let w = &parameters.layers()[0].w;
            let (n, variance) = (w.len() as f64, scheme.variance(300, 200));
            let mean = w.mean().unwrap();
            let measured = w.mapv(|w| (w - mean) * (w - mean)).mean().unwrap();
            // Four standard errors; a normal's variance estimate has the larger one, sqrt(2/n).
            assert!(
                mean.abs() <= 4.0 * (variance / n).sqrt(),
                "{scheme:?}: mean {mean}"
            );
            assert!(
                (measured - variance).abs() <= 4.0 * variance * (2.0 / n).sqrt(),
                "{scheme:?}: variance {measured}, promised {variance}"
            );
        }
    }

    #[test]
    fn uniform_weights_stay_within_their_bounds() {
        let parameters = Initialization::HeUniform
            .parameters(&[6, 1000], &mut RandomState::new(1))
            .unwrap();
        let largest = parameters.layers()[0]
            .w
            .iter()
            .fold(0.0, |most: f64, w| most.max(w.abs()));
        // sqrt(3 · 2/6) = 1; a thousand draws come within 1 % of it.
        assert!((0.99..=1.0).contains(&largest), "{largest}");
    }

    #[test]
    fn biases_start_at_zero() {
        for scheme in ALL {
            let parameters = scheme
                .parameters(&[4, 3, 2], &mut RandomState::new(1))
                .unwrap();
            assert!(
                parameters
                    .layers()
                    .iter()
                    .all(|layer| layer.b.iter().all(|b| *b == 0.0))
            );
        }
    }

    #[test]
    fn the_standard_deviation_must_be_one() {
        for std in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(matches!(
                Initialization::Gaussian(std).parameters(&[2, 1], &mut RandomState::new(1)),
                Err(Error::OutOfRange { .. })
            ));
        }
    }

    #[test]
    fn any_generator_will_do() {
        use rand::SeedableRng;
        let mut rng = rand_mt::Mt64::from_seed([1; 8]);
        assert!(Initialization::He.parameters(&[2, 1], &mut rng).is_ok());
    }
}
