//! The one HTTP client of the house; nothing else names reqwest.
//!
//! Every call is bounded (time, size of the answer), goes only where its environment may go, follows no redirect, and
//! leaves an [`Exchange`] in its [`Attempt`], from which every registered secret is gone.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use counterfoil_core::exchange::{Exchange, Request, Response};
use counterfoil_core::fault::{Fault, FaultClass, Sent};
use counterfoil_core::id::ExchangeId;
use counterfoil_core::{Problem, codes};
use jiff::Timestamp;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;
use uuid::Uuid;

use crate::port::{Attempt, Opening};

mod answer;
mod body;
mod classify;
pub mod guard;
mod redact;
pub mod replay;

pub use answer::{Answer, Messages};
pub use body::{Outgoing, OutgoingPart};
pub use guard::Reach;
pub use redact::REDACTED;
pub use replay::Replay;

/// Largest answer read, unless a call names another limit.
pub const ANSWER_MAX: usize = 8 * 1024 * 1024;
/// Largest document downloaded; the same limit that documents have on their way in.
pub const DOWNLOAD_MAX: usize = 20 * 1024 * 1024;
/// How long a connection to a host on the internet may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection to a simulator may take.
const CONNECT_TIMEOUT_NEAR: Duration = Duration::from_secs(2);
/// An idle connection is closed after this; common servers close theirs after 60 s or more.
const IDLE_MAX: Duration = Duration::from_secs(50);
/// Idle connections kept per host.
const IDLE_CONNECTIONS_MAX: usize = 64;
/// Said of an answer that should hold a secret and cannot be read.
const UNREADABLE_SECRET: &str = "the answer cannot be understood; it may hold a secret, so it is not shown";
/// Header of the attempt's identifier on every request; answers carry the vendor's own in a header of this kind too.
const CORRELATION: &str = "X-Correlation-ID";
const CORRELATIONS: &[&str] = &["x-correlation-id", "x-request-id", "x-amzn-requestid", "x-amzn-trace-id"];

/// Where calls go.
#[derive(Clone)]
pub enum Transport {
    /// The network. Clones share one pool of connections.
    Live(Live),
    /// Exchange files.
    Replay(Arc<Replay>),
}

impl Transport {
    /// The network; one of these serves the whole program.
    pub fn live() -> Self {
        Self::Live(Live::default())
    }
}

/// The pools of connections, made at the first call.
#[derive(Clone, Default)]
pub struct Live(Arc<Pools>);

#[derive(Default)]
struct Pools {
    global: OnceLock<Result<reqwest::Client, String>>,
    private: OnceLock<Result<reqwest::Client, String>>,
}

/// The method of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

impl Method {
    const fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// One call to be made.
pub struct Call {
    /// The client function, such as `submit`.
    pub operation: &'static str,
    pub method: Method,
    pub url: Url,
    pub headers: Vec<(&'static str, String)>,
    pub bearer: Option<SecretString>,
    pub body: Outgoing,
    /// Whether it changes something over there: only then a missing answer is a doubt.
    pub effect: bool,
    /// Largest answer accepted.
    pub limit: usize,
    /// Fields of a JSON answer that hold secrets; hidden before the exchange exists.
    pub secrets_in_answer: &'static [&'static str],
}

impl Call {
    /// Asks, changing nothing.
    pub const fn get(operation: &'static str, url: Url) -> Self {
        Self {
            operation,
            method: Method::Get,
            url,
            headers: Vec::new(),
            bearer: None,
            body: Outgoing::None,
            effect: false,
            limit: ANSWER_MAX,
            secrets_in_answer: &[],
        }
    }

