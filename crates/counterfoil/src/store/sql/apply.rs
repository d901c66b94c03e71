//! Progress applied, a group of documents in one transaction.

use std::collections::{HashMap, HashSet};

use counterfoil_core::id::SyncId;
use sqlx::QueryBuilder;

use super::insert::{self, pieces};
use super::{Connection, Db, LEAST};
use crate::store::error::Result;
use crate::store::rows::{Applied, DeliveryRow, NumberClaim, Progress, ProgressKind};
use crate::store::types::{Json, Ts, Word};
use crate::store::writer::exchange;

/// Applies a group. A lost guard undoes only its own progress; an outcome is never lost.
pub async fn group(connection: &mut Connection, group: &[Progress]) -> Result<Vec<Applied>> {
    let denied = numbers(connection, group).await?;
    let moved = syncs(connection, group, &denied).await?;
    let mut applied = Vec::with_capacity(group.len());
    let mut kept: Vec<&Progress> = Vec::with_capacity(group.len());
    for progress in group {
        let revision = moved.get(&progress.sync).copied().filter(|_| !denied.contains(&progress.sync));
        applied.push(match (revision, progress.kind) {
            (Some(revision), _) => Applied::Saved { revision },
            (None, ProgressKind::Outcome) => {
                Applied::Saved { revision: belated(connection, progress).await? }
            }
            (None, ProgressKind::Plan) => {
                forget_number(connection, progress).await?;
                Applied::Lost
            }
        });
        if !matches!(applied.last(), Some(Applied::Lost)) {
            kept.push(progress);
        }
    }
    details(connection, &kept, &moved).await?;
    Ok(applied)
}

/// Takes the numbers; returns the syncs whose number somebody else has.
async fn numbers(connection: &mut Connection, group: &[Progress]) -> Result<HashSet<SyncId>> {
    let mut denied = HashSet::new();
    let mut first: HashMap<&NumberClaim, SyncId> = HashMap::new();
    let mut claims = Vec::new();
    for progress in group {
        let Some(claim) = &progress.number else { continue };
        match first.get(claim) {
            Some(other) if *other != progress.sync => drop(denied.insert(progress.sync)),
            _ => {
                first.insert(claim, progress.sync);
                claims.push((claim, progress));
            }
        }
    }
    let (released, plain): (Vec<_>, Vec<_>) = claims.into_iter().partition(|(claim, _)| claim.take_over);
    for (claims, take_over) in [(plain, false), (released, true)] {
        for piece in pieces(&claims) {
            let mut query = QueryBuilder::<Db>::new(
                "insert into number_use (connection, environment, seller_key, kind, number, sync, taken_at) ",
            );
            query.push_values(piece, |mut row, (claim, progress)| {
                row.push_bind(Word(claim.connection))
                    .push_bind(claim.environment.clone())
                    .push_bind(claim.seller_key.clone())
                    .push_bind(claim.kind.word())
                    .push_bind(claim.number.clone())
                    .push_bind(Word(progress.sync))
                    .push_bind(Ts(progress.at));
            });
            query.push(
                " on conflict (connection, environment, seller_key, kind, number) do update set sync = excluded.sync",
            );
            query.push(if take_over { "" } else { " where number_use.sync = excluded.sync" });
            query.push(" returning sync");
            let taken: Vec<Word<SyncId>> = query.build_query_scalar().fetch_all(&mut *connection).await?;
            let taken: HashSet<SyncId> = taken.into_iter().map(|word| word.0).collect();
            denied
                .extend(piece.iter().map(|(_, progress)| progress.sync).filter(|sync| !taken.contains(sync)));
        }
    }
    Ok(denied)
}

/// Moves the syncs whose revision is still the one planned of; returns their new revisions.
async fn syncs(
    connection: &mut Connection,
    group: &[Progress],
    denied: &HashSet<SyncId>,
) -> Result<HashMap<SyncId, i64>> {
    let rows: Vec<&Progress> = group.iter().filter(|progress| !denied.contains(&progress.sync)).collect();
    let mut moved = HashMap::new();
    for piece in pieces(&rows) {
        let mut query = QueryBuilder::<Db>::new(
            "with v (id, revision, state, plan, due_at, tries, clear_asked, free, looked, at) as (",
        );
        query.push_values(piece, |mut row, progress| {
            row.push_bind(Word(progress.sync))
                .push_bind(progress.revision)
                .push_bind(progress.state.word())
                .push_bind(progress.plan.clone().map(Json))
                .push_bind(progress.due_at.map(Ts))
                .push_bind(progress.tries)
                .push_bind(i64::from(progress.clear_asked))
                .push_bind(i64::from(progress.release))
                .push_bind(i64::from(progress.clear_look_first))
                .push_bind(Ts(progress.at));
        });
        query.push(
            ") update sync set state = v.state, plan = v.plan, due_at = v.due_at, tries = v.tries, \
             asked = case when v.clear_asked = 1 then 'nothing' else sync.asked end, \
             lease_until = case when v.free = 1 then null else sync.lease_until end, \
             look_first = case when v.looked = 1 then null else sync.look_first end, \
             revision = sync.revision + 1, updated_at = v.at \
             from v where sync.id = v.id and sync.revision = v.revision returning sync.id, sync.revision",
        );
        let rows: Vec<(Word<SyncId>, i64)> = query.build_query_as().fetch_all(&mut *connection).await?;
        moved.extend(rows.into_iter().map(|(id, revision)| (id.0, revision)));
    }
    Ok(moved)
}

