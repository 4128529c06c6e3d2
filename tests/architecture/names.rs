//! One meaning for the name of a public type. The simulator keeps its own nouns: its independence is what it is for.

use std::collections::{BTreeMap, BTreeSet};

use crate::FACTS;
use crate::facts::Facts;
use crate::layers::assert_none;

/// Names that may stand in several files, and why.
const EXCEPTIONS: [(&str, &str); 10] = [
    ("Answered", "to be renamed"),
    ("Fault", "to be renamed"),
    ("Journal", "to be renamed"),
    ("Key", "to be renamed"),
    ("Line", "to be renamed"),
    ("Places", "to be renamed"),
    ("Row", "to be renamed"),
    ("Settings", "to be renamed"),
    ("Task", "to be renamed"),
    ("Words", "to be renamed"),
];

#[test]
fn a_public_type_s_name_stands_once() {
    assert_none(&faults(&FACTS, &EXCEPTIONS));
}

/// Public types outside the simulator that share their name, with their places.
pub fn doubled(facts: &Facts) -> Vec<(String, String)> {
    let mut places: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for declared in facts.types.iter().filter(|declared| !facts.files[declared.file].starts_with("sim")) {
        places.entry(&declared.name).or_default().insert(facts.place(declared.file, declared.line));
    }
    let doubled = places.into_iter().filter(|(_, places)| places.len() > 1);
    doubled.map(|(name, places)| (name.to_owned(), places.into_iter().collect::<Vec<_>>().join(", "))).collect()
}

fn faults(facts: &Facts, exceptions: &[(&str, &str)]) -> Vec<String> {
    let doubled = doubled(facts);
    let unknown = doubled.iter().filter(|(name, _)| !exceptions.iter().any(|(known, _)| known == name));
    let mut faults: Vec<String> = unknown.map(|(name, places)| format!("{name} stands in {places}")).collect();
    let unneeded = exceptions.iter().filter(|(known, _)| !doubled.iter().any(|(name, _)| name == known));
    faults.extend(unneeded.map(|(known, _)| format!("{known} stands once: take it out of the table")));
    faults
}

mod planted {
    use super::*;

    fn told(b: &str, exceptions: &[(&str, &str)]) -> String {
        let a = "pub struct Row;\nmacro_rules! id { ($name:ident) => { pub struct $name; } }\nid!(Id);\n";
        let sim = "pub struct Row;\npub type Id = u8;\n";
        let lib = "mod a;\nmod b;\nmod sim;\nuse a::Id;\n";
        faults(&Facts::planted(&[("lib.rs", lib), ("a.rs", a), ("b.rs", b), ("sim/mod.rs", sim)]), exceptions)
            .join("\n")
    }

    #[test]
    fn a_second_public_type_of_the_name_is_found() {
        assert_eq!(told("struct Row;\n", &[]), "");
        for declared in ["pub struct Row;", "pub(crate) enum Row {}", "pub trait Row {}", "pub type Row = u8;"] {
            assert_eq!(told(declared, &[]), "Row stands in a.rs:1, b.rs:1");
        }
        assert!(told("macro_rules! m { () => { pub struct Row; } }\nm!();\n", &[]).starts_with("Row stands in a.rs:1"));
    }

    #[test]
    fn a_type_that_a_macro_makes_counts() {
        assert!(told("pub enum Id {}\n", &[]).starts_with("Id stands in a.rs:"));
    }

    #[test]
    fn an_exception_that_nothing_needs_is_refused() {
        assert_eq!(told("pub struct Row;\n", &[("Row", "")]), "");
        assert_eq!(told("", &[("Row", "")]), "Row stands once: take it out of the table");
    }
}
