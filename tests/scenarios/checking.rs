//! Right before a decision leaves, its request must equal the one that was decided on.

use std::sync::Arc;
use std::time::Duration;

use shenpi::app::{Notice, Query, too_late};
use shenpi::domain::decision::state::{Cause, State};
use shenpi::domain::record::Change;
use shenpi::domain::{DoneStatus, Endpoint, FailureKind, Lang, Outcome, Properties, Value};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, both, done_of, failure, key, operator, refusal, todo};

const HELD: Duration = Duration::from_secs(6);

fn harness(tasks: u64) -> Harness<Scripted> {
    Harness::new(Scripted::with_leaves(tasks), settings(operator(), Lang::Zh), 80, 24)
}

fn undo(seconds: u64) -> Harness<Scripted> {
    let mut settings = settings(operator(), Lang::Zh);
    settings.undo = Duration::from_secs(seconds);
    Harness::new(Scripted::with_leaves(3), settings, 80, 24)
}

fn newest(harness: &Harness<Scripted>) -> &Notice {
    &harness.app.notices.all().next().expect("something was said").1
}

fn reads_of(harness: &Harness<Scripted>, number: u64) -> usize {
    let id = key(number).process;
    harness.platform.asked.iter().filter(|query| **query == Query::Process(id.clone())).count()
}

fn change_days(harness: &mut Harness<Scripted>, number: u64, days: &str) {
    let process = harness.platform.processes.get_mut(&key(number).process).unwrap();
    process.abstracts[0].value = both(&format!("{days} 天"), &format!("{days} days"));
}

#[test]
fn a_case_that_was_read_long_ago_is_read_again_before_its_decision_leaves() {
    let mut harness = harness(3);
    harness.wait(Duration::from_secs(30)).keys("ay");
    let before = reads_of(&harness, 1);
    harness.wait(HELD);
    assert_eq!(harness.sent.len(), 1);
    assert_eq!(reads_of(&harness, 1), before + 1);
}

#[test]
fn the_check_costs_no_waiting_it_is_made_while_the_decision_is_held() {
    let mut harness = harness(3);
    harness.keys("ay").wait(Duration::from_millis(4_950));
    harness.answers_wait = true;
    harness.wait(Duration::from_millis(100));
    assert_eq!(harness.sent.len(), 1, "no read is waited for once the time is up");
}

#[test]
fn a_change_stops_the_decision_and_deciding_again_accepts_what_is_now_on_screen() {
    let mut harness = harness(3);
    harness.keys("ay");
    change_days(&mut harness, 1, "30");
    harness.wait(HELD);
    assert!(harness.sent.is_empty());
    assert!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Changed(_)))), "{:?}", harness.state(&key(1)));
    assert!(matches!(newest(&harness), Notice::Changed { .. }));
    assert!(matches!(harness.records.last().unwrap().change, Change::Changed { .. }));
    assert!(harness.screen().contains("时长 1 天 → 30 天"), "{}", harness.screen());
    harness.wait(Duration::from_secs(3_600));
    assert!(harness.sent.is_empty(), "only the user sends it");

    harness.keys("ga");
    let review = harness.screen();
    assert!(review.contains("30 天") && review.contains("打开后有变更"), "{review}");
    harness.keys("y").wait(HELD);
    assert_eq!(harness.sent.len(), 1);
    assert_eq!(harness.sent[0].target.summary.zh.as_str(), "30 天");
}

#[test]
fn a_form_that_was_on_screen_is_checked_too_and_one_that_was_not_is_not() {
    // Opened, in the preview, and where there is none.
    for (keys, columns, rows, seen) in [("<enter>2<esc>", 80, 24, true), ("", 80, 24, true), ("", 50, 14, false)] {
        let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), columns, rows);
        harness.keys(keys).keys("ay");
        let form = harness.platform.forms.get_mut(&key(1).process).unwrap();
        form.fields[0].value = Value::Number("9".into());
        harness.wait(HELD);
        assert_eq!(harness.sent.len(), usize::from(!seen), "form seen: {seen}");
        assert_eq!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Changed(_)))), seen);
    }
}

