//! UBL 2.1 Invoice-2 and CreditNote-2, read and written.

mod edit;
mod order;
mod place;
mod read;
mod write;

pub use crate::writer::Written;
pub use edit::{Edit, NewValue, edit};
pub use place::{NotAPlace, Occurrence, Place};
pub use read::{MAX_REPORTED, kind, read, read_tree};
pub use write::{write, write_reporting};

use serde::{Deserialize, Serialize};

use crate::invoice::Invoice;
use crate::problem::Problem;
use crate::xml::XmlError;

/// What was read from a UBL document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The terms of EN 16931.
    pub invoice: Invoice,
    /// Content the model does not hold. Never silently dropped.
    pub unmapped: Vec<Unmapped>,
    /// Values that could not be taken as they are: a date that is none, a repeated single term.
    pub issues: Vec<Problem>,
}

/// An element with text, or an attribute, that is no term of EN 16931.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmapped {
    /// Where, such as `/Invoice/cac:InvoiceLine[2]/cac:Delivery/cbc:ID`.
    pub path: String,
    /// Its text; cut at [`UNMAPPED_VALUE_CHARS`].
    pub value: String,
}

/// Tax scheme written beside BT-32 when none is known; any code but VAT serves.
pub(crate) const OTHER_TAX_SCHEME: &str = "TAX";

/// Card network written when none is known.
pub(crate) const NO_NETWORK: &str = "NA";

/// Longest value kept of an unmapped element; the source bytes hold the rest.
pub const UNMAPPED_VALUE_CHARS: usize = 200;

/// Why bytes could not be read as a UBL invoice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No XML document.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// XML, but neither Invoice-2 nor CreditNote-2.
    #[error("the root element is {root}, not a UBL 2.1 Invoice or CreditNote")]
    NotAnInvoice {
        /// The root found, with its namespace.
        root: String,
    },
}

impl ReadError {
    /// The error as a problem of the document.
    #[must_use]
    pub fn to_problem(&self) -> Problem {
        match self {
            Self::Xml(e) => e.to_problem(),
            Self::NotAnInvoice { .. } => Problem::fatal("not_an_invoice", self.to_string()).with_hint(
                "Send a UBL 2.1 document whose root is Invoice or CreditNote in its OASIS namespace.",
            ),
        }
    }
}
