//! Whole stores: copying one to another engine, and checking one. Nothing here knows which engine it is.

pub(crate) mod copy;
#[cfg(test)]
mod filled;
mod hold;
mod progress;
mod records;
mod sum;
pub(crate) mod verify;

pub(crate) use hold::hold_data_dirs;
pub(crate) use progress::Progress;
