//! The root, context and document; agreement and delivery.

use crate::invoice::{
    CREDIT_NOTE_TYPE_CODES, Delivery, DocumentKind, Identifier, Invoice, Note, SupportingDocument,
};
use crate::reader::{Reader, trim};
use crate::ubl::{ReadError, Reading};
use crate::xml::names::{ram, rsm};
use crate::xml::{NodeId, Tree};

use super::PROJECT_NAME;

/// Reads a CII invoice.
///
/// # Errors
/// [`ReadError`], if it is no XML or no CII invoice. An incomplete or wrong invoice is read all the same.
pub fn read(bytes: &[u8]) -> Result<Reading, ReadError> {
    read_tree(&Tree::parse(bytes)?)
}

/// Reads a CII invoice that is parsed already.
///
/// # Errors
/// [`ReadError::NotAnInvoice`].
pub fn read_tree(tree: &Tree) -> Result<Reading, ReadError> {
    let root = tree.root();
    let name = tree.name(root);
    if name != rsm::CrossIndustryInvoice {
        return Err(ReadError::NotAnInvoice {
            root: format!("{{{}}}{}", tree.namespace(name), tree.local(name)),
        });
    }
    let settlement =
        tree.find(root, &[rsm::SupplyChainTradeTransaction, ram::ApplicableHeaderTradeSettlement]);
    let code = |name| {
        settlement.and_then(|s| tree.child(s, name)).map_or(String::new(), |n| trim(&tree.text(n)).to_owned())
    };
    let (currency, vat_currency) = (code(ram::InvoiceCurrencyCode), code(ram::TaxCurrencyCode));
    let mut reader = Reader {
        tree,
        kind: DocumentKind::Invoice,
        currency,
        vat_currency,
        unmapped: vec![],
        issues: vec![],
    };
    let mut invoice = Invoice::default();
    reader.cross_industry_invoice(root, &mut invoice);
    if CREDIT_NOTE_TYPE_CODES.contains(&invoice.type_code.as_str()) {
        invoice.kind = DocumentKind::CreditNote;
    }
    Ok(Reading { invoice, unmapped: reader.unmapped, issues: reader.issues })
}

