//! Announcements over the long connection: hints that hasten reading, and nothing else.

use std::time::Duration;

use shenpi::app::{Event, Notice, Query};
use shenpi::domain::decision::state::{Cause, State};
use shenpi::domain::{
    Announced, Announcement, AnnouncementKind, ApproverId, DoneStatus, Endpoint, Failure, FailureKind, Lang, LiveEvent,
    LiveState, LiveTrouble, Outcome, ProcessId, TaskKey,
};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{OwnTasks, Scripted, both, failure, key, operator};

const SECOND: Duration = Duration::from_secs(1);

/// A loaded list, hearing of changes.
fn harness(tasks: u64) -> Harness<Scripted> {
    let mut harness = Harness::new(Scripted::with_leaves(tasks), settings(operator(), Lang::Zh), 80, 24);
    harness.wait(SECOND * 10);
    live(&mut harness, LiveEvent::State(LiveState::Live));
    live(&mut harness, LiveEvent::Gap);
    harness.wait(SECOND * 30);
    harness.platform.asked.clear();
    harness
}

fn live(harness: &mut Harness<Scripted>, event: LiveEvent) {
    harness.event(Event::Live(event));
}

fn announce(harness: &mut Harness<Scripted>, process: &ProcessId, kind: AnnouncementKind, task: Option<&ApproverId>) {
    let status = Some(1);
    let announcement = Announcement { process: process.clone(), kind, task: task.cloned(), status };
    live(harness, LiveEvent::Announced(vec![Announced::from(announcement)]));
}

fn changed(harness: &mut Harness<Scripted>, number: u64) {
    announce(harness, &key(number).process, AnnouncementKind::Process, None);
}

fn task_came(harness: &mut Harness<Scripted>, key: &TaskKey) {
    announce(harness, &key.process, AnnouncementKind::Task, Some(&key.approver));
}

fn asked(harness: &Harness<Scripted>, wanted: impl Fn(&Query) -> bool) -> usize {
    harness.platform.asked.iter().filter(|query| wanted(query)).count()
}

fn reads_of(harness: &Harness<Scripted>, number: u64) -> usize {
    asked(harness, |query| *query == Query::Process(key(number).process))
}

const LISTS: fn(&Query) -> bool = |query| matches!(query, Query::Tasks(_));
const LOOKS: fn(&Query) -> bool = |query| matches!(query, Query::OwnTasks(_));
const CHANGES: fn(&Query) -> bool = |query| matches!(query, Query::Changed { .. });

fn change_days(harness: &mut Harness<Scripted>, number: u64) {
    let process = harness.platform.processes.get_mut(&key(number).process).unwrap();
    process.abstracts[0].value = both("30 天", "30 days");
}

#[test]
fn a_known_request_is_read_again_and_nothing_else_is() {
    let mut harness = harness(3);
    for kind in [AnnouncementKind::Process, AnnouncementKind::Comment, AnnouncementKind::Copy] {
        let before = reads_of(&harness, 1);
        announce(&mut harness, &key(1).process, kind, None);
        harness.wait(SECOND * 6);
        assert_eq!(reads_of(&harness, 1), before + 1, "{kind:?}");
    }
    assert_eq!((harness.platform.asked.len(), reads_of(&harness, 2)), (3, 0));
}

#[test]
fn a_request_announced_every_second_is_read_every_five() {
    let mut harness = harness(3);
    for _ in 0..30 {
        changed(&mut harness, 1);
        harness.wait(SECOND);
    }
    assert!((5..=7).contains(&reads_of(&harness, 1)), "{}", reads_of(&harness, 1));
}

#[test]
fn a_changed_request_stops_its_queued_decision_at_once() {
    let mut harness = harness(3);
    harness.keys("ay");
    change_days(&mut harness, 1);
    changed(&mut harness, 1);
    assert!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Changed(_)))), "{:?}", harness.state(&key(1)));
    assert!(matches!(harness.app.notices.all().next().unwrap().1, Notice::Changed { .. }));
    harness.wait(SECOND * 60);
    assert!(harness.sent.is_empty());
}

