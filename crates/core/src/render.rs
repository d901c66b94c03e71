//! From a document to its outbound: mandate field mapping, code groups, endpoints and the law, with the source of every
//! element that was touched. Pure: the same inputs give the same bytes.

use std::sync::Arc;

use einvoice::rules::{Profile, Verdict, validate_tree};
use einvoice::ubl::{Edit, NewValue, Place};
use einvoice::xml::Tree;

use crate::configuration::{Connection, Kept};
use crate::document::{Document, Fields};
use crate::fields::FieldSource;
use crate::mandate::{Endpoint, InputField, Mandate, MandateOffer, Optionality};
use crate::mapping::{CodeGroup, Mapping};
use crate::outbound::{ElementSource, Label, Outbound, ValueSource};
use crate::{Problem, codes};

/// Everything an outbound is made of.
pub struct Rendering<'a> {
    pub document: &'a Document,
    /// The record's own bytes.
    pub bytes: &'a Arc<[u8]>,
    pub mandate: &'a Kept<Mandate>,
    pub connection: &'a Connection,
    pub mapping: Option<&'a Mapping>,
    /// What the target says of the mandate.
    pub offer: &'a MandateOffer,
    /// What the target asks for.
    pub fields: &'a [InputField],
    /// The buyer's endpoint found by look-up, for documents that do not carry one.
    pub receiver: Option<&'a Endpoint>,
    /// Whether the source of every element is wanted: for the dry run and the screen, not for sending.
    pub trace: bool,
}

/// An outbound, or why there is none.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// None where a fatal problem stands in the way.
    pub outbound: Option<Outbound>,
    /// Every element that comes from somewhere else than the document itself, and every field the mandate asks for.
    pub sources: Vec<ElementSource>,
    /// Fatal ones and warnings.
    pub problems: Vec<Problem>,
    /// The verdict of the law on what would be sent.
    pub verdict: Option<Verdict>,
}

const SELLER_ENDPOINT: &str = "cac:AccountingSupplierParty/cac:Party/cbc:EndpointID";
const BUYER_ENDPOINT: &str = "cac:AccountingCustomerParty/cac:Party/cbc:EndpointID";

/// Where codes stand that a mapping translates.
const CODE_PLACES: &[(CodeGroup, &str)] = &[
    (CodeGroup::DocumentType, "cbc:InvoiceTypeCode"),
    (CodeGroup::PaymentMethod, "cac:PaymentMeans/cbc:PaymentMeansCode"),
    (CodeGroup::Unit, "cac:InvoiceLine/cbc:InvoicedQuantity/@unitCode"),
    (CodeGroup::TaxCategory, "cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory/cbc:ID"),
    (CodeGroup::TaxCategory, "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:ID"),
    (CodeGroup::TaxCategory, "cac:AllowanceCharge/cac:TaxCategory/cbc:ID"),
];

impl Rendering<'_> {
    /// Renders, then judges what would be sent.
    pub fn render(&self) -> Rendered {
        let mut work = Work { of: self, edits: Vec::new(), sources: Vec::new(), problems: Vec::new() };
        let base: Arc<[u8]> = if self.document.is_ubl {
            Arc::clone(self.bytes)
        } else {
            einvoice::ubl::write(&self.document.invoice).into()
        };
        let tree = match Tree::parse(&base) {
            Ok(tree) => tree,
            Err(error) => return Rendered::unfit(error.to_problem()),
        };
        work.codes(&tree);
        work.rules(&tree);
        work.endpoints(&tree);
        work.finish(base, tree)
    }

    /// Whether the buyer's endpoint must be looked up.
    pub fn lacks_receiver(&self) -> bool {
        self.document.invoice.buyer.electronic_address.is_none() && self.demands(BUYER_ENDPOINT)
    }

    /// Whether the target asks for this place, so that an empty one must be filled.
    fn demands(&self, path: &str) -> bool {
        demands(self.fields, path)
    }
}

/// Whether a mandate with these fields goes through a network in which the receiver must be registered.
pub fn asks_for_receiver(fields: &[InputField]) -> bool {
    demands(fields, BUYER_ENDPOINT)
}

fn demands(fields: &[InputField], path: &str) -> bool {
    let wanted: Option<Place> = path.parse().ok();
    let required = fields.iter().filter(|field| field.optionality == Optionality::Required);
    required.filter_map(|field| field.path.parse::<Place>().ok()).any(|place| Some(&place) == wanted.as_ref())
}

