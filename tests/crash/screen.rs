//! Statements of the screen about decisions, compared with the platform's record at that moment.

use super::reconcile::words_in;

/// In the place of a history without decisions.
const NO_HISTORY: &str = "暂无记录";

/// Stated outcome of one decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Applied,
    /// Not sent, refused, taken back, or found not to have been applied.
    NotApplied,
    Unknown,
}

/// Where it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Issues,
    History,
    Notice,
}

/// Decisions with the same words, on one screen.
#[derive(Clone, Debug)]
pub struct Rendered {
    pub place: Place,
    pub words: String,
    /// One for each decision.
    pub outcomes: Vec<Outcome>,
    pub text: String,
    /// Writes with these words in the platform's record, when the screen was read.
    pub written: usize,
}

impl Rendered {
    pub fn count(&self, outcome: Outcome) -> usize {
        self.outcomes.iter().filter(|said| **said == outcome).count()
    }
}

/// Phrases of the program for outcomes that are not known, or not yet, then for those that are known. The first that is found counts.
const PHRASES: [(&str, Outcome); 13] = [
    ("正在核实", Outcome::Unknown),
    ("可能已", Outcome::Unknown),
    ("结果未知", Outcome::Unknown),
    ("结果仍未知", Outcome::Unknown),
    ("未收到响应", Outcome::Unknown),
    ("未说明结果", Outcome::Unknown),
    ("无响应记录", Outcome::Unknown),
    ("正在发送", Outcome::Unknown),
    ("待发送", Outcome::Unknown),
    ("已生效", Outcome::Applied),
    ("未生效", Outcome::NotApplied),
    ("未发送", Outcome::NotApplied),
    ("已收回", Outcome::NotApplied),
];

/// The outcome that a sentence states; `None` if it states none.
fn outcome(sentence: &str) -> Option<Outcome> {
    // An event while it was held is not a doubt.
    let sentence = sentence.replace("等待期间", "");
    let found = PHRASES.iter().filter_map(|(phrase, outcome)| Some((sentence.find(phrase)?, *outcome)));
    // A doubt counts at any place of the sentence.
    let doubt = found.clone().find(|(_, outcome)| *outcome == Outcome::Unknown);
    let said = doubt.or_else(|| found.min_by_key(|(at, _)| *at)).map(|(_, outcome)| outcome);
    // The word alone states the pressed key, not the outcome.
    said.or_else(|| sentence.contains("已丢弃").then_some(Outcome::Unknown))
}

/// Reads a list of decisions, each with its words in 「」 and its outcome after them. `Err` is one that cannot be read.
/// `written` counts the writes with some words in the platform's record.
pub fn read_list(place: Place, text: &str, written: impl Fn(&str) -> usize) -> Result<Vec<Rendered>, String> {
    let mut said: Vec<Rendered> = Vec::new();
    let items = items(place, text);
    for (at, item) in items.iter().enumerate() {
        // A decision without words of its own yet, or the end of the screen.
        let (Some((words, tail)), last) = (words_and_rest(item), at + 1 == items.len()) else { continue };
        let Some(outcome) = outcome(tail) else {
            if last {
                continue;
            }
            return Err(format!("the outcome cannot be read: {item}"));
        };
        if let Some(one) = said.iter_mut().find(|one| one.words == words) {
            one.outcomes.push(outcome);
            one.text = format!("{}\n{item}", one.text);
        } else {
            let written = written(&words);
            said.push(Rendered { place, written, outcomes: vec![outcome], text: item.clone(), words });
        }
    }
    Ok(said)
}

/// The history on screen has as many decisions as its heading counts, and the outcome of the last one.
pub fn is_whole_history(text: &str) -> bool {
    let Some(counted) = text.lines().find_map(history_count) else { return text.contains(NO_HISTORY) };
    let items = items(Place::History, text);
    let last = items.last().map(|item| words_and_rest(item).map_or(item.as_str(), |(_, tail)| tail));
    items.len() == counted && last.is_none_or(|tail| outcome(tail).is_some())
}

