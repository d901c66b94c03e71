//! Faults that the control plane asks for: which call goes wrong, in which way, how often.

use std::str::FromStr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value, json};

/// Faults that may be set at one time.
const MAX_FAULTS: usize = 64;
/// The longest a fault may slow a call down or hide a document, in seconds.
const MAX_SECONDS: u64 = 3_600;

/// In which way a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// 429 with Retry-After; the call is not processed.
    RateLimit,
    /// Processed, then the connection is cut without an answer.
    LostReply,
    /// Accepted, the connection is cut without an answer, and what was created stays unlisted for a while.
    LateCommit,
    /// Never processed and never answered.
    TimeoutBefore,
    /// 500, alternately as HTML and as JSON; the call is not processed.
    ServerError,
    /// 401, and the token that was sent is dead from here on.
    ExpiredToken,
    /// Processed, but the body of the answer is cut in half.
    MalformedBody,
    /// Processed after a delay.
    Slow,
}

/// Which form a `server_error` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Variant {
    Html,
    Json,
}

/// One fault as the control plane is told of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    system: String,
    operation: String,
    fault: Kind,
    #[serde(default)]
    every: Option<u64>,
    #[serde(default)]
    count: Option<u64>,
    #[serde(default)]
    seconds: Option<Number>,
    #[serde(default)]
    variant: Option<Variant>,
}

/// A fault that has come due for the call at hand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Injected {
    pub(crate) kind: Kind,
    /// Retry-After, delay or time unlisted, in milliseconds.
    pub(crate) milliseconds: u64,
    pub(crate) variant: Variant,
}

#[derive(Debug)]
struct Active {
    wish: Wish,
    every: u64,
    milliseconds: u64,
    seen: AtomicU64,
    fired: AtomicU64,
}

/// All faults that are set, in the order in which they were set.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    active: RwLock<Vec<Arc<Active>>>,
    number: AtomicUsize,
}

