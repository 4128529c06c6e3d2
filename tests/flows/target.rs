//! The right decision on the right thing: the target is what was reviewed, and confirming is deliberate.

use std::time::Duration;

use shenpi::app::{EntryState, Event, Step};
use shenpi::domain::{Action, Decision, Lang, TaskKey};

use crate::support::desk::{Desk, settings};
use crate::support::scripted::{Scripted, both, key, operator};

/// Between the keys of one word.
const QUICKLY: Duration = Duration::from_millis(150);

fn desk(tasks: u64) -> Desk<Scripted> {
    Desk::new(Scripted::with_leaves(tasks), settings(operator(), Lang::Zh), 80, 24)
}

fn held_target(desk: &Desk<Scripted>) -> TaskKey {
    let dialog = desk.app.dialog.as_ref().expect("a dialog is open");
    dialog.target.key.clone()
}

#[test]
fn approving_sends_the_case_under_the_cursor_once_and_after_the_undo_window() {
    let mut desk = desk(5);
    desk.keys("jay");
    assert!(desk.sent.is_empty(), "held, not sent");
    assert!(matches!(desk.state(&key(2)), Some(EntryState::Held { .. })));
    assert_eq!(desk.selected(), key(3), "the cursor is on the next case already");
    desk.wait(Duration::from_secs(4));
    assert!(desk.sent.is_empty());
    desk.wait(Duration::from_secs(2));
    assert_eq!(desk.sent.len(), 1);
    assert_eq!(desk.sent[0].target.key, key(2));
    assert!(matches!(desk.sent[0].decision, Decision::Approve { .. }));
    assert!(matches!(desk.state(&key(2)), Some(EntryState::Accepted { .. })));
    desk.wait(Duration::from_secs(600));
    assert_eq!(desk.sent.len(), 1, "and never again");
}

#[test]
fn the_target_stays_when_the_list_is_refreshed_sorted_and_shortened_under_an_open_review() {
    let mut desk = desk(6);
    desk.keys("jja");
    assert_eq!(held_target(&desk), key(3));
    desk.platform.remove(&key(1));
    desk.platform.remove(&key(3));
    desk.platform.add(9, "加班申请", "Overtime");
    // A refresh ends under the open review, as one begun before it would.
    let page = desk.platform.tasks.clone();
    desk.event(Event::Started { first: Some(Ok(shenpi::domain::TaskPage { tasks: page, ..Default::default() })) });
    assert_eq!(held_target(&desk), key(3));
    assert_eq!(desk.app.inbox.pending(), 5);
    desk.app.inbox.sort = desk.app.inbox.sort.next();
    desk.event(Event::Resized { columns: 100, rows: 30 });
    desk.keys("y").wait(Duration::from_secs(6));
    assert_eq!(desk.sent.len(), 1);
    assert_eq!(desk.sent[0].target.key, key(3));
}

#[test]
fn the_target_stays_when_a_refresh_that_was_under_way_ends_under_the_review() {
    let mut desk = desk(6);
    desk.keys("jj");
    desk.answers_wait = true;
    desk.keys("<ctrl-r>");
    desk.platform.remove(&key(1));
    desk.platform.remove(&key(2));
    desk.keys("a").answers_come();
    assert_eq!(held_target(&desk), key(3));
    desk.keys("y").wait(Duration::from_secs(6));
    assert_eq!(desk.sent.len(), 1);
    assert_eq!(desk.sent[0].target.key, key(3));
}

#[test]
fn the_target_of_a_reject_is_copied_when_its_editor_opens() {
    let mut desk = desk(4);
    desk.keys("r");
    desk.write("与版本封板冲突");
    for process in desk.platform.processes.values_mut().filter(|process| process.id != key(1).process) {
        process.initiator_name = both("别人", "Somebody else");
    }
    let page = desk.platform.tasks.split_off(1);
    desk.event(Event::Started { first: Some(Ok(shenpi::domain::TaskPage { tasks: page, ..Default::default() })) });
    desk.keys("<ctrl-d>y").wait(Duration::from_secs(6));
    assert_eq!(desk.sent[0].target.key, key(1));
    assert_eq!(desk.sent[0].target.initiator.zh.as_str(), "申请人1");
    let Decision::Reject { reason } = &desk.sent[0].decision else { panic!("a reject was sent") };
    assert_eq!(reason.as_str(), "与版本封板冲突");
}

#[test]
fn a_burst_of_a_and_y_does_not_confirm() {
    let mut desk = desk(3);
    desk.at_once("ay").wait(Duration::from_secs(10));
    assert!(desk.sent.is_empty());
    assert!(matches!(desk.app.dialog.as_ref().unwrap().step, Step::Review { hasty: true, .. }));
    desk.keys("y").wait(Duration::from_secs(6));
    assert_eq!(desk.sent.len(), 1, "a deliberate y does");
}

