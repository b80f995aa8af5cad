//! Who is calling: the session's token, where it came from, and the extractor that asks for it.

mod authenticated;
mod cookie;
mod same_origin;
mod token;

pub(crate) use authenticated::{Authenticated, session_to_end};
pub use cookie::SESSION_COOKIE;
pub(crate) use cookie::{RenewedCookie, removal, session_cookie};
pub(crate) use token::is_sent_by_foreign_page;
pub use token::{credential_for_socket, credential_in};
