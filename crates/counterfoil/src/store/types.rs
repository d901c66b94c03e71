//! Values as columns of both engines.
//!
//! | here      | PostgreSQL    | SQLite                 |
//! |-----------|---------------|------------------------|
//! | [`Ts`]    | `timestamptz` | `integer`, µs since 1970 |
//! | [`Day`]   | `date`        | `text`, ISO 8601       |
//! | [`Dec`]   | `numeric`     | `text`, digits as given |
//! | [`Word`]  | `text`        | `text`                 |
//! | [`Json`]  | `text`        | `text`                 |

use std::error::Error;
use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgTypeInfo, PgValueFormat, PgValueRef};
use sqlx::sqlite::{SqliteTypeInfo, SqliteValueRef};
use sqlx::{Database, Decode, Encode, Postgres, Sqlite, Type};

/// An instant, kept to the microsecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ts(pub Timestamp);

/// A business date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day(pub Date);

/// An exact amount; its scale survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dec(pub Decimal);

/// Anything that prints and parses: identifiers, digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<T>(pub T);

/// A value as JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Json<T>(pub T);

/// `timestamptz` and `date` in PostgreSQL's catalogue, and the day its calendar counts from.
const TIMESTAMPTZ: Oid = Oid(1184);
const DATE: Oid = Oid(1082);
const POSTGRES_EPOCH_US: i64 = 946_684_800_000_000;
const POSTGRES_EPOCH: Date = jiff::civil::date(2000, 1, 1);

type Buffer<D> = <D as Database>::ArgumentBuffer;
type Encoded = Result<IsNull, BoxDynError>;

impl Type<Sqlite> for Ts {
    fn type_info() -> SqliteTypeInfo {
        <i64 as Type<Sqlite>>::type_info()
    }
    fn compatible(ty: &SqliteTypeInfo) -> bool {
        <i64 as Type<Sqlite>>::compatible(ty)
    }
}

impl Encode<'_, Sqlite> for Ts {
    fn encode_by_ref(&self, buffer: &mut Buffer<Sqlite>) -> Encoded {
        <i64 as Encode<Sqlite>>::encode(self.0.as_microsecond(), buffer)
    }
}

impl<'r> Decode<'r, Sqlite> for Ts {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(Timestamp::from_microsecond(<i64 as Decode<Sqlite>>::decode(value)?)?))
    }
}

impl Type<Postgres> for Ts {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(TIMESTAMPTZ)
    }
    fn compatible(ty: &PgTypeInfo) -> bool {
        ty.oid() == Some(TIMESTAMPTZ)
    }
}

impl Encode<'_, Postgres> for Ts {
    fn encode_by_ref(&self, buffer: &mut Buffer<Postgres>) -> Encoded {
        <i64 as Encode<Postgres>>::encode(self.0.as_microsecond() - POSTGRES_EPOCH_US, buffer)
    }
}

impl<'r> Decode<'r, Postgres> for Ts {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        if value.format() == PgValueFormat::Text {
            return Err("an instant came as text".into());
        }
        let us = <i64 as Decode<Postgres>>::decode(value)?;
        let us = us.checked_add(POSTGRES_EPOCH_US).ok_or("an instant is out of range")?;
        Ok(Self(Timestamp::from_microsecond(us)?))
    }
}

impl Type<Postgres> for Day {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(DATE)
    }
    fn compatible(ty: &PgTypeInfo) -> bool {
        ty.oid() == Some(DATE)
    }
}

impl Encode<'_, Postgres> for Day {
    fn encode_by_ref(&self, buffer: &mut Buffer<Postgres>) -> Encoded {
        let days = POSTGRES_EPOCH.until(self.0)?.get_days();
        <i32 as Encode<Postgres>>::encode(days, buffer)
    }
}

impl<'r> Decode<'r, Postgres> for Day {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        if value.format() == PgValueFormat::Text {
            return Err("a date came as text".into());
        }
        let days = <i32 as Decode<Postgres>>::decode(value)?;
        Ok(Self(POSTGRES_EPOCH.checked_add(jiff::Span::new().try_days(days)?)?))
    }
}

