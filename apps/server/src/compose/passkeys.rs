//! The use cases with passkeys.

use std::sync::Arc;

use parlour_auth_webauthn::{RelyingPartySettings, WebauthnRelyingParty};
use parlour_domain::SessionLifetime;
use parlour_domain::port::{Clock, IdSource};
use parlour_domain::usecase::{
    AddPasskey, Ceremonies, IssueSession, RegisterWithPasskey, RevokeSession, RotateSession, SignIn,
};

use crate::store::Store;

/// The use cases with ceremonies.
pub(super) struct Passkeys {
    pub(super) register: RegisterWithPasskey,
    pub(super) sign_in: SignIn,
    pub(super) add: AddPasskey,
}

impl Passkeys {
    pub(super) fn wire(
        users: &Store,
        relying_party: &RelyingPartySettings,
        lifetime: SessionLifetime,
        revoke: &Arc<RevokeSession>,
        clock: &Arc<dyn Clock>,
        ids: &Arc<dyn IdSource>,
    ) -> Self {
        let relying_party = Arc::new(WebauthnRelyingParty::new(relying_party));
        let ceremonies = || Ceremonies::new(relying_party.clone(), users.ceremonies.clone(), clock.clone());
        let (people, passkeys) = (|| users.users.clone(), || users.passkeys.clone());
        let issue = IssueSession::new(people(), users.sessions.clone(), clock.clone(), ids.clone());
        let rotate = RotateSession::new(Arc::new(issue.with_lifetime(lifetime)), revoke.clone());
        let register =
            RegisterWithPasskey::new(people(), passkeys(), ceremonies(), rotate.clone(), clock.clone(), ids.clone());
        let sign_in = SignIn::new(people(), passkeys(), ceremonies(), rotate, clock.clone());
        let add = AddPasskey::new(people(), passkeys(), ceremonies(), clock.clone(), ids.clone());
        Self { register, sign_in, add }
    }
}
