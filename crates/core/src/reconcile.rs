//! What a target shows against what we say: differences with a cause and a cure.

use serde::{Deserialize, Serialize};

use crate::delivery::Seen;

/// Why books differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The source changed the document after the target had it for good.
    ChangedAfterSubmission,
    /// The target accepted it and later rejected it.
    RejectedAfterAcceptance,
}

impl Cause {
    /// The word stored and filtered by.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ChangedAfterSubmission => "changed_after_submission",
            Self::RejectedAfterAcceptance => "rejected_after_acceptance",
        }
    }

    /// What a person can do about it.
    pub const fn cure(self) -> &'static str {
        match self {
            Self::ChangedAfterSubmission => {
                "An accepted e-invoice is never amended. Issue a credit note for it and a new invoice, or undo the change at the source."
            }
            Self::RejectedAfterAcceptance => {
                "Settle it with the buyer; a credit note or a corrected invoice needs a number of its own."
            }
        }
    }
}

/// Whether the source's newest version differs from the one that the target has, or may have.
pub const fn changed_after_submission(seen: &Seen, version_sent: i64, version_now: i64) -> bool {
    seen.is_frozen() && version_sent != 0 && version_now != version_sent
}
