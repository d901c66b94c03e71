//! What can go wrong with the store, in the few kinds that lead to different behaviour.

use std::path::PathBuf;

/// A failed question or change.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer holds the database; trying again later can succeed.
    #[error("the database is busy")]
    Busy,
    /// No room left where the database lies.
    #[error("no space is left for the database; free some or move the data folder to a larger disk")]
    Full,
    /// The database does not take changes.
    #[error("the database is read-only; check the permissions of the data folder")]
    ReadOnly,
    /// What the database holds cannot be read.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// The database cannot be reached right now (PostgreSQL).
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// Written by a newer release.
    #[error(
        "the database has schema {found}, this release knows {known}; start the release that wrote it, or a newer one"
    )]
    NewerSchema { found: i64, known: i64 },
    /// Another process works on the same folder.
    #[error("{} is in use{}; only one process may work on a SQLite database: stop it, or use its API", .folder.display(), .process.map(|pid| format!(" by process {pid}")).unwrap_or_default())]
    InUse { folder: PathBuf, process: Option<u32> },
    /// The address names no database we know.
    #[error("\"{0}\" names no database; use sqlite:PATH or postgres://USER@HOST/NAME")]
    Address(String),
    /// The key does not open what is sealed.
    #[error("the key does not open this database: it was sealed with another one")]
    WrongKey,
    /// Something sealed does not open: it was changed, or moved to another row.
    #[error("a sealed value of {0} does not open; it was changed or moved")]
    Sealed(String),
    /// A restore over something that is there.
    #[error(
        "the target is not empty ({0} documents); restoring replaces everything in it: say so explicitly"
    )]
    NotEmpty(i64),
    /// A change breaks a rule of the schema.
    #[error("the change breaks a rule of the database: {0}")]
    Constraint(String),
    /// The writer has stopped.
    #[error("the store is closed")]
    Closed,
    /// Reading or writing a file.
    #[error("{}: {error}", .path.display())]
    File { path: PathBuf, error: std::io::Error },
    /// Everything else.
    #[error("{0}")]
    Other(String),
}

/// What the store answers.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl StoreError {
    /// Whether the same change can succeed later without anybody changing it.
    pub const fn passes_by_itself(&self) -> bool {
        matches!(self, Self::Busy | Self::Full | Self::ReadOnly | Self::Unreachable(_))
    }

    /// The name for logs and answers.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Full => "full",
            Self::ReadOnly => "read_only",
            Self::Corrupt(_) => "corrupt",
            Self::Unreachable(_) => "unreachable",
            Self::NewerSchema { .. } => "newer_schema",
            Self::InUse { .. } => "in_use",
            Self::Address(_) => "address",
            Self::WrongKey => "wrong_key",
            Self::Sealed(_) => "sealed",
            Self::NotEmpty(_) => "not_empty",
            Self::Constraint(_) => "constraint",
            Self::Closed => "closed",
            Self::File { .. } => "file",
            Self::Other(_) => "other",
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => {
                let code = database.code().unwrap_or_default();
                match database.try_downcast_ref::<sqlx::sqlite::SqliteError>() {
                    Some(_) => of_sqlite(&code, database.message()),
                    None => of_postgres(&code, database.message()),
                }
            }
            sqlx::Error::Io(io) if io.kind() == std::io::ErrorKind::StorageFull => Self::Full,
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut => {
                Self::Unreachable(error.to_string())
            }
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Self::Closed,
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => Self::Corrupt(error.to_string()),
            _ => Self::Other(error.to_string()),
        }
    }
}

/// Result codes of SQLite, <https://www.sqlite.org/rescode.html>; the low byte is the primary one.
fn of_sqlite(code: &str, message: &str) -> StoreError {
    let text = || message.to_owned();
    match code.parse::<i64>().unwrap_or_default() & 0xff {
        5 | 6 => StoreError::Busy,
        8 => StoreError::ReadOnly,
        13 => StoreError::Full,
        // An input or output error: nothing says which, but neither does trying again make it worse.
        10 => StoreError::Unreachable(text()),
        11 | 26 => StoreError::Corrupt(text()),
        14 => StoreError::Unreachable(text()),
        18..=20 => StoreError::Constraint(text()),
        _ => StoreError::Other(text()),
    }
}

/// Classes of PostgreSQL's error codes, <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn of_postgres(code: &str, message: &str) -> StoreError {
    let text = || message.to_owned();
    match (code, code.get(..2).unwrap_or_default()) {
        ("40001" | "40P01" | "55P03", _) => StoreError::Busy,
        ("53100", _) => StoreError::Full,
        ("25006", _) => StoreError::ReadOnly,
        ("57P01" | "57P02" | "57P03", _) | (_, "08" | "53") => StoreError::Unreachable(text()),
        (_, "23" | "22") => StoreError::Constraint(text()),
        (_, "XX") => StoreError::Corrupt(text()),
        _ => StoreError::Other(text()),
    }
}
