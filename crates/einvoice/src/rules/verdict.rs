use serde::{Deserialize, Serialize};

use super::Profile;
use crate::problem::{Flag, Problem};
use crate::xml::XmlError;

/// A rule set used for a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruleset {
    /// Its id, such as `EN16931-UBL`.
    pub id: String,
    /// Its release.
    pub version: String,
}

/// The outcome of judging one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Profile judged by; never `auto` once the document could be read.
    pub profile: Profile,
    /// Rule sets used, with their releases.
    pub rulesets: Vec<Ruleset>,
    /// No fatal rule fired and the document could be judged.
    pub valid: bool,
    /// Ids of fatal rules that fired, sorted, unique.
    pub fatal: Vec<String>,
    /// Ids of warning and information rules that fired, sorted, unique.
    pub warning: Vec<String>,
    /// What an XML schema would say: order, unknown elements, types.
    pub structure: Vec<String>,
    /// Every finding with place and cure.
    pub problems: Vec<Problem>,
    /// Why the document could not be judged to the end, if so.
    pub error: Option<String>,
}

impl Verdict {
    /// A verdict from findings.
    #[must_use]
    pub fn of(profile: Profile, rulesets: Vec<Ruleset>, problems: Vec<Problem>) -> Self {
        let ids = |fatal: bool| {
            let mut ids: Vec<String> = problems
                .iter()
                .filter(|p| p.is_fatal() == fatal)
                .map(|p| p.code.clone())
                .collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let (fatal, warning) = (ids(true), ids(false));
        Self {
            profile,
            rulesets,
            valid: fatal.is_empty(),
            fatal,
            warning,
            structure: vec![],
            problems,
            error: None,
        }
    }

    /// The verdict on bytes that are no XML document.
    #[must_use]
    pub fn unreadable(profile: Profile, error: &XmlError) -> Self {
        let mut verdict = Self::of(profile, vec![], vec![error.to_problem()]);
        // The official validators report no rule ids for such a file.
        verdict.fatal.clear();
        verdict.with_error(error.to_string())
    }

    /// The same verdict, stopped by an error: not valid.
    #[must_use]
    pub fn with_error(mut self, error: impl Into<String>) -> Self {
        self.valid = false;
        self.error = Some(error.into());
        self
    }

    /// The fatal findings.
    pub fn fatal_problems(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|p| p.flag == Flag::Fatal)
    }
}
