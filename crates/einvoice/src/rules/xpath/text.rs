//! Strings, and what is cast from them.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::{Dec, Fault, Judged};

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Without the white space of XML at both ends; a no-break space stays.
pub(in crate::rules) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// `normalize-space(text)`, borrowed where nothing changes.
pub(in crate::rules) fn normalize<'a>(text: impl Into<Cow<'a, str>>) -> Cow<'a, str> {
    let text = text.into();
    let bytes = text.as_bytes();
    let odd = |w: &[u8]| matches!(w, [b' ', b' '] | [b'\t' | b'\n' | b'\r', _]);
    let clean = !bytes.windows(2).any(odd)
        && !bytes.first().is_some_and(u8::is_ascii_whitespace)
        && !bytes.last().is_some_and(u8::is_ascii_whitespace);
    if clean {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for word in text.split(is_space).filter(|w| !w.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    Cow::Owned(out)
}

/// The cast `xs:boolean(text)`, as in a comparison with `true()`.
pub(in crate::rules) fn cast_boolean(text: &str) -> Judged<bool> {
    match trim(text) {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        other => Err(Fault(format!("{:?} is not a boolean", other.chars().take(40).collect::<String>()))),
    }
}

/// The cast `xs:date(text)`, as minutes since the epoch at the start of the day, time zone applied (none = UTC).
pub(in crate::rules) fn cast_date(text: &str) -> Judged<i64> {
    parse_date(trim(text))
        .ok_or_else(|| Fault(format!("{:?} is not a date", text.chars().take(40).collect::<String>())))
}

fn parse_date(text: &str) -> Option<i64> {
    let (day, zone) = text.split_at_checked(10)?;
    let b = day.as_bytes();
    if b[4] != b'-' || b[7] != b'-' {
        return None;
    }
    let number = |r: std::ops::Range<usize>| {
        b[r].iter().try_fold(0i16, |n, c| c.is_ascii_digit().then(|| n * 10 + i16::from(c - b'0')))
    };
    let date = jiff::civil::Date::new(
        number(0..4)?,
        i8::try_from(number(5..7)?).ok()?,
        i8::try_from(number(8..10)?).ok()?,
    )
    .ok()?;
    let offset = match zone.as_bytes() {
        [] | [b'Z'] => 0,
        [
            sign @ (b'+' | b'-'),
            h1 @ b'0'..=b'1',
            h2 @ b'0'..=b'9',
            b':',
            m1 @ b'0'..=b'5',
            m2 @ b'0'..=b'9',
        ] => {
            let minutes = i64::from(h1 - b'0') * 600
                + i64::from(h2 - b'0') * 60
                + i64::from(m1 - b'0') * 10
                + i64::from(m2 - b'0');
            if minutes > 14 * 60 {
                return None;
            }
            if *sign == b'-' { -minutes } else { minutes }
        }
        _ => return None,
    };
    let days = i64::from(date.since(jiff::civil::Date::ZERO).ok()?.get_days());
    Some(days * 24 * 60 - offset)
}

/// An `xs:double` as far as a comparison with a small integer needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Double {
    NotANumber,
    Infinite(Ordering),
    Finite(Dec),
}

/// Digits of a double that matter; further ones are cut before the exponent is applied.
const DOUBLE_DIGITS: usize = 17;

