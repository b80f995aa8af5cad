//! How long sessions live.

use std::time::Duration;

use anyhow::ensure;
use clap::{Args, ValueEnum};
use parlour_domain::SessionLifetime;

const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(3_660 * 24 * 60 * 60);

/// How long sessions live.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Sessions")]
pub(crate) struct SessionSettings {
    #[arg(
        long,
        help = "How long a session is valid: from its issue when its end is fixed, from its last use when it slides; \
                such as 24h or 7days",
        env = "PARLOUR_SESSION_LIFETIME",
        value_name = "DURATION",
        default_value = "24h",
        value_parser = lifetime,
        global = true
    )]
    pub(crate) session_lifetime: Duration,
    /// Whether the use of a session moves its end.
    #[arg(long, env = "PARLOUR_SESSION_RENEWAL", value_enum, value_name = "MODE", default_value_t, global = true)]
    pub(crate) session_renewal: SessionRenewal,
    #[arg(
        long,
        help = "How long a session whose end slides may live in all",
        env = "PARLOUR_SESSION_MAX_LIFETIME",
        value_name = "DURATION",
        default_value = "30days",
        value_parser = lifetime,
        global = true
    )]
    pub(crate) session_max_lifetime: Duration,
}

/// Whether the use of a session moves its end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum SessionRenewal {
    /// It ends when it was said to end at its issue.
    #[default]
    Fixed,
    /// It ends when it was not used for its lifetime.
    Sliding,
}

impl SessionSettings {
    /// The lifetime of sessions.
    ///
    /// # Errors
    /// When the longest life is shorter than the lifetime.
    pub(crate) fn lifetime(&self) -> anyhow::Result<SessionLifetime> {
        let Self { session_lifetime, session_renewal, session_max_lifetime } = *self;
        match session_renewal {
            SessionRenewal::Fixed => Ok(SessionLifetime::fixed(session_lifetime)),
            SessionRenewal::Sliding => {
                let is_longer = session_max_lifetime >= session_lifetime;
                ensure!(is_longer, "--session-max-lifetime must be at least --session-lifetime");
                Ok(SessionLifetime::sliding(session_lifetime, session_max_lifetime))
            }
        }
    }
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self {
            session_lifetime: parlour_domain::SESSION_LIFETIME,
            session_renewal: SessionRenewal::Fixed,
            session_max_lifetime: parlour_domain::SESSION_LIFETIME * 30,
        }
    }
}

fn lifetime(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if (SHORTEST..=LONGEST).contains(&duration) {
        Ok(duration)
    } else {
        Err("must be from 1 second to 10 years".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(lifetime: u64, renewal: SessionRenewal, longest: u64) -> SessionSettings {
        SessionSettings {
            session_lifetime: Duration::from_secs(lifetime),
            session_renewal: renewal,
            session_max_lifetime: Duration::from_secs(longest),
        }
    }

    #[test]
    fn durations_are_written_as_people_write_them() {
        for (text, seconds) in [("90s", 90), ("24h", 86_400), ("30days", 2_592_000), ("1h 30m", 5_400)] {
            assert_eq!(lifetime(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "24", "0s", "999ms", "-1h", "20years", "soon"] {
            assert!(lifetime(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_longest_life_counts_for_a_sliding_end_alone() {
        assert_eq!(
            settings(9, SessionRenewal::Fixed, 5).lifetime().unwrap(),
            SessionLifetime::fixed(Duration::from_secs(9))
        );
        assert!(settings(9, SessionRenewal::Sliding, 5).lifetime().is_err());
        let sliding = SessionLifetime::sliding(Duration::from_secs(9), Duration::from_secs(9));
        assert_eq!(settings(9, SessionRenewal::Sliding, 9).lifetime().unwrap(), sliding);
    }
}
