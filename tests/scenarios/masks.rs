//! Masked figures: where they must not be, and how they become legible.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use shenpi::app::screen::Pane;
use shenpi::app::{Notice, Reason};
use shenpi::domain::form::{Broken, FileRef};
use shenpi::domain::mask::MASK;
use shenpi::domain::process::{Abstract, Comment, ProcessPart, UnreadMember};
use shenpi::domain::{CleanText, DoneStatus, Field, FileId, I18n, Lang, TaskKey, Value};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, both, done_of, key, operator, todo};

/// A figure of one request: no other place holds this sequence of digits.
const FIGURE: &str = "86420";
/// A figure of another one.
const OTHER: &str = "97531";

fn field(name: &str, value: Value) -> Field {
    Field { api_name: name.into(), label: both(name, name), value }
}

/// Values of every kind that can hold a figure.
fn values(figure: &str) -> Vec<Value> {
    let text = |words: String| CleanText::new(&words);
    vec![
        Value::Number(text(format!("{figure}.50"))),
        Value::Text(text(format!("由 {figure} 元调整"))),
        Value::I18n(I18n { zh: text(format!("{figure} 元")), en: text(format!("CNY {figure}")) }),
        Value::Enum { id: text(format!("r{figure}")), label: I18n::default() },
        Value::Enum { id: "r".into(), label: both(&format!("{figure} 档"), &format!("Band {figure}")) },
        Value::Raw(text(format!("{{\"amount\":\"{figure}\"}}"))),
        Value::Broken(Broken::Malformed(text(format!("{figure} CNY")))),
        Value::File(FileRef {
            id: FileId::new("f"),
            name: text(format!("薪资 {figure}.pdf")),
            length: Some(1),
            mime_type: CleanText::default(),
        }),
    ]
}

fn nested(values: &[Value], depth: usize) -> Value {
    let record = values.iter().enumerate().map(|(at, value)| field(&format!("m{at}"), value.clone())).collect();
    let inner = Value::List(vec![Value::Record(record)]);
    if depth == 0 { inner } else { Value::Record(vec![field("down", nested(values, depth - 1))]) }
}

/// A sensitive request that holds the figure in every place that people or forms write into.
fn add(platform: &mut Scripted, number: u64, kind: (&str, &str), figure: &str, fields: Vec<Field>) -> TaskKey {
    let task = platform.add(number, kind.0, kind.1);
    let process = platform.processes.get_mut(&task.process).unwrap();
    process.process_name = both(&format!("{} {figure}", kind.0), &format!("{} {figure}", kind.1));
    process.abstracts = vec![Abstract { name: both("调整后", "After"), value: both(figure, figure) }];
    process.comments = vec![Comment {
        id: "1".into(),
        commentor_id: None,
        commentor_name: both("李娜", "Li Na"),
        time: None,
        message: CleanText::new(&format!("月薪 {figure} 元是否过高？")),
        at_user_ids: Vec::new(),
        file_count: 0,
        image_count: 0,
    }];
    process.unread.note(ProcessPart::Summary, || UnreadMember {
        part: ProcessPart::Summary,
        path: "abstracts[1]".into(),
        raw: CleanText::new(&format!("[\"{figure}\"]")),
    });
    let earlier = todo(shenpi::domain::ApproverId::new("earlier"), "ou_lina", "李娜", "Li Na");
    process.done_list.push(done_of(earlier, DoneStatus::Done, &format!("同意 {figure}")));
    platform.forms.get_mut(&task.process).unwrap().fields = fields;
    task
}

fn pay(platform: &mut Scripted, number: u64, figure: &str) -> TaskKey {
    let mut fields: Vec<_> =
        values(figure).into_iter().enumerate().map(|(at, value)| field(&format!("amount{at}"), value)).collect();
    fields.push(field("items", nested(&values(figure), 0)));
    add(platform, number, ("调薪", "Salary adjustment"), figure, fields)
}

fn desk_of(platform: Scripted, lang: Lang, (columns, rows): (u16, u16)) -> Harness<Scripted> {
    let mut harness = Harness::new(platform, settings(operator(), lang), columns, rows);
    harness.wait(Duration::from_secs(2));
    harness
}

/// Two pay rises and a leave between them; the cursor is on the first.
fn harness(lang: Lang, size: (u16, u16)) -> Harness<Scripted> {
    let mut platform = Scripted::with_leaves(0);
    pay(&mut platform, 1, FIGURE);
    platform.add(2, "休假申请", "Leave");
    pay(&mut platform, 3, OTHER);
    desk_of(platform, lang, size)
}

/// The figure stands on the screen, with any separators between its digits.
fn shows(harness: &mut Harness<Scripted>, figure: &str) -> bool {
    let joined: String = harness.screen().chars().filter(|character| !",\n ".contains(*character)).collect();
    joined.contains(figure)
}

