//! From the platform's answers to the nouns of the program: tasks, processes, people, names.

use super::wire::Node;
use crate::domain::id::{FlowDefinitionId, NodeDefinitionId};
use crate::domain::process::{Abstract, Comment, Copied, Done, Todo};
use crate::domain::{
    ApproverId, CleanText, DocumentType, DoneStatus, I18n, PageToken, Person, Process, ProcessId, ProcessStatus,
    Properties, Task, TaskKey, TaskPage, TaskStatus,
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
    let original = data.get("original_process_id").raw();
    Process {
        id: ProcessId::new(data.get("process_id").raw()),
        status: ProcessStatus::from(data.get("status").int().unwrap_or_default()),
        flow_template_id: data.get("flow_template_id").text(),
        flow_template_name: data.get("flow_template_name").i18n(),
        flow_definition_id: FlowDefinitionId::new(data.get("flow_definition_id").raw()),
        flow_definition_name: data.get("flow_definition_name").i18n(),
        process_name: data.get("process_name").i18n(),
        initiator_id: data.get("initiator_id").person(),
        by_system: data.get("initiator_id").0.as_str() == Some(""),
        initiator_name: data.get("initiator_name").i18n(),
        create_time: data.get("create_time").millis(),
        complete_time: data.get("complete_time").millis(),
        start_links: data.get("start_links").links(),
        abstracts: data.get("abstracts").entries().map(abstract_line).collect(),
        todos: data.get("todos").entries().map(todo).collect(),
        cc_list: data.get("cc_list").entries().map(copied).collect(),
        done_list: data.get("done_list").entries().map(done).collect(),
        system_todos: data.get("system_todos").entries().map(todo).collect(),
        system_done_list: data.get("system_done_list").entries().map(done).collect(),
        properties: Properties::from(data.get("properties").int().unwrap_or(1)),
        comments: data.get("comment_infos").entries().map(comment).collect(),
        original_process_id: (!original.is_empty()).then(|| ProcessId::new(original)),
        is_last_completed_correct_process: data.get("is_last_completed_correct_process").flag().unwrap_or_default(),
    }
}

fn abstract_line(node: Node<'_>) -> Abstract {
    Abstract { name: node.get("name").i18n(), value: node.get("value").i18n() }
}

fn todo(node: Node<'_>) -> Todo {
    Todo {
        approver_id: ApproverId::new(node.get("approver_id").raw()),
        kind: DocumentType::from(node.get("type").int().unwrap_or(1)),
        links: node.get("links").links(),
        operator_id: node.get("operator_id").person(),
        operator_name: node.get("operator_name").i18n(),
        node_name: node.get("node_name").i18n(),
        node_definition_id: NodeDefinitionId::new(node.get("node_definition_id").raw()),
        create_time: node.get("create_time").millis(),
    }
}

fn done(node: Node<'_>) -> Done {
    let open = todo(node);
    Done {
        approver_id: open.approver_id,
        kind: open.kind,
        status: DoneStatus::from(node.get("status").int().unwrap_or_default()),
        links: open.links,
        operator_id: open.operator_id,
        operator_name: open.operator_name,
        node_name: open.node_name,
        node_definition_id: open.node_definition_id,
        create_time: open.create_time,
        complete_time: node.get("complete_time").millis(),
        approval_opinion: node.get("approval_opinion").text(),
    }
}

fn copied(node: Node<'_>) -> Copied {
    let open = todo(node);
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

fn comment(node: Node<'_>) -> Comment {
    Comment {
        id: node.get("comment_id").text(),
        commentor_id: node.get("commentor_id").person(),
        commentor_name: node.get("commentor_name").i18n(),
        time: node.get("comment_time").millis(),
        message: node.get("comment_msg").text(),
        at_user_ids: node.get("at_user_ids").entries().filter_map(Node::person).collect(),
        file_count: node.get("file_count").int().unwrap_or_default(),
        image_count: node.get("image_count").int().unwrap_or_default(),
    }
}

/// One employee of C.1 or C.2; without an id in the asked-for type nobody can be chosen (API page, C.1).
pub(super) fn person(node: Node<'_>) -> Option<Person> {
    let id = node.get("employment_id_v2").person().or_else(|| node.get("employment_id").person())?;
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
