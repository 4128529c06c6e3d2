//! Lists that are longer than what came of them: pages that lead nowhere, rows that cannot be read.

use std::time::Duration;

use shenpi::app::Query;
use shenpi::domain::{DoneStatus, Endpoint, FailureKind, Lang, Outcome, PageEnd, PageToken, TaskPage};

use crate::support::desk::{Desk, settings};
use crate::support::scripted::{Chain, Scripted, failure, key, operator};

const CHAINS: [Chain; 4] = [Chain::NoToken, Chain::Repeats, Chain::Circle, Chain::Endless];

fn desk_of(mut platform: Scripted, lang: Lang) -> Desk<Scripted> {
    platform.page_size = 20;
    Desk::new(platform, settings(operator(), lang), 80, 24)
}

fn pages(desk: &Desk<Scripted>) -> usize {
    desk.platform.asked.iter().filter(|query| matches!(query, Query::Tasks(_))).count()
}

fn has_all(desk: &Desk<Scripted>, tasks: u64) -> bool {
    (1..=tasks).all(|number| desk.app.inbox.rows().iter().any(|row| row.key == key(number) && !row.gone))
}

#[test]
fn a_broken_chain_takes_nothing_off_the_list() {
    for chain in CHAINS {
        let mut desk = desk_of(Scripted::with_leaves(50), Lang::Zh);
        assert!(desk.screen().contains("待办 50  "), "{}", desk.screen());
        desk.platform.chain = Some(chain);
        for _ in 0..4 {
            desk.keys("<ctrl-r>").wait(Duration::from_secs(61));
            assert!(has_all(&desk, 50), "{chain:?}");
            let screen = desk.screen();
            assert!(screen.contains("待办 50+"), "{chain:?}\n{screen}");
            assert!(screen.contains("待办列表可能不完整：分页中断，按 Ctrl-R 刷新"), "{chain:?}\n{screen}");
        }
        desk.platform.chain = None;
        desk.platform.finish(&key(7), DoneStatus::Done, "");
        desk.keys("<ctrl-r>").wait(Duration::from_secs(20));
        let screen = desk.screen();
        assert!(screen.contains("待办 49 ") && !screen.contains("不完整"), "{screen}");
    }
}

#[test]
fn a_broken_chain_is_left_after_the_page_that_shows_it() {
    for (chain, asked) in [(Chain::NoToken, 1), (Chain::Repeats, 2), (Chain::Circle, 4), (Chain::Endless, 2)] {
        let mut platform = Scripted::with_leaves(50);
        platform.chain = Some(chain);
        let mut desk = desk_of(platform, Lang::En);
        desk.wait(Duration::from_secs(600));
        assert_eq!(pages(&desk), asked, "{chain:?}: an idle program asks no more");
        let screen = desk.screen();
        assert!(screen.contains("+ pending"), "{chain:?}\n{screen}");
        assert!(screen.contains("The inbox may be incomplete: its pages break off. Ctrl-R refreshes it"), "{screen}");
        desk.keys("j");
        assert!(pages(&desk) > asked, "{chain:?}: a key after a minute starts over");
    }
}

#[test]
fn endless_new_rows_are_left_after_a_thousand_pages() {
    let mut platform = Scripted::with_leaves(1_010);
    platform.page_size = 1;
    let mut desk = Desk::new(platform, settings(operator(), Lang::Zh), 80, 24);
    assert_eq!(pages(&desk), 1_000);
    assert!(desk.screen().contains("待办 1000+"), "{}", desk.screen());
}

#[test]
fn a_broken_empty_list_does_not_say_that_all_is_done() {
    for (lang, words) in [(Lang::Zh, "待办列表可能不完整"), (Lang::En, "The inbox may be incomplete")] {
        let mut platform = Scripted::with_leaves(0);
        platform.chain = Some(Chain::NoToken);
        let mut desk = desk_of(platform, lang);
        desk.wait(Duration::from_secs(20));
        let place = desk.screen().lines().take(6).any(|line| line.contains(words));
        assert!(place, "{}", desk.screen());
    }
}

#[test]
fn a_count_is_at_least_that_until_the_list_has_come_whole() {
    let mut platform = Scripted::with_leaves(50);
    let end = PageEnd::Next(PageToken("20".into()));
    let first = TaskPage { tasks: platform.tasks[..20].to_vec(), end, ..TaskPage::default() };
    platform.page_size = 20;
    platform.trouble = Some(failure(Endpoint::TaskList, FailureKind::TimedOut, Outcome::NotSent, None));
    let mut desk = Desk::after_first(platform, settings(operator(), Lang::Zh), Ok(first));
    assert!(desk.screen().contains("待办 20+"), "{}", desk.screen());
    desk.platform.trouble = None;
    desk.keys("<ctrl-r>").wait(Duration::from_secs(1));
    assert!(desk.screen().contains("待办 50  "), "{}", desk.screen());
}

#[test]
fn an_unreadable_row_is_counted_and_its_absence_proves_nothing() {
    let mut desk = desk_of(Scripted::with_leaves(30), Lang::Zh);
    desk.wait(Duration::from_secs(60));
    desk.platform.unreadable = 1;
    // Two rows came in an unknown shape; one of their tasks ended, one is open.
    for number in [4, 5] {
        desk.platform.remove(&key(number));
    }
    desk.platform.processes.get_mut(&key(4).process).unwrap().todos.clear();
    for _ in 0..3 {
        desk.keys("<ctrl-r>").wait(Duration::from_secs(90));
    }
    let screen = desk.screen();
    assert!(screen.contains("待办 29+"), "the request shows that its task ended\n{screen}");
    assert!(screen.contains("待办列表可能不完整：有 2 行无法读取，按 Ctrl-R 刷新"), "{screen}");
    assert!(desk.app.inbox.rows().iter().any(|row| row.key == key(5) && !row.gone));
}
