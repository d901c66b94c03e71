//! Progress: guards, numbers, outcomes that are never dropped, groups.

use counterfoil_core::delivery::ExternalId;
use counterfoil_core::id::DiscrepancyId;
use counterfoil_core::plan::Asked;

use super::fixture::both;
use super::*;
use crate::store::StoreError;
use crate::store::rows::{Applied, AttachmentRow, DiscrepancyRow};

fn awaiting(of: &Progress, id: &str) -> Progress {
    let mut outcome = of.clone();
    let delivery = outcome.delivery.as_mut().expect("a delivery");
    let digest = delivery.seen.digest().expect("sent");
    delivery.seen = Seen::Awaiting { id: ExternalId(id.to_owned()), digest, check_at: at(9) };
    outcome.kind = ProgressKind::Outcome;
    (outcome.state, outcome.due_at) = (State::Waiting, Some(at(9)));
    (outcome.release, outcome.clear_asked) = (true, true);
    outcome.number = None;
    outcome
}

both! {
    async fn intent_then_outcome_are_saved_whole(fixture) {
        let store = &fixture.store;
        let [claim] = claimed(store, 1).await.try_into().expect("one");
        let intended = intent(&claim, attempt(1), Some(number("A-1")));
        let Ok(Applied::Saved { revision }) = store.apply(intended.clone()).await else { panic!("not saved") };
        assert_eq!(revision, claim.revision + 1);
        assert_eq!(delivery(store, claim.id).await, intended.delivery);
        assert_eq!(store.claim_due(at(50), at(200), 9).await, Ok(vec![]), "the lease is kept");
        let mut outcome = Progress { revision, ..awaiting(&intended, "x-1") };
        outcome.events.push(event("delivery_accepted"));
        assert_eq!(store.apply(outcome.clone()).await, Ok(Applied::Saved { revision: revision + 1 }));
        assert_eq!(delivery(store, claim.id).await, outcome.delivery);
        let saved = sync(store, claim.id).await;
        assert_eq!((saved.state, saved.due_at), (State::Waiting, Some(at(9))));
        assert_eq!(store.next_due().await, Ok(Some(at(9))));
        let known = store.deliveries_by_external_id(target(), &[ExternalId("x-1".into()), ExternalId("y".into())]).await;
        assert_eq!(known, Ok(vec![(ExternalId("x-1".into()), claim.id)]));
        let holder = store.number_holder(&number("A-1")).await.expect("reads").expect("taken");
        assert_eq!((holder.sync, holder.digest), (claim.id, Digest::of(b"content 0")));
        assert_eq!(store.body(Digest::of(b"outbound")).await.expect("reads").as_deref(), Some(b"outbound".as_slice()));
        assert_eq!(verbs(store).await, ["document_received", "delivery_accepted"]);
    }
}

both! {
    async fn a_plan_of_an_older_revision_changes_nothing(fixture) {
        let store = &fixture.store;
        let [claim] = claimed(store, 1).await.try_into().expect("one");
        let mut stale = intent(&claim, attempt(1), Some(number("A-1")));
        stale.revision -= 1;
        stale.events.push(event("delivery_intended"));
        assert_eq!(store.apply(stale).await, Ok(Applied::Lost));
        assert_eq!(sync(store, claim.id).await, claim);
        assert_eq!(delivery(store, claim.id).await, None);
        assert_eq!(store.number_holder(&number("A-1")).await, Ok(None));
        assert_eq!(verbs(store).await, ["document_received"]);
    }
}

both! {
    async fn one_lost_guard_leaves_the_rest_of_a_group_alone(fixture) {
        let store = &fixture.store;
        let claims = claimed(store, 40).await;
        let mut tasks = Vec::new();
        for (at, claim) in claims.iter().enumerate() {
            let mut plan = blocked(claim);
            plan.revision -= i64::from(at == 7);
            let store = store.clone();
            tasks.push(tokio::spawn(async move { store.apply(plan).await }));
        }
        for (at, task) in tasks.into_iter().enumerate() {
            let expected = if at == 7 { Applied::Lost } else { Applied::Saved { revision: 3 } };
            assert_eq!(task.await.expect("ends"), Ok(expected), "{at}");
        }
        let counts = store.counts().await.expect("counts");
        assert_eq!(counts.get(&(flow(), State::Blocked)), Some(&39));
        assert_eq!(counts.get(&(flow(), State::Due)), Some(&1));
    }
}

