//! UBL-CR: elements and attributes that EN 16931 does not use. One walk along a tree of the forbidden paths.

use std::sync::LazyLock;

use super::unused_table::UNUSED;
use crate::problem::Flag;
use crate::rules::judge::Judge;
use crate::rules::xpath::Judged;
use crate::xml::names::{attr, cac, cbc, cn};
use crate::xml::{Name, NodeId};

/// A step of the forbidden paths.
#[derive(Default)]
struct Step {
    /// Rule that forbids this element or attribute.
    rule: Option<usize>,
    below: Vec<(Name, Step)>,
    attributes: Vec<(Name, usize)>,
}

/// The paths as a tree, and the rule ids they refer to.
struct Forbidden {
    root: Step,
    rules: Vec<String>,
}

static FORBIDDEN: LazyLock<Forbidden> = LazyLock::new(|| {
    let mut forbidden = Forbidden { root: Step::default(), rules: vec![] };
    for (parent, names) in UNUSED {
        let lines = parent.starts_with("line");
        for line in if lines { &["cac:InvoiceLine", "cac:CreditNoteLine"][..] } else { &[""][..] } {
            let parent = parent.replacen("line", line, usize::from(lines));
            for entry in names.split_whitespace() {
                let (name, number) = entry.split_once('=').unwrap_or((entry, "0"));
                let rule = format!("UBL-CR-{number:0>3}");
                forbidden.add(&parent, name, rule);
            }
        }
    }
    forbidden
});

impl Forbidden {
    fn add(&mut self, parent: &str, name: &str, rule: String) {
        let number = self.rules.len();
        self.rules.push(rule);
        let mut step = &mut self.root;
        for part in parent.split('/').filter(|p| !p.is_empty()) {
            step = step.child(part);
        }
        match name.strip_prefix('@') {
            Some(attribute) => step.attributes.extend(Name::of_prefixed(attribute).map(|n| (n, number))),
            None => step.child(name).rule = Some(number),
        }
    }
}

impl Step {
    /// The step below, made if it is new. A name outside the known ones cannot occur in the table: a test sees to it.
    fn child(&mut self, prefixed: &str) -> &mut Self {
        let name = Name::of_prefixed(prefixed).unwrap_or(attr::name);
        let at = self.below.iter().position(|(n, _)| *n == name).unwrap_or_else(|| {
            self.below.push((name, Self::default()));
            self.below.len() - 1
        });
        &mut self.below[at].1
    }
}

/// The path a rule forbids, from its number without leading zeros.
pub(in crate::rules) fn path(number: &str) -> Option<String> {
    UNUSED.iter().find_map(|(parent, names)| {
        let (name, _) =
            names.split_whitespace().filter_map(|e| e.split_once('=')).find(|(_, n)| *n == number)?;
        let parent = parent.replacen("line", "cac:InvoiceLine", usize::from(parent.starts_with("line")));
        Some(if parent.is_empty() { name.to_owned() } else { format!("{parent}/{name}") })
    })
}

/// All UBL-CR rules. Each fires once, at the root.
pub(super) fn document(j: &mut Judge<'_>, root: NodeId) -> Judged<()> {
    let mut fired = vec![];
    walk(j, root, &FORBIDDEN.root, &mut fired);
    fired.sort_unstable();
    fired.dedup();
    for rule in fired {
        j.warning(&FORBIDDEN.rules[rule], root, false);
    }
    let e = j.eval;
    let version = e.kids(root, cbc::UBLVersionID);
    j.warning(
        "UBL-CR-002",
        root,
        !e.has(root, cbc::UBLVersionID) || version.into_iter().any(|v| e.text(v) == "2.1"),
    );
    let due = e.has2(root, cac::PaymentMeans, cbc::PaymentDueDate);
    j.warning("UBL-CR-412", root, !due || e.tree.name(root) == cn::CreditNote);
    anywhere(j, root);
    Ok(())
}

fn walk(j: &Judge<'_>, id: NodeId, step: &Step, fired: &mut Vec<usize>) {
    fired.extend(step.rule);
    for (name, rule) in &step.attributes {
        if j.eval.tree.attribute(id, *name).is_some() {
            fired.push(*rule);
        }
    }
    if step.below.is_empty() {
        return;
    }
    for child in j.eval.tree.children(id) {
        let name = j.eval.tree.name(child);
        if let Some((_, below)) = step.below.iter().find(|(n, _)| *n == name) {
            walk(j, child, below, fired);
        }
    }
}

