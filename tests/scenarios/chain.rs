//! Lists that are longer than their received part: pages that lead to no next one, unreadable rows.

use std::time::Duration;

use shenpi::app::Query;
use shenpi::domain::{DoneStatus, Endpoint, FailureKind, Lang, Outcome, PageEnd, PageToken, TaskPage};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Chain, Scripted, failure, key, operator};

const CHAINS: [Chain; 4] = [Chain::NoToken, Chain::Repeats, Chain::Circle, Chain::Endless];

fn desk_of(mut platform: Scripted, lang: Lang) -> Harness<Scripted> {
    platform.page_size = 20;
    Harness::new(platform, settings(operator(), lang), 80, 24)
}

fn pages(harness: &Harness<Scripted>) -> usize {
    harness.platform.asked.iter().filter(|query| matches!(query, Query::Tasks(_))).count()
}

fn has_all(harness: &Harness<Scripted>, tasks: u64) -> bool {
    (1..=tasks).all(|number| harness.app.inbox.rows().any(|row| row.key == key(number) && !row.gone))
}

#[test]
fn a_broken_chain_takes_nothing_off_the_list() {
    for chain in CHAINS {
        let mut harness = desk_of(Scripted::with_leaves(50), Lang::Zh);
        assert!(harness.screen().contains("/50 "), "{}", harness.screen());
        harness.platform.chain = Some(chain);
        for _ in 0..4 {
            harness.keys("<ctrl-r>").wait(Duration::from_secs(61));
            assert!(has_all(&harness, 50), "{chain:?}");
            let screen = harness.screen();
            assert!(screen.contains("/50+"), "{chain:?}\n{screen}");
            assert!(screen.contains("待办列表可能不完整：分页中断，按 Ctrl-R 刷新"), "{chain:?}\n{screen}");
        }
        harness.platform.chain = None;
        harness.platform.finish(&key(7), DoneStatus::Done, "");
        harness.keys("<ctrl-r>").wait(Duration::from_secs(20));
        let screen = harness.screen();
        assert!(screen.contains("待办 49 ") && !screen.contains("不完整"), "{screen}");
    }
}

#[test]
fn a_broken_chain_is_left_after_the_page_that_shows_it() {
    for (chain, asked) in [(Chain::NoToken, 1), (Chain::Repeats, 2), (Chain::Circle, 4), (Chain::Endless, 2)] {
        let mut platform = Scripted::with_leaves(50);
        platform.chain = Some(chain);
        let mut harness = desk_of(platform, Lang::En);
        harness.wait(Duration::from_secs(600));
        assert_eq!(pages(&harness), 21 * asked, "{chain:?}: a round every 30 s asks no more");
        let screen = harness.screen();
        assert!(screen.contains("+ pending"), "{chain:?}\n{screen}");
        assert!(screen.contains("The inbox may be incomplete: paging broke off. Ctrl-R refreshes it"), "{screen}");
    }
}

#[test]
fn endless_new_rows_are_left_after_a_thousand_pages() {
    let mut platform = Scripted::with_leaves(1_010);
    platform.page_size = 1;
    let mut harness = Harness::new(platform, settings(operator(), Lang::Zh), 80, 24);
    assert_eq!(pages(&harness), 1_000);
    assert!(harness.screen().contains("/1000+"), "{}", harness.screen());
}

#[test]
fn a_broken_empty_list_does_not_say_that_all_is_done() {
    for (lang, words) in [(Lang::Zh, "待办列表可能不完整"), (Lang::En, "The inbox may be incomplete")] {
        let mut platform = Scripted::with_leaves(0);
        platform.chain = Some(Chain::NoToken);
        let mut harness = desk_of(platform, lang);
        harness.wait(Duration::from_secs(20));
        let place = harness.screen().lines().take(6).any(|line| line.contains(words));
        assert!(place, "{}", harness.screen());
    }
}

#[test]
fn a_count_is_at_least_that_until_the_list_has_come_whole() {
    let mut platform = Scripted::with_leaves(50);
    let end = PageEnd::Next(PageToken("20".into()));
    let first = TaskPage { tasks: platform.tasks[..20].to_vec(), end, ..TaskPage::default() };
    platform.page_size = 20;
    platform.trouble = Some(failure(Endpoint::TaskList, FailureKind::TimedOut, Outcome::NotSent, None));
    let mut harness = Harness::after_first(platform, settings(operator(), Lang::Zh), Ok(first));
    assert!(harness.screen().contains("/20+"), "{}", harness.screen());
    harness.platform.trouble = None;
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1));
    assert!(harness.screen().contains("/50 "), "{}", harness.screen());
}

#[test]
fn an_unreadable_row_is_counted_and_its_absence_proves_nothing() {
    let mut harness = desk_of(Scripted::with_leaves(30), Lang::Zh);
    harness.wait(Duration::from_secs(60));
    harness.platform.unreadable = 1;
    // Two rows came in an unknown shape; one of their tasks ended, one is open.
    for number in [4, 5] {
        harness.platform.remove(&key(number));
    }
    harness.platform.processes.get_mut(&key(4).process).unwrap().todos.clear();
    for _ in 0..3 {
        harness.keys("<ctrl-r>").wait(Duration::from_secs(90));
    }
    let screen = harness.screen();
    assert!(screen.contains("/29+"), "the request shows that its task ended\n{screen}");
    assert!(screen.contains("待办列表可能不完整：有 2 行无法读取，按 Ctrl-R 刷新"), "{screen}");
    assert!(harness.app.inbox.rows().any(|row| row.key == key(5) && !row.gone));
}
