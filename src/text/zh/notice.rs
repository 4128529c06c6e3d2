//! Notices in Chinese.

use super::{action, done_status, fault_problem, joined, process_status, word};
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
        Notice::Unavailable { reason, .. } => localizer.reason(*reason),
        Notice::TooHasty => word(Word::Hasty).to_owned(),
        Notice::TooSmall => "窗口太小，请放大后再确认".to_owned(),
        Notice::PasteIgnored => "已忽略粘贴：这里不能输入文字。".to_owned(),
        Notice::Unbound(key) if is_wide(key) => {
            format!("没有绑定「{}」。当前像是中文输入法，请切换到英文输入。", key.line())
        }
        Notice::Unbound(key) => {
            format!("没有绑定「{}」{}。", key.line(), localizer.with_key(Command::Help, "，按 ", " 看全部按键"))
        }
        Notice::Held { action: done, target } => {
            let undo = localizer.with_key(Command::TakeBack, "，按 ", " 收回");
            format!("待发送：{} {}{undo}", action(*done), localizer.request(target))
        }
        Notice::Sending { action: done, target } => {
            format!("正在发送：{} {}", action(*done), localizer.request(target))
        }
        Notice::TakenBack { target } => format!("已收回：{}（未发送）", localizer.request(target)),
        Notice::AllTakenBack { count } => format!("已收回 {count} 项，均未发送。"),
        Notice::NothingToTakeBack => "没有可收回的操作。".to_owned(),
        Notice::Accepted { decision, target, .. } => format!("已{}", telling.about(decision, target)),
        Notice::Refused { decision, target, failure } => {
            format!("{} 未生效。{}", telling.about(decision, target), localizer.failure(failure))
        }
        Notice::NotSent { decision, target, failure } => format!(
            "{} {}{}。{}",
            telling.about(decision, target),
            if failure.is_turned_away() { "未生效" } else { "未发送" },
            telling.kept(decision, "，"),
            localizer.failure(failure)
        ),
        Notice::Unknown { decision, target, failure } => format!(
            "{}：{}，正在核实，请勿重复操作。{}",
            telling.about(decision, target),
            word(sent(failure)),
            localizer.cause(failure)
        ),
        Notice::FoundApplied { decision, target, evidence } => {
            format!("已核实，{} 已生效{}", telling.about(decision, target), localizer.because(evidence))
        }
        Notice::FoundNotApplied { decision, target, evidence } => format!(
            "已核实，{} 未生效{}。可重新提交{}",
            telling.about(decision, target),
            localizer.because(evidence),
            telling.kept(decision, "，")
        ),
        Notice::FoundOvertaken { decision, target, evidence } => format!(
            "已核实，{} 未生效：{}{}{}",
            telling.about(decision, target),
            overtaken(Lang::Zh, evidence),
            localizer.because(evidence),
            telling.kept(decision, "。")
        ),
        Notice::Changed { decision, target, before, now } => format!(
            "{} 未发送：{}。{}重新提交即按当前内容处理{}",
            telling.about(decision, target),
            localizer.change(before.as_ref(), now).unwrap_or_else(|| "打开后单据有变更".to_owned()),
            localizer.with_key(Command::Difference, "按 ", " 查看变更；"),
            telling.kept(decision, "，")
        ),
        Notice::RequestChanged { before, now } => format!(
            "{}{}",
            localizer.change(Some(before), now).unwrap_or_else(|| "单据有变更".to_owned()),
            localizer.with_key(Command::Difference, "。按 ", " 查看变更")
        ),
        Notice::ChangedUnderReview => "单据刚有变更，请先看上方变更，再确认。".to_owned(),
        Notice::Slept { decision, target } => format!(
            "{} 未发送：等待期间电脑休眠、时钟被修改或程序被挂起。请查看后重新提交{}",
            telling.about(decision, target),
            telling.kept(decision, "，")
        ),
        Notice::RequestEnded { decision, target, status } => {
            let ended = match status {
                ProcessStatus::InProgress => "任务已取消或转交".to_owned(),
                status => format!("流程{}", process_status(*status)),
            };
            format!("{}：{ended}，你的操作未生效{}", localizer.request(target), telling.kept(decision, "，"))
        }
        Notice::StillUnknown { decision, target, evidence } => format!(
            "{}：结果仍未知{}{}{}",
            telling.about(decision, target),
            localizer.because(evidence),
            localizer.with_key(Command::Refresh, "。按 ", " 再次核实"),
            localizer.with_key(Command::Links, "，或按 ", " 打开链接查看")
        ),
        Notice::SomeoneWasFaster { decision, target, who, by_operator, at, status, opinion } => {
            let who = localizer.text(who);
            let who = match who {
                _ if *by_operator => "你（在别处，或之前的提交）".into(),
                who if who.is_empty() => word(Word::System).into(),
                who => who,
            };
            let opinion = if opinion.is_empty() {
                String::new()
            } else {
                format!("，「{}」", crate::text::localizer::quoted(target, opinion))
            };
            let result = done_status(*status);
            let at = at.map(|at| format!("于 {} ", localizer.moment(at))).unwrap_or_default();
            let kept = telling.kept(decision, "，");
            {
                let handled = joined(["已由", &who, &at, "处理"]);
                format!("{}：{handled}（{result}{opinion}），你的操作未生效{kept}", localizer.request(target))
            }
        }
        Notice::Refreshed { arrived: 0, gone: 0, missed: 0 } => "已刷新，无变化".to_owned(),
        Notice::Refreshed { arrived, gone, missed: 0 } => format!("已刷新：新增 {arrived} 项，减少 {gone} 项"),
        Notice::Refreshed { arrived, gone, missed } => {
            format!("已刷新：新增 {arrived} 项，减少 {gone} 项；另有 {missed} 项缺失，正在核实")
        }
        Notice::ListIncomplete(gap) => localizer.say(&Sentence::ListIncomplete(*gap)),
        Notice::FaultsInForce(faults) if faults.is_empty() => "没有模拟故障".to_owned(),
        Notice::FaultsInForce(faults) => format!("模拟故障：{}", faults.join(" ")),
        Notice::FaultNotSet(problem) => fault_problem(problem),
        Notice::Copied => "已复制。如无法粘贴，请检查终端或 tmux 的 set-clipboard".to_owned(),
        Notice::CopyMasked => format!("先显示敏感信息{}，再复制。", localizer.with_key(Command::Reveal, "（按 ", "）")),
        Notice::NothingToCopy => "这里没有可复制的值。".to_owned(),
        Notice::Downloading(name) => format!("正在下载 {} …", name.line()),
        Notice::Saved(path) => format!("已保存到 {}", CleanText::new(&path.to_string_lossy()).line()),
        Notice::NoMatch => "未找到".to_owned(),
        Notice::DecisionsWait { failure } => {
            let why = if failure.is_answered() { "飞书限流" } else { "接近飞书限额" };
            format!("{why}，待发送的操作 {} 秒后发送", failure.seconds_to_wait())
        }
        Notice::DiscardedOnLeaving(reviewed) => {
            format!("{} 未发送，退出时已丢弃", localizer.decided(&reviewed.decision, &reviewed.target))
        }
        Notice::CacheUnused(problem) => format!("{}。", Start::NoCache { problem }.say(Lang::Zh)),
        Notice::CacheLost(problem) => {
            format!("已停止缓存：{}。审批不受影响。", cache_problem(problem, Lang::Zh))
        }
        Notice::JournalLost(failure) => format!("{}本次运行不能再审批。", localizer.failure(failure)),
        Notice::JournalUnreadable { lines } => {
            format!("操作记录有 {lines} 行无法读取，已另存为记录目录下的 unreadable 文件")
        }
        Notice::LiveTrouble(LiveTrouble::TooMany) => "应用的长连接已达上限，改为定时刷新。".to_owned(),
        Notice::LiveTrouble(LiveTrouble::Failed(failure)) => {
            format!("长连接建立失败，改为定时刷新{}。", with_words("，原因：", &failure.message))
        }
        Notice::LiveDeaf => "长连接没有送来变更，已重新建立。".to_owned(),
        Notice::Reconciled => "全部完成，可继续处理待办。".to_owned(),
        Notice::SecondInstance(holder) => {
            format!("{}正在使用这份待办列表，本窗口只读。退出该窗口后重新打开即可审批。", localizer.holder(holder))
        }
    }
}