#[test]
fn a_y_within_the_rest_of_the_review_does_not_confirm() {
    let mut desk = desk(3);
    desk.every(Duration::from_millis(290), "ay").wait(Duration::from_secs(10));
    assert!(desk.sent.is_empty());
}

/// Most terminals send the repeats of a held key as presses.
#[test]
fn a_y_held_from_a_hasty_press_on_does_not_confirm() {
    let mut desk = desk(3);
    desk.at_once("ay").every(Duration::from_millis(33), &"y".repeat(60)).wait(Duration::from_secs(10));
    assert!(desk.sent.is_empty());
    desk.keys("y").wait(Duration::from_secs(6));
    assert_eq!(desk.sent.len(), 1, "once it is let go, a press does");
}

#[test]
fn neither_enter_nor_the_opening_key_confirms() {
    let mut desk = desk(3);
    desk.keys("a<enter>aaa<space>").wait(Duration::from_secs(10));
    assert!(desk.sent.is_empty());
    assert_eq!(desk.app.outbox.held(), 0);
}

#[test]
fn a_pasted_ay_outside_a_text_field_does_nothing() {
    let mut desk = desk(3);
    desk.paste("ay").wait(Duration::from_secs(10));
    desk.keys("a").paste("y\ny").wait(Duration::from_secs(10));
    assert!(desk.sent.is_empty());
    assert_eq!(desk.app.outbox.held(), 0);
}

#[test]
fn full_width_letters_decide_like_their_twins() {
    let mut desk = desk(3);
    desk.keys("ａｙ").wait(Duration::from_secs(6));
    assert_eq!(desk.sent.len(), 1);
    assert_eq!(desk.sent[0].target.key, key(1));
}

#[test]
fn escape_sends_nothing_and_keeps_the_draft() {
    let mut desk = desk(3);
    desk.keys("r");
    desk.write("材料");
    desk.keys("<esc>").wait(Duration::from_secs(10));
    assert!(desk.sent.is_empty());
    desk.keys("r<ctrl-d>y").wait(Duration::from_secs(6));
    assert_eq!(desk.sent[0].decision.opinion().as_str(), "材料");
}

#[test]
fn an_empty_reason_is_refused_and_a_long_one_counted_in_characters() {
    let mut desk = desk(3);
    desk.keys("r<ctrl-d>y").wait(Duration::from_secs(10));
    assert!(matches!(desk.app.dialog.as_ref().unwrap().step, Step::Compose { .. }));
    desk.keys("<ctrl-u>").paste(&"字".repeat(1_001)).keys("<ctrl-d>");
    assert!(matches!(desk.app.dialog.as_ref().unwrap().step, Step::Compose { problem: Some(_), .. }));
    desk.keys("<backspace><ctrl-d>y").wait(Duration::from_secs(6));
    assert_eq!(desk.sent[0].decision.opinion().as_str().chars().count(), 1_000);
}