/// Rules on attributes and references wherever they stand.
fn anywhere(j: &mut Judge<'_>, root: NodeId) {
    let e = j.eval;
    let tree = e.tree;
    let mut seen = [false; ANYWHERE.len()];
    let mut see = |rule: usize| seen[rule] = true;
    for id in tree.subtree(root) {
        let scheme = tree.attribute(id, attr::schemeID).is_some();
        let parent = tree.parent(id).map(|p| tree.name(p));
        if tree.name(id) == cbc::AllowanceChargeReasonCode && tree.attribute(id, attr::listID).is_some() {
            see(2);
        }
        match tree.name(id) {
            cbc::CompanyID if scheme && parent == Some(cac::PartyTaxScheme) => see(0),
            cbc::IdentificationCode
                if parent == Some(cac::Country) && tree.attribute(id, attr::listID).is_some() =>
            {
                see(1)
            }
            cbc::ID if scheme => match parent {
                Some(cac::BuyersItemIdentification) => see(4),
                Some(cac::SellersItemIdentification) => see(5),
                Some(cac::PaymentMandate) => see(8),
                Some(cac::PayerFinancialAccount)
                    if e.below(id, &[cac::PayerFinancialAccount, cac::PaymentMandate]) =>
                {
                    see(9)
                }
                Some(cac::TaxCategory) => see(10),
                Some(cac::ClassifiedTaxCategory) => see(11),
                _ => {}
            },
            cac::FinancialInstitution => see(14),
            cac::PayerFinancialAccount if parent == Some(cac::PaymentMeans) => see(18),
            cbc::AllowanceChargeReasonCode | cbc::AllowanceChargeReason | cbc::MultiplierFactorNumeric
                if e.below(id, &[cac::AllowanceCharge, cac::Price]) =>
            {
                see(match tree.name(id) {
                    cbc::AllowanceChargeReasonCode => 15,
                    cbc::AllowanceChargeReason => 16,
                    _ => 17,
                });
            }
            cbc::PrimaryAccountNumberID if scheme => see(6),
            cbc::NetworkID if scheme && parent == Some(cac::CardAccount) => see(7),
            cac::AdditionalDocumentReference => {
                let codes = || e.kids(id, cbc::DocumentTypeCode);
                let other = codes().any(|c| e.text(c) != "130") || codes().next().is_none();
                if other && e.kids(id, cbc::ID).any(|i| tree.attribute(i, attr::schemeID).is_some()) {
                    see(3);
                }
                if codes().any(|c| e.text(c) == "130") {
                    if e.has(id, cac::Attachment) {
                        see(12);
                    }
                    if e.has(id, cbc::DocumentDescription) {
                        see(13);
                    }
                }
            }
            _ => {}
        }
    }
    for ((rule, flag), seen) in ANYWHERE.iter().zip(seen) {
        j.note(rule, *flag, root, !seen);
    }
}

const ANYWHERE: [(&str, Flag); 19] = [
    ("UBL-CR-652", Flag::Warning),
    ("UBL-CR-660", Flag::Warning),
    ("UBL-CR-662", Flag::Warning),
    ("UBL-CR-665", Flag::Warning),
    ("UBL-CR-667", Flag::Warning),
    ("UBL-CR-668", Flag::Warning),
    ("UBL-CR-674", Flag::Warning),
    ("UBL-CR-675", Flag::Warning),
    ("UBL-CR-676", Flag::Warning),
    ("UBL-CR-677", Flag::Warning),
    ("UBL-CR-678", Flag::Warning),
    ("UBL-CR-679", Flag::Warning),
    ("UBL-CR-666", Flag::Fatal),
    ("UBL-CR-673", Flag::Fatal),
    ("UBL-CR-664", Flag::Warning),
    ("UBL-CR-669", Flag::Warning),
    ("UBL-CR-670", Flag::Warning),
    ("UBL-CR-671", Flag::Warning),
    ("UBL-CR-680", Flag::Warning),
];
