//! Forward and backward propagation through a network of any depth.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis, Slice};

use crate::activation::{Activation, apply_all, times_derivative};
use crate::cost::{cross_entropy, cross_entropy_derivative};
use crate::dataset::Dataset;
use crate::parameters::{Layer, Parameters};
use crate::products::{LANES, Lanes, add_outer, affine, sum_lanes, transposed};

/// Examples that walk through the network together: few enough to stay in the CPU's cache.
const CHUNK: usize = 512;

/// The working memory of a pass through a network; made once, used for every iteration.
pub(crate) struct Propagation {
    hidden: Activation,
    /// The chunk's inputs, then every layer's activations; of the last layer, the logits.
    a: Vec<Vec<Lanes>>,
    /// The derivatives of the cost by every layer's weighted sums z.
    dz: Vec<Vec<Lanes>>,
    gradients: Parameters,
}

impl Propagation {
    /// Working memory for `parameters`' shape and at most `examples` examples.
    pub fn new(parameters: &Parameters, hidden: Activation, examples: usize) -> Self {
        let blocks = examples.min(CHUNK).div_ceil(LANES);
        let room = |units: usize| vec![[0.0; LANES]; blocks * units];
        let sizes = parameters.sizes();
        Self {
            hidden,
            a: sizes.iter().map(|units| room(*units)).collect(),
            dz: sizes.iter().skip(1).map(|units| room(*units)).collect(),
            gradients: parameters.zeros_like(),
        }
    }

    // ANCHOR: gradients
    /// The gradients of the cost by every parameter, and whether the cost is a finite number.
    pub fn gradients(&mut self, parameters: &Parameters, data: &Dataset) -> (&Parameters, bool) {
        self.gradients
            .iter_mut()
            .for_each(|gradient| *gradient = 0.0);
        let mut finite = true;
        for (x, y) in chunks(data) {
            self.forward(parameters, x);
            finite &= self.logits(x.ncols()).iter().all(|z| z.is_finite());
            self.output_error(y, data.examples());
            self.backward(parameters, x.ncols());
        }
        (&self.gradients, finite)
    }
    // ANCHOR_END: gradients

    /// The cost J: the mean cross-entropy over all examples.
    pub fn cost(&mut self, parameters: &Parameters, data: &Dataset) -> f64 {
        let mut sums = [0.0; LANES];
        for (x, y) in chunks(data) {
            self.forward(parameters, x);
            let lanes = (0..LANES).cycle();
            for ((z, y), lane) in self.logits(x.ncols()).iter().zip(y).zip(lanes) {
                sums[lane] += cross_entropy(*z, *y);
            }
        }
        sum_lanes(&sums) / data.examples() as f64
    }

    /// Every layer's activations, `(units, examples)`; of the last layer, the logits.
    pub fn activations(
        &mut self,
        parameters: &Parameters,
        x: ArrayView2<'_, f64>,
    ) -> Vec<Array2<f64>> {
        let mut all: Vec<Array2<f64>> = parameters
            .layers()
            .iter()
            .map(|layer| Array2::zeros((layer.w.nrows(), x.ncols())))
            .collect();
        for (index, chunk) in x.axis_chunks_iter(Axis(1), CHUNK).enumerate() {
            self.forward(parameters, chunk);
            for (out, a) in all.iter_mut().zip(&self.a[1..]) {
                let units = out.nrows();
                for (example, mut column) in out
                    .columns_mut()
                    .into_iter()
                    .skip(index * CHUNK)
                    .take(CHUNK)
                    .enumerate()
                {
                    let block = &a[example / LANES * units..][..units];
                    column
                        .iter_mut()
                        .zip(block)
                        .for_each(|(out, a)| *out = a[example % LANES]);
                }
            }
        }
        all
    }