    /// Posts a body that has an effect.
    pub fn post(operation: &'static str, url: Url, body: Outgoing) -> Self {
        Self { method: Method::Post, body, effect: true, ..Self::get(operation, url) }
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// The client of one opened system: its transport, its patience and its secrets.
pub struct Http {
    transport: Transport,
    reach: Reach,
    timeout: Duration,
    agent: String,
    messages: Messages,
    secrets: redact::Secrets,
}

impl Http {
    /// A client for what is being opened, as patient as its environment or its own setting `wait.timeout` (milliseconds).
    /// `messages` reads the vendor's error texts out of an answer.
    pub fn new(opening: &Opening, reach: Reach, messages: Messages) -> Self {
        let (transport, agent) = (opening.transport.clone(), opening.client.clone());
        let own = opening.setting("wait.timeout").and_then(|millis| millis.parse().ok());
        let timeout = own.map_or_else(
            || Duration::try_from(opening.environment.waits.timeout).unwrap_or(CONNECT_TIMEOUT),
            Duration::from_millis,
        );
        Self { transport, reach, timeout, agent, messages, secrets: redact::Secrets::default() }
    }

    /// Reads and checks the address of a host.
    ///
    /// # Errors
    /// A problem `connection_setting` naming the setting and the cure.
    pub fn address(&self, setting: &str, text: &str) -> Result<Url, Problem> {
        let cure = "Enter an address such as https://api.example.com, or leave it out.";
        let wrong = |why: String| codes::connection_setting(setting, &why, cure);
        let url = Url::parse(text.trim()).map_err(|e| wrong(format!("\"{text}\" is no address ({e})")))?;
        guard::check(&url, self.reach).map_err(wrong)?;
        Ok(url)
    }

    /// Registers a secret: from now on no exchange shows it.
    pub fn hide(&self, secret: &SecretString) {
        self.secrets.hide(secret);
    }

    /// The time; a replay has its own.
    pub fn now(&self) -> Timestamp {
        match &self.transport {
            Transport::Live(_) => Timestamp::now(),
            Transport::Replay(replay) => replay.now(),
        }
    }

    /// Makes the call, reads the answer and leaves the exchange in the attempt, whatever the outcome.
    ///
    /// `read` sees answers of status 2xx only; all others become faults by their status and the vendor's own words.
    ///
    /// # Errors
    /// What went wrong, classified, and whether the call may have had its effect all the same.
    pub async fn send<T>(
        &self,
        attempt: &Attempt,
        call: Call,
        read: impl FnOnce(&Answer) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let at = self.now();
        let started = Instant::now();
        let Call { operation, effect, secrets_in_answer, .. } = call;
        let boundary = format!("counterfoil-{}", attempt.id.uuid().simple());
        let mut request = self.capture_request(attempt, &call, &boundary);
        let answer = match &self.transport {
            Transport::Live(live) => self.live(live, call, &request.headers, &boundary).await,
            Transport::Replay(replay) => {
                request.headers.iter_mut().for_each(|(name, value)| *value = self.clean_header(name, value));
                replay.answer(&request).map(|file| Answer::replayed(file, effect))
            }
        };
        let duration_us = i64::try_from(started.elapsed().as_micros()).unwrap_or(i64::MAX);
        let withheld = answer.as_ref().is_ok_and(|answer| !self.hide_secrets_of(answer, secrets_in_answer));
        let outcome = match &answer {
            Ok(answer) => classify::judge(answer, at, self.messages).and_then(|()| read(answer)),
            Err(fault) => Err(fault.clone()),
        };
        let finder = self.secrets.finder();
        // what nobody can point to is not quoted either
        let outcome = outcome.map_err(|fault| match withheld {
            true => Fault { message: UNREADABLE_SECRET.to_owned(), problems: Vec::new(), ..fault },
            false => classify::clean(fault, &finder),
        });
        request.headers.iter_mut().for_each(|(name, value)| *value = finder.header(name, value));
        let response = answer.ok().map(|answer| Response {
            status: answer.status,
            headers: answer.headers.iter().map(|(n, v)| (n.clone(), finder.header(n, v))).collect(),
            body: if withheld { body::withheld() } else { body::captured(answer.body, &finder) },
        });
        attempt.record(Exchange {
            id: ExchangeId::new(Uuid::now_v7()),
            attempt: attempt.id,
            at,
            duration_us,
            operation,
            request,
            response,
            fault: outcome.as_ref().err().cloned(),
        });
        outcome
    }

    /// The request as it will be sent; body and address already without secrets, headers still with theirs.
    fn capture_request(&self, attempt: &Attempt, call: &Call, boundary: &str) -> Request {
        let finder = self.secrets.finder();
        let mut headers = vec![
            ("User-Agent".to_owned(), self.agent.clone()),
            (CORRELATION.to_owned(), attempt.id.to_string()),
        ];
        headers.extend(call.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        if let Some(media_type) = call.body.media_type(boundary) {
            headers.push(("Content-Type".to_owned(), media_type));
        }
        if let Some(bearer) = &call.bearer {
            headers.push(("Authorization".to_owned(), format!("Bearer {}", bearer.expose_secret())));
        }
        Request {
            method: call.method.word().to_owned(),
            url: finder.text(call.url.to_string()),
            headers,
            body: call.body.captured(&finder),
        }
    }

    fn clean_header(&self, name: &str, value: &str) -> String {
        self.secrets.finder().header(name, value)
    }

    /// Registers the secrets a JSON answer brings. False if there are some that cannot be told from the rest.
    fn hide_secrets_of(&self, answer: &Answer, fields: &[&str]) -> bool {
        if fields.is_empty() {
            return true;
        }
        // read as leniently as its caller reads it: what the one understands, the other must not overlook
        let Ok(serde_json::Value::Object(object)) = answer.json() else { return !answer.is_success() };
        for field in fields {
            if let Some(serde_json::Value::String(secret)) = object.get(*field) {
                self.secrets.hide_token(&SecretString::from(secret.as_str()));
            }
        }
        true
    }

    async fn live(
        &self,
        live: &Live,
        call: Call,
        headers: &[(String, String)],
        boundary: &str,
    ) -> Result<Answer, Fault> {
        let refused = |why: String| Fault::new(FaultClass::Unreachable, Sent::No, why);
        guard::check(&call.url, self.reach).map_err(refused)?;
        let client = live.client(self.reach).map_err(refused)?;
        let host = call.url.host_str().unwrap_or_default().to_owned();
        let mut request = match call.method {
            Method::Get => client.get(call.url),
            Method::Post => client.post(call.url),
        };
        request = request.timeout(self.timeout);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if let Some(body) = call.body.into_bytes(boundary) {
            request = request.body(reqwest::Body::wrap(body));
        }
        let broken = |e: reqwest::Error| self.broken(&host, call.effect, &e);
        let mut response = request.send().await.map_err(broken)?;
        let mut answer = Answer {
            status: response.status().as_u16(),
            headers: response
                .headers()
                .iter()
                .map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
                .collect(),
            body: Vec::new(),
            effect: call.effect,
        };
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if answer.body.len() + chunk.len() > call.limit {
                let message = format!("the answer of {host} is larger than {} bytes", call.limit);
                return Err(Fault::unintelligible(answer.doubt(), message).with_status(answer.status));
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }

    /// No answer: before the request left, nothing was done; afterwards an effect is in doubt.
    fn broken(&self, host: &str, effect: bool, error: &reqwest::Error) -> Fault {
        let mut root: &dyn std::error::Error = error;
        while let Some(source) = root.source() {
            root = source;
        }
        let (sent, message) = if error.is_connect() {
            (Sent::No, format!("no connection to {host}: {root}"))
        } else if error.is_builder() {
            (Sent::No, format!("the request to {host} cannot be written: {root}"))
        } else if error.is_timeout() {
            (Sent::Maybe, format!("{host} did not answer within {} ms", self.timeout.as_millis()))
        } else {
            (Sent::Maybe, format!("the connection to {host} broke: {root}"))
        };
        Fault::new(FaultClass::Unreachable, if effect { sent } else { Sent::No }, message)
    }
}

/// The vendor's own identifier of an exchange, to be quoted to its support.
pub fn correlation(exchange: &Exchange) -> Option<&str> {
    let headers = &exchange.response.as_ref()?.headers;
    let named = |name: &&str| headers.iter().find(|(n, v)| n.eq_ignore_ascii_case(name) && !v.is_empty());
    CORRELATIONS.iter().find_map(named).map(|(_, value)| value.as_str())
}

impl Live {
    fn client(&self, reach: Reach) -> Result<reqwest::Client, String> {
        let pool = match reach {
            Reach::Global => &self.0.global,
            Reach::Private => &self.0.private,
        };
        pool.get_or_init(|| client(reach)).clone()
    }
}

/// A client that goes only where it may: no redirects, no proxy from the environment, no HTTP/2 surprises, no retries
/// of its own.
fn client(reach: Reach) -> Result<reqwest::Client, String> {
    install_tls();
    let build = || {
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .tcp_nodelay(true)
            .connect_timeout(match reach {
                Reach::Global => CONNECT_TIMEOUT,
                Reach::Private => CONNECT_TIMEOUT_NEAR,
            })
            .pool_idle_timeout(IDLE_MAX)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            .dns_resolver(Guarded(reach))
    };
    let built = build().build();
    let built = match (built, reach) {
        // a bare container has no certificates; a simulator on loopback needs none
        (Err(_), Reach::Private) => build().tls_backend_preconfigured(without_roots()).build(),
        (built, _) => built,
    };
    built.map_err(|e| {
        format!("TLS cannot be set up: {}; install the CA certificates of this system", root_of(&e))
    })
}

fn without_roots() -> rustls::ClientConfig {
    rustls::ClientConfig::builder()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

fn root_of(error: &dyn std::error::Error) -> String {
    let mut root = error;
    while let Some(source) = root.source() {
        root = source;
    }
    root.to_string()
}

/// One TLS provider for the whole program.
fn install_tls() {
    static ONCE: OnceLock<()> = OnceLock::new();
    // an error only says that the program installed one before
    ONCE.get_or_init(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

/// Resolves names as the system does, and withholds the addresses that may not be called.
struct Guarded(Reach);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let host = name.as_str();
            let found: Vec<_> = tokio::net::lookup_host((host, 0)).await?.collect();
            let allowed: Vec<_> =
                found.iter().copied().filter(|address| guard::allowed(address.ip(), reach)).collect();
            if allowed.is_empty() {
                return Err(format!("{host} leads to no address that may be called ({found:?})").into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