/// The reason as it stands in its field.
fn reason(desk: &Desk<Scripted>) -> String {
    match &desk.app.dialog.as_ref().expect("a dialog is open").step {
        Step::Compose { editor, .. } => editor.text(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_written_after_a_canned_reason_adds_to_it() {
    for pause in [QUICKLY, Duration::from_secs(2)] {
        let mut desk = desk(3);
        desk.keys("r1").every(pause, ",另外请补发票").keys("<ctrl-d>y").wait(Duration::from_secs(6));
        assert_eq!(desk.sent[0].decision.opinion().as_str(), "材料不全，请补充,另外请补发票", "{pause:?}");
    }
    let mut desk = desk(3);
    desk.keys("r1");
    desk.paste("2026 年的");
    assert_eq!(reason(&desk), "材料不全，请补充2026 年的");
    desk.keys("<ctrl-u>1<left>0");
    assert_eq!(reason(&desk), "材料不全，请补0充");
}

#[test]
fn another_digit_takes_another_reason_and_the_same_one_changes_nothing() {
    let mut desk = desk(3);
    desk.keys("r1").every(Duration::from_millis(20), "1");
    assert_eq!(reason(&desk), "材料不全，请补充", "a key that bounced");
    desk.keys("1");
    assert_eq!(reason(&desk), "材料不全，请补充");
    desk.keys("2");
    assert_eq!(reason(&desk), "与排班冲突");
    desk.keys("3");
    assert_eq!(reason(&desk), "与排班冲突3", "there is no third one");
    desk.keys("1");
    assert_eq!(reason(&desk), "与排班冲突31", "no longer right after");
}

#[test]
fn backspace_right_after_a_canned_reason_leaves_the_digit() {
    let mut desk = desk(3);
    desk.keys("r1");
    let screen = desk.screen();
    assert!(screen.contains("Ctrl-D 完成  Backspace 改为 1  1-2 换一条  Esc 返回"), "{screen}");
    desk.keys("<backspace>");
    assert_eq!(reason(&desk), "1");
    assert!(!desk.screen().contains("Backspace"), "{}", desk.screen());
    desk.keys("0<backspace>0-08 封板");
    assert_eq!(reason(&desk), "10-08 封板");
    desk.keys("<ctrl-u>1,<backspace><backspace>");
    assert_eq!(reason(&desk), "材料不全，请补", "what was added comes first, then the reason like any text");
    desk.event(Event::Resized { columns: 40, rows: 10 }).keys("<ctrl-u>2");
    let screen = desk.screen();
    assert!(screen.contains("Ctrl-D 完成  Backspace 改为 2  Esc 返回"), "{screen}");
}

#[test]
fn a_number_that_is_typed_in_one_go_is_a_number() {
    for words in ["10-08 封板", "12-08 封板", "11-08", "2026-10-08", "1/2", "1.5 天", "2nd copy", "1) 缺发票"] {
        let mut desk = desk(3);
        desk.keys("r").every(QUICKLY, words);
        assert_eq!(reason(&desk), words);
        desk.keys("<ctrl-d>y").wait(Duration::from_secs(6));
        assert_eq!(desk.sent[0].decision.opinion().as_str(), words);
    }
    let mut desk = desk(3);
    desk.keys("r").every(QUICKLY, "12").keys("<backspace>");
    assert_eq!(reason(&desk), "12");
}

#[test]
fn a_digit_is_a_digit_where_no_reason_is_canned() {
    let mut desk = desk(3);
    desk.keys("ae12<ctrl-d>y").wait(Duration::from_secs(6));
    assert_eq!(desk.sent[0].decision.opinion().as_str(), "12", "an approval has none");
}

#[test]
fn u_takes_the_newest_back_and_capital_u_all_of_them() {
    let mut desk = desk(4);
    desk.keys("ay").keys("ay").keys("u");
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Held { .. })));
    assert_eq!(desk.state(&key(2)), None);
    desk.keys("U").wait(Duration::from_secs(10));
    assert!(desk.sent.is_empty());
    assert_eq!(desk.app.outbox.held(), 0);
}

#[test]
fn a_hang_up_sends_nothing_of_what_is_held() {
    let mut desk = desk(3);
    desk.keys("ay").event(Event::HungUp).wait(Duration::from_secs(60));
    assert!(desk.sent.is_empty());
    assert!(desk.left);
}

#[test]
fn leaving_with_held_decisions_asks_and_discards_them() {
    let mut desk = desk(3);
    desk.keys("ay").keys("q");
    assert!(!desk.left, "asked first");
    desk.keys("d").wait(Duration::from_secs(60));
    assert!(desk.left);
    assert!(desk.sent.is_empty());
}

#[test]
fn a_case_of_high_care_wants_its_form_on_screen_before_it_is_approved() {
    let mut desk = desk(0);
    desk.platform.add(1, "调薪", "Salary adjustment");
    desk.keys("<ctrl-r>ay").wait(Duration::from_secs(10));
    assert!(desk.sent.is_empty());
    assert!(desk.app.dialog.is_none());
    desk.keys("<enter>2vqay").wait(Duration::from_secs(6));
    assert_eq!(desk.sent.len(), 1);
}

#[test]
fn read_only_decides_nothing() {
    let mut desk = Desk::new(
        Scripted::with_leaves(3),
        shenpi::app::Settings { read_only: true, ..settings(operator(), Lang::Zh) },
        80,
        24,
    );
    desk.keys("ayr<ctrl-d>yts").wait(Duration::from_secs(10));
    assert!(desk.sent.is_empty());
    assert!(desk.app.dialog.is_none());
}

#[test]
fn a_second_decision_on_a_task_waits_for_the_first() {
    let mut desk = desk(3);
    desk.keys("ayk");
    assert_eq!(desk.selected(), key(1));
    desk.keys("r");
    assert!(desk.app.dialog.is_none(), "held: take it back first");
    desk.keys("u").keys("r");
    assert_eq!(desk.app.dialog.as_ref().unwrap().action, Action::Reject);
}

#[test]
fn the_cursor_keeps_its_task_and_its_screen_row_when_tasks_arrive_above() {
    let mut desk = desk(30);
    desk.keys("jjjj");
    let rows = desk.app.screen.list_rows();
    let row = |desk: &Desk<Scripted>| desk.app.inbox.window(rows).position(|(_, here)| here).unwrap();
    let before = (desk.selected(), row(&desk));
    desk.platform.add(0, "休假申请", "Leave");
    desk.keys("<ctrl-r>");
    assert_eq!(desk.app.inbox.pending(), 31);
    assert_eq!((desk.selected(), row(&desk)), before);
}
