//! Pages above the rest, and the way from one to another.

use std::time::Duration;

use shenpi::app::pages::PageKind;
use shenpi::app::{Notice, Reason};
use shenpi::domain::Lang;

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
