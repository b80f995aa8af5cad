//! Telling people of a name in the background: nobody waits for it, and who is not told sees the name at their next look.

mod perseverance;
mod turns;

use std::error::Error;
use std::sync::Arc;

use parlour_domain::UserId;
use parlour_domain::usecase::{NameTelling, TellName};
use tokio::runtime::Handle;
use tracing::Instrument;

use self::perseverance::{Failure, Perseverance, Work};
use self::turns::Turns;

/// Tells of names. Of each user there is one telling at a time, however often they change their name: what is changed
/// during it is told after it, once, by the name that is the newest then.
pub struct NameTellings {
    tell: Arc<TellName>,
    turns: Turns<UserId>,
    runtime: Handle,
}

impl NameTellings {
    /// Tellings that run on `runtime`.
    #[must_use]
    pub fn new(tell: TellName, runtime: Handle) -> Self {
        Self { tell: Arc::new(tell), turns: Turns::default(), runtime }
    }

    /// Begins to tell everyone who shares a room with `user` what they are called, or has it told after the telling of
    /// them that is under way.
    pub(crate) fn tell_of(&self, user: UserId) {
        let Some(turn) = self.turns.take(user) else { return };
        let tell = Arc::clone(&self.tell);
        let telling = async move {
            let mut turn = Some(turn);
            while let Some(this) = turn {
                let work = TellingUnderWay { tell: Arc::clone(&tell), telling: NameTelling::of(user) };
                if let Err(error) = Perseverance::OF_A_CHORE.see_through(work).await {
                    let error = &*error as &dyn Error;
                    tracing::warn!(error, user_id = %user, "not every room was told of a name");
                }
                turn = this.next();
            }
        };
        self.runtime.spawn(telling.in_current_span());
    }
}

struct TellingUnderWay {
    tell: Arc<TellName>,
    telling: NameTelling,
}

impl Work for TellingUnderWay {
    async fn go_on(&mut self) -> Result<(), Failure> {
        Ok(self.tell.execute(&mut self.telling).await?)
    }
}
