//! When a flow looks at its source: every N minutes, hourly, daily, weekly, monthly, in the connection's own zone.

use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Unit};
use serde::{Deserialize, Serialize};

/// A rhythm. Times of day are wall-clock times of the connection's IANA zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "every", rename_all = "snake_case", deny_unknown_fields)]
pub enum Schedule {
    /// Every so many seconds; for folders and rehearsals.
    Seconds { seconds: u32 },
    /// Every so many minutes, counted from the last run.
    Minutes { minutes: u32 },
    /// At this minute of every hour.
    Hour { minute: i8 },
    /// Every day at this time.
    Day { at: Time },
    /// Every week on this day, 1 = Monday, at this time.
    Week { weekday: i8, at: Time },
    /// Every month on this day, or on the month's last day where it has fewer, at this time.
    Month { day: i8, at: Time },
}

/// A schedule that can never come round.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("schedule: {field} is {value}; use {cure}")]
pub struct NotASchedule {
    pub field: &'static str,
    pub value: i64,
    pub cure: &'static str,
}

impl Schedule {
    /// Refuses numbers outside the calendar and the clock.
    pub fn check(&self) -> Result<(), NotASchedule> {
        let refuse = |field, value: i64, cure| Err(NotASchedule { field, value, cure });
        match *self {
            Self::Seconds { seconds } if !(1..=86_400).contains(&seconds) => {
                refuse("seconds", seconds.into(), "1 to 86400")
            }
            Self::Minutes { minutes } if !(1..=43_200).contains(&minutes) => {
                refuse("minutes", minutes.into(), "1 to 43200")
            }
            Self::Hour { minute } if !(0..=59).contains(&minute) => {
                refuse("minute", minute.into(), "0 to 59")
            }
            Self::Week { weekday, .. } if !(1..=7).contains(&weekday) => {
                refuse("weekday", weekday.into(), "1 (Monday) to 7 (Sunday)")
            }
            Self::Month { day, .. } if !(1..=31).contains(&day) => refuse("day", day.into(), "1 to 31"),
            _ => Ok(()),
        }
    }

    /// The first instant strictly after `after`.
    ///
    /// A wall-clock time that a change of the clocks skips runs at the instant the gap ends plus the same distance; one
    /// that occurs twice runs at its first occurrence only.
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Timestamp {
        let here = zone.to_datetime(after);
        match *self {
            Self::Seconds { seconds } => after + SignedDuration::from_secs(i64::from(seconds)),
            Self::Minutes { minutes } => after + SignedDuration::from_mins(i64::from(minutes)),
            Self::Hour { minute } => next_hour(after, minute, zone),
            Self::Day { at } => {
                first_after(after, zone, (-1..=2).map(|day| shift_days(here, day).date().to_datetime(at)))
            }
            Self::Week { weekday, at } => {
                let wanted = Weekday::from_monday_one_offset(weekday).unwrap_or(Weekday::Monday);
                let days = (-1..=8).map(|day| shift_days(here, day));
                first_after(
                    after,
                    zone,
                    days.filter(|day| day.weekday() == wanted).map(|day| day.date().to_datetime(at)),
                )
            }
            Self::Month { day, at } => {
                let months = (-1..=2)
                    .filter_map(|month: i32| here.date().first_of_month().checked_add(month.months()).ok());
                let dates =
                    months.filter_map(|first| first.with().day(day.min(first.days_in_month())).build().ok());
                first_after(after, zone, dates.map(|date| date.to_datetime(at)))
            }
        }
    }
}

/// Hours are counted in elapsed time: at the end of summer time the repeated hour has its own run.
fn next_hour(after: Timestamp, minute: i8, zone: &TimeZone) -> Timestamp {
    let here = after.to_zoned(zone.clone());
    let into_the_hour = i64::from(here.minute()) * 60 + i64::from(here.second());
    let hour_begins = after
        - SignedDuration::from_secs(into_the_hour)
        - SignedDuration::from_nanos(i64::from(here.subsec_nanosecond()));
    let this_hour = hour_begins + SignedDuration::from_mins(i64::from(minute));
    if this_hour > after { this_hour } else { this_hour + SignedDuration::from_hours(1) }
}

fn shift_days(here: DateTime, days: i32) -> DateTime {
    here.checked_add(days.days()).unwrap_or(here)
}

fn first_after(after: Timestamp, zone: &TimeZone, candidates: impl Iterator<Item = DateTime>) -> Timestamp {
    candidates
        .filter_map(|wall| zone.to_ambiguous_timestamp(wall).compatible().ok())
        .find(|instant| *instant > after)
        // Unreachable inside the calendar; a day later is still an answer at its very end.
        .unwrap_or_else(|| after.checked_add(SignedDuration::from_hours(24)).unwrap_or(after))
}

