//! Instants as the domain, the stores and the wire agree on them.

use std::fmt;
use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The instant lies outside the years 0000 to 9999, so RFC 3339 cannot write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("instant of {0} microseconds is outside the years 0000 to 9999")]
pub struct InvalidTimestamp(pub i64);

/// An instant in UTC, in whole microseconds since 1970-01-01T00:00:00Z.
///
/// Microseconds are what every store keeps and what the wire prints, so an instant survives every way unchanged.
/// `Display` is RFC 3339 with a fraction of at most 6 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    const MIN_MICROS: i64 = -62_167_219_200_000_000;
    const MAX_MICROS: i64 = 253_402_300_799_999_999;

    /// Reads microseconds since the Unix epoch.
    ///
    /// # Errors
    /// [`InvalidTimestamp`] outside the years 0000 to 9999.
    pub const fn from_micros(micros: i64) -> Result<Self, InvalidTimestamp> {
        if micros < Self::MIN_MICROS || micros > Self::MAX_MICROS {
            return Err(InvalidTimestamp(micros));
        }
        Ok(Self(micros))
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// The instant `duration` later; stays at the end of the year 9999 rather than overflow.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros).min(Self::MAX_MICROS))
    }

    /// The instant `duration` earlier; stays at the start of the year 0000 rather than overflow.
    #[must_use]
    pub fn before(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(micros).max(Self::MIN_MICROS))
    }

    /// How long it is from this instant to `later`; zero when `later` is not later.
    #[must_use]
    pub fn until(self, later: Self) -> Duration {
        Duration::from_micros(u64::try_from(later.0.saturating_sub(self.0)).unwrap_or(0))
    }
}

impl TryFrom<OffsetDateTime> for Timestamp {
    type Error = InvalidTimestamp;

    /// Cuts off what is finer than a microsecond.
    fn try_from(instant: OffsetDateTime) -> Result<Self, InvalidTimestamp> {
        let micros = instant.unix_timestamp_nanos().div_euclid(1_000);
        i64::try_from(micros).map_err(|_| InvalidTimestamp(i64::MAX)).and_then(Self::from_micros)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000).map_err(|_| fmt::Error)?;
        out.write_str(&instant.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_prints_as_rfc_3339_with_at_most_six_digits() {
        let printed = |micros| Timestamp::from_micros(micros).unwrap().to_string();
        assert_eq!(printed(1_795_370_400_123_456), "2026-11-22T18:00:00.123456Z");
        assert_eq!(printed(0), "1970-01-01T00:00:00Z");
        assert_eq!(printed(Timestamp::MIN_MICROS), "0000-01-01T00:00:00Z");
        assert_eq!(printed(Timestamp::MAX_MICROS), "9999-12-31T23:59:59.999999Z");
    }

    #[test]
    fn an_instant_that_cannot_be_printed_cannot_be_held() {
        assert!(Timestamp::from_micros(Timestamp::MIN_MICROS - 1).is_err());
        assert!(Timestamp::from_micros(Timestamp::MAX_MICROS + 1).is_err());
        assert!(Timestamp::from_micros(i64::MAX).is_err());
    }

    #[test]
    fn arithmetic_stays_in_range() {
        let last = Timestamp::from_micros(Timestamp::MAX_MICROS).unwrap();
        assert_eq!(last.after(Duration::MAX), last);
        let first = Timestamp::from_micros(Timestamp::MIN_MICROS).unwrap();
        assert_eq!(first.before(Duration::MAX), first);
        assert_eq!(last.until(first), Duration::ZERO);
        let epoch = Timestamp::from_micros(0).unwrap();
        assert_eq!(epoch.until(epoch.after(Duration::from_secs(3))), Duration::from_secs(3));
    }
}
