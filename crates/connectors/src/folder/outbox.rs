//! An outbox: each document a file, whole or not at all, found again by its name.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use counterfoil_core::delivery::{ExternalId, TargetEvent};
use counterfoil_core::digest::Digest;
use counterfoil_core::document::Kind;
use counterfoil_core::fault::{Fault, FaultClass, Sent};
use counterfoil_core::mandate::{Activation, Endpoint, Format, InputField, MandateOffer, Receiver};
use counterfoil_core::outbound::{Label, Outbound};
use jiff::Timestamp;

use crate::port::{Attempt, EInvoicing, Status, Verdict};

/// The one mandate of an outbox.
const MANDATE: &str = "OUTBOX";
/// Characters of a digest in a file name: enough that two contents of one number have two names.
const DIGEST_SHOWN: usize = 12;

/// An outbox folder.
pub(super) struct Outbox {
    root: PathBuf,
}

impl Outbox {
    pub(super) const fn new(root: PathBuf) -> Self {
        Self { root }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// `<kind>-<number>-`, made safe for every file system.
    fn stem(label: &Label) -> String {
        let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') { c } else { '_' };
        let number: String = label.number.chars().map(safe).take(100).collect();
        format!("{}-{number}-", label.kind.word())
    }

    /// Writes the file, then the folder's entry: after this returns it survives a crash.
    fn write(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.root)?;
        let part = self.root.join(format!(".{name}.part"));
        let mut file = std::fs::File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(part, self.root.join(name))?;
        std::fs::File::open(&self.root)?.sync_all()
    }

    fn failed(sent: Sent) -> impl Fn(std::io::Error) -> Fault {
        move |error| Fault::new(FaultClass::Unavailable, sent, format!("the outbox cannot be used: {error}"))
    }
}

#[async_trait]
impl EInvoicing for Outbox {
    async fn mandates(&self, _: &Attempt) -> Result<Vec<MandateOffer>, Fault> {
        let format = |name: &str| Format { name: name.to_owned(), versions: vec!["2.1".to_owned()] };
        Ok(vec![MandateOffer {
            code: MANDATE.to_owned(),
            description: "Write the document to the outbox folder.".to_owned(),
            country: String::new(),
            input_formats: vec![format("ubl-invoice"), format("ubl-creditnote")],
            output_formats: Vec::new(),
            workflows: Vec::new(),
            media_types: Vec::new(),
        }])
    }

    async fn input_fields(&self, _: &Attempt, _: &str, _: Kind) -> Result<Vec<InputField>, Fault> {
        Ok(Vec::new())
    }

    async fn activation(&self, _: &Attempt, mandate: &str) -> Result<Activation, Fault> {
        Ok(if mandate == MANDATE { Activation::Completed } else { Activation::Absent })
    }

    async fn receivers(&self, _: &Attempt, _: Option<&Endpoint>, _: &str) -> Result<Vec<Receiver>, Fault> {
        Ok(Vec::new())
    }

    fn can_receive(&self, _: &Receiver, _: Kind) -> bool {
        true
    }

    async fn submit(&self, _: &Attempt, outbound: &Outbound) -> Result<ExternalId, Fault> {
        let digest = Digest::of(&outbound.bytes).to_string();
        // The same content has the same name, so that writing it twice leaves one file.
        let name = format!("{}{}.xml", Self::stem(&outbound.label), &digest[..DIGEST_SHOWN]);
        self.write(&name, &outbound.bytes).map_err(Self::failed(Sent::Maybe))?;
        Ok(ExternalId(name))
    }

    async fn find(&self, _: &Attempt, label: &Label, _: Timestamp) -> Result<Vec<ExternalId>, Fault> {
        let stem = Self::stem(label);
        let entries = match std::fs::read_dir(&self.root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Self::failed(Sent::No)(error)),
        };
        let mut found: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.starts_with(&stem))
            .collect();
        found.sort();
        Ok(found.into_iter().map(ExternalId).collect())
    }

    async fn is_ours(&self, _: &Attempt, id: &ExternalId, outbound: &[u8]) -> Result<bool, Fault> {
        let bytes = std::fs::read(self.root.join(&id.0)).map_err(Self::failed(Sent::No))?;
        Ok(bytes == outbound)
    }

    async fn status(&self, _: &Attempt, id: &ExternalId) -> Result<Status, Fault> {
        let meta = std::fs::metadata(self.root.join(&id.0)).map_err(Self::failed(Sent::No))?;
        let written = meta.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
        let event = TargetEvent {
            at: written.map(|at| at.to_string()).unwrap_or_default(),
            message: "written".to_owned(),
            response_key: Some("file".to_owned()),
            response_value: Some(id.0.clone()),
        };
        Ok(Status {
            verdict: Verdict::Complete,
            word: "written".to_owned(),
            business: None,
            events: vec![event],
        })
    }

    async fn download(&self, _: &Attempt, id: &ExternalId, _: &str) -> Result<Vec<u8>, Fault> {
        std::fs::read(self.root.join(&id.0)).map_err(Self::failed(Sent::No))
    }
}
