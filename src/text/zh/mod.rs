//! 中文。

use std::borrow::Cow;

mod notice;
mod word;

pub(super) use notice::notice;
pub(super) use word::word;

use super::when::Wait;
use super::{Localizer, Sentence, Word};
use crate::app::dialog::TextProblem;
use crate::app::fetch::Rest;
use crate::app::form::Matches;
use crate::app::inbox::Gap;
use crate::app::people::PersonRefusal;
use crate::app::{Closed, Command, FaultProblem, FormOf, HistoryFailure, Reason, Tab};
use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::form::Broken;
use crate::domain::record::SessionEnd;
use crate::domain::{Action, CleanText, DocumentType, DoneStatus, Lang, ProcessStatus, Properties, TaskStatus};
use crate::keys::KeymapErrorKind;
use crate::keys::keymap::layer_name;

/// Where the history should stand, and on the normal screen.
pub(super) const NEWER_JOURNAL: &str = "操作记录由更新版本的 shenpi 写入，当前版本无法完整读取。请升级 shenpi";

/// Words in a row; a space parts Chinese from Latin letters and digits.
pub(super) fn joined<const N: usize>(words: [&str; N]) -> String {
    let seen = |character: &char| *character != super::shorten::JOINER;
    let is_chinese = |character: char| character >= '\u{2E80}';
    let mut text = String::new();
    for word in words {
        let edges = (text.chars().rev().find(seen), word.chars().find(seen));
        if let (Some(before), Some(after)) = edges
            && before.is_alphanumeric()
            && after.is_alphanumeric()
            && is_chinese(before) != is_chinese(after)
        {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

fn unknown_status(number: i64) -> Cow<'static, str> {
    format!("未知状态（{number}）").into()
}

pub(super) fn process_status(status: ProcessStatus) -> Cow<'static, str> {
    match status {
        ProcessStatus::InProgress => "审批中".into(),
        ProcessStatus::Rejected => "已拒绝".into(),
        ProcessStatus::Withdrawn => "已撤回".into(),
        ProcessStatus::Revoked => "已撤销".into(),
        ProcessStatus::Completed => "已完成".into(),
        ProcessStatus::Revoking => "撤销中".into(),
        ProcessStatus::Unknown(number) => unknown_status(number),
    }
}

pub(super) fn task_status(status: TaskStatus) -> Cow<'static, str> {
    match status {
        TaskStatus::Skipped => "已跳过".into(),
        TaskStatus::Initiated => "已发起".into(),
        TaskStatus::NotStarted => "未开始".into(),
        TaskStatus::InProgress => "进行中".into(),
        TaskStatus::Rejected => "已拒绝".into(),
        TaskStatus::Approved => "已通过".into(),
        TaskStatus::Cancelled => "已取消".into(),
        TaskStatus::Copied => "已抄送".into(),
        TaskStatus::FormSubmitted => "表单已提交".into(),
        TaskStatus::Failed => "异常".into(),
        TaskStatus::RolledBack => "已退回".into(),
        TaskStatus::Revoking => "撤销中".into(),
        TaskStatus::Intervened => "管理员已处理".into(),
        TaskStatus::Unknown(number) => unknown_status(number),
    }
}

pub(super) fn done_status(status: DoneStatus) -> Cow<'static, str> {
    match status {
        DoneStatus::Rejected => "已拒绝".into(),
        DoneStatus::Done => "已通过".into(),
        DoneStatus::Cancelled => "已取消".into(),
        DoneStatus::Unknown(number) => unknown_status(number),
    }
}

pub(super) fn document_type(kind: DocumentType) -> Cow<'static, str> {
    match kind {
        DocumentType::Approval => "审批".into(),
        DocumentType::Form => "表单任务".into(),
        DocumentType::Unknown(number) => format!("未知类型（{number}）").into(),
    }
}

pub(super) fn properties(properties: Properties) -> Cow<'static, str> {
    match properties {
        Properties::Normal => "普通流程".into(),
        Properties::Revocation => "撤销流程".into(),
        Properties::Correction => "更正流程".into(),
        Properties::Unknown(number) => format!("未知属性（{number}）").into(),
    }
}

