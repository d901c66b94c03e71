//! A polite request to end: Ctrl-C, or what an init system sends.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Listens for the request. Made before the program says that it is ready: whoever read that may ask at once.
pub struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    /// # Errors
    /// The system refuses to tell.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits until somebody asks.
    pub async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
