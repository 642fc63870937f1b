//! The weights and biases of a network, and everything that has their shape.

use ndarray::{Array1, Array2, ArrayViewMut1, ArrayViewMut2, Axis};

use crate::error::Error;
use crate::numerics::kernels::{add_multiple, times_factor};
use crate::numerics::memory::{contiguous, zeros};

/// One layer's weights and biases, or anything of that shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// The weights W, `(units, inputs)`.
    pub w: Array2<f64>,
    /// The biases b, `(units,)`.
    pub b: Array1<f64>,
}

/// The weights and biases of all layers, first layer first.
///
/// Gradients have the shape of the parameters, so they are [`Parameters`] too, and so is what an optimizer
/// remembers. A layer under [batch normalization](crate::batch_norm) has a gain γ for each unit beside its
/// weights and biases; its biases are then what the paper calls β.
///
/// ```
/// use trainable::prelude::*;
///
/// let zeros = Parameters::zeros(&[2, 3, 1])?;
/// assert_eq!(zeros.len(), 2 * 3 + 3 + 3 + 1);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    layers: Vec<Layer>,
    /// Of each layer, where it has any.
    gains: Vec<Option<Array1<f64>>>,
}

/// One layer's parameters, to change them.
#[derive(Debug)]
pub struct LayerMut<'a> {
    /// The weights W, `(units, inputs)`.
    pub w: ArrayViewMut2<'a, f64>,
    /// The biases b, `(units,)`.
    pub b: ArrayViewMut1<'a, f64>,
    /// The gains γ, `(units,)`, of a layer under batch normalization.
    pub gain: Option<ArrayViewMut1<'a, f64>>,
}

impl Parameters {
    /// Parameters of the given layers.
    ///
    /// # Errors
    /// [`Error::Shape`] when there is no layer, when a layer has no unit or no input, when its
    /// biases are not one for each unit, or when its inputs are not the units of the layer before.
    pub fn new(layers: Vec<Layer>) -> Result<Self, Error> {
        if layers.is_empty() {
            return Err(shape(
                "layers",
                "at least one".to_owned(),
                "none".to_owned(),
            ));
        }
        for layer in &layers {
            if layer.w.is_empty() {
                return Err(shape(
                    "weights",
                    "at least one unit and one input".to_owned(),
                    format!("{:?}", layer.w.dim()),
                ));
            }
            if layer.b.len() != layer.w.nrows() {
                return Err(shape(
                    "biases",
                    format!("({},), one for each unit", layer.w.nrows()),
                    format!("({},)", layer.b.len()),
                ));
            }
        }
        for pair in layers.windows(2) {
            if pair[1].w.ncols() != pair[0].w.nrows() {
                return Err(shape(
                    "weights",
                    format!(
                        "({}, {}), an input for each unit of the layer before",
                        pair[1].w.nrows(),
                        pair[0].w.nrows()
                    ),
                    format!("{:?}", pair[1].w.dim()),
                ));
            }
        }
        let layers: Vec<Layer> = layers
            .into_iter()
            .map(|layer| Layer {
                w: layer.w.as_standard_layout().into_owned(),
                b: layer.b.as_standard_layout().into_owned(),
            })
            .collect();
        Ok(Self::without_gains(layers))
    }

    fn without_gains(layers: Vec<Layer>) -> Self {
        let gains = vec![None; layers.len()];
        Self { layers, gains }
    }

