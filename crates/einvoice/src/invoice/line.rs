//! Invoice lines.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Identifier, Period};

/// BG-25 Invoice line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// BT-126 Invoice line identifier.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// BT-127 Invoice line note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// BT-128 Invoice line object identifier, scheme from UNTDID 1153.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<Identifier>,
    /// BT-129 Invoiced quantity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Decimal>,
    /// BT-130 Invoiced quantity unit of measure code (UN/ECE Rec. 20 and 21).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// BT-131 Invoice line net amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_amount: Option<Decimal>,
    /// BT-132 Referenced purchase order line reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_line_reference: Option<String>,
    /// BT-133 Invoice line Buyer accounting reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_accounting_reference: Option<String>,
    /// BG-26 Invoice line period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// BG-27 Invoice line allowances.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowances: Vec<LineAllowanceCharge>,
    /// BG-28 Invoice line charges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<LineAllowanceCharge>,
    /// BG-29 Price details.
    #[serde(default)]
    pub price: Price,
    /// BG-30 Line VAT information.
    #[serde(default)]
    pub vat: LineVat,
    /// BG-31 Item information.
    #[serde(default)]
    pub item: Item,
}

/// BG-27 Invoice line allowance, BG-28 Invoice line charge.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineAllowanceCharge {
    /// BT-136, BT-141 Amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
    /// BT-137, BT-142 Base amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_amount: Option<Decimal>,
    /// BT-138, BT-143 Percentage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percentage: Option<Decimal>,
    /// BT-139, BT-144 Reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// BT-140 (UNTDID 5189), BT-145 (UNTDID 7161) Reason code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
}

/// BG-29 Price details.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// BT-146 Item net price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net: Option<Decimal>,
    /// BT-147 Item price discount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Decimal>,
    /// BT-148 Item gross price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross: Option<Decimal>,
    /// BT-149 Item price base quantity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_quantity: Option<Decimal>,
    /// BT-150 Item price base quantity unit of measure code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_quantity_unit: Option<String>,
}

/// BG-30 Line VAT information.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineVat {
    /// BT-151 Invoiced item VAT category code (UNTDID 5305).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// BT-152 Invoiced item VAT rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Decimal>,
}

/// BG-31 Item information.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// BT-153 Item name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// BT-154 Item description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// BT-155 Item Seller's identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller_identifier: Option<String>,
    /// BT-156 Item Buyer's identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_identifier: Option<String>,
    /// BT-157 Item standard identifier, such as a GTIN of scheme 0160.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard_identifier: Option<Identifier>,
    /// BT-158 Item classification identifiers, scheme from UNTDID 7143, with its version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classifications: Vec<Identifier>,
    /// BT-159 Item country of origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin_country: Option<String>,
    /// BG-32 Item attributes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<ItemAttribute>,
}

/// BG-32 Item attribute.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemAttribute {
    /// BT-160 Item attribute name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// BT-161 Item attribute value.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
}
