//! Burn on Flex, its CPU backend, by its own layers, losses and optimizers: examples are rows.

use benches::serve::Failure;
use benches::task::Task;
use benches::workload::Rule;
use burn::module::{Module, Param};
use burn::nn::loss::{BinaryCrossEntropyLossConfig, CrossEntropyLossConfig};
use burn::nn::{Dropout, DropoutConfig, Linear, Relu};
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::{Device, FloatDType, Int, Tensor, TensorData};

use crate::peer::Peer;

pub struct Burn {
    task: Task,
    learning: Device,
    all: Batch,
}

pub struct Batch {
    x: Tensor<2>,
    y: Tensor<1, Int>,
}

pub struct Model {
    network: Perceptron,
    optimizer: ModuleOptimizer,
}

#[derive(Module, Debug)]
struct Perceptron {
    layers: Vec<Linear>,
    relu: Relu,
    dropout: Dropout,
}

/// Makes `f64` what numbers are, which has to come before the first of them.
pub fn use_f64() -> Result<(), Failure> {
    Ok(Device::flex().configure(FloatDType::F64)?)
}

impl Perceptron {
    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let mut a = x;
        for (index, layer) in self.layers.iter().enumerate() {
            a = layer.forward(a);
            if index + 1 < self.layers.len() {
                a = self.dropout.forward(self.relu.forward(a));
            }
        }
        a
    }
}

impl Peer for Burn {
    type Batch = Batch;
    type Model = Model;

    fn new(task: Task) -> Result<Self, Failure> {
        let learning = Device::flex().autodiff();
        let (features, examples) = task.data.x().dim();
        let x: Vec<f64> = task.data.x().t().iter().copied().collect();
        let y: Vec<i64> = task.data.y().iter().map(|y| *y as i64).collect();
        let all = Batch {
            x: Tensor::from_data(TensorData::new(x, [examples, features]), &learning),
            y: Tensor::from_data(TensorData::new(y, [examples]), &learning),
        };
        Ok(Self {
            task,
            learning,
            all,
        })
    }

    fn task(&self) -> &Task {
        &self.task
    }

    fn batch(&self, picked: &[usize]) -> Result<Batch, Failure> {
        let picked: Vec<i64> = picked.iter().map(|index| *index as i64).collect();
        let data = TensorData::new(picked.clone(), [picked.len()]);
        let picked = Tensor::<1, Int>::from_data(data, &self.learning);
        let Batch { x, y } = &self.all;
        Ok(Batch {
            x: x.clone().select(0, picked.clone()),
            y: y.clone().select(0, picked),
        })
    }

    fn start(&self, network: usize) -> Result<Model, Failure> {
        let layers = self.task.starts[network]
            .parameters()
            .layers()
            .iter()
            .map(|layer| {
                let (units, inputs) = layer.w.dim();
                let w: Vec<f64> = layer.w.t().iter().copied().collect();
                let w = Tensor::from_data(TensorData::new(w, [inputs, units]), &self.learning);
                let b: Vec<f64> = layer.b.to_vec();
                let b = Tensor::from_data(TensorData::new(b, [units]), &self.learning);
                Linear {
                    weight: Param::from_tensor(w),
                    bias: Some(Param::from_tensor(b)),
                }
            });
        let workload = &self.task.workload;
        let network = Perceptron {
            layers: layers.collect(),
            relu: Relu::new(),
            dropout: DropoutConfig::new(1.0 - workload.keep).init(),
        };
        let optimizer = match workload.optimizer {
            Rule::Descent => SgdConfig::new().init(),
            Rule::Adam => AdamConfig::new().with_epsilon(1e-8).init(),
        };
        Ok(Model { network, optimizer })
    }

    fn step(&self, mut model: Model, batch: &Batch) -> Result<Model, Failure> {
        let cost = self.cost_of(&model.network, batch.x.clone(), batch.y.clone());
        let gradients = GradientsParams::from_grads(cost.backward(), &model.network);
        let rate = self.task.workload.learning_rate;
        model.network = model.optimizer.step(rate, model.network, gradients);
        Ok(model)
    }

    fn cost(&self, model: &Model) -> Result<f64, Failure> {
        let network = model.network.valid();
        let (x, y) = (self.all.x.clone().inner(), self.all.y.clone().inner());
        Ok(self.cost_of(&network, x, y).into_scalar())
    }
}

impl Burn {
    fn cost_of(&self, network: &Perceptron, x: Tensor<2>, y: Tensor<1, Int>) -> Tensor<1> {
        let [examples, _] = x.dims();
        let device = x.device();
        let logits = network.forward(x);
        let loss = match self.task.workload.sizes.last() {
            Some(1) => {
                let loss = BinaryCrossEntropyLossConfig::new()
                    .with_logits(true)
                    .init(&device);
                loss.forward(logits, y.reshape([examples, 1]))
            }
            _ => CrossEntropyLossConfig::new()
                .init(&device)
                .forward(logits, y),
        };
        let lambda = self.task.workload.lambda;
        if lambda == 0.0 {
            return loss;
        }
        let squares = |layer: &Linear| layer.weight.val().square().sum();
        let penalties = network.layers.iter().map(squares);
        penalties.fold(loss, |cost, squares| {
            cost + squares * (lambda / 2.0 / examples as f64)
        })
    }
}
