//! What the platform says to a decision, and what she is told.

use std::time::Duration;

use shenpi::app::{EntryState, Notice};
use shenpi::domain::{DoneStatus, Endpoint, FailureKind, Lang, Outcome};

use crate::support::desk::{Desk, settings};
use crate::support::scripted::{Scripted, both, failure, key, operator, refusal, todo};

fn desk(tasks: u64) -> Desk<Scripted> {
    Desk::new(Scripted::with_leaves(tasks), settings(operator(), Lang::Zh), 80, 24)
}

fn newest(desk: &Desk<Scripted>) -> &Notice {
    &desk.app.notices.all().next().expect("something was said").1
}

#[test]
fn somebody_was_faster_says_who_and_keeps_her_words() {
    let mut desk = desk(3);
    desk.platform.verdicts.push_back(Err(refusal(Endpoint::UpdateTask, 1_161_001)));
    desk.keys("r");
    desk.write("缺少证明");
    desk.writes_wait = true;
    desk.keys("<ctrl-d>y").wait(Duration::from_secs(6));
    desk.platform.finish(&key(1), DoneStatus::Done, "");
    let process = desk.platform.processes.get_mut(&key(1).process).unwrap();
    let sibling = todo(shenpi::domain::ApproverId::new("sibling"), "ou_liuqiang", "刘强", "Liu Qiang");
    process.done_list.push(crate::support::scripted::done_of(sibling, DoneStatus::Done, "已核对门禁记录"));
    desk.writes_come().wait(Duration::from_secs(6));
    let Notice::SomeoneWasFaster { who, opinion, .. } = newest(&desk) else { panic!("{:?}", newest(&desk)) };
    assert_eq!(who.zh.as_str(), "刘强");
    assert_eq!(opinion.as_str(), "已核对门禁记录");
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Refused(_))));
    assert_eq!(desk.app.drafts.get(&(key(1), shenpi::domain::Action::Reject)).unwrap(), "缺少证明");
}

#[test]
fn a_lost_answer_is_unknown_until_the_case_shows_her_record() {
    let mut desk = desk(3);
    let lost = failure(Endpoint::UpdateTask, FailureKind::TimedOut, Outcome::MayHaveHappened, None);
    desk.platform.verdicts.push_back(Err(lost));
    desk.writes_wait = true;
    desk.keys("ay").wait(Duration::from_secs(6));
    desk.platform.finish(&key(1), DoneStatus::Done, "");
    desk.writes_come().wait(Duration::from_secs(6));
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Accepted { .. })), "{:?}", desk.state(&key(1)));
    assert!(matches!(newest(&desk), Notice::FoundApplied { .. }));
    assert_eq!(desk.sent.len(), 1);
}

#[test]
fn a_lost_answer_with_her_task_still_open_was_not_applied_and_is_never_sent_again() {
    let mut desk = desk(3);
    let lost = failure(Endpoint::UpdateTask, FailureKind::Cut, Outcome::MayHaveHappened, None);
    desk.platform.verdicts.push_back(Err(lost));
    desk.keys("ay").wait(Duration::from_secs(6));
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Unknown { .. })));
    desk.wait(Duration::from_secs(35));
    assert!(matches!(desk.state(&key(1)), Some(EntryState::NotApplied { .. })), "{:?}", desk.state(&key(1)));
    desk.wait(Duration::from_secs(600));
    assert_eq!(desk.sent.len(), 1, "only she sends it again");
    desk.keys("kay").wait(Duration::from_secs(6));
    assert_eq!(desk.sent.len(), 2);
}

#[test]
fn a_closed_task_without_words_beside_a_sibling_s_record_is_nobody_s_proof() {
    let mut desk = desk(3);
    let lost = failure(Endpoint::UpdateTask, FailureKind::Cut, Outcome::MayHaveHappened, None);
    desk.platform.verdicts.push_back(Err(lost));
    desk.writes_wait = true;
    desk.keys("ay").wait(Duration::from_secs(6));
    desk.platform.finish(&key(1), DoneStatus::Done, "");
    let process = desk.platform.processes.get_mut(&key(1).process).unwrap();
    let sibling = todo(shenpi::domain::ApproverId::new("sibling"), "ou_liuqiang", "刘强", "Liu Qiang");
    process.done_list.push(crate::support::scripted::done_of(sibling, DoneStatus::Done, ""));
    desk.writes_come().wait(Duration::from_secs(40));
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Unknown(doubt)) if doubt.settled));
    assert!(matches!(newest(&desk), Notice::StillUnknown { .. }));
}

