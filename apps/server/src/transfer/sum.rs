//! What is compared of a unit: how many records, and a digest of them all.

use parlour_domain::port::{Archive, CorruptRecord, ReadError};
use parlour_domain::{ArchiveRecord, Unit};
use parlour_store_codec::encode_record;
use sha2::{Digest, Sha256};

use super::progress::Step;
use super::records::Records;

/// The number of a unit's records, and the SHA-256 (FIPS 180-4) of one line for each in the order of their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) records: u64,
    pub(crate) digest: [u8; 32],
}

/// A sum that grows.
#[derive(Default)]
pub(super) struct Summing {
    records: u64,
    digest: Sha256,
}

impl Summing {
    pub(super) fn add(&mut self, record: &ArchiveRecord) {
        self.records += 1;
        self.digest.update(encode_record(record));
        self.digest.update(b"\n");
    }

    pub(super) fn finish(self) -> Sum {
        Sum { records: self.records, digest: self.digest.finalize().into() }
    }
}

/// Reads a unit for its sum. What does not parse is not in it, and comes beside it.
pub(super) async fn sum(
    archive: &dyn Archive,
    unit: Unit,
    step: &Step,
) -> Result<(Sum, Vec<(Unit, CorruptRecord)>), ReadError> {
    let (mut records, mut summing, mut corrupt) = (Records::of(archive, unit), Summing::default(), Vec::new());
    loop {
        let page = records.next_page().await?;
        if page.is_empty() {
            return Ok((summing.finish(), corrupt));
        }
        step.advance(page.len());
        for record in page {
            match record {
                Ok(record) => summing.add(&record),
                Err(record) => corrupt.push((unit, record)),
            }
        }
    }
}
