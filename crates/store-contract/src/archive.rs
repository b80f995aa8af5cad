//! The laws of [`Archive`](parlour_domain::port::Archive), as far as it is read.

use parlour_domain::port::Archive;
use parlour_domain::{ArchiveKey, ArchiveRecord, Seq, TokenHash, Unit, UserId};
use uuid::Uuid;

use crate::fixture::{Creation, at, credential, key, passkey, people};
use crate::violation::Must;
use crate::world::{World, fill, key_of, read_all, read_unit};
use crate::{Harness, Violation};

/// Whatever the size of the pages, what comes is the same, and it is what was written.
pub async fn every_record_is_exported_once_in_the_order_of_keys<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "Archive::export, Archive::count",
        "every_record_is_exported_once_in_the_order_of_keys",
        "answer every record once over consecutive pages, in the order of keys",
    );
    let archive = store.archive();
    for unit in Unit::ALL {
        must.equal("an empty store is exported", &Vec::new(), &read_unit(must, &*archive, unit, 3).await?)?;
        must.equal("an empty store is counted", &0, &must.succeed("it is counted", archive.count(unit).await)?)?;
    }
    let world = fill(must, &store).await?;
    for unit in Unit::ALL {
        let all = read_unit(must, &*archive, unit, 10_000).await?;
        for limit in [1, 3] {
            let paged = read_unit(must, &*archive, unit, limit).await?;
            must.equal(&format!("{unit} are exported in pages of {limit}"), &all, &paged)?;
        }
        let counted = must.succeed("a unit is counted", archive.count(unit).await)?;
        must.equal(&format!("{unit} are counted"), &(all.len() as u64), &counted)?;
        must.equal(&format!("{unit} are exported"), &expected(&store, &world, unit).await?, &all)?;
        from_a_place_where_nothing_is(must, &*archive, unit, &all).await?;
    }
    Ok(())
}

/// The record of the place may have gone since the page before; what comes after it is there all the same.
async fn from_a_place_where_nothing_is(
    must: Must,
    archive: &dyn Archive,
    unit: Unit,
    all: &[ArchiveRecord],
) -> Result<(), Violation> {
    let nobody = UserId::from_uuid(Uuid::nil());
    let place = match unit {
        Unit::Users | Unit::ContactPolicies | Unit::Rooms | Unit::InboxHeads | Unit::AppliedCommits => {
            ArchiveKey::Id(Uuid::nil())
        }
        Unit::Sessions => ArchiveKey::Session(TokenHash::from_bytes([0; 32])),
        Unit::Passkeys => ArchiveKey::Passkey(credential(&[0x2a, 0x2a])),
        Unit::Blocks => ArchiveKey::Block(nobody, nobody),
        Unit::InboxEntries => ArchiveKey::Entry(nobody, Seq::ZERO),
        Unit::Answers => ArchiveKey::Answer(nobody, "a".to_owned()),
    };
    let following: Vec<&ArchiveRecord> = all.iter().filter(|record| record.key() > place).collect();
    let when = format!("{unit} are exported from a place on where nothing is");
    let page = must.succeed(&when, archive.export(unit, Some(place), 10_000).await)?;
    let seen: Vec<&ArchiveRecord> = page.iter().filter_map(|record| record.as_ref().ok()).collect();
    must.equal(&when, &following, &seen)
}

/// What the other ports show of what was written, as records.
async fn expected<H: Harness>(store: &H, world: &World, unit: Unit) -> Result<Vec<ArchiveRecord>, Violation> {
    let must =
        Must::of("Archive::export", "every_record_is_exported_once_in_the_order_of_keys", "export what is stored");
    let mut records: Vec<ArchiveRecord> = match unit {
        Unit::Users => world.people.iter().cloned().map(ArchiveRecord::User).collect(),
        Unit::Sessions => world.sessions.iter().cloned().map(ArchiveRecord::Session).collect(),
        Unit::Passkeys => world.passkeys.iter().cloned().map(ArchiveRecord::Passkey).collect(),
        Unit::ContactPolicies => world.policies.iter().copied().map(ArchiveRecord::Policy).collect(),
        Unit::Blocks => world.blocks.iter().copied().map(ArchiveRecord::Block).collect(),
        Unit::Rooms => {
            let mut rooms = Vec::new();
            for commit in &world.commits {
                rooms.extend(must.succeed("a room is read", store.rooms().find(commit.parts().room.id()).await)?);
            }
            rooms.into_iter().map(ArchiveRecord::Room).collect()
        }
        Unit::InboxHeads | Unit::InboxEntries => crate::import::inbox_records(must, store, world, unit).await?,
        Unit::Answers => {
            let records = world.commits.iter().filter_map(|commit| commit.parts().idempotency.clone());
            records.map(ArchiveRecord::Answer).collect()
        }
        Unit::AppliedCommits => world.commits.iter().map(|commit| ArchiveRecord::Commit(commit.parts().id)).collect(),
    };
    records.sort_by_key(ArchiveRecord::key);
    records.dedup();
    Ok(records)
}

