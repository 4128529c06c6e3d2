//! The demo organisation has all kinds of content, in any size, and other people act in it.

use std::collections::{BTreeSet, HashSet};

use shenpi::domain::{CleanText, Millis, biz_type};
use shenpi::sim::demo::{DemoOrganization, add_oversized, organisation};
use shenpi::sim::http::{form_data, process_data};
use shenpi::sim::world::{
    Bilingual, FieldKind, FormField, FormValue, ListTasks, NodeKind, Process, ProcessKey, ProcessState, Purpose,
    Refusal, Rule, Task, TaskState, UserIdType, World,
};

/// Thursday 2026-03-12, 10:00 in Beijing.
const NOW: Millis = Millis(1_773_280_800_000);
const WRITTEN_BY_HAND: usize = 29;

fn processes(world: &World) -> impl Iterator<Item = (ProcessKey, &Process)> {
    world.process_keys().map(|key| (key, world.process(key)))
}

fn open_task<'a>(organisation: &DemoOrganization, process: &'a Process) -> Option<&'a Task> {
    let open = |task: &&Task| task.person == Some(organisation.operator.key) && task.state == TaskState::Open;
    process.tasks.iter().find(open).filter(|_| process.state == ProcessState::InProgress)
}

fn pending(organisation: &DemoOrganization) -> Vec<ProcessKey> {
    let waits = |(key, process)| open_task(organisation, process).map(|_| key);
    processes(&organisation.world).filter_map(waits).collect()
}

/// The operator's pending tasks in the platform's list.
fn listed(organisation: &mut DemoOrganization, now: Millis) -> Result<Vec<String>, Refusal> {
    let user_id = organisation.operator.ids.open_id.to_string();
    let mut request =
        ListTasks { user_id, user_id_type: UserIdType::OpenId, status: Some(1), page_size: 100, page_token: None };
    let mut ids = Vec::new();
    loop {
        let page = organisation.world.list_tasks(&request, now)?;
        ids.extend(page.items.iter().map(|task| task.approver_id.to_string()));
        if !page.has_more {
            return Ok(ids);
        }
        request.page_token = Some(page.token);
    }
}

fn for_each_value<'a>(value: &'a FormValue, visit: &mut dyn FnMut(&'a FormValue)) {
    visit(value);
    match value {
        FormValue::List(values) => values.iter().for_each(|value| for_each_value(value, visit)),
        FormValue::Record(members) => members.iter().for_each(|(_, value)| for_each_value(value, visit)),
        _ => {}
    }
}

fn name_of(world: &World, key: ProcessKey) -> String {
    world.flow(world.process(key).flow).business.template_id.to_string()
}

#[test]
fn a_queue_of_any_size_has_exactly_that_many_tasks() {
    for tasks in [0, 1, 8, 24, 29, 30, 200, 5_000] {
        let mut organisation = organisation(7, tasks, NOW);
        let ids = listed(&mut organisation, NOW).unwrap();
        assert_eq!(ids.len(), tasks);
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), tasks, "no task twice");
        assert!(ids.iter().all(|id| id.len() == 19), "19 digits");
    }
}

#[test]
fn nothing_happens_after_the_start_or_out_of_order() {
    let organisation = organisation(3, 400, NOW);
    for (_, process) in processes(&organisation.world) {
        assert!(process.created <= process.modified && process.modified <= NOW);
        for task in &process.tasks {
            assert!(process.created <= task.created && task.created <= NOW);
            assert!(task.completed.is_none_or(|done| task.created <= done && done <= NOW));
        }
        for comment in &process.comments {
            assert!(process.created <= comment.time && comment.time <= NOW);
        }
    }
}

#[test]
fn tasks_have_waited_from_minutes_to_nine_days() {
    for tasks in [WRITTEN_BY_HAND, 300] {
        let organisation = organisation(5, tasks, NOW);
        let world = &organisation.world;
        let waited = |key| NOW - open_task(&organisation, world.process(key)).unwrap().created;
        let waits: Vec<_> = pending(&organisation).into_iter().map(waited).collect();
        assert!(waits.iter().any(|wait| *wait < 20 * 60_000), "minutes");
        assert!(waits.iter().any(|wait| *wait > 8 * 86_400_000), "more than a week");
        assert!(waits.iter().all(|wait| *wait <= 9 * 86_400_000));
    }
}

