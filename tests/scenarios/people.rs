//! Transfer and add-sign: who can be chosen, and how.

use std::time::Duration;

use shenpi::app::people::PersonRefusal;
use shenpi::app::{Picker, Query, Step};
use shenpi::domain::decision::{AddSignMethod, AddSignPosition};
use shenpi::domain::{Decision, Endpoint, FailureKind, Lang, Outcome, Person, PersonId, Value};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, both, failure, key, operator, todo};

fn harness() -> Harness<Scripted> {
    let mut platform = Scripted::with_leaves(3);
    platform.people = vec![
        Person::named(PersonId::new("ou_liuyang"), both("刘洋", "Liu Yang")),
        Person::named(PersonId::new("ou_wangfang"), both("王芳", "Wang Fang")),
    ];
    let process = platform.processes.get_mut(&key(1).process).unwrap();
    process.todos.push(todo(shenpi::domain::ApproverId::new("2"), "ou_lina", "李娜", "Li Na"));
    Harness::new(platform, settings(operator(), Lang::Zh), 80, 24)
}

fn picker(harness: &Harness<Scripted>) -> &Picker {
    match &harness.app.dialog.as_ref().expect("a dialog is open").step {
        Step::People { picker } => picker,
        other => panic!("{other:?}"),
    }
}

fn names(harness: &Harness<Scripted>) -> Vec<&str> {
    picker(harness).candidates.iter().map(|candidate| candidate.person.name.zh.as_str()).collect()
}

fn searches(harness: &Harness<Scripted>) -> usize {
    harness.platform.asked.iter().filter(|query| matches!(query, Query::People(_))).count()
}

#[test]
fn the_search_waits_for_typing_to_rest_and_asks_once() {
    let mut harness = harness();
    harness.keys("t");
    harness.write("刘洋");
    assert_eq!(searches(&harness), 0);
    harness.wait(Duration::from_millis(300));
    assert_eq!(searches(&harness), 1);
    assert_eq!(names(&harness), ["刘洋", "王芳"]);
}

#[test]
fn people_of_the_case_are_offered_and_found_by_initials_at_once() {
    let mut harness = harness();
    harness.keys("t");
    assert_eq!(names(&harness), ["李娜", "申请人1"]);
    harness.write("ln");
    assert_eq!(names(&harness), ["李娜"], "before any answer");
}

/// Two people called 张伟: one began the case, the other works elsewhere.
fn namesakes() -> (Harness<Scripted>, [Person; 2]) {
    let zhangwei = |end: &str, number: &str, zh: &str, en: &str| Person {
        employee_number: number.into(),
        department: both(zh, en),
        ..Person::named(PersonId::new(format!("ou_5f2c9a1e7b3d4c68a0e1f2938475{end}")), both("张伟", "Zhang Wei"))
    };
    let people = [
        zhangwei("6abc", "XH0108", "支付研发部", "Payments R&D"),
        zhangwei("91d0", "XH0341", "华北大区", "North China"),
    ];
    let mut platform = Scripted::with_leaves(2);
    for process in platform.processes.values_mut() {
        process.initiator_id = Some(people[0].id.clone());
        process.initiator_name = both("张伟", "Zhang Wei");
    }
    platform.people = people.to_vec();
    platform.staff = people.to_vec();
    (Harness::new(platform, settings(operator(), Lang::Zh), 80, 24), people)
}

/// The rows of the screen that hold these words.
fn rows(harness: &mut Harness<Scripted>, words: &str) -> Vec<String> {
    let screen = harness.screen();
    screen
        .lines()
        .skip_while(|line| !line.contains(" > "))
        .filter(|line| line.contains(words))
        .map(str::to_owned)
        .collect()
}

fn look_ups(harness: &Harness<Scripted>) -> usize {
    harness.platform.asked.iter().filter(|query| matches!(query, Query::PeopleById(_))).count()
}

/// The sentence as it stands on the screen, in one line.
fn sentence(harness: &mut Harness<Scripted>) -> String {
    let screen = harness.screen();
    let lines: Vec<_> = screen.lines().rev().skip(1).take_while(|line| !line.contains("──")).collect();
    lines.into_iter().rev().collect()
}

