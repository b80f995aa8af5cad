//! The end of SurrealKV's write-ahead log after a crash.
//!
//! A process that is killed while it writes a record leaves a part of it behind. SurrealKV 0.21 opens the log to append
//! before it looks how it ends: it goes on behind the torn record, where the next replay does not get, or repairs the log
//! into another file and goes on in the one that is gone. Both ways the next crash takes whatever was acknowledged since.
//! So the torn record, which was never acknowledged, is cut off before the engine comes.
//!
//! Where something sound stands behind a broken record, no crash explains it: the log is left as it is and not opened,
//! while the engine would silently drop all that follows.
//!
//! The form is that of LevelDB's log (`doc/log_format.md` there): blocks of 32 KiB, in each of them parts of records
//! behind a head of checksum, length and kind. Numbers are big-endian here, and the checksum is the CRC-32 of kind and
//! content.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::ConnectError;

const BLOCK: usize = 32 * 1024;
const HEAD: usize = 7;

const FULL: u8 = 1;
const FIRST: u8 = 2;
const MIDDLE: u8 = 3;
const LAST: u8 = 4;
const COMPRESSION: u8 = 9;

/// How a log ends.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Whole,
    /// Behind these bytes stands a record that was not written to its end.
    Torn(u64),
    /// Behind these bytes stands something else.
    Damaged(u64),
}

/// Cuts off what a killed process has not written to its end. Nobody else may have the directory open meanwhile.
pub(super) fn mend(directory: &Path) -> Result<(), ConnectError> {
    let broken = |source| ConnectError::Directory { path: directory.to_owned(), source };
    let Some(path) = newest_segment(&directory.join("wal")).map_err(broken)? else { return Ok(()) };
    let mut segment = File::options().read(true).write(true).open(&path).map_err(broken)?;
    match end_of(&mut segment).map_err(broken)? {
        End::Whole => Ok(()),
        End::Torn(length) => {
            segment.set_len(length).and_then(|()| segment.sync_all()).map_err(broken)?;
            tracing::warn!(log = %path.display(), length, "cut off a record that was not written to its end");
            Ok(())
        }
        End::Damaged(offset) => Err(ConnectError::DamagedLog { path, offset }),
    }
}

/// Only the newest can be torn: the engine syncs one before it begins the next.
fn newest_segment(folder: &Path) -> io::Result<Option<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        entries => entries?,
    };
    let paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    Ok(paths.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "wal")).max())
}

