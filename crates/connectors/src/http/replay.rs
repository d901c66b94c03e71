//! Exchange files instead of a network: what was sent must be what the file says, the answer is the file's.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_core::exchange::{Body, Exchange, ExchangeFile, Part, Request, RequestFile, ResponseFile};
use counterfoil_core::fault::{Fault, FaultClass, Sent};
use jiff::Timestamp;

/// The boundary of multipart bodies in exchange files; the one on the wire differs with every attempt.
const BOUNDARY: &str = "counterfoil";
/// How a body that is no text is written.
const BASE64: &str = "base64:";
/// The status of an exchange file without an answer: the connection broke after sending.
pub const NO_ANSWER: u16 = 0;

/// Exchange files to be answered from. Each is used once; of several that fit, the first.
pub struct Replay {
    files: Mutex<Vec<(ExchangeFile, bool)>>,
    /// What the clock says, so that dates in queries repeat.
    now: Timestamp,
}

impl Replay {
    /// Answers from these files, at this time.
    pub fn new(files: Vec<ExchangeFile>, now: Timestamp) -> Arc<Self> {
        Arc::new(Self { files: Mutex::new(files.into_iter().map(|file| (file, false)).collect()), now })
    }

    /// What the clock says.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The answer to this request, as captured and so without secrets.
    ///
    /// # Errors
    /// `Unintelligible` if no unused file has this method, path and body, naming what is left; `Unreachable` if the file
    /// says that no answer came.
    pub fn answer(&self, request: &Request) -> Result<ResponseFile, Fault> {
        let asked = request_file(request);
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |file: &RequestFile| {
            file.method == asked.method
                && file.path == asked.path
                && same_body(file.body.as_deref(), asked.body.as_deref())
        };
        match files.iter_mut().find(|(file, used)| !used && fits(&file.request)) {
            Some((file, used)) => {
                *used = true;
                if file.response.status == NO_ANSWER {
                    return Err(Fault::new(
                        FaultClass::Unreachable,
                        Sent::Maybe,
                        "the connection broke (replayed)",
                    ));
                }
                Ok(file.response.clone())
            }
            None => {
                let left: Vec<String> = files
                    .iter()
                    .filter(|(_, used)| !used)
                    .map(|(file, _)| {
                        format!("{} {} {:?}", file.request.method, file.request.path, file.request.body)
                    })
                    .collect();
                let asked = format!("{} {} {:?}", asked.method, asked.path, asked.body);
                Err(Fault::unintelligible(
                    Sent::No,
                    format!("no exchange file answers {asked}; left are {left:#?}"),
                ))
            }
        }
    }

    /// Notes of the files nobody asked for.
    pub fn unused(&self) -> Vec<String> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.iter().filter(|(_, used)| !used).map(|(file, _)| file.note.clone()).collect()
    }
}

/// A logged exchange as an exchange file: replayable, and already without secrets.
pub fn export(exchange: &Exchange) -> ExchangeFile {
    let response = exchange.response.as_ref();
    ExchangeFile {
        note: exchange.operation.to_owned(),
        modelled_on: format!("captured at {:.3} as {}", exchange.at, exchange.id),
        request: RequestFile { headers: exchange.request.headers.clone(), ..request_file(&exchange.request) },
        response: ResponseFile {
            status: response.map_or(NO_ANSWER, |response| response.status),
            headers: response.map(|response| response.headers.clone()).unwrap_or_default(),
            body: response.and_then(|response| text(&response.body)),
        },
    }
}

/// The bytes an exchange file's body stands for.
pub fn body_bytes(body: &str) -> Vec<u8> {
    let decoded = body.strip_prefix(BASE64).and_then(|text| STANDARD.decode(text).ok());
    decoded.unwrap_or_else(|| body.as_bytes().to_vec())
}

fn request_file(request: &Request) -> RequestFile {
    let path = url::Url::parse(&request.url).map_or_else(
        |_| request.url.clone(),
        |url| match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        },
    );
    RequestFile { method: request.method.clone(), path, headers: Vec::new(), body: text(&request.body) }
}

fn text(body: &Body) -> Option<String> {
    match body {
        Body::None => None,
        Body::Whole(bytes) if bytes.is_empty() => None,
        Body::Whole(bytes) => Some(bytes_text(bytes)),
        Body::Parts(parts) => Some(parts_text(parts)),
    }
}

fn bytes_text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => text.to_owned(),
        _ => format!("{BASE64}{}", STANDARD.encode(bytes)),
    }
}

fn parts_text(parts: &[Part]) -> String {
    let mut text = String::new();
    for part in parts {
        text += &format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{}\"\r\n", part.name);
        if let Some(media_type) = &part.media_type {
            text += &format!("Content-Type: {media_type}\r\n");
        }
        text += &format!("\r\n{}\r\n", bytes_text(&part.bytes));
    }
    text + &format!("--{BOUNDARY}--\r\n")
}

/// JSON bodies are the same whatever their white space and order of keys.
fn same_body(expected: Option<&str>, sent: Option<&str>) -> bool {
    let json =
        |text: Option<&str>| text.and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    expected == sent || (json(expected).is_some() && json(expected) == json(sent))
}
