//! The demo as she sees it, recorded: 80×24 in Chinese and 160×48 in English, through the real client and the simulator.
//! `INSTA_UPDATE=always cargo test --test screens` records anew; look at what changed before it is committed.

#![expect(clippy::expect_used, reason = "a recording that cannot go on has failed")]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "shared with the scenarios, which use more of it")]
mod support;

use std::time::Duration;

use shenpi::domain::Lang;

use support::desk::{Desk, settings};
use support::live::Live;

fn desk(lang: Lang, columns: u16, rows: u16) -> Desk<Live> {
    desk_with(30, lang, columns, rows)
}

fn desk_with(tasks: usize, lang: Lang, columns: u16, rows: u16) -> Desk<Live> {
    let live = Live::new(tasks);
    let operator = live.operator.clone();
    let mut desk = Desk::new(live, settings(operator, lang), columns, rows);
    desk.wait(Duration::from_secs(5));
    desk
}

/// Scenes of the tour: a name, and the keys that lead to it from the queue. `+` lets a second pass.
const SCENES: [(&str, &str); 28] = [
    ("queue", ""),
    ("filter", "jjjjjjjjjjjj/休假<enter>"),
    ("filter_of_corrections", "/更正<enter>"),
    ("filter_again", "/更正<enter>/"),
    ("filter_finds_nothing", "/没有<enter>"),
    ("summary", "j<enter>"),
    ("form", "j<enter>2jj"),
    ("form_nested", "jjjjjjjjj<enter>2E"),
    ("form_of_every_kind", "/驻场<enter><enter>2E"),
    ("form_of_a_hiring_flow", "/Offer<enter><enter>2"),
    ("pay_masked", "/调薪<enter>"),
    ("pay_form_masked", "/调薪<enter><enter>2"),
    ("pay_form_revealed", "/调薪<enter><enter>2v"),
    ("pay_review", "/调薪<enter><enter>2EvG+a"),
    ("timeline", "j<enter>3"),
    ("comments", "j<enter>4"),
    ("hostile_comment", "/下班卡<enter><enter>4"),
    ("copies", "/郑晓彤<enter><enter>5"),
    ("approve", "ja"),
    ("reject", "jr2"),
    ("reject_review", "jr2<ctrl-d>"),
    ("transfer", "jt刘强+"),
    ("transfer_review", "jt刘强+<enter>"),
    ("namesakes", "/单小曼<enter>t张伟+"),
    ("namesakes_review", "/单小曼<enter>t张伟+<down><enter>"),
    ("add_sign", "js"),
    ("add_sign_review", "js1刘强+<enter><ctrl-d>"),
    ("withdraw_review", "/深圳<enter>:withdraw<enter>行程取消<ctrl-d>"),
];

fn play(desk: &mut Desk<Live>, keys: &str) {
    for (index, part) in keys.split('+').enumerate() {
        if index > 0 {
            desk.wait(Duration::from_secs(1));
        }
        desk.keys(part);
    }
    desk.wait(Duration::from_secs(1));
}

fn record(folder: &str, lang: Lang, columns: u16, rows: u16) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, keys) in SCENES {
            let mut desk = desk(lang, columns, rows);
            play(&mut desk, keys);
            insta::assert_snapshot!(name, desk.screen());
        }
        let mut desk = desk_with(180, lang, columns, rows);
        insta::assert_snapshot!("queue_half_loaded", desk.screen());
        play(&mut desk, "/调薪<enter>");
        insta::assert_snapshot!("filter_half_loaded", desk.screen());
        play(&mut desk, "/没有<enter>");
        insta::assert_snapshot!("filter_half_loaded_finds_nothing", desk.screen());
        let mut desk = self::desk(lang, columns, rows);
        desk.platform.fault("inner-failure:1:1161001");
        play(&mut desk, "jay");
        desk.wait(Duration::from_secs(7));
        insta::assert_snapshot!("refusal", desk.screen());
        play(&mut desk, "!");
        insta::assert_snapshot!("messages", desk.screen());
        for (name, screen) in troubles(lang, columns, rows) {
            insta::assert_snapshot!(name, screen);
        }
    });
}

