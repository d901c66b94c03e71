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
use peppol::Flavor;

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
    if profile.is_cii() {
        let error = format!("the rules of {profile} are not available in this release");
        return Verdict::of(profile, vec![], tree, &[]).with_error(error);
    }
    let mut judge = Judge::new(tree);
    let (rulesets, outcome) = run(&mut judge, profile);
    let mut verdict = Verdict::of(profile, rulesets, tree, &judge.findings);
    if let Err(no_invoice) = crate::ubl::kind(tree) {
        verdict = verdict.with_structure(&no_invoice);
    }
    match outcome {
        Ok(()) => verdict,
        Err(fault) => verdict.with_error(fault.0),
    }
}

/// Runs the rule sets of a profile, in the official order.
fn run(judge: &mut Judge<'_>, profile: Profile) -> (Vec<Ruleset>, xpath::Judged<()>) {
    let index = ubl::Index::of(judge.eval.tree);
    let set = Ruleset::new;
    let en16931 = set("EN16931-UBL", "1.3.16");
    let (sets, flavor) = match profile {
        Profile::PeppolUbl => (vec![en16931, set("PEPPOL-BIS-3-UBL", "2026.5")], Some(Flavor::Billing)),
        Profile::PeppolUblOnly => (vec![set("PEPPOL-BIS-3-UBL", "2026.5")], Some(Flavor::Billing)),
        Profile::PeppolUblSelfbilling => {
            (vec![en16931, set("PEPPOL-BIS-3-UBL-SB", "2026.5")], Some(Flavor::SelfBilling))
        }
        Profile::XrechnungUbl => (vec![en16931, set("XRECHNUNG-UBL", "2.5.0")], None),
        Profile::XrechnungUblPeppol => (
            vec![en16931, set("XRECHNUNG-UBL", "2.5.0"), set("PEPPOL-BIS-3-UBL", "2025.5")],
            Some(Flavor::Core),
        ),
        _ => (vec![en16931], None),
    };
    let mut outcome = if profile == Profile::PeppolUblOnly { Ok(()) } else { ubl::judge(judge, &index) };
    if matches!(profile, Profile::XrechnungUbl | Profile::XrechnungUblPeppol) {
        outcome = outcome.and_then(|()| xrechnung::judge(judge, &index));
    }
    if let Some(flavor) = flavor {
        outcome = outcome.and_then(|()| peppol::judge(judge, &index, flavor));
    }
    (sets, outcome)
}
