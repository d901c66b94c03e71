//! `xs:decimal` with 38 digits: enough for every product the rules form of amounts, where rust_decimal's 28 are not.

use std::cmp::Ordering;

use super::{Fault, Judged};

/// An exact decimal: mantissa / 10^scale.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Dec {
    mantissa: i128,
    scale: u32,
}

/// Decimal places of a quotient, as the official validators' processor computes them.
const DIVISION_SCALE: u32 = 18;

fn overflow() -> Fault {
    Fault("a number has too many digits to calculate with".to_owned())
}

impl Dec {
    pub(in crate::rules) const ZERO: Self = Self::int(0);
    pub(in crate::rules) const ONE: Self = Self::int(1);

    pub(in crate::rules) const fn int(value: i64) -> Self {
        Self { mantissa: value as i128, scale: 0 }
    }

    /// `mantissa / 10^scale`.
    pub(in crate::rules) const fn new(mantissa: i64, scale: u32) -> Self {
        Self { mantissa: mantissa as i128, scale }
    }

    /// The cast `xs:decimal(text)`.
    pub(in crate::rules) fn cast(text: &str) -> Judged<Self> {
        let fault =
            || Fault(format!("{:?} is not a decimal number", text.chars().take(40).collect::<String>()));
        let trimmed = super::trim(text);
        let (negative, digits) = match trimmed.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let (mut mantissa, mut scale, mut seen, mut point) = (0i128, 0u32, false, false);
        for b in digits {
            match b {
                b'0'..=b'9' => {
                    seen = true;
                    match mantissa.checked_mul(10).and_then(|m| m.checked_add(i128::from(b - b'0'))) {
                        Some(next) => (mantissa, scale) = (next, scale + u32::from(point)),
                        // Decimal places beyond 38 digits are not looked at by any rule.
                        None if point => {}
                        None => return Err(overflow()),
                    }
                }
                b'.' if !point => point = true,
                _ => return Err(fault()),
            }
        }
        if !seen {
            return Err(fault());
        }
        Ok(Self { mantissa: if negative { -mantissa } else { mantissa }, scale }.trimmed())
    }

