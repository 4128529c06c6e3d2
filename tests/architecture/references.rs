//! Documents and the references to them: sections of `protocol.md` that code cites, and links between documents.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::root;

/// Sections that no code cites: they explain the others.
const BACKGROUND: [&str; 2] = ["acting-identity", "base-url"];

const CITATION: &str = "protocol.md#";

#[test]
fn every_cited_section_of_the_protocol_exists() {
    let sections = sections();
    let mut missing = Vec::new();
    for (file, text) in code() {
        missing.extend(
            cited(&text).filter(|anchor| !sections.contains(*anchor)).map(|anchor| format!("{file}: {anchor}")),
        );
    }
    assert!(missing.is_empty(), "cited, and not in assets/docs/protocol.md:\n{}", missing.join("\n"));
}

#[test]
fn every_section_of_the_protocol_is_cited_or_background() {
    let code = code();
    let cited: BTreeSet<&str> = code.iter().flat_map(|(_, text)| cited(text)).collect();
    let sections = sections();
    let unused: Vec<&String> = sections.iter().filter(|name| !cited.contains(name.as_str())).collect();
    assert_eq!(unused, BACKGROUND, "sections that nothing cites, and those that are said to be background");
}

#[test]
fn every_section_of_the_protocol_is_in_its_contents() {
    let text = read(&root().join("assets/docs/protocol.md"));
    let contents = text.split("## Contents").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("contents");
    for name in sections() {
        assert!(contents.contains(&format!("(#{name})")), "{name} is missing in the contents");
    }
}

#[test]
fn no_relative_link_of_a_document_is_broken() {
    let mut broken = Vec::new();
    for document in documents() {
        let text = read(&document);
        for link in links(&text).filter(|link| !link.contains("://")) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target =
                if path.is_empty() { document.clone() } else { document.parent().expect("a folder").join(path) };
            let found = target.exists() && (anchor.is_empty() || headings(&read(&target)).any(|name| name == anchor));
            if !found {
                broken.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_path_that_a_document_names_exists() {
    let mut missing = Vec::new();
    for document in documents() {
        let text = read(&document);
        let named = paths(&text).filter(|path| !root().join(path).exists());
        missing.extend(named.map(|path| format!("{}: {path}", document.display())));
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn citations_links_paths_and_headings_are_found() {
    let text = format!("a ({CITATION}task-list), b ({CITATION}times).\n## Adding a key!\n[x](y.md#z) [w](https://v)\n");
    assert_eq!(cited(&text).collect::<Vec<_>>(), ["task-list", "times"]);
    assert_eq!(links(&text).collect::<Vec<_>>(), ["y.md#z", "https://v"]);
    assert_eq!(headings(&text).collect::<Vec<_>>(), ["adding-a-key"]);
    assert_eq!(paths("`src/a.rs`, `x` and `tests/b --c`.").collect::<Vec<_>>(), ["src/a.rs", "tests/b"]);
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The README and the pages of `assets/docs`.
fn documents() -> Vec<PathBuf> {
    let folder = fs::read_dir(root().join("assets/docs")).expect("assets/docs");
    let pages = folder.map(|entry| entry.expect("an entry").path());
    let mut documents: Vec<PathBuf> = pages.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    documents.push(root().join("README.md"));
    documents
}

/// Sections are the headings of the third level.
fn sections() -> BTreeSet<String> {
    let text = read(&root().join("assets/docs/protocol.md"));
    text.lines().filter_map(|line| line.strip_prefix("### ")).map(anchor).collect()
}

/// Rust and Python sources with their path below the crate; this file's own examples aside.
pub fn code() -> Vec<(String, String)> {
    let mut folders: Vec<PathBuf> = ["src", "tests", "benches"].map(|name| root().join(name)).to_vec();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs" || end == "py") {
                let name = path.strip_prefix(root()).expect("below the crate").display().to_string();
                files.push((name, read(&path)));
            }
        }
    }
    files.retain(|(name, _)| !name.ends_with("architecture/references.rs"));
    files
}

fn cited(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.split(CITATION).skip(1).map(move |rest| rest.split(|c| !is_part(c)).next().unwrap_or_default())
}

/// Targets of Markdown links.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

/// Paths of the repository at the beginning of code spans.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let is_path =
        |path: &&str| ["src/", "tests/", "assets/", "benches/", ".ci/"].iter().any(|top| path.starts_with(top));
    let spans = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    spans.filter_map(|span| span.split_whitespace().next()).filter(is_path)
}

fn headings(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter(|line| line.starts_with('#')).map(|line| anchor(line.trim_start_matches('#')))
}

/// The anchor that GitHub gives a heading.
fn anchor(heading: &str) -> String {
    let lower = heading.trim().to_lowercase();
    lower
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}
