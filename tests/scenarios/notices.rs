//! Messages about a decision: shown as long as they matter, about the request that they name, and not after they
//! stopped being true.

use std::time::Duration;

use shenpi::app::{Command, Notice, Reason};
use shenpi::domain::decision::state::{Cause, State};
use shenpi::domain::{DoneStatus, Endpoint, Lang};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, both, key, operator, refusal};

const HELD: Duration = Duration::from_secs(6);

fn sized(tasks: u64, lang: Lang, columns: u16, rows: u16) -> Harness<Scripted> {
    let mut platform = Scripted::with_leaves(tasks);
    for (id, process) in &mut platform.processes {
        process.todos[0].links.web = format!("https://example.feishu.cn/{}", id.as_str()).as_str().into();
    }
    Harness::new(platform, settings(operator(), lang), columns, rows)
}

fn harness(tasks: u64) -> Harness<Scripted> {
    sized(tasks, Lang::Zh, 80, 24)
}

/// The first `count` cases are approved, and the platform refuses each.
fn refuse(harness: &mut Harness<Scripted>, count: u64) {
    for _ in 0..count {
        harness.platform.verdicts.push_back(Err(refusal(Endpoint::UpdateTask, 1_161_004)));
        harness.keys("ay");
    }
    harness.wait(HELD);
}

fn header(screen: &str) -> &str {
    screen.lines().next().expect("a header")
}

/// The line above the hints.
fn notice_line(screen: &str) -> &str {
    screen.lines().rev().nth(1).expect("a notice line")
}

#[test]
fn a_failed_decision_is_told_until_the_user_dismisses_it() {
    let mut harness = harness(24);
    refuse(&mut harness, 1);
    assert!(harness.screen().contains("同意 申请人1 发起的休假申请 未生效。"), "{}", harness.screen());
    harness.keys("jjjjjj");
    assert!(
        harness.screen().contains("同意 申请人1 发起的休假申请 未生效。"),
        "keys wipe nothing:\n{}",
        harness.screen()
    );
    harness.wait(Duration::from_secs(60)).keys("jk<enter>");
    let screen = harness.screen();
    assert!(notice_line(&screen).contains("✗ 未生效 1161004：同意 申请人1 发起的休假申请"), "{screen}");
    assert!(notice_line(&screen).contains("C 待处理") && notice_line(&screen).contains("Esc 知道了"), "{screen}");
    assert!(header(&screen).contains("待处理 1"), "{screen}");
    harness.keys("<esc>");
    let screen = harness.screen();
    assert!(!screen.contains("未生效 1161004"), "{screen}");
    assert!(header(&screen).contains("待处理 1"), "it is as it was:\n{screen}");
    assert_eq!(harness.app.screen.pane, shenpi::app::Pane::Process, "one key, one thing");
    harness.keys("<esc>");
    assert_eq!(harness.app.screen.pane, shenpi::app::Pane::List);
}

#[test]
fn several_that_failed_are_counted_and_taken_away_one_by_one() {
    let mut harness = sized(24, Lang::En, 80, 24);
    refuse(&mut harness, 3);
    harness.wait(Duration::from_secs(20));
    for more in ["and 2 more", "and 1 more", ""] {
        let screen = harness.screen();
        assert!(
            notice_line(&screen).contains("✗ Not applied 1161004: Approve") && notice_line(&screen).contains(more),
            "{screen}"
        );
        assert!(header(&screen).contains("3 failed"), "{screen}");
        harness.keys("<esc>");
    }
    assert!(!notice_line(&harness.screen()).contains("Not applied"), "{}", harness.screen());
}

#[test]
fn good_news_of_another_decision_does_not_cover_bad_news() {
    let mut harness = harness(5);
    harness.platform.verdicts.push_back(Err(refusal(Endpoint::UpdateTask, 1_161_004)));
    harness.keys("ay").keys("ay").wait(HELD);
    assert!(matches!(harness.state(&key(2)), Some(State::Applied { .. })));
    assert!(
        matches!(harness.app.notices.current(), Some(Notice::Refused { .. })),
        "{:?}",
        harness.app.notices.current()
    );
    // The answer to a key may cover it for a while.
    harness.keys("jr");
    harness.write("缺");
    harness.keys("<ctrl-d>y");
    assert!(matches!(harness.app.notices.current(), Some(Notice::Held { .. })));
    harness.keys("k");
    assert!(notice_line(&harness.screen()).contains("✗ 未生效 1161004：同意 申请人1"), "{}", harness.screen());
}

