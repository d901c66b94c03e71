//! Who calls, and what they may do.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::{ApiError, App};

/// What a caller may do; each includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// See everything that is no secret.
    Read,
    /// Send, hold, choose: what an operator does.
    Operate,
    /// Connections, flows, tokens, backup.
    Administer,
}

impl Scope {
    /// The word in a token's list of scopes.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Operate => "operate",
            Self::Administer => "administer",
        }
    }

    /// The scope of this word.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Read, Self::Operate, Self::Administer].into_iter().find(|scope| scope.word() == word)
    }
}

/// A caller who presented a valid token.
#[derive(Debug, Clone)]
pub struct Caller {
    /// For the audit trail.
    pub actor: String,
    scope: Scope,
}

impl Caller {
    /// Refuses a caller without this scope.
    ///
    /// # Errors
    /// 403, naming the scope that is missing.
    pub fn may(&self, needed: Scope) -> Result<&Self, ApiError> {
        if self.scope >= needed {
            Ok(self)
        } else {
            let (has, needed) = (self.scope.word(), needed.word());
            Err(ApiError::forbidden(format!("this token has the scope \"{has}\"; \"{needed}\" is needed")))
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
        let token = token.filter(|token| !token.is_empty()).ok_or_else(ApiError::unauthorized)?;
        if app.is_local(token) {
            return Ok(Self { actor: "cli".to_owned(), scope: Scope::Administer });
        }
        let principal =
            app.engine().store().token_by_secret(token).await?.ok_or_else(ApiError::unauthorized)?;
        let scope = principal.scopes.iter().filter_map(|word| Scope::of(word)).max();
        let scope = scope.ok_or_else(|| ApiError::forbidden("this token has no scope"))?;
        Ok(Self { actor: principal.actor, scope })
    }
}
