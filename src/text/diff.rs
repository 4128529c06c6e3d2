//! Words for the differences between two readings of a request.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::{Localizer, Sentence, Word, bracketed, number, short_id, when};
use crate::app::Tab;
use crate::domain::diff::{CommentPart, DiffPlace, Item, Sequence, TaskHolder, TaskPart, ValueStep};
use crate::domain::process::{Comment, Done, Todo};
use crate::domain::{CleanText, Difference, DocumentType, I18n, Lang, Names, Value};

/// Characters of a value that a notice repeats.
const BRIEF: usize = 20;
/// Places that are named of elements that moved.
const MOST_POSITIONS: usize = 4;
/// Between the levels of a path, and between the parts of a label.
const BELOW: &str = " › ";
const BESIDE: &str = " · ";

/// The place of a difference in words.
#[must_use]
pub fn label(localizer: &Localizer<'_>, names: &Names, place: &DiffPlace) -> String {
    let word = |word: Word| localizer.word(word).to_owned();
    match place {
        DiffPlace::Kind => word(Word::Flow),
        DiffPlace::Title => word(Word::FlowDefinition),
        DiffPlace::Initiator => word(Word::Initiator),
        DiffPlace::Status => word(Word::Status),
        DiffPlace::Properties => said(localizer, "流程属性", "Process kind"),
        DiffPlace::Abstract(name) if name.is_empty() => localizer.tab(Tab::Summary).to_owned(),
        DiffPlace::Abstract(name) => localizer.text(name).into_owned(),
        DiffPlace::Form => localizer.tab(Tab::Form).to_owned(),
        DiffPlace::Value(steps) => path(localizer, steps),
        DiffPlace::Task { who, node, system, part } => task(localizer, names, who, node, *system, *part),
        DiffPlace::Comment { who, part } => {
            let of = [said(localizer, "评论", "Comment"), person(localizer, names, who)];
            joined(of.into_iter().chain(comment_part(localizer, *part)))
        }
        DiffPlace::Order(sequence) => {
            let of = match sequence {
                Sequence::Abstracts => localizer.tab(Tab::Summary).to_owned(),
                Sequence::Value(steps) if steps.is_empty() => localizer.tab(Tab::Form).to_owned(),
                Sequence::Value(steps) => path(localizer, steps),
                Sequence::OpenTasks => word(Word::ToDo),
                Sequence::FinishedTasks => said(localizer, "已办", "Done"),
                Sequence::Comments => localizer.tab(Tab::Comments).to_owned(),
            };
            joined([of, said(localizer, "顺序", "order")])
        }
        DiffPlace::Unread(path) => match localizer.lang {
            Lang::Zh => format!("无法读取的字段 {}", path.line()),
            Lang::En => format!("Unreadable field {}", path.line()),
        },
        DiffPlace::Unshown => said(localizer, "界面上未显示的内容", "Content that is not on screen"),
    }
}

/// Content at a place. `exact` tells apart two things of the same name. `None` for a value that only look-ups name, or
/// with several members: the view shows those.
#[must_use]
pub fn item(localizer: &Localizer<'_>, names: &Names, item: &Item, exact: bool) -> Option<String> {
    Some(match item {
        Item::Text(text) => filled(localizer, text.to_string()),
        Item::Both(text) if exact => format!("{} / {}", text.zh, text.en),
        Item::Both(text) => filled(localizer, text.get(localizer.lang).to_string()),
        Item::Person(who @ TaskHolder { id: Some(id), .. }) if exact => {
            format!(
                "{}{}",
                person(localizer, names, who),
                bracketed(localizer.lang, &CleanText::new(id.as_str()).line())
            )
        }
        Item::Person(who) => person(localizer, names, who),
        Item::Status(status) => localizer.process_status(*status).into_owned(),
        Item::Properties(properties) => localizer.properties(*properties).into_owned(),
        Item::Document(kind) => localizer.document_type(*kind).into_owned(),
        Item::Result(status) => localizer.done_status(*status).into_owned(),
        Item::Node { name, id } if exact => format!("{}{}", both(name), bracketed(localizer.lang, &id.line())),
        Item::Node { name, id } if name.is_empty() => id.line().into_owned(),
        Item::Node { name, .. } => localizer.text(name).into_owned(),
        Item::Time(at) if exact => format!("{}{}", localizer.moment(*at), bracketed(localizer.lang, &at.0.to_string())),
        Item::Time(at) => localizer.moment(*at),
        Item::Count(count) => count.to_string(),
        Item::Value(value) => return plain(localizer, value),
        Item::Fields(count) => localizer.say(&Sentence::Fields(*count)),
        Item::Open(todo) => open(localizer, todo),
        Item::Finished(done) => finished(localizer, done),
        Item::Comment(said) => comment(localizer, said),
        Item::Positions(places) => positions(places),
    })
}

