//! A wire between the store and a server that can be cut without either end being told.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone)]
pub(super) struct Proxy {
    address: SocketAddr,
    cut: Arc<Cut>,
}

#[derive(Default)]
struct Cut {
    /// Nothing passes in either direction; connections are accepted all the same.
    is_silent: AtomicBool,
    /// The next COMMIT is swallowed, and the wire is cut.
    before_commit: AtomicBool,
    /// The next COMMIT passes, and the wire is cut before its answer comes.
    after_commit: AtomicBool,
}

impl Proxy {
    /// `url` through a new proxy, unencrypted, so that it sees what passes.
    pub(super) async fn before(url: &str) -> (Self, String) {
        let mut url = url::Url::parse(url).unwrap();
        let behind = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self { address: listener.local_addr().unwrap(), cut: Arc::default() };
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(proxy.address.port())).unwrap();
        url.set_query(Some(if url.scheme() == "mysql" { "ssl-mode=disabled" } else { "sslmode=disable" }));
        tokio::spawn(accept(listener, behind, Arc::clone(&proxy.cut)));
        (proxy, url.into())
    }

    pub(super) fn fall_silent(&self) {
        self.cut.is_silent.store(true, Ordering::SeqCst);
    }

    pub(super) fn fall_silent_before_commit(&self) {
        self.cut.before_commit.store(true, Ordering::SeqCst);
    }

    pub(super) fn fall_silent_after_commit(&self) {
        self.cut.after_commit.store(true, Ordering::SeqCst);
    }

    /// New connections pass; what was swallowed stays so.
    pub(super) fn heal(&self) {
        self.cut.is_silent.store(false, Ordering::SeqCst);
    }
}

async fn accept(listener: TcpListener, behind: String, cut: Arc<Cut>) {
    while let Ok((near, _)) = listener.accept().await {
        let (behind, cut) = (behind.clone(), Arc::clone(&cut));
        tokio::spawn(async move {
            let far = TcpStream::connect(behind).await?;
            let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
            tokio::try_join!(pass(near_in, far_out, &cut, true), pass(far_in, near_out, &cut, false))?;
            io::Result::Ok(())
        });
    }
}

/// Passes on what comes, until one side hangs up. A connection that something was swallowed of stays silent for ever.
async fn pass(from: OwnedReadHalf, to: OwnedWriteHalf, cut: &Cut, is_asking: bool) -> io::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    let mut is_deaf = false;
    loop {
        from.readable().await?;
        let read = match from.try_read(&mut buffer) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        };
        let said = &buffer[..read];
        let is_commit = is_asking && ends_a_transaction(said);
        if is_commit && cut.before_commit.swap(false, Ordering::SeqCst) {
            cut.is_silent.store(true, Ordering::SeqCst);
        }
        is_deaf |= cut.is_silent.load(Ordering::SeqCst);
        if is_commit && cut.after_commit.swap(false, Ordering::SeqCst) {
            cut.is_silent.store(true, Ordering::SeqCst);
        }
        let mut left = if is_deaf { &[] } else { said };
        while !left.is_empty() {
            to.writable().await?;
            match to.try_write(left) {
                Ok(written) => left = &left[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// A new connection is set to READ COMMITTED, which ends nothing.
fn ends_a_transaction(said: &[u8]) -> bool {
    const COMMIT: &[u8] = b"COMMIT";
    let said_after = |at: usize| said.get(at + COMMIT.len());
    said.windows(COMMIT.len()).enumerate().any(|(at, word)| word == COMMIT && said_after(at) != Some(&b'T'))
}
