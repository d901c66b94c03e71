//! Participant identifiers of e-invoicing networks, VAT numbers and bank accounts, with their check digits.
//!
//! ```
//! assert!(einvoice::identifier::check("0208", "0203201340").is_ok());
//! let problem = einvoice::identifier::check("0208", "EE1234567890").unwrap_err();
//! assert!(problem.message.contains("Belgian"));
//! ```

pub(crate) mod digits;
mod vat;

pub use vat::{check_vat, is_iban};

use crate::problem::Problem;
use digits::{abn, all_digits, estonian, gs1, luhn, mod11, mod97_belgian, partita_iva};

/// A scheme whose identifiers can be checked.
struct Scheme {
    code: &'static str,
    /// What it is, for messages.
    name: &'static str,
    /// What it looks like, for messages.
    form: &'static str,
    test: fn(&str) -> bool,
}

/// The schemes that can be checked, from the Peppol code lists and rules.
const SCHEMES: &[Scheme] = &[
    Scheme {
        code: "0002",
        name: "a French SIREN",
        form: "9 digits, the last a check digit",
        test: |v| all_digits(v, 9) && luhn(v),
    },
    Scheme {
        code: "0007",
        name: "a Swedish organisation number",
        form: "10 digits, the last a check digit",
        test: |v| all_digits(v, 10) && luhn(v),
    },
    Scheme {
        code: "0009",
        name: "a French SIRET",
        form: "14 digits, the last a check digit",
        test: |v| all_digits(v, 14) && luhn(v),
    },
    Scheme {
        code: "0088",
        name: "a GLN",
        form: "13 digits, the last a check digit",
        test: |v| all_digits(v, 13) && gs1(v),
    },
    Scheme { code: "0096", name: "a Danish P number", form: "10 digits", test: |v| all_digits(v, 10) },
    Scheme { code: "0106", name: "a Dutch KvK number", form: "8 digits", test: |v| all_digits(v, 8) },
    Scheme {
        code: "0151",
        name: "an Australian business number",
        form: "11 digits with a check on all",
        test: abn,
    },
    Scheme {
        code: "0184",
        name: "a Danish CVR number",
        form: "8 digits, with or without DK before them",
        test: |v| all_digits(v.strip_prefix("DK").unwrap_or(v), 8),
    },
    Scheme { code: "0190", name: "a Dutch OIN", form: "20 digits", test: |v| all_digits(v, 20) },
    Scheme {
        code: "0191",
        name: "an Estonian registry code",
        form: "8 digits starting with 1, 7, 8 or 9, the last a check digit",
        test: |v| v.starts_with(['1', '7', '8', '9']) && all_digits(v, 8) && estonian(v),
    },
    Scheme {
        code: "0192",
        name: "a Norwegian organisation number",
        form: "9 digits, the last a check digit",
        test: |v| all_digits(v, 9) && mod11(v),
    },
    Scheme {
        code: "0198",
        name: "a Danish SE number",
        form: "DK and 8 digits",
        test: |v| v.strip_prefix("DK").is_some_and(|v| all_digits(v, 8)),
    },
    Scheme { code: "0201", name: "an Italian IPA code", form: "6 letters or digits", test: ipa },
    Scheme {
        code: "0204",
        name: "a German Leitweg-ID",
        form: "digits, an optional part after a hyphen, and two check digits after another",
        test: leitweg,
    },
    Scheme {
        code: "0208",
        name: "a Belgian enterprise number",
        form: "10 digits starting with 0 or 1, the last two a check",
        test: |v| v.starts_with(['0', '1']) && mod97_belgian(v),
    },
    Scheme {
        code: "0210",
        name: "an Italian codice fiscale",
        form: "16 characters or 11 digits",
        test: codice_fiscale,
    },
    Scheme {
        code: "0211",
        name: "an Italian partita IVA",
        form: "IT and 11 digits, the last a check digit",
        test: |v| v.strip_prefix("IT").is_some_and(partita_iva),
    },
    Scheme {
        code: "0217",
        name: "a Dutch Chamber of Commerce establishment number",
        form: "12 digits",
        test: |v| all_digits(v, 12),
    },
    Scheme {
        code: "0225",
        name: "a French CTC address",
        form: "1 to 130 letters, digits, hyphens or underscores",
        test: |v| {
            (1..=130).contains(&v.len()) && v.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
        },
    },
    Scheme {
        code: "9907",
        name: "an Italian codice fiscale",
        form: "16 characters or 11 digits",
        test: codice_fiscale,
    },
    Scheme {
        code: "9944",
        name: "a Dutch VAT number",
        form: "NL, 9 digits, B and 2 digits",
        test: vat::dutch,
    },
];

