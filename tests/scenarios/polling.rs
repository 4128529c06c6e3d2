//! The list by the clock: how often it is read, and that nothing moves by it.

use std::time::Duration;

use shenpi::app::{Event, Notice, Query, Settings};
use shenpi::domain::{CleanText, DoneStatus, Endpoint, Failure, FailureKind, Lang, Outcome, Task, TaskKey, TaskStatus};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, failure, key, operator};

const ROUND: Duration = Duration::from_secs(31);

fn desk(tasks: u64, lang: Lang) -> Harness<Scripted> {
    let mut harness = Harness::new(Scripted::with_leaves(tasks), settings(operator(), lang), 80, 24);
    harness.keys("j").wait(Duration::from_secs(1));
    harness
}

fn count(harness: &Harness<Scripted>, wanted: fn(&Query) -> bool) -> usize {
    harness.platform.asked.iter().filter(|query| wanted(query)).count()
}

fn lists(harness: &Harness<Scripted>) -> usize {
    count(harness, |query| matches!(query, Query::Tasks(None)))
}

fn changes(harness: &Harness<Scripted>) -> usize {
    count(harness, |query| matches!(query, Query::Changed { .. }))
}

fn numbers(harness: &Harness<Scripted>) -> Vec<TaskKey> {
    harness.app.inbox.rows().map(|row| row.key.clone()).collect()
}

fn is_gone(harness: &Harness<Scripted>, number: u64) -> bool {
    harness.app.inbox.row(&key(number)).is_some_and(|row| row.gone)
}

fn bottom(harness: &mut Harness<Scripted>) -> String {
    harness.screen().lines().rev().nth(1).unwrap_or_default().to_owned()
}

#[test]
fn the_list_is_read_every_thirty_seconds_while_in_use() {
    let mut harness = desk(5, Lang::Zh);
    let before = lists(&harness);
    harness.wait(Duration::from_secs(300));
    assert_eq!(lists(&harness) - before, 10);
}

#[test]
fn a_long_list_is_read_as_seldom_as_a_tenth_of_the_budget_asks() {
    let mut platform = Scripted::with_leaves(300);
    platform.page_size = 5;
    let mut harness = Harness::new(platform, settings(operator(), Lang::Zh), 80, 24);
    let before = lists(&harness);
    harness.wait(Duration::from_secs(590));
    // Sixty pages: a round a minute.
    assert_eq!(lists(&harness) - before, 9);
}

#[test]
fn after_ten_minutes_without_a_key_the_list_is_read_every_five() {
    let mut harness = desk(5, Lang::Zh);
    harness.wait(Duration::from_secs(660));
    let before = lists(&harness);
    harness.wait(Duration::from_secs(3_000));
    assert_eq!(lists(&harness) - before, 10);
    harness.keys("j").wait(Duration::from_secs(60));
    assert!(lists(&harness) - before >= 12, "in use again");
}

#[test]
fn coming_back_from_a_stop_reads_the_list() {
    let mut harness = desk(5, Lang::Zh);
    let before = lists(&harness);
    harness.event(Event::Resumed);
    assert_eq!(lists(&harness), before + 1);
}

#[test]
fn a_second_window_reads_by_the_clock_too() {
    let holder = shenpi::app::Holder { terminal: CleanText::new("pts/3"), ..Default::default() };
    let second = Settings { holder: Some(holder), ..settings(operator(), Lang::Zh) };
    let mut harness = Harness::new(Scripted::with_leaves(3), second, 80, 24);
    harness.keys("j");
    harness.platform.add(4, "休假申请", "Leave");
    harness.wait(ROUND);
    assert!(bottom(&mut harness).contains("1 条新待办，按 Ctrl-R 显示"), "{}", harness.screen());
}

#[test]
fn changes_are_asked_for_every_ninety_seconds() {
    let mut harness = desk(5, Lang::Zh);
    harness.wait(Duration::from_secs(40));
    let before = changes(&harness);
    harness.wait(Duration::from_secs(500));
    harness.keys("j").wait(Duration::from_secs(400));
    assert_eq!(changes(&harness) - before, 10);
}

