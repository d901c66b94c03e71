//! Avalara's words to ours and back: every default is decided here. Pure.

use base64::Engine as _;
use counterfoil_core::delivery::{ExternalId, TargetEvent};
use counterfoil_core::document::Kind;
use counterfoil_core::fault::{Fault, FaultClass, Sent};
use counterfoil_core::mandate::{
    Activation, Company, Endpoint, Format, InputField, MandateOffer, Optionality, Receiver,
};
use counterfoil_core::outbound::Label;
use secrecy::{ExposeSecret as _, SecretString};

use super::wire;
use crate::port::{Status, Verdict};

/// The representation that we sent ourselves.
pub(super) const UBL: &str = "application/vnd.oasis.ubl+xml";

/// Items of one webhook call.
const WEBHOOK_ITEMS_MAX: usize = 1000;

/// Avalara's name of the input format.
pub(super) const fn data_format(kind: Kind) -> &'static str {
    match kind {
        Kind::Invoice => "ubl-invoice",
        Kind::CreditNote => "ubl-creditnote",
    }
}

pub(super) fn company(company: wire::Company) -> Company {
    Company {
        id: company.id,
        name: company.company_name,
        code: company.company_code,
        country: company.default_country,
        active: company.is_active.unwrap_or(true),
    }
}

/// A mandate that can be used over this API.
pub(super) fn offer(mandate: wire::Mandate) -> Option<MandateOffer> {
    let formats = |formats: Option<Vec<wire::DataFormat>>| {
        let format = |format: wire::DataFormat| Format { name: format.format, versions: format.versions };
        formats.unwrap_or_default().into_iter().map(format).collect()
    };
    // The country mandate is what a submission names; the id is its newer spelling.
    let code = mandate.country_mandate.filter(|code| !code.is_empty()).or(mandate.mandate_id)?;
    if mandate.supported_by_elr_api == Some(false) || code.is_empty() {
        return None;
    }
    Some(MandateOffer {
        code,
        description: mandate.description.unwrap_or_default(),
        country: mandate.country_code.unwrap_or_default(),
        input_formats: formats(mandate.input_data_formats),
        output_formats: formats(mandate.output_data_formats),
        workflows: mandate
            .workflow_ids
            .unwrap_or_default()
            .into_iter()
            .map(|workflow| workflow.name)
            .collect(),
        media_types: mandate.get_invoice_available_media_type.unwrap_or_default(),
    })
}

pub(super) fn input_field(field: wire::DataInputField) -> InputField {
    let optionality = match field.optionality.as_deref().map(str::to_ascii_lowercase).as_deref() {
        Some("required" | "mandatory") => Optionality::Required,
        Some("conditional") => Optionality::Conditional,
        Some("not required" | "notrequired") => Optionality::NotUsed,
        // An unknown word demands nothing: the verdict will say if it should have.
        _ => Optionality::Optional,
    };
    InputField {
        id: field.field_id.unwrap_or_default(),
        path: field.path.unwrap_or_default(),
        name: field.field_name.unwrap_or_default(),
        description: field.description.unwrap_or_default(),
        optionality,
        accepted_values: field.accepted_values.unwrap_or_default(),
        example: field.example_or_fixed_value.unwrap_or_default(),
    }
}

/// The best state among the company's registrations of this mandate.
pub(super) fn activation(registrations: &[wire::Registration], company: &str, mandate: &str) -> Activation {
    let of_ours = registrations.iter().filter(|registration| {
        let is_company = registration.company.as_ref().is_some_and(|known| known.identifier == company);
        is_company && registration.mandates.iter().any(|known| known.country_mandate == mandate)
    });
    let mut found = Activation::Absent;
    for registration in of_ours {
        let (code, message) = match &registration.status {
            Some(status) => (status.code.as_str(), status.message.as_str()),
            None => ("unknown", ""),
        };
        if code.eq_ignore_ascii_case("completed") {
            return Activation::Completed;
        }
        found = Activation::NotReady { status: code.to_owned(), message: message.to_owned() };
    }
    found
}

