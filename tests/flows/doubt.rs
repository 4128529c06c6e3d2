//! A decision whose outcome nobody knows, and what she may do meanwhile.

use std::time::Duration;

use shenpi::app::{EntryState, Event, Notice};
use shenpi::domain::id::NodeDefinitionId;
use shenpi::domain::record::{Change, Discard, SessionEnd};
use shenpi::domain::{ApproverId, DoneStatus, Endpoint, Failure, FailureKind, Lang, Outcome};

use crate::support::desk::{Desk, settings};
use crate::support::scripted::{Scripted, failure, key, operator, todo};

const HELD: Duration = Duration::from_secs(6);

fn unreachable() -> Failure {
    failure(Endpoint::ProcessDetail, FailureKind::Unreachable, Outcome::NotSent, None)
}

/// An approval of the first case whose answer was lost; the line is down, and every look at the case was tried. The
/// platform did it or not.
fn in_doubt(done: bool) -> Desk<Scripted> {
    let mut desk = Desk::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
    let lost = failure(Endpoint::UpdateTask, FailureKind::Cut, Outcome::MayHaveHappened, None);
    desk.platform.verdicts.push_back(Err(lost));
    desk.writes_wait = true;
    desk.keys("ay").wait(HELD);
    desk.platform.trouble = Some(unreachable());
    desk.writes_come().wait(Duration::from_secs(60));
    assert!(is_settled(&desk), "{:?}", desk.state(&key(1)));
    if done {
        desk.platform.finish(&key(1), DoneStatus::Done, "");
    }
    desk
}

fn is_settled(desk: &Desk<Scripted>) -> bool {
    matches!(desk.state(&key(1)), Some(EntryState::Unknown(doubt)) if doubt.settled)
}

fn said(desk: &Desk<Scripted>, wanted: impl Fn(&Notice) -> bool) -> bool {
    desk.app.notices.all().any(|(_, notice)| wanted(notice))
}

#[test]
fn any_reading_that_shows_it_ends_the_doubt() {
    let mut desk = in_doubt(true);
    desk.platform.trouble = None;
    desk.keys("g<ctrl-r>").wait(Duration::from_secs(1));
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Accepted { .. })), "{:?}", desk.state(&key(1)));
}

#[test]
fn the_key_that_the_message_names_looks_again_as_often_as_she_likes() {
    let mut desk = in_doubt(false);
    desk.platform.trouble = None;
    desk.platform.processes.get_mut(&key(1).process).unwrap().todos.clear();
    for _ in 0..6 {
        desk.keys("g<ctrl-r>").wait(Duration::from_secs(1));
        assert!(!is_settled(&desk), "it is being looked into");
        desk.wait(Duration::from_secs(60));
        assert!(is_settled(&desk));
    }
    assert_eq!(desk.sent.len(), 1);
}

#[test]
fn a_decision_over_it_that_is_taken_back_leaves_the_doubt_as_it_was() {
    let mut desk = in_doubt(false);
    desk.keys("gay");
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Held { .. })));
    desk.keys("u");
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Unknown(_))), "{:?}", desk.state(&key(1)));
    let discarded = |change: &Change| matches!(change, Change::Discarded(_));
    assert!(!desk.records.iter().any(|record| discarded(&record.change)), "nothing has taken its place");
    desk.platform.trouble = None;
    desk.platform.finish(&key(1), DoneStatus::Done, "");
    desk.keys("<ctrl-r>").wait(Duration::from_secs(1));
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Accepted { .. })));
}

#[test]
fn once_the_one_over_it_leaves_it_is_struck_out() {
    let mut desk = in_doubt(false);
    desk.keys("gay");
    desk.platform.trouble = None;
    desk.wait(HELD);
    assert_eq!(desk.sent.len(), 2);
    let first = desk.records[0].entry.clone();
    let of_first = desk.records.iter().rfind(|record| record.entry == first).unwrap();
    assert_eq!(of_first.change, Change::Discarded(Discard::Anew));
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Accepted { .. })));
}

