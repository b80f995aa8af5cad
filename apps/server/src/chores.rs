//! What a server does beside answering: the sweep, the healing of lost hints, the forgetting of what is old.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use parlour_domain::port::WriteError;
use parlour_domain::usecase::ExpireRoomsError;

use crate::background::{Background, Rhythm};
use crate::compose::Composition;

/// Expired rooms are gone for every reader at once; this is how late their participants may be told.
const SWEEP: Rhythm =
    Rhythm { first: Duration::ZERO, period: Duration::from_millis(500), at_most: Duration::from_secs(60) };
/// How long a lost hint may stay unnoticed.
const RESYNC: Rhythm =
    Rhythm { first: Duration::from_secs(20), period: Duration::from_secs(20), at_most: Duration::from_secs(20) };
/// A client is idle as soon as it has all of its requests left, with most limits after a minute.
const FORGET_IDLE: Rhythm =
    Rhythm { first: Duration::from_secs(60), period: Duration::from_secs(60), at_most: Duration::from_secs(60) };
/// Who begins a ceremony need not be known, so what they leave behind is not kept for long.
const FORGET_CEREMONIES: Rhythm =
    Rhythm { first: Duration::ZERO, period: Duration::from_secs(60), at_most: Duration::from_secs(60) };
/// Late enough after the start not to be in the way of clients that come back.
const FORGET: Rhythm = Rhythm {
    first: Duration::from_secs(60),
    period: Duration::from_secs(60 * 60),
    at_most: Duration::from_secs(10 * 60),
};

/// Starts the chores.
pub(crate) fn start(composition: &Arc<Composition>) -> Background {
    let mut background = Background::default();
    background.every("expire rooms", SWEEP, composition, |composition| async move {
        while composition.expire_rooms().execute().await? > 0 {}
        Ok::<(), ExpireRoomsError>(())
    });
    background
        .every("heal lost hints", RESYNC, composition, |composition| async move { composition.resync_sockets().await });
    background.every("forget idle clients", FORGET_IDLE, composition, |composition| async move {
        composition.forget_idle_clients();
        Ok::<(), Infallible>(())
    });
    background.every("forget ceremonies", FORGET_CEREMONIES, composition, |composition| async move {
        let ceremonies = composition.forget_old().ceremonies().await?;
        tracing::debug!(ceremonies, "forgot ceremonies that are over");
        Ok::<(), WriteError>(())
    });
    background.every("forget what is old", FORGET, composition, |composition| async move {
        let forgotten = composition.forget_old().execute().await?;
        tracing::debug!(?forgotten, "forgot what is old");
        Ok::<(), WriteError>(())
    });
    background
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::config::Cli;
    use crate::store_url::StoreUrl;
    use crate::system::{SystemClock, SystemIds};
    use parlour_domain::port::{Clock, IdSource};
    use parlour_domain::{
        Ceremony, CeremonyKind, ChallengeHash, CommitId, DisplayName, EventId, Invitees, Opening, Room, RoomEventKind,
        RoomId, RoomPlan, Seq, Timestamp, Ttl, User, UserId, Username,
    };

    fn user(name: &str, created_at: Timestamp) -> User {
        User {
            id: UserId::from_uuid(SystemIds.uuid()),
            username: Username::parse(name).unwrap(),
            display_name: DisplayName::parse(name).unwrap(),
            is_active: true,
            is_verified: false,
            created_at,
        }
    }

    async fn composition() -> Arc<Composition> {
        let settings = Cli::parse_from(["parlour"]).settings;
        let address = ([127, 0, 0, 1], 8080).into();
        Arc::new(Composition::open(&StoreUrl::Memory, &StoreUrl::Memory, &settings, address).await.unwrap())
    }

    /// Whoever looks for a ceremony takes it, so each look is at another one.
    const LOOKS: u32 = 10_000;

    #[tokio::test(flavor = "multi_thread")]
    async fn ceremonies_that_are_over_are_swept_every_minute_from_the_start() {
        assert!(FORGET_CEREMONIES.period <= Duration::from_secs(60));
        let composition = composition().await;
        let ceremonies = &composition.users.ceremonies;
        let challenge = |look: u32| ChallengeHash::of(&look.to_be_bytes());
        let (kind, expires_at) = (CeremonyKind::Authentication, SystemClock.now().before(Duration::from_secs(1)));
        for look in 0..LOOKS {
            let over = Ceremony { challenge: challenge(look), kind, state: Vec::new(), expires_at };
            ceremonies.insert(over).await.unwrap();
        }
        let background = start(&composition);
        let mut looks = 0..LOOKS;
        while ceremonies.take(&challenge(looks.next().unwrap())).await.unwrap().is_some() {
            for _ in 0..10_000 {
                tokio::task::yield_now().await;
            }
        }
        background.stop(Duration::from_secs(60)).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_room_that_expired_while_no_server_ran_is_swept_and_its_participants_are_told() {
        let composition = composition().await;
        let an_hour_ago = SystemClock.now().before(Duration::from_secs(3600));
        let (alice, bob) = (user("alice", an_hour_ago), user("bob", an_hour_ago));
        let opening = Opening {
            room_id: RoomId::from_uuid(SystemIds.uuid()),
            event_id: EventId::from_uuid(SystemIds.uuid()),
            commit_id: CommitId::from_uuid(SystemIds.uuid()),
            now: an_hour_ago,
        };
        let invitees = Invitees::parse(alice.id, vec![bob.id]).unwrap();
        let plan = RoomPlan::ephemeral(invitees, None, Ttl::parse(60).unwrap());
        let commit = Room::open(opening, alice.id, &plan, &[alice.clone(), bob.clone()], None).unwrap();
        let _ = composition.rooms.rooms.commit(commit).await.unwrap();

        let background = start(&composition);
        let told = async {
            loop {
                let page = composition.rooms.inboxes.read(bob.id, Seq::new(1), 10).await.unwrap();
                if let Some(entry) = page.entries.into_iter().next() {
                    break entry;
                }
                tokio::task::yield_now().await;
            }
        };
        let told = tokio::time::timeout(Duration::from_secs(60), told).await.unwrap();
        assert_eq!(told.event.kind, RoomEventKind::Expired);
        assert_eq!(composition.rooms.rooms.find(opening.room_id).await.unwrap(), None);
        background.stop(Duration::from_secs(60)).await;
    }
}
