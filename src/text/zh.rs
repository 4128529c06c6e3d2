//! 中文。

use std::borrow::Cow;

use super::{Sentence, Voice, Word};
use crate::app::decide::TextProblem;
use crate::app::inbox::Sort;
use crate::app::people::PersonRefusal;
use crate::app::{Command, FaultProblem, Notice, Reason, Tab};
use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::form::Broken;
use crate::domain::record::SessionEnd;
use crate::domain::{Action, CleanText, DocumentType, DoneStatus, Lang, ProcessStatus, Properties, TaskStatus};
use crate::keys::FaultKind;
use crate::keys::keymap::layer_name;

pub(super) const fn word(word: Word) -> &'static str {
    match word {
        Word::Program => "审批",
        Word::ReadOnly => "只读",
        Word::Reading => "读取中",
        Word::Inbox => "待办",
        Word::Kind => "类型",
        Word::Initiator => "发起人",
        Word::Summary => "摘要",
        Word::Node => "节点",
        Word::Waiting => "等待",
        Word::Flags => "标记",
        Word::AllDone => "没有待办,都处理完了。",
        Word::NothingFits => "没有符合筛选条件的待办。",
        Word::NoCase => "没有选中的单据。",
        Word::CaseNotRead => "单据还没有读取。",
        Word::CaseReading => "正在读取单据…",
        Word::Flow => "业务类型",
        Word::FlowDefinition => "流程",
        Word::Status => "状态",
        Word::MyNode => "我的节点",
        Word::Created => "发起时间",
        Word::Completed => "完成时间",
        Word::WebLink => "网页链接",
        Word::PcLink => "桌面端链接",
        Word::MobileLink => "手机端链接",
        Word::OriginalProcess => "原流程",
        Word::ProcessNumber => "流程编号",
        Word::LatestComment => "最新评论",
        Word::System => "系统",
        Word::Gone => "已不在待办中",
        Word::Changed => "上次打开后有变化",
        Word::NoAbstracts => "(没有摘要)",
        Word::Started => "发起",
        Word::CopiedTo => "抄送",
        Word::ToDo => "待处理",
        Word::Myself => "本人",
        Word::Ended => "流程结束",
        Word::WhoElse => "同节点还有",
        Word::Nobody => "无",
        Word::NoComments => "没有评论。",
        Word::NoCopies => "没有抄送。",
        Word::EmptyValue => "(空)",
        Word::Yes => "是",
        Word::No => "否",
        Word::NoForm => "该流程没有可读取的表单,请打开链接在飞书中查看。",
        Word::NoFormForHiring => "该业务(招聘类)不支持接口读取表单,请打开链接在飞书中查看。",
        Word::FormReading => "正在读取表单…",
        Word::FormNotRead => "表单还没有读取。",
        Word::EmptyForm => "表单没有字段。",
        Word::Cancel => "取消",
        Word::Later => "稍后",
        Word::PartedUnknown => "已发出但没有收到应答,下次启动时核对",
        Word::PartedChanged => "没有发出:单据有变化",
        Word::MayRepeat => "注意:上一次操作是否生效还不清楚,可能会重复。",
        Word::Stay => "不退出",
        Word::LeavingSendsNothing => "丢弃的不会发出,也不会留到下次;文字可在记录中找到。",
        Word::ReasonTitle => "原因",
        Word::OpinionTitle => "意见",
        Word::RemarkTitle => "备注",
        Word::Required => "必填",
        Word::Optional => "可不填",
        Word::CannedReasons => "常用语",
        Word::ActingAs => "操作人",
        Word::PositionTitle => "加签在哪里?",
        Word::MethodForSeveral => "多人时",
        Word::PickOne => "转交给谁?",
        Word::PickSeveral => "加签给谁?",
        Word::Searching => "正在搜索…",
        Word::NobodyFound => "没有找到。",
        Word::TypeToSearch => "输入姓名、拼音首字母、邮箱或工号",
        Word::Chosen => "已选",
        Word::SourceRecent => "最近选过",
        Word::SourceInCase => "本流程中",
        Word::SourceSearch => "搜索结果",
        Word::Hasty => "请先看一眼,再确认。",
        Word::HelpTitle => "按键",
        Word::MessagesTitle => "消息",
        Word::LinksTitle => "单据链接",
        Word::ReconcileHeading => "核对上次的操作",
        Word::HistoryTitle => "我的审批记录",
        Word::DifferenceTitle => "变化",
        Word::SinceDecided => "没有发出:与你操作时看到的内容对比。再次操作即以现在的内容为准。",
        Word::SinceOpened => "与你上次打开时的内容对比。",
        Word::SinceOriginal => "更正单:与被更正的原单对比。",
        Word::NoDifference => "内容相同。",
        Word::ChangedSince => "你看过之后有变化:",
        Word::NoHistory => "还没有记录",
        Word::ReadingOriginal => "正在读取原单…",
        Word::NoMessages => "没有消息。",
        Word::NoLinks => "平台没有给出链接。",
        Word::ScanWithPhone => "用手机飞书扫码打开",
        Word::ByNameOnly => "只能按名称执行",
        Word::FlagUnopened => "还没打开过",
        Word::FlagCare => "重要单据,须先看过表单才能同意",
        Word::FlagHeld => "尚未发出,数字是剩余秒数",
        Word::FlagSending => "正在发送",
        Word::FlagUnknown => "结果未知,正在核实",
        Word::FlagFailed => "未生效",
        Word::FlagAccepted => "已生效",
        Word::UnknownCommand => "没有这个命令",
    }
}

