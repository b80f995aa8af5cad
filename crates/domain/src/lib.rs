//! The inside of Parlour: what a room is, who may do what with it, and which ports the outside has to fill.
//!
//! Nothing here knows HTTP, SQL, SurrealDB or WebSockets. The rules ([`Room`] and its functions) are synchronous and
//! pure; the use cases (in [`usecase`]) load through the ports (in [`port`]), let a rule decide, hand the store **one**
//! [`RoomCommit`] and notify. Reading order: [`usecase::CreateRoom`], [`Room::open`], [`port::RoomRepo`].
//!
//! # Mocking the ports downstream
//!
//! With the feature `mocks` every port has a [mockall](https://docs.rs/mockall) mock in the module `mocks`. A test in a crate
//! that depends on this one then reads like this:
//!
//! ```
//! use std::sync::Arc;
//!
//! use parlour_domain::mocks::{MockClock, MockContactRepo, MockIdSource, MockNotifier, MockRoomRepo, MockUserRepo};
//! use parlour_domain::usecase::{CreateRoom, CreateRoomCommand, CreateRoomError};
//! use parlour_domain::{Invitees, RoomPlan, UserId};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let creator: UserId = "0192f0c1-2345-7000-8000-000000000001".parse()?;
//! let participant: UserId = "0192f0c1-2345-7000-8000-000000000002".parse()?;
//!
//! let mut users = MockUserRepo::new();
//! users.expect_find_many().once().returning(|_| Ok(Vec::new()));
//! let mut contacts = MockContactRepo::new();
//! contacts.expect_stances().once().returning(|_, _| Ok(Vec::new()));
//! let mut rooms = MockRoomRepo::new();
//! rooms.expect_find_direct().returning(|_| Ok(None));
//! rooms.expect_commit().never();
//! let mut notifier = MockNotifier::new();
//! notifier.expect_notify().never();
//!
//! let create_room = CreateRoom::new(
//!     Arc::new(users),
//!     Arc::new(contacts),
//!     Arc::new(rooms),
//!     Arc::new(notifier),
//!     Arc::new(MockClock::new()),
//!     Arc::new(MockIdSource::new()),
//! );
//! let refused = create_room
//!     .execute(CreateRoomCommand {
//!         creator,
//!         plan: RoomPlan::direct(Invitees::parse(creator, vec![participant])?)?,
//!         idempotency: None,
//!     })
//!     .await;
//! assert!(matches!(refused, Err(CreateRoomError::CreatorNotFound(id)) if id == creator));
//! # Ok(())
//! # }
//! ```

mod archive;
mod id;
mod inbox;
mod passkey;
mod retry;
mod room;
mod session;
mod text;
mod time;
mod user;

#[cfg(any(test, feature = "mocks"))]
pub mod mocks;
pub mod port;
pub mod usecase;

pub use archive::{ArchiveKey, ArchiveRecord, ImportMark, ImportStep, InboxHead, SetPolicy, Side, Unit};
pub use id::{CommitId, EventId, InvalidId, RoomId, SessionId, UserId};
pub use inbox::{InboxEntry, InboxPage, InboxView, Seq};
pub use passkey::{
    CEREMONY_LIFETIME, Ceremony, CeremonyKind, CeremonyOptions, ChallengeHash, CredentialId, CredentialResponse,
    InvalidCeremonyKind, InvalidCredentialId, InvalidPasskeyName, InvalidUserHandle, Passkey, PasskeyName,
    PasskeyRemoval, PasskeyUse, UserHandle,
};
pub use retry::pause_after;
pub use room::{
    Answer, Change, ChangeRefused, CommitParts, DeleteRefused, DirectPair, Expected, Fate, Fingerprint,
    IDEMPOTENCY_KEPT_FOR, IdempotencyClaim, IdempotencyKey, IdempotencyRecord, InvalidIdempotencyKey, InvalidInvitees,
    InvalidPlan, InvalidRole, InvalidRoom, InvalidRoomName, InvalidTtl, Invitees, Member, OpenRefused, Opening,
    OutgoingEvent, Participant, ParticipantChange, Removal, Revision, Role, Room, RoomCommit, RoomCursor, RoomEvent,
    RoomEventKind, RoomKind, RoomName, RoomParts, RoomPlan, RoomSnapshot, RoomView, Ttl,
};
pub use session::{
    Caller, Credential, InvalidCredential, InvalidToken, SESSION_LIFETIME, SIGN_IN_IS_FRESH_FOR, Session,
    SessionLifetime, SessionToken, SignInNeeded, SignedToken, Subject, TokenHash,
};
pub use time::{InvalidTimestamp, Timestamp};
pub use user::{
    Block, ContactPolicy, DisplayName, InvalidContactPolicy, InvalidDisplayName, InvalidSearchQuery, InvalidUsername,
    SearchQuery, SearchRank, Stance, User, Username, UsernameKey, fold,
};