#[test]
fn the_organisation_is_large_enough() {
    let organisation = organisation(1, 24, NOW);
    let world = &organisation.world;
    assert!(world.people().len() >= 12);
    let departments: HashSet<_> = world.people().iter().map(|person| person.profile.department).collect();
    assert!(departments.len() >= 4);
    assert!(departments.iter().all(|key| {
        let mut department = world.department(*key);
        while let Some(parent) = department.parent {
            department = world.department(parent);
        }
        &*department.name.en == "Xinghe Software"
    }));
    let flows: HashSet<_> = processes(world).map(|(_, process)| process.flow).collect();
    let businesses: BTreeSet<_> = world.process_keys().map(|key| name_of(world, key)).collect();
    assert!(flows.len() >= 6 && businesses.len() >= 6);
    for business in ["cpst_adjust_salary_flow_info", "offboarding_info", "custom_remote_work__c", "offer_salary_merge"]
    {
        assert!(businesses.contains(business), "{business} is missing");
    }
    assert!(processes(world).count() >= 40);
    assert_eq!(&*organisation.operator.name.zh, "王芳");
    let names: Vec<_> = world.people().iter().map(|person| &*person.profile.name.zh).collect();
    assert_eq!(names.iter().filter(|name| **name == "张伟").count(), 2, "two people of one name");
    assert!(names.contains(&"欧阳建国") && names.contains(&"Anna Schmidt-Hohenberg"));
}

#[test]
fn every_status_node_and_position_of_the_operator_occurs() {
    let organisation = organisation(1, WRITTEN_BY_HAND, NOW);
    let world = &organisation.world;
    let states: HashSet<_> = processes(world).map(|(_, process)| process.state as i64).collect();
    assert_eq!(states, HashSet::from([1, 2, 4, 8, 9, 15]));

    let nodes: Vec<_> = processes(world).flat_map(|(_, process)| &process.nodes).collect();
    assert!(nodes.iter().any(|node| node.kind == NodeKind::Approval(Rule::Any)));
    assert!(nodes.iter().any(|node| node.kind == NodeKind::Approval(Rule::All)));
    assert!(nodes.iter().any(|node| node.kind == NodeKind::Copy));
    assert!(nodes.iter().any(|node| node.kind == NodeKind::Signature));
    assert!(nodes.iter().any(|node| matches!(&node.kind, NodeKind::Form { mandatory } if !mandatory.is_empty())));
    let flows = processes(world).map(|(_, process)| world.flow(process.flow));
    let flows: Vec<_> = flows.collect();
    assert!(flows.iter().any(|flow| flow.old), "an old flow, which refuses add-sign with OR");
    assert!(flows.iter().any(|flow| flow.nodes.iter().any(|node| !node.add_sign)), "a node without add-sign");

    let me = organisation.operator.key;
    let mine: Vec<_> =
        processes(world).flat_map(|(_, process)| &process.tasks).filter(|task| task.person == Some(me)).collect();
    for state in [
        TaskState::Open,
        TaskState::Approved,
        TaskState::ClosedBySibling,
        TaskState::Rejected,
        TaskState::Cancelled,
        TaskState::Copied,
        TaskState::TakenOver { approved: true },
        TaskState::Intervened,
        TaskState::RolledBack,
        TaskState::Initiated,
    ] {
        assert!(mine.iter().any(|task| task.state == state), "no task of the operator is {state:?}");
    }
    assert!(mine.iter().any(|task| task.is_form && task.state == TaskState::Open), "a form to fill in");
    let own =
        |(_, process): &(_, &Process)| process.initiator == Some(me) && open_task(&organisation, process).is_some();
    assert!(processes(world).any(|case| own(&case)), "a pending request of the operator, to withdraw");
    assert!(world.person(me).profile.administrator, "the operator may revoke completed ones");
}

