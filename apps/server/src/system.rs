//! The time and the chance of this machine, behind the ports [`Clock`] and [`IdSource`].

use std::time::{SystemTime, UNIX_EPOCH};

use parlour_domain::port::{Clock, IdSource};
use parlour_domain::{SessionToken, Timestamp, UserHandle};
use uuid::Uuid;

/// The clock of the operating system.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is what the Clock port asks")]
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        EPOCH.after(since_epoch)
    }
}

const EPOCH: Timestamp = match Timestamp::from_micros(0) {
    Ok(epoch) => epoch,
    Err(_) => unreachable!(),
};

/// Ids and secrets from the operating system's generator.
pub(crate) struct SystemIds;

impl IdSource for SystemIds {
    /// Ascends within the process, also within one millisecond and when the clock goes back.
    #[expect(clippy::disallowed_methods, reason = "this is what the IdSource port asks")]
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn session_token(&self) -> SessionToken {
        SessionToken::from_random_bytes(random())
    }

    fn user_handle(&self) -> UserHandle {
        UserHandle::from_random_bytes(random())
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        // Without chance there are no secrets: to go on would be to hand out a token that can be guessed.
        tracing::error!(%error, "system has no random numbers");
        std::process::abort();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_of_version_seven_and_ascend() {
        let ids: Vec<Uuid> = (0..10_000).map(|_| SystemIds.uuid()).collect();
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
        assert!(ids.is_sorted_by(|earlier, later| earlier < later));
    }

    #[test]
    fn ids_of_many_threads_are_distinct() {
        let threads: Vec<_> =
            (0..4).map(|_| std::thread::spawn(|| (0..2_000).map(|_| SystemIds.uuid()).collect::<Vec<_>>())).collect();
        let ids: std::collections::HashSet<Uuid> =
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert_eq!(ids.len(), 8_000);
    }

    #[test]
    fn secrets_differ() {
        assert_ne!(SystemIds.user_handle(), SystemIds.user_handle());
        assert_ne!(SystemIds.session_token().reveal(), SystemIds.session_token().reveal());
    }

    #[test]
    fn the_clock_tells_the_time_of_this_century() {
        let printed = SystemClock.now().to_string();
        assert!(printed.starts_with("20"), "{printed}");
    }
}
