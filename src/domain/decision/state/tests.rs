use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::domain::decision::{Decision, Opinion, Target};
use crate::domain::{ApproverId, Endpoint, I18n, Operator, PersonId, PersonIdType, ProcessId, Properties, TaskKey};

/// The moment of every step: samples below lie before and after it.
const NOW: Instant = Instant(100_000);
const REQUEST: RequestId = RequestId(7);

fn reviewed() -> Box<Reviewed> {
    let target = Target {
        key: TaskKey { process: ProcessId::new("1"), approver: ApproverId::new("2") },
        kind: I18n::default(),
        properties: Properties::Normal,
        initiator: I18n::default(),
        by_system: false,
        summary: I18n::default(),
        node: I18n::default(),
        high_care: false,
        stamp: Stamp([0; 16]),
        tasks: Vec::new(),
    };
    let operator = Operator { id: PersonId::new("3"), id_type: PersonIdType::OpenId, name: I18n::default() };
    Box::new(Reviewed { target, decision: Decision::Approve { opinion: Opinion::default() }, operator })
}

fn failure(kind: FailureKind, outcome: Outcome, code: Option<i64>) -> Failure {
    let (http, log_id, message) = (None, None, CleanText::default());
    Failure { endpoint: Endpoint::UpdateTask, kind, outcome, code, http, log_id, message }
}

fn limited() -> Failure {
    failure(FailureKind::RateLimited { retry_after: Duration::from_secs(9) }, Outcome::NotSent, Some(99_991_400))
}

/// Every state, with counters at both ends and moments on both sides of [`NOW`].
fn states() -> Vec<State> {
    let fresh = Tries::default();
    let tired = Tries { sent: 4, fresh_from: NOW, busy: BUSY_TRIES, unread: CHECK_READS - 1, late: LATE_TRIES };
    let evidence = || vec![Evidence::TaskOpen];
    let used = u8::try_from(PROBE_PAUSES.len()).unwrap();
    let probed = |probes, exhausted, reprobes, due| {
        State::Unknown(Uncertain { evidence: evidence(), probes, exhausted, reprobes, due, ..Uncertain::default() })
    };
    let lost = failure(FailureKind::Cut, Outcome::MayHaveHappened, None);
    let later = NOW + Duration::from_secs(1);
    let mut states = vec![State::Reviewed];
    for tries in [fresh, tired] {
        states.extend([NOW, later].map(|until| State::Queued { until, tries }));
        states.extend([None, Some(REQUEST)].map(|request| State::Sending { request, tries }));
    }
    states.extend([None, Some(NOW)].map(|at| State::Applied { at, log_id: None, evidence: evidence() }));
    states.extend([None, Some(lost.clone())].map(State::Refused));
    states.extend(
        [
            Cause::Failed(Some(too_late())),
            Cause::Changed(Stamp([0; 16])),
            Cause::Handled(Stamp([0; 16])),
            Cause::Slept,
            Cause::EarlierRun,
        ]
        .map(State::NotSent),
    );
    states.push(State::Unknown(Uncertain { failure: Some(lost), since: later, ..Uncertain::default() }));
    states.extend([
        probed(0, false, 0, NOW),
        probed(1, false, 0, later),
        probed(used, false, 0, NOW),
        probed(used, true, 0, NOW),
        probed(used, true, REPROBES, NOW),
    ]);
    states.extend([State::NotApplied { evidence: evidence() }, State::Overtaken { evidence: evidence() }]);
    states.push(State::Undone);
    states.extend([Discard::Left, Discard::Asked, Discard::Anew].map(State::Discarded));
    states
}

