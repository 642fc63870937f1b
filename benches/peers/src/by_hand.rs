//! ndarray, as the course's formulas are written down in it: examples are columns.

use benches::serve::Failure;
use benches::task::Task;
use benches::workload::{Rule, Workload};
use ndarray::{Array2, Axis};
use trainable::prelude::RandomState;

use crate::peer::Peer;

pub struct ByHand {
    task: Task,
    x: Array2<f64>,
    y: Array2<f64>,
}

pub struct Batch {
    x: Array2<f64>,
    y: Array2<f64>,
}

/// W, (units, inputs), and b, (units, 1), or their derivatives, or their averages.
#[derive(Clone)]
struct Layer {
    w: Array2<f64>,
    b: Array2<f64>,
}

pub struct Model {
    layers: Vec<Layer>,
    /// Adam's averages of the derivatives and of their squares, and the steps taken.
    v: Vec<Layer>,
    s: Vec<Layer>,
    t: i32,
    rng: RandomState,
}

/// The inputs, each hidden layer's activations and the logits; the masks of the hidden layers.
struct Pass {
    activations: Vec<Array2<f64>>,
    masks: Vec<Array2<f64>>,
}

impl Peer for ByHand {
    type Batch = Batch;
    type Model = Model;

    fn new(task: Task) -> Result<Self, Failure> {
        let labels = task.data.y().to_owned();
        let classes = *task
            .workload
            .sizes
            .last()
            .ok_or("a network without layers")?;
        let y = match classes {
            1 => labels,
            _ => Array2::from_shape_fn((classes, labels.len()), |(class, example)| {
                f64::from(labels[(0, example)] == class as f64)
            }),
        };
        let x = task.data.x().as_standard_layout().to_owned();
        Ok(Self { task, x, y })
    }

    fn task(&self) -> &Task {
        &self.task
    }

    fn batch(&self, picked: &[usize]) -> Result<Batch, Failure> {
        Ok(Batch {
            x: self.x.select(Axis(1), picked),
            y: self.y.select(Axis(1), picked),
        })
    }

    fn start(&self, network: usize) -> Result<Model, Failure> {
        let layers = self.task.starts[network].parameters().layers().iter();
        let layers: Vec<Layer> = layers
            .map(|layer| Layer {
                w: layer.w.to_owned(),
                b: layer.b.to_owned().insert_axis(Axis(1)),
            })
            .collect();
        let zeros: Vec<Layer> = layers
            .iter()
            .map(|Layer { w, b }| Layer {
                w: Array2::zeros(w.dim()),
                b: Array2::zeros(b.dim()),
            })
            .collect();
        let rng = RandomState::new(network as u32);
        Ok(Model {
            layers,
            v: zeros.clone(),
            s: zeros,
            t: 0,
            rng,
        })
    }

    fn step(&self, mut model: Model, batch: &Batch) -> Result<Model, Failure> {
        let workload = &self.task.workload;
        let pass = forward(&model.layers, &batch.x, workload.keep, &mut model.rng);
        let gradients = backward(&model.layers, &pass, &batch.y, workload);
        match workload.optimizer {
            Rule::Descent => descend(&mut model, &gradients, workload.learning_rate),
            Rule::Adam => adam(&mut model, &gradients, workload.learning_rate),
        }
        Ok(model)
    }

    fn cost(&self, model: &Model) -> Result<f64, Failure> {
        let pass = forward(&model.layers, &self.x, 1.0, &mut model.rng.clone());
        let z = pass.activations.last().ok_or("a network without layers")?;
        let examples = self.y.ncols() as f64;
        // Of a single logit, the other class's is 0.
        let least = if z.nrows() == 1 {
            0.0
        } else {
            f64::NEG_INFINITY
        };
        let largest = z.map_axis(Axis(0), |z| z.fold(least, |a: f64, z| a.max(*z)));
        let others = if z.nrows() == 1 {
            (-&largest).exp()
        } else {
            &largest * 0.0
        };
        let sums = (z - &largest).exp().sum_axis(Axis(0)) + others;
        let losses = sums.ln() + &largest - (&self.y * z).sum_axis(Axis(0));
        let squares: f64 = model
            .layers
            .iter()
            .map(|layer| (&layer.w * &layer.w).sum())
            .sum();
        Ok((losses.sum() + self.task.workload.lambda / 2.0 * squares) / examples)
    }
}

