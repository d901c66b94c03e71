//! Progress applied, a group of documents in one transaction: guards first, then numbers, then everything that follows,
//! a kind of row at a time.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use counterfoil_core::delivery::Seen;
use counterfoil_core::id::SyncId;
use counterfoil_core::plan::Asked;
use jiff::Timestamp;
use sqlx::{FromRow, QueryBuilder};

use super::insert::{self, pieces};
use super::queue::{KEEP, asked_of, asked_word, push_list, stronger};
use super::{Connection, Db};
use crate::store::StoreError;
use crate::store::error::Result;
use crate::store::rows::{Applied, DeliveryRow, NumberClaim, Progress, ProgressKind};
use crate::store::types::{Json, Ts, Word};
use crate::store::writer::exchange;

/// Applies a group, in which every sync is at most once. A lost guard undoes only its own progress; an outcome is never
/// lost.
pub async fn group(connection: &mut Connection, group: &[Progress]) -> Result<Vec<Applied>> {
    let held = hold(connection, group).await?;
    let mut steps: Vec<Step> = group.iter().map(|progress| Step::new(progress, &held)).collect();
    numbers(connection, &mut steps).await?;
    syncs(connection, &steps).await?;
    belated(connection, &mut steps).await?;
    details(connection, &steps).await?;
    Ok(steps.iter().map(Step::answer).collect())
}

/// What a sync is now, locked until the commit.
#[derive(FromRow)]
struct Held {
    id: Word<SyncId>,
    revision: i64,
    lease: Option<i64>,
    lease_until: Option<Ts>,
    asked: String,
    woken_at: Option<Ts>,
    woken_asked: Option<String>,
    look_first: Option<Ts>,
}

async fn hold(connection: &mut Connection, group: &[Progress]) -> Result<HashMap<SyncId, Held>> {
    let mut ids: Vec<SyncId> = group.iter().map(|progress| progress.sync).collect();
    // In one order, so that two processes cannot wait for each other.
    ids.sort_unstable();
    let mut held = HashMap::with_capacity(ids.len());
    for ids in pieces(&ids) {
        let mut query = QueryBuilder::<Db>::new(
            "select id, revision, lease, lease_until, asked, woken_at, woken_asked, look_first from sync where id in ",
        );
        push_list(&mut query, ids);
        query.push(" order by id").push(KEEP);
        let rows: Vec<Held> = query.build_query_as().fetch_all(&mut *connection).await?;
        held.extend(rows.into_iter().map(|row| (row.id.0, row)));
    }
    Ok(held)
}

/// What becomes of a progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Saved as it is.
    Won,
    /// Saved, but the engine is told to look again: the target is searched before the first send after a restore.
    WonToLookFirst,
    /// An outcome of a sync that somebody moved; with its delivery where the attempt is still the one that is saved.
    Belated {
        delivery: bool,
    },
    Lost,
}

struct Step<'a> {
    progress: &'a Progress,
    held: Option<&'a Held>,
    delivery: Option<Cow<'a, DeliveryRow>>,
    fate: Fate,
}

impl<'a> Step<'a> {
    fn new(progress: &'a Progress, held: &'a HashMap<SyncId, Held>) -> Self {
        let held = held.get(&progress.sync);
        let mut delivery = progress.delivery.as_ref().map(Cow::Borrowed);
        let fate = match held {
            Some(held) if held.revision == progress.revision => match (&mut delivery, held.look_first) {
                (Some(delivery), Some(since))
                    if progress.kind == ProgressKind::Plan && is_intent(delivery) =>
                {
                    if let Seen::Sending { since: sent, .. } = &mut delivery.to_mut().seen {
                        *sent = since.0;
                    }
                    Fate::WonToLookFirst
                }
                _ => Fate::Won,
            },
            Some(_) if progress.kind == ProgressKind::Outcome => Fate::Belated { delivery: false },
            _ => Fate::Lost,
        };
        Self { progress, held, delivery, fate }
    }

