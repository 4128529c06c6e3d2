//! Processes in the platform's spelling (protocol.md#process-detail). Written from the page alone: the client shares no
//! code with it, so that a misunderstanding on either side shows.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::domain::Millis;
use crate::sim::world::{
    Bilingual, Comment, ListPage, ListedTask, PersonKey, Process, Purpose, Task, TaskState, UserIdType, World,
};

/// `{"zh_cn", "en_us"}`.
pub(super) fn i18n(text: &Bilingual) -> Value {
    json!({"zh_cn": text.zh, "en_us": text.en})
}

/// `[{"lang", "value"}]`, as employees, departments and option sets have it.
pub(super) fn langs(text: &Bilingual) -> Value {
    json!([{"lang": "zh-CN", "value": text.zh}, {"lang": "en-US", "value": text.en}])
}

fn millis(time: Millis) -> Value {
    Value::String(time.0.to_string())
}

/// A page of tasks (protocol.md#task-list). The last page has a token by quirk only.
pub(super) fn task_page(page: &ListPage<ListedTask>, token_on_last: bool) -> Value {
    let rows = page.items.iter().map(|row| {
        json!({
            "approver_id": row.approver_id.to_string(),
            "process_id": row.process_id.to_string(),
            "approver_status": row.approver_status,
        })
    });
    let mut answer = Map::new();
    if page.has_more || token_on_last {
        answer.insert("page_token".into(), page.token.as_str().into());
    }
    answer.insert("has_more".into(), page.has_more.into());
    answer.insert("approver_list".into(), rows.collect());
    Value::Object(answer)
}

/// Renders one process for one reader.
pub(super) struct ProcessView<'a> {
    pub(super) world: &'a World,
    pub(super) process: &'a Process,
    pub(super) users: UserIdType,
}

