//! An earlier run's open matters: held and never sent, or sent without an answer. The next start asks before any work,
//! and sends only on the user's command.

use std::time::Duration;

use shenpi::app::issues::Line;
use shenpi::app::{Event, Layer, Notice, Settings, Subject};
use shenpi::domain::decision::state::{Cause, State};
use shenpi::domain::record::{Change, Discard, SessionEnd};
use shenpi::domain::{Decision, DoneStatus, Endpoint, FailureKind, Lang, Outcome, Person, PersonId};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, both, failure, key, operator};

const HELD: Duration = Duration::from_secs(6);

fn harness(tasks: u64) -> Harness<Scripted> {
    Harness::new(Scripted::with_leaves(tasks), settings(operator(), Lang::Zh), 80, 24)
}

/// The text of a notice on the normal screen, after the program's own is gone.
fn told(harness: &Harness<Scripted>, notice: &Notice) -> String {
    harness.localizer(Layer::LIST).parting(notice).text
}

fn states(harness: &Harness<Scripted>, number: u64) -> Vec<&Change> {
    harness.records.iter().filter(|record| record.task == key(number)).map(|record| &record.change).collect()
}

#[test]
fn what_was_held_at_a_hang_up_is_not_sent_then_nor_at_the_next_start_which_asks() {
    let mut harness = harness(3);
    harness.keys("r");
    harness.write("缺少证明");
    harness.keys("<ctrl-d>y").event(Event::HungUp).wait(Duration::from_secs(60));
    assert!(harness.left && harness.sent.is_empty());
    assert!(matches!(states(&harness, 1).last(), Some(Change::Held(_))), "the journal has it as held");

    let mut harness = harness.start_again(Some(SessionEnd::Signal(1)));
    harness.wait(Duration::from_secs(3_600));
    assert!(harness.sent.is_empty());
    let screen = harness.screen();
    for words in ["SIGHUP", "拒绝 申请人1 发起的休假申请", "「缺少证明」", "未发送", "s 重新提交"]
    {
        assert!(screen.contains(words), "{words}\n{screen}");
    }

    harness.keys("s");
    assert!(harness.screen().contains("原因「缺少证明」"), "{}", harness.screen());
    assert!(harness.sent.is_empty(), "s opens the review");
    harness.keys("y").wait(HELD);
    assert_eq!(harness.sent.len(), 1);
    assert!(matches!(&harness.sent[0].decision, Decision::Reject { reason } if reason.as_str() == "缺少证明"));
    let kept = states(&harness, 1);
    assert!(matches!(kept[..2], [Change::Held(_), Change::Discarded(Discard::Anew)]), "{kept:?}");
}

#[test]
fn what_was_sending_when_the_program_was_killed_is_found_out_and_not_sent_again() {
    for applied in [true, false] {
        let mut harness = harness(3);
        harness.writes_wait = true;
        harness.keys("ay").wait(HELD);
        if applied {
            harness.platform.finish(&key(1), DoneStatus::Done, "");
        }
        let mut harness = harness.start_again(None);
        assert!(harness.screen().contains("进程中止"), "{}", harness.screen());
        harness.wait(Duration::from_secs(40));
        assert!(harness.sent.is_empty());
        let screen = harness.screen();
        if applied {
            assert!(screen.contains("已生效"), "{screen}");
            assert!(matches!(harness.state(&key(1)), Some(State::Applied { .. })));
            harness.keys("<enter>");
            assert!(harness.app.issues.is_none(), "nothing wants an answer");
        } else {
            assert!(screen.contains("未生效") && screen.contains("仍在你的待办"), "{screen}");
            harness.keys("sy").wait(HELD);
            assert_eq!(harness.sent.len(), 1, "one more, on the user's command");
        }
    }
}

#[test]
fn an_answer_that_came_after_the_hang_up_is_told_at_the_next_start() {
    let mut harness = harness(3);
    harness.writes_wait = true;
    harness.keys("ay").wait(HELD);
    let before = harness.records.len();
    harness.event(Event::HungUp);
    assert!(!harness.left, "what is on its way is waited for");
    harness.writes_come();
    assert!(harness.left);
    let after = harness.records.split_off(before);
    assert!(matches!(after[0].change, Change::Accepted { .. }));
    // In the journal, the end of the session stands before the answer.
    harness.records_after_end = after;
    let mut harness = harness.start_again(Some(SessionEnd::Signal(1)));
    harness.wait(Duration::from_secs(2));
    let screen = harness.screen();
    assert!(screen.contains("同意 申请人1 发起的休假申请") && screen.contains("已生效"), "{screen}");
    harness.keys("<enter>");
    assert!(harness.app.issues.is_none());
}