fn unknown_status(number: i64) -> Cow<'static, str> {
    format!("未知状态 ({number})").into()
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
        TaskStatus::Intervened => "已干预".into(),
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
        DocumentType::Form => "填写表单".into(),
        DocumentType::Unknown(number) => format!("未知类型 ({number})").into(),
    }
}

pub(super) fn properties(properties: Properties) -> Cow<'static, str> {
    match properties {
        Properties::Normal => "普通流程".into(),
        Properties::Revocation => "撤销流程".into(),
        Properties::Correction => "更正流程".into(),
        Properties::Unknown(number) => format!("未知属性 ({number})").into(),
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

pub(super) const fn sort(sort: Sort) -> &'static str {
    match sort {
        Sort::Waiting => "等待最久",
        Sort::Newest => "最新",
        Sort::Kind => "类型",
        Sort::Initiator => "发起人",
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
        AddSignPosition::Before => "对方先审批,然后回到我",
        AddSignPosition::Parallel => "和我一起审批,须全部同意(只能会签)",
        AddSignPosition::After => "我同意之后,由对方审批",
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
        PersonRefusal::Oneself => "不能选自己",
        PersonRefusal::HandlesNode => "已是当前节点处理人",
        PersonRefusal::Full => "最多选 20 人",
        PersonRefusal::Nobody => "还没有选人",
    }
}

