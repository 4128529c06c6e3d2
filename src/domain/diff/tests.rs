//! Two readings of one request, and the differences found.

mod readings;

use std::sync::Arc;

use super::{
    CommentPart, DiffPlace, Difference, Item, Sequence, TaskHolder, TaskPart, ValueStep, correction, differences,
};
use crate::domain::form::{Broken, FileRef, FormSource};
use crate::domain::id::{FlowDefinitionId, NodeDefinitionId};
use crate::domain::process::{Abstract, Comment, Done, Links, Todo, UnreadMembers};
use crate::domain::{
    ApproverId, CleanText, DepartmentId, DocumentType, DoneStatus, Field, FileId, Form, I18n, Millis, PersonId,
    Process, ProcessId, ProcessStatus, Properties, Received, Shown, Value,
};

fn zh(text: &str) -> I18n {
    I18n { zh: text.into(), en: CleanText::default() }
}

fn text(words: &str) -> Value {
    Value::Text(words.into())
}

fn number(digits: &str) -> Value {
    Value::Number(digits.into())
}

fn field(name: &str, value: Value) -> Field {
    Field { api_name: name.into(), label: zh(&format!("{name}的名称")), value }
}

fn todo(approver: &str, person: &str) -> Todo {
    Todo {
        approver_id: ApproverId::new(approver),
        kind: DocumentType::Approval,
        links: Links::default(),
        operator_id: Some(PersonId::new(person)),
        operator_name: zh(person),
        node_name: zh("上级"),
        node_definition_id: NodeDefinitionId::new("node_1"),
        create_time: Some(Millis(1)),
    }
}

fn done(approver: &str, person: &str) -> Done {
    Done {
        approver_id: ApproverId::new(approver),
        kind: DocumentType::Approval,
        status: DoneStatus::Done,
        links: Links::default(),
        operator_id: Some(PersonId::new(person)),
        operator_name: zh(person),
        node_name: zh("上级"),
        node_definition_id: NodeDefinitionId::new("node_1"),
        create_time: Some(Millis(1)),
        complete_time: Some(Millis(2)),
        approval_opinion: "同意".into(),
    }
}

fn comment(id: &str, message: &str) -> Comment {
    Comment {
        id: id.into(),
        commentor_id: Some(PersonId::new("张伟")),
        commentor_name: zh("张伟"),
        time: Some(Millis(3)),
        message: message.into(),
        at_user_ids: Vec::new(),
        file_count: 0,
        image_count: 0,
    }
}

fn line(name: &str, value: &str) -> Abstract {
    Abstract { name: zh(name), value: zh(value) }
}

fn leave() -> Process {
    Process {
        id: ProcessId::new("1"),
        status: ProcessStatus::InProgress,
        flow_template_id: "leave".into(),
        flow_template_name: zh("休假申请"),
        flow_definition_id: FlowDefinitionId::new("people_1_2"),
        flow_definition_name: zh("休假流程"),
        process_name: I18n::default(),
        initiator_id: Some(PersonId::new("张伟")),
        by_system: false,
        initiator_name: zh("张伟"),
        create_time: Some(Millis(1)),
        complete_time: None,
        start_links: Links::default(),
        abstracts: vec![line("类型", "年假"), line("时长", "3天")],
        todos: vec![todo("t1", "王芳"), todo("t2", "刘强")],
        cc_list: Vec::new(),
        done_list: vec![done("t0", "周宁")],
        system_todos: Vec::new(),
        system_done_list: Vec::new(),
        properties: Properties::Normal,
        comments: vec![comment("c1", "请看")],
        original_process_id: None,
        is_last_completed_correct_process: false,
        unread: UnreadMembers::default(),
        received: Received::default(),
    }
}

fn shown(process: Process, fields: Option<Vec<Field>>) -> Shown {
    let form = |fields| {
        Arc::new(Form { process: ProcessId::new("1"), source: FormSource::V2, fields, received: Received::default() })
    };
    Shown { process: Arc::new(process), form: fields.map(form) }
}

