//! Parlour, the room service: this program wires the hexagon to its adapters and serves it.
//!
//! Reading order: [`config`] (what can be set), [`compose`] (which adapters fill which ports), [`server`] (start and
//! stop), [`command`] (what can be asked for on the command line).

// The futures of the embedded engine nest deeper than the default lets an optimised build look.
#![recursion_limit = "256"]

mod background;
mod chores;
mod command;
mod compose;
mod config;
mod data_dir;
mod listen;
mod operator;
mod server;
mod shutdown;
mod store;
mod store_url;
mod system;
mod telemetry;
mod transfer;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

/// The embedded engine allocates so much that the system's allocator took an eighth of a creation's time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    command::run(config::Cli::parse())
}
