//! The command line: subcommands and flags, in the user's language. A secret is never a flag: other users of the host
//! see those.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::config::Flags;
use crate::domain::{Lang, clean_line};
use crate::sim::faults::{FaultKind, Target};

/// The command line of the program.
#[derive(Debug, Parser)]
#[command(
    name = "shenpi",
    version,
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true
)]
pub struct Cli {
    #[command(subcommand)]
    pub task: Option<Verb>,
    #[command(flatten)]
    pub choices: Choices,
    #[arg(long)]
    pub print_config: bool,
}

/// Flags that override the configuration.
#[derive(Args, Debug)]
pub struct Choices {
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    #[arg(long, global = true, value_name = "zh-CN|en-US")]
    pub lang: Option<String>,
    #[arg(long, global = true, value_name = "SECONDS")]
    pub undo_seconds: Option<u64>,
    #[arg(long, global = true)]
    pub read_only: bool,
    #[arg(long, global = true)]
    pub ascii: bool,
    #[arg(long, global = true, value_name = "auto|dark|light|mono|FILE")]
    pub theme: Option<String>,
}

/// Tasks other than opening the real queue.
#[derive(Debug, Subcommand)]
pub enum Verb {
    #[command(disable_help_flag = true)]
    Demo {
        #[command(flatten)]
        organisation: SimulateArgs,
        #[arg(long)]
        still: bool,
        #[arg(long, value_name = "SCENE")]
        picture: Option<String>,
        #[arg(long, value_name = "FILE", requires = "picture")]
        output: Option<PathBuf>,
    },
    #[command(disable_help_flag = true)]
    Simulate {
        #[arg(long, default_value_t = 8080, hide_default_value = true, value_name = "PORT")]
        port: u16,
        #[command(flatten)]
        organisation: SimulateArgs,
        #[command(flatten)]
        webhook: WebhookArgs,
    },
    #[command(disable_help_flag = true)]
    Journal(JournalArgs),
    #[command(disable_help_flag = true)]
    Cache {
        #[command(subcommand)]
        task: CacheTask,
    },
}

/// Tasks with the cache.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum CacheTask {
    #[command(disable_help_flag = true)]
    Clear {
        #[arg(long)]
        all: bool,
    },
}

/// Which decisions to print, and how.
#[derive(Args, Clone, Debug)]
pub struct JournalArgs {
    #[arg(long, value_name = "DATE|SPAN")]
    pub since: Option<String>,
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    #[arg(long)]
    pub csv: bool,
}

/// The simulated organisation.
#[derive(Args, Clone, Debug)]
pub struct SimulateArgs {
    #[arg(long, default_value_t = 24, hide_default_value = true, value_name = "N")]
    pub tasks: usize,
    #[arg(long, default_value_t = 1, hide_default_value = true, value_name = "SEED")]
    pub seed: u64,
    #[arg(long, value_name = "FAULT")]
    pub fault: Vec<String>,
    #[arg(long)]
    pub no_limits: bool,
    /// Adds one request of extreme size, for measurements.
    #[arg(long, hide = true)]
    pub oversized: bool,
}

/// Where the simulated platform posts its events. The keys protect nothing but this simulation.
#[derive(Args, Clone, Debug, Default)]
pub struct WebhookArgs {
    #[arg(long, value_name = "URL")]
    pub webhook: Option<String>,
    #[arg(long, value_name = "KEY", requires = "webhook")]
    pub encrypt_key: Option<String>,
    #[arg(long, value_name = "TOKEN")]
    pub verification_token: Option<String>,
}

/// The command line cannot be acted on, or asked for words only.
#[derive(Debug)]
pub struct Stop {
    pub words: String,
    /// Help and version go to standard output and are no failure.
    pub asked_for: bool,
}

impl From<Choices> for Flags {
    fn from(choices: Choices) -> Self {
        let Choices { config, profile, lang, undo_seconds, read_only, ascii, theme } = choices;
        Self { config, profile, lang, undo_seconds, read_only, ascii, theme }
    }
}

/// Reads the command line.
///
/// # Errors
/// Words for the user: a fault, or the help or version that was asked for.
pub fn parse(arguments: impl IntoIterator<Item = OsString>, lang: Lang) -> Result<Cli, Stop> {
    command(lang).try_get_matches_from(arguments).and_then(|matches| Cli::from_arg_matches(&matches)).map_err(|error| {
        Stop {
            asked_for: matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion),
            // `clap` writes a half-width colon behind a heading.
            words: match lang {
                Lang::Zh => sentence(&error, lang).replace(":\n", "：\n"),
                Lang::En => sentence(&error, lang),
            },
        }
    })
}

