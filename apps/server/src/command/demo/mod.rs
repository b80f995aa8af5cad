//! `parlour demo`: the main job to look at, on a throw-away server over real loopback HTTP and WebSocket.

mod people;
mod promise;
mod stage;
mod story;

use anyhow::{Context, anyhow};

use crate::config::{
    DataSettings, HttpSettings, JwtSettings, LimitSettings, LogFormat, LogSettings, PasskeySettings, SessionSettings,
    Settings, SurrealSettings,
};
use crate::server::RunningServer;
use crate::shutdown::StopSignals;
use people::People;
use stage::Stage;

/// Plays the demo and checks every promise it makes.
///
/// # Errors
/// One line that says what differed, or why the server did not start.
pub(super) async fn run() -> anyhow::Result<()> {
    let mut signals = StopSignals::catch()?;
    let mut stage = Stage::on_stdout();
    let directory = tempfile::Builder::new().prefix("parlour-demo-").tempdir()?;
    let settings = throw_away(directory.path());
    let server = RunningServer::start(&settings).await.context("server did not start")?;
    stage.title("Parlour: a room is created, and its participant is told")?;
    stage.remark(&format!("server at {} ({})", server.url(), server.stores()))?;
    let people = People::of(&server, settings);
    let played = tokio::select! {
        played = story::play(&mut stage, &people) => played,
        signal = signals.next() => Err(anyhow!("interrupted by {signal}")),
    };
    server.stop().await;
    played
}

fn throw_away(directory: &std::path::Path) -> Settings {
    Settings {
        data: DataSettings {
            data_dir: directory.to_path_buf(),
            user_store: None,
            room_store: None,
            surreal: SurrealSettings::default(),
        },
        http: HttpSettings {
            bind: "127.0.0.1:0".to_owned(),
            cors_origin: Vec::new(),
            insecure_cookies: true,
            limits: LimitSettings::default(),
        },
        sessions: SessionSettings::default(),
        passkeys: PasskeySettings {
            rp_id: "localhost".to_owned(),
            rp_name: "Parlour".to_owned(),
            rp_origin: Vec::new(),
            registration: None,
        },
        jwt: JwtSettings::default(),
        log: LogSettings { log_level: None, log_format: LogFormat::Text },
    }
}
