//! The very same writes once more, past the use cases: as a retry with the same ids.

use parlour_domain::RoomCommit;
use parlour_domain::port::{CommitError, Committed};

use crate::sight::{Effect, Sight};
use crate::tap::Write;
use crate::world::World;

/// How often a commit is tried that meets what a dropped call left behind.
const TRIES: usize = 64;

/// Hands each write to the store once more, and once again: together they must have had one effect.
///
/// `is_settled`: nothing goes on behind our back. `must_apply`: nothing can stand against a write without an effect.
pub(crate) async fn repeat_writes(
    world: &World,
    writes: &[Write],
    is_settled: bool,
    must_apply: bool,
) -> Result<(), String> {
    for write in writes {
        match write {
            Write::Commit(commit) => repeat_commit(world, commit, is_settled, must_apply).await?,
            // Somebody else may have taken the name or the account; whether the user is whole is checked for every world.
            Write::User(user) => drop(world.engine.users.insert(user.clone()).await),
            Write::Session(session) => repeated(world.engine.sessions.insert(session.clone()).await)?,
            Write::Removal(id) => repeated(world.engine.sessions.remove(*id).await)?,
            Write::Registration(user, passkey) => {
                drop(world.engine.passkeys.register(user.clone(), passkey.clone()).await);
            }
            Write::Passkey(passkey) => drop(world.engine.passkeys.add(passkey.clone()).await),
            Write::PasskeyRemoval(user, id) => repeated(world.engine.passkeys.remove(*user, id).await)?,
            Write::Renaming(user, name) => repeated(world.engine.profiles.rename(*user, name.clone()).await)?,
            Write::Deactivation(user) => repeated(world.engine.profiles.deactivate(*user).await)?,
            Write::Policy(user, policy) => repeated(world.engine.contacts.set_policy(*user, *policy).await)?,
            Write::Block(block) => repeated(world.engine.contacts.block(*block).await)?,
            Write::Unblocking(user, blocked) => repeated(world.engine.contacts.unblock(*user, *blocked).await)?,
        }
    }
    Ok(())
}

fn repeated<T, E: std::fmt::Display>(outcome: Result<T, E>) -> Result<(), String> {
    outcome.map(drop).map_err(|error| format!("the same write cannot be repeated: {error}"))
}

async fn repeat_commit(world: &World, commit: &RoomCommit, is_settled: bool, must_apply: bool) -> Result<(), String> {
    let (id, write) = (commit.parts().id, Write::Commit(commit.clone()));
    let was_there = Sight::of(world).await.effect_of(&write) == Effect::Whole;
    let before = Sight::glance(world, &write).await;
    let first = commit_again(world, commit, is_settled).await?;
    let between = Sight::glance(world, &write).await;
    let is_right = match first {
        Some(Committed::AlreadyApplied) => (was_there && between == before) || !is_settled,
        Some(Committed::Applied(_)) => !was_there,
        None => !was_there && !must_apply && (between == before || !is_settled),
    };
    if !is_right {
        let effect = if was_there { "an effect" } else { "no effect" };
        return Err(format!("commit {id} had {effect}, and the store answers its repetition with {first:?}"));
    }
    let second = commit_again(world, commit, true).await?;
    let is_right = match (&first, &second) {
        (Some(_), Some(Committed::AlreadyApplied)) | (None, None) => Sight::glance(world, &write).await == between,
        _ => false,
    };
    if is_right { Ok(()) } else { Err(format!("commit {id} was repeated and then answered with {second:?}")) }
}

/// What the store answers; `None` for a conflict.
async fn commit_again(world: &World, commit: &RoomCommit, is_settled: bool) -> Result<Option<Committed>, String> {
    let mut tries = if is_settled { 1 } else { TRIES };
    loop {
        tries -= 1;
        match world.engine.rooms.commit(commit.clone()).await {
            Ok(committed) => return Ok(Some(committed)),
            Err(_) if tries > 0 => tokio::task::yield_now().await,
            Err(CommitError::Conflict) => return Ok(None),
            Err(error) => return Err(format!("commit {} cannot be repeated: {error}", commit.parts().id)),
        }
    }
}