/// An outcome of a sync that somebody else moved: the delivery is saved by its attempt, and everything is looked at anew.
async fn belated(connection: &mut Connection, progress: &Progress) -> Result<i64> {
    let text = match LEAST {
        "least" => {
            "update sync set due_at = least(coalesce(due_at, $2), $2), state = 'due', lease_until = null, revision = revision + 1, updated_at = $2 where id = $1 returning revision"
        }
        _ => {
            "update sync set due_at = min(coalesce(due_at, $2), $2), state = 'due', lease_until = null, revision = revision + 1, updated_at = $2 where id = $1 returning revision"
        }
    };
    let revision: Option<i64> = sqlx::query_scalar(text)
        .bind(Word(progress.sync))
        .bind(Ts(progress.at))
        .fetch_optional(&mut *connection)
        .await?;
    Ok(revision.unwrap_or(progress.revision))
}

/// A number taken by a progress that was then lost is free again, unless an earlier submission of the sync has it.
async fn forget_number(connection: &mut Connection, progress: &Progress) -> Result<()> {
    if progress.number.is_some() {
        sqlx::query("delete from number_use where sync = $1 and taken_at = $2")
            .bind(Word(progress.sync))
            .bind(Ts(progress.at))
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Everything beside the sync itself.
async fn details(
    connection: &mut Connection,
    kept: &[&Progress],
    moved: &HashMap<SyncId, i64>,
) -> Result<()> {
    let Some(at) = kept.first().map(|progress| progress.at) else { return Ok(()) };
    let mut bodies: Vec<_> = kept.iter().flat_map(|progress| progress.bodies.iter().cloned()).collect();
    let exchanges: Vec<_> = kept
        .iter()
        .flat_map(|progress| &progress.exchanges)
        .map(|row| exchange::columns(row, &mut bodies))
        .collect();
    insert::bodies(connection, &bodies, at).await?;
    let (current, belated): (Vec<&&Progress>, Vec<&&Progress>) =
        kept.iter().partition(|progress| moved.contains_key(&progress.sync));
    let rows: Vec<&DeliveryRow> = current.iter().filter_map(|progress| progress.delivery.as_ref()).collect();
    deliveries(connection, &rows, false).await?;
    let rows: Vec<&DeliveryRow> = belated.iter().filter_map(|progress| progress.delivery.as_ref()).collect();
    deliveries(connection, &rows, true).await?;
    insert::exchanges(connection, &exchanges).await?;
    let events: Vec<_> = kept.iter().flat_map(|progress| progress.events.iter().cloned()).collect();
    insert::events(connection, &events).await?;
    let attachments: Vec<_> = kept.iter().flat_map(|progress| progress.attachments.iter().cloned()).collect();
    insert::attachments(connection, &attachments).await?;
    let discrepancies: Vec<_> =
        kept.iter().flat_map(|progress| progress.discrepancies.iter().cloned()).collect();
    insert::discrepancies(connection, &discrepancies).await
}

/// Saves deliveries; a belated one only over its own attempt.
async fn deliveries(connection: &mut Connection, rows: &[&DeliveryRow], belated: bool) -> Result<()> {
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
             seen_word = excluded.seen_word, seen = excluded.seen, external_id = excluded.external_id, \
             attempt = excluded.attempt, label = excluded.label, outbound = excluded.outbound, \
             rendered_version = excluded.rendered_version, rendered_mandate = excluded.rendered_mandate, \
             rendered_mapping = excluded.rendered_mapping, events = excluded.events, earlier = excluded.earlier, \
             status_word = excluded.status_word, business_status = excluded.business_status, \
             sent_at = excluded.sent_at, settled_at = excluded.settled_at, looks = excluded.looks",
        );
        query.push(if belated { " where delivery.attempt = excluded.attempt" } else { "" });
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}
