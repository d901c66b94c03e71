//! From an HTTP status to a fault: the one place where a number becomes a decision.

use counterfoil_core::codes;
use counterfoil_core::fault::{Fault, FaultClass, Sent};
use jiff::{SignedDuration, Timestamp};

use super::answer::{Answer, Messages};
use super::redact::Finder;

/// Error texts of one answer that are kept.
const MESSAGES_MAX: usize = 200;

/// Whether the answer is a success; if not, what it means.
pub(super) fn judge(answer: &Answer, now: Timestamp, messages: Messages) -> Result<(), Fault> {
    if answer.is_success() {
        return Ok(());
    }
    let (class, sent) = class(answer);
    let mut texts = messages(answer);
    texts.truncate(MESSAGES_MAX);
    let said = if texts.is_empty() { String::new() } else { format!(": {}", texts.join("; ")) };
    let mut fault = Fault::new(class, sent, format!("{}{said}", words(answer))).with_status(answer.status);
    fault.retry_after = answer.header("retry-after").and_then(|value| retry_after(value, now));
    if matches!(class, FaultClass::Refused | FaultClass::Conflict) {
        fault.problems = texts.iter().map(|text| codes::refused_by_target(text)).collect();
        if fault.problems.is_empty() {
            fault.problems.push(codes::refused_by_target(&fault.message));
        }
    }
    Err(fault)
}

/// The fault without secrets: vendors echo what they were sent.
pub(super) fn clean(mut fault: Fault, finder: &Finder) -> Fault {
    fault.message = finder.text(fault.message);
    for problem in &mut fault.problems {
        problem.message = finder.text(std::mem::take(&mut problem.message));
    }
    fault
}

const fn class(answer: &Answer) -> (FaultClass, Sent) {
    match answer.status {
        429 => (FaultClass::RateLimited, Sent::No),
        401 => (FaultClass::Unauthorized, Sent::No),
        404 | 410 => (FaultClass::Absent, Sent::No),
        409 => (FaultClass::Conflict, Sent::No),
        408 => (FaultClass::Unreachable, answer.doubt()),
        400..=499 => (FaultClass::Refused, Sent::No),
        500..=599 => (FaultClass::Unavailable, answer.doubt()),
        // a redirect is not followed: it would carry credentials and documents to a host nobody chose
        _ => (FaultClass::Unintelligible, answer.doubt()),
    }
}

fn words(answer: &Answer) -> String {
    let what = match answer.status {
        429 => "asked to slow down",
        401 => "credentials refused",
        403 => "not allowed",
        404 | 410 => "not found",
        409 => "already there",
        408 => "timed out over there",
        300..=399 => "redirected, which is not followed",
        400..=499 => "refused",
        500..=599 => "failed over there",
        _ => "unexpected",
    };
    format!("{what} (HTTP {})", answer.status)
}

/// Seconds, or an HTTP date (RFC 9110 section 10.2.3); none if it is neither.
fn retry_after(value: &str, now: Timestamp) -> Option<SignedDuration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(SignedDuration::from_secs(i64::from(seconds)));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?;
    Some(date.timestamp().duration_since(now).max(SignedDuration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "1994-11-06T08:49:07Z";

    fn fault(status: u16, headers: &[(&str, &str)], effect: bool) -> Fault {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let answer = Answer { status, headers, body: Vec::new(), effect };
        judge(&answer, NOW.parse().expect("instant"), |_| vec!["why".to_owned()]).expect_err("a fault")
    }

    #[test]
    fn each_status_has_its_class_and_only_effects_are_in_doubt() {
        use FaultClass::{
            Absent, Conflict, RateLimited, Refused, Unauthorized, Unavailable, Unintelligible, Unreachable,
        };
        let table = [
            (302, Unintelligible, Sent::Maybe),
            (400, Refused, Sent::No),
            (401, Unauthorized, Sent::No),
            (403, Refused, Sent::No),
            (404, Absent, Sent::No),
            (406, Refused, Sent::No),
            (408, Unreachable, Sent::Maybe),
            (409, Conflict, Sent::No),
            (413, Refused, Sent::No),
            (422, Refused, Sent::No),
            (429, RateLimited, Sent::No),
            (500, Unavailable, Sent::Maybe),
            (503, Unavailable, Sent::Maybe),
        ];
        for (status, class, sent) in table {
            let found = fault(status, &[], true);
            assert_eq!((found.class, found.sent, found.status), (class, sent, Some(status)), "{status}");
            assert_eq!(fault(status, &[], false).sent, Sent::No, "{status}");
        }
    }

    /// The date is the example of RFC 9110 section 5.6.7.
    #[test]
    fn retry_after_is_read_in_seconds_and_as_a_date() {
        let asked =
            |value| fault(429, &[("Retry-After", value)], true).retry_after.map(|wait| wait.as_secs());
        assert_eq!(asked("17"), Some(17));
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:37 GMT"), Some(30));
        assert_eq!(asked("Sun, 06 Nov 1994 08:48:37 GMT"), Some(0));
        assert_eq!(asked("soon"), None);
    }

    #[test]
    fn a_refusal_keeps_every_message_as_a_problem() {
        let found = fault(400, &[], true);
        assert_eq!(found.problems.len(), 1);
        assert_eq!(found.problems[0].message, "why");
        assert!(fault(500, &[], true).problems.is_empty());
    }
}