pub(super) fn receiver(partner: wire::TradingPartner) -> Receiver {
    let endpoint = |identifier: wire::Identifier| {
        // the participant identifier may be written with its own scheme, iso6523-actorid-upis::0208:0123456789
        let participant =
            identifier.value.rsplit_once("::").map_or(identifier.value.as_str(), |(_, rest)| rest);
        let (scheme, value) = participant.split_once(':')?;
        Some(Endpoint { scheme: scheme.to_owned(), value: value.to_owned() })
    };
    let supported = |kind: &wire::SupportedDocumentType| kind.supported_by_trading_partner.unwrap_or(true);
    let kinds = partner.supported_document_types.into_iter().filter(supported);
    Receiver {
        name: partner.name,
        endpoints: partner.identifiers.into_iter().filter_map(endpoint).collect(),
        document_types: kinds.map(|kind| kind.value).collect(),
    }
}

/// What to search the directory for: the value of an address, or a name. `AND` and `OR` are operators there, so that a text
/// with one of them, or with signs of the search language, is quoted.
pub(super) fn sought(endpoint: Option<&Endpoint>, name: &str) -> String {
    let text = endpoint.map_or(name, |endpoint| &endpoint.value).trim();
    let is_operator = |word: &str| matches!(word, "AND" | "OR" | "NOT");
    if text.split_whitespace().any(is_operator) || text.contains(['"', '(', ')']) {
        return format!("\"{}\"", text.replace('"', " ").trim());
    }
    text.to_owned()
}

pub(super) fn answers_to(receiver: &Receiver, endpoint: &Endpoint) -> bool {
    receiver
        .endpoints
        .iter()
        .any(|known| known.scheme == endpoint.scheme && known.value.eq_ignore_ascii_case(&endpoint.value))
}

/// Whether one of the document types (Peppol document type identifiers) is of this kind.
pub(super) fn can_receive(receiver: &Receiver, kind: Kind) -> bool {
    let root = match kind {
        Kind::Invoice => "Invoice-2::Invoice",
        Kind::CreditNote => "CreditNote-2::CreditNote",
    };
    receiver.document_types.iter().any(|known| known.contains(root) || known == data_format(kind))
}

pub(super) fn metadata(label: &Label) -> wire::SubmitMetadata {
    let workflow = if label.workflow.is_empty() { "partner-einvoicing" } else { &label.workflow };
    wire::SubmitMetadata {
        workflow_id: workflow.to_owned(),
        data_format: data_format(label.kind),
        data_format_version: "2.1",
        output_data_format: label.output.as_ref().map(|(format, _)| format.clone()),
        output_data_format_version: label.output.as_ref().map(|(_, version)| version.clone()),
        country_code: label.country.clone(),
        country_mandate: label.mandate.clone(),
    }
}

/// The documents of this number. A plain one goes bare, as in every recorded filter of the vendor's own client; any other is
/// quoted, with quotes doubled.
pub(super) fn number_filter(number: &str) -> String {
    if is_plain(number) {
        return format!("documentNumber eq {number}");
    }
    format!("documentNumber eq '{}'", number.replace('\'', "''"))
}

