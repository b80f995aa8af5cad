//! Keeps a peer's bytes small on their way to the frame decoder.
//!
//! The decoder of actix takes in a whole frame before it finds it too long, and all frames that have arrived before it
//! hands out the first. The gate reads the frames' lengths (RFC 6455, section 5.2) ahead of it: a frame that announces
//! too much is refused at its header, and no more than one frame is let through at a time.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use bytes::Bytes;
use futures_util::Stream;

const SHORTEST_HEADER: usize = 2;
const MASK: usize = 4;
const IS_MASKED: u8 = 0x80;
const LENGTH_BITS: u8 = 0x7f;

/// A stream of a peer's bytes, with a pause after each frame.
pub(crate) struct Gate {
    payload: Payload,
    longest: u64,
    chunk: Bytes,
    place: Place,
    is_between_frames: bool,
}

enum Place {
    Header(Vec<u8>),
    Body(u64),
}

impl Gate {
    /// `longest` is the longest payload of a frame in bytes.
    pub(crate) fn new(payload: Payload, longest: usize) -> Self {
        let longest = u64::try_from(longest).unwrap_or(u64::MAX);
        Self { payload, longest, chunk: Bytes::new(), place: Place::start(), is_between_frames: false }
    }

    /// Walks through the chunk to the end of the present frame or of the chunk, and answers how many bytes that is.
    fn walk(&mut self) -> Result<usize, PayloadError> {
        let mut walked = 0;
        while walked < self.chunk.len() {
            match &mut self.place {
                Place::Header(header) => {
                    header.push(self.chunk[walked]);
                    walked += 1;
                    if let Some(length) = announced(header) {
                        if length > self.longest {
                            return Err(PayloadError::Overflow);
                        }
                        self.place = Place::Body(length);
                    }
                }
                Place::Body(left) => {
                    let here = (self.chunk.len() - walked).min(usize::try_from(*left).unwrap_or(usize::MAX));
                    walked += here;
                    *left -= u64::try_from(here).unwrap_or(*left);
                }
            }
            if matches!(self.place, Place::Body(0)) {
                self.place = Place::start();
                self.is_between_frames = true;
                break;
            }
        }
        Ok(walked)
    }
}

impl Place {
    const fn start() -> Self {
        Self::Header(Vec::new())
    }
}

/// The length of the payload that a header announces, once all of the header is there.
fn announced(header: &[u8]) -> Option<u64> {
    let second = *header.get(1)?;
    let short = second & LENGTH_BITS;
    let extension = match short {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let mask = if second & IS_MASKED == 0 { 0 } else { MASK };
    if header.len() < SHORTEST_HEADER + extension + mask {
        return None;
    }
    let long = &header[SHORTEST_HEADER..SHORTEST_HEADER + extension];
    let long = long.iter().fold(0, |length: u64, byte| (length << 8) | u64::from(*byte));
    Some(if extension == 0 { u64::from(short) } else { long })
}

impl Stream for Gate {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if std::mem::take(&mut this.is_between_frames) {
            // The decoder reads until there is nothing: this hands out the frame that it has.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if this.chunk.is_empty() {
            match ready!(Pin::new(&mut this.payload).poll_next(cx)) {
                Some(Ok(chunk)) => this.chunk = chunk,
                end => return Poll::Ready(end),
            }
        }
        let walked = this.walk()?;
        Poll::Ready(Some(Ok(this.chunk.split_to(walked))))
    }
}
