//! Passkeys and the bodies of their ceremonies.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parlour_domain::{CredentialResponse, DisplayName, Passkey, PasskeyName, Username};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::extract::{FieldErrors, Given, JsonObject};
use crate::problem::Problem;

/// A passkey of the caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Passkey)]
pub(crate) struct PasskeyDto {
    /// The credential id in base64url.
    #[schema(pattern = "^[A-Za-z0-9_-]+$", example = "q83vEjRWeJA")]
    id: String,
    #[schema(min_length = 1, max_length = 100, example = "work laptop")]
    name: String,
    #[schema(format = DateTime, example = "2026-11-22T18:00:00.123456Z")]
    created_at: String,
    /// When somebody last signed in with it.
    #[schema(format = DateTime, required = true, example = "2026-11-23T08:00:00Z")]
    last_used_at: Option<String>,
}

impl From<Passkey> for PasskeyDto {
    fn from(passkey: Passkey) -> Self {
        Self {
            id: URL_SAFE_NO_PAD.encode(passkey.id.as_bytes()),
            name: passkey.name.to_string(),
            created_at: passkey.created_at.to_string(),
            last_used_at: passkey.last_used_at.map(|at| at.to_string()),
        }
    }
}

/// The caller's passkeys.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasskeyList)]
pub(crate) struct PasskeyListDto {
    passkeys: Vec<PasskeyDto>,
}

impl From<Vec<Passkey>> for PasskeyListDto {
    fn from(passkeys: Vec<Passkey>) -> Self {
        Self { passkeys: passkeys.into_iter().map(PasskeyDto::from).collect() }
    }
}

/// The body of `POST /auth/register/begin`.
pub(crate) struct BeginRegistrationRequest {
    pub(crate) username: Username,
    pub(crate) display_name: DisplayName,
}

impl BeginRegistrationRequest {
    /// Reads who wants to register.
    ///
    /// # Errors
    /// The problem `malformed-request` with every missing or invalid field.
    pub(crate) fn parse(mut object: JsonObject) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let username = read_username(&mut object, &mut errors);
        let display_name = errors.read("display_name", object.take("display_name"), |value| {
            DisplayName::parse(text(&value)?).map_err(|fault| fault.to_string())
        });
        let (username, display_name) =
            (errors.require("username", username), errors.require("display_name", display_name));
        let both = errors.into_value(username.zip(display_name))?;
        Ok(Self { username: both.0, display_name: both.1 })
    }
}

/// The body of `POST /auth/register/complete`.
pub(crate) struct CompleteRegistrationRequest {
    pub(crate) username: Username,
    pub(crate) response: CredentialResponse,
    pub(crate) passkey_name: PasskeyName,
}

impl CompleteRegistrationRequest {
    /// Reads what the authenticator made and for whom.
    ///
    /// # Errors
    /// The problem `malformed-request` with every missing or invalid field.
    pub(crate) fn parse(mut object: JsonObject) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let username = read_username(&mut object, &mut errors);
        let username = errors.require("username", username);
        let made = MadePasskey::read(&mut object, &mut errors);
        let (username, MadePasskey { response, name }) = errors.into_value(username.zip(made))?;
        Ok(Self { username, response, passkey_name: name })
    }
}

/// The body of `POST /auth/authenticate/begin`.
pub(crate) struct BeginAuthenticationRequest {
    pub(crate) username: Option<Username>,
}

impl BeginAuthenticationRequest {
    /// Reads who wants to sign in, if they say.
    ///
    /// # Errors
    /// The problem `malformed-request` when that can be nobody's name.
    pub(crate) fn parse(mut object: JsonObject) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let username = read_username(&mut object, &mut errors);
        errors.into_result()?;
        Ok(Self { username: username.valid().cloned() })
    }
}

/// The body of `POST /auth/authenticate/complete`.
pub(crate) struct CompleteAuthenticationRequest {
    pub(crate) response: CredentialResponse,
}

impl CompleteAuthenticationRequest {
    /// Reads what the authenticator signed.
    ///
    /// # Errors
    /// The problem `malformed-request` when there is nothing.
    pub(crate) fn parse(mut object: JsonObject) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let response = read_response(&mut object, &mut errors);
        errors.into_value(response.map(|response| Self { response }))
    }
}

/// The body of `POST /auth/passkeys/complete`.
pub(crate) struct AddPasskeyRequest(pub(crate) MadePasskey);

impl AddPasskeyRequest {
    /// Reads what the authenticator made.
    ///
    /// # Errors
    /// The problem `malformed-request` with every missing or invalid field.
    pub(crate) fn parse(mut object: JsonObject) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let made = MadePasskey::read(&mut object, &mut errors);
        errors.into_value(made.map(Self))
    }
}

/// What an authenticator made, and what its user calls it.
pub(crate) struct MadePasskey {
    pub(crate) response: CredentialResponse,
    pub(crate) name: PasskeyName,
}

impl MadePasskey {
    fn read(object: &mut JsonObject, errors: &mut FieldErrors) -> Option<Self> {
        let response = read_response(object, errors);
        let name = errors.read("device_name", object.take("device_name"), |value| {
            PasskeyName::parse(text(&value)?).map_err(|fault| fault.to_string())
        });
        response.map(|response| Self { response, name: name.valid().cloned().unwrap_or_default() })
    }
}

fn read_username(object: &mut JsonObject, errors: &mut FieldErrors) -> Given<Username> {
    errors.read("username", object.take("username"), |value| {
        Username::parse(text(&value)?).map_err(|fault| fault.to_string())
    })
}

fn read_response(object: &mut JsonObject, errors: &mut FieldErrors) -> Option<CredentialResponse> {
    let response = errors.read("credential", object.take("credential"), |value| {
        let json = value.is_object().then(|| value.to_string());
        json.map(CredentialResponse::from_json).ok_or("must be an object")
    });
    errors.require("credential", response)
}

fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| "must be a string".to_owned())
}
