//! Settlement, written.

use super::TAX_POINT_CODES;
use crate::identifier::is_iban;
use crate::invoice::{
    CREDIT_NOTE_TYPE_CODES, CreditTransfer, DirectDebit, DocumentKind, Invoice, LineAllowanceCharge,
    PaymentInstructions, Period,
};
use crate::writer::Out;

impl Out<'_> {
    pub(super) fn trade_settlement(&mut self, d: &Invoice) {
        let none = DirectDebit::default();
        let debit = d.payment.as_ref().and_then(|p| p.direct_debit.as_ref()).unwrap_or(&none);
        self.group("ram:ApplicableHeaderTradeSettlement", |o| {
            o.optional("ram:CreditorReferenceID", debit.creditor_identifier.as_ref());
            o.optional(
                "ram:PaymentReference",
                d.payment.as_ref().and_then(|p| p.remittance_information.as_ref()),
            );
            o.optional("ram:TaxCurrencyCode", d.vat_currency.as_ref());
            o.text("ram:InvoiceCurrencyCode", &d.currency);
            if let Some(payee) = &d.payee {
                o.group("ram:PayeeTradeParty", |o| {
                    o.trade_identifiers(payee.identifier.iter());
                    o.text("ram:Name", &payee.name);
                    o.organization(payee.legal_registration.as_ref(), None);
                });
            }
            if let Some(payment) = &d.payment {
                o.trade_means(payment, debit);
            }
            o.trade_taxes(d);
            o.trade_period(d.delivery.as_ref().and_then(|x| x.period));
            o.trade_allowances(d);
            o.group("ram:SpecifiedTradePaymentTerms", |o| {
                o.optional("ram:Description", d.payment_terms.as_ref());
                o.compact_date("ram:DueDateDateTime", d.due_date);
                o.optional("ram:DirectDebitMandateID", debit.mandate_reference.as_ref());
            });
            o.summation(d);
            if let Some(preceding) = d.preceding_invoices.first() {
                o.group("ram:InvoiceReferencedDocument", |o| {
                    o.text("ram:IssuerAssignedID", &preceding.number);
                    o.compact_date_as(
                        "ram:FormattedIssueDateTime",
                        "qdt:DateTimeString",
                        preceding.issue_date,
                    );
                });
            }
            o.group("ram:ReceivableSpecifiedTradeAccountingAccount", |o| {
                o.optional("ram:ID", d.buyer_accounting_reference.as_ref())
            });
        });
        self.report_unwritten(d);
    }

    fn report_unwritten(&mut self, d: &Invoice) {
        for preceding in d.preceding_invoices.iter().skip(1) {
            self.unwritten("BT-25", &preceding.number);
        }
        if d.vat_breakdown.is_empty() {
            d.tax_point_date.into_iter().for_each(|date| self.unwritten("BT-7", date));
            d.tax_point_date_code.iter().for_each(|code| self.unwritten("BT-8", code));
        } else if let Some(code) =
            d.tax_point_date_code.as_ref().filter(|c| !TAX_POINT_CODES.iter().any(|(_, code)| code == c))
        {
            self.unwritten("BT-8", code);
        }
        if let Some(network) =
            d.payment.as_ref().and_then(|p| p.card.as_ref()).and_then(|c| c.network.as_ref())
        {
            self.unwritten("BG-18", network);
        }
        if (d.kind == DocumentKind::CreditNote) != CREDIT_NOTE_TYPE_CODES.contains(&d.type_code.as_str()) {
            self.unwritten("BT-3", &d.type_code);
        }
        if d.totals.vat_in_accounting_currency.is_some()
            && d.vat_currency.as_ref().is_none_or(|c| *c == d.currency)
        {
            self.unwritten("BT-111", d.totals.vat_in_accounting_currency.unwrap_or_default());
        }
    }

    /// One group per account; the first also holds card and debited account.
    fn trade_means(&mut self, payment: &PaymentInstructions, debit: &DirectDebit) {
        let (first, others) = match payment.credit_transfers.split_first() {
            Some((first, others)) if first.means_code.is_none() => (Some(first), others),
            _ => (None, payment.credit_transfers.as_slice()),
        };
        self.group("ram:SpecifiedTradeSettlementPaymentMeans", |o| {
            o.text("ram:TypeCode", &payment.means_code);
            o.optional("ram:Information", payment.means_text.as_ref());
            if let Some(card) = &payment.card {
                o.group("ram:ApplicableTradeSettlementFinancialCard", |o| {
                    o.text("ram:ID", &card.account_number);
                    o.optional("ram:CardholderName", card.holder_name.as_ref());
                });
            }
            o.group("ram:PayerPartyDebtorFinancialAccount", |o| {
                o.optional("ram:IBANID", debit.debited_account.as_ref())
            });
            o.creditor(first);
        });
        for transfer in others {
            self.group("ram:SpecifiedTradeSettlementPaymentMeans", |o| {
                o.text("ram:TypeCode", transfer.means_code.as_ref().unwrap_or(&payment.means_code));
                o.creditor(Some(transfer));
            });
        }
    }

    fn creditor(&mut self, transfer: Option<&CreditTransfer>) {
        let Some(t) = transfer else { return };
        let iban = is_iban(&t.account);
        self.group("ram:PayeePartyCreditorFinancialAccount", |o| {
            o.text("ram:IBANID", if iban { &t.account } else { "" });
            o.optional("ram:AccountName", t.account_name.as_ref());
            o.text("ram:ProprietaryID", if iban { "" } else { &t.account });
        });
        self.group("ram:PayeeSpecifiedCreditorFinancialInstitution", |o| {
            o.optional("ram:BICID", t.service_provider.as_ref())
        });
    }

    fn trade_taxes(&mut self, d: &Invoice) {
        let code =
            d.tax_point_date_code.as_ref().and_then(|c| TAX_POINT_CODES.iter().find(|(_, code)| code == c));
        for (number, vat) in d.vat_breakdown.iter().enumerate() {
            // The tax point is the document's, and may be given once (CII-SR-461).
            let first = number == 0;
            self.group("ram:ApplicableTradeTax", |o| {
                o.number("ram:CalculatedAmount", vat.tax_amount);
                o.text("ram:TypeCode", "VAT");
                o.optional("ram:ExemptionReason", vat.exemption_reason.as_ref());
                o.number("ram:BasisAmount", vat.taxable_amount);
                o.text("ram:CategoryCode", &vat.category);
                o.optional("ram:ExemptionReasonCode", vat.exemption_reason_code.as_ref());
                o.compact_date_as("ram:TaxPointDate", "udt:DateString", d.tax_point_date.filter(|_| first));
                o.text("ram:DueDateTypeCode", code.filter(|_| first).map_or("", |(cii, _)| cii));
                o.number("ram:RateApplicablePercent", vat.rate);
            });
        }
    }

    pub(super) fn trade_period(&mut self, period: Option<Period>) {
        let Some(period) = period else { return };
        self.group("ram:BillingSpecifiedPeriod", |o| {
            o.compact_date("ram:StartDateTime", period.start);
            o.compact_date("ram:EndDateTime", period.end);
        });
    }

    fn trade_allowances(&mut self, d: &Invoice) {
        let signed = d.allowances.iter().map(|a| (a, "false")).chain(d.charges.iter().map(|c| (c, "true")));
        for (a, indicator) in signed {
            let basic = LineAllowanceCharge {
                amount: a.amount,
                base_amount: a.base_amount,
                percentage: a.percentage,
                reason: a.reason.clone(),
                reason_code: a.reason_code.clone(),
            };
            self.group("ram:SpecifiedTradeAllowanceCharge", |o| {
                o.trade_allowance(&basic, indicator);
                if !a.vat_category.is_empty() || a.vat_rate.is_some() {
                    o.group("ram:CategoryTradeTax", |o| {
                        o.text("ram:TypeCode", "VAT");
                        o.text("ram:CategoryCode", &a.vat_category);
                        o.number("ram:RateApplicablePercent", a.vat_rate);
                    });
                }
            });
        }
    }

    pub(super) fn trade_allowance(&mut self, a: &LineAllowanceCharge, indicator: &str) {
        self.group("ram:ChargeIndicator", |o| o.text("udt:Indicator", indicator));
        self.number("ram:CalculationPercent", a.percentage);
        self.number("ram:BasisAmount", a.base_amount);
        self.number("ram:ActualAmount", a.amount);
        self.optional("ram:ReasonCode", a.reason_code.as_ref());
        self.optional("ram:Reason", a.reason.as_ref());
    }

    fn summation(&mut self, d: &Invoice) {
        let t = &d.totals;
        self.group("ram:SpecifiedTradeSettlementHeaderMonetarySummation", |o| {
            o.number("ram:LineTotalAmount", t.line_net);
            o.number("ram:ChargeTotalAmount", t.charges);
            o.number("ram:AllowanceTotalAmount", t.allowances);
            o.number("ram:TaxBasisTotalAmount", t.without_vat);
            o.amount("ram:TaxTotalAmount", t.vat);
            if let Some(currency) = d.vat_currency.as_ref().filter(|c| **c != d.currency) {
                o.amount_in("ram:TaxTotalAmount", t.vat_in_accounting_currency, currency);
            }
            o.number("ram:RoundingAmount", t.rounding);
            o.number("ram:GrandTotalAmount", t.with_vat);
            o.number("ram:TotalPrepaidAmount", t.paid);
            o.number("ram:DuePayableAmount", t.due);
        });
    }
}
