//! The library live in the page: what a reader can set, what is trained, and what is drawn.
//!
//! The widget of a [chapter](chapters) is one module. It says what [controls](control) it has, and
//! makes of their [settings] a [widget] that takes steps and says what to draw. The page knows
//! nothing of networks: it shows controls, passes on what is typed, and draws [pictures](picture).
//! The same code runs in the tests and, compiled to WebAssembly, in the page.

pub mod chapters;
pub mod contours;
pub mod control;
pub mod live;
pub mod measured;
mod number;
pub mod picture;
pub mod settings;
pub mod training;
#[cfg(target_arch = "wasm32")]
mod wasm;
pub mod widget;

pub use live::Live;
pub use settings::Refusal;
