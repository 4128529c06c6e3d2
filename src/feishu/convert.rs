//! From the platform's answers to the nouns of the program: tasks, processes, people, names.

use serde_json::Value as Json;

use super::received;
use super::wire::{Members, Node, Read};
use crate::domain::id::{FlowDefinitionId, NodeDefinitionId};
use crate::domain::process::{Abstract, Comment, Copied, Done, ProcessPart, Todo, UnreadMembers};
use crate::domain::{
    ApproverId, CleanText, DocumentType, DoneStatus, I18n, PageEnd, PageToken, Person, PersonId, Process, ProcessId,
    ProcessStatus, Properties, Task, TaskKey, TaskPage, TaskStatus,
};

/// `data` of the task list (protocol.md#task-list). A row without ids cannot be acted on, but is counted: the list is
/// longer than its readable rows.
pub(super) fn task_page(data: Node<'_>) -> TaskPage {
    let (tasks, unreadable) = rows(data.get("approver_list"), |row| {
        let process = id(row.get("process_id"))?;
        let approver = id(row.get("approver_id"))?;
        let key = TaskKey { process: ProcessId::new(process), approver: ApproverId::new(approver) };
        let status = TaskStatus::from(row.get("approver_status").int().unwrap_or_default());
        Some(Task { key, status })
    });
    TaskPage { tasks, unreadable, end: page_end(data), answered: None }
}

/// Ids of the changed processes (protocol.md#changed-processes), and the number of those that are unreadable.
pub(super) fn process_ids(data: Node<'_>) -> (Vec<ProcessId>, usize) {
    rows(data.get("process_ids"), |entry| id(entry).map(ProcessId::new))
}

/// The rows of a list that can be read, and the number of the others. Anything but a list is one unreadable row.
fn rows<'a, T>(list: Node<'a>, read: impl Fn(Node<'a>) -> Option<T>) -> (Vec<T>, usize) {
    let read: Vec<Option<T>> = list.entries().map(read).collect();
    let all = if list.0.is_array() { read.len() } else { usize::from(!list.is_absent()) };
    let readable: Vec<T> = read.into_iter().flatten().collect();
    let unreadable = all - readable.len();
    (readable, unreadable)
}

fn id(node: Node<'_>) -> Option<String> {
    Some(node.raw()).filter(|id| !id.is_empty())
}

/// Reads whether a page follows (protocol.md#paging). Anything but a readable "no" counts as yes: a list taken for
/// whole loses rows.
pub(super) fn page_end(data: Node<'_>) -> PageEnd {
    let more = data.get("has_more");
    let says_no = match more.0 {
        Json::Bool(more) => !more,
        Json::Number(number) => number.as_f64() == Some(0.0),
        Json::String(text) => text.is_empty() || matches!(text.trim().to_ascii_lowercase().as_str(), "false" | "0"),
        _ => more.is_absent(),
    };
    if says_no {
        return PageEnd::Last;
    }
    id(data.get("page_token")).map_or(PageEnd::Broken, |token| PageEnd::Next(PageToken(token.into())))
}

/// `data` of a process (protocol.md#process-detail).
pub(super) fn process(data: Node<'_>) -> Process {
    let mut unread = UnreadMembers::default();
    let mut read = Members::new(data, &mut unread);
    let original = read.id("original_process_id");
    let process = Process {
        id: ProcessId::new(read.id("process_id")),
        status: ProcessStatus::from(read.within(ProcessPart::Tasks).code("status", 0)),
        flow_template_id: read.within(ProcessPart::Head).text("flow_template_id"),
        flow_template_name: read.i18n("flow_template_name"),
        flow_definition_id: FlowDefinitionId::new(read.id("flow_definition_id")),
        flow_definition_name: read.i18n("flow_definition_name"),
        process_name: read.i18n("process_name"),
        initiator_id: read.person("initiator_id"),
        by_system: data.get("initiator_id").0.as_str() == Some(""),
        initiator_name: read.name_of("initiator_name", "initiator_id"),
        create_time: read.millis("create_time"),
        complete_time: read.millis("complete_time"),
        start_links: read.links("start_links"),
        properties: Properties::from(read.code("properties", 1)),
        original_process_id: (!original.is_empty()).then(|| ProcessId::new(original)),
        is_last_completed_correct_process: read.flag("is_last_completed_correct_process").unwrap_or_default(),
        abstracts: read.within(ProcessPart::Summary).list("abstracts", abstract_line),
        todos: read.within(ProcessPart::Tasks).list("todos", todo),
        done_list: read.list("done_list", done),
        system_todos: read.list("system_todos", todo),
        system_done_list: read.list("system_done_list", done),
        comments: read.within(ProcessPart::Comments).list("comment_infos", comment),
        cc_list: read.within(ProcessPart::Aside).list("cc_list", copied),
        unread: UnreadMembers::default(),
        received: received::process(data),
    };
    Process { unread, ..process }
}

fn abstract_line(read: &mut Members<'_, '_>) -> Abstract {
    Abstract { name: read.i18n("name"), value: read.i18n("value") }
}

fn todo(read: &mut Members<'_, '_>) -> Todo {
    Todo {
        approver_id: ApproverId::new(read.id("approver_id")),
        kind: DocumentType::from(read.code("type", 1)),
        links: read.links("links"),
        operator_id: read.person("operator_id"),
        operator_name: read.name_of("operator_name", "operator_id"),
        node_name: read.i18n("node_name"),
        node_definition_id: NodeDefinitionId::new(read.id("node_definition_id")),
        create_time: read.millis("create_time"),
    }
}