/// Differences after a change of the process.
fn after(change: impl FnOnce(&mut Process)) -> Vec<Difference> {
    let mut now = leave();
    change(&mut now);
    differences(&shown(leave(), None), &shown(now, None))
}

/// Differences of two forms.
fn between(before: Vec<Field>, now: Vec<Field>) -> Vec<Difference> {
    differences(&shown(leave(), Some(before)), &shown(leave(), Some(now)))
}

fn changed(place: DiffPlace, old: Item, new: Item) -> Difference {
    Difference { place, old: Some(old), new: Some(new), sensitive: false }
}

fn step(name: &str) -> ValueStep {
    ValueStep::Field { label: zh(&format!("{name}的名称")), api_name: name.into() }
}

fn who(person: &str) -> TaskHolder {
    TaskHolder { id: Some(PersonId::new(person)), name: zh(person) }
}

#[test]
fn a_summary_line_is_known_by_its_name_wherever_it_stands() {
    let found = after(|now| now.abstracts = vec![line("时长", "5天"), line("事由", "婚礼")]);
    assert_eq!(
        found,
        [
            Difference {
                place: DiffPlace::Abstract(zh("类型")),
                old: Some(Item::Both(zh("年假"))),
                new: None,
                sensitive: false
            },
            changed(DiffPlace::Abstract(zh("时长")), Item::Both(zh("3天")), Item::Both(zh("5天"))),
            Difference {
                place: DiffPlace::Abstract(zh("事由")),
                old: None,
                new: Some(Item::Both(zh("婚礼"))),
                sensitive: false
            },
        ]
    );
}

#[test]
fn an_inserted_row_is_one_addition_and_a_changed_cell_is_named_by_its_path() {
    let row =
        |item: &str, amount: &str| Value::Record(vec![field("item", text(item)), field("amount", number(amount))]);
    let before = vec![field("list", Value::List(vec![row("机票", "1800"), row("酒店", "900"), row("餐费", "120")]))];
    let inserted = row("打车", "60");
    let now = vec![field(
        "list",
        Value::List(vec![row("机票", "1800"), inserted.clone(), row("酒店", "900"), row("餐费", "125")]),
    )];
    assert_eq!(
        between(before, now),
        [
            Difference {
                place: DiffPlace::Value(vec![step("list"), ValueStep::Entry(2)]),
                old: None,
                new: Some(Item::Value(inserted)),
                sensitive: false
            },
            changed(
                DiffPlace::Value(vec![step("list"), ValueStep::Entry(4), step("amount")]),
                Item::Value(number("120")),
                Item::Value(number("125")),
            ),
        ]
    );
}

#[test]
fn status_and_kind_are_told_by_their_own_names() {
    let found = after(|now| {
        now.status = ProcessStatus::Revoking;
        now.properties = Properties::Revocation;
        now.flow_template_name = zh("撤销休假");
    });
    assert_eq!(
        found,
        [
            changed(DiffPlace::Kind, Item::Both(zh("休假申请")), Item::Both(zh("撤销休假"))),
            changed(DiffPlace::Status, Item::Status(ProcessStatus::InProgress), Item::Status(ProcessStatus::Revoking)),
            changed(
                DiffPlace::Properties,
                Item::Properties(Properties::Normal),
                Item::Properties(Properties::Revocation)
            ),
        ]
    );
}

#[test]
fn a_field_that_changed_its_place_is_no_change_of_its_value() {
    let found =
        between(vec![field("a", text("1")), field("b", text("2"))], vec![field("b", text("2")), field("a", text("1"))]);
    let [Difference { place: DiffPlace::Order(Sequence::Value(path)), .. }] = &*found else { panic!("{found:?}") };
    assert!(path.is_empty());
}

#[test]
fn a_colleague_who_has_finished_is_one_difference_with_the_opinion() {
    let finished = done("t2", "刘强");
    let found = after(|now| {
        now.todos.pop();
        now.done_list.push(finished.clone());
    });
    let place = DiffPlace::Task { who: who("刘强"), node: zh("上级"), system: false, part: TaskPart::Whole };
    let old = Item::Open(Box::new(todo("t2", "刘强")));
    assert_eq!(found, [changed(place, old, Item::Finished(Box::new(finished)))]);
}

