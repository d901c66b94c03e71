//! Tamper-evidence: audit entries chained by hash, the chain signed at checkpoints, and a check that says how far it holds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_core::digest::Digest;
use counterfoil_core::event::Event;
use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::Serialize;

use super::error::Result;
use super::{Store, StoreError, read, write};
use crate::engine::world;

/// Entries under one checkpoint.
const ENTRIES_MAX: i64 = 5_000;
/// Where the signing key is sealed.
const KEY: &str = "audit_key";

/// A signed point of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub position: i64,
    pub from_seq: i64,
    pub to_seq: i64,
    pub entries: i64,
    /// Of the chain up to and with the last entry.
    pub hash: String,
    pub signature: String,
}

/// What a check of the audit trail found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    pub intact: bool,
    /// Entries under a checkpoint, and entries that wait for one.
    pub sealed: i64,
    pub unsealed: i64,
    pub sealed_to: i64,
    /// The first entry or checkpoint that does not hold.
    pub broken_at: Option<i64>,
    pub reason: Option<String>,
    /// Ed25519, base64: whoever keeps a copy can check signatures without us.
    pub public_key: String,
}

impl Store {
    /// Chains and signs the entries that are not sealed yet; returns how many.
    pub async fn seal_events(&self) -> Result<i64> {
        let key = self.audit_key().await?;
        let last = read!(self, audit::checkpoints())?.pop();
        let (position, seq, hash) = last.map_or((1, 0, Digest::of(b"counterfoil")), |last| {
            (last.position + 1, last.to_seq, digest(&last.hash))
        });
        let events = read!(self, audit::events_after(seq, ENTRIES_MAX))?;
        let (Some(first), Some(end)) = (events.first(), events.last()) else { return Ok(0) };
        let entries = i64::try_from(events.len()).unwrap_or(i64::MAX);
        let hash = events.iter().fold(hash, |hash, (seq, event)| link(hash, *seq, event)).to_string();
        let mut checkpoint = Checkpoint {
            position,
            from_seq: first.0,
            to_seq: end.0,
            entries,
            hash,
            signature: String::new(),
        };
        checkpoint.signature = STANDARD.encode(key.sign(&checkpoint.signed()));
        write!(self, audit::seal(&checkpoint, world::now()))?;
        Ok(entries)
    }

    /// Follows the chain from its beginning.
    pub async fn verify_audit(&self) -> Result<AuditReport> {
        let key = self.audit_key().await?;
        let public = key.public_key().as_ref().to_vec();
        let mut report = AuditReport {
            intact: true,
            sealed: 0,
            unsealed: 0,
            sealed_to: 0,
            broken_at: None,
            reason: None,
            public_key: STANDARD.encode(&public),
        };
        let mut hash = Digest::of(b"counterfoil");
        for checkpoint in read!(self, audit::checkpoints())? {
            let events = read!(self, audit::events_after(report.sealed_to, checkpoint.entries))?;
            hash = events.iter().fold(hash, |hash, (seq, event)| link(hash, *seq, event));
            let found = (events.first().map(|first| first.0), events.last().map(|last| last.0));
            let reason = if found != (Some(checkpoint.from_seq), Some(checkpoint.to_seq)) {
                Some("entries were removed or inserted")
            } else if hash.to_string() != checkpoint.hash {
                Some("an entry was changed")
            } else if !checkpoint.is_signed_by(&public) {
                Some("a checkpoint is not signed by this database's key")
            } else {
                None
            };
            if let Some(reason) = reason {
                (report.intact, report.broken_at) = (false, Some(checkpoint.from_seq));
                report.reason =
                    Some(format!("{reason}, between {} and {}", checkpoint.from_seq, checkpoint.to_seq));
                return Ok(report);
            }
            report.sealed += checkpoint.entries;
            report.sealed_to = checkpoint.to_seq;
        }
        report.unsealed = i64::try_from(read!(self, audit::events_after(report.sealed_to, i64::MAX))?.len())
            .unwrap_or(i64::MAX);
        Ok(report)
    }

    /// The signing key, made at the first use and sealed like every secret.
    async fn audit_key(&self) -> Result<Ed25519KeyPair> {
        let bad = |_| StoreError::Sealed(KEY.to_owned());
        if read!(self, audit::meta(KEY))?.is_none() {
            let fresh = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(bad)?;
            let sealed = STANDARD.encode(self.key.seal(KEY, fresh.as_ref())?);
            write!(self, audit::set_meta(KEY, &sealed))?;
        }
        let sealed: Option<String> = read!(self, audit::meta(KEY))?;
        let sealed =
            STANDARD.decode(sealed.unwrap_or_default()).map_err(|_| StoreError::Sealed(KEY.to_owned()))?;
        let plain = self.key.open(KEY, &sealed)?;
        Ed25519KeyPair::from_pkcs8(&plain).map_err(|_| StoreError::Sealed(KEY.to_owned()))
    }
}

impl Checkpoint {
    fn signed(&self) -> Vec<u8> {
        format!("{} {} {} {} {}", self.position, self.from_seq, self.to_seq, self.entries, self.hash)
            .into_bytes()
    }

    fn is_signed_by(&self, public: &[u8]) -> bool {
        let signature = STANDARD.decode(&self.signature).unwrap_or_default();
        UnparsedPublicKey::new(&ED25519, public).verify(&self.signed(), &signature).is_ok()
    }
}

/// The chain with one more entry.
fn link(hash: Digest, seq: i64, event: &Event) -> Digest {
    let entry = serde_json::to_vec(event).unwrap_or_default();
    Digest::of_parts([hash.bytes().as_slice(), &seq.to_be_bytes(), &entry])
}

fn digest(text: &str) -> Digest {
    text.parse().unwrap_or_else(|_| Digest::of(text.as_bytes()))
}
