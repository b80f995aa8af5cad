//! How a log ends.

use std::io::{self, Read};
use std::iter;
use std::ops::Range;

use super::super::growth;
use super::part::{BLOCK, HEAD, Part};

/// What the system writes at once; where its pages are larger, they are a multiple of that. So is a block of the log.
const PAGE: usize = 4 * 1024;

/// How far from the end of the log something may be that was not synced yet. Each of two lanes waits for the sync of its
/// batch, which is 512 records or one creation (`commit/queue.rs`), and each change for its own. A record is some hundred
/// bytes, so they are far from filling this.
const MOST_UNSYNCED: u64 = 2 * 1024 * 1024;
// Or nothing in a log would be too far from its end.
const _: () = assert!(MOST_UNSYNCED * 4 <= growth::MOST);

/// How a log ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    Whole,
    /// Behind these bytes stands a record that was not written to its end.
    Torn(u64),
    /// Behind these bytes stands a record of which a page was not written, and there may be whole ones behind it.
    Holed(u64),
    /// Behind these bytes stands something else.
    Damaged(u64),
}

pub(super) fn end_of(log: &mut impl Read) -> io::Result<End> {
    let (mut before, mut whole) = (0, 0);
    let mut is_within = false;
    loop {
        let block = next_block(log)?;
        let mut at = 0;
        while let Some(part) = Part::read(&block[at..]) {
            let can_stand = part.may_stand(at, is_within);
            if !can_stand || !part.is_sound() {
                let begins_a_record = whole > 0 || can_stand && !part.is_whole();
                // The length of what cannot stand there says nothing.
                let content = if can_stand { part.length } else { 0 };
                let is_holed = has_hole(&block, at..at + HEAD + content);
                let rest = Rest::read(block, at, log)?;
                let can_be_unsynced = before + at as u64 + rest.length - whole <= MOST_UNSYNCED;
                return Ok(if !rest.has_record && (begins_a_record || rest.is_zero) {
                    End::Torn(whole)
                } else if is_holed && can_be_unsynced {
                    End::Holed(whole)
                } else {
                    // What does not even begin with a record may be a log of another form.
                    End::Damaged(whole)
                });
            }
            at += HEAD + part.length;
            is_within = part.goes_on();
            if !is_within {
                whole = before + at as u64;
            }
        }
        before += block.len() as u64;
        if block.len() < BLOCK {
            return Ok(if whole == before { End::Whole } else { End::Torn(whole) });
        }
    }
}

/// Whether a part of a record lacks what would have been in a page that was not written: there are zeros up to the
/// border of a page or the end of the log, and they begin at such a border or where the engine had just ended a write.
/// It writes a record at once, unless its buffer of one block gets full: that is at the border of a block, or behind the
/// head there.
///
/// Whole pages of zeros are a hole too, however many: a power cut comes before any of them is written. Zeros that end
/// elsewhere are none, since a page is written with all that was appended by then.
fn has_hole(block: &[u8], part: Range<usize>) -> bool {
    let behind_head = (part.start == 0).then_some(HEAD);
    let borders = part.clone().filter(|at| at.is_multiple_of(PAGE));
    iter::once(part.start).chain(behind_head).chain(borders).any(|begin| {
        let border = (begin + 1).next_multiple_of(PAGE).min(block.len());
        block.get(begin..border).is_some_and(|page| !page.is_empty() && page.iter().all(|byte| *byte == 0))
    })
}

/// What stands behind the last whole record, when that is not how a record begins.
struct Rest {
    length: u64,
    /// Blocks that were reserved and never written are.
    is_zero: bool,
    /// Whether a record begins anywhere in it.
    has_record: bool,
}

impl Rest {
    fn read(mut block: Vec<u8>, mut from: usize, log: &mut impl Read) -> io::Result<Self> {
        let mut rest = Self { length: 0, is_zero: true, has_record: false };
        loop {
            rest.length += (block.len() - from) as u64;
            rest.is_zero &= block[from..].iter().all(|byte| *byte == 0);
            rest.has_record |= (from..block.len())
                .any(|at| Part::read(&block[at..]).is_some_and(|part| part.may_stand(at, false) && part.is_sound()));
            if block.len() < BLOCK {
                return Ok(rest);
            }
            (block, from) = (next_block(log)?, 0);
        }
    }
}

/// Shorter than a block when it is the last.
fn next_block(log: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut block = Vec::with_capacity(BLOCK);
    log.take(BLOCK as u64).read_to_end(&mut block)?;
    Ok(block)
}

#[cfg(test)]
pub(super) mod tests;
