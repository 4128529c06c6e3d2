//! Times as the journal writes them.

use crate::domain::Millis;

/// A time as the journal writes it: RFC 3339 in UTC with milliseconds; outside the calendar, the number.
#[must_use]
pub fn time(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| at.0.to_string(), |time| format!("{time:.3}"))
}

/// Reads what [`time`] writes.
pub(in crate::store) fn read_time(text: &str) -> Option<Millis> {
    let number = || text.parse().ok();
    text.parse::<jiff::Timestamp>().map_or_else(|_| number(), |time| Some(time.as_millisecond())).map(Millis)
}
