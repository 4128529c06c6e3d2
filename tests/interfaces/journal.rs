use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use jiff::Timestamp;
use serde_json::Value;
use shenpi::domain::{Millis, Past, Recovered};
use shenpi::store::{Disk as _, Journal, Memory, Run, history, state, time};

use super::{fixture, home, text};

const FOLDER: &str = "state/journal/ou_1-b7fb051f";
/// A day after the last line.
const NEXT_DAY: Millis = Millis(1_793_779_200_000);

fn disk() -> Memory {
    let mut disk = Memory::new();
    for entry in fs::read_dir(fixture(FOLDER)).unwrap().map(Result::unwrap) {
        disk.append(entry.file_name().to_str().unwrap(), &fs::read(entry.path()).unwrap()).unwrap();
    }
    disk
}

fn states(past: &Past) -> Vec<&'static str> {
    past.records().map(|record| state(&record.change)).collect()
}

fn told(recovered: &Recovered) -> String {
    let mut told = String::new();
    for (kind, pasts) in [("open", &recovered.open), ("unseen", &recovered.untold)] {
        for past in pasts {
            writeln!(told, "{kind} {} {}", past.first().entry.0, states(past).join(" ")).unwrap();
        }
    }
    let (at, how) = recovered.broken_off.unwrap();
    writeln!(told, "broken off {} {:?}\nunreadable {}", time(at), how.unwrap(), recovered.unreadable).unwrap();
    told
}

#[test]
fn start_finds_what_the_first_version_would_have_found() {
    let (_, recovered) = Journal::open(disk(), Run::default(), NEXT_DAY).unwrap();
    assert_eq!(told(&recovered), text("recovered.txt"));
}

#[test]
fn history_has_every_decision_with_every_state() {
    let read = history(&disk(), usize::MAX).unwrap();
    assert_eq!((read.past.len(), read.unreadable, read.more), (text("journal.json").lines().count(), 0, false));
    assert!(read.past.iter().all(|past| past.reviewed().is_some()));
}

/// Fails unless all that was printed is printed still; a time may stand in another zone.
fn is_still_there(old: &Value, new: &Value, place: &str) {
    let at = |value: &Value| value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in old {
                is_still_there(value, new.get(name).unwrap_or(&Value::Null), &format!("{place}.{name}"));
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            assert_eq!(old.len(), new.len(), "{place}");
            old.iter().zip(new).for_each(|(old, new)| is_still_there(old, new, place));
        }
        _ => assert!(old == new || at(old).is_some() && at(old) == at(new), "{place}: {old} is {new}"),
    }
}

fn prints(format: &str) -> String {
    let home = home();
    let output = Command::new(env!("CARGO_BIN_EXE_shenpi"))
        .args(["journal", format, "--config", "config.toml"])
        .current_dir(&home)
        .env_clear()
        .env("HOME", home.path())
        .output()
        .unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn command_prints_every_member_of_every_decision() {
    let (old, new) = (text("journal.json"), prints("--json"));
    let read = |text: &str| -> Vec<Value> { text.lines().map(|line| serde_json::from_str(line).unwrap()).collect() };
    is_still_there(&Value::Array(read(&old)), &Value::Array(read(&new)), "");
}

#[test]
fn command_prints_every_column() {
    let (old, printed) = (text("columns"), prints("--csv"));
    let old: Vec<_> = old.trim().split(',').collect();
    let new = printed.lines().next().unwrap().split(',');
    assert_eq!(new.filter(|column| old.contains(column)).collect::<Vec<_>>(), old, "in the order of the first version");
}