/// What can go wrong with a decision, and what she then sees.
fn troubles(lang: Lang, columns: u16, rows: u16) -> Vec<(&'static str, String)> {
    let desk = || desk(lang, columns, rows);
    vec![
        ("leaving", leaving(desk())),
        ("difference_in_notice", difference(desk(), "")),
        ("difference_page", difference(desk(), "D")),
        ("difference_in_review", difference(desk(), "a")),
        ("someone_was_faster", faster(desk())),
        ("answer_lost", lost(desk(), 1)),
        ("answer_found_out", lost(desk(), 40)),
        ("reconcile", reconcile(desk(), "")),
        ("reconcile_review", reconcile(desk(), "s")),
        ("second_instance", second_instance(lang, columns, rows)),
        ("first_read_limited", started(lang, columns, rows, "rate-limit:1:20@tasks")),
        ("token_limited", started(lang, columns, rows, "rate-limit:1:20@token")),
        ("chain_broken", started(lang, columns, rows, "pages-without-end")),
        ("chain_broken_and_empty", empty(lang, columns, rows)),
        ("row_unreadable", started(lang, columns, rows, "row-unreadable")),
        ("approved_request", approved(desk())),
    ]
}

fn leaving(mut desk: Desk<Live>) -> String {
    play(&mut desk, "ayr2<ctrl-d>yq");
    desk.screen()
}

/// Others move the case while its decision is held.
fn difference(mut desk: Desk<Live>, keys: &str) -> String {
    play(&mut desk, "g<enter>2<esc>");
    let key = desk.selected();
    desk.keys("ay");
    desk.platform.change(&key.process);
    desk.wait(Duration::from_secs(6));
    if !keys.is_empty() {
        desk.keys("g").keys(keys).wait(Duration::from_secs(1));
    }
    desk.screen()
}

/// A colleague on the same node approves while the decision is on its way.
fn faster(mut desk: Desk<Live>) -> String {
    let shared = desk.platform.shared().expect("the demo has a node that others share");
    while desk.selected().process != shared {
        desk.keys("j");
    }
    desk.keys("r2<ctrl-d>y").wait(Duration::from_millis(4_990));
    desk.platform.colleague_approves(&shared);
    desk.wait(Duration::from_secs(4));
    desk.screen()
}

fn lost(mut desk: Desk<Live>, seconds: u64) -> String {
    desk.platform.fault("cut-before-write");
    desk.keys("ay").wait(Duration::from_millis(5_100)).wait(Duration::from_secs(seconds));
    desk.screen()
}

/// The line drops with one decision held, one answered too late to be seen, and one that never arrived.
fn reconcile(mut desk: Desk<Live>, keys: &str) -> String {
    desk.platform.fault("cut-before-write");
    desk.writes_wait = true;
    desk.keys("gjr2<ctrl-d>y").wait(Duration::from_secs(6)).keys("gay").wait(Duration::from_secs(6));
    desk.keys("r1<ctrl-d>y");
    // The answers come when nobody sees them any more.
    desk.event(shenpi::app::Event::HungUp).writes_come();
    let mut desk = desk.start_again(Some(shenpi::domain::record::SessionEnd::Signal(1)));
    desk.wait(Duration::from_secs(40));
    if !keys.is_empty() {
        desk.keys("<enter>").keys(keys).wait(Duration::from_secs(1));
    }
    desk.screen()
}

/// The first screen of a run that this fault meets.
fn started(lang: Lang, columns: u16, rows: u16, fault: &str) -> String {
    let live = Live::new(30);
    live.fault(fault);
    let operator = live.operator.clone();
    let mut desk = Desk::new(live, settings(operator, lang), columns, rows);
    desk.wait(Duration::from_secs(10));
    desk.screen()
}

/// Nothing came, though there is more.
fn empty(lang: Lang, columns: u16, rows: u16) -> String {
    let live = Live::new(0);
    live.fault("page-token-absent");
    let operator = live.operator.clone();
    let mut desk = Desk::new(live, settings(operator, lang), columns, rows);
    desk.wait(Duration::from_secs(10));
    desk.screen()
}

/// Back at the request that was approved.
fn approved(mut desk: Desk<Live>) -> String {
    play(&mut desk, "jay");
    desk.wait(Duration::from_secs(7));
    play(&mut desk, "k<enter>");
    desk.screen()
}

fn second_instance(lang: Lang, columns: u16, rows: u16) -> String {
    let live = Live::new(30);
    let operator = live.operator.clone();
    let holder = shenpi::app::Holder {
        pid: Some(4711),
        terminal: "/dev/pts/3".into(),
        host: "jump-02".into(),
        since: Some(shenpi::domain::Millis(support::desk::MORNING.0 - 1_800_000)),
    };
    let settings = shenpi::app::Settings { read_only: true, holder: Some(holder), ..settings(operator, lang) };
    let mut desk = Desk::new(live, settings, columns, rows);
    desk.wait(Duration::from_secs(5)).keys("a");
    desk.screen()
}

#[test]
fn the_demo_in_chinese_at_80_by_24() {
    record("zh-80x24", Lang::Zh, 80, 24);
}

#[test]
fn the_demo_in_english_at_160_by_48() {
    record("en-160x48", Lang::En, 160, 48);
}