impl Reader<'_> {
    fn cross_industry_invoice(&mut self, root: NodeId, d: &mut Invoice) {
        self.group(root, |r, c, name| match name {
            rsm::ExchangedDocumentContext => {
                r.group(c, |r, c, name| match name {
                    ram::BusinessProcessSpecifiedDocumentContextParameter => {
                        r.within(c, ram::ID, |r, c| r.optional(c, "BT-23", &mut d.process.business_process))
                    }
                    ram::GuidelineSpecifiedDocumentContextParameter => {
                        r.within(c, ram::ID, |r, c| r.text(c, "BT-24", &mut d.process.specification))
                    }
                    _ => false,
                });
                true
            }
            rsm::ExchangedDocument => {
                r.group(c, |r, c, name| match name {
                    ram::ID => r.text(c, "BT-1", &mut d.number),
                    ram::TypeCode => r.text(c, "BT-3", &mut d.type_code),
                    ram::IssueDateTime => r.compact_date(c, "BT-2", &mut d.issue_date),
                    ram::IncludedNote => r.included_note(c, &mut d.notes),
                    _ => false,
                });
                true
            }
            rsm::SupplyChainTradeTransaction => r.transaction(c, d),
            _ => false,
        });
    }

    fn transaction(&mut self, id: NodeId, d: &mut Invoice) -> bool {
        let mut delivery = Delivery::default();
        self.group(id, |r, c, name| match name {
            ram::IncludedSupplyChainTradeLineItem => r.trade_line(c, &mut d.lines),
            ram::ApplicableHeaderTradeAgreement => r.agreement(c, d),
            ram::ApplicableHeaderTradeDelivery => r.trade_delivery(c, &mut delivery, d),
            ram::ApplicableHeaderTradeSettlement => r.trade_settlement(c, &mut delivery, d),
            _ => false,
        });
        d.delivery = (delivery != Delivery::default()).then_some(delivery);
        true
    }

    fn included_note(&mut self, id: NodeId, notes: &mut Vec<Note>) -> bool {
        let (mut subject_code, mut text) = (None, None);
        self.group(id, |r, c, name| match name {
            ram::SubjectCode => r.optional(c, "BT-21", &mut subject_code),
            ram::Content => r.prose(c, "BT-22", &mut text),
            _ => false,
        });
        if subject_code.is_some() || text.is_some() {
            notes.push(Note { subject_code, text: text.unwrap_or_default() });
        }
        true
    }

    fn agreement(&mut self, id: NodeId, d: &mut Invoice) -> bool {
        self.group(id, |r, c, name| match name {
            ram::BuyerReference => r.optional(c, "BT-10", &mut d.buyer_reference),
            ram::SellerTradeParty => r.trade_seller(c, &mut d.seller),
            ram::BuyerTradeParty => r.trade_buyer(c, &mut d.buyer),
            ram::SellerTaxRepresentativeTradeParty => r.trade_representative(c, &mut d.tax_representative),
            ram::SellerOrderReferencedDocument => r.within(c, ram::IssuerAssignedID, |r, c| {
                r.optional(c, "BT-14", &mut d.sales_order_reference)
            }),
            ram::BuyerOrderReferencedDocument => r.within(c, ram::IssuerAssignedID, |r, c| {
                r.optional(c, "BT-13", &mut d.purchase_order_reference)
            }),
            ram::ContractReferencedDocument => {
                r.within(c, ram::IssuerAssignedID, |r, c| r.optional(c, "BT-12", &mut d.contract_reference))
            }
            ram::AdditionalReferencedDocument => r.trade_reference(c, d),
            ram::SpecifiedProcuringProject => {
                r.group(c, |r, c, name| match name {
                    ram::ID => r.optional(c, "BT-11", &mut d.project_reference),
                    // Required beside the id; only our own filling says nothing.
                    ram::Name if trim(&r.tree.text(c)) == PROJECT_NAME => {
                        r.leaf(c, &[]);
                        true
                    }
                    _ => false,
                });
                true
            }
            _ => false,
        });
        true
    }

    /// CII keeps three different terms here and tells them apart by the type code.
    fn trade_reference(&mut self, id: NodeId, d: &mut Invoice) -> bool {
        let code = self
            .tree
            .child(id, ram::TypeCode)
            .map(|c| trim(&self.tree.text(c)).to_owned())
            .unwrap_or_default();
        match code.as_str() {
            "50" => {
                self.group(id, |r, c, name| match name {
                    ram::IssuerAssignedID => r.optional(c, "BT-17", &mut d.tender_reference),
                    ram::TypeCode => r.taken(c),
                    _ => false,
                });
            }
            "130" => self.trade_object(id, "BT-18", &mut d.invoiced_object),
            "916" => self.trade_document(id, &mut d.supporting_documents),
            _ => return false,
        }
        true
    }

    /// BT-18, BT-128: an object identifier, its scheme in an element of its own.
    pub(super) fn trade_object(&mut self, id: NodeId, term: &str, into: &mut Option<Identifier>) {
        let (mut value, mut scheme) = (String::new(), None);
        self.group(id, |r, c, name| match name {
            ram::IssuerAssignedID => r.text(c, term, &mut value),
            ram::ReferenceTypeCode => r.optional(c, term, &mut scheme),
            ram::TypeCode => r.taken(c),
            _ => false,
        });
        if !value.is_empty() {
            self.set(id, term, Identifier { value, scheme, version: None }, into);
        }
    }

    fn trade_document(&mut self, id: NodeId, documents: &mut Vec<SupportingDocument>) {
        let mut document = SupportingDocument::default();
        self.group(id, |r, c, name| match name {
            ram::IssuerAssignedID => r.text(c, "BT-122", &mut document.reference),
            ram::Name => r.optional(c, "BT-123", &mut document.description),
            ram::URIID => r.optional(c, "BT-124", &mut document.location),
            ram::AttachmentBinaryObject => r.binary(c, &mut document.attachment),
            ram::TypeCode => r.taken(c),
            _ => false,
        });
        if document != SupportingDocument::default() {
            documents.push(document);
        }
    }

    fn trade_delivery(&mut self, id: NodeId, delivery: &mut Delivery, d: &mut Invoice) -> bool {
        self.group(id, |r, c, name| match name {
            ram::ShipToTradeParty => {
                r.group(c, |r, c, name| match name {
                    ram::ID | ram::GlobalID => r.set_identifier(c, "BT-71", &mut delivery.location),
                    ram::Name => r.optional(c, "BT-70", &mut delivery.party_name),
                    ram::PostalTradeAddress => {
                        r.trade_address(c, super::trade::DELIVERY_ADDRESS, &mut delivery.address)
                    }
                    _ => false,
                });
                true
            }
            ram::ActualDeliverySupplyChainEvent => {
                r.within(c, ram::OccurrenceDateTime, |r, c| r.compact_date(c, "BT-72", &mut delivery.date))
            }
            ram::DespatchAdviceReferencedDocument => r.within(c, ram::IssuerAssignedID, |r, c| {
                r.optional(c, "BT-16", &mut d.despatch_advice_reference)
            }),
            ram::ReceivingAdviceReferencedDocument => r.within(c, ram::IssuerAssignedID, |r, c| {
                r.optional(c, "BT-15", &mut d.receiving_advice_reference)
            }),
            _ => false,
        });
        true
    }
}