impl Rendered {
    fn unfit(problem: Problem) -> Self {
        Self { outbound: None, sources: Vec::new(), problems: vec![problem], verdict: None }
    }

    /// What the planner needs of it.
    pub fn wanted(&self) -> crate::plan::Wanted {
        match &self.outbound {
            Some(outbound) => crate::plan::Wanted::Outbound(outbound.digest),
            None => {
                crate::plan::Wanted::Unfit(self.problems.iter().filter(|p| p.is_fatal()).cloned().collect())
            }
        }
    }
}

struct Work<'a, 'b> {
    of: &'b Rendering<'a>,
    edits: Vec<Edit>,
    sources: Vec<ElementSource>,
    problems: Vec<Problem>,
}

impl Work<'_, '_> {
    /// Code groups translate the codes where they stand.
    fn codes(&mut self, tree: &Tree) {
        let Some(mapping) = self.of.mapping else { return };
        for (group, path) in CODE_PLACES {
            if let Ok(place) = path.parse() {
                self.translate(tree, place, *group, mapping);
            }
        }
    }

    fn translate(&mut self, tree: &Tree, place: Place, group: CodeGroup, mapping: &Mapping) {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for occurrence in place.occurrences(tree) {
            let Some(native) = occurrence.value.as_deref() else { continue };
            match mapping.code(group, native, || occurrence.path(tree)) {
                Ok(code) if code == native => {}
                Ok(code) => {
                    let source =
                        ValueSource::Code { group: group.name().to_owned(), native: native.to_owned() };
                    self.note(|| occurrence.path(tree), &code, &source);
                    if !pairs.iter().any(|(from, _)| from == native) {
                        pairs.push((native.to_owned(), code));
                    }
                }
                Err(problem) => self.problems.push(problem),
            }
        }
        if !pairs.is_empty() {
            self.edits.push(Edit { place, value: NewValue::Translate(pairs) });
        }
    }

    fn note(&mut self, path: impl FnOnce() -> String, value: &str, source: &ValueSource) {
        if self.of.trace {
            self.sources.push(ElementSource {
                path: path(),
                value: value.to_owned(),
                source: source.clone(),
            });
        }
    }

