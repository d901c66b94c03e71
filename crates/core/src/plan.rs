//! The heart: the first unsatisfied step decides what happens next.
//!
//! `plan` looks at a snapshot of one document's progress and answers Act, Wait, Blocked, Held or Settled. The engine obeys
//! it, the dry run prints it, the screen explains it, the tests are tables of it. It reads no clock and does nothing.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Problem;
use crate::codes;
use crate::delivery::Seen;
use crate::digest::Digest;
use crate::fault::FaultClass;
use crate::id::DocumentId;

/// A snapshot of one document's progress through one flow.
#[derive(Debug, Clone)]
pub struct View {
    /// The instant at which the question is asked.
    pub now: Timestamp,
    /// Somebody or something wants nothing to be begun, or nothing at all to be done.
    pub hold: Option<Hold>,
    /// An identical copy of this one was already sent: linked to it, never sent.
    pub copy_of: Option<DocumentId>,
    /// Findings about the document itself: unreadable, no route, its number taken by another.
    pub problems: Vec<Problem>,
    /// The steps in their order.
    pub steps: Vec<Step>,
    /// What a person or a webhook asked for.
    pub asked: Asked,
}

/// One step of a flow for one document.
#[derive(Debug, Clone)]
pub struct Step {
    /// What we last saw at the target.
    pub seen: Seen,
    /// What we would send now. Not computed where the delivery is frozen.
    pub wanted: Wanted,
    /// How long after a doubtful effect "not found" may be believed. Never shorter than the vendor's own timeout.
    pub after_doubt: SignedDuration,
    /// Whether the target can be searched by our number; where it cannot, doubt is for a person.
    pub searchable: bool,
}

/// What a step would send now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// An outbound with this digest.
    Outbound(Digest),
    /// Nothing can be sent because of these findings.
    Unfit(Vec<Problem>),
    /// Not asked: the delivery is frozen with what was sent.
    Frozen,
}

/// A wish from outside the plan. It never overrides doubt, a refusal or a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// No wish.
    #[default]
    Nothing,
    /// Look at the target now: a webhook called, or a person pressed refresh.
    Look,
    /// Send now: a person pressed send, or try again.
    Send,
}

/// Why nothing is done although something could be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Hold {
    /// The flow sends only what a person chooses.
    Manual,
    /// The document is dated before the flow's start date.
    BeforeStart,
    /// The source does not yet show the status at which the flow sends.
    SourceStatus { has: Option<String>, needs: String },
    /// A person put it aside.
    Person { who: String },
    /// No bookmark matched and nobody chose: stays, visibly, without an error.
    NoMatch,
    /// The flow does not carry this kind of document.
    KindNotInFlow,
    /// The flow is switched off.
    FlowDisabled,
    /// The connection is switched off or disconnected. Nothing at all is done, not even looking.
    Disconnected { connection: String },
    /// The first production run waits for a person to confirm count, total and oldest date.
    FirstRun,
}

impl Hold {
    /// Whether even looking at what was already sent must stop.
    const fn stops_everything(&self) -> bool {
        matches!(self, Self::Disconnected { .. })
    }

    /// Whether a person's explicit "send" overrides it.
    const fn yields_to_a_person(&self) -> bool {
        matches!(self, Self::Manual | Self::BeforeStart | Self::SourceStatus { .. })
    }
}

/// What happens next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "plan", rename_all = "snake_case")]
pub enum Plan {
    /// Do this one thing now.
    Act { step: usize, verb: Verb },
    /// Nothing before this instant.
    Wait { until: Timestamp, why: WaitFor },
    /// Nothing until something changes; asked again at `again_at` where the reason can vanish by itself.
    Blocked { problems: Vec<Problem>, again_at: Option<Timestamp> },
    /// Nothing until a person or a setting lets it go on.
    Held { hold: Hold },
    /// Every step is satisfied.
    Settled,
}

