//! What names a passkey, and what names its user to the authenticator.

use std::fmt;

/// Why bytes are no [`CredentialId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {} bytes", CredentialId::LONGEST)]
pub struct InvalidCredentialId;

/// A credential id: 1 to 1,023 bytes that the authenticator chose (Web Authentication, section 4). It is compared byte by
/// byte; `Debug` and `Display` show it in hexadecimal digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CredentialId(Vec<u8>);

impl CredentialId {
    /// The most bytes that an id may have.
    pub const LONGEST: usize = 1_023;

    /// Takes the bytes as the authenticator gave them.
    ///
    /// # Errors
    /// [`InvalidCredentialId`] when there are none or too many.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, InvalidCredentialId> {
        if bytes.is_empty() || bytes.len() > Self::LONGEST {
            return Err(InvalidCredentialId);
        }
        Ok(Self(bytes))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for CredentialId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for CredentialId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "CredentialId({self})")
    }
}

/// Why bytes are no [`UserHandle`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have {} bytes", UserHandle::LENGTH)]
pub struct InvalidUserHandle;

/// What an authenticator calls a user: 64 random bytes, so that nobody learns from it who it is (Web Authentication,
/// section 14.6.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct UserHandle([u8; UserHandle::LENGTH]);

impl UserHandle {
    const LENGTH: usize = 64;

    /// Wraps 64 bytes from a cryptographically secure source.
    #[must_use]
    pub const fn from_random_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// Reads what a store kept or an authenticator sent.
    ///
    /// # Errors
    /// [`InvalidUserHandle`] when it has another length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidUserHandle> {
        bytes.try_into().map(Self).map_err(|_| InvalidUserHandle)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

impl fmt::Debug for UserHandle {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("UserHandle(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_between_1_and_1023_bytes() {
        assert_eq!(CredentialId::from_bytes(Vec::new()), Err(InvalidCredentialId));
        assert_eq!(CredentialId::from_bytes(vec![0; 1_024]), Err(InvalidCredentialId));
        assert_eq!(CredentialId::from_bytes(vec![0xab; 1_023]).unwrap().as_bytes().len(), 1_023);
        assert_eq!(CredentialId::from_bytes(vec![0x0a, 0xff]).unwrap().to_string(), "0aff");
    }

    #[test]
    fn a_handle_has_64_bytes() {
        assert_eq!(UserHandle::from_bytes(&[1; 63]), Err(InvalidUserHandle));
        assert_eq!(UserHandle::from_bytes(&[1; 64]), Ok(UserHandle::from_random_bytes([1; 64])));
    }
}
