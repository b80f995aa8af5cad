//! [mockall](https://docs.rs/mockall) mocks of every port, behind the feature `mocks`; the crate's front page shows one
//! in use.

pub use crate::port::mock::{
    MockArchive, MockCeremonyRepo, MockClock, MockContactRepo, MockDisconnector, MockIdSource, MockInboxRepo,
    MockNotifier, MockPasskeyRepo, MockProfileRepo, MockRelyingParty, MockRoomRepo, MockSessionRepo, MockTokenVerifier,
    MockUserRepo,
};
