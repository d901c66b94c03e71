//! Redaction: registered secret values vanish from whatever is captured, in every encoding they travel in.
//!
//! By value, not by field name: some vendors carry the key in the body, some echo it in an error text.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use aho_corasick::{AhoCorasick, MatchKind};
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};

/// What stands where a secret was.
pub const REDACTED: &str = "[redacted]";
/// Shorter values are not looked for: they would blot out ordinary text. No vendor issues such secrets.
pub const SECRET_MIN: usize = 4;
/// Short-lived secrets (access tokens) remembered at once; older ones have expired.
pub const TOKENS_MAX: usize = 8;
/// Headers whose whole value is withheld.
const SECRET_HEADERS: &[&str] =
    &["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"];

/// The secrets of one opened system.
#[derive(Default)]
pub struct Secrets {
    known: Mutex<Known>,
    finder: RwLock<Arc<Finder>>,
}

#[derive(Default)]
struct Known {
    lasting: Vec<SecretString>,
    tokens: Vec<SecretString>,
}

impl Secrets {
    /// Registers a secret for as long as the system is open.
    pub fn hide(&self, secret: &SecretString) {
        self.add(secret, |known| &mut known.lasting, usize::MAX);
    }

    /// Registers a secret that will be replaced: the newest [`TOKENS_MAX`] are remembered.
    pub fn hide_token(&self, token: &SecretString) {
        self.add(token, |known| &mut known.tokens, TOKENS_MAX);
    }

    fn add(&self, secret: &SecretString, list: impl Fn(&mut Known) -> &mut Vec<SecretString>, most: usize) {
        let value = secret.expose_secret();
        if value.len() < SECRET_MIN {
            return;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if list(&mut known).iter().any(|old| old.expose_secret() == value) {
            return;
        }
        let list = list(&mut known);
        list.push(secret.clone());
        if list.len() > most {
            list.remove(0);
        }
        let all = known.lasting.iter().chain(&known.tokens).map(|secret| secret.expose_secret());
        let finder = Arc::new(Finder::of(all));
        *self.finder.write().unwrap_or_else(PoisonError::into_inner) = finder;
    }

    /// The secrets as of now.
    pub fn finder(&self) -> Arc<Finder> {
        self.finder.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Finds all secrets in all their encodings in one pass.
#[derive(Default)]
pub struct Finder {
    automaton: Option<AhoCorasick>,
    /// The longest thing looked for: a window this much larger than what is kept cuts no secret in two.
    longest: usize,
}

impl Finder {
    fn of<'a>(secrets: impl Iterator<Item = &'a str>) -> Self {
        let mut patterns: Vec<Vec<u8>> = secrets.flat_map(encodings).collect();
        patterns.sort();
        patterns.dedup();
        let longest = patterns.iter().map(Vec::len).max().unwrap_or_default();
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&patterns).ok();
        Self { automaton: automaton.filter(|_| longest > 0), longest }
    }

    /// The bytes without secrets; borrowed where there are none.
    pub fn bytes<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        self.up_to(bytes, bytes.len())
    }

    /// The first `keep` bytes without secrets. One that begins before the cut is recognised by what follows the cut.
    pub fn head<'a>(&self, bytes: &'a [u8], keep: usize) -> Cow<'a, [u8]> {
        self.up_to(&bytes[..bytes.len().min(keep + self.longest)], keep.min(bytes.len()))
    }

    fn up_to<'a>(&self, window: &'a [u8], keep: usize) -> Cow<'a, [u8]> {
        let mut clean = Vec::new();
        let mut copied = 0;
        let found = self.automaton.iter().flat_map(|automaton| automaton.find_iter(window));
        for found in found.take_while(|found| found.start() < keep) {
            clean.extend_from_slice(&window[copied..found.start()]);
            clean.extend_from_slice(REDACTED.as_bytes());
            copied = found.end();
        }
        if copied == 0 {
            return Cow::Borrowed(&window[..keep]);
        }
        clean.extend_from_slice(window.get(copied..keep).unwrap_or_default());
        Cow::Owned(clean)
    }

    /// The text without secrets.
    pub fn text(&self, text: String) -> String {
        match self.bytes(text.as_bytes()) {
            Cow::Borrowed(_) => text,
            Cow::Owned(clean) => String::from_utf8_lossy(&clean).into_owned(),
        }
    }

    /// The value of a header without secrets, or nothing of it where the header is secret by name.
    pub fn header(&self, name: &str, value: &str) -> String {
        if SECRET_HEADERS.iter().any(|secret| name.eq_ignore_ascii_case(secret)) {
            return REDACTED.to_owned();
        }
        self.text(value.to_owned())
    }
}

/// Every spelling of a secret that a request or an answer may carry.
fn encodings(secret: &str) -> Vec<Vec<u8>> {
    let mut all = vec![secret.as_bytes().to_vec()];
    for escaped in [form(secret), component(secret, b"-_.~"), component(secret, b"-_.!~*'()")] {
        all.push(lower_escapes(&escaped).into_bytes());
        all.push(escaped.into_bytes());
    }
    all.extend(json(secret).into_iter().map(String::into_bytes));
    all.push(xml(secret).into_bytes());
    for shift in 0..3 {
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            all.push(base64_inside(engine, secret.as_bytes(), shift));
        }
    }
    all.retain(|pattern| pattern.len() >= SECRET_MIN);
    all
}

