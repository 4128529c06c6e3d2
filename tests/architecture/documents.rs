//! README picture and tables against their sources: a recorded screen, `assets/config.toml`, `assets/keymap.toml`, the
//! table of faults. With `SHENPI_WRITE_DOCUMENTS` set, the tables are written instead of compared.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use shenpi::config::{EXPLAINED, OptionKey};
use shenpi::domain::Lang;
use shenpi::keys::{Keymap, help};
use shenpi::sim::faults::FaultKind;

#[test]
fn the_readme_s_tables_are_what_their_sources_say() {
    let path = readme();
    let stands = std::fs::read_to_string(&path).unwrap();
    let wanted = filled(&stands, "picture", &picture());
    let wanted = filled(&filled(&wanted, "configuration", &configuration()), "keys", &keys());
    let wanted = filled(&wanted, "faults", &faults());
    if std::env::var_os("SHENPI_WRITE_DOCUMENTS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    assert!(
        stands == wanted,
        "README.md's tables are out of date: SHENPI_WRITE_DOCUMENTS=1 cargo test --test architecture writes them"
    );
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn readme() -> PathBuf {
    root().join("README.md")
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
