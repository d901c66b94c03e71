//! `GET /einvoicing/mandates` and the mandates that this service knows.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::filter::Filter;
use super::page::{Count, Query};
use super::{Answer, Elr, json_answer};

/// Which rules a document is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    /// EN 16931 alone.
    En16931,
    /// EN 16931 and what Peppol BIS Billing 3 adds.
    Peppol,
    /// EN 16931 and what XRechnung adds.
    XRechnung,
}

/// One mandate.
#[derive(Debug)]
pub(super) struct Mandate {
    pub(super) id: &'static str,
    pub(super) country: &'static str,
    pub(super) kind: &'static str,
    description: &'static str,
    pub(super) rules: Rules,
    /// The network or authority it is delivered over; `interface` of the document summaries.
    pub(super) interface: &'static str,
    flow: &'static str,
    pub(super) media_types: &'static [&'static str],
    /// Non-empty where the sender has to choose one (France, says the field's own description).
    pub(super) output_formats: &'static [&'static str],
    inbound: bool,
}

pub(super) const PDF: &str = "application/pdf";
pub(super) const XML: &str = "application/xml";
pub(super) const UBL: &str = "application/vnd.oasis.ubl+xml";
pub(super) const JSON: &str = "application/json";

/// Formats and versions every mandate takes: UBL 2.1 is the only input schema (developer.avalara.com ico9970909753970);
/// credit notes are `ubl-creditnote` (Business Central).
pub(super) const INPUT_FORMATS: [&str; 2] = ["ubl-invoice", "ubl-creditnote"];
pub(super) const INPUT_VERSION: &str = "2.1";
/// The workflow of the client's own example.
pub(super) const WORKFLOW: &str = "partner-einvoicing";
/// The statuses every document goes through.
const STATUSES: [(&str, &str); 3] = [
    ("Pending", "The document was taken in and has no verdict yet."),
    ("Complete", "The document was delivered or reported."),
    ("Error", "The document was refused; its events say why."),
];

const fn peppol(
    id: &'static str,
    country: &'static str,
    kind: &'static str,
    description: &'static str,
) -> Mandate {
    Mandate {
        id,
        country,
        kind,
        description,
        rules: Rules::Peppol,
        interface: "PEPPOL",
        flow: "post-audit",
        media_types: &[PDF, UBL],
        output_formats: &[],
        inbound: true,
    }
}

/// Codes with a real country are names that Avalara uses in public; what each one demands beyond Peppol and XRechnung,
/// its flow and its media types are [unverified]. `XX-SIM-*` exist here only; XX is user-assigned in ISO 3166.
pub(super) static MANDATES: [Mandate; 11] = [
    peppol("AU-B2B-PEPPOL", "AU", "B2B", "Australia, between businesses, over Peppol"),
    peppol("AU-B2G-PEPPOL", "AU", "B2G", "Australia, to public buyers, over Peppol"),
    peppol("DE-B2B-PEPPOL", "DE", "B2B", "Germany, between businesses, over Peppol"),
    peppol("DE-B2G-PEPPOL", "DE", "B2G", "Germany, to public buyers, over Peppol"),
    Mandate {
        rules: Rules::XRechnung,
        interface: "XRECHNUNG",
        media_types: &[PDF, XML, UBL],
        ..peppol("DE-B2G-XRECHNUNG", "DE", "B2G", "Germany, to public buyers, as XRechnung")
    },
    Mandate {
        rules: Rules::En16931,
        interface: "PPF",
        flow: "reporting",
        media_types: &[PDF, XML, UBL],
        output_formats: &["ubl", "cii", "factur-x"],
        ..peppol("FR-B2B-REPORTING", "FR", "B2B", "France, between businesses, reported")
    },
    peppol("GB-B2B-PEPPOL", "GB", "B2B", "United Kingdom, between businesses, over Peppol"),
    peppol("GB-B2G-PEPPOL", "GB", "B2G", "United Kingdom, to public buyers, over Peppol"),
    Mandate {
        rules: Rules::En16931,
        interface: "ITA",
        flow: "clearance",
        media_types: &[PDF, XML],
        ..peppol("IL-B2B-CLEARANCE", "IL", "B2B", "Israel, between businesses, cleared")
    },
    Mandate {
        rules: Rules::En16931,
        interface: "SIMULATED",
        ..peppol("XX-SIM-EN16931", "XX", "", "Simulated: plain EN 16931, without any network address")
    },
    peppol("XX-SIM-PEPPOL", "XX", "", "Simulated: Peppol BIS Billing 3 from any country"),
];

impl Mandate {
    pub(super) fn find(id: &str) -> Option<&'static Mandate> {
        MANDATES.iter().find(|mandate| mandate.id == id)
    }

    fn describe(&self) -> Value {
        let formats = |names: &[&str]| -> Value {
            names.iter().map(|name| json!({"format": name, "versions": [INPUT_VERSION]})).collect()
        };
        json!({
            "mandateId": self.id,
            "countryMandate": self.id,
            "countryCode": self.country,
            "description": self.description,
            "supportedByELRAPI": true,
            "mandateFormat": match self.rules {
                Rules::En16931 => "EN 16931",
                Rules::Peppol => "Peppol BIS Billing 3.0",
                Rules::XRechnung => "XRechnung 3.0",
            },
            "eInvoicingFlow": self.flow,
            "eInvoicingFlowDocumentationLink": null,
            "getInvoiceAvailableMediaType": self.media_types,
            // A string, not a boolean, in the client's model.
            "supportsInboundDigitalDocument": if self.inbound { "true" } else { "false" },
            "inputDataFormats": formats(&INPUT_FORMATS),
            "outputDataFormats": formats(self.output_formats),
            "workflowIds": [{"name": WORKFLOW, "description": "Documents sent by a partner's integration"}],
            "supportedDocumentStatuses": STATUSES.iter()
                .map(|(status, description)| json!({"status": status, "description": description}))
                .collect::<Value>(),
        })
    }

    fn field(&self, position: usize) -> Cow<'_, str> {
        match position {
            0 | 1 => self.id.into(),
            2 => self.country.into(),
            3 => self.description.into(),
            _ => "true".into(),
        }
    }
}

const FILTER_FIELDS: &[&str] =
    &["mandateId", "countryMandate", "countryCode", "description", "supportedByELRAPI"];

/// `GET /einvoicing/mandates` (client: MandatesApi.get_mandates). The count is a number (MandatesResponse).
pub(super) async fn list(State(_elr): State<Arc<Elr>>, uri: Uri, headers: HeaderMap) -> Answer {
    let query = Query::of(&uri);
    let filter = Filter::parse(query.get("filter"), FILTER_FIELDS, true)?;
    let found: Vec<_> =
        MANDATES.iter().filter(|mandate| filter.holds(|position| Some(mandate.field(position)))).collect();
    json_answer(
        &query.page(&headers, &found, ("@recordsetCount", Count::Number), |mandate| mandate.describe())?,
    )
}
