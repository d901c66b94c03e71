//! The store's questions and changes, each named for what it asks.

use std::collections::BTreeMap;
use std::sync::Arc;

use counterfoil_core::bookmark::Bookmark;
use counterfoil_core::configuration::{Configuration, Connection};
use counterfoil_core::delivery::ExternalId;
use counterfoil_core::digest::Digest;
use counterfoil_core::event::Event;
use counterfoil_core::flow::Flow;
use counterfoil_core::id::{BookmarkId, ConnectionId, DocumentId, FlowId, MandateId, MappingId, SyncId};
use counterfoil_core::mandate::Mandate;
use counterfoil_core::mapping::Mapping;
use counterfoil_core::plan::Asked;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use super::error::Result;
use super::rows::*;
use super::types::public::*;
use super::writer::exchange;
use super::{Key, Store, StoreError, read, write};

/// Tries to save a page where other processes are in the way.
const PAGE_TRIES_MAX: usize = 3;
/// Syncs made due in one commit.
const DUE_STEP: i64 = 2000;

impl Store {
    /// Saves one step of progress, grouped with whatever else is to be saved.
    pub async fn apply(&self, progress: Progress) -> Result<Applied> {
        self.writer.apply(progress).await
    }

    /// Saves a page with its cursor. The same page twice changes nothing.
    pub async fn save_page(&self, mut page: PolledPage) -> Result<PageSaved> {
        clean(&mut page);
        for _ in 1..PAGE_TRIES_MAX {
            match self.save_cleaned(&page).await {
                // Two processes met the same new object at once: the second then finds it known.
                Err(StoreError::Constraint(_) | StoreError::Busy) => {}
                saved => return saved,
            }
        }
        self.save_cleaned(&page).await
    }

    async fn save_cleaned(&self, page: &PolledPage) -> Result<PageSaved> {
        write!(self, poll::save_page(page))
    }

    /// A cursor for a flow that has none.
    pub async fn ensure_cursor(&self, flow: FlowId, due_at: Timestamp) -> Result<()> {
        // Asked twice a second: a look is cheaper than a write.
        if read!(self, poll::has_cursor(flow))? {
            return Ok(());
        }
        write!(self, poll::ensure_cursor(flow, due_at))
    }

    /// Claims every flow whose source is to be looked at.
    pub async fn claim_polls(&self, now: Timestamp, lease_until: Timestamp) -> Result<Vec<PollRow>> {
        write!(self, poll::claim(now, lease_until))
    }

    /// When the next source is to be looked at.
    pub async fn next_poll_due(&self) -> Result<Option<Timestamp>> {
        read!(self, poll::next_due())
    }

    /// A poll ended without a page.
    pub async fn poll_finished(&self, flow: FlowId, next: Timestamp, fault: Option<String>) -> Result<()> {
        write!(self, poll::finished(flow, next, fault.clone()))
    }

    /// Looks at a flow's source now.
    pub async fn poll_now(&self, flow: FlowId) -> Result<()> {
        write!(self, poll::now(flow, crate::engine::world::now()))
    }

