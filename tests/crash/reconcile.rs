//! The journal compared with the platform's record: matches writes with decisions, and checks each against the other.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use shenpi::domain::Past;
use shenpi::domain::Resolution;
use shenpi::domain::record::Change;
use shenpi::domain::{Action, Decision, EntryId, Finding, Millis};
use shenpi::sim::world::{World, WriteAction};
use shenpi::store::{self, Disk as _, Folder, Journal, Run};
use tempfile::TempDir;

use super::approver::Memory;
use super::platform::Office;
use super::screen::Outcome;

/// Identity of a decision on both sides: process, task, action, words, people.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Subject {
    process: String,
    task: String,
    action: &'static str,
    words: String,
    people: Vec<String>,
}

/// A decision's last record, discards aside, about its write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    Written,
    NotWritten,
    /// It had left, and nothing is known yet.
    Either,
}

/// Findings of one comparison.
#[derive(Debug, Default)]
pub struct Findings {
    pub decisions: usize,
    pub writes: usize,
    /// Decisions that may have been sent and have no answer.
    pub in_doubt: usize,
    /// Decisions that the next start has to ask about.
    pub open: usize,
    /// Decisions whose answer the approver may not have seen, so that the next start tells it.
    pub untold: usize,
    /// The state that the newest record tells of, and its decision.
    pub newest: Option<(&'static str, EntryId)>,
    pub lost: Vec<String>,
    pub doubled: Vec<String>,
    pub lies: Vec<String>,
    /// Decisions in the journal and writes in the record, by action.
    pub mix: BTreeMap<&'static str, (usize, usize)>,
}

impl Findings {
    pub fn violations(&self) -> impl Iterator<Item = String> {
        let said = |what: &'static str| move |words: &String| format!("{what}: {words}");
        let (lost, doubled) = (self.lost.iter().map(said("lost")), self.doubled.iter().map(said("doubled")));
        lost.chain(doubled).chain(self.lies.iter().map(said("lie"))).collect::<Vec<_>>().into_iter()
    }
}

/// The journal's files as they were after the last kill: they only grow.
#[derive(Debug, Default)]
pub struct Reconciliation {
    before: HashMap<String, Vec<u8>>,
}

impl Reconciliation {
    /// Reads the journal of a program that is gone and compares it with the platform's record.
    pub fn compare(&mut self, office: &Office, memory: &Memory) -> Findings {
        let mut findings = Findings::default();
        self.check_lines(&office.journal(), &mut findings);
        let past = history(&office.journal(), &mut findings);
        for one in &past {
            if let Some(words) = wrong_order(one) {
                findings.lies.push(format!("{words}: {}", told(one)));
            }
        }
        check_recovery(&office.journal(), &past, &mut findings);
        check_memory(memory, &past, &mut findings);
        match_writes(office, &past, &mut findings);
        check_said(office, memory, &past, &mut findings);
        for subject in past.iter().filter_map(subject_of) {
            findings.mix.entry(subject.action).or_default().0 += 1;
        }
        let newest = past.first().map(Past::last);
        findings.newest = newest.map(|record| (store::state(&record.change), record.entry.clone()));
        findings.decisions = past.len();
        findings
    }

    /// Every line is whole but for the last one's end, and no line that was there has changed.
    fn check_lines(&mut self, folder: &Path, findings: &mut Findings) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name().into_string().unwrap();
            if name.starts_with("unreadable") {
                findings.lost.push(format!("{name} holds {:?}", fs::read_to_string(entry.path())));
            }
            if !is_month(&name) {
                continue;
            }
            let bytes = fs::read(entry.path()).unwrap();
            let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let before = self.before.insert(name, bytes[..whole].to_vec()).unwrap_or_default();
            if !bytes.starts_with(&before) {
                findings.lost.push("lines that were in the journal have changed".to_owned());
            }
            for line in bytes[..whole].split_inclusive(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end) {
                let sum = line.get(..8).and_then(|sum| std::str::from_utf8(sum).ok());
                let json = line.get(9..).unwrap_or_default();
                if sum != Some(format!("{:08x}", crc32fast::hash(json)).as_str()) {
                    findings.lost.push(format!("a line is damaged: {}", String::from_utf8_lossy(line)));
                }
            }
        }
    }
}

fn is_month(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "jsonl")
}

fn history(folder: &Path, findings: &mut Findings) -> Vec<Past> {
    let Some(disk) = Folder::existing(folder).unwrap() else { return Vec::new() };
    let history = store::history(&disk, usize::MAX).unwrap();
    if history.unreadable > 0 || history.more {
        findings.lost.push(format!("{} lines cannot be read; more: {}", history.unreadable, history.more));
    }
    history.past
}

