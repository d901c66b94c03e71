//! Settlement: payment, allowances and charges, VAT, totals.

use super::TAX_POINT_CODES;
use crate::invoice::{
    CreditTransfer, Delivery, DocumentAllowanceCharge, Invoice, LineAllowanceCharge, PaymentCard,
    PaymentInstructions, Period, PrecedingInvoice, Totals, VatBreakdown,
};
use crate::problem::Flag;
use crate::reader::{AllowanceTerms, Reader, trim};
use crate::xml::names::{attr, ram, udt};
use crate::xml::{Name, NodeId};

const ALLOWANCE: AllowanceTerms = ["BT-92", "BT-93", "BT-94", "BT-97", "BT-98"];
const CHARGE: AllowanceTerms = ["BT-99", "BT-100", "BT-101", "BT-104", "BT-105"];

impl Reader<'_> {
    pub(super) fn trade_settlement(&mut self, id: NodeId, delivery: &mut Delivery, d: &mut Invoice) -> bool {
        let mut payment = PaymentInstructions::default();
        let mut debit = crate::invoice::DirectDebit::default();
        self.group(id, |r, c, name| match name {
            ram::CreditorReferenceID => r.optional(c, "BT-90", &mut debit.creditor_identifier),
            ram::PaymentReference => r.optional(c, "BT-83", &mut payment.remittance_information),
            ram::TaxCurrencyCode => r.optional(c, "BT-6", &mut d.vat_currency),
            ram::InvoiceCurrencyCode => r.text(c, "BT-5", &mut d.currency),
            ram::PayeeTradeParty => r.trade_payee(c, &mut d.payee),
            ram::SpecifiedTradeSettlementPaymentMeans => {
                r.trade_means(c, &mut payment, &mut debit.debited_account)
            }
            ram::ApplicableTradeTax => r.trade_tax(c, d),
            ram::BillingSpecifiedPeriod => r.trade_period(c, ["BT-73", "BT-74"], &mut delivery.period),
            ram::SpecifiedTradeAllowanceCharge => r.trade_allowance(c, d),
            ram::SpecifiedTradePaymentTerms => {
                r.group(c, |r, c, name| match name {
                    ram::Description => r.prose(c, "BT-20", &mut d.payment_terms),
                    ram::DueDateDateTime => r.compact_date(c, "BT-9", &mut d.due_date),
                    ram::DirectDebitMandateID => r.optional(c, "BT-89", &mut debit.mandate_reference),
                    _ => false,
                });
                true
            }
            ram::SpecifiedTradeSettlementHeaderMonetarySummation => r.summation(c, &mut d.totals),
            ram::InvoiceReferencedDocument => r.preceding(c, &mut d.preceding_invoices),
            ram::ReceivableSpecifiedTradeAccountingAccount => {
                r.within(c, ram::ID, |r, c| r.optional(c, "BT-19", &mut d.buyer_accounting_reference))
            }
            _ => false,
        });
        for transfer in &mut payment.credit_transfers {
            if transfer.means_code.as_deref() == Some(payment.means_code.as_str()) {
                transfer.means_code = None;
            }
        }
        payment.direct_debit = (debit != crate::invoice::DirectDebit::default()).then_some(debit);
        d.payment = (payment != PaymentInstructions::default()).then_some(payment);
        true
    }

    fn preceding(&mut self, id: NodeId, into: &mut Vec<PrecedingInvoice>) -> bool {
        let mut preceding = PrecedingInvoice::default();
        self.group(id, |r, c, name| match name {
            ram::IssuerAssignedID => r.text(c, "BT-25", &mut preceding.number),
            ram::FormattedIssueDateTime => r.compact_date(c, "BT-26", &mut preceding.issue_date),
            _ => false,
        });
        if preceding != PrecedingInvoice::default() {
            into.push(preceding);
        }
        true
    }

    fn trade_means(
        &mut self,
        id: NodeId,
        payment: &mut PaymentInstructions,
        debited: &mut Option<String>,
    ) -> bool {
        let code = self
            .tree
            .child(id, ram::TypeCode)
            .map(|c| trim(&self.tree.text(c)).to_owned())
            .unwrap_or_default();
        let has_account = self
            .tree
            .child(id, ram::PayeePartyCreditorFinancialAccount)
            .or(self.tree.child(id, ram::PayeeSpecifiedCreditorFinancialInstitution))
            .is_some();
        let mut transfer = CreditTransfer::default();
        self.group(id, |r, c, name| match name {
            // A second code is kept with its account; without one there is no place for it.
            ram::TypeCode if payment.means_code.is_empty() || !has_account => {
                r.text(c, "BT-81", &mut payment.means_code)
            }
            ram::TypeCode => r.taken(c),
            ram::Information => r.optional(c, "BT-82", &mut payment.means_text),
            ram::ApplicableTradeSettlementFinancialCard => r.trade_card(c, &mut payment.card),
            ram::PayerPartyDebtorFinancialAccount => {
                r.within(c, ram::IBANID, |r, c| r.optional(c, "BT-91", debited))
            }
            ram::PayeePartyCreditorFinancialAccount => {
                r.group(c, |r, c, name| match name {
                    ram::IBANID | ram::ProprietaryID => r.text(c, "BT-84", &mut transfer.account),
                    ram::AccountName => r.optional(c, "BT-85", &mut transfer.account_name),
                    _ => false,
                });
                true
            }
            ram::PayeeSpecifiedCreditorFinancialInstitution => {
                r.within(c, ram::BICID, |r, c| r.optional(c, "BT-86", &mut transfer.service_provider))
            }
            _ => false,
        });
        if transfer != CreditTransfer::default() {
            transfer.means_code = Some(code).filter(|c| !c.is_empty());
            payment.credit_transfers.push(transfer);
        }
        true
    }

    fn trade_card(&mut self, id: NodeId, into: &mut Option<PaymentCard>) -> bool {
        let mut card = into.take().unwrap_or_default();
        self.group(id, |r, c, name| match name {
            ram::ID => r.text(c, "BT-87", &mut card.account_number),
            ram::CardholderName => r.optional(c, "BT-88", &mut card.holder_name),
            _ => false,
        });
        *into = (card != PaymentCard::default()).then_some(card);
        true
    }

    /// Whether a tax or tax category is one of VAT.
    pub(super) fn is_vat(&self, id: NodeId) -> bool {
        self.tree
            .children_named(id, ram::TypeCode)
            .any(|t| trim(&self.tree.text(t)).eq_ignore_ascii_case("VAT"))
    }

    fn trade_tax(&mut self, id: NodeId, d: &mut Invoice) -> bool {
        let vat_tax = self.is_vat(id);
        let mut vat = VatBreakdown::default();
        self.group(id, |r, c, name| match name {
            ram::TaxPointDate => r.compact_date(c, "BT-7", &mut d.tax_point_date),
            ram::DueDateTypeCode => r.tax_point_code(c, &mut d.tax_point_date_code),
            _ if !vat_tax => false,
            ram::TypeCode => r.taken(c),
            ram::CalculatedAmount => r.amount(c, "BT-117", &mut vat.tax_amount),
            ram::BasisAmount => r.amount(c, "BT-116", &mut vat.taxable_amount),
            ram::CategoryCode => r.text(c, "BT-118", &mut vat.category),
            ram::RateApplicablePercent => r.number(c, "BT-119", &[], &mut vat.rate),
            ram::ExemptionReason => r.optional(c, "BT-120", &mut vat.exemption_reason),
            ram::ExemptionReasonCode => r.optional(c, "BT-121", &mut vat.exemption_reason_code),
            _ => false,
        });
        if vat != VatBreakdown::default() {
            d.vat_breakdown.push(vat);
        }
        true
    }

    fn tax_point_code(&mut self, id: NodeId, into: &mut Option<String>) -> bool {
        let code = self.leaf(id, &[]);
        match TAX_POINT_CODES.iter().find(|(cii, _)| *cii == code) {
            Some((_, code)) => self.set(id, "BT-8", (*code).to_owned(), into),
            None if code.is_empty() => {}
            None => {
                let message = format!("BT-8 is {code:?}, which is none of the codes EN 16931 uses.");
                self.issue(id, "unknown_code", Flag::Warning, "BT-8", message, "Use 5, 29 or 72.");
                self.unmap(self.tree.path(id), &code);
            }
        }
        true
    }

    pub(super) fn trade_period(&mut self, id: NodeId, terms: [&str; 2], into: &mut Option<Period>) -> bool {
        let mut period = into.take().unwrap_or_default();
        self.group(id, |r, c, name| match name {
            ram::StartDateTime => r.compact_date(c, terms[0], &mut period.start),
            ram::EndDateTime => r.compact_date(c, terms[1], &mut period.end),
            _ => false,
        });
        *into = (period != Period::default()).then_some(period);
        true
    }

    /// Whether an allowance or charge is a charge; none if the indicator says neither.
    pub(super) fn is_trade_charge(&self, id: NodeId) -> Option<bool> {
        match trim(&self.tree.text(self.tree.find(id, &[ram::ChargeIndicator, udt::Indicator])?)) {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    fn trade_allowance(&mut self, id: NodeId, d: &mut Invoice) -> bool {
        let Some(charge) = self.is_trade_charge(id) else { return false };
        let terms = if charge { CHARGE } else { ALLOWANCE };
        let [category_term, rate_term] = if charge { ["BT-102", "BT-103"] } else { ["BT-95", "BT-96"] };
        let (mut basic, mut category, mut rate) = (LineAllowanceCharge::default(), String::new(), None);
        self.group(id, |r, c, name| match name {
            ram::CategoryTradeTax if r.is_vat(c) => {
                r.trade_category(c, [category_term, rate_term], &mut category, &mut rate)
            }
            _ => r.trade_allowance_part(c, name, terms, &mut basic),
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

    pub(super) fn trade_category(
        &mut self,
        id: NodeId,
        terms: [&str; 2],
        code: &mut String,
        rate: &mut Option<rust_decimal::Decimal>,
    ) -> bool {
        self.group(id, |r, c, name| match name {
            ram::TypeCode => r.taken(c),
            ram::CategoryCode => r.text(c, terms[0], code),
            ram::RateApplicablePercent => r.number(c, terms[1], &[], rate),
            _ => false,
        });
        true
    }

    pub(super) fn trade_allowance_part(
        &mut self,
        id: NodeId,
        name: Name,
        terms: AllowanceTerms,
        into: &mut LineAllowanceCharge,
    ) -> bool {
        match name {
            ram::ChargeIndicator => self.within(id, udt::Indicator, |r, c| r.taken(c)),
            ram::ActualAmount => self.amount(id, terms[0], &mut into.amount),
            ram::BasisAmount => self.amount(id, terms[1], &mut into.base_amount),
            ram::CalculationPercent => self.number(id, terms[2], &[], &mut into.percentage),
            ram::Reason => self.optional(id, terms[3], &mut into.reason),
            ram::ReasonCode => self.optional(id, terms[4], &mut into.reason_code),
            _ => false,
        }
    }

    fn summation(&mut self, id: NodeId, t: &mut Totals) -> bool {
        self.group(id, |r, c, name| match name {
            ram::LineTotalAmount => r.amount(c, "BT-106", &mut t.line_net),
            ram::AllowanceTotalAmount => r.amount(c, "BT-107", &mut t.allowances),
            ram::ChargeTotalAmount => r.amount(c, "BT-108", &mut t.charges),
            ram::TaxBasisTotalAmount => r.amount(c, "BT-109", &mut t.without_vat),
            ram::GrandTotalAmount => r.amount(c, "BT-112", &mut t.with_vat),
            ram::TotalPrepaidAmount => r.amount(c, "BT-113", &mut t.paid),
            ram::RoundingAmount => r.amount(c, "BT-114", &mut t.rounding),
            ram::DuePayableAmount => r.amount(c, "BT-115", &mut t.due),
            ram::TaxTotalAmount => match r.tree.attribute(c, attr::currencyID).map(trim) {
                None => r.number(c, "BT-110", &[attr::currencyID], &mut t.vat),
                Some(currency) if currency == r.currency => {
                    r.number(c, "BT-110", &[attr::currencyID], &mut t.vat)
                }
                Some(currency) if currency == r.vat_currency => {
                    r.number(c, "BT-111", &[attr::currencyID], &mut t.vat_in_accounting_currency)
                }
                Some(_) => false,
            },
            _ => false,
        });
        true
    }
}
