//! Amounts in the review of a sensitive request: with amounts of any length it can be confirmed.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use shenpi::domain::{CleanText, Field, Lang, Value};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, both, operator};

const SIZES: [(u16, u16); 3] = [(40, 10), (60, 16), (80, 24)];

/// So many pairs of old and new, with a label and digits.
fn pairs(count: usize, label: &str, digits: &str) -> Vec<Field> {
    let named = |at: usize, side: &str, zh: &str| Field {
        api_name: format!("f{at}_{side}").as_str().into(),
        label: both(&format!("{zh}{label}{at}"), &format!("{label}{at} {side} adjustment")),
        value: Value::Number(CleanText::new(digits)),
    };
    (0..count).flat_map(|at| [named(at, "before", "调整前"), named(at, "after", "调整后")]).collect()
}

fn desk_with(fields: Vec<Field>, name: &str, lang: Lang, size: (u16, u16)) -> Harness<Scripted> {
    let mut platform = Scripted::with_leaves(0);
    let task = platform.add(1, "调薪", "Salary adjustment");
    platform.forms.get_mut(&task.process).unwrap().fields = fields;
    let process = platform.processes.get_mut(&task.process).unwrap();
    process.process_name = both(&format!("调薪{name}"), &format!("Salary adjustment {name}"));
    process.initiator_name = both(&format!("李{name}"), &format!("Li {name}"));
    let mut harness = Harness::new(platform, settings(operator(), lang), size.0, size.1);
    harness.wait(Duration::from_secs(2));
    harness
}

/// Reviews a rejection: the text on screen, and whether it can be confirmed.
fn review(harness: &mut Harness<Scripted>) -> (String, bool) {
    harness.keys("2<esc>r1<ctrl-d>").wait(Duration::from_secs(1));
    let screen = harness.screen().replace('\u{a0}', " ");
    harness.keys("y");
    (screen, harness.app.outbox.queued() == 1)
}

#[test]
fn review_with_long_amounts_can_be_confirmed() {
    let (long, digits) = ("很长的名称".repeat(180), "9".repeat(900));
    for lang in [Lang::Zh, Lang::En] {
        for size in SIZES {
            for (count, label, figure, name) in [
                (3, "月薪合计", "1234567.00", ""),
                (1, long.as_str(), "23100.00", ""),
                (1, "月薪合计", digits.as_str(), ""),
                (3, long.as_str(), digits.as_str(), long.as_str()),
                (500, "月薪合计", digits.as_str(), long.as_str()),
            ] {
                let mut harness = desk_with(pairs(count, label, figure), name, lang, size);
                let (screen, confirmed) = review(&mut harness);
                assert!(confirmed && screen.contains('→'), "{count} at {size:?}\n{screen}");
            }
        }
    }
}

#[test]
fn figure_of_absurd_length_tells_its_digits() {
    for (lang, said) in [(Lang::Zh, "1234…7890（共 900 位）"), (Lang::En, "1234…7890 (900 digits)")] {
        let mut harness = desk_with(pairs(1, "月薪", &"1234567890".repeat(90)), "", lang, (80, 24));
        let (screen, _) = review(&mut harness);
        let screen = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(screen.contains(&format!("{said} → {said}")), "{screen}");
    }
}

#[test]
fn amounts_that_are_not_named_are_counted() {
    for (lang, said) in [(Lang::Zh, "另有 4 项"), (Lang::En, "and 4 more")] {
        let mut harness = desk_with(pairs(7, "月薪", "21000"), "", lang, (80, 24));
        let (screen, _) = review(&mut harness);
        let screen = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(screen.contains(said), "{screen}");
        assert_eq!(screen.matches("21,000 → 21,000").count(), 3, "{screen}");
    }
}

#[test]
fn generated_amounts_never_stop_a_review() {
    let all = (
        0..9_usize,
        "[月薪合计a-zA-Z ()（）：•%]{0,90}",
        "-?[1-9][0-9]{0,60}(\\.[0-9]{1,30})?",
        "[甲乙丙丁a-z ]{0,80}",
        prop::sample::select(vec![Lang::Zh, Lang::En]),
        prop::sample::select(&SIZES[..]),
    );
    TestRunner::new(Config { cases: 96, failure_persistence: None, ..Config::default() })
        .run(&all, |(count, label, digits, name, lang, size)| {
            let mut harness = desk_with(pairs(count, &label, &digits), &name, lang, size);
            let (screen, confirmed) = review(&mut harness);
            prop_assert!(confirmed, "{:?}\n{}", size, screen);
            Ok(())
        })
        .unwrap();
}
