//! What a peer sends, one message at a time.

use std::io;
use std::str::Utf8Error;

use actix_web::error::PayloadError;
use actix_ws::{CloseReason, Item, Message, MessageStream, ProtocolError};
use bytes::{Bytes, BytesMut};
use bytestring::ByteString;
use futures_util::StreamExt;

use crate::farewell::Farewell;

/// A message of the peer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// A text, put together from its fragments.
    Text(ByteString),
    /// A binary message, which nothing here understands.
    Binary,
    /// To be answered with the same bytes.
    Ping(Bytes),
    /// A sign of life.
    Pong,
}

/// The messages of one socket's peer.
pub(crate) struct Incoming {
    messages: MessageStream,
    longest: usize,
    fragments: BytesMut,
    is_text: bool,
}

impl Incoming {
    /// `longest` is the longest message in bytes, however it is fragmented.
    pub(crate) fn new(messages: MessageStream, longest: usize) -> Self {
        Self { messages: messages.max_frame_size(longest), longest, fragments: BytesMut::new(), is_text: false }
    }

    /// Waits for the next message, or for the reason why there will be none. Dropping the future loses nothing.
    pub(crate) async fn next(&mut self) -> Result<Received, Farewell> {
        loop {
            let message = match self.messages.next().await {
                Some(Ok(message)) => message,
                Some(Err(error)) => return Err(farewell_for(&error)),
                None => return Err(Farewell::PeerGone),
            };
            match message {
                Message::Text(text) => return Ok(Received::Text(text)),
                Message::Binary(_) => return Ok(Received::Binary),
                Message::Ping(bytes) => return Ok(Received::Ping(bytes)),
                Message::Pong(_) => return Ok(Received::Pong),
                Message::Close(reason) => return Err(Farewell::PeerClosed(answer_to(reason))),
                Message::Continuation(item) => {
                    if let Some(message) = self.put_together(item)? {
                        return Ok(message);
                    }
                }
                Message::Nop => {}
            }
        }
    }

    fn put_together(&mut self, item: Item) -> Result<Option<Received>, Farewell> {
        let (fragment, is_last) = match item {
            Item::FirstText(fragment) => {
                self.is_text = true;
                (fragment, false)
            }
            Item::FirstBinary(fragment) => {
                self.is_text = false;
                (fragment, false)
            }
            Item::Continue(fragment) => (fragment, false),
            Item::Last(fragment) => (fragment, true),
        };
        if self.fragments.len() + fragment.len() > self.longest {
            return Err(Farewell::TooLarge);
        }
        self.fragments.extend_from_slice(&fragment);
        if !is_last {
            return Ok(None);
        }
        let message = std::mem::take(&mut self.fragments).freeze();
        if !self.is_text {
            return Ok(Some(Received::Binary));
        }
        ByteString::try_from(message).map(|text| Some(Received::Text(text))).map_err(|_| Farewell::InvalidText)
    }
}

/// The close frame that answers a peer's: its code, without repeating its text.
fn answer_to(reason: Option<CloseReason>) -> Option<CloseReason> {
    reason.map(|reason| CloseReason::from(reason.code))
}

fn farewell_for(error: &ProtocolError) -> Farewell {
    match error {
        ProtocolError::Io(error) => farewell_for_io(error),
        ProtocolError::Overflow => Farewell::TooLarge,
        _ => Farewell::ProtocolViolated,
    }
}

/// The decoder wraps three things in an I/O error: what the gate or the connection said, a text that is not UTF-8, and
/// reserved bits.
fn farewell_for_io(error: &io::Error) -> Farewell {
    let cause = error.get_ref();
    match cause.and_then(|cause| cause.downcast_ref::<PayloadError>()) {
        Some(PayloadError::Overflow) => return Farewell::TooLarge,
        Some(_) => return Farewell::PeerGone,
        None => {}
    }
    if cause.and_then(|cause| cause.downcast_ref::<Utf8Error>()).is_some() {
        return Farewell::InvalidText;
    }
    if error.kind() == io::ErrorKind::InvalidData { Farewell::ProtocolViolated } else { Farewell::PeerGone }
}
