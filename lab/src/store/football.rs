//! The course's own football data: read where the reader has them, and all runs on them again.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;

use matfile::{Array, MatFile, NumericData};
use ndarray::{Array2, ShapeBuilder};
use sha2::{Digest, Sha256};
use trainable::dropout::masks;
use trainable::prelude::*;

use crate::course_data::CourseData;
use crate::error::Error;
use crate::football::{Accuracies, COMMAND, Recorded, Run, Strength};
use crate::game::{ASSIGNMENT_ITERATIONS, LEARNING_RATE, SIZES, sum_of_squares};
use crate::spread::over_seeds;

/// The variable that holds the path of the regularization assignment's `data.mat`.
pub const VARIABLE: &str = "TRAINABLE_COURSE_DATA";

/// The file with the recorded results, from the lab's folder.
pub const FILE: &str = "recorded/football.json";

const SEED: u32 = 3;
const SEEDS: u32 = 10;
const EXAMPLES: usize = 211;
const KEEP: [f64; 2] = [0.86; 2];
const LAMBDA: f64 = 0.7;
const LAMBDAS: [f64; 7] = [0.0, 0.1, 0.3, 0.7, 1.0, 3.0, 10.0];

impl CourseData {
    /// The data in the file that the variable names; none where it is not set.
    ///
    /// # Errors
    /// As [`CourseData::read`].
    pub fn given() -> Result<Option<Self>, Error> {
        let path = env::var_os(VARIABLE);
        path.map(|path| Self::read(Path::new(&path))).transpose()
    }