#[test]
fn the_row_s_case_says_why_it_failed_with_code_and_log_id_and_which_keys_help() {
    for (columns, rows) in [(80, 24), (160, 48), (40, 10)] {
        let mut harness = sized(24, Lang::Zh, columns, rows);
        refuse(&mut harness, 1);
        harness.keys("<esc>g").wait(Duration::from_secs(1));
        let stacked = harness.screen();
        for tab in ["<enter>", "3", "4"] {
            harness.keys(tab).wait(Duration::from_secs(1));
            let top = harness.screen();
            let screen = format!("{top}\n{}", harness.keys("<pgdn>").screen());
            harness.keys("g");
            for words in ["✗ 同意 · 未生效", "1161004", "20260309LOGID", "a 同意", "L 链接", "C 待处理"]
            {
                assert!(screen.contains(words), "{columns}×{rows} {tab} {words}:\n{screen}");
                assert!(columns == 40 || stacked.contains(words), "{columns}×{rows} {words}:\n{stacked}");
            }
        }
    }
}

#[test]
fn what_was_refused_is_in_the_list_of_what_wants_an_answer() {
    let mut small = sized(24, Lang::Zh, 40, 10);
    refuse(&mut small, 1);
    small.keys("C");
    for words in ["1161004", "20260309LOGID", "d 丢弃"] {
        assert!(small.screen().contains(words), "{words}:\n{}", small.screen());
    }
    let mut harness = harness(24);
    harness.keys("C");
    assert!(matches!(
        harness.app.notices.current(),
        Some(Notice::Unavailable { command: Command::Issues, reason: Reason::NothingFailed })
    ));
    refuse(&mut harness, 2);
    harness.keys("C");
    let screen = harness.screen();
    for words in
        ["同意 申请人1 发起的休假申请", "同意 申请人2 发起的休假申请", "未生效", "1161004", "20260309LOGID", "d 丢弃"]
    {
        assert!(screen.contains(words), "{words}:\n{screen}");
    }
    harness.keys("d");
    assert_eq!(harness.state(&key(1)), None);
    assert!(matches!(
        harness.records.last().map(|record| &record.change),
        Some(shenpi::domain::record::Change::Refused(_))
    ));
    harness.keys("sy").wait(HELD);
    assert!(matches!(harness.state(&key(2)), Some(State::Applied { .. })), "{:?}", harness.state(&key(2)));
    harness.keys("<esc>");
    let screen = harness.screen();
    assert!(!header(&screen).contains("未生效"), "{screen}");
}

#[test]
fn deciding_anew_ends_the_news_of_the_older_decision() {
    let mut harness = harness(24);
    refuse(&mut harness, 1);
    harness.keys("gay").wait(HELD).wait(Duration::from_secs(10));
    assert!(matches!(harness.state(&key(1)), Some(State::Applied { .. })));
    let screen = harness.screen();
    assert!(!screen.contains("未生效") && !screen.contains('✗'), "{screen}");
}

/// No decision is left, so the news needs no other action.
#[test]
fn news_of_a_faster_approver_ends_when_dismissed() {
    let mut harness = harness(24);
    harness.keys("ay");
    harness.platform.finish(&key(1), DoneStatus::Done, "在手机上");
    harness.wait(HELD).keys("jjj").wait(Duration::from_secs(20));
    let screen = harness.screen();
    assert!(header(&screen).contains("待处理 1") && notice_line(&screen).contains("未生效"), "{screen}");
    harness.keys("<esc>");
    let screen = harness.screen();
    assert!(!header(&screen).contains("未生效"), "{screen}");
    assert_eq!(harness.state(&key(1)), None);
}

#[test]
fn a_row_that_was_refused_because_somebody_was_faster_is_no_ordinary_row_afterwards() {
    let mut harness = harness(24);
    harness.platform.verdicts.push_back(Err(refusal(Endpoint::UpdateTask, 1_161_001)));
    harness.writes_wait = true;
    harness.keys("ay").wait(HELD);
    harness.platform.finish(&key(1), DoneStatus::Done, "在手机上");
    harness.writes_come().wait(Duration::from_secs(1)).keys("<esc>");
    assert_eq!((harness.state(&key(1)), harness.app.notices.alerts().len()), (None, 0));
    assert!(harness.app.inbox.rows().any(|row| row.key == key(1) && row.gone), "{}", harness.screen());
}

#[test]
fn news_never_hides_the_row_under_the_cursor() {
    for (columns, rows) in [(40, 10), (80, 24), (160, 24)] {
        let mut harness = sized(24, Lang::Zh, columns, rows);
        let before: Vec<usize> = {
            harness.keys("G").wait(Duration::from_secs(1));
            harness.screen().lines().enumerate().filter(|(_, line)| line.contains('▸')).map(|(at, _)| at).collect()
        };
        harness.platform.verdicts.push_back(Err(refusal(Endpoint::UpdateTask, 1_161_004)));
        harness.keys("gayG").wait(HELD);
        assert!(matches!(harness.app.notices.current(), Some(Notice::Refused { .. })));
        let screen = harness.screen();
        let after: Vec<usize> =
            screen.lines().enumerate().filter(|(_, line)| line.contains('▸')).map(|(at, _)| at).collect();
        assert_eq!(before, after, "{columns}×{rows}:\n{screen}");
        assert!(header(&screen).contains("待处理 1"), "{columns}×{rows}:\n{screen}");
        harness.wait(Duration::from_secs(10));
        let screen = harness.screen();
        assert!(notice_line(&screen).contains("C 待处理  Esc 知道了"), "{columns}×{rows}:\n{screen}");
    }
}

