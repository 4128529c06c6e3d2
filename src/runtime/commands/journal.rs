//! `shenpi journal`: prints the configured operator's past decisions. Reads one folder without network, secret or lock,
//! also while an inbox is writing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use crate::cli::JournalArgs;
use crate::config::{self, Config, Flags, Whose};
use crate::domain::Past;
use crate::domain::record::Change;
use crate::domain::{CleanText, Decision, I18n, Lang, Millis, Person, Record, Target};
use crate::runtime::console::{config_faults, print, refuse, say};
use crate::store::{self, Folder, JournalError, JournalHistory};
use crate::text::history::{Column, Remark, act, action, initiator, outcome};
use crate::text::when;
use crate::view::text_layout::wrap;

/// Width of a column in cells at most; a longer text wraps.
const WIDEST: usize = 40;
/// This command never sends; held decisions are printed as unsent.
const SENDS: bool = false;

/// Runs the command. Returns its exit code.
pub(in crate::runtime) fn run(
    asked: &JournalArgs,
    flags: &Flags,
    variables: &BTreeMap<String, String>,
    now: Millis,
) -> u8 {
    let (config, whose) = match config::load_operator(flags, variables) {
        Ok(loaded) => loaded,
        Err(refusal) => return refuse(&config_faults(&refusal, refusal.lang)),
    };
    let lang = config.lang;
    let since = match asked.since.as_deref().map(|written| since(written, now, &config.zone).ok_or(written)) {
        Some(Err(written)) => return refuse(&Remark::NotATime(written).say(lang)),
        Some(Ok(since)) => Some(since),
        None => None,
    };
    let mut history = match read(&config, &whose, since) {
        Ok(history) => history,
        Err(JournalError::Newer) => return refuse(&Remark::Newer.say(lang)),
        Err(JournalError::Io(error)) => return refuse(&Remark::Failed(&error.to_string()).say(lang)),
    };
    // The newest decision is printed last, next to the prompt.
    history.past.reverse();
    let printed = if asked.json {
        Ok(json(&history.past, &config.zone))
    } else if asked.csv {
        csv(&history.past, lang, &config.zone)
    } else {
        Ok(table(&history.past, lang, &config.zone, now))
    };
    let printed = match printed {
        Ok(printed) => printed,
        Err(error) => return refuse(&Remark::Failed(&error.to_string()).say(lang)),
    };
    if history.past.is_empty() && !asked.json && !asked.csv {
        say(&Remark::Empty.say(lang));
    }
    if history.unreadable > 0 {
        say(&Remark::Unreadable(history.unreadable).say(lang));
    }
    print(&printed, lang)
}

fn read(config: &Config, whose: &Whose, since: Option<Millis>) -> Result<JournalHistory, JournalError> {
    let Whose { base_url, operator } = whose;
    let folder = store::folder(&config.state_dir, base_url.as_str(), &operator.id, operator.id_type);
    match (Folder::existing(&folder)?, since) {
        (None, _) => Ok(JournalHistory::default()),
        (Some(folder), Some(since)) => store::history_since(&folder, since),
        (Some(folder), None) => store::history(&folder, usize::MAX),
    }
}

/// Parses `--since`: a time with its offset, a day or a day with a time in the user's zone, or a span before now.
fn since(written: &str, now: Millis, zone: &TimeZone) -> Option<Millis> {
    if let Ok(time) = written.parse::<Zoned>().map(|time| time.timestamp()).or_else(|_| written.parse::<Timestamp>()) {
        return Some(Millis(time.as_millisecond()));
    }
    let time = if let Ok(day) = written.parse::<DateTime>() {
        day.to_zoned(zone.clone()).ok()?
    } else {
        let span: Span = written.parse().ok().filter(|span: &Span| !span.is_negative())?;
        Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone.clone()).checked_sub(span).ok()?
    };
    Some(Millis(time.timestamp().as_millisecond()))
}