pub(super) fn sentence(sentence: &Sentence<'_>, voice: &Voice<'_>) -> String {
    match sentence {
        Sentence::CaseOf { initiator, kind } => format!("{initiator} 的 {kind}"),
        Sentence::Pending(count) => format!("待办 {count}"),
        Sentence::LoadedOf { loaded, total } => format!("已加载 {loaded}/{total}"),
        Sentence::UpdatedAt(time) => format!("更新 {time}"),
        Sentence::Held(count) => format!("待发 {count}"),
        Sentence::Sending(count) => format!("发送中 {count}"),
        Sentence::Unknown(count) => format!("待核实 {count}"),
        Sentence::LimitedUntil(time) => format!("限流,{time} 继续"),
        Sentence::MaskedSummary => format!("[敏感 按 {} 显示]", voice.key(Command::Reveal)),
        Sentence::WaitingFor(minutes) => match minutes {
            ..60 => format!("{}分", (*minutes).max(0)),
            60..2880 => format!("{}时", minutes / 60),
            _ => format!("{}天", minutes / 1440),
        },
        Sentence::SortedBy(order) => format!("排序 {order}"),
        Sentence::Filtered { words, shown, total } => {
            format!("筛选「{words}」 {shown}/{total} 条,按 {} 修改", voice.key(Command::Find))
        }
        Sentence::TooSmall { columns, rows } => format!("窗口太小({columns}×{rows}),请放大到 40×10 以上"),
        Sentence::TooSmallToDecide => "窗口太小,无法确认,请放大".to_owned(),
        Sentence::ListFailed(failure) => format!("待办读取失败:{failure}"),
        Sentence::CaseFailed(failure) => format!("单据读取失败:{failure}"),
        Sentence::FormFailed(failure) => format!("表单读取失败:{failure}"),
        Sentence::StaleCase { at, failure } => format!("以下内容读取于 {at},之后刷新失败:{failure}"),
        Sentence::ReplacedCharacters(count) => format!("含控制字符 {count} 处"),
        Sentence::Attachments { files: 0, images } => format!("图片 {images}"),
        Sentence::Attachments { files, images: 0 } => format!("附件 {files}"),
        Sentence::Attachments { files, images } => format!("附件 {files} 图片 {images}"),
        Sentence::Mentions(names) => format!("提到 {names}"),
        Sentence::Items(count) => format!("{count} 项"),
        Sentence::Fields(count) => format!("{count} 个字段"),
        Sentence::Folded => "已折叠".to_owned(),
        Sentence::FormSource { version, fields } => format!("{fields} 个字段 · 接口 v{version}"),
        Sentence::Searching(words) => format!("查找「{words}」"),
        Sentence::Broken(broken) => match broken {
            Broken::MissingKey(key) => format!("平台没有给出这个值({})", key.line()),
            Broken::Cycle(key) => format!("这个值包含自身({})", key.line()),
            Broken::TooDeep => "嵌套太深,未读取".to_owned(),
            Broken::Malformed(text) => format!("格式不对:{}", text.line()),
        },
        Sentence::Counter { have, limit } => format!("已输入 {have}/{limit}"),
        Sentence::Writing { action, what, need } => format!("{action}{what}({need})"),
        Sentence::Counted { name, count: 0 } => (*name).to_owned(),
        Sentence::Counted { name, count } => format!("{name}({count})"),
        Sentence::TextProblem(TextProblem::Empty) => "必须写原因。".to_owned(),
        Sentence::TextProblem(TextProblem::TooLong(over)) => format!("超出 {over} 字,请删减。"),
        Sentence::ChosenOf { chosen, limit } => format!("已选 {chosen}/{limit}"),
        Sentence::PeopleFailed(failure) => format!("搜索失败:{failure}"),
        Sentence::MoreLines(count) => format!("还有 {count} 行"),
        Sentence::OpinionCut { shown, characters } => format!("{shown}…(共 {characters} 字)"),
        Sentence::LeaveAsks { held } => format!("还有 {held} 项没有发出,怎么处理?"),
        Sentence::LeaveWaits { left } => format!("还有 {left} 项在等结果,有结果后退出"),
        Sentence::AndMore(more) => format!("另有 {more} 项"),
        Sentence::ReconcileTitle { broken_off: Some((at, how)) } => {
            format!("上次运行异常结束({}{})。断线后不会自动补发,以下操作需要核对。", voice.moment(*at), ending(*how))
        }
        Sentence::ReconcileTitle { broken_off: None } => "以下操作还没有结果,需要核对。".to_owned(),
        Sentence::ReconcileCount { waiting: 0 } => "都有结果了".to_owned(),
        Sentence::ReconcileCount { waiting } => format!("{waiting} 项待处理"),
        Sentence::HistoryCount { shown, more: false } => format!("{shown} 项"),
        Sentence::HistoryCount { shown, more: true } => format!("最近 {shown} 项,全部用 shenpi journal 查看"),
        Sentence::HistorySearched { words, found } => format!("查找「{words}」 {found} 项"),
        Sentence::HistoryFailed(why) => format!("记录读不出:{why}"),
        Sentence::KeymapFault { line, kind } => format!("第 {line} 行:{}", fault(kind, voice)),
    }
}

