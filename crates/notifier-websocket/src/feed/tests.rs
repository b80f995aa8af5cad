//! What a store may do wrong that no store here does.

use std::sync::Mutex;

use async_trait::async_trait;
use parlour_domain::port::{InboxRepo, WriteError};
use parlour_domain::{Caller, InboxPage, RoomEvent, RoomEventKind, SessionId, Timestamp, UserId};
use tokio::time::timeout;

use super::*;

/// Answers these pages one after the other, then nothing new.
struct Script {
    pages: Mutex<VecDeque<InboxPage>>,
    asked: Mutex<Vec<u64>>,
}

#[async_trait]
impl InboxRepo for Script {
    async fn read(&self, _: UserId, since: Seq, _: u32) -> Result<InboxPage, ReadError> {
        self.asked.lock().unwrap().push(since.get());
        tokio::task::yield_now().await;
        let nothing = InboxPage { entries: Vec::new(), head: since, forgotten: Seq::ZERO };
        Ok(self.pages.lock().unwrap().pop_front().unwrap_or(nothing))
    }

    async fn heads(&self, _: &[UserId]) -> Result<Vec<(UserId, Seq)>, ReadError> {
        Ok(Vec::new())
    }

    async fn forget(&self, _: Timestamp) -> Result<u64, WriteError> {
        Ok(0)
    }
}

fn page(entries: &[u64], head: u64) -> InboxPage {
    let at = Timestamp::from_micros(0).unwrap();
    let id = "0192f0c1-2345-7000-8000-000000000001";
    let kind = RoomEventKind::Deleted;
    let event = Arc::new(RoomEvent { id: id.parse().unwrap(), room_id: id.parse().unwrap(), at, kind });
    let entry = |&seq: &u64| InboxEntry { recipient: id.parse().unwrap(), seq: Seq::new(seq), event: event.clone() };
    InboxPage { entries: entries.iter().map(entry).collect(), head: Seq::new(head), forgotten: Seq::ZERO }
}

fn feed(pages: Vec<InboxPage>) -> (Feed, Arc<Script>) {
    let script = Arc::new(Script { pages: Mutex::new(pages.into()), asked: Mutex::default() });
    let user_id: UserId = "0192f0c1-2345-7000-8000-000000000001".parse().unwrap();
    let session_id: SessionId = "0192f0c1-2345-7000-8000-000000000002".parse().unwrap();
    let expires_at = Timestamp::from_micros(0).unwrap();
    let session_id = Some(session_id);
    let caller = Caller { user_id, session_id, signed_in_at: None, expires_at, slides_for: None };
    let limits = Limits { retry_first: Duration::from_millis(1), ..Limits::default() };
    let mailbox = Arc::new(Mailbox::new(caller, limits.queued_events));
    mailbox.wake();
    (Feed::new(Arc::new(ReadInbox::new(script.clone())), mailbox, limits), script)
}

fn deliver(feed: &Feed, places: &[u64]) {
    for entry in page(places, 0).entries {
        feed.mailbox.deliver(&Arc::new(Delivery::new(entry)));
    }
}

async fn places(feed: &mut Feed, count: usize) -> Vec<u64> {
    let mut places = Vec::new();
    for _ in 0..count {
        let text = timeout(Duration::from_secs(20), feed.next()).await.unwrap();
        let frame: serde_json::Value = serde_json::from_str(&text).unwrap();
        places.push(frame["seq"].as_u64().unwrap());
    }
    places
}

#[tokio::test]
async fn a_page_that_skips_or_is_empty_below_the_head_is_asked_for_again_but_not_at_once() {
    for wrong in [page(&[2, 3], 3), page(&[], 3)] {
        let (mut feed, script) = feed(vec![wrong.clone(), wrong, page(&[1, 2, 3], 3)]);
        let hour = Duration::from_secs(3_600);
        (feed.limits.retry_first, feed.limits.retry_longest) = (hour, hour);
        for _ in 0..100 {
            tokio::select! {
                biased;
                text = feed.next() => panic!("{text} was sent"),
                () = std::future::ready(()) => {}
            }
        }
        assert_eq!(*script.asked.lock().unwrap(), [0, 0], "one hint was left, so the second question is at once");
        feed.mailbox.wake();
        assert_eq!(places(&mut feed, 3).await, [1, 2, 3]);
        assert_eq!(feed.failures, 0, "what is well again is forgotten");
    }
}

#[tokio::test]
async fn a_page_with_a_hole_is_sent_up_to_it() {
    let (mut feed, script) = feed(vec![page(&[1, 3, 4], 4), page(&[2, 3, 4], 4)]);
    assert_eq!(places(&mut feed, 4).await, [1, 2, 3, 4]);
    assert_eq!(*script.asked.lock().unwrap(), [0, 1]);
}

#[tokio::test]
async fn a_store_that_goes_on_wrong_is_asked_again_and_again() {
    let (mut feed, script) = feed(vec![page(&[], 1), page(&[], 1), page(&[2], 2), page(&[1], 1)]);
    assert_eq!(places(&mut feed, 1).await, [1]);
    assert_eq!(*script.asked.lock().unwrap(), [0, 0, 0, 0]);
}

#[tokio::test]
async fn a_live_socket_is_reset_when_the_store_has_lost_events() {
    let (mut feed, _) = feed(vec![page(&[1, 2], 2)]);
    assert_eq!(places(&mut feed, 2).await, [1, 2]);
    feed.mailbox.wake();
    let lost = page(&[], 1);
    let inbox = Script { pages: Mutex::new(VecDeque::from([lost])), asked: Mutex::default() };
    feed.inbox = Arc::new(ReadInbox::new(Arc::new(inbox)));
    let text = timeout(Duration::from_secs(20), feed.next()).await.unwrap();
    assert_eq!(&*text, frame::reset(Seq::new(1)).to_string());
    assert_eq!(feed.sent(), Seq::new(1));
}

#[tokio::test]
async fn a_late_notice_is_looked_into_only_when_what_was_sent_is_not_remembered() {
    let (mut feed, script) = feed(vec![page(&[1, 2, 3, 4], 4)]);
    feed.limits.queued_events = 2;
    assert_eq!(places(&mut feed, 4).await, [1, 2, 3, 4]);
    deliver(&feed, &[4, 3, 5]);
    assert_eq!(places(&mut feed, 1).await, [5]);
    assert_eq!(*script.asked.lock().unwrap(), [0]);
    deliver(&feed, &[3, 6]);
    assert_eq!(places(&mut feed, 1).await, [6]);
    assert_eq!(*script.asked.lock().unwrap(), [0, 5]);
}

#[tokio::test]
async fn dropping_the_future_loses_nothing_and_does_not_ask_twice() {
    let (mut feed, script) = feed(vec![page(&[1, 2], 2)]);
    let (mut sent, mut dropped) = (0, 0);
    while sent < 2 {
        tokio::select! {
            biased;
            _ = feed.next() => sent += 1,
            () = std::future::ready(()) => dropped += 1,
        }
        assert!(dropped < 10, "the question is asked anew each time");
    }
    assert!(dropped > 0);
    assert_eq!(*script.asked.lock().unwrap(), [0]);
}
