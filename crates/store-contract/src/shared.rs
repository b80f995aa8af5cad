//! The law of who shares a room.

use parlour_domain::{User, UserId};

use crate::fixture::{Creation, at, deletion, left, micros, people, uuid};
use crate::violation::Must;
use crate::{Harness, Violation};

/// In rooms of every kind, once each, whoever created them; not in one that is over, was deleted or was left.
pub async fn those_who_share_a_live_room_are_found<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::share_a_room",
        "those_who_share_a_live_room_are_found",
        "look at every living room of the user, and at no other",
    );
    let everyone: [User; 9] = people();
    let [alice, direct, grouped, twice, brief, stranger, beside, deleted, gone] = &everyone;
    let group = Creation::group(grouped, &[alice.clone(), twice.clone(), gone.clone()]).commit();
    let parting = left(&group.parts().room, gone, at(1));
    let doomed = Creation::direct(deleted, alice).commit();
    let end = deletion(&doomed.parts().room, at(1));
    for commit in [
        Creation::direct(alice, direct).commit(),
        group,
        parting,
        Creation::direct(twice, alice).commit(),
        Creation::ephemeral(alice, std::slice::from_ref(brief), None, 60).commit(),
        Creation::direct(grouped, beside).commit(),
        doomed,
        end,
    ] {
        must.succeed("a commit is applied", store.rooms().commit(commit).await)?;
    }
    let asked: Vec<UserId> = everyone.iter().map(|user| user.id).chain([UserId::from_uuid(uuid())]).collect();
    let sharing = async |when: &str, user: &User, others: &[UserId], now| {
        let mut found = must.succeed(when, store.rooms().share_a_room(user.id, others, now).await)?;
        found.sort_unstable();
        Ok::<_, Violation>(found)
    };
    let in_life = "it is asked who shares a room, a microsecond before one is over";
    let found = sharing(in_life, alice, &asked, micros(at(60).as_micros() - 1)).await?;
    must.equal(in_life, &[direct, grouped, twice, brief].map(|user| user.id).to_vec(), &found)?;
    let afterwards = "it is asked who shares a room when one is over";
    let found = sharing(afterwards, alice, &asked, at(60)).await?;
    must.equal(afterwards, &[direct, grouped, twice].map(|user| user.id).to_vec(), &found)?;
    let few = "it is asked of some, one of them twice";
    let found = sharing(few, alice, &[twice.id, stranger.id, twice.id], at(60)).await?;
    must.equal(few, &vec![twice.id], &found)?;
    let found = sharing("it is asked of nobody", alice, &[], at(60)).await?;
    must.equal("it is asked of nobody", &Vec::new(), &found)?;
    let lonely = "it is asked for somebody without rooms";
    must.equal(lonely, &Vec::new(), &sharing(lonely, stranger, &asked, at(0)).await?)?;
    let many: Vec<UserId> = (0..2_500).map(|_| UserId::from_uuid(uuid())).chain([direct.id]).collect();
    let found = sharing("it is asked of thousands", alice, &many, at(60)).await?;
    must.equal("it is asked of thousands", &vec![direct.id], &found)
}
