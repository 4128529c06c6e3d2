//! Forms that are older than their request, and forms whose fields share a name.

use std::time::Duration;

use proptest::prelude::*;
use shenpi::app::form::FormRow;
use shenpi::app::{Query, Slot};
use shenpi::domain::{Endpoint, Failure, FailureKind, Field, Lang, Outcome, Value};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, both, failure, key, operator};

const WARNINGS: [(Lang, &str); 2] =
    [(Lang::Zh, "表单尚未刷新，以下内容可能已过期。"), (Lang::En, "Not refreshed yet; may be out of date.")];

fn reads(harness: &Harness<Scripted>) -> usize {
    let wanted = Query::Form(key(1).process);
    harness.platform.asked.iter().filter(|query| **query == wanted).count()
}

fn limit() -> Failure {
    let kind = FailureKind::RateLimited { retry_after: Duration::from_secs(30) };
    failure(Endpoint::FormV2, kind, Outcome::NotSent, None)
}

/// The form is open; then the platform changes it, and the request unless only the form is to change.
fn changed(lang: Lang, request_too: bool) -> Harness<Scripted> {
    let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), lang), 80, 24);
    harness.keys("<enter>2").wait(Duration::from_secs(10));
    let id = key(1).process;
    harness.platform.forms.get_mut(&id).unwrap().fields[0].value = Value::Number("99".into());
    if request_too {
        harness.platform.processes.get_mut(&id).unwrap().abstracts[0].value = both("99 天", "99 days");
    }
    harness
}

#[test]
fn a_limited_form_is_marked_and_read_when_the_limit_is_over() {
    for (lang, warning) in WARNINGS {
        let mut harness = changed(lang, true);
        assert!(!harness.screen().contains(warning), "{}", harness.screen());
        harness.platform.limits = vec![(|query| matches!(query, Query::Form(_)), limit())];
        let before = reads(&harness);
        harness.keys("<ctrl-r>").wait(Duration::from_secs(20));
        let screen = harness.screen();
        assert!(screen.contains(warning) && !screen.contains("99"), "{screen}");
        assert_eq!(reads(&harness), before + 1, "the limit is respected");
        harness.keys("<ctrl-r>").wait(Duration::from_secs(1));
        assert_eq!(reads(&harness), before + 1, "though it is asked for");
        harness.wait(Duration::from_secs(20));
        let screen = harness.screen();
        assert!(!screen.contains(warning) && screen.contains("99"), "{screen}");
    }
}

#[test]
fn a_form_that_failed_is_marked_and_read_again_on_request() {
    for (lang, warning) in WARNINGS {
        let mut harness = changed(lang, true);
        let refused = failure(Endpoint::FormV2, FailureKind::Business, Outcome::Refused, Some(1));
        harness.platform.no_forms.insert(key(1).process, refused);
        harness.keys("<ctrl-r>").wait(Duration::from_secs(5));
        let failed = reads(&harness);
        harness.wait(Duration::from_secs(30));
        assert_eq!(reads(&harness), failed, "a refusal is not repeated");
        assert!(harness.screen().contains(warning), "{}", harness.screen());
        harness.platform.no_forms.clear();
        harness.keys("<ctrl-r>").wait(Duration::from_secs(5));
        let screen = harness.screen();
        assert!(!screen.contains(warning) && screen.contains("99"), "{screen}");
    }
}

#[test]
fn the_open_form_is_read_again_on_request() {
    let mut harness = changed(Lang::Zh, false);
    let before = reads(&harness);
    harness.keys("<ctrl-r>").wait(Duration::from_secs(5));
    assert_eq!(reads(&harness), before + 1);
    assert!(harness.screen().contains("99"), "{}", harness.screen());
}

#[test]
fn one_form_is_never_read_twice_at_once() {
    let mut harness = changed(Lang::Zh, true);
    let before = reads(&harness);
    harness.answers_wait = true;
    harness.keys("<ctrl-r><ctrl-r><ctrl-r>");
    assert_eq!(reads(&harness), before + 1, "the read under way is waited for");
    // The changed request comes while its form is being read.
    harness.answers_come_newest_first().wait(Duration::from_secs(5));
    assert_eq!(reads(&harness), before + 2, "which may be older, and is read once more");
    assert!(!harness.superseded.contains(&Slot::Form(key(1).process)));
    assert!(harness.screen().contains("99"), "{}", harness.screen());
}

