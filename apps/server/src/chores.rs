//! What a server does beside answering: the sweep, the healing of lost hints, the forgetting of what is old.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use parlour_domain::port::WriteError;
use parlour_domain::usecase::ExpireRoomsError;

use crate::background::{Background, Rhythm};
use crate::compose::Composition;

/// Expired rooms are gone for every reader at once; this is how late their participants may be told.
const SWEEP: Rhythm = Rhythm { first: Duration::ZERO, period: Duration::from_millis(500) };
/// How long a lost hint may stay unnoticed.
const RESYNC: Rhythm = Rhythm { first: Duration::from_secs(20), period: Duration::from_secs(20) };
/// Late enough after the start not to be in the way of clients that come back.
const FORGET: Rhythm = Rhythm { first: Duration::from_secs(60), period: Duration::from_secs(60 * 60) };

/// Starts the chores.
pub(crate) fn start(composition: &Arc<Composition>) -> Background {
    let mut background = Background::default();
    background.every("expire rooms", SWEEP, composition, |composition| async move {
        while composition.expire_rooms().execute().await? > 0 {}
        Ok::<(), ExpireRoomsError>(())
    });
    background.every("heal lost hints", RESYNC, composition, |composition| async move {
        composition.resync_sockets().await;
        Ok::<(), Infallible>(())
    });
    background.every("forget what is old", FORGET, composition, |composition| async move {
        let forgotten = composition.forget_old().execute().await?;
        tracing::debug!(?forgotten, "forgot what is old");
        Ok::<(), WriteError>(())
    });
    background
}