#[test]
fn special_cases_are_among_the_first_twenty_four() {
    let organisation = organisation(1, 24, NOW);
    let world = &organisation.world;
    let queue: Vec<_> = pending(&organisation).into_iter().map(|key| world.process(key)).collect();

    assert!(queue.iter().any(|process| process.initiator.is_none()), "begun by the system");
    let original = queue.iter().find_map(|process| match process.purpose {
        Purpose::Correction(original) => Some(world.process(original)),
        _ => None,
    });
    assert_eq!(original.map(|process| process.state), Some(ProcessState::Completed), "a correction and its original");
    assert!(queue.iter().any(|process| matches!(process.purpose, Purpose::Revocation(_))));

    let messages: Vec<_> = queue.iter().flat_map(|process| &process.comments).map(|comment| &comment.message).collect();
    let hostile = ["\u{1b}[2J", "\u{1b}]52;", "\u{9b}", "\u{202e}", "\u{200b}"];
    let attack = messages.iter().find(|message| hostile.iter().all(|trick| message.contains(trick)));
    assert!(CleanText::new(attack.expect("a hostile comment")).replaced() >= 10);
    let longest = messages.iter().max_by_key(|message| message.chars().count()).unwrap();
    assert!(longest.chars().count() > 6_000, "{} characters", longest.chars().count());
    let han = longest.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
    assert!(han > 4_500 && longest.lines().count() > 20, "Chinese, in paragraphs");
    assert_eq!(CleanText::new(longest).replaced(), 0);
    assert!(queue.iter().any(|process| process.comments.iter().any(|comment| !comment.mentions.is_empty())));
    assert!(queue.iter().any(|process| process.comments.iter().any(|comment| comment.images > 0)));

    let high_care = |process: &&&Process| {
        let id = world.flow(process.flow).business.template_id.clone();
        biz_type::PUBLISHED.iter().any(|known| known.name == &*id && known.high_care)
    };
    assert!(queue.iter().filter(high_care).count() >= 3);
}

