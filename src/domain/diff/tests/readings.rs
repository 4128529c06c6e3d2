//! Any two readings of a case differ exactly where their stamps do.

use std::sync::Arc;

use proptest::prelude::*;

use super::{differences, done, leave, shown, todo};
use crate::domain::form::{Broken, FileRef, FormSource};
use crate::domain::id::NodeDefinitionId;
use crate::domain::process::{Abstract, Comment, Copied, Done, Links, Todo};
use crate::domain::{
    ApproverId, CleanText, DepartmentId, DocumentType, DoneStatus, Field, FileId, Form, I18n, Millis, PersonId,
    Process, ProcessId, ProcessStatus, Properties, Shown, Value,
};

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
        *form = fields.map(|fields| Form {
            process: ProcessId::new("1"),
            source: FormSource::V2,
            fields,
            received: crate::domain::Received::default(),
        });
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
