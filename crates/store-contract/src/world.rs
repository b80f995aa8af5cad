//! A store with something of everything, and the way of all of it into another one.

use parlour_domain::port::{Archive, CorruptRecord};
use parlour_domain::{
    ArchiveKey, ArchiveRecord, Block, ContactPolicy, ImportMark, ImportStep, Passkey, RoomCommit, Session, SetPolicy,
    Side, Unit, User,
};

use crate::fixture::{
    self, Creation, answered, at, crowd, deletion, display_name, expiry, key, micros, people, username,
};
use crate::violation::Must;
use crate::{Harness, Violation};

/// What was written.
pub(crate) struct World {
    pub(crate) people: [User; 5],
    pub(crate) sessions: Vec<Session>,
    pub(crate) passkeys: Vec<Passkey>,
    pub(crate) policies: Vec<SetPolicy>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) commits: Vec<RoomCommit>,
}

/// Entries of events before it are forgotten, but for each user's newest.
const FORGOTTEN_BEFORE: i64 = 3;

/// Users with every flag, sessions, passkeys, policies, blocks, rooms of every kind, rooms that are gone, a large one, inboxes that were partly
/// forgotten, and answered requests; nothing is written in the order of its key.
pub(crate) async fn fill<H: Harness>(must: Must, store: &H) -> Result<World, Violation> {
    let mut people: [User; 5] = people();
    people[1].is_active = false;
    people[2] = User { is_verified: true, username: username("Zoë-Ж"), ..people[2].clone() };
    people[3] = User { display_name: display_name("'); -- \\ \" 🦊"), ..people[3].clone() };
    people[4].created_at = micros(fixture::FIRST_INSTANT);
    for user in people.iter().rev() {
        must.succeed("a user is inserted", store.users().insert(user.clone()).await)?;
    }
    let sessions: Vec<Session> =
        (0_u8..7).map(|n| fixture::session(&people[2 + usize::from(n) % 3], at(i64::from(n)))).collect();
    for session in &sessions {
        must.succeed("a session is inserted", store.sessions().insert(session.clone()).await)?;
    }
    let passkeys = passkeys(&people);
    for passkey in passkeys.iter().rev() {
        must.succeed("a passkey is added", store.passkeys().add(passkey.clone()).await)?;
    }
    let policies = policies(&people);
    for SetPolicy { user, policy } in policies.iter().rev() {
        must.succeed("a policy is set", store.contacts().set_policy(*user, *policy).await)?;
    }
    let blocks = blocks(&people);
    for block in blocks.iter().rev() {
        must.succeed("somebody is blocked", store.contacts().block(*block).await)?;
    }
    let commits = commits(&people);
    for commit in &commits {
        must.succeed("a commit is applied", store.rooms().commit(commit.clone()).await)?;
    }
    must.succeed("old entries are forgotten", store.inboxes().forget(at(FORGOTTEN_BEFORE)).await)?;
    Ok(World { people, sessions, passkeys, policies, blocks, commits })
}

fn policies(people: &[User; 5]) -> Vec<SetPolicy> {
    let policies = ContactPolicy::ALL.into_iter().chain([ContactPolicy::SharedRooms]);
    people.iter().zip(policies).map(|(user, policy)| SetPolicy { user: user.id, policy }).collect()
}

/// Some block each other.
fn blocks(people: &[User; 5]) -> Vec<Block> {
    let pairs = [(0, 1), (0, 4), (1, 0), (3, 0), (3, 2), (4, 1)];
    let block = |(n, (user, blocked)): (i64, (usize, usize))| Block {
        user: people[user].id,
        blocked: people[blocked].id,
        at: if n == 2 { micros(fixture::FIRST_INSTANT) } else { at(-n) },
    };
    (0..).zip(pairs).map(block).collect()
}

/// One id is the beginning of another, and bytes above 0x7f come after those below.
fn passkeys(people: &[User; 5]) -> Vec<Passkey> {
    let ids: [&[u8]; 6] = [&[0x80], &[0x7f, 0xff], &[0x7f], &[0x00], &[0x41; 1_023], &[0xff, 0x00]];
    let owners = [0, 2, 2, 3, 0, 4].map(|n: usize| &people[n]);
    let passkey = |((id, owner), seconds)| {
        let passkey = fixture::passkey(owner, at(seconds));
        let last_used_at = (seconds > 3).then(|| at(seconds + 1));
        Passkey { id: fixture::credential(id), last_used_at, counter: u32::MAX >> seconds, ..passkey }
    };
    ids.into_iter().zip(owners).zip(0..).map(passkey).collect()
}

