//! The inbox: what a user was told, in order, without a gap. It is the truth; a notification is only a hint.

use std::fmt;
use std::sync::Arc;

use crate::{RoomEvent, UserId};

/// A place in one user's inbox: dense, starting at 1; 0 is "before the first entry".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Seq(u64);

impl Seq {
    /// Before the first entry.
    pub const ZERO: Self = Self(0);

    /// The `n`th place.
    #[must_use]
    pub const fn new(n: u64) -> Self {
        Self(n)
    }

    /// The number itself.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The place after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// One event in one user's inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxEntry {
    /// Whose inbox it is in.
    pub recipient: UserId,
    /// Its place there.
    pub seq: Seq,
    /// What happened; shared among the recipients.
    pub event: Arc<RoomEvent>,
}

/// What a store answers when an inbox is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxPage {
    /// Consecutive entries in ascending order, the first one right after the place that was asked for, or after the
    /// newest one that was forgotten where that is later.
    pub entries: Vec<InboxEntry>,
    /// The place of the newest entry ever written; [`Seq::ZERO`] for an inbox that never had one.
    pub head: Seq,
    /// The place of the newest entry that was forgotten; [`Seq::ZERO`] when none was.
    pub forgotten: Seq,
}

/// An inbox as its owner reads it from a place on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxView {
    /// The entries after that place, in ascending order.
    pub entries: Vec<InboxEntry>,
    /// The place of the newest entry.
    pub head: Seq,
    /// The place asked for cannot be resumed from: what follows it was forgotten, or it lies beyond the head. The
    /// reader has to load the state afresh and go on from `head`; `entries` is empty.
    pub reset: bool,
}

impl InboxView {
    /// Decides whether a reader who has seen everything up to `since` can go on with this page.
    #[must_use]
    pub fn resume(since: Seq, page: InboxPage) -> Self {
        let reset = since > page.head || since < page.forgotten;
        let entries = if reset { Vec::new() } else { page.entries };
        Self { entries, head: page.head, reset }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resume(since: u64, head: u64, forgotten: u64) -> InboxView {
        let page = InboxPage { entries: Vec::new(), head: Seq::new(head), forgotten: Seq::new(forgotten) };
        InboxView::resume(Seq::new(since), page)
    }

    #[test]
    fn a_place_within_what_is_kept_is_resumed() {
        assert!(!resume(0, 0, 0).reset);
        assert!(!resume(3, 9, 3).reset);
        assert!(!resume(9, 9, 3).reset);
    }

    #[test]
    fn a_place_before_what_is_kept_or_beyond_the_head_is_reset() {
        assert!(resume(2, 9, 3).reset);
        assert!(resume(10, 9, 3).reset);
    }
}
