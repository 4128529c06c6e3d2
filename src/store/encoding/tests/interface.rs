//! Lines of the first version are written to the last byte today; later additions stand in a list.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde::Deserialize;
use serde_json::Value;

use super::super::words;
use super::{JournalLine, checkpoint, checkpoints, ended, read, record, records, without_break};
use crate::domain::Millis;
use crate::domain::record::SessionEnd;

const MONTHS: [&str; 2] = [
    include_str!("../../../../tests/fixtures/v1/state/journal/ou_1-b7fb051f/2026-10.jsonl"),
    include_str!("../../../../tests/fixtures/v1/state/journal/ou_1-b7fb051f/2026-11.jsonl"),
];

#[derive(Deserialize)]
struct Added {
    journal_members: BTreeSet<String>,
    journal_words: BTreeSet<String>,
}

fn added() -> Added {
    toml::from_str(include_str!("../../../../tests/fixtures/added.toml")).unwrap()
}

fn lines() -> impl Iterator<Item = &'static str> {
    MONTHS.into_iter().flat_map(|month| month.split_inclusive('\n'))
}

/// The members of a line by their places, and its words with the member that each stands in.
#[derive(Default)]
struct Names {
    members: BTreeSet<String>,
    words: BTreeSet<String>,
}

impl Names {
    fn add(&mut self, line: &[u8]) {
        self.visit("", &serde_json::from_slice(&line[9..]).unwrap());
    }

    fn visit(&mut self, place: &str, value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let place = format!("{place}.{name}");
                    if let Some(word) = value.as_str().filter(|_| words::all().iter().any(|(known, _)| known == name)) {
                        self.words.insert(format!("{name} {word}"));
                    }
                    self.visit(&place, value);
                    self.members.insert(place);
                }
            }
            Value::Array(values) => {
                // The records of a checkpoint are those of the lines before it.
                let place = if place == ".decisions.records" { "" } else { place };
                for value in values {
                    self.visit(place, value);
                }
            }
            _ => {}
        }
    }
}

#[test]
fn first_versions_lines_are_written_alike() {
    for line in lines() {
        let again = match read(without_break(line.as_bytes())) {
            Ok(JournalLine::Record(found)) => record(&found),
            Ok(JournalLine::Checkpoint(found)) => checkpoint(&found),
            Ok(JournalLine::Ended { at, how, idle }) => ended(at, how, idle),
            Err(error) => panic!("{error:?}: {line}"),
        };
        assert_eq!(String::from_utf8(again).unwrap(), line);
    }
}

#[test]
fn every_word_is_the_first_versions_or_listed() {
    let mut old = Names::default();
    lines().for_each(|line| old.add(line.as_bytes()));
    let listed = added().journal_words;
    assert!(old.words.is_disjoint(&listed), "listed as new: {listed:?}");
    let today = words::all()
        .into_iter()
        .flat_map(|(member, words)| words.into_iter().map(move |word| format!("{member} {word}")));
    assert_eq!(today.collect::<BTreeSet<_>>(), &old.words | &listed);
}

#[test]
fn every_member_is_the_first_versions_or_listed() {
    let mut old = Names::default();
    lines().for_each(|line| old.add(line.as_bytes()));
    let listed = added().journal_members;
    assert!(old.members.is_disjoint(&listed), "listed as new: {listed:?}");
    let mut today = Names::default();
    let mut runner = TestRunner::deterministic();
    let samples = (records(), checkpoints());
    for _ in 0..512 {
        let (written, opened) = samples.new_tree(&mut runner).unwrap().current();
        today.add(&record(&written));
        today.add(&checkpoint(&opened));
    }
    today.add(&ended(Millis(0), SessionEnd::Signal(1), Some(1)));
    assert_eq!(today.members, &old.members | &listed);
}