fn done(read: &mut Members<'_, '_>) -> Done {
    let status = DoneStatus::from(read.code("status", 0));
    let complete_time = read.millis("complete_time");
    let approval_opinion = read.text("approval_opinion");
    let open = todo(read);
    Done {
        approver_id: open.approver_id,
        kind: open.kind,
        status,
        links: open.links,
        operator_id: open.operator_id,
        operator_name: open.operator_name,
        node_name: open.node_name,
        node_definition_id: open.node_definition_id,
        create_time: open.create_time,
        complete_time,
        approval_opinion,
    }
}

fn copied(read: &mut Members<'_, '_>) -> Copied {
    let open = todo(read);
    Copied {
        approver_id: open.approver_id,
        links: open.links,
        operator_id: open.operator_id,
        operator_name: open.operator_name,
        node_name: open.node_name,
        node_definition_id: open.node_definition_id,
        create_time: open.create_time,
    }
}

fn comment(read: &mut Members<'_, '_>) -> Comment {
    Comment {
        id: read.text("comment_id"),
        commentor_id: read.person("commentor_id"),
        commentor_name: read.name_of("commentor_name", "commentor_id"),
        time: read.millis("comment_time"),
        message: read.text("comment_msg"),
        at_user_ids: read.people("at_user_ids"),
        file_count: read.int("file_count").unwrap_or_default(),
        image_count: read.int("image_count").unwrap_or_default(),
    }
}

/// The id of an employee (protocol.md#search-employees) in the requested type. An entry that is not an object is
/// unreadable.
pub(super) fn id_of(node: Node<'_>) -> Read<String> {
    if !node.0.is_object() && !node.is_absent() {
        return Read::Unreadable;
    }
    match node.get("employment_id_v2").string() {
        Read::Absent => node.get("employment_id").string(),
        read => read,
    }
}

/// One employee (protocol.md#search-employees, protocol.md#employees-by-id). `None` without an id in the requested
/// type: such a person cannot be chosen.
pub(super) fn person(node: Node<'_>) -> Option<Person> {
    let id = PersonId::new(id_of(node).value()?);
    let names = node.get("person_info");
    let first = |names_of: &[&str]| -> CleanText {
        names_of.iter().map(|name| names.get(name).text()).find(|text| !text.is_empty()).unwrap_or_default()
    };
    Some(Person {
        id,
        name: I18n {
            zh: first(&["preferred_local_full_name", "preferred_name", "legal_name"]),
            en: first(&["preferred_english_full_name"]),
        },
        employee_number: node.get("employee_number").text(),
        email: node.get("email_address").text(),
        department: node.get("department").get("department_name").i18n(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Node, page_end, process, task_page};
    use crate::domain::{PageEnd, PageToken};

    /// Every JSON type in the place of `has_more`, with a token and without a usable one.
    #[test]
    fn only_a_readable_no_ends_a_list() {
        let next = PageEnd::Next(PageToken("2".into()));
        for (more, says_more) in [
            (json!(false), false),
            (json!(null), false),
            (json!(""), false),
            (json!([]), false),
            (json!({}), false),
            (json!("false"), false),
            (json!("False "), false),
            (json!(0), false),
            (json!("0"), false),
            (json!(true), true),
            (json!("true"), true),
            (json!(1), true),
            (json!("1"), true),
            (json!(-0.5), true),
            (json!("yes"), true),
            (json!(" "), true),
            (json!([false]), true),
            (json!({"value": false}), true),
        ] {
            let end = |page: Value| page_end(Node(&page));
            let with = |token: Value| end(json!({"has_more": more, "page_token": token}));
            assert_eq!(with(json!("2")), if says_more { next.clone() } else { PageEnd::Last }, "{more}");
            assert_eq!(with(json!(2)), if says_more { next.clone() } else { PageEnd::Last }, "{more}");
            let broken = if says_more { PageEnd::Broken } else { PageEnd::Last };
            for token in
                [json!(null), json!(""), json!([]), json!({}), json!(["2"]), json!({"token": "2"}), json!(true)]
            {
                assert_eq!(with(token.clone()), broken, "{more} {token}");
            }
            assert_eq!(end(json!({"has_more": more})), broken, "{more}");
        }
        assert_eq!(page_end(Node(&json!({"page_token": "2"}))), PageEnd::Last);
    }

    #[test]
    fn rows_that_cannot_be_read_are_counted_and_not_dropped() {
        let row = |approver: Value, process: Value| json!({"approver_id": approver, "process_id": process});
        let page = |list: Value| {
            let page = task_page(Node(&json!({"approver_list": list})));
            (page.tasks.len(), page.unreadable)
        };
        for bad in [json!(null), json!(""), json!(["1"]), json!({"id": "1"}), json!(true)] {
            let list = json!([row(json!("1"), json!("2")), row(bad.clone(), json!("2")), row(json!("1"), bad.clone())]);
            assert_eq!(page(list), (1, 2), "{bad}");
        }
        assert_eq!(page(json!([row(json!(7), json!("2")), "row", null])), (1, 2));
        for nothing in [json!(null), json!([]), json!(""), json!({})] {
            assert_eq!(page(nothing), (0, 0));
        }
        for unknown in [row(json!("1"), json!("2")), json!("row"), json!(3), json!(true)] {
            assert_eq!(page(unknown), (0, 1));
        }
    }

    #[test]
    fn the_system_began_a_process_where_the_platform_says_so_and_not_where_it_is_silent() {
        let read = |data: &Value| {
            let process = process(Node(data));
            (process.by_system, process.initiator_id.is_some())
        };
        assert_eq!(read(&json!({"initiator_id": ""})), (true, false));
        assert_eq!(read(&json!({"initiator_id": null})), (false, false));
        assert_eq!(read(&json!({})), (false, false));
        assert_eq!(read(&json!({"initiator_id": "ou_1"})), (false, true));
    }
}