/// The value of `--lang`, found before the command line is understood: its faults are told in that language.
#[must_use]
pub fn early_lang(arguments: &[OsString]) -> Option<&str> {
    let words: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    words.iter().find_map(|word| word.strip_prefix("--lang=")).or_else(|| {
        let at = words.iter().position(|word| *word == "--lang")?;
        words.get(at + 1).copied()
    })
}

#[expect(clippy::too_many_lines, reason = "a table: help for each flag")]
fn command(lang: Lang) -> clap::Command {
    let word = |zh: &'static str, en: &'static str| match lang {
        Lang::Zh => zh,
        Lang::En => en,
    };
    let help = Arg::new("help").long("help").short('h').action(ArgAction::Help).global(true);
    let version = Arg::new("version").long("version").short('V').action(ArgAction::Version);
    let template = word(
        "{about}\n\n用法：{usage}\n\n{all-args}{after-help}",
        "{about}\n\nUsage: {usage}\n\n{all-args}{after-help}",
    );
    let flags = word("选项", "Options");
    let explain = |name: &'static str, text: &'static str| {
        move |command: clap::Command| command.mut_arg(name, |argument| argument.help(text))
    };
    let organisation = |command: clap::Command| {
        let command =
            explain("tasks", word("待办数量（默认 24）", "Number of pending tasks [default: 24]"))(command);
        let command = explain(
            "seed",
            word("随机种子，同一种子生成同一组织（默认 1）", "Random seed; same seed, same organization [default: 1]"),
        )(command);
        let limits = word("不限流（用于测量）", "Without rate limits, for measuring");
        let command = explain("no_limits", limits)(command);
        explain("fault", word("模拟故障，见下表；可多次使用", "Simulate a fault (list below); repeatable"))(
            command,
        )
        .after_help(faults(lang))
        .help_template(template)
        .next_help_heading(flags)
    };
    let explained = [
        ("config", word("配置文件", "Configuration file")),
        ("profile", word("使用配置文件中的哪个 profile", "Profile to use")),
        ("lang", word("界面语言", "Interface language")),
        (
            "undo_seconds",
            word(
                "确认后延迟几秒发送，期间可收回；0 为立即发送",
                "Seconds to wait before sending, during which u undoes; 0 sends at once",
            ),
        ),
        ("read_only", word("只读模式，不能审批", "Look but do not decide")),
        ("ascii", word("界面只用 ASCII 字符绘制", "Draw the interface in ASCII only")),
        ("theme", word("配色", "Colors of the interface")),
        ("print_config", word("输出带注释的配置模板", "Print a commented configuration template")),
    ];
    let mut command = Cli::command()
        .about(word("在终端处理飞书人事审批", "An inbox for Feishu People approvals, in the terminal"))
        .help_template(template)
        .subcommand_help_heading(word("命令", "Commands"))
        .subcommand_value_name(word("命令", "COMMAND"))
        .arg(help.help(word("显示帮助", "Print help")))
        .arg(version.help(word("显示版本", "Print version")))
        .mut_args(|argument| argument.help_heading(flags));
    for (name, text) in explained {
        command = explain(name, text)(command);
    }
    let command = command
        .after_help(after_help(lang))
        .mut_subcommand("demo", |demo| {
            organisation(demo)
                .about(word("演示：内置模拟组织，无需账号和网络", "Try it on a simulated organization, offline"))
                .mut_arg("still", |still| still.help(word("其他人不会操作", "Keep everyone else still")))
                .mut_arg("picture", |picture| {
                    picture.help(word(
                        "打印一个界面的 SVG 图片后退出，如 list、review、help",
                        "Print a screen as an SVG picture and exit: list, review, help and others",
                    ))
                })
                .mut_arg("output", |output| output.help(word("图片写入此文件", "Write the picture to this file")))
                .mut_args(|argument| argument.help_heading(flags))
        })
        .mut_subcommand("simulate", |simulate| {
            webhook(organisation(simulate), lang)
                .about(word(
                    "仅在本机启动模拟的飞书服务，供任意客户端测试",
                    "Run only the simulated Feishu server, on localhost",
                ))
                .mut_arg("port", |port| {
                    port.help(word("端口（默认 8080）；0 为任意空闲端口", "Port; 0 picks a free one [default: 8080]"))
                })
                .mut_args(|argument| argument.help_heading(flags))
        })
        .mut_subcommand("cache", |command| cache(command, lang, template))
        .mut_subcommand("journal", |journal| {
            let since = word(
                "只列出此后的操作：日期（2026-11-01）或时长（7d）",
                "Only decisions since a date (2026-11-01) or span (7d)",
            );
            journal
                .help_template(template)
                .next_help_heading(flags)
                .about(word("输出操作记录（离线可用）", "Print your decision history, offline"))
                .mut_arg("since", |argument| argument.help(since))
                .mut_arg("json", |argument| argument.help(word("每行一个 JSON 对象", "JSON, one object per line")))
                .mut_arg("csv", |argument| argument.help(word("CSV 表格", "CSV")))
                .after_help(example(lang, "shenpi journal --since 7d --csv > decisions.csv"))
                .mut_args(|argument| argument.help_heading(flags))
        });
    let command = without_useless(command);
    match lang {
        Lang::Zh => in_chinese(command, "shenpi"),
        Lang::En => command,
    }
}