#[test]
fn what_is_on_its_way_is_not_offered_to_be_taken_back() {
    let mut harness = harness(5);
    harness.writes_wait = true;
    harness.keys("ay").wait(Duration::from_millis(4_500));
    assert!(harness.screen().contains("待发送：同意 申请人1 发起的休假申请，按 u 收回"), "{}", harness.screen());
    harness.wait(Duration::from_secs(1));
    assert!(matches!(harness.state(&key(1)), Some(State::Sending { .. })));
    let screen = harness.screen();
    assert!(!screen.contains("按 u 收回") && screen.contains("正在发送：同意 申请人1 发起的休假申请"), "{screen}");
    harness.writes_come();
    assert!(harness.screen().contains("已同意 申请人1 发起的休假申请"), "{}", harness.screen());
}

#[test]
fn links_are_those_of_the_case_that_the_notice_names_and_the_page_says_whose() {
    let mut harness = harness(24);
    refuse(&mut harness, 1);
    harness.keys("jjjL");
    let screen = harness.screen();
    let first = screen.lines().nth(1).unwrap();
    assert!(first.contains("单据链接") && first.contains("申请人1 发起的休假申请 1 天"), "{screen}");
    assert!(screen.contains(key(1).process.as_str()), "{screen}");
    harness.keys("y");
    assert_eq!(harness.copied, [format!("https://example.feishu.cn/{}", key(1).process.as_str())]);
    // Once the notice does not name the key any more, it is the case under the cursor.
    harness.keys("<esc>").wait(Duration::from_secs(20));
    let selected = harness.selected();
    harness.keys("L");
    assert!(harness.screen().contains(selected.process.as_str()), "{}", harness.screen());
}

#[test]
fn links_follow_the_cursor_before_the_preview_does() {
    let mut harness = harness(24);
    harness.every(Duration::from_millis(20), "jjL");
    assert!(harness.screen().contains("申请人3 发起的休假申请"), "{}", harness.screen());
}

#[test]
fn the_difference_is_that_of_the_decision_that_the_notice_names() {
    let mut harness = harness(24);
    let changes = |harness: &mut Harness<Scripted>, number: u64| {
        let process = harness.platform.processes.get_mut(&key(number).process).unwrap();
        process.abstracts[0].value = both("9 天", "9 days");
    };
    // The second request changed after it was opened; a decision on the first is stopped.
    harness.keys("j<enter>q");
    changes(&mut harness, 2);
    harness.keys("<ctrl-r><enter>qgay");
    changes(&mut harness, 1);
    harness.wait(HELD);
    assert!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Changed(_)))));
    harness.keys("D");
    assert!(harness.screen().contains("申请人1 发起的休假申请"), "{}", harness.screen());
    harness.wait(Duration::from_secs(30));
    assert!(harness.screen().contains("申请人1 发起的休假申请"), "the page stays with its case\n{}", harness.screen());
    harness.keys("<esc>D");
    assert!(harness.screen().contains("申请人2 发起的休假申请"), "{}", harness.screen());
}

#[test]
fn while_only_answers_are_waited_for_no_key_is_offered_that_does_nothing() {
    for (lang, keys, words) in [
        (Lang::Zh, ["发送后退出", "丢弃并退出"], ["已发送的操作无法收回", "最多再等约 60 秒"]),
        (Lang::En, ["send, then quit", "discard and quit"], ["cannot be undone", "Up to about 60 s"]),
    ] {
        let mut harness = sized(3, lang, 80, 24);
        harness.writes_wait = true;
        harness.keys("ay").wait(HELD).keys("q");
        let screen = harness.screen();
        assert!(keys.iter().all(|key| !screen.contains(key)), "{screen}");
        assert!(words.iter().all(|words| screen.contains(words)), "{screen}");
        harness.keys("<esc>ayq");
        assert!(keys.iter().all(|key| harness.screen().contains(key)), "{}", harness.screen());
        harness.keys("w");
        let screen = harness.screen();
        assert!(!screen.contains(keys[0]) && screen.contains(keys[1]), "it waits already:\n{screen}");
        harness.keys("d").writes_come();
        assert!(harness.left);
    }
}