#[test]
fn every_part_that_was_on_screen_stops_the_decision_when_it_changes() {
    type Edit = fn(&mut shenpi::domain::Process);
    let edits: [(&str, Edit); 5] = [
        ("title", |process| process.process_name = both("调休", "Time off")),
        ("initiator", |process| process.initiator_name = both("别人", "Somebody else")),
        ("todos", |process| {
            let approver = shenpi::domain::ApproverId::new("9");
            process.todos.push(todo(approver, "ou_liuqiang", "刘强", "Liu Qiang"));
        }),
        ("done_list", |process| {
            let approver = shenpi::domain::ApproverId::new("9");
            let earlier = todo(approver, "ou_liuqiang", "刘强", "Liu Qiang");
            process.done_list.push(done_of(earlier, DoneStatus::Done, "请再核对"));
        }),
        ("comments", |process| {
            process.comments.push(shenpi::domain::process::Comment {
                id: "1".into(),
                commentor_id: None,
                commentor_name: both("钱程", "Qian Cheng"),
                time: None,
                message: "先别批".into(),
                at_user_ids: Vec::new(),
                file_count: 0,
                image_count: 0,
            });
        }),
    ];
    for (part, edit) in edits {
        let mut harness = harness(2);
        harness.keys("ay");
        edit(harness.platform.processes.get_mut(&key(1).process).unwrap());
        harness.wait(HELD);
        assert!(harness.sent.is_empty(), "{part}");
        assert!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Changed(_)))), "{part}");
    }
}

#[test]
fn a_case_that_changes_under_its_review_has_to_be_read_before_it_is_confirmed() {
    let mut harness = harness(3);
    harness.keys("<ctrl-r>a");
    change_days(&mut harness, 1, "60");
    // The clock reads the list meanwhile, and changes with it.
    harness.wait(Duration::from_secs(95)).keys("x").wait(Duration::from_secs(1)).keys("y");
    assert!(matches!(newest(&harness), Notice::ChangedUnderReview), "{:?}", newest(&harness));
    assert!(harness.app.outbox.entry(&key(1)).is_none());
    let review = harness.screen();
    assert!(review.contains("打开后有变更") && review.contains("60 天"), "{review}");
    // The key that asked is still down: it repeats, as presses, after the delay of a keyboard.
    harness.wait(Duration::from_millis(660)).every(Duration::from_millis(33), &"y".repeat(60));
    assert!(harness.app.outbox.entry(&key(1)).is_none());
    harness.wait(Duration::from_secs(1)).keys("y").wait(HELD);
    assert_eq!(harness.sent.len(), 1);
    assert_eq!(harness.sent[0].target.summary.zh.as_str(), "60 天");
}

#[test]
fn without_an_undo_window_a_case_just_read_goes_at_once_and_an_older_one_is_read_first() {
    let mut harness = undo(0);
    harness.keys("<ctrl-r>");
    let before = reads_of(&harness, 1);
    harness.keys("ay").wait(Duration::from_millis(1));
    assert_eq!((harness.sent.len(), reads_of(&harness, 1)), (1, before), "read a second ago");
    harness.wait(Duration::from_secs(60)).keys("a");
    let before = reads_of(&harness, 2);
    harness.wait(Duration::from_secs(10)).keys("y").wait(Duration::from_millis(1));
    assert_eq!((harness.sent.len(), reads_of(&harness, 2)), (2, before + 1));
}

#[test]
fn a_check_that_the_platform_limits_waits_and_is_never_left_out() {
    let mut harness = harness(3);
    // The form of the next row has been read before the limit.
    harness.keys("ay").wait(Duration::from_secs(1));
    let kind = FailureKind::RateLimited { retry_after: Duration::from_secs(40) };
    harness.platform.trouble = Some(failure(Endpoint::ProcessDetail, kind, Outcome::NotSent, Some(99_991_400)));
    harness.wait(Duration::from_secs(20));
    assert!(harness.sent.is_empty());
    assert!(matches!(newest(&harness), Notice::DecisionsWait { .. }), "{:?}", newest(&harness));
    assert!(harness.app.can(shenpi::app::Command::TakeBack).is_ok(), "it can still be undone");
    harness.platform.trouble = None;
    change_days(&mut harness, 1, "30");
    harness.wait(Duration::from_secs(60));
    assert!(harness.sent.is_empty());
    assert!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Changed(_)))));
}

