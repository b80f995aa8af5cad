//! [mockall](https://docs.rs/mockall) mocks of every port, behind the feature `mocks`; the crate's front page shows one
//! in use.

pub use crate::port::mock::{
    MockClock, MockDisconnector, MockIdSource, MockInboxRepo, MockNotifier, MockRoomRepo, MockSessionRepo, MockUserRepo,
};
