//! The laws of [`Archive`](parlour_domain::port::Archive), as far as it is written.

use parlour_domain::port::ImportError;
use parlour_domain::{ArchiveRecord, ImportMark, ImportStep, InboxHead, Room, Seq, Side, Unit, UserId};

use crate::fixture::{Creation, people, user};
use crate::observe::{ALL, beginning};
use crate::violation::Must;
use crate::world::{World, copy, fill, import_all, mark, read_unit};
use crate::{Harness, Violation};

/// Everybody who was in a room.
fn everyone(world: &World) -> Vec<UserId> {
    let rooms = world.commits.iter().map(|commit| &commit.parts().room);
    let mut everyone: Vec<UserId> = rooms.flat_map(Room::participants).map(|participant| participant.user_id).collect();
    everyone.sort_unstable();
    everyone.dedup();
    everyone
}

/// The inboxes as the port of inboxes shows them.
pub(crate) async fn inbox_records<H: Harness>(
    must: Must,
    store: &H,
    world: &World,
    unit: Unit,
) -> Result<Vec<ArchiveRecord>, Violation> {
    let mut records = Vec::new();
    for user in everyone(world) {
        let page = must.succeed("an inbox is read", store.inboxes().read(user, Seq::ZERO, ALL).await)?;
        // What was forgotten is not there: the page may have to be asked for from there on.
        let page = must.succeed("an inbox is read", store.inboxes().read(user, page.forgotten, ALL).await)?;
        if unit == Unit::InboxHeads {
            records.push(ArchiveRecord::Head(InboxHead { user, head: page.head, forgotten: page.forgotten }));
        } else {
            records.extend(page.entries.into_iter().map(ArchiveRecord::Entry));
        }
    }
    Ok(records)
}

/// Into an empty store, one side at a time; anything of that side stands in the way.
pub async fn an_import_begins_only_where_nothing_is<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "Archive::begin_import",
        "an_import_begins_only_where_nothing_is",
        "begin in an empty store, and change nothing in any other",
    );
    fill(must, &store).await?;
    for sides in [&[Side::Users][..], &[Side::Rooms], &Side::ALL] {
        let refused = store.archive().begin_import(mark(sides)).await;
        let is_refused =
            matches!(&refused, Err(ImportError::NotEmpty(unit)) if mark(sides).units().any(|own| own == *unit));
        must.hold("an import begins in a store that is not empty", is_refused, "NotEmpty", &refused)?;
    }
    let there = must.succeed("the mark is read", store.archive().unfinished_import().await)?;
    must.equal("an import was refused and the mark is read", &None, &there)?;

    for unit in Unit::ALL {
        any_record_stands_in_the_way(must, &store, unit).await?;
    }

    let rooms_only = H::fresh().await;
    let [alice, bob] = people();
    must.succeed("a room is created", rooms_only.rooms().commit(Creation::direct(&alice, &bob).commit()).await)?;
    let begun = mark(&[Side::Users]);
    must.succeed("users are imported where rooms are", rooms_only.archive().begin_import(begun).await)?;

    let users_only = H::fresh().await;
    must.succeed("a user is inserted", users_only.users().insert(user()).await)?;
    let archive = users_only.archive();
    let begun = mark(&[Side::Rooms]);
    must.succeed("rooms are imported where users are", archive.begin_import(begun.clone()).await)?;
    must.succeed("the same import begins again", archive.begin_import(begun.clone()).await)?;
    for other in [ImportMark { source: "another".to_owned(), ..begun.clone() }, mark(&Side::ALL)] {
        let refused = archive.begin_import(other).await;
        let is_other = matches!(refused, Err(ImportError::OtherMark));
        must.hold("another import begins where one goes on", is_other, "OtherMark", &refused)?;
    }
    let there = must.succeed("the mark is read", archive.unfinished_import().await)?;
    must.equal("an import has begun and the mark is read", &Some(begun), &there)
}

/// Records of one unit alone, as something that went wrong long ago may have left them.
async fn any_record_stands_in_the_way<H: Harness>(must: Must, source: &H, unit: Unit) -> Result<(), Violation> {
    // Where there is no entry, some engines keep nothing of a head.
    if unit == Unit::InboxHeads {
        return Ok(());
    }
    let target = H::fresh().await;
    let archive = target.archive();
    let records = read_unit(must, &*source.archive(), unit, 100).await?;
    let Some(step) = ImportStep::new(mark(&Side::ALL), records) else { return Ok(()) };
    let reached = step.to.clone();
    must.succeed("an import begins", archive.begin_import(mark(&Side::ALL)).await)?;
    must.succeed("a page is imported", archive.import(step).await)?;
    must.succeed("the import is finished", archive.finish_import(reached).await)?;
    let refused = archive.begin_import(mark(&Side::ALL)).await;
    let is_refused = matches!(refused, Err(ImportError::NotEmpty(_)));
    let when = format!("an import begins where {unit} are, and nothing else");
    must.hold(&when, is_refused, "NotEmpty", &refused)?;
    let there = must.succeed("the mark is read", archive.unfinished_import().await)?;
    must.equal(&when, &None, &there)
}

