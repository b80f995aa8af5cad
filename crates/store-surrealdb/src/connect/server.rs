//! A SurrealDB server: where it is, who signs in, and where the data is in it.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::ConnectError;

/// How long a text may take when the URL does not say: one that a person waits for, and that a server answers in
/// milliseconds unless it is in trouble.
const CALL_WITHIN: Duration = Duration::from_secs(5);
/// More than this no person waits, however slow the server.
const LONGEST_TIMEOUT: u64 = 60;
/// Long enough to count the largest table, and still an end when a server says nothing more.
const PATIENT_CALL_WITHIN: Duration = Duration::from_secs(10 * 60);

/// At which level the user is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Root,
    Namespace,
    Database,
}

impl Level {
    fn parse(text: &str) -> Result<Self, ConnectError> {
        match text {
            "root" => Ok(Self::Root),
            "namespace" => Ok(Self::Namespace),
            "database" => Ok(Self::Database),
            _ => Err(ConnectError::Malformed { reason: "auth must be root, namespace or database".to_owned() }),
        }
    }
}

/// Who signs in. There is no `Debug`, so that a password is in no log.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Credentials {
    pub(super) level: Level,
    pub(super) username: String,
    pub(super) password: String,
}

/// What `ws://[USER:PASSWORD@]HOST[:PORT]/NAMESPACE/DATABASE[?auth=LEVEL&timeout=SECONDS]` says, or `wss://` with `ca=FILE`
/// too.
#[derive(Clone)]
pub(super) struct Server {
    /// Without credentials, path and parameters.
    address: Url,
    /// `None`: nobody signs in, since the server asks for nobody.
    pub(super) credentials: Option<Credentials>,
    pub(super) namespace: String,
    pub(super) database: String,
    /// How long a text may take.
    pub(super) call_within: Duration,
    /// A file of the certificates in whose name alone a server with TLS is trusted; without it, the public authorities.
    pub(super) authority: Option<PathBuf>,
}

impl Server {
    /// The same for texts that go over whole tables.
    pub(super) fn patiently(self) -> Self {
        Self { call_within: PATIENT_CALL_WITHIN, ..self }
    }

    pub(super) fn parse(text: &str) -> Result<Self, ConnectError> {
        let malformed = |reason: &str| ConnectError::Malformed { reason: reason.to_owned() };
        let mut address = Url::parse(text).map_err(|error| malformed(&error.to_string()))?;
        if address.host_str().is_none_or(str::is_empty) {
            return Err(malformed("host is missing"));
        }
        if address.fragment().is_some() {
            return Err(malformed("only parameters may follow the database"));
        }
        let names: Vec<&str> = address.path().trim_start_matches('/').split('/').collect();
        let [namespace, database] = names[..] else {
            return Err(malformed("path must be /NAMESPACE/DATABASE"));
        };
        if !is_name(namespace) || !is_name(database) {
            return Err(malformed("namespace and database must be letters, digits, - and _"));
        }
        let (namespace, database) = (namespace.to_owned(), database.to_owned());
        let (mut level, mut call_within, mut authority) = (None, CALL_WITHIN, None);
        for (name, value) in address.query_pairs() {
            match name.as_ref() {
                "auth" => level = Some(Level::parse(&value)?),
                "timeout" => call_within = timeout(&value)?,
                "ca" if value.is_empty() => return Err(malformed("ca must be a file")),
                "ca" if address.scheme() == "wss" => authority = Some(PathBuf::from(value.into_owned())),
                "ca" => return Err(malformed("ca needs wss://, which asks for a certificate")),
                _ => return Err(malformed("parameters are auth=LEVEL, timeout=SECONDS and ca=FILE")),
            }
        }
        let credentials = credentials(&address, level)?;
        // Both can be set wherever there is a host.
        address.set_username("").ok();
        address.set_password(None).ok();
        address.set_path("/");
        address.set_query(None);
        Ok(Self { address, credentials, namespace, database, call_within, authority })
    }

    pub(super) fn address(&self) -> &str {
        self.address.as_str()
    }
}

