//! The list of guards that `tests/mutation/run` takes away one by one is in step with the sources.

use std::path::Path;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Guards {
    guard: Vec<Guard>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Guard {
    name: String,
    file: String,
    text: String,
    instead: String,
    /// Another test than the days that has to notice.
    #[serde(default)]
    by: String,
}

#[test]
fn every_guard_of_the_list_stands_in_its_file_exactly_once() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = std::fs::read_to_string(root.join("tests/mutation/guards.toml")).expect("the list is there");
    let Guards { guard: guards } = toml::from_str(&list).expect("the list can be read");
    let mut faults = Vec::new();
    for (place, guard) in guards.iter().enumerate() {
        let Guard { name, file, text, instead, by } = guard;
        let source = std::fs::read_to_string(root.join(file)).unwrap_or_default();
        let found = source.matches(text.as_str()).count();
        if found != 1 {
            faults.push(format!("{name}: {file} holds its text {found} times"));
        }
        if text == instead || by.contains("days") {
            faults.push(format!("{name}: nothing is taken away, or the days are named twice"));
        }
        if guards.iter().take(place).any(|earlier| earlier.name == *name) {
            faults.push(format!("{name}: two guards have this name"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(guards.len() >= 30, "only {} guards are listed", guards.len());
}
