//! How far a copy into a store has come.

use super::{ArchiveKey, ArchiveRecord, Side, Unit};

/// What a store keeps of an import that goes on: while it is there, the store is not to be used for anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportMark {
    /// What is being copied, as text for the operator, without credentials: only the same source may go on.
    pub source: String,
    /// Which sides are being copied, in the order of [`Side::ALL`].
    pub sides: Vec<Side>,
    /// The last record that was imported; everything before it was too.
    pub reached: Option<(Unit, ArchiveKey)>,
}

impl ImportMark {
    /// The mark of an import that begins.
    #[must_use]
    pub const fn new(source: String, sides: Vec<Side>) -> Self {
        Self { source, sides, reached: None }
    }

    /// What is imported, in its order.
    pub fn units(&self) -> impl Iterator<Item = Unit> {
        self.sides.iter().flat_map(|side| side.units()).copied()
    }

    /// Whether the record at `key` of `unit` was imported.
    #[must_use]
    pub fn has_passed(&self, unit: Unit, key: &ArchiveKey) -> bool {
        self.reached.as_ref().is_some_and(|(reached, last)| unit < *reached || (unit == *reached && key <= last))
    }
}

/// The records of one page, with the marks before and after it: the one value that an import applies, or does not.
#[must_use = "a step imports nothing until a store has applied it"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportStep {
    /// The mark that the store must have.
    pub from: ImportMark,
    /// The mark that it has afterwards.
    pub to: ImportMark,
    /// What is imported: records of one unit, ascending.
    pub records: Vec<ArchiveRecord>,
}

impl ImportStep {
    /// The step that imports `records`, of one unit and ascending, where the mark is `from`; `None` when there are none.
    #[must_use]
    pub fn new(from: ImportMark, records: Vec<ArchiveRecord>) -> Option<Self> {
        let last = records.last()?;
        let to = ImportMark { reached: Some((last.unit(), last.key())), ..from.clone() };
        Some(Self { from, to, records })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CommitId;
    use uuid::Uuid;

    fn commit(n: u128) -> ArchiveRecord {
        ArchiveRecord::Commit(CommitId::from_uuid(Uuid::from_u128(n)))
    }

    #[test]
    fn a_step_leads_to_its_last_record() {
        let mark = ImportMark::new("sqlite:///a".to_owned(), vec![Side::Rooms]);
        let step = ImportStep::new(mark.clone(), vec![commit(1), commit(2)]).unwrap();
        assert_eq!(step.to.reached, Some((Unit::AppliedCommits, commit(2).key())));
        assert!(step.to.has_passed(Unit::Rooms, &commit(9).key()));
        assert!(step.to.has_passed(Unit::AppliedCommits, &commit(2).key()));
        assert!(!step.to.has_passed(Unit::AppliedCommits, &commit(3).key()));
        assert!(!mark.has_passed(Unit::Users, &commit(1).key()));
        assert_eq!(ImportStep::new(mark, Vec::new()), None);
    }
}
