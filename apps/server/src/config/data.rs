//! Where the data is.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Where the data is.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Data")]
pub(crate) struct DataSettings {
    /// Directory of the embedded stores, the lock and the operator socket; made when absent.
    #[arg(long, env = "PARLOUR_DATA_DIR", value_name = "DIR", default_value = "./parlour-data", global = true)]
    pub(crate) data_dir: PathBuf,
    /// Where users and sessions are kept: memory:, sqlite://PATH, postgres://..., mysql://..., surreal-mem:,
    /// surrealkv://PATH, rocksdb://PATH, ws://HOST/NAMESPACE/DATABASE, wss://... Without it, SQLite in the data
    /// directory.
    #[arg(long, env = "PARLOUR_USER_STORE", value_name = "URL", hide_env_values = true, global = true)]
    pub(crate) user_store: Option<String>,
    /// Where rooms and inboxes are kept: the same URLs; the same one for both is one shared store. Without it, SurrealKV
    /// in the data directory (SQLite in a build without SurrealDB).
    #[arg(long, env = "PARLOUR_ROOM_STORE", value_name = "URL", hide_env_values = true, global = true)]
    pub(crate) room_store: Option<String>,
    #[command(flatten)]
    pub(crate) surreal: SurrealSettings,
}

/// What the URL of a SurrealDB server (ws://, wss://) may leave out; what it says itself counts.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "SurrealDB server")]
pub(crate) struct SurrealSettings {
    /// User that signs in to a ws:// or wss:// store whose URL names none; without any, nobody signs in.
    #[arg(long, env = "PARLOUR_SURREAL_USER", value_name = "NAME", global = true)]
    pub(crate) surreal_user: Option<String>,
    /// Password of that user; better set by the environment, since other users of the machine can read command lines.
    #[arg(long, env = "PARLOUR_SURREAL_PASSWORD", value_name = "TEXT", hide_env_values = true, global = true)]
    pub(crate) surreal_password: Option<String>,
    /// Level at which that user is defined; without it, root.
    #[arg(long, env = "PARLOUR_SURREAL_AUTH", value_enum, value_name = "LEVEL", global = true)]
    pub(crate) surreal_auth: Option<SurrealAuth>,
    /// Namespace of a store whose URL has no path.
    #[arg(long, env = "PARLOUR_SURREAL_NAMESPACE", value_name = "NAME", global = true)]
    pub(crate) surreal_namespace: Option<String>,
    /// Database of a store whose URL has no path, or only a namespace.
    #[arg(long, env = "PARLOUR_SURREAL_DATABASE", value_name = "NAME", global = true)]
    pub(crate) surreal_database: Option<String>,
}

/// Level at which a user of a SurrealDB server is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SurrealAuth {
    /// The whole server.
    Root,
    /// The namespace.
    Namespace,
    /// The database.
    Database,
}