#[test]
fn a_task_that_was_handed_over_names_both_people() {
    let found = after(|now| now.todos[1] = todo("t2", "李娜"));
    let place = DiffPlace::Task { who: who("李娜"), node: zh("上级"), system: false, part: TaskPart::Operator };
    assert_eq!(found, [changed(place, Item::Person(who("刘强")), Item::Person(who("李娜")))]);
}

#[test]
fn an_edited_comment_is_not_one_gone_and_one_new() {
    let found = after(|now| {
        now.comments[0].message = "请尽快".into();
        now.comments.insert(0, comment("c9", "补充材料"));
    });
    let at = |part| DiffPlace::Comment { who: who("张伟"), part };
    let new = Some(Item::Comment(Box::new(comment("c9", "补充材料"))));
    assert_eq!(
        found,
        [
            Difference { place: at(CommentPart::Whole), old: None, new, sensitive: false },
            changed(at(CommentPart::Message), Item::Text("请看".into()), Item::Text("请尽快".into())),
        ]
    );
}

#[test]
fn a_form_that_was_not_there_is_not_compared_and_one_that_went_is_a_difference() {
    let fields = || Some(vec![field("days", number("3"))]);
    assert_eq!(differences(&shown(leave(), None), &shown(leave(), fields())), []);
    let found = differences(&shown(leave(), fields()), &shown(leave(), None));
    let [Difference { place: DiffPlace::Form, old: Some(Item::Fields(1)), new: None, .. }] = &*found else {
        panic!("{found:?}")
    };
}

#[test]
fn what_is_said_about_pay_is_sensitive_and_who_acted_is_not() {
    let salary =
        |value: &str| Process {
            flow_template_name: zh("调薪"), abstracts: vec![line("调整后", value)], ..leave()
        };
    let mut now = salary("21000");
    now.todos.pop();
    let before = shown(salary("18000"), Some(vec![field("pay", number("18000"))]));
    let found = differences(&before, &shown(now, Some(vec![field("pay", number("21000"))])));
    assert_eq!(found.iter().map(|found| found.sensitive).collect::<Vec<_>>(), [true, true, false]);
}

#[test]
fn a_correction_is_compared_by_what_it_says_and_not_by_how_it_goes() {
    let mut corrected = leave();
    corrected.properties = Properties::Correction;
    corrected.status = ProcessStatus::Completed;
    corrected.abstracts = vec![line("时长", "2天"), line("类型", "年假")];
    corrected.todos.clear();
    corrected.done_list.clear();
    corrected.comments.clear();
    let original = shown(leave(), Some(vec![field("days", number("3")), field("kind", text("年假"))]));
    let corrected = shown(corrected, Some(vec![field("kind", text("年假")), field("days", number("2"))]));
    assert_eq!(
        correction(&original, &corrected),
        [
            changed(DiffPlace::Abstract(zh("时长")), Item::Both(zh("3天")), Item::Both(zh("2天"))),
            changed(DiffPlace::Value(vec![step("days")]), Item::Value(number("3")), Item::Value(number("2"))),
        ]
    );
}

#[test]
fn a_long_form_with_a_row_inserted_at_its_start_has_one_difference() {
    let row = |n: usize| Value::Record(vec![field("n", number(&n.to_string())), field("same", text("x"))]);
    let list = |from: usize| vec![field("list", Value::List((from..3000).map(row).collect()))];
    let found = between(list(1), list(0));
    assert_eq!(found.len(), 1, "{:?}", found.first());
    assert_eq!(found[0].old, None);
}

/// Two elements in each list, system lists too.
fn full() -> Process {
    Process {
        done_list: vec![done("t0", "周宁"), done("t9", "孙悦")],
        system_todos: vec![todo("s1", ""), todo("s2", "")],
        system_done_list: vec![done("s3", ""), done("s4", "")],
        comments: vec![comment("c1", "请看"), comment("c2", "好的")],
        ..leave()
    }
}

