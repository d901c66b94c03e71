//! Who may ask: API tokens, accounts, sessions; and answers kept for repeated questions.

use counterfoil_core::event::Event;
use counterfoil_core::id::{TokenId, UserId};
use jiff::Timestamp;
use sqlx::Row as _;

use super::{Connection, Db, insert};
use crate::store::StoreError;
use crate::store::access::{Account, Kept, TokenLine};
use crate::store::error::Result;
use crate::store::types::{Json, Ts, Word};

type Row = <Db as sqlx::Database>::Row;

/// Saves a token by its hash.
pub async fn create_token(
    connection: &mut Connection,
    id: TokenId,
    name: &str,
    hash: &str,
    scopes: &[String],
    event: &Event,
) -> Result<()> {
    sqlx::query("insert into api_token (id, name, hash, scopes, created_at) values ($1, $2, $3, $4, $5)")
        .bind(Word(id))
        .bind(name.to_owned())
        .bind(hash.to_owned())
        .bind(Json(scopes.to_vec()))
        .bind(Ts(event.at))
        .execute(&mut *connection)
        .await
        .map_err(|error| match StoreError::from(error) {
            StoreError::Constraint(_) => {
                StoreError::Constraint(format!("there is a token named \"{name}\" already"))
            }
            other => other,
        })?;
    insert::events(connection, std::slice::from_ref(event)).await
}

/// A token that is not revoked, by its hash.
pub async fn token(connection: &mut Connection, hash: &str) -> Result<Option<TokenLine>> {
    let row = sqlx::query(
        "select id, name, scopes, created_at from api_token where hash = $1 and revoked_at is null",
    )
    .bind(hash.to_owned())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(token_line).transpose()
}

/// Every token that is not revoked.
pub async fn tokens(connection: &mut Connection) -> Result<Vec<TokenLine>> {
    let rows = sqlx::query(
        "select id, name, scopes, created_at from api_token where revoked_at is null order by id",
    )
    .fetch_all(connection)
    .await?;
    rows.iter().map(token_line).collect()
}

fn token_line(row: &Row) -> Result<TokenLine> {
    Ok(TokenLine {
        id: row.try_get::<Word<TokenId>, _>("id")?.0,
        name: row.try_get("name")?,
        scopes: row.try_get::<Json<Vec<String>>, _>("scopes")?.0,
        created_at: row.try_get::<Ts, _>("created_at")?.0,
    })
}

/// From now on the token is refused.
pub async fn revoke_token(connection: &mut Connection, id: TokenId, event: &Event) -> Result<()> {
    sqlx::query("update api_token set revoked_at = $2 where id = $1")
        .bind(Word(id))
        .bind(Ts(event.at))
        .execute(&mut *connection)
        .await?;
    insert::events(connection, std::slice::from_ref(event)).await
}

/// Makes an account, or changes its password.
pub async fn put_account(connection: &mut Connection, account: &Account, event: &Event) -> Result<()> {
    sqlx::query(
        "insert into account (id, email, name, role, password_hash, created_at, updated_at) \
         values ($1, $2, $3, $4, $5, $6, $6) on conflict (email) do update set password_hash = excluded.password_hash, \
         role = excluded.role, updated_at = excluded.updated_at",
    )
    .bind(Word(account.id))
    .bind(account.email.clone())
    .bind(account.name.clone())
    .bind(account.role.clone())
    .bind(account.password_hash.clone())
    .bind(Ts(event.at))
    .execute(&mut *connection)
    .await?;
    insert::events(connection, std::slice::from_ref(event)).await
}

/// An account by e-mail address.
pub async fn account(connection: &mut Connection, email: &str) -> Result<Option<Account>> {
    let row = sqlx::query(
        "select id, email, name, role, password_hash from account where email = $1 and disabled_at is null",
    )
    .bind(email.to_owned())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(account_row).transpose()
}

fn account_row(row: &Row) -> Result<Account> {
    Ok(Account {
        id: row.try_get::<Word<UserId>, _>("id")?.0,
        email: row.try_get("email")?,
        name: row.try_get("name")?,
        role: row.try_get("role")?,
        password_hash: row.try_get("password_hash")?,
    })
}

/// Begins a session.
pub async fn begin_session(
    connection: &mut Connection,
    hash: &str,
    account: UserId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    sqlx::query(
        "insert into session (hash, account, created_at, seen_at, expires_at) values ($1, $2, $3, $3, $4)",
    )
    .bind(hash.to_owned())
    .bind(Word(account))
    .bind(Ts(now))
    .bind(Ts(expires_at))
    .execute(connection)
    .await?;
    Ok(())
}

/// The account of a session that is neither expired nor idle since `idle_since`.
pub async fn session(
    connection: &mut Connection,
    hash: &str,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Option<Account>> {
    let row = sqlx::query(
        "select a.id, a.email, a.name, a.role, a.password_hash from session s join account a on a.id = s.account \
         where s.hash = $1 and s.expires_at > $2 and s.seen_at > $3 and a.disabled_at is null",
    )
    .bind(hash.to_owned())
    .bind(Ts(now))
    .bind(Ts(idle_since))
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(account_row).transpose()
}

/// The session was used.
pub async fn session_seen(connection: &mut Connection, hash: &str, now: Timestamp) -> Result<()> {
    sqlx::query("update session set seen_at = $2 where hash = $1")
        .bind(hash.to_owned())
        .bind(Ts(now))
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends a session.
pub async fn end_session(connection: &mut Connection, hash: &str) -> Result<()> {
    sqlx::query("delete from session where hash = $1").bind(hash.to_owned()).execute(connection).await?;
    Ok(())
}

/// The answer kept for a caller's key.
pub async fn answer(connection: &mut Connection, actor: &str, key: &str) -> Result<Option<Kept>> {
    let row: Option<(String, i64, String)> =
        sqlx::query_as("select digest, status, body from idempotency where actor = $1 and key = $2")
            .bind(actor.to_owned())
            .bind(key.to_owned())
            .fetch_optional(connection)
            .await?;
    Ok(row.map(|(digest, status, body)| Kept { digest, status, body }))
}

/// Keeps an answer; the first one stays.
pub async fn keep_answer(
    connection: &mut Connection,
    actor: &str,
    key: &str,
    kept: &Kept,
    now: Timestamp,
    older_than: Timestamp,
) -> Result<()> {
    sqlx::query("delete from idempotency where at < $1")
        .bind(Ts(older_than))
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "insert into idempotency (actor, key, digest, status, body, at) values ($1, $2, $3, $4, $5, $6) \
         on conflict (actor, key) do nothing",
    )
    .bind(actor.to_owned())
    .bind(key.to_owned())
    .bind(kept.digest.clone())
    .bind(kept.status)
    .bind(kept.body.clone())
    .bind(Ts(now))
    .execute(connection)
    .await?;
    Ok(())
}
