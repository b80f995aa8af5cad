//! What happens in the demo.

use std::future::Future;
use std::time::Instant;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::people::{People, Person, Socket};
use super::promise::{promise, told_by_frame, told_of_room};
use super::stage::Stage;

/// Plays the whole story.
///
/// # Errors
/// One line that says what differed from what was promised.
pub(super) async fn play(stage: &mut Stage, people: &People) -> anyhow::Result<()> {
    stage.step("Alice and Bob are registered")?;
    let alice = register(stage, people, "alice", "Alice Liddell").await?;
    let bob = register(stage, people, "bob", "Bob Dobbs").await?;

    stage.step("Bob connects a socket; he has seen nothing yet")?;
    let mut socket = connect(stage, people, &bob, 0).await?;
    live(stage, people, (&alice, &bob), &mut socket).await?;

    stage.step("Bob goes offline")?;
    let late = socket.close().await?;
    promise(stage, "nothing else was sent to Bob", &json!(late), &json!([]))?;
    missed(stage, people, (&alice, &bob)).await?;

    stage.title("\nThat is it: created once, told once, at once or on return.")?;
    Ok(())
}

async fn register(stage: &mut Stage, people: &People, username: &str, name: &str) -> anyhow::Result<Person> {
    let person = people.register(username, name).await?;
    stage.wire(&format!("parlour user add {username} --display-name '{name}'"), None)?;
    stage.remark(&format!("user {}", person.user.id))?;
    Ok(person)
}

/// Opens a socket and waits until it is live.
async fn connect(stage: &mut Stage, people: &People, who: &Person, since: u64) -> anyhow::Result<Socket> {
    stage.wire(&format!("GET /ws?since={since}"), None)?;
    let mut socket = people.connect(who, since).await?;
    let resumed = socket.frame().await?;
    stage.wire("frame", Some(&resumed))?;
    let place = json!([resumed["type"], resumed["since"]]);
    promise(stage, "the socket goes on from there", &place, &json!(["resumed", since]))?;
    Ok(socket)
}

/// Alice opens a room while Bob listens.
async fn live(
    stage: &mut Stage,
    people: &People,
    (alice, bob): (&Person, &Person),
    socket: &mut Socket,
) -> anyhow::Result<()> {
    stage.step("Alice opens a room with Bob, who is online")?;
    let request = json!({ "participant_id": bob.user.id });
    stage.wire("POST /rooms", Some(&request))?;
    let (answer, frame) = tokio::join!(timed(people.post(alice, "/rooms", &request)), timed(socket.frame()));
    let ((answer, answered), (frame, told)) = (answer?, frame?);
    let room = created(stage, answer)?;
    promise(stage, "the answer names the room after Bob", &room["name"], &json!(bob.user.display_name))?;

    stage.step("Bob's socket is told")?;
    stage.wire("frame", Some(&frame))?;
    tells_of(stage, &frame, &room, 1)?;
    promise(stage, "the frame names the room after Alice", &frame["name"], &json!(alice.user.display_name))?;
    let (earlier, later) = (told.min(answered), told.max(answered));
    let order = if told < answered { "before" } else { "after" };
    let difference = later.duration_since(earlier).as_secs_f64() * 1_000.0;
    Ok(stage.remark(&format!("Bob was told {difference:.1} ms {order} Alice had her answer"))?)
}

/// Alice opens a room while Bob is away, and Bob comes back.
async fn missed(stage: &mut Stage, people: &People, (alice, bob): (&Person, &Person)) -> anyhow::Result<()> {
    stage.step("Alice opens a group with Bob, who is offline")?;
    let request = json!({ "room_type": "group", "name": "Tea at five", "participant_ids": [bob.user.id] });
    stage.wire("POST /rooms", Some(&request))?;
    let room = created(stage, people.post(alice, "/rooms", &request).await?)?;

    stage.step("Bob comes back; he has seen entry 1")?;
    let mut socket = connect(stage, people, bob, 1).await?;
    let frame = socket.frame().await?;
    stage.wire("frame", Some(&frame))?;
    tells_of(stage, &frame, &room, 2)?;
    let late = socket.close().await?;
    promise(stage, "he got exactly what he had missed", &json!(late), &json!([]))?;

    let (status, inbox) = people.get(bob, "/inbox?since=1").await?;
    stage.wire(&format!("GET /inbox?since=1 -> {status}"), None)?;
    promise(stage, "his inbox over HTTP says the same", &inbox["events"], &json!([frame]))
}

async fn timed<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<(T, Instant)> {
    let outcome = future.await?;
    Ok((outcome, Instant::now()))
}

fn created(stage: &mut Stage, (status, room): (StatusCode, Value)) -> anyhow::Result<Value> {
    stage.wire(&format!("-> {status}"), Some(&room))?;
    promise(stage, "the room is created", &json!(status.as_u16()), &json!(201))?;
    Ok(room)
}

fn tells_of(stage: &mut Stage, frame: &Value, room: &Value, seq: u64) -> anyhow::Result<()> {
    promise(stage, "it is told of a room that was created", &frame["type"], &json!("room_created"))?;
    promise(stage, "it is the same room, whole", &told_by_frame(frame), &told_of_room(room))?;
    promise(stage, &format!("it is entry {seq} of his inbox"), &frame["seq"], &json!(seq))
}
