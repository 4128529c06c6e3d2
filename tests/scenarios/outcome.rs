//! Answers of the platform to a decision, and the messages about them.

use std::time::Duration;

use shenpi::app::{Notice, Query};
use shenpi::domain::decision::state::{Cause, State};
use shenpi::domain::{DoneStatus, Endpoint, FailureKind, Lang, Outcome};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, both, failure, key, operator, refusal, todo};

fn harness(tasks: u64) -> Harness<Scripted> {
    Harness::new(Scripted::with_leaves(tasks), settings(operator(), Lang::Zh), 80, 24)
}

fn newest(harness: &Harness<Scripted>) -> &Notice {
    &harness.app.notices.all().next().expect("something was said").1
}

#[test]
fn a_faster_approver_is_named_and_the_text_is_kept() {
    let mut harness = harness(3);
    harness.platform.verdicts.push_back(Err(refusal(Endpoint::UpdateTask, 1_161_001)));
    harness.keys("r");
    harness.write("缺少证明");
    harness.writes_wait = true;
    harness.keys("<ctrl-d>y").wait(Duration::from_secs(6));
    harness.platform.finish(&key(1), DoneStatus::Done, "");
    let process = harness.platform.processes.get_mut(&key(1).process).unwrap();
    let sibling = todo(shenpi::domain::ApproverId::new("sibling"), "ou_liuqiang", "刘强", "Liu Qiang");
    process.done_list.push(crate::support::scripted::done_of(sibling, DoneStatus::Done, "已核对门禁记录"));
    harness.writes_come().wait(Duration::from_secs(6));
    let Notice::SomeoneWasFaster { who, opinion, .. } = newest(&harness) else { panic!("{:?}", newest(&harness)) };
    assert_eq!(who.zh.as_str(), "刘强");
    assert_eq!(opinion.as_str(), "已核对门禁记录");
    assert!(matches!(harness.state(&key(1)), Some(State::Refused(_))));
    assert_eq!(harness.app.drafts.get(&(key(1), shenpi::domain::Action::Reject)).unwrap(), "缺少证明");
}

#[test]
fn a_lost_answer_is_unknown_until_the_record_shows() {
    let mut harness = harness(3);
    let lost = failure(Endpoint::UpdateTask, FailureKind::TimedOut, Outcome::MayHaveHappened, None);
    harness.platform.verdicts.push_back(Err(lost));
    harness.writes_wait = true;
    harness.keys("ay").wait(Duration::from_secs(6));
    harness.platform.finish(&key(1), DoneStatus::Done, "");
    harness.writes_come().wait(Duration::from_secs(6));
    assert!(matches!(harness.state(&key(1)), Some(State::Applied { .. })), "{:?}", harness.state(&key(1)));
    assert!(matches!(newest(&harness), Notice::FoundApplied { .. }));
    assert_eq!(harness.sent.len(), 1);
}

#[test]
fn a_lost_answer_with_an_open_task_was_not_applied() {
    let mut harness = harness(3);
    let lost = failure(Endpoint::UpdateTask, FailureKind::Cut, Outcome::MayHaveHappened, None);
    harness.platform.verdicts.push_back(Err(lost));
    harness.keys("ay").wait(Duration::from_secs(6));
    assert!(matches!(harness.state(&key(1)), Some(State::Unknown(_))));
    harness.wait(Duration::from_secs(35));
    assert!(matches!(harness.state(&key(1)), Some(State::NotApplied { .. })), "{:?}", harness.state(&key(1)));
    harness.wait(Duration::from_secs(600));
    assert_eq!(harness.sent.len(), 1, "only the user sends it again");
    harness.keys("kay").wait(Duration::from_secs(6));
    assert_eq!(harness.sent.len(), 2);
}

#[test]
fn a_closed_task_without_words_beside_a_sibling_s_record_is_nobody_s_proof() {
    let mut harness = harness(3);
    let lost = failure(Endpoint::UpdateTask, FailureKind::Cut, Outcome::MayHaveHappened, None);
    harness.platform.verdicts.push_back(Err(lost));
    harness.writes_wait = true;
    harness.keys("ay").wait(Duration::from_secs(6));
    harness.platform.finish(&key(1), DoneStatus::Done, "");
    let process = harness.platform.processes.get_mut(&key(1).process).unwrap();
    let sibling = todo(shenpi::domain::ApproverId::new("sibling"), "ou_liuqiang", "刘强", "Liu Qiang");
    process.done_list.push(crate::support::scripted::done_of(sibling, DoneStatus::Done, ""));
    harness.writes_come().wait(Duration::from_secs(40));
    assert!(matches!(harness.state(&key(1)), Some(State::Unknown(uncertain)) if uncertain.exhausted));
    assert!(matches!(newest(&harness), Notice::StillUnknown { .. }));
}