    const fn is_won(&self) -> bool {
        matches!(self.fate, Fate::Won | Fate::WonToLookFirst)
    }

    fn saved_delivery(&self) -> Option<&DeliveryRow> {
        let saved = self.is_won() || self.fate == Fate::Belated { delivery: true };
        self.delivery.as_deref().filter(|_| saved)
    }

    fn answer(&self) -> Applied {
        let revision = self.held.map_or(0, |held| held.revision) + 1;
        match self.fate {
            Fate::Won | Fate::Belated { .. } => Applied::Saved { revision },
            Fate::WonToLookFirst | Fate::Lost => Applied::Lost,
        }
    }

    /// The lease after this step: given back if it is ours, that is, claimed no later than what this step was planned of.
    fn lease_until(&self) -> Option<Ts> {
        let held = self.held?;
        let ours = held.lease.is_none_or(|lease| lease <= self.progress.revision);
        held.lease_until.filter(|_| !(self.progress.release && ours))
    }

    /// When it is due and what is asked: wakes that came meanwhile count from the release on.
    fn wishes(&self) -> Wishes {
        let (progress, held) = (self.progress, self.held);
        let asked = held.map_or(Asked::Nothing, |held| asked_of(&held.asked));
        let left = if progress.clear_asked { Asked::Nothing } else { asked };
        let woken_at = held.and_then(|held| held.woken_at);
        let woken_asked = held.and_then(|held| held.woken_asked.as_deref()).map(asked_of);
        if !progress.release {
            return Wishes { due_at: progress.due_at, asked: left, woken_at, woken_asked };
        }
        let due_at = match (progress.due_at, woken_at) {
            (Some(due), Some(woken)) => Some(due.min(woken.0)),
            (due, woken) => due.or(woken.map(|woken| woken.0)),
        };
        let asked = stronger(left, woken_asked.unwrap_or_default());
        Wishes { due_at, asked, woken_at: None, woken_asked: None }
    }
}

struct Wishes {
    due_at: Option<Timestamp>,
    asked: Asked,
    woken_at: Option<Ts>,
    woken_asked: Option<Asked>,
}

const fn is_intent(delivery: &DeliveryRow) -> bool {
    matches!(delivery.seen, Seen::Sending { .. })
}