#[test]
fn later_keeps_everything_and_the_next_start_asks_again() {
    let mut harness = harness(3);
    harness.keys("ay").event(Event::HungUp);
    let mut harness = harness.start_again(Some(SessionEnd::Signal(1)));
    harness.keys("q");
    assert!(harness.app.issues.is_none() && !harness.left, "the queue is there");
    assert!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::EarlierRun))));
    harness.keys(":reconcile<enter>");
    assert!(harness.app.issues.is_some());
    harness.keys("d").wait(HELD);
    assert!(harness.sent.is_empty());
    assert!(matches!(states(&harness, 1).as_slice(), [Change::Discarded(Discard::Asked)]));
}

#[test]
fn deciding_the_task_in_the_list_takes_the_place_of_what_was_left() {
    let mut harness = harness(3);
    harness.keys("ay").event(Event::HungUp);
    let mut harness = harness.start_again(Some(SessionEnd::Signal(1)));
    harness.keys("qgr");
    harness.write("缺少证明");
    harness.keys("<ctrl-d>y").wait(HELD);
    assert_eq!(harness.sent.len(), 1);
    assert!(matches!(harness.sent[0].decision, Decision::Reject { .. }));
    let kept = states(&harness, 1);
    assert!(matches!(kept[..2], [Change::Held(_), Change::Discarded(Discard::Anew)]), "{kept:?}");
}

#[test]
fn all_that_was_not_sent_is_discarded_by_one_key_and_what_is_in_doubt_is_not() {
    let mut harness = harness(4);
    harness.writes_wait = true;
    harness.keys("ay").wait(HELD).keys("ayay").event(Event::HungUp);
    let mut harness = harness.start_again(None);
    harness.platform.trouble = Some(failure(Endpoint::ProcessDetail, FailureKind::Unreachable, Outcome::NotSent, None));
    harness.keys("X");
    assert!(matches!(harness.state(&key(1)), Some(State::Unknown(_))), "{:?}", harness.state(&key(1)));
    assert!(harness.state(&key(2)).is_none() && harness.state(&key(3)).is_none());
    assert!(harness.app.issues.is_some(), "one of them still wants its answer");
}

/// Whether it took effect is not known, so the line does not say that it was not sent.
#[test]
fn a_discarded_line_claims_nothing_about_a_decision_whose_outcome_stayed_unknown() {
    let mut harness = harness(3);
    harness.writes_wait = true;
    harness.keys("ay").wait(HELD).keys("ay").wait(HELD);
    harness.platform.processes.get_mut(&key(1).process).unwrap().todos.clear();
    let mut harness = harness.start_again(None);
    harness.wait(Duration::from_secs(60));
    assert!(harness.screen().contains("结果仍未知"), "{}", harness.screen());
    harness.keys("d");
    let screen = harness.screen();
    assert!(screen.contains("已丢弃") && !screen.contains("未发送"), "{screen}");
}

/// One line of several is given up: the others do not need the list to be guessed at.
#[test]
fn a_discarded_or_undone_line_keeps_its_state() {
    for (lang, decision, discarded, taken_back) in [
        (Lang::Zh, "同意 申请人1 发起的休假申请：1 天", "已丢弃。", "已收回，未发送。"),
        (Lang::En, "Approve Leave from Applicant 1: 1 days", "Discarded.", "Undone, not sent."),
    ] {
        let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), lang), 80, 24);
        harness.keys("ayay").event(Event::HungUp);
        let mut harness = harness.start_again(Some(SessionEnd::Signal(1)));
        harness.wait(Duration::from_secs(1)).keys("gd");
        let screen = harness.screen();
        assert!(screen.contains(decision) && screen.contains(discarded), "{screen}");
        assert!(!screen.contains("76150000000"), "{screen}");

        let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), lang), 80, 24);
        harness.keys("ayay").event(Event::HungUp);
        let mut harness = harness.start_again(Some(SessionEnd::Signal(1)));
        harness.wait(Duration::from_secs(1)).keys("gsygu");
        let screen = harness.screen();
        assert!(screen.contains(decision) && screen.contains(taken_back), "{screen}");
        assert!(!screen.contains(discarded), "{screen}");
    }
}

