//! The parties of an invoice and their addresses.

use serde::{Deserialize, Serialize};

use super::Identifier;

/// BG-4 Seller.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seller {
    /// BT-27 Seller name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// BT-28 Seller trading name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trading_name: Option<String>,
    /// BT-29 Seller identifiers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// BT-30 Seller legal registration identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_registration: Option<Identifier>,
    /// BT-31 Seller VAT identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_identifier: Option<String>,
    /// BT-32 Seller tax registration identifier; its scheme is the tax scheme UBL names beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_registration: Option<Identifier>,
    /// BT-33 Seller additional legal information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_information: Option<String>,
    /// BT-34 Seller electronic address, scheme from the EAS list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub electronic_address: Option<Identifier>,
    /// BG-5 Seller postal address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// BG-6 Seller contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
}

/// BG-7 Buyer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Buyer {
    /// BT-44 Buyer name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// BT-45 Buyer trading name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trading_name: Option<String>,
    /// BT-46 Buyer identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<Identifier>,
    /// BT-47 Buyer legal registration identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_registration: Option<Identifier>,
    /// BT-48 Buyer VAT identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_identifier: Option<String>,
    /// BT-49 Buyer electronic address, scheme from the EAS list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub electronic_address: Option<Identifier>,
    /// BG-8 Buyer postal address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// BG-9 Buyer contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
}

/// BG-10 Payee.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payee {
    /// BT-59 Payee name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// BT-60 Payee identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<Identifier>,
    /// BT-61 Payee legal registration identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_registration: Option<Identifier>,
}

/// BG-11 Seller tax representative party.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxRepresentative {
    /// BT-62 Seller tax representative name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// BT-63 Seller tax representative VAT identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_identifier: Option<String>,
    /// BG-12 Seller tax representative postal address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

/// A postal address: BG-5 (BT-35 to BT-40, BT-162), BG-8 (BT-50 to BT-55, BT-163), BG-12 (BT-64 to BT-69, BT-164),
/// BG-15 (BT-75 to BT-80, BT-165).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// BT-35, BT-50, BT-64, BT-75 Address line 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line1: Option<String>,
    /// BT-36, BT-51, BT-65, BT-76 Address line 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// BT-162, BT-163, BT-164, BT-165 Address line 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line3: Option<String>,
    /// BT-37, BT-52, BT-66, BT-77 City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// BT-38, BT-53, BT-67, BT-78 Post code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_code: Option<String>,
    /// BT-39, BT-54, BT-68, BT-79 Country subdivision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subdivision: Option<String>,
    /// BT-40, BT-55, BT-69, BT-80 Country code (ISO 3166-1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// BG-6 Seller contact, BG-9 Buyer contact.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// BT-41, BT-56 Contact point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// BT-42, BT-57 Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// BT-43, BT-58 Email address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}
