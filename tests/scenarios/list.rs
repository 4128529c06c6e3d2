//! Reading the queue: pages, filter, order, the form tree.

use std::time::Duration;

use shenpi::app::{Answer, Notice, Pane, Query, Sort, Subject};
use shenpi::domain::decision::Receipt;
use shenpi::domain::form::{FileRef, FormSource};
use shenpi::domain::{
    DoneStatus, Endpoint, Failure, FailureKind, Field, FileId, Form, I18n, Lang, Now, Outcome, Reviewed, Value,
};

use crate::support::harness::{Harness, Platform, settings};
use crate::support::scripted::{Scripted, both, failure, key, operator};

fn desk_of(platform: Scripted) -> Harness<Scripted> {
    Harness::new(platform, settings(operator(), Lang::Zh), 80, 24)
}

fn shown(harness: &Harness<Scripted>) -> Vec<u64> {
    harness.app.inbox.shown().map(|row| row.key.approver.as_str()[14..].parse().unwrap()).collect()
}

#[test]
fn a_long_list_is_read_page_by_page_to_its_end() {
    let mut platform = Scripted::with_leaves(250);
    platform.page_size = 100;
    let harness = desk_of(platform);
    assert_eq!(harness.app.inbox.pending(), 250);
    let pages = harness.platform.asked.iter().filter(|query| matches!(query, Query::Tasks(_))).count();
    assert_eq!(pages, 3);
    assert!(harness.app.inbox.complete);
}

#[test]
fn the_longest_waiting_task_is_under_the_cursor_whatever_page_it_comes_with() {
    let mut platform = Scripted::with_leaves(250);
    platform.tasks.reverse();
    let mut harness = desk_of(platform);
    assert_eq!((harness.selected(), harness.app.inbox.position()), (key(1), Some(1)));
    harness.keys("j");
    harness.platform.add(0, "休假申请", "Leave");
    harness.keys("<ctrl-r>");
    assert_eq!((harness.selected(), harness.app.inbox.position()), (key(2), Some(3)), "and stays after a key");
}

#[test]
fn the_filter_follows_every_key_and_escape_puts_the_old_one_back() {
    let mut harness = desk_of(Scripted::with_leaves(12));
    harness.keys("/");
    harness.write("sqr12");
    assert_eq!(shown(&harness), [12]);
    harness.keys("<esc>");
    assert_eq!(shown(&harness).len(), 12);
    harness.keys("/");
    harness.write("sqr11");
    harness.keys("<enter>ay").wait(Duration::from_secs(6));
    assert_eq!(harness.sent[0].target.key, key(11));
    harness.keys("<esc>");
    assert_eq!(shown(&harness).len(), 12);
}

#[test]
fn a_case_that_the_filter_would_not_show_any_more_stays_while_the_cursor_is_on_it() {
    let mut harness = desk_of(Scripted::with_leaves(12));
    harness.keys("/");
    harness.write("sqr1");
    harness.keys("<enter>j");
    let (selected, before) = (harness.selected(), shown(&harness));
    harness.platform.processes.get_mut(&selected.process).unwrap().initiator_name = both("别人", "Somebody else");
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1));
    assert_eq!((harness.selected(), shown(&harness)), (selected, before.clone()));
    harness.keys("k<ctrl-r>").wait(Duration::from_secs(1));
    assert_eq!(shown(&harness).len(), before.len() - 1, "it leaves when the cursor has left it");
}

#[test]
fn the_order_changes_and_the_cursor_stays_on_its_task() {
    let mut harness = desk_of(Scripted::with_leaves(5));
    harness.keys("j");
    harness.keys("o");
    assert_eq!(harness.app.inbox.sort, Sort::Newest);
    assert_eq!(shown(&harness), [5, 4, 3, 2, 1]);
    assert_eq!(harness.selected(), key(2));
}

#[test]
fn the_preview_waits_until_the_cursor_rests_and_shows_the_target_of_a_dialog_at_once() {
    let mut harness = desk_of(Scripted::with_leaves(5));
    assert_eq!(harness.app.subject(Subject::Screen), Some(&key(1)));
    harness.every(Duration::from_millis(50), "jjj");
    assert_eq!((harness.selected(), harness.app.subject(Subject::Screen)), (key(4), Some(&key(1))));
    harness.wait(Duration::from_millis(150));
    assert_eq!(harness.app.subject(Subject::Screen), Some(&key(4)));
    harness.every(Duration::from_millis(20), "ka");
    assert_eq!(harness.app.subject(Subject::Screen), Some(&key(3)), "what is decided is on screen");
}

