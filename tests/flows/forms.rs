//! Forms that are older than their request, and forms whose fields share a name.

use std::time::Duration;

use proptest::prelude::*;
use shenpi::app::form::FormRow;
use shenpi::app::{Query, Slot};
use shenpi::domain::{Endpoint, Failure, FailureKind, Field, Lang, Outcome, Value};

use crate::support::desk::{Desk, settings};
use crate::support::scripted::{Scripted, both, failure, key, operator};

const WARNINGS: [(Lang, &str); 2] =
    [(Lang::Zh, "表单尚未刷新，以下内容可能已过期。"), (Lang::En, "Not refreshed, may be out of date.")];

fn reads(desk: &Desk<Scripted>) -> usize {
    let wanted = Query::Form(key(1).process);
    desk.platform.asked.iter().filter(|query| **query == wanted).count()
}

fn limit() -> Failure {
    let kind = FailureKind::RateLimited { retry_after: Duration::from_secs(30) };
    failure(Endpoint::FormV2, kind, Outcome::NotSent, None)
}

/// The form is open; then the platform changes it, and the request unless only the form is to change.
fn changed(lang: Lang, request_too: bool) -> Desk<Scripted> {
    let mut desk = Desk::new(Scripted::with_leaves(3), settings(operator(), lang), 80, 24);
    desk.keys("<enter>2").wait(Duration::from_secs(10));
    let id = key(1).process;
    desk.platform.forms.get_mut(&id).unwrap().fields[0].value = Value::Number("99".into());
    if request_too {
        desk.platform.processes.get_mut(&id).unwrap().abstracts[0].value = both("99 天", "99 days");
    }
    desk
}

#[test]
fn a_limited_form_is_marked_and_read_when_the_limit_is_over() {
    for (lang, warning) in WARNINGS {
        let mut desk = changed(lang, true);
        assert!(!desk.screen().contains(warning), "{}", desk.screen());
        desk.platform.limits = vec![(|query| matches!(query, Query::Form(_)), limit())];
        let before = reads(&desk);
        desk.keys("<ctrl-r>").wait(Duration::from_secs(20));
        let screen = desk.screen();
        assert!(screen.contains(warning) && !screen.contains("99"), "{screen}");
        assert_eq!(reads(&desk), before + 1, "the limit is respected");
        desk.keys("<ctrl-r>").wait(Duration::from_secs(1));
        assert_eq!(reads(&desk), before + 1, "though it is asked for");
        desk.wait(Duration::from_secs(20));
        let screen = desk.screen();
        assert!(!screen.contains(warning) && screen.contains("99"), "{screen}");
    }
}

#[test]
fn a_form_that_failed_is_marked_and_read_again_on_request() {
    for (lang, warning) in WARNINGS {
        let mut desk = changed(lang, true);
        let refused = failure(Endpoint::FormV2, FailureKind::Business, Outcome::Refused, Some(1));
        desk.platform.no_forms.insert(key(1).process, refused);
        desk.keys("<ctrl-r>").wait(Duration::from_secs(5));
        let failed = reads(&desk);
        desk.wait(Duration::from_secs(30));
        assert_eq!(reads(&desk), failed, "a refusal is not repeated");
        assert!(desk.screen().contains(warning), "{}", desk.screen());
        desk.platform.no_forms.clear();
        desk.keys("<ctrl-r>").wait(Duration::from_secs(5));
        let screen = desk.screen();
        assert!(!screen.contains(warning) && screen.contains("99"), "{screen}");
    }
}

#[test]
fn the_open_form_is_read_again_on_request() {
    let mut desk = changed(Lang::Zh, false);
    let before = reads(&desk);
    desk.keys("<ctrl-r>").wait(Duration::from_secs(5));
    assert_eq!(reads(&desk), before + 1);
    assert!(desk.screen().contains("99"), "{}", desk.screen());
}

#[test]
fn one_form_is_never_read_twice_at_once() {
    let mut desk = changed(Lang::Zh, true);
    let before = reads(&desk);
    desk.answers_wait = true;
    desk.keys("<ctrl-r><ctrl-r><ctrl-r>");
    assert_eq!(reads(&desk), before + 1, "the read under way is waited for");
    // The changed request comes while its form is being read.
    desk.answers_come_newest_first().wait(Duration::from_secs(5));
    assert_eq!(reads(&desk), before + 2, "which may be older, and is read once more");
    assert!(!desk.superseded.contains(&Slot::Form(key(1).process)));
    assert!(desk.screen().contains("99"), "{}", desk.screen());
}

#[test]
fn the_last_row_is_reached_below_the_mark() {
    let mut desk = changed(Lang::Zh, true);
    let form = desk.platform.forms.get_mut(&key(1).process).unwrap();
    form.fields = (0..60).map(|number| leaf(&format!("f{number}"))).collect();
    desk.keys("<ctrl-r>").wait(Duration::from_secs(5));
    desk.platform.processes.get_mut(&key(1).process).unwrap().abstracts.clear();
    let refused = failure(Endpoint::FormV2, FailureKind::Business, Outcome::Refused, Some(1));
    desk.platform.no_forms.insert(key(1).process, refused);
    desk.keys("<ctrl-r>").wait(Duration::from_secs(5));
    for number in 0..60 {
        let screen = desk.screen();
        let cursor = screen.lines().rfind(|line| line.starts_with('▸')).unwrap_or_default().to_owned();
        assert!(screen.contains(WARNINGS[0].1) && cursor.contains(&format!("f{number} ")), "f{number}\n{screen}");
        desk.keys("j");
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
fn rows(desk: &Desk<Scripted>) -> (Vec<(FormRow, bool)>, Vec<usize>) {
    let rows: Vec<_> = desk.app.form.window(10_000).collect();
    let cursors = rows.iter().enumerate().filter(|(_, row)| row.1).map(|(at, _)| at).collect();
    (rows.into_iter().map(|(row, _, folded)| (row.clone(), folded)).collect(), cursors)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_of_one_name_are_told_apart(fields in fields()) {
        let mut platform = Scripted::with_leaves(1);
        platform.forms.get_mut(&key(1).process).unwrap().fields = fields;
        let mut desk = Desk::new(platform, settings(operator(), Lang::Zh), 80, 24);
        desk.keys("<enter>2").wait(Duration::from_secs(2));
        let (before, _) = rows(&desk);
        for at in 0..before.len() {
            prop_assert_eq!(rows(&desk).1, vec![at]);
            let (row, was_folded) = &before[at];
            if row.has_children() {
                desk.keys("<space>");
                let (after, cursors) = rows(&desk);
                prop_assert_eq!(cursors, vec![at]);
                let folded = |rows: &[(FormRow, bool)]| rows.iter().filter(|(_, folded)| *folded).count();
                prop_assert_eq!(after[at].1, !was_folded);
                let hidden = if *was_folded { &after[at + 1..] } else { &before[at + 1..] };
                let own = hidden.iter().take_while(|(below, _)| below.depth > row.depth).count();
                prop_assert_eq!(before.len().abs_diff(after.len()), own);
                let others = &before[..at];
                prop_assert_eq!(folded(others), folded(&after[..at]));
                desk.keys("<space>");
            }
            desk.keys("j");
        }
        prop_assert_eq!(rows(&desk).1, vec![before.len() - 1]);
    }
}
