//! The filter: it finds what the list paints, it counts only what it knows, and its matches are on screen.

use std::time::Duration;

use proptest::prelude::*;
use shenpi::app::Event;
use shenpi::domain::biz_type::is_high_care;
use shenpi::domain::process::Abstract;
use shenpi::domain::{
    CleanText, DoneStatus, Endpoint, FailureKind, Field, Form, I18n, Lang, Outcome, Person, Process, Properties,
    TaskKey, Value,
};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::support::detail_budget::DetailBudget;
use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, both, failure, key, operator};

fn desk_of(platform: Scripted, lang: Lang) -> Harness<Scripted> {
    let mut harness = Harness::new(platform, settings(operator(), lang), 80, 24);
    harness.wait(Duration::from_secs(3));
    harness
}

fn shown(harness: &Harness<Scripted>) -> Vec<TaskKey> {
    harness.app.inbox.shown().map(|row| row.key.clone()).collect()
}

fn filter(harness: &mut Harness<Scripted>, words: &str) {
    harness.keys("/");
    harness.write(words);
    harness.keys("<enter>");
}

/// Rows that the list paints between its heading and the rule of the preview.
fn painted(harness: &mut Harness<Scripted>) -> Vec<String> {
    let rows = harness.app.screen.list_rows();
    harness.screen().lines().skip(2).take(rows).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn matches_above_the_window_come_on_screen() {
    for (tasks, keys) in [(24_u64, "jjjjjjjjjj"), (24, "G"), (60, "<pgdn><pgdn><pgdn>j")] {
        let mut platform = Scripted::with_leaves(tasks);
        for number in [2, 5, tasks - 3] {
            platform.add(number, "补卡申请", "Missed punch");
        }
        platform.tasks.truncate(usize::try_from(tasks).unwrap());
        let mut harness = desk_of(platform, Lang::Zh);
        harness.keys(keys);
        filter(&mut harness, "补卡");
        assert_eq!(painted(&mut harness).len(), 3, "{}", harness.screen());
    }
}

#[test]
fn a_correction_and_a_revocation_are_found_by_their_painted_kind() {
    let mut platform = Scripted::with_leaves(5);
    for (number, properties) in [(2, Properties::Correction), (4, Properties::Revocation)] {
        platform.processes.get_mut(&key(number).process).unwrap().properties = properties;
    }
    let mut harness = desk_of(platform, Lang::Zh);
    for (words, found) in [
        ("更正", vec![key(2)]),
        ("撤销", vec![key(4)]),
        ("更正休假", vec![key(2)]),
        ("correction", vec![key(2)]),
        ("休假", [1, 2, 3, 4, 5].map(key).to_vec()),
    ] {
        filter(&mut harness, words);
        assert_eq!(shown(&harness), found, "{words}");
    }
}

/// An id holds nearly every figure; only a word that is no figure of a row is looked for in it.
#[test]
fn a_figure_finds_no_id_and_a_whole_id_finds_its_task() {
    let mut harness = desk_of(Scripted::with_leaves(12), Lang::Zh);
    filter(&mut harness, "0000");
    assert_eq!(shown(&harness), []);
    filter(&mut harness, key(7).process.as_str());
    assert_eq!(shown(&harness), [key(7)]);
}

#[test]
fn a_name_that_a_look_up_brought_is_found_as_it_is_painted() {
    let mut platform = Scripted::with_leaves(3);
    let nameless = platform.processes.get_mut(&key(2).process).unwrap();
    nameless.initiator_name = I18n::default();
    let id = nameless.initiator_id.clone().unwrap();
    nameless.comments.clear();
    platform.staff = vec![Person::named(id, both("欧阳修", "Ouyang Xiu"))];
    let mut harness = desk_of(platform, Lang::Zh);
    filter(&mut harness, "欧阳");
    assert_eq!(shown(&harness), []);
    // The picker looks up the people of the request.
    harness.keys("<esc>jt").wait(Duration::from_secs(1)).keys("<esc><esc>");
    filter(&mut harness, "欧阳");
    assert_eq!(shown(&harness), [key(2)], "{}", harness.screen());
}

#[test]
fn unread_cases_are_counted_and_the_line_says_when_loading_goes_on() {
    for (lang, line, body) in [
        (
            Lang::Zh,
            " 筛选「申请人8」：1 条 · 另有 119 条未加载（限流中，09:01:00 恢复）",
            "  已加载的待办都不符合筛选条件；另有 119 条未加载。",
        ),
        (
            Lang::En,
            " filter \"申请人8\": 1 · 119 more not loaded (rate-limited until 09:01:00)",
            "  No loaded task matches the filter; 119 more not loaded.",
        ),
    ] {
        let platform = Scripted { details: Some(DetailBudget::a_minute(60)), ..Scripted::with_leaves(180) };
        let mut harness = desk_of(platform, lang);
        let sorted = harness.screen();
        assert!(
            sorted.contains(if lang == Lang::Zh { "另有 119 条未加载" } else { "119 more not loaded" }),
            "{sorted}"
        );
        filter(&mut harness, "申请人8");
        let screen = harness.screen();
        assert!(screen.lines().any(|shown| shown == line), "{screen}");
        filter(&mut harness, "休假 180");
        let screen = harness.screen();
        assert!(screen.lines().any(|shown| shown == body), "{screen}");
        harness.wait(Duration::from_secs(180));
        assert_eq!(shown(&harness), [key(180)]);
        let screen = harness.screen();
        assert!(screen.contains(if lang == Lang::Zh { "1/180 条" } else { "1 of 180" }), "{screen}");
    }
}

#[test]
fn a_platform_that_limits_or_cannot_be_reached_is_named_as_the_cause() {
    let limited = FailureKind::RateLimited { retry_after: Duration::from_secs(40) };
    for (kind, cause) in [
        (limited, "另有 8 条未加载（限流中，09:00:4"),
        (FailureKind::Unreachable, "另有 8 条未加载（已停止加载，按 Ctrl-R 继续）"),
    ] {
        let mut harness = desk_of(Scripted::with_leaves(0), Lang::Zh);
        let mut list = Scripted::with_leaves(8);
        std::mem::swap(&mut harness.platform.tasks, &mut list.tasks);
        harness.answers_wait = true;
        harness.keys("<ctrl-r>").wait(Duration::from_secs(1));
        harness.platform.trouble = Some(failure(Endpoint::ProcessDetail, kind, Outcome::NotSent, None));
        harness.answers_wait = false;
        harness.answers_come().wait(Duration::from_secs(2));
        harness.keys("<esc>");
        filter(&mut harness, "休假");
        let screen = harness.screen();
        assert!(screen.contains(cause), "{screen}");
        assert!(!screen.contains("没有符合筛选条件"), "{screen}");
    }
}

#[test]
fn a_list_that_has_not_come_whole_never_says_that_nothing_fits() {
    let mut platform = Scripted::with_leaves(12);
    platform.page_size = 5;
    let mut harness = Harness::new(platform, settings(operator(), Lang::Zh), 80, 24);
    assert!(harness.app.inbox.complete);
    harness.app.inbox.complete = false;
    harness.wait(Duration::from_secs(2));
    filter(&mut harness, "没有这种");
    let screen = harness.screen();
    assert!(screen.contains("已加载的待办都不符合筛选条件；列表未加载完。"), "{screen}");
    assert!(screen.contains("筛选「没有这种」：0 条 · 列表未加载完"), "{screen}");
}

#[test]
fn the_first_letter_replaces_the_old_words_and_a_movement_keeps_them() {
    for (keys, words) in [
        ("/b<enter>", "b"),
        ("/<enter>", "old"),
        ("/<right>b<enter>", "oldb"),
        ("/<end>b<enter>", "oldb"),
        ("/<left>b<enter>", "olbd"),
        ("/<home>b<enter>", "bold"),
        ("/<backspace>b<enter>", "b"),
        ("/<ctrl-w>b<enter>", "b"),
        ("/<ctrl-u>b<enter>", "b"),
        ("/<backspace><enter>", ""),
        ("/bc<esc>", "old"),
        ("/<backspace><esc>", "old"),
    ] {
        let mut harness = desk_of(Scripted::with_leaves(3), Lang::Zh);
        filter(&mut harness, "old");
        harness.keys(keys);
        assert_eq!(harness.app.inbox.filter, words, "{keys}");
    }
    let mut harness = desk_of(Scripted::with_leaves(3), Lang::Zh);
    filter(&mut harness, "old");
    harness.keys("/").paste("new").keys("<enter>");
    assert_eq!(harness.app.inbox.filter, "new");
    // The search of a form and that of the history are the same field.
    harness.keys("<esc><enter>2/").write("天数");
    harness.keys("<enter>/").write("事由");
    harness.keys("<enter>");
    assert_eq!(harness.app.form.search, "事由");
    harness.keys("/").write("x");
    harness.keys("<esc>");
    assert_eq!(harness.app.form.search, "事由", "Esc puts the old one back");
}

/// Words as people and systems write them, and some that are awkward to fold or to measure.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[年假病出差到岗更正撤销单张伟欧阳行]{1,6}",
        "[A-Za-z]{1,8}",
        "[0-9]{1,6}(\\.[0-9]{2})?",
        "[ȺſẞKİéüß-]{1,4}",
        "[〔「（)(·:/+*.\\[\\]?]{1,3}[a-z]?"
    ]
}

