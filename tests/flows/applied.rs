//! After a decision was applied: what the request shows when it is looked at.

use std::time::Duration;

use shenpi::app::{Notice, Query};
use shenpi::domain::{DoneStatus, Endpoint, FailureKind, Lang, Outcome, Process, ProcessStatus};

use crate::support::desk::{Desk, settings};
use crate::support::scripted::{Scripted, failure, key, operator};

fn desk(tasks: u64) -> Desk<Scripted> {
    let mut desk = Desk::new(Scripted::with_leaves(tasks), settings(operator(), Lang::Zh), 80, 24);
    desk.wait(Duration::from_secs(2));
    desk
}

fn reads(desk: &Desk<Scripted>, number: u64) -> usize {
    let wanted = Query::Process(key(number).process);
    desk.platform.asked.iter().filter(|query| **query == wanted).count()
}

fn process(desk: &mut Desk<Scripted>, number: u64) -> &mut Process {
    desk.platform.processes.get_mut(&key(number).process).unwrap()
}

fn is_gone(desk: &Desk<Scripted>, number: u64) -> bool {
    desk.app.inbox.rows().iter().all(|row| row.key != key(number) || row.gone)
}

#[test]
fn an_approved_request_is_read_again_when_it_is_looked_at() {
    for look in ["k", "k<enter>"] {
        let mut desk = desk(3);
        desk.keys("ay").wait(Duration::from_secs(6));
        process(&mut desk, 1).status = ProcessStatus::Completed;
        let before = reads(&desk, 1);
        desk.wait(Duration::from_secs(20));
        assert_eq!(reads(&desk, 1), before, "it is not looked at");
        desk.keys(look).wait(Duration::from_secs(1));
        assert_eq!(reads(&desk, 1), before + 1);
        assert!(desk.screen().contains("已完成") && !desk.screen().contains("审批中"), "{}", desk.screen());
        assert!(is_gone(&desk, 1));
        desk.wait(Duration::from_secs(25)).keys("<enter><esc>");
        assert_eq!(reads(&desk, 1), before + 1, "once is enough");
    }
}

#[test]
fn a_request_that_the_platform_completed_can_be_revoked_at_once() {
    let mut desk = desk(2);
    desk.keys("ay").wait(Duration::from_secs(6));
    process(&mut desk, 1).status = ProcessStatus::Completed;
    desk.keys("k:").write("revoke");
    desk.keys("<enter>");
    assert!(desk.app.dialog.is_some(), "{}", desk.screen());
}

/// The last one: the cursor has nowhere to go, so what was decided stays in view.
#[test]
fn a_request_in_view_is_read_once_the_decision_is_applied() {
    let mut desk = desk(1);
    desk.keys("<enter>ay");
    desk.wait(Duration::from_millis(4_900));
    let before = reads(&desk, 1);
    desk.wait(Duration::from_secs(2));
    assert!(reads(&desk, 1) > before);
    assert!(
        !desk.app.notices.all().any(|(_, notice)| matches!(notice, Notice::CaseChanged { .. })),
        "no change by others"
    );
}

/// The platform's answers lag behind: the row does not come back, and the request is read until it shows the decision.
#[test]
fn a_reading_that_lags_behind_brings_no_row_back() {
    let mut desk = desk(3);
    let old = process(&mut desk, 1).clone();
    desk.keys("ay").wait(Duration::from_secs(6));
    let new = std::mem::replace(process(&mut desk, 1), old);
    let task = shenpi::domain::Task { key: key(1), status: shenpi::domain::TaskStatus::InProgress };
    desk.platform.tasks.insert(0, task);
    let before = reads(&desk, 1);
    desk.keys("k<ctrl-r>").wait(Duration::from_secs(8));
    assert!(is_gone(&desk, 1), "{}", desk.screen());
    assert!(desk.screen().contains("待办 2  "), "{}", desk.screen());
    assert!((2..=7).contains(&(reads(&desk, 1) - before)), "{}", reads(&desk, 1) - before);
    *process(&mut desk, 1) = Process { status: ProcessStatus::Completed, ..new };
    desk.platform.remove(&key(1));
    desk.wait(Duration::from_secs(15));
    assert!(desk.screen().contains("已完成"), "{}", desk.screen());
    let settled = reads(&desk, 1);
    desk.wait(Duration::from_secs(60));
    assert_eq!(reads(&desk, 1), settled);
}

#[test]
fn a_decision_that_never_shows_is_asked_for_a_few_times() {
    let mut desk = desk(2);
    let old = process(&mut desk, 1).clone();
    desk.keys("ay").wait(Duration::from_secs(6));
    *process(&mut desk, 1) = old;
    let before = reads(&desk, 1);
    desk.keys("k").wait(Duration::from_secs(600));
    assert_eq!(reads(&desk, 1) - before, 6);
}

#[test]
fn a_limit_is_waited_for_and_a_failure_is_no_storm() {
    let limit = FailureKind::RateLimited { retry_after: Duration::from_secs(20) };
    for (kind, most) in [(limit, 2), (FailureKind::TimedOut, 1)] {
        let mut desk = desk(2);
        desk.keys("ay").wait(Duration::from_secs(6));
        process(&mut desk, 1).status = ProcessStatus::Completed;
        let hits = |query: &Query| matches!(query, Query::Process(_));
        desk.platform.limits = vec![(hits, failure(Endpoint::ProcessDetail, kind.clone(), Outcome::NotSent, None))];
        let before = reads(&desk, 1);
        desk.keys("k").wait(Duration::from_secs(19));
        assert_eq!(reads(&desk, 1) - before, 1, "{kind:?}");
        desk.wait(Duration::from_secs(10));
        assert_eq!(reads(&desk, 1) - before, most, "{kind:?}");
    }
}

/// A task that comes back to the approver, long after the decision, is no echo of it.
#[test]
fn a_task_that_is_listed_a_minute_later_has_come_back() {
    let mut desk = desk(3);
    let old = process(&mut desk, 1).clone();
    desk.keys("ay").wait(Duration::from_secs(6));
    assert!(is_gone(&desk, 1));
    *process(&mut desk, 1) = old;
    let task = shenpi::domain::Task { key: key(1), status: shenpi::domain::TaskStatus::InProgress };
    desk.platform.tasks.insert(0, task);
    desk.wait(Duration::from_secs(70)).keys("<ctrl-r>").wait(Duration::from_secs(2));
    assert!(!is_gone(&desk, 1), "{}", desk.screen());
}

/// Between the last approval and the end of the flow the platform shows a running process without a task.
#[test]
fn a_flow_that_is_about_to_end_is_read_until_it_has() {
    let mut desk = desk(2);
    desk.keys("ay").wait(Duration::from_secs(6)).keys("k").wait(Duration::from_secs(1));
    assert!(desk.screen().contains("审批中"), "{}", desk.screen());
    process(&mut desk, 1).status = ProcessStatus::Completed;
    desk.wait(Duration::from_secs(4));
    assert!(desk.screen().contains("已完成"), "{}", desk.screen());
    assert_eq!(desk.platform.processes[&key(1).process].done_list[0].status, DoneStatus::Done);
}
