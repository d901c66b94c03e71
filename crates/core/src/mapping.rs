//! Code-group mappings: from a source's own words to the codes a legal document needs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Problem, codes};

/// A named set of code groups, reusable over mandates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What people call it; unique.
    pub name: String,
    /// Units of measure -> UN/ECE Recommendation 20 (BT-130).
    pub unit: Group,
    /// Tax rates or categories -> UNTDID 5305 (BT-118, BT-151).
    pub tax_category: Group,
    /// Kinds of document -> UNTDID 1001 (BT-3).
    pub document_type: Group,
    /// Payment methods -> UNTDID 4461 (BT-81).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_method: Option<Group>,
}

/// One group: native value -> code.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    #[serde(default)]
    pub codes: BTreeMap<String, String>,
    /// What happens to a value that is not listed.
    #[serde(default)]
    pub unlisted: Unlisted,
}

/// What happens to a native value without a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unlisted {
    /// The document is blocked, naming the row to add.
    #[default]
    Problem,
    /// It is kept as it is: for sources that already hold the codes.
    Keep,
}

/// The four groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeGroup {
    Unit,
    TaxCategory,
    DocumentType,
    PaymentMethod,
}

impl CodeGroup {
    /// For people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::TaxCategory => "tax category",
            Self::DocumentType => "document type",
            Self::PaymentMethod => "payment method",
        }
    }
}

impl Mapping {
    /// The code for a native value.
    ///
    /// # Errors
    /// A Problem naming the row to add, where the value has none and may not be kept.
    pub fn code(
        &self,
        group: CodeGroup,
        native: &str,
        path: impl FnOnce() -> String,
    ) -> Result<String, Problem> {
        let rows = match group {
            CodeGroup::Unit => &self.unit,
            CodeGroup::TaxCategory => &self.tax_category,
            CodeGroup::DocumentType => &self.document_type,
            // An optional group that is not configured changes nothing.
            CodeGroup::PaymentMethod => match &self.payment_method {
                Some(rows) => rows,
                None => return Ok(native.to_owned()),
            },
        };
        match (rows.codes.get(native.trim()), rows.unlisted) {
            (Some(code), _) => Ok(code.clone()),
            (None, Unlisted::Keep) => Ok(native.to_owned()),
            (None, Unlisted::Problem) => {
                Err(codes::mapping_missing(group.name(), native, &self.name, &path()))
            }
        }
    }
}