pub(super) const fn action(action: Action) -> &'static str {
    match action {
        Action::Approve => "同意",
        Action::Reject => "拒绝",
        Action::Transfer => "转交",
        Action::AddSign => "加签",
        Action::Withdraw => "撤回",
        Action::Revoke => "撤销",
    }
}

pub(super) const fn tab(tab: Tab) -> &'static str {
    match tab {
        Tab::Summary => "摘要",
        Tab::Form => "表单",
        Tab::Timeline => "流转",
        Tab::Comments => "评论",
        Tab::Copies => "抄送",
    }
}

pub(super) const fn action_mark(action: Action) -> &'static str {
    match action {
        Action::Approve => "同",
        Action::Reject => "拒",
        Action::Transfer => "转",
        Action::AddSign => "加",
        Action::Withdraw | Action::Revoke => "撤",
    }
}

pub(super) const fn position(position: AddSignPosition) -> &'static str {
    match position {
        AddSignPosition::Before => "前加签",
        AddSignPosition::Parallel => "并加签",
        AddSignPosition::After => "后加签",
    }
}

pub(super) const fn position_meaning(position: AddSignPosition) -> &'static str {
    match position {
        AddSignPosition::Before => "对方先审批，再回到我",
        AddSignPosition::Parallel => "与我同时审批，须全部同意",
        AddSignPosition::After => "我同意后，由对方审批",
    }
}

pub(super) const fn method(method: AddSignMethod) -> &'static str {
    match method {
        AddSignMethod::AnyOne => "或签",
        AddSignMethod::All => "会签",
    }
}

pub(super) const fn person_refusal(refusal: PersonRefusal) -> &'static str {
    match refusal {
        PersonRefusal::Oneself => "不能选择自己",
        PersonRefusal::HandlesNode => "已是当前节点审批人",
        PersonRefusal::Full => "最多 20 人",
        PersonRefusal::Nobody => "请至少选择一人",
        PersonRefusal::NoneMarked => "请先按 ↓ 选人，或输入姓名",
    }
}

/// The words of the filter, how many tasks it shows, and of how many.
fn filtered(localizer: &Localizer<'_>, words: &str, shown: usize, total: Option<usize>) -> String {
    let Some(total) = total else { return format!("筛选「{words}」：{shown} 条") };
    let keys =
        [localizer.with_key(Command::Find, "，按 ", " 修改"), localizer.with_key(Command::Escape, "，", " 清除")];
    format!("筛选「{words}」：{shown}/{total} 条{}", keys.concat())
}

/// The words of a search in the form, the match under the cursor and how many there are, with the keys to the others.
fn searching(localizer: &Localizer<'_>, words: &str, matches: Option<Matches>) -> String {
    let Some(matches) = matches else { return format!("查找「{words}」") };
    let keys = [
        localizer.with_key(Command::NextMatch, "，", " 下一处"),
        localizer.with_key(Command::PreviousMatch, "，", " 上一处"),
    ];
    match matches {
        Matches { count: 0, .. } => format!("查找「{words}」 没有匹配"),
        Matches { count: 1, .. } => format!("查找「{words}」 1 处"),
        Matches { at: Some(at), count } => format!("查找「{words}」 {at}/{count}{}", keys.concat()),
        Matches { at: None, count } => format!("查找「{words}」 {count} 处{}", keys.concat()),
    }
}

/// Why loading rests, and until when.
fn resting(localizer: &Localizer<'_>, rest: Option<(Rest, &str)>) -> String {
    match rest {
        Some((Rest::Limited(_), until)) => format!("（限流中，{until} 恢复）"),
        Some((Rest::Paused, _)) => format!("（已停止加载{}）", localizer.with_key(Command::Refresh, "，按 ", " 继续")),
        None => String::new(),
    }
}

fn attachments(files: i64, images: i64) -> String {
    match (files, images) {
        (0, images) => format!("图片 {images}"),
        (files, 0) => format!("附件 {files}"),
        (files, images) => format!("附件 {files} 图片 {images}"),
    }
}