/// A time in the user's zone, to the second.
fn local(at: Millis, zone: &TimeZone) -> String {
    Timestamp::from_millisecond(at.0)
        .map_or_else(|_| at.0.to_string(), |time| time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// The heading of the times names the zone, because offsets may differ between rows.
fn table(pasts: &[Past], lang: Lang, zone: &TimeZone, now: Millis) -> String {
    if pasts.is_empty() {
        return String::new();
    }
    let zone_name = zone.iana_name().map_or_else(|| when::zone_name(now, zone), str::to_owned);
    let title = |column: Column| match column {
        Column::Time => format!("{} {zone_name}", column.title(lang)),
        _ => column.title(lang).to_owned(),
    };
    let mut rows = vec![Column::ALL.map(|column| vec![title(column)])];
    rows.extend(pasts.iter().map(|past| Column::ALL.map(|column| wrap(&cell(column, past, lang, zone), WIDEST))));
    let width = |index: usize| {
        let lines = rows.iter().filter_map(|row| row.get(index)).flatten();
        lines.map(|line| line.width()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..Column::ALL.len()).map(width).collect();
    let line = |row: &[Vec<String>; 6], number: usize| {
        let padded = row.iter().zip(&widths).map(|(cell, width)| {
            let text = cell.get(number).map_or("", String::as_str);
            format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
        });
        format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    let height = |row: &[Vec<String>; 6]| row.iter().map(Vec::len).max().unwrap_or_default();
    rows.iter()
        .flat_map(|row| (0..height(row)).map(move |number| (row, number)))
        .map(|(row, at)| line(row, at))
        .collect()
}

fn kind(lang: Lang, target: &Target) -> String {
    crate::text::kind_of(lang, &target.kind, target.properties).into_owned()
}

fn cell(column: Column, past: &Past, lang: Lang, zone: &TimeZone) -> String {
    let unknown = || "—".to_owned();
    match column {
        Column::Time => local(past.first().at, zone),
        Column::Action => past
            .reviewed()
            .map_or_else(|| action(lang, past.first().action).to_owned(), |reviewed| act(lang, &reviewed.decision)),
        Column::Initiator => {
            let initiator = past.reviewed().map(|reviewed| initiator(lang, &reviewed.target));
            initiator.filter(|name| !name.is_empty()).map_or_else(unknown, Cow::into_owned)
        }
        Column::Kind => past.reviewed().map_or_else(unknown, |reviewed| kind(lang, &reviewed.target)),
        Column::Outcome => outcome(lang, past, SENDS),
        Column::LogId => past.log_id().map(|id| id.line().into_owned()).unwrap_or_default(),
    }
}

/// One object a line for other programs. Names are those of the journal's lines; texts are clean, in both languages.
fn json(pasts: &[Past], zone: &TimeZone) -> String {
    let lines: Vec<String> = pasts.iter().map(|past| exported(past, zone).to_string() + "\n").collect();
    lines.concat()
}

/// RFC 3339 to the millisecond, with the offset of the user's zone.
fn stamped(at: Millis, zone: &TimeZone) -> String {
    Timestamp::from_millisecond(at.0).map_or_else(
        |_| at.0.to_string(),
        |time| time.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string(),
    )
}

fn exported(past: &Past, zone: &TimeZone) -> Value {
    let first = past.first();
    let time = |at| stamped(at, zone);
    let mut object = json!({
        "entry": clean(&first.entry.0),
        "process": clean(first.task.process.as_str()),
        "approver": clean(first.task.approver.as_str()),
        "action": store::action(first.action),
        "state": store::state(&past.last().change),
        "confirmed_at": time(first.at),
        "changed_at": time(past.last().at),
        "sent_at": past.sent_at().map(time),
        "log_id": past.log_id().map(CleanText::as_str),
    });
    if let (Some(reviewed), Some(members)) = (past.reviewed(), object.as_object_mut()) {
        let (target, operator) = (&reviewed.target, &reviewed.operator);
        members.insert("kind".into(), both(&target.kind));
        members.insert("properties".into(), target.properties.number().into());
        members.insert("initiator".into(), both(&target.initiator));
        members.insert("by_system".into(), target.by_system.into());
        members.insert("summary".into(), both(&target.summary));
        members.insert("node".into(), both(&target.node));
        members.insert("opinion".into(), clean(reviewed.decision.opinion().as_str()).into());
        members.insert("people".into(), reviewed.decision.people().iter().map(person).collect());
        if let Some((position, method)) = added(&reviewed.decision) {
            members.insert("position".into(), position.into());
            members.insert("method".into(), method.into());
        }
        members.insert("operator".into(), clean(operator.id.as_str()).into());
        members.insert("operator_id_type".into(), operator.id_type.as_str().into());
        members.insert("shown".into(), target.stamp.to_string().into());
    }
    if let Some(members) = object.as_object_mut() {
        members.insert("changes".into(), past.records().map(|record| changed(record, zone)).collect());
    }
    object
}

fn changed(record: &Record, zone: &TimeZone) -> Value {
    let mut object = json!({ "at": stamped(record.at, zone), "state": store::state(&record.change) });
    if let (Some(answered), Some(members)) = (record.change.answered(), object.as_object_mut()) {
        members.insert("code".into(), answered.code.into());
        members.insert("http".into(), answered.http.into());
        members.insert("log_id".into(), answered.log_id.as_ref().map(CleanText::as_str).into());
        members.insert("words".into(), answered.words.as_str().into());
    }
    if let (Change::Found { finding, .. }, Some(members)) = (&record.change, object.as_object_mut()) {
        members.insert("finding".into(), store::finding(*finding).into());
    }
    object
}

/// Where additional approvers stand and how they count, in the journal's words.
fn added(decision: &Decision) -> Option<(&'static str, &'static str)> {
    match decision {
        Decision::AddSign { position, method, .. } => Some((store::position(*position), store::method(*method))),
        _ => None,
    }
}

fn person(person: &Person) -> Value {
    json!({ "id": clean(person.id.as_str()), "name": both(&person.name) })
}

fn both(text: &I18n) -> Value {
    json!({ "zh": text.zh.as_str(), "en": text.en.as_str() })
}

/// The approver's own words and ids are stored uncleaned; a terminal would obey their escape sequences.
fn clean(text: &str) -> String {
    CleanText::new(text).to_string()
}

/// The columns of the CSV, named alike in every language.
const FIELDS: [&str; 17] = [
    "time",
    "changed",
    "action",
    "initiator",
    "kind",
    "node",
    "state",
    "outcome",
    "code",
    "log_id",
    "opinion",
    "people",
    "position",
    "method",
    "process",
    "approver",
    "entry",
];

/// RFC 4180: commas, quotes where they are needed, CRLF.
fn csv(pasts: &[Past], lang: Lang, zone: &TimeZone) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(FIELDS)?;
    for past in pasts {
        writer.write_record(fields(past, lang, zone).map(|field| harmless(&field)))?;
    }
    let written = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8_lossy(&written).into_owned())
}

fn fields(past: &Past, lang: Lang, zone: &TimeZone) -> [String; FIELDS.len()] {
    let first = past.first();
    let reviewed = past.reviewed();
    let of_case = |pick: fn(&Target) -> &I18n| {
        reviewed.map(|reviewed| pick(&reviewed.target).get(lang).to_string()).unwrap_or_default()
    };
    let names = reviewed.map(|reviewed| reviewed.decision.people()).unwrap_or_default();
    let names: Vec<_> = names.iter().map(|person| person.name.get(lang).line()).collect();
    let (position, method) = reviewed.and_then(|reviewed| added(&reviewed.decision)).unwrap_or_default();
    let code = past.records().rev().find_map(|record| record.change.answered()?.code);
    [
        when::exact(first.at, zone),
        when::exact(past.last().at, zone),
        action(lang, first.action).to_owned(),
        reviewed.map(|reviewed| initiator(lang, &reviewed.target).into_owned()).unwrap_or_default(),
        reviewed.map(|reviewed| kind(lang, &reviewed.target)).unwrap_or_default(),
        of_case(|target| &target.node),
        store::state(&past.last().change).to_owned(),
        outcome(lang, past, SENDS),
        code.map(|code| code.to_string()).unwrap_or_default(),
        past.log_id().map(CleanText::to_string).unwrap_or_default(),
        reviewed.map(|reviewed| clean(reviewed.decision.opinion().as_str())).unwrap_or_default(),
        names.join("; "),
        position.to_owned(),
        method.to_owned(),
        clean(first.task.process.as_str()),
        clean(first.task.approver.as_str()),
        clean(&first.entry.0),
    ]
}

/// Quotes a cell that a spreadsheet would run as a formula: other people wrote parts of it. An apostrophe marks text;
/// full-width signs count in spreadsheets with an East Asian locale.
fn harmless(cell: &str) -> String {
    let formula = cell.trim_start().starts_with(['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}']);
    if formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use jiff::tz::{TimeZone, offset};

    use super::{harmless, since};
    use crate::domain::Millis;

    #[test]
    fn since_takes_a_day_a_time_or_a_span() {
        let zone = TimeZone::fixed(offset(8));
        // 2026-11-08 08:00 in the zone.
        let now = Millis(1_794_096_000_000);
        let found = |written| since(written, now, &zone).map(|at| super::local(at, &zone));
        assert_eq!(found("2026-11-01").as_deref(), Some("2026-11-01 00:00:00"));
        assert_eq!(found("2026-11-01T09:30").as_deref(), Some("2026-11-01 09:30:00"));
        assert_eq!(found("2026-11-21T21:00-05:00").as_deref(), Some("2026-11-22 10:00:00"));
        assert_eq!(found("2026-11-21T21:00:30Z").as_deref(), Some("2026-11-22 05:00:30"));
        assert_eq!(found("2026-11-21T21:00-05:00[-05:00]").as_deref(), Some("2026-11-22 10:00:00"));
        assert_eq!(found("7d").as_deref(), Some("2026-11-01 08:00:00"));
        assert_eq!(found("2 hours").as_deref(), Some("2026-11-08 06:00:00"));
        assert_eq!(found("P1M").as_deref(), Some("2026-10-08 08:00:00"));
        for wrong in ["", "yesterday", "-7d", "2026-13-01", "99999999y"] {
            assert_eq!(found(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\u{FF1D}1", "\u{FF0D}1"] {
            assert_eq!(harmless(cell), format!("'{cell}"));
        }
        for cell in ["", "年假 -3天", "'=1"] {
            assert_eq!(harmless(cell), cell);
        }
    }
}
