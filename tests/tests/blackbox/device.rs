//! An authenticator and a browser that know nothing of Parlour: the `passkey` crates.

use async_trait::async_trait;
use passkey::authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientData};
use passkey::crypto::AvailableBackend;
use passkey_types::Passkey;
use passkey_types::ctap2::{Aaguid, Ctap2Error};
use passkey_types::webauthn::{CredentialCreationOptions, CredentialRequestOptions};
use serde_json::{Value, json};
use url::Url;

/// A device with room for one passkey, in a browser that shows a page.
pub(crate) struct Device {
    page: Url,
    held: Option<Passkey>,
}

/// Somebody who touches the device, and is recognised by it as long as it asks.
struct Finger;

#[async_trait]
impl UserValidationMethod for Finger {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        _: UiHint<'a, Passkey>,
        _: bool,
        verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck { presence: true, verification })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

impl Device {
    pub(crate) fn on(page: &str) -> anyhow::Result<Self> {
        Ok(Self { page: Url::parse(page)?, held: None })
    }

    /// What `navigator.credentials.create` gives for these options.
    pub(crate) async fn create(&mut self, options: &Value) -> anyhow::Result<Value> {
        let options: CredentialCreationOptions = serde_json::from_value(json!({ "publicKey": options }))?;
        let mut client = Client::new(self.authenticator()).allows_insecure_localhost(true);
        let made = client.register(&self.page, options, DefaultClientData).await;
        let made = made.map_err(|error| anyhow::anyhow!("the device refuses: {error:?}"))?;
        self.held.clone_from(client.authenticator().store());
        Ok(serde_json::to_value(made)?)
    }

    /// What `navigator.credentials.get` gives for these options.
    pub(crate) async fn get(&mut self, options: &Value) -> anyhow::Result<Value> {
        let options: CredentialRequestOptions = serde_json::from_value(json!({ "publicKey": options }))?;
        let mut client = Client::new(self.authenticator()).allows_insecure_localhost(true);
        let signed = client.authenticate(&self.page, options, DefaultClientData).await;
        let signed = signed.map_err(|error| anyhow::anyhow!("the device refuses: {error:?}"))?;
        self.held.clone_from(client.authenticator().store());
        Ok(serde_json::to_value(signed)?)
    }

    fn authenticator(&self) -> Authenticator<Option<Passkey>, Finger, AvailableBackend> {
        let mut authenticator = Authenticator::new(Aaguid::new_empty(), self.held.clone(), Finger, AvailableBackend);
        authenticator.set_make_credentials_with_signature_counter(true);
        authenticator
    }
}
