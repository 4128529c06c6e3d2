//! Two readings of one case, and what is found to differ: by scenario, and against the stamp for any readings.

use std::sync::Arc;

use proptest::prelude::*;

use super::{CommentPart, Difference, Item, Place, Sequence, Step, TaskPart, Who, correction, differences};
use crate::domain::form::{Broken, FileRef, FormSource};
use crate::domain::id::{FlowDefinitionId, NodeDefinitionId};
use crate::domain::process::{Abstract, Comment, Copied, Done, Links, Todo};
use crate::domain::{
    ApproverId, CleanText, DepartmentId, DocumentType, DoneStatus, Field, FileId, Form, I18n, Millis, PersonId,
    Process, ProcessId, ProcessStatus, Properties, Shown, Value,
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
    }
}

fn shown(process: Process, fields: Option<Vec<Field>>) -> Shown {
    let form = |fields| Arc::new(Form { process: ProcessId::new("1"), source: FormSource::V2, fields });
    Shown { process: Arc::new(process), form: fields.map(form) }
}

/// What differs after a change of the process.
fn after(change: impl FnOnce(&mut Process)) -> Vec<Difference> {
    let mut now = leave();
    change(&mut now);
    differences(&shown(leave(), None), &shown(now, None))
}

/// What differs between two forms.
fn between(before: Vec<Field>, now: Vec<Field>) -> Vec<Difference> {
    differences(&shown(leave(), Some(before)), &shown(leave(), Some(now)))
}

fn changed(place: Place, old: Item, new: Item) -> Difference {
    Difference { place, old: Some(old), new: Some(new), sensitive: false }
}

fn step(name: &str) -> Step {
    Step::Field { label: zh(&format!("{name}的名称")), api_name: name.into() }
}

fn who(person: &str) -> Who {
    Who { id: Some(PersonId::new(person)), name: zh(person) }
}

#[test]
fn a_summary_line_is_known_by_its_name_wherever_it_stands() {
    let found = after(|now| now.abstracts = vec![line("时长", "5天"), line("事由", "婚礼")]);
    assert_eq!(
        found,
        [
            Difference {
                place: Place::Abstract(zh("类型")),
                old: Some(Item::Both(zh("年假"))),
                new: None,
                sensitive: false
            },
            changed(Place::Abstract(zh("时长")), Item::Both(zh("3天")), Item::Both(zh("5天"))),
            Difference {
                place: Place::Abstract(zh("事由")),
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
                place: Place::Value(vec![step("list"), Step::Entry(2)]),
                old: None,
                new: Some(Item::Value(inserted)),
                sensitive: false
            },
            changed(
                Place::Value(vec![step("list"), Step::Entry(4), step("amount")]),
                Item::Value(number("120")),
                Item::Value(number("125")),
            ),
        ]
    );
}

#[test]
fn a_field_that_changed_its_place_is_no_change_of_its_value() {
    let found =
        between(vec![field("a", text("1")), field("b", text("2"))], vec![field("b", text("2")), field("a", text("1"))]);
    let [Difference { place: Place::Order(Sequence::Value(path)), .. }] = &*found else { panic!("{found:?}") };
    assert!(path.is_empty());
}

#[test]
fn a_colleague_who_has_finished_is_one_difference_with_the_opinion() {
    let finished = done("t2", "刘强");
    let found = after(|now| {
        now.todos.pop();
        now.done_list.push(finished.clone());
    });
    let place = Place::Task { who: who("刘强"), node: zh("上级"), system: false, part: TaskPart::Whole };
    let old = Item::Open(Box::new(todo("t2", "刘强")));
    assert_eq!(found, [changed(place, old, Item::Finished(Box::new(finished)))]);
}

#[test]
fn a_task_that_was_handed_over_names_both_people() {
    let found = after(|now| now.todos[1] = todo("t2", "李娜"));
    let place = Place::Task { who: who("李娜"), node: zh("上级"), system: false, part: TaskPart::Operator };
    assert_eq!(found, [changed(place, Item::Person(who("刘强")), Item::Person(who("李娜")))]);
}

