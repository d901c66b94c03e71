//! Where clock and randomness enter: nowhere else in the engine.

use jiff::Timestamp;
use uuid::Uuid;

/// The instant now, to the microsecond that both databases keep.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}

/// A new UUID that sorts by the time it was drawn.
pub fn draw() -> Uuid {
    Uuid::now_v7()
}

/// Jitter in permille for a backoff.
pub fn jitter() -> u32 {
    let (bits, _) = Uuid::new_v4().as_u64_pair();
    u32::try_from(bits % 1001).unwrap_or(0)
}
