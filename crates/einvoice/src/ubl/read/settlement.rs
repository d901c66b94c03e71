//! BG-16 to BG-23: payment, allowances and charges, totals, VAT.

use rust_decimal::Decimal;

use crate::invoice::{
    CreditTransfer, DocumentAllowanceCharge, DocumentKind, Invoice, LineAllowanceCharge, PaymentCard,
    PaymentInstructions, Totals, VatBreakdown,
};
use crate::reader::{AllowanceTerms, Reader, trim};
use crate::xml::names::{attr, cac, cbc};
use crate::xml::{Name, NodeId};

const DOCUMENT_ALLOWANCE: AllowanceTerms = ["BT-92", "BT-93", "BT-94", "BT-97", "BT-98"];
const DOCUMENT_CHARGE: AllowanceTerms = ["BT-99", "BT-100", "BT-101", "BT-104", "BT-105"];

impl Reader<'_> {
    pub(super) fn payment_means(&mut self, id: NodeId, d: &mut Invoice) -> bool {
        let mut payment = d.payment.take().unwrap_or_default();
        let code = self
            .tree
            .child(id, cbc::PaymentMeansCode)
            .map(|c| trim(&self.tree.text(c)).to_owned())
            .unwrap_or_default();
        let has_account = self.tree.child(id, cac::PayeeFinancialAccount).is_some();
        let due_here = self.kind == DocumentKind::CreditNote;
        self.group(id, |r, c, name| match name {
            cbc::PaymentMeansCode => r.means_code(c, has_account, &mut payment),
            cbc::PaymentDueDate if due_here => r.date(c, "BT-9", &mut d.due_date),
            cbc::PaymentID => r.optional(c, "BT-83", &mut payment.remittance_information),
            cac::CardAccount => r.card(c, &mut payment.card),
            cac::PayeeFinancialAccount => r.account(c, &code, &mut payment),
            cac::PaymentMandate => {
                let debit = payment.direct_debit.get_or_insert_default();
                r.group(c, |r, c, name| match name {
                    cbc::ID => r.optional(c, "BT-89", &mut debit.mandate_reference),
                    cac::PayerFinancialAccount => {
                        r.within(c, cbc::ID, |r, c| r.optional(c, "BT-91", &mut debit.debited_account))
                    }
                    _ => false,
                });
                true
            }
            _ => false,
        });
        if payment.direct_debit == Some(crate::invoice::DirectDebit::default()) {
            payment.direct_debit = None;
        }
        d.payment = (payment != PaymentInstructions::default()).then_some(payment);
        true
    }

    fn means_code(&mut self, id: NodeId, has_account: bool, payment: &mut PaymentInstructions) -> bool {
        let code = self.leaf(id, &[attr::name]);
        if let Some(text) = self.attribute(id, attr::name) {
            self.set(id, "BT-82", text, &mut payment.means_text);
        }
        // A second code is kept with its account; without one there is no place for it.
        if payment.means_code.is_empty() || !has_account {
            self.keep(id, "BT-81", &code, &mut payment.means_code);
        }
        true
    }

    fn card(&mut self, id: NodeId, into: &mut Option<PaymentCard>) -> bool {
        let mut card = into.take().unwrap_or_default();
        self.group(id, |r, c, name| match name {
            cbc::PrimaryAccountNumberID => r.text(c, "BT-87", &mut card.account_number),
            cbc::NetworkID if trim(&r.tree.text(c)) == crate::ubl::NO_NETWORK => r.taken(c),
            cbc::NetworkID => r.optional(c, "BG-18", &mut card.network),
            cbc::HolderName => r.optional(c, "BT-88", &mut card.holder_name),
            _ => false,
        });
        *into = (card != PaymentCard::default()).then_some(card);
        true
    }

    fn account(&mut self, id: NodeId, code: &str, payment: &mut PaymentInstructions) -> bool {
        let mut transfer = CreditTransfer::default();
        self.group(id, |r, c, name| match name {
            cbc::ID => r.text(c, "BT-84", &mut transfer.account),
            cbc::Name => r.optional(c, "BT-85", &mut transfer.account_name),
            cac::FinancialInstitutionBranch => {
                r.within(c, cbc::ID, |r, c| r.optional(c, "BT-86", &mut transfer.service_provider))
            }
            _ => false,
        });
        if transfer != CreditTransfer::default() {
            transfer.means_code = Some(code.to_owned()).filter(|c| !c.is_empty());
            payment.credit_transfers.push(transfer);
        }
        true
    }

    /// Whether an `AllowanceCharge` is a charge; none if the indicator says neither.
    pub(super) fn is_charge(&self, id: NodeId) -> Option<bool> {
        match trim(&self.tree.text(self.tree.child(id, cbc::ChargeIndicator)?)) {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    pub(super) fn document_allowance(&mut self, id: NodeId, d: &mut Invoice) -> bool {
        let Some(charge) = self.is_charge(id) else {
            return false;
        };
        let terms = if charge { DOCUMENT_CHARGE } else { DOCUMENT_ALLOWANCE };
        let (mut basic, mut category, mut rate) = (LineAllowanceCharge::default(), String::new(), None);
        let [category_term, rate_term] = if charge { ["BT-102", "BT-103"] } else { ["BT-95", "BT-96"] };
        self.group(id, |r, c, name| match name {
            cac::TaxCategory if r.is_vat_category(c) => {
                r.category(c, category_term, rate_term, &mut category, &mut rate)
            }
            _ => r.allowance_part(c, name, terms, &mut basic),
        });
        let LineAllowanceCharge { amount, base_amount, percentage, reason, reason_code } = basic;
        let found = DocumentAllowanceCharge {
            amount,
            base_amount,
            percentage,
            vat_category: category,
            vat_rate: rate,
            reason,
            reason_code,
        };
        if found != DocumentAllowanceCharge::default() {
            if charge { &mut d.charges } else { &mut d.allowances }.push(found);
        }
        true
    }

    pub(super) fn allowance_part(
        &mut self,
        id: NodeId,
        name: Name,
        terms: AllowanceTerms,
        into: &mut LineAllowanceCharge,
    ) -> bool {
        match name {
            cbc::ChargeIndicator => {
                self.leaf(id, &[]);
                true
            }
            cbc::Amount => self.amount(id, terms[0], &mut into.amount),
            cbc::BaseAmount => self.amount(id, terms[1], &mut into.base_amount),
            cbc::MultiplierFactorNumeric => self.number(id, terms[2], &[], &mut into.percentage),
            cbc::AllowanceChargeReason => self.optional(id, terms[3], &mut into.reason),
            cbc::AllowanceChargeReasonCode => self.optional(id, terms[4], &mut into.reason_code),
            _ => false,
        }
    }

    /// Code and rate of a VAT category.
    pub(super) fn category(
        &mut self,
        id: NodeId,
        code_term: &str,
        rate_term: &str,
        code: &mut String,
        rate: &mut Option<Decimal>,
    ) -> bool {
        self.group(id, |r, c, name| match name {
            cbc::ID => r.text(c, code_term, code),
            cbc::Percent => r.number(c, rate_term, &[], rate),
            cac::TaxScheme => r.vat_scheme(c),
            _ => false,
        });
        true
    }

    pub(super) fn tax_total(&mut self, id: NodeId, d: &mut Invoice) -> bool {
        self.group(id, |r, c, name| match name {
            cbc::TaxAmount => {
                let currency = r.tree.attribute(c, attr::currencyID).map_or("", trim);
                if currency == r.currency {
                    r.number(c, "BT-110", &[attr::currencyID], &mut d.totals.vat)
                } else if currency == r.vat_currency {
                    r.number(c, "BT-111", &[attr::currencyID], &mut d.totals.vat_in_accounting_currency)
                } else {
                    false
                }
            }
            cac::TaxSubtotal => r.breakdown(c, &mut d.vat_breakdown),
            _ => false,
        });
        true
    }

    fn breakdown(&mut self, id: NodeId, into: &mut Vec<VatBreakdown>) -> bool {
        if !self.tree.children_named(id, cac::TaxCategory).any(|c| self.is_vat_category(c)) {
            return false;
        }
        let mut vat = VatBreakdown::default();
        self.group(id, |r, c, name| match name {
            cbc::TaxableAmount => r.amount(c, "BT-116", &mut vat.taxable_amount),
            cbc::TaxAmount => r.amount(c, "BT-117", &mut vat.tax_amount),
            cac::TaxCategory => {
                r.group(c, |r, c, name| match name {
                    cbc::ID => r.text(c, "BT-118", &mut vat.category),
                    cbc::Percent => r.number(c, "BT-119", &[], &mut vat.rate),
                    cbc::TaxExemptionReason => r.optional(c, "BT-120", &mut vat.exemption_reason),
                    cbc::TaxExemptionReasonCode => r.optional(c, "BT-121", &mut vat.exemption_reason_code),
                    cac::TaxScheme => r.vat_scheme(c),
                    _ => false,
                });
                true
            }
            _ => false,
        });
        if vat != VatBreakdown::default() {
            into.push(vat);
        }
        true
    }

    pub(super) fn totals(&mut self, id: NodeId, t: &mut Totals) -> bool {
        self.group(id, |r, c, name| match name {
            cbc::LineExtensionAmount => r.amount(c, "BT-106", &mut t.line_net),
            cbc::AllowanceTotalAmount => r.amount(c, "BT-107", &mut t.allowances),
            cbc::ChargeTotalAmount => r.amount(c, "BT-108", &mut t.charges),
            cbc::TaxExclusiveAmount => r.amount(c, "BT-109", &mut t.without_vat),
            cbc::TaxInclusiveAmount => r.amount(c, "BT-112", &mut t.with_vat),
            cbc::PrepaidAmount => r.amount(c, "BT-113", &mut t.paid),
            cbc::PayableRoundingAmount => r.amount(c, "BT-114", &mut t.rounding),
            cbc::PayableAmount => r.amount(c, "BT-115", &mut t.due),
            _ => false,
        });
        true
    }
}
