//! The root and what stands directly below it.

use crate::invoice::{Delivery, DocumentKind, Invoice, Period, SupportingDocument, encode_base64};
use crate::writer::Out;
use crate::xml::names::{cac, cbc, cn, inv};

impl Out<'_> {
    pub(super) fn document(&mut self, d: &Invoice) {
        let (root, namespace) = match d.kind {
            DocumentKind::Invoice => ("Invoice", inv::NAMESPACE),
            DocumentKind::CreditNote => ("CreditNote", cn::NAMESPACE),
        };
        let namespaces = [("xmlns", namespace), ("xmlns:cac", cac::NAMESPACE), ("xmlns:cbc", cbc::NAMESPACE)];
        self.root(root, &namespaces, |o| {
            o.header(d);
            o.references(d);
            o.seller(d);
            o.buyer(&d.buyer);
            o.payee(d.payee.as_ref());
            o.representative(d.tax_representative.as_ref());
            o.delivery(d.delivery.as_ref());
            o.payment(d);
            o.group("cac:PaymentTerms", |o| o.optional("cbc:Note", d.payment_terms.as_ref()));
            o.document_allowances(d);
            o.tax_totals(d);
            o.totals(&d.totals);
            for line in &d.lines {
                o.line(line, d.kind);
            }
        });
    }

    fn header(&mut self, d: &Invoice) {
        let credit = d.kind == DocumentKind::CreditNote;
        self.text("cbc:CustomizationID", &d.process.specification);
        self.optional("cbc:ProfileID", d.process.business_process.as_ref());
        self.text("cbc:ID", &d.number);
        self.date("cbc:IssueDate", d.issue_date);
        if credit {
            self.date("cbc:TaxPointDate", d.tax_point_date);
            self.text("cbc:CreditNoteTypeCode", &d.type_code);
        } else {
            self.date("cbc:DueDate", d.due_date);
            self.text("cbc:InvoiceTypeCode", &d.type_code);
        }
        for note in &d.notes {
            match &note.subject_code {
                Some(code) => self.text("cbc:Note", &format!("#{code}#{}", note.text)),
                None => self.text("cbc:Note", &note.text),
            }
        }
        if !credit {
            self.date("cbc:TaxPointDate", d.tax_point_date);
        }
        self.text("cbc:DocumentCurrencyCode", &d.currency);
        self.optional("cbc:TaxCurrencyCode", d.vat_currency.as_ref());
        self.optional("cbc:AccountingCost", d.buyer_accounting_reference.as_ref());
        self.optional("cbc:BuyerReference", d.buyer_reference.as_ref());
        self.group("cac:InvoicePeriod", |o| {
            o.period(d.delivery.as_ref().and_then(|x| x.period));
            o.optional("cbc:DescriptionCode", d.tax_point_date_code.as_ref());
        });
    }

    fn references(&mut self, d: &Invoice) {
        self.group("cac:OrderReference", |o| {
            match (&d.purchase_order_reference, &d.sales_order_reference) {
                // The schema wants an order id; EN 16931 implementations write NA for none.
                (None, Some(_)) => o.text("cbc:ID", "NA"),
                (order, _) => o.optional("cbc:ID", order.as_ref()),
            }
            o.optional("cbc:SalesOrderID", d.sales_order_reference.as_ref());
        });
        for preceding in &d.preceding_invoices {
            self.group("cac:BillingReference", |o| {
                o.group("cac:InvoiceDocumentReference", |o| {
                    o.text("cbc:ID", &preceding.number);
                    o.date("cbc:IssueDate", preceding.issue_date);
                });
            });
        }
        self.reference("cac:DespatchDocumentReference", d.despatch_advice_reference.as_ref());
        self.reference("cac:ReceiptDocumentReference", d.receiving_advice_reference.as_ref());
        match d.kind {
            DocumentKind::Invoice => {
                self.reference("cac:OriginatorDocumentReference", d.tender_reference.as_ref());
                self.reference("cac:ContractDocumentReference", d.contract_reference.as_ref());
                self.additional_references(d);
                self.reference("cac:ProjectReference", d.project_reference.as_ref());
            }
            DocumentKind::CreditNote => {
                self.reference("cac:ContractDocumentReference", d.contract_reference.as_ref());
                self.additional_references(d);
                self.reference("cac:OriginatorDocumentReference", d.tender_reference.as_ref());
            }
        }
    }

    fn reference(&mut self, name: &'static str, id: Option<&String>) {
        self.group(name, |o| o.optional("cbc:ID", id));
    }

    fn additional_references(&mut self, d: &Invoice) {
        if let Some(object) = &d.invoiced_object {
            self.group("cac:AdditionalDocumentReference", |o| {
                o.identifier("cbc:ID", Some(object));
                o.text("cbc:DocumentTypeCode", "130");
            });
        }
        // A UBL credit note has no ProjectReference.
        if let (DocumentKind::CreditNote, Some(project)) = (d.kind, &d.project_reference) {
            self.group("cac:AdditionalDocumentReference", |o| {
                o.text("cbc:ID", project);
                o.text("cbc:DocumentTypeCode", "50");
            });
        }
        for document in &d.supporting_documents {
            self.supporting_document(document);
        }
    }

    fn supporting_document(&mut self, document: &SupportingDocument) {
        self.group("cac:AdditionalDocumentReference", |o| {
            o.text("cbc:ID", &document.reference);
            o.optional("cbc:DocumentDescription", document.description.as_ref());
            o.group("cac:Attachment", |o| {
                if let Some(a) = &document.attachment {
                    let attributes =
                        [("mimeCode", a.mime_code.as_deref()), ("filename", a.filename.as_deref())];
                    o.raw_leaf("cbc:EmbeddedDocumentBinaryObject", &attributes, &encode_base64(&a.content));
                }
                o.group("cac:ExternalReference", |o| o.optional("cbc:URI", document.location.as_ref()));
            });
        });
    }

    pub(super) fn period(&mut self, period: Option<Period>) {
        if let Some(period) = period {
            self.date("cbc:StartDate", period.start);
            self.date("cbc:EndDate", period.end);
        }
    }

    fn delivery(&mut self, delivery: Option<&Delivery>) {
        let Some(delivery) = delivery else { return };
        self.group("cac:Delivery", |o| {
            o.date("cbc:ActualDeliveryDate", delivery.date);
            o.group("cac:DeliveryLocation", |o| {
                o.identifier("cbc:ID", delivery.location.as_ref());
                o.address("cac:Address", delivery.address.as_ref());
            });
            o.group("cac:DeliveryParty", |o| {
                o.group("cac:PartyName", |o| o.optional("cbc:Name", delivery.party_name.as_ref()))
            });
        });
    }
}
