//! BG-4 to BG-12: the parties.

use crate::invoice::{Address, Buyer, Contact, Identifier, Payee, Seller, TaxRepresentative};
use crate::reader::{AddressTerms, Reader, trim};
use crate::xml::names::{cac, cbc};
use crate::xml::{Name, NodeId};

pub(super) const SELLER_ADDRESS: AddressTerms =
    ["BT-35", "BT-36", "BT-162", "BT-37", "BT-38", "BT-39", "BT-40"];
const BUYER_ADDRESS: AddressTerms = ["BT-50", "BT-51", "BT-163", "BT-52", "BT-53", "BT-54", "BT-55"];
const REPRESENTATIVE_ADDRESS: AddressTerms = ["BT-64", "BT-65", "BT-164", "BT-66", "BT-67", "BT-68", "BT-69"];
pub(super) const DELIVERY_ADDRESS: AddressTerms =
    ["BT-75", "BT-76", "BT-165", "BT-77", "BT-78", "BT-79", "BT-80"];

impl Reader<'_> {
    /// Seller; also gives the creditor identifier (BT-90) that UBL keeps among the party's identifiers.
    pub(super) fn seller(&mut self, id: NodeId, seller: &mut Seller, creditor: &mut Option<String>) -> bool {
        self.group(id, |r, child, name| match name {
            cac::Party => {
                r.group(child, |r, c, name| r.seller_part(c, name, seller, creditor));
                true
            }
            _ => false,
        });
        true
    }

    fn seller_part(
        &mut self,
        id: NodeId,
        name: Name,
        seller: &mut Seller,
        creditor: &mut Option<String>,
    ) -> bool {
        match name {
            cbc::EndpointID => self.set_identifier(id, "BT-34", &mut seller.electronic_address),
            cac::PartyIdentification => self.within(id, cbc::ID, |r, c| {
                r.party_identification(c, creditor, |r, _, v| {
                    let _ = r;
                    seller.identifiers.push(v);
                })
            }),
            cac::PartyName => {
                self.within(id, cbc::Name, |r, c| r.optional(c, "BT-28", &mut seller.trading_name))
            }
            cac::PostalAddress => self.address(id, SELLER_ADDRESS, &mut seller.address),
            cac::PartyTaxScheme => {
                self.tax_scheme(id, "BT-31", &mut seller.vat_identifier, Some(&mut seller.tax_registration))
            }
            cac::PartyLegalEntity => {
                self.group(id, |r, c, name| match name {
                    cbc::RegistrationName => r.text(c, "BT-27", &mut seller.name),
                    cbc::CompanyID => r.set_identifier(c, "BT-30", &mut seller.legal_registration),
                    cbc::CompanyLegalForm => r.optional(c, "BT-33", &mut seller.legal_information),
                    _ => false,
                });
                true
            }
            cac::Contact => self.contact(id, ["BT-41", "BT-42", "BT-43"], &mut seller.contact),
            _ => false,
        }
    }

    pub(super) fn buyer(&mut self, id: NodeId, buyer: &mut Buyer) -> bool {
        self.group(id, |r, child, name| match name {
            cac::Party => {
                r.group(child, |r, c, name| r.buyer_part(c, name, buyer));
                true
            }
            _ => false,
        });
        true
    }

    fn buyer_part(&mut self, id: NodeId, name: Name, buyer: &mut Buyer) -> bool {
        match name {
            cbc::EndpointID => self.set_identifier(id, "BT-49", &mut buyer.electronic_address),
            cac::PartyIdentification => {
                self.within(id, cbc::ID, |r, c| r.set_identifier(c, "BT-46", &mut buyer.identifier))
            }
            cac::PartyName => {
                self.within(id, cbc::Name, |r, c| r.optional(c, "BT-45", &mut buyer.trading_name))
            }
            cac::PostalAddress => self.address(id, BUYER_ADDRESS, &mut buyer.address),
            cac::PartyTaxScheme => self.tax_scheme(id, "BT-48", &mut buyer.vat_identifier, None),
            cac::PartyLegalEntity => {
                self.group(id, |r, c, name| match name {
                    cbc::RegistrationName => r.text(c, "BT-44", &mut buyer.name),
                    cbc::CompanyID => r.set_identifier(c, "BT-47", &mut buyer.legal_registration),
                    _ => false,
                });
                true
            }
            cac::Contact => self.contact(id, ["BT-56", "BT-57", "BT-58"], &mut buyer.contact),
            _ => false,
        }
    }

    pub(super) fn payee(
        &mut self,
        id: NodeId,
        into: &mut Option<Payee>,
        creditor: &mut Option<String>,
    ) -> bool {
        let mut payee = into.take().unwrap_or_default();
        self.group(id, |r, c, name| match name {
            cac::PartyIdentification => r.within(c, cbc::ID, |r, c| {
                r.party_identification(c, creditor, |r, c, v| r.set(c, "BT-60", v, &mut payee.identifier))
            }),
            cac::PartyName => r.within(c, cbc::Name, |r, c| r.text(c, "BT-59", &mut payee.name)),
            cac::PartyLegalEntity => r.within(c, cbc::CompanyID, |r, c| {
                r.set_identifier(c, "BT-61", &mut payee.legal_registration)
            }),
            _ => false,
        });
        *into = (payee != Payee::default()).then_some(payee);
        true
    }

    pub(super) fn representative(&mut self, id: NodeId, into: &mut Option<TaxRepresentative>) -> bool {
        let mut party = into.take().unwrap_or_default();
        self.group(id, |r, c, name| match name {
            cac::PartyName => r.within(c, cbc::Name, |r, c| r.text(c, "BT-62", &mut party.name)),
            cac::PostalAddress => r.address(c, REPRESENTATIVE_ADDRESS, &mut party.address),
            cac::PartyTaxScheme => r.tax_scheme(c, "BT-63", &mut party.vat_identifier, None),
            _ => false,
        });
        *into = (party != TaxRepresentative::default()).then_some(party);
        true
    }

    fn party_identification(
        &mut self,
        id: NodeId,
        creditor: &mut Option<String>,
        mut take: impl FnMut(&mut Self, NodeId, Identifier),
    ) -> bool {
        if let Some(found) = self.identifier(id) {
            if found.scheme.as_deref().is_some_and(|s| s.eq_ignore_ascii_case("SEPA")) {
                self.set(id, "BT-90", found.value, creditor);
            } else {
                take(self, id, found);
            }
        }
        true
    }

    /// A tax registration: the VAT identifier, or (of the seller) another one with its tax scheme.
    fn tax_scheme(
        &mut self,
        id: NodeId,
        term: &str,
        vat: &mut Option<String>,
        other: Option<&mut Option<Identifier>>,
    ) -> bool {
        let tree = self.tree;
        let scheme_id = tree.find(id, &[cac::TaxScheme, cbc::ID]);
        let scheme = scheme_id.map_or(String::new(), |s| trim(&tree.text(s)).to_owned());
        let is_vat = scheme.eq_ignore_ascii_case("VAT");
        let known =
            tree.child(id, cbc::CompanyID).is_some() && !scheme.is_empty() && (is_vat || other.is_some());
        if !known {
            return false;
        }
        let mut found = None;
        self.group(id, |r, c, name| match name {
            cbc::CompanyID => r.optional(c, if is_vat { term } else { "BT-32" }, &mut found),
            cac::TaxScheme => {
                r.group(c, |r, c, _| {
                    scheme_id == Some(c) && {
                        r.leaf(c, &[]);
                        true
                    }
                });
                true
            }
            _ => false,
        });
        match (found, other) {
            (Some(value), _) if is_vat => self.set(id, term, value, vat),
            (Some(value), Some(other)) => {
                let scheme = (scheme != crate::ubl::OTHER_TAX_SCHEME).then_some(scheme);
                self.set(id, "BT-32", Identifier { value, scheme, version: None }, other);
            }
            _ => {}
        }
        true
    }

    pub(super) fn address(&mut self, id: NodeId, terms: AddressTerms, into: &mut Option<Address>) -> bool {
        let mut a = into.take().unwrap_or_default();
        self.group(id, |r, c, name| match name {
            cbc::StreetName => r.optional(c, terms[0], &mut a.line1),
            cbc::AdditionalStreetName => r.optional(c, terms[1], &mut a.line2),
            cac::AddressLine => r.within(c, cbc::Line, |r, c| r.optional(c, terms[2], &mut a.line3)),
            cbc::CityName => r.optional(c, terms[3], &mut a.city),
            cbc::PostalZone => r.optional(c, terms[4], &mut a.post_code),
            cbc::CountrySubentity => r.optional(c, terms[5], &mut a.subdivision),
            cac::Country => {
                r.within(c, cbc::IdentificationCode, |r, c| r.optional(c, terms[6], &mut a.country))
            }
            _ => false,
        });
        *into = (a != Address::default()).then_some(a);
        true
    }

    fn contact(&mut self, id: NodeId, terms: [&str; 3], into: &mut Option<Contact>) -> bool {
        let mut contact = into.take().unwrap_or_default();
        self.group(id, |r, c, name| match name {
            cbc::Name => r.optional(c, terms[0], &mut contact.name),
            cbc::Telephone => r.optional(c, terms[1], &mut contact.telephone),
            cbc::ElectronicMail => r.optional(c, terms[2], &mut contact.email),
            _ => false,
        });
        *into = (contact != Contact::default()).then_some(contact);
        true
    }

    /// Whether a tax category of any kind is one of VAT.
    pub(super) fn is_vat_category(&self, id: NodeId) -> bool {
        self.tree
            .children_named(id, cac::TaxScheme)
            .flat_map(|s| self.tree.children_named(s, cbc::ID))
            .any(|s| trim(&self.tree.text(s)).eq_ignore_ascii_case("VAT"))
    }

    /// `TaxScheme` of a VAT category: says VAT and nothing else.
    pub(super) fn vat_scheme(&mut self, id: NodeId) -> bool {
        self.within(id, cbc::ID, |r, c| {
            if trim(&r.tree.text(c)).eq_ignore_ascii_case("VAT") {
                r.leaf(c, &[]);
                return true;
            }
            false
        })
    }
}