#[test]
fn pages_flip_and_ends_are_reached() {
    let mut harness = desk_of(Scripted::with_leaves(60));
    harness.keys("G");
    assert_eq!(harness.selected(), key(60));
    harness.keys("g<pgdn>");
    let rows = u64::try_from(harness.app.screen.list_rows()).unwrap();
    assert_eq!(harness.selected(), key(1 + rows));
    harness.keys("<pgup>");
    assert_eq!(harness.selected(), key(1));
}

/// With any key that moves down: a row without a task is useless while others stand above the window.
#[test]
fn the_window_is_full_wherever_there_are_tasks_to_fill_it() {
    for (tasks, keys) in [(24, "G"), (24, "jjjjjjjjjj"), (24, "<pgdn><pgdn>"), (13, "G"), (7, "G"), (24, "Gk")] {
        let mut harness = desk_of(Scripted::with_leaves(tasks));
        harness.keys(keys);
        let rows = harness.app.screen.list_rows();
        let window: Vec<_> = harness.app.inbox.window(rows).collect();
        assert_eq!(window.len(), rows.min(harness.app.inbox.shown_count()), "{tasks} tasks, {keys}");
        assert_eq!(window.iter().filter(|(_, here)| *here).count(), 1, "{tasks} tasks, {keys}");
    }
}

#[test]
fn the_window_stays_full_when_its_last_tasks_leave() {
    let mut harness = desk_of(Scripted::with_leaves(24));
    harness.keys("Gkkkkkkkkk");
    let (selected, rows) = (harness.selected(), harness.app.screen.list_rows());
    for number in 20..=24 {
        harness.platform.remove(&key(number));
    }
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1));
    assert_eq!(harness.selected(), selected);
    assert_eq!(harness.app.inbox.window(rows).count(), rows);
}

#[test]
fn a_changed_case_is_read_again_after_a_refresh_and_marked() {
    let mut harness = desk_of(Scripted::with_leaves(3));
    harness.keys("<enter>q");
    let process = harness.platform.processes.get_mut(&key(1).process).unwrap();
    process.abstracts[0].value = both("9 天", "9 days");
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1));
    let case = harness.app.requests.get(&key(1).process).unwrap();
    assert!(case.is_changed());
    harness.keys("<enter>");
    assert!(!harness.app.requests.get(&key(1).process).unwrap().is_changed(), "seen now");
}

#[test]
fn a_dead_network_is_asked_twice_a_minute_and_everything_comes_back_with_it() {
    let mut platform = Scripted::with_leaves(8);
    let dead = failure(Endpoint::TaskList, FailureKind::Unreachable, Outcome::NotSent, None);
    platform.trouble = Some(dead);
    let mut harness = desk_of(platform);
    let asked = harness.platform.asked.len();
    harness.every(Duration::from_secs(1), "jkjkjkjkjkjkjkjkjkjkjkjkjkjk");
    assert_eq!(harness.platform.asked.len(), asked, "twenty-eight keys, no request");
    harness.wait(Duration::from_secs(60)).keys("j");
    assert_eq!(harness.platform.asked.len(), asked + 2);
    let failures = |notice: &Notice| matches!(notice, Notice::ReadFailed(_));
    assert_eq!(harness.app.notices.all().filter(|(_, notice)| failures(notice)).count(), 1, "told once");
    harness.platform.trouble = None;
    harness.wait(Duration::from_secs(31));
    assert_eq!(harness.app.inbox.pending(), 8);
    assert_eq!(harness.app.requests.loaded(), 8);
}

fn field(name: &str, value: Value) -> Field {
    Field { api_name: name.into(), label: I18n::default(), value }
}

