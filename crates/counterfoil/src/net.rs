//! A small HTTP client for this machine's own servers: the running hub and the sandbox's control plane.
//!
//! Vendors are spoken to by the connectors' client alone; this one goes to loopback addresses only.

use anyhow::{Context as _, bail, ensure};
use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::rt::TokioIo;

/// Largest answer read.
const ANSWER_MAX: usize = 256 * 1024 * 1024;

/// An answer of a server on this machine.
pub struct Answer {
    pub status: StatusCode,
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON, where the status says success.
    ///
    /// # Errors
    /// Another status with what the server said, or a body that is not JSON.
    pub fn json(&self) -> anyhow::Result<serde_json::Value> {
        ensure!(self.status.is_success(), "{}: {}", self.status, String::from_utf8_lossy(&self.body).trim());
        serde_json::from_slice(&self.body).context("the answer is not JSON")
    }
}

/// Calls `url`, an `http://` address of this machine.
///
/// # Errors
/// The address is not on this machine, nobody listens, or the connection broke.
pub async fn call(
    method: Method,
    url: &str,
    token: Option<&str>,
    content_type: &str,
    body: Vec<u8>,
) -> anyhow::Result<Answer> {
    let uri: Uri = url.parse().with_context(|| format!("\"{url}\" is no address"))?;
    let authority = uri.authority().with_context(|| format!("\"{url}\" names no host"))?.clone();
    let host = authority.host().trim_matches(['[', ']']);
    let near = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if uri.scheme_str() != Some("http") || !near {
        bail!("{url} is not an http address of this machine");
    }
    let stream = tokio::net::TcpStream::connect((host, authority.port_u16().unwrap_or(80)))
        .await
        .with_context(|| format!("nobody answers at {authority}"))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut request = Request::builder()
        .method(method)
        .uri(uri.path_and_query().map_or("/", |path| path.as_str()))
        .header(header::HOST, authority.as_str())
        .header(header::CONTENT_TYPE, content_type);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let answer = sender.send_request(request.body(Full::new(Bytes::from(body)))?).await?;
    let status = answer.status();
    let body = Limited::new(answer.into_body(), ANSWER_MAX).collect().await;
    let body =
        body.map_err(|error| anyhow::anyhow!("the answer of {authority} could not be read: {error}"))?;
    Ok(Answer { status, body: body.to_bytes() })
}

/// Calls with a JSON body and reads a JSON answer.
///
/// # Errors
/// As [`call`], and another status than success.
pub async fn json(
    method: Method,
    url: &str,
    body: Option<&serde_json::Value>,
) -> anyhow::Result<serde_json::Value> {
    let bytes = body.map(serde_json::to_vec).transpose()?.unwrap_or_default();
    call(method, url, None, "application/json", bytes).await?.json().with_context(|| url.to_owned())
}