impl Type<Postgres> for Dec {
    fn type_info() -> PgTypeInfo {
        <Decimal as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Dec {
    fn encode_by_ref(&self, buffer: &mut Buffer<Postgres>) -> Encoded {
        <Decimal as Encode<Postgres>>::encode_by_ref(&self.0, buffer)
    }
}

impl<'r> Decode<'r, Postgres> for Dec {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(<Decimal as Decode<Postgres>>::decode(value)?))
    }
}

/// Text columns of one engine.
macro_rules! as_text {
    ($Db:ty: $(for $generic:ident)? => $Type:ty, $print:expr, $read:expr, $($bound:tt)*) => {
        impl $(<$generic>)? Type<$Db> for $Type {
            fn type_info() -> <$Db as Database>::TypeInfo {
                <str as Type<$Db>>::type_info()
            }
            fn compatible(ty: &<$Db as Database>::TypeInfo) -> bool {
                <str as Type<$Db>>::compatible(ty)
            }
        }

        impl $(<$generic>)? Encode<'_, $Db> for $Type $($bound)* {
            fn encode_by_ref(&self, buffer: &mut Buffer<$Db>) -> Encoded {
                let print: fn(&Self) -> Result<String, BoxDynError> = $print;
                <String as Encode<$Db>>::encode(print(self)?, buffer)
            }
        }

        impl<'r $(, $generic)?> Decode<'r, $Db> for $Type $($bound)* {
            fn decode(value: <$Db as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let read: fn(&str) -> Result<Self, BoxDynError> = $read;
                read(<&str as Decode<$Db>>::decode(value)?)
            }
        }
    };
}

as_text!(Sqlite: => Day, |day| Ok(day.0.to_string()), |text| Ok(Self(text.parse()?)),);
as_text!(Sqlite: => Dec, |amount| Ok(amount.0.to_string()), |text| Ok(Self(text.parse()?)),);

macro_rules! as_text_on {
    ($($Db:ty),*) => {$(
        as_text!($Db: for T => Word<T>, |word| Ok(word.0.to_string()), |text| Ok(Self(text.parse()?)),
            where T: Display + FromStr<Err: Error + Send + Sync + 'static>);
        as_text!($Db: for T => Json<T>, |json| Ok(serde_json::to_string(&json.0)?), |text| Ok(Self(serde_json::from_str(text)?)),
            where T: Serialize + DeserializeOwned);
    )*};
}
as_text_on!(Sqlite, Postgres);

/// Types of the store's questions and answers that are no rows.
pub(super) mod public {
    use std::collections::BTreeMap;

    use counterfoil_core::delivery::ExternalId;
    use counterfoil_core::id::{BookmarkId, ConnectionId, FlowId, MandateId, MappingId};
    use secrecy::SecretString;

    /// Secret fields of a connection.
    pub type Credentials = BTreeMap<String, SecretString>;

    /// A flow whose source is to be looked at.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct PollRow {
        pub flow: FlowId,
        /// Where the source goes on; opaque.
        pub cursor: String,
    }

    /// What a page brought.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
    pub struct PageSaved {
        pub new: usize,
        pub changed: usize,
        pub unchanged: usize,
    }

    /// What a change of configuration may have healed.
    #[derive(Debug, Clone, Copy)]
    pub enum Affected {
        Flow(FlowId),
        Mandate(MandateId),
        Mapping(MappingId),
        Bookmark(BookmarkId),
        Connection(ConnectionId),
        All,
    }

    /// A person's word on something in doubt.
    #[derive(Debug, Clone)]
    pub enum DoubtResolution {
        Arrived(ExternalId),
        NotArrived,
    }

    /// What the store has done since it was opened.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
    pub struct Statistics {
        pub statements: u64,
        pub commits: u64,
    }
}