fn forward(layers: &[Layer], x: &Array2<f64>, keep: f64, rng: &mut RandomState) -> Pass {
    let mut activations = vec![x.clone()];
    let mut masks = Vec::new();
    for (index, layer) in layers.iter().enumerate() {
        let z = layer.w.dot(&activations[index]) + &layer.b;
        if index + 1 == layers.len() {
            activations.push(z);
            break;
        }
        let mut a = z.mapv(|z| z.max(0.0));
        if keep < 1.0 {
            let draw = || f64::from(rng.rand() < keep);
            let mask = Array2::from_shape_simple_fn(a.dim(), draw);
            a = a * &mask / keep;
            masks.push(mask);
        }
        activations.push(a);
    }
    Pass { activations, masks }
}

fn backward(layers: &[Layer], pass: &Pass, y: &Array2<f64>, workload: &Workload) -> Vec<Layer> {
    let examples = y.ncols() as f64;
    let mut gradients = Vec::new();
    let mut dz = (probabilities(&pass.activations[layers.len()]) - y) / examples;
    for (index, layer) in layers.iter().enumerate().rev() {
        let a = &pass.activations[index];
        let mut w = dz.dot(&a.t());
        if workload.lambda > 0.0 {
            w = w + workload.lambda / examples * &layer.w;
        }
        let b = dz.sum_axis(Axis(1)).insert_axis(Axis(1));
        gradients.push(Layer { w, b });
        if index > 0 {
            let mut da = layer.w.t().dot(&dz);
            if let Some(mask) = pass.masks.get(index - 1) {
                da = da * mask / workload.keep;
            }
            dz = da * a.mapv(|a| f64::from(a > 0.0));
        }
    }
    gradients.reverse();
    gradients
}

/// The sigmoid of a single logit, the softmax of several.
fn probabilities(z: &Array2<f64>) -> Array2<f64> {
    if z.nrows() == 1 {
        return z.mapv(|z| 1.0 / (1.0 + (-z).exp()));
    }
    let largest = z.map_axis(Axis(0), |z| {
        z.fold(f64::NEG_INFINITY, |a: f64, z| a.max(*z))
    });
    let powers = (z - &largest).exp();
    let sums = powers.sum_axis(Axis(0));
    powers / sums
}

fn descend(model: &mut Model, gradients: &[Layer], learning_rate: f64) {
    for (layer, gradient) in model.layers.iter_mut().zip(gradients) {
        layer.w.scaled_add(-learning_rate, &gradient.w);
        layer.b.scaled_add(-learning_rate, &gradient.b);
    }
}

fn adam(model: &mut Model, gradients: &[Layer], learning_rate: f64) {
    model.t += 1;
    let averages = model.v.iter_mut().zip(&mut model.s);
    for ((layer, gradient), (v, s)) in model.layers.iter_mut().zip(gradients).zip(averages) {
        adam_step(
            &mut layer.w,
            &gradient.w,
            [&mut v.w, &mut s.w],
            learning_rate,
            model.t,
        );
        adam_step(
            &mut layer.b,
            &gradient.b,
            [&mut v.b, &mut s.b],
            learning_rate,
            model.t,
        );
    }
}

fn adam_step(
    parameter: &mut Array2<f64>,
    gradient: &Array2<f64>,
    [v, s]: [&mut Array2<f64>; 2],
    learning_rate: f64,
    t: i32,
) {
    let (beta1, beta2, epsilon) = (0.9_f64, 0.999_f64, 1e-8);
    *v = beta1 * &*v + (1.0 - beta1) * gradient;
    *s = beta2 * &*s + (1.0 - beta2) * (gradient * gradient);
    let v_corrected = &*v / (1.0 - beta1.powi(t));
    let s_corrected = &*s / (1.0 - beta2.powi(t));
    *parameter -= &(learning_rate * v_corrected / (s_corrected.sqrt() + epsilon));
}