    /// Without trailing zeros after the point.
    fn trimmed(mut self) -> Self {
        while self.scale > 0 && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.scale -= 1;
        }
        self
    }

    fn rescaled(self, scale: u32) -> Judged<i128> {
        10i128.checked_pow(scale - self.scale).and_then(|p| self.mantissa.checked_mul(p)).ok_or_else(overflow)
    }

    pub(in crate::rules) fn add(self, other: Self) -> Judged<Self> {
        let scale = self.scale.max(other.scale);
        let mantissa = self.rescaled(scale)?.checked_add(other.rescaled(scale)?).ok_or_else(overflow)?;
        Ok(Self { mantissa, scale })
    }

    pub(in crate::rules) fn sub(self, other: Self) -> Judged<Self> {
        self.add(Self { mantissa: -other.mantissa, ..other })
    }

    pub(in crate::rules) fn mul(self, other: Self) -> Judged<Self> {
        let (mut a, mut b) = (self.trimmed(), other.trimmed());
        loop {
            if let Some(mantissa) = a.mantissa.checked_mul(b.mantissa) {
                return Ok(Self { mantissa, scale: a.scale + b.scale }.trimmed());
            }
            // Beyond 38 digits the last decimal places go; what a rule compares with is larger by far.
            let longer = if a.scale >= b.scale { &mut a } else { &mut b };
            if longer.scale == 0 {
                return Err(overflow());
            }
            (longer.mantissa, longer.scale) = (longer.mantissa / 10, longer.scale - 1);
        }
    }

    /// `self div 100`, exact.
    pub(in crate::rules) fn hundredth(self) -> Self {
        Self { mantissa: self.mantissa, scale: self.scale + 2 }.trimmed()
    }

    /// `self div other`, to eighteen places or those of the operands, half down; to fewer if that takes over 38 digits.
    pub(in crate::rules) fn div(self, other: Self) -> Judged<Self> {
        if other.mantissa == 0 {
            return Err(Fault("division by zero".to_owned()));
        }
        let wanted = DIVISION_SCALE.max(self.scale).max(other.scale);
        let scaled = |scale: u32| {
            let up = (scale + other.scale).checked_sub(self.scale)?;
            10i128.checked_pow(up).and_then(|p| self.mantissa.checked_mul(p)).map(|up| (scale, up))
        };
        let (scale, up) = (0..=wanted).rev().find_map(scaled).ok_or_else(overflow)?;
        let (quotient, rest) = (up / other.mantissa, up % other.mantissa);
        let beyond_half = rest.unsigned_abs() > other.mantissa.unsigned_abs() - rest.unsigned_abs();
        let away = if (up < 0) == (other.mantissa < 0) { 1 } else { -1 };
        Ok(Self { mantissa: if beyond_half { quotient + away } else { quotient }, scale }.trimmed())
    }

    pub(in crate::rules) fn abs(self) -> Self {
        Self { mantissa: self.mantissa.abs(), ..self }
    }

    /// `round(self)`: to an integer, a half toward positive infinity.
    pub(in crate::rules) fn round(self) -> Self {
        let Some(one) = 10i128.checked_pow(self.scale) else { return Self::ZERO };
        let (floor, rest) = (self.mantissa.div_euclid(one), self.mantissa.rem_euclid(one));
        Self { mantissa: if rest >= one - rest && rest > 0 { floor + 1 } else { floor }, scale: 0 }
    }

    /// `round(self * 10 * 10) div 100`: the official rules' rounding to cents.
    pub(in crate::rules) fn cents(self) -> Judged<Self> {
        Ok(self.mul(Self::int(100))?.round().hundredth())
    }

    /// One spelling per value, for use as a key.
    pub(in crate::rules) fn key(self) -> String {
        let t = self.trimmed();
        format!("{}e-{}", t.mantissa, t.scale)
    }

    pub(in crate::rules) fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    pub(in crate::rules) fn signum(self) -> Ordering {
        self.mantissa.cmp(&0)
    }

    /// Compares `xs:decimal(xs:double(self) + one)` with another: what a rule does that forgets the cast. Binary rounding
    /// shows where the difference is exactly one, so it is done as IEEE 754 does it; beyond its reach, exactly.
    pub(in crate::rules) fn cmp_double_sum(self, one: i64, other: Self) -> Judged<Ordering> {
        let exact = self.add(Self::int(one))?;
        Ok(cmp_binary_sum(self, i128::from(one), other).unwrap_or_else(|| exact.cmp(&other)))
    }
}

