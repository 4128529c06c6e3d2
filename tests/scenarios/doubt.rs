//! Decisions with an unknown outcome, and the actions that they allow meanwhile.

use std::time::Duration;

use shenpi::app::{Event, Notice};
use shenpi::domain::decision::state::{Cause, State};
use shenpi::domain::id::NodeDefinitionId;
use shenpi::domain::record::{Change, Discard, SessionEnd};
use shenpi::domain::{ApproverId, DoneStatus, Endpoint, Failure, FailureKind, Lang, Outcome};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, failure, key, operator, todo};

const HELD: Duration = Duration::from_secs(6);

fn unreachable() -> Failure {
    failure(Endpoint::ProcessDetail, FailureKind::Unreachable, Outcome::NotSent, None)
}

/// An approval of the first case whose answer was lost; the line is down, and every look at the case was tried. The
/// platform did it or not.
fn in_doubt(done: bool) -> Harness<Scripted> {
    let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
    let lost = failure(Endpoint::UpdateTask, FailureKind::Cut, Outcome::MayHaveHappened, None);
    harness.platform.verdicts.push_back(Err(lost));
    harness.writes_wait = true;
    harness.keys("ay").wait(HELD);
    harness.platform.trouble = Some(unreachable());
    harness.writes_come().wait(Duration::from_secs(60));
    assert!(is_settled(&harness), "{:?}", harness.state(&key(1)));
    if done {
        harness.platform.finish(&key(1), DoneStatus::Done, "");
    }
    harness
}

fn is_settled(harness: &Harness<Scripted>) -> bool {
    matches!(harness.state(&key(1)), Some(State::Unknown(uncertain)) if uncertain.exhausted)
}

fn said(harness: &Harness<Scripted>, wanted: impl Fn(&Notice) -> bool) -> bool {
    harness.app.notices.all().any(|(_, notice)| wanted(notice))
}

#[test]
fn any_reading_that_shows_it_ends_the_doubt() {
    let mut harness = in_doubt(true);
    harness.platform.trouble = None;
    harness.keys("g<ctrl-r>").wait(Duration::from_secs(1));
    assert!(matches!(harness.state(&key(1)), Some(State::Applied { .. })), "{:?}", harness.state(&key(1)));
}

#[test]
fn the_key_of_the_message_reads_again_any_number_of_times() {
    let mut harness = in_doubt(false);
    harness.platform.trouble = None;
    harness.platform.processes.get_mut(&key(1).process).unwrap().todos.clear();
    for _ in 0..6 {
        harness.keys("g<ctrl-r>").wait(Duration::from_secs(1));
        assert!(!is_settled(&harness), "it is being looked into");
        harness.wait(Duration::from_secs(60));
        assert!(is_settled(&harness));
    }
    assert_eq!(harness.sent.len(), 1);
}

#[test]
fn a_decision_over_it_that_is_taken_back_leaves_the_doubt_as_it_was() {
    let mut harness = in_doubt(false);
    harness.keys("gay");
    assert!(matches!(harness.state(&key(1)), Some(State::Queued { .. })));
    harness.keys("u");
    assert!(matches!(harness.state(&key(1)), Some(State::Unknown(_))), "{:?}", harness.state(&key(1)));
    let discarded = |change: &Change| matches!(change, Change::Discarded(_));
    assert!(!harness.records.iter().any(|record| discarded(&record.change)), "nothing has taken its place");
    harness.platform.trouble = None;
    harness.platform.finish(&key(1), DoneStatus::Done, "");
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1));
    assert!(matches!(harness.state(&key(1)), Some(State::Applied { .. })));
}

#[test]
fn once_the_one_over_it_leaves_it_is_struck_out() {
    let mut harness = in_doubt(false);
    harness.keys("gay");
    harness.platform.trouble = None;
    harness.wait(HELD);
    assert_eq!(harness.sent.len(), 2);
    let first = harness.records[0].entry.clone();
    let of_first = harness.records.iter().rfind(|record| record.entry == first).unwrap();
    assert_eq!(of_first.change, Change::Discarded(Discard::Anew));
    assert!(matches!(harness.state(&key(1)), Some(State::Applied { .. })));
}

