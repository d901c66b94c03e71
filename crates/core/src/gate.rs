//! What must be true before a document that nobody has sent yet goes by itself.

use jiff::civil::Date;

use crate::configuration::Connection;
use crate::document::Kind;
use crate::flow::{Flow, Trigger};
use crate::plan::Hold;

/// What the gate looks at.
pub struct Gate<'a> {
    pub flow: &'a Flow,
    /// Where the document would go; none before a route is known.
    pub target: Option<&'a Connection>,
    pub target_is_binding: bool,
    pub kind: Option<Kind>,
    pub issue_date: Option<Date>,
    pub source_status: Option<&'a str>,
    /// A person who put it aside.
    pub held_by: Option<&'a str>,
    /// Whether a mandate was found.
    pub routed: bool,
}

impl Gate<'_> {
    /// The first reason to wait for a person, a setting or the source; none = go.
    pub fn hold(&self) -> Option<Hold> {
        if let Some(target) = self.target.filter(|target| !target.enabled) {
            return Some(Hold::Disconnected { connection: target.name.clone() });
        }
        if let Some(who) = self.held_by {
            return Some(Hold::Person { who: who.to_owned() });
        }
        if !self.flow.enabled {
            return Some(Hold::FlowDisabled);
        }
        if self.kind.is_some_and(|kind| !self.flow.kinds.contains(&kind)) {
            return Some(Hold::KindNotInFlow);
        }
        if !self.routed {
            return Some(Hold::NoMatch);
        }
        if self.target_is_binding && self.target.is_some_and(|target| !target.first_run_confirmed) {
            return Some(Hold::FirstRun);
        }
        if let (Some(start), Some(date)) = (self.flow.start_date, self.issue_date)
            && date < start
        {
            return Some(Hold::BeforeStart);
        }
        if let Some(needs) = &self.flow.source_status {
            let has = self.source_status.map(str::trim);
            if !has.is_some_and(|has| has.eq_ignore_ascii_case(needs.trim())) {
                return Some(Hold::SourceStatus { has: has.map(str::to_owned), needs: needs.clone() });
            }
        }
        (self.flow.trigger == Trigger::Manual).then_some(Hold::Manual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: &str = r#"{"name":"f","source":"con_00000000000000000000000000000001","schedule":{"every":"minutes","minutes":5},"mandates":[]}"#;
    const CONNECTION: &str = r#"{"name":"c","system":"elr","environment":"production"}"#;

    fn check(change_flow: impl Fn(&mut Flow), change_gate: impl Fn(&mut Gate), expected: Option<Hold>) {
        let mut flow: Flow = serde_json::from_str(FLOW).expect("flow");
        change_flow(&mut flow);
        let mut connection: Connection = serde_json::from_str(CONNECTION).expect("connection");
        connection.first_run_confirmed = true;
        let mut gate = Gate {
            flow: &flow,
            target: Some(&connection),
            target_is_binding: true,
            kind: Some(Kind::Invoice),
            issue_date: Some(jiff::civil::date(2026, 11, 21)),
            source_status: Some("Approved"),
            held_by: None,
            routed: true,
        };
        change_gate(&mut gate);
        assert_eq!(gate.hold(), expected);
    }

    #[test]
    fn an_automatic_flow_goes() {
        check(|_| {}, |_| {}, None);
        check(|flow| flow.source_status = Some(" approved".to_owned()), |_| {}, None);
        check(|flow| flow.start_date = Some(jiff::civil::date(2026, 11, 21)), |_| {}, None);
    }

    #[test]
    fn each_reason_holds() {
        check(|flow| flow.enabled = false, |_| {}, Some(Hold::FlowDisabled));
        check(|flow| flow.trigger = Trigger::Manual, |_| {}, Some(Hold::Manual));
        check(|flow| flow.kinds = vec![Kind::CreditNote], |_| {}, Some(Hold::KindNotInFlow));
        check(
            |flow| flow.start_date = Some(jiff::civil::date(2026, 11, 22)),
            |_| {},
            Some(Hold::BeforeStart),
        );
        check(|_| {}, |gate| gate.routed = false, Some(Hold::NoMatch));
        check(|_| {}, |gate| gate.held_by = Some("ann"), Some(Hold::Person { who: "ann".to_owned() }));
        let needs = || "Posted".to_owned();
        let hold = Hold::SourceStatus { has: Some("Approved".to_owned()), needs: needs() };
        check(|flow| flow.source_status = Some(needs()), |_| {}, Some(hold));
    }

    #[test]
    fn a_binding_target_waits_for_the_first_confirmation() {
        let unconfirmed: Connection = serde_json::from_str(CONNECTION).expect("connection");
        check(
            |_| {},
            |gate| gate.target = Some(Box::leak(Box::new(unconfirmed.clone()))),
            Some(Hold::FirstRun),
        );
        let rehearsal = |gate: &mut Gate| {
            gate.target = Some(Box::leak(Box::new(unconfirmed.clone())));
            gate.target_is_binding = false;
        };
        check(|_| {}, rehearsal, None);
    }
}
