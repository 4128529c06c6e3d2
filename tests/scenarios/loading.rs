//! The order in which requests are loaded, and what happens to it when the platform or the own budget accepts no more.

use std::time::Duration;

use proptest::prelude::*;
use shenpi::app::{Loaded, Query};
use shenpi::domain::{ApproverId, Endpoint, FailureKind, Instant, Lang, Millis, Outcome, Priority, ProcessId};

use crate::support::detail_budget::DetailBudget;
use crate::support::harness::{Harness, MORNING, settings};
use crate::support::scripted::{Scripted, both, failure, key, operator};

/// Between two repetitions of a held key.
const REPEAT: Duration = Duration::from_millis(33);

fn desk_of(platform: Scripted) -> Harness<Scripted> {
    Harness::new(platform, settings(operator(), Lang::Zh), 80, 24)
}

/// A desk whose own budget for rows is used up for this minute.
fn spent(tasks: u64) -> Harness<Scripted> {
    desk_of(Scripted { details: Some(DetailBudget::a_minute(60)), ..Scripted::with_leaves(tasks) })
}

/// Details that left from this place of the log on.
fn details(harness: &Harness<Scripted>, from: usize) -> Vec<(Instant, Priority, ProcessId)> {
    let left = harness.left_reads.get(from..).unwrap_or_default();
    let detail = |(at, priority, query): &(Instant, Priority, Query)| match query {
        Query::Process(process) => Some((*at, *priority, process.clone())),
        _ => None,
    };
    left.iter().filter_map(detail).collect()
}

fn on_screen(harness: &Harness<Scripted>) -> Vec<ProcessId> {
    let rows = harness.app.screen.list_rows();
    harness.app.inbox.window(rows).map(|(row, _)| row.key.process.clone()).collect()
}

fn is_absent(harness: &Harness<Scripted>, process: &ProcessId) -> bool {
    harness.app.requests.get(process).is_none_or(|request| request.process == Loaded::Absent)
}

#[test]
fn nothing_is_spent_on_rows_before_the_list_has_ended() {
    let harness = desk_of(Scripted { page_size: 10, ..Scripted::with_leaves(200) });
    let kinds: Vec<bool> = harness.platform.asked.iter().map(|query| matches!(query, Query::Tasks(_))).collect();
    assert!(kinds.is_sorted_by(|one, other| one >= other), "{kinds:?}");
    assert_eq!(kinds.iter().filter(|is_page| **is_page).count(), 20);
    assert_eq!(harness.app.requests.loaded(), 200);
}

#[test]
fn rows_passed_by_a_held_key_are_not_read_and_the_opened_one_is() {
    let mut harness = spent(300);
    assert_eq!(details(&harness, 0).len(), 61, "the budget of rows, and the one under the cursor");
    let before = harness.left_reads.len();
    harness.every(REPEAT, &"j".repeat(90));
    assert_eq!(details(&harness, before), [], "passed at thirty a second");
    harness.every(REPEAT, "<enter>");
    let opened = (harness.app.now.mono, Priority::Opened, key(91).process);
    assert_eq!(details(&harness, before), [opened]);
    assert!(!is_absent(&harness, &key(91).process));
}

#[test]
fn a_row_is_read_once_the_cursor_rests_on_it() {
    let mut harness = spent(300);
    let before = harness.left_reads.len();
    harness.every(REPEAT, &"j".repeat(90)).wait(Duration::from_millis(149));
    assert_eq!(details(&harness, before), []);
    harness.wait(Duration::from_millis(1));
    assert_eq!(details(&harness, before), [(harness.app.now.mono, Priority::Opened, key(91).process)]);
}

#[test]
fn requests_passed_by_a_held_step_are_not_read_and_a_single_step_reads() {
    let mut harness = spent(300);
    harness.keys(&"j".repeat(60)).keys("<enter>").wait(Duration::from_secs(1));
    let before = harness.left_reads.len();
    harness.keys("n");
    let single = details(&harness, before);
    assert_eq!(single, [(harness.app.now.mono, Priority::Opened, key(62).process)], "{}", harness.screen());
    harness.every(REPEAT, &"n".repeat(30));
    assert_eq!(details(&harness, before), single);
    harness.wait(Duration::from_millis(150));
    assert_eq!(details(&harness, before).last().map(|(.., process)| process.clone()), Some(key(92).process));
}