/// Out of one store, into another, and out of that: the same.
pub async fn what_was_imported_is_exported_unchanged<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of("Archive::import", "what_was_imported_is_exported_unchanged", "keep every field unchanged");
    fill(must, &store).await?;
    let target = H::fresh().await;
    copy(must, &*store.archive(), &*target.archive(), &Side::ALL).await?;
    for unit in Unit::ALL {
        let (from, to) = (store.archive(), target.archive());
        let expected = read_unit(must, &*from, unit, 100).await?;
        let seen = read_unit(must, &*to, unit, 100).await?;
        must.equal(&format!("{unit} were imported and are exported again"), &expected, &seen)?;
        let counted = must.succeed("a unit is counted", to.count(unit).await)?;
        must.equal(&format!("{unit} were imported and are counted"), &(expected.len() as u64), &counted)?;
    }
    Ok(())
}

/// A record that is there stands in the way of its whole page.
pub async fn a_refused_page_imports_nothing<H: Harness>(store: H) -> Result<(), Violation> {
    let must =
        Must::of("Archive::import", "a_refused_page_imports_nothing", "apply all of a page with its mark, or nothing");
    fill(must, &store).await?;
    let source = store.archive();
    for unit in Unit::ALL {
        // Where there is no entry, some engines keep nothing of a head.
        if unit == Unit::InboxHeads {
            continue;
        }
        let target = H::fresh().await;
        let archive = target.archive();
        let records = read_unit(must, &*source, unit, 100).await?;
        let begun = mark(&Side::ALL);
        must.succeed("an import begins", archive.begin_import(begun.clone()).await)?;
        let Some(step) = ImportStep::new(begun, records[..2].to_vec()) else { continue };
        let reached = step.to.clone();
        must.succeed("a page is imported", archive.import(step).await)?;
        // Something new comes before the one that is in the way.
        let next = [&records[2..3], &records[1..2], &records[3..4]].concat();
        let Some(step) = ImportStep::new(reached.clone(), next) else { continue };
        let when = format!("a page of {unit} is imported of which one is there already");
        let refused = archive.import(step).await;
        must.hold(&when, matches!(refused, Err(ImportError::Refused(_))), "Refused", &refused)?;
        must.equal(&when, &records[..2], &read_unit(must, &*archive, unit, 100).await?[..])?;
        leaves_no_trace(must, &target, &records[2]).await?;
        let there = must.succeed("the mark is read", archive.unfinished_import().await)?;
        must.equal(&format!("{when}; the mark"), &Some(reached), &there)?;
    }
    Ok(())
}