/// The count in the heading of the history.
fn history_count(row: &str) -> Option<usize> {
    let row = row.trim();
    let (count, _) = row.strip_prefix("最近 ").unwrap_or(row).split_once(" 项")?;
    count.parse().ok()
}

/// The words of a decision and the rest of its line. 「」 may also stand in the summary before them and in the evidence
/// after them.
fn words_and_rest(item: &str) -> Option<(String, &str)> {
    item.match_indices('」').find_map(|(end, bracket)| {
        let begin = item[..end].rfind('「')?;
        Some((words_in(&item[begin..end])?, &item[end + bracket.len()..]))
    })
}

/// The decisions of a list, the rows of each joined.
fn items(place: Place, text: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for row in text.lines() {
        if begins(place, row) {
            items.push(row.trim().to_owned());
        } else if let Some(item) = items.last_mut()
            && row.starts_with("     ")
        {
            item.push_str(row.trim());
        }
    }
    items
}

/// In the list of issues a decision begins with the cursor or two blanks, and a flag; in the history with a date.
fn begins(place: Place, row: &str) -> bool {
    if place == Place::History {
        return row.get(1..4).is_some_and(|day| day.as_bytes()[2] == b'-' && row.starts_with(' '));
    }
    let mut characters = row.chars();
    let marker = (characters.next(), characters.next());
    matches!(marker, (Some('▸' | ' '), Some(' '))) && characters.next().is_some_and(|flag| flag != ' ')
}

