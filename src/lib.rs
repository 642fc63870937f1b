//! Trainable.
