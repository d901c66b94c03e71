//! Every problem code of the hub itself, with its words and its cure in one place.
//!
//! Rule ids of the law (`BR-CO-10`) come from `einvoice`. Codes here are stable: people search for them, scripts branch
//! on them, docs/problems.md explains each.

use jiff::Timestamp;

use crate::id::DocumentId;
use crate::{Flag, Problem};

/// All codes of this module, for the test that holds the documentation complete.
pub const ALL: &[&str] = &[
    "document_too_large",
    "not_an_invoice",
    "source_unreadable",
    "element_not_held",
    "kind_not_in_flow",
    "mapping_missing",
    "field_required",
    "field_value_not_accepted",
    "field_path_unknown",
    "field_not_applicable",
    "sender_endpoint_missing",
    "sender_endpoint_wrong",
    "receiver_endpoint_missing",
    "receiver_unknown",
    "receiver_cannot_receive",
    "mandate_inactive",
    "mandate_unknown",
    "mandate_not_activated",
    "company_not_chosen",
    "connection_missing",
    "connection_unusable",
    "connection_setting",
    "number_already_used",
    "in_doubt",
    "found_several",
    "found_other_content",
    "refused_by_target",
    "rejected_after_acceptance",
    "credentials_refused",
    "status_unknown",
    "bookmarks_overlap",
];

/// A file or message over the limit.
pub fn document_too_large(bytes: u64, limit: u64) -> Problem {
    Problem::fatal(
        "document_too_large",
        format!("The document is {} MB; the limit is {} MB.", mb(bytes), mb(limit)),
    )
    .with_hint(
        "Make embedded attachments smaller, or send them on their own way and reference them (BT-124).",
    )
}

/// Readable, but not one of the documents we carry.
pub fn not_an_invoice(what: &str) -> Problem {
    Problem::fatal("not_an_invoice", format!("This is {what}, not an invoice or credit note."))
        .with_hint("Put a UBL 2.1 Invoice or CreditNote here, or move the file away.")
}

/// Could not be read at all.
pub fn source_unreadable(why: &str) -> Problem {
    Problem::fatal("source_unreadable", format!("The document cannot be read: {why}"))
        .with_hint("Correct the document at its source; it is read again by itself.")
}

/// Content the model does not hold; nothing to cure, worth knowing where the document is written anew.
pub fn element_not_held(path: &str, value: &str) -> Problem {
    let message = format!("\"{value}\" is no term of EN 16931; it is sent as it is.");
    Problem::new("element_not_held", Flag::Information, message).at(path)
}

/// A native value without a row in its code group.
pub fn mapping_missing(group: &str, native: &str, mapping: &str, path: &str) -> Problem {
    Problem::fatal(
        "mapping_missing",
        format!("The {group} \"{native}\" has no code in the mapping \"{mapping}\"."),
    )
    .at(path)
    .with_hint(format!(
        "Add a row for \"{native}\" to the {group} group; every document it blocks then goes on by itself."
    ))
}

/// A required data-input field has no value.
pub fn field_required(field: &str, path: &str, mandate: &str) -> Problem {
    Problem::fatal(
        "field_required",
        format!("The mandate {mandate} requires \"{field}\", and the document has no value for it."),
    )
    .at(path)
    .with_hint("Fill it in at the source, or choose a source for it in the mandate's field mapping.")
}

/// A field has a value outside the mandate's list: a warning, because the lists targets publish are not complete, and
/// codes are judged by the law.
pub fn field_value_not_accepted(field: &str, path: &str, value: &str, accepted: &[String]) -> Problem {
    let list = accepted.iter().take(12).map(String::as_str).collect::<Vec<_>>().join(", ");
    Problem::warning("field_value_not_accepted", format!("\"{value}\" is not accepted for \"{field}\"."))
        .at(path)
        .with_hint(format!("Use one of: {list}."))
}

/// A field mapping names a place that UBL does not have.
pub fn field_path_unknown(path: &str, why: &str) -> Problem {
    Problem::fatal(
        "field_path_unknown",
        format!("The field mapping names a place that cannot be written: {why}."),
    )
    .at(path)
    .with_hint("Correct the path in the mandate's field mapping.")
}

/// Our own electronic address is missing.
pub fn sender_endpoint_missing(connection: &str) -> Problem {
    Problem::fatal(
        "sender_endpoint_missing",
        "The seller's electronic address (BT-34) is missing, and this mandate needs it.",
    )
    .at("BT-34")
    .with_hint(format!("Enter the sender scheme and endpoint in the connection \"{connection}\"."))
}

/// The buyer's electronic address is missing and could not be looked up.
pub fn receiver_endpoint_missing(buyer: &str) -> Problem {
    Problem::fatal(
        "receiver_endpoint_missing",
        format!("The electronic address of \"{buyer}\" (BT-49) is missing and was not found in the network."),
    )
    .at("BT-49")
    .with_hint("Ask the buyer for the address and enter it at the source, or send this invoice another way.")
}

