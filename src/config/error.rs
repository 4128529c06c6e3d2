//! Faults of a configuration and their words. All faults are collected; none hides another.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::options::{OptionKey, OptionKind};
use crate::domain::decision::OPINION_LIMIT;
use crate::domain::{Lang, clean_line};
use crate::text::start::shell_word;

/// Reasons that digits can choose.
pub(super) const CANNED_LIMIT: usize = 9;

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Line of the configuration file, from 1, and the key as written there.
    File { line: usize, key: String },
    /// A variable of the environment.
    Variable(String),
    /// A flag of the command line.
    Flag(&'static str),
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// The file cannot be read; holds the system's words.
    UnreadableFile {
        path: PathBuf,
        why: String,
    },
    /// Not TOML; holds the parser's words.
    Syntax {
        line: usize,
        why: String,
    },
    UnknownKey {
        line: usize,
        key: String,
        meant: Option<&'static str>,
    },
    UnknownVariable {
        name: String,
        meant: Option<String>,
    },
    UnknownProfile {
        name: String,
        known: Vec<String>,
    },
    WrongType {
        origin: Origin,
        expected: OptionKind,
    },
    /// Not one of the values allowed, or outside the range described.
    Invalid {
        origin: Origin,
        allowed: String,
    },
    /// Too many canned reasons, an empty one or one that is too long.
    CannedReasons {
        origin: Origin,
    },
    NotAnAddress {
        origin: Origin,
    },
    /// `http://` to another machine would send the secret in the clear.
    PlainHttp {
        origin: Origin,
    },
    TwoSecrets {
        first: Origin,
        second: Origin,
    },
    SecretUnreadable {
        origin: Origin,
        why: String,
    },
    /// The file's mode lets others read the secret.
    SecretExposed {
        origin: Origin,
        path: PathBuf,
        mode: u32,
    },
    /// The configuration holds a secret, and its mode lets others read it.
    ConfigExposed {
        line: usize,
        path: PathBuf,
        mode: u32,
    },
    SecretEmpty {
        origin: Origin,
    },
    SecretCommandFailed {
        origin: Origin,
        why: String,
    },
    UnknownTimeZone {
        origin: Origin,
    },
    KeymapUnreadable {
        path: PathBuf,
        why: String,
    },
    ThemeUnreadable {
        path: PathBuf,
        why: String,
    },
    /// No home directory to put the state in.
    NoStateDirectory,
    /// Part of the account is configured, this part is not.
    Missing {
        key: OptionKey,
    },
}

impl ConfigError {
    /// The line of its file; a fault without a line sorts last.
    pub(super) fn line(&self) -> usize {
        match self {
            Self::Syntax { line, .. } | Self::UnknownKey { line, .. } | Self::ConfigExposed { line, .. } => *line,
            Self::WrongType { origin, .. }
            | Self::Invalid { origin, .. }
            | Self::CannedReasons { origin }
            | Self::NotAnAddress { origin }
            | Self::PlainHttp { origin }
            | Self::TwoSecrets { first: origin, .. }
            | Self::SecretUnreadable { origin, .. }
            | Self::SecretExposed { origin, .. }
            | Self::SecretEmpty { origin }
            | Self::SecretCommandFailed { origin, .. }
            | Self::UnknownTimeZone { origin } => origin.line(),
            Self::UnreadableFile { .. } => 0,
            Self::UnknownVariable { .. }
            | Self::UnknownProfile { .. }
            | Self::KeymapUnreadable { .. }
            | Self::ThemeUnreadable { .. }
            | Self::NoStateDirectory
            | Self::Missing { .. } => usize::MAX,
        }
    }
}

/// The command that removes other users' rights to the file.
fn narrowed(path: &Path) -> String {
    format!("chmod 600 {}", shell_word(path))
}

impl Origin {
    const fn line(&self) -> usize {
        match self {
            Self::File { line, .. } => *line,
            Self::Variable(_) | Self::Flag(_) => usize::MAX,
        }
    }

    fn words(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::File { line, key }, Lang::Zh) => format!("第 {line} 行 {key}"),
            (Self::File { line, key }, Lang::En) => format!("line {line}, {key}"),
            (Self::Variable(name), Lang::Zh) => format!("环境变量 {name}"),
            (Self::Variable(name), Lang::En) => format!("environment variable {name}"),
            (Self::Flag(name), Lang::Zh) => format!("选项 {name}"),
            (Self::Flag(name), Lang::En) => format!("flag {name}"),
        }
    }
}

