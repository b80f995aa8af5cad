//! How many laws run at once on one kind of store.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

static UNDER_WAY: Mutex<BTreeMap<TypeId, usize>> = Mutex::new(BTreeMap::new());
static ENDED: Condvar = Condvar::new();

fn under_way() -> MutexGuard<'static, BTreeMap<TypeId, usize>> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The turn of one law, which ends when it is dropped.
pub(crate) struct Turn {
    kind: TypeId,
}

impl Turn {
    /// Waits until fewer than `at_once` laws run on stores of that kind. Blocks its thread.
    pub(crate) fn wait(kind: TypeId, at_once: usize) -> Self {
        let is_crowded =
            |counts: &mut BTreeMap<TypeId, usize>| counts.get(&kind).is_some_and(|count| *count >= at_once);
        let mut counts = ENDED.wait_while(under_way(), is_crowded).unwrap_or_else(PoisonError::into_inner);
        *counts.entry(kind).or_default() += 1;
        Self { kind }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        under_way().entry(self.kind).and_modify(|count| *count -= 1);
        ENDED.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn no_more_than_so_many_run_at_once_and_all_of_them_in_the_end() {
        struct Kind;
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| {
                    let _turn = Turn::wait(TypeId::of::<Kind>(), 2);
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    thread::yield_now();
                    running.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        assert!((1..=2).contains(&most.into_inner()));
    }

    #[test]
    fn so_many_do_run_at_once_and_those_of_another_kind_beside_them() {
        struct Kind;
        struct Other;
        let all_run = Barrier::new(4);
        thread::scope(|scope| {
            for kind in [TypeId::of::<Kind>(), TypeId::of::<Kind>(), TypeId::of::<Other>(), TypeId::of::<Other>()] {
                let all_run = &all_run;
                scope.spawn(move || {
                    let _turn = Turn::wait(kind, 2);
                    all_run.wait();
                });
            }
        });
    }
}
