//! The queue: claims, leases, wakes and verbs.

use std::collections::HashSet;

use counterfoil_core::delivery::ExternalId;
use counterfoil_core::plan::Asked;

use super::fixture::both;
use super::*;
use crate::store::rows::Applied;
use crate::store::{Affected, DoubtResolution};
use crate::store::{Store, StoreError};

both! {
    async fn what_is_claimed_is_claimed_once(fixture) {
        let store = &fixture.store;
        let records = (0..60).map(|at| record(&at.to_string(), "same")).collect();
        store.save_page(page(records)).await.expect("saved");
        let tasks: Vec<_> = (0..12)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.claim_due(at(1), at(100), 7).await.expect("claims") })
            })
            .collect();
        let mut seen = HashSet::new();
        for task in tasks {
            for sync in task.await.expect("ends") {
                assert!(seen.insert(sync.id), "claimed twice");
                assert_eq!(sync.revision, 2);
            }
        }
        assert_eq!(seen.len(), 60);
        assert_eq!(store.next_due().await, Ok(None), "what is held is not due");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_never_claim_the_same() {
    let Some(fixture) = crate::store::tests::fixture::Fixture::postgres().await else { return };
    let other = Store::open(&fixture.url, fixture.key.clone()).await.expect("opens");
    let records = (0..200).map(|at| record(&at.to_string(), "same")).collect();
    fixture.store.save_page(page(records)).await.expect("saved");
    let tasks: Vec<_> = (0..40)
        .map(|turn| {
            let store = if turn % 2 == 0 { other.clone() } else { fixture.store.clone() };
            tokio::spawn(async move { store.claim_due(at(1), at(100), 9).await.expect("claims") })
        })
        .collect();
    let mut seen = HashSet::new();
    for task in tasks {
        for sync in task.await.expect("ends") {
            assert!(seen.insert(sync.id), "claimed twice");
        }
    }
    // A claim may pass over rows that the other one just looks at; nothing is left in the end.
    for sync in other.claim_due(at(1), at(100), 200).await.expect("claims") {
        assert!(seen.insert(sync.id), "claimed twice");
    }
    assert_eq!(seen.len(), 200);
    other.close().await;
    fixture.done().await;
}

both! {
    async fn an_expired_lease_is_claimed_anew_and_its_old_holder_refused(fixture) {
        let store = &fixture.store;
        let [old] = claimed(store, 1).await.try_into().expect("one");
        assert_eq!(store.claim_due(at(99), at(200), 9).await, Ok(vec![]));
        let [new] = store.claim_due(at(100), at(200), 9).await.expect("claims").try_into().expect("expired");
        assert_eq!(store.apply(blocked(&old)).await, Ok(Applied::Lost));
        assert!(matches!(store.apply(blocked(&new)).await, Ok(Applied::Saved { .. })));
    }
}

#[tokio::test]
async fn a_new_start_on_sqlite_gives_every_lease_back() {
    let fixture = crate::store::tests::fixture::Fixture::sqlite().await;
    let [claim] = claimed(&fixture.store, 1).await.try_into().expect("one");
    store_again(&fixture, claim.id).await;
}

async fn store_again(fixture: &crate::store::tests::fixture::Fixture, id: SyncId) {
    fixture.store.release_leases().await.expect("released");
    let [again] = fixture.store.claim_due(at(2), at(100), 9).await.expect("claims").try_into().expect("free");
    assert_eq!(again.id, id);
}

both! {
    async fn a_sync_is_given_back_unplanned(fixture) {
        let store = &fixture.store;
        let [claim] = claimed(store, 1).await.try_into().expect("one");
        store.give_back(&claim, at(7)).await.expect("given back");
        assert_eq!(store.next_due().await, Ok(Some(at(7))));
        assert_eq!(store.claim_due(at(7), at(200), 9).await.expect("claims").len(), 1);
    }
}

both! {
    async fn a_wake_only_lowers_and_the_stronger_wish_stays(fixture) {
        let store = &fixture.store;
        let [claim] = claimed(store, 1).await.try_into().expect("one");
        store.apply(Progress { due_at: Some(at(50)), ..blocked(&claim) }).await.expect("saved");
        store.lower_due(claim.id, at(60), Some(Asked::Send)).await.expect("woken");
        store.lower_due(claim.id, at(70), Some(Asked::Look)).await.expect("woken");
        let row = sync(store, claim.id).await;
        assert_eq!((row.due_at, row.asked, row.revision), (Some(at(50)), Asked::Send, 3));
        store.lower_due(claim.id, at(40), None).await.expect("woken");
        assert_eq!(sync(store, claim.id).await.due_at, Some(at(40)));
    }
}