type ProcessEdit = fn(&mut Process);

/// One edit for each member of a process that the stamp covers.
const COVERED: [ProcessEdit; 37] = [
    |it| it.status = ProcessStatus::Revoking,
    |it| it.properties = Properties::Correction,
    |it| it.flow_template_name.zh = "加班".into(),
    |it| it.flow_template_name.en = "Leave".into(),
    |it| it.process_name.zh = "张伟的休假".into(),
    |it| it.flow_definition_name.en = "Leave flow".into(),
    |it| it.initiator_id = None,
    |it| it.initiator_name.en = "Zhang Wei".into(),
    |it| it.abstracts[0].value.zh = "病假".into(),
    |it| it.abstracts[0].value.en = "Annual".into(),
    |it| it.abstracts.swap(0, 1),
    |it| drop(it.abstracts.pop()),
    |it| it.todos[0].kind = DocumentType::Form,
    |it| it.todos[0].operator_id = Some(PersonId::new("李娜")),
    |it| it.todos[0].node_definition_id = NodeDefinitionId::new("node_2"),
    |it| it.todos[0].node_name.en = "Manager".into(),
    |it| it.todos.swap(0, 1),
    |it| drop(it.todos.pop()),
    |it| it.system_todos[1].operator_id = Some(PersonId::new("李娜")),
    |it| it.system_todos.swap(0, 1),
    |it| drop(it.system_todos.pop()),
    |it| it.done_list[0].status = DoneStatus::Rejected,
    |it| it.done_list[0].operator_id = Some(PersonId::new("李娜")),
    |it| it.done_list[0].complete_time = Some(Millis(9)),
    |it| it.done_list[0].approval_opinion = "不同意".into(),
    |it| it.done_list.swap(0, 1),
    |it| drop(it.done_list.pop()),
    |it| it.system_done_list[1].status = DoneStatus::Unknown(7),
    |it| it.system_done_list.swap(0, 1),
    |it| drop(it.system_done_list.pop()),
    |it| it.comments[0].commentor_id = None,
    |it| it.comments[0].time = None,
    |it| it.comments[0].message = "请尽快看".into(),
    |it| it.comments[0].file_count = 1,
    |it| it.comments[0].image_count = 1,
    |it| it.comments.swap(0, 1),
    |it| drop(it.comments.pop()),
];

/// One edit for each member of a process that the stamp leaves out, and for each two spellings of the same.
const LEFT_OUT: [ProcessEdit; 20] = [
    |it| it.flow_template_id = "other".into(),
    |it| it.flow_definition_id = FlowDefinitionId::new("people_1_3"),
    |it| it.status = ProcessStatus::Unknown(1),
    |it| it.create_time = None,
    |it| it.complete_time = Some(Millis(5)),
    |it| it.start_links.web = "https://example.com".into(),
    |it| it.original_process_id = Some(ProcessId::new("2")),
    |it| it.is_last_completed_correct_process = true,
    |it| it.todos[0].operator_name.en = "Wang Fang".into(),
    |it| it.todos[0].create_time = None,
    |it| it.todos[0].links.pc = "https://example.com".into(),
    |it| it.todos[0].kind = DocumentType::Unknown(1),
    |it| it.system_done_list[0].operator_id = None,
    |it| it.done_list[0].node_name.en = "Manager".into(),
    |it| it.done_list[0].create_time = None,
    |it| it.done_list[0].status = DoneStatus::Unknown(3),
    |it| it.comments[0].id = "c2".into(),
    |it| it.comments[0].commentor_name.en = "Zhang Wei".into(),
    |it| it.comments[0].at_user_ids = vec![PersonId::new("李娜")],
    |it| it.comments.iter_mut().zip(["c2", "c1"]).for_each(|(comment, id)| comment.id = id.into()),
];

