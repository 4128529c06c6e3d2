//! Right before a decision leaves, its case must still be what she decided on.

use std::sync::Arc;
use std::time::Duration;

use shenpi::app::{EntryState, Notice, Query, too_late};
use shenpi::domain::record::Change;
use shenpi::domain::{DoneStatus, Endpoint, FailureKind, Lang, Outcome, Properties, Value};

use crate::support::desk::{Desk, settings};
use crate::support::scripted::{Scripted, both, done_of, failure, key, operator, refusal, todo};

const HELD: Duration = Duration::from_secs(6);

fn desk(tasks: u64) -> Desk<Scripted> {
    Desk::new(Scripted::with_leaves(tasks), settings(operator(), Lang::Zh), 80, 24)
}

fn undo(seconds: u64) -> Desk<Scripted> {
    let mut settings = settings(operator(), Lang::Zh);
    settings.undo = Duration::from_secs(seconds);
    Desk::new(Scripted::with_leaves(3), settings, 80, 24)
}

fn newest(desk: &Desk<Scripted>) -> &Notice {
    &desk.app.notices.all().next().expect("something was said").1
}

fn reads_of(desk: &Desk<Scripted>, number: u64) -> usize {
    let id = key(number).process;
    desk.platform.asked.iter().filter(|query| **query == Query::Process(id.clone())).count()
}

fn change_days(desk: &mut Desk<Scripted>, number: u64, days: &str) {
    let process = desk.platform.processes.get_mut(&key(number).process).unwrap();
    process.abstracts[0].value = both(&format!("{days} 天"), &format!("{days} days"));
}

#[test]
fn a_case_that_was_read_long_ago_is_read_again_before_its_decision_leaves() {
    let mut desk = desk(3);
    desk.wait(Duration::from_secs(30)).keys("ay");
    let before = reads_of(&desk, 1);
    desk.wait(HELD);
    assert_eq!(desk.sent.len(), 1);
    assert_eq!(reads_of(&desk, 1), before + 1);
}

#[test]
fn the_check_costs_no_waiting_it_is_made_while_the_decision_is_held() {
    let mut desk = desk(3);
    desk.keys("ay").wait(Duration::from_millis(4_950));
    desk.answers_wait = true;
    desk.wait(Duration::from_millis(100));
    assert_eq!(desk.sent.len(), 1, "no read is waited for once the time is up");
}

#[test]
fn a_change_stops_the_decision_and_deciding_again_accepts_what_is_now_on_screen() {
    let mut desk = desk(3);
    desk.keys("ay");
    change_days(&mut desk, 1, "30");
    desk.wait(HELD);
    assert!(desk.sent.is_empty());
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Changed { .. })), "{:?}", desk.state(&key(1)));
    assert!(matches!(newest(&desk), Notice::Changed { .. }));
    assert!(matches!(desk.records.last().unwrap().change, Change::Changed { .. }));
    assert!(desk.screen().contains("时长 1 天 → 30 天"), "{}", desk.screen());
    desk.wait(Duration::from_secs(3_600));
    assert!(desk.sent.is_empty(), "only she sends it");

    desk.keys("ga");
    let review = desk.screen();
    assert!(review.contains("30 天") && review.contains("你看过之后有变化"), "{review}");
    desk.keys("y").wait(HELD);
    assert_eq!(desk.sent.len(), 1);
    assert_eq!(desk.sent[0].target.summary.zh.as_str(), "30 天");
}

#[test]
fn a_form_that_was_on_screen_is_checked_too_and_one_that_was_not_is_not() {
    for seen in [true, false] {
        let mut desk = desk(3);
        desk.keys(if seen { "<enter>2<esc>" } else { "" });
        desk.keys("ay");
        let form = desk.platform.forms.get_mut(&key(1).process).unwrap();
        form.fields[0].value = Value::Number("9".into());
        desk.wait(HELD);
        assert_eq!(desk.sent.len(), usize::from(!seen), "form seen: {seen}");
        assert_eq!(matches!(desk.state(&key(1)), Some(EntryState::Changed { .. })), seen);
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
        let mut desk = desk(2);
        desk.keys("ay");
        edit(desk.platform.processes.get_mut(&key(1).process).unwrap());
        desk.wait(HELD);
        assert!(desk.sent.is_empty(), "{part}");
        assert!(matches!(desk.state(&key(1)), Some(EntryState::Changed { .. })), "{part}");
    }
}

