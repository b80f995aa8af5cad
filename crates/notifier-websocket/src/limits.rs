//! What a socket may cost.

use std::time::Duration;

/// The bounds of every socket of a [`Hub`](crate::Hub); the defaults are those of `docs/websocket.md`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// How many sockets a user may have at once.
    pub sockets_per_user: usize,
    /// How many events wait for one socket; one more, and it reads them from the inbox instead.
    pub queued_events: usize,
    /// How many inbox entries are read at a time.
    pub page: u32,
    /// The longest message of a client, and the longest frame of one, in bytes.
    pub message_bytes: usize,
    /// How long one frame may wait for a peer that does not read.
    pub send_timeout: Duration,
    /// The time between two pings.
    pub ping_interval: Duration,
    /// How many pings in a row a peer may leave without any sign of life.
    pub missed_pings: u32,
    /// How long the opening of a socket waits for the stores in all, and one reading of an inbox.
    pub stores_answer_within: Duration,
    /// How often a live socket looks whether its session still stands: another node may have ended it.
    pub session_looked_at_every: Duration,
    /// How long a socket waits before it reads an inbox again that could not be read; doubles with each failure.
    pub retry_first: Duration,
    /// The longest of these waits.
    pub retry_longest: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sockets_per_user: 5,
            queued_events: 64,
            page: 100,
            message_bytes: 64 * 1024,
            send_timeout: Duration::from_secs(5),
            ping_interval: Duration::from_secs(30),
            missed_pings: 2,
            stores_answer_within: Duration::from_secs(5),
            session_looked_at_every: Duration::from_secs(30),
            retry_first: Duration::from_millis(100),
            retry_longest: Duration::from_secs(5),
        }
    }
}