/// A collation of the engine would put `a` before `B`, and `_` somewhere else.
pub async fn text_keys_are_exported_in_the_order_of_their_bytes<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "Archive::export",
        "text_keys_are_exported_in_the_order_of_their_bytes",
        "answer texts in the order of their bytes",
    );
    let [alice, bob] = people();
    let mut names = vec!["b", "a", "B", "_", "~", "a!", "A", "!", "aa", "a~", "10", "9", "Z", "[", "`", "a-b", "ab"];
    for name in &names {
        let commit = Creation::group(&alice, std::slice::from_ref(&bob)).keyed(&key(name)).commit();
        must.succeed("a room is created under a key", store.rooms().commit(commit).await)?;
    }
    names.sort_unstable();
    let expected: Vec<ArchiveKey> = names.iter().map(|name| ArchiveKey::Answer(alice.id, (*name).to_owned())).collect();
    for limit in [1, 3, 100] {
        let seen: Vec<ArchiveKey> =
            read_unit(must, &*store.archive(), Unit::Answers, limit).await?.iter().map(ArchiveRecord::key).collect();
        must.equal(&format!("answers are exported in pages of {limit}"), &expected, &seen)?;
    }
    Ok(())
}

/// What is damaged is named, and what comes after it comes.
pub async fn a_poisoned_record_is_exported_as_corrupt_in_its_place<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "Archive::export",
        "a_poisoned_record_is_exported_as_corrupt_in_its_place",
        "answer a record that does not parse in its place and go on after it",
    );
    let everyone = people::<3>();
    let [alice, bob, _] = &everyone;
    let mut rooms = Vec::new();
    for user in &everyone {
        must.succeed("a user is inserted", store.users().insert(user.clone()).await)?;
    }
    for seconds in 0..3 {
        let commit = Creation::group(alice, std::slice::from_ref(bob)).at(at(seconds)).commit();
        rooms.push(commit.parts().room.id());
        must.succeed("a room is created", store.rooms().commit(commit).await)?;
    }
    let passkeys: Vec<_> = (0..3).map(|seconds| passkey(alice, at(seconds))).collect();
    for one in &passkeys {
        must.succeed("a passkey is added", store.passkeys().add(one.clone()).await)?;
    }
    store.poison_passkey(&passkeys[1].id).await;
    store.poison_user(bob.id).await;
    store.poison_room(rooms[1]).await;
    store.poison_entry(alice.id, Seq::new(2)).await;
    let entry = |user, seq| ArchiveKey::Entry(user, Seq::new(seq));
    let of_both = [alice, bob].into_iter().flat_map(|user| (1..=3).map(|seq| entry(user.id, seq)));
    for (unit, keys, bad) in [
        (Unit::Users, everyone.iter().map(|user| ArchiveKey::Id(user.id.as_uuid())).collect::<Vec<_>>(), 1),
        (Unit::Passkeys, passkeys.into_iter().map(|one| ArchiveKey::Passkey(one.id)).collect(), 1),
        (Unit::Rooms, rooms.iter().map(|id| ArchiveKey::Id(id.as_uuid())).collect(), 1),
        (Unit::InboxEntries, of_both.collect(), 1),
    ] {
        for limit in [1, 2, 100] {
            let when = format!("{unit} are exported in pages of {limit}, the second of them poisoned");
            let read = read_all(must, &*store.archive(), unit, limit).await?;
            must.equal(&when, &keys, &read.iter().map(key_of).collect())?;
            let corrupt: Vec<usize> = (0..read.len()).filter(|at| read[*at].is_err()).collect();
            // An engine that keeps an event once may find it damaged in other inboxes too.
            must.hold(&when, corrupt.first() == Some(&bad), "the second is corrupt", &read)?;
        }
        let counted = must.succeed("a unit is counted", store.archive().count(unit).await)?;
        must.equal(&format!("{unit} are counted, one of them poisoned"), &(keys.len() as u64), &counted)?;
    }
    Ok(())
}
