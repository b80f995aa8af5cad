//! Checking a store: that every record parses, and that everything which follows from the records is there.

mod inboxes;
mod passkeys;
mod people;
mod rooms;
mod walk;

use parlour_domain::port::{ReadError, UserRepo};
use parlour_domain::{ArchiveKey, Unit};

use super::progress::Progress;
use crate::store::Store;

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) unit: Unit,
    /// The record that it is about; `None` when it is about the unit.
    pub(crate) key: Option<ArchiveKey>,
    pub(crate) what: String,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// How many records each unit showed.
    pub(crate) records: Vec<(Unit, u64)>,
    pub(crate) findings: Vec<Finding>,
}

impl Findings {
    fn add(&mut self, unit: Unit, key: &ArchiveKey, what: impl Into<String>) {
        self.findings.push(Finding { unit, key: Some(key.clone()), what: what.into() });
    }

    fn add_of_unit(&mut self, unit: Unit, what: impl Into<String>) {
        self.findings.push(Finding { unit, key: None, what: what.into() });
    }

    /// What a question found; that what it looked at does not parse is a finding too.
    fn answered<T>(
        &mut self,
        unit: Unit,
        key: &ArchiveKey,
        question: &str,
        answer: Result<T, ReadError>,
    ) -> Result<Option<T>, ReadError> {
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(ReadError::Corrupt(cause)) => {
                self.add(unit, key, format!("{question} finds what does not parse: {cause}"));
                Ok(None)
            }
            Err(unavailable) => Err(unavailable),
        }
    }
}

/// Checks everything in a store; with `users` also that everybody in a room is a user there.
///
/// # Errors
/// When the store cannot be read; what is read and wrong is a finding.
pub(crate) async fn verify(
    store: &Store,
    users: Option<&dyn UserRepo>,
    progress: &Progress,
) -> Result<Findings, ReadError> {
    let mut check = Check { store, progress, found: Findings::default() };
    check.users().await?;
    check.sessions().await?;
    check.passkeys().await?;
    check.policies().await?;
    check.blocks().await?;
    check.rooms(users).await?;
    check.inboxes().await?;
    check.answers().await?;
    check.commits().await?;
    Ok(check.found)
}

struct Check<'a> {
    store: &'a Store,
    progress: &'a Progress,
    found: Findings,
}

#[cfg(test)]
mod tests;
