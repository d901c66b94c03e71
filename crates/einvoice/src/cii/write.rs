//! The invoice as CII D16B: context, document, agreement, delivery.

use jiff::civil::Date;

use super::PROJECT_NAME;
use crate::invoice::{Address, Contact, Delivery, Identifier, Invoice, SupportingDocument, encode_base64};
use crate::writer::{Out, Written};
use crate::xml::names::{qdt, ram, rsm, udt};

/// Writes the invoice as CII, UTF-8. Characters XML forbids become U+FFFD.
#[must_use]
pub fn write(invoice: &Invoice) -> Vec<u8> {
    write_reporting(invoice).xml
}

/// Like [`write`], and says what could not be written: CII has room for one preceding invoice only, and for a tax point
/// only in a VAT breakdown; it has none for the card network, and its type code decides what kind of document it is.
#[must_use]
pub fn write_reporting(invoice: &Invoice) -> Written {
    let mut out = Out::new(&invoice.currency);
    out.cross_industry_invoice(invoice);
    out.finish()
}

impl Out<'_> {
    fn cross_industry_invoice(&mut self, d: &Invoice) {
        let namespaces = [
            ("xmlns:rsm", rsm::NAMESPACE),
            ("xmlns:ram", ram::NAMESPACE),
            ("xmlns:udt", udt::NAMESPACE),
            ("xmlns:qdt", qdt::NAMESPACE),
        ];
        self.root("rsm:CrossIndustryInvoice", &namespaces, |o| {
            o.group("rsm:ExchangedDocumentContext", |o| {
                o.group("ram:BusinessProcessSpecifiedDocumentContextParameter", |o| {
                    o.optional("ram:ID", d.process.business_process.as_ref())
                });
                o.group("ram:GuidelineSpecifiedDocumentContextParameter", |o| {
                    o.text("ram:ID", &d.process.specification)
                });
            });
            o.group("rsm:ExchangedDocument", |o| {
                o.text("ram:ID", &d.number);
                o.text("ram:TypeCode", &d.type_code);
                o.compact_date("ram:IssueDateTime", d.issue_date);
                for note in &d.notes {
                    o.group("ram:IncludedNote", |o| {
                        o.text("ram:Content", &note.text);
                        o.optional("ram:SubjectCode", note.subject_code.as_ref());
                    });
                }
            });
            o.group("rsm:SupplyChainTradeTransaction", |o| {
                for line in &d.lines {
                    o.trade_line(line);
                }
                o.agreement(d);
                o.trade_delivery(d);
                o.trade_settlement(d);
            });
        });
    }

    /// A date in its wrapping element, in format 102.
    pub(super) fn compact_date(&mut self, name: &'static str, date: Option<Date>) {
        self.compact_date_as(name, "udt:DateTimeString", date);
    }

    pub(super) fn compact_date_as(&mut self, name: &'static str, inner: &'static str, date: Option<Date>) {
        if let Some(date) = date {
            let text = date.to_string().replace('-', "");
            self.group(name, |o| o.leaf(inner, &[("format", Some("102"))], &text));
        }
    }

    fn agreement(&mut self, d: &Invoice) {
        self.required("ram:ApplicableHeaderTradeAgreement", |o| {
            o.optional("ram:BuyerReference", d.buyer_reference.as_ref());
            let s = &d.seller;
            o.group("ram:SellerTradeParty", |o| {
                o.trade_identifiers(s.identifiers.iter());
                o.text("ram:Name", &s.name);
                o.optional("ram:Description", s.legal_information.as_ref());
                o.organization(s.legal_registration.as_ref(), s.trading_name.as_ref());
                o.trade_contact(s.contact.as_ref());
                o.trade_address(s.address.as_ref());
                o.electronic_address(s.electronic_address.as_ref());
                o.registration(s.vat_identifier.as_deref(), "VA");
                o.registration(s.tax_registration.as_ref().map(|r| r.value.as_str()), "FC");
            });
            let b = &d.buyer;
            o.group("ram:BuyerTradeParty", |o| {
                o.trade_identifiers(b.identifier.iter());
                o.text("ram:Name", &b.name);
                o.organization(b.legal_registration.as_ref(), b.trading_name.as_ref());
                o.trade_contact(b.contact.as_ref());
                o.trade_address(b.address.as_ref());
                o.electronic_address(b.electronic_address.as_ref());
                o.registration(b.vat_identifier.as_deref(), "VA");
            });
            if let Some(party) = &d.tax_representative {
                o.group("ram:SellerTaxRepresentativeTradeParty", |o| {
                    o.text("ram:Name", &party.name);
                    o.trade_address(party.address.as_ref());
                    o.registration(party.vat_identifier.as_deref(), "VA");
                });
            }
            o.referenced("ram:SellerOrderReferencedDocument", d.sales_order_reference.as_ref());
            o.referenced("ram:BuyerOrderReferencedDocument", d.purchase_order_reference.as_ref());
            o.referenced("ram:ContractReferencedDocument", d.contract_reference.as_ref());
            o.additional_documents(d);
            if let Some(project) = &d.project_reference {
                o.group("ram:SpecifiedProcuringProject", |o| {
                    o.text("ram:ID", project);
                    o.text("ram:Name", PROJECT_NAME);
                });
            }
        });
    }

    /// A group the schema requires, even when nothing is known of it.
    fn required(&mut self, name: &'static str, content: impl FnOnce(&mut Self)) {
        let before = self.len();
        self.group(name, content);
        if self.len() == before {
            self.empty(name);
        }
    }

    fn referenced(&mut self, name: &'static str, id: Option<&String>) {
        self.group(name, |o| o.optional("ram:IssuerAssignedID", id));
    }

    fn additional_documents(&mut self, d: &Invoice) {
        if let Some(tender) = &d.tender_reference {
            self.group("ram:AdditionalReferencedDocument", |o| {
                o.text("ram:IssuerAssignedID", tender);
                o.text("ram:TypeCode", "50");
            });
        }
        self.object(d.invoiced_object.as_ref());
        for SupportingDocument { reference, description, location, attachment } in &d.supporting_documents {
            self.group("ram:AdditionalReferencedDocument", |o| {
                o.text("ram:IssuerAssignedID", reference);
                o.optional("ram:URIID", location.as_ref());
                o.text("ram:TypeCode", "916");
                o.optional("ram:Name", description.as_ref());
                if let Some(a) = attachment {
                    let attributes =
                        [("mimeCode", a.mime_code.as_deref()), ("filename", a.filename.as_deref())];
                    o.raw_leaf("ram:AttachmentBinaryObject", &attributes, &encode_base64(&a.content));
                }
            });
        }
    }

    /// BT-18, BT-128.
    pub(super) fn object(&mut self, object: Option<&Identifier>) {
        if let Some(object) = object {
            self.group("ram:AdditionalReferencedDocument", |o| {
                o.text("ram:IssuerAssignedID", &object.value);
                o.text("ram:TypeCode", "130");
                o.optional("ram:ReferenceTypeCode", object.scheme.as_ref());
            });
        }
    }

    fn trade_delivery(&mut self, d: &Invoice) {
        let none = Delivery::default();
        let delivery = d.delivery.as_ref().unwrap_or(&none);
        self.required("ram:ApplicableHeaderTradeDelivery", |o| {
            o.group("ram:ShipToTradeParty", |o| {
                o.trade_identifiers(delivery.location.iter());
                o.optional("ram:Name", delivery.party_name.as_ref());
                o.trade_address(delivery.address.as_ref());
            });
            o.group("ram:ActualDeliverySupplyChainEvent", |o| {
                o.compact_date("ram:OccurrenceDateTime", delivery.date)
            });
            o.referenced("ram:DespatchAdviceReferencedDocument", d.despatch_advice_reference.as_ref());
            o.referenced("ram:ReceivingAdviceReferencedDocument", d.receiving_advice_reference.as_ref());
        });
    }

    /// Identifiers without scheme come first, as the schema has it.
    pub(super) fn trade_identifiers<'a>(&mut self, ids: impl Iterator<Item = &'a Identifier> + Clone) {
        for id in ids.clone().filter(|i| i.scheme.is_none()) {
            self.text("ram:ID", &id.value);
        }
        for id in ids.filter(|i| i.scheme.is_some()) {
            self.identifier("ram:GlobalID", Some(id));
        }
    }

    pub(super) fn organization(&mut self, registration: Option<&Identifier>, trading: Option<&String>) {
        self.group("ram:SpecifiedLegalOrganization", |o| {
            o.identifier("ram:ID", registration);
            o.optional("ram:TradingBusinessName", trading);
        });
    }

    fn electronic_address(&mut self, address: Option<&Identifier>) {
        self.group("ram:URIUniversalCommunication", |o| o.identifier("ram:URIID", address));
    }

    fn registration(&mut self, number: Option<&str>, scheme: &str) {
        if let Some(number) = number {
            self.group("ram:SpecifiedTaxRegistration", |o| {
                o.leaf("ram:ID", &[("schemeID", Some(scheme))], number)
            });
        }
    }

    fn trade_address(&mut self, address: Option<&Address>) {
        let Some(a) = address else { return };
        self.group("ram:PostalTradeAddress", |o| {
            o.optional("ram:PostcodeCode", a.post_code.as_ref());
            o.optional("ram:LineOne", a.line1.as_ref());
            o.optional("ram:LineTwo", a.line2.as_ref());
            o.optional("ram:LineThree", a.line3.as_ref());
            o.optional("ram:CityName", a.city.as_ref());
            o.optional("ram:CountryID", a.country.as_ref());
            o.optional("ram:CountrySubDivisionName", a.subdivision.as_ref());
        });
    }

    fn trade_contact(&mut self, contact: Option<&Contact>) {
        let Some(contact) = contact else { return };
        self.group("ram:DefinedTradeContact", |o| {
            o.optional("ram:PersonName", contact.name.as_ref());
            o.group("ram:TelephoneUniversalCommunication", |o| {
                o.optional("ram:CompleteNumber", contact.telephone.as_ref())
            });
            o.group("ram:EmailURIUniversalCommunication", |o| {
                o.optional("ram:URIID", contact.email.as_ref())
            });
        });
    }
}