#[test]
fn a_case_that_changes_under_its_review_has_to_be_read_before_it_is_confirmed() {
    let mut desk = desk(3);
    desk.keys("<ctrl-r>a");
    change_days(&mut desk, 1, "60");
    // A key that means nothing: the list is old by now, and what changed is read with it.
    desk.wait(Duration::from_secs(61)).keys("x").wait(Duration::from_secs(1)).keys("y");
    assert!(matches!(newest(&desk), Notice::ChangedUnderReview), "{:?}", newest(&desk));
    assert!(desk.app.outbox.entry(&key(1)).is_none());
    let review = desk.screen();
    assert!(review.contains("你看过之后有变化") && review.contains("60 天"), "{review}");
    // The key that asked is still down: it repeats, as presses, after the delay of a keyboard.
    desk.wait(Duration::from_millis(660)).every(Duration::from_millis(33), &"y".repeat(60));
    assert!(desk.app.outbox.entry(&key(1)).is_none());
    desk.wait(Duration::from_secs(1)).keys("y").wait(HELD);
    assert_eq!(desk.sent.len(), 1);
    assert_eq!(desk.sent[0].target.summary.zh.as_str(), "60 天");
}

#[test]
fn without_an_undo_window_a_case_just_read_goes_at_once_and_an_older_one_is_read_first() {
    let mut desk = undo(0);
    desk.keys("<ctrl-r>");
    let before = reads_of(&desk, 1);
    desk.keys("ay").wait(Duration::from_millis(1));
    assert_eq!((desk.sent.len(), reads_of(&desk, 1)), (1, before), "read a second ago");
    desk.wait(Duration::from_secs(60)).keys("a");
    let before = reads_of(&desk, 2);
    desk.wait(Duration::from_secs(10)).keys("y").wait(Duration::from_millis(1));
    assert_eq!((desk.sent.len(), reads_of(&desk, 2)), (2, before + 1));
}

#[test]
fn a_check_that_the_platform_limits_waits_and_is_never_left_out() {
    let mut desk = desk(3);
    desk.keys("ay");
    let kind = FailureKind::RateLimited { retry_after: Duration::from_secs(40) };
    desk.platform.trouble = Some(failure(Endpoint::ProcessDetail, kind, Outcome::NotSent, Some(99_991_400)));
    desk.wait(Duration::from_secs(20));
    assert!(desk.sent.is_empty());
    assert!(matches!(newest(&desk), Notice::DecisionsWait { .. }), "{:?}", newest(&desk));
    assert!(desk.app.can(shenpi::app::Command::TakeBack).is_ok(), "it can still be taken back");
    desk.platform.trouble = None;
    change_days(&mut desk, 1, "30");
    desk.wait(Duration::from_secs(60));
    assert!(desk.sent.is_empty());
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Changed { .. })));
}

#[test]
fn a_decision_whose_case_cannot_be_read_is_not_sent_and_not_later_either() {
    let mut desk = desk(3);
    desk.keys("ay");
    desk.platform.trouble = Some(failure(Endpoint::ProcessDetail, FailureKind::Unreachable, Outcome::NotSent, None));
    desk.wait(Duration::from_secs(20));
    assert!(matches!(desk.state(&key(1)), Some(EntryState::NotSent(_))), "{:?}", desk.state(&key(1)));
    desk.platform.trouble = None;
    desk.wait(Duration::from_secs(3_600));
    assert!(desk.sent.is_empty());
}

#[test]
fn an_answer_to_an_older_read_is_no_check() {
    let mut desk = desk(3);
    desk.answers_wait = true;
    desk.keys("<ctrl-r>");
    change_days(&mut desk, 1, "30");
    desk.keys("ay").wait(HELD);
    assert!(desk.sent.is_empty(), "the check is not answered yet");
    desk.answers_come().wait(Duration::from_secs(1));
    assert!(desk.sent.is_empty(), "what was answered first had been read before the change");
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Changed { .. })), "{:?}", desk.state(&key(1)));
}

#[test]
fn what_changes_while_she_is_asked_about_leaving_stops_the_decision() {
    // Also when the question was so short that the reading from before it would not be too old yet.
    for (answer, seconds) in [("w", 5), ("w", 40), ("<esc>", 40)] {
        let mut desk = desk(3);
        desk.keys("ay").wait(Duration::from_secs(4)).keys("q");
        change_days(&mut desk, 1, "30");
        desk.wait(Duration::from_secs(seconds)).keys(answer).wait(HELD);
        assert!(desk.sent.is_empty(), "{answer}: it was checked before she was asked, and that is long ago");
        let last = &desk.records.last().unwrap().change;
        assert!(matches!(last, Change::Changed { .. }), "{answer}: {last:?}");
    }
}

