//! Rows -> View: everything the planner may know of one document, gathered and frozen.

use std::sync::Arc;

use counterfoil_connectors::port::{Attempt, Received};
use counterfoil_core::configuration::{Configuration, Kept};
use counterfoil_core::delivery::Seen;
use counterfoil_core::digest::Digest;
use counterfoil_core::document::Document;
use counterfoil_core::fault::Fault;
use counterfoil_core::flow::Flow;
use counterfoil_core::gate::Gate;
use counterfoil_core::mandate::{Endpoint, Mandate, MandateOffer};
use counterfoil_core::plan::{Asked, Plan, Step, View, Wanted};
use counterfoil_core::render::{Rendered, Rendering};
use counterfoil_core::route::{Route, route};
use counterfoil_core::{Problem, codes};

use super::recent::Canonical;
use super::systems::Opened;
use super::{Inner, world};
use crate::store::rows::{DeliveryRow, DocumentRow, RenderedFrom, SyncRow};

/// One document's rows, as claimed.
#[derive(Clone)]
pub(super) struct Claimed {
    pub sync: SyncRow,
    pub document: DocumentRow,
    pub deliveries: Vec<DeliveryRow>,
}

/// What was gathered: the planner's view, and what performing its answer needs.
pub(super) struct Looked {
    pub view: View,
    pub route: Option<Route>,
    pub target: Option<Target>,
    pub canonical: Option<Arc<Canonical>>,
    pub rendered: Option<Rendered>,
}

/// Where the document goes, or already is.
pub(super) struct Target {
    pub opened: Arc<Opened>,
    pub mandate: counterfoil_core::id::MandateId,
    pub delivery: DeliveryRow,
}

/// How thoroughly to look.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Depth {
    /// Ask who has the number first: after a lost guard, or where that blocked it before.
    pub number: bool,
    /// Gather the source of every element, and render even what is held: for the dry run and the screen.
    pub trace: bool,
}

/// Gathers. A fault means that the target could not say what is needed to decide.
pub(super) async fn look(
    inner: &Inner,
    claimed: &Claimed,
    attempt: &Attempt,
    depth: Depth,
) -> Result<Looked, LookFault> {
    let configuration = inner.configuration();
    let Some(flow) = configuration.flows.get(&claimed.sync.flow) else {
        return Ok(Looked::blocked(claimed, vec![codes::connection_missing("a flow")]));
    };
    let looking = Looking { inner, claimed, attempt, depth, configuration: &configuration, flow };
    match claimed.deliveries.iter().find(|delivery| delivery.seen.is_frozen() && looking.is_current(delivery))
    {
        Some(delivery) => looking.frozen(delivery).await,
        None => looking.fresh().await,
    }
}

/// Why looking stopped.
pub(super) enum LookFault {
    /// A target could not answer.
    Target { fault: Fault, opened: Arc<Opened> },
    /// The store could not.
    Store(crate::store::StoreError),
}

impl From<crate::store::StoreError> for LookFault {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Store(error)
    }
}

struct Looking<'a> {
    inner: &'a Inner,
    claimed: &'a Claimed,
    attempt: &'a Attempt,
    depth: Depth,
    configuration: &'a Configuration,
    flow: &'a Kept<Flow>,
}