fn text() -> impl Strategy<Value = I18n> {
    let words = || prop::collection::vec(word(), 0..4).prop_map(|words| words.join(" "));
    (words(), words()).prop_map(|(zh, en)| both(&zh, &en))
}

/// Content of a generated request.
#[derive(Clone, Debug)]
struct Request {
    kind: I18n,
    properties: Properties,
    initiator: (I18n, bool, bool),
    values: Vec<I18n>,
    node: I18n,
    /// The last abstract of one whose summary is masked.
    pay: String,
}

prop_compose! {
    fn request()(
        kind in prop_oneof![Just(both("休假申请", "Leave")), Just(both("调薪", "Salary adjustment")), text()],
        properties in prop::sample::select(
            vec![Properties::Normal, Properties::Correction, Properties::Revocation, Properties::Unknown(7)]
        ),
        initiator in (text(), any::<bool>(), any::<bool>()),
        values in prop::collection::vec(text(), 0..3),
        node in text(),
        pay in "[0-9]{7}",
    ) -> Request {
        Request { kind, properties, initiator, values, node, pay }
    }
}

impl Request {
    fn fill(&self, process: &mut Process) {
        let (name, known, by_system) = &self.initiator;
        process.flow_template_name = self.kind.clone();
        process.flow_definition_name = I18n::default();
        process.process_name = I18n::default();
        process.properties = self.properties;
        process.by_system = *by_system;
        process.initiator_name = name.clone();
        if !known {
            process.initiator_id = None;
        }
        process.todos[0].node_name = self.node.clone();
        let value = |value: &I18n| Abstract { name: I18n::default(), value: value.clone() };
        process.abstracts = self.values.iter().map(value).collect();
        if is_high_care(process) {
            process.abstracts.push(value(&I18n::same(CleanText::new(&self.pay))));
        }
    }
}

