//! The table itself: who may do what, as anyone can read it.

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// Nobody: there is no session.
    Anonymous,
    /// Somebody with a session who is not in the room.
    Stranger,
    /// A member of the room.
    Member,
    /// An admin of the room.
    Admin,
    /// The owner of the room.
    Owner,
    /// Somebody whose account is not active, with a session from before.
    Deactivated,
    /// The owner of the room, whose session has expired.
    Expired,
}

/// The columns of [`ROWS`], in order.
pub(super) const CALLERS: [Caller; 7] = [
    Caller::Anonymous,
    Caller::Stranger,
    Caller::Member,
    Caller::Admin,
    Caller::Owner,
    Caller::Deactivated,
    Caller::Expired,
];

/// Whom or what a request is about, beyond its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// The path says all.
    It,
    /// The caller, who asks to be a member.
    Oneself,
    /// Another member of the room.
    AMember,
    /// Another admin of the room.
    AnAdmin,
    /// The owner of the room.
    TheOwner,
    /// Somebody who is to come in as a member.
    ANewMember,
    /// Somebody who is to come in as an admin.
    ANewAdmin,
}

/// A route, what the request is about, and the status that each caller gets; for `/ws` 101 when the socket is theirs, and
/// else the code with which it is closed.
pub(super) struct Row(pub(super) &'static str, pub(super) &'static str, pub(super) About, pub(super) [u16; 7]);

use About::{AMember, ANewAdmin, ANewMember, AnAdmin, It, Oneself, TheOwner};

/// Every route of the program. One without a row here fails the test, and so does a row without a route.
#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    //                                                               anonymous stranger member admin owner deactivated expired
    Row("GET",    "/rooms",                               It,         [401,      200,     200,   200,  200,  401,        401]),
    Row("POST",   "/rooms",                               ANewMember, [401,      201,     201,   201,  201,  401,        401]),
    Row("GET",    "/rooms/{id}",                          It,         [401,      404,     200,   200,  200,  401,        401]),
    Row("PATCH",  "/rooms/{id}",                          It,         [401,      404,     403,   200,  200,  401,        401]),
    Row("DELETE", "/rooms/{id}",                          It,         [401,      404,     403,   403,  204,  401,        401]),
    Row("POST",   "/rooms/{id}/participants",             ANewMember, [401,      404,     403,   201,  201,  401,        401]),
    Row("POST",   "/rooms/{id}/participants",             ANewAdmin,  [401,      404,     403,   403,  201,  401,        401]),
    Row("POST",   "/rooms/{id}/participants",             Oneself,    [401,      404,     403,   409,  409,  401,        401]),
    Row("PATCH",  "/rooms/{id}/participants/{user_id}",   AMember,    [401,      404,     403,   403,  200,  401,        401]),
    Row("PATCH",  "/rooms/{id}/participants/{user_id}",   AnAdmin,    [401,      404,     403,   403,  200,  401,        401]),
    Row("PATCH",  "/rooms/{id}/participants/{user_id}",   TheOwner,   [401,      404,     403,   403,  409,  401,        401]),
    Row("PATCH",  "/rooms/{id}/participants/{user_id}",   Oneself,    [401,      404,     200,   200,  409,  401,        401]),
    Row("DELETE", "/rooms/{id}/participants/{user_id}",   AMember,    [401,      404,     403,   204,  204,  401,        401]),
    Row("DELETE", "/rooms/{id}/participants/{user_id}",   AnAdmin,    [401,      404,     403,   403,  204,  401,        401]),
    Row("DELETE", "/rooms/{id}/participants/{user_id}",   TheOwner,   [401,      404,     403,   403,  204,  401,        401]),
    Row("DELETE", "/rooms/{id}/participants/{user_id}",   Oneself,    [401,      404,     204,   204,  204,  401,        401]),
    Row("GET",    "/inbox",                               It,         [401,      200,     200,   200,  200,  401,        401]),
    Row("GET",    "/auth/me",                             It,         [401,      200,     200,   200,  200,  401,        401]),
    Row("PATCH",  "/auth/me",                             It,         [401,      200,     200,   200,  200,  401,        401]),
    Row("DELETE", "/auth/me",                             It,         [401,      204,     204,   204,  204,  401,        401]),
    Row("POST",   "/auth/users/search",                   It,         [401,      200,     200,   200,  200,  401,        401]),
    Row("GET",    "/auth/contact-policy",                 It,         [401,      200,     200,   200,  200,  401,        401]),
    Row("PUT",    "/auth/contact-policy",                 It,         [401,      200,     200,   200,  200,  401,        401]),
    Row("GET",    "/auth/blocks",                         It,         [401,      200,     200,   200,  200,  401,        401]),
    Row("PUT",    "/auth/blocks/{user_id}",               AMember,    [401,      204,     204,   204,  204,  401,        401]),
    Row("PUT",    "/auth/blocks/{user_id}",               Oneself,    [401,      400,     400,   400,  400,  401,        401]),
    Row("DELETE", "/auth/blocks/{user_id}",               ANewMember, [401,      404,     404,   404,  404,  401,        401]),
    Row("GET",    "/auth/sessions",                       It,         [401,      200,     200,   200,  200,  401,        401]),
    Row("DELETE", "/auth/sessions",                       It,         [401,      204,     204,   204,  204,  401,        401]),
    Row("DELETE", "/auth/sessions/{id}",                  TheOwner,   [401,      404,     404,   404,  204,  401,        401]),
    Row("DELETE", "/auth/sessions/{id}",                  Oneself,    [401,      204,     204,   204,  204,  401,        401]),
    Row("GET",    "/auth/passkeys",                       It,         [401,      200,     200,   200,  200,  401,        401]),
    Row("POST",   "/auth/passkeys/begin",                 It,         [401,      200,     200,   200,  200,  401,        401]),
    Row("POST",   "/auth/passkeys/complete",              It,         [401,      400,     400,   400,  400,  401,        401]),
    Row("DELETE", "/auth/passkeys/{id}",                  TheOwner,   [401,      404,     404,   404,  204,  401,        401]),
    Row("POST",   "/auth/register/begin",                 It,         [200,      200,     200,   200,  200,  200,        200]),
    Row("POST",   "/auth/register/complete",              It,         [400,      400,     400,   400,  400,  400,        400]),
    Row("POST",   "/auth/authenticate/begin",             It,         [200,      200,     200,   200,  200,  200,        200]),
    Row("POST",   "/auth/authenticate/complete",          It,         [400,      400,     400,   400,  400,  400,        400]),
    Row("POST",   "/auth/logout",                         It,         [204,      204,     204,   204,  204,  204,        204]),
    Row("GET",    "/health",                              It,         [200,      200,     200,   200,  200,  200,        200]),
    Row("GET",    "/ready",                               It,         [200,      200,     200,   200,  200,  200,        200]),
    Row("GET",    "/openapi.json",                        It,         [200,      200,     200,   200,  200,  200,        200]),
    Row("GET",    "/docs",                                It,         [307,      307,     307,   307,  307,  307,        307]),
    Row("GET",    "/docs/{file:.*}",                      It,         [200,      200,     200,   200,  200,  200,        200]),
    Row("GET",    "/ws",                                  It,         [4401,     101,     101,   101,  101,  4401,       4401]),
];
