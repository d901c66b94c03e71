//! The REST API as commands use it: of the running server, or in process where none runs.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom as _, SystemRandom};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use tower::ServiceExt as _;
use url::Url;

use super::Context;
use crate::engine::effects::Effects;
use crate::engine::{Engine, Settings};
use crate::store::{Key, Store};
use crate::{api, net};

/// Largest answer read.
const ANSWER_MAX: usize = 256 * 1024 * 1024;
/// Longest wait for a sign of life.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
const TOKEN_BYTES: usize = 32;
/// What `serve` writes into the data folder while it runs, readable by its owner only.
pub const SERVER_FILE: &str = "server.json";

/// Who answers the calls of a command.
pub enum Client {
    /// A server that runs on this machine.
    Remote {
        /// Its address, such as `http://127.0.0.1:8080`.
        address: String,
        /// What it wrote beside its data for whoever may read that.
        token: SecretString,
    },
    /// The same routes in this process; the token is the one they were made with.
    Local(axum::Router, SecretString),
}

/// Where the running server is and how to speak to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerFile {
    /// Its address, such as `http://127.0.0.1:8080`.
    pub address: String,
    /// A token with every scope.
    pub token: SecretString,
}

impl ServerFile {
    /// What the server of this data folder wrote; none where none runs.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn of(data: &Path) -> anyhow::Result<Option<Self>> {
        let path = data.join(SERVER_FILE);
        match std::fs::read(&path) {
            Ok(bytes) => {
                Ok(Some(serde_json::from_slice(&bytes).with_context(|| path.display().to_string())?))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| path.display().to_string()),
        }
    }
}

impl Client {
    /// The server that runs on this data folder; where none does, the same routes in this process. Those do not start the
    /// engine: what they are asked for is done by the next `serve`.
    ///
    /// # Errors
    /// Nothing is in this folder yet, another process has it, or its database cannot be opened.
    pub async fn of(context: &Context) -> anyhow::Result<Self> {
        let config = &context.config;
        if let Some(ServerFile { address, token }) = ServerFile::of(&config.data)? {
            let address = reachable(&address);
            if answers(&address).await {
                return Ok(Self::Remote { address, token });
            }
            // It was killed and could not take its file away.
            tracing::debug!(%address, "the server of this folder does not answer");
        }
        if config.database.is_none() && !config.data.join("counterfoil.db").exists() {
            bail!(
                "nothing is in {} yet; start with `counterfoil serve`, or name another folder with --data",
                config.data.display()
            );
        }
        let key = Key::of_base64(config.sealing_key()?.expose_secret())?;
        let store = Store::open(config.database_url().expose_secret(), key).await?;
        let engine = Engine::new(store, Settings::default(), Effects::default()).await?;
        let token = token()?;
        let router = api::router(api::App::new(engine, Some(token.expose_secret())));
        Ok(Self::Local(router, token))
    }

    /// # Errors
    /// As [`Client::call`].
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        read_json(&self.call(Method::GET, path, "application/json", Vec::new()).await?)
    }

    /// # Errors
    /// As [`Client::call`].
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        read_json(&self.call(Method::POST, path, "application/json", serde_json::to_vec(body)?).await?)
    }

    /// # Errors
    /// As [`Client::call`].
    pub async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        read_json(&self.call(Method::PUT, path, "application/json", serde_json::to_vec(body)?).await?)
    }

    /// # Errors
    /// As [`Client::call`].
    pub async fn delete(&self, path: &str) -> anyhow::Result<Value> {
        read_json(&self.call(Method::DELETE, path, "application/json", Vec::new()).await?)
    }

    /// Calls and returns the body of a successful answer.
    ///
    /// # Errors
    /// Nobody answers, or a refusal in the server's own words.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        media_type: &str,
        body: Vec<u8>,
    ) -> anyhow::Result<Bytes> {
        let (status, body) = match self {
            Self::Remote { address, token } => {
                let url = format!("{address}{path}");
                let answer = net::call(method, &url, Some(token.expose_secret()), media_type, body).await;
                let answer = answer.context("the server does not answer; is it still running?")?;
                (answer.status, answer.body)
            }
            Self::Local(router, token) => {
                let request = Request::builder()
                    .method(method)
                    .uri(path)
                    .header(header::AUTHORIZATION, format!("Bearer {}", token.expose_secret()))
                    .header(header::CONTENT_TYPE, media_type)
                    .body(Body::from(body))?;
                let answer = match router.clone().oneshot(request).await {
                    Ok(answer) => answer,
                    Err(never) => match never {},
                };
                (answer.status(), axum::body::to_bytes(answer.into_body(), ANSWER_MAX).await?)
            }
        };
        if status.is_success() { Ok(body) } else { Err(refusal(status, &body)) }
    }
}

