//! A copy that is killed goes on where it was.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use anyhow::Context;
use parlour_tests::{Installation, within};
use serde_json::Value;

use super::refused::assert_refuses;
use super::{Place, assert_is_well, copy};
use crate::shapes::group;

const ROOMS: usize = 300;
/// A copy may come to its end before it is killed: then it is tried with another target.
const TRIES: usize = 10;

/// A store of more than one page of everything that rooms have.
async fn large() -> anyhow::Result<Place> {
    let place = Place::sqlite()?;
    let installation = Installation::with_urls(place.url(), place.url())?;
    let server = installation.start().await?;
    let ann = installation.register("ann", "Ann").await?;
    let ben = installation.register("ben", "Ben").await?;
    let client = server.client(&ann);
    for _ in 0..ROOMS {
        client.create_room(&group(None, &[&ben])).await?.expect(201)?;
    }
    assert!(server.stop().await?.success());
    Ok(place)
}

fn begin_copy(from: &Place, to: &Place) -> anyhow::Result<Child> {
    let mut command = Installation::new()?.program()?;
    command.args(["copy", "--from", from.url(), "--to", to.url()]).current_dir("/");
    Ok(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?)
}

/// Kills a copy once it says that it copies the entries; answers whether it was killed before its end.
fn kill_amid(mut copy: Child) -> anyhow::Result<bool> {
    let lines = BufReader::new(copy.stderr.take().context("its errors are a pipe")?).lines();
    for line in lines.map_while(Result::ok) {
        if line.starts_with("copying inbox_entries") {
            copy.kill()?;
            break;
        }
    }
    Ok(!copy.wait()?.success())
}

async fn killed(from: &Place, target: fn() -> anyhow::Result<Place>) -> anyhow::Result<Place> {
    for _ in 0..TRIES {
        let to = target()?;
        let copying = begin_copy(from, &to)?;
        if within("the copy to be killed", tokio::task::spawn_blocking(|| kill_amid(copying))).await??? {
            return Ok(to);
        }
    }
    anyhow::bail!("no copy could be killed before its end")
}

async fn goes_on(target: fn() -> anyhow::Result<Place>) -> anyhow::Result<()> {
    let from = large().await?;
    let to = killed(&from, target).await?;

    // Nobody else may use it meanwhile.
    for arguments in [&["serve"][..], &["user", "list"]] {
        let output = Installation::with_urls(to.url(), to.url())?.run(arguments).await?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        let says = format!("unfinished target of a copy from {}", from.url());
        assert!(!output.status.success() && complaint.lines().count() == 1, "{complaint}");
        assert!(complaint.contains(&says), "{arguments:?}: {complaint}");
    }
    let checked = Installation::new()?.run(&["verify", to.url()]).await?;
    assert_eq!(checked.status.code(), Some(2));
    let other = Place::sqlite()?;
    copy(from.url(), other.url(), &[]).await?;
    assert_refuses(other.url(), to.url(), &["unfinished target of a copy", from.url()]).await?;

    let whole = copy(from.url(), to.url(), &[]).await?;
    let entries = whole.as_array().into_iter().flatten().find(|unit| unit["unit"] == "inbox_entries");
    assert_eq!(entries.map(|unit| &unit["records"]), Some(&Value::from(2 * ROOMS)), "{whole}");
    assert_is_well(to.url(), &["--users", to.url()]).await
}

#[tokio::test]
async fn a_copy_into_sqlite_that_was_killed_goes_on_where_it_was() -> anyhow::Result<()> {
    goes_on(Place::sqlite).await
}

#[tokio::test]
async fn a_copy_into_surrealkv_that_was_killed_goes_on_where_it_was() -> anyhow::Result<()> {
    goes_on(Place::surrealkv).await
}
