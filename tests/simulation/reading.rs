//! Content of the simulated organisation's requests, as the client reads the platform's answers.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use shenpi::domain::form::FormSource;
use shenpi::domain::id::{FlowDefinitionId, NodeDefinitionId};
use shenpi::domain::process::{Abstract, Comment, Copied, Done, Links, Todo, UnreadMembers};
use shenpi::domain::{
    ApproverId, CleanText, DocumentType, DoneStatus, Field, Form, I18n, Process, ProcessId, ProcessStatus, Properties,
    Received, Shown, Value,
};
use shenpi::sim::world::{Bilingual, FormField, FormValue, PersonKey, ProcessKey, TaskState};

use super::platform::Platform;

thread_local! {
    /// Texts that were cleaned before: the same few names stand in every case of every day.
    static CLEANED: RefCell<HashMap<Box<str>, CleanText>> = RefCell::default();
}

fn clean(raw: &str) -> CleanText {
    if raw.is_ascii() {
        return CleanText::new(raw);
    }
    CLEANED.with_borrow_mut(|cleaned| match cleaned.get(raw) {
        Some(known) => known.clone(),
        None => cleaned.entry(raw.into()).or_insert_with(|| CleanText::new(raw)).clone(),
    })
}

pub fn both(text: &Bilingual) -> I18n {
    I18n { zh: clean(&text.zh), en: clean(&text.en) }
}

impl Platform {
    /// As the client reads it.
    pub fn content(&self, key: ProcessKey, id: &ProcessId) -> Shown {
        let process = self.world().process(key);
        let flow = self.world().flow(process.flow);
        let name = both(&flow.name);
        let person = |key: Option<PersonKey>| {
            key.and_then(|key| self.names().iter().find(|(known, ..)| *known == key))
                .map_or_else(|| (None, I18n::default()), |(_, id, name)| (Some(id.clone()), name.clone()))
        };
        let (initiator_id, initiator_name) = person(process.initiator);
        let todos = self.todos(key, |state| state == TaskState::Open);
        let (done_list, system_done_list) = self.done(key);
        let (system_todos, todos) = todos.into_iter().partition(|todo: &Todo| todo.operator_id.is_none());
        let shown = Process {
            id: id.clone(),
            status: ProcessStatus::from(process.state as i64),
            flow_template_id: clean(&flow.business.template_id),
            flow_template_name: both(&flow.business.name),
            flow_definition_id: FlowDefinitionId::new(flow.definition_id.to_string()),
            flow_definition_name: name.clone(),
            process_name: name,
            by_system: initiator_id.is_none(),
            initiator_id,
            initiator_name,
            create_time: Some(process.created),
            complete_time: process.completed,
            start_links: Links::default(),
            abstracts: process
                .abstracts
                .iter()
                .map(|(name, value)| Abstract { name: both(name), value: both(value) })
                .collect(),
            todos,
            cc_list: self.todos(key, |state| state == TaskState::Copied).into_iter().map(copied).collect(),
            done_list,
            system_todos,
            system_done_list,
            properties: Properties::Normal,
            comments: process.comments.iter().map(|comment| self.comment(comment)).collect(),
            original_process_id: None,
            is_last_completed_correct_process: false,
            unread: UnreadMembers::default(),
            received: Received::default(),
        };
        let form = (!flow.business.hiring).then(|| Form {
            process: id.clone(),
            source: FormSource::V2,
            fields: process.form.iter().map(field).collect(),
            received: Received::default(),
        });
        Shown { process: Arc::new(shown), form: form.map(Arc::new) }
    }

    fn comment(&self, comment: &shenpi::sim::world::Comment) -> Comment {
        let id = self.person_id(comment.person);
        Comment {
            id: clean(&comment.id.to_string()),
            commentor_name: self.name_of(&id),
            commentor_id: Some(id),
            time: Some(comment.time),
            message: clean(&comment.message),
            at_user_ids: Vec::new(),
            file_count: comment.files.into(),
            image_count: comment.images.into(),
        }
    }

    fn todos(&self, key: ProcessKey, wanted: impl Fn(TaskState) -> bool) -> Vec<Todo> {
        let process = self.world().process(key);
        process.tasks.iter().filter(|task| wanted(task.state)).map(|task| self.todo(key, task)).collect()
    }

    fn todo(&self, key: ProcessKey, task: &shenpi::sim::world::Task) -> Todo {
        let node = task.node.map(|node| &self.world().process(key).nodes[node]);
        let taken_over = matches!(task.state, TaskState::TakenOver { .. });
        let operator_id = task.person.filter(|_| !taken_over).map(|person| self.person_id(person));
        Todo {
            approver_id: ApproverId::new(task.id.to_string()),
            kind: if task.is_form { DocumentType::Form } else { DocumentType::Approval },
            links: Links::default(),
            operator_name: operator_id.as_ref().map_or_else(system, |id| self.name_of(id)),
            operator_id,
            node_name: node.map(|node| both(&node.name)).unwrap_or_default(),
            node_definition_id: NodeDefinitionId::new(
                node.map_or_else(String::new, |node| node.definition_id.to_string()),
            ),
            create_time: Some(task.created),
        }
    }

    /// `done_list` and `system_done_list`.
    fn done(&self, key: ProcessKey) -> (Vec<Done>, Vec<Done>) {
        let process = self.world().process(key);
        let done = |task: &shenpi::sim::world::Task| {
            let todo = self.todo(key, task);
            Some(Done {
                status: DoneStatus::from(task.state.in_done_list()?),
                approver_id: todo.approver_id,
                kind: todo.kind,
                links: todo.links,
                operator_id: todo.operator_id,
                operator_name: todo.operator_name,
                node_name: todo.node_name,
                node_definition_id: todo.node_definition_id,
                create_time: todo.create_time,
                complete_time: Some(task.completed.unwrap_or(task.created)),
                approval_opinion: clean(&task.opinion),
            })
        };
        process.tasks.iter().filter_map(done).partition(|done| done.operator_id.is_some())
    }
}

fn system() -> I18n {
    I18n { zh: clean("系统"), en: "System".into() }
}

fn copied(todo: Todo) -> Copied {
    Copied {
        approver_id: todo.approver_id,
        links: todo.links,
        operator_id: todo.operator_id,
        operator_name: todo.operator_name,
        node_name: todo.node_name,
        node_definition_id: todo.node_definition_id,
        create_time: todo.create_time,
    }
}

fn field(field: &FormField) -> Field {
    let value = match &field.value {
        FormValue::Text(text) => Value::Text(clean(text)),
        FormValue::Number(text) => Value::Number(clean(text)),
        FormValue::Bool(flag) => Value::Bool(*flag),
        _ => Value::Empty,
    };
    Field { api_name: clean(&field.api_name), label: both(&field.name), value }
}