    /// Claims what is due.
    pub async fn claim_due(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: usize,
    ) -> Result<Vec<SyncRow>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        write!(self, queue::claim_due(now, lease_until, limit))
    }

    pub(super) async fn release_leases(&self) -> Result<()> {
        write!(self, queue::release_leases())
    }

    /// When the next unclaimed sync is due.
    pub async fn next_due(&self) -> Result<Option<Timestamp>> {
        read!(self, queue::next_due())
    }

    /// One sync.
    pub async fn sync(&self, id: SyncId) -> Result<Option<SyncRow>> {
        read!(self, queue::sync(id))
    }

    /// The document of a source's object.
    pub async fn document_by_key(&self, connection: ConnectionId, key: &str) -> Result<Option<DocumentId>> {
        read!(self, queue::document_by_key(connection, key))
    }

    /// The syncs of a document.
    pub async fn syncs_of(&self, document: DocumentId) -> Result<Vec<SyncRow>> {
        read!(self, queue::syncs_of(document))
    }

    /// Syncs that are not settled.
    pub async fn syncs_matching(
        &self,
        flow: Option<FlowId>,
        document: Option<DocumentId>,
        limit: usize,
    ) -> Result<Vec<SyncId>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        read!(self, queue::syncs_matching(flow, document, limit))
    }

    /// The document and the deliveries of each sync, in the same order.
    pub async fn view_rows(&self, syncs: &[SyncRow]) -> Result<Vec<(DocumentRow, Vec<DeliveryRow>)>> {
        read!(self, queue::view_rows(syncs))
    }

    /// A wake: only ever earlier.
    pub async fn lower_due(&self, id: SyncId, at: Timestamp, asked: Option<Asked>) -> Result<()> {
        write!(self, queue::lower_due(id, at, asked)).map(drop)
    }

    /// Gives a claimed sync back unplanned, to be looked at again at `at`.
    pub async fn give_back(&self, sync: &SyncRow, at: Timestamp) -> Result<()> {
        write!(self, queue::give_back(sync.id, sync.revision, at))
    }

    /// Bytes by digest; none past their retention.
    pub async fn body(&self, digest: Digest) -> Result<Option<Arc<[u8]>>> {
        read!(self, queue::body(digest))
    }

    /// Who has a number.
    pub async fn number_holder(&self, claim: &NumberClaim) -> Result<Option<NumberHolder>> {
        read!(self, queue::number_holder(claim))
    }

    /// Which syncs a target's identifiers belong to.
    pub async fn deliveries_by_external_id(
        &self,
        connection: ConnectionId,
        ids: &[ExternalId],
    ) -> Result<Vec<(ExternalId, SyncId)>> {
        read!(self, queue::deliveries_by_external_id(connection, ids))
    }

    /// Syncs by flow and state.
    pub async fn counts(&self) -> Result<BTreeMap<(FlowId, State), i64>> {
        read!(self, queue::counts())
    }

    /// A write that changes nothing: whether the database takes writes.
    pub async fn probe(&self) -> Result<()> {
        write!(self, queue::probe())
    }

    /// A wish for one document.
    pub async fn ask(&self, sync: SyncId, asked: Asked, event: Event) -> Result<()> {
        write!(self, verbs::ask(sync, asked, &event))
    }

    /// Puts a document aside, or lets it go on.
    pub async fn hold(&self, sync: SyncId, who: Option<String>, event: Event) -> Result<()> {
        write!(self, verbs::hold(sync, who.clone(), &event))
    }

    /// A mandate where no bookmark decides.
    pub async fn choose(&self, sync: SyncId, mandate: MandateId, event: Event) -> Result<()> {
        write!(self, verbs::choose(sync, mandate, &event))
    }

    /// A mandate on the document itself.
    pub async fn pin(&self, document: DocumentId, mandate: Option<MandateId>, event: Event) -> Result<()> {
        write!(self, verbs::pin(document, mandate, &event))
    }

    /// A used number may be used again by this document.
    pub async fn release_number(&self, sync: SyncId, event: Event) -> Result<()> {
        write!(self, verbs::release_number(sync, &event))
    }

    /// A person's word on something in doubt.
    pub async fn resolve_doubt(&self, sync: SyncId, resolution: DoubtResolution, event: Event) -> Result<()> {
        write!(self, verbs::resolve_doubt(sync, &resolution, &event))
    }

    /// Looks anew at everything a change of configuration may have healed.
    pub async fn make_due(&self, affected: Affected) -> Result<()> {
        let now = crate::engine::world::now();
        let mut after = String::new();
        while let Some(last) = write!(self, verbs::make_due(affected, &after, DUE_STEP, now))? {
            after = last;
        }
        Ok(())
    }

    /// The whole configuration.
    pub async fn configuration(&self) -> Result<Configuration> {
        read!(self, configuration::all())
    }

    /// Grows with every change of the configuration.
    pub async fn configuration_revision(&self) -> Result<i64> {
        read!(self, configuration::revision())
    }

    async fn put(
        &self,
        kind: &'static str,
        id: String,
        name: &str,
        value: &impl Serialize,
        expected: Option<i64>,
        event: Event,
    ) -> Result<()> {
        let body = serde_json::to_string(value).map_err(|error| StoreError::Other(error.to_string()))?;
        write!(self, configuration::put(kind, &id, name, &body, expected, &event))
    }

    async fn delete(&self, kind: &'static str, id: String, event: Event) -> Result<()> {
        write!(self, configuration::delete(kind, &id, &event))
    }

    /// Saves a connection; `expected` is the revision it was changed from, none where it is new.
    pub async fn put_connection(
        &self,
        id: ConnectionId,
        value: &Connection,
        expected: Option<i64>,
        event: Event,
    ) -> Result<()> {
        self.put("connection", id.to_string(), &value.name, value, expected, event).await
    }

    /// Saves a flow.
    pub async fn put_flow(
        &self,
        id: FlowId,
        value: &Flow,
        expected: Option<i64>,
        event: Event,
    ) -> Result<()> {
        self.put("flow", id.to_string(), &value.name, value, expected, event).await
    }

    /// Saves a mandate.
    pub async fn put_mandate(
        &self,
        id: MandateId,
        value: &Mandate,
        expected: Option<i64>,
        event: Event,
    ) -> Result<()> {
        self.put("mandate", id.to_string(), &value.name, value, expected, event).await
    }

    /// Saves a bookmark.
    pub async fn put_bookmark(
        &self,
        id: BookmarkId,
        value: &Bookmark,
        expected: Option<i64>,
        event: Event,
    ) -> Result<()> {
        self.put("bookmark", id.to_string(), &value.name, value, expected, event).await
    }

    /// Saves a mapping.
    pub async fn put_mapping(
        &self,
        id: MappingId,
        value: &Mapping,
        expected: Option<i64>,
        event: Event,
    ) -> Result<()> {
        self.put("mapping", id.to_string(), &value.name, value, expected, event).await
    }

    /// Removes a connection and its secrets.
    pub async fn delete_connection(&self, id: ConnectionId, event: Event) -> Result<()> {
        self.delete("connection", id.to_string(), event).await
    }

    /// Removes a flow and its cursor.
    pub async fn delete_flow(&self, id: FlowId, event: Event) -> Result<()> {
        self.delete("flow", id.to_string(), event).await
    }

    /// Removes a mandate.
    pub async fn delete_mandate(&self, id: MandateId, event: Event) -> Result<()> {
        self.delete("mandate", id.to_string(), event).await
    }

    /// Removes a bookmark.
    pub async fn delete_bookmark(&self, id: BookmarkId, event: Event) -> Result<()> {
        self.delete("bookmark", id.to_string(), event).await
    }

    /// Removes a mapping.
    pub async fn delete_mapping(&self, id: MappingId, event: Event) -> Result<()> {
        self.delete("mapping", id.to_string(), event).await
    }

    /// The secrets of a connection; empty where it has none.
    pub async fn credentials(&self, id: ConnectionId) -> Result<Credentials> {
        let sealed: Option<Vec<u8>> = read!(self, configuration::credentials(id))?;
        let Some(sealed) = sealed else { return Ok(Credentials::new()) };
        let plain = self.key.open(&id.to_string(), &sealed)?;
        let fields: BTreeMap<String, String> =
            serde_json::from_slice(&plain).map_err(|_| StoreError::Sealed(id.to_string()))?;
        Ok(fields.into_iter().map(|(name, value)| (name, SecretString::from(value))).collect())
    }

    /// Seals and saves the secrets of a connection.
    pub async fn put_credentials(&self, id: ConnectionId, credentials: &Credentials) -> Result<()> {
        let plain: BTreeMap<&str, &str> =
            credentials.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
        let plain = serde_json::to_vec(&plain).map_err(|error| StoreError::Other(error.to_string()))?;
        let sealed = self.key.seal(&id.to_string(), &plain)?;
        write!(self, configuration::put_credentials(id, sealed.clone(), crate::engine::world::now()))
    }

    /// Seals every secret anew with another key, and answers how many there were. This store goes on with the old key:
    /// it is to be opened anew with the new one.
    pub async fn rotate_key(&self, new: &Key) -> Result<usize> {
        write!(self, configuration::rewrap(&self.key, new, crate::engine::world::now()))
    }

    /// Refuses a key that did not seal what is there.
    pub(super) async fn check_key(&self) -> Result<()> {
        let name = self.key.name();
        let known = write!(self, configuration::key_id(&name))?;
        if known == name { Ok(()) } else { Err(StoreError::WrongKey) }
    }

    /// Logs exchanges that belong to no document.
    pub async fn log_exchanges(&self, rows: Vec<ExchangeRow>) -> Result<()> {
        let Some(at) = rows.first().map(|row| row.exchange.at) else { return Ok(()) };
        let mut bodies = Vec::new();
        let columns: Vec<_> = rows.iter().map(|row| exchange::columns(row, &mut bodies)).collect();
        write!(self, insert::logged(bodies.clone(), &columns, at))
    }

    /// Every document's progress, for comparisons.
    pub async fn all_progress(&self) -> Result<Vec<crate::demo::compare::Ours>> {
        read!(self, lists::all_progress())
    }

    /// How many exchanges are logged.
    pub async fn exchange_count(&self) -> Result<i64> {
        read!(self, lists::exchange_count())
    }

    /// What the writer has done since the store was opened.
    pub fn statistics(&self) -> Statistics {
        let (commits, members) = self.writer.counts();
        Statistics { statements: members, commits }
    }
}

/// PostgreSQL takes no NUL in a text; a source that sends one must not stop the page.
fn clean(page: &mut PolledPage) {
    let text = |text: &mut String| {
        if text.contains('\0') {
            *text = text.replace('\0', "\u{fffd}");
        }
    };
    for record in &mut page.records {
        text(&mut record.key);
        text(&mut record.media_type);
        let Summary { number, seller, seller_key, buyer, currency, source_status, .. } = &mut record.summary;
        [number, seller, seller_key, buyer, currency, source_status].into_iter().flatten().for_each(text);
    }
    text(&mut page.cursor);
}