/// Open matters of this run do not belong to the last one.
#[test]
fn the_list_is_headed_by_what_is_in_it() {
    for (lang, now, last) in [
        (Lang::Zh, ["待处理的操作", "未发送、未生效"], ["上次遗留的操作", "之前遗留的"]),
        (
            Lang::En,
            ["Issues", "were not sent, were not applied"],
            ["Left from the last session", "Left from an earlier session"],
        ),
    ] {
        let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), lang), 80, 24);
        harness.keys("ay").stopped(Duration::from_secs(3_600)).keys(":reconcile<enter>");
        let screen = harness.screen();
        assert!(now.iter().all(|words| screen.contains(words)), "{screen}");
        assert!(!screen.contains(last[0]), "{screen}");
        harness.keys("<esc>ay");
        let mut harness = harness.start_again(Some(SessionEnd::Quit));
        let screen = harness.screen();
        assert!(last.iter().all(|words| screen.contains(words)), "{screen}");
        assert!(!screen.contains(now[0]), "{screen}");
    }
}

/// The program is gone, and the draft with it: the text stands in the history.
#[test]
fn after_the_end_the_text_is_said_to_be_in_the_history() {
    for (lang, not_sent, slept) in [
        (
            Lang::Zh,
            "未发送，已填内容在操作记录中（启动后按 H，或运行 shenpi journal --csv）",
            "已填内容在操作记录中（启动后按 H",
        ),
        (
            Lang::En,
            "not sent, your text is in the history (H, or shenpi journal --csv)",
            "Review and retry, your text is in the history (H,",
        ),
    ] {
        let begun = || {
            let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), lang), 80, 24);
            harness.keys("r").write("缺少证明").keys("<ctrl-d>yqw");
            harness
        };
        let mut harness = begun();
        let unreachable = failure(Endpoint::UpdateTask, FailureKind::Unreachable, Outcome::NotSent, None);
        harness.platform.verdicts.push_back(Err(unreachable));
        harness.wait(HELD);
        let [notice @ Notice::NotSent { .. }] = harness.app.exit_messages() else {
            panic!("{:?}", harness.app.exit_messages())
        };
        assert!(told(&harness, notice).contains(not_sent), "{}", told(&harness, notice));

        let mut harness = begun();
        harness.stopped(Duration::from_secs(3_600)).wait(HELD);
        let [notice @ Notice::Slept { .. }] = harness.app.exit_messages() else {
            panic!("{:?}", harness.app.exit_messages())
        };
        assert!(told(&harness, notice).contains(slept), "{}", told(&harness, notice));
    }
}

/// Two transfers of one case to different people are different decisions: the line says to whom.
#[test]
fn a_decision_that_was_not_sent_names_those_whom_it_is_for() {
    for (lang, transfer, add) in [
        (
            Lang::Zh,
            "转交给 刘洋（A1） · 申请人1 发起的休假申请",
            "后加签 刘洋（A1）、李娜（A2）、孙悦（A3）等 4 人（会签） · 申请人2 发起的休假申请",
        ),
        (
            Lang::En,
            "Transfer to Liu Yang (A1) · Leave from Applicant 1",
            "Add Liu Yang (A1), Li Na (A2), Sun Yue (A3) and 1 more after you (all) · Leave from Applicant 2",
        ),
    ] {
        let mut platform = Scripted::with_leaves(3);
        let people = [
            ("A1", "刘洋", "Liu Yang"),
            ("A2", "李娜", "Li Na"),
            ("A3", "孙悦", "Sun Yue"),
            ("A4", "周杰", "Zhou Jie"),
        ];
        let person = |(number, zh, en): (&str, &str, &str)| Person {
            employee_number: number.into(),
            ..Person::named(PersonId::new(format!("ou_{number}")), both(zh, en))
        };
        platform.people = people.map(person).into();
        let settings = Settings { undo: Duration::from_secs(60), ..settings(operator(), lang) };
        let mut harness = Harness::new(platform, settings, 120, 30);
        harness.keys("t刘洋").wait(Duration::from_secs(1)).keys("<enter>y");
        harness
            .keys("s3刘洋")
            .wait(Duration::from_secs(1))
            .keys("<enter><down><enter><down><enter><down><enter><ctrl-d>yq");
        let panel = harness.screen();
        assert!(panel.contains(transfer) && panel.contains(add), "{panel}");

        harness.event(Event::HungUp);
        let mut harness = harness.start_again(Some(SessionEnd::Signal(1)));
        harness.wait(Duration::from_secs(3));
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        let screen = squeezed(&harness.screen());
        assert!([transfer, add].iter().all(|act| screen.contains(&squeezed(act))), "{screen}");
    }
}

