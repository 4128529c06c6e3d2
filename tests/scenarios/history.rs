//! The operator's decisions from the journal: the search, and the text of each.

use std::time::Duration;

use shenpi::app::{Event, Loaded, Settings};
use shenpi::domain::record::SessionEnd;
use shenpi::domain::{Endpoint, Lang, Person, PersonId};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, both, operator, refusal};

/// A refused approval of the first case, a transfer of the second to 刘洋, a rejection of the third.
fn harness(lang: Lang) -> Harness<Scripted> {
    let mut platform = Scripted::with_leaves(4);
    let liuyang = Person::named(PersonId::new("ou_liuyang"), both("刘洋", "Liu Yang"));
    let department = both("平台研发部", "Platform");
    platform.people = vec![Person { employee_number: "A0012".into(), department, ..liuyang }];
    platform.verdicts.push_back(Err(refusal(Endpoint::UpdateTask, 1_161_004)));
    let mut harness = Harness::new(platform, settings(operator(), lang), 120, 40);
    harness.keys("ay").wait(Duration::from_secs(6));
    harness.keys("t刘洋").wait(Duration::from_secs(1)).keys("<enter>y").wait(Duration::from_secs(6));
    harness.keys("r").write("缺少证明").keys("<ctrl-d>y").wait(Duration::from_secs(6));
    harness.keys("H").wait(Duration::from_secs(1));
    harness
}

/// Numbers of the requests on the page after a search.
fn found(harness: &mut Harness<Scripted>, words: &str) -> Vec<u8> {
    harness.keys("/").write(words).keys("<enter>");
    // The notice line about the refused one does not belong to the page.
    let screen = harness.screen();
    let (screen, _) = screen.rsplit_once("\n ✗ ").expect("the notice line tells of it");
    harness.keys("/<ctrl-u><enter>");
    (1..=4)
        .filter(|number| {
            let names = [format!("申请人{number} 发起的"), format!("from Applicant {number}")];
            screen.lines().any(|line| names.iter().any(|name| line.contains(name)))
        })
        .collect()
}

#[test]
fn what_the_page_shows_can_be_searched_for() {
    let mut zh = harness(Lang::Zh);
    let screen = zh.screen();
    assert!(screen.contains("同意 申请人1 发起的休假申请") && screen.contains("未生效（1161004）"), "{screen}");
    let mut en = harness(Lang::En);
    for (words, zh_cases, en_cases) in [
        ("同意", &[1][..], &[1][..]),
        ("approve", &[1], &[1]),
        ("add-sign", &[], &[]),
        ("1161004", &[1], &[1]),
        ("未生效", &[1], &[]),
        ("not applied", &[], &[1]),
        ("转交", &[2], &[2]),
        ("transfer", &[2], &[2]),
        ("刘洋", &[2], &[2]),
        ("liu yang", &[2], &[2]),
        ("ly", &[2], &[2]),
        ("A0012", &[2], &[2]),
        ("平台研发部", &[2], &[2]),
        ("拒绝 缺少证明", &[3], &[3]),
        ("03-09", &[1, 2, 3], &[1, 2, 3]),
        ("2026-03-09", &[1, 2, 3], &[1, 2, 3]),
        ("20260309LOGID", &[1, 2, 3], &[1, 2, 3]),
        ("已生效", &[2, 3], &[]),
        ("nobody wrote this", &[], &[]),
    ] {
        assert_eq!(found(&mut zh, words), zh_cases, "{words}");
        assert_eq!(found(&mut en, words), en_cases, "{words}");
    }
}

/// The program never sends a decision that another run held.
#[test]
fn what_an_earlier_run_held_is_not_called_held() {
    for (lang, held, left) in [(Lang::Zh, "待发送", "未发送"), (Lang::En, "queued", "not sent")] {
        let settings = Settings { undo: Duration::from_secs(60), ..settings(operator(), lang) };
        let mut harness = Harness::new(Scripted::with_leaves(3), settings, 80, 24);
        harness.keys("ay").keys("H").wait(Duration::from_secs(1));
        let screen = harness.screen();
        assert!(screen.contains(held) && !screen.contains(left), "{screen}");
        harness.event(Event::HungUp);
        let mut harness = harness.start_again(Some(SessionEnd::Signal(1)));
        harness.keys("qH").wait(Duration::from_secs(1));
        let screen = harness.screen();
        assert!(screen.contains(left), "{screen}");
        assert!(lang == Lang::En || !screen.contains("待发送"), "{screen}");
    }
}

#[test]
fn the_summary_stands_behind_a_colon_in_english_as_in_the_review() {
    let mut harness = harness(Lang::En);
    let screen = harness.screen();
    assert!(screen.contains("Approve Leave from Applicant 1: 1 days"), "{screen}");
    let colon = "Transfer to Liu Yang (A0012, Platform) · Leave from Applicant 2: 2 days";
    assert!(screen.contains(colon), "{screen}");
    harness.keys("<esc>ay").event(Event::HungUp);
    let mut harness = harness.start_again(Some(SessionEnd::Signal(1)));
    harness.wait(Duration::from_secs(1));
    assert!(harness.screen().contains("Approve Leave from Applicant 4: 4 days"), "{}", harness.screen());
}

#[test]
fn what_happens_to_a_decision_while_the_page_is_open_is_shown_there() {
    let mut harness = Harness::new(Scripted::with_leaves(2), settings(operator(), Lang::Zh), 80, 24);
    harness.keys("ayH").wait(Duration::from_secs(1));
    assert!(harness.screen().contains("待发送"), "{}", harness.screen());
    harness.wait(Duration::from_secs(6));
    assert!(harness.screen().contains("已生效"), "{}", harness.screen());
}

#[test]
fn a_search_of_the_newest_says_that_it_searched_no_others() {
    for (lang, heading) in
        [(Lang::Zh, "「无此人」：最近 3 项中 0 项"), (Lang::En, "\"无此人\": 0 found in the latest 3")]
    {
        let mut harness = harness(lang);
        let Loaded::Here(chronicle) = &mut harness.app.history.chronicle else { panic!("not read") };
        chronicle.more = true;
        harness.keys("/").write("无此人").keys("<enter>");
        let screen = harness.screen();
        assert!(screen.contains(heading), "{screen}");
    }
}
