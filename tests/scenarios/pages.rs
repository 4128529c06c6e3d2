//! Pages above the rest, and the way from one to another.

use std::time::Duration;

use shenpi::app::pages::PageKind;
use shenpi::app::{Event, Notice, Pane, Reason, Subject};
use shenpi::domain::Lang;
use shenpi::domain::decision::state::State;
use shenpi::domain::record::SessionEnd;

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, both, key, operator};

fn harness() -> Harness<Scripted> {
    Harness::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24)
}

/// A harness whose first case has changed since it was opened, so that every page has something to show.
fn changed() -> Harness<Scripted> {
    let mut harness = harness();
    harness.keys("<enter>q");
    harness.platform.processes.get_mut(&key(1).process).unwrap().abstracts[0].value = both("9 天", "9 days");
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1)).keys("<enter>q").wait(Duration::from_secs(1));
    harness
}

fn page(harness: &Harness<Scripted>) -> Option<PageKind> {
    harness.app.page.map(|page| page.kind)
}

const PAGES: [(&str, PageKind); 5] = [
    ("?", PageKind::Help),
    ("!", PageKind::Messages),
    ("L", PageKind::Links),
    ("H", PageKind::History),
    ("D", PageKind::Difference),
];

#[test]
fn the_key_of_a_page_closes_it_and_that_of_another_goes_there() {
    for (open, from) in PAGES {
        for (other, to) in PAGES {
            let mut harness = changed();
            harness.keys(open);
            assert_eq!(page(&harness), Some(from), "{open}");
            harness.keys(other);
            assert_eq!(page(&harness), (from != to).then_some(to), "{open} then {other}");
            harness.keys("<esc>");
            assert_eq!((page(&harness), harness.left), (None, false), "{open} then {other} then Esc");
        }
    }
}

#[test]
fn a_page_that_is_gone_to_has_its_contents_and_begins_at_its_top() {
    let mut harness = harness();
    harness.keys("ay").wait(Duration::from_secs(6)).keys("?jjjj");
    harness.keys("H").wait(Duration::from_secs(1));
    assert_eq!(harness.app.page.unwrap().scroll, 0);
    assert!(harness.screen().contains("同意 申请人1 发起的休假申请"), "{}", harness.screen());
}

#[test]
fn a_page_that_has_nothing_to_show_says_why_and_the_open_one_stays() {
    let mut harness = harness();
    harness.keys("LD");
    assert_eq!(page(&harness), Some(PageKind::Links));
    let Some(Notice::Unavailable { reason, .. }) = harness.app.notices.current() else { panic!("nothing was said") };
    assert_eq!(*reason, Reason::NoDifference);
}

/// The message that the outcome stays unknown names this key, on the page of messages too.
#[test]
fn what_is_asked_to_be_read_again_on_a_page_is_read_again() {
    let mut harness = harness();
    harness.wait(Duration::from_secs(10)).keys("!");
    let asked = harness.platform.asked.len();
    harness.keys("<ctrl-r>");
    assert!(harness.platform.asked.len() > asked);
    assert_eq!(page(&harness), Some(PageKind::Messages));
}

#[test]
fn the_digits_open_the_case_from_the_list_on_their_tab() {
    for (digit, pane) in [("1", Pane::Process), ("2", Pane::Form), ("3", Pane::Process), ("5", Pane::Process)] {
        let mut harness = harness();
        harness.keys("j").keys(digit);
        assert_eq!((harness.app.screen.pane, harness.selected()), (pane, key(2)), "{digit}");
        harness.keys("<esc>");
        assert_eq!(harness.app.screen.pane, Pane::List);
    }
}

/// A case of high care: the sentence that refuses its approval names the key that helps, and the key works there.
#[test]
fn the_key_that_a_refusal_names_works_in_the_list() {
    for (lang, words) in
        [(Lang::Zh, "重要单据，请先查看表单（按 2）"), (Lang::En, "Sensitive request: open the form first (press 2)")]
    {
        let mut platform = Scripted::with_leaves(0);
        platform.add(1, "调薪", "Salary adjustment");
        let mut harness = Harness::new(platform, settings(operator(), lang), 80, 24);
        harness.keys("a");
        assert!(harness.screen().contains(words), "{}", harness.screen());
        harness.keys("2v").wait(Duration::from_secs(1)).keys("<esc>ay").wait(Duration::from_secs(6));
        assert_eq!(harness.sent.len(), 1, "{}", harness.screen());
    }
}

