//! Layers: which may name which, and which other packages the pure ones may use.

use std::collections::BTreeSet;

use crate::facts::{Facts, Word};
use crate::{FACTS, texts};

/// Layer (a folder, a part of one, or a file) and the layers that it names: no other, and each of these somewhere.
pub const LAYERS: [(&str, &[&str]); 15] = [
    ("files", &[]),
    ("domain", &[]),
    ("app", &["domain"]),
    ("keys", &["app", "domain"]),
    ("text", &["app", "domain", "keys"]),
    ("feishu", &["domain", "files"]),
    ("store", &["domain", "files"]),
    ("sim/world", &["domain"]),
    ("sim", &["domain", "sim/world"]),
    ("view", &["app", "domain", "keys", "text"]),
    ("config", &["domain", "files", "text"]),
    ("cli", &["config", "domain", "sim"]),
    (
        "runtime",
        &["app", "config", "cli", "domain", "feishu", "files", "keys", "sim", "sim/world", "store", "text", "view"],
    ),
    ("lib", &["runtime"]),
    ("main", &["lib"]),
];

/// Layers that compute only, and the packages that they use.
const PURE: [(&str, &[&str]); 4] = [
    ("domain", &["icu_properties", "sha2"]),
    ("app", &["ib-matcher", "jiff", "unicode-segmentation"]),
    ("keys", &["serde", "toml"]),
    ("sim/world", &["rand", "serde_json"]),
];

/// A package in one file of a pure layer, and why.
const EXCEPTIONS: [(&str, &str, &str); 1] =
    [("app/editor.rs", "ratatui-textarea", "cursor, selection and undo of a text are state; the widget only edits it")];

/// Beginnings of paths that reach a clock, a file, the network, the process or chance.
const IMPURE: [&str; 16] = [
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time::Instant::now",
    "std::time::SystemTime::now",
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
    "jiff::tz::TimeZone::system",
    "rand::rng",
    "rand::random",
    "rand::rngs::OsRng",
    "rand::rngs::ThreadRng",
];

/// Ways to the normal screen, and the files that may name them: the door that cleans, the frames of the terminal, and
/// the streams of the command that prints the secret.
const NORMAL_SCREEN: [&str; 7] = ["stdout", "stderr", "print!", "println!", "eprint!", "eprintln!", "dbg!"];
const MAY_WRITE: [&str; 3] = ["runtime/console.rs", "runtime/terminal.rs", "config/secret.rs"];

#[test]
fn each_layer_names_the_layers_of_its_row_and_no_other() {
    assert_none(&layer_faults(&FACTS, &LAYERS));
}

#[test]
fn pure_layers_reach_no_clock_no_terminal_and_no_network() {
    assert_none(&purity_faults(&FACTS, &PURE, &EXCEPTIONS));
}

#[test]
fn only_the_console_writes_to_the_normal_screen() {
    assert_none(&screen_faults(&FACTS, &MAY_WRITE));
}

#[test]
fn every_file_of_the_source_is_in_a_layer() {
    let texts = texts("src");
    assert_none(&unknown_layers(texts.keys().map(String::as_str)));
}

pub fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

pub fn layer_of(path: &str) -> &str {
    let path = path.strip_suffix(".rs").unwrap_or(path);
    if path.starts_with("sim/world") { "sim/world" } else { path.split('/').next().unwrap() }
}

/// Layers with the number of their files.
pub fn sizes(facts: &Facts) -> Vec<(&'static str, usize)> {
    let count = |layer| facts.files.iter().filter(|path| layer_of(path) == layer).count();
    LAYERS.iter().map(|(layer, _)| (*layer, count(*layer))).collect()
}

fn layer_faults(facts: &Facts, layers: &[(&str, &[&str])]) -> Vec<String> {
    let mut faults = BTreeSet::new();
    let mut used = BTreeSet::new();
    for edge in &facts.imports {
        let [from, to] = [edge.from, edge.to].map(|file| layer_of(&facts.files[file]));
        let allowed = layers.iter().any(|(layer, may)| *layer == from && may.contains(&to));
        used.insert((from, to));
        if from != to && !allowed {
            faults.insert(format!("{}: {from} names {to}: {}", facts.place(edge.from, edge.line), edge.name));
        }
    }
    for (layer, may) in layers {
        for other in may.iter().filter(|other| !used.contains(&(*layer, **other))) {
            faults.insert(format!("{layer} may name {other} and does not: take it out of the table"));
        }
    }
    faults.into_iter().collect()
}

fn purity_faults(facts: &Facts, pure: &[(&str, &[&str])], exceptions: &[(&str, &str, &str)]) -> Vec<String> {
    let mut faults = BTreeSet::new();
    let mut used = BTreeSet::new();
    for Word { file, line, text } in &facts.externals {
        let path = facts.files[*file].as_str();
        let Some((layer, packages)) = pure.iter().find(|(layer, _)| *layer == layer_of(path)) else { continue };
        let package = text.split("::").next().unwrap();
        let excepted = exceptions.iter().any(|(file, of, _)| *file == path && *of == package);
        used.insert((if excepted { path } else { *layer }, package));
        let impure = IMPURE.iter().any(|name| text == name || text.starts_with(&format!("{name}::")));
        let known = excepted || packages.contains(&package) || ["std", "core", "alloc"].contains(&package);
        if impure || !known {
            faults.insert(format!("{}: the pure layer {layer} names {text}", facts.place(*file, *line)));
        }
    }
    let wanted = pure.iter().flat_map(|(layer, packages)| packages.iter().map(|package| (*layer, *package)));
    for (place, package) in wanted.chain(exceptions.iter().map(|(file, package, _)| (*file, *package))) {
        if !used.contains(&(place, package)) {
            faults.insert(format!("{place} may name {package} and does not: take it out of the table"));
        }
    }
    faults.into_iter().collect()
}