/// The next start finds exactly the decisions that are open. Opened on a copy, as that start would write.
fn check_recovery(folder: &Path, past: &[Past], findings: &mut Findings) {
    let copy = TempDir::new().unwrap();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    let disk = Folder::open(copy.path()).unwrap();
    let none_yet = disk.names().unwrap().iter().all(|name| !is_month(name));
    let run = Run { name: "look".into(), pid: 1, terminal: String::new(), host: String::new(), program: String::new() };
    let (_, recovered) = Journal::open(disk, run, Millis(jiff::Timestamp::now().as_millisecond())).unwrap();
    let ids = |standings: &[Resolution]| {
        let found = past.iter().filter(|one| standings.contains(&one.resolution()));
        let mut ids: Vec<_> = found.map(|one| one.first().entry.clone()).collect();
        ids.sort();
        ids
    };
    let mut open: Vec<_> = recovered.open.iter().map(|one| one.first().entry.clone()).collect();
    open.sort();
    let wanted = ids(&[Resolution::Unsent, Resolution::Uncertain]);
    if open != wanted {
        findings.lost.push(format!("the next start finds {open:?} open, not {wanted:?}"));
    }
    if !none_yet && recovered.broken_off.is_none() {
        findings.lies.push("the journal says that the user quit".to_owned());
    }
    (findings.open, findings.untold) = (open.len(), recovered.untold.len());
    findings.in_doubt = ids(&[Resolution::Uncertain]).len();
}

/// Decisions that the approver saw confirmed are in the journal, and unconfirmed ones are not.
fn check_memory(memory: &Memory, past: &[Past], findings: &mut Findings) {
    let mut kept: HashMap<String, usize> = HashMap::new();
    for one in past {
        let words = one.reviewed().map(|reviewed| reviewed.decision.opinion().as_str().to_owned());
        *kept.entry(words.as_deref().and_then(words_in).unwrap_or_default()).or_default() += 1;
    }
    for (words, times) in &memory.confirmed {
        let kept = kept.get(words).copied().unwrap_or_default();
        if kept < *times {
            findings.lost.push(format!("{words} was confirmed {times} times, the journal has {kept}"));
        }
    }
    for (words, kept) in &kept {
        let pressed = memory.pressed.get(words).copied().unwrap_or_default();
        if pressed < *kept {
            findings
                .lies
                .push(format!("{words:?} is in the journal {kept} times, and was confirmed at most {pressed}"));
        }
    }
}

/// Gives each write of the record to the decision that it carries out.
fn match_writes(office: &Office, past: &[Past], findings: &mut Findings) {
    let world = office.world();
    let mut written = vec![0_usize; past.len()];
    findings.writes = world.writes().len();
    for write in world.writes() {
        let subject = subject_of_write(&world, write.process, &write.action);
        findings.mix.entry(subject.action).or_default().1 += 1;
        if write.by != Some(office.operator.key) {
            findings.lies.push(format!("written in somebody else's name: {subject:?}"));
        }
        let same = |one: &Past| subject_of(one).as_ref() == Some(&subject);
        let left = |one: &Past| one.records().filter(|record| is_sending(&record.change)).map(|record| record.at).min();
        // Of decisions that are alike, the one that left last before the write.
        let owner = (0..past.len())
            .filter(|at| same(&past[*at]))
            .filter_map(|at| Some((left(&past[at]).filter(|left| *left <= write.at)?, at)))
            .max_by_key(|(left, _)| *left);
        match owner {
            Some((_, at)) => written[at] += 1,
            None if past.iter().any(same) => {
                findings.lies.push(format!("written before its record of sending, or without: {write:?}"));
            }
            None => findings.lost.push(format!("the journal does not have {write:?}")),
        }
    }
    for (one, times) in past.iter().zip(written) {
        if times > 1 {
            findings.doubled.push(format!("written {times} times: {}", told(one)));
        }
        match (says(one), times) {
            (Says::Written, 0) => findings.lies.push(format!("not in the platform's record: {}", told(one))),
            (Says::NotWritten, 1..) => findings.lies.push(format!("in the platform's record: {}", told(one))),
            _ => {}
        }
    }
}

/// Compares the screen's statements with the platform's record: "applied" was written by then, "not applied" never is.
/// Repeated decisions have the same words, so they are counted.
fn check_said(office: &Office, memory: &Memory, past: &[Past], findings: &mut Findings) {
    findings.lies.extend(memory.unread.iter().map(|words| format!("on screen: {words}")));
    let mut verbs: HashMap<String, (usize, &'static str)> = HashMap::new();
    for subject in past.iter().filter_map(subject_of) {
        let words = words_in(&subject.words).unwrap_or_default();
        verbs.entry(words).or_insert((0, verb(subject.action))).0 += 1;
    }
    for said in &memory.said {
        let lie = |words: &str| format!("on screen ({:?}): {words}: {}", said.place, said.text);
        let Some((decisions, verb)) = verbs.get(&said.words).copied() else {
            findings.lies.push(lie("the journal has no such decision"));
            continue;
        };
        if !said.text.contains(verb) {
            findings.lies.push(lie("it was to do something else"));
        }
        if said.count(Outcome::Applied) > said.written {
            findings.lies.push(lie("not in the platform's record"));
        }
        if said.count(Outcome::NotApplied) + office.writes_with(&said.words) > decisions {
            findings.lies.push(lie("in the platform's record"));
        }
    }
}

const fn verb(action: &str) -> &'static str {
    match action.as_bytes() {
        b"approve" => "同意",
        b"reject" => "拒绝",
        b"transfer" => "转交",
        b"add-sign" => "加签",
        b"withdraw" => "撤回",
        _ => "撤销",
    }
}

