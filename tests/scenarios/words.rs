//! Texts about a decision: the confirming sentence, the outcome, and the last lines of all.

use std::time::Duration;

use proptest::prelude::*;
use shenpi::app::Layer;
use shenpi::domain::process::Abstract;
use shenpi::domain::{CleanText, Endpoint, Failure, FailureKind, I18n, Lang, Outcome, Person, PersonId};
use shenpi::text::Localizer;

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, both, failure, key, operator};

const HELD: Duration = Duration::from_secs(6);

fn with_summary(values: &[&str], columns: u16, rows: u16) -> Harness<Scripted> {
    let mut platform = Scripted::with_leaves(3);
    let line = |value: &&str| Abstract { name: both("项目", "Item"), value: both(value, value) };
    platform.processes.get_mut(&key(1).process).unwrap().abstracts = values.iter().map(line).collect();
    Harness::new(platform, settings(operator(), Lang::Zh), columns, rows)
}

/// Lines break anywhere in a sentence.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn the_sentence_names_every_figure_of_the_summary_whole() {
    let values = ["婚假", "2026-12-21 至 2027-01-01", "10 天"];
    for (columns, rows) in [(40, 10), (80, 24), (160, 48)] {
        let mut harness = with_summary(&values, columns, rows);
        let screen = harness.screen();
        assert!(!screen.contains(" 1…"), "no part of a figure in the list\n{screen}");
        harness.keys("a");
        let screen = harness.screen();
        assert!(squeezed(&screen).contains("休假申请：婚假2026-12-21至2027-01-0110天·节点"), "{screen}");
    }
}

#[test]
fn where_there_is_no_room_whole_values_are_left_out_and_counted() {
    let long = "因配偶在外地工作需要陪同产检并办理异地转诊手续".repeat(3);
    let values = ["婚假", &long, &long, "290000.00 元"];
    let mut harness = with_summary(&values, 40, 10);
    harness.keys("a");
    let screen = harness.screen();
    assert!(squeezed(&screen).contains("婚假（另有3项摘要）·节点"), "{screen}");
    assert!(screen.contains("y 确认"), "{screen}");
    let mut harness = with_summary(&values, 80, 24);
    harness.keys("a");
    assert!(squeezed(&harness.screen()).contains(&format!("{long}290000.00元·节点")), "{}", harness.screen());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// At any size the summary shows its beginning in whole values, and counts the rest.
    #[test]
    fn no_value_is_ever_cut(
        values in prop::collection::vec("[0-9]{1,9}\\.[0-9]{2}|[0-9]{1,3} 天|[甲乙丙丁]{1,40}", 1..9),
        columns in 40_u16..130,
        rows in 10_u16..30,
        opinion in 0_usize..300,
    ) {
        let mut harness = with_summary(&values.iter().map(String::as_str).collect::<Vec<_>>(), columns, rows);
        harness.keys("ae").write(&"阅".repeat(opinion)).keys("<ctrl-d>");
        let screen = harness.screen();
        let words = squeezed(&screen);
        let shown = (0..=values.len()).rev().find(|kept| {
            let left = values.len() - kept;
            let more = if left == 0 { String::new() } else { format!("（另有{left}项摘要）") };
            let colon = if *kept == 0 { "" } else { "：" };
            words.contains(&format!("休假申请{colon}{}{more}·节点", squeezed(&values[..*kept].concat())))
        });
        prop_assert!(shown.is_some() || words.contains("行未显示"), "{}", screen);
    }
}

/// A case of which the platform tells next to nothing, and a harness that is about to approve it.
fn bare(lang: Lang, change: impl Fn(&mut shenpi::domain::Process)) -> Harness<Scripted> {
    let mut platform = Scripted::with_leaves(1);
    let process = platform.processes.get_mut(&key(1).process).unwrap();
    for name in [&mut process.flow_template_name, &mut process.flow_definition_name, &mut process.process_name] {
        *name = I18n::default();
    }
    // A type without a name; one that is not told at all would want care.
    process.flow_template_id = "leave".into();
    process.initiator_id = None;
    process.initiator_name = I18n::default();
    process.abstracts.clear();
    process.todos[0].node_name = I18n::default();
    change(process);
    Harness::new(platform, settings(operator(), lang), 80, 24)
}

#[test]
fn a_case_that_the_platform_names_not_at_all_goes_by_its_number() {
    for (lang, words) in [
        (Lang::Zh, "同意 流程 ID 7615000000000000001 · 以 王芳 的身份？"),
        (Lang::En, "Approve Process ID 7615000000000000001 · as Wang Fang?"),
    ] {
        let mut harness = bare(lang, |_| {});
        let system = if lang == Lang::Zh { "系统" } else { "system" };
        assert!(!harness.screen().contains(system), "{}", harness.screen());
        harness.keys("a");
        let screen = harness.screen();
        assert!(screen.contains(words) && !screen.contains(system), "{screen}");
        harness.keys("y").wait(HELD).keys("!");
        assert!(harness.screen().contains("7615000000000000001"), "{}", harness.screen());
    }
}

