//! Mandate field mapping: where each data-input field of a mandate comes from.

use serde::{Deserialize, Serialize};

use crate::mapping::CodeGroup;

/// One row: a place in the UBL document, and what goes there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRule {
    /// The field's path as the mandate spells it: header, repeated line, or attribute.
    pub path: String,
    pub source: FieldSource,
}

/// Where the value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case", deny_unknown_fields)]
pub enum FieldSource {
    /// Whatever the document has at this place.
    Document,
    /// A native field of the document, such as `buyer_reference`.
    Native { field: String },
    /// A custom field of the source.
    Custom { field: String },
    /// Always this value.
    Fixed { value: String },
    /// The document's value at this place, translated by a code group of the mandate's mapping.
    Code { group: CodeGroup },
}
