//! Exit codes, settings and what is said where.

use crate::program::{finish, program, run};

#[test]
fn wrong_usage_ends_with_2_and_says_nothing_on_stdout() {
    for arguments in [
        &["nonsense"][..],
        &["validate"],
        &["validate", "--profile", "nonsense", "x.xml"],
        &["convert", "x.xml"],
        &["--config", "absent.toml", "config"],
    ] {
        let ran = run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}: {}", ran.stderr);
        assert!(!ran.stderr.is_empty());
    }
}

#[test]
fn settings_come_from_flag_environment_and_file_in_this_order() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("counterfoil.toml");
    std::fs::write(&file, "data = \"from-file\"\nlisten = \"127.0.0.1:1\"\nlog = \"error\"")
        .expect("written");
    let mut command = program();
    command.args(["config", "--json", "--data", "from-flag"]);
    command.env("COUNTERFOIL_CONFIG", &file).env("COUNTERFOIL_DATA", "from-environment");
    command.env("COUNTERFOIL_LISTEN", "127.0.0.1:2");
    let shown = finish(&mut command, "").json();
    assert_eq!((&shown["data"]["value"], &shown["data"]["from"]), (&"from-flag".into(), &"--data".into()));
    assert_eq!(shown["listen"]["value"], "127.0.0.1:2");
    assert_eq!(shown["listen"]["from"], "COUNTERFOIL_LISTEN");
    assert_eq!((&shown["log"]["value"], &shown["log"]["from"]), (&"error".into(), &file.to_str().into()));

    std::fs::write(&file, "liste = \"127.0.0.1:1\"").expect("written");
    let ran = run(&["--config", file.to_str().expect("path"), "config"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("\"liste\"") && ran.stderr.contains("listen"), "{}", ran.stderr);
}

#[test]
fn secrets_are_masked() {
    let key = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    let mut command = program();
    command.args(["config", "--json"]).env("COUNTERFOIL_KEY", key);
    command.env("COUNTERFOIL_DATABASE", "postgres://hub:canary-secret@127.0.0.1/hub");
    let ran = finish(&mut command, "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(!ran.stdout.contains(key) && !ran.stdout.contains("canary-secret"), "{}", ran.stdout);
}

#[test]
fn the_doctor_changes_nothing_and_finds_what_is_wrong() {
    let folder = tempfile::tempdir().expect("folder");
    let data = folder.path().join("data");
    let path = data.to_str().expect("path");
    let ran = run(&["doctor", "--json", "--data", path]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert!(!data.exists());

    std::fs::create_dir(&data).expect("folder");
    std::fs::write(data.join("counterfoil.db"), "not a database").expect("written");
    let ran = run(&["doctor", "--json", "--data", path]);
    assert_eq!(ran.code, 1);
    let wrong: Vec<String> = ran
        .json()
        .as_array()
        .expect("checks")
        .iter()
        .filter(|check| check["ok"] == false)
        .map(|check| check["check"].to_string())
        .collect();
    // The key that sealed the database is gone, and the database is none.
    assert_eq!(wrong, ["\"key\"", "\"database\""]);
}

#[test]
fn the_api_is_described_as_openapi_3_1() {
    let ran = run(&["openapi"]);
    assert_eq!(ran.code, 0);
    let described = ran.json();
    assert!(described["openapi"].as_str().is_some_and(|version| version.starts_with("3.1.")));
    assert!(described["paths"]["/v1/documents"]["post"].is_object());
}

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let ran = run(&["completions", shell]);
        assert_eq!(ran.code, 0);
        for command in ["validate", "sandbox", "release-number"] {
            assert!(ran.stdout.contains(command), "{shell}: {command}");
        }
    }
}