#[test]
fn an_edited_comment_is_not_one_gone_and_one_new() {
    let found = after(|now| {
        now.comments[0].message = "请尽快".into();
        now.comments.insert(0, comment("c9", "补充材料"));
    });
    let at = |part| Place::Comment { who: who("张伟"), part };
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
    let [Difference { place: Place::Form, old: Some(Item::Fields(1)), new: None, .. }] = &*found else {
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
            changed(Place::Abstract(zh("时长")), Item::Both(zh("3天")), Item::Both(zh("2天"))),
            changed(Place::Value(vec![step("days")]), Item::Value(number("3")), Item::Value(number("2"))),
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

// Few words, so that names and contents repeat, meet and cross.
fn word() -> impl Strategy<Value = CleanText> {
    prop::sample::select(vec!["", "甲", "乙"]).prop_map(CleanText::from)
}

fn both() -> impl Strategy<Value = I18n> {
    (word(), word()).prop_map(|(zh, en)| I18n { zh, en })
}

fn person_id() -> impl Strategy<Value = Option<PersonId>> {
    prop::sample::select(vec![None, Some(""), Some("u1"), Some("u2")]).prop_map(|id| id.map(PersonId::new))
}

fn moment() -> impl Strategy<Value = Option<Millis>> {
    prop::sample::select(vec![None, Some(Millis(i64::MIN)), Some(Millis(1)), Some(Millis(2))])
}

fn leaf() -> impl Strategy<Value = Value> {
    let person = || prop::sample::select(vec!["u1", "u2"]).prop_map(PersonId::new);
    let file = (word(), word(), prop::sample::select(vec![None, Some(-1), Some(7)]), word())
        .prop_map(|(id, name, length, mime_type)| FileRef { id: FileId::new(id.as_str()), name, length, mime_type });
    prop_oneof![
        Just(Value::Empty),
        word().prop_map(Value::Text),
        word().prop_map(Value::Number),
        word().prop_map(Value::Raw),
        any::<bool>().prop_map(Value::Bool),
        (word(), both()).prop_map(|(id, label)| Value::Enum { id, label }),
        (0_i64..2).prop_map(Value::Date),
        (0_i64..2, word()).prop_map(|(at, zone)| Value::DateTime { at: Millis(at), zone }),
        both().prop_map(Value::I18n),
        (word(), word()).prop_map(|(api_name, id)| Value::Object { api_name, id }),
        person().prop_map(Value::User),
        person().prop_map(Value::Employment),
        word().prop_map(|id| Value::Department(DepartmentId::new(id.as_str()))),
        file.prop_map(Value::File),
        word().prop_map(|key| Value::Broken(Broken::MissingKey(key))),
        word().prop_map(|key| Value::Broken(Broken::Cycle(key))),
        Just(Value::Broken(Broken::TooDeep)),
    ]
}

fn named_value(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Field> {
    (word(), both(), value).prop_map(|(api_name, label, value)| Field { api_name, label, value })
}

fn value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
            prop::collection::vec(named_value(inner), 0..4).prop_map(Value::Record),
        ]
    })
}

fn form() -> impl Strategy<Value = Option<Vec<Field>>> {
    prop::option::weighted(0.8, prop::collection::vec(named_value(value()), 0..4))
}

fn any_todo() -> impl Strategy<Value = Todo> {
    (word(), 0_i64..7, person_id(), both(), both(), word(), moment()).prop_map(
        |(approver, kind, operator_id, operator_name, node_name, node, create_time)| Todo {
            kind: DocumentType::from(kind),
            operator_id,
            operator_name,
            node_name,
            node_definition_id: NodeDefinitionId::new(node.as_str()),
            create_time,
            ..todo(approver.as_str(), "")
        },
    )
}

fn any_done() -> impl Strategy<Value = Done> {
    (word(), prop::sample::select(vec![DoneStatus::Done, DoneStatus::Unknown(3), DoneStatus::Rejected]), person_id())
        .prop_flat_map(|(approver, status, operator_id)| {
            (moment(), word(), both(), both()).prop_map(move |(complete_time, approval_opinion, who, node)| Done {
                status,
                operator_id: operator_id.clone(),
                complete_time,
                approval_opinion,
                operator_name: who,
                node_name: node,
                ..done(approver.as_str(), "")
            })
        })
}

fn any_comment() -> impl Strategy<Value = Comment> {
    (word(), person_id(), both(), moment(), word(), 0_i64..2, 0_i64..2, prop::option::of(Just(PersonId::new("u9"))))
        .prop_map(|(id, commentor_id, commentor_name, time, message, file_count, image_count, at)| Comment {
            id,
            commentor_id,
            commentor_name,
            time,
            message,
            at_user_ids: at.into_iter().collect(),
            file_count,
            image_count,
        })
}

fn copied() -> impl Strategy<Value = Copied> {
    (word(), both()).prop_map(|(approver, node_name)| Copied {
        approver_id: ApproverId::new(approver.as_str()),
        links: Links::default(),
        operator_id: None,
        operator_name: I18n::default(),
        node_name,
        node_definition_id: NodeDefinitionId::new(""),
        create_time: None,
    })
}

fn list<T: std::fmt::Debug>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<T>> {
    prop::collection::vec(of, 0..4)
}

