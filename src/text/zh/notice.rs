//! Notices in Chinese.

use super::{action, done_status, fault_problem, process_status, word};
use crate::app::{Command, Notice};
use crate::domain::{CleanText, Lang, LiveTrouble, ProcessStatus};
use crate::text::evidence::overtaken;
use crate::text::localizer::{NoticeStyle, is_wide, sent, with_words};
use crate::text::start::{Start, cache_problem};
use crate::text::{Sentence, Word};

#[expect(clippy::too_many_lines, reason = "a table: one sentence for each notice")]
pub(in crate::text) fn notice(notice: &Notice, telling: &NoticeStyle<'_>) -> String {
    let NoticeStyle { localizer, .. } = *telling;
    match notice {
        Notice::ReadFailed(failure) => localizer.failure(failure),
        Notice::Unavailable { command, reason } => {
            format!("不能{}：{}", localizer.keymap.word(*command, Lang::Zh), localizer.reason(*reason))
        }
        Notice::TooHasty => word(Word::Hasty).to_owned(),
        Notice::TooSmall => "窗口太小，无法确认，请放大".to_owned(),
        Notice::PasteIgnored => "粘贴的内容已忽略：这里不是输入框。".to_owned(),
        Notice::Unbound(key) if is_wide(key) => {
            format!("没有绑定「{}」。当前像是中文输入法，请切换到英文输入。", key.line())
        }
        Notice::Unbound(key) => {
            format!("没有绑定「{}」{}。", key.line(), localizer.with_key(Command::Help, "，按 ", " 看全部按键"))
        }
        Notice::Held { action: done, target } => {
            let take_back = localizer.with_key(Command::TakeBack, "，按 ", " 收回");
            format!("{} {} 待发送{take_back}", action(*done), localizer.case(target))
        }
        Notice::Sending { action: done, target } => format!("{} {} 正在发送…", action(*done), localizer.case(target)),
        Notice::TakenBack { target } => format!("已收回 {}，未发送。", localizer.case(target)),
        Notice::AllTakenBack { count } => format!("已收回 {count} 项，都未发送。"),
        Notice::NothingToTakeBack => "没有可收回的操作。".to_owned(),
        Notice::Accepted { decision, target, .. } => format!("已{}", telling.about(decision, target)),
        Notice::Refused { decision, target, failure } => {
            format!("{} 未生效：{}", telling.about(decision, target), localizer.failure(failure))
        }
        Notice::NotSent { decision, target, failure } => format!(
            "{} {}{}：{}",
            telling.about(decision, target),
            if failure.is_turned_away() { "没有执行" } else { "未发送" },
            telling.kept(decision, "，"),
            localizer.failure(failure)
        ),
        Notice::Unknown { decision, target, failure } => format!(
            "{} {}，正在核实，请不要重复操作：{}",
            telling.about(decision, target),
            word(sent(failure)),
            localizer.cause(failure)
        ),
        Notice::FoundApplied { decision, target, evidence } => {
            format!("已核实：{} 已生效{}", telling.about(decision, target), localizer.because(evidence))
        }
        Notice::FoundNotApplied { decision, target, evidence } => format!(
            "已核实：{} 未生效{}。可以重新操作{}",
            telling.about(decision, target),
            localizer.because(evidence),
            telling.kept(decision, "，")
        ),
        Notice::FoundOvertaken { decision, target, evidence } => format!(
            "已核实：{} 未生效，{}{}{}",
            telling.about(decision, target),
            overtaken(Lang::Zh, evidence),
            localizer.because(evidence),
            telling.kept(decision, "。")
        ),
        Notice::Changed { decision, target, before, now } => format!(
            "{} 未发送：{}。{}再次操作即以新内容为准{}",
            telling.about(decision, target),
            localizer.change(before.as_ref(), now).unwrap_or_else(|| "你看过之后单据有变更".to_owned()),
            localizer.with_key(Command::Difference, "按 ", " 看变更，"),
            telling.kept(decision, "，")
        ),
        Notice::CaseChanged { before, now } => format!(
            "{}{}",
            localizer.change(Some(before), now).unwrap_or_else(|| "单据有变更".to_owned()),
            localizer.with_key(Command::Difference, "。按 ", " 看变更")
        ),
        Notice::ChangedUnderReview => "单据刚刚有变更，请看过上面的变更后再确认。".to_owned(),
        Notice::Slept { decision, target } => format!(
            "{} 未发送：等待期间电脑休眠、改过时间，或程序挂起过。请再看一眼后重新操作{}",
            telling.about(decision, target),
            telling.kept(decision, "，")
        ),
        Notice::CaseEnded { decision, target, status } => {
            let ended = match status {
                ProcessStatus::InProgress => "任务已取消或转走".to_owned(),
                status => format!("流程{}", process_status(*status)),
            };
            format!("{} 的{ended}，你的操作未生效{}", localizer.case(target), telling.kept(decision, "，"))
        }
        Notice::StillUnknown { decision, target, evidence } => format!(
            "{} 的结果仍无法核实{}{}{}",
            telling.about(decision, target),
            localizer.because(evidence),
            localizer.with_key(Command::Refresh, "。按 ", " 再核实一次"),
            localizer.with_key(Command::Links, "，或按 ", " 打开链接查看")
        ),
        Notice::SomeoneWasFaster { decision, target, who, herself, at, status, opinion } => {
            let who = localizer.text(who);
            let who = match who {
                _ if *herself => "你本人（在别处，或之前的一次提交）".into(),
                who if who.is_empty() => word(Word::System).into(),
                who => who,
            };
            let opinion = if opinion.is_empty() {
                String::new()
            } else {
                format!("，意见「{}」", crate::text::localizer::quoted(target, opinion))
            };
            let result = done_status(*status);
            let at = at.map(|at| format!("于 {} ", localizer.moment(at))).unwrap_or_default();
            let kept = telling.kept(decision, "，");
            format!("{} 已由 {who} {at}处理：{result}{opinion}。你的操作未生效{kept}", localizer.case(target))
        }
        Notice::Refreshed { arrived: 0, gone: 0, missed: 0 } => "已刷新，没有变更".to_owned(),
        Notice::Refreshed { arrived, gone, missed: 0 } => format!("已刷新：新增 {arrived}，减少 {gone}"),
        Notice::Refreshed { arrived, gone, missed } => {
            format!("已刷新：新增 {arrived}，减少 {gone}；另有 {missed} 项不在列表中，正在核实")
        }
        Notice::ListIncomplete(gap) => localizer.say(&Sentence::ListIncomplete(*gap)),
        Notice::FaultsInForce(faults) if faults.is_empty() => "没有故障在生效。".to_owned(),
        Notice::FaultsInForce(faults) => format!("生效的故障：{}", faults.join(" ")),
        Notice::FaultNotSet(problem) => fault_problem(problem),
        Notice::Copied => "已复制。若粘贴不出，请检查终端或 tmux 的 set-clipboard 设置".to_owned(),
        Notice::CopyMasked => format!("先显示敏感信息{}，再复制。", localizer.with_key(Command::Reveal, "（按 ", "）")),
        Notice::NothingToCopy => "这里没有可复制的值。".to_owned(),
        Notice::Downloading(name) => format!("正在下载 {} …", name.line()),
        Notice::Saved(path) => format!("已保存到 {}", CleanText::new(&path.to_string_lossy()).line()),
        Notice::NoMatch => "没有找到。".to_owned(),
        Notice::DecisionsWait { failure } => {
            let why = if failure.is_answered() { "飞书限流" } else { "为不超过限额" };
            format!("{why}，待发送的操作 {} 秒后自动发送", failure.seconds_to_wait())
        }
        Notice::DiscardedOnLeaving(reviewed) => {
            format!("{} 未发送，已随退出丢弃", localizer.decided(&reviewed.decision, &reviewed.target))
        }
        Notice::CacheUnused(problem) => format!("{}。", Start::NoCache { problem }.say(Lang::Zh)),
        Notice::CacheLost(problem) => {
            format!("不再缓存已读取的内容：{}。审批不受影响。", cache_problem(problem, Lang::Zh))
        }
        Notice::JournalLost(failure) => format!("{}这次运行不能再审批。", localizer.failure(failure)),
        Notice::JournalUnreadable { lines } => {
            format!("操作记录中有 {lines} 行读不出，已另存到记录目录中的 unreadable 文件")
        }
        Notice::LiveTrouble(LiveTrouble::TooMany) => "应用的长连接已达上限，改为定时刷新。".to_owned(),
        Notice::LiveTrouble(LiveTrouble::Failed(failure)) => {
            format!("长连接建立失败，改为定时刷新{}。", with_words("，原因：", &failure.message))
        }
        Notice::LiveDeaf => "长连接没有送来变更，已重新建立。".to_owned(),
        Notice::Reconciled => "都有结果了，可以继续处理待办。".to_owned(),
        Notice::SecondInstance(holder) => {
            format!("{} 正在使用这个待办，本窗口只读。退出那一个再打开即可审批。", localizer.holder(holder))
        }
    }
}