#[test]
fn one_over_it_that_the_platform_never_took_does_not_strike_it_out() {
    let mut desk = in_doubt(false);
    let away = failure(Endpoint::UpdateTask, FailureKind::Unreachable, Outcome::NotSent, None);
    desk.platform.verdicts.push_back(Err(away));
    desk.keys("gay");
    desk.platform.trouble = None;
    desk.wait(HELD);
    assert!(matches!(desk.state(&key(1)), Some(EntryState::NotSent(_))), "{:?}", desk.state(&key(1)));
    assert!(!desk.records.iter().any(|record| matches!(record.change, Change::Discarded(_))));
}

#[test]
fn what_had_taken_effect_after_all_is_hers_and_not_somebody_faster() {
    let mut desk = in_doubt(false);
    desk.keys("gay");
    // It was done, and only now she hears of it: by the check before sending.
    desk.platform.finish(&key(1), DoneStatus::Done, "");
    desk.platform.trouble = None;
    desk.wait(HELD);
    assert_eq!(desk.sent.len(), 1, "there is nothing left to decide");
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Accepted { .. })), "{:?}", desk.state(&key(1)));
    assert!(said(&desk, |notice| matches!(notice, Notice::FoundApplied { .. })));
    assert!(!said(&desk, |notice| matches!(notice, Notice::SomeoneWasFaster { .. })));
}

#[test]
fn killed_while_the_one_over_it_is_held_the_doubt_comes_first_and_the_other_is_told() {
    let mut desk = in_doubt(false);
    desk.keys("gay").event(Event::HungUp);
    desk.platform.trouble = None;
    let mut desk = desk.start_again(Some(SessionEnd::Signal(1)));
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Unknown(_))), "{:?}", desk.state(&key(1)));
    let list = desk.app.reconcile.as_ref().unwrap();
    assert_eq!((list.tasks.len(), list.told.len()), (1, 1));
    let screen = desk.screen();
    assert!(screen.contains("没有发出"), "{screen}");
    desk.wait(Duration::from_secs(60));
    assert!(desk.sent.is_empty());
    assert!(matches!(desk.state(&key(1)), Some(EntryState::NotApplied { .. })));
}

#[test]
fn an_add_sign_leaves_the_task_with_her() {
    let mut desk = Desk::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
    desk.keys("s2<down><enter><ctrl-d>y").wait(HELD);
    assert_eq!(desk.sent.len(), 1, "{}", desk.screen());
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Accepted { .. })));
    desk.keys("gay").wait(HELD);
    assert_eq!(desk.sent.len(), 2, "{}", desk.screen());
}

#[test]
fn a_task_that_is_open_long_after_it_was_decided_has_come_back_to_her() {
    let mut desk = Desk::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
    desk.keys("ay").wait(HELD);
    desk.platform.add(1, "休假申请", "Leave");
    desk.keys("g<ctrl-r>a");
    assert!(matches!(desk.app.notices.current(), Some(Notice::Unavailable { .. })), "the platform is slow to show it");
    desk.wait(Duration::from_secs(120)).keys("<ctrl-r>").wait(Duration::from_secs(1)).keys("ay").wait(HELD);
    assert_eq!(desk.sent.len(), 2, "{}", desk.screen());
}

/// An add-sign of 刘洋 on the first case, in this position, whose answer is lost.
fn add_sign_in_doubt(position: &str, then: impl Fn(&mut Desk<Scripted>)) -> Desk<Scripted> {
    let mut desk = Desk::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
    let lost = failure(Endpoint::AddSign, FailureKind::Cut, Outcome::MayHaveHappened, None);
    desk.platform.verdicts.push_back(Err(lost));
    desk.writes_wait = true;
    // The first person who is suggested: the initiator.
    desk.keys(&format!("s{position}<down><enter><ctrl-d>y")).wait(HELD);
    then(&mut desk);
    desk.writes_come().wait(Duration::from_secs(60));
    desk
}