/// One change of a reading: of a member that the stamp covers, or of one that it does not.
#[derive(Clone, Debug)]
enum Edit {
    Status(i64),
    Properties(i64),
    Template(I18n),
    Definition(I18n),
    Name(I18n),
    Initiator(Option<PersonId>),
    InitiatorName(I18n),
    Abstracts(Vec<Abstract>),
    AbstractValue(usize, I18n),
    Todos(Vec<Todo>),
    Todo(usize, Todo),
    SystemTodos(Vec<Todo>),
    Dones(Vec<Done>),
    Done(usize, Done),
    SystemDones(Vec<Done>),
    /// The open task is finished.
    Finish(usize, Done),
    Comments(Vec<Comment>),
    Comment(usize, Comment),
    CommentId(usize, CleanText),
    /// Takes an element of each list to its end.
    Rotate(usize),
    Drop(usize),
    Form(Option<Vec<Field>>),
    Field(usize, Value),
    Row(usize, usize, Value),
    RotateRows(usize),
    // Not covered:
    Template2(CleanText),
    Times(Option<Millis>),
    Links(CleanText),
    Copies(Vec<Copied>),
    Original(CleanText),
    Labels(I18n),
    Source,
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = || 0_usize..4;
    let abstracts = list((both(), both()).prop_map(|(name, value)| Abstract { name, value }));
    prop_oneof![
        prop::sample::select(vec![1, 9, 15, 77]).prop_map(Edit::Status),
        (0_i64..5).prop_map(Edit::Properties),
        both().prop_map(Edit::Template),
        both().prop_map(Edit::Definition),
        both().prop_map(Edit::Name),
        person_id().prop_map(Edit::Initiator),
        both().prop_map(Edit::InitiatorName),
        abstracts.prop_map(Edit::Abstracts),
        (at(), both()).prop_map(|(at, value)| Edit::AbstractValue(at, value)),
        list(any_todo()).prop_map(Edit::Todos),
        (at(), any_todo()).prop_map(|(at, todo)| Edit::Todo(at, todo)),
        list(any_todo()).prop_map(Edit::SystemTodos),
        list(any_done()).prop_map(Edit::Dones),
        (at(), any_done()).prop_map(|(at, done)| Edit::Done(at, done)),
        list(any_done()).prop_map(Edit::SystemDones),
        (at(), any_done()).prop_map(|(at, done)| Edit::Finish(at, done)),
        list(any_comment()).prop_map(Edit::Comments),
        (at(), any_comment()).prop_map(|(at, comment)| Edit::Comment(at, comment)),
        (at(), word()).prop_map(|(at, id)| Edit::CommentId(at, id)),
        at().prop_map(Edit::Rotate),
        at().prop_map(Edit::Drop),
        form().prop_map(Edit::Form),
        (at(), value()).prop_map(|(at, value)| Edit::Field(at, value)),
        (at(), at(), value()).prop_map(|(at, row, value)| Edit::Row(at, row, value)),
        at().prop_map(Edit::RotateRows),
        uncovered(),
    ]
}

fn uncovered() -> impl Strategy<Value = Edit> {
    prop_oneof![
        word().prop_map(Edit::Template2),
        moment().prop_map(Edit::Times),
        word().prop_map(Edit::Links),
        list(copied()).prop_map(Edit::Copies),
        word().prop_map(Edit::Original),
        both().prop_map(Edit::Labels),
        Just(Edit::Source),
        (0_usize..4, word()).prop_map(|(at, id)| Edit::CommentId(at, id)),
    ]
}

fn put<T>(list: &mut [T], at: usize, element: T) {
    if let Some(place) = list.get_mut(at) {
        *place = element;
    }
}

fn rotate<T>(list: &mut Vec<T>, at: usize) {
    if at < list.len() {
        let element = list.remove(at);
        list.push(element);
    }
}

fn remove<T>(list: &mut Vec<T>, at: usize) {
    if at < list.len() {
        list.remove(at);
    }
}

