//! What an earlier run left: held and never sent, or sent and not answered. The next start asks before the queue is
//! worked, and sends nothing by itself.

use std::time::Duration;

use shenpi::app::reconcile::Line;
use shenpi::app::{EntryState, Event, Layer, Notice, Settings};
use shenpi::domain::record::{Change, Discard, SessionEnd};
use shenpi::domain::{Decision, DoneStatus, Endpoint, FailureKind, Lang, Outcome, Person, PersonId};

use crate::support::desk::{Desk, settings};
use crate::support::scripted::{Scripted, both, failure, key, operator};

const HELD: Duration = Duration::from_secs(6);

fn desk(tasks: u64) -> Desk<Scripted> {
    Desk::new(Scripted::with_leaves(tasks), settings(operator(), Lang::Zh), 80, 24)
}

/// What the terminal shows of a notice once the program's screen is gone.
fn told(desk: &Desk<Scripted>, notice: &Notice) -> String {
    desk.voice(Layer::LIST).parting(notice).text
}

fn states(desk: &Desk<Scripted>, number: u64) -> Vec<&Change> {
    desk.records.iter().filter(|record| record.task == key(number)).map(|record| &record.change).collect()
}

#[test]
fn what_was_held_at_a_hang_up_is_not_sent_then_nor_at_the_next_start_which_asks() {
    let mut desk = desk(3);
    desk.keys("r");
    desk.write("缺少证明");
    desk.keys("<ctrl-d>y").event(Event::HungUp).wait(Duration::from_secs(60));
    assert!(desk.left && desk.sent.is_empty());
    assert!(matches!(states(&desk, 1).last(), Some(Change::Held(_))), "the journal has it as held");

    let mut desk = desk.start_again(Some(SessionEnd::Signal(1)));
    desk.wait(Duration::from_secs(3_600));
    assert!(desk.sent.is_empty());
    let screen = desk.screen();
    for words in ["SIGHUP", "拒绝 申请人1 的 休假申请", "「缺少证明」", "没有发出", "[s] 重新操作"]
    {
        assert!(screen.contains(words), "{words}\n{screen}");
    }

    desk.keys("s");
    assert!(desk.screen().contains("原因「缺少证明」"), "{}", desk.screen());
    assert!(desk.sent.is_empty(), "s opens the review");
    desk.keys("y").wait(HELD);
    assert_eq!(desk.sent.len(), 1);
    assert!(matches!(&desk.sent[0].decision, Decision::Reject { reason } if reason.as_str() == "缺少证明"));
    let kept = states(&desk, 1);
    assert!(matches!(kept[..2], [Change::Held(_), Change::Discarded(Discard::Anew)]), "{kept:?}");
}

#[test]
fn what_was_sending_when_the_program_was_killed_is_found_out_and_not_sent_again() {
    for applied in [true, false] {
        let mut desk = desk(3);
        desk.writes_wait = true;
        desk.keys("ay").wait(HELD);
        if applied {
            desk.platform.finish(&key(1), DoneStatus::Done, "");
        }
        let mut desk = desk.start_again(None);
        assert!(desk.screen().contains("进程突然中止"), "{}", desk.screen());
        desk.wait(Duration::from_secs(40));
        assert!(desk.sent.is_empty());
        let screen = desk.screen();
        if applied {
            assert!(screen.contains("已生效"), "{screen}");
            assert!(matches!(desk.state(&key(1)), Some(EntryState::Accepted { .. })));
            desk.keys("<enter>");
            assert!(desk.app.reconcile.is_none(), "nothing wants an answer");
        } else {
            assert!(screen.contains("没有生效") && screen.contains("仍在你的待办"), "{screen}");
            desk.keys("sy").wait(HELD);
            assert_eq!(desk.sent.len(), 1, "one more, because she said so");
        }
    }
}