/// The zone of this IANA name.
///
/// # Errors
/// A sentence naming the unknown zone and an example of a known one.
pub fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name)
        .map_err(|_| format!("time zone \"{name}\" is unknown; use an IANA name such as Europe/Berlin"))
}

/// Midnight at the start of the local day, for limits that reset by day.
pub fn start_of_day(at: Timestamp, zone: &TimeZone) -> Timestamp {
    at.to_zoned(zone.clone()).start_of_day().map_or(at, |z| z.timestamp())
}

/// Whole seconds from one instant to a later one, zero if it is earlier.
pub fn seconds_until(from: Timestamp, to: Timestamp) -> i64 {
    from.until((Unit::Second, to)).map_or(0, |span| span.get_seconds().max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(schedule: &Schedule, zone_name: &str, after: &str, expected: &[&str]) {
        let zone = zone(zone_name).expect("zone");
        let mut now: Timestamp = after.parse().expect("instant");
        for expected in expected {
            now = schedule.next(now, &zone);
            assert_eq!(now.to_string(), *expected, "{schedule:?} in {zone_name}");
        }
    }

    fn at(hour: i8, minute: i8) -> Time {
        Time::constant(hour, minute, 0, 0)
    }

    /// Europe/Berlin: summer time began 2026-03-29 02:00 -> 03:00 and ended 2026-10-25 03:00 -> 02:00.
    #[test]
    fn a_daily_run_keeps_its_wall_clock_time_over_a_change_of_the_clocks() {
        let daily = Schedule::Day { at: at(6, 30) };
        check(
            &daily,
            "Europe/Berlin",
            "2026-03-28T00:00:00Z",
            &["2026-03-28T05:30:00Z", "2026-03-29T04:30:00Z", "2026-03-30T04:30:00Z"],
        );
        check(
            &daily,
            "Europe/Berlin",
            "2026-10-24T12:00:00Z",
            &["2026-10-25T05:30:00Z", "2026-10-26T05:30:00Z"],
        );
    }

    #[test]
    fn a_skipped_time_runs_once_and_a_repeated_time_runs_once() {
        let daily = Schedule::Day { at: at(2, 30) };
        check(
            &daily,
            "Europe/Berlin",
            "2026-03-28T12:00:00Z",
            &["2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"],
        );
        check(
            &daily,
            "Europe/Berlin",
            "2026-10-24T12:00:00Z",
            &["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
        );
    }

    #[test]
    fn the_repeated_hour_has_its_own_hourly_run() {
        check(
            &Schedule::Hour { minute: 15 },
            "Europe/Berlin",
            "2026-10-24T23:20:00Z",
            &["2026-10-25T00:15:00Z", "2026-10-25T01:15:00Z", "2026-10-25T02:15:00Z"],
        );
        // Kathmandu is 5 h 45 min ahead: minute 0 there is minute 15 here.
        check(
            &Schedule::Hour { minute: 0 },
            "Asia/Kathmandu",
            "2026-05-01T10:20:00Z",
            &["2026-05-01T11:15:00Z"],
        );
    }

    #[test]
    fn the_thirty_first_falls_on_the_last_day_of_shorter_months() {
        check(
            &Schedule::Month { day: 31, at: at(23, 0) },
            "UTC",
            "2028-01-31T22:59:59Z",
            &["2028-01-31T23:00:00Z", "2028-02-29T23:00:00Z", "2028-03-31T23:00:00Z", "2028-04-30T23:00:00Z"],
        );
        check(
            &Schedule::Month { day: 31, at: at(0, 0) },
            "America/New_York",
            "2026-12-31T12:00:00Z",
            &["2027-01-31T05:00:00Z", "2027-02-28T05:00:00Z", "2027-03-31T04:00:00Z"],
        );
    }

    #[test]
    fn a_week_counts_from_monday_in_the_local_zone() {
        // 2026-11-23 is a Monday; in Auckland (UTC+13) Monday 01:00 is still Sunday in UTC.
        check(
            &Schedule::Week { weekday: 1, at: at(1, 0) },
            "Pacific/Auckland",
            "2026-11-21T00:00:00Z",
            &["2026-11-22T12:00:00Z", "2026-11-29T12:00:00Z"],
        );
    }

    #[test]
    fn intervals_count_from_the_last_run() {
        check(&Schedule::Minutes { minutes: 5 }, "UTC", "2026-01-01T00:00:10Z", &["2026-01-01T00:05:10Z"]);
    }

    #[test]
    fn numbers_outside_the_calendar_are_refused_with_the_cure() {
        let error = Schedule::Month { day: 32, at: at(0, 0) }.check().expect_err("no such day");
        assert_eq!(error.to_string(), "schedule: day is 32; use 1 to 31");
        assert!(Schedule::Minutes { minutes: 0 }.check().is_err());
        assert!(Schedule::Week { weekday: 0, at: at(0, 0) }.check().is_err());
    }
}