fn apply(process: &mut Process, form: &mut Option<Form>, edit: Edit) {
    match edit {
        Edit::Status(number) => process.status = ProcessStatus::Unknown(number),
        Edit::Properties(number) => process.properties = Properties::from(number),
        Edit::Template(name) => process.flow_template_name = name,
        Edit::Definition(name) => process.flow_definition_name = name,
        Edit::Name(name) => process.process_name = name,
        Edit::Initiator(id) => process.initiator_id = id,
        Edit::InitiatorName(name) => process.initiator_name = name,
        Edit::Abstracts(lines) => process.abstracts = lines,
        Edit::AbstractValue(at, value) => {
            let Some(line) = process.abstracts.get_mut(at) else { return };
            line.value = value;
        }
        Edit::Todos(todos) => process.todos = todos,
        Edit::Todo(at, todo) => put(&mut process.todos, at, todo),
        Edit::SystemTodos(todos) => process.system_todos = todos,
        Edit::Dones(dones) => process.done_list = dones,
        Edit::Done(at, done) => put(&mut process.done_list, at, done),
        Edit::SystemDones(dones) => process.system_done_list = dones,
        Edit::Finish(at, done) => {
            if at < process.todos.len() {
                let approver_id = process.todos.remove(at).approver_id;
                process.done_list.push(Done { approver_id, ..done });
            }
        }
        Edit::Comments(comments) => process.comments = comments,
        Edit::Comment(at, comment) => put(&mut process.comments, at, comment),
        Edit::CommentId(at, id) => {
            let Some(comment) = process.comments.get_mut(at) else { return };
            comment.id = id;
        }
        Edit::Rotate(at) => {
            rotate(&mut process.abstracts, at);
            rotate(&mut process.todos, at);
            rotate(&mut process.done_list, at);
            rotate(&mut process.comments, at);
        }
        Edit::Drop(at) => {
            remove(&mut process.abstracts, at);
            remove(&mut process.todos, at);
            remove(&mut process.comments, at);
        }
        Edit::Template2(id) => process.flow_template_id = id,
        Edit::Times(at) => {
            (process.create_time, process.complete_time) = (at, at);
            process.todos.iter_mut().for_each(|todo| todo.create_time = at);
            process.done_list.iter_mut().for_each(|done| done.create_time = at);
        }
        Edit::Links(web) => {
            let links = Links { web, ..Links::default() };
            process.todos.iter_mut().for_each(|todo| todo.links = links.clone());
            process.start_links = links;
        }
        Edit::Copies(copies) => process.cc_list = copies,
        Edit::Original(id) => process.original_process_id = Some(ProcessId::new(id.as_str())),
        form_edit => apply_to_form(form, form_edit),
    }
}

fn apply_to_form(form: &mut Option<Form>, edit: Edit) {
    if let Edit::Form(fields) = edit {
        *form = fields.map(|fields| Form { process: ProcessId::new("1"), source: FormSource::V2, fields });
        return;
    }
    let Some(form) = form else { return };
    match edit {
        Edit::Field(at, value) => {
            let Some(field) = form.fields.get_mut(at) else { return };
            field.value = value;
        }
        Edit::Row(at, row, value) => {
            if let Some(Field { value: Value::List(rows), .. }) = form.fields.get_mut(at) {
                rows.insert(row.min(rows.len()), value);
            }
        }
        Edit::RotateRows(at) => {
            for field in &mut form.fields {
                if let Value::List(rows) = &mut field.value {
                    rotate(rows, at);
                }
            }
            rotate(&mut form.fields, at);
        }
        Edit::Labels(words) => {
            form.fields.iter_mut().for_each(|field| field.label = words.clone());
            for field in &mut form.fields {
                match &mut field.value {
                    Value::Enum { label, .. } => *label = words.clone(),
                    Value::DateTime { zone, .. } => *zone = words.zh.clone(),
                    Value::File(file) => file.mime_type = words.zh.clone(),
                    _ => {}
                }
            }
        }
        Edit::Source => form.source = FormSource::V1,
        _ => unreachable!("an edit of the process"),
    }
}

fn edited(shown: &Shown, edits: Vec<Edit>) -> Shown {
    let mut process = Process::clone(&shown.process);
    let mut form = shown.form.as_deref().cloned();
    for edit in edits {
        apply(&mut process, &mut form, edit);
    }
    Shown { process: Arc::new(process), form: form.map(Arc::new) }
}

fn reading() -> impl Strategy<Value = Shown> {
    (prop::collection::vec(edit(), 0..12), form()).prop_map(|(edits, form)| edited(&shown(leave(), form), edits))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_differs_is_what_the_stamp_covers(before in reading(), edits in prop::collection::vec(edit(), 1..3)) {
        let now = edited(&before, edits);
        let found = differences(&before, &now);
        let same = before.stamp() == now.as_seen_in(&before).stamp();
        prop_assert_eq!(found.is_empty(), same, "{:#?}", found);
        prop_assert!(found.iter().all(|found| found.old.is_some() || found.new.is_some()));
    }

    #[test]
    fn any_two_readings_differ_exactly_where_their_stamps_do(before in reading(), now in reading()) {
        let same = before.stamp() == now.as_seen_in(&before).stamp();
        prop_assert_eq!(differences(&before, &now).is_empty(), same);
    }

    #[test]
    fn what_the_stamp_leaves_out_is_no_difference(before in reading(), edits in prop::collection::vec(uncovered(), 1..6)) {
        prop_assert_eq!(differences(&before, &edited(&before, edits)), []);
    }
}