#[test]
fn two_people_of_the_same_name_have_number_and_department_from_the_case_and_from_the_search() {
    let (mut harness, people) = namesakes();
    harness.keys("t");
    let asked = harness.platform.asked.iter().rev().find_map(|query| match query {
        Query::PeopleById(ids) => Some(ids.clone()),
        _ => None,
    });
    assert_eq!(asked, Some(vec![people[0].id.clone(), operator().id]), "whom it knows by name, in one question");
    let found = rows(&mut harness, "张伟");
    assert!(found.len() == 1 && found[0].contains("XH0108   支付研发部"), "{found:?}");
    harness.write("张伟");
    harness.wait(Duration::from_secs(1));
    let found = rows(&mut harness, "XH");
    assert!(found[0].contains("XH0341") && found[0].contains("搜索结果"), "{found:?}");
    assert!(found[1].contains("XH0108") && found[1].contains("发起人"), "{found:?}");
    harness.keys("<enter>");
    assert!(sentence(&mut harness).contains("转交给 张伟（XH0341 华北大区）"), "{}", harness.screen());
    harness.keys("y").wait(Duration::from_secs(6));
    let Decision::Transfer { to, .. } = &harness.sent[0].decision else { panic!("a transfer was sent") };
    assert_eq!(*to, people[1]);

    let before = look_ups(&harness);
    harness.keys("t");
    let recent = rows(&mut harness, "最近选过");
    assert!(recent.len() == 1 && recent[0].contains("XH0341"), "{recent:?}");
    assert!(rows(&mut harness, "XH0108").len() == 1, "{}", harness.screen());
    assert_eq!(look_ups(&harness), before + 1, "only the operator, whom nobody knows here, is asked for again");
}

#[test]
fn until_a_look_up_answers_or_when_it_fails_the_end_of_the_id_tells_people_apart() {
    let (mut harness, people) = namesakes();
    harness.wait(Duration::from_secs(1));
    harness.answers_wait = true;
    harness.keys("t");
    let row = rows(&mut harness, "张伟");
    assert!(row[0].contains("ou_…6abc"), "no wait for the look-up: {row:?}");
    harness.answers_come();
    let row = rows(&mut harness, "张伟");
    assert!(row[0].contains("XH0108") && !row[0].contains("6abc"), "{row:?}");

    let (mut harness, _) = namesakes();
    harness.platform.staff.clear();
    harness.keys("t<down><enter>");
    assert!(sentence(&mut harness).contains("转交给 张伟（ou_…6abc） ·"), "{}", harness.screen());
    harness.keys("y").wait(Duration::from_secs(6));
    let Decision::Transfer { to, .. } = &harness.sent[0].decision else { panic!("a transfer was sent") };
    assert_eq!(to.id, people[0].id);
    harness.platform.staff = people.to_vec();
    harness.keys("t");
    let recent = rows(&mut harness, "张伟");
    assert!(
        recent.iter().any(|row| row.contains("XH0108")),
        "who was chosen by name only is looked up, too: {recent:?}"
    );
}

/// `y` confirms the sentence on screen: a late answer adds to the next sentence only.
#[test]
fn details_that_come_while_the_review_is_open_change_nothing_in_it() {
    let (mut harness, people) = namesakes();
    harness.wait(Duration::from_secs(1));
    harness.answers_wait = true;
    harness.keys("t<down><enter>");
    let before = harness.screen();
    assert!(before.contains("ou_…6abc"), "{before}");
    harness.answers_come();
    assert_eq!(harness.screen(), before);
    harness.keys("e<ctrl-d>");
    assert!(sentence(&mut harness).contains("张伟（XH0108 支付研发部）"), "{}", harness.screen());
    harness.keys("y").wait(Duration::from_secs(6));
    let Decision::Transfer { to, .. } = &harness.sent[0].decision else { panic!("a transfer was sent") };
    assert_eq!(*to, people[0]);
}

#[test]
fn an_answer_that_adds_people_leaves_the_one_under_the_cursor_there() {
    let (mut harness, people) = namesakes();
    harness.platform.people.remove(0);
    let process = harness.platform.processes.get_mut(&key(1).process).unwrap();
    let acted = todo(shenpi::domain::ApproverId::new("acted"), people[0].id.as_str(), "张伟", "Zhang Wei");
    process.done_list.push(crate::support::scripted::done_of(acted, shenpi::domain::DoneStatus::Done, ""));
    process.initiator_id = None;
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1));
    harness.answers_wait = true;
    harness.keys("t");
    harness.write("XH0");
    harness.wait(Duration::from_secs(1)).answers_come_newest_first();
    let listed: Vec<_> = picker(&harness).candidates.iter().map(|candidate| &candidate.person).collect();
    assert_eq!(listed, [&people[0], &people[1]], "whose number came last is listed first");
    harness.keys("<enter>");
    assert!(sentence(&mut harness).contains("XH0341"), "{}", harness.screen());
}