#[test]
fn somebody_who_is_faster_than_the_check_is_named_and_nothing_is_sent() {
    let mut desk = desk(3);
    desk.keys("r");
    desk.write("缺少证明");
    desk.keys("<ctrl-d>y");
    desk.platform.finish(&key(1), DoneStatus::Done, "");
    let sibling = todo(shenpi::domain::ApproverId::new("9"), "ou_liuqiang", "刘强", "Liu Qiang");
    let process = desk.platform.processes.get_mut(&key(1).process).unwrap();
    process.done_list.push(done_of(sibling, DoneStatus::Done, "已核对"));
    desk.wait(HELD);
    assert!(desk.sent.is_empty());
    let Notice::SomeoneWasFaster { who, opinion, .. } = newest(&desk) else { panic!("{:?}", newest(&desk)) };
    assert_eq!((who.zh.as_str(), opinion.as_str()), ("刘强", "已核对"));
    assert_eq!(desk.app.drafts.get(&(key(1), shenpi::domain::Action::Reject)).unwrap(), "缺少证明");
}

#[test]
fn what_was_held_while_the_computer_slept_is_not_sent_without_her() {
    for (jump, sent) in [(9 * 3_600_000, 0), (-3_600_000, 0), (20_000, 1), (-20_000, 1)] {
        let mut desk = desk(3);
        desk.keys("ay").wait(Duration::from_secs(2)).clock_jumps(jump).wait(HELD);
        assert_eq!(desk.sent.len(), sent, "the clock jumped by {jump} ms");
        assert_eq!(matches!(desk.state(&key(1)), Some(EntryState::Slept)), sent == 0);
    }
}

#[test]
fn what_was_too_late_for_its_check_is_checked_anew_and_then_sent() {
    for changed in [false, true] {
        let mut desk = desk(3);
        desk.platform.verdicts.push_back(Err(too_late()));
        desk.keys("ay");
        desk.writes_wait = true;
        desk.wait(HELD);
        assert_eq!(desk.sent.len(), 1);
        let before = reads_of(&desk, 1);
        if changed {
            change_days(&mut desk, 1, "30");
        }
        // It was said at once that it did not leave: the reading that it was to leave on is not old by itself.
        desk.writes_come();
        assert!(desk.records.iter().any(|record| matches!(record.change, Change::Waiting(_))));
        desk.wait(Duration::from_secs(1));
        assert_eq!(reads_of(&desk, 1), before + 1, "read anew");
        assert_eq!(desk.sent.len(), if changed { 1 } else { 2 });
        let last = desk.state(&key(1));
        assert_eq!(matches!(last, Some(EntryState::Changed { .. })), changed, "{last:?}");
        assert_eq!(matches!(last, Some(EntryState::Accepted { .. })), !changed, "{last:?}");
    }
}

#[test]
fn what_was_too_late_because_the_computer_slept_is_not_sent_without_her() {
    let mut desk = desk(3);
    desk.platform.verdicts.push_back(Err(too_late()));
    desk.keys("ay");
    desk.writes_wait = true;
    desk.wait(HELD).clock_jumps(3_600_000).writes_come().wait(Duration::from_secs(60));
    assert_eq!(desk.sent.len(), 1);
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Slept)), "{:?}", desk.state(&key(1)));
}

#[test]
fn what_is_too_late_again_and_again_is_given_up_in_words() {
    for (lang, words) in [(Lang::Zh, "耽搁太久"), (Lang::En, "took too long")] {
        let mut desk = Desk::new(Scripted::with_leaves(3), settings(operator(), lang), 80, 24);
        desk.platform.verdicts.extend(std::iter::repeat_with(|| Err(too_late())).take(4));
        desk.keys("ay").wait(HELD);
        assert_eq!(desk.sent.len(), 4);
        assert!(matches!(desk.state(&key(1)), Some(EntryState::NotSent(_))), "{:?}", desk.state(&key(1)));
        assert!(desk.screen().contains(words), "{}", desk.screen());
    }
}

