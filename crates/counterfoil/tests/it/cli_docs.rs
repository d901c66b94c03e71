//! Pages that the program writes about itself. `COUNTERFOIL_UPDATE_DOCS=1` writes them anew instead of complaining.

use std::path::Path;

const BEGIN: &str = "<!-- settings: written by the program -->\n";
const END: &str = "<!-- end of settings -->\n";

#[test]
fn the_command_line_reference_is_current() {
    hold("docs/cli.md", |_| counterfoil::cli::reference::markdown());
}

#[test]
fn the_settings_reference_is_current() {
    hold("docs/operating.md", |page| {
        let (before, rest) = page.split_once(BEGIN).expect("the page marks where its settings begin");
        let (_, after) = rest.split_once(END).expect("and where they end");
        format!("{before}{BEGIN}\n{}\n{END}{after}", counterfoil::config::reference())
    });
}

fn hold(page: &str, written: impl Fn(&str) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(page);
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    let expected = written(&found);
    if std::env::var_os("COUNTERFOIL_UPDATE_DOCS").is_some() {
        std::fs::write(&path, expected).expect("written");
    } else {
        assert!(
            found == expected,
            "{page} is behind; COUNTERFOIL_UPDATE_DOCS=1 cargo test -p counterfoil --test it writes it"
        );
    }
}
