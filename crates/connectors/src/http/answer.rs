//! Answers, and how their bodies are read.

use counterfoil_core::exchange::ResponseFile;
use counterfoil_core::fault::{Fault, Sent};
use serde::de::DeserializeOwned;

use super::replay;

/// Characters of an unreadable answer that its fault shows.
const SHOWN_MAX: usize = 120;

/// Reads the vendor's error texts out of an answer that is not 2xx.
pub type Messages = fn(&Answer) -> Vec<String>;

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Whether the call changes something over there.
    pub(super) effect: bool,
}

impl Answer {
    /// The answer an exchange file holds.
    pub(super) fn replayed(file: ResponseFile, effect: bool) -> Self {
        let body = file.body.as_deref().map(replay::body_bytes).unwrap_or_default();
        Self { status: file.status, headers: file.headers, body, effect }
    }

    /// An answer with this body, for reading recorded ones.
    #[cfg(test)]
    pub(crate) const fn of(status: u16, body: Vec<u8>) -> Self {
        Self { status, headers: Vec::new(), body, effect: false }
    }

    /// Whether the status is 2xx.
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as JSON. A byte order mark and commas before a closing bracket are tolerated: an answer that says what is
    /// wrong with an invoice is not lost for a comma.
    ///
    /// # Errors
    /// `Unintelligible` with the beginning of what came instead; in doubt if the call had an effect.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        let body = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body);
        serde_json::from_slice(body).or_else(|e| {
            let mended = without_trailing_commas(body);
            mended
                .and_then(|body| serde_json::from_slice(&body).ok())
                .ok_or_else(|| self.unintelligible(&e.to_string()))
        })
    }

    /// The answer cannot be understood, for this reason.
    pub fn unintelligible(&self, why: &str) -> Fault {
        let text = String::from_utf8_lossy(&self.body[..self.body.len().min(SHOWN_MAX * 4)]).into_owned();
        let text: String =
            text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SHOWN_MAX).collect();
        let kind = self.header("content-type").unwrap_or("no content type");
        let message = format!("the answer cannot be understood ({why}); it is {kind} and begins \"{text}\"");
        Fault::unintelligible(self.doubt(), message).with_status(self.status)
    }

    /// Whether the call may have had an effect that this answer does not tell of.
    pub const fn doubt(&self) -> Sent {
        if self.effect { Sent::Maybe } else { Sent::No }
    }
}

/// The JSON text without commas right before a closing bracket; none if there are none.
fn without_trailing_commas(json: &[u8]) -> Option<Vec<u8>> {
    let mut mended = Vec::with_capacity(json.len());
    let mut comma = None;
    let (mut in_string, mut escaped, mut changed) = (false, false, false);
    for &b in json {
        if in_string {
            in_string = escaped || b != b'"';
            escaped = !escaped && b == b'\\';
        } else {
            match b {
                b'"' => in_string = true,
                b']' | b'}' => {
                    if let Some(at) = comma {
                        mended.remove(at);
                        changed = true;
                    }
                }
                _ => {}
            }
            if !b.is_ascii_whitespace() {
                comma = (b == b',').then_some(mended.len());
            }
        }
        mended.push(b);
    }
    changed.then_some(mended)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &[u8]) -> Answer {
        Answer { status: 200, headers: Vec::new(), body: body.to_vec(), effect: true }
    }

    #[test]
    fn a_comma_too_many_and_a_byte_order_mark_lose_nothing() {
        let value: serde_json::Value =
            answer(b"\xef\xbb\xbf{\"a\": [1, 2, ], \"b\": \"x,}\\\",]\",\n}").json().expect("mended");
        assert_eq!(value, serde_json::json!({"a": [1, 2], "b": "x,}\",]"}));
    }

    #[test]
    fn an_answer_that_is_no_json_says_what_it_is_and_leaves_an_effect_in_doubt() {
        let fault = answer(b"<html>\n  <p>no").json::<serde_json::Value>().expect_err("html");
        assert_eq!(fault.sent, Sent::Maybe);
        assert!(fault.message.contains("begins \"<html> <p>no\""), "{fault}");
        assert!(answer(b"[1,,2]").json::<serde_json::Value>().is_err());
    }
}