impl PartialEq for Dec {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Dec {}

impl PartialOrd for Dec {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Dec {
    fn cmp(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        match (self.rescaled(scale), other.rescaled(scale)) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            // Too far apart for one scale: the sign, then the integer part decides.
            _ => self.signum().cmp(&other.signum()).then_with(|| self.floor().cmp(&other.floor())),
        }
    }
}

impl Dec {
    fn floor(&self) -> i128 {
        10i128.checked_pow(self.scale).map_or(0, |one| self.mantissa.div_euclid(one))
    }
}

/// The nearest double of numerator / denominator, as mantissa * 2^exponent with 53 bits.
fn to_double(numerator: u128, denominator: u128) -> Option<(u128, i32)> {
    if numerator == 0 {
        return Some((0, 0));
    }
    let bits = |n: u128| 128 - n.leading_zeros() as i32;
    let mut exponent = bits(numerator) - bits(denominator) - 53;
    let scaled = |exponent: i32| -> Option<(u128, u128)> {
        let shift = |n: u128, by: i32| (bits(n) + by <= 127).then(|| n << by);
        if exponent < 0 {
            Some((shift(numerator, -exponent)?, denominator))
        } else {
            Some((numerator, shift(denominator, exponent)?))
        }
    };
    let (mut n, mut d) = scaled(exponent)?;
    if n / d >= 1 << 53 {
        exponent += 1;
        (n, d) = scaled(exponent)?;
    }
    let (quotient, rest) = (n / d, n % d);
    let up = rest > d - rest || (rest == d - rest && quotient % 2 == 1);
    Some((quotient + u128::from(up), exponent))
}

fn cmp_binary_sum(value: Dec, one: i128, other: Dec) -> Option<Ordering> {
    let denominator = 10u128.checked_pow(value.scale)?;
    let (mantissa, exponent) = to_double(value.mantissa.unsigned_abs(), denominator)?;
    if exponent >= 0 || mantissa == 0 {
        return None;
    }
    // Exactly mantissa / 2^-exponent, with its sign; the sum is rounded to a double again.
    let unit = 1i128.checked_shl(exponent.unsigned_abs()).filter(|u| *u > 0)?;
    let signed = i128::try_from(mantissa).ok()? * value.mantissa.signum();
    let sum = signed.checked_add(one.checked_mul(unit)?)?;
    let (mantissa, exponent) = to_double(sum.unsigned_abs(), unit.unsigned_abs())?;
    let mantissa = i128::try_from(mantissa).ok()? * sum.signum();
    if exponent >= 0 {
        return None;
    }
    // m / 2^k against n / 10^s: m * 10^s against n * 2^k, after taking out common factors of two.
    let shift = mantissa.trailing_zeros().min(exponent.unsigned_abs());
    let (mantissa, k) = (mantissa >> shift, exponent.unsigned_abs() - shift);
    let left = mantissa.checked_mul(10i128.checked_pow(other.scale)?)?;
    let right = other.mantissa.checked_mul(1i128.checked_shl(k).filter(|p| *p > 0)?)?;
    Some(left.cmp(&right))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Dec {
        Dec::cast(text).expect(text)
    }

    #[test]
    fn casts_follow_the_lexical_space() {
        assert_eq!(d(" +1.50\n"), Dec::new(15, 1));
        assert_eq!(d(".5"), Dec::new(5, 1));
        assert_eq!(d("5."), Dec::int(5));
        for bad in ["", " ", "1e3", "NaN", "1,5", "1 000", "\u{a0}1", "--1", "."] {
            assert!(Dec::cast(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn halves_round_toward_positive_infinity() {
        for (value, expected) in [("2.5", 3), ("-2.5", -2), ("-2.51", -3), ("0.49", 0), ("-0.5", 0), ("7", 7)]
        {
            assert_eq!(d(value).round(), Dec::int(expected), "{value}");
        }
        assert_eq!(d("-324.995").cents(), Ok(d("-324.99")));
    }

    #[test]
    fn quotients_have_eighteen_places() {
        assert_eq!(d("1").div(d("3")), Ok(d("0.333333333333333333")));
        assert_eq!(d("2").div(d("3")), Ok(d("0.666666666666666667")));
        assert_eq!(d("-1").div(d("8")), Ok(d("-0.125")));
        assert!(d("1").div(Dec::ZERO).is_err());
    }

    #[test]
    fn double_sums_show_binary_rounding() {
        let compare = |a: &str, one, b: &str| d(a).cmp_double_sum(one, d(b)).expect("a sum");
        // IEEE 754: 100.1 - 1 = 99.099999999999994315658113919198513031005859375, a little below 99.1.
        assert_eq!(compare("100.1", -1, "99.1"), Ordering::Less);
        assert_eq!(compare("100.1", -1, "99.099999999999994"), Ordering::Greater);
        // Halves and quarters are exact in binary.
        assert_eq!(compare("10.5", 1, "11.5"), Ordering::Equal);
        assert_eq!(compare("-3.25", 1, "-2.25"), Ordering::Equal);
        assert_eq!(compare("0", 1, "1"), Ordering::Equal);
        // 0.1 + 1 = 1.100000000000000088817841970012523233890533447265625.
        assert_eq!(compare("0.1", 1, "1.1"), Ordering::Greater);
    }
}
