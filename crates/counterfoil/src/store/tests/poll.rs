//! Pages and cursors.

use super::fixture::both;
use super::*;
use crate::store::rows::Applied;
use crate::store::{PageSaved, PollRow};

const fn saved(new: usize, changed: usize, unchanged: usize) -> PageSaved {
    PageSaved { new, changed, unchanged }
}

both! {
    async fn the_same_page_twice_changes_nothing(fixture) {
        let store = &fixture.store;
        let first = || page(vec![record("a", "1"), record("b", "1"), record("c", "3")]);
        assert_eq!(store.save_page(first()).await, Ok(saved(3, 0, 0)));
        let rows = |store: crate::store::Store| async move {
            let mut rows = Vec::new();
            for table in ["document", "record", "sync", "event", "body"] {
                rows.push(count(&store, table).await);
            }
            rows
        };
        assert_eq!(rows(store.clone()).await, [3, 3, 3, 3, 2], "equal bytes lie once");
        assert_eq!(store.save_page(first()).await, Ok(saved(0, 0, 3)));
        assert_eq!(rows(store.clone()).await, [3, 3, 3, 3, 2]);
        let id = store.document_by_key(source(), "b").await.expect("reads").expect("there");
        let [sync] = store.syncs_of(id).await.expect("reads").try_into().expect("one flow");
        let rows = store.view_rows(&[sync]).await.expect("reads");
        let (document, deliveries) = &rows[0];
        assert_eq!((document.version, document.digest), (1, Digest::of(b"1")));
        assert_eq!(document.summary, record("b", "").summary, "kind, day and amount come back as they were");
        assert!(deliveries.is_empty());
    }
}

both! {
    async fn a_change_is_a_version_and_makes_stale_what_was_planned(fixture) {
        let store = &fixture.store;
        let [claim] = claimed(store, 1).await.try_into().expect("one");
        store.apply(Progress { state: State::Settled, ..blocked(&claim) }).await.expect("saved");
        // Another flow over the same source.
        let other = PolledPage { flow: FlowId::new(Uuid::from_u128(8)), ..page(vec![record("0000", "content 0")]) };
        assert_eq!(store.save_page(other).await, Ok(saved(0, 0, 1)));
        let planned = store.claim_due(at(1), at(100), 9).await.expect("claims");
        assert_eq!(planned.len(), 1, "the other flow has a sync of its own");
        let change = PolledPage { at: at(30), ..page(vec![record("0000", "changed")]) };
        assert_eq!(store.save_page(change).await, Ok(saved(0, 1, 0)));
        assert_eq!(store.apply(blocked(&planned[0])).await, Ok(Applied::Lost));
        let syncs = store.syncs_of(claim.document).await.expect("reads");
        assert_eq!(syncs.iter().map(|sync| sync.due_at).collect::<Vec<_>>(), [Some(at(30)); 2]);
        let rows = store.view_rows(&syncs).await.expect("reads");
        assert_eq!((rows[0].0.version, rows[1].0.digest), (2, Digest::of(b"changed")));
        assert_eq!(store.body(Digest::of(b"content 0")).await.expect("reads").as_deref(), Some(b"content 0".as_slice()));
        assert_eq!(verbs(store).await, ["document_received", "document_changed"]);
    }
}

both! {
    async fn a_key_twice_in_a_page_is_read_as_its_last(fixture) {
        let store = &fixture.store;
        let twice = page(vec![record("a", "1"), record("b", "2"), record("a", "3")]);
        assert_eq!(store.save_page(twice).await, Ok(saved(2, 0, 0)));
        let id = store.document_by_key(source(), "a").await.expect("reads").expect("there");
        let syncs = store.syncs_of(id).await.expect("reads");
        let rows = store.view_rows(&syncs).await.expect("reads");
        assert_eq!(rows[0].0.digest, Digest::of(b"3"));
    }
}

both! {
    async fn hostile_text_does_not_stop_a_page(fixture) {
        let store = &fixture.store;
        let mut hostile = record("a\0b", "x\0y");
        hostile.summary.number = Some("\0'; drop table sync; --".to_owned());
        assert_eq!(store.save_page(page(vec![hostile, record("c", "")])).await, Ok(saved(2, 0, 0)));
        let id = store.document_by_key(source(), "a\u{fffd}b").await.expect("reads");
        assert!(id.is_some());
        assert_eq!(store.body(Digest::of(b"x\0y")).await.expect("reads").as_deref(), Some(b"x\0y".as_slice()));
    }
}

both! {
    async fn a_source_is_claimed_once_and_goes_on_where_it_was(fixture) {
        let store = &fixture.store;
        let row = |cursor: &str| PollRow { flow: flow(), cursor: cursor.to_owned() };
        store.ensure_cursor(flow(), at(5)).await.expect("made");
        store.ensure_cursor(flow(), at(0)).await.expect("kept");
        assert_eq!(store.next_poll_due().await, Ok(Some(at(5))));
        assert_eq!(store.claim_polls(at(4), at(100)).await, Ok(vec![]));
        assert_eq!(store.claim_polls(at(5), at(100)).await, Ok(vec![row("")]));
        assert_eq!(store.claim_polls(at(6), at(100)).await, Ok(vec![]));
        // More pages follow: the claim is kept. The last page gives it back.
        let more = PolledPage { cursor: "p2".to_owned(), next_poll: at(10), at: at(10), ..page(vec![]) };
        store.save_page(more).await.expect("saved");
        assert_eq!(store.claim_polls(at(20), at(100)).await, Ok(vec![]));
        let last = PolledPage { cursor: "p3".to_owned(), next_poll: at(60), at: at(11), ..page(vec![]) };
        store.save_page(last).await.expect("saved");
        assert_eq!(store.claim_polls(at(59), at(100)).await, Ok(vec![]));
        assert_eq!(store.claim_polls(at(60), at(100)).await, Ok(vec![row("p3")]));
        store.poll_finished(flow(), at(90), Some("unreachable".to_owned())).await.expect("saved");
        assert_eq!(store.claim_polls(at(89), at(200)).await, Ok(vec![]));
        assert_eq!(store.claim_polls(at(90), at(200)).await, Ok(vec![row("p3")]));
        // Handed over by somebody: the position stays.
        let handed = PolledPage { cursor: String::new(), next_poll: at(91), at: at(90), ..page(vec![record("h", "1")]) };
        store.save_page(handed).await.expect("saved");
        assert_eq!(store.claim_polls(at(91), at(200)).await, Ok(vec![row("p3")]));
    }
}
