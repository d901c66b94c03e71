//! Elements that rules look for anywhere in the document, found in one pass.

use crate::xml::names::{cac, cbc};
use crate::xml::{NodeId, Tree};

/// Where the elements of `//name` steps are.
#[derive(Debug, Default)]
pub(in crate::rules) struct Index {
    pub(in crate::rules) suppliers: Vec<NodeId>,
    pub(in crate::rules) customers: Vec<NodeId>,
    pub(in crate::rules) representatives: Vec<NodeId>,
    pub(in crate::rules) invoice_lines: Vec<NodeId>,
    pub(in crate::rules) credit_lines: Vec<NodeId>,
    pub(in crate::rules) allowances: Vec<NodeId>,
    pub(in crate::rules) categories: Vec<NodeId>,
    pub(in crate::rules) classified: Vec<NodeId>,
    pub(in crate::rules) tax_totals: Vec<NodeId>,
    pub(in crate::rules) payment_means: Vec<NodeId>,
    pub(in crate::rules) countries: Vec<NodeId>,
    pub(in crate::rules) payment_ids: Vec<NodeId>,
    pub(in crate::rules) payment_codes: Vec<NodeId>,
    pub(in crate::rules) party_ids: Vec<NodeId>,
}

impl Index {
    pub(in crate::rules) fn of(tree: &Tree) -> Self {
        let mut index = Self::default();
        for id in tree.subtree(tree.root()) {
            match tree.name(id) {
                cac::AccountingSupplierParty => index.suppliers.push(id),
                cac::AccountingCustomerParty => index.customers.push(id),
                cac::TaxRepresentativeParty => index.representatives.push(id),
                cac::InvoiceLine => index.invoice_lines.push(id),
                cac::CreditNoteLine => index.credit_lines.push(id),
                cac::AllowanceCharge => index.allowances.push(id),
                cac::TaxCategory => index.categories.push(id),
                cac::ClassifiedTaxCategory => index.classified.push(id),
                cac::TaxTotal => index.tax_totals.push(id),
                cac::PaymentMeans => index.payment_means.push(id),
                cac::PartyIdentification => index.party_ids.push(id),
                cbc::IdentificationCode => index.countries.push(id),
                cbc::PaymentID => index.payment_ids.push(id),
                cbc::PaymentMeansCode => index.payment_codes.push(id),
                _ => {}
            }
        }
        index
    }
}
