//! The root of the document.

use crate::invoice::{
    CreditTransfer, Delivery, DocumentKind, Invoice, Note, Period, PrecedingInvoice, SupportingDocument,
};
use crate::reader::{Reader, trim};
use crate::xml::names::{cac, cbc};
use crate::xml::{Name, NodeId};

impl Reader<'_> {
    pub(super) fn document(&mut self, root: NodeId, d: &mut Invoice) {
        let mut creditor = None;
        let mut period = None;
        let mut delivery = Delivery::default();
        self.group(root, |r, c, name| match name {
            cac::AccountingSupplierParty => r.seller(c, &mut d.seller, &mut creditor),
            cac::AccountingCustomerParty => r.buyer(c, &mut d.buyer),
            cac::PayeeParty => r.payee(c, &mut d.payee, &mut creditor),
            cac::TaxRepresentativeParty => r.representative(c, &mut d.tax_representative),
            cac::InvoicePeriod => {
                r.period(c, ["BT-73", "BT-74"], &mut period, Some(&mut d.tax_point_date_code))
            }
            cac::Delivery => r.delivery(c, &mut delivery),
            cac::PaymentMeans => r.payment_means(c, d),
            cac::AllowanceCharge => r.document_allowance(c, d),
            cac::TaxTotal => r.tax_total(c, d),
            cac::LegalMonetaryTotal => r.totals(c, &mut d.totals),
            cac::InvoiceLine | cac::CreditNoteLine => r.line(c, &mut d.lines),
            _ => r.header(c, name, d) || r.reference(c, name, d),
        });
        delivery.period = period;
        if delivery != Delivery::default() {
            d.delivery = Some(delivery);
        }
        if creditor.is_some() {
            d.payment.get_or_insert_default().direct_debit.get_or_insert_default().creditor_identifier =
                creditor;
        }
        self.settle_payment(d);
    }

    fn header(&mut self, id: NodeId, name: Name, d: &mut Invoice) -> bool {
        match name {
            cbc::UBLVersionID => {
                trim(&self.tree.text(id)) == "2.1" && {
                    self.leaf(id, &[]);
                    true
                }
            }
            cbc::CustomizationID => self.text(id, "BT-24", &mut d.process.specification),
            cbc::ProfileID => self.optional(id, "BT-23", &mut d.process.business_process),
            cbc::ID => self.text(id, "BT-1", &mut d.number),
            cbc::IssueDate => self.date(id, "BT-2", &mut d.issue_date),
            cbc::DueDate => self.date(id, "BT-9", &mut d.due_date),
            cbc::InvoiceTypeCode | cbc::CreditNoteTypeCode => self.text(id, "BT-3", &mut d.type_code),
            cbc::Note => self.note(id, &mut d.notes),
            cbc::TaxPointDate => self.date(id, "BT-7", &mut d.tax_point_date),
            cbc::DocumentCurrencyCode => self.text(id, "BT-5", &mut d.currency),
            cbc::TaxCurrencyCode => self.optional(id, "BT-6", &mut d.vat_currency),
            cbc::AccountingCost => self.optional(id, "BT-19", &mut d.buyer_accounting_reference),
            cbc::BuyerReference => self.optional(id, "BT-10", &mut d.buyer_reference),
            cac::PaymentTerms => self.within(id, cbc::Note, |r, c| r.prose(c, "BT-20", &mut d.payment_terms)),
            _ => false,
        }
    }

    fn reference(&mut self, id: NodeId, name: Name, d: &mut Invoice) -> bool {
        let (term, into) = match name {
            cac::DespatchDocumentReference => ("BT-16", &mut d.despatch_advice_reference),
            cac::ReceiptDocumentReference => ("BT-15", &mut d.receiving_advice_reference),
            cac::OriginatorDocumentReference => ("BT-17", &mut d.tender_reference),
            cac::ContractDocumentReference => ("BT-12", &mut d.contract_reference),
            cac::ProjectReference => ("BT-11", &mut d.project_reference),
            cac::OrderReference => return self.order_reference(id, d),
            cac::BillingReference => return self.billing_reference(id, d),
            cac::AdditionalDocumentReference => return self.additional_reference(id, d),
            _ => return false,
        };
        self.within(id, cbc::ID, |r, c| r.optional(c, term, into))
    }

    fn note(&mut self, id: NodeId, notes: &mut Vec<Note>) -> bool {
        if self.leaf(id, &[]).is_empty() {
            return true;
        }
        let text = self.tree.text(id);
        let start = text.trim_start_matches([' ', '\t', '\n', '\r']);
        let subject = start.strip_prefix('#').and_then(|t| t.split_at_checked(3)).and_then(|(code, rest)| {
            let legal = code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
            rest.strip_prefix('#').filter(|_| legal).map(|rest| (code.to_owned(), rest.to_owned()))
        });
        notes.push(match subject {
            Some((code, text)) => Note { subject_code: Some(code), text },
            None => Note { subject_code: None, text: text.into_owned() },
        });
        true
    }

    fn order_reference(&mut self, id: NodeId, d: &mut Invoice) -> bool {
        let sales = self.tree.child(id, cbc::SalesOrderID).is_some();
        self.group(id, |r, c, name| match name {
            // UBL requires an order id; where only the sales order is known, "NA" stands for none.
            cbc::ID if sales && trim(&r.tree.text(c)) == "NA" => {
                r.leaf(c, &[]);
                true
            }
            cbc::ID => r.optional(c, "BT-13", &mut d.purchase_order_reference),
            cbc::SalesOrderID => r.optional(c, "BT-14", &mut d.sales_order_reference),
            _ => false,
        });
        true
    }

    fn billing_reference(&mut self, id: NodeId, d: &mut Invoice) -> bool {
        self.within(id, cac::InvoiceDocumentReference, |r, c| {
            let mut preceding = PrecedingInvoice::default();
            r.group(c, |r, c, name| match name {
                cbc::ID => r.text(c, "BT-25", &mut preceding.number),
                cbc::IssueDate => r.date(c, "BT-26", &mut preceding.issue_date),
                _ => false,
            });
            if preceding != PrecedingInvoice::default() {
                d.preceding_invoices.push(preceding);
            }
            true
        })
    }

    /// UBL keeps three different terms here and tells them apart by the type code.
    fn additional_reference(&mut self, id: NodeId, d: &mut Invoice) -> bool {
        let code = self
            .tree
            .child(id, cbc::DocumentTypeCode)
            .map(|c| trim(&self.tree.text(c)).to_owned())
            .unwrap_or_default();
        let project = self.kind == DocumentKind::CreditNote && code == "50";
        if code == "130" || project {
            self.group(id, |r, c, name| match name {
                cbc::ID if project => r.optional(c, "BT-11", &mut d.project_reference),
                cbc::ID => r.set_identifier(c, "BT-18", &mut d.invoiced_object),
                cbc::DocumentTypeCode => {
                    r.leaf(c, &[]);
                    true
                }
                _ => false,
            });
            return true;
        }
        let mut document = SupportingDocument::default();
        self.group(id, |r, c, name| match name {
            cbc::ID => r.text(c, "BT-122", &mut document.reference),
            cbc::DocumentDescription => r.optional(c, "BT-123", &mut document.description),
            cac::Attachment => {
                r.group(c, |r, c, name| match name {
                    cbc::EmbeddedDocumentBinaryObject => r.binary(c, &mut document.attachment),
                    cac::ExternalReference => {
                        r.within(c, cbc::URI, |r, c| r.optional(c, "BT-124", &mut document.location))
                    }
                    _ => false,
                });
                true
            }
            _ => false,
        });
        if document != SupportingDocument::default() {
            d.supporting_documents.push(document);
        }
        true
    }

    pub(super) fn period(
        &mut self,
        id: NodeId,
        terms: [&str; 2],
        into: &mut Option<Period>,
        mut code: Option<&mut Option<String>>,
    ) -> bool {
        let mut period = into.take().unwrap_or_default();
        self.group(id, |r, c, name| match name {
            cbc::StartDate => r.date(c, terms[0], &mut period.start),
            cbc::EndDate => r.date(c, terms[1], &mut period.end),
            cbc::DescriptionCode => code.as_deref_mut().is_some_and(|code| r.optional(c, "BT-8", code)),
            _ => false,
        });
        *into = (period != Period::default()).then_some(period);
        true
    }

    fn delivery(&mut self, id: NodeId, delivery: &mut Delivery) -> bool {
        self.group(id, |r, c, name| match name {
            cbc::ActualDeliveryDate => r.date(c, "BT-72", &mut delivery.date),
            cac::DeliveryLocation => {
                r.group(c, |r, c, name| match name {
                    cbc::ID => r.set_identifier(c, "BT-71", &mut delivery.location),
                    cac::Address => r.address(c, super::party::DELIVERY_ADDRESS, &mut delivery.address),
                    _ => false,
                });
                true
            }
            cac::DeliveryParty => r.within(c, cac::PartyName, |r, c| {
                r.within(c, cbc::Name, |r, c| r.optional(c, "BT-70", &mut delivery.party_name))
            }),
            _ => false,
        });
        true
    }

    /// The first code is BT-81; accounts keep their own code only where it differs.
    fn settle_payment(&mut self, d: &mut Invoice) {
        if let Some(payment) = &mut d.payment {
            for CreditTransfer { means_code, .. } in &mut payment.credit_transfers {
                if means_code.as_deref() == Some(payment.means_code.as_str()) {
                    *means_code = None;
                }
            }
        }
    }
}