/// Whether a value needs no quotes in a filter.
pub(super) fn is_plain(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// Of the whole tenant's list: our company's, of this kind and number.
///
/// What a summary leaves out (UnitTest_DocumentListMinimal.txt) does not count against it, as long as its content can settle
/// it: a candidate too many is compared, one too few is sent twice. Refused without a number, it could not even be read, and
/// ours can.
///
/// # Errors
/// `Absent`, in doubt: a document without a number has no verdict yet, so that nobody can say whether it is ours.
pub(super) fn candidates(
    listed: Vec<wire::DocumentSummary>,
    label: &Label,
) -> Result<Vec<ExternalId>, Fault> {
    let other_format = data_format(match label.kind {
        Kind::Invoice => Kind::CreditNote,
        Kind::CreditNote => Kind::Invoice,
    });
    let mut found = Vec::new();
    for document in listed {
        let is_of = |said: &Option<String>, ours: &str| {
            let said = said.as_deref().map(str::trim).filter(|said| !said.is_empty())?;
            Some(said == ours.trim())
        };
        let is_a = |said: &Option<String>, word: &str| {
            said.as_deref().is_some_and(|said| said.eq_ignore_ascii_case(word))
        };
        let number = is_of(&document.document_number, &label.number);
        if number == Some(false)
            || is_of(&document.company_id, &label.company) == Some(false)
            || is_a(&document.document_type, other_format)
            || is_a(&document.flow, "in")
        {
            continue;
        }
        if number.is_some() || is_a(&document.status, "complete") {
            found.push(ExternalId(document.id));
        } else if !is_a(&document.status, "error") {
            let why = format!("the document {} shows no number yet, so it may be this one", document.id);
            return Err(Fault::new(FaultClass::Absent, Sent::Maybe, why));
        }
    }
    Ok(found)
}

/// The same business terms, where a target has spelled the document anew.
pub(super) fn same_terms(a: &[u8], b: &[u8]) -> bool {
    match (einvoice::ubl::read(a), einvoice::ubl::read(b)) {
        (Ok(a), Ok(b)) => a.invoice == b.invoice,
        _ => false,
    }
}

pub(super) fn status(status: wire::DocumentStatus) -> Status {
    let word = status.status.unwrap_or_default();
    let event = |event: wire::StatusEvent| TargetEvent {
        at: event.event_date_time.unwrap_or_default(),
        message: event.message.unwrap_or_default(),
        response_key: event.response_key,
        response_value: event.response_value,
    };
    let events: Vec<TargetEvent> = status.events.unwrap_or_default().into_iter().map(event).collect();
    let verdict = match word.to_ascii_lowercase().as_str() {
        "complete" => Verdict::Complete,
        "error" => Verdict::Failed { messages: reasons(&events) },
        "pending" => Verdict::Pending,
        _ => Verdict::Unknown,
    };
    Status { verdict, word, business: status.business_status, events }
}

/// Every message of an Error, but the remark that work began.
fn reasons(events: &[TargetEvent]) -> Vec<String> {
    let messages = events.iter().map(|event| event.message.trim()).filter(|message| !message.is_empty());
    let told: Vec<String> = messages
        .clone()
        .filter(|message| !message.ends_with("started processing"))
        .map(str::to_owned)
        .collect();
    if told.is_empty() { messages.map(str::to_owned).collect() } else { told }
}

/// A call is believed only so far as each of its items is signed: it says where to look, never what is so.
///
/// Avalara signs with HMAC-SHA256; which bytes it signs is not documented, so the message of each item and the whole body
/// (header `X-Avalara-Signature`) are both accepted, and a call without either is refused.
pub(super) fn webhook(
    headers: &[(String, String)],
    body: &[u8],
    secret: &SecretString,
) -> Result<Vec<ExternalId>, String> {
    if secret.expose_secret().is_empty() {
        // anybody can sign with an empty key
        return Err("this connection has no webhook key, so no call can be believed".to_owned());
    }
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    let signed = |bytes: &[u8], signature: &str| {
        let decoded = base64::engine::general_purpose::STANDARD.decode(signature.trim());
        // the comparison takes the same time wherever the two differ
        decoded.is_ok_and(|signature| ring::hmac::verify(&key, bytes, &signature).is_ok())
    };
    let header = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-avalara-signature"));
    let whole = header.is_some_and(|(_, signature)| signed(body, signature));
    if header.is_some() && !whole {
        return Err("the signature of the call is wrong".to_owned());
    }
    let call: wire::WebhookCall =
        serde_json::from_slice(body).map_err(|_| "the call cannot be read".to_owned())?;
    if call.items.len() > WEBHOOK_ITEMS_MAX {
        return Err(format!("the call has more than {WEBHOOK_ITEMS_MAX} items"));
    }
    if call.items.is_empty() && !whole {
        return Err("the call is not signed".to_owned());
    }
    let mut ids = Vec::new();
    for item in &call.items {
        let message = item.message.get();
        let signature = item.signature.as_ref().map(|signature| signature.value.as_str());
        match signature {
            Some(signature) if signed(message.as_bytes(), signature) => {}
            Some(_) => return Err("the signature of an item is wrong".to_owned()),
            None if whole => {}
            None => return Err("the call is not signed".to_owned()),
        }
        let message: wire::WebhookMessage =
            serde_json::from_str(message).map_err(|_| "an item names no document".to_owned())?;
        ids.push(ExternalId(message.id));
    }
    Ok(ids)
}
