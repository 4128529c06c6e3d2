//! The demo on screen, recorded: 80×24 in Chinese and 160×48 in English, through the real client and the simulator.
//! `INSTA_UPDATE=always cargo test --test snapshots` records again; review the changes before a commit.

#![expect(clippy::expect_used, reason = "a recording that cannot go on has failed")]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "shared with the scenarios, which use more of it")]
mod support;
mod widths;

use std::time::Duration;

use shenpi::domain::Lang;

use support::detail_budget::DetailBudget;
use support::harness::{Harness, settings};
use support::live::Live;

fn harness(lang: Lang, columns: u16, rows: u16) -> Harness<Live> {
    desk_with(30, lang, columns, rows)
}

fn desk_with(tasks: usize, lang: Lang, columns: u16, rows: u16) -> Harness<Live> {
    let mut live = Live::new(tasks);
    live.details = Some(DetailBudget::a_minute(60));
    let operator = live.operator.clone();
    let mut harness = Harness::new(live, settings(operator, lang), columns, rows);
    harness.wait(Duration::from_secs(5));
    harness
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
    ("reject", "jr"),
    ("reject_review", "jr2<ctrl-d>"),
    ("transfer", "jt刘强+"),
    ("transfer_review", "jt刘强+<enter>"),
    ("namesakes", "/单小曼<enter>t张伟+"),
    ("namesakes_review", "/单小曼<enter>t张伟+<down><enter>"),
    ("add_sign", "js"),
    ("add_sign_review", "js1刘强+<enter><ctrl-d>"),
    ("withdraw_review", "/深圳<enter>:withdraw<enter>行程取消<ctrl-d>"),
];

fn play(harness: &mut Harness<Live>, keys: &str) {
    for (index, part) in keys.split('+').enumerate() {
        if index > 0 {
            harness.wait(Duration::from_secs(1));
        }
        harness.keys(part);
    }
    harness.wait(Duration::from_secs(1));
}

fn in_folder(folder: &str, record: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(record);
}

fn record(folder: &str, lang: Lang, columns: u16, rows: u16) {
    in_folder(folder, || {
        for (name, keys) in SCENES {
            let mut harness = harness(lang, columns, rows);
            play(&mut harness, keys);
            insta::assert_snapshot!(name, harness.screen());
        }
        let mut harness = desk_with(180, lang, columns, rows);
        insta::assert_snapshot!("queue_half_loaded", harness.screen());
        play(&mut harness, "/调薪<enter>");
        insta::assert_snapshot!("filter_half_loaded", harness.screen());
        play(&mut harness, "/没有<enter>");
        insta::assert_snapshot!("filter_half_loaded_finds_nothing", harness.screen());
        let mut harness = self::harness(lang, columns, rows);
        harness.platform.fault("inner-failure:1:1161001");
        play(&mut harness, "jay");
        harness.wait(Duration::from_secs(7));
        insta::assert_snapshot!("refusal", harness.screen());
        play(&mut harness, "!");
        insta::assert_snapshot!("messages", harness.screen());
        for (name, screen) in troubles(lang, columns, rows) {
            insta::assert_snapshot!(name, screen);
        }
    });
}

/// Failures of a decision, and their screens.
fn troubles(lang: Lang, columns: u16, rows: u16) -> Vec<(&'static str, String)> {
    let harness = || harness(lang, columns, rows);
    vec![
        ("leaving", leaving(harness())),
        ("difference_in_notice", difference(harness(), "")),
        ("difference_page", difference(harness(), "D")),
        ("difference_in_review", difference(harness(), "a")),
        ("someone_was_faster", faster(harness())),
        ("answer_lost", lost(harness(), 1)),
        ("answer_found_out", lost(harness(), 40)),
        ("reconcile", reconcile(harness(), "")),
        ("reconcile_review", reconcile(harness(), "s")),
        ("second_instance", second_instance(lang, columns, rows)),
        ("first_read_limited", started(lang, columns, rows, "rate-limit:1:20@tasks")),
        ("token_limited", started(lang, columns, rows, "rate-limit:1:20@token")),
        ("chain_broken", started(lang, columns, rows, "pages-without-end")),
        ("chain_broken_and_empty", empty(lang, columns, rows)),
        ("row_unreadable", started(lang, columns, rows, "row-unreadable")),
        ("approved_request", approved(harness())),
    ]
}

fn leaving(mut harness: Harness<Live>) -> String {
    play(&mut harness, "ayr2<ctrl-d>yq");
    harness.screen()
}

