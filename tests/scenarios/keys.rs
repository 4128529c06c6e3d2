//! The keys that each task takes, and the manners of dialogs, fields and footers.

use std::time::Duration;

use shenpi::app::people::Source;
use shenpi::app::{Picker, Step};
use shenpi::domain::{Action, Decision, Field, Lang, Value};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, both, key, operator};

/// Longer than a digit waits for another key, and than a review rests.
const LOOK: Duration = Duration::from_millis(800);

fn harness_in(lang: Lang, tasks: u64) -> Harness<Scripted> {
    let mut harness = Harness::new(Scripted::with_leaves(tasks), settings(operator(), lang), 80, 24);
    harness.wait(Duration::from_secs(2));
    harness
}

fn harness(tasks: u64) -> Harness<Scripted> {
    harness_in(Lang::Zh, tasks)
}

fn picker(harness: &Harness<Scripted>) -> &Picker {
    match &harness.app.dialog.as_ref().expect("a dialog is open").step {
        Step::People { picker } => picker,
        other => panic!("{other:?}"),
    }
}

fn text(name: &str, words: &str) -> Field {
    Field { api_name: name.into(), label: both(name, name), value: Value::Text(words.into()) }
}

/// A request whose form has these fields, with its form open.
fn form_of(fields: Vec<Field>) -> Harness<Scripted> {
    let mut platform = Scripted::with_leaves(1);
    platform.forms.get_mut(&key(1).process).unwrap().fields = fields;
    let mut harness = Harness::new(platform, settings(operator(), Lang::Zh), 80, 24);
    harness.wait(Duration::from_secs(2)).keys("2");
    harness
}

fn hints(harness: &mut Harness<Scripted>) -> String {
    harness.screen().lines().last().unwrap_or_default().to_owned()
}

#[test]
fn each_decision_takes_few_keys() {
    for (keys, action, count) in [
        (&["a", "y"][..], Action::Approve, 2),
        (&["r", "1", "y"], Action::Reject, 3),
        (&["t", "sqr3", "<enter>", "y"], Action::Transfer, 7),
        (&["s", "1", "sqr3", "<enter>", "<enter>", "y"], Action::AddSign, 9),
    ] {
        let mut harness = harness(3);
        for part in keys {
            harness.keys(part).wait(LOOK);
        }
        harness.wait(Duration::from_secs(6));
        assert_eq!(harness.sent.len(), 1, "{keys:?}");
        assert_eq!(harness.sent[0].decision.action(), action);
        let strokes: usize = keys.iter().map(|part| if part.starts_with('<') { 1 } else { part.chars().count() }).sum();
        assert_eq!(strokes, count, "{keys:?}");
    }
}

#[test]
fn add_sign_of_one_person_ends_with_a_second_enter() {
    let mut harness = harness(3);
    harness.keys("s1").write("sqr3").keys("<enter>");
    assert_eq!(picker(&harness).chosen.len(), 1);
    harness.keys("<enter>");
    assert!(matches!(harness.app.dialog.as_ref().unwrap().step, Step::Review { .. }));
    harness.keys("y").wait(Duration::from_secs(6));
    let Decision::AddSign { people, .. } = &harness.sent[0].decision else { panic!("an add-sign") };
    assert_eq!(people.len(), 1);
}

#[test]
fn enter_after_another_key_takes_the_choice_back() {
    let mut harness = harness(3);
    harness.keys("s1").write("sqr").keys("<enter><down><up><enter>");
    assert!(picker(&harness).chosen.is_empty());
}

#[test]
fn people_of_every_loaded_request_are_found_by_initials() {
    let mut harness = harness(5);
    harness.keys("t").write("sqr4");
    let [found] = &*picker(&harness).candidates else { panic!("{:?}", picker(&harness).candidates) };
    assert_eq!((found.person.name.zh.as_str(), found.source), ("申请人4", Source::Elsewhere));
    assert!(harness.screen().contains("其他单据"), "{}", harness.screen());
}

#[test]
fn undo_returns_to_its_request() {
    let mut harness = harness(30);
    harness.keys("ayu");
    assert_eq!(harness.selected(), key(1));
    harness.keys("ayGu");
    assert_eq!(harness.selected(), key(1), "from another page");
    harness.keys("<enter>ay");
    assert_eq!(harness.selected(), key(2));
    harness.keys("u");
    assert_eq!(harness.selected(), key(1));
    assert!(harness.screen().contains("申请人1 · 审批中"), "{}", harness.screen());
    harness.keys("<esc>ay/申请人30<enter>u");
    assert_eq!(harness.selected(), key(1), "though the filter hides it");
    harness.keys("j");
    assert_eq!(harness.selected(), key(30));
}

#[test]
fn q_leaves_the_filter_before_the_program() {
    let mut harness = harness(3);
    harness.keys("/申请人2<enter>q");
    assert!(!harness.left && harness.app.inbox.filter.is_empty());
    harness.keys("q");
    assert!(harness.left);
}

