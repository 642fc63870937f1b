//! How fast the library trains: the workloads, and the worker that runs them on the library's side.
//!
//! `compare.py` starts the worker and its counterparts, in Python and in `peers/`.
#![forbid(unsafe_code)]

pub mod error;
pub mod files;
pub mod floor;
pub mod serve;
pub mod task;
pub mod workload;
