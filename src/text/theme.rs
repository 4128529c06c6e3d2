//! Faults of a user's theme and their words.

use crate::domain::{Lang, clean_line};

/// One fault of a theme's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ThemeFault {
    /// Not TOML; holds the parser's words.
    Syntax(String),
    UnknownRole(String),
    /// Not `mono`, `ansi` or `indexed`.
    UnknownColumn(String),
    /// A role without a table of columns, or a column without a string.
    WrongKind(String),
    /// No attribute, and no color that this column can show.
    UnknownWord {
        column: &'static str,
        word: String,
    },
}

impl ThemeFault {
    /// The fault with its line, from 1, on one line of text.
    #[must_use]
    pub fn sentence(&self, line: usize, lang: Lang) -> String {
        clean_line(&match lang {
            Lang::Zh => self.zh(line),
            Lang::En => self.en(line),
        })
    }

    fn zh(&self, line: usize) -> String {
        match self {
            Self::Syntax(why) => format!("第 {line} 行不是有效的 TOML：{why}"),
            Self::UnknownRole(name) => format!("第 {line} 行：未知的样式 {name}"),
            Self::UnknownColumn(name) => format!("第 {line} 行：未知的列 {name}，应为 mono、ansi 或 indexed"),
            Self::WrongKind(name) => format!("第 {line} 行：{name} 应写作 {name} = {{ ansi = \"bold red\" }}"),
            Self::UnknownWord { column: "mono", word } => format!("第 {line} 行：mono 列不能用 {word}，该列没有颜色"),
            Self::UnknownWord { column, word } => format!("第 {line} 行：{column} 列不能用 {word}"),
        }
    }

    fn en(&self, line: usize) -> String {
        match self {
            Self::Syntax(why) => format!("line {line} is not valid TOML: {why}"),
            Self::UnknownRole(name) => format!("line {line}: there is no style {name}"),
            Self::UnknownColumn(name) => {
                format!("line {line}: there is no column {name}; the columns are mono, ansi and indexed")
            }
            Self::WrongKind(name) => format!("line {line}: write {name} as {name} = {{ ansi = \"bold red\" }}"),
            Self::UnknownWord { column: "mono", word } => {
                format!("line {line}: mono cannot show {word}; it has no color")
            }
            Self::UnknownWord { column, word } => format!("line {line}: {column} cannot show {word}"),
        }
    }
}
