//! The right decision on the right thing: the target is what was reviewed, and confirming is deliberate.

use std::time::Duration;

use shenpi::app::screen::Extent;
use shenpi::app::{Event, Notice, Step};
use shenpi::domain::decision::state::State;
use shenpi::domain::{Action, Decision, Lang, TaskKey};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, both, key, operator};

/// Between the keys of one word.
const QUICKLY: Duration = Duration::from_millis(150);

fn harness(tasks: u64) -> Harness<Scripted> {
    Harness::new(Scripted::with_leaves(tasks), settings(operator(), Lang::Zh), 80, 24)
}

fn held_target(harness: &Harness<Scripted>) -> TaskKey {
    let dialog = harness.app.dialog.as_ref().expect("a dialog is open");
    dialog.key().clone()
}

#[test]
fn approving_sends_the_case_under_the_cursor_once_and_after_the_undo_window() {
    let mut harness = harness(5);
    harness.keys("jay");
    assert!(harness.sent.is_empty(), "held, not sent");
    assert!(matches!(harness.state(&key(2)), Some(State::Queued { .. })));
    assert_eq!(harness.selected(), key(3), "the cursor is on the next case already");
    harness.wait(Duration::from_secs(4));
    assert!(harness.sent.is_empty());
    harness.wait(Duration::from_secs(2));
    assert_eq!(harness.sent.len(), 1);
    assert_eq!(harness.sent[0].target.key, key(2));
    assert!(matches!(harness.sent[0].decision, Decision::Approve { .. }));
    assert!(matches!(harness.state(&key(2)), Some(State::Applied { .. })));
    harness.wait(Duration::from_secs(600));
    assert_eq!(harness.sent.len(), 1, "and never again");
}

#[test]
fn the_target_stays_when_the_list_is_refreshed_sorted_and_shortened_under_an_open_review() {
    let mut harness = harness(6);
    harness.keys("jja");
    assert_eq!(held_target(&harness), key(3));
    harness.platform.remove(&key(1));
    harness.platform.remove(&key(3));
    harness.platform.add(9, "加班申请", "Overtime");
    // A refresh ends under the open review, as one begun before it would.
    let page = harness.platform.tasks.clone();
    harness.event(Event::Started { first: Some(Ok(shenpi::domain::TaskPage { tasks: page, ..Default::default() })) });
    assert_eq!(held_target(&harness), key(3));
    assert_eq!(harness.app.inbox.pending(), 5);
    harness.app.inbox.sort = harness.app.inbox.sort.next();
    harness.event(Event::Resized { columns: 100, rows: 30 });
    harness.keys("y").wait(Duration::from_secs(6));
    assert_eq!(harness.sent.len(), 1);
    assert_eq!(harness.sent[0].target.key, key(3));
}

#[test]
fn the_target_stays_when_a_refresh_that_was_under_way_ends_under_the_review() {
    let mut harness = harness(6);
    harness.keys("jj");
    harness.answers_wait = true;
    harness.keys("<ctrl-r>");
    harness.platform.remove(&key(1));
    harness.platform.remove(&key(2));
    harness.keys("a").answers_come();
    assert_eq!(held_target(&harness), key(3));
    harness.keys("y").wait(Duration::from_secs(6));
    assert_eq!(harness.sent.len(), 1);
    assert_eq!(harness.sent[0].target.key, key(3));
}

#[test]
fn the_target_of_a_reject_is_copied_when_its_editor_opens() {
    let mut harness = harness(4);
    harness.keys("r");
    harness.write("与版本封板冲突");
    for process in harness.platform.processes.values_mut().filter(|process| process.id != key(1).process) {
        process.initiator_name = both("别人", "Somebody else");
    }
    let page = harness.platform.tasks.split_off(1);
    harness.event(Event::Started { first: Some(Ok(shenpi::domain::TaskPage { tasks: page, ..Default::default() })) });
    harness.keys("<ctrl-d>y").wait(Duration::from_secs(6));
    assert_eq!(harness.sent[0].target.key, key(1));
    assert_eq!(harness.sent[0].target.initiator.zh.as_str(), "申请人1");
    let Decision::Reject { reason } = &harness.sent[0].decision else { panic!("a reject was sent") };
    assert_eq!(reason.as_str(), "与版本封板冲突");
}