/// Every input, named as the table of the documents names it.
fn inputs() -> Vec<(&'static str, Input)> {
    let answer = |result| Input::Answer { request: REQUEST, result };
    let failed = |kind, outcome, code| answer(Err(failure(kind, outcome, code)));
    let probe = |finding| Input::Probe { asked: NOW, finding, evidence: vec![Evidence::TaskGone] };
    vec![
        ("confirm", Input::Confirm { reviewed: reviewed(), until: NOW + Duration::from_secs(5) }),
        ("wait", Input::Wait { until: NOW + Duration::from_secs(3) }),
        ("check: the request changed", Input::CheckChanged { now: Stamp([0; 16]), handled: false }),
        ("check: the task was handled", Input::CheckChanged { now: Stamp([0; 16]), handled: true }),
        ("check: reading failed", Input::CheckFailed(failure(FailureKind::Cut, Outcome::MayHaveHappened, None))),
        ("check: reading was refused", Input::CheckFailed(failure(FailureKind::Business, Outcome::Refused, Some(1)))),
        ("check: too old", Input::CheckOutdated),
        ("send", Input::Send { request: REQUEST }),
        ("sleep", Input::Sleep),
        ("undo", Input::Undo),
        ("stop", Input::Stop(failure(FailureKind::Journal, Outcome::NotSent, None))),
        ("superseded", Input::Supersede { evidence: vec![Evidence::TaskGone] }),
        ("answer: accepted", answer(Ok(Receipt { log_id: None }))),
        ("answer: refused", failed(FailureKind::Business, Outcome::Refused, Some(1_160_015))),
        ("answer: being processed", failed(FailureKind::Business, Outcome::Refused, Some(1_161_103))),
        ("answer: over the limit", answer(Err(limited()))),
        ("answer: too late to leave", answer(Err(too_late()))),
        ("answer: never left", failed(FailureKind::Unreachable, Outcome::NotSent, None)),
        ("answer: lost", failed(FailureKind::Cut, Outcome::MayHaveHappened, None)),
        ("probe: applied", probe(Finding::Applied)),
        ("probe: not applied", probe(Finding::NotApplied)),
        ("probe: overtaken", probe(Finding::Overtaken)),
        ("probe: unclear", probe(Finding::Unclear)),
        ("probe: reading failed", Input::ProbeFailed),
        ("probe again", Input::Reprobe),
        ("list read", Input::ListRead),
        ("discard on leaving", Input::Discard(Discard::Left)),
        ("discard", Input::Discard(Discard::Asked)),
        ("decide again", Input::Discard(Discard::Anew)),
        ("next run", Input::Restart { readable: true }),
        ("next run, line unreadable", Input::Restart { readable: false }),
    ]
}

/// Every legal step from the samples.
fn steps() -> Vec<(State, &'static str, Input, Transition)> {
    let pairs = states()
        .into_iter()
        .flat_map(|state| inputs().into_iter().map(move |(name, input)| (state.clone(), name, input)));
    pairs
        .filter_map(|(state, name, input)| {
            let transition = step(&state, input.clone(), NOW).ok()?;
            Some((state, name, input, transition))
        })
        .collect()
}

/// The name of the variant.
fn kind(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}").chars().take_while(char::is_ascii_alphanumeric).collect()
}

#[test]
fn the_samples_cover_every_state_and_input() {
    let state = |state: &State| match state {
        State::Reviewed => 0,
        State::Queued { .. } => 1,
        State::Sending { .. } => 2,
        State::Applied { .. } => 3,
        State::Refused(_) => 4,
        State::NotSent(_) => 5,
        State::Unknown(_) => 6,
        State::NotApplied { .. } => 7,
        State::Overtaken { .. } => 8,
        State::Undone => 9,
        State::Discarded(_) => 10,
    };
    let input = |input: &Input| match input {
        Input::Confirm { .. } => 0,
        Input::Wait { .. } => 1,
        Input::CheckFailed(_) => 2,
        Input::CheckOutdated => 3,
        Input::CheckChanged { .. } => 4,
        Input::Send { .. } => 5,
        Input::Stop(_) => 6,
        Input::Sleep => 7,
        Input::Undo => 8,
        Input::Answer { .. } => 9,
        Input::Probe { .. } => 10,
        Input::ProbeFailed => 11,
        Input::Reprobe => 12,
        Input::ListRead => 13,
        Input::Supersede { .. } => 14,
        Input::Discard(_) => 15,
        Input::Restart { .. } => 16,
    };
    let states: BTreeSet<_> = states().iter().map(state).collect();
    let inputs: BTreeSet<_> = inputs().iter().map(|(_, sample)| input(sample)).collect();
    assert!(states.into_iter().eq(0..=10) && inputs.into_iter().eq(0..=16));
}

