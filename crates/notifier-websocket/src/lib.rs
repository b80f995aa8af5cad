//! The hub of live WebSockets: one task per socket, its frames, and the [`Notifier`](parlour_domain::port::Notifier)
//! that passes notices on to them. `docs/websocket.md` is the contract that clients rely on.
//!
//! Reading order, which is the way of an event: [`Hub`] gives it to the `mailbox` of each of the recipient's sockets;
//! the socket's own task (`session`) takes it through its `feed`, which reads the inbox wherever the mailbox missed
//! something; `frame` makes the text, once per recipient; `outlet` writes it. The way in is [`Gateway`] (the handshake),
//! `gate` and `incoming` (what the peer sends, one frame at a time) and `command` (what that means).

mod command;
mod farewell;
mod feed;
mod frame;
mod gate;
mod gateway;
mod hub;
mod incoming;
mod limits;
mod mailbox;
mod notifier;
mod outlet;
mod session;
mod stalled;
mod watch;

pub use gateway::{Gateway, configure, route_table};
pub use hub::Hub;
pub use limits::Limits;
pub use stalled::end_stalled_connections;