fn newest(harness: &Harness<Scripted>) -> &Notice {
    harness.app.notices.all().next().map(|(_, notice)| notice).unwrap()
}

/// Every place of the program that tells of a request, by the keys that lead there from the list. The review is the
/// one exception and is not among them.
const PLACES: [&str; 25] = [
    "",
    "<enter>",
    "1",
    "3",
    "4",
    "5",
    "2",
    "2E",
    "2EG",
    "2Ejjjj",
    "2Ejjjjjjjj",
    "r",
    "t",
    "s",
    "s1",
    "r<esc>",
    "D",
    "H",
    "!",
    "L",
    "?",
    "C",
    "<enter>r",
    "2t",
    ":withdraw<enter>",
];
const SIZES: [(u16, u16); 4] = [(80, 24), (160, 40), (60, 16), (44, 12)];

#[test]
fn no_place_shows_a_masked_figure() {
    for lang in [Lang::Zh, Lang::En] {
        for size in SIZES {
            for keys in PLACES {
                let mut harness = harness(lang, size);
                harness.keys(keys).wait(Duration::from_secs(1));
                assert!(
                    !shows(&mut harness, FIGURE) && !shows(&mut harness, OTHER),
                    "{keys} {size:?}\n{}",
                    harness.screen()
                );
            }
        }
    }
}

/// All figures change while the request is open.
fn change(harness: &mut Harness<Scripted>) {
    let process = harness.platform.processes.get_mut(&key(1).process).unwrap();
    process.process_name = both("调薪 8642077", "Salary adjustment 8642077");
    process.abstracts[0].value = both("8642099", "8642099");
    process.comments[0].message = "改为 8642088".into();
    process.done_list[0].approval_opinion = "改为 8642066".into();
    let form = harness.platform.forms.get_mut(&key(1).process).unwrap();
    form.fields[0].value = Value::Number("8642055".into());
    form.fields[1].value = Value::Text("8642044".into());
}

#[test]
fn differences_and_messages_mask_what_they_compare() {
    for lang in [Lang::Zh, Lang::En] {
        for keys in ["", "D", "!", "r", "<esc>", "DG"] {
            let mut harness = harness(lang, (80, 40));
            harness.keys("2<esc>");
            change(&mut harness);
            harness.keys("<ctrl-r>").wait(Duration::from_secs(2)).keys("<enter>").keys(keys);
            assert!(!shows(&mut harness, FIGURE), "{keys}\n{}", harness.screen());
            if keys == "D" {
                harness.keys("v");
                assert!(shows(&mut harness, FIGURE), "{}", harness.screen());
            }
        }
    }
}

#[test]
fn notice_of_a_faster_colleague_masks_the_opinion() {
    let mut harness = harness(Lang::Zh, (80, 24));
    harness.keys("r1<ctrl-d>y");
    harness.platform.finish(&key(1), DoneStatus::Done, "同意 86420");
    harness.wait(Duration::from_secs(10)).keys("!");
    assert!(!shows(&mut harness, FIGURE), "{}", harness.screen());
}

#[test]
fn search_and_filter_do_not_find_a_masked_figure() {
    let mut harness = harness(Lang::Zh, (80, 24));
    harness.keys("/86420<enter>");
    assert_eq!(harness.app.inbox.shown_count(), 0);
    harness.keys("<esc>g2E");
    let before = harness.app.form.selected().cloned();
    harness.keys("/8642<enter>");
    assert_eq!(harness.app.form.selected(), before.as_ref());
    harness.keys(".");
    assert_eq!(newest(&harness), &Notice::NoMatch);
    harness.keys("v.");
    assert_ne!(harness.app.form.selected(), before.as_ref(), "revealed, it is found");
}

#[test]
fn a_masked_value_is_not_copied() {
    let mut harness = harness(Lang::Zh, (80, 24));
    harness.keys("2Ey");
    assert!(harness.screen().contains("先显示敏感信息（按 v），再复制"), "{}", harness.screen());
    harness.keys("jyjyjyjyjyjyjyjyjyjyjyjyjyjyjyjyjyjyjyjy");
    assert_eq!(harness.copied, Vec::<String>::new());
    harness.keys("gvy");
    assert_eq!(harness.copied, ["86420.50"]);
}

#[test]
fn reveal_concerns_the_request_under_the_cursor_only() {
    for size in SIZES {
        let mut harness = harness(Lang::Zh, size);
        harness.keys("v");
        assert!(shows(&mut harness, FIGURE) && !shows(&mut harness, OTHER), "{}", harness.screen());
        harness.keys("j");
        assert!(!shows(&mut harness, FIGURE), "{}", harness.screen());
        harness.keys("k");
        assert!(!shows(&mut harness, FIGURE), "another was selected in between\n{}", harness.screen());
        harness.keys("v<enter>2nn");
        assert_eq!(harness.app.screen.pane, Pane::Form);
        assert!(!shows(&mut harness, FIGURE) && !shows(&mut harness, OTHER), "{}", harness.screen());
    }
}