/// VAT number schemes of the EAS list and the country they belong to.
const VAT_SCHEMES: &[(&str, &str)] = &[
    ("9910", "HU"),
    ("9914", "AT"),
    ("9915", "AT"),
    ("9920", "ES"),
    ("9925", "BE"),
    ("9926", "BG"),
    ("9928", "CY"),
    ("9929", "CZ"),
    ("9930", "DE"),
    ("9931", "EE"),
    ("9932", "GB"),
    ("9933", "EL"),
    ("9934", "HR"),
    ("9935", "IE"),
    ("9937", "LT"),
    ("9938", "LU"),
    ("9939", "LV"),
    ("9943", "MT"),
    ("9945", "PL"),
    ("9946", "PT"),
    ("9947", "RO"),
    ("9949", "SI"),
    ("9950", "SK"),
    ("9957", "FR"),
];

/// Checks an identifier against the format and check digits of its scheme (EAS / ICD code such as 0088, 0208, 9930).
/// Schemes without a known format pass, as long as something is given.
///
/// # Errors
/// `participant_identifier` with what the scheme expects.
pub fn check(scheme: &str, value: &str) -> Result<(), Problem> {
    let fail = |name: &str, form: &str| {
        Err(Problem::fatal("participant_identifier", format!("{value:?} is not {name} (scheme {scheme})."))
            .with_hint(format!("Expected: {form}. If the number is right, choose another scheme.")))
    };
    if value.trim().is_empty() {
        return fail("an identifier", "a value");
    }
    if let Some(known) = SCHEMES.iter().find(|s| s.code == scheme) {
        return if (known.test)(value) { Ok(()) } else { fail(known.name, known.form) };
    }
    // 9915 is a registration of its own in Austria, not a VAT number.
    if let Some((_, country)) = VAT_SCHEMES.iter().find(|(code, _)| *code == scheme && *code != "9915") {
        let fits = value.get(..2) == Some(country) && check_vat(value).is_ok();
        return if fits {
            Ok(())
        } else {
            fail(
                &format!("a VAT number of {country}"),
                &format!("{country} and the number in its national form"),
            )
        };
    }
    Ok(())
}

/// Six ASCII letters or digits.
pub(crate) fn ipa(value: &str) -> bool {
    value.len() == 6 && value.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn codice_fiscale(value: &str) -> bool {
    let b = value.as_bytes();
    let letters = |r: std::ops::Range<usize>| b[r].iter().all(u8::is_ascii_alphabetic);
    let numbers = |r: std::ops::Range<usize>| b[r].iter().all(u8::is_ascii_digit);
    match b.len() {
        11 => numbers(0..11),
        // The last three of the place code may be letters where two people would share a code.
        16 => {
            letters(0..6)
                && letters(8..9)
                && letters(11..12)
                && letters(15..16)
                && b.iter().all(u8::is_ascii_alphanumeric)
        }
        _ => false,
    }
}

/// Coarse part, optional fine part, check digits by ISO 7064 modulo 97-10.
fn leitweg(value: &str) -> bool {
    let Some((body, check)) = value.rsplit_once('-') else { return false };
    let (coarse, fine) = body.split_once('-').unwrap_or((body, ""));
    let shape = (2..=12).contains(&coarse.len())
        && coarse.bytes().all(|b| b.is_ascii_digit())
        && fine.len() <= 30
        && fine.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && all_digits(check, 2);
    shape && digits::mod97(coarse.chars().chain(fine.chars()).chain(check.chars())) == Some(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_accept_theirs_and_name_themselves_otherwise() {
        let good = [
            ("0088", "7300010000001"),
            ("0192", "974760673"),
            ("0184", "DK16356706"),
            ("0184", "16356706"),
            ("0208", "0203201340"),
            ("0007", "5567321707"),
            ("0211", "IT06363391001"),
            ("0201", "ABC123"),
            ("0210", "RSSMRA85T10A562S"),
            // The Leitweg-ID specification's example.
            ("0204", "04011000-1234512345-06"),
            ("0191", "10137025"),
            ("9944", "NL123456789B01"),
            ("9930", "DE136695976"),
            ("9959", "anything"),
        ];
        for (scheme, value) in good {
            assert!(check(scheme, value).is_ok(), "{scheme} {value}");
        }
        for (scheme, value) in [
            ("0208", "EE1234567890"),
            ("0088", "73000100000"),
            ("9930", "FR136695976"),
            ("0192", ""),
            ("9944", "NL12"),
        ] {
            let problem = check(scheme, value).expect_err(value);
            assert_eq!(problem.code, "participant_identifier");
            assert!(problem.message.contains(scheme) && !problem.hint.is_empty(), "{problem}");
        }
    }
}
