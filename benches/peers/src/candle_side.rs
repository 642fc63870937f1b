//! candle, by its own layers, losses and optimizers: examples are rows.

use benches::serve::Failure;
use benches::task::Task;
use benches::workload::Rule;
use candle_core::{CpuStorage, CustomOp1, DType, Device, Layout, Shape, Tensor, Var};
use candle_nn::loss::{binary_cross_entropy_with_logit, cross_entropy};
use candle_nn::{AdamW, Dropout, Linear, Module, Optimizer, ParamsAdamW, SGD};

use crate::peer::Peer;

pub struct Candle {
    task: Task,
    all: Batch,
}

pub struct Batch {
    x: Tensor,
    y: Tensor,
}

pub struct Model {
    layers: Vec<Linear>,
    weights: Vec<Var>,
    dropout: Option<Dropout>,
    optimizer: Updates,
}

enum Updates {
    Descent(SGD),
    Adam(AdamW),
}

impl Peer for Candle {
    type Batch = Batch;
    type Model = Model;

    fn new(task: Task) -> Result<Self, Failure> {
        let (features, examples) = task.data.x().dim();
        let x = Tensor::from_iter(task.data.x().t().iter().copied(), &Device::Cpu)?;
        let mut y = Tensor::from_iter(task.data.y().iter().copied(), &Device::Cpu)?;
        y = match task.workload.sizes.last() {
            Some(1) => y.reshape((examples, 1))?,
            _ => y.to_dtype(DType::U32)?,
        };
        let all = Batch {
            x: x.reshape((examples, features))?,
            y,
        };
        Ok(Self { task, all })
    }

    fn task(&self) -> &Task {
        &self.task
    }

    fn batch(&self, picked: &[usize]) -> Result<Batch, Failure> {
        let picked = Tensor::from_iter(picked.iter().map(|index| *index as u32), &Device::Cpu)?;
        let Batch { x, y } = &self.all;
        Ok(Batch {
            x: x.index_select(&picked, 0)?,
            y: y.index_select(&picked, 0)?,
        })
    }

    fn start(&self, network: usize) -> Result<Model, Failure> {
        let workload = &self.task.workload;
        let (mut layers, mut weights, mut variables) = (Vec::new(), Vec::new(), Vec::new());
        for layer in self.task.starts[network].parameters().layers() {
            let w = Tensor::from_iter(layer.w.iter().copied(), &Device::Cpu)?;
            let w = Var::from_tensor(&w.reshape(layer.w.dim())?)?;
            let b = Tensor::from_iter(layer.b.iter().copied(), &Device::Cpu)?;
            let b = Var::from_tensor(&b)?;
            layers.push(Linear::new(
                w.as_tensor().clone(),
                Some(b.as_tensor().clone()),
            ));
            weights.push(w.clone());
            variables.extend([w, b]);
        }
        let lr = workload.learning_rate;
        let optimizer = match workload.optimizer {
            Rule::Descent => Updates::Descent(SGD::new(variables, lr)?),
            Rule::Adam => {
                let params = ParamsAdamW {
                    lr,
                    weight_decay: 0.0,
                    ..ParamsAdamW::default()
                };
                Updates::Adam(AdamW::new(variables, params)?)
            }
        };
        let drop = (workload.keep < 1.0).then(|| Dropout::new((1.0 - workload.keep) as f32));
        Ok(Model {
            layers,
            weights,
            dropout: drop,
            optimizer,
        })
    }

    fn step(&self, mut model: Model, batch: &Batch) -> Result<Model, Failure> {
        let cost = self.cost_of(&model, batch, model.dropout.as_ref())?;
        match &mut model.optimizer {
            Updates::Descent(optimizer) => optimizer.backward_step(&cost)?,
            Updates::Adam(optimizer) => optimizer.backward_step(&cost)?,
        }
        Ok(model)
    }

    fn cost(&self, model: &Model) -> Result<f64, Failure> {
        Ok(self.cost_of(model, &self.all, None)?.to_scalar()?)
    }
}

impl Candle {
    fn cost_of(
        &self,
        model: &Model,
        Batch { x, y }: &Batch,
        dropout: Option<&Dropout>,
    ) -> candle_core::Result<Tensor> {
        let logits = forward(&model.layers, x, dropout)?;
        let loss = match self.task.workload.sizes.last() {
            Some(1) => binary_cross_entropy_with_logit(&logits, y)?,
            _ => cross_entropy(&logits, y)?,
        };
        let lambda = self.task.workload.lambda;
        if lambda == 0.0 {
            return Ok(loss);
        }
        let mut cost = loss;
        for w in &model.weights {
            cost = (cost + (w.sqr()?.sum_all()? * (lambda / 2.0 / x.dim(0)? as f64))?)?;
        }
        Ok(cost)
    }
}

/// The ReLU whose slope at 0 is 0, as on the other sides; that of candle's own is 1.
struct Relu;

impl CustomOp1 for Relu {
    fn name(&self) -> &'static str {
        "relu"
    }

    fn cpu_fwd(
        &self,
        storage: &CpuStorage,
        layout: &Layout,
    ) -> candle_core::Result<(CpuStorage, Shape)> {
        let Some((first, end)) = layout.contiguous_offsets() else {
            candle_core::bail!("expected the numbers one after the other");
        };
        let z = &storage.as_slice::<f64>()?[first..end];
        let a = z.iter().map(|z| z.max(0.0)).collect();
        Ok((CpuStorage::F64(a), layout.shape().clone()))
    }

    fn bwd(&self, _: &Tensor, a: &Tensor, da: &Tensor) -> candle_core::Result<Option<Tensor>> {
        let on = a.gt(&a.zeros_like()?)?.to_dtype(DType::F64)?;
        Ok(Some((da * on)?))
    }
}

fn forward(
    layers: &[Linear],
    x: &Tensor,
    dropout: Option<&Dropout>,
) -> candle_core::Result<Tensor> {
    let mut a = x.clone();
    for (index, layer) in layers.iter().enumerate() {
        a = layer.forward(&a)?;
        if index + 1 < layers.len() {
            a = a.apply_op1(Relu)?;
            if let Some(dropout) = dropout {
                a = dropout.forward(&a, true)?;
            }
        }
    }
    Ok(a)
}