    /// The rows of the mandate's field mapping.
    fn rules(&mut self, tree: &Tree) {
        for rule in &self.of.mandate.fields {
            let place: Place = match rule.path.parse() {
                Ok(place) => place,
                Err(error) => {
                    self.problems.push(codes::field_path_unknown(&rule.path, &error.to_string()));
                    continue;
                }
            };
            let document = self.of.document;
            let (value, source) = match &rule.source {
                FieldSource::Document => continue,
                FieldSource::Code { group } => {
                    if let Some(mapping) = self.of.mapping {
                        self.translate(tree, place, *group, mapping);
                    }
                    continue;
                }
                FieldSource::Fixed { value } => (Some(value.clone()), ValueSource::Fixed),
                FieldSource::Native { field } => {
                    (document.field(field), ValueSource::Native { field: field.clone() })
                }
                FieldSource::Custom { field } => {
                    (document.custom_fields.get(field).cloned(), ValueSource::Custom { field: field.clone() })
                }
            };
            // A source without a value leaves what the document has; whether that is enough is judged below.
            if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
                self.set(tree, place, value, source);
            }
        }
    }

    fn set(&mut self, tree: &Tree, place: Place, value: String, source: ValueSource) {
        let occurrences = place.occurrences(tree);
        for occurrence in &occurrences {
            self.note(|| occurrence.path(tree), &value, &source);
        }
        // What is there already needs no edit, so that a document that fits goes byte for byte.
        let changes =
            occurrences.iter().any(|occurrence| occurrence.value.as_deref() != Some(value.as_str()));
        drop(occurrences);
        if changes {
            self.edits.push(Edit { place, value: NewValue::Set(value) });
        }
    }

    /// Our own endpoint from the connection, the buyer's from the network, where the mandate asks and the document lacks.
    fn endpoints(&mut self, tree: &Tree) {
        let seller = &self.of.document.invoice.seller.electronic_address;
        if seller.is_none() && self.of.demands(SELLER_ENDPOINT) {
            match &self.of.connection.sender {
                Some(sender) => self.endpoint(tree, SELLER_ENDPOINT, sender, ValueSource::Sender),
                None => self.problems.push(codes::sender_endpoint_missing(&self.of.connection.name)),
            }
        }
        let buyer = &self.of.document.invoice.buyer;
        if buyer.electronic_address.is_none() && self.of.demands(BUYER_ENDPOINT) {
            match self.of.receiver {
                Some(receiver) => self.endpoint(tree, BUYER_ENDPOINT, receiver, ValueSource::LookUp),
                None => self.problems.push(codes::receiver_endpoint_missing(&buyer.name)),
            }
        }
    }

    fn endpoint(&mut self, tree: &Tree, path: &str, endpoint: &Endpoint, source: ValueSource) {
        for (path, value) in
            [(path.to_owned(), &endpoint.value), (format!("{path}/@schemeID"), &endpoint.scheme)]
        {
            if let Ok(place) = path.parse() {
                self.set(tree, place, value.clone(), source.clone());
            }
        }
    }

    /// Edits, then asks the mandate's fields and the law of the result.
    fn finish(mut self, base: Arc<[u8]>, tree: Tree) -> Rendered {
        let (bytes, tree) = match self.edited(base, tree) {
            Ok(result) => result,
            Err(problem) => {
                self.problems.push(problem);
                return Rendered {
                    outbound: None,
                    sources: self.sources,
                    problems: self.problems,
                    verdict: None,
                };
            }
        };
        self.demanded(&tree);
        let verdict = validate_tree(&tree, self.profile());
        self.problems.extend(verdict.problems.iter().cloned());
        if let Some(error) = &verdict.error {
            self.problems.push(codes::source_unreadable(error));
        }
        let fit = !self.problems.iter().any(Problem::is_fatal);
        let outbound = fit.then(|| Outbound::new(bytes, self.label()));
        Rendered { outbound, sources: self.sources, problems: self.problems, verdict: Some(verdict) }
    }

    fn edited(&self, base: Arc<[u8]>, tree: Tree) -> Result<(Arc<[u8]>, Tree), Problem> {
        if self.edits.is_empty() {
            return Ok((base, tree));
        }
        let bytes = einvoice::ubl::edit(&tree, &self.edits)
            .map_err(|error| codes::field_path_unknown(&self.of.mandate.name, &error.to_string()))?;
        let tree = Tree::parse(&bytes).map_err(|error| error.to_problem())?;
        Ok((bytes.into(), tree))
    }

    /// A required field without value is a problem; so is a value outside the field's list.
    fn demanded(&mut self, tree: &Tree) {
        for field in self.of.fields {
            let Ok(place) = field.path.parse::<Place>() else { continue };
            let mut reported = false;
            for occurrence in place.occurrences(tree) {
                match occurrence.value.as_deref() {
                    None if field.optionality == Optionality::Required && !reported => {
                        reported = true;
                        let path = occurrence.path(tree);
                        self.problems.push(codes::field_required(&field.name, &path, &self.of.mandate.code));
                    }
                    Some(value) if !field.accepts(value) => {
                        let (path, accepted) = (occurrence.path(tree), &field.accepted_values);
                        self.problems.push(codes::field_value_not_accepted(
                            &field.name,
                            &path,
                            value,
                            accepted,
                        ));
                    }
                    Some(value) if self.of.trace => {
                        let path = occurrence.path(tree);
                        if !self.sources.iter().any(|known| known.path == path) {
                            self.note(|| path, value, &ValueSource::Document);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// The mandate's own rule set, else the one the document declares.
    fn profile(&self) -> Profile {
        let configured = self.of.mandate.profile.as_deref().and_then(|name| name.parse().ok());
        configured
            .unwrap_or_else(|| Profile::of_specification(&self.of.document.invoice.process.specification))
    }

    fn label(&self) -> Label {
        let Rendering { document, mandate, connection, offer, .. } = self.of;
        let invoice = &document.invoice;
        Label {
            kind: document.kind,
            number: invoice.number.clone(),
            issue_date: invoice.issue_date,
            seller: invoice.seller.name.clone(),
            buyer: invoice.buyer.name.clone(),
            mandate: mandate.code.clone(),
            country: offer.country.clone(),
            company: connection.company.as_ref().map(|company| company.id.clone()).unwrap_or_default(),
            workflow: mandate
                .workflow
                .clone()
                .or_else(|| offer.workflows.first().cloned())
                .unwrap_or_default(),
            output: offer
                .output_formats
                .first()
                .map(|format| (format.name.clone(), format.versions.first().cloned().unwrap_or_default())),
        }
    }
}