#[test]
fn forms_hold_every_kind_of_value() {
    let organisation = organisation(1, 24, NOW);
    let world = &organisation.world;
    let mut kinds = Vec::new();
    let mut note = |kind: FieldKind| {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    };
    let mut sizes = HashSet::new();
    for key in pending(&organisation) {
        for field in &world.process(key).form {
            note(field.kind);
            for_each_value(&field.value, &mut |value| {
                note(value.kind());
                if let FormValue::File(file) = value {
                    sizes.insert((file.mime_type.clone(), file.length));
                }
            });
        }
    }
    assert_eq!(kinds.len(), 15, "{kinds:?}");
    assert!(sizes.len() >= 5);

    let forms = || pending(&organisation).into_iter().map(|key| &world.process(key).form);
    let has = |wanted: &dyn Fn(&FormField) -> bool| forms().any(|form| form.iter().any(wanted));
    let record_in_record = |value: &FormValue| match value {
        FormValue::Record(members) => members.iter().any(|(_, member)| matches!(member, FormValue::Record(_))),
        _ => false,
    };
    let table = |value: &FormValue| match value {
        FormValue::List(rows) => rows.len() > 1 && rows.iter().all(|row| matches!(row, FormValue::Record(_))),
        _ => false,
    };
    assert!(has(&|field| record_in_record(&field.value)));
    assert!(has(&|field| table(&field.value)));
    assert!(has(&|field| field.value == FormValue::Empty));
    assert!(has(&|field| field.value == FormValue::Number("12345678.90".into())));
    assert!(has(&|field| matches!(&field.value, FormValue::I18n(words) if words.zh.is_empty() != words.en.is_empty())));
    assert!(has(&|field| field.name.zh.is_empty() != field.name.en.is_empty()), "a label in one language");
    let raw = |field: &FormField, text: &str| match &field.value {
        FormValue::Raw { v2, v2_sub_values, v1 } => {
            let sub_values = serde_json::Value::from(v2_sub_values.clone()).to_string();
            assert!(v1.is_object());
            format!("{v2}{sub_values}").contains(text)
        }
        _ => false,
    };
    assert!(has(&|field| raw(field, "geo_value")), "a kind without a name");
    assert!(
        has(&|field| raw(field, r#"{"list_values":["contact_0","contact_1"]}[{"key":"contact_0""#)),
        "a dangling key"
    );
    assert!(has(&|field| raw(field, r#"{"key":"stage_1","value":{"list_values":["stage_0"]}}"#)), "a cycle");
}

#[test]
fn everything_has_its_name_in_both_languages() {
    let organisation = organisation(9, 300, NOW);
    let world = &organisation.world;
    let both = |words: &Bilingual| {
        assert!(!words.zh.is_empty() && !words.en.is_empty(), "{words:?}");
        assert!(words.en.is_ascii(), "no Chinese in {words:?}");
    };
    let chinese = |words: &Bilingual| {
        both(words);
        assert!(words.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "no Chinese in {words:?}");
    };
    for (key, process) in processes(world) {
        let flow = world.flow(process.flow);
        [&flow.name, &flow.business.name].into_iter().for_each(chinese);
        flow.nodes.iter().for_each(|node| chinese(&node.name));
        for (name, value) in &process.abstracts {
            chinese(name);
            assert!(!value.zh.is_empty() && !value.en.is_empty(), "{name:?} says nothing in {key:?}");
            assert!(!value.zh.contains(['{', '|']) && !value.en.contains(['{', '|']), "{value:?}");
        }
        // The one form that breaks rules on purpose.
        if &*flow.business.template_id != "custom_onsite__c" {
            process.form.iter().for_each(|field| chinese(&field.name));
        }
        for field in &process.form {
            for_each_value(&field.value, &mut |value| match value {
                FormValue::Enum { set, label, .. } => {
                    both(label);
                    assert!(world.enum_set(set).count() > 1);
                }
                FormValue::Object { kind, id } => both(&world.object(kind, id).unwrap().name),
                FormValue::Text(text) => assert!(!text.contains(['{', '~', '@']), "{text}"),
                _ => {}
            });
        }
    }
    world.people().iter().for_each(|person| both(&person.profile.name));
    world.people().iter().for_each(|person| chinese(&person.profile.job_title));
    world.department_keys().for_each(|key| chinese(&world.department(key).name));
}

#[test]
fn employee_numbers_and_mails_are_nobody_else_s() {
    let organisation = organisation(2, 5_000, NOW);
    let people = organisation.world.people();
    assert!(people.len() > 300);
    let numbers: HashSet<_> = people.iter().map(|person| &person.profile.employee_number).collect();
    let mails: HashSet<_> = people.iter().map(|person| &person.profile.email).collect();
    assert_eq!((numbers.len(), mails.len()), (people.len(), people.len()));
    assert!(mails.iter().all(|mail| mail.ends_with("@xinghe.example")));
}

#[test]
fn generated_cases_are_plausible() {
    let organisation = organisation(2, 3_000, NOW);
    let world = &organisation.world;
    let home = world.person(organisation.operator.key).profile.department;
    let under = |person| {
        let department = world.person(person).profile.department;
        department == home || world.department(department).parent == Some(home)
    };
    let generated: Vec<_> = pending(&organisation).into_iter().skip(WRITTEN_BY_HAND).collect();
    let mut left = HashSet::new();
    let mut texts = HashSet::new();
    for process in generated.iter().map(|key| world.process(*key)) {
        let decides = |task: &Task| task.person.is_some() && task.person == process.initiator && task.node.is_some();
        assert!(!process.tasks.iter().any(decides), "nobody decides what is his own");
        let business = world.flow(process.flow).business.biz_type.clone();
        if let Some(initiator) = process.initiator
            && ["leave_application", "remedy_application", "offboarding_info"].contains(&&*business)
        {
            assert!(under(initiator), "the operator is asked about their own people");
        }
        let about = process.form.iter().find_map(|field| match field.value {
            FormValue::Employment(person) if &*field.api_name == "employment" => Some(person),
            _ => None,
        });
        assert!(about.is_none_or(|person| left.insert((process.flow, person))), "{business} twice about one person");
        texts.insert(format!("{:?}{:?}", process.initiator, process.abstracts));
    }
    assert!(texts.len() * 10 > generated.len() * 9, "{} of {} differ", texts.len(), generated.len());
}

/// All content of a world that a client could see.
fn print(world: &World) -> String {
    format!("{:?}", processes(world).map(|(_, process)| process).collect::<Vec<_>>())
}

#[test]
fn one_seed_fixes_everything() {
    let print_of = |seed| {
        let organisation = organisation(seed, 120, NOW);
        format!("{}{:?}{:?}", print(&organisation.world), organisation.operator, organisation.world.people())
    };
    assert_eq!(print_of(11), print_of(11));
    assert_ne!(print_of(11), print_of(12));
}

#[test]
fn the_assets_are_sound_on_any_day() {
    for day in 0..40 {
        let now = Millis(NOW.0 + day * 86_400_000 + day * 1_800_000);
        let organisation = organisation(4, 60, now);
        assert_eq!(pending(&organisation).len(), 60);
    }
}

#[test]
fn no_secret_is_shown() {
    use secrecy::ExposeSecret;
    let organisation = organisation(4, 1, NOW);
    let secret = organisation.app_secret.expose_secret();
    assert_eq!(secret.len(), 32);
    assert!(!format!("{organisation:?}").contains(secret));
    assert!(organisation.app_id.starts_with("cli_") && organisation.app_id.len() == 20);
}

/// Lets the others act for `minutes`, and says at which times they did.
fn live(organisation: &mut DemoOrganization, minutes: i64) -> Vec<Millis> {
    let mut at = NOW;
    let mut times = Vec::new();
    while at.0 < NOW.0 + minutes * 60_000 {
        at = organisation.actors.next(&mut organisation.world, at);
        times.push(at);
    }
    times
}

#[test]
fn the_others_wait_twenty_to_sixty_seconds_between_acts() {
    let mut organisation = organisation(6, 40, NOW);
    let before = print(&organisation.world);
    let first = organisation.actors.next(&mut organisation.world, NOW);
    assert_eq!(print(&organisation.world), before, "nothing at once");
    let early = organisation.actors.next(&mut organisation.world, Millis(first.0 - 1));
    assert_eq!((early, print(&organisation.world)), (first, before), "called too early: nothing");
    let times = live(&mut organisation, 30);
    let pauses = times.windows(2).map(|pair| pair[1] - pair[0]);
    assert!(pauses.into_iter().all(|pause| (20_000..=60_000).contains(&pause)));
}

#[test]
fn a_colleague_decides_the_contested_case_first() {
    let mut organisation = organisation(6, 24, NOW);
    let before = pending(&organisation);
    let due = organisation.actors.next(&mut organisation.world, NOW);
    organisation.actors.next(&mut organisation.world, due);
    let after = pending(&organisation);
    let gone: Vec<_> = before.iter().filter(|key| !after.contains(key)).collect();
    assert_eq!(gone.len(), 1);
    let process = organisation.world.process(*gone[0]);
    let me = Some(organisation.operator.key);
    let mine = process.tasks.iter().find(|task| task.person == me).unwrap();
    assert_eq!(mine.state, TaskState::ClosedBySibling);
    assert!(process.tasks.iter().any(|task| task.person != me && task.state == TaskState::Approved));
}

#[test]
fn the_queue_lives_and_does_not_run_dry() {
    let mut organisation = organisation(8, 24, NOW);
    let comments = |world: &World| processes(world).map(|(_, process)| process.comments.len()).sum::<usize>();
    let states = |world: &World, state| processes(world).filter(|(_, process)| process.state == state).count();
    let (queue, said) = (pending(&organisation), comments(&organisation.world));
    let withdrawn = states(&organisation.world, ProcessState::Withdrawn);
    live(&mut organisation, 4 * 60);
    let later = pending(&organisation);
    assert!(later.iter().any(|key| !queue.contains(key)), "something arrived");
    assert!(queue.iter().any(|key| !later.contains(key)), "something left");
    assert!(comments(&organisation.world) > said, "somebody spoke");
    assert!(states(&organisation.world, ProcessState::Withdrawn) > withdrawn, "somebody withdrew");
    assert!(later.len() >= 15, "{} left", later.len());
    let mine = |key: &&ProcessKey| organisation.world.process(**key).initiator == Some(organisation.operator.key);
    assert_eq!(queue.iter().filter(mine).count(), later.iter().filter(mine).count(), "the operator keeps their own");
}

#[test]
fn the_same_seed_lives_the_same_day() {
    let day = |seed| {
        let mut organisation = organisation(seed, 30, NOW);
        let times = live(&mut organisation, 60);
        (times, print(&organisation.world))
    };
    assert_eq!(day(5), day(5));
    assert_ne!(day(5).0, day(6).0);
}

#[test]
fn an_empty_queue_is_no_trouble_to_the_others() {
    let mut organisation = organisation(6, 0, NOW);
    live(&mut organisation, 60);
    assert!(!pending(&organisation).is_empty(), "new cases come to an empty queue too");
}

#[test]
fn the_oversized_request_is_as_large_as_it_says() {
    let mut organisation = organisation(1, 1, NOW);
    let key = add_oversized(&mut organisation.world, organisation.operator.key, NOW).expect("a request");
    let data = process_data(&organisation.world, key);
    let comments = data["comment_infos"].as_array().expect("comments");
    let longest = comments.iter().filter_map(|comment| comment["comment_msg"].as_str()).map(str::len).max();
    assert_eq!(comments.len(), 5_000);
    assert!(longest.is_some_and(|bytes| bytes >= 200 * 1024));
    let form = form_data(&organisation.world, key).expect("a form");
    let fields = form["field_variable_values"].as_array().expect("fields");
    let below = |field: &serde_json::Value| field["sub_values"].as_array().map_or(0, Vec::len);
    assert_eq!(fields.iter().map(|field| 1 + below(field)).sum::<usize>(), 2_000);
    assert_eq!(fields.last().map(below), Some(20), "nested so deep");
}
