//! Documents read a moment ago, so that the step after a poll need not read them again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use counterfoil_core::digest::Digest;
use counterfoil_core::document::Document;

/// Bytes kept at most; beyond, nothing is added and the store is asked.
const BYTES_MAX: usize = 32 * 1024 * 1024;

/// A document with the bytes it was read from.
pub(super) struct Canonical {
    pub document: Option<Document>,
    pub problems: Vec<counterfoil_core::Problem>,
    pub bytes: Arc<[u8]>,
}

/// A bounded memory; losing it changes nothing.
#[derive(Default)]
pub(super) struct Recent(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    documents: HashMap<Digest, Arc<Canonical>>,
    bytes: usize,
}

impl Recent {
    pub(super) fn keep(&self, digest: Digest, canonical: Arc<Canonical>) {
        let mut kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if kept.bytes + canonical.bytes.len() <= BYTES_MAX {
            kept.bytes += canonical.bytes.len();
            if let Some(old) = kept.documents.insert(digest, canonical) {
                kept.bytes -= old.bytes.len();
            }
        }
    }

    pub(super) fn get(&self, digest: &Digest) -> Option<Arc<Canonical>> {
        let kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.documents.get(digest).cloned()
    }

    /// Once sent, a document is not read again soon.
    pub(super) fn forget(&self, digest: &Digest) {
        let mut kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(old) = kept.documents.remove(digest) {
            kept.bytes -= old.bytes.len();
        }
    }
}