#[test]
fn a_decision_whose_case_cannot_be_read_is_not_sent_and_not_later_either() {
    let mut harness = harness(3);
    harness.keys("ay");
    harness.platform.trouble = Some(failure(Endpoint::ProcessDetail, FailureKind::Unreachable, Outcome::NotSent, None));
    harness.wait(Duration::from_secs(20));
    assert!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Failed(_)))), "{:?}", harness.state(&key(1)));
    harness.platform.trouble = None;
    harness.wait(Duration::from_secs(3_600));
    assert!(harness.sent.is_empty());
}

#[test]
fn an_answer_to_an_older_read_is_no_check() {
    let mut harness = harness(3);
    harness.answers_wait = true;
    harness.keys("<ctrl-r>");
    change_days(&mut harness, 1, "30");
    harness.keys("ay").wait(HELD);
    assert!(harness.sent.is_empty(), "the check is not answered yet");
    harness.answers_come().wait(Duration::from_secs(1));
    assert!(harness.sent.is_empty(), "what was answered first had been read before the change");
    assert!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Changed(_)))), "{:?}", harness.state(&key(1)));
}

#[test]
fn a_change_during_the_quit_question_stops_the_decision() {
    // Also when the question was so short that the reading from before it would not be too old yet.
    for (answer, seconds) in [("w", 5), ("w", 40), ("<esc>", 40)] {
        let mut harness = harness(3);
        harness.keys("ay").wait(Duration::from_secs(4)).keys("q");
        change_days(&mut harness, 1, "30");
        harness.wait(Duration::from_secs(seconds)).keys(answer).wait(HELD);
        assert!(harness.sent.is_empty(), "{answer}: it was checked before the question, and that is long ago");
        let last = &harness.records.last().unwrap().change;
        assert!(matches!(last, Change::Changed { .. }), "{answer}: {last:?}");
    }
}

#[test]
fn somebody_who_is_faster_than_the_check_is_named_and_nothing_is_sent() {
    let mut harness = harness(3);
    harness.keys("r");
    harness.write("缺少证明");
    harness.keys("<ctrl-d>y");
    harness.platform.finish(&key(1), DoneStatus::Done, "");
    let sibling = todo(shenpi::domain::ApproverId::new("9"), "ou_liuqiang", "刘强", "Liu Qiang");
    let process = harness.platform.processes.get_mut(&key(1).process).unwrap();
    process.done_list.push(done_of(sibling, DoneStatus::Done, "已核对"));
    harness.wait(HELD);
    assert!(harness.sent.is_empty());
    let Notice::SomeoneWasFaster { who, opinion, .. } = newest(&harness) else { panic!("{:?}", newest(&harness)) };
    assert_eq!((who.zh.as_str(), opinion.as_str()), ("刘强", "已核对"));
    assert_eq!(harness.app.drafts.get(&(key(1), shenpi::domain::Action::Reject)).unwrap(), "缺少证明");
}

#[test]
fn what_was_held_while_the_computer_slept_is_not_sent_without_her() {
    for (jump, sent) in [(9 * 3_600_000, 0), (-3_600_000, 0), (20_000, 1), (-20_000, 1)] {
        let mut harness = harness(3);
        harness.keys("ay").wait(Duration::from_secs(2)).clock_jumps(jump).wait(HELD);
        assert_eq!(harness.sent.len(), sent, "the clock jumped by {jump} ms");
        assert_eq!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Slept))), sent == 0);
    }
}

