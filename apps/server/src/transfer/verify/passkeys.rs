//! Passkeys.

use std::collections::BTreeMap;

use parlour_domain::port::ReadError;
use parlour_domain::{ArchiveKey, ArchiveRecord, Passkey, Unit, UserId};

use super::Check;
use super::people::Standing;

impl Check<'_> {
    /// Each has its user, and is found by its id and among its user's.
    pub(super) async fn passkeys(&mut self) -> Result<(), ReadError> {
        let mut walk = self.walk(Unit::Passkeys).await?;
        while let Some(page) = self.parsed_page(&mut walk).await? {
            let passkeys: Vec<Passkey> = page
                .into_iter()
                .filter_map(|record| match record {
                    ArchiveRecord::Passkey(passkey) => Some(passkey),
                    _ => None,
                })
                .collect();
            let known = self.known_users(passkeys.iter().map(|passkey| passkey.user_id)).await?;
            for passkey in &passkeys {
                self.passkey(passkey, &known).await?;
            }
        }
        Ok(())
    }

    async fn passkey(&mut self, passkey: &Passkey, known: &BTreeMap<UserId, Standing>) -> Result<(), ReadError> {
        let (unit, key, user) = (Unit::Passkeys, ArchiveKey::Passkey(passkey.id.clone()), passkey.user_id);
        if !known.contains_key(&user) {
            self.found.add(unit, &key, format!("is of user {user}, who is not there"));
        }
        let by_id = self.store.passkeys.find(&passkey.id).await;
        if let Some(found) = self.found.answered(unit, &key, "looking it up", by_id)?
            && found.as_ref() != Some(passkey)
        {
            self.found.add(unit, &key, "is not what is found by its id");
        }
        let of_user = self.store.passkeys.list_of(user).await;
        if let Some(listed) = self.found.answered(unit, &key, "listing the user's passkeys", of_user)?
            && !listed.contains(passkey)
        {
            self.found.add(unit, &key, format!("is not among those of user {user}"));
        }
        Ok(())
    }
}
