//! Whether a socket may stay open.

use std::sync::Arc;
use std::time::Duration;

use parlour_domain::port::Clock;
use parlour_domain::usecase::{Authenticate, AuthenticateError};
use parlour_domain::{Caller, Credential, Timestamp};
use tokio::time::timeout;

use crate::farewell::Farewell;

/// Asks again who holds a socket's credential: when its session was to end, which may have moved, as often as a live
/// socket has to count as use, and often enough to notice what another node or the identity provider has ended.
pub(crate) struct Watch {
    pub(crate) authenticate: Arc<Authenticate>,
    pub(crate) credential: Credential,
    pub(crate) clock: Arc<dyn Clock>,
    /// The longest time between two looks.
    pub(crate) at_least_every: Duration,
    /// How long one answer may take.
    pub(crate) patience: Duration,
}

impl Watch {
    /// Waits until the session is over.
    pub(crate) async fn until_over(&self, mut caller: Caller) -> Farewell {
        loop {
            let latest = self.clock.now().after(self.at_least_every);
            self.wait_until(self.authenticate.next_check(&caller).min(latest)).await;
            // The end of a signed token never moves, and its verifier grants some seconds more than that.
            if caller.session_id.is_none() && self.clock.now() >= caller.expires_at {
                return Farewell::Unauthorized;
            }
            match timeout(self.patience, self.authenticate.execute(&self.credential)).await {
                Ok(Ok(again)) => caller = again,
                Ok(Err(AuthenticateError::NoSession | AuthenticateError::NotProvisioned(_))) => {
                    return Farewell::Unauthorized;
                }
                Ok(Err(AuthenticateError::Read(_) | AuthenticateError::Unavailable(_))) | Err(_)
                    if self.clock.now() < caller.expires_at =>
                {
                    tracing::debug!("socket stays open although its session cannot be read now");
                }
                Ok(Err(AuthenticateError::Read(_) | AuthenticateError::Unavailable(_))) | Err(_) => {
                    return Farewell::Unavailable;
                }
            }
        }
    }

    /// Sleeps until the clock, not the timer, says that it is `instant`.
    async fn wait_until(&self, instant: Timestamp) {
        loop {
            let left = self.clock.now().until(instant);
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left).await;
        }
    }
}