#[expect(clippy::too_many_lines, reason = "a table: one line for each sentence")]
pub(super) fn sentence(sentence: &Sentence<'_>, localizer: &Localizer<'_>) -> String {
    match sentence {
        Sentence::RequestFrom { requester, kind } => joined([requester.unwrap_or(word(Word::System)), "发起的", kind]),
        Sentence::Pending { count: Some(count), at, more } => {
            let at = at.map(|at| format!("{at}/")).unwrap_or_default();
            format!("待办 {at}{count}{}", if *more { "+" } else { "" })
        }
        Sentence::Pending { count: None, .. } => "待办 –".to_owned(),
        Sentence::Loaded { percent } => format!("已加载 {percent}%"),
        Sentence::UpdatedAt(time) => format!("更新 {time}"),
        Sentence::Held(count) => format!("待发送 {count}"),
        Sentence::Sending(count) => format!("发送中 {count}"),
        Sentence::Unknown(count) => format!("结果未知 {count}"),
        Sentence::Failed(count) => format!("待处理 {count}"),
        Sentence::LimitedUntil(time) => format!("限流中，{time} 恢复"),
        Sentence::MaskedSummary => format!("[敏感信息{}]", localizer.with_key(Command::Reveal, "，按 ", " 显示")),
        Sentence::WaitingFor(minutes) => match Wait::of(*minutes) {
            Wait::Minutes(minutes) => format!("{minutes}分"),
            Wait::Hours(hours) => format!("{hours}时"),
            Wait::Days(days) => format!("{days}天"),
            Wait::Years(years) => format!("{years}年"),
            Wait::Longer => ">99年".to_owned(),
        },
        Sentence::OthersOnStep(count) => format!("另有 {count} 人可处理"),
        Sentence::ComparedWithOriginal { key, said } => {
            format!("{key}与原单对比{}", said.map(|said| format!("：{said}")).unwrap_or_default())
        }
        Sentence::Filtered { words, shown, total } => filtered(localizer, words, *shown, *total),
        Sentence::NotLoaded { count, rest } => format!("另有 {count} 条未加载{}", resting(localizer, *rest)),
        Sentence::ListNotWhole => "列表未加载完".to_owned(),
        Sentence::NothingFitsYet { not_loaded: 0 } => "已加载的待办都不符合筛选条件；列表未加载完。".to_owned(),
        Sentence::NothingFitsYet { not_loaded } => {
            format!("已加载的待办都不符合筛选条件；另有 {not_loaded} 条未加载。")
        }
        Sentence::TooSmall { columns, rows } => format!("窗口太小（{columns}×{rows}），至少需要 40×10"),
        Sentence::TooSmallToDecide => "窗口太小，请放大后再确认".to_owned(),
        Sentence::ListFailed(failure) => format!("待办加载失败。{failure}"),
        Sentence::NewTasks(count) => new_tasks(*count, localizer),
        Sentence::ReadAgain => localizer.with_key(Command::Refresh, "按 ", " 重试。"),
        Sentence::ListLimited(time) => format!("飞书限流，{time} 自动继续加载。"),
        Sentence::ListIncomplete(gap) => incomplete(*gap, localizer),
        Sentence::RequestFailed(failure) => format!("单据加载失败。{failure}"),
        Sentence::FormFailed(failure) => format!("表单加载失败。{failure}"),
        Sentence::CachedRequest { at, refreshing: true } => format!("以下为 {at} 的内容，正在刷新"),
        Sentence::CachedRequest { at, .. } => format!("以下为 {at} 的内容，尚未刷新"),
        Sentence::StaleRequest { at, failure } => format!("以下为 {at} 的内容，刷新失败。{failure}"),
        Sentence::ReplacedCharacters(count) => format!("含 {count} 处控制字符，已显示为符号"),
        Sentence::Attachments { files, images } => attachments(*files, *images),
        Sentence::Mentions(names) => format!("@{names}"),
        Sentence::Items(count) => format!("{count} 项"),
        Sentence::Fields(count) => format!("{count} 个字段"),
        Sentence::Folded => "已折叠".to_owned(),
        Sentence::Searching { words, matches } => searching(localizer, words, *matches),
        Sentence::UnreadMembers(count) => format!("{count} 个字段无法识别，以下为原文："),
        Sentence::Broken(broken) => match broken {
            Broken::MissingKey(key) => format!("缺少该值（{}）", key.line()),
            Broken::Cycle(key) => format!("循环引用（{}）", key.line()),
            Broken::TooDeep => "嵌套过深，未显示".to_owned(),
            Broken::Malformed(text) => format!("格式有误：{}", text.line()),
        },
        Sentence::Counter { have, limit } => format!("{have}/{limit}"),
        Sentence::Writing { action, what, need } => format!("{action}{what}（{need}）"),
        Sentence::Counted { name, count: 0 } => (*name).to_owned(),
        Sentence::Counted { name, count } => format!("{name}（{count}）"),
        Sentence::TextProblem(TextProblem::Empty) => "请填写原因".to_owned(),
        Sentence::TextProblem(TextProblem::TooLong(over)) => format!("超出 {over} 字"),
        Sentence::ChosenOf { chosen, limit } => format!("已选 {chosen}/{limit}"),
        Sentence::PeopleFailed(failure) => format!("搜索失败。{failure}"),
        Sentence::MoreLines(count) => format!("还有 {count} 行"),
        Sentence::SummaryCut(left) => format!("（另有 {left} 项摘要）"),
        Sentence::OpinionCut { shown, characters } => format!("{shown}…（共 {characters} 字）"),
        Sentence::FigureCut { start, end, digits } => format!("{start}…{end}（共 {digits} 位）"),
        Sentence::ReviewHidden(lines) => format!("还有 {lines} 行未显示，请放大窗口后再确认"),
        Sentence::LeaveAsks { held } => format!("{held} 项操作待发送，如何处理？"),
        Sentence::LeaveWaits { left } => format!("等待 {left} 项操作完成，完成后退出"),
        Sentence::SentStays { seconds } if localizer.simulated => {
            format!("已发送的操作无法收回，最多再等约 {seconds} 秒。")
        }
        Sentence::SentStays { seconds } => {
            format!("已发送的操作无法收回，最多再等约 {seconds} 秒；仍无响应则下次启动时核实。")
        }
        Sentence::AndMore(more) => format!("另有 {more} 项"),
        Sentence::TextInHistory => {
            format!(
                "已填内容在操作记录中（{}运行 shenpi journal --csv）",
                localizer.with_key(Command::History, "启动后按 ", "，或")
            )
        }
        Sentence::ReconcileTitle { broken_off, settled } => {
            let end = broken_off.map(|(at, how)| format!("上次异常退出（{}{}）", localizer.moment(at), ending(how)));
            match (end, settled) {
                (Some(end), false) => format!("{end}。操作不会自动补发，请逐项处理："),
                (Some(end), true) => format!("{end}，遗留的操作已全部有结果。"),
                (None, false) => "以下是之前遗留的操作，请逐项处理：".to_owned(),
                (None, true) => "之前遗留的操作已全部有结果。".to_owned(),
            }
        }
        Sentence::ReconcileCount { waiting: 0 } => "全部完成".to_owned(),
        Sentence::ReconcileCount { waiting } => format!("{waiting} 项待处理"),
        Sentence::HistoryCount { shown, more: false } => format!("{shown} 项"),
        Sentence::HistoryCount { shown, more: true } if localizer.simulated => format!("最近 {shown} 项"),
        Sentence::HistoryCount { shown, more: true } => format!("最近 {shown} 项；全部记录：shenpi journal"),
        Sentence::HistorySearched { words, found, of: None } => format!("「{words}」：{found} 项"),
        Sentence::HistorySearched { words, found, of: Some(of) } => {
            format!("「{words}」：最近 {of} 项中 {found} 项")
        }
        Sentence::HistoryFailed(HistoryFailure::System(why)) => format!("操作记录无法读取：{}", why.line()),
        Sentence::HistoryFailed(HistoryFailure::Newer) => NEWER_JOURNAL.to_owned(),
        Sentence::FormsNotCompared { of, why } => forms_not_compared(*of, *why),
        Sentence::KeymapFault { line, kind } => format!("第 {line} 行：{}", fault(kind, localizer)),
    }
}

