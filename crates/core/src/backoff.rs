//! How long to stay away after a fault: pure, the jitter is an argument.

use jiff::SignedDuration;

use crate::fault::{Fault, FaultClass};

/// Bounds of the wait between tries, named per environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The first wait.
    pub first: SignedDuration,
    /// No wait is longer, unless the other side asks for it.
    pub longest: SignedDuration,
}

/// What another side may ask for at most; a `Retry-After` beyond it is cut, so that a typo cannot park a document for years.
pub const RETRY_AFTER_MAX: SignedDuration = SignedDuration::from_hours(24);
/// Doublings after which the wait stays the same.
const DOUBLINGS_MAX: u32 = 16;
/// A rate limit without `Retry-After`, and refused credentials, wait at least this many first waits.
const PATIENT_FACTOR: i32 = 4;

impl Backoff {
    /// The wait before try number `tries + 1`; `tries` counts the failed ones, `jitter` is in permille (0..=1000).
    ///
    /// The wait doubles from `first` to `longest`; up to a quarter is added by jitter so that many documents do not come
    /// back in step. A `Retry-After` is obeyed and never undercut.
    pub fn wait(&self, fault: &Fault, tries: u32, jitter: u32) -> SignedDuration {
        if let Some(asked) = fault.retry_after {
            return asked.clamp(SignedDuration::ZERO, RETRY_AFTER_MAX) + self.spread(self.first, jitter);
        }
        let patient = matches!(fault.class, FaultClass::RateLimited | FaultClass::Unauthorized);
        let first = if patient { self.first.saturating_mul(PATIENT_FACTOR) } else { self.first };
        let doubled = first.saturating_mul(1 << tries.saturating_sub(1).min(DOUBLINGS_MAX));
        let wait = doubled.min(self.longest);
        wait + self.spread(wait, jitter)
    }

    fn spread(&self, wait: SignedDuration, jitter: u32) -> SignedDuration {
        let permille = i32::try_from(jitter.min(1000)).unwrap_or(1000);
        wait.saturating_mul(permille) / 4000
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Sent;

    const MINUTES: Backoff =
        Backoff { first: SignedDuration::from_secs(10), longest: SignedDuration::from_mins(30) };

    fn fault(class: FaultClass, retry_after: Option<i64>) -> Fault {
        Fault { retry_after: retry_after.map(SignedDuration::from_secs), ..Fault::new(class, Sent::No, "") }
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits: Vec<i64> =
            (1..=9).map(|n| MINUTES.wait(&fault(FaultClass::Unreachable, None), n, 0).as_secs()).collect();
        assert_eq!(waits, [10, 20, 40, 80, 160, 320, 640, 1280, 1800]);
        assert_eq!(MINUTES.wait(&fault(FaultClass::Unreachable, None), u32::MAX, 0).as_secs(), 1800);
    }

    #[test]
    fn jitter_adds_up_to_a_quarter() {
        assert_eq!(MINUTES.wait(&fault(FaultClass::Unavailable, None), 1, 1000).as_millis(), 12_500);
    }

    #[test]
    fn retry_after_is_obeyed_never_undercut_and_bounded() {
        assert_eq!(MINUTES.wait(&fault(FaultClass::RateLimited, Some(77)), 1, 0).as_secs(), 77);
        assert!(
            MINUTES.wait(&fault(FaultClass::RateLimited, Some(77)), 1, 500) > SignedDuration::from_secs(77)
        );
        assert_eq!(MINUTES.wait(&fault(FaultClass::RateLimited, Some(10_000_000)), 1, 0), RETRY_AFTER_MAX);
        assert_eq!(MINUTES.wait(&fault(FaultClass::RateLimited, Some(-5)), 1, 0).as_secs(), 0);
    }
}