#[test]
fn only_the_reading_stops_a_decision() {
    let mut harness = harness(3);
    harness.keys("ay");
    change_days(&mut harness, 1);
    harness.answers_wait = true;
    changed(&mut harness, 1);
    task_came(&mut harness, &key(1));
    harness.wait(SECOND * 2);
    assert!(matches!(harness.state(&key(1)), Some(State::Queued { .. })));
    harness.answers_come();
    assert!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Changed(_)))));
}

#[test]
fn a_false_alarm_costs_a_decision_nothing() {
    let mut harness = harness(3);
    harness.keys("ay");
    for _ in 0..4 {
        changed(&mut harness, 1);
        harness.wait(SECOND);
    }
    harness.wait(SECOND * 2);
    assert_eq!(harness.sent.len(), 1);
    assert!(matches!(harness.state(&key(1)), Some(State::Applied { .. })));
}

#[test]
fn a_request_handled_elsewhere_ends_its_queued_decision() {
    let mut harness = harness(3);
    harness.keys("ay");
    harness.platform.finish(&key(1), DoneStatus::Rejected, "不同意");
    changed(&mut harness, 1);
    assert!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Handled(_)))), "{:?}", harness.state(&key(1)));
}

#[test]
fn an_unknown_outcome_is_looked_up_when_its_request_is_announced() {
    let mut harness = harness(3);
    let lost = failure(Endpoint::UpdateTask, FailureKind::TimedOut, Outcome::MayHaveHappened, None);
    harness.platform.verdicts.push_back(Err(lost));
    harness.keys("ay").wait(SECOND * 6);
    assert!(matches!(harness.state(&key(1)), Some(State::Unknown(_))));
    let before = reads_of(&harness, 1);
    harness.answers_wait = true;
    harness.platform.finish(&key(1), DoneStatus::Done, "");
    changed(&mut harness, 1);
    assert!(!matches!(harness.state(&key(1)), Some(State::Applied { .. })), "the announcement proves nothing");
    harness.answers_come();
    assert_eq!(reads_of(&harness, 1), before + 1);
    assert!(matches!(harness.state(&key(1)), Some(State::Applied { .. })), "{:?}", harness.state(&key(1)));
}

#[test]
fn a_new_task_of_the_operator_brings_one_round_of_the_list() {
    let mut harness = harness(3);
    let new = harness.platform.add(9, "休假申请", "Leave");
    task_came(&mut harness, &new);
    harness.wait(SECOND);
    assert_eq!((asked(&harness, LOOKS), asked(&harness, LISTS)), (1, 1));
}

#[test]
fn a_look_without_budget_is_made_a_moment_later() {
    let mut harness = harness(3);
    let kind = FailureKind::RateLimited { retry_after: SECOND };
    let waits = Failure { http: None, ..failure(Endpoint::ProcessDetail, kind, Outcome::NotSent, None) };
    harness.platform.limits.push((LOOKS, waits));
    let new = harness.platform.add(9, "休假申请", "Leave");
    task_came(&mut harness, &new);
    // Another one while the class waits.
    task_came(&mut harness, &key(700));
    assert_eq!(asked(&harness, LOOKS), 1);
    harness.wait(SECOND * 2);
    assert_eq!((asked(&harness, LOOKS), asked(&harness, LISTS)), (3, 1));
}

#[test]
fn a_task_of_another_person_leaves_no_trace() {
    let mut harness = harness(3);
    let foreign = key(700);
    harness.platform.own_tasks = Some(OwnTasks::Are(Vec::new()));
    let (screen, rows) = (harness.screen(), harness.app.inbox.rows().count());
    for kind in [AnnouncementKind::Process, AnnouncementKind::Comment, AnnouncementKind::Node] {
        announce(&mut harness, &foreign.process, kind, None);
    }
    assert!(harness.platform.asked.is_empty(), "only a task to do is worth a look");
    task_came(&mut harness, &foreign);
    harness.wait(SECOND * 10);
    assert_eq!(harness.platform.asked, [Query::OwnTasks(foreign.process.clone())]);
    assert!(harness.app.requests.get(&foreign.process).is_none());
    assert_eq!((harness.screen(), harness.app.inbox.rows().count()), (screen, rows));
}

