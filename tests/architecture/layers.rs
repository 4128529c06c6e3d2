//! Reads `src/` and fails when a layer names one that it may not.

use std::fs;
use std::path::{Path, PathBuf};

/// Layer, and the layers of ours that it may name.
const MAY_NAME: [(&str, &[&str]); 13] = [
    ("files", &[]),
    ("domain", &[]),
    ("app", &["domain"]),
    ("keys", &["app", "domain"]),
    ("text", &["app", "domain", "keys"]),
    ("feishu", &["domain", "files"]),
    ("store", &["domain", "files"]),
    ("sim/world", &["domain"]),
    ("sim", &["domain", "feishu"]),
    ("view", &["app", "domain", "keys", "text"]),
    ("config", &["app", "domain", "files", "keys", "text"]),
    ("cli", &["config", "domain", "sim"]),
    ("runtime", &["app", "config", "cli", "domain", "feishu", "files", "keys", "sim", "store", "text", "view"]),
];

const LAYERS: [&str; 12] =
    ["files", "domain", "app", "keys", "text", "feishu", "store", "sim", "view", "runtime", "config", "cli"];

/// What the pure layers never name, comments aside.
const IMPURE: [&str; 7] = ["ratatui", "crossterm", "tokio", "reqwest", "Instant::now", "SystemTime::now", "std::fs"];

#[test]
fn no_layer_names_one_that_it_may_not() {
    let mut faults = Vec::new();
    for (layer, allowed) in MAY_NAME {
        for (file, code) in sources(layer) {
            let own = layer.split('/').next().unwrap();
            for other in LAYERS.iter().filter(|other| **other != own && !allowed.contains(other)) {
                if names(&code, other) {
                    faults.push(format!("{} names crate::{other}", file.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_pure_layers_name_no_clock_no_terminal_and_no_network() {
    let mut faults = Vec::new();
    for layer in ["domain", "app", "keys", "sim/world"] {
        for (file, code) in sources(layer) {
            for name in IMPURE.iter().filter(|name| contains_word(&code, name)) {
                faults.push(format!("{} names {name}", file.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Ways to the normal screen, and the files that may name them: the door that cleans, the frames of the terminal, and
/// the streams of the command that prints the secret.
const NORMAL_SCREEN: [&str; 7] = ["stdout", "stderr", "print!", "println!", "eprint!", "eprintln!", "dbg!"];
const MAY_WRITE: [&str; 3] = ["runtime/console.rs", "runtime/terminal.rs", "config/secret.rs"];

#[test]
fn only_the_console_writes_to_the_normal_screen() {
    let mut faults = Vec::new();
    let mut doors = Vec::new();
    for (file, code) in LAYERS.iter().flat_map(|layer| sources(layer)) {
        let door = MAY_WRITE.into_iter().find(|door| file.ends_with(door));
        for name in NORMAL_SCREEN.iter().filter(|name| contains_word(&code, name)) {
            match door {
                Some(door) => doors.push(door),
                None => faults.push(format!("{} names {name}", file.display())),
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(MAY_WRITE.iter().all(|door| doors.contains(door)), "an exception that nothing needs: {MAY_WRITE:?}");
}

#[test]
fn every_folder_of_the_source_is_a_layer() {
    for entry in fs::read_dir(source_root()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(LAYERS.contains(&name), "src/{name} is in no layer: add it to the map and to this test");
        }
    }
}

fn source_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Files of a layer with their code, comments and test modules left out. A layer may be a folder or one file.
fn sources(layer: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let folder = source_root().join(layer);
    collect(&folder, &mut files);
    collect(&folder.with_extension("rs"), &mut files);
    assert!(!files.is_empty(), "layer {layer} has no files");
    files.into_iter().map(|file| (file.clone(), code_of(&fs::read_to_string(file).unwrap()))).collect()
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), files);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") && path.exists() {
        files.push(path.to_owned());
    }
}

fn code_of(source: &str) -> String {
    let mut parts = source.split("#[cfg(test)]\n");
    let mut code = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // What is for tests alone ends with its line, or with the brace that closes it.
        let line = part.lines().next().unwrap_or_default();
        let end = if line.ends_with(';') { ";\n" } else { "\n}\n" };
        code.push_str(part.split_once(end).map_or("", |(_, rest)| rest));
    }
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Whether the code names a layer: `crate::view`, or among others in `crate::{app, view}`.
fn names(code: &str, layer: &str) -> bool {
    let among = |rest: &str| rest.split('}').next().is_some_and(|list| contains_word(list, layer));
    contains_word(code, &format!("crate::{layer}")) || code.split("crate::{").skip(1).any(among)
}

#[test]
fn a_layer_is_found_wherever_it_is_named() {
    let code = code_of(
        "mod a;\n#[cfg(test)]\nmod tests;\n#[cfg(test)]\nmod more {\n    use crate::sim;\n}\nuse crate::{app, view::Theme};\n",
    );
    assert!(names(&code, "app") && names(&code, "view"));
    assert!(!names(&code, "sim") && !names(&code, "store"));
}

fn contains_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !part(before) && !part(after)
    })
}
