//! `parlour user`: adding, deactivating and listing users.

use super::print;
use crate::config::{Output, Settings, UserCommand};
use crate::operator::{Desk, NewUser, UserBody, reach};

/// Does it on the running server, or on the store when none runs.
///
/// # Errors
/// One line that says why not.
pub(super) async fn run(settings: &Settings, output: Output, command: UserCommand) -> anyhow::Result<()> {
    let reached = reach(settings).await?;
    let outcome = execute(&*reached.desk, output, command).await;
    reached.close().await;
    outcome
}

async fn execute(desk: &dyn Desk, output: Output, command: UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Add { name, display_name } => {
            let user = desk.add_user(NewUser { username: name, display_name }).await?;
            if output.json { print::json(&user) } else { print::lines([line(&user)]) }
        }
        UserCommand::Deactivate { name } => {
            let user = desk.deactivate_user(&name).await?;
            if output.json { print::json(&user) } else { print::lines([line(&user)]) }
        }
        UserCommand::List => {
            let users = desk.users().await?;
            if output.json { print::json(&users) } else { print::lines(users.iter().map(line)) }
        }
    }
}

fn line(user: &UserBody) -> String {
    let UserBody { id, username, display_name, is_active, .. } = user;
    let state = if *is_active { "" } else { "  (inactive)" };
    format!("{id}  {username}  {display_name}{state}")
}
