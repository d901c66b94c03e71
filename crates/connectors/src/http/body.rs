//! Bodies: handed to the wire without copying, and captured without secrets.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use counterfoil_core::digest::Digest;
use counterfoil_core::exchange::{Body, LOGGED_BODY_MAX, Part};
use http_body::{Frame, SizeHint};

use super::redact::{Finder, REDACTED};

/// What is kept of the beginning of a body over [`LOGGED_BODY_MAX`].
const LOGGED_HEAD: usize = 16 * 1024;

/// The body of a call.
#[derive(Debug, Clone, Default)]
pub enum Outgoing {
    #[default]
    None,
    /// A body of this media type.
    Whole(&'static str, Vec<u8>),
    /// `multipart/form-data`.
    Form(Vec<OutgoingPart>),
}

/// One part of a form: no file name, and a content type only if there is one here.
#[derive(Debug, Clone)]
pub struct OutgoingPart {
    pub name: &'static str,
    pub media_type: Option<&'static str>,
    pub bytes: Arc<[u8]>,
}

impl Outgoing {
    pub(super) fn media_type(&self, boundary: &str) -> Option<String> {
        match self {
            Self::None => None,
            Self::Whole(media_type, _) => Some((*media_type).to_owned()),
            Self::Form(_) => Some(format!("multipart/form-data; boundary={boundary}")),
        }
    }

    /// What the log keeps: a document without secrets is shared, not copied.
    pub(super) fn captured(&self, finder: &Finder) -> Body {
        match self {
            Self::None => Body::None,
            Self::Whole(_, bytes) => captured(bytes.clone(), finder),
            Self::Form(parts) => Body::Parts(
                parts
                    .iter()
                    .map(|part| Part {
                        name: part.name.to_owned(),
                        media_type: part.media_type.map(str::to_owned),
                        bytes: captured_part(&part.bytes, finder),
                    })
                    .collect(),
            ),
        }
    }

    /// What goes over the wire.
    pub(super) fn into_bytes(self, boundary: &str) -> Option<Pieces> {
        match self {
            Self::None => None,
            Self::Whole(_, bytes) => Some(Pieces::new([bytes.into()])),
            Self::Form(parts) => {
                let mut pieces = Vec::with_capacity(parts.len() * 2 + 1);
                let mut border = format!("--{boundary}\r\n");
                for part in parts {
                    border += &format!("Content-Disposition: form-data; name=\"{}\"\r\n", part.name);
                    if let Some(media_type) = part.media_type {
                        border += &format!("Content-Type: {media_type}\r\n");
                    }
                    border += "\r\n";
                    pieces.push(Bytes::from(std::mem::take(&mut border)));
                    pieces.push(Bytes::from_owner(part.bytes));
                    border = format!("\r\n--{boundary}\r\n");
                }
                border.truncate(border.len() - 2);
                pieces.push(Bytes::from(border + "--\r\n"));
                Some(Pieces::new(pieces))
            }
        }
    }
}

/// A body of known length in a few pieces, each shared with whoever else holds it.
pub(super) struct Pieces {
    left: VecDeque<Bytes>,
    length: u64,
}

impl Pieces {
    fn new(pieces: impl IntoIterator<Item = Bytes>) -> Self {
        let left: VecDeque<Bytes> = pieces.into_iter().filter(|piece| !piece.is_empty()).collect();
        let length = left.iter().map(|piece| piece.len() as u64).sum();
        Self { left, length }
    }
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.left.pop_front();
        if let Some(piece) = &next {
            self.length -= piece.len() as u64;
        }
        Poll::Ready(next.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

/// A body as the log keeps it.
pub(super) fn captured(bytes: Vec<u8>, finder: &Finder) -> Body {
    if bytes.is_empty() {
        return Body::None;
    }
    if bytes.len() > LOGGED_BODY_MAX {
        return Body::Whole(cut(&bytes, finder));
    }
    match finder.bytes(&bytes) {
        std::borrow::Cow::Owned(clean) => Body::Whole(clean),
        std::borrow::Cow::Borrowed(_) => Body::Whole(bytes),
    }
}

/// A body that may hold a secret nobody can point to.
pub(super) fn withheld() -> Body {
    Body::Whole(REDACTED.as_bytes().to_vec())
}

fn captured_part(bytes: &Arc<[u8]>, finder: &Finder) -> Arc<[u8]> {
    if bytes.len() > LOGGED_BODY_MAX {
        return cut(bytes, finder).into();
    }
    match finder.bytes(bytes) {
        std::borrow::Cow::Owned(clean) => clean.into(),
        std::borrow::Cow::Borrowed(_) => bytes.clone(),
    }
}

/// The head, the length and the digest by which the whole is found elsewhere, if it is kept.
fn cut(bytes: &[u8], finder: &Finder) -> Vec<u8> {
    let mut head = finder.head(bytes, LOGGED_HEAD).into_owned();
    head.extend_from_slice(
        format!("\n[cut: {} bytes in all, SHA-256 {}]", bytes.len(), Digest::of(bytes)).as_bytes(),
    );
    head
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body::Body as _;

    fn written(outgoing: Outgoing, boundary: &str) -> String {
        let mut pieces = outgoing.into_bytes(boundary).expect("has a body");
        let length = pieces.size_hint().exact().expect("known length");
        let mut all = Vec::new();
        let mut context = Context::from_waker(std::task::Waker::noop());
        while let Poll::Ready(Some(Ok(frame))) = Pin::new(&mut pieces).poll_frame(&mut context) {
            all.extend_from_slice(&frame.into_data().expect("data"));
        }
        assert!(pieces.is_end_stream());
        assert_eq!(all.len() as u64, length);
        String::from_utf8(all).expect("text")
    }

    /// The layout the vendor's own client puts on the wire: recorded_requests_26.10.0.jsonl, POST /einvoicing/documents.
    #[test]
    fn a_form_is_written_part_by_part() {
        let part =
            |name, media_type, text: &str| OutgoingPart { name, media_type, bytes: text.as_bytes().into() };
        let form = Outgoing::Form(vec![
            part("metadata", Some("application/json; charset=utf-8"), "{}"),
            part("data", None, "<Invoice/>"),
        ]);
        assert_eq!(
            written(form, "b"),
            "--b\r\nContent-Disposition: form-data; name=\"metadata\"\r\nContent-Type: application/json; charset=utf-8\r\n\
             \r\n{}\r\n--b\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n<Invoice/>\r\n--b--\r\n"
        );
    }

    #[test]
    fn a_document_is_shared_and_a_large_one_is_cut_to_head_and_digest() {
        let small: Arc<[u8]> = vec![b'x'; 100].into();
        assert!(Arc::ptr_eq(&captured_part(&small, &Finder::default()), &small));
        let large: Arc<[u8]> = vec![b'x'; LOGGED_BODY_MAX + 1].into();
        let kept = captured_part(&large, &Finder::default());
        let text = String::from_utf8_lossy(&kept);
        assert!(kept.len() < LOGGED_HEAD + 200, "{}", kept.len());
        assert!(text.ends_with(&format!("[cut: 1048577 bytes in all, SHA-256 {}]", Digest::of(&large))));
    }
}
