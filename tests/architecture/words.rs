//! Words on screen: punctuation and glossary, over every literal of the sources that can reach a screen, the help, the
//! key map and the commented configuration.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use shenpi::cli;
use shenpi::domain::Lang;

use crate::source::Sources;
use crate::{packages, root, texts};

/// Sources of sentences.
const SOURCES: [&str; 6] = ["text/", "view/", "cli.rs", "config/error.rs", "sim/faults/kind.rs", "keys/"];
/// Sources about the simulator, where the platform has this name.
const SIMULATOR: [&str; 2] = ["sim/faults/kind.rs", "text/start.rs"];

const REFUSED_ZH: [&str; 16] = [
    "平台",
    "核对",
    "没有发出",
    "读不出",
    "日志号",
    "应答",
    "没有采用",
    "没有生效",
    "流程编号",
    "重新操作",
    "审批记录",
    "看变化",
    "待办读取",
    "代码",
    "本人的",
    "撤回最近",
];
const REFUSED_EN: [&str; 18] = [
    "the platform",
    "the case",
    "this case",
    "opinion",
    "remark",
    "anew",
    "by itself",
    "hand on",
    "handed on",
    "take back",
    "taken back",
    "took effect",
    "take effect",
    "want an answer",
    "wants an answer",
    "what became of",
    "nobody",
    "organisation",
];

/// Faults of a text that stands on a screen.
fn faults(text: &str, in_simulator: bool) -> Vec<String> {
    let mut faults = Vec::new();
    if text.chars().any(is_chinese) {
        faults.extend(half_width(text).map(|part| format!("half-width punctuation: {part}")));
        let text = &*text.replace("开放平台", "");
        let refused = REFUSED_ZH.iter().filter(|word| !(in_simulator && **word == "平台"));
        faults.extend(refused.filter(|word| text.contains(**word)).map(|word| format!("{word} in: {text}")));
    } else {
        let plain = without_placeholders(text).to_lowercase();
        let refused = REFUSED_EN.iter().filter(|word| !(in_simulator && word.contains("platform")));
        faults.extend(refused.filter(|word| has_word(&plain, word)).map(|word| format!("{word} in: {text}")));
    }
    faults
}

fn is_chinese(character: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&character)
}

/// Half-width punctuation with a Chinese character beside it.
fn half_width(text: &str) -> impl Iterator<Item = String> {
    let characters: Vec<char> = text.chars().collect();
    let faulty = |at: usize| {
        let sides = [at.checked_sub(1), Some(at + 1)].map(|at| at.and_then(|at| characters.get(at)).copied());
        let syntax = characters[at] == ':' && sides[0] == Some('[');
        ",;:?!()".contains(characters[at]) && !syntax && sides.into_iter().flatten().any(is_chinese)
    };
    let around = |at: usize| characters[at.saturating_sub(6)..(at + 7).min(characters.len())].iter().collect();
    (0..characters.len()).filter(|at| faulty(*at)).map(around).collect::<Vec<String>>().into_iter()
}

fn without_placeholders(text: &str) -> String {
    let outside = |part: &str| part.split_once('}').map_or(part.to_owned(), |(_, rest)| rest.to_owned());
    text.split('{').enumerate().map(|(at, part)| if at == 0 { part.to_owned() } else { outside(part) }).collect()
}

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, found)| {
        let ends = [text[..at].chars().next_back(), text[at + found.len()..].chars().next()];
        ends.into_iter().flatten().all(|side| !side.is_alphanumeric() && side != '_' && side != '-')
    })
}

/// String literals of code without its tests; attributes hold none that are shown.
fn literals(code: &TokenStream, found: &mut Vec<String>) {
    let mut after_hash = false;
    for token in code.clone() {
        match &token {
            TokenTree::Group(group) if !after_hash => literals(&group.stream(), found),
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    found.push(text.value());
                }
            }
            _ => {}
        }
        let sign = if let TokenTree::Punct(punct) = &token { punct.as_char() } else { ' ' };
        after_hash = sign == '#' || after_hash && sign == '!';
    }
}

#[test]
fn sentences_follow_the_glossary_of_their_language() {
    let mut refused = BTreeMap::new();
    for file in &Sources::read(&texts("src"), &packages()).files {
        if !SOURCES.iter().any(|source| file.path.starts_with(source)) {
            continue;
        }
        let mut shown = Vec::new();
        literals(&file.code, &mut shown);
        let in_simulator = SIMULATOR.contains(&&*file.path);
        let faults: Vec<_> = shown.iter().flat_map(|text| faults(text, in_simulator)).collect();
        if !faults.is_empty() {
            refused.insert(file.path.clone(), faults);
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn help_configuration_and_keys_follow_the_glossary() {
    let mut texts = Vec::new();
    for verb in ["", "demo", "simulate", "journal", "cache", "cache clear"] {
        for lang in [Lang::Zh, Lang::En] {
            let line = format!("shenpi {verb} --help");
            let help = cli::parse(line.split_whitespace().map(Into::into), lang).expect_err("help").words;
            let untranslated = help.contains("[OPTIONS]") || help.contains("Usage") || help.contains("<FILE>");
            assert!(lang == Lang::En || !untranslated, "{help}");
            texts.extend(help.lines().map(|line| (line.to_owned(), true)));
        }
    }
    for file in ["assets/config.toml", "assets/keymap.toml", "assets/failures.toml"] {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        let quoted = |line: &str| line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        let shown = text.lines().flat_map(|line| match file {
            "assets/config.toml" => vec![line.to_owned()],
            _ => quoted(line),
        });
        texts.extend(shown.map(|line| (line.clone(), line.contains("fault"))));
    }
    let refused: Vec<_> = texts.iter().flat_map(|(text, in_simulator)| faults(text, *in_simulator)).collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn a_planted_fault_of_each_kind_is_refused() {
    for text in
        ["未生效,请刷新", "单据(已撤回)", "原因:无", "没有发出", "the platform refused it", "Taken back: a task"]
    {
        assert!(!faults(text, false).is_empty(), "{text}");
    }
    for text in ["故障格式：名称[:次数[:参数]]", "请按 Ctrl-R 重试。", "the platforms", "评论（2）", "a casement"]
    {
        assert_eq!(faults(text, false), Vec::<String>::new(), "{text}");
    }
}
