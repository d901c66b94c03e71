//! A folder of UBL files: the simplest source, and as an outbox the simplest target.
//!
//! Every regular file is reported, also what is no invoice: nothing that somebody dropped here is passed over in silence.

mod outbox;
mod scan;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use counterfoil_core::backoff::Backoff;
use counterfoil_core::descriptor::{Capability, Descriptor, Environment, Field, Waits};
use counterfoil_core::document::Document;
use counterfoil_core::fault::{Fault, FaultClass, Sent};
use counterfoil_core::mandate::Company;
use counterfoil_core::{Problem, codes};
use jiff::SignedDuration;

use crate::port::{
    Attempt, Connector, Cursor, EInvoicing, Normalized, Opening, Page, Received, Source, System,
};

/// Waits of systems on this machine.
const WAITS: Waits = Waits {
    first_status: SignedDuration::from_millis(0),
    status: SignedDuration::from_secs(1),
    status_longest: SignedDuration::from_secs(60),
    after_doubt: SignedDuration::from_secs(1),
    timeout: SignedDuration::from_secs(30),
    again: SignedDuration::from_secs(60),
    backoff: Backoff { first: SignedDuration::from_secs(1), longest: SignedDuration::from_mins(5) },
};

/// The one environment of systems on this machine.
pub(crate) static LOCAL: &[Environment] = &[Environment {
    name: "local",
    binding: false,
    hosts: &[],
    waits: WAITS,
    lane: 8,
    calls_per_minute: None,
}];

/// What it is.
pub static CONNECTOR: Connector = Connector {
    descriptor: Descriptor {
        system: "folder",
        name: "Folder",
        about: "UBL files in a folder and its sub-folders; as an outbox, a folder that receives what would be sent.",
        capabilities: &[Capability::Source, Capability::EInvoicing],
        fields: &[
            Field {
                key: "path",
                title: "Inbox",
                help: "The folder whose files are read. Files stay where they are.",
                secret: false,
                required: false,
            },
            Field {
                key: "outbox",
                title: "Outbox",
                help: "The folder that outgoing documents are written to.",
                secret: false,
                required: false,
            },
        ],
        environments: LOCAL,
        links: &[],
    },
    open,
};

fn open(opening: Opening) -> Result<Arc<dyn System>, Problem> {
    let setting =
        |key: &str| opening.settings.get(key).filter(|text| !text.trim().is_empty()).map(PathBuf::from);
    let (inbox, outbox) = (setting("path"), setting("outbox"));
    if inbox.is_none() && outbox.is_none() {
        let problem = codes::connection_unusable("folder", "it names neither an inbox (path) nor an outbox");
        return Err(problem.at("path"));
    }
    Ok(Arc::new(Folder { inbox: inbox.map(scan::Inbox::new), outbox: outbox.map(outbox::Outbox::new) }))
}

struct Folder {
    inbox: Option<scan::Inbox>,
    outbox: Option<outbox::Outbox>,
}

#[async_trait]
impl System for Folder {
    async fn check(&self, _: &Attempt) -> Result<Vec<Company>, Fault> {
        let paths =
            self.inbox.iter().map(scan::Inbox::root).chain(self.outbox.iter().map(outbox::Outbox::root));
        let mut companies = Vec::new();
        for path in paths {
            if !path.is_dir() {
                let message = format!("{} is not a folder, or may not be read", path.display());
                return Err(Fault::new(FaultClass::Absent, Sent::No, message));
            }
            let name = path.display().to_string();
            companies.push(Company { id: name.clone(), name, code: None, country: None, active: true });
        }
        Ok(companies)
    }

    fn source(&self) -> Option<&dyn Source> {
        self.inbox.as_ref().map(|inbox| inbox as &dyn Source)
    }

    fn einvoicing(&self) -> Option<&dyn EInvoicing> {
        self.outbox.as_ref().map(|outbox| outbox as &dyn EInvoicing)
    }
}

#[async_trait]
impl Source for scan::Inbox {
    async fn poll(&self, _: &Attempt, cursor: &Cursor, limit: usize) -> Result<Page, Fault> {
        self.page(cursor, limit)
    }

    fn normalize(&self, received: &Received) -> Normalized {
        // What was not received whole has its problems already; its head is no document.
        if received.problems.iter().any(Problem::is_fatal) {
            return Normalized { document: None, problems: Vec::new() };
        }
        normalize_ubl(&received.bytes)
    }
}

/// Reads UBL, or says why it cannot be read.
pub(crate) fn normalize_ubl(bytes: &[u8]) -> Normalized {
    match einvoice::ubl::read(bytes) {
        Ok(reading) => Normalized { document: Some(Document::of_ubl(reading)), problems: Vec::new() },
        Err(error) => Normalized { document: None, problems: vec![error.to_problem()] },
    }
}