#[test]
fn reveal_ends_after_ten_idle_seconds_or_one_minute() {
    let mut harness = harness(Lang::Zh, (80, 24));
    harness.keys("<enter>v").wait(Duration::from_millis(9_900));
    assert!(shows(&mut harness, FIGURE));
    harness.wait(Duration::from_millis(200));
    assert!(!shows(&mut harness, FIGURE));
    harness.keys("v");
    for second in (8..56).step_by(8) {
        harness.wait(Duration::from_millis(7_600)).keys("1");
        assert!(shows(&mut harness, FIGURE), "{second} s");
    }
    harness.wait(Duration::from_secs(7)).keys("1").wait(Duration::from_secs(6));
    assert!(!shows(&mut harness, FIGURE), "a minute is the most");
}

#[test]
fn review_names_the_amounts_though_they_are_masked() {
    for (lang, said) in
        [(Lang::Zh, "月薪合计 21,000.00 → 23,100.00"), (Lang::En, "Monthly total 21,000.00 → 23,100.00")]
    {
        let mut platform = Scripted::with_leaves(0);
        let task = platform.add(1, "调薪", "Salary adjustment");
        let amount = |name: &str, zh: &str, en: &str, digits: &str| Field {
            api_name: name.into(),
            label: both(zh, en),
            value: Value::Number(digits.into()),
        };
        platform.forms.get_mut(&task.process).unwrap().fields = vec![
            amount("monthly_before", "调整前月薪合计", "Monthly total before", "21000.00"),
            amount("monthly_after", "调整后月薪合计", "Monthly total after", "23100.00"),
        ];
        let mut harness = desk_of(platform, lang, (80, 24));
        harness.keys("2<esc>r1<ctrl-d>");
        let screen = harness.screen().replace('\u{a0}', " ");
        let screen = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(screen.contains(said), "{screen}");
        assert!(!harness.app.reveals(&task.process), "and nothing else is revealed");
    }
}

#[test]
fn generated_requests_keep_their_figures_masked() {
    let kinds = prop_oneof![
        Just(("调薪", "Salary adjustment")),
        Just(("离职补偿金申请", "Severance request")),
        Just(("年终奖金分配", "Yearly pay-out")),
        Just(("Offer 薪酬审批", "Offer salary")),
    ];
    let values = prop::collection::vec((0..8_usize, 0..4_usize), 1..12);
    let places = prop::collection::vec(prop::sample::select(&PLACES[..]), 1..4);
    let digits = prop::string::string_regex("[1-9][0-9]{0,3}86420[0-9]{0,3}").unwrap();
    let langs = prop::sample::select(vec![Lang::Zh, Lang::En]);
    let all = (kinds, digits, values, places, prop::sample::select(&SIZES[..]), langs);
    TestRunner::new(Config { cases: 96, failure_persistence: None, ..Config::default() })
        .run(&all, |(kind, figure, chosen, places, size, lang)| {
            let mut platform = Scripted::with_leaves(1);
            let known = self::values(&figure);
            let fields = chosen.iter().enumerate().map(|(at, (value, depth))| {
                let value = known[*value].clone();
                field(&format!("f{at}"), if *depth == 0 { value } else { nested(&[value], depth - 1) })
            });
            let task = add(&mut platform, 9, kind, &figure, fields.collect());
            let mut harness = desk_of(platform, lang, size);
            harness.keys("G");
            for keys in places {
                harness.keys(keys).wait(Duration::from_secs(1));
                prop_assert!(!shows(&mut harness, FIGURE), "{}\n{}", keys, harness.screen());
                harness.keys("<esc><esc><esc><esc>G");
            }
            prop_assert_eq!(harness.selected(), task);
            harness.keys("2E").keys(&"yj".repeat(24));
            prop_assert!(harness.copied.iter().all(|text| !text.contains(FIGURE)), "{:?}", harness.copied);
            harness.keys("vg").wait(Duration::from_millis(500));
            let legible = harness.screen();
            prop_assert!(!legible.contains(MASK), "{}", legible);
            harness.keys("<esc>/86420<enter>");
            prop_assert_eq!(harness.app.inbox.shown_count(), 0);
            Ok(())
        })
        .unwrap();
}

#[test]
fn refusal_names_the_key_that_reveals() {
    let mut harness = harness(Lang::Zh, (80, 24));
    harness.keys("2Ea");
    assert!(matches!(newest(&harness), Notice::Unavailable { reason: Reason::FormMasked, .. }));
    assert!(harness.screen().contains("（按 v）"), "{}", harness.screen());
}