#[test]
fn tasks_that_cannot_be_read_are_not_taken_for_none() {
    let mut harness = harness(3);
    harness.platform.own_tasks = Some(OwnTasks::Unreadable);
    task_came(&mut harness, &key(700));
    harness.wait(SECOND);
    assert_eq!(asked(&harness, LISTS), 1);
}

#[test]
fn no_minute_has_more_than_twenty_looks_at_other_tasks() {
    let mut harness = harness(3);
    harness.platform.own_tasks = Some(OwnTasks::Are(Vec::new()));
    for number in 0..300 {
        task_came(&mut harness, &key(1_000 + number));
        harness.wait(Duration::from_millis(190));
    }
    // The clock reads the list once or twice meanwhile.
    assert_eq!(asked(&harness, LOOKS), 20);
    assert!(asked(&harness, LISTS) <= 2, "{}", asked(&harness, LISTS));
}

#[test]
fn many_new_tasks_bring_few_rounds_of_the_list() {
    let mut harness = harness(3);
    for number in 0..15 {
        let new = harness.platform.add(100 + number, "休假申请", "Leave");
        harness.platform.own_tasks = Some(OwnTasks::Are(vec![new.clone(), key(50_000 + number)]));
        task_came(&mut harness, &new);
        harness.wait(SECOND);
    }
    assert!((3..=4).contains(&asked(&harness, LISTS)), "{}", asked(&harness, LISTS));
}

#[test]
fn a_known_task_is_no_news() {
    let mut harness = harness(3);
    task_came(&mut harness, &key(2));
    harness.wait(SECOND);
    assert_eq!((asked(&harness, LOOKS), asked(&harness, LISTS)), (0, 0));
}

#[test]
fn a_gap_is_asked_about_once() {
    let mut harness = harness(3);
    live(&mut harness, LiveEvent::Gap);
    live(&mut harness, LiveEvent::Gap);
    assert_eq!(asked(&harness, CHANGES), 1);
    live(&mut harness, LiveEvent::Gap);
    harness.wait(SECOND * 14);
    assert_eq!(asked(&harness, CHANGES), 1);
    harness.wait(SECOND * 2);
    assert_eq!((asked(&harness, CHANGES), asked(&harness, LISTS)), (2, 0));
}

#[test]
fn after_a_stop_it_is_asked_what_was_missed() {
    let mut harness = harness(3);
    harness.stopped(SECOND * 40);
    assert_eq!(asked(&harness, CHANGES), 1);
}

#[test]
fn changes_that_were_found_but_not_announced_renew_the_connection() {
    let mut harness = harness(3);
    harness.wait(SECOND * 600).keys("<ctrl-r>").wait(SECOND * 150);
    for round in 0..2 {
        assert_eq!(harness.renewed, 0, "{round}");
        let process = harness.platform.processes.get_mut(&key(2).process).unwrap();
        process.abstracts[0].value = shenpi::domain::I18n::same(format!("{round} 天").as_str().into());
        harness.keys("<ctrl-r>").wait(SECOND * 150);
    }
    assert_eq!(harness.renewed, 1);
    assert!(harness.app.notices.all().any(|(_, notice)| *notice == Notice::LiveDeaf));
}