/// A reason of the maximum length: the state of the decision and its keys stay readable.
#[test]
fn a_long_opinion_leaves_its_line_its_standing_and_its_keys() {
    for (lang, stands, answer, all) in
        [(Lang::Zh, "未发送", "s 重新提交", "共 1000 字"), (Lang::En, "Not sent.", "s retry", "1000 characters")]
    {
        for (columns, rows) in [(80, 24), (60, 16), (40, 11), (40, 10)] {
            let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), lang), columns, rows);
            harness.keys("r").write(&"理由".repeat(500)).keys("<ctrl-d>y").event(Event::HungUp);
            let mut harness = harness.start_again(Some(SessionEnd::Signal(1)));
            harness.wait(Duration::from_secs(3));
            let screen = harness.screen();
            // Lines may break anywhere in a sentence.
            let words: String = screen.split_whitespace().collect();
            let parts = [stands, answer, if rows < 16 { "" } else { all }];
            for part in parts.map(|part| part.replace(' ', "")) {
                assert!(words.contains(&part), "{part} at {columns}×{rows}\n{screen}");
            }
        }
    }
}

/// In a narrow window the names of an add-sign fill a row: whose case it is stands in the next one.
#[test]
fn the_panel_of_leaving_names_the_case_beside_the_people_in_a_narrow_window() {
    for (columns, rows) in [(40, 10), (80, 24)] {
        let people = ["刘洋", "李娜", "孙悦", "周杰"];
        let people = people.map(|name| Person::named(PersonId::new(format!("ou_{name}")), both(name, name)));
        let platform = Scripted { people: people.into(), ..Scripted::with_leaves(3) };
        let settings = Settings { undo: Duration::from_secs(60), ..settings(operator(), Lang::Zh) };
        let mut harness = Harness::new(platform, settings, columns, rows);
        harness
            .keys("s1刘洋")
            .wait(Duration::from_secs(1))
            .keys("<enter><down><enter><down><enter><down><enter><ctrl-d>yq");
        let screen = harness.screen();
        let words: String = screen.split_whitespace().collect();
        for part in [
            "前加签刘洋（ou_刘洋）、李娜（ou_李娜）、孙悦（ou_孙悦）等4人（会签）·申请人1发起的休假申请",
            "已填内容在操作记录中",
        ] {
            assert!(words.contains(part), "{part}\n{screen}");
        }
    }
}

#[test]
fn what_is_discarded_on_leaving_is_told_with_those_whom_it_was_for() {
    let mut platform = Scripted::with_leaves(3);
    platform.people = vec![Person::named(PersonId::new("ou_liuyang"), both("刘洋", "Liu Yang"))];
    let mut harness = Harness::new(platform, settings(operator(), Lang::Zh), 80, 24);
    harness.keys("t刘洋").wait(Duration::from_secs(1)).keys("<enter>yqd");
    let [notice] = harness.app.exit_messages() else { panic!("{:?}", harness.app.exit_messages()) };
    assert_eq!(told(&harness, notice), "转交给 刘洋（ou_liuyang） · 申请人1 发起的休假申请 未发送，退出时已丢弃");
}

#[test]
fn a_full_disk_sends_nothing_and_ends_deciding_with_a_word() {
    let mut harness = harness(3);
    harness.disk_full = true;
    harness.keys("ay").wait(Duration::from_secs(60));
    assert!(harness.sent.is_empty());
    assert!(matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Failed(_)))), "{:?}", harness.state(&key(1)));
    assert!(harness.app.notices.all().any(|(_, notice)| matches!(notice, Notice::JournalLost(_))));
    harness.disk_full = false;
    harness.keys("ay").wait(HELD);
    assert!(harness.sent.is_empty(), "not in this run any more");
    assert!(harness.screen().contains("操作记录无法写入磁盘"), "{}", harness.screen());
}

