//! Whether the engine can do its work: free space, a store that saves, outcomes that still wait to be saved.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The state behind `/readyz`.
#[derive(Debug)]
pub struct Health {
    free_space_floor: u64,
    free_space: AtomicU64,
    store_fails: AtomicBool,
    unsaved_outcomes: AtomicU64,
}

/// A reason not to be ready, as a sentence.
pub type Reason = String;

impl Health {
    pub(super) const fn new(free_space_floor: u64) -> Self {
        Self {
            free_space_floor,
            free_space: AtomicU64::new(u64::MAX),
            store_fails: AtomicBool::new(false),
            unsaved_outcomes: AtomicU64::new(0),
        }
    }

    /// Why no new intent is saved now; none = go on.
    pub fn refusal(&self) -> Option<Reason> {
        self.reasons().into_iter().next()
    }

    /// Every reason not to be ready.
    pub fn reasons(&self) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let free = self.free_space.load(Ordering::Relaxed);
        if free < self.free_space_floor {
            let (free, floor) = (free / 1_000_000, self.free_space_floor / 1_000_000);
            reasons
                .push(format!("{free} MB are free in the data folder; nothing new is sent below {floor} MB"));
        }
        if self.store_fails.load(Ordering::Relaxed) {
            reasons.push("the database cannot be written".to_owned());
        }
        let unsaved = self.unsaved_outcomes.load(Ordering::Relaxed);
        if unsaved > 0 {
            reasons.push(format!("{unsaved} outcomes wait to be saved"));
        }
        reasons
    }

    pub(super) fn free_space(&self, bytes: u64) {
        self.free_space.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn store_failed(&self, failed: bool) {
        self.store_fails.store(failed, Ordering::Relaxed);
    }

    pub(super) fn outcome_unsaved(&self) {
        self.unsaved_outcomes.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn outcome_saved(&self) {
        self.unsaved_outcomes.fetch_sub(1, Ordering::Relaxed);
    }
}
