//! Whose tokens are believed besides sessions.

use std::time::Duration;

use anyhow::bail;
use clap::Args;
use clap::builder::FalseyValueParser;

const MOST_LEEWAY: Duration = Duration::from_secs(10 * 60);

/// Whose tokens are believed besides sessions.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Identity provider")]
pub(crate) struct JwtSettings {
    /// Issuer (iss) of the JWTs that are accepted besides sessions; goes together with --jwt-audience and --jwt-jwks.
    #[arg(long, env = "PARLOUR_JWT_ISSUER", value_name = "TEXT", global = true)]
    pub(crate) jwt_issuer: Option<String>,
    /// Audience (aud) that a JWT has to be for; may be repeated, or separated by commas, and one of them is enough.
    #[arg(long, env = "PARLOUR_JWT_AUDIENCE", value_name = "TEXT", value_delimiter = ',', global = true)]
    pub(crate) jwt_audience: Vec<String>,
    /// JWK set with the issuer's public keys: a file, or a URL that begins with https:// (http:// on this machine).
    #[arg(long, env = "PARLOUR_JWT_JWKS", value_name = "PLACE", global = true)]
    pub(crate) jwt_jwks: Option<String>,
    /// Signature algorithms of JWTs that are accepted: RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA.
    #[arg(
        long,
        env = "PARLOUR_JWT_ALGORITHMS",
        value_name = "NAMES",
        value_delimiter = ',',
        default_value = "RS256,ES256,EdDSA",
        global = true
    )]
    pub(crate) jwt_algorithms: Vec<String>,
    /// How much the clocks of the issuer and of this machine may differ.
    #[arg(long, env = "PARLOUR_JWT_LEEWAY", value_name = "DURATION", default_value = "60s", value_parser = leeway, global = true)]
    pub(crate) jwt_leeway: Duration,
    /// Register subjects of JWTs that are no users yet, by the claims preferred_username and name.
    #[arg(long, env = "PARLOUR_JWT_PROVISION", value_parser = FalseyValueParser::new(), global = true)]
    pub(crate) jwt_provision: bool,
}

/// Who is said to issue JWTs, for whom, and where its keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issuer {
    pub(crate) name: String,
    pub(crate) audiences: Vec<String>,
    pub(crate) jwks: String,
}

impl JwtSettings {
    /// Whose JWTs are accepted; nobody's when nothing is set.
    ///
    /// # Errors
    /// When only a part is set.
    pub(crate) fn issuer(&self) -> anyhow::Result<Option<Issuer>> {
        match (&self.jwt_issuer, self.jwt_audience.as_slice(), &self.jwt_jwks) {
            (Some(name), audiences @ [_, ..], Some(jwks)) => {
                Ok(Some(Issuer { name: name.clone(), audiences: audiences.to_vec(), jwks: jwks.clone() }))
            }
            (None, [], None) if self.jwt_provision => bail!("--jwt-provision needs --jwt-issuer"),
            (None, [], None) => Ok(None),
            _ => bail!("--jwt-issuer, --jwt-audience and --jwt-jwks go together"),
        }
    }
}

fn leeway(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if duration <= MOST_LEEWAY { Ok(duration) } else { Err("must be at most 10 minutes".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(issuer: Option<&str>, audience: &[&str], jwks: Option<&str>) -> JwtSettings {
        JwtSettings {
            jwt_issuer: issuer.map(str::to_owned),
            jwt_audience: audience.iter().map(ToString::to_string).collect(),
            jwt_jwks: jwks.map(str::to_owned),
            ..JwtSettings::default()
        }
    }

    #[test]
    fn an_issuer_its_audience_and_its_keys_go_together() {
        assert_eq!(settings(None, &[], None).issuer().unwrap(), None);
        let issuer = settings(Some("i"), &["a", "b"], Some("k")).issuer().unwrap().unwrap();
        assert_eq!((issuer.name.as_str(), issuer.audiences.len(), issuer.jwks.as_str()), ("i", 2, "k"));
        for part in
            [settings(Some("i"), &[], None), settings(None, &["a"], Some("k")), settings(Some("i"), &["a"], None)]
        {
            assert!(part.issuer().is_err(), "{part:?}");
        }
        assert!(JwtSettings { jwt_provision: true, ..JwtSettings::default() }.issuer().is_err());
    }

    #[test]
    fn a_leeway_is_short() {
        assert_eq!(leeway("0s"), Ok(Duration::ZERO));
        assert_eq!(leeway("2m"), Ok(Duration::from_secs(120)));
        assert!(leeway("1h").is_err() && leeway("60").is_err());
    }
}