/// How a run ended, behind its time.
fn ending(how: Option<SessionEnd>) -> String {
    match how {
        None => ",进程突然中止".to_owned(),
        Some(SessionEnd::Quit) => String::new(),
        Some(SessionEnd::Signal(1)) => " 终端断开 SIGHUP".to_owned(),
        Some(SessionEnd::Signal(15)) => " 被要求结束 SIGTERM".to_owned(),
        Some(SessionEnd::Signal(number)) => format!(" 信号 {number}"),
        Some(SessionEnd::Panicked) => ",程序出错".to_owned(),
    }
}

fn fault(kind: &FaultKind, voice: &Voice<'_>) -> String {
    let named = |command: &Command| format!("{}({})", voice.keymap.word(*command, Lang::Zh), command.name());
    match kind {
        FaultKind::Syntax(message) => format!("不是合法的 TOML:{message}"),
        FaultKind::UnknownLayer(name) => format!("没有名为 [{name}] 的层"),
        FaultKind::UnknownStroke(stroke) => format!("不认识的按键 \"{stroke}\""),
        FaultKind::UnknownCommand(name) => format!("没有名为 \"{name}\" 的命令"),
        FaultKind::WrongKind(name) => format!("\"{name}\" 的值类型不对:层是表,按键对应命令名"),
        FaultKind::BoundTwice { layer, stroke, first } => {
            format!("[{}] 中的按键 {stroke} 已在第 {first} 行绑定", layer_name(*layer))
        }
        FaultKind::NoKeyLeft { layer, command } => {
            format!("[{}] 中的命令 {} 没有可用的按键", layer_name(*layer), named(command))
        }
        FaultKind::ConfirmOnEnter => "确认不能用 Enter:太容易误按,粘贴的文字也会带来它".to_owned(),
        FaultKind::ConfirmOpens { stroke, command } => {
            format!("按键 {stroke} 既是确认又是{}:连按两下就会误审批", named(command))
        }
        FaultKind::DecidesWhenTorn { stroke, command } => {
            format!("{} 不能用 {stroke}:网络卡顿时方向键会变成这个字符", named(command))
        }
        FaultKind::TakesText { layer, stroke } => {
            format!("[{}] 是文本框,绑定 {stroke} 后就无法输入这个字符", layer_name(*layer))
        }
    }
}

pub(super) fn reason(reason: Reason, voice: &Voice<'_>) -> String {
    match reason {
        Reason::NoTask => "没有选中的待办。".to_owned(),
        Reason::NotLoaded => "单据还没有读完,请稍候。".to_owned(),
        Reason::ReadOnly => "当前是只读模式,不能审批。".to_owned(),
        Reason::Held => format!("这条待办的操作还没有发出,按 {} 可撤消。", voice.key(Command::TakeBack)),
        Reason::Sending => "这条待办的操作正在发送。".to_owned(),
        Reason::OutcomeUnknown => "上一次操作是否生效还不清楚,正在核实。".to_owned(),
        Reason::Decided => "这条待办已经处理过了。".to_owned(),
        Reason::NotOpen => "这条待办已不需要处理:别人已处理,或流程已结束。".to_owned(),
        Reason::FormTask => {
            format!("这是填写表单的任务,请在飞书中完成(按 {} 看链接)。", voice.key(Command::Links))
        }
        Reason::FormNotSeen => {
            format!("这是重要单据,请先看过表单(按 {})再同意。", voice.key(Command::Show(Tab::Form)))
        }
        Reason::NoJournal => "操作记录写不进磁盘,没有记录就不发送;请检查磁盘后重新启动。".to_owned(),
        Reason::SecondInstance => "另一个窗口正在使用这个待办,本窗口只读。".to_owned(),
        Reason::NoDifference => "没有可对比的内容:打开之后没有变化。".to_owned(),
        Reason::Unreadable => "记录损坏,不知道当时要做什么;请在飞书中核对后丢弃。".to_owned(),
        Reason::NotReadable => format!("单据没有读出来,按 {} 再读一次。", voice.key(Command::Refresh)),
        Reason::NothingToSend => "这一项已有结果,不需要再操作。".to_owned(),
        Reason::NotRunning => "流程不在审批中,不能撤回。".to_owned(),
        Reason::NotCompleted => "流程还没有完成,不能撤销。".to_owned(),
        Reason::NoForm => "没有表单。".to_owned(),
        Reason::NotAFile => "光标所在的不是附件。".to_owned(),
        Reason::NothingHeld => "没有可撤消的操作。".to_owned(),
        Reason::NotHere => "这个按键在这里不起作用。".to_owned(),
    }
}