impl OptionKind {
    const fn words(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::String, Lang::Zh) => "字符串（加引号）",
            (Self::String, Lang::En) => "a string in quotes",
            (Self::Integer, Lang::Zh) => "整数",
            (Self::Integer, Lang::En) => "an integer",
            (Self::Boolean, Lang::Zh) => "true 或 false",
            (Self::Boolean, Lang::En) => "true or false",
            (Self::Strings, Lang::Zh) => "字符串列表",
            (Self::Strings, Lang::En) => "a list of strings",
        }
    }
}

impl ConfigError {
    /// The fault in one sentence on one line, without the file's name. Never holds a value of a secret.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        clean_line(&match lang {
            Lang::Zh => self.zh(),
            Lang::En => self.en(),
        })
    }

    fn zh(&self) -> String {
        let at = |origin: &Origin| origin.words(Lang::Zh);
        match self {
            Self::UnreadableFile { path, why } => format!("无法读取配置文件 {}：{why}", path.display()),
            Self::Syntax { line, why } => format!("第 {line} 行不是有效的 TOML:{why}"),
            Self::UnknownKey { line, key, meant } => {
                format!(
                    "第 {line} 行 {key}：未知的配置项{}",
                    meant.map_or(String::new(), |m| format!("，是否想写 {m}？"))
                )
            }
            Self::UnknownVariable { name, meant } => {
                let hint = meant.as_ref().map_or(String::new(), |meant| format!("，是否想写 {meant}？"));
                format!("环境变量 {name}：未知的配置项{hint}")
            }
            Self::UnknownProfile { name, known } if known.is_empty() => {
                format!("没有名为 {name} 的 profile（配置文件中未定义任何 profile）")
            }
            Self::UnknownProfile { name, known } => format!("没有名为 {name} 的 profile；已有：{}", known.join("、")),
            Self::WrongType { origin, expected } => format!("{}：应为{}", at(origin), expected.words(Lang::Zh)),
            Self::Invalid { origin, allowed } => format!("{}：应为 {allowed}", at(origin)),
            Self::CannedReasons { origin } => {
                format!("{}：最多 {CANNED_LIMIT} 条，每条 1 到 {OPINION_LIMIT} 个字符", at(origin))
            }
            Self::NotAnAddress { origin } => format!("{}：应为不带账号、路径和参数的 https:// 地址", at(origin)),
            Self::PlainHttp { origin } => {
                format!(
                    "{}：http:// 会明文传输密钥，仅允许用于本机（127.0.0.1、localhost），请改用 https://",
                    at(origin)
                )
            }
            Self::TwoSecrets { first, second } => {
                format!("{} 与 {}：密钥只能用一种方式配置", at(first), at(second))
            }
            Self::SecretUnreadable { origin, why } => format!("{}：无法读取密钥文件：{why}", at(origin)),
            Self::SecretExposed { origin, path, mode } => {
                format!("{}：密钥文件可被其他用户读取（权限 {mode:04o}），请执行 {}", at(origin), narrowed(path))
            }
            Self::ConfigExposed { line, path, mode } => format!(
                "第 {line} 行 app_secret：这个文件可被其他用户读取（权限 {mode:04o}），请执行 {}",
                narrowed(path)
            ),
            Self::SecretEmpty { origin } => format!("{}：密钥为空", at(origin)),
            Self::SecretCommandFailed { origin, why } => format!("{}：取密钥的命令失败：{why}", at(origin)),
            Self::UnknownTimeZone { origin } => {
                format!("{}：未知的时区，应为 IANA 时区，如 Asia/Shanghai", at(origin))
            }
            Self::KeymapUnreadable { path, why } => format!("无法读取按键文件 {}：{why}", path.display()),
            Self::ThemeUnreadable { path, why } => format!("无法读取主题文件 {}：{why}", path.display()),
            Self::NoStateDirectory => "找不到主目录；请设置 state_dir 或 SHENPI_STATE_DIR".into(),
            Self::Missing { key } => {
                let mut text = format!("缺少 {}", key.name());
                if let Some(variable) = key.variable() {
                    let _ = write!(text, "（或环境变量 {variable}）");
                }
                text
            }
        }
    }

    fn en(&self) -> String {
        let at = |origin: &Origin| origin.words(Lang::En);
        match self {
            Self::UnreadableFile { path, why } => format!("cannot read the config file {}: {why}", path.display()),
            Self::Syntax { line, why } => format!("line {line} is not valid TOML: {why}"),
            Self::UnknownKey { line, key, meant } => {
                format!(
                    "line {line}, {key}: unknown option{}",
                    meant.map_or(String::new(), |m| format!("; did you mean {m}?"))
                )
            }
            Self::UnknownVariable { name, meant } => {
                let hint = meant.as_ref().map_or(String::new(), |meant| format!("; did you mean {meant}?"));
                format!("environment variable {name}: unknown option{hint}")
            }
            Self::UnknownProfile { name, known } if known.is_empty() => {
                format!("unknown profile {name} (none are defined)")
            }
            Self::UnknownProfile { name, known } => format!("unknown profile {name}; known: {}", known.join(", ")),
            Self::WrongType { origin, expected } => format!("{}: must be {}", at(origin), expected.words(Lang::En)),
            Self::Invalid { origin, allowed } => format!("{}: must be {allowed}", at(origin)),
            Self::CannedReasons { origin } => {
                format!("{}: at most {CANNED_LIMIT} reasons of 1 to {OPINION_LIMIT} characters", at(origin))
            }
            Self::NotAnAddress { origin } => {
                format!("{}: must be an https:// address without user, path or query", at(origin))
            }
            Self::PlainHttp { origin } => {
                format!(
                    "{}: http:// would send the secret unencrypted and is allowed for localhost only; use https://",
                    at(origin)
                )
            }
            Self::TwoSecrets { first, second } => {
                format!("{} and {}: set the secret in one way only", at(first), at(second))
            }
            Self::SecretUnreadable { origin, why } => format!("{}: cannot read the secret: {why}", at(origin)),
            Self::SecretExposed { origin, path, mode } => {
                format!(
                    "{}: the secret file is readable by others (mode {mode:04o}). Run: {}",
                    at(origin),
                    narrowed(path)
                )
            }
            Self::ConfigExposed { line, path, mode } => {
                format!(
                    "line {line}, app_secret: this file is readable by others (mode {mode:04o}). Run: {}",
                    narrowed(path)
                )
            }
            Self::SecretEmpty { origin } => format!("{}: the secret is empty", at(origin)),
            Self::SecretCommandFailed { origin, why } => format!("{}: the secret command failed: {why}", at(origin)),
            Self::UnknownTimeZone { origin } => {
                format!("{}: unknown time zone; use an IANA name such as Asia/Shanghai", at(origin))
            }
            Self::KeymapUnreadable { path, why } => format!("cannot read the key map {}: {why}", path.display()),
            Self::ThemeUnreadable { path, why } => format!("cannot read the theme {}: {why}", path.display()),
            Self::NoStateDirectory => "no home directory found; set state_dir or SHENPI_STATE_DIR".into(),
            Self::Missing { key } => {
                let mut text = format!("{} is missing", key.name());
                if let Some(variable) = key.variable() {
                    let _ = write!(text, " (or the environment variable {variable})");
                }
                text
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ConfigError, Origin};
    use crate::config::{OptionKey, OptionKind};
    use crate::domain::{CleanText, Lang};

    #[test]
    fn no_value_forges_a_line_or_acts_on_the_terminal() {
        let hostile = || "a\u{1b}]0;x\u{7}\nb\u{2028}\u{202e}\u{9b}2J\r".to_owned();
        let file = || Origin::File { line: 1, key: hostile() };
        let variable = || Origin::Variable(hostile());
        for fault in [
            ConfigError::UnreadableFile { path: hostile().into(), why: hostile() },
            ConfigError::Syntax { line: 1, why: hostile() },
            ConfigError::UnknownKey { line: 1, key: hostile(), meant: Some("lang") },
            ConfigError::UnknownVariable { name: hostile(), meant: Some(hostile()) },
            ConfigError::UnknownProfile { name: hostile(), known: vec![hostile(), hostile()] },
            ConfigError::UnknownProfile { name: hostile(), known: Vec::new() },
            ConfigError::WrongType { origin: file(), expected: OptionKind::Boolean },
            ConfigError::Invalid { origin: variable(), allowed: hostile() },
            ConfigError::CannedReasons { origin: file() },
            ConfigError::NotAnAddress { origin: file() },
            ConfigError::PlainHttp { origin: file() },
            ConfigError::TwoSecrets { first: file(), second: variable() },
            ConfigError::SecretUnreadable { origin: file(), why: hostile() },
            ConfigError::SecretExposed { origin: file(), path: hostile().into(), mode: 0o644 },
            ConfigError::ConfigExposed { line: 1, path: hostile().into(), mode: 0o644 },
            ConfigError::SecretEmpty { origin: file() },
            ConfigError::SecretCommandFailed { origin: file(), why: hostile() },
            ConfigError::UnknownTimeZone { origin: variable() },
            ConfigError::KeymapUnreadable { path: hostile().into(), why: hostile() },
            ConfigError::ThemeUnreadable { path: hostile().into(), why: hostile() },
            ConfigError::NoStateDirectory,
            ConfigError::Missing { key: OptionKey::AppId },
        ] {
            for words in [Lang::Zh, Lang::En].map(|lang| fault.sentence(lang)) {
                assert_eq!(words.lines().count(), 1, "{words}");
                assert_eq!(words, CleanText::new(&words).as_str());
            }
        }
    }
}
