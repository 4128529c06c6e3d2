//! The request on screen after its decision was applied.

use std::time::Duration;

use shenpi::app::{Notice, Query};
use shenpi::domain::{DoneStatus, Endpoint, FailureKind, Lang, Outcome, Process, ProcessStatus};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, failure, key, operator};

fn harness(tasks: u64) -> Harness<Scripted> {
    let mut harness = Harness::new(Scripted::with_leaves(tasks), settings(operator(), Lang::Zh), 80, 24);
    harness.wait(Duration::from_secs(2));
    harness
}

fn reads(harness: &Harness<Scripted>, number: u64) -> usize {
    let wanted = Query::Process(key(number).process);
    harness.platform.asked.iter().filter(|query| **query == wanted).count()
}

fn process(harness: &mut Harness<Scripted>, number: u64) -> &mut Process {
    harness.platform.processes.get_mut(&key(number).process).unwrap()
}

fn is_gone(harness: &Harness<Scripted>, number: u64) -> bool {
    harness.app.inbox.rows().all(|row| row.key != key(number) || row.gone)
}

#[test]
fn an_approved_request_is_read_again_when_it_is_looked_at() {
    for look in ["k", "k<enter>"] {
        let mut harness = harness(3);
        harness.keys("ay").wait(Duration::from_secs(6));
        process(&mut harness, 1).status = ProcessStatus::Completed;
        let before = reads(&harness, 1);
        harness.wait(Duration::from_secs(20));
        assert_eq!(reads(&harness, 1), before, "it is not looked at");
        harness.keys(look).wait(Duration::from_secs(1));
        assert_eq!(reads(&harness, 1), before + 1);
        assert!(harness.screen().contains("已完成") && !harness.screen().contains("审批中"), "{}", harness.screen());
        assert!(is_gone(&harness, 1));
        harness.wait(Duration::from_secs(25)).keys("<enter><esc>");
        assert_eq!(reads(&harness, 1), before + 1, "once is enough");
    }
}

#[test]
fn a_request_that_the_platform_completed_can_be_revoked_at_once() {
    let mut harness = harness(2);
    harness.keys("ay").wait(Duration::from_secs(6));
    process(&mut harness, 1).status = ProcessStatus::Completed;
    harness.keys("k:").write("revoke");
    harness.keys("<enter>");
    assert!(harness.app.dialog.is_some(), "{}", harness.screen());
}

/// The last row: the cursor has no other row to go to, so the decided request stays in view.
#[test]
fn a_request_in_view_is_read_once_the_decision_is_applied() {
    let mut harness = harness(1);
    harness.keys("<enter>ay");
    harness.wait(Duration::from_millis(4_900));
    let before = reads(&harness, 1);
    harness.wait(Duration::from_secs(2));
    assert!(reads(&harness, 1) > before);
    assert!(
        !harness.app.notices.all().any(|(_, notice)| matches!(notice, Notice::RequestChanged { .. })),
        "no change by others"
    );
}

/// The platform's answers lag behind: the row does not come back, and the request is read until it shows the decision.
#[test]
fn a_reading_that_lags_behind_brings_no_row_back() {
    let mut harness = harness(3);
    let old = process(&mut harness, 1).clone();
    harness.keys("ay").wait(Duration::from_secs(6));
    let new = std::mem::replace(process(&mut harness, 1), old);
    let task = shenpi::domain::Task { key: key(1), status: shenpi::domain::TaskStatus::InProgress };
    harness.platform.tasks.insert(0, task);
    let before = reads(&harness, 1);
    harness.keys("k<ctrl-r>").wait(Duration::from_secs(8));
    assert!(is_gone(&harness, 1), "{}", harness.screen());
    assert!(harness.screen().contains("待办 2 "), "{}", harness.screen());
    assert!((2..=7).contains(&(reads(&harness, 1) - before)), "{}", reads(&harness, 1) - before);
    *process(&mut harness, 1) = Process { status: ProcessStatus::Completed, ..new };
    harness.platform.remove(&key(1));
    harness.wait(Duration::from_secs(15));
    assert!(harness.screen().contains("已完成"), "{}", harness.screen());
    let settled = reads(&harness, 1);
    harness.wait(Duration::from_secs(60));
    assert_eq!(reads(&harness, 1), settled);
}

#[test]
fn a_decision_that_never_shows_is_asked_for_a_few_times() {
    let mut harness = harness(2);
    let old = process(&mut harness, 1).clone();
    harness.keys("ay").wait(Duration::from_secs(6));
    *process(&mut harness, 1) = old;
    let before = reads(&harness, 1);
    harness.keys("k").wait(Duration::from_secs(600));
    assert_eq!(reads(&harness, 1) - before, 6);
}

#[test]
fn a_limit_is_waited_for_and_a_failure_is_no_storm() {
    let limit = FailureKind::RateLimited { retry_after: Duration::from_secs(12) };
    for (kind, most) in [(limit, 2), (FailureKind::TimedOut, 1)] {
        let mut harness = harness(2);
        harness.keys("ay").wait(Duration::from_secs(6));
        process(&mut harness, 1).status = ProcessStatus::Completed;
        let hits = |query: &Query| matches!(query, Query::Process(_));
        harness.platform.limits = vec![(hits, failure(Endpoint::ProcessDetail, kind.clone(), Outcome::NotSent, None))];
        let before = reads(&harness, 1);
        harness.keys("k").wait(Duration::from_secs(11));
        assert_eq!(reads(&harness, 1) - before, 1, "{kind:?}");
        harness.wait(Duration::from_secs(4));
        assert_eq!(reads(&harness, 1) - before, most, "{kind:?}");
    }
}

/// A task that comes back to the approver, long after the decision, is no echo of it.
#[test]
fn a_task_that_is_listed_a_minute_later_has_come_back() {
    let mut harness = harness(3);
    let old = process(&mut harness, 1).clone();
    harness.keys("ay").wait(Duration::from_secs(6));
    assert!(is_gone(&harness, 1));
    *process(&mut harness, 1) = old;
    let task = shenpi::domain::Task { key: key(1), status: shenpi::domain::TaskStatus::InProgress };
    harness.platform.tasks.insert(0, task);
    harness.wait(Duration::from_secs(70)).keys("<ctrl-r>").wait(Duration::from_secs(2));
    assert!(!is_gone(&harness, 1), "{}", harness.screen());
}

/// Between the last approval and the end of the flow the platform shows a running process without a task.
#[test]
fn a_flow_that_is_about_to_end_is_read_until_it_has() {
    let mut harness = harness(2);
    harness.keys("ay").wait(Duration::from_secs(6)).keys("k").wait(Duration::from_secs(1));
    assert!(harness.screen().contains("审批中"), "{}", harness.screen());
    process(&mut harness, 1).status = ProcessStatus::Completed;
    harness.wait(Duration::from_secs(4));
    assert!(harness.screen().contains("已完成"), "{}", harness.screen());
    assert_eq!(harness.platform.processes[&key(1).process].done_list[0].status, DoneStatus::Done);
}