fn parse_double(text: &str) -> Option<Double> {
    let text = trim(text);
    match text {
        "NaN" => return Some(Double::NotANumber),
        "INF" | "+INF" => return Some(Double::Infinite(Ordering::Greater)),
        "-INF" => return Some(Double::Infinite(Ordering::Less)),
        _ => {}
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        None => (text, 0),
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            (
                mantissa,
                exponent.parse::<i32>().unwrap_or(if exponent.starts_with('-') { -9999 } else { 9999 }),
            )
        }
    };
    let unsigned = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    if whole.len() + fraction.len() == 0 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let sign = if mantissa.starts_with('-') { Ordering::Less } else { Ordering::Greater };
    let digits: String = whole.chars().chain(fraction.chars()).collect();
    let lead = digits.len() - digits.trim_start_matches('0').len();
    let significant: String = digits[lead..].chars().take(DOUBLE_DIGITS).collect();
    let Ok(value) = significant.parse::<i64>() else { return Some(Double::Finite(Dec::ZERO)) };
    // Value = significant * 10^power.
    let power = whole.len() as i32 - (lead + significant.len()) as i32 + exponent;
    let value = if sign.is_lt() { -value } else { value };
    Some(match power {
        _ if value == 0 => Double::Finite(Dec::ZERO),
        -30..=0 => Double::Finite(Dec::new(value, power.unsigned_abs())),
        1..=18 => Double::Finite(
            (0..power).try_fold(Dec::int(value), |d, _| d.mul(Dec::int(10))).unwrap_or(Dec::int(value)),
        ),
        // So large or so small that only the sign matters here.
        19.. => Double::Infinite(sign),
        _ => Double::Finite(Dec::new(value.signum(), 30)),
    })
}

/// Compares `xs:double(text)` with an integer, as `text >= 0` does without a cast. The processor orders NaN above all.
pub(in crate::rules) fn double_sign(text: &str, with: i64) -> Judged<Ordering> {
    match parse_double(text) {
        None => Err(Fault(format!("{:?} is not a number", text.chars().take(40).collect::<String>()))),
        Some(Double::NotANumber) => Ok(Ordering::Greater),
        Some(Double::Infinite(sign)) => Ok(sign),
        // The processor orders a negative zero with decimal places below zero.
        Some(Double::Finite(value)) if value.is_zero() && with == 0 && is_negative_double(trim(text)) => {
            Ok(Ordering::Less)
        }
        Some(Double::Finite(value)) => Ok(value.cmp(&Dec::int(with))),
    }
}

fn is_negative_double(text: &str) -> bool {
    text.starts_with('-') && text.contains(['.', 'e', 'E'])
}

/// `number(text)` for comparisons: none is NaN. Infinite values are kept out of reach of any code.
pub(in crate::rules) fn number(text: &str) -> Option<Dec> {
    match parse_double(text)? {
        Double::NotANumber => None,
        Double::Infinite(sign) => Some(if sign.is_lt() { Dec::int(i64::MIN) } else { Dec::int(i64::MAX) }),
        Double::Finite(value) => Some(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_that_of_xml() {
        assert_eq!(normalize(" a \n b\t"), "a b");
        assert_eq!(normalize("a b"), "a b");
        assert_eq!(normalize("\u{a0}a"), "\u{a0}a");
        assert_eq!(normalize("a\nb"), "a b");
        assert_eq!(normalize(" \n "), "");
    }

    #[test]
    fn dates_compare_across_time_zones() {
        let date = |t| cast_date(t).expect("a date");
        assert_eq!(date("2024-01-15"), date(" 2024-01-15Z\n"));
        assert!(date("2024-01-15+01:00") < date("2024-01-15"));
        for bad in ["2024-02-30", "20240115", "2024-01-15T00:00:00", "2024-1-5", "2024-01-15+15:00", ""] {
            assert!(cast_date(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn doubles_compare_with_integers() {
        let sign = |t| double_sign(t, 0).expect("a number");
        assert_eq!((sign("0.00"), sign("-0.00")), (Ordering::Equal, Ordering::Less));
        assert_eq!(sign("1e-3"), Ordering::Greater);
        assert_eq!(sign("-INF"), Ordering::Less);
        assert_eq!((sign("NaN"), sign("-0")), (Ordering::Greater, Ordering::Equal));
        assert!(double_sign("1,5", 0).is_err() && double_sign("", 0).is_err());
        assert_eq!(number("25.00"), Some(Dec::int(25)));
        assert_eq!(number("2.5E1"), Some(Dec::int(25)));
        assert_eq!(number("x"), None);
    }
}
