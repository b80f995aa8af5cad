//! The real program, driven over HTTP, WebSocket and its command line as its users drive it.
//!
//! All of it is one test program, so that the slow parts run beside the others.

#![expect(clippy::print_stdout, reason = "a test that uses chance prints its seed")]

mod a_room_expires;
mod authorisation;
mod copy;
mod crash;
mod demo;
mod device;
mod full_disk;
mod groups;
mod hostile_bodies;
mod hostile_requests;
mod limits;
mod listener;
mod lost_clients;
mod operator;
mod pairings;
mod passkeys;
mod people;
mod races;
mod reference;
mod restart;
mod scenario;
mod secrets;
mod sessions;
mod shapes;
mod sockets;
mod start_up;
mod tokens;
mod verify;
