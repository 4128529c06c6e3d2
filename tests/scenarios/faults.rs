//! `:fault`: typed in the demo, felt by the next request.

use std::time::Duration;

use shenpi::app::{Notice, Settings};
use shenpi::domain::decision::state::State;
use shenpi::domain::{Lang, Outcome};
use shenpi::sim::faults::FaultKind;

use crate::support::harness::{Harness, Platform, settings};
use crate::support::live::Live;
use crate::support::scripted::{Scripted, operator};

fn demo(lang: Lang) -> Harness<Live> {
    let live = Live::new(30);
    let settings = settings(live.operator.clone(), lang);
    Harness::new(live, Settings { faults: Some(FaultKind::NAMES), ..settings }, 80, 24)
}

/// Types a command and runs it.
fn run<P: Platform>(harness: &mut Harness<P>, line: &str) {
    harness.keys(":");
    harness.write(line);
    harness.keys("<enter>");
}

fn newest<P>(harness: &Harness<P>) -> &Notice {
    &harness.app.notices.all().next().expect("something was said").1
}

fn in_force<P>(harness: &Harness<P>) -> Vec<String> {
    match newest(harness) {
        Notice::FaultsInForce(faults) => faults.clone(),
        other => panic!("{other:?}"),
    }
}

/// Text of the command line.
fn written<P>(harness: &Harness<P>) -> String {
    harness.app.prompt.as_ref().expect("the command line is open").editor.text()
}

#[test]
fn a_fault_that_is_typed_loses_the_answer_to_the_next_decision() {
    let mut harness = demo(Lang::Zh);
    run(&mut harness, "fault cut-after-write");
    assert_eq!(in_force(&harness), ["cut-after-write"]);
    let key = harness.selected();
    harness.keys("ay").wait(Duration::from_secs(6));
    let lost = |notice: &Notice| matches!(notice, Notice::Unknown { failure, .. } if failure.outcome == Outcome::MayHaveHappened);
    assert!(harness.app.notices.all().any(|(_, notice)| lost(notice)), "{:?}", newest(&harness));
    harness.wait(Duration::from_secs(10));
    assert!(matches!(newest(&harness), Notice::FoundApplied { .. }), "{:?}", newest(&harness));
    assert!(matches!(harness.state(&key), Some(State::Applied { .. })));
    assert_eq!(harness.platform.world.lock().unwrap().writes().len(), 1);
    run(&mut harness, "fault");
    assert!(in_force(&harness).is_empty(), "used up");
}

#[test]
fn faults_are_listed_with_what_is_left_of_them_and_cleared() {
    let mut harness = demo(Lang::Zh);
    run(&mut harness, "fault cut-after-write:2 slow:*:10@detail");
    assert_eq!(in_force(&harness), ["cut-after-write:2", "slow:*:10@detail"]);
    harness.keys("ay").wait(Duration::from_secs(20));
    run(&mut harness, "fault");
    assert_eq!(in_force(&harness), ["cut-after-write", "slow:*:10@detail"]);
    assert!(harness.screen().contains("模拟故障：cut-after-write slow:*:10@detail"), "{}", harness.screen());
    run(&mut harness, "fault clear");
    assert!(in_force(&harness).is_empty());
    assert!(harness.screen().contains("没有模拟故障"), "{}", harness.screen());
    assert!(harness.platform.faults().list().is_empty());
}