/// The effects a plan can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Save the intent, then send.
    Deliver,
    /// Look whether an earlier send arrived.
    Find,
    /// Ask for the verdict.
    Track,
}

/// What a wait is for; each is a sentence on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitFor {
    /// The target's verdict.
    Verdict,
    /// The time after which "not found" may be believed.
    AfterDoubt,
    /// A rate limit to pass.
    RateLimit,
    /// Refused credentials to be mended.
    Credentials,
    /// Another try after a fault.
    Retry,
}

/// The whole engine in one sentence: the first unsatisfied step decides what happens next.
pub fn plan(view: &View) -> Plan {
    let begun = view.steps.iter().any(|step| step.seen.is_frozen());
    if let Some(hold) = &view.hold
        && hold.stops_everything()
    {
        return Plan::Held { hold: hold.clone() };
    }
    // What was begun is followed to its end; the rest is asked of documents that nobody has sent yet.
    if !begun {
        if view.copy_of.is_some() {
            return Plan::Settled;
        }
        if !view.problems.is_empty() {
            return blocked(view.problems.clone(), None);
        }
        if let Some(hold) = &view.hold
            && !(view.asked == Asked::Send && hold.yields_to_a_person())
        {
            return Plan::Held { hold: hold.clone() };
        }
    }
    view.steps
        .iter()
        .enumerate()
        .find_map(|(index, step)| plan_step(index, step, view))
        .unwrap_or(Plan::Settled)
}

fn plan_step(index: usize, step: &Step, view: &View) -> Option<Plan> {
    let act = |verb| Some(Plan::Act { step: index, verb });
    let wait = |until, why| Some(Plan::Wait { until, why });
    let now = view.now;
    match &step.seen {
        Seen::Nothing => deliver(index, &step.wanted),
        // A crash: look before sending again.
        Seen::Sending { .. } if step.searchable => act(Verb::Find),
        Seen::Sending { since, .. } => Some(blocked(vec![codes::in_doubt(*since)], None)),
        Seen::Awaiting { .. } if view.asked == Asked::Look => act(Verb::Track),
        Seen::Awaiting { check_at, .. } if now < *check_at => wait(*check_at, WaitFor::Verdict),
        Seen::Awaiting { .. } => act(Verb::Track),
        Seen::Present { .. } if view.asked == Asked::Look => act(Verb::Track),
        Seen::Present { .. } => None,
        Seen::Refused { digest, problems, again_at } => match &step.wanted {
            Wanted::Outbound(wanted) if wanted != digest => act(Verb::Deliver),
            Wanted::Outbound(_) if view.asked == Asked::Send => act(Verb::Deliver),
            Wanted::Outbound(_) if again_at.is_some_and(|at| at <= now) => act(Verb::Deliver),
            Wanted::Unfit(unfit) => Some(blocked(unfit.clone(), None)),
            _ => Some(blocked(problems.clone(), *again_at)),
        },
        Seen::Faulted { fault, retry_at, since, .. } => {
            // A person's wish shortens a wait after a fault, but never the wait after doubt.
            let hurried =
                view.asked != Asked::Nothing && since.is_none() && fault.class != FaultClass::RateLimited;
            if now < *retry_at && !hurried {
                return wait(*retry_at, waiting_for(fault.class, since.is_some()));
            }
            match since {
                Some(_) if step.searchable => act(Verb::Find),
                Some(since) => Some(blocked(vec![codes::in_doubt(*since)], None)),
                None => deliver(index, &step.wanted),
            }
        }
        Seen::InDoubt { problems, .. } => Some(blocked(problems.clone(), None)),
    }
}

fn deliver(step: usize, wanted: &Wanted) -> Option<Plan> {
    match wanted {
        Wanted::Unfit(problems) => Some(blocked(problems.clone(), None)),
        Wanted::Outbound(_) | Wanted::Frozen => Some(Plan::Act { step, verb: Verb::Deliver }),
    }
}

const fn blocked(problems: Vec<Problem>, again_at: Option<Timestamp>) -> Plan {
    Plan::Blocked { problems, again_at }
}

