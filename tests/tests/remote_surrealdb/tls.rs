//! A server that speaks TLS, with a certificate of an authority of one's own.

use std::fs;
use std::path::{Path, PathBuf};

use parlour_domain::port::{RoomRepo, UserRepo};
use parlour_store_contract::fixture::people;
use parlour_store_surrealdb::SurrealStore;
use parlour_tests::{Identity, SurrealServer, eventually, within};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

use crate::database::{PROGRAM, connect, unused_name};
use crate::outage::rooms_of;

/// Where the server listens.
const HOST: &str = "127.0.0.1";

/// An authority, and a server that it has certified.
struct Certified {
    folder: TempDir,
}

impl Certified {
    fn make(host: &str) -> Self {
        let certified = Self { folder: tempfile::tempdir().unwrap() };
        certified.renew(host);
        certified
    }

    /// Exchanges all of it, the authority too.
    fn renew(&self, host: &str) {
        let mut authority = CertificateParams::new([]).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        fs::write(self.authority(), authority.self_signed(&key).unwrap().pem()).unwrap();
        let authority = Issuer::new(authority, key);
        let key = KeyPair::generate().unwrap();
        let server = CertificateParams::new([host.to_owned()]).unwrap();
        let Identity { certificate, key: file } = self.identity();
        fs::write(certificate, server.signed_by(&key, &authority).unwrap().pem()).unwrap();
        fs::write(file, key.serialize_pem()).unwrap();
    }

    fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    fn identity(&self) -> Identity {
        let file = |name: &str| self.folder.path().join(name);
        Identity { certificate: file("server.pem"), key: file("server-key.pem") }
    }
}

fn url(server: &SurrealServer, authority: Option<&Path>) -> String {
    let ca = authority.map(|file| format!("?ca={}", file.display())).unwrap_or_default();
    format!("wss://{}/tests/{}{ca}", server.address(), unused_name())
}

async fn refusal(url: &str) -> String {
    let Err(refused) = within("the start to fail", SurrealStore::connect(url)).await.unwrap() else {
        panic!("{url} was opened")
    };
    refused.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_trusted_for_a_certificate_of_the_authority_that_the_url_names() {
    let certified = Certified::make(HOST);
    let server = SurrealServer::start_with_tls(PROGRAM, certified.identity()).await.unwrap();
    let store = connect(&url(&server, Some(&certified.authority()))).await;
    let [alice, bob] = people();
    let room = rooms_of(&alice, &bob, 1).pop().unwrap();
    store.commit(room.clone()).await.unwrap();
    assert_eq!(RoomRepo::find(&store, room.parts().room.id()).await.unwrap(), Some(room.parts().room.clone()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_another_authority_certified_is_refused() {
    let certified = Certified::make(HOST);
    let server = SurrealServer::start_with_tls(PROGRAM, certified.identity()).await.unwrap();
    for authority in [None, Some(Certified::make(HOST))] {
        let file = authority.as_ref().map(Certified::authority);
        let line = refusal(&url(&server, file.as_deref())).await;
        assert!(line.starts_with("server cannot be reached: ") && line.contains("invalid peer certificate"), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_certified_under_another_name_is_refused() {
    let certified = Certified::make("elsewhere.example");
    let server = SurrealServer::start_with_tls(PROGRAM, certified.identity()).await.unwrap();
    let line = refusal(&url(&server, Some(&certified.authority()))).await;
    assert!(line.starts_with("server cannot be reached: ") && line.contains("not valid for name"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_certificates_is_one_clear_line() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [("absent", None), ("empty", Some("")), ("text", Some("no certificate"))] {
        let file = folder.path().join(name);
        if let Some(content) = content {
            fs::write(&file, content).unwrap();
        }
        let line = refusal(&format!("wss://{HOST}:1/tests/a?ca={}", file.display())).await;
        assert!(line.starts_with(&format!("authorities in {} cannot be used: ", file.display())), "{line}");
        assert!(!line.contains('\n'), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_that_was_exchanged_counts_from_the_next_connection_on() {
    let certified = Certified::make(HOST);
    let mut server = SurrealServer::start_with_tls(PROGRAM, certified.identity()).await.unwrap();
    let store = connect(&url(&server, Some(&certified.authority()))).await;
    server.stop().await.unwrap();
    certified.renew(HOST);
    server.start_again().await.unwrap();
    eventually("the store to come back", async || Ok(UserRepo::ping(&store).await.ok())).await.unwrap();
}
