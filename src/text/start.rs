//! Sentences of the normal screen: before the first screen, and of the command line.

use std::path::Path;

use super::short_id;
use crate::domain::{CacheProblem, Lang, Operator, clean_line};

/// One thing to say outside the interface.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a> {
    /// Nothing of an account is configured.
    NoAccount {
        file: &'a Path,
    },
    /// Heads the list of faults.
    Faults {
        file: &'a Path,
    },
    /// Heads the list of faults of the key map.
    KeymapFaults {
        file: &'a Path,
    },
    /// Heads the list of faults of the theme.
    ThemeFaults {
        file: &'a Path,
    },
    NotATerminal,
    /// Whose queue is about to be opened, with which app, where.
    Identity {
        place: &'a str,
        app_id: &'a str,
        operator: &'a Operator,
        read_only: bool,
    },
    NoLog {
        folder: &'a Path,
        why: &'a str,
    },
    /// The journal cannot be written: nothing may be decided.
    NoJournal {
        folder: &'a Path,
        why: &'a str,
    },
    /// A newer version of the program wrote the journal: nothing may be decided.
    NewerJournal,
    NoClient {
        why: &'a str,
    },
    /// The simulated platform cannot be served.
    NoServer {
        why: &'a str,
    },
    /// A fault on the command line that the simulator does not know; `why` is its own word.
    UnknownFault {
        written: &'a str,
        why: &'a str,
    },
    /// A log id that support asks for.
    LogId {
        code: Option<i64>,
        log_id: &'a str,
    },
    Code {
        code: i64,
    },
    TerminalFailed {
        why: &'a str,
    },
    /// The start waits for the platform.
    Connecting {
        place: &'a str,
    },
    /// The cache could not be used, or was dropped.
    NoCache {
        problem: &'a CacheProblem,
    },
    /// This many caches were erased.
    CacheCleared {
        count: usize,
    },
    /// A cache could not be erased.
    CacheNotCleared {
        why: &'a str,
    },
    /// The start reads a long journal, or one with much damage.
    ReadingJournal,
    /// The system's limits leave too little to run with.
    TooFewFiles {
        why: &'a str,
    },
    TooFewThreads {
        why: &'a str,
    },
    TooLittleMemory,
    /// A core dump could hold the secret, and the system refuses to disable core dumps.
    Unprotected {
        why: &'a str,
    },
    NoOutput {
        why: &'a str,
    },
    UnknownPicture {
        written: &'a str,
        known: &'a str,
    },
    /// The picture could not be drawn or written.
    NoPicture {
        why: &'a str,
    },
}