/// A token that nobody can guess: 256 random bits.
///
/// # Errors
/// The system gives no random bytes.
pub fn token() -> anyhow::Result<SecretString> {
    let mut bytes = [0; TOKEN_BYTES];
    SystemRandom::new().fill(&mut bytes).map_err(|_| anyhow::anyhow!("the system gave no random bytes"))?;
    Ok(SecretString::from(URL_SAFE_NO_PAD.encode(bytes)))
}

async fn answers(address: &str) -> bool {
    let url = format!("{address}/healthz");
    let asked = net::call(Method::GET, &url, None, "text/plain", Vec::new());
    matches!(tokio::time::timeout(ANSWERS_WITHIN, asked).await, Ok(Ok(_)))
}

/// A path with its segments and query encoded.
pub fn path(segments: &[&str], query: &[(&str, Option<&str>)]) -> String {
    let mut url = Url::parse("http://hub/v1").unwrap_or_else(|_| unreachable!("a constant address"));
    if let Ok(mut path) = url.path_segments_mut() {
        path.extend(segments);
    }
    let given: Vec<(&str, &str)> =
        query.iter().filter_map(|(name, value)| value.map(|value| (*name, value))).collect();
    if !given.is_empty() {
        url.query_pairs_mut().extend_pairs(given);
    }
    url[url::Position::BeforePath..].to_owned()
}

/// A server that listens everywhere is reached on this machine's own address.
fn reachable(address: &str) -> String {
    address.trim_end_matches('/').replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
}

fn read_json(body: &Bytes) -> anyhow::Result<Value> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).context("the server's answer is not JSON")
}

/// A refusal as the server explains it (RFC 9457), with the problems behind it.
fn refusal(status: StatusCode, body: &[u8]) -> anyhow::Error {
    let Ok(details) = serde_json::from_slice::<Value>(body) else {
        return anyhow::anyhow!("the server says {status}: {}", String::from_utf8_lossy(body).trim());
    };
    let word = |name: &str| details[name].as_str().filter(|text| !text.is_empty());
    let mut text = word("detail").or_else(|| word("title")).unwrap_or("it gives no reason").to_owned();
    for problem in details["problems"].as_array().into_iter().flatten() {
        let words = ["code", "message", "hint"].map(|name| problem[name].as_str().unwrap_or_default());
        text.push_str("\n  ");
        text.push_str(words.join(" ").trim_end());
    }
    anyhow::anyhow!("the server says {}: {text}", status.as_u16())
}

#[cfg(test)]
mod tests {
    use axum::Json;
    use axum::extract::Query;
    use axum::http::HeaderMap;
    use axum::routing::{get, post};
    use std::collections::BTreeMap;

    use super::*;

    fn routes() -> axum::Router {
        let echo = |headers: HeaderMap, Query(query): Query<BTreeMap<String, String>>| async move {
            Json(serde_json::json!({"auth": headers["authorization"].to_str().ok(), "query": query}))
        };
        let refuse = || async {
            let problem =
                serde_json::json!({"code": "in_doubt", "message": "It may have arrived.", "hint": "Look."});
            let details = serde_json::json!({"detail": "not now", "problems": [problem]});
            (StatusCode::CONFLICT, Json(details))
        };
        axum::Router::new()
            .route("/v1/echo", get(echo))
            .route("/v1/refuse", post(refuse))
            .route("/v1/empty", post(|| async { StatusCode::NO_CONTENT }))
    }

    async fn check(client: Client) {
        let answer =
            client.get(&path(&["echo"], &[("q", Some("a&b=ä")), ("none", None)])).await.expect("answers");
        assert_eq!(answer, serde_json::json!({"auth": "Bearer secret", "query": {"q": "a&b=ä"}}));
        assert_eq!(client.post("/v1/empty", &Value::Null).await.expect("answers"), Value::Null);
        let refused = client.post("/v1/refuse", &Value::Null).await.expect_err("refused").to_string();
        assert!(
            refused.contains("409: not now") && refused.contains("in_doubt It may have arrived. Look."),
            "{refused}"
        );
    }

    #[tokio::test]
    async fn both_kinds_answer_alike() {
        let token = SecretString::from("secret");
        check(Client::Local(routes(), token.clone())).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        tokio::spawn(async move { axum::serve(listener, routes()).await });
        check(Client::Remote { address, token }).await;
    }

    #[test]
    fn paths_are_encoded_and_wildcard_addresses_reached() {
        assert_eq!(path(&["documents", "a/b ?"], &[]), "/v1/documents/a%2Fb%20%3F");
        assert_eq!(reachable("http://0.0.0.0:81/"), "http://127.0.0.1:81");
        assert_eq!(reachable("http://[::]:81"), "http://[::1]:81");
    }
}
