//! Electronic addresses: which schemes Peppol takes, and the check digits of those that have any.

use super::ubl::Element;

/// Electronic address schemes of Peppol BIS Billing 3 (PEPPOL-EN16931-CL008), code list of 2026.
const SCHEMES: &str = "0002 0007 0009 0060 0088 0096 0097 0106 0130 0135 0142 0151 0183 0184 0188 0190 0191 0192 0195 0196 0198 \
                       0199 0200 0201 0204 0208 0209 0210 0211 0216 0218 0221 0225 0230 0235 0240 0242 0244 0245 0246 0248 \
                       9910 9913 9914 9915 9918 9919 9920 9922 9923 9924 9925 9926 9927 9928 9929 9930 9931 9932 9933 9934 \
                       9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 9945 9946 9947 9948 9949 9950 9951 9952 9953 9957 \
                       9959";

pub(super) fn check(root: Element<'_>, problems: &mut Vec<String>) {
    for (role, who) in [("cac:AccountingSupplierParty", "seller"), ("cac:AccountingCustomerParty", "buyer")] {
        let Some(endpoint) = root.first(&format!("{role}/cac:Party/cbc:EndpointID")) else { continue };
        let (Some(scheme), Some(value)) = (endpoint.attribute("schemeID"), endpoint.value()) else {
            continue;
        };
        if !is_scheme(scheme) {
            problems
                .push(format!("PEPPOL-EN16931-CL008: {scheme} is not an electronic address scheme ({who})."));
        } else if let Some(rule) = broken(scheme, value) {
            problems.push(format!("{rule}: {value} is not a valid address of scheme {scheme} ({who})."));
        }
    }
}

fn is_scheme(scheme: &str) -> bool {
    SCHEMES.split_whitespace().any(|known| known == scheme)
}

/// The rule that a value breaks, for the schemes whose rules are fatal.
fn broken(scheme: &str, value: &str) -> Option<&'static str> {
    let digits: Option<Vec<u32>> = value.chars().map(|digit| digit.to_digit(10)).collect();
    let (rule, valid) = match scheme {
        "0088" => ("PEPPOL-COMMON-R040", digits.is_some_and(|digits| gln(&digits))),
        "0192" => ("PEPPOL-COMMON-R041", digits.is_some_and(|digits| norwegian(&digits))),
        "0184" => ("PEPPOL-COMMON-R042", digits.is_some_and(|digits| digits.len() == 8) || danish(value)),
        "0096" => ("PEPPOL-COMMON-R052", digits.is_some_and(|digits| digits.len() == 10)),
        "0198" => ("PEPPOL-COMMON-R053", danish(value)),
        "0208" => ("PEPPOL-COMMON-R043", digits.is_some_and(|digits| belgian(&digits))),
        "0007" => ("PEPPOL-COMMON-R049", digits.is_some_and(|digits| digits.len() == 10 && luhn(&digits))),
        "0151" => ("PEPPOL-COMMON-R050", digits.is_some_and(|digits| australian(&digits))),
        _ => return None,
    };
    (!valid).then_some(rule)
}

/// GS1 check digit: weights 3 and 1 from the right. The length is not looked at, as in the rule.
fn gln(digits: &[u32]) -> bool {
    let Some((check, body)) = digits.split_last() else { return false };
    let sum: u32 =
        body.iter().rev().enumerate().map(|(index, digit)| digit * if index % 2 == 0 { 3 } else { 1 }).sum();
    (10 - sum % 10) % 10 == *check
}

/// Organisation number: nine digits, modulo 11 with weights 2 to 7 from the right.
fn norwegian(digits: &[u32]) -> bool {
    let Some((check, body)) = digits.split_last().filter(|(_, body)| body.len() == 8) else { return false };
    let sum: u32 =
        body.iter().rev().zip([2, 3, 4, 5, 6, 7, 2, 3]).map(|(digit, weight)| digit * weight).sum();
    (11 - sum % 11) % 11 == *check && digits.iter().any(|digit| *digit > 0)
}

fn danish(value: &str) -> bool {
    value
        .strip_prefix("DK")
        .is_some_and(|number| number.len() == 8 && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Enterprise number: ten digits, the last two are 97 minus the first eight modulo 97.
fn belgian(digits: &[u32]) -> bool {
    let number = |digits: &[u32]| digits.iter().fold(0, |number, digit| number * 10 + digit);
    digits.len() == 10 && 97 - number(&digits[..8]) % 97 == number(&digits[8..])
}

fn luhn(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| if index % 2 == 1 { doubled(*digit) } else { *digit })
        .sum();
    sum.is_multiple_of(10)
}

/// Business number: eleven digits, weighted sum modulo 89 after one is taken from the first.
fn australian(digits: &[u32]) -> bool {
    const WEIGHTS: [u32; 11] = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19];
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    digits.len() == 11 && digits[0] > 0 && (sum - 10).is_multiple_of(89)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that their issuers publish: GS1's own GLN example, the Norwegian register's unit at Bronnoysund, the
    /// Belgian state's enterprise, the Swedish tax agency, the Australian tax office.
    #[test]
    fn check_digits_of_real_numbers() {
        for (scheme, value) in [
            ("0088", "7300010000001"),
            ("0192", "974760673"),
            ("0208", "0308357159"),
            ("0007", "2021005448"),
            ("0151", "51824753556"),
            ("0184", "DK12345678"),
        ] {
            assert_eq!(broken(scheme, value), None, "{scheme}:{value}");
            let mut wrong = value.to_owned();
            let last = wrong.pop().and_then(|last| last.to_digit(10)).expect("a digit");
            if scheme == "0184" {
                wrong.push('x');
            } else {
                wrong.push(char::from_digit((last + 1) % 10, 10).expect("a digit"));
            }
            assert!(broken(scheme, &wrong).is_some(), "{scheme}:{wrong}");
        }
    }

    #[test]
    fn schemes_without_check_digits_take_anything() {
        assert_eq!(broken("9932", "GB777777771"), None);
        assert!(is_scheme("9932") && is_scheme("0208"));
        assert!(!is_scheme("0037") && !is_scheme("9906") && !is_scheme("EM") && !is_scheme("99"));
    }
}