/// Options of the program that mean nothing to a subcommand are no part of its help.
fn without_useless(command: clap::Command) -> clap::Command {
    let none = [
        ("simulate", &["config", "profile", "undo_seconds", "read_only", "ascii", "theme"][..]),
        ("journal", &["undo_seconds", "read_only", "ascii", "theme"]),
        ("cache", &["undo_seconds", "read_only", "ascii", "theme"]),
    ];
    let hidden = |name: &str| {
        let argument = command.get_arguments().find(|argument| argument.get_id() == name).cloned();
        argument.map(|argument| argument.hide(true))
    };
    let hidden: Vec<_> =
        none.map(|(verb, names)| (verb, names.iter().filter_map(|name| hidden(name)).collect::<Vec<_>>())).into();
    hidden.into_iter().fold(command, |command, (verb, arguments)| {
        command.mut_subcommand(verb, |subcommand| subcommand.args(arguments))
    })
}

/// Usage and names of values in Chinese: `clap` writes them in English only.
fn in_chinese(command: clap::Command, path: &str) -> clap::Command {
    let needs_command = command.is_subcommand_required_set() || path == "shenpi cache";
    let usage = match (command.has_subcommands(), needs_command) {
        (false, _) => format!("{path} [选项]"),
        (true, false) => format!("{path} [选项] [命令]"),
        (true, true) => format!("{path} [选项] <命令>"),
    };
    let command = command.override_usage(usage).mut_args(|argument| {
        let name = argument.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
        match name.as_deref().and_then(chinese_value) {
            Some(name) if argument.get_action().takes_values() => argument.value_name(name),
            _ => argument,
        }
    });
    command.mut_subcommands(|subcommand| {
        let path = format!("{path} {}", subcommand.get_name());
        in_chinese(subcommand, &path)
    })
}

/// Name of a value in Chinese; `None` where it is made of words that are typed.
fn chinese_value(name: &str) -> Option<&'static str> {
    Some(match name {
        "FILE" => "文件",
        "NAME" => "名称",
        "SECONDS" => "秒",
        "PORT" => "端口",
        "SEED" => "种子",
        "FAULT" => "故障",
        "DATE|SPAN" => "日期或时长",
        "N" => "数量",
        "URL" => "地址",
        "KEY" => "密钥",
        "TOKEN" => "令牌",
        "auto|dark|light|mono|FILE" => "auto|dark|light|mono|文件",
        _ => return None,
    })
}

/// An example and the exit codes.
fn after_help(lang: Lang) -> String {
    let codes = match lang {
        Lang::Zh => {
            "退出码：0 正常退出 · 2 用法或配置有误 · 3 被飞书拒绝（密钥、应用、IP 或权限）· 101 程序错误 · 128+n 被信号 n 终止"
        }
        Lang::En => {
            "Exit codes: 0 quit · 2 usage or configuration · 3 refused by Feishu (secret, app, IP or scope) · 101 crash · \
             128+n signal n"
        }
    };
    format!("{}\n{codes}", example(lang, "shenpi demo"))
}

fn example(lang: Lang, line: &str) -> String {
    match lang {
        Lang::Zh => format!("示例：{line}"),
        Lang::En => format!("Example: {line}"),
    }
}