fn end_of(log: &mut impl Read) -> io::Result<End> {
    let (mut before, mut whole) = (0, 0);
    let mut is_within = false;
    loop {
        let block = next_block(log)?;
        let mut at = 0;
        while let Some(part) = Part::read(&block[at..]) {
            let can_stand = part.may_stand(at, is_within);
            if !can_stand || !part.is_sound() {
                let begins_a_record = whole > 0 || can_stand && !part.is_whole();
                let rest = Rest::read(block, at, log)?;
                // What does not even begin with a record may be a log of another form.
                let is_torn = !rest.has_record && (begins_a_record || rest.is_zero);
                return Ok(if is_torn { End::Torn(whole) } else { End::Damaged(whole) });
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

/// What stands behind the last whole record, when that is not how a record begins.
struct Rest {
    /// Blocks that were reserved and never written are.
    is_zero: bool,
    /// Whether a record begins anywhere in it.
    has_record: bool,
}

impl Rest {
    fn read(mut block: Vec<u8>, mut from: usize, log: &mut impl Read) -> io::Result<Self> {
        let mut rest = Self { is_zero: true, has_record: false };
        loop {
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

/// A part of a record, as far as it is there.
struct Part<'a> {
    checksum: u32,
    length: usize,
    kind: u8,
    content: &'a [u8],
}

impl<'a> Part<'a> {
    /// The part at the beginning of `bytes`, unless they are too few for a head.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (&[c0, c1, c2, c3, l0, l1, kind], content) = bytes.split_first_chunk::<HEAD>()?;
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        let checksum = u32::from_be_bytes([c0, c1, c2, c3]);
        Some(Self { checksum, length, kind, content: &content[..length.min(content.len())] })
    }

    /// Whether it may stand there in a block, inside a record whose earlier parts went before or not.
    const fn may_stand(&self, at: usize, is_within: bool) -> bool {
        let follows = match self.kind {
            FULL | FIRST | COMPRESSION => !is_within,
            MIDDLE | LAST => is_within,
            _ => false,
        };
        follows && at + HEAD + self.length <= BLOCK
    }

    const fn goes_on(&self) -> bool {
        matches!(self.kind, FIRST | MIDDLE)
    }

    const fn is_whole(&self) -> bool {
        self.content.len() == self.length
    }

    fn is_sound(&self) -> bool {
        self.is_whole() && checksum(self.kind, self.content) == self.checksum
    }
}

fn checksum(kind: u8, content: &[u8]) -> u32 {
    let mut checksum = crc32fast::Hasher::new();
    checksum.update(&[kind]);
    checksum.update(content);
    checksum.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(kind: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap();
        [&checksum(kind, content).to_be_bytes()[..], &length.to_be_bytes(), &[kind], content].concat()
    }

    /// Two records, of which the second crosses into the second and the third block; with where each ends.
    fn two_records() -> (Vec<u8>, [usize; 2]) {
        let mut log = part(FULL, b"tea at five");
        let first = log.len();
        log.extend(part(FIRST, &vec![7; BLOCK - first - HEAD]));
        log.extend(part(MIDDLE, &vec![8; BLOCK - HEAD]));
        log.extend(part(LAST, b"the end"));
        let second = log.len();
        (log, [first, second])
    }

    fn end(log: &[u8]) -> End {
        end_of(&mut &*log).unwrap()
    }

    #[test]
    fn a_log_of_whole_records_is_whole() {
        let (log, [first, second]) = two_records();
        for length in [0, first, second] {
            assert_eq!(end(&log[..length]), End::Whole);
        }
        assert_eq!(end(&[part(COMPRESSION, &[1]), part(FULL, b"x")].concat()), End::Whole);
    }

    #[test]
    fn a_record_that_was_torn_at_any_byte_is_told_from_what_was_whole_before() {
        let (log, [first, second]) = two_records();
        for length in (1..first).chain(first + 1..first + 9).chain(BLOCK - 1..BLOCK + 9).chain(second - 9..second) {
            let whole = if length < first { 0 } else { first as u64 };
            assert_eq!(end(&log[..length]), End::Torn(whole), "{length} bytes");
        }
    }

    #[test]
    fn too_little_room_for_a_head_at_the_end_of_a_block_is_passed_over() {
        let room = 6;
        let mut log = part(FULL, &vec![7; BLOCK - HEAD - room]);
        let first = log.len() as u64;
        log.extend(vec![0; room]);
        log.extend(part(FULL, b"the end"));
        assert_eq!(end(&log), End::Whole);
        assert_eq!(end(&log[..BLOCK]), End::Torn(first));
        assert_eq!(end(&log[..BLOCK - 1]), End::Torn(first));
    }

    #[test]
    fn a_length_that_was_set_before_anything_was_written_is_torn() {
        let whole = part(FULL, b"x").len() as u64;
        for zeros in [1, HEAD, BLOCK, 3 * BLOCK] {
            assert_eq!(end(&[part(FULL, b"x"), vec![0; zeros]].concat()), End::Torn(whole), "{zeros} zeros");
        }
        let more = [part(FULL, b"x"), vec![0; 2 * BLOCK], part(FULL, b"y")].concat();
        assert_eq!(end(&more), End::Damaged(whole));
    }

    #[test]
    fn a_last_record_of_which_a_part_was_not_written_is_torn() {
        let (log, [first, second]) = two_records();
        for flipped in [first, first + 5, first + HEAD, BLOCK, BLOCK + HEAD, second - 1] {
            let mut unsound = log.clone();
            unsound[flipped] ^= 0x40;
            assert_eq!(end(&unsound), End::Torn(first as u64), "byte {flipped}");
        }
    }

    #[test]
    fn what_no_crash_leaves_behind_is_damage() {
        let (log, [first, second]) = two_records();
        let goes_on = [log.clone(), part(FULL, b"more")].concat();
        for flipped in [first, first + 5, first + HEAD, BLOCK, BLOCK + HEAD, second - 1] {
            let mut damaged = goes_on.clone();
            damaged[flipped] ^= 0x40;
            assert_eq!(end(&damaged), End::Damaged(first as u64), "byte {flipped}");
        }
        let behind_a_torn_one = [&log[..first + 9], &part(FULL, b"more")].concat();
        assert_eq!(end(&behind_a_torn_one), End::Damaged(first as u64));
        assert_eq!(end(b"a log of another form"), End::Damaged(0));
    }
}