    /// Zeros for a network of the given layer sizes, inputs first: `[2, 10, 5, 1]`.
    ///
    /// # Errors
    /// [`Error::LayerSizes`] for fewer than two sizes or a size of 0; [`Error::TooLarge`] for more
    /// numbers than fit into memory.
    pub fn zeros(sizes: &[usize]) -> Result<Self, Error> {
        if sizes.len() < 2 || sizes.contains(&0) {
            return Err(Error::LayerSizes {
                got: sizes.to_vec(),
            });
        }
        let layers = sizes
            .windows(2)
            .map(|pair| {
                Ok(Layer {
                    w: zeros("parameters", pair[1], pair[0])?,
                    b: zeros("parameters", pair[1], 1)?.remove_axis(Axis(1)),
                })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Self::without_gains(layers))
    }

    /// Zeros of the same shape.
    pub fn zeros_like(&self) -> Self {
        let layers = self
            .layers
            .iter()
            .map(|layer| Layer {
                w: Array2::zeros(layer.w.dim()),
                b: Array1::zeros(layer.b.dim()),
            })
            .collect();
        let zeros =
            |gain: &Option<Array1<f64>>| gain.as_ref().map(|gain| Array1::zeros(gain.dim()));
        Self {
            layers,
            gains: self.gains.iter().map(zeros).collect(),
        }
    }

    /// Zeros for `count` networks of this shape, whose numbers lie side by side.
    pub(crate) fn zeros_of(&self, count: usize) -> Self {
        let layer = |layer: &Layer| {
            let (units, inputs) = layer.w.dim();
            Layer {
                w: Array2::zeros((units, inputs * count)),
                b: Array1::zeros(units * count),
            }
        };
        Self::without_gains(self.layers.iter().map(layer).collect())
    }

    /// Takes over one of `count` networks' numbers, which lie side by side in `many`.
    pub(crate) fn take_from(&mut self, many: &Self, which: usize, count: usize) {
        for (numbers, many) in self.iter_mut().zip(many.iter().skip(which).step_by(count)) {
            *numbers = *many;
        }
    }

    /// Puts these numbers into their place among those of `count` networks.
    pub(crate) fn put_into(&self, many: &mut Self, which: usize, count: usize) {
        for (numbers, many) in self.iter().zip(many.iter_mut().skip(which).step_by(count)) {
            *many = *numbers;
        }
    }

    /// Gives the layer of this index, from 0, a gain of 1 for each unit.
    pub(crate) fn add_gain(&mut self, layer: usize) {
        self.gains[layer] = Some(Array1::ones(self.layers[layer].b.dim()));
    }

    /// The layers, first one first.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The gains γ, `(units,)`, of the layer of this index, from 0; none of a layer without batch
    /// normalization, or of no layer.
    pub fn gain(&self, layer: usize) -> Option<&Array1<f64>> {
        self.gains.get(layer)?.as_ref()
    }

    /// The layers, first one first, to change their numbers.
    pub fn layers_mut(&mut self) -> impl Iterator<Item = LayerMut<'_>> {
        let layers = self.layers.iter_mut().zip(&mut self.gains);
        layers.map(|(layer, gain)| LayerMut {
            w: layer.w.view_mut(),
            b: layer.b.view_mut(),
            gain: gain.as_mut().map(|gain| gain.view_mut()),
        })
    }

    /// The number of weights, biases and gains together.
    pub fn len(&self) -> usize {
        self.slices().map(<[f64]>::len).sum()
    }

    /// Never: parameters hold at least one layer.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The layer sizes, inputs first.
    pub fn sizes(&self) -> Vec<usize> {
        let inputs = self.layers.first().map(|layer| layer.w.ncols());
        inputs
            .into_iter()
            .chain(self.layers.iter().map(|layer| layer.w.nrows()))
            .collect()
    }

    /// All numbers in one order: each layer's weights row by row, then its biases, then its gains.
    pub fn iter(&self) -> impl Iterator<Item = &f64> {
        self.slices().flatten()
    }

