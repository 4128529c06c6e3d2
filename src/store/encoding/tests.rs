//! Every line is read back as it was written, except for what is left out on purpose.

mod interface;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::{
    Checkpoint, JournalLine, LineError, OpenEntry, Opening, Run, checkpoint, ended, framing, read, record, state, time,
};
use crate::domain::Past;
use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::record::{Answered, Change, Discard, Hindrance, SessionEnd};
use crate::domain::{
    Action, ApproverId, CleanText, Decision, DoneStatus, EntryId, Evidence, Finding, I18n, Millis, Operator, Opinion,
    Person, PersonId, PersonIdType, ProcessId, ProcessStatus, Properties, Record, Reviewed, Stamp, Target, TaskKey,
};

fn text() -> impl Strategy<Value = CleanText> {
    any::<String>().prop_map(|text| CleanText::new(&text))
}

fn both() -> impl Strategy<Value = I18n> {
    (text(), text()).prop_map(|(zh, en)| I18n { zh, en })
}

fn millis() -> impl Strategy<Value = Millis> {
    prop_oneof![any::<i64>(), -100_000_000_000_000..300_000_000_000_000_i64].prop_map(Millis)
}

fn stamp() -> impl Strategy<Value = Stamp> {
    any::<[u8; 16]>().prop_map(Stamp)
}

fn task() -> impl Strategy<Value = TaskKey> {
    (any::<String>(), any::<String>())
        .prop_map(|(p, a)| TaskKey { process: ProcessId::new(p), approver: ApproverId::new(a) })
}

fn person() -> impl Strategy<Value = Person> {
    (any::<String>(), both(), text(), both()).prop_map(|(id, name, number, department)| Person {
        employee_number: number,
        department,
        ..Person::named(PersonId::new(id), name)
    })
}

fn opinion() -> impl Strategy<Value = Opinion> {
    any::<String>().prop_map(|text| Opinion::new(&text, 400).unwrap_or_default())
}

fn decision() -> impl Strategy<Value = Decision> {
    let position =
        prop::sample::select(vec![AddSignPosition::Before, AddSignPosition::Parallel, AddSignPosition::After]);
    let method = prop::sample::select(vec![AddSignMethod::AnyOne, AddSignMethod::All]);
    prop_oneof![
        opinion().prop_map(|opinion| Decision::Approve { opinion }),
        opinion().prop_map(|reason| Decision::Reject { reason }),
        opinion().prop_map(|reason| Decision::Withdraw { reason }),
        opinion().prop_map(|reason| Decision::Revoke { reason }),
        (person(), opinion()).prop_map(|(to, remark)| Decision::Transfer { to, remark }),
        (position, method, vec(person(), 0..4), opinion())
            .prop_map(|(position, method, people, remark)| Decision::AddSign { position, method, people, remark }),
    ]
}

fn held() -> impl Strategy<Value = (TaskKey, Action, Change)> {
    let id_type = prop::sample::select(PersonIdType::ALL.to_vec());
    let operator = (any::<String>(), id_type, both()).prop_map(|(id, id_type, name)| Operator {
        id: PersonId::new(id),
        id_type,
        name,
    });
    (task(), [both(), both(), both(), both()], any::<bool>(), stamp(), decision(), operator).prop_map(
        |(key, [kind, initiator, summary, node], high_care, stamp, decision, operator)| {
            let action = decision.action();
            let properties = Properties::from(i64::from(stamp.0[0] % 5));
            let by_system = stamp.0[2].is_multiple_of(2);
            let tasks = vec![key.approver.clone(); usize::from(stamp.0[1] % 4)];
            let target = Target {
                key: key.clone(),
                kind,
                properties,
                initiator,
                by_system,
                summary,
                node,
                high_care,
                stamp,
                tasks,
            };
            (key, action, Change::Held(Box::new(Reviewed { target, decision, operator })))
        },
    )
}

fn answered() -> impl Strategy<Value = Answered> {
    let hindrance = option::of(prop_oneof![Just(Hindrance::Late), Just(Hindrance::Ended)]);
    (any::<Option<i64>>(), any::<Option<u16>>(), option::of(text()), text(), hindrance)
        .prop_map(|(code, http, log_id, words, hindrance)| Answered { code, http, log_id, words, hindrance })
}