/// No port finds what belongs to a record that was refused with its page.
async fn leaves_no_trace<H: Harness>(must: Must, store: &H, refused: &ArchiveRecord) -> Result<(), Violation> {
    let when = "a page was refused and a record of it is looked for";
    match refused {
        ArchiveRecord::User(user) => {
            let found = must.succeed(when, store.users().find_by_username(&user.username).await)?;
            must.equal(when, &None, &found)
        }
        ArchiveRecord::Session(session) => {
            let listed = must.succeed(when, store.sessions().list_of(session.user_id).await)?;
            must.hold(when, listed.iter().all(|one| one.id != session.id), "no such session", &listed)
        }
        ArchiveRecord::Passkey(passkey) => {
            let listed = must.succeed(when, store.passkeys().list_of(passkey.user_id).await)?;
            must.hold(when, listed.iter().all(|one| one.id != passkey.id), "no such passkey", &listed)
        }
        ArchiveRecord::Room(room) => {
            for participant in room.participants() {
                let rooms = store.rooms().list_of(participant.user_id, beginning(), None, ALL).await;
                let listed = must.succeed(when, rooms)?;
                must.hold(when, listed.iter().all(|one| one.id() != room.id()), "no such room", &listed)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Whoever does not know whether a page was imported imports it again.
pub async fn the_same_page_imported_twice_has_one_effect<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "Archive::import",
        "the_same_page_imported_twice_has_one_effect",
        "answer success and change nothing when the page was just imported",
    );
    fill(must, &store).await?;
    let target = H::fresh().await;
    let (source, archive) = (store.archive(), target.archive());
    let mut reached = mark(&Side::ALL);
    must.succeed("an import begins", archive.begin_import(reached.clone()).await)?;
    for unit in Unit::ALL {
        let records = read_unit(must, &*source, unit, 100).await?;
        for page in records.chunks(11) {
            let Some(step) = ImportStep::new(reached.clone(), page.to_vec()) else { continue };
            reached = step.to.clone();
            must.succeed("a page is imported", archive.import(step.clone()).await)?;
            must.succeed("the same page is imported again", archive.import(step).await)?;
        }
    }
    must.succeed("the import is finished", archive.finish_import(reached.clone()).await)?;
    must.succeed("the import is finished again", archive.finish_import(reached).await)?;
    for unit in Unit::ALL {
        let expected = read_unit(must, &*source, unit, 100).await?;
        let seen = read_unit(must, &*archive, unit, 100).await?;
        must.equal(&format!("every page was imported twice and {unit} are exported"), &expected, &seen)?;
    }
    // An event that were counted twice would outlive its entries; one that were counted once too few would be gone.
    for inboxes in [store.inboxes(), target.inboxes()] {
        must.succeed("entries are forgotten", inboxes.forget(crate::fixture::at(8)).await)?;
    }
    let expected = read_unit(must, &*source, Unit::InboxEntries, 100).await?;
    let seen = read_unit(must, &*archive, Unit::InboxEntries, 100).await?;
    must.equal("entries are forgotten in both stores and exported", &expected, &seen)
}

/// Two that copy at once, or one that has lost its place, must not mix their pages.
pub async fn a_page_that_does_not_follow_the_mark_is_refused<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "Archive::import",
        "a_page_that_does_not_follow_the_mark_is_refused",
        "answer OtherMark when the mark is neither where the page begins nor where it leads to",
    );
    fill(must, &store).await?;
    let target = H::fresh().await;
    let archive = target.archive();
    let records = read_unit(must, &*store.archive(), Unit::Users, 100).await?;
    let begun = mark(&[Side::Users]);
    let (Some(first), Some(whole)) =
        (ImportStep::new(begun.clone(), records[..1].to_vec()), ImportStep::new(begun.clone(), records.clone()))
    else {
        unreachable!("there are users")
    };
    let refused = archive.import(first.clone()).await;
    let is_other = matches!(refused, Err(ImportError::OtherMark));
    must.hold("a page is imported and no import has begun", is_other, "OtherMark", &refused)?;
    must.succeed("an import begins", archive.begin_import(begun.clone()).await)?;
    must.succeed("a page is imported", archive.import(first.clone()).await)?;
    let refused = archive.import(whole).await;
    let is_other = matches!(refused, Err(ImportError::OtherMark));
    must.hold("a page is imported that begins before the mark", is_other, "OtherMark", &refused)?;
    let refused = archive.finish_import(begun).await;
    let is_other = matches!(refused, Err(ImportError::OtherMark));
    must.hold("an import is finished that is further on", is_other, "OtherMark", &refused)?;
    must.equal("pages were refused", &records[..1], &read_unit(must, &*archive, Unit::Users, 100).await?[..])?;
    let there = must.succeed("the mark is read", archive.unfinished_import().await)?;
    must.equal("pages were refused and the mark is read", &Some(first.to), &there)
}

/// Whoever copies may be killed, and goes on where they were.
pub async fn an_unfinished_import_goes_on_after_reopening<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "Archive::unfinished_import, Archive::import",
        "an_unfinished_import_goes_on_after_reopening",
        "keep the mark and what was imported, until the import is finished",
    );
    fill(must, &store).await?;
    let target = H::fresh().await;
    let mark = import_all(must, &*store.archive(), &*target.archive(), &[Side::Users]).await?;
    let target = target.reopen().await;
    let there = must.succeed("the mark is read", target.archive().unfinished_import().await)?;
    must.equal("the store was reopened and the mark is read", &Some(mark.clone()), &there)?;
    for unit in Side::Users.units().iter().copied() {
        let expected = read_unit(must, &*store.archive(), unit, 100).await?;
        let seen = read_unit(must, &*target.archive(), unit, 100).await?;
        must.equal(&format!("the store was reopened and {unit} are exported"), &expected, &seen)?;
    }
    let again = ImportStep { from: crate::world::mark(&[Side::Users]), to: mark.clone(), records: Vec::new() };
    must.succeed("the last page is imported again", target.archive().import(again).await)?;
    must.succeed("the import is finished", target.archive().finish_import(mark.clone()).await)?;
    let target = target.reopen().await;
    let there = must.succeed("the mark is read", target.archive().unfinished_import().await)?;
    must.equal("the import was finished, the store reopened and the mark read", &None, &there)?;
    must.succeed("the import is finished again", target.archive().finish_import(mark).await)
}