fn timeout(text: &str) -> Result<Duration, ConnectError> {
    let seconds = text.parse().ok().filter(|seconds| (1..=LONGEST_TIMEOUT).contains(seconds));
    let reason = || format!("timeout must be a number of seconds from 1 to {LONGEST_TIMEOUT}");
    seconds.map(Duration::from_secs).ok_or_else(|| ConnectError::Malformed { reason: reason() })
}

fn credentials(url: &Url, level: Option<Level>) -> Result<Option<Credentials>, ConnectError> {
    let malformed = |reason: &str| ConnectError::Malformed { reason: reason.to_owned() };
    let level = match (url.username(), url.password()) {
        ("", None) if level.is_some() => return Err(malformed("auth needs a user and a password")),
        ("", None) => return Ok(None),
        ("", Some(_)) => return Err(malformed("user is missing")),
        (_, None) => return Err(malformed("password is missing")),
        (_, Some(_)) => level.unwrap_or(Level::Root),
    };
    let decoded = |part: &str| decoded(part).ok_or_else(|| malformed("user and password must be UTF-8"));
    let (username, password) = (decoded(url.username())?, decoded(url.password().unwrap_or_default())?);
    Ok(Some(Credentials { level, username, password }))
}

/// Names are written into texts, so only harmless ones are taken.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// Undoes the percent-encoding of a URL's part (RFC 3986, section 2.1).
fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| after.get(..2)).flatten();
        let byte = escaped.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        match byte {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Server {
        Server::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn a_url_says_where_the_server_is_who_signs_in_and_where_the_data_is() {
        let server = parsed("ws://ann:p%40ss%3Aword@db.example:8000/chat/rooms");
        assert_eq!(server.address(), "ws://db.example:8000/");
        assert_eq!((server.namespace.as_str(), server.database.as_str()), ("chat", "rooms"));
        let credentials = server.credentials.unwrap();
        assert_eq!((credentials.username.as_str(), credentials.password.as_str()), ("ann", "p@ss:word"));
        assert_eq!(credentials.level, Level::Root);
    }

    #[test]
    fn the_level_of_the_user_is_a_parameter() {
        for (level, expected) in [("root", Level::Root), ("namespace", Level::Namespace), ("database", Level::Database)]
        {
            let server = parsed(&format!("wss://ann:secret@db/chat/rooms?auth={level}"));
            assert_eq!(server.credentials.unwrap().level, expected);
        }
    }

    #[test]
    fn the_patience_with_a_server_is_a_parameter() {
        assert_eq!(parsed("ws://db/chat/rooms").call_within, Duration::from_secs(5));
        assert_eq!(parsed("ws://a:b@db/chat/rooms?auth=root&timeout=60").call_within, Duration::from_secs(60));
    }

    #[test]
    fn an_authority_of_ones_own_is_a_parameter() {
        assert_eq!(parsed("wss://db/chat/rooms").authority, None);
        let server = parsed("wss://db/chat/rooms?ca=/etc/my%20ca.pem");
        assert_eq!(server.authority, Some(PathBuf::from("/etc/my ca.pem")));
        assert_eq!(server.address(), "wss://db/");
    }

    #[test]
    fn a_server_that_asks_for_nobody_needs_no_user() {
        assert!(parsed("ws://[::1]:8000/chat/rooms").credentials.is_none());
    }

    #[test]
    fn other_urls_are_refused_without_being_repeated() {
        for text in [
            "ws://ann:secret@db",
            "ws://ann:secret@db/secret",
            "ws://ann:secret@db/a/b/c",
            "ws://ann:secret@db/a/",
            "ws://ann:secret@db/a/b%20c",
            "ws://ann:secret@db/a/b?auth=secret",
            "ws://ann:secret@db/a/b#secret",
            "ws://secret@db/a/b",
            "ws://:secret@db/a/b",
            "ws://ann:secret@/a/b",
            "ws://ann:secret@db:port/a/b",
            "ws://db/a/b?auth=root",
            "ws://db/a/b?timeout=0",
            "ws://db/a/b?timeout=61",
            "ws://db/a/b?secret=1",
            "ws://db/a/b?ca=secret.pem",
            "wss://db/a/b?ca=",
            "ws://ann:%FFsecret@db/a/b",
        ] {
            let Err(refused) = Server::parse(text) else { panic!("{text} was taken") };
            assert!(!refused.to_string().contains("secret"), "{text}: {refused}");
        }
    }
}
