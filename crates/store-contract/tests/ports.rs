//! The docs of the ports and the list of laws say the same.

#![expect(clippy::expect_used, reason = "a source that cannot be read fails the test")]

use std::collections::BTreeSet;
use std::path::Path;

use parlour_store_contract::LAWS;

const PORTS: [&str; 9] = [
    "user_repo.rs",
    "session_repo.rs",
    "passkey_repo.rs",
    "ceremony_repo.rs",
    "profile_repo.rs",
    "contact_repo.rs",
    "room_repo.rs",
    "inbox_repo.rs",
    "archive.rs",
];

/// The bullets of all doc comments of a port, each on one line.
fn bullets(port: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/src/port").join(port);
    let source = std::fs::read_to_string(path).expect("the source of a port");
    let mut bullets = Vec::<String>::new();
    let mut is_in_bullet = false;
    for line in source.lines() {
        let doc = line.trim_start().strip_prefix("///").map(str::trim);
        match doc {
            Some(text) if text.starts_with("- ") => bullets.push(text.to_owned()),
            Some(text) if is_in_bullet && !text.is_empty() => {
                let bullet = bullets.last_mut().expect("the bullet that goes on");
                bullet.push(' ');
                bullet.push_str(text);
            }
            _ => {
                is_in_bullet = false;
                continue;
            }
        }
        is_in_bullet = true;
    }
    bullets
}

/// What stands in backticks and looks like a sentence.
fn laws_named(text: &str) -> BTreeSet<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    let is_law = |name: &&str| name.contains('_') && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    quoted.filter(is_law).filter(|name| !["expires_at", "created_at"].contains(name)).map(str::to_owned).collect()
}

#[test]
fn every_must_names_a_law_and_every_law_is_named_by_a_must() {
    let mut named = BTreeSet::new();
    for bullet in PORTS.into_iter().flat_map(bullets).filter(|bullet| bullet.contains("MUST")) {
        let laws = laws_named(&bullet);
        assert!(!laws.is_empty(), "no law proves: {bullet}");
        named.extend(laws);
    }
    let laws: BTreeSet<String> = LAWS.iter().map(ToString::to_string).collect();
    assert_eq!(laws, named);
}

#[test]
fn no_law_is_listed_twice() {
    let once: BTreeSet<&&str> = LAWS.iter().collect();
    assert_eq!(once.len(), LAWS.len());
}