/// All differences in one line for notices: the first one and the number of others. For masked values, and for those
/// that only look-ups name, it states the place alone.
#[must_use]
pub fn summary(localizer: &Localizer<'_>, names: &Names, differences: &[Difference]) -> String {
    let Some((first, more)) = differences.split_first() else { return String::new() };
    let text = |of: &Option<Item>| glance(localizer, names, first, of.as_ref()?).map(|text| brief(&text));
    let label = label(localizer, names, &first.place);
    let (old, new) = (text(&first.old), text(&first.new));
    let values = match (&old, &new) {
        (Some(old), Some(new)) if old != new => format!(" {old} → {new}"),
        (Some(old), None) if first.new.is_none() => format!(" {old}"),
        (None, Some(new)) if first.old.is_none() => format!(" {new}"),
        _ => String::new(),
    };
    let change = ValueChange {
        came: first.old.is_none() && first.new.is_some(),
        gone: first.new.is_none() && first.old.is_some(),
        told: !values.is_empty(),
        what: format!("{label}{values}"),
        more: more.len(),
    };
    match localizer.lang {
        Lang::Zh => change.zh(),
        Lang::En => change.en(),
    }
}

/// The content of one side, where it may be seen at a glance and has words here.
fn glance(localizer: &Localizer<'_>, names: &Names, difference: &Difference, of: &Item) -> Option<String> {
    if difference.sensitive { None } else { item(localizer, names, of, false) }
}

/// Differences with two short values, as many as fit `columns` columns, and the number of the others; without such a
/// difference as [`summary`].
#[must_use]
pub fn changes(localizer: &Localizer<'_>, names: &Names, differences: &[Difference], columns: usize) -> String {
    let (mut told, mut labels) = (String::new(), Vec::<String>::new());
    let mut others = 0;
    for difference in differences {
        let side = |of: &Option<Item>| glance(localizer, names, difference, of.as_ref()?);
        let label = label(localizer, names, &difference.place);
        if labels.iter().any(|known| label.starts_with(known.as_str())) {
            // The summary and the form tell the same change.
            continue;
        }
        let said = side(&difference.old).zip(side(&difference.new)).map(|(old, new)| format!("{label} {old} → {new}"));
        let fits = |said: &String| !said.contains('\n') && told.width() + said.width() + BESIDE.width() <= columns;
        match said.filter(fits) {
            Some(said) => {
                told = joined([told, said]);
                labels.push(label);
            }
            None => others += 1,
        }
    }
    match (localizer.lang, others) {
        _ if told.is_empty() => summary(localizer, names, differences),
        (_, 0) => told,
        (Lang::Zh, others) => format!("{told} · 另有 {others} 处变更"),
        (Lang::En, 1) => format!("{told} · 1 more change"),
        (Lang::En, others) => format!("{told} · {others} more changes"),
    }
}

/// The first difference in words, and the number of the others.
struct ValueChange {
    came: bool,
    gone: bool,
    /// `what` holds the values.
    told: bool,
    what: String,
    more: usize,
}

impl ValueChange {
    fn zh(&self) -> String {
        let what = match (self.came, self.gone) {
            (true, _) => format!("新增 {}", self.what),
            (_, true) => format!("已移除 {}", self.what),
            _ => self.what.clone(),
        };
        match self.more {
            0 if self.told || self.came || self.gone => what,
            0 => format!("{what} 有变更"),
            more => format!("{what} 等 {} 处变更", more + 1),
        }
    }

    fn en(&self) -> String {
        let what = match (self.came, self.gone) {
            (true, _) => format!("New: {}", self.what),
            (_, true) => format!("Removed: {}", self.what),
            _ if self.told => self.what.clone(),
            _ => format!("{} changed", self.what),
        };
        match self.more {
            0 => what,
            1 => format!("{what}, and 1 more change"),
            more => format!("{what}, and {more} more changes"),
        }
    }
}

/// Remark beside two different things that look alike.
#[must_use]
pub fn alike(localizer: &Localizer<'_>) -> String {
    said(localizer, "（显示相同，实际不同）", "(looks the same but differs)")
}

fn said(localizer: &Localizer<'_>, zh: &str, en: &str) -> String {
    match localizer.lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
    .to_owned()
}

fn joined(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(BESIDE)
}

fn filled(localizer: &Localizer<'_>, text: String) -> String {
    if text.is_empty() { localizer.word(Word::EmptyValue).to_owned() } else { text }
}

fn both(text: &I18n) -> String {
    format!("{} / {}", text.zh.line(), text.en.line())
}

