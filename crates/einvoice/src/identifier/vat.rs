//! VAT numbers of the European Union and IBAN.

use super::digits::{all_digits, luhn, mod97, mod97_belgian, partita_iva};
use crate::problem::Problem;

/// National forms after the country prefix: `9` a digit, `A` a letter, `X` a letter or digit, `?` a letter, digit, `+` or
/// `*`, anything else itself. Source: the European Commission's description of VIES numbers.
const FORMS: &[(&str, &[&str])] = &[
    ("AT", &["U99999999"]),
    ("BE", &["0999999999", "1999999999"]),
    ("BG", &["999999999", "9999999999"]),
    ("CY", &["99999999A"]),
    ("CZ", &["99999999", "999999999", "9999999999"]),
    ("DE", &["999999999"]),
    ("DK", &["99999999"]),
    ("EE", &["999999999"]),
    ("EL", &["999999999"]),
    ("ES", &["X9999999X"]),
    ("FI", &["99999999"]),
    ("FR", &["XX999999999"]),
    ("GB", &["999999999", "999999999999", "GD999", "HA999"]),
    ("HR", &["99999999999"]),
    ("HU", &["99999999"]),
    ("IE", &["9?99999A", "9999999AA"]),
    ("IT", &["99999999999"]),
    ("LT", &["999999999", "999999999999"]),
    ("LU", &["99999999"]),
    ("LV", &["99999999999"]),
    ("MT", &["99999999"]),
    ("NL", &["XXXXXXXXXX99", "?????????B99"]),
    ("PL", &["9999999999"]),
    ("PT", &["999999999"]),
    ("RO", &["99", "999", "9999", "99999", "999999", "9999999", "99999999", "999999999", "9999999999"]),
    ("SE", &["999999999999"]),
    ("SI", &["99999999"]),
    ("SK", &["9999999999"]),
    ("XI", &["999999999", "999999999999", "GD999", "HA999"]),
];

fn fits(form: &str, value: &str) -> bool {
    form.len() == value.len()
        && form.bytes().zip(value.bytes()).all(|(f, v)| match f {
            b'9' => v.is_ascii_digit(),
            b'A' => v.is_ascii_uppercase(),
            b'X' => v.is_ascii_uppercase() || v.is_ascii_digit(),
            b'?' => v.is_ascii_uppercase() || v.is_ascii_digit() || v == b'+' || v == b'*',
            other => v == other,
        })
}

/// Check digits where the calculation is public and stable.
fn checksum(country: &str, number: &str) -> bool {
    match country {
        "BE" => mod97_belgian(number),
        "DE" => iso7064_mod11_10(number),
        "EL" => super::digits::greek_tin(number),
        "HR" => iso7064_mod11_10(number),
        "IT" => partita_iva(number),
        "SE" => luhn(&number[..10]),
        "DK" => weighted(number, &[2, 7, 6, 5, 4, 3, 2, 1], 11) == 0,
        "FI" => weighted(number, &[7, 9, 10, 5, 8, 4, 2, 1], 11) == 0,
        "PL" => {
            weighted(&number[..9], &[6, 5, 7, 2, 3, 4, 5, 6, 7], 11) == u32::from(number.as_bytes()[9] - b'0')
        }
        "LU" => number[..6].parse::<u32>().is_ok_and(|n| Some(n % 89) == number[6..].parse().ok()),
        _ => true,
    }
}

fn weighted(number: &str, weights: &[u32], modulus: u32) -> u32 {
    number.bytes().zip(weights).map(|(b, w)| u32::from(b - b'0') * w).sum::<u32>() % modulus
}

/// ISO 7064 modulo 11,10.
fn iso7064_mod11_10(number: &str) -> bool {
    let mut product = 10;
    let digits: Vec<u32> = number.chars().filter_map(|c| c.to_digit(10)).collect();
    let Some((check, rest)) = digits.split_last() else { return false };
    for digit in rest {
        let sum = match (digit + product) % 10 {
            0 => 10,
            other => other,
        };
        product = sum * 2 % 11;
    }
    (11 - product) % 10 == *check
}

/// Checks the form of a VAT number of the European Union, the United Kingdom or Northern Ireland, and its check digits
/// where they are public. Other countries pass.
///
/// # Errors
/// `vat_identifier` with the expected form.
pub fn check_vat(value: &str) -> Result<(), Problem> {
    let fail = |hint: String| {
        Err(Problem::warning("vat_identifier", format!("{value:?} is not a VAT number.")).with_hint(hint))
    };
    let Some((country, number)) =
        value.split_at_checked(2).filter(|(c, _)| c.bytes().all(|b| b.is_ascii_uppercase()))
    else {
        return fail(
            "Start with the two capital letters of the country, such as DE; Greece is EL.".to_owned(),
        );
    };
    match FORMS.iter().find(|(c, _)| *c == country) {
        None => Ok(()),
        Some((_, forms)) if !forms.iter().any(|f| fits(f, number)) => {
            let shapes: Vec<String> = forms.iter().map(|f| format!("{country}{f}")).collect();
            fail(format!(
                "Expected {} (9 stands for a digit, A for a letter, X for either), without spaces.",
                shapes.join(" or ")
            ))
        }
        Some(_) if !checksum(country, number) => {
            fail("The check digit does not fit: a digit is wrong or two are swapped.".to_owned())
        }
        Some(_) => Ok(()),
    }
}

/// Two letters, nine digits, B, two digits.
pub(super) fn dutch(value: &str) -> bool {
    value
        .strip_prefix("NL")
        .and_then(|v| v.split_once('B'))
        .is_some_and(|(a, b)| all_digits(a, 9) && all_digits(b, 2))
}

/// Whether a text is an IBAN with the right check digits; spaces are ignored.
#[must_use]
pub fn is_iban(value: &str) -> bool {
    let packed: String = value.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let b = packed.as_bytes();
    let shape = (5..=34).contains(&b.len())
        && b[..2].iter().all(u8::is_ascii_uppercase)
        && b[2..4].iter().all(u8::is_ascii_digit)
        && b[4..].iter().all(u8::is_ascii_alphanumeric);
    shape && mod97(packed[4..].chars().chain(packed[..4].chars())) == Some(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vat_numbers_of_known_companies_pass() {
        // Published on the companies' own sites.
        for good in [
            "DE136695976",
            "BE0203201340",
            "IT06363391001",
            "EL094259216",
            "DK13585628",
            "FI20774740",
            "PL8567346215",
            "LU15027442",
            "SE556703748501",
            "FR40303265045",
            "NL004495445B01",
            "ATU13585627",
            "IE6433435F",
            "US123",
        ] {
            assert!(check_vat(good).is_ok(), "{good}: {:?}", check_vat(good));
        }
        for bad in [
            "DE136695977",
            "DE13669597",
            "de136695976",
            "BE0203201341",
            "IT0636339100",
            "",
            "é",
            "ATU1358562",
        ] {
            assert_eq!(check_vat(bad).expect_err(bad).code, "vat_identifier");
        }
    }

    #[test]
    fn ibans_are_checked() {
        for good in ["DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19", "NO9386011117947"] {
            assert!(is_iban(good), "{good}");
        }
        for bad in ["DE89370400440532013001", "DE", "", "de89370400440532013000", "DE8937040044053201300é"] {
            assert!(!is_iban(bad), "{bad}");
        }
    }
}