#[test]
fn every_member_of_a_process_that_is_stamped_makes_one_difference() {
    for (at, edit) in COVERED.iter().enumerate() {
        let (before, mut now) = (shown(full(), None), full());
        edit(&mut now);
        let now = shown(now, None);
        assert_ne!(before.stamp(), now.stamp(), "covered edit {at}");
        let found = differences(&before, &now);
        assert_eq!(found.len(), 1, "covered edit {at}: {found:#?}");
    }
}

#[test]
fn no_member_of_a_process_that_is_not_stamped_makes_one() {
    for (at, edit) in LEFT_OUT.iter().enumerate() {
        // The system has no id, be it missing or empty, and no time is no time.
        let blank = || {
            let mut process = full();
            process.system_done_list[0].operator_id = Some(PersonId::new(""));
            process
        };
        let (before, mut now) = (shown(blank(), None), blank());
        edit(&mut now);
        assert_ne!(*before.process, now, "edit {at} edits nothing");
        let now = shown(now, None);
        assert_eq!(before.stamp(), now.stamp(), "left out {at}");
        assert_eq!(differences(&before, &now), [], "left out {at}");
    }
}

#[test]
fn a_time_that_is_missing_is_told_as_the_stamp_tells_it() {
    let at = |time| after_full(|now| now.done_list[0].complete_time = time);
    assert_eq!(at(None).len(), 1);
    let never = || Process { done_list: vec![Done { complete_time: None, ..done("t0", "周宁") }], ..leave() };
    let mut beginning = never();
    beginning.done_list[0].complete_time = Some(Millis(i64::MIN));
    assert_eq!(differences(&shown(never(), None), &shown(beginning, None)), []);
}

#[test]
fn a_comment_whose_id_went_to_another_one_is_known_by_what_it_says() {
    let found = after_full(|now| {
        now.comments.insert(0, comment("c1", "补充材料"));
        now.comments[1].id = "c7".into();
        now.comments.push(comment("c8", "收到"));
    });
    let news: Vec<_> = found.iter().map(|found| (&found.old, matches!(found.new, Some(Item::Comment(_))))).collect();
    assert_eq!(news, [(&None, true), (&None, true)], "{found:#?}");
}

#[test]
fn every_kind_of_value_is_told_from_every_other() {
    let file = |id: &str, name: &str, length| {
        Value::File(FileRef { id: FileId::new(id), name: name.into(), length, mime_type: "text/plain".into() })
    };
    let values = [
        Value::Empty,
        text("7"),
        number("7"),
        number("7.0"),
        Value::Raw("7".into()),
        Value::Bool(true),
        Value::Bool(false),
        Value::Enum { id: "7".into(), label: I18n::default() },
        Value::Date(7),
        Value::Date(8),
        Value::DateTime { at: Millis(7), zone: "".into() },
        Value::I18n(zh("7")),
        Value::I18n(I18n { zh: "7".into(), en: "7".into() }),
        Value::Object { api_name: "job".into(), id: "7".into() },
        Value::Object { api_name: "7".into(), id: "job".into() },
        Value::User(PersonId::new("7")),
        Value::Employment(PersonId::new("7")),
        Value::Department(DepartmentId::new("7")),
        file("7", "7", None),
        file("8", "7", None),
        file("7", "8", None),
        file("7", "7", Some(7)),
        Value::List(vec![]),
        Value::List(vec![text("7")]),
        Value::List(vec![text("7"), text("7")]),
        Value::Record(vec![]),
        Value::Record(vec![field("7", text("7"))]),
        Value::Record(vec![field("8", text("7"))]),
        Value::Broken(Broken::TooDeep),
        Value::Broken(Broken::MissingKey("7".into())),
    ];
    for (at, old) in values.iter().enumerate() {
        for (new_at, new) in values.iter().enumerate() {
            let found = between(vec![field("x", old.clone())], vec![field("x", new.clone())]);
            assert_eq!(found.is_empty(), at == new_at, "{old:?} and {new:?}: {found:#?}");
        }
    }
}

fn after_full(change: impl FnOnce(&mut Process)) -> Vec<Difference> {
    let mut now = full();
    change(&mut now);
    differences(&shown(full(), None), &shown(now, None))
}