/// The notice's statement about one of these decisions, given by the sentences of their reviews. `None` when it fits
/// several of them, or states no outcome.
pub fn read_notice(text: &str, reviews: &[(String, String)], written: impl Fn(&str) -> usize) -> Option<Rendered> {
    /// Verb, person and kind at least.
    const ENOUGH: usize = 9;
    let mut rows: Vec<&str> = text.lines().map(str::trim).filter(|row| !row.is_empty()).collect();
    rows.pop();
    let notice = rows.pop()?;
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<Vec<_>>();
    let said = ["已核实，", "待发送：", "正在发送："].iter().find_map(|before| notice.strip_prefix(before));
    let done = if said.is_none() { notice.strip_prefix('已') } else { None };
    let about = bare(said.or(done).unwrap_or(notice));
    // Rows of the case may stand above a short sentence.
    let alike = |sentence: &str| {
        let sentence = bare(sentence);
        let from = |at: usize| sentence[at..].iter().zip(&about).take_while(|(one, other)| one == other).count();
        (0..sentence.len()).map(from).max().unwrap_or_default()
    };
    let mut of = reviews.iter().filter(|(_, sentence)| alike(sentence) >= ENOUGH);
    let ((words, _), None) = (of.next()?, of.next()) else { return None };
    let outcome = if done.is_some() { Outcome::Applied } else { outcome(notice)? };
    Some(Rendered {
        place: Place::Notice,
        words: words.clone(),
        outcomes: vec![outcome],
        text: notice.to_owned(),
        written: written(words),
    })
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Place, is_whole_history, outcome, read_list, read_notice};

    #[test]
    fn every_sentence_of_an_outcome_is_read() {
        for (sentence, wanted) in [
            ("已生效 · 日志 ID 2026112819474", Outcome::Applied),
            ("11:52:51 已生效（已核实） · 你的任务：已拒绝 11-28 11:52", Outcome::Applied),
            ("可能已发送，无响应记录；正在核实…", Outcome::Unknown),
            ("已丢弃，结果未知", Outcome::Unknown),
            ("已丢弃。", Outcome::Unknown),
            ("待发送", Outcome::Unknown),
            ("未发送：等待期间电脑休眠、时钟被修改或程序被挂起。", Outcome::NotApplied),
            ("未发送。", Outcome::NotApplied),
            ("已丢弃，未发送", Outcome::NotApplied),
            ("未生效（1161001）", Outcome::NotApplied),
            ("未生效（HTTP 404）", Outcome::NotApplied),
        ] {
            assert_eq!(outcome(sentence), Some(wanted), "{sentence}");
        }
        assert_eq!(outcome("日志 ID 20261128"), None);
    }

    #[test]
    fn decisions_of_both_lists_are_found_with_their_outcomes() {
        let issues = "审批 王芳\n─ 上次遗留的操作 ─ 1 项待处理 ─\n 上次运行异常结束\n▸ ✓  拒绝 刘强 的 「年度」调薪\n     \
                      「w1e」\n     11:47 已生效 · 你的任务：已拒绝，「w1e」\n  -  同意 陈晨发起的离职 「w2e」\n     未发送。\n s 重新提交";
        let read = |place, text| {
            let said = read_list(place, text, |_| 0).unwrap();
            said.into_iter().map(|said| (said.words, said.outcomes)).collect::<Vec<_>>()
        };
        let (applied, not) = (vec![Outcome::Applied], vec![Outcome::NotApplied]);
        assert_eq!(read(Place::Issues, issues), [("w1e".into(), applied), ("w2e".into(), not.clone())]);
        let history = " 3 项\n 11-28 11:47  拒绝 刘强发起的调薪 「w3e」\n              未发送\n 11-28 11:46  拒绝 刘强发起的调薪 「w3e」\n              未发送\n";
        assert_eq!(read(Place::History, history), [("w3e".into(), [not.clone(), not].concat())]);
        let strange =
            " 11-28 11:47  同意 「w1e」\n              随便\n 11-28 11:46  同意 「w2e」\n              已生效\n";
        assert!(read_list(Place::History, strange, |_| 0).is_err());
    }

    #[test]
    fn a_history_is_whole_with_its_last_outcome_and_not_before() {
        for heading in ["3 项", "最近 3 项；全部记录：shenpi journal"] {
            let history = format!(
                "─ 操作记录 ─\n {heading}\n 11-28 11:47  拒绝 刘强发起的调薪 「w3e」\n              未发送\n 11-28 11:46  \
                 同意 王芳发起的离职\n              「w2e」\n              已生效\n 11-28 11:45  同意 「w1e」\n              已生效\n"
            );
            assert!(is_whole_history(&history));
            let end = history.rfind("已生效").unwrap();
            let pieces = history.char_indices().map(|(at, _)| at).filter(|at| *at <= end);
            for at in pieces {
                assert!(!is_whole_history(&history[..at]), "{}", &history[..at]);
            }
        }
    }

    #[test]
    fn a_notice_is_of_the_one_decision_that_it_can_be_about() {
        let reviews = |sentences: &[&str]| -> Vec<(String, String)> {
            sentences.iter().enumerate().map(|(at, one)| (format!("w{at}e"), (*one).to_owned())).collect()
        };
        let both = reviews(&["同意 张伟发起的休假申请：婚假", "拒绝 刘强发起的调薪：周杰"]);
        let read = |notice: &str, reviews: &[(String, String)]| {
            let said = read_notice(&format!("审批\n {notice}\n Enter 打开\n"), reviews, |_| 0);
            said.map(|said| (said.words, said.outcomes[0]))
        };
        assert_eq!(read("已拒绝 刘强发起的调薪", &both), Some(("w1e".into(), Outcome::Applied)));
        assert_eq!(read("同意 张伟发起的休假申请 未生效。无权限", &both), Some(("w0e".into(), Outcome::NotApplied)));
        assert_eq!(read("已核实，拒绝 刘强发起的调薪 未生效", &both), Some(("w1e".into(), Outcome::NotApplied)));
        assert_eq!(read("已收回：刘强发起的调薪（未发送）", &both), None);
        let alike = reviews(&["同意 张伟发起的休假申请：婚假", "同意 张伟发起的休假申请：年假"]);
        assert_eq!(read("已同意 张伟发起的休假申请", &alike), None, "either of two");
    }
}