both! {
    async fn an_outcome_is_saved_by_its_attempt_after_a_lost_guard(fixture) {
        let store = &fixture.store;
        let [claim] = claimed(store, 1).await.try_into().expect("one");
        let intended = intent(&claim, attempt(1), None);
        let Ok(Applied::Saved { revision }) = store.apply(intended.clone()).await else { panic!("not saved") };
        store.hold(claim.id, Some("a".to_owned()), event("sync_held")).await.expect("held");
        let mut outcome = Progress { revision, ..awaiting(&intended, "x-1") };
        outcome.events.push(event("delivery_accepted"));
        outcome.at = at(20);
        let Ok(Applied::Saved { revision: now }) = store.apply(outcome.clone()).await else { panic!("dropped") };
        assert_eq!(delivery(store, claim.id).await, outcome.delivery);
        let saved = sync(store, claim.id).await;
        assert_eq!((saved.state, saved.due_at, saved.revision), (State::Due, Some(at(20)), now));
        assert_eq!(saved.held_by.as_deref(), Some("a"));
        assert_eq!(verbs(store).await, ["document_received", "sync_held", "delivery_accepted"]);
        assert_eq!(store.claim_due(at(20), at(200), 9).await.expect("claims").len(), 1, "the lease was given back");
    }
}

both! {
    async fn an_outcome_of_an_attempt_that_was_replaced_keeps_its_events_only(fixture) {
        let store = &fixture.store;
        let [claim] = claimed(store, 1).await.try_into().expect("one");
        let first = intent(&claim, attempt(1), None);
        store.apply(first.clone()).await.expect("saved");
        let [again] = store.claim_due(at(101), at(200), 9).await.expect("claims").try_into().expect("the lease expired");
        let second = intent(&again, attempt(2), None);
        store.apply(second.clone()).await.expect("saved");
        let mut late = Progress { revision: claim.revision + 1, ..awaiting(&first, "x-1") };
        late.events.push(event("delivery_accepted"));
        assert!(matches!(store.apply(late).await, Ok(Applied::Saved { .. })));
        assert_eq!(delivery(store, claim.id).await, second.delivery);
        assert_eq!(verbs(store).await.last().map(String::as_str), Some("delivery_accepted"));
        let held = store.claim_due(at(150), at(300), 9).await;
        assert_eq!(held, Ok(vec![]), "the lease belongs to the second holder");
    }
}

both! {
    async fn of_two_that_want_one_number_exactly_one_gets_it(fixture) {
        let store = &fixture.store;
        let claims = claimed(store, 6).await;
        let tasks: Vec<_> = claims
            .iter()
            .zip(10..)
            .map(|(claim, by)| {
                let (store, progress) = (store.clone(), intent(claim, attempt(by), Some(number("A-1"))));
                tokio::spawn(async move { store.apply(progress).await.expect("applies") })
            })
            .collect();
        let mut winners = Vec::new();
        for (task, claim) in tasks.into_iter().zip(&claims) {
            match task.await.expect("ends") {
                Applied::Saved { .. } => winners.push(claim.id),
                Applied::Lost => assert_eq!(sync(store, claim.id).await, *claim, "nothing of a loser is saved"),
            }
        }
        let holder = store.number_holder(&number("A-1")).await.expect("reads").expect("taken");
        assert_eq!(winners, [holder.sync]);
        assert_eq!(count(store, "delivery").await, 1);
        // A person released it: another takes it over, and the same one may claim it again.
        let other = claims.iter().find(|claim| claim.id != holder.sync).expect("another");
        let taking = NumberClaim { take_over: true, ..number("A-1") };
        let applied = store.apply(intent(other, attempt(99), Some(taking))).await.expect("applies");
        let Applied::Saved { revision } = applied else { panic!("not taken over") };
        assert_eq!(store.number_holder(&number("A-1")).await.expect("reads").map(|holder| holder.sync), Some(other.id));
        let again = SyncRow { revision, ..other.clone() };
        let applied = store.apply(intent(&again, attempt(100), Some(number("A-1")))).await;
        assert!(matches!(applied, Ok(Applied::Saved { .. })), "{applied:?}");
    }
}

