//! Running a law, to its end or to the end of patience.

#![expect(clippy::panic, clippy::expect_used, reason = "a law that is broken fails its test")]

use std::any::TypeId;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::time::timeout;

use crate::record::Record;
use crate::trail::Trail;
use crate::turn::Turn;
use crate::{Harness, Violation, laws};

/// Every whole law ends within seconds on every store known; a single answer is there long before, on any machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// What is given up may need a moment to let go of its files and databases.
const GRACE: Duration = Duration::from_secs(5);

/// Runs one law on a fresh store.
///
/// A panic, and an answer that does not come within a minute, break the law that waits for it.
pub async fn examine<H: Harness, F>(law: impl FnOnce(H) -> F) -> Result<(), Violation>
where
    F: Future<Output = Result<(), Violation>> + Send + 'static,
{
    examine_within(PATIENCE, law(H::fresh().await)).await
}

#[doc(hidden)]
pub async fn examine_within<F>(patience: Duration, law: F) -> Result<(), Violation>
where
    F: Future<Output = Result<(), Violation>> + Send + 'static,
{
    let trail = Trail::default();
    let mut running = tokio::spawn(trail.clone().follow(law));
    loop {
        let before = trail.steps();
        match timeout(patience, &mut running).await {
            Ok(Ok(verdict)) => return verdict,
            Ok(Err(stopped)) => return Err(trail.panicked(&*stopped.into_panic())),
            Err(_) if trail.steps() > before => {}
            Err(_) => {
                let violation = trail.hung(patience);
                running.abort();
                drop(timeout(GRACE, running).await);
                return Err(violation);
            }
        }
    }
}

/// Runs one law on a fresh store.
///
/// # Panics
/// When the law is broken, with the words of the [`Violation`].
pub async fn prove<H: Harness, F>(law: impl FnOnce(H) -> F)
where
    F: Future<Output = Result<(), Violation>> + Send + 'static,
{
    if let Err(violation) = examine(law).await {
        panic!("a law of the contract is broken\n\n{violation}\n");
    }
}

/// The test that [`contract_tests`](crate::contract_tests) makes of a law: runs it on a fresh store and on threads of
/// its own, so that a store that blocks them is given up too, and writes down that it holds, if that is wanted.
///
/// # Panics
/// When the law is broken, with the words of the [`Violation`], and with the name of a simpler law of the same side that
/// is broken too: what breaks that one may well break both.
#[track_caller]
pub fn prove_law<H: Harness, F>(name: &'static str, law: impl FnOnce(H) -> F)
where
    F: Future<Output = Result<(), Violation>> + Send + 'static,
{
    let _turn = Turn::wait(TypeId::of::<H>(), H::AT_ONCE);
    let runtime = Builder::new_multi_thread().worker_threads(4).enable_all().build().expect("threads for the law");
    let verdict = runtime.block_on(async {
        let store = H::fresh().await;
        let record = Record::of(&store).await;
        match examine_within(PATIENCE, law(store)).await {
            Ok(()) => record.write(name).map_err(|error| format!("the law holds but is not written down: {error}")),
            Err(violation) => Err(match simpler_that_is_broken::<H>(&violation).await {
                Some(simpler) => format!("{violation}\n    first: {simpler}, a simpler law, is broken too"),
                None => violation.to_string(),
            }),
        }
    });
    runtime.shutdown_timeout(GRACE);
    if let Err(text) = verdict {
        panic!("a law of the contract is broken\n\n{text}\n");
    }
}

/// The first law without which nothing of that side can hold and that is broken too.
async fn simpler_that_is_broken<H: Harness>(violation: &Violation) -> Option<&'static str> {
    macro_rules! first_broken {
        ($($law:ident),*) => {{
            $(
                if violation.law == stringify!($law) {
                    return None;
                }
                if examine::<H, _>(laws::$law).await.is_err() {
                    return Some(stringify!($law));
                }
            )*
        }};
    }
    let of_users = ["UserRepo", "SessionRepo", "PasskeyRepo", "ProfileRepo", "ContactRepo"];
    if violation.port.starts_with("CeremonyRepo") {
        first_broken!(a_ceremony_comes_back_as_it_went_in);
    } else if of_users.iter().any(|port| violation.port.starts_with(port)) {
        first_broken!(a_user_comes_back_as_it_went_in, a_session_comes_back_as_it_went_in);
    } else {
        first_broken!(a_room_comes_back_as_it_went_in, a_commit_answers_the_entries_it_wrote);
    }
    None
}