#[test]
fn an_answer_that_came_after_the_hang_up_is_told_at_the_next_start() {
    let mut desk = desk(3);
    desk.writes_wait = true;
    desk.keys("ay").wait(HELD);
    let before = desk.records.len();
    desk.event(Event::HungUp);
    assert!(!desk.left, "what is on its way is waited for");
    desk.writes_come();
    assert!(desk.left);
    let after = desk.records.split_off(before);
    assert!(matches!(after[0].change, Change::Accepted { .. }));
    // In the journal, the end of the session stands before the answer.
    desk.records_after_end = after;
    let mut desk = desk.start_again(Some(SessionEnd::Signal(1)));
    desk.wait(Duration::from_secs(2));
    let screen = desk.screen();
    assert!(screen.contains("同意 申请人1 的 休假申请") && screen.contains("已生效"), "{screen}");
    desk.keys("<enter>");
    assert!(desk.app.reconcile.is_none());
}

#[test]
fn later_keeps_everything_and_the_next_start_asks_again() {
    let mut desk = desk(3);
    desk.keys("ay").event(Event::HungUp);
    let mut desk = desk.start_again(Some(SessionEnd::Signal(1)));
    desk.keys("q");
    assert!(desk.app.reconcile.is_none() && !desk.left, "the queue is there");
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Left)));
    desk.keys(":reconcile<enter>");
    assert!(desk.app.reconcile.is_some());
    desk.keys("d").wait(HELD);
    assert!(desk.sent.is_empty());
    assert!(matches!(states(&desk, 1).as_slice(), [Change::Discarded(Discard::Asked)]));
}

#[test]
fn deciding_the_task_in_the_list_takes_the_place_of_what_was_left() {
    let mut desk = desk(3);
    desk.keys("ay").event(Event::HungUp);
    let mut desk = desk.start_again(Some(SessionEnd::Signal(1)));
    desk.keys("qgr");
    desk.write("缺少证明");
    desk.keys("<ctrl-d>y").wait(HELD);
    assert_eq!(desk.sent.len(), 1);
    assert!(matches!(desk.sent[0].decision, Decision::Reject { .. }));
    let kept = states(&desk, 1);
    assert!(matches!(kept[..2], [Change::Held(_), Change::Discarded(Discard::Anew)]), "{kept:?}");
}

#[test]
fn all_that_was_not_sent_is_discarded_by_one_key_and_what_is_in_doubt_is_not() {
    let mut desk = desk(4);
    desk.writes_wait = true;
    desk.keys("ay").wait(HELD).keys("ayay").event(Event::HungUp);
    let mut desk = desk.start_again(None);
    desk.platform.trouble = Some(failure(Endpoint::ProcessDetail, FailureKind::Unreachable, Outcome::NotSent, None));
    desk.keys("X");
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Unknown(_))), "{:?}", desk.state(&key(1)));
    assert!(desk.state(&key(2)).is_none() && desk.state(&key(3)).is_none());
    assert!(desk.app.reconcile.is_some(), "one of them still wants its answer");
}

/// Whether it took effect is not known, so the line does not say that it was not sent.
#[test]
fn a_discarded_line_claims_nothing_about_a_decision_whose_outcome_stayed_unknown() {
    let mut desk = desk(3);
    desk.writes_wait = true;
    desk.keys("ay").wait(HELD).keys("ay").wait(HELD);
    desk.platform.processes.get_mut(&key(1).process).unwrap().todos.clear();
    let mut desk = desk.start_again(None);
    desk.wait(Duration::from_secs(60));
    assert!(desk.screen().contains("结果仍无法核实"), "{}", desk.screen());
    desk.keys("d");
    let screen = desk.screen();
    assert!(screen.contains("已丢弃") && !screen.contains("没有发出"), "{screen}");
}

