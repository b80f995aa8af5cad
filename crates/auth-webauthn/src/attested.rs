//! Reading an attestation object (Web Authentication Level 3, section 6.5) as far as the credential's public key, and writing
//! it again with another.

use ciborium::Value;

/// Up to the credential's id: hash of the relying party's id, flags, counter, AAGUID (section 6.1), then the id's length.
const BEFORE_ID_LENGTH: usize = 32 + 1 + 4 + 16;
const ID_LENGTH: usize = 2;

/// An attestation object that holds a credential's public key.
pub(crate) struct Attested {
    /// What the attestation statement is written in.
    pub(crate) format: String,
    /// The authenticator's data, key and all.
    pub(crate) data: Vec<u8>,
    /// The credential's public key, a `COSE_Key`.
    pub(crate) key: Value,
    statement: Value,
    before_key: Vec<u8>,
    after_key: Vec<u8>,
}

impl Attested {
    /// Nothing when that is no attestation object with a key.
    pub(crate) fn parse(object: &[u8]) -> Option<Self> {
        let object: Value = ciborium::from_reader(object).ok()?;
        let format = entry(&object, |key| key.as_text() == Some("fmt"))?.as_text()?.to_owned();
        let statement = entry(&object, |key| key.as_text() == Some("attStmt"))?.clone();
        let data = entry(&object, |key| key.as_text() == Some("authData"))?.as_bytes()?.clone();
        let id_length = data.get(BEFORE_ID_LENGTH..BEFORE_ID_LENGTH + ID_LENGTH)?;
        let id_length = usize::from(u16::from_be_bytes(id_length.try_into().ok()?));
        let (before_key, mut rest) = data.split_at_checked(BEFORE_ID_LENGTH + ID_LENGTH + id_length)?;
        // The reader stops behind the key; extensions may follow.
        let key: Value = ciborium::from_reader(&mut rest).ok()?;
        let (before_key, after_key) = (before_key.to_vec(), rest.to_vec());
        Some(Self { format, data, key, statement, before_key, after_key })
    }

    /// The signature of a statement in the packed form that the credential's own key has made (section 8.2).
    pub(crate) fn self_signature(&self) -> Option<Vec<u8>> {
        let is_of_another_key = entry(&self.statement, |key| key.as_text() == Some("x5c")).is_some();
        let is_eddsa = entry(&self.statement, |key| key.as_text() == Some("alg"))?.as_integer() == Some((-8).into());
        let signature = entry(&self.statement, |key| key.as_text() == Some("sig"))?.as_bytes()?;
        (is_eddsa && !is_of_another_key).then(|| signature.clone())
    }

    pub(crate) fn replace_key(&mut self, key: Value) {
        self.data = [self.before_key.as_slice(), &written(&key), &self.after_key].concat();
        self.key = key;
    }

    /// The object with the form "none" (section 8.7).
    pub(crate) fn without_statement(&self) -> Vec<u8> {
        written(&Value::Map(vec![
            ("fmt".into(), "none".into()),
            ("attStmt".into(), Value::Map(Vec::new())),
            ("authData".into(), Value::Bytes(self.data.clone())),
        ]))
    }
}

/// An entry of a `COSE_Key`, by its label.
pub(crate) fn key_entry(key: &Value, label: i64) -> Option<&Value> {
    entry(key, |key| key.as_integer() == Some(label.into()))
}

fn entry(map: &Value, is_it: impl Fn(&Value) -> bool) -> Option<&Value> {
    map.as_map()?.iter().find(|(key, _)| is_it(key)).map(|(_, value)| value)
}

fn written(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A Vec takes all bytes, and these values are made of what CBOR has.
    let done = ciborium::into_writer(value, &mut bytes);
    debug_assert!(done.is_ok());
    bytes
}
