//! A disk that is full while people open rooms: what was acknowledged stays, what was refused is there once or not at all,
//! and with more room everything goes on by itself.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, ensure};
use parlour_tests::{Client, Installation, Person, Reply, Server, Store, eventually, within};
use serde_json::Value;

use crate::shapes::group;

/// As large as a file may get; the rooms of a test need some hundreds of KiB.
const KIB: u64 = 1024;

/// Rooms by their names, which are the keys of the requests too.
type Rooms = BTreeMap<String, Value>;

async fn create(client: &Client, name: &str, others: &[&Person]) -> anyhow::Result<Reply> {
    client.create_room_as(name, &group(Some(name), others)).await
}

/// Opens rooms until one is refused; answers those that were not, and the name of that one.
async fn fill(client: &Client, name: &str, others: [&Person; 2]) -> anyhow::Result<(Rooms, String)> {
    let mut acknowledged = Rooms::new();
    loop {
        let name = format!("{name}-{}", acknowledged.len());
        let reply = create(client, &name, &others).await?;
        if reply.status == 503 {
            reply.assert_unavailable()?;
            return Ok((acknowledged, name));
        }
        acknowledged.insert(name, reply.expect(201)?);
    }
}

/// Whether everything acknowledged is there, each room once, and told once.
async fn check(server: &Server, reader: &Person, acknowledged: &Rooms) -> anyhow::Result<()> {
    let client = server.client(reader);
    let listed = client.rooms(1000).await?;
    let mut names = BTreeSet::new();
    for room in &listed {
        ensure!(names.insert(room["name"].to_string()), "a request was obeyed twice: {room}");
    }
    let is_listed = |room: &Value| listed.iter().any(|one| one["id"] == room["id"]);
    let lost: Vec<_> = acknowledged.iter().filter(|(_, room)| !is_listed(room)).map(|(name, _)| name).collect();
    ensure!(lost.is_empty(), "{lost:?} of {:?} were acknowledged and are lost", acknowledged.keys());
    let told = client.inbox(0).await?;
    let ids = |events: &[Value], field: &str| -> BTreeSet<String> {
        events.iter().map(|event| event[field].to_string()).collect()
    };
    ensure!(
        told.len() == listed.len() && ids(&told, "room_id") == ids(&listed, "id"),
        "told of other rooms than listed"
    );
    Ok(())
}

async fn heals(installation: Installation) -> anyhow::Result<()> {
    let server = installation.start_on_a_small_disk(KIB).await?;
    let ann = installation.register("ann", "Ann").await?;
    let ben = installation.register("ben", "Ben").await?;
    let cleo = installation.register("cleo", "Cleo").await?;
    let (client, other) = (server.client(&ann), server.client(&ben));
    // Two at once, so that one is refused while another is written.
    let (ann_fills, ben_fills) = within("the disk to be full", async {
        tokio::join!(fill(&client, "ann", [&ben, &cleo]), fill(&other, "ben", [&cleo, &ann]))
    })
    .await?;
    let ((mut acknowledged, refused), (mut more, refused_too)) = (ann_fills?, ben_fills?);
    acknowledged.append(&mut more);
    // Who reads need not know.
    eventually("rooms to be listed", async || Ok((client.get("/rooms").await?.status == 200).then_some(()))).await?;

    server.get_a_larger_disk()?;
    for (name, client, others) in [(refused, &client, [&ben, &cleo]), (refused_too, &other, [&cleo, &ann])] {
        let room = eventually("a room on the larger disk", async || {
            let reply = create(client, &name, &others).await?;
            if reply.status == 503 || reply.status == 409 {
                return Ok(None);
            }
            reply.expect(201).map(Some)
        });
        acknowledged.insert(name.clone(), room.await?);
    }
    check(&server, &cleo, &acknowledged).await.context("on the larger disk")?;
    for n in 0..20 {
        let name = format!("later-{n}");
        acknowledged.insert(name.clone(), create(&client, &name, &[&cleo]).await?.expect(201)?);
    }
    check(&server, &cleo, &acknowledged).await.context("later")?;
    server.kill().await?;

    let server = installation.start().await?;
    check(&server, &cleo, &acknowledged).await.context("after the next start")?;
    create(&server.client(&ann), "last", &[&cleo]).await?.expect(201)?;
    assert!(server.stop().await?.success());
    Ok(())
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_more_room_heals_it_by_default() -> anyhow::Result<()> {
    heals(Installation::new()?).await
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_more_room_heals_it_in_sqlite() -> anyhow::Result<()> {
    heals(Installation::with_stores(Store::Sqlite, Store::Sqlite)?).await
}
