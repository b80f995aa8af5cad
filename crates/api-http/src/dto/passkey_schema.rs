//! The schemas of the bodies of ceremonies.

use std::borrow::Cow;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use super::create_room_schema::short_line;
use super::passkey::{
    AddPasskeyRequest, BeginAuthenticationRequest, BeginRegistrationRequest, CompleteAuthenticationRequest,
    CompleteRegistrationRequest,
};

/// Names a schema and says how it is built.
macro_rules! schemas {
    ($($request:ty => $name:literal, $schema:expr;)+) => {$(
        impl ToSchema for $request {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }
        }

        impl PartialSchema for $request {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }
    )+};
}

schemas! {
    BeginRegistrationRequest => "BeginRegistration", described("Who registers.")
        .property("username", username(Type::String)).required("username")
        .property("display_name", display_name()).required("display_name");
    CompleteRegistrationRequest => "CompleteRegistration", described("What the authenticator made, and for whom.")
        .property("username", username(Type::String)).required("username")
        .property("credential", made()).required("credential")
        .property("device_name", device_name());
    BeginAuthenticationRequest => "BeginAuthentication", described("Who signs in; without a name, anybody.")
        .property("username", username(nullable()));
    CompleteAuthenticationRequest => "CompleteAuthentication", described("What the authenticator signed.")
        .property("credential", signed()).required("credential");
    AddPasskeyRequest => "AddPasskey", described("What the authenticator made.")
        .property("credential", made()).required("credential")
        .property("device_name", device_name());
}

/// `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON`.
pub(crate) struct OptionsDto;

impl ToSchema for OptionsDto {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("CeremonyOptions")
    }
}

impl PartialSchema for OptionsDto {
    fn schema() -> RefOr<Schema> {
        let description = "What a page gives to `PublicKeyCredential.parseCreationOptionsFromJSON` or \
                           `parseRequestOptionsFromJSON` (Web Authentication Level 3, section 5.1).";
        let challenge = ObjectBuilder::new().schema_type(Type::String).min_length(Some(43)).max_length(Some(43));
        described(description).property("challenge", challenge).required("challenge").into()
    }
}

fn described(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().description(Some(description))
}

fn nullable() -> SchemaType {
    SchemaType::from_iter([Type::String, Type::Null])
}

fn username(schema_type: impl Into<SchemaType>) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(schema_type).min_length(Some(3)).max_length(Some(50))
}

fn display_name() -> ObjectBuilder {
    short_line(Type::String)
}

fn device_name() -> ObjectBuilder {
    let description = "What the passkey is to be called; without it, Passkey.";
    short_line(nullable()).description(Some(description))
}

fn made() -> ObjectBuilder {
    described(
        "`RegistrationResponseJSON` (Web Authentication Level 3, section 5.1): what `toJSON` of the new credential gives.",
    )
}

fn signed() -> ObjectBuilder {
    described(
        "`AuthenticationResponseJSON` (Web Authentication Level 3, section 5.1): what `toJSON` of the credential gives.",
    )
}
