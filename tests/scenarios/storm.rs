//! Any keys, at any size, under any faults: no panic, no cell outside the screen, and no unconfirmed decision is sent.

use std::time::Duration;

use proptest::prelude::*;
use shenpi::app::{Event, Notice};
use shenpi::domain::{Action, Endpoint, FailureKind, Lang, Outcome, Target};
use unicode_width::UnicodeWidthStr;

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, failure, operator, refusal};

#[derive(Clone, Debug)]
enum Step {
    Keys(String),
    Burst(String),
    Paste(String),
    Resize(u16, u16),
    Wait(u64),
    Trouble(bool),
    Verdict(u8),
    Arrive(u64),
    Leave(usize),
}

fn key_names() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(vec![
            "j", "k", "g", "G", "<enter>", "<esc>", "<tab>", "<shift-tab>", "<pgdn>", "<pgup>", "1", "2", "3", "4", "5",
            "n", "p", "/", "o", "v", "d", "E", ".", ",", "<space>", "<left>", "<right>", "<ctrl-r>", "<ctrl-d>", "m",
            "?", "!", "L", "C", "D", "X", ":", "u", "U", "<backspace>", "<ctrl-l>", "<ctrl-z>",
        ]).prop_map(str::to_owned),
        6 => prop::sample::select(vec!["a", "r", "t", "s", "y", "e", "q"]).prop_map(str::to_owned),
        1 => "[a-z0-9审批张　Ａ]{1,4}",
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => prop::collection::vec(key_names(), 1..4).prop_map(|keys| Step::Keys(keys.concat())),
        2 => prop::collection::vec(key_names(), 1..4).prop_map(|keys| Step::Burst(keys.concat())),
        1 => "\\PC{0,20}".prop_map(Step::Paste),
        1 => any::<String>().prop_map(Step::Paste),
        2 => (1u16..200, 1u16..60).prop_map(|(columns, rows)| Step::Resize(columns, rows)),
        3 => (0u64..20_000).prop_map(Step::Wait),
        1 => any::<bool>().prop_map(Step::Trouble),
        2 => (0u8..6).prop_map(Step::Verdict),
        1 => (100u64..110).prop_map(Step::Arrive),
        1 => (0usize..8).prop_map(Step::Leave),
    ]
}

fn apply(harness: &mut Harness<Scripted>, step: Step) {
    match step {
        Step::Keys(keys) => drop(harness.keys(&keys)),
        Step::Burst(keys) => drop(harness.at_once(&keys)),
        Step::Paste(text) => drop(harness.paste(&text)),
        Step::Resize(columns, rows) => drop(harness.event(Event::Resized { columns, rows })),
        Step::Wait(millis) => drop(harness.wait(Duration::from_millis(millis))),
        Step::Trouble(on) => {
            let cut = failure(Endpoint::ProcessDetail, FailureKind::Unreachable, Outcome::NotSent, None);
            harness.platform.trouble = on.then_some(cut);
        }
        Step::Verdict(which) => {
            let limited = FailureKind::RateLimited { retry_after: Duration::from_secs(3) };
            let verdict = match which {
                0 => refusal(Endpoint::UpdateTask, 1_161_001),
                1 => refusal(Endpoint::Transfer, 1_161_103),
                2 => failure(Endpoint::UpdateTask, limited, Outcome::NotSent, Some(99_991_400)),
                3 => failure(Endpoint::UpdateTask, FailureKind::TimedOut, Outcome::MayHaveHappened, None),
                4 => failure(Endpoint::UpdateTask, FailureKind::Unreachable, Outcome::NotSent, None),
                _ => refusal(Endpoint::UpdateTask, 1_161_004),
            };
            harness.platform.verdicts.push_back(Err(verdict));
        }
        Step::Arrive(number) => drop(harness.platform.add(number, "加班申请", "Overtime")),
        Step::Leave(index) => {
            if let Some(task) = harness.platform.tasks.get(index).cloned() {
                harness.platform.remove(&task.key);
            }
        }
    }
}

fn check(harness: &mut Harness<Scripted>) -> Result<(), TestCaseError> {
    let columns = usize::from(harness.app.screen.columns);
    let screen = harness.screen();
    prop_assert_eq!(screen.split('\n').count(), usize::from(harness.app.screen.rows));
    for line in screen.split('\n') {
        prop_assert!(line.width() <= columns, "{:?} is wider than {}", line, columns);
        prop_assert!(!line.chars().any(char::is_control), "{:?}", line);
    }
    // Each sent decision was confirmed on this very target, and left once for each confirmation, unless the platform
    // provably did not execute it.
    let confirmed: Vec<(Action, &Target)> = harness
        .app
        .notices
        .all()
        .filter_map(|(_, notice)| match notice {
            Notice::Held { action, target } => Some((*action, target)),
            _ => None,
        })
        .collect();
    for sent in &harness.sent {
        prop_assert!(confirmed.contains(&(sent.decision.action(), &sent.target)));
    }
    prop_assert!(harness.sent.len() <= confirmed.len() + harness.platform.not_executed);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_nothing_leaves_its_cells(
        script in prop::collection::vec(steps(), 1..40),
        size in (1u16..160, 1u16..50),
        english in any::<bool>(),
        ascii in any::<bool>(),
    ) {
        let mut platform = Scripted::with_leaves(8);
        platform.add(9, "调薪", "Salary adjustment");
        let lang = if english { Lang::En } else { Lang::Zh };
        let mut harness = Harness::new(platform, settings(operator(), lang), size.0, size.1);
        harness.ascii = ascii;
        check(&mut harness)?;
        for step in script {
            apply(&mut harness, step);
            check(&mut harness)?;
            if harness.left {
                break;
            }
        }
    }

    /// Letters in bursts and pastes, however many, decide nothing: only a `y` of its own, after a rest, confirms.
    #[test]
    fn bursts_and_pastes_alone_decide_nothing(
        bursts in prop::collection::vec("[ayrtsem12\n]{1,12}", 1..20),
    ) {
        let mut harness = Harness::new(Scripted::with_leaves(5), settings(operator(), Lang::Zh), 80, 24);
        for burst in bursts {
            harness.paste(&burst);
            let letters: String = burst.chars().filter(|letter| *letter != '\n').collect();
            harness.at_once(&format!("a{letters}"));
            harness.keys("<esc><esc>");
        }
        harness.wait(Duration::from_secs(60));
        prop_assert!(harness.sent.is_empty());
    }
}
