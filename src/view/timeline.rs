//! The timeline: start, finished tasks, copies and open tasks in the order of time, with opinions; who else can act.

use ratatui::text::{Line, Span};

use super::cells;
use super::look::Role;
use super::scene::Scene;
use crate::domain::process::{Done, Todo};
use crate::domain::{DocumentType, DoneStatus, I18n, Millis, PersonId, Process, TaskKey};
use crate::text::Word;

/// One line of the timeline, before it has a style.
struct Moment {
    at: Option<Millis>,
    /// Open tasks come last at any time.
    open: bool,
    sign: (&'static str, Role),
    node: String,
    who: String,
    what: String,
    opinion: String,
}

const TIME: usize = 11;

pub(super) fn lines(scene: &Scene<'_>, process: &Process, key: &TaskKey, columns: usize) -> Vec<Line<'static>> {
    let mut moments = moments(scene, process);
    moments.sort_by_key(|moment| (moment.open, moment.at.unwrap_or(Millis(i64::MAX))));
    let widest = |cell: fn(&Moment) -> &str, most: usize| {
        moments.iter().map(|moment| cells::width(cell(moment))).max().unwrap_or(0).min(most)
    };
    let node = widest(|moment| &moment.node, columns / 4);
    let who = widest(|moment| &moment.who, columns / 5);
    let mut lines: Vec<Line<'static>> = Vec::new();
    for moment in &moments {
        let (sign, role) = moment.sign;
        lines.push(Line::from(vec![
            scene.span(Role::Dim, format!(" {} ", cells::pad(&scene.moment(moment.at), TIME))),
            scene.span(role, format!("{} ", cells::pad(sign, 1))),
            scene.span(Role::Text, format!("{}  ", cells::pad(&moment.node, node))),
            scene.span(Role::Text, format!("{}  ", cells::pad(&moment.who, who))),
            scene.span(role, moment.what.clone()),
        ]));
        if !moment.opinion.is_empty() {
            lines.extend(scene.wrapped(Role::Text, &moment.opinion, TIME + 4, columns));
        }
    }
    lines.push(Line::default());
    lines.push(who_else(scene, process, key));
    lines
}

fn moments(scene: &Scene<'_>, process: &Process) -> Vec<Moment> {
    let plain = |at, node: &I18n, id: Option<&PersonId>, name: &I18n, what: Word| Moment {
        at,
        open: false,
        sign: ("·", Role::Dim),
        node: scene.text(node),
        who: scene.person(id, name),
        what: scene.word(what).to_owned(),
        opinion: String::new(),
    };
    let nowhere = I18n::default();
    let initiator = process.initiator_id.as_ref();
    let mut start = plain(process.create_time, &nowhere, initiator, &process.initiator_name, Word::Started);
    start.who = scene.initiator(process);
    start.node = std::mem::take(&mut start.what);
    let mut moments = vec![start];
    moments
        .extend(process.done_list.iter().chain(&process.system_done_list).map(|done| finished(scene, process, done)));
    moments.extend(process.cc_list.iter().map(|copied| {
        let id = copied.operator_id.as_ref();
        plain(copied.create_time, &copied.node_name, id, &copied.operator_name, Word::CopiedTo)
    }));
    moments.extend(process.todos.iter().chain(&process.system_todos).map(|todo| pending(scene, todo)));
    if let Some(end) = process.complete_time {
        let mut moment = plain(Some(end), &nowhere, None, &nowhere, Word::Ended);
        moment.who = String::new();
        moment.what = format!("{} · {}", moment.what, scene.voice.process_status(process.status));
        moments.push(moment);
    }
    moments
}

fn finished(scene: &Scene<'_>, process: &Process, done: &Done) -> Moment {
    let sign = match done.status {
        DoneStatus::Done => ("✓", Role::Good),
        DoneStatus::Rejected => ("✗", Role::Bad),
        DoneStatus::Cancelled => ("-", Role::Dim),
        DoneStatus::Unknown(_) => ("?", Role::Careful),
    };
    let mut what = scene.voice.done_status(done.status).into_owned();
    if done.kind != DocumentType::Approval {
        what = format!("{what} · {}", scene.voice.document_type(done.kind));
    }
    Moment {
        at: done.complete_time.or(done.create_time),
        open: false,
        sign,
        node: scene.text(&done.node_name),
        who: with_self(scene, done.operator_id.as_ref(), &done.operator_name),
        what,
        opinion: scene.words(process, done.approval_opinion.as_str()).into_owned(),
    }
}

fn pending(scene: &Scene<'_>, todo: &Todo) -> Moment {
    let mut what = scene.word(Word::ToDo).to_owned();
    if todo.kind != DocumentType::Approval {
        what = format!("{what} · {}", scene.voice.document_type(todo.kind));
    }
    Moment {
        at: todo.create_time,
        open: true,
        sign: ("…", Role::Careful),
        node: scene.text(&todo.node_name),
        who: with_self(scene, todo.operator_id.as_ref(), &todo.operator_name),
        what,
        opinion: String::new(),
    }
}

fn with_self(scene: &Scene<'_>, id: Option<&PersonId>, name: &I18n) -> String {
    let who = scene.person(id, name);
    if scene.is_operator(id) { format!("{who}({})", scene.word(Word::Myself)) } else { who }
}

/// Others who have an open task on the same node.
fn who_else(scene: &Scene<'_>, process: &Process, key: &TaskKey) -> Line<'static> {
    let mine = process.todo(&key.approver).map(|todo| &todo.node_definition_id);
    let others: Vec<String> = process
        .todos
        .iter()
        .filter(|todo| Some(&todo.node_definition_id) == mine && todo.approver_id != key.approver)
        .map(|todo| scene.person(todo.operator_id.as_ref(), &todo.operator_name))
        .collect();
    let names = if others.is_empty() { scene.word(Word::Nobody).to_owned() } else { others.join(" ") };
    Line::from(vec![
        Span::raw(" "),
        scene.span(Role::Label, scene.word(Word::WhoElse)),
        Span::raw(" "),
        scene.span(Role::Text, names),
    ])
}
