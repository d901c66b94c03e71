//! Every setting, one row each.

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::{Config, check_key};

/// What a secret looks like where settings are shown.
const MASK: &str = "(set)";

/// One setting: its names, its meaning, and how text becomes its value.
pub struct Setting {
    /// Key in the configuration file.
    pub name: &'static str,
    /// Environment variable.
    pub variable: &'static str,
    /// Flag of the command line, without the dashes; none where a flag would show a secret or there is no need.
    pub flag: Option<&'static str>,
    /// Never shown as it is.
    pub secret: bool,
    /// What it is for, in one or two sentences.
    pub what: &'static str,
    pub(super) set: fn(&mut Config, &str) -> Result<(), String>,
    pub(super) show: fn(&Config) -> String,
}

/// All settings, in the order in which they are explained.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "data",
        variable: "COUNTERFOIL_DATA",
        flag: Some("data"),
        secret: false,
        what: "Folder of the embedded database, the key and the address of the running server. Back it up, or use `counterfoil backup`.",
        set: |config, text| path(text).map(|path| config.data = path),
        show: |config| config.data.display().to_string(),
    },
    Setting {
        name: "database",
        variable: "COUNTERFOIL_DATABASE",
        flag: Some("database"),
        secret: false,
        what: "`sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME`. Left out, it is `counterfoil.db` in the data folder.",
        set: |config, text| database(text).map(|url| config.database = Some(url)),
        show: |config| without_password(config.database_url().expose_secret()),
    },
    Setting {
        name: "listen",
        variable: "COUNTERFOIL_LISTEN",
        flag: Some("listen"),
        secret: false,
        what: "Address and port of the server. Put a reverse proxy with TLS before it where others than this machine use it.",
        set: |config, text| listen(text).map(|()| text.clone_into(&mut config.listen)),
        show: |config| config.listen.clone(),
    },
    Setting {
        name: "key",
        variable: "COUNTERFOIL_KEY",
        flag: None,
        secret: true,
        what: "Key that seals stored credentials: 32 bytes in base64. Left out, a key file is used. Without the key a backup cannot be used.",
        set: |config, text| check_key(text).map(|()| config.key = Some(SecretString::from(text))),
        show: |config| config.key.as_ref().map_or(String::new(), |_| MASK.to_owned()),
    },
    Setting {
        name: "key_file",
        variable: "COUNTERFOIL_KEY_FILE",
        flag: Some("key-file"),
        secret: false,
        what: "File that holds the key. Left out, it is `key` in the data folder, made at the first start and readable by its owner only.",
        set: |config, text| path(text).map(|path| config.key_file = Some(path)),
        show: |config| config.key_file.as_ref().map_or(String::new(), |path| path.display().to_string()),
    },
    Setting {
        name: "log",
        variable: "COUNTERFOIL_LOG",
        flag: Some("log"),
        secret: false,
        what: "What is logged: a level (`error`, `warn`, `info`, `debug`, `trace`), or levels by module such as `info,counterfoil::engine=debug`.",
        set: |config, text| crate::logs::check(text).map(|()| text.clone_into(&mut config.log)),
        show: |config| config.log.clone(),
    },
    Setting {
        name: "free_space_floor_mb",
        variable: "COUNTERFOIL_FREE_SPACE_FLOOR_MB",
        flag: None,
        secret: false,
        what: "Free megabytes on the data folder's disk below which nothing new is sent, so that outcomes can still be saved.",
        set: |config, text| number(text).map(|n| config.free_space_floor_mb = n),
        show: |config| config.free_space_floor_mb.to_string(),
    },
    Setting {
        name: "retention_exchange_days",
        variable: "COUNTERFOIL_RETENTION_EXCHANGE_DAYS",
        flag: None,
        secret: false,
        what: "Days for which bodies of logged requests and responses are kept; 0 keeps them. Digests and headers always stay.",
        set: |config, text| number(text).map(|n| config.retention_exchange_days = n),
        show: |config| config.retention_exchange_days.to_string(),
    },
    Setting {
        name: "retention_document_days",
        variable: "COUNTERFOIL_RETENTION_DOCUMENT_DAYS",
        flag: None,
        secret: false,
        what: "Days for which the bytes of settled documents are kept; 0 keeps them, which tax law asks of many for ten years.",
        set: |config, text| number(text).map(|n| config.retention_document_days = n),
        show: |config| config.retention_document_days.to_string(),
    },
    Setting {
        name: "otlp_endpoint",
        variable: "COUNTERFOIL_OTLP_ENDPOINT",
        flag: None,
        secret: false,
        what: "Base address of an OpenTelemetry collector, such as `http://127.0.0.1:4318`, to which servers send their log lines too (OTLP over HTTP; needs a build with `--features otlp`). Left out, nothing is sent anywhere.",
        set: |config, text| http_address(text).map(|()| config.otlp_endpoint = Some(text.to_owned())),
        show: |config| config.otlp_endpoint.clone().unwrap_or_default(),
    },
];

/// The settings as a Markdown table, as docs/operating.md holds it.
pub fn reference() -> String {
    let defaults = Config::default();
    let mut out =
        String::from("| file | environment | flag | default | what |\n| --- | --- | --- | --- | --- |\n");
    for setting in SETTINGS {
        let flag = setting.flag.map(|flag| format!("`--{flag}`")).unwrap_or_default();
        let default = Some((setting.show)(&defaults)).filter(|text| !text.is_empty());
        let default = default.map(|text| format!("`{text}`")).unwrap_or_default();
        let Setting { name, variable, what, .. } = setting;
        out.push_str(&format!("| `{name}` | `{variable}` | {flag} | {default} | {what} |\n"));
    }
    out
}

fn path(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() { Err("is empty; name a path".to_owned()) } else { Ok(PathBuf::from(text)) }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "is not a whole number of 0 or more".to_owned())
}

fn database(text: &str) -> Result<SecretString, String> {
    let known = ["sqlite:", "postgres:", "postgresql:"];
    if known.iter().any(|start| text.starts_with(start)) {
        Ok(SecretString::from(text))
    } else {
        Err("is not a database URL; write sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME".to_owned())
    }
}

fn listen(text: &str) -> Result<(), String> {
    let wrong = || "is not an address with a port; write for example 127.0.0.1:8080".to_owned();
    let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
    if host.is_empty() || port.parse::<u16>().is_err() { Err(wrong()) } else { Ok(()) }
}

fn http_address(text: &str) -> Result<(), String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(()),
        _ => Err("is not an http or https address".to_owned()),
    }
}

/// A database URL for people: its password and everything that may hold one are left out.
fn without_password(text: &str) -> String {
    if text.starts_with("sqlite:") {
        return text.to_owned();
    }
    match Url::parse(text) {
        Ok(mut url) => {
            if url.password().is_some() && url.set_password(Some("***")).is_err() {
                return MASK.to_owned();
            }
            // libpq accepts ?password=... too.
            let keys: Vec<String> = url.query_pairs().map(|(key, _)| key.into_owned()).collect();
            if keys.iter().any(|key| key.contains("password")) {
                url.set_query(None);
            }
            url.to_string()
        }
        Err(_) => MASK.to_owned(),
    }
}
