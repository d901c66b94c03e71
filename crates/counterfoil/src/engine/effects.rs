//! Effects counted, so that tests can kill the process after every single one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Something outside the process has just changed, or is about to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    PageSaved,
    IntentSaved,
    Submitted,
    OutcomeSaved,
}

/// Called after every effect; normally does nothing.
#[derive(Clone, Default)]
pub struct Effects {
    count: Arc<AtomicU64>,
    kill: Option<Arc<Kill>>,
}

struct Kill {
    after: u64,
    with: Box<dyn Fn(Effect) + Send + Sync>,
}

impl Effects {
    /// Calls `with` after effect number `after`, counted from 1; whoever performs the effect then never goes on.
    pub fn kill_after(after: u64, with: impl Fn(Effect) + Send + Sync + 'static) -> Self {
        Self { count: Arc::default(), kill: Some(Arc::new(Kill { after, with: Box::new(with) })) }
    }

    /// Effects so far.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    pub(super) async fn happened(&self, effect: Effect) {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(kill) = &self.kill
            && count >= kill.after
        {
            if count == kill.after {
                (kill.with)(effect);
            }
            std::future::pending::<()>().await;
        }
    }
}