fn path(localizer: &Localizer<'_>, steps: &[ValueStep]) -> String {
    let words = steps.iter().map(|step| match step {
        ValueStep::Field { label, api_name } if label.is_empty() => api_name.line().into_owned(),
        ValueStep::Field { label, .. } => localizer.text(label).into_owned(),
        ValueStep::Entry(at) => format!("#{at}"),
        ValueStep::FormerEntry(at) => match localizer.lang {
            Lang::Zh => format!("原 #{at}"),
            Lang::En => format!("former #{at}"),
        },
    });
    words.collect::<Vec<_>>().join(BELOW)
}

/// A person by the name in the answer, else that of look-ups, else the id.
fn person(localizer: &Localizer<'_>, names: &Names, who: &TaskHolder) -> String {
    let known = || who.id.as_ref().and_then(|id| names.of_person(id));
    match (&who.id, Some(&who.name).filter(|name| !name.is_empty()).or_else(known)) {
        (_, Some(name)) => localizer.text(name).into_owned(),
        (Some(id), None) => short_id(id.as_str()),
        (None, None) => localizer.word(Word::System).to_owned(),
    }
}

/// Person, node, part, without the one in question.
fn task(
    localizer: &Localizer<'_>,
    names: &Names,
    who: &TaskHolder,
    node: &I18n,
    system: bool,
    part: TaskPart,
) -> String {
    let word = |word: Word| Some(localizer.word(word).to_owned());
    let whose = (part != TaskPart::Operator).then(|| person(localizer, names, who));
    let node = (part != TaskPart::Node).then(|| localizer.text(node).into_owned());
    let part = match part {
        TaskPart::Whole => None,
        TaskPart::Document => Some(said(localizer, "任务类型", "document")),
        TaskPart::Operator => Some(said(localizer, "审批人", "approver")),
        TaskPart::Node => word(Word::Node),
        TaskPart::Status => Some(said(localizer, "结果", "result")),
        TaskPart::Time => Some(said(localizer, "处理时间", "time")),
        TaskPart::Opinion => word(Word::OpinionTitle),
    };
    let system = if system && who.id.is_some() { word(Word::System) } else { None };
    joined([system, whose, node, part].into_iter().flatten())
}

fn comment_part(localizer: &Localizer<'_>, part: CommentPart) -> Option<String> {
    Some(match part {
        CommentPart::Whole | CommentPart::Message => return None,
        CommentPart::Author => said(localizer, "评论人", "author"),
        CommentPart::Time => said(localizer, "时间", "time"),
        CommentPart::Files => said(localizer, "附件", "files"),
        CommentPart::Images => said(localizer, "图片", "images"),
    })
}

fn open(localizer: &Localizer<'_>, todo: &Todo) -> String {
    let kind = (todo.kind != DocumentType::Approval).then(|| localizer.document_type(todo.kind).into_owned());
    joined([Some(localizer.word(Word::ToDo).to_owned()), kind].into_iter().flatten())
}

fn finished(localizer: &Localizer<'_>, done: &Done) -> String {
    let mut text = localizer.done_status(done.status).into_owned();
    if let Some(at) = done.complete_time {
        text = format!("{text} {}", localizer.moment(at));
    }
    match (localizer.lang, &done.approval_opinion) {
        (_, opinion) if opinion.is_empty() => text,
        (Lang::Zh, opinion) => format!("{text}「{opinion}」"),
        (Lang::En, opinion) => format!("{text} \"{opinion}\""),
    }
}

