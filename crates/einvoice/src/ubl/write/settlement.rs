//! BG-16 to BG-23: payment, allowances and charges, totals, VAT.

use rust_decimal::Decimal;

use crate::invoice::{
    CreditTransfer, DocumentAllowanceCharge, DocumentKind, Invoice, PaymentInstructions, Totals, VatBreakdown,
};
use crate::writer::Out;

impl Out<'_> {
    /// One `PaymentMeans` per account, since UBL gives each only one; the first also holds card and mandate.
    pub(super) fn payment(&mut self, d: &Invoice) {
        let due = d.due_date.filter(|_| d.kind == DocumentKind::CreditNote);
        let Some(payment) = &d.payment else {
            if let Some(due) = due {
                self.unwritten("BT-9", due);
            }
            return;
        };
        let (first, others) = match payment.credit_transfers.split_first() {
            Some((first, others)) if first.means_code.is_none() => (Some(first), others),
            _ => (None, payment.credit_transfers.as_slice()),
        };
        self.group("cac:PaymentMeans", |o| {
            o.means_code(payment, None, payment.means_text.as_deref());
            o.date("cbc:PaymentDueDate", due);
            o.optional("cbc:PaymentID", payment.remittance_information.as_ref());
            if let Some(card) = &payment.card {
                o.group("cac:CardAccount", |o| {
                    o.text("cbc:PrimaryAccountNumberID", &card.account_number);
                    // Required by the schema, though no term.
                    o.text("cbc:NetworkID", card.network.as_deref().unwrap_or(crate::ubl::NO_NETWORK));
                    o.optional("cbc:HolderName", card.holder_name.as_ref());
                });
            }
            o.account(first);
            if let Some(debit) = &payment.direct_debit {
                o.group("cac:PaymentMandate", |o| {
                    o.optional("cbc:ID", debit.mandate_reference.as_ref());
                    o.group("cac:PayerFinancialAccount", |o| {
                        o.optional("cbc:ID", debit.debited_account.as_ref())
                    });
                });
            }
        });
        for transfer in others {
            self.group("cac:PaymentMeans", |o| {
                o.means_code(payment, transfer.means_code.as_deref(), None);
                o.optional("cbc:PaymentID", payment.remittance_information.as_ref());
                o.account(Some(transfer));
            });
        }
        if let (true, Some(text)) = (payment.means_code.is_empty(), &payment.means_text) {
            self.unwritten("BT-82", text);
        }
    }

    /// BT-82 may stand only once (UBL-SR-46), so only the first means has it.
    fn means_code(&mut self, payment: &PaymentInstructions, own: Option<&str>, text: Option<&str>) {
        self.leaf("cbc:PaymentMeansCode", &[("name", text)], own.unwrap_or(&payment.means_code));
    }

    fn account(&mut self, transfer: Option<&CreditTransfer>) {
        let Some(transfer) = transfer else { return };
        self.group("cac:PayeeFinancialAccount", |o| {
            o.text("cbc:ID", &transfer.account);
            o.optional("cbc:Name", transfer.account_name.as_ref());
            o.group("cac:FinancialInstitutionBranch", |o| {
                o.optional("cbc:ID", transfer.service_provider.as_ref())
            });
        });
    }

    pub(super) fn document_allowances(&mut self, d: &Invoice) {
        let signed = d.allowances.iter().map(|a| (a, "false")).chain(d.charges.iter().map(|c| (c, "true")));
        for (
            DocumentAllowanceCharge {
                amount,
                base_amount,
                percentage,
                vat_category,
                vat_rate,
                reason,
                reason_code,
            },
            indicator,
        ) in signed
        {
            self.group("cac:AllowanceCharge", |o| {
                o.text("cbc:ChargeIndicator", indicator);
                o.optional("cbc:AllowanceChargeReasonCode", reason_code.as_ref());
                o.optional("cbc:AllowanceChargeReason", reason.as_ref());
                o.number("cbc:MultiplierFactorNumeric", *percentage);
                o.amount("cbc:Amount", *amount);
                o.amount("cbc:BaseAmount", *base_amount);
                o.category("cac:TaxCategory", vat_category, *vat_rate);
            });
        }
    }

    /// A VAT category with its scheme, if code or rate is known.
    pub(super) fn category(&mut self, name: &'static str, code: &str, rate: Option<Decimal>) {
        if code.is_empty() && rate.is_none() {
            return;
        }
        self.group(name, |o| {
            o.text("cbc:ID", code);
            o.number("cbc:Percent", rate);
            o.group("cac:TaxScheme", |o| o.text("cbc:ID", "VAT"));
        });
    }

    pub(super) fn tax_totals(&mut self, d: &Invoice) {
        self.group("cac:TaxTotal", |o| {
            o.amount("cbc:TaxAmount", d.totals.vat);
            for vat in &d.vat_breakdown {
                o.breakdown(vat);
            }
        });
        let Some(amount) = d.totals.vat_in_accounting_currency else {
            return;
        };
        match &d.vat_currency {
            Some(currency) if *currency != d.currency => {
                self.group("cac:TaxTotal", |o| o.amount_in("cbc:TaxAmount", Some(amount), currency));
            }
            _ => self.unwritten("BT-111", amount),
        }
    }

    fn breakdown(&mut self, vat: &VatBreakdown) {
        self.group("cac:TaxSubtotal", |o| {
            o.amount("cbc:TaxableAmount", vat.taxable_amount);
            o.amount("cbc:TaxAmount", vat.tax_amount);
            o.group("cac:TaxCategory", |o| {
                o.text("cbc:ID", &vat.category);
                o.number("cbc:Percent", vat.rate);
                o.optional("cbc:TaxExemptionReasonCode", vat.exemption_reason_code.as_ref());
                o.optional("cbc:TaxExemptionReason", vat.exemption_reason.as_ref());
                o.group("cac:TaxScheme", |o| o.text("cbc:ID", "VAT"));
            });
        });
    }

    pub(super) fn totals(&mut self, t: &Totals) {
        self.group("cac:LegalMonetaryTotal", |o| {
            o.amount("cbc:LineExtensionAmount", t.line_net);
            o.amount("cbc:TaxExclusiveAmount", t.without_vat);
            o.amount("cbc:TaxInclusiveAmount", t.with_vat);
            o.amount("cbc:AllowanceTotalAmount", t.allowances);
            o.amount("cbc:ChargeTotalAmount", t.charges);
            o.amount("cbc:PrepaidAmount", t.paid);
            o.amount("cbc:PayableRoundingAmount", t.rounding);
            o.amount("cbc:PayableAmount", t.due);
        });
    }
}