/// As above, after a broken-off run: the list of open matters shows the form, and a decision starts from there.
#[test]
fn the_form_is_seen_from_the_list_of_what_was_left() {
    let mut platform = Scripted::with_leaves(2);
    platform.add(7, "调薪", "Salary adjustment");
    let mut harness = Harness::new(platform, settings(operator(), Lang::Zh), 80, 24);
    harness.keys("G2v").wait(Duration::from_secs(1)).keys("<esc>ay").event(Event::HungUp);
    let mut harness = harness.start_again(Some(SessionEnd::Signal(1)));
    harness.wait(Duration::from_secs(3)).keys("s");
    let screen = harness.screen();
    assert!(harness.app.dialog.is_none() && screen.contains("重要单据，请先查看表单（按 2）"), "{screen}");
    assert!(screen.contains("[2] 表单"), "{screen}");
    harness.keys("2v").wait(Duration::from_secs(1));
    let screen = harness.screen();
    assert!(screen.contains("事由") && screen.contains("探亲"), "{screen}");
    assert!(screen.contains("1/1"), "its place is that of the line\n{screen}");

    // Nothing is decided here, and the cursor of the list behind it stays where it is.
    let selected = harness.selected();
    harness.keys("a");
    assert!(
        harness.app.dialog.is_none() && harness.screen().contains("请返回待处理列表操作（按 Esc）"),
        "{}",
        harness.screen()
    );
    harness.keys("rnp<tab>3<tab>");
    assert!(harness.app.dialog.is_none() && harness.app.issues.is_some());
    assert_eq!(harness.selected(), selected);
    assert_eq!(harness.app.subject(Subject::Screen), Some(&key(7)));

    harness.keys("<esc>");
    let screen = harness.screen();
    assert!(screen.contains("上次遗留的操作") && !screen.contains("[2] 表单"), "{screen}");
    harness.keys("sy").wait(Duration::from_secs(6));
    assert_eq!(harness.sent.len(), 1, "{}", harness.screen());
    assert_eq!(harness.sent[0].target.key, key(7));
    assert!(matches!(harness.state(&key(7)), Some(State::Applied { .. })));
}

/// Keys that do nothing where a sentence is read are not named there.
#[test]
fn no_sentence_names_a_key_that_does_not_reach() {
    let mut platform = Scripted::with_leaves(0);
    platform.add(1, "调薪", "Salary adjustment");
    platform.add(2, "休假申请", "Leave");
    let mut harness = Harness::new(platform, settings(operator(), Lang::Zh), 80, 24);
    assert!(harness.screen().contains("[敏感信息，按 v 显示]"), "{}", harness.screen());
    harness.keys("jr");
    let screen = harness.screen();
    assert!(screen.contains("[敏感]") && !screen.contains("按 v"), "{screen}");
    harness.keys("<esc>ay");
    assert!(harness.screen().contains("待发送：同意 申请人2 发起的休假申请，按 u 收回"), "{}", harness.screen());
    harness.keys("!");
    let screen = harness.screen();
    assert!(screen.contains("待发送：同意 申请人2 发起的休假申请") && !screen.contains("按 u"), "{screen}");
}

/// Place of a heading of the help page.
fn place(screen: &str, heading: &str) -> usize {
    screen.lines().position(|line| line.trim() == heading).unwrap_or_else(|| panic!("no {heading}:\n{screen}"))
}

#[test]
fn the_help_begins_with_the_marks_and_the_keys_below_it() {
    let mut harness = harness();
    harness.keys("?");
    let screen = harness.screen();
    assert!(place(&screen, "标记") < place(&screen, "待办列表"), "{screen}");
    harness.keys("<esc>a?");
    let screen = harness.screen();
    assert!(place(&screen, "标记") < place(&screen, "确认审批"), "{screen}");
    harness.keys("<esc>");
    assert!(harness.app.dialog.is_some(), "the review is still there");
}

#[test]
fn the_help_is_searched_and_its_matches_are_gone_through() {
    let mut harness = harness();
    harness.keys("?/jiaqian");
    let marked = |screen: &str| screen.lines().find(|line| line.starts_with(" ▸")).map(str::to_owned);
    let screen = harness.screen();
    assert!(screen.contains("/jiaqian 1/") && marked(&screen).is_some_and(|line| line.contains("加签")), "{screen}");
    harness.keys("<enter>.");
    let second = harness.screen();
    assert!(second.contains("/jiaqian 2/") && marked(&second) != marked(&screen), "{second}");
    harness.keys(",");
    let again = harness.screen();
    assert_eq!(marked(&again), marked(&screen));
    harness.keys(",");
    let last = harness.screen();
    let of = last.split("/jiaqian ").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
    let (at, all) = of.split_once('/').unwrap_or_default();
    assert!(at == all && marked(&last).is_some_and(|line| line.contains("加签")), "{last}");
    harness.keys("g");
    assert!(harness.screen().contains("标记"), "scrolling leaves the match");
    harness.keys("/没有的词<enter>");
    assert!(harness.screen().contains("/没有的词 0/0"), "{}", harness.screen());
}
