use clap::Args;
use einvoice::identifier::{check, check_vat, is_iban};
use serde_json::{Value, json};

use super::{Context, Exit, output};

/// Check participant identifiers, VAT numbers and bank accounts, with their check digits
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  counterfoil identify 0208:0203201340\n  counterfoil identify DE136695976 NL91ABNA0417164300"
)]
pub(super) struct Arguments {
    /// SCHEME:VALUE (an EAS or ICD code such as 0088), a VAT number with its country, or an IBAN
    #[arg(required = true, value_name = "IDENTIFIER")]
    identifiers: Vec<String>,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let mut exit = Exit::Done;
    for identifier in &arguments.identifiers {
        let answer = identify(identifier.trim());
        if answer["valid"] == Value::Bool(false) {
            exit = Exit::Failed;
        }
        if context.json {
            output::json(&answer)?;
        } else {
            let kind = output::text(&answer, &["/kind"]);
            let problem = ["/problem/message", "/problem/hint"]
                .map(|pointer| output::text(&answer, &[pointer]))
                .join(" ");
            let verdict = if problem.trim().is_empty() { "valid" } else { problem.trim() };
            output::line(&format!("{identifier}: {kind}: {verdict}"))?;
        }
    }
    Ok(exit)
}

/// What an identifier is, and whether it is right.
fn identify(text: &str) -> Value {
    let scheme = text
        .split_once(':')
        .filter(|(scheme, _)| scheme.len() == 4 && scheme.bytes().all(|b| b.is_ascii_digit()));
    let (kind, checked) = match scheme {
        Some((scheme, value)) => ("participant", check(scheme, value)),
        // An IBAN starts with a country as VAT numbers do; only one of both has its check sum.
        None if is_iban(text) => ("iban", Ok(())),
        None => ("vat", check_vat(text)),
    };
    json!({
        "identifier": text,
        "kind": kind,
        "scheme": scheme.map(|(scheme, _)| scheme),
        "valid": checked.is_ok(),
        "problem": checked.err(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_told_apart_and_checked() {
        let of = |text| {
            let answer = identify(text);
            (answer["kind"].as_str().expect("kind").to_owned(), answer["valid"] == true)
        };
        assert_eq!(of("0208:0203201340"), ("participant".to_owned(), true));
        assert_eq!(of("0208:0203201341"), ("participant".to_owned(), false));
        assert_eq!(of("DE136695976"), ("vat".to_owned(), true));
        assert_eq!(of("DE136695977"), ("vat".to_owned(), false));
        // The example of the IBAN registry for the Netherlands.
        assert_eq!(of("NL91ABNA0417164300"), ("iban".to_owned(), true));
    }
}
