//! The invoice as UBL 2.1, elements in the order of the OASIS schemas.

mod document;
mod line;
mod party;
mod settlement;

use crate::invoice::Invoice;
use crate::writer::{Out, Written};

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
