//! What a deployment says of its identity provider.

use std::time::Duration;

use jsonwebtoken::Algorithm;

use crate::source::KeySource;

/// What a deployment says of its identity provider.
#[derive(Debug, Clone)]
pub struct JwtConfig {
    /// Who issues the tokens: the claim `iss`, compared byte by byte.
    pub issuer: String,
    /// For whom they are issued: one of these is in the claim `aud`.
    pub audiences: Vec<String>,
    /// Where the JWK set is: the path of a file, or a URL, `https` unless it is of this very machine.
    pub jwks: String,
    /// Signature algorithms (RFC 7518, section 3.1) that are accepted; those with a shared secret never are.
    pub algorithms: Vec<String>,
    /// How much the clocks of the provider and of this machine may differ.
    pub leeway: Duration,
}

/// Why no token could ever be verified with this.
#[derive(Debug, thiserror::Error)]
pub enum InvalidJwtConfig {
    /// The issuer is empty.
    #[error("issuer must not be empty")]
    Issuer,
    /// There is no audience, or an empty one.
    #[error("audience must not be empty")]
    Audience,
    /// An algorithm is unknown, or not of a public key, or there is none.
    #[error("algorithm {0:?} must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA")]
    Algorithm(String),
    /// The place of the keys is none.
    #[error("key set {place:?} {why}")]
    Place {
        /// What was given.
        place: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The file of the keys cannot be used.
    #[error("key set {place:?} {why}")]
    File {
        /// The path.
        place: String,
        /// What is wrong with it.
        why: String,
    },
}

/// A configuration that was read.
pub(crate) struct Rules {
    pub(crate) issuer: String,
    pub(crate) audiences: Vec<String>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) leeway: Duration,
}

impl JwtConfig {
    pub(crate) fn parse(self) -> Result<(Rules, KeySource), InvalidJwtConfig> {
        let Self { issuer, audiences, jwks, algorithms, leeway } = self;
        if issuer.is_empty() {
            return Err(InvalidJwtConfig::Issuer);
        }
        if audiences.is_empty() || audiences.iter().any(String::is_empty) {
            return Err(InvalidJwtConfig::Audience);
        }
        let algorithms = algorithms.iter().map(|name| algorithm(name)).collect::<Result<Vec<_>, _>>()?;
        if algorithms.is_empty() {
            return Err(InvalidJwtConfig::Algorithm(String::new()));
        }
        Ok((Rules { issuer, audiences, algorithms, leeway }, KeySource::parse(&jwks)?))
    }
}

/// A public key must never serve as the secret of an HMAC (RFC 8725, section 2.1), so those are no choice.
fn algorithm(name: &str) -> Result<Algorithm, InvalidJwtConfig> {
    match name.parse() {
        Ok(Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512) | Err(_) => {
            Err(InvalidJwtConfig::Algorithm(name.to_owned()))
        }
        Ok(algorithm) => Ok(algorithm),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(algorithms: &[&str], jwks: &str) -> JwtConfig {
        JwtConfig {
            issuer: "https://id.example".to_owned(),
            audiences: vec!["parlour".to_owned()],
            jwks: jwks.to_owned(),
            algorithms: algorithms.iter().map(ToString::to_string).collect(),
            leeway: Duration::from_secs(60),
        }
    }

    #[test]
    fn only_algorithms_of_public_keys_are_a_choice() {
        assert!(config(&["RS256", "PS512", "ES384", "EdDSA"], "keys.json").parse().is_ok());
        for name in ["HS256", "HS384", "HS512", "none", "None", "rs256", "", "ES512"] {
            assert!(matches!(config(&[name], "x").parse(), Err(InvalidJwtConfig::Algorithm(_))), "{name}");
        }
        assert!(matches!(config(&[], "x").parse(), Err(InvalidJwtConfig::Algorithm(_))));
    }

    #[test]
    fn an_empty_issuer_or_audience_is_refused() {
        let issuer = JwtConfig { issuer: String::new(), ..config(&["RS256"], "x") };
        assert!(matches!(issuer.parse(), Err(InvalidJwtConfig::Issuer)));
        for audiences in [vec![], vec![String::new()]] {
            let audience = JwtConfig { audiences, ..config(&["RS256"], "x") };
            assert!(matches!(audience.parse(), Err(InvalidJwtConfig::Audience)));
        }
    }

    #[test]
    fn keys_come_from_a_file_over_https_or_from_this_machine() {
        for place in [
            "keys.json",
            "/etc/keys.json",
            "https://id.example/jwks",
            "http://127.0.0.1:1/k",
            "http://[::1]/k",
            "http://localhost:9/k",
        ] {
            assert!(config(&["RS256"], place).parse().is_ok(), "{place}");
        }
        for place in [
            "",
            "http://id.example/jwks",
            "http://10.0.0.1/k",
            "ftp://id.example/k",
            "https://u:p@id.example/k",
            "http://localhost.evil.example/k",
            "https://",
        ] {
            assert!(matches!(config(&["RS256"], place).parse(), Err(InvalidJwtConfig::Place { .. })), "{place}");
        }
    }
}
