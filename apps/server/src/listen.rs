//! The TCP socket that HTTP is served on.

use std::io;
use std::net::SocketAddr;

use anyhow::Context;
use tokio::net::TcpSocket;

/// Connections that may wait to be accepted, for a burst of clients that come back at once.
const BACKLOG: u32 = 1024;

/// Resolves `HOST:PORT` and listens on the first address that can be had.
///
/// # Errors
/// One line that names the address: in use, not of this machine, not allowed, unknown.
pub(crate) async fn listen(address: &str) -> anyhow::Result<std::net::TcpListener> {
    let resolved: Vec<SocketAddr> = tokio::net::lookup_host(address)
        .await
        .with_context(|| format!("address {address} cannot be resolved"))?
        .collect();
    let mut refused = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for candidate in resolved {
        match listen_on(candidate) {
            Ok(listener) => return Ok(listener),
            Err(error) => refused = error,
        }
    }
    Err(refused).with_context(|| format!("cannot listen on {address}"))
}

fn listen_on(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Without it a restart would have to wait for the connections of the last run to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_and_port_zero_give_a_real_address() {
        let listener = listen("localhost:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        assert!(address.ip().is_loopback() && address.port() != 0, "{address}");
    }

    #[tokio::test]
    async fn an_address_in_use_is_named() {
        let first = listen("127.0.0.1:0").await.unwrap();
        let address = first.local_addr().unwrap().to_string();
        let refused = format!("{:#}", listen(&address).await.unwrap_err());
        assert!(refused.starts_with(&format!("cannot listen on {address}: ")), "{refused}");
    }
}