/// What the messages page says of a lost approval once the case has shown what became of the task.
fn found(lang: Lang, happening: impl Fn(&mut Scripted)) -> String {
    let mut desk = Desk::new(Scripted::with_leaves(3), settings(operator(), lang), 160, 40);
    let lost = failure(Endpoint::UpdateTask, FailureKind::Cut, Outcome::MayHaveHappened, None);
    desk.platform.verdicts.push_back(Err(lost));
    desk.writes_wait = true;
    desk.keys("ay").wait(Duration::from_secs(6));
    happening(&mut desk.platform);
    desk.writes_come().wait(Duration::from_secs(40)).keys("!");
    desk.screen().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_task_that_somebody_else_has_now_did_not_end() {
    let handed_on = |platform: &mut Scripted| {
        let process = platform.processes.get_mut(&key(1).process).unwrap();
        process.todos[0].operator_id = Some(shenpi::domain::PersonId::new("ou_lina"));
        process.todos[0].operator_name = both("李娜", "Li Na");
    };
    let rejected = |platform: &mut Scripted| platform.finish(&key(1), DoneStatus::Rejected, "缺");
    let page = found(Lang::Zh, handed_on);
    assert!(page.contains("没有采用,任务已转给别人:任务现在是 李娜 的") && !page.contains("另行结束"), "{page}");
    let page = found(Lang::En, handed_on);
    assert!(page.contains("was not used, the task was handed on: the task is now Li Na's"), "{page}");
    assert!(!page.contains("ended otherwise"), "{page}");
    assert!(found(Lang::Zh, rejected).contains("没有采用,任务已另行结束:你的任务 已拒绝"));
    let page = found(Lang::En, rejected);
    assert!(page.contains("was not used, the task ended otherwise: your task: rejected "), "{page}");
}

#[test]
fn a_limit_holds_decisions_and_sends_them_when_it_ends() {
    let mut desk = desk(3);
    let kind = FailureKind::RateLimited { retry_after: Duration::from_secs(20) };
    desk.platform.verdicts.push_back(Err(failure(Endpoint::UpdateTask, kind, Outcome::NotSent, Some(99_991_400))));
    desk.keys("ay").wait(Duration::from_secs(6));
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Held { .. })));
    assert!(matches!(newest(&desk), Notice::DecisionsWait { .. }));
    let screen = desk.screen();
    assert!(screen.contains("平台限流,待发的操作 20 秒后自动发出"), "{screen}");
    assert!(screen.contains("99991400") && screen.contains("20260309LOGID"), "{screen}");
    desk.wait(Duration::from_secs(21));
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Accepted { .. })));
    assert_eq!(desk.sent.len(), 2);
}

#[test]
fn a_task_being_processed_is_tried_a_few_times_and_then_refused() {
    let mut desk = desk(3);
    for _ in 0..4 {
        desk.platform.verdicts.push_back(Err(refusal(Endpoint::UpdateTask, 1_161_103)));
    }
    desk.keys("ay").wait(Duration::from_secs(30));
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Refused(_))));
    assert_eq!(desk.sent.len(), 4);
}

#[test]
fn a_task_being_processed_is_read_again_before_it_is_tried_again() {
    let mut settings = settings(operator(), Lang::Zh);
    settings.undo = Duration::ZERO;
    let mut desk = Desk::new(Scripted::with_leaves(3), settings, 80, 24);
    desk.platform.verdicts.push_back(Err(refusal(Endpoint::UpdateTask, 1_161_103)));
    desk.keys("<ctrl-r>ay");
    assert_eq!(desk.sent.len(), 1, "it was read a moment ago");
    let process = desk.platform.processes.get_mut(&key(1).process).unwrap();
    process.abstracts[0].value = both("30 天", "30 days");
    desk.wait(Duration::from_secs(10));
    assert_eq!(desk.sent.len(), 1);
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Changed { .. })), "{:?}", desk.state(&key(1)));
}

#[test]
fn a_decision_that_did_not_leave_is_not_sent_later_without_her() {
    let mut desk = desk(3);
    let unreachable = failure(Endpoint::UpdateTask, FailureKind::Unreachable, Outcome::NotSent, None);
    desk.platform.verdicts.push_back(Err(unreachable));
    desk.keys("ay").wait(Duration::from_secs(600));
    assert!(matches!(desk.state(&key(1)), Some(EntryState::NotSent(_))));
    assert_eq!(desk.sent.len(), 1);
}

#[test]
fn leaving_waits_for_a_decision_on_its_way() {
    let mut desk = desk(3);
    desk.writes_wait = true;
    desk.keys("ay").wait(Duration::from_secs(6)).keys("q");
    assert!(!desk.left);
    desk.writes_come();
    assert!(desk.left);
}

#[test]
fn an_idle_program_asks_nothing_and_wants_no_waking() {
    let mut desk = desk(30);
    desk.wait(Duration::from_secs(300));
    assert_eq!(desk.app.next_wake(), None);
    let asked = desk.platform.asked.len();
    desk.wait(Duration::from_secs(3_600));
    assert_eq!(desk.platform.asked.len(), asked);
    desk.keys("j");
    assert!(desk.platform.asked.len() > asked, "what is old is read again when she touches a key");
}

#[test]
fn holding_j_over_unread_rows_asks_for_four_cases_at_a_time_and_keeps_within_the_minute() {
    let mut desk = desk(200);
    let cases = |desk: &Desk<Scripted>| {
        desk.platform.asked.iter().filter(|query| matches!(query, shenpi::app::Query::Process(_))).count()
    };
    assert_eq!(cases(&desk), 60 + 1, "the minute's share, and the one under the cursor");
    desk.wait(Duration::from_secs(200));
    assert_eq!(cases(&desk), 200);
}
