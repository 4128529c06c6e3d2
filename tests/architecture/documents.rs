//! Tables of the documents against their sources (`assets/config.toml`, `assets/keymap.toml`, the faults, the layers), and
//! documents against their Chinese twins. `SHENPI_WRITE_DOCUMENTS` writes the tables instead of comparing.

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

/// Documents in two languages.
const TWINS: [(&str, &str); 5] = [
    ("README.md", "assets/docs/README.zh-CN.md"),
    ("assets/docs/configuration.md", "assets/docs/configuration.zh-CN.md"),
    ("assets/docs/guarantees.md", "assets/docs/guarantees.zh-CN.md"),
    ("assets/docs/keys.md", "assets/docs/keys.zh-CN.md"),
    ("assets/docs/simulator.md", "assets/docs/simulator.zh-CN.md"),
];

#[test]
fn generated_tables_equal_their_sources() {
    for (lang, end) in [(Lang::En, ""), (Lang::Zh, ".zh-CN")] {
        let tables = [("configuration", configuration(lang)), ("keys", keys(lang)), ("simulator", faults(lang))];
        for (document, table) in tables {
            let name = if document == "simulator" { "faults" } else { document };
            assert_current(&format!("assets/docs/{document}{end}.md"), &[(name, table)]);
        }
    }
}

#[test]
fn a_document_and_its_chinese_twin_say_the_same() {
    for (english, chinese) in TWINS {
        let [one, other] = [english, chinese].map(|path| std::fs::read_to_string(root().join(path)).unwrap());
        let [one, other] = [&one, &other].map(|text| outline(text));
        let differing = one.iter().zip(&other).find(|(one, other)| one != other);
        assert_eq!(differing, None, "{english} and its twin");
        assert_eq!(one.len(), other.len(), "{english} and its twin");
    }
}

#[test]
fn the_readme_stays_short() {
    for document in [TWINS[0].0, TWINS[0].1] {
        let lines = std::fs::read_to_string(root().join(document)).unwrap().lines().count();
        assert!(lines <= 170, "{document} has {lines} lines");
    }
}

#[test]
fn an_outline_holds_headings_lists_tables_and_commands() {
    let text = "# A\n\nWords.\n- one `x`\n\n| `a` | b |\n|---|---|\n```sh\nrun --now   # why\n```\n";
    assert_eq!(outline(text), ["#", "-", "|a||", "|||", "run --now"]);
}

/// Whatever has to be equal in two languages: levels of headings, items, columns and first code of tables, commands.
fn outline(text: &str) -> Vec<String> {
    let mut in_code = false;
    let mut outline = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        } else if in_code {
            outline.push(line.split(" #").next().unwrap_or_default().trim_end().to_owned());
        } else if line.starts_with('#') {
            outline.push(line.chars().take_while(|c| *c == '#').collect());
        } else if line.starts_with('|') {
            let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
            let code = cells[0].split('`').skip(1).step_by(2).collect::<Vec<_>>().join("`");
            outline.push(format!("|{code}{}", "|".repeat(cells.len())));
        } else if line.starts_with("- ") || line.chars().next().is_some_and(|c| c.is_ascii_digit()) {
            outline.push(line.split(' ').next().unwrap_or_default().to_owned());
        }
    }
    outline
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
        return;
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

/// Each option with its variable and its sentence in the commented file.
fn configuration(lang: Lang) -> String {
    let (heads, example_words, above) = match lang {
        Lang::En => ("| option | environment | meaning |", " E.g.", 1),
        Lang::Zh => ("| 配置项 | 环境变量 | 含义 |", "例如", 2),
    };
    let mut table = format!("{heads}\n|---|---|---|\n");
    let lines: Vec<&str> = EXPLAINED.lines().collect();
    for key in OptionKey::ALL {
        let name = key.name();
        let at = lines
            .iter()
            .position(|line| line.trim_start_matches("# ").starts_with(&format!("{name} = ")))
            .unwrap_or_else(|| panic!("assets/config.toml does not explain {name}"));
        let sentence = lines[at - above].trim_start_matches("# ");
        let sentence = key.variable().map_or(sentence, |variable| sentence.trim_end_matches(&variable)).trim_end();
        let variable = key.variable().map_or(String::new(), |variable| format!("`{variable}`"));
        let example = lines[at].split_once(" = ").unwrap().1;
        writeln!(table, "| `{name}` | {variable} | {sentence}{example_words} `{example}` |").unwrap();
    }
    table
}

fn keys(lang: Lang) -> String {
    let keymap = Keymap::standard();
    let heads = match lang {
        Lang::En => "| where | key | does |",
        Lang::Zh => "| 位置 | 按键 | 作用 |",
    };
    let mut table = format!("{heads}\n|---|---|---|\n");
    for section in help::sections(&keymap) {
        for (index, row) in section.rows.iter().enumerate() {
            let place = if index == 0 { keymap.title(section.layer, lang) } else { "" };
            let strokes: Vec<String> = row.strokes.iter().map(|stroke| format!("`{}`", stroke.label())).collect();
            let does = keymap.explanation(row.command, lang);
            writeln!(table, "| {place} | {} | {does} |", strokes.join(" ")).unwrap();
        }
    }
    table
}

fn faults(lang: Lang) -> String {
    let heads = match lang {
        Lang::En => "| fault | argument | shows |",
        Lang::Zh => "| 故障 | 参数 | 表现 |",
    };
    let mut table = format!("{heads}\n|---|---|---|\n");
    for fault in FaultKind::ALL {
        let argument = fault.argument.map(|(unit, usual)| format!("{unit}, {}", usual.replace('_', "")));
        writeln!(table, "| `{}` | {} | {} |", fault.name, argument.unwrap_or_default(), fault.words(lang)).unwrap();
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
