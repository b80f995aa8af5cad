//! Ports for servers that are stopped and have to come back to the same one.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::bail;

use crate::Random;

/// No system hands these out by itself, so nobody takes one meanwhile.
const FIRST_PORT: u16 = 20_000;
const PORTS: u64 = 10_000;

pub(crate) fn free_port() -> anyhow::Result<u16> {
    let mut random = Random::from_seed(Random::seed());
    for _ in 0..100 {
        let port = FIRST_PORT + u16::try_from(random.below(PORTS))?;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port is free")
}
