//! Pictures and tables of the documents against their sources: a recorded screen, `assets/config.toml`,
//! `assets/keymap.toml`, the faults, the layers. `SHENPI_WRITE_DOCUMENTS` writes them instead of comparing.

use std::fmt::Write;

use shenpi::config::{EXPLAINED, OptionKey};
use shenpi::domain::Lang;
use shenpi::keys::{Keymap, help};
use shenpi::sim::faults::FaultKind;

use crate::layers::LAYERS;
use crate::root;

/// Content of each layer.
const HOLDS: [(&str, &str); 13] = [
    ("files", "opening regular files"),
    ("domain", "nouns: tasks, processes, forms, decisions, failures, differences; pure"),
    ("app", "the state machine of the program; pure"),
    ("keys", "strokes, key maps, strokes to commands; pure"),
    ("text", "every sentence, in two languages"),
    ("feishu", "the platform's client"),
    ("store", "the journal of decisions, the sealed cache of what was read"),
    ("sim/world", "the simulated organisation as a state model; pure"),
    ("sim", "its loopback server, its faults and the demo's content"),
    ("view", "painting"),
    ("config", "file, environment and flags of one run"),
    ("cli", "the command line"),
    ("runtime", "tasks, clocks, the terminal, the effects"),
];

#[test]
fn tables_of_the_readme_equal_their_sources() {
    let tables = [("picture", picture()), ("configuration", configuration()), ("keys", keys()), ("faults", faults())];
    assert_current("README.md", &tables);
}

#[test]
fn the_table_of_layers_equals_the_checked_one() {
    assert_current("assets/docs/architecture.md", &[("layers", layers())]);
}

fn assert_current(document: &str, tables: &[(&str, String)]) {
    let path = root().join(document);
    let current = std::fs::read_to_string(&path).unwrap();
    let wanted = tables.iter().fold(current.clone(), |text, (name, table)| filled(&text, name, table));
    if std::env::var_os("SHENPI_WRITE_DOCUMENTS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    assert!(
        current == wanted,
        "tables of {document} are out of date: SHENPI_WRITE_DOCUMENTS=1 cargo test --test architecture writes them"
    );
}

/// The text between two marks replaced.
fn filled(text: &str, name: &str, table: &str) -> String {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (head, rest) = text.split_once(&begin).expect("the table's first mark");
    let (_, tail) = rest.split_once(&end).expect("the table's last mark");
    format!("{head}{begin}\n{table}\n{end}{tail}")
}

/// The recorded screen of a review.
fn picture() -> String {
    let recorded = std::fs::read_to_string(root().join("tests/snapshots/zh-80x24/approve.snap")).unwrap();
    let screen = recorded.splitn(3, "---\n").nth(2).expect("a snapshot has a head");
    format!("```text\n{}\n```\n", screen.trim_end())
}

/// Each option with its variable and the English sentence of the commented file.
fn configuration() -> String {
    let mut table = String::from("| option | environment | meaning |\n|---|---|---|\n");
    let lines: Vec<&str> = EXPLAINED.lines().collect();
    for key in OptionKey::ALL {
        let name = key.name();
        let at = lines
            .iter()
            .position(|line| line.trim_start_matches("# ").starts_with(&format!("{name} = ")))
            .unwrap_or_else(|| panic!("assets/config.toml does not explain {name}"));
        let sentence = lines[at - 1].trim_start_matches("# ");
        let variable = key.variable().map_or(String::new(), |variable| format!("`{variable}`"));
        let example = lines[at].split_once(" = ").unwrap().1;
        writeln!(table, "| `{name}` | {variable} | {sentence} E.g. `{example}` |").unwrap();
    }
    table
}

fn keys() -> String {
    let keymap = Keymap::standard();
    let mut table = String::from("| where | key | does | 说明 |\n|---|---|---|---|\n");
    for section in help::sections(&keymap) {
        for (index, row) in section.rows.iter().enumerate() {
            let place = if index == 0 { keymap.title(section.layer, Lang::En) } else { "" };
            let strokes: Vec<String> = row.strokes.iter().map(|stroke| format!("`{}`", stroke.label())).collect();
            let (en, zh) = (keymap.explanation(row.command, Lang::En), keymap.explanation(row.command, Lang::Zh));
            writeln!(table, "| {place} | {} | {en} | {zh} |", strokes.join(" ")).unwrap();
        }
    }
    table
}

fn faults() -> String {
    let mut table = String::from("| fault | argument | shows | 说明 |\n|---|---|---|---|\n");
    for fault in FaultKind::ALL {
        let argument = fault.argument.map(|(unit, usual)| format!("{unit}, {}", usual.replace('_', "")));
        let (en, zh) = (fault.words(Lang::En), fault.words(Lang::Zh));
        writeln!(table, "| `{}` | {} | {en} | {zh} |", fault.name, argument.unwrap_or_default()).unwrap();
    }
    table
}

/// The layers below the entry points, each with what it holds and may name.
fn layers() -> String {
    let mut table = String::from("| layer | holds | may name |\n|---|---|---|\n");
    for (layer, named) in LAYERS.iter().filter(|(layer, _)| !["lib", "main"].contains(layer)) {
        let (_, holds) = HOLDS.iter().find(|(known, _)| known == layer).expect("every layer is described");
        let named: Vec<String> = named.iter().map(|name| format!("`{name}`")).collect();
        writeln!(table, "| `{layer}` | {holds} | {} |", named.join(", ")).unwrap();
    }
    table
}