#[test]
fn oneself_and_whoever_handles_the_node_are_refused_before_anything_is_sent() {
    let mut harness = harness();
    harness.keys("t<enter>");
    assert_eq!(picker(&harness).refused, Some(PersonRefusal::NoneMarked), "no one but the requester could be chosen");
    harness.keys("<down><enter>");
    assert_eq!(picker(&harness).refused, Some(PersonRefusal::HandlesNode), "李娜 handles it");
    harness.write("王芳");
    harness.wait(Duration::from_secs(1)).keys("<down><enter>");
    assert_eq!(picker(&harness).refused, Some(PersonRefusal::Oneself));
    assert!(harness.sent.is_empty());
}

#[test]
fn a_transfer_goes_to_whom_the_review_names() {
    let mut harness = harness();
    harness.keys("t");
    harness.write("刘洋");
    harness.wait(Duration::from_secs(1)).keys("<enter>");
    assert!(matches!(harness.app.dialog.as_ref().unwrap().step, Step::Review { .. }));
    harness.keys("e");
    harness.write("本周出差");
    harness.keys("<ctrl-d>y").wait(Duration::from_secs(6));
    let Decision::Transfer { to, remark } = &harness.sent[0].decision else { panic!("a transfer was sent") };
    assert_eq!((to.id.as_str(), remark.as_str()), ("ou_liuyang", "本周出差"));
    harness.keys("t");
    assert_eq!(names(&harness)[0], "刘洋", "recent people come first");
}

#[test]
fn parallel_add_sign_counts_all_whatever_is_chosen() {
    let mut harness = harness();
    harness.keys("jsm2");
    harness.write("刘洋");
    harness.wait(Duration::from_secs(1)).keys("<enter><ctrl-d>m");
    harness.keys("y").wait(Duration::from_secs(6));
    let Decision::AddSign { position, method, people, .. } = &harness.sent[0].decision else { panic!("an add-sign") };
    assert_eq!((*position, *method), (AddSignPosition::Parallel, AddSignMethod::All));
    assert_eq!(people.len(), 1);
    assert_eq!(harness.sent[0].target.key, key(2));
}

#[test]
fn add_sign_before_takes_several_people_and_any_one_of_them() {
    let mut harness = harness();
    harness.keys("js1<down><enter>");
    harness.write("刘洋");
    harness.wait(Duration::from_secs(1)).keys("<enter><ctrl-d>m");
    harness.keys("y").wait(Duration::from_secs(6));
    let Decision::AddSign { position, method, people, .. } = &harness.sent[0].decision else { panic!("an add-sign") };
    assert_eq!((*position, *method), (AddSignPosition::Before, AddSignMethod::AnyOne));
    assert_eq!(people.iter().map(|person| person.id.as_str()).collect::<Vec<_>>(), ["ou_initiator2", "ou_liuyang"]);
}

#[test]
fn the_next_name_is_typed_into_an_empty_field_and_the_list_stays_for_another_of_it() {
    let mut harness = harness();
    harness.keys("js1");
    harness.write("刘洋");
    harness.wait(Duration::from_secs(1));
    let listed: Vec<String> = names(&harness).into_iter().map(str::to_owned).collect();
    harness.keys("<enter>");
    assert!(picker(&harness).query.is_empty());
    assert_eq!(names(&harness), listed);
    harness.platform.people.clear();
    harness.write("申请人2");
    harness.wait(Duration::from_secs(1));
    assert_eq!(harness.platform.asked.last(), Some(&Query::People("申请人2".into())));
    assert_eq!(names(&harness)[0], "申请人2");
    harness.keys("<enter><ctrl-d>");
    assert!(sentence(&mut harness).contains("前加签 刘洋（ou_liuyang）、申请人2（ou_…tor2）"), "{}", harness.screen());
}

