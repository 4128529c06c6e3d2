//! From the platform's answers to the nouns of the program: tasks, processes, people, names.

use super::received;
use super::wire::{Members, Node, Read};
use crate::domain::id::{FlowDefinitionId, NodeDefinitionId};
use crate::domain::process::{Abstract, Comment, Copied, Done, ProcessPart, Todo, UnreadMembers};
use crate::domain::{
    ApproverId, CleanText, DocumentType, DoneStatus, I18n, PageToken, Person, PersonId, Process, ProcessId,
    ProcessStatus, Properties, Task, TaskKey, TaskPage, TaskStatus,
};

/// `data` of B.1. Rows without ids cannot be acted on and are left out.
pub(super) fn task_page(data: Node<'_>) -> TaskPage {
    let tasks = data
        .get("approver_list")
        .entries()
        .filter_map(|row| {
            let process = Some(row.get("process_id").raw()).filter(|id| !id.is_empty())?;
            let approver = Some(row.get("approver_id").raw()).filter(|id| !id.is_empty())?;
            let key = TaskKey { process: ProcessId::new(process), approver: ApproverId::new(approver) };
            let status = TaskStatus::from(row.get("approver_status").int().unwrap_or_default());
            Some(Task { key, status })
        })
        .collect();
    TaskPage { tasks, next: next_page(data), answered: None }
}

/// `has_more` alone decides whether there is a next page (API page, H 3).
pub(super) fn next_page(data: Node<'_>) -> Option<PageToken> {
    let token = data.get("page_token").raw();
    (data.get("has_more").flag() == Some(true) && !token.is_empty()).then(|| PageToken(token.into()))
}

/// `data` of B.3.
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

/// The id of an employee of C.1 or C.2, in the type that was asked for; an entry that is no object has none to read.
pub(super) fn id_of(node: Node<'_>) -> Read<String> {
    if !node.0.is_object() && !node.is_absent() {
        return Read::Unreadable;
    }
    match node.get("employment_id_v2").string() {
        Read::Absent => node.get("employment_id").string(),
        read => read,
    }
}

/// One employee of C.1 or C.2; without an id in the asked-for type nobody can be chosen (API page, C.1).
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

    use super::{Node, process};

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
