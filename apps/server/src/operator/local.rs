//! The desk in this process, on the use cases.

use std::sync::Arc;

use async_trait::async_trait;
use parlour_domain::port::{Clock, Disconnector, IdSource};
use parlour_domain::usecase::{
    DeactivateAccount, FindUser, IssueSession, IssueSessionError, ListSessions, RegisterUser, RegisterUserError,
    RevokeSession,
};
use parlour_domain::{DisplayName, SessionId, SessionLifetime, User, UserId, Username};

use super::{Desk, IssuedBody, NewUser, Refusal, SessionBody, SessionRequest, UserBody};
use crate::store::Store;

const USERS_AT_ONCE: u32 = 500;

/// The desk in this process.
pub(crate) struct LocalDesk {
    register_user: RegisterUser,
    deactivate_account: DeactivateAccount,
    find_user: FindUser,
    issue_session: IssueSession,
    list_sessions: ListSessions,
    revoke_session: RevokeSession,
}

impl LocalDesk {
    /// Wires the use cases to the store of the users.
    pub(crate) fn new(
        store: &Store,
        disconnector: Arc<dyn Disconnector>,
        lifetime: SessionLifetime,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Self {
        let (users, sessions) = (&store.users, &store.sessions);
        Self {
            register_user: RegisterUser::new(users.clone(), clock.clone(), ids.clone()),
            deactivate_account: DeactivateAccount::new(
                store.profiles.clone(),
                sessions.clone(),
                Arc::clone(&disconnector),
                clock.clone(),
            ),
            find_user: FindUser::new(users.clone()),
            issue_session: IssueSession::new(users.clone(), sessions.clone(), clock.clone(), ids)
                .with_lifetime(lifetime),
            list_sessions: ListSessions::new(sessions.clone(), clock),
            revoke_session: RevokeSession::new(sessions.clone(), disconnector),
        }
    }

    async fn find(&self, username: &str) -> Result<User, Refusal> {
        let parsed = parse_username(username)?;
        let found = self.find_user.by_username(&parsed).await.map_err(Refusal::failed)?;
        found.ok_or_else(|| Refusal::NotFound(format!("there is no user {username}")))
    }
}

#[async_trait]
impl Desk for LocalDesk {
    async fn add_user(&self, user: NewUser) -> Result<UserBody, Refusal> {
        let username = parse_username(&user.username)?;
        let display_name = DisplayName::parse(&user.display_name).map_err(|error| invalid("display_name", error))?;
        let registered = self.register_user.execute(username, display_name).await;
        registered.map(UserBody::from).map_err(|error| match error {
            RegisterUserError::UsernameTaken => Refusal::Conflict(format!("username {} is taken", user.username)),
            RegisterUserError::Unavailable(_) | RegisterUserError::OutcomeUnknown(_) => Refusal::failed(error),
        })
    }

    async fn deactivate_user(&self, username: &str) -> Result<UserBody, Refusal> {
        let user = self.find(username).await?;
        if !user.is_active {
            return Err(Refusal::Conflict(format!("user {username} is not active")));
        }
        self.deactivate_account.execute_for_operator(user.id).await.map_err(Refusal::failed)?;
        self.find(username).await.map(UserBody::from)
    }

    async fn users(&self) -> Result<Vec<UserBody>, Refusal> {
        let mut users: Vec<User> = Vec::new();
        loop {
            let last: Option<UserId> = users.last().map(|user| user.id);
            let page = self.find_user.page(last, USERS_AT_ONCE).await.map_err(Refusal::failed)?;
            if page.is_empty() {
                return Ok(users.into_iter().map(UserBody::from).collect());
            }
            users.extend(page);
        }
    }

    async fn issue_session(&self, request: SessionRequest) -> Result<IssuedBody, Refusal> {
        let user = self.find(&request.username).await?.id;
        let issued = self.issue_session.execute(user).await;
        issued.map(IssuedBody::from).map_err(|error| match error {
            IssueSessionError::UserNotFound(_) => Refusal::NotFound(format!("user {} is not active", request.username)),
            IssueSessionError::Read(_) | IssueSessionError::Write(_) => Refusal::failed(error),
        })
    }

    async fn sessions(&self, username: &str) -> Result<Vec<SessionBody>, Refusal> {
        let user = self.find(username).await?.id;
        let sessions = self.list_sessions.execute(user).await.map_err(Refusal::failed)?;
        Ok(sessions.into_iter().map(SessionBody::from).collect())
    }

    async fn revoke_session(&self, id: &str) -> Result<(), Refusal> {
        let session: SessionId = id.parse().map_err(|error| invalid("session_id", error))?;
        if self.revoke_session.execute(session).await.map_err(Refusal::failed)? {
            Ok(())
        } else {
            Err(Refusal::NotFound(format!("there is no session {session}")))
        }
    }
}

fn parse_username(text: &str) -> Result<Username, Refusal> {
    Username::parse(text).map_err(|error| invalid("username", error))
}

fn invalid(field: &str, error: impl std::error::Error) -> Refusal {
    Refusal::Invalid(format!("{field} {error}"))
}
