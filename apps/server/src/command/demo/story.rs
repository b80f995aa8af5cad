//! What happens in the demo.

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

    let mut socket = connect(stage, people, &bob, 0).await?;
    live(stage, people, (&alice, &bob), &mut socket).await?;

    stage.step("Bob goes offline")?;
    let late = socket.close().await?;
    promise(stage, "nothing else was sent to Bob", &json!(late), &json!([]))?;
    missed(stage, people, (&alice, &bob)).await?;

    stage.step("That was all: created once, told once, live or later")?;
    Ok(())
}

async fn register(stage: &mut Stage, people: &People, username: &str, name: &str) -> anyhow::Result<Person> {
    let person = people.register(username, name).await?;
    stage.wire(&format!("parlour user add {username} --display-name '{name}'"), None)?;
    stage.remark(&format!("user {}", person.user.id))?;
    Ok(person)
}

/// Opens Bob's socket and waits until it is live.
async fn connect(stage: &mut Stage, people: &People, who: &Person, since: u64) -> anyhow::Result<Socket> {
    stage.step(&format!("{} connects a socket and has seen everything up to {since}", who.user.display_name))?;
    stage.wire(&format!("GET /ws?since={since}"), None)?;
    let mut socket = people.connect(who, since).await?;
    let resumed = socket.frame().await?;
    stage.wire("frame", Some(&resumed))?;
    promise(
        stage,
        "the socket resumes where it left off",
        &json!([resumed["type"], resumed["since"]]),
        &json!(["resumed", since]),
    )?;
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
    let room = open_room(stage, people, alice, &json!({ "participant_id": bob.user.id })).await?;
    promise(stage, "the answer names the room after Bob", &room["name"], &json!(bob.user.display_name))?;

    stage.step("Bob's socket is told")?;
    let frame = socket.frame().await?;
    stage.wire("frame", Some(&frame))?;
    told(stage, &frame, &room, 1)?;
    promise(stage, "the frame names the room after Alice", &frame["name"], &json!(alice.user.display_name))
}

/// Alice opens a room while Bob is away, and Bob comes back.
async fn missed(stage: &mut Stage, people: &People, (alice, bob): (&Person, &Person)) -> anyhow::Result<()> {
    stage.step("Alice opens a group with Bob, who is offline")?;
    let group = json!({ "room_type": "group", "name": "Tea at five", "participant_ids": [bob.user.id] });
    let room = open_room(stage, people, alice, &group).await?;

    let mut socket = connect(stage, people, bob, 1).await?;
    let frame = socket.frame().await?;
    stage.wire("frame", Some(&frame))?;
    told(stage, &frame, &room, 2)?;
    let late = socket.close().await?;
    promise(stage, "he got exactly what he had missed", &json!(late), &json!([]))?;

    let (status, inbox) = people.get(bob, "/inbox?since=1").await?;
    stage.wire(&format!("GET /inbox?since=1 -> {status}"), None)?;
    promise(stage, "the inbox over HTTP says the same", &inbox["events"], &json!([frame]))
}

async fn open_room(stage: &mut Stage, people: &People, who: &Person, request: &Value) -> anyhow::Result<Value> {
    stage.wire("POST /rooms", Some(request))?;
    let (status, room) = people.post(who, "/rooms", request).await?;
    stage.wire(&format!("-> {status}"), Some(&room))?;
    promise(stage, "the room is created", &json!(status.as_u16()), &json!(201))?;
    Ok(room)
}

fn told(stage: &mut Stage, frame: &Value, room: &Value, seq: u64) -> anyhow::Result<()> {
    promise(stage, "it is told of a room that was created", &frame["type"], &json!("room_created"))?;
    promise(stage, "it is the same room, whole", &told_by_frame(frame), &told_of_room(room))?;
    promise(stage, &format!("it is entry {seq} of his inbox"), &frame["seq"], &json!(seq))
}
