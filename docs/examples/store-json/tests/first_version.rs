//! A file of the first version, which knew neither passkeys nor contacts.

use std::fs;

use store_json::{ConnectError, JsonStore};

const FIRST: &str = r#"{
    "version": 1, "users": {}, "sessions": {}, "rooms": {}, "answers": {}, "commits": [], "inboxes": {}, "events": {},
    "mark": null
}"#;

#[test]
fn a_file_of_the_first_version_is_opened_and_one_of_a_newer_program_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.json");
    fs::write(&path, FIRST).unwrap();
    drop(JsonStore::open(&path).unwrap());

    fs::write(&path, FIRST.replace("\"version\": 1", "\"version\": 1000")).unwrap();
    let Err(refused) = JsonStore::open(&path) else { panic!("it was opened") };
    assert!(matches!(refused, ConnectError::Newer(_, 1000)), "{refused}");
}