#[test]
fn the_system_is_named_where_the_platform_says_so_and_a_person_without_a_name_by_the_id() {
    let mut harness = bare(Lang::Zh, |process| process.by_system = true);
    assert!(harness.screen().contains("系统"), "{}", harness.screen());
    harness.keys("a");
    assert!(harness.screen().contains("同意 系统发起的流程 ID 76150"), "{}", harness.screen());
    let mut harness = bare(Lang::Zh, |process| {
        process.initiator_id = Some(PersonId::new("ou_5f2c9a1e7b3d4c68a0e1f29384756abc"));
        process.flow_template_name = both("休假申请", "Leave");
    });
    harness.keys("a");
    let screen = harness.screen();
    assert!(screen.contains("同意 ou_…6abc 发起的休假申请 · 以 王芳"), "{screen}");
}

/// The text of a notice on the normal screen, after the program's own is gone.
fn parting(harness: &Harness<Scripted>, demo: bool) -> Vec<String> {
    let localizer = Localizer { simulated: demo, ..harness.localizer(Layer::LIST) };
    harness.app.exit_messages().iter().map(|notice| localizer.parting(notice).text).collect()
}

fn newest(harness: &Harness<Scripted>) -> String {
    let notice = &harness.app.notices.all().next().expect("something was said").1;
    let localizer = harness.localizer(harness.app.layers());
    localizer.notice(notice).text
}

fn told(lang: Lang, keys: &str, failure: Failure) -> String {
    let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), lang), 160, 40);
    harness.platform.verdicts.push_back(Err(failure));
    harness.keys(keys).wait(HELD);
    newest(&harness)
}

fn scope() -> Failure {
    let kind = FailureKind::MissingScope(vec!["corehr:process.instance:write".into()]);
    failure(Endpoint::UpdateTask, kind, Outcome::NotSent, Some(99_991_672))
}

fn nowhere() -> Failure {
    let kind = FailureKind::Garbage { excerpt: CleanText::default() };
    Failure { http: Some(404), ..failure(Endpoint::UpdateTask, kind, Outcome::NotSent, None) }
}

fn unreachable() -> Failure {
    Failure { http: None, ..failure(Endpoint::UpdateTask, FailureKind::Unreachable, Outcome::NotSent, None) }
}

#[test]
fn what_was_answered_is_not_called_unsent_and_text_is_kept_where_there_is_some() {
    for (lang, away, not_sent, kept) in
        [(Lang::Zh, "未生效", "未发送", "已填内容已保留"), (Lang::En, "not applied", "not sent", "your text was kept")]
    {
        for answered in [scope(), nowhere()] {
            let bare = told(lang, "ay", answered.clone());
            assert!(bare.contains(away) && !bare.contains(not_sent) && !bare.contains(kept), "{bare}");
            let written = told(lang, "r1<ctrl-d>y", answered);
            assert!(written.contains(away) && written.contains(kept), "{written}");
        }
        let bare = told(lang, "ay", unreachable());
        assert!(bare.contains(not_sent) && !bare.contains(kept), "{bare}");
        // Nothing of the decision left where the token was refused.
        let token = failure(Endpoint::TenantToken, FailureKind::Credentials, Outcome::NotSent, Some(10_014));
        let bare = told(lang, "ay", token);
        assert!(bare.contains(not_sent), "{bare}");
    }
}

#[test]
fn the_list_and_the_history_say_the_same_of_what_was_turned_away() {
    let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
    harness.platform.verdicts.push_back(Err(nowhere()));
    harness.keys("ay").wait(HELD).keys(":reconcile<enter>");
    let screen = harness.screen();
    assert!(screen.contains("未生效。") && !screen.contains("未发送。"), "{screen}");
    harness.keys("H").wait(Duration::from_secs(1));
    assert!(harness.screen().contains("未生效（HTTP 404）"), "{}", harness.screen());
}

#[test]
fn an_answer_that_says_nothing_is_called_an_answer_and_a_warning_is_given_once() {
    let server = || failure(Endpoint::UpdateTask, FailureKind::Server, Outcome::MayHaveHappened, Some(1_160_500));
    let cut =
        || Failure { http: None, ..failure(Endpoint::UpdateTask, FailureKind::Cut, Outcome::MayHaveHappened, None) };
    for (lang, undecided, unanswered, warning) in [
        (Lang::Zh, "响应未说明结果", "未收到响应", "请勿重复"),
        (Lang::En, "the response does not say", "was sent; no response", "o not repeat"),
    ] {
        let answered = told(lang, "ay", server());
        assert!(answered.contains(undecided) && !answered.contains(unanswered), "{answered}");
        assert!(answered.contains("1160500"), "{answered}");
        let silent = told(lang, "ay", cut());
        assert!(silent.contains(unanswered) && !silent.contains(undecided), "{silent}");
        for said in [answered, silent] {
            assert_eq!(said.matches(warning).count(), 1, "{said}");
        }
    }
}