#[test]
fn the_last_row_is_reached_below_the_mark() {
    let mut harness = changed(Lang::Zh, true);
    let form = harness.platform.forms.get_mut(&key(1).process).unwrap();
    form.fields = (0..60).map(|number| leaf(&format!("f{number}"))).collect();
    harness.keys("<ctrl-r>").wait(Duration::from_secs(5));
    harness.platform.processes.get_mut(&key(1).process).unwrap().abstracts.clear();
    let refused = failure(Endpoint::FormV2, FailureKind::Business, Outcome::Refused, Some(1));
    harness.platform.no_forms.insert(key(1).process, refused);
    harness.keys("<ctrl-r>").wait(Duration::from_secs(5));
    for number in 0..60 {
        let screen = harness.screen();
        let cursor = screen.lines().rfind(|line| line.starts_with('▸')).unwrap_or_default().to_owned();
        assert!(screen.contains(WARNINGS[0].1) && cursor.contains(&format!("f{number} ")), "f{number}\n{screen}");
        harness.keys("j");
    }
}

fn leaf(name: &str) -> Field {
    Field { api_name: name.into(), label: both(name, name), value: Value::Text("x".into()) }
}

/// A few names for many fields, some of which look like the way to another.
fn fields() -> impl Strategy<Value = Vec<Field>> {
    let name = || prop::sample::select(vec!["item", "amount", "item/amount", "#0", ""]);
    let plain = Just(Value::Text("x".into()));
    let value = plain.prop_recursive(3, 24, 4, move |inner| {
        let field = (name(), inner.clone()).prop_map(|(name, value)| Field { value, ..leaf(name) });
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::List),
            prop::collection::vec(field, 0..4).prop_map(Value::Record),
        ]
    });
    let field = (name(), value).prop_map(|(name, value)| Field { value, ..leaf(name) });
    prop::collection::vec(field, 1..6)
}

/// The rows that no fold hides, and the places of those that carry the cursor.
fn rows(harness: &Harness<Scripted>) -> (Vec<(FormRow, bool)>, Vec<usize>) {
    let rows: Vec<_> = harness.app.form.window(10_000).collect();
    let cursors = rows.iter().enumerate().filter(|(_, row)| row.1).map(|(at, _)| at).collect();
    (rows.into_iter().map(|(row, _, folded)| (row.clone(), folded)).collect(), cursors)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_of_one_name_are_told_apart(fields in fields()) {
        let mut platform = Scripted::with_leaves(1);
        platform.forms.get_mut(&key(1).process).unwrap().fields = fields;
        let mut harness = Harness::new(platform, settings(operator(), Lang::Zh), 80, 24);
        harness.keys("<enter>2").wait(Duration::from_secs(2));
        let (before, _) = rows(&harness);
        for at in 0..before.len() {
            prop_assert_eq!(rows(&harness).1, vec![at]);
            let (row, was_folded) = &before[at];
            if row.has_children() {
                harness.keys("<space>");
                let (after, cursors) = rows(&harness);
                prop_assert_eq!(cursors, vec![at]);
                let folded = |rows: &[(FormRow, bool)]| rows.iter().filter(|(_, folded)| *folded).count();
                prop_assert_eq!(after[at].1, !was_folded);
                let hidden = if *was_folded { &after[at + 1..] } else { &before[at + 1..] };
                let own = hidden.iter().take_while(|(below, _)| below.depth > row.depth).count();
                prop_assert_eq!(before.len().abs_diff(after.len()), own);
                let others = &before[..at];
                prop_assert_eq!(folded(others), folded(&after[..at]));
                harness.keys("<space>");
            }
            harness.keys("j");
        }
        prop_assert_eq!(rows(&harness).1, vec![before.len() - 1]);
    }
}
