//! Somebody whose socket stays open through an outage.

use anyhow::{bail, ensure};
use parlour_tests::{Heard, Person, Server, Socket, within};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A socket that was opened before the outage and hears everything, once and in order.
pub(crate) struct Listener {
    person: Person,
    heard: watch::Receiver<u64>,
    listening: JoinHandle<anyhow::Result<()>>,
}

impl Listener {
    pub(crate) async fn open(server: &Server, person: &Person) -> anyhow::Result<Self> {
        let socket = Socket::open_since(server, person, 0).await?;
        let (tell, heard) = watch::channel(0);
        let listening = tokio::spawn(listen(socket, tell));
        Ok(Self { person: person.clone(), heard, listening })
    }

    /// Waits until everything was heard that is in the inbox.
    pub(crate) async fn catch_up(mut self, server: &Server) -> anyhow::Result<()> {
        let head = server.client(&self.person).inbox(0).await?.len() as u64;
        tokio::select! {
            caught_up = within("the socket to catch up", self.heard.wait_for(|heard| *heard >= head)) => {
                ensure!(*caught_up?? == head, "more was heard than there is");
            }
            ended = &mut self.listening => ended??,
        }
        Ok(())
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// Ends with what is wrong: a live socket stays open whatever the stores do.
async fn listen(mut socket: Socket, tell: watch::Sender<u64>) -> anyhow::Result<()> {
    for expected in 1u64.. {
        let event = loop {
            match socket.listen().await? {
                Heard::Frame(frame) if frame["type"] == "resumed" => {}
                Heard::Frame(frame) => break frame,
                Heard::Closed(code) => bail!("a live socket was closed with {code} after {}", expected - 1),
            }
        };
        ensure!(event["seq"] == expected, "{expected} comes next, not {event}");
        tell.send_replace(expected);
    }
    Ok(())
}

/// What somebody hears who connects while a store is away: that it is worth coming back.
pub(crate) async fn assert_told_to_come_back(server: &Server, person: &Person, path: &str) -> anyhow::Result<()> {
    let mut socket = Socket::open_at(server, path, Some(&person.token)).await?;
    let frame = socket.next_frame().await?;
    ensure!(frame["type"] == "error" && frame["error_code"] == "unavailable", "unavailable, not {frame}");
    let code = socket.closed().await?;
    ensure!(code == 1013, "closed with {code}");
    Ok(())
}
