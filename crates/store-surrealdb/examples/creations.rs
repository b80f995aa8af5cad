//! How many direct rooms a second the store creates: `creations URL CLIENTS CREATIONS`, for example
//! `cargo run --release -p parlour-store-surrealdb --example creations -- surrealkv:///tmp/measured 64 20000`.

use std::error::Error;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use parlour_domain::port::RoomRepo;
use parlour_domain::{
    CommitId, DisplayName, EventId, Invitees, Opening, Room, RoomCommit, RoomId, RoomPlan, Timestamp, User, UserId,
    Username,
};
use parlour_store_surrealdb::SurrealStore;
use uuid::Uuid;

const USERS: usize = 1_000;

type Failed = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1);
    let (Some(url), Some(clients), Some(creations)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("usage: creations URL CLIENTS CREATIONS".into());
    };
    let (clients, creations): (usize, usize) = (clients.parse()?, creations.parse()?);
    let opening = Instant::now();
    let store = SurrealStore::connect(&url).await?;
    let opened = opening.elapsed();

    let users: Arc<Vec<User>> = Arc::new((0..USERS).map(user).collect::<Result<_, _>>()?);
    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let mut working = Vec::new();
    for _ in 0..clients {
        let (store, users, next) = (store.clone(), Arc::clone(&users), Arc::clone(&next));
        working.push(tokio::spawn(async move {
            let mut slowest = Duration::ZERO;
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= creations {
                    return Ok::<_, Failed>(slowest);
                }
                let commit = creation(n, &users)?;
                let asked = Instant::now();
                store.commit(commit).await?;
                slowest = slowest.max(asked.elapsed());
            }
        }));
    }
    let mut slowest = Duration::ZERO;
    for client in working {
        slowest = slowest.max(client.await??);
    }
    let took = began.elapsed();
    writeln!(
        std::io::stdout(),
        "{url}: opened in {opened:.0?}; {clients} clients made {creations} rooms in {took:.2?}, {:.0} a second, slowest {slowest:.1?}",
        f64::from(u32::try_from(creations)?) / took.as_secs_f64()
    )?;
    store.close().await;
    Ok(())
}

fn id(kind: u128, n: usize) -> Uuid {
    Uuid::from_u128(0x0192_f0c1_2345_7000_8000_0000_0000_0000 | (kind << 40) | n as u128)
}

fn user(n: usize) -> Result<User, Failed> {
    Ok(User {
        id: UserId::from_uuid(id(1, n)),
        username: Username::parse(&format!("user{n:04}"))?,
        display_name: DisplayName::parse(&format!("User number {n}"))?,
        is_active: true,
        is_verified: false,
        created_at: Timestamp::from_micros(0)?,
    })
}

/// The `n`th pair of the pool, each pair once.
fn creation(n: usize, users: &[User]) -> Result<RoomCommit, Failed> {
    let distance = 1 + n / USERS;
    let pair = [users[n % USERS].clone(), users[(n + distance) % USERS].clone()];
    let opening = Opening {
        room_id: RoomId::from_uuid(id(2, n)),
        event_id: EventId::from_uuid(id(3, n)),
        commit_id: CommitId::from_uuid(id(4, n)),
        now: Timestamp::from_micros(i64::try_from(n)?)?,
    };
    let plan = RoomPlan::direct(Invitees::parse(pair[0].id, vec![pair[1].id])?)?;
    Ok(Room::open(opening, pair[0].id, &plan, &pair, None)?)
}
