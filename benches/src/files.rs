//! Data and starting weights as files, so that every side computes exactly the same.
//!
//! `workloads.json` lists the workloads. Each has three files of little-endian `f64`: `NAME.x`,
//! example after example, `NAME.y`, and `NAME.theta`, each layer's W row by row, then its b, network
//! after network.

use std::fs;
use std::path::Path;

use ndarray::Array2;
use serde::Serialize;
use trainable::prelude::{Dataset, Network, Parameters};

use crate::error::Error;
use crate::task::Task;
use crate::workload::Workload;

const LIST: &str = "workloads.json";

/// A workload as the list has it, with what others are to take as it is.
#[derive(Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    workload: &'a Workload,
    multiply_adds: f64,
}

impl<'a> Listed<'a> {
    fn new(workload: &'a Workload) -> Self {
        Self {
            workload,
            multiply_adds: workload.multiply_adds(),
        }
    }
}

/// Writes `workloads` and their data into `folder`, which is created if it is missing.
///
/// # Errors
/// [`Error::File`] if a file cannot be written.
pub fn write(folder: &Path, workloads: &[Workload]) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(Error::file(folder))?;
    for workload in workloads {
        write_task(folder, &Task::new(workload.clone())?)?;
    }
    let list = folder.join(LIST);
    let listed: Vec<Listed> = workloads.iter().map(Listed::new).collect();
    let text = serde_json::to_string_pretty(&listed).map_err(Error::json(LIST))?;
    fs::write(&list, text + "\n").map_err(Error::file(&list))
}

/// The workloads that `folder` has data for.
///
/// # Errors
/// [`Error::File`] or [`Error::Json`] when the list cannot be read.
pub fn workloads(folder: &Path) -> Result<Vec<Workload>, Error> {
    let list = folder.join(LIST);
    let text = fs::read_to_string(&list).map_err(Error::file(&list))?;
    serde_json::from_str(&text).map_err(Error::json(LIST))
}

/// Reads a workload's data and start.
///
/// # Errors
/// [`Error::File`], [`Error::Length`] or [`Error::Library`] for files that do not fit the workload.
pub fn read(folder: &Path, workload: &Workload) -> Result<Task, Error> {
    let zeros = Parameters::zeros(&workload.sizes)?;
    let features = workload.sizes[0];
    let numbers = |part, count| read_numbers(&folder.join(file(workload, part)), count);
    let x = matrix(numbers("x", workload.examples * features)?, features);
    let y = matrix(numbers("y", workload.examples)?, 1);
    let thetas = matrix(
        numbers("theta", workload.networks * zeros.len())?,
        zeros.len(),
    );
    let mut starts = Vec::with_capacity(workload.networks);
    for theta in thetas.columns() {
        starts.push(Network::from_parameters(
            zeros.with_theta(&theta.to_owned())?,
        ));
    }
    let data = Dataset::with_classes(x, y, workload.classes())?;
    Ok(Task {
        workload: workload.clone(),
        data,
        starts,
    })
}

fn write_task(folder: &Path, task: &Task) -> Result<(), Error> {
    let write = |part, bytes: Vec<u8>| {
        let path = folder.join(file(&task.workload, part));
        fs::write(&path, bytes).map_err(Error::file(&path))
    };
    // Of the transposed array, so example after example.
    write("x", bytes(task.data.x().t().iter()))?;
    write("y", bytes(task.data.y().iter()))?;
    let thetas = task.starts.iter().map(|start| start.parameters());
    write(
        "theta",
        bytes(thetas.flat_map(|parameters| parameters.iter())),
    )
}

fn file(workload: &Workload, part: &str) -> String {
    format!("{}.{part}", workload.name)
}

fn bytes<'a>(numbers: impl Iterator<Item = &'a f64>) -> Vec<u8> {
    numbers.flat_map(|number| number.to_le_bytes()).collect()
}

fn read_numbers(path: &Path, count: usize) -> Result<Vec<f64>, Error> {
    let bytes = fs::read(path).map_err(Error::file(path))?;
    if bytes.len() != count * size_of::<f64>() {
        return Err(Error::Length {
            path: path.to_owned(),
            expected: count * size_of::<f64>(),
            got: bytes.len(),
        });
    }
    let (numbers, _) = bytes.as_chunks();
    Ok(numbers
        .iter()
        .map(|number| f64::from_le_bytes(*number))
        .collect())
}

/// Numbers that are stored example after example, as `(features, examples)`.
fn matrix(numbers: Vec<f64>, features: usize) -> Array2<f64> {
    let examples = numbers.len() / features;
    Array2::from_shape_fn((features, examples), |(feature, example)| {
        numbers[example * features + feature]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut workloads = workload::table();
        workloads.retain(|workload| workload.examples <= 300);
        write(folder.path(), &workloads).unwrap();
        assert_eq!(super::workloads(folder.path()).unwrap(), workloads);
        for workload in workloads {
            let read = read(folder.path(), &workload).unwrap();
            assert_eq!(read, Task::new(workload).unwrap());
        }
    }

    #[test]
    fn examples_and_rows_come_one_after_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let workload = workload::table().swap_remove(0);
        write(folder.path(), std::slice::from_ref(&workload)).unwrap();
        let x = read_numbers(&folder.path().join("A.x"), 600).unwrap();
        let data = workload.data().unwrap();
        assert_eq!(
            x[..3],
            [data.x()[(0, 0)], data.x()[(1, 0)], data.x()[(0, 1)]]
        );
        let theta = read_numbers(&folder.path().join("A.theta"), 91).unwrap();
        let starts = workload.starts().unwrap();
        let layers = starts[0].parameters().layers();
        assert_eq!(theta[1], layers[0].w[(0, 1)]);
        assert_eq!(theta[20], layers[0].b[0]);
        assert_eq!(theta[30], layers[1].w[(0, 0)]);
    }

    #[test]
    fn a_file_of_another_length_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let workload = workload::table().swap_remove(0);
        write(folder.path(), std::slice::from_ref(&workload)).unwrap();
        fs::write(folder.path().join("A.y"), [0; 12]).unwrap();
        let error = read(folder.path(), &workload).unwrap_err().to_string();
        assert!(
            error.ends_with("A.y: expected 2400 bytes, got 12"),
            "{error}"
        );
    }
}
