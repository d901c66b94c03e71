//! Attached documents as bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// BT-125 Attached document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// The document itself; base64 in JSON and UBL.
    #[serde(with = "base64_text")]
    pub content: Vec<u8>,
    /// Media type, such as `application/pdf`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_code: Option<String>,
    /// File name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
}

/// Bytes of base64 text, white space ignored.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    if text.contains([' ', '\t', '\n', '\r']) {
        let packed: String = text.chars().filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r')).collect();
        return STANDARD.decode(packed).ok();
    }
    STANDARD.decode(text).ok()
}

pub(crate) fn encode(content: &[u8]) -> String {
    STANDARD.encode(content)
}

mod base64_text {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(content: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::encode(content))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::decode(&text).ok_or_else(|| serde::de::Error::custom("the attachment content is not base64"))
    }
}
