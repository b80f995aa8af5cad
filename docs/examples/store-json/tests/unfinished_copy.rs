//! A file that was half copied is nobody's store.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use parlour_domain::port::Archive;
use parlour_domain::{ImportMark, Side};
use store_json::{ConnectError, JsonStore};

/// No answer of this store waits for anything.
fn at_once<T>(answer: impl Future<Output = T>) -> T {
    match pin!(answer).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("it waits"),
    }
}

#[test]
fn the_target_of_an_unfinished_copy_is_opened_by_a_copy_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.json");
    let mark = ImportMark::new("sqlite:///old".to_owned(), vec![Side::Users]);
    let target = JsonStore::open(&path).unwrap();
    at_once(target.begin_import(mark.clone())).unwrap();
    drop(target);

    let Err(refused) = JsonStore::open(&path) else { panic!("it was opened") };
    assert!(matches!(&refused, ConnectError::UnfinishedCopy(_, source) if *source == mark.source), "{refused}");
    let target = JsonStore::open_to_copy(&path).unwrap();
    at_once(target.finish_import(mark)).unwrap();
    drop(target);
    JsonStore::open(&path).unwrap();
}