#[test]
fn refused_changes_are_asked_for_at_doubled_pauses() {
    let mut harness = desk(5, Lang::Zh);
    harness.wait(Duration::from_secs(40));
    let limited = FailureKind::RateLimited { retry_after: Duration::from_secs(1) };
    harness.platform.no_changes =
        Some(failure(Endpoint::ChangedProcesses, limited, Outcome::NotSent, Some(99_991_400)));
    let before = changes(&harness);
    harness.keys("j").wait(Duration::from_secs(500));
    // After 90, 270 s and not before 630.
    assert_eq!(changes(&harness) - before, 2);
    harness.platform.no_changes = None;
    harness.keys("j").wait(Duration::from_secs(300));
    assert!(changes(&harness) - before >= 4, "answered once, then at the usual pace");
}

#[test]
fn new_tasks_wait_behind_a_line_until_they_are_asked_for() {
    for (lang, one, three) in [
        (Lang::Zh, "1 条新待办，按 Ctrl-R 显示", "3 条新待办，按 Ctrl-R 显示"),
        (Lang::En, "1 new task · Ctrl-R shows it", "3 new tasks · Ctrl-R shows them"),
    ] {
        let mut harness = desk(5, lang);
        let (rows, screen) = (numbers(&harness), harness.screen());
        harness.platform.add(9, "休假申请", "Leave");
        harness.wait(ROUND);
        assert!(bottom(&mut harness).contains(one), "{}", harness.screen());
        harness.platform.add(7, "休假申请", "Leave");
        harness.platform.add(8, "休假申请", "Leave");
        harness.wait(ROUND);
        assert!(bottom(&mut harness).contains(three), "{}", harness.screen());
        assert_eq!(numbers(&harness), rows, "no row moved");
        let above = |screen: &str| screen.lines().take(20).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(above(&harness.screen()), above(&screen), "nothing else did");
        let selected = harness.selected();
        harness.keys("<ctrl-r>");
        assert_eq!((numbers(&harness).len(), harness.selected()), (8, selected));
        assert!(!bottom(&mut harness).contains(three), "{}", harness.screen());
        let words = if lang == Lang::Zh { "新增 3" } else { "3 new" };
        assert!(bottom(&mut harness).contains(words), "{}", harness.screen());
    }
}

#[test]
fn an_unread_filter_line_names_new_tasks_first() {
    let mut harness = desk(5, Lang::Zh);
    harness.keys("/").write("休假");
    harness.keys("<enter>");
    harness.platform.add(9, "休假申请", "Leave");
    harness.wait(ROUND);
    assert!(bottom(&mut harness).contains("1 条新待办，按 Ctrl-R 显示 · 筛选"), "{}", harness.screen());
}

#[test]
fn a_new_task_that_ended_meanwhile_is_not_announced() {
    let mut harness = desk(5, Lang::Zh);
    harness.platform.add(9, "休假申请", "Leave");
    harness.wait(ROUND);
    harness.platform.remove(&key(9));
    harness.wait(ROUND);
    assert!(!bottom(&mut harness).contains("新待办"), "{}", harness.screen());
    harness.keys("<ctrl-r>");
    assert_eq!(numbers(&harness).len(), 5);
}

#[test]
fn an_empty_list_shows_new_tasks_at_once() {
    let mut harness = Harness::new(Scripted::with_leaves(0), settings(operator(), Lang::Zh), 80, 24);
    harness.keys("j");
    for number in 1..=3 {
        harness.platform.add(number, "休假申请", "Leave");
    }
    harness.platform.page_size = 1;
    harness.wait(ROUND);
    assert_eq!(harness.app.inbox.pending(), 3, "{}", harness.screen());
}

#[test]
fn a_list_that_ends_as_new_tasks_come_shows_them() {
    let mut harness = desk(2, Lang::Zh);
    for number in 1..=2 {
        harness.platform.remove(&key(number));
    }
    harness.platform.add(9, "休假申请", "Leave");
    harness.wait(ROUND);
    assert_eq!(harness.app.inbox.pending(), 1, "{}", harness.screen());
}

#[test]
fn rows_that_ended_elsewhere_are_marked_in_their_places() {
    for lang in [Lang::Zh, Lang::En] {
        let mut harness = desk(6, lang);
        let rows = numbers(&harness);
        harness.platform.finish(&key(1), DoneStatus::Done, "");
        harness.platform.finish(&key(4), DoneStatus::Done, "");
        harness.wait(ROUND);
        assert_eq!(numbers(&harness), rows);
        assert!(is_gone(&harness, 1) && is_gone(&harness, 4), "{}", harness.screen());
        assert_eq!((harness.selected(), harness.app.inbox.pending()), (key(2), 4));
        let row = harness.screen().lines().nth(2).unwrap().to_owned();
        assert!(row.trim_end().ends_with('-') || row.contains(" -"), "{row}");
        harness.wait(ROUND);
        assert_eq!(numbers(&harness), rows, "another round moves nothing either");
        harness.keys("<ctrl-r>");
        assert_eq!((numbers(&harness).len(), harness.selected()), (4, key(2)));
    }
}

