//! What goes wrong with passkeys.

use std::sync::Mutex;

use async_trait::async_trait;
use parlour_domain::port::{AddPasskeyError, InsertUserError, ReadError, RegisterError, WriteError};
use parlour_domain::{CredentialId, Passkey, PasskeyRemoval, PasskeyUse, User, UserId};

use super::races::gap;
use super::{Ports, Sabotage, lock};

/// Two transactions.
#[derive(Debug, Default)]
pub struct AddsTheUserFirst;

#[async_trait]
impl Sabotage for AddsTheUserFirst {
    async fn register(&self, to: &Ports, user: User, passkey: Passkey) -> Result<(), RegisterError> {
        to.users.insert(user).await.map_err(|error| match error {
            InsertUserError::UsernameTaken => RegisterError::UsernameTaken,
            InsertUserError::Unavailable(source) => RegisterError::Unavailable(source),
            InsertUserError::OutcomeUnknown(source) => RegisterError::OutcomeUnknown(source),
        })?;
        gap().await;
        to.passkeys.add(passkey).await.map_err(|error| match error {
            AddPasskeyError::UserNotFound | AddPasskeyError::HandleDiffers => RegisterError::UsernameTaken,
            AddPasskeyError::CredentialTaken => RegisterError::CredentialTaken,
            AddPasskeyError::Unavailable(source) => RegisterError::Unavailable(source),
            AddPasskeyError::OutcomeUnknown(source) => RegisterError::OutcomeUnknown(source),
        })
    }
}

/// Nobody had the name when it was looked up.
#[derive(Debug, Default)]
pub struct ChecksNamesThenRegisters;

#[async_trait]
impl Sabotage for ChecksNamesThenRegisters {
    async fn register(&self, to: &Ports, user: User, passkey: Passkey) -> Result<(), RegisterError> {
        let is_free = to.users.find_by_username(&user.username).await.is_ok_and(|holder| holder.is_none());
        gap().await;
        match to.passkeys.register(user, passkey).await {
            Err(RegisterError::UsernameTaken) if is_free => Ok(()),
            outcome => outcome,
        }
    }
}

/// A duplicate that is an error.
#[derive(Debug, Default)]
pub struct RefusesTheSameRegistrationAgain;

#[async_trait]
impl Sabotage for RefusesTheSameRegistrationAgain {
    async fn register(&self, to: &Ports, user: User, passkey: Passkey) -> Result<(), RegisterError> {
        if to.users.find_by_username(&user.username).await.is_ok_and(|holder| holder.is_some()) {
            return Err(RegisterError::UsernameTaken);
        }
        to.passkeys.register(user, passkey).await
    }
}

/// The passkey is written with the next batch.
#[derive(Debug, Default)]
pub struct WritesPasskeysLater {
    waiting: Mutex<Vec<Passkey>>,
}

#[async_trait]
impl Sabotage for WritesPasskeysLater {
    async fn add_passkey(&self, _: &Ports, passkey: Passkey) -> Result<(), AddPasskeyError> {
        lock(&self.waiting).push(passkey);
        Ok(())
    }

    async fn list_passkeys(&self, to: &Ports, user: UserId) -> Result<Vec<Passkey>, ReadError> {
        let mut listed = to.passkeys.list_of(user).await?;
        listed.extend(lock(&self.waiting).iter().filter(|passkey| passkey.user_id == user).cloned());
        Ok(listed)
    }
}

/// Nobody had the id when it was looked up.
#[derive(Debug, Default)]
pub struct ChecksCredentialsThenAdds;

#[async_trait]
impl Sabotage for ChecksCredentialsThenAdds {
    async fn add_passkey(&self, to: &Ports, passkey: Passkey) -> Result<(), AddPasskeyError> {
        let is_free = to.passkeys.find(&passkey.id).await.is_ok_and(|found| found.is_none());
        gap().await;
        match to.passkeys.add(passkey).await {
            Err(AddPasskeyError::CredentialTaken) if is_free => Ok(()),
            outcome => outcome,
        }
    }
}

/// Nobody looks at the user.
#[derive(Debug, Default)]
pub struct AddsForAnybody;

#[async_trait]
impl Sabotage for AddsForAnybody {
    async fn add_passkey(&self, to: &Ports, passkey: Passkey) -> Result<(), AddPasskeyError> {
        match to.passkeys.add(passkey).await {
            Err(AddPasskeyError::UserNotFound) => Ok(()),
            outcome => outcome,
        }
    }
}

/// The others were looked at before.
#[derive(Debug, Default)]
pub struct ChecksHandlesThenAdds;

#[async_trait]
impl Sabotage for ChecksHandlesThenAdds {
    async fn add_passkey(&self, to: &Ports, passkey: Passkey) -> Result<(), AddPasskeyError> {
        let is_first = to.passkeys.list_of(passkey.user_id).await.is_ok_and(|own| own.is_empty());
        gap().await;
        match to.passkeys.add(passkey).await {
            Err(AddPasskeyError::HandleDiffers) if is_first => Ok(()),
            outcome => outcome,
        }
    }
}