#[test]
fn a_jump_brings_its_rows_next_then_those_beside_it() {
    let mut harness = desk_of(Scripted::with_leaves(0));
    harness.platform = Scripted::with_leaves(400);
    harness.wait(Duration::from_secs(60)).answers_wait = true;
    harness.keys("<ctrl-r>").answers_come();
    assert_eq!(harness.app.requests.loaded(), 400, "without a budget the whole list is loaded");

    let mut harness = spent(400);
    let before = harness.left_reads.len();
    harness.keys("G").wait(Duration::from_secs(61));
    let rows = on_screen(&harness).len();
    let classes: Vec<Priority> = details(&harness, before).into_iter().map(|(_, priority, _)| priority).collect();
    assert!(classes.is_sorted(), "{classes:?}");
    let count = |class| classes.iter().filter(|priority| **priority == class).count();
    assert_eq!([Priority::Opened, Priority::Visible, Priority::Neighbor].map(count), [1, rows - 1, rows]);
    assert_eq!(count(Priority::Background), 60 - (2 * rows - 1));
}

#[test]
fn a_filter_has_the_rows_that_it_shows_read_next() {
    let mut harness = spent(400);
    harness.keys("/");
    // Rows that are not loaded are found by their ids: 3, 30 to 39, 300 to 399.
    harness.write("000000003");
    harness.keys("<enter>").wait(Duration::from_secs(2));
    let shown: Vec<_> = harness.app.inbox.shown().map(|row| row.key.process.clone()).collect();
    assert_eq!(shown.len(), 111);
    let before = harness.left_reads.len();
    harness.wait(Duration::from_secs(61));
    let read: Vec<_> = details(&harness, before).into_iter().map(|(.., process)| process).collect();
    assert_eq!(read.len(), 60);
    assert!(read.iter().all(|process| shown.contains(process)), "{read:?}");
}

#[test]
fn the_rest_is_read_with_the_longest_waiting_first() {
    let mut harness = spent(300);
    harness.keys("G").wait(Duration::from_secs(300));
    let rest = details(&harness, 0).into_iter().filter(|(_, priority, _)| *priority == Priority::Background);
    let rest: Vec<_> = rest.map(|(.., process)| process).collect();
    assert!(rest.is_sorted(), "{rest:?}");
    assert_eq!(harness.app.requests.loaded(), 300);
    assert_eq!(harness.superseded, []);
}

#[test]
fn a_decision_is_checked_and_sent_while_the_budget_of_rows_is_spent() {
    let mut harness = spent(300);
    let before = harness.left_reads.len();
    harness.keys("ay").wait(Duration::from_secs(6));
    assert_eq!(harness.sent.len(), 1);
    let checks: Vec<_> = details(&harness, before).into_iter().map(|(_, priority, _)| priority).collect();
    assert_eq!(checks.first(), Some(&Priority::Check), "{checks:?}");
}

#[test]
fn a_refusal_of_the_gateway_stops_every_class_and_says_until_when() {
    for (lang, words) in [(Lang::Zh, "09:00:30 恢复"), (Lang::En, "limited until 09:00:30")] {
        let mut platform = Scripted::with_leaves(30);
        let limited = FailureKind::RateLimited { retry_after: Duration::from_secs(30) };
        let refused = failure(Endpoint::ProcessDetail, limited, Outcome::NotSent, Some(99_991_400));
        platform.limits.push((|query| matches!(query, Query::Process(_)), refused));
        let mut harness = Harness::new(platform, settings(operator(), lang), 100, 30);
        let before = harness.left_reads.len();
        assert!(before > 0);
        harness.keys("jj<enter>").wait(Duration::from_secs(20));
        assert_eq!(details(&harness, before), []);
        assert!(harness.screen().contains(words), "{}", harness.screen());
        harness.wait(Duration::from_secs(10));
        assert_eq!(harness.app.requests.loaded(), 30, "nothing is lost");
    }
}

/// Tasks whose ids tell that they have waited for six days. The first one's request says `ago` days.
fn dated(tasks: u64, ago: i64) -> Scripted {
    let mut platform = Scripted::with_leaves(tasks);
    for (number, task) in (1..).zip(&mut platform.tasks) {
        let began = Millis(MORNING.0 - 6 * 24 * 3_600_000);
        let second = u64::try_from(began.0 / 1000).unwrap();
        task.key.approver = ApproverId::new(((second << 32) + number).to_string());
        let todo = &mut platform.processes.get_mut(&task.key.process).unwrap().todos[0];
        todo.approver_id = task.key.approver.clone();
        todo.create_time = Some(Millis(if number == 1 { MORNING.0 - ago * 24 * 3_600_000 } else { began.0 }));
    }
    platform
}

