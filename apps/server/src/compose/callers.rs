//! Who is let in: the holders of sessions, and those whom an identity provider vouches for.

use std::sync::Arc;

use anyhow::Context;
use parlour_auth_jwt::{JwtConfig, JwtVerifier};
use parlour_domain::SessionLifetime;
use parlour_domain::port::{Clock, IdSource, TokenVerifier};
use parlour_domain::usecase::{AdmitSubject, Authenticate, RegisterUser};

use crate::config::{JwtSettings, Settings};
use crate::store::Store;

/// What is known of callers before the stores are open.
pub(super) struct Callers {
    pub(super) lifetime: SessionLifetime,
    /// Whether nobody may register with a passkey.
    pub(super) registration_is_closed: bool,
    verifier: Option<Arc<dyn TokenVerifier>>,
    provisions: bool,
}

impl Callers {
    /// # Errors
    /// One line that says which setting cannot be.
    pub(super) async fn prepare(settings: &Settings, clock: &Arc<dyn Clock>) -> anyhow::Result<Self> {
        let JwtSettings { jwt_algorithms, jwt_leeway, jwt_provision, .. } = &settings.jwt;
        let lifetime = settings.sessions.lifetime()?;
        let issuer = settings.jwt.issuer()?;
        let registration_is_closed = settings.passkeys.is_registration_closed(issuer.is_some());
        let Some(issuer) = issuer else {
            return Ok(Self { lifetime, registration_is_closed, verifier: None, provisions: false });
        };
        let config = JwtConfig {
            issuer: issuer.name,
            audiences: issuer.audiences,
            jwks: issuer.jwks,
            algorithms: jwt_algorithms.clone(),
            leeway: *jwt_leeway,
        };
        let verifier = JwtVerifier::open(config, clock.clone()).await.context("identity provider")?;
        let verifier: Option<Arc<dyn TokenVerifier>> = Some(Arc::new(verifier));
        Ok(Self { lifetime, registration_is_closed, verifier, provisions: *jwt_provision })
    }

    pub(super) fn authenticate(self, users: &Store, clock: &Arc<dyn Clock>, ids: &Arc<dyn IdSource>) -> Authenticate {
        let authenticate = Authenticate::new(users.sessions.clone(), clock.clone()).with_lifetime(self.lifetime);
        let Some(verifier) = self.verifier else { return authenticate };
        let subjects = AdmitSubject::new(verifier, users.users.clone());
        authenticate.with_subjects(if self.provisions {
            subjects.provisioning(RegisterUser::new(users.users.clone(), clock.clone(), ids.clone()))
        } else {
            subjects
        })
    }
}