fn deep_form() -> Form {
    let leaf = field("city", Value::Text("北京".into()));
    let inner = field("address", Value::Record(vec![leaf]));
    let row = Value::Record(vec![inner, field("amount", Value::Number("12".into()))]);
    Form {
        process: key(1).process,
        source: FormSource::V2,
        received: shenpi::domain::Received::default(),
        fields: vec![field("table", Value::List(vec![row.clone(), row])), field("last", Value::Bool(false))],
    }
}

#[test]
fn a_file_without_an_id_is_not_downloaded_and_that_is_said() {
    let file = |id: &str| {
        let name = "车票.pdf".into();
        Value::File(FileRef { id: FileId::new(id), name, length: Some(7), mime_type: "application/pdf".into() })
    };
    let mut platform = Scripted::with_leaves(1);
    let fields = vec![field("lost", file("")), field("there", file("f-1")), field("beside", file("f-2"))];
    let process = key(1).process;
    let form = Form {
        process: process.clone(),
        source: FormSource::V2,
        fields,
        received: shenpi::domain::Received::default(),
    };
    platform.forms.insert(process, form);
    let mut harness = desk_of(platform);
    let downloads = |harness: &Harness<Scripted>| {
        harness.platform.asked.iter().filter(|query| matches!(query, Query::Download(_))).count()
    };
    harness.keys("<enter>2d");
    assert_eq!(downloads(&harness), 0);
    assert!(harness.screen().contains("这个附件没有编号"), "{}", harness.screen());
    // Until its answer comes, a second one neither replaces it nor is asked for twice.
    harness.answers_wait = true;
    harness.keys("jd");
    assert!(harness.screen().contains("正在下载 车票.pdf"), "{}", harness.screen());
    harness.keys("jdd").answers_come().wait(Duration::from_secs(1));
    assert_eq!(downloads(&harness), 2, "one of each");
    let saved = |notice: &Notice| matches!(notice, Notice::Saved(_));
    assert_eq!(harness.app.notices.all().filter(|(_, notice)| saved(notice)).count(), 2);
}

#[test]
fn the_form_folds_searches_and_copies() {
    let mut platform = Scripted::with_leaves(2);
    platform.forms.insert(key(1).process, deep_form());
    let mut harness = desk_of(platform);
    harness.keys("<enter>2");
    assert_eq!(harness.app.screen.pane, Pane::Form);
    let folded = harness.app.form.visible_rows();
    assert_eq!(folded, 8, "addresses are folded: table, two rows of two, last");
    harness.keys("E");
    assert_eq!(harness.app.form.visible_rows(), 10);
    harness.keys("g<space>");
    assert_eq!(harness.app.form.visible_rows(), 2);
    harness.keys("/");
    harness.write("bj");
    harness.keys("<enter>y");
    assert_eq!(harness.copied, ["北京"], "the search unfolds what hides its match");
    assert!(harness.sent.is_empty(), "y copies here");
}

/// The token is fetched for every read that has none, and the platform limits that, too.
struct NoToken(Scripted);

impl Platform for NoToken {
    fn read(&mut self, query: &Query) -> Result<Answer, Failure> {
        let answer = self.0.read(query);
        assert!(self.0.asked.len() < 1_000, "a storm of requests");
        match query {
            Query::Process(_) | Query::Form(_) => {
                let limited = FailureKind::RateLimited { retry_after: Duration::from_secs(30) };
                Err(failure(Endpoint::TenantToken, limited, Outcome::NotSent, Some(99_991_400)))
            }
            _ => answer,
        }
    }

    fn write(&mut self, decision: &Reviewed) -> Result<Receipt, Failure> {
        self.0.write(decision)
    }

    fn now(&mut self, now: Now) {
        self.0.now(now);
    }
}

#[test]
fn a_limit_of_the_token_is_waited_for_by_the_reads_that_need_one() {
    let platform = NoToken(Scripted::with_leaves(30));
    let mut harness = Harness::new(platform, settings(operator(), Lang::Zh), 80, 24);
    harness.keys("j<enter>2<esc>").wait(Duration::from_secs(20));
    let cases = |harness: &Harness<NoToken>| {
        harness.platform.0.asked.iter().filter(|query| matches!(query, Query::Process(_) | Query::Form(_))).count()
    };
    assert!((1..=7).contains(&cases(&harness)), "those in flight when the answer came: {}", cases(&harness));
    assert!(harness.screen().contains("限流"), "{}", harness.screen());
    harness.wait(Duration::from_secs(100));
    assert!(
        (4..=40).contains(&cases(&harness)),
        "asked again when the limit had passed, and not before: {}",
        cases(&harness)
    );
}