/// Why a correction is compared without the forms.
fn forms_not_compared(of: FormOf, why: Option<&str>) -> String {
    let whose = match of {
        FormOf::Original => "原单",
        FormOf::Correction => "更正单",
    };
    match why {
        Some(why) => format!("未对比表单：{whose}的表单加载失败。{why}"),
        None => format!("未对比表单：{whose}没有可显示的表单。"),
    }
}

/// New tasks that are not shown yet, and the key that shows them.
fn new_tasks(count: usize, localizer: &Localizer<'_>) -> String {
    format!("{count} 条新待办{}", localizer.with_key(Command::Refresh, "，按 ", " 显示"))
}

/// Says that the list may be longer than the received part, why, and which key helps.
fn incomplete(gap: Gap, localizer: &Localizer<'_>) -> String {
    let rows = (gap.unreadable > 0).then(|| format!("有 {} 行无法读取", gap.unreadable));
    let why: Vec<_> = gap.broken.then(|| "分页中断".to_owned()).into_iter().chain(rows).collect();
    let key = localizer.with_key(Command::Refresh, "，按 ", " 刷新");
    format!("待办列表可能不完整：{}{key}", why.join("，"))
}

/// How a run ended, behind its time.
fn ending(how: Option<SessionEnd>) -> String {
    match how {
        None => "，进程中止".to_owned(),
        Some(SessionEnd::Quit) => String::new(),
        Some(SessionEnd::Signal(1)) => "，终端断开（SIGHUP）".to_owned(),
        Some(SessionEnd::Signal(15)) => "，被终止（SIGTERM）".to_owned(),
        Some(SessionEnd::Signal(number)) => format!("，信号 {number}"),
        Some(SessionEnd::Panicked) => "，程序错误".to_owned(),
    }
}