both! {
    async fn verbs_change_their_sync_and_make_it_due(fixture) {
        let store = &fixture.store;
        let [claim] = claimed(store, 1).await.try_into().expect("one");
        store.apply(blocked(&claim)).await.expect("saved");
        let mandate = MandateId::new(Uuid::from_u128(5));
        store.hold(claim.id, Some("user:a".to_owned()), event("sync_held")).await.expect("held");
        store.choose(claim.id, mandate, event("mandate_chosen")).await.expect("chosen");
        store.release_number(claim.id, event("number_released")).await.expect("released");
        store.ask(claim.id, Asked::Send, event("send_asked")).await.expect("asked");
        store.pin(claim.document, Some(mandate), event("mandate_pinned")).await.expect("pinned");
        let row = sync(store, claim.id).await;
        assert_eq!(row.held_by.as_deref(), Some("user:a"));
        assert_eq!((row.chosen, row.number_released, row.asked), (Some(mandate), true, Asked::Send));
        assert_eq!((row.due_at, row.revision), (Some(at(3)), 7));
        let rows = store.view_rows(&[row]).await.expect("reads");
        assert_eq!(rows[0].0.pinned, Some(mandate));
        store.hold(claim.id, None, event("sync_resumed")).await.expect("resumed");
        assert_eq!(sync(store, claim.id).await.held_by, None);
        let stranger = SyncId::new(Uuid::from_u128(9));
        let absent = store.hold(stranger, None, event("sync_resumed")).await;
        assert!(matches!(absent, Err(StoreError::Constraint(_))), "{absent:?}");
        let documents = count(store, "event where document is not null").await;
        assert_eq!(documents, 7, "every verb is in the audit trail of its document, and nothing else");
    }
}

both! {
    async fn a_person_resolves_doubt(fixture) {
        let store = &fixture.store;
        let claims = claimed(store, 2).await;
        for (claim, by) in claims.iter().zip(1..) {
            let mut doubt = intent(claim, attempt(by), None);
            let row = doubt.delivery.as_mut().expect("a delivery");
            row.seen = Seen::InDoubt { digest: Digest::of(b"outbound"), since: at(2), problems: vec![] };
            doubt.release = true;
            store.apply(doubt).await.expect("saved");
        }
        let arrived = DoubtResolution::Arrived(ExternalId("x".to_owned()));
        store.resolve_doubt(claims[0].id, arrived.clone(), event("doubt_resolved")).await.expect("resolved");
        store.resolve_doubt(claims[1].id, DoubtResolution::NotArrived, event("doubt_resolved")).await.expect("resolved");
        let seen = |row: Option<DeliveryRow>| row.expect("there").seen;
        let awaiting =
            Seen::Awaiting { id: ExternalId("x".to_owned()), digest: Digest::of(b"outbound"), check_at: at(3) };
        assert_eq!(seen(delivery(store, claims[0].id).await), awaiting);
        assert_eq!(seen(delivery(store, claims[1].id).await), Seen::Nothing);
        let again = store.resolve_doubt(claims[0].id, arrived, event("doubt_resolved")).await;
        assert!(matches!(again, Err(StoreError::Constraint(_))), "{again:?}");
    }
}

both! {
    async fn a_changed_configuration_makes_due_what_it_may_have_healed(fixture) {
        let store = &fixture.store;
        let claims = claimed(store, 4).await;
        let credentials = counterfoil_core::plan::Plan::Wait {
            until: at(5000),
            why: counterfoil_core::plan::WaitFor::Credentials,
        };
        let states = [State::Blocked, State::Held, State::Settled, State::Waiting];
        for (claim, state) in claims.iter().zip(states) {
            let mut plan = Progress { state, ..blocked(claim) };
            if state == State::Waiting {
                (plan.plan, plan.due_at) = (Some(credentials.clone()), Some(at(900_000_000)));
            }
            store.apply(plan).await.expect("saved");
        }
        let other = FlowId::new(Uuid::from_u128(99));
        store.make_due(Affected::Flow(other)).await.expect("nothing");
        let far = crate::engine::world::now() + jiff::SignedDuration::from_hours(1);
        assert_eq!(store.claim_due(far, far, 9).await, Ok(vec![]));
        store.make_due(Affected::Connection(target())).await.expect("woken");
        let mut due: Vec<SyncId> =
            store.claim_due(far, far, 9).await.expect("claims").into_iter().map(|sync| sync.id).collect();
        due.sort_unstable();
        let mut expected = vec![claims[0].id, claims[1].id, claims[3].id];
        expected.sort_unstable();
        assert_eq!(due, expected);
    }
}