fn screen_faults(facts: &Facts, doors: &[&str]) -> Vec<String> {
    let mut faults = BTreeSet::new();
    let mut used = BTreeSet::new();
    for Word { file, line, text } in &facts.words {
        if NORMAL_SCREEN.contains(&text.as_str()) {
            let path = facts.files[*file].as_str();
            used.insert(path);
            if !doors.contains(&path) {
                faults.insert(format!("{}: {text} goes past the console", facts.place(*file, *line)));
            }
        }
    }
    for door in doors.iter().filter(|door| !used.contains(**door)) {
        faults.insert(format!("{door} may write to the normal screen and does not: take it out of the table"));
    }
    faults.into_iter().collect()
}

fn unknown_layers<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<String> {
    let known = |path: &&str| LAYERS.iter().any(|(layer, _)| *layer == layer_of(path));
    paths.filter(|path| !known(path)).map(|path| format!("src/{path} is in no layer: add it to the table")).collect()
}

mod planted {
    use super::*;

    const LIB: (&str, &str) = ("lib.rs", "mod app;\nmod domain;\nmod view;\n");
    const VIEW: (&str, &str) = ("view/mod.rs", "pub struct Theme;\n");
    const ALLOWED: [(&str, &[&str]); 3] = [("app", &["domain"]), ("domain", &[]), ("view", &[])];
    const APP: &str = "use crate::domain::Id;\n";

    fn layers(app: &str) -> String {
        layer_faults(&Facts::planted(&[LIB, VIEW, ("app.rs", app), ("domain.rs", "pub struct Id;\n")]), &ALLOWED)
            .join("\n")
    }

    #[test]
    fn a_layer_is_found_wherever_it_is_named() {
        assert_eq!(layers(APP), "");
        let named = |more: &str| layers(&format!("{APP}{more}"));
        assert_eq!(named("use crate::{domain, view::Theme};\n"), "app.rs:2: app names view: crate::view::Theme");
        assert_eq!(named("fn f() -> super::view::Theme { loop {} }\n"), "app.rs:2: app names view: super::view::Theme");
        assert_eq!(named("fn f() {\n use crate::view as v;\n}\n"), "app.rs:3: app names view: crate::view");
        assert!(named("fn f() { dbg!(crate::view::Theme); }\n").contains("app names view"));
        assert!(named("macro_rules! m { () => { $crate::view::Theme } }\n").contains("app names view"));
        assert!(named("pub use crate::view::Theme;\n").contains("app names view"));
        assert_eq!(named("#[cfg(test)]\nmod tests {\n use crate::view::Theme;\n}\n"), "");
        assert_eq!(named("#[cfg(test)]\nuse crate::view::{Theme};\nfn f() {}\n"), "");
        assert_eq!(named("/// [`crate::view`]\nfn f() { let _ = \"crate::view\"; }\n"), "");
    }

    #[test]
    fn a_row_that_allows_what_nothing_uses_is_refused() {
        assert_eq!(layers("fn f() {}\n"), "app may name domain and does not: take it out of the table");
    }

    #[test]
    fn impure_paths_are_found_under_any_name() {
        let pure: [(&str, &[&str]); 1] = [("app", &[])];
        let faults = |app: &str| {
            let app = format!("{APP}{app}");
            let facts = Facts::planted(&[LIB, VIEW, ("app.rs", &app), ("domain.rs", "pub struct Id;\n")]);
            purity_faults(&facts, &pure, &[]).join("\n")
        };
        assert_eq!(faults("use tui_textarea::T;\n"), "app.rs:2: the pure layer app names ratatui-textarea::T");
        assert_eq!(faults("fn f() { tokio::spawn(); }\n"), "app.rs:2: the pure layer app names tokio::spawn");
        assert!(faults("use std::time::Instant as I;\nfn f() { I::now(); }\n").contains("std::time::Instant::now"));
        assert!(faults("use std::{fs, mem};\n").contains("names std::fs"));
        assert_eq!(faults("use std::time::Duration;\n"), "");
    }

    #[test]
    fn an_exception_that_nothing_needs_is_refused() {
        let facts = Facts::planted(&[LIB, VIEW, ("app.rs", APP), ("domain.rs", "pub struct Id;\n")]);
        let exceptions = [("app.rs", "ratatui-textarea", "")];
        let faults = purity_faults(&facts, &[("app", &["tokio"])], &exceptions);
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert_eq!(screen_faults(&facts, &["app.rs"]).len(), 1);
    }

    #[test]
    fn writing_past_the_console_is_found() {
        let app =
            "fn print(a: bool, print: bool) -> bool { a && print != a }\nfn f() { println!(); std::io::stdout(); }\n";
        let facts = Facts::planted(&[LIB, VIEW, ("app.rs", app), ("domain.rs", "")]);
        let faults = screen_faults(&facts, &[]);
        assert_eq!(faults, ["app.rs:2: println! goes past the console", "app.rs:2: stdout goes past the console"]);
    }

    #[test]
    fn a_folder_without_a_row_is_found() {
        let faults = unknown_layers(["app/mod.rs", "helpers/mod.rs"].into_iter());
        assert_eq!(faults, ["src/helpers/mod.rs is in no layer: add it to the table"]);
    }
}