/// The record of a step replays to its state.
fn replays(before: &State, input: &Input, transition: &Transition) -> Result<(), String> {
    let Transition { state, change, .. } = transition;
    let Some(change) = change else {
        let same = kind(before) == kind(state) || matches!(input, Input::Restart { .. });
        let silent = before.resolution() == state.resolution() && same;
        return silent.then_some(()).ok_or_else(|| format!("{before:?} became {state:?} without a record"));
    };
    let replayed = evolve(before, change);
    if replayed.resolution() != Resolution::after(change) {
        return Err(format!("{change:?} says different things of {before:?}"));
    }
    let same = kind(&replayed) == kind(state) && replayed.resolution() == state.resolution();
    same.then_some(()).ok_or_else(|| format!("{state:?} is replayed as {replayed:?}"))
}

#[test]
fn every_step_is_replayed_from_its_record() {
    for (state, _, input, transition) in steps() {
        assert_eq!(replays(&state, &input, &transition), Ok(()), "{input:?}");
    }
}

#[test]
fn only_a_due_queued_decision_is_sent() {
    for (state, _, input, transition) in steps() {
        let sends = transition.followup == Some(Followup::Send);
        let recorded = matches!(transition.change, Some(Change::Sending { .. }));
        assert_eq!(sends, matches!(transition.state, State::Sending { .. }), "{state:?} {input:?}");
        assert_eq!(sends, recorded, "{state:?} {input:?}");
        if sends {
            assert!(matches!(state, State::Queued { until, .. } if until <= NOW), "{state:?}");
        }
    }
    let early = State::Queued { until: NOW + Duration::from_millis(1), tries: Tries::default() };
    assert_eq!(step(&early, Input::Send { request: REQUEST }, NOW), Err(Illegal::TooEarly));
}

#[test]
fn a_decision_that_may_have_applied_is_never_queued_again() {
    for (state, _, input, transition) in steps() {
        let again = transition.state.is_queued() || matches!(transition.state, State::Sending { .. });
        if matches!(state, State::Unknown(_)) {
            assert!(!again, "{input:?}");
        }
        if let (State::Sending { .. }, Input::Answer { result, .. }) = (&state, &input) {
            let executed = match result {
                Ok(_) => true,
                Err(failure) => failure.outcome != Outcome::NotSent && !failure.is_busy(),
            };
            assert!(!(again && executed), "{input:?}");
        }
    }
}

#[test]
fn a_resolved_decision_is_only_discarded() {
    for (state, _, input, transition) in steps() {
        if state.resolution() == Resolution::Resolved {
            assert!(state.wants_answer() && matches!(transition.state, State::Discarded(_)), "{state:?} {input:?}");
        }
    }
}

#[test]
fn an_answer_belongs_to_its_request() {
    let sending = State::Sending { request: Some(REQUEST), tries: Tries::default() };
    let other = Input::Answer { request: RequestId(8), result: Ok(Receipt { log_id: None }) };
    assert_eq!(step(&sending, other, NOW), Err(Illegal::OtherRequest));
}

#[test]
fn an_unfinished_probe_forbids_to_discard() {
    let probing = State::Unknown(Uncertain::default());
    assert_eq!(step(&probing, Input::Discard(Discard::Asked), NOW), Err(Illegal::TooEarly));
}

#[test]
fn a_request_gets_its_time_to_arrive() {
    let mut state = State::Unknown(Uncertain { since: NOW, ..Uncertain::default() });
    let mut now = NOW;
    let mut waited = Vec::new();
    while matches!(state, State::Unknown(_)) {
        let probe = Input::Probe { asked: now, finding: Finding::NotApplied, evidence: Vec::new() };
        let transition = step(&state, probe, now).unwrap();
        if let Some(Followup::ReadAt(due)) = transition.followup {
            waited.push(due.since(now));
            let early = Input::Probe { asked: now, finding: Finding::NotApplied, evidence: Vec::new() };
            assert_eq!(step(&transition.state, early, now).unwrap().state, transition.state);
            now = due;
        }
        state = transition.state;
    }
    assert_eq!(waited, PROBE_PAUSES);
}

