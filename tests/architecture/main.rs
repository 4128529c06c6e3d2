//! Architecture: which layer may name which, no circles of files, one meaning for a type's name, and whether the
//! documents tell the truth. `cargo test --test architecture -- --nocapture` prints the figures.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a fault of the reading itself is a failed test"
)]

mod circles;
mod comments;
mod documents;
mod effects;
mod facts;
mod figures;
mod graph;
mod layers;
mod names;
mod references;
mod source;
mod words;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use facts::Facts;
use source::{Packages, Texts};

static FACTS: LazyLock<Facts> = LazyLock::new(|| Facts::read(&texts("src"), &packages()));

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Rust sources below a folder of the crate, by their paths in it.
fn texts(folder: &str) -> Texts {
    let folder = root().join(folder);
    let mut paths = Vec::new();
    collect(&folder, &mut paths);
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned(), text)
    };
    paths.into_iter().map(read).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

fn packages() -> Packages {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let dependencies = manifest["dependencies"].as_table().unwrap();
    let package = |(name, about): (&String, &toml::Value)| {
        let package = about.get("package").and_then(toml::Value::as_str).unwrap_or(name);
        (name.replace('-', "_"), package.to_owned())
    };
    dependencies.iter().map(package).collect()
}
