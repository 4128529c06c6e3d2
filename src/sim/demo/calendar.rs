//! Days as the demo's texts name them: relative to a moment, so that the organisation looks lived in on any date.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

use crate::domain::{Lang, Millis};

/// The organisation's time zone, +08:00 all year.
const OFFSET: i64 = 8 * 3_600_000;
const DAY: i64 = 86_400_000;
const MINUTE: i64 = 60_000;
/// Range of `n` where it counts weeks.
const WEEKS: i64 = 6;
/// … and where it counts days backwards.
const DAYS_BACK: i64 = 7;

/// A moment, and the value of `n`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calendar {
    pub(super) began: Millis,
    today: Date,
    n: i64,
}

impl Calendar {
    /// Days are counted from `now`; `began` is the moment of that name.
    pub(super) fn new(now: Millis, began: Millis, n: i64) -> Self {
        Self { began, today: date(days_of(now)), n }
    }

    /// Days since 1970-01-01 of an expression such as `today-2`, `wd+3`, `mon+1w`, `fri+2w-1`, `month+1`.
    pub(super) fn day(&self, text: &str) -> Option<i32> {
        let end = text.find(['+', '-']).unwrap_or(text.len());
        let (base, mut rest) = text.split_at(end);
        let (mut days, mut weeks) = (0, 0);
        while !rest.is_empty() {
            let sign = if rest.starts_with('-') { -1 } else { 1 };
            let term = rest.get(1..)?;
            let end = term.find(['+', '-']).unwrap_or(term.len());
            let (amount, after) = term.split_at(end);
            match amount.strip_suffix('w') {
                Some(amount) => weeks += sign * self.amount(amount, WEEKS)?,
                None if sign < 0 => days -= self.amount(amount, DAYS_BACK)?,
                None => days += self.amount(amount, i64::MAX)?,
            }
            rest = after;
        }
        let day = match base {
            "today" => self.today.checked_add(days.days()).ok()?,
            "wd" => self.working_day(days)?,
            "month" => self.today.first_of_month().checked_add(Span::new().try_months(days).ok()?).ok()?,
            _ => {
                let monday = self.today.checked_sub(i64::from(self.today.weekday().to_monday_zero_offset()).days());
                let offset = i64::from(weekday(base)?.to_monday_zero_offset());
                monday.ok()?.checked_add((offset + days).days()).ok()?
            }
        };
        i32::try_from(epoch_days(day.checked_add((weeks * 7).days()).ok()?)).ok()
    }

    /// A day and an hour, or `began`.
    pub(super) fn moment(&self, text: &str) -> Option<Millis> {
        if text == "began" {
            return Some(Millis(self.began.0 / MINUTE * MINUTE));
        }
        let (day, hour) = text.split_once(' ')?;
        let (hours, minutes) = hour.split_once(':')?;
        let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
        Some(Millis(i64::from(self.day(day)?) * DAY + minutes * MINUTE - OFFSET))
    }

    fn amount(&self, text: &str, most: i64) -> Option<i64> {
        if text == "n" { Some((self.n - 1).rem_euclid(most) + 1) } else { text.parse().ok() }
    }

    /// The day that is so many working days away; 0 is today or the next one.
    fn working_day(&self, days: i64) -> Option<Date> {
        let works = |day: Date| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let mut day = self.today;
        let (mut left, step) = (days.abs(), if days < 0 { -1 } else { 1 });
        while left > 0 || !works(day) {
            day = day.checked_add(step.days()).ok()?;
            left -= i64::from(works(day) && left > 0);
        }
        Some(day)
    }
}

/// How long before: `2h10m`, `3d`.
pub(super) fn ago(text: &str) -> Option<i64> {
    let mut total = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(['d', 'h', 'm'])?;
        let (amount, unit) = rest.split_at(end);
        let unit_length = match unit.chars().next()? {
            'd' => DAY,
            'h' => 60 * MINUTE,
            _ => MINUTE,
        };
        total += amount.parse::<i64>().ok()? * unit_length;
        rest = unit.get(1..)?;
    }
    Some(total)
}

/// `2026-03-16`.
pub(super) fn iso(days: i32) -> String {
    date(i64::from(days)).to_string()
}

/// `2026-03-16 21:35`, in the organisation's time zone.
pub(super) fn iso_minute(at: Millis) -> String {
    let minutes = (at.0 + OFFSET).rem_euclid(DAY) / MINUTE;
    format!("{} {:02}:{:02}", date(days_of(at)), minutes / 60, minutes % 60)
}

/// `3月16日`, `March 16`.
pub(super) fn in_words(days: i32, lang: Lang) -> String {
    let day = date(i64::from(days));
    match lang {
        Lang::Zh => format!("{}月{}日", day.month(), day.day()),
        Lang::En => day.strftime("%B %-d").to_string(),
    }
}

fn days_of(at: Millis) -> i64 {
    (at.0 + OFFSET).div_euclid(DAY)
}

fn date(days: i64) -> Date {
    Date::constant(1970, 1, 1).saturating_add(days.clamp(-100_000, 1_000_000).days())
}

fn epoch_days(day: Date) -> i64 {
    day.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Calendar, Lang, Millis, ago, in_words, iso, iso_minute};

    /// 2026-03-12, a Thursday, 10:00 in Beijing.
    const NOW: Millis = Millis(1_773_280_800_000);

    #[test]
    fn days_are_named_from_now() {
        let calendar = Calendar::new(NOW, NOW, 8);
        let day = |text| calendar.day(text).map(iso);
        assert_eq!(day("today").as_deref(), Some("2026-03-12"));
        assert_eq!(day("today-2").as_deref(), Some("2026-03-10"));
        assert_eq!(day("wd+2").as_deref(), Some("2026-03-16"));
        assert_eq!(day("wd-4").as_deref(), Some("2026-03-06"));
        assert_eq!(day("mon+1w").as_deref(), Some("2026-03-16"));
        assert_eq!(day("fri+2w-1").as_deref(), Some("2026-03-26"));
        assert_eq!(day("sat-nw").as_deref(), Some("2026-02-28"));
        assert_eq!(day("month+1").as_deref(), Some("2026-04-01"));
        assert_eq!(day("month-3").as_deref(), Some("2025-12-01"));
        assert_eq!(day("nonsense+1"), None);
        assert_eq!(day("mon+1x"), None);
    }

    #[test]
    fn moments_are_in_the_organisation_s_time_zone() {
        let calendar = Calendar::new(NOW, Millis(NOW.0 - 59_000), 1);
        assert_eq!(calendar.moment("wd-1 21:35").map(iso_minute).as_deref(), Some("2026-03-11 21:35"));
        assert_eq!(calendar.moment("began").map(iso_minute).as_deref(), Some("2026-03-12 09:59"));
        assert_eq!(calendar.moment("today"), None);
        let words = |lang| calendar.day("mon+1w").map(|day| in_words(day, lang));
        assert_eq!((words(Lang::Zh).as_deref(), words(Lang::En).as_deref()), (Some("3月16日"), Some("March 16")));
        assert_eq!(ago("1d2h3m"), Some(93_780_000));
        assert_eq!(ago("soon"), None);
    }
}