#[test]
fn a_burst_of_a_and_y_does_not_confirm() {
    let mut harness = harness(3);
    harness.at_once("ay").wait(Duration::from_secs(10));
    assert!(harness.sent.is_empty());
    assert!(matches!(harness.app.dialog.as_ref().unwrap().step, Step::Review { hasty: true, .. }));
    harness.keys("y").wait(Duration::from_secs(6));
    assert_eq!(harness.sent.len(), 1, "a deliberate y does");
}

#[test]
fn a_y_within_the_rest_of_the_review_does_not_confirm() {
    let mut harness = harness(3);
    harness.every(Duration::from_millis(290), "ay").wait(Duration::from_secs(10));
    assert!(harness.sent.is_empty());
}

/// Most terminals send the repeats of a held key as presses.
#[test]
fn a_y_held_from_a_hasty_press_on_does_not_confirm() {
    let mut harness = harness(3);
    harness.at_once("ay").every(Duration::from_millis(33), &"y".repeat(60)).wait(Duration::from_secs(10));
    assert!(harness.sent.is_empty());
    harness.keys("y").wait(Duration::from_secs(6));
    assert_eq!(harness.sent.len(), 1, "once it is let go, a press does");
}

#[test]
fn neither_enter_nor_the_opening_key_confirms() {
    let mut harness = harness(3);
    harness.keys("a<enter>aaa<space>").wait(Duration::from_secs(10));
    assert!(harness.sent.is_empty());
    assert_eq!(harness.app.outbox.queued(), 0);
}

#[test]
fn a_pasted_ay_outside_a_text_field_does_nothing() {
    let mut harness = harness(3);
    harness.paste("ay").wait(Duration::from_secs(10));
    harness.keys("a").paste("y\ny").wait(Duration::from_secs(10));
    assert!(harness.sent.is_empty());
    assert_eq!(harness.app.outbox.queued(), 0);
}

#[test]
fn full_width_letters_decide_like_their_twins() {
    let mut harness = harness(3);
    harness.keys("ａｙ").wait(Duration::from_secs(6));
    assert_eq!(harness.sent.len(), 1);
    assert_eq!(harness.sent[0].target.key, key(1));
}

#[test]
fn escape_sends_nothing_and_keeps_the_draft() {
    let mut harness = harness(3);
    harness.keys("r");
    harness.write("材料");
    harness.keys("<esc>").wait(Duration::from_secs(10));
    assert!(harness.sent.is_empty());
    harness.keys("r<ctrl-d>y").wait(Duration::from_secs(6));
    assert_eq!(harness.sent[0].decision.opinion().as_str(), "材料");
}

#[test]
fn an_empty_reason_is_refused_and_a_long_one_counted_in_characters() {
    let mut harness = harness(3);
    harness.keys("r<ctrl-d>y").wait(Duration::from_secs(10));
    assert!(matches!(harness.app.dialog.as_ref().unwrap().step, Step::Compose { .. }));
    harness.keys("<ctrl-u>").paste(&"字".repeat(1_001)).keys("<ctrl-d>");
    assert!(matches!(harness.app.dialog.as_ref().unwrap().step, Step::Compose { problem: Some(_), .. }));
    harness.keys("<backspace><ctrl-d>y").wait(Duration::from_secs(6));
    assert_eq!(harness.sent[0].decision.opinion().as_str().chars().count(), 1_000);
}