#[test]
fn last_records_decide_where_a_decision_stands() {
    let found = |finding| Resolution::after(&Change::Found { finding, evidence: Vec::new() });
    assert_eq!(Resolution::after(&Change::Sending { attempt: 1 }), Resolution::Uncertain);
    assert_eq!(Resolution::after(&Change::Unknown(Answered::default())), Resolution::Uncertain);
    assert_eq!(found(Finding::Unclear), Resolution::Uncertain);
    assert_eq!(found(Finding::NotApplied), Resolution::Resolved);
    assert_eq!(Resolution::after(&Change::Waiting(Answered::default())), Resolution::Unsent);
    assert_eq!(Resolution::after(&Change::Discarded(Discard::Asked)), Resolution::Resolved);
}

proptest! {
    #[test]
    fn a_life_is_written_down_and_sends_once_per_proof(
        walk in prop::collection::vec((any::<prop::sample::Index>(), 0_u64..20_000), 1..60)
    ) {
        let inputs = inputs();
        let (mut state, mut replayed, mut now) = (State::Reviewed, State::Reviewed, Instant(0));
        let (mut sent, mut proven_unsent) = (0, 0);
        for (at, pause) in walk {
            now = Instant(now.0 + pause);
            let mut input = inputs[at.index(inputs.len())].1.clone();
            match &mut input {
                Input::Probe { asked, .. } => *asked = now,
                Input::Confirm { until, .. } | Input::Wait { until } => *until = now,
                _ => {}
            }
            let Ok(transition) = step(&state, input.clone(), now) else { continue };
            prop_assert_eq!(replays(&state, &input, &transition), Ok(()));
            sent += u32::from(transition.followup == Some(Followup::Send));
            proven_unsent += u32::from(matches!(transition.change, Some(Change::Waiting(_))));
            if let Some(change) = &transition.change {
                replayed = evolve(&replayed, change);
            }
            state = transition.state;
            prop_assert_eq!(replayed.resolution(), state.resolution());
        }
        prop_assert!(sent <= 1 + proven_unsent);
    }
}

/// Every step as a row of a table.
fn table() -> String {
    let mut states: Vec<String> = states().iter().map(kind).collect();
    states.dedup();
    let inputs = inputs();
    let mut rows = BTreeSet::new();
    for (state, name, _, transition) in steps() {
        let cause = match &transition.state {
            State::NotSent(cause) => format!(" ({})", kind(cause)),
            State::Discarded(why) => format!(" ({})", kind(why)),
            _ => String::new(),
        };
        let record = transition.change.as_ref().map(kind).unwrap_or_default();
        let row = format!("| {} | {name} | {}{cause} | {record} |", kind(&state), kind(&transition.state));
        let place = |names: &[String], of: &str| names.iter().position(|name| name == of);
        let input = inputs.iter().position(|(other, _)| *other == name);
        rows.insert((place(&states, &kind(&state)), input, row));
    }
    rows.into_iter().fold(String::from("| state | input | next | record |\n|---|---|---|---|\n"), |mut table, row| {
        writeln!(table, "{}", row.2).unwrap();
        table
    })
}

#[test]
fn the_documents_list_every_step() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/docs/decision-states.md");
    let stands = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- decision-states -->\n", "<!-- /decision-states -->");
    let (head, rest) = stands.split_once(begin).unwrap();
    let (_, tail) = rest.split_once(end).unwrap();
    let wanted = format!("{head}{begin}\n{}\n{end}{tail}", table());
    if std::env::var_os("SHENPI_WRITE_DOCUMENTS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    assert!(stands == wanted, "out of date: SHENPI_WRITE_DOCUMENTS=1 cargo test --lib decision::state writes it");
}