/// Others move the case while its decision is held.
fn difference(mut harness: Harness<Live>, keys: &str) -> String {
    play(&mut harness, "g<enter>2<esc>");
    let key = harness.selected();
    harness.keys("ay");
    harness.platform.change(&key.process);
    harness.wait(Duration::from_secs(6));
    if !keys.is_empty() {
        harness.keys("g").keys(keys).wait(Duration::from_secs(1));
    }
    harness.screen()
}

/// A colleague on the same node approves while the decision is on its way.
fn faster(mut harness: Harness<Live>) -> String {
    let shared = harness.platform.shared().expect("the demo has a node that others share");
    while harness.selected().process != shared {
        harness.keys("j");
    }
    harness.keys("r2<ctrl-d>y").wait(Duration::from_millis(4_990));
    harness.platform.colleague_approves(&shared);
    harness.wait(Duration::from_secs(4));
    harness.screen()
}

fn lost(mut harness: Harness<Live>, seconds: u64) -> String {
    harness.platform.fault("cut-before-write");
    harness.keys("ay").wait(Duration::from_millis(5_100)).wait(Duration::from_secs(seconds));
    harness.screen()
}

/// The line drops with one decision held, one answered too late to be seen, and one that never arrived.
fn reconcile(mut harness: Harness<Live>, keys: &str) -> String {
    harness.platform.fault("cut-before-write");
    harness.writes_wait = true;
    harness.keys("gjr2<ctrl-d>y").wait(Duration::from_secs(6)).keys("gay").wait(Duration::from_secs(6));
    harness.keys("r1<ctrl-d>y");
    // The answers come after the terminal is gone.
    harness.event(shenpi::app::Event::HungUp).writes_come();
    let mut harness = harness.start_again(Some(shenpi::domain::record::SessionEnd::Signal(1)));
    harness.wait(Duration::from_secs(40));
    if !keys.is_empty() {
        harness.keys("<enter>").keys(keys).wait(Duration::from_secs(1));
    }
    harness.screen()
}

/// The first screen of a run that this fault meets.
fn started(lang: Lang, columns: u16, rows: u16, fault: &str) -> String {
    let live = Live::new(30);
    live.fault(fault);
    let operator = live.operator.clone();
    let mut harness = Harness::new(live, settings(operator, lang), columns, rows);
    harness.wait(Duration::from_secs(10));
    harness.screen()
}

/// Nothing came, though there is more.
fn empty(lang: Lang, columns: u16, rows: u16) -> String {
    let live = Live::new(0);
    live.fault("page-token-absent");
    let operator = live.operator.clone();
    let mut harness = Harness::new(live, settings(operator, lang), columns, rows);
    harness.wait(Duration::from_secs(10));
    harness.screen()
}

/// Back at the request that was approved.
fn approved(mut harness: Harness<Live>) -> String {
    play(&mut harness, "jay");
    harness.wait(Duration::from_secs(7));
    play(&mut harness, "k<enter>");
    harness.screen()
}

fn second_instance(lang: Lang, columns: u16, rows: u16) -> String {
    let live = Live::new(30);
    let operator = live.operator.clone();
    let holder = shenpi::app::Holder {
        pid: Some(4711),
        terminal: "/dev/pts/3".into(),
        host: "jump-02".into(),
        since: Some(shenpi::domain::Millis(support::harness::MORNING.0 - 1_800_000)),
    };
    let settings = shenpi::app::Settings { read_only: true, holder: Some(holder), ..settings(operator, lang) };
    let mut harness = Harness::new(live, settings, columns, rows);
    harness.wait(Duration::from_secs(5)).keys("a");
    harness.screen()
}

/// The list and what stands beside it, in the other sizes.
const LISTS: [&str; 4] = ["queue", "pay_masked", "filter_of_corrections", "form_nested"];

fn record_lists(folder: &str, lang: Lang, columns: u16, rows: u16) {
    in_folder(folder, || {
        for (name, keys) in SCENES.into_iter().filter(|(name, _)| LISTS.contains(name)) {
            let mut harness = harness(lang, columns, rows);
            play(&mut harness, keys);
            insta::assert_snapshot!(name, harness.screen());
        }
    });
}

#[test]
fn the_list_in_the_other_sizes() {
    record_lists("en-80x24", Lang::En, 80, 24);
    record_lists("zh-120x40", Lang::Zh, 120, 40);
    record_lists("en-120x40", Lang::En, 120, 40);
    record_lists("zh-160x48", Lang::Zh, 160, 48);
}

#[test]
fn the_demo_in_chinese_at_80_by_24() {
    record("zh-80x24", Lang::Zh, 80, 24);
}

#[test]
fn the_demo_in_english_at_160_by_48() {
    record("en-160x48", Lang::En, 160, 48);
}
