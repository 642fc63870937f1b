//! The network that the arguments of `train` describe.

use trainable::prelude::*;

use super::arguments::NetworkArguments;
use crate::Failure;
use crate::parse::{Layers, affordable};

impl NetworkArguments {
    /// A network for these data.
    pub fn network(&self, data: &Dataset, two_units: TwoUnits) -> Result<Network, Failure> {
        let Layers(sizes) = self.sizes(data, two_units)?;
        if self.batch_norm && sizes.len() == 2 {
            return Err(Failure::Settings(
                "--batch-norm: expected --layers with a hidden layer, such as 2,10,5,1, got none"
                    .to_owned(),
            ));
        }
        let mut rng = RandomState::new(self.init_seed);
        let network = Network::new(&sizes, self.init, &mut rng)?;
        let network = network.with_activation(self.activation.into());
        Ok(match self.batch_norm {
            true => network.with_batch_norm(BatchNorm::new()),
            false => network,
        })
    }

    /// The sizes of the layers, which fit the data.
    fn sizes(&self, data: &Dataset, two_units: TwoUnits) -> Result<Layers, Failure> {
        let (features, classes) = (data.features(), data.classes());
        let units = match classes {
            2 => 1,
            classes => classes,
        };
        let Some(layers) = &self.layers else {
            return affordable(vec![features, 10, 5, units])
                .map_err(|expected| Failure::Settings(format!("--layers: {expected}")));
        };
        let Layers(sizes) = layers;
        let (first, last) = (sizes[0], sizes[sizes.len() - 1]);
        let softmax_of_two = classes == 2 && last == 2 && two_units == TwoUnits::Allowed;
        if first == features && (last == units || softmax_of_two) {
            return Ok(layers.clone());
        }
        let ends = match (classes, two_units) {
            (2, TwoUnits::Allowed) => "1 or 2 (a sigmoid or a softmax, for two classes)".to_owned(),
            (2, TwoUnits::Unasked) => "1 (for two classes; 2 with --classes 2)".to_owned(),
            _ => format!("{classes} (a unit for each class)"),
        };
        let got: Vec<String> = sizes.iter().map(usize::to_string).collect();
        Err(Failure::Settings(format!(
            "--layers {}: expected whole numbers from 1, of which the first is {features} (the \
             data's features) and the last is {ends}, such as {features},10,5,{units}",
            got.join(",")
        )))
    }
}

/// Whether a softmax of two units may tell two classes apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TwoUnits {
    Allowed,
    /// Not before somebody says how many classes there are.
    Unasked,
}
