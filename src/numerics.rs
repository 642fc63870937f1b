//! What computes: elementary functions, random numbers and the kernels that training runs on.

pub mod elementary;
pub mod kernels;
pub(crate) mod memory;
pub(crate) mod norm;
pub(crate) mod philox;
pub mod random_state;
pub(crate) mod stacked;
