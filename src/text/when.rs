//! Points in time and dates as they are read: clock, date, weekday.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};

use crate::domain::{Lang, Millis};

fn zoned(at: Millis, zone: &TimeZone) -> Option<Zoned> {
    Timestamp::from_millisecond(at.0).ok().map(|time| time.to_zoned(zone.clone()))
}

/// How long something waits, in the unit that says it in five cells at most: a figure that is cut is another figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    Minutes(i64),
    Hours(i64),
    Days(i64),
    /// Years of 365 days.
    Years(i64),
    /// A hundred years and more.
    Longer,
}

impl Wait {
    /// Whole units; a time ahead is no waiting.
    #[must_use]
    pub const fn of(minutes: i64) -> Self {
        let (hours, days) = (minutes / 60, minutes / 1440);
        match days {
            ..2 if minutes <= 0 => Self::Minutes(0),
            ..2 if minutes < 60 => Self::Minutes(minutes),
            ..2 => Self::Hours(hours),
            2..1000 => Self::Days(days),
            1000..36_500 => Self::Years(days / 365),
            _ => Self::Longer,
        }
    }
}

/// The clock alone, `09:41`: for times that are minutes old.
#[must_use]
pub fn clock(at: Millis, zone: &TimeZone) -> String {
    zoned(at, zone).map_or_else(|| at.0.to_string(), |time| time.strftime("%H:%M").to_string())
}

/// The clock with seconds.
#[must_use]
pub fn second(at: Millis, zone: &TimeZone) -> String {
    zoned(at, zone).map_or_else(|| at.0.to_string(), |time| time.strftime("%H:%M:%S").to_string())
}

/// Month, day and clock, with the year where it is not that of `now`.
#[must_use]
pub fn moment(at: Millis, now: Millis, zone: &TimeZone) -> String {
    let Some(time) = zoned(at, zone) else { return at.0.to_string() };
    let same_year = zoned(now, zone).is_some_and(|now| now.year() == time.year());
    time.strftime(if same_year { "%m-%d %H:%M" } else { "%Y-%m-%d %H:%M" }).to_string()
}

/// Name of a zone beside its times: its offset at that time, `UTC+8`, `UTC-3:30`.
#[must_use]
pub fn zone_name(at: Millis, zone: &TimeZone) -> String {
    let seconds = zoned(at, zone).map_or(0, |time| time.offset().seconds());
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs() / 60);
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// Date, clock with seconds and offset, `2026-09-29 09:00:00+08:00`, for other programs.
#[must_use]
pub fn exact(at: Millis, zone: &TimeZone) -> String {
    zoned(at, zone).map_or_else(|| at.0.to_string(), |time| time.strftime("%Y-%m-%d %H:%M:%S%:z").to_string())
}

/// Date, weekday, clock and the zone, for values of a form.
#[must_use]
pub fn full(at: Millis, zone: &TimeZone, lang: Lang) -> String {
    let Some(time) = zoned(at, zone) else { return at.0.to_string() };
    let day = weekday(time.date().weekday(), lang);
    let offset = time.strftime("%:z");
    format!("{} {day} {} {offset}", time.strftime("%Y-%m-%d"), time.strftime("%H:%M"))
}

/// A date given in days since 1970-01-01, with its weekday; `None` outside the calendar.
#[must_use]
pub fn date(days: i64, lang: Lang) -> Option<String> {
    let date = Date::constant(1970, 1, 1).checked_add(Span::new().try_days(days).ok()?).ok()?;
    Some(format!("{date} {}", weekday(date.weekday(), lang)))
}

const fn weekday(day: Weekday, lang: Lang) -> &'static str {
    match (lang, day) {
        (Lang::Zh, Weekday::Monday) => "周一",
        (Lang::Zh, Weekday::Tuesday) => "周二",
        (Lang::Zh, Weekday::Wednesday) => "周三",
        (Lang::Zh, Weekday::Thursday) => "周四",
        (Lang::Zh, Weekday::Friday) => "周五",
        (Lang::Zh, Weekday::Saturday) => "周六",
        (Lang::Zh, Weekday::Sunday) => "周日",
        (Lang::En, Weekday::Monday) => "Mon",
        (Lang::En, Weekday::Tuesday) => "Tue",
        (Lang::En, Weekday::Wednesday) => "Wed",
        (Lang::En, Weekday::Thursday) => "Thu",
        (Lang::En, Weekday::Friday) => "Fri",
        (Lang::En, Weekday::Saturday) => "Sat",
        (Lang::En, Weekday::Sunday) => "Sun",
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::{TimeZone, offset};

    use super::{date, exact, full, moment, zone_name};
    use crate::domain::{Lang, Millis};

    #[test]
    fn dates_carry_their_weekday_and_never_fail() {
        assert_eq!(date(19265, Lang::Zh).as_deref(), Some("2022-09-30 周五"));
        assert_eq!(date(-1, Lang::En).as_deref(), Some("1969-12-31 Wed"));
        assert_eq!(date(i64::MAX, Lang::Zh), None);
        assert_eq!(date(10_000_000, Lang::Zh), None);
    }

    #[test]
    fn moments_are_in_the_zone_and_name_another_year() {
        let zone = TimeZone::fixed(offset(8));
        let at = Millis(1_790_643_600_000);
        assert_eq!(moment(at, at, &zone), "09-29 09:00");
        assert_eq!(moment(at, Millis(0), &zone), "2026-09-29 09:00");
        assert_eq!(full(at, &zone, Lang::Zh), "2026-09-29 周二 09:00 +08:00");
        assert_eq!(moment(Millis(i64::MAX), at, &zone), i64::MAX.to_string());
        assert_eq!(exact(at, &zone), "2026-09-29 09:00:00+08:00");
    }

    #[test]
    fn a_zone_is_called_by_its_offset_at_that_time() {
        let (summer, winter) = (Millis(1_790_643_600_000), Millis(1_798_000_000_000));
        for (zone, at, name) in [
            ("Asia/Shanghai", summer, "UTC+8"),
            ("Europe/London", summer, "UTC+1"),
            ("Europe/London", winter, "UTC"),
            ("Asia/Kolkata", summer, "UTC+5:30"),
            ("America/St_Johns", winter, "UTC-3:30"),
            ("America/New_York", winter, "UTC-5"),
        ] {
            assert_eq!(zone_name(at, &TimeZone::get(zone).expect("a zone")), name);
        }
        assert_eq!(zone_name(Millis(i64::MAX), &TimeZone::fixed(offset(8))), "UTC");
    }
}
