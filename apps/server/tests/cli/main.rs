//! The binary, driven as its users do: its commands, its start and its end.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test file are not test functions")]

mod demo;
mod operator;
mod serve;
mod support;
