//! The simulated clock: real time plus an offset that only the control plane moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

/// The furthest the clock may be moved, in seconds: ten years.
pub(crate) const MAX_ADVANCE_S: i64 = 10 * 366 * 86_400;

/// The longest single sleep of a waiter, so that a moved clock is never missed for long.
const LONGEST_NAP: Duration = Duration::from_millis(500);

#[derive(Clone, Debug)]
pub(crate) struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    offset_ms: AtomicI64,
    moved: Notify,
}

impl Clock {
    pub(crate) fn real() -> Clock {
        Clock(Arc::new(Inner { offset_ms: AtomicI64::new(0), moved: Notify::new() }))
    }

    pub(crate) fn now(&self) -> Timestamp {
        let offset = SignedDuration::from_millis(self.0.offset_ms.load(Ordering::Relaxed));
        Timestamp::now().checked_add(offset).unwrap_or(Timestamp::MAX)
    }

    /// How far the clock runs ahead of real time, in milliseconds.
    pub(crate) fn offset_ms(&self) -> i64 {
        self.0.offset_ms.load(Ordering::Relaxed)
    }

    /// Moves the clock forward and wakes whoever waits for an instant. False when it would pass the limit.
    pub(crate) fn advance(&self, seconds: i64) -> bool {
        let add = |offset: i64| {
            let next = offset.checked_add(seconds.checked_mul(1000)?)?;
            (seconds >= 0 && next <= MAX_ADVANCE_S * 1000).then_some(next)
        };
        let moved = self.0.offset_ms.fetch_update(Ordering::SeqCst, Ordering::SeqCst, add).is_ok();
        self.0.moved.notify_waiters();
        moved
    }

    /// Returns once the simulated clock shows `instant`.
    pub(crate) async fn wait_until(&self, instant: Timestamp) {
        loop {
            let left = instant.duration_since(self.now());
            let Ok(left) = Duration::try_from(left) else { return };
            if left.is_zero() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(left.min(LONGEST_NAP)) => {}
                () = self.0.moved.notified() => {}
            }
        }
    }
}

/// `instant` plus milliseconds, at the latest the end of time.
pub(crate) fn after_ms(instant: Timestamp, milliseconds: u64) -> Timestamp {
    let milliseconds = i64::try_from(milliseconds).unwrap_or(i64::MAX);
    instant.checked_add(SignedDuration::from_millis(milliseconds)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_moves_forward_and_only_so_far() {
        let clock = Clock::real();
        assert!(clock.advance(3600));
        assert_eq!(clock.offset_ms(), 3_600_000);
        assert!(!clock.advance(-1), "time never runs backwards");
        assert!(!clock.advance(i64::MAX));
        assert!(!clock.advance(MAX_ADVANCE_S));
        assert_eq!(clock.offset_ms(), 3_600_000);
    }
}