/// Takes the numbers of the intents that won their guard; who does not get his number, loses.
async fn numbers(connection: &mut Connection, steps: &mut [Step<'_>]) -> Result<()> {
    for take_over in [false, true] {
        let mut claims: BTreeMap<_, (SyncId, &NumberClaim, Timestamp)> = BTreeMap::new();
        let mut asking = HashSet::new();
        for step in steps.iter().filter(|step| step.is_won()) {
            let Some(claim) = step.progress.number.as_ref().filter(|claim| claim.take_over == take_over)
            else {
                continue;
            };
            asking.insert(step.progress.sync);
            let key =
                (claim.connection, &claim.environment, &claim.seller_key, claim.kind.word(), &claim.number);
            // The first of a group has it; sorted, so that two processes cannot wait for each other.
            claims.entry(key).or_insert((step.progress.sync, claim, step.progress.at));
        }
        let claims: Vec<_> = claims.into_values().collect();
        let got = take(connection, &claims, take_over).await?;
        for step in steps.iter_mut().filter(|step| asking.contains(&step.progress.sync)) {
            if !got.contains(&step.progress.sync) {
                step.fate = Fate::Lost;
            }
        }
    }
    Ok(())
}

async fn take(
    connection: &mut Connection,
    claims: &[(SyncId, &NumberClaim, Timestamp)],
    take_over: bool,
) -> Result<HashSet<SyncId>> {
    let mut got = HashSet::new();
    for piece in pieces(claims) {
        let mut query = QueryBuilder::<Db>::new(
            "insert into number_use (connection, environment, seller_key, kind, number, sync, taken_at) ",
        );
        query.push_values(piece, |mut row, (sync, claim, at)| {
            row.push_bind(Word(claim.connection))
                .push_bind(claim.environment.as_str())
                .push_bind(claim.seller_key.as_str())
                .push_bind(claim.kind.word())
                .push_bind(claim.number.as_str())
                .push_bind(Word(*sync))
                .push_bind(Ts(*at));
        });
        query.push(" on conflict (connection, environment, seller_key, kind, number) do update set sync = excluded.sync");
        query.push(if take_over { "" } else { " where number_use.sync = excluded.sync" });
        query.push(" returning sync");
        let taken: Vec<Word<SyncId>> = query.build_query_scalar().fetch_all(&mut *connection).await?;
        got.extend(taken.into_iter().map(|word| word.0));
    }
    Ok(got)
}

/// Moves the syncs that won.
async fn syncs(connection: &mut Connection, steps: &[Step<'_>]) -> Result<()> {
    let won: Vec<&Step> = steps.iter().filter(|step| step.is_won()).collect();
    for piece in pieces(&won) {
        let mut query = QueryBuilder::<Db>::new(
            "with v (id, revision, state, plan, due_at, asked, woken_at, woken_asked, tries, lease_until, looked, at) as (",
        );
        query.push_values(piece, |mut row, step| {
            let (progress, wishes) = (step.progress, step.wishes());
            row.push_bind(Word(progress.sync))
                .push_bind(progress.revision)
                .push_bind(progress.state.word())
                .push_bind(progress.plan.clone().map(Json))
                .push_bind(wishes.due_at.map(Ts))
                .push_bind(asked_word(wishes.asked))
                .push_bind(wishes.woken_at)
                .push_bind(wishes.woken_asked.map(asked_word))
                .push_bind(progress.tries)
                .push_bind(step.lease_until())
                .push_bind(i64::from(progress.clear_look_first || step.fate == Fate::WonToLookFirst))
                .push_bind(Ts(progress.at));
        });
        query.push(
            ") update sync set state = v.state, plan = v.plan, due_at = v.due_at, asked = v.asked, \
             woken_at = v.woken_at, woken_asked = v.woken_asked, tries = v.tries, lease_until = v.lease_until, \
             look_first = case when v.looked = 1 then null else sync.look_first end, \
             revision = v.revision + 1, updated_at = v.at \
             from v where sync.id = v.id and sync.revision = v.revision returning sync.id",
        );
        let moved: Vec<Word<SyncId>> = query.build_query_scalar().fetch_all(&mut *connection).await?;
        if moved.len() != piece.len() {
            return Err(StoreError::Other("a locked sync moved".to_owned()));
        }
    }
    Ok(())
}

/// Outcomes whose sync was moved by somebody else: the delivery is saved by its attempt, and everything is looked at
/// anew. Rare, so one by one.
async fn belated(connection: &mut Connection, steps: &mut [Step<'_>]) -> Result<()> {
    for step in steps.iter_mut().filter(|step| matches!(step.fate, Fate::Belated { .. })) {
        let progress = step.progress;
        if let Some(delivery) = &step.delivery {
            let same: Option<i64> = sqlx::query_scalar(
                "select looks from delivery where sync = $1 and connection = $2 and environment = $3 and attempt = $4",
            )
            .bind(Word(delivery.sync))
            .bind(Word(delivery.connection))
            .bind(delivery.environment.as_str())
            .bind(delivery.attempt.map(Word))
            .fetch_optional(&mut *connection)
            .await?;
            step.fate = Fate::Belated { delivery: same.is_some() };
        }
        sqlx::query(
            "update sync set state = 'due', due_at = $1, lease_until = $2, revision = revision + 1, updated_at = $1 \
             where id = $3",
        )
        .bind(Ts(progress.at))
        .bind(step.lease_until())
        .bind(Word(progress.sync))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Everything beside the sync itself. The exchanges of a refused plan are saved all the same: they happened.
async fn details(connection: &mut Connection, steps: &[Step<'_>]) -> Result<()> {
    let Some(at) = steps.first().map(|step| step.progress.at) else { return Ok(()) };
    let kept: Vec<&Progress> =
        steps.iter().filter(|step| step.fate != Fate::Lost).map(|step| step.progress).collect();
    let bodies: Vec<_> = kept.iter().flat_map(|progress| progress.bodies.iter().cloned()).collect();
    insert::bodies(connection, bodies, insert::CLASS_DOCUMENT, at).await?;
    let mut beside = Vec::new();
    let exchanges = steps.iter().flat_map(|step| &step.progress.exchanges);
    let exchanges: Vec<_> = exchanges.map(|row| exchange::columns(row, &mut beside)).collect();
    insert::bodies(connection, beside, insert::CLASS_EXCHANGE, at).await?;
    insert::exchanges(connection, &exchanges).await?;
    let rows: Vec<&DeliveryRow> = steps.iter().filter_map(Step::saved_delivery).collect();
    deliveries(connection, &rows).await?;
    let attachments: Vec<_> = kept.iter().flat_map(|progress| progress.attachments.iter().cloned()).collect();
    insert::attachments(connection, &attachments).await?;
    let discrepancies: Vec<_> =
        kept.iter().flat_map(|progress| progress.discrepancies.iter().cloned()).collect();
    insert::discrepancies(connection, &discrepancies).await?;
    let events: Vec<_> = kept.iter().flat_map(|progress| progress.events.iter().cloned()).collect();
    insert::events(connection, &events).await
}

/// Saves deliveries.
async fn deliveries(connection: &mut Connection, rows: &[&DeliveryRow]) -> Result<()> {
    for piece in pieces(rows) {
        let mut query = QueryBuilder::<Db>::new(
            "insert into delivery (sync, connection, environment, mandate, seen_word, seen, external_id, attempt, label, \
             outbound, rendered_version, rendered_mandate, rendered_mapping, events, earlier, status_word, \
             business_status, sent_at, settled_at, looks) ",
        );
        query.push_values(piece, |mut row, delivery| {
            // A refused submission keeps its identifier in the list, for people who look for it.
            let external_id = delivery.seen.external_id().or(delivery.earlier.last()).map(|id| id.0.clone());
            row.push_bind(Word(delivery.sync))
                .push_bind(Word(delivery.connection))
                .push_bind(delivery.environment.clone())
                .push_bind(Word(delivery.mandate))
                .push_bind(delivery.seen.word())
                .push_bind(Json(delivery.seen.clone()))
                .push_bind(external_id)
                .push_bind(delivery.attempt.map(Word))
                .push_bind(delivery.label.clone().map(Json))
                .push_bind(delivery.outbound.map(Word))
                .push_bind(delivery.rendered_from.version)
                .push_bind(delivery.rendered_from.mandate_revision)
                .push_bind(delivery.rendered_from.mapping_revision)
                .push_bind(Json(delivery.events.clone()))
                .push_bind(Json(delivery.earlier.clone()))
                .push_bind(delivery.status_word.clone())
                .push_bind(delivery.business_status.clone())
                .push_bind(delivery.sent_at.map(Ts))
                .push_bind(delivery.settled_at.map(Ts))
                .push_bind(delivery.looks);
        });
        query.push(
            " on conflict (sync, connection, environment) do update set mandate = excluded.mandate, \
             seen_word = excluded.seen_word, seen = excluded.seen, external_id = coalesce(excluded.external_id, delivery.external_id), \
             attempt = excluded.attempt, label = excluded.label, outbound = excluded.outbound, \
             rendered_version = excluded.rendered_version, rendered_mandate = excluded.rendered_mandate, \
             rendered_mapping = excluded.rendered_mapping, events = excluded.events, earlier = excluded.earlier, \
             status_word = excluded.status_word, business_status = excluded.business_status, \
             sent_at = excluded.sent_at, settled_at = excluded.settled_at, looks = excluded.looks",
        );
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}
