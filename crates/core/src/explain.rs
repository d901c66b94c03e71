//! The planner's answer as a sentence: what happens next, and why.

use jiff::tz::TimeZone;

use crate::plan::{Hold, Plan, Verb, WaitFor};

/// The "Next:" sentence, with times in the reader's zone.
pub fn sentence(plan: &Plan, zone: &TimeZone) -> String {
    match plan {
        Plan::Act { verb: Verb::Deliver, .. } => "Next: send it.".to_owned(),
        Plan::Act { verb: Verb::Find, .. } => "Next: look whether the earlier send arrived.".to_owned(),
        Plan::Act { verb: Verb::Track, .. } => "Next: ask the target for its verdict.".to_owned(),
        Plan::Wait { until, why } => {
            let clock = until.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string();
            format!("Waiting until {clock}: {}.", waiting(*why))
        }
        Plan::Blocked { problems, again_at } => {
            let what = match problems.as_slice() {
                [] => "it cannot go on".to_owned(),
                [one] => one.message.trim_end_matches('.').to_owned(),
                [first, rest @ ..] => {
                    format!("{} (and {} more)", first.message.trim_end_matches('.'), rest.len())
                }
            };
            match again_at {
                Some(at) => {
                    let clock = at.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string();
                    format!("Blocked: {what}. It is asked again by itself at {clock}.")
                }
                None => format!("Blocked: {what}."),
            }
        }
        Plan::Held { hold } => format!("Held: {}.", holding(hold)),
        Plan::Settled => "Settled: nothing is left to do.".to_owned(),
    }
}

const fn waiting(why: WaitFor) -> &'static str {
    match why {
        WaitFor::Verdict => "the target is working on its verdict",
        WaitFor::AfterDoubt => {
            "an earlier send may have arrived, and it is too early to believe that it did not"
        }
        WaitFor::RateLimit => "the target asked to slow down",
        WaitFor::Credentials => "the target refused the credentials; check the connection",
        WaitFor::Retry => "the last try failed; it is tried again by itself",
    }
}

fn holding(hold: &Hold) -> String {
    match hold {
        Hold::Manual => "this flow sends only what a person chooses; press Send".to_owned(),
        Hold::BeforeStart => {
            "it is dated before the flow's start date; press Send to send it all the same".to_owned()
        }
        Hold::SourceStatus { has: Some(has), needs } => {
            format!("the source shows \"{has}\"; it goes at \"{needs}\"")
        }
        Hold::SourceStatus { has: None, needs } => {
            format!("the source shows no status; it goes at \"{needs}\"")
        }
        Hold::Person { who } => format!("{who} put it aside"),
        Hold::NoMatch => "no bookmark matches, so it has no mandate; pin or choose one".to_owned(),
        Hold::KindNotInFlow => "the flow does not carry this kind of document".to_owned(),
        Hold::FlowDisabled => "the flow is switched off".to_owned(),
        Hold::Disconnected { connection } => format!("the connection \"{connection}\" is switched off"),
        Hold::FirstRun => "the first production run waits for a person to confirm it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Problem;

    fn check(plan: &Plan, expected: &str) {
        let zone = crate::schedule::zone("Europe/Berlin").expect("zone");
        assert_eq!(sentence(plan, &zone), expected);
    }

    #[test]
    fn a_wait_names_its_end_in_the_readers_zone_and_its_reason() {
        let until = "2026-11-21T13:05:00Z".parse().expect("instant");
        check(
            &Plan::Wait { until, why: WaitFor::RateLimit },
            "Waiting until 14:05:00: the target asked to slow down.",
        );
    }

    #[test]
    fn a_block_names_its_first_problem_and_counts_the_rest() {
        let problems = vec![Problem::fatal("a", "The first."), Problem::fatal("b", "The second.")];
        check(&Plan::Blocked { problems, again_at: None }, "Blocked: The first (and 1 more).");
    }
}