impl ProcessView<'_> {
    /// `data` of the detail (protocol.md#process-detail).
    pub(super) fn detail(&self) -> Value {
        let process = self.process;
        let flow = self.world.flow(process.flow);
        let mut detail = Map::new();
        let mut put = |name: &str, value: Value| detail.insert(name.to_owned(), value);
        put("process_id", process.id.to_string().into());
        put("status", (process.state as i64).into());
        put("flow_template_id", json!(flow.business.template_id));
        put("flow_template_name", i18n(&flow.business.name));
        put("flow_definition_id", json!(flow.definition_id));
        put("flow_definition_name", i18n(&flow.name));
        put("initiator_id", process.initiator.map_or_else(|| "".into(), |person| self.id(person)));
        if let Some(person) = process.initiator {
            put("initiator_name", i18n(&self.world.person(person).profile.name));
        }
        put("create_time", millis(process.created));
        if let Some(time) = process.completed {
            put("complete_time", millis(time));
        }
        put("start_links", self.links(None));
        let line = |(name, value): &(Bilingual, Bilingual)| json!({"name": i18n(name), "value": i18n(value)});
        put("abstracts", process.abstracts.iter().map(line).collect());
        put("todos", self.tasks(|task| task.state == TaskState::Open && task.person.is_some()));
        put("cc_list", self.tasks(|task| task.state == TaskState::Copied));
        put("done_list", self.tasks(|task| task.state.in_done_list().is_some() && !is_system(task)));
        put("properties", properties(process.purpose).into());
        put("system_todos", self.tasks(|task| task.state == TaskState::Open && task.person.is_none()));
        put("system_done_list", self.tasks(|task| task.state.in_done_list().is_some() && is_system(task)));
        put("comment_infos", process.comments.iter().map(|comment| self.comment(comment)).collect());
        if let Purpose::Revocation(original) | Purpose::Correction(original) = process.purpose {
            put("original_process_id", self.world.process(original).id.to_string().into());
            if matches!(process.purpose, Purpose::Correction(_)) {
                put("is_last_completed_correct_process", self.is_last_correction(original).into());
            }
        }
        put("process_name", i18n(&flow.name));
        Value::Object(detail)
    }

    fn is_last_correction(&self, original: crate::sim::world::ProcessKey) -> bool {
        let corrections = self.world.process_keys().map(|key| self.world.process(key));
        let completed = corrections.filter(|other| {
            other.purpose == Purpose::Correction(original) && other.state == crate::sim::world::ProcessState::Completed
        });
        completed.max_by_key(|other| (other.completed, other.id)).is_some_and(|last| last.id == self.process.id)
    }

    fn id(&self, person: PersonKey) -> Value {
        json!(self.world.person(person).ids.get(self.users))
    }

    fn tasks(&self, wanted: impl Fn(&Task) -> bool) -> Value {
        self.process.tasks.iter().filter(|task| wanted(task)).map(|task| self.task(task)).collect()
    }

    fn task(&self, task: &Task) -> Value {
        let mut entry = Map::new();
        let mut put = |name: &str, value: Value| entry.insert(name.to_owned(), value);
        put("approver_id", task.id.to_string().into());
        if task.state != TaskState::Copied {
            put("type", if task.is_form { 5 } else { 1 }.into());
        }
        let done = task.state.in_done_list();
        if let Some(status) = done {
            put("status", status.into());
        }
        put("links", self.links(Some(task)));
        match task.person.filter(|_| !is_system(task)) {
            Some(person) => {
                put("operator_id", self.id(person));
                put("operator_name", i18n(&self.world.person(person).profile.name));
            }
            None => {
                put("operator_name", json!({"zh_cn": "系统", "en_us": "System"}));
            }
        }
        let node = task.node.and_then(|node| self.process.nodes.get(node));
        if let Some(node) = node {
            put("node_name", i18n(&node.name));
        }
        put("create_time", millis(task.created));
        if done.is_some() {
            put("complete_time", millis(task.completed.unwrap_or(task.created)));
        }
        if let Some(node) = node {
            put("node_definition_id", json!(node.definition_id));
        }
        if done.is_some() {
            put("approval_opinion", task.opinion.as_str().into());
        }
        Value::Object(entry)
    }

    fn links(&self, task: Option<&Task>) -> Value {
        const MINI_PROGRAM: &str = "https://applink.feishu.cn/client/mini_program/open?appId=cli_9c8609450f78d102";
        let process = self.process.id;
        let mut web = format!("https://example.feishu.cn/people/workflow/detail?processId={process}");
        let mut page = format!("%2Fdetail%3FprocessId%3D{process}");
        if let Some(task) = task {
            // Writing to a String cannot fail.
            let _ = write!(web, "&approverId={}", task.id);
            let _ = write!(page, "%26approverId%3D{}", task.id);
        }
        json!({
            "web_link": web,
            "pc_link": format!("{MINI_PROGRAM}&mode=appCenter&path=pc%2Fpages{page}"),
            "mobile_link": format!("{MINI_PROGRAM}&path=pages{page}"),
        })
    }

    fn comment(&self, comment: &Comment) -> Value {
        json!({
            "commentor_id": self.id(comment.person),
            "commentor_name": i18n(&self.world.person(comment.person).profile.name),
            "comment_time": millis(comment.time),
            "comment_msg": comment.message,
            "at_user_ids": comment.mentions.iter().map(|person| self.id(*person)).collect::<Vec<_>>(),
            "file_count": comment.files,
            "image_count": comment.images,
            "comment_id": comment.id.to_string(),
        })
    }
}

/// The system's own tasks, and those it took over.
fn is_system(task: &Task) -> bool {
    task.person.is_none() || matches!(task.state, TaskState::TakenOver { .. })
}

const fn properties(purpose: Purpose) -> i64 {
    match purpose {
        Purpose::Normal => 1,
        Purpose::Revocation(_) => 2,
        Purpose::Correction(_) => 3,
    }
}
