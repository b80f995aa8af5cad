//! What is not copied, and the one line that says why.

use parlour_tests::Installation;

use super::{Place, Story, copy};

/// Runs a copy that must be refused with one line that says all of `words`.
pub(super) async fn assert_refuses(from: &str, to: &str, words: &[&str]) -> anyhow::Result<()> {
    let output = Installation::new()?.run(&["copy", "--from", from, "--to", to]).await?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{from} -> {to}: {complaint}");
    assert_eq!(complaint.lines().count(), 1, "{from} -> {to}: {complaint}");
    assert!(complaint.starts_with("parlour: ") && output.stdout.is_empty(), "{complaint}");
    for word in words {
        assert!(complaint.contains(word), "{from} -> {to} names {word}: {complaint}");
    }
    Ok(())
}

#[tokio::test]
async fn a_target_that_holds_something_is_refused_and_left_alone() -> anyhow::Result<()> {
    let (from, to) = (Place::sqlite()?, Place::surrealkv()?);
    Story::begin(&Installation::with_urls(from.url(), from.url())?).await?;
    let story = Story::begin(&Installation::with_urls(to.url(), to.url())?).await?;
    assert_refuses(from.url(), to.url(), &["is not empty", "2 users", "3 rooms"]).await?;
    story.go_on(&Installation::with_urls(to.url(), to.url())?).await
}

#[tokio::test]
async fn a_store_that_lives_in_one_process_and_a_store_copied_onto_itself_are_refused() -> anyhow::Result<()> {
    let place = Place::sqlite()?;
    for volatile in ["memory:", "surreal-mem:"] {
        assert_refuses(volatile, place.url(), &["--from", volatile]).await?;
        assert_refuses(place.url(), volatile, &["--to", volatile]).await?;
    }
    assert_refuses(place.url(), place.url(), &["same store"]).await?;
    assert_refuses(place.url(), "surrealkv:///elsewhere", &[place.url(), "does not exist"]).await
}

#[tokio::test]
async fn a_store_that_a_server_uses_is_refused_as_source_and_as_target() -> anyhow::Result<()> {
    let (elsewhere, free) = (Place::sqlite()?, Place::surrealkv()?);
    copy_of_something(elsewhere.url()).await?;
    for place in [Place::sqlite()?, Place::surrealkv()?] {
        let installation = Installation::with_urls(place.url(), place.url())?;
        let server = installation.start().await?;
        assert_refuses(place.url(), free.url(), &[place.url(), "in use by another process"]).await?;
        assert_refuses(elsewhere.url(), place.url(), &[place.url(), "in use by another process"]).await?;
        server.stranger().get("/ready").await?.expect(200)?;
    }
    Ok(())
}

async fn copy_of_something(to: &str) -> anyhow::Result<()> {
    let from = Place::sqlite()?;
    Story::begin(&Installation::with_urls(from.url(), from.url())?).await?;
    copy(from.url(), to, &[]).await.map(drop)
}

#[tokio::test]
async fn a_data_directory_that_a_server_holds_is_refused() -> anyhow::Result<()> {
    let installation = Installation::new()?;
    let server = installation.start().await?;
    let (data, free) = (installation.data_dir().display().to_string(), Place::sqlite()?);
    for store in [format!("sqlite://{data}/users.db"), format!("surrealkv://{data}/rooms.surrealkv")] {
        assert_refuses(&store, free.url(), &[&data, "in use by another parlour"]).await?;
    }
    server.stranger().get("/ready").await?.expect(200)?;
    Ok(())
}
