//! The official rules, judged natively over the XML tree.
//!
//! ```
//! use einvoice::rules::{Profile, validate};
//! let verdict = validate(b"{}", Profile::Auto);
//! assert!(!verdict.valid && verdict.error.is_some());
//! ```

mod codes;
mod explain;
mod german;
mod judge;
mod peppol;
mod profile;
mod ubl;
mod verdict;
mod xpath;
mod xrechnung;

pub use profile::{Profile, UnknownProfile};
pub use verdict::{Ruleset, Verdict};

use crate::xml::Tree;
use judge::Judge;

/// Most problems described in a verdict; the ids of all that fired are listed whatever their number.
pub const MAX_PROBLEMS: usize = 10_000;

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
    let profile = if profile == Profile::Auto { Profile::guess(tree) } else { profile };
    let mut judge = Judge::new(tree);
    let (rulesets, outcome) = run(&mut judge, profile);
    let verdict = Verdict::of(profile, rulesets, tree, &judge.findings);
    match outcome {
        Ok(()) => verdict,
        Err(fault) => verdict.with_error(fault.0),
    }
}

/// Runs the rule sets of a profile, in the official order.
fn run(judge: &mut Judge<'_>, profile: Profile) -> (Vec<Ruleset>, xpath::Judged<()>) {
    let index = ubl::Index::of(judge.eval.tree);
    let en16931 = Ruleset::new("EN16931-UBL", "1.3.16");
    let peppol = Ruleset::new("PEPPOL-BIS-3-UBL", "2026.5");
    let xrechnung = Ruleset::new("XRECHNUNG-UBL", "3.0.2 (2.5.0)");
    match profile {
        Profile::PeppolUbl => {
            (vec![en16931, peppol], ubl::judge(judge, &index).and_then(|()| peppol::judge(judge, &index)))
        }
        Profile::PeppolUblOnly => (vec![peppol], peppol::judge(judge, &index)),
        Profile::XrechnungUbl => (
            vec![en16931, xrechnung],
            ubl::judge(judge, &index).and_then(|()| xrechnung::judge(judge, &index)),
        ),
        _ => (vec![en16931], ubl::judge(judge, &index)),
    }
}
