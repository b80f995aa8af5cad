//! Which routes are limited, and by what.

use actix_web::http::Method;

use super::Rate;

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitKey {
    /// Those of one client: an IPv4 address, or an IPv6 network of 64 bits, which is what one customer gets.
    Client,
    /// Those of one user, through whatever session.
    User,
}

/// A route that may be asked only so often.
#[derive(Debug)]
pub struct LimitedRoute {
    /// What an operator calls the limit.
    pub name: &'static str,
    /// The method that is limited.
    pub method: Method,
    /// The path template, as in [`route_table`](crate::route_table).
    pub path: &'static str,
    /// Whose requests are counted together.
    pub by: LimitKey,
    /// The rate that holds unless an operator chooses another.
    pub default: Rate,
}

macro_rules! limited {
    ($($name:literal $method:ident $path:literal $by:ident $count:literal;)+) => {
        &[$(LimitedRoute {
            name: $name, method: Method::$method, path: $path, by: LimitKey::$by, default: Rate::per_minute($count),
        }),+]
    };
}

/// A limit takes effect wherever a route of that method and path is registered; nothing has to be done there.
static LIMITED: &[LimitedRoute] = limited! {
    "register-begin" POST "/auth/register/begin" Client 5;
    "register-complete" POST "/auth/register/complete" Client 10;
    "authenticate-begin" POST "/auth/authenticate/begin" Client 10;
    "authenticate-complete" POST "/auth/authenticate/complete" Client 10;
    "passkey-begin" POST "/auth/passkeys/begin" User 10;
    "passkey-complete" POST "/auth/passkeys/complete" User 10;
    "rename-user" PATCH "/auth/me" User 5;
    "search-users" POST "/auth/users/search" User 30;
    "create-room" POST "/rooms" User 60;
};

/// Every limit that there is.
#[must_use]
pub fn limited_routes() -> &'static [LimitedRoute] {
    LIMITED
}