    // ANCHOR: forward
    /// a = g(W a + b), layer after layer; the last layer keeps its logits z = W a + b.
    fn forward(&mut self, parameters: &Parameters, x: ArrayView2<'_, f64>) {
        load(x, &mut self.a[0]);
        let blocks = x.ncols().div_ceil(LANES);
        let last = parameters.layers().len() - 1;
        for (index, layer) in parameters.layers().iter().enumerate() {
            let (before, after) = self.a.split_at_mut(index + 1);
            let a = &before[index][..blocks * layer.w.ncols()];
            let z = &mut after[0][..blocks * layer.w.nrows()];
            let (w, b) = slices(layer);
            affine(w, b, a, z);
            if index < last {
                apply_all(self.hidden, z.as_flattened_mut());
            }
        }
    }
    // ANCHOR_END: forward

    /// dZ of the last layer: (σ(z) − y) / m.
    fn output_error(&mut self, y: ArrayView1<'_, f64>, examples: usize) {
        let (Some(logits), Some(dz)) = (self.a.last(), self.dz.last_mut()) else {
            return;
        };
        // The last block may have fewer examples than lanes: what is left over counts nothing.
        dz.as_flattened_mut().fill(0.0);
        let share = 1.0 / examples as f64;
        for ((dz, z), y) in dz
            .as_flattened_mut()
            .iter_mut()
            .zip(logits.as_flattened())
            .zip(y)
        {
            *dz = share * cross_entropy_derivative(*z, *y);
        }
    }

    // ANCHOR: backward
    /// dW = dZ Aᵀ, db = Σ dZ, and dZ of the layer before = Wᵀ dZ ∘ g′, from the last layer back.
    fn backward(&mut self, parameters: &Parameters, examples: usize) {
        let blocks = examples.div_ceil(LANES);
        for (index, layer) in parameters.layers().iter().enumerate().rev() {
            let (units, inputs) = layer.w.dim();
            let (before, after) = self.dz.split_at_mut(index);
            let dz = &after[0][..blocks * units];
            let a = &self.a[index][..blocks * inputs];
            let gradient = &mut self.gradients.layers_mut()[index];
            let (dw, db) = slices_mut(gradient);
            add_outer(dz, a, dw, db);
            if let Some(da) = before.last_mut() {
                let da = &mut da[..blocks * inputs];
                transposed(slices(layer).0, dz, da, units);
                times_derivative(self.hidden, da.as_flattened_mut(), a.as_flattened());
            }
        }
    }
    // ANCHOR_END: backward

    /// The logits of the chunk's examples; the network has one output unit.
    fn logits(&self, examples: usize) -> &[f64] {
        let logits = self.a.last().map_or(&[][..], |z| z.as_flattened());
        &logits[..examples.min(logits.len())]
    }
}

/// The data in chunks of examples, in order.
fn chunks(data: &Dataset) -> impl Iterator<Item = (ArrayView2<'_, f64>, ArrayView1<'_, f64>)> {
    (0..data.examples()).step_by(CHUNK).map(|start| {
        let examples = Slice::from(start..data.examples().min(start + CHUNK));
        let mut x = data.x();
        x.slice_axis_inplace(Axis(1), examples);
        let mut y = data.y().index_axis_move(Axis(0), 0);
        y.slice_axis_inplace(Axis(0), examples);
        (x, y)
    })
}

/// Copies a chunk of inputs into blocks of lanes; lanes without an example hold 0.
fn load(x: ArrayView2<'_, f64>, a: &mut [Lanes]) {
    let features = x.nrows();
    let last = x.ncols().div_ceil(LANES) - 1;
    a[last * features..][..features].fill([0.0; LANES]);
    for (feature, row) in x.rows().into_iter().enumerate() {
        for (example, x) in row.iter().enumerate() {
            a[example / LANES * features + feature][example % LANES] = *x;
        }
    }
}

/// A layer's weights, row by row, and its biases. [`Parameters`] keeps both contiguous.
fn slices(layer: &Layer) -> (&[f64], &[f64]) {
    (
        layer.w.as_slice().unwrap_or_default(),
        layer.b.as_slice().unwrap_or_default(),
    )
}

