//! `parlour session`: issuing, listing and revoking sessions.

use serde_json::json;

use super::print;
use crate::config::{Output, SessionCommand, Settings};
use crate::operator::{Desk, SessionBody, SessionRequest, reach};

/// Does it on the running server, or on the store when none runs.
///
/// # Errors
/// One line that says why not.
pub(super) async fn run(settings: &Settings, output: Output, command: SessionCommand) -> anyhow::Result<()> {
    let reached = reach(settings).await?;
    let outcome = execute(&*reached.desk, output, command).await;
    reached.close().await;
    outcome
}

async fn execute(desk: &dyn Desk, output: Output, command: SessionCommand) -> anyhow::Result<()> {
    match command {
        SessionCommand::Issue { name } => {
            let issued = desk.issue_session(SessionRequest { username: name }).await?;
            if output.json {
                return print::json(&issued);
            }
            print::lines([
                format!("session  {}", issued.session_id),
                format!("user     {}", issued.user_id),
                format!("expires  {}", issued.expires_at),
                format!("token    {}", issued.token),
            ])
        }
        SessionCommand::List { name } => {
            let sessions = desk.sessions(&name).await?;
            if output.json { print::json(&sessions) } else { print::lines(sessions.iter().map(line)) }
        }
        SessionCommand::Revoke { id } => {
            desk.revoke_session(&id).await?;
            if output.json {
                return print::json(&json!({ "session_id": id, "revoked": true }));
            }
            print::lines([format!("session {id} is revoked")])
        }
    }
}

fn line(session: &SessionBody) -> String {
    let SessionBody { session_id, created_at, expires_at, .. } = session;
    format!("{session_id}  issued {created_at}  expires {expires_at}")
}
