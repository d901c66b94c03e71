use std::process::ExitCode;

use crate::config::Config;

/// What every command is given.
#[derive(Debug)]
pub struct Context {
    /// The settings in force.
    pub config: Config,
    /// Results are wanted as JSON.
    pub json: bool,
}

/// How a command ended; the numbers are part of the contract with scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done; everything is valid.
    Done = 0,
    /// It failed; something is invalid.
    Failed = 1,
    /// It was called in a way it does not understand.
    Usage = 2,
    /// Some of it was done; some of it could not be read.
    Partial = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