    /// The data in a file, which is the assignment's `data.mat`.
    ///
    /// # Errors
    /// [`Error::File`] for a file that cannot be read, [`Error::Football`] for one with something else in it.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let refused = |reason: String| Error::Football { path: path.to_owned(), reason };
        let bytes = fs::read(path).map_err(Error::at(path))?;
        let file = MatFile::parse(bytes.as_slice()).map_err(|error| refused(error.to_string()))?;
        let matrix = |name: &str| {
            let array = file.find_by_name(name);
            let array = array.ok_or_else(|| refused(format!("found no matrix `{name}`")))?;
            columns(array).ok_or_else(|| refused(format!("found something else as `{name}`")))
        };
        let hash = Sha256::digest(&bytes);
        Ok(Self {
            train: Dataset::new(matrix("X")?, matrix("y")?)?,
            test: Dataset::new(matrix("Xval")?, matrix("yval")?)?,
            sha256: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }
}

/// A matrix of numbers with an example a column, from one with an example a row; none for anything else.
fn columns(array: &Array) -> Option<Array2<f64>> {
    let numbers = match array.data() {
        NumericData::Double { real, .. } => real.clone(),
        NumericData::UInt8 { real, .. } => real.iter().map(|n| f64::from(*n)).collect(),
        _ => return None,
    };
    let [rows, columns] = array.size()[..] else {
        return None;
    };
    // MATLAB keeps columns together.
    let matrix = Array2::from_shape_vec((rows, columns).f(), numbers).ok()?;
    Some(matrix.reversed_axes())
}

/// Runs everything on the course's data.
///
/// # Errors
/// The library's, of a run.
pub fn measure(data: &CourseData) -> Result<Recorded, Error> {
    let mut runs = BTreeMap::new();
    let (mut seeds, mut last_bit) = (BTreeMap::new(), BTreeMap::new());
    for (name, descent) in assignment()? {
        runs.insert(name.to_owned(), run(data, &descent)?);
        for (factor, all) in [(1.0, &mut seeds), (1.0 + f64::EPSILON, &mut last_bit)] {
            let measured = over_seeds(SEEDS, |seed| {
                let (network, _) = trained(data, &descent, start(seed, factor)?)?;
                accuracies(data, &network)
            })?;
            all.insert(name.to_owned(), measured);
        }
    }
    Ok(Recorded {
        command: COMMAND.to_owned(),
        sha256: data.sha256.clone(),
        runs,
        seeds,
        last_bit,
        lambdas: strengths(data)?,
        fresh: over_seeds(SEEDS, |seed| fresh(data, seed))?,
    })
}

/// The assignment's runs by name.
fn assignment() -> Result<[(&'static str, GradientDescent); 3], Error> {
    // Its forward propagation seeds the generator again in every iteration: the masks never change.
    let masks = masks(&KEEP, &SIZES, EXAMPLES, &mut RandomState::new(1))?;
    Ok([
        ("none", descent()),
        ("l2", descent().penalty(Penalty::L2 { lambda: LAMBDA })),
        ("dropout", descent().dropout(Dropout::fixed(&KEEP, masks)?)),
    ])
}

/// The dropout run, but with fresh masks at every step.
fn fresh(data: &CourseData, seed: u32) -> Result<Accuracies, Error> {
    let dropout = Dropout::fresh(&KEEP, &mut RandomState::new(seed))?;
    let (network, _) = trained(data, &descent().dropout(dropout), start(SEED, 1.0)?)?;
    accuracies(data, &network)
}

fn descent() -> GradientDescent {
    GradientDescent::new(LEARNING_RATE).iterations(ASSIGNMENT_ITERATIONS).record_every(10_000)
}

fn run(data: &CourseData, descent: &GradientDescent) -> Result<Run, Error> {
    let (network, history) = trained(data, descent, start(SEED, 1.0)?)?;
    let Accuracies { train, test } = accuracies(data, &network)?;
    Ok(Run { cost: history.costs().iter().copied().collect(), train, test })
}

/// The network with its weights drawn under a seed, each multiplied by a factor.
fn start(seed: u32, factor: f64) -> Result<Network, Error> {
    let mut rng = RandomState::new(seed);
    let parameters = Initialization::Xavier.parameters(&SIZES, &mut rng)?;
    let scaled = parameters.with_theta(&(parameters.to_theta() * factor))?;
    Ok(Network::from_parameters(scaled))
}

fn trained(
    data: &CourseData,
    descent: &GradientDescent,
    start: Network,
) -> Result<(Network, History), Error> {
    let mut network = start;
    let history = descent.clone().train(&mut network, &data.train)?;
    Ok((network, history))
}

fn accuracies(data: &CourseData, network: &Network) -> Result<Accuracies, Error> {
    Ok(Accuracies { train: network.accuracy(&data.train)?, test: network.accuracy(&data.test)? })
}

fn strengths(data: &CourseData) -> Result<Vec<Strength>, Error> {
    let strengths = LAMBDAS.map(|lambda| {
        let descent = descent().penalty(Penalty::L2 { lambda });
        let (network, _) = trained(data, &descent, start(SEED, 1.0)?)?;
        let Accuracies { train, test } = accuracies(data, &network)?;
        Ok(Strength { lambda, train, test, squares: sum_of_squares(&network) })
    });
    strengths.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::football::recorded;

    #[test]
    fn what_is_recorded_names_its_source_and_is_written_as_it_is_read() {
        let recorded = recorded().unwrap();
        assert_eq!(recorded.sha256.len(), 64);
        assert!(recorded.source().contains(&recorded.sha256[..8]));
        let text = recorded.text().unwrap();
        assert_eq!(text, include_str!("../../recorded/football.json"));
        assert_eq!(recorded.lambdas.len(), LAMBDAS.len());
        assert_eq!(recorded.fresh.len(), SEEDS as usize);
        assert!(recorded.seeds.keys().eq(recorded.last_bit.keys()));
        for (name, seeds) in &recorded.seeds {
            assert!(recorded.runs.contains_key(name));
            assert_eq!(seeds.len(), SEEDS as usize);
            // The third of the seeds is the assignment's.
            assert_eq!(seeds[2].test, recorded.runs[name].test);
        }
    }

    #[test]
    fn another_file_is_refused_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("no.mat");
        let said = |path| CourseData::read(path).err().unwrap().to_string();
        assert!(said(&path).contains("no.mat: "));
        fs::write(&path, "text").unwrap();
        assert!(said(&path).contains("no.mat: expected the regularization assignment's data.mat"));
    }
}