#[test]
fn where_too_much_changed_to_be_listed_every_case_of_the_list_is_read_again() {
    let mut harness = desk_of(Scripted::with_leaves(5));
    harness.wait(Duration::from_secs(60));
    let read = |harness: &Harness<Scripted>| {
        harness.platform.asked.iter().filter(|query| matches!(query, Query::Process(_))).count()
    };
    let before = read(&harness);
    harness.platform.many_changes = true;
    harness.keys("<ctrl-r>").wait(Duration::from_secs(10));
    assert!(read(&harness) >= before + 5, "{} of 5", read(&harness) - before);
}

/// No other read tells of changes during the failed question.
#[test]
fn changes_that_could_not_be_asked_for_are_asked_for_with_the_next_list() {
    let limited = FailureKind::RateLimited { retry_after: Duration::from_secs(20) };
    for kind in [FailureKind::TimedOut, FailureKind::Unreachable, limited, FailureKind::Business] {
        let mut harness = desk_of(Scripted::with_leaves(3));
        let span = |harness: &Harness<Scripted>| {
            harness.platform.asked.iter().rev().find_map(|query| match query {
                Query::Changed { from, to, .. } => Some((*from, *to)),
                _ => None,
            })
        };
        harness.wait(Duration::from_secs(60)).keys("<ctrl-r>").wait(Duration::from_secs(60));
        let (_, known) = span(&harness).expect("the second list asks for changes");
        harness.platform.no_changes =
            Some(failure(Endpoint::ChangedProcesses, kind.clone(), Outcome::NotSent, Some(99_991_400)));
        harness.keys("<ctrl-r>").wait(Duration::from_secs(60));
        let (asked, _) = span(&harness).unwrap();
        harness.platform.no_changes = None;
        harness.keys("<ctrl-r>").wait(Duration::from_secs(60));
        let (from, to) = span(&harness).unwrap();
        assert!(from <= asked && from < known && to > known, "{kind:?}: {from:?} to {to:?}, known up to {known:?}");
        harness.keys("<ctrl-r>").wait(Duration::from_secs(1));
        let (next, _) = span(&harness).unwrap();
        assert!(next > from, "{kind:?}: what was answered is not asked again");
    }
}

#[test]
fn a_list_that_could_not_be_read_says_so_in_its_place_and_counts_nothing() {
    for (lang, columns, rows, none, again) in [
        (Lang::Zh, 80, 24, "待办 –", "按 Ctrl-R 重试。"),
        (Lang::En, 80, 24, "– pending", "Ctrl-R to retry."),
        (Lang::Zh, 40, 10, "待办 –", "按 Ctrl-R 重试。"),
    ] {
        let mut platform = Scripted::with_leaves(3);
        let missing = FailureKind::MissingScope(vec!["corehr:process:read".into()]);
        platform.trouble = Some(failure(Endpoint::TaskList, missing, Outcome::Refused, Some(99_991_672)));
        let mut harness = Harness::new(platform, settings(operator(), lang), columns, rows);
        harness.wait(Duration::from_secs(30));
        let screen = harness.screen();
        for words in [none, "99991672", "20260309LOGID", again] {
            assert!(screen.contains(words), "{words}:\n{screen}");
        }
        assert!(!screen.contains("加载中") && !screen.contains("loading"), "{screen}");
        harness.platform.trouble = None;
        harness.keys("<ctrl-r>");
        assert!(!harness.screen().contains("99991672"), "{}", harness.screen());
        assert_eq!(harness.app.inbox.pending(), 3);
    }
}

#[test]
fn a_list_that_is_old_keeps_its_rows_and_the_line_names_the_log_id_or_where_it_is() {
    let mut harness = desk_of(Scripted::with_leaves(3));
    harness.platform.trouble = Some(failure(Endpoint::TaskList, FailureKind::Server, Outcome::NotSent, None));
    harness.keys("<ctrl-r>").wait(Duration::from_secs(30));
    let screen = harness.screen();
    let line = screen.lines().rev().nth(1).unwrap();
    assert!(line.contains("待办加载失败") && (line.contains("LOGID") || line.contains("! 消息")), "{screen}");
    assert!(screen.contains("/3"), "{screen}");
}

