use secrecy::ExposeSecret as _;

use super::*;

fn load(
    file: Option<&str>,
    environment: &[(&str, &str)],
    flags: &[(&'static str, String)],
) -> anyhow::Result<Config> {
    let folder = tempfile::tempdir().expect("folder");
    let path = file.map(|text| {
        let path = folder.path().join("counterfoil.toml");
        std::fs::write(&path, text).expect("written");
        path
    });
    let look =
        |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    Config::load(path.as_deref(), look, flags)
}

fn refused(file: Option<&str>, environment: &[(&str, &str)]) -> String {
    format!("{:#}", load(file, environment, &[]).expect_err("refused"))
}

#[test]
fn each_layer_overrides_the_one_before() {
    let file = "data = \"/file\"\nlisten = \"127.0.0.1:1\"\nlog = \"warn\"\nfree_space_floor_mb = 7";
    let environment = [("COUNTERFOIL_LISTEN", "127.0.0.1:2"), ("COUNTERFOIL_LOG", "debug")];
    let config = load(Some(file), &environment, &[("log", "trace".to_owned())]).expect("loads");
    assert_eq!(config.data, PathBuf::from("/file"));
    assert_eq!(config.listen, "127.0.0.1:2");
    assert_eq!(config.log, "trace");
    assert_eq!(config.free_space_floor_mb, 7);
    assert_eq!(config.origin("listen"), Origin::Environment("COUNTERFOIL_LISTEN"));
    assert_eq!(config.origin("log"), Origin::Flag("log"));
    assert_eq!(config.origin("key"), Origin::Default);
}

#[test]
fn the_environment_names_the_file() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("other.toml");
    std::fs::write(&path, "data = \"/other\"").expect("written");
    let look = |name: &str| (name == "COUNTERFOIL_CONFIG").then(|| path.display().to_string());
    let config = Config::load(None, look, &[]).expect("loads");
    assert_eq!(config.data, PathBuf::from("/other"));
    assert_eq!(config.origin("data"), Origin::File(path));
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let unknown = refused(Some("dta = \"x\""), &[]);
    assert!(unknown.contains("\"dta\"") && unknown.contains("free_space_floor_mb"), "{unknown}");
    assert!(refused(Some("listen = true"), &[]).contains("listen is a boolean"));
    assert!(refused(Some("data = "), &[]).contains("counterfoil.toml"));
    assert!(refused(None, &[("COUNTERFOIL_LISTEN", "8080")]).contains("127.0.0.1:8080"));
    assert!(refused(None, &[("COUNTERFOIL_DATABASE", "mysql://x")]).contains("postgres://"));
    assert!(refused(None, &[("COUNTERFOIL_FREE_SPACE_FLOOR_MB", "-1")]).contains("whole number"));
    assert!(refused(None, &[("COUNTERFOIL_LOG", "counterfoil=loud")]).contains("log"));
    assert!(refused(None, &[("COUNTERFOIL_OTLP_ENDPOINT", "localhost")]).contains("http"));
    assert!(
        refused(None, &[("COUNTERFOIL_CONFIG", "/nowhere/at-all.toml")]).contains("/nowhere/at-all.toml")
    );
}

#[test]
fn secrets_are_neither_shown_nor_repeated() {
    let key = STANDARD.encode([7; KEY_BYTES]);
    let environment = [
        ("COUNTERFOIL_KEY", key.as_str()),
        ("COUNTERFOIL_DATABASE", "postgres://hub:hunter2@db.internal/hub?sslmode=require"),
    ];
    let config = load(None, &environment, &[]).expect("loads");
    let shown: String =
        config.shown().iter().map(|(setting, value, _)| format!("{}={value}\n", setting.name)).collect();
    assert!(!shown.contains(&key) && !shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("key=(set)"));
    assert!(shown.contains("postgres://hub:***@db.internal/hub?sslmode=require"), "{shown}");
    assert!(!format!("{config:?}").contains("hunter2"));
    assert_eq!(config.sealing_key().expect("key").expose_secret(), key);
    assert!(!refused(None, &[("COUNTERFOIL_KEY", "c2hvcnQ=")]).contains("c2hvcnQ="));
    let query =
        load(None, &[("COUNTERFOIL_DATABASE", "postgres://db/hub?password=hunter2")], &[]).expect("loads");
    assert!(!query.shown().iter().any(|(_, value, _)| value.contains("hunter2")));
}

#[test]
fn the_key_is_made_once_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("folder");
    let data = folder.path().join("data");
    let config = load(None, &[], &[("data", data.display().to_string())]).expect("loads");
    let first = config.sealing_key().expect("made");
    assert_eq!(STANDARD.decode(first.expose_secret()).expect("base64").len(), 32);
    assert_eq!(config.sealing_key().expect("read").expose_secret(), first.expose_secret());
    let mode = std::fs::metadata(data.join("key")).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(&data).expect("folder").count(), 1, "no part is left behind");
}

#[test]
fn a_named_key_file_must_be_there_and_right() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("the.key");
    let config = load(None, &[], &[("key_file", path.display().to_string())]).expect("loads");
    assert!(format!("{:#}", config.sealing_key().expect_err("absent")).contains("the.key"));
    std::fs::write(&path, "not a key").expect("written");
    assert!(format!("{:#}", config.sealing_key().expect_err("wrong")).contains("32 bytes"));
}