fn commits(people: &[User; 5]) -> Vec<RoomCommit> {
    let [alice, _, carol, dave, erin] = people;
    let active = [carol.clone(), dave.clone(), erin.clone()];
    let keys = ["b", "a", "B", "_", "~", "a!", "A"].map(key);
    let later = Creation::named_group(alice, &active, "Tea / чай ☕").at(at(4));
    let mut commits = vec![
        Creation::direct(alice, carol).at(at(0)).keyed(&keys[0]).commit(),
        Creation::direct(dave, alice).at(at(1)).commit(),
        Creation::ephemeral(alice, &active[..1], None, 60).at(at(1)).keyed(&keys[1]).commit(),
        Creation::ephemeral(erin, &active[..1], Some("0"), 61).at(at(2)).commit(),
        Creation::group(alice, &crowd(12)).at(at(2)).keyed(&keys[2]).commit(),
        later.keyed(&keys[3]).commit(),
        Creation::group(alice, &active[1..]).at(at(6)).keyed(&keys[4]).commit(),
        Creation::group(carol, &active[1..]).at(at(5)).keyed(&keys[5]).commit(),
        Creation::direct(carol, dave).at(at(7)).commit(),
    ];
    let room = |n: usize| commits[n].parts().room.clone();
    let changes = [
        answered(&room(0), &keys[6], at(8)),
        deletion(&room(1), at(9)),
        deletion(&room(6), at(9)),
        expiry(&room(2), at(70)),
    ];
    commits.extend(changes);
    // The pair had a room before.
    commits.push(Creation::direct(alice, dave).at(at(71)).commit());
    commits
}

/// What copies from nowhere in particular.
pub(crate) fn mark(sides: &[Side]) -> ImportMark {
    ImportMark::new("the store of a law".to_owned(), sides.to_vec())
}

/// All records of a unit, in pages of `limit`; none may be corrupt, and each page goes on after the one before.
pub(crate) async fn read_unit(
    must: Must,
    archive: &dyn Archive,
    unit: Unit,
    limit: u32,
) -> Result<Vec<ArchiveRecord>, Violation> {
    let read = read_all(must, archive, unit, limit).await?;
    let when = format!("{unit} are exported");
    read.into_iter().map(|record| must.succeed(&when, record)).collect()
}

/// The same, the corrupt ones among them.
pub(crate) async fn read_all(
    must: Must,
    archive: &dyn Archive,
    unit: Unit,
    limit: u32,
) -> Result<Vec<Result<ArchiveRecord, CorruptRecord>>, Violation> {
    let when = format!("{unit} are exported in pages of {limit}");
    let (mut all, mut after): (_, Option<ArchiveKey>) = (Vec::new(), None);
    loop {
        let page = must.succeed(&when, archive.export(unit, after.clone(), limit).await)?;
        let is_short = u32::try_from(page.len()).is_ok_and(|length| length <= limit);
        must.hold(&when, is_short, &format!("at most {limit} records"), &page.len())?;
        for record in &page {
            let key = key_of(record);
            must.hold(&when, after.as_ref().is_none_or(|last| *last < key), "a higher key each time", &(&after, &key))?;
            after = Some(key);
        }
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

pub(crate) fn key_of(record: &Result<ArchiveRecord, CorruptRecord>) -> ArchiveKey {
    match record {
        Ok(record) => record.key(),
        Err(corrupt) => corrupt.key.clone(),
    }
}

/// Copies the sides of one store into another, in small pages, and answers the mark that it ends with.
pub(crate) async fn import_all(
    must: Must,
    from: &dyn Archive,
    to: &dyn Archive,
    sides: &[Side],
) -> Result<ImportMark, Violation> {
    const PAGE: usize = 7;
    let mut mark = mark(sides);
    must.succeed("an import begins", to.begin_import(mark.clone()).await)?;
    for unit in mark.clone().units() {
        let records = read_unit(must, from, unit, 100).await?;
        for page in records.chunks(PAGE) {
            let Some(step) = ImportStep::new(mark, page.to_vec()) else { unreachable!("a chunk is not empty") };
            mark = step.to.clone();
            must.succeed("a page is imported", to.import(step).await)?;
        }
    }
    Ok(mark)
}

/// The same to its end.
pub(crate) async fn copy(must: Must, from: &dyn Archive, to: &dyn Archive, sides: &[Side]) -> Result<(), Violation> {
    let mark = import_all(must, from, to, sides).await?;
    must.succeed("an import is finished", to.finish_import(mark).await)
}