pub(super) fn notice(notice: &Notice, voice: &Voice<'_>) -> String {
    match notice {
        Notice::ReadFailed(failure) => voice.failure(failure),
        Notice::Unavailable { command, reason } => {
            format!("不能{}:{}", voice.keymap.word(*command, Lang::Zh), voice.reason(*reason))
        }
        Notice::TooHasty => word(Word::Hasty).to_owned(),
        Notice::TooSmall => "窗口太小,无法确认,请放大".to_owned(),
        Notice::PasteIgnored => "粘贴的内容已忽略:这里不是输入框。".to_owned(),
        Notice::Held { action: done, target } => {
            format!("{} {} 待发,按 {} 撤消", action(*done), voice.case(target), voice.key(Command::TakeBack))
        }
        Notice::TakenBack { target } => format!("已撤消 {},没有发出。", voice.case(target)),
        Notice::AllTakenBack { count } => format!("已撤消 {count} 项,都没有发出。"),
        Notice::NothingToTakeBack => "没有可撤消的操作。".to_owned(),
        Notice::Accepted { action: done, target, .. } => format!("已{} {}", action(*done), voice.case(target)),
        Notice::Refused { action: done, target, failure } => {
            format!("{} {} 未生效:{}", action(*done), voice.case(target), voice.failure(failure))
        }
        Notice::NotSent { action: done, target, failure } => {
            format!("{} {} 没有发出,文字已保留:{}", action(*done), voice.case(target), voice.failure(failure))
        }
        Notice::Unknown { action: done, target, failure } => format!(
            "{} {} 已发出但没有收到应答,正在核实,请不要重复操作:{}",
            action(*done),
            voice.case(target),
            voice.failure(failure)
        ),
        Notice::FoundApplied { action: done, target, evidence } => {
            format!("已核实:{} {} 已生效{}", action(*done), voice.case(target), voice.because(evidence))
        }
        Notice::FoundNotApplied { action: done, target, evidence } => format!(
            "已核实:{} {} 没有生效{}。可以重新操作,文字已保留",
            action(*done),
            voice.case(target),
            voice.because(evidence)
        ),
        Notice::FoundOvertaken { action: done, target, evidence } => format!(
            "已核实:{} {} 没有采用,任务已另行结束{}。文字已保留",
            action(*done),
            voice.case(target),
            voice.because(evidence)
        ),
        Notice::Changed { action: done, target, before, now } => format!(
            "{} {} 没有发出:{}。按 {} 看变化,再次操作即以新内容为准,文字已保留",
            action(*done),
            voice.case(target),
            voice.change(before.as_ref(), now).unwrap_or_else(|| "你看过之后单据有变化".to_owned()),
            voice.key(Command::Difference)
        ),
        Notice::CaseChanged { before, now } => format!(
            "{}。按 {} 看变化",
            voice.change(Some(before), now).unwrap_or_else(|| "单据有变化".to_owned()),
            voice.key(Command::Difference)
        ),
        Notice::ChangedUnderReview => "单据刚刚有变化,请看过上面的变化后再确认。".to_owned(),
        Notice::Slept { action: done, target } => format!(
            "{} {} 没有发出:待发期间电脑休眠、改过时间,或程序挂起过。请再看一眼后重新操作,文字已保留",
            action(*done),
            voice.case(target)
        ),
        Notice::CaseEnded { target, status: ProcessStatus::InProgress } => {
            format!("{} 的任务已取消或转走,你的操作没有采用,文字已保留", voice.case(target))
        }
        Notice::CaseEnded { target, status } => {
            format!("{} 的流程{},你的操作没有采用,文字已保留", voice.case(target), process_status(*status))
        }
        Notice::StillUnknown { action: done, target, evidence } => format!(
            "{} {} 的结果仍无法核实{}。按 {} 再核实一次,或按 {} 打开链接查看",
            action(*done),
            voice.case(target),
            voice.because(evidence),
            voice.key(Command::Refresh),
            voice.key(Command::Links)
        ),
        Notice::SomeoneWasFaster { target, who, at, status, opinion } => {
            let who = voice.text(who);
            let who = if who.is_empty() { word(Word::System).into() } else { who };
            let opinion = if opinion.is_empty() { String::new() } else { format!(",意见「{}」", opinion.line()) };
            let result = done_status(*status);
            let at = at.map(|at| format!("于 {} ", voice.moment(at))).unwrap_or_default();
            format!("{} 已由 {who} {at}处理:{result}{opinion}。你的操作没有采用,文字已保留", voice.case(target))
        }
        Notice::Refreshed { arrived: 0, gone: 0 } => "已刷新,没有变化".to_owned(),
        Notice::Refreshed { arrived, gone } => format!("已刷新:新增 {arrived},减少 {gone}"),
        Notice::FaultsInForce(faults) if faults.is_empty() => "没有故障在生效。".to_owned(),
        Notice::FaultsInForce(faults) => format!("生效的故障:{}", faults.join(" ")),
        Notice::FaultNotSet(problem) => fault_problem(problem),
        Notice::Copied => "已复制。若粘贴不出,请检查终端或 tmux 的 set-clipboard 设置".to_owned(),
        Notice::NothingToCopy => "这里没有可复制的值。".to_owned(),
        Notice::Saved(path) => format!("已保存到 {}", CleanText::new(&path.to_string_lossy()).line()),
        Notice::NoMatch => "没有找到。".to_owned(),
        Notice::DecisionsWait { seconds } => format!("平台限流,待发的操作 {seconds} 秒后自动发出"),
        Notice::DiscardedOnLeaving { action: done, target } => {
            format!("{} {} 没有发出,已随退出丢弃", action(*done), voice.case(target))
        }
        Notice::JournalLost(failure) => format!("{}这次运行不能再审批。", voice.failure(failure)),
        Notice::JournalUnreadable { lines } => {
            format!("操作记录中有 {lines} 行读不出,已另存到记录目录中的 unreadable 文件")
        }
        Notice::Reconciled => "都有结果了,可以继续处理待办。".to_owned(),
        Notice::NothingToReconcile => "没有需要核对的操作。".to_owned(),
        Notice::SecondInstance(holder) => {
            format!("{} 正在使用这个待办,本窗口只读。退出那一个再打开即可审批。", voice.holder(holder))
        }
    }
}

pub(super) fn fault_problem(problem: &FaultProblem) -> String {
    let asked = |written: &str, meant: Option<&str>, known: &[&str]| match meant {
        Some(meant) => format!("「{}」,是否想写 {meant}?", CleanText::new(written).line()),
        None => format!("「{}」。已知:{}", CleanText::new(written).line(), known.join(" ")),
    };
    match problem {
        FaultProblem::Name { written, meant, known } => format!("没有这种故障{}", asked(written, *meant, known)),
        FaultProblem::Target { written, meant, known } => format!("没有这个接口{}", asked(written, *meant, known)),
        FaultProblem::Count(written) => {
            format!("次数「{}」无效:须为正整数,或 *(直到清除)", CleanText::new(written).line())
        }
        FaultProblem::Argument(written) => format!("这种故障不接受参数「{}」", CleanText::new(written).line()),
    }
}