/// One line of several is given up: the others do not need the list to be guessed at.
#[test]
fn a_line_that_she_gave_up_or_took_back_keeps_what_it_was() {
    for (lang, decision, discarded, taken_back) in [
        (Lang::Zh, "同意 申请人1 的 休假申请 1 天", "已丢弃。", "已收回,没有发出。"),
        (Lang::En, "Approve Leave of Applicant 1: 1 days", "Discarded.", "Taken back; it was not sent."),
    ] {
        let mut desk = Desk::new(Scripted::with_leaves(3), settings(operator(), lang), 80, 24);
        desk.keys("ayay").event(Event::HungUp);
        let mut desk = desk.start_again(Some(SessionEnd::Signal(1)));
        desk.wait(Duration::from_secs(1)).keys("gd");
        let screen = desk.screen();
        assert!(screen.contains(decision) && screen.contains(discarded), "{screen}");
        assert!(!screen.contains("76150000000"), "{screen}");

        let mut desk = Desk::new(Scripted::with_leaves(3), settings(operator(), lang), 80, 24);
        desk.keys("ayay").event(Event::HungUp);
        let mut desk = desk.start_again(Some(SessionEnd::Signal(1)));
        desk.wait(Duration::from_secs(1)).keys("gsygu");
        let screen = desk.screen();
        assert!(screen.contains(decision) && screen.contains(taken_back), "{screen}");
        assert!(!screen.contains(discarded), "{screen}");
    }
}

/// What she asks for in the same run is no matter of the last one.
#[test]
fn the_list_is_headed_by_what_is_in_it() {
    for (lang, now, last) in [
        (Lang::Zh, ["需要处理的操作", "没有发出、没有生效"], ["核对上次的操作", "之前留下的"]),
        (
            Lang::En,
            ["Decisions that want an answer", "were not sent, took no effect"],
            ["What the last run left", "An earlier run left these decisions"],
        ),
    ] {
        let mut desk = Desk::new(Scripted::with_leaves(3), settings(operator(), lang), 80, 24);
        desk.keys("ay").stopped(Duration::from_secs(3_600)).keys(":reconcile<enter>");
        let screen = desk.screen();
        assert!(now.iter().all(|words| screen.contains(words)), "{screen}");
        assert!(!screen.contains(last[0]), "{screen}");
        desk.keys("<esc>ay");
        let mut desk = desk.start_again(Some(SessionEnd::Quit));
        let screen = desk.screen();
        assert!(last.iter().all(|words| screen.contains(words)), "{screen}");
        assert!(!screen.contains(now[0]), "{screen}");
    }
}

/// The program is gone, and the draft with it: what she wrote is where the history has it.
#[test]
fn after_the_end_her_text_is_said_to_be_in_the_history() {
    for (lang, not_sent, slept) in [
        (Lang::Zh, "没有发出,文字在记录中(启动后按 H,或用 shenpi journal --csv)", "文字在记录中(启动后按 H"),
        (
            Lang::En,
            "was not sent, your text is in the history (H, or shenpi journal --csv)",
            "decide anew, your text is in the history (H,",
        ),
    ] {
        let begun = || {
            let mut desk = Desk::new(Scripted::with_leaves(3), settings(operator(), lang), 80, 24);
            desk.keys("r").write("缺少证明").keys("<ctrl-d>yqw");
            desk
        };
        let mut desk = begun();
        let unreachable = failure(Endpoint::UpdateTask, FailureKind::Unreachable, Outcome::NotSent, None);
        desk.platform.verdicts.push_back(Err(unreachable));
        desk.wait(HELD);
        let [notice @ Notice::NotSent { .. }] = desk.app.parting() else { panic!("{:?}", desk.app.parting()) };
        assert!(told(&desk, notice).contains(not_sent), "{}", told(&desk, notice));

        let mut desk = begun();
        desk.stopped(Duration::from_secs(3_600)).wait(HELD);
        let [notice @ Notice::Slept { .. }] = desk.app.parting() else { panic!("{:?}", desk.app.parting()) };
        assert!(told(&desk, notice).contains(slept), "{}", told(&desk, notice));
    }
}

