//! The journal's files, one for each month and named after it.

use std::io;

use super::disk::Disk;
use crate::domain::Millis;

/// The file of a time's month in UTC; `None` outside the years 1970 to 9999.
pub(super) fn file_of(at: Millis) -> Option<String> {
    let time = jiff::Timestamp::from_millisecond(at.0).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
    (1970..=9999).contains(&time.year()).then(|| format!("{:04}-{:02}.jsonl", time.year(), time.month()))
}

/// The file for damaged lines of a month's file.
pub(super) fn quarantine(file: &str) -> String {
    format!("unreadable-{}.txt", file.trim_end_matches(".jsonl"))
}

/// All months' files, the oldest first.
pub(super) fn all<D: Disk + ?Sized>(disk: &D) -> io::Result<Vec<String>> {
    let mut files = disk.names()?;
    files.retain(|name| is_month(name));
    files.sort_unstable();
    Ok(files)
}

fn is_month(name: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    name.strip_suffix(".jsonl")
        .and_then(|month| month.split_once('-'))
        .is_some_and(|(year, month)| year.len() == 4 && month.len() == 2 && digits(year) && digits(month))
}

#[cfg(test)]
mod tests {
    use super::{file_of, is_month, quarantine};
    use crate::domain::Millis;

    #[test]
    fn files_are_named_after_the_month_in_utc() {
        assert_eq!(file_of(Millis(1_790_643_600_000)).as_deref(), Some("2026-09.jsonl"));
        assert_eq!(file_of(Millis(1_796_083_199_999)).as_deref(), Some("2026-11.jsonl"));
        assert_eq!(file_of(Millis(1_796_083_200_000)).as_deref(), Some("2026-12.jsonl"));
        for outside in [-1, i64::MIN, i64::MAX] {
            assert_eq!(file_of(Millis(outside)), None);
        }
        assert_eq!(quarantine("2026-11.jsonl"), "unreadable-2026-11.txt");
        for other in ["lock", "unreadable-2026-11.txt", "2026-11.jsonl~", "2026-1.jsonl", "abcd-ef.jsonl"] {
            assert!(!is_month(other), "{other}");
        }
    }
}
