//! What stands between a use case and every port: it records the calls, and strikes one of them.

use std::fmt;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::{Mutex, MutexGuard};
use std::task::Poll;

use parlour_domain::{
    Block, ContactPolicy, CredentialId, DisplayName, Passkey, RoomCommit, Session, SessionId, User, UserId,
};
use tokio::sync::Notify;

use crate::call::{Call, Method};
use crate::failure::Failure;
use crate::fault::Fault;

/// Something that was handed to a store to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Write {
    Commit(RoomCommit),
    User(User),
    Session(Session),
    Removal(SessionId),
    Registration(User, Passkey),
    Passkey(Passkey),
    PasskeyRemoval(UserId, CredentialId),
    Renaming(UserId, DisplayName),
    Deactivation(UserId),
    Policy(UserId, ContactPolicy),
    Block(Block),
    Unblocking(UserId, UserId),
}

impl Write {
    /// Whether it looks the same when somebody else has written it.
    pub(crate) const fn looks_like_anothers(&self) -> bool {
        !matches!(self, Self::Commit(_) | Self::User(_) | Self::Session(_) | Self::Registration(..) | Self::Passkey(_))
    }
}

/// By its ids alone: a line of a report says no more.
impl fmt::Display for Write {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Commit(commit) => {
                let parts = commit.parts();
                let told: Vec<&str> = parts.events.iter().map(|outgoing| outgoing.event.kind.as_str()).collect();
                write!(out, "commit {} of room {} {told:?}", parts.id, parts.room.id())
            }
            Self::User(user) => write!(out, "user {}", user.id),
            Self::Session(session) => write!(out, "session {}", session.id),
            Self::Removal(id) => write!(out, "removal of session {id}"),
            Self::Registration(user, passkey) => write!(out, "user {} with passkey {}", user.id, passkey.id),
            Self::Passkey(passkey) => write!(out, "passkey {}", passkey.id),
            Self::PasskeyRemoval(_, id) => write!(out, "removal of passkey {id}"),
            Self::Renaming(user, name) => write!(out, "name {name:?} of user {user}"),
            Self::Deactivation(user) => write!(out, "deactivation of user {user}"),
            Self::Policy(user, policy) => write!(out, "policy {policy:?} of user {user}"),
            Self::Block(Block { user, blocked, at: _ }) => write!(out, "block of user {blocked} by {user}"),
            Self::Unblocking(user, blocked) => write!(out, "end of the block of user {blocked} by {user}"),
        }
    }
}

/// Records what passes, and lets a fault happen to it.
#[derive(Default)]
pub(crate) struct Tap {
    state: Mutex<State>,
    reached: Notify,
    released: Notify,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    writes: Vec<Write>,
    writes_of_others: Vec<Write>,
    plan: Option<(Call, Fault)>,
    is_struck: bool,
}

impl Tap {
    /// From now on that fault happens to that call; calls are counted anew.
    pub(crate) fn plan(&self, call: Call, fault: Fault) {
        *self.lock() = State { plan: Some((call, fault)), ..State::default() };
    }

    /// From now on nothing goes wrong. Answers whether something did.
    pub(crate) fn heal(&self) -> bool {
        let mut state = self.lock();
        state.plan = None;
        state.is_struck
    }

    /// Every call that was made, in order.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    /// Everything that the request handed to a store, each thing once.
    pub(crate) fn writes(&self) -> Vec<Write> {
        self.lock().writes.clone()
    }

    /// The rest is of another request that went through here.
    pub(crate) fn set_aside_all_but(&self, own: &[Write]) {
        let mut state = self.lock();
        let others: Vec<Write> = state.writes.extract_if(.., |write| !own.contains(write)).collect();
        state.writes_of_others.extend(others);
    }

    /// Everything that anybody handed to a store through here.
    pub(crate) fn all_writes(&self) -> Vec<Write> {
        let state = self.lock();
        state.writes.iter().chain(&state.writes_of_others).cloned().collect()
    }

    /// Waits until the struck call is held, or will never go on.
    pub(crate) async fn reached(&self) {
        self.reached.notified().await;
    }

    /// Lets the held call go on.
    pub(crate) fn release(&self) {
        self.released.notify_one();
    }

    pub(crate) fn note(&self, write: Write) {
        let mut state = self.lock();
        if !state.writes.contains(&write) {
            state.writes.push(write);
        }
    }

    /// Passes a call on, or lets happen to it what is planned.
    pub(crate) async fn pass<T, E: Failure>(
        &self,
        port: &'static str,
        name: &'static str,
        work: impl Future<Output = Result<T, E>> + Send,
    ) -> Result<T, E> {
        let mut work = pin!(work);
        match self.strikes(Method { port, name }, E::OF_A_WRITE) {
            None => work.await,
            Some(Fault::FailsBefore | Fault::FailsBeforeForLong) => Err(E::before()),
            Some(Fault::FailsAfter | Fault::FailsAfterForLong | Fault::FailsAfterAndThePortIsGone) => {
                drop(work.await);
                Err(E::after())
            }
            Some(Fault::DelayedBefore(_)) => {
                self.hold().await;
                work.await
            }
            Some(Fault::DelayedAfter(_)) => {
                let answer = work.await;
                self.hold().await;
                answer
            }
            Some(Fault::DroppedBefore) => self.stall().await,
            Some(Fault::DroppedWhile) => {
                poll_fn(|context| {
                    drop(work.as_mut().poll(context));
                    Poll::Ready(())
                })
                .await;
                self.stall().await
            }
            Some(Fault::DroppedAfter) => {
                drop(work.await);
                self.stall().await
            }
        }
    }

    /// Records the call and answers what happens to it.
    fn strikes(&self, method: Method, is_write: bool) -> Option<Fault> {
        let mut state = self.lock();
        let nth = 1 + state.calls.iter().filter(|call| call.method == method).count();
        let call = Call { method, nth, is_write };
        state.calls.push(call);
        let (struck, fault) = state.plan?;
        if call == struck {
            state.is_struck = true;
            return Some(fault);
        }
        if !state.is_struck {
            return None;
        }
        match fault {
            Fault::FailsBeforeForLong | Fault::FailsAfterAndThePortIsGone if method.port == struck.method.port => {
                Some(Fault::FailsBefore)
            }
            Fault::FailsAfterForLong if method == struck.method => Some(fault),
            _ => None,
        }
    }

    async fn hold(&self) {
        self.reached.notify_one();
        self.released.notified().await;
    }

    async fn stall<T>(&self) -> T {
        self.reached.notify_one();
        pending().await
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}