/// Two transfers of one case to different people are different decisions: the line says to whom.
#[test]
fn a_decision_that_was_not_sent_names_those_whom_it_is_for() {
    for (lang, transfer, add) in [
        (
            Lang::Zh,
            "转交给 刘洋(A1) · 申请人1 的 休假申请",
            "后加签 刘洋(A1)、李娜(A2)、孙悦(A3) 等 4 人(会签) · 申请人2 的 休假申请",
        ),
        (
            Lang::En,
            "Transfer to Liu Yang (A1) · Leave of Applicant 1",
            "Add Liu Yang (A1), Li Na (A2), Sun Yue (A3) and 1 more after you (all) · Leave of Applicant 2",
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
        let mut desk = Desk::new(platform, settings, 120, 30);
        desk.keys("t刘洋").wait(Duration::from_secs(1)).keys("<enter>y");
        desk.keys("s3刘洋")
            .wait(Duration::from_secs(1))
            .keys("<enter><down><enter><down><enter><down><enter><ctrl-d>yq");
        let panel = desk.screen();
        assert!(panel.contains(transfer) && panel.contains(add), "{panel}");

        desk.event(Event::HungUp);
        let mut desk = desk.start_again(Some(SessionEnd::Signal(1)));
        desk.wait(Duration::from_secs(3));
        let screen = desk.screen();
        assert!(screen.contains(transfer) && screen.contains(add), "{screen}");
    }
}

/// A reason as long as the platform takes: where the decision stands and what answers it are still to be read.
#[test]
fn a_long_opinion_leaves_its_line_its_standing_and_its_keys() {
    for (lang, stands, answer, all) in [
        (Lang::Zh, "只暂存过,没有发出", "[s] 重新操作", "共 1000 字"),
        (Lang::En, "held and never sent", "[s] decide again", "1000 characters"),
    ] {
        for (columns, rows) in [(80, 24), (60, 16), (40, 11), (40, 10)] {
            let mut desk = Desk::new(Scripted::with_leaves(3), settings(operator(), lang), columns, rows);
            desk.keys("r").write(&"理由".repeat(500)).keys("<ctrl-d>y").event(Event::HungUp);
            let mut desk = desk.start_again(Some(SessionEnd::Signal(1)));
            desk.wait(Duration::from_secs(3));
            let screen = desk.screen();
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
        let mut desk = Desk::new(platform, settings, columns, rows);
        desk.keys("s1刘洋")
            .wait(Duration::from_secs(1))
            .keys("<enter><down><enter><down><enter><down><enter><ctrl-d>yq");
        let screen = desk.screen();
        let words: String = screen.split_whitespace().collect();
        for part in
            ["前加签刘洋(ou_刘洋)、李娜(ou_李娜)、孙悦(ou_孙悦)等4人(会签)·申请人1的休假申请", "文字可在记录中找到"]
        {
            assert!(words.contains(part), "{part}\n{screen}");
        }
    }
}

#[test]
fn what_is_discarded_on_leaving_is_told_with_those_whom_it_was_for() {
    let mut platform = Scripted::with_leaves(3);
    platform.people = vec![Person::named(PersonId::new("ou_liuyang"), both("刘洋", "Liu Yang"))];
    let mut desk = Desk::new(platform, settings(operator(), Lang::Zh), 80, 24);
    desk.keys("t刘洋").wait(Duration::from_secs(1)).keys("<enter>yqd");
    let [notice] = desk.app.parting() else { panic!("{:?}", desk.app.parting()) };
    assert_eq!(told(&desk, notice), "转交给 刘洋(ou_liuyang) · 申请人1 的 休假申请 没有发出,已随退出丢弃");
}

#[test]
fn a_full_disk_sends_nothing_and_ends_deciding_with_a_word() {
    let mut desk = desk(3);
    desk.disk_full = true;
    desk.keys("ay").wait(Duration::from_secs(60));
    assert!(desk.sent.is_empty());
    assert!(matches!(desk.state(&key(1)), Some(EntryState::NotSent(_))), "{:?}", desk.state(&key(1)));
    assert!(desk.app.notices.all().any(|(_, notice)| matches!(notice, Notice::JournalLost(_))));
    desk.disk_full = false;
    desk.keys("ay").wait(HELD);
    assert!(desk.sent.is_empty(), "not in this run any more");
    assert!(desk.screen().contains("操作记录写不进磁盘"), "{}", desk.screen());
}

#[test]
fn leaving_waits_for_what_is_held_when_she_says_so_and_stays_when_she_says_that() {
    let mut desk = desk(3);
    desk.keys("ayq<esc>");
    assert!(desk.app.leaving.is_none() && !desk.left);
    desk.keys("qw");
    assert!(!desk.left);
    desk.wait(HELD);
    assert!(desk.left);
    assert_eq!(desk.sent.len(), 1);
    assert!(matches!(desk.app.parting(), [Notice::Accepted { .. }]), "{:?}", desk.app.parting());
}

#[test]
fn what_is_discarded_on_leaving_is_not_asked_about_again() {
    let mut desk = desk(3);
    desk.keys("ayqd");
    assert!(desk.left);
    assert!(matches!(states(&desk, 1).last(), Some(Change::Discarded(Discard::Left))));
    let mut desk = desk.start_again(Some(SessionEnd::Quit));
    desk.wait(HELD);
    assert!(desk.app.reconcile.is_none());
    assert!(desk.sent.is_empty());
}

#[test]
fn u_in_the_list_takes_back_the_decision_of_its_line() {
    let mut desk = desk(3);
    desk.keys("ayay").event(Event::HungUp);
    let mut desk = desk.start_again(Some(SessionEnd::Signal(1)));
    desk.wait(Duration::from_secs(1)).keys("gsyjsyku").wait(HELD);
    let sent: Vec<_> = desk.sent.iter().map(|reviewed| reviewed.target.key.clone()).collect();
    assert_eq!(sent, [key(2)]);
}

#[test]
fn what_is_held_while_she_is_asked_about_leaving_waits_for_her_answer() {
    for seconds in [20, 3_600] {
        let mut desk = desk(3);
        desk.keys("ayq").wait(Duration::from_secs(seconds));
        assert!(desk.sent.is_empty() && !desk.left);
        desk.keys("<esc>").wait(Duration::from_secs(4));
        assert!(desk.sent.is_empty(), "she stays, and can take it back as after its confirmation");
        desk.wait(Duration::from_secs(3));
        assert_eq!(desk.sent.len(), 1, "she thought for {seconds} s, and that is no reason not to send it");
    }
}

#[test]
fn a_key_that_means_nothing_in_the_list_says_so() {
    let mut desk = desk(3);
    desk.keys("ay").event(Event::HungUp);
    let mut desk = desk.start_again(Some(SessionEnd::Signal(1)));
    desk.keys(":approve<enter>");
    assert!(matches!(desk.app.notices.current(), Some(Notice::Unavailable { .. })));
    assert!(desk.app.dialog.is_none());
}

#[test]
fn the_form_beside_a_review_from_the_list_is_that_of_its_case() {
    let mut desk = Desk::new(Scripted::with_leaves(4), settings(operator(), Lang::Zh), 160, 40);
    desk.keys("jay").event(Event::HungUp);
    let mut desk = desk.start_again(Some(SessionEnd::Signal(1)));
    desk.wait(Duration::from_secs(1)).keys("s").wait(Duration::from_secs(1));
    assert_eq!(desk.app.form.process(), Some(&key(2).process));
    desk.keys("<esc>q").wait(Duration::from_secs(1));
    assert_eq!(desk.app.form.process(), desk.app.shown().map(|key| &key.process));
}

#[test]
fn an_answer_that_came_over_a_dead_line_is_told_by_the_next_start() {
    // Nobody knows whether she saw it, until a key of hers comes well after it.
    for (keys, told) in [("", 1), ("j", 0)] {
        let mut desk = desk(3);
        desk.keys("ay").wait(HELD);
        assert!(matches!(desk.state(&key(1)), Some(EntryState::Accepted { .. })));
        desk.wait(Duration::from_secs(3)).keys(keys).wait(Duration::from_secs(17)).event(Event::HungUp);
        let desk = desk.start_again(Some(SessionEnd::Signal(1)));
        let lines = desk.app.reconcile_lines();
        assert_eq!(lines.iter().filter(|line| matches!(line, Line::Told(_))).count(), told, "{keys:?}");
    }
}

#[test]
fn a_key_from_before_the_computer_slept_has_seen_nothing_of_what_came_before() {
    let mut desk = desk(3);
    desk.keys("ay").wait(HELD).clock_jumps(3_600_000).event(Event::HungUp);
    let desk = desk.start_again(Some(SessionEnd::Signal(1)));
    assert!(desk.app.reconcile_lines().iter().any(|line| matches!(line, Line::Told(_))));
}