fn is_sending(change: &Change) -> bool {
    matches!(change, Change::Sending { .. })
}

fn says(past: &Past) -> Says {
    let last = past.records().rev().find(|record| !matches!(record.change, Change::Discarded(_)));
    match &last.unwrap_or(past.first()).change {
        Change::Accepted { .. } | Change::Found { finding: Finding::Applied, .. } => Says::Written,
        Change::Sending { .. } | Change::Unknown(_) | Change::Found { finding: Finding::Unclear, .. } => Says::Either,
        _ => Says::NotWritten,
    }
}

/// The fault in the order of a decision's states.
fn wrong_order(past: &Past) -> Option<String> {
    if !matches!(past.first().change, Change::Held(_)) {
        return Some("it does not begin with what was confirmed".to_owned());
    }
    let states: Vec<&'static str> = past.records().map(|record| store::state(&record.change)).collect();
    states.windows(2).find(|pair| !may_follow(pair[0], pair[1])).map(|pair| format!("{} after {}", pair[1], pair[0]))
}

fn may_follow(before: &str, after: &str) -> bool {
    match before {
        "held" | "waiting" => {
            matches!(after, "taken_back" | "sending" | "not_sent" | "changed" | "slept" | "discarded")
        }
        "sending" => {
            matches!(after, "waiting" | "accepted" | "refused" | "not_sent" | "unknown" | "found" | "discarded")
        }
        "unknown" | "found" => matches!(after, "found" | "discarded"),
        "not_sent" | "changed" | "slept" => after == "discarded",
        _ => false,
    }
}

fn subject_of(past: &Past) -> Option<Subject> {
    let reviewed = past.reviewed()?;
    let decision = &reviewed.decision;
    let people = match decision {
        Decision::Transfer { to, .. } => vec![to.id.as_str().to_owned()],
        Decision::AddSign { people, .. } => people.iter().map(|person| person.id.as_str().to_owned()).collect(),
        _ => Vec::new(),
    };
    Some(Subject {
        process: reviewed.target.key.process.as_str().to_owned(),
        // Of a whole process: no task goes with it.
        task: match decision.action() {
            Action::Withdraw | Action::Revoke => String::new(),
            _ => reviewed.target.key.approver.as_str().to_owned(),
        },
        action: match decision.action() {
            Action::Approve => "approve",
            Action::Reject => "reject",
            Action::Transfer => "transfer",
            Action::AddSign => "add-sign",
            Action::Withdraw => "withdraw",
            Action::Revoke => "revoke",
        },
        words: decision.opinion().as_str().to_owned(),
        people,
    })
}

fn subject_of_write(world: &World, process: shenpi::sim::world::ProcessKey, action: &WriteAction) -> Subject {
    let person = |key| world.person(key).ids.open_id.to_string();
    let (action, task, words, people) = match action {
        WriteAction::Decide { task, approve, reason, .. } => {
            (if *approve { "approve" } else { "reject" }, Some(*task), reason, Vec::new())
        }
        WriteAction::AddSign { task, people, remark, .. } => {
            ("add-sign", *task, remark, people.iter().map(|key| person(*key)).collect())
        }
        WriteAction::Transfer { tasks, to, remark } => ("transfer", tasks.first().copied(), remark, vec![person(*to)]),
        WriteAction::Withdraw { reason } => ("withdraw", None, reason, Vec::new()),
        WriteAction::Revoke { reason } => ("revoke", None, reason, Vec::new()),
    };
    Subject {
        process: world.process(process).id.to_string(),
        task: task.map(|task| task.to_string()).unwrap_or_default(),
        action,
        words: words.clone(),
        people,
    }
}

/// The last of the approver's words in a text: `w12e`.
pub fn words_in(text: &str) -> Option<String> {
    text.rmatch_indices('w').find_map(|(at, _)| {
        let rest = &text[at + 1..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        (digits > 0 && rest[digits..].starts_with('e')).then(|| text[at..at + digits + 2].to_owned())
    })
}

/// One decision of the journal: its records in the order of writing.
fn told(past: &Past) -> String {
    let records = past.records().map(|record| format!("  {} {:?}", store::time(record.at), record.change));
    format!("{}\n{}", past.first().entry.0, records.collect::<Vec<_>>().join("\n"))
}
