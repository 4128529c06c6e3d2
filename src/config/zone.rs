//! The time zone of a run that names none.

use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};

use super::site::Site;

/// Servers run on UTC by default while Feishu's tenants live by Beijing time: the system's UTC counts only where `TZ`
/// names it. `system` is `None` where the machine has no zone that can be read.
pub(super) fn usual(system: Option<TimeZone>, by_hand: bool, site: Site) -> TimeZone {
    match (system, site) {
        (Some(zone), _) if by_hand || !is_utc(&zone) => zone,
        (_, Site::Feishu) => TimeZone::get("Asia/Shanghai").unwrap_or_else(|_| TimeZone::fixed(offset(8))),
        (_, Site::Lark) => TimeZone::UTC,
    }
}

/// UTC under any of its names: it has no offset and never had another one.
fn is_utc(zone: &TimeZone) -> bool {
    zone.to_offset(Timestamp::UNIX_EPOCH).is_zero() && zone.following(Timestamp::MIN).next().is_none()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::super::site::Site;
    use super::usual;

    #[test]
    fn a_system_on_utc_shows_beijing_time_for_feishu_only() {
        let shanghai = Some("Asia/Shanghai");
        for (system, by_hand, site, expected) in [
            (Some("Etc/UTC"), false, Site::Feishu, shanghai),
            (Some("Zulu"), false, Site::Feishu, shanghai),
            (Some("UTC"), false, Site::Feishu, shanghai),
            (None, false, Site::Feishu, shanghai),
            (None, true, Site::Feishu, shanghai),
            (Some("UTC"), true, Site::Feishu, Some("UTC")),
            (Some("Etc/UTC"), false, Site::Lark, Some("UTC")),
            (None, false, Site::Lark, Some("UTC")),
            (Some("Europe/London"), false, Site::Feishu, Some("Europe/London")),
            (Some("Africa/Abidjan"), false, Site::Feishu, Some("Africa/Abidjan")),
            (Some("Asia/Tokyo"), false, Site::Lark, Some("Asia/Tokyo")),
            (Some("Asia/Urumqi"), true, Site::Feishu, Some("Asia/Urumqi")),
        ] {
            let zone = system.map(|name| TimeZone::get(name).expect("a zone"));
            let found = usual(zone, by_hand, site);
            assert_eq!(found.iana_name(), expected, "{system:?} {by_hand} {site:?}");
        }
    }
}
