//! Many decisions confirmed in a row: few checks and writes under way at a time, the rest in the order of confirmation.

use std::collections::BTreeSet;
use std::time::Duration;

use shenpi::app::Query;
use shenpi::domain::decision::state::{Cause, State};
use shenpi::domain::{Lang, ProcessId};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, key, operator};

const UNDER_WAY: usize = 4;

/// Requests that were read since this many questions were asked.
fn read_since(harness: &Harness<Scripted>, from: usize) -> BTreeSet<ProcessId> {
    let asked = harness.platform.asked[from..].iter();
    asked
        .filter_map(|query| match query {
            Query::Process(id) => Some(id.clone()),
            _ => None,
        })
        .collect()
}

#[test]
fn ten_decisions_leave_in_order_four_at_a_time() {
    let held = shenpi::app::Settings { undo: Duration::from_secs(20), ..settings(operator(), Lang::Zh) };
    let mut harness = Harness::new(Scripted::with_leaves(10), held, 80, 24);
    harness.wait(Duration::from_secs(2));
    for _ in 0..10 {
        harness.keys("ay");
    }
    assert_eq!(harness.app.outbox.queued(), 10);
    let from = harness.platform.asked.len();
    harness.answers_wait = true;
    harness.wait(Duration::from_secs(30));
    assert_eq!(read_since(&harness, from).len(), UNDER_WAY, "ten are due, four are checked");
    harness.writes_wait = true;
    harness.answers_come().wait(Duration::from_secs(5));
    assert_eq!((harness.app.outbox.sending(), harness.app.outbox.queued()), (UNDER_WAY, 6));
    assert_eq!(read_since(&harness, from).len(), UNDER_WAY, "a write under way takes the place of a check");
    harness.writes_come().wait(Duration::from_secs(10));
    let keys: Vec<_> = (1..=10).map(key).collect();
    for key in &keys {
        assert!(matches!(harness.state(key), Some(State::Applied { .. })), "{:?}", harness.state(key));
    }
    let sent: Vec<_> = harness.sent.iter().map(|reviewed| reviewed.target.key.clone()).collect();
    assert_eq!(sent, keys, "the order of confirmation is kept");
    assert_eq!(read_since(&harness, from).len(), 10, "none left unchecked");
}

#[test]
fn a_stopped_decision_makes_room_for_the_next() {
    let mut harness = Harness::new(Scripted::with_leaves(6), settings(operator(), Lang::Zh), 80, 24);
    harness.wait(Duration::from_secs(2));
    harness.every(Duration::from_millis(310), "ayayayayayay");
    for number in 1..=4 {
        let process = harness.platform.processes.get_mut(&key(number).process).unwrap();
        process.abstracts[0].value.zh = "99 天".into();
    }
    harness.wait(Duration::from_secs(30));
    let sent: Vec<_> = harness.sent.iter().map(|reviewed| reviewed.target.key.clone()).collect();
    assert_eq!(sent, [key(5), key(6)]);
    assert_eq!((harness.app.outbox.failed(), harness.app.outbox.queued()), (4, 0));
}

#[test]
fn a_reading_from_before_its_turn_is_no_check() {
    let mut harness = Harness::new(Scripted::with_leaves(5), settings(operator(), Lang::Zh), 80, 24);
    harness.writes_wait = true;
    harness.wait(Duration::from_secs(2));
    harness.every(Duration::from_millis(310), "ayayayayay");
    harness.wait(Duration::from_secs(7));
    assert_eq!((harness.app.outbox.sending(), harness.app.outbox.queued()), (UNDER_WAY, 1));
    assert_eq!(harness.selected(), key(5));
    harness.keys("<ctrl-r>");
    let process = harness.platform.processes.get_mut(&key(5).process).unwrap();
    process.abstracts[0].value.zh = "99 天".into();
    harness.wait(Duration::from_secs(5)).writes_come().wait(Duration::from_secs(5));
    assert_eq!(harness.sent.len(), UNDER_WAY);
    assert!(matches!(harness.state(&key(5)), Some(State::NotSent(Cause::Changed(_)))), "{:?}", harness.state(&key(5)));
}

#[test]
fn decisions_that_waited_long_for_their_turn_are_sent() {
    let mut harness = Harness::new(Scripted::with_leaves(10), settings(operator(), Lang::Zh), 80, 24);
    harness.writes_wait = true;
    harness.wait(Duration::from_secs(2));
    harness.every(Duration::from_millis(310), "ayayayayayayayayayay");
    harness.wait(Duration::from_secs(45)).writes_come().wait(Duration::from_secs(5));
    let sent: Vec<_> = harness.sent.iter().map(|reviewed| reviewed.target.key.clone()).collect();
    assert_eq!(sent, (1..=10).map(key).collect::<Vec<_>>());
}
