//! Tokens, accounts and sessions: secrets leave here once, and only their hashes stay.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use counterfoil_core::digest::Digest;
use counterfoil_core::event::Event;
use counterfoil_core::id::{TokenId, UserId};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::error::Result;
use super::key::random;
use super::{Store, read, write};
use crate::engine::world;

/// A session unused for this long ends.
const IDLE_MAX: SignedDuration = SignedDuration::from_hours(8);
/// No session lives longer.
const SESSION_MAX: SignedDuration = SignedDuration::from_hours(24 * 7);
/// Answers to repeated questions are kept this long.
const ANSWERS_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// A token without its secret.
#[derive(Debug, Clone, Serialize)]
pub struct TokenLine {
    pub id: TokenId,
    pub name: String,
    pub scopes: Vec<String>,
    pub created_at: Timestamp,
}

/// Who a token stands for.
#[derive(Debug, Clone)]
pub struct Principal {
    pub actor: String,
    pub scopes: Vec<String>,
}

/// A person's account.
#[derive(Debug, Clone)]
pub struct Account {
    pub id: UserId,
    pub email: String,
    pub name: String,
    /// viewer, operator or administrator
    pub role: String,
    /// Argon2id, in the PHC format.
    pub password_hash: String,
}

/// An answer kept for a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Of the question: method, address and body.
    pub digest: String,
    pub status: i64,
    pub body: String,
}

impl Store {
    /// Makes a token; its secret is returned once.
    pub async fn create_token(
        &self,
        name: &str,
        scopes: &[String],
        event: Event,
    ) -> Result<(TokenId, String)> {
        let id = TokenId::new(world::draw());
        let secret = format!("cf_{}", secret()?);
        write!(self, access::create_token(id, name, &hash(&secret), scopes, &event))?;
        Ok((id, secret))
    }

    /// Who a token stands for.
    pub async fn token_by_secret(&self, secret: &str) -> Result<Option<Principal>> {
        let line = read!(self, access::token(&hash(secret)))?;
        Ok(line.map(|line| Principal { actor: format!("token:{}", line.name), scopes: line.scopes }))
    }

    /// Tokens that are not revoked.
    pub async fn tokens(&self) -> Result<Vec<TokenLine>> {
        read!(self, access::tokens())
    }

    /// From now on the token is refused.
    pub async fn revoke_token(&self, id: TokenId, event: Event) -> Result<()> {
        write!(self, access::revoke_token(id, &event))
    }

    /// Makes an account, or changes its password.
    pub async fn put_account(&self, account: &Account, event: Event) -> Result<()> {
        write!(self, access::put_account(account, &event))
    }

    /// An account by e-mail address.
    pub async fn account(&self, email: &str) -> Result<Option<Account>> {
        read!(self, access::account(email))
    }

    /// Begins a session; its secret is returned once.
    pub async fn begin_session(&self, account: UserId) -> Result<String> {
        let (secret, now) = (secret()?, world::now());
        write!(self, access::begin_session(&hash(&secret), account, now, now + SESSION_MAX))?;
        Ok(secret)
    }

    /// Whose session this is.
    pub async fn session(&self, secret: &str) -> Result<Option<Account>> {
        let now = world::now();
        let account = read!(self, access::session(&hash(secret), now, now - IDLE_MAX))?;
        if account.is_some() {
            write!(self, access::session_seen(&hash(secret), now))?;
        }
        Ok(account)
    }

    /// Ends a session.
    pub async fn end_session(&self, secret: &str) -> Result<()> {
        write!(self, access::end_session(&hash(secret)))
    }

    /// The answer kept for a caller's key.
    pub async fn kept_answer(&self, actor: &str, key: &str) -> Result<Option<Kept>> {
        read!(self, access::answer(actor, key))
    }

    /// Keeps an answer for a caller's key; the first one stays.
    pub async fn keep_answer(&self, actor: &str, key: &str, kept: &Kept) -> Result<()> {
        let now = world::now();
        write!(self, access::keep_answer(actor, key, kept, now, now - ANSWERS_KEPT))
    }
}

/// 256 random bits as text.
pub fn secret() -> Result<String> {
    let mut bytes = [0; 32];
    random(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn hash(secret: &str) -> String {
    Digest::of(secret.as_bytes()).to_string()
}