/// The reason as it stands in its field.
fn reason(harness: &Harness<Scripted>) -> String {
    match &harness.app.dialog.as_ref().expect("a dialog is open").step {
        Step::Compose { editor, .. } => editor.text(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_written_quickly_after_a_canned_reason_adds_to_it() {
    let mut harness = harness(3);
    harness.keys("r1").every(QUICKLY, ",另外请补发票").keys("<ctrl-d>y").wait(Duration::from_secs(6));
    assert_eq!(harness.sent[0].decision.opinion().as_str(), "材料不全，请补充,另外请补发票");
    let mut harness = self::harness(3);
    harness.keys("r").write("1").paste("2026 年的");
    assert_eq!(reason(&harness), "材料不全，请补充2026 年的");
    harness.keys("<ctrl-u>").write("1").every(QUICKLY, "<left>0");
    assert_eq!(reason(&harness), "材料不全，请补0充");
}

#[test]
fn digit_opens_the_review_of_its_reason_once_no_key_follows() {
    let mut harness = harness(3);
    harness.keys("r1");
    assert_eq!(reason(&harness), "材料不全，请补充", "not at once");
    harness.wait(Duration::from_millis(299));
    assert_eq!(reason(&harness), "材料不全，请补充");
    harness.wait(Duration::from_millis(1));
    assert!(matches!(harness.app.dialog.as_ref().unwrap().step, Step::Review { .. }));
    harness.keys("e");
    assert_eq!(reason(&harness), "材料不全，请补充", "the text comes back");
    harness.keys("1");
    harness.wait(Duration::from_secs(1));
    assert_eq!(reason(&harness), "材料不全，请补充1", "a digit in a text is a digit");
    harness.keys("<ctrl-d>y").wait(Duration::from_secs(6));
    assert_eq!(harness.sent[0].decision.opinion().as_str(), "材料不全，请补充1");
}

#[test]
fn review_that_a_digit_opened_rests_like_any_other() {
    let mut harness = harness(3);
    harness
        .keys("r1")
        .wait(Duration::from_millis(400))
        .every(Duration::from_millis(1), "y")
        .wait(Duration::from_secs(9));
    assert!(harness.sent.is_empty(), "0.1 s after it appeared");
    harness.keys("y").wait(Duration::from_secs(6));
    assert_eq!(harness.sent[0].decision.opinion().as_str(), "材料不全，请补充");
}

#[test]
fn another_digit_takes_another_reason_and_the_same_one_changes_nothing() {
    let mut harness = harness(3);
    harness.keys("r1").every(Duration::from_millis(20), "1");
    assert_eq!(reason(&harness), "材料不全，请补充", "a key that bounced");
    harness.every(QUICKLY, "2");
    assert_eq!(reason(&harness), "与排班冲突");
    harness.every(QUICKLY, "3");
    assert_eq!(reason(&harness), "1123", "there is no third one: it was a number");
}

#[test]
fn backspace_right_after_a_canned_reason_leaves_the_digit() {
    let mut harness = harness(3);
    harness.keys("r1").every(QUICKLY, "<backspace>");
    assert_eq!(reason(&harness), "1");
    harness.keys("0<backspace>0-08 封板");
    assert_eq!(reason(&harness), "10-08 封板");
}

#[test]
fn canned_reasons_stand_one_a_line_in_the_empty_field() {
    let mut harness = harness(3);
    harness.keys("r");
    let screen = harness.screen();
    assert!(screen.contains("\n 1 材料不全，请补充\n 2 与排班冲突\n"), "{screen}");
    let top = |screen: &str| screen.lines().position(|line| line.contains("拒绝原因"));
    let before = top(&screen);
    harness.keys("x");
    let screen = harness.screen();
    assert!(!screen.contains("与排班冲突") && top(&screen) == before, "{screen}");
    harness.event(Event::Resized { columns: 40, rows: 10 }).keys("<backspace>");
    assert!(harness.screen().contains(" 1 材料不全，请补充"), "{}", harness.screen());
}

#[test]
fn a_number_that_is_typed_in_one_go_is_a_number() {
    for words in ["10-08 封板", "12-08 封板", "11-08", "2026-10-08", "1/2", "1.5 天", "2nd copy", "1) 缺发票"] {
        let mut harness = harness(3);
        harness.keys("r").every(QUICKLY, words);
        assert_eq!(reason(&harness), words);
        harness.keys("<ctrl-d>y").wait(Duration::from_secs(6));
        assert_eq!(harness.sent[0].decision.opinion().as_str(), words);
    }
    let mut harness = harness(3);
    harness.keys("r").every(QUICKLY, "12<backspace>");
    assert_eq!(reason(&harness), "12");
}

#[test]
fn a_digit_is_a_digit_where_no_reason_is_canned() {
    let mut harness = harness(3);
    harness.keys("ae12<ctrl-d>y").wait(Duration::from_secs(6));
    assert_eq!(harness.sent[0].decision.opinion().as_str(), "12", "an approval has none");
}

#[test]
fn u_takes_the_newest_back_and_capital_u_all_of_them() {
    let mut harness = harness(4);
    harness.keys("ay").keys("ay").keys("u");
    assert!(matches!(harness.state(&key(1)), Some(State::Queued { .. })));
    assert_eq!(harness.state(&key(2)), None);
    harness.keys("U").wait(Duration::from_secs(10));
    assert!(harness.sent.is_empty());
    assert_eq!(harness.app.outbox.queued(), 0);
}

#[test]
fn a_hang_up_sends_nothing_of_what_is_held() {
    let mut harness = harness(3);
    harness.keys("ay").event(Event::HungUp).wait(Duration::from_secs(60));
    assert!(harness.sent.is_empty());
    assert!(harness.left);
}

#[test]
fn leaving_with_held_decisions_asks_and_discards_them() {
    let mut harness = harness(3);
    harness.keys("ay").keys("q");
    assert!(!harness.left, "asked first");
    harness.keys("d").wait(Duration::from_secs(60));
    assert!(harness.left);
    assert!(harness.sent.is_empty());
}

#[test]
fn a_case_of_high_care_wants_its_form_on_screen_before_it_is_approved() {
    let mut harness = harness(0);
    harness.platform.add(1, "调薪", "Salary adjustment");
    harness.keys("<ctrl-r>ay").wait(Duration::from_secs(10));
    assert!(harness.sent.is_empty());
    assert!(harness.app.dialog.is_none());
    harness.keys("<enter>2vqay").wait(Duration::from_secs(6));
    assert_eq!(harness.sent.len(), 1);
}

#[test]
fn read_only_decides_nothing() {
    let mut harness = Harness::new(
        Scripted::with_leaves(3),
        shenpi::app::Settings { read_only: true, ..settings(operator(), Lang::Zh) },
        80,
        24,
    );
    harness.keys("ayr<ctrl-d>yts").wait(Duration::from_secs(10));
    assert!(harness.sent.is_empty());
    assert!(harness.app.dialog.is_none());
}

#[test]
fn a_second_decision_on_a_task_waits_for_the_first() {
    let mut harness = harness(3);
    harness.keys("ayk");
    assert_eq!(harness.selected(), key(1));
    harness.keys("r");
    assert!(harness.app.dialog.is_none(), "held: take it back first");
    harness.keys("u").keys("r");
    assert_eq!(harness.app.dialog.as_ref().unwrap().action, Action::Reject);
}

#[test]
fn the_cursor_keeps_its_task_and_its_screen_row_when_tasks_arrive_above() {
    let mut harness = harness(30);
    harness.keys("jjjj");
    let rows = harness.app.screen.list_rows();
    let row = |harness: &Harness<Scripted>| harness.app.inbox.window(rows).position(|(_, here)| here).unwrap();
    let before = (harness.selected(), row(&harness));
    harness.platform.add(0, "休假申请", "Leave");
    harness.keys("<ctrl-r>");
    assert_eq!(harness.app.inbox.pending(), 31);
    assert_eq!((harness.selected(), row(&harness)), before);
}

#[test]
fn a_review_resized_since_its_frame_is_not_confirmed() {
    let mut harness = harness(3);
    harness.keys("a");
    let frames = harness.extent.take();
    harness.event(Event::Resized { columns: 60, rows: 16 }).at_once("y");
    assert!(matches!(harness.app.notices.current(), Some(Notice::TooHasty)));
    harness.wait(Duration::from_secs(1)).at_once("y");
    assert_eq!(harness.state(&key(1)), None, "no frame of this size was drawn");
    harness.extent = frames;
    harness.wait(Duration::from_secs(1)).screen();
    harness.keys("y");
    assert!(matches!(harness.state(&key(1)), Some(State::Queued { .. })));
}

#[test]
fn a_review_with_hidden_lines_is_not_confirmed() {
    let mut harness = harness(3);
    harness.extent = harness.extent.map(|extent| Extent { hidden: 1, ..extent });
    harness.keys("ay");
    assert!(matches!(harness.app.notices.current(), Some(Notice::TooSmall)));
    assert_eq!(harness.state(&key(1)), None);
}

#[test]
fn a_frame_that_covers_the_review_does_not_count() {
    let mut harness = harness(3);
    let frames = harness.extent.take();
    harness.keys("a?");
    harness.extent = frames;
    harness.wait(Duration::from_secs(1)).event(Event::Resumed);
    let frames = harness.extent.take();
    harness.at_once("<esc>y");
    assert!(harness.app.page.is_none());
    assert_eq!(harness.state(&key(1)), None, "help was drawn, the sentence was not");
    harness.extent = frames;
    harness.wait(Duration::from_secs(1)).screen();
    harness.keys("y");
    assert!(matches!(harness.state(&key(1)), Some(State::Queued { .. })));
}

#[test]
fn a_confirmed_decision_shows_the_request_from_its_top() {
    let mut harness = harness(1);
    harness.keys("<enter>jj");
    assert_eq!(harness.app.screen.scroll, 2);
    harness.keys("ay");
    assert_eq!((harness.selected(), harness.app.screen.scroll), (key(1), 0));
}
