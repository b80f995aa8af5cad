//! The demo keeps what it promises.

use crate::support::{parlour, text};

#[test]
fn the_demo_shows_the_room_and_the_frame_and_leaves_nothing_behind() {
    let temporary = tempfile::tempdir().unwrap();
    let output = parlour().arg("demo").env("TMPDIR", temporary.path()).output().unwrap();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{stdout}{stderr}");
    assert_eq!(stderr, "");
    for shown in ["POST /rooms", "-> 201 Created", "\"type\": \"room_created\"", "GET /ws?since=1"] {
        assert!(stdout.contains(shown), "{shown} is missing in:\n{stdout}");
    }
    assert!(!stdout.contains('✗') && !stdout.contains('\u{1b}'), "{stdout}");
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
}

#[test]
fn the_demo_does_not_listen_to_the_settings_of_a_server() {
    let elsewhere = tempfile::tempdir().unwrap();
    let output = parlour()
        .arg("demo")
        .env("PARLOUR_DATA_DIR", elsewhere.path().join("data"))
        .env("PARLOUR_USER_STORE", "memory:")
        .env("PARLOUR_BIND", "127.0.0.1:1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}