/// The messages page about a lost approval, after the process showed the task's end.
fn found(lang: Lang, happening: impl Fn(&mut Scripted)) -> String {
    let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), lang), 160, 40);
    let lost = failure(Endpoint::UpdateTask, FailureKind::Cut, Outcome::MayHaveHappened, None);
    harness.platform.verdicts.push_back(Err(lost));
    harness.writes_wait = true;
    harness.keys("ay").wait(Duration::from_secs(6));
    happening(&mut harness.platform);
    harness.writes_come().wait(Duration::from_secs(40)).keys("!");
    harness.screen().split_whitespace().collect::<Vec<_>>().join(" ")
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
    assert!(page.contains("未生效：任务已转给他人（任务现在由李娜处理）") && !page.contains("其他方式结束"), "{page}");
    let page = found(Lang::En, handed_on);
    assert!(page.contains("checked, not applied; the task was transferred (now with Li Na)"), "{page}");
    assert!(!page.contains("ended another way"), "{page}");
    assert!(found(Lang::Zh, rejected).contains("未生效：任务已由其他方式结束（你的任务：已拒绝"));
    let page = found(Lang::En, rejected);
    assert!(page.contains("checked, not applied; the task ended another way (your task: rejected "), "{page}");
}

#[test]
fn a_limit_holds_decisions_and_sends_them_when_it_ends() {
    let mut harness = harness(3);
    let kind = FailureKind::RateLimited { retry_after: Duration::from_secs(20) };
    harness.platform.verdicts.push_back(Err(failure(Endpoint::UpdateTask, kind, Outcome::NotSent, Some(99_991_400))));
    harness.keys("ay").wait(Duration::from_secs(6));
    assert!(matches!(harness.state(&key(1)), Some(State::Queued { .. })));
    assert!(matches!(newest(&harness), Notice::DecisionsWait { .. }));
    let screen = harness.screen();
    assert!(screen.contains("飞书限流，待发送的操作 20 秒后发送"), "{screen}");
    assert!(screen.contains("99991400") && screen.contains("20260309LOGID"), "{screen}");
    harness.wait(Duration::from_secs(21));
    assert!(matches!(harness.state(&key(1)), Some(State::Applied { .. })));
    assert_eq!(harness.sent.len(), 2);
}

#[test]
fn a_task_being_processed_is_tried_a_few_times_and_then_refused() {
    let mut harness = harness(3);
    for _ in 0..4 {
        harness.platform.verdicts.push_back(Err(refusal(Endpoint::UpdateTask, 1_161_103)));
    }
    harness.keys("ay").wait(Duration::from_secs(30));
    assert!(matches!(harness.state(&key(1)), Some(State::Refused(_))));
    assert_eq!(harness.sent.len(), 4);
}

#[test]
fn a_task_being_processed_is_read_again_before_it_is_tried_again() {
    let mut settings = settings(operator(), Lang::Zh);
    settings.undo = Duration::ZERO;
    let mut harness = Harness::new(Scripted::with_leaves(3), settings, 80, 24);
    harness.platform.verdicts.push_back(Err(refusal(Endpoint::UpdateTask, 1_161_103)));
    harness.keys("<ctrl-r>ay");
    assert_eq!(harness.sent.len(), 1, "it was read a moment ago");
    let process = harness.platform.processes.get_mut(&key(1).process).unwrap();
    process.abstracts[0].value = both("30 天", "30 days");
    harness.wait(Duration::from_secs(10));
    assert_eq!(harness.sent.len(), 1);
    assert!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Changed(_)))), "{:?}", harness.state(&key(1)));
}

#[test]
fn a_decision_that_did_not_leave_is_not_sent_later_without_her() {
    let mut harness = harness(3);
    let unreachable = failure(Endpoint::UpdateTask, FailureKind::Unreachable, Outcome::NotSent, None);
    harness.platform.verdicts.push_back(Err(unreachable));
    harness.keys("ay").wait(Duration::from_secs(600));
    assert!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Failed(_)))));
    assert_eq!(harness.sent.len(), 1);
}

#[test]
fn leaving_waits_for_a_decision_on_its_way() {
    let mut harness = harness(3);
    harness.writes_wait = true;
    harness.keys("ay").wait(Duration::from_secs(6)).keys("q");
    assert!(!harness.left);
    harness.writes_come();
    assert!(harness.left);
}

#[test]
fn an_idle_program_asks_for_the_list_and_its_changes_only() {
    let mut harness = harness(30);
    harness.wait(Duration::from_secs(900));
    let asked = harness.platform.asked.len();
    harness.wait(Duration::from_secs(3_600));
    let lists = |query: &Query| matches!(query, Query::Tasks(_));
    let since = &harness.platform.asked[asked..];
    assert_eq!(since.iter().filter(|query| lists(query)).count(), 12, "every five minutes");
    assert!(since.iter().all(|query| lists(query) || matches!(query, Query::Changed { .. })), "{since:?}");
    let asked = harness.platform.asked.len();
    harness.wait(Duration::from_secs(100)).keys("j");
    assert!(harness.platform.asked.len() > asked, "a key reads an old list again");
}