#[test]
fn what_was_too_late_for_its_check_is_checked_anew_and_then_sent() {
    for changed in [false, true] {
        let mut harness = harness(3);
        harness.platform.verdicts.push_back(Err(too_late()));
        harness.keys("ay");
        harness.writes_wait = true;
        harness.wait(HELD);
        assert_eq!(harness.sent.len(), 1);
        let before = reads_of(&harness, 1);
        if changed {
            change_days(&mut harness, 1, "30");
        }
        // The failure to leave was reported at once, so the reading for its check is not too old.
        harness.writes_come();
        assert!(harness.records.iter().any(|record| matches!(record.change, Change::Waiting(_))));
        harness.wait(Duration::from_secs(1));
        assert_eq!(reads_of(&harness, 1), before + 1, "read anew");
        assert_eq!(harness.sent.len(), if changed { 1 } else { 2 });
        let last = harness.state(&key(1));
        assert_eq!(matches!(last, Some(State::NotSent(Cause::Changed(_)))), changed, "{last:?}");
        assert_eq!(matches!(last, Some(State::Applied { .. })), !changed, "{last:?}");
    }
}

#[test]
fn what_was_too_late_because_the_computer_slept_is_not_sent_without_her() {
    let mut harness = harness(3);
    harness.platform.verdicts.push_back(Err(too_late()));
    harness.keys("ay");
    harness.writes_wait = true;
    harness.wait(HELD).clock_jumps(3_600_000).writes_come().wait(Duration::from_secs(60));
    assert_eq!(harness.sent.len(), 1);
    assert!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Slept))), "{:?}", harness.state(&key(1)));
}

#[test]
fn what_is_too_late_again_and_again_is_given_up_in_words() {
    for (lang, words) in [(Lang::Zh, "等待过久"), (Lang::En, "Waited too long")] {
        let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), lang), 80, 24);
        harness.platform.verdicts.extend(std::iter::repeat_with(|| Err(too_late())).take(4));
        harness.keys("ay").wait(HELD);
        assert_eq!(harness.sent.len(), 4);
        assert!(
            matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Failed(_)))),
            "{:?}",
            harness.state(&key(1))
        );
        assert!(harness.screen().contains(words), "{}", harness.screen());
    }
}

#[test]
fn a_check_whose_answer_came_late_is_made_anew() {
    for (seconds, counts) in [(7, true), (9, false)] {
        let mut harness = harness(3);
        harness.keys("ay");
        harness.answers_wait = true;
        harness.wait(Duration::from_millis(3_600));
        let before = reads_of(&harness, 1);
        change_days(&mut harness, 1, "60");
        harness.wait(Duration::from_secs(seconds)).answers_come().wait(Duration::from_secs(1));
        assert_eq!(harness.sent.len(), usize::from(counts), "what was read {seconds} s ago");
        assert_eq!(reads_of(&harness, 1), before + usize::from(!counts));
        assert_eq!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Changed(_)))), !counts);
    }
}

#[test]
fn a_platform_that_answers_the_check_too_slowly_each_time_ends_in_words() {
    let mut harness = harness(3);
    harness.platform.verdicts.extend(std::iter::repeat_with(|| Err(too_late())).take(3));
    harness.platform.verdicts.push_back(Err(refusal(Endpoint::UpdateTask, 1_161_103)));
    harness.keys("ay").wait(Duration::from_millis(5_100));
    assert_eq!(harness.sent.len(), 4);
    harness.answers_wait = true;
    harness.wait(Duration::from_secs(12));
    harness.answers_come().wait(Duration::from_secs(1));
    assert_eq!(harness.sent.len(), 4);
    assert!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Failed(_)))), "{:?}", harness.state(&key(1)));
    assert!(harness.screen().contains("请检查磁盘和网络"), "{}", harness.screen());
}