fn comment(localizer: &Localizer<'_>, comment: &Comment) -> String {
    let time = comment.time.map(|at| localizer.moment(at));
    let (files, images) = (comment.file_count, comment.image_count);
    let company = (files > 0 || images > 0)
        .then(|| bracketed(localizer.lang, &localizer.say(&Sentence::Attachments { files, images })).trim().to_owned());
    let parts = [time, Some(comment.message.to_string()), company].into_iter().flatten();
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn positions(places: &[usize]) -> String {
    let mut text = places.iter().take(MOST_POSITIONS).map(|at| format!("#{at}")).collect::<Vec<_>>().join(" ");
    if places.len() > MOST_POSITIONS {
        text.push_str(" …");
    }
    text
}

/// A value that needs no look-up, in words.
fn plain(localizer: &Localizer<'_>, value: &Value) -> Option<String> {
    Some(match value {
        Value::Empty => localizer.word(Word::EmptyValue).to_owned(),
        Value::Number(digits) => number::group(digits.as_str()),
        Value::Text(text) => filled(localizer, text.to_string()),
        Value::Bool(flag) => localizer.word(if *flag { Word::Yes } else { Word::No }).to_owned(),
        Value::Enum { label, .. } if !label.is_empty() => localizer.text(label).into_owned(),
        Value::Date(days) => when::date(*days, localizer.lang)?,
        Value::DateTime { at, .. } => when::full(*at, localizer.zone, localizer.lang),
        Value::I18n(text) => filled(localizer, text.get(localizer.lang).to_string()),
        Value::File(file) => file.name.line().into_owned(),
        _ => return None,
    })
}

/// The start of a text, on one line.
fn brief(text: &str) -> String {
    let text = text.replace('\n', " ");
    let mut graphemes = text.graphemes(true);
    let kept: String = graphemes.by_ref().take(BRIEF).collect();
    if graphemes.next().is_some() { format!("{kept}…") } else { kept }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::summary;
    use crate::app::Layer;
    use crate::domain::diff::{DiffPlace, Item, ValueStep};
    use crate::domain::{Difference, I18n, Lang, Millis, Names, PersonId, Value};
    use crate::keys::Keymap;
    use crate::text::Localizer;

    fn days(old: Value, new: Value) -> Difference {
        let label = I18n { zh: "天数".into(), en: "Days".into() };
        let place = DiffPlace::Value(vec![ValueStep::Field { label, api_name: "days".into() }]);
        Difference { place, old: Some(Item::Value(old)), new: Some(Item::Value(new)), sensitive: false }
    }

    fn number(digits: &str) -> Value {
        Value::Number(digits.into())
    }

    fn said(lang: Lang, differences: &[Difference]) -> String {
        let keymap = Keymap::standard();
        let localizer = Localizer {
            lang,
            keymap: &keymap,
            zone: &TimeZone::UTC,
            now: Millis(0),
            layers: Layer::LIST,
            simulated: false,
        };
        summary(&localizer, &Names::default(), differences)
    }

    #[test]
    fn a_notice_names_the_first_difference_and_counts_the_others() {
        let change = days(number("3"), number("15000.50"));
        assert_eq!(said(Lang::Zh, std::slice::from_ref(&change)), "天数 3 → 15,000.50");
        assert_eq!(said(Lang::Zh, &[change.clone(), change.clone()]), "天数 3 → 15,000.50 等 2 处变更");
        let all = [change.clone(), change.clone(), change.clone()];
        assert_eq!(said(Lang::En, all.get(..2).unwrap_or_default()), "Days 3 → 15,000.50, and 1 more change");
        assert_eq!(said(Lang::En, &all), "Days 3 → 15,000.50, and 2 more changes");
        assert_eq!(said(Lang::Zh, &[]), "");
    }

    #[test]
    fn a_notice_tells_no_value_of_a_case_that_wants_care() {
        let secret = Difference { sensitive: true, ..days(number("18000"), number("21000")) };
        assert_eq!(said(Lang::Zh, std::slice::from_ref(&secret)), "天数 有变更");
        assert_eq!(said(Lang::En, std::slice::from_ref(&secret)), "Days changed");
        assert_eq!(said(Lang::Zh, &[secret.clone(), secret.clone()]), "天数 等 2 处变更");
        let came = Difference { old: None, ..secret };
        assert_eq!(said(Lang::Zh, std::slice::from_ref(&came)), "新增 天数");
        assert_eq!(said(Lang::En, &[came.clone(), came]), "New: Days, and 1 more change");
    }

    #[test]
    fn a_notice_says_that_unshown_content_changed() {
        let hidden = Difference { place: DiffPlace::Unshown, old: None, new: None, sensitive: false };
        assert_eq!(said(Lang::Zh, std::slice::from_ref(&hidden)), "界面上未显示的内容 有变更");
        assert_eq!(said(Lang::En, &[hidden]), "Content that is not on screen changed");
    }

    #[test]
    fn a_notice_says_what_came_and_what_is_gone() {
        let change = days(number("3"), number("5"));
        let (came, gone) = (Difference { old: None, ..change.clone() }, Difference { new: None, ..change });
        assert_eq!(said(Lang::Zh, std::slice::from_ref(&came)), "新增 天数 5");
        assert_eq!(said(Lang::Zh, std::slice::from_ref(&gone)), "已移除 天数 3");
        assert_eq!(said(Lang::En, &[came]), "New: Days 5");
        assert_eq!(said(Lang::En, &[gone]), "Removed: Days 3");
    }

    #[test]
    fn what_only_look_ups_name_or_looks_the_same_is_said_to_have_changed() {
        let person = |id: &str| Value::User(PersonId::new(id));
        assert_eq!(said(Lang::Zh, &[days(person("ou_1"), person("ou_2"))]), "天数 有变更");
        let long = |end: &str| Value::Text(format!("{}{end}", "字".repeat(30)).as_str().into());
        assert_eq!(said(Lang::En, &[days(long("一"), long("二"))]), "Days changed");
    }
}
