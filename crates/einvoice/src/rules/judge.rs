//! What a run of the rules collects.

use super::xpath::Eval;
use crate::problem::Flag;
use crate::xml::{NodeId, Tree};

/// A rule that fired at an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) id: &'static str,
    pub(super) flag: Flag,
    pub(super) node: NodeId,
}

/// The judge of one document: asks the tree, notes what fires.
pub(super) struct Judge<'t> {
    pub(super) eval: Eval<'t>,
    pub(super) findings: Vec<Finding>,
}

impl<'t> Judge<'t> {
    pub(super) fn new(tree: &'t Tree) -> Self {
        Self { eval: Eval { tree }, findings: vec![] }
    }

    /// Notes a fatal rule unless it is satisfied.
    pub(super) fn fatal(&mut self, id: &'static str, node: NodeId, satisfied: bool) {
        self.note(id, Flag::Fatal, node, satisfied);
    }

    /// Notes a warning unless the rule is satisfied.
    pub(super) fn warning(&mut self, id: &'static str, node: NodeId, satisfied: bool) {
        self.note(id, Flag::Warning, node, satisfied);
    }

    pub(super) fn note(&mut self, id: &'static str, flag: Flag, node: NodeId, satisfied: bool) {
        if !satisfied {
            self.findings.push(Finding { id, flag, node });
        }
    }
}
