//! The guard of sensitive requests: an approval wants their form to have been on screen, legible, to its last row.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use shenpi::app::{Notice, Reason};
use shenpi::domain::mask::MASK;
use shenpi::domain::{Action, Endpoint, FailureKind, Field, Lang, Outcome, TaskKey, Value};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, both, failure, key, operator};

fn number(name: &str) -> Field {
    Field { api_name: name.into(), label: both(name, name), value: Value::Number("1234".into()) }
}

/// Leaves 1 and 2, then a pay rise whose form has these fields.
fn desk_with(fields: Vec<Field>, size: (u16, u16)) -> (Harness<Scripted>, TaskKey) {
    let mut platform = Scripted::with_leaves(2);
    let task = platform.add(3, "调薪", "Salary adjustment");
    platform.forms.get_mut(&task.process).unwrap().fields = fields;
    let mut harness = Harness::new(platform, settings(operator(), Lang::Zh), size.0, size.1);
    harness.wait(Duration::from_secs(2));
    (harness, task)
}

fn short() -> Vec<Field> {
    ["甲", "乙", "丙"].map(number).to_vec()
}

fn long() -> Vec<Field> {
    (1..=40).map(|at| number(&format!("第 {at} 项"))).collect()
}

fn folded() -> Vec<Field> {
    let deep = Value::Record(vec![Field { value: Value::Record(vec![number("深处")]), ..number("内") }]);
    vec![number("甲"), Field { value: Value::List(vec![deep]), ..number("明细") }]
}

/// Presses `a`; the reason why no review came, if none did.
fn refused(harness: &mut Harness<Scripted>) -> Option<Reason> {
    harness.keys("a");
    if harness.app.dialog.is_some() {
        return None;
    }
    match harness.app.notices.all().next().map(|(_, notice)| notice) {
        Some(Notice::Unavailable { reason, .. }) => Some(*reason),
        other => panic!("{other:?}"),
    }
}

#[test]
fn form_below_or_beside_the_list_does_not_count_as_seen() {
    for size in [(80, 24), (120, 40), (160, 48)] {
        let (mut harness, task) = desk_with(short(), size);
        harness.keys("jjv").wait(Duration::from_secs(1));
        assert_eq!(harness.selected(), task);
        assert!(harness.screen().contains("1,234"), "{}", harness.screen());
        assert_eq!(refused(&mut harness), Some(Reason::FormNotSeen), "{size:?}");
    }
}

#[test]
fn tab_that_stays_does_not_count_as_a_look_at_the_next_form() {
    let (mut harness, task) = desk_with(short(), (80, 24));
    harness.keys("j2ay").wait(Duration::from_secs(1));
    assert_eq!(harness.selected(), task, "the form tab is open on the pay rise now");
    assert_eq!(refused(&mut harness), Some(Reason::FormMasked));
    assert!(harness.screen().contains("重要单据，请先显示表单中的敏感信息（按 v）"), "{}", harness.screen());
    harness.keys("v");
    assert_eq!(refused(&mut harness), None, "a short form is whole at once");
}

#[test]
fn what_is_missing_is_told_in_order() {
    let (mut harness, _) = desk_with(long(), (80, 24));
    harness.keys("G");
    assert_eq!(refused(&mut harness), Some(Reason::FormNotSeen));
    harness.keys("2");
    assert_eq!(refused(&mut harness), Some(Reason::FormMasked));
    harness.keys("v");
    assert_eq!(refused(&mut harness), Some(Reason::FormEndNotSeen));
    assert!(harness.screen().contains("重要单据，请先把表单翻到末尾（按 G）"), "{}", harness.screen());
    harness.keys("G");
    assert_eq!(refused(&mut harness), None);
}

#[test]
fn masks_at_the_end_do_not_count() {
    let (mut harness, _) = desk_with(long(), (80, 24));
    harness.keys("G2v").wait(Duration::from_secs(11)).keys("G");
    assert_eq!(refused(&mut harness), Some(Reason::FormMasked));
}

#[test]
fn fold_over_masked_values_does_not_count() {
    let (mut harness, _) = desk_with(folded(), (80, 24));
    harness.keys("G2v");
    assert_eq!(refused(&mut harness), Some(Reason::FormFolded));
    assert!(harness.screen().contains("（按 E）"), "{}", harness.screen());
    harness.keys("E");
    assert_eq!(refused(&mut harness), None);
}

#[test]
fn form_once_seen_stays_seen_until_it_changes() {
    let (mut harness, task) = desk_with(short(), (80, 24));
    harness.keys("G2v").wait(Duration::from_secs(30)).keys("<esc>gG");
    assert_eq!(refused(&mut harness), None, "masked again, and seen");
    harness.keys("<esc>");
    harness.platform.forms.get_mut(&task.process).unwrap().fields[0].value = Value::Number("9".into());
    harness.platform.processes.get_mut(&task.process).unwrap().comments.clear();
    harness.platform.processes.get_mut(&task.process).unwrap().abstracts[0].value = both("9 天", "9 days");
    harness.keys("<ctrl-r>").wait(Duration::from_secs(2));
    assert_eq!(refused(&mut harness), Some(Reason::FormNotSeen));
}

