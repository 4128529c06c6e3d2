//! One interpreter of effects: the session performs them, and no other code repeats their order.

use crate::layers::assert_none;
use crate::texts;

/// Files that may tell a read from other effects, and why.
const MAY_INTERPRET: [(&str, &str); 2] = [
    ("src/runtime/session.rs", "performs them"),
    ("src/view/test_support.rs", "answers reads with fixtures, below the runtime; writes nothing and sends nothing"),
];

/// The interpreter of effects has to tell reads from the rest.
fn interpreters<'a>(texts: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let tells = |text: &str| text.contains("Effect::Read {") && text.contains("match effect");
    let found = texts.filter(|(path, text)| !path.ends_with("architecture/effects.rs") && tells(text));
    found.map(|(path, _)| path.to_owned()).collect()
}

#[test]
fn effects_are_performed_by_the_session_alone() {
    let files: Vec<(String, String)> = ["src", "tests", "benches"]
        .into_iter()
        .flat_map(|folder| texts(folder).into_iter().map(move |(path, text)| (format!("{folder}/{path}"), text)))
        .collect();
    let found = interpreters(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let allowed = |path: &String| MAY_INTERPRET.iter().any(|(known, _)| known == path);
    let mut faults: Vec<String> = found.iter().filter(|path| !allowed(path)).cloned().collect();
    let unneeded = MAY_INTERPRET.iter().filter(|(known, _)| !found.iter().any(|path| path == known));
    faults.extend(unneeded.map(|(known, _)| format!("{known} interprets nothing: take it out of the table")));
    assert_none(&faults);
}

#[test]
fn a_planted_interpreter_is_found() {
    let replica = "match effect { Effect::Read { id, .. } => {} _ => {} }";
    assert_eq!(
        interpreters([("tests/a.rs", replica), ("tests/b.rs", "Effect::Write { .. }")].into_iter()),
        ["tests/a.rs"]
    );
}