/// A duplicate that is an error.
#[derive(Debug, Default)]
pub struct RefusesTheSamePasskeyAgain;

#[async_trait]
impl Sabotage for RefusesTheSamePasskeyAgain {
    async fn add_passkey(&self, to: &Ports, passkey: Passkey) -> Result<(), AddPasskeyError> {
        if to.passkeys.find(&passkey.id).await.is_ok_and(|found| found.is_some()) {
            return Err(AddPasskeyError::CredentialTaken);
        }
        to.passkeys.add(passkey).await
    }
}

/// A column of signed 32-bit integers.
#[derive(Debug, Default)]
pub struct CutsCounters;

#[async_trait]
impl Sabotage for CutsCounters {
    async fn add_passkey(&self, to: &Ports, passkey: Passkey) -> Result<(), AddPasskeyError> {
        to.passkeys.add(Passkey { counter: passkey.counter & 0x7fff_ffff, ..passkey }).await
    }
}

/// A column that is filled with zeros, and compared without them.
#[derive(Debug, Default)]
pub struct ComparesIdsWithoutTheirZeros {
    known: Mutex<Vec<Passkey>>,
}

#[async_trait]
impl Sabotage for ComparesIdsWithoutTheirZeros {
    async fn add_passkey(&self, to: &Ports, passkey: Passkey) -> Result<(), AddPasskeyError> {
        lock(&self.known).push(passkey.clone());
        to.passkeys.add(passkey).await
    }

    async fn find_passkey(&self, _: &Ports, id: &CredentialId) -> Result<Option<Passkey>, ReadError> {
        fn trimmed(id: &CredentialId) -> &[u8] {
            let zeros = id.as_bytes().iter().rev().take_while(|byte| **byte == 0).count();
            &id.as_bytes()[..id.as_bytes().len() - zeros]
        }
        Ok(lock(&self.known).iter().find(|passkey| trimmed(&passkey.id) == trimmed(id)).cloned())
    }
}

/// A row that does not parse is taken for none.
#[derive(Debug, Default)]
pub struct CallsBadPasskeysAbsent;

#[async_trait]
impl Sabotage for CallsBadPasskeysAbsent {
    async fn find_passkey(&self, to: &Ports, id: &CredentialId) -> Result<Option<Passkey>, ReadError> {
        match to.passkeys.find(id).await {
            Err(ReadError::Corrupt(_)) => Ok(None),
            outcome => outcome,
        }
    }
}

/// The order of the primary key.
#[derive(Debug, Default)]
pub struct ListsPasskeysByTheirIds;

#[async_trait]
impl Sabotage for ListsPasskeysByTheirIds {
    async fn list_passkeys(&self, to: &Ports, user: UserId) -> Result<Vec<Passkey>, ReadError> {
        let mut listed = to.passkeys.list_of(user).await?;
        listed.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(listed)
    }
}

/// The counter was as expected when it was looked up.
#[derive(Debug, Default)]
pub struct ChecksCountersThenRecords;

#[async_trait]
impl Sabotage for ChecksCountersThenRecords {
    async fn record_use(&self, to: &Ports, used: PasskeyUse) -> Result<bool, WriteError> {
        let stored = to.passkeys.find(&used.id).await.ok().flatten();
        let is_expected = stored.is_some_and(|passkey| passkey.counter == used.expected);
        gap().await;
        Ok(to.passkeys.record_use(used).await? || is_expected)
    }
}

/// There were others when they were counted.
#[derive(Debug, Default)]
pub struct CountsPasskeysThenRemoves;

#[async_trait]
impl Sabotage for CountsPasskeysThenRemoves {
    async fn remove_passkey(&self, to: &Ports, user: UserId, id: &CredentialId) -> Result<PasskeyRemoval, WriteError> {
        let has_others = to.passkeys.list_of(user).await.is_ok_and(|listed| listed.len() > 1);
        gap().await;
        match to.passkeys.remove(user, id).await {
            Ok(PasskeyRemoval::Last) if has_others => Ok(PasskeyRemoval::Removed),
            outcome => outcome,
        }
    }
}

/// A condition that was forgotten.
#[derive(Debug, Default)]
pub struct RemovesAnybodysPasskeys;

#[async_trait]
impl Sabotage for RemovesAnybodysPasskeys {
    async fn remove_passkey(&self, to: &Ports, user: UserId, id: &CredentialId) -> Result<PasskeyRemoval, WriteError> {
        let owner = to.passkeys.find(id).await.ok().flatten().map_or(user, |passkey| passkey.user_id);
        to.passkeys.remove(owner, id).await
    }
}
