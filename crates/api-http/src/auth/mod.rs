//! Who is calling: the session's token, where it came from, and the extractor that asks for it.

mod authenticated;
mod same_origin;
mod token;

pub(crate) use authenticated::{Authenticated, session_to_end};
pub(crate) use token::removal;
pub use token::{SESSION_COOKIE, session_token, session_token_for_socket};
