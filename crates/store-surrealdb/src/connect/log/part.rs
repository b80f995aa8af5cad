//! What a log consists of.
//!
//! The form is that of LevelDB's log (`doc/log_format.md` there): blocks of 32 KiB, in each of them parts of records
//! behind a head of checksum, length and kind. Numbers are big-endian here, and the checksum is the CRC-32 of kind and
//! content.

pub(super) const BLOCK: usize = 32 * 1024;
pub(super) const HEAD: usize = 7;

pub(super) const FULL: u8 = 1;
pub(super) const FIRST: u8 = 2;
pub(super) const MIDDLE: u8 = 3;
pub(super) const LAST: u8 = 4;
pub(super) const COMPRESSION: u8 = 9;

/// A part of a record, as far as it is there.
pub(super) struct Part<'a> {
    checksum: u32,
    pub(super) length: usize,
    kind: u8,
    content: &'a [u8],
}

impl<'a> Part<'a> {
    /// The part at the beginning of `bytes`, unless they are too few for a head.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (&[c0, c1, c2, c3, l0, l1, kind], content) = bytes.split_first_chunk::<HEAD>()?;
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        let checksum = u32::from_be_bytes([c0, c1, c2, c3]);
        Some(Self { checksum, length, kind, content: &content[..length.min(content.len())] })
    }

    /// Whether it may stand there in a block, inside a record whose earlier parts went before or not.
    pub(super) const fn may_stand(&self, at: usize, is_within: bool) -> bool {
        let follows = match self.kind {
            FULL | FIRST | COMPRESSION => !is_within,
            MIDDLE | LAST => is_within,
            _ => false,
        };
        follows && at + HEAD + self.length <= BLOCK
    }

    pub(super) const fn goes_on(&self) -> bool {
        matches!(self.kind, FIRST | MIDDLE)
    }

    pub(super) const fn is_whole(&self) -> bool {
        self.content.len() == self.length
    }

    pub(super) fn is_sound(&self) -> bool {
        self.is_whole() && checksum(self.kind, self.content) == self.checksum
    }
}

pub(super) fn checksum(kind: u8, content: &[u8]) -> u32 {
    let mut checksum = crc32fast::Hasher::new();
    checksum.update(&[kind]);
    checksum.update(content);
    checksum.finalize()
}
