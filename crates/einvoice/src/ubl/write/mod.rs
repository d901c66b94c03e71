//! The invoice as UBL 2.1, elements in the order of the OASIS schemas.

mod document;
mod line;
mod out;
mod party;
mod settlement;

use super::Unmapped;
use crate::invoice::Invoice;
use out::Out;

/// A UBL document and what of the invoice it cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The document, UTF-8.
    pub xml: Vec<u8>,
    /// Terms with a value for which UBL has no place without another term: `path` names the term. A credit note's
    /// due date (BT-9) needs payment instructions, a unit of measure its quantity, BT-111 the currency BT-6.
    pub unwritten: Vec<Unmapped>,
}

/// Writes the invoice as a UBL 2.1 Invoice or CreditNote, UTF-8. Characters XML forbids become U+FFFD.
#[must_use]
pub fn write(invoice: &Invoice) -> Vec<u8> {
    write_reporting(invoice).xml
}

/// Like [`write`], and says what could not be written.
#[must_use]
pub fn write_reporting(invoice: &Invoice) -> Written {
    let mut out = Out::new(&invoice.currency);
    out.document(invoice);
    out.finish()
}