fn fault(kind: &KeymapErrorKind, localizer: &Localizer<'_>) -> String {
    let named = |command: &Command| format!("{}（{}）", localizer.keymap.word(*command, Lang::Zh), command.name());
    match kind {
        KeymapErrorKind::Syntax(message) => format!("TOML 语法错误：{message}"),
        KeymapErrorKind::UnknownLayer(name) => format!("未知的按键层 [{name}]"),
        KeymapErrorKind::UnknownStroke(stroke) => format!("未知的按键「{stroke}」"),
        KeymapErrorKind::UnknownCommand(name) => format!("未知的命令「{name}」"),
        KeymapErrorKind::WrongKind(name) => format!("「{name}」类型有误，层应为表，按键的值应为命令名"),
        KeymapErrorKind::BoundTwice { layer, stroke, first } => {
            format!("[{}] 中的按键 {stroke} 已在第 {first} 行绑定", layer_name(*layer))
        }
        KeymapErrorKind::NoKeyLeft { layer, command } => {
            format!("[{}] 中的 {} 没有按键", layer_name(*layer), named(command))
        }
        KeymapErrorKind::ConfirmOnEnter => "确认键不能是 Enter，容易误按，粘贴也会触发".to_owned(),
        KeymapErrorKind::ConfirmOpens { stroke, command } => {
            format!("{stroke} 不能既是确认又是{}，连按两次就会未看先提交", named(command))
        }
        KeymapErrorKind::DecidesWhenTorn { stroke, command } => {
            format!("{}不能用 {stroke}，网络卡顿时方向键可能变成这个字符", named(command))
        }
        KeymapErrorKind::TakesText { layer, stroke } => {
            format!("[{}] 是输入框，绑定 {stroke} 后将无法输入该字符", layer_name(*layer))
        }
    }
}