    /// The same order as [`iter`](Self::iter), to change them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        self.slices_mut().flatten()
    }

    /// All numbers as one vector θ, in the order of [`iter`](Self::iter).
    pub fn to_theta(&self) -> Array1<f64> {
        self.iter().copied().collect()
    }

    /// Parameters of this shape from the vector θ.
    ///
    /// # Errors
    /// [`Error::Shape`] when θ does not have [`len`](Self::len) numbers.
    pub fn with_theta(&self, theta: &Array1<f64>) -> Result<Self, Error> {
        if theta.len() != self.len() {
            return Err(shape(
                "theta",
                format!("({},)", self.len()),
                format!("({},)", theta.len()),
            ));
        }
        let mut parameters = self.clone();
        parameters
            .iter_mut()
            .zip(theta)
            .for_each(|(parameter, theta)| *parameter = *theta);
        Ok(parameters)
    }

    /// Each layer's weights, its biases and its gains, as slices.
    pub(crate) fn slices(&self) -> impl Iterator<Item = &[f64]> + Clone {
        (0..self.depth()).flat_map(|layer| self.parts(layer))
    }

    /// The same slices, to change them.
    pub(crate) fn slices_mut(&mut self) -> impl Iterator<Item = &mut [f64]> {
        let layers = self.layers.iter_mut().zip(&mut self.gains);
        layers.flat_map(|(Layer { w, b }, gain)| {
            let gain = gain.as_mut().map(|gain| contiguous(gain.as_slice_mut()));
            let (w, b) = (w.as_slice_mut(), b.as_slice_mut());
            [contiguous(w), contiguous(b), gain.unwrap_or_default()]
        })
    }

    /// The weights row by row, the biases and the gains of the layer of this index.
    pub(crate) fn layer_slices(&self, layer: usize) -> (&[f64], &[f64], Option<&[f64]>) {
        let Layer { w, b } = &self.layers[layer];
        let gain = self.gains[layer].as_ref();
        (
            contiguous(w.as_slice()),
            contiguous(b.as_slice()),
            gain.map(|gain| contiguous(gain.as_slice())),
        )
    }

    /// The same slices, to change them.
    pub(crate) fn layer_slices_mut(
        &mut self,
        layer: usize,
    ) -> (&mut [f64], &mut [f64], Option<&mut [f64]>) {
        let Layer { w, b } = &mut self.layers[layer];
        let gain = self.gains[layer].as_mut();
        (
            contiguous(w.as_slice_mut()),
            contiguous(b.as_slice_mut()),
            gain.map(|gain| contiguous(gain.as_slice_mut())),
        )
    }

    /// The number of layers.
    pub(crate) fn depth(&self) -> usize {
        self.layers.len()
    }

    /// The layer's slices one after the other; the last one is empty where it has no gains.
    #[inline(always)]
    pub(crate) fn parts(&self, layer: usize) -> [&[f64]; 3] {
        let (w, b, gain) = self.layer_slices(layer);
        [w, b, gain.unwrap_or_default()]
    }

    /// The same slices, to change them.
    #[inline(always)]
    pub(crate) fn parts_mut(&mut self, layer: usize) -> [&mut [f64]; 3] {
        let (w, b, gain) = self.layer_slices_mut(layer);
        [w, b, gain.unwrap_or_default()]
    }

    /// Takes over the numbers of others of the same shape.
    pub(crate) fn copy_from(&mut self, others: &Self) {
        for (numbers, others) in self.slices_mut().zip(others.slices()) {
            numbers.copy_from_slice(others);
        }
    }

    /// Adds `factor` times the numbers of others of the same shape.
    pub(crate) fn add_scaled(&mut self, factor: f64, others: &Self) {
        for (numbers, others) in self.slices_mut().zip(others.slices()) {
            add_multiple(numbers, factor, others);
        }
    }

    /// Multiplies every number by `factor`.
    pub(crate) fn scale(&mut self, factor: f64) {
        for numbers in self.slices_mut() {
            times_factor(numbers, factor);
        }
    }

    /// Refuses others that have another shape.
    pub(crate) fn check_same_shape(&self, what: &'static str, others: &Self) -> Result<(), Error> {
        let same = self.layers.len() == others.layers.len();
        let mut pairs = self.layers.iter().zip(&others.layers);
        let mut gains = self.gains.iter().zip(&others.gains);
        if same
            && pairs.all(|(one, other)| one.w.dim() == other.w.dim())
            && gains.all(|(one, other)| one.is_some() == other.is_some())
        {
            return Ok(());
        }
        Err(shape(what, self.described(), others.described()))
    }

    /// The shape in words.
    fn described(&self) -> String {
        let gains = self.gains.iter().enumerate();
        let with: Vec<usize> = gains
            .filter(|(_, gain)| gain.is_some())
            .map(|(layer, _)| layer + 1)
            .collect();
        match with[..] {
            [] => format!("layer sizes {:?}", self.sizes()),
            _ => format!(
                "layer sizes {:?}, gains in the layers {with:?}",
                self.sizes()
            ),
        }
    }
}

fn shape(what: &'static str, expected: String, got: String) -> Error {
    Error::Shape {
        what,
        expected,
        got,
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn layer(units: usize, inputs: usize) -> Layer {
        Layer {
            w: Array2::from_shape_fn((units, inputs), |(u, k)| (10 * u + k) as f64),
            b: Array1::from_shape_fn(units, |u| 0.5 + u as f64),
        }
    }

    #[test]
    fn theta_and_back_is_the_same() {
        let parameters = Parameters::new(vec![layer(3, 2), layer(1, 3)]).unwrap();
        let theta = parameters.to_theta();
        assert_eq!(theta.to_vec()[..3], [0.0, 1.0, 10.0]);
        assert_eq!(parameters.zeros_like().with_theta(&theta), Ok(parameters));
    }

    #[test]
    fn theta_of_another_length_is_refused() {
        let parameters = Parameters::new(vec![layer(3, 2)]).unwrap();
        assert!(matches!(
            parameters.with_theta(&array![1.0]),
            Err(Error::Shape { what: "theta", .. })
        ));
    }

    #[test]
    fn layers_that_do_not_fit_are_refused() {
        let bad_bias = Layer {
            b: array![0.0],
            ..layer(3, 2)
        };
        for layers in [
            vec![],
            vec![layer(0, 2)],
            vec![bad_bias],
            vec![layer(3, 2), layer(1, 2)],
        ] {
            assert!(matches!(Parameters::new(layers), Err(Error::Shape { .. })));
        }
    }

    #[test]
    fn sizes_that_make_no_network_are_refused() {
        for sizes in [&[][..], &[2], &[2, 0, 1]] {
            assert!(matches!(
                Parameters::zeros(sizes),
                Err(Error::LayerSizes { .. })
            ));
        }
        for sizes in [&[usize::MAX, 2][..], &[1 << 40, 1 << 22]] {
            assert!(matches!(
                Parameters::zeros(sizes),
                Err(Error::TooLarge { .. })
            ));
        }
    }

    #[test]
    fn sizes_are_read_back() {
        assert_eq!(
            Parameters::zeros(&[2, 10, 5, 1]).unwrap().sizes(),
            [2, 10, 5, 1]
        );
    }
}
