//! What the Peppol rules know of the whole document: process, currency, countries. Any of it can be an error; in a rule's
//! context that means no match, in its test it ends the run.

use super::Flavor;
use crate::rules::xpath::{Eval, Fault, Judged, both, normalize};
use crate::xml::names::{cac, cbc, cn, inv};
use crate::xml::{Name, NodeId};

pub(in crate::rules) struct Places {
    pub(super) flavor: Flavor,
    /// `01`, `02` or none.
    pub(super) process: Judged<Option<&'static str>>,
    /// By VAT number, tax representative, address.
    pub(super) supplier: Judged<String>,
    /// By VAT number or address, without the representative.
    pub(super) accounting_supplier: Judged<String>,
    pub(super) customer: Judged<String>,
    /// By address, upper case.
    pub(super) supplier_address: Judged<String>,
    pub(super) customer_address: Judged<String>,
    pub(super) representative_address: Judged<String>,
    /// By address of the invoice or credit note, as written.
    pub(super) supplier_written: Judged<String>,
    pub(super) customer_written: Judged<String>,
}

const FRANCE: [&str; 2] = ["urn:peppol:france:billing:regulated", "urn:peppol:france:billing:non-regulated"];
const BILLING_WITH_RESPONSE: &str = "urn:peppol:bis:billing_with_response";
const ADDRESS: [Name; 4] = [cac::Party, cac::PostalAddress, cac::Country, cbc::IdentificationCode];

impl Places {
    pub(super) fn of(e: Eval<'_>, flavor: Flavor) -> Self {
        let root = e.tree.root();
        let party = |name| e.kids(root, name).flat_map(|p| e.kids(p, cac::Party));
        let address = |name| e.kids(root, name).flat_map(|p| e.path4(p, ADDRESS));
        let suppliers = || address(cac::AccountingSupplierParty);
        let customers = || address(cac::AccountingCustomerParty);
        let vat = |parties: Vec<NodeId>| prefix(e, &parties);
        let of_supplier = || vat(party(cac::AccountingSupplierParty).collect());
        let upper = |nodes: Vec<NodeId>| e.normal(nodes.into_iter()).map(|c| c.to_uppercase());
        let by_address =
            |nodes: Vec<NodeId>| if nodes.is_empty() { Ok("XX".to_owned()) } else { upper(nodes) };
        let accounting_supplier =
            || of_supplier().and_then(|c| c.map_or_else(|| by_address(suppliers().collect()), Ok));
        let supplier = of_supplier().and_then(|c| match c {
            Some(country) => Ok(country),
            None => vat(e.kids(root, cac::TaxRepresentativeParty).collect())
                .and_then(|c| c.map_or_else(|| by_address(suppliers().collect()), Ok)),
        });
        let customer = vat(party(cac::AccountingCustomerParty).collect())
            .and_then(|c| c.map_or_else(|| by_address(customers().collect()), Ok));
        let is_ubl = matches!(e.tree.name(root), inv::Invoice | cn::CreditNote);
        let written = |nodes: Vec<NodeId>| {
            if is_ubl { e.string(nodes.into_iter()).map(|c| c.into_owned()) } else { Ok(String::new()) }
        };
        Self {
            flavor,
            process: e.normal(e.kids(root, cbc::ProfileID)).map(|p| process(flavor, &p)),
            supplier,
            accounting_supplier: accounting_supplier(),
            customer,
            supplier_address: upper(suppliers().collect()),
            customer_address: upper(customers().collect()),
            representative_address: upper(
                e.path4(
                    root,
                    [cac::TaxRepresentativeParty, cac::PostalAddress, cac::Country, cbc::IdentificationCode],
                )
                .collect(),
            ),
            supplier_written: written(suppliers().collect()),
            customer_written: written(customers().collect()),
        }
    }

    /// Both addresses in Germany.
    pub(in crate::rules) fn german(&self) -> Judged<bool> {
        both(is(&self.supplier_address, "DE"), is(&self.customer_address, "DE"))
    }

    pub(super) fn greek_sender(&self) -> Judged<bool> {
        greek(&self.supplier)
    }

    pub(super) fn greek_both(&self) -> Judged<bool> {
        both(greek(&self.supplier), greek(&self.customer))
    }
}

/// Whether a country is the given one; its error stays one.
pub(super) fn is(country: &Judged<String>, code: &str) -> Judged<bool> {
    country.as_ref().map(|c| c == code).map_err(Fault::clone)
}

pub(super) fn greek(country: &Judged<String>) -> Judged<bool> {
    Ok(is(country, "GR")? || is(country, "EL")?)
}

fn process(flavor: Flavor, id: &str) -> Option<&'static str> {
    let own = match flavor {
        Flavor::SelfBilling => "urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0",
        _ => "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
    };
    match id {
        id if id == own || FRANCE.contains(&id) => Some("01"),
        BILLING_WITH_RESPONSE => Some("02"),
        _ => None,
    }
}

/// The country prefix of the VAT number of some parties; none if there is none or it is empty.
fn prefix(e: Eval<'_>, parties: &[NodeId]) -> Judged<Option<String>> {
    let mut prefixes = vec![];
    for scheme in parties.iter().flat_map(|p| e.kids(*p, cac::PartyTaxScheme)) {
        if e.equals(e.path2(scheme, cac::TaxScheme, cbc::ID), "VAT") {
            prefixes.push(e.string(e.kids(scheme, cbc::CompanyID))?.chars().take(2).collect::<String>());
        }
    }
    match prefixes.as_slice() {
        [] => Ok(None),
        [one] if one.is_empty() => Ok(None),
        [one] => Ok(Some(normalize(one.as_str()).to_uppercase())),
        _ => Err(Fault("a party has more than one VAT number".to_owned())),
    }
}