const fn waiting_for(class: FaultClass, doubt: bool) -> WaitFor {
    match class {
        _ if doubt => WaitFor::AfterDoubt,
        FaultClass::RateLimited => WaitFor::RateLimit,
        FaultClass::Unauthorized => WaitFor::Credentials,
        _ => WaitFor::Retry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::ExternalId;
    use crate::fault::{Fault, Sent};
    use crate::id::AttemptId;
    use uuid::Uuid;

    /// Noon of some day; the tables below speak of seconds around it.
    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).expect("in the calendar")
    }

    fn digest(text: &str) -> Digest {
        Digest::of(text.as_bytes())
    }

    fn view(seen: Seen) -> View {
        let wanted = if seen.is_frozen() { Wanted::Frozen } else { Wanted::Outbound(digest("now")) };
        let after_doubt = SignedDuration::from_secs(360);
        let step = Step { seen, wanted, after_doubt, searchable: true };
        View {
            now: at(0),
            hold: None,
            copy_of: None,
            problems: vec![],
            steps: vec![step],
            asked: Asked::Nothing,
        }
    }

    fn check(view: &View, expected: Plan) {
        assert_eq!(plan(view), expected, "{view:?}");
    }

    fn act(verb: Verb) -> Plan {
        Plan::Act { step: 0, verb }
    }

    fn problem() -> Problem {
        Problem::fatal("BR-02", "no number")
    }

    fn awaiting(check_at: i64) -> Seen {
        Seen::Awaiting { id: ExternalId("x".to_owned()), digest: digest("then"), check_at: at(check_at) }
    }

    fn faulted(class: FaultClass, retry_at: i64, since: Option<i64>) -> Seen {
        let sent = if since.is_some() { Sent::Maybe } else { Sent::No };
        let fault = Fault::new(class, sent, "");
        Seen::Faulted { fault, retry_at: at(retry_at), since: since.map(at), digest: digest("now") }
    }

    fn refused(of: &str, again_at: Option<i64>) -> Seen {
        Seen::Refused { digest: digest(of), problems: vec![problem()], again_at: again_at.map(at) }
    }

    fn sending() -> Seen {
        Seen::Sending { attempt: AttemptId::new(Uuid::from_u128(1)), since: at(-5), digest: digest("now") }
    }

    fn in_doubt() -> Seen {
        Seen::InDoubt { digest: digest("then"), since: at(-5), problems: vec![problem()] }
    }

    fn present() -> Seen {
        Seen::Present { id: ExternalId("x".to_owned()), digest: digest("then") }
    }

    #[test]
    fn what_was_seen_decides() {
        let blocked = || Plan::Blocked { problems: vec![problem()], again_at: None };
        check(&view(Seen::Nothing), act(Verb::Deliver));
        check(&view(sending()), act(Verb::Find));
        check(&view(awaiting(10)), Plan::Wait { until: at(10), why: WaitFor::Verdict });
        check(&view(awaiting(0)), act(Verb::Track));
        check(&view(present()), Plan::Settled);
        check(&view(in_doubt()), blocked());
    }

    #[test]
    fn a_refusal_blocks_the_same_content_and_heals_by_itself_with_other_content() {
        check(&view(refused("now", None)), Plan::Blocked { problems: vec![problem()], again_at: None });
        check(&view(refused("then", None)), act(Verb::Deliver));
        check(
            &view(refused("now", Some(60))),
            Plan::Blocked { problems: vec![problem()], again_at: Some(at(60)) },
        );
        check(&view(refused("now", Some(0))), act(Verb::Deliver));
    }

    #[test]
    fn a_fault_waits_then_looks_if_it_may_have_been_sent() {
        let wait = |why| Plan::Wait { until: at(9), why };
        check(&view(faulted(FaultClass::Unavailable, 9, None)), wait(WaitFor::Retry));
        check(&view(faulted(FaultClass::RateLimited, 9, None)), wait(WaitFor::RateLimit));
        check(&view(faulted(FaultClass::Unauthorized, 9, None)), wait(WaitFor::Credentials));
        check(&view(faulted(FaultClass::Unreachable, 9, Some(-5))), wait(WaitFor::AfterDoubt));
        check(&view(faulted(FaultClass::Unavailable, 0, None)), act(Verb::Deliver));
        check(&view(faulted(FaultClass::Unreachable, 0, Some(-5))), act(Verb::Find));
    }

    #[test]
    fn a_person_shortens_a_wait_but_never_a_doubt_or_a_rate_limit() {
        let hurried = |seen| View { asked: Asked::Send, ..view(seen) };
        check(&hurried(faulted(FaultClass::Unavailable, 9, None)), act(Verb::Deliver));
        let waits = |seen, why| check(&hurried(seen), Plan::Wait { until: at(9), why });
        waits(faulted(FaultClass::Unreachable, 9, Some(-5)), WaitFor::AfterDoubt);
        waits(faulted(FaultClass::RateLimited, 9, None), WaitFor::RateLimit);
        check(&hurried(refused("now", None)), act(Verb::Deliver));
        check(&View { asked: Asked::Look, ..view(awaiting(10)) }, act(Verb::Track));
        check(&View { asked: Asked::Look, ..view(present()) }, act(Verb::Track));
        check(&hurried(present()), Plan::Settled);
    }

    #[test]
    fn a_target_that_cannot_be_searched_leaves_doubt_to_a_person() {
        for seen in [sending(), faulted(FaultClass::Unreachable, 0, Some(-5))] {
            let mut view = view(seen);
            view.steps[0].searchable = false;
            assert!(matches!(plan(&view), Plan::Blocked { problems, .. } if problems[0].code == "in_doubt"));
        }
    }

    #[test]
    fn an_unfit_document_is_blocked_before_anything_is_sent() {
        for seen in [Seen::Nothing, refused("then", None), faulted(FaultClass::Unavailable, 0, None)] {
            let mut view = view(seen);
            view.steps[0].wanted = Wanted::Unfit(vec![problem()]);
            check(&view, Plan::Blocked { problems: vec![problem()], again_at: None });
        }
    }

    #[test]
    fn a_hold_stops_what_is_not_begun_and_only_that() {
        let held = |seen, hold: &Hold| View { hold: Some(hold.clone()), ..view(seen) };
        for hold in [Hold::Manual, Hold::FlowDisabled, Hold::NoMatch, Hold::FirstRun] {
            check(&held(Seen::Nothing, &hold), Plan::Held { hold: hold.clone() });
            check(&held(awaiting(0), &hold), act(Verb::Track));
            check(&held(sending(), &hold), act(Verb::Find));
        }
        let gone = Hold::Disconnected { connection: "c".to_owned() };
        for seen in [Seen::Nothing, awaiting(0), sending(), present()] {
            check(&held(seen, &gone), Plan::Held { hold: gone.clone() });
        }
        check(&View { asked: Asked::Send, ..held(Seen::Nothing, &Hold::Manual) }, act(Verb::Deliver));
        let first = Hold::FirstRun;
        check(&View { asked: Asked::Send, ..held(Seen::Nothing, &first) }, Plan::Held { hold: first });
    }

    #[test]
    fn a_copy_is_settled_unless_it_was_begun() {
        let copy = |seen| View { copy_of: Some(DocumentId::new(Uuid::from_u128(7))), ..view(seen) };
        check(&copy(Seen::Nothing), Plan::Settled);
        check(&copy(awaiting(0)), act(Verb::Track));
    }

    #[test]
    fn findings_about_the_document_come_first_until_it_was_begun() {
        let with = |seen| View { problems: vec![problem()], hold: Some(Hold::Manual), ..view(seen) };
        check(&with(Seen::Nothing), Plan::Blocked { problems: vec![problem()], again_at: None });
        check(&with(awaiting(0)), act(Verb::Track));
    }
}