both! {
    async fn one_that_breaks_a_rule_fails_alone(fixture) {
        let store = &fixture.store;
        let claims = claimed(store, 20).await;
        let tasks: Vec<_> = claims
            .iter()
            .enumerate()
            .map(|(at, claim)| {
                let mut plan = blocked(claim);
                if at == 3 {
                    // Names a sync that is not there.
                    let stranger = SyncId::new(Uuid::from_u128(77));
                    let digest = Digest::of(b"");
                    plan.attachments.push(AttachmentRow {
                        sync: stranger, connection: target(), media_type: String::new(), digest, at: super::at(0),
                    });
                }
                let store = store.clone();
                tokio::spawn(async move { store.apply(plan).await })
            })
            .collect();
        for (at, task) in tasks.into_iter().enumerate() {
            match task.await.expect("ends") {
                Ok(Applied::Saved { .. }) => assert_ne!(at, 3),
                Err(StoreError::Constraint(_)) => assert_eq!(at, 3),
                other => panic!("{at}: {other:?}"),
            }
        }
        assert_eq!(store.counts().await.expect("counts").get(&(flow(), State::Blocked)), Some(&19));
        assert_eq!(sync(store, claims[3].id).await, claims[3]);
    }
}

both! {
    async fn a_wake_during_a_step_is_not_lost(fixture) {
        let store = &fixture.store;
        let [claim] = claimed(store, 1).await.try_into().expect("one");
        store.lower_due(claim.id, at(5), Some(Asked::Look)).await.expect("woken");
        assert_eq!(sync(store, claim.id).await.revision, claim.revision, "no reason to plan again");
        let saved = store.apply(Progress { due_at: Some(at(500)), ..blocked(&claim) }).await;
        assert!(matches!(saved, Ok(Applied::Saved { .. })), "{saved:?}");
        let row = sync(store, claim.id).await;
        assert_eq!((row.due_at, row.asked), (Some(at(5)), Asked::Look));
    }
}

both! {
    async fn a_discrepancy_is_open_once_and_closes(fixture) {
        let store = &fixture.store;
        let [claim] = claimed(store, 1).await.try_into().expect("one");
        let row = |number: u128, closed| DiscrepancyRow {
            id: DiscrepancyId::new(Uuid::from_u128(number)),
            sync: claim.id,
            cause: "changed_after_submission".to_owned(),
            details: serde_json::json!({ "sent": 1 }),
            at: at(4),
            closed,
        };
        let mut plan = blocked(&claim);
        plan.discrepancies = vec![row(1, false), row(2, false)];
        let Ok(Applied::Saved { revision }) = store.apply(plan.clone()).await else { panic!("not saved") };
        assert_eq!(count(store, "discrepancy where closed_at is null").await, 1);
        plan.discrepancies = vec![row(3, true), row(4, false)];
        plan.revision = revision;
        store.apply(plan).await.expect("saved");
        assert_eq!(count(store, "discrepancy where closed_at is null").await, 1);
        assert_eq!(count(store, "discrepancy where closed_at is not null").await, 1);
    }
}

both! {
    async fn after_a_restore_the_first_intent_looks_first(fixture) {
        let store = &fixture.store;
        let [claim] = claimed(store, 1).await.try_into().expect("one");
        let restored = at(-60);
        let sql = "update sync set look_first = $1";
        match &store.pools {
            crate::store::Pools::Sqlite { write, .. } => {
                sqlx::query(sql).bind(restored.as_microsecond()).execute(write).await.expect("set");
            }
            crate::store::Pools::Postgres(pool) => {
                let sql = "update sync set look_first = to_timestamp($1)";
                sqlx::query(sql).bind(restored.as_second() as i32).execute(pool).await.expect("set");
            }
        }
        assert_eq!(sync(store, claim.id).await.look_first, Some(restored));
        let intended = intent(&claim, attempt(1), Some(number("A-1")));
        assert_eq!(store.apply(intended.clone()).await, Ok(Applied::Lost), "nothing is to be sent yet");
        let saved = delivery(store, claim.id).await.expect("saved all the same");
        assert!(matches!(saved.seen, Seen::Sending { since, .. } if since == restored), "{:?}", saved.seen);
        let row = sync(store, claim.id).await;
        assert_eq!(row.look_first, None);
        let again = store.apply(intent(&row, attempt(2), Some(number("A-1")))).await;
        assert!(matches!(again, Ok(Applied::Saved { .. })), "{again:?}");
    }
}

both! {
    async fn many_at_once_share_commits(fixture) {
        let store = &fixture.store;
        let claims = claimed(store, 200).await;
        let before = store.statistics();
        let tasks: Vec<_> = claims
            .iter()
            .map(|claim| {
                let (store, plan) = (store.clone(), blocked(claim));
                tokio::spawn(async move { store.apply(plan).await.expect("applies") })
            })
            .collect();
        for task in tasks {
            assert!(matches!(task.await.expect("ends"), Applied::Saved { .. }));
        }
        let after = store.statistics();
        assert!(after.commits - before.commits < 100, "{before:?} {after:?}");
        assert!(after.statements - before.statements == 200, "{before:?} {after:?}");
    }
}