#[test]
fn a_connection_that_delivers_nothing_is_polling_until_it_does() {
    let mut harness = harness(3);
    harness.wait(SECOND * 600).keys("<ctrl-r>").wait(SECOND * 150);
    for round in 0..2 {
        let process = harness.platform.processes.get_mut(&key(2).process).unwrap();
        process.abstracts[0].value = shenpi::domain::I18n::same(format!("{round} 天").as_str().into());
        harness.keys("<ctrl-r>").wait(SECOND * 150);
    }
    let header = |harness: &mut Harness<Scripted>| harness.screen().lines().next().unwrap().to_owned();
    live(&mut harness, LiveEvent::Gap);
    assert!(header(&mut harness).contains("定时"), "the next connection may be as deaf");
    harness.platform.asked.clear();
    harness.wait(SECOND * 90);
    assert_eq!(asked(&harness, LISTS), 3);
    announce(&mut harness, &key(700).process, AnnouncementKind::Process, None);
    assert!(header(&mut harness).contains("实时"), "{}", header(&mut harness));
    harness.platform.asked.clear();
    harness.wait(SECOND * 90);
    assert_eq!(asked(&harness, LISTS), 0);
}

#[test]
fn while_no_connection_holds_the_list_is_read_as_often_as_without() {
    let mut harness = harness(3);
    live(&mut harness, LiveEvent::State(LiveState::Polling));
    harness.keys("j").platform.asked.clear();
    for _ in 0..10 {
        // Each connection that opens meanwhile is a gap, and not worth more.
        live(&mut harness, LiveEvent::Gap);
        harness.wait(SECOND * 30);
    }
    assert!((9..=11).contains(&asked(&harness, LISTS)), "{}", asked(&harness, LISTS));
    assert!(harness.screen().lines().next().unwrap().contains("定时"));
    live(&mut harness, LiveEvent::State(LiveState::Live));
    harness.platform.asked.clear();
    harness.wait(SECOND * 240);
    assert!(asked(&harness, LISTS) <= 1, "{}", asked(&harness, LISTS));
}

#[test]
fn announced_changes_do_not_renew_the_connection() {
    let mut harness = harness(3);
    harness.wait(SECOND * 600).keys("<ctrl-r>").wait(SECOND * 150);
    for _ in 0..4 {
        for number in 1..=3 {
            changed(&mut harness, number);
        }
        harness.wait(SECOND * 10).keys("<ctrl-r>").wait(SECOND * 150);
    }
    assert_eq!(harness.renewed, 0);
}

#[test]
fn the_header_says_whether_changes_are_announced() {
    for (lang, words) in [(Lang::Zh, ["实时", "定时", "他处"]), (Lang::En, ["live", "polling", "elsewhere"])] {
        let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), lang), 80, 24);
        harness.wait(SECOND * 10);
        for (state, word) in [LiveState::Live, LiveState::Polling, LiveState::Elsewhere].into_iter().zip(words) {
            live(&mut harness, LiveEvent::State(state));
            let screen = harness.screen();
            assert!(screen.lines().next().unwrap().contains(word), "{screen}");
        }
    }
}

#[test]
fn a_refused_connection_is_a_message() {
    let refused = failure(Endpoint::LongConnection, FailureKind::Business, Outcome::Refused, Some(1_000_040_345));
    for (trouble, zh, en) in [
        (LiveTrouble::TooMany, "应用的长连接已达上限", "no long connection to spare"),
        (LiveTrouble::Failed(refused), "长连接建立失败", "he long connection failed"),
    ] {
        for (lang, words) in [(Lang::Zh, zh), (Lang::En, en)] {
            let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), lang), 80, 24);
            harness.wait(SECOND * 10);
            live(&mut harness, LiveEvent::Trouble(trouble.clone()));
            assert!(!harness.screen().contains(words), "no word on the line");
            harness.keys("!");
            let screen = harness.screen();
            assert!(screen.contains(words), "{screen}");
        }
    }
}

#[test]
fn events_about_other_people_ask_for_no_frame() {
    let mut harness = harness(3);
    harness.platform.own_tasks = Some(OwnTasks::Are(Vec::new()));
    harness.wait(SECOND * 20);
    harness.extent = None;
    harness.screen();
    assert_eq!(harness.frame_due(), None);
    task_came(&mut harness, &key(700));
    assert_eq!((harness.frame_due(), asked(&harness, LOOKS)), (None, 1));
    changed(&mut harness, 1);
    assert!(harness.frame_due().is_some());
}
