//! An authenticator and a browser that know nothing of Parlour: the `passkey` crates.

use actix_web::test::TestRequest;
use async_trait::async_trait;
use passkey::authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientData};
use passkey::crypto::AvailableBackend;
use passkey_types::Passkey;
use passkey_types::ctap2::{Aaguid, Ctap2Error};
use passkey_types::webauthn::{CredentialCreationOptions, CredentialRequestOptions};
use serde_json::{Value, json};
use url::Url;

use crate::world::{Answer, PAGE, World};

/// A device with room for one passkey, in a browser that shows a page.
pub(crate) struct Device {
    page: Url,
    counts: bool,
    /// What it holds; a test may turn it back to what it was.
    pub(crate) held: Option<Passkey>,
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
    /// A device that counts its signatures and shows our page.
    pub(crate) fn new() -> Self {
        Self { page: Url::parse(PAGE).unwrap(), counts: true, held: None }
    }

    /// A device whose signatures are not counted, like those that synchronise their passkeys.
    pub(crate) fn without_counter() -> Self {
        Self { counts: false, ..Self::new() }
    }

    pub(crate) fn show(&mut self, page: &str) {
        self.page = Url::parse(page).unwrap();
    }

    /// What `navigator.credentials.create` gives for these options; nothing when the device refuses.
    pub(crate) async fn create(&mut self, options: &Value) -> Option<Value> {
        let options: CredentialCreationOptions = serde_json::from_value(json!({ "publicKey": options })).unwrap();
        let mut client = Client::new(self.authenticator());
        let made = client.register(&self.page, options, DefaultClientData).await.ok()?;
        self.held = client.authenticator().store().clone();
        Some(serde_json::to_value(made).unwrap())
    }

    /// What `navigator.credentials.get` gives for these options.
    pub(crate) async fn get(&mut self, options: &Value) -> Value {
        let options: CredentialRequestOptions = serde_json::from_value(json!({ "publicKey": options })).unwrap();
        let mut client = Client::new(self.authenticator());
        let signed = client.authenticate(&self.page, options, DefaultClientData).await.unwrap();
        self.held = client.authenticator().store().clone();
        serde_json::to_value(signed).unwrap()
    }

    fn authenticator(&self) -> Authenticator<Option<Passkey>, Finger, AvailableBackend> {
        let mut authenticator = Authenticator::new(Aaguid::new_empty(), self.held.clone(), Finger, AvailableBackend);
        authenticator.set_make_credentials_with_signature_counter(self.counts);
        authenticator
    }
}

pub(crate) fn post(path: &str, body: &Value) -> TestRequest {
    TestRequest::post().uri(path).set_json(body)
}

/// The token in the cookie that an answer sets.
pub(crate) fn token_of(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie").unwrap();
    let token = cookie.strip_prefix("chat_session=").unwrap().split(';').next().unwrap();
    token.to_owned()
}

pub(crate) fn bearer(token: &str) -> (&'static str, String) {
    ("Authorization", format!("Bearer {token}"))
}

impl World {
    /// The answer to a beginning, which succeeds.
    pub(crate) async fn begin(&self, path: &str, body: &Value) -> Value {
        let answer = self.send(post(path, body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    pub(crate) async fn begin_registration(&self, username: &str) -> Value {
        self.begin("/auth/register/begin", &json!({"username": username, "display_name": username})).await
    }

    pub(crate) async fn begin_sign_in(&self) -> Value {
        self.begin("/auth/authenticate/begin", &json!({})).await
    }

    pub(crate) async fn complete_registration(&self, username: &str, credential: &Value) -> Answer {
        self.send(post("/auth/register/complete", &json!({"username": username, "credential": credential}))).await
    }

    pub(crate) async fn complete_sign_in(&self, credential: &Value) -> Answer {
        self.send(post("/auth/authenticate/complete", &json!({ "credential": credential }))).await
    }

    /// Registers somebody with a device, and gives the answer.
    pub(crate) async fn register(&self, username: &str, device: &mut Device) -> Answer {
        let made = device.create(&self.begin_registration(username).await).await.unwrap();
        let answer = self.complete_registration(username, &made).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer
    }

    /// Signs whoever's passkey is on the device in, and gives the answer.
    pub(crate) async fn sign_in(&self, device: &mut Device) -> Answer {
        let signed = device.get(&self.begin_sign_in().await).await;
        self.complete_sign_in(&signed).await
    }

    /// Options to add a passkey.
    pub(crate) async fn begin_addition(&self, token: &str) -> Value {
        let answer = self.send(TestRequest::post().uri("/auth/passkeys/begin").insert_header(bearer(token))).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    pub(crate) async fn complete_addition(&self, token: &str, credential: &Value, name: &str) -> Answer {
        let body = json!({"credential": credential, "device_name": name});
        self.send(post("/auth/passkeys/complete", &body).insert_header(bearer(token))).await
    }

    /// The passkeys of the one who has that token.
    pub(crate) async fn passkeys(&self, token: &str) -> Vec<Value> {
        let answer = self.send(TestRequest::get().uri("/auth/passkeys").insert_header(bearer(token))).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["passkeys"].as_array().unwrap().clone()
    }

    pub(crate) async fn remove_passkey(&self, token: &str, id: &Value) -> Answer {
        let path = format!("/auth/passkeys/{}", id.as_str().unwrap());
        self.send(TestRequest::delete().uri(&path).insert_header(bearer(token))).await
    }
}
