//! Payment, document level allowances and charges, totals and VAT.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// BG-16 Payment instructions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentInstructions {
    /// BT-81 Payment means type code (UNTDID 4461).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub means_code: String,
    /// BT-82 Payment means text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub means_text: Option<String>,
    /// BT-83 Remittance information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remittance_information: Option<String>,
    /// BG-17 Credit transfers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credit_transfers: Vec<CreditTransfer>,
    /// BG-18 Payment card information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<PaymentCard>,
    /// BG-19 Direct debit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct_debit: Option<DirectDebit>,
}

/// BG-17 Credit transfer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditTransfer {
    /// BT-81 of this account, where a UBL document repeats its payment means with another code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub means_code: Option<String>,
    /// BT-84 Payment account identifier (IBAN).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub account: String,
    /// BT-85 Payment account name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_name: Option<String>,
    /// BT-86 Payment service provider identifier (BIC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_provider: Option<String>,
}

/// BG-18 Payment card information.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentCard {
    /// BT-87 Payment card primary account number (last digits only).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub account_number: String,
    /// Card network: no term of EN 16931, but required by UBL beside BT-87.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// BT-88 Payment card holder name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder_name: Option<String>,
}

/// BG-19 Direct debit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectDebit {
    /// BT-89 Mandate reference identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandate_reference: Option<String>,
    /// BT-90 Bank assigned creditor identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor_identifier: Option<String>,
    /// BT-91 Debited account identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debited_account: Option<String>,
}

/// BG-20 Document level allowance, BG-21 Document level charge.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentAllowanceCharge {
    /// BT-92, BT-99 Amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
    /// BT-93, BT-100 Base amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_amount: Option<Decimal>,
    /// BT-94, BT-101 Percentage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percentage: Option<Decimal>,
    /// BT-95, BT-102 VAT category code (UNTDID 5305).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub vat_category: String,
    /// BT-96, BT-103 VAT rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_rate: Option<Decimal>,
    /// BT-97, BT-104 Reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// BT-98 (UNTDID 5189), BT-105 (UNTDID 7161) Reason code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
}

/// BG-22 Document totals.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// BT-106 Sum of invoice line net amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_net: Option<Decimal>,
    /// BT-107 Sum of allowances on document level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowances: Option<Decimal>,
    /// BT-108 Sum of charges on document level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charges: Option<Decimal>,
    /// BT-109 Invoice total amount without VAT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_vat: Option<Decimal>,
    /// BT-110 Invoice total VAT amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat: Option<Decimal>,
    /// BT-111 Invoice total VAT amount in accounting currency (BT-6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_in_accounting_currency: Option<Decimal>,
    /// BT-112 Invoice total amount with VAT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_vat: Option<Decimal>,
    /// BT-113 Paid amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<Decimal>,
    /// BT-114 Rounding amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<Decimal>,
    /// BT-115 Amount due for payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Decimal>,
}

/// BG-23 VAT breakdown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VatBreakdown {
    /// BT-116 VAT category taxable amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taxable_amount: Option<Decimal>,
    /// BT-117 VAT category tax amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_amount: Option<Decimal>,
    /// BT-118 VAT category code (UNTDID 5305).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// BT-119 VAT category rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Decimal>,
    /// BT-120 VAT exemption reason text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption_reason: Option<String>,
    /// BT-121 VAT exemption reason code (VATEX).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption_reason_code: Option<String>,
}