/// The platform finds no initials (protocol.md#search-employees): a person who is not found by them is found by a
/// longer text.
#[test]
fn what_finds_nobody_says_where_initials_are_looked_for() {
    for (lang, prompt, nobody, plain, herself) in [
        (
            Lang::Zh,
            "> 姓名、拼音、首字母、邮箱或工号",
            "未找到。拼音首字母仅能搜索已加载单据中的人。",
            "未找到匹配的人",
            "不能选择自己",
        ),
        (
            Lang::En,
            "> Name, initials, email or number",
            "No matches. Initials only match people in loaded requests.",
            "No matches",
            "this is you",
        ),
    ] {
        for (columns, rows) in [(80, 24), (40, 10)] {
            let mut harness = Harness::new(Scripted::with_leaves(2), settings(operator(), lang), columns, rows);
            harness.keys("t");
            let screen = harness.screen();
            let said = screen.lines().find(|line| line.contains(" > ")).map(str::trim).unwrap_or_default();
            assert_eq!(said, prompt, "{screen}");
            assert!(!screen.contains(herself), "the operator is not offered: {screen}");
            for (query, words) in
                [("ly", nobody), ("lyq", nobody), ("XH99", plain), ("liuyang", plain), ("刘洋", plain)]
            {
                harness.keys("<ctrl-u>").write(query).wait(Duration::from_secs(1));
                let screen = harness.screen();
                let said: String = screen.split_whitespace().collect();
                assert!(said.contains(&words.replace(' ', "")), "{query}\n{screen}");
            }
            harness.keys("<ctrl-u>").write("wf").wait(Duration::from_secs(1));
            assert!(harness.screen().contains(herself), "{}", harness.screen());
            harness.keys("<enter>");
            assert_eq!(picker(&harness).refused, Some(PersonRefusal::Oneself));
        }
    }
}

#[test]
fn a_search_that_failed_is_not_said_to_have_found_nobody() {
    let limited = FailureKind::RateLimited { retry_after: Duration::from_secs(30) };
    for kind in [limited, FailureKind::Unreachable] {
        let mut harness = harness();
        harness.keys("t");
        harness.platform.trouble = Some(failure(Endpoint::SearchEmployees, kind, Outcome::NotSent, None));
        harness.write("ly");
        harness.wait(Duration::from_secs(1));
        let screen = harness.screen();
        assert!(screen.contains("搜索失败") && !screen.contains("没有找到"), "{screen}");
    }
}

#[test]
fn the_way_on_keeps_its_place_among_the_hints_of_a_narrow_window() {
    for (lang, done) in [(Lang::Zh, "Ctrl-D 完成"), (Lang::En, "Ctrl-D done")] {
        let mut harness = Harness::new(Scripted::with_leaves(1), settings(operator(), lang), 40, 10);
        harness.keys("s1");
        let screen = harness.screen();
        let hints = screen.lines().last().unwrap_or_default();
        assert!(hints.contains("Enter") && hints.contains(done) && hints.contains("Esc"), "{screen}");
    }
}

/// Nothing in the sentence would say which of the two it is.
#[test]
fn how_several_count_is_asked_where_there_are_several() {
    let mut harness = harness();
    harness.keys("js1<down><enter><ctrl-d>");
    assert!(!harness.screen().contains("m 或签/会签"), "{}", harness.screen());
    harness.keys("my").wait(Duration::from_secs(6));
    let Decision::AddSign { method, people, .. } = &harness.sent[0].decision else { panic!("an add-sign") };
    assert_eq!((people.len(), *method), (1, AddSignMethod::All));

    harness.keys("s1<down><enter><up><enter><ctrl-d>");
    let screen = harness.screen();
    assert!(sentence(&mut harness).replace(' ', "").contains("（会签）") && screen.contains("m 或签/会签"), "{screen}");
    assert!(sentence(harness.keys("m")).replace(' ', "").contains("（或签）"));
}

