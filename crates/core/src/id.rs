//! Identifiers: a prefix that names the noun, then a UUID without dashes.
//!
//! `doc_0192f0c1a2b37c4d8e9f...` sorts by the time it was drawn when the UUID is of version 7. Drawing one is an effect,
//! so every constructor takes the UUID as an argument.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// Text that is not an identifier of the expected noun.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not an identifier of the form {prefix}_ followed by 32 hexadecimal digits")]
pub struct NotAnId {
    pub text: String,
    pub prefix: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta] $name:ident = $prefix:literal;)*) => {$(
        #[$doc]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The prefix that names the noun.
            pub const PREFIX: &'static str = $prefix;

            /// The identifier made of this UUID.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID inside.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse(text, $prefix).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

id! {
    /// Credentials and environment for one company in one system.
    ConnectionId = "con";
    /// A source object exactly as received.
    RecordId = "rec";
    /// The canonical, versioned document.
    DocumentId = "doc";
    /// Source, kinds, trigger, start date and ordered steps.
    FlowId = "flo";
    /// One mandate of one connection with its field mapping.
    MandateId = "man";
    /// A group of code translations.
    MappingId = "map";
    /// A saved filter over documents, or a reference to one of the source's own.
    BookmarkId = "bkm";
    /// One document's progress through one flow.
    SyncId = "syn";
    /// One effect; logged, stored and sent as X-Correlation-ID.
    AttemptId = "att";
    /// One request and its response.
    ExchangeId = "exc";
    /// An audit entry.
    EventId = "evt";
    /// A difference between what a target shows and what we say.
    DiscrepancyId = "dis";
    /// A person with an account.
    UserId = "usr";
    /// An API token.
    TokenId = "tok";
}

fn parse(text: &str, prefix: &'static str) -> Result<Uuid, NotAnId> {
    let wrong = || NotAnId { text: text.chars().take(60).collect(), prefix };
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or_else(wrong)?;
    if digits.len() != 32 || !digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(wrong());
    }
    Uuid::try_parse(digits).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_reads_back_what_it_prints() {
        let id = DocumentId::new(Uuid::from_u128(0x0192_f0c1_a2b3_7c4d_8e9f_0011_2233_4455));
        assert_eq!(id.to_string(), "doc_0192f0c1a2b37c4d8e9f001122334455");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(
            serde_json::to_string(&id).expect("serializes"),
            "\"doc_0192f0c1a2b37c4d8e9f001122334455\""
        );
    }

    #[test]
    fn another_noun_and_other_spellings_are_refused() {
        for text in
            ["syn_0192f0c1a2b37c4d8e9f001122334455", "doc_0192", "doc_0192F0C1A2B37C4D8E9F001122334455", ""]
        {
            assert!(text.parse::<DocumentId>().is_err(), "{text}");
        }
    }
}