/// Two hundred and fifty tasks in pages of a hundred; while the second page is read, one task of the first ends.
fn a_task_ends_between_two_pages(ends: bool) -> Harness<Scripted> {
    let mut harness = desk_of(Scripted::with_leaves(250));
    harness.wait(Duration::from_secs(300));
    let at = harness.platform.tasks.iter().position(|task| task.key == key(101)).unwrap();
    if ends {
        harness.platform.finish(&key(101), DoneStatus::Done, "");
    } else {
        // Paging by offset, when a task of the first page ends: the next page begins one row too far.
        harness.platform.tasks.remove(at);
    }
    harness
}

fn has(harness: &Harness<Scripted>, number: u64) -> bool {
    harness.app.inbox.rows().any(|row| row.key == key(number) && !row.gone)
}

fn reads_of(harness: &Harness<Scripted>, number: u64) -> usize {
    let wanted = Query::Process(key(number).process);
    harness.platform.asked.iter().filter(|query| **query == wanted).count()
}

#[test]
fn a_task_that_is_missing_from_a_list_in_pages_stays_while_its_case_shows_it() {
    let mut harness = a_task_ends_between_two_pages(false);
    let before = reads_of(&harness, 101);
    harness.platform.no_changes =
        Some(failure(Endpoint::ChangedProcesses, FailureKind::Server, Outcome::NotSent, None));
    harness.keys("<ctrl-r>");
    assert!(has(&harness, 101));
    assert!(harness.screen().contains("减少 0 项；另有 1 项缺失"), "{}", harness.screen());
    harness.wait(Duration::from_secs(120));
    assert!(reads_of(&harness, 101) > before, "its case was asked");
    assert!(has(&harness, 101), "and shows it");
    for _ in 0..3 {
        harness.keys("<ctrl-r>").wait(Duration::from_secs(120));
        assert!(has(&harness, 101), "as often as it is missing");
    }
}

#[test]
fn a_task_that_is_missing_from_a_list_in_pages_leaves_when_its_case_shows_that_it_ended() {
    let mut harness = a_task_ends_between_two_pages(true);
    harness.keys("<ctrl-r>").wait(Duration::from_secs(120));
    assert!(!has(&harness, 101));
    assert_eq!(harness.app.inbox.pending(), 249);
}

#[test]
fn a_task_that_is_missing_from_two_lists_leaves_though_its_case_cannot_be_read() {
    let mut harness = a_task_ends_between_two_pages(false);
    harness.platform.processes.remove(&key(101).process);
    harness.keys("<ctrl-r>").wait(Duration::from_secs(120));
    assert!(has(&harness, 101), "nobody said that it ended");
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1));
    assert!(!has(&harness, 101));
}

#[test]
fn an_absence_from_an_unreadable_list_does_not_count_as_one() {
    let mut harness = a_task_ends_between_two_pages(false);
    harness.platform.processes.remove(&key(101).process);
    harness.platform.unreadable = 1;
    harness.keys("<ctrl-r>").wait(Duration::from_secs(120));
    assert!(has(&harness, 101), "a row that cannot be read may be its own");
    harness.platform.unreadable = 0;
    harness.keys("<ctrl-r>").wait(Duration::from_secs(120));
    assert!(has(&harness, 101), "that is the first absence");
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1));
    assert!(!has(&harness, 101), "that is the second");
}

#[test]
fn a_list_of_one_page_is_whole() {
    let mut harness = desk_of(Scripted::with_leaves(50));
    harness.platform.remove(&key(20));
    harness.keys("<ctrl-r>");
    assert!(!has(&harness, 20));
    assert!(harness.screen().contains("减少 1"), "{}", harness.screen());
}

/// The spans of all questions after changed processes, in milliseconds.
fn spans(harness: &Harness<Scripted>) -> Vec<(i64, i64)> {
    let asked = harness.platform.asked.iter().filter_map(|query| match query {
        Query::Changed { from, to, .. } => Some((from.0, to.0)),
        _ => None,
    });
    asked.collect()
}

