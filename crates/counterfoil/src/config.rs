//! How one installation is set up: a TOML file, then the environment, then flags; each overrides the one before.
//!
//! Every setting is one row of [`SETTINGS`], from which reading, `counterfoil config` and docs/operating.md all follow.

mod settings;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom as _, SystemRandom};
use secrecy::SecretString;

pub use settings::{SETTINGS, Setting, reference};

/// Bytes of the key that seals credentials.
const KEY_BYTES: usize = 32;
/// Largest configuration file read.
const FILE_MAX: u64 = 1024 * 1024;

/// The settings in force. See [`SETTINGS`] for the meaning of each in words for operators.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of the embedded database, the key and the address of the running server.
    pub data: PathBuf,
    /// `sqlite:` or `postgres:` URL; none is the embedded database in `data`.
    pub database: Option<SecretString>,
    /// Where `serve` listens, host and port.
    pub listen: String,
    /// The sealing key in base64, given directly.
    pub key: Option<SecretString>,
    /// A file that holds the sealing key in base64.
    pub key_file: Option<PathBuf>,
    /// Filter of what is logged, such as `info` or `info,counterfoil=debug`.
    pub log: String,
    /// Free megabytes of the data folder's disk below which nothing new is begun.
    pub free_space_floor_mb: u64,
    /// Days for which logged request and response bodies are kept; 0 keeps them for ever.
    pub retention_exchange_days: u64,
    /// Days for which records and outbounds of settled documents are kept; 0 keeps them for ever.
    pub retention_document_days: u64,
    /// Where traces are sent by OTLP over HTTP; none sends none.
    pub otlp_endpoint: Option<String>,
    origins: BTreeMap<&'static str, Origin>,
}

/// Where a setting's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// The configuration file.
    File(PathBuf),
    /// This environment variable.
    Environment(&'static str),
    /// A flag of the command line.
    Flag(&'static str),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => f.write_str(name),
            Self::Flag(name) => write!(f, "--{name}"),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("./counterfoil-data"),
            database: None,
            listen: "127.0.0.1:8080".to_owned(),
            key: None,
            key_file: None,
            log: "info".to_owned(),
            free_space_floor_mb: 200,
            retention_exchange_days: 365,
            retention_document_days: 0,
            otlp_endpoint: None,
            origins: BTreeMap::new(),
        }
    }
}

impl Config {
    /// The settings in force.
    ///
    /// `file` is the path a flag gave; without it `COUNTERFOIL_CONFIG` names the file, and without both there is none.
    /// `environment` looks a variable up; `flags` are (setting, value) as given on the command line.
    ///
    /// # Errors
    /// A file that cannot be read, an unknown key, a value that does not fit its setting: each names the place.
    pub fn load(
        file: Option<&Path>,
        environment: impl Fn(&str) -> Option<String>,
        flags: &[(&'static str, String)],
    ) -> anyhow::Result<Self> {
        let mut config = Self::default();
        let given = |name: &str| environment(name).filter(|value| !value.trim().is_empty());
        if let Some(path) =
            file.map(Path::to_path_buf).or_else(|| given("COUNTERFOIL_CONFIG").map(PathBuf::from))
        {
            config.read_file(&path)?;
        }
        for setting in SETTINGS {
            if let Some(value) = given(setting.variable) {
                config.set(setting, &value, Origin::Environment(setting.variable))?;
            }
        }
        for (name, value) in flags {
            let setting = find(name).with_context(|| format!("there is no setting \"{name}\""))?;
            config.set(setting, value, Origin::Flag(setting.flag.unwrap_or(setting.name)))?;
        }
        Ok(config)
    }

    fn read_file(&mut self, path: &Path) -> anyhow::Result<()> {
        let name = path.display();
        let size = std::fs::metadata(path).with_context(|| format!("the configuration file {name}"))?.len();
        if size > FILE_MAX {
            bail!("the configuration file {name} has {size} bytes; the limit is {FILE_MAX}");
        }
        let text = std::fs::read_to_string(path).with_context(|| format!("the configuration file {name}"))?;
        let table: toml::Table = text.parse().with_context(|| format!("the configuration file {name}"))?;
        for (key, value) in table {
            let Some(setting) = find(&key) else {
                let known: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
                bail!("{name}: there is no setting \"{key}\"; known are {}", known.join(", "));
            };
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                other => bail!("{name}: {key} is a {}; write a text or a whole number", other.type_str()),
            };
            self.set(setting, &text, Origin::File(path.to_path_buf()))?;
        }
        Ok(())
    }

    fn set(&mut self, setting: &Setting, value: &str, origin: Origin) -> anyhow::Result<()> {
        // A secret that does not fit must not be repeated in the message.
        let shown = if setting.secret { "the value given".to_owned() } else { format!("\"{value}\"") };
        (setting.set)(self, value.trim())
            .map_err(|why| anyhow::anyhow!("{} ({origin}): {shown} {why}", setting.name))?;
        self.origins.insert(setting.name, origin);
        Ok(())
    }

    /// Where a setting's value comes from.
    pub fn origin(&self, name: &str) -> Origin {
        self.origins.get(name).cloned().unwrap_or(Origin::Default)
    }

    /// The database's URL; the embedded one lies in the data folder.
    pub fn database_url(&self) -> SecretString {
        let embedded =
            || SecretString::from(format!("sqlite:{}", self.data.join("counterfoil.db").display()));
        self.database.clone().unwrap_or_else(embedded)
    }

    /// The sealing key in base64: given, else of the key file, else of `key` in the data folder, which is made at first
    /// use and readable by its owner only.
    ///
    /// # Errors
    /// A file that cannot be read or made, or a text that is not 32 bytes in base64.
    pub fn sealing_key(&self) -> anyhow::Result<SecretString> {
        if let Some(key) = &self.key {
            return Ok(key.clone());
        }
        let path = self.key_file.clone().unwrap_or_else(|| self.data.join("key"));
        if self.key_file.is_none() && !path.exists() {
            make_key(&self.data, &path).with_context(|| format!("making the key {}", path.display()))?;
        }
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("reading the key {}", path.display()))?;
        check_key(text.trim()).map_err(|why| anyhow::anyhow!("{} {why}", path.display()))?;
        Ok(SecretString::from(text.trim()))
    }

    /// Every setting with its value for people, secrets masked, and where it comes from.
    pub fn shown(&self) -> Vec<(&'static Setting, String, Origin)> {
        SETTINGS.iter().map(|setting| (setting, (setting.show)(self), self.origin(setting.name))).collect()
    }
}

fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

/// Whether a text is a sealing key; says what it should be where not.
fn check_key(text: &str) -> Result<(), String> {
    match STANDARD.decode(text) {
        Ok(bytes) if bytes.len() == KEY_BYTES => Ok(()),
        _ => Err("must be 32 bytes in base64; make one with: openssl rand -base64 32".to_owned()),
    }
}

/// Makes a key whole or not at all; of two processes that try, one wins and both use its key.
fn make_key(folder: &Path, path: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut bytes = [0; KEY_BYTES];
    SystemRandom::new().fill(&mut bytes).map_err(|_| anyhow::anyhow!("the system gave no random bytes"))?;
    let part = folder.join(format!("key.{}.part", std::process::id()));
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
    file.write_all(STANDARD.encode(bytes).as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&part, path);
    std::fs::remove_file(&part)?;
    match linked {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => Ok(other?),
    }
}

#[cfg(test)]
mod tests;