#[test]
fn a_check_whose_answer_came_late_is_made_anew() {
    for (seconds, counts) in [(7, true), (9, false)] {
        let mut desk = desk(3);
        desk.keys("ay");
        desk.answers_wait = true;
        desk.wait(Duration::from_millis(3_600));
        let before = reads_of(&desk, 1);
        change_days(&mut desk, 1, "60");
        desk.wait(Duration::from_secs(seconds)).answers_come().wait(Duration::from_secs(1));
        assert_eq!(desk.sent.len(), usize::from(counts), "what was read {seconds} s ago");
        assert_eq!(reads_of(&desk, 1), before + usize::from(!counts));
        assert_eq!(matches!(desk.state(&key(1)), Some(EntryState::Changed { .. })), !counts);
    }
}

#[test]
fn a_platform_that_answers_the_check_too_slowly_each_time_ends_in_words() {
    let mut desk = desk(3);
    desk.platform.verdicts.extend(std::iter::repeat_with(|| Err(too_late())).take(3));
    desk.platform.verdicts.push_back(Err(refusal(Endpoint::UpdateTask, 1_161_103)));
    desk.keys("ay").wait(Duration::from_millis(5_100));
    assert_eq!(desk.sent.len(), 4);
    desk.answers_wait = true;
    desk.wait(Duration::from_secs(12));
    desk.answers_come().wait(Duration::from_secs(1));
    assert_eq!(desk.sent.len(), 4);
    assert!(matches!(desk.state(&key(1)), Some(EntryState::NotSent(_))), "{:?}", desk.state(&key(1)));
    assert!(desk.screen().contains("平台的应答太慢"), "{}", desk.screen());
}

#[test]
fn her_own_decision_on_another_task_of_the_case_does_not_stop_the_next_one() {
    let mut desk = desk(1);
    let second = shenpi::domain::TaskKey { approver: shenpi::domain::ApproverId::new("9"), ..key(1) };
    desk.platform.tasks.push(shenpi::domain::Task { key: second.clone(), ..desk.platform.tasks[0].clone() });
    let process = desk.platform.processes.get_mut(&key(1).process).unwrap();
    process.todos.push(todo(second.approver.clone(), "ou_wangfang", "王芳", "Wang Fang"));
    desk.keys("<ctrl-r>").wait(Duration::from_secs(1)).keys("g");
    let first = desk.selected();
    desk.keys("ay").wait(Duration::from_secs(20));
    assert_ne!(desk.selected(), first);
    desk.keys("ay").wait(HELD);
    assert_eq!(desk.sent.len(), 2, "{:?}", newest(&desk));
}

#[test]
fn a_correction_is_compared_with_the_process_that_it_corrects() {
    let mut desk = desk(1);
    let original = desk.platform.add(7, "休假申请", "Leave");
    desk.platform.remove(&original);
    let correction = desk.platform.processes.get_mut(&key(1).process).unwrap();
    correction.properties = Properties::Correction;
    correction.original_process_id = Some(original.process.clone());
    desk.keys("<ctrl-r>").wait(Duration::from_secs(1)).keys("D").wait(Duration::from_secs(2));
    let screen = desk.screen();
    assert!(screen.contains("更正单") && screen.contains("7 天") && screen.contains("1 天"), "{screen}");
}

/// A correction whose summary says the same as its original's, with what the page of their difference says.
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
    let mut desk = Desk::new(platform, settings(operator(), lang), 80, 24);
    desk.wait(Duration::from_secs(1)).keys("D").wait(Duration::from_secs(3));
    desk.screen().split_whitespace().collect()
}

