//! The writer: one task per process that groups what is to be saved, so that a group costs one forced write.

pub(super) mod exchange;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{mpsc, oneshot};

use super::error::Result;
use super::rows::{Applied, Progress};
use super::{Pools, StoreError, postgres, sqlite};

/// Documents in one transaction.
const GROUP_MAX: usize = 256;
/// Bytes of outbounds in one transaction.
const GROUP_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Tries to save a group where another process was in the way (PostgreSQL).
const TRIES_MAX: usize = 5;
/// Progress waiting to be grouped; beyond, callers wait.
const QUEUE_MAX: usize = 4096;

/// A handle on the writer.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Waiting>,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    groups: AtomicU64,
    members: AtomicU64,
}

struct Waiting {
    progress: Progress,
    answer: oneshot::Sender<Result<Applied>>,
}

impl Writer {
    /// Starts the task; it ends when the last handle is gone.
    pub(super) fn start(pools: Pools) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let counts = Arc::new(Counts::default());
        tokio::spawn(run(pools, waiting, Arc::clone(&counts)));
        Self { queue, counts }
    }

    /// Saves one progress together with whatever else is waiting.
    pub(super) async fn apply(&self, progress: Progress) -> Result<Applied> {
        let (answer, answered) = oneshot::channel();
        self.queue.send(Waiting { progress, answer }).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Transactions and documents so far.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.counts.groups.load(Ordering::Relaxed), self.counts.members.load(Ordering::Relaxed))
    }
}

async fn run(pools: Pools, mut waiting: mpsc::Receiver<Waiting>, counts: Arc<Counts>) {
    let mut arrived = Vec::with_capacity(GROUP_MAX);
    loop {
        if arrived.is_empty() && waiting.recv_many(&mut arrived, GROUP_MAX).await == 0 {
            return;
        }
        let group = group(&mut arrived);
        counts.groups.fetch_add(1, Ordering::Relaxed);
        counts.members.fetch_add(group.len() as u64, Ordering::Relaxed);
        let (progress, answers): (Vec<Progress>, Vec<_>) =
            group.into_iter().map(|one| (one.progress, one.answer)).unzip();
        match save_patiently(&pools, &progress).await {
            Ok(applied) => {
                for (answer, applied) in answers.into_iter().zip(applied) {
                    // Nobody may wait any more; it is saved all the same.
                    let _ = answer.send(Ok(applied));
                }
            }
            // One bad member must not take the others with it.
            Err(error) if progress.len() > 1 && !error.passes_by_itself() => {
                for (answer, progress) in answers.into_iter().zip(progress) {
                    let one = save_patiently(&pools, std::slice::from_ref(&progress)).await;
                    let _ = answer.send(one.map(|mut applied| applied.pop().unwrap_or(Applied::Lost)));
                }
            }
            Err(error) => refuse(answers, &error),
        }
    }
}

/// Takes what is saved together: each sync once, within the limits. The rest stays, in its order.
fn group(arrived: &mut Vec<Waiting>) -> Vec<Waiting> {
    let (mut group, mut rest) = (Vec::with_capacity(arrived.len()), Vec::new());
    let mut syncs = HashSet::new();
    let mut bytes = 0;
    for one in arrived.drain(..) {
        if rest.is_empty() && (group.is_empty() || bytes < GROUP_BYTES_MAX) && syncs.insert(one.progress.sync)
        {
            bytes += one.progress.bodies.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
            group.push(one);
        } else {
            rest.push(one);
        }
    }
    *arrived = rest;
    group
}

/// Saves a group, again where another process was in the way.
async fn save_patiently(pools: &Pools, group: &[Progress]) -> Result<Vec<Applied>> {
    for _ in 1..TRIES_MAX {
        match save(pools, group).await {
            Err(StoreError::Busy) => {}
            saved => return saved,
        }
    }
    save(pools, group).await
}

async fn save(pools: &Pools, group: &[Progress]) -> Result<Vec<Applied>> {
    match pools {
        Pools::Sqlite { write, .. } => {
            let mut transaction = write.begin_with(sqlite::BEGIN).await?;
            let applied = sqlite::apply::group(&mut transaction, group).await?;
            transaction.commit().await?;
            Ok(applied)
        }
        Pools::Postgres(pool) => {
            let mut transaction = pool.begin_with(postgres::BEGIN).await?;
            let applied = postgres::apply::group(&mut transaction, group).await?;
            transaction.commit().await?;
            Ok(applied)
        }
    }
}

fn refuse(answers: Vec<oneshot::Sender<Result<Applied>>>, error: &StoreError) {
    for answer in answers {
        let again = match error {
            StoreError::Busy => StoreError::Busy,
            StoreError::Full => StoreError::Full,
            StoreError::ReadOnly => StoreError::ReadOnly,
            StoreError::Unreachable(why) => StoreError::Unreachable(why.clone()),
            StoreError::Constraint(why) => StoreError::Constraint(why.clone()),
            other => StoreError::Other(other.to_string()),
        };
        let _ = answer.send(Err(again));
    }
}