impl Start<'_> {
    /// One clean line for any paths and values; two for [`Self::NoAccount`].
    #[must_use]
    pub fn say(&self, lang: Lang) -> String {
        let said = match lang {
            Lang::Zh => self.zh(),
            Lang::En => self.en(),
        };
        if let Self::NoAccount { .. } = self { said } else { clean_line(&said) }
    }

    fn zh(&self) -> String {
        match self {
            Self::NoAccount { file } => format!(
                "尚未配置账号。体验演示（无需账号和网络）：shenpi demo\n\
                 接入自己的待办：shenpi --print-config | install -Dm600 /dev/stdin {}，填写后再运行 shenpi",
                shell_word(file)
            ),
            Self::Faults { file } => format!("配置有误（{}）：", file.display()),
            Self::ThemeFaults { file } => format!("主题文件有误（{}）：", file.display()),
            Self::KeymapFaults { file } => format!("按键文件有误（{}）：", file.display()),
            Self::NotATerminal => "shenpi 必须在终端中运行（标准输入和输出都须为终端）".into(),
            Self::Identity { place, app_id, operator, read_only } => format!(
                "租户 {place} · 应用 {} · 操作人 {}{}",
                short_id(app_id),
                short_id(operator.id.as_str()),
                if *read_only { "（只读）" } else { "（以此身份审批）" }
            ),
            Self::NoLog { folder, why } => format!("无法在 {} 写入日志（{why}），请检查 state_dir", folder.display()),
            Self::NoJournal { folder, why } => format!(
                "无法在 {} 写入操作记录（{why}）。没有记录不能审批：请检查 state_dir，或用 --read-only 打开",
                folder.display()
            ),
            Self::NewerJournal => "操作记录由更新版本的 shenpi 写入，当前版本无法完整读取，因此不能审批。\
                                   请升级 shenpi，或用 --read-only 打开"
                .into(),
            Self::NoClient { why } => format!("无法建立 HTTPS 连接（{why}），请检查 CA 证书和代理"),
            Self::NoServer { why } => format!("模拟平台无法启动：{why}"),
            Self::UnknownFault { written, why } => format!("选项 --fault {written} 无效：{why}"),
            Self::LogId { code: Some(code), log_id } => format!("错误码 {code} · 日志 ID {log_id}"),
            Self::LogId { code: None, log_id } => format!("日志 ID {log_id}"),
            Self::Code { code } => format!("错误码 {code}"),
            Self::TerminalFailed { why } => format!("终端无法使用：{why}"),
            Self::Connecting { place } => format!("正在连接 {place} …"),
            Self::NoCache { problem } => format!("未使用缓存：{}；内容将重新加载", cache_problem(problem, Lang::Zh)),
            Self::CacheCleared { count: 0 } => "没有缓存".into(),
            Self::CacheCleared { .. } => "缓存已清除".into(),
            Self::CacheNotCleared { why } => format!("缓存无法清除：{why}"),
            Self::ReadingJournal => "正在加载操作记录…".into(),
            Self::TooFewFiles { why } => format!("能打开的文件太少（{why}）。请用 ulimit -n 调高上限，然后重新启动"),
            Self::TooFewThreads { why } => {
                format!("无法启动线程（{why}）。请用 ulimit -u 或 ulimit -v 调高上限，然后重新启动")
            }
            Self::TooLittleMemory => "可用内存太少。请用 ulimit -v 或 ulimit -d 调高上限，然后重新启动".into(),
            Self::Unprotected { why } => format!("无法防止内存中的密钥被转储到文件：{why}"),
            Self::UnknownPicture { written, known } => format!("没有名为 {written} 的图片；可选：{known}"),
            Self::NoPicture { why } => format!("无法生成图片：{why}"),
            Self::NoOutput { why } => format!("无法写入标准输出：{why}"),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::NoAccount { file } => format!(
                "No account configured. Try the demo (offline): shenpi demo\n\
                 Connect your inbox: shenpi --print-config | install -Dm600 /dev/stdin {}, edit it and run shenpi",
                shell_word(file)
            ),
            Self::Faults { file } | Self::ThemeFaults { file } | Self::KeymapFaults { file } => {
                format!("Problems in {}:", file.display())
            }
            Self::NotATerminal => "shenpi needs a terminal (stdin and stdout)".into(),
            Self::Identity { place, app_id, operator, read_only } => format!(
                "Tenant {place} · app {} · operator {}{}",
                short_id(app_id),
                short_id(operator.id.as_str()),
                if *read_only { " (read-only)" } else { " (deciding as this person)" }
            ),
            Self::NoLog { folder, why } => {
                format!("Cannot write the log in {} ({why}); check state_dir", folder.display())
            }
            Self::NoJournal { folder, why } => format!(
                "Cannot write the history in {} ({why}). Nothing can be decided without it: check state_dir, or use --read-only",
                folder.display()
            ),
            Self::NewerJournal => {
                "A newer version of shenpi wrote the history; this version cannot read all of it, so \
                                   nothing can be decided. Update shenpi, or use --read-only"
                    .into()
            }
            Self::NoClient { why } => {
                format!("Cannot set up HTTPS ({why}); check CA certificates and proxy")
            }
            Self::NoServer { why } => format!("Cannot start the simulator: {why}"),
            Self::UnknownFault { written, why } => format!("--fault {written}: {why}"),
            Self::LogId { code: Some(code), log_id } => format!("Error {code} · log ID {log_id}"),
            Self::LogId { code: None, log_id } => format!("Log ID {log_id}"),
            Self::Code { code } => format!("Error {code}"),
            Self::TerminalFailed { why } => format!("Cannot use the terminal: {why}"),
            Self::Connecting { place } => format!("Connecting to {place}…"),
            Self::NoCache { problem } => {
                format!("Cache not used: {}; everything is loaded again", cache_problem(problem, Lang::En))
            }
            Self::CacheCleared { count: 0 } => "No cache".into(),
            Self::CacheCleared { .. } => "Cache cleared".into(),
            Self::CacheNotCleared { why } => format!("Cannot clear the cache: {why}"),
            Self::ReadingJournal => "Loading the history…".into(),
            Self::TooFewFiles { why } => {
                format!("Too few files can be opened ({why}). Raise ulimit -n and restart")
            }
            Self::TooFewThreads { why } => {
                format!("Cannot start threads ({why}). Raise ulimit -u or ulimit -v and restart")
            }
            Self::TooLittleMemory => "Not enough memory. Raise ulimit -v or ulimit -d and restart".into(),
            Self::Unprotected { why } => {
                format!("Cannot keep the secret out of core dumps: {why}")
            }
            Self::UnknownPicture { written, known } => format!("Unknown picture {written}; choose from: {known}"),
            Self::NoPicture { why } => format!("Cannot draw the picture: {why}"),
            Self::NoOutput { why } => format!("Cannot write to stdout: {why}"),
        }
    }
}

