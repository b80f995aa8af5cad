//! What an operator says about the relying party.

use url::{Host, Url};

/// Why no browser would accept these settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSettings {
    /// The id is no domain as browsers write it.
    #[error("relying party id {0:?} must be a domain in lower case, such as chat.example, without scheme and port")]
    Id(String),
    /// The name is empty.
    #[error("relying party name must not be empty")]
    Name,
    /// There is no origin.
    #[error("relying party needs an origin")]
    NoOrigin,
    /// The origin is no URL of a scheme, a host and perhaps a port.
    #[error("relying party origin {0:?} must be an origin without a path, such as https://chat.example")]
    Origin(String),
    /// Browsers offer passkeys to secure contexts alone.
    #[error("relying party origin {0} must begin with https://, unless its host is localhost")]
    Insecure(String),
    /// Browsers refuse to use a passkey of another domain.
    #[error("relying party origin {origin} must be on {id} or on a subdomain of it")]
    ForeignOrigin {
        /// The origin.
        origin: String,
        /// The relying party's id.
        id: String,
    },
}

/// A relying party that browsers accept: its id (a domain, Web Authentication Level 3, section 5.1.3), its name, and the
/// origins of the pages that may use its passkeys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingPartySettings {
    id: String,
    name: String,
    origins: Vec<Url>,
}

impl RelyingPartySettings {
    /// Checks the settings against each other.
    ///
    /// # Errors
    /// [`InvalidSettings`] is one line that says what is wrong.
    pub fn parse(id: &str, name: &str, origins: &[String]) -> Result<Self, InvalidSettings> {
        if !matches!(Host::parse(id), Ok(Host::Domain(domain)) if domain == id) {
            return Err(InvalidSettings::Id(id.to_owned()));
        }
        let name = name.trim();
        if name.is_empty() {
            return Err(InvalidSettings::Name);
        }
        if origins.is_empty() {
            return Err(InvalidSettings::NoOrigin);
        }
        let origins = origins.iter().map(|origin| origin_of(id, origin)).collect::<Result<_, _>>()?;
        Ok(Self { id: id.to_owned(), name: name.to_owned(), origins })
    }

    /// Whether a page of that origin could use passkeys of the relying party with that id.
    #[must_use]
    pub fn is_fit(id: &str, origin: &str) -> bool {
        origin_of(id, origin).is_ok()
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn origins(&self) -> &[Url] {
        &self.origins
    }
}

fn origin_of(id: &str, text: &str) -> Result<Url, InvalidSettings> {
    let not_origin = || InvalidSettings::Origin(text.to_owned());
    let url = Url::parse(text).map_err(|_| not_origin())?;
    let origin = url.origin().ascii_serialization();
    if !matches!(url.scheme(), "http" | "https") || text.trim_end_matches('/') != origin {
        return Err(not_origin());
    }
    let Some(Host::Domain(host)) = url.host() else {
        return Err(InvalidSettings::ForeignOrigin { origin, id: id.to_owned() });
    };
    if url.scheme() != "https" && !is_on("localhost", host) {
        return Err(InvalidSettings::Insecure(origin));
    }
    if !is_on(id, host) {
        return Err(InvalidSettings::ForeignOrigin { origin, id: id.to_owned() });
    }
    Ok(url)
}

fn is_on(domain: &str, host: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(id: &str, origins: &[&str]) -> Result<RelyingPartySettings, InvalidSettings> {
        let origins: Vec<String> = origins.iter().map(|origin| (*origin).to_owned()).collect();
        RelyingPartySettings::parse(id, "Parlour", &origins)
    }

    #[test]
    fn secure_origins_on_the_domain_and_below_are_accepted() {
        for (id, origin) in [
            ("chat.example", "https://chat.example"),
            ("chat.example", "https://web.chat.example:8443"),
            ("localhost", "http://localhost:5173"),
            ("localhost", "http://app.localhost"),
            ("xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ] {
            assert!(parse(id, &[origin]).is_ok(), "{id} {origin}");
            assert!(RelyingPartySettings::is_fit(id, origin));
        }
    }

    #[test]
    fn a_domain_is_written_as_browsers_write_it() {
        for id in
            ["", "Chat.example", "https://chat.example", "chat.example:443", "127.0.0.1", "[::1]", "a b", "bücher.de"]
        {
            assert_eq!(parse(id, &["https://chat.example"]), Err(InvalidSettings::Id(id.to_owned())), "{id}");
        }
    }

    #[test]
    fn what_browsers_would_refuse_is_refused_with_its_reason() {
        let refused = |origin: &str| parse("chat.example", &[origin]).unwrap_err().to_string();
        assert!(refused("http://chat.example").contains("must begin with https://"));
        for foreign in
            ["https://example", "https://evilchat.example", "https://chat.example.evil.example", "https://1.2.3.4"]
        {
            assert!(refused(foreign).contains("must be on chat.example or on a subdomain of it"), "{foreign}");
        }
        for text in ["chat.example", "https://chat.example/a", "https://u@chat.example", "ws://chat.example", "*"] {
            assert!(refused(text).contains("must be an origin without a path"), "{text}");
        }
        assert_eq!(parse("chat.example", &[]), Err(InvalidSettings::NoOrigin));
        let nameless = RelyingPartySettings::parse("localhost", " ", &["http://localhost".to_owned()]);
        assert_eq!(nameless, Err(InvalidSettings::Name));
    }
}
