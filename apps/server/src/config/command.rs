//! What can be asked for on the command line.

use clap::{Args, Subcommand};

/// What can be asked for.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve HTTP and WebSocket until Ctrl-C or SIGTERM.
    Serve,
    /// Show a room being created and its participant being told, on a throw-away server.
    Demo,
    /// Copy a store to another engine while neither is in use.
    Copy {
        #[command(flatten)]
        output: Output,
        #[command(flatten)]
        arguments: CopyArguments,
    },
    /// Check a store that is not in use, and print what is wrong with it.
    Verify {
        #[command(flatten)]
        output: Output,
        #[command(flatten)]
        arguments: VerifyArguments,
    },
    /// Add and list users.
    User {
        #[command(flatten)]
        output: Output,
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Issue, list and revoke sessions.
    Session {
        #[command(flatten)]
        output: Output,
        #[command(subcommand)]
        command: SessionCommand,
    },
}

/// What is copied where.
#[derive(Debug, Args)]
pub(crate) struct CopyArguments {
    /// Store to copy: sqlite://PATH, postgres://..., mysql://..., surrealkv://PATH.
    #[arg(long, env = "PARLOUR_COPY_FROM", value_name = "URL", hide_env_values = true)]
    pub(crate) from: String,
    /// Store to copy into, which must be empty: the same URLs.
    #[arg(long, env = "PARLOUR_COPY_TO", value_name = "URL", hide_env_values = true)]
    pub(crate) to: String,
    /// Copy users and sessions. Without this and --rooms, whatever the store holds.
    #[arg(long)]
    pub(crate) users: bool,
    /// Copy rooms and inboxes.
    #[arg(long)]
    pub(crate) rooms: bool,
}

/// What is checked.
#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// Store to check: sqlite://PATH, postgres://..., mysql://..., surrealkv://PATH.
    #[arg(env = "PARLOUR_VERIFY_STORE", value_name = "URL", hide_env_values = true)]
    pub(crate) url: String,
    /// User store in which everybody in a room has to be found.
    #[arg(long, env = "PARLOUR_VERIFY_USERS", value_name = "URL", hide_env_values = true)]
    pub(crate) users: Option<String>,
}

/// How an answer is printed.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Output {
    /// Print JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// What can be done with users.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Register an active user.
    Add {
        /// Username: 3 to 50 letters, digits and punctuation, unique in any case.
        name: String,
        /// Name that other people see: 1 to 100 characters.
        #[arg(long, value_name = "TEXT")]
        display_name: String,
    },
    /// Deactivate a user for good: sessions, passkeys and sockets go, the username stays taken.
    Deactivate {
        /// Username.
        name: String,
    },
    /// List all users in the order of their registration.
    List,
}

/// What can be done with sessions.
#[derive(Debug, Subcommand)]
pub(crate) enum SessionCommand {
    /// Issue a session; its token is shown now and never again.
    Issue {
        /// Username.
        name: String,
    },
    /// List a user's live sessions.
    List {
        /// Username.
        name: String,
    },
    /// Revoke a session and close its sockets.
    Revoke {
        /// Id of the session, as `issue` and `list` show it.
        id: String,
    },
}
