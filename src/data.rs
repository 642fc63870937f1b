//! Data sets: the type that holds examples with their labels, and those that the book trains on.

pub(crate) mod batch;
pub mod circles;
pub mod dataset;
pub mod digits;
pub mod football;
pub mod logistic_labels;
pub mod moons;
pub mod spiral;
pub mod wave;