/// Explains the tasks with the cache.
fn cache(command: clap::Command, lang: Lang, template: &'static str) -> clap::Command {
    let word = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let flags = word("选项", "Options");
    command
        .help_template(template)
        .disable_help_subcommand(true)
        .subcommand_help_heading(word("命令", "Commands"))
        .subcommand_value_name(word("命令", "COMMAND"))
        .about(word("已加载内容的缓存", "The cache of loaded content"))
        .mut_args(|argument| argument.help_heading(flags))
        .mut_subcommand("clear", |clear| {
            let all = word("清除所有操作人的缓存", "Clear the caches of all operators");
            clear
                .help_template(template)
                .about(word("清除自己的缓存，不询问", "Clear your cache without asking"))
                .mut_arg("all", |argument| argument.help(all))
                .mut_args(|argument| argument.help_heading(flags))
        })
}

/// Explains the flags of a webhook.
fn webhook(command: clap::Command, lang: Lang) -> clap::Command {
    let texts = [
        (
            "webhook",
            "把事件推送到这个本机地址，不再用长连接",
            "Post events to this localhost address instead of the long connection",
        ),
        ("encrypt_key", "加密并签名推送", "Encrypt and sign what is posted"),
        ("verification_token", "事件的校验令牌", "Verification token of events"),
    ];
    texts.into_iter().fold(command, |command, (name, zh, en)| {
        command.mut_arg(name, |argument| argument.help(if lang == Lang::Zh { zh } else { en }))
    })
}

/// The faults that the simulated platform shows, and how they are written.
fn faults(lang: Lang) -> String {
    let mut text = match lang {
        Lang::Zh => {
            "示例：shenpi demo --tasks 500 --fault cut-after-write\n\n故障格式：名称[:次数[:参数]][@目标]，例如 cut-after-write:2、slow:*:1500@detail；次数为 * 时持续到清除。\n目标："
        }
        Lang::En => {
            "Example: shenpi demo --tasks 500 --fault cut-after-write\n\nFault syntax: NAME[:COUNT[:ARG]][@TARGET], e.g. cut-after-write:2 or slow:*:1500@detail (* = until cleared).\n\
             Targets: "
        }
    }
    .to_owned();
    text.push_str(&Target::names().collect::<Vec<_>>().join(" "));
    text.push('\n');
    let width = FaultKind::NAMES.iter().map(|name| name.len()).max().unwrap_or_default() + 1;
    for fault in FaultKind::ALL {
        let argument = fault.argument.map(|(unit, usual)| format!(" ({unit} {})", usual.replace('_', "")));
        let argument = argument.unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = write!(text, "\n  {:width$} {}{argument}", fault.name, fault.words(lang));
    }
    text
}

/// The fault in the user's language. `clap` speaks English only.
fn sentence(error: &clap::Error, lang: Lang) -> String {
    let context = |kind: ContextKind| match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.first().cloned(),
        _ => None,
    };
    let argument = context(ContextKind::InvalidArg).unwrap_or_default();
    let fault = match error.kind() {
        _ if lang == Lang::En => None,
        ErrorKind::UnknownArgument => Some(format!("未知选项 {argument}")),
        ErrorKind::InvalidSubcommand => {
            Some(format!("未知命令 {}", context(ContextKind::InvalidSubcommand).unwrap_or_default()))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            match context(ContextKind::InvalidValue).filter(|value| !value.is_empty()) {
                Some(value) => Some(format!("选项 {argument} 的值 {value} 无效")),
                None => Some(format!("选项 {argument} 缺少值")),
            }
        }
        ErrorKind::ArgumentConflict => Some(format!("选项 {argument} 不能重复或与其他选项同用")),
        _ => None,
    };
    let Some(mut fault) = fault else { return rendered(error) };
    let suggested = context(ContextKind::SuggestedArg).or_else(|| context(ContextKind::SuggestedSubcommand));
    if let Some(meant) = suggested {
        fault = format!("{fault}，是否想写 {meant}？");
    }
    format!("{}\n用 shenpi --help 查看用法\n", clean_line(&fault))
}