/// The cells of a painted row, by the columns at which the words of the heading begin.
fn cells(heading: &str, row: &str) -> Vec<String> {
    let starts: Vec<usize> = heading
        .char_indices()
        .filter(|(at, c)| *c != ' ' && heading[..*at].ends_with(' '))
        .map(|(at, _)| heading[..at].width())
        .collect();
    let end = |index: usize| starts.get(index + 1).copied().unwrap_or(usize::MAX);
    let cell = |index: usize| {
        let mut column = 0;
        let inside = |column: usize| starts[index] <= column && column < end(index);
        let kept = row.chars().filter(|c| {
            let here = column;
            column += c.width().unwrap_or(0);
            inside(here)
        });
        kept.collect::<String>()
    };
    (0..starts.len()).map(cell).collect()
}

fn found_by_what_is_painted(lang: Lang, columns: u16, requests: &[Request]) -> Result<(), TestCaseError> {
    let mut platform = Scripted::with_leaves(0);
    for (number, request) in (1..).zip(requests) {
        let key = platform.add(number, "", "");
        request.fill(platform.processes.get_mut(&key.process).unwrap());
    }
    let masked: Vec<TaskKey> = platform
        .processes
        .values()
        .filter(|process| is_high_care(process))
        .map(|process| platform.tasks.iter().find(|task| task.key.process == process.id).unwrap().key.clone())
        .collect();
    let mut harness = desk_of(platform, lang);
    harness.event(Event::Resized { columns, rows: 24 });
    let screen = harness.screen();
    let heading = screen.lines().nth(1).unwrap().to_owned();
    let rows = harness.app.screen.list_rows();
    let keys: Vec<TaskKey> = harness.app.inbox.window(rows).map(|(row, _)| row.key.clone()).collect();
    // Kind, initiator, summary and, where the screen is wide, the step: the last two are the waiting time and the marks.
    for (key, row) in keys.iter().zip(screen.lines().skip(2)) {
        let cells = cells(&heading, row);
        for (column, cell) in cells.iter().enumerate().take(cells.len() - 2) {
            if column == 2 && masked.contains(key) {
                continue;
            }
            for word in cell.split_whitespace() {
                let word = word.trim_end_matches('…');
                harness.keys("<esc>/").paste(word).keys("<enter>");
                prop_assert!(shown(&harness).contains(key), "{word:?} of {cell:?}\n{screen}");
            }
        }
    }
    for key in &masked {
        let pay = harness.platform.processes[&key.process].abstracts.last().unwrap().value.zh.to_string();
        harness.keys("<esc>v/").paste(&pay).keys("<enter>");
        prop_assert!(!shown(&harness).contains(key), "{pay} is masked\n{screen}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_painted_and_not_masked_is_found(
        requests in prop::collection::vec(request(), 1..8),
        zh in any::<bool>(),
        columns in prop::sample::select(vec![60_u16, 80, 100, 119]),
    ) {
        found_by_what_is_painted(if zh { Lang::Zh } else { Lang::En }, columns, &requests)?;
    }

    #[test]
    fn no_window_has_blank_rows_while_lines_are_hidden_above(
        steps in prop::collection::vec(0..14_usize, 1..40),
        tasks in 1_u64..45,
    ) {
        let mut platform = Scripted::with_leaves(tasks);
        for number in (1..=tasks).step_by(3) {
            platform.processes.get_mut(&key(number).process).unwrap().flow_template_name = both("补卡申请", "Punch");
        }
        let long = |number: u64| Field {
            api_name: format!("f{number}").as_str().into(),
            label: both(&format!("字段{number}"), ""),
            value: Value::Text("十个字的内容在这里面".into()),
        };
        for number in 1..=tasks {
            let process = key(number).process;
            let fields = (0..number).map(long).collect();
            platform.forms.insert(process.clone(), Form { fields, ..platform.forms[&process].clone() });
        }
        let mut harness = desk_of(platform, Lang::Zh);
        for step in steps {
            match step {
                0..=7 => {
                    harness.keys(["j", "k", "G", "<pgdn>", "<pgup>", "o", "<esc>", "jjjjjjj"][step]);
                }
                8 => filter(&mut harness, "补卡"),
                9 => filter(&mut harness, "sqr1"),
                10 => {
                    let rows = if harness.app.screen.rows == 24 { 40 } else { 24 };
                    harness.event(Event::Resized { columns: 80, rows });
                }
                11 => {
                    let leaves = harness.platform.tasks.iter().rev().map(|task| task.key.clone()).take(4).collect::<Vec<_>>();
                    for key in &leaves {
                        harness.platform.remove(key);
                    }
                    harness.keys("<ctrl-r>").wait(Duration::from_secs(1));
                }
                12 => {
                    harness.keys("<enter>2/").write("字段1");
                    harness.keys("<enter>");
                }
                _ => {
                    harness.keys("<enter>4");
                }
            }
            let (list, form) = (harness.app.screen.list_rows(), harness.app.screen.form_rows());
            let (inbox, pane) = (&harness.app.inbox, &harness.app.form);
            prop_assert_eq!(inbox.window(list).count(), list.min(inbox.shown_count()));
            prop_assert!(inbox.shown_count() == 0 || inbox.window(list).any(|(_, here)| here));
            prop_assert_eq!(pane.window(form).count(), form.min(pane.visible_rows()));
            prop_assert!(pane.is_empty() || pane.window(form).any(|(_, here, _)| here));
        }
    }
}

#[test]
fn a_refresh_keeps_the_selected_row_that_no_longer_fits() {
    let mut harness = desk_of(Scripted::with_leaves(30), Lang::Zh);
    filter(&mut harness, "天");
    harness.keys(&"j".repeat(15));
    let selected = harness.selected();
    let row = |harness: &mut Harness<Scripted>| harness.screen().lines().position(|line| line.starts_with('▸'));
    let at = row(&mut harness);
    for number in [1, 2] {
        harness.platform.finish(&key(number), DoneStatus::Done, "");
    }
    harness.platform.processes.get_mut(&selected.process).expect("it waits").abstracts.clear();
    harness.keys("<ctrl-r>").wait(Duration::from_secs(70));
    harness.keys("<ctrl-r>").wait(Duration::from_secs(70));
    assert_eq!(shown(&harness).len(), 28, "two have left, and the selected one stays");
    assert_eq!(harness.selected(), selected, "the cursor stays on its task");
    assert_eq!(row(&mut harness), at, "{}", harness.screen());
}
