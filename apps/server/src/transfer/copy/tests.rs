//! Copies between stores in memory, whole and interrupted.

use super::*;
use crate::store::Store;
use crate::transfer::filled::{Fault, empty, filled, with_fault};

fn named<'a>(store: &'a Store, name: &'a str) -> Named<'a> {
    Named { archive: &*store.archive, name }
}

async fn from_to(from: &Store, to: &Store, sides: &[Side]) -> anyhow::Result<Vec<Copied>> {
    copy(named(from, "a:"), named(to, "b:"), sides, &Progress::to_stderr()).await
}

async fn refusal(from: &Store, to: &Store) -> String {
    match from_to(from, to, &[]).await {
        Ok(copied) => panic!("copied {copied:?}"),
        Err(error) => format!("{error:#}"),
    }
}

async fn counts(store: &Store) -> Vec<u64> {
    let mut counts = Vec::new();
    for unit in Unit::ALL {
        counts.push(store.archive.count(unit).await.unwrap());
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_copied_and_the_same() {
    let (from, to) = (filled().await, empty().await);
    let copied = from_to(&from, &to, &[]).await.unwrap();
    assert_eq!(copied.iter().map(|unit| unit.unit).collect::<Vec<_>>(), Unit::ALL);
    assert!(copied.iter().all(|unit| unit.is_same), "{copied:?}");
    assert_eq!(counts(&to).await, counts(&from).await);
    assert_eq!(copied.iter().map(|unit| unit.sum.records).collect::<Vec<_>>(), counts(&from).await);
    assert_eq!(to.archive.unfinished_import().await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_side_is_copied_alone_and_the_other_one_beside_it() {
    let (from, to) = (filled().await, empty().await);
    for side in Side::ALL {
        let copied = from_to(&from, &to, &[side]).await.unwrap();
        assert_eq!(copied.iter().map(|unit| unit.unit).collect::<Vec<_>>(), side.units());
    }
    assert_eq!(counts(&to).await, counts(&from).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_target_is_named_and_left_alone() {
    let (from, to) = (filled().await, filled().await);
    let before = counts(&to).await;
    let line = refusal(&from, &to).await;
    assert!(
        line.starts_with(
            "store b: is not empty: it holds 3 users, 3 sessions, 3 passkeys, 3 contact_policies, 3 blocks, 252 rooms"
        ),
        "{line}"
    );
    assert_eq!(counts(&to).await, before);
    assert_eq!(to.archive.unfinished_import().await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_broke_off_goes_on_from_wherever_it_was() {
    let (from, to) = (filled().await, empty().await);
    for _ in 0..50 {
        // Three pages at a time.
        match from_to(&from, &with_fault(&to, Fault::EndsAfter(3)), &[]).await {
            Ok(copied) => {
                assert!(copied.iter().all(|unit| unit.is_same), "{copied:?}");
                assert_eq!(counts(&to).await, counts(&from).await);
                return;
            }
            Err(error) => {
                assert_eq!(format!("{error:#}"), "store b:: store is unavailable: the engine is gone");
                let mark = to.archive.unfinished_import().await.unwrap();
                assert!(mark.is_some_and(|mark| mark.source == "a:" && mark.reached.is_some()));
            }
        }
    }
    panic!("it never came to its end");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_same_copy_goes_on_in_an_unfinished_target() {
    let (from, to) = (filled().await, empty().await);
    from_to(&from, &with_fault(&to, Fault::EndsAfter(2)), &[]).await.unwrap_err();
    let other = copy(named(&from, "c:"), named(&to, "b:"), &[], &Progress::to_stderr()).await.unwrap_err();
    assert_eq!(other.to_string(), "store b: is the unfinished target of a copy from a:, not from c:");
    let other = from_to(&from, &to, &[Side::Rooms]).await.unwrap_err();
    assert_eq!(other.to_string(), "store b: is the unfinished target of a copy of users and rooms alone");
    let line = refusal(&to, &empty().await).await;
    assert_eq!(line, "store a: is itself the unfinished target of a copy from a:");
    assert!(from_to(&from, &to, &[]).await.unwrap().iter().all(|unit| unit.is_same));
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_do_not_parse_are_named_and_nothing_is_begun() {
    let (from, to) = (filled().await, empty().await);
    let line = refusal(&with_fault(&from, Fault::IsCorrupt(Unit::Rooms)), &to).await;
    assert!(line.starts_with("store a: has 1 records that do not parse, nothing was copied: rooms "), "{line}");
    assert!(line.contains("it was bent"), "{line}");
    assert_eq!(counts(&to).await, [0; Unit::ALL.len()]);
    assert_eq!(to.archive.unfinished_import().await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_changes_meanwhile_is_noticed() {
    let (from, to) = (filled().await, empty().await);
    let line = refusal(&with_fault(&from, Fault::Shrinks(Unit::InboxEntries)), &to).await;
    assert!(line.starts_with("store a: changed while it was copied"), "{line}");
    assert!(to.archive.unfinished_import().await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_does_not_show_what_was_imported_is_not_finished() {
    let (from, to) = (filled().await, empty().await);
    let copied = from_to(&from, &with_fault(&to, Fault::Hides(Unit::Answers)), &[]).await.unwrap();
    let different: Vec<Unit> = copied.iter().filter(|unit| !unit.is_same).map(|unit| unit.unit).collect();
    assert_eq!(different, [Unit::Answers]);
    assert!(to.archive.unfinished_import().await.unwrap().is_some());
}
