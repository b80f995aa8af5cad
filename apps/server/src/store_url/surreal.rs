//! The URL of a SurrealDB server: what it leaves out is taken from the flags.

use url::Url;

use super::{InvalidStoreUrl, malformed};
use crate::config::{SurrealAuth, SurrealSettings};

/// Fills in what `url` does not say itself, so that it is `ws://[USER:PASSWORD@]HOST/NAMESPACE/DATABASE[?auth=LEVEL&timeout=SECONDS]`.
pub(super) fn complete(mut url: Url, settings: &SurrealSettings) -> Result<Url, InvalidStoreUrl> {
    let scheme = url.scheme().to_owned();
    let refused = |reason: &str| malformed(&scheme, reason);
    let path = named_database(&url, settings).map_err(refused)?;
    url.set_path(&path);
    sign_in(&mut url, settings).map_err(refused)?;
    Ok(url)
}

/// A flag that is there and not empty.
fn given(flag: Option<&String>) -> Option<&str> {
    flag.map(String::as_str).filter(|text| !text.is_empty())
}

fn named_database(url: &Url, settings: &SurrealSettings) -> Result<String, &'static str> {
    let mut names = url.path().split('/').filter(|name| !name.is_empty());
    let namespace = names.next().or_else(|| given(settings.surreal_namespace.as_ref()));
    let database = names.next().or_else(|| given(settings.surreal_database.as_ref()));
    let namespace = namespace.ok_or("namespace is missing, in the path and as --surreal-namespace")?;
    let database = database.ok_or("database is missing, in the path and as --surreal-database")?;
    if names.next().is_some() {
        return Err("path must be /NAMESPACE/DATABASE");
    }
    Ok(format!("/{namespace}/{database}"))
}

fn sign_in(url: &mut Url, settings: &SurrealSettings) -> Result<(), &'static str> {
    // A host is there, so all of it can be set.
    if url.username().is_empty() {
        let Some(user) = given(settings.surreal_user.as_ref()) else { return Ok(()) };
        url.set_username(&escaped(user)).ok();
    }
    if url.password().is_none() {
        let password = given(settings.surreal_password.as_ref());
        let password = password.ok_or("password is missing, in the URL and as PARLOUR_SURREAL_PASSWORD")?;
        url.set_password(Some(&escaped(password))).ok();
    }
    let says_level = url.query_pairs().any(|(name, _)| name == "auth");
    if let Some(auth) = settings.surreal_auth.filter(|_| !says_level) {
        url.query_pairs_mut().append_pair("auth", level(auth));
    }
    Ok(())
}

/// The URL's own functions escape everything else.
fn escaped(text: &str) -> String {
    text.replace('%', "%25")
}

const fn level(auth: SurrealAuth) -> &'static str {
    match auth {
        SurrealAuth::Root => "root",
        SurrealAuth::Namespace => "namespace",
        SurrealAuth::Database => "database",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags() -> SurrealSettings {
        SurrealSettings {
            surreal_user: Some("ann".to_owned()),
            surreal_password: Some("p@ss/w%6Frd".to_owned()),
            surreal_auth: Some(SurrealAuth::Database),
            surreal_namespace: Some("chat".to_owned()),
            surreal_database: Some("rooms".to_owned()),
        }
    }

    fn completed(text: &str, settings: &SurrealSettings) -> Result<String, String> {
        let url = complete(Url::parse(text).unwrap(), settings);
        url.map(|url| url.to_string()).map_err(|refused| refused.to_string())
    }

    #[test]
    fn flags_fill_in_what_the_url_leaves_out() {
        for (text, expected) in [
            ("ws://db:8000", "ws://ann:p%40ss%2Fw%256Frd@db:8000/chat/rooms?auth=database"),
            ("ws://db/other", "ws://ann:p%40ss%2Fw%256Frd@db/other/rooms?auth=database"),
            ("ws://db?timeout=9", "ws://ann:p%40ss%2Fw%256Frd@db/chat/rooms?timeout=9&auth=database"),
            ("wss://bob@db/a/b", "wss://bob:p%40ss%2Fw%256Frd@db/a/b?auth=database"),
        ] {
            assert_eq!(completed(text, &flags()).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn what_the_url_says_counts() {
        let url = "ws://bob:hush@db/a/b?auth=root";
        assert_eq!(completed(url, &flags()).as_deref(), Ok(url));
    }

    #[test]
    fn without_flags_the_url_stays_as_it_is() {
        for url in ["ws://db:8000/a/b", "wss://bob:hush@db/a/b"] {
            assert_eq!(completed(url, &SurrealSettings::default()).as_deref(), Ok(url));
        }
    }

    #[test]
    fn what_neither_says_is_one_line_that_names_the_flag() {
        let nothing = SurrealSettings { surreal_password: Some(String::new()), ..SurrealSettings::default() };
        for (text, flag) in [
            ("ws://bob:secret@db", "--surreal-namespace"),
            ("ws://bob:secret@db/a", "--surreal-database"),
            ("ws://bob@db/a/b", "PARLOUR_SURREAL_PASSWORD"),
            ("ws://bob:secret@db/a/b/c", "/NAMESPACE/DATABASE"),
        ] {
            let refused = completed(text, &nothing).unwrap_err();
            assert!(refused.contains(flag) && !refused.contains("secret"), "{refused}");
        }
    }
}
