//! Circles of files, by what they import and by the methods of one type that they call in one another.

use std::collections::{BTreeMap, BTreeSet};

use crate::FACTS;
use crate::facts::{Facts, Use};
use crate::graph::circles;
use crate::layers::{assert_none, layer_of};

/// Layer, and how many of its files may stand in circles of imports until they are cut.
const BY_IMPORTS: [(&str, usize); 2] = [("store", 4), ("text", 9)];

/// Type, and how many files may stand in the largest circle of its methods until it is cut.
const BY_METHODS: [(&str, usize); 0] = [];

#[test]
fn no_files_import_one_another_in_a_circle() {
    assert_none(&import_faults(&FACTS, &BY_IMPORTS));
}

#[test]
fn no_files_call_the_methods_of_a_type_in_a_circle() {
    assert_none(&method_faults(&FACTS, &BY_METHODS));
}

/// A circle with the calls or imports that close it.
pub struct Circle {
    pub files: BTreeSet<usize>,
    pub of: String,
    pub edges: Vec<String>,
}

pub fn by_imports(facts: &Facts) -> Vec<Circle> {
    let edges: Vec<&Use> = facts.imports.iter().filter(|edge| !edge.passed_on).collect();
    found(facts, "imports", &edges)
}

pub fn by_methods(facts: &Facts) -> Vec<Circle> {
    let of_type = |(name, methods): (&String, &Vec<Use>)| found(facts, name, &methods.iter().collect::<Vec<_>>());
    let mut found: Vec<Circle> = facts.methods.iter().flat_map(of_type).collect();
    found.sort_by_key(|circle| std::cmp::Reverse(circle.files.len()));
    found
}

fn found(facts: &Facts, of: &str, edges: &[&Use]) -> Vec<Circle> {
    let graph = edges.iter().map(|edge| (edge.from, edge.to)).collect();
    let told = |files: &BTreeSet<usize>| {
        let inside = edges.iter().filter(|edge| files.contains(&edge.from) && files.contains(&edge.to));
        let mut once = BTreeMap::new();
        for edge in inside {
            let text = format!("{} -> {} {}", facts.place(edge.from, edge.line), facts.files[edge.to], edge.name);
            once.entry((edge.from, edge.to)).or_insert(text);
        }
        once.into_values().collect()
    };
    let circle = |files: BTreeSet<usize>| Circle { of: of.to_owned(), edges: told(&files), files };
    circles(&graph).into_iter().map(circle).collect()
}

fn import_faults(facts: &Facts, known: &[(&str, usize)]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let circles = by_imports(facts);
    for file in circles.iter().flat_map(|circle| &circle.files) {
        *counts.entry(layer_of(&facts.files[*file])).or_default() += 1;
    }
    let lists = |layer: &str| {
        let here = |circle: &&Circle| circle.files.iter().any(|file| layer_of(&facts.files[*file]) == layer);
        circles
            .iter()
            .filter(here)
            .flat_map(|circle| &circle.edges)
            .fold(String::new(), |all, edge| all + "\n  " + edge)
    };
    against(&counts, known, lists)
}

fn method_faults(facts: &Facts, known: &[(&str, usize)]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let circles = by_methods(facts);
    for circle in &circles {
        let largest = counts.entry(&circle.of).or_default();
        *largest = circle.files.len().max(*largest);
    }
    let lists = |of: &str| {
        let here = circles.iter().filter(|circle| circle.of == of);
        here.flat_map(|circle| &circle.edges).fold(String::new(), |all, edge| all + "\n  " + edge)
    };
    against(&counts, known, lists)
}

/// Faults beyond the table, and entries that it no longer needs.
fn against(counts: &BTreeMap<&str, usize>, known: &[(&str, usize)], list: impl Fn(&str) -> String) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, count) in counts {
        let allowed = known.iter().find(|(of, _)| of == name).map_or(0, |(_, allowed)| *allowed);
        if *count > allowed {
            faults.push(format!("{name}: {count} files in circles, {allowed} are known:{}", list(name)));
        }
    }
    for (name, _) in known.iter().filter(|(name, _)| !counts.contains_key(name)) {
        faults.push(format!("{name} has no circle any more: take it out of the table"));
    }
    faults
}

mod planted {
    use super::*;