#[test]
fn one_over_it_that_the_platform_never_took_does_not_strike_it_out() {
    let mut harness = in_doubt(false);
    let away = failure(Endpoint::UpdateTask, FailureKind::Unreachable, Outcome::NotSent, None);
    harness.platform.verdicts.push_back(Err(away));
    harness.keys("gay");
    harness.platform.trouble = None;
    harness.wait(HELD);
    assert!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Failed(_)))), "{:?}", harness.state(&key(1)));
    assert!(!harness.records.iter().any(|record| matches!(record.change, Change::Discarded(_))));
}

#[test]
fn a_late_effect_is_the_users_own_and_not_another_approvers() {
    let mut harness = in_doubt(false);
    harness.keys("gay");
    // It was done, and the check before sending is the first to show it.
    harness.platform.finish(&key(1), DoneStatus::Done, "");
    harness.platform.trouble = None;
    harness.wait(HELD);
    assert_eq!(harness.sent.len(), 1, "there is nothing left to decide");
    assert!(matches!(harness.state(&key(1)), Some(State::Applied { .. })), "{:?}", harness.state(&key(1)));
    assert!(said(&harness, |notice| matches!(notice, Notice::FoundApplied { .. })));
    assert!(!said(&harness, |notice| matches!(notice, Notice::SomeoneWasFaster { .. })));
}

#[test]
fn after_a_kill_the_doubt_comes_before_the_held_one_over_it() {
    let mut harness = in_doubt(false);
    harness.keys("gay").event(Event::HungUp);
    harness.platform.trouble = None;
    let mut harness = harness.start_again(Some(SessionEnd::Signal(1)));
    assert!(matches!(harness.state(&key(1)), Some(State::Unknown(_))), "{:?}", harness.state(&key(1)));
    let list = harness.app.issues.as_ref().unwrap();
    assert_eq!((list.tasks.len(), list.unseen.len()), (1, 1));
    let screen = harness.screen();
    assert!(screen.contains("未发送"), "{screen}");
    harness.wait(Duration::from_secs(60));
    assert!(harness.sent.is_empty());
    assert!(matches!(harness.state(&key(1)), Some(State::NotApplied { .. })));
}

#[test]
fn an_add_sign_leaves_the_task_with_her() {
    let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
    harness.keys("s2<down><enter><ctrl-d>y").wait(HELD);
    assert_eq!(harness.sent.len(), 1, "{}", harness.screen());
    assert!(matches!(harness.state(&key(1)), Some(State::Applied { .. })));
    harness.keys("gay").wait(HELD);
    assert_eq!(harness.sent.len(), 2, "{}", harness.screen());
}

#[test]
fn a_task_that_is_open_long_after_it_was_decided_has_come_back_to_her() {
    let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
    harness.keys("ay").wait(HELD);
    harness.platform.add(1, "休假申请", "Leave");
    harness.keys("g<ctrl-r>a");
    assert!(
        matches!(harness.app.notices.current(), Some(Notice::Unavailable { .. })),
        "the platform is slow to show it"
    );
    harness.wait(Duration::from_secs(120)).keys("<ctrl-r>").wait(Duration::from_secs(1)).keys("ay").wait(HELD);
    assert_eq!(harness.sent.len(), 2, "{}", harness.screen());
}

/// An add-sign of 刘洋 on the first case, in this position, whose answer is lost.
fn add_sign_in_doubt(position: &str, then: impl Fn(&mut Harness<Scripted>)) -> Harness<Scripted> {
    let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
    let lost = failure(Endpoint::AddSign, FailureKind::Cut, Outcome::MayHaveHappened, None);
    harness.platform.verdicts.push_back(Err(lost));
    harness.writes_wait = true;
    // The first person who is suggested: the initiator.
    harness.keys(&format!("s{position}<down><enter><ctrl-d>y")).wait(HELD);
    then(&mut harness);
    harness.writes_come().wait(Duration::from_secs(60));
    harness
}

