//! What ties the two halves of a ceremony together.

use std::sync::Arc;

use super::PasskeyError;
use crate::port::{BegunCeremony, CeremonyRepo, Clock, CredentialClaim, RelyingParty, Source, VerifyError};
use crate::{CEREMONY_LIFETIME, Ceremony, CeremonyKind, CeremonyOptions, CredentialResponse, UserId};

/// Keeps ceremonies between their halves: bound to what and for whom they were begun, taken once, and never late.
#[derive(Clone)]
pub struct Ceremonies {
    pub(super) relying_party: Arc<dyn RelyingParty>,
    kept: Arc<dyn CeremonyRepo>,
    clock: Arc<dyn Clock>,
}

/// A ceremony whose second half has come.
#[derive(Debug)]
pub(super) struct Resumed<const N: usize> {
    /// What the response says of itself.
    pub(super) claim: CredentialClaim,
    /// For whom it was begun, as [`Ceremonies::keep`] was told.
    pub(super) subject: [String; N],
    /// What the relying party wanted to be kept.
    pub(super) state: Vec<u8>,
}

impl Ceremonies {
    /// Wires what all ceremonies share.
    #[must_use]
    pub fn new(relying_party: Arc<dyn RelyingParty>, kept: Arc<dyn CeremonyRepo>, clock: Arc<dyn Clock>) -> Self {
        Self { relying_party, kept, clock }
    }

    /// Keeps a ceremony for [`CEREMONY_LIFETIME`]. The subject's texts are without line breaks.
    pub(super) async fn keep<const N: usize>(
        &self,
        kind: CeremonyKind,
        subject: [&str; N],
        begun: BegunCeremony,
    ) -> Result<CeremonyOptions, PasskeyError> {
        let BegunCeremony { challenge, options, state } = begun;
        let expires_at = self.clock.now().after(CEREMONY_LIFETIME);
        let state = join(subject, &state);
        self.kept.insert(Ceremony { challenge, kind, state, expires_at }).await?;
        Ok(options)
    }

    /// Takes the ceremony that a response answers: from now on nobody else can answer it.
    pub(super) async fn resume<const N: usize>(
        &self,
        kind: CeremonyKind,
        response: &CredentialResponse,
    ) -> Result<Resumed<N>, PasskeyError> {
        let claim = self.relying_party.read(kind, response)?;
        let Some(ceremony) = self.kept.take(&claim.challenge).await? else {
            return Err(refused("challenge is unknown or was answered already"));
        };
        if ceremony.kind != kind {
            return Err(refused("challenge is of another kind of ceremony"));
        }
        if ceremony.expires_at <= self.clock.now() {
            return Err(refused("challenge has expired"));
        }
        let (subject, state) = split(&ceremony.state).ok_or_else(|| corrupt("state of a ceremony"))?;
        Ok(Resumed { claim, subject, state: state.to_vec() })
    }
}

/// Tells the log why a response was not accepted, and of which user's passkey it claims to be if that is known.
pub(super) fn not_verified(error: VerifyError, user: Option<UserId>) -> PasskeyError {
    let user_id = user.map(tracing::field::display);
    match error {
        VerifyError::Refused(reason) => {
            tracing::info!(user_id, reason = &*reason as &dyn std::error::Error, "passkey refused");
            PasskeyError::Refused
        }
        VerifyError::CounterWentBack => {
            tracing::warn!(user_id, "passkey refused: its signature counter went back, so it may have been cloned");
            PasskeyError::Refused
        }
        VerifyError::Corrupt(source) => PasskeyError::Corrupt(source),
    }
}

/// The refusal whose reason only the log learns.
pub(super) fn refused(reason: &'static str) -> PasskeyError {
    tracing::info!(reason, "passkey refused");
    PasskeyError::Refused
}

pub(super) fn corrupt(what: &'static str) -> PasskeyError {
    PasskeyError::Corrupt(Source::from(format!("{what} does not parse")))
}

/// Each text of the subject on a line of its own, then the state.
fn join<const N: usize>(subject: [&str; N], state: &[u8]) -> Vec<u8> {
    let mut joined = Vec::new();
    for text in subject {
        joined.extend_from_slice(text.as_bytes());
        joined.push(b'\n');
    }
    joined.extend_from_slice(state);
    joined
}

fn split<const N: usize>(mut joined: &[u8]) -> Option<([String; N], &[u8])> {
    let mut subject = [const { String::new() }; N];
    for text in &mut subject {
        let end = joined.iter().position(|byte| *byte == b'\n')?;
        *text = str::from_utf8(&joined[..end]).ok()?.to_owned();
        joined = &joined[end + 1..];
    }
    Some((subject, joined))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_joined_is_split_into_the_same() {
        for subject in [["alice", "Ålice von Ö"], ["", ""]] {
            for state in [&b""[..], b"\n", b"{\n\"a\": 1}\xff\0"] {
                let joined = join(subject, state);
                assert_eq!(split(&joined), Some((subject.map(str::to_owned), state)));
            }
        }
        assert_eq!(split::<2>(b"alice\nAlice"), None);
        assert_eq!(split::<1>(b"\xff\n"), None);
    }
}
