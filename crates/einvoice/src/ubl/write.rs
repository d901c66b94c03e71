use crate::invoice::Invoice;

/// Writes the invoice as a UBL 2.1 Invoice or CreditNote, elements in schema order, UTF-8.
#[must_use]
pub fn write(invoice: &Invoice) -> Vec<u8> {
    let _ = invoice;
    vec![]
}
