//! The end of connections whose peer takes nothing any more.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use socket2::SockRef;

/// Makes the system end every connection of this listener whose peer takes nothing of what is there for it for
/// `patience`, whether it is gone without a word or only does not read.
///
/// A socket that reads too slowly is closed and forgotten by the hub, but HTTP servers wait without end until the peer
/// has taken the last bytes: without this it would keep a connection for ever. To be called before the listener is
/// served. It is the option `TCP_USER_TIMEOUT` (RFC 5482), which accepted connections inherit; where the system is not
/// Linux this does nothing.
///
/// # Errors
/// When the system refuses the option.
pub fn end_stalled_connections(listener: &TcpListener, patience: Duration) -> io::Result<()> {
    let socket = SockRef::from(listener);
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(patience))?;
    #[cfg(not(target_os = "linux"))]
    let _ = (socket, patience);
    Ok(())
}