#[test]
fn keys_of_one_burst_see_nothing() {
    let (mut harness, task) = desk_with(short(), (80, 24));
    harness.keys("G").at_once("2va");
    assert!(harness.app.dialog.is_none(), "no frame was painted in between");
    assert!(harness.app.can_decide(Action::Approve, &task).is_err());
    assert_eq!(refused(&mut harness), None);
}

#[test]
fn what_a_page_or_a_dialog_covers_is_not_seen() {
    for cover in ["?", "r"] {
        let (mut harness, task) = desk_with(short(), (80, 24));
        harness.keys("G").at_once(&format!("2v{cover}")).wait(Duration::from_secs(5));
        assert!(harness.app.can_decide(Action::Approve, &task).is_err(), "{cover}");
    }
}

#[test]
fn request_without_a_form_wants_its_tab_only() {
    let mut platform = Scripted::with_leaves(0);
    let task = platform.add(1, "Offer 薪酬审批", "Offer salary");
    platform.forms.remove(&task.process);
    let mut harness = Harness::new(platform, settings(operator(), Lang::Zh), 80, 24);
    harness.wait(Duration::from_secs(2));
    assert_eq!(refused(&mut harness), Some(Reason::FormNotSeen));
    harness.keys("2");
    assert_eq!(refused(&mut harness), None);
}

#[test]
fn form_that_cannot_be_read_sends_to_the_web_page() {
    for (lang, said) in
        [(Lang::Zh, "表单无法识别，请在飞书中处理（按 L 查看链接）"), (Lang::En, "The form cannot be recognized")]
    {
        let mut platform = Scripted::with_leaves(0);
        let task = platform.add(1, "调薪", "Salary adjustment");
        let denied = failure(Endpoint::FormV2, FailureKind::Business, Outcome::Refused, Some(1_161_003));
        platform.no_forms.insert(task.process, denied);
        let mut harness = Harness::new(platform, settings(operator(), lang), 80, 24);
        harness.wait(Duration::from_secs(2));
        for keys in ["2", "G", "3", "1"] {
            harness.keys(keys);
            assert_eq!(refused(&mut harness), Some(Reason::FormNotReadable), "{keys}");
        }
        assert!(harness.screen().contains(said), "{}", harness.screen());
        harness.keys("r");
        assert!(harness.app.dialog.is_some(), "it can be rejected");
    }
}

#[test]
fn form_that_loads_is_waited_for() {
    let (mut harness, task) = desk_with(short(), (80, 24));
    harness.answers_wait = true;
    harness.keys("G");
    assert_eq!(harness.selected(), task);
    assert_eq!(refused(&mut harness), Some(Reason::FormNotSeen), "{}", harness.screen());
    harness.keys("2");
    assert_eq!(refused(&mut harness), Some(Reason::FormLoading), "{}", harness.screen());
    assert!(harness.screen().contains("表单正在加载，请稍候。"), "{}", harness.screen());
}

#[test]
fn no_guard_stands_before_a_leave_or_a_rejection() {
    let (mut harness, _) = desk_with(long(), (80, 24));
    assert_eq!(refused(&mut harness), None);
    harness.keys("<esc>Gr");
    assert!(harness.app.dialog.is_some());
    assert_eq!(harness.selected(), key(3));
}

/// Values of many lengths, so that the row under the cursor takes many lines.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[0-9]{1,30}".prop_map(|digits| Value::Number(digits.as_str().into())),
        "[甲乙丙 a-z，\n]{0,400}".prop_map(|text| Value::Text(text.as_str().into())),
        "[a-z{}:]{0,300}".prop_map(|json| Value::Raw(json.as_str().into())),
        Just(Value::Bool(true)),
        Just(Value::Empty),
        prop::collection::vec("[0-9]{1,9}", 1..4).prop_map(|rows| {
            Value::List(rows.iter().map(|digits| Value::Number(digits.as_str().into())).collect())
        }),
    ]
}

#[test]
fn approval_opens_only_after_a_frame_with_the_last_row_in_clear() {
    let sizes = vec![(80, 24), (40, 10), (60, 16), (130, 30), (200, 50)];
    let fields = prop::collection::vec(value(), 0..30);
    let keys = prop::collection::vec(
        prop::sample::select(vec!["j", "j", "k", "G", "g", "<pgdn>", "v", "v", "E", " ", "a<esc>", "y", "!<esc>2"]),
        1..14,
    );
    let all = (fields, keys, prop::sample::select(sizes));
    TestRunner::new(Config { cases: 192, failure_persistence: None, ..Config::default() })
        .run(&all, |(values, keys, size)| {
            let mut fields: Vec<_> = values
                .into_iter()
                .enumerate()
                .map(|(at, value)| Field { value, ..number(&format!("f{at}")) })
                .collect();
            fields.push(number("末行"));
            let (mut harness, task) = desk_with(fields, size);
            harness.keys("G2");
            let mut seen = false;
            for key in keys {
                let screen = harness.screen();
                seen |= screen.contains("末行") && screen.contains("1,234") && !screen.contains(MASK);
                harness.keys(key);
                let open = harness.app.can_decide(Action::Approve, &task);
                prop_assert!(open.is_err() || seen, "{}: {:?}\n{}", key, open, screen);
            }
            harness.keys("<esc>G2EvG").wait(Duration::from_secs(9));
            prop_assert_eq!(harness.app.can_decide(Action::Approve, &task), Ok(()));
            Ok(())
        })
        .unwrap();
}