fn form(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn component(text: &str, kept: &[u8]) -> String {
    text.bytes()
        .map(|b| match b {
            b if b.is_ascii_alphanumeric() || kept.contains(&b) => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

/// `%2B` as `%2b`: both are written in the wild.
fn lower_escapes(text: &str) -> String {
    let mut left = 0;
    text.chars()
        .map(|c| {
            if c == '%' {
                left = 2;
            } else if left > 0 {
                left -= 1;
                return c.to_ascii_lowercase();
            }
            c
        })
        .collect()
}

/// As a minimal serializer, as one that escapes slashes, and as those that escape all but plain ASCII, in either case.
fn json(text: &str) -> Vec<String> {
    let minimal = serde_json::to_string(text).unwrap_or_default();
    let minimal = minimal.trim_matches('"').to_owned();
    let careful: String = text
        .chars()
        .flat_map(|c| match c {
            '"' | '&' | '\'' | '+' | '<' | '>' | '`' => format!("\\u{:04X}", u32::from(c)).chars().collect(),
            '\\' => vec!['\\', '\\'],
            c if c.is_ascii_graphic() || c == ' ' => vec![c],
            c => c
                .encode_utf16(&mut [0; 2])
                .iter()
                .flat_map(|u| format!("\\u{u:04X}").chars().collect::<Vec<_>>())
                .collect(),
        })
        .collect();
    let lower = careful.split("\\u").enumerate().map(|(n, piece)| match piece.get(..4) {
        Some(digits) if n > 0 => format!("\\u{}{}", digits.to_ascii_lowercase(), &piece[4..]),
        _ => piece.to_owned(),
    });
    vec![minimal.replace('/', "\\/"), lower.collect(), careful, minimal]
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;")
}

/// The secret inside a longer base64 text, `shift` bytes after a border: without the letters it shares with neighbours.
fn base64_inside(engine: &impl base64::Engine, secret: &[u8], shift: usize) -> Vec<u8> {
    let shifted = [&[0_u8; 2][..shift], secret].concat();
    let text = engine.encode(&shifted).into_bytes();
    let first = (shift * 8).div_ceil(6);
    let last = shifted.len() * 8 / 6;
    text.get(first..last).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    const CANARY: &str = "s3cr/et+ \"ü&=canary'";

    fn finder(secret: &str) -> Arc<Finder> {
        let secrets = Secrets::default();
        secrets.hide(&SecretString::from(secret));
        secrets.finder()
    }

    fn gone(text: &str) {
        let clean = finder(CANARY).text(format!("before {text} after"));
        assert!(clean.starts_with("before ") && clean.ends_with(" after"), "{clean}");
        assert!(clean.contains(REDACTED), "{text} stayed: {clean}");
        assert!(!clean.contains("canar"), "{clean}");
    }

    #[test]
    fn a_secret_is_found_raw_and_in_the_escapes_of_urls_json_and_xml() {
        gone(CANARY);
        gone("s3cr%2Fet%2B+%22%C3%BC%26%3Dcanary%27");
        gone("s3cr%2fet%2b%20%22%c3%bc%26%3dcanary%27");
        gone("s3cr%2Fet%2B%20%22%C3%BC%26%3Dcanary'");
        gone("s3cr/et+ \\\"ü&=canary'");
        gone("s3cr\\/et+ \\\"ü&=canary'");
        gone("s3cr/et\\u002B \\u0022\\u00FC\\u0026=canary\\u0027");
        gone("s3cr/et\\u002b \\u0022\\u00fc\\u0026=canary\\u0027");
        gone("s3cr/et+ &quot;ü&amp;=canary&apos;");
    }

    #[test]
    fn a_secret_is_found_in_base64_wherever_it_begins() {
        for before in ["", "i", "id", "id:", "key:secret:"] {
            for after in ["", "x", "xy", "xyz"] {
                let text = format!("{before}{CANARY}{after}");
                for encoded in [STANDARD.encode(&text), URL_SAFE.encode(&text)] {
                    let clean = finder(CANARY).text(encoded.clone());
                    assert!(clean.contains(REDACTED), "{text}: {encoded} stayed");
                    assert!(!clean.contains(&STANDARD.encode(&CANARY[6..12])), "{clean}");
                }
            }
        }
    }

    #[test]
    fn a_cut_never_leaves_half_a_secret() {
        let secret = "abcdefghijklmnopqrstuvwxyz";
        let finder = finder(secret);
        let text = format!("0123{secret}4567{secret}89{secret}");
        for keep in 0..text.len() {
            let clean = String::from_utf8(finder.head(text.as_bytes(), keep).into_owned()).expect("ascii");
            let rest = clean.replace(REDACTED, "");
            assert!(rest.bytes().all(|b| b.is_ascii_digit()), "{keep}: {clean}");
        }
    }

    #[test]
    fn named_headers_are_withheld_whole() {
        let none = Finder::default();
        assert_eq!(none.header("Authorization", "Bearer x"), REDACTED);
        assert_eq!(none.header("set-cookie", "a=b"), REDACTED);
        assert_eq!(none.header("Accept", "a/b"), "a/b");
    }

    #[test]
    fn only_the_newest_tokens_are_remembered_and_lasting_secrets_always() {
        let secrets = Secrets::default();
        secrets.hide(&SecretString::from("lasting-secret"));
        for n in 0..=TOKENS_MAX {
            secrets.hide_token(&SecretString::from(format!("token-number-{n}-of-many")));
        }
        let finder = secrets.finder();
        assert_eq!(finder.text("lasting-secret".into()), REDACTED);
        assert_eq!(finder.text("token-number-8-of-many".into()), REDACTED);
        assert_eq!(finder.text("token-number-0-of-many".into()), "token-number-0-of-many");
    }

    #[test]
    fn text_without_secrets_is_not_copied() {
        assert!(matches!(finder(CANARY).bytes(b"nothing to see"), Cow::Borrowed(_)));
    }
}
