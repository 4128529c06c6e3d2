//! Pages above the rest, and the way from one to another.

use std::time::Duration;

use shenpi::app::pages::PageKind;
use shenpi::app::{EntryState, Event, Notice, Pane, Reason};
use shenpi::domain::Lang;
use shenpi::domain::record::SessionEnd;

use crate::support::desk::{Desk, settings};
use crate::support::scripted::{Scripted, both, key, operator};

fn desk() -> Desk<Scripted> {
    Desk::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24)
}

/// A desk whose first case has changed since it was opened, so that every page has something to show.
fn changed() -> Desk<Scripted> {
    let mut desk = desk();
    desk.keys("<enter>q");
    desk.platform.processes.get_mut(&key(1).process).unwrap().abstracts[0].value = both("9 天", "9 days");
    desk.keys("<ctrl-r>").wait(Duration::from_secs(1)).keys("<enter>q").wait(Duration::from_secs(1));
    desk
}

fn page(desk: &Desk<Scripted>) -> Option<PageKind> {
    desk.app.page.map(|page| page.kind)
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
            let mut desk = changed();
            desk.keys(open);
            assert_eq!(page(&desk), Some(from), "{open}");
            desk.keys(other);
            assert_eq!(page(&desk), (from != to).then_some(to), "{open} then {other}");
            desk.keys("<esc>");
            assert_eq!((page(&desk), desk.left), (None, false), "{open} then {other} then Esc");
        }
    }
}

#[test]
fn a_page_that_is_gone_to_has_its_contents_and_begins_at_its_top() {
    let mut desk = desk();
    desk.keys("ay").wait(Duration::from_secs(6)).keys("?jjjj");
    desk.keys("H").wait(Duration::from_secs(1));
    assert_eq!(desk.app.page.unwrap().scroll, 0);
    assert!(desk.screen().contains("同意 申请人1 的 休假申请"), "{}", desk.screen());
}

#[test]
fn a_page_that_has_nothing_to_show_says_why_and_the_open_one_stays() {
    let mut desk = desk();
    desk.keys("LD");
    assert_eq!(page(&desk), Some(PageKind::Links));
    let Some(Notice::Unavailable { reason, .. }) = desk.app.notices.current() else { panic!("nothing was said") };
    assert_eq!(*reason, Reason::NoDifference);
}

/// The message that nothing settled a doubt names this key, on the page of messages, too.
#[test]
fn what_is_asked_to_be_read_again_on_a_page_is_read_again() {
    let mut desk = desk();
    desk.wait(Duration::from_secs(10)).keys("!");
    let asked = desk.platform.asked.len();
    desk.keys("<ctrl-r>");
    assert!(desk.platform.asked.len() > asked);
    assert_eq!(page(&desk), Some(PageKind::Messages));
}

#[test]
fn the_digits_open_the_case_from_the_list_on_their_tab() {
    for (digit, pane) in [("1", Pane::Process), ("2", Pane::Form), ("3", Pane::Process), ("5", Pane::Process)] {
        let mut desk = desk();
        desk.keys("j").keys(digit);
        assert_eq!((desk.app.screen.pane, desk.selected()), (pane, key(2)), "{digit}");
        desk.keys("<esc>");
        assert_eq!(desk.app.screen.pane, Pane::List);
    }
}

/// A case of high care: the sentence that refuses its approval names the key that helps, and the key works there.
#[test]
fn the_key_that_a_refusal_names_works_in_the_list() {
    for (lang, words) in [(Lang::Zh, "请先看过表单(按 2)"), (Lang::En, "Look at its form first (2)")] {
        let mut platform = Scripted::with_leaves(0);
        platform.add(1, "调薪", "Salary adjustment");
        let mut desk = Desk::new(platform, settings(operator(), lang), 80, 24);
        desk.keys("a");
        assert!(desk.screen().contains(words), "{}", desk.screen());
        desk.keys("2v").wait(Duration::from_secs(1)).keys("<esc>ay").wait(Duration::from_secs(6));
        assert_eq!(desk.sent.len(), 1, "{}", desk.screen());
    }
}

/// The same after the last run broke off: the form is seen from the list of what it left, and decided from there.
#[test]
fn the_form_is_seen_from_the_list_of_what_was_left() {
    let mut platform = Scripted::with_leaves(2);
    platform.add(7, "调薪", "Salary adjustment");
    let mut desk = Desk::new(platform, settings(operator(), Lang::Zh), 80, 24);
    desk.keys("G2v").wait(Duration::from_secs(1)).keys("<esc>ay").event(Event::HungUp);
    let mut desk = desk.start_again(Some(SessionEnd::Signal(1)));
    desk.wait(Duration::from_secs(3)).keys("s");
    let screen = desk.screen();
    assert!(desk.app.dialog.is_none() && screen.contains("请先看过表单(按 2)"), "{screen}");
    assert!(screen.contains("[2] 表单"), "{screen}");
    desk.keys("2v").wait(Duration::from_secs(1));
    let screen = desk.screen();
    assert!(screen.contains("事由") && screen.contains("探亲"), "{screen}");
    assert!(screen.contains("1/1"), "its place is that of the line\n{screen}");

    // Nothing is decided here, and the cursor of the list behind it stays where it is.
    let selected = desk.selected();
    desk.keys("a");
    assert!(desk.app.dialog.is_none() && desk.screen().contains("请回到核对列表中再操作(按 Esc)"), "{}", desk.screen());
    desk.keys("rnp<tab>3<tab>");
    assert!(desk.app.dialog.is_none() && desk.app.reconcile.is_some());
    assert_eq!(desk.selected(), selected);
    assert_eq!(desk.app.shown(), Some(&key(7)));

    desk.keys("<esc>");
    let screen = desk.screen();
    assert!(screen.contains("核对上次的操作") && !screen.contains("[2] 表单"), "{screen}");
    desk.keys("sy").wait(Duration::from_secs(6));
    assert_eq!(desk.sent.len(), 1, "{}", desk.screen());
    assert_eq!(desk.sent[0].target.key, key(7));
    assert!(matches!(desk.state(&key(7)), Some(EntryState::Accepted { .. })));
}

/// Keys that do nothing where a sentence is read are not named there.
#[test]
fn no_sentence_names_a_key_that_does_not_reach() {
    let mut platform = Scripted::with_leaves(0);
    platform.add(1, "调薪", "Salary adjustment");
    platform.add(2, "休假申请", "Leave");
    let mut desk = Desk::new(platform, settings(operator(), Lang::Zh), 80, 24);
    assert!(desk.screen().contains("[敏感 按 v 显示]"), "{}", desk.screen());
    desk.keys("jr");
    let screen = desk.screen();
    assert!(screen.contains("[敏感]") && !screen.contains("按 v"), "{screen}");
    desk.keys("<esc>ay");
    assert!(desk.screen().contains("同意 申请人2 的 休假申请 待发,按 u 收回"), "{}", desk.screen());
    desk.keys("!");
    let screen = desk.screen();
    assert!(screen.contains("同意 申请人2 的 休假申请 待发") && !screen.contains("按 u"), "{screen}");
}
