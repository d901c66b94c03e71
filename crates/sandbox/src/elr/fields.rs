//! Data-input fields: which elements a mandate wants, where, and how strictly.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::answer::Refusal;
use super::filter::Filter;
use super::mandates::{INPUT_FORMATS, INPUT_VERSION, MANDATES, Mandate, Rules};
use super::page::{Count, Query};
use super::{Answer, Elr, json_answer};

mod table;

pub(super) use table::FIELDS;

/// How strictly a field is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Optionality {
    Required,
    Conditional,
    Optional,
}

/// One field. `path` starts below the root; `{Line}`, `{Quantity}` and `{Type}` differ between invoice and credit note.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) id: u16,
    path: &'static str,
    pub(super) name: &'static str,
    data_type: &'static str,
    cardinality: &'static str,
    example: &'static str,
    en16931: Optionality,
    peppol: Optionality,
    xrechnung: Optionality,
}

impl Field {
    pub(super) fn optionality(&self, rules: Rules) -> Optionality {
        match rules {
            Rules::En16931 => self.en16931,
            Rules::Peppol => self.peppol,
            Rules::XRechnung => self.xrechnung,
        }
    }

    /// The path below the root element, for one of the two document types.
    pub(super) fn path(&self, credit_note: bool) -> Cow<'static, str> {
        if !self.path.contains('{') {
            return self.path.into();
        }
        let (line, quantity, type_code) = if credit_note {
            ("CreditNoteLine", "CreditedQuantity", "CreditNoteTypeCode")
        } else {
            ("InvoiceLine", "InvoicedQuantity", "InvoiceTypeCode")
        };
        self.path.replace("{Line}", line).replace("{Quantity}", quantity).replace("{Type}", type_code).into()
    }

    /// A plain element that occurs once in its group, at most.
    pub(super) fn is_single(&self) -> bool {
        !self.path.contains('@') && self.path != "cbc:Note" && !self.path.ends_with("}/cbc:Note")
    }

    /// Business terms that exist in one of the two document types only.
    fn applies(&self, credit_note: bool) -> bool {
        !(credit_note && self.path == "cbc:DueDate")
    }

    fn namespace(&self) -> Value {
        match self.path.rsplit('/').next() {
            Some(last) if last.starts_with('@') => Value::Null,
            Some(last) if last.starts_with("cbc:") => json!({"prefix": "cbc", "value": super::verdict::CBC}),
            _ => json!({"prefix": "cac", "value": super::verdict::CAC}),
        }
    }

    fn accepted(&self, mandate: &Mandate, credit_note: bool) -> Vec<String> {
        let own = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        match self.path {
            "cbc:CustomizationID" => vec![customization(mandate.rules).to_owned()],
            "cbc:ProfileID" if mandate.rules != Rules::En16931 => vec![PROFILE.to_owned()],
            "cbc:{Type}" if credit_note => own(&["381", "396"]),
            "cbc:{Type}" => own(&["380", "384", "389", "393"]),
            path if path.ends_with("TaxCategory/cbc:ID") => {
                own(&["S", "Z", "E", "AE", "K", "G", "O", "L", "M"])
            }
            path if path.ends_with("cbc:ChargeIndicator") => own(&["true", "false"]),
            _ => Vec::new(),
        }
    }

    fn describe(&self, mandate: &Mandate, document_type: &str) -> Value {
        let credit_note = document_type == "ubl-creditnote";
        let root = if credit_note { "CreditNote" } else { "Invoice" };
        let accepted = self.accepted(mandate, credit_note);
        let example = if accepted.len() == 1 { accepted[0].as_str() } else { self.example };
        json!({
            "fieldId": self.id.to_string(),
            "documentType": document_type,
            "documentVersion": INPUT_VERSION,
            "path": format!("/{root}/{}", self.path(credit_note)),
            "pathType": "xpath",
            "fieldName": self.name,
            "namespace": self.namespace(),
            "exampleOrFixedValue": example,
            "acceptedValues": accepted,
            "documentationLink": null,
            "dataType": self.data_type,
            "description": format!("{} ({})", self.name, self.cardinality),
            "optionality": match self.optionality(mandate.rules) {
                Optionality::Required => "Required",
                Optionality::Conditional => "Conditional",
                Optionality::Optional => "Optional",
            },
            "cardinality": self.cardinality,
        })
    }
}

/// The specification identifier a mandate wants a document to begin with.
pub(super) fn customization(rules: Rules) -> &'static str {
    match rules {
        Rules::En16931 => "urn:cen.eu:en16931:2017",
        Rules::Peppol => "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
        Rules::XRechnung => "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
    }
}

/// The business process of Peppol BIS Billing 3, which XRechnung uses too.
pub(super) const PROFILE: &str = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0";

