//! The hub's word against the simulators': nothing lost, nothing twice, nothing changed on the way.

use std::collections::{BTreeMap, HashMap};

use counterfoil_core::Problem;
use counterfoil_core::digest::Digest;
use serde::Serialize;
use serde_json::Value;

use crate::store::rows::State;

/// One document as the hub says it is.
#[derive(Debug, Clone)]
pub struct Ours {
    pub source: String,
    pub number: Option<String>,
    pub state: State,
    pub external_id: Option<String>,
    pub outbound: Option<Digest>,
    /// Whether the target has it for good, by our word.
    pub present: bool,
    pub problems: Vec<Problem>,
}

/// One line of the demo's report.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    pub source: String,
    pub number: Option<String>,
    pub state: &'static str,
    pub external_id: Option<String>,
    pub problems: Vec<Problem>,
}

/// What the comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The hub says the target has it; the target does not.
    pub lost: usize,
    /// The target took the same number of the same company more than once.
    pub duplicated: usize,
    /// The target has other bytes than the hub sent, or something the hub does not know of.
    pub wrong: usize,
}

/// Compares what we say with `/world`.
pub fn compare(ours: &[Ours], world: &Value) -> Comparison {
    let empty = Vec::new();
    let theirs: Vec<&Value> = world["elr"]["documents"]
        .as_array()
        .unwrap_or(&empty)
        .iter()
        .filter(|theirs| theirs["flow"] != "in")
        .collect();
    let by_id: HashMap<&str, &Value> =
        theirs.iter().filter_map(|theirs| Some((theirs["id"].as_str()?, *theirs))).collect();
    let known: HashMap<&str, &Ours> =
        ours.iter().filter_map(|ours| Some((ours.external_id.as_deref()?, ours))).collect();
    let mut comparison = Comparison::default();
    for ours in ours.iter().filter(|ours| ours.present) {
        match ours.external_id.as_deref().and_then(|id| by_id.get(id)) {
            None => comparison.lost += 1,
            Some(theirs) if theirs["status"] != "Complete" => comparison.wrong += 1,
            Some(_) => {}
        }
    }
    let mut taken: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    for theirs in theirs.iter().filter(|theirs| theirs["status"] != "Error") {
        let text = |name: &str| theirs[name].as_str().unwrap_or_default().to_owned();
        *taken.entry((text("companyId"), text("type"), text("number"))).or_default() += 1;
        let sent = theirs["id"].as_str().and_then(|id| known.get(id)).and_then(|ours| ours.outbound);
        if sent.is_none_or(|sent| theirs["digest"].as_str() != Some(sent.to_string().as_str())) {
            comparison.wrong += 1;
        }
    }
    comparison.duplicated = taken.values().map(|times| times - 1).sum();
    comparison
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ours(id: &str, bytes: &[u8]) -> Ours {
        Ours {
            source: "a.xml".to_owned(),
            number: Some("1".to_owned()),
            state: State::Settled,
            external_id: Some(id.to_owned()),
            outbound: Some(Digest::of(bytes)),
            present: true,
            problems: Vec::new(),
        }
    }

    fn theirs(id: &str, number: &str, status: &str, bytes: &[u8]) -> Value {
        json!({"id": id, "companyId": "c", "type": "ubl-invoice", "number": number, "status": status,
               "flow": "out", "digest": Digest::of(bytes).to_string()})
    }

    fn check(ours: &[Ours], theirs: Vec<Value>, lost: usize, duplicated: usize, wrong: usize) {
        let world = json!({"elr": {"documents": theirs}});
        assert_eq!(compare(ours, &world), Comparison { lost, duplicated, wrong });
    }

    #[test]
    fn both_halves_match() {
        check(&[ours("x", b"1")], vec![theirs("x", "1", "Complete", b"1")], 0, 0, 0);
    }

    #[test]
    fn each_way_to_differ_is_counted() {
        check(&[ours("x", b"1")], vec![], 1, 0, 0);
        check(&[ours("x", b"1")], vec![theirs("x", "1", "Complete", b"2")], 0, 0, 1);
        check(&[ours("x", b"1")], vec![theirs("x", "1", "Pending", b"1")], 0, 0, 1);
        let twice = vec![theirs("x", "1", "Complete", b"1"), theirs("y", "1", "Complete", b"1")];
        check(&[ours("x", b"1")], twice, 0, 1, 1);
        check(&[], vec![theirs("x", "1", "Complete", b"1")], 0, 0, 1);
    }

    #[test]
    fn a_refused_submission_does_not_take_its_number() {
        let both = vec![theirs("w", "1", "Error", b"0"), theirs("x", "1", "Complete", b"1")];
        check(&[ours("x", b"1")], both, 0, 0, 0);
    }
}