#[test]
fn leaving_waits_for_held_decisions_or_stays_as_asked() {
    let mut harness = harness(3);
    harness.keys("ayq<esc>");
    assert!(harness.app.leaving.is_none() && !harness.left);
    harness.keys("qw");
    assert!(!harness.left);
    harness.wait(HELD);
    assert!(harness.left);
    assert_eq!(harness.sent.len(), 1);
    assert!(matches!(harness.app.exit_messages(), [Notice::Accepted { .. }]), "{:?}", harness.app.exit_messages());
}

#[test]
fn what_is_discarded_on_leaving_is_not_asked_about_again() {
    let mut harness = harness(3);
    harness.keys("ayqd");
    assert!(harness.left);
    assert!(matches!(states(&harness, 1).last(), Some(Change::Discarded(Discard::Left))));
    let mut harness = harness.start_again(Some(SessionEnd::Quit));
    harness.wait(HELD);
    assert!(harness.app.issues.is_none());
    assert!(harness.sent.is_empty());
}

#[test]
fn u_in_the_list_takes_back_the_decision_of_its_line() {
    let mut harness = harness(3);
    harness.keys("ayay").event(Event::HungUp);
    let mut harness = harness.start_again(Some(SessionEnd::Signal(1)));
    harness.wait(Duration::from_secs(1)).keys("gsyjsyku").wait(HELD);
    let sent: Vec<_> = harness.sent.iter().map(|reviewed| reviewed.target.key.clone()).collect();
    assert_eq!(sent, [key(2)]);
}

#[test]
fn held_decisions_wait_during_the_quit_question() {
    for seconds in [20, 3_600] {
        let mut harness = harness(3);
        harness.keys("ayq").wait(Duration::from_secs(seconds));
        assert!(harness.sent.is_empty() && !harness.left);
        harness.keys("<esc>").wait(Duration::from_secs(4));
        assert!(harness.sent.is_empty(), "the user stays, and can take it back as after its confirmation");
        harness.wait(Duration::from_secs(3));
        assert_eq!(harness.sent.len(), 1, "thinking for {seconds} s is no reason not to send it");
    }
}

#[test]
fn a_key_that_means_nothing_in_the_list_says_so() {
    let mut harness = harness(3);
    harness.keys("ay").event(Event::HungUp);
    let mut harness = harness.start_again(Some(SessionEnd::Signal(1)));
    harness.keys(":approve<enter>");
    assert!(matches!(harness.app.notices.current(), Some(Notice::Unavailable { .. })));
    assert!(harness.app.dialog.is_none());
}

#[test]
fn the_form_beside_a_review_from_the_list_is_that_of_its_case() {
    let mut harness = Harness::new(Scripted::with_leaves(4), settings(operator(), Lang::Zh), 160, 40);
    harness.keys("jay").event(Event::HungUp);
    let mut harness = harness.start_again(Some(SessionEnd::Signal(1)));
    harness.wait(Duration::from_secs(1)).keys("s").wait(Duration::from_secs(1));
    assert_eq!(harness.app.form.process(), Some(&key(2).process));
    harness.keys("<esc>q").wait(Duration::from_secs(1));
    assert_eq!(harness.app.form.process(), harness.app.subject(Subject::Screen).map(|key| &key.process));
}

#[test]
fn an_answer_that_came_over_a_dead_line_is_told_by_the_next_start() {
    // Whether the user saw it is unknown, until they press a key well after it.
    for (keys, told) in [("", 1), ("j", 0)] {
        let mut harness = harness(3);
        harness.keys("ay").wait(HELD);
        assert!(matches!(harness.state(&key(1)), Some(State::Applied { .. })));
        harness.wait(Duration::from_secs(3)).keys(keys).wait(Duration::from_secs(17)).event(Event::HungUp);
        let harness = harness.start_again(Some(SessionEnd::Signal(1)));
        let lines = harness.app.issue_lines();
        assert_eq!(lines.iter().filter(|line| matches!(line, Line::Unseen(_))).count(), told, "{keys:?}");
    }
}

#[test]
fn a_key_from_before_the_computer_slept_has_seen_nothing_of_what_came_before() {
    let mut harness = harness(3);
    harness.keys("ay").wait(HELD).clock_jumps(3_600_000).event(Event::HungUp);
    let harness = harness.start_again(Some(SessionEnd::Signal(1)));
    assert!(harness.app.issue_lines().iter().any(|line| matches!(line, Line::Unseen(_))));
}
