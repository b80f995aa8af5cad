//! Why a socket ends, and what its peer is told.

use actix_ws::{CloseCode, CloseReason};

/// Why a socket ends. The four error codes that stop a client for good (see `docs/websocket.md`) are `unauthorized` and
/// `max_connections` here, and nothing else: a passing fault must never look like them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Farewell {
    /// The peer said goodbye.
    PeerClosed(Option<CloseReason>),
    /// The connection is gone; nobody can be told.
    PeerGone,
    /// The session is unknown, expired or revoked.
    Unauthorized,
    /// The user has as many sockets as a user may have.
    TooManySockets,
    /// The server is going away.
    ShuttingDown,
    /// What the socket needs cannot be read now.
    Unavailable,
    /// What the socket needs no longer parses.
    Corrupt,
    /// The peer does not read.
    SlowReader,
    /// The peer shows no sign of life.
    Silent,
    /// The peer sent a message that is too long.
    TooLarge,
    /// The peer sent a text that is not UTF-8.
    InvalidText,
    /// The peer broke the protocol.
    ProtocolViolated,
}

impl Farewell {
    /// The code and text of the `error` frame that comes before the close frame, where one does.
    pub(crate) const fn error(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Unauthorized => Some(("unauthorized", "session is unknown or over")),
            Self::TooManySockets => Some(("max_connections", "too many connections of this user")),
            Self::Unavailable | Self::Corrupt => Some(("unavailable", "service is unavailable, connect again later")),
            Self::TooLarge => Some(("too_large", "message is too long")),
            Self::PeerClosed(_)
            | Self::PeerGone
            | Self::ShuttingDown
            | Self::SlowReader
            | Self::Silent
            | Self::InvalidText
            | Self::ProtocolViolated => None,
        }
    }

    /// What the close frame says.
    pub(crate) fn reason(&self) -> Option<CloseReason> {
        let (code, text) = match self {
            Self::PeerClosed(reason) => return reason.clone(),
            Self::PeerGone => return None,
            Self::Unauthorized => (4401, "unauthorized"),
            Self::TooManySockets => (4408, "too many connections"),
            Self::SlowReader => (4409, "reads too slowly"),
            Self::ShuttingDown => (1001, "server is going away"),
            Self::ProtocolViolated => (1002, "protocol error"),
            Self::InvalidText => (1007, "text is not UTF-8"),
            Self::Silent => (1008, "no answer to pings"),
            Self::TooLarge => (1009, "message is too long"),
            Self::Corrupt => (1011, "internal error"),
            Self::Unavailable => (1013, "try again later"),
        };
        Some(CloseReason { code: CloseCode::from(code), description: Some(text.to_owned()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passing_fault_never_carries_a_code_that_stops_a_client_for_good() {
        for passing in [Farewell::Unavailable, Farewell::Corrupt, Farewell::ShuttingDown, Farewell::SlowReader] {
            let code = passing.error().map(|(code, _)| code);
            assert!(matches!(code, None | Some("unavailable")), "{passing:?}");
        }
    }
}
