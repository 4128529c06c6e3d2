//! Transfer and add-sign: who can be chosen, and how.

use std::time::Duration;

use shenpi::app::people::PersonRefusal;
use shenpi::app::{Picker, Query, Step};
use shenpi::domain::decision::{AddSignMethod, AddSignPosition};
use shenpi::domain::{Decision, Lang, Person, PersonId, Value};

use crate::support::desk::{Desk, settings};
use crate::support::scripted::{Scripted, both, key, operator, todo};

fn desk() -> Desk<Scripted> {
    let mut platform = Scripted::with_leaves(3);
    platform.people = vec![
        Person::named(PersonId::new("ou_liuyang"), both("刘洋", "Liu Yang")),
        Person::named(PersonId::new("ou_wangfang"), both("王芳", "Wang Fang")),
    ];
    let process = platform.processes.get_mut(&key(1).process).unwrap();
    process.todos.push(todo(shenpi::domain::ApproverId::new("2"), "ou_lina", "李娜", "Li Na"));
    Desk::new(platform, settings(operator(), Lang::Zh), 80, 24)
}

fn picker(desk: &Desk<Scripted>) -> &Picker {
    match &desk.app.dialog.as_ref().expect("a dialog is open").step {
        Step::People { picker } => picker,
        other => panic!("{other:?}"),
    }
}

fn names(desk: &Desk<Scripted>) -> Vec<&str> {
    picker(desk).candidates.iter().map(|candidate| candidate.person.name.zh.as_str()).collect()
}

fn searches(desk: &Desk<Scripted>) -> usize {
    desk.platform.asked.iter().filter(|query| matches!(query, Query::People(_))).count()
}

#[test]
fn the_search_waits_for_typing_to_rest_and_asks_once() {
    let mut desk = desk();
    desk.keys("t");
    desk.write("刘洋");
    assert_eq!(searches(&desk), 0);
    desk.wait(Duration::from_millis(300));
    assert_eq!(searches(&desk), 1);
    assert_eq!(names(&desk), ["刘洋", "王芳"]);
}

#[test]
fn people_of_the_case_are_offered_and_found_by_initials_at_once() {
    let mut desk = desk();
    desk.keys("t");
    assert_eq!(names(&desk), ["李娜", "申请人1"]);
    desk.write("ln");
    assert_eq!(names(&desk), ["李娜"], "before any answer");
}

#[test]
fn oneself_and_whoever_handles_the_node_are_refused_before_anything_is_sent() {
    let mut desk = desk();
    desk.keys("t<enter>");
    assert_eq!(picker(&desk).refused, Some(PersonRefusal::HandlesNode), "李娜 handles it");
    desk.write("王芳");
    desk.wait(Duration::from_secs(1)).keys("<down><enter>");
    assert_eq!(picker(&desk).refused, Some(PersonRefusal::Oneself));
    assert!(desk.sent.is_empty());
}

#[test]
fn a_transfer_goes_to_whom_the_review_names() {
    let mut desk = desk();
    desk.keys("t");
    desk.write("刘洋");
    desk.wait(Duration::from_secs(1)).keys("<enter>");
    assert!(matches!(desk.app.dialog.as_ref().unwrap().step, Step::Review { .. }));
    desk.keys("e");
    desk.write("本周出差");
    desk.keys("<ctrl-d>y").wait(Duration::from_secs(6));
    let Decision::Transfer { to, remark } = &desk.sent[0].decision else { panic!("a transfer was sent") };
    assert_eq!((to.id.as_str(), remark.as_str()), ("ou_liuyang", "本周出差"));
    desk.keys("t");
    assert_eq!(names(&desk)[0], "刘洋", "recent people come first");
}

#[test]
fn parallel_add_sign_counts_all_whatever_is_chosen() {
    let mut desk = desk();
    desk.keys("jsm2");
    desk.write("刘洋");
    desk.wait(Duration::from_secs(1)).keys("<enter><ctrl-d>m");
    desk.keys("y").wait(Duration::from_secs(6));
    let Decision::AddSign { position, method, people, .. } = &desk.sent[0].decision else { panic!("an add-sign") };
    assert_eq!((*position, *method), (AddSignPosition::Parallel, AddSignMethod::All));
    assert_eq!(people.len(), 1);
    assert_eq!(desk.sent[0].target.key, key(2));
}

#[test]
fn add_sign_before_takes_several_people_and_any_one_of_them() {
    let mut desk = desk();
    desk.keys("js1<enter>");
    desk.write("刘洋");
    desk.wait(Duration::from_secs(1)).keys("<enter><ctrl-d>m");
    desk.keys("y").wait(Duration::from_secs(6));
    let Decision::AddSign { position, method, people, .. } = &desk.sent[0].decision else { panic!("an add-sign") };
    assert_eq!((*position, *method), (AddSignPosition::Before, AddSignMethod::AnyOne));
    assert_eq!(people.iter().map(|person| person.id.as_str()).collect::<Vec<_>>(), ["ou_initiator2", "ou_liuyang"]);
}

/// Twenty people fill a small window: what she cannot read she cannot confirm, and the window can be enlarged.
#[test]
fn a_sentence_that_does_not_fit_is_not_confirmed_until_the_window_is_enlarged() {
    for (lang, said) in [(Lang::Zh, "请放大窗口再确认"), (Lang::En, "enlarge to confirm")] {
        let mut platform = Scripted::with_leaves(1);
        let staff = |number: usize| {
            Person::named(
                PersonId::new(format!("ou_staff{number:02}")),
                both(&format!("欧阳职员{number}"), &format!("Ouyang {number}")),
            )
        };
        platform.people = (1..=20).map(staff).collect();
        let mut desk = Desk::new(platform, settings(operator(), lang), 40, 10);
        desk.keys("s3x").wait(Duration::from_secs(1));
        for _ in 0..20 {
            desk.keys("<enter><down>");
        }
        desk.keys("<ctrl-d>");
        let small = desk.screen();
        assert!(small.contains(said), "{small}");
        desk.keys("y").wait(Duration::from_secs(6));
        assert!(desk.sent.is_empty() && desk.app.dialog.is_some(), "{}", desk.screen());
        assert!(matches!(desk.app.notices.current(), Some(shenpi::app::Notice::TooSmall)));

        desk.event(shenpi::app::Event::Resized { columns: 80, rows: 24 });
        let large = desk.screen();
        assert!(!large.contains(said) && large.contains("20"), "{large}");
        desk.keys("y").wait(Duration::from_secs(6));
        assert_eq!(desk.sent.len(), 1);
    }
}

#[test]
fn nobody_chosen_is_said_and_sends_nothing() {
    let mut desk = desk();
    desk.keys("s3<ctrl-d>");
    assert_eq!(picker(&desk).refused, Some(PersonRefusal::Nobody));
}

#[test]
fn everybody_whom_a_form_names_is_looked_up_however_many_they_are() {
    let mut platform = Scripted::with_leaves(1);
    let form = platform.forms.get_mut(&key(1).process).unwrap();
    let people: Vec<PersonId> = (0..70).map(|number| PersonId::new(format!("ou_{number}"))).collect();
    form.fields[0].value = Value::List(people.iter().cloned().map(Value::User).collect());
    let mut desk = Desk::new(platform, settings(operator(), Lang::Zh), 80, 24);
    desk.keys("<enter>2").wait(Duration::from_secs(1));
    let asked = desk.platform.asked.iter().find_map(|query| match query {
        Query::PeopleNames(ids) => Some(ids.clone()),
        _ => None,
    });
    assert_eq!(asked, Some(people));
}