#[test]
fn keys_without_a_meaning_say_so() {
    let mut harness = harness(3);
    harness.keys("你好");
    let screen = harness.screen();
    assert!(screen.contains("没有绑定「好」。当前像是中文输入法，请切换到英文输入。"), "{screen}");
    harness.wait(Duration::from_secs(9)).keys("Z");
    let screen = harness.screen();
    assert!(screen.contains("没有绑定「Z」，按 ? 查看全部按键。"), "{screen}");
    let mut harness = harness_in(Lang::En, 3);
    harness.keys("你");
    assert!(harness.screen().contains("\"你\" is not bound. A Chinese input method seems"), "{}", harness.screen());
}

#[test]
fn haste_is_forgotten_with_its_dialog() {
    let mut harness = harness(3);
    harness.at_once("ay");
    assert!(harness.screen().contains("请看清内容后"), "{}", harness.screen());
    harness.keys("<esc>");
    assert!(!harness.screen().contains("请看清内容后"), "{}", harness.screen());
}

#[test]
fn values_wrap_while_the_page_has_blank_lines() {
    let long = "回老家参加婚礼".repeat(20);
    let mut harness = form_of(vec![text("甲", "短"), text("乙", &long), text("丙", "末")]);
    let screen = harness.screen();
    let words: String = screen.split_whitespace().collect();
    assert!(words.contains(&long) && !screen.contains('…') && screen.contains("末"), "{screen}");
    // A full page keeps a row for each field.
    let many = (1..=40).map(|at| text(&format!("第{at}项"), &long)).collect();
    let mut harness = form_of(many);
    harness.keys("j");
    let screen = harness.screen();
    assert!(screen.contains("第1项") && screen.contains('…'), "{screen}");
}

#[test]
fn search_in_a_form_tells_the_place_of_the_match() {
    let mut harness = form_of((1..=5).map(|at| text(&format!("f{at}"), "婚礼")).collect());
    harness.keys("/婚礼");
    assert!(harness.screen().contains("1/5"), "while it is typed:\n{}", harness.screen());
    harness.keys("<enter>.");
    assert!(harness.screen().contains("查找「婚礼」 2/5，. 下一处，, 上一处"), "{}", harness.screen());
    harness.keys(",,");
    assert!(harness.screen().contains("查找「婚礼」 5/5"), "{}", harness.screen());
}

#[test]
fn footers_of_a_request_begin_with_its_decisions() {
    for (lang, keys, words) in [
        (Lang::Zh, "2", " a 同意  r 拒绝  t 转交  s 加签  / "),
        (Lang::Zh, "<enter>", " a 同意  r 拒绝  t 转交  s 加签  "),
        (Lang::En, "2", " a approve  r reject  t transfer  s add"),
    ] {
        let mut harness = harness_in(lang, 3);
        harness.keys(keys);
        let hints = hints(&mut harness);
        assert!(hints.starts_with(words) && !hints.contains("  v "), "{hints}");
        assert!(hints.contains("? "), "{hints}");
    }
}

#[test]
fn fields_remember_what_was_written() {
    let mut harness = harness(3);
    harness.keys("/申请人2<enter><esc>/申请人3<enter><esc>/<up><up>");
    assert_eq!(harness.app.inbox.filter, "申请人2");
    harness.keys("<down>");
    assert_eq!(harness.app.inbox.filter, "申请人3");
    harness.keys("<down>");
    assert_eq!(harness.app.inbox.filter, "");
}

#[test]
fn command_line_shows_its_candidates_and_takes_full_width_letters() {
    let mut harness = harness(3);
    harness.keys(":");
    assert!(harness.screen().contains(" withdraw 撤回  revoke 撤销"), "{}", harness.screen());
    harness.write("re");
    let screen = harness.screen();
    assert!(screen.contains(" revoke 撤销  reconcile") && !screen.contains("withdraw"), "{screen}");
    harness.keys("<ctrl-u>").write("ｑｕｉｔ").keys("<enter>");
    assert!(harness.left);
}

#[test]
fn open_request_counts_down_beside_the_way_back() {
    let mut harness = harness(3);
    harness.keys("<enter>ay");
    assert!(harness.screen().contains(" ⏱5 "), "{}", harness.screen());
    harness.wait(Duration::from_secs(2));
    assert!(harness.screen().contains(" ⏱3 "), "{}", harness.screen());
}

#[test]
fn withdrawal_of_another_person_s_process_says_so_and_wants_a_reason() {
    let mut harness = harness(3);
    harness.keys(":withdraw<enter><ctrl-d>");
    assert!(harness.screen().contains("请填写原因"), "{}", harness.screen());
    harness.write("行程取消").keys("<ctrl-d>");
    let words: String = harness.screen().split_whitespace().collect();
    assert!(words.contains("你不是发起人·整个流程到此结束"), "{}", harness.screen());
}
