//! Every algorithm that is offered is accepted, and nothing that only looks like it. Of these the `passkey` crate and browsers'
//! virtual authenticators, which the HTTP API is tested with, know a part alone.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod authenticator;

use ciborium::Value as Cbor;
use parlour_auth_webauthn::{RelyingPartySettings, WebauthnRelyingParty};
use parlour_domain::port::{BegunCeremony, NewCredential, PasskeyUser, RelyingParty, VerifiedUse, VerifyError};
use parlour_domain::{CredentialResponse, DisplayName, Passkey, PasskeyName, Timestamp, UserHandle, UserId, Username};
use serde_json::Value;
use uuid::Uuid;

use authenticator::{Authenticator, Key, ORIGIN, RP_ID, okp};

struct Party(WebauthnRelyingParty);

impl Party {
    fn new() -> Self {
        let settings = RelyingPartySettings::parse(RP_ID, "Parlour", &[ORIGIN.to_owned()]).unwrap();
        Self(WebauthnRelyingParty::new(&settings))
    }

    fn begin_registration(&self) -> BegunCeremony {
        let user = PasskeyUser {
            handle: UserHandle::from_random_bytes([1; 64]),
            username: Username::parse("alice").unwrap(),
            display_name: DisplayName::parse("Alice").unwrap(),
        };
        self.0.begin_registration(&user, &[]).unwrap()
    }

    fn register(&self, device: &Authenticator) -> Result<NewCredential, VerifyError> {
        let begun = self.begin_registration();
        self.0.finish_registration(&begun.state, &device.register(&json(&begun)))
    }

    fn registered(&self, device: &Authenticator) -> Passkey {
        passkey(self.register(device).unwrap())
    }

    fn sign_in(&self, device: &Authenticator, passkey: &Passkey) -> Result<VerifiedUse, VerifyError> {
        self.sign_in_as(passkey, |options| device.sign(options))
    }

    fn sign_in_as(
        &self,
        passkey: &Passkey,
        respond: impl FnOnce(&str) -> CredentialResponse,
    ) -> Result<VerifiedUse, VerifyError> {
        let begun = self.0.begin_authentication().unwrap();
        self.0.finish_authentication(&begun.state, &respond(&json(&begun)), passkey)
    }
}

fn json(begun: &BegunCeremony) -> String {
    begun.options.clone().into_json()
}

fn refused<T>(result: Result<T, VerifyError>) -> String {
    match result {
        Err(VerifyError::Refused(reason)) => reason.to_string(),
        Err(other) => panic!("another refusal: {other:?}"),
        Ok(_) => panic!("accepted"),
    }
}

#[test]
fn what_is_offered_is_what_the_authenticators_here_can_do() {
    let options: Value = serde_json::from_str(&json(&Party::new().begin_registration())).unwrap();
    let offered: Vec<_> =
        options["pubKeyCredParams"].as_array().unwrap().iter().map(|one| one["alg"].clone()).collect();
    let known: Vec<_> = Key::all().into_iter().map(|(number, _)| Value::from(number)).collect();
    assert_eq!(offered, known);
}

#[test]
fn a_passkey_of_each_algorithm_is_made_and_signs_in_again_and_again() {
    let party = Party::new();
    for (number, key) in Key::all() {
        let mut device = Authenticator::new(key);
        let mut passkey = party.registered(&device);
        for counter in 2..4 {
            device.counter = counter;
            let verified = party.sign_in(&device, &passkey).unwrap_or_else(|error| panic!("{number}: {error:?}"));
            assert_eq!(verified.counter, counter);
            (passkey.counter, passkey.material) = (verified.counter, verified.material);
        }
        assert!(matches!(party.sign_in(&device, &passkey), Err(VerifyError::CounterWentBack)), "{number}");
    }
}

