//! The id of a passkey in a path.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parlour_domain::CredentialId;

use crate::problem::Problem;

/// The passkey that the path names in base64url. A name that no passkey can have gets the same answer as one that none has.
#[derive(Debug, Clone)]
pub(crate) struct PasskeyIdInPath(pub(crate) CredentialId);

impl FromRequest for PasskeyIdInPath {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let segment = web::Path::<String>::from_request(request, payload).into_inner();
        let bytes = segment.ok().and_then(|segment| URL_SAFE_NO_PAD.decode(&*segment).ok());
        let id = bytes.and_then(|bytes| CredentialId::from_bytes(bytes).ok());
        ready(id.map(Self).ok_or_else(Problem::passkey_not_found))
    }
}