fn gives_task(desk: &mut Desk<Scripted>, approver: &str, node: &str) {
    let process = desk.platform.processes.get_mut(&key(1).process).unwrap();
    let mut task = todo(ApproverId::new(approver), "ou_initiator1", "申请人1", "Applicant 1");
    task.node_definition_id = NodeDefinitionId::new(node);
    process.todos.push(task);
}

#[test]
fn a_new_task_where_the_add_sign_would_not_put_it_proves_neither() {
    let desk = add_sign_in_doubt("1", |desk| gives_task(desk, "9", "approval_1"));
    assert!(is_settled(&desk), "{:?}", desk.state(&key(1)));
    let desk = add_sign_in_doubt("1", |desk| gives_task(desk, "9", "approval_1_pre"));
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Accepted { .. })), "{:?}", desk.state(&key(1)));
    let desk = add_sign_in_doubt("1", |_| {});
    assert!(matches!(desk.state(&key(1)), Some(EntryState::NotApplied { .. })), "{:?}", desk.state(&key(1)));
}

#[test]
fn a_task_that_was_there_before_proves_nothing_after_a_restart_either() {
    let mut desk = Desk::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
    gives_task(&mut desk, "9", "approval_1_pre");
    desk.writes_wait = true;
    desk.keys("<ctrl-r>").wait(Duration::from_secs(1)).keys("s1<down><enter><ctrl-d>y").wait(HELD);
    assert_eq!(desk.sent.len(), 1, "{}", desk.screen());
    desk.event(Event::HungUp);
    let mut desk = desk.start_again(None);
    desk.wait(Duration::from_secs(60));
    assert!(matches!(desk.state(&key(1)), Some(EntryState::NotApplied { .. })), "{:?}", desk.state(&key(1)));
}

#[test]
fn her_very_words_under_another_status_are_not_called_unused() {
    let mut desk = Desk::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
    let lost = failure(Endpoint::UpdateTask, FailureKind::Cut, Outcome::MayHaveHappened, None);
    desk.platform.verdicts.push_back(Err(lost));
    desk.writes_wait = true;
    desk.keys("r");
    desk.write("缺少证明");
    desk.keys("<ctrl-d>y").wait(HELD);
    desk.platform.finish(&key(1), DoneStatus::Cancelled, "缺少证明");
    desk.writes_come().wait(Duration::from_secs(60));
    assert!(is_settled(&desk), "{:?}", desk.state(&key(1)));
}

#[test]
fn her_own_earlier_decision_is_not_called_somebody_else_s() {
    let mut desk = Desk::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
    desk.keys("ay");
    desk.platform.finish(&key(1), DoneStatus::Done, "在手机上");
    desk.wait(HELD);
    assert!(desk.sent.is_empty());
    assert!(said(&desk, |notice| matches!(notice, Notice::SomeoneWasFaster { herself: true, .. })));
    assert!(desk.screen().contains("你本人"), "{}", desk.screen());
}

#[test]
fn her_words_are_hers_with_other_white_space_too_and_when_they_were_cut() {
    let long = "请".repeat(600);
    for (sent, kept, found) in [
        ("同意,\n请尽快办理", "同意, 请尽快办理", true),
        (long.as_str(), &long[..500 * "请".len()], true),
        ("同意,请尽快办理", "同意", false),
    ] {
        let mut desk = Desk::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
        let lost = failure(Endpoint::UpdateTask, FailureKind::Cut, Outcome::MayHaveHappened, None);
        desk.platform.verdicts.push_back(Err(lost));
        desk.keys("ae").paste(sent).keys("<ctrl-d>y");
        desk.writes_wait = true;
        desk.wait(HELD);
        assert_eq!(desk.sent[0].decision.opinion().as_str(), sent);
        desk.platform.finish(&key(1), DoneStatus::Done, kept);
        desk.writes_come().wait(Duration::from_secs(60));
        let state = desk.state(&key(1));
        assert_eq!(matches!(state, Some(EntryState::Accepted { .. })), found, "{kept}: {state:?}");
    }
}