#[test]
fn an_own_decision_on_another_task_does_not_stop_the_next() {
    let mut harness = harness(1);
    let second = shenpi::domain::TaskKey { approver: shenpi::domain::ApproverId::new("9"), ..key(1) };
    harness.platform.tasks.push(shenpi::domain::Task { key: second.clone(), ..harness.platform.tasks[0].clone() });
    let process = harness.platform.processes.get_mut(&key(1).process).unwrap();
    process.todos.push(todo(second.approver.clone(), "ou_wangfang", "王芳", "Wang Fang"));
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1)).keys("g");
    let first = harness.selected();
    harness.keys("ay").wait(Duration::from_secs(20));
    assert_ne!(harness.selected(), first);
    harness.keys("ay").wait(HELD);
    assert_eq!(harness.sent.len(), 2, "{:?}", newest(&harness));
}

#[test]
fn a_correction_is_compared_with_the_process_that_it_corrects() {
    let mut harness = harness(1);
    let original = harness.platform.add(7, "休假申请", "Leave");
    harness.platform.remove(&original);
    let correction = harness.platform.processes.get_mut(&key(1).process).unwrap();
    correction.properties = Properties::Correction;
    correction.original_process_id = Some(original.process.clone());
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1)).keys("D").wait(Duration::from_secs(2));
    let screen = harness.screen();
    assert!(screen.contains("更正单") && screen.contains("7 天") && screen.contains("1 天"), "{screen}");
}

/// A correction with the same summary as its original, and the text of the difference page.
fn corrected(lang: Lang, scene: impl Fn(&mut Scripted)) -> String {
    let mut platform = Scripted::with_leaves(1);
    let original = platform.add(7, "休假申请", "Leave");
    platform.remove(&original);
    let summary = platform.processes[&original.process].abstracts.clone();
    let correction = platform.processes.get_mut(&key(1).process).unwrap();
    correction.properties = Properties::Correction;
    correction.original_process_id = Some(original.process);
    correction.abstracts = summary;
    scene(&mut platform);
    let mut harness = Harness::new(platform, settings(operator(), lang), 80, 24);
    harness.wait(Duration::from_secs(1)).keys("D").wait(Duration::from_secs(3));
    harness.screen().split_whitespace().collect()
}

#[test]
fn the_forms_of_a_correction_and_its_original_are_both_read_for_their_comparison() {
    for (lang, same) in [(Lang::Zh, "没有差异"), (Lang::En, "Nodifferences")] {
        let page = corrected(lang, |_| {});
        assert!(page.contains(same), "{page}");
        let page = corrected(lang, |platform| {
            let form = platform.forms.get_mut(&key(1).process).unwrap();
            form.fields[0].value = Value::Number("9".into());
        });
        assert!(page.contains("3→9") && !page.contains(same), "{page}");
    }
}

#[test]
fn a_form_that_is_missing_is_said_to_be_and_nothing_is_called_the_same_for_it() {
    for (lang, alike, same, whose, none) in [
        (Lang::Zh, "没有差异", "摘要无差异", ["更正单的表单加载失败。", "原单的表单加载失败。"], "没有可显示的表单"),
        (
            Lang::En,
            "Nodifferences",
            "Thesummariesdonotdiffer",
            ["couldnotloadtheformofthecorrection.", "couldnotloadtheformoftheoriginal."],
            "hasnoformtoshow",
        ),
    ] {
        for (number, whose) in [1, 7].into_iter().zip(whose) {
            let page = corrected(lang, |platform| {
                let refused = failure(Endpoint::FormV2, FailureKind::Business, Outcome::Refused, Some(1_160_001));
                platform.no_forms.insert(key(number).process, refused);
            });
            assert!(page.contains(whose) && page.contains(same) && !page.contains(alike), "{page}");
            let page = corrected(lang, |platform| drop(platform.forms.remove(&key(number).process)));
            assert!(page.contains(none) && page.contains(same) && !page.contains(alike), "{page}");
        }
    }
}

#[test]
fn changes_since_the_first_opening_show_after_reopening() {
    let mut harness = harness(2);
    harness.keys("<enter><esc>");
    change_days(&mut harness, 1, "30");
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1));
    assert!(harness.screen().contains('Δ'), "{}", harness.screen());
    harness.keys("<enter>D");
    assert!(harness.screen().contains("1 天 → 30 天"), "{}", harness.screen());
    let before = harness.app.comparison().unwrap().before.unwrap();
    assert!(!Arc::ptr_eq(&before.process, &harness.app.comparison().unwrap().now.process));
}