#[test]
fn a_fault_that_is_mistyped_is_not_set_and_says_what_is_known() {
    for (lang, order, words) in [
        (Lang::Zh, "cut-after-wirte", "未知的故障「cut-after-wirte」，是否想写 cut-after-write？"),
        (Lang::En, "cut-after-wirte:2", "Unknown fault \"cut-after-wirte\"; did you mean cut-after-write?"),
        (Lang::Zh, "zzz", "未知的故障「zzz」。已知：rate-limit server-error cut"),
        (Lang::En, "zzz", "Unknown fault \"zzz\"; known: rate-limit server-error cut"),
        (Lang::Zh, "slow@detial", "未知的接口「detial」，是否想写 detail？"),
        (Lang::En, "slow@zzz", "Unknown endpoint \"zzz\"; known: any reads writes token"),
        (Lang::Zh, "cut:0", "次数「0」无效"),
        (Lang::En, "cut:often", "Count \"often\" must be a positive number or *"),
        (Lang::Zh, "cut:1:7", "这种故障不接受参数「7」"),
        (Lang::En, "slow:1:soon", "This fault takes no argument \"soon\""),
        // One wrong, none set.
        (Lang::Zh, "cut slwo", "未知的故障「slwo」，是否想写 slow？"),
    ] {
        let mut harness = demo(lang);
        run(&mut harness, &format!("fault {order}"));
        let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let screen = harness.screen();
        assert!(squeezed(&screen).contains(&squeezed(words)), "{order}:\n{screen}");
        assert!(harness.platform.faults().list().is_empty(), "{order}");
    }
}

#[test]
fn tab_completes_commands_and_faults_one_after_the_other() {
    let mut harness = demo(Lang::Zh);
    harness.keys(":");
    harness.write("fau");
    harness.keys("<tab>");
    assert_eq!(written(&harness), "fault ");
    harness.write("cut-");
    for wanted in ["cut-before-write", "cut-after-write", "cut-json-after-write", "cut-in-answer", "cut-json"] {
        harness.keys("<tab>");
        assert_eq!(written(&harness), format!("fault {wanted}"));
    }
    harness.keys("<tab><tab>");
    assert_eq!(written(&harness), "fault cut-after-write", "round once");
    harness.write(":2");
    harness.keys("<tab>");
    assert_eq!(written(&harness), "fault cut-after-write:2", "nothing begins so");
    harness.keys("<enter>");
    assert_eq!(in_force(&harness), ["cut-after-write:2"]);
    harness.keys(":");
    harness.write("fault cle");
    harness.keys("<tab><enter>");
    assert!(in_force(&harness).is_empty());
    harness.keys(":");
    harness.write("wit");
    harness.keys("<tab>");
    assert_eq!(written(&harness), "withdraw");
}

#[test]
fn the_real_inbox_has_no_such_command() {
    let mut harness = Harness::new(Scripted::with_leaves(2), settings(operator(), Lang::Zh), 80, 24);
    for line in ["fault", "fault cut-after-write", "fau", "fault clear"] {
        run(&mut harness, line);
        assert!(harness.app.prompt.as_ref().is_some_and(|prompt| prompt.unknown), "{line}");
        assert!(harness.screen().contains("没有这个命令"), "{line}");
        harness.keys("<tab>");
        assert_eq!(written(&harness), line, "nothing to complete");
        harness.keys("<esc>");
    }
    harness.keys("?");
    let help: Vec<String> = (0..12)
        .map(|_| {
            let screen = harness.screen();
            harness.keys("<pgdn>");
            screen
        })
        .collect();
    assert!(help.iter().any(|page| page.contains(":revoke")) && !help.iter().any(|page| page.contains(":fault")));
}

#[test]
fn the_help_of_the_demo_names_it() {
    let mut harness = demo(Lang::Zh);
    harness.keys("?");
    let found = (0..12).any(|_| {
        let there = harness.screen().contains(":fault");
        harness.keys("<pgdn>");
        there
    });
    assert!(found);
}

#[test]
fn reads_that_lag_behind_for_a_while_do_not_make_an_approval_undone() {
    let mut harness = demo(Lang::Zh);
    run(&mut harness, "fault stale:2 cut-after-write");
    let key = harness.selected();
    harness.keys("ay").wait(Duration::from_secs(60));
    assert!(matches!(harness.state(&key), Some(State::Applied { .. })), "{:?}", harness.state(&key));
    let wrong = |notice: &Notice| matches!(notice, Notice::FoundNotApplied { .. });
    assert!(!harness.app.notices.all().any(|(_, notice)| wrong(notice)));
    assert!(harness.platform.faults().list().is_empty(), "both reads lagged");
}
