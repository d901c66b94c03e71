//! OAuth 2 client credentials (RFC 6749 4.4): one token for all calls, refreshed by one caller while the others wait.

use std::time::{Duration, Instant};

use base64::Engine as _;
use counterfoil_core::Problem;
use counterfoil_core::fault::{Fault, FaultClass};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use crate::http::{Answer, Call, Http, Outgoing};
use crate::port::Attempt;

/// A token is given up this long before its end, so that none ends on its way; a short-lived one after four fifths of its life.
const EARLY: Duration = Duration::from_secs(60);
/// Lifetime believed where the answer names none.
const LIFETIME: Duration = Duration::from_secs(300);
/// Longest lifetime believed; the token is asked for anew after it.
const LIFETIME_MAX: Duration = Duration::from_hours(24);

/// The credentials of one tenant, and the token they gave.
pub struct ClientCredentials {
    token_url: Url,
    client_id: String,
    client_secret: SecretString,
    /// Of the token call, beside those of every call.
    headers: Vec<(&'static str, String)>,
    token: Mutex<Option<Token>>,
}

#[derive(Clone)]
struct Token {
    text: SecretString,
    until: Instant,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: Option<u64>,
}

impl ClientCredentials {
    /// Nothing is asked before the first call.
    pub fn new(
        token_url: Url,
        client_id: String,
        client_secret: SecretString,
        headers: Vec<(&'static str, String)>,
    ) -> Self {
        Self { token_url, client_id, client_secret, headers, token: Mutex::new(None) }
    }

    /// The token to call with.
    ///
    /// # Errors
    /// The identity server's refusal, explained.
    pub async fn token(&self, http: &Http, attempt: &Attempt) -> Result<SecretString, Fault> {
        let mut token = self.token.lock().await;
        if let Some(token) = token.as_ref().filter(|token| Instant::now() < token.until) {
            return Ok(token.text.clone());
        }
        let fresh = self.ask(http, attempt).await?;
        *token = Some(fresh.clone());
        Ok(fresh.text)
    }

    /// A call was refused with this token: the next caller asks for another, unless somebody already did.
    pub async fn refused(&self, refused: &SecretString) {
        let mut token = self.token.lock().await;
        let same = |token: &Token| token.text.expose_secret() == refused.expose_secret();
        if token.as_ref().is_some_and(same) {
            *token = None;
        }
    }

    async fn ask(&self, http: &Http, attempt: &Attempt) -> Result<Token, Fault> {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", self.client_secret.expose_secret())
            .finish();
        http.hide(&self.client_secret);
        let basic = format!("{}:{}", self.client_id, self.client_secret.expose_secret());
        http.hide(&SecretString::from(base64::engine::general_purpose::STANDARD.encode(basic)));
        let body = Outgoing::Whole("application/x-www-form-urlencoded", form.into_bytes());
        let mut call = Call::post("token", self.token_url.clone(), body);
        // A second token does no harm: a lost answer is simply asked for again.
        call.effect = false;
        call.headers.clone_from(&self.headers);
        call.secrets_in_answer = &["access_token"];
        let granted: Granted = http.send(attempt, call, read).await.map_err(explain)?;
        let lifetime = granted.expires_in.map_or(LIFETIME, Duration::from_secs).min(LIFETIME_MAX);
        Ok(Token {
            text: SecretString::from(granted.access_token),
            until: Instant::now() + lifetime.saturating_sub(EARLY.min(lifetime / 5)),
        })
    }
}

fn read(answer: &Answer) -> Result<Granted, Fault> {
    let granted: Granted = answer.json()?;
    if granted.access_token.is_empty() {
        Err(answer.unintelligible("the token is empty"))
    } else {
        Ok(granted)
    }
}

/// `invalid_client` says nothing to the person who typed the credentials.
fn explain(fault: Fault) -> Fault {
    let refused = matches!(fault.class, FaultClass::Refused | FaultClass::Unauthorized);
    if !refused {
        return fault;
    }
    let problem = Problem::fatal("credentials_refused", format!("The identity server refused the credentials ({fault})."))
        .at("client_secret")
        .with_hint("Check client id, client secret and environment: sandbox and production have separate credentials, and a new secret revokes the old one at once.");
    Fault { class: FaultClass::Unauthorized, problems: vec![problem], ..fault }
}