impl Faults {
    /// Sets a fault; one of the same system, operation and kind is replaced and counts from zero again.
    pub(crate) fn set(
        &self,
        wish: Wish,
        known: &[(&'static str, &'static [&'static str])],
    ) -> Result<(), String> {
        let operations =
            known.iter().find(|(name, _)| *name == wish.system).map(|(_, operations)| *operations);
        let Some(operations) = operations else {
            let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
            return Err(format!(
                "system: {:?} is not simulated here; one of {}",
                wish.system,
                names.join(", ")
            ));
        };
        if wish.operation != "*" && !operations.contains(&wish.operation.as_str()) {
            return Err(format!(
                "operation: {:?} is not one of *, {}",
                wish.operation,
                operations.join(", ")
            ));
        }
        if wish.fault == Kind::LateCommit && wish.operation != "submit" {
            return Err(
                "fault: late_commit exists for the operation submit only, nothing else creates documents"
                    .to_owned(),
            );
        }
        let every = wish.every.unwrap_or(1);
        if every == 0 {
            return Err("every: 1 is each call, 2 each second call; 0 has no meaning".to_owned());
        }
        let milliseconds = wish.seconds.as_ref().map_or(Ok(default_ms(wish.fault)), milliseconds)?;
        let mut active = self.active.write().unwrap_or_else(PoisonError::into_inner);
        active.retain(|old| !old.wish.is_same(&wish));
        if active.len() >= MAX_FAULTS {
            return Err(format!("no more than {MAX_FAULTS} faults at one time; DELETE /faults first"));
        }
        active.push(Arc::new(Active {
            wish,
            every,
            milliseconds,
            seen: AtomicU64::new(0),
            fired: AtomicU64::new(0),
        }));
        self.number.store(active.len(), Ordering::SeqCst);
        Ok(())
    }

    pub(crate) fn clear(&self) {
        self.active.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.number.store(0, Ordering::SeqCst);
    }

    /// The fault that is due for this call. Every matching fault counts the call; the first that is due happens.
    pub(crate) fn due(&self, system: &str, operation: &str) -> Option<Injected> {
        if self.number.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let active = self.active.read().unwrap_or_else(PoisonError::into_inner);
        let mut due = None;
        for fault in active.iter().filter(|fault| fault.wish.matches(system, operation)) {
            let nth = fault.seen.fetch_add(1, Ordering::SeqCst) + 1;
            if due.is_none() && nth.is_multiple_of(fault.every) {
                due = fault.fire();
            }
        }
        due
    }

    pub(crate) fn describe(&self) -> Value {
        let active = self.active.read().unwrap_or_else(PoisonError::into_inner);
        active
            .iter()
            .map(|fault| {
                json!({
                    "system": fault.wish.system, "operation": fault.wish.operation, "fault": fault.wish.fault,
                    "every": fault.every, "count": fault.wish.count,
                    "seconds": Decimal::new(i64::try_from(fault.milliseconds).unwrap_or(i64::MAX), 3).normalize().to_string(),
                    "variant": fault.wish.variant,
                    "seen": fault.seen.load(Ordering::SeqCst), "fired": fault.fired.load(Ordering::SeqCst),
                })
            })
            .collect()
    }
}

impl Wish {
    fn is_same(&self, other: &Wish) -> bool {
        self.system == other.system && self.operation == other.operation && self.fault == other.fault
    }

    fn matches(&self, system: &str, operation: &str) -> bool {
        self.system == system && (self.operation == "*" || self.operation == operation)
    }
}

impl Active {
    fn fire(&self) -> Option<Injected> {
        let limit = self.wish.count.unwrap_or(u64::MAX);
        let fired = self
            .fired
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| (n < limit).then_some(n + 1))
            .ok()?;
        let alternating = if fired.is_multiple_of(2) { Variant::Html } else { Variant::Json };
        Some(Injected {
            kind: self.wish.fault,
            milliseconds: self.milliseconds,
            variant: self.wish.variant.unwrap_or(alternating),
        })
    }
}

fn default_ms(kind: Kind) -> u64 {
    match kind {
        Kind::LateCommit => 2_000,
        _ => 1_000,
    }
}

/// Seconds, whole or with a fraction, as milliseconds.
pub(crate) fn milliseconds(seconds: &Number) -> Result<u64, String> {
    Decimal::from_str(&seconds.to_string())
        .ok()
        .filter(|seconds| !seconds.is_sign_negative() && *seconds <= Decimal::from(MAX_SECONDS))
        .and_then(|seconds| (seconds * Decimal::ONE_THOUSAND).trunc().to_u64())
        .ok_or_else(|| format!("seconds: a number from 0 to {MAX_SECONDS}, not {seconds}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[(&str, &[&str])] = &[("elr", &["submit", "status"])];

    fn wish(text: &str) -> Wish {
        serde_json::from_str(text).expect("a wish")
    }

    #[test]
    fn happens_at_each_nth_call_and_only_so_often() {
        let faults = Faults::default();
        let every_third =
            wish(r#"{"system":"elr","operation":"status","fault":"rate_limit","every":3,"count":2}"#);
        faults.set(every_third, KNOWN).expect("set");
        let happened: Vec<bool> = (0..12).map(|_| faults.due("elr", "status").is_some()).collect();
        let expected = [false, false, true, false, false, true, false, false, false, false, false, false];
        assert_eq!(happened, expected);
        assert!(faults.due("elr", "submit").is_none());
    }

    #[test]
    fn several_faults_take_turns() {
        let faults = Faults::default();
        faults
            .set(wish(r#"{"system":"elr","operation":"*","fault":"slow","seconds":0.25,"every":2}"#), KNOWN)
            .expect("set");
        faults
            .set(wish(r#"{"system":"elr","operation":"submit","fault":"lost_reply","every":3}"#), KNOWN)
            .expect("set");
        let kinds: Vec<_> = (0..6).map(|_| faults.due("elr", "submit").map(|due| due.kind)).collect();
        // The sixth call is due for both; the fault set first happens.
        assert_eq!(
            kinds,
            [None, Some(Kind::Slow), Some(Kind::LostReply), Some(Kind::Slow), None, Some(Kind::Slow)]
        );
    }

    #[test]
    fn server_errors_alternate_between_html_and_json() {
        let faults = Faults::default();
        faults
            .set(wish(r#"{"system":"elr","operation":"submit","fault":"server_error"}"#), KNOWN)
            .expect("set");
        let forms: Vec<_> =
            (0..3).filter_map(|_| faults.due("elr", "submit")).map(|due| due.variant).collect();
        assert_eq!(forms, [Variant::Html, Variant::Json, Variant::Html]);
    }

    #[test]
    fn a_wish_that_makes_no_sense_is_refused_with_the_field() {
        let faults = Faults::default();
        let refused = |text: &str| faults.set(wish(text), KNOWN).expect_err("refused");
        assert!(refused(r#"{"system":"xero","operation":"submit","fault":"slow"}"#).starts_with("system:"));
        assert!(refused(r#"{"system":"elr","operation":"post","fault":"slow"}"#).starts_with("operation:"));
        assert!(
            refused(r#"{"system":"elr","operation":"status","fault":"late_commit"}"#).starts_with("fault:")
        );
        assert!(
            refused(r#"{"system":"elr","operation":"status","fault":"slow","every":0}"#)
                .starts_with("every:")
        );
        assert!(
            refused(r#"{"system":"elr","operation":"status","fault":"slow","seconds":-1}"#)
                .starts_with("seconds:")
        );
    }

    #[test]
    fn fractions_of_a_second_count() {
        assert_eq!(milliseconds(&serde_json::from_str("0.25").expect("number")), Ok(250));
        assert_eq!(milliseconds(&serde_json::from_str("2").expect("number")), Ok(2000));
    }
}
