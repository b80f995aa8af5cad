//! How long work in the background, which nobody waits for, waits before it is tried again.

use std::time::Duration;

/// The first pause; short enough to go on soon once a store is back.
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(5);

/// The pause after so many failures in a row, at least one: half a second, then twice as long each time up to five
/// seconds.
#[must_use]
pub const fn pause_after(failures: u32) -> Duration {
    let pause = FIRST.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)));
    if pause.as_millis() > LONGEST.as_millis() { LONGEST } else { pause }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_with_the_failures_and_have_an_end() {
        let pauses = [0, 1, 2, 3, 4, 5, 6, u32::MAX].map(|failures| pause_after(failures).as_millis());
        assert_eq!(pauses, [500, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
    }
}