/// Twenty people fill a small window: a sentence that is not readable cannot be confirmed, and the window can be
/// enlarged.
#[test]
fn a_sentence_that_does_not_fit_is_not_confirmed_until_the_window_is_enlarged() {
    for (lang, said) in [(Lang::Zh, "请放大窗口后再确认"), (Lang::En, "12 lines hidden; enlarge")] {
        let mut platform = Scripted::with_leaves(1);
        let staff = |number: usize| {
            Person::named(
                PersonId::new(format!("ou_staff{number:02}")),
                both(&format!("欧阳职员{number}"), &format!("Ouyang {number}")),
            )
        };
        platform.people = (1..=20).map(staff).collect();
        let mut harness = Harness::new(platform, settings(operator(), lang), 40, 10);
        harness.keys("s3x").wait(Duration::from_secs(1));
        for _ in 0..20 {
            harness.keys("<enter><down>");
        }
        harness.keys("<ctrl-d>");
        let small = harness.screen();
        assert!(small.contains(said), "{small}");
        harness.keys("y").wait(Duration::from_secs(6));
        assert!(harness.sent.is_empty() && harness.app.dialog.is_some(), "{}", harness.screen());
        assert!(matches!(harness.app.notices.current(), Some(shenpi::app::Notice::TooSmall)));

        harness.event(shenpi::app::Event::Resized { columns: 80, rows: 24 });
        let large = harness.screen();
        assert!(!large.contains(said) && large.contains("20"), "{large}");
        harness.keys("y").wait(Duration::from_secs(6));
        assert_eq!(harness.sent.len(), 1);
    }
}

#[test]
fn nobody_chosen_is_said_and_sends_nothing() {
    let mut harness = harness();
    harness.keys("s3<ctrl-d>");
    assert_eq!(picker(&harness).refused, Some(PersonRefusal::Nobody));
}

#[test]
fn everybody_whom_a_form_names_is_looked_up_however_many_they_are() {
    let mut platform = Scripted::with_leaves(1);
    let form = platform.forms.get_mut(&key(1).process).unwrap();
    let people: Vec<PersonId> = (0..70).map(|number| PersonId::new(format!("ou_{number}"))).collect();
    form.fields[0].value = Value::List(people.iter().cloned().map(Value::User).collect());
    let mut harness = Harness::new(platform, settings(operator(), Lang::Zh), 80, 24);
    harness.keys("<enter>2").wait(Duration::from_secs(1));
    let asked = harness.platform.asked.iter().find_map(|query| match query {
        Query::PeopleById(ids) => Some(ids.clone()),
        _ => None,
    });
    assert_eq!(asked, Some(people));
}

/// A picker of either kind, with these who acted before.
fn offered(keys: &str, acted: &[(&str, &str)]) -> Harness<Scripted> {
    let mut harness = harness();
    let process = harness.platform.processes.get_mut(&key(1).process).unwrap();
    for (id, name) in acted {
        let task = todo(shenpi::domain::ApproverId::new(*id), id, name, name);
        process.done_list.push(crate::support::scripted::done_of(task, shenpi::domain::DoneStatus::Done, ""));
    }
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1)).keys(keys);
    harness
}

#[test]
fn cursor_starts_on_a_possible_choice_and_requester_is_last() {
    for keys in ["t", "s1"] {
        let harness = offered(keys, &[("ou_sun", "孙悦"), ("ou_qian", "钱程")]);
        assert_eq!(names(&harness), ["孙悦", "钱程", "李娜", "申请人1"], "{keys}");
        assert_eq!(picker(&harness).cursor, Some(0));
        let mut harness = offered(keys, &[]);
        assert_eq!(names(&harness), ["李娜", "申请人1"], "{keys}");
        assert_eq!(picker(&harness).cursor, None, "neither who handles the step nor the requester");
        harness.keys("<enter>");
        assert!(harness.screen().contains("请先按 ↓ 选人，或输入姓名"), "{}", harness.screen());
        assert!(picker(&harness).chosen.is_empty());
    }
}

#[test]
fn picker_names_the_part_of_each_in_the_request() {
    let mut harness = offered("t", &[("ou_sun", "孙悦")]);
    let screen = harness.screen();
    for (name, part) in [("孙悦", "已审批"), ("李娜", "待审批"), ("申请人1", "发起人")] {
        assert!(screen.lines().any(|line| line.contains(name) && line.contains(part)), "{name}\n{screen}");
    }
    assert!(!screen.contains("本流程中"), "{screen}");
}

#[test]
fn requester_is_chosen_only_on_purpose() {
    let mut harness = offered("t", &[]);
    harness.answers_wait = true;
    harness.write("申请人1");
    assert_eq!(picker(&harness).cursor, None, "the platform may know another of this name");
    harness.platform.people.clear();
    harness.wait(Duration::from_secs(1)).answers_come();
    assert_eq!(picker(&harness).cursor, Some(0));
    harness.keys("<enter>");
    assert!(sentence(&mut harness).contains("申请人1"), "{}", harness.screen());
}