#[test]
fn the_forms_of_a_correction_and_its_original_are_both_read_for_their_comparison() {
    for (lang, same) in [(Lang::Zh, "内容相同"), (Lang::En, "Thecontentsarethesame")] {
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
        (Lang::Zh, "内容相同", "摘要相同", ["更正单的表单读取失败：", "原单的表单读取失败："], "没有可读取的表单"),
        (
            Lang::En,
            "Thecontentsarethesame",
            "Thesummariesarethesame",
            ["thatofthecorrectioncouldnotberead:", "thatoftheoriginalcouldnotberead:"],
            "hasnonethatcanberead",
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
fn what_changed_since_she_opened_it_is_shown_after_she_opens_it_again() {
    let mut desk = desk(2);
    desk.keys("<enter><esc>");
    change_days(&mut desk, 1, "30");
    desk.keys("<ctrl-r>").wait(Duration::from_secs(1));
    assert!(desk.screen().contains('Δ'), "{}", desk.screen());
    desk.keys("<enter>D");
    assert!(desk.screen().contains("1 天 → 30 天"), "{}", desk.screen());
    let before = desk.app.comparison().unwrap().before.unwrap();
    assert!(!Arc::ptr_eq(&before.process, &desk.app.comparison().unwrap().now.process));
}

#[test]
fn the_difference_of_a_stopped_decision_can_be_looked_at_from_any_row() {
    let mut desk = desk(3);
    desk.keys("ay");
    change_days(&mut desk, 1, "30");
    desk.wait(HELD);
    assert_eq!(desk.selected(), key(2));
    desk.keys("D");
    let page = desk.screen();
    assert!(page.contains("申请人1 的 休假申请") && page.contains("1 天 → 30 天"), "{page}");
}

#[test]
fn what_was_held_while_the_program_was_stopped_is_not_sent_when_it_goes_on() {
    for (stopped, sent) in [(3_600, 0), (4, 1)] {
        for checking in [false, true] {
            let mut desk = desk(3);
            desk.keys("ay");
            if checking {
                desk.answers_wait = true;
                desk.wait(Duration::from_millis(5_500));
            }
            desk.stopped(Duration::from_secs(stopped)).answers_come().wait(Duration::from_secs(60));
            assert_eq!(desk.sent.len(), sent, "stopped for {stopped} s, while checking: {checking}");
            assert_eq!(matches!(desk.state(&key(1)), Some(EntryState::Slept)), sent == 0);
        }
    }
}

#[test]
fn a_case_that_changed_since_she_opened_it_shows_the_change_in_the_review() {
    let mut desk = desk(2);
    desk.keys("<enter>2<esc>");
    change_days(&mut desk, 1, "30");
    desk.keys("<ctrl-r>").wait(Duration::from_secs(1)).keys("a");
    let review = desk.screen();
    assert!(review.contains("你看过之后有变化") && review.contains("1 天 → 30 天"), "{review}");
    desk.keys("y").wait(HELD);
    assert_eq!(desk.sent.len(), 1, "she has seen it as it is now");
}

#[test]
fn a_case_that_changes_under_her_eyes_says_so() {
    let mut desk = desk(2);
    desk.keys("<enter>");
    change_days(&mut desk, 1, "30");
    desk.keys("<ctrl-r>").wait(Duration::from_secs(1));
    assert!(desk.app.notices.all().any(|(_, notice)| matches!(notice, Notice::CaseChanged { .. })));
    desk.keys("a");
    assert!(desk.screen().contains("1 天 → 30 天"), "{}", desk.screen());
}

#[test]
fn a_form_of_high_care_that_changed_has_to_be_on_screen_again() {
    let mut desk = desk(0);
    desk.platform.add(1, "调薪", "Salary adjustment");
    desk.keys("<ctrl-r><enter>2v<esc>");
    desk.platform.forms.get_mut(&key(1).process).unwrap().fields[0].value = Value::Number("9".into());
    change_days(&mut desk, 1, "30");
    desk.keys("<ctrl-r>").wait(Duration::from_secs(2)).keys("a");
    assert!(desk.app.dialog.is_none(), "the new form was never on screen");
    assert!(matches!(newest(&desk), Notice::Unavailable { reason: shenpi::app::Reason::FormNotSeen, .. }));
}

#[test]
fn reading_the_original_of_a_correction_waits_for_the_limit() {
    let mut desk = desk(1);
    let original = desk.platform.add(7, "休假申请", "Leave");
    desk.platform.remove(&original);
    let correction = desk.platform.processes.get_mut(&key(1).process).unwrap();
    correction.properties = Properties::Correction;
    correction.original_process_id = Some(original.process.clone());
    desk.keys("<ctrl-r>").wait(Duration::from_secs(1));
    let kind = FailureKind::RateLimited { retry_after: Duration::from_secs(40) };
    desk.platform.trouble = Some(failure(Endpoint::ProcessDetail, kind, Outcome::NotSent, Some(99_991_400)));
    let before = desk.platform.asked.len();
    desk.keys("D").wait(Duration::from_secs(20));
    assert!(desk.platform.asked.len() <= before + 2, "asked {} times", desk.platform.asked.len() - before);
    desk.platform.trouble = None;
    desk.wait(Duration::from_secs(30));
    assert!(desk.screen().contains("7 天"), "{}", desk.screen());
}