/// The network does not know the receiver.
pub fn receiver_unknown(endpoint: &str) -> Problem {
    Problem::fatal("receiver_unknown", format!("The network knows no receiver {endpoint}."))
        .at("BT-49")
        .with_hint("Check scheme and value with the buyer; it is looked up again by itself.")
}

/// The receiver exists but does not take this type of document.
pub fn receiver_cannot_receive(endpoint: &str, document_type: &str) -> Problem {
    Problem::fatal("receiver_cannot_receive", format!("{endpoint} is in the network but cannot receive {document_type}."))
        .at("BT-49")
        .with_hint("Ask the buyer to register for this type of document, or send it another way; it is looked up again by itself.")
}

/// The configured mandate is switched off here.
pub fn mandate_inactive(mandate: &str) -> Problem {
    Problem::fatal(
        "mandate_inactive",
        format!("The mandate \"{mandate}\" is inactive; nothing is sent by it."),
    )
    .with_hint("Activate it under Mandates, or choose another for this document.")
}

/// The target offers no such mandate.
pub fn mandate_unknown(code: &str) -> Problem {
    Problem::fatal("mandate_unknown", format!("The target offers no mandate {code}."))
        .with_hint("Choose one of the target's list under Mandates.")
}

/// The company may not use the mandate yet.
pub fn mandate_not_activated(code: &str, company: &str, status: &str) -> Problem {
    Problem::fatal(
        "mandate_not_activated",
        format!("The activation of {code} for {company} is {status}, not Completed."),
    )
    .with_hint("Finish the activation in the target's portal; it is asked again by itself.")
}

/// Nobody chose the company yet.
pub fn company_not_chosen(connection: &str) -> Problem {
    Problem::fatal("company_not_chosen", format!("The connection \"{connection}\" has no company yet."))
        .with_hint("Choose the company from the tenant's list under Connections.")
}

/// A configuration refers to something that is gone.
pub fn connection_missing(what: &str) -> Problem {
    Problem::fatal("connection_missing", format!("The configuration refers to {what}, which does not exist."))
        .with_hint("Correct the flow or mandate that names it.")
}

/// The connection exists and cannot be used as it is.
pub fn connection_unusable(connection: &str, why: &str) -> Problem {
    Problem::fatal("connection_unusable", format!("The connection \"{connection}\" cannot be used: {why}."))
        .with_hint("Correct it under Connections; everything it blocks then goes on by itself.")
}

/// One setting of a connection cannot be used.
pub fn connection_setting(setting: &str, why: &str, cure: &str) -> Problem {
    Problem::fatal("connection_setting", format!("The setting \"{setting}\" cannot be used: {why}."))
        .at(setting)
        .with_hint(cure)
}

/// Another document of the same seller has this number.
pub fn number_already_used(number: &str, first: DocumentId, first_name: &str) -> Problem {
    Problem::fatal("number_already_used", format!("The number {number} was already sent with other content, as {first} ({first_name})."))
        .at("BT-1")
        .with_hint("Give the document a number of its own at the source. If it must go as it is, a person can release it.")
}

/// Looking did not settle it, or the target cannot be searched.
pub fn in_doubt(since: Timestamp) -> Problem {
    Problem::fatal("in_doubt", format!("It may have been sent at {since:.0}, and looking did not settle it."))
        .with_hint("Look in the target's own portal, then say here whether it arrived.")
}

/// More than one candidate at the target.
pub fn found_several(ids: &[String]) -> Problem {
    Problem::fatal(
        "found_several",
        format!("The target shows several documents with this number: {}.", ids.join(", ")),
    )
    .with_hint("Look in the target's own portal, then say here which one is right.")
}

/// A candidate with the number, but not what we sent.
pub fn found_other_content(id: &str) -> Problem {
    Problem::fatal(
        "found_other_content",
        format!("The target shows {id} with this number, but its content is not what was sent."),
    )
    .with_hint("Compare the two in the target's own portal, then say here whether it is ours.")
}

/// One message of a refusal.
pub fn refused_by_target(message: &str) -> Problem {
    Problem::fatal("refused_by_target", message).with_hint(
        "Correct the document at its source or the field mapping; it then goes again under the same number.",
    )
}

/// A final rejection after it was accepted.
pub fn rejected_after_acceptance(message: &str) -> Problem {
    Problem::fatal("rejected_after_acceptance", format!("It was accepted and then rejected: {message}"))
        .with_hint(
            "Settle it with the buyer; a credit note or a corrected invoice needs a number of its own.",
        )
}

/// The target uses a status we do not know.
pub fn status_unknown(status: &str) -> Problem {
    Problem::warning(
        "status_unknown",
        format!("The target shows the status \"{status}\", whose meaning is not known here."),
    )
    .with_hint("It is asked again; if it stays, look in the target's own portal.")
}

/// Several bookmarks match.
pub fn bookmarks_overlap(taken: &str, others: &[String]) -> Problem {
    Problem::warning(
        "bookmarks_overlap",
        format!("It takes \"{taken}\"; the bookmarks of {} match too.", others.join(", ")),
    )
    .with_hint("Narrow the bookmarks, or pin a mandate on this document.")
}

fn mb(bytes: u64) -> String {
    format!("{}.{}", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}
