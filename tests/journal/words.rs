//! Records and journals for the tests.

use shenpi::domain::Recovered;
use shenpi::domain::record::{Answered, Change, SessionEnd};
use shenpi::domain::{
    Action, ApproverId, Decision, EntryId, I18n, Millis, Operator, Opinion, PersonId, PersonIdType, ProcessId,
    Properties, Record, Reviewed, Stamp, Target, TaskKey,
};
use shenpi::store::{Disk, Journal, Memory, Run};

/// 2026-11-01 00:00 UTC.
pub const NOVEMBER: Millis = Millis(1_793_491_200_000);
pub const MONTH: &str = "2026-11.jsonl";

pub fn after(seconds: i64) -> Millis {
    Millis(NOVEMBER.0 + 1000 * seconds)
}

pub fn run(name: &str) -> Run {
    Run {
        name: name.into(),
        pid: 4711,
        terminal: "/dev/pts/3".into(),
        host: "desk".into(),
        program: env!("CARGO_PKG_VERSION").into(),
    }
}

pub fn open(disk: &Memory, at: Millis) -> (Journal<Memory>, Recovered) {
    Journal::open(disk.clone(), run("r"), at).unwrap()
}

pub fn task(entry: &str) -> TaskKey {
    TaskKey { process: ProcessId::new(format!("p{entry}")), approver: ApproverId::new(format!("a{entry}")) }
}

pub fn record(entry: &str, at: Millis, change: Change) -> Record {
    let action = match &change {
        Change::Held(reviewed) => reviewed.decision.action(),
        _ => Action::Approve,
    };
    Record { entry: EntryId(entry.into()), at, idle: None, task: task(entry), action, change }
}

pub fn held(entry: &str) -> Change {
    let both = |zh: &str, en: &str| I18n { zh: zh.into(), en: en.into() };
    Change::Held(Box::new(Reviewed {
        target: Target {
            key: task(entry),
            kind: both("休假申请", "Leave"),
            initiator: both("张伟", "Zhang Wei"),
            by_system: false,
            summary: both("年假 3天", "3 days"),
            node: both("直属上级", "Manager"),
            high_care: false,
            stamp: Stamp([7; 16]),
            tasks: Vec::new(),
            properties: Properties::Normal,
        },
        decision: Decision::Approve { opinion: Opinion::new("同意,注意交接", 1000).unwrap() },
        operator: Operator {
            id: PersonId::new("ou_1"),
            id_type: PersonIdType::OpenId,
            name: both("王芳", "Wang Fang"),
        },
    }))
}

pub fn sending() -> Change {
    Change::Sending { attempt: 1 }
}

pub fn accepted() -> Change {
    Change::Accepted { log_id: Some("20261101".into()) }
}

pub fn unknown() -> Change {
    Change::Unknown(Answered { words: "timed out".into(), ..Answered::default() })
}

/// Writes these changes of one decision, one each second.
pub fn write<D: Disk>(journal: &mut Journal<D>, entry: &str, from: i64, changes: impl IntoIterator<Item = Change>) {
    for (second, change) in (from..).zip(changes) {
        journal.append(&record(entry, after(second), change)).unwrap();
    }
}

pub fn quit(mut journal: Journal<Memory>, at: i64) {
    journal.end(SessionEnd::Quit, after(at), None).unwrap();
}

/// The same line as a version of the program writes it that raised `v`.
pub fn newer(line: &[u8]) -> Vec<u8> {
    let line = std::str::from_utf8(line).unwrap();
    let json = line[9..].trim_end().replacen("\"v\":1", "\"v\":2", 1);
    format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes())).into_bytes()
}

/// The entries, with their last states.
pub fn told<'a>(pasts: impl IntoIterator<Item = &'a shenpi::domain::Past>) -> Vec<(String, &'static str)> {
    let one = |past: &shenpi::domain::Past| (past.last().entry.0.clone(), shenpi::store::state(&past.last().change));
    pasts.into_iter().map(one).collect()
}
