//! Rates, and what an operator may say about them.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use governor::Quota;

use super::{LimitedRoute, limited_routes};

const MINUTE: Duration = Duration::from_secs(60);
const UNITS: [(&str, Duration); 3] = [("s", Duration::from_secs(1)), ("min", MINUTE), ("h", Duration::from_secs(3600))];
const MOST: u32 = 1_000_000;

/// So many requests in a period. All of them may come at once; then one more is allowed each time that its share of the
/// period has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    count: NonZeroU32,
    period: Duration,
}

impl Rate {
    /// So many a minute; 0 counts as 1.
    pub(super) const fn per_minute(count: u32) -> Self {
        let count = match NonZeroU32::new(count) {
            Some(count) => count,
            None => NonZeroU32::MIN,
        };
        Self { count, period: MINUTE }
    }

    pub(super) fn quota(self) -> Quota {
        let share = self.period / self.count.get();
        Quota::with_period(share).unwrap_or(Quota::per_second(NonZeroU32::MIN)).allow_burst(self.count)
    }
}

/// What an operator chooses about the limits; without a choice every limit has its default.
///
/// As text: `off`, or `NAME=N/UNIT` and `NAME=off` separated by commas, where the unit is `s`, `min` or `h`. A limit that
/// is not named keeps its default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rates {
    are_off: bool,
    chosen: BTreeMap<&'static str, Option<Rate>>,
}

impl Rates {
    /// No limit at all.
    #[must_use]
    pub fn off() -> Self {
        Self { are_off: true, chosen: BTreeMap::new() }
    }

    /// The rate of a route; `None` when it is not limited.
    pub(super) fn of(&self, route: &LimitedRoute) -> Option<Rate> {
        if self.are_off {
            return None;
        }
        self.chosen.get(route.name).copied().unwrap_or(Some(route.default))
    }
}

/// Why a text says nothing about the limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidRates(String);

impl fmt::Display for InvalidRates {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for InvalidRates {}

impl FromStr for Rates {
    type Err = InvalidRates;

    fn from_str(text: &str) -> Result<Self, InvalidRates> {
        if text == "off" {
            return Ok(Self::off());
        }
        let mut rates = Self::default();
        for part in text.split(',') {
            let form = || InvalidRates(format!("{part:?} must be NAME=N/UNIT or NAME=off, or all of it off"));
            let (name, rate) = part.trim().split_once('=').ok_or_else(form)?;
            let route = limited_routes().iter().find(|route| route.name == name).ok_or_else(|| unknown(name))?;
            let rate = if rate == "off" { None } else { Some(rate.parse()?) };
            if rates.chosen.insert(route.name, rate).is_some() {
                return Err(InvalidRates(format!("{name} is given twice")));
            }
        }
        Ok(rates)
    }
}

fn unknown(name: &str) -> InvalidRates {
    let names: Vec<_> = limited_routes().iter().map(|route| route.name).collect();
    InvalidRates(format!("{name:?} is no limit; there are {}", names.join(", ")))
}

impl fmt::Display for Rate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = UNITS.iter().find(|(_, period)| *period == self.period).map_or("", |(name, _)| name);
        write!(out, "{}/{unit}", self.count)
    }
}

impl FromStr for Rate {
    type Err = InvalidRates;

    fn from_str(text: &str) -> Result<Self, InvalidRates> {
        let form = || InvalidRates(format!("{text:?} must be N/s, N/min or N/h with N from 1 to {MOST}"));
        let (count, unit) = text.split_once('/').ok_or_else(form)?;
        let count = count.parse().ok().filter(|count: &NonZeroU32| count.get() <= MOST).ok_or_else(form)?;
        let (_, period) = UNITS.into_iter().find(|(name, _)| *name == unit).ok_or_else(form)?;
        Ok(Self { count, period })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(name: &str) -> &'static LimitedRoute {
        limited_routes().iter().find(|route| route.name == name).unwrap()
    }

    #[test]
    fn what_is_not_named_keeps_its_default() {
        let rates: Rates = "create-room=2/s,search-users=off".parse().unwrap();
        assert_eq!(rates.of(route("create-room")), Some("2/s".parse().unwrap()));
        assert_eq!(rates.of(route("search-users")), None);
        assert_eq!(rates.of(route("register-begin")), Some(Rate::per_minute(5)));
        assert_eq!(Rates::default().of(route("create-room")), Some("60/min".parse().unwrap()));
    }

    #[test]
    fn off_takes_every_limit_away() {
        let rates: Rates = "off".parse().unwrap();
        assert!(limited_routes().iter().all(|route| rates.of(route).is_none()));
    }

    #[test]
    fn anything_else_is_refused_in_words_that_help() {
        for (text, word) in [
            ("", "NAME=N/UNIT"),
            ("on", "NAME=N/UNIT"),
            ("create-room", "NAME=N/UNIT"),
            ("rooms=1/s", "search-users, create-room"),
            ("create-room=0/s", "from 1"),
            ("create-room=1000001/s", "1000000"),
            ("create-room=1/day", "N/min"),
            ("create-room=-1/s", "N/min"),
            ("create-room=1/s,create-room=2/s", "twice"),
            ("off,create-room=1/s", "NAME=N/UNIT"),
        ] {
            let refused = text.parse::<Rates>().unwrap_err().to_string();
            assert!(refused.contains(word), "{text}: {refused}");
        }
    }

    #[test]
    fn the_highest_and_the_lowest_rate_can_be_counted() {
        for text in ["1000000/s", "1/h", "1000000/h"] {
            let rate: Rate = text.parse().unwrap();
            let quota = rate.quota();
            assert_eq!(quota.burst_size(), rate.count, "{text}");
            assert_eq!(quota.replenish_interval(), rate.period / rate.count.get(), "{text}");
        }
    }
}
