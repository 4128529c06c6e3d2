//! How a task reads as a row of the list.

use std::borrow::Cow;

use super::{Word, en, kind_of, short_id, short_kind, zh};
use crate::app::order::RowWords;
use crate::domain::{I18n, Lang, Names, Process, RowProjection, TaskKey};

/// In place of a name that the platform did not give.
const NOBODY: &str = "—";

/// 中文, English.
type BothLanguages = (&'static str, &'static str);

/// Names of business types whose short form is no part of them: `(中文, English)` whole, then short.
const SHORT_NAMES: [(BothLanguages, BothLanguages); 19] = [
    (("离职补偿金申请", "Severance request"), ("补偿金", "Severance")),
    (("试用期转正", "Probation completion"), ("转正", "Probation")),
    (("组织架构调整", "Reorganization"), ("架构调整", "Reorg")),
    (("猎头服务费审批", "Headhunter fee"), ("猎头费", "Headhunter")),
    (("离职手续办理", "Offboarding handover"), ("离职手续", "Offboarding")),
    (("申请虚线团队权限", "Dotted-line team access"), ("虚线权限", "Team access")),
    (("回流人员确认", "Returning hire confirmation"), ("回流确认", "Rehire")),
    (("申请信息变更", "Personal data change"), ("信息变更", "Data change")),
    (("编制规划调整审批", "Headcount plan adjustment"), ("编制调整", "Headcount")),
    (("Offer 薪酬审批", "Offer salary"), ("薪酬", "Offer pay")),
    (("Offer 及薪酬合并审批", "Offer and salary"), ("Offer", "Offer")),
    (("调薪", "Salary adjustment"), ("调薪", "Salary")),
    (("批量调薪（新）", "Batch salary adjustment (new)"), ("批量调薪", "Batch pay")),
    (("职位广告内容审批", "Job ad content"), ("广告内容", "Ad content")),
    (("职位广告渠道审批", "Job ad channel"), ("广告渠道", "Ad channel")),
    (("出差申请", "Business trip"), ("出差", "Trip")),
    (("合同续约", "Contract renewal"), ("合同续约", "Renewal")),
    (("补卡申请", "Missed punch correction"), ("补卡", "Punch")),
    (("客户驻场申请", "On-site assignment"), ("客户驻场", "On-site")),
];
/// Words that every request could have in its name.
const COMMON_WORDS: [&str; 2] = ["申请", "审批"];
const COMMON_ENDINGS: [&str; 3] = [" request", " application", " approval"];

/// The name of a business type in a few cells, by its meaning where that is known.
fn short_name(lang: Lang, kind: &I18n) -> Cow<'_, str> {
    let known = |((zh, en), _): &&((&str, &str), _)| *zh == kind.zh.as_str() || *en == kind.en.as_str();
    let whole = kind.get(lang).line();
    match (SHORT_NAMES.iter().find(known), lang) {
        (Some((_, (short, _))), Lang::Zh) | (Some((_, (_, short))), Lang::En) => return (*short).into(),
        (None, Lang::Zh) => {
            let short = COMMON_WORDS
                .iter()
                .fold(whole.as_ref(), |name, word| name.trim_start_matches(word).trim_end_matches(word).trim());
            if !short.is_empty() {
                return short.to_owned().into();
            }
        }
        (None, Lang::En) => {
            let lower = whole.to_lowercase();
            let ending = COMMON_ENDINGS.iter().find(|ending| lower.ends_with(**ending));
            let end = ending.map(|ending| lower.len() - ending.len()).filter(|end| *end > 0);
            if let Some(short) = end.and_then(|end| whole.get(..end)) {
                return short.to_owned().into();
            }
        }
    }
    whole
}

/// The words of a row.
#[must_use]
pub fn words(lang: Lang, names: &Names, row: &RowProjection, key: &TaskKey) -> RowWords {
    let line = |text: &I18n| text.get(lang).line().into_owned();
    let short = if row.kind.is_empty() { short_id(key.process.as_str()).into() } else { short_name(lang, &row.kind) };
    let short_kind = short_kind(lang, &short, row.properties).into_owned();
    let kind =
        if row.kind.is_empty() { short_kind.clone() } else { kind_of(lang, &row.kind, row.properties).into_owned() };
    let initiator = names.initiator_of(row.initiator_id.as_ref(), &row.initiator_name);
    RowWords {
        kind,
        short_kind,
        initiator: named(lang, &initiator, row.by_system),
        summary: line(&row.summary),
        node: line(&row.node_name),
    }
}

/// The initiator of a process, by the best known name.
#[must_use]
pub fn initiator(lang: Lang, names: &Names, process: &Process) -> String {
    named(lang, &names.initiator(process), process.by_system)
}

fn named(lang: Lang, name: &I18n, by_system: bool) -> String {
    match (name.is_empty(), by_system) {
        (false, _) => name.get(lang).line().into_owned(),
        (true, true) => match lang {
            Lang::Zh => zh::word(Word::System).to_owned(),
            Lang::En => en::word(Word::System).to_owned(),
        },
        (true, false) => NOBODY.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::short_name;
    use crate::domain::{I18n, Lang};

    #[test]
    fn short_names_keep_what_tells_types_apart() {
        for (zh, en, short_zh, short_en) in [
            ("休假申请", "Leave", "休假", "Leave"),
            ("补卡申请", "Missed punch correction", "补卡", "Punch"),
            ("设备领用申请", "Equipment request", "设备领用", "Equipment"),
            ("Offer 审批", "Offer", "Offer", "Offer"),
            ("申请", "Request", "申请", "Request"),
            ("调薪", "Salary adjustment", "调薪", "Salary"),
            ("年会节目审批", "Gala show approval", "年会节目", "Gala show"),
        ] {
            let kind = I18n { zh: zh.into(), en: en.into() };
            assert_eq!(short_name(Lang::Zh, &kind), short_zh);
            assert_eq!(short_name(Lang::En, &kind), short_en);
        }
    }
}
