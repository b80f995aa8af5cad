//! The demo is the first thing that a newcomer runs.

use parlour_tests::Installation;

#[tokio::test]
async fn the_demo_shows_a_room_being_created_and_its_participant_being_told() -> anyhow::Result<()> {
    let installation = Installation::new()?;
    let output = installation.run(&["demo"]).await?;
    let shown = String::from_utf8(output.stdout)?;
    assert!(output.status.success(), "{}: {shown}{}", output.status, String::from_utf8_lossy(&output.stderr));
    for part in ["Alice", "Bob", "POST /rooms", "201", "room_created", "resumed"] {
        assert!(shown.contains(part), "the demo shows {part}: {shown}");
    }
    assert!(shown.matches("room_created").count() >= 2, "live and after a reconnect: {shown}");
    assert!(!shown.contains('\u{1b}'), "no colours where nobody sees them");
    assert!(!installation.data_dir().exists(), "the demo leaves nothing behind");
    Ok(())
}