fn slices_mut(layer: &mut Layer) -> (&mut [f64], &mut [f64]) {
    (
        layer.w.as_slice_mut().unwrap_or_default(),
        layer.b.as_slice_mut().unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};
    use proptest::prelude::*;

    use crate::prelude::*;

    /// A network with random weights *and* biases, so that no unit sits on ReLU's kink.
    fn network(sizes: &[usize], activation: Activation, seed: u32) -> Network {
        let mut rng = RandomState::new(seed);
        let zeros = Parameters::zeros(sizes).unwrap();
        let theta = Array1::from_shape_simple_fn(zeros.len(), || 0.7 * rng.randn());
        Network::from_parameters(zeros.with_theta(&theta).unwrap()).with_activation(activation)
    }

    /// The two-sided difference of the cost for each parameter.
    fn numerical_gradients(network: &Network, data: &Dataset, step: f64) -> Array1<f64> {
        let theta = network.parameters().to_theta();
        let cost_at = |index: usize, shift: f64| {
            let mut shifted = theta.clone();
            shifted[index] += shift;
            let parameters = network.parameters().with_theta(&shifted).unwrap();
            let network =
                Network::from_parameters(parameters).with_activation(network.activation());
            network.cost(data).unwrap()
        };
        Array1::from_shape_fn(theta.len(), |index| {
            (cost_at(index, step) - cost_at(index, -step)) / (2.0 * step)
        })
    }

    fn norm(v: &Array1<f64>) -> f64 {
        v.iter().map(|v| v * v).sum::<f64>().sqrt()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn gradients_equal_numerical_ones(
            hidden in prop::collection::vec(1..7usize, 0..5),
            which in 0..4usize,
            examples in 2..40usize,
            seed in 0..1_000_000u32,
        ) {
            let activation = [Activation::Sigmoid, Activation::Tanh, Activation::Relu, Activation::Identity][which];
            let sizes: Vec<usize> = [vec![2], hidden, vec![1]].concat();
            let data = moons(examples, 0.2, &mut RandomState::new(seed)).unwrap();
            let network = network(&sizes, activation, seed);
            let exact = network.gradients(&data).unwrap().to_theta();
            let near = numerical_gradients(&network, &data, 1e-5);
            let difference = norm(&(&exact - &near)) / (norm(&exact) + norm(&near));
            // A step across ReLU's kink changes the slope within the difference; halving the step
            // moves such a crossing away, a wrong gradient stays wrong.
            let nearer = numerical_gradients(&network, &data, 1e-6);
            let again = norm(&(&exact - &nearer)) / (norm(&exact) + norm(&nearer));
            prop_assert!(difference.min(again) < 1e-7, "{difference:e}, {again:e} for {sizes:?} {activation:?}");
        }
    }

    #[test]
    fn examples_beyond_one_chunk_count_like_the_others() {
        let data = circles(1_301, 0.1, &mut RandomState::new(4)).unwrap();
        let network = network(&[2, 3, 1], Activation::Tanh, 1);
        let losses = network
            .logits(data.x())
            .unwrap()
            .iter()
            .zip(data.y())
            .map(|(z, y)| crate::cost::cross_entropy(*z, *y))
            .sum::<f64>();
        // Two orders of summing 1301 losses.
        assert!((network.cost(&data).unwrap() - losses / 1_301.0).abs() < 1e-13);
        let exact = network.gradients(&data).unwrap().to_theta();
        let near = numerical_gradients(&network, &data, 1e-5);
        assert!(norm(&(&exact - &near)) / norm(&exact) < 1e-7);
    }

    #[test]
    fn a_gradient_is_the_mean_of_the_examples_gradients() {
        let network = network(&[2, 4, 3, 1], Activation::Relu, 2);
        let data = moons(11, 0.2, &mut RandomState::new(4)).unwrap();
        let mut sum = Array1::zeros(network.parameters().len());
        for (x, y) in data.x().columns().into_iter().zip(data.y()) {
            let x = x.to_owned().into_shape_with_order((2, 1)).unwrap();
            let one = Dataset::new(x, array![[*y]]).unwrap();
            sum += &network.gradients(&one).unwrap().to_theta();
        }
        let all = network.gradients(&data).unwrap().to_theta();
        assert!(norm(&(&sum / 11.0 - &all)) < 1e-15);
    }
}
