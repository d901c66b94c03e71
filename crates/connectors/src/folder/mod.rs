//! A folder: the simplest source and the simplest target.
//!
//! Files below `path` are read as UBL 2.1; documents are handed over as files in `outbox`. The smallest connector with
//! everything a connector has: the one to copy.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use counterfoil_core::backoff::Backoff;
use counterfoil_core::delivery::{ExternalId, TargetEvent};
use counterfoil_core::descriptor::{Capability, Descriptor, Environment, Field, Waits};
use counterfoil_core::document::Kind;
use counterfoil_core::fault::{Fault, FaultClass, Sent};
use counterfoil_core::mandate::{Activation, Company, Endpoint, Format, InputField, MandateOffer, Receiver};
use counterfoil_core::outbound::{Label, Outbound};
use counterfoil_core::{Problem, codes};
use jiff::{SignedDuration, Timestamp};

use crate::port::{
    Attempt, Connector, Cursor, EInvoicing, Normalized, Opening, Page, Received, Source, Status, System,
    Verdict,
};

mod outbox;
mod read;
mod sweep;
mod walk;

/// The one mandate of an outbox.
pub const OUTBOX: &str = "OUTBOX";
/// An outbox knows no country; ISO 3166-1 leaves this code to its users.
const NO_COUNTRY: &str = "ZZ";
const UBL: &str = "application/xml";

/// Files in a folder.
pub static CONNECTOR: Connector = Connector {
    descriptor: Descriptor {
        system: "folder",
        name: "Folder",
        about: "UBL invoices and credit notes lying in a folder, and an outbox to hand documents over as files.",
        capabilities: &[Capability::Source, Capability::EInvoicing],
        fields: &[
            Field {
                key: "path",
                title: "Folder",
                help: "Documents are read from here and its sub-folders. Nothing in it is changed.",
                secret: false,
                required: false,
            },
            Field {
                key: "outbox",
                title: "Outbox",
                help: "Documents are written here; it is made if it does not exist.",
                secret: false,
                required: false,
            },
        ],
        environments: LOCAL,
        links: &[],
    },
    open: |opening| Ok(Arc::new(Folder::open(&opening)?)),
};

/// The one environment of what lies on this machine.
pub(crate) static LOCAL: &[Environment] = &[Environment {
    name: "local",
    binding: false,
    hosts: &[],
    waits: Waits {
        first_status: SignedDuration::ZERO,
        status: SignedDuration::from_secs(1),
        status_longest: SignedDuration::from_mins(1),
        after_doubt: SignedDuration::from_secs(1),
        timeout: SignedDuration::from_mins(1),
        again: SignedDuration::from_mins(1),
        backoff: Backoff { first: SignedDuration::from_secs(1), longest: SignedDuration::from_mins(5) },
    },
    lane: 8,
    calls_per_minute: None,
}];

/// A folder opened for a connection. All its calls touch the disk, so they run beside the asynchronous ones.
struct Folder {
    path: Option<PathBuf>,
    outbox: Option<PathBuf>,
    sweeps: Arc<Mutex<sweep::Sweeps>>,
}

impl Folder {
    fn open(opening: &Opening) -> Result<Self, Problem> {
        let path = opening.setting("path").map(PathBuf::from);
        let outbox = opening.setting("outbox").map(PathBuf::from);
        match (&path, &outbox) {
            (None, None) => Err(codes::connection_setting(
                "path",
                "it is empty, and so is the outbox",
                "Enter a folder to read from, an outbox, or both.",
            )),
            (Some(path), Some(outbox)) if within(outbox, path) || within(path, outbox) => {
                Err(codes::connection_setting(
                    "outbox",
                    "one of the two folders lies inside the other, so that what is written would be read again",
                    "Choose an outbox beside the folder.",
                ))
            }
            _ => Ok(Self { path, outbox, sweeps: Arc::default() }),
        }
    }

    fn outbox(&self) -> Result<PathBuf, Fault> {
        self.outbox
            .clone()
            .ok_or_else(|| Fault::new(FaultClass::Absent, Sent::No, "this connection has no outbox"))
    }
}

#[async_trait]
impl System for Folder {
    async fn check(&self, _: &Attempt) -> Result<Vec<Company>, Fault> {
        let (path, outbox) = (self.path.clone(), self.outbox.clone());
        off_thread(move || {
            if let Some(path) = &path {
                std::fs::read_dir(path).map_err(|error| cannot_read(path, &error))?;
            }
            if let Some(outbox) = &outbox {
                std::fs::create_dir_all(outbox).map_err(|error| cannot_read(outbox, &error))?;
            }
            let name = path.or(outbox).map(|path| path.display().to_string()).unwrap_or_default();
            Ok(vec![Company { id: "folder".to_owned(), name, code: None, country: None, active: true }])
        })
        .await
    }

    fn source(&self) -> Option<&dyn Source> {
        self.path.is_some().then_some(self as &dyn Source)
    }

    fn einvoicing(&self) -> Option<&dyn EInvoicing> {
        self.outbox.is_some().then_some(self as &dyn EInvoicing)
    }
}