/// Why there is no cache, as the end of a sentence.
#[must_use]
pub fn cache_problem(problem: &CacheProblem, lang: Lang) -> String {
    let (zh, en) = match problem {
        CacheProblem::Damaged => ("文件已损坏，已删除", "its file was damaged and has been deleted"),
        CacheProblem::Foreign => {
            ("文件属于另一个应用、密钥或操作人", "its file belongs to another app, secret or operator")
        }
        CacheProblem::Newer => {
            ("文件由更新版本的 shenpi 写入，已删除", "a newer version of shenpi wrote its file, which has been deleted")
        }
        CacheProblem::Cleared => ("文件已被清除", "its file was cleared"),
        CacheProblem::Full => ("磁盘已满", "the disk is full"),
        CacheProblem::NoLocks => ("文件系统不支持文件锁", "the file system has no file locks"),
        // SQLite does not tell these two apart.
        CacheProblem::Busy => (
            "另一个进程正在写入，或文件系统不支持文件锁",
            "another process is writing to it, or the file system has no file locks",
        ),
        CacheProblem::Unusable(why) => return clean_line(why),
    };
    if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() }
}

/// A path as a shell takes it for one word that is no option.
#[must_use]
pub fn shell_word(path: &Path) -> String {
    let path = clean_line(&path.to_string_lossy());
    let path = if path.starts_with('-') { format!("./{path}") } else { path };
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | ',' | ':' | '@' | '%');
    if !path.is_empty() && path.chars().all(plain) { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Start;
    use crate::domain::{CleanText, I18n, Lang, Operator, PersonId, PersonIdType};

    #[test]
    fn no_path_and_no_value_forges_a_line_or_acts_on_the_terminal() {
        const HOSTILE: &str = "a\u{1b}]0;x\u{7}\n租户 b\u{2028}\u{202e}\u{9b}2J\r";
        let file = Path::new(HOSTILE);
        let operator = Operator { id: PersonId::new(HOSTILE), id_type: PersonIdType::OpenId, name: I18n::default() };
        for said in [
            Start::NoAccount { file },
            Start::Faults { file },
            Start::KeymapFaults { file },
            Start::ThemeFaults { file },
            Start::Identity { place: HOSTILE, app_id: HOSTILE, operator: &operator, read_only: false },
            Start::NoLog { folder: file, why: HOSTILE },
            Start::NoJournal { folder: file, why: HOSTILE },
            Start::NewerJournal,
            Start::NoClient { why: HOSTILE },
            Start::NoServer { why: HOSTILE },
            Start::UnknownFault { written: HOSTILE, why: HOSTILE },
            Start::LogId { code: Some(1), log_id: HOSTILE },
            Start::TerminalFailed { why: HOSTILE },
            Start::NoOutput { why: HOSTILE },
            Start::UnknownPicture { written: HOSTILE, known: "list" },
            Start::NoPicture { why: HOSTILE },
        ] {
            for lang in [Lang::Zh, Lang::En] {
                let words = said.say(lang);
                let lines = if matches!(said, Start::NoAccount { .. }) { 2 } else { 1 };
                assert_eq!(words.lines().count(), lines, "{words}");
                assert_eq!(words, CleanText::new(&words).as_str());
            }
        }
    }
}