fn gives_task(harness: &mut Harness<Scripted>, approver: &str, node: &str) {
    let process = harness.platform.processes.get_mut(&key(1).process).unwrap();
    let mut task = todo(ApproverId::new(approver), "ou_initiator1", "申请人1", "Applicant 1");
    task.node_definition_id = NodeDefinitionId::new(node);
    process.todos.push(task);
}

#[test]
fn a_new_task_where_the_add_sign_would_not_put_it_proves_neither() {
    let harness = add_sign_in_doubt("1", |harness| gives_task(harness, "9", "approval_1"));
    assert!(is_settled(&harness), "{:?}", harness.state(&key(1)));
    let harness = add_sign_in_doubt("1", |harness| gives_task(harness, "9", "approval_1_pre"));
    assert!(matches!(harness.state(&key(1)), Some(State::Applied { .. })), "{:?}", harness.state(&key(1)));
    let harness = add_sign_in_doubt("1", |_| {});
    assert!(matches!(harness.state(&key(1)), Some(State::NotApplied { .. })), "{:?}", harness.state(&key(1)));
}

#[test]
fn a_task_that_was_there_before_proves_nothing_after_a_restart_either() {
    let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
    gives_task(&mut harness, "9", "approval_1_pre");
    harness.writes_wait = true;
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1)).keys("s1<down><enter><ctrl-d>y").wait(HELD);
    assert_eq!(harness.sent.len(), 1, "{}", harness.screen());
    harness.event(Event::HungUp);
    let mut harness = harness.start_again(None);
    harness.wait(Duration::from_secs(60));
    assert!(matches!(harness.state(&key(1)), Some(State::NotApplied { .. })), "{:?}", harness.state(&key(1)));
}

#[test]
fn the_same_words_under_another_status_are_not_called_unused() {
    let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
    let lost = failure(Endpoint::UpdateTask, FailureKind::Cut, Outcome::MayHaveHappened, None);
    harness.platform.verdicts.push_back(Err(lost));
    harness.writes_wait = true;
    harness.keys("r");
    harness.write("缺少证明");
    harness.keys("<ctrl-d>y").wait(HELD);
    harness.platform.finish(&key(1), DoneStatus::Cancelled, "缺少证明");
    harness.writes_come().wait(Duration::from_secs(60));
    assert!(is_settled(&harness), "{:?}", harness.state(&key(1)));
}

#[test]
fn an_own_earlier_decision_is_not_called_another_approvers() {
    let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
    harness.keys("ay");
    harness.platform.finish(&key(1), DoneStatus::Done, "在手机上");
    harness.wait(HELD);
    assert!(harness.sent.is_empty());
    assert!(said(&harness, |notice| matches!(notice, Notice::SomeoneWasFaster { by_operator: true, .. })));
    assert!(harness.screen().contains("已由你（在别处"), "{}", harness.screen());
}

#[test]
fn own_words_are_found_with_other_white_space_or_cut() {
    let long = "请".repeat(600);
    for (sent, kept, found) in [
        ("同意,\n请尽快办理", "同意, 请尽快办理", true),
        (long.as_str(), &long[..500 * "请".len()], true),
        ("同意,请尽快办理", "同意", false),
    ] {
        let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
        let lost = failure(Endpoint::UpdateTask, FailureKind::Cut, Outcome::MayHaveHappened, None);
        harness.platform.verdicts.push_back(Err(lost));
        harness.keys("ae").paste(sent).keys("<ctrl-d>y");
        harness.writes_wait = true;
        harness.wait(HELD);
        assert_eq!(harness.sent[0].decision.opinion().as_str(), sent);
        harness.platform.finish(&key(1), DoneStatus::Done, kept);
        harness.writes_come().wait(Duration::from_secs(60));
        let state = harness.state(&key(1));
        assert_eq!(matches!(state, Some(State::Applied { .. })), found, "{kept}: {state:?}");
    }
}