/// The user quit and waited; the screen is gone, and only these lines remain.
fn left(lang: Lang, keys: &str, verdict: Option<Failure>, demo: bool) -> Vec<String> {
    let people = [("刘洋", "Liu Yang"), ("李娜", "Li Na")];
    let people = people.map(|(zh, en)| Person::named(PersonId::new(format!("ou_{en}")), both(zh, en)));
    let platform = Scripted { people: people.into(), ..Scripted::with_leaves(3) };
    let mut harness = Harness::new(platform, settings(operator(), lang), 80, 24);
    harness.platform.verdicts.extend(verdict.map(Err));
    for part in keys.split('+') {
        harness.keys(part).wait(Duration::from_secs(1));
    }
    harness.keys("qw").wait(Duration::from_secs(60));
    parting(&harness, demo)
}

#[test]
fn the_last_lines_name_action_case_and_people() {
    let refused = || Some(crate::support::scripted::refusal(Endpoint::Transfer, 1_160_245));
    for (lang, done, refusal, added) in [
        (
            Lang::Zh,
            "已转交给 刘洋（ou_Liu Yang） · 申请人1 发起的休假申请",
            "转交给 刘洋（ou_Liu Yang） · 申请人1 发起的休假申请 未生效。",
            "已前加签 刘洋（ou_Liu Yang）、李娜（ou_Li Na）（会签） · 申请人1 发起的休假申请",
        ),
        (
            Lang::En,
            "Applied: Transfer to Liu Yang (ou_Liu Yang) · Leave from Applicant 1",
            "Transfer to Liu Yang (ou_Liu Yang) · Leave from Applicant 1: not applied.",
            "Applied: Add Liu Yang (ou_Liu Yang), Li Na (ou_Li Na) before you (all) · Leave from Applicant 1",
        ),
    ] {
        assert_eq!(left(lang, "t刘洋+<enter>y", None, false), [done]);
        let lines = left(lang, "t刘洋+<enter>y", refused(), false);
        assert!(lines[0].starts_with(refusal), "{lines:?}");
        assert_eq!(left(lang, "s1刘洋+<enter><down><enter><ctrl-d>y", None, false), [added]);
    }
}

#[test]
fn the_last_lines_of_a_demo_promise_no_next_start() {
    let lost = || Some(failure(Endpoint::UpdateTask, FailureKind::Server, Outcome::MayHaveHappened, Some(1_160_500)));
    for (lang, later, never, history) in [
        (Lang::Zh, "下次启动时核实", "演示已结束，不再核实", "记录中"),
        (Lang::En, "checked at the next start", "the demo has ended", "in the history"),
    ] {
        let real = left(lang, "ay", lost(), false).concat();
        assert!(real.contains(later) && !real.contains(never), "{real}");
        let demo = left(lang, "ay", lost(), true).concat();
        assert!(demo.contains(never) && !demo.contains(later), "{demo}");
        let real = left(lang, "r1<ctrl-d>y", Some(unreachable()), false).concat();
        assert!(real.contains(history), "{real}");
        let demo = left(lang, "r1<ctrl-d>y", Some(unreachable()), true).concat();
        assert!(!demo.contains(history) && !demo.contains("shenpi journal"), "{demo}");
        let bare = left(lang, "ay", Some(unreachable()), false).concat();
        assert!(!bare.contains(history), "there is no text: {bare}");
    }
}

#[test]
fn leaving_a_demo_promises_no_history() {
    for (faults, promised) in [(None, true), (Some(&["slow"][..]), false)] {
        let settings = shenpi::app::Settings { faults, ..settings(operator(), Lang::Zh) };
        let mut harness = Harness::new(Scripted::with_leaves(3), settings, 80, 24);
        harness.keys("r1<ctrl-d>yq");
        assert_eq!(harness.screen().contains("已填内容在操作记录中"), promised, "{}", harness.screen());
    }
}

/// The first words of a row say that it revokes or corrects another, in any number of columns.
#[test]
fn a_revocation_is_known_as_one_in_a_narrow_column() {
    use shenpi::domain::Properties::{Correction, Revocation};
    for (lang, columns, revocation, correction) in [
        (Lang::En, 80, " Rev. Leave ", " Corr. Leave "),
        (Lang::En, 50, " Rev. Leave ", " Corr. Leave "),
        (Lang::Zh, 80, " 撤销休假 ", " 更正休假 "),
        (Lang::Zh, 50, " 撤销休假 ", " 更正休假 "),
        (Lang::Zh, 118, " 撤销休假 ", " 更正休假 "),
    ] {
        for (properties, words) in [(Revocation, revocation), (Correction, correction)] {
            let mut platform = Scripted::with_leaves(1);
            platform.processes.get_mut(&key(1).process).unwrap().properties = properties;
            let mut harness = Harness::new(platform, settings(operator(), lang), columns, 24);
            let screen = harness.screen();
            assert!(screen.lines().nth(2).is_some_and(|row| row.contains(words)), "{words}\n{screen}");
        }
    }
}
