//! The recorded examples of the protocol, and their account: a test reads each of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/api")
}

/// The text of an example.
pub fn example(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub fn json(name: &str) -> Json {
    serde_json::from_str(&example(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The entries of the manifest: file, kind, HTTP status.
pub fn manifest() -> Vec<(String, String, Option<u16>)> {
    let entries = json("00_manifest.json");
    let entry = |entry: &Json| {
        let text = |name: &str| entry[name].as_str().unwrap().to_owned();
        let status = entry["http_status"].as_u64().map(|status| u16::try_from(status).unwrap());
        (text("file"), text("kind"), status)
    };
    entries.as_array().unwrap().iter().map(entry).collect()
}

#[test]
fn the_manifest_names_every_file_and_every_file_is_in_the_manifest() {
    let named: BTreeSet<String> = manifest().into_iter().map(|(file, ..)| file).collect();
    let there: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "00_manifest.json")
        .collect();
    assert_eq!(named, there);
    assert_eq!(named.len(), 142);
}

#[test]
fn every_example_is_read_by_a_test() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/client");
    let mut code = String::new();
    for entry in fs::read_dir(sources).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        code.extend(text.lines().filter(|line| !line.trim_start().starts_with("//")));
    }
    let unread: Vec<String> =
        manifest().into_iter().map(|(file, ..)| file).filter(|file| !code.contains(&format!("\"{file}\""))).collect();
    assert!(unread.is_empty(), "no test reads {unread:?}");
}