#[async_trait]
impl Source for Folder {
    async fn poll(&self, _: &Attempt, cursor: &Cursor, limit: usize) -> Result<Page, Fault> {
        let path = self.path.clone().unwrap_or_default();
        let (sweeps, cursor) = (Arc::clone(&self.sweeps), cursor.clone());
        off_thread(move || {
            let mut sweeps = sweeps.lock().unwrap_or_else(PoisonError::into_inner);
            // links are compared with where the folder really is
            let root = std::fs::canonicalize(&path).map_err(|error| cannot_read(&path, &error))?;
            sweeps.poll(&root, &cursor, limit).map_err(|error| cannot_read(&path, &error))
        })
        .await
    }

    fn normalize(&self, received: &Received) -> Normalized {
        if received.problems.iter().any(Problem::is_fatal) {
            // not all of it is here: what is missing must not be said a second time in other words
            return Normalized { document: None, problems: Vec::new() };
        }
        Normalized::of_ubl(&received.bytes)
    }
}

#[async_trait]
impl EInvoicing for Folder {
    async fn mandates(&self, _: &Attempt) -> Result<Vec<MandateOffer>, Fault> {
        let format = |name: &str| Format { name: name.to_owned(), versions: vec!["2.1".to_owned()] };
        Ok(vec![MandateOffer {
            code: OUTBOX.to_owned(),
            description: "Write the document as a file into the outbox".to_owned(),
            country: NO_COUNTRY.to_owned(),
            input_formats: vec![format("ubl-invoice"), format("ubl-creditnote")],
            output_formats: Vec::new(),
            workflows: vec!["outbox".to_owned()],
            media_types: Vec::new(),
        }])
    }

    async fn input_fields(&self, _: &Attempt, _: &str, _: Kind) -> Result<Vec<InputField>, Fault> {
        Ok(Vec::new())
    }

    async fn activation(&self, _: &Attempt, mandate: &str) -> Result<Activation, Fault> {
        Ok(if mandate == OUTBOX { Activation::Completed } else { Activation::Absent })
    }

    /// No network is asked: whoever empties the outbox takes everything.
    async fn receivers(
        &self,
        _: &Attempt,
        endpoint: Option<&Endpoint>,
        name: &str,
    ) -> Result<Vec<Receiver>, Fault> {
        let endpoints = endpoint.into_iter().cloned().collect();
        Ok(vec![Receiver { name: name.to_owned(), endpoints, document_types: vec!["UBL 2.1".to_owned()] }])
    }

    fn can_receive(&self, _: &Receiver, _: Kind) -> bool {
        true
    }

    async fn submit(&self, attempt: &Attempt, outbound: &Outbound) -> Result<ExternalId, Fault> {
        let (outbox, id, outbound) = (self.outbox()?, attempt.id, outbound.clone());
        off_thread(move || outbox::submit(&outbox, id, &outbound)).await
    }

    async fn find(&self, _: &Attempt, label: &Label, _: Timestamp) -> Result<Vec<ExternalId>, Fault> {
        let (outbox, label) = (self.outbox()?, label.clone());
        off_thread(move || outbox::find(&outbox, &label)).await
    }

    async fn is_ours(&self, _: &Attempt, id: &ExternalId, outbound: &[u8]) -> Result<bool, Fault> {
        let (outbox, id) = (self.outbox()?, id.clone());
        let there = off_thread(move || outbox::read(&outbox, &id)).await?;
        Ok(there.is_some_and(|there| there == outbound))
    }

    /// A file has its name only once it is whole and on the disk, so that is the verdict. Whoever takes it away afterwards
    /// does what an outbox is for.
    async fn status(&self, _: &Attempt, id: &ExternalId) -> Result<Status, Fault> {
        let (outbox, name) = (self.outbox()?, id.clone());
        let there = off_thread(move || outbox::read(&outbox, &name)).await?.is_some();
        let word = if there { "Written" } else { "Taken" };
        let events = vec![TargetEvent {
            at: String::new(),
            message: format!("{word} as a file"),
            response_key: Some("File".to_owned()),
            response_value: Some(id.0.clone()),
        }];
        Ok(Status { verdict: Verdict::Complete, word: word.to_owned(), business: None, events })
    }

    async fn download(&self, _: &Attempt, id: &ExternalId, media_type: &str) -> Result<Vec<u8>, Fault> {
        let (outbox, name) = (self.outbox()?, id.clone());
        let there =
            if media_type == UBL { off_thread(move || outbox::read(&outbox, &name)).await? } else { None };
        there.ok_or_else(|| {
            Fault::new(FaultClass::Absent, Sent::No, format!("the outbox holds no {media_type} under {id}"))
        })
    }
}

/// Runs what blocks where it may. A panic there is a bug of ours; it must not take the caller with it.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(Fault::new(
            FaultClass::Unavailable,
            Sent::Maybe,
            format!("reading or writing files failed: {error}"),
        ))
    })
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Fault {
    let why = match error.kind() {
        std::io::ErrorKind::NotFound => "it does not exist".to_owned(),
        _ => read::reason(error),
    };
    Fault::new(
        FaultClass::Unreachable,
        Sent::No,
        format!("the folder {} cannot be read: {why}", path.display()),
    )
}

/// Whether `inner` lies in `outer`, or is it, as far as the two can be resolved now.
fn within(inner: &Path, outer: &Path) -> bool {
    resolved(inner).starts_with(resolved(outer))
}

/// The real path of what exists of it, and the rest as written.
fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute
        .ancestors()
        .find_map(|ancestor| {
            let rest = absolute.strip_prefix(ancestor).ok()?;
            std::fs::canonicalize(ancestor).ok().map(|real| real.join(rest))
        })
        .unwrap_or(absolute)
}
