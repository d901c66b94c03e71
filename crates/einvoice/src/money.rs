//! Amounts of money with their currency, and declared rounding.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// A currency of ISO 4217.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency(iso_currency::Currency);

/// The text is not an ISO 4217 currency code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a currency code of ISO 4217; write three capital letters such as EUR")]
pub struct UnknownCurrency(pub String);

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(iso_currency::Currency::EUR);

    /// Three-letter code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Decimal places of the smallest coin or book unit: 2 for EUR, 0 for JPY. 2 where ISO 4217 names none.
    #[must_use]
    pub fn minor_units(self) -> u32 {
        self.0.exponent().map_or(2, u32::from)
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(code: &str) -> Result<Self, UnknownCurrency> {
        iso_currency::Currency::from_code(code).map(Self).ok_or_else(|| UnknownCurrency(code.to_owned()))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<str>::deserialize(deserializer)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

/// An amount in a currency. Keeps the scale it was given (`10.00` stays `10.00`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// The number.
    pub value: Decimal,
    /// Its currency.
    pub currency: Currency,
}

impl Amount {
    /// An amount as given.
    #[must_use]
    pub fn new(value: Decimal, currency: Currency) -> Self {
        Self { value, currency }
    }

    /// Rounded to the minor units of its currency.
    #[must_use]
    pub fn rounded(self, rounding: Rounding) -> Self {
        Self { value: rounding.round(self.value, self.currency.minor_units()), ..self }
    }

    /// The sum, if the currencies agree and the result fits.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        (self.currency == other.currency)
            .then(|| self.value.checked_add(other.value))
            .flatten()
            .map(|value| Self { value, ..self })
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.value, self.currency)
    }
}

/// How a half is rounded. Every rounding in the product names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Half away from zero: 0.005 -> 0.01, -0.005 -> -0.01. What invoices do.
    #[default]
    HalfUp,
    /// Half to the even neighbour.
    HalfEven,
    /// Half toward positive infinity: -0.005 -> 0.00. XPath's `round`, so what the official rules do.
    HalfTowardPositive,
    /// Cut off, toward zero.
    Down,
    /// Away from zero whatever the rest.
    Up,
}

impl Rounding {
    /// The value with at most `scale` decimal places.
    #[must_use]
    pub fn round(self, value: Decimal, scale: u32) -> Decimal {
        let strategy = match self {
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
            Self::HalfTowardPositive if value.is_sign_negative() => RoundingStrategy::MidpointTowardZero,
            Self::HalfTowardPositive => RoundingStrategy::MidpointAwayFromZero,
            Self::Down => RoundingStrategy::ToZero,
            Self::Up => RoundingStrategy::AwayFromZero,
        };
        value.round_dp_with_strategy(scale, strategy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(s: &str) -> Decimal {
        s.parse().expect("decimal")
    }

    #[test]
    fn halves_go_where_the_rounding_says() {
        use Rounding::{Down, HalfEven, HalfTowardPositive, HalfUp, Up};
        // Hand calculation; -324.995 is the case of EN 16931 validation issue 303.
        let table = [
            (HalfUp, "324.995", "325.00"),
            (HalfUp, "-324.995", "-325.00"),
            (HalfTowardPositive, "324.995", "325.00"),
            (HalfTowardPositive, "-324.995", "-324.99"),
            (HalfTowardPositive, "-324.996", "-325.00"),
            (HalfEven, "0.125", "0.12"),
            (HalfEven, "0.135", "0.14"),
            (Down, "-0.019", "-0.01"),
            (Up, "0.011", "0.02"),
        ];
        for (rounding, value, expected) in table {
            assert_eq!(rounding.round(d(value), 2), d(expected), "{rounding:?} {value}");
        }
    }

    #[test]
    fn minor_units_come_from_iso_4217() {
        let units = |c: &str| c.parse::<Currency>().expect(c).minor_units();
        assert_eq!((units("EUR"), units("JPY"), units("KWD")), (2, 0, 3));
        assert_eq!("eur".parse::<Currency>(), Err(UnknownCurrency("eur".to_owned())));
    }

    #[test]
    fn amounts_of_different_currencies_do_not_add() {
        let usd = Amount::new(d("1.00"), "USD".parse().expect("USD"));
        let eur = Amount::new(d("1.00"), Currency::EUR);
        assert_eq!(usd.checked_add(eur), None);
        assert_eq!(eur.checked_add(eur).map(|a| a.to_string()), Some("2.00 EUR".to_owned()));
    }
}
