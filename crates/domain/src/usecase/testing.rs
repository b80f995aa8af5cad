//! Shared by the tests of the use cases.