    fn imports(texts: &[(&str, &str)]) -> String {
        import_faults(&Facts::planted(texts), &[]).join("\n")
    }

    #[test]
    fn files_that_import_one_another_are_found() {
        let lib = ("lib.rs", "mod a;\nmod b;\n");
        let b = ("b.rs", "pub struct B(super::a::A);\n");
        assert_eq!(imports(&[lib, ("a.rs", "pub struct A;\n"), b]), "");
        let told = imports(&[lib, ("a.rs", "use crate::b::B;\npub struct A;\n"), b]);
        assert!(
            told.starts_with("a: 1 files in circles, 0 are known:\n  a.rs:1 -> b.rs crate::b::B\n  b.rs:1 -> a.rs")
        );
        // A qualified path needs no import, nor does one in a macro.
        assert!(
            imports(&[lib, ("a.rs", "pub struct A;\nfn f() { vec![crate::b::B::new()]; }\n"), b]).contains("a.rs:2")
        );
    }

    #[test]
    fn a_re_export_leads_to_the_file_that_declares() {
        let m = ("m/mod.rs", "mod a;\nmod b;\npub use a::A;\npub use b::*;\n");
        let b = ("m/b.rs", "use super::A;\npub struct B(A);\n");
        assert_eq!(imports(&[("lib.rs", "mod m;\n"), m, ("m/a.rs", "pub struct A;\n"), b]), "");
        let told = imports(&[("lib.rs", "mod m;\n"), m, ("m/a.rs", "pub struct A(Option<super::B>);\n"), b]);
        assert!(told.contains("m/a.rs:1 -> m/b.rs super::B") && told.contains("m/b.rs:1 -> m/a.rs"), "{told}");
    }

    #[test]
    fn a_parent_and_its_child_make_a_circle_too() {
        let m = ("m/mod.rs", "mod a;\npub struct M;\nfn f() { a::g(); }\n");
        let told = imports(&[("lib.rs", "mod m;\n"), m, ("m/a.rs", "pub fn g() -> super::M { super::M }\n")]);
        assert!(told.contains("2 files in circles"), "{told}");
    }

    #[test]
    fn files_that_call_one_another_by_methods_are_found() {
        let lib = ("lib.rs", "mod a;\nmod b;\npub struct App;\n");
        let a = ("a.rs", "use crate::App;\nimpl App { pub fn f(&self) { self.g(); } pub fn h(&self) {} }\n");
        let faults = |body: &str| {
            let b = format!("impl crate::App {{ pub fn g(&self) {{ {body} }} }}\n");
            method_faults(&Facts::planted(&[lib, a, ("b.rs", &b)]), &[]).join("\n")
        };
        assert_eq!(faults("self.g();"), "");
        for body in ["self.h();", "Self::h(self);", "crate::App::h(self);", "dbg!(self.h());", "[self].map(Self::h);"] {
            let told = faults(body);
            let closed = "\n  a.rs:2 -> b.rs g\n  b.rs:1 -> a.rs h";
            assert_eq!(told, format!("App (lib.rs): 2 files in circles, 0 are known:{closed}"), "{body}");
        }
    }

    #[test]
    fn a_function_beside_the_type_does_not_hide_a_circle() {
        let lib = ("lib.rs", "mod a;\nmod b;\npub struct App;\n");
        let a = ("a.rs", "use crate::App;\nimpl App { pub fn f(&self) { self.g(); } pub fn h(&self) {} }\n");
        let b = ("b.rs", "use crate::App;\nimpl App { pub fn g(&self) {} }\nfn k(app: &App) { app.h(); }\n");
        assert!(method_faults(&Facts::planted(&[lib, a, b]), &[]).join("\n").contains("b.rs:3 -> a.rs h"));
    }

    #[test]
    fn a_known_circle_may_not_grow_nor_outlive_its_cut() {
        let counts = BTreeMap::from([("app", 3)]);
        let faults = |known: &[(&str, usize)]| against(&counts, known, |_| String::new());
        assert_eq!(faults(&[("app", 3)]), Vec::<String>::new());
        assert_eq!(faults(&[("app", 2)]), ["app: 3 files in circles, 2 are known:"]);
        assert_eq!(faults(&[("app", 3), ("view", 2)]), ["view has no circle any more: take it out of the table"]);
    }
}