fn evidence() -> impl Strategy<Value = Evidence> {
    let done = || (any::<i64>().prop_map(DoneStatus::from), option::of(millis()), text());
    prop_oneof![
        done().prop_map(|(status, at, opinion)| Evidence::OwnRecord { status, at, opinion }),
        (both(), done()).prop_map(|(who, (status, at, opinion))| Evidence::Sibling { who, status, at, opinion }),
        Just(Evidence::TaskOpen),
        Just(Evidence::TaskGone),
        both().prop_map(|who| Evidence::TaskOf { who }),
        vec(both(), 0..3).prop_map(|people| Evidence::NewTasks { people }),
        Just(Evidence::NoNewTasks),
        any::<i64>().prop_map(|number| Evidence::Process(ProcessStatus::from(number))),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let finding =
        prop::sample::select(vec![Finding::Applied, Finding::NotApplied, Finding::Overtaken, Finding::Unclear]);
    prop_oneof![
        Just(Change::TakenBack),
        Just(Change::Slept),
        any::<u32>().prop_map(|attempt| Change::Sending { attempt }),
        answered().prop_map(Change::Waiting),
        answered().prop_map(Change::Refused),
        answered().prop_map(Change::NotSent),
        answered().prop_map(Change::Unknown),
        option::of(text()).prop_map(|log_id| Change::Accepted { log_id }),
        stamp().prop_map(|now| Change::Changed { now }),
        (finding, vec(evidence(), 0..4)).prop_map(|(finding, evidence)| Change::Found { finding, evidence }),
        prop::sample::select(vec![Discard::Left, Discard::Asked, Discard::Anew]).prop_map(Change::Discarded),
    ]
}

fn records() -> impl Strategy<Value = Record> {
    let action = prop::sample::select(vec![
        Action::Approve,
        Action::Reject,
        Action::Transfer,
        Action::AddSign,
        Action::Withdraw,
        Action::Revoke,
    ]);
    let other = (task(), action, change());
    (any::<String>(), millis(), any::<Option<u64>>(), prop_oneof![held(), other]).prop_map(
        |(entry, at, idle, (task, action, change))| Record { idle, entry: EntryId(entry), at, task, action, change },
    )
}

fn checkpoints() -> impl Strategy<Value = Checkpoint> {
    let how = prop_oneof![Just(SessionEnd::Panicked), any::<u8>().prop_map(SessionEnd::Signal)];
    let opening = option::of(option::of((millis(), how)))
        .prop_map(|ended| ended.map_or(Opening::Begun, |ended| Opening::Continued { ended }));
    let run =
        any::<[String; 4]>().prop_map(|[name, terminal, host, program]| Run { name, pid: 7, terminal, host, program });
    let past = |records: Vec<Record>| {
        let mut records = records.into_iter();
        let mut past = Past::of(kept(records.next().unwrap()));
        records.for_each(|record| past.push(kept(record)));
        past
    };
    let entry = (vec(records(), 1..4), any::<Option<u64>>())
        .prop_map(move |(records, concluded)| OpenEntry { past: past(records), concluded });
    (millis(), opening, run, vec(entry, 0..3)).prop_map(|(at, opening, run, decisions)| Checkpoint {
        at,
        opening,
        run,
        decisions,
    })
}

/// The part of a record on disk.
fn kept(mut record: Record) -> Record {
    if let Change::Held(reviewed) = &mut record.change
        && reviewed.target.high_care
    {
        reviewed.target.summary = I18n::default();
    }
    record
}

fn without_break(line: &[u8]) -> &[u8] {
    let (last, rest) = line.split_last().unwrap();
    assert_eq!((*last, rest.contains(&b'\n')), (b'\n', false));
    rest
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_record_comes_back_from_its_line(written in records()) {
        let line = record(&written);
        prop_assert_eq!(read(without_break(&line)), Ok(JournalLine::Record(kept(written))));
    }

    #[test]
    fn any_checkpoint_comes_back_from_its_line(written in checkpoints()) {
        let line = checkpoint(&written);
        prop_assert_eq!(read(without_break(&line)), Ok(JournalLine::Checkpoint(written)));
    }

    #[test]
    fn no_json_makes_reading_panic(json in any::<String>()) {
        let line = framing::encode(json.replace('\n', " ").as_bytes());
        let _ = read(without_break(&line));
    }
}

#[test]
fn the_summary_of_a_case_of_high_care_never_reaches_the_disk() {
    let secret = |high_care| {
        let both = |text: &str| I18n { zh: text.into(), en: text.into() };
        let target = Target {
            key: TaskKey { process: ProcessId::new("6"), approver: ApproverId::new("7") },
            kind: both("调薪"),
            initiator: both("张伟"),
            by_system: false,
            summary: both("月薪 48000"),
            node: both("总监"),
            high_care,
            stamp: Stamp([1; 16]),
            tasks: Vec::new(),
            properties: Properties::Normal,
        };
        let operator = Operator { id: PersonId::new("ou_1"), id_type: PersonIdType::OpenId, name: both("王芳") };
        let decision = Decision::Approve { opinion: Opinion::default() };
        let change = Change::Held(Box::new(Reviewed { target: target.clone(), decision, operator }));
        let written = Record {
            entry: EntryId("r-1".into()),
            at: Millis(0),
            idle: None,
            task: target.key,
            action: Action::Approve,
            change,
        };
        let entry = OpenEntry { past: Past::of(written.clone()), concluded: None };
        let opening = Opening::Begun;
        let begun = Checkpoint { at: Millis(0), opening, run: Run::default(), decisions: vec![entry] };
        String::from_utf8([record(&written), checkpoint(&begun)].concat()).unwrap()
    };
    assert!(!secret(true).contains("48000"));
    assert_eq!(secret(false).matches("月薪 48000").count(), 4);
}

/// Lines on disk are an interface for every later version.
#[test]
fn lines_are_spelled_as_they_were_since_the_first_version() {
    let task = TaskKey { process: ProcessId::new("6991"), approver: ApproverId::new("7042") };
    let at = Millis(1_793_491_384_005);
    let sent = Record {
        entry: EntryId("k3-1".into()),
        at,
        idle: Some(5_300),
        task: task.clone(),
        action: Action::AddSign,
        change: Change::Refused(Answered {
            hindrance: None,
            code: Some(1_161_001),
            http: Some(200),
            log_id: Some("2026".into()),
            words: "任务已处理".into(),
        }),
    };
    let line = String::from_utf8(record(&sent)).unwrap();
    assert_eq!(
        line.split_once(' ').unwrap().1,
        concat!(
            r#"{"v":1,"at":"2026-11-01T00:03:04.005Z","idle_ms":5300,"entry":"k3-1","process":"6991","approver":"7042","#,
            r#""action":"add_sign","state":"refused","#,
            r#""answer":{"code":1161001,"http":200,"log_id":"2026","words":"任务已处理"}}"#,
            "\n"
        )
    );
    let line = String::from_utf8(ended(at, SessionEnd::Signal(1), Some(22_000))).unwrap();
    assert!(line.ends_with(
        "{\"v\":1,\"session\":\"ended\",\"at\":\"2026-11-01T00:03:04.005Z\",\"how\":\"signal\",\"signal\":1,\"idle_ms\":22000}\n"
    ));
    assert_eq!(time(Millis(i64::MAX)), i64::MAX.to_string());
    assert_eq!(state(&sent.change), "refused");
}

#[test]
fn intact_line_of_a_later_version_is_newer_else_damaged() {
    let newer = [
        r#"{"v":2,"at":"2026-11-01T00:03:04.005Z","entry":"k","process":"6","approver":"7","action":"approve","state":"slept"}"#,
        r#"{"v":2}"#,
        r#"{"v":18446744073709551615,"session":{"begun":true},"at":[]}"#,
        r#"{"at":1,"v":3,"session":"begun"}"#,
    ];
    for json in newer {
        let line = framing::encode(json.as_bytes());
        let line = without_break(&line);
        assert_eq!(read(line), Err(LineError::Newer), "{json}");
        for at in 0..line.len() {
            let mut damaged = line.to_vec();
            damaged[at] ^= 1;
            assert_eq!(read(&damaged), Err(LineError::Damaged), "{json} at {at}");
            assert_eq!(read(&line[..at]), Err(LineError::Damaged), "{json} up to {at}");
        }
    }
    for json in [r#"{"v":0}"#, r#"{"v":"2"}"#, r#"{"session":"begun"}"#, "2", r#"{"v":2"#] {
        assert_eq!(read(without_break(&framing::encode(json.as_bytes()))), Err(LineError::Damaged), "{json}");
    }
}

#[test]
fn unknown_members_are_ignored_and_unknown_words_are_damage() {
    let base = r#""at":"2026-11-01T00:03:04.005Z","entry":"k","process":"6","approver":"7","action":"approve""#;
    let reads = |json: &str| read(without_break(&framing::encode(json.as_bytes())));
    assert!(reads(&format!(r#"{{"v":1,{base},"state":"slept","mood":[1.5]}}"#)).is_ok());
    assert_eq!(reads(&format!(r#"{{"v":1,{base},"state":"pondered"}}"#)), Err(LineError::Damaged));
    let bored = r#"{"v":1,"session":"ended","at":"2026-11-01T00:03:04.005Z","how":"bored"}"#;
    assert_eq!(reads(bored), Err(LineError::Damaged));
    let Ok(JournalLine::Record(found)) = reads(&format!(
        r#"{{"v":1,{base},"state":"found","finding":"applied","evidence":[{{"shows":"aura"}},{{"shows":"task_gone"}}]}}"#
    )) else {
        panic!("unreadable")
    };
    assert_eq!(found.change, Change::Found { finding: Finding::Applied, evidence: vec![Evidence::TaskGone] });
}
