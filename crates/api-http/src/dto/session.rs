//! Sessions, as their owner sees them.

use parlour_domain::{Session, SessionId};
use serde::Serialize;
use utoipa::ToSchema;

/// The caller's live sessions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionList)]
pub(crate) struct SessionListDto {
    /// In the order in which they were issued.
    sessions: Vec<SessionDto>,
}

/// A live session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionDto {
    /// Names the session; it is no secret, unlike its token.
    #[schema(format = "uuid", example = "0192f0c1-2345-7000-8000-0000000000c1")]
    id: String,
    #[schema(format = DateTime, example = "2026-11-22T18:00:00.123456Z")]
    created_at: String,
    /// From this instant on it is no session any more.
    #[schema(format = DateTime, example = "2026-11-23T18:00:00.123456Z")]
    expires_at: String,
    /// Whether it is the one through which this was asked.
    #[schema(example = true)]
    is_current: bool,
}

impl SessionListDto {
    pub(crate) fn new(sessions: Vec<Session>, current: Option<SessionId>) -> Self {
        let dto = |session: Session| SessionDto {
            id: session.id.to_string(),
            created_at: session.created_at.to_string(),
            expires_at: session.expires_at.to_string(),
            is_current: Some(session.id) == current,
        };
        Self { sessions: sessions.into_iter().map(dto).collect() }
    }
}
