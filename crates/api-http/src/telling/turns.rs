//! One at a time for each key, and one more when somebody asked meanwhile.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Whose turn it is: each key that has one, and whether another is wanted after it.
#[derive(Debug)]
pub(super) struct Turns<K>(Arc<Mutex<HashMap<K, bool>>>);

/// The right to work for a key; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Turn<K: Hash + Eq> {
    all: Turns<K>,
    /// Nothing once it was given back.
    key: Option<K>,
}

impl<K: Hash + Eq + Clone> Turns<K> {
    /// The turn of a key; `None` when somebody has it, who gets [another](Turn::next) after it then.
    pub(super) fn take(&self, key: K) -> Option<Turn<K>> {
        let mut turns = self.lock();
        if let Some(another) = turns.get_mut(&key) {
            *another = true;
            return None;
        }
        turns.insert(key.clone(), false);
        Some(Turn { all: Self(Arc::clone(&self.0)), key: Some(key) })
    }
}

impl<K> Turns<K> {
    fn lock(&self) -> MutexGuard<'_, HashMap<K, bool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K> Default for Turns<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Hash + Eq> Turn<K> {
    /// Ends this turn and gives the next, if one was asked for since this one began. Nobody asks in vain: the answer and
    /// the end are one step.
    pub(super) fn next(mut self) -> Option<Self> {
        let key = self.key.take()?;
        let mut turns = self.all.lock();
        let another = turns.get_mut(&key).is_some_and(std::mem::take);
        if !another {
            turns.remove(&key);
        }
        drop(turns);
        another.then(|| {
            self.key = Some(key);
            self
        })
    }
}

impl<K: Hash + Eq> Drop for Turn<K> {
    /// Whoever breaks off, by a panic say, must not keep the key from everybody for ever.
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            self.all.lock().remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_turn_at_a_time_for_each_key() {
        let turns = Turns::default();
        let first = turns.take(1);
        assert!(first.is_some());
        assert!(turns.take(1).is_none());
        assert!(turns.take(2).is_some());
        assert!(first.unwrap().next().is_some());
    }

    #[test]
    fn however_often_it_is_asked_for_there_is_one_more() {
        let turns = Turns::default();
        let turn = turns.take(1).unwrap();
        for _ in 0..3 {
            assert!(turns.take(1).is_none());
        }
        let another = turn.next().unwrap();
        assert!(turns.take(1).is_none(), "it is still under way");
        let last = another.next().unwrap();
        assert!(last.next().is_none());
        assert!(turns.lock().is_empty());
    }

    #[test]
    fn an_end_takes_nothing_from_the_turn_after_it() {
        let turns = Turns::default();
        assert!(turns.take(1).unwrap().next().is_none());
        let next = turns.take(1);
        assert!(next.is_some());
        assert!(turns.take(1).is_none());
    }

    #[test]
    fn a_turn_that_is_broken_off_is_free_again() {
        let turns = Turns::default();
        let turn = turns.take(1).unwrap();
        assert!(turns.take(1).is_none());
        drop(turn);
        assert!(turns.take(1).is_some());
    }
}
