use serde::{Deserialize, Serialize};

use super::judge::Finding;
use super::{MAX_PROBLEMS, Profile, explain};
use crate::problem::{Flag, Problem};
use crate::xml::{Tree, XmlError};

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

impl Ruleset {
    pub(super) fn new(id: &str, version: &str) -> Self {
        Self { id: id.to_owned(), version: version.to_owned() }
    }
}

impl Verdict {
    /// A verdict from findings. Each rule is reported once per element, described up to a limit.
    pub(super) fn of(profile: Profile, rulesets: Vec<Ruleset>, tree: &Tree, findings: &[Finding]) -> Self {
        let ids = |fatal: bool| {
            let mut ids: Vec<&str> =
                findings.iter().filter(|f| (f.flag == Flag::Fatal) == fatal).map(|f| f.id).collect();
            ids.sort_unstable();
            ids.dedup();
            ids.into_iter().map(str::to_owned).collect::<Vec<String>>()
        };
        let (fatal, warning) = (ids(true), ids(false));
        let problems = findings.iter().take(MAX_PROBLEMS).map(|f| explain::problem(tree, f)).collect();
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
        // The official validators report no rule ids for such a file.
        let problems = vec![error.to_problem()];
        Self {
            profile,
            rulesets: vec![],
            valid: false,
            fatal: vec![],
            warning: vec![],
            structure: vec![],
            problems,
            error: Some(error.to_string()),
        }
    }

    /// The same verdict with a finding about structure: not valid, though no rule says so.
    pub(super) fn with_structure(mut self, problem: &Problem) -> Self {
        self.valid = false;
        self.structure.push(problem.message.clone());
        self.problems.push(problem.clone());
        self
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