#[test]
fn rows_that_are_not_loaded_show_an_estimate_from_their_ids() {
    let waiting = |ago| {
        let mut harness = desk_of(Scripted { details: Some(DetailBudget::a_minute(30)), ..dated(100, ago) });
        harness.keys("G");
        let screen = harness.screen();
        assert!(screen.contains("· 76150000000000000"), "{screen}");
        (screen.matches("≈6天").count(), on_screen(&harness).len(), screen)
    };
    let (estimates, rows, screen) = waiting(6);
    assert_eq!(estimates, rows, "{screen}");
    let (estimates, _, screen) = waiting(8);
    assert_eq!(estimates, 0, "a loaded request contradicts its id: {screen}");
}

#[test]
fn memory_is_bounded_and_what_was_opened_stays_to_be_compared_with() {
    const TASKS: u64 = 2_100;
    let mut harness = desk_of(Scripted::with_leaves(TASKS));
    assert_eq!(details(&harness, 0).len(), 2_100);
    assert_eq!((harness.app.requests.loaded(), harness.app.inbox.unknown()), (2_000, 0));
    let before = harness.left_reads.len();
    harness.keys("jj").wait(Duration::from_secs(1)).keys("<enter>");
    let again = details(&harness, before);
    assert!(again.iter().all(|(_, priority, _)| *priority == Priority::Opened), "a row needs no request: {again:?}");
    assert!(again.iter().any(|(.., process)| *process == key(3).process), "{again:?}");
    assert!(!is_absent(&harness, &key(3).process));
    harness.keys("<esc>G").wait(Duration::from_secs(1));
    let process = harness.platform.processes.get_mut(&key(3).process).unwrap();
    process.abstracts[0].value = both("30 天", "30 days");
    harness.platform.many_changes = true;
    // The first time its form is read again, which keeps it; the second time all the others are used after it.
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1)).keys("<ctrl-r>").wait(Duration::from_secs(1));
    assert_eq!(harness.app.requests.loaded(), 2_000);
    let request = harness.app.requests.get(&key(3).process).unwrap();
    assert!(request.is_changed(), "read again, and compared with what was opened");
}

/// A step of the user, of time or of the platform.
#[derive(Clone, Debug)]
enum Step {
    Keys(&'static str),
    Wait(u64),
    Answers,
    Changes,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let keys = prop::sample::select(vec!["j", "jjjj", "k", "G", "gg", "<pgdn>", "<enter>", "<esc>", "<ctrl-r>"]);
    let step = prop_oneof![
        5 => keys.prop_map(Step::Keys),
        3 => (0_u64..20_000).prop_map(Step::Wait),
        3 => Just(Step::Answers),
        1 => Just(Step::Changes),
    ];
    prop::collection::vec(step, 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn urgent_rows_come_first_none_twice_and_all_in_the_end(
        steps in steps(), tasks in 1_u64..120, budget in prop::option::of(5_usize..60),
    ) {
        let mut harness = desk_of(Scripted { details: budget.map(DetailBudget::a_minute), page_size: 30, ..Scripted::with_leaves(tasks) });
        let mut moves = false;
        for step in steps {
            let before = harness.left_reads.len();
            match step {
                Step::Keys(keys) => {
                    moves = true;
                    harness.answers_wait = true;
                    harness.every(Duration::from_millis(40), keys);
                }
                Step::Wait(millis) => {
                    moves &= millis < 150;
                    harness.answers_wait = true;
                    harness.wait(Duration::from_millis(millis));
                }
                Step::Answers => {
                    harness.answers_come();
                }
                Step::Changes => harness.platform.many_changes = true,
            }
            let less_urgent = details(&harness, before).into_iter().any(|(_, priority, _)| priority >= Priority::Neighbor);
            let missing = on_screen(&harness).into_iter().any(|process| is_absent(&harness, &process));
            // Until the cursor has rested, the background goes on alone.
            prop_assert!(!(less_urgent && missing) || moves, "after {step:?}");
        }
        // While every answer about changes is too long, what is known is read again and again.
        harness.platform.many_changes = false;
        harness.answers_come().wait(Duration::from_secs(1_500));
        let absent: Vec<_> = (1..=tasks).filter(|number| is_absent(&harness, &key(*number).process)).collect();
        prop_assert_eq!(absent, Vec::<u64>::new());
        let twice = harness.superseded.iter().filter(|slot| matches!(slot, shenpi::app::Slot::Process(_)));
        prop_assert_eq!(twice.count(), 0);
    }
}