#[test]
fn rows_that_ended_elsewhere_leave_when_the_user_sorts_or_filters() {
    for keys in ["o", "/<esc>"] {
        let mut harness = desk(6, Lang::Zh);
        harness.platform.finish(&key(4), DoneStatus::Done, "");
        harness.wait(ROUND);
        assert_eq!(numbers(&harness).len(), 6);
        harness.keys(keys);
        assert_eq!((numbers(&harness).len(), harness.selected()), (5, key(2)), "{keys}");
    }
}

#[test]
fn a_row_that_is_listed_again_comes_back_in_its_place() {
    let mut harness = desk(6, Lang::Zh);
    let (rows, tasks) = (numbers(&harness), harness.platform.tasks.clone());
    harness.platform.tasks.retain(|task| task.key != key(4));
    harness.wait(ROUND);
    assert!(is_gone(&harness, 4));
    harness.platform.tasks = tasks;
    harness.wait(ROUND);
    assert!(!is_gone(&harness, 4) && harness.app.inbox.pending() == 6);
    assert_eq!(numbers(&harness), rows);
}

/// The platform's list lags behind the decision.
#[test]
fn a_round_by_the_clock_brings_no_decided_task_back() {
    for clears in [false, true] {
        let mut harness = desk(4, Lang::Zh);
        harness.keys("k").wait(Duration::from_secs(20)).keys("ay").wait(Duration::from_secs(6));
        assert!(is_gone(&harness, 1), "{}", harness.screen());
        if clears {
            harness.keys("j<ctrl-r>").wait(Duration::from_secs(1));
            assert!(harness.app.inbox.row(&key(1)).is_none(), "{}", harness.screen());
        }
        harness.platform.tasks.insert(0, Task { key: key(1), status: TaskStatus::InProgress });
        harness.wait(ROUND);
        assert!(harness.app.inbox.row(&key(1)).is_none_or(|row| row.gone), "{}", harness.screen());
        assert_eq!((harness.app.inbox.pending(), harness.app.inbox.waiting()), (3, 0), "{}", harness.screen());
    }
}

#[test]
fn a_round_without_news_changes_no_cell() {
    for lang in [Lang::Zh, Lang::En] {
        let mut harness = desk(30, lang);
        harness.wait(Duration::from_secs(200)).keys("j").wait(Duration::from_secs(5));
        let (screen, asked) = (harness.screen(), lists(&harness));
        harness.wait(ROUND);
        assert!(lists(&harness) > asked);
        assert_eq!(harness.screen(), screen);
        assert!(harness.app.notices.all().all(|(_, notice)| !matches!(notice, Notice::Refreshed { .. })));
    }
}

#[test]
fn data_older_than_two_rounds_shows_its_age_as_clock_time() {
    for (lang, word) in [(Lang::Zh, "更新 09:0"), (Lang::En, "as of 09:0")] {
        let mut harness = desk(5, lang);
        harness.wait(Duration::from_secs(120));
        assert!(!harness.screen().contains(word), "{}", harness.screen());
        let dead: Failure = failure(Endpoint::TaskList, FailureKind::Unreachable, Outcome::NotSent, None);
        harness.platform.trouble = Some(dead);
        harness.wait(Duration::from_secs(100));
        assert!(harness.screen().contains(word), "{}", harness.screen());
        harness.platform.trouble = None;
        harness.wait(ROUND);
        assert!(!harness.screen().contains(word), "{}", harness.screen());
    }
}

#[test]
fn too_many_changes_mark_rows_until_they_are_read_again() {
    let mut harness = desk(4, Lang::Zh);
    harness.wait(Duration::from_secs(40));
    harness.platform.many_changes = true;
    harness.answers_wait = true;
    harness.wait(Duration::from_secs(100)).answers_come();
    harness.answers_wait = false;
    harness.wait(Duration::from_secs(100));
    let unconfirmed = |harness: &Harness<Scripted>| harness.app.inbox.rows().filter(|row| row.is_unconfirmed()).count();
    assert_eq!(unconfirmed(&harness), 0, "each was read again");
    assert!(count(&harness, |query| matches!(query, Query::Process(_))) >= 8);
}