/// The span of the newest question after changed processes, against the platform's clock at that time: how far before
/// it the span begins and ends, in seconds.
fn span(harness: &Harness<Scripted>, ahead: i64) -> (i64, i64) {
    let there = harness.platform.clock.0 + ahead;
    let asked = harness.platform.asked.iter().rev().find_map(|query| match query {
        Query::Changed { from, to, .. } => Some((from.0, to.0)),
        _ => None,
    });
    let (from, to) = asked.expect("the second list asks for changes");
    ((there - from) / 1000, (there - to) / 1000)
}

#[test]
fn changes_are_asked_for_in_the_platform_s_time_however_wrong_the_clock_here_is() {
    for minutes in [0, 3, -3, 90, -90, 60 * 24 * 40] {
        let ahead = minutes * 60_000;
        let mut harness = desk_of(Scripted::with_leaves(3));
        harness.platform.clock_ahead = Some(ahead);
        harness.keys("<ctrl-r>").wait(Duration::from_secs(60)).keys("<ctrl-r>");
        harness.wait(Duration::from_secs(300)).keys("<ctrl-r>");
        let (from, to) = span(&harness, ahead);
        assert!((120..300).contains(&from) && (-120..=-119).contains(&to), "{minutes} min: {from} s to {to} s ago");
        let spans = spans(&harness);
        assert!(spans.len() > 3, "{spans:?}");
        let overlap = |pair: &[(i64, i64)]| pair[0].1 - pair[1].0 >= 119_000;
        assert!(spans.windows(2).all(overlap), "{minutes} min: {spans:?}");
    }
}

#[test]
fn a_clock_that_is_set_back_loses_no_span() {
    for tells in [true, false] {
        let mut harness = desk_of(Scripted::with_leaves(3));
        harness.platform.clock_ahead = tells.then_some(0);
        harness.keys("<ctrl-r>").wait(Duration::from_secs(300));
        harness.clock_jumps(-3_600_000);
        harness.platform.clock_ahead = tells.then_some(3_600_000);
        harness.keys("<ctrl-r>");
        let (from, to) = span(&harness, 3_600_000);
        let spans = spans(&harness);
        assert!(from >= 120 && to <= 1, "the time told: {tells}: {from} s to {to} s ago");
        assert!(spans.windows(2).all(|pair| pair[1].0 <= pair[0].1), "the time told: {tells}: {spans:?}");
    }
}

#[test]
fn a_platform_that_does_not_tell_the_time_is_asked_about_a_wider_span() {
    let mut harness = desk_of(Scripted::with_leaves(3));
    harness.platform.clock_ahead = None;
    harness.wait(Duration::from_secs(300)).keys("<ctrl-r>");
    for ahead in [-3_000_000, 3_000_000] {
        let (from, to) = span(&harness, ahead);
        assert!(from >= 120 && to <= 0, "{ahead} ms: {from} s to {to} s ago");
    }
}

#[test]
fn cases_of_tasks_that_left_the_list_are_forgotten() {
    let mut harness = desk_of(Scripted::with_leaves(8));
    harness.wait(Duration::from_secs(5)).keys("ay").wait(Duration::from_secs(6));
    harness.keys("jjj").wait(Duration::from_secs(1));
    let is_read = |harness: &Harness<Scripted>, number| harness.app.requests.process(&key(number).process).is_some();
    let read = |harness: &Harness<Scripted>| (1..=8).filter(|number| is_read(harness, *number)).collect::<Vec<_>>();
    assert_eq!(read(&harness), [1, 2, 3, 4, 5, 6, 7, 8]);
    let under_cursor = harness.selected();
    harness.platform.tasks.retain(|task| task.key == key(2) || task.key == key(8));
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1));
    // Decided requests stay, and so does the one on screen.
    let on_screen = (1..=8).find(|number| key(*number) == under_cursor).unwrap();
    assert_eq!(read(&harness), [1, 2, on_screen, 8]);
    harness.keys("k").wait(Duration::from_secs(1)).keys("<ctrl-r>").wait(Duration::from_secs(1));
    assert_eq!(read(&harness), [1, 2, 8]);
}