/// The fault in the words of `clap`, with each argument that it quotes on one clean line.
fn rendered(error: &clap::Error) -> String {
    let quoted = error.context().flat_map(|(_, value)| match value {
        ContextValue::String(text) => vec![text.clone()],
        ContextValue::Strings(texts) => texts.clone(),
        _ => Vec::new(),
    });
    quoted.fold(error.render().to_string(), |words, text| match clean_line(&text) {
        clean if clean != text => words.replace(&text, &clean),
        _ => words,
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::{Cli, Verb, command, early_lang, parse};
    use crate::domain::{CleanText, Lang};

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    fn cli(line: &str) -> Cli {
        parse(words(line), Lang::En).unwrap_or_else(|stop| panic!("{}", stop.words))
    }

    fn refusal(line: &str, lang: Lang) -> String {
        let stop = parse(words(line), lang).expect_err("a fault");
        assert!(!stop.asked_for);
        stop.words
    }

    #[test]
    fn the_command_line_is_sound() {
        for lang in [Lang::Zh, Lang::En] {
            command(lang).debug_assert();
        }
    }

    #[test]
    fn flags_stand_before_and_after_the_task() {
        let cli = cli("shenpi --ascii demo --tasks 500 --lang en-US --fault slow --fault lost --still");
        assert!(cli.choices.ascii);
        assert_eq!(cli.choices.lang.as_deref(), Some("en-US"));
        let Some(Verb::Demo { organisation, still: true, .. }) = cli.task else { panic!("{cli:?}") };
        assert_eq!((organisation.tasks, organisation.fault.join(" ").as_str()), (500, "slow lost"));
    }

    #[test]
    fn no_flag_takes_a_secret() {
        for line in ["shenpi --app-secret x", "shenpi --secret x", "shenpi --app_secret=x"] {
            assert!(parse(words(line), Lang::En).is_err());
        }
    }

    #[test]
    fn no_argument_forges_a_line_or_acts_on_the_terminal() {
        const HOSTILE: &str = "--x\u{1b}[2J\nshenpi: all is well\u{202e}";
        for line in [
            &["shenpi", HOSTILE][..],
            &["shenpi", "x\u{1b}[2J\nshenpi: all is well"],
            &["shenpi", "--undo-seconds", HOSTILE],
            &["shenpi", "demo", "--tasks", "x\n\u{9b}2Jy"],
            &["shenpi", "demo", "x\nshenpi: all is well"],
        ] {
            for lang in [Lang::Zh, Lang::En] {
                let stop = parse(line.iter().map(OsString::from), lang).expect_err("a fault");
                assert_eq!(CleanText::new(&stop.words).as_str(), stop.words, "{line:?}");
                assert!(!stop.words.lines().any(|line| line.starts_with("shenpi: all")), "{}", stop.words);
            }
        }
    }

    #[test]
    fn faults_and_help_are_told_in_the_users_language() {
        assert!(refusal("shenpi --read-onyl", Lang::Zh).contains("未知选项 --read-onyl，是否想写 --read-only？"));
        assert!(refusal("shenpi dmo", Lang::Zh).contains("未知命令 dmo"));
        assert!(refusal("shenpi --undo-seconds soon", Lang::Zh).contains("的值 soon 无效"));
        assert!(refusal("shenpi --undo-seconds", Lang::Zh).contains("缺少值"));
        assert!(refusal("shenpi --read-onyl", Lang::En).contains("unexpected argument"));
        for (line, lang, text) in [
            ("shenpi --help", Lang::Zh, "演示：内置模拟组织"),
            ("shenpi demo --help", Lang::Zh, "待办数量"),
            ("shenpi simulate -h", Lang::En, "[default: 8080]"),
            ("shenpi journal --help", Lang::Zh, "每行一个 JSON 对象"),
            ("shenpi simulate --help", Lang::Zh, "写操作已执行，响应前断开"),
            ("shenpi demo --help", Lang::En, "  rate-limit                429, reset after this many seconds"),
            ("shenpi --version", Lang::En, env!("CARGO_PKG_VERSION")),
        ] {
            let stop = parse(words(line), lang).expect_err("words");
            assert!(stop.asked_for && stop.words.contains(text), "{}", stop.words);
        }
    }

    #[test]
    fn chinese_help_holds_no_english_heading() {
        for line in ["shenpi --help", "shenpi demo --help", "shenpi simulate --help", "shenpi journal --help"] {
            let help = parse(words(line), Lang::Zh).expect_err("help").words;
            for heading in ["Usage", "Options", "Commands", "Print", "default"] {
                assert!(!help.contains(heading), "{help}");
            }
        }
    }

    #[test]
    fn the_language_is_found_before_the_line_is_understood() {
        assert_eq!(early_lang(&words("shenpi --nonsense --lang en-US")), Some("en-US"));
        assert_eq!(early_lang(&words("shenpi demo --lang=zh")), Some("zh"));
        assert_eq!(early_lang(&words("shenpi --lang")), None);
    }
}
