//! What arrived at one simulated system: calls by operation, who called, and how many calls are still within the limit.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Distinct client identifiers that are kept; further ones are only counted as calls.
const MAX_CLIENTS: usize = 100;

/// How many calls a system takes in a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateLimit {
    pub(crate) enabled: bool,
    pub(crate) calls: u64,
    pub(crate) per_s: u64,
}

#[derive(Debug)]
pub(crate) struct Traffic {
    calls: Vec<(&'static str, AtomicU64)>,
    without_client: AtomicU64,
    clients: Mutex<BTreeMap<String, u64>>,
    limited: AtomicU64,
    window: Mutex<Window>,
}

#[derive(Debug)]
struct Window {
    limit: RateLimit,
    opened: Timestamp,
    taken: u64,
}

impl Traffic {
    pub(crate) fn new(operations: &[&'static str], limit: RateLimit) -> Traffic {
        Traffic {
            calls: operations.iter().map(|operation| (*operation, AtomicU64::new(0))).collect(),
            without_client: AtomicU64::new(0),
            clients: Mutex::new(BTreeMap::new()),
            limited: AtomicU64::new(0),
            window: Mutex::new(Window { limit, opened: Timestamp::MIN, taken: 0 }),
        }
    }

    /// Counts an arrival. `client` is how the caller names itself, where the vendor wants that.
    pub(crate) fn count(&self, operation: &str, client: Option<&str>) {
        if let Some((_, calls)) = self.calls.iter().find(|(name, _)| *name == operation) {
            calls.fetch_add(1, Ordering::Relaxed);
        }
        let Some(client) = client else {
            self.without_client.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(calls) = clients.get_mut(client) {
            *calls += 1;
        } else if clients.len() < MAX_CLIENTS {
            clients.insert(client.to_owned(), 1);
        }
    }

    /// Takes one call out of the budget, or says after how many seconds there is a new one.
    pub(crate) fn take(&self, now: Timestamp) -> Result<(), u64> {
        let mut window = self.window();
        if !window.limit.enabled {
            return Ok(());
        }
        let length = i64::try_from(window.limit.per_s).unwrap_or(i64::MAX);
        let age = now.as_second().saturating_sub(window.opened.as_second());
        if age >= length || age < 0 {
            window.opened = now;
            window.taken = 0;
        }
        if window.taken < window.limit.calls {
            window.taken += 1;
            return Ok(());
        }
        self.limited.fetch_add(1, Ordering::Relaxed);
        Err(u64::try_from(length.saturating_sub(age.max(0))).unwrap_or(1).max(1))
    }

    pub(crate) fn limit(&self) -> RateLimit {
        self.window().limit
    }

    pub(crate) fn set_limit(&self, limit: RateLimit) {
        *self.window() = Window { limit, opened: Timestamp::MIN, taken: 0 };
    }

    /// The counts as `GET /world` shows them.
    pub(crate) fn describe(&self) -> Value {
        let calls: BTreeMap<_, _> =
            self.calls.iter().map(|(name, calls)| (*name, calls.load(Ordering::Relaxed))).collect();
        json!({
            "calls": calls,
            "calls_without_client": self.without_client.load(Ordering::Relaxed),
            "calls_over_limit": self.limited.load(Ordering::Relaxed),
            "clients": *self.clients.lock().unwrap_or_else(PoisonError::into_inner),
        })
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_spent_and_comes_back() {
        let traffic = Traffic::new(&["status"], RateLimit { enabled: true, calls: 2, per_s: 10 });
        let second = |n: i64| Timestamp::from_second(1_800_000_000 + n).expect("instant");
        assert_eq!(traffic.take(second(0)), Ok(()));
        assert_eq!(traffic.take(second(3)), Ok(()));
        assert_eq!(traffic.take(second(4)), Err(6), "the window opened at second 0 and lasts ten");
        assert_eq!(traffic.take(second(10)), Ok(()));
        traffic.set_limit(RateLimit { enabled: false, calls: 0, per_s: 1 });
        assert_eq!(traffic.take(second(10)), Ok(()));
    }
}