/// `GET /einvoicing/mandates/{mandateId}/data-input-fields` (client: get_mandate_data_input_fields). An array without an
/// envelope. The shape is MandateDataInputField; no real answer is recorded, so the spelling of paths and the choice of
/// fields are [unverified].
pub(super) async fn of_mandate(
    State(_elr): State<Arc<Elr>>,
    Path(mandate): Path<String>,
    uri: Uri,
) -> Answer {
    let query = Query::of(&uri);
    let document_type = query.required("documentType")?;
    let version = query.required("documentVersion")?;
    let found = Mandate::find(&mandate);
    let mandate = found.ok_or_else(|| Refusal::unknown(format!("Mandate {mandate} was not found.")))?;
    if !INPUT_FORMATS.contains(&document_type) || version != INPUT_VERSION {
        let message =
            format!("The mandate {} has no input fields for {document_type} {version}.", mandate.id);
        return Err(Refusal::bad(message));
    }
    let credit_note = document_type == "ubl-creditnote";
    let fields = FIELDS.iter().filter(|field| field.applies(credit_note));
    json_answer(&fields.map(|field| field.describe(mandate, document_type)).collect::<Vec<_>>())
}

const FILTER_FIELDS: &[&str] = &[
    "fieldId",
    "path",
    "fieldName",
    "requiredFor/countryMandate",
    "optionalFor/countryMandate",
    "conditionalFor/countryMandate",
];

/// `GET /einvoicing/data-input-fields` (client: get_data_input_fields): the older shape, one entry per field with the
/// mandates that want it. The client types `requiredFor` and its like as one object, others read lists; the object with
/// a list of mandates here is [unverified].
pub(super) async fn across_mandates(State(elr): State<Arc<Elr>>, uri: Uri, headers: HeaderMap) -> Answer {
    let query = Query::of(&uri);
    let filter = Filter::parse(query.get("filter"), FILTER_FIELDS, true)?;
    let wanting = |field: &Field, how: Optionality| -> Vec<&'static str> {
        MANDATES
            .iter()
            .filter(|mandate| field.optionality(mandate.rules) == how)
            .map(|mandate| mandate.id)
            .collect()
    };
    let holds = |field: &&Field| {
        filter.holds(|position| match position {
            0 => Some(field.id.to_string().into()),
            1 => Some(field.path(false)),
            2 => Some(field.name.into()),
            3 => Some(wanting(field, Optionality::Required).join(" ").into()),
            4 => Some(wanting(field, Optionality::Optional).join(" ").into()),
            _ => Some(wanting(field, Optionality::Conditional).join(" ").into()),
        })
    };
    let found: Vec<&Field> = FIELDS.iter().filter(holds).collect();
    let show = |field: &&Field| {
        // Objects in the client's model; that each has one name is [unverified].
        let roots: &[&str] = if field.applies(true) { &["Invoice", "CreditNote"] } else { &["Invoice"] };
        let roots: Value = roots.iter().map(|root| json!({"name": root})).collect();
        json!({
            "id": elr.seed.uuid(&["field", &field.id.to_string()]),
            "fieldId": field.id.to_string(),
            "applicableDocumentRoots": roots,
            "path": field.path(false),
            "namespace": field.namespace()["value"],
            "fieldName": field.name,
            "exampleOrFixedValue": field.example,
            "acceptedValues": {},
            "documentationLink": null,
            "description": format!("{} ({})", field.name, field.cardinality),
            "isSegment": false,
            "requiredFor": {"countryMandate": wanting(field, Optionality::Required).join(",")},
            "conditionalFor": wanting(field, Optionality::Conditional).into_iter()
                .map(|mandate| json!({"countryMandate": mandate, "requiredWhen": []})).collect::<Value>(),
            "notUsedFor": null,
            "optionalFor": {"countryMandate": wanting(field, Optionality::Optional).join(",")},
        })
    };
    json_answer(&query.page(&headers, &found, ("@recordsetCount", Count::Number), show)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_and_paths_are_unique() {
        for (index, field) in FIELDS.iter().enumerate() {
            for other in &FIELDS[..index] {
                assert_ne!(field.id, other.id, "{} and {}", field.name, other.name);
                assert_ne!(field.path, other.path);
            }
        }
    }

    #[test]
    fn lines_are_spelled_by_document_type() {
        let quantity = FIELDS.iter().find(|field| field.path.contains("{Quantity}")).expect("a quantity");
        assert_eq!(quantity.path(false), "cac:InvoiceLine/cbc:InvoicedQuantity");
        assert_eq!(quantity.path(true), "cac:CreditNoteLine/cbc:CreditedQuantity");
    }
}