pub(super) fn reason(reason: Reason, localizer: &Localizer<'_>) -> String {
    match reason {
        Reason::NoTask => "没有选中的待办。".to_owned(),
        Reason::NotLoaded => "单据正在加载，请稍候。".to_owned(),
        Reason::ReadOnly => "只读模式，不能审批。".to_owned(),
        Reason::Held => {
            format!("这条待办已有待发送的操作{}。", localizer.with_key(Command::TakeBack, "，按 ", " 可收回"))
        }
        Reason::Sending => "正在发送这条待办的操作。".to_owned(),
        Reason::OutcomeUnknown => "上一次操作结果未知，正在核实。".to_owned(),
        Reason::Decided => "这条待办已处理。".to_owned(),
        Reason::TaskUnreadable => "这条待办的数据无法识别，请在飞书中处理。".to_owned(),
        Reason::NotOpen(Some(Closed::ByOperator(status))) => {
            format!("你已在别处处理过这条待办（{}）。", done_status(status))
        }
        Reason::NotOpen(Some(Closed::ByAnother(status))) => format!("他人已处理这条待办（{}）。", done_status(status)),
        Reason::NotOpen(Some(Closed::WithProcess(ProcessStatus::InProgress))) => {
            "这条待办已取消或转交，无需处理。".to_owned()
        }
        Reason::NotOpen(Some(Closed::WithProcess(status))) => format!("流程{}，无需处理。", process_status(status)),
        Reason::NotOpen(None) => "这条待办已结束，无需处理。".to_owned(),
        Reason::FormTask => {
            format!("这是表单任务，请在飞书中填写{}。", localizer.with_key(Command::Links, "（按 ", " 查看链接）"))
        }
        Reason::FormNotSeen => {
            format!("重要单据，请先查看表单{}。", localizer.with_key(Command::Show(Tab::Form), "（按 ", "）"))
        }
        Reason::FormNotReadable => {
            format!("表单无法识别，请在飞书中处理{}。", localizer.with_key(Command::Links, "（按 ", " 查看链接）"))
        }
        Reason::FormLoading => "表单正在加载，请稍候。".to_owned(),
        Reason::FormMasked => {
            format!("重要单据，请先显示表单中的敏感信息{}。", localizer.with_key(Command::Reveal, "（按 ", "）"))
        }
        Reason::FormFolded => {
            format!("重要单据，请先展开表单中折叠的敏感信息{}。", localizer.with_key(Command::ExpandAll, "（按 ", "）"))
        }
        Reason::FormEndNotSeen => {
            format!("重要单据，请先把表单翻到末尾{}。", localizer.with_key(Command::Last, "（按 ", "）"))
        }
        Reason::NoJournal => "操作记录无法写入磁盘，已停止审批；请检查磁盘后重启程序。".to_owned(),
        Reason::SecondInstance => "另一个窗口正在使用这份待办列表，本窗口只读。".to_owned(),
        Reason::NoDifference => "打开后没有变更。".to_owned(),
        Reason::FromItsLine => {
            format!("请返回待处理列表操作{}。", localizer.with_key(Command::Escape, "（按 ", "）"))
        }
        Reason::Unreadable => "记录已损坏，无法得知原操作；请在飞书中查看后丢弃。".to_owned(),
        Reason::NotReadable => format!("单据加载失败{}。", localizer.with_key(Command::Refresh, "，按 ", " 重试")),
        Reason::NothingToSend => "这一项已有结果，无需处理。".to_owned(),
        Reason::NotRunning => "只能撤回审批中的流程。".to_owned(),
        Reason::NotCompleted => "只能撤销已完成的流程。".to_owned(),
        Reason::NoForm => "没有表单。".to_owned(),
        Reason::NoFileId => "这个附件没有编号，无法下载；请在飞书中查看。".to_owned(),
        Reason::NotAFile => "请先选中一个附件。".to_owned(),
        Reason::NothingHeld => "没有可收回的操作。".to_owned(),
        Reason::NothingFailed => "没有待处理的操作。".to_owned(),
        Reason::NothingMasked => "这条单据没有敏感信息。".to_owned(),
        Reason::NoSearch => format!("还没有搜索{}。", localizer.with_key(Command::Find, "，按 ", " 搜索表单")),
        Reason::NoNext => "这是最后一条。".to_owned(),
        Reason::NoPrevious => "这是第一条。".to_owned(),
        Reason::NotHere => "这里不支持这个按键。".to_owned(),
    }
}

pub(super) fn fault_problem(problem: &FaultProblem) -> String {
    let asked = |written: &str, meant: Option<&str>, known: &[&str]| match meant {
        Some(meant) => format!("「{}」，是否想写 {meant}？", CleanText::new(written).line()),
        None => format!("「{}」。已知：{}", CleanText::new(written).line(), known.join(" ")),
    };
    match problem {
        FaultProblem::Name { written, meant, known } => format!("未知的故障{}", asked(written, *meant, known)),
        FaultProblem::Target { written, meant, known } => format!("未知的接口{}", asked(written, *meant, known)),
        FaultProblem::Count(written) => {
            format!("次数「{}」无效：应为正整数或 *（持续到清除）", CleanText::new(written).line())
        }
        FaultProblem::Argument(written) => format!("这种故障不接受参数「{}」", CleanText::new(written).line()),
    }
}
