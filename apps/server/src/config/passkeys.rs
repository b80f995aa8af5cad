//! Whose passkeys are used, and on which pages.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};
use parlour_auth_webauthn::{InvalidSettings, RelyingPartySettings};

/// Whose passkeys are used, and on which pages.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Passkeys")]
pub(crate) struct PasskeySettings {
    /// Domain that passkeys belong to, for ever: those of another one are of no use. Pages on it and on its subdomains can
    /// use them.
    #[arg(long, env = "PARLOUR_RP_ID", value_name = "DOMAIN", default_value = "localhost", global = true)]
    pub(crate) rp_id: String,
    /// Name that browsers may show with it.
    #[arg(long, env = "PARLOUR_RP_NAME", value_name = "TEXT", default_value = "Parlour", global = true)]
    pub(crate) rp_name: String,
    /// Origin of a page that may use the passkeys, with its scheme; may be repeated, or separated by commas.
    /// Without it, the CORS origins on that domain, and the server's own port on localhost when that is the domain.
    #[arg(long, env = "PARLOUR_RP_ORIGIN", value_name = "ORIGIN", value_delimiter = ',', global = true)]
    pub(crate) rp_origin: Vec<String>,
    /// Whether people may register with a passkey. Without it they may, unless an identity provider says who people are.
    #[arg(long, env = "PARLOUR_REGISTRATION", value_enum, value_name = "MODE", global = true)]
    pub(crate) registration: Option<Registration>,
}

/// Whether people may register with a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Registration {
    /// Everybody may.
    Open,
    /// Nobody may; who has a passkey already signs in with it.
    Closed,
}

impl PasskeySettings {
    /// Whether nobody may register with a passkey, where an identity provider says who people are or not.
    pub(crate) fn is_registration_closed(&self, has_provider: bool) -> bool {
        self.registration.map_or(has_provider, |mode| mode == Registration::Closed)
    }

    /// The relying party of a server that listens there and lets pages of these origins call.
    ///
    /// # Errors
    /// [`InvalidSettings`] is one line that says what no browser would accept.
    pub(crate) fn relying_party(
        &self,
        listens_on: SocketAddr,
        cors_origins: &[String],
    ) -> Result<RelyingPartySettings, InvalidSettings> {
        let Self { rp_id, rp_name, rp_origin, registration: _ } = self;
        if !rp_origin.is_empty() {
            return RelyingPartySettings::parse(rp_id, rp_name, rp_origin);
        }
        let own = format!("http://localhost:{}", listens_on.port());
        let fit = |origin: &&String| RelyingPartySettings::is_fit(rp_id, origin);
        let origins: Vec<String> = cors_origins.iter().chain([&own]).filter(fit).cloned().collect();
        RelyingPartySettings::parse(rp_id, rp_name, &origins)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relying_party(id: &str, origins: &[&str], cors: &[&str]) -> Result<RelyingPartySettings, InvalidSettings> {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let (rp_id, rp_name) = (id.to_owned(), "Parlour".to_owned());
        let settings = PasskeySettings { rp_id, rp_name, rp_origin: owned(origins), registration: None };
        settings.relying_party("127.0.0.1:8080".parse().unwrap(), &owned(cors))
    }

    fn parsed(id: &str, origins: &[&str]) -> RelyingPartySettings {
        let origins: Vec<_> = origins.iter().map(|text| (*text).to_owned()).collect();
        RelyingPartySettings::parse(id, "Parlour", &origins).unwrap()
    }

    #[test]
    fn without_origins_those_that_fit_the_domain_are_taken() {
        let development = parsed("localhost", &["http://localhost:5173", "http://localhost:8080"]);
        let cors = ["http://localhost:5173", "https://chat.example"];
        assert_eq!(relying_party("localhost", &[], &cors), Ok(development));
        assert_eq!(relying_party("chat.example", &[], &cors), Ok(parsed("chat.example", &["https://chat.example"])));
        assert_eq!(relying_party("other.example", &[], &cors), Err(InvalidSettings::NoOrigin));
    }

    #[test]
    fn registration_is_open_unless_a_provider_says_who_people_are_or_the_operator_does() {
        let settings = |registration| PasskeySettings {
            rp_id: "localhost".to_owned(),
            rp_name: "Parlour".to_owned(),
            rp_origin: Vec::new(),
            registration,
        };
        for (said, has_provider, is_closed) in [
            (None, false, false),
            (None, true, true),
            (Some(Registration::Open), true, false),
            (Some(Registration::Closed), false, true),
        ] {
            assert_eq!(settings(said).is_registration_closed(has_provider), is_closed, "{said:?} {has_provider}");
        }
    }

    #[test]
    fn given_origins_count_alone_and_have_to_fit() {
        let given = relying_party("localhost", &["http://localhost:1"], &["http://localhost:2"]);
        assert_eq!(given, Ok(parsed("localhost", &["http://localhost:1"])));
        let foreign = relying_party("chat.example", &["https://else.example"], &[]);
        assert!(matches!(foreign, Err(InvalidSettings::ForeignOrigin { .. })));
    }
}
