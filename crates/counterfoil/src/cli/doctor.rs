use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::Args;
use secrecy::ExposeSecret as _;
use serde::Serialize;

use super::client::{Client, ServerFile};
use super::{Context, Exit, output};

/// Longest wait for a database server to accept.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// First bytes of every SQLite 3 database.
const SQLITE_MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Check this installation: data folder, key, free space, database, running server
#[derive(Debug, Args)]
pub(super) struct Arguments {}

/// One thing looked at.
#[derive(Debug, Serialize)]
struct Check {
    check: &'static str,
    ok: bool,
    found: String,
}

impl Check {
    fn of(check: &'static str, found: anyhow::Result<String>) -> Self {
        match found {
            Ok(found) => Self { check, ok: true, found },
            Err(error) => Self { check, ok: false, found: format!("{error:#}") },
        }
    }
}

pub(super) async fn run(_: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let data = &context.config.data;
    let checks = [
        Check::of("data folder", folder(data)),
        Check::of("key", key(context)),
        Check::of("free space", free_space(data, context.config.free_space_floor_mb)),
        Check::of("database", database(context).await),
        Check::of("server", server(context).await),
    ];
    if context.json {
        output::json(&checks)?;
    } else {
        let row = |check: &Check| {
            let verdict = if check.ok { "ok" } else { "NOT OK" };
            vec![check.check.to_owned(), verdict.to_owned(), check.found.clone()]
        };
        output::table(&["check", "verdict", "found"], &checks.iter().map(row).collect::<Vec<_>>())?;
    }
    Ok(if checks.iter().all(|check| check.ok) { Exit::Done } else { Exit::Failed })
}

/// Changes nothing where nothing is yet: the first start makes the folder.
fn folder(data: &Path) -> anyhow::Result<String> {
    let name = data.display();
    if !data.exists() {
        return Ok(format!("{name} is not there yet; the first start makes it"));
    }
    ensure!(data.is_dir(), "{name} is not a folder; move it away or name another with --data");
    let probe = data.join(format!(".writable.{}", std::process::id()));
    std::fs::write(&probe, b"").with_context(|| format!("{name} cannot be written to"))?;
    std::fs::remove_file(&probe)?;
    Ok(format!("{name} can be written to"))
}

fn key(context: &Context) -> anyhow::Result<String> {
    let config = &context.config;
    let made = config.data.join("key");
    if config.key.is_none() && config.key_file.is_none() && !made.exists() {
        let kept = config.data.join("counterfoil.db");
        ensure!(
            !kept.exists(),
            "{} is gone, but {} was sealed with it; bring it back",
            made.display(),
            kept.display()
        );
        return Ok("there is none yet; the first start makes it".to_owned());
    }
    config.sealing_key()?;
    Ok(format!(
        "usable ({})",
        if config.key.is_some() { config.origin("key") } else { config.origin("key_file") }
    ))
}

fn free_space(data: &Path, floor_mb: u64) -> anyhow::Result<String> {
    let there =
        data.ancestors().map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    let existing = there.into_iter().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    let disk = rustix::fs::statvfs(existing).with_context(|| existing.display().to_string())?;
    let free_mb = disk.f_bavail.saturating_mul(disk.f_frsize) / (1024 * 1024);
    ensure!(
        free_mb >= floor_mb,
        "{free_mb} MB free, below the floor of {floor_mb} MB: nothing new is sent; free some"
    );
    Ok(format!("{free_mb} MB free, floor {floor_mb} MB"))
}

async fn database(context: &Context) -> anyhow::Result<String> {
    let url = context.config.database_url();
    match url.expose_secret().strip_prefix("sqlite:") {
        Some(path) => sqlite(Path::new(path.trim_start_matches("//"))),
        None => postgres(url.expose_secret()).await,
    }
}

/// Looks without opening: a server may have it, and opening would migrate it.
fn sqlite(path: &Path) -> anyhow::Result<String> {
    use std::io::Read as _;
    let name = path.display();
    if !path.exists() {
        return Ok(format!("{name} is not there yet; the first start makes it"));
    }
    let mut head = Vec::new();
    let file = std::fs::File::open(path).with_context(|| name.to_string())?;
    file.take(SQLITE_MAGIC.len() as u64).read_to_end(&mut head)?;
    ensure!(head.is_empty() || head == SQLITE_MAGIC, "{name} is not a SQLite database; restore a backup");
    let writable = std::fs::OpenOptions::new().append(true).open(path);
    writable.with_context(|| format!("{name} cannot be written to"))?;
    Ok(format!("SQLite, {name}, {} kB", std::fs::metadata(path)?.len() / 1024))
}

async fn postgres(url: &str) -> anyhow::Result<String> {
    // Its text may hold a password: no message repeats it.
    let url =
        url::Url::parse(url).map_err(|error| anyhow::anyhow!("the database URL is not usable: {error}"))?;
    let (host, port) = (url.host_str().unwrap_or("localhost"), url.port().unwrap_or(5432));
    let socket = tokio::net::TcpStream::connect((host.trim_matches(['[', ']']), port));
    match tokio::time::timeout(CONNECT_TIMEOUT, socket).await {
        Ok(Ok(_)) => Ok(format!("a server accepts at {host}:{port}")),
        Ok(Err(error)) => Err(error).with_context(|| format!("PostgreSQL at {host}:{port}")),
        Err(_) => anyhow::bail!("PostgreSQL at {host}:{port} does not accept within {CONNECT_TIMEOUT:?}"),
    }
}

async fn server(context: &Context) -> anyhow::Result<String> {
    let Some(file) = ServerFile::of(&context.config.data)? else {
        return Ok("none runs on this folder".to_owned());
    };
    let (address, token) = (file.address.clone(), file.token);
    let answer = Client::Remote { address, token }.get("/readyz").await;
    answer.with_context(|| format!("{}; if it was killed, start it again", file.address))?;
    Ok(format!("ready at {}", file.address))
}