impl Looking<'_> {
    /// A delivery belongs to a connection and its environment: a rehearsal never stands for the real thing.
    fn is_current(&self, delivery: &DeliveryRow) -> bool {
        self.configuration
            .connections
            .get(&delivery.connection)
            .is_none_or(|connection| connection.environment == delivery.environment)
    }

    /// What was begun is followed where it was begun, whatever the routes say now.
    async fn frozen(&self, delivery: &DeliveryRow) -> Result<Looked, LookFault> {
        let opened = match self.open(delivery.connection).await {
            Ok(opened) => opened,
            Err(problem) => return Ok(Looked::blocked(self.claimed, vec![problem])),
        };
        let hold = self.gate(Some(&opened), true).hold();
        let view = self.view(hold, vec![], self.step(delivery.seen.clone(), Wanted::Frozen, &opened));
        let target = Target { mandate: delivery.mandate, delivery: delivery.clone(), opened };
        Ok(Looked { view, route: None, target: Some(target), canonical: None, rendered: None })
    }

    /// What nobody has yet: read, route, render, judge.
    async fn fresh(&self) -> Result<Looked, LookFault> {
        let canonical = self.canonical().await?;
        let mut fatal: Vec<Problem> = canonical.problems.iter().filter(|p| p.is_fatal()).cloned().collect();
        let of_receiving =
            self.claimed.document.problems.iter().filter(|p| p.is_fatal() && !canonical.problems.contains(p));
        fatal.extend(of_receiving.cloned());
        let Some(document) = canonical.document.as_ref().filter(|_| fatal.is_empty()) else {
            let problems = if fatal.is_empty() {
                vec![codes::source_unreadable("nothing was found in it")]
            } else {
                fatal
            };
            return Ok(Looked::blocked(self.claimed, problems));
        };
        let (pinned, chosen) = (self.claimed.document.pinned, self.claimed.sync.chosen);
        let route = route(document, self.flow, self.configuration, pinned, chosen);
        let Some((id, mandate)) =
            route.mandate.and_then(|id| Some((id, self.configuration.mandates.get(&id)?)))
        else {
            let view = self.view(self.gate(None, false).hold(), vec![], None);
            return Ok(Looked {
                view,
                route: Some(route),
                target: None,
                canonical: Some(canonical),
                rendered: None,
            });
        };
        let mut looked = self.routed(id, mandate, document, &canonical).await?;
        looked.route = Some(route);
        looked.canonical = Some(canonical);
        Ok(looked)
    }

    async fn routed(
        &self,
        id: counterfoil_core::id::MandateId,
        mandate: &Kept<Mandate>,
        document: &Document,
        canonical: &Canonical,
    ) -> Result<Looked, LookFault> {
        let opened = match self.open(mandate.connection).await {
            Ok(opened) => opened,
            Err(problem) => return Ok(Looked::blocked(self.claimed, vec![problem])),
        };
        let delivery = self.delivery(id, &opened);
        let hold = self.gate(Some(&opened), true).hold();
        let (copy_of, taken) = self.number(document, canonical, &opened).await?;
        let waits = hold.is_some() && self.claimed.sync.asked != Asked::Send && !self.depth.trace;
        if waits || copy_of.is_some() || !opened.connection.enabled {
            let step = self.step(delivery.seen.clone(), Wanted::Frozen, &opened);
            let view = View { copy_of, ..self.view(hold, taken.into_iter().collect(), step) };
            let target = Target { mandate: id, delivery, opened };
            return Ok(Looked { view, route: None, target: Some(target), canonical: None, rendered: None });
        }
        let mut problems: Vec<Problem> = taken.into_iter().collect();
        if !mandate.active {
            problems.push(codes::mandate_inactive(&mandate.name));
        }
        if opened.connection.company.is_none() {
            problems.push(codes::company_not_chosen(&opened.connection.name));
        }
        let fault = |fault| LookFault::Target { fault, opened: Arc::clone(&opened) };
        let offer = self.inner.reference.offer(&opened, self.attempt, &mandate.code).await.map_err(fault)?;
        let Some(offer) = offer else {
            problems.push(codes::mandate_unknown(&mandate.code));
            return Ok(Looked::blocked(self.claimed, problems));
        };
        let rendered = self.render(mandate, document, canonical, &opened, &offer).await.map_err(fault)?;
        let step = self.step(delivery.seen.clone(), rendered.wanted(), &opened);
        let view = self.view(hold, problems, step);
        let target = Target { mandate: id, delivery, opened };
        Ok(Looked { view, route: None, target: Some(target), canonical: None, rendered: Some(rendered) })
    }

    async fn render(
        &self,
        mandate: &Kept<Mandate>,
        document: &Document,
        canonical: &Canonical,
        opened: &Opened,
        offer: &MandateOffer,
    ) -> Result<Rendered, Fault> {
        let fields = self.inner.reference.fields(opened, self.attempt, &mandate.code, document.kind).await?;
        let mapping = mandate.mapping.and_then(|id| self.configuration.mappings.get(&id));
        let mut rendering = Rendering {
            document,
            bytes: &canonical.bytes,
            mandate,
            connection: &opened.connection,
            mapping: mapping.map(|kept| &kept.value),
            offer,
            fields: &fields,
            receiver: None,
            trace: self.depth.trace,
        };
        let found = if rendering.lacks_receiver() { self.look_up(document, opened).await? } else { None };
        rendering.receiver = found.as_ref();
        Ok(rendering.render())
    }

    /// The buyer's endpoint, where the network knows exactly one under the buyer's VAT number or name.
    async fn look_up(&self, document: &Document, opened: &Opened) -> Result<Option<Endpoint>, Fault> {
        let buyer = &document.invoice.buyer;
        let name = buyer.vat_identifier.as_deref().unwrap_or(&buyer.name);
        let found = self.inner.reference.receivers(opened, self.attempt, None, name).await?;
        Ok(match found.as_slice() {
            [only] => only.endpoints.first().cloned(),
            _ => None,
        })
    }

    /// Who has the number: an identical copy is linked, other content is a problem until a person releases it.
    async fn number(
        &self,
        document: &Document,
        canonical: &Canonical,
        opened: &Opened,
    ) -> Result<(Option<counterfoil_core::id::DocumentId>, Option<Problem>), LookFault> {
        let was_blocked = matches!(&self.claimed.sync.plan, Some(Plan::Blocked { problems, .. })
            if problems.iter().any(|problem| problem.code == "number_already_used"));
        let was_copy =
            matches!(&self.claimed.sync.plan, Some(Plan::Settled)) && self.claimed.deliveries.is_empty();
        if self.claimed.sync.number_released
            || !(self.depth.number || was_blocked || was_copy || self.depth.trace)
        {
            return Ok((None, None));
        }
        let claim = claim(document, opened, false);
        let holder = self
            .inner
            .store
            .number_holder(&claim)
            .await?
            .filter(|holder| holder.sync != self.claimed.sync.id);
        let Some(holder) = holder else { return Ok((None, None)) };
        if holder.digest == self.claimed.document.digest
            || self.same_content(holder.digest, canonical).await?
        {
            return Ok((Some(holder.document), None));
        }
        Ok((None, Some(codes::number_already_used(&claim.number, holder.document, &holder.key))))
    }

    /// Another spelling of the same invoice is a copy too.
    async fn same_content(&self, holder: Digest, canonical: &Canonical) -> Result<bool, LookFault> {
        let Some(bytes) = self.inner.store.body(holder).await? else { return Ok(false) };
        let first = self.normalized(bytes).await;
        Ok(match (&first.document, &canonical.document) {
            (Some(first), Some(second)) => first.invoice == second.invoice && first.remarks == second.remarks,
            _ => false,
        })
    }

    async fn canonical(&self) -> Result<Arc<Canonical>, LookFault> {
        let digest = self.claimed.document.digest;
        if let Some(canonical) = self.inner.recent.get(&digest) {
            return Ok(canonical);
        }
        let Some(bytes) = self.inner.store.body(digest).await? else {
            let problems = vec![codes::source_unreadable("its content is past its retention")];
            return Ok(Arc::new(Canonical { document: None, problems, bytes: Arc::from([]) }));
        };
        Ok(self.normalized(bytes).await)
    }

    async fn normalized(&self, bytes: Arc<[u8]>) -> Arc<Canonical> {
        let row = &self.claimed.document;
        let received = Received {
            key: row.key.clone(),
            media_type: row.media_type.clone(),
            digest: row.digest,
            bytes: Arc::clone(&bytes),
            problems: Vec::new(),
        };
        let source = self.open(row.connection).await;
        let (document, problems) = match source.as_ref().map(|opened| opened.source()) {
            Ok(Ok(source)) => {
                let normalized = source.normalize(&received);
                (normalized.document, normalized.problems)
            }
            Ok(Err(problem)) => (None, vec![problem]),
            Err(problem) => (None, vec![problem.clone()]),
        };
        Arc::new(Canonical { document, problems, bytes })
    }

    async fn open(&self, id: counterfoil_core::id::ConnectionId) -> Result<Arc<Opened>, Problem> {
        self.inner.systems.open(&self.inner.store, self.configuration, id).await
    }

    fn gate<'b>(&'b self, target: Option<&'b Opened>, routed: bool) -> Gate<'b> {
        let summary = &self.claimed.document.summary;
        Gate {
            flow: self.flow,
            target: target.map(|opened| &opened.connection),
            target_is_binding: target.is_some_and(|opened| opened.environment.binding),
            kind: summary.kind,
            issue_date: summary.issue_date,
            source_status: summary.source_status.as_deref(),
            held_by: self.claimed.sync.held_by.as_deref(),
            routed,
        }
    }

    fn step(&self, seen: Seen, wanted: Wanted, opened: &Opened) -> Option<Step> {
        let searchable = opened.einvoicing().is_ok_and(|target| target.searchable());
        Some(Step { seen, wanted, after_doubt: opened.waits.after_doubt, searchable })
    }

    fn view(
        &self,
        hold: Option<counterfoil_core::plan::Hold>,
        problems: Vec<Problem>,
        step: impl Into<Option<Step>>,
    ) -> View {
        let steps = step.into().into_iter().collect();
        View { now: world::now(), hold, copy_of: None, problems, steps, asked: self.claimed.sync.asked }
    }

    /// The delivery at this target, or a blank one.
    fn delivery(&self, mandate: counterfoil_core::id::MandateId, opened: &Opened) -> DeliveryRow {
        let environment = opened.environment.name;
        let known = self
            .claimed
            .deliveries
            .iter()
            .find(|delivery| delivery.connection == opened.id && delivery.environment == environment);
        known.cloned().unwrap_or_else(|| DeliveryRow {
            sync: self.claimed.sync.id,
            connection: opened.id,
            environment: environment.to_owned(),
            mandate,
            seen: Seen::Nothing,
            attempt: None,
            label: None,
            outbound: None,
            rendered_from: RenderedFrom::default(),
            events: Vec::new(),
            earlier: Vec::new(),
            status_word: None,
            business_status: None,
            sent_at: None,
            settled_at: None,
            looks: 0,
        })
    }
}

impl Looked {
    fn blocked(claimed: &Claimed, problems: Vec<Problem>) -> Self {
        let view = View {
            now: world::now(),
            hold: None,
            copy_of: None,
            problems,
            steps: Vec::new(),
            asked: claimed.sync.asked,
        };
        Self { view, route: None, target: None, canonical: None, rendered: None }
    }
}

/// (seller, kind, number) at a target.
pub(super) fn claim(
    document: &Document,
    opened: &Opened,
    take_over: bool,
) -> crate::store::rows::NumberClaim {
    crate::store::rows::NumberClaim {
        connection: opened.id,
        environment: opened.environment.name.to_owned(),
        seller_key: document.seller_key(),
        kind: document.kind,
        number: document.invoice.number.trim().to_owned(),
        take_over,
    }
}