#[test]
fn the_difference_of_a_stopped_decision_can_be_looked_at_from_any_row() {
    let mut harness = harness(3);
    harness.keys("ay");
    change_days(&mut harness, 1, "30");
    harness.wait(HELD);
    assert_eq!(harness.selected(), key(2));
    harness.keys("D");
    let page = harness.screen();
    assert!(page.contains("申请人1 发起的休假申请") && page.contains("1 天 → 30 天"), "{page}");
}

#[test]
fn what_was_held_while_the_program_was_stopped_is_not_sent_when_it_goes_on() {
    for (stopped, sent) in [(3_600, 0), (4, 1)] {
        for checking in [false, true] {
            let mut harness = harness(3);
            harness.keys("ay");
            if checking {
                harness.answers_wait = true;
                harness.wait(Duration::from_millis(5_500));
            }
            harness.stopped(Duration::from_secs(stopped)).answers_come().wait(Duration::from_secs(60));
            assert_eq!(harness.sent.len(), sent, "stopped for {stopped} s, while checking: {checking}");
            assert_eq!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Slept))), sent == 0);
        }
    }
}

#[test]
fn a_change_since_opening_is_shown_in_the_review() {
    let mut harness = harness(2);
    harness.keys("<enter>2<esc>");
    change_days(&mut harness, 1, "30");
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1)).keys("a");
    let review = harness.screen();
    assert!(review.contains("打开后有变更") && review.contains("1 天 → 30 天"), "{review}");
    harness.keys("y").wait(HELD);
    assert_eq!(harness.sent.len(), 1, "the user has seen its newest content");
}

#[test]
fn a_request_that_changes_on_screen_says_so() {
    let mut harness = harness(2);
    harness.keys("<enter>");
    change_days(&mut harness, 1, "30");
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1));
    assert!(harness.app.notices.all().any(|(_, notice)| matches!(notice, Notice::RequestChanged { .. })));
    harness.keys("a");
    assert!(harness.screen().contains("1 天 → 30 天"), "{}", harness.screen());
}

#[test]
fn a_form_of_high_care_that_changed_has_to_be_on_screen_again() {
    let mut harness = harness(0);
    harness.platform.add(1, "调薪", "Salary adjustment");
    harness.keys("<ctrl-r><enter>2v<esc>");
    harness.platform.forms.get_mut(&key(1).process).unwrap().fields[0].value = Value::Number("9".into());
    change_days(&mut harness, 1, "30");
    harness.keys("<ctrl-r>").wait(Duration::from_secs(2)).keys("a");
    assert!(harness.app.dialog.is_none(), "the new form was never on screen");
    assert!(matches!(newest(&harness), Notice::Unavailable { reason: shenpi::app::Reason::FormNotSeen, .. }));
}

#[test]
fn reading_the_original_of_a_correction_waits_for_the_limit() {
    let mut harness = harness(1);
    let original = harness.platform.add(7, "休假申请", "Leave");
    harness.platform.remove(&original);
    let correction = harness.platform.processes.get_mut(&key(1).process).unwrap();
    correction.properties = Properties::Correction;
    correction.original_process_id = Some(original.process.clone());
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1));
    let kind = FailureKind::RateLimited { retry_after: Duration::from_secs(40) };
    harness.platform.trouble = Some(failure(Endpoint::ProcessDetail, kind, Outcome::NotSent, Some(99_991_400)));
    let before = harness.platform.asked.len();
    harness.keys("D").wait(Duration::from_secs(20));
    assert!(harness.platform.asked.len() <= before + 2, "asked {} times", harness.platform.asked.len() - before);
    harness.platform.trouble = None;
    harness.wait(Duration::from_secs(30));
    assert!(harness.screen().contains("7 天"), "{}", harness.screen());
}
