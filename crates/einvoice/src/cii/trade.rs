//! The parties.

use crate::invoice::{Address, Buyer, Contact, Identifier, Payee, Seller, TaxRepresentative};
use crate::reader::{AddressTerms, Reader};
use crate::xml::names::{attr, ram};
use crate::xml::{Name, NodeId};

const SELLER_ADDRESS: AddressTerms = ["BT-35", "BT-36", "BT-162", "BT-37", "BT-38", "BT-39", "BT-40"];
const BUYER_ADDRESS: AddressTerms = ["BT-50", "BT-51", "BT-163", "BT-52", "BT-53", "BT-54", "BT-55"];
const REPRESENTATIVE_ADDRESS: AddressTerms = ["BT-64", "BT-65", "BT-164", "BT-66", "BT-67", "BT-68", "BT-69"];
pub(super) const DELIVERY_ADDRESS: AddressTerms =
    ["BT-75", "BT-76", "BT-165", "BT-77", "BT-78", "BT-79", "BT-80"];

impl Reader<'_> {
    pub(super) fn trade_seller(&mut self, id: NodeId, seller: &mut Seller) -> bool {
        self.group(id, |r, c, name| match name {
            ram::ID | ram::GlobalID => {
                seller.identifiers.extend(r.identifier(c));
                true
            }
            ram::Name => r.text(c, "BT-27", &mut seller.name),
            ram::Description => r.optional(c, "BT-33", &mut seller.legal_information),
            ram::SpecifiedLegalOrganization => r.organization(
                c,
                ["BT-30", "BT-28"],
                &mut seller.legal_registration,
                Some(&mut seller.trading_name),
            ),
            ram::DefinedTradeContact => r.trade_contact(c, ["BT-41", "BT-42", "BT-43"], &mut seller.contact),
            ram::PostalTradeAddress => r.trade_address(c, SELLER_ADDRESS, &mut seller.address),
            ram::URIUniversalCommunication => {
                r.within(c, ram::URIID, |r, c| r.set_identifier(c, "BT-34", &mut seller.electronic_address))
            }
            ram::SpecifiedTaxRegistration => {
                r.registration(c, "BT-31", &mut seller.vat_identifier, Some(&mut seller.tax_registration))
            }
            _ => false,
        });
        true
    }

    pub(super) fn trade_buyer(&mut self, id: NodeId, buyer: &mut Buyer) -> bool {
        self.group(id, |r, c, name| match name {
            ram::ID | ram::GlobalID => r.set_identifier(c, "BT-46", &mut buyer.identifier),
            ram::Name => r.text(c, "BT-44", &mut buyer.name),
            ram::SpecifiedLegalOrganization => r.organization(
                c,
                ["BT-47", "BT-45"],
                &mut buyer.legal_registration,
                Some(&mut buyer.trading_name),
            ),
            ram::DefinedTradeContact => r.trade_contact(c, ["BT-56", "BT-57", "BT-58"], &mut buyer.contact),
            ram::PostalTradeAddress => r.trade_address(c, BUYER_ADDRESS, &mut buyer.address),
            ram::URIUniversalCommunication => {
                r.within(c, ram::URIID, |r, c| r.set_identifier(c, "BT-49", &mut buyer.electronic_address))
            }
            ram::SpecifiedTaxRegistration => r.registration(c, "BT-48", &mut buyer.vat_identifier, None),
            _ => false,
        });
        true
    }

    pub(super) fn trade_payee(&mut self, id: NodeId, into: &mut Option<Payee>) -> bool {
        let mut payee = into.take().unwrap_or_default();
        self.group(id, |r, c, name| match name {
            ram::ID | ram::GlobalID => r.set_identifier(c, "BT-60", &mut payee.identifier),
            ram::Name => r.text(c, "BT-59", &mut payee.name),
            ram::SpecifiedLegalOrganization => {
                r.organization(c, ["BT-61", ""], &mut payee.legal_registration, None)
            }
            _ => false,
        });
        *into = (payee != Payee::default()).then_some(payee);
        true
    }

    pub(super) fn trade_representative(&mut self, id: NodeId, into: &mut Option<TaxRepresentative>) -> bool {
        let mut party = into.take().unwrap_or_default();
        self.group(id, |r, c, name| match name {
            ram::Name => r.text(c, "BT-62", &mut party.name),
            ram::PostalTradeAddress => r.trade_address(c, REPRESENTATIVE_ADDRESS, &mut party.address),
            ram::SpecifiedTaxRegistration => r.registration(c, "BT-63", &mut party.vat_identifier, None),
            _ => false,
        });
        *into = (party != TaxRepresentative::default()).then_some(party);
        true
    }

    fn organization(
        &mut self,
        id: NodeId,
        terms: [&str; 2],
        registration: &mut Option<Identifier>,
        mut trading: Option<&mut Option<String>>,
    ) -> bool {
        self.group(id, |r, c, name| match name {
            ram::ID => r.set_identifier(c, terms[0], registration),
            ram::TradingBusinessName => trading.as_deref_mut().is_some_and(|t| r.optional(c, terms[1], t)),
            _ => false,
        });
        true
    }

    /// A tax registration: scheme VA is the VAT identifier, FC (of the seller) another one.
    fn registration(
        &mut self,
        id: NodeId,
        term: &str,
        vat: &mut Option<String>,
        mut other: Option<&mut Option<Identifier>>,
    ) -> bool {
        self.within(id, ram::ID, |r, c| {
            let scheme = r.attribute(c, attr::schemeID).unwrap_or_default();
            let known = scheme == "VA" || (scheme == "FC" && other.is_some());
            if !known {
                return false;
            }
            let value = r.leaf(c, &[attr::schemeID]).into_owned();
            match (&*scheme, other.as_deref_mut()) {
                _ if value.is_empty() => {}
                ("VA", _) => r.set(c, term, value, vat),
                (_, Some(other)) => r.set(c, "BT-32", Identifier::plain(value), other),
                _ => {}
            }
            true
        })
    }

    pub(super) fn trade_address(
        &mut self,
        id: NodeId,
        terms: AddressTerms,
        into: &mut Option<Address>,
    ) -> bool {
        let mut a = into.take().unwrap_or_default();
        self.group(id, |r, c, name: Name| match name {
            ram::LineOne => r.optional(c, terms[0], &mut a.line1),
            ram::LineTwo => r.optional(c, terms[1], &mut a.line2),
            ram::LineThree => r.optional(c, terms[2], &mut a.line3),
            ram::CityName => r.optional(c, terms[3], &mut a.city),
            ram::PostcodeCode => r.optional(c, terms[4], &mut a.post_code),
            ram::CountrySubDivisionName => r.optional(c, terms[5], &mut a.subdivision),
            ram::CountryID => r.optional(c, terms[6], &mut a.country),
            _ => false,
        });
        *into = (a != Address::default()).then_some(a);
        true
    }

    fn trade_contact(&mut self, id: NodeId, terms: [&str; 3], into: &mut Option<Contact>) -> bool {
        let mut contact = into.take().unwrap_or_default();
        self.group(id, |r, c, name| match name {
            ram::PersonName | ram::DepartmentName => r.optional(c, terms[0], &mut contact.name),
            ram::TelephoneUniversalCommunication => {
                r.within(c, ram::CompleteNumber, |r, c| r.optional(c, terms[1], &mut contact.telephone))
            }
            ram::EmailURIUniversalCommunication => {
                r.within(c, ram::URIID, |r, c| r.optional(c, terms[2], &mut contact.email))
            }
            _ => false,
        });
        *into = (contact != Contact::default()).then_some(contact);
        true
    }
}