#[test]
fn a_signature_of_another_key_or_of_other_bytes_is_refused() {
    let party = Party::new();
    for ((number, key), (_, other)) in Key::all().into_iter().zip(Key::all()) {
        let mut device = Authenticator::new(key);
        let passkey = party.registered(&device);
        device.counter = 2;
        refused(party.sign_in_as(&passkey, |options| device.sign_as(options, |message| other.sign(message))));
        let altered = |message: &[u8]| device.key.sign(&[message, b"!"].concat());
        refused(party.sign_in_as(&passkey, |options| device.sign_as(options, altered)));
        refused(party.sign_in_as(&passkey, |options| device.sign_as(options, |_| Vec::new())));
        assert!(party.sign_in(&device, &passkey).is_ok(), "{number}");
    }
}

#[test]
fn a_good_signature_does_not_make_up_for_anything_else() {
    let party = Party::new();
    for (_, key) in Key::all() {
        let mut device = Authenticator::new(key);
        let passkey = party.registered(&device);
        device.counter = 2;
        let begun = party.0.begin_authentication().unwrap();
        let of_another_challenge = device.sign(&json(&begun));
        refused(party.sign_in_as(&passkey, |_| of_another_challenge));
        device.origin = "https://evil.example";
        refused(party.sign_in(&device, &passkey));
        refused(party.register(&device));
        (device.origin, device.is_in_foreign_frame) = (ORIGIN, true);
        refused(party.sign_in(&device, &passkey));
        refused(party.register(&device));
        (device.is_in_foreign_frame, device.rp_id) = (false, "evil.example");
        refused(party.sign_in(&device, &passkey));
        refused(party.register(&device));
        device.rp_id = RP_ID;
        let device = device.without_verification();
        refused(party.sign_in(&device, &passkey));
        refused(party.register(&device));
    }
}

#[test]
fn an_ed25519_key_may_attest_itself_and_nothing_else_may() {
    let party = Party::new();
    let device = Authenticator::new(Key::ed_dsa());
    let packed = |signature: Vec<u8>| {
        let entries = vec![("alg".into(), (-8).into()), ("sig".into(), Cbor::Bytes(signature))];
        ("packed", Cbor::Map(entries))
    };
    let attested = |attest: &dyn Fn(&[u8]) -> (&'static str, Cbor)| {
        let begun = party.begin_registration();
        let response = device.register_as(&json(&begun), &device.key.cose(), attest);
        party.0.finish_registration(&begun.state, &response)
    };
    assert!(attested(&|message| packed(device.key.sign(message))).is_ok());
    assert!(refused(attested(&|message| packed(Key::ed_dsa().sign(message)))).contains("signature"));
    assert!(refused(attested(&|_| ("fido-u2f", Cbor::Map(Vec::new())))).contains("fido-u2f"));
    assert!(
        refused(attested(&|message| {
            let (format, statement) = packed(device.key.sign(message));
            let mut entries = statement.into_map().unwrap();
            entries.push(("x5c".into(), Cbor::Array(Vec::new())));
            (format, Cbor::Map(entries))
        }))
        .contains("packed")
    );
}

#[test]
fn a_key_of_another_length_is_refused() {
    let party = Party::new();
    let device = Authenticator::new(Key::ed_dsa());
    for x in [Vec::new(), vec![0; 31], vec![0; 33], vec![0; 57]] {
        let begun = party.begin_registration();
        let none = |_: &[u8]| ("none", Cbor::Map(Vec::new()));
        let response = device.register_as(&json(&begun), &okp(&x), none);
        assert!(refused(party.0.finish_registration(&begun.state, &response)).contains("key is not one"), "{x:?}");
    }
}

/// What the user store would keep of it.
fn passkey(made: NewCredential) -> Passkey {
    Passkey {
        id: made.id,
        user_id: UserId::from_uuid(Uuid::nil()),
        user_handle: UserHandle::from_random_bytes([1; 64]),
        name: PasskeyName::parse("Key").unwrap(),
        material: made.material,
        counter: made.counter,
        created_at: Timestamp::from_micros(0).unwrap(),
        last_used_at: None,
    }
}
