//! BG-4 to BG-12: the parties.

use crate::invoice::{Address, Buyer, Contact, Identifier, Invoice, Payee, TaxRepresentative};
use crate::ubl::OTHER_TAX_SCHEME;
use crate::writer::Out;

impl Out<'_> {
    pub(super) fn seller(&mut self, d: &Invoice) {
        let seller = &d.seller;
        let creditor = d
            .payment
            .as_ref()
            .and_then(|p| p.direct_debit.as_ref())
            .and_then(|d| d.creditor_identifier.as_ref());
        self.party("cac:AccountingSupplierParty", |o| {
            o.identifier("cbc:EndpointID", seller.electronic_address.as_ref());
            for id in &seller.identifiers {
                o.group("cac:PartyIdentification", |o| o.identifier("cbc:ID", Some(id)));
            }
            if let Some(creditor) = creditor {
                o.group("cac:PartyIdentification", |o| {
                    o.leaf("cbc:ID", &[("schemeID", Some("SEPA"))], creditor)
                });
            }
            o.group("cac:PartyName", |o| o.optional("cbc:Name", seller.trading_name.as_ref()));
            o.address("cac:PostalAddress", seller.address.as_ref());
            o.tax_scheme(seller.vat_identifier.as_deref(), "VAT");
            if let Some(Identifier { value, scheme, .. }) = &seller.tax_registration {
                o.tax_scheme(Some(value), scheme.as_deref().unwrap_or(OTHER_TAX_SCHEME));
            }
            o.group("cac:PartyLegalEntity", |o| {
                o.text("cbc:RegistrationName", &seller.name);
                o.identifier("cbc:CompanyID", seller.legal_registration.as_ref());
                o.optional("cbc:CompanyLegalForm", seller.legal_information.as_ref());
            });
            o.contact(seller.contact.as_ref());
        });
    }

    pub(super) fn buyer(&mut self, buyer: &Buyer) {
        self.party("cac:AccountingCustomerParty", |o| {
            o.identifier("cbc:EndpointID", buyer.electronic_address.as_ref());
            o.group("cac:PartyIdentification", |o| o.identifier("cbc:ID", buyer.identifier.as_ref()));
            o.group("cac:PartyName", |o| o.optional("cbc:Name", buyer.trading_name.as_ref()));
            o.address("cac:PostalAddress", buyer.address.as_ref());
            o.tax_scheme(buyer.vat_identifier.as_deref(), "VAT");
            o.group("cac:PartyLegalEntity", |o| {
                o.text("cbc:RegistrationName", &buyer.name);
                o.identifier("cbc:CompanyID", buyer.legal_registration.as_ref());
            });
            o.contact(buyer.contact.as_ref());
        });
    }

    /// A party the schema requires, even when nothing is known of it.
    fn party(&mut self, name: &'static str, content: impl FnOnce(&mut Self)) {
        self.group(name, |o| {
            let mut written = false;
            o.group("cac:Party", |o| {
                let before = o.len();
                content(o);
                written = o.len() != before;
            });
            if !written {
                o.empty("cac:Party");
            }
        });
    }

    pub(super) fn payee(&mut self, payee: Option<&Payee>) {
        let Some(payee) = payee else { return };
        self.group("cac:PayeeParty", |o| {
            o.group("cac:PartyIdentification", |o| o.identifier("cbc:ID", payee.identifier.as_ref()));
            o.group("cac:PartyName", |o| o.text("cbc:Name", &payee.name));
            o.group("cac:PartyLegalEntity", |o| {
                o.identifier("cbc:CompanyID", payee.legal_registration.as_ref())
            });
        });
    }

    pub(super) fn representative(&mut self, party: Option<&TaxRepresentative>) {
        let Some(party) = party else { return };
        self.group("cac:TaxRepresentativeParty", |o| {
            o.group("cac:PartyName", |o| o.text("cbc:Name", &party.name));
            o.address("cac:PostalAddress", party.address.as_ref());
            o.tax_scheme(party.vat_identifier.as_deref(), "VAT");
        });
    }

    fn tax_scheme(&mut self, company: Option<&str>, scheme: &str) {
        if let Some(company) = company.filter(|c| !c.is_empty()) {
            self.group("cac:PartyTaxScheme", |o| {
                o.text("cbc:CompanyID", company);
                o.group("cac:TaxScheme", |o| o.text("cbc:ID", scheme));
            });
        }
    }

    pub(super) fn address(&mut self, name: &'static str, address: Option<&Address>) {
        let Some(a) = address else { return };
        self.group(name, |o| {
            o.optional("cbc:StreetName", a.line1.as_ref());
            o.optional("cbc:AdditionalStreetName", a.line2.as_ref());
            o.optional("cbc:CityName", a.city.as_ref());
            o.optional("cbc:PostalZone", a.post_code.as_ref());
            o.optional("cbc:CountrySubentity", a.subdivision.as_ref());
            o.group("cac:AddressLine", |o| o.optional("cbc:Line", a.line3.as_ref()));
            o.group("cac:Country", |o| o.optional("cbc:IdentificationCode", a.country.as_ref()));
        });
    }

    fn contact(&mut self, contact: Option<&Contact>) {
        let Some(contact) = contact else { return };
        self.group("cac:Contact", |o| {
            o.optional("cbc:Name", contact.name.as_ref());
            o.optional("cbc:Telephone", contact.telephone.as_ref());
            o.optional("cbc:ElectronicMail", contact.email.as_ref());
        });
    }
}
