//! Which named requests are being worked on in this process.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::{IdempotencyKey, UserId};

type Named = (UserId, IdempotencyKey);

/// The requests under way. Two nodes may both work on one request: then the store lets one of them win.
#[derive(Debug, Default, Clone)]
pub(super) struct InProgress(Arc<Mutex<HashSet<Named>>>);

impl InProgress {
    /// Marks a request as under way until the claim is dropped; `None` when it is under way already.
    pub(super) fn claim(&self, caller: UserId, key: &IdempotencyKey) -> Option<Claim> {
        let named = (caller, key.clone());
        let is_new = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(named.clone());
        is_new.then(|| Claim { all: self.clone(), named })
    }
}

#[derive(Debug)]
pub(super) struct Claim {
    all: InProgress,
    named: Named,
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.named);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::open::tests::user_id;

    #[test]
    fn a_claim_is_exclusive_per_caller_until_it_is_dropped() {
        let in_progress = InProgress::default();
        let key = IdempotencyKey::parse("k").unwrap();
        let claim = in_progress.claim(user_id(1), &key);
        assert!(claim.is_some());
        assert!(in_progress.claim(user_id(1), &key).is_none());
        assert!(in_progress.claim(user_id(2), &key).is_some());
        drop(claim);
        assert!(in_progress.claim(user_id(1), &key).is_some());
    }
}
